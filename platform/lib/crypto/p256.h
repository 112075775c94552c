// SPDX-License-Identifier: BSD-3-Clause
//
// Points of P-256 (FIPS 186-4 D.1.2.3) for secret scalars: what the P-256 driver of the crypto partition's Mbed TLS stands on
// (platform/external/accel/p256_driver.c). The boot images verify with ec.h, which is smaller and not constant-time.
// Not reentrant: p256_mul() has a table of its own.
//
// CT: unless said otherwise neither branches nor addresses depend on scalars or on coordinates. p256.c says why.
#ifndef P256_H
#define P256_H

#include <stdbool.h>
#include <stdint.h>

#include "p256_field.h"

#define P256_BYTES 32 // of a scalar or of a coordinate

// x = X/Z^2, y = Y/Z^3, coordinates in Montgomery form; Z = 0: the point at infinity.
struct p256_point {
    uint64_t x[P256_LIMBS];
    uint64_t y[P256_LIMBS];
    uint64_t z[P256_LIMBS];
};

// Reads the public point `bytes`: X and Y, big-endian. False, and `p` is of no use, if a coordinate is not below p or the point is
// not on the curve (SEC 1 3.2.2.1; the cofactor is 1, so every other point is one of the group). CT: not for refused points.
__attribute__((warn_unused_result)) bool p256_read_point(struct p256_point *p,
                                                         const uint8_t bytes[2 * P256_BYTES]);

// Writes `p` as p256_read_point() reads it. False, and `bytes` is all zero, if it is the point at infinity or is not on the curve:
// what a fault in a multiplication leaves, with very few exceptions. CT: for points that are written.
__attribute__((warn_unused_result)) bool p256_write_point(uint8_t bytes[2 * P256_BYTES],
                                                          const struct p256_point *p);

// r = k * G, with G the generator. k: any number below 2^256, plain.
void p256_mul_base(struct p256_point *r, const uint64_t k[P256_LIMBS]);

// r = k * q. k: in [0, n - 1], plain. q: of p256_read_point(). r may be q.
void p256_mul(struct p256_point *r, const uint64_t k[P256_LIMBS], const struct p256_point *q);

// r = a + b; every case. r may be a or b. CT: not where a = b.
void p256_add(struct p256_point *r, const struct p256_point *a, const struct p256_point *b);

// Is X/Z^2, as a number below p, equal to `x` modulo n? False for the point at infinity. `x` is below n. CT: no.
__attribute__((warn_unused_result)) bool p256_x_is(const struct p256_point *p,
                                                   const uint64_t x[P256_LIMBS]);

// Between limbs and 32 bytes, big-endian.
void p256_read(uint64_t r[P256_LIMBS], const uint8_t bytes[P256_BYTES]);
void p256_write(uint8_t bytes[P256_BYTES], const uint64_t a[P256_LIMBS]);

// r = a + b, a - b; the carry or borrow is returned. Arrays may be one.
uint64_t p256_add_limbs(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                        const uint64_t b[P256_LIMBS]);
uint64_t p256_sub_limbs(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                        const uint64_t b[P256_LIMBS]);

// All ones if a is 0, else 0, in a form that a compiler does not make a branch of.
uint64_t p256_mask_zero(const uint64_t a[P256_LIMBS]);

// r = a where the mask is all ones; unchanged where it is 0.
void p256_select(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS], uint64_t mask);

#endif
