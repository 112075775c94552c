// SPDX-License-Identifier: BSD-3-Clause
//
// See transport_harness.h.
#include "tests/harness/transport_harness.h"

#include <string.h>

#include "ffa/abi/ts_rpc_abi.h"
#include "ffa/client/share.h"
#include "ffa/client/ts_rpc.h"

#define PAGE 4096

// What each slice was shared with last, for programs that begin again without an end. The machine may be gone: every
// refusal is fine then
static struct {
    struct harness *h; // NULL: free
    uint64_t handle;
    uint16_t partition;
} slices[TRANSPORT_PARTITIONS];

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

static void clean_up(struct ffa_transport *transport, size_t slice)
{
    const struct ts_rpc_session forgotten = {
        .transport = transport,
        .memory = { .size = TRANSPORT_SHARED_SIZE, .handle = slices[slice].handle },
        .partition = slices[slice].partition,
    };

    slices[slice].h = NULL;
    if (ts_rpc_close(&forgotten) != 0) {
        return; // nothing was forgotten
    }
}

// The slice for a partition: its old one, or one that nobody of this machine has. TRANSPORT_PARTITIONS: none
static size_t find_slice(struct harness_transport *t, uint16_t partition)
{
    size_t found = TRANSPORT_PARTITIONS;

    for (size_t i = 0; i < TRANSPORT_PARTITIONS; i++) {
        if (slices[i].h == t->h && slices[i].partition == partition) {
            clean_up(&t->transport, i);
            return i;
        }
        if (slices[i].h != t->h && found == TRANSPORT_PARTITIONS) {
            found = i;
        }
    }
    return found;
}

// FFA_MEM_SHARE of a slice, with RX and TX mapped for it
static int share_slice(struct harness_transport *t, size_t slice, uint16_t partition,
                       uint64_t *handle)
{
    const struct share_range range = {
        .base = TRANSPORT_SHARED_BASE + slice * TRANSPORT_SHARED_SIZE,
        .page_count = TRANSPORT_SHARED_SIZE / PAGE,
    };
    struct ffa_args map = { .x = { FFA_RXTX_MAP_64, TRANSPORT_TX, TRANSPORT_RX, 1 } };
    struct ffa_args unmap = { .x = { FFA_RXTX_UNMAP } };

    call(&t->transport, &unmap); // refused: they were not mapped
    call(&t->transport, &map);
    if ((uint32_t)map.x[0] != FFA_SUCCESS_32) {
        return ERR_DENIED;
    }
    int error =
        share_range(&t->transport, h_memory(t->h, TRANSPORT_TX, PAGE), &range, partition, handle);

    unmap = (struct ffa_args){ .x = { FFA_RXTX_UNMAP } };
    call(&t->transport, &unmap);
    return error;
}

static int share(struct ffa_transport *transport, uint16_t partition, struct ffa_shared *memory)
{
    struct harness_transport *t = (struct harness_transport *)transport;
    size_t slice = find_slice(t, partition);

    if (slice == TRANSPORT_PARTITIONS) {
        return ERR_NO_MEMORY;
    }
    int error = share_slice(t, slice, partition, &memory->handle);

    if (error == 0) {
        memory->base = h_memory(t->h, TRANSPORT_SHARED_BASE + slice * TRANSPORT_SHARED_SIZE,
                                TRANSPORT_SHARED_SIZE);
        memory->size = TRANSPORT_SHARED_SIZE;
        transport->shared = memory->base;
        t->handle = memory->handle;
        t->partition = partition;
        slices[slice].h = t->h;
        slices[slice].handle = memory->handle;
        slices[slice].partition = partition;
    }
    return error;
}

static int reclaim(struct ffa_transport *transport, uint64_t handle)
{
    struct harness_transport *t = (struct harness_transport *)transport;

    for (size_t i = 0; i < TRANSPORT_PARTITIONS; i++) {
        if (slices[i].h == t->h && slices[i].handle == handle) {
            slices[i].h = NULL;
        }
    }
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
