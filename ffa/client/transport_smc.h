// SPDX-License-Identifier: BSD-3-Clause
//
// Transport for bare-metal programs of the normal world: SMC to the firmware.
#ifndef TRANSPORT_SMC_H
#define TRANSPORT_SMC_H

#include <stdbool.h>

#include "errors.h"
#include "ffa/client/transport.h"

#define TRANSPORT_SMC_PARTITIONS 4

struct transport_smc {
    struct ffa_transport transport; // give the address of this to the client library
    void *tx;
    uint32_t slice_count;
    struct {
        bool used;
        uint64_t handle;
    } slices[TRANSPORT_SMC_PARTITIONS]; // of the shared memory, one for each partition
};

// Memory of the program for the transport: page-aligned, Normal write-back, mapped at its physical addresses, used for
// nothing else.
struct transport_smc_memory {
    void *shared; // for requests and responses
    size_t shared_size;
    uint32_t
        partition_count; // 1 … TRANSPORT_SMC_PARTITIONS: partitions among which it is divided evenly, in whole pages
    void *tx; // one page each, for FFA_RXTX_MAP
    void *rx;
};

// One SMC with x0 … x17 of `args`, in and out. EL1 or EL2 of the normal world.
void smc_call(struct ffa_args *args);

// Fills `t`: calls by SMC as the normal world's kernel. Negotiates FF-A 1.2 and maps RX and TX (once per boot, before any
// other FF-A call). ERR_INVALID: partition_count; ERR_NOT_SUPPORTED: the firmware has no FF-A; ERR_VERSION: it has another
// major version; ERR_DENIED: it refuses RX and TX.
MUST_CHECK int transport_smc_init(struct transport_smc *t,
                                  const struct transport_smc_memory *memory);

#endif
