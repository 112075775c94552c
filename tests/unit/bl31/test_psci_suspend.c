// SPDX-License-Identifier: BSD-3-Clause
//
// PSCI's suspends and their statistics. Numbers, arguments and answers are those of DEN0022; the board is psci_fakes.c's.
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

#define INVALID_PARAMETERS PSCI_CODE(-2)
#define DENIED PSCI_CODE(-3)
#define UPPER 0xdead000000000000ull

static int boot(void **state)
{
    (void)state;
    fake_boot();
    return 0;
}

static uint64_t count(uint64_t target, uint64_t power_state)
{
    return psci(0, PSCI_STAT_COUNT_64, target, power_state, 0);
}

static uint64_t residency(uint64_t target, uint64_t power_state)
{
    return psci(0, PSCI_STAT_RESIDENCY_64, target, power_state, 0);
}

static void only_the_boards_states_are_accepted(void **state)
{
    static const uint64_t bad[] = { 0,          2,          0x00010000, 0x00010001, 0x00010004,
                                    0x01010003, 0x02010003, 0x03000001, 0x80010003, 0x40010003,
                                    0x00030003, 0x00020001, 0xffffffff };

    (void)state;
    for (unsigned int i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_int_equal(psci(0, PSCI_CPU_SUSPEND_64, bad[i], ENTRY, 0), INVALID_PARAMETERS);
        assert_int_equal(psci(0, PSCI_CPU_SUSPEND_32, bad[i], ENTRY, 0), INVALID_PARAMETERS);
    }
    assert_int_equal(fake.asked_count, 0);
}

static uint64_t scr_in_wfi;
static uint64_t hw_in_wfi;

static void nap(void)
{
    scr_in_wfi = fake_reg_scr_el3;
    hw_in_wfi = psci(1, PSCI_NODE_HW_STATE_64, 0, 0, 0);
    fake_reg_cntpct_el0 += 70;
}

static void standby_waits_for_any_interrupt_and_returns(void **state)
{
    (void)state;
    fake_reg_scr_el3 = SCR_NS | SCR_FIQ;
    fake.while_waiting = nap;
    assert_int_equal(psci(0, PSCI_CPU_SUSPEND_64, NAP, 0 /* not looked at */, 0), 0);
    assert_int_equal(scr_in_wfi, SCR_NS | SCR_FIQ | SCR_IRQ);
    assert_int_equal(fake_reg_scr_el3, SCR_NS | SCR_FIQ);
    assert_int_equal(hw_in_wfi, 2); // HW_STANDBY
    assert_int_equal(psci(0, PSCI_NODE_HW_STATE_64, 0, 0, 0), 0);
    assert_int_equal(fake.asked_count, 0); // the SPMC loses nothing
    assert_string_equal(fake.gic_calls, "");
    assert_int_equal(psci(0, PSCI_CPU_SUSPEND_32, UPPER | NAP, 0, 0), 0);
    assert_int_equal(count(0, NAP), 2);
    assert_int_equal(residency(0, NAP), 140); // the counter of the fake runs with 1 MHz
}

static void power_down_goes_by_the_spmc_and_comes_back_at_the_entry(void **state)
{
    (void)state;
    (void)psci(0, PSCI_CPU_SUSPEND_64, SLEEP, ENTRY, 0x77);
    assert_int_equal(fake_left, LEFT_BY_ASKING);
    assert_int_equal(fake.asked[0], 0xc4000001);
    assert_int_equal(fake.asked[1], SLEEP);
    assert_int_equal(fake.asked[2], ENTRY);
    assert_int_equal(fake.asked[3], 0x77);
    fake_reg_cntpct_el0 = 1000;
    ASSERT_ENDS(END_POWER_DOWN, psci_answered(&fake.cores[0].secure, PSCI_SUCCESS));
    assert_string_equal(fake.gic_calls, "s");
    assert_true(fake.down_wake == (uintptr_t)bl31_warm_entry);
    assert_int_equal(psci(1, PSCI_AFFINITY_INFO_64, 0, 0, 0), 0); // suspended is ON
    assert_int_equal(psci(1, PSCI_CPU_ON_64, 0, ENTRY, 0), PSCI_CODE(PSCI_ALREADY_ON));

    fake_reg_cntpct_el0 = 1500;
    ASSERT_ENDS(END_CORE_RESUMED, (psci_core_arrived(&fake.cores[0]), 0));
    assert_string_equal(fake.gic_calls, "sw");
    assert_int_equal(fake.normal_entry, ENTRY);
    assert_int_equal(fake.normal_x0, 0x77);
    assert_false(fake.resumed_system);
    assert_int_equal(count(0, SLEEP), 1);
    assert_int_equal(residency(0, SLEEP), 500);
    assert_int_equal(count(0, DOZE), 0);
    assert_int_equal(fake.cores[0].psci.operation, PSCI_NO_OPERATION);
}

static void the_sve_hint_is_not_part_of_the_function(void **state)
{
    (void)state;
    (void)psci(0, PSCI_CPU_SUSPEND_64 | SMCCC_SVE_HINT, SLEEP, ENTRY, 0);
    assert_int_equal(fake.asked[0], 0xc4000001);
}

static void a_refused_suspend_leaves_nothing_behind(void **state)
{
    (void)state;
    (void)psci(0, PSCI_CPU_SUSPEND_64, SLEEP, ENTRY, 0x77);
    (void)psci_answered(&fake.cores[0].secure, PSCI_DENIED);
    assert_int_equal(fake_left, LEFT_TO_NORMAL);
    assert_int_equal(fake.cores[0].secure.x[0], DENIED);
    assert_int_equal(fake.cores[0].psci.operation, PSCI_NO_OPERATION);
    assert_string_equal(fake.gic_calls, "");
    assert_int_equal(count(0, SLEEP), 0);
    assert_int_equal(psci(0, PSCI_CPU_OFF, 0, 0, 0), DENIED); // still one core that runs
}

static void default_suspend_is_the_boards_last_power_down(void **state)
{
    (void)state;
    (void)psci(0, PSCI_CPU_DEFAULT_SUSPEND_64, ENTRY, 0x78, 0);
    assert_int_equal(fake.asked[0], 0xc400000c);
    ASSERT_ENDS(END_POWER_DOWN, psci_answered(&fake.cores[0].secure, PSCI_SUCCESS));
    ASSERT_ENDS(END_CORE_RESUMED, (psci_core_arrived(&fake.cores[0]), 0));
    assert_int_equal(fake.normal_x0, 0x78);
    assert_int_equal(count(0, SLEEP), 1);
}

static void system_suspend_needs_all_other_cores_off(void **state)
{
    (void)state;
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0), 0);
    assert_int_equal(psci(0, PSCI_SYSTEM_SUSPEND_64, ENTRY, 0, 0), DENIED); // ON_PENDING
    ASSERT_ENDS(END_CORE_ON, (psci_core_arrived(&fake.cores[1]), 0));
    psci_core_up(&fake.cores[1]);
    assert_int_equal(psci(0, PSCI_SYSTEM_SUSPEND_64, ENTRY, 0, 0), DENIED);
    assert_int_equal(psci(1, PSCI_SYSTEM_SUSPEND_64, ENTRY, 0, 0), DENIED);
    fake_core_off(1);
    memset(fake.gic_calls, 0, sizeof(fake.gic_calls));
    fake.asked_count = 0;

    (void)psci(0, PSCI_SYSTEM_SUSPEND_32, UPPER | ENTRY, UPPER | 5, 0);
    assert_int_equal(fake.asked_count, 1);
    assert_int_equal(fake.asked[0], 0x8400000e);
    ASSERT_ENDS(END_POWER_DOWN, psci_answered(&fake.cores[0].secure, PSCI_SUCCESS));
    ASSERT_ENDS(END_CORE_RESUMED, (psci_core_arrived(&fake.cores[0]), 0));
    assert_true(fake.resumed_system);
    assert_int_equal(fake.normal_entry, ENTRY);
    assert_int_equal(fake.normal_x0, 5);
    assert_string_equal(fake.gic_calls, "sw");
    assert_int_equal(count(0, NAP) + count(0, DOZE) + count(0, SLEEP), 0); // no state of a core
}

static void a_core_that_cannot_come_back_stops_the_machine(void **state)
{
    (void)state;
    (void)psci(0, PSCI_CPU_SUSPEND_64, SLEEP, ENTRY, 0);
    ASSERT_ENDS(END_POWER_DOWN, psci_answered(&fake.cores[0].secure, PSCI_SUCCESS));
    fake.gic_result = ERR_TIMEOUT;
    ASSERT_ENDS(END_FATAL, (psci_core_arrived(&fake.cores[0]), 0));
}

static void a_resumed_core_has_the_callers_byte_order(void **state)
{
    (void)state;
    fake_reg_sctlr_el1 = SCTLR_EE;
    (void)psci(0, PSCI_CPU_SUSPEND_64, SLEEP, ENTRY, 0);
    fake_reg_sctlr_el1 = 0; // the SPMC's, from here on
    ASSERT_ENDS(END_POWER_DOWN, psci_answered(&fake.cores[0].secure, PSCI_SUCCESS));
    ASSERT_ENDS(END_CORE_RESUMED, (psci_core_arrived(&fake.cores[0]), 0));
    assert_int_equal(fake.cores[0].normal.regs.sctlr_el1, SCTLR_EE);
}

static void statistics_of_what_is_not_there_are_zero(void **state)
{
    (void)state;
    fake.while_waiting = nap;
    (void)psci(0, PSCI_CPU_SUSPEND_64, NAP, 0, 0);
    assert_int_equal(count(0, 0x00000002), 0);
    assert_int_equal(residency(0, 0x00000002), 0);
    assert_int_equal(count(0x101, NAP), 0);
    assert_int_equal(residency(UPPER, NAP), 0);
    assert_int_equal(count(1, NAP), 0);
    assert_int_equal(psci(1, PSCI_STAT_COUNT_32, UPPER | 0, UPPER | NAP, 0), 1);
    fake_reg_cntfrq_el0 = 0; // nothing is divided by it
    assert_int_equal(residency(0, NAP), 0);
}

static uint64_t long_nap_ticks;

static void long_nap(void)
{
    fake_reg_cntpct_el0 += long_nap_ticks;
}

static void residency_does_not_overflow(void **state)
{
    (void)state;
    fake_reg_cntfrq_el0 = 1000000000;
    long_nap_ticks =
        1000000000ull * 3600 * 24 * 365; // a year: its microseconds times 10^9 do not fit
    fake.while_waiting = long_nap;
    (void)psci(0, PSCI_CPU_SUSPEND_64, NAP, 0, 0);
    assert_int_equal(residency(0, NAP), 1000000ull * 3600 * 24 * 365);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(only_the_boards_states_are_accepted, boot),
        cmocka_unit_test_setup(standby_waits_for_any_interrupt_and_returns, boot),
        cmocka_unit_test_setup(power_down_goes_by_the_spmc_and_comes_back_at_the_entry, boot),
        cmocka_unit_test_setup(the_sve_hint_is_not_part_of_the_function, boot),
        cmocka_unit_test_setup(a_refused_suspend_leaves_nothing_behind, boot),
        cmocka_unit_test_setup(default_suspend_is_the_boards_last_power_down, boot),
        cmocka_unit_test_setup(system_suspend_needs_all_other_cores_off, boot),
        cmocka_unit_test_setup(a_core_that_cannot_come_back_stops_the_machine, boot),
        cmocka_unit_test_setup(a_resumed_core_has_the_callers_byte_order, boot),
        cmocka_unit_test_setup(statistics_of_what_is_not_there_are_zero, boot),
        cmocka_unit_test_setup(residency_does_not_overflow, boot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
