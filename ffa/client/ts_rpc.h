// SPDX-License-Identifier: BSD-3-Clause
//
// Client side of Trusted Services RPC over FF-A direct messages: finds the partition that has a
// service, calls it, goes on after interruptions. Trusts neither lengths nor status that come back
// further than it checked them.
#ifndef TS_RPC_H
#define TS_RPC_H

#include <stdint.h>

#include "errors.h"
#include "ffa/client/transport.h"
#include "ts_rpc_abi.h"

// A service in a partition, found by ts_rpc_open().
struct ts_rpc_session {
    struct ffa_transport *transport;
    uint64_t handle; // of the transport's shared memory
    uint16_t partition;
    uint8_t interface;
};

// One call. The request's body stands at the start of transport->shared before, the response's
// after.
struct ts_rpc_call {
    uint16_t opcode;
    uint32_t request_size;
    uint32_t response_size; // out: bytes of the response, ≤ transport->shared_size
    int32_t rpc_status;     // out: TS_RPC_*
    int32_t service_status; // out: what the service says; meaningful with TS_RPC_SUCCESS only
};

// Finds the service `uuid` (words as in ts_rpc_abi.h) in any partition that speaks the protocol,
// makes sure that its version is ours, shares the transport's memory with it and has it retrieved.
// ERR_DENIED, ERR_NO_MEMORY: the memory was refused, by FF-A or by the partition; ERR_NOT_FOUND: nobody has it; ERR_VERSION: another version of the protocol; ERR_IO: FF-A refused
// a call (the partition died, version not negotiated, …); ERR_BUSY: it stayed busy.
MUST_CHECK int ts_rpc_open(struct ts_rpc_session *session, struct ffa_transport *transport,
                           const uint32_t uuid[4]);

// Has the partition relinquish the memory and takes it back; the session is over, whatever comes of it. ERR_DENIED: FF-A does not
// give it back; ERR_IO, ERR_BUSY: the partition did not answer, and has it still. A partition that has died has nothing any more.
MUST_CHECK int ts_rpc_close(const struct ts_rpc_session *session);

// Performs `call`. Returns 0 when the partition answered, whatever its status. ERR_IO, ERR_BUSY as
// above; ERR_ABORTED: the partition has died; ERR_RANGE: request_size is larger than the shared
// memory; ERR_INVALID: the answer breaks the protocol. Outputs are written on success only.
MUST_CHECK int ts_rpc_invoke(const struct ts_rpc_session *session, struct ts_rpc_call *call);

// One direct request, whatever it takes: repeats while the partition is busy (a bounded number of
// times) and lets it run on with FFA_RUN after FFA_INTERRUPT or FFA_YIELD. `args`: x0 … x7 of the
// request in, of the response out. ERR_IO,
// ERR_BUSY, ERR_ABORTED as above.
MUST_CHECK int ts_rpc_direct(struct ffa_transport *transport, struct ffa_args *args);

#endif
