// SPDX-License-Identifier: BSD-3-Clause
//
// Notes of clients. An operation first decodes: it copies and checks all that the caller said, without any effect; then it acts.
// The request is the partition's own copy, and nothing that it says is trusted. The table at the end is the whole service.
#include "template_service.h"

#include <string.h>

#include "ts_caps.h"

#include "template_proto.h"

#define CLIENT_MAX 0xffff
#define SERVICE_VERSION 0x00010000 // 1.0

struct note {
    uint32_t size; // 0: not in use
    uint16_t source;
    uint16_t client;
    uint8_t bytes[TEMPLATE_NOTE_MAX];
};

static struct note notes[TEMPLATE_SOURCES * TEMPLATE_NOTES_PER_SOURCE];
#define NOTE_COUNT (sizeof(notes) / sizeof(notes[0]))

// ---- Notes -----------------------------------------------------------------------------------------------------------

static bool belongs(const struct note *note, const struct sp_rpc_call *call)
{
    return note->size != 0 && note->source == call->source && note->client == call->client;
}

// The caller's note, or NULL.
static struct note *find_note(const struct sp_rpc_call *call)
{
    for (size_t i = 0; i < NOTE_COUNT; i++) {
        if (belongs(&notes[i], call)) {
            return &notes[i];
        }
    }
    return NULL;
}

// Room for one note more of the caller's endpoint, or NULL: it has as many as it may.
static struct note *find_room(const struct sp_rpc_call *call)
{
    struct note *room = NULL;
    size_t used = 0;

    for (size_t i = 0; i < NOTE_COUNT; i++) {
        if (notes[i].size == 0) {
            room = &notes[i];
        } else if (notes[i].source == call->source) {
            used++;
        }
    }
    return used < TEMPLATE_NOTES_PER_SOURCE ? room : NULL;
}

static void forget(struct note *note)
{
    memset(note, 0, sizeof(*note));
}

// ---- Requests and responses ------------------------------------------------------------------------------------------

// The caller, and `size` bytes that its request must begin with; longer ones are fine.
static int32_t decode(const struct sp_rpc_call *call, void *fixed, size_t size)
{
    if (call->client > CLIENT_MAX) {
        return TS_RPC_INVALID_VALUE;
    }
    if (call->request_size < size) {
        return TS_RPC_INVALID_REQUEST_BODY;
    }
    if (size != 0) {
        memcpy(fixed, call->request, size);
    }
    return TS_RPC_SUCCESS;
}

// ---- Operations ------------------------------------------------------------------------------------------------------

static int32_t run_set(struct sp_rpc_call *call)
{
    int32_t status = decode(call, NULL, 0);
    struct note *note = find_note(call);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    if (call->request_size > TEMPLATE_NOTE_MAX) {
        call->status = TEMPLATE_TOO_LARGE;
        return TS_RPC_SUCCESS;
    }
    if (note == NULL && call->request_size != 0) {
        note = find_room(call);
        call->status = note == NULL ? TEMPLATE_FULL : TEMPLATE_OK;
    }
    if (note != NULL) {
        forget(note); // all of it: nothing of a longer one stays behind a shorter one
        note->size = (uint32_t)call->request_size;
        note->source = call->source;
        note->client = (uint16_t)call->client;
        memcpy(note->bytes, call->request, note->size);
    }
    return TS_RPC_SUCCESS;
}

static int32_t run_get(struct sp_rpc_call *call)
{
    struct template_range range;
    int32_t status = decode(call, &range, sizeof(range));
    const struct note *note = find_note(call);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    // Not offset + size: a sum wraps
    if (note == NULL || range.offset > note->size || range.size > note->size - range.offset) {
        call->status = TEMPLATE_OUT_OF_RANGE;
        return TS_RPC_SUCCESS;
    }
    return sp_rpc_respond(call, note->bytes + range.offset, range.size);
}

static int32_t run_length(struct sp_rpc_call *call)
{
    struct template_length length = { 0 };
    int32_t status = decode(call, NULL, 0);
    const struct note *note = find_note(call);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    length.size = note != NULL ? note->size : 0;
    return sp_rpc_respond(call, &length, sizeof(length));
}

static int32_t run_capabilities(struct sp_rpc_call *call)
{
    static const struct {
        struct ts_caps head;
        struct ts_caps_entry entries[2];
    } caps = {
        .head = {
            .version = TS_CAPS_VERSION,
            .service_version = SERVICE_VERSION,
            .request_max = TEMPLATE_NOTE_MAX,
            .response_max = TEMPLATE_NOTE_MAX,
            .entry_count = 2,
        },
        .entries = {
            { .id = TEMPLATE_CAPS_NOTES, .value = TEMPLATE_NOTES_PER_SOURCE },
            { .id = TEMPLATE_CAPS_NOTE_SIZE, .value = TEMPLATE_NOTE_MAX },
        },
    };

    return sp_rpc_respond(call, &caps, sizeof(caps));
}

static int32_t run_client_gone(struct sp_rpc_call *call)
{
    int32_t status = decode(call, NULL, 0);
    struct note *note = find_note(call);

    if (status == TS_RPC_SUCCESS && note != NULL) {
        forget(note);
    }
    return status;
}

// In ascending order
static const struct sp_rpc_row rows[] = {
    { .opcode = TEMPLATE_SET, .run = run_set },
    { .opcode = TEMPLATE_GET, .run = run_get },
    { .opcode = TEMPLATE_LENGTH, .run = run_length },
    { .opcode = TS_RPC_OP_CAPABILITIES, .run = run_capabilities },
    { .opcode = TS_RPC_OP_CLIENT_GONE, .run = run_client_gone },
};

const struct sp_rpc_service template_service = {
    .uuid = TEMPLATE_UUID,
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};
