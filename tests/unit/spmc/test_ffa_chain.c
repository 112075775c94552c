// SPDX-License-Identifier: BSD-3-Clause
//
// Partitions that call partitions (spmc/ffa_direct.c, ffa_run.c, sp_chain.c): who may ask whom, circles, who answers what to
// whom, yields, interrupts of the normal world in the middle of a chain. Expected values: DEN0077A "Direct messaging", "Call
// chains" and the codes that the compliance suite asserts.
#include "chain_support.h"

// ---- A request and its response ----------------------------------------------------------------------------------------

// The fixture checks x8 … x17 of who asked; here are the receiver's
static void message_goes_there_and_back(uint32_t sender, uint32_t receiver, bool wide)
{
    uint64_t mask = wide ? UINT64_MAX : UINT32_MAX;

    reset(NULL);
    ALPHA->endpoint.version = sender;
    BETA->endpoint.version = receiver;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    struct sp was = *BETA;
    uint32_t ids = IDS(ALPHA_ID, BETA_ID);
    assert_ptr_equal(SP(ALPHA, wide ? REQ64 : REQ32, ids, 0, P(3), P(4), P(5), P(6), P(7)), BETA);
    check_message(BETA->ctx.x, wide ? REQ64 : REQ32, ids, mask);
    for (unsigned int i = 8; i < 18; i++) {
        bool results = wide && receiver >= FFA_VERSION_1_2;
        assert_int_equal(BETA->ctx.x[i], results ? 0 : was.ctx.x[i]);
    }
    assert_int_equal(BETA->state, SP_CHAINED);
    assert_ptr_equal(BETA->caller, ALPHA);
    assert_int_equal(ALPHA->state, SP_RUNNING); // the head's state stands for all
    ids = IDS(BETA_ID, ALPHA_ID);
    assert_ptr_equal(SP(BETA, wide ? RESP64 : RESP32, ids, 0, P(3), P(4), P(5), P(6), P(7)), ALPHA);
    check_message(ALPHA->ctx.x, wide ? RESP64 : RESP32, ids, mask);
    assert_int_equal(BETA->state, SP_WAITING);
    assert_null(BETA->caller);
    assert_null(answer(ALPHA, 0));
    assert_true(NWD_X[0] == RESP32 && NWD_X[3] == 33);
}

static void request_and_response_in_every_version_and_width(void **state)
{
    (void)state;
    for (unsigned int sender = 0; sender < 3; sender++) {
        for (unsigned int receiver = 0; receiver < 3; receiver++) {
            message_goes_there_and_back(versions[sender], versions[receiver], false);
            message_goes_there_and_back(versions[sender], versions[receiver], true);
        }
    }
}

// The width of the response is not compared; x8 … x17 are results for 1.2 if either of the two is SMC64
static void response_may_have_another_width(void **state)
{
    (void)state;
    for (unsigned int wide = 0; wide < 2; wide++) {
        reset(NULL);
        fixture_enter(ALPHA, SP_MODEL_DIRECT);
        assert_ptr_equal(SP(ALPHA, wide ? REQ64 : REQ32, IDS(ALPHA_ID, BETA_ID)), BETA);
        assert_ptr_equal(SP(BETA, wide ? RESP32 : RESP64, IDS(BETA_ID, ALPHA_ID), 0, P(3)), ALPHA);
        assert_int_equal(ALPHA->ctx.x[3], wide ? (uint32_t)P(3) : P(3));
        for (unsigned int i = 8; i < 18; i++) {
            assert_int_equal(ALPHA->ctx.x[i], 0);
        }
    }
}

// INIT is further down
static void head_of_every_model_may_ask(void **state)
{
    static const enum sp_model models[] = { SP_MODEL_RUN, SP_MODEL_DIRECT };

    (void)state;
    for (unsigned int m = 0; m < 2; m++) {
        reset(NULL);
        fixture_enter(ALPHA, models[m]);
        assert_ptr_equal(ask(ALPHA, BETA), BETA);
        assert_int_equal(ALPHA->model, models[m]); // its own turn goes on afterwards
        assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
        assert_null(models[m] == SP_MODEL_RUN ? SP(ALPHA, FFA_MSG_WAIT) : answer(ALPHA, 0));
    }
}

static void responses_unwind_a_chain_of_three(void **state)
{
    (void)state;
    chain_of_three();
    assert_ptr_equal(GAMMA->caller, BETA);
    assert_ptr_equal(answer(GAMMA, BETA_ID), BETA);
    assert_int_equal(GAMMA->state, SP_WAITING);
    assert_int_equal(BETA->state, SP_CHAINED);
    // One that waits again can be asked again, also by somebody else of the chain
    assert_ptr_equal(ask(BETA, GAMMA), GAMMA);
    assert_ptr_equal(answer(GAMMA, BETA_ID), BETA);
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
    assert_ptr_equal(ask(ALPHA, GAMMA), GAMMA);
    assert_ptr_equal(answer(GAMMA, ALPHA_ID), ALPHA);
    assert_null(answer(ALPHA, 0));
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(spmc_sps[i].state, SP_WAITING);
    }
}

static void fp_registers_are_put_away_at_each_step(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    spmc_cores[0].fp_owner = ALPHA;
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
    assert_int_equal(fixture.gives_back, 1);
    spmc_cores[0].fp_owner = BETA;
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
    assert_int_equal(fixture.gives_back, 2);
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
    spmc_cores[0].fp_owner = BETA;
    assert_ptr_equal(SP(BETA, FFA_YIELD), ALPHA);
    assert_int_equal(fixture.gives_back, 3);
}

// ---- Refused requests ----------------------------------------------------------------------------------------------------

static const struct {
    const char *what;
    uint64_t ids, w2;
} bad_requests[] = {
    { "sender is the receiver", IDS(ALPHA_ID, ALPHA_ID), 0 },
    { "sender is another partition", IDS(GAMMA_ID, BETA_ID), 0 },
    { "sender is the normal world", IDS(0, BETA_ID), 0 },
    { "sender is EL3", IDS(FFA_ID_SPMD, BETA_ID), 0 },
    { "receiver is the normal world", IDS(ALPHA_ID, 0), 0 },
    { "receiver is a VM", IDS(ALPHA_ID, 1), 0 },
    { "receiver is the SPMC", IDS(ALPHA_ID, FFA_ID_SPMC), 0 },
    { "receiver is EL3", IDS(ALPHA_ID, FFA_ID_SPMD), 0 },
    { "no such receiver", IDS(ALPHA_ID, 0x8003), 0 },
    { "ids swapped", IDS(BETA_ID, ALPHA_ID), 0 },
    { "framework bit", IDS(ALPHA_ID, BETA_ID), 0x80000000 },
    { "framework message: VM created", IDS(ALPHA_ID, BETA_ID), 0x80000004 },
    { "reserved bit 0 of w2", IDS(ALPHA_ID, BETA_ID), 1 },
    { "reserved bit 30 of w2", IDS(ALPHA_ID, BETA_ID), 0x40000000 },
};

static void requests_that_are_not_valid(void **state)
{
    (void)state;
    for (unsigned int v = 0; v < 3; v++) {
        for (unsigned int i = 0; i < sizeof(bad_requests) / sizeof(bad_requests[0]); i++) {
            for (unsigned int wide = 0; wide < 2; wide++) {
                reset(NULL);
                ALPHA->endpoint.version = versions[v];
                fixture_enter(ALPHA, SP_MODEL_RUN);
                struct sp *next =
                    SP(ALPHA, wide ? REQ64 : REQ32, bad_requests[i].ids, bad_requests[i].w2, 3);
                if (next != ALPHA || !fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS)) {
                    fail_msg("%s, version %#x", bad_requests[i].what, versions[v]);
                }
                assert_int_equal(BETA->state, SP_WAITING);
            }
        }
    }
}

static void wide_registers_of_a_request_are_reserved_from_1_2_on(void **state)
{
    (void)state;
    for (unsigned int i = 8; i < 18; i++) {
        struct ffa_args args = { .x = { REQ64, IDS(ALPHA_ID, BETA_ID) } };

        reset(NULL);
        fixture_enter(ALPHA, SP_MODEL_RUN);
        args.x[i] = 1ull << 40;
        assert_ptr_equal(fixture_from_sp(0, ALPHA, args), ALPHA);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    }
}

static void manifests_decide_who_may_ask_whom(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    BETA->admits[SP_MSG_DIRECT] = 0xffff & ~2u; // everybody but ALPHA
    assert_ptr_equal(ask(ALPHA, BETA), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    BETA->admits[SP_MSG_DIRECT] = 2; // ALPHA and nobody else
    BETA->admits[SP_MSG_DIRECT2] = 0;
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
    assert_null(nwd_on(1, REQ32, IDS(0, BETA_ID)));
    assert_true(fixture_is_error(nwd_x(1), FFA_DENIED));
    // It says nothing about the other direction
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
    ALPHA->admits[SP_MSG_DIRECT] = 0;
    assert_ptr_equal(ask(BETA, GAMMA), GAMMA);
    GAMMA->admits[SP_MSG_DIRECT] = 0; // who is asked already goes on
    assert_ptr_equal(answer(GAMMA, BETA_ID), BETA);
    assert_ptr_equal(ask(BETA, GAMMA), BETA);
    assert_true(fixture_is_error(BETA->ctx.x, FFA_DENIED));
}

// DENIED before BUSY: nobody learns of the state of a partition that he may not ask
static void who_may_not_ask_learns_no_state(void **state)
{
    (void)state;
    assert_ptr_equal(nwd_on(1, REQ32, IDS(0, BETA_ID)), BETA);
    BETA->admits[SP_MSG_DIRECT] = 0;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    assert_ptr_equal(ask(ALPHA, BETA), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
}

static void receiver_by_state(void **state)
{
    static const struct {
        enum sp_state state;
        bool stopped;
        int32_t code;
    } states[] = {
        { SP_BLOCKED, false, FFA_BUSY },
        { SP_PREEMPTED, false, FFA_BUSY },
        { SP_STOPPED, true, FFA_ABORTED },
        { SP_STOPPED, false, FFA_BUSY }, // not started yet
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        reset(NULL);
        fixture_enter(ALPHA, SP_MODEL_DIRECT);
        BETA->state = states[i].state;
        BETA->stopped = states[i].stopped;
        assert_ptr_equal(ask(ALPHA, BETA), ALPHA);
        assert_true(fixture_is_error(ALPHA->ctx.x, states[i].code));
        assert_int_equal(BETA->state, states[i].state);
    }
    reset(NULL); // on another core
    assert_ptr_equal(nwd_on(1, REQ32, IDS(0, BETA_ID)), BETA);
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(ask(ALPHA, BETA), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_BUSY));
}

// ALPHA asks BETA on core 0 while GAMMA asks BETA on core 1, and the other way round
static void two_chains_do_not_meet(void **state)
{
    (void)state;
    alpha_asks_beta();
    assert_ptr_equal(nwd_on(1, REQ32, IDS(0, GAMMA_ID)), GAMMA);
    assert_ptr_equal(ask_on(1, GAMMA, BETA), GAMMA);
    assert_true(fixture_is_error(GAMMA->ctx.x, FFA_BUSY));
    assert_ptr_equal(ask_on(1, GAMMA, ALPHA), GAMMA);
    assert_true(fixture_is_error(GAMMA->ctx.x, FFA_BUSY));
    assert_ptr_equal(ask(BETA, GAMMA), BETA);
    assert_true(fixture_is_error(BETA->ctx.x, FFA_BUSY));
    assert_null(answer_on(1, GAMMA, 0));
    assert_ptr_equal(ask(BETA, GAMMA), GAMMA);
    assert_null(nwd_on(1, REQ32, IDS(0, GAMMA_ID)));
    assert_true(fixture_is_error(nwd_x(1), FFA_BUSY));
    assert_null(nwd_on(1, REQ32, IDS(0, BETA_ID)));
    assert_true(fixture_is_error(nwd_x(1), FFA_BUSY));
    assert_null(nwd_on(1, REQ32, IDS(0, ALPHA_ID)));
    assert_true(fixture_is_error(nwd_x(1), FFA_BUSY));
}

static void circles_are_refused(void **state)
{
    (void)state;
    alpha_asks_beta();
    assert_ptr_equal(ask(BETA, ALPHA), BETA);
    assert_true(fixture_is_error(BETA->ctx.x, FFA_BUSY));
    assert_ptr_equal(ask(BETA, GAMMA), GAMMA);
    assert_ptr_equal(ask(GAMMA, ALPHA), GAMMA);
    assert_true(fixture_is_error(GAMMA->ctx.x, FFA_BUSY));
    assert_ptr_equal(ask(GAMMA, BETA), GAMMA);
    assert_true(fixture_is_error(GAMMA->ctx.x, FFA_BUSY));
    // One that has yielded is still in it
    assert_ptr_equal(SP(GAMMA, FFA_YIELD), BETA);
    assert_ptr_equal(ask(BETA, GAMMA), BETA);
    assert_true(fixture_is_error(BETA->ctx.x, FFA_BUSY));
}

// ---- Responses -----------------------------------------------------------------------------------------------------------

static const struct {
    const char *what;
    uint32_t fid;
    uint64_t ids, x2;
    int32_t code;
} bad_responses[] = {
    { "to the normal world", RESP32, IDS(BETA_ID, 0), 0, FFA_DENIED },
    { "to another partition", RESP64, IDS(BETA_ID, GAMMA_ID), 0, FFA_DENIED },
    { "to nobody", RESP32, IDS(BETA_ID, 0x8003), 0, FFA_DENIED },
    { "to the SPMC", RESP32, IDS(BETA_ID, FFA_ID_SPMC), 0, FFA_DENIED },
    { "to itself", RESP32, IDS(BETA_ID, BETA_ID), 0, FFA_INVALID_PARAMETERS },
    { "in the name of its caller", RESP32, IDS(ALPHA_ID, BETA_ID), 0, FFA_INVALID_PARAMETERS },
    { "in the name of another", RESP64, IDS(GAMMA_ID, ALPHA_ID), 0, FFA_INVALID_PARAMETERS },
    { "framework bit", RESP32, IDS(BETA_ID, ALPHA_ID), 0x80000000, FFA_INVALID_PARAMETERS },
    { "reserved bit of w2", RESP64, IDS(BETA_ID, ALPHA_ID), 4, FFA_INVALID_PARAMETERS },
    { "wait for the next", FFA_MSG_WAIT, 0, 0, FFA_DENIED },
    { "an error of its start", FFA_ERROR, 0, 0, FFA_DENIED },
};

static void only_the_response_ends_the_turn(void **state)
{
    (void)state;
    for (unsigned int v = 0; v < 3; v++) {
        reset(NULL);
        BETA->endpoint.version = versions[v];
        alpha_asks_beta();
        for (unsigned int i = 0; i < sizeof(bad_responses) / sizeof(bad_responses[0]); i++) {
            struct sp *next =
                SP(BETA, bad_responses[i].fid, bad_responses[i].ids, bad_responses[i].x2);

            if (next != BETA || !fixture_is_error(BETA->ctx.x, bad_responses[i].code)) {
                fail_msg("%s", bad_responses[i].what);
            }
        }
        assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
        // It has been given: ALPHA owes one only to the normal world
        assert_ptr_equal(answer(ALPHA, BETA_ID), ALPHA);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    }
}

// ---- FFA_YIELD, and FFA_RUN of a partition ---------------------------------------------------------------------------------

static void yield_gives_the_core_to_who_asked(void **state)
{
    (void)state;
    alpha_asks_beta();
    assert_ptr_equal(SP(BETA, FFA_YIELD), ALPHA);
    assert_true(fixture_is(ALPHA->ctx.x, FFA_YIELD, IDS(BETA_ID, 0), 0, 0));
    assert_int_equal(BETA->state, SP_CHAINED);
    assert_ptr_equal(BETA->caller, ALPHA);
    assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_true(fixture_is_success(BETA->ctx.x, 0, 0));
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA); // completes FFA_RUN
    assert_true(ALPHA->ctx.x[0] == RESP32 && ALPHA->ctx.x[3] == 33);
    assert_null(answer(ALPHA, 0));
}

// Bits of a hint: from 1.2 on, for both
static void timeout_of_yield_goes_to_a_scheduler_that_knows_it(void **state)
{
    (void)state;
    for (unsigned int a = 0; a < 3; a++) {
        for (unsigned int b = 0; b < 3; b++) {
            bool both = versions[a] >= FFA_VERSION_1_2 && versions[b] >= FFA_VERSION_1_2;

            reset(NULL);
            ALPHA->endpoint.version = versions[a];
            BETA->endpoint.version = versions[b];
            alpha_asks_beta();
            struct sp *next = SP(BETA, FFA_YIELD, 0, 0x1111, 0x2222);
            if (versions[b] < FFA_VERSION_1_2) {
                assert_ptr_equal(next, BETA);
                assert_true(fixture_is_error(BETA->ctx.x, FFA_INVALID_PARAMETERS));
                continue;
            }
            assert_ptr_equal(next, ALPHA);
            assert_true(fixture_is(ALPHA->ctx.x, FFA_YIELD, IDS(BETA_ID, 0), both ? 0x1111 : 0,
                                   both ? 0x2222 : 0));
        }
    }
}

static void several_may_have_yielded(void **state)
{
    (void)state;
    alpha_asks_beta();
    assert_ptr_equal(SP(BETA, FFA_YIELD), ALPHA);
    assert_ptr_equal(ask(ALPHA, GAMMA), GAMMA);
    assert_ptr_equal(SP(GAMMA, FFA_YIELD), ALPHA);
    assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_ptr_equal(SP(BETA, FFA_RUN, IDS(GAMMA_ID, 0)), BETA); // it has not yielded to BETA
    assert_true(fixture_is_error(BETA->ctx.x, FFA_BUSY));
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
    assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(GAMMA_ID, 0)), GAMMA);
    assert_ptr_equal(SP(GAMMA, FFA_YIELD), ALPHA);
    assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(GAMMA_ID, 0)), GAMMA);
    assert_ptr_equal(answer(GAMMA, ALPHA_ID), ALPHA);
}

// The request stays open, and nobody else gets hold of who works on it, until the caller has another turn: on another core
static void caller_may_end_its_turn_before_it_has_the_answer(void **state)
{
    (void)state;
    alpha_asks_beta();
    assert_ptr_equal(SP(BETA, FFA_YIELD), ALPHA);
    assert_null(answer(ALPHA, 0));
    assert_int_equal(ALPHA->state, SP_WAITING);
    assert_int_equal(BETA->state, SP_CHAINED);
    assert_null(NWD(REQ32, IDS(0, BETA_ID)));
    assert_true(fixture_is_error(NWD_X, FFA_BUSY));
    assert_null(NWD(FFA_RUN, IDS(BETA_ID, 0)));
    assert_true(fixture_is_error(NWD_X, FFA_DENIED));
    fixture_enter(GAMMA, SP_MODEL_RUN);
    assert_ptr_equal(ask(GAMMA, BETA), GAMMA);
    assert_true(fixture_is_error(GAMMA->ctx.x, FFA_BUSY));
    assert_ptr_equal(SP(GAMMA, FFA_RUN, IDS(BETA_ID, 0)), GAMMA);
    assert_true(fixture_is_error(GAMMA->ctx.x, FFA_BUSY));
    assert_ptr_equal(nwd_on(1, FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
    struct ffa_args run = { .x = { FFA_RUN, IDS(BETA_ID, 0) } };
    assert_ptr_equal(fixture_from_sp(1, ALPHA, run), BETA);
    assert_ptr_equal(answer_on(1, BETA, ALPHA_ID), ALPHA);
    struct ffa_args wait = { .x = { FFA_MSG_WAIT } };
    assert_null(fixture_from_sp(1, ALPHA, wait));
}

static void head_that_yields_goes_on_where_it_was(void **state)
{
    (void)state;
    alpha_asks_beta();
    assert_ptr_equal(SP(BETA, FFA_YIELD), ALPHA);
    assert_null(SP(ALPHA, FFA_YIELD));
    assert_true(fixture_is(NWD_X, FFA_YIELD, IDS(ALPHA_ID, 0), 0, 0));
    assert_int_equal(ALPHA->state, SP_BLOCKED);
    assert_null(NWD(FFA_RUN, IDS(BETA_ID, 0)));
    assert_true(fixture_is_error(NWD_X, FFA_DENIED));
    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
    assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(BETA_ID, 0)), BETA);
}

static void run_refusals_of_a_partition(void **state)
{
    static const struct {
        const char *what;
        uint64_t x1, x2;
        int32_t code;
    } bad[] = {
        { "nobody", IDS(0x8003, 0), 0, FFA_INVALID_PARAMETERS },
        { "the normal world", IDS(0, 0), 0, FFA_INVALID_PARAMETERS },
        { "the SPMC", IDS(FFA_ID_SPMC, 0), 0, FFA_INVALID_PARAMETERS },
        { "a context that it has not", IDS(GAMMA_ID, 1), 0, FFA_INVALID_PARAMETERS },
        { "a reserved register", IDS(GAMMA_ID, 0), 1, FFA_INVALID_PARAMETERS },
        { "one that waits", IDS(GAMMA_ID, 0), 0, FFA_DENIED },
        { "itself", IDS(BETA_ID, 0), 0, FFA_DENIED },
        { "who asked it", IDS(ALPHA_ID, 0), 0, FFA_DENIED },
    };

    (void)state;
    alpha_asks_beta();
    for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct sp *next = SP(BETA, FFA_RUN, bad[i].x1, bad[i].x2);

        if (next != BETA || !fixture_is_error(BETA->ctx.x, bad[i].code)) {
            fail_msg("%s", bad[i].what);
        }
    }
}

static void run_of_a_partition_by_state(void **state)
{
    static const struct {
        enum sp_state state;
        bool stopped;
        int32_t code;
    } states[] = {
        { SP_WAITING, false, FFA_DENIED },   { SP_BLOCKED, false, FFA_DENIED },
        { SP_PREEMPTED, false, FFA_DENIED }, { SP_STOPPED, true, FFA_ABORTED },
        { SP_STOPPED, false, FFA_BUSY },
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        reset(NULL);
        fixture_enter(ALPHA, SP_MODEL_RUN);
        BETA->state = states[i].state;
        BETA->stopped = states[i].stopped;
        assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(BETA_ID, 0)), ALPHA);
        assert_true(fixture_is_error(ALPHA->ctx.x, states[i].code));
    }
    reset(NULL);
    assert_ptr_equal(nwd_on(1, REQ32, IDS(0, BETA_ID)), BETA); // runs elsewhere
    fixture_enter(ALPHA, SP_MODEL_RUN);
    assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(BETA_ID, 0)), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_BUSY));
    assert_ptr_equal(ask_on(1, BETA, GAMMA), GAMMA); // and is in a chain there
    assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(GAMMA_ID, 0)), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_BUSY));
}

// ---- Interrupts of the normal world ----------------------------------------------------------------------------------------

static void normal_world_takes_the_core_from_the_whole_chain(void **state)
{
    (void)state;
    chain_of_three();
    assert_null(fixture_interrupt(0, GAMMA));
    assert_true(fixture_is(NWD_X, FFA_INTERRUPT, IDS(ALPHA_ID, 0), 0, 0)); // whom it called
    assert_int_equal(ALPHA->state, SP_PREEMPTED);
    static const uint16_t inside[] = { BETA_ID, GAMMA_ID };
    for (unsigned int i = 0; i < 2; i++) {
        assert_null(NWD(FFA_RUN, IDS(inside[i], 0)));
        assert_true(fixture_is_error(NWD_X, FFA_DENIED));
        assert_null(NWD(REQ32, IDS(0, inside[i])));
        assert_true(fixture_is_error(NWD_X, FFA_BUSY));
    }
    struct sp was = *GAMMA;
    assert_ptr_equal(nwd_on(1, FFA_RUN, IDS(ALPHA_ID, 0)), GAMMA); // another core, who had it
    assert_memory_equal(&GAMMA->ctx, &was.ctx, sizeof(was.ctx));
    assert_ptr_equal(answer_on(1, GAMMA, BETA_ID), BETA);
    assert_null(fixture_interrupt(1, BETA));
    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), BETA);
    assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
    assert_null(fixture_interrupt(0, ALPHA));
    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
    assert_null(answer(ALPHA, 0)); // completes the first request
    assert_true(NWD_X[0] == RESP32);
}

// Who does not let the normal world's interrupts through keeps them from everybody it calls, and from who called it
static void least_permissive_of_the_chain_counts(void **state)
{
    (void)state;
    for (unsigned int who = 0; who < 3; who++) {
        struct sp *queues = &spmc_sps[who];

        reset(NULL);
        queues->config.ns_interrupts_queued = true;
        queues->ctx.spsr |= spmc_irq_normal_mask; // as spmc_boot_next does
        chain_of_three();
        fixture.hw[0].normal = true;
        assert_ptr_equal(fixture_interrupts(0), GAMMA); // it or somebody above queues
        fixture.hw[0].normal = false;
        assert_ptr_equal(answer(GAMMA, BETA_ID), BETA);
        if (who == 2) { // nobody left who does
            assert_null(fixture_interrupt(0, BETA));
            assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), BETA);
        }
        assert_ptr_equal(answer(BETA, ALPHA_ID), ALPHA);
        assert_null(answer(ALPHA, 0));
        for (uint32_t i = 0; i < 3; i++) { // each has its own mask again
            assert_int_equal(spmc_sps[i].ctx.spsr & (SPSR_I | SPSR_F),
                             i == who ? spmc_irq_normal_mask : 0);
        }
    }
}

// BETA began for a caller who queues, and goes on for the same one in a turn that does not: its mask is computed again
static void mask_of_who_yielded_follows_its_caller(void **state)
{
    (void)state;
    ALPHA->config.ns_interrupts_queued = true;
    ALPHA->ctx.spsr |= spmc_irq_normal_mask;
    alpha_asks_beta();
    assert_ptr_equal(SP(BETA, FFA_YIELD), ALPHA);
    assert_null(answer(ALPHA, 0));
    ALPHA->config.ns_interrupts_queued = false;
    ALPHA->ctx.spsr = 0;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    assert_ptr_equal(SP(ALPHA, FFA_RUN, IDS(BETA_ID, 0)), BETA);
    assert_null(fixture_interrupt(0, BETA));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(request_and_response_in_every_version_and_width, reset),
        cmocka_unit_test_setup(response_may_have_another_width, reset),
        cmocka_unit_test_setup(head_of_every_model_may_ask, reset),
        cmocka_unit_test_setup(responses_unwind_a_chain_of_three, reset),
        cmocka_unit_test_setup(fp_registers_are_put_away_at_each_step, reset),
        cmocka_unit_test_setup(requests_that_are_not_valid, reset),
        cmocka_unit_test_setup(wide_registers_of_a_request_are_reserved_from_1_2_on, reset),
        cmocka_unit_test_setup(manifests_decide_who_may_ask_whom, reset),
        cmocka_unit_test_setup(who_may_not_ask_learns_no_state, reset),
        cmocka_unit_test_setup(receiver_by_state, reset),
        cmocka_unit_test_setup(two_chains_do_not_meet, reset),
        cmocka_unit_test_setup(circles_are_refused, reset),
        cmocka_unit_test_setup(only_the_response_ends_the_turn, reset),
        cmocka_unit_test_setup(yield_gives_the_core_to_who_asked, reset),
        cmocka_unit_test_setup(timeout_of_yield_goes_to_a_scheduler_that_knows_it, reset),
        cmocka_unit_test_setup(several_may_have_yielded, reset),
        cmocka_unit_test_setup(caller_may_end_its_turn_before_it_has_the_answer, reset),
        cmocka_unit_test_setup(head_that_yields_goes_on_where_it_was, reset),
        cmocka_unit_test_setup(run_refusals_of_a_partition, reset),
        cmocka_unit_test_setup(run_of_a_partition_by_state, reset),
        cmocka_unit_test_setup(normal_world_takes_the_core_from_the_whole_chain, reset),
        cmocka_unit_test_setup(least_permissive_of_the_chain_counts, reset),
        cmocka_unit_test_setup(mask_of_who_yielded_follows_its_caller, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
