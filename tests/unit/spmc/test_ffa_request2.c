// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_MSG_SEND_DIRECT_REQ2 and RESP2 of both worlds (spmc/ffa_direct.c): fourteen registers, the receiver's UUID, who may ask whom.
// Expected values: DEN0077A "FFA_MSG_SEND_DIRECT_REQ2" and the codes that the compliance suite asserts.
#include "chain_support.h"

// ---- FFA_MSG_SEND_DIRECT_REQ2 and RESP2 ------------------------------------------------------------------------------------

#define REQ2 FFA_MSG_SEND_DIRECT_REQ2
#define RESP2 FFA_MSG_SEND_DIRECT_RESP2
#define UUID_LOW_BETA 0x6666666655555555ull
#define UUID_HIGH_BETA 0x8888888877777777ull

static int reset2(void **state)
{
    reset(state);
    fixture_nwd_version(FFA_VERSION_1_2);
    BETA->config.version = FFA_VERSION_1_2;
    BETA->endpoint.version = FFA_VERSION_1_2;
    fixture_properties(BETA, FFA_PROP_DIRECT2_RECV | FFA_PROP_DIRECT2_SEND);
    return 0;
}

static struct ffa_args message2(uint32_t fid, uint32_t ids, uint64_t low, uint64_t high)
{
    struct ffa_args args = { .x = { fid, ids, low, high } };

    for (unsigned int i = 4; i < 18; i++) {
        args.x[i] = P(i);
    }
    return args;
}

static void check_message2(const uint64_t *x, struct ffa_args message)
{
    assert_memory_equal(x, message.x, sizeof(message.x));
}

static void request2_of_the_normal_world(void **state)
{
    struct ffa_args request = message2(REQ2, IDS(0, BETA_ID), UUID_LOW_BETA, UUID_HIGH_BETA);
    struct ffa_args response = message2(RESP2, IDS(BETA_ID, 0), 0, 0);

    (void)state;
    assert_ptr_equal(fixture_from_nwd(0, request), BETA);
    check_message2(BETA->ctx.x, request);
    assert_null(fixture_from_sp(0, BETA, response));
    check_message2(NWD_X, response);
    assert_int_equal(BETA->state, SP_WAITING);
}

static void request2_of_a_partition(void **state)
{
    struct ffa_args request = message2(REQ2, IDS(ALPHA_ID, BETA_ID), UUID_LOW_BETA, UUID_HIGH_BETA);
    struct ffa_args response = message2(RESP2, IDS(BETA_ID, ALPHA_ID), 0, 0);

    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(fixture_from_sp(0, ALPHA, request), BETA);
    check_message2(BETA->ctx.x, request);
    assert_ptr_equal(fixture_from_sp(0, BETA, response), ALPHA);
    check_message2(ALPHA->ctx.x, response);
}

// nil · the second of two · half of one, one with its halves exchanged, somebody else's
static void uuid_of_request2_is_one_of_the_receiver(void **state)
{
    static const struct {
        uint64_t low, high;
        bool good;
    } uuids[] = {
        { 0, 0, true },
        { UUID_LOW_BETA, UUID_HIGH_BETA, true },
        { 0xaaaaaaaa99999999, 0xccccccccbbbbbbbb, true },
        { UUID_LOW_BETA, 0, false },
        { 0, UUID_HIGH_BETA, false },
        { UUID_HIGH_BETA, UUID_LOW_BETA, false },
        { UUID_LOW_BETA, 0xccccccccbbbbbbbb, false },
        { UUID_LOW_BETA + 1, UUID_HIGH_BETA, false },
        { 0x2222222211111111, 0x4444444433333333, false },
        { UINT64_MAX, UINT64_MAX, false },
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(uuids) / sizeof(uuids[0]); i++) {
        reset2(NULL);
        assert_ptr_equal(
            fixture_from_nwd(0, message2(REQ2, IDS(0, BETA_ID), uuids[i].low, uuids[i].high)),
            uuids[i].good ? BETA : NULL);
        assert_true(uuids[i].good || fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
        reset2(NULL);
        fixture_enter(ALPHA, SP_MODEL_DIRECT);
        assert_ptr_equal(
            fixture_from_sp(0, ALPHA,
                            message2(REQ2, IDS(ALPHA_ID, BETA_ID), uuids[i].low, uuids[i].high)),
            uuids[i].good ? BETA : ALPHA);
        assert_true(uuids[i].good || fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    }
}

static void request2_refusals(void **state)
{
    static const struct {
        const char *what;
        uint32_t ids;
    } bad[] = {
        { "sender is the receiver", IDS(ALPHA_ID, ALPHA_ID) },
        { "sender is another partition", IDS(GAMMA_ID, BETA_ID) },
        { "sender is the normal world", IDS(0, BETA_ID) },
        { "receiver is the normal world", IDS(ALPHA_ID, 0) },
        { "receiver is the SPMC", IDS(ALPHA_ID, FFA_ID_SPMC) },
        { "no such receiver", IDS(ALPHA_ID, 0x8003) },
    };

    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_ptr_equal(fixture_from_sp(0, ALPHA, message2(REQ2, bad[i].ids, 0, 0)), ALPHA);
        if (!fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS)) {
            fail_msg("%s", bad[i].what);
        }
    }
    // The receiver takes none, or not from this one, or does not speak 1.2
    assert_ptr_equal(fixture_from_sp(0, ALPHA, message2(REQ2, IDS(ALPHA_ID, GAMMA_ID), 0, 0)),
                     ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    BETA->admits[SP_MSG_DIRECT2] = 1;
    assert_ptr_equal(fixture_from_sp(0, ALPHA, message2(REQ2, IDS(ALPHA_ID, BETA_ID), 0, 0)),
                     ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    BETA->admits[SP_MSG_DIRECT2] = 0xffff;
    BETA->endpoint.version = FFA_VERSION_1_1;
    assert_ptr_equal(fixture_from_sp(0, ALPHA, message2(REQ2, IDS(ALPHA_ID, BETA_ID), 0, 0)),
                     ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    assert_null(fixture_from_nwd(1, message2(REQ2, IDS(0, BETA_ID), 0, 0)));
    assert_true(fixture_is_error(nwd_x(1), FFA_DENIED));
    BETA->endpoint.version = FFA_VERSION_1_2;
    assert_null(fixture_from_nwd(1, message2(REQ2, IDS(ALPHA_ID, BETA_ID), 0, 0)));
    assert_true(fixture_is_error(nwd_x(1), FFA_INVALID_PARAMETERS));
    assert_null(fixture_from_nwd(1, message2(REQ2, IDS(0, ALPHA_ID), 0, 0)));
    assert_true(fixture_is_error(nwd_x(1), FFA_BUSY));
    assert_ptr_equal(fixture_from_nwd(1, message2(REQ2, IDS(0, BETA_ID), 0, 0)), BETA);
    assert_ptr_equal(fixture_from_sp(0, ALPHA, message2(REQ2, IDS(ALPHA_ID, BETA_ID), 0, 0)),
                     ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_BUSY));
}

static void request2_is_not_there_before_1_2(void **state)
{
    (void)state;
    for (unsigned int v = 0; v < 2; v++) {
        reset(NULL);
        fixture_nwd_version(versions[v]);
        assert_null(NWD(REQ2, IDS(0, ALPHA_ID)));
        assert_true(fixture_is_error(NWD_X, FFA_NOT_SUPPORTED));
        fixture_enter(ALPHA, SP_MODEL_DIRECT);
        ALPHA->endpoint.version = versions[v];
        assert_ptr_equal(SP(ALPHA, REQ2, IDS(ALPHA_ID, BETA_ID)), ALPHA);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_NOT_SUPPORTED));
        assert_ptr_equal(SP(ALPHA, REQ2 & ~0x40000000u, IDS(ALPHA_ID, BETA_ID)), ALPHA);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_NOT_SUPPORTED));
    }
}

// Asked with REQ, answered with RESP; asked with REQ2, with RESP2. Nothing but x2 and x3 is reserved in it
static void response_has_the_form_of_the_request(void **state)
{
    static const uint32_t senders[] = { 0, ALPHA_ID };

    (void)state;
    for (unsigned int from = 0; from < 2; from++) {
        for (unsigned int two = 0; two < 2; two++) {
            uint32_t back = IDS(BETA_ID, senders[from]);
            struct ffa_args wrong =
                two ? (struct ffa_args){ .x = { RESP64, back } } : message2(RESP2, back, 0, 0);
            struct ffa_args request = { .x = { two ? REQ2 : REQ64, IDS(senders[from], BETA_ID) } };

            reset2(NULL);
            if (from != 0) {
                fixture_enter(ALPHA, SP_MODEL_DIRECT);
                assert_ptr_equal(fixture_from_sp(0, ALPHA, request), BETA);
            } else {
                assert_ptr_equal(fixture_from_nwd(0, request), BETA);
            }
            assert_ptr_equal(fixture_from_sp(0, BETA, wrong), BETA);
            assert_true(fixture_is_error(BETA->ctx.x, FFA_DENIED));
            if (two == 0) {
                continue;
            }
            for (unsigned int i = 2; i < 4; i++) {
                wrong = message2(RESP2, back, 0, 0);
                wrong.x[i] = 1ull << 63;
                assert_ptr_equal(fixture_from_sp(0, BETA, wrong), BETA);
                assert_true(fixture_is_error(BETA->ctx.x, FFA_INVALID_PARAMETERS));
            }
            assert_ptr_equal(
                fixture_from_sp(0, BETA, message2(RESP2, IDS(BETA_ID, GAMMA_ID), 0, 0)), BETA);
            assert_true(fixture_is_error(BETA->ctx.x, FFA_DENIED));
            assert_ptr_equal(fixture_from_sp(0, BETA, message2(RESP2, IDS(GAMMA_ID, 0), 0, 0)),
                             BETA);
            assert_true(fixture_is_error(BETA->ctx.x, FFA_INVALID_PARAMETERS));
            assert_ptr_equal(fixture_from_sp(0, BETA, message2(RESP2, back, 0, 0)),
                             from ? ALPHA : NULL);
        }
    }
}

// Of all ids only those of the partitions are ever anybody; fixed order, nothing changes
static void every_id_as_receiver_and_sender(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    for (uint32_t id = 0; id <= 0xffff; id++) {
        if (sp_find(id) == NULL) {
            SP(ALPHA, REQ64, IDS(ALPHA_ID, id));
            assert_int_equal(ALPHA->ctx.x[2], (uint32_t)FFA_INVALID_PARAMETERS);
            SP(ALPHA, FFA_RUN, IDS(id, 0));
            assert_int_equal(ALPHA->ctx.x[2], (uint32_t)FFA_INVALID_PARAMETERS);
            nwd_on(1, REQ2, IDS(0, id));
            assert_int_equal(nwd_x(1)[2], (uint32_t)FFA_INVALID_PARAMETERS);
        }
        if (id != ALPHA_ID) {
            SP(ALPHA, REQ2, IDS(id, BETA_ID));
            assert_int_equal(ALPHA->ctx.x[2], (uint32_t)FFA_INVALID_PARAMETERS);
        }
        if (id != 0 && id != FFA_ID_SPMD) { // EL3 lets nobody name itself
            nwd_on(1, REQ32, IDS(id, BETA_ID));
            assert_int_equal(nwd_x(1)[2], (uint32_t)FFA_INVALID_PARAMETERS);
        }
    }
    assert_int_equal(BETA->state, SP_WAITING);
}

static void nobody_answers_who_was_not_asked(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    assert_ptr_equal(fixture_from_sp(0, ALPHA, message2(RESP2, IDS(ALPHA_ID, 0), 0, 0)), ALPHA);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_null(fixture_from_nwd(0, message2(RESP2, IDS(0, ALPHA_ID), 0, 0)));
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(request2_of_the_normal_world, reset2),
        cmocka_unit_test_setup(request2_of_a_partition, reset2),
        cmocka_unit_test_setup(uuid_of_request2_is_one_of_the_receiver, reset2),
        cmocka_unit_test_setup(request2_refusals, reset2),
        cmocka_unit_test_setup(request2_is_not_there_before_1_2, reset),
        cmocka_unit_test_setup(response_has_the_form_of_the_request, reset2),
        cmocka_unit_test_setup(every_id_as_receiver_and_sender, reset2),
        cmocka_unit_test_setup(nobody_answers_who_was_not_asked, reset2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
