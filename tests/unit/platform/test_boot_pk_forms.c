// SPDX-License-Identifier: BSD-3-Clause
//
// What boot_pk.h must refuse although a tolerant reader would not: other encodings of keys and of ECDSA
// signatures than DER's, points that are no keys, a digest of zero. RSA's: test_boot_pk_rsa.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "platform/lib/crypto/ec.h"
#include "tests/unit/platform/pk_support.h"

#define SEQUENCE 0x30
#define INTEGER 0x02

static const uint8_t digest[BOOT_HASH_MAX] = "a digest of some message, as good as another";

// An ECDSA signature of P-256 whose two numbers have no leading zero octet, so that every row below knows
// where things are: 30 len 02 20 r 02 20 s
static void plain_signature(const struct pk_pair *pk, struct pk_bytes *signature)
{
    do {
        pk_sign(pk, BOOT_SHA256, digest, signature);
    } while (signature->size != 2 + 2 * 34 || signature->data[3] != 32 || signature->data[4] == 0 ||
             signature->data[38] == 0);
}

struct number {
    uint8_t bytes[40];
    size_t size;
};

// SEQUENCE of the two numbers
static void encode(struct pk_bytes *to, const struct number *r, const struct number *s)
{
    struct pk_bytes pair = { .size = 0 };

    to->size = 0;
    pk_append(&pair, INTEGER, r->bytes, r->size);
    pk_append(&pair, INTEGER, s->bytes, s->size);
    pk_append(to, SEQUENCE, pair.data, pair.size);
}

static const struct {
    const char *what;
    uint8_t at;
    uint8_t cut;
    uint8_t size;
    uint8_t with[8];
    bool inside; // the change is in the SEQUENCE's contents
} no_der[] = {
    { "long form of the SEQUENCE's length", 1, 1, 2, { 0x81, 68 }, false },
    { "longer form", 1, 1, 3, { 0x82, 0, 68 }, false },
    { "indefinite length", 1, 1, 1, { 0x80 }, false },
    { "reserved length", 1, 1, 1, { 0xff }, false },
    { "SET instead of SEQUENCE", 0, 1, 1, { 0x31 }, false },
    { "primitive SEQUENCE", 0, 1, 1, { 0x10 }, false },
    { "byte behind the SEQUENCE", 70, 0, 1, { 0 }, false },
    { "byte behind s", 70, 0, 1, { 0 }, true },
    { "NULL behind s", 70, 0, 2, { 5, 0 }, true },
    { "third INTEGER", 70, 0, 3, { 2, 1, 1 }, true },
    { "leading zero of r", 3, 1, 2, { 33, 0 }, true },
    { "leading zero of s", 37, 1, 2, { 33, 0 }, true },
    { "two leading zeros of r", 3, 1, 3, { 34, 0, 0 }, true },
    { "long form of r's length", 3, 1, 2, { 0x81, 32 }, true },
    { "long form of s's length", 37, 1, 2, { 0x81, 32 }, true },
    { "r is a BIT STRING", 2, 1, 1, { 3 }, true },
    { "s is an ENUMERATED", 36, 1, 1, { 10 }, true },
    { "r is empty", 3, 33, 1, { 0 }, true },
    { "s is empty", 37, 33, 1, { 0 }, true },
    { "no s", 36, 34, 0, { 0 }, true },
    { "r is zero", 3, 33, 2, { 1, 0 }, true },
    { "r is negative", 3, 2, 2, { 32, 0xff }, true },
    { "s is minus one", 37, 33, 2, { 1, 0xff }, true },
    { "r's length goes beyond", 3, 1, 1, { 0x7f }, true },
    { "s's length goes beyond by one", 37, 1, 1, { 33 }, true },
    { "s's length is one short", 37, 1, 1, { 31 }, true },
};

static void signatures_that_are_not_der_are_refused(void **state)
{
    struct pk_pair pk;
    struct pk_bytes good;
    struct pk_bytes bad;

    pk_generate(&pk, BOOT_PK_P256);
    plain_signature(&pk, &good);

    // Each row replaces `cut` bytes at `at` by `with`; lengths of what holds them are put right
    // The sign of both must be clear for the rows to say what they say
    while (good.data[4] >= 0x80 || good.data[38] >= 0x80) {
        plain_signature(&pk, &good);
    }
    assert_true(pk_accepts(&pk.key, BOOT_SHA256, digest, good.data, good.size));
    for (size_t i = 0; i < ARRAY_COUNT(no_der); i++) {
        memcpy(bad.data, good.data, no_der[i].at);
        memcpy(bad.data + no_der[i].at, no_der[i].with, no_der[i].size);
        memcpy(bad.data + no_der[i].at + no_der[i].size, good.data + no_der[i].at + no_der[i].cut,
               good.size - no_der[i].at - no_der[i].cut);
        bad.size = good.size - no_der[i].cut + no_der[i].size;
        if (no_der[i].inside) {
            bad.data[1] = (uint8_t)(bad.size - 2);
        }
        if (pk_accepts(&pk.key, BOOT_SHA256, digest, bad.data, bad.size)) {
            fail_msg("accepted: %s", no_der[i].what);
        }
    }
    for (size_t size = 0; size < good.size; size++) {
        assert_false(pk_accepts(&pk.key, BOOT_SHA256, digest, good.data, size));
    }
    pk_free(&pk);
    (void)state;
}

// A zero octet in front is asked for when the top bit is set, and numbers may be short
static void minimal_numbers_of_any_length_are_read(void **state)
{
    struct pk_curve curve;
    struct pk_pair pk;
    struct pk_bytes signature;
    struct number r = { .size = 0 };
    struct number s = { .size = 0 };

    pk_curve_begin(&curve, BOOT_PK_P256);
    BIGNUM *one = BN_CTX_get(curve.pool);

    BN_one(one);
    pk_from_scalar(&curve, one, &pk);
    for (size_t size = 1; size <= 40; size++) { // too long: refused, not read beyond the limbs
        memset(r.bytes, 0x5a, size);
        memset(s.bytes, 0x7f, size);
        r.size = s.size = size;
        encode(&signature, &r, &s);
        assert_false(pk_accepts(&pk.key, BOOT_SHA256, digest, signature.data, signature.size));
    }
    for (int i = 0; i < 64; i++) { // OpenSSL's own, of all lengths that occur
        struct pk_pair random;

        pk_generate(&random, BOOT_PK_P256);
        pk_sign(&random, BOOT_SHA256, digest, &signature);
        assert_true(pk_accepts(&random.key, BOOT_SHA256, digest, signature.data, signature.size));
        pk_free(&random);
    }
    pk_curve_free(&curve);
    (void)state;
}

static void keys_are_read_whole_or_not_at_all(void **state)
{
    static const struct {
        enum boot_pk_kind kind;
        uint32_t size;
        const char *name;
    } rows[] = {
        { BOOT_PK_P256, 64, "ECDSA P-256" },
        { BOOT_PK_P384, 96, "ECDSA P-384" },
        { BOOT_PK_RSA3072, 384, "RSA-PSS 3072" },
        { BOOT_PK_RSA4096, 512, "RSA-PSS 4096" },
    };

    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct pk_pair pk;
        struct pk_bytes bad;
        struct boot_pk key;
        const char *why;

        pk_generate(&pk, rows[i].kind);
        assert_string_equal(boot_pk_name(rows[i].kind), rows[i].name);
        assert_int_equal(pk.key.size, rows[i].size);
        assert_true(pk.key.bytes > pk.spki.data);
        for (size_t size = 0; size < pk.spki.size; size++) {
            bad = pk.spki;
            bad.size = size;
            assert_int_equal(pk_decode(&bad, &key, &why), ERR_TRUNCATED);
        }
        bad = pk.spki;
        bad.data[bad.size++] = 0;
        pk_assert_refused(&bad, ERR_INVALID, "must end with its key");
        // Headers: no bit of them may change. Behind them a changed bit is another key, or none
        size_t head = (size_t)(pk.key.bytes - pk.spki.data);

        for (size_t bit = 0; bit < 8 * pk.spki.size; bit++) {
            bad = pk.spki;
            bad.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            int err = pk_decode(&bad, &key, &why);

            if (bit / 8 < head || bit / 8 >= head + pk.key.size) {
                assert_int_not_equal(err, 0);
            }
            if (pk.key.kind == BOOT_PK_P256 || pk.key.kind == BOOT_PK_P384) {
                assert_int_not_equal(err, 0); // one coordinate changed: not on the curve
            }
        }
        pk_free(&pk);
    }
    (void)state;
}

static const struct {
    const char *spki;
    int err;
    const char *rule;
} no_keys[] = {
    // P-256's algorithm and: infinity; a compressed point; an empty key; one unused bit
    { "301a301306072a8648ce3d020106082a8648ce3d030107030300"
      "0400",
      ERR_INVALID, "must be an uncompressed point" },
    { "3019301306072a8648ce3d020106082a8648ce3d0301070302"
      "0000",
      ERR_INVALID, "must be an uncompressed point" },
    { "3039301306072a8648ce3d020106082a8648ce3d030107032200"
      "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
      ERR_INVALID, "must be an uncompressed point" },
    { "3017301306072a8648ce3d020106082a8648ce3d030107"
      "0300",
      ERR_INVALID, "must be a whole number of bytes" },
    { "3019301306072a8648ce3d020106082a8648ce3d030107"
      "03020180",
      ERR_INVALID, "must be a whole number of bytes" },
    // secp256k1; P-521; no curve; explicit parameters; the curve, then something
    { "3016301006072a8648ce3d020106052b8104000a"
      "03020004",
      ERR_NOT_SUPPORTED, "must be on the curve P-256 or P-384" },
    { "3016301006072a8648ce3d020106052b81040023"
      "03020004",
      ERR_NOT_SUPPORTED, "must be on the curve P-256 or P-384" },
    { "300f300906072a8648ce3d0201"
      "03020004",
      ERR_TRUNCATED, "must name a curve" },
    { "3014300e06072a8648ce3d02013003020101"
      "03020004",
      ERR_INVALID, "must name a curve" },
    { "301b301506072a8648ce3d020106082a8648ce3d0301070500"
      "03020004",
      ERR_INVALID, "must name a curve" },
    // Ed25519; id-RSASSA-PSS; an OID that is cut
    { "300b300506032b6570"
      "03020004",
      ERR_NOT_SUPPORTED, "must be an elliptic curve's or RSA's" },
    { "3011300b06092a864886f70d01010a"
      "03020004",
      ERR_NOT_SUPPORTED, "must be an elliptic curve's or RSA's" },
    { "300e300806062a8648ce3d02"
      "03020004",
      ERR_NOT_SUPPORTED, "must be an elliptic curve's or RSA's" },
    { "", ERR_TRUNCATED, "must be a SubjectPublicKeyInfo in DER" },
    { "0500", ERR_INVALID, "must be a SubjectPublicKeyInfo in DER" },
    { "3000", ERR_TRUNCATED, "must be a SubjectPublicKeyInfo in DER" },
    // Something behind the key, inside the SEQUENCE
    { "3018301006072a8648ce3d020106052b8104000a"
      "03020004"
      "0500",
      ERR_INVALID, "must end with its key" },
};

static void points_that_are_no_keys_are_refused(void **state)
{
    struct pk_bytes spki;
    struct pk_pair pk;

    pk_generate(&pk, BOOT_PK_P256);
    const size_t point = pk.spki.size - 65; // 04 x y

    spki = pk.spki; // coordinates must be below the prime
    memset(spki.data + point + 1, 0xff, 32);
    pk_assert_refused(&spki, ERR_INVALID, "must be a point on its curve");
    spki = pk.spki;
    memset(spki.data + point + 33, 0xff, 32);
    pk_assert_refused(&spki, ERR_INVALID, "must be a point on its curve");
    spki = pk.spki; // 0, 0
    memset(spki.data + point + 1, 0, 64);
    pk_assert_refused(&spki, ERR_INVALID, "must be a point on its curve");
    for (int form = 0; form < 256; form++) { // compressed, hybrid, anything
        spki = pk.spki;
        spki.data[point] = (uint8_t)form;
        if (form != 4) {
            pk_assert_refused(&spki, ERR_INVALID, "must be an uncompressed point");
        }
    }

    for (size_t i = 0; i < ARRAY_COUNT(no_keys); i++) {
        pk_hex(no_keys[i].spki, &spki);
        pk_assert_refused(&spki, no_keys[i].err, no_keys[i].rule);
    }

    // A point of one curve under the name of the other
    struct pk_pair other;

    pk_generate(&other, BOOT_PK_P384);
    spki = pk.spki;
    memcpy(spki.data + point + 1, other.key.bytes, 64);
    pk_assert_refused(&spki, ERR_INVALID, "must be a point on its curve");
    pk_free(&other);
    pk_free(&pk);
    (void)state;
}

// Points with small coordinates, whose numbers plus the prime still fit: the same point in another form
static void coordinates_not_below_the_prime_are_refused(void **state)
{
    static const struct {
        enum boot_pk_kind kind;
        const char *x; // of a point whose y is as told
        unsigned y;
    } small[] = {
        { BOOT_PK_P256, "d7325d7646cd60d80a92738ceb345f844cffaf35841022cab176f692de8de1d7", 5 },
        { BOOT_PK_P384,
          "2261b2bf605c22f2f3aef6338719b2c486388ad5240719a5257315969ef01ba2"
          "7f0a104c89704773a81fdabee6ab5c78",
          1 },
    };
    for (size_t i = 0; i < ARRAY_COUNT(small); i++) {
        struct pk_curve curve;
        struct pk_pair found;
        BIGNUM *x = NULL;
        BIGNUM *number = BN_new();

        pk_curve_begin(&curve, small[i].kind);
        EC_POINT *p = EC_POINT_new(curve.group);

        assert_true(BN_hex2bn(&x, small[i].x) > 0);
        BN_set_word(number, small[i].y);
        assert_int_equal(EC_POINT_set_affine_coordinates(curve.group, p, x, number, curve.pool), 1);
        pk_from_point(&curve, p, &found);
        BN_add(number, number, curve.p);
        BN_bn2bin(number, found.spki.data + found.spki.size - curve.width);
        pk_assert_refused(&found.spki, ERR_INVALID, "must be a point on its curve");

        BN_set_word(x, 5); // the first from there on
        while (EC_POINT_set_compressed_coordinates(curve.group, p, x, 0, curve.pool) != 1) {
            BN_add_word(x, 1);
        }
        pk_from_point(&curve, p, &found);
        BN_add(x, x, curve.p);
        BN_bn2bin(x, found.spki.data + found.spki.size - 2 * curve.width);
        pk_assert_refused(&found.spki, ERR_INVALID, "must be a point on its curve");
        BN_free(x);
        BN_free(number);
        EC_POINT_free(p);
        pk_curve_free(&curve);
    }
    (void)state;
}

static const enum boot_pk_kind curves[] = { BOOT_PK_P256, BOOT_PK_P384 };
static const uint8_t zero[BOOT_HASH_MAX];

// s of a signature that nobody signed: with it and r the point is u * G + v * Q, for u = 0 with any v
static void unsigned_pair(const struct pk_curve *curve, const BIGNUM *r, const BIGNUM *v,
                          struct pk_bytes *signature)
{
    BIGNUM *s = BN_mod_inverse(NULL, v, curve->n, curve->pool);

    assert_non_null(s);
    BN_mod_mul(s, s, r, curve->n, curve->pool);
    pk_signature(r, s, signature);
    BN_free(s);
}

// R = v * Q, r = x(R), s = r / v: right for a digest of zero, as FIPS 186-4 has it, and OpenSSL says so
static void a_digest_of_zero_is_refused(void **state)
{
    for (size_t c = 0; c < ARRAY_COUNT(curves); c++) {
        struct pk_pair pk;
        struct pk_curve curve;
        struct pk_bytes signature;

        pk_generate(&pk, curves[c]);
        pk_curve_begin(&curve, curves[c]);
        EC_POINT *q = EC_POINT_new(curve.group);
        EC_POINT *point = EC_POINT_new(curve.group);
        BIGNUM *v = BN_CTX_get(curve.pool);
        BIGNUM *r = BN_CTX_get(curve.pool);
        const uint8_t *bytes = pk.spki.data + pk.spki.size - 2 * curve.width - 1;

        assert_int_equal(EC_POINT_oct2point(curve.group, q, bytes, 2 * curve.width + 1, curve.pool),
                         1);
        for (unsigned i = 1; i < 20; i++) {
            BN_set_word(v, i);
            assert_int_equal(EC_POINT_mul(curve.group, point, NULL, q, v, curve.pool), 1);
            assert_int_equal(
                EC_POINT_get_affine_coordinates(curve.group, point, r, NULL, curve.pool), 1);
            BN_nnmod(r, r, curve.n, curve.pool);
            unsigned_pair(&curve, r, v, &signature);
            EVP_PKEY_CTX *openssl = EVP_PKEY_CTX_new(pk.pair, NULL);

            assert_int_equal(EVP_PKEY_verify_init(openssl), 1);
            assert_int_equal(
                EVP_PKEY_verify(openssl, signature.data, signature.size, zero, sizeof(zero)), 1);
            EVP_PKEY_CTX_free(openssl);
            assert_false(pk_accepts(&pk.key, BOOT_SHA512, zero, signature.data, signature.size));
        }
        EC_POINT_free(point);
        EC_POINT_free(q);
        pk_curve_free(&curve);
        pk_free(&pk);
    }
    (void)state;
}

// The same with an r that is wrong: r * Z is X but for one bit, in the form in which they are compared. If the
// comparison refused zero by inverting that bit, it would find them equal
static void a_digest_of_zero_cannot_be_made_up_for(void **state)
{
    for (size_t c = 0; c < ARRAY_COUNT(curves); c++) {
        struct pk_pair pk;
        struct pk_curve curve;
        struct pk_bytes signature;
        struct ec ec;
        struct ec_point q;
        struct ec_point point;
        uint64_t numbers[2][EC_LIMBS] = { { 0 } }; // 0 and v
        uint64_t ratio[EC_LIMBS];
        uint64_t inverse[EC_LIMBS];
        uint8_t bytes[EC_LIMBS * sizeof(uint64_t)];

        pk_generate(&pk, curves[c]);
        pk_curve_begin(&curve, curves[c]);
        ec_init(&ec, curves[c] == BOOT_PK_P256 ? EC_P256 : EC_P384);
        assert_true(ec_read(&ec, &q, pk.spki.data + pk.spki.size - 2 * curve.width));
        BIGNUM *v = BN_CTX_get(curve.pool);
        BIGNUM *r = BN_CTX_get(curve.pool);

        for (unsigned i = 0; i < 64; i++) {
            numbers[1][0] = 3 + i;
            BN_set_word(v, 3 + i);
            ec_mul_add(&ec, &point, numbers[0], numbers[1], &q);
            memcpy(ratio, point.x, sizeof(ratio));
            ratio[0] ^= i < 32 ? 1 : 2;
            mont_invert(&ec.field, inverse, point.z);
            mont_mul(&ec.field, ratio, ratio, inverse);
            mont_leave(&ec.field, ratio, ratio);
            mont_write(ratio, ec.field.limbs, bytes);
            assert_non_null(BN_bin2bn(bytes, (int)curve.width, r));
            unsigned_pair(&curve, r, v, &signature);
            assert_false(pk_accepts(&pk.key, BOOT_SHA512, zero, signature.data, signature.size));
        }
        pk_curve_free(&curve);
        pk_free(&pk);
    }
    (void)state;
}

static int free_keys(void **state)
{
    (void)state;
    pk_free_rsa();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_that_are_not_der_are_refused),
        cmocka_unit_test(minimal_numbers_of_any_length_are_read),
        cmocka_unit_test(keys_are_read_whole_or_not_at_all),
        cmocka_unit_test(points_that_are_no_keys_are_refused),
        cmocka_unit_test(coordinates_not_below_the_prime_are_refused),
        cmocka_unit_test(a_digest_of_zero_is_refused),
        cmocka_unit_test(a_digest_of_zero_cannot_be_made_up_for),
    };

    return cmocka_run_group_tests(tests, NULL, free_keys);
}
