// SPDX-License-Identifier: BSD-3-Clause
//
// ECDSA and ECDH on P-256. See p256_ecdsa.h. Secret numbers: private keys, nonces, their inverses, the shared point. They go through
// p256.c and the functions of p256_field.h only; what is refused is known to the caller anyhow.
#include "p256_ecdsa.h"

#include <string.h>

#include <mbedtls/platform_util.h>

static const uint64_t order[P256_LIMBS] = { 0xf3b9cac2fc632551, 0xbce6faada7179e84,
                                            0xffffffffffffffff, 0xffffffff00000000 };
// 2^256 and 2^512 modulo n: 1 in Montgomery form, and what brings a number into it
static const uint64_t one[P256_LIMBS] = { 0x0c46353d039cdaaf, 0x4319055258e8617b,
                                          0x0000000000000000, 0x00000000ffffffff };
static const uint64_t enter[P256_LIMBS] = { 0x83244c95be79eea2, 0x4699799c49bd6fa6,
                                            0x2845b2392b6bec59, 0x66e12d94f3d95620 };

// a modulo n, for a below 2n: any 256 bits, as n is above 2^255
static void reduce(uint64_t a[P256_LIMBS])
{
    uint64_t less[P256_LIMBS];
    uint64_t borrow[P256_LIMBS] = { p256_sub_limbs(less, a, order) };

    p256_select(a, less, p256_mask_zero(borrow));
}

// r = a + b modulo n, of operands below n
static void add(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS], const uint64_t b[P256_LIMBS])
{
    uint64_t less[P256_LIMBS];
    uint64_t carry = p256_add_limbs(r, a, b);
    uint64_t keep[P256_LIMBS] = { p256_sub_limbs(less, r, order) & ~carry };

    p256_select(r, less, p256_mask_zero(keep));
    mbedtls_platform_zeroize(less, sizeof(less)); // e + r * d once more
}

// r = 1/a in Montgomery form, of a plain a: a^(n - 2), by four bits of the exponent at a time; the exponent is no secret
static void invert(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS])
{
    uint64_t power[16][P256_LIMBS];
    uint64_t sum[P256_LIMBS];

    memcpy(power[0], one, sizeof(one));
    p256_field_order_mul(power[1], a, enter);
    for (int i = 2; i < 16; i++) {
        p256_field_order_mul(power[i], power[i - 1], power[1]);
    }
    memcpy(sum, one, sizeof(one));
    for (int nibble = 63; nibble >= 0; nibble--) {
        uint64_t limb = order[nibble / 16] - (nibble < 16 ? 2 : 0);
        unsigned int value = (limb >> 4 * (nibble % 16)) & 0xf;

        p256_field_order_sqr(sum, sum, 4);
        if (value != 0) {
            p256_field_order_mul(sum, sum, power[value]);
        }
    }
    memcpy(r, sum, sizeof(sum));
    mbedtls_platform_zeroize(power, sizeof(power));
    mbedtls_platform_zeroize(sum, sizeof(sum));
}

// A number in [1, n - 1]
static bool read_scalar(uint64_t r[P256_LIMBS], const uint8_t bytes[P256_BYTES])
{
    uint64_t unused[P256_LIMBS];

    p256_read(r, bytes);
    uint64_t below = p256_sub_limbs(unused, r, order);

    mbedtls_platform_zeroize(unused, sizeof(unused));
    return (below & ~p256_mask_zero(r)) != 0;
}

// The leftmost bits of the digest as a number modulo n
static void read_digest(uint64_t e[P256_LIMBS], const uint8_t *digest, size_t size)
{
    uint8_t bytes[P256_BYTES] = { 0 };

    if (size >= P256_BYTES) {
        memcpy(bytes, digest, P256_BYTES);
    } else if (size != 0) {
        memcpy(bytes + P256_BYTES - size, digest, size);
    }
    p256_read(e, bytes);
    reduce(e);
}

bool p256_ecdsa_is_private(const uint8_t key[P256_BYTES])
{
    uint64_t d[P256_LIMBS];
    bool good = read_scalar(d, key);

    mbedtls_platform_zeroize(d, sizeof(d));
    return good;
}

bool p256_ecdsa_is_public(const uint8_t key[P256_PUBLIC_BYTES])
{
    struct p256_point point;

    return p256_read_point(&point, key);
}

bool p256_ecdsa_public(uint8_t public[P256_PUBLIC_BYTES], const uint8_t key[P256_BYTES])
{
    struct p256_point point;
    uint64_t d[P256_LIMBS];
    bool good = false;

    memset(public, 0, P256_PUBLIC_BYTES);
    if (read_scalar(d, key)) {
        p256_mul_base(&point, d);
        good = p256_write_point(public, &point);
    }
    mbedtls_platform_zeroize(d, sizeof(d));
    return good;
}

// r = the x-coordinate of k * G modulo n; false on a fault
static bool nonce_point(uint64_t r[P256_LIMBS], const uint64_t k[P256_LIMBS])
{
    struct p256_point point;
    uint8_t bytes[2 * P256_BYTES];

    p256_mul_base(&point, k);
    bool good = p256_write_point(bytes, &point);

    p256_read(r, bytes);
    reduce(r);
    mbedtls_platform_zeroize(&point, sizeof(point)); // Z would tell about k
    return good;
}

bool p256_ecdsa_sign(uint8_t signature[P256_SIGNATURE_BYTES], const uint8_t key[P256_BYTES],
                     const uint8_t nonce[P256_BYTES], const uint8_t *digest, size_t digest_size)
{
    uint64_t d[P256_LIMBS], k[P256_LIMBS], r[P256_LIMBS], s[P256_LIMBS], e[P256_LIMBS];
    bool good = read_scalar(d, key);

    good = read_scalar(k, nonce) && good;
    good = good && nonce_point(r, k);
    if (good) {
        read_digest(e, digest, digest_size);
        p256_field_order_mul(s, r, enter); // s = (e + r * d) / k
        p256_field_order_mul(s, s, d);
        add(s, s, e);
        invert(k, k);
        p256_field_order_mul(s, s, k);
        good = p256_mask_zero(r) == 0 && p256_mask_zero(s) == 0;
    }
    memset(signature, 0, P256_SIGNATURE_BYTES);
    if (good) {
        p256_write(signature, r);
        p256_write(signature + P256_BYTES, s);
    }
    mbedtls_platform_zeroize(d, sizeof(d));
    mbedtls_platform_zeroize(k, sizeof(k));
    mbedtls_platform_zeroize(s, sizeof(s)); // r * d before it is s
    return good;
}

// What is multiplied with G and with the public key: e / s and r / s. False if r or s is out of range
static bool read_signature(uint64_t r[P256_LIMBS], uint64_t u[P256_LIMBS], uint64_t v[P256_LIMBS],
                           const uint8_t signature[P256_SIGNATURE_BYTES], const uint8_t *digest,
                           size_t digest_size)
{
    uint64_t s[P256_LIMBS];

    if (!read_scalar(r, signature) || !read_scalar(s, signature + P256_BYTES)) {
        return false;
    }
    read_digest(u, digest, digest_size);
    invert(s, s);
    p256_field_order_mul(u, u, s);
    p256_field_order_mul(v, r, s);
    return true;
}

bool p256_ecdsa_verify(const uint8_t signature[P256_SIGNATURE_BYTES],
                       const uint8_t public[P256_PUBLIC_BYTES], const uint8_t *digest,
                       size_t digest_size)
{
    struct p256_point point;
    struct p256_point base;
    uint64_t r[P256_LIMBS], u[P256_LIMBS], v[P256_LIMBS];

    if (!p256_read_point(&point, public) ||
        !read_signature(r, u, v, signature, digest, digest_size)) {
        return false;
    }
    p256_mul_base(&base, u);
    p256_mul(&point, v, &point);
    p256_add(&point, &point, &base);
    return p256_x_is(&point, r);
}

bool p256_ecdsa_verify_own(const uint8_t signature[P256_SIGNATURE_BYTES],
                           const uint8_t key[P256_BYTES], const uint8_t *digest, size_t digest_size)
{
    struct p256_point point;
    uint64_t d[P256_LIMBS], r[P256_LIMBS], u[P256_LIMBS], v[P256_LIMBS];
    bool good = read_scalar(d, key) && read_signature(r, u, v, signature, digest, digest_size);

    if (good) {
        p256_field_order_mul(v, v, enter); // u + v * d
        p256_field_order_mul(v, v, d);
        add(u, u, v);
        p256_mul_base(&point, u);
        good = p256_x_is(&point, r);
        mbedtls_platform_zeroize(u, sizeof(u)); // with u and v, d would be known
        mbedtls_platform_zeroize(v, sizeof(v));
    }
    mbedtls_platform_zeroize(d, sizeof(d));
    return good;
}

bool p256_ecdsa_agree(uint8_t secret[P256_BYTES], const uint8_t key[P256_BYTES],
                      const uint8_t peer[P256_PUBLIC_BYTES])
{
    struct p256_point point;
    uint8_t bytes[2 * P256_BYTES];
    uint64_t d[P256_LIMBS];
    bool good = false;

    memset(secret, 0, P256_BYTES);
    if (read_scalar(d, key) && p256_read_point(&point, peer)) {
        p256_mul(&point, d, &point);
        good = p256_write_point(bytes, &point);
        memcpy(secret, bytes, P256_BYTES);
        mbedtls_platform_zeroize(bytes, sizeof(bytes));
        mbedtls_platform_zeroize(&point, sizeof(point));
    }
    mbedtls_platform_zeroize(d, sizeof(d));
    return good;
}
