// SPDX-License-Identifier: BSD-3-Clause
//
// template_service.c on the host: what each operation does, every refusal, whose note is whose.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "partitions/_template/template_proto.h"
#include "partitions/_template/template_service.h"
#include "ts_caps.h"

#define NWD 0x0000
#define OTHER 0x8001

static const struct sp_rpc_service *const service = &template_service;
static uint8_t response[TEMPLATE_NOTE_MAX];
static size_t response_size;
static size_t response_max;
static int32_t status; // of the service
static uint16_t source;
static uint32_t client;

// Runs an operation of the table; returns the RPC status.
static int32_t run(uint16_t opcode, const void *request, size_t size)
{
    struct sp_rpc_call call = {
        .source = source,
        .client = client,
        .request = request,
        .request_size = size,
        .response = response,
        .response_max = response_max,
    };

    for (size_t i = 0; i < service->row_count; i++) {
        if (service->rows[i].opcode == opcode) {
            int32_t rpc_status = service->rows[i].run(&call);

            status = call.status;
            response_size = call.response_size;
            return rpc_status;
        }
    }
    fail_msg("no operation %#x", opcode);
    return TS_RPC_INVALID_VALUE;
}

static int32_t set(const void *note, size_t size)
{
    assert_int_equal(run(TEMPLATE_SET, note, size), TS_RPC_SUCCESS);
    assert_int_equal(response_size, 0);
    return status;
}

static int32_t get(uint32_t offset, uint32_t size)
{
    const struct template_range range = { offset, size };

    assert_int_equal(run(TEMPLATE_GET, &range, sizeof(range)), TS_RPC_SUCCESS);
    assert_int_equal(response_size, status == TEMPLATE_OK ? size : 0);
    return status;
}

static uint32_t length(void)
{
    struct template_length body;

    assert_int_equal(run(TEMPLATE_LENGTH, NULL, 0), TS_RPC_SUCCESS);
    assert_int_equal(status, TEMPLATE_OK);
    assert_int_equal(response_size, sizeof(body));
    memcpy(&body, response, sizeof(body));
    return body.size;
}

// Before each case: nobody has a note.
static int start(void **state)
{
    static const uint16_t sources[] = { OTHER, NWD };

    (void)state;
    response_max = sizeof(response);
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        source = sources[i];
        for (client = 0; client <= TEMPLATE_NOTES_PER_SOURCE; client++) {
            assert_int_equal(run(TS_RPC_OP_CLIENT_GONE, NULL, 0), TS_RPC_SUCCESS);
        }
    }
    client = 0;
    return 0;
}

static void a_note_is_kept_replaced_and_forgotten(void **state)
{
    (void)state;
    assert_int_equal(length(), 0);
    assert_int_equal(set("a note", 6), TEMPLATE_OK);
    assert_int_equal(length(), 6);
    assert_int_equal(get(0, 6), TEMPLATE_OK);
    assert_memory_equal(response, "a note", 6);
    assert_int_equal(set("other", 5), TEMPLATE_OK);
    assert_int_equal(get(1, 3), TEMPLATE_OK);
    assert_memory_equal(response, "the", 3);
    assert_int_equal(set("", 0), TEMPLATE_OK);
    assert_int_equal(length(), 0);
    assert_int_equal(set("", 0), TEMPLATE_OK);
}

static void ranges_outside_of_the_note_are_refused(void **state)
{
    static const struct template_range bad[] = {
        { 0, 7 }, { 6, 1 }, { 7, 0 }, { 1, 6 }, { UINT32_MAX, 2 }, { 2, UINT32_MAX },
    };

    (void)state;
    assert_int_equal(get(0, 0), TEMPLATE_OUT_OF_RANGE); // there is none
    assert_int_equal(set("a note", 6), TEMPLATE_OK);
    assert_int_equal(get(6, 0), TEMPLATE_OK);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(get(bad[i].offset, bad[i].size), TEMPLATE_OUT_OF_RANGE);
    }
}

static void the_largest_note_fits_and_a_larger_one_does_not(void **state)
{
    static uint8_t note[TEMPLATE_NOTE_MAX + 1];

    (void)state;
    memset(note, 0xa5, sizeof(note));
    assert_int_equal(set(note, TEMPLATE_NOTE_MAX), TEMPLATE_OK);
    assert_int_equal(set(note, TEMPLATE_NOTE_MAX + 1), TEMPLATE_TOO_LARGE);
    assert_int_equal(get(0, TEMPLATE_NOTE_MAX), TEMPLATE_OK);
    assert_memory_equal(response, note, TEMPLATE_NOTE_MAX);
}

static void nobody_sees_another_ones_note(void **state)
{
    (void)state;
    assert_int_equal(set("mine", 4), TEMPLATE_OK);
    client = 1;
    assert_int_equal(length(), 0);
    assert_int_equal(get(0, 4), TEMPLATE_OUT_OF_RANGE);
    client = 0;
    source = OTHER;
    assert_int_equal(length(), 0);
    assert_int_equal(get(0, 4), TEMPLATE_OUT_OF_RANGE);
    assert_int_equal(set("", 0), TEMPLATE_OK);
    source = NWD;
    assert_int_equal(length(), 4);
}

static void an_endpoint_has_its_quota_and_no_more(void **state)
{
    (void)state;
    for (client = 0; client < TEMPLATE_NOTES_PER_SOURCE; client++) {
        assert_int_equal(set(&client, sizeof(client)), TEMPLATE_OK);
    }
    assert_int_equal(set("one more", 8), TEMPLATE_FULL);
    assert_int_equal(length(), 0);
    client = 3;
    assert_int_equal(set("replaced", 8), TEMPLATE_OK);
    assert_int_equal(run(TS_RPC_OP_CLIENT_GONE, NULL, 0), TS_RPC_SUCCESS);
    client = TEMPLATE_NOTES_PER_SOURCE;
    assert_int_equal(set("one more", 8), TEMPLATE_OK);
    client = 4;
    assert_int_equal(get(0, sizeof(client)), TEMPLATE_OK);
    assert_memory_equal(response, &client, sizeof(client));
    source = OTHER; // has all of its own
    for (client = 0; client < TEMPLATE_NOTES_PER_SOURCE; client++) {
        assert_int_equal(set("note", 4), TEMPLATE_OK);
    }
    assert_int_equal(set("one more", 8), TEMPLATE_FULL);
}

static void bad_requests_change_nothing(void **state)
{
    const struct template_range range = { 0, 4 };
    const size_t size = sizeof(range);

    (void)state;
    assert_int_equal(set("note", 4), TEMPLATE_OK);
    for (size_t cut = 0; cut < size; cut++) {
        assert_int_equal(run(TEMPLATE_GET, &range, cut), TS_RPC_INVALID_REQUEST_BODY);
    }
    response_max = 3;
    assert_int_equal(run(TEMPLATE_GET, &range, size), TS_RPC_INVALID_RESPONSE_BODY);
    assert_int_equal(run(TEMPLATE_LENGTH, NULL, 0), TS_RPC_INVALID_RESPONSE_BODY);
    assert_int_equal(run(TS_RPC_OP_CAPABILITIES, NULL, 0), TS_RPC_INVALID_RESPONSE_BODY);
    response_max = sizeof(response);
    client = 0x10000; // not client 0
    assert_int_equal(run(TEMPLATE_SET, "evil", 4), TS_RPC_INVALID_VALUE);
    assert_int_equal(run(TEMPLATE_GET, &range, size), TS_RPC_INVALID_VALUE);
    assert_int_equal(run(TEMPLATE_LENGTH, NULL, 0), TS_RPC_INVALID_VALUE);
    assert_int_equal(run(TS_RPC_OP_CLIENT_GONE, NULL, 0), TS_RPC_INVALID_VALUE);
    client = 0;
    assert_int_equal(get(0, 4), TEMPLATE_OK);
    assert_memory_equal(response, "note", 4);
}

static void capabilities_say_what_holds(void **state)
{
    struct ts_caps head;
    struct ts_caps_entry entries[2];

    (void)state;
    assert_int_equal(run(TS_RPC_OP_CAPABILITIES, NULL, 0), TS_RPC_SUCCESS);
    assert_int_equal(response_size, sizeof(head) + sizeof(entries));
    memcpy(&head, response, sizeof(head));
    memcpy(entries, response + sizeof(head), sizeof(entries));
    assert_int_equal(head.version, TS_CAPS_VERSION);
    assert_int_equal(head.entry_count, 2);
    assert_int_equal(entries[0].id, TEMPLATE_CAPS_NOTES);
    assert_int_equal(entries[0].value, TEMPLATE_NOTES_PER_SOURCE);
    assert_int_equal(entries[1].id, TEMPLATE_CAPS_NOTE_SIZE);
    assert_int_equal(entries[1].value, TEMPLATE_NOTE_MAX);
}

// sp_rpc.c searches the table by halves
static void the_table_is_in_order(void **state)
{
    (void)state;
    for (size_t i = 1; i < service->row_count; i++) {
        assert_true(service->rows[i - 1].opcode < service->rows[i].opcode);
    }
}

#define CASE(f) cmocka_unit_test_setup(f, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_note_is_kept_replaced_and_forgotten),
        CASE(ranges_outside_of_the_note_are_refused),
        CASE(the_largest_note_fits_and_a_larger_one_does_not),
        CASE(nobody_sees_another_ones_note),
        CASE(an_endpoint_has_its_quota_and_no_more),
        CASE(bad_requests_change_nothing),
        CASE(capabilities_say_what_holds),
        CASE(the_table_is_in_order),
    };

    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
