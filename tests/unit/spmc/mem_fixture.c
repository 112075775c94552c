// SPDX-License-Identifier: BSD-3-Clause
//
// Calls of FF-A memory management on the host, see mem_fixture.h.
#include "mem_fixture.h"

#include <stdio.h>
#include <string.h>

#include "ffa_mem.h"
#include "ffa_mem_handle.h"

#define PAGE 4096
#define DIRT_HIGH 0xd1d2d3d400000000ull
#define DIRT_WIDE 0xe1e2e3e4e5e6e700ull
#define NWD_TX NS_BASE
#define NWD_RX (NS_BASE + 0x100000)

static uint64_t x[18];

void mem_version(struct sp *sp, uint32_t version)
{
    ffa_endpoint_of(sp)->version = version;
}

void mem_reset(uint32_t version)
{
    fixture_reset();
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        spmc_sps[i].config.memory_handles = SPMC_MAX_TRANSACTIONS;
        spmc_sps[i].config.memory_pages = UINT32_MAX;
        spmc_sps[i].admits[SP_MSG_MEMORY] = UINT16_MAX;
        FIXTURE_CHECK(MEM(&spmc_sps[i], FFA_RXTX_MAP_64, SPACE_VA(3), SPACE_VA(4), 1)[0] ==
                      FFA_SUCCESS_32);
    }
    FIXTURE_CHECK(MEM(NULL, FFA_RXTX_MAP_64, NWD_TX, NWD_RX, 1)[0] == FFA_SUCCESS_32);
    mem_version(NULL, version);
}

uint16_t mem_id(const struct sp *sp)
{
    return sp != NULL ? sp->endpoint.id : FFA_ID_NWD;
}

uint8_t *mem_tx(struct sp *sp)
{
    return ffa_endpoint_of(sp)->buffers.tx;
}

uint8_t *mem_rx(struct sp *sp)
{
    return ffa_endpoint_of(sp)->buffers.rx;
}

void mem_rx_release(struct sp *sp)
{
    FIXTURE_CHECK(MEM(sp, FFA_RX_RELEASE)[0] == FFA_SUCCESS_32);
}

// What a caller gets: 32-bit results in x0 … x3, the rest zero, x8 … x17 as SMCCC says.
static void check_answer(const uint64_t *asked, uint32_t version)
{
    bool wide = (asked[0] & SMCCC_64) != 0 && version >= FFA_VERSION_1_2;

    FIXTURE_CHECK(x[0] == FFA_ERROR || x[0] == FFA_SUCCESS_32 || x[0] == FFA_MEM_RETRIEVE_RESP ||
                  x[0] == FFA_MEM_FRAG_RX || x[0] == FFA_MEM_FRAG_TX);
    for (unsigned int i = 0; i < 8; i++) {
        FIXTURE_CHECK(x[i] >> 32 == 0 && (i < 4 || x[i] == 0));
    }
    for (unsigned int i = 8; i < 18; i++) {
        FIXTURE_CHECK(x[i] == (wide ? 0 : asked[i]));
    }
    FIXTURE_CHECK(x[0] != FFA_ERROR || (x[1] == 0 && x[3] == 0));
    FIXTURE_CHECK(x[0] != FFA_SUCCESS_32 || x[1] == 0);
    FIXTURE_CHECK(x[0] != FFA_MEM_RETRIEVE_RESP || x[3] == 0);
}

const uint64_t *mem_call(struct sp *sp, struct ffa_args args)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    uint32_t version = endpoint->version;
    bool smc64 = (args.x[0] & SMCCC_64) != 0;

    for (unsigned int i = 0; i < 8 && !smc64; i++) {
        args.x[i] |= DIRT_HIGH;
    }
    for (unsigned int i = 8; i < 18 && !(smc64 && version >= FFA_VERSION_1_2); i++) {
        args.x[i] = DIRT_WIDE + i;
    }
    memcpy(x, args.x, sizeof(x));
    FIXTURE_CHECK(ffa_dispatch(&spmc_cores[0], sp, x) == sp);
    check_answer(args.x, version);
    FIXTURE_CHECK(endpoint->lock.next == endpoint->lock.serving);
    mem_model_check();
    return x;
}

struct mem_desc mem_desc(uint32_t fid, const struct sp *sender, const struct sp *borrower,
                         uint64_t address, uint32_t pages)
{
    uint32_t call = fid & ~(uint32_t)SMCCC_64;
    struct mem_desc desc = {
        .sender = mem_id(sender),
        .attributes = call == FFA_MEM_SHARE_32 ? FFA_MEM_ATTR_NORMAL : 0,
        .tag = 0x1122334455667788,
    };

    mem_add_borrower(&desc, borrower, call == FFA_MEM_DONATE_32 ? 0 : FFA_MEM_DATA_RW);
    if (pages != 0) {
        mem_add_range(&desc, address, pages);
    }
    return desc;
}

void mem_add_borrower(struct mem_desc *desc, const struct sp *borrower, uint8_t permissions)
{
    FIXTURE_CHECK(desc->borrower_count < MEM_BORROWERS);
    desc->borrowers[desc->borrower_count++] = (struct ffa_mem_access){
        .receiver = mem_id(borrower),
        .permissions = permissions,
    };
    if (desc->borrower_count > 1) {
        desc->attributes = FFA_MEM_ATTR_NORMAL;
    }
}

void mem_add_range(struct mem_desc *desc, uint64_t address, uint32_t pages)
{
    FIXTURE_CHECK(desc->range_count < MEM_RANGES);
    desc->ranges[desc->range_count++] =
        (struct ffa_mem_range){ .address = address, .page_count = pages };
}

struct mem_desc mem_request(uint32_t fid, const struct mem_desc *desc, const struct sp *borrower,
                            uint64_t handle)
{
    uint32_t call = fid & ~(uint32_t)SMCCC_64;
    struct mem_desc request = *desc;
    bool alone = call != FFA_MEM_SHARE_32 && desc->borrower_count == 1;

    request.attributes = FFA_MEM_ATTR_NORMAL;
    request.flags = 0;
    request.handle = handle;
    request.range_count = 0;
    for (uint32_t i = 0; i < request.borrower_count; i++) {
        if (request.borrowers[i].receiver == mem_id(borrower) && alone) {
            request.borrowers[i].permissions |= FFA_MEM_INSTRUCTION_NX;
        }
    }
    return request;
}

uint32_t mem_head_size(uint32_t version)
{
    return version < FFA_VERSION_1_1 ? 32 : 48;
}

uint32_t mem_access_size(uint32_t version)
{
    return version < FFA_VERSION_1_2 ? 16 : 32;
}

static void write_head(uint8_t *tx, const struct mem_desc *desc, uint32_t version)
{
    if (version < FFA_VERSION_1_1) {
        struct ffa_mem_transaction_1_0 head = {
            .sender = desc->sender,
            .attributes = (uint8_t)desc->attributes,
            .flags = desc->flags,
            .handle = desc->handle,
            .tag = desc->tag,
            .access_count = desc->borrower_count,
        };
        memcpy(tx, &head, sizeof(head));
        return;
    }
    struct ffa_mem_transaction head = {
        .sender = desc->sender,
        .attributes = desc->attributes,
        .flags = desc->flags,
        .handle = desc->handle,
        .tag = desc->tag,
        .access_size = mem_access_size(version),
        .access_count = desc->borrower_count,
        .access_offset = 48,
    };
    memcpy(tx, &head, sizeof(head));
}

uint32_t mem_write(struct sp *sp, const struct mem_desc *desc)
{
    uint32_t version = ffa_endpoint_of(sp)->version;
    uint32_t end = mem_head_size(version) + desc->borrower_count * mem_access_size(version);
    uint32_t room = ffa_endpoint_of(sp)->buffers.page_count * PAGE;
    uint8_t *tx = mem_tx(sp);

    write_head(tx, desc, version);
    for (uint32_t i = 0; i < desc->borrower_count; i++) {
        struct ffa_mem_access access = desc->borrowers[i];

        access.composite_offset = desc->range_count != 0 ? end : access.composite_offset;
        memcpy(tx + mem_head_size(version) + i * mem_access_size(version), &access,
               mem_access_size(version));
    }
    if (desc->range_count == 0) {
        return end;
    }
    struct ffa_mem_composite composite = { .range_count = desc->range_count };
    for (uint32_t i = 0; i < desc->range_count; i++) {
        composite.page_count += desc->ranges[i].page_count;
    }
    memcpy(tx + end, &composite, sizeof(composite));
    uint32_t bytes = desc->range_count * (uint32_t)sizeof(struct ffa_mem_range);
    memcpy(tx + end + 16, desc->ranges, bytes < room - end - 16 ? bytes : room - end - 16);
    return end + 16 + bytes;
}

void mem_write_ranges(struct sp *sp, const struct mem_desc *desc, uint32_t first, uint32_t count)
{
    memcpy(mem_tx(sp), &desc->ranges[first], count * sizeof(struct ffa_mem_range));
}

const uint64_t *mem_offer(struct sp *sp, uint32_t fid, const struct mem_desc *desc)
{
    uint32_t length = mem_write(sp, desc);

    return MEM(sp, fid, length, length);
}

uint64_t mem_send(struct sp *sp, uint32_t fid, const struct mem_desc *desc)
{
    (void)mem_offer(sp, fid, desc);
    if (x[0] != FFA_SUCCESS_32) {
        fprintf(stderr, "mem_send: %x\n", (unsigned int)x[2]);
    }
    FIXTURE_CHECK(x[0] == FFA_SUCCESS_32);
    uint64_t handle = x[2] | x[3] << 32;
    FIXTURE_CHECK(handle >> 63 == 0 && handle != 0);
    return handle;
}

const uint64_t *mem_retrieve(struct sp *sp, const struct mem_desc *request)
{
    uint32_t length = mem_write(sp, request);

    return MEM(sp, FFA_MEM_RETRIEVE_REQ_32, length, length);
}

const uint64_t *mem_relinquish(struct sp *sp, uint64_t handle, uint32_t flags)
{
    struct ffa_mem_relinquish fixed = { .handle = handle, .flags = flags, .endpoint_count = 1 };
    uint16_t id = mem_id(sp);

    memcpy(mem_tx(sp), &fixed, sizeof(fixed));
    memcpy(mem_tx(sp) + sizeof(fixed), &id, sizeof(id));
    return MEM(sp, FFA_MEM_RELINQUISH);
}

const uint64_t *mem_reclaim(struct sp *sp, uint64_t handle, uint32_t flags)
{
    return MEM(sp, FFA_MEM_RECLAIM, MEM_HANDLE(handle), flags);
}

uint64_t mem_map(struct sp *borrower, const struct mem_desc *request)
{
    uint32_t version = borrower->endpoint.version;
    struct ffa_mem_range range;

    (void)mem_retrieve(borrower, request);
    if (x[0] != FFA_MEM_RETRIEVE_RESP) {
        fprintf(stderr, "mem_map: %x\n", (unsigned int)x[2]);
    }
    FIXTURE_CHECK(x[0] == FFA_MEM_RETRIEVE_RESP);
    memcpy(&range, mem_rx(borrower) + mem_head_size(version) + mem_access_size(version) + 16,
           sizeof(range));
    mem_rx_release(borrower);
    return range.address;
}

void mem_stop(struct sp *sp)
{
    ffa_mem_stopped(sp);
    sp->stopped = true;
    mem_model_destroy(sp);
    sp->endpoint.buffers = (struct ffa_buffers){ 0 };
    mem_model_check();
}

struct mem_state mem_state(void)
{
    struct ffa_mem_counters counters;
    struct mem_state state = { .model = mem_model };

    ffa_mem_count(&counters);
    state.transactions = counters.transactions;
    state.sent_pages = counters.sent_pages;
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        for (uint32_t k = 0; k < MEM_MODEL_PAGES; k++) {
            state.pages[i][k] = mem_model_page(&spmc_sps[i], k);
        }
        state.rx_full[1 + i] = spmc_sps[i].endpoint.buffers.rx_full;
    }
    state.rx_full[0] = ffa_nwd.buffers.rx_full;
    return state;
}

// How many calls the model still allows is no state of the memory, and is left out.
bool mem_unchanged(const struct mem_state *before)
{
    struct mem_state now = mem_state();

    return memcmp(now.pages, before->pages, sizeof(now.pages)) == 0 &&
           memcmp(now.rx_full, before->rx_full, sizeof(now.rx_full)) == 0 &&
           now.transactions == before->transactions && now.sent_pages == before->sent_pages &&
           now.model.pool_left == before->model.pool_left && now.model.live == before->model.live &&
           now.model.regions == before->model.regions &&
           now.model.ns_taken == before->model.ns_taken && now.model.wiped == before->model.wiped &&
           now.model.freed == before->model.freed;
}
