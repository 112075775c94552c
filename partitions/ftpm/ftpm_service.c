// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM's services. See ftpm_service.h. The request of an RPC is the partition's own copy, and nothing that it says is
// trusted; who asks is the SPMC's word. The table at the end is the whole RPC service.
#include "ftpm_service.h"

#include <string.h>

#include "sp_rpc.h"
#include "ts_caps.h"

#include "ftpm_proto.h"

#define SERVICE_VERSION 0x00010000 // 1.0
#define PARTITION 0x8000           // bit of an FF-A id
#define BUFFER_SIZE (sizeof(struct ftpm_execute) + FTPM_COMMAND_MAX)

static struct ftpm_service_setup tpm;
static struct ftpm_state counts; // commands, refused
static bool is_hashing;
static uint16_t hash_owner; // whose sequence is open

static uint8_t request[BUFFER_SIZE];
static uint8_t response[BUFFER_SIZE];

// ---- Engine ----------------------------------------------------------------------------------------------------------

static size_t counted_execute(uint8_t locality, const uint8_t *command, size_t size,
                              uint8_t *answer, size_t room)
{
    counts.commands++;
    return tpm.engine->execute(locality, command, size, answer, room);
}

static bool is_established(void)
{
    return tpm.engine->established();
}

static bool reset_established(uint8_t locality)
{
    return tpm.engine->reset_established(locality);
}

// What the command response buffer sees of it; hash sequences are not among it
static const struct ftpm_crb_engine counted = {
    .execute = counted_execute,
    .established = is_established,
    .reset_established = reset_established,
};

// ---- RPC -------------------------------------------------------------------------------------------------------------

static bool is_partition(const struct sp_rpc_call *call)
{
    return (call->source & PARTITION) != 0;
}

// The normal world's others are the command response buffer's, and its kernel's to give: here any of its programs may speak
static uint32_t locality_count(const struct sp_rpc_call *call)
{
    return is_partition(call) ? TPM_CRB_LOCALITIES : 1;
}

// The fixed part of a request with a locality. FTPM_OK or a service status
static int32_t decode_locality(const struct sp_rpc_call *call, uint8_t *locality)
{
    struct ftpm_execute fixed;

    memcpy(&fixed, call->request, sizeof(fixed));
    if (fixed.locality >= locality_count(call)) {
        return FTPM_BAD_LOCALITY;
    }
    *locality = (uint8_t)fixed.locality;
    return FTPM_OK;
}

static uint32_t length_of(const uint8_t *command)
{
    const uint8_t *p = command + TPM_CRB_HEADER_LENGTH;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

// Its size stands in the request and in its header: a client that says two things gets nothing done
static int32_t run_execute(struct sp_rpc_call *call)
{
    const uint8_t *command = call->request + sizeof(struct ftpm_execute);
    size_t size = call->request_size - sizeof(struct ftpm_execute);
    size_t room = call->response_max < FTPM_COMMAND_MAX ? call->response_max : FTPM_COMMAND_MAX;
    uint8_t locality;

    if (call->request_size < sizeof(struct ftpm_execute) + TPM_CRB_HEADER_SIZE ||
        size > FTPM_COMMAND_MAX || length_of(command) != size) {
        counts.refused++;
        return TS_RPC_INVALID_REQUEST_BODY;
    }
    call->status = decode_locality(call, &locality);
    if (call->status == FTPM_OK && is_hashing) {
        call->status = FTPM_BUSY;
    }
    if (call->status != FTPM_OK) {
        counts.refused++;
        return TS_RPC_SUCCESS;
    }
    // Before the effect: the response to a command that has run must not get lost
    if (room < FTPM_COMMAND_MAX) {
        counts.refused++;
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->response_size = counted_execute(locality, command, size, call->response, room);
    if (call->response_size < TPM_CRB_HEADER_SIZE || call->response_size > room) {
        memset(call->response, 0, room);
        call->response_size = 0;
        call->status = FTPM_FAILED;
    }
    return TS_RPC_SUCCESS;
}

static int32_t run_get_state(struct sp_rpc_call *call)
{
    struct ftpm_state state = counts;

    if (call->response_max < sizeof(state)) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    state.flags = (tpm.engine->failed() ? FTPM_STATE_FAILED : 0) |
                  (is_established() ? FTPM_STATE_ESTABLISHED : 0) |
                  (is_hashing ? FTPM_STATE_HASHING : 0);
    if (tpm.nv_counts != NULL) {
        tpm.nv_counts(&state.nv_writes, &state.nv_bytes);
    }
    memcpy(call->response, &state, sizeof(state));
    call->response_size = sizeof(state);
    return TS_RPC_SUCCESS;
}

// A step of a hash sequence that is `call`'s
static int32_t decode_hash(const struct sp_rpc_call *call)
{
    return is_partition(call) && is_hashing && call->source == hash_owner ? FTPM_OK : FTPM_DENIED;
}

// An open sequence ends without result: its owner may have died
static int32_t run_hash_start(struct sp_rpc_call *call)
{
    if (!is_partition(call)) {
        call->status = FTPM_DENIED;
        return TS_RPC_SUCCESS;
    }
    is_hashing = tpm.engine->hash_start();
    hash_owner = call->source;
    if (is_hashing) {
        ftpm_crb_take();
    } else {
        ftpm_crb_give_back();
    }
    ftpm_crb_refresh();
    call->status = is_hashing ? FTPM_OK : FTPM_FAILED;
    return TS_RPC_SUCCESS;
}

static int32_t run_hash_data(struct sp_rpc_call *call)
{
    call->status = decode_hash(call);
    if (call->status == FTPM_OK && !tpm.engine->hash_data(call->request, call->request_size)) {
        call->status = FTPM_FAILED;
    }
    return TS_RPC_SUCCESS;
}

static int32_t run_hash_end(struct sp_rpc_call *call)
{
    call->status = decode_hash(call);
    if (call->status == FTPM_OK) {
        call->status = tpm.engine->hash_end() ? FTPM_OK : FTPM_FAILED;
        is_hashing = false;
        ftpm_crb_give_back();
        ftpm_crb_refresh();
    }
    return TS_RPC_SUCCESS;
}

static int32_t run_reset_establishment(struct sp_rpc_call *call)
{
    uint8_t locality;

    if (call->request_size < sizeof(struct ftpm_execute)) {
        return TS_RPC_INVALID_REQUEST_BODY;
    }
    call->status = decode_locality(call, &locality);
    if (call->status == FTPM_OK && is_hashing) {
        call->status = FTPM_BUSY;
    } else if (call->status == FTPM_OK) {
        call->status = reset_established(locality) ? FTPM_OK : FTPM_BAD_LOCALITY;
        ftpm_crb_refresh();
    }
    return TS_RPC_SUCCESS;
}

static int32_t run_capabilities(struct sp_rpc_call *call)
{
    const struct {
        struct ts_caps head;
        struct ts_caps_entry entry;
    } caps = {
        .head = {
            .version = TS_CAPS_VERSION,
            .service_version = SERVICE_VERSION,
            .request_max = BUFFER_SIZE,
            .response_max = FTPM_COMMAND_MAX,
            .entry_count = 1,
        },
        .entry = {
            .id = FTPM_CAPS_LOCALITIES,
            .value = (1u << locality_count(call)) - 1,
        },
    };

    if (call->response_max < sizeof(caps)) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    memcpy(call->response, &caps, sizeof(caps));
    call->response_size = sizeof(caps);
    return TS_RPC_SUCCESS;
}

// Nothing is kept for a client of an endpoint: sessions and objects are the TPM's, for whoever knows their authorisation
static int32_t run_client_gone(struct sp_rpc_call *call)
{
    (void)call;
    return TS_RPC_SUCCESS;
}

// In ascending order
static const struct sp_rpc_row rows[] = {
    { .opcode = FTPM_EXECUTE, .run = run_execute },
    { .opcode = FTPM_GET_STATE, .run = run_get_state },
    { .opcode = FTPM_HASH_START, .run = run_hash_start },
    { .opcode = FTPM_HASH_DATA, .run = run_hash_data },
    { .opcode = FTPM_HASH_END, .run = run_hash_end },
    { .opcode = FTPM_RESET_ESTABLISHMENT, .run = run_reset_establishment },
    { .opcode = TS_RPC_OP_CAPABILITIES, .run = run_capabilities },
    { .opcode = TS_RPC_OP_CLIENT_GONE, .run = run_client_gone },
};

static const struct sp_rpc_service service = {
    .uuid = FTPM_RPC_UUID,
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};

static struct sp_rpc_endpoint endpoint = {
    .services = &service,
    .service_count = 1,
    .request = request,
    .response = response,
    .buffer_size = BUFFER_SIZE,
};

// ---- Messages --------------------------------------------------------------------------------------------------------

void ftpm_service_begin(const struct ftpm_service_setup *setup)
{
    tpm = *setup;
    memset(&counts, 0, sizeof(counts));
    memset(endpoint.memories, 0, sizeof(endpoint.memories));
    is_hashing = false;
    ftpm_notify_begin(setup->notify);
    ftpm_crb_begin(setup->pages, setup->address, &counted);
}

void ftpm_service_answer(struct sp_message *message)
{
    bool is_64 = sp_message_is_64(message);
    uint64_t control = is_64 ? message->arg[0] : (uint32_t)message->arg[0];

    if (control != 0) {
        sp_rpc_answer(&endpoint, message);
        return;
    }
    for (size_t i = 0; i < 5 && !is_64; i++) {
        message->arg[i] = (uint32_t)message->arg[i];
    }
    ftpm_crb_answer(message->arg + 1, sp_message_source(message));
}

void ftpm_service_answer2(struct sp_message2 *message)
{
    static const uint32_t uuid[4] = TPM_CRB_UUID;
    const uint64_t low = uuid[0] | (uint64_t)uuid[1] << 32;
    const uint64_t high = uuid[2] | (uint64_t)uuid[3] << 32;
    bool is_any = message->uuid[0] == 0 && message->uuid[1] == 0;

    if (!is_any && (message->uuid[0] != low || message->uuid[1] != high)) {
        memset(message->arg, 0, sizeof(message->arg)); // the RPC has 32-bit messages only
        message->arg[0] = TPM_CRB_NOTSUP;
        return;
    }
    ftpm_crb_answer(message->arg, (uint16_t)(message->endpoints >> 16));
    memset(message->arg + 4, 0, sizeof(message->arg) - 4 * sizeof(message->arg[0]));
}
