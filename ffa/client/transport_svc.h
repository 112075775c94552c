// SPDX-License-Identifier: BSD-3-Clause
//
// Transport for partitions: SVC to the SPMC, memory of the partition's own data. Its manifest must let it send direct
// requests and have tessera,memory-handles, the other's must admit it for "direct" and "memory".
#ifndef TRANSPORT_SVC_H
#define TRANSPORT_SVC_H

#include "errors.h"
#include "ffa/client/transport.h"

struct transport_svc {
    struct ffa_transport transport; // give the address of this to the client library
};

// Fills `t`: calls as this partition, which has done sp_rxtx_map() (sp.h). `pages`: page-aligned data of the partition, for
// requests and responses of one partition (storage), `size` a multiple of 4096, used for nothing else and as long as `t`.
// Makes no call. ERR_INVALID: alignment or size.
MUST_CHECK int transport_svc_init(struct transport_svc *t, void *pages, size_t size);

#endif
