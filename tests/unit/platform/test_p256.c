// SPDX-License-Identifier: BSD-3-Clause
//
// P-256 with secret scalars (platform/lib/crypto/p256*.c): published vectors, OpenSSL as the oracle, and the scalars, points and
// signatures with which an implementation is known to go wrong. The formulas and the table are those of the target; the field's
// arithmetic is Mbed TLS's here and OpenSSL's assembly there, where tests/target has the same vectors.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <pthread.h>

#include "platform/lib/crypto/p256_ecdsa.h"
#include "platform/lib/crypto/p256_private.h"

#define ROUNDS 40
#define STACK_SIZE 0x40000

static EC_GROUP *group;
static BN_CTX *pool;
static BIGNUM *n, *p;

static int setup(void **state)
{
    (void)state;
    group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    pool = BN_CTX_new();
    BN_CTX_start(pool);
    n = BN_CTX_get(pool);
    p = BN_CTX_get(pool);
    return group != NULL && p != NULL && EC_GROUP_get_order(group, n, pool) == 1 &&
                   EC_GROUP_get_curve(group, p, NULL, NULL, pool) == 1
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    BN_CTX_end(pool);
    BN_CTX_free(pool);
    EC_GROUP_free(group);
    return 0;
}

static BIGNUM *number(const char *hex)
{
    BIGNUM *value = BN_CTX_get(pool);

    assert_non_null(value);
    assert_int_equal(BN_hex2bn(&value, hex), strlen(hex));
    return value;
}

// Its value plus `delta`
static BIGNUM *near(const BIGNUM *base, long delta)
{
    BIGNUM *value = BN_CTX_get(pool);

    assert_non_null(BN_copy(value, base));
    assert_int_equal(
        delta < 0 ? BN_sub_word(value, (BN_ULONG)-delta) : BN_add_word(value, (BN_ULONG)delta), 1);
    return value;
}

static void put(uint8_t bytes[P256_BYTES], const BIGNUM *value)
{
    assert_int_equal(BN_bn2binpad(value, bytes, P256_BYTES), P256_BYTES);
}

static void put_hex(uint8_t bytes[P256_BYTES], const char *hex)
{
    put(bytes, number(hex));
}

// Scalars in [1, n - 1] that are hard on window and comb, then random ones
static unsigned int scalars(BIGNUM *list[])
{
    unsigned int count = 0;

    for (long i = 1; i <= 40; i++) {
        list[count++] = near(BN_value_one(), i - 1);
        list[count++] = near(n, -i);
    }
    for (int bit = 6; bit < 256; bit += 5) {
        BIGNUM *one_bit = near(BN_value_one(), 0);

        BN_lshift(one_bit, one_bit, bit);
        list[count++] = one_bit;
        list[count++] = near(one_bit, -1); // ones below
    }
    for (int i = 0; i < ROUNDS; i++) {
        BIGNUM *random = BN_CTX_get(pool);

        assert_int_equal(BN_rand_range(random, n), 1);
        list[count++] = random;
    }
    return count;
}
#define SCALARS_MAX (80 + 100 + ROUNDS)

// X and Y of a point of OpenSSL's
static void coordinates(uint8_t bytes[2 * P256_BYTES], const EC_POINT *point)
{
    uint8_t form[1 + 2 * P256_BYTES];

    assert_int_equal(
        EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, form, sizeof(form), pool),
        sizeof(form));
    memcpy(bytes, form + 1, sizeof(form) - 1);
}

// X and Y of k * q, of k * G without a q
static void oracle(uint8_t bytes[2 * P256_BYTES], const BIGNUM *k, const EC_POINT *q)
{
    EC_POINT *point = EC_POINT_new(group);

    assert_int_equal(
        EC_POINT_mul(group, point, q == NULL ? k : NULL, q, q == NULL ? NULL : k, pool), 1);
    coordinates(bytes, point);
    EC_POINT_free(point);
}

static void limbs_of(uint64_t k[P256_LIMBS], const BIGNUM *value)
{
    uint8_t bytes[P256_BYTES];

    put(bytes, value);
    p256_read(k, bytes);
}

static bool is_infinity(const struct p256_point *point)
{
    uint8_t bytes[2 * P256_BYTES];
    static const uint8_t zero[sizeof(bytes)];

    memset(bytes, 0xa5, sizeof(bytes));
    bool good = p256_write_point(bytes, point);

    assert_true(good || memcmp(bytes, zero, sizeof(zero)) == 0);
    return !good && p256_mask_zero(point->z) != 0;
}

static void assert_point(const struct p256_point *point, const uint8_t expected[2 * P256_BYTES])
{
    uint8_t bytes[2 * P256_BYTES];

    assert_true(p256_write_point(bytes, point));
    assert_memory_equal(bytes, expected, sizeof(bytes));
}

// Every entry of the comb is the multiple of G that it is said to be
static void test_table(void **state)
{
    (void)state;
    for (int block = 0; block < P256_COMB_BLOCKS; block++) {
        for (int digit = 1; digit <= P256_COMB_POINTS; digit++) {
            const struct p256_affine *entry = &p256_comb[block][digit - 1];
            struct p256_point point = { .z = { 1, 0xffffffff00000000, 0xffffffffffffffff,
                                               0xfffffffe } };
            BIGNUM *k = near(BN_value_one(), -1);
            uint8_t expected[2 * P256_BYTES];

            for (int i = 0; i < P256_COMB_TEETH; i++) {
                if ((digit >> i & 1) != 0) {
                    assert_int_equal(BN_set_bit(k, 64 * i + P256_COMB_COLUMNS * block), 1);
                }
            }
            oracle(expected, k, NULL);
            memcpy(point.x, entry->x, sizeof(point.x));
            memcpy(point.y, entry->y, sizeof(point.y));
            assert_point(&point, expected);
        }
    }
}

static void test_multiples(void **state)
{
    (void)state;
    BIGNUM *list[SCALARS_MAX];
    unsigned int count = scalars(list);
    EC_POINT *q = EC_POINT_new(group);
    struct p256_point point, product;
    uint8_t expected[2 * P256_BYTES];
    uint64_t k[P256_LIMBS];

    assert_true(count <= SCALARS_MAX);
    assert_int_equal(EC_POINT_mul(group, q, list[count - 1], NULL, NULL, pool), 1);
    coordinates(expected, q);
    assert_true(p256_read_point(&point, expected));
    for (unsigned int i = 0; i < count; i++) {
        limbs_of(k, list[i]);
        oracle(expected, list[i], NULL);
        p256_mul_base(&product, k);
        assert_point(&product, expected);
        oracle(expected, list[i], q);
        p256_mul(&product, k, &point);
        assert_point(&product, expected);
    }
    product = point; // in place
    p256_mul(&product, k, &product);
    assert_point(&product, expected);
    EC_POINT_free(q);
}

static void test_scalars_beyond_the_order(void **state)
{
    (void)state;
    struct p256_point point;
    uint8_t expected[2 * P256_BYTES];
    uint64_t k[P256_LIMBS] = { 0 };

    p256_mul_base(&point, k);
    assert_true(is_infinity(&point));
    limbs_of(k, n);
    p256_mul_base(&point, k);
    assert_true(is_infinity(&point));
    for (long i = 1; i < 40; i++) {
        limbs_of(k, near(n, i));
        oracle(expected, near(BN_value_one(), i - 1), NULL);
        p256_mul_base(&point, k);
        assert_point(&point, expected);
    }
    memset(k, 0xff, sizeof(k));
    BIGNUM *all = near(BN_value_one(), 0);

    BN_lshift(all, all, 256);
    oracle(expected, near(all, -1), NULL);
    p256_mul_base(&point, k);
    assert_point(&point, expected);

    memset(k, 0, sizeof(k));
    p256_mul(&point, k, &point);
    assert_true(is_infinity(&point));
}

static void test_addition(void **state)
{
    (void)state;
    const uint64_t zero[P256_LIMBS] = { 0 };
    const uint64_t two[P256_LIMBS] = { 2 }, three[P256_LIMBS] = { 3 }, five[P256_LIMBS] = { 5 };
    struct p256_point a, b, sum, nothing;
    uint8_t expected[2 * P256_BYTES];

    p256_mul_base(&a, two);
    p256_mul_base(&b, three);
    p256_mul_base(&nothing, zero);
    p256_add(&sum, &a, &b);
    oracle(expected, number("5"), NULL);
    assert_point(&sum, expected);
    p256_add(&sum, &sum, &sum);
    oracle(expected, number("A"), NULL);
    assert_point(&sum, expected);

    // Equal with different denominators
    p256_mul_base(&sum, five);
    p256_add(&a, &a, &b);
    p256_add(&sum, &sum, &a);
    assert_point(&sum, expected);

    p256_add(&sum, &b, &nothing);
    oracle(expected, number("3"), NULL);
    assert_point(&sum, expected);
    p256_add(&sum, &nothing, &b);
    assert_point(&sum, expected);
    p256_add(&sum, &nothing, &nothing);
    assert_true(is_infinity(&sum));
    a = b;
    p256_field_sub(a.y, zero, b.y);
    p256_add(&sum, &a, &b);
    assert_true(is_infinity(&sum));
}

static void test_hostile_points(void **state)
{
    (void)state;
    uint8_t good[2 * P256_BYTES], bad[2 * P256_BYTES];
    uint8_t secret[P256_BYTES], key[P256_BYTES] = { [31] = 7 };
    uint8_t zero[P256_BYTES] = { 0 };
    struct p256_point point;

    oracle(good, number("1234567"), NULL);
    assert_true(p256_ecdsa_is_public(good));
    for (unsigned int bit = 0; bit < 8 * sizeof(good); bit += 3) { // off the curve
        memcpy(bad, good, sizeof(bad));
        bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(p256_ecdsa_is_public(bad));
        memset(secret, 0xa5, sizeof(secret));
        assert_false(p256_ecdsa_agree(secret, key, bad));
        assert_memory_equal(secret, zero, sizeof(secret));
    }
    memset(bad, 0, sizeof(bad)); // what some say for infinity
    assert_false(p256_read_point(&point, bad));
    memset(bad, 0xff, sizeof(bad));
    assert_false(p256_read_point(&point, bad));
    memcpy(bad, good + P256_BYTES, P256_BYTES);
    memcpy(bad + P256_BYTES, good, P256_BYTES);
    assert_false(p256_read_point(&point, bad));

    // A coordinate of the curve plus p is not another name of it: there are points with an x that small
    EC_POINT *small = EC_POINT_new(group);
    int found = 0;

    for (long x = 0; x < 64; x++) {
        if (EC_POINT_set_compressed_coordinates(group, small, near(BN_value_one(), x - 1), 0,
                                                pool) == 1) {
            coordinates(good, small);
            assert_true(p256_read_point(&point, good));
            put(good, near(p, x));
            assert_false(p256_read_point(&point, good));
            found++;
        }
    }
    assert_true(found > 10);
    EC_POINT_free(small);
}

static void test_private_range(void **state)
{
    (void)state;
    uint8_t key[P256_BYTES] = { 0 }, public[P256_PUBLIC_BYTES], signature[P256_SIGNATURE_BYTES];
    const BIGNUM *refused[] = { near(BN_value_one(), -1), n, near(n, 1), p };
    uint8_t zero[P256_PUBLIC_BYTES] = { 0 };
    uint8_t one[P256_BYTES] = { [31] = 1 };
    uint8_t one_signature[P256_SIGNATURE_BYTES] = { [31] = 1, [63] = 1 };

    for (unsigned int i = 0; i <= 4; i++) {
        if (i < 4) {
            put(key, refused[i]);
        } else {
            memset(key, 0xff, sizeof(key));
        }
        assert_false(p256_ecdsa_is_private(key));
        memset(public, 0xa5, sizeof(public));
        assert_false(p256_ecdsa_public(public, key));
        assert_memory_equal(public, zero, sizeof(public));
        memset(signature, 0xa5, sizeof(signature));
        assert_false(p256_ecdsa_sign(signature, key, one, one, sizeof(one)));
        assert_memory_equal(signature, zero, sizeof(signature));
        assert_false(p256_ecdsa_sign(signature, one, key, one, sizeof(one)));
        assert_false(p256_ecdsa_verify_own(one_signature, key, one, sizeof(one)));
        oracle(public, number("5"), NULL);
        assert_false(p256_ecdsa_agree(signature, key, public));
    }
    put(key, near(n, -1));
    assert_true(p256_ecdsa_is_private(key));
    assert_true(p256_ecdsa_public(public, key));
    oracle(zero, near(n, -1), NULL);
    assert_memory_equal(public, zero, sizeof(public));
}

// RFC 6979 A.2.5: its k is the nonce
static const struct {
    const EVP_MD *(*hash)(void);
    const char *message, *k, *r, *s;
} vectors[] = {
    { EVP_sha256, "sample", "A6E3C57DD01ABE90086538398355DD4C3B17AA873382B0F24D6129493D8AAD60",
      "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
      "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8" },
    { EVP_sha512, "sample", "5FA81C63109BADB88C1F367B47DA606DA28CAD69AA22C4FE6AD7DF73A7173AA5",
      "8496A60B5E9B47C825488827E0495B0E3FA109EC4568FD3F8D1097678EB97F00",
      "2362AB1ADBE2B8ADF9CB9EDAB740EA6049C028114F2460F96554F61FAE3302FE" },
    { EVP_sha256, "test", "D16B6AE827F17175E040871A1C7EC3500192C4C92677336EC2537ACAEE0008E0",
      "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
      "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083" },
};

static void test_vectors(void **state)
{
    (void)state;
    uint8_t key[P256_BYTES], nonce[P256_BYTES], public[P256_PUBLIC_BYTES];
    uint8_t expected[P256_SIGNATURE_BYTES], signature[P256_SIGNATURE_BYTES];
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned int size;

    put_hex(key, "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
    assert_true(p256_ecdsa_public(public, key));
    put_hex(expected, "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6");
    put_hex(expected + P256_BYTES,
            "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");
    assert_memory_equal(public, expected, sizeof(public));
    for (unsigned int i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
        assert_int_equal(EVP_Digest(vectors[i].message, strlen(vectors[i].message), digest, &size,
                                    vectors[i].hash(), NULL),
                         1);
        put_hex(nonce, vectors[i].k);
        put_hex(expected, vectors[i].r);
        put_hex(expected + P256_BYTES, vectors[i].s);
        assert_true(p256_ecdsa_sign(signature, key, nonce, digest, size));
        assert_memory_equal(signature, expected, sizeof(signature));
        assert_true(p256_ecdsa_verify(signature, public, digest, size));
    }
}

// NIST's CAVP for SP 800-56A, KAS_ECC_CDH_PrimitiveTest, P-256, first
static void test_agreement(void **state)
{
    (void)state;
    uint8_t key[P256_BYTES], other[P256_BYTES], secret[P256_BYTES], expected[2 * P256_BYTES];
    uint8_t peer[P256_PUBLIC_BYTES], mine[P256_PUBLIC_BYTES];

    put_hex(key, "7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534");
    put_hex(peer, "700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287");
    put_hex(peer + P256_BYTES, "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac");
    put_hex(expected, "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b");
    assert_true(p256_ecdsa_agree(secret, key, peer));
    assert_memory_equal(secret, expected, sizeof(secret));

    assert_true(p256_ecdsa_public(mine, key));
    put(other, near(n, -2));
    assert_true(p256_ecdsa_public(peer, other));
    assert_true(p256_ecdsa_agree(secret, key, peer));
    assert_true(p256_ecdsa_agree(expected, other, mine));
    assert_memory_equal(secret, expected, sizeof(secret));
}

static EVP_PKEY_CTX *openssl_key(const uint8_t key[P256_BYTES],
                                 const uint8_t public[P256_PUBLIC_BYTES])
{
    uint8_t form[1 + P256_PUBLIC_BYTES] = { POINT_CONVERSION_UNCOMPRESSED };
    OSSL_PARAM_BLD *list = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *pair = NULL;
    BIGNUM *d = BN_bin2bn(key, P256_BYTES, NULL);

    memcpy(form + 1, public, P256_PUBLIC_BYTES);
    assert_int_equal(OSSL_PARAM_BLD_push_utf8_string(list, "group", "prime256v1", 0), 1);
    assert_int_equal(OSSL_PARAM_BLD_push_BN(list, "priv", d), 1);
    assert_int_equal(OSSL_PARAM_BLD_push_octet_string(list, "pub", form, sizeof(form)), 1);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(list);

    assert_int_equal(EVP_PKEY_fromdata_init(maker), 1);
    assert_int_equal(EVP_PKEY_fromdata(maker, &pair, EVP_PKEY_KEYPAIR, params), 1);
    EVP_PKEY_CTX *user = EVP_PKEY_CTX_new(pair, NULL);

    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(list);
    EVP_PKEY_CTX_free(maker);
    EVP_PKEY_free(pair);
    BN_free(d);
    return user;
}

static bool openssl_verifies(EVP_PKEY_CTX *user, const uint8_t signature[P256_SIGNATURE_BYTES],
                             const uint8_t *digest, size_t size)
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    uint8_t *der = NULL;

    ECDSA_SIG_set0(pair, BN_bin2bn(signature, P256_BYTES, NULL),
                   BN_bin2bn(signature + P256_BYTES, P256_BYTES, NULL));
    int der_size = i2d_ECDSA_SIG(pair, &der);

    assert_true(der_size > 0);
    assert_int_equal(EVP_PKEY_verify_init(user), 1);
    bool good = EVP_PKEY_verify(user, der, (size_t)der_size, digest, size) == 1;

    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    return good;
}

static void openssl_signs(EVP_PKEY_CTX *user, uint8_t signature[P256_SIGNATURE_BYTES],
                          const uint8_t *digest, size_t size)
{
    uint8_t der[80];
    const uint8_t *at = der;
    size_t der_size = sizeof(der);

    assert_int_equal(EVP_PKEY_sign_init(user), 1);
    assert_int_equal(EVP_PKEY_sign(user, der, &der_size, digest, size), 1);
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)der_size);

    assert_non_null(pair);
    put(signature, ECDSA_SIG_get0_r(pair));
    put(signature + P256_BYTES, ECDSA_SIG_get0_s(pair));
    ECDSA_SIG_free(pair);
}

// Ours verify there and theirs here, with digests of every length; no changed bit of anything verifies
static void test_signatures(void **state)
{
    (void)state;
    uint8_t key[P256_BYTES], nonce[P256_BYTES], public[P256_PUBLIC_BYTES], digest[64];
    uint8_t signature[P256_SIGNATURE_BYTES];

    for (size_t size = 0; size <= sizeof(digest); size++) {
        BIGNUM *d = BN_CTX_get(pool);

        assert_int_equal(BN_rand_range(d, near(n, -1)), 1);
        put(key, near(d, 1));
        assert_int_equal(BN_rand_range(d, near(n, -1)), 1);
        put(nonce, near(d, 1));
        assert_int_equal(RAND_bytes(digest, sizeof(digest)), 1);
        assert_true(p256_ecdsa_public(public, key));
        EVP_PKEY_CTX *theirs = openssl_key(key, public);

        assert_true(p256_ecdsa_sign(signature, key, nonce, digest, size));
        assert_true(openssl_verifies(theirs, signature, digest, size));
        assert_true(p256_ecdsa_verify(signature, public, digest, size));
        openssl_signs(theirs, signature, digest, size);
        assert_true(p256_ecdsa_verify(signature, public, digest, size));
        assert_true(p256_ecdsa_verify_own(signature, key, digest, size));
        EVP_PKEY_CTX_free(theirs);

        size_t bit = 8 * size + 5; // another one each time

        signature[bit / 8 % 64] ^= (uint8_t)(1 << bit % 8);
        assert_false(p256_ecdsa_verify(signature, public, digest, size));
        assert_false(p256_ecdsa_verify_own(signature, key, digest, size));
        signature[bit / 8 % 64] ^= (uint8_t)(1 << bit % 8);
        public[63] ^= 1;
        assert_false(p256_ecdsa_verify(signature, public, digest, size));
        public[63] ^= 1;
        if (size > 0 && size <= 32) {
            digest[size - 1] ^= 1;
            assert_false(p256_ecdsa_verify(signature, public, digest, size));
        }
    }
}

// r and s must be in [1, n - 1], even where the number modulo n would do
static void test_signature_range(void **state)
{
    (void)state;
    uint8_t key[P256_BYTES] = { [31] = 9 }, nonce[P256_BYTES] = { [31] = 3 };
    uint8_t public[P256_PUBLIC_BYTES], signature[P256_SIGNATURE_BYTES], bad[P256_SIGNATURE_BYTES];
    uint8_t digest[32] = { 1, 2, 3 };

    assert_true(p256_ecdsa_public(public, key));
    assert_true(p256_ecdsa_sign(signature, key, nonce, digest, sizeof(digest)));
    const BIGNUM *values[] = { near(BN_value_one(), -1), n, near(n, 1), p };

    for (unsigned int half = 0; half < 2; half++) {
        for (unsigned int i = 0; i < 4; i++) {
            memcpy(bad, signature, sizeof(bad));
            put(bad + P256_BYTES * half, values[i]);
            assert_false(p256_ecdsa_verify(bad, public, digest, sizeof(digest)));
            assert_false(p256_ecdsa_verify_own(bad, key, digest, sizeof(digest)));
        }
    }
    memset(bad, 0, sizeof(bad));
    assert_false(p256_ecdsa_verify(bad, public, digest, sizeof(digest)));
    memset(digest, 0, sizeof(digest));
    assert_false(p256_ecdsa_verify(bad, public, digest, sizeof(digest)));
}

// A digest of zero is a number like others; so is one of n and above
static void test_digest_range(void **state)
{
    (void)state;
    uint8_t key[P256_BYTES] = { [31] = 9 }, nonce[P256_BYTES] = { [0] = 3 };
    uint8_t public[P256_PUBLIC_BYTES], signature[P256_SIGNATURE_BYTES], again[P256_SIGNATURE_BYTES];
    uint8_t digest[32] = { 0 };

    assert_true(p256_ecdsa_public(public, key));
    assert_true(p256_ecdsa_sign(signature, key, nonce, digest, sizeof(digest)));
    assert_true(p256_ecdsa_verify(signature, public, digest, sizeof(digest)));
    put(digest, n);
    assert_true(p256_ecdsa_sign(again, key, nonce, digest, sizeof(digest)));
    assert_memory_equal(again, signature, sizeof(again));
    assert_true(p256_ecdsa_verify(signature, public, digest, sizeof(digest)));
    memset(digest, 0xff, sizeof(digest));
    assert_true(p256_ecdsa_sign(again, key, nonce, digest, sizeof(digest)));
    assert_true(p256_ecdsa_verify(again, public, digest, sizeof(digest)));
}

// With the public key G and the digest r, both halves of the sum are the same point u * G, and r = x(2 * u * G) verifies; with
// the digest -r they cancel out, and nothing verifies
static void test_halves_meet(void **state)
{
    (void)state;
    uint8_t public[P256_PUBLIC_BYTES], signature[P256_SIGNATURE_BYTES], digest[P256_BYTES];
    uint8_t point[2 * P256_BYTES];
    BIGNUM *u = number("123456789ABCDEF"), *r = BN_CTX_get(pool), *s = BN_CTX_get(pool);

    oracle(public, BN_value_one(), NULL);
    oracle(point, number("2468ACF13579BDE"), NULL);
    BN_bin2bn(point, P256_BYTES, r);
    assert_int_equal(BN_nnmod(r, r, n, pool), 1);
    assert_non_null(BN_mod_inverse(s, u, n, pool));
    assert_int_equal(BN_mod_mul(s, s, r, n, pool), 1);
    put(signature, r);
    put(signature + P256_BYTES, s);
    put(digest, r);
    uint8_t one[P256_BYTES] = { [31] = 1 };

    assert_true(p256_ecdsa_verify(signature, public, digest, sizeof(digest)));
    assert_true(p256_ecdsa_verify_own(signature, one, digest, sizeof(digest)));
    assert_int_equal(BN_sub(r, n, r), 1);
    put(digest, r);
    assert_false(p256_ecdsa_verify(signature, public, digest, sizeof(digest)));
    assert_false(p256_ecdsa_verify_own(signature, one, digest, sizeof(digest)));
}

// Points whose x is n or more: r is x - n there
static void test_x_beyond_the_order(void **state)
{
    (void)state;
    EC_POINT *high = EC_POINT_new(group);
    uint8_t bytes[2 * P256_BYTES];
    struct p256_point point;
    uint64_t x[P256_LIMBS];
    int found = 0;

    for (long i = 1; i < 64; i++) {
        if (EC_POINT_set_compressed_coordinates(group, high, near(n, i), 1, pool) == 1) {
            coordinates(bytes, high);
            assert_true(p256_read_point(&point, bytes));
            limbs_of(x, near(BN_value_one(), i - 1));
            assert_true(p256_x_is(&point, x));
            limbs_of(x, near(BN_value_one(), i));
            assert_false(p256_x_is(&point, x));
            found++;
        }
    }
    assert_true(found > 10);
    memset(&point, 0, sizeof(point));
    memset(x, 0, sizeof(x));
    assert_false(p256_x_is(&point, x));
    EC_POINT_free(high);
}

// What signing leaves behind on its stack

struct job {
    uint8_t key[P256_BYTES], nonce[P256_BYTES], digest[P256_BYTES];
    uint8_t signature[P256_SIGNATURE_BYTES];
    uint8_t peer[P256_PUBLIC_BYTES];
    uint8_t secret[P256_BYTES];
    bool good;
};

static void *sign(void *argument)
{
    struct job *job = argument;

    job->good = p256_ecdsa_sign(job->signature, job->key, job->nonce, job->digest, P256_BYTES);
    return NULL;
}

static void *verify_own(void *argument)
{
    struct job *job = argument;

    job->good = p256_ecdsa_verify_own(job->signature, job->key, job->digest, P256_BYTES);
    return NULL;
}

static void *agree(void *argument)
{
    struct job *job = argument;

    job->good = p256_ecdsa_agree(job->secret, job->key, job->peer);
    return NULL;
}

static _Alignas(4096) uint8_t stack[STACK_SIZE];

static void run_on_stack(void *(*work)(void *job), struct job *job)
{
    pthread_attr_t attributes;
    pthread_t thread;

    job->good = false;
    memset(stack, 0, STACK_SIZE);
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, STACK_SIZE), 0);
    assert_int_equal(pthread_create(&thread, &attributes, work, job), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(pthread_attr_destroy(&attributes), 0);
    assert_true(job->good);
}

// Two of its limbs, one behind the other; single ones are in saved registers. The sanitizer has marks of its own there
static __attribute__((no_sanitize("address"))) bool is_on_stack(const uint64_t a[P256_LIMBS])
{
    const volatile uint64_t *words = (const volatile uint64_t *)stack;

    for (size_t i = 0; i + 1 < STACK_SIZE / sizeof(*words); i++) {
        for (size_t j = 0; j + 1 < P256_LIMBS; j++) {
            if (words[i] == a[j] && words[i + 1] == a[j + 1]) {
                return true;
            }
        }
    }
    return false;
}

// `value` as it is, and less n, modulo 2^256
static bool is_left(const BIGNUM *value)
{
    uint64_t limbs[P256_LIMBS];
    uint64_t less[P256_LIMBS];

    limbs_of(limbs, value);
    limbs_of(less, n);
    (void)p256_sub_limbs(less, limbs, less);
    return is_on_stack(limbs) || is_on_stack(less);
}

static BIGNUM *random_scalar(void)
{
    BIGNUM *value = BN_CTX_get(pool);

    assert_int_equal(BN_rand_range(value, near(n, -1)), 1);
    return near(value, 1);
}

// Each of these numbers gives the private key away, with what the signature and the digest tell
static void test_signing_leaves_no_secrets(void **state)
{
    (void)state;
    struct job job;
    struct p256_point point;
    uint64_t limbs[P256_LIMBS];
    BIGNUM *d = random_scalar(), *k = random_scalar(), *sum = BN_CTX_get(pool);

    put(job.key, d);
    put(job.nonce, k);
    assert_int_equal(RAND_bytes(job.digest, sizeof(job.digest)), 1);
    run_on_stack(sign, &job);
    BIGNUM *e = BN_bin2bn(job.digest, P256_BYTES, BN_CTX_get(pool));
    BIGNUM *r = BN_bin2bn(job.signature, P256_BYTES, BN_CTX_get(pool));
    BIGNUM *s = BN_bin2bn(job.signature + P256_BYTES, P256_BYTES, BN_CTX_get(pool));

    assert_int_equal(BN_mod_mul(sum, r, d, n, pool), 1);
    assert_int_equal(BN_mod_add(sum, sum, e, n, pool), 1);
    assert_false(is_left(d));
    assert_false(is_left(k));
    assert_false(is_left(sum)); // e + r * d
    limbs_of(limbs, k);
    p256_mul_base(&point, limbs);
    assert_false(is_on_stack(point.z));

    run_on_stack(verify_own, &job);
    assert_non_null(BN_mod_inverse(s, s, n, pool));
    assert_int_equal(BN_mod_mul(sum, sum, s, n, pool), 1);
    assert_false(is_left(d));
    assert_false(is_left(sum)); // (e + r * d) / s: the nonce
}

// The secret, as it is and in Montgomery form, and three times that, which the curve's equation has
static void test_agreement_leaves_no_secrets(void **state)
{
    (void)state;
    struct job job;
    uint64_t limbs[P256_LIMBS];
    BIGNUM *d = random_scalar(), *x = BN_CTX_get(pool), *three = BN_CTX_get(pool);

    put(job.key, random_scalar());
    assert_true(p256_ecdsa_public(job.peer, job.key));
    put(job.key, d);
    run_on_stack(agree, &job);
    assert_non_null(BN_bin2bn(job.secret, P256_BYTES, x));
    assert_false(is_left(d));
    assert_false(is_left(x));
    assert_int_equal(BN_lshift(x, x, 256), 1);
    assert_int_equal(BN_mod(x, x, p, pool), 1);
    limbs_of(limbs, x);
    assert_false(is_on_stack(limbs));
    assert_int_equal(BN_mod_add(three, x, x, p, pool), 1);
    assert_int_equal(BN_mod_add(three, three, x, p, pool), 1);
    limbs_of(limbs, three);
    assert_false(is_on_stack(limbs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_multiples),
        cmocka_unit_test(test_scalars_beyond_the_order),
        cmocka_unit_test(test_addition),
        cmocka_unit_test(test_hostile_points),
        cmocka_unit_test(test_private_range),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_agreement),
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_signature_range),
        cmocka_unit_test(test_digest_range),
        cmocka_unit_test(test_halves_meet),
        cmocka_unit_test(test_x_beyond_the_order),
        cmocka_unit_test(test_signing_leaves_no_secrets),
        cmocka_unit_test(test_agreement_leaves_no_secrets),
    };

    return cmocka_run_group_tests_name("p256", tests, setup, teardown);
}
