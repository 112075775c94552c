// SPDX-License-Identifier: BSD-3-Clause
//
// GCM of the partitions (platform/external/accel): published vectors, OpenSSL as the oracle for every length around a block and every
// way to cut the input, and what mbedtls/gcm.h orders for bad input. The blocks are the portable ones here; tests/target has the
// same vectors for the assembly.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <mbedtls/gcm.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#define TEXT_MAX 300

struct gcm_case {
    unsigned int bits;
    size_t iv_size, ad_size, size;
    uint8_t key[32], iv[80], ad[80], text[TEXT_MAX];
};

static void fill(struct gcm_case *c, unsigned int bits, size_t iv_size, size_t ad_size, size_t size)
{
    *c = (struct gcm_case){ .bits = bits, .iv_size = iv_size, .ad_size = ad_size, .size = size };
    assert_int_equal(RAND_bytes(c->key, sizeof(c->key)), 1);
    assert_int_equal(RAND_bytes(c->iv, sizeof(c->iv)), 1);
    assert_int_equal(RAND_bytes(c->ad, sizeof(c->ad)), 1);
    assert_int_equal(RAND_bytes(c->text, sizeof(c->text)), 1);
}

static void oracle(const struct gcm_case *c, uint8_t *out, uint8_t tag[16])
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *cipher = c->bits == 128   ? EVP_aes_128_gcm()
                               : c->bits == 192 ? EVP_aes_192_gcm()
                                                : EVP_aes_256_gcm();
    int done;

    assert_int_equal(EVP_EncryptInit_ex(ctx, cipher, NULL, NULL, NULL), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_IVLEN, (int)c->iv_size, NULL), 1);
    assert_int_equal(EVP_EncryptInit_ex(ctx, NULL, NULL, c->key, c->iv), 1);
    if (c->ad_size != 0) {
        assert_int_equal(EVP_EncryptUpdate(ctx, NULL, &done, c->ad, (int)c->ad_size), 1);
    }
    if (c->size != 0) {
        assert_int_equal(EVP_EncryptUpdate(ctx, out, &done, c->text, (int)c->size), 1);
    }
    assert_int_equal(EVP_EncryptFinal_ex(ctx, out + c->size, &done), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, 16, tag), 1);
    EVP_CIPHER_CTX_free(ctx);
}

static void start(mbedtls_gcm_context *gcm, const struct gcm_case *c)
{
    mbedtls_gcm_init(gcm);
    assert_int_equal(mbedtls_gcm_setkey(gcm, MBEDTLS_CIPHER_ID_AES, c->key, c->bits), 0);
}

// Encrypts, decrypts, and decrypts what was changed, all at once
static void check_one_shot(const struct gcm_case *c)
{
    uint8_t expected[TEXT_MAX], expected_tag[16], out[TEXT_MAX], tag[16];
    uint8_t zero[TEXT_MAX] = { 0 };
    mbedtls_gcm_context gcm;

    oracle(c, expected, expected_tag);
    start(&gcm, c);
    assert_int_equal(mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, c->size, c->iv,
                                               c->iv_size, c->ad, c->ad_size, c->text, out, 16,
                                               tag),
                     0);
    assert_memory_equal(out, expected, c->size);
    assert_memory_equal(tag, expected_tag, 16);

    // In place
    assert_int_equal(mbedtls_gcm_auth_decrypt(&gcm, c->size, c->iv, c->iv_size, c->ad, c->ad_size,
                                              tag, 16, out, out),
                     0);
    assert_memory_equal(out, c->text, c->size);

    tag[c->size % 16] ^= 0x80;
    assert_int_equal(mbedtls_gcm_auth_decrypt(&gcm, c->size, c->iv, c->iv_size, c->ad, c->ad_size,
                                              tag, 16, expected, out),
                     MBEDTLS_ERR_GCM_AUTH_FAILED);
    assert_memory_equal(out, zero, c->size);
    tag[c->size % 16] ^= 0x80;
    if (c->size != 0) {
        expected[c->size / 2] ^= 1;
        assert_int_equal(mbedtls_gcm_auth_decrypt(&gcm, c->size, c->iv, c->iv_size, c->ad,
                                                  c->ad_size, tag, 16, expected, out),
                         MBEDTLS_ERR_GCM_AUTH_FAILED);
    }
    mbedtls_gcm_free(&gcm);
}

static void test_lengths(void **state)
{
    (void)state;
    static const unsigned int bits[] = { 128, 192, 256 };
    struct gcm_case c;

    for (size_t size = 0; size <= 70; size++) {
        fill(&c, bits[size % 3], 12, 70 - size, size);
        check_one_shot(&c);
        fill(&c, bits[size % 3], 1 + size, size, (size * 7) % TEXT_MAX);
        check_one_shot(&c);
    }
}

// One message in pieces, each way there is to cut associated data and text once or twice, in both directions
static void check_pieces(const struct gcm_case *c, size_t cut_ad, size_t cut, size_t cut2)
{
    uint8_t expected[TEXT_MAX], expected_tag[16], out[TEXT_MAX], tag[16];
    const size_t ends[] = { cut, cut2, c->size };
    mbedtls_gcm_context gcm;
    size_t done = 0, count;

    oracle(c, expected, expected_tag);
    for (int mode = MBEDTLS_GCM_DECRYPT; mode <= MBEDTLS_GCM_ENCRYPT; mode++) {
        const uint8_t *in = mode == MBEDTLS_GCM_ENCRYPT ? c->text : expected;

        start(&gcm, c);
        assert_int_equal(mbedtls_gcm_starts(&gcm, mode, c->iv, c->iv_size), 0);
        assert_int_equal(mbedtls_gcm_update_ad(&gcm, c->ad, cut_ad), 0);
        assert_int_equal(mbedtls_gcm_update_ad(&gcm, c->ad + cut_ad, c->ad_size - cut_ad), 0);
        done = 0;
        for (int i = 0; i < 3; i++) {
            assert_int_equal(mbedtls_gcm_update(&gcm, in + done, ends[i] - done, out + done,
                                                ends[i] - done, &count),
                             0);
            assert_int_equal(count, ends[i] - done);
            done = ends[i];
        }
        assert_int_equal(mbedtls_gcm_finish(&gcm, NULL, 0, &count, tag, 16), 0);
        assert_int_equal(count, 0);
        assert_memory_equal(tag, expected_tag, 16);
        assert_memory_equal(out, mode == MBEDTLS_GCM_ENCRYPT ? expected : c->text, c->size);
        mbedtls_gcm_free(&gcm);
    }
}

static void test_pieces(void **state)
{
    (void)state;
    struct gcm_case c;

    fill(&c, 256, 12, 40, 70);
    for (size_t cut = 0; cut <= 70; cut++) {
        for (size_t cut2 = cut; cut2 <= 70; cut2 += 3) {
            check_pieces(&c, cut % 41, cut, cut2);
        }
    }
}

// The last 32 bits of the counter wrap, without a carry into the rest. The counter is set by hand: a nonce that leads there is hard
// to find
static void test_counter_wraps(void **state)
{
    (void)state;
    struct gcm_case c;
    mbedtls_gcm_context gcm;
    uint8_t out[TEXT_MAX], counter[16], block[16];
    size_t count;

    fill(&c, 128, 12, 0, TEXT_MAX);
    memset(c.text, 0, sizeof(c.text));
    start(&gcm, &c);
    assert_int_equal(mbedtls_gcm_starts(&gcm, MBEDTLS_GCM_ENCRYPT, c.iv, c.iv_size), 0);
    memset(gcm.counter + 12, 0xff, 4);
    gcm.counter[15] = 0xfd;
    assert_int_equal(mbedtls_gcm_update(&gcm, c.text, TEXT_MAX, out, TEXT_MAX, &count), 0);
    for (int i = 0; i < 6; i++) {
        EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
        int done;

        memcpy(counter, c.iv, 12);
        memset(counter + 12, i < 3 ? 0xff : 0, 4);
        counter[15] = (uint8_t)(0xfd + i);
        assert_int_equal(EVP_EncryptInit_ex(ctx, EVP_aes_128_ecb(), NULL, c.key, NULL), 1);
        assert_int_equal(EVP_EncryptUpdate(ctx, block, &done, counter, 16), 1);
        assert_memory_equal(out + 16 * i, block, 16);
        EVP_CIPHER_CTX_free(ctx);
    }
    mbedtls_gcm_free(&gcm);
}

static void hex(uint8_t *to, const char *text)
{
    long size;
    unsigned char *bytes = OPENSSL_hexstr2buf(text, &size);

    assert_non_null(bytes);
    memcpy(to, bytes, (size_t)size);
    OPENSSL_free(bytes);
}

// The GCM specification's test cases 4 and 18 (McGrew and Viega): a nonce of 12 bytes, and one of 60
static void test_vectors(void **state)
{
    (void)state;
    struct gcm_case c = { .bits = 128, .iv_size = 12, .ad_size = 20, .size = 60 };
    uint8_t expected[60], expected_tag[16], out[60], tag[16];
    mbedtls_gcm_context gcm;

    hex(c.key, "feffe9928665731c6d6a8f9467308308");
    hex(c.text, "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532f"
                "cf0e2449a6b525"
                "b16aedf5aa0de657ba637b39");
    hex(c.ad, "feedfacedeadbeeffeedfacedeadbeefabaddad2");
    hex(c.iv, "cafebabefacedbaddecaf888");
    hex(expected, "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c"
                  "7d8f6a5aac84aa05"
                  "1ba30b396a0aac973d58e091");
    hex(expected_tag, "5bc94fbc3221a5db94fae95ae7121a47");
    for (int i = 0; i < 2; i++) {
        start(&gcm, &c);
        assert_int_equal(mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, c.size, c.iv,
                                                   c.iv_size, c.ad, c.ad_size, c.text, out, 16,
                                                   tag),
                         0);
        assert_memory_equal(out, expected, sizeof(out));
        assert_memory_equal(tag, expected_tag, sizeof(tag));
        mbedtls_gcm_free(&gcm);
        c.bits = 256;
        c.iv_size = 60;
        hex(c.key, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        hex(c.iv, "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539"
                  "fcf0e2429a6b5254"
                  "16aedbf5a0de6a57a637b39b");
        hex(expected, "5a8def2f0c9e53f1f75d7853659e2a20eeb2b22aafde6419a058ab4f6f746bf40fc0c3b780f2"
                      "44452da3ebf1c5d82cde"
                      "a2418997200ef82e44ae7e3f");
        hex(expected_tag, "a44a8266ee1c8eb0c8b5d4cf5ae9f19a");
    }
}

static void test_bad_input(void **state)
{
    (void)state;
    struct gcm_case c;
    mbedtls_gcm_context gcm;
    uint8_t out[64], tag[17];
    size_t count;

    fill(&c, 256, 12, 0, 32);
    mbedtls_gcm_init(&gcm);
    assert_int_equal(mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, c.key, 64),
                     MBEDTLS_ERR_GCM_BAD_INPUT);
    assert_int_equal(mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_ARIA, c.key, 128),
                     MBEDTLS_ERR_GCM_BAD_INPUT);
    start(&gcm, &c);
    assert_int_equal(mbedtls_gcm_starts(&gcm, MBEDTLS_GCM_ENCRYPT, c.iv, 0),
                     MBEDTLS_ERR_GCM_BAD_INPUT);
    assert_int_equal(mbedtls_gcm_starts(&gcm, 2, c.iv, 12), MBEDTLS_ERR_GCM_BAD_INPUT);
    assert_int_equal(mbedtls_gcm_starts(&gcm, MBEDTLS_GCM_ENCRYPT, c.iv, 12), 0);
    assert_int_equal(mbedtls_gcm_update_ad(&gcm, NULL, 0), 0);
    assert_int_equal(mbedtls_gcm_update(&gcm, NULL, 0, NULL, 0, &count), 0);
    assert_int_equal(mbedtls_gcm_update(&gcm, c.text, 32, out, 31, &count),
                     MBEDTLS_ERR_GCM_BUFFER_TOO_SMALL);
    memcpy(out, c.text, sizeof(out));
    assert_int_equal(mbedtls_gcm_update(&gcm, out, 32, out + 16, 32, &count),
                     MBEDTLS_ERR_GCM_BAD_INPUT);
    assert_int_equal(
        mbedtls_gcm_update(&gcm, c.text, (size_t)1 << 37, out, (size_t)1 << 37, &count),
        MBEDTLS_ERR_GCM_BAD_INPUT);
    assert_int_equal(mbedtls_gcm_update(&gcm, c.text, 32, out, 32, &count), 0);
    assert_int_equal(mbedtls_gcm_update(&gcm, c.text, 0xfffffffe0, out, 0xfffffffe0, &count),
                     MBEDTLS_ERR_GCM_BAD_INPUT);
    assert_int_equal(mbedtls_gcm_update_ad(&gcm, c.ad, 1), MBEDTLS_ERR_GCM_BAD_INPUT); // too late
    assert_int_equal(mbedtls_gcm_finish(&gcm, NULL, 0, &count, tag, 17), MBEDTLS_ERR_GCM_BAD_INPUT);
    assert_int_equal(mbedtls_gcm_finish(&gcm, NULL, 0, &count, tag, 3), MBEDTLS_ERR_GCM_BAD_INPUT);
    assert_int_equal(mbedtls_gcm_finish(&gcm, NULL, 0, &count, tag, 4), 0);
    mbedtls_gcm_free(&gcm);
    for (size_t i = 0; i < sizeof(gcm); i++) {
        assert_int_equal(((const uint8_t *)&gcm)[i], 0);
    }
    mbedtls_gcm_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),   cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_pieces),    cmocka_unit_test(test_counter_wraps),
        cmocka_unit_test(test_bad_input),
    };

    return cmocka_run_group_tests_name("gcm", tests, NULL, NULL);
}
