// SPDX-License-Identifier: BSD-3-Clause
//
// The rollback counter (spmc/sp_counter.c): who may ask for it, what goes to EL3, what comes back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spmc_fixture.h"

#define CODE(code) ((uint64_t)(int64_t)(code))

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    ALPHA->config.rollback_counter = true;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    return 0;
}

// All registers of a call: what it does not change must be there again.
static struct ffa_args call_of(uint64_t number, uint64_t argument)
{
    struct ffa_args args = { .x = { number, argument } };

    for (unsigned int i = 2; i < 18; i++) {
        args.x[i] = 0x1000 + i;
    }
    return args;
}

// Registers `first` … x7 are as they were, with the upper halves that the fixture gives every call.
static void assert_kept(const struct ffa_args *call, unsigned int first)
{
    for (unsigned int i = first; i < 8; i++) {
        assert_int_equal((uint32_t)ALPHA->ctx.x[i], (uint32_t)call->x[i]);
        assert_int_not_equal(ALPHA->ctx.x[i] >> 32, 0);
    }
}

static void read_goes_to_el3_and_back(void **state)
{
    struct ffa_args call = call_of(TESSERA_COUNTER_READ, 0x77);

    (void)state;
    fixture.smc_answer = (struct ffa_args){ .x = { 0, 9, 0xf00000012, 16384, 5, 6, 7 } };
    assert_ptr_equal(fixture_from_sp(0, ALPHA, call), ALPHA);
    assert_int_equal(fixture.smcs, 1);
    assert_int_equal(fixture.smc.x[0], TESSERA_SMC_COUNTER_READ);
    for (unsigned int i = 1; i < 18; i++) {
        assert_int_equal(fixture.smc.x[i], 0); // nothing of the partition's registers
    }
    assert_int_equal(ALPHA->ctx.x[0], 0);
    assert_int_equal((uint32_t)ALPHA->ctx.x[1], 0x77);
    assert_int_equal(ALPHA->ctx.x[2], 0x12); // 32 bits
    assert_int_equal(ALPHA->ctx.x[3], 16384);
    assert_kept(&call, 4);
}

static void advance_has_32_bits_and_changes_x0_alone(void **state)
{
    struct ffa_args call = call_of(TESSERA_COUNTER_ADVANCE, 0xabcd00000011);

    (void)state;
    fixture.smc_answer = (struct ffa_args){ .x = { 0, 1, 2, 3, 4 } };
    assert_ptr_equal(fixture_from_sp(0, ALPHA, call), ALPHA);
    assert_int_equal(fixture.smcs, 1);
    assert_int_equal(fixture.smc.x[0], TESSERA_SMC_COUNTER_ADVANCE);
    assert_int_equal(fixture.smc.x[1], 0x11);
    assert_int_equal(ALPHA->ctx.x[0], 0);
    assert_kept(&call, 1);
}

static void what_el3_refuses_the_partition_hears(void **state)
{
    static const int32_t codes[] = { FFA_NOT_SUPPORTED, FFA_INVALID_PARAMETERS, FFA_NO_MEMORY,
                                     FFA_ABORTED };
    static const uint64_t numbers[] = { TESSERA_COUNTER_READ, TESSERA_COUNTER_ADVANCE };

    for (unsigned int i = 0; i < 4; i++) {
        for (unsigned int k = 0; k < 2; k++) {
            struct ffa_args call = call_of(numbers[k], 5);

            reset(state);
            fixture.smc_answer = (struct ffa_args){ .x = { CODE(codes[i]), 1, 2, 3 } };
            assert_ptr_equal(fixture_from_sp(0, ALPHA, call), ALPHA);
            assert_int_equal(ALPHA->ctx.x[0], CODE(codes[i]));
            assert_kept(&call, 1);
        }
    }
}

static void nobody_else_has_it(void **state)
{
    static const uint64_t numbers[] = { TESSERA_COUNTER_READ, TESSERA_COUNTER_ADVANCE };

    (void)state;
    ALPHA->config.rollback_counter = false;
    for (unsigned int k = 0; k < 2; k++) {
        struct ffa_args call = call_of(numbers[k], 1);

        assert_ptr_equal(fixture_from_sp(0, ALPHA, call), ALPHA);
        assert_int_equal(ALPHA->ctx.x[0], CODE(FFA_NOT_SUPPORTED));
        assert_kept(&call, 1);
    }
    assert_int_equal(fixture.smcs, 0);
}

// The numbers of EL3's own calls, and the partition's in the mouth of the normal world
static void the_normal_world_has_none_of_these_calls(void **state)
{
    static const uint64_t numbers[] = { TESSERA_COUNTER_READ, TESSERA_COUNTER_ADVANCE,
                                        TESSERA_SMC_COUNTER_READ, TESSERA_SMC_COUNTER_ADVANCE };

    (void)state;
    for (unsigned int k = 0; k < 4; k++) {
        fixture_reset();
        fixture_from_nwd(0, call_of(numbers[k], 1));
        assert_int_equal(spmc_cores[0].args.x[0], FFA_ERROR);
        assert_int_equal((int32_t)spmc_cores[0].args.x[2], FFA_NOT_SUPPORTED);
    }
    reset(state);
    for (unsigned int k = 2; k < 4; k++) { // nor a partition EL3's
        assert_ptr_equal(fixture_from_sp(0, ALPHA, call_of(numbers[k], 1)), ALPHA);
        assert_int_equal(ALPHA->ctx.x[0], FFA_ERROR);
    }
    assert_int_equal(fixture.smcs, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(read_goes_to_el3_and_back, reset),
        cmocka_unit_test_setup(advance_has_32_bits_and_changes_x0_alone, reset),
        cmocka_unit_test_setup(what_el3_refuses_the_partition_hears, reset),
        cmocka_unit_test_setup(nobody_else_has_it, reset),
        cmocka_unit_test_setup(the_normal_world_has_none_of_these_calls, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
