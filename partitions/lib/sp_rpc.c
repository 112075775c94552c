// SPDX-License-Identifier: BSD-3-Clause
//
// Trusted Services RPC: control word → management call or service operation, memory handle →
// bounded copies. Called by a partition's handler for each message. Trusts nothing of the message
// but who sent it. A handle is its owner's: together with another sender it names nothing.
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

// A status and nothing else
static void answer_status(struct sp_message *message, int32_t status)
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
    answer_status(message, TS_RPC_NOT_FOUND);
}

static struct sp_rpc_memory *find_shared(struct sp_rpc_endpoint *endpoint, uint16_t owner,
                                         uint64_t handle)
{
    for (size_t i = 0; i < SP_RPC_MEMORIES; i++) {
        struct sp_rpc_memory *memory = &endpoint->memories[i];

        if (memory->used && memory->handle == handle && memory->owner == owner) {
            return memory;
        }
    }
    return NULL;
}

// A free place for memory of `owner`, or NULL: it has as many as it may
static struct sp_rpc_memory *find_place(struct sp_rpc_endpoint *endpoint, uint16_t owner)
{
    size_t left = owner == FFA_ID_NWD ? SP_RPC_MEMORIES_NWD : SP_RPC_MEMORIES_SP;
    struct sp_rpc_memory *place = NULL;

    for (size_t i = 0; i < SP_RPC_MEMORIES && left > 0; i++) {
        struct sp_rpc_memory *memory = &endpoint->memories[i];

        if (!memory->used) {
            place = place != NULL ? place : memory;
        } else if (memory->owner == owner) {
            left--;
        }
    }
    return left > 0 ? place : NULL;
}

static int32_t retrieve(struct sp_rpc_endpoint *endpoint, const struct sp_message *message)
{
    struct sp_mem_claim claim = {
        .handle = make_handle(message),
        .tag = (uint32_t)message->arg[3] | message->arg[4] << 32,
        .owner = sp_message_source(message),
        .kind = SP_MEM_SHARED,
        .writable = true,
    };
    struct sp_rpc_memory *place = find_place(endpoint, claim.owner);
    struct sp_mem_view view;

    if (place == NULL) {
        return TS_RPC_NOT_FOUND; // Trusted Services' own answer to this
    }
    if (sp_mem_retrieve(&claim, &view) != 0) {
        return TS_RPC_TRANSPORT_LAYER;
    }
    if (view.size > SP_RPC_MEMORY_MAX) {
        return sp_mem_relinquish(claim.handle) == 0 ? TS_RPC_INVALID_VALUE : TS_RPC_TRANSPORT_LAYER;
    }
    *place = (struct sp_rpc_memory){
        .used = true, .owner = claim.owner, .handle = claim.handle, .view = view
    };
    return TS_RPC_SUCCESS;
}

static int32_t relinquish(struct sp_rpc_endpoint *endpoint, const struct sp_message *message)
{
    struct sp_rpc_memory *memory =
        find_shared(endpoint, sp_message_source(message), make_handle(message));

    if (memory == NULL) {
        return TS_RPC_NOT_FOUND;
    }
    if (sp_mem_relinquish(memory->handle) != 0) {
        return TS_RPC_TRANSPORT_LAYER;
    }
    *memory = (struct sp_rpc_memory){ .used = false };
    return TS_RPC_SUCCESS;
}

static void answer_management(struct sp_rpc_endpoint *endpoint, struct sp_message *message,
                              uint32_t opcode)
{
    switch (opcode) {
    case TS_RPC_OP_VERSION:
        set_response(message, TS_RPC_VERSION, 0, 0);
        break;
    case TS_RPC_OP_RETRIEVE:
        answer_status(message, retrieve(endpoint, message));
        break;
    case TS_RPC_OP_RELINQUISH:
        answer_status(message, relinquish(endpoint, message));
        break;
    case TS_RPC_OP_SERVICE_INFO:
        answer_service_info(endpoint, message);
        break;
    default:
        answer_status(message, TS_RPC_INVALID_VALUE);
        break;
    }
}

// Among the `left` rows from `row` on is the last that is not above `opcode`
static sp_rpc_operation find_operation(const struct sp_rpc_service *service, uint32_t opcode)
{
    const struct sp_rpc_row *row = service->rows;
    size_t left = service->row_count;

    while (left > 1) {
        size_t half = left / 2;

        row = row[half].opcode <= opcode ? row + half : row;
        left -= half;
    }
    return left != 0 && row->opcode == opcode ? row->run : NULL;
}

// The memory that the message names: TS_RPC_SUCCESS, where it is and how many bytes of it are used; or the status that refuses it.
static int32_t find_memory(struct sp_rpc_endpoint *endpoint, const struct sp_message *message,
                           volatile void **base, size_t *size)
{
    uint64_t handle = make_handle(message);
    size_t whole = 0;

    *base = NULL;
    if (handle != TS_RPC_NO_MEMORY) {
        struct sp_rpc_memory *memory = find_shared(endpoint, sp_message_source(message), handle);

        if (memory == NULL) {
            return TS_RPC_NOT_FOUND;
        }
        *base = memory->view.base;
        whole = memory->view.size;
    }
    *size = whole < endpoint->buffer_size ? whole : endpoint->buffer_size;
    return TS_RPC_SUCCESS;
}

static void run_operation(const struct sp_rpc_endpoint *endpoint, struct sp_message *message,
                          sp_rpc_operation run, volatile void *memory, size_t memory_size)
{
    struct sp_rpc_call call = {
        .source = sp_message_source(message),
        .client = (uint32_t)message->arg[4],
        .request = endpoint->request,
        .request_size = (uint32_t)message->arg[3],
        .response = endpoint->response,
        .response_max = memory_size,
        .response_size = 0,
        .status = 0,
    };

    // The one read of memory that others can change meanwhile
    if (call.request_size != 0) {
        memcpy(endpoint->request, (const void *)memory, call.request_size);
    }

    int32_t status = run(&call);
    size_t built = call.response_size <= memory_size ? call.response_size : memory_size;

    if (status == TS_RPC_SUCCESS && call.response_size > memory_size) {
        status = TS_RPC_INTERNAL; // the operation broke its contract
    }
    if (status == TS_RPC_SUCCESS) {
        if (built != 0) {
            memcpy((void *)memory, endpoint->response, built);
        }
        set_response(message, TS_RPC_SUCCESS, (uint32_t)call.status, (uint32_t)built);
    } else {
        answer_status(message, status);
    }
    memset(endpoint->request, 0, call.request_size);
    memset(endpoint->response, 0, built);
}

static void answer_service(struct sp_rpc_endpoint *endpoint, struct sp_message *message,
                           uint32_t interface, uint32_t opcode)
{
    volatile void *memory = NULL;
    size_t memory_size = 0;

    if (interface >= endpoint->service_count) {
        answer_status(message, TS_RPC_INVALID_VALUE);
        return;
    }
    sp_rpc_operation run = find_operation(&endpoint->services[interface], opcode);
    int32_t status =
        run != NULL ? find_memory(endpoint, message, &memory, &memory_size) : TS_RPC_INVALID_VALUE;

    if (status == TS_RPC_SUCCESS && (uint32_t)message->arg[3] > memory_size) {
        status = TS_RPC_INVALID_VALUE;
    }
    if (status != TS_RPC_SUCCESS) {
        answer_status(message, status);
        return;
    }
    run_operation(endpoint, message, run, memory, memory_size);
}

void sp_rpc_answer(struct sp_rpc_endpoint *endpoint, struct sp_message *message)
{
    uint32_t control = (uint32_t)message->arg[0];
    uint32_t interface = control >> TS_RPC_INTERFACE_SHIFT & TS_RPC_INTERFACE_MASK;
    uint32_t opcode = control & TS_RPC_OPCODE_MASK;

    message->arg[0] = control; // comes back as it came
    if (sp_message_is_64(message) || (control & TS_RPC_RESERVED) != 0) {
        answer_status(message, TS_RPC_INVALID_VALUE);
    } else if (interface == TS_RPC_INTERFACE_MANAGEMENT) {
        answer_management(endpoint, message, opcode);
    } else {
        answer_service(endpoint, message, interface, opcode);
    }
}
