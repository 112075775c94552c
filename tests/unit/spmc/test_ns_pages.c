// SPDX-License-Identifier: BSD-3-Clause
//
// Normal-world pages that are spoken for (spmc/ns_pages.c): all or none, every refusal, exhaustion at each allocation, what
// goes back to the pool and when, and a random sequence against a model of one flag per page.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "load_support.h"
#include "ns_pages.h"
#include "page_pool.h"
#include "spmc_mm.h"

#define POOL_PAGES 9
#define KEPT 2 // the page of pointers, one of bits: once they were needed
#define FREE (POOL_PAGES - KEPT)
#define LEAF ((uint64_t)NS_PAGES_LEAF_PAGES * PAGE_SIZE)
#define BASE 0x40000000ull

static uint8_t memory[POOL_PAGES][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static uint64_t dram_size;

bool spmc_mm_is_ns_ram(uint64_t pa, uint64_t size)
{
    return size != 0 && range_inside(pa, size, BASE, dram_size);
}

uint64_t spmc_mm_ns_ram_base(void)
{
    return BASE;
}

static int fresh_pool(void **state)
{
    (void)state;
    support_reset();
    memset(memory, 0xa5, sizeof(memory));
    return page_pool_init(memory, sizeof(memory));
}

// Every test ends with nothing marked, so that the next one starts so.
static int fresh(void **state)
{
    (void)state;
    dram_size = 4 * LEAF;
    return 0;
}

static int nothing_is_left(void **state)
{
    (void)state;
    return ns_pages_taken_count() != 0 || page_pool_free_count() != FREE;
}

static void leave_free(uint32_t left)
{
    while (page_pool_free_count() > left) {
        assert_non_null(page_pool_alloc_for(9));
    }
}

static bool is_taken(uint64_t pa)
{
    int err = ns_pages_take(pa, 1);

    if (err == 0) {
        ns_pages_give(pa, 1);
        return false;
    }
    assert_int_equal(err, ERR_DENIED);
    return true;
}

static void taken_pages_cannot_be_taken_again_until_they_are_given_back(void **state)
{
    (void)state;
    assert_int_equal(ns_pages_take(BASE + 0x5000, 3), 0);
    assert_int_equal(ns_pages_taken_count(), 3);
    assert_false(is_taken(BASE + 0x4000));
    assert_true(is_taken(BASE + 0x5000));
    assert_true(is_taken(BASE + 0x7000));
    assert_false(is_taken(BASE + 0x8000));
    ns_pages_give(BASE + 0x6000, 1); // in any pieces
    assert_false(is_taken(BASE + 0x6000));
    assert_true(is_taken(BASE + 0x7000));
    ns_pages_give(BASE + 0x5000, 1);
    ns_pages_give(BASE + 0x7000, 1);
}

static void all_or_none(void **state)
{
    static const struct {
        uint64_t page; // what is taken already
        uint64_t first;
        uint32_t count;
    } clashes[] = {
        { 100, 100, 1 },    // itself
        { 100, 90, 11 },    // last page
        { 100, 100, 5000 }, // first page
        { 163, 64, 128 },   // in a later word
        { 128, 1, 4000 },   // first of a word
        { 127, 1, 4000 },   // last of a word
        { NS_PAGES_LEAF_PAGES, 0, NS_PAGES_LEAF_PAGES + 1 },
        { NS_PAGES_LEAF_PAGES - 1, NS_PAGES_LEAF_PAGES - 1, 2 },
        { 2 * NS_PAGES_LEAF_PAGES + 70, 5,
          3 * NS_PAGES_LEAF_PAGES }, // two pages of bits come and go
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(clashes); i++) {
        uint64_t pa = BASE + clashes[i].page * PAGE_SIZE;

        assert_int_equal(ns_pages_take(pa, 1), 0);
        assert_int_equal(ns_pages_take(BASE + clashes[i].first * PAGE_SIZE, clashes[i].count),
                         ERR_DENIED);
        assert_int_equal(ns_pages_taken_count(), 1);
        assert_int_equal(page_pool_free_count(), FREE);
        ns_pages_give(pa, 1);
        assert_int_equal(page_pool_free_count(), FREE);
        assert_int_equal(ns_pages_take(BASE + clashes[i].first * PAGE_SIZE, clashes[i].count), 0);
        assert_int_equal(ns_pages_taken_count(), clashes[i].count);
        ns_pages_give(BASE + clashes[i].first * PAGE_SIZE, clashes[i].count);
    }
}

static void what_is_no_memory_of_the_normal_world(void **state)
{
    static const struct {
        uint64_t pa;
        uint32_t pages;
        int err;
    } bad[] = {
        { BASE, 0, ERR_INVALID },
        { BASE + 8, 1, ERR_INVALID },
        { BASE + 0x800, 1, ERR_INVALID },
        { BASE - PAGE_SIZE, 1, ERR_RANGE },
        { BASE - PAGE_SIZE, 2, ERR_RANGE },
        { 0x0e020000, 1, ERR_RANGE },
        { 0, 1, ERR_RANGE },
        { BASE + 4 * LEAF, 1, ERR_RANGE },
        { BASE + 4 * LEAF - PAGE_SIZE, 2, ERR_RANGE },
        { BASE, 4 * NS_PAGES_LEAF_PAGES + 1, ERR_RANGE },
        { BASE, UINT32_MAX, ERR_RANGE },
        { 0xfffffffffffff000, 1, ERR_RANGE },
        { 0xfffffffffffff000, 2, ERR_RANGE },
        { BASE + (1ull << 44), 1, ERR_RANGE }, // the same number, if cut
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_int_equal(ns_pages_take(bad[i].pa, bad[i].pages), bad[i].err);
        assert_int_equal(page_pool_free_count(), FREE);
    }
    dram_size = 1ull << 39; // more than the bitmap can hold
    assert_int_equal(ns_pages_take(BASE + NS_PAGES_LEAVES * LEAF - PAGE_SIZE, 1), 0);
    assert_int_equal(ns_pages_take(BASE + NS_PAGES_LEAVES * LEAF - PAGE_SIZE, 2), ERR_RANGE);
    assert_int_equal(ns_pages_take(BASE + NS_PAGES_LEAVES * LEAF, 1), ERR_RANGE);
    ns_pages_give(BASE + NS_PAGES_LEAVES * LEAF - PAGE_SIZE, 1);
}

static void pages_of_the_pool_come_and_go_with_the_marks(void **state)
{
    (void)state;
    assert_int_equal(ns_pages_take(BASE, 1), 0);
    assert_int_equal(page_pool_free_count(), FREE);
    assert_int_equal(ns_pages_take(BASE + PAGE_SIZE, 4000), 0);
    assert_int_equal(page_pool_free_count(), FREE);
    assert_int_equal(ns_pages_take(BASE + LEAF - PAGE_SIZE, 2), 0); // on both sides of a border
    assert_int_equal(page_pool_free_count(), FREE - 1);
    ns_pages_give(BASE + LEAF, 1); // becomes the spare one
    assert_int_equal(page_pool_free_count(), FREE - 1);
    ns_pages_give(BASE + LEAF - PAGE_SIZE, 1);
    ns_pages_give(BASE, 4001);
    assert_int_equal(page_pool_free_count(), FREE);
    for (uint32_t i = 0; i < 100; i++) { // the spare one serves any 128 MiB
        assert_int_equal(ns_pages_take(BASE + i % 4 * LEAF, 1), 0);
        assert_int_equal(page_pool_free_count(), FREE);
        ns_pages_give(BASE + i % 4 * LEAF, 1);
        assert_int_equal(page_pool_free_count(), FREE);
    }
    for (size_t page = 0; page < POOL_PAGES; page++) { // given back as the pool wants them: clean
        for (size_t i = 0; i < PAGE_SIZE; i++) {
            assert_true(page_pool_owner(memory[page]) != PAGE_OWNER_NONE || memory[page][i] == 0 ||
                        memory[page][i] == 0xa5);
        }
    }
}

static void an_empty_pool_takes_nothing(void **state)
{
    (void)state;
    for (uint32_t left = 0; left < 2; left++) { // three pages of bits, one of which is kept
        leave_free(left);
        assert_int_equal(ns_pages_take(BASE + LEAF - PAGE_SIZE, NS_PAGES_LEAF_PAGES + 2),
                         ERR_NO_MEMORY);
        assert_int_equal(page_pool_free_count(), left);
        assert_int_equal(ns_pages_taken_count(), 0);
        page_pool_free_owner(9);
    }
    // The same while something else is marked
    assert_int_equal(ns_pages_take(BASE, 1), 0);
    leave_free(1);
    assert_int_equal(ns_pages_take(BASE + LEAF - PAGE_SIZE, NS_PAGES_LEAF_PAGES + 2),
                     ERR_NO_MEMORY);
    assert_int_equal(page_pool_free_count(), 0); // the one that it could have is the spare one now
    assert_true(is_taken(BASE));
    assert_false(is_taken(BASE + LEAF - PAGE_SIZE));
    ns_pages_give(BASE, 1);
    page_pool_free_owner(9);
    assert_int_equal(ns_pages_take(BASE + LEAF - PAGE_SIZE, NS_PAGES_LEAF_PAGES + 2), 0);
    ns_pages_give(BASE + LEAF - PAGE_SIZE, NS_PAGES_LEAF_PAGES + 2);
}

// Before anything was ever marked: the page of pointers is missing, too. The first test.
static void an_empty_pool_takes_nothing_the_first_time(void **state)
{
    (void)state;
    for (uint32_t left = 0; left < 2; left++) {
        leave_free(left);
        assert_int_equal(ns_pages_take(BASE, 1), ERR_NO_MEMORY);
        assert_int_equal(page_pool_free_count(), 0);
        assert_int_equal(ns_pages_taken_count(), 0);
        page_pool_free_owner(9);
    }
    assert_int_equal(ns_pages_take(BASE, 1), 0);
    assert_int_equal(page_pool_free_count(), FREE);
    ns_pages_give(BASE, 1);
}

// A model of the pages around two borders of 128 MiB, and of a few words
#define MODEL_PAGES 600
static bool model[MODEL_PAGES];

static uint64_t model_pa(uint32_t page)
{
    // 300 pages on either side of the first border
    return BASE + LEAF - 300 * PAGE_SIZE + (uint64_t)page * PAGE_SIZE;
}

static uint32_t model_step(uint32_t taken)
{
    uint32_t first = (uint32_t)rand() % MODEL_PAGES;
    uint32_t count = rand() % 4 != 0 ? 1 + (uint32_t)rand() % 8 : 1 + (uint32_t)rand() % 200;
    uint32_t marked = 0;
    int err;

    count = count < MODEL_PAGES - first ? count : MODEL_PAGES - first;
    for (uint32_t i = first; i < first + count; i++) {
        marked += model[i];
    }
    if (marked == count && rand() % 4 != 0) {
        ns_pages_give(model_pa(first), count);
        memset(&model[first], 0, count);
        return taken - count;
    }
    err = ns_pages_take(model_pa(first), count);
    assert_int_equal(err, marked != 0 ? ERR_DENIED : 0);
    if (err == 0) {
        memset(&model[first], 1, count);
        return taken + count;
    }
    return taken;
}

static void random_marks_follow_the_model(void **state)
{
    uint32_t taken = 0;

    (void)state;
    srand(5);
    memset(model, 0, sizeof(model));
    for (int i = 0; i < 100000; i++) {
        taken = model_step(taken);
        assert_int_equal(ns_pages_taken_count(), taken);
        if (i % 100 == 0) { // make room
            for (uint32_t page = 0; page < MODEL_PAGES; page++) {
                if (model[page] && rand() % 2 != 0) {
                    ns_pages_give(model_pa(page), 1);
                    model[page] = false;
                    taken--;
                }
            }
        }
    }
    for (uint32_t page = 0; page < MODEL_PAGES; page++) {
        assert_int_equal(is_taken(model_pa(page)), model[page]);
        if (model[page]) {
            ns_pages_give(model_pa(page), 1);
        }
    }
}

static void giving_what_is_not_taken_is_a_bug(void **state)
{
    (void)state;
    expect_assert_failure(ns_pages_give(BASE - PAGE_SIZE, 1));
    expect_assert_failure(ns_pages_give(BASE, 0));
    expect_assert_failure(ns_pages_give(BASE, 1)); // leaves the lock as a bug does
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_pool_takes_nothing_the_first_time, fresh,
                                        nothing_is_left),
        cmocka_unit_test_setup_teardown(taken_pages_cannot_be_taken_again_until_they_are_given_back,
                                        fresh, nothing_is_left),
        cmocka_unit_test_setup_teardown(all_or_none, fresh, nothing_is_left),
        cmocka_unit_test_setup_teardown(what_is_no_memory_of_the_normal_world, fresh,
                                        nothing_is_left),
        cmocka_unit_test_setup_teardown(pages_of_the_pool_come_and_go_with_the_marks, fresh,
                                        nothing_is_left),
        cmocka_unit_test_setup_teardown(an_empty_pool_takes_nothing, fresh, nothing_is_left),
        cmocka_unit_test_setup_teardown(random_marks_follow_the_model, fresh, nothing_is_left),
        cmocka_unit_test_setup(giving_what_is_not_taken_is_a_bug, fresh),
    };

    return cmocka_run_group_tests(tests, fresh_pool, NULL);
}
