// SPDX-License-Identifier: BSD-3-Clause
//
// Partition discovery (DEN0077A "Partition discovery"): descriptors in the caller's RX buffer or in registers, in the
// format of the caller's version and filtered for it.
#include "ffa_dispatch.h"

#include "string.h"

#define INFO_COUNT_ONLY 1
#define INFO_MAX (SPMC_MAX_SPS * SP_MAX_UUIDS)
#define INFO_PER_CALL 5 // x3 … x17 hold five descriptors

static const uint32_t nil_uuid[4];

// DEN0077A table "Partition properties": what this caller may see of them.
static uint32_t properties_for(const struct ffa_endpoint *caller, uint32_t properties)
{
    if (caller->id == FFA_ID_NWD) {
        properties &= ~(uint32_t)(FFA_PROP_DIRECT_SEND |
                                  FFA_PROP_DIRECT2_SEND); // never towards the normal world
    }
    if (ffa_version_of(caller) < FFA_VERSION_1_2) {
        properties &= ~(uint32_t)(FFA_PROP_DIRECT2_RECV | FFA_PROP_DIRECT2_SEND);
    }
    if (ffa_version_of(caller) < FFA_VERSION_1_1) {
        properties &= FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND | FFA_PROP_INDIRECT;
    }
    return properties;
}

// The `index`-th descriptor for a query, or the number of them if `info` is NULL or there is no such index.
// One entry a UUID for callers of 1.2 and later, one entry a partition before (DEN0077A 1.2 "UUIDs").
static uint32_t info_walk(const struct ffa_endpoint *caller, const uint32_t uuid[4], uint32_t index,
                          struct ffa_partition_info *info)
{
    bool any = memcmp(uuid, nil_uuid, sizeof(nil_uuid)) == 0;
    uint32_t count = 0;

    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        const struct sp *sp = &spmc_sps[i];

        for (uint32_t u = 0; u < sp->config.uuid_count; u++) {
            if (any ? u > 0 && ffa_version_of(caller) < FFA_VERSION_1_2
                    : memcmp(uuid, sp->config.uuid[u], sizeof(nil_uuid)) != 0) {
                continue;
            }
            if (count == index && info != NULL) {
                *info = (struct ffa_partition_info){
                    .id = sp->endpoint.id,
                    .execution_context_count = 1,
                    .properties = properties_for(caller, sp->config.properties),
                };
                if (any) {
                    memcpy(info->uuid, sp->config.uuid[u], sizeof(info->uuid));
                }
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

static int32_t info_decode(struct sp *sp, const uint64_t *x, struct info_query *query)
{
    struct ffa_endpoint *caller = ffa_endpoint_of(sp);
    uint64_t allowed = ffa_version_of(caller) >= FFA_VERSION_1_1 ? INFO_COUNT_ONLY : 0;

    if ((x[5] & ~allowed) != 0 || !ffa_mbz(sp, x, 6)) {
        return FFA_INVALID_PARAMETERS;
    }
    for (unsigned int i = 0; i < 4; i++) {
        query->uuid[i] = (uint32_t)x[1 + i];
    }
    query->count_only = (x[5] & INFO_COUNT_ONLY) != 0;
    query->size = ffa_version_of(caller) >= FFA_VERSION_1_1 ? sizeof(struct ffa_partition_info)
                                                            : FFA_PARTITION_INFO_SIZE_1_0;
    query->count = info_walk(caller, query->uuid, 0, NULL);
    return query->count == 0 ? FFA_INVALID_PARAMETERS : 0; // unknown UUID
}

static int32_t info_fill_locked(const struct ffa_endpoint *caller, const struct info_query *query)
{
    const struct ffa_buffers *buffers = &caller->buffers;

    if (buffers->page_count == 0 || buffers->rx_full) {
        return FFA_BUSY;
    }
    if (query->count > buffers->page_count * 4096 / query->size) {
        return FFA_NO_MEMORY;
    }
    for (uint32_t i = 0; i < query->count; i++) {
        // Zero: the version, and with it the count, may change meanwhile on another core
        struct ffa_partition_info info = { 0 };

        (void)info_walk(caller, query->uuid, i, &info);
        memcpy((uint8_t *)buffers->rx + i * query->size, &info, query->size);
    }
    return 0;
}

struct sp *ffa_partition_info_get(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct ffa_endpoint *caller = ffa_endpoint_of(sp);
    struct info_query query;
    int32_t code = info_decode(sp, x, &query);

    (void)core;
    if (code == 0 && !query.count_only) {
        spin_lock(&caller->lock);
        code = info_fill_locked(caller, &query);
        if (code == 0) {
            caller->buffers.rx_full = true;
        }
        spin_unlock(&caller->lock);
    }
    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    bool sized = !query.count_only && ffa_version_of(caller) >= FFA_VERSION_1_1;
    return ffa_success(sp, x, query.count, sized ? query.size : 0);
}

struct sp *ffa_partition_info_get_regs(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    const struct ffa_endpoint *caller = ffa_endpoint_of(sp);
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
    uint32_t count = info_walk(caller, uuid, 0, NULL);
    if (start >= count) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS); // also an unknown UUID
    }
    uint32_t end = count - start > INFO_PER_CALL ? start + INFO_PER_CALL : count;

    (void)ffa_success(sp, x, 0, 0);
    x[0] = FFA_SUCCESS_64;
    x[2] = (uint64_t)(count - 1) | (uint64_t)(end - 1) << 16 |
           (uint64_t)sizeof(struct ffa_partition_info) << 48;
    for (uint32_t i = start; i < end; i++) {
        struct ffa_partition_info info = { 0 };

        (void)info_walk(caller, uuid, i, &info);
        memcpy(&x[3 + 3 * (i - start)], &info, sizeof(info));
    }
    return sp;
}
