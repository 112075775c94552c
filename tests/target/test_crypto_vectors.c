// SPDX-License-Identifier: BSD-3-Clause
//
// What the partitions compute with assembly (platform/external/accel, platform/lib/crypto/p256*.c on arm64) is what OpenSSL computes
// here: GCM of every length up to 25 blocks, the modes of AES, ChaCha20-Poly1305, P-256 with keys at the ends of their range; with the core's instructions,
// without those for AES, without those for polynomials. sp_accel computes; both sides make the input out of the same number and
// compare one digest of all results.
#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include "tests/target/sp_accel/accel_proto.h"
#include "tests/target/target.h"

#define HWCAP_AES (1ull << 3)
#define HWCAP_PMULL (1ull << 4)

static EVP_MD_CTX *sum;

static void on_accel_image(void)
{
    struct h_options o = target_options();

    o.flash = TESSERA_IMAGES "/accel/flash.bin";
    target_machine(&o);
    struct ffa_args version = call(FFA_VERSION, FFA_VERSION_1_2);

    assert_int_equal(version.x[0], FFA_VERSION_1_2);
}

static struct ffa_args ask(uint64_t command, uint64_t argument)
{
    struct ffa_args args = call(FFA_MSG_SEND_DIRECT_REQ_64, ACCEL_ID, 0, command, argument);

    assert_int_equal(args.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    return args;
}

static void begin(void)
{
    sum = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestInit_ex(sum, EVP_sha256(), NULL), 1);
}

static void add(const uint8_t *bytes, size_t size)
{
    assert_int_equal(EVP_DigestUpdate(sum, bytes, size), 1);
}

// The partition's digest is ours
static void compare(uint64_t command, uint64_t number)
{
    uint8_t expected[32];
    struct ffa_args args = ask(command, number);

    assert_int_equal(EVP_DigestFinal_ex(sum, expected, NULL), 1);
    EVP_MD_CTX_free(sum);
    if (args.x[3] != 0) {
        fail_msg("case %lld of the partition is wrong in itself", (long long)args.x[3] - 1);
    }
    assert_memory_equal(&args.x[4], expected, sizeof(expected));
}

static void gcm_of(const uint8_t *key, unsigned int i, const uint8_t *iv, const uint8_t *ad,
                   const uint8_t *text)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    static const char *const names[] = { "AES-128-GCM", "AES-192-GCM", "AES-256-GCM" };
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, names[i % 3], NULL);
    uint8_t out[ACCEL_TEXT_MAX], tag[16];
    int done;

    assert_int_equal(EVP_EncryptInit_ex(ctx, cipher, NULL, NULL, NULL), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_IVLEN, (int)ACCEL_GCM_IV(i), NULL),
                     1);
    assert_int_equal(EVP_EncryptInit_ex(ctx, NULL, NULL, key, iv), 1);
    if (ACCEL_GCM_AD(i) != 0) {
        assert_int_equal(EVP_EncryptUpdate(ctx, NULL, &done, ad, (int)ACCEL_GCM_AD(i)), 1);
    }
    if (i != 0) {
        assert_int_equal(EVP_EncryptUpdate(ctx, out, &done, text, (int)i), 1);
    }
    assert_int_equal(EVP_EncryptFinal_ex(ctx, out + i, &done), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, 16, tag), 1);
    add(out, i);
    add(tag, sizeof(tag));
    EVP_CIPHER_free(cipher);
    EVP_CIPHER_CTX_free(ctx);
}

static void check_gcm(uint64_t hwcap)
{
    struct accel_stream stream = { 0x123456789abcdef1 };
    uint8_t key[32], iv[64], ad[64], text[ACCEL_TEXT_MAX];

    on_accel_image();
    (void)ask(ACCEL_HWCAP, hwcap);
    begin();
    for (unsigned int i = 0; i < ACCEL_GCM_CASES; i++) {
        accel_take(&stream, key, sizeof(key));
        accel_take(&stream, iv, sizeof(iv));
        accel_take(&stream, ad, sizeof(ad));
        accel_take(&stream, text, i);
        gcm_of(key, i, iv, ad, text);
    }
    compare(ACCEL_GCM, 0x123456789abcdef1);
}

static void gcm_with_instructions(void **state)
{
    (void)state;
    check_gcm(UINT64_MAX);
}

static void gcm_without_instructions(void **state)
{
    (void)state;
    check_gcm(0);
}

static void gcm_without_polynomials(void **state)
{
    (void)state;
    check_gcm(~HWCAP_PMULL);
}

static void gcm_without_aes(void **state)
{
    (void)state;
    check_gcm(~HWCAP_AES);
}

static void chacha(void **state)
{
    (void)state;
    struct accel_stream stream = { 0x0f1e2d3c4b5a6978 };
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t key[32], iv[12], ad[64], text[ACCEL_TEXT_MAX], out[ACCEL_TEXT_MAX], tag[16];
    int done;

    on_accel_image();
    begin();
    for (unsigned int i = 0; i < ACCEL_CHACHA_CASES; i++) {
        accel_take(&stream, key, sizeof(key));
        accel_take(&stream, iv, sizeof(iv));
        accel_take(&stream, ad, sizeof(ad));
        accel_take(&stream, text, i);
        assert_int_equal(EVP_EncryptInit_ex(ctx, EVP_chacha20_poly1305(), NULL, key, iv), 1);
        assert_int_equal(EVP_EncryptUpdate(ctx, NULL, &done, ad, (int)ACCEL_GCM_AD(i)), 1);
        if (i != 0) {
            assert_int_equal(EVP_EncryptUpdate(ctx, out, &done, text, (int)i), 1);
        }
        assert_int_equal(EVP_EncryptFinal_ex(ctx, out + i, &done), 1);
        assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, tag), 1);
        add(out, i);
        add(tag, sizeof(tag));
    }
    EVP_CIPHER_CTX_free(ctx);
    compare(ACCEL_CHACHA, 0x0f1e2d3c4b5a6978);
}

static void mode_of(const char *mode, const uint8_t *key, unsigned int i, const uint8_t iv[16],
                    const uint8_t *text, size_t size)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    char name[32];
    uint8_t out[ACCEL_TEXT_MAX + 16];
    int done = 0;

    snprintf(name, sizeof(name), "AES-%zu-%s", 8 * ACCEL_KEY_BYTES((size_t)i), mode);
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);

    assert_non_null(cipher);
    assert_int_equal(EVP_EncryptInit_ex(ctx, cipher, NULL, key, iv), 1);
    assert_int_equal(EVP_CIPHER_CTX_set_padding(ctx, 0), 1);
    if (size != 0) {
        assert_int_equal(EVP_EncryptUpdate(ctx, out, &done, text, (int)size), 1);
        assert_int_equal(done, size);
    }
    add(out, size);
    EVP_CIPHER_free(cipher);
    EVP_CIPHER_CTX_free(ctx);
}

static void check_aes(uint64_t hwcap)
{
    struct accel_stream stream = { 0xfedcba9876543211 };
    uint8_t key[32], iv[64], text[ACCEL_TEXT_MAX];

    on_accel_image();
    (void)ask(ACCEL_HWCAP, hwcap);
    begin();
    for (unsigned int i = 0; i < ACCEL_AES_CASES; i++) {
        size_t odd = 5 * (size_t)i;

        accel_take(&stream, key, sizeof(key));
        accel_take(&stream, iv, sizeof(iv));
        accel_take(&stream, text, sizeof(text));
        memset(iv + 16 - i % 16, 0xff, i % 16);
        mode_of("ECB", key, i, NULL, text, 16);
        mode_of("CBC", key, i, iv, text, 16 * (size_t)(i % 40));
        mode_of("CTR", key, i, iv, text, odd);
        mode_of("CFB", key, i, iv, text, odd);
        mode_of("OFB", key, i, iv, text, odd);
        mode_of("CFB8", key, i, iv, text, i);
    }
    compare(ACCEL_AES, 0xfedcba9876543211);
}

static void aes_with_instructions(void **state)
{
    (void)state;
    check_aes(UINT64_MAX);
}

static void aes_without_instructions(void **state)
{
    (void)state;
    check_aes(0);
}

// memcpy() and memset() of the partitions' runtime are assembly, too
static void copies(void **state)
{
    (void)state;
    on_accel_image();
    struct ffa_args args = ask(ACCEL_COPY, 0);

    if (args.x[3] != 0) {
        fail_msg("%lld bytes are copied or filled wrongly", (long long)args.x[3] - 1);
    }
}

// ---- P-256 -----------------------------------------------------------------------------------------------------------

static EC_GROUP *group;
static BN_CTX *pool;
static BIGNUM *n;

static void add_number(const BIGNUM *value)
{
    uint8_t bytes[32];

    assert_int_equal(BN_bn2binpad(value, bytes, sizeof(bytes)), sizeof(bytes));
    add(bytes, sizeof(bytes));
}

// r = k * q, and its x; k * G without a q
static void multiple(BIGNUM *x, EC_POINT *r, const BIGNUM *k, const EC_POINT *q)
{
    BIGNUM *y = BN_CTX_get(pool);

    assert_int_equal(EC_POINT_mul(group, r, q == NULL ? k : NULL, q, q == NULL ? NULL : k, pool),
                     1);
    assert_int_equal(EC_POINT_get_affine_coordinates(group, r, x, y, pool), 1);
}

static void add_point(const EC_POINT *point)
{
    BIGNUM *x = BN_CTX_get(pool), *y = BN_CTX_get(pool);

    assert_int_equal(EC_POINT_get_affine_coordinates(group, point, x, y, pool), 1);
    add_number(x);
    add_number(y);
}

// s = (e + r * d) / k
static void add_signature(const BIGNUM *d, const BIGNUM *k, const BIGNUM *e)
{
    BIGNUM *r = BN_CTX_get(pool), *s = BN_CTX_get(pool), *inverse = BN_CTX_get(pool);
    EC_POINT *point = EC_POINT_new(group);

    multiple(r, point, k, NULL);
    assert_int_equal(BN_nnmod(r, r, n, pool), 1);
    assert_int_equal(BN_mod_mul(s, r, d, n, pool), 1);
    assert_int_equal(BN_mod_add(s, s, e, n, pool), 1);
    assert_non_null(BN_mod_inverse(inverse, k, n, pool));
    assert_int_equal(BN_mod_mul(s, s, inverse, n, pool), 1);
    add_number(r);
    add_number(s);
    EC_POINT_free(point);
}

static void p256_case(struct accel_stream *stream, unsigned int i, EC_POINT *peer)
{
    uint8_t bytes[32];
    EC_POINT *public = EC_POINT_new(group);
    BIGNUM *d = BN_CTX_get(pool), *k = BN_CTX_get(pool), *e = BN_CTX_get(pool);
    BIGNUM *x = BN_CTX_get(pool);

    accel_take(stream, bytes, sizeof(bytes));
    bytes[0] &= 0x7f;
    BN_bin2bn(bytes, sizeof(bytes), d);
    if (i < 4) {
        BN_set_word(d, i + 1);
    } else if (i < 12) {
        BN_copy(d, n);
        BN_sub_word(d, i - 3);
    }
    accel_take(stream, bytes, sizeof(bytes));
    bytes[0] &= 0x7f;
    BN_bin2bn(bytes, sizeof(bytes), k);
    accel_take(stream, bytes, sizeof(bytes));
    BN_bin2bn(bytes, sizeof(bytes), e);
    multiple(x, public, d, NULL);
    add_point(public);
    multiple(x, peer, d, peer);
    add_number(x);
    add_signature(d, k, e);
    EC_POINT_copy(peer, public);
    EC_POINT_free(public);
}

static void p256(void **state)
{
    (void)state;
    struct accel_stream stream = { 0x5555aaaa12345677 };

    on_accel_image();
    begin();
    group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    pool = BN_CTX_new();
    BN_CTX_start(pool);
    n = BN_CTX_get(pool);
    assert_int_equal(EC_GROUP_get_order(group, n, pool), 1);
    EC_POINT *peer = EC_POINT_new(group);
    BIGNUM *five = BN_CTX_get(pool);

    BN_set_word(five, 5);
    assert_int_equal(EC_POINT_mul(group, peer, five, NULL, NULL, pool), 1);
    for (unsigned int i = 0; i < ACCEL_P256_CASES; i++) {
        p256_case(&stream, i, peer);
    }
    compare(ACCEL_P256, 0x5555aaaa12345677);
    EC_POINT_free(peer);
    BN_CTX_end(pool);
    BN_CTX_free(pool);
    EC_GROUP_free(group);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p256),
        cmocka_unit_test(copies),
        cmocka_unit_test(gcm_with_instructions),
        cmocka_unit_test(gcm_without_instructions),
        cmocka_unit_test(gcm_without_polynomials),
        cmocka_unit_test(gcm_without_aes),
        cmocka_unit_test(chacha),
        cmocka_unit_test(aes_with_instructions),
        cmocka_unit_test(aes_without_instructions),
    };

    return cmocka_run_group_tests_name("crypto_vectors", tests, NULL, target_stop);
}
