// SPDX-License-Identifier: BSD-3-Clause
//
// Address spaces of partitions (spmc/sp_space.c) on the real table builder: who may do what with every page, what is
// refused, all-or-nothing, what a partition gives to others and gets back, and what is left after destruction. Memory that
// others give it: test_sp_space_regions.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "board.h"
#include "load_cache.h"
#include "load_support.h"
#include "page_pool.h"
#include "spmc_mm.h"
#include "tlb.h"

#define POOL_PAGES 64
#define VA 0x3000000000ull
#define PAGE(n) ((uint64_t)(n)*PAGE_SIZE)

static struct sp_space space;
static uint8_t *memory; // 8 pages: 0–1 RX, 2–3 RO, 4–7 RW, at VA
static uint8_t *guarded;

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
    if (page_pool_init(spmc_mm_va(PAGE_POOL_BASE), POOL_PAGES * PAGE_SIZE) != 0 ||
        sp_space_create(&space, 5) != 0) {
        return -1;
    }
    memory = page_pool_take(5, 8);
    guarded = page_pool_take(5, 1);
    memset(memory, 0x5a, 8 * PAGE_SIZE);
    return sp_space_map(&space, VA, spmc_mm_pa(memory), 2, SP_SPACE_RX) |
           sp_space_map(&space, VA + PAGE(2), spmc_mm_pa(memory) + PAGE(2), 2, SP_SPACE_RO) |
           sp_space_map(&space, VA + PAGE(4), spmc_mm_pa(memory) + PAGE(4), 4, SP_SPACE_RW) |
           sp_space_map(&space, VA + PAGE(16), spmc_mm_pa(guarded), 1,
                        SP_SPACE_RX | TABLES_GUARDED);
}

static uint64_t attrs_at(uint64_t va)
{
    uint64_t attrs = 0;

    assert_int_equal(tables_query(&space.tables, va, NULL, &attrs), 0);
    return attrs;
}

static uint32_t perm_at(uint64_t va)
{
    uint32_t perm = 0;

    assert_int_equal(sp_space_perm_get(&space, va, &perm), 0);
    return perm;
}

static void pages_of_a_partition_have_its_asid_and_exact_rights(void **state)
{
    const uint64_t common = TABLES_NORMAL | TABLES_NG | TABLES_USER | TABLES_PXN | TABLES_OWNED;

    (void)state;
    assert_int_equal(space.ttbr0 >> 48, 5);
    assert_int_equal(sp_space_asid(&space), 5);
    assert_int_equal(space.ttbr0 & 0xffffffffffff, (uintptr_t)space.tables.root);
    assert_int_equal(page_pool_owner(space.tables.root), 5);
    assert_int_equal(attrs_at(VA), common | TABLES_RO);
    assert_int_equal(attrs_at(VA + PAGE(2)), common | TABLES_RO | TABLES_UXN);
    assert_int_equal(attrs_at(VA + PAGE(4)), common | TABLES_RW | TABLES_UXN);
    assert_int_equal(attrs_at(VA + PAGE(16)), common | TABLES_RO | TABLES_GUARDED);
    assert_int_equal(space.va_low, VA);
    assert_int_equal(space.va_end, VA + PAGE(17));
}

static void pages_of_another_owner_cannot_be_mapped(void **state)
{
    uint8_t *other = page_pool_take(6, 1);
    uint8_t *own = page_pool_alloc();

    (void)state;
    assert_int_equal(sp_space_map(&space, VA + PAGE(32), spmc_mm_pa(other), 1, SP_SPACE_RW),
                     ERR_DENIED);
    assert_int_equal(sp_space_map(&space, VA + PAGE(32), spmc_mm_pa(own), 1, SP_SPACE_RO),
                     ERR_DENIED);
    assert_int_equal(sp_space_map(&space, VA, spmc_mm_pa(memory), 1, SP_SPACE_RO), ERR_DUPLICATE);
    assert_int_equal(sp_space_map(&space, 1ull << 39, spmc_mm_pa(memory), 1, SP_SPACE_RO),
                     ERR_RANGE);
    assert_int_equal(
        sp_space_map(&space, (1ull << 38) - PAGE(1), spmc_mm_pa(memory), 2, SP_SPACE_RO),
        ERR_RANGE); // reaches into the regions
}

static void what_is_partly_its_own_cannot_be_mapped_as_one(void **state)
{
    const uint64_t end = PAGE_POOL_BASE + PAGE(POOL_PAGES);
    uint8_t *last = page_pool_take(5, page_pool_free_count());

    (void)state;
    assert_non_null(last);
    assert_int_equal(sp_space_map(&space, VA + PAGE(32), end - PAGE(1), 2, SP_SPACE_RW),
                     ERR_DENIED);
    assert_int_equal(sp_space_map(&space, VA + PAGE(32), end, 1, SP_SPACE_RW), 0);
    assert_int_equal(attrs_at(VA + PAGE(32)) & TABLES_OWNED, 0);
}

static void what_is_no_memory_of_the_pool_is_never_its_own(void **state)
{
    struct sp_space_run run;

    (void)state;
    assert_int_equal(sp_space_map(&space, VA + PAGE(64), 0x090b0000, 1, SP_SPACE_DEVICE_RW), 0);
    assert_int_equal(sp_space_map(&space, VA + PAGE(65), NS_DRAM_BASE, 2, SP_SPACE_RW | TABLES_NS),
                     0);
    assert_int_equal(attrs_at(VA + PAGE(64)), SP_SPACE_DEVICE_RW | TABLES_NG);
    assert_int_equal(attrs_at(VA + PAGE(66)), SP_SPACE_RW | TABLES_NS | TABLES_NG);
    for (uint64_t i = 64; i < 67; i++) {
        assert_int_equal(sp_space_owned_run(&space, VA + PAGE(i), 1, &run), ERR_DENIED);
    }
    assert_int_equal(sp_space_map(&space, VA + PAGE(70), NS_DRAM_BASE, 1, SP_SPACE_RX | TABLES_NS),
                     ERR_DENIED); // code that the normal world could rewrite
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(64), 1, FFA_PERM_RX), ERR_DENIED);
}

static void permissions_read_back_as_ffa_values(void **state)
{
    uint32_t perm = 0;

    (void)state;
    assert_int_equal(perm_at(VA), FFA_PERM_RX);
    assert_int_equal(perm_at(VA + PAGE(3)), FFA_PERM_RO);
    assert_int_equal(perm_at(VA + PAGE(7)), FFA_PERM_RW);
    assert_int_equal(sp_space_perm_get(&space, VA + 8, &perm), ERR_INVALID);
    assert_int_not_equal(sp_space_perm_get(&space, VA + PAGE(8), &perm), 0); // guard page
    assert_int_not_equal(sp_space_perm_get(&space, VA - PAGE(1), &perm), 0);
    assert_int_not_equal(sp_space_perm_get(&space, 1ull << 39, &perm), 0);
    assert_int_not_equal(sp_space_perm_get(&space, 0xffffff800e020000, &perm), 0); // the SPMC's
    assert_int_equal(perm, 0);
}

static void every_permission_can_be_set_and_keeps_the_other_attributes(void **state)
{
    static const uint32_t perms[] = { FFA_PERM_NONE, FFA_PERM_RX, FFA_PERM_RW, FFA_PERM_RO };
    const uint64_t mask = TABLES_USER | TABLES_RO | TABLES_XN;
    const uint64_t pages[] = { VA, VA + PAGE(2), VA + PAGE(5), VA + PAGE(16) };

    (void)state;
    for (size_t page = 0; page < 4; page++) {
        uint64_t kept = attrs_at(pages[page]) & ~mask;

        for (size_t i = 0; i < 4; i++) {
            unsigned int drops = fake_tlb_drops;

            assert_int_equal(sp_space_perm_set(&space, pages[page], 1, perms[i]), 0);
            assert_int_equal(perm_at(pages[page]), perms[i]);
            assert_int_equal(attrs_at(pages[page]) & ~mask, kept);
            assert_true(fake_tlb_drops > drops);
            assert_true((attrs_at(pages[page]) & TABLES_PXN) != 0); // never for the SPMC
        }
    }
    assert_int_equal(perm_at(VA + PAGE(1)), FFA_PERM_RX); // the neighbours
    assert_int_equal(perm_at(VA + PAGE(4)), FFA_PERM_RW);
    assert_int_equal(perm_at(VA + PAGE(6)), FFA_PERM_RW);
}

// Real caches: first nobody can write any more, then clean, then invalidate what instruction fetches may have kept.
static void adding_execution_makes_what_was_written_fetchable(void **state)
{
    unsigned int drops = fake_tlb_drops;

    (void)state;
    support_cache = (struct support_cache){ .cleaned = 0 };
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(4), 3, FFA_PERM_RO), 0);
    assert_int_equal(support_cache.cleaned, 0); // nothing to fetch
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(4), 3, FFA_PERM_RW), 0);
    assert_int_equal(support_cache.invalidations, 0);
    drops = fake_tlb_drops;
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(4), 3, FFA_PERM_RX), 0);
    assert_int_equal(support_cache.cleaned, PAGE(3));
    assert_int_equal(support_cache.drops_at_clean, fake_tlb_drops);
    assert_true(fake_tlb_drops > drops);
    assert_int_equal(support_cache.invalidations, 1);
    assert_int_equal(support_cache.cleaned_at_invalidation, PAGE(3));
}

static void setting_permissions_is_all_or_nothing(void **state)
{
    (void)state;
    assert_int_not_equal(sp_space_perm_set(&space, VA + PAGE(6), 3, FFA_PERM_RO),
                         0); // guard behind
    assert_int_not_equal(sp_space_perm_set(&space, VA - PAGE(1), 3, FFA_PERM_RO),
                         0);                                                 // nothing before
    assert_int_not_equal(sp_space_perm_set(&space, VA, 17, FFA_PERM_RW), 0); // a hole inside
    assert_int_equal(perm_at(VA), FFA_PERM_RX);
    assert_int_equal(perm_at(VA + PAGE(1)), FFA_PERM_RX);
    assert_int_equal(perm_at(VA + PAGE(6)), FFA_PERM_RW);
    assert_int_equal(perm_at(VA + PAGE(7)), FFA_PERM_RW);
    assert_int_equal(sp_space_perm_set(&space, VA, 8, FFA_PERM_RO), 0);
    for (uint64_t i = 0; i < 8; i++) {
        assert_int_equal(perm_at(VA + PAGE(i)), FFA_PERM_RO);
    }
}

static void illegal_permission_requests_are_refused(void **state)
{
    static const uint32_t illegal[] = { 0, 1, 2, 6, 8, 11, 13, 15, 0x80000003, UINT32_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(illegal) / sizeof(illegal[0]); i++) { // 1: RWX
        assert_int_equal(sp_space_perm_set(&space, VA + PAGE(4), 1, illegal[i]), ERR_INVALID);
    }
    assert_int_equal(sp_space_perm_set(&space, VA + 1, 1, FFA_PERM_RO), ERR_INVALID);
    assert_int_equal(sp_space_perm_set(&space, VA, 0, FFA_PERM_RO), ERR_INVALID);
    assert_int_equal(sp_space_perm_set(&space, VA, SPMC_MAX_PERM_PAGES + 1, FFA_PERM_RO),
                     ERR_INVALID);
    assert_int_equal(sp_space_perm_set(&space, VA, UINT32_MAX, FFA_PERM_RO), ERR_INVALID);
    assert_int_equal(sp_space_perm_set(&space, (1ull << 39) - PAGE(1), 2, FFA_PERM_RO), ERR_RANGE);
    assert_int_equal(sp_space_perm_set(&space, 0xfffffffffffff000, 2, FFA_PERM_RO), ERR_RANGE);
    assert_int_equal(sp_space_perm_set(&space, 0xffffff800e020000, 1, FFA_PERM_RO), ERR_RANGE);
}

static void memory_named_by_address_keeps_what_the_manifest_gave(void **state)
{
    (void)state;
    assert_int_equal(sp_space_map(&space, VA + PAGE(64), NS_DRAM_BASE, 2, SP_SPACE_RO | TABLES_NS),
                     0);
    assert_int_equal(perm_at(VA + PAGE(64)), FFA_PERM_RO);
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(64), 1, FFA_PERM_RW), ERR_DENIED);
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(64), 1, FFA_PERM_RX), ERR_DENIED);
    assert_int_equal(perm_at(VA + PAGE(64)), FFA_PERM_RO);
    assert_true((attrs_at(VA + PAGE(64)) & TABLES_NS) != 0);
}

static void buffers_must_be_the_partitions_own_contiguous_memory(void **state)
{
    uint8_t *apart = page_pool_take(5, 2);

    (void)state;
    assert_ptr_equal(sp_space_to_spmc(&space, VA + PAGE(4), 4, true), memory + PAGE(4));
    assert_ptr_equal(sp_space_to_spmc(&space, VA + PAGE(2), 6, false), memory + PAGE(2));
    assert_null(sp_space_to_spmc(&space, VA + PAGE(3), 2, true)); // RO
    assert_null(sp_space_to_spmc(&space, VA + PAGE(4), 5, true)); // guard page behind
    assert_null(sp_space_to_spmc(&space, VA + PAGE(4) + 8, 1, true));
    assert_null(sp_space_to_spmc(&space, VA + PAGE(4), 0, true));
    assert_null(sp_space_to_spmc(&space, VA + PAGE(4), UINT32_MAX, true));
    assert_null(sp_space_to_spmc(&space, 0xfffffffffffff000, 2, true));
    assert_null(sp_space_to_spmc(&space, 0, 1, true));
    assert_int_equal(sp_space_map(&space, VA + PAGE(64), NS_DRAM_BASE, 2, SP_SPACE_RW | TABLES_NS),
                     0);
    assert_null(sp_space_to_spmc(&space, VA + PAGE(64), 1, true)); // the normal world's
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(4), 1, FFA_PERM_NONE), 0);
    assert_null(sp_space_to_spmc(&space, VA + PAGE(4), 1, false));
    assert_int_equal(
        sp_space_map(&space, VA + PAGE(80), spmc_mm_pa(apart) + PAGE(1), 1, SP_SPACE_RW), 0);
    assert_int_equal(sp_space_map(&space, VA + PAGE(81), spmc_mm_pa(apart), 1, SP_SPACE_RW), 0);
    assert_non_null(sp_space_to_spmc(&space, VA + PAGE(80), 1, true));
    assert_null(sp_space_to_spmc(&space, VA + PAGE(80), 2, true)); // the wrong way round
}

// ---- What the partition gives to others ------------------------------------------------------------------------------

static void expect_run(uint64_t va, uint32_t max, uint32_t pages, uint64_t attrs)
{
    struct sp_space_run run = { .pages = 0 };

    assert_int_equal(sp_space_owned_run(&space, va, max, &run), 0);
    assert_int_equal(run.pages, pages);
    assert_int_equal(run.pa, spmc_mm_pa(memory) + va - VA);
    assert_int_equal(run.attrs, attrs | TABLES_NG);
}

static void a_run_is_own_memory_with_one_permission(void **state)
{
    (void)state;
    expect_run(VA, 100, 2, SP_SPACE_RX);
    expect_run(VA + PAGE(2), 100, 2, SP_SPACE_RO);
    expect_run(VA + PAGE(4), 100, 4, SP_SPACE_RW);
    expect_run(VA + PAGE(5), 2, 2, SP_SPACE_RW);
    expect_run(VA + PAGE(7), UINT32_MAX, 1, SP_SPACE_RW);
    sp_space_set_busy(&space, VA + PAGE(6), 1, true);
    expect_run(VA + PAGE(4), 100, 2, SP_SPACE_RW);
    sp_space_set_busy(&space, VA + PAGE(6), 1, false);
    expect_run(VA + PAGE(4), 100, 4, SP_SPACE_RW);
}

static void what_cannot_be_offered(void **state)
{
    struct sp_space_run run = { .pages = 77 };

    (void)state;
    assert_int_equal(sp_space_owned_run(&space, VA + 8, 1, &run), ERR_INVALID);
    assert_int_equal(sp_space_owned_run(&space, VA, 0, &run), ERR_INVALID);
    assert_int_equal(sp_space_owned_run(&space, VA + PAGE(8), 1, &run),
                     ERR_NOT_FOUND); // guard page
    assert_int_equal(sp_space_owned_run(&space, 0, 1, &run), ERR_NOT_FOUND);
    assert_int_equal(sp_space_owned_run(&space, 1ull << 39, 1, &run), ERR_NOT_FOUND);
    assert_int_equal(sp_space_owned_run(&space, 0xffffff800e020000, 1, &run), ERR_NOT_FOUND);
    assert_int_equal(sp_space_owned_run(&space, 0xfffffffffffff000, 2, &run), ERR_NOT_FOUND);
    sp_space_set_busy(&space, VA + PAGE(4), 1, true);
    assert_int_equal(sp_space_owned_run(&space, VA + PAGE(4), 1, &run), ERR_DENIED);
    assert_int_equal(run.pages, 77); // written on success only
}

static void busy_pages_serve_as_before_and_cannot_be_changed(void **state)
{
    uint64_t attrs = attrs_at(VA + PAGE(5));
    unsigned int drops = fake_tlb_drops;

    (void)state;
    sp_space_set_busy(&space, VA + PAGE(5), 2, true);
    assert_int_equal(fake_tlb_drops, drops); // nothing that a core looks at has changed
    assert_int_equal(attrs_at(VA + PAGE(5)), attrs | TABLES_BUSY);
    assert_int_equal(perm_at(VA + PAGE(5)), FFA_PERM_RW);
    for (uint32_t perm = FFA_PERM_RX; perm <= FFA_PERM_RO; perm += 2) {
        assert_int_equal(sp_space_perm_set(&space, VA + PAGE(5), 1, perm), ERR_DENIED);
        assert_int_equal(sp_space_perm_set(&space, VA + PAGE(4), 2, perm), ERR_DENIED);
        assert_int_equal(sp_space_perm_set(&space, VA + PAGE(6), 2, perm), ERR_DENIED);
    }
    assert_null(sp_space_to_spmc(&space, VA + PAGE(4), 2, true));
    assert_null(sp_space_to_spmc(&space, VA + PAGE(6), 1, false));
    assert_non_null(sp_space_to_spmc(&space, VA + PAGE(4), 1, true));
    assert_int_equal(perm_at(VA + PAGE(4)), FFA_PERM_RW);
    sp_space_set_busy(&space, VA + PAGE(5), 2, false);
    assert_int_equal(attrs_at(VA + PAGE(5)), attrs);
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(4), 4, FFA_PERM_RO), 0);
    expect_assert_failure(sp_space_set_busy(&space, VA + PAGE(7), 2, true)); // not all are there
}

// The TLB is told after the pages are out of the tables, and of all of them.
static uint64_t gone_va;
static uint32_t gone_pages;
static uint32_t gone_drops;

static void drop_of_taken_pages(uint64_t va, uint32_t pages, int32_t asid)
{
    assert_int_equal(asid, 5);
    assert_true(pages == 0 || (va == gone_va && pages == gone_pages));
    for (uint64_t i = 0; i < gone_pages; i++) {
        assert_int_equal(tables_query(&space.tables, gone_va + PAGE(i), NULL, NULL), ERR_NOT_FOUND);
    }
    gone_drops++;
}

static void take(uint64_t va, uint32_t pages)
{
    gone_va = va;
    gone_pages = pages;
    gone_drops = 0;
    support_on_drop = drop_of_taken_pages;
    sp_space_take(&space, va, pages);
    support_on_drop = NULL;
    assert_int_equal(gone_drops, 1); // one wait for the other cores, whatever the count
}

static void taken_pages_are_gone_and_come_back_as_they_were(void **state)
{
    static const struct {
        uint32_t page;
        uint32_t count;
    } parts[] = { { 0, 2 }, { 2, 1 }, { 4, 4 }, { 5, 1 }, { 7, 1 } };
    uint32_t free_pages = page_pool_free_count();

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        for (unsigned int busy = 0; busy < 2; busy++) { // marked since the call was checked, or not
            uint64_t va = VA + PAGE(parts[i].page);
            uint64_t attrs = attrs_at(va);
            struct sp_space_run run = { .pages = 0 };
            uint32_t perm;

            assert_int_equal(sp_space_owned_run(&space, va, parts[i].count, &run), 0);
            assert_int_equal(run.pages, parts[i].count);
            sp_space_set_busy(&space, va, run.pages, busy != 0);
            take(va, run.pages);
            assert_int_equal(sp_space_owned_run(&space, va, 1, &run), ERR_NOT_FOUND);
            assert_int_not_equal(sp_space_perm_get(&space, va, &perm), 0);
            assert_int_not_equal(sp_space_perm_set(&space, va, 1, FFA_PERM_RO), 0);
            assert_null(sp_space_to_spmc(&space, va, 1, false));
            assert_non_null(page_pool_take(6, page_pool_free_count())); // no memory is needed
            sp_space_put(&space, va, run.pa, parts[i].count, run.attrs);
            page_pool_free_owner(6);
            for (uint32_t page = 0; page < parts[i].count; page++) {
                assert_int_equal(attrs_at(va + PAGE(page)), attrs);
            }
            expect_run(va, parts[i].count, parts[i].count, attrs & ~TABLES_SOFTWARE & ~TABLES_NG);
        }
    }
    assert_int_equal(page_pool_free_count(), free_pages);
    assert_int_equal(memory[0], 0x5a); // nobody wiped anything
}

static void taking_and_putting_what_does_not_fit_is_a_bug(void **state)
{
    struct sp_space_run run;

    (void)state;
    expect_assert_failure(sp_space_take(&space, VA + PAGE(7), 2));
    assert_int_equal(sp_space_owned_run(&space, VA + PAGE(4), 4, &run), 0);
    expect_assert_failure(sp_space_put(&space, VA + PAGE(4), run.pa, 4, run.attrs)); // is there
    take(VA + PAGE(4), 4);
    expect_assert_failure(sp_space_take(&space, VA + PAGE(4), 4));
    sp_space_put(&space, VA + PAGE(4), run.pa, 4, run.attrs);
    sp_space_gone(&space, VA + PAGE(4), 4); // of the loader's part: nothing to do
    expect_run(VA + PAGE(4), 4, 4, SP_SPACE_RW);
}

static void many_pages_cost_one_drop_of_the_asid(void **state)
{
    uint8_t *more = page_pool_take(5, 9);

    (void)state;
    assert_int_equal(sp_space_map(&space, VA + PAGE(32), spmc_mm_pa(more), 9, SP_SPACE_RW), 0);
    take(VA + PAGE(32), 9); // by ASID
    sp_space_put(&space, VA + PAGE(32), spmc_mm_pa(more), 9, SP_SPACE_RW | TABLES_NG);
    take(VA + PAGE(32), 8); // by address
}

static void destruction_wipes_and_returns_everything(void **state)
{
    uint8_t *other = page_pool_take(6, 1);
    unsigned int drops = fake_tlb_drops;

    (void)state;
    memset(other, 6, PAGE_SIZE);
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 1 - 9 - 3); // memory, three tables
    sp_space_destroy(&space, false);
    assert_true(fake_tlb_drops > drops);
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 1);
    for (size_t i = 0; i < 8 * PAGE_SIZE; i++) {
        assert_int_equal(memory[i], 0);
    }
    assert_int_equal(other[0], 6);
    assert_int_equal(space.ttbr0, 0);
    sp_space_destroy(&space, false); // nothing left: nothing happens
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 1);
}

static uint64_t *dead_root;

// When the TLB is told, no walk finds anything, and no page has been given to anybody.
static void drop_of_a_dead_space(uint64_t va, uint32_t pages, int32_t asid)
{
    assert_int_equal(va + pages, 0);
    assert_int_equal(asid, 5);
    for (size_t i = 0; i < TABLES_ENTRIES; i++) {
        assert_int_equal(dead_root[i], 0);
    }
    assert_int_equal(page_pool_owner(memory), 5);
}

static void after_it_has_run_the_empty_root_stays(void **state)
{
    uint32_t kept = page_pool_kept_count();

    (void)state;
    dead_root = space.tables.root;
    support_on_drop = drop_of_a_dead_space;
    sp_space_destroy(&space, true);
    support_on_drop = NULL;
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 1);
    assert_int_equal(page_pool_owner(dead_root),
                     PAGE_OWNER_SPMC); // for cores still on their way out
    assert_int_equal(page_pool_kept_count(), kept + 1);
    for (size_t i = 0; i < TABLES_ENTRIES; i++) {
        assert_int_equal(dead_root[i], 0);
    }
    sp_space_destroy(&space, true); // nothing left: nothing happens
    assert_int_equal(page_pool_kept_count(), kept + 1);
}

static void an_empty_pool_makes_no_space(void **state)
{
    struct sp_space second;

    (void)state;
    assert_non_null(page_pool_take(9, page_pool_free_count()));
    assert_int_equal(sp_space_create(&second, 7), ERR_NO_MEMORY);
    sp_space_destroy(&second, false);
    assert_int_equal(page_pool_free_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(pages_of_a_partition_have_its_asid_and_exact_rights, fresh_space),
        cmocka_unit_test_setup(pages_of_another_owner_cannot_be_mapped, fresh_space),
        cmocka_unit_test_setup(what_is_partly_its_own_cannot_be_mapped_as_one, fresh_space),
        cmocka_unit_test_setup(what_is_no_memory_of_the_pool_is_never_its_own, fresh_space),
        cmocka_unit_test_setup(permissions_read_back_as_ffa_values, fresh_space),
        cmocka_unit_test_setup(every_permission_can_be_set_and_keeps_the_other_attributes,
                               fresh_space),
        cmocka_unit_test_setup(adding_execution_makes_what_was_written_fetchable, fresh_space),
        cmocka_unit_test_setup(setting_permissions_is_all_or_nothing, fresh_space),
        cmocka_unit_test_setup(illegal_permission_requests_are_refused, fresh_space),
        cmocka_unit_test_setup(memory_named_by_address_keeps_what_the_manifest_gave, fresh_space),
        cmocka_unit_test_setup(buffers_must_be_the_partitions_own_contiguous_memory, fresh_space),
        cmocka_unit_test_setup(a_run_is_own_memory_with_one_permission, fresh_space),
        cmocka_unit_test_setup(what_cannot_be_offered, fresh_space),
        cmocka_unit_test_setup(busy_pages_serve_as_before_and_cannot_be_changed, fresh_space),
        cmocka_unit_test_setup(taken_pages_are_gone_and_come_back_as_they_were, fresh_space),
        cmocka_unit_test_setup(taking_and_putting_what_does_not_fit_is_a_bug, fresh_space),
        cmocka_unit_test_setup(many_pages_cost_one_drop_of_the_asid, fresh_space),
        cmocka_unit_test_setup(destruction_wipes_and_returns_everything, fresh_space),
        cmocka_unit_test_setup(after_it_has_run_the_empty_root_stays, fresh_space),
        cmocka_unit_test_setup(an_empty_pool_makes_no_space, fresh_space),
    };

    return cmocka_run_group_tests(tests, group_setup, NULL);
}
