// SPDX-License-Identifier: BSD-3-Clause
//
// Call chains in a boot, and what is left of one when somebody in it stops (spmc/sp.c, sp_chain.c); what is done before a core goes back
// to the normal world. Expected values: docs/ffa.md.
#include "chain_support.h"

// ---- The boot --------------------------------------------------------------------------------------------------------------

static void partition_that_starts_may_ask_one_that_has(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT); // all interrupts masked
    GAMMA->state = SP_STOPPED;           // its turn to start comes later
    GAMMA->initialised = false;
    assert_ptr_equal(ask(ALPHA, GAMMA), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_BUSY));
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
    assert_int_equal(BETA->ctx.spsr & (SPSR_I | SPSR_F), SPSR_I | SPSR_F); // it is the boot
    assert_ptr_equal(ask(BETA, GAMMA), BETA);
    assert_true(fixture_is_error(BETA->ctx.x, FFA_BUSY));
    assert_ptr_equal(SP(BETA, FFA_YIELD), BETA); // nobody schedules it
    assert_true(fixture_is_success(BETA->ctx.x, 0, 0));
    assert_ptr_equal(SP(BETA, FFA_MSG_WAIT), BETA);
    assert_true(fixture_is_error(BETA->ctx.x, FFA_DENIED));
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
    assert_int_equal(BETA->ctx.spsr & (SPSR_I | SPSR_F), 0);
    assert_int_equal(fixture.boot_next_calls, 0);
    assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(BETA_ID, 0)), ALPHA); // DEN0077A: not in this model
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_true(ALPHA->initialised);
    assert_int_equal(fixture.boot_next_calls, 1);
}

static void fault_of_who_is_asked_during_the_boot(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT); // all interrupts masked
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
    assert_ptr_equal(fixture_stop(0, BETA), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_ABORTED));
    assert_int_equal(fixture.boot_next_calls, 0);
    assert_null(fixture_stop(0, ALPHA));
    assert_ptr_equal(fixture.booted, ALPHA);
}

// ---- The end of a partition --------------------------------------------------------------------------------------------------

static void fault_is_the_answer_to_who_asked(void **state)
{
    (void)state;
    for (unsigned int wide = 0; wide < 2; wide++) {
        reset(NULL);
        fixture_enter(ALPHA, SP_MODEL_DIRECT);
        assert_ptr_equal(SP(ALPHA, wide ? REQ64 : REQ32, IDS(ALPHA_ID, BETA_ID)), BETA);
        assert_ptr_equal(fixture_stop(0, BETA), ALPHA);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_ABORTED));
        assert_ptr_equal(ask(ALPHA, BETA), ALPHA);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_ABORTED));
        assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(BETA_ID, 0)), ALPHA);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_ABORTED));
        assert_null(answer(ALPHA, 0));
        assert_null(NWD(FFA_RUN, IDS(BETA_ID, 0)));
        assert_true(fixture_is_error(NWD_X, FFA_ABORTED));
    }
}

static void fault_deep_in_a_chain_concerns_only_who_asked(void **state)
{
    (void)state;
    chain_of_three();
    assert_ptr_equal(fixture_stop(0, GAMMA), BETA);
    assert_true(fixture_is_error(BETA->ctx.x, FFA_ABORTED));
    assert_ptr_equal(fixture_stop(0, BETA), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_ABORTED));
    assert_null(fixture_stop(0, ALPHA));
    assert_true(fixture_is_error(NWD_X, FFA_ABORTED));
}

// BETA has yielded to ALPHA, which stops: BETA is blocked, and ends its work for nobody.
static void orphan_beta(void)
{
    alpha_asks_beta();
    assert_ptr_equal(SP(BETA, FFA_YIELD), ALPHA);
    assert_null(fixture_stop(0, ALPHA));
    assert_true(fixture_is_error(NWD_X, FFA_ABORTED));
    assert_int_equal(BETA->state, SP_BLOCKED);
    assert_null(NWD(REQ32, IDS(0, BETA_ID)));
    assert_true(fixture_is_error(NWD_X, FFA_BUSY));
    assert_ptr_equal(nwd_on(1, FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_true(fixture_is_success(BETA->ctx.x, 0, 0)); // of its FFA_YIELD
}

static void orphan_finishes_for_nobody(void **state)
{
    (void)state;
    orphan_beta();
    assert_ptr_equal(answer_on(1, BETA, 0),
                     BETA); // not the normal world's answer, although it runs it
    assert_true(fixture_is_error(BETA->ctx.x, FFA_DENIED));
    assert_ptr_equal(answer_on(1, BETA, GAMMA_ID), BETA);
    assert_true(fixture_is_error(BETA->ctx.x, FFA_DENIED));
    assert_null(answer_on(1, BETA, ALPHA_ID));
    assert_true(fixture_is(nwd_x(1), FFA_MSG_WAIT, 0, 0, 0)); // nothing of what it said
    assert_int_equal(BETA->state, SP_WAITING);
    fixture_enter(BETA, SP_MODEL_DIRECT);
    assert_null(answer(BETA, 0));
    assert_true(NWD_X[0] == RESP32 && NWD_X[3] == 33);
}

static void orphan_may_yield_be_preempted_and_fault(void **state)
{
    (void)state;
    orphan_beta();
    assert_null(fixture_from_sp(1, BETA, (struct ffa_args){ .x = { FFA_YIELD } }));
    assert_true(fixture_is(nwd_x(1), FFA_YIELD, IDS(BETA_ID, 0), 0, 0));
    assert_ptr_equal(NWD(FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_null(fixture_interrupt(0, BETA));
    assert_true(fixture_is(NWD_X, FFA_INTERRUPT, IDS(BETA_ID, 0), 0, 0));
    assert_ptr_equal(NWD(FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_ptr_equal(ask(BETA, GAMMA), GAMMA); // and ask others
    assert_ptr_equal(answer(GAMMA, BETA_ID), BETA);
    assert_null(fixture_stop(0, BETA));
    assert_true(fixture_is_error(NWD_X, FFA_ABORTED));
}

// Who works for an orphan still does
static void orphan_keeps_who_works_for_it(void **state)
{
    (void)state;
    chain_of_three();
    assert_ptr_equal(SP(GAMMA, FFA_YIELD), BETA);
    assert_ptr_equal(SP(BETA, FFA_YIELD), ALPHA);
    assert_null(fixture_stop(0, ALPHA));
    assert_int_equal(BETA->state, SP_BLOCKED);
    assert_int_equal(GAMMA->state, SP_CHAINED);
    assert_null(NWD(FFA_RUN, IDS(GAMMA_ID, 0)));
    assert_true(fixture_is_error(NWD_X, FFA_DENIED));
    assert_ptr_equal(NWD(FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_ptr_equal(SP(BETA, FFA_RUN, IDS(GAMMA_ID, 0)), GAMMA);
    assert_ptr_equal(answer(GAMMA, BETA_ID), BETA);
    assert_null(answer(BETA, ALPHA_ID));
    assert_true(fixture_is(NWD_X, FFA_MSG_WAIT, 0, 0, 0));
}

// Two who yielded to the same one, in the middle of a chain: its caller goes on
static void all_who_yielded_become_orphans(void **state)
{
    (void)state;
    fixture_enter(GAMMA, SP_MODEL_DIRECT);
    assert_ptr_equal(ask(GAMMA, ALPHA), ALPHA);
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
    assert_ptr_equal(SP(BETA, FFA_YIELD), ALPHA);
    assert_ptr_equal(fixture_stop(0, ALPHA), GAMMA);
    assert_true(fixture_is_error(GAMMA->ctx.x, FFA_ABORTED));
    assert_int_equal(BETA->state, SP_BLOCKED);
    assert_ptr_equal(SP(GAMMA, FFA_RUN, IDS(BETA_ID, 0)), GAMMA); // the normal world's
    assert_true(fixture_is_error(GAMMA->ctx.x, FFA_DENIED));
    assert_null(answer(GAMMA, 0));
    assert_ptr_equal(NWD(FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_null(answer(BETA, ALPHA_ID));
}

static void nothing_is_left_of_who_stopped(void **state)
{
    static const struct sp_ctx empty;
    static const struct sp_space no_space;

    (void)state;
    fixture_attend(BETA, true, 20, false);
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
    fixture_map_buffers(BETA);
    assert_ptr_equal(SP(BETA, TESSERA_TIMER_SET, 5000), BETA);
    assert_ptr_equal(fixture_stop(0, BETA), ALPHA);
    assert_memory_equal(&BETA->ctx, &empty, sizeof(empty));
    assert_memory_equal(&BETA->space, &no_space, sizeof(no_space));
    assert_int_equal(BETA->endpoint.buffers.page_count, 0);
    assert_int_equal(BETA->timer_deadline, 0);
    assert_int_equal(BETA->pending, 0);
    assert_int_equal(fixture.destroyed_spaces, 1);
    assert_int_equal(fixture.resets, 0);
    fixture.now += 100000; // nor a deadline
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
}

static void manifest_may_want_the_machine_to_reset(void **state)
{
    (void)state;
    for (unsigned int how = 0; how < 3; how++) {
        reset(NULL);
        BETA->config.fault_action = SP_FAULT_RESET;
        if (how == 0) {
            alpha_asks_beta();
            fixture_stop(0, BETA);
        } else if (how == 1) {
            fixture_enter(BETA, SP_MODEL_RUN);
            fixture_stop(0, BETA);
        } else {
            fixture_enter(BETA, SP_MODEL_INIT);
            assert_null(SP(BETA, FFA_ERROR, 0, (uint32_t)FFA_NO_MEMORY));
        }
        assert_int_equal(fixture.resets, 1);
        assert_non_null(strstr(fixture.lines[(fixture.line_count - 1) % FIXTURE_LINES], "beta"));
        // The others' end does not
        if (how != 0) {
            fixture_enter(GAMMA, SP_MODEL_RUN);
            fixture_stop(0, GAMMA);
            assert_int_equal(fixture.resets, 1);
        }
    }
}

// ---- Interrupt to the normal world's scheduler -------------------------------------------------------------------------------

// ffa_notify.c sets core->attention for an interrupt that waits until the core goes back to the normal world
static void attention_is_paid_when_the_core_goes_back(void **state)
{
    (void)state;
    for (unsigned int how = 0; how < 5; how++) {
        reset(NULL);
        alpha_asks_beta();
        ffa_notify_sri_known();
        spmc_cores[0].attention = true;
        if (how == 4) {
            fixture_attend(ALPHA, true, 0, false);
        }
        if (how == 0) {
            assert_null(fixture_interrupt(0, BETA));
        } else {
            assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
            assert_int_equal(fixture.hw[0].sri, 0); // not yet
        }
        if (how == 1 || how == 4) {
            assert_null(answer(ALPHA, 0));
        } else if (how == 2) {
            assert_null(SP(ALPHA, FFA_YIELD));
        } else if (how == 3) {
            assert_null(fixture_stop(0, ALPHA));
        }
        assert_int_equal(fixture.hw[0].sri, 1);
        assert_false(spmc_cores[0].attention);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(partition_that_starts_may_ask_one_that_has, reset),
        cmocka_unit_test_setup(fault_of_who_is_asked_during_the_boot, reset),
        cmocka_unit_test_setup(fault_is_the_answer_to_who_asked, reset),
        cmocka_unit_test_setup(fault_deep_in_a_chain_concerns_only_who_asked, reset),
        cmocka_unit_test_setup(orphan_finishes_for_nobody, reset),
        cmocka_unit_test_setup(orphan_may_yield_be_preempted_and_fault, reset),
        cmocka_unit_test_setup(orphan_keeps_who_works_for_it, reset),
        cmocka_unit_test_setup(all_who_yielded_become_orphans, reset),
        cmocka_unit_test_setup(nothing_is_left_of_who_stopped, reset),
        cmocka_unit_test_setup(manifest_may_want_the_machine_to_reset, reset),
        cmocka_unit_test_setup(attention_is_paid_when_the_core_goes_back, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
