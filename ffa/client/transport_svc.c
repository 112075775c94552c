// SPDX-License-Identifier: BSD-3-Clause
//
// FF-A from a partition. Used by partitions that ask others through the client library.
#include "ffa/client/transport_svc.h"

#include "partitions/lib/sp.h"
#include "partitions/lib/sp_mem.h"

static void call(struct ffa_transport *transport, struct ffa_args *args)
{
    (void)transport;
    sp_call(args);
}

static int share(struct ffa_transport *transport, uint16_t partition, struct ffa_shared *memory)
{
    const struct sp_mem_offer offer = {
        .base = transport->shared,
        .page_count = (uint32_t)(transport->shared_size / SP_MEM_PAGE),
        .borrower_count = 1,
        .borrowers = { { .id = partition, .writable = true } },
    };
    int error = sp_mem_share(&offer, &memory->handle);

    if (error == 0) {
        memory->base = transport->shared;
        memory->size = transport->shared_size;
    }
    return error;
}

static int reclaim(struct ffa_transport *transport, uint64_t handle)
{
    (void)transport;
    return sp_mem_reclaim(handle, false);
}

int transport_svc_init(struct transport_svc *t, void *pages, size_t size)
{
    if (size == 0 || size % SP_MEM_PAGE != 0 || size / SP_MEM_PAGE > UINT32_MAX ||
        (uintptr_t)pages % SP_MEM_PAGE != 0) {
        return ERR_INVALID;
    }
    *t = (struct transport_svc){
        .transport =
            {
                .call = call,
                .share = share,
                .reclaim = reclaim,
                .shared = pages,
                .shared_size = size,
                .version = FFA_VERSION_1_2,
                .id = sp_id(),
            },
    };
    return 0;
}
