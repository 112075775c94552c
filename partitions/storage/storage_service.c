// SPDX-License-Identifier: BSD-3-Clause
//
// Operations of the storage services: decode the request, check it in the order of PSA Secure Storage 1.0 (uid, flags, what
// exists, ranges, room), do it, encode the response. The tables at the end are the whole services. Trusts nothing of a request
// (it is the partition's own copy) and storage_log.h for what is stored.
#include "storage_service.h"

#include <string.h>

#include "storage_log.h"
#include "storage_proto.h"
#include "storage_quota.h"
#include "ts_caps.h"

#define SPACE_ITS 0
#define SPACE_PS 1

#define FLAGS_KNOWN \
    (STORAGE_FLAG_WRITE_ONCE | STORAGE_FLAG_NO_CONFIDENTIALITY | STORAGE_FLAG_NO_REPLAY_PROTECTION)
#define SERVICE_VERSION 0x00010000 // of both APIs

_Static_assert(STORAGE_DATA_MAX == STORAGE_ASSET_MAX, "the largest asset on the wire and in flash");
_Static_assert(STORAGE_REQUEST_MAX == sizeof(struct storage_get) + STORAGE_DATA_MAX, "requests");

static int mount_error = ERR_IO; // nothing is mounted at first

void storage_service_init(int mounted)
{
    mount_error = mounted;
}

// --- Status ---

// Every ERR_* that storage_log.h gives → psa_status_t
static const struct {
    int error;
    int32_t status;
} statuses[] = {
    { ERR_NONE, STORAGE_SUCCESS },
    { ERR_INVALID, STORAGE_ERROR_INVALID_ARGUMENT },
    { ERR_NOT_FOUND, STORAGE_ERROR_DOES_NOT_EXIST },
    { ERR_RANGE, STORAGE_ERROR_INVALID_ARGUMENT },
    { ERR_DUPLICATE, STORAGE_ERROR_ALREADY_EXISTS },
    { ERR_NO_MEMORY, STORAGE_ERROR_INSUFFICIENT_STORAGE },
    { ERR_DENIED, STORAGE_ERROR_STORAGE_FAILURE }, // a block that the chip locks
    { ERR_IO, STORAGE_ERROR_STORAGE_FAILURE },
    { ERR_TIMEOUT, STORAGE_ERROR_STORAGE_FAILURE },
    { ERR_CORRUPT, STORAGE_ERROR_DATA_CORRUPT },
};

static int32_t status_of(int error)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if (statuses[i].error == error) {
            return statuses[i].status;
        }
    }
    return STORAGE_ERROR_GENERIC_ERROR;
}

// STORAGE_SUCCESS, or why there is no store.
static int32_t store_status(uint32_t space)
{
    if (mount_error == ERR_CORRUPT) {
        return space == SPACE_PS ? STORAGE_ERROR_INVALID_SIGNATURE : STORAGE_ERROR_DATA_CORRUPT;
    }
    return mount_error == 0 ? STORAGE_SUCCESS : STORAGE_ERROR_STORAGE_FAILURE;
}

// --- Requests ---

// Owners are 32 bits: endpoint and client. This is all of TS_RPC_OP_CLIENT_GONE: assets outlive their client.
static int32_t check_client(struct sp_rpc_call *call)
{
    return call->client <= UINT16_MAX ? TS_RPC_SUCCESS : TS_RPC_INVALID_VALUE;
}

// Copies the first `size` bytes of the request to `fixed`. Longer requests are fine, shorter ones are not.
static int32_t decode(struct sp_rpc_call *call, void *fixed, size_t size)
{
    int32_t status = check_client(call);

    if (status == TS_RPC_SUCCESS && call->request_size < size) {
        status = TS_RPC_INVALID_REQUEST_BODY;
    }
    if (status == TS_RPC_SUCCESS) {
        memcpy(fixed, call->request, size);
    }
    return status;
}

// Whether `wanted` bytes of data are behind the fixed part, which was decoded.
static int32_t check_data(const struct sp_rpc_call *call, size_t fixed_size, uint64_t wanted)
{
    return wanted <= call->request_size - fixed_size ? TS_RPC_SUCCESS : TS_RPC_INVALID_REQUEST_BODY;
}

static struct storage_name name_of(const struct sp_rpc_call *call, uint32_t space, uint64_t uid)
{
    return (struct storage_name){
        .owner = (uint32_t)call->source << 16 | call->client,
        .space = space,
        .uid = uid,
    };
}

// What is known of an asset before something is done with it. Data that are damaged do not hinder what replaces them.
static int32_t look_up(const struct storage_name *name, struct storage_info *info, bool *exists)
{
    int error = storage_log_info(name, info);

    *exists = error != ERR_NOT_FOUND;
    if (error != 0) {
        *info = (struct storage_info){ 0 };
    }
    return error == ERR_NOT_FOUND ? STORAGE_SUCCESS : status_of(error);
}

// --- Operations on assets ---

static int32_t check_uid_and_flags(uint64_t uid, uint32_t flags, uint32_t known)
{
    if (uid == 0) {
        return STORAGE_ERROR_INVALID_ARGUMENT;
    }
    return (flags & ~known) != 0 ? STORAGE_ERROR_NOT_SUPPORTED : STORAGE_SUCCESS;
}

static int32_t set(const struct sp_rpc_call *call, uint32_t space, const struct storage_set *wanted)
{
    const struct storage_name name = name_of(call, space, wanted->uid);
    struct storage_info info;
    bool exists;
    int32_t status = check_uid_and_flags(wanted->uid, wanted->flags, FLAGS_KNOWN);

    if (status == STORAGE_SUCCESS) {
        status = store_status(space);
    }
    if (status != STORAGE_SUCCESS) {
        return status;
    }
    status = look_up(&name, &info, &exists);
    if (status != STORAGE_SUCCESS && status != STORAGE_ERROR_DATA_CORRUPT) {
        return status;
    }
    if ((info.flags & STORAGE_FLAG_WRITE_ONCE) != 0) {
        return STORAGE_ERROR_NOT_PERMITTED;
    }
    if (!storage_quota_has_room(call->source, wanted->size, exists, info.capacity)) {
        return STORAGE_ERROR_INSUFFICIENT_STORAGE;
    }
    return status_of(storage_log_set(&name, call->request + sizeof(*wanted), (uint32_t)wanted->size,
                                     wanted->flags));
}

static int32_t run_set(struct sp_rpc_call *call, uint32_t space)
{
    struct storage_set wanted;
    int32_t status = decode(call, &wanted, sizeof(wanted));

    if (status == TS_RPC_SUCCESS) {
        status = check_data(call, sizeof(wanted), wanted.size);
    }
    if (status == TS_RPC_SUCCESS) {
        call->status = set(call, space, &wanted);
    }
    return status;
}

// Looks for an asset that must be there.
static int32_t find(const struct sp_rpc_call *call, uint32_t space, uint64_t uid,
                    struct storage_info *info)
{
    const struct storage_name name = name_of(call, space, uid);
    int32_t status = uid != 0 ? store_status(space) : STORAGE_ERROR_INVALID_ARGUMENT;

    return status != STORAGE_SUCCESS ? status : status_of(storage_log_info(&name, info));
}

static int32_t get(struct sp_rpc_call *call, uint32_t space, const struct storage_get *wanted)
{
    const struct storage_name name = name_of(call, space, wanted->uid);
    struct storage_info info;
    uint32_t done = 0;
    int32_t status = find(call, space, wanted->uid, &info);

    if (status != STORAGE_SUCCESS) {
        return status;
    }
    // A range that ends beyond 4 GiB is a mistake: no asset and no client's buffer is that large
    if (wanted->offset > info.size || wanted->size > UINT32_MAX - wanted->offset) {
        return STORAGE_ERROR_INVALID_ARGUMENT;
    }
    size_t size = wanted->size < call->response_max ? wanted->size : call->response_max;

    status = status_of(
        storage_log_read(&name, (uint32_t)wanted->offset, call->response, (uint32_t)size, &done));
    if (status != STORAGE_SUCCESS || done > size) {
        memset(call->response, 0, size);
        return status != STORAGE_SUCCESS ? status : STORAGE_ERROR_GENERIC_ERROR;
    }
    call->response_size = done;
    return STORAGE_SUCCESS;
}

static int32_t run_get(struct sp_rpc_call *call, uint32_t space)
{
    struct storage_get wanted;
    int32_t status = decode(call, &wanted, sizeof(wanted));

    if (status == TS_RPC_SUCCESS) {
        call->status = get(call, space, &wanted);
    }
    return status;
}

static int32_t run_get_info(struct sp_rpc_call *call, uint32_t space)
{
    struct storage_uid wanted;
    struct storage_info info;
    int32_t status = decode(call, &wanted, sizeof(wanted));

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = find(call, space, wanted.uid, &info);
    if (call->status != STORAGE_SUCCESS) {
        return TS_RPC_SUCCESS;
    }
    const struct storage_asset_info answer = {
        .capacity = info.capacity,
        .size = info.size,
        .flags = info.flags,
    };

    return sp_rpc_respond(call, &answer, sizeof(answer));
}

static int32_t remove_asset(const struct sp_rpc_call *call, uint32_t space, uint64_t uid)
{
    const struct storage_name name = name_of(call, space, uid);
    struct storage_info info = { 0 };
    int32_t status = find(call, space, uid, &info);
    bool damaged = status == STORAGE_ERROR_DATA_CORRUPT && mount_error == 0;

    if (status != STORAGE_SUCCESS && !damaged) {
        return status;
    }
    if (!damaged && (info.flags & STORAGE_FLAG_WRITE_ONCE) != 0) {
        return STORAGE_ERROR_NOT_PERMITTED;
    }
    return status_of(storage_log_remove(&name));
}

static int32_t run_remove(struct sp_rpc_call *call, uint32_t space)
{
    struct storage_uid wanted;
    int32_t status = decode(call, &wanted, sizeof(wanted));

    if (status == TS_RPC_SUCCESS) {
        call->status = remove_asset(call, space, wanted.uid);
    }
    return status;
}

// PSA Secure Storage: an asset that is made here cannot be WRITE_ONCE, since it is written afterwards.
static int32_t create(const struct sp_rpc_call *call, const struct storage_create *wanted)
{
    const struct storage_name name = name_of(call, SPACE_PS, wanted->uid);
    struct storage_info info;
    bool exists;
    int32_t status =
        check_uid_and_flags(wanted->uid, wanted->flags, FLAGS_KNOWN & ~STORAGE_FLAG_WRITE_ONCE);

    if (status == STORAGE_SUCCESS) {
        status = store_status(SPACE_PS);
    }
    if (status == STORAGE_SUCCESS) {
        status = look_up(&name, &info, &exists);
    }
    if (status == STORAGE_ERROR_DATA_CORRUPT || (status == STORAGE_SUCCESS && exists)) {
        return STORAGE_ERROR_ALREADY_EXISTS;
    }
    if (status != STORAGE_SUCCESS) {
        return status;
    }
    if (!storage_quota_has_room(call->source, wanted->capacity, false, 0)) {
        return STORAGE_ERROR_INSUFFICIENT_STORAGE;
    }
    return status_of(storage_log_create(&name, (uint32_t)wanted->capacity, wanted->flags));
}

static int32_t run_create(struct sp_rpc_call *call)
{
    struct storage_create wanted;
    int32_t status = decode(call, &wanted, sizeof(wanted));

    if (status == TS_RPC_SUCCESS) {
        call->status = create(call, &wanted);
    }
    return status;
}

static int32_t set_extended(const struct sp_rpc_call *call, const struct storage_get *wanted)
{
    const struct storage_name name = name_of(call, SPACE_PS, wanted->uid);
    struct storage_info info;
    int32_t status = find(call, SPACE_PS, wanted->uid, &info);

    if (status != STORAGE_SUCCESS) {
        return status;
    }
    if ((info.flags & STORAGE_FLAG_WRITE_ONCE) != 0) {
        return STORAGE_ERROR_NOT_PERMITTED;
    }
    if (wanted->offset > info.size || wanted->size > info.capacity - wanted->offset) {
        return STORAGE_ERROR_INVALID_ARGUMENT;
    }
    if (wanted->size == 0) {
        return STORAGE_SUCCESS; // as specified: no change, so no write either
    }
    return status_of(storage_log_write(&name, (uint32_t)wanted->offset,
                                       call->request + sizeof(*wanted), (uint32_t)wanted->size));
}

static int32_t run_set_extended(struct sp_rpc_call *call)
{
    struct storage_get wanted;
    int32_t status = decode(call, &wanted, sizeof(wanted));

    if (status == TS_RPC_SUCCESS) {
        status = check_data(call, sizeof(wanted), wanted.size);
    }
    if (status == TS_RPC_SUCCESS) {
        call->status = set_extended(call, &wanted);
    }
    return status;
}

// --- Operations on the services ---

static int32_t run_get_support(struct sp_rpc_call *call, uint32_t support)
{
    int32_t status = check_client(call);

    return status == TS_RPC_SUCCESS ? sp_rpc_respond(call, &support, sizeof(support)) : status;
}

// CREATE and SET_EXTENDED of ITS, which does not have them.
static int32_t run_not_supported(struct sp_rpc_call *call)
{
    int32_t status = check_client(call);

    if (status == TS_RPC_SUCCESS) {
        call->status = STORAGE_ERROR_NOT_SUPPORTED;
    }
    return status;
}

// What an endpoint can store yet. Its quota is kept free in flash; blocks that failed are not made up for.
static uint32_t free_bytes(uint32_t quota, uint32_t used, uint32_t one_asset)
{
    uint32_t left = used < quota ? quota - used : 0;

    return one_asset == STORAGE_DATA_MAX || left < one_asset ? left : one_asset;
}

static int32_t run_capabilities(struct sp_rpc_call *call)
{
    struct storage_quota quota;
    struct storage_stats stats = { 0 };
    struct storage_usage usage = { 0 };
    int32_t status = check_client(call);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    if (mount_error == 0) {
        storage_log_stats(&stats);
        storage_log_usage(call->source, &usage);
    }
    quota = storage_quota_of(call->source);
    const struct {
        struct ts_caps caps;
        struct ts_caps_entry entries[11];
    } answer = {
        .caps = { .version = TS_CAPS_VERSION,
                  .service_version = SERVICE_VERSION,
                  .request_max = STORAGE_REQUEST_MAX,
                  .response_max = STORAGE_DATA_MAX,
                  .entry_count = 11 },
        .entries = { { TS_CAPS_STORAGE_ASSET_SIZE, STORAGE_DATA_MAX },
                     { TS_CAPS_STORAGE_ASSETS, quota.assets },
                     { TS_CAPS_STORAGE_BYTES, quota.bytes },
                     { TS_CAPS_STORAGE_FREE_BYTES,
                       free_bytes(quota.bytes, usage.bytes, stats.free_bytes) },
                     { TS_CAPS_STORAGE_ROLLBACK, (uint32_t)stats.rollback },
                     { TS_CAPS_STORAGE_BLOCKS, stats.blocks },
                     { TS_CAPS_STORAGE_ERASES_MIN, stats.erases_min },
                     { TS_CAPS_STORAGE_ERASES_MAX, stats.erases_max },
                     { TS_CAPS_STORAGE_ASKED, (uint32_t)stats.asked },
                     { TS_CAPS_STORAGE_WRITTEN, (uint32_t)stats.written },
                     { TS_CAPS_STORAGE_DAMAGED, stats.damaged } },
    };

    _Static_assert(sizeof(answer) == sizeof(struct ts_caps) + 11 * sizeof(struct ts_caps_entry),
                   "no padding");
    return sp_rpc_respond(call, &answer, sizeof(answer));
}

// --- The tables ---

static int32_t its_set(struct sp_rpc_call *call)
{
    return run_set(call, SPACE_ITS);
}

static int32_t its_get(struct sp_rpc_call *call)
{
    return run_get(call, SPACE_ITS);
}

static int32_t its_get_info(struct sp_rpc_call *call)
{
    return run_get_info(call, SPACE_ITS);
}

static int32_t its_remove(struct sp_rpc_call *call)
{
    return run_remove(call, SPACE_ITS);
}

static int32_t its_get_support(struct sp_rpc_call *call)
{
    return run_get_support(call, 0);
}

static int32_t ps_set(struct sp_rpc_call *call)
{
    return run_set(call, SPACE_PS);
}

static int32_t ps_get(struct sp_rpc_call *call)
{
    return run_get(call, SPACE_PS);
}

static int32_t ps_get_info(struct sp_rpc_call *call)
{
    return run_get_info(call, SPACE_PS);
}

static int32_t ps_remove(struct sp_rpc_call *call)
{
    return run_remove(call, SPACE_PS);
}

static int32_t ps_get_support(struct sp_rpc_call *call)
{
    return run_get_support(call, STORAGE_SUPPORT_SET_EXTENDED);
}

static const struct sp_rpc_row its_rows[] = {
    { STORAGE_SET, its_set },
    { STORAGE_GET, its_get },
    { STORAGE_GET_INFO, its_get_info },
    { STORAGE_REMOVE, its_remove },
    { STORAGE_CREATE, run_not_supported },
    { STORAGE_SET_EXTENDED, run_not_supported },
    { STORAGE_GET_SUPPORT, its_get_support },
    { TS_RPC_OP_CAPABILITIES, run_capabilities },
    { TS_RPC_OP_CLIENT_GONE, check_client },
};

static const struct sp_rpc_row ps_rows[] = {
    { STORAGE_SET, ps_set },
    { STORAGE_GET, ps_get },
    { STORAGE_GET_INFO, ps_get_info },
    { STORAGE_REMOVE, ps_remove },
    { STORAGE_CREATE, run_create },
    { STORAGE_SET_EXTENDED, run_set_extended },
    { STORAGE_GET_SUPPORT, ps_get_support },
    { TS_RPC_OP_CAPABILITIES, run_capabilities },
    { TS_RPC_OP_CLIENT_GONE, check_client },
};

const struct sp_rpc_service storage_services[STORAGE_SERVICES] = {
    [SPACE_ITS] = { TS_ITS_UUID, its_rows, sizeof(its_rows) / sizeof(its_rows[0]) },
    [SPACE_PS] = { TS_PS_UUID, ps_rows, sizeof(ps_rows) / sizeof(ps_rows[0]) },
};
