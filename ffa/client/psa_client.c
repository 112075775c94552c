// SPDX-License-Identifier: BSD-3-Clause
//
// Sessions with the services, and the way of every PSA function: encode a request into the shared memory, call, check the
// response before anything of it reaches the caller. One connection, one call at a time. The only place where ERR_* and RPC
// status become PSA codes.
#include "ffa/client/psa_client.h"

#include <stdbool.h>
#include <string.h>

#include "client_private.h"
#include "ts_caps.h"

#define BLOCK 64 // of SHA-256; a multiple of every cipher's

static const uint32_t uuids[PSA_CLIENT_SERVICES][4] = {
    [PSA_CLIENT_CRYPTO] = TS_CRYPTO_UUID,
    [PSA_CLIENT_ITS] = TS_ITS_UUID,
    [PSA_CLIENT_PS] = TS_PS_UUID,
    [PSA_CLIENT_ATTEST] = TS_ATTEST_UUID,
};

static struct {
    struct ffa_transport *transport; // NULL: not connected
    bool open[PSA_CLIENT_SERVICES];
    struct ts_rpc_session sessions[PSA_CLIENT_SERVICES];
} client;

static psa_status_t map_error(int error)
{
    switch (error) {
    case 0:
        return PSA_SUCCESS;
    case ERR_RANGE:
    case ERR_NO_MEMORY:
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    default:
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
}

static psa_status_t map_rpc_status(int32_t status)
{
    switch (status) {
    case TS_RPC_SUCCESS:
        return PSA_SUCCESS;
    case TS_RPC_INVALID_VALUE: // an opcode that it does not have
        return PSA_ERROR_NOT_SUPPORTED;
    case TS_RPC_INVALID_RESPONSE_BODY: // does not fit the shared memory
    case TS_RPC_RESOURCE_FAILURE:
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    default:
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
}

psa_status_t psa_client_connect(struct ffa_transport *transport)
{
    if (transport == NULL) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    memset(&client, 0, sizeof(client));
    client.transport = transport;
    return PSA_SUCCESS;
}

// A session with the same partition has its memory already
static int get_memory(struct ts_rpc_session *session)
{
    for (size_t i = 0; i < PSA_CLIENT_SERVICES; i++) {
        if (client.open[i] && client.sessions[i].partition == session->partition) {
            ts_rpc_borrow(session, &client.sessions[i]);
            return 0;
        }
    }
    return ts_rpc_share(session);
}

psa_status_t psa_client_open(enum psa_client_service service)
{
    if ((unsigned int)service >= PSA_CLIENT_SERVICES) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if (client.transport == NULL) {
        client.transport = client_default();
    }
    if (client.transport == NULL) {
        return PSA_ERROR_BAD_STATE;
    }
    if (client.open[service]) {
        return PSA_SUCCESS;
    }
    struct ts_rpc_session *session = &client.sessions[service];
    int error = ts_rpc_find(session, client.transport, uuids[service]);

    if (error == ERR_NOT_FOUND) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    if (error == ERR_DENIED) {
        return PSA_ERROR_NOT_PERMITTED;
    }
    if (error == 0) {
        error = get_memory(session);
    }
    client.open[service] = error == 0;
    return map_error(error);
}

psa_status_t psa_client_disconnect(void)
{
    psa_status_t status = PSA_SUCCESS;

    for (size_t i = 0; i < PSA_CLIENT_SERVICES; i++) {
        const struct ts_rpc_session *session = &client.sessions[i];

        if (client.open[i]) {
            if (!session->borrowed) {
                client_wipe(session->memory.base, session->memory.size);
            }
            if (ts_rpc_close(session) != 0) {
                status = PSA_ERROR_COMMUNICATION_FAILURE;
            }
        }
    }
    memset(&client, 0, sizeof(client));
    return status;
}

struct client_request client_start(enum psa_client_service service, const void *fixed, size_t size)
{
    struct client_request request = { .status = psa_client_open(service) };

    if (request.status == PSA_ERROR_DOES_NOT_EXIST ||
        request.status == PSA_ERROR_NOT_PERMITTED) { // say something else in a PSA function
        request.status = PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (request.status == PSA_SUCCESS) {
        request.session = &client.sessions[service];
        request.writer.buf = request.session->memory.base;
        request.writer.size = request.session->memory.size;
    }
    client_add(&request, fixed, size);
    return request;
}

void client_add(struct client_request *request, const void *data, size_t size)
{
    struct ts_tlv_writer *writer = &request->writer;

    if (request->status != PSA_SUCCESS) {
        return;
    }
    if (size > writer->size - writer->used) {
        request->status = PSA_ERROR_INSUFFICIENT_MEMORY;
    } else if (size != 0) {
        memcpy(writer->buf + writer->used, data, size);
        writer->used += size;
    }
}

void client_add_record(struct client_request *request, uint16_t tag, const void *data, size_t size)
{
    if (request->status == PSA_SUCCESS && ts_tlv_write(&request->writer, tag, data, size) != 0) {
        request->status = PSA_ERROR_INSUFFICIENT_MEMORY;
    }
}

psa_status_t client_call(struct client_request *request, uint16_t opcode,
                         struct client_response *response)
{
    struct ts_rpc_call call = { .opcode = opcode, .request_size = (uint32_t)request->writer.used };

    *response = (struct client_response){ .size = 0 };
    if (request->status != PSA_SUCCESS) {
        return request->status;
    }
    int error = ts_rpc_invoke(request->session, &call);

    request->touched = request->writer.used;
    if (error != 0) {
        return map_error(error);
    }
    if (call.response_size > request->touched) {
        request->touched = call.response_size;
    }
    if (call.rpc_status != TS_RPC_SUCCESS) {
        return map_rpc_status(call.rpc_status);
    }
    response->data = request->session->memory.base;
    response->size = call.response_size;
    return call.service_status;
}

psa_status_t client_call_fixed(struct client_request *request, uint16_t opcode, void *fixed,
                               size_t size)
{
    struct client_response response;
    psa_status_t status = client_call(request, opcode, &response);

    if (status == PSA_SUCCESS && response.size < size) {
        status = PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (status == PSA_SUCCESS && size != 0) {
        memcpy(fixed, response.data, size);
    }
    return status;
}

psa_status_t client_call_value(struct client_request *request, uint16_t opcode, uint8_t *data,
                               size_t size, size_t *length)
{
    struct client_response response;
    psa_status_t status = client_call(request, opcode, &response);
    struct ts_tlv_reader reader = { .at = response.data, .left = response.size };
    struct ts_tlv value;

    *length = 0;
    if (status != PSA_SUCCESS) {
        return status;
    }
    if (ts_tlv_read(&reader, 1, &value) != 0) {
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (value.length > size) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    if (value.length != 0) {
        memcpy(data, value.data, value.length);
    }
    *length = value.length;
    return PSA_SUCCESS;
}

psa_status_t client_call_result(struct client_request *request, uint16_t opcode, uint8_t *data,
                                size_t size, size_t *length)
{
    psa_status_t status = client_call_value(request, opcode, data, size, length);

    if (status == PSA_SUCCESS && *length == 0) { // the record is missing
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
    return status;
}

void client_forget(const struct client_request *request)
{
    client_wipe(request->writer.buf, request->touched);
}

size_t client_room(enum psa_client_service service)
{
    return psa_client_open(service) == PSA_SUCCESS ? client.sessions[service].memory.size : 0;
}

size_t client_chunk(enum psa_client_service service, size_t fixed)
{
    size_t size = client_room(service);
    size_t head = fixed + TS_TLV_HEADER;
    size_t room = size > head ? size - head : 0;

    room = room < TS_TLV_VALUE_MAX ? room : TS_TLV_VALUE_MAX;
    return room >= BLOCK ? room / BLOCK * BLOCK : room;
}

void client_wipe(void *data, size_t size)
{
    static void *(*const volatile set)(void *, int, size_t) =
        memset; // the compiler cannot know that it is

    if (size != 0) {
        set(data, 0, size);
    }
}

psa_status_t psa_client_capabilities(enum psa_client_service service, struct ts_caps *caps,
                                     struct ts_caps_entry *entries, size_t max, size_t *count)
{
    struct client_request request = client_start(service, NULL, 0);
    struct client_response response;
    struct ts_caps head;
    psa_status_t status = client_call(&request, TS_RPC_OP_CAPABILITIES, &response);

    if (status != PSA_SUCCESS) {
        return status;
    }
    if (response.size < sizeof(head)) {
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
    memcpy(&head, response.data, sizeof(head));
    size_t there = (response.size - sizeof(head)) / sizeof(*entries);

    if (head.entry_count > there) {
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
    size_t taken = head.entry_count < max ? head.entry_count : max;

    if (taken != 0) {
        memcpy(entries, response.data + sizeof(head), taken * sizeof(*entries));
    }
    *caps = head;
    *count = taken;
    return PSA_SUCCESS;
}

psa_status_t psa_client_gone(uint16_t number)
{
    psa_status_t status = psa_client_open(PSA_CLIENT_CRYPTO);

    if (status != PSA_SUCCESS) {
        return status;
    }
    uint16_t own = client.transport->client;
    struct client_request request = client_start(PSA_CLIENT_CRYPTO, NULL, 0);

    client.transport->client = number;
    status = client_call_fixed(&request, TS_RPC_OP_CLIENT_GONE, NULL, 0);
    client.transport->client = own;
    return status;
}
