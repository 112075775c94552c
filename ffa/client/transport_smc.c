// SPDX-License-Identifier: BSD-3-Clause
//
// FF-A by SMC. Used by ffa/demo and other bare-metal programs.
#include "ffa/client/transport_smc.h"

#include "ffa/client/share.h"

#define PAGE 4096

static void call(struct ffa_transport *transport, struct ffa_args *args)
{
    (void)transport;
    smc_call(args);
}

// Each partition gets a slice of the memory, in the order in which they are asked for
static int share(struct ffa_transport *transport, uint16_t partition, struct ffa_shared *memory)
{
    struct transport_smc *t = (struct transport_smc *)transport; // its first member
    size_t size = transport->shared_size / t->slice_count / PAGE * PAGE;
    uint32_t slice = 0;

    while (slice < t->slice_count && t->slices[slice].used) {
        slice++;
    }
    if (slice == t->slice_count || size == 0) {
        return ERR_NO_MEMORY;
    }
    uint8_t *base = (uint8_t *)transport->shared + slice * size;
    const struct share_range range = {
        .base = (uintptr_t)base,
        .page_count = (uint32_t)(size / PAGE),
    };
    int error = share_range(transport, t->tx, &range, partition, &memory->handle);

    if (error == 0) {
        memory->base = base;
        memory->size = size;
        t->slices[slice].used = true;
        t->slices[slice].handle = memory->handle;
    }
    return error;
}

static int reclaim(struct ffa_transport *transport, uint64_t handle)
{
    struct transport_smc *t = (struct transport_smc *)transport;
    int error = share_reclaim(transport, handle);

    for (uint32_t i = 0; error == 0 && i < t->slice_count; i++) {
        if (t->slices[i].used && t->slices[i].handle == handle) {
            t->slices[i].used = false;
        }
    }
    return error;
}

// *version: the older one of the firmware's and ours
static int negotiate(uint32_t *version)
{
    struct ffa_args args = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };

    smc_call(&args);
    uint32_t theirs = (uint32_t)args.x[0];

    if ((theirs & FFA_VERSION_MBZ) != 0) {
        return ERR_NOT_SUPPORTED;
    }
    if (theirs >> 16 != FFA_VERSION_1_2 >> 16) {
        return ERR_VERSION;
    }
    if (theirs >= FFA_VERSION_1_2) {
        *version = FFA_VERSION_1_2;
        return 0;
    }
    args = (struct ffa_args){ .x = { FFA_VERSION, theirs } }; // it speaks no newer one
    smc_call(&args);
    *version = theirs;
    return (uint32_t)args.x[0] == theirs ? 0 : ERR_VERSION;
}

int transport_smc_init(struct transport_smc *t, const struct transport_smc_memory *memory)
{
    struct ffa_args map = { .x = { FFA_RXTX_MAP_64, (uintptr_t)memory->tx, (uintptr_t)memory->rx,
                                   1 } };
    uint32_t version;

    if (memory->partition_count == 0 || memory->partition_count > TRANSPORT_SMC_PARTITIONS) {
        return ERR_INVALID;
    }
    int error = negotiate(&version);

    if (error != 0) {
        return error;
    }
    smc_call(&map);
    if ((uint32_t)map.x[0] != FFA_SUCCESS_32) {
        return ERR_DENIED;
    }
    *t = (struct transport_smc){
        .transport =
            {
                .call = call,
                .shared = memory->shared,
                .shared_size = memory->shared_size,
                .share = share,
                .reclaim = reclaim,
                .rx = memory->rx,
                .version = version,
                .id = FFA_ID_NWD,
            },
        .tx = memory->tx,
        .slice_count = memory->partition_count,
    };
    return 0;
}
