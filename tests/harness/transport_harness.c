// SPDX-License-Identifier: BSD-3-Clause
//
// See transport_harness.h.
#include "tests/harness/transport_harness.h"

#include <string.h>

#include "ffa/abi/ts_rpc_abi.h"
#include "ffa/client/share.h"
#include "ffa/client/ts_rpc.h"

#define PAGE 4096

// What was shared last, for programs that begin again without an end. The machine may be gone: every refusal is fine then
static struct {
    struct harness *h;
    uint64_t handle;
    uint16_t partition;
} last;

static void call(struct ffa_transport *transport, struct ffa_args *args)
{
    struct harness_transport *t = (struct harness_transport *)transport; // its first member
    struct h_call c = { .flags = 0 };

    memcpy(c.x, args->x, sizeof(args->x));
    if (h_call(t->h, t->core, &c) != H_OK) {
        *args = (struct ffa_args){ .x = { FFA_ERROR, 0, (uint32_t)FFA_ABORTED } };
        return;
    }
    t->ticks += c.ticks;
    t->calls++;
    memcpy(args->x, c.x, sizeof(args->x));
}

static void clean_up(struct ffa_transport *transport)
{
    const struct ts_rpc_session forgotten = {
        .transport = transport,
        .handle = last.handle,
        .partition = last.partition,
    };

    last.h = NULL;
    if (ts_rpc_close(&forgotten) != 0) {
        return; // nothing was forgotten
    }
}

static int share(struct ffa_transport *transport, uint16_t partition, uint64_t *handle)
{
    struct harness_transport *t = (struct harness_transport *)transport;
    const struct share_range range = {
        .base = TRANSPORT_SHARED_BASE,
        .page_count = TRANSPORT_SHARED_SIZE / PAGE,
    };
    struct ffa_args map = { .x = { FFA_RXTX_MAP_64, TRANSPORT_TX, TRANSPORT_RX, 1 } };
    struct ffa_args unmap = { .x = { FFA_RXTX_UNMAP } };

    if (last.h == t->h) {
        clean_up(transport);
    }
    call(transport, &unmap); // refused: they were not mapped
    call(transport, &map);
    if ((uint32_t)map.x[0] != FFA_SUCCESS_32) {
        return ERR_DENIED;
    }
    int error =
        share_range(transport, h_memory(t->h, TRANSPORT_TX, PAGE), &range, partition, handle);

    unmap = (struct ffa_args){ .x = { FFA_RXTX_UNMAP } };
    call(transport, &unmap);
    if (error == 0) {
        t->handle = *handle;
        t->partition = partition;
        last.h = t->h;
        last.handle = *handle;
        last.partition = partition;
    }
    return error;
}

static int reclaim(struct ffa_transport *transport, uint64_t handle)
{
    last.h = NULL;
    return share_reclaim(transport, handle);
}

void harness_transport_init(struct harness_transport *t, struct harness *h)
{
    *t = (struct harness_transport){
        .transport =
            {
                .call = call,
                .shared = h_memory(h, TRANSPORT_SHARED_BASE, TRANSPORT_SHARED_SIZE),
                .shared_size = TRANSPORT_SHARED_SIZE,
                .share = share,
                .reclaim = reclaim,
                .version = FFA_VERSION_1_2,
                .id = FFA_ID_NWD,
            },
        .h = h,
    };
}
