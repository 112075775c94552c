// SPDX-License-Identifier: BSD-3-Clause
//
// Secure interrupts (spmc/sp_interrupt.c): every state of a partition against the interrupt of its timer, who gets the core
// afterwards, and what the normal world's and EL3's interrupts do meanwhile. Expected behaviour: DEN0077A "Secure
// interrupts" for S-EL0, as /spmc/README.md has it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "regs.h"
#include "spmc_fixture.h"
#include "spmc_irq.h"

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    fixture_attend(ALPHA, true, 0, false);
    return 0;
}

// A running partition sets its timer.
static void set_timer(uint32_t core, struct sp *sp, uint64_t us)
{
    struct ffa_args args = { .x = { TESSERA_TIMER_SET, us } };

    assert_ptr_equal(fixture_from_sp(core, sp, args), sp);
    assert_int_equal(sp->ctx.x[0], 0);
}

static struct sp *call(uint32_t core, struct sp *sp, uint32_t fid, uint64_t x1)
{
    return fixture_from_sp(core, sp, (struct ffa_args){ .x = { fid, x1 } });
}

// `sp` waits, and its timer fires on `core` in 1000 µs.
static void arm(uint32_t core, struct sp *sp)
{
    assert_ptr_equal(
        fixture_from_nwd(core, (struct ffa_args){ .x = { FFA_RUN, IDS(sp->endpoint.id, 0) } }), sp);
    set_timer(core, sp, 1000);
    assert_null(call(core, sp, FFA_MSG_WAIT, 0));
}

static void assert_interrupted(const struct sp *sp)
{
    assert_int_equal(sp->state, SP_RUNNING);
    assert_int_equal(sp->model, SP_MODEL_INTERRUPT);
    assert_true(fixture_is(sp->ctx.x, FFA_INTERRUPT, 0, TESSERA_INTERRUPT_TIMER, 0));
    assert_int_equal(sp->pending, 0);
}

static void assert_resumed_normal_world(uint32_t core)
{
    assert_null(fixture_running(core));
    assert_true(fixture_is(spmc_cores[core].args.x, FFA_NORMAL_WORLD_RESUME, 0, 0, 0));
}

// ---- Each state ------------------------------------------------------------------------------------------------------

static void waiting_partition_gets_the_core_from_the_normal_world(void **state)
{
    (void)state;
    arm(0, ALPHA);
    fixture.now += 999;
    assert_null(fixture_interrupts(0)); // not yet
    fixture.now += 1;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_interrupted(ALPHA);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_resumed_normal_world(0);
    assert_int_equal(ALPHA->state, SP_WAITING);
    assert_int_equal(fixture.hw[0].deadline, 0); // fired once
    fixture.now += 100000;
    assert_null(fixture_interrupts(0));
}

// An interrupt is no call of the normal world (DEN0077A 13.2)
static void interrupt_ends_no_version_negotiation(void **state)
{
    (void)state;
    arm(0, ALPHA);
    ffa_nwd.version_locked = false;
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_false(ffa_nwd.version_locked);
    fixture_nwd_version(FFA_VERSION_1_1);
}

static void nothing_pending_goes_straight_back(void **state)
{
    (void)state;
    fixture.hw[0].sgi = true; // a message that brings nothing
    assert_null(fixture_interrupts(0));
    assert_resumed_normal_world(0);
}

static void waiting_partition_gets_the_core_from_another_one(void **state)
{
    static const enum sp_model models[] = { SP_MODEL_RUN, SP_MODEL_DIRECT };

    (void)state;
    for (unsigned int m = 0; m < 2; m++) {
        reset(NULL);
        arm(0, ALPHA);
        fixture_enter(BETA, models[m]);
        spmc_cores[0].fp_owner = BETA;
        struct sp was = *BETA;
        fixture.now += 1000;
        assert_ptr_equal(fixture_interrupts(0), ALPHA);
        assert_interrupted(ALPHA);
        assert_int_equal(fixture.gives_back, 1); // ALPHA must not see BETA's FP registers
        // BETA is this core's all the while
        assert_null(fixture_from_nwd(1, (struct ffa_args){ .x = { FFA_RUN, IDS(BETA_ID, 0) } }));
        assert_true(fixture_is_error(spmc_cores[1].args.x, FFA_BUSY));
        assert_ptr_equal(SP(ALPHA, FFA_MSG_WAIT), BETA);
        assert_memory_equal(&BETA->ctx, &was.ctx, sizeof(was.ctx));
        assert_int_equal(BETA->model, models[m]);
        assert_null(models[m] == SP_MODEL_RUN
                        ? call(0, BETA, FFA_MSG_WAIT, 0)
                        : call(0, BETA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(BETA_ID, 0)));
    }
}

// It is told when it would next be waiting; who waits for it gets the answer it gave, after that
static void running_partition_is_told_at_the_end_of_its_turn(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    set_timer(0, ALPHA, 100);
    fixture.now += 100;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_int_equal(ALPHA->model, SP_MODEL_DIRECT);
    assert_ptr_equal(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0), 0, 1, 2, 3, 4, 5),
                     ALPHA);
    assert_interrupted(ALPHA);
    assert_ptr_equal(call(0, ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0)), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED)); // it has answered already
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    static const uint64_t answer[18] = {
        FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0), 0, 1, 2, 3, 4, 5
    };
    assert_memory_equal(NWD_X, answer, sizeof(answer));
    assert_int_equal(ALPHA->state, SP_WAITING);
}

static void running_partition_on_another_core_is_told_there(void **state)
{
    (void)state;
    arm(0, ALPHA);
    assert_ptr_equal(fixture_from_nwd(1, (struct ffa_args){ .x = { FFA_RUN, IDS(ALPHA_ID, 0) } }),
                     ALPHA);
    fixture.now += 1000;
    assert_null(fixture_interrupts(0)); // core 0 has the timer, core 1 the partition
    assert_resumed_normal_world(0);
    assert_int_equal(ALPHA->pending, 1);
    assert_ptr_equal(call(1, ALPHA, FFA_MSG_WAIT, 0), ALPHA);
    assert_interrupted(ALPHA);
    assert_null(call(1, ALPHA, FFA_MSG_WAIT, 0));
    assert_true(fixture_is(spmc_cores[1].args.x, FFA_MSG_WAIT, 0, 0, 0)); // of its first turn
}

static void blocked_and_preempted_partitions_are_told_after_they_were_resumed(void **state)
{
    (void)state;
    for (unsigned int preempted = 0; preempted < 2; preempted++) {
        reset(NULL);
        fixture_enter(ALPHA, SP_MODEL_DIRECT);
        set_timer(0, ALPHA, 100);
        assert_null(preempted != 0 ? fixture_interrupt(0, ALPHA) : call(0, ALPHA, FFA_YIELD, 0));
        struct sp was = *ALPHA;
        fixture.now += 100;
        assert_null(fixture_interrupts(0));
        assert_resumed_normal_world(0);
        assert_int_equal(ALPHA->state, preempted != 0 ? SP_PREEMPTED : SP_BLOCKED);
        assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
        assert_memory_equal(&ALPHA->ctx, &was.ctx, sizeof(was.ctx)); // exactly where it was
        assert_int_equal(ALPHA->model, SP_MODEL_DIRECT);
        assert_ptr_equal(call(0, ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0)), ALPHA);
        assert_interrupted(ALPHA);
    }
}

static void stopped_partition_hears_nothing(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    set_timer(0, ALPHA, 100);
    assert_null(fixture_stop(0, ALPHA));
    assert_true(fixture_is_error(NWD_X, FFA_ABORTED));
    fixture.now += 100;
    assert_null(fixture_interrupts(0));
    assert_int_equal(ALPHA->state, SP_STOPPED);
    assert_int_equal(ALPHA->pending, 0);
}

// Interrupts are masked while the partitions initialise: what fires then comes when the normal world runs
static void starting_partition_is_told_after_the_boot(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    set_timer(0, ALPHA, 100);
    fixture.now += 100;
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_true(fixture_is(NWD_X, FFA_MSG_WAIT, 0, 0, 0)); // the end of the boot, undisturbed
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_interrupted(ALPHA);
}

// ---- The answer behind an interrupt ----------------------------------------------------------------------------------

static void answers_survive_the_turn_that_follows_them(void **state)
{
    static const uint64_t answers[][8] = {
        { FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0), 0, 11, 12, 13, 14, 15 },
        { FFA_MSG_SEND_DIRECT_RESP_64, IDS(ALPHA_ID, 0), 0, 1ull << 63, 12, 13, 14, 15 },
        { FFA_MSG_WAIT },
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct ffa_args args = { .x = { 0 } };

        reset(NULL);
        fixture_enter(ALPHA, i < 2 ? SP_MODEL_DIRECT : SP_MODEL_RUN);
        set_timer(0, ALPHA, 100);
        fixture.now += 100;
        (void)fixture_interrupts(0);
        memcpy(args.x, answers[i], sizeof(answers[i]));
        assert_ptr_equal(fixture_from_sp(0, ALPHA, args), ALPHA);
        assert_interrupted(ALPHA);
        struct ffa_args kept = spmc_cores[0].args;
        assert_memory_equal(kept.x, answers[i], sizeof(answers[i]));
        assert_ptr_equal(SP(ALPHA, FFA_ID_GET), ALPHA); // calls in between
        assert_ptr_equal(SP(ALPHA, FFA_YIELD), ALPHA);
        assert_null(SP(ALPHA, FFA_MSG_WAIT));
        assert_memory_equal(&spmc_cores[0].args, &kept, sizeof(kept));
    }
}

// ---- The turn of an interrupt ----------------------------------------------------------------------------------------

static void calls_in_the_turn_of_an_interrupt(void **state)
{
    (void)state;
    arm(0, ALPHA);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_ptr_equal(call(0, ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0)), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED)); // nobody asked
    assert_ptr_equal(SP(ALPHA, FFA_ERROR, 0, (uint32_t)FFA_NO_MEMORY), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    assert_ptr_equal(SP(ALPHA, FFA_MEM_PERM_GET_64, SPACE_VA(3)), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    assert_ptr_equal(SP(ALPHA, FFA_YIELD), ALPHA); // there is nobody to yield to
    assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
    set_timer(0, ALPHA, 500); // the next one
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_resumed_normal_world(0);
    fixture.now += 500;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_interrupted(ALPHA);
}

// Whatever a partition sets while it handles its interrupt, who was interrupted gets on before the next one
static void interrupts_of_a_partition_leave_others_time(void **state)
{
    static const struct {
        uint32_t delay;
        uint32_t spent; // after it was set, in the turn
        uint64_t next;  // after the turn
    } rows[] = {
        { SPMC_TIMER_MIN_US, SPMC_TIMER_MIN_US, SPMC_TIMER_MIN_US }, // has fired by the end
        { SPMC_TIMER_MIN_US, 7 * SPMC_TIMER_MIN_US, SPMC_TIMER_MIN_US },
        { SPMC_TIMER_MIN_US, 1, SPMC_TIMER_MIN_US }, // would fire right after it
        { 3 * SPMC_TIMER_MIN_US, SPMC_TIMER_MIN_US, 2 * SPMC_TIMER_MIN_US }, // far enough
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        reset(NULL);
        arm(0, ALPHA);
        fixture.now += 1000;
        assert_ptr_equal(fixture_interrupts(0), ALPHA);
        set_timer(0, ALPHA, rows[i].delay);
        fixture.now += rows[i].spent;
        assert_ptr_equal(fixture_interrupts(0), ALPHA);
        assert_null(SP(ALPHA, FFA_MSG_WAIT));
        assert_resumed_normal_world(0);
        assert_int_equal(fixture.hw[0].deadline, fixture.now + rows[i].next);
        assert_int_equal(ALPHA->pending, 0);
        fixture.now += rows[i].next - 1;
        assert_null(fixture_interrupts(0));
        fixture.now += 1;
        assert_ptr_equal(fixture_interrupts(0), ALPHA);
        assert_interrupted(ALPHA);
    }
}

// Two that take longer for an interrupt than until the other's next one would keep the core between them for ever
static void interrupts_of_two_partitions_leave_others_time(void **state)
{
    (void)state;
    for (unsigned int others = 0; others < 2; others++) {
        struct sp *below = others != 0 ? GAMMA : NULL; // whom they interrupt
        reset(NULL);
        fixture_attend(BETA, true, 0, false);
        arm(0, ALPHA);
        arm(0, BETA);
        if (below != NULL) {
            fixture_enter(below, SP_MODEL_RUN);
        }
        fixture.now += 1000;
        for (unsigned int round = 0; round < 3; round++) {
            unsigned int turns = 0;
            struct sp *sp = fixture_interrupts(0);

            while (sp != below) {
                assert_interrupted(sp);
                assert_true(turns++ < 2); // one each
                set_timer(0, sp, SPMC_TIMER_MIN_US);
                fixture.now += SPMC_TIMER_MIN_US + 50;
                assert_ptr_equal(fixture_interrupts(0), sp);
                sp = call(0, sp, FFA_MSG_WAIT, 0);
            }
            assert_int_equal(turns, 2);
            assert_true(ALPHA->pending == 0 && BETA->pending == 0);
            fixture.now += SPMC_TIMER_MIN_US - 1;
            assert_ptr_equal(fixture_interrupts(0), below); // has the core for that time
            fixture.now += 1;                               // and nobody is forgotten
        }
    }
}

static void normal_world_s_interrupts_wait_for_its_end(void **state)
{
    (void)state;
    arm(0, ALPHA);
    fixture_enter(BETA, SP_MODEL_DIRECT);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    fixture.hw[0].normal = true;
    assert_ptr_equal(fixture_interrupts(0), ALPHA); // masked
    assert_ptr_equal(SP(ALPHA, FFA_MSG_WAIT), BETA);
    assert_int_equal(ALPHA->ctx.spsr & SPSR_F, 0);
    assert_null(fixture_interrupts(0)); // then BETA is preempted
    assert_true(fixture_is(NWD_X, FFA_INTERRUPT, IDS(BETA_ID, 0), 0, 0));
    assert_int_equal(BETA->state, SP_PREEMPTED);
}

static void partition_that_queues_them_keeps_its_mask(void **state)
{
    (void)state;
    ALPHA->config.ns_interrupts_queued = true;
    ALPHA->ctx.spsr |= SPSR_F;
    arm(0, ALPHA);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_int_equal(ALPHA->ctx.spsr & SPSR_F, SPSR_F);
}

// Whatever signalled it is gone, and what is left is the normal world's, which this partition may not be interrupted by
static void masked_interrupt_of_the_normal_world_preempts_nobody(void **state)
{
    (void)state;
    ALPHA->ctx.spsr |= SPSR_F;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    fixture.hw[0].normal = true;
    assert_ptr_equal(sp_interrupted(&spmc_cores[0], ALPHA), ALPHA);
    fixture.hw[0].normal = false;
    assert_ptr_equal(sp_interrupted(&spmc_cores[0], ALPHA), ALPHA); // and nothing at all
    assert_int_equal(ALPHA->state, SP_RUNNING);
}

static void el3_takes_its_own(void **state)
{
    (void)state;
    fixture_enter(BETA, SP_MODEL_DIRECT);
    struct sp was = *BETA;
    fixture.hw[0].el3 = true;
    assert_ptr_equal(fixture_interrupts(0), BETA);
    assert_int_equal(fixture.el3_takes, 1);
    assert_memory_equal(&BETA->ctx, &was.ctx, sizeof(was.ctx));
}

static void fault_in_the_turn_of_an_interrupt_harms_nobody_else(void **state)
{
    (void)state;
    arm(0, ALPHA);
    fixture_enter(BETA, SP_MODEL_DIRECT);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_ptr_equal(fixture_stop(0, ALPHA), BETA); // goes on where it was
    assert_int_equal(ALPHA->state, SP_STOPPED);
    assert_null(call(0, BETA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(BETA_ID, 0)));
    // The same with the normal world below it
    reset(NULL);
    arm(0, ALPHA);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_null(fixture_stop(0, ALPHA));
    assert_resumed_normal_world(0);
}

// ---- Several ---------------------------------------------------------------------------------------------------------

static void second_interrupt_follows_the_first(void **state)
{
    (void)state;
    fixture_attend(BETA, true, 0, false);
    arm(0, ALPHA);
    arm(0, BETA);
    fixture_enter(GAMMA, SP_MODEL_RUN);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_interrupted(ALPHA);
    assert_int_equal(BETA->pending, 1);
    assert_ptr_equal(SP(ALPHA, FFA_MSG_WAIT), BETA);
    assert_interrupted(BETA);
    assert_ptr_equal(SP(BETA, FFA_MSG_WAIT), GAMMA);
    assert_null(SP(GAMMA, FFA_MSG_WAIT));
}

static void interrupt_during_the_turn_of_another_one_follows_it(void **state)
{
    (void)state;
    fixture_attend(BETA, true, 0, false);
    arm(0, ALPHA);
    fixture.now += 500;
    arm(0, BETA);
    fixture.now += 500;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    fixture.now += 500;
    assert_ptr_equal(fixture_interrupts(0), ALPHA); // taken, but not given yet
    assert_int_equal(BETA->pending, 1);
    assert_ptr_equal(SP(ALPHA, FFA_MSG_WAIT), BETA);
    assert_null(SP(BETA, FFA_MSG_WAIT));
    assert_resumed_normal_world(0);
}

static void partition_that_queues_others_interrupts(void **state)
{
    (void)state;
    fixture_attend(BETA, false, 0, true);
    arm(0, ALPHA);
    fixture_enter(BETA, SP_MODEL_DIRECT);
    fixture.now += 1000;
    assert_ptr_equal(fixture_interrupts(0), BETA);
    assert_int_equal(ALPHA->pending, 1);
    assert_int_equal(ALPHA->state, SP_WAITING);
    // Before the normal world has its answer ALPHA has its interrupt
    assert_ptr_equal(SP(BETA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(BETA_ID, 0), 0, 7), ALPHA);
    assert_interrupted(ALPHA);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_true(fixture_is(NWD_X, FFA_MSG_SEND_DIRECT_RESP_32, IDS(BETA_ID, 0), 0, 7));
    // Also when it ends with a fault
    reset(NULL);
    fixture_attend(BETA, false, 0, true);
    arm(0, ALPHA);
    fixture_enter(BETA, SP_MODEL_DIRECT);
    fixture.now += 1000;
    (void)fixture_interrupts(0);
    assert_ptr_equal(fixture_stop(0, BETA), ALPHA);
    assert_true(fixture_is_error(NWD_X, FFA_ABORTED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(waiting_partition_gets_the_core_from_the_normal_world, reset),
        cmocka_unit_test_setup(interrupt_ends_no_version_negotiation, reset),
        cmocka_unit_test_setup(nothing_pending_goes_straight_back, reset),
        cmocka_unit_test_setup(waiting_partition_gets_the_core_from_another_one, reset),
        cmocka_unit_test_setup(running_partition_is_told_at_the_end_of_its_turn, reset),
        cmocka_unit_test_setup(running_partition_on_another_core_is_told_there, reset),
        cmocka_unit_test_setup(blocked_and_preempted_partitions_are_told_after_they_were_resumed,
                               reset),
        cmocka_unit_test_setup(stopped_partition_hears_nothing, reset),
        cmocka_unit_test_setup(starting_partition_is_told_after_the_boot, reset),
        cmocka_unit_test_setup(answers_survive_the_turn_that_follows_them, reset),
        cmocka_unit_test_setup(calls_in_the_turn_of_an_interrupt, reset),
        cmocka_unit_test_setup(interrupts_of_a_partition_leave_others_time, reset),
        cmocka_unit_test_setup(interrupts_of_two_partitions_leave_others_time, reset),
        cmocka_unit_test_setup(normal_world_s_interrupts_wait_for_its_end, reset),
        cmocka_unit_test_setup(partition_that_queues_them_keeps_its_mask, reset),
        cmocka_unit_test_setup(masked_interrupt_of_the_normal_world_preempts_nobody, reset),
        cmocka_unit_test_setup(el3_takes_its_own, reset),
        cmocka_unit_test_setup(fault_in_the_turn_of_an_interrupt_harms_nobody_else, reset),
        cmocka_unit_test_setup(second_interrupt_follows_the_first, reset),
        cmocka_unit_test_setup(interrupt_during_the_turn_of_another_one_follows_it, reset),
        cmocka_unit_test_setup(partition_that_queues_others_interrupts, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
