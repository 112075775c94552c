// SPDX-License-Identifier: BSD-3-Clause
//
// Arithmetic modulo the prime p and the order n of P-256 (FIPS 186-4 D.1.2.3) for secret numbers, in Montgomery form (x stands for
// x * 2^256): the floor under p256.c and p256_ecdsa.c. Numbers are four 64-bit limbs, least significant first, in the caller's
// memory. p256_field_armv8.c (OpenSSL's assembly) or p256_field_host.c (Mbed TLS's bignums) is it, by the list of sources.
//
// CT: neither branches nor addresses depend on the operands.
#ifndef P256_FIELD_H
#define P256_FIELD_H

#include <stdint.h>

#define P256_LIMBS 4

// r = a * b, a^2, a + b, a - b modulo p. Operands and results are below p; arrays may be one.
void p256_field_mul(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                    const uint64_t b[P256_LIMBS]);
void p256_field_sqr(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS]);
void p256_field_add(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                    const uint64_t b[P256_LIMBS]);
void p256_field_sub(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                    const uint64_t b[P256_LIMBS]);

// r = a * b, a^(2^times) modulo n; `times` is 1 or more. Operands and results are below n; arrays may be one.
void p256_field_order_mul(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                          const uint64_t b[P256_LIMBS]);
void p256_field_order_sqr(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS], unsigned int times);

#endif
