// SPDX-License-Identifier: BSD-3-Clause
//
// The table behind p256_mul_base(). For p256.c and its test.
#ifndef P256_PRIVATE_H
#define P256_PRIVATE_H

#include <stdint.h>

#include "p256_field.h"

#define P256_COMB_BLOCKS 4
#define P256_COMB_TEETH 4
#define P256_COMB_POINTS ((1 << P256_COMB_TEETH) - 1)
#define P256_COMB_COLUMNS (64 / P256_COMB_BLOCKS)

// Affine, Montgomery form
struct p256_affine {
    uint64_t x[P256_LIMBS];
    uint64_t y[P256_LIMBS];
};

// p256_comb[b][d - 1] = (sum over the bits i of d: 2^(64 * i)) * 2^(16 * b) * G. The test computes each anew.
extern const struct p256_affine p256_comb[P256_COMB_BLOCKS][P256_COMB_POINTS];

#endif
