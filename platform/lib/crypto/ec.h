// SPDX-License-Identifier: BSD-3-Clause
//
// Points of P-256 and P-384 (FIPS 186-4 D.1.2.3 and D.1.2.4), as ECDSA verification needs them. For
// public values only: time depends on scalars and points. One core at a time (mont.h).
#ifndef EC_H
#define EC_H

#include <stdbool.h>
#include <stdint.h>

#include "mont.h"

#define EC_LIMBS 6 // of P-384; P-256 uses the first 4

enum ec_name { EC_P256, EC_P384, EC_COUNT };

// x = X/Z^2, y = Y/Z^3, coordinates in Montgomery form; Z = 0: the point at infinity.
struct ec_point {
    uint64_t x[EC_LIMBS];
    uint64_t y[EC_LIMBS];
    uint64_t z[EC_LIMBS];
};

struct ec {
    struct mont field;
    struct mont order;
    uint64_t field_rr[EC_LIMBS];
    uint64_t order_rr[EC_LIMBS];
    uint64_t b[EC_LIMBS]; // y^2 = x^3 - 3x + b, Montgomery form
    struct ec_point g;
};

// Sets up `ec`, which must not move afterwards.
void ec_init(struct ec *ec, enum ec_name name);

// Reads a point from X and Y, each 8 * limbs bytes big-endian. False, and nothing of use in `p`, if a
// coordinate is not below the field's prime or the point is not on the curve.
__attribute__((warn_unused_result)) bool ec_read(const struct ec *ec, struct ec_point *p,
                                                 const uint8_t *bytes);

// r = a + b, 2 * a, in every case: equal and opposite points, infinity. r may be a or b.
void ec_add(const struct ec *ec, struct ec_point *r, const struct ec_point *a,
            const struct ec_point *b);
void ec_double(const struct ec *ec, struct ec_point *r, const struct ec_point *a);

// r = u * G + v * q; u and v below the order, plain (not Montgomery form).
void ec_mul_add(const struct ec *ec, struct ec_point *r, const uint64_t *u, const uint64_t *v,
                const struct ec_point *q);

#endif
