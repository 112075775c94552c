// SPDX-License-Identifier: BSD-3-Clause
//
// PSCI 1.1 (DEN0022) on four cores: every call, every error it can give, what a core is like that comes up or goes, and callers
// that race. test_psci_sleep.c has suspend and the machine as a whole, test_power.c what needs one core, test_hotplug.c load.
#include "platform/boards/qemu_virt/board.h"
#include "tests/target/target_psci.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

// ---- What there is ---------------------------------------------------------------------------------------------------

static void the_calls_are_those_of_the_table(void **state)
{
    static const uint32_t there[] = {
        PSCI_VERSION,
        PSCI_CPU_SUSPEND_32,
        PSCI_CPU_SUSPEND_64,
        PSCI_CPU_OFF,
        PSCI_CPU_ON_32,
        PSCI_CPU_ON_64,
        PSCI_AFFINITY_INFO_32,
        PSCI_AFFINITY_INFO_64,
        PSCI_MIGRATE_INFO_TYPE,
        PSCI_SYSTEM_OFF,
        PSCI_SYSTEM_RESET,
        PSCI_FEATURES,
        PSCI_NODE_HW_STATE_32,
        PSCI_NODE_HW_STATE_64,
        PSCI_CPU_DEFAULT_SUSPEND_32,
        PSCI_SYSTEM_SUSPEND_32,
        PSCI_CPU_DEFAULT_SUSPEND_64,
        PSCI_SYSTEM_SUSPEND_64,
        PSCI_STAT_RESIDENCY_32,
        PSCI_STAT_RESIDENCY_64,
        PSCI_STAT_COUNT_32,
        PSCI_STAT_COUNT_64,
        PSCI_SYSTEM_RESET2_32,
        PSCI_SYSTEM_RESET2_64,
    };

    (void)state;
    for (uint32_t number = 0; number < 0x40; number++) {
        for (uint32_t wide = 0; wide < 2; wide++) {
            uint32_t fid = 0x84000000 | wide << 30 | number;
            int32_t expected = PSCI_NOT_SUPPORTED;
            for (size_t i = 0; i < COUNT(there); i++) {
                expected = there[i] == fid ? 0 : expected;
            }
            int32_t answer = psci(PSCI_FEATURES, fid, 0, 0);
            if (answer != expected) {
                fail_msg("PSCI_FEATURES(%#x) answered %d", fid, (int)answer);
            }
            if (expected != 0 && number <= PSCI_NUMBER_LAST) {
                assert_int_equal(psci(fid, 0, 0, 0), PSCI_NOT_SUPPORTED);
            }
        }
    }
    assert_int_equal(psci(PSCI_VERSION, 0, 0, 0), PSCI_VERSION_1_1);
    assert_int_equal(psci(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0), PSCI_MIGRATE_NOT_NEEDED);
}

static void affinity_info_knows_all_nodes_and_levels(void **state)
{
    static const uint64_t none[] = {
        CORES,        7,          8,          0xff,           0x100,     0x10000, 1ull << 32,
        0xff00000000, 1ull << 31, 1ull << 24, 1ull << 30 | 1, UINT64_MAX
    };

    (void)state;
    assert_int_equal(state_of(0, 0), PSCI_AFFINITY_ON);
    for (unsigned int core = 1; core < CORES; core++) {
        assert_int_equal(state_of(0, core), PSCI_AFFINITY_OFF);
        for (uint64_t level = 1; level < 4; level++) { // one core of the node is on
            assert_int_equal(psci(PSCI_AFFINITY_INFO_64, core, level, 0), PSCI_AFFINITY_ON);
        }
        assert_int_equal(psci(PSCI_AFFINITY_INFO_32, core | 0xbad00000000, 0, 0),
                         PSCI_AFFINITY_OFF); // the upper half is no argument
    }
    for (size_t i = 0; i < COUNT(none); i++) {
        print_message("%#llx\n", (unsigned long long)none[i]);
        assert_int_equal(psci(PSCI_AFFINITY_INFO_64, none[i], 0, 0), PSCI_INVALID_PARAMETERS);
    }
    assert_int_equal(psci(PSCI_AFFINITY_INFO_64, 0, 4, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(psci(PSCI_AFFINITY_INFO_64, 0, UINT32_MAX, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(psci(PSCI_AFFINITY_INFO_64, 0x100, 1, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(psci(PSCI_AFFINITY_INFO_64, 0xff, 1, 0), PSCI_AFFINITY_ON); // Aff0 is ignored
}

static void node_hw_state_is_the_hardwares_view(void **state)
{
    struct h_call standby = { .x = { PSCI_CPU_SUSPEND_64, STANDBY } };
    int32_t hw = PSCI_HW_ON;
    uint64_t interrupt;

    (void)state;
    on(0, 1);
    assert_int_equal(psci(PSCI_NODE_HW_STATE_64, 0, 0, 0), PSCI_HW_ON);
    assert_int_equal(psci(PSCI_NODE_HW_STATE_32, 1, 0, 0), PSCI_HW_ON);
    assert_int_equal(psci(PSCI_NODE_HW_STATE_64, 2, 0, 0), PSCI_HW_OFF);
    assert_int_equal(psci(PSCI_NODE_HW_STATE_64, 2, 1, 0), PSCI_HW_ON); // its cluster
    assert_int_equal(psci(PSCI_NODE_HW_STATE_64, 2, 2, 0), PSCI_HW_ON); // the system
    assert_int_equal(psci(PSCI_NODE_HW_STATE_64, 2, 3, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(psci(PSCI_NODE_HW_STATE_64, CORES, 0, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(h_call_begin(machine, 1, &standby), H_OK);
    for (unsigned int i = 0; i < 100000 && hw != PSCI_HW_STANDBY; i++) {
        hw = psci(PSCI_NODE_HW_STATE_64, 1, 0, 0);
    }
    assert_int_equal(hw, PSCI_HW_STANDBY);
    assert_int_equal(state_of(0, 1), PSCI_AFFINITY_ON); // PSCI's view
    assert_int_equal(h_sgi(machine, 0, 1), H_OK);
    assert_int_equal(h_call_end(machine, 1, &standby), H_OK);
    assert_int_equal(standby.x[0], PSCI_SUCCESS);
    assert_int_equal(h_wait_begin(machine, 1, 0), H_OK); // still there for it
    assert_int_equal(h_wait_end(machine, 1, &interrupt), H_OK);
    assert_int_equal(interrupt, MB_SGI);
    assert_int_equal(psci(PSCI_NODE_HW_STATE_64, 1, 0, 0), PSCI_HW_ON);
}

// ---- On and off ------------------------------------------------------------------------------------------------------

static void cpu_on_refuses_what_is_no_core(void **state)
{
    static const uint64_t none[] = {
        CORES,    7,          0xff,           0x100,        0x10000,
        1u << 24, 1ull << 32, 1ull << 31 | 1, 1u << 30 | 1, UINT64_MAX
    };

    (void)state;
    for (size_t i = 0; i < COUNT(none); i++) {
        assert_int_equal(psci(PSCI_CPU_ON_64, none[i], h_entry(), 0), PSCI_INVALID_PARAMETERS);
    }
    assert_int_equal(psci(PSCI_CPU_ON_64, 0, h_entry(), 0), PSCI_ALREADY_ON); // the caller itself
    for (unsigned int core = 1; core < CORES; core++) {
        assert_int_equal(state_of(0, core), PSCI_AFFINITY_OFF);
    }
}

static void no_call_takes_an_entry_outside_of_the_normal_worlds_memory(void **state)
{
    uint64_t end = NS_DRAM_BASE + ((uint64_t)psci_options().memory_mib << 20);
    const uint64_t bad[] = {
        0, // secure flash
        FLASH_SIZE - 4,
        SECURE_RAM_BASE, // BL31
        BL31_BASE + 0x800,
        SPMC_BASE,
        PAGE_POOL_BASE,
        SECURE_RAM_BASE + SECURE_RAM_SIZE - 4,
        GICD_BASE, // devices
        UART_NS_BASE,
        UART_SECURE_BASE,
        NS_DRAM_BASE - 4,
        end,
        end + 0x1000,
        h_entry() + 1, // no A64 instruction
        h_entry() + 2,
        h_entry() | 1ull << 56, // what an address register would ignore
        h_entry() | 1ull << 48,
        UINT64_MAX,
        UINT64_MAX - 3,
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        print_message("%#llx\n", (unsigned long long)bad[i]);
        assert_int_equal(psci(PSCI_CPU_ON_64, 1, bad[i], 0), PSCI_INVALID_ADDRESS);
        assert_int_equal(psci(PSCI_CPU_SUSPEND_64, POWER_DOWN, bad[i], 0), PSCI_INVALID_ADDRESS);
        assert_int_equal(psci(PSCI_CPU_DEFAULT_SUSPEND_64, bad[i], 0, 0), PSCI_INVALID_ADDRESS);
        assert_int_equal(psci(PSCI_SYSTEM_SUSPEND_64, bad[i], 0, 0), PSCI_INVALID_ADDRESS);
        if (bad[i] <= UINT32_MAX) {
            assert_int_equal(psci(PSCI_CPU_ON_32, 1, bad[i], 0), PSCI_INVALID_ADDRESS);
        }
    }
    assert_int_equal(state_of(0, 1), PSCI_AFFINITY_OFF);
    assert_echo_works();
}

static void a_core_that_comes_up_is_as_promised(void **state)
{
    struct mb_slot *slot = h_memory(machine, MB_BASE + 2 * MB_SLOT_SIZE, sizeof(*slot));

    (void)state;
    for (unsigned int core = 1; core < CORES; core++) {
        on(core - 1, core); // each by the one before
        assert_entered(core, CONTEXT_ID + core);
        assert_int_equal(state_of(0, core), PSCI_AFFINITY_ON);
        assert_int_equal(psci(PSCI_CPU_ON_64, core, h_entry(), 0), PSCI_ALREADY_ON);
        assert_echo_on(core);
    }
    off(2, 0);
    slot->magic = 0;
    // Of an SMC32 call only the low halves count
    assert_int_equal(psci(PSCI_CPU_ON_32, 0xbad00000002, h_entry() | 0xbad00000000, CONTEXT_ID),
                     PSCI_SUCCESS);
    while (__atomic_load_n(&slot->magic, __ATOMIC_ACQUIRE) != MB_MAGIC) {
        assert_int_not_equal(state_of(0, 2), PSCI_AFFINITY_OFF);
    }
    assert_entered(2, (uint32_t)CONTEXT_ID);
}

static void cores_go_off_and_on_again(void **state)
{
    (void)state;
    for (unsigned int round = 0; round < 5; round++) {
        for (unsigned int core = 0; core < CORES; core++) { // core 0, too
            unsigned int by = (core + 1 + round % (CORES - 1)) % CORES;

            off(core, by);
            assert_int_equal(state_of(by, core), PSCI_AFFINITY_OFF);
            assert_int_equal(psci_on(by, PSCI_NODE_HW_STATE_64, core, 0, 0), PSCI_HW_OFF);
            assert_echo_on(by);
            on(by, core);
            assert_int_equal(h_boot(machine, core)->x[0], CONTEXT_ID + core);
            assert_echo_on(core);
        }
    }
}

static void the_last_core_does_not_go_off(void **state)
{
    (void)state;
    assert_int_equal(psci(PSCI_CPU_OFF, 0, 0, 0), PSCI_DENIED);
    on(0, 1);
    off(0, 1);
    assert_int_equal(psci_on(1, PSCI_CPU_OFF, 0, 0, 0), PSCI_DENIED);
    assert_int_equal(state_of(1, 1), PSCI_AFFINITY_ON);
    on(1, 0);
    off(1, 0);
}

// What came for a core while it was off is not there when it comes back: its private interrupts start anew
static void an_interrupt_does_not_outlive_the_core(void **state)
{
    (void)state;
    on(0, 1);
    off(1, 0);
    assert_int_equal(h_sgi(machine, 0, 1), H_OK);
    assert_int_equal(state_of(0, 1), PSCI_AFFINITY_OFF); // and it wakes nobody
    on(0, 1);
    assert_int_equal(h_boot(machine, 1)->interrupt, MB_NO_INTERRUPT);
}

// ---- Races -----------------------------------------------------------------------------------------------------------

static void one_of_many_callers_gets_the_core(void **state)
{
    unsigned int seen[3] = { 0 };

    (void)state;
    for (unsigned int round = 0; round < 30; round++) {
        struct mb_slot *slot = h_memory(machine, MB_BASE + 3 * MB_SLOT_SIZE, sizeof(*slot));
        unsigned int won = 0;

        off(3, 0);
        slot->magic = 0;
        h_together(machine);
        for (unsigned int core = 0; core < 3; core++) {
            struct h_call c = { .x = { PSCI_CPU_ON_64, h_mpidr(3), h_entry(), core },
                                .flags = MB_SMC_TOGETHER,
                                .together = 3 };
            assert_int_equal(h_call_begin(machine, core, &c), H_OK);
        }
        unsigned int winner = CORES;
        for (unsigned int core = 0; core < 3; core++) {
            struct h_call c = { 0 };
            assert_int_equal(h_call_end(machine, core, &c), H_OK);
            int32_t answer = (int32_t)c.x[0];
            if (answer == PSCI_SUCCESS) {
                won++;
                winner = core;
            } else {
                assert_true(answer == PSCI_ON_PENDING || answer == PSCI_ALREADY_ON);
            }
            seen[answer == PSCI_SUCCESS ? 0 : answer == PSCI_ON_PENDING ? 1 : 2]++;
        }
        assert_int_equal(won, 1);
        int32_t before = PSCI_AFFINITY_ON_PENDING;
        while (__atomic_load_n(&slot->magic, __ATOMIC_ACQUIRE) != MB_MAGIC) {
            int32_t now = state_of(0, 3); // ON_PENDING, then ON for good
            assert_true(now == before ||
                        (before == PSCI_AFFINITY_ON_PENDING && now == PSCI_AFFINITY_ON));
            before = now;
        }
        assert_int_equal(h_boot(machine, 3)->x[0], winner);
    }
    print_message("%u got it, %u ON_PENDING, %u ALREADY_ON\n", seen[0], seen[1], seen[2]);
}

// A core that is called while it goes: ALREADY_ON until it is off, then it comes back
static void a_core_can_be_called_while_it_goes(void **state)
{
    struct mb_slot *slot = h_memory(machine, MB_BASE + 2 * MB_SLOT_SIZE, sizeof(*slot));

    (void)state;
    for (unsigned int round = 0; round < 30; round++) {
        struct h_call go = { .x = { PSCI_CPU_OFF } };
        int32_t answer = PSCI_ALREADY_ON;

        slot->magic = 0;
        assert_int_equal(h_call_begin(machine, 2, &go), H_OK);
        for (unsigned int i = 0; i < 1000000 && answer != PSCI_SUCCESS; i++) {
            assert_int_equal(answer, PSCI_ALREADY_ON);
            answer = psci_on(1, PSCI_CPU_ON_64, h_mpidr(2), h_entry(), round);
        }
        assert_int_equal(answer, PSCI_SUCCESS);
        assert_int_equal(h_call_end(machine, 2, &go), H_RESTARTED);
        assert_int_equal(h_boot(machine, 2)->x[0], round);
        assert_echo_on(2);
    }
}

#define ONE(f) cmocka_unit_test_setup(f, one_runs)
#define ALL(f) cmocka_unit_test_setup(f, all_run)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONE(the_calls_are_those_of_the_table),
        ONE(affinity_info_knows_all_nodes_and_levels),
        ONE(cpu_on_refuses_what_is_no_core),
        ONE(no_call_takes_an_entry_outside_of_the_normal_worlds_memory),
        ONE(a_core_that_comes_up_is_as_promised),
        ONE(the_last_core_does_not_go_off),
        ONE(an_interrupt_does_not_outlive_the_core),
        ONE(node_hw_state_is_the_hardwares_view),
        ALL(cores_go_off_and_on_again),
        ALL(one_of_many_callers_gets_the_core),
        ALL(a_core_can_be_called_while_it_goes),
    };

    return cmocka_run_group_tests_name("psci", tests, NULL, target_stop);
}
