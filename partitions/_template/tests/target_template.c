// SPDX-License-Identifier: BSD-3-Clause
//
// The partition in QEMU: a program on the host is the normal world (tests/harness/harness.h) and calls the service through the
// client library, as any client does. The flash image is that of template_SPS in template.mk.
#include <string.h>

#include "ffa/client/ts_rpc.h"
#include "partitions/_template/template_proto.h"
#include "tests/harness/transport_harness.h"
#include "tests/target/target.h"

static struct harness_transport transport;
static struct ts_rpc_session session;

// Before each case: a machine that is up, with a session of the service.
static int ready(void **state)
{
    static const char flash[] = TESSERA_IMAGES "/template/flash.bin";
    static const uint32_t uuid[4] = TEMPLATE_UUID;
    struct h_options options = target_options();
    struct harness *before = machine;

    (void)state;
    options.flash = flash;
    target_machine(&options);
    if (machine != before) {
        target_version(FFA_VERSION_1_2);
        harness_transport_init(&transport, machine);
    }
    assert_int_equal(ts_rpc_open(&session, &transport.transport, uuid), 0);
    return 0;
}

static int done(void **state)
{
    (void)state;
    assert_int_equal(ts_rpc_close(&session), 0);
    return 0;
}

// One call; the request's body is copied into the shared memory, the response's is there then.
static struct ts_rpc_call invoke(uint16_t opcode, const void *request, uint32_t size)
{
    struct ts_rpc_call call = { .opcode = opcode, .request_size = size };

    memcpy(session.memory.base, request, size);
    assert_int_equal(ts_rpc_invoke(&session, &call), 0);
    return call;
}

static int32_t set(const void *note, uint32_t size)
{
    struct ts_rpc_call call = invoke(TEMPLATE_SET, note, size);

    assert_int_equal(call.rpc_status, TS_RPC_SUCCESS);
    return call.service_status;
}

static struct ts_rpc_call get(uint32_t offset, uint32_t size)
{
    const struct template_range range = { offset, size };

    return invoke(TEMPLATE_GET, &range, sizeof(range));
}

static void a_note_comes_back(void **state)
{
    static uint8_t note[TEMPLATE_NOTE_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof(note); i++) {
        note[i] = (uint8_t)(i * 7);
    }
    assert_int_equal(set(note, sizeof(note)), TEMPLATE_OK);
    struct ts_rpc_call call = get(3, 200);
    assert_int_equal(call.rpc_status, TS_RPC_SUCCESS);
    assert_int_equal(call.service_status, TEMPLATE_OK);
    assert_int_equal(call.response_size, 200);
    assert_memory_equal(session.memory.base, note + 3, 200);
}

static void what_cannot_be_is_refused(void **state)
{
    static const uint8_t note[TEMPLATE_NOTE_MAX + 1];

    (void)state;
    assert_int_equal(set("a note", 6), TEMPLATE_OK);
    assert_int_equal(set(note, sizeof(note)), TEMPLATE_TOO_LARGE);
    assert_int_equal(get(0, 7).service_status, TEMPLATE_OUT_OF_RANGE);
    assert_int_equal(get(UINT32_MAX, 2).service_status, TEMPLATE_OUT_OF_RANGE);
    assert_int_equal(invoke(TEMPLATE_GET, note, 7).rpc_status, TS_RPC_INVALID_REQUEST_BODY);
    assert_int_equal(invoke(0xffff, note, 4).rpc_status, TS_RPC_INVALID_VALUE);
    struct ts_rpc_call call = get(0, 6);
    assert_int_equal(call.service_status, TEMPLATE_OK);
    assert_memory_equal(session.memory.base, "a note", 6);
}

static void nobody_sees_another_ones_note(void **state)
{
    (void)state;
    assert_int_equal(set("a note", 6), TEMPLATE_OK);
    transport.transport.client = 1;
    assert_int_equal(get(0, 6).service_status, TEMPLATE_OUT_OF_RANGE);
    transport.transport.client = 0;
    assert_int_equal(get(0, 6).service_status, TEMPLATE_OK);
}

// The note belongs to the client, not to its session or memory
static void a_note_outlives_its_session(void **state)
{
    (void)state;
    assert_int_equal(set("a note", 6), TEMPLATE_OK);
    done(NULL);
    ready(NULL);
    assert_int_equal(get(0, 6).service_status, TEMPLATE_OK);
    assert_memory_equal(session.memory.base, "a note", 6);
}

static void a_new_boot_knows_no_note(void **state)
{
    struct template_length length;

    assert_int_equal(set("a note", 6), TEMPLATE_OK);
    target_stop(NULL);
    ready(state);
    struct ts_rpc_call call = invoke(TEMPLATE_LENGTH, "", 0);
    assert_int_equal(call.response_size, sizeof(length));
    memcpy(&length, session.memory.base, sizeof(length));
    assert_int_equal(length.size, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, ready, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_note_comes_back),
        CASE(what_cannot_be_is_refused),
        CASE(nobody_sees_another_ones_note),
        CASE(a_note_outlives_its_session),
        CASE(a_new_boot_knows_no_note),
    };

    return cmocka_run_group_tests_name("template", tests, NULL, target_stop);
}
