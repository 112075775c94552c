// SPDX-License-Identifier: BSD-3-Clause
//
// Direct messages (spmc/ffa_direct.c): payload, register rules per version and width, ids, states of the receiver, and
// who may answer whom when. Expected values: DEN0077A "Direct messaging" and the codes that the compliance suite asserts.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spmc_fixture.h"

#define REQ32 FFA_MSG_SEND_DIRECT_REQ_32
#define REQ64 FFA_MSG_SEND_DIRECT_REQ_64
#define RESP32 FFA_MSG_SEND_DIRECT_RESP_32
#define RESP64 FFA_MSG_SEND_DIRECT_RESP_64
#define P(n) (0xabcd000012340000ull + (n)) // payload that needs 64 bits

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    return 0;
}

static void check_message(const uint64_t *x, uint64_t fid, uint64_t ids, uint64_t mask)
{
    assert_int_equal(x[0], fid);
    assert_int_equal(x[1], ids);
    assert_int_equal(x[2], 0);
    for (unsigned int i = 3; i < 8; i++) {
        assert_int_equal(x[i], P(i) & mask);
    }
}

static void request_and_response_64(void **state)
{
    (void)state;
    for (uint32_t minor = 0; minor < 3; minor++) {
        fixture_reset();
        fixture_nwd_version(0x10000 | minor);
        assert_ptr_equal(NWD(REQ64, IDS(0, ALPHA_ID), 0, P(3), P(4), P(5), P(6), P(7)), ALPHA);
        check_message(ALPHA->ctx.x, REQ64, IDS(0, ALPHA_ID), UINT64_MAX);
        for (unsigned int i = 8; i < 18; i++) {
            assert_int_equal(ALPHA->ctx.x[i], 0); // a 1.2 receiver: parameters, unused
        }
        assert_int_equal(ALPHA->state, SP_RUNNING);
        assert_null(SP(ALPHA, RESP64, IDS(ALPHA_ID, 0), 0, P(3), P(4), P(5), P(6), P(7)));
        check_message(NWD_X, RESP64, IDS(ALPHA_ID, 0), UINT64_MAX);
        assert_int_equal(ALPHA->state, SP_WAITING);
    }
}

static void request_and_response_32_carry_32_bits(void **state)
{
    (void)state;
    struct sp was = *ALPHA;

    assert_ptr_equal(NWD(REQ32, IDS(0, ALPHA_ID), 0, P(3), P(4), P(5), P(6), P(7)), ALPHA);
    check_message(ALPHA->ctx.x, REQ32, IDS(0, ALPHA_ID), UINT32_MAX);
    // SMC32: the receiver's x8 … x17 are its own
    assert_memory_equal(&ALPHA->ctx.x[8], &was.ctx.x[8], 10 * sizeof(uint64_t));
    assert_null(SP(ALPHA, RESP32, IDS(ALPHA_ID, 0), 0, P(3), P(4), P(5), P(6), P(7)));
    check_message(NWD_X, RESP32, IDS(ALPHA_ID, 0), UINT32_MAX);
}

static void receiver_below_1_2_keeps_its_wide_registers(void **state)
{
    (void)state;
    struct sp was = *BETA;

    fixture_nwd_version(FFA_VERSION_1_2);
    assert_ptr_equal(NWD(REQ64, IDS(0, BETA_ID), 0, P(3), P(4), P(5), P(6), P(7)), BETA);
    check_message(BETA->ctx.x, REQ64, IDS(0, BETA_ID), UINT64_MAX);
    assert_memory_equal(&BETA->ctx.x[8], &was.ctx.x[8], 10 * sizeof(uint64_t));
    // Its response's dirt in x8 … x17 stays behind (the fixture checks the normal world's registers)
    assert_null(SP(BETA, RESP64, IDS(BETA_ID, 0), 0, P(3), P(4), P(5), P(6), P(7)));
    check_message(NWD_X, RESP64, IDS(BETA_ID, 0), UINT64_MAX);
}

// The width of the response is not compared with the request's
static void response_may_have_another_width(void **state)
{
    (void)state;
    NWD(REQ64, IDS(0, ALPHA_ID));
    assert_null(SP(ALPHA, RESP32, IDS(ALPHA_ID, 0), 0, P(3), P(4), P(5), P(6), P(7)));
    check_message(NWD_X, RESP32, IDS(ALPHA_ID, 0), UINT32_MAX);
}

static const struct {
    const char *what;
    uint64_t ids, w2;
    int32_t code;
} bad_requests[] = {
    { "sender is the receiver", IDS(ALPHA_ID, ALPHA_ID), 0, FFA_INVALID_PARAMETERS },
    { "sender is another partition", IDS(BETA_ID, ALPHA_ID), 0, FFA_INVALID_PARAMETERS },
    { "sender is the SPMC", IDS(FFA_ID_SPMC, ALPHA_ID), 0, FFA_INVALID_PARAMETERS },
    { "sender is a VM that nobody registered", IDS(1, ALPHA_ID), 0, FFA_INVALID_PARAMETERS },
    { "receiver is the normal world", IDS(0, 0), 0, FFA_INVALID_PARAMETERS },
    { "receiver is a VM", IDS(0, 1), 0, FFA_INVALID_PARAMETERS },
    { "receiver is the SPMC", IDS(0, FFA_ID_SPMC), 0, FFA_INVALID_PARAMETERS },
    { "receiver is EL3", IDS(0, FFA_ID_SPMD), 0, FFA_INVALID_PARAMETERS },
    { "no such receiver", IDS(0, 0x8003), 0, FFA_INVALID_PARAMETERS },
    { "ids swapped", IDS(ALPHA_ID, 0), 0, FFA_INVALID_PARAMETERS },
    { "framework bit", IDS(0, ALPHA_ID), 0x80000000, FFA_INVALID_PARAMETERS },
    { "framework message: PSCI", IDS(0, ALPHA_ID), 0x80000001, FFA_INVALID_PARAMETERS },
    { "framework message: VM created", IDS(0, ALPHA_ID), 0x80000004, FFA_INVALID_PARAMETERS },
    { "reserved bit 0 of w2", IDS(0, ALPHA_ID), 1, FFA_INVALID_PARAMETERS },
    { "reserved bit 30 of w2", IDS(0, ALPHA_ID), 0x40000000, FFA_INVALID_PARAMETERS },
    { "receiver takes no direct requests", IDS(0, GAMMA_ID), 0, FFA_DENIED },
};

static void request_refusals(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < sizeof(bad_requests) / sizeof(bad_requests[0]); i++) {
        for (unsigned int wide = 0; wide < 2; wide++) {
            struct sp *next = NWD(wide ? REQ64 : REQ32, bad_requests[i].ids, bad_requests[i].w2, 3);

            if (next != NULL || !fixture_is_error(NWD_X, bad_requests[i].code)) {
                fail_msg("%s", bad_requests[i].what);
            }
            assert_int_equal(ALPHA->state, SP_WAITING);
        }
    }
}

static void wide_registers_of_a_request_are_reserved_from_1_2_on(void **state)
{
    (void)state;
    for (unsigned int i = 8; i < 18; i++) {
        struct ffa_args args = { .x = { REQ64, IDS(0, ALPHA_ID) } };

        fixture_reset();
        fixture_nwd_version(FFA_VERSION_1_2);
        args.x[i] = 1ull << 40;
        assert_null(fixture_from_nwd(0, args));
        assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    }
    // SMC32 from 1.2, and SMC64 from below: the fixture fills them with dirt, and they do not matter
    assert_ptr_equal(NWD(REQ32, IDS(0, ALPHA_ID)), ALPHA);
}

static void upper_half_of_ids_and_w2_is_not_looked_at(void **state)
{
    (void)state;
    // w1 and w2 are 32-bit parameters of the SMC64 form too
    assert_ptr_equal(NWD(REQ64, 0xffffffff00000000 | IDS(0, ALPHA_ID), 0xffffffff00000000), ALPHA);
    assert_int_equal(ALPHA->ctx.x[1], IDS(0, ALPHA_ID));
    assert_int_equal(ALPHA->ctx.x[2], 0);
}

static void manifest_decides_who_may_ask(void **state)
{
    (void)state;
    ALPHA->admits[SP_MSG_DIRECT] = 0xfffe; // everybody but the normal world
    for (unsigned int wide = 0; wide < 2; wide++) {
        assert_null(NWD(wide ? REQ64 : REQ32, IDS(0, ALPHA_ID)));
        assert_true(fixture_is_error(NWD_X, FFA_DENIED));
    }
    ALPHA->admits[SP_MSG_DIRECT] = 1;
    assert_ptr_equal(NWD(REQ32, IDS(0, ALPHA_ID)), ALPHA);
    assert_null(SP(ALPHA, RESP32, IDS(ALPHA_ID, 0)));
    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA); // no message
}

static void receiver_by_state(void **state)
{
    static const struct {
        uint32_t state;
        int32_t code;
    } states[] = { { SP_RUNNING, FFA_BUSY },
                   { SP_BLOCKED, FFA_BUSY },
                   { SP_PREEMPTED, FFA_BUSY },
                   { SP_CHAINED, FFA_BUSY },
                   { SP_STOPPED, FFA_ABORTED } };

    (void)state;
    // On another core
    assert_ptr_equal(fixture_from_nwd(1, (struct ffa_args){ .x = { REQ32, IDS(0, ALPHA_ID) } }),
                     ALPHA);
    assert_null(NWD(REQ32, IDS(0, ALPHA_ID)));
    assert_true(fixture_is_error(NWD_X, FFA_BUSY));
    assert_ptr_equal(fixture_running(1), ALPHA);
    for (unsigned int i = 1; i < sizeof(states) / sizeof(states[0]); i++) {
        fixture_reset();
        ALPHA->state = states[i].state;
        ALPHA->stopped = states[i].state == SP_STOPPED;
        if (states[i].state == SP_CHAINED) {
            ALPHA->caller = BETA;
            ALPHA->model = SP_MODEL_DIRECT;
        }
        assert_null(NWD(REQ64, IDS(0, ALPHA_ID)));
        assert_true(fixture_is_error(NWD_X, states[i].code));
        assert_int_equal(ALPHA->state, states[i].state);
    }
}

static const struct {
    const char *what;
    uint64_t ids, w2;
    int32_t code;
} bad_responses[] = {
    { "from another partition", IDS(BETA_ID, 0), 0, FFA_INVALID_PARAMETERS },
    { "from the normal world", IDS(0, 0), 0, FFA_INVALID_PARAMETERS },
    { "from the SPMC, as of EL3's exchange", IDS(FFA_ID_SPMC, FFA_ID_SPMD), 0,
      FFA_INVALID_PARAMETERS },
    { "to itself", IDS(ALPHA_ID, ALPHA_ID), 0, FFA_INVALID_PARAMETERS },
    { "ids swapped", IDS(0, ALPHA_ID), 0, FFA_INVALID_PARAMETERS },
    { "framework bit", IDS(ALPHA_ID, 0), 0x80000000, FFA_INVALID_PARAMETERS },
    { "framework version response", IDS(ALPHA_ID, 0), 0x80000009, FFA_INVALID_PARAMETERS },
    { "reserved bit of w2", IDS(ALPHA_ID, 0), 1, FFA_INVALID_PARAMETERS },
    { "to a partition that did not ask", IDS(ALPHA_ID, BETA_ID), 0, FFA_DENIED },
    { "to a VM that did not ask", IDS(ALPHA_ID, 5), 0, FFA_DENIED },
    { "to EL3", IDS(ALPHA_ID, FFA_ID_SPMD), 0, FFA_DENIED },
};

static void response_refusals(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    for (unsigned int i = 0; i < sizeof(bad_responses) / sizeof(bad_responses[0]); i++) {
        for (unsigned int wide = 0; wide < 2; wide++) {
            struct sp *next =
                SP(ALPHA, wide ? RESP64 : RESP32, bad_responses[i].ids, bad_responses[i].w2, 3);

            if (next != ALPHA || !fixture_is_error(ALPHA->ctx.x, bad_responses[i].code)) {
                fail_msg("%s", bad_responses[i].what);
            }
        }
    }
    for (unsigned int i = 8; i < 18; i++) {
        struct ffa_args args = { .x = { RESP64, IDS(ALPHA_ID, 0) } };

        args.x[i] = 1;
        assert_ptr_equal(fixture_from_sp(0, ALPHA, args), ALPHA);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    }
    assert_null(SP(ALPHA, RESP32, IDS(ALPHA_ID, 0))); // it still owes the answer, and may give it
}

static void response_without_a_request_is_denied(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    assert_ptr_equal(SP(ALPHA, RESP32, IDS(ALPHA_ID, 0)), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    SP(ALPHA, FFA_MSG_WAIT);
    // Neither after a request that was answered
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_null(SP(ALPHA, RESP64, IDS(ALPHA_ID, 0)));
    fixture_enter(ALPHA, SP_MODEL_RUN);
    assert_ptr_equal(SP(ALPHA, RESP64, IDS(ALPHA_ID, 0)), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
}

static void response_of_the_normal_world_is_invalid(void **state)
{
    (void)state;
    fixture_nwd_version(FFA_VERSION_1_2);
    NWD(RESP32, IDS(0, ALPHA_ID));
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    NWD(RESP64, IDS(0, ALPHA_ID));
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    NWD(RESP32, IDS(ALPHA_ID, 0)); // in a partition's name
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
}

static void response_after_yield_and_interrupt_goes_to_the_core_that_resumed(void **state)
{
    (void)state;
    assert_ptr_equal(NWD(REQ32, IDS(0, ALPHA_ID), 0, 7), ALPHA);
    assert_null(SP(ALPHA, FFA_YIELD));
    struct ffa_args run = { .x = { FFA_RUN, IDS(ALPHA_ID, 0) } };
    assert_ptr_equal(fixture_from_nwd(1, run), ALPHA);
    assert_null(fixture_interrupt(1, ALPHA));
    assert_ptr_equal(fixture_from_nwd(1, run), ALPHA);
    struct ffa_args response = { .x = { RESP32, IDS(ALPHA_ID, 0), 0, P(3), P(4), P(5), P(6),
                                        P(7) } };
    assert_null(fixture_from_sp(1, ALPHA, response));
    check_message(spmc_cores[1].args.x, RESP32, IDS(ALPHA_ID, 0), UINT32_MAX);
}

static void two_cores_two_partitions(void **state)
{
    (void)state;
    assert_ptr_equal(NWD(REQ32, IDS(0, ALPHA_ID), 0, 1), ALPHA);
    struct ffa_args request = { .x = { REQ32, IDS(0, BETA_ID), 0, 2 } };
    assert_ptr_equal(fixture_from_nwd(1, request), BETA);
    assert_null(SP(ALPHA, RESP32, IDS(ALPHA_ID, 0), 0, 11));
    struct ffa_args response = { .x = { RESP32, IDS(BETA_ID, 0), 0, 22 } };
    assert_null(fixture_from_sp(1, BETA, response));
    assert_int_equal(spmc_cores[0].args.x[3], 11);
    assert_int_equal(spmc_cores[1].args.x[3], 22);
}

// The registers go back before anybody else can claim the partition (the fake checks that it still runs)
static void fp_registers_go_back_with_the_response(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    spmc_cores[0].fp_owner = ALPHA;
    SP(ALPHA, FFA_ID_GET);
    assert_int_equal(fixture.gives_back, 0);
    assert_null(SP(ALPHA, RESP32, IDS(ALPHA_ID, 0)));
    assert_int_equal(fixture.gives_back, 1);
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_null(SP(ALPHA, RESP32, IDS(ALPHA_ID, 0)));
    assert_int_equal(fixture.gives_back, 1); // a partition that did not use them costs nothing
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(request_and_response_64, reset),
        cmocka_unit_test_setup(request_and_response_32_carry_32_bits, reset),
        cmocka_unit_test_setup(receiver_below_1_2_keeps_its_wide_registers, reset),
        cmocka_unit_test_setup(response_may_have_another_width, reset),
        cmocka_unit_test_setup(request_refusals, reset),
        cmocka_unit_test_setup(wide_registers_of_a_request_are_reserved_from_1_2_on, reset),
        cmocka_unit_test_setup(upper_half_of_ids_and_w2_is_not_looked_at, reset),
        cmocka_unit_test_setup(manifest_decides_who_may_ask, reset),
        cmocka_unit_test_setup(receiver_by_state, reset),
        cmocka_unit_test_setup(response_refusals, reset),
        cmocka_unit_test_setup(response_without_a_request_is_denied, reset),
        cmocka_unit_test_setup(response_of_the_normal_world_is_invalid, reset),
        cmocka_unit_test_setup(response_after_yield_and_interrupt_goes_to_the_core_that_resumed,
                               reset),
        cmocka_unit_test_setup(two_cores_two_partitions, reset),
        cmocka_unit_test_setup(fp_registers_go_back_with_the_response, reset),
    };

    return cmocka_run_group_tests(tests, reset, NULL);
}
