// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/client/ts_rpc.c against a scripted transport: discovery, interruptions, busy and dead
// partitions, and answers that break the protocol.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ffa/client/ts_rpc.h"

#define SCRIPT_MAX 32
#define SHARED_SIZE 256

static const uint32_t service_uuid[4] = { 1, 2, 3, 4 };

// What the firmware answers to each call in turn; `repeat` makes the last line answer all further
// calls
static struct ffa_args answers[SCRIPT_MAX];
static struct ffa_args calls[SCRIPT_MAX];
static size_t answer_count;
static size_t call_count;
static bool repeat;
static uint8_t shared[SHARED_SIZE];
static uint8_t rx[4096];

static void scripted_call(struct ffa_transport *transport, struct ffa_args *args)
{
    size_t line = call_count < answer_count ? call_count : answer_count - 1;

    (void)transport;
    assert_true(repeat || call_count < answer_count);
    if (call_count < SCRIPT_MAX) {
        calls[call_count] = *args;
    }
    call_count++;
    *args = answers[line];
}

static struct ffa_transport transport;
static struct ts_rpc_session session;

static int start(void **state)
{
    (void)state;
    memset(answers, 0, sizeof(answers));
    memset(calls, 0, sizeof(calls));
    memset(rx, 0, sizeof(rx));
    answer_count = 0;
    call_count = 0;
    repeat = false;
    transport = (struct ffa_transport){
        .call = scripted_call,
        .shared = shared,
        .shared_size = sizeof(shared),
        .shared_handle = 0x1122334455667788,
    };
    session =
        (struct ts_rpc_session){ .transport = &transport,
                                 .memory = { shared, sizeof(shared), transport.shared_handle },
                                 .partition = 0x8002,
                                 .interface = 3 };
    return 0;
}

// A transport that shares its memory for each session
static uint16_t shared_with;
static unsigned int shares;
static unsigned int reclaims;
static int share_error;
static int reclaim_error;

static int share(struct ffa_transport *from, uint16_t partition, struct ffa_shared *memory)
{
    assert_ptr_equal(from, &transport);
    shared_with = partition;
    if (share_error == 0) {
        shares++;
        *memory = (struct ffa_shared){ shared + 64, 128, 0xaabbccdd11223344 };
    }
    return share_error;
}

static int reclaim(struct ffa_transport *from, uint64_t handle)
{
    assert_ptr_equal(from, &transport);
    assert_int_equal(handle, 0xaabbccdd11223344);
    reclaims++;
    return reclaim_error;
}

static int start_sharing(void **state)
{
    start(state);
    shares = 0;
    reclaims = 0;
    share_error = 0;
    reclaim_error = 0;
    transport.share = share;
    transport.reclaim = reclaim;
    session.memory.handle = 0xaabbccdd11223344;
    return 0;
}

static struct ffa_args *answer(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    struct ffa_args *args = &answers[answer_count++];

    args->x[0] = x0;
    args->x[1] = x1;
    args->x[2] = x2;
    args->x[3] = x3;
    return args;
}

static void answer_error(int32_t code)
{
    (void)answer(FFA_ERROR, 0, (uint32_t)code, 0);
}

static void answer_rpc(uint32_t w3, uint32_t w4, uint32_t w5, uint32_t w6)
{
    struct ffa_args *args = answer(FFA_MSG_SEND_DIRECT_RESP_32, 0x80020000, 0, w3);

    args->x[4] = w4;
    args->x[5] = w5;
    args->x[6] = w6;
}

// FFA_PARTITION_INFO_GET_REGS: partitions [first, last_here] of `last` + 1, ids from 0x8001
static void answer_list(uint64_t first, uint64_t last_here, uint64_t last)
{
    struct ffa_args *args =
        answer(FFA_SUCCESS_64, 0, last | last_here << 16 | 7ULL << 32 | 24ULL << 48, 0);

    for (uint64_t i = first; i <= last_here; i++) {
        args->x[3 + (i - first) * 3] = (0x8001 + i) | 1 << 16 | 0x101ULL << 32;
    }
}

static void a_call_is_encoded_as_specified(void **state)
{
    struct ts_rpc_call call = { .opcode = 0x0108, .request_size = 40 };

    (void)state;
    answer_rpc(0x030108, 0, (uint32_t)-149, 72);
    assert_int_equal(ts_rpc_invoke(&session, &call), 0);
    assert_int_equal(call.rpc_status, 0);
    assert_int_equal(call.service_status, -149);
    assert_int_equal(call.response_size, 72);
    assert_int_equal(calls[0].x[0], 0x8400006f);
    assert_int_equal(calls[0].x[1], 0x00008002);
    assert_int_equal(calls[0].x[2], 0);
    assert_int_equal(calls[0].x[3], 0x030108);
    assert_int_equal(calls[0].x[4], 0x55667788);
    assert_int_equal(calls[0].x[5], 0x11223344);
    assert_int_equal(calls[0].x[6], 40);
    assert_int_equal(calls[0].x[7], 0);
}

static void an_interrupted_call_is_run_on(void **state)
{
    struct ts_rpc_call call = { .opcode = 1 };

    (void)state;
    (void)answer(FFA_INTERRUPT, 0x80020005, 0, 0);
    (void)answer(FFA_YIELD, 0x80020000, 0, 0);
    answer_rpc(0x030001, 0, 0, 0);
    assert_int_equal(ts_rpc_invoke(&session, &call), 0);
    assert_int_equal(call_count, 3);
    assert_int_equal(calls[1].x[0], FFA_RUN);
    assert_int_equal(calls[1].x[1], 0x80020005);
    assert_int_equal(calls[1].x[2] | calls[1].x[3] | calls[1].x[4], 0);
    assert_int_equal(calls[2].x[0], FFA_RUN);
    assert_int_equal(calls[2].x[1], 0x80020000);
}

static void a_busy_partition_is_asked_again_with_the_same_request(void **state)
{
    struct ts_rpc_call call = { .opcode = 1, .request_size = 5 };

    (void)state;
    answer_error(FFA_BUSY);
    answer_error(FFA_BUSY);
    answer_rpc(0x030001, 0, 0, 0);
    assert_int_equal(ts_rpc_invoke(&session, &call), 0);
    assert_int_equal(call_count, 3);
    assert_memory_equal(&calls[2], &calls[0], sizeof(calls[0]));
}

static void waiting_for_a_busy_or_interrupted_partition_ends(void **state)
{
    struct ts_rpc_call call = { .opcode = 1 };

    repeat = true;
    answer_error(FFA_BUSY);
    assert_int_equal(ts_rpc_invoke(&session, &call), ERR_BUSY);
    start(state);
    repeat = true;
    (void)answer(FFA_INTERRUPT, 0x80020000, 0, 0);
    assert_int_equal(ts_rpc_invoke(&session, &call), ERR_BUSY);
}

static void a_call_that_fails_says_why(void **state)
{
    static const struct {
        int32_t code;
        int error;
    } rows[] = {
        { FFA_ABORTED, ERR_ABORTED },
        { FFA_DENIED, ERR_IO },
        { FFA_INVALID_PARAMETERS, ERR_NOT_FOUND },
        { FFA_NOT_SUPPORTED, ERR_NOT_SUPPORTED },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ts_rpc_call call = { .opcode = 1, .rpc_status = 55 };

        start(state);
        answer_error(rows[i].code);
        assert_int_equal(ts_rpc_invoke(&session, &call), rows[i].error);
        assert_int_equal(call.rpc_status, 55);
    }
    struct ts_rpc_call call = { .opcode = 1 };

    start(state);
    (void)answer(FFA_SUCCESS_32, 0, 0, 0); // no answer to a direct request
    assert_int_equal(ts_rpc_invoke(&session, &call), ERR_IO);
}

static void an_answer_against_the_protocol_is_refused(void **state)
{
    struct ts_rpc_call call = { .opcode = 1 };

    answer_rpc(0x030002, 0, 0, 0); // another operation's
    assert_int_equal(ts_rpc_invoke(&session, &call), ERR_INVALID);
    start(state);
    answer_rpc(0x030001, 0, 0, SHARED_SIZE + 1); // more than there is memory
    assert_int_equal(ts_rpc_invoke(&session, &call), ERR_INVALID);
    start(state);
    (void)answer(FFA_MSG_SEND_DIRECT_RESP_64, 0, 0, 0x030001); // of the other width
    assert_int_equal(ts_rpc_invoke(&session, &call), ERR_INVALID);
    start(state);
    call.request_size = SHARED_SIZE + 1;
    assert_int_equal(ts_rpc_invoke(&session, &call), ERR_RANGE);
    assert_int_equal(call_count, 0);
}

static void a_client_without_memory_says_so(void **state)
{
    struct ts_rpc_call call = { .opcode = 1 };

    (void)state;
    session.memory.size = 0;
    answer_rpc(0x030001, 0, 0, 0);
    assert_int_equal(ts_rpc_invoke(&session, &call), 0);
    assert_int_equal(calls[0].x[4], 0xffffffff);
    assert_int_equal(calls[0].x[5], 0xffffffff);
}

static void the_partition_with_the_service_is_found(void **state)
{
    struct ts_rpc_session found;

    (void)state;
    answer_list(0, 1, 2);
    answer_list(2, 2, 2);
    answer_rpc(0xff0000, 1, 0, 0);
    answer_rpc(0xff0003, (uint32_t)TS_RPC_NOT_FOUND, 0, 0); // 0x8001 does not have it
    answer_error(FFA_ABORTED);                              // 0x8002 is dead
    answer_rpc(0xff0000, 1, 0, 0);
    answer_rpc(0xff0003, 0, 4, 0); // 0x8003 has it, interface 4
    answer_rpc(0xff0001, 0, 0, 0);
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), 0);
    assert_int_equal(found.partition, 0x8003);
    assert_int_equal(found.interface, 4);
    assert_ptr_equal(found.transport, &transport);

    // The list: protocol UUID, then from where it ended with the tag it came with
    assert_int_equal(calls[0].x[0], FFA_PARTITION_INFO_GET_REGS);
    assert_int_equal(calls[0].x[1], 0x51475e82d776cdbd);
    assert_int_equal(calls[0].x[2], 0xac4349f8d4863b96);
    assert_int_equal(calls[0].x[3], 0);
    assert_int_equal(calls[1].x[3], 2 | 7 << 16);
    // The service's UUID, and the memory's handle
    assert_int_equal(calls[3].x[1], 0x00008001);
    assert_int_equal(calls[3].x[4], 1);
    assert_int_equal(calls[3].x[7], 4);
    assert_int_equal(calls[7].x[1], 0x00008003);
    assert_int_equal(calls[7].x[4], 0x55667788);
    assert_int_equal(calls[7].x[5], 0x11223344);
}

static void a_list_that_changes_is_begun_again(void **state)
{
    struct ts_rpc_session found;

    (void)state;
    answer_list(0, 0, 1);
    answer_error(FFA_RETRY);
    answer_list(0, 0, 0);
    answer_rpc(0xff0000, 1, 0, 0);
    answer_rpc(0xff0003, 0, 0, 0);
    answer_rpc(0xff0001, 0, 0, 0);
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), 0);
    assert_int_equal(calls[2].x[3], 0);
    assert_int_equal(found.partition, 0x8001);
}

static void before_ffa_1_2_the_list_comes_through_rx(void **state)
{
    static const struct ffa_partition_info infos[2] = {
        { .id = 0x8005, .properties = FFA_PROP_DIRECT_SEND },
        { .id = 0x8006, .properties = FFA_PROP_DIRECT_RECV }
    };
    struct ts_rpc_session found;

    (void)state;
    transport.rx = rx;
    memcpy(rx, infos, sizeof(infos));
    answer_error(FFA_NOT_SUPPORTED);
    (void)answer(FFA_SUCCESS_32, 0, 2, sizeof(infos[0]));
    (void)answer(FFA_SUCCESS_32, 0, 0, 0);
    answer_rpc(0xff0000, 1, 0, 0);
    answer_rpc(0xff0003, 0, 0, 0);
    answer_rpc(0xff0001, 0, 0, 0);
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), 0);
    assert_int_equal(found.partition, 0x8006); // the other one receives no requests
    assert_int_equal(calls[2].x[0], FFA_RX_RELEASE);
}

static void a_list_against_the_protocol_is_refused(void **state)
{
    struct ts_rpc_session found;

    answer_list(0, 5, 5); // more than fit the registers
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), ERR_INVALID);
    start(state);
    answer_list(0, 2, 1); // past its own end
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), ERR_INVALID);
    start(state);
    answer_list(0, 0, 0);
    answers[0].x[2] ^= 1ULL << 48; // descriptors of another size
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), ERR_INVALID);
    start(state);
    transport.rx = rx;
    answer_error(FFA_NOT_SUPPORTED);
    (void)answer(FFA_SUCCESS_32, 0, 171, 24); // more than a page
    (void)answer(FFA_SUCCESS_32, 0, 0, 0);
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), ERR_INVALID);
    assert_int_equal(calls[2].x[0], FFA_RX_RELEASE);
}

static void not_finding_says_why(void **state)
{
    struct ts_rpc_session found;

    answer_error(FFA_INVALID_PARAMETERS); // no partition speaks the protocol
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), ERR_NOT_FOUND);
    start(state);
    answer_list(0, 0, 0);
    answer_rpc(0xff0000, 2, 0, 0);
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), ERR_VERSION);
    start(state);
    answer_list(0, 0, 0);
    answer_rpc(0xff0000, 1, 0, 0);
    answer_rpc(0xff0003, 0, 0, 0);
    answer_rpc(0xff0001, (uint32_t)TS_RPC_NOT_FOUND, 0, 0); // it does not know the memory
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), ERR_DENIED);
}

static void answer_service(void)
{
    answer_list(0, 0, 0);
    answer_rpc(0xff0000, 1, 0, 0);
    answer_rpc(0xff0003, 0, 0, 0);
}

static void memory_is_shared_with_who_has_the_service(void **state)
{
    struct ts_rpc_session found;
    struct ts_rpc_call call = { .opcode = 1 };

    (void)state;
    answer_service();
    answer_rpc(0xff0001, 0, 0, 0);
    answer_rpc(0x000001, 0, 0, 0);
    answer_rpc(0xff0002, 0, 0, 0);
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), 0);
    assert_int_equal(shares, 1);
    assert_int_equal(shared_with, 0x8001);
    assert_ptr_equal(found.memory.base, shared + 64);
    assert_int_equal(found.memory.size, 128);
    assert_int_equal(calls[3].x[4], 0x11223344);
    assert_int_equal(calls[3].x[5], 0xaabbccdd);
    assert_int_equal(calls[3].x[6] | calls[3].x[7], 0); // the tag
    assert_int_equal(ts_rpc_invoke(&found, &call), 0);
    assert_int_equal(calls[4].x[4], 0x11223344);
    assert_int_equal(calls[4].x[5], 0xaabbccdd);
    assert_int_equal(ts_rpc_close(&found), 0);
    assert_int_equal(calls[5].x[1], 0x00008001);
    assert_int_equal(calls[5].x[4], 0x11223344);
    assert_int_equal(calls[5].x[5], 0xaabbccdd);
    assert_int_equal(reclaims, 1);
}

static void what_is_not_shared_is_not_opened(void **state)
{
    struct ts_rpc_session found = { .partition = 1 };

    answer_service();
    share_error = ERR_NO_MEMORY;
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), ERR_NO_MEMORY);
    start_sharing(state);
    answer_service();
    answer_rpc(0xff0001, (uint32_t)TS_RPC_TRANSPORT_LAYER, 0, 0);
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), ERR_DENIED);
    assert_int_equal(reclaims, 1); // nothing stays shared
    start_sharing(state);
    answer_service();
    answer_rpc(0xff0001, (uint32_t)TS_RPC_TRANSPORT_LAYER, 0, 0);
    reclaim_error = ERR_DENIED;
    assert_int_equal(ts_rpc_open(&found, &transport, service_uuid), ERR_IO);
    assert_int_equal(found.partition, 1);
}

static void memory_comes_back_unless_the_partition_has_it(void **state)
{
    answer_error(FFA_ABORTED); // dead: it has nothing any more
    assert_int_equal(ts_rpc_close(&session), 0);
    assert_int_equal(reclaims, 1);
    start_sharing(state);
    answer_rpc(0xff0002, (uint32_t)TS_RPC_NOT_FOUND, 0, 0); // it never had it
    assert_int_equal(ts_rpc_close(&session), 0);
    assert_int_equal(reclaims, 1);
    start_sharing(state);
    answer_error(FFA_DENIED);
    assert_int_equal(ts_rpc_close(&session), ERR_IO);
    assert_int_equal(reclaims, 0);
    start_sharing(state);
    answer_rpc(0xff0002, 0, 0, 0);
    reclaim_error = ERR_DENIED;
    assert_int_equal(ts_rpc_close(&session), ERR_DENIED);
    start_sharing(state);
    session.memory.size = 0;
    assert_int_equal(ts_rpc_close(&session), 0);
    assert_int_equal(call_count, 0);
    start(state); // the owner shares
    answer_rpc(0xff0002, 0, 0, 0);
    assert_int_equal(ts_rpc_close(&session), 0);
}

static void who_the_call_is_for_stands_in_w7(void **state)
{
    struct ts_rpc_call call = { .opcode = 1 };

    (void)state;
    transport.client = 0xfffe;
    answer_rpc(0x030001, 0, 0, 0);
    assert_int_equal(ts_rpc_invoke(&session, &call), 0);
    assert_int_equal(calls[0].x[7], 0xfffe);
}

static void a_partition_does_not_ask_itself(void **state)
{
    struct ts_rpc_session found;

    (void)state;
    transport.id = 0x8001;
    answer_list(0, 1, 1);
    answer_rpc(0xff0000, 1, 0, 0);
    answer_rpc(0xff0003, 0, 0, 0);
    assert_int_equal(ts_rpc_find(&found, &transport, service_uuid), 0);
    assert_int_equal(found.partition, 0x8002);
    assert_int_equal(calls[1].x[1], 0x80018002);
    assert_int_equal(found.memory.size, 0);
    start(state);
    transport.id = 0x8001;
    answer_list(0, 0, 0);
    assert_int_equal(ts_rpc_find(&found, &transport, service_uuid), ERR_NOT_FOUND);
}

// 0x8001 would say that it has the service; it is not even asked
static void one_that_poses_as_the_partition_is_passed_over(void **state)
{
    struct ts_rpc_session found;

    (void)state;
    transport.partition = 0x8002;
    answer_list(0, 1, 1);
    answer_rpc(0xff0000, 1, 0, 0);
    answer_rpc(0xff0003, 0, 0, 0);
    assert_int_equal(ts_rpc_find(&found, &transport, service_uuid), 0);
    assert_int_equal(found.partition, 0x8002);
    assert_int_equal(calls[1].x[1], 0x8002);
    assert_int_equal(calls[2].x[1], 0x8002);
    start(state);
    transport.partition = 0x8002;
    answer_list(0, 0, 0); // it alone
    assert_int_equal(ts_rpc_find(&found, &transport, service_uuid), ERR_NOT_FOUND);
    assert_int_equal(call_count, 1);
}

static void borrowed_memory_is_used_and_not_given_back(void **state)
{
    struct ts_rpc_session other = { .transport = &transport, .partition = 0x8002, .interface = 1 };
    struct ts_rpc_call call = { .opcode = 2, .request_size = SHARED_SIZE };

    (void)state;
    ts_rpc_borrow(&other, &session);
    answer_rpc(0x010002, 0, 0, 0);
    assert_int_equal(ts_rpc_invoke(&other, &call), 0);
    assert_int_equal(calls[0].x[4], 0x11223344);
    assert_int_equal(ts_rpc_close(&other), 0);
    assert_int_equal(call_count, 1);
    assert_int_equal(reclaims, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_call_is_encoded_as_specified, start),
        cmocka_unit_test_setup(an_interrupted_call_is_run_on, start),
        cmocka_unit_test_setup(a_busy_partition_is_asked_again_with_the_same_request, start),
        cmocka_unit_test_setup(waiting_for_a_busy_or_interrupted_partition_ends, start),
        cmocka_unit_test_setup(a_call_that_fails_says_why, start),
        cmocka_unit_test_setup(an_answer_against_the_protocol_is_refused, start),
        cmocka_unit_test_setup(a_client_without_memory_says_so, start),
        cmocka_unit_test_setup(the_partition_with_the_service_is_found, start),
        cmocka_unit_test_setup(a_list_that_changes_is_begun_again, start),
        cmocka_unit_test_setup(before_ffa_1_2_the_list_comes_through_rx, start),
        cmocka_unit_test_setup(a_list_against_the_protocol_is_refused, start),
        cmocka_unit_test_setup(not_finding_says_why, start),
        cmocka_unit_test_setup(memory_is_shared_with_who_has_the_service, start_sharing),
        cmocka_unit_test_setup(what_is_not_shared_is_not_opened, start_sharing),
        cmocka_unit_test_setup(memory_comes_back_unless_the_partition_has_it, start_sharing),
        cmocka_unit_test_setup(who_the_call_is_for_stands_in_w7, start),
        cmocka_unit_test_setup(a_partition_does_not_ask_itself, start),
        cmocka_unit_test_setup(one_that_poses_as_the_partition_is_passed_over, start),
        cmocka_unit_test_setup(borrowed_memory_is_used_and_not_given_back, start_sharing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
