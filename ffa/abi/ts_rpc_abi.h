// SPDX-License-Identifier: BSD-3-Clause
//
// Trusted Services RPC, version 1, as it travels in FFA_MSG_SEND_DIRECT_REQ_32/RESP_32: fields of
// w3 … w7, management calls, status codes. Used by partitions (partitions/lib/sp_rpc.c) and by
// clients (ffa/client/ts_rpc.c).
#ifndef TS_RPC_ABI_H
#define TS_RPC_ABI_H

#include <stdint.h>

#define TS_RPC_VERSION 1

// UUID bdcd76d7-825e-4751-963b-86d4f84943ac of the protocol, the FF-A UUID of every partition that
// speaks it. UUIDs here are four 32-bit words, little-endian, in the order of the bytes: as FF-A
// passes them in registers.
#define TS_RPC_UUID                                    \
    {                                                  \
        0xd776cdbd, 0x51475e82, 0xd4863b96, 0xac4349f8 \
    }

// UUID d9df52d5-16a2-4bb2-9aa4-d26d3b84e8c0 of the crypto service with the packed encoding
#define TS_CRYPTO_UUID                                 \
    {                                                  \
        0xd552dfd9, 0xb24ba216, 0x6dd2a49a, 0xc0e8843b \
    }

// UUID dc1eef48-b17a-4ccf-ac8b-dfcff7711b14 of PSA Internal Trusted Storage, 751bf801-3dde-4768-a514-0f10aeed1790 of PSA
// Protected Storage
#define TS_ITS_UUID                                    \
    {                                                  \
        0x48ef1edc, 0xcf4c7ab1, 0xcfdf8bac, 0x141b71f7 \
    }
#define TS_PS_UUID                                     \
    {                                                  \
        0x01f81b75, 0x6847de3d, 0x100f14a5, 0x9017edae \
    }

// UUID a1baf155-8876-4695-8f7c-54955e8db974 of PSA Initial Attestation
#define TS_ATTEST_UUID                                 \
    {                                                  \
        0x55f1baa1, 0x95467688, 0x95547c8f, 0x74b98d5e \
    }

// UUID 5f8020ee-2b67-410d-8f99-09217b374119 of the TPM for clients without a command response buffer (partitions/ftpm)
#define TS_TPM_UUID                                    \
    {                                                  \
        0xee20805f, 0x0d41672b, 0x2109998f, 0x1941377b \
    }

// Ids in the manifests of storage and crypto, which no other partition can have beside them. What is to be kept or used by them
// alone (keys, a TPM's state) is given to nobody else who says that it has the service: ffa_transport.partition
#define TS_STORAGE_ID 0x8002
#define TS_CRYPTO_ID 0x8003

// Control word, w3 of request and response
#define TS_RPC_OPCODE_MASK 0xffff
#define TS_RPC_INTERFACE_SHIFT 16
#define TS_RPC_INTERFACE_MASK 0xff
#define TS_RPC_RESERVED 0xc0000000

#define TS_RPC_INTERFACE_MANAGEMENT 0xff

// Management calls
#define TS_RPC_OP_VERSION 0      // → w4 version
#define TS_RPC_OP_RETRIEVE 1     // w4, w5 handle, w6, w7 tag → w4 status
#define TS_RPC_OP_RELINQUISH 2   // w4, w5 handle → w4 status
#define TS_RPC_OP_SERVICE_INFO 3 // w4 … w7 UUID → w4 status, w5[7:0] interface

// Service calls: w4, w5 handle, w6 request length, w7 client → w4 RPC status, w5 service status, w6
// response length

// Operations of every service of ours, beside its own
#define TS_RPC_OP_CAPABILITIES 0x7f00 // → ts_caps.h
#define TS_RPC_OP_CLIENT_GONE \
    0x7f01 // w7 client: is no more; its operations and volatile objects go

// w7 of a call to a service of ours: in 15:0 the client, whom keys and assets that stay belong to; in 31:16 an instance of it (a
// process, say), whom operations and volatile objects belong to: 0 … 0xfffe, for CLIENT_GONE 0xffff is all of them. A service
// that has no such objects, or an older one, may answer TS_RPC_INVALID_VALUE to any but 0.
#define TS_RPC_INSTANCE_SHIFT 16
#define TS_RPC_INSTANCE_ALL 0xffff

#define TS_RPC_NO_MEMORY UINT64_MAX // handle of a call without shared memory

// RPC status
#define TS_RPC_SUCCESS 0
#define TS_RPC_INTERNAL (-1)
#define TS_RPC_INVALID_VALUE (-2)
#define TS_RPC_NOT_FOUND (-3)
#define TS_RPC_INVALID_STATE (-4)
#define TS_RPC_TRANSPORT_LAYER (-5)
#define TS_RPC_INVALID_REQUEST_BODY (-6)
#define TS_RPC_INVALID_RESPONSE_BODY (-7)
#define TS_RPC_RESOURCE_FAILURE (-8)

#endif
