// SPDX-License-Identifier: BSD-3-Clause
//
// Montgomery arithmetic for any modulus, on Mbed TLS's allocation-free bignum layer. See mont.h. The
// multiplier is in mont_armv8.c and mont_host.c.
#include "mont.h"

#include <string.h>

#include <bignum_core.h>

_Static_assert(sizeof(mbedtls_mpi_uint) == sizeof(uint64_t), "Mbed TLS uses 64-bit limbs");

void mont_add_any(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b)
{
    uint64_t carry = mbedtls_mpi_core_add(r, a, b, mont->limbs);

    if (carry != 0 || !mont_less(r, mont->m, mont->limbs)) {
        (void)mbedtls_mpi_core_sub(r, r, mont->m, mont->limbs);
    }
}

void mont_sub_any(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b)
{
    if (mbedtls_mpi_core_sub(r, a, b, mont->limbs) != 0) {
        (void)mbedtls_mpi_core_add(r, r, mont->m, mont->limbs);
    }
}

// R mod m is R - m, because m has its top bit set. From there `limbs` doublings make 2^limbs * R, and
// each Montgomery squaring doubles the exponent: 6 of them make 2^(64 * limbs) * R = R^2.
void mont_init(struct mont *mont, enum mont_kind kind, const uint64_t *m, uint64_t *rr,
               uint32_t limbs)
{
    *mont = (struct mont){
        .kind = kind,
        .limbs = limbs,
        .inverse = mbedtls_mpi_core_montmul_init(m),
        .m = m,
        .rr = rr,
    };
    memset(rr, 0, limbs * sizeof(*rr));
    (void)mbedtls_mpi_core_sub(rr, rr, m, limbs);
    for (uint32_t i = 0; i < limbs; i++) {
        mont_add(mont, rr, rr, rr);
    }
    for (uint32_t bits = 64; bits != 1; bits /= 2) {
        mont_mul(mont, rr, rr, rr);
    }
}

void mont_enter(const struct mont *mont, uint64_t *r, const uint64_t *a)
{
    mont_mul(mont, r, a, mont->rr);
}

void mont_leave(const struct mont *mont, uint64_t *r, const uint64_t *a)
{
    const uint64_t one[MONT_LIMBS_MAX] = { 1 };

    mont_mul(mont, r, a, one);
}

// Fermat: a^(m - 2), bits from the top. The top bit is set, so the result starts as a; the lowest limb
// of both curves' orders is large, so m - 2 differs from m in that one.
void mont_invert(const struct mont *mont, uint64_t *r, const uint64_t *a)
{
    memcpy(r, a, mont->limbs * sizeof(*r));
    for (uint32_t bit = 64 * mont->limbs - 1; bit-- != 0;) {
        uint64_t limb = mont->m[bit / 64] - (bit < 64 ? 2 : 0);

        mont_mul(mont, r, r, r);
        if (((limb >> bit % 64) & 1) != 0) {
            mont_mul(mont, r, r, a);
        }
    }
}

bool mont_less(const uint64_t *a, const uint64_t *b, uint32_t limbs)
{
    while (limbs-- != 0) {
        if (a[limbs] != b[limbs]) {
            return a[limbs] < b[limbs];
        }
    }
    return false;
}

bool mont_is_zero(const uint64_t *a, uint32_t limbs)
{
    uint64_t any = 0;

    while (limbs-- != 0) {
        any |= a[limbs];
    }
    return any == 0;
}

void mont_read(uint64_t *r, uint32_t limbs, const uint8_t *bytes)
{
    (void)mbedtls_mpi_core_read_be(r, limbs, bytes, limbs * sizeof(*r)); // fails only if too long
}

void mont_write(const uint64_t *a, uint32_t limbs, uint8_t *bytes)
{
    (void)mbedtls_mpi_core_write_be(a, limbs, bytes, limbs * sizeof(*a)); // likewise
}
