// SPDX-License-Identifier: BSD-3-Clause
//
// Time for partitions (spmc/sp_timer.c): the two calls with each refusal, the watchdog in every runtime model, and
// deadlines that move when cores go and come (spmc/ffa_framework.c). A tick of the fixture's counter is a microsecond.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sp_timer.h"
#include "spmc_fixture.h"
#include "spmc_irq.h"

#define WATCHDOG_MS 20
#define WATCHDOG_US 20000

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    fixture_attend(ALPHA, true, WATCHDOG_MS, false);
    return 0;
}

static int64_t call(struct sp *sp, uint64_t number, uint64_t argument)
{
    assert_ptr_equal(SP(sp, number, argument), sp);
    return (int64_t)sp->ctx.x[0];
}

static struct sp *run(uint32_t core, struct sp *sp)
{
    return fixture_from_nwd(core, (struct ffa_args){ .x = { FFA_RUN, IDS(sp->endpoint.id, 0) } });
}

// ---- Calls -----------------------------------------------------------------------------------------------------------

static void calls_need_the_manifest(void **state)
{
    (void)state;
    fixture_enter(BETA, SP_MODEL_RUN);
    assert_int_equal(call(BETA, TESSERA_TIMER_SET, 1000), FFA_NOT_SUPPORTED);
    assert_int_equal(call(BETA, TESSERA_WATCHDOG_KICK, 0), FFA_NOT_SUPPORTED);
    assert_int_equal(fixture.hw[0].deadline, 0);
    assert_null(SP(BETA, FFA_MSG_WAIT));
    fixture_enter(ALPHA, SP_MODEL_RUN);
    assert_int_equal(call(ALPHA, TESSERA_TIMER_SET, 1000), 0);
    assert_int_equal(call(ALPHA, TESSERA_WATCHDOG_KICK, 0), 0);
}

// They are no FF-A calls: no version is settled by them, and nothing but x0 changes
static void calls_change_nothing_else(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    struct ffa_args args = { .x = { TESSERA_TIMER_SET, 1000, 2, 3, 4, 5, 6, 7 } };
    assert_ptr_equal(fixture_from_sp(0, ALPHA, args), ALPHA);
    for (unsigned int i = 1; i < 8; i++) {
        assert_int_equal((uint32_t)ALPHA->ctx.x[i], args.x[i]);
    }
    assert_false(ALPHA->endpoint.version_locked);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    // The normal world has no such calls
    assert_null(NWD(TESSERA_TIMER_SET, 1000));
    assert_true(fixture_is_error(NWD_X, FFA_NOT_SUPPORTED));
}

static void clock_counts_milliseconds_in_64_bits(void **state)
{
    static const uint64_t times[][2] = { { 0, 0 },
                                         { 999, 0 },
                                         { 1000, 1 },
                                         { 1999999, 1999 },
                                         { 4294967296000, 0x100000000 },
                                         { UINT64_MAX, 18446744073709551 } };

    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    ALPHA->config.clock = true;
    for (unsigned int i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        struct ffa_args args = { .x = { TESSERA_CLOCK, 1, 2, 3, 4, 5, 6, 7 } };

        fixture.now = times[i][0];
        assert_ptr_equal(fixture_from_sp(0, ALPHA, args), ALPHA);
        assert_int_equal(ALPHA->ctx.x[0], 0);
        assert_int_equal((uint32_t)ALPHA->ctx.x[1], 1);
        assert_int_equal(ALPHA->ctx.x[2], (uint32_t)times[i][1]);
        assert_int_equal(ALPHA->ctx.x[3], times[i][1] >> 32);
        for (unsigned int k = 4; k < 8; k++) {
            assert_int_equal((uint32_t)ALPHA->ctx.x[k], k);
        }
    }
    assert_false(ALPHA->endpoint.version_locked); // it is no FF-A call
}

static void clock_is_for_those_whose_manifest_has_it(void **state)
{
    struct ffa_args args = { .x = { TESSERA_CLOCK, 1, 2, 3, 4, 5, 6, 7 } };

    (void)state;
    fixture.now = 5000000;
    fixture_from_nwd(0, args);
    assert_int_equal(spmc_cores[0].args.x[0], FFA_ERROR); // the normal world has its own
    assert_int_equal((int32_t)spmc_cores[0].args.x[2], FFA_NOT_SUPPORTED);
    fixture_enter(ALPHA, SP_MODEL_RUN);
    assert_ptr_equal(fixture_from_sp(0, ALPHA, args), ALPHA);
    assert_int_equal((int64_t)ALPHA->ctx.x[0], FFA_NOT_SUPPORTED);
    for (unsigned int k = 1; k < 8; k++) {
        assert_int_equal((uint32_t)ALPHA->ctx.x[k], k);
    }
}

static void delays_have_limits(void **state)
{
    static const struct {
        uint64_t us;
        int64_t result;
    } rows[] = {
        { 0, 0 },
        { 1, FFA_INVALID_PARAMETERS },
        { SPMC_TIMER_MIN_US - 1, FFA_INVALID_PARAMETERS },
        { SPMC_TIMER_MIN_US, 0 },
        { UINT32_MAX, 0 },
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        reset(NULL);
        ALPHA->config.watchdog_ms = 0;
        fixture.now = 5000;
        fixture_enter(ALPHA, SP_MODEL_RUN);
        assert_int_equal(call(ALPHA, TESSERA_TIMER_SET, rows[i].us), rows[i].result);
        assert_int_equal(fixture.hw[0].deadline,
                         rows[i].result == 0 && rows[i].us != 0 ? 5000 + rows[i].us : 0);
    }
}

static void stopping_takes_back_what_fired(void **state)
{
    (void)state;
    ALPHA->config.watchdog_ms = 0;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    call(ALPHA, TESSERA_TIMER_SET, 1000);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_int_equal(ALPHA->pending, 1);
    call(ALPHA, TESSERA_TIMER_SET, 0);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_int_equal(fixture.hw[0].deadline, 0);
}

static void setting_it_again_replaces_the_deadline(void **state)
{
    (void)state;
    ALPHA->config.watchdog_ms = 0;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    call(ALPHA, TESSERA_TIMER_SET, 1000);
    call(ALPHA, TESSERA_TIMER_SET, 3000);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    fixture.now += 2999;
    assert_null(fixture_interrupts(0));
    fixture.now += 1;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
}

// Also one that has passed and was not told yet: it is not told twice, nor early
static void setting_it_again_takes_back_what_fired(void **state)
{
    (void)state;
    ALPHA->config.watchdog_ms = 0;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    call(ALPHA, TESSERA_TIMER_SET, 1000);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_int_equal(ALPHA->pending, 1);
    call(ALPHA, TESSERA_TIMER_SET, 3000);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    fixture.now += 2999;
    assert_null(fixture_interrupts(0));
    fixture.now += 1;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
}

// The hardware waits for the earliest of all deadlines of its core
static void earliest_deadline_comes_first(void **state)
{
    (void)state;
    fixture_attend(ALPHA, true, 0, false);
    fixture_attend(BETA, true, 0, false);
    fixture_enter(ALPHA, SP_MODEL_RUN);
    call(ALPHA, TESSERA_TIMER_SET, 3000);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    fixture_enter(BETA, SP_MODEL_RUN);
    call(BETA, TESSERA_TIMER_SET, 2000);
    assert_null(SP(BETA, FFA_MSG_WAIT));
    assert_int_equal(fixture.hw[0].deadline, 2000);
    fixture.now = 2000;
    assert_ptr_equal(fixture_interrupts(0), BETA);
    assert_int_equal(fixture.hw[0].deadline, 3000);
}

// ---- Watchdog --------------------------------------------------------------------------------------------------------

static void watchdog_stops_a_partition_in_every_model(void **state)
{
    static const enum sp_model models[] = { SP_MODEL_RUN, SP_MODEL_DIRECT };

    (void)state;
    for (unsigned int m = 0; m < 2; m++) {
        reset(NULL);
        ALPHA->ctx.spsr |=
            spmc_irq_normal_mask; // the normal world cannot interrupt it, its watchdog can
        fixture_enter(ALPHA, models[m]);
        fixture.now += WATCHDOG_US - 1;
        assert_ptr_equal(fixture_interrupts(0), ALPHA);
        fixture.now += 1;
        unsigned int lines = fixture.line_count;
        assert_null(fixture_interrupts(0));
        assert_int_equal(ALPHA->state, SP_STOPPED);
        assert_true(fixture_is_error(NWD_X, FFA_ABORTED));
        assert_int_equal(fixture.line_count, lines + 1);
        assert_non_null(strstr(fixture.lines[lines % FIXTURE_LINES], "alpha"));
        assert_non_null(strstr(fixture.lines[lines % FIXTURE_LINES], "watchdog"));
        assert_int_equal(fixture.hw[0].deadline, 0);
    }
}

static void watchdog_stops_the_turn_of_an_interrupt(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    call(ALPHA, TESSERA_TIMER_SET, 1000);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    fixture_enter(BETA, SP_MODEL_DIRECT);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    fixture.now += WATCHDOG_US;
    assert_ptr_equal(fixture_interrupts(0), BETA); // which goes on
    assert_int_equal(ALPHA->state, SP_STOPPED);
}

static void kick_starts_it_anew(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    for (unsigned int i = 0; i < 5; i++) {
        fixture.now += WATCHDOG_US - 1;
        assert_ptr_equal(fixture_interrupts(0), ALPHA);
        assert_int_equal(call(ALPHA, TESSERA_WATCHDOG_KICK, 0), 0);
    }
    fixture.now += WATCHDOG_US;
    assert_null(fixture_interrupts(0));
    assert_int_equal(ALPHA->state, SP_STOPPED);
}

// In the turn of an interrupt the normal world waits: a partition may not stretch it
static void kick_is_denied_in_the_turn_of_an_interrupt(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    call(ALPHA, TESSERA_TIMER_SET, 1000);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    fixture.now += WATCHDOG_US - 1;
    assert_int_equal(call(ALPHA, TESSERA_WATCHDOG_KICK, 0), FFA_DENIED);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    fixture.now += 1;
    assert_null(fixture_interrupts(0));
    assert_int_equal(ALPHA->state, SP_STOPPED);
}

static void waiting_partition_has_no_watchdog(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 3; i++) {
        fixture_enter(ALPHA, SP_MODEL_DIRECT);
        fixture.now += WATCHDOG_US - 1;
        assert_null(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0)));
        assert_int_equal(fixture.hw[0].deadline, 0);
        fixture.now += 10 * WATCHDOG_US;
        assert_null(fixture_interrupts(0));
    }
    assert_int_equal(ALPHA->state, SP_WAITING);
}

// Time in which it has no core does not count; what it had used before does
static void watchdog_stands_still_while_others_have_the_core(void **state)
{
    (void)state;
    for (unsigned int yield = 0; yield < 2; yield++) {
        reset(NULL);
        fixture_enter(ALPHA, SP_MODEL_RUN);
        fixture.now += WATCHDOG_US - 100;
        assert_null(yield != 0 ? SP(ALPHA, FFA_YIELD) : fixture_interrupt(0, ALPHA));
        assert_int_equal(fixture.hw[0].deadline, 0);
        fixture.now += 10 * WATCHDOG_US;
        assert_null(fixture_interrupts(0));
        assert_ptr_equal(run(1, ALPHA), ALPHA); // on any core
        fixture.now += 99;
        assert_ptr_equal(fixture_interrupts(1), ALPHA);
        fixture.now += 1;
        assert_null(fixture_interrupts(1));
        assert_int_equal(ALPHA->state, SP_STOPPED);
    }
}

static void watchdog_stands_still_during_another_partition_s_interrupt(void **state)
{
    (void)state;
    fixture_attend(BETA, true, 0, false);
    fixture_enter(BETA, SP_MODEL_RUN);
    call(BETA, TESSERA_TIMER_SET, 1000);
    assert_null(SP(BETA, FFA_MSG_WAIT));
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), BETA);
    fixture.now += 5 * WATCHDOG_US;
    assert_ptr_equal(fixture_interrupts(0), BETA);
    assert_ptr_equal(SP(BETA, FFA_MSG_WAIT), ALPHA);
    fixture.now += WATCHDOG_US - 1000 - 1;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    fixture.now += 1;
    assert_null(fixture_interrupts(0));
    assert_int_equal(ALPHA->state, SP_STOPPED);
}

// It expired in the very moment in which the normal world took the core: it ends the next turn at once
static void used_up_time_is_not_given_back(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    fixture.now += 2 * WATCHDOG_US;
    fixture.hw[0].deadline = 0; // the interrupt was slower than the partition's own call
    assert_null(SP(ALPHA, FFA_YIELD));
    assert_ptr_equal(run(0, ALPHA), ALPHA);
    fixture.now += 1;
    assert_null(fixture_interrupts(0));
    assert_int_equal(ALPHA->state, SP_STOPPED);
}

static void watchdog_counts_in_the_first_entry_until_its_wait(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    sp_timer_watchdog_start(&spmc_cores[0], ALPHA); // as spmc_boot_next() does
    fixture.now += WATCHDOG_US - 1;
    assert_int_equal(call(ALPHA, TESSERA_WATCHDOG_KICK, 0), 0);
    assert_int_equal(fixture.hw[0].deadline, fixture.now + WATCHDOG_US);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_int_equal(fixture.hw[0].deadline, 0);
    assert_true(ALPHA->initialised);
}

static void first_entry_that_hangs_is_ended_and_the_boot_goes_on(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    sp_timer_watchdog_start(&spmc_cores[0], ALPHA);
    fixture.boot_next = BETA;
    fixture.now += WATCHDOG_US;
    assert_ptr_equal(fixture_interrupts(0), BETA);
    assert_int_equal(ALPHA->state, SP_STOPPED);
    assert_int_equal(BETA->model, SP_MODEL_INIT);
    assert_int_equal(fixture.hw[0].deadline, 0);
    assert_int_equal(fixture.boot_next_calls, 1);
}

// ---- Cores go and come -----------------------------------------------------------------------------------------------

#define ASK(core, type, w3)                                                                        \
    fixture_from_nwd(                                                                              \
        core, (struct ffa_args){ .x = { FFA_MSG_SEND_DIRECT_REQ_32, IDS(FFA_ID_SPMD, FFA_ID_SPMC), \
                                        FFA_MSG_FRAMEWORK | (type), (w3) } })

static void assert_power_answer(uint32_t core, int32_t status)
{
    assert_true(fixture_is(spmc_cores[core].args.x, FFA_MSG_SEND_DIRECT_RESP_32,
                           IDS(FFA_ID_SPMC, FFA_ID_SPMD), FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_PM_RESP,
                           (uint32_t)status));
}

static void power_messages_are_answered(void **state)
{
    static const struct {
        uint32_t function;
        int32_t status;
    } rows[] = {
        { PSCI_CPU_OFF, PSCI_SUCCESS },           { PSCI_CPU_SUSPEND_32, PSCI_SUCCESS },
        { PSCI_CPU_SUSPEND_64, PSCI_SUCCESS },    { PSCI_CPU_DEFAULT_SUSPEND_64, PSCI_SUCCESS },
        { PSCI_SYSTEM_SUSPEND_64, PSCI_SUCCESS }, { PSCI_SYSTEM_OFF, PSCI_SUCCESS },
        { PSCI_SYSTEM_RESET, PSCI_SUCCESS },      { PSCI_SYSTEM_RESET2_64, PSCI_SUCCESS },
        { PSCI_VERSION, PSCI_NOT_SUPPORTED },     { PSCI_CPU_ON_32, PSCI_NOT_SUPPORTED },
        { FFA_MSG_WAIT, PSCI_NOT_SUPPORTED },
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_null(ASK(0, FFA_FRAMEWORK_PSCI_REQ, rows[i].function));
        assert_power_answer(0, rows[i].status);
        assert_null(ASK(0, FFA_FRAMEWORK_WARM_BOOT, 0));
        assert_power_answer(0, PSCI_SUCCESS);
    }
    assert_false(ffa_nwd.version_locked); // none of it was the normal world's
}

// PSCI functions of SMC64 come in a 64-bit request; the answer has one form
static void power_message_in_a_64_bit_request(void **state)
{
    (void)state;
    fixture_nwd_version(FFA_VERSION_1_2);
    assert_null(NWD(FFA_MSG_SEND_DIRECT_REQ_64, IDS(FFA_ID_SPMD, FFA_ID_SPMC),
                    FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_SUSPEND_64, 0x10000,
                    0xffff000012345678, 0x1234567890));
    assert_power_answer(0, PSCI_SUCCESS);
}

static void power_message_to_somebody_else(void **state)
{
    (void)state;
    NWD(FFA_MSG_SEND_DIRECT_REQ_32, IDS(FFA_ID_SPMD, ALPHA_ID),
        FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    assert_true(spmc_cores[0].online);
}

static void arm_on(uint32_t core, struct sp *sp)
{
    assert_ptr_equal(run(core, sp), sp);
    struct ffa_args args = { .x = { TESSERA_TIMER_SET, 1000 } };
    assert_ptr_equal(fixture_from_sp(core, sp, args), sp);
    assert_null(fixture_from_sp(core, sp, (struct ffa_args){ .x = { FFA_MSG_WAIT } }));
}

static void deadlines_move_to_another_core(void **state)
{
    (void)state;
    arm_on(1, ALPHA);
    ASK(1, FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF);
    assert_int_equal(fixture.hw[1].deadline, 0);
    assert_true(fixture.hw[0].sgi);
    assert_null(fixture_interrupts(0)); // the message: it sets its timer
    assert_int_equal(fixture.hw[0].deadline, 1000);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_int_equal(ALPHA->model, SP_MODEL_INTERRUPT);
}

// Nothing to move: nobody is disturbed
static void core_without_deadlines_goes_in_silence(void **state)
{
    (void)state;
    arm_on(0, ALPHA);
    ASK(1, FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF);
    assert_false(fixture.hw[0].sgi);
}

static void last_core_keeps_its_deadlines(void **state)
{
    (void)state;
    ASK(1, FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF);
    arm_on(0, ALPHA);
    ASK(0, FFA_FRAMEWORK_PSCI_REQ, PSCI_SYSTEM_SUSPEND_64);
    assert_power_answer(0, PSCI_SUCCESS);
    assert_int_equal(fixture.hw[0].deadline, 1000); // it may wake the machine
    fixture.hw[0].deadline = 0;                     // lost with the power
    fixture.now += 5000;
    ASK(0, FFA_FRAMEWORK_WARM_BOOT, 0);
    assert_ptr_equal(fixture_interrupts(0), ALPHA); // late, but not forgotten
}

// All were off at some time; who comes first takes over
static void core_that_comes_takes_over_what_nobody_serves(void **state)
{
    (void)state;
    ASK(1, FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF);
    arm_on(0, ALPHA);
    ASK(0, FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF);
    fixture.core = 1;
    sp_timer_core_on(&spmc_cores[1]); // its start, as spmc_core_start makes it
    assert_int_equal(fixture.hw[1].deadline, 1000);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(1), ALPHA);
}

// The other one sleeps: nobody is left but it to serve, so it is woken
static void core_that_goes_off_wakes_one_that_sleeps(void **state)
{
    (void)state;
    ASK(1, FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_SUSPEND_64);
    arm_on(0, ALPHA);
    ASK(0, FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF);
    assert_int_equal(fixture.hw[0].deadline, 0);
    assert_true(fixture.hw[1].sgi);
    ASK(1, FFA_FRAMEWORK_WARM_BOOT, 0);
    assert_int_equal(fixture.hw[1].deadline, 1000);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(1), ALPHA);
}

// If both sleep the timer of the one that has them wakes it: the other one is left in peace
static void core_that_sleeps_wakes_nobody(void **state)
{
    (void)state;
    ASK(1, FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_SUSPEND_64);
    arm_on(0, ALPHA);
    ASK(0, FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_SUSPEND_64);
    assert_int_equal(fixture.hw[0].deadline, 1000);
    assert_false(fixture.hw[1].sgi);
}

// A core that is not the deadline's finds nothing due, whoever woke it
static void moved_deadline_fires_once(void **state)
{
    (void)state;
    arm_on(0, ALPHA);
    arm_on(1, ALPHA); // set again on core 1; core 0 still waits for the former deadline
    fixture.now += 1000;
    assert_null(fixture_interrupts(0));
    assert_int_equal(ALPHA->pending, 0);
    assert_ptr_equal(fixture_interrupts(1), ALPHA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(calls_need_the_manifest, reset),
        cmocka_unit_test_setup(calls_change_nothing_else, reset),
        cmocka_unit_test_setup(clock_counts_milliseconds_in_64_bits, reset),
        cmocka_unit_test_setup(clock_is_for_those_whose_manifest_has_it, reset),
        cmocka_unit_test_setup(delays_have_limits, reset),
        cmocka_unit_test_setup(stopping_takes_back_what_fired, reset),
        cmocka_unit_test_setup(setting_it_again_replaces_the_deadline, reset),
        cmocka_unit_test_setup(setting_it_again_takes_back_what_fired, reset),
        cmocka_unit_test_setup(earliest_deadline_comes_first, reset),
        cmocka_unit_test_setup(watchdog_stops_a_partition_in_every_model, reset),
        cmocka_unit_test_setup(watchdog_stops_the_turn_of_an_interrupt, reset),
        cmocka_unit_test_setup(kick_starts_it_anew, reset),
        cmocka_unit_test_setup(kick_is_denied_in_the_turn_of_an_interrupt, reset),
        cmocka_unit_test_setup(waiting_partition_has_no_watchdog, reset),
        cmocka_unit_test_setup(watchdog_stands_still_while_others_have_the_core, reset),
        cmocka_unit_test_setup(watchdog_stands_still_during_another_partition_s_interrupt, reset),
        cmocka_unit_test_setup(used_up_time_is_not_given_back, reset),
        cmocka_unit_test_setup(watchdog_counts_in_the_first_entry_until_its_wait, reset),
        cmocka_unit_test_setup(first_entry_that_hangs_is_ended_and_the_boot_goes_on, reset),
        cmocka_unit_test_setup(power_messages_are_answered, reset),
        cmocka_unit_test_setup(power_message_in_a_64_bit_request, reset),
        cmocka_unit_test_setup(power_message_to_somebody_else, reset),
        cmocka_unit_test_setup(deadlines_move_to_another_core, reset),
        cmocka_unit_test_setup(core_without_deadlines_goes_in_silence, reset),
        cmocka_unit_test_setup(last_core_keeps_its_deadlines, reset),
        cmocka_unit_test_setup(core_that_comes_takes_over_what_nobody_serves, reset),
        cmocka_unit_test_setup(core_that_goes_off_wakes_one_that_sleeps, reset),
        cmocka_unit_test_setup(core_that_sleeps_wakes_nobody, reset),
        cmocka_unit_test_setup(moved_deadline_fires_once, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
