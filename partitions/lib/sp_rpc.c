// SPDX-License-Identifier: BSD-3-Clause
//
// Trusted Services RPC: control word → management call or service operation, memory handle →
// bounded copies. Called by a partition's handler for each message. Trusts nothing of the message
// but who sent it.
#include <string.h>

#include "sp_rpc.h"

static uint64_t make_handle(const struct sp_message *message)
{
    return (uint32_t)message->arg[1] | message->arg[2] << 32;
}

static void set_response(struct sp_message *message, uint32_t w4, uint32_t w5, uint32_t w6)
{
    message->arg[1] = w4;
    message->arg[2] = w5;
    message->arg[3] = w6;
    message->arg[4] = 0;
}

static void refuse(struct sp_message *message, int32_t status)
{
    set_response(message, (uint32_t)status, 0, 0);
}

static void answer_service_info(const struct sp_rpc_endpoint *endpoint, struct sp_message *message)
{
    for (size_t i = 0; i < endpoint->service_count; i++) {
        const uint32_t *uuid = endpoint->services[i].uuid;

        if (uuid[0] == (uint32_t)message->arg[1] && uuid[1] == (uint32_t)message->arg[2] &&
            uuid[2] == (uint32_t)message->arg[3] && uuid[3] == (uint32_t)message->arg[4]) {
            set_response(message, TS_RPC_SUCCESS, (uint32_t)i, 0);
            return;
        }
    }
    refuse(message, TS_RPC_NOT_FOUND);
}

static void answer_management(const struct sp_rpc_endpoint *endpoint, struct sp_message *message,
                              uint32_t opcode)
{
    switch (opcode) {
    case TS_RPC_OP_VERSION:
        set_response(message, TS_RPC_VERSION, 0, 0);
        break;
    case TS_RPC_OP_RETRIEVE:
    case TS_RPC_OP_RELINQUISH: // the manifest's region is always there; any other handle is nobody's
        refuse(message,
               make_handle(message) == TS_RPC_STATIC_HANDLE ? TS_RPC_SUCCESS : TS_RPC_NOT_FOUND);
        break;
    case TS_RPC_OP_SERVICE_INFO:
        answer_service_info(endpoint, message);
        break;
    default:
        refuse(message, TS_RPC_INVALID_VALUE);
        break;
    }
}

static sp_rpc_operation find_operation(const struct sp_rpc_service *service, uint32_t opcode)
{
    size_t low = 0;
    size_t high = service->row_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint16_t found = service->rows[middle].opcode;

        if (found == opcode) {
            return service->rows[middle].run;
        }
        if (found < opcode) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

// Size of the memory that `handle` names: TS_RPC_SUCCESS and *size, or the status that refuses it.
static int32_t find_memory(const struct sp_rpc_endpoint *endpoint, uint64_t handle, size_t *size)
{
    if (handle == TS_RPC_NO_MEMORY) {
        *size = 0;
        return TS_RPC_SUCCESS;
    }
    if (handle != TS_RPC_STATIC_HANDLE) {
        return TS_RPC_NOT_FOUND;
    }
    *size = endpoint->shared_size < endpoint->buffer_size ? endpoint->shared_size
                                                          : endpoint->buffer_size;
    return TS_RPC_SUCCESS;
}

static void run_operation(const struct sp_rpc_endpoint *endpoint, struct sp_message *message,
                          sp_rpc_operation run, size_t memory_size)
{
    struct sp_rpc_call call = {
        .source = sp_message_source(message),
        .client = (uint32_t)message->arg[4],
        .request = endpoint->request,
        .request_size = (uint32_t)message->arg[3],
        .response = endpoint->response,
        .response_max = memory_size,
    };

    // The one read of memory that others can change meanwhile
    memcpy(endpoint->request, (const void *)endpoint->shared, call.request_size);

    int32_t status = run(&call);
    size_t built = call.response_size <= memory_size ? call.response_size : memory_size;

    if (status == TS_RPC_SUCCESS && call.response_size > memory_size) {
        status = TS_RPC_INTERNAL; // the operation broke its contract
    }
    if (status == TS_RPC_SUCCESS) {
        memcpy((void *)endpoint->shared, endpoint->response, built);
        set_response(message, TS_RPC_SUCCESS, (uint32_t)call.status, (uint32_t)built);
    } else {
        refuse(message, status);
    }
    memset(endpoint->request, 0, call.request_size);
    memset(endpoint->response, 0, built);
}

static void answer_service(const struct sp_rpc_endpoint *endpoint, struct sp_message *message,
                           uint32_t interface, uint32_t opcode)
{
    size_t memory_size = 0;

    if (interface >= endpoint->service_count) {
        refuse(message, TS_RPC_INVALID_VALUE);
        return;
    }
    sp_rpc_operation run = find_operation(&endpoint->services[interface], opcode);
    int32_t status = run != NULL ? find_memory(endpoint, make_handle(message), &memory_size)
                                 : TS_RPC_INVALID_VALUE;

    if (status == TS_RPC_SUCCESS && (uint32_t)message->arg[3] > memory_size) {
        status = TS_RPC_INVALID_VALUE;
    }
    if (status != TS_RPC_SUCCESS) {
        refuse(message, status);
        return;
    }
    run_operation(endpoint, message, run, memory_size);
}

void sp_rpc_answer(const struct sp_rpc_endpoint *endpoint, struct sp_message *message)
{
    uint32_t control = (uint32_t)message->arg[0];
    uint32_t interface = control >> TS_RPC_INTERFACE_SHIFT & TS_RPC_INTERFACE_MASK;
    uint32_t opcode = control & TS_RPC_OPCODE_MASK;

    message->arg[0] = control; // comes back as it came
    if (sp_message_is_64(message) || (control & TS_RPC_RESERVED) != 0) {
        refuse(message, TS_RPC_INVALID_VALUE);
    } else if (interface == TS_RPC_INTERFACE_MANAGEMENT) {
        answer_management(endpoint, message, opcode);
    } else {
        answer_service(endpoint, message, interface, opcode);
    }
}
