// SPDX-License-Identifier: BSD-3-Clause
//
// Memory transactions for target tests, see memory.h.
#include "tests/target/memory.h"

#include <string.h>

#include "spmc/spmc_limits.h"

size_t mem_length;

static struct harness *ready_machine;
static uint32_t ready_version;
static uint32_t ready_peers; // bit n: peer PEER1_ID + n has its buffers

void mem_ready(uint32_t version)
{
    if (machine != NULL && machine == ready_machine && version == ready_version) {
        return;
    }
    if (machine == ready_machine) {
        target_fresh(NULL); // the version stays for the life of a machine
    } else {
        target_machine(NULL);
    }
    target_version(version);
    (void)call(FFA_RX_RELEASE);
    (void)call(FFA_RXTX_UNMAP);
    struct ffa_args a = call(FFA_RXTX_MAP_64, MEM_TX, MEM_RX, MEM_BUFFER_PAGES);
    assert_ffa_success(a, 0, 0);
    mem_adopt(version);
}

void mem_adopt(uint32_t version)
{
    ready_machine = machine;
    ready_version = version;
    ready_peers = 0;
}

struct h_mem mem_plain(uint32_t fid, uint16_t borrower, struct ffa_mem_range *range,
                       uint64_t address, uint32_t pages)
{
    bool share = (fid & SMCCC_NUMBER_MASK) == (FFA_MEM_SHARE_32 & SMCCC_NUMBER_MASK);
    bool donate = (fid & SMCCC_NUMBER_MASK) == (FFA_MEM_DONATE_32 & SMCCC_NUMBER_MASK);

    *range = (struct ffa_mem_range){ .address = address, .page_count = pages };
    return (struct h_mem){
        .version = ready_version,
        .attributes = share ? FFA_MEM_ATTR_NORMAL : 0,
        .borrower_count = 1,
        .borrowers = { { .id = borrower,
                         .permissions = donate ? FFA_MEM_DATA_UNSPECIFIED : FFA_MEM_DATA_RW } },
        .range_count = 1,
        .ranges = range,
    };
}

uint8_t *mem_at(uint64_t address, size_t size)
{
    uint8_t *bytes = h_memory(machine, address, size);

    assert_non_null(bytes);
    return bytes;
}

struct ffa_args mem_send(uint32_t fid, const struct h_mem *mem, size_t fragment)
{
    static uint8_t whole[1 << 20];
    uint8_t *tx = mem_at(MEM_TX, MEM_BUFFER_SIZE);
    size_t most = fragment != 0 ? fragment : MEM_BUFFER_SIZE;

    mem_length = h_mem_describe(mem, whole, sizeof(whole));
    assert_in_range(mem_length, 1, sizeof(whole));
    size_t done = mem_length < most ? mem_length : most;
    memcpy(tx, whole, done);
    struct ffa_args a = call(fid, mem_length, done);
    while (a.x[0] == FFA_MEM_FRAG_RX) {
        uint64_t handle = a.x[1] | a.x[2] << 32;
        size_t next = mem_length - done < most ? mem_length - done : most;

        assert_int_equal(a.x[3], done);
        assert_int_equal(a.x[4], 0);
        assert_true(next != 0);
        memcpy(tx, whole + done, next);
        done += next;
        a = call(FFA_MEM_FRAG_TX, (uint32_t)handle, handle >> 32, next);
    }
    return a;
}

uint64_t mem_sent(uint32_t fid, const struct h_mem *mem)
{
    struct ffa_args a = mem_send(fid, mem, 0);

    assert_ffa_function(a, FFA_SUCCESS_32);
    assert_int_equal(a.x[1], 0);
    assert_true(a.x[2] <= UINT32_MAX && a.x[3] < 0x80000000); // bit 63: no hypervisor gave it
    for (unsigned int i = 4; i < 8; i++) {
        assert_int_equal(a.x[i], 0);
    }
    return a.x[2] | a.x[3] << 32;
}

struct ffa_args mem_reclaim(uint64_t handle, uint32_t flags)
{
    return call(FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32, flags);
}

void mem_reclaimed(uint64_t handle, uint32_t flags)
{
    struct ffa_args a = mem_reclaim(handle, flags);

    assert_ffa_success(a, 0, 0);
}

struct peer_step *mem_add_retrieve(uint16_t peer, uint64_t handle, uint16_t owner, uint32_t kind,
                                   uint32_t flags)
{
    struct peer_step *step = peer_add(peer_script(peer), PEER_RETRIEVE, handle, owner, 0, kind);

    step->x[4] = flags;
    return step;
}

void mem_peer_ready(uint16_t peer)
{
    uint32_t bit = 1u << (peer - PEER1_ID);

    if ((ready_peers & bit) != 0) {
        return;
    }
    struct peer_script *script = peer_begin(peer);
    struct peer_step *step = peer_add(script, PEER_MAP_RXTX, 0, 0, 0, 0);
    peer_run_all(peer);
    assert_int_equal(step->x[0], 0);
    ready_peers |= bit;
}

void mem_assert_nothing_left(void)
{
    uint64_t handles[SPMC_NWD_TRANSACTIONS];
    struct ffa_mem_range range;

    for (uint32_t i = 0; i < SPMC_NWD_TRANSACTIONS; i++) {
        struct h_mem mem = mem_plain(FFA_MEM_SHARE_32, PEER1_ID, &range, MEM_PAGE(i), 1);
        handles[i] = mem_sent(FFA_MEM_SHARE_32, &mem);
    }
    for (uint32_t i = 0; i < SPMC_NWD_TRANSACTIONS; i++) {
        mem_reclaimed(handles[i], 0);
    }
    // All of it at once: one page that somebody kept would refuse it
    struct h_mem mem =
        mem_plain(FFA_MEM_SHARE_32, PEER1_ID, &range, MEM_BASE, MEM_SIZE / FFA_MEM_PAGE);
    mem_reclaimed(mem_sent(FFA_MEM_SHARE_32, &mem), 0);
}
