// SPDX-License-Identifier: BSD-3-Clause
//
// The crypto service without its partition: operations behind crypto_proto.h, keys, multi-part
// operations, random numbers. Runs in the partition and, unchanged, in unit tests on the host.
// Needs Mbed TLS built with mbedtls_psa.h, and psa_its_*() for persistent keys.
#ifndef CRYPTO_SERVICE_H
#define CRYPTO_SERVICE_H

#include <psa/crypto.h>

#include "sp_rpc.h"

// Endpoints that may be clients: the normal world (one, whatever its FF-A ids) and 8 partitions. Each has its full quota
// whatever the others do.
#define CRYPTO_SOURCES 9

// Volatile keys at once
#define CRYPTO_KEYS_PER_SOURCE 32
#define CRYPTO_KEYS_MAX (CRYPTO_SOURCES * CRYPTO_KEYS_PER_SOURCE)

// Persistent keys
#define CRYPTO_PERSISTENT_NWD 64
#define CRYPTO_PERSISTENT_SP 8
// Bytes of them in storage: 64 RSA keys of 4096 bits, 8 of the largest keys. With the indexes less than the 672 KiB of a partition that
// needs all of storage's pool (partitions/storage/storage_quota.h), so that no endpoint's keys take the room of another's
#define CRYPTO_PERSISTENT_NWD_BYTES 0x25000
#define CRYPTO_PERSISTENT_SP_BYTES 0x10200

// Copies of an endpoint's persistent keys that stay in memory, at most
#define CRYPTO_CACHED_PER_SOURCE 8

// Bytes of memory of the largest key, with what allocating it costs
#define CRYPTO_KEY_SIZE_MAX 0x2100

// Bytes of memory that an endpoint may keep between its calls (keys, operations; and one copy of a persistent key more), and that a call
// may use beside. The partition's heap holds all of that, and a quarter more for gaps: checked against the manifest by crypto_sp.c
#define CRYPTO_HEAP_NWD 0x60000
#define CRYPTO_HEAP_SP 0x10000
#define CRYPTO_HEAP_WORK 0x18000
#define CRYPTO_HEAP_SIZE                                         \
    ((CRYPTO_HEAP_NWD + (CRYPTO_SOURCES - 1) * CRYPTO_HEAP_SP +  \
      CRYPTO_SOURCES * CRYPTO_KEY_SIZE_MAX + CRYPTO_HEAP_WORK) / \
     4 * 5)

// Bytes of a request and of a response: a record of 65,535 bytes, its head, other records, a fixed part
#define CRYPTO_BUFFER_SIZE 0x10100

#define CRYPTO_SEED_SIZE 48

// Whom something belongs to: FF-A endpoint in bits 31:16, its client in 15:0.
typedef mbedtls_key_owner_id_t crypto_owner;

// The owner, of an endpoint and a client; and its endpoint.
static inline crypto_owner crypto_owner_make(uint16_t source, uint16_t client)
{
    return (crypto_owner)((uint32_t)source << 16 | client);
}
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

#endif
