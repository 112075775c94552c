// SPDX-License-Identifier: BSD-3-Clause
//
// ECDSA verification on both curves, by the same code. See ecdsa.h. What is compared in the end is data:
// no branch after the point was computed chooses the verdict.
#include "ecdsa.h"

#include <string.h>

#include <mbedtls/asn1.h>

#include "der.h"

static struct ec ec; // of the call that runs

bool ecdsa_is_key(enum ec_name name, const uint8_t *bytes)
{
    struct ec_point point;

    ec_init(&ec, name);
    return ec_read(&ec, &point, bytes);
}

// Reads r or s: an INTEGER in [1, n - 1]
static bool read_scalar(uint64_t *scalar, struct der *in)
{
    uint8_t bytes[EC_LIMBS * sizeof(uint64_t)] = { 0 };
    uint32_t limbs = ec.order.limbs;
    size_t width = limbs * sizeof(uint64_t);
    struct der value;

    if (der_take_unsigned(in, &value) != 0 || der_size(&value) > width) {
        return false;
    }
    memcpy(bytes + width - der_size(&value), value.at, der_size(&value));
    mont_read(scalar, limbs, bytes);
    return !mont_is_zero(scalar, limbs) && mont_less(scalar, ec.order.m, limbs);
}

// Ecdsa-Sig-Value of RFC 3279 2.2.3, and nothing behind it
static bool read_signature(uint64_t *r, uint64_t *s, const uint8_t *signature, size_t size)
{
    struct der whole = { signature, signature + size };
    struct der pair;

    return der_take(&whole, MBEDTLS_ASN1_SEQUENCE | MBEDTLS_ASN1_CONSTRUCTED, &pair) == 0 &&
           der_size(&whole) == 0 && read_scalar(r, &pair) && read_scalar(s, &pair) &&
           der_size(&pair) == 0;
}

// e: the leftmost bits of the digest, as many as the order has, modulo the order (FIPS 186-4 6.4;
// 2^bits is below twice the order)
static void read_digest(uint64_t *e, const uint8_t *digest, size_t size)
{
    uint8_t bytes[EC_LIMBS * sizeof(uint64_t)] = { 0 };
    uint32_t limbs = ec.order.limbs;
    size_t width = limbs * sizeof(uint64_t);
    uint64_t zero[EC_LIMBS] = { 0 };

    if (size >= width) {
        memcpy(bytes, digest, width);
    } else {
        memcpy(bytes + width - size, digest, size);
    }
    mont_read(e, limbs, bytes);
    if (!mont_less(e, ec.order.m, limbs)) {
        mont_add_any(&ec.order, e, e, zero); // takes the order off once
    }
}

// candidate = (r + n) * Z^2 in the field if r + n is below its prime, else what it was. square: Z^2
static void second_candidate(uint64_t *candidate, const uint64_t *square, const uint64_t *r)
{
    const struct mont *f = &ec.field;
    uint64_t room[EC_LIMBS]; // p - n
    uint64_t n[EC_LIMBS];

    if (!mont_less(ec.order.m, f->m, f->limbs)) {
        return;
    }
    mont_sub_any(f, room, f->m, ec.order.m);
    if (mont_less(r, room, f->limbs)) {
        mont_add_any(f, n, ec.order.m, r);
        mont_enter(f, n, n);
        mont_mul(f, candidate, n, square);
    }
}

// Is the point's x-coordinate, modulo the order, r? X = r * Z^2 or X = (r + n) * Z^2 in the field (there is no
// other number below the prime), and neither Z nor u, the multiple of the generator, is 0. That is a limb of
// its own behind the coordinate: inverted into the coordinate it could make equal what is not.
static verdict_t compare(const struct ec_point *point, const uint64_t *u, const uint64_t *r)
{
    const struct mont *f = &ec.field;
    uint64_t first[EC_LIMBS + 1];
    uint64_t second[EC_LIMBS];
    uint64_t square[EC_LIMBS];
    uint64_t wanted[EC_LIMBS + 1];
    uint64_t difference = 0;

    mont_enter(f, first, r);
    mont_mul(f, square, point->z, point->z);
    mont_mul(f, first, first, square);
    memcpy(second, first, f->limbs * sizeof(*first));
    second_candidate(second, square, r);

    for (uint32_t i = 0; i < f->limbs; i++) {
        difference |= first[i] ^ point->x[i];
    }
    // All ones if it is not the first candidate, else 0
    uint64_t other = 0 - ((difference | (0 - difference)) >> 63);

    for (uint32_t i = 0; i < f->limbs; i++) {
        first[i] ^= (first[i] ^ second[i]) & other;
    }
    memcpy(wanted, point->x, f->limbs * sizeof(*wanted));
    wanted[f->limbs] = 0;
    // Infinity must not pass for x = 0, nor a signature of nothing for one of a digest
    first[f->limbs] = (uint64_t)mont_is_zero(point->z, f->limbs) + mont_is_zero(u, ec.order.limbs);
    return verdict_equal(first, wanted, (f->limbs + 1) * sizeof(*first));
}

verdict_t ecdsa_verify(enum ec_name name, const uint8_t *key, const uint8_t *digest,
                       size_t digest_size, const uint8_t *signature, size_t size)
{
    struct ec_point point;
    uint64_t r[EC_LIMBS];
    uint64_t s[EC_LIMBS];
    uint64_t w[EC_LIMBS];
    uint64_t e[EC_LIMBS];
    uint64_t v[EC_LIMBS];

    ec_init(&ec, name);
    if (!ec_read(&ec, &point, key) || !read_signature(r, s, signature, size)) {
        return VERDICT_REFUSE;
    }
    read_digest(e, digest, digest_size);

    // w = 1/s in Montgomery form; multiplied with a plain number it gives a plain number
    mont_enter(&ec.order, s, s);
    mont_invert(&ec.order, w, s);
    mont_mul(&ec.order, e, e, w);
    mont_mul(&ec.order, v, r, w);
    ec_mul_add(&ec, &point, e, v, &point);
    return compare(&point, e, r);
}
