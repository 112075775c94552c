// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupts of partitions that work for others, or have others work for them (spmc/sp_interrupt.c, sp_chain.c): who is told
// when, whose watchdog counts, how long the turn of an interrupt may take whoever it calls; and how a partition hears of
// notifications. Expected behaviour: DEN0077A "Secure interrupts" for S-EL0, docs/interrupts.md.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "regs.h"
#include "spmc_fixture.h"
#include "spmc_irq.h"

#define DIRECT (FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND)
#define REQ FFA_MSG_SEND_DIRECT_REQ_32
#define RESP FFA_MSG_SEND_DIRECT_RESP_32

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        fixture_properties(&spmc_sps[i], DIRECT);
    }
    fixture_attend(GAMMA, true, 5, false); // its watchdog bites after 5000 µs
    return 0;
}

static struct sp *call(uint32_t core, struct sp *sp, uint32_t fid, uint64_t x1)
{
    return fixture_from_sp(core, sp, (struct ffa_args){ .x = { fid, x1 } });
}

static struct sp *ask(struct sp *from, const struct sp *to)
{
    return SP(from, REQ, IDS(from->endpoint.id, to->endpoint.id), 0, 3);
}

static struct sp *answer(struct sp *from, uint16_t to)
{
    return SP(from, RESP, IDS(from->endpoint.id, to), 0, 33);
}

// `sp`, which waits, has a timer that fires on core 0 in 1000 µs.
static void arm(struct sp *sp)
{
    assert_ptr_equal(NWD(FFA_RUN, IDS(sp->endpoint.id, 0)), sp);
    assert_ptr_equal(call(0, sp, TESSERA_TIMER_SET, 1000), sp);
    assert_null(SP(sp, FFA_MSG_WAIT));
}

static void alpha_asks_beta(void)
{
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
}

static struct sp *after(uint64_t us)
{
    fixture.now += us;
    return fixture_interrupts(0);
}

static void assert_told(const struct sp *sp, uint32_t number)
{
    assert_int_equal(sp->state, SP_RUNNING);
    assert_int_equal(sp->model, SP_MODEL_INTERRUPT);
    assert_null(sp->caller);
    assert_true(fixture_is(sp->ctx.x, FFA_INTERRUPT, 0, number, 0));
}

// GAMMA handles its timer, above whatever ran on core 0.
static void gamma_is_told(void)
{
    assert_ptr_equal(after(1000), GAMMA);
    assert_told(GAMMA, TESSERA_INTERRUPT_TIMER);
}

// ---- Another partition's interrupt -----------------------------------------------------------------------------------------

static void comes_between_a_chain(void **state)
{
    (void)state;
    arm(GAMMA);
    alpha_asks_beta();
    spmc_cores[0].fp_owner = BETA;
    struct sp was = *BETA;
    gamma_is_told();
    assert_int_equal(fixture.gives_back, 1);
    assert_null(fixture_from_nwd(1, (struct ffa_args){ .x = { FFA_RUN, IDS(ALPHA_ID, 0) } }));
    assert_true(fixture_is_error(spmc_cores[1].args.x, FFA_BUSY));
    assert_ptr_equal(SP(GAMMA, FFA_MSG_WAIT), BETA);
    assert_memory_equal(&BETA->ctx, &was.ctx, sizeof(was.ctx));
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
    assert_null(answer(ALPHA, 0));
    assert_true(NWD_X[0] == RESP && NWD_X[3] == 33);
}

// Whoever of the chain does not want to be interrupted: it comes at the end of his turn
static void waits_for_who_queues_it(void **state)
{
    (void)state;
    for (unsigned int who = 0; who < 2; who++) {
        reset(NULL);
        fixture_attend(&spmc_sps[who], false, 0, true);
        arm(GAMMA);
        alpha_asks_beta();
        assert_ptr_equal(after(1000), BETA);
        if (who == 0) {
            assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
            assert_ptr_equal(answer(ALPHA, 0), GAMMA);
        } else {
            assert_ptr_equal(answer(BETA, ALPHA_ID), GAMMA);
        }
        assert_told(GAMMA, TESSERA_INTERRUPT_TIMER);
        assert_ptr_equal(SP(GAMMA, FFA_MSG_WAIT), who == 0 ? NULL : ALPHA);
        if (who == 1) {
            assert_true(ALPHA->ctx.x[0] == RESP && ALPHA->ctx.x[3] == 33);
            assert_null(answer(ALPHA, 0));
        }
        assert_true(NWD_X[0] == RESP && NWD_X[3] == 33);
    }
}

static void comes_when_who_queues_it_yields_or_stops(void **state)
{
    (void)state;
    for (unsigned int stops = 0; stops < 2; stops++) {
        reset(NULL);
        fixture_attend(BETA, false, 0, true);
        arm(GAMMA);
        alpha_asks_beta();
        assert_ptr_equal(after(1000), BETA);
        assert_ptr_equal(stops != 0 ? fixture_stop(0, BETA) : SP(BETA, FFA_YIELD), GAMMA);
        assert_told(GAMMA, TESSERA_INTERRUPT_TIMER);
        assert_ptr_equal(SP(GAMMA, FFA_MSG_WAIT), ALPHA);
        assert_true(stops != 0 ? fixture_is_error(ALPHA->ctx.x, FFA_ABORTED)
                               : fixture_is(ALPHA->ctx.x, FFA_YIELD, IDS(BETA_ID, 0), 0, 0));
    }
}

static void of_a_chained_partition_waits_for_the_end_of_its_turn(void **state)
{
    (void)state;
    arm(GAMMA);
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(ask(ALPHA, GAMMA), GAMMA);
    assert_ptr_equal(ask(GAMMA, BETA), BETA); // it has not even the core when its timer fires
    assert_ptr_equal(after(1000), BETA);
    assert_ptr_equal(answer(BETA, GAMMA_ID), GAMMA);
    assert_int_equal(GAMMA->model, SP_MODEL_DIRECT);
    assert_ptr_equal(answer(GAMMA, ALPHA_ID),
                     GAMMA); // told before ALPHA sees the answer that is there
    assert_told(GAMMA, TESSERA_INTERRUPT_TIMER);
    assert_ptr_equal(answer(GAMMA, ALPHA_ID), GAMMA);
    assert_true(fixture_is_error(GAMMA->ctx.x, FFA_DENIED));
    assert_ptr_equal(SP(GAMMA, FFA_MSG_WAIT), ALPHA);
    assert_true(ALPHA->ctx.x[0] == RESP && ALPHA->ctx.x[3] == 33);
    assert_int_equal(GAMMA->state, SP_WAITING);
}

static void of_a_chained_partition_waits_for_its_caller_who_queues_it(void **state)
{
    (void)state;
    fixture_attend(ALPHA, false, 0, true);
    arm(GAMMA);
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(ask(ALPHA, GAMMA), GAMMA);
    assert_ptr_equal(after(1000), GAMMA);
    assert_ptr_equal(answer(GAMMA, ALPHA_ID), ALPHA);
    assert_int_equal(GAMMA->state, SP_WAITING);
    assert_ptr_equal(ask(ALPHA, GAMMA), GAMMA); // it can be asked again
    assert_ptr_equal(answer(GAMMA, ALPHA_ID), ALPHA);
    assert_ptr_equal(answer(ALPHA, 0), GAMMA);
    assert_told(GAMMA, TESSERA_INTERRUPT_TIMER);
    assert_null(SP(GAMMA, FFA_MSG_WAIT));
    assert_true(NWD_X[0] == RESP);
}

// Core 1 takes the interrupt while core 0 has the partition in a chain
static void of_a_chained_partition_comes_to_another_core(void **state)
{
    (void)state;
    assert_ptr_equal(fixture_from_nwd(1, (struct ffa_args){ .x = { FFA_RUN, IDS(GAMMA_ID, 0) } }),
                     GAMMA);
    assert_ptr_equal(call(1, GAMMA, TESSERA_TIMER_SET, 1000), GAMMA);
    assert_null(call(1, GAMMA, FFA_MSG_WAIT, 0));
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(ask(ALPHA, GAMMA), GAMMA);
    fixture.now += 1000;
    assert_null(fixture_interrupts(1));
    assert_int_equal(GAMMA->pending, SP_PENDING_TIMER);
    assert_ptr_equal(answer(GAMMA, ALPHA_ID), GAMMA);
    assert_told(GAMMA, TESSERA_INTERRUPT_TIMER);
    assert_ptr_equal(SP(GAMMA, FFA_MSG_WAIT), ALPHA);
}

static void of_one_that_has_yielded_waits_until_it_has_answered(void **state)
{
    (void)state;
    arm(GAMMA);
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(ask(ALPHA, GAMMA), GAMMA);
    assert_ptr_equal(SP(GAMMA, FFA_YIELD), ALPHA);
    assert_ptr_equal(after(1000), ALPHA);
    assert_null(answer(ALPHA, 0)); // nobody owns it, and it does not wait
    assert_int_equal(GAMMA->state, SP_CHAINED);
    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
    assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(GAMMA_ID, 0)), GAMMA);
    assert_ptr_equal(answer(GAMMA, ALPHA_ID), GAMMA);
    assert_told(GAMMA, TESSERA_INTERRUPT_TIMER);
}

static void of_an_orphan_waits_until_it_has_finished(void **state)
{
    (void)state;
    arm(GAMMA);
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(ask(ALPHA, GAMMA), GAMMA);
    assert_ptr_equal(SP(GAMMA, FFA_YIELD), ALPHA);
    assert_null(fixture_stop(0, ALPHA));
    assert_null(after(1000));
    assert_int_equal(GAMMA->state, SP_BLOCKED);
    assert_ptr_equal(NWD(FFA_RUN, IDS(GAMMA_ID, 0)), GAMMA);
    assert_ptr_equal(answer(GAMMA, ALPHA_ID), GAMMA);
    assert_told(GAMMA, TESSERA_INTERRUPT_TIMER);
    assert_null(SP(GAMMA, FFA_MSG_WAIT));
    assert_true(fixture_is(NWD_X, FFA_MSG_WAIT, 0, 0, 0));
}

// ---- The turn of an interrupt calls others -----------------------------------------------------------------------------------

// GAMMA handles its timer and asks ALPHA; nothing ran before.
static void handler_asks_alpha(void)
{
    arm(GAMMA);
    gamma_is_told();
    assert_ptr_equal(ask(GAMMA, ALPHA), ALPHA);
}

static void handler_may_ask_others_undisturbed(void **state)
{
    (void)state;
    fixture_attend(BETA, true, 20, false);
    assert_ptr_equal(NWD(FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_ptr_equal(call(0, BETA, TESSERA_TIMER_SET, 1500), BETA);
    assert_null(SP(BETA, FFA_MSG_WAIT));
    handler_asks_alpha();
    fixture.hw[0].normal = true;
    assert_ptr_equal(after(0), ALPHA);   // the normal world's interrupts wait
    assert_ptr_equal(after(500), ALPHA); // so do other partitions'
    fixture.hw[0].normal = false;
    assert_int_equal(BETA->pending, SP_PENDING_TIMER);
    assert_ptr_equal(SP(ALPHA, FFA_YIELD), GAMMA);
    assert_true(fixture_is(GAMMA->ctx.x, FFA_YIELD, IDS(ALPHA_ID, 0), 0, 0));
    assert_ptr_equal(SP(GAMMA, FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
    assert_ptr_equal(answer(ALPHA, GAMMA_ID), GAMMA);
    assert_int_equal(ALPHA->ctx.spsr & (SPSR_I | SPSR_F), 0);
    assert_ptr_equal(SP(GAMMA, FFA_MSG_WAIT), BETA);
    assert_told(BETA, TESSERA_INTERRUPT_TIMER);
    assert_null(SP(BETA, FFA_MSG_WAIT));
    assert_true(fixture_is(NWD_X, FFA_NORMAL_WORLD_RESUME, 0, 0, 0));
}

static void handler_above_a_chain_cannot_ask_who_is_in_it(void **state)
{
    (void)state;
    arm(GAMMA);
    alpha_asks_beta();
    gamma_is_told();
    static struct sp *const there[] = { ALPHA, BETA };
    for (unsigned int i = 0; i < 2; i++) {
        assert_ptr_equal(ask(GAMMA, there[i]), GAMMA);
        assert_true(fixture_is_error(GAMMA->ctx.x, FFA_BUSY));
        assert_ptr_equal(SP(GAMMA, FFA_RUN, IDS(there[i]->endpoint.id, 0)), GAMMA);
        assert_true(fixture_is_error(GAMMA->ctx.x, FFA_BUSY));
    }
    assert_ptr_equal(SP(GAMMA, FFA_MSG_WAIT), BETA);
}

static void fault_below_a_handler(void **state)
{
    (void)state;
    handler_asks_alpha();
    assert_ptr_equal(fixture_stop(0, ALPHA), GAMMA);
    assert_true(fixture_is_error(GAMMA->ctx.x, FFA_ABORTED));
    assert_null(SP(GAMMA, FFA_MSG_WAIT));
    assert_true(fixture_is(NWD_X, FFA_NORMAL_WORLD_RESUME, 0, 0, 0));
}

static void fault_of_a_handler_above_a_chain(void **state)
{
    (void)state;
    arm(GAMMA);
    alpha_asks_beta();
    gamma_is_told();
    assert_ptr_equal(fixture_stop(0, GAMMA), BETA);
    assert_int_equal(spmc_cores[0].handler_deadline, 0);
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
}

// ---- Watchdogs -----------------------------------------------------------------------------------------------------------------

// Each counts while its partition has the core
static void watchdogs_of_a_chain_count_apart(void **state)
{
    (void)state;
    fixture_attend(ALPHA, false, 10, false);
    fixture_attend(BETA, false, 3, false);
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(after(9000), ALPHA);
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
    assert_ptr_equal(after(2000), BETA);
    assert_ptr_equal(SP(BETA, FFA_YIELD), ALPHA);
    assert_ptr_equal(after(500), ALPHA);
    assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_ptr_equal(after(999), BETA); // 2999 of 3000
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
    assert_ptr_equal(ask(ALPHA, BETA), BETA); // a new request, a new turn
    assert_ptr_equal(after(2999), BETA);
    assert_ptr_equal(after(1), ALPHA);
    assert_int_equal(BETA->state, SP_STOPPED);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_ABORTED));
    assert_non_null(strstr(fixture.lines[(fixture.line_count - 1) % FIXTURE_LINES], "beta"));
    assert_ptr_equal(after(499), ALPHA); // 9999 of 10000
    assert_null(after(1));
    assert_int_equal(ALPHA->state, SP_STOPPED);
    assert_true(fixture_is_error(NWD_X, FFA_ABORTED));
}

static void watchdog_rests_while_the_chain_does(void **state)
{
    (void)state;
    fixture_attend(BETA, false, 3, false);
    alpha_asks_beta();
    assert_ptr_equal(after(2000), BETA);
    assert_null(fixture_interrupt(0, BETA));
    assert_null(after(50000));
    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), BETA);
    assert_ptr_equal(after(999), BETA);
    assert_ptr_equal(after(1), ALPHA);
    assert_int_equal(BETA->state, SP_STOPPED);
}

// What the handler of an interrupt calls is its own time: the normal world has the core back when that is over
static void handler_has_its_time_whomever_it_calls(void **state)
{
    (void)state;
    handler_asks_alpha();
    struct sp was = *ALPHA;
    assert_ptr_equal(after(4999), ALPHA);
    assert_null(after(1));
    assert_true(fixture_is(NWD_X, FFA_NORMAL_WORLD_RESUME, 0, 0, 0));
    assert_int_equal(GAMMA->state, SP_STOPPED); // the one that took too long
    assert_non_null(strstr(fixture.lines[(fixture.line_count - 1) % FIXTURE_LINES], "gamma"));
    assert_int_equal(ALPHA->state, SP_BLOCKED); // not the one that happened to run
    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
    was.ctx.spsr &= ~(uint64_t)(SPSR_I | SPSR_F);
    assert_memory_equal(&ALPHA->ctx, &was.ctx, sizeof(was.ctx));
    assert_null(fixture_interrupt(0, ALPHA)); // nothing is masked any more
    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
    assert_null(answer(ALPHA, GAMMA_ID));
    assert_true(fixture_is(NWD_X, FFA_MSG_WAIT, 0, 0, 0));
}

// What is left of an earlier turn's time does not count in it
static void handler_has_all_of_its_time(void **state)
{
    (void)state;
    assert_ptr_equal(NWD(FFA_RUN, IDS(GAMMA_ID, 0)), GAMMA);
    assert_ptr_equal(call(0, GAMMA, TESSERA_TIMER_SET, 6000), GAMMA);
    assert_ptr_equal(after(4900), GAMMA);
    assert_null(SP(GAMMA, FFA_MSG_WAIT)); // 100 µs were left
    assert_ptr_equal(after(1100), GAMMA);
    assert_ptr_equal(ask(GAMMA, ALPHA), ALPHA);
    assert_ptr_equal(answer(ALPHA, GAMMA_ID), GAMMA);
    assert_ptr_equal(after(4999), GAMMA);
    assert_null(after(1));
    assert_int_equal(GAMMA->state, SP_STOPPED);
}

// … and deeper down, above another chain
static void handler_has_its_time_however_deep_it_calls(void **state)
{
    (void)state;
    handler_asks_alpha();
    fixture_attend(BETA, false, 100, false);
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
    assert_ptr_equal(after(4999), BETA);
    assert_ptr_equal(call(0, BETA, TESSERA_WATCHDOG_KICK, 0), BETA); // helps itself, not GAMMA
    assert_int_equal(BETA->ctx.x[0], 0);
    assert_null(after(1));
    assert_int_equal(GAMMA->state, SP_STOPPED);
    assert_int_equal(ALPHA->state, SP_BLOCKED);
    assert_int_equal(BETA->state, SP_CHAINED);
    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), BETA); // who had the core
    assert_int_equal(BETA->ctx.spsr & (SPSR_I | SPSR_F), 0);
    assert_int_equal(ALPHA->ctx.spsr & (SPSR_I | SPSR_F), 0);
    assert_ptr_equal(after(90000), BETA); // its own time is its own
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
    assert_null(answer(ALPHA, GAMMA_ID));
}

static void handler_that_has_yielded_callees_leaves_them_when_it_is_stopped(void **state)
{
    (void)state;
    handler_asks_alpha();
    assert_ptr_equal(SP(ALPHA, FFA_YIELD), GAMMA);
    assert_ptr_equal(ask(GAMMA, BETA), BETA);
    BETA->config.ns_interrupts_queued = true;
    assert_null(after(5000));
    assert_int_equal(ALPHA->state, SP_BLOCKED);
    assert_int_equal(BETA->state, SP_BLOCKED);
    assert_int_equal(ALPHA->ctx.spsr & (SPSR_I | SPSR_F), 0);
    assert_int_equal(BETA->ctx.spsr & (SPSR_I | SPSR_F), spmc_irq_normal_mask); // its own choice
}

// Its callee's watchdog may be the shorter one: then that one is stopped
static void callee_of_a_handler_has_its_own_time_too(void **state)
{
    (void)state;
    fixture_attend(ALPHA, false, 2, false);
    handler_asks_alpha();
    assert_ptr_equal(after(2000), GAMMA);
    assert_int_equal(ALPHA->state, SP_STOPPED);
    assert_true(fixture_is_error(GAMMA->ctx.x, FFA_ABORTED));
    assert_ptr_equal(after(2999), GAMMA);
    assert_null(after(1));
    assert_int_equal(GAMMA->state, SP_STOPPED);
}

// Who starts has its time, and whom it asks its own; a boot that lets no interrupt through lets this one
static void watchdogs_count_apart_during_the_boot(void **state)
{
    (void)state;
    for (unsigned int both = 0; both < 2; both++) {
        reset(NULL);
        fixture_attend(ALPHA, false, both != 0 ? 10 : 0, false);
        fixture_attend(BETA, false, 3, false);
        fixture_enter(ALPHA, SP_MODEL_INIT);
        assert_ptr_equal(after(9000), ALPHA);
        assert_ptr_equal(ask(ALPHA, BETA), BETA);
        assert_ptr_equal(after(2999), BETA);
        assert_ptr_equal(after(1), ALPHA);
        assert_int_equal(BETA->state, SP_STOPPED);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_ABORTED));
        assert_ptr_equal(after(999), ALPHA);
        if (both != 0) {
            assert_null(after(1));
            assert_int_equal(ALPHA->state, SP_STOPPED);
        } else {
            assert_null(SP(ALPHA, FFA_MSG_WAIT));
            assert_int_equal(spmc_cores[0].watchdog_deadline, 0);
        }
    }
}

// ---- Notifications -------------------------------------------------------------------------------------------------------------

static int reset_notified(void **state)
{
    reset(state);
    fixture_properties(BETA, FFA_PROP_NOTIFICATION);
    fixture_attend(BETA, false, 5, false);
    return 0;
}

static void notify_beta(void)
{
    sp_interrupt_pend(BETA, SP_PENDING_NOTIFICATION);
}

static void notifications_give_nobody_the_core(void **state)
{
    (void)state;
    notify_beta();
    fixture.hw[0].sgi = true;
    assert_null(fixture_interrupts(0));
    assert_true(fixture_is(NWD_X, FFA_NORMAL_WORLD_RESUME, 0, 0, 0));
    fixture_enter(GAMMA, SP_MODEL_RUN);
    assert_null(SP(GAMMA, FFA_MSG_WAIT));
    assert_int_equal(BETA->state, SP_WAITING);
    assert_int_equal(BETA->pending, SP_PENDING_NOTIFICATION);
}

static void run_tells_of_notifications_once(void **state)
{
    (void)state;
    notify_beta();
    assert_ptr_equal(NWD(FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_true(fixture_is(BETA->ctx.x, FFA_INTERRUPT, 0, TESSERA_INTERRUPT_NOTIFICATION, 0));
    assert_int_equal(BETA->model, SP_MODEL_RUN);
    assert_null(fixture_interrupt(0, BETA)); // a turn like any other
    assert_ptr_equal(NWD(FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_null(SP(BETA, FFA_MSG_WAIT));
    assert_true(fixture_is(NWD_X, FFA_MSG_WAIT, 0, 0, 0));
    assert_ptr_equal(NWD(FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_true(fixture_is(BETA->ctx.x, FFA_RUN, IDS(BETA_ID, 0), 0, 0));
}

// Who was preempted or blocked goes on where he was
static void run_of_a_preempted_partition_tells_nothing(void **state)
{
    (void)state;
    fixture_enter(BETA, SP_MODEL_RUN);
    assert_null(fixture_interrupt(0, BETA));
    notify_beta();
    struct sp was = *BETA;
    assert_ptr_equal(NWD(FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_memory_equal(&BETA->ctx, &was.ctx, sizeof(was.ctx));
    assert_int_equal(BETA->pending, SP_PENDING_NOTIFICATION);
}

static void end_of_a_message_tells_of_notifications(void **state)
{
    (void)state;
    fixture_enter(BETA, SP_MODEL_DIRECT);
    notify_beta();
    assert_ptr_equal(answer(BETA, 0), BETA);
    assert_told(BETA, TESSERA_INTERRUPT_NOTIFICATION);
    notify_beta();                       // again, from another core, all the time
    assert_null(SP(BETA, FFA_MSG_WAIT)); // it cannot keep the core so
    assert_true(NWD_X[0] == RESP);
    assert_int_equal(BETA->pending, SP_PENDING_NOTIFICATION);
    assert_ptr_equal(NWD(FFA_RUN, IDS(BETA_ID, 0)), BETA); // nor is it forgotten
    assert_int_equal(BETA->ctx.x[2], TESSERA_INTERRUPT_NOTIFICATION);
}

static void end_of_a_message_in_a_chain_tells_of_notifications(void **state)
{
    (void)state;
    alpha_asks_beta();
    notify_beta();
    assert_ptr_equal(answer(BETA, ALPHA_ID), BETA);
    assert_told(BETA, TESSERA_INTERRUPT_NOTIFICATION);
    assert_ptr_equal(SP(BETA, FFA_MSG_WAIT), ALPHA);
    fixture_attend(ALPHA, false, 0, true); // one that is not to be interrupted
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
    notify_beta();
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
    assert_null(answer(ALPHA, 0));
    assert_int_equal(BETA->pending, SP_PENDING_NOTIFICATION);
}

// A boot is not interrupted, whatever whom it asks could be told
static void who_is_asked_during_the_boot_is_told_later(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
    notify_beta();
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
    assert_int_equal(ALPHA->model, SP_MODEL_INIT);
    assert_int_equal(BETA->state, SP_WAITING);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_ptr_equal(NWD(FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_int_equal(BETA->ctx.x[2], TESSERA_INTERRUPT_NOTIFICATION);
}

// The turn could not be ended
static void who_has_no_watchdog_is_told_only_by_run(void **state)
{
    (void)state;
    fixture_attend(BETA, false, 0, false);
    assert_true(BETA->attended);
    fixture_enter(BETA, SP_MODEL_DIRECT);
    notify_beta();
    assert_null(answer(BETA, 0));
    assert_int_equal(BETA->pending, SP_PENDING_NOTIFICATION);
    assert_ptr_equal(NWD(FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_int_equal(BETA->ctx.x[2], TESSERA_INTERRUPT_NOTIFICATION);
}

// One after the other
static void timer_and_notification_are_both_told(void **state)
{
    (void)state;
    fixture_attend(BETA, true, 5, false);
    fixture_enter(BETA, SP_MODEL_DIRECT);
    assert_ptr_equal(call(0, BETA, TESSERA_TIMER_SET, 100), BETA);
    notify_beta();
    assert_ptr_equal(after(100), BETA);
    assert_ptr_equal(answer(BETA, 0), BETA);
    uint64_t first = BETA->ctx.x[2];
    struct sp *next = SP(BETA, FFA_MSG_WAIT);
    if (first == TESSERA_INTERRUPT_TIMER) { // the other one by FFA_RUN
        assert_null(next);
        assert_int_equal(BETA->pending, SP_PENDING_NOTIFICATION);
    } else { // the timer's after the time that whom it interrupts has
        assert_int_equal(first, TESSERA_INTERRUPT_NOTIFICATION);
        assert_null(next);
        assert_ptr_equal(after(SPMC_TIMER_MIN_US), BETA);
        assert_told(BETA, TESSERA_INTERRUPT_TIMER);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(comes_between_a_chain, reset),
        cmocka_unit_test_setup(waits_for_who_queues_it, reset),
        cmocka_unit_test_setup(comes_when_who_queues_it_yields_or_stops, reset),
        cmocka_unit_test_setup(of_a_chained_partition_waits_for_the_end_of_its_turn, reset),
        cmocka_unit_test_setup(of_a_chained_partition_waits_for_its_caller_who_queues_it, reset),
        cmocka_unit_test_setup(of_a_chained_partition_comes_to_another_core, reset),
        cmocka_unit_test_setup(of_one_that_has_yielded_waits_until_it_has_answered, reset),
        cmocka_unit_test_setup(of_an_orphan_waits_until_it_has_finished, reset),
        cmocka_unit_test_setup(handler_may_ask_others_undisturbed, reset),
        cmocka_unit_test_setup(handler_above_a_chain_cannot_ask_who_is_in_it, reset),
        cmocka_unit_test_setup(fault_below_a_handler, reset),
        cmocka_unit_test_setup(fault_of_a_handler_above_a_chain, reset),
        cmocka_unit_test_setup(watchdogs_of_a_chain_count_apart, reset),
        cmocka_unit_test_setup(watchdog_rests_while_the_chain_does, reset),
        cmocka_unit_test_setup(handler_has_its_time_whomever_it_calls, reset),
        cmocka_unit_test_setup(handler_has_all_of_its_time, reset),
        cmocka_unit_test_setup(handler_has_its_time_however_deep_it_calls, reset),
        cmocka_unit_test_setup(handler_that_has_yielded_callees_leaves_them_when_it_is_stopped,
                               reset),
        cmocka_unit_test_setup(callee_of_a_handler_has_its_own_time_too, reset),
        cmocka_unit_test_setup(watchdogs_count_apart_during_the_boot, reset),
        cmocka_unit_test_setup(notifications_give_nobody_the_core, reset_notified),
        cmocka_unit_test_setup(run_tells_of_notifications_once, reset_notified),
        cmocka_unit_test_setup(run_of_a_preempted_partition_tells_nothing, reset_notified),
        cmocka_unit_test_setup(end_of_a_message_tells_of_notifications, reset_notified),
        cmocka_unit_test_setup(end_of_a_message_in_a_chain_tells_of_notifications, reset_notified),
        cmocka_unit_test_setup(who_is_asked_during_the_boot_is_told_later, reset_notified),
        cmocka_unit_test_setup(who_has_no_watchdog_is_told_only_by_run, reset_notified),
        cmocka_unit_test_setup(timer_and_notification_are_both_told, reset_notified),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
