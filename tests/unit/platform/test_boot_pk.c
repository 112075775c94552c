// SPDX-License-Identifier: BSD-3-Clause
//
// Signatures of the boot chain (platform/lib/crypto): published vectors, OpenSSL as the oracle, and for
// ECDSA every case in which an implementation is known to go wrong. Keys and RSA's encodings:
// test_boot_pk_forms.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/rand.h>

#include "bits.h"
#include "tests/unit/platform/pk_support.h"

static const enum boot_pk_kind kinds[] = { BOOT_PK_P256, BOOT_PK_P384, BOOT_PK_RSA3072,
                                           BOOT_PK_RSA4096 };
static const enum boot_pk_kind curves[] = { BOOT_PK_P256, BOOT_PK_P384 };

// How often the comparison with OpenSSL is done; a longer hunt sets PK_ROUNDS
static int rounds(void)
{
    const char *text = getenv("PK_ROUNDS");

    return text != NULL ? atoi(text) : 40;
}

static void digest_of(const char *text, enum boot_hash hash, uint8_t digest[BOOT_HASH_MAX])
{
    assert_int_equal(EVP_Digest(text, strlen(text), digest, NULL, pk_md(hash), NULL), 1);
}

// RFC 6979 A.2.5 and A.2.6
static const struct {
    enum boot_pk_kind kind;
    enum boot_hash hash;
    const char *message;
    const char *r;
    const char *s;
} vectors[] = {
    { BOOT_PK_P256, BOOT_SHA256, "sample",
      "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
      "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8" },
    { BOOT_PK_P256, BOOT_SHA384, "sample",
      "0EAFEA039B20E9B42309FB1D89E213057CBF973DC0CFC8F129EDDDC800EF7719",
      "4861F0491E6998B9455193E34E7B0D284DDD7149A74B95B9261F13ABDE940954" },
    { BOOT_PK_P256, BOOT_SHA512, "sample",
      "8496A60B5E9B47C825488827E0495B0E3FA109EC4568FD3F8D1097678EB97F00",
      "2362AB1ADBE2B8ADF9CB9EDAB740EA6049C028114F2460F96554F61FAE3302FE" },
    { BOOT_PK_P256, BOOT_SHA256, "test",
      "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
      "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083" },
    { BOOT_PK_P384, BOOT_SHA256, "sample",
      "21B13D1E013C7FA1392D03C5F99AF8B30C570C6F98D4EA8E354B63A21D3DAA33"
      "BDE1E888E63355D92FA2B3C36D8FB2CD",
      "F3AA443FB107745BF4BD77CB3891674632068A10CA67E3D45DB2266FA7D1FEEB"
      "EFDC63ECCD1AC42EC0CB8668A4FA0AB0" },
    { BOOT_PK_P384, BOOT_SHA384, "sample",
      "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C"
      "81A648152E44ACF96E36DD1E80FABE46",
      "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F"
      "A329C145786E679E7B82C71A38628AC8" },
    { BOOT_PK_P384, BOOT_SHA512, "sample",
      "ED0959D5880AB2D869AE7F6C2915C6D60F96507F9CB3E047C0046861DA4A799C"
      "FE30F35CC900056D7C99CD7882433709",
      "512C8CCEEE3890A84058CE1E22DBC2198F42323CE8ACA9135329F03C068E5112"
      "DC7CC3EF3446DEFCEB01A45C2667FDD5" },
};

// The private keys of those sections
static const char *const vector_keys[] = {
    "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
    "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8"
    "96D5724E4C70A825F872C9EA60D2EDF5",
};

static void signatures_of_rfc_6979_are_accepted(void **state)
{
    uint8_t digest[BOOT_HASH_MAX];

    for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
        BIGNUM *numbers[3] = { NULL, NULL, NULL }; // d, r, s
        struct pk_curve curve;
        struct pk_pair pk;
        struct pk_bytes signature;

        pk_curve_begin(&curve, vectors[i].kind);
        assert_true(BN_hex2bn(&numbers[0], vector_keys[vectors[i].kind == BOOT_PK_P384]) > 0);
        assert_true(BN_hex2bn(&numbers[1], vectors[i].r) > 0);
        assert_true(BN_hex2bn(&numbers[2], vectors[i].s) > 0);
        pk_from_scalar(&curve, numbers[0], &pk);
        pk_signature(numbers[1], numbers[2], &signature);
        digest_of(vectors[i].message, vectors[i].hash, digest);
        assert_true(pk_accepts(&pk.key, vectors[i].hash, digest, signature.data, signature.size));
        digest[0] ^= 0x80;
        assert_false(pk_accepts(&pk.key, vectors[i].hash, digest, signature.data, signature.size));
        for (size_t k = 0; k < ARRAY_COUNT(numbers); k++) {
            BN_free(numbers[k]);
        }
        pk_curve_free(&curve);
    }
    (void)state;
}

// Random keys (of RSA one of each size), messages and hashes; each signature then fails over
// another digest, as another kind's, and cut
static void signatures_of_openssl_are_accepted(void **state)
{
    for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
        struct pk_pair pk = { 0 };
        struct pk_bytes signature;
        uint8_t digest[BOOT_HASH_MAX];

        for (int i = 0; i < rounds(); i++) {
            enum boot_hash hash = (enum boot_hash)(i % BOOT_HASH_COUNT);

            pk_free(&pk);
            pk_generate(&pk, kinds[k]);
            assert_int_equal(RAND_bytes(digest, sizeof(digest)), 1);
            pk_sign(&pk, hash, digest, &signature);
            assert_true(pk_accepts(&pk.key, hash, digest, signature.data, signature.size));
            assert_false(pk_accepts(&pk.key, hash, digest, signature.data, signature.size - 1));
            digest[i % 32] ^= (uint8_t)(1 << i % 8);
            assert_false(pk_accepts(&pk.key, hash, digest, signature.data, signature.size));
        }
        pk_free(&pk);
    }
    (void)state;
}

static void every_flipped_bit_of_a_signature_is_refused(void **state)
{
    for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
        struct pk_pair pk;
        struct pk_bytes signature;
        uint8_t digest[BOOT_HASH_MAX];

        pk_generate(&pk, kinds[k]);
        digest_of("flip", BOOT_SHA256, digest);
        pk_sign(&pk, BOOT_SHA256, digest, &signature);
        for (size_t bit = 0; bit < 8 * signature.size; bit++) {
            signature.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(pk_accepts(&pk.key, BOOT_SHA256, digest, signature.data, signature.size));
            signature.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        assert_true(pk_accepts(&pk.key, BOOT_SHA256, digest, signature.data, signature.size));
        pk_free(&pk);
    }
    (void)state;
}

static void another_key_and_another_kind_are_refused(void **state)
{
    struct pk_pair pk[2 * ARRAY_COUNT(kinds)];
    struct pk_bytes signature;
    uint8_t digest[BOOT_HASH_MAX];

    digest_of("kinds", BOOT_SHA512, digest);
    for (size_t i = 0; i < ARRAY_COUNT(pk); i++) {
        pk_generate(&pk[i], kinds[i % ARRAY_COUNT(kinds)]);
    }
    for (size_t i = ARRAY_COUNT(kinds) + 2; i < ARRAY_COUNT(pk); i++) {
        pk[i].spki.data[100] ^= 1; // RSA: another modulus
    }
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        pk_sign(&pk[i], BOOT_SHA512, digest, &signature);
        for (size_t other = 0; other < ARRAY_COUNT(pk); other++) {
            assert_int_equal(
                pk_accepts(&pk[other].key, BOOT_SHA512, digest, signature.data, signature.size),
                other == i);
        }
        struct boot_pk none = pk[i].key;

        none.kind = BOOT_PK_NONE;
        assert_false(pk_accepts(&none, BOOT_SHA512, digest, signature.data, signature.size));
        none.kind = BOOT_PK_COUNT;
        assert_false(pk_accepts(&none, BOOT_SHA512, digest, signature.data, signature.size));
    }
    for (size_t i = 0; i < ARRAY_COUNT(pk); i++) {
        pk_free(&pk[i]);
    }
    (void)state;
}

// A digest as long as the order, of a number
static void digest_from(const struct pk_curve *curve, const BIGNUM *e,
                        uint8_t digest[BOOT_HASH_MAX])
{
    memset(digest, 0, BOOT_HASH_MAX);
    assert_int_equal(BN_bn2binpad(e, digest, (int)curve->width), (int)curve->width);
}

static enum boot_hash hash_of(const struct pk_curve *curve)
{
    return curve->width == 32 ? BOOT_SHA256 : BOOT_SHA384;
}

// A signature with chosen key d, secret k and digest e: r = x(k * G), s = (e + r * d) / k
static void sign_by_hand(const struct pk_curve *curve, const BIGNUM *d, const BIGNUM *k,
                         const BIGNUM *e, BIGNUM *r, BIGNUM *s)
{
    EC_POINT *point = EC_POINT_new(curve->group);
    BIGNUM *inverse = BN_new();

    assert_int_equal(EC_POINT_mul(curve->group, point, k, NULL, NULL, curve->pool), 1);
    assert_int_equal(EC_POINT_get_affine_coordinates(curve->group, point, r, NULL, curve->pool), 1);
    BN_nnmod(r, r, curve->n, curve->pool);
    BN_mod_mul(s, r, d, curve->n, curve->pool);
    BN_mod_add(s, s, e, curve->n, curve->pool);
    assert_non_null(BN_mod_inverse(inverse, k, curve->n, curve->pool));
    BN_mod_mul(s, s, inverse, curve->n, curve->pool);
    BN_free(inverse);
    EC_POINT_free(point);
}

static void numbers_outside_the_range_are_refused(void **state)
{
    for (size_t c = 0; c < ARRAY_COUNT(curves); c++) {
        struct pk_curve curve;
        struct pk_pair pk;
        struct pk_bytes signature;
        uint8_t digest[BOOT_HASH_MAX];

        pk_curve_begin(&curve, curves[c]);
        enum boot_hash hash = hash_of(&curve);
        BIGNUM *r = BN_CTX_get(curve.pool);
        BIGNUM *s = BN_CTX_get(curve.pool);
        BIGNUM *e = BN_CTX_get(curve.pool);
        BIGNUM *d = BN_CTX_get(curve.pool);
        BIGNUM *other = BN_CTX_get(curve.pool);
        BIGNUM *zero = BN_CTX_get(curve.pool);

        BN_zero(zero);
        BN_set_word(d, 0x1234567);
        BN_set_word(e, 0xabcdef);
        pk_from_scalar(&curve, d, &pk);
        digest_from(&curve, e, digest);
        sign_by_hand(&curve, d, e, e, r, s);
        const struct {
            const BIGNUM *r;
            const BIGNUM *s;
            int add_r; // times the order
            int add_s;
            bool good;
        } rows[] = {
            { r, s, 0, 0, true },     { zero, s, 0, 0, false },    { r, zero, 0, 0, false },
            { zero, s, 1, 0, false }, { r, zero, 0, 1, false },    { r, s, 1, 0, false },
            { r, s, 0, 1, false },    { zero, zero, 0, 0, false }, { r, s, 1, 1, false },
        };
        for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
            BIGNUM *row_r = BN_dup(rows[i].r);
            BIGNUM *row_s = BN_dup(rows[i].s);

            BN_add(row_r, row_r, rows[i].add_r != 0 ? curve.n : zero);
            BN_add(row_s, row_s, rows[i].add_s != 0 ? curve.n : zero);
            pk_signature(row_r, row_s, &signature);
            assert_int_equal(pk_accepts(&pk.key, hash, digest, signature.data, signature.size),
                             rows[i].good);
            BN_free(row_r);
            BN_free(row_s);
        }
        // -s is the other valid one of each signature: nothing in FIPS 186-4 forbids the larger
        BN_sub(other, curve.n, s);
        pk_signature(r, other, &signature);
        assert_true(pk_accepts(&pk.key, hash, digest, signature.data, signature.size));
        pk_curve_free(&curve);
    }
    (void)state;
}

// The first point whose x is `x` or above
static void point_from(const struct pk_curve *curve, BIGNUM *x, EC_POINT *point)
{
    while (EC_POINT_set_compressed_coordinates(curve->group, point, x, 0, curve->pool) != 1) {
        BN_add_word(x, 1);
    }
}

// The key to which r, s = 1 and a digest e belong, if the point of the signature is R:
// Q = (s * R - e * G) / r
static void key_for(const struct pk_curve *curve, const EC_POINT *point, const BIGNUM *r,
                    const BIGNUM *e, struct pk_pair *pk)
{
    EC_POINT *q = EC_POINT_new(curve->group);
    BIGNUM *v = BN_mod_inverse(NULL, r, curve->n, curve->pool);
    BIGNUM *u = BN_new();

    BN_mod_mul(u, v, e, curve->n, curve->pool);
    BN_sub(u, curve->n, u);
    assert_int_equal(EC_POINT_mul(curve->group, q, u, point, v, curve->pool), 1);
    pk_from_point(curve, q, pk);
    BN_free(u);
    BN_free(v);
    EC_POINT_free(q);
}

// x of the point between order and prime: r is x - n. And the counterpart, that r + n goes around the
// prime and must not be believed
static void x_is_compared_modulo_the_order(void **state)
{
    for (size_t c = 0; c < ARRAY_COUNT(curves); c++) {
        struct pk_curve curve;
        struct pk_pair pk;
        struct pk_bytes signature;
        uint8_t digest[BOOT_HASH_MAX];

        pk_curve_begin(&curve, curves[c]);
        EC_POINT *point = EC_POINT_new(curve.group);
        BIGNUM *x = BN_CTX_get(curve.pool);
        BIGNUM *r = BN_CTX_get(curve.pool);
        BIGNUM *e = BN_CTX_get(curve.pool);
        BIGNUM *room = BN_CTX_get(curve.pool); // p - n
        BIGNUM *large = BN_CTX_get(curve.pool);

        BN_set_word(e, 77);
        digest_from(&curve, e, digest);
        BN_sub(room, curve.p, curve.n);
        BN_copy(x, curve.n);
        BN_add_word(x, 1); // r = 0 is out of range
        point_from(&curve, x, point);
        BN_sub(r, x, curve.n);
        key_for(&curve, point, r, e, &pk);
        pk_signature(r, BN_value_one(), &signature);
        assert_true(pk_accepts(&pk.key, hash_of(&curve), digest, signature.data, signature.size));

        // The same numbers with the order added: they fit, and are out of range
        pk_signature(x, BN_value_one(), &signature);
        assert_false(pk_accepts(&pk.key, hash_of(&curve), digest, signature.data, signature.size));
        BN_copy(large, curve.n);
        BN_add_word(large, 1);
        pk_signature(r, large, &signature);
        assert_false(pk_accepts(&pk.key, hash_of(&curve), digest, signature.data, signature.size));

        BN_set_word(x, 5);
        point_from(&curve, x, point);
        key_for(&curve, point, x, e, &pk);
        pk_signature(x, BN_value_one(), &signature); // r small, x = r: right without r + n
        assert_true(pk_accepts(&pk.key, hash_of(&curve), digest, signature.data, signature.size));

        BN_add(r, x, room); // r + n = x + p
        key_for(&curve, point, r, e, &pk);
        pk_signature(r, BN_value_one(), &signature);
        assert_false(pk_accepts(&pk.key, hash_of(&curve), digest, signature.data, signature.size));
        EC_POINT_free(point);
        pk_curve_free(&curve);
    }
    (void)state;
}

// e = -r * d: the point of the signature is infinity, whatever s is
static void a_point_at_infinity_is_refused(void **state)
{
    for (size_t c = 0; c < ARRAY_COUNT(curves); c++) {
        for (unsigned word = 1; word < 20; word++) {
            struct pk_curve curve;
            struct pk_pair pk;
            struct pk_bytes signature;
            uint8_t digest[BOOT_HASH_MAX];

            pk_curve_begin(&curve, curves[c]);
            BIGNUM *d = BN_CTX_get(curve.pool);
            BIGNUM *r = BN_CTX_get(curve.pool);
            BIGNUM *e = BN_CTX_get(curve.pool);

            BN_set_word(d, word);
            BN_set_word(r, 1 + word % 3);
            BN_mul(e, r, d, curve.pool);
            BN_sub(e, curve.n, e);
            digest_from(&curve, e, digest);
            pk_from_scalar(&curve, d, &pk);
            pk_signature(r, d, &signature);
            assert_false(
                pk_accepts(&pk.key, hash_of(&curve), digest, signature.data, signature.size));
            pk_curve_free(&curve);
        }
    }
    (void)state;
}

// Small keys, secrets and digests, and their negatives: the two multiples that are added are equal,
// opposite, infinity, or neighbours in the tables at some step
static void small_numbers_are_no_exception(void **state)
{
    for (size_t c = 0; c < ARRAY_COUNT(curves); c++) {
        for (int i = 0; i < 3 * 3 * 4; i++) {
            struct pk_curve curve;
            struct pk_pair pk;
            struct pk_bytes signature;
            uint8_t digest[BOOT_HASH_MAX];

            pk_curve_begin(&curve, curves[c]);
            BIGNUM *d = BN_CTX_get(curve.pool);
            BIGNUM *k = BN_CTX_get(curve.pool);
            BIGNUM *e = BN_CTX_get(curve.pool);
            BIGNUM *r = BN_CTX_get(curve.pool);
            BIGNUM *s = BN_CTX_get(curve.pool);

            BN_set_word(d, (unsigned)(1 + i % 3));
            BN_set_word(k, (unsigned)(1 + i / 3 % 3));
            BN_sub(d, i % 2 == 0 ? d : curve.n, i % 2 == 0 ? r : d); // r is 0 yet
            sign_by_hand(&curve, d, k, e, r, s);
            BN_mod_mul(e, r, d, curve.n, curve.pool); // i / 9: e = 0, r * d, n - 1, 3
            if (i / 9 == 0) {
                BN_zero(e);
            } else if (i / 9 == 2) {
                BN_sub(e, curve.n, BN_value_one());
            } else if (i / 9 == 3) {
                BN_set_word(e, 3);
            }
            sign_by_hand(&curve, d, k, e, r, s);
            digest_from(&curve, e, digest);
            pk_from_scalar(&curve, d, &pk);
            pk_signature(r, s, &signature);
            // s = 0 cannot be signed with; that it is refused is told by the range test. e = 0:
            // test_boot_pk_forms.c
            assert_int_equal(
                pk_accepts(&pk.key, hash_of(&curve), digest, signature.data, signature.size),
                !BN_is_zero(s) && !BN_is_zero(e));
            pk_curve_free(&curve);
        }
    }
    (void)state;
}

// A digest that is a larger number than the order, and those at its edges
static void digests_around_the_order_are_reduced(void **state)
{
    for (size_t c = 0; c < ARRAY_COUNT(curves); c++) {
        struct pk_pair pk;
        struct pk_curve curve;
        struct pk_bytes signature;
        uint8_t digest[BOOT_HASH_MAX];

        pk_generate(&pk, curves[c]);
        pk_curve_begin(&curve, curves[c]);
        BIGNUM *e = BN_CTX_get(curve.pool);

        for (int i = 0; i < 4; i++) {
            BN_copy(e, curve.n);
            if (i < 3) {
                BN_add_word(e, 1);
                BN_sub_word(e, (unsigned)i);
            } else {
                BN_lshift(e, BN_value_one(), (int)(8 * curve.width)); // all ones
                BN_sub_word(e, 1);
            }
            digest_from(&curve, e, digest);
            pk_sign(&pk, hash_of(&curve), digest, &signature);
            assert_int_equal(
                pk_accepts(&pk.key, hash_of(&curve), digest, signature.data, signature.size),
                i != 1); // the order itself is 0
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
        cmocka_unit_test(signatures_of_rfc_6979_are_accepted),
        cmocka_unit_test(signatures_of_openssl_are_accepted),
        cmocka_unit_test(every_flipped_bit_of_a_signature_is_refused),
        cmocka_unit_test(another_key_and_another_kind_are_refused),
        cmocka_unit_test(numbers_outside_the_range_are_refused),
        cmocka_unit_test(x_is_compared_modulo_the_order),
        cmocka_unit_test(a_point_at_infinity_is_refused),
        cmocka_unit_test(small_numbers_are_no_exception),
        cmocka_unit_test(digests_around_the_order_are_reduced),
    };

    return cmocka_run_group_tests(tests, NULL, free_keys);
}
