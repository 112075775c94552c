// SPDX-License-Identifier: BSD-3-Clause
//
// PSCI calls and the states of cores. Numbers, arguments and answers are those of DEN0022; the board is psci_fakes.c's.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bl31/bl31_private.h"
#include "bl31/bl31_regs.h"
#include "bl31/psci/psci.h"
#include "psci_fakes.h"
#include "smccc.h"

#define NOT_SUPPORTED PSCI_CODE(-1)
#define INVALID_PARAMETERS PSCI_CODE(-2)
#define DENIED PSCI_CODE(-3)
#define ALREADY_ON PSCI_CODE(-4)
#define ON_PENDING PSCI_CODE(-5)
#define INTERNAL_FAILURE PSCI_CODE(-6)
#define INVALID_ADDRESS PSCI_CODE(-9)
#define UPPER 0xdead000000000000ull // what an SMC32 call must not see

static int boot(void **state)
{
    (void)state;
    fake_boot();
    return 0;
}

static uint64_t affinity_info(uint64_t target, uint64_t level)
{
    return psci(0, PSCI_AFFINITY_INFO_64, target, level, 0);
}

static void version_is_1_1_and_changes_no_register(void **state)
{
    (void)state;
    assert_int_equal(psci(0, 0x84000000, 1, 2, 3), 0x10001);
    for (unsigned int i = 4; i < 18; i++) {
        assert_int_equal(fake.cores[0].normal.frame.x[i], 0x1000 + i);
    }
}

// The calls of the board with everything, by DEN0022's numbers
static const uint32_t there[] = {
    0x84000000, 0x84000001, 0xc4000001, 0x84000002, 0x84000003, 0xc4000003, 0x84000004, 0xc4000004,
    0x84000006, 0x84000008, 0x84000009, 0x8400000a, 0x8400000c, 0xc400000c, 0x8400000d, 0xc400000d,
    0x8400000e, 0xc400000e, 0x84000010, 0xc4000010, 0x84000011, 0xc4000011, 0x84000012, 0xc4000012,
};

static bool is_there(uint32_t fid)
{
    for (unsigned int i = 0; i < ARRAY_COUNT(there); i++) {
        if (there[i] == fid) {
            return true;
        }
    }
    return false;
}

static void features_and_calls_agree(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < 0x20; number++) {
        for (uint32_t wide = 0; wide < 2; wide++) {
            uint32_t fid = 0x84000000 | number | wide << 30;

            // No call here has a feature flag set: original power_state, no OS-initiated mode
            assert_int_equal(psci(0, PSCI_FEATURES, fid, 0, 0), is_there(fid) ? 0 : NOT_SUPPORTED);
            if (!is_there(fid)) {
                assert_int_equal(psci(0, fid, 0, 0, 0), NOT_SUPPORTED);
            }
        }
    }
}

static void features_takes_one_word_and_knows_only_psci(void **state)
{
    (void)state;
    assert_int_equal(psci(0, PSCI_FEATURES, 0x80000000, 0, 0), 0); // SMCCC_VERSION
    assert_int_equal(psci(0, PSCI_FEATURES, UPPER | 0x84000008, 0, 0), 0);
    assert_int_equal(psci(0, PSCI_FEATURES, 0x80000001, 0, 0), NOT_SUPPORTED);
    assert_int_equal(psci(0, PSCI_FEATURES, 0x84000020, 0, 0), NOT_SUPPORTED);
    assert_int_equal(psci(0, PSCI_FEATURES, 0x84010000, 0, 0), NOT_SUPPORTED);
    assert_int_equal(psci(0, PSCI_FEATURES, 0x04000000, 0, 0), NOT_SUPPORTED);
    assert_int_equal(psci(0, PSCI_FEATURES, 0x85000000, 0, 0), NOT_SUPPORTED);
}

static void no_trusted_os_needs_migration(void **state)
{
    (void)state;
    assert_int_equal(psci(0, PSCI_MIGRATE_INFO_TYPE, 0, 0, 0), 2);
}

static void halt(void)
{
    longjmp(fake_end, END_HALTED);
}

// The test that ends the machine is the last one: it stays ended.
static void the_board_ends_the_machine_once(void **state)
{
    (void)state;
    assert_int_equal(psci(0, PSCI_SYSTEM_RESET2_64, 1, 0, 0), INVALID_PARAMETERS); // reserved
    assert_int_equal(psci(0, PSCI_SYSTEM_RESET2_64, 0x80000000, 0, 0),
                     INVALID_PARAMETERS); // vendor
    assert_int_equal(psci(0, PSCI_SYSTEM_RESET2_32, UPPER | 1, 0, 0), INVALID_PARAMETERS);
    ASSERT_ENDS(END_RESET, psci(0, PSCI_SYSTEM_RESET2_32, UPPER, 0, 0));
    fake.while_waiting = halt; // others wait for the end
    ASSERT_ENDS(END_HALTED, psci(1, PSCI_SYSTEM_OFF, 0, 0, 0));
    ASSERT_ENDS(END_HALTED, psci(2, PSCI_SYSTEM_RESET, 0, 0, 0));
}

static void cpu_on_releases_the_core_to_its_entry(void **state)
{
    (void)state;
    assert_int_equal(affinity_info(1, 0), 1);
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0x1234), 0);
    assert_int_equal(fake.released, 1);
    assert_int_equal(fake.released_core, 1);
    assert_true(fake.released_entry == (uintptr_t)bl31_warm_entry);
    assert_int_equal(affinity_info(1, 0), 2);
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0), ON_PENDING);

    ASSERT_ENDS(END_CORE_ON, (psci_core_arrived(&fake.cores[1]), 0));
    assert_int_equal(fake.normal_entry, ENTRY);
    assert_int_equal(fake.normal_x0, 0x1234);
    assert_string_equal(fake.gic_calls, "n");
    assert_int_equal(affinity_info(1, 0), 2); // until the SPMC runs there
    psci_core_up(&fake.cores[1]);
    assert_int_equal(affinity_info(1, 0), 0);
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0), ALREADY_ON);
    assert_int_equal(fake.released, 1);
}

static void cpu_on_refuses_cores_that_are_not_there(void **state)
{
    static const uint64_t targets[] = { 0x101,       0x2,       0x200,      0x10000,
                                        0x100000000, 0x1000001, 0x80000001, UINT64_MAX };

    (void)state;
    for (unsigned int i = 0; i < ARRAY_COUNT(targets); i++) {
        assert_int_equal(psci(0, PSCI_CPU_ON_64, targets[i], ENTRY, 0), INVALID_PARAMETERS);
    }
    assert_int_equal(psci(0, PSCI_CPU_ON_64, UPPER | 1, ENTRY, 0), INVALID_PARAMETERS);
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 0, ENTRY, 0), ALREADY_ON); // the caller itself
    assert_int_equal(fake.released, 0);
}

static void entries_are_instructions_in_the_normal_worlds_ram(void **state)
{
    static const uint64_t bad[] = {
        0,         RAM_BASE - 4, RAM_BASE + RAM_SIZE, RAM_BASE + RAM_SIZE - 2,
        ENTRY + 1, ENTRY + 2,    0x0e000000,          UINT64_MAX - 3,
        UINT64_MAX
    };

    (void)state;
    for (unsigned int i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, bad[i], 0), INVALID_ADDRESS);
        assert_int_equal(psci(0, PSCI_CPU_SUSPEND_64, SLEEP, bad[i], 0), INVALID_ADDRESS);
        assert_int_equal(psci(0, PSCI_CPU_DEFAULT_SUSPEND_64, bad[i], 0, 0), INVALID_ADDRESS);
        assert_int_equal(psci(0, PSCI_SYSTEM_SUSPEND_64, bad[i], 0, 0), INVALID_ADDRESS);
    }
    assert_int_equal(fake.released, 0);
    assert_int_equal(fake.asked_count, 0);
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, RAM_BASE + RAM_SIZE - 4, 0), 0);
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 0x100, RAM_BASE, 0), 0);
}

static void smc32_takes_low_halves(void **state)
{
    (void)state;
    assert_int_equal(psci(0, PSCI_CPU_ON_32, UPPER | 1, UPPER | ENTRY, UPPER | 7), 0);
    ASSERT_ENDS(END_CORE_ON, (psci_core_arrived(&fake.cores[1]), 0));
    assert_int_equal(fake.normal_entry, ENTRY);
    assert_int_equal(fake.normal_x0, 7);
    assert_int_equal(psci(0, PSCI_AFFINITY_INFO_32, UPPER | 0, UPPER | 0, 0), 0);
    assert_int_equal(psci(0, PSCI_NODE_HW_STATE_32, UPPER | 0, UPPER | 0, 0), 0);
}

static void a_core_that_the_board_cannot_release_stays_off(void **state)
{
    (void)state;
    fake.release_result = ERR_INVALID;
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0), INTERNAL_FAILURE);
    assert_int_equal(affinity_info(1, 0), 1);
    fake.release_result = ERR_NONE;
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0), 0);
}

static void no_core_is_promised_that_the_spmc_does_not_serve(void **state)
{
    (void)state;
    fake.serves_secondaries = false;
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0), INTERNAL_FAILURE);
    assert_int_equal(affinity_info(1, 0), 1);
    assert_int_equal(fake.released, 0);
}

static void a_core_whose_spmc_fails_is_off_again(void **state)
{
    (void)state;
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0), 0);
    ASSERT_ENDS(END_CORE_ON, (psci_core_arrived(&fake.cores[1]), 0));
    ASSERT_ENDS(END_POWER_DOWN, (psci_core_failed(&fake.cores[1]), 0));
    assert_int_equal(fake.down_core, 1);
    assert_int_equal(fake.down_wake, 0);
    assert_string_equal(fake.gic_calls, "nf");
    assert_int_equal(affinity_info(1, 0), 1);
    assert_int_equal(psci(0, PSCI_CPU_OFF, 0, 0, 0), DENIED); // it never counted as running
    fake_core_on(1);
}

static void a_core_without_an_interrupt_controller_is_off_again(void **state)
{
    (void)state;
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0), 0);
    fake.gic_result = ERR_TIMEOUT;
    ASSERT_ENDS(END_POWER_DOWN, (psci_core_arrived(&fake.cores[1]), 0));
    assert_int_equal(affinity_info(1, 0), 1);
}

static void what_starts_has_the_callers_byte_order(void **state)
{
    (void)state;
    fake_reg_sctlr_el1 = SCTLR_EE;
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0), 0);
    fake_reg_sctlr_el1 = 0;
    ASSERT_ENDS(END_CORE_ON, (psci_core_arrived(&fake.cores[1]), 0));
    assert_int_equal(fake.cores[1].normal.regs.sctlr_el1, SCTLR_EE);
    assert_int_equal(fake_reg_sctlr_el2, 0);

    fake_reg_id_aa64pfr0_el1 = UL(1) << ID_AA64PFR0_EL2_SHIFT; // with an EL2, its order counts
    fake_reg_sctlr_el2 = SCTLR_EE;
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 0x100, ENTRY, 0), 0);
    fake_reg_sctlr_el2 = 0;
    ASSERT_ENDS(END_CORE_ON, (psci_core_arrived(&fake.cores[2]), 0));
    assert_int_equal(fake_reg_sctlr_el2, SCTLR_EE);
    assert_int_equal(fake.cores[2].normal.regs.sctlr_el1, 0);
}

static void cpu_off_asks_the_spmc_and_sleeps_without_a_wake_up(void **state)
{
    (void)state;
    fake_core_on(1);
    memset(fake.gic_calls, 0, sizeof(fake.gic_calls));
    (void)psci(1, PSCI_CPU_OFF, 0, 0, 0);
    assert_int_equal(fake.asked[0], 0x84000002);
    assert_int_equal(affinity_info(1, 0), 0); // it may be refused yet
    ASSERT_ENDS(END_POWER_DOWN, psci_answered(&fake.cores[1].secure, PSCI_SUCCESS));
    assert_int_equal(fake.down_core, 1);
    assert_int_equal(fake.down_wake, 0);
    assert_string_equal(fake.gic_calls, "f");
    assert_int_equal(affinity_info(1, 0), 1);
    fake_core_on(1);
}

static void a_refusal_goes_to_the_caller_with_its_registers(void **state)
{
    (void)state;
    fake_core_on(1);
    (void)psci(1, PSCI_CPU_OFF, 0x51, 0x52, 0x53);
    assert_int_equal(psci_answered(&fake.cores[1].secure, PSCI_DENIED), 0x1eaf);
    assert_int_equal(fake_left, LEFT_TO_NORMAL);
    assert_ptr_equal(fake_frame, &fake.cores[1].secure);
    assert_ptr_equal(fake_x8, &fake.cores[1].normal.frame.x[8]);
    assert_int_equal(fake.cores[1].secure.x[0], DENIED);
    for (unsigned int i = 1; i < 8; i++) {
        assert_int_equal(fake.cores[1].secure.x[i], fake.cores[1].normal.frame.x[i]);
    }
    assert_int_equal(affinity_info(1, 0), 0);
    (void)psci(0, PSCI_CPU_OFF, 0, 0, 0); // core 1 counts as running again
    assert_int_equal(fake.asked_count, 2);
}

static void the_last_core_may_not_go_off(void **state)
{
    (void)state;
    assert_int_equal(psci(0, PSCI_CPU_OFF, 0, 0, 0), DENIED);
    assert_int_equal(fake.asked_count, 0);
    fake_core_on(1);
    fake_core_off(0);
    assert_int_equal(psci(1, PSCI_CPU_OFF, 0, 0, 0), DENIED);
    assert_int_equal(psci(1, PSCI_CPU_ON_64, 0, ENTRY, 0), 0); // the boot core is like any other
    assert_int_equal(psci(1, PSCI_CPU_OFF, 0, 0, 0), DENIED);  // … and pending is not running
}

static void affinity_info_is_of_a_node(void **state)
{
    (void)state;
    assert_int_equal(affinity_info(0x0, 1), 0);   // cluster 0: core 0 is on
    assert_int_equal(affinity_info(0x1, 1), 0);   // the field below the level is ignored
    assert_int_equal(affinity_info(0x1ff, 1), 1); // cluster 1: all off
    assert_int_equal(affinity_info(0, 2), 0);
    assert_int_equal(affinity_info(0, 3), 0);
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 0x100, ENTRY, 0), 0);
    assert_int_equal(affinity_info(0x100, 1), 2);
    assert_int_equal(affinity_info(0x200, 1), INVALID_PARAMETERS);
    assert_int_equal(affinity_info(0x101, 0), INVALID_PARAMETERS); // not in this machine
    assert_int_equal(affinity_info(0, 4), INVALID_PARAMETERS);
    assert_int_equal(affinity_info(0, UPPER | 1), 0); // uint32_t lowest_affinity_level
    assert_int_equal(affinity_info(0, 0xffffffff), INVALID_PARAMETERS);
    assert_int_equal(affinity_info(0x80000000, 0), INVALID_PARAMETERS);
    assert_int_equal(affinity_info(0x10000, 2), INVALID_PARAMETERS);
    assert_int_equal(affinity_info(0x100000000, 3), INVALID_PARAMETERS);
}

static uint64_t hw_state(uint64_t target, uint64_t level)
{
    return psci(0, PSCI_NODE_HW_STATE_64, target, level, 0);
}

static void node_hw_state_is_the_hardwares(void **state)
{
    (void)state;
    assert_int_equal(hw_state(0, 0), 0);
    assert_int_equal(hw_state(1, 0), 1);
    assert_int_equal(hw_state(1, 1), 0);
    assert_int_equal(hw_state(0x100, 1), 1);
    assert_int_equal(hw_state(0x100, 2), 0);
    fake.is_off[2] = false; // on its way: PSCI still says OFF
    assert_int_equal(affinity_info(0x100, 0), 1);
    assert_int_equal(hw_state(0x100, 0), 0);
    assert_int_equal(hw_state(0x100, 1), 0);
    assert_int_equal(hw_state(0, 3), INVALID_PARAMETERS);
    assert_int_equal(hw_state(0x101, 0), INVALID_PARAMETERS);
    assert_int_equal(hw_state(0x101, 2), INVALID_PARAMETERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(version_is_1_1_and_changes_no_register, boot),
        cmocka_unit_test_setup(features_and_calls_agree, boot),
        cmocka_unit_test_setup(features_takes_one_word_and_knows_only_psci, boot),
        cmocka_unit_test_setup(no_trusted_os_needs_migration, boot),
        cmocka_unit_test_setup(cpu_on_releases_the_core_to_its_entry, boot),
        cmocka_unit_test_setup(cpu_on_refuses_cores_that_are_not_there, boot),
        cmocka_unit_test_setup(entries_are_instructions_in_the_normal_worlds_ram, boot),
        cmocka_unit_test_setup(smc32_takes_low_halves, boot),
        cmocka_unit_test_setup(a_core_that_the_board_cannot_release_stays_off, boot),
        cmocka_unit_test_setup(no_core_is_promised_that_the_spmc_does_not_serve, boot),
        cmocka_unit_test_setup(a_core_whose_spmc_fails_is_off_again, boot),
        cmocka_unit_test_setup(a_core_without_an_interrupt_controller_is_off_again, boot),
        cmocka_unit_test_setup(what_starts_has_the_callers_byte_order, boot),
        cmocka_unit_test_setup(cpu_off_asks_the_spmc_and_sleeps_without_a_wake_up, boot),
        cmocka_unit_test_setup(a_refusal_goes_to_the_caller_with_its_registers, boot),
        cmocka_unit_test_setup(the_last_core_may_not_go_off, boot),
        cmocka_unit_test_setup(affinity_info_is_of_a_node, boot),
        cmocka_unit_test_setup(node_hw_state_is_the_hardwares, boot),
        cmocka_unit_test_setup(the_board_ends_the_machine_once, boot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
