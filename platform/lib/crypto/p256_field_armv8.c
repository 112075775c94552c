// SPDX-License-Identifier: BSD-3-Clause
//
// Arithmetic of P-256 in partitions: OpenSSL's assembly (ecp_nistz256-armv8 of libcrypto.a, cut by
// platform/external/nistz256.sh). See p256_field.h. It has no branch but fixed loops and no table. It has no landing pads either:
// it is called directly only, never through a pointer.
#include "p256_field.h"

void ecp_nistz256_mul_mont(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                           const uint64_t b[P256_LIMBS]);
void ecp_nistz256_sqr_mont(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS]);
void ecp_nistz256_add(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                      const uint64_t b[P256_LIMBS]);
void ecp_nistz256_sub(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                      const uint64_t b[P256_LIMBS]);
void ecp_nistz256_ord_mul_mont(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                               const uint64_t b[P256_LIMBS]);
void ecp_nistz256_ord_sqr_mont(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                               uint64_t times);

void p256_field_mul(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                    const uint64_t b[P256_LIMBS])
{
    ecp_nistz256_mul_mont(r, a, b);
}

void p256_field_sqr(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS])
{
    ecp_nistz256_sqr_mont(r, a);
}

void p256_field_add(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                    const uint64_t b[P256_LIMBS])
{
    ecp_nistz256_add(r, a, b);
}

void p256_field_sub(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                    const uint64_t b[P256_LIMBS])
{
    ecp_nistz256_sub(r, a, b);
}

void p256_field_order_mul(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                          const uint64_t b[P256_LIMBS])
{
    ecp_nistz256_ord_mul_mont(r, a, b);
}

void p256_field_order_sqr(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS], unsigned int times)
{
    ecp_nistz256_ord_sqr_mont(r, a, times);
}
