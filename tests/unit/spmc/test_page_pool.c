// SPDX-License-Identifier: BSD-3-Clause
//
// Page pool (spmc/page_pool.c): ownership and its changes, runs, zeroing and wiping, exhaustion, and what is refused.
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

#define PAGES 16

static uint8_t memory[PAGES][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

static int fresh_pool(void **state)
{
    (void)state;
    support_reset();
    memset(memory, 0xa5, sizeof(memory)); // what BL1 and BL2 left there
    return page_pool_init(memory, sizeof(memory));
}

static bool page_is(const void *page, uint8_t value)
{
    for (size_t i = 0; i < PAGE_SIZE; i++) {
        if (((const uint8_t *)page)[i] != value) {
            return false;
        }
    }
    return true;
}

static void init_refuses_what_is_no_whole_number_of_pages(void **state)
{
    (void)state;
    assert_int_equal(page_pool_init(memory[0] + 8, PAGE_SIZE), ERR_INVALID);
    assert_int_equal(page_pool_init(memory, 0), ERR_INVALID);
    assert_int_equal(page_pool_init(memory, PAGE_SIZE - 1), ERR_INVALID);
    assert_int_equal(page_pool_init(memory, PAGE_POOL_SIZE + PAGE_SIZE), ERR_INVALID);
    assert_int_equal(page_pool_free_count(), PAGES); // as fresh_pool left it
}

static void pages_come_zeroed_and_belong_to_the_one_who_asked(void **state)
{
    uint8_t *spmc = page_pool_alloc();
    uint8_t *sp = page_pool_alloc_for(3);

    (void)state;
    assert_non_null(spmc);
    assert_non_null(sp);
    assert_ptr_not_equal(spmc, sp);
    assert_true(page_is(spmc, 0));
    assert_true(page_is(sp, 0));
    assert_int_equal(page_pool_owner(spmc), PAGE_OWNER_SPMC);
    assert_int_equal(page_pool_owner(sp + PAGE_SIZE - 1), 3);
    assert_int_equal(page_pool_owner(sp + PAGE_SIZE), PAGE_OWNER_NONE);
    assert_int_equal(page_pool_free_count(), PAGES - 2);
}

static void addresses_outside_have_no_owner(void **state)
{
    (void)state;
    assert_int_equal(page_pool_owner(NULL), PAGE_OWNER_NONE);
    assert_int_equal(page_pool_owner((uint8_t *)memory - 1), PAGE_OWNER_NONE);
    assert_int_equal(page_pool_owner((uint8_t *)memory + sizeof(memory)), PAGE_OWNER_NONE);
    assert_int_equal(page_pool_owner((void *)UINTPTR_MAX), PAGE_OWNER_NONE);
}

static void freed_pages_are_wiped_before_they_can_be_given_again(void **state)
{
    uint8_t *page = page_pool_alloc_for(1);
    uint8_t *again;

    (void)state;
    memset(page, 0x5a, PAGE_SIZE);
    page_pool_free(page);
    assert_true(page_is(page, 0));
    assert_int_equal(page_pool_owner(page), PAGE_OWNER_NONE);
    again = page_pool_take(2, 1); // not zeroed by the pool: what is seen is what free left
    assert_ptr_equal(again, page);
    assert_true(page_is(again, 0));
    page_pool_free(NULL);
    assert_int_equal(page_pool_free_count(), PAGES - 1);
}

static void runs_are_contiguous_and_go_round_used_pages(void **state)
{
    uint8_t *a = page_pool_take(1, 4);
    uint8_t *b = page_pool_take(2, 4);
    uint8_t *c = page_pool_take(1, 4);

    (void)state;
    assert_ptr_equal(b, a + 4 * PAGE_SIZE);
    page_pool_free_owner(2);
    assert_int_equal(page_pool_free_count(), PAGES - 8);
    assert_null(page_pool_take(3, 5)); // 8 free, but 4 + 4
    assert_ptr_equal(page_pool_take(3, 4), b);
    assert_ptr_equal(page_pool_take(3, 4), c + 4 * PAGE_SIZE);
    assert_int_equal(page_pool_free_count(), 0);
    assert_null(page_pool_alloc());
    assert_null(page_pool_take(3, 1));
}

static void a_contiguous_run_for_the_spmc_is_zeroed(void **state)
{
    uint8_t *run = page_pool_alloc_contiguous(3);

    (void)state;
    assert_non_null(run);
    for (size_t i = 0; i < 3; i++) {
        assert_true(page_is(run + i * PAGE_SIZE, 0));
        assert_int_equal(page_pool_owner(run + i * PAGE_SIZE), PAGE_OWNER_SPMC);
    }
    assert_null(page_pool_alloc_contiguous(PAGES));
    assert_non_null(page_pool_take(1, 2)); // somebody else's
    assert_int_equal(page_pool_kept_count(), 3);
    page_pool_free(run + PAGE_SIZE);
    assert_int_equal(page_pool_kept_count(), 2);
    page_pool_free_owner(1);
    assert_int_equal(page_pool_kept_count(), 2);
}

static void impossible_counts_give_nothing(void **state)
{
    (void)state;
    assert_null(page_pool_take(1, 0));
    assert_null(page_pool_take(1, PAGES + 1));
    assert_null(page_pool_take(1, UINT32_MAX));
    assert_int_equal(page_pool_free_count(), PAGES);
    assert_non_null(page_pool_take(1, PAGES));
}

static void freeing_one_owner_leaves_the_others_alone(void **state)
{
    uint8_t *mine = page_pool_take(1, 2);
    uint8_t *theirs = page_pool_take(2, 2);
    uint8_t *more = page_pool_take(1, 3);

    (void)state;
    memset(mine, 1, 2 * PAGE_SIZE);
    memset(theirs, 2, 2 * PAGE_SIZE);
    memset(more, 1, 3 * PAGE_SIZE);
    page_pool_free_owner(1);
    assert_true(page_is(mine, 0) && page_is(mine + PAGE_SIZE, 0));
    assert_true(page_is(more + 2 * PAGE_SIZE, 0));
    assert_true(page_is(theirs, 2) && page_is(theirs + PAGE_SIZE, 2));
    assert_int_equal(page_pool_owner(theirs), 2);
    assert_int_equal(page_pool_free_count(), PAGES - 2);
}

// What the boot left is zeroed once, when a page is first given out; after that pages come back zero and are not touched.
static uint32_t zeroed;

static bool count_zeroing(uintptr_t base, size_t size)
{
    (void)base;
    zeroed += (uint32_t)(size / PAGE_SIZE);
    return false;
}

static void pages_are_zeroed_once_and_not_again(void **state)
{
    uint8_t *page;

    (void)state;
    zeroed = 0;
    support_on_zero = count_zeroing;
    page = page_pool_alloc_for(1);
    assert_int_equal(zeroed, 1);
    page_pool_free_clean(page); // still all zero
    assert_int_equal(zeroed, 1);
    assert_ptr_equal(page_pool_alloc_for(2), page);
    assert_int_equal(zeroed, 1);
    memset(page, 0x5a, PAGE_SIZE);
    page_pool_free(page);
    assert_int_equal(zeroed, 2);
    assert_ptr_equal(page_pool_alloc_contiguous(1), page);
    assert_int_equal(zeroed, 2);
    assert_true(page_is(page, 0));
    page_pool_free(page);
    assert_ptr_equal(page_pool_alloc_contiguous(2), page); // one that was used, one that never was
    assert_true(page_is(page, 0) && page_is(page + PAGE_SIZE, 0));
    page_pool_free_clean(NULL);
}

// Caches lose what they hold when the machine resets: what was there must be gone from memory, too.
static void what_is_wiped_is_wiped_in_memory(void **state)
{
    uint8_t *pages = page_pool_take(4, 3);

    (void)state;
    support_cache = (struct support_cache){ .cleaned = 0 };
    page_pool_free(pages);
    assert_int_equal(support_cache.cleaned, PAGE_SIZE);
    page_pool_free_owner(4);
    assert_int_equal(support_cache.cleaned, 3 * PAGE_SIZE);
}

static void pages_change_hands_with_what_is_in_them(void **state)
{
    uint8_t *pages = page_pool_take(3, 4);

    (void)state;
    memset(pages, 0x33, 4 * PAGE_SIZE);
    page_pool_set_owner(pages + PAGE_SIZE, 2, 7);
    assert_int_equal(page_pool_owner(pages), 3);
    assert_int_equal(page_pool_owner(pages + PAGE_SIZE), 7);
    assert_int_equal(page_pool_owner(pages + 2 * PAGE_SIZE), 7);
    assert_int_equal(page_pool_owner(pages + 3 * PAGE_SIZE), 3);
    assert_true(page_is(pages + PAGE_SIZE, 0x33));
    assert_int_equal(page_pool_free_count(), PAGES - 4);
    page_pool_free_owner(3);
    assert_int_equal(page_pool_free_count(), PAGES - 2);
    assert_true(page_is(pages + PAGE_SIZE, 0x33));
    page_pool_set_owner(pages + PAGE_SIZE, 1, PAGE_OWNER_SPMC);
    page_pool_set_owner(pages + 2 * PAGE_SIZE, 1, PAGE_OWNER_TRANSACTION);
    assert_int_equal(page_pool_kept_count(), 1);
    page_pool_free(pages + 2 * PAGE_SIZE);
    page_pool_set_owner(pages + PAGE_SIZE, 1, 2);
    assert_int_equal(page_pool_kept_count(), 0);
    page_pool_free_owner(2);
    assert_int_equal(page_pool_free_count(), PAGES);
}

// Every page of a pool of several words of the bitmap, one by one, in and out in any order.
static void every_page_is_found_however_full_the_pool_is(void **state)
{
    enum { MANY = 200 };
    static uint8_t many[MANY][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
    static uint8_t *got[MANY];
    static bool seen[MANY];

    (void)state;
    memset(seen, 0, sizeof(seen));
    assert_int_equal(page_pool_init(many, sizeof(many)), 0);
    for (uint32_t i = 0; i < MANY; i++) {
        got[i] = page_pool_take(1, 1);
        assert_non_null(got[i]);
        size_t index = (size_t)(got[i] - many[0]) / PAGE_SIZE;
        assert_true(index < MANY && !seen[index]);
        seen[index] = true;
    }
    assert_null(page_pool_take(1, 1));
    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t other = (i * 77) % MANY; // 77 and 200 have no common factor: each one once

        page_pool_free(got[other]);
        assert_ptr_equal(page_pool_take(2, 1), got[other]); // the only one
        assert_null(page_pool_take(2, 1));
    }
    page_pool_free(many[63]); // a run over a word's end
    page_pool_free(many[64]);
    page_pool_free(many[130]);
    assert_null(page_pool_take(3, 3));
    assert_ptr_equal(page_pool_take(3, 2), many[63]);
    assert_ptr_equal(page_pool_take(3, 1), many[130]);
    page_pool_free_owner(2);
    page_pool_free_owner(3);
    assert_int_equal(page_pool_free_count(), MANY);
}

static void wrong_frees_are_bugs(void **state)
{
    uint8_t *page = page_pool_alloc();

    (void)state;
    expect_assert_failure(page_pool_free(page + 8));
    expect_assert_failure(page_pool_free(page + PAGE_SIZE)); // nobody's
    expect_assert_failure(page_pool_free((uint8_t *)memory + sizeof(memory)));
    expect_assert_failure(page_pool_free_owner(PAGE_OWNER_NONE));
    page_pool_free(page);
    expect_assert_failure(page_pool_free(page)); // twice
    expect_assert_failure(page_pool_free_clean(page));
}

static void wrong_owners_are_bugs(void **state)
{
    uint8_t *pages = page_pool_take(1, 2);

    (void)state;
    expect_assert_failure(page_pool_take(PAGE_OWNER_NONE, 1));
    expect_assert_failure(page_pool_take(PAGE_OWNER_ASID_MAX + 1, 1)); // marks free pages
    expect_assert_failure(page_pool_free_owner(PAGE_OWNER_ASID_MAX + 1));
    assert_non_null(pages);
}

static void wrong_changes_of_owner_are_bugs(void **state)
{
    uint8_t *pages = page_pool_take(1, 2);

    (void)state;
    expect_assert_failure(page_pool_set_owner(pages, 1, PAGE_OWNER_NONE));
    expect_assert_failure(page_pool_set_owner(pages, 1, PAGE_OWNER_ASID_MAX + 1));
    expect_assert_failure(page_pool_set_owner(pages + 8, 1, 2));
    expect_assert_failure(page_pool_set_owner(pages + 2 * PAGE_SIZE, 1, 2)); // nobody's
    expect_assert_failure(page_pool_set_owner(pages, PAGES + 1, 2));
    expect_assert_failure(
        page_pool_set_owner(pages, 3, 2)); // the third is nobody's; leaves the lock
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(init_refuses_what_is_no_whole_number_of_pages, fresh_pool),
        cmocka_unit_test_setup(pages_come_zeroed_and_belong_to_the_one_who_asked, fresh_pool),
        cmocka_unit_test_setup(addresses_outside_have_no_owner, fresh_pool),
        cmocka_unit_test_setup(freed_pages_are_wiped_before_they_can_be_given_again, fresh_pool),
        cmocka_unit_test_setup(runs_are_contiguous_and_go_round_used_pages, fresh_pool),
        cmocka_unit_test_setup(a_contiguous_run_for_the_spmc_is_zeroed, fresh_pool),
        cmocka_unit_test_setup(impossible_counts_give_nothing, fresh_pool),
        cmocka_unit_test_setup(freeing_one_owner_leaves_the_others_alone, fresh_pool),
        cmocka_unit_test_setup(pages_are_zeroed_once_and_not_again, fresh_pool),
        cmocka_unit_test_setup(what_is_wiped_is_wiped_in_memory, fresh_pool),
        cmocka_unit_test_setup(pages_change_hands_with_what_is_in_them, fresh_pool),
        cmocka_unit_test_setup(every_page_is_found_however_full_the_pool_is, fresh_pool),
        cmocka_unit_test_setup(wrong_frees_are_bugs, fresh_pool),
        cmocka_unit_test_setup(wrong_owners_are_bugs, fresh_pool),
        cmocka_unit_test_setup(wrong_changes_of_owner_are_bugs, fresh_pool),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
