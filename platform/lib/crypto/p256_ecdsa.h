// SPDX-License-Identifier: BSD-3-Clause
//
// Private keys, ECDSA and ECDH on P-256 (FIPS 186-5 6.4, SP 800-56A 5.7.1.2), signatures as r || s. For
// platform/external/accel/p256_driver.c, which brings random numbers and status codes. Not reentrant, like p256.h.
#ifndef P256_ECDSA_H
#define P256_ECDSA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "p256.h"

#define P256_SIGNATURE_BYTES (2 * P256_BYTES)
#define P256_PUBLIC_BYTES (2 * P256_BYTES) // X and Y

// Is `key` a private key: in [1, n - 1], big-endian? CT: yes, but for the answer.
__attribute__((warn_unused_result)) bool p256_ecdsa_is_private(const uint8_t key[P256_BYTES]);

// Is `key` a point of the curve, both coordinates below p?
__attribute__((warn_unused_result)) bool p256_ecdsa_is_public(const uint8_t key[P256_PUBLIC_BYTES]);

// The public key of a private one. False, and `public` is all zero, if that is no private key, or if a fault spoilt the result.
// CT: yes, but for a false.
__attribute__((warn_unused_result)) bool p256_ecdsa_public(uint8_t public[P256_PUBLIC_BYTES],
                                                           const uint8_t key[P256_BYTES]);

// Signs a digest (of which the leftmost 256 bits count, FIPS 186-5 6.4.1) with `nonce`, a number that must be in [1, n - 1], drawn
// evenly from there, used for this signature only, and secret. False, and `signature` is all zero, if key or nonce is outside that
// range, if r or s would be 0 (once in 2^255: draw again), or if a fault spoilt the computation. CT: yes, but for a false;
// the digest is no secret.
__attribute__((warn_unused_result)) bool p256_ecdsa_sign(uint8_t signature[P256_SIGNATURE_BYTES],
                                                         const uint8_t key[P256_BYTES],
                                                         const uint8_t nonce[P256_BYTES],
                                                         const uint8_t *digest, size_t digest_size);

// Is `signature` one of the digest by that public key? False for a key that is none, too. CT: no.
__attribute__((warn_unused_result)) bool
p256_ecdsa_verify(const uint8_t signature[P256_SIGNATURE_BYTES],
                  const uint8_t public[P256_PUBLIC_BYTES], const uint8_t *digest,
                  size_t digest_size);

// The same with the private key, at a quarter of the cost: both multiplications are of the generator then. False for a key that is
// none, too. CT: yes as to the key.
__attribute__((warn_unused_result)) bool
p256_ecdsa_verify_own(const uint8_t signature[P256_SIGNATURE_BYTES], const uint8_t key[P256_BYTES],
                      const uint8_t *digest, size_t digest_size);

// The x-coordinate of key * peer. False, and `secret` is all zero, if the key is no private key or the peer's is no public key
// (an invalid point would tell about the private key), or if a fault spoilt the result. CT: yes, but for a false.
__attribute__((warn_unused_result)) bool p256_ecdsa_agree(uint8_t secret[P256_BYTES],
                                                          const uint8_t key[P256_BYTES],
                                                          const uint8_t peer[P256_PUBLIC_BYTES]);

#endif
