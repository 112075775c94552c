// SPDX-License-Identifier: BSD-3-Clause
//
// ftpm_service.c with the real RPC endpoint and command response buffer, on an engine that records: which message goes
// where, every operation, status and size, who may use which locality, hash sequences, what is left in shared memory.
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "ftpm_proto.h"
#include "ftpm_service.h"
#include "sp_rpc.h"
#include "ts_caps.h"

#define ADDRESS 0x50000000ULL
#define NWD 0
#define SP 0x8003
#define SP2 0x8004
#define OWN 0x8005
#define HANDLE 0x0000123400005678ULL
#define SHARED_SIZE 8192
#define NONE TS_RPC_NO_MEMORY

static alignas(4096) uint8_t pages[TPM_CRB_LOCALITIES * TPM_CRB_PAGE];
static alignas(4096) uint8_t shared[SHARED_SIZE];
static size_t shared_size;

static struct {
    unsigned int runs;
    uint8_t locality;
    size_t size;
    uint8_t command[FTPM_COMMAND_MAX];
    size_t response_size;
    unsigned int hash_starts, hash_ends;
    uint8_t hashed[SHARED_SIZE];
    size_t hashed_size;
    uint8_t reset_locality;
    bool hash_fails, established, failed, resets;
} tpm;

// ---- What is around the service --------------------------------------------------------------------------------------

int sp_mem_retrieve(const struct sp_mem_claim *claim, struct sp_mem_view *view)
{
    (void)claim;
    *view = (struct sp_mem_view){ .base = shared, .size = shared_size, .writable = true };
    return 0;
}

int sp_mem_relinquish(uint64_t handle)
{
    (void)handle;
    return 0;
}

static size_t execute(uint8_t locality, const uint8_t *command, size_t size, uint8_t *response,
                      size_t room)
{
    assert_in_range(size, TPM_CRB_HEADER_SIZE, FTPM_COMMAND_MAX);
    assert_in_range(room, TPM_CRB_DATA_SIZE, FTPM_COMMAND_MAX);
    tpm.runs++;
    tpm.locality = locality;
    tpm.size = size;
    memcpy(tpm.command, command, size);
    memset(response, 0x77, tpm.response_size <= room ? tpm.response_size : room);
    return tpm.response_size;
}

static bool hash_start(void)
{
    tpm.hash_starts++;
    return !tpm.hash_fails;
}

static bool hash_data(const uint8_t *data, size_t size)
{
    tpm.hashed_size = size;
    memcpy(tpm.hashed, data, size);
    return !tpm.hash_fails;
}

static bool hash_end(void)
{
    tpm.hash_ends++;
    tpm.established = true;
    return !tpm.hash_fails;
}

static bool established(void)
{
    return tpm.established;
}

static bool reset_established(uint8_t locality)
{
    tpm.reset_locality = locality;
    tpm.established = tpm.established && !tpm.resets;
    return tpm.resets;
}

static bool failed(void)
{
    return tpm.failed;
}

static void nv_counts(uint32_t *writes, uint64_t *bytes)
{
    *writes = 7;
    *bytes = 0x123456789aULL;
}

static const struct ftpm_crb_engine engine = {
    .execute = execute,
    .hash_start = hash_start,
    .hash_data = hash_data,
    .hash_end = hash_end,
    .established = established,
    .reset_established = reset_established,
    .failed = failed,
};

static const struct ftpm_service_setup service = {
    .engine = &engine,
    .pages = pages,
    .address = ADDRESS,
    .nv_counts = nv_counts,
};

static struct sp_message send(uint16_t source, uint64_t function, const uint64_t arg[5])
{
    struct sp_message message = {
        .arg = { arg[0], arg[1], arg[2], arg[3], arg[4] },
        .endpoints = (uint64_t)source << 16 | OWN,
        .function = function,
    };

    ftpm_service_answer(&message);
    return message;
}

static struct sp_message rpc(uint16_t source, uint32_t control, uint64_t handle, uint32_t size)
{
    const uint64_t arg[5] = { control, (uint32_t)handle, handle >> 32, size, 0 };

    return send(source, FFA_MSG_SEND_DIRECT_REQ_32, arg);
}

static void share(uint16_t source, size_t size)
{
    shared_size = size;
    assert_int_equal(rpc(source, 0xff0001, HANDLE, 0).arg[1], TS_RPC_SUCCESS);
}

static int setup(void **state)
{
    (void)state;
    memset(&tpm, 0, sizeof(tpm));
    memset(shared, 0, sizeof(shared));
    tpm.response_size = TPM_CRB_HEADER_SIZE;
    ftpm_service_begin(&service);
    share(NWD, SHARED_SIZE);
    share(SP, SHARED_SIZE);
    share(SP2, SHARED_SIZE);
    return 0;
}

// An operation of the service: RPC status, service status, response's size
static void call(uint16_t source, uint32_t opcode, uint32_t size, int32_t rpc_status,
                 int32_t status, uint32_t response)
{
    struct sp_message answer = rpc(source, opcode, HANDLE, size);

    assert_int_equal((int32_t)answer.arg[1], rpc_status);
    assert_int_equal((int32_t)answer.arg[2], status);
    assert_int_equal(answer.arg[3], response);
}

static uint32_t put_command(uint32_t locality, uint32_t size)
{
    memset(shared, 0x11, sizeof(shared));
    memcpy(shared, &locality, sizeof(locality));
    shared[6] = (uint8_t)(size >> 24);
    shared[7] = (uint8_t)(size >> 16);
    shared[8] = (uint8_t)(size >> 8);
    shared[9] = (uint8_t)size;
    return 4 + size;
}

static struct ftpm_state read_state(void)
{
    struct ftpm_state answer;

    call(NWD, FTPM_GET_STATE, 0, TS_RPC_SUCCESS, FTPM_OK, sizeof(answer));
    memcpy(&answer, shared, sizeof(answer));
    return answer;
}

static uint32_t page(unsigned int locality, size_t offset)
{
    uint32_t value;

    memcpy(&value, pages + locality * TPM_CRB_PAGE + offset, sizeof(value));
    return value;
}

// ---- Where a message goes --------------------------------------------------------------------------------------------

static void the_buffers_messages_have_a_zero_first(void **state)
{
    const uint64_t version[5] = { 0, TPM_CRB_GET_INTERFACE_VERSION, 0, 0, 0 };
    const uint64_t dirty[5] = { 0xffffffff00000000ULL, 0xffffffff0f000001ULL, 0, 0, 0 };
    struct sp_message answer = send(NWD, FFA_MSG_SEND_DIRECT_REQ_32, version);

    (void)state;
    assert_int_equal(answer.arg[0], 0);
    assert_int_equal(answer.arg[1], TPM_CRB_OK_RESULTS_RETURNED);
    assert_int_equal(answer.arg[2], TPM_CRB_VERSION);
    answer = send(NWD, FFA_MSG_SEND_DIRECT_REQ_64, version);
    assert_int_equal(answer.arg[1], TPM_CRB_OK_RESULTS_RETURNED);
    answer = send(NWD, FFA_MSG_SEND_DIRECT_REQ_32, dirty); // of 32 bits the low halves count
    assert_int_equal(answer.arg[0], 0);
    assert_int_equal(answer.arg[1], TPM_CRB_OK_RESULTS_RETURNED);
    answer = send(NWD, FFA_MSG_SEND_DIRECT_REQ_64, dirty); // the RPC's, which has none of 64 bits
    assert_int_equal((int32_t)answer.arg[1], TS_RPC_INVALID_VALUE);
}

static void the_rpc_is_found_by_its_uuid(void **state)
{
    static const uint32_t uuid[4] = FTPM_RPC_UUID;
    const uint64_t arg[5] = { 0xff0003, uuid[0], uuid[1], uuid[2], uuid[3] };
    struct sp_message answer = send(NWD, FFA_MSG_SEND_DIRECT_REQ_32, arg);

    (void)state;
    assert_int_equal(answer.arg[1], TS_RPC_SUCCESS);
    assert_int_equal(answer.arg[2], 0);
    assert_int_equal(rpc(NWD, 0xff0000, 0, 0).arg[1], TS_RPC_VERSION);
    assert_int_equal((int32_t)rpc(NWD, 0x010101, HANDLE, 0).arg[1], TS_RPC_INVALID_VALUE);
}

static struct sp_message2 send2(uint64_t low, uint64_t high, uint64_t function, uint64_t first)
{
    struct sp_message2 message = {
        .uuid = { low, high },
        .endpoints = (uint64_t)NWD << 16 | OWN,
    };

    memset(message.arg, 0xcc, sizeof(message.arg));
    message.arg[0] = function;
    message.arg[1] = first;
    message.arg[2] = 0;
    ftpm_service_answer2(&message);
    for (size_t i = 2; i < 14; i++) {
        assert_int_equal(message.arg[i], 0);
    }
    return message;
}

static void the_second_kind_of_message_is_the_buffers(void **state)
{
    const uint64_t low = 0xaf4f0618a462b817ULL, high = 0x613835589a08b386ULL; // services.md A.1
    struct sp_message2 answer = send2(low, high, TPM_CRB_GET_INTERFACE_VERSION, 0);

    (void)state;
    assert_int_equal(answer.arg[0], TPM_CRB_OK_RESULTS_RETURNED);
    assert_int_equal(answer.arg[1], TPM_CRB_VERSION);
    answer = send2(0, 0, TPM_CRB_GET_INTERFACE_VERSION, 0);
    assert_int_equal(answer.arg[0], TPM_CRB_OK_RESULTS_RETURNED);
    answer = send2(low, high, TPM_CRB_START, 2);
    assert_int_equal(answer.arg[0], TPM_CRB_INVARG);
    // UUID of Trusted Services RPC, or half of the right one
    answer = send2(0x51475e82d776cdbdULL, 0xac4349f8d4863b96ULL, TPM_CRB_START, 0);
    assert_int_equal(answer.arg[0], TPM_CRB_NOTSUP);
    answer = send2(low, 0, TPM_CRB_GET_INTERFACE_VERSION, 0);
    assert_int_equal(answer.arg[0], TPM_CRB_NOTSUP);
    answer = send2(0, high, TPM_CRB_GET_INTERFACE_VERSION, 0);
    assert_int_equal(answer.arg[0], TPM_CRB_NOTSUP);
    assert_int_equal(tpm.runs, 0);
}

static void a_command_of_the_buffer_arrives(void **state)
{
    static const uint8_t command[12] = { 0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x44, 0, 0 };
    const uint64_t start[5] = { 0, TPM_CRB_START, 0, 0, 0 };

    (void)state;
    memcpy(pages + TPM_CRB_DATA, command, sizeof(command));
    pages[TPM_CRB_CTRL_START] = 1;
    assert_int_equal(send(NWD, FFA_MSG_SEND_DIRECT_REQ_64, start).arg[1], TPM_CRB_OK);
    assert_int_equal(tpm.runs, 1);
    assert_int_equal(tpm.size, 12);
    assert_memory_equal(tpm.command, command, 12);
    assert_int_equal(read_state().commands, 1);
}

// ---- RPC -------------------------------------------------------------------------------------------------------------

static void commands_are_executed_and_nothing_stays(void **state)
{
    (void)state;
    for (uint32_t size = TPM_CRB_HEADER_SIZE; size <= FTPM_COMMAND_MAX; size += 61) {
        tpm.response_size = FTPM_COMMAND_MAX + TPM_CRB_HEADER_SIZE - size;
        uint32_t whole = put_command(size % 5, size);

        call(SP, FTPM_EXECUTE, whole, TS_RPC_SUCCESS, FTPM_OK, (uint32_t)tpm.response_size);
        assert_int_equal(tpm.locality, size % 5);
        assert_int_equal(tpm.size, size);
        assert_int_equal(tpm.command[size - 1], 0x11);
        assert_int_equal(shared[0], 0x77);
        assert_int_equal(shared[tpm.response_size - 1], 0x77);
    }
}

static void localities_are_those_of_the_callers_world(void **state)
{
    static const uint32_t wrong[] = { 5, 0xff, 0x100, 0x80000000, 0xffffffff };

    (void)state;
    for (uint32_t i = 0; i < 5; i++) {
        call(SP, FTPM_EXECUTE, put_command(i, 10), TS_RPC_SUCCESS, FTPM_OK, 10);
        assert_int_equal(tpm.locality, i);
    }
    call(NWD, FTPM_EXECUTE, put_command(0, 10), TS_RPC_SUCCESS, FTPM_OK, 10);
    assert_int_equal(tpm.locality, 0);
    for (uint32_t i = 1; i < 5; i++) {
        call(NWD, FTPM_EXECUTE, put_command(i, 10), TS_RPC_SUCCESS, FTPM_BAD_LOCALITY, 0);
        call(NWD, FTPM_RESET_ESTABLISHMENT, put_command(i, 10), TS_RPC_SUCCESS, FTPM_BAD_LOCALITY,
             0);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        call(NWD, FTPM_EXECUTE, put_command(wrong[i], 10), TS_RPC_SUCCESS, FTPM_BAD_LOCALITY, 0);
        call(SP, FTPM_EXECUTE, put_command(wrong[i], 10), TS_RPC_SUCCESS, FTPM_BAD_LOCALITY, 0);
    }
    assert_int_equal(tpm.runs, 6);
    assert_int_equal(read_state().refused, 14);
}

static void bodies_of_the_wrong_size_are_refused(void **state)
{
    (void)state;
    for (uint32_t size = 0; size < 14; size++) {
        (void)put_command(0, size - 4);
        call(NWD, FTPM_EXECUTE, size, TS_RPC_INVALID_REQUEST_BODY, 0, 0);
    }
    (void)put_command(0, 12);
    call(NWD, FTPM_EXECUTE, 15, TS_RPC_INVALID_REQUEST_BODY, 0, 0); // one short of what it says
    call(NWD, FTPM_EXECUTE, 17, TS_RPC_INVALID_REQUEST_BODY, 0, 0);
    call(NWD, FTPM_EXECUTE, 16, TS_RPC_SUCCESS, FTPM_OK, 10);
    call(NWD, FTPM_EXECUTE, put_command(0, FTPM_COMMAND_MAX), TS_RPC_SUCCESS, FTPM_OK, 10);
    call(NWD, FTPM_EXECUTE, put_command(0, FTPM_COMMAND_MAX + 1), TS_RPC_INVALID_VALUE, 0, 0);
    call(NWD, FTPM_EXECUTE, UINT32_MAX, TS_RPC_INVALID_VALUE, 0, 0);
    assert_int_equal(tpm.runs, 2);
}

static void a_response_has_its_room_before_the_command_runs(void **state)
{
    (void)state;
    ftpm_service_begin(&service);
    share(NWD, FTPM_COMMAND_MAX - 1);
    call(NWD, FTPM_EXECUTE, put_command(0, 10), TS_RPC_INVALID_RESPONSE_BODY, 0, 0);
    assert_int_equal(tpm.runs, 0);
    ftpm_service_begin(&service);
    share(NWD, FTPM_COMMAND_MAX);
    tpm.response_size = FTPM_COMMAND_MAX;
    call(NWD, FTPM_EXECUTE, put_command(0, 10), TS_RPC_SUCCESS, FTPM_OK, FTPM_COMMAND_MAX);
    ftpm_service_begin(&service);
    share(NWD, sizeof(struct ftpm_state) - 1);
    call(NWD, FTPM_GET_STATE, 0, TS_RPC_INVALID_RESPONSE_BODY, 0, 0);
    call(NWD, TS_RPC_OP_CAPABILITIES, 0, TS_RPC_INVALID_RESPONSE_BODY, 0, 0);
}

static void a_tpm_without_response_has_failed(void **state)
{
    static const size_t sizes[] = { 0, 1, 9, FTPM_COMMAND_MAX + 1, SIZE_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        tpm.response_size = sizes[i];
        call(NWD, FTPM_EXECUTE, put_command(0, 10), TS_RPC_SUCCESS, FTPM_FAILED, 0);
        assert_int_equal(shared[0], 0); // locality of the request: nothing of the response
    }
}

static void state_is_told(void **state)
{
    struct ftpm_state answer = read_state();

    (void)state;
    assert_int_equal(answer.flags, 0);
    assert_int_equal(answer.commands, 0);
    assert_int_equal(answer.refused, 0);
    assert_int_equal(answer.nv_writes, 7);
    assert_int_equal(answer.nv_bytes, 0x123456789aULL);
    tpm.failed = true;
    tpm.established = true;
    assert_int_equal(read_state().flags, FTPM_STATE_FAILED | FTPM_STATE_ESTABLISHED);
}

static void capabilities_are_those_of_the_callers_world(void **state)
{
    struct ts_caps head;
    struct ts_caps_entry entry;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        call(i == 0 ? NWD : SP, TS_RPC_OP_CAPABILITIES, 0, TS_RPC_SUCCESS, 0, 28);
        memcpy(&head, shared, sizeof(head));
        memcpy(&entry, shared + sizeof(head), sizeof(entry));
        assert_int_equal(head.version, TS_CAPS_VERSION);
        assert_int_equal(head.request_max, 3972);
        assert_int_equal(head.response_max, 3968);
        assert_int_equal(head.entry_count, 1);
        assert_int_equal(entry.id, FTPM_CAPS_LOCALITIES);
        assert_int_equal(entry.value, i == 0 ? 0x1 : 0x1f);
    }
    call(NWD, TS_RPC_OP_CLIENT_GONE, 0, TS_RPC_SUCCESS, 0, 0);
    call(NWD, 0x0100, 0, TS_RPC_INVALID_VALUE, 0, 0);
    call(NWD, 0x0107, 0, TS_RPC_INVALID_VALUE, 0, 0);
}

// ---- Hash sequences --------------------------------------------------------------------------------------------------

static void a_sequence_belongs_to_a_partition(void **state)
{
    (void)state;
    call(NWD, FTPM_HASH_START, 0, TS_RPC_SUCCESS, FTPM_DENIED, 0);
    call(SP, FTPM_HASH_DATA, 0, TS_RPC_SUCCESS, FTPM_DENIED, 0);
    call(SP, FTPM_HASH_END, 0, TS_RPC_SUCCESS, FTPM_DENIED, 0);
    assert_int_equal(tpm.hash_starts + tpm.hash_ends, 0);
    call(SP, FTPM_HASH_START, 0, TS_RPC_SUCCESS, FTPM_OK, 0);
    memset(shared, 0x5a, sizeof(shared));
    call(NWD, FTPM_HASH_DATA, 100, TS_RPC_SUCCESS, FTPM_DENIED, 0);
    call(SP2, FTPM_HASH_DATA, 100, TS_RPC_SUCCESS, FTPM_DENIED, 0);
    call(SP2, FTPM_HASH_END, 0, TS_RPC_SUCCESS, FTPM_DENIED, 0);
    call(NWD, FTPM_HASH_END, 0, TS_RPC_SUCCESS, FTPM_DENIED, 0);
    assert_int_equal(tpm.hashed_size, 0);
    call(SP, FTPM_HASH_DATA, 3972, TS_RPC_SUCCESS, FTPM_OK, 0);
    assert_int_equal(tpm.hashed_size, 3972);
    assert_int_equal(tpm.hashed[3971], 0x5a);
    assert_int_equal(read_state().flags, FTPM_STATE_HASHING);
    call(SP, FTPM_HASH_END, 0, TS_RPC_SUCCESS, FTPM_OK, 0);
    assert_int_equal(tpm.hash_ends, 1);
    assert_int_equal(read_state().flags, FTPM_STATE_ESTABLISHED);
    call(SP, FTPM_HASH_END, 0, TS_RPC_SUCCESS, FTPM_DENIED, 0);
}

static void nobodys_command_runs_during_a_sequence(void **state)
{
    const uint64_t start[5] = { 0, TPM_CRB_START, 0, 0, 0 };

    (void)state;
    call(SP, FTPM_HASH_START, 0, TS_RPC_SUCCESS, FTPM_OK, 0);
    assert_int_equal(page(0, TPM_CRB_LOC_STATE), 0x83 | 4 << 2);
    pages[TPM_CRB_CTRL_START] = 1;
    assert_int_equal(send(NWD, FFA_MSG_SEND_DIRECT_REQ_32, start).arg[1], TPM_CRB_DENIED);
    call(NWD, FTPM_EXECUTE, put_command(0, 10), TS_RPC_SUCCESS, FTPM_BUSY, 0);
    call(SP, FTPM_EXECUTE, put_command(4, 10), TS_RPC_SUCCESS, FTPM_BUSY, 0);
    (void)put_command(3, 10);
    call(SP, FTPM_RESET_ESTABLISHMENT, 4, TS_RPC_SUCCESS, FTPM_BUSY, 0);
    assert_int_equal(tpm.runs, 0);
    call(SP, FTPM_HASH_END, 0, TS_RPC_SUCCESS, FTPM_OK, 0);
    assert_int_equal(page(0, TPM_CRB_LOC_STATE), 0x80); // established, nobody active
    call(NWD, FTPM_EXECUTE, put_command(0, 10), TS_RPC_SUCCESS, FTPM_OK, 10);
}

static void a_second_start_takes_over(void **state)
{
    (void)state;
    call(SP, FTPM_HASH_START, 0, TS_RPC_SUCCESS, FTPM_OK, 0);
    call(SP2, FTPM_HASH_START, 0, TS_RPC_SUCCESS, FTPM_OK, 0);
    call(SP, FTPM_HASH_DATA, 4, TS_RPC_SUCCESS, FTPM_DENIED, 0);
    call(SP2, FTPM_HASH_DATA, 4, TS_RPC_SUCCESS, FTPM_OK, 0);
    tpm.hash_fails = true;
    call(SP2, FTPM_HASH_DATA, 4, TS_RPC_SUCCESS, FTPM_FAILED, 0);
    call(SP, FTPM_HASH_START, 0, TS_RPC_SUCCESS, FTPM_FAILED, 0);
    assert_int_equal(read_state().flags, 0); // none is open
    assert_int_equal(page(0, TPM_CRB_LOC_STATE), 0x81);
    tpm.hash_fails = false;
    call(SP, FTPM_HASH_START, 0, TS_RPC_SUCCESS, FTPM_OK, 0);
    tpm.hash_fails = true;
    call(SP, FTPM_HASH_END, 0, TS_RPC_SUCCESS, FTPM_FAILED, 0);
    assert_int_equal(read_state().flags & FTPM_STATE_HASHING, 0);
}

static void establishment_is_reset_from_a_locality(void **state)
{
    (void)state;
    tpm.established = true;
    (void)put_command(3, 10);
    call(SP, FTPM_RESET_ESTABLISHMENT, 3, TS_RPC_INVALID_REQUEST_BODY, 0, 0);
    call(SP, FTPM_RESET_ESTABLISHMENT, 4, TS_RPC_SUCCESS, FTPM_BAD_LOCALITY, 0); // the engine's
    assert_int_equal(tpm.reset_locality, 3);
    tpm.resets = true;
    (void)put_command(4, 10);
    call(NWD, FTPM_RESET_ESTABLISHMENT, 4, TS_RPC_SUCCESS, FTPM_BAD_LOCALITY, 0);
    assert_int_equal(tpm.reset_locality, 3);
    call(SP, FTPM_RESET_ESTABLISHMENT, 4, TS_RPC_SUCCESS, FTPM_OK, 0);
    assert_int_equal(tpm.reset_locality, 4);
    assert_int_equal(page(0, TPM_CRB_LOC_STATE), 0x81);
}

static void calls_without_memory_have_no_bodies(void **state)
{
    (void)state;
    assert_int_equal((int32_t)rpc(NWD, FTPM_EXECUTE, NONE, 0).arg[1], TS_RPC_INVALID_REQUEST_BODY);
    assert_int_equal((int32_t)rpc(NWD, FTPM_GET_STATE, NONE, 0).arg[1],
                     TS_RPC_INVALID_RESPONSE_BODY);
    assert_int_equal((int32_t)rpc(NWD, FTPM_RESET_ESTABLISHMENT, NONE, 0).arg[1],
                     TS_RPC_INVALID_REQUEST_BODY);
    assert_int_equal(rpc(SP, FTPM_HASH_START, NONE, 0).arg[1], TS_RPC_SUCCESS);
    assert_int_equal(rpc(SP, FTPM_HASH_END, NONE, 0).arg[1], TS_RPC_SUCCESS);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_buffers_messages_have_a_zero_first),
        TEST(the_rpc_is_found_by_its_uuid),
        TEST(the_second_kind_of_message_is_the_buffers),
        TEST(a_command_of_the_buffer_arrives),
        TEST(commands_are_executed_and_nothing_stays),
        TEST(localities_are_those_of_the_callers_world),
        TEST(bodies_of_the_wrong_size_are_refused),
        TEST(a_response_has_its_room_before_the_command_runs),
        TEST(a_tpm_without_response_has_failed),
        TEST(state_is_told),
        TEST(capabilities_are_those_of_the_callers_world),
        TEST(a_sequence_belongs_to_a_partition),
        TEST(nobodys_command_runs_during_a_sequence),
        TEST(a_second_start_takes_over),
        TEST(establishment_is_reset_from_a_locality),
        TEST(calls_without_memory_have_no_bodies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
