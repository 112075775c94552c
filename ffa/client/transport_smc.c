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

static int share(struct ffa_transport *transport, uint16_t partition, uint64_t *handle)
{
    struct transport_smc *t = (struct transport_smc *)transport; // its first member
    const struct share_range range = {
        .base = (uintptr_t)transport->shared,
        .page_count = (uint32_t)(transport->shared_size / PAGE),
    };

    return share_range(transport, t->tx, &range, partition, handle);
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
                .reclaim = share_reclaim,
                .rx = memory->rx,
                .version = version,
                .id = FFA_ID_NWD,
            },
        .tx = memory->tx,
    };
    return 0;
}
