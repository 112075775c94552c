// SPDX-License-Identifier: BSD-3-Clause
//
// partitions/lib/sp_rpc.c: the register encoding of Trusted Services RPC, its refusals, and that a
// request is read once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sp_rpc.h"

#define SHARED_SIZE 64
#define BUFFER_SIZE 128
#define SOURCE 0x0007
#define OWN 0x8002

#define UUID_A                                         \
    {                                                  \
        0x11111111, 0x22222222, 0x33333333, 0x44444444 \
    }
#define UUID_B                                         \
    {                                                  \
        0x11111111, 0x22222222, 0x33333333, 0x55555555 \
    }

static uint8_t shared[SHARED_SIZE];
static uint8_t request[BUFFER_SIZE];
static uint8_t response[BUFFER_SIZE];
static struct sp_rpc_call seen; // what the last operation was given
static unsigned int run_count;

static int32_t run_reverse(struct sp_rpc_call *call)
{
    seen = *call;
    run_count++;
    for (size_t i = 0; i < call->request_size; i++) {
        call->response[i] = call->request[call->request_size - 1 - i];
    }
    call->response_size = call->request_size;
    call->status = -137;
    return TS_RPC_SUCCESS;
}

// A client that changes its request while it is worked on
static int32_t run_racing(struct sp_rpc_call *call)
{
    memset(shared, 0xff, sizeof(shared));
    return run_reverse(call);
}

static int32_t run_refusing(struct sp_rpc_call *call)
{
    (void)run_reverse(call);
    return TS_RPC_INVALID_REQUEST_BODY;
}

static int32_t run_broken(struct sp_rpc_call *call)
{
    seen = *call;
    memset(call->response, 0x77, call->response_max + 1);
    call->response_size = call->response_max + 1;
    return TS_RPC_SUCCESS;
}

static const struct sp_rpc_row rows_a[] = { { 0x0001, run_racing },
                                            { 0x0101, run_reverse },
                                            { 0x0102, run_refusing },
                                            { 0xffff, run_broken } };
static const struct sp_rpc_row rows_b[] = { { 0x0200, run_reverse } };
static const struct sp_rpc_service services[] = { { UUID_A, rows_a, 4 }, { UUID_B, rows_b, 1 } };
static const struct sp_rpc_endpoint endpoint = {
    .services = services,
    .service_count = 2,
    .request = request,
    .response = response,
    .buffer_size = BUFFER_SIZE,
    .shared = shared,
    .shared_size = SHARED_SIZE,
};

static struct sp_message send(uint64_t w3, uint64_t w4, uint64_t w5, uint64_t w6, uint64_t w7)
{
    struct sp_message message = {
        .arg = { w3, w4, w5, w6, w7 },
        .endpoints = SOURCE << 16 | OWN,
        .function = FFA_MSG_SEND_DIRECT_REQ_32,
    };

    sp_rpc_answer(&endpoint, &message);
    assert_int_equal(message.arg[0], (uint32_t)w3);
    assert_int_equal(message.endpoints, SOURCE << 16 | OWN);
    return message;
}

static struct sp_message call(uint32_t interface, uint32_t opcode, uint64_t handle, uint32_t size)
{
    return send(interface << 16 | opcode, (uint32_t)handle, handle >> 32, size, 9);
}

static void assert_answer(struct sp_message message, int32_t w4, uint32_t w5, uint32_t w6)
{
    assert_int_equal(message.arg[1], (uint32_t)w4);
    assert_int_equal(message.arg[2], w5);
    assert_int_equal(message.arg[3], w6);
    assert_int_equal(message.arg[4], 0);
}

static int start(void **state)
{
    (void)state;
    memset(shared, 0, sizeof(shared));
    memset(&seen, 0, sizeof(seen));
    run_count = 0;
    return 0;
}

static void management_tells_version_and_services(void **state)
{
    (void)state;
    assert_answer(send(0xff0000, 0, 0, 0, 0), 1, 0, 0);
    assert_answer(send(0xff0003, 0x11111111, 0x22222222, 0x33333333, 0x44444444), 0, 0, 0);
    assert_answer(send(0xff0003, 0x11111111, 0x22222222, 0x33333333, 0x55555555), 0, 1, 0);
    assert_answer(send(0xff0003, 0x11111111, 0x22222222, 0x33333333, 0x66666666), TS_RPC_NOT_FOUND,
                  0, 0);
    assert_answer(send(0xff0003, 0x11111112, 0x22222222, 0x33333333, 0x44444444), TS_RPC_NOT_FOUND,
                  0, 0);
    assert_answer(send(0xff0004, 0, 0, 0, 0), TS_RPC_INVALID_VALUE, 0, 0);
    assert_answer(send(0xffffff, 0, 0, 0, 0), TS_RPC_INVALID_VALUE, 0, 0);
}

static void the_static_handle_is_there_and_no_other(void **state)
{
    (void)state;
    for (uint32_t opcode = 0xff0001; opcode <= 0xff0002; opcode++) {
        assert_answer(send(opcode, 0, 0x53544154, 0, 0), 0, 0, 0);
        assert_answer(send(opcode, 1, 0x53544154, 0, 0), TS_RPC_NOT_FOUND, 0, 0);
        assert_answer(send(opcode, 0, 0, 0, 0), TS_RPC_NOT_FOUND, 0, 0);
        assert_answer(send(opcode, 0xffffffff, 0xffffffff, 0, 0), TS_RPC_NOT_FOUND, 0, 0);
    }
}

static void a_call_gets_request_and_caller_and_its_response_is_copied_out(void **state)
{
    (void)state;
    memcpy(shared, "abcdef", 6);
    assert_answer(call(0, 0x0101, TS_RPC_STATIC_HANDLE, 6), 0, (uint32_t)-137, 6);
    assert_memory_equal(shared, "fedcba", 6);
    assert_int_equal(seen.source, SOURCE);
    assert_int_equal(seen.client, 9);
    assert_int_equal(seen.request_size, 6);
    assert_int_equal(seen.response_max, SHARED_SIZE);
    assert_int_equal(seen.response_size, 0);
    assert_int_equal(seen.status, 0);
    assert_true(seen.request == request && seen.response == response);
    assert_answer(call(1, 0x0200, TS_RPC_STATIC_HANDLE, SHARED_SIZE), 0, (uint32_t)-137,
                  SHARED_SIZE);
}

static void a_request_is_read_once(void **state)
{
    (void)state;
    memcpy(shared, "abcdef", 6);
    assert_answer(call(0, 0x0001, TS_RPC_STATIC_HANDLE, 6), 0, (uint32_t)-137, 6);
    assert_memory_equal(shared, "fedcba", 6);
}

static void private_buffers_are_wiped(void **state)
{
    static const uint8_t zeros[BUFFER_SIZE];

    (void)state;
    memset(shared, 0xaa, sizeof(shared));
    (void)call(0, 0x0101, TS_RPC_STATIC_HANDLE, SHARED_SIZE);
    assert_memory_equal(request, zeros, BUFFER_SIZE);
    assert_memory_equal(response, zeros, BUFFER_SIZE);
}

static void wrong_calls_run_nothing(void **state)
{
    (void)state;
    assert_answer(call(2, 0x0101, TS_RPC_STATIC_HANDLE, 0), TS_RPC_INVALID_VALUE, 0, 0);
    assert_answer(call(0xfe, 0x0101, TS_RPC_STATIC_HANDLE, 0), TS_RPC_INVALID_VALUE, 0, 0);
    assert_answer(call(0, 0x0100, TS_RPC_STATIC_HANDLE, 0), TS_RPC_INVALID_VALUE, 0, 0);
    assert_answer(call(1, 0x0101, TS_RPC_STATIC_HANDLE, 0), TS_RPC_INVALID_VALUE, 0, 0);
    assert_answer(call(0, 0x0101, TS_RPC_STATIC_HANDLE + 1, 0), TS_RPC_NOT_FOUND, 0, 0);
    assert_answer(call(0, 0x0101, 0, 0), TS_RPC_NOT_FOUND, 0, 0);
    assert_answer(call(0, 0x0101, TS_RPC_STATIC_HANDLE, SHARED_SIZE + 1), TS_RPC_INVALID_VALUE, 0,
                  0);
    assert_answer(call(0, 0x0101, TS_RPC_STATIC_HANDLE, 0xffffffff), TS_RPC_INVALID_VALUE, 0, 0);
    assert_answer(call(0x4000, 0x0101, TS_RPC_STATIC_HANDLE, 0), TS_RPC_INVALID_VALUE, 0,
                  0); // reserved bits
    assert_answer(call(0x8000, 0x0101, TS_RPC_STATIC_HANDLE, 0), TS_RPC_INVALID_VALUE, 0, 0);
    assert_int_equal(run_count, 0);
}

static void without_memory_there_is_no_body(void **state)
{
    (void)state;
    assert_answer(call(0, 0x0101, TS_RPC_NO_MEMORY, 0), 0, (uint32_t)-137, 0);
    assert_int_equal(seen.response_max, 0);
    assert_answer(call(0, 0x0101, TS_RPC_NO_MEMORY, 1), TS_RPC_INVALID_VALUE, 0, 0);
    assert_int_equal(run_count, 1);
}

static void a_refused_call_gives_nothing_back(void **state)
{
    (void)state;
    memcpy(shared, "abcdef", 6);
    assert_answer(call(0, 0x0102, TS_RPC_STATIC_HANDLE, 6), TS_RPC_INVALID_REQUEST_BODY, 0, 0);
    assert_memory_equal(shared, "abcdef", 6);
}

static void a_response_that_is_too_long_is_not_copied_out(void **state)
{
    static const uint8_t zeros[SHARED_SIZE];

    (void)state;
    assert_answer(call(0, 0xffff, TS_RPC_STATIC_HANDLE, 0), TS_RPC_INTERNAL, 0, 0);
    assert_memory_equal(shared, zeros, SHARED_SIZE);
}

static void a_64_bit_message_is_refused(void **state)
{
    struct sp_message message = {
        .arg = { 0x00000101, 0, 0x53544154, 0, 0 },
        .function = FFA_MSG_SEND_DIRECT_REQ_64,
    };

    (void)state;
    sp_rpc_answer(&endpoint, &message);
    assert_answer(message, TS_RPC_INVALID_VALUE, 0, 0);
    assert_int_equal(run_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(management_tells_version_and_services, start),
        cmocka_unit_test_setup(the_static_handle_is_there_and_no_other, start),
        cmocka_unit_test_setup(a_call_gets_request_and_caller_and_its_response_is_copied_out,
                               start),
        cmocka_unit_test_setup(a_request_is_read_once, start),
        cmocka_unit_test_setup(private_buffers_are_wiped, start),
        cmocka_unit_test_setup(wrong_calls_run_nothing, start),
        cmocka_unit_test_setup(without_memory_there_is_no_body, start),
        cmocka_unit_test_setup(a_refused_call_gives_nothing_back, start),
        cmocka_unit_test_setup(a_response_that_is_too_long_is_not_copied_out, start),
        cmocka_unit_test_setup(a_64_bit_message_is_refused, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
