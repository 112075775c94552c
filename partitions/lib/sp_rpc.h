// SPDX-License-Identifier: BSD-3-Clause
//
// Trusted Services RPC endpoint: a partition gives tables of operations, this answers messages out
// of them. Requests are copied once from shared memory before anything looks at them; responses are
// built privately and copied out.
#ifndef SP_RPC_H
#define SP_RPC_H

#include <string.h>

#include "sp.h"
#include "sp_mem.h"
#include "ts_rpc_abi.h"

// One service call as its operation sees it. All memory is the partition's own, nobody else changes
// it.
struct sp_rpc_call {
    uint16_t source; // FF-A id of the caller, from the SPMC
    uint32_t client; // whom of its clients the caller says it speaks for; checked by nobody
    const uint8_t *request;
    size_t request_size;
    uint8_t *response;
    size_t response_max; // most that the caller's memory takes
    size_t response_size; // out: bytes of `response` to copy out, ≤ response_max; 0 before the call
    int32_t status;       // out: service status (for PSA services psa_status_t); 0 before the call
};

// Does one operation. Returns the RPC status: TS_RPC_SUCCESS when the call was understood, whatever
// its service status; TS_RPC_INVALID_REQUEST_BODY or TS_RPC_INVALID_RESPONSE_BODY else. With
// another status than success nothing of `response` reaches the caller.
typedef int32_t (*sp_rpc_operation)(struct sp_rpc_call *call);

// For operations: the response is the `size` bytes at `body` (NULL if there are none), copied at
// once. TS_RPC_SUCCESS, or TS_RPC_INVALID_RESPONSE_BODY: the caller has no room for them, and the
// response is as it was.
static inline int32_t sp_rpc_respond(struct sp_rpc_call *call, const void *body, size_t size)
{
    if (size > call->response_max) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    if (size != 0) {
        memcpy(call->response, body, size);
    }
    call->response_size = size;
    return TS_RPC_SUCCESS;
}

struct sp_rpc_row {
    uint16_t opcode;
    sp_rpc_operation run;
};

struct sp_rpc_service {
    uint32_t uuid[4];
    const struct sp_rpc_row *rows; // ascending opcodes
    size_t row_count;
};

// Memory that clients share with the endpoint, at most so many at once of the normal world and of each of 8 partitions, so
// that nobody takes another's place. Larger ones than SP_RPC_MEMORY_MAX are refused: they would use up the partition's quota.
#define SP_RPC_MEMORIES_NWD 16
#define SP_RPC_MEMORIES_SP 2
#define SP_RPC_MEMORIES (SP_RPC_MEMORIES_NWD + 8 * SP_RPC_MEMORIES_SP)
#define SP_RPC_MEMORY_MAX 0x40000

struct sp_rpc_memory {
    bool used;
    uint16_t owner;
    uint64_t handle;
    struct sp_mem_view view; // the owner writes there at any time
};

// An endpoint: its services (interface id = index), private buffers for one request and one
// response, and the memory that clients share with it. Needs sp_rxtx_map(); a partition that takes
// indirect messages, too, releases RX before it answers, or no memory is retrieved.
struct sp_rpc_endpoint {
    const struct sp_rpc_service *services;
    size_t service_count; // ≤ 255
    uint8_t *request;
    uint8_t *response;
    size_t buffer_size; // of each of the two: of larger memory the rest is not used
    struct sp_rpc_memory memories[SP_RPC_MEMORIES]; // zero at the start, then the endpoint's own
};

// Answers `message` in place. 64-bit messages get TS_RPC_INVALID_VALUE. The request's copy and as much
// of the response as the operation declared (response_size) are wiped afterwards; what an operation
// writes beyond that it wipes itself.
void sp_rpc_answer(struct sp_rpc_endpoint *endpoint, struct sp_message *message);

#endif
