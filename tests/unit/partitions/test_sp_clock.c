// SPDX-License-Identifier: BSD-3-Clause
//
// A partition's clock (partitions/lib/sp_clock.c) over a stand-in for the SPMC: registers of the call, what its result becomes.
#include "svc.h"

static void both_halves_make_the_time(void **state)
{
    (void)state;
    svc_answer(0, 0, 0xf00000007, 0xe00000009, 0);
    assert_int_equal(sp_clock_ms(), 0x900000007);
    svc_assert_call(0, TESSERA_CLOCK, 0, 0, 0, 0);
}

static void ask(void)
{
    (void)sp_clock_ms();
}

// A time that is none would be trusted
static void a_partition_without_a_clock_ends(void **state)
{
    static const uint64_t answers[] = { (uint64_t)(int64_t)FFA_NOT_SUPPORTED, FFA_ERROR, 1,
                                        1ull << 32 };

    for (unsigned int i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        svc_start(state);
        svc_answer(answers[i], 0, 1, 2, 0);
        assert_true(svc_dies(ask));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(both_halves_make_the_time, svc_start),
        cmocka_unit_test_setup(a_partition_without_a_clock_ends, svc_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
