// SPDX-License-Identifier: BSD-3-Clause
//
// The SMC table as bl31_vectors.S uses it, with the architecture range, and PSCI behind the standard range. Numbers and
// answers are those of DEN0028 and DEN0022.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bl31/smc.h"
#include "bl31_fakes.h"
#include "smccc.h"

#define MINUS_ONE 0xffffffffffffffffull

static struct core core;

// What lower_sync does with a fast call.
static uint64_t smc(unsigned int world, uint64_t fid, uint64_t x1)
{
    struct smc_frame *frame = world == SMC_NORMAL ? &core.normal.frame : &core.secure;

    memset(&core, 0, sizeof(core));
    for (unsigned int i = 0; i < 18; i++) {
        frame->x[i] = 0x1000 + i;
    }
    frame->x[0] = fid;
    frame->x[1] = x1;
    core.state = SPMD_READY;
    fake_left = LEFT_NOT;
    fid &= ~(uint64_t)SMCCC_SVE_HINT & 0xffffffff;
    return smc_owners[world][(fid >> SMCCC_OWNER_SHIFT) & SMCCC_OWNER_MASK](fid, x1, 0x1002, 0x1003,
                                                                            frame);
}

static void assert_registers_kept(void)
{
    for (unsigned int i = 2; i < 18; i++) {
        assert_int_equal(core.normal.frame.x[i], 0x1000 + i);
    }
}

static void every_owner_of_both_worlds_has_a_handler(void **state)
{
    (void)state;
    for (unsigned int owner = 0; owner < SMC_OWNERS; owner++) {
        assert_non_null(smc_owners[SMC_SECURE][owner]);
        assert_non_null(smc_owners[SMC_NORMAL][owner]);
    }
}

static void owners_that_nobody_serves_answer_minus_one_and_keep_registers(void **state)
{
    (void)state;
    for (uint64_t owner = 1; owner < SMC_OWNERS; owner++) {
        if (owner == SMCCC_OWNER_STD) {
            continue;
        }
        for (unsigned int world = 0; world < SMC_WORLDS; world++) {
            assert_int_equal(smc(world, SMCCC_FAST | owner << SMCCC_OWNER_SHIFT, 0), MINUS_ONE);
            assert_int_equal(smc(world, SMCCC_FAST | SMCCC_64 | owner << SMCCC_OWNER_SHIFT | 5, 0),
                             MINUS_ONE);
        }
        assert_registers_kept();
    }
}

static void version_is_1_4_for_both_worlds(void **state)
{
    (void)state;
    assert_int_equal(smc(SMC_NORMAL, 0x80000000, 0), 0x10004);
    assert_registers_kept();
    assert_int_equal(smc(SMC_SECURE, 0x80000000, 0), 0x10004);
    assert_int_equal(smc(SMC_NORMAL, 0x80010000, 0), 0x10004); // with the SVE hint
}

static void arch_features_names_only_what_is_there(void **state)
{
    (void)state;
    assert_int_equal(smc(SMC_NORMAL, 0x80000001, 0x80000000), 0);
    assert_int_equal(smc(SMC_NORMAL, 0x80000001, 0x80000001), 0);
    assert_int_equal(smc(SMC_NORMAL, 0x80000001, 0xdead000080000000), 0); // SMC32: w1 counts
    assert_int_equal(smc(SMC_NORMAL, 0x80000001, 0x80008000), MINUS_ONE); // WORKAROUND_1
    assert_int_equal(smc(SMC_NORMAL, 0x80000001, 0x80000002), MINUS_ONE); // SOC_ID
    assert_int_equal(smc(SMC_NORMAL, 0x80000001, 0x84000000), MINUS_ONE); // ask PSCI_FEATURES
}

static void arch_functions_have_no_64_bit_form_and_no_reserved_bits(void **state)
{
    (void)state;
    assert_int_equal(smc(SMC_NORMAL, 0xc0000000, 0), MINUS_ONE);
    for (unsigned int bit = 17; bit < 24; bit++) {
        assert_int_equal(smc(SMC_NORMAL, 0x80000000ull | 1u << bit, 0), MINUS_ONE);
        assert_int_equal(smc(SMC_NORMAL, 0x84000000ull | 1u << bit, 0), MINUS_ONE);
        assert_int_equal(smc(SMC_NORMAL, 0x84000069ull | 1u << bit, 0), MINUS_ONE);
        assert_int_equal(fake_left, LEFT_NOT);
    }
}

static void standard_numbers_between_psci_and_ffa_are_unknown(void **state)
{
    (void)state;
    for (uint64_t number = 0x20; number < 0x60; number++) {
        assert_int_equal(smc(SMC_NORMAL, 0x84000000 | number, 0), MINUS_ONE);
        assert_int_equal(smc(SMC_SECURE, 0x84000000 | number, 0), MINUS_ONE);
    }
    assert_int_equal(smc(SMC_NORMAL, 0x84000100, 0), MINUS_ONE);
    assert_int_equal(smc(SMC_NORMAL, 0x8400ffff & ~0x10000ull, 0), MINUS_ONE);
}

static void psci_version_is_1_1(void **state)
{
    (void)state;
    assert_int_equal(smc(SMC_NORMAL, 0x84000000, 0), 0x10001);
    assert_registers_kept();
}

static void psci_is_not_for_the_secure_world(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < 0x20; number++) {
        assert_int_equal(smc(SMC_SECURE, 0x84000000 | number, 0), MINUS_ONE);
        assert_int_equal(smc(SMC_SECURE, 0xc4000000 | number, 0), MINUS_ONE);
    }
}

static void psci_features_and_calls_agree(void **state)
{
    static const uint32_t there[] = { 0x84000000, 0x84000008, 0x84000009, 0x8400000a };

    (void)state;
    for (uint32_t number = 0; number < 0x20; number++) {
        for (uint32_t wide = 0; wide < 2; wide++) {
            uint32_t fid = 0x84000000 | number | wide << 30;
            bool expected = false;

            for (unsigned int i = 0; i < sizeof(there) / sizeof(there[0]); i++) {
                expected |= there[i] == fid;
            }
            assert_int_equal(smc(SMC_NORMAL, 0x8400000a, fid), expected ? 0 : MINUS_ONE);
            if (!expected) {
                assert_int_equal(smc(SMC_NORMAL, fid, 0), MINUS_ONE);
            }
        }
    }
    assert_int_equal(smc(SMC_NORMAL, 0x8400000a, 0x80000000), 0); // SMCCC_VERSION
    assert_int_equal(smc(SMC_NORMAL, 0x8400000a, 0xffffffff84000008), 0);
    assert_int_equal(smc(SMC_NORMAL, 0x8400000a, 0x84000069), MINUS_ONE);
}

static void system_off_and_reset_go_to_the_board(void **state)
{
    (void)state;
    ASSERT_ENDS(END_OFF, smc(SMC_NORMAL, 0x84000008, 0));
    ASSERT_ENDS(END_RESET, smc(SMC_NORMAL, 0x84000009, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_owner_of_both_worlds_has_a_handler),
        cmocka_unit_test(owners_that_nobody_serves_answer_minus_one_and_keep_registers),
        cmocka_unit_test(version_is_1_4_for_both_worlds),
        cmocka_unit_test(arch_features_names_only_what_is_there),
        cmocka_unit_test(arch_functions_have_no_64_bit_form_and_no_reserved_bits),
        cmocka_unit_test(standard_numbers_between_psci_and_ffa_are_unknown),
        cmocka_unit_test(psci_version_is_1_1),
        cmocka_unit_test(psci_is_not_for_the_secure_world),
        cmocka_unit_test(psci_features_and_calls_agree),
        cmocka_unit_test(system_off_and_reset_go_to_the_board),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
