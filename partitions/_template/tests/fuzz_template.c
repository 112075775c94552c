// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for template_service.c: the input is calls of several clients, good and bad. Each answer is compared with a
// model that knows only template_proto.h; requests and responses are exactly as long as they say, for the sanitizers.
#include <stdlib.h>
#include <string.h>

#include "partitions/_template/template_proto.h"
#include "partitions/_template/template_service.h"
#include "ts_caps.h"

#define SOURCES TEMPLATE_SOURCES
#define CLIENTS 24
#define STEPS 96
#define BYTES_MAX (TEMPLATE_NOTE_MAX + 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct sp_rpc_service *const service = &template_service;

static struct {
    const uint8_t *at;
    size_t left;
    uint32_t noise; // what follows the input: short inputs make whole runs, too
} input;

// What the service must know
static struct model {
    size_t size;
    uint8_t bytes[TEMPLATE_NOTE_MAX];
} notes[SOURCES][CLIENTS];

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

static uint8_t next(void)
{
    input.noise = input.noise * 1664525u + 1013904223u;
    if (input.left == 0) {
        return (uint8_t)(input.noise >> 24);
    }
    input.left--;
    input.noise ^= *input.at;
    return *input.at++;
}

static size_t count_notes(uint16_t source)
{
    size_t count = 0;

    for (size_t i = 0; i < CLIENTS; i++) {
        count += notes[source][i].size != 0;
    }
    return count;
}

static int32_t run(uint16_t opcode, struct sp_rpc_call *call)
{
    for (size_t i = 0; i < service->row_count; i++) {
        if (service->rows[i].opcode == opcode) {
            return service->rows[i].run(call);
        }
    }
    abort();
}

// Whether there is no room for one note more of the endpoint.
static bool is_full(uint16_t source)
{
    const size_t quota = TEMPLATE_NOTES_PER_SOURCE;

    return count_notes(source) == quota || count_notes(0) + count_notes(1) == 2 * quota;
}

static void follow_set(struct model *note, const struct sp_rpc_call *call)
{
    bool is_new = note->size == 0 && call->request_size != 0;

    if (call->request_size > TEMPLATE_NOTE_MAX) {
        expect(call->status == TEMPLATE_TOO_LARGE);
        return;
    }
    if (is_new && is_full(call->source)) {
        expect(call->status == TEMPLATE_FULL);
        return;
    }
    expect(call->status == TEMPLATE_OK);
    note->size = call->request_size;
    memcpy(note->bytes, call->request, note->size);
}

static bool in_range(const struct model *note, const struct sp_rpc_call *call,
                     struct template_range *range)
{
    memcpy(range, call->request, sizeof(*range));
    return note->size != 0 && (uint64_t)range->offset + range->size <= note->size;
}

static void check_get(const struct model *note, const struct sp_rpc_call *call)
{
    struct template_range range;

    if (!in_range(note, call, &range)) {
        expect(call->status == TEMPLATE_OUT_OF_RANGE && call->response_size == 0);
        return;
    }
    expect(call->status == TEMPLATE_OK && call->response_size == range.size);
    expect(memcmp(call->response, note->bytes + range.offset, range.size) == 0);
}

// RPC status that the call must have
static int32_t judge(uint16_t opcode, const struct model *note, const struct sp_rpc_call *call)
{
    struct template_range range;
    size_t wanted = 0;

    if (opcode != TS_RPC_OP_CAPABILITIES && call->client > UINT16_MAX) {
        return TS_RPC_INVALID_VALUE;
    }
    if (opcode == TEMPLATE_GET && call->request_size < sizeof(range)) {
        return TS_RPC_INVALID_REQUEST_BODY;
    }
    if (opcode == TEMPLATE_GET) {
        wanted = in_range(note, call, &range) ? range.size : 0;
    } else if (opcode == TEMPLATE_LENGTH) {
        wanted = sizeof(struct template_length);
    } else if (opcode == TS_RPC_OP_CAPABILITIES) {
        wanted = sizeof(struct ts_caps) + 2 * sizeof(struct ts_caps_entry);
    }
    return wanted > call->response_max ? TS_RPC_INVALID_RESPONSE_BODY : TS_RPC_SUCCESS;
}

static void check_answer(uint16_t opcode, int32_t status, const struct sp_rpc_call *call)
{
    struct model *note = &notes[call->source][call->client % CLIENTS];
    struct template_length length;

    expect(call->response_size <= call->response_max);
    expect(status == judge(opcode, note, call));
    if (status != TS_RPC_SUCCESS) {
        return;
    }
    switch (opcode) {
    case TEMPLATE_SET:
        follow_set(note, call);
        break;
    case TEMPLATE_GET:
        check_get(note, call);
        break;
    case TEMPLATE_LENGTH:
        memcpy(&length, call->response, sizeof(length));
        expect(call->response_size == sizeof(length) && length.size == note->size);
        break;
    case TS_RPC_OP_CLIENT_GONE:
        note->size = 0;
        break;
    default:
        break;
    }
}

// The body of one request: for GET mostly a range, that is sometimes inside of a note and sometimes wraps.
static size_t make_request(uint16_t opcode, uint8_t bytes[BYTES_MAX])
{
    uint32_t range[2] = { (uint32_t)(int8_t)next(), (uint32_t)(int8_t)next() };
    uint8_t how = next();
    uint8_t size = next();

    memset(bytes, how, BYTES_MAX);
    memcpy(bytes, range, sizeof(range));
    if (opcode == TEMPLATE_GET && how % 4 != 0) {
        return sizeof(range);
    }
    return how < 0xe0 ? size % 48 : TEMPLATE_NOTE_MAX - 16 + size % 32u;
}

static void step(void)
{
    uint8_t bytes[BYTES_MAX];
    uint8_t who = next();
    uint8_t what = next();
    uint16_t opcode = service->rows[what % service->row_count].opcode;

    opcode = what < 0x80 ? TEMPLATE_SET : opcode; // the quota is used up only now and then
    struct sp_rpc_call call = {
        .source = who % SOURCES,
        .client = who >= 0xf8 ? 0x10000u + who : who / SOURCES % CLIENTS,
        .request_size = make_request(opcode, bytes),
        .response_max = who % 16 == 15 ? next() : TEMPLATE_NOTE_MAX,
    };
    uint8_t *request = malloc(call.request_size + 1); // malloc(0) may be NULL
    uint8_t *response = malloc(call.response_max + 1);

    expect(request != NULL && response != NULL);
    memcpy(request + 1, bytes, call.request_size);
    call.request = request + 1;
    call.response = response + 1;
    check_answer(opcode, run(opcode, &call), &call);
    free(request);
    free(response);
}

static void forget_all(void)
{
    for (uint16_t source = 0; source < SOURCES; source++) {
        for (uint32_t client = 0; client < CLIENTS; client++) {
            struct sp_rpc_call call = { .source = source, .client = client };

            expect(run(TS_RPC_OP_CLIENT_GONE, &call) == TS_RPC_SUCCESS);
        }
    }
    memset(notes, 0, sizeof(notes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input.at = data;
    input.left = size;
    input.noise = 0;
    forget_all();
    for (unsigned int i = 0; i < STEPS; i++) {
        step();
    }
    return 0;
}
