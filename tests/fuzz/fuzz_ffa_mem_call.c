// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for sequences of memory management calls: the input says who calls what with which descriptor, legal or
// damaged, whole or in pieces, and who stops when. After each call mem_model_check: nobody reaches what he has no right to,
// nothing is lost; after all of them everything can be ended (mem_model_reset).
#include <string.h>

#include "mem_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HANDLES 8
#define MAX_CALLS 60

static const uint8_t *input;
static size_t left;

static uint8_t next(void)
{
    if (left == 0) {
        return 0;
    }
    left--;
    return *input++;
}

// Who there is, and what was sent last
static struct sp *const endpoints[] = { NULL, NULL, &spmc_sps[0], &spmc_sps[1], &spmc_sps[2] };
static struct {
    uint64_t handle;
    uint32_t fid;
    struct mem_desc desc;
    uint64_t va; // where a borrower has it
} sent[HANDLES];
static uint32_t sent_count;

static const uint32_t fids[] = { FFA_MEM_SHARE_32, FFA_MEM_LEND_32, FFA_MEM_DONATE_32,
                                 FFA_MEM_SHARE_64, FFA_MEM_LEND_64, FFA_MEM_DONATE_64 };

static struct sp *endpoint(uint8_t choice)
{
    struct sp *sp = endpoints[choice % 5];

    return sp != NULL && sp->stopped ? NULL : sp;
}

static void damage(struct sp *sp, uint32_t length)
{
    for (uint8_t count = next() % 4; count != 0 && length != 0; count--) {
        uint32_t at = next() | (uint32_t)next() << 8;

        mem_tx(sp)[at % length] ^= next();
    }
}

static uint64_t address(const struct sp *sp)
{
    uint8_t choice = next();

    if (sp == NULL) {
        return NS_BASE + 0x200000 + (choice % 32) * 0x1000ull;
    }
    return choice < 0xe0 ? SPACE_VA(choice % 16) : sent[choice % HANDLES].va;
}

static void offer(struct sp *sp)
{
    uint32_t fid = fids[next() % 6];
    struct mem_desc desc =
        mem_desc(fid, sp, endpoints[2 + next() % 3], address(sp), 1 + next() % 3);
    uint8_t more = next();

    if ((more & 1) != 0) {
        mem_add_borrower(&desc, endpoints[2 + next() % 3], 1 + (more >> 1 & 1));
    }
    for (int i = more >> 2 & 3; i != 0; i--) {
        mem_add_range(&desc, address(sp), 1 + next() % 2);
    }
    desc.flags = (more & 0x30) == 0x30 ? FFA_MEM_FLAG_ZERO : 0;
    uint32_t length = mem_write(sp, &desc);
    damage(sp, length);
    uint32_t fragment = (more & 0xc0) == 0xc0 ? length - 16 : length;
    const uint64_t *x = MEM(sp, fid, length, fragment);
    if (x[0] != FFA_ERROR) {
        uint32_t n = sent_count++ % HANDLES;

        sent[n].handle = x[0] == FFA_SUCCESS_32 ? x[2] | x[3] << 32 : x[1] | x[2] << 32;
        sent[n].fid = fid;
        sent[n].desc = desc;
        sent[n].va = 0;
    }
}

static void go_on(struct sp *sp)
{
    uint32_t n = next() % HANDLES;

    if (sent[n].desc.range_count != 0) {
        mem_write_ranges(sp, &sent[n].desc, sent[n].desc.range_count - 1, 1);
    }
    damage(sp, 16);
    (void)MEM(sp, FFA_MEM_FRAG_TX, MEM_HANDLE(sent[n].handle), 16u * (1 + next() % 2));
}

static void retrieve(struct sp *sp)
{
    uint32_t n = next() % HANDLES;
    struct mem_desc request = mem_request(sent[n].fid, &sent[n].desc, sp, sent[n].handle);
    uint8_t more = next();

    request.flags = (more & 3) == 3 ? FFA_MEM_FLAG_ZERO_AFTER : 0;
    if (sp == NULL && (more & 4) != 0) {
        request = (struct mem_desc){ .handle = sent[n].handle };
    }
    mem_model.maps_left = (more & 0xf0) == 0xf0 ? next() % 3 : UINT32_MAX;
    uint32_t length = mem_write(sp, &request);
    if (request.borrower_count == 0 && ffa_endpoint_of(sp)->version >= FFA_VERSION_1_1) {
        memset(mem_tx(sp) + 24, 0, 24);
    }
    damage(sp, length);
    const uint64_t *x = MEM(sp, FFA_MEM_RETRIEVE_REQ_32, length, length);
    mem_model.maps_left = UINT32_MAX;
    if (x[0] != FFA_MEM_RETRIEVE_RESP) {
        return;
    }
    if (sp != NULL) {
        memcpy(&sent[n].va, mem_rx(sp) + x[1] - 16, sizeof(sent[n].va));
    }
    if ((more & 8) == 0) {
        mem_rx_release(sp);
    }
}

static void one_call(void)
{
    struct sp *sp = endpoint(next());
    uint8_t what = next() % 16;
    uint32_t n = next() % HANDLES;

    if (what < 5) {
        offer(sp);
    } else if (what < 6) {
        go_on(sp);
    } else if (what < 10) {
        retrieve(sp);
    } else if (what < 12 && sp != NULL) {
        (void)mem_relinquish(sp, sent[n].handle, next() % 4 == 0 ? FFA_MEM_FLAG_ZERO : 0);
    } else if (what < 14) {
        (void)mem_reclaim(sp, sent[n].handle, next() % 4 == 0 ? FFA_MEM_RECLAIM_ZERO : 0);
    } else if (what == 14) {
        (void)MEM(sp, FFA_MEM_FRAG_RX, MEM_HANDLE(sent[n].handle), next() * 16u);
        (void)MEM(sp, FFA_RX_RELEASE);
    } else if (next() == 0xff && sp != NULL) {
        mem_stop(sp);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input = data;
    left = size;
    mem_reset(FFA_VERSION_1_0 + next() % 3);
    memset(sent, 0, sizeof(sent));
    sent_count = 0;
    for (uint32_t i = 0; i < MAX_CALLS && left != 0; i++) {
        one_call();
    }
    mem_model_reset();
    return 0;
}
