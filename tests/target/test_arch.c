// SPDX-License-Identifier: BSD-3-Clause
//
// EL3's own small services through real SMCs: the architecture range of DEN0028 and the TRNG firmware interface of DEN0098,
// on a core with random numbers (max) and on one without (cortex-a57).
#include <stdio.h>
#include <string.h>

#include "tests/target/target.h"

#define MINUS(n) ((uint64_t) - (int64_t)(n))
#define DRAWS 64

static void machine_of(const char *cpu)
{
    struct h_options o = target_options();

    o.cpu = cpu;
    target_machine(&o);
}

static uint64_t features(uint32_t fid)
{
    return call(SMCCC_ARCH_FEATURES, fid).x[0];
}

static void every_core_knows_version_and_soc(void **state)
{
    static const char *const cpus[] = { "cortex-a57", "max" };

    (void)state;
    for (unsigned int i = 0; i < 2; i++) {
        machine_of(cpus[i]);
        assert_int_equal(call(SMCCC_VERSION).x[0], 0x10004);
        assert_int_equal(features(SMCCC_VERSION), 0);
        assert_int_equal(features(SMCCC_ARCH_SOC_ID), 0);
        assert_int_equal(call(SMCCC_ARCH_SOC_ID, 0).x[0], 1); // no vendor's, number 1: board.c
        assert_int_equal(call(SMCCC_ARCH_SOC_ID, 1).x[0], 0);
        assert_int_equal(call(SMCCC_ARCH_SOC_ID, 2).x[0], MINUS(3));
    }
}

// cortex-a57: affected by all three, no mitigation. max: CSV2 and SSBS, nothing known of branch history.
static void workarounds_are_answered_by_core(void **state)
{
    (void)state;
    machine_of("cortex-a57");
    assert_int_equal(features(SMCCC_ARCH_WORKAROUND_1), MINUS(1));
    assert_int_equal(features(SMCCC_ARCH_WORKAROUND_2), MINUS(1));
    assert_int_equal(features(SMCCC_ARCH_WORKAROUND_3), MINUS(1));
    assert_int_equal(call(SMCCC_ARCH_WORKAROUND_1).x[0], MINUS(1));
    machine_of("max");
    assert_int_equal(features(SMCCC_ARCH_WORKAROUND_1), 1);
    assert_int_equal(features(SMCCC_ARCH_WORKAROUND_2), 1);
    assert_int_equal(features(SMCCC_ARCH_WORKAROUND_3), MINUS(1));
    assert_int_equal(call(SMCCC_ARCH_WORKAROUND_1).x[0], 0);
}

static void without_random_numbers_there_is_no_trng(void **state)
{
    (void)state;
    machine_of("cortex-a57");
    for (uint32_t number = TRNG_NUMBER_FIRST; number <= TRNG_NUMBER_LAST; number++) {
        assert_int_equal(call(0x84000000 | number, 32).x[0], MINUS(1));
        assert_int_equal(call(0xc4000000 | number, 32).x[0], MINUS(1));
    }
}

static void trng_version_features_and_uuid(void **state)
{
    (void)state;
    machine_of("max");
    assert_int_equal(call(TRNG_VERSION).x[0], 0x10000);
    assert_int_equal(call(TRNG_FEATURES, TRNG_RND_32).x[0], 0);
    assert_int_equal(call(TRNG_FEATURES, TRNG_RND_64).x[0], 0);
    assert_int_equal(call(TRNG_FEATURES, 0x84000054).x[0], MINUS(1));
    assert_int_equal(call(TRNG_GET_UUID).x[0], 0xcce2d005);
    assert_int_equal(call(TRNG_RND_64, 0).x[0], MINUS(2));
    assert_int_equal(call(TRNG_RND_64, 193).x[0], MINUS(2));
    assert_int_equal(call(TRNG_RND_32, 97).x[0], MINUS(2));
}

// No two words of all draws are the same, and every bit is 0 sometimes and 1 sometimes (false alarm: 2^-50).
static void draws_are_different_and_registers_are_kept(void **state)
{
    uint64_t words[3 * DRAWS];
    uint64_t zeros = UINT64_MAX;
    uint64_t ones = UINT64_MAX;

    (void)state;
    machine_of("max");
    for (unsigned int i = 0; i < DRAWS; i++) {
        struct ffa_args a = { .x = { TRNG_RND_64, 192 } };

        for (unsigned int r = 4; r < 18; r++) {
            a.x[r] = 0x1111111111111111ull * (r % 16) + i;
        }
        target_call_all(&a);
        assert_int_equal(a.x[0], 0);
        for (unsigned int r = 4; r < 18; r++) {
            assert_int_equal(a.x[r], 0x1111111111111111ull * (r % 16) + i);
        }
        memcpy(&words[3 * i], &a.x[1], 3 * sizeof(words[0]));
    }
    for (unsigned int i = 0; i < 3 * DRAWS; i++) {
        for (unsigned int k = 0; k < i; k++) {
            assert_int_not_equal(words[i], words[k]);
        }
        ones &= words[i];
        zeros &= ~words[i];
    }
    assert_int_equal(ones | zeros, 0);
}

static void fewer_bits_leave_the_rest_zero(void **state)
{
    (void)state;
    machine_of("max");
    for (unsigned int bits = 1; bits <= 192; bits += 13) {
        struct ffa_args a = call(TRNG_RND_64, bits);

        assert_int_equal(a.x[0], 0);
        for (unsigned int i = bits; i < 192; i++) {
            assert_int_equal(a.x[3 - i / 64] >> i % 64 & 1, 0);
        }
    }
    for (unsigned int bits = 1; bits <= 96; bits += 5) {
        struct ffa_args a = call(TRNG_RND_32, bits);

        assert_int_equal(a.x[0], 0);
        for (unsigned int i = bits; i < 96; i++) {
            assert_int_equal(a.x[3 - i / 32] >> i % 32 & 1, 0);
        }
        assert_int_equal((a.x[1] | a.x[2] | a.x[3]) >> 32, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_core_knows_version_and_soc),
        cmocka_unit_test(workarounds_are_answered_by_core),
        cmocka_unit_test(without_random_numbers_there_is_no_trng),
        cmocka_unit_test(trng_version_features_and_uuid),
        cmocka_unit_test(draws_are_different_and_registers_are_kept),
        cmocka_unit_test(fewer_bits_leave_the_rest_zero),
    };

    return cmocka_run_group_tests_name("arch", tests, NULL, target_stop);
}
