// SPDX-License-Identifier: BSD-3-Clause
//
// Five cores at once (threads) in FF-A memory management on the real files below it: transactions, marks, pool, address spaces,
// tables, locks. Three cores own a partition each, which offers, retrieves, gives back, gives on, and stops and starts again; two
// are the normal world. Whoever has memory alone writes it and finds it as it was; in the end everything is back.
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "assert.h"
#include "bits.h"
#include "board.h"
#include "ffa_dispatch.h"
#include "ffa_mem.h"
#include "ffa_mem_handle.h"
#include "ns_pages.h"
#include "page_pool.h"
#include "spmc_mm.h"
#include "tlb.h"

#define PARTITIONS 3
#define CORES (PARTITIONS + 2)
#define ROUNDS 6000
#define POOL_PAGES (PAGE_POOL_SIZE / PAGE_SIZE)
#define KEPT_PAGES 2 // of ns_pages.c
#define OWN_PAGES 24
#define OWN_VA 0x400000
#define RXTX_VA 0x800000
#define NS_PAGES 256
#define TAG 0x7766554433221100
#define BYTES 64 // of a page that are written and looked at
#define CHECK(condition) check(condition, #condition, __LINE__)

static void check(bool condition, const char *text, int line)
{
    if (!condition) {
        fprintf(stderr, "line %d: %s\n", line, text);
        abort(); // in a thread: cmocka cannot end the test
    }
}

// ---- What lies around these files ------------------------------------------------------------------------------------

struct ffa_endpoint ffa_nwd = { .version = FFA_VERSION_1_1 };
struct sp spmc_sps[SPMC_MAX_SPS];
uint32_t spmc_sp_count = PARTITIONS;
uint16_t spmc_sp_ids[SPMC_MAX_SPS];
static uint8_t ns_memory[NS_PAGES][PAGE_SIZE];
static uint8_t nwd_buffers[2][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

_Noreturn void panic_assert(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, condition);
    abort();
}

void fake_tlb_drop(uint64_t va, uint32_t pages, int32_t asid)
{
    (void)va;
    (void)pages;
    (void)asid;
    (void)sched_yield(); // it takes long, and others come meanwhile
}

void ffa_answer(struct sp *sp, uint64_t *x, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    const uint64_t answer[8] = { x0, x1, x2, x3 };

    (void)sp;
    memcpy(x, answer, sizeof(answer));
}

struct sp *ffa_error(struct sp *sp, uint64_t *x, int32_t code)
{
    ffa_answer(sp, x, FFA_ERROR, 0, (uint32_t)code, 0);
    return sp;
}

struct sp *ffa_success(struct sp *sp, uint64_t *x, uint64_t w2, uint64_t w3)
{
    ffa_answer(sp, x, FFA_SUCCESS_32, 0, w2, w3);
    return sp;
}

bool ffa_mbz(struct sp *sp, const uint64_t *x, unsigned int first)
{
    (void)sp;
    for (unsigned int i = first; i < 8; i++) {
        if (x[i] != 0) {
            return false;
        }
    }
    return true;
}

bool spmc_mm_is_ns_ram(uint64_t pa, uint64_t size)
{
    return size != 0 && range_inside(pa, size, NS_DRAM_BASE, sizeof(ns_memory));
}

uint64_t spmc_mm_ns_ram_base(void)
{
    return NS_DRAM_BASE;
}

void spmc_mm_zero(uint64_t pa, uint32_t pages, bool ns)
{
    memset(ns ? ns_memory[(pa - NS_DRAM_BASE) / PAGE_SIZE] : spmc_mm_va(pa), 0,
           (size_t)pages * PAGE_SIZE);
}

// ---- What the cores know of each other -------------------------------------------------------------------------------

struct offer {
    uint64_t handle; // 0: none
    uint32_t owner;  // ffa_index_of
    enum ffa_mem_kind kind;
    uint32_t borrower_count;
    uint32_t borrowers[2]; // ffa_index_of, different ones
};

static struct offer offers[32];
static pthread_mutex_t offers_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t nwd_mutex = PTHREAD_MUTEX_INITIALIZER; // its TX and RX
static __thread unsigned int seed;

static uint32_t retrievals; // atomic

// What the partition of this thread was given for good
static __thread struct ffa_mem_range gift;

static uint32_t any(uint32_t below)
{
    return (uint32_t)rand_r(&seed) % below;
}

static void publish(const struct offer *offer)
{
    pthread_mutex_lock(&offers_mutex);
    offers[any(ARRAY_COUNT(offers))] = *offer;
    pthread_mutex_unlock(&offers_mutex);
}

static struct offer pick(void)
{
    pthread_mutex_lock(&offers_mutex);
    struct offer offer = offers[any(ARRAY_COUNT(offers))];
    pthread_mutex_unlock(&offers_mutex);
    return offer;
}

// ---- Calls -----------------------------------------------------------------------------------------------------------

// A descriptor of version 1.1 in TX; returns its bytes.
static uint32_t put(struct sp *sp, const struct offer *offer, uint16_t sender, uint32_t flags,
                    const struct ffa_mem_range *ranges, uint32_t range_count)
{
    bool shared = offer->kind == FFA_MEM_KIND_SHARE || offer->borrower_count > 1;
    uint32_t at = sizeof(struct ffa_mem_transaction);
    uint32_t end = at + offer->borrower_count * FFA_MEM_ACCESS_SIZE_1_0;
    uint8_t *tx = ffa_endpoint_of(sp)->buffers.tx;
    struct ffa_mem_composite composite = { .range_count = range_count };
    struct ffa_mem_transaction head = {
        .sender = sender,
        .attributes = shared && range_count != 0 ? FFA_MEM_ATTR_NORMAL : 0,
        .flags = flags,
        .handle = offer->handle,
        .tag = TAG,
        .access_size = FFA_MEM_ACCESS_SIZE_1_0,
        .access_count = offer->borrower_count,
        .access_offset = at,
    };

    memcpy(tx, &head, sizeof(head));
    for (uint32_t i = 0; i < offer->borrower_count; i++, at += FFA_MEM_ACCESS_SIZE_1_0) {
        struct ffa_mem_access access = {
            .receiver = spmc_sp_ids[offer->borrowers[i] - 1],
            .permissions = offer->kind == FFA_MEM_KIND_DONATE ? 0 : FFA_MEM_DATA_RW,
            .composite_offset = range_count != 0 ? end : 0,
        };
        if (range_count == 0 && !shared) {
            access.permissions |= FFA_MEM_INSTRUCTION_NX;
        }
        memcpy(tx + at, &access, FFA_MEM_ACCESS_SIZE_1_0);
    }
    if (range_count == 0) {
        return end;
    }
    for (uint32_t i = 0; i < range_count; i++) {
        composite.page_count += ranges[i].page_count;
    }
    memcpy(tx + end, &composite, sizeof(composite));
    memcpy(tx + end + sizeof(composite), ranges, range_count * sizeof(*ranges));
    return end + (uint32_t)sizeof(composite) + range_count * (uint32_t)sizeof(*ranges);
}

// Something of the caller's for somebody, in one piece or two; `x`: the answer.
static void send_pieces(struct sp *sp, struct offer *offer, const struct ffa_mem_range *ranges,
                        uint32_t count, uint64_t *x)
{
    static const ffa_handler handlers[] = {
        [FFA_MEM_KIND_SHARE] = ffa_mem_share,
        [FFA_MEM_KIND_LEND] = ffa_mem_lend,
        [FFA_MEM_KIND_DONATE] = ffa_mem_donate,
    };
    uint32_t flags = offer->kind != FFA_MEM_KIND_SHARE ? any(2) : 0;
    uint32_t total = put(sp, offer, ffa_endpoint_of(sp)->id, flags, ranges, count);

    x[1] = total;
    x[2] = count > 1 && any(2) == 0 ? total - sizeof(*ranges) : total;
    (void)handlers[offer->kind](NULL, sp, x);
    if (x[0] != FFA_MEM_FRAG_RX) {
        return;
    }
    offer->handle = (uint32_t)x[1] | x[2] << 32;
    publish(offer); // another core of the normal world may end it, nobody may retrieve it
    memcpy(ffa_endpoint_of(sp)->buffers.tx, &ranges[count - 1], sizeof(*ranges));
    uint64_t next[18] = { 0, x[1], x[2], sizeof(*ranges) };
    (void)(any(4) != 0 ? ffa_mem_frag_tx : ffa_mem_frag_rx)(NULL, sp, next);
    memcpy(x, next, sizeof(next));
}

static void offer_some(struct sp *sp)
{
    uint32_t self = ffa_index_of(sp);
    struct offer offer = { .owner = self, .kind = FFA_MEM_KIND_SHARE + any(3) };
    struct ffa_mem_range ranges[3] = { { 0 } };
    uint32_t count = 1 + any(3);
    uint64_t x[18] = { 0 };

    for (uint32_t b = 1 + any(PARTITIONS); b <= PARTITIONS && offer.borrower_count < 2; b++) {
        if (b != self) {
            offer.borrowers[offer.borrower_count++] = b;
        }
    }
    if (offer.borrower_count == 0) {
        return;
    }
    offer.borrower_count = offer.kind == FFA_MEM_KIND_DONATE ? 1 : offer.borrower_count;
    for (uint32_t i = 0; i < count; i++) {
        ranges[i].address = (sp != NULL ? OWN_VA : NS_DRAM_BASE) +
                            any(sp != NULL ? OWN_PAGES : NS_PAGES) * PAGE_SIZE;
        ranges[i].page_count = 1 + any(2);
    }
    if (sp != NULL && gift.page_count != 0 && any(2) == 0) {
        ranges[0] = gift;
        count = 1;
    }
    pthread_mutex_t *mutex = sp == NULL ? &nwd_mutex : NULL;
    if (mutex != NULL) {
        pthread_mutex_lock(mutex);
    }
    send_pieces(sp, &offer, ranges, count, x);
    if (mutex != NULL) {
        pthread_mutex_unlock(mutex);
    }
    if (x[0] == FFA_SUCCESS_32) {
        offer.handle = (uint32_t)x[2] | x[3] << 32;
        publish(&offer);
    }
}

static bool give_back(struct sp *sp, uint64_t handle, uint32_t flags)
{
    struct ffa_mem_relinquish fixed = { .handle = handle, .flags = flags, .endpoint_count = 1 };
    uint8_t *tx = sp->endpoint.buffers.tx;
    uint64_t x[18] = { 0 };

    memcpy(tx, &fixed, sizeof(fixed));
    memcpy(tx + sizeof(fixed), &sp->endpoint.id, sizeof(sp->endpoint.id));
    (void)ffa_mem_relinquish(NULL, sp, x);
    return x[0] == FFA_SUCCESS_32;
}

static void reclaim(struct sp *sp)
{
    struct offer offer = pick();
    uint64_t x[18] = { 0, (uint32_t)offer.handle, offer.handle >> 32, any(2) };

    if (offer.owner == ffa_index_of(sp)) {
        (void)ffa_mem_reclaim(NULL, sp, x);
    }
}

// The partition's new memory: mapped as promised, and if nobody else has it, it stays as it is written.
static void use(const struct sp *sp, const struct ffa_mem_range *range, const struct offer *offer)
{
    bool alone = offer->kind != FFA_MEM_KIND_SHARE && offer->borrower_count == 1;
    int value = (int)(1 + any(255));

    for (unsigned int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < range->page_count; i++) {
            uint64_t attrs = 0;
            uint64_t pa = 0;

            CHECK(tables_query(&sp->space.tables, range->address + (uint64_t)i * PAGE_SIZE, &pa,
                               &attrs) == 0);
            CHECK((attrs & TABLES_UXN) != 0 && (attrs & TABLES_RO) == 0);
            CHECK(((attrs & TABLES_NS) != 0) == (offer->owner == 0));
            CHECK((attrs & TABLES_NS) != 0 || page_pool_owner(spmc_mm_va(pa)) != PAGE_OWNER_NONE);
            uint8_t *bytes = spmc_mm_va(pa);
            for (uint32_t k = 0; k < BYTES && alone && (attrs & TABLES_NS) == 0; k++) {
                bytes[k] = pass == 0 ? (uint8_t)value : bytes[k];
                CHECK(bytes[k] == value);
            }
        }
        (void)sched_yield();
    }
}

static void retrieve_some(struct sp *sp)
{
    struct offer offer = pick();
    uint16_t owner = offer.owner != 0 ? spmc_sp_ids[offer.owner - 1] : FFA_ID_NWD;
    uint32_t after = offer.kind == FFA_MEM_KIND_LEND && any(2) == 0 ? FFA_MEM_FLAG_ZERO_AFTER : 0;
    struct ffa_mem_range range;
    uint64_t x[18] = { 0 };

    if (offer.handle == 0) {
        return;
    }
    x[1] = put(sp, &offer, owner, after, NULL, 0);
    x[2] = x[1];
    (void)ffa_mem_retrieve_req(NULL, sp, x);
    if (x[0] != FFA_MEM_RETRIEVE_RESP) {
        CHECK(!sp->endpoint.buffers.rx_full);
        return;
    }
    memcpy(&range, (uint8_t *)sp->endpoint.buffers.rx + x[1] - sizeof(range), sizeof(range));
    sp->endpoint.buffers.rx_full = false;
    __atomic_fetch_add(&retrievals, 1, __ATOMIC_RELAXED);
    use(sp, &range, &offer);
    if (offer.kind == FFA_MEM_KIND_DONATE) {
        gift = offer.owner != 0 ? range : gift;
    } else if (any(8) != 0) {
        CHECK(give_back(sp, offer.handle, 0));
    }
}

// ---- The cores -------------------------------------------------------------------------------------------------------

static void start(struct sp *sp)
{
    uint8_t asid = (uint8_t)ffa_index_of(sp);

    CHECK(sp_space_create(&sp->space, asid) == 0);
    for (uint32_t i = 0; i < OWN_PAGES; i++) { // page by page: the pool has holes
        void *page = page_pool_alloc_for(asid);

        CHECK(page != NULL && sp_space_map(&sp->space, OWN_VA + (uint64_t)i * PAGE_SIZE,
                                           spmc_mm_pa(page), 1, SP_SPACE_RW) == 0);
    }
    void *tx = page_pool_alloc_for(asid);
    void *rx = page_pool_alloc_for(asid);
    CHECK(tx != NULL && rx != NULL);
    CHECK(sp_space_map(&sp->space, RXTX_VA, spmc_mm_pa(tx), 1, SP_SPACE_RW) == 0);
    sp_space_set_busy(&sp->space, RXTX_VA, 1, true);
    sp->endpoint.buffers = (struct ffa_buffers){ .tx = tx, .rx = rx, .page_count = 1 };
}

static void stop(struct sp *sp)
{
    ffa_mem_stopped(sp);
    sp_space_destroy(&sp->space, false);
    gift.page_count = 0;
}

static void *partition(void *arg)
{
    struct sp *sp = arg;

    seed = ffa_index_of(sp);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t what = any(256);

        if (what == 0) {
            stop(sp);
            start(sp);
        } else if (what < 80) {
            offer_some(sp);
        } else if (what < 180) {
            retrieve_some(sp);
        } else if (what < 210) {
            (void)give_back(sp, pick().handle, any(2));
        } else {
            reclaim(sp);
        }
    }
    return NULL;
}

static void *normal_world(void *arg)
{
    seed = *(const unsigned int *)arg;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        if (any(3) == 0) {
            offer_some(NULL);
        } else {
            reclaim(NULL);
        }
    }
    return NULL;
}

static int group_setup(void **state)
{
    void *ram = mmap((void *)SECURE_RAM_BASE, SECURE_RAM_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    (void)state;
    ffa_nwd.buffers = (struct ffa_buffers){
        .tx = nwd_buffers[0],
        .rx = nwd_buffers[1],
        .page_count = 1,
    };
    for (uint32_t i = 0; i < PARTITIONS; i++) {
        spmc_sp_ids[i] = (uint16_t)(0x8001 + i);
        spmc_sps[i].endpoint.id = spmc_sp_ids[i];
        spmc_sps[i].endpoint.version = FFA_VERSION_1_1;
        spmc_sps[i].config.memory_handles = 20;
        spmc_sps[i].config.memory_pages = POOL_PAGES;
        spmc_sps[i].admits[SP_MSG_MEMORY] = UINT16_MAX;
    }
    return ram == (void *)SECURE_RAM_BASE &&
                   page_pool_init(spmc_mm_va(PAGE_POOL_BASE), POOL_PAGES * PAGE_SIZE) == 0
               ? 0
               : -1;
}

// Takes back what the normal world has not yet.
static void reclaim_all(void)
{
    for (uint32_t n = 0; n < SPMC_MAX_TRANSACTIONS; n++) {
        const struct ffa_mem_slot *slot = ffa_mem_handle_at_locked(n);

        if (slot != NULL && slot->state != FFA_MEM_FREE) {
            uint64_t x[18] = { 0, (uint32_t)slot->handle, slot->handle >> 32 };

            (void)ffa_mem_reclaim(NULL, NULL, x);
            assert_int_equal(x[0], FFA_SUCCESS_32);
        }
    }
}

static void many_cores_and_nothing_is_left(void **state)
{
    static unsigned int seeds[CORES - PARTITIONS] = { 11, 12 };
    struct ffa_mem_counters counters;
    pthread_t cores[CORES];

    (void)state;
    for (uint32_t i = 0; i < PARTITIONS; i++) {
        start(&spmc_sps[i]);
    }
    for (uint32_t i = 0; i < CORES; i++) {
        void *arg = i < PARTITIONS ? (void *)&spmc_sps[i] : &seeds[i - PARTITIONS];

        assert_int_equal(
            pthread_create(&cores[i], NULL, i < PARTITIONS ? partition : normal_world, arg), 0);
    }
    for (uint32_t i = 0; i < CORES; i++) {
        assert_int_equal(pthread_join(cores[i], NULL), 0);
    }
    for (uint32_t i = 0; i < PARTITIONS; i++) {
        stop(&spmc_sps[i]);
    }
    reclaim_all();
    assert_int_not_equal(retrievals, 0);
    ffa_mem_count(&counters);
    assert_int_equal(counters.transactions | counters.held | counters.pool_pages, 0);
    assert_int_equal(counters.sent_pages | counters.held_pages, 0);
    assert_int_equal(ns_pages_taken_count(), 0);
    assert_int_equal(page_pool_free_count(), POOL_PAGES - KEPT_PAGES);
    for (uint32_t i = 0; i < POOL_PAGES * (PAGE_SIZE / 8); i++) { // of who was there before
        assert_int_equal(((const uint64_t *)spmc_mm_va(PAGE_POOL_BASE))[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_cores_and_nothing_is_left),
    };

    return cmocka_run_group_tests(tests, group_setup, NULL);
}
