// SPDX-License-Identifier: BSD-3-Clause
//
// Choice of the multiplier in the boot images: OpenSSL's assembly, for the field and the order of P-256
// that made for them, else that for any modulus. Additions of other fields than P-256's are Mbed TLS's.
// See mont.h. The assembly has no landing pads: it is called directly only, never through a pointer.
#include "mont.h"

// libcrypto's armv8-mont: r = a * b / R mod m, operands and result below m, arrays may be one; `inverse`
// as in struct mont. Takes up to 2.5 KiB of stack. Always returns 1.
int bn_mul_mont(uint64_t *r, const uint64_t *a, const uint64_t *b, const uint64_t *m,
                const uint64_t *inverse, int limbs);

// 0: general registers only. Read by the assembly.
extern unsigned int OPENSSL_armv8_rsa_neonized;
unsigned int OPENSSL_armv8_rsa_neonized;

// libcrypto's ecp_nistz256-armv8: 4 limbs, operands below the modulus, result too, arrays may be one.
void ecp_nistz256_mul_mont(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
void ecp_nistz256_sqr_mont(uint64_t r[4], const uint64_t a[4]);
void ecp_nistz256_add(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
void ecp_nistz256_sub(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
void ecp_nistz256_ord_mul_mont(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);

void mont_mul(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b)
{
    switch (mont->kind) {
    case MONT_P256_FIELD:
        if (a == b) {
            ecp_nistz256_sqr_mont(r, a);
        } else {
            ecp_nistz256_mul_mont(r, a, b);
        }
        break;
    case MONT_P256_ORDER:
        ecp_nistz256_ord_mul_mont(r, a, b);
        break;
    case MONT_ANY:
    default:
        (void)bn_mul_mont(r, a, b, mont->m, &mont->inverse, (int)mont->limbs);
        break;
    }
}

void mont_add(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b)
{
    if (mont->kind == MONT_P256_FIELD) {
        ecp_nistz256_add(r, a, b);
    } else {
        mont_add_any(mont, r, a, b);
    }
}

void mont_sub(const struct mont *mont, uint64_t *r, const uint64_t *a, const uint64_t *b)
{
    if (mont->kind == MONT_P256_FIELD) {
        ecp_nistz256_sub(r, a, b);
    } else {
        mont_sub_any(mont, r, a, b);
    }
}
