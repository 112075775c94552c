// SPDX-License-Identifier: BSD-3-Clause
//
// Direct requests of a partition (partitions/lib/sp_request.c, sp_error.c): registers of each kind, going on after a yield,
// every refusal.
#include "svc.h"

#define OTHER 0x8005
#define ENDPOINTS ((uint64_t)SVC_OWN_ID << 16 | OTHER)

static void assert_args(const uint64_t *args, size_t count, uint64_t first)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(args[i], first + i);
    }
}

static void line_up(uint64_t function, unsigned int first_register, uint64_t first)
{
    svc_answer(function, (uint64_t)OTHER << 16 | SVC_OWN_ID, 0, 0, 0);
    for (unsigned int i = first_register; i < 18; i++) {
        svc.answers[svc.answer_count - 1].x[i] = first + i - first_register;
    }
}

static void each_kind_has_its_registers(void **state)
{
    uint64_t wide[5] = { 0x1000000001, 0x1000000002, 0x1000000003, 0x1000000004, 0x1000000005 };
    uint32_t narrow[5] = { 1, 2, 3, 4, 5 };
    uint64_t large[14] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 };
    const uint64_t uuid[2] = { 0x1111, 0x2222 };

    (void)state;
    line_up(FFA_MSG_SEND_DIRECT_RESP_64, 3, 0x2000000000);
    line_up(FFA_MSG_SEND_DIRECT_RESP_32, 3, 0x30);
    line_up(FFA_MSG_SEND_DIRECT_RESP2, 4, 0x4000000000);
    line_up(FFA_MSG_SEND_DIRECT_RESP2, 4, 0x5000000000);
    assert_int_equal(sp_request(OTHER, wide), 0);
    assert_int_equal(svc.calls[0].x[0], FFA_MSG_SEND_DIRECT_REQ_64);
    assert_int_equal(svc.calls[0].x[1], ENDPOINTS);
    assert_int_equal(svc.calls[0].x[2], 0);
    assert_args(&svc.calls[0].x[3], 5, 0x1000000001);
    for (size_t i = 8; i < 18; i++) {
        assert_int_equal(svc.calls[0].x[i], 0);
    }
    assert_args(wide, 5, 0x2000000000);

    assert_int_equal(sp_request_32(OTHER, narrow), 0);
    assert_int_equal(svc.calls[1].x[0], FFA_MSG_SEND_DIRECT_REQ_32);
    assert_int_equal(svc.calls[1].x[1], ENDPOINTS);
    assert_args(&svc.calls[1].x[3], 5, 1);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(narrow[i], 0x30 + i);
    }

    assert_int_equal(sp_request2(OTHER, uuid, large), 0);
    assert_int_equal(svc.calls[2].x[0], FFA_MSG_SEND_DIRECT_REQ2);
    assert_int_equal(svc.calls[2].x[1], ENDPOINTS);
    assert_int_equal(svc.calls[2].x[2], 0x1111);
    assert_int_equal(svc.calls[2].x[3], 0x2222);
    assert_args(&svc.calls[2].x[4], 14, 1);
    assert_args(large, 14, 0x4000000000);
    assert_true(svc.wide[2]);

    assert_int_equal(sp_request2(OTHER, NULL, large), 0);
    assert_int_equal(svc.calls[3].x[2], 0);
    assert_int_equal(svc.calls[3].x[3], 0);
}

static void a_partition_that_yields_is_run_until_it_answers(void **state)
{
    uint64_t arg[14] = { 7 };

    (void)state;
    svc_answer(FFA_YIELD, (uint64_t)OTHER << 16, 500, 1, 0); // with a timeout
    svc_answer(FFA_YIELD, (uint64_t)OTHER << 16, 0, 0, 0);
    line_up(FFA_MSG_SEND_DIRECT_RESP2, 4, 0x90);
    assert_int_equal(sp_request2(OTHER, NULL, arg), 0);
    assert_int_equal(svc.count, 3);
    svc_assert_call(1, FFA_RUN, (uint64_t)OTHER << 16, 0, 0, 0);
    svc_assert_call(2, FFA_RUN, (uint64_t)OTHER << 16, 0, 0, 0);
    assert_args(arg, 14, 0x90);
}

static unsigned int runs;

static void yield_again(const struct ffa_args *call)
{
    runs++;
    svc.count = 0;
    assert_int_equal(call->x[0], runs == 1 ? FFA_MSG_SEND_DIRECT_REQ_64 : FFA_RUN);
}

static void one_that_never_answers_ends_the_request(void **state)
{
    uint64_t arg[5] = { 1, 2, 3, 4, 5 };

    (void)state;
    runs = 0;
    svc.seen = yield_again;
    svc_answer(FFA_YIELD, (uint64_t)OTHER << 16, 0, 0, 0);
    assert_int_equal(sp_request(OTHER, arg), ERR_TIMEOUT);
    assert_int_equal(runs, SP_REQUEST_RUNS);
    assert_args(arg, 5, 1);
}

static void refusals_are_told_apart_and_change_nothing(void **state)
{
    static const struct {
        int32_t code;
        int error;
    } rows[] = {
        { FFA_NOT_SUPPORTED, ERR_NOT_SUPPORTED },
        { FFA_INVALID_PARAMETERS, ERR_INVALID },
        { FFA_NO_MEMORY, ERR_NO_MEMORY },
        { FFA_BUSY, ERR_BUSY },
        { FFA_RETRY, ERR_BUSY },
        { FFA_NOT_READY, ERR_BUSY },
        { FFA_DENIED, ERR_DENIED },
        { FFA_ABORTED, ERR_ABORTED },
        { FFA_NO_DATA, ERR_NOT_FOUND },
        { -77, ERR_IO },
    };
    uint64_t arg[14] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 };
    uint32_t narrow[5] = { 1, 2, 3, 4, 5 };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        svc_start(state);
        svc_refuse(rows[i].code);
        svc_refuse(rows[i].code);
        svc_refuse(rows[i].code);
        assert_int_equal(sp_request(OTHER, arg), rows[i].error);
        assert_int_equal(sp_request2(OTHER, NULL, arg), rows[i].error);
        assert_int_equal(sp_request_32(OTHER, narrow), rows[i].error);
        assert_args(arg, 14, 1);
        assert_int_equal(narrow[0], 1);
    }
}

static void an_answer_of_another_kind_is_none(void **state)
{
    uint64_t arg[5] = { 1, 2, 3, 4, 5 };

    (void)state;
    line_up(FFA_MSG_SEND_DIRECT_RESP_32, 3, 0x77);
    line_up(FFA_MSG_WAIT, 3, 0x77);
    assert_int_equal(sp_request(OTHER, arg), ERR_IO);
    assert_int_equal(sp_request(OTHER, arg), ERR_IO);
    assert_args(arg, 5, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_kind_has_its_registers, svc_start),
        cmocka_unit_test_setup(a_partition_that_yields_is_run_until_it_answers, svc_start),
        cmocka_unit_test_setup(one_that_never_answers_ends_the_request, svc_start),
        cmocka_unit_test_setup(refusals_are_told_apart_and_change_nothing, svc_start),
        cmocka_unit_test_setup(an_answer_of_another_kind_is_none, svc_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
