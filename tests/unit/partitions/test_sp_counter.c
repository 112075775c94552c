// SPDX-License-Identifier: BSD-3-Clause
//
// The rollback counter of a partition (partitions/lib/sp_counter.c) over a stand-in for the SPMC: registers of the calls, and what
// their results become.
#include "svc.h"

static void read_gives_value_and_limit(void **state)
{
    uint32_t value = 1, limit = 2;

    (void)state;
    svc_answer(0, 0, 0xf00000007, 0xf00004000, 0);
    assert_int_equal(sp_counter_read(&value, &limit), 0);
    assert_int_equal(value, 7);
    assert_int_equal(limit, 0x4000);
    svc_assert_call(0, TESSERA_COUNTER_READ, 0, 0, 0, 0);
}

static void advance_names_the_new_value(void **state)
{
    (void)state;
    svc_answer(0, 0, 0, 0, 0);
    assert_int_equal(sp_counter_advance(UINT32_MAX), 0);
    svc_assert_call(0, TESSERA_COUNTER_ADVANCE, UINT32_MAX, 0, 0, 0);
}

static void refusals_leave_everything_as_it_is(void **state)
{
    static const struct {
        uint64_t x0;
        int error;
    } refusals[] = {
        { (uint64_t)(int64_t)FFA_NOT_SUPPORTED, ERR_NOT_SUPPORTED },
        { (uint32_t)FFA_NOT_SUPPORTED, ERR_NOT_SUPPORTED },
        { (uint64_t)(int64_t)FFA_INVALID_PARAMETERS, ERR_INVALID },
        { (uint64_t)(int64_t)FFA_NO_MEMORY, ERR_NO_MEMORY },
        { (uint64_t)(int64_t)FFA_ABORTED, ERR_IO },
        { FFA_ERROR, ERR_NOT_SUPPORTED }, // an SPMC without these calls
        { (uint64_t)(int64_t)FFA_DENIED, ERR_IO },
        { 1, ERR_IO },
    };

    for (unsigned int i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        uint32_t value = 1, limit = 2;

        svc_start(state);
        svc_answer(refusals[i].x0, 3, 4, 5, 6);
        svc_answer(refusals[i].x0, 3, 4, 5, 6);
        assert_int_equal(sp_counter_read(&value, &limit), refusals[i].error);
        assert_int_equal(value, 1);
        assert_int_equal(limit, 2);
        assert_int_equal(sp_counter_advance(9), refusals[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(read_gives_value_and_limit, svc_start),
        cmocka_unit_test_setup(advance_names_the_new_value, svc_start),
        cmocka_unit_test_setup(refusals_leave_everything_as_it_is, svc_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
