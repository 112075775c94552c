// SPDX-License-Identifier: BSD-3-Clause
//
// The page that keeps a crash through a reset: what was stored comes back, anything else counts as nothing.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "bl31/crash.h"
#include "board.h"

static uint8_t *page; // at the board's own address

static int map_page(void **state)
{
    (void)state;
    page = mmap((void *)(uintptr_t)CRASH_BASE, CRASH_SIZE, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    return page == (void *)(uintptr_t)CRASH_BASE ? 0 : -1;
}

static int garbage(void **state)
{
    (void)state;
    memset(page, 0xa5, CRASH_SIZE);
    return 0;
}

static struct crash_record sample(void)
{
    struct crash_record r;

    memset(&r, 0, sizeof(r));
    r.kind = CRASH_EL3;
    r.slot = 4;
    r.core = 3;
    r.esr = 0x96000045;
    r.elr = 0x0e001234;
    r.x[30] = 0x0e005678;
    r.stack = CRASH_STACK_WORDS_FOLLOW;
    r.stack_count = CRASH_STACK_WORDS;
    r.words[CRASH_STACK_WORDS - 1] = 0x1122334455667788;
    return r;
}

static void memory_that_holds_anything_is_no_record(void **state)
{
    struct crash_record r;

    (void)state;
    assert_int_equal(crash_record_load(&r), ERR_NOT_FOUND);
    memset(page, 0, CRASH_SIZE);
    assert_int_equal(crash_record_load(&r), ERR_NOT_FOUND);
}

static void a_record_comes_back_as_it_was_stored(void **state)
{
    struct crash_record r = sample();
    struct crash_record back;

    (void)state;
    crash_record_store(&r);
    assert_int_equal(crash_record_load(&back), ERR_NONE);
    assert_memory_equal(&r, &back, sizeof(r));
    assert_int_equal(back.count, 1);
    assert_int_equal(back.reported, 0);
    assert_int_equal(back.elr, 0x0e001234);
    assert_int_equal(back.words[CRASH_STACK_WORDS - 1], 0x1122334455667788);
}

static void any_changed_bit_makes_it_no_record(void **state)
{
    struct crash_record r = sample();
    struct crash_record back;

    (void)state;
    crash_record_store(&r);
    for (size_t bit = 0; bit < sizeof(r) * 8; bit++) {
        page[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(crash_record_load(&back), ERR_NOT_FOUND);
        page[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(crash_record_load(&back), ERR_NONE);
}

static void crashes_are_counted_until_the_power_goes(void **state)
{
    struct crash_record back;

    (void)state;
    for (uint32_t i = 1; i <= 5; i++) {
        struct crash_record r = sample();
        crash_record_store(&r);
        assert_int_equal(crash_record_load(&back), ERR_NONE);
        assert_int_equal(back.count, i);
    }
    memset(page, 0x5a, CRASH_SIZE);
    struct crash_record r = sample();
    crash_record_store(&r);
    assert_int_equal(crash_record_load(&back), ERR_NONE);
    assert_int_equal(back.count, 1);
}

static void a_report_is_remembered_and_a_new_crash_forgets_it(void **state)
{
    struct crash_record r = sample();
    struct crash_record back;

    (void)state;
    crash_record_store(&r);
    assert_int_equal(crash_record_load(&back), ERR_NONE);
    crash_record_reported(&back);
    assert_int_equal(crash_record_load(&back), ERR_NONE);
    assert_int_equal(back.reported, 1);
    assert_int_equal(back.count, 1);
    crash_record_store(&r);
    assert_int_equal(crash_record_load(&back), ERR_NONE);
    assert_int_equal(back.reported, 0);
    assert_int_equal(back.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(memory_that_holds_anything_is_no_record, garbage),
        cmocka_unit_test_setup(a_record_comes_back_as_it_was_stored, garbage),
        cmocka_unit_test_setup(any_changed_bit_makes_it_no_record, garbage),
        cmocka_unit_test_setup(crashes_are_counted_until_the_power_goes, garbage),
        cmocka_unit_test_setup(a_report_is_remembered_and_a_new_crash_forgets_it, garbage),
    };

    return cmocka_run_group_tests_name("crash_record", tests, map_page, NULL);
}
