// SPDX-License-Identifier: BSD-3-Clause
//
// Client side of Trusted Services RPC over FF-A direct messages: finds the partition that has a
// service, calls it, goes on after interruptions. Trusts neither lengths nor status that come back
// further than it checked them.
#ifndef TS_RPC_H
#define TS_RPC_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"
#include "ffa/client/transport.h"
#include "ts_rpc_abi.h"

// A service in a partition, found by ts_rpc_find().
struct ts_rpc_session {
    struct ffa_transport *transport;
    struct ffa_shared memory; // size 0: none
    bool borrowed;            // the memory is another session's
    uint16_t partition;
    uint32_t interface; // of the service in the partition
};

// One call. The request's body stands at the start of the session's memory before, the response's
// after.
struct ts_rpc_call {
    uint16_t opcode;
    uint32_t request_size;
    uint32_t response_size; // out: bytes of the response, ≤ memory.size
    int32_t rpc_status;     // out: TS_RPC_*
    int32_t service_status; // out: what the service says; meaningful with TS_RPC_SUCCESS only
};

// Finds the service `uuid` (words as in ts_rpc_abi.h) in any partition that speaks the protocol, or in transport->partition alone,
// and makes sure that its version is ours. `session` has no memory yet. ERR_NOT_FOUND: nobody has it;
// ERR_VERSION: another version of the protocol;
// ERR_IO: FF-A refused a call (the partition died, version not negotiated, …); ERR_BUSY: it stayed busy. Where a kernel makes
// the calls also ERR_DENIED: nobody that this program may call has it; ERR_NO_MEMORY.
MUST_CHECK int ts_rpc_find(struct ts_rpc_session *session, struct ffa_transport *transport,
                           const uint32_t uuid[4]);

// Shares memory of the transport with the session's partition and has it retrieved. ERR_DENIED, ERR_NO_MEMORY: FF-A, the
// transport or the partition refuses; ERR_IO, ERR_BUSY, ERR_ABORTED: as below. Nothing stays shared then, and the session
// is over.
MUST_CHECK int ts_rpc_share(struct ts_rpc_session *session);

// Gives `session` the memory of `other`, a service of the same partition, which outlives it.
void ts_rpc_borrow(struct ts_rpc_session *session, const struct ts_rpc_session *other);

// ts_rpc_find() and ts_rpc_share(); `session` is written on success only.
MUST_CHECK int ts_rpc_open(struct ts_rpc_session *session, struct ffa_transport *transport,
                           const uint32_t uuid[4]);

// Has the partition relinquish the memory, if it is not borrowed, and takes it back; the session is over, whatever comes of
// it. ERR_DENIED: FF-A does not give it back; ERR_IO, ERR_BUSY: the partition did not answer, and has it still. A partition
// that has died has nothing any more.
MUST_CHECK int ts_rpc_close(const struct ts_rpc_session *session);

// Performs `call`. Returns 0 when the partition answered, whatever its status. ERR_IO, ERR_BUSY as
// above; ERR_ABORTED: the partition has died; ERR_RANGE: request_size is larger than the shared
// memory; ERR_INVALID: the answer breaks the protocol. Outputs are written on success only.
MUST_CHECK int ts_rpc_invoke(const struct ts_rpc_session *session, struct ts_rpc_call *call);

// Finds the first partition with the UUID `uuid` of FF-A (words) that takes direct requests, whatever it speaks. ERR_NOT_FOUND: there is none;
// ERR_NOT_SUPPORTED: an older FF-A, and no RX; ERR_INVALID: the list breaks the rules; ERR_IO, ERR_BUSY, ERR_ABORTED. *partition is
// written on success only.
MUST_CHECK int ts_rpc_locate(struct ffa_transport *transport, const uint32_t uuid[4],
                             uint16_t *partition);

// One direct request, whatever it takes: repeats while the partition is busy (a bounded number of
// times) and lets it run on with FFA_RUN after FFA_INTERRUPT or FFA_YIELD. `args`: x0 … x7 of the
// request in (of FFA_MSG_SEND_DIRECT_REQ2 x0 … x17), of the response out. ERR_IO,
// ERR_BUSY, ERR_ABORTED as above.
MUST_CHECK int ts_rpc_direct(struct ffa_transport *transport, struct ffa_args *args);

#endif
