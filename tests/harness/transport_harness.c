// SPDX-License-Identifier: BSD-3-Clause
//
// See transport_harness.h.
#include "tests/harness/transport_harness.h"

#include <string.h>

#include "ffa/abi/ts_rpc_abi.h"
#include "platform/boards/qemu_virt/board.h"

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

void harness_transport_init(struct harness_transport *t, struct harness *h)
{
    *t = (struct harness_transport){
        .transport =
            {
                .call = call,
                .shared = h_memory(h, NS_COMM_BASE, NS_COMM_SIZE),
                .shared_size = NS_COMM_SIZE,
                .shared_handle = TS_RPC_STATIC_HANDLE,
                .id = FFA_ID_NWD,
            },
        .h = h,
    };
}
