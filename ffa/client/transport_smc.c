// SPDX-License-Identifier: BSD-3-Clause
//
// FF-A by SMC. Used by ffa/demo and other bare-metal programs.
#include "ffa/client/transport_smc.h"

#include "errors.h"

static void call(struct ffa_transport *transport, struct ffa_args *args)
{
    (void)transport;
    smc_call(args);
}

int transport_smc_init(struct ffa_transport *transport, void *shared, size_t shared_size,
                       uint64_t shared_handle)
{
    struct ffa_args args = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };

    smc_call(&args);
    uint32_t version = (uint32_t)args.x[0];

    if ((version & FFA_VERSION_MBZ) != 0) {
        return ERR_NOT_SUPPORTED;
    }
    if (version >> 16 != FFA_VERSION_1_2 >> 16) {
        return ERR_VERSION;
    }
    *transport = (struct ffa_transport){
        .call = call,
        .shared = shared,
        .shared_size = shared_size,
        .shared_handle = shared_handle,
        .id = FFA_ID_NWD,
    };
    return 0;
}
