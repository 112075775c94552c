// SPDX-License-Identifier: BSD-3-Clause
//
// RSASSA-PSS verification (RFC 8017 8.1.2), exponent 65537, MGF1 with the message's hash, salt of 32
// bytes. For boot_pk.c alone. One core at a time (mont.h).
#ifndef RSA_PSS_H
#define RSA_PSS_H

#include <stddef.h>
#include <stdint.h>

#include "boot_hash.h"
#include "verdict.h"

// Verifies the signature of `size` bytes (384 or 512; the modulus, big-endian, has as many and its top
// bit set, and is odd) over a message with that digest.
__attribute__((warn_unused_result)) verdict_t rsa_pss_verify(const uint8_t *modulus, size_t size,
                                                             enum boot_hash hash,
                                                             const uint8_t *digest,
                                                             const uint8_t *signature);

#endif
