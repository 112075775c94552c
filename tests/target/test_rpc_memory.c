// SPDX-License-Identifier: BSD-3-Clause
//
// Memory that the normal world shares with the crypto partition for Trusted Services RPC: several buffers at once, what is
// refused, that it comes back.
#include <string.h>

#include "ffa/abi/ts_rpc_abi.h"
#include "partitions/crypto/crypto_proto.h"
#include "partitions/lib/sp_rpc.h"
#include "tests/target/memory.h"

#define RETRIEVE (TS_RPC_INTERFACE_MANAGEMENT << TS_RPC_INTERFACE_SHIFT | TS_RPC_OP_RETRIEVE)
#define RELINQUISH (TS_RPC_INTERFACE_MANAGEMENT << TS_RPC_INTERFACE_SHIFT | TS_RPC_OP_RELINQUISH)
#define RECORD_HEAD 4 // of the record with the random bytes
#define MAX_PAGES (SP_RPC_MEMORY_MAX / 4096)

static int ready(void **state)
{
    (void)state;
    mem_ready(FFA_VERSION_1_2);
    return 0;
}

// One message to crypto about `handle`; its status
static int32_t rpc(uint32_t control, uint64_t handle, uint32_t w6, uint32_t w7,
                   struct ffa_args *answer)
{
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_32, CRYPTO_ID, 0, control, (uint32_t)handle,
                             handle >> 32, w6, w7);

    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_32);
    assert_int_equal(a.x[3], control);
    if (answer != NULL) {
        *answer = a;
    }
    return (int32_t)a.x[4];
}

static int32_t retrieve(uint64_t handle)
{
    return rpc(RETRIEVE, handle, 0, 0, NULL);
}

static int32_t relinquish(uint64_t handle)
{
    return rpc(RELINQUISH, handle, 0, 0, NULL);
}

static uint64_t share(uint64_t address, uint32_t pages)
{
    struct ffa_mem_range range;
    struct h_mem mem = mem_plain(FFA_MEM_SHARE_64, CRYPTO_ID, &range, address, pages);

    return mem_sent(FFA_MEM_SHARE_64, &mem);
}

// Asks for `count` random bytes by way of the memory at `address`; the status of the RPC
static int32_t ask_random(uint64_t handle, uint64_t address, uint32_t count)
{
    struct ffa_args a;

    memcpy(mem_at(address, sizeof(count)), &count, sizeof(count));
    int32_t status = rpc(CRYPTO_GENERATE_RANDOM, handle, sizeof(count), 0, &a);

    if (status == TS_RPC_SUCCESS) {
        assert_int_equal(a.x[5], 0);
        assert_int_equal(a.x[6], RECORD_HEAD + count);
    }
    return status;
}

static void release(uint64_t handle)
{
    assert_int_equal(relinquish(handle), TS_RPC_SUCCESS);
    mem_reclaimed(handle, 0);
}

static void each_buffer_has_its_own_answers(void **state)
{
    uint64_t handles[3];
    static uint8_t before[3][4096];

    (void)state;
    for (unsigned int i = 0; i < 3; i++) {
        memset(mem_at(MEM_PAGE(2 * i), 4096), 0x50 + (int)i, 4096);
        handles[i] = share(MEM_PAGE(2 * i), 1);
        assert_int_equal(retrieve(handles[i]), TS_RPC_SUCCESS);
    }
    for (unsigned int i = 0; i < 3; i++) {
        for (unsigned int k = 0; k < 3; k++) {
            memcpy(before[k], mem_at(MEM_PAGE(2 * k), 4096), 4096);
        }
        assert_int_equal(ask_random(handles[i], MEM_PAGE(2 * i), 100), TS_RPC_SUCCESS);
        for (unsigned int k = 0; k < 3; k++) {
            bool changed = memcmp(before[k], mem_at(MEM_PAGE(2 * k), 4096), 4096) != 0;

            assert_int_equal(changed, k == i);
        }
        assert_memory_equal(before[i] + RECORD_HEAD + 100,
                            mem_at(MEM_PAGE(2 * i), 4096) + RECORD_HEAD + 100,
                            4096 - RECORD_HEAD - 100);
    }
    for (unsigned int i = 0; i < 3; i++) {
        release(handles[i]);
    }
    mem_assert_nothing_left();
}

static void memory_is_one_piece_to_the_service(void **state)
{
    // Pages in reverse order, none beside the next one
    struct ffa_mem_range ranges[3] = {
        { .address = MEM_PAGE(20), .page_count = 1 },
        { .address = MEM_PAGE(10), .page_count = 1 },
        { .address = MEM_PAGE(0), .page_count = 1 },
    };
    struct h_mem mem = mem_plain(FFA_MEM_SHARE_64, CRYPTO_ID, &ranges[0], MEM_PAGE(20), 1);

    (void)state;
    mem.range_count = 3;
    for (unsigned int i = 0; i < 21; i++) {
        memset(mem_at(MEM_PAGE(i), 4096), 0, 4096);
    }
    uint64_t handle = mem_sent(FFA_MEM_SHARE_64, &mem);

    assert_int_equal(retrieve(handle), TS_RPC_SUCCESS);
    assert_int_equal(ask_random(handle, MEM_PAGE(20), 3 * 4096 - RECORD_HEAD), TS_RPC_SUCCESS);
    for (unsigned int i = 0; i < 21; i++) {
        static const uint8_t zeros[64];
        bool shared = i % 10 == 0;

        // 64 random bytes are all zero never
        assert_int_equal(memcmp(mem_at(MEM_PAGE(i) + 4032, 64), zeros, 64) != 0, shared);
    }
    assert_int_equal(ask_random(handle, MEM_PAGE(20), 3 * 4096 - RECORD_HEAD + 1),
                     TS_RPC_INVALID_RESPONSE_BODY);
    release(handle);
    mem_assert_nothing_left();
}

static void only_retrieved_memory_is_used(void **state)
{
    uint64_t handle = share(MEM_BASE, 1);

    (void)state;
    assert_int_equal(ask_random(handle, MEM_BASE, 16), TS_RPC_NOT_FOUND);
    assert_int_equal(relinquish(handle), TS_RPC_NOT_FOUND);
    assert_int_equal(retrieve(handle), TS_RPC_SUCCESS);
    struct ffa_args a = mem_reclaim(handle, 0);

    assert_ffa_error(a, FFA_DENIED); // crypto has it
    assert_int_equal(retrieve(handle), TS_RPC_TRANSPORT_LAYER);
    assert_int_equal(ask_random(handle, MEM_BASE, 16), TS_RPC_SUCCESS);
    assert_int_equal(ask_random(handle + 1, MEM_BASE, 16), TS_RPC_NOT_FOUND);
    release(handle);
    assert_int_equal(ask_random(handle, MEM_BASE, 16), TS_RPC_NOT_FOUND);
    assert_int_equal(relinquish(handle), TS_RPC_NOT_FOUND);
    mem_assert_nothing_left();
}

static void refuse(uint32_t fid, const struct h_mem *mem, uint32_t tag, int32_t status)
{
    uint64_t handle = mem_sent(fid, mem);

    assert_int_equal(rpc(RETRIEVE, handle, tag, 0, NULL), status);
    assert_int_equal(ask_random(handle, MEM_PAGE(200), 16), TS_RPC_NOT_FOUND);
    mem_reclaimed(handle, 0); // nobody has it
}

static void other_memory_is_refused_and_comes_back(void **state)
{
    struct ffa_mem_range range;
    struct h_mem mem = mem_plain(FFA_MEM_SHARE_64, CRYPTO_ID, &range, MEM_BASE, 1);
    struct h_mem large = mem_plain(FFA_MEM_SHARE_64, CRYPTO_ID, &range, MEM_BASE, MAX_PAGES + 1);
    struct h_mem lent = mem_plain(FFA_MEM_LEND_64, CRYPTO_ID, &range, MEM_BASE, 1);

    (void)state;
    range.page_count = MAX_PAGES + 1;
    refuse(FFA_MEM_SHARE_64, &large, 0, TS_RPC_INVALID_VALUE);
    range.page_count = MAX_PAGES;
    large.ranges = &range;
    uint64_t handle = mem_sent(FFA_MEM_SHARE_64, &large);

    assert_int_equal(retrieve(handle), TS_RPC_SUCCESS);
    release(handle);
    range.page_count = 1;
    refuse(FFA_MEM_LEND_64, &lent, 0, TS_RPC_TRANSPORT_LAYER);
    refuse(FFA_MEM_SHARE_64, &mem, 7, TS_RPC_TRANSPORT_LAYER); // another tag
    mem.borrowers[0].permissions = FFA_MEM_DATA_RO;
    refuse(FFA_MEM_SHARE_64, &mem, 0, TS_RPC_TRANSPORT_LAYER);
    mem.borrowers[0] = (struct h_mem_borrower){ .id = PEER1_ID, .permissions = FFA_MEM_DATA_RW };
    refuse(FFA_MEM_SHARE_64, &mem, 0, TS_RPC_TRANSPORT_LAYER); // somebody else's
    assert_int_equal(retrieve(0x1234), TS_RPC_TRANSPORT_LAYER);
    assert_int_equal(retrieve(TS_RPC_NO_MEMORY), TS_RPC_TRANSPORT_LAYER);
    mem_assert_nothing_left();
}

static void the_normal_world_has_sixteen_places(void **state)
{
    uint64_t handles[SP_RPC_MEMORIES_NWD + 1];

    (void)state;
    for (unsigned int i = 0; i <= SP_RPC_MEMORIES_NWD; i++) {
        handles[i] = share(MEM_PAGE(i), 1);
        assert_int_equal(retrieve(handles[i]),
                         i < SP_RPC_MEMORIES_NWD ? TS_RPC_SUCCESS : TS_RPC_NOT_FOUND);
    }
    mem_reclaimed(handles[SP_RPC_MEMORIES_NWD], 0);
    release(handles[5]);
    handles[5] = share(MEM_PAGE(5), 1);
    assert_int_equal(retrieve(handles[5]), TS_RPC_SUCCESS);
    for (unsigned int i = 0; i < SP_RPC_MEMORIES_NWD; i++) {
        assert_int_equal(ask_random(handles[i], MEM_PAGE(i), 16), TS_RPC_SUCCESS);
        release(handles[i]);
    }
    mem_assert_nothing_left();
}

// crypto's manifest admits the normal world alone
static void partitions_are_no_clients(void **state)
{
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *ask = peer_add(script, PEER_CALL, FFA_MSG_SEND_DIRECT_REQ_32,
                                     (uint64_t)PEER1_ID << 16 | CRYPTO_ID, 0, 0x00ff0000);

    (void)state;
    peer_run_all(PEER1_ID);
    assert_int_equal(ask->x[0], FFA_ERROR);
    assert_int_equal((int32_t)ask->x[2], FFA_DENIED);
}

#define CASE(f) cmocka_unit_test_setup(f, ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_buffer_has_its_own_answers),     CASE(memory_is_one_piece_to_the_service),
        CASE(only_retrieved_memory_is_used),       CASE(other_memory_is_refused_and_comes_back),
        CASE(the_normal_world_has_sixteen_places), CASE(partitions_are_no_clients),
    };

    return cmocka_run_group_tests_name("rpc_memory", tests, NULL, target_stop);
}
