// SPDX-License-Identifier: BSD-3-Clause
//
// Timer and watchdog of a partition (partitions/lib/sp_time.c) over a stand-in for the SPMC: which registers a call has, what
// its results become, who hears of the interrupt.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sp_private.h"

static struct ffa_args called;
static uint64_t result;
static unsigned int calls;
static unsigned int fired;

void sp_call_short(struct ffa_args *args)
{
    called = *args;
    calls++;
    args->x[0] = result;
}

static void count(void)
{
    fired++;
}

static int reset(void **state)
{
    (void)state;
    memset(&called, 0xee, sizeof(called));
    result = 0;
    calls = 0;
    fired = 0;
    sp_timer_handler(NULL);
    return 0;
}

static void assert_called(uint64_t number, uint64_t argument)
{
    struct ffa_args expected = { .x = { number, argument } };

    assert_int_equal(calls, 1);
    assert_memory_equal(called.x, expected.x, 8 * sizeof(uint64_t));
}

static void each_call_has_its_registers(void **state)
{
    (void)state;
    assert_int_equal(sp_timer_set(UINT32_MAX), 0);
    assert_called(TESSERA_TIMER_SET, UINT32_MAX);
    reset(NULL);
    assert_int_equal(sp_watchdog_kick(), 0);
    assert_called(TESSERA_WATCHDOG_KICK, 0);
}

static void refusals_are_told_apart(void **state)
{
    static const struct {
        uint64_t x0;
        int err;
    } rows[] = {
        { (uint64_t)(int64_t)FFA_INVALID_PARAMETERS, ERR_INVALID },
        { (uint64_t)(int64_t)FFA_DENIED, ERR_DENIED },
        { (uint64_t)(int64_t)FFA_NOT_SUPPORTED, ERR_NOT_SUPPORTED },
        { FFA_ERROR, ERR_NOT_SUPPORTED }, // an SPMC without such calls
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        result = rows[i].x0;
        assert_int_equal(sp_timer_set(1000), rows[i].err);
        assert_int_equal(sp_watchdog_kick(), rows[i].err);
    }
}

static void the_timer_s_interrupt_goes_to_its_handler(void **state)
{
    (void)state;
    sp_time_interrupt(); // nobody listens
    sp_timer_handler(count);
    sp_time_interrupt();
    assert_int_equal(fired, 1);
    sp_timer_handler(NULL);
    sp_time_interrupt();
    assert_int_equal(fired, 1);
    assert_int_equal(calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_call_has_its_registers, reset),
        cmocka_unit_test_setup(refusals_are_told_apart, reset),
        cmocka_unit_test_setup(the_timer_s_interrupt_goes_to_its_handler, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
