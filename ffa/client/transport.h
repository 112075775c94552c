// SPDX-License-Identifier: BSD-3-Clause
//
// How a client reaches FF-A: one object per way (SMC from bare metal, the harness from a host
// program, …), filled in by its owner and used by ts_rpc.c. The client library makes no FF-A call
// but through these functions.
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#include "ffa_abi.h"

struct ffa_transport {
    // Performs one FF-A call: `args` holds x0 … x17 before and after. It neither interprets nor
    // repeats the call: FFA_INTERRUPT and FFA_ERROR come back as they are. It cannot fail; a way
    // that is broken answers FFA_ERROR with FFA_ABORTED.
    void (*call)(struct ffa_transport *transport, struct ffa_args *args);

    // Memory that this client and the service both reach, at this side's address. Used by one call
    // at a time.
    void *shared;
    size_t shared_size;

    // Shares that memory with `partition` (FFA_MEM_SHARE, readable and writable, tag 0) and tells its name; 0 or ERR_*.
    // And takes it back (FFA_MEM_RECLAIM) once the partition has relinquished it or is gone; 0 or ERR_*.
    // share NULL: the owner has shared it already, as shared_handle, and takes it back.
    int (*share)(struct ffa_transport *transport, uint16_t partition, uint64_t *handle);
    int (*reclaim)(struct ffa_transport *transport, uint64_t handle);
    uint64_t shared_handle;

    // This endpoint's RX buffer (4 KiB, FFA_RXTX_MAP done by the owner) or NULL. Needed only with a
    // partition manager older than FF-A 1.2, where partitions are found through it.
    const void *rx;

    uint32_t version; // FFA_VERSION_1_x that was negotiated
    uint16_t id;      // this endpoint's FF-A id (FFA_ID_NWD for the normal world's kernel)
};

#endif
