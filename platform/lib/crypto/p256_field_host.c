// SPDX-License-Identifier: BSD-3-Clause
//
// Arithmetic of P-256 on the host (unit tests): Mbed TLS's bignum core, whose functions used here are constant-time as well. See
// p256_field.h.
#include "p256_field.h"

#include <bignum_core.h>

_Static_assert(sizeof(mbedtls_mpi_uint) == sizeof(uint64_t), "Mbed TLS uses 64-bit limbs");

static const uint64_t p[P256_LIMBS] = { 0xffffffffffffffff, 0x00000000ffffffff, 0x0000000000000000,
                                        0xffffffff00000001 };
static const uint64_t n[P256_LIMBS] = { 0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff,
                                        0xffffffff00000000 };

static void multiply(uint64_t *r, const uint64_t *a, const uint64_t *b, const uint64_t *modulus)
{
    uint64_t scratch[2 * P256_LIMBS + 1];

    mbedtls_mpi_core_montmul(r, a, b, P256_LIMBS, modulus, P256_LIMBS,
                             mbedtls_mpi_core_montmul_init(modulus), scratch);
}

void p256_field_mul(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                    const uint64_t b[P256_LIMBS])
{
    multiply(r, a, b, p);
}

void p256_field_sqr(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS])
{
    multiply(r, a, a, p);
}

void p256_field_add(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                    const uint64_t b[P256_LIMBS])
{
    uint64_t carry = mbedtls_mpi_core_add(r, a, b, P256_LIMBS);
    uint64_t borrow = mbedtls_mpi_core_sub(r, r, p, P256_LIMBS);

    (void)mbedtls_mpi_core_add_if(r, p, P256_LIMBS, (unsigned int)(borrow & ~carry & 1));
}

void p256_field_sub(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                    const uint64_t b[P256_LIMBS])
{
    uint64_t borrow = mbedtls_mpi_core_sub(r, a, b, P256_LIMBS);

    (void)mbedtls_mpi_core_add_if(r, p, P256_LIMBS, (unsigned int)borrow);
}

void p256_field_order_mul(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                          const uint64_t b[P256_LIMBS])
{
    multiply(r, a, b, n);
}

void p256_field_order_sqr(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS], unsigned int times)
{
    multiply(r, a, a, n);
    for (unsigned int i = 1; i < times; i++) {
        multiply(r, r, r, n);
    }
}
