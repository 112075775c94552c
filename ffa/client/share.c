// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_MEM_SHARE and FFA_MEM_RECLAIM for transports of the client library. See share.h.
#include "ffa/client/share.h"

#include <string.h>

#include "ffa_mem_abi.h"

// Of any version, in TX
struct descriptor {
    uint8_t *bytes;
    uint32_t size;
};

static void append(struct descriptor *to, const void *part, uint32_t size)
{
    memcpy(to->bytes + to->size, part, size);
    to->size += size;
}

static void append_head(struct descriptor *to, const struct ffa_transport *transport,
                        uint32_t access_size)
{
    const struct ffa_mem_transaction head = {
        .sender = transport->id,
        .attributes = FFA_MEM_ATTR_NORMAL,
        .access_size = access_size,
        .access_count = 1,
        .access_offset = sizeof(head),
    };
    const struct ffa_mem_transaction_1_0 old = {
        .sender = transport->id,
        .attributes = FFA_MEM_ATTR_NORMAL,
        .access_count = 1,
    };

    if (transport->version == FFA_VERSION_1_0) {
        append(to, &old, sizeof(old));
    } else {
        append(to, &head, sizeof(head));
    }
}

static struct descriptor describe(const struct ffa_transport *transport, void *tx,
                                  const struct share_range *range, uint16_t partition)
{
    struct descriptor to = { .bytes = tx };
    uint32_t access_size =
        transport->version >= FFA_VERSION_1_2 ? FFA_MEM_ACCESS_SIZE_1_2 : FFA_MEM_ACCESS_SIZE_1_0;

    append_head(&to, transport, access_size);
    const struct ffa_mem_access access = {
        .receiver = partition,
        .permissions = FFA_MEM_DATA_RW,
        .composite_offset = to.size + access_size,
    };
    const struct ffa_mem_composite composite = {
        .page_count = range->page_count,
        .range_count = 1,
    };
    const struct ffa_mem_range piece = {
        .address = range->base,
        .page_count = range->page_count,
    };

    append(&to, &access, access_size);
    append(&to, &composite, sizeof(composite));
    append(&to, &piece, sizeof(piece));
    return to;
}

static int map_error(const struct ffa_args *args)
{
    if ((uint32_t)args->x[0] == FFA_SUCCESS_32) {
        return 0;
    }
    if ((uint32_t)args->x[0] != FFA_ERROR) {
        return ERR_IO;
    }
    switch ((int32_t)(uint32_t)args->x[2]) {
    case FFA_DENIED:
        return ERR_DENIED;
    case FFA_NO_MEMORY:
        return ERR_NO_MEMORY;
    case FFA_NOT_SUPPORTED:
        return ERR_NOT_SUPPORTED;
    default:
        return ERR_IO;
    }
}

int share_range(struct ffa_transport *transport, void *tx, const struct share_range *range,
                uint16_t partition, uint64_t *handle)
{
    struct descriptor descriptor = describe(transport, tx, range, partition);
    struct ffa_args args = { .x = { FFA_MEM_SHARE_32, descriptor.size, descriptor.size } };

    transport->call(transport, &args);
    int error = map_error(&args);

    if (error == 0) {
        *handle = (uint32_t)args.x[2] | args.x[3] << 32;
    }
    return error;
}

int share_reclaim(struct ffa_transport *transport, uint64_t handle)
{
    struct ffa_args args = { .x = { FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32 } };

    transport->call(transport, &args);
    return map_error(&args);
}
