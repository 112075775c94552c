// SPDX-License-Identifier: BSD-3-Clause
//
// Translation tables (platform/arch/tables.c): descriptors against DDI0487 D8.3, every refusal,
// that refusals change nothing, and a long random sequence against a model that knows pages and
// blocks but no tables.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "tables.h"

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)
#define POOL_PAGES 64
#define RW (TABLES_EL1_DATA)
#define RX (TABLES_EL1_CODE)

static uint64_t pool_memory[POOL_PAGES][TABLES_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static bool pool_taken[POOL_PAGES];
static size_t pool_limit;
static struct tables tables;

static size_t pool_used(void)
{
    size_t used = 0;

    for (size_t i = 0; i < POOL_PAGES; i++) {
        used += pool_taken[i];
    }
    return used;
}

static void *pool_alloc(void *ctx)
{
    assert_ptr_equal(ctx, pool_memory);
    for (size_t i = 0; i < pool_limit; i++) {
        if (!pool_taken[i]) {
            pool_taken[i] = true;
            memset(pool_memory[i], 0, PAGE_SIZE);
            return pool_memory[i];
        }
    }
    return NULL;
}

static void pool_free(void *ctx, void *page)
{
    size_t i = (size_t)((uint64_t(*)[TABLES_ENTRIES])page - pool_memory);

    assert_ptr_equal(ctx, pool_memory);
    assert_in_range(i, 0, POOL_PAGES - 1);
    assert_true(pool_taken[i]);
    for (size_t entry = 0; entry < TABLES_ENTRIES; entry++) {
        assert_int_equal(pool_memory[i][entry], 0); // pools need not wipe them
    }
    pool_taken[i] = false;
}

static int fresh(void **state)
{
    (void)state;
    memset(pool_taken, 0, sizeof(pool_taken));
    pool_limit = POOL_PAGES;
    tables = (struct tables){ .va_to_pa = 0, .pool = { pool_alloc, pool_free, pool_memory } };
    return tables_init(&tables);
}

static void expect_at(uint64_t va, uint64_t pa, uint64_t attrs)
{
    uint64_t found_pa = 0;
    uint64_t found_attrs = 0;

    assert_int_equal(tables_query(&tables, va, &found_pa, &found_attrs), ERR_NONE);
    assert_int_equal(found_pa, pa);
    assert_int_equal(found_attrs, attrs);
}

// The descriptor that a walk would find, by the architecture's rules alone
static uint64_t walk(uint64_t va, unsigned int *level)
{
    const uint64_t *table = tables.root;
    uint64_t desc;

    for (*level = 1;; (*level)++) {
        desc = table[(va >> (39 - 9 * *level)) & 511];
        if (*level == 3 || (desc & 3) != 3) {
            return desc;
        }
        table =
            (const uint64_t *)(uintptr_t)((desc & 0xfffffffff000ull) - (uint64_t)tables.va_to_pa);
    }
}

static void a_page_has_the_descriptor_of_the_architecture(void **state)
{
    unsigned int level;

    (void)state;
    assert_int_equal(tables_map(&tables, 0x5000, 0xe000000, PAGE_SIZE,
                                TABLES_NORMAL | TABLES_RO | TABLES_UXN | TABLES_NG),
                     ERR_NONE);
    // UXN 54, nG 11, AF 10, SH inner 9:8, AP[2] 7, index 1 4:2, page 1:0
    assert_int_equal(walk(0x5000, &level), (1ull << 54) | 0xe000000 | (1 << 11) | (1 << 10) |
                                               (3 << 8) | (1 << 7) | (1 << 2) | 3);
    assert_int_equal(level, 3);
    assert_int_equal(tables_map(&tables, 0x6000, 0x9040000, PAGE_SIZE, TABLES_EL3_DEVICE),
                     ERR_NONE);
    assert_int_equal(walk(0x6000, &level), (1ull << 54) | 0x9040000 | (1 << 10) | (1 << 6) | 3);
    assert_int_equal(tables_map(&tables, 0x7000, 0x40000000, PAGE_SIZE,
                                TABLES_NC | TABLES_RW | TABLES_XN | TABLES_NS),
                     ERR_NONE);
    assert_int_equal(walk(0x7000, &level),
                     (3ull << 53) | 0x40000000 | (1 << 10) | (3 << 8) | (1 << 5) | (2 << 2) | 3);
}

static void blocks_are_used_where_both_addresses_allow(void **state)
{
    unsigned int level;

    (void)state;
    assert_int_equal(tables_map(&tables, GIB(1), GIB(2), GIB(1) + MIB(2) + KIB(4), RW), ERR_NONE);
    assert_int_equal(walk(GIB(1), &level) & 3, 1);
    assert_int_equal(level, 1);
    walk(GIB(2), &level);
    assert_int_equal(level, 2);
    walk(GIB(2) + MIB(2), &level);
    assert_int_equal(level, 3);
    assert_int_equal(pool_used(), 3); // root, one level 2, one level 3
    expect_at(GIB(1) + 12345, GIB(2) + 12345, RW);
    expect_at(GIB(2) + MIB(1) + 7, GIB(3) + MIB(1) + 7, RW);
    expect_at(GIB(2) + MIB(2) + 4095, GIB(3) + MIB(2) + 4095, RW);
    assert_int_equal(tables_query(&tables, GIB(2) + MIB(2) + KIB(4), NULL, NULL), ERR_NOT_FOUND);
    // The same size, but the physical address is only page aligned
    assert_int_equal(tables_map(&tables, GIB(4), GIB(2) + KIB(4), MIB(2), RW), ERR_NONE);
    walk(GIB(4), &level);
    assert_int_equal(level, 3);
    // And when pages are asked for
    assert_int_equal(tables_map(&tables, GIB(5), GIB(2), MIB(2), RW | TABLES_PAGES), ERR_NONE);
    walk(GIB(5), &level);
    assert_int_equal(level, 3);
    expect_at(GIB(5) + KIB(8), GIB(2) + KIB(8), RW);
}

static void a_range_goes_round_tables_that_are_there(void **state)
{
    unsigned int level;

    (void)state;
    assert_int_equal(tables_map(&tables, MIB(4), MIB(64), KIB(4), RW), ERR_NONE);
    assert_int_equal(tables_unmap(&tables, MIB(4), KIB(4)), ERR_NONE);
    assert_int_equal(tables_map(&tables, 0, 0, MIB(8), RW), ERR_NONE); // over an empty level 3
    walk(MIB(2), &level);
    assert_int_equal(level, 2);
    walk(MIB(4), &level);
    assert_int_equal(level, 3);
    walk(MIB(6), &level);
    assert_int_equal(level, 2);
    for (uint64_t va = 0; va < MIB(8); va += KIB(4)) {
        expect_at(va, va, RW);
    }
}

static void upper_half_takes_addresses_with_all_top_bits(void **state)
{
    (void)state;
    tables.upper = true;
    assert_int_equal(tables_map(&tables, 0xffffff8000000000ull, 0, GIB(1), RW), ERR_NONE);
    expect_at(0xffffff8000000000ull + 5, 5, RW);
    assert_int_equal(tables_map(&tables, 0xfffffffffffff000ull, KIB(4), KIB(4), RW), ERR_NONE);
    expect_at(0xfffffffffffff000ull, KIB(4), RW);
    assert_int_equal(tables_map(&tables, 0xfffffffffffff000ull, 0, KIB(8), RW), ERR_RANGE);
    assert_int_equal(tables_map(&tables, 0x1000, 0, KIB(4), RW), ERR_RANGE);
    assert_int_equal(tables_query(&tables, 0x1000, NULL, NULL), ERR_RANGE);
    tables.upper = false;
    assert_int_equal(tables_map(&tables, 0xffffff8000000000ull, 0, KIB(4), RW), ERR_RANGE);
}

static void map_refuses_what_breaks_a_rule(void **state)
{
    const struct {
        uint64_t va, pa, size, attrs;
        int result;
    } cases[] = {
        { 0x1000, 0, 0, RW, ERR_INVALID },
        { 0x1001, 0, KIB(4), RW, ERR_INVALID },
        { 0x1000, 1, KIB(4), RW, ERR_INVALID },
        { 0x1000, 0, KIB(4) + 1, RW, ERR_INVALID },
        { 0x1000, 0, 2048, RW, ERR_INVALID },
        { GIB(512), 0, KIB(4), RW, ERR_RANGE },
        { GIB(512) - KIB(4), 0, KIB(8), RW, ERR_RANGE },
        { 0x1000, GIB(1024), KIB(4), RW, ERR_RANGE },
        { 0x1000, GIB(1024) - KIB(4), KIB(8), RW, ERR_RANGE },
        { 0x1000, UINT64_MAX - 4095, KIB(4), RW, ERR_RANGE },
        { 0x1000, 0, UINT64_MAX - 4095, RW, ERR_RANGE },
        { 0x1000, 0, KIB(4), RW | 1, ERR_INVALID },
        { 0x1000, 0, KIB(4), RW | 0x1000, ERR_INVALID },
        { 0x1000, 0, KIB(4), RW | 1ull << 10, ERR_INVALID },
        { 0x1000, 0, KIB(4), (RW & ~TABLES_TYPE) | 3 << 2, ERR_INVALID }, // no such MAIR index
        { 0x1000, 0, KIB(4), TABLES_NORMAL | TABLES_RW, ERR_INVALID },    // writable, executable
        { 0x1000, 0, KIB(4), TABLES_NORMAL | TABLES_RW | TABLES_UXN, ERR_INVALID }, // at EL1
        { 0x1000, 0, KIB(4), TABLES_NORMAL | TABLES_RW | TABLES_PXN, ERR_INVALID }, // at EL0
        { 0x1000, 0, KIB(4), TABLES_NORMAL | TABLES_RW | TABLES_USER | TABLES_PXN, ERR_INVALID },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(
            tables_map(&tables, cases[i].va, cases[i].pa, cases[i].size, cases[i].attrs),
            cases[i].result);
        assert_int_equal(pool_used(), 1);
        for (size_t j = 0; j < TABLES_ENTRIES; j++) {
            assert_int_equal(tables.root[j], 0);
        }
    }
    assert_int_equal(tables_map(&tables, GIB(512) - KIB(4), GIB(1024) - KIB(4), KIB(4), RW),
                     ERR_NONE); // the last page of both spaces
}

static void map_refuses_a_mapping_anywhere_in_the_range(void **state)
{
    (void)state;
    assert_int_equal(tables_map(&tables, MIB(7), 0, KIB(4), RW), ERR_NONE);
    assert_int_equal(tables_map(&tables, MIB(16), 0, MIB(2), RW), ERR_NONE);
    assert_int_equal(tables_map(&tables, GIB(3), 0, GIB(1), RW), ERR_NONE);
    assert_int_equal(tables_map(&tables, MIB(7), 0, KIB(4), RW), ERR_DUPLICATE);
    assert_int_equal(tables_map(&tables, MIB(6), 0, MIB(2), RW), ERR_DUPLICATE);
    assert_int_equal(tables_map(&tables, 0, 0, MIB(14), RW), ERR_DUPLICATE);
    assert_int_equal(tables_map(&tables, MIB(10), MIB(10), MIB(8), RW), ERR_DUPLICATE);
    assert_int_equal(tables_map(&tables, MIB(16) + KIB(4), 0, KIB(4), RW), ERR_DUPLICATE);
    assert_int_equal(tables_map(&tables, GIB(2), 0, GIB(2), RW), ERR_DUPLICATE);
    assert_int_equal(tables_map(&tables, GIB(3) + MIB(2), 0, KIB(4), RW), ERR_DUPLICATE);
    assert_int_equal(pool_used(), 3);
    assert_int_equal(tables_query(&tables, MIB(6), NULL, NULL), ERR_NOT_FOUND);
    assert_int_equal(tables_query(&tables, GIB(2), NULL, NULL), ERR_NOT_FOUND);
}

static void an_empty_pool_leaves_everything_as_it_was(void **state)
{
    (void)state;
    for (pool_limit = 1; pool_limit < 5; pool_limit++) {
        // Needs two tables of level 2 and two of level 3
        assert_int_equal(tables_map(&tables, GIB(1) - KIB(4), 0, KIB(8), RW), ERR_NO_MEMORY);
        assert_int_equal(pool_used(), 1);
        assert_int_equal(tables_query(&tables, GIB(1) - KIB(4), NULL, NULL), ERR_NOT_FOUND);
        assert_int_equal(tables.root[0], 0);
    }
    assert_int_equal(tables_map(&tables, GIB(1) - KIB(4), 0, KIB(8), RW), ERR_NONE);
    assert_int_equal(pool_used(), 5);
}

static void unmap_and_set_want_whole_mapped_ranges(void **state)
{
    (void)state;
    assert_int_equal(tables_map(&tables, MIB(2), MIB(2), MIB(2) + KIB(8), RW), ERR_NONE);
    assert_int_equal(tables_unmap(&tables, 0, 0), ERR_INVALID);
    assert_int_equal(tables_unmap(&tables, MIB(2) + 1, KIB(4)), ERR_INVALID);
    assert_int_equal(tables_unmap(&tables, GIB(512), KIB(4)), ERR_RANGE);
    assert_int_equal(tables_unmap(&tables, 0, KIB(4)), ERR_NOT_FOUND);
    assert_int_equal(tables_unmap(&tables, MIB(2), MIB(4)), ERR_NOT_FOUND); // its end is not there
    assert_int_equal(tables_unmap(&tables, MIB(2), KIB(4)), ERR_DENIED);    // part of a block
    assert_int_equal(tables_unmap(&tables, MIB(3), MIB(1) + KIB(4)), ERR_DENIED);
    assert_int_equal(tables_set(&tables, MIB(2), KIB(4), RX), ERR_DENIED);
    assert_int_equal(tables_set(&tables, MIB(2), MIB(4), RX), ERR_NOT_FOUND);
    assert_int_equal(tables_set(&tables, MIB(2), 0, RX), ERR_INVALID);
    assert_int_equal(tables_set(&tables, GIB(512), KIB(4), RX), ERR_RANGE);
    assert_int_equal(tables_set(&tables, MIB(4), KIB(4), TABLES_NORMAL | TABLES_RW), ERR_INVALID);
    assert_int_equal(tables_set(&tables, MIB(4), KIB(4), TABLES_EL1_DEVICE), ERR_INVALID);
    assert_int_equal(tables_set(&tables, MIB(4), KIB(4), RW | TABLES_NS), ERR_INVALID);
    assert_int_equal(tables_set(&tables, MIB(4), KIB(4), RW | TABLES_NG), ERR_INVALID);
    assert_int_equal(tables_set(&tables, MIB(4), KIB(4), RW | TABLES_PAGES), ERR_INVALID);
    for (uint64_t va = MIB(2); va < MIB(4) + KIB(8); va += KIB(4)) {
        expect_at(va, va, RW);
    }
    assert_int_equal(tables_set(&tables, MIB(2), MIB(2) + KIB(4), RX), ERR_NONE);
    expect_at(MIB(3), MIB(3), RX);
    expect_at(MIB(4), MIB(4), RX);
    expect_at(MIB(4) + KIB(4), MIB(4) + KIB(4), RW);
    assert_int_equal(tables_unmap(&tables, MIB(2), MIB(2) + KIB(8)), ERR_NONE);
    assert_int_equal(tables_query(&tables, MIB(2), NULL, NULL), ERR_NOT_FOUND);
    assert_int_equal(tables_query(&tables, MIB(4), NULL, NULL), ERR_NOT_FOUND);
}

static void clear_leaves_nothing_that_a_walk_finds(void **state)
{
    (void)state;
    assert_int_equal(tables_map(&tables, GIB(1) - KIB(4), 0, KIB(8), RW), ERR_NONE);
    assert_int_equal(tables_map(&tables, GIB(7), GIB(1), GIB(2), RW), ERR_NONE);
    tables_clear(&tables);
    for (size_t i = 0; i < TABLES_ENTRIES; i++) {
        assert_int_equal(tables.root[i], 0);
    }
}

// ---- Software bits, runs ---------------------------------------------------------------------------------------------

static void software_bits_are_55_and_56_and_stay(void **state)
{
    uint64_t plain;
    unsigned int level;

    (void)state;
    assert_int_equal(tables_map(&tables, 0x5000, 0xe000000, KIB(8), RW | TABLES_OWNED), ERR_NONE);
    plain = walk(0x5000, &level);
    assert_int_equal(plain >> 55 & 0xf, 1);
    assert_int_equal(tables_mark(&tables, 0x5000, KIB(4), TABLES_BUSY, true), ERR_NONE);
    assert_int_equal(walk(0x5000, &level), plain | 1ull << 56);
    assert_int_equal(walk(0x6000, &level), plain + KIB(4)); // the neighbour
    expect_at(0x5000, 0xe000000, RW | TABLES_OWNED | TABLES_BUSY);
    assert_int_equal(tables_set(&tables, 0x5000, KIB(8), RX), ERR_NONE); // given without them
    expect_at(0x5000, 0xe000000, RX | TABLES_OWNED | TABLES_BUSY);
    expect_at(0x6000, 0xe001000, RX | TABLES_OWNED);
    assert_int_equal(tables_set(&tables, 0x6000, KIB(4), RW | TABLES_BUSY), ERR_NONE); // and with
    expect_at(0x6000, 0xe001000, RW | TABLES_OWNED);
    assert_int_equal(tables_mark(&tables, 0x5000, KIB(4), TABLES_SOFTWARE, false), ERR_NONE);
    expect_at(0x5000, 0xe000000, RX);
    assert_int_equal(walk(0x5000, &level) >> 55 & 0xf, 0);
}

static void mark_refuses_as_unmap_does(void **state)
{
    (void)state;
    assert_int_equal(tables_map(&tables, MIB(2), MIB(2), MIB(2) + KIB(8), RW), ERR_NONE);
    assert_int_equal(tables_mark(&tables, MIB(2), KIB(4), TABLES_BUSY, true), ERR_DENIED);
    assert_int_equal(tables_mark(&tables, MIB(4), KIB(12), TABLES_BUSY, true), ERR_NOT_FOUND);
    assert_int_equal(tables_mark(&tables, MIB(4), 0, TABLES_BUSY, true), ERR_INVALID);
    assert_int_equal(tables_mark(&tables, MIB(4) + 8, KIB(4), TABLES_BUSY, true), ERR_INVALID);
    assert_int_equal(tables_mark(&tables, MIB(4), KIB(4), TABLES_BUSY | TABLES_RO, true),
                     ERR_INVALID);
    assert_int_equal(tables_mark(&tables, GIB(512), KIB(4), TABLES_BUSY, true), ERR_RANGE);
    expect_at(MIB(2), MIB(2), RW);
    expect_at(MIB(4), MIB(4), RW);
    assert_int_equal(tables_mark(&tables, MIB(2), MIB(2) + KIB(4), TABLES_BUSY, true), ERR_NONE);
    expect_at(MIB(3), MIB(3), RW | TABLES_BUSY);
    expect_at(MIB(4), MIB(4), RW | TABLES_BUSY);
    expect_at(MIB(4) + KIB(4), MIB(4) + KIB(4), RW);
}

static void expect_run(uint64_t va, uint32_t max, uint32_t pages, uint64_t pa, uint64_t attrs)
{
    uint64_t found_pa = 1;
    uint64_t found_attrs = 1;

    assert_int_equal(tables_run(&tables, va, max, &found_pa, &found_attrs), pages);
    assert_int_equal(found_pa, pa);
    assert_int_equal(found_attrs, attrs);
}

static void a_run_ends_where_something_changes(void **state)
{
    (void)state;
    // 3 pages before a table's end and 4 behind it, all side by side
    assert_int_equal(
        tables_map(&tables, MIB(6) - KIB(12), MIB(8) - KIB(12), KIB(28), RW | TABLES_PAGES),
        ERR_NONE);
    expect_run(MIB(6) - KIB(12), 100, 7, MIB(8) - KIB(12), RW);
    expect_run(MIB(6) - KIB(12), 7, 7, MIB(8) - KIB(12), RW);
    expect_run(MIB(6) - KIB(12), 5, 5, MIB(8) - KIB(12), RW);
    expect_run(MIB(6) - KIB(12), 1, 1, MIB(8) - KIB(12), RW);
    expect_run(MIB(6) - KIB(4), UINT32_MAX, 5, MIB(8) - KIB(4), RW);
    assert_int_equal(tables_mark(&tables, MIB(6) + KIB(4), KIB(4), TABLES_BUSY, true), ERR_NONE);
    expect_run(MIB(6) - KIB(12), 100, 4, MIB(8) - KIB(12), RW);
    expect_run(MIB(6) + KIB(4), 100, 1, MIB(8) + KIB(4), RW | TABLES_BUSY);
    expect_run(MIB(6) + KIB(8), 100, 2, MIB(8) + KIB(8), RW);
    // goes on elsewhere in physical memory
    assert_int_equal(tables_map(&tables, MIB(6) + KIB(16), MIB(1), KIB(4), RW), ERR_NONE);
    expect_run(MIB(6) + KIB(8), 100, 2, MIB(8) + KIB(8), RW);
    // with other permissions
    assert_int_equal(tables_map(&tables, MIB(6) + KIB(20), MIB(1) + KIB(4), KIB(4), RX), ERR_NONE);
    expect_run(MIB(6) + KIB(16), 100, 1, MIB(1), RW);
}

static void a_run_goes_through_blocks(void **state)
{
    (void)state;
    assert_int_equal(tables_map(&tables, MIB(10), MIB(20), MIB(4), RW), ERR_NONE);
    assert_int_equal(tables_map(&tables, MIB(14), MIB(24), KIB(8), RW), ERR_NONE);
    expect_run(MIB(10), 10000, 1026, MIB(20), RW);
    expect_run(MIB(11), 10000, 770, MIB(21), RW);
    expect_run(MIB(11), 256, 256, MIB(21), RW);
    expect_run(MIB(11), 300, 300, MIB(21), RW);
    assert_int_equal(tables_map(&tables, GIB(3), GIB(1), GIB(1), RW), ERR_NONE);
    expect_run(GIB(4) - KIB(8), 100, 2, GIB(2) - KIB(8), RW);
    assert_int_equal(tables_map(&tables, GIB(512) - KIB(4), GIB(4), KIB(4), RW), ERR_NONE);
    expect_run(GIB(512) - KIB(4), 100, 1, GIB(4), RW); // the end of the space
}

static void where_nothing_is_there_is_no_run(void **state)
{
    static const uint64_t vas[] = { MIB(8), GIB(2), GIB(512), ~0ull << 12, MIB(2) + 8 };
    uint64_t pa = 5;
    uint64_t attrs = 6;

    (void)state;
    assert_int_equal(tables_map(&tables, MIB(2), MIB(1), KIB(8), RW), ERR_NONE);
    for (size_t i = 0; i < ARRAY_COUNT(vas); i++) {
        assert_int_equal(tables_run(&tables, vas[i], 4, &pa, &attrs), 0);
    }
    assert_int_equal(tables_run(&tables, MIB(2), 0, &pa, &attrs), 0);
    assert_int_equal(pa, 5);
    assert_int_equal(attrs, 6);
}

// ---- Detaching -------------------------------------------------------------------------------------------------------

static void detached_tables_are_out_of_reach_and_go_back_later(void **state)
{
    struct tables_detached detached;
    size_t before;

    (void)state;
    assert_int_equal(tables_map(&tables, GIB(3), GIB(9), KIB(4), RW), ERR_NONE); // stays
    before = pool_used();
    // Over a border of 1 GiB: pages, a block, pages
    assert_int_equal(tables_map(&tables, GIB(6) - MIB(3), MIB(3), MIB(4), RW), ERR_NONE);
    assert_int_equal(pool_used(), before + 4);
    assert_int_equal(tables_detach(&tables, GIB(6) - MIB(3), MIB(4), &detached), ERR_NONE);
    assert_int_equal(tables.root[5], 0);
    assert_int_equal(tables.root[6], 0);
    assert_int_equal(tables_query(&tables, GIB(6) - MIB(3), NULL, NULL), ERR_NOT_FOUND);
    assert_int_equal(tables_query(&tables, GIB(6), NULL, NULL), ERR_NOT_FOUND);
    assert_int_equal(pool_used(), before + 4); // a walk could still be on its way
    tables_release(&tables, &detached);
    assert_int_equal(pool_used(), before);
    expect_at(GIB(3), GIB(9), RW);
    assert_int_equal(tables_map(&tables, GIB(6) - MIB(3), MIB(3), MIB(4), RW), ERR_NONE);
    expect_at(GIB(6), MIB(6), RW);
}

static void detach_takes_what_is_half_gone_and_what_was_never_there(void **state)
{
    struct tables_detached detached;

    (void)state;
    assert_int_equal(tables_map(&tables, GIB(5), GIB(1), MIB(2) + KIB(16), RW | TABLES_PAGES),
                     ERR_NONE);
    assert_int_equal(tables_unmap(&tables, GIB(5) + KIB(4), MIB(2)), ERR_NONE);
    assert_int_equal(tables_detach(&tables, GIB(5), MIB(2) + KIB(16), &detached), ERR_NONE);
    tables_release(&tables, &detached);
    assert_int_equal(pool_used(), 1);
    assert_int_equal(tables_detach(&tables, GIB(5), MIB(2) + KIB(16), &detached), ERR_NONE);
    tables_release(&tables, &detached); // nothing there
    assert_int_equal(tables_map(&tables, GIB(8), GIB(8), GIB(2), RW),
                     ERR_NONE); // of the root itself
    assert_int_equal(tables_detach(&tables, GIB(8), GIB(2), &detached), ERR_NONE);
    tables_release(&tables, &detached);
    assert_int_equal(tables_query(&tables, GIB(9), NULL, NULL), ERR_NOT_FOUND);
    assert_int_equal(pool_used(), 1);
}

static void detach_refuses_before_it_does_anything(void **state)
{
    struct tables_detached detached;

    (void)state;
    assert_int_equal(tables_map(&tables, GIB(5), GIB(1), KIB(4), RW), ERR_NONE);
    assert_int_equal(tables_detach(&tables, GIB(5), 0, &detached), ERR_INVALID);
    assert_int_equal(tables_detach(&tables, GIB(5) + 1, KIB(4), &detached), ERR_INVALID);
    assert_int_equal(tables_detach(&tables, GIB(512), KIB(4), &detached), ERR_RANGE);
    assert_int_equal(tables_detach(&tables, GIB(5), GIB(4) + KIB(4), &detached), ERR_RANGE);
    assert_int_equal(tables_detach(&tables, GIB(5) + KIB(4), GIB(4), &detached), ERR_RANGE);
    expect_at(GIB(5), GIB(1), RW);
    assert_int_equal(tables_detach(&tables, GIB(5), GIB(4), &detached), ERR_NONE);
    tables_release(&tables, &detached);
    assert_int_equal(pool_used(), 1);
}

static void fixed_pool_hands_out_zeroed_pages_until_it_is_empty(void **state)
{
    static uint64_t pages[2][TABLES_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
    struct tables_fixed fixed = { pages, 2, 0 };
    struct tables boot = { .pool = { .alloc = tables_fixed_alloc, .ctx = &fixed } };

    (void)state;
    memset(pages, 0xa5, sizeof(pages));
    assert_int_equal(tables_init(&boot), ERR_NONE);
    assert_int_equal(tables_root_pa(&boot), (uintptr_t)pages[0]);
    assert_int_equal(tables_map(&boot, GIB(1), GIB(1), MIB(2), RW), ERR_NONE);
    assert_int_equal(tables_query(&boot, GIB(1) + MIB(2), NULL, NULL), ERR_NOT_FOUND);
    assert_int_equal(tables_map(&boot, GIB(2), GIB(1), MIB(2), RW), ERR_NO_MEMORY);
    assert_null(tables_fixed_alloc(&fixed));
    assert_int_equal(tables_init(&boot), ERR_NO_MEMORY);
}

static void table_pages_may_be_at_another_physical_address(void **state)
{
    uint64_t pa = 0;

    (void)state;
    tables.va_to_pa = -(int64_t)(uintptr_t)pool_memory + 0xe680000;
    assert_int_equal(tables_root_pa(&tables), 0xe680000);
    assert_int_equal(tables_map(&tables, MIB(5), MIB(1), KIB(4), RW), ERR_NONE);
    assert_in_range(tables.root[0], (0xe680000 + PAGE_SIZE) | 3, (0xe680000 + 2 * PAGE_SIZE) | 3);
    assert_int_equal(tables_query(&tables, MIB(5), &pa, NULL), ERR_NONE);
    assert_int_equal(pa, MIB(1));
}

// Model: 4 MiB slots would hide the block rules, so: WINDOW slots of 2 MiB, each a block, or 512
// pages, or untouched.
#define WINDOW 6
#define WINDOW_BASE (GIB(1) - MIB(6)) // half of it on either side of a level 1 border
#define PAGES (WINDOW * 512)

static struct model {
    struct {
        bool mapped;
        bool block;
        uint64_t pa, attrs;
    } pages[PAGES];
    bool has_table[WINDOW];
} model;

static int model_cover(size_t first, size_t count)
{
    for (size_t i = first; i < first + count;) {
        if (!model.pages[i].mapped) {
            return ERR_NOT_FOUND;
        }
        if (model.pages[i].block && (i % 512 != 0 || first + count - i < 512)) {
            return ERR_DENIED;
        }
        i += model.pages[i].block ? 512 : 1;
    }
    return ERR_NONE;
}

static int model_map(size_t first, size_t count, uint64_t pa, uint64_t attrs)
{
    for (size_t i = first; i < first + count; i++) {
        if (model.pages[i].mapped) {
            return ERR_DUPLICATE;
        }
    }
    for (size_t i = first; i < first + count;) {
        uint64_t at = pa + (i - first) * KIB(4);
        bool block = i % 512 == 0 && first + count - i >= 512 && at % MIB(2) == 0 &&
                     !model.has_table[i / 512] && (attrs & TABLES_PAGES) == 0;

        model.has_table[i / 512] |= !block;
        for (size_t end = i + (block ? 512 : 1); i < end; i++, at += KIB(4)) {
            model.pages[i].mapped = true;
            model.pages[i].block = block;
            model.pages[i].pa = at;
            model.pages[i].attrs = attrs & ~TABLES_PAGES;
        }
    }
    return ERR_NONE;
}

static void model_compare(void)
{
    for (size_t i = 0; i < PAGES; i++) {
        uint64_t pa = 0;
        uint64_t attrs = 0;
        int result = tables_query(&tables, WINDOW_BASE + i * KIB(4), &pa, &attrs);

        assert_int_equal(result, model.pages[i].mapped ? ERR_NONE : ERR_NOT_FOUND);
        if (result == ERR_NONE) {
            assert_int_equal(pa, model.pages[i].pa);
            assert_int_equal(attrs, model.pages[i].attrs);
        }
    }
}

static void model_run(size_t first, uint32_t max)
{
    uint64_t pa = 0;
    uint64_t attrs = 0;
    uint32_t expected = 0;

    while (expected < max && first + expected < PAGES && model.pages[first + expected].mapped &&
           model.pages[first + expected].attrs == model.pages[first].attrs &&
           model.pages[first + expected].pa == model.pages[first].pa + expected * KIB(4)) {
        expected++;
    }
    assert_int_equal(tables_run(&tables, WINDOW_BASE + first * KIB(4), max, &pa, &attrs), expected);
    if (expected != 0) {
        assert_int_equal(pa, model.pages[first].pa);
        assert_int_equal(attrs, model.pages[first].attrs);
    }
}

static void model_step(void)
{
    static const uint64_t attrs[] = { RW, RX, TABLES_EL1_RODATA, RW | TABLES_PAGES };
    static const size_t sizes[] = { 1, 2, 3, 17, 511, 512, 513, 1024, 1500 };
    size_t first = (size_t)rand() % PAGES;
    size_t count = sizes[(size_t)rand() % ARRAY_COUNT(sizes)];
    uint64_t va;
    uint64_t pa = GIB(2) + (uint64_t)(rand() % 64) * MIB(1);
    uint64_t attr = attrs[(size_t)rand() % ARRAY_COUNT(attrs)];
    int expected;

    first = rand() % 2 ? first - first % 512 : first;
    count = first + count > PAGES ? PAGES - first : count;
    va = WINDOW_BASE + first * KIB(4);
    switch (rand() % 4) {
    case 0:
        expected = model_map(first, count, pa, attr);
        assert_int_equal(tables_map(&tables, va, pa, count * KIB(4), attr), expected);
        break;
    case 1:
        expected = model_cover(first, count);
        assert_int_equal(tables_unmap(&tables, va, count * KIB(4)), expected);
        for (size_t i = first; expected == ERR_NONE && i < first + count; i++) {
            model.pages[i].mapped = false;
        }
        break;
    case 2:
        attr &= ~TABLES_PAGES;
        expected = model_cover(first, count);
        assert_int_equal(tables_set(&tables, va, count * KIB(4), attr), expected);
        for (size_t i = first; expected == ERR_NONE && i < first + count; i++) {
            model.pages[i].attrs = attr | (model.pages[i].attrs & TABLES_SOFTWARE);
        }
        break;
    default:
        attr = rand() % 2 ? TABLES_OWNED : TABLES_BUSY;
        expected = model_cover(first, count);
        assert_int_equal(tables_mark(&tables, va, count * KIB(4), attr, pa % MIB(2) == 0),
                         expected);
        for (size_t i = first; expected == ERR_NONE && i < first + count; i++) {
            model.pages[i].attrs = (model.pages[i].attrs & ~attr) | (pa % MIB(2) == 0 ? attr : 0);
        }
        break;
    }
    model_run(first, (uint32_t)count);
}

static void random_changes_follow_the_model(void **state)
{
    (void)state;
    srand(20);
    memset(&model, 0, sizeof(model));
    for (int i = 0; i < 4000; i++) {
        model_step();
        if (i % 8 == 0) {
            model_compare();
        }
    }
    model_compare();
    // Nothing else is mapped: all tables go back, however they came about
    struct tables_detached detached;
    assert_int_equal(tables_detach(&tables, WINDOW_BASE, PAGES * KIB(4), &detached), ERR_NONE);
    memset(model.pages, 0, sizeof(model.pages));
    model_compare();
    tables_release(&tables, &detached);
    assert_int_equal(pool_used(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_page_has_the_descriptor_of_the_architecture, fresh),
        cmocka_unit_test_setup(blocks_are_used_where_both_addresses_allow, fresh),
        cmocka_unit_test_setup(a_range_goes_round_tables_that_are_there, fresh),
        cmocka_unit_test_setup(upper_half_takes_addresses_with_all_top_bits, fresh),
        cmocka_unit_test_setup(map_refuses_what_breaks_a_rule, fresh),
        cmocka_unit_test_setup(map_refuses_a_mapping_anywhere_in_the_range, fresh),
        cmocka_unit_test_setup(an_empty_pool_leaves_everything_as_it_was, fresh),
        cmocka_unit_test_setup(unmap_and_set_want_whole_mapped_ranges, fresh),
        cmocka_unit_test_setup(clear_leaves_nothing_that_a_walk_finds, fresh),
        cmocka_unit_test_setup(software_bits_are_55_and_56_and_stay, fresh),
        cmocka_unit_test_setup(mark_refuses_as_unmap_does, fresh),
        cmocka_unit_test_setup(a_run_ends_where_something_changes, fresh),
        cmocka_unit_test_setup(a_run_goes_through_blocks, fresh),
        cmocka_unit_test_setup(where_nothing_is_there_is_no_run, fresh),
        cmocka_unit_test_setup(detached_tables_are_out_of_reach_and_go_back_later, fresh),
        cmocka_unit_test_setup(detach_takes_what_is_half_gone_and_what_was_never_there, fresh),
        cmocka_unit_test_setup(detach_refuses_before_it_does_anything, fresh),
        cmocka_unit_test_setup(fixed_pool_hands_out_zeroed_pages_until_it_is_empty, fresh),
        cmocka_unit_test_setup(table_pages_may_be_at_another_physical_address, fresh),
        cmocka_unit_test_setup(random_changes_follow_the_model, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
