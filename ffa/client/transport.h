// SPDX-License-Identifier: BSD-3-Clause
//
// How a client reaches FF-A: one object per way (SMC from bare metal, SVC from a partition, the harness from a host program,
// an operating system's device, …), filled in by its owner and used by ts_rpc.c. The client library makes no FF-A call
// but through these functions.
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#include "ffa_abi.h"

struct ffa_transport;
struct ts_rpc_call;
struct ts_rpc_session;

// Memory that this client and one partition both reach.
struct ffa_shared {
    void *base; // at this side's address. Used by one call at a time
    size_t size;
    uint64_t handle; // the partition's name for it
};

// Trusted Services RPC where a client makes no FF-A calls itself, because a kernel makes them: what ts_rpc_find(),
// ts_rpc_share(), ts_rpc_invoke() and ts_rpc_close() do instead (ts_rpc.h has their contracts). session->transport is set;
// `find` sets partition and interface, `share` memory.
struct ffa_transport_rpc {
    int (*find)(struct ts_rpc_session *session, const uint32_t uuid[4]);
    int (*share)(struct ts_rpc_session *session);
    int (*invoke)(const struct ts_rpc_session *session, struct ts_rpc_call *call);
    int (*close)(const struct ts_rpc_session *session);
};

struct ffa_transport {
    // Performs one FF-A call: `args` holds x0 … x17 before and after. It neither interprets nor
    // repeats the call: FFA_INTERRUPT and FFA_ERROR come back as they are. It cannot fail; a way
    // that is broken answers FFA_ERROR with FFA_ABORTED.
    void (*call)(struct ffa_transport *transport, struct ffa_args *args);

    // Shares memory with `partition` (FFA_MEM_SHARE, readable and writable, tag 0) and tells where it is; 0 or ERR_*.
    // Called once for each partition that is used. And takes it back (FFA_MEM_RECLAIM) once the partition has relinquished
    // it or is gone.
    int (*share)(struct ffa_transport *transport, uint16_t partition, struct ffa_shared *memory);
    int (*reclaim)(struct ffa_transport *transport, uint64_t handle);

    // share NULL: the owner has shared this memory already, with the one partition that is used, and takes it back. Size 0:
    // none, and calls have no bodies.
    void *shared;
    size_t shared_size;
    uint64_t shared_handle;

    const struct ffa_transport_rpc *rpc; // NULL: FF-A messages

    // This endpoint's RX buffer (4 KiB, FFA_RXTX_MAP done by the owner) or NULL. Needed only with a
    // partition manager older than FF-A 1.2, where partitions are found through it.
    const void *rx;

    uint32_t version; // FFA_VERSION_1_x that was negotiated
    uint16_t id;      // this endpoint's FF-A id (FFA_ID_NWD for the normal world's kernel)
    // Where messages look for a service: in this partition alone, for any can say that it has one; 0: in all
    uint16_t partition;
    uint16_t
        client; // number of the one of its clients that calls are made for (w7); may change between calls
};

#endif
