// SPDX-License-Identifier: BSD-3-Clause
//
// Start of the PSA client library: connects psa/crypto.h to the crypto partition.
#ifndef PSA_CLIENT_H
#define PSA_CLIENT_H

#include "ffa/client/psa/crypto.h"
#include "ffa/client/transport.h"

// Finds the crypto partition over `transport`, which must live as long as calls are made. A second
// call replaces the first. PSA_ERROR_DOES_NOT_EXIST: no partition has the service;
// PSA_ERROR_COMMUNICATION_FAILURE: FF-A or the partition's protocol does not answer as it should.
psa_status_t psa_client_connect(struct ffa_transport *transport);

#endif
