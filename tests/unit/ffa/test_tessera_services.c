// SPDX-License-Identifier: BSD-3-Clause
//
// The command `tessera` over services that work (tee_services.c): what it makes OpenSSL takes, and the other way round; and the cases
// of `tessera selftest` pass, but each fails when its service does something wrong.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto_proto.h"
#include "partitions/attest/attest_proto.h"
#include "partitions/storage/storage_proto.h"
#include "tee_services.h"
#include "tool_runner.h"

#define OK 0
#define FAILED 1
#define DENIED 3

static int start(void **state)
{
    (void)state;
    memset(&tee_services, 0, sizeof(tee_services));
    return 0;
}

// ---- With OpenSSL ----------------------------------------------------------------------------------------------------

struct kind {
    const char *name;
    const char *digest;
    bool pss;
};
static const struct kind kinds[] = {
    { "p256", "SHA256", false },    { "p384", "SHA384", false },       { "p521", "SHA512", false },
    { "rsa2048", "SHA256", false }, { "rsa2048-pss", "SHA256", true },
};

static EVP_PKEY *public_key(unsigned int id)
{
    assert_int_equal(run("key public %u", id), OK);
    BIO *bio = BIO_new_mem_buf(text, -1);
    EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);

    BIO_free(bio);
    assert_non_null(key);
    return key;
}

static bool openssl_verifies(const struct kind *kind, EVP_PKEY *key, const uint8_t *data,
                             size_t size)
{
    uint8_t signature[600];
    size_t length = load("sig", signature, sizeof(signature));
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters;

    assert_int_equal(
        EVP_DigestVerifyInit(context, &parameters, EVP_get_digestbyname(kind->digest), NULL, key),
        1);
    if (kind->pss) {
        assert_true(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) > 0);
        assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) > 0);
    }
    bool good = EVP_DigestVerify(context, signature, length, data, size) == 1;

    EVP_MD_CTX_free(context);
    return good;
}

static void what_it_signs_openssl_verifies(void **state)
{
    static uint8_t data[200000];

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i * 13 + (i >> 9));
    }
    save("file", data, sizeof(data));
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char file[160];
        char signature[160];

        (void)snprintf(file, sizeof(file), "%s", path_of("file"));
        (void)snprintf(signature, sizeof(signature), "%s", path_of("sig"));
        assert_int_equal(run("key generate %s --id 9", kinds[i].name), OK);
        EVP_PKEY *key = public_key(9);

        assert_int_equal(run("sign 9 %s --out %s", file, signature), OK);
        assert_true(openssl_verifies(&kinds[i], key, data, sizeof(data)));
        assert_false(openssl_verifies(&kinds[i], key, data, sizeof(data) - 1));
        assert_int_equal(run("verify 9 %s %s", file, signature), OK);
        assert_int_equal(run("verify 9 %s %s", signature, signature), DENIED);
        assert_int_equal(run("verify 9 %s %s --raw", file, signature),
                         strncmp(kinds[i].name, "rsa", 3) == 0 ? OK : DENIED);
        assert_int_equal(run("key rm 9"), OK);
        EVP_PKEY_free(key);
    }
}

static void assert_imports(const char *kind, const void *bytes, size_t size, EVP_PKEY *wanted)
{
    save("key", bytes, size);
    assert_int_equal(run("key import %s %s --id 9", kind, path_of("key")), OK);
    EVP_PKEY *key = public_key(9);

    assert_int_equal(EVP_PKEY_eq(key, wanted), 1);
    EVP_PKEY_free(key);
    assert_int_equal(run("key rm 9"), OK);
}

static void assert_refuses(const char *kind, const void *bytes, size_t size)
{
    save("key", bytes, size);
    assert_int_equal(run("key import %s %s --id 9", kind, path_of("key")), FAILED);
    assert_int_equal(run("key show 9"), FAILED);
}

// Forms that OpenSSL writes
enum form { PEM, PEM_TRADITIONAL, PEM_ENCRYPTED, DER, DER_TRADITIONAL, FORMS };

static size_t write_key(EVP_PKEY *key, enum form form, uint8_t *bytes, size_t size)
{
    static unsigned char secret[] = "secret";
    const EVP_CIPHER *cipher = form == PEM_ENCRYPTED ? EVP_aes_128_cbc() : NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    int good = form == PEM_TRADITIONAL
                   ? PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL)
               : form == DER ? i2d_PKCS8PrivateKey_bio(bio, key, NULL, NULL, 0, NULL, NULL)
               : form == DER_TRADITIONAL
                   ? i2d_PrivateKey_bio(bio, key)
                   : PEM_write_bio_PKCS8PrivateKey(bio, key, cipher, (char *)secret, 6, NULL, NULL);

    assert_int_equal(good, 1);
    int length = BIO_read(bio, bytes, (int)size);

    BIO_free(bio);
    assert_true(length > 0);
    return (size_t)length;
}

static void openssls_keys_are_imported(void **state)
{
    static const struct {
        const char *kind;
        const char *curve; // NULL: RSA
    } rows[] = { { "p256", "P-256" },
                 { "p384", "P-384" },
                 { "p521", "P-521" },
                 { "rsa2048", NULL },
                 { "rsa2048-pss", NULL } };
    uint8_t bytes[4096];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        EVP_PKEY *key = rows[i].curve != NULL ? EVP_EC_gen(rows[i].curve) : EVP_RSA_gen(2048);

        for (enum form form = PEM; form < FORMS; form++) {
            size_t size = write_key(key, form, bytes, sizeof(bytes));

            if (form == PEM_ENCRYPTED) {
                assert_refuses(rows[i].kind, bytes, size);
            } else {
                assert_imports(rows[i].kind, bytes, size, key);
            }
        }
        EVP_PKEY_free(key);
    }
}

// As `openssl ecparam -genkey` does; and text around it
static void a_key_is_found_between_other_blocks(void **state)
{
    static const char before[] = "Bag Attributes: <none>\r\n-----BEGIN EC PARAMETERS-----\n"
                                 "BggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    uint8_t bytes[4096];
    EVP_PKEY *key = EVP_EC_gen("P-256");

    (void)state;
    memcpy(bytes, before, sizeof(before) - 1);
    size_t size = write_key(key, PEM_TRADITIONAL, bytes + sizeof(before) - 1, 2048);

    assert_imports("p256", bytes, sizeof(before) - 1 + size, key);
    assert_refuses("p256", bytes, sizeof(before) - 1);
    EVP_PKEY_free(key);
}

// Its numbers are as long
static void a_key_of_another_curve_is_refused(void **state)
{
    EVP_PKEY *key = EVP_EC_gen("secp256k1");
    uint8_t bytes[1024];

    (void)state;
    for (enum form form = PEM; form < FORMS; form++) {
        assert_refuses("p256", bytes, write_key(key, form, bytes, sizeof(bytes)));
    }
    EVP_PKEY_free(key);
}

static void wrong_keys_are_refused(void **state)
{
    EVP_PKEY *ec = EVP_EC_gen("P-256");
    EVP_PKEY *rsa = EVP_RSA_gen(2048);
    uint8_t number[40] = { 0 };
    uint8_t bytes[4096];
    BIGNUM *secret = NULL;

    (void)state;
    assert_int_equal(EVP_PKEY_get_bn_param(ec, "priv", &secret), 1);
    assert_int_equal(BN_bn2binpad(secret, number, 32), 32);
    assert_imports("p256", number, 32, ec);
    assert_refuses("p256", number, 31);
    assert_refuses("p256", number, 33);
    assert_refuses("p256", number, 0);
    assert_refuses("p384", number, 32);
    assert_refuses("rsa2048", number, 32);
    size_t size = write_key(ec, PEM, bytes, sizeof(bytes));

    assert_refuses("p384", bytes, size);
    assert_refuses("rsa2048", bytes, size);
    size = write_key(rsa, DER_TRADITIONAL, bytes, sizeof(bytes));
    assert_refuses("rsa3072", bytes, size);
    assert_refuses("p256", bytes, size);
    assert_refuses("rsa2048", bytes, size - 1);
    memset(number, 0xff, sizeof(number)); // more than the curve's order
    assert_refuses("p256", number, 32);
    memset(number, 0, sizeof(number));
    assert_refuses("p256", number, 32);
    BN_free(secret);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(rsa);
}

static void assets_of_every_size_come_back(void **state)
{
    static const size_t sizes[] = { 0, 1, 4096, 0x10000 };
    static uint8_t data[0x10001];
    static uint8_t copy[0x10001];

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i * 31 + (i >> 8));
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char out[160];

        (void)snprintf(out, sizeof(out), "%s", path_of("copy"));
        save("asset", data, sizes[i]);
        assert_int_equal(run("store set 7 %s", path_of("asset")), OK);
        assert_int_equal(run("store get 7 --out %s", out), OK);
        assert_int_equal(load("copy", copy, sizeof(copy)), sizes[i]);
        assert_memory_equal(copy, data, sizes[i]);
    }
    save("asset", data, sizeof(data));
    assert_int_equal(run("store set 7 %s", path_of("asset")), FAILED);
    assert_int_equal(run("store rm 7"), OK);
}

// ---- The self-test ---------------------------------------------------------------------------------------------------

#define CASES 12 // of the services; the others are the TPM's

// Numbers of the cases that failed, with blanks between
static const char *failed_cases(void)
{
    static char list[64];
    unsigned int number;

    list[0] = '\0';
    for (const char *at = text; (at = strstr(at, "\nnot ok ")) != NULL; at += 8) {
        if (sscanf(at + 8, "%u", &number) == 1 && number <= CASES) {
            (void)snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%u",
                           list[0] != '\0' ? " " : "", number);
        }
    }
    return list;
}

static void the_selftest_passes(void **state)
{
    (void)state;
    (void)run("selftest");
    assert_string_equal(failed_cases(), "");
    for (int i = 1; i <= CASES; i++) {
        char line[24];

        (void)snprintf(line, sizeof(line), "\nok %d - ", i);
        assert_non_null(strstr(text, line));
    }
    assert_null(strstr(text, "keep processes apart"));
    (void)run("selftest --json");
    assert_null(strstr(text, "failed\", \"reason\": \"psa"));
    tee_services.without_instances = true;
    (void)run("selftest");
    assert_string_equal(failed_cases(), "");
    assert_non_null(strstr(text, "# SKIP the kernel's driver does not keep processes apart"));
}

static void each_case_can_fail(void **state)
{
    static const struct {
        struct tee_mutation mutation;
        const char *failed;
    } rows[] = {
        { { TEE_CRYPTO, CRYPTO_GENERATE_RANDOM, TEE_CONSTANT }, "1" },
        { { TEE_CRYPTO, CRYPTO_HASH_COMPUTE, TEE_FLIPPED }, "2" },
        { { TEE_CRYPTO, CRYPTO_HASH_FINISH, TEE_FLIPPED }, "3" },
        { { TEE_CRYPTO, CRYPTO_HASH_UPDATE, TEE_LEFT_OUT }, "3 12" },
        { { TEE_CRYPTO, CRYPTO_MAC_COMPUTE, TEE_FLIPPED }, "4" },
        { { TEE_CRYPTO, CRYPTO_AEAD_ENCRYPT, TEE_FLIPPED }, "5" },
        { { TEE_CRYPTO, CRYPTO_AEAD_DECRYPT, TEE_FLIPPED }, "5" },
        { { TEE_CRYPTO, CRYPTO_AEAD_DECRYPT, TEE_ACCEPTED }, "5" },
        { { TEE_CRYPTO, CRYPTO_SIGN_HASH, TEE_FLIPPED }, "6" },
        { { TEE_CRYPTO, CRYPTO_VERIFY_HASH, TEE_ACCEPTED }, "6 8" },
        { { TEE_CRYPTO, CRYPTO_EXPORT_KEY, TEE_ACCEPTED }, "6" },
        { { TEE_CRYPTO, CRYPTO_RAW_KEY_AGREEMENT, TEE_FLIPPED }, "7" },
        { { TEE_CRYPTO, CRYPTO_DESTROY_KEY, TEE_LEFT_OUT }, "8" },
        { { TEE_ITS, STORAGE_SET, TEE_LEFT_OUT }, "9" },
        { { TEE_ITS, STORAGE_GET, TEE_FLIPPED }, "9" },
        { { TEE_ITS, STORAGE_GET_INFO, TEE_LEFT_OUT }, "9" },
        { { TEE_ITS, STORAGE_REMOVE, TEE_LEFT_OUT }, "9" },
        { { TEE_PS, STORAGE_GET, TEE_FLIPPED }, "10" },
        { { TEE_PS, STORAGE_REMOVE, TEE_LEFT_OUT }, "10" },
        { { TEE_CRYPTO, CRYPTO_GET_KEY_ATTRIBUTES, TEE_ACCEPTED }, "8 11" },
        { { TEE_ATTEST, ATTEST_GET_TOKEN, TEE_FLIPPED }, "12" },
        { { TEE_ATTEST, ATTEST_GET_TOKEN, TEE_CONSTANT }, "12" },
        { { TEE_ATTEST, ATTEST_GET_TOKEN_SIZE, TEE_FLIPPED }, "12" },
        { { TEE_ATTEST, ATTEST_EXPORT_PUBLIC_KEY, TEE_FLIPPED }, "12" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        tee_services.mutation = rows[i].mutation;
        if (run("selftest") != FAILED || strcmp(failed_cases(), rows[i].failed) != 0) {
            fail_msg("row %zu: failed: \"%s\", expected \"%s\"", i, failed_cases(), rows[i].failed);
        }
    }
    tee_services.mutation.what = TEE_RIGHT;
    (void)run("selftest"); // what was left behind is no obstacle
    assert_string_equal(failed_cases(), "");
}

static int start_services(void **state)
{
    tee_services_start();
    return make_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_it_signs_openssl_verifies, start),
        cmocka_unit_test_setup(openssls_keys_are_imported, start),
        cmocka_unit_test_setup(a_key_is_found_between_other_blocks, start),
        cmocka_unit_test_setup(a_key_of_another_curve_is_refused, start),
        cmocka_unit_test_setup(wrong_keys_are_refused, start),
        cmocka_unit_test_setup(assets_of_every_size_come_back, start),
        cmocka_unit_test_setup(the_selftest_passes, start),
        cmocka_unit_test_setup(each_case_can_fail, start),
    };

    return cmocka_run_group_tests(tests, start_services, remove_folder);
}
