// SPDX-License-Identifier: BSD-3-Clause
//
// Memory that others give to a partition (spmc/sp_space.c) on the real table builder: where it goes, with which rights,
// what is refused, exhaustion at each allocation, the order in which it goes away, donated memory that is given on, and a
// random sequence against a model of every page, after which every counter is back at its start.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "board.h"
#include "load_cache.h"
#include "load_support.h"
#include "page_pool.h"
#include "spmc_mm.h"
#include "tlb.h"

#define ASID 5
#define POOL_PAGES 64
#define PAGE(n) ((uint64_t)(n)*PAGE_SIZE)
#define MIB(n) ((uint64_t)(n) << 20)
#define NS_RW (SP_SPACE_RW | TABLES_NS)
#define LOW (1ull << 38) // where regions begin
#define END (1ull << 39)

static struct sp_space space;

static int group_setup(void **state)
{
    (void)state;
    support_map_secure_ram();
    return 0;
}

static int fresh_space(void **state)
{
    (void)state;
    support_reset();
    memset(&space, 0, sizeof(space));
    memset(spmc_mm_va(PAGE_POOL_BASE), 0, POOL_PAGES * PAGE_SIZE);
    if (page_pool_init(spmc_mm_va(PAGE_POOL_BASE), POOL_PAGES * PAGE_SIZE) != 0) {
        return -1;
    }
    return sp_space_create(&space, ASID);
}

static uint64_t open_region(uint32_t pages, uint64_t pa)
{
    uint64_t va = 0;

    assert_int_equal(sp_space_region_open(&space, pages, pa, &va), 0);
    assert_in_range(va, LOW, END - PAGE(pages));
    assert_int_equal(va % MIB(2), pa % MIB(2));
    return va;
}

static uint64_t map_region(uint32_t pages, uint64_t pa, uint64_t attrs)
{
    uint64_t va = open_region(pages, pa);

    assert_int_equal(sp_space_region_map(&space, va, pa, pages, attrs), 0);
    return va;
}

static void expect_mapped(uint64_t va, uint64_t pa, uint32_t pages, uint64_t attrs)
{
    for (uint32_t i = 0; i < pages; i++) {
        uint64_t found_pa = 0;
        uint64_t found = 0;

        assert_int_equal(tables_query(&space.tables, va + PAGE(i), &found_pa, &found), 0);
        assert_int_equal(found_pa, pa + PAGE(i));
        assert_int_equal(found, attrs | TABLES_NG);
    }
}

static void expect_unmapped(uint64_t va, uint32_t pages)
{
    for (uint32_t i = 0; i < pages; i++) {
        assert_int_equal(tables_query(&space.tables, va + PAGE(i), NULL, NULL), ERR_NOT_FOUND);
    }
}

static void a_region_has_what_was_given_and_no_more(void **state)
{
    uint64_t va = open_region(10, NS_DRAM_BASE + 0x5000);

    (void)state;
    assert_int_equal(sp_space_region_map(&space, va, NS_DRAM_BASE + 0x5000, 3, NS_RW), 0);
    assert_int_equal(
        sp_space_region_map(&space, va + PAGE(3), NS_DRAM_BASE, 1, SP_SPACE_RO | TABLES_NS), 0);
    assert_int_equal(sp_space_region_map(&space, va + PAGE(4), NS_DRAM_BASE + MIB(9), 6, NS_RW), 0);
    expect_mapped(va, NS_DRAM_BASE + 0x5000, 3, NS_RW);
    expect_mapped(va + PAGE(3), NS_DRAM_BASE, 1, SP_SPACE_RO | TABLES_NS);
    expect_mapped(va + PAGE(4), NS_DRAM_BASE + MIB(9), 6, NS_RW);
    expect_unmapped(va + PAGE(10), 1);
    expect_unmapped(va - PAGE(1), 1);
    sp_space_region_close(&space, va, 10);
    expect_unmapped(va, 10);
}

static void large_memory_goes_in_blocks(void **state)
{
    uint32_t before = page_pool_free_count();
    // 3 pages, 31 blocks of 2 MiB, 5 pages: the slots' page, a level 2 table, two level 3 tables
    uint32_t pages = 3 + 31 * 512 + 5;
    uint64_t pa = NS_DRAM_BASE + MIB(2) - PAGE(3);
    uint64_t va = map_region(pages, pa, NS_RW);

    (void)state;
    expect_mapped(va, pa, pages, NS_RW);
    assert_int_equal(before - page_pool_free_count(), 4);
    sp_space_region_close(&space, va, pages);
    assert_int_equal(before - page_pool_free_count(), 1);
}

static void donated_memory_is_mapped_in_pages(void **state)
{
    uint64_t va = map_region(512, NS_DRAM_BASE, NS_RW | TABLES_OWNED);
    struct sp_space_run run;

    (void)state;
    assert_int_equal(sp_space_owned_run(&space, va + PAGE(7), 1, &run), 0);
    sp_space_take(&space, va + PAGE(7), 1); // one page out of what could be a block
    expect_mapped(va + PAGE(8), NS_DRAM_BASE + PAGE(8), 504, NS_RW | TABLES_OWNED);
}

static void attributes_that_no_region_has(void **state)
{
    static const uint64_t bad[] = {
        SP_SPACE_RX | TABLES_NS, // code that the normal world could rewrite
        SP_SPACE_RX | TABLES_NS | TABLES_OWNED,
        SP_SPACE_RX | TABLES_GUARDED | TABLES_NS,
        SP_SPACE_DEVICE_RW, // devices are never shared
        SP_SPACE_DEVICE_RO | TABLES_NS,
        TABLES_NC | TABLES_USER | TABLES_XN,      // another type than the others'
        TABLES_NORMAL | TABLES_XN,                // not the partition's
        TABLES_NORMAL | TABLES_USER | TABLES_RO,  // the SPMC's code
        TABLES_NORMAL | TABLES_USER | TABLES_PXN, // writable and executable
        SP_SPACE_RW | TABLES_BUSY,
        SP_SPACE_RW | TABLES_PAGES,
        SP_SPACE_RW | 1,
        SP_SPACE_RW | 1ull << 52,
    };
    uint64_t va = open_region(4, NS_DRAM_BASE);
    uint32_t free_pages = page_pool_free_count();

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        if (sp_space_region_map(&space, va, NS_DRAM_BASE, 1, bad[i]) != ERR_INVALID) {
            fail_msg("number %zu", i);
        }
    }
    expect_unmapped(va, 4);
    assert_int_equal(page_pool_free_count(), free_pages);
    sp_space_region_close(&space, va, 0);
}

static void only_the_next_run_of_an_open_region(void **state)
{
    uint64_t va = open_region(8, NS_DRAM_BASE);
    uint64_t pa = NS_DRAM_BASE;

    (void)state;
    assert_int_equal(sp_space_region_map(&space, va + PAGE(1), pa, 1, NS_RW), ERR_RANGE);
    assert_int_equal(sp_space_region_map(&space, va + (1ull << 32), pa, 1, NS_RW), ERR_RANGE);
    assert_int_equal(sp_space_region_map(&space, LOW - PAGE(1), pa, 1, NS_RW), ERR_RANGE);
    assert_int_equal(sp_space_region_map(&space, END, pa, 1, NS_RW), ERR_RANGE);
    assert_int_equal(sp_space_region_map(&space, 0xfffffffffffff000, pa, 1, NS_RW), ERR_RANGE);
    assert_int_equal(sp_space_region_map(&space, va, pa, 2, NS_RW), 0);
    assert_int_equal(sp_space_region_map(&space, va, pa, 1, NS_RW), ERR_RANGE);
    assert_int_equal(sp_space_region_map(&space, va + PAGE(3), pa, 1, NS_RW), ERR_RANGE);
    assert_int_equal(sp_space_region_map(&space, va + PAGE(2), pa + 8, 1, NS_RW), ERR_INVALID);
    assert_int_equal(sp_space_region_map(&space, va + PAGE(2), pa, 0, NS_RW), ERR_INVALID);
    assert_int_equal(
        sp_space_region_map(&space, va + PAGE(2), pa, SP_SPACE_REGION_MAX_PAGES - 1, NS_RW),
        ERR_RANGE);
    assert_int_equal(sp_space_region_map(&space, va + PAGE(2), 1ull << 40, 1, NS_RW), ERR_RANGE);
    expect_mapped(va, pa, 2, NS_RW);
    expect_unmapped(va + PAGE(2), 2);
    sp_space_region_close(&space, va, 2);
    assert_int_equal(sp_space_region_map(&space, va, pa, 1, NS_RW), ERR_RANGE); // closed
}

static void sizes_of_a_region(void **state)
{
    uint64_t va = 5;

    (void)state;
    assert_int_equal(sp_space_region_open(&space, 0, NS_DRAM_BASE, &va), ERR_RANGE);
    assert_int_equal(sp_space_region_open(&space, SP_SPACE_REGION_MAX_PAGES + 1, NS_DRAM_BASE, &va),
                     ERR_RANGE);
    assert_int_equal(sp_space_region_open(&space, UINT32_MAX, NS_DRAM_BASE, &va), ERR_RANGE);
    assert_int_equal(va, 5);
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 1); // the root
    va = map_region(SP_SPACE_REGION_MAX_PAGES, NS_DRAM_BASE + MIB(2) - PAGE(1), NS_RW);
    sp_space_region_close(&space, va, SP_SPACE_REGION_MAX_PAGES); // the largest, most unlucky place
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 2);
}

static void there_are_64_slots(void **state)
{
    uint64_t vas[SP_SPACE_REGIONS];
    uint64_t va = 5;

    (void)state;
    for (uint32_t i = 0; i < SP_SPACE_REGIONS; i++) {
        vas[i] = open_region(1, NS_DRAM_BASE);
        for (uint32_t j = 0; j < i; j++) {
            assert_true(vas[i] >> 32 != vas[j] >> 32); // 4 GiB for each
        }
    }
    assert_int_equal(sp_space_region_open(&space, 1, NS_DRAM_BASE, &va), ERR_NO_MEMORY);
    assert_int_equal(va, 5);
    sp_space_region_close(&space, vas[40], 0);
    assert_int_equal(open_region(1, NS_DRAM_BASE), vas[40]);
    for (uint32_t i = 0; i < SP_SPACE_REGIONS; i++) {
        sp_space_region_close(&space, vas[i], 0);
    }
}

// With 0, 1, 2 … free pages: refused and nothing changed, until it works.
static void exhaustion_leaves_nothing_half_done(void **state)
{
    // 1 page, 1 block, 1 page: a level 2 table and two level 3 tables
    const uint64_t pa = NS_DRAM_BASE + MIB(2) - PAGE(1);
    const uint32_t pages = 514;
    uint64_t va = 5;

    (void)state;
    assert_non_null(page_pool_take(9, page_pool_free_count()));
    assert_int_equal(sp_space_region_open(&space, pages, pa, &va), ERR_NO_MEMORY);
    assert_int_equal(va, 5);
    page_pool_free_owner(9);
    va = open_region(pages, pa);
    for (uint32_t left = 0; left < 3; left++) {
        assert_non_null(page_pool_take(9, page_pool_free_count() - left));
        assert_int_equal(sp_space_region_map(&space, va, pa, pages, NS_RW), ERR_NO_MEMORY);
        assert_int_equal(page_pool_free_count(), left);
        expect_unmapped(va, pages);
        page_pool_free_owner(9);
    }
    assert_non_null(page_pool_take(9, page_pool_free_count() - 3));
    assert_int_equal(sp_space_region_map(&space, va, pa, pages, NS_RW), 0);
    assert_int_equal(page_pool_free_count(), 0);
    assert_int_equal(sp_space_region_map(&space, va + PAGE(pages), NS_DRAM_BASE, 600, NS_RW),
                     ERR_NO_MEMORY); // the second run: the first stays until the region is closed
    expect_mapped(va, pa, pages, NS_RW);
    sp_space_region_close(&space, va, pages);
    assert_int_equal(page_pool_free_count(), 3);
    page_pool_free_owner(9);
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 2);
}

// ---- How it goes away ------------------------------------------------------------------------------------------------

static uint64_t closing_va;
static uint32_t closing_pages;
static uint32_t closing_free;
static unsigned int closing_drops;

// When the TLB is told the region is out of the tables, but no table page serves anything else: a core may be in the middle
// of a walk. What is dropped covers all of it.
static void drop_while_closing(uint64_t va, uint32_t pages, int32_t asid)
{
    assert_int_equal(asid, ASID);
    assert_true(pages == 0 || (va == closing_va && pages == closing_pages));
    assert_int_equal(pages == 0, closing_pages > 8);
    assert_int_equal(space.tables.root[closing_va >> 30], 0);
    assert_int_equal(space.tables.root[(closing_va + PAGE(closing_pages) - 1) >> 30], 0);
    assert_int_equal(page_pool_free_count(), closing_free);
    closing_drops++;
}

static void close_watched(uint64_t va, uint32_t pages)
{
    closing_va = va;
    closing_pages = pages;
    closing_free = page_pool_free_count();
    closing_drops = 0;
    support_on_drop = drop_while_closing;
    sp_space_region_close(&space, va, pages);
    support_on_drop = NULL;
}

static void tables_go_back_after_the_tlb_was_told(void **state)
{
    static const uint32_t counts[] = { 1, 8, 9, 600,
                                       262144 }; // by address, by ASID, over a GiB border

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
        uint64_t pa = NS_DRAM_BASE + MIB(2) - PAGE(1);

        close_watched(map_region(counts[i], pa, NS_RW), counts[i]);
        assert_int_equal(closing_drops, 1);
        assert_int_equal(page_pool_free_count(), POOL_PAGES - 2);
    }
    close_watched(open_region(1, NS_DRAM_BASE), 0);
    assert_int_equal(closing_drops, 0); // nothing was there
}

// The pool hands out what has no owner as it is: it must be zero (and was when this test began).
static void table_pages_go_back_clean(void **state)
{
    uint64_t va = map_region(700, NS_DRAM_BASE + MIB(1), NS_RW);
    const uint8_t *pool = spmc_mm_va(PAGE_POOL_BASE);

    (void)state;
    sp_space_region_close(&space, va, 700);
    for (size_t i = 0; i < PAGE(POOL_PAGES); i++) {
        if (page_pool_owner(pool + i) == PAGE_OWNER_NONE) {
            assert_int_equal(pool[i], 0);
        }
    }
}

static void closing_what_is_not_open_is_a_bug(void **state)
{
    uint64_t va = map_region(4, NS_DRAM_BASE, NS_RW);

    (void)state;
    expect_assert_failure(sp_space_region_close(&space, va, 3));
    expect_assert_failure(sp_space_region_close(&space, va + PAGE(1), 4));
    expect_assert_failure(sp_space_region_close(&space, va + (1ull << 32), 4));
    expect_assert_failure(sp_space_region_close(&space, 0x3000000000, 4));
    sp_space_region_close(&space, va, 4);
    expect_assert_failure(sp_space_region_close(&space, va, 4));
}

// ---- Code ------------------------------------------------------------------------------------------------------------

static uint64_t code_va;

static void clean_before_anybody_can_fetch(uintptr_t base, size_t size)
{
    (void)base;
    (void)size;
    expect_unmapped(code_va, 1);
}

static void code_is_fetchable_when_it_is_mapped(void **state)
{
    uint8_t *code = page_pool_take(6, 2);

    (void)state;
    code_va = open_region(2, spmc_mm_pa(code));
    support_cache = (struct support_cache){ .cleaned = 0 };
    support_on_clean = clean_before_anybody_can_fetch;
    assert_int_equal(sp_space_region_map(&space, code_va, spmc_mm_pa(code), 2, SP_SPACE_RX), 0);
    support_on_clean = NULL;
    assert_int_equal(support_cache.cleaned, PAGE(2));
    assert_int_equal(support_cache.invalidations, 1);
    assert_int_equal(support_cache.cleaned_at_invalidation, PAGE(2));
    expect_mapped(code_va, spmc_mm_pa(code), 2, SP_SPACE_RX);
    map_region(2, spmc_mm_pa(code), SP_SPACE_RW);
    assert_int_equal(support_cache.invalidations, 1); // data needs nothing
}

// ---- Donated memory --------------------------------------------------------------------------------------------------

static void donated_memory_can_be_given_on(void **state)
{
    uint8_t *pages = page_pool_take(6, 4);
    uint64_t pa = spmc_mm_pa(pages);
    uint64_t va = map_region(4, pa, SP_SPACE_RW | TABLES_OWNED);
    struct sp_space_run run = { .pages = 0 };

    (void)state;
    page_pool_set_owner(pages, 4, ASID);
    assert_int_equal(sp_space_owned_run(&space, va, 100, &run), 0);
    assert_int_equal(run.pages, 4);
    assert_int_equal(run.pa, pa);
    assert_ptr_equal(sp_space_to_spmc(&space, va, 4, true), pages);
    sp_space_take(&space, va + PAGE(1), 2); // lent
    assert_int_equal(sp_space_owned_run(&space, va, 100, &run), 0);
    assert_int_equal(run.pages, 1);
    sp_space_put(&space, va + PAGE(1), pa + PAGE(1), 2, run.attrs); // and back
    expect_mapped(va, pa, 4, SP_SPACE_RW | TABLES_OWNED);
    map_region(4, NS_DRAM_BASE, NS_RW);
    assert_int_equal(sp_space_owned_run(&space, va + (1ull << 32), 1, &run), ERR_NOT_FOUND);
}

static void shared_memory_cannot_be_given_on(void **state)
{
    uint64_t va = map_region(4, NS_DRAM_BASE, NS_RW);
    struct sp_space_run run;

    (void)state;
    assert_int_equal(sp_space_owned_run(&space, va, 4, &run), ERR_DENIED);
    assert_int_equal(sp_space_perm_set(&space, va, 1, FFA_PERM_RO), ERR_DENIED);
    assert_null(sp_space_to_spmc(&space, va, 1, false));
    va = map_region(1, NS_DRAM_BASE, NS_RW | TABLES_OWNED);
    assert_int_equal(sp_space_owned_run(&space, va, 4, &run), 0);
    assert_true((run.attrs & TABLES_NS) != 0);
    assert_int_equal(sp_space_perm_set(&space, va, 1, FFA_PERM_RX), ERR_DENIED); // never code
    assert_null(sp_space_to_spmc(&space, va, 1, false)); // not where the linear map is
}

static void a_slot_is_free_when_all_of_it_was_given_away(void **state)
{
    uint64_t va = map_region(12, NS_DRAM_BASE, NS_RW | TABLES_OWNED);
    uint32_t free_pages;

    (void)state;
    sp_space_take(&space, va, 12);
    free_pages = page_pool_free_count();
    sp_space_gone(&space, va, 5);
    sp_space_gone(&space, va + PAGE(7), 5);
    sp_space_region_close(&space, open_region(1, 0), 0);
    assert_int_equal(page_pool_free_count(), free_pages); // two are left
    sp_space_put(&space, va + PAGE(5), NS_DRAM_BASE + PAGE(5), 2, NS_RW);
    expect_mapped(va + PAGE(5), NS_DRAM_BASE + PAGE(5), 2, NS_RW | TABLES_OWNED);
    sp_space_take(&space, va + PAGE(5), 2);
    sp_space_gone(&space, va + PAGE(5), 2);
    closing_va = va;
    closing_pages = 12;
    closing_free = free_pages;
    closing_drops = 0;
    support_on_drop = drop_while_closing;
    assert_int_equal(open_region(1, 0) & ~(MIB(2) - 1), va & ~(MIB(2) - 1)); // the same slot again
    support_on_drop = NULL;
    assert_int_equal(closing_drops, 1);
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 2);
}

static void giving_away_more_than_there_was_is_a_bug(void **state)
{
    uint64_t va = map_region(3, NS_DRAM_BASE, NS_RW | TABLES_OWNED);

    (void)state;
    sp_space_take(&space, va, 3);
    sp_space_gone(&space, va, 2);
    expect_assert_failure(sp_space_gone(&space, va, 2));
}

static void slots_do_not_run_out_by_donating(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3 * SP_SPACE_REGIONS; i++) {
        uint64_t va = map_region(20, NS_DRAM_BASE + PAGE(i), NS_RW | TABLES_OWNED);

        sp_space_take(&space, va, 20);
        sp_space_gone(&space, va, 20);
    }
    sp_space_region_close(&space, open_region(1, NS_DRAM_BASE), 0);
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 2);
}

static void a_space_that_dies_gives_back_its_regions(void **state)
{
    uint8_t *lent = page_pool_take(6, 2);
    uint8_t *donated = page_pool_take(ASID, 2);

    (void)state;
    memset(lent, 6, PAGE(2));
    memset(donated, 5, PAGE(2));
    map_region(2, spmc_mm_pa(lent), SP_SPACE_RW);
    map_region(2, spmc_mm_pa(donated), SP_SPACE_RW | TABLES_OWNED);
    map_region(700, NS_DRAM_BASE, NS_RW);
    sp_space_destroy(&space, true);
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 3); // the root, and what is another's
    for (size_t i = 0; i < PAGE(2); i++) {
        assert_int_equal(lent[i], 6);
        assert_int_equal(donated[i], 0);
    }
    assert_null(space.slots);
}

// ---- Random ----------------------------------------------------------------------------------------------------------

#define REGIONS 10
#define RUNS 6

static struct {
    uint64_t va; // 0: not open
    uint32_t mapped;
    uint32_t runs;
    struct {
        uint64_t pa;
        uint32_t pages;
        uint64_t attrs;
        bool taken;
    } run[RUNS];
} model[REGIONS];

static void model_compare(void)
{
    for (size_t i = 0; i < REGIONS; i++) {
        uint64_t va = model[i].va;

        for (uint32_t r = 0; r < model[i].runs; r++) {
            uint32_t pages = model[i].run[r].pages;

            if (model[i].run[r].taken) {
                expect_unmapped(va, pages);
            } else {
                expect_mapped(va, model[i].run[r].pa, pages, model[i].run[r].attrs);
            }
            va += PAGE(pages);
        }
        if (model[i].va != 0) {
            expect_unmapped(va, 1);
        }
    }
}

static void model_open(size_t i)
{
    static const uint32_t sizes[] = { 1, 2, 7, 511, 512, 513, 1030 };
    static const uint64_t attrs[] = { NS_RW, SP_SPACE_RO | TABLES_NS, NS_RW | TABLES_OWNED };
    uint64_t pa = NS_DRAM_BASE + PAGE(rand() % 600);

    if (sp_space_region_open(&space, 1, pa, &model[i].va) != 0) {
        model[i].va = 0;
        return;
    }
    for (model[i].runs = 0; model[i].runs < RUNS && rand() % 8 != 0; model[i].runs++) {
        uint32_t pages = sizes[(size_t)rand() % ARRAY_COUNT(sizes)];
        uint64_t attr = attrs[(size_t)rand() % ARRAY_COUNT(attrs)];
        int err = sp_space_region_map(&space, model[i].va + PAGE(model[i].mapped), pa, pages, attr);

        if (err != 0) {
            assert_int_equal(err, ERR_NO_MEMORY);
            break;
        }
        model[i].run[model[i].runs].pa = pa;
        model[i].run[model[i].runs].pages = pages;
        model[i].run[model[i].runs].attrs = attr;
        model[i].run[model[i].runs].taken = false;
        model[i].mapped += pages;
        pa = rand() % 2 != 0 ? pa + PAGE(pages) : NS_DRAM_BASE + PAGE(rand() % 6000);
    }
}

static void model_lend(size_t i)
{
    uint32_t chosen = (uint32_t)rand() % model[i].runs;
    uint64_t va = model[i].va;

    for (uint32_t r = 0; r < chosen; r++) {
        va += PAGE(model[i].run[r].pages);
    }
    if ((model[i].run[chosen].attrs & TABLES_OWNED) == 0) {
        return;
    }
    if (model[i].run[chosen].taken) {
        sp_space_put(&space, va, model[i].run[chosen].pa, model[i].run[chosen].pages,
                     model[i].run[chosen].attrs & ~TABLES_OWNED);
    } else {
        struct sp_space_run run = { .pages = 0 };

        assert_int_equal(sp_space_owned_run(&space, va, model[i].run[chosen].pages, &run), 0);
        assert_int_equal(run.pages, model[i].run[chosen].pages);
        sp_space_take(&space, va, run.pages);
    }
    model[i].run[chosen].taken = !model[i].run[chosen].taken;
}

static void random_regions_follow_the_model(void **state)
{
    (void)state;
    srand(31);
    memset(model, 0, sizeof(model));
    assert_non_null(page_pool_take(9, POOL_PAGES - 30)); // so that it runs out now and then
    for (int step = 0; step < 4000; step++) {
        size_t i = (size_t)rand() % REGIONS;

        if (model[i].va == 0) {
            model_open(i);
        } else if (model[i].runs != 0 && rand() % 3 != 0) {
            model_lend(i);
        } else {
            close_watched(model[i].va, model[i].mapped);
            memset(&model[i], 0, sizeof(model[i]));
        }
        if (step % 16 == 0) {
            model_compare();
        }
    }
    for (size_t i = 0; i < REGIONS; i++) {
        if (model[i].va != 0) {
            sp_space_region_close(&space, model[i].va, model[i].mapped);
        }
    }
    page_pool_free_owner(9);
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 2); // root, slots
    for (size_t i = LOW >> 30; i < TABLES_ENTRIES; i++) {
        assert_int_equal(space.tables.root[i], 0);
    }
    sp_space_destroy(&space, false);
    assert_int_equal(page_pool_free_count(), POOL_PAGES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_region_has_what_was_given_and_no_more, fresh_space),
        cmocka_unit_test_setup(large_memory_goes_in_blocks, fresh_space),
        cmocka_unit_test_setup(donated_memory_is_mapped_in_pages, fresh_space),
        cmocka_unit_test_setup(attributes_that_no_region_has, fresh_space),
        cmocka_unit_test_setup(only_the_next_run_of_an_open_region, fresh_space),
        cmocka_unit_test_setup(sizes_of_a_region, fresh_space),
        cmocka_unit_test_setup(there_are_64_slots, fresh_space),
        cmocka_unit_test_setup(exhaustion_leaves_nothing_half_done, fresh_space),
        cmocka_unit_test_setup(tables_go_back_after_the_tlb_was_told, fresh_space),
        cmocka_unit_test_setup(table_pages_go_back_clean, fresh_space),
        cmocka_unit_test_setup(closing_what_is_not_open_is_a_bug, fresh_space),
        cmocka_unit_test_setup(code_is_fetchable_when_it_is_mapped, fresh_space),
        cmocka_unit_test_setup(donated_memory_can_be_given_on, fresh_space),
        cmocka_unit_test_setup(shared_memory_cannot_be_given_on, fresh_space),
        cmocka_unit_test_setup(a_slot_is_free_when_all_of_it_was_given_away, fresh_space),
        cmocka_unit_test_setup(giving_away_more_than_there_was_is_a_bug, fresh_space),
        cmocka_unit_test_setup(slots_do_not_run_out_by_donating, fresh_space),
        cmocka_unit_test_setup(a_space_that_dies_gives_back_its_regions, fresh_space),
        cmocka_unit_test_setup(random_regions_follow_the_model, fresh_space),
    };

    return cmocka_run_group_tests(tests, group_setup, NULL);
}
