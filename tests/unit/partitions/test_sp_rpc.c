// SPDX-License-Identifier: BSD-3-Clause
//
// partitions/lib/sp_rpc.c: the register encoding of Trusted Services RPC, its refusals, whose memory is whose, and that a
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
#define HANDLE 0x0000123400005678ULL
#define TAG 0x1122334455667788ULL

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
static struct sp_rpc_endpoint endpoint = {
    .services = services,
    .service_count = 2,
    .request = request,
    .response = response,
    .buffer_size = BUFFER_SIZE,
};

// What stands for sp_mem.c
static struct sp_mem_claim claimed;
static unsigned int retrieved;
static unsigned int relinquished;
static uint64_t last_relinquished;
static int retrieve_error;
static int relinquish_error;
static size_t view_size;

int sp_mem_retrieve(const struct sp_mem_claim *claim, struct sp_mem_view *view)
{
    claimed = *claim;
    if (retrieve_error != 0) {
        return retrieve_error;
    }
    retrieved++;
    *view = (struct sp_mem_view){
        .base = shared, .size = view_size, .kind = claim->kind, .writable = true
    };
    return 0;
}

int sp_mem_relinquish(uint64_t handle)
{
    last_relinquished = handle;
    if (relinquish_error != 0) {
        return relinquish_error;
    }
    relinquished++;
    return 0;
}

static uint32_t source = SOURCE; // who sends

static struct sp_message send(uint64_t w3, uint64_t w4, uint64_t w5, uint64_t w6, uint64_t w7)
{
    struct sp_message message = {
        .arg = { w3, w4, w5, w6, w7 },
        .endpoints = source << 16 | OWN,
        .function = FFA_MSG_SEND_DIRECT_REQ_32,
    };

    sp_rpc_answer(&endpoint, &message);
    assert_int_equal(message.arg[0], (uint32_t)w3);
    assert_int_equal(message.endpoints, source << 16 | OWN);
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

static int32_t retrieve(uint64_t handle)
{
    struct sp_message answer =
        send(0xff0001, (uint32_t)handle, handle >> 32, (uint32_t)TAG, TAG >> 32);

    assert_true(answer.arg[2] == 0 && answer.arg[3] == 0 && answer.arg[4] == 0);
    return (int32_t)answer.arg[1];
}

static int32_t relinquish(uint64_t handle)
{
    struct sp_message answer = send(0xff0002, (uint32_t)handle, handle >> 32, 0, 0);

    assert_true(answer.arg[2] == 0 && answer.arg[3] == 0 && answer.arg[4] == 0);
    return (int32_t)answer.arg[1];
}

static int start(void **state)
{
    (void)state;
    memset(shared, 0, sizeof(shared));
    memset(&seen, 0, sizeof(seen));
    memset(endpoint.memories, 0, sizeof(endpoint.memories));
    run_count = 0;
    source = SOURCE;
    retrieve_error = 0;
    relinquish_error = 0;
    view_size = SHARED_SIZE;
    assert_int_equal(retrieve(HANDLE), TS_RPC_SUCCESS);
    retrieved = 0;
    relinquished = 0;
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

static void memory_is_retrieved_as_its_owner_shared_it(void **state)
{
    (void)state;
    assert_int_equal(claimed.handle, HANDLE);
    assert_int_equal(claimed.tag, TAG);
    assert_int_equal(claimed.owner, SOURCE);
    assert_int_equal(claimed.kind, SP_MEM_SHARED);
    assert_true(claimed.writable && !claimed.several && !claimed.zero_after);
    assert_int_equal(relinquish(HANDLE), TS_RPC_SUCCESS);
    assert_int_equal(last_relinquished, HANDLE);
    assert_int_equal(relinquish(HANDLE), TS_RPC_NOT_FOUND);
    assert_answer(call(0, 0x0101, HANDLE, 0), TS_RPC_NOT_FOUND, 0, 0);
    assert_int_equal(relinquished, 1);
}

static void what_the_spmc_refuses_is_refused(void **state)
{
    (void)state;
    retrieve_error = ERR_DENIED;
    assert_int_equal(retrieve(HANDLE + 1), TS_RPC_TRANSPORT_LAYER);
    assert_answer(call(0, 0x0101, HANDLE + 1, 0), TS_RPC_NOT_FOUND, 0, 0);
    assert_int_equal(relinquish(HANDLE + 1), TS_RPC_NOT_FOUND);
    relinquish_error = ERR_INVALID;
    assert_int_equal(relinquish(HANDLE), TS_RPC_TRANSPORT_LAYER);
    assert_answer(call(0, 0x0101, HANDLE, 0), 0, (uint32_t)-137, 0); // it is still there
}

static void memory_of_one_is_not_another_s(void **state)
{
    (void)state;
    source = SOURCE + 1;
    assert_answer(call(0, 0x0101, HANDLE, 0), TS_RPC_NOT_FOUND, 0, 0);
    assert_int_equal(relinquish(HANDLE), TS_RPC_NOT_FOUND);
    assert_int_equal(relinquished, 0);
    assert_int_equal(run_count, 0);
}

static void memory_that_is_too_large_goes_back(void **state)
{
    (void)state;
    view_size = SP_RPC_MEMORY_MAX + 4096;
    assert_int_equal(retrieve(HANDLE + 1), TS_RPC_INVALID_VALUE);
    assert_int_equal(retrieved, 1);
    assert_int_equal(relinquished, 1);
    assert_int_equal(last_relinquished, HANDLE + 1);
    assert_answer(call(0, 0x0101, HANDLE + 1, 0), TS_RPC_NOT_FOUND, 0, 0);
    relinquish_error = ERR_INVALID;
    assert_int_equal(retrieve(HANDLE + 1), TS_RPC_TRANSPORT_LAYER);
    view_size = SP_RPC_MEMORY_MAX;
    assert_int_equal(retrieve(HANDLE + 1), TS_RPC_SUCCESS);
    (void)call(0, 0x0101, HANDLE + 1, 0);
    assert_int_equal(seen.response_max, BUFFER_SIZE); // no more than the endpoint's own buffers
}

// Whatever one does, everybody else finds the places that are theirs
static void nobody_takes_another_s_places(void **state)
{
    (void)start(state);
    assert_int_equal(retrieve(1), TS_RPC_SUCCESS); // the second of this one
    assert_int_equal(retrieve(2), TS_RPC_NOT_FOUND);
    source = FFA_ID_NWD;
    for (unsigned int i = 0; i < SP_RPC_MEMORIES_NWD; i++) {
        assert_int_equal(retrieve(10 + i), TS_RPC_SUCCESS);
    }
    assert_int_equal(retrieve(100), TS_RPC_NOT_FOUND);
    for (source = SOURCE + 1; source < SOURCE + 8; source++) {
        assert_int_equal(retrieve(1), TS_RPC_SUCCESS);
        assert_int_equal(retrieve(2), TS_RPC_SUCCESS);
        assert_int_equal(retrieve(3), TS_RPC_NOT_FOUND);
    }
    assert_int_equal(retrieved, SP_RPC_MEMORIES - 1); // and start()'s
    source = FFA_ID_NWD;
    assert_int_equal(relinquish(12), TS_RPC_SUCCESS);
    assert_int_equal(retrieve(100), TS_RPC_SUCCESS);
    assert_int_equal(retrieve(101), TS_RPC_NOT_FOUND);
}

static void a_call_gets_request_and_caller_and_its_response_is_copied_out(void **state)
{
    (void)state;
    memcpy(shared, "abcdef", 6);
    assert_answer(call(0, 0x0101, HANDLE, 6), 0, (uint32_t)-137, 6);
    assert_memory_equal(shared, "fedcba", 6);
    assert_int_equal(seen.source, SOURCE);
    assert_int_equal(seen.client, 9);
    assert_int_equal(seen.request_size, 6);
    assert_int_equal(seen.response_max, SHARED_SIZE);
    assert_int_equal(seen.response_size, 0);
    assert_int_equal(seen.status, 0);
    assert_true(seen.request == request && seen.response == response);
    assert_answer(call(1, 0x0200, HANDLE, SHARED_SIZE), 0, (uint32_t)-137, SHARED_SIZE);
}

static void a_request_is_read_once(void **state)
{
    (void)state;
    memcpy(shared, "abcdef", 6);
    assert_answer(call(0, 0x0001, HANDLE, 6), 0, (uint32_t)-137, 6);
    assert_memory_equal(shared, "fedcba", 6);
}

static void private_buffers_are_wiped(void **state)
{
    static const uint8_t zeros[BUFFER_SIZE];

    (void)state;
    memset(shared, 0xaa, sizeof(shared));
    (void)call(0, 0x0101, HANDLE, SHARED_SIZE);
    assert_memory_equal(request, zeros, BUFFER_SIZE);
    assert_memory_equal(response, zeros, BUFFER_SIZE);
}

static void wrong_calls_run_nothing(void **state)
{
    (void)state;
    assert_answer(call(2, 0x0101, HANDLE, 0), TS_RPC_INVALID_VALUE, 0, 0);
    assert_answer(call(0xfe, 0x0101, HANDLE, 0), TS_RPC_INVALID_VALUE, 0, 0);
    assert_answer(call(0, 0x0100, HANDLE, 0), TS_RPC_INVALID_VALUE, 0, 0);
    assert_answer(call(1, 0x0101, HANDLE, 0), TS_RPC_INVALID_VALUE, 0, 0);
    assert_answer(call(0, 0x0101, HANDLE + 1, 0), TS_RPC_NOT_FOUND, 0, 0);
    assert_answer(call(0, 0x0101, 0, 0), TS_RPC_NOT_FOUND, 0, 0);
    assert_answer(call(0, 0x0101, HANDLE, SHARED_SIZE + 1), TS_RPC_INVALID_VALUE, 0, 0);
    assert_answer(call(0, 0x0101, HANDLE, 0xffffffff), TS_RPC_INVALID_VALUE, 0, 0);
    assert_answer(call(0x4000, 0x0101, HANDLE, 0), TS_RPC_INVALID_VALUE, 0,
                  0); // reserved bits
    assert_answer(call(0x8000, 0x0101, HANDLE, 0), TS_RPC_INVALID_VALUE, 0, 0);
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
    assert_answer(call(0, 0x0102, HANDLE, 6), TS_RPC_INVALID_REQUEST_BODY, 0, 0);
    assert_memory_equal(shared, "abcdef", 6);
}

static void a_response_that_is_too_long_is_not_copied_out(void **state)
{
    static const uint8_t zeros[SHARED_SIZE];

    (void)state;
    assert_answer(call(0, 0xffff, HANDLE, 0), TS_RPC_INTERNAL, 0, 0);
    assert_memory_equal(shared, zeros, SHARED_SIZE);
}

static void a_64_bit_message_is_refused(void **state)
{
    struct sp_message message = {
        .arg = { 0x00000101, (uint32_t)HANDLE, HANDLE >> 32, 0, 0 },
        .endpoints = SOURCE << 16 | OWN,
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
        cmocka_unit_test_setup(memory_is_retrieved_as_its_owner_shared_it, start),
        cmocka_unit_test_setup(what_the_spmc_refuses_is_refused, start),
        cmocka_unit_test_setup(memory_of_one_is_not_another_s, start),
        cmocka_unit_test_setup(memory_that_is_too_large_goes_back, start),
        cmocka_unit_test_setup(nobody_takes_another_s_places, start),
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
