// SPDX-License-Identifier: BSD-3-Clause
//
// Arithmetic modulo an odd number whose top bit is set, in Montgomery form (x stands for x * R, R =
// 2^(64 * limbs)): the floor under ECDSA and RSA. Numbers are arrays of 64-bit limbs, least significant
// first, in the caller's memory. For public values: time depends on them. One core at a time: a
// multiplier may have one scratch area. mont_armv8.c or mont_host.c is it, by the list of sources.
#ifndef MONT_H
#define MONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MONT_LIMBS_MAX 64 // RSA-4096

// Moduli that a multiplier of their own may exist for
enum mont_kind { MONT_ANY, MONT_P256_FIELD, MONT_P256_ORDER };

struct mont {
    enum mont_kind kind;
    uint32_t limbs;
    uint64_t inverse; // -m^-1 mod 2^64
    const uint64_t *m;
    const uint64_t *rr; // R^2 mod m
};

// Sets up `mont` for the modulus `m` (odd, top bit set) of `limbs` (2 … MONT_LIMBS_MAX) limbs. Computes
// R^2 mod m into `rr`. Both arrays stay in use as long as `mont`.
void mont_init(struct mont *mont, enum mont_kind kind, const uint64_t *m, uint64_t *rr,
               uint32_t limbs);

// r = a * b / R, a + b, a - b, modulo m; a, b and the result are below m, and may be one array.
void mont_mul(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b);
void mont_add(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b);
void mont_sub(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b);

// The latter two for any modulus; what they fall back to.
void mont_add_any(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b);
void mont_sub_any(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b);

// r = a in Montgomery form, and back. r and a may be one array.
void mont_enter(const struct mont *mont, uint64_t *r, const uint64_t *a);
void mont_leave(const struct mont *mont, uint64_t *r, const uint64_t *a);

// r = 1/a for a prime modulus whose lowest limb is above 1, both in Montgomery form; 0 for a = 0. r is
// not a.
void mont_invert(const struct mont *mont, uint64_t *r, const uint64_t *a);

// a < b; a == 0.
bool mont_less(const uint64_t *a, const uint64_t *b, uint32_t limbs);
bool mont_is_zero(const uint64_t *a, uint32_t limbs);

// Between limbs and 8 * `limbs` bytes, big-endian.
void mont_read(uint64_t *r, uint32_t limbs, const uint8_t *bytes);
void mont_write(const uint64_t *a, uint32_t limbs, uint8_t *bytes);

#endif
