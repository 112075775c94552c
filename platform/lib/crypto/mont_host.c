// SPDX-License-Identifier: BSD-3-Clause
//
// The multiplier on the host (fip-tool, unit tests, fuzzers): Mbed TLS's, for every modulus. See mont.h.
#include "mont.h"

#include <bignum_core.h>

static uint64_t scratch[2 * MONT_LIMBS_MAX + 1];

void mont_mul(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b)
{
    mbedtls_mpi_core_montmul(r, a, b, mont->limbs, mont->m, mont->limbs, mont->inverse, scratch);
}

void mont_add(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b)
{
    mont_add_any(mont, r, a, b);
}

void mont_sub(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b)
{
    mont_sub_any(mont, r, a, b);
}
