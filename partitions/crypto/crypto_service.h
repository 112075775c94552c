// SPDX-License-Identifier: BSD-3-Clause
//
// The crypto service without its partition: operations behind crypto_proto.h, keys, hash
// operations, random numbers. Runs in the partition and, unchanged, in unit tests on the host.
// Needs Mbed TLS built with mbedtls_psa.h.
#ifndef CRYPTO_SERVICE_H
#define CRYPTO_SERVICE_H

#include <psa/crypto.h>

#include "sp_rpc.h"

// Endpoints that may be clients: the normal world and 8 partitions. Each has its full quota
// whatever the others do.
#define CRYPTO_SOURCES 9
#define CRYPTO_KEYS_PER_SOURCE 32
#define CRYPTO_KEYS_MAX (CRYPTO_SOURCES * CRYPTO_KEYS_PER_SOURCE)
#define CRYPTO_HASHES_PER_SOURCE 10
#define CRYPTO_HASHES_MAX (CRYPTO_SOURCES * CRYPTO_HASHES_PER_SOURCE)

#define CRYPTO_SEED_SIZE 48

// Whom something belongs to: FF-A endpoint in bits 31:16, its client in 15:0.
typedef mbedtls_key_owner_id_t crypto_owner;

static inline uint16_t crypto_owner_source(crypto_owner owner)
{
    return (uint16_t)((uint32_t)owner >> 16);
}

// Fills `buf` with `len` bytes of entropy of full strength. ERR_IO: the source had none in time.
typedef int (*crypto_entropy)(uint8_t *buf, size_t len);

// Table of all operations, and the service they make.
extern const struct sp_rpc_service crypto_service;

// Starts the random generator with `seed` (entropy of full strength, used once; wiped) and, if the
// core has one, a source for further entropy (else NULL: it never reseeds). Then starts PSA Crypto.
// Once. ERR_IO: `more` has failed;
// ERR_NO_MEMORY: the heap is too small; ERR_INVALID: the generator's start has failed.
MUST_CHECK int crypto_service_init(uint8_t seed[CRYPTO_SEED_SIZE], crypto_entropy more);

// --- crypto_rng.c ---

// First part of crypto_service_init(). ERR_IO, ERR_INVALID.
MUST_CHECK int crypto_rng_init(uint8_t seed[CRYPTO_SEED_SIZE], crypto_entropy more);

// --- crypto_keys.c: PSA functions with an owner and a quota; return psa_status_t ---

// As psa_generate_key(). PSA_ERROR_INSUFFICIENT_MEMORY: the endpoint's quota is used up.
psa_status_t crypto_keys_generate(crypto_owner owner, psa_key_attributes_t *attributes,
                                  psa_key_id_t *id);

// As psa_destroy_key().
psa_status_t crypto_keys_destroy(crypto_owner owner, psa_key_id_t id);

// --- crypto_hash.c: multi-part hashes by handle; return psa_status_t ---

// A handle that is not one of `owner`'s gives PSA_ERROR_BAD_STATE, for abort PSA_SUCCESS. An
// operation stays until it is finished with success or aborted. An owner whose endpoint has used
// its quota loses its own least recently used one; if it has none, PSA_ERROR_INSUFFICIENT_MEMORY.
// Nobody loses an operation by what another owner does.
psa_status_t crypto_hash_setup(crypto_owner owner, psa_algorithm_t alg, uint32_t *handle);
psa_status_t crypto_hash_clone(crypto_owner owner, uint32_t source, uint32_t *handle);
psa_status_t crypto_hash_update(crypto_owner owner, uint32_t handle, const uint8_t *data,
                                size_t len);
psa_status_t crypto_hash_finish(crypto_owner owner, uint32_t handle, uint8_t *hash, size_t size,
                                size_t *len);
psa_status_t crypto_hash_verify(crypto_owner owner, uint32_t handle, const uint8_t *hash,
                                size_t len);
psa_status_t crypto_hash_abort(crypto_owner owner, uint32_t handle);

#endif
