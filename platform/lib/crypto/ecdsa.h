// SPDX-License-Identifier: BSD-3-Clause
//
// ECDSA verification (FIPS 186-4 6.4). For boot_pk.c alone. One core at a time (mont.h).
#ifndef ECDSA_H
#define ECDSA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ec.h"
#include "verdict.h"

// True if `bytes` (X and Y, big-endian) is a point of the curve.
__attribute__((warn_unused_result)) bool ecdsa_is_key(enum ec_name name, const uint8_t *bytes);

// Verifies a DER signature of `size` bytes over a digest of `digest_size` bytes with the public point at
// `key` (ecdsa_is_key() said yes). A digest that is 0 modulo the order is refused, although FIPS 186-4 lets
// it be signed: a hash gives it once in 2^256, a fault that clears the digest every time, and a signature
// of 0 is made without the private key.
__attribute__((warn_unused_result)) verdict_t ecdsa_verify(enum ec_name name, const uint8_t *key,
                                                           const uint8_t *digest,
                                                           size_t digest_size,
                                                           const uint8_t *signature, size_t size);

#endif
