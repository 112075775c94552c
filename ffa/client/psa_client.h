// SPDX-License-Identifier: BSD-3-Clause
//
// What a program needs beside the standard headers in ffa/client/psa: start and end of the client library, and what no PSA
// API has. C11 and C++17. Not thread-safe: one call at a time.
#ifndef PSA_CLIENT_H
#define PSA_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "ffa/client/psa/error.h"

struct ffa_transport; // ffa/client/transport.h
struct ts_caps;       // ts_caps.h
struct ts_caps_entry;

enum psa_client_service { PSA_CLIENT_CRYPTO, PSA_CLIENT_ITS, PSA_CLIENT_PS, PSA_CLIENT_ATTEST };
#define PSA_CLIENT_SERVICES 4

PSA_API_BEGIN

// From now on all PSA functions go over `transport`, which must live as long as calls are made. Makes no call: each
// service's partition is found, and memory shared with it, when the service is used first. A second call replaces the first
// without touching it: its memory stays shared unless psa_client_disconnect() came before. PSA_ERROR_INVALID_ARGUMENT:
// NULL.
psa_status_t psa_client_connect(struct ffa_transport *transport);

// Finds the service's partition now, if it is not found yet. PSA_ERROR_BAD_STATE: not connected;
// PSA_ERROR_DOES_NOT_EXIST: no partition has the service; PSA_ERROR_NOT_PERMITTED: none that this program may call has it;
// PSA_ERROR_INSUFFICIENT_MEMORY: FF-A, the transport or the partition takes no more shared memory;
// PSA_ERROR_COMMUNICATION_FAILURE: FF-A or the partition's protocol does not answer as it should.
psa_status_t psa_client_open(enum psa_client_service service);

// Ends the connection, wipes the shared memory and takes it back; without one it does nothing.
// PSA_ERROR_COMMUNICATION_FAILURE: some of it did not come back; the connection is over all the same.
psa_status_t psa_client_disconnect(void);

// What the service can do (ts_caps.h): *caps, and up to `max` of its entries; *count: how many of them there are here.
// Errors as of psa_client_open(); PSA_ERROR_NOT_SUPPORTED: a service that does not tell. Outputs are written on success
// only.
psa_status_t psa_client_capabilities(enum psa_client_service service, struct ts_caps *caps,
                                     struct ts_caps_entry *entries, size_t max, size_t *count);

// For who makes calls for several clients (transport->client): tells the crypto partition that `client` is no more. Its
// volatile keys and multi-part operations go; its persistent keys and its assets stay. Errors as of psa_client_open().
psa_status_t psa_client_gone(uint16_t client);

PSA_API_END

#endif
