// SPDX-License-Identifier: BSD-3-Clause
//
// The attestation service without its partition: attest_sp.c puts it behind Trusted Services RPC, unit tests and the fuzzer
// call it on the host. Plain C; it signs through attest_key.h. It keeps nothing of a call.
#ifndef ATTEST_SERVICE_H
#define ATTEST_SERVICE_H

#include "attest_token.h"
#include "sp_rpc.h"

// Of a request and of a response: the largest token in its record
#define ATTEST_BUFFER_SIZE (ATTEST_TOKEN_MAX + 0x100)

// What every token says, all but UEID, which the key gives; the caller's until the machine is reset. NULL: there is nothing
// that could be attested to (attest_log_claims() refused), which is told to clients: ATTEST_ERROR_GENERIC_ERROR. Before the
// first call.
void attest_service_init(const struct attest_claims *claims);

// The table of all operations (attest_proto.h). The client id in a token is what the SPMC says of the caller: the id of a
// partition; for endpoints of the normal world −1 − (id << 16 | number), where number, at most 65,535, is whom of its own
// clients the endpoint says that it asks for: −1 is its kernel. A partition that asks for others (number not 0) is refused:
// TS_RPC_INVALID_VALUE.
extern const struct sp_rpc_service attest_service;

#endif
