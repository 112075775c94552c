// SPDX-License-Identifier: BSD-3-Clause
//
// Partition discovery (DEN0077A "Partition discovery"): descriptors in the caller's RX buffer or in registers, in the
// format of the caller's version and filtered for it.
#include "ffa_dispatch.h"

#include "string.h"

#define INFO_COUNT_ONLY 1
#define INFO_PER_CALL 5 // x3 … x17 hold five descriptors

// Who asks, and as what: the normal world's version may change on another core meanwhile, so a call reads it once.
struct info_caller {
    struct sp *sp;  // NULL: the normal world
    uint32_t index; // ffa_index_of
    uint32_t version;
};

static struct info_caller caller_of(struct sp *sp)
{
    return (struct info_caller){
        .sp = sp,
        .index = ffa_index_of(sp),
        .version = ffa_version_of(ffa_endpoint_of(sp)),
    };
}

// DEN0077A table "Partition properties": those that mean anything in the caller's version.
static uint32_t properties_known(uint32_t version)
{
    uint32_t known = UINT32_MAX;

    if (version < FFA_VERSION_1_2) {
        known &= ~(uint32_t)(FFA_PROP_DIRECT2_RECV | FFA_PROP_DIRECT2_SEND);
    }
    if (version < FFA_VERSION_1_1) {
        known &= FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND | FFA_PROP_INDIRECT;
    }
    return known;
}

// The property, if these admissions (struct sp, `admits`) do not name the endpoint with that index.
static uint32_t refused(uint16_t admits, uint32_t index, uint32_t property)
{
    return (admits >> index & 1) != 0 ? 0 : property;
}

// What the manifests let the two do with each other: a property that this caller cannot use is not shown to it. What a
// partition sends goes to who admits it, never to the normal world. Its own are shown to it as they are.
static uint32_t properties_for(const struct info_caller *caller, uint32_t place)
{
    const struct sp *sp = &spmc_sps[place];
    uint32_t properties = sp->config.properties & properties_known(caller->version);
    uint32_t hidden = refused(sp->admits[SP_MSG_DIRECT], caller->index, FFA_PROP_DIRECT_RECV) |
                      refused(sp->admits[SP_MSG_DIRECT2], caller->index, FFA_PROP_DIRECT2_RECV) |
                      refused(sp->admits[SP_MSG_INDIRECT], caller->index, FFA_PROP_INDIRECT) |
                      refused(sp->admits[SP_MSG_NOTIFY], caller->index, FFA_PROP_NOTIFICATION);

    if (caller->sp == sp) {
        return properties;
    }
    if (caller->sp == NULL) {
        hidden |= FFA_PROP_DIRECT_SEND | FFA_PROP_DIRECT2_SEND;
    } else {
        const uint16_t *admits = caller->sp->admits;

        hidden |= refused(admits[SP_MSG_DIRECT], place + 1, FFA_PROP_DIRECT_SEND) |
                  refused(admits[SP_MSG_DIRECT2], place + 1, FFA_PROP_DIRECT2_SEND);
    }
    return properties & ~hidden;
}

static bool uuid_is(const uint32_t a[4], const uint32_t b[4])
{
    return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3])) == 0;
}

// Where descriptors go: number `first` and those behind it, at most `room`, to `to`, `size` bytes each
struct info_sink {
    uint32_t first;
    uint32_t room;
    uint32_t size;
    void *to;
};

static void info_put(const struct info_sink *sink, uint32_t number,
                     const struct ffa_partition_info *info)
{
    uint8_t *to = (uint8_t *)sink->to + (number - sink->first) * sink->size;

    if (sink->size == FFA_PARTITION_INFO_SIZE_1_0) {
        memcpy(to, info, FFA_PARTITION_INFO_SIZE_1_0);
    } else {
        memcpy(to, info, sizeof(*info));
    }
}

// The descriptors that answer a query, as far as the sink has room; returns how many there are. One entry a UUID for
// callers of 1.2 and later, one entry a partition before (DEN0077A 1.2 "UUIDs").
static uint32_t info_walk(const struct info_caller *caller, const uint32_t uuid[4],
                          const struct info_sink *sink)
{
    static const uint32_t nil[4];
    bool any = uuid_is(uuid, nil);
    uint32_t most = any && caller->version < FFA_VERSION_1_2 ? 1 : SP_MAX_UUIDS;
    uint32_t count = 0;

    for (uint32_t place = 0; place < spmc_sp_count; place++) {
        const struct sp *sp = &spmc_sps[place];
        struct ffa_partition_info info = { .id = spmc_sp_ids[place], .execution_context_count = 1 };

        if (sink->room != 0) {
            info.properties = properties_for(caller, place);
        }
        for (uint32_t u = 0; u < sp->config.uuid_count && u < most; u++) {
            if (!any && !uuid_is(uuid, sp->config.uuid[u])) {
                continue;
            }
            if (count >= sink->first && count - sink->first < sink->room) {
                if (any) {
                    memcpy(info.uuid, sp->config.uuid[u], sizeof(info.uuid));
                }
                info_put(sink, count, &info);
            }
            count++;
        }
    }
    return count;
}

struct info_query {
    uint32_t uuid[4];
    bool count_only;
    uint32_t count;
    uint32_t size; // of one descriptor
};

static int32_t info_decode(const struct info_caller *caller, const uint64_t *x,
                           struct info_query *query)
{
    uint64_t allowed = caller->version >= FFA_VERSION_1_1 ? INFO_COUNT_ONLY : 0;

    if ((x[5] & ~allowed) != 0 || !ffa_mbz(caller->sp, x, 6)) {
        return FFA_INVALID_PARAMETERS;
    }
    for (unsigned int i = 0; i < 4; i++) {
        query->uuid[i] = (uint32_t)x[1 + i];
    }
    query->count_only = (x[5] & INFO_COUNT_ONLY) != 0;
    query->size = caller->version >= FFA_VERSION_1_1 ? sizeof(struct ffa_partition_info)
                                                     : FFA_PARTITION_INFO_SIZE_1_0;
    query->count = info_walk(caller, query->uuid, &(struct info_sink){ 0 });
    return query->count == 0 ? FFA_INVALID_PARAMETERS : 0; // unknown UUID
}

// The descriptors, and nothing of what RX held before.
static int32_t info_fill_locked(const struct info_caller *caller, const struct info_query *query)
{
    struct ffa_buffers *buffers = &ffa_endpoint_of(caller->sp)->buffers;
    uint32_t bytes = buffers->page_count * 4096;
    uint8_t *rx = buffers->rx;

    if (bytes == 0 || buffers->rx_full) {
        return FFA_BUSY;
    }
    if (query->count > bytes / query->size) {
        return FFA_NO_MEMORY;
    }
    struct info_sink sink = { .room = query->count, .size = query->size, .to = rx };
    (void)info_walk(caller, query->uuid, &sink);
    memset(rx + query->count * query->size, 0, bytes - query->count * query->size);
    buffers->rx_full = true;
    return 0;
}

struct sp *ffa_partition_info_get(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct info_caller caller = caller_of(sp);
    struct info_query query;
    int32_t code = info_decode(&caller, x, &query);

    (void)core;
    if (code == 0 && !query.count_only) {
        spin_lock(&ffa_endpoint_of(sp)->lock);
        code = info_fill_locked(&caller, &query);
        spin_unlock(&ffa_endpoint_of(sp)->lock);
    }
    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    bool sized = !query.count_only && caller.version >= FFA_VERSION_1_1;
    return ffa_success(sp, x, query.count, sized ? query.size : 0);
}

struct sp *ffa_partition_info_get_regs(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct info_caller caller = caller_of(sp);
    uint32_t uuid[4] = { (uint32_t)x[1], (uint32_t)(x[1] >> 32), (uint32_t)x[2],
                         (uint32_t)(x[2] >> 32) };
    uint32_t start = x[3] & 0xffff;

    (void)core;
    if (x[3] >> 32 != 0 || !ffa_mbz(sp, x, 4)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    if (x[3] >> 16 != 0) {
        return ffa_error(sp, x, FFA_RETRY); // our tag is always 0: the list is const after boot
    }
    struct info_sink sink = { 0 };
    uint32_t count = info_walk(&caller, uuid, &sink);
    if (start >= count) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS); // also an unknown UUID
    }
    uint32_t end = count - start > INFO_PER_CALL ? start + INFO_PER_CALL : count;

    (void)ffa_success(sp, x, 0, 0);
    x[0] = FFA_SUCCESS_64;
    x[2] = (uint64_t)(count - 1) | (uint64_t)(end - 1) << 16 |
           (uint64_t)sizeof(struct ffa_partition_info) << 48;
    sink = (struct info_sink){
        .first = start,
        .room = end - start,
        .size = sizeof(struct ffa_partition_info),
        .to = &x[3],
    };
    (void)info_walk(&caller, uuid, &sink);
    return sp;
}
