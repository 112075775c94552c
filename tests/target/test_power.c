// SPDX-License-Identifier: BSD-3-Clause
//
// EL3's own services: SMCCC, PSCI, unknown function IDs. Specifications: DEN0028 (SMCCC 1.4), DEN0022 (PSCI 1.1).
#include "tests/target/target.h"

#define UNKNOWN_64 UINT64_MAX

static int ready(void **state)
{
    (void)state;
    target_machine(NULL);
    return 0;
}

static bool is_unknown(uint64_t x0, uint64_t fid)
{
    // -1 in the width of the call
    return (fid & SMCCC_64) != 0 ? x0 == UNKNOWN_64 : (uint32_t)x0 == UINT32_MAX;
}

static void smccc_version_is_1_4(void **state)
{
    (void)state;
    assert_int_equal((uint32_t)call(SMCCC_VERSION).x[0], SMCCC_VERSION_1_4);
}

static void smccc_arch_features_know_their_own_functions(void **state)
{
    (void)state;
    assert_int_equal((uint32_t)call(SMCCC_ARCH_FEATURES, SMCCC_VERSION).x[0], 0);
    assert_int_equal((uint32_t)call(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES).x[0], 0);
    assert_int_equal((uint32_t)call(SMCCC_ARCH_FEATURES, 0x8000fffe).x[0], UINT32_MAX);
    assert_int_equal((uint32_t)call(SMCCC_ARCH_FEATURES, 0).x[0], UINT32_MAX);
}

static void psci_version_is_1_1(void **state)
{
    (void)state;
    assert_int_equal((uint32_t)call(PSCI_VERSION).x[0], PSCI_VERSION_1_1);
}

static void psci_features_tell_what_there_is(void **state)
{
    static const uint32_t yes[] = { PSCI_VERSION, PSCI_FEATURES, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET,
                                    SMCCC_VERSION };
    static const uint32_t no[] = { 0x8400001f, 0xc400001f, 0x84000055, 0, 0x82000000, 0xc4000000 };

    (void)state;
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        assert_int_equal((uint32_t)call(PSCI_FEATURES, yes[i]).x[0], 0);
    }
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        assert_int_equal((uint32_t)call(PSCI_FEATURES, no[i]).x[0], UINT32_MAX);
    }
}

// What PSCI_FEATURES denies answers NOT_SUPPORTED when called
static void psci_functions_that_are_not_there_answer_so(void **state)
{
    (void)state;
    for (uint32_t number = 0; number <= PSCI_NUMBER_LAST; number++) {
        for (uint32_t wide = 0; wide < 2; wide++) {
            uint32_t fid = SMCCC_FAST | SMCCC_OWNER_STD << SMCCC_OWNER_SHIFT | number |
                           (wide != 0 ? SMCCC_64 : 0);
            if ((uint32_t)call(PSCI_FEATURES, fid).x[0] == UINT32_MAX) {
                print_message("%#x\n", fid);
                assert_true(is_unknown(call(fid).x[0], fid));
            }
        }
    }
}

static void unknown_functions_answer_minus_one(void **state)
{
    static const uint32_t numbers[] = { 0,     1,      2,      0x3f,   0x50,  0x5f,
                                        0x100, 0x7fff, 0x8000, 0xff01, 0xffff };

    (void)state;
    for (uint32_t owner = 0; owner < 64; owner++) {
        for (uint32_t kind = 0; kind < 4; kind++) {
            for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++) {
                uint32_t fid = kind << 30 | owner << SMCCC_OWNER_SHIFT | numbers[n];
                bool psci = owner == SMCCC_OWNER_STD && numbers[n] <= PSCI_NUMBER_LAST;
                bool known = fid == SMCCC_VERSION || fid == SMCCC_ARCH_FEATURES ||
                             fid == SMCCC_ARCH_SOC_ID || fid == SMCCC_ARCH_WORKAROUND_1 ||
                             fid == SMCCC_ARCH_WORKAROUND_2 || fid == TRNG_VERSION || psci;
                if (known) {
                    continue;
                }
                struct ffa_args a = { .x = { fid } };
                for (unsigned int i = 1; i < 18; i++) {
                    a.x[i] = 0x1000 + i;
                }
                target_call_all(&a);
                if (!is_unknown(a.x[0], fid)) {
                    fail_msg("%#x answered %#llx", fid, (unsigned long long)a.x[0]);
                }
                for (unsigned int i = 4; i < 18; i++) { // DEN0028: x4 … x17 are kept
                    assert_int_equal(a.x[i], 0x1000 + i);
                }
            }
        }
    }
}

static void reserved_bits_of_a_function_id_make_it_unknown(void **state)
{
    (void)state;
    // Bits 23:17 of a fast call must be zero (DEN0028 table 2-1)
    for (unsigned int bit = 17; bit < 24; bit++) {
        struct ffa_args a = call(SMCCC_VERSION | 1u << bit);
        assert_true(is_unknown(a.x[0], SMCCC_VERSION));
        a = call(FFA_VERSION | 1u << bit, FFA_VERSION_1_2);
        assert_true(is_unknown(a.x[0], FFA_VERSION));
    }
}

static struct h_options quiet_options(bool reboot)
{
    struct h_options o = target_options();

    o.quiet = true;
    o.reboot = reboot;
    return o;
}

static void system_off_switches_off(void **state)
{
    struct h_options o = quiet_options(false);
    struct ffa_args a = { .x = { PSCI_SYSTEM_OFF } };

    (void)state;
    target_fresh(&o);
    assert_int_equal(h_smc(machine, 0, &a), H_OFF);
    assert_int_equal(h_wait_off(machine), 0);
}

static void system_reset_ends_qemu_without_reboot(void **state)
{
    struct h_options o = quiet_options(false);
    struct ffa_args a = { .x = { PSCI_SYSTEM_RESET } };

    (void)state;
    target_fresh(&o);
    assert_int_equal(h_smc(machine, 0, &a), H_OFF);
}

static void system_reset_boots_again(void **state)
{
    struct h_options o = quiet_options(true);

    (void)state;
    target_fresh(&o);
    target_version(FFA_VERSION_1_1);
    assert_echo_works();
    assert_int_equal(h_reset(machine, PSCI_SYSTEM_RESET), H_OK);
    target_version(FFA_VERSION_1_2); // nothing is left of the negotiation before
    assert_echo_works();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(smccc_version_is_1_4, ready),
        cmocka_unit_test_setup(smccc_arch_features_know_their_own_functions, ready),
        cmocka_unit_test_setup(psci_version_is_1_1, ready),
        cmocka_unit_test_setup(psci_features_tell_what_there_is, ready),
        cmocka_unit_test_setup(psci_functions_that_are_not_there_answer_so, ready),
        cmocka_unit_test_setup(unknown_functions_answer_minus_one, ready),
        cmocka_unit_test_setup(reserved_bits_of_a_function_id_make_it_unknown, ready),
        cmocka_unit_test(system_off_switches_off),
        cmocka_unit_test(system_reset_ends_qemu_without_reboot),
        cmocka_unit_test(system_reset_boots_again),
    };

    return cmocka_run_group_tests_name("power", tests, NULL, target_stop);
}
