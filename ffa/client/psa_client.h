// SPDX-License-Identifier: BSD-3-Clause
//
// Start of the PSA client library: connects psa/crypto.h to the crypto partition.
#ifndef PSA_CLIENT_H
#define PSA_CLIENT_H

#include "ffa/client/psa/crypto.h"
#include "ffa/client/transport.h"

// Finds the crypto partition over `transport`, which must live as long as calls are made, and shares the transport's memory with
// it. A second call replaces the first without touching it: its memory stays shared unless psa_client_disconnect() came before.
// PSA_ERROR_DOES_NOT_EXIST: no partition has the service;
// PSA_ERROR_INSUFFICIENT_MEMORY: FF-A or the partition takes no more shared memory;
// PSA_ERROR_COMMUNICATION_FAILURE: FF-A or the partition's protocol does not answer as it should.
psa_status_t psa_client_connect(struct ffa_transport *transport);

// Ends the connection and takes the transport's memory back; without one it does nothing. PSA_ERROR_COMMUNICATION_FAILURE: the
// memory did not come back; the connection is over all the same.
psa_status_t psa_client_disconnect(void);

#endif
