// SPDX-License-Identifier: BSD-3-Clause
//
// PSCI 1.1 (DEN0022), cores that sleep and come back, with and without their registers, the statistics of it; the machine that
// ends or starts anew with all its cores; and the machines other than the default one.
#include "tests/target/target_psci.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define TICKS 20000 // until a timer wakes a core
#define SYSTEM_RESET2_VENDOR 0x80000000u

// ---- Sleep ---------------------------------------------------------------------------------------------------------

static void power_states_that_the_board_has_not_are_refused(void **state)
{
    (void)state;
    for (unsigned int bit = 0; bit < 32; bit++) {
        if (1u << bit != POWER_DOWN) {
            assert_int_equal(psci(PSCI_CPU_SUSPEND_64, 1u << bit, h_entry(), 0),
                             PSCI_INVALID_PARAMETERS);
            assert_int_equal(psci(PSCI_CPU_SUSPEND_32, POWER_DOWN | 1u << bit, h_entry(), 0),
                             PSCI_INVALID_PARAMETERS);
        }
    }
}

static void standby_returns_with_every_register(void **state)
{
    (void)state;
    for (unsigned int core = 0; core < CORES; core++) {
        for (unsigned int form = 0; form < 2; form++) {
            // An entry is no argument of a standby state: nonsense is fine
            struct h_call c = { .x = { form == 0 ? PSCI_CPU_SUSPEND_32 : PSCI_CPU_SUSPEND_64,
                                       STANDBY, 1 },
                                .flags = MB_SMC_TIMER,
                                .timer_ticks = TICKS };
            for (unsigned int i = 3; i < 31; i++) {
                c.x[i] = 0xc0de000000000000 | i;
            }
            assert_int_equal(h_call(machine, core, &c), H_OK);
            assert_int_equal(c.x[0], PSCI_SUCCESS);
            assert_int_equal(c.interrupt, MB_TIMER_PPI); // left for its owner
            assert_int_equal(c.x[1], STANDBY);
            assert_int_equal(c.x[2], 1);
            for (unsigned int i = 3; i < 31; i++) {
                assert_int_equal(c.x[i], 0xc0de000000000000 | i);
            }
        }
        struct h_call c = { .x = { PSCI_CPU_SUSPEND_64, STANDBY }, .flags = MB_SMC_SGI };
        assert_int_equal(h_call(machine, core, &c), H_OK); // one is pending already
        assert_int_equal(c.x[0], PSCI_SUCCESS);
        assert_int_equal(c.interrupt, MB_SGI);
    }
}

// A core that slept without its registers: woken by its timer, or by another core, whose SGI is there then
static void power_down_wakes_at_the_entry(void **state)
{
    (void)state;
    for (unsigned int core = 0; core < CORES; core++) {
        static const uint32_t forms[] = { PSCI_CPU_SUSPEND_64, PSCI_CPU_SUSPEND_32,
                                          PSCI_CPU_DEFAULT_SUSPEND_64,
                                          PSCI_CPU_DEFAULT_SUSPEND_32 };
        for (size_t i = 0; i < COUNT(forms); i++) {
            uint64_t id = CONTEXT_ID + i;
            bool wide = (forms[i] & SMCCC_64) != 0;
            struct h_call c = { .x = { forms[i], POWER_DOWN, h_entry(), id },
                                .flags = MB_SMC_TIMER,
                                .timer_ticks = TICKS };
            if (i >= 2) {
                c.x[1] = h_entry();
                c.x[2] = id;
                c.x[3] = 0;
            }
            assert_int_equal(h_call(machine, core, &c), H_RESTARTED);
            assert_entered(core, wide ? id : (uint32_t)id);
            assert_int_equal(state_of(core, core), PSCI_AFFINITY_ON);
            assert_echo_on(core);
        }
        struct h_call c = { .x = { PSCI_CPU_SUSPEND_64, POWER_DOWN, h_entry(), CONTEXT_ID } };
        assert_int_equal(h_call_begin(machine, core, &c), H_OK);
        assert_int_equal(h_sgi(machine, (core + 1) % CORES, core), H_OK);
        assert_int_equal(h_call_end(machine, core, &c), H_RESTARTED);
        assert_int_equal(h_boot(machine, core)->interrupt, MB_SGI);
        c.flags = MB_SMC_SGI; // one is pending already
        assert_int_equal(h_call(machine, core, &c), H_RESTARTED);
        assert_int_equal(h_boot(machine, core)->interrupt, MB_SGI);
    }
}

static void system_suspend_needs_and_keeps_the_last_core(void **state)
{
    struct h_call c = { .x = { PSCI_SYSTEM_SUSPEND_64, h_entry(), CONTEXT_ID },
                        .flags = MB_SMC_TIMER,
                        .timer_ticks = TICKS };

    (void)state;
    on(0, 3);
    assert_int_equal(psci(PSCI_SYSTEM_SUSPEND_64, h_entry(), 0, 0), PSCI_DENIED);
    assert_int_equal(psci(PSCI_SYSTEM_SUSPEND_32, h_entry(), 0, 0), PSCI_DENIED);
    off(3, 0);
    assert_int_equal(h_call(machine, 0, &c), H_RESTARTED);
    assert_entered(0, CONTEXT_ID);
    assert_echo_works();
    c.x[0] = PSCI_SYSTEM_SUSPEND_32;
    assert_int_equal(h_call(machine, 0, &c), H_RESTARTED);
    assert_entered(0, (uint32_t)CONTEXT_ID);
    on(0, 1); // and the machine is whole
    assert_echo_on(1);
}

static uint64_t stat(uint64_t fid, unsigned int core, uint64_t power_state)
{
    struct ffa_args a = { .x = { fid, h_mpidr(core), power_state } };

    assert_int_equal(h_smc(machine, 0, &a), H_OK);
    return a.x[0];
}

static void statistics_count_each_state_of_each_core(void **state)
{
    static const uint32_t states[] = { STANDBY, POWER_DOWN };
    uint64_t hz = h_boot(machine, 0)->cntfrq;

    (void)state;
    for (size_t i = 0; i < COUNT(states); i++) {
        uint64_t count = stat(PSCI_STAT_COUNT_64, 1, states[i]);
        uint64_t us = stat(PSCI_STAT_RESIDENCY_64, 1, states[i]);
        uint64_t other = stat(PSCI_STAT_COUNT_64, 1, states[1 - i]);
        uint64_t neighbour = stat(PSCI_STAT_COUNT_64, 2, states[i]);
        for (unsigned int k = 0; k < 3; k++) {
            struct h_call c = { .x = { PSCI_CPU_SUSPEND_64, states[i], h_entry(), 0 },
                                .flags = MB_SMC_TIMER,
                                .timer_ticks = hz / 100 };
            assert_int_equal(h_call(machine, 1, &c), i == 0 ? H_OK : H_RESTARTED);
        }
        assert_int_equal(stat(PSCI_STAT_COUNT_64, 1, states[i]), count + 3);
        assert_int_equal(stat(PSCI_STAT_COUNT_32, 1, states[i]), (uint32_t)(count + 3));
        // Its timer let it sleep a hundredth of a second each time, less the way in
        assert_true(stat(PSCI_STAT_RESIDENCY_64, 1, states[i]) > us);
        assert_int_equal(stat(PSCI_STAT_COUNT_64, 1, states[1 - i]), other);
        assert_int_equal(stat(PSCI_STAT_COUNT_64, 2, states[i]), neighbour);
    }
    assert_int_equal(stat(PSCI_STAT_COUNT_64, CORES, STANDBY), 0); // no error there: DEN0022 5.21
    assert_int_equal(stat(PSCI_STAT_COUNT_64, 1, 0x12345678), 0);
    assert_int_equal(stat(PSCI_STAT_RESIDENCY_64, CORES, STANDBY), 0);
}

// ---- The machine -----------------------------------------------------------------------------------------------------

static void reset2_refuses_types_it_has_not(void **state)
{
    static const uint32_t types[] = { 1, 2, 0x7fffffff, SYSTEM_RESET2_VENDOR, UINT32_MAX };

    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        assert_int_equal(psci(PSCI_SYSTEM_RESET2_64, types[i], 0, 0), PSCI_INVALID_PARAMETERS);
        assert_int_equal(psci(PSCI_SYSTEM_RESET2_32, types[i], 7, 0), PSCI_INVALID_PARAMETERS);
    }
    assert_echo_works();
}

// With other cores on, and DRAM as it was; after it these are off again
static void a_reset_from_a_running_machine_boots_again(void **state)
{
    static const uint32_t resets[] = { PSCI_SYSTEM_RESET2_64, PSCI_SYSTEM_RESET };
    struct h_options o = psci_options();

    (void)state;
    o.reboot = true;
    target_fresh(&o);
    for (size_t i = 0; i < COUNT(resets); i++) {
        uint64_t *word = h_memory(machine, MB_PAGES_BASE + 0x90000, sizeof(*word));
        *word = CONTEXT_ID;
        assert_int_equal(h_cores_on(machine, CORES), H_OK);
        assert_int_equal(h_reset(machine, resets[i]), H_OK);
        assert_int_equal(*word, CONTEXT_ID);
        for (unsigned int core = 1; core < CORES; core++) {
            assert_int_equal(state_of(0, core), PSCI_AFFINITY_OFF);
        }
        on(0, 2);
        assert_echo_on(2);
    }
    (void)target_stop(NULL);
}

static void off_from_any_core_is_off(void **state)
{
    struct h_options o = psci_options();
    struct ffa_args a = { .x = { PSCI_SYSTEM_OFF } };

    (void)state;
    o.quiet = true;
    target_fresh(&o);
    assert_int_equal(h_cores_on(machine, CORES), H_OK);
    assert_int_equal(h_smc(machine, 3, &a), H_OFF);
    assert_int_equal(h_wait_off(machine), 0);
    (void)target_stop(NULL);
}

// The rest ran on the default machine; here the other interrupt controller, EL2, an older core, and all eight cores
static void other_machines_have_cores_too(void **state)
{
    static const struct {
        const char *cpu;
        unsigned int gic, cores;
        bool el2;
    } machines[] = { { "cortex-a57", 2, 4, true },
                     { "max", 3, 8, true },
                     { "cortex-a72", 2, 8, false },
                     { "cortex-a57", 3, 2, false } };

    (void)state;
    for (size_t i = 0; i < COUNT(machines); i++) {
        struct h_options o = psci_options();
        o.cpu = machines[i].cpu;
        o.gic = machines[i].gic;
        o.cores = machines[i].cores;
        o.virtualization = machines[i].el2;
        print_message("%s GICv%u %u cores EL%u\n", o.cpu, o.gic, o.cores, o.virtualization ? 2 : 1);
        target_fresh(&o);
        assert_int_equal(h_boot(machine, 0)->current_el, machines[i].el2 ? 2 : 1);
        for (unsigned int core = 1; core < o.cores; core++) {
            struct h_call c = { .x = { PSCI_CPU_SUSPEND_64, POWER_DOWN, h_entry(), 7 },
                                .flags = MB_SMC_TIMER,
                                .timer_ticks = TICKS };
            uint64_t interrupt;

            on(0, core);
            assert_entered(core, CONTEXT_ID + core);
            assert_echo_on(core);
            assert_int_equal(h_wait_begin(machine, core, 0), H_OK);
            assert_int_equal(h_sgi(machine, 0, core), H_OK);
            assert_int_equal(h_wait_end(machine, core, &interrupt), H_OK);
            assert_int_equal(interrupt, MB_SGI);
            assert_int_equal(h_call(machine, core, &c), H_RESTARTED);
            assert_entered(core, 7);
            assert_echo_on(core);
        }
        off(1, 0);
        on(o.cores > 2 ? 2 : 0, 1);
        assert_echo_on(1);
    }
    (void)target_stop(NULL);
}

#define ONE(f) cmocka_unit_test_setup(f, one_runs)
#define ALL(f) cmocka_unit_test_setup(f, all_run)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONE(power_states_that_the_board_has_not_are_refused),
        ONE(reset2_refuses_types_it_has_not),
        ONE(system_suspend_needs_and_keeps_the_last_core),
        ALL(standby_returns_with_every_register),
        ALL(power_down_wakes_at_the_entry),
        ALL(statistics_count_each_state_of_each_core),
        cmocka_unit_test(a_reset_from_a_running_machine_boots_again),
        cmocka_unit_test(off_from_any_core_is_off),
        cmocka_unit_test(other_machines_have_cores_too),
    };

    return cmocka_run_group_tests_name("psci_sleep", tests, NULL, target_stop);
}
