// SPDX-License-Identifier: BSD-3-Clause
//
// Transport for bare-metal programs of the normal world: SMC to the firmware.
#ifndef TRANSPORT_SMC_H
#define TRANSPORT_SMC_H

#include "errors.h"
#include "ffa/client/transport.h"

// One SMC with x0 … x17 of `args`, in and out. EL1 or EL2 of the normal world.
void smc_call(struct ffa_args *args);

// Fills `transport`: calls by SMC as endpoint `id`, memory of `shared_size` bytes at `shared`
// (mapped Normal, write-back) that the service knows as `shared_handle`. Negotiates FF-A 1.2 (once
// per boot, before any other FF-A call).
// ERR_NOT_SUPPORTED: the firmware has no FF-A; ERR_VERSION: it has another major version.
MUST_CHECK int transport_smc_init(struct ffa_transport *transport, void *shared, size_t shared_size,
                                  uint64_t shared_handle);

#endif
