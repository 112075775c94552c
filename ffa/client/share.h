// SPDX-License-Identifier: BSD-3-Clause
//
// Sharing memory of the normal world with a partition, for transports: the descriptor of FFA_MEM_SHARE in the format of any
// FF-A version, and the calls.
#ifndef SHARE_H
#define SHARE_H

#include "errors.h"
#include "ffa/client/transport.h"

// Memory in one piece.
struct share_range {
    uint64_t base;       // physical, a multiple of 4096
    uint32_t page_count; // of 4096 bytes
};

// Shares `range`, readable and writable, with `partition`. `tx`: this endpoint's TX buffer (4 KiB) as this side sees it,
// which FFA_RXTX_MAP has been told of. Uses transport->call, version and id. *handle: its name; written on success only.
// ERR_DENIED: FF-A or the partition's manifest refuses it; ERR_NO_MEMORY: too much is shared already; ERR_NOT_SUPPORTED: no
// memory sharing there; ERR_IO: any other refusal.
MUST_CHECK int share_range(struct ffa_transport *transport, void *tx,
                           const struct share_range *range, uint16_t partition, uint64_t *handle);

// Takes shared memory back. ERR_DENIED: the partition still has it; ERR_IO: as above.
MUST_CHECK int share_reclaim(struct ffa_transport *transport, uint64_t handle);

#endif
