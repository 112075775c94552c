// SPDX-License-Identifier: BSD-3-Clause
//
// Wire format of the TPM behind Trusted Services RPC: operations, bodies of requests and responses, status. There is no
// standard for it; a client without pages of a command response buffer (another partition, a program over TSTEE) uses it.
// Little-endian, without padding, at any alignment (copy them); commands and responses themselves are a TPM's, big-endian.
#ifndef FTPM_PROTO_H
#define FTPM_PROTO_H

#include <stdint.h>

#include "ts_rpc_abi.h"

// UUID of the service, by which clients find it
#define FTPM_RPC_UUID TS_TPM_UUID

// Operations. Beside these there are TS_RPC_OP_CAPABILITIES and TS_RPC_OP_CLIENT_GONE (ts_rpc_abi.h)

// Request: struct ftpm_execute, then a TPM command. Response: the TPM's. Locality 0; for partitions 0 … 4.
#define FTPM_EXECUTE 0x0101

// Response: struct ftpm_state
#define FTPM_GET_STATE 0x0102

// _TPM_Hash_Start, _TPM_Hash_Data, _TPM_Hash_End (TPM 2.0 part 3, 22.9 and on): a sequence over PCR 17 in locality 4, for
// partitions only. While it is open nobody has commands executed. Data: the request. A second start ends whose sequence it
// was.
#define FTPM_HASH_START 0x0103
#define FTPM_HASH_DATA 0x0104
#define FTPM_HASH_END 0x0105

// Request: struct ftpm_execute: resets tpmEstablished from that locality, 3 or 4 (PTP 6.5.3.2); for partitions only
#define FTPM_RESET_ESTABLISHMENT 0x0106

struct ftpm_execute {
    uint32_t locality;
};
_Static_assert(sizeof(struct ftpm_execute) == 4, "request of FTPM_EXECUTE");

#define FTPM_STATE_FAILED \
    (1u << 0) // the TPM is in failure mode or has never come up: until the machine restarts
#define FTPM_STATE_ESTABLISHED (1u << 1) // a hash sequence has run
#define FTPM_STATE_HASHING (1u << 2)     // one is open

// Counted since the partition's start, modulo 2^32 or 2^64
struct ftpm_state {
    uint32_t flags;     // FTPM_STATE_*
    uint32_t commands;  // executed, through either interface
    uint32_t refused;   // not executed: locality, size, an open hash sequence
    uint32_t nv_writes; // of the TPM's permanent state to storage
    uint64_t nv_bytes;  // of them
};
_Static_assert(sizeof(struct ftpm_state) == 24, "response of FTPM_GET_STATE");

// Service status
#define FTPM_OK 0
#define FTPM_BAD_LOCALITY (-1) // there is no such locality, or not for this caller
#define FTPM_DENIED (-2)       // for partitions only, or the hash sequence is another's
#define FTPM_BUSY (-3)         // a hash sequence is open
#define FTPM_FAILED (-4)       // the TPM has failed

// Bytes of the largest command and response, the same as through the command response buffer: four more fit a page
#define FTPM_COMMAND_MAX 3968

// Capabilities, for struct ts_caps_entry (ts_caps.h): localities of the caller's world, as a bit for each
#define FTPM_CAPS_LOCALITIES 0x8000

#endif
