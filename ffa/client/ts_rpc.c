// SPDX-License-Identifier: BSD-3-Clause
//
// Trusted Services RPC client: discovery (FFA_PARTITION_INFO_GET_REGS, or _GET before FF-A 1.2),
// management calls, service calls. Used by psa_client.c, the harness and tools. Interruption and
// busy partitions are handled in ts_rpc_direct(), nowhere else.
#include "ffa/client/ts_rpc.h"

#include <stdbool.h>
#include <string.h>

// Tries while another core has the partition: its longest operation (an ECDSA verification, about
// 20 million instructions) takes as long as some 30,000 refused calls; and interruptions of one
// call, each of which some other software must have handled.
#define TRY_MAX 100000

#define MAX_PARTITIONS 16
#define RX_SIZE 4096
#define INFO_REGS_PER_PARTITION (sizeof(struct ffa_partition_info) / sizeof(uint64_t))
#define INFO_REGS_FIRST 3
#define INFO_REGS_MAX 5 // descriptors in x3 … x17
#define INFO_RESTARTS 4 // of a listing during which the set of partitions changed

struct partition_list {
    uint16_t ids[MAX_PARTITIONS];
    size_t count;
};

static int32_t error_code(const struct ffa_args *args)
{
    return (int32_t)(uint32_t)args->x[2];
}

static int map_error(const struct ffa_args *args)
{
    switch (error_code(args)) {
    case FFA_ABORTED:
        return ERR_ABORTED;
    case FFA_BUSY:
        return ERR_BUSY;
    case FFA_NOT_SUPPORTED:
        return ERR_NOT_SUPPORTED;
    case FFA_INVALID_PARAMETERS: // no such UUID, no such partition
        return ERR_NOT_FOUND;
    default:
        return ERR_IO;
    }
}

static bool is_busy(const struct ffa_args *args)
{
    return (uint32_t)args->x[0] == FFA_ERROR && error_code(args) == FFA_BUSY;
}

int ts_rpc_direct(struct ffa_transport *transport, struct ffa_args *args)
{
    struct ffa_args call = *args;

    for (unsigned int i = 0; i < TRY_MAX; i++) {
        struct ffa_args result = call;

        transport->call(transport, &result);
        uint32_t function = (uint32_t)result.x[0];

        if (function == FFA_INTERRUPT || function == FFA_YIELD) {
            call = (struct ffa_args){ .x = { FFA_RUN, (uint32_t)result.x[1] } };
        } else if (function == FFA_MSG_SEND_DIRECT_RESP_32 ||
                   function == FFA_MSG_SEND_DIRECT_RESP_64 ||
                   function == FFA_MSG_SEND_DIRECT_RESP2) {
            *args = result;
            return 0;
        } else if (!is_busy(&result)) {
            return function == FFA_ERROR ? map_error(&result) : ERR_IO;
        }
    }
    return ERR_BUSY;
}

// One RPC message: w3 … w7 of `args` in and out.
static int exchange(const struct ts_rpc_session *session, struct ffa_args *args)
{
    uint32_t control = (uint32_t)args->x[3];

    args->x[0] = FFA_MSG_SEND_DIRECT_REQ_32;
    args->x[1] = (uint32_t)session->transport->id << 16 | session->partition;
    args->x[2] = 0;
    int error = ts_rpc_direct(session->transport, args);

    if (error == 0 &&
        ((uint32_t)args->x[0] != FFA_MSG_SEND_DIRECT_RESP_32 || (uint32_t)args->x[3] != control)) {
        error = ERR_INVALID;
    }
    return error;
}

static uint32_t make_control(uint32_t interface, uint32_t opcode)
{
    return interface << TS_RPC_INTERFACE_SHIFT | opcode;
}

static void list_add(struct partition_list *list, const struct ffa_partition_info *info)
{
    if (list->count < MAX_PARTITIONS && (info->properties & FFA_PROP_DIRECT_RECV) != 0) {
        list->ids[list->count++] = info->id;
    }
}

// Takes the descriptors of one FFA_PARTITION_INFO_GET_REGS answer. Returns the index to go on with,
// 0 at the end, or
// ERR_INVALID.
static int take_info_regs(struct partition_list *list, const struct ffa_args *args, uint32_t start)
{
    uint32_t last = args->x[2] & 0xffff;
    uint32_t current = args->x[2] >> 16 & 0xffff;

    if (args->x[2] >> 48 != sizeof(struct ffa_partition_info) || current < start ||
        current > last || current - start >= INFO_REGS_MAX) {
        return ERR_INVALID;
    }
    for (uint32_t i = 0; i <= current - start; i++) {
        struct ffa_partition_info info;

        memcpy(&info, &args->x[INFO_REGS_FIRST + i * INFO_REGS_PER_PARTITION], sizeof(info));
        list_add(list, &info);
    }
    return current == last ? 0 : (int)current + 1;
}

static int list_by_regs(struct ffa_transport *transport, const uint32_t uuid[4],
                        struct partition_list *list)
{
    uint32_t start = 0;
    uint64_t tag = 0;
    unsigned int restarts = 0;

    do {
        struct ffa_args args = { .x = { FFA_PARTITION_INFO_GET_REGS,
                                        uuid[0] | (uint64_t)uuid[1] << 32,
                                        uuid[2] | (uint64_t)uuid[3] << 32, start | tag << 16 } };

        transport->call(transport, &args);
        if ((uint32_t)args.x[0] == FFA_ERROR && error_code(&args) == FFA_RETRY &&
            restarts++ < INFO_RESTARTS) {
            list->count = 0;
            start = 0;
            tag = 0;
            continue;
        }
        if ((uint32_t)args.x[0] != FFA_SUCCESS_64) {
            return (uint32_t)args.x[0] == FFA_ERROR ? map_error(&args) : ERR_IO;
        }
        int next = take_info_regs(list, &args, start);

        if (next <= 0) {
            return next;
        }
        start = (uint32_t)next;
        tag = args.x[2] >> 32 & 0xffff;
    } while (true);
}

static int list_by_rx(struct ffa_transport *transport, const uint32_t uuid[4],
                      struct partition_list *list)
{
    struct ffa_args args = { .x = { FFA_PARTITION_INFO_GET, uuid[0], uuid[1], uuid[2], uuid[3] } };

    transport->call(transport, &args);
    if ((uint32_t)args.x[0] != FFA_SUCCESS_32) {
        return (uint32_t)args.x[0] == FFA_ERROR ? map_error(&args) : ERR_IO;
    }
    size_t count = (uint32_t)args.x[2];
    size_t size = (uint32_t)args.x[3] != 0 ? (uint32_t)args.x[3] : FFA_PARTITION_INFO_SIZE_1_0;
    bool sane = size >= FFA_PARTITION_INFO_SIZE_1_0 && size <= RX_SIZE && count <= RX_SIZE / size;

    for (size_t i = 0; sane && i < count; i++) {
        struct ffa_partition_info info = { 0 };

        memcpy(&info, (const uint8_t *)transport->rx + i * size, FFA_PARTITION_INFO_SIZE_1_0);
        list_add(list, &info);
    }
    args = (struct ffa_args){ .x = { FFA_RX_RELEASE } };
    transport->call(transport, &args);
    return sane ? 0 : ERR_INVALID;
}

// Partitions with that UUID of FF-A. ERR_NOT_FOUND: there is none.
static int list_partitions(struct ffa_transport *transport, const uint32_t uuid[4],
                           struct partition_list *list)
{
    int error = list_by_regs(transport, uuid, list);

    if (error == ERR_NOT_SUPPORTED && transport->rx != NULL) {
        list->count = 0;
        error = list_by_rx(transport, uuid, list);
    }
    return error;
}

int ts_rpc_locate(struct ffa_transport *transport, const uint32_t uuid[4], uint16_t *partition)
{
    struct partition_list list = { 0 };
    int error = list_partitions(transport, uuid, &list);

    if (error == 0 && list.count == 0) {
        error = ERR_NOT_FOUND;
    }
    if (error == 0) {
        *partition = list.ids[0];
    }
    return error;
}

// One management call: w4 … w7 in `w`, of the answer out.
static int manage(const struct ts_rpc_session *session, uint32_t opcode, uint32_t w[4])
{
    struct ffa_args args = { .x = { 0, 0, 0, make_control(TS_RPC_INTERFACE_MANAGEMENT, opcode),
                                    w[0], w[1], w[2], w[3] } };
    int error = exchange(session, &args);

    for (size_t i = 0; error == 0 && i < 4; i++) {
        w[i] = (uint32_t)args.x[4 + i];
    }
    return error;
}

// Asks the partition of `session` for version and service. ERR_NOT_FOUND: it has no such service.
static int probe(struct ts_rpc_session *session, const uint32_t uuid[4])
{
    uint32_t version[4] = { 0 };
    uint32_t service[4] = { uuid[0], uuid[1], uuid[2], uuid[3] };
    int error = manage(session, TS_RPC_OP_VERSION, version);

    if (error == 0 && version[0] != TS_RPC_VERSION) {
        error = ERR_VERSION;
    }
    if (error == 0) {
        error = manage(session, TS_RPC_OP_SERVICE_INFO, service);
    }
    if (error == 0 && service[0] != TS_RPC_SUCCESS) {
        error = ERR_NOT_FOUND;
    }
    session->interface = service[1] & TS_RPC_INTERFACE_MASK;
    return error;
}

// A management call about memory. ERR_DENIED: the partition refuses.
static int manage_memory(const struct ts_rpc_session *session, uint64_t handle, uint32_t opcode)
{
    uint32_t w[4] = { (uint32_t)handle, (uint32_t)(handle >> 32) };
    int error = manage(session, opcode, w);

    return error == 0 && w[0] != TS_RPC_SUCCESS ? ERR_DENIED : error;
}

// A session that does not come about is ended where a kernel knows of it
static int share_by_kernel(struct ts_rpc_session *session)
{
    const struct ffa_transport_rpc *rpc = session->transport->rpc;
    int error = rpc->share(session);

    if (error != 0 && rpc->close(session) != 0) {
        error = ERR_IO;
    }
    return error;
}

int ts_rpc_share(struct ts_rpc_session *session)
{
    struct ffa_transport *transport = session->transport;
    struct ffa_shared memory = {
        .base = transport->shared,
        .size = transport->shared_size,
        .handle = transport->shared_handle,
    };
    int error = 0;

    if (transport->rpc != NULL) {
        return share_by_kernel(session);
    }
    if (memory.size == 0) {
        return 0;
    }
    if (transport->share != NULL) {
        error = transport->share(transport, session->partition, &memory);
    }
    if (error != 0) {
        return error;
    }
    error = manage_memory(session, memory.handle, TS_RPC_OP_RETRIEVE);
    if (error == 0) {
        session->memory = memory;
    } else if (transport->share != NULL && transport->reclaim(transport, memory.handle) != 0) {
        error = ERR_IO; // it has it, and says that it has not
    }
    return error;
}

void ts_rpc_borrow(struct ts_rpc_session *session, const struct ts_rpc_session *other)
{
    session->memory = other->memory;
    session->borrowed = true;
}

int ts_rpc_close(const struct ts_rpc_session *session)
{
    struct ffa_transport *transport = session->transport;

    if (transport->rpc != NULL) {
        return transport->rpc->close(session);
    }
    if (session->memory.size == 0 || session->borrowed) {
        return 0;
    }
    int error = manage_memory(session, session->memory.handle, TS_RPC_OP_RELINQUISH);

    if (transport->share == NULL) {
        return error;
    }
    if (error == 0 || error == ERR_ABORTED || error == ERR_DENIED) {
        error = transport->reclaim(transport, session->memory.handle);
    }
    return error;
}

static int find_by_messages(struct ts_rpc_session *session, const uint32_t uuid[4])
{
    static const uint32_t protocol[4] = TS_RPC_UUID;
    struct partition_list list = { 0 };
    int error = list_partitions(session->transport, protocol, &list);

    if (error != 0) {
        return error;
    }
    error = ERR_NOT_FOUND;
    for (size_t i = 0; i < list.count && error != 0; i++) {
        const struct ffa_transport *transport = session->transport;

        if (list.ids[i] == transport->id || // a partition that is asked by itself never answers
            (transport->partition != 0 && list.ids[i] != transport->partition)) {
            continue;
        }
        session->partition = list.ids[i];
        int result = probe(session, uuid);

        if (result != ERR_NOT_FOUND) {
            error = result; // why the best candidate failed says more than "not found"
        }
    }
    return error;
}

int ts_rpc_find(struct ts_rpc_session *session, struct ffa_transport *transport,
                const uint32_t uuid[4])
{
    struct ts_rpc_session found = { .transport = transport };
    int error = transport->rpc != NULL ? transport->rpc->find(&found, uuid)
                                       : find_by_messages(&found, uuid);

    if (error == 0) {
        *session = found;
    }
    return error;
}

int ts_rpc_open(struct ts_rpc_session *session, struct ffa_transport *transport,
                const uint32_t uuid[4])
{
    struct ts_rpc_session found;
    int error = ts_rpc_find(&found, transport, uuid);

    if (error == 0) {
        error = ts_rpc_share(&found);
    }
    if (error == 0) {
        *session = found;
    }
    return error;
}

static int invoke_by_message(const struct ts_rpc_session *session, struct ts_rpc_call *call)
{
    uint64_t handle = session->memory.size != 0 ? session->memory.handle : TS_RPC_NO_MEMORY;
    struct ffa_args args = { .x = { 0, 0, 0, make_control(session->interface, call->opcode),
                                    (uint32_t)handle, handle >> 32, call->request_size,
                                    session->transport->client } };
    int error = exchange(session, &args);

    if (error == 0) {
        call->rpc_status = (int32_t)(uint32_t)args.x[4];
        call->service_status = (int32_t)(uint32_t)args.x[5];
        call->response_size = (uint32_t)args.x[6];
    }
    return error;
}

int ts_rpc_invoke(const struct ts_rpc_session *session, struct ts_rpc_call *call)
{
    const struct ffa_transport_rpc *rpc = session->transport->rpc;
    struct ts_rpc_call done = *call;

    if (call->request_size > session->memory.size) {
        return ERR_RANGE;
    }
    int error = rpc != NULL ? rpc->invoke(session, &done) : invoke_by_message(session, &done);

    if (error == 0 && done.response_size > session->memory.size) {
        error = ERR_INVALID;
    }
    if (error == 0) {
        *call = done;
    }
    return error;
}
