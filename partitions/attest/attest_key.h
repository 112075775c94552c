// SPDX-License-Identifier: BSD-3-Clause
//
// The initial attestation key (IAK), ECDSA on P-256: derived from the partition's sealing key, handed to the crypto
// partition, which signs, and then forgotten here. Called by attest_sp.c and attest_service.c. It calls the crypto partition
// through ffa/client/psa/crypto.h, so psa_client_connect() comes before.
#ifndef ATTEST_KEY_H
#define ATTEST_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"

#define ATTEST_KEY_SIZE 32           // of a private key, and of the sealing key
#define ATTEST_KEY_PUBLIC_SIZE 65    // 4, x, y
#define ATTEST_KEY_UEID_SIZE 33      // 1, SHA-256 of these 65 bytes
#define ATTEST_KEY_HASH_SIZE 32      // SHA-256
#define ATTEST_KEY_SIGNATURE_SIZE 64 // r, s

// Whether the number (big-endian) is a private key of P-256: 1 … n − 1. CT: no branch or address depends on it.
bool attest_key_is_private(const uint8_t number[ATTEST_KEY_SIZE]);

// The private key: the first of HKDF-SHA-256 (RFC 5869) of the sealing key that attest_key_is_private() takes; salt "Tessera
// attest", info "initial attestation key P-256" and one byte, 0, 1, … : the next one is needed once in 2^32 machines. ERR_IO:
// the hash failed, or ATTEST_KEY_TRIES did not do. `key` is zero then. CT.
#define ATTEST_KEY_TRIES 8
MUST_CHECK int attest_key_derive(const uint8_t sealing_key[ATTEST_KEY_SIZE],
                                 uint8_t key[ATTEST_KEY_SIZE]);

// Keeps the private key until attest_key_load() has given it away; a second call replaces it.
void attest_key_init(const uint8_t key[ATTEST_KEY_SIZE]);

// Makes it a volatile key of the crypto partition, which signs hashes with it and never gives it out, reads back its public
// half, and wipes it here; done once, so it may be called before each use. ERR_IO: crypto is not there or refuses, and the
// next call tries again; ERR_NOT_FOUND: there is no key (attest_key_init() did not come). CT for the key.
MUST_CHECK int attest_key_load(void);

// Both after attest_key_load() has returned 0; constant until attest_key_init().
const uint8_t *attest_key_public(void); // ATTEST_KEY_PUBLIC_SIZE bytes
const uint8_t *attest_key_ueid(void);   // ATTEST_KEY_UEID_SIZE bytes

// Signs a SHA-256 with it. ERR_IO: crypto does not. Busy, it will the next time; once it has died nobody has the key, until
// the machine is reset. Nothing is written then.
MUST_CHECK int attest_key_sign(const uint8_t hash[ATTEST_KEY_HASH_SIZE],
                               uint8_t signature[ATTEST_KEY_SIGNATURE_SIZE]);

#endif
