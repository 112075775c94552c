// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/tool/tool_der.c and tool_private.c against OpenSSL: public keys and signatures of every kind, there and back, and what is no
// signature or key.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tool.h"

void tool_error(const char *format, ...)
{
    (void)format;
}

static EVP_PKEY *make(const struct tool_key_kind *kind)
{
    if (PSA_KEY_TYPE_IS_RSA(kind->type)) {
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", kind->bits);
    }
    return EVP_PKEY_Q_keygen(NULL, NULL, "EC",
                             kind->bits == 256   ? "P-256"
                             : kind->bits == 384 ? "P-384"
                                                 : "P-521");
}

// The public key as PSA exports it
static size_t psa_form(EVP_PKEY *key, const struct tool_key_kind *kind, uint8_t *to)
{
    size_t size = 0;

    if (PSA_KEY_TYPE_IS_RSA(kind->type)) {
        int length = i2d_PublicKey(key, &to);

        return length > 0 ? (size_t)length : 0;
    }
    assert_int_equal(EVP_PKEY_get_octet_string_param(key, "pub", to, TOOL_PUBLIC_MAX, &size), 1);
    return size;
}

static void openssl_reads_public_keys(void **state)
{
    static const char *const names[] = { "p256", "p384", "p521", "rsa2048", "rsa4096-pss" };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct tool_key_kind *kind = tool_key_kind_named(names[i]);
        uint8_t form[TOOL_PUBLIC_MAX];
        uint8_t der[TOOL_PUBLIC_MAX];
        char pem[2 * TOOL_PUBLIC_MAX];
        EVP_PKEY *key = make(kind);
        size_t size = tool_der_public(kind, form, psa_form(key, kind, form), der);

        assert_int_not_equal(size, 0);
        tool_der_pem(der, size, pem);
        BIO *bio = BIO_new_mem_buf(pem, -1);
        EVP_PKEY *read = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);

        assert_non_null(read);
        assert_int_equal(EVP_PKEY_eq(key, read), 1);
        EVP_PKEY_free(read);
        BIO_free(bio);
        EVP_PKEY_free(key);
    }
}

static void signatures_go_there_and_back(void **state)
{
    static const char *const names[] = { "p256", "p384", "p521" };

    (void)state;
    for (size_t i = 0; i < 300; i++) { // numbers with and without a sign bit, and shorter ones
        const struct tool_key_kind *kind = tool_key_kind_named(names[i % 3]);
        size_t half = (kind->bits + 7) / 8;
        uint8_t raw[TOOL_SIGNATURE_MAX] = { 0 };
        uint8_t der[TOOL_SIGNATURE_MAX];
        uint8_t back[TOOL_SIGNATURE_MAX];
        const uint8_t *at = der;

        for (size_t k = i % 5; k < 2 * half; k++) {
            raw[k] = (uint8_t)(i * 37 + k * 11);
        }
        size_t size = tool_der_signature(kind, raw, 2 * half, der);
        ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)size);

        assert_non_null(signature);
        assert_ptr_equal(at, der + size);
        assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(signature), back, (int)half), half);
        assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(signature), back + half, (int)half), half);
        assert_memory_equal(back, raw, 2 * half);
        ECDSA_SIG_free(signature);
        memset(back, 0x55, sizeof(back));
        assert_int_equal(tool_der_raw_signature(kind, der, size, back), 2 * half);
        assert_memory_equal(back, raw, 2 * half);
    }
}

static void what_is_no_signature_is_refused(void **state)
{
    const struct tool_key_kind *kind = tool_key_kind_named("p256");
    uint8_t raw[64] = { 1, [32] = 1 };
    uint8_t der[TOOL_SIGNATURE_MAX];
    uint8_t back[TOOL_SIGNATURE_MAX];
    size_t size = tool_der_signature(kind, raw, sizeof(raw), der);

    (void)state;
    assert_int_equal(tool_der_signature(kind, raw, 63, back), 0);
    for (size_t cut = 0; cut < size; cut++) {
        assert_int_equal(tool_der_raw_signature(kind, der, cut, back), 0);
    }
    der[size] = 0;
    assert_int_equal(tool_der_raw_signature(kind, der, size + 1, back), 0);
    for (size_t i = 0; i < 4; i++) { // tags and lengths
        der[i] ^= 1;
        assert_int_equal(tool_der_raw_signature(kind, der, size, back), 0);
        der[i] ^= 1;
    }
    static const uint8_t refused[][8] = {
        { 0x30, 6, 2, 1, 0x80, 2, 1, 1 }, // negative
        { 0x30, 6, 2, 2, 0, 1, 2, 0 },    // needless zero, and an empty number
        { 0x30, 0x81, 5, 2, 1, 1, 2, 1 }, // needless long length
        { 0x30, 0x80, 2, 1, 1, 2, 1, 1 }, // indefinite length
    };

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_int_equal(tool_der_raw_signature(kind, refused[i], sizeof(refused[i]), back), 0);
    }
}

// Every private key of which a byte is missing or another: in memory of its own, which the sanitizer looks after
static void damaged_private_keys_do_no_harm(void **state)
{
    const struct tool_key_kind *kind = tool_key_kind_named("p256");
    EVP_PKEY *key = make(kind);
    uint8_t bytes[2][1024];
    size_t sizes[2];
    BIO *pem = BIO_new(BIO_s_mem());
    BIO *der = BIO_new(BIO_s_mem());

    (void)state;
    assert_int_equal(PEM_write_bio_PrivateKey(pem, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(i2d_PKCS8PrivateKey_bio(der, key, NULL, NULL, 0, NULL, NULL), 1);
    sizes[0] = (size_t)BIO_read(pem, bytes[0], sizeof(bytes[0]));
    sizes[1] = (size_t)BIO_read(der, bytes[1], sizeof(bytes[1]));
    for (size_t i = 0; i < 2; i++) {
        for (size_t at = 0; at < sizes[i] * 256; at++) {
            size_t full = at % 256 == 0 ? at / 256 : sizes[i]; // cut off, or another byte
            uint8_t *copy = malloc(full != 0 ? full : 1);
            size_t size = full;

            memcpy(copy, bytes[i], full);
            if (full == sizes[i]) {
                copy[at / 256] ^= (uint8_t)at;
            }
            (void)tool_private_key(kind, copy, &size);
            assert_true(size <= full);
            free(copy);
        }
    }
    BIO_free(pem);
    BIO_free(der);
    EVP_PKEY_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openssl_reads_public_keys),
        cmocka_unit_test(signatures_go_there_and_back),
        cmocka_unit_test(what_is_no_signature_is_refused),
        cmocka_unit_test(damaged_private_keys_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
