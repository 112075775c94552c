// SPDX-License-Identifier: BSD-3-Clause
//
// Key derivation and asymmetric keys of the crypto service against the known answers of crypto_vectors.h, and OpenSSL's
// opinion of the same. RSA's random paddings are in test_crypto_key_ops.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "crypto_ops_case.h"
#include "crypto_vectors.h"
#include "crypto_vectors_case.h"

// --- Key derivation ---

static void input(const char *source, uint32_t op, uint32_t step, const struct bytes *data)
{
    case_word(op);
    case_word(step);
    case_record(1, data->data, data->size);
    (void)case_call(0x0404);
    check_status(source, "input_bytes", PSA_SUCCESS);
}

static void input_key(const char *source, uint32_t op, uint32_t step, uint32_t key)
{
    case_word(op);
    case_word(step);
    case_word(key);
    (void)case_call(0x0405);
    check_status(source, "input_key", PSA_SUCCESS);
}

// With its inputs; the secret as bytes, or as key `secret` if that is not 0
static uint32_t start_derive(const struct vector_derive *vector, uint32_t secret)
{
    uint32_t op = setup(vector->source, 0x0401, 0, vector->alg);
    struct bytes secret_bytes = of_hex(vector->secret);
    struct bytes salt = of_hex(vector->salt);
    struct bytes info = of_hex(vector->info);
    bool is_password = PSA_ALG_IS_PBKDF2(vector->alg);
    bool is_prf = PSA_ALG_IS_TLS12_PRF(vector->alg);
    uint32_t step =
        is_password ? PSA_KEY_DERIVATION_INPUT_PASSWORD : PSA_KEY_DERIVATION_INPUT_SECRET;

    if (is_password) {
        const uint64_t cost = vector->cost;

        case_word(op);
        case_word(PSA_KEY_DERIVATION_INPUT_COST);
        case_put(&cost, sizeof(cost));
        (void)case_call(0x7f40);
        check_status(vector->source, "input_integer", PSA_SUCCESS);
    }
    if (!PSA_ALG_IS_HKDF_EXPAND(vector->alg)) {
        input(vector->source, op,
              is_prf ? PSA_KEY_DERIVATION_INPUT_SEED : PSA_KEY_DERIVATION_INPUT_SALT, &salt);
    }
    if (secret != 0) {
        input_key(vector->source, op, step, secret);
    } else {
        input(vector->source, op, step, &secret_bytes);
    }
    if (PSA_ALG_IS_HKDF(vector->alg) || PSA_ALG_IS_HKDF_EXPAND(vector->alg)) {
        input(vector->source, op, PSA_KEY_DERIVATION_INPUT_INFO, &info);
    } else if (is_prf) {
        input(vector->source, op, PSA_KEY_DERIVATION_INPUT_LABEL, &info);
    }
    return op;
}

static int32_t output(uint32_t op, size_t size)
{
    case_word(op);
    case_word((uint32_t)size);
    return case_call(0x0406);
}

static void abort_derive(uint32_t op)
{
    case_word(op);
    assert_int_equal(case_call(0x0408), PSA_SUCCESS);
}

static void check_derive(const struct vector_derive *vector, uint32_t key)
{
    struct bytes expected = of_hex(vector->output);

    for (size_t k = 0; k < PARTS; k++) {
        uint32_t op = start_derive(vector, key);
        struct bytes out = { 0 };

        while (out.size < expected.size) {
            size_t left = expected.size - out.size;
            size_t size;

            (void)output(op, left < parts[k] ? left : parts[k]);
            check_status(vector->source, "output_bytes", PSA_SUCCESS);
            memcpy(out.data + out.size, case_answer_record(&size),
                   left < parts[k] ? left : parts[k]);
            out.size += size;
        }
        check(vector->source, "output", out.data, out.size, &expected);
        abort_derive(op);
        k += vector->cost > 1000 ? PARTS : 0; // the slow ones only once
    }
}

// 1: equal, all of it; then not, at the first and at the last byte
static void check_derive_verify(const struct vector_derive *vector)
{
    struct bytes expected = of_hex(vector->output);

    for (unsigned int i = 0; i < 3; i++) {
        uint32_t op = start_derive(vector, 0);

        expected.data[i == 1 ? 0 : expected.size - 1] ^= i != 0;
        case_word(op);
        case_record(1, expected.data, expected.size);
        (void)case_call(0x7f41);
        expected.data[i == 1 ? 0 : expected.size - 1] ^= i != 0;
        check_status(vector->source, "verify_bytes",
                     i == 0 ? PSA_SUCCESS : PSA_ERROR_INVALID_SIGNATURE);
        abort_derive(op);
    }
}

static void openssl_kdf(const struct vector_derive *vector)
{
    bool is_password = PSA_ALG_IS_PBKDF2(vector->alg);
    bool is_prf = PSA_ALG_IS_TLS12_PRF(vector->alg);
    struct bytes secret = of_hex(vector->secret);
    struct bytes salt = of_hex(vector->salt);
    struct bytes info = of_hex(vector->info);
    struct bytes expected = of_hex(vector->output);
    struct bytes out = { .size = expected.size };
    unsigned int cost = vector->cost;
    int mode = PSA_ALG_IS_HKDF_EXTRACT(vector->alg)  ? EVP_KDF_HKDF_MODE_EXTRACT_ONLY
               : PSA_ALG_IS_HKDF_EXPAND(vector->alg) ? EVP_KDF_HKDF_MODE_EXPAND_ONLY
                                                     : EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND;
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, is_password ? "PBKDF2" : is_prf ? "TLS1-PRF" : "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM params[8];
    size_t n = 0;

    params[n++] = OSSL_PARAM_construct_utf8_string(
        OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t)openssl_hash(PSA_ALG_GET_HASH(vector->alg)), 0);
    if (is_password) {
        int relaxed = 1; // salts shorter than SP 800-132 wants

        params[n++] =
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, secret.data, secret.size);
        params[n++] = OSSL_PARAM_construct_uint(OSSL_KDF_PARAM_ITER, &cost);
        params[n++] = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &relaxed);
        params[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt.data, salt.size);
    } else if (is_prf) {
        params[n++] =
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, secret.data, secret.size);
        params[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, info.data, info.size);
        params[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, salt.data, salt.size);
    } else {
        params[n++] =
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.data, secret.size);
        params[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt.data, salt.size);
        params[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data, info.size);
        params[n++] = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
    }
    params[n] = OSSL_PARAM_construct_end();
    assert_int_equal(EVP_KDF_derive(context, out.data, out.size, params), 1);
    check(vector->source, "OpenSSL's output", out.data, out.size, &expected);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
}

static void derivations_are_those_of_the_standards(void **state)
{
    (void)state;
    for (size_t i = 0; i < vectors_derive_count; i++) {
        const struct vector_derive *vector = &vectors_derive[i];
        struct bytes secret = of_hex(vector->secret);
        uint32_t type =
            PSA_ALG_IS_PBKDF2(vector->alg) ? PSA_KEY_TYPE_PASSWORD : PSA_KEY_TYPE_DERIVE;
        uint32_t key = import(vector->source, type, vector->alg, &secret);

        openssl_kdf(vector);
        check_derive(vector, 0);
        check_derive(vector, key);
        if (vector->cost < 10000) {
            check_derive_verify(vector);
        }
        assert_int_equal(case_destroy(key), PSA_SUCCESS);
    }
}

// --- Derivations that no standard has vectors for, against their definition ---

static struct bytes openssl_cmac(const uint8_t *key, size_t key_size, const uint8_t *text,
                                 size_t size)
{
    struct bytes mac = { 0 };

    assert_int_equal(key_size, 16);
    assert_non_null(EVP_Q_mac(NULL, "CMAC", NULL, "AES-128-CBC", NULL, key, key_size, text, size,
                              mac.data, sizeof(mac.data), &mac.size));
    return mac;
}

// AES-CMAC-PRF-128 of RFC 4615: keys that are not of 16 bytes go through CMAC with a key of zeros
static struct bytes cmac_prf(const char *password, const uint8_t *text, size_t size)
{
    static const uint8_t zero_key[16];
    size_t length = strlen(password);
    struct bytes key = openssl_cmac(zero_key, 16, (const uint8_t *)password, length);

    return openssl_cmac(length == 16 ? (const uint8_t *)password : key.data, 16, text, size);
}

// The first block: RFC 8018, 5.2
static struct bytes pbkdf2_cmac(const char *password, const char *salt, unsigned int cost)
{
    uint8_t first[64] = { 0 };
    size_t size = strlen(salt);

    memcpy(first, salt, size);
    first[size + 3] = 1; // number of the block
    struct bytes u = cmac_prf(password, first, size + 4);
    struct bytes sum = u;

    for (unsigned int i = 1; i < cost; i++) {
        u = cmac_prf(password, u.data, u.size);
        for (size_t k = 0; k < 16; k++) {
            sum.data[k] ^= u.data[k];
        }
    }
    return sum;
}

static void pbkdf2_with_cmac_is_its_definition(void **state)
{
    static const char *const passwords[] = { "password", "sixteen bytes it",
                                             "passwordPASSWORDpassword" };
    const char *source = "PBKDF2-AES-CMAC-PRF-128";

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (unsigned int cost = 1; cost <= 100; cost += 33) {
            struct bytes salt = { .size = 4, .data = "salt" };
            struct bytes password = { .size = strlen(passwords[i]) };
            struct bytes expected = pbkdf2_cmac(passwords[i], "salt", cost);
            uint32_t op = setup(source, 0x0401, 0, PSA_ALG_PBKDF2_AES_CMAC_PRF_128);

            memcpy(password.data, passwords[i], password.size);
            assert_int_equal(ops_input_cost(op, cost), PSA_SUCCESS);
            input(source, op, PSA_KEY_DERIVATION_INPUT_SALT, &salt);
            input(source, op, PSA_KEY_DERIVATION_INPUT_PASSWORD, &password);
            (void)output(op, 16);
            check_record(source, "output", &expected);
            abort_derive(op);
        }
    }
}

// RFC 4279, 2, and RFC 5246, 8.1: the PRF of the secret with the label "master secret"; `other`: RFC 4279, 4
static void check_master_secret(const struct bytes *other)
{
    const char *source = "TLS 1.2, PSK to master secret";
    psa_algorithm_t alg = PSA_ALG_TLS12_PSK_TO_MS(PSA_ALG_SHA_256);
    struct bytes psk = of_hex("1a2b3c4d5e6f708192a3b4c5d6e7f8090a0b0c0d");
    struct bytes seed = of_hex("00112233445566778899aabbccddeeff0123456789abcdef");
    struct bytes label = { .size = 13, .data = "master secret" };
    size_t front = other != NULL ? other->size : psk.size;
    struct bytes secret = { .size = 2 + front + 2 + psk.size };
    struct bytes expected = { .size = 48 };
    uint32_t key = import(source, PSA_KEY_TYPE_DERIVE, alg, &psk);
    uint32_t op = setup(source, 0x0401, 0, alg);

    secret.data[1] = (uint8_t)front;
    if (other != NULL) {
        memcpy(secret.data + 2, other->data, front);
    }
    secret.data[2 + front + 1] = (uint8_t)psk.size;
    memcpy(secret.data + 2 + front + 2, psk.data, psk.size);
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t) "SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, secret.data, secret.size),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, label.data, label.size),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed.data, seed.size),
        OSSL_PARAM_construct_end(),
    };

    assert_int_equal(EVP_KDF_derive(context, expected.data, expected.size, params), 1);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    input(source, op, PSA_KEY_DERIVATION_INPUT_SEED, &seed);
    if (other != NULL) {
        input(source, op, PSA_KEY_DERIVATION_INPUT_OTHER_SECRET, other);
    }
    input_key(source, op, PSA_KEY_DERIVATION_INPUT_SECRET, key);
    input(source, op, PSA_KEY_DERIVATION_INPUT_LABEL, &label);
    (void)output(op, 48);
    check_record(source, "master secret", &expected);
    abort_derive(op);
    assert_int_equal(case_destroy(key), PSA_SUCCESS);
}

static void master_secrets_are_openssls(void **state)
{
    struct bytes other = { .size = 32, .data = { 1, 2, 3 } };

    (void)state;
    check_master_secret(NULL);
    check_master_secret(&other);
}

// --- Asymmetric keys ---

static void agreements_are_those_of_the_standards(void **state)
{
    (void)state;
    for (size_t i = 0; i < vectors_ecdh_count; i++) {
        const struct vector_ecdh *vector = &vectors_ecdh[i];
        struct bytes private_key = of_hex(vector->private_key);
        struct bytes peer = of_hex(vector->peer);
        struct bytes secret = of_hex(vector->secret);
        uint32_t key = import(vector->source, vector->type, PSA_ALG_ECDH, &private_key);

        case_word(PSA_ALG_ECDH);
        case_word(key);
        case_record(1, peer.data, peer.size);
        (void)case_call(0x040a);
        check_record(vector->source, "secret", &secret);
        assert_int_equal(case_destroy(key), PSA_SUCCESS);
    }
}

// The secret of an agreement as input: the same as the secret's bytes
static void agreements_go_into_derivations(void **state)
{
    const struct vector_ecdh *vector = &vectors_ecdh[0];
    psa_algorithm_t kdf = PSA_ALG_HKDF(PSA_ALG_SHA_256);
    psa_algorithm_t alg = PSA_ALG_KEY_AGREEMENT(PSA_ALG_ECDH, kdf);
    struct bytes private_key = of_hex(vector->private_key);
    struct bytes peer = of_hex(vector->peer);
    struct bytes secret = of_hex(vector->secret);
    uint32_t key = import(vector->source, vector->type, alg, &private_key);
    uint32_t op = setup(vector->source, 0x0401, 0, alg);
    struct bytes out = { .size = 42 };
    size_t size;

    (void)state;
    case_word(op);
    case_word(PSA_KEY_DERIVATION_INPUT_SECRET);
    case_word(key);
    case_record(1, peer.data, peer.size);
    assert_int_equal(case_call(0x0409), PSA_SUCCESS);
    input(vector->source, op, PSA_KEY_DERIVATION_INPUT_INFO, &(struct bytes){ 0 });
    assert_int_equal(output(op, 42), PSA_SUCCESS);
    memcpy(out.data, case_answer_record(&size), 42);
    abort_derive(op);
    op = setup(vector->source, 0x0401, 0, kdf);
    input(vector->source, op, PSA_KEY_DERIVATION_INPUT_SECRET, &secret);
    input(vector->source, op, PSA_KEY_DERIVATION_INPUT_INFO, &(struct bytes){ 0 });
    (void)output(op, 42);
    check_record(vector->source, "derived bytes", &out);
    abort_derive(op);
    assert_int_equal(case_destroy(key), PSA_SUCCESS);
}

static bool openssl_verifies(const struct vector_ecdsa *vector, uint32_t key,
                             const struct bytes *text, const struct bytes *signature)
{
    OSSL_PARAM params[3];
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    ECDSA_SIG *pair = ECDSA_SIG_new();
    EVP_PKEY *public_key = NULL;
    unsigned char *der = NULL;
    int half = (int)signature->size / 2;
    size_t size;

    case_word(key);
    assert_int_equal(case_call(0x0106), PSA_SUCCESS);
    const uint8_t *point = case_answer_record(&size);

    params[0] =
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                         (char *)(uintptr_t)(vector->bits == 256   ? "P-256"
                                                             : vector->bits == 384 ? "P-384"
                                                                                   : "P-521"),
                                         0);
    params[1] =
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point, size);
    params[2] = OSSL_PARAM_construct_end();
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &public_key, EVP_PKEY_PUBLIC_KEY, params), 1);
    assert_int_equal(ECDSA_SIG_set0(pair, BN_bin2bn(signature->data, half, NULL),
                                    BN_bin2bn(signature->data + half, half, NULL)),
                     1);
    int der_size = i2d_ECDSA_SIG(pair, &der);

    assert_int_equal(EVP_DigestVerifyInit_ex(digest, NULL, openssl_hash(vector->hash), NULL, NULL,
                                             public_key, NULL),
                     1);
    bool good = EVP_DigestVerify(digest, der, (size_t)der_size, text->data, text->size) == 1;

    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(digest);
    EVP_PKEY_free(public_key);
    EVP_PKEY_CTX_free(context);
    return good;
}

static void check_ecdsa_verify(const struct vector_ecdsa *vector, uint32_t key, psa_algorithm_t alg,
                               struct bytes *signature, int32_t expected)
{
    struct bytes text = of_hex(vector->text);

    case_word(key);
    case_word(alg);
    case_record(1, text.data, text.size);
    case_record(2, signature->data, signature->size);
    (void)case_call(0x0111);
    check_status(vector->source, "verify_message", expected);
}

static void ecdsa_signatures_are_those_of_the_standards(void **state)
{
    (void)state;
    for (size_t i = 0; i < vectors_ecdsa_count; i++) {
        const struct vector_ecdsa *vector = &vectors_ecdsa[i];
        psa_algorithm_t alg = PSA_ALG_DETERMINISTIC_ECDSA(vector->hash);
        struct bytes private_key = of_hex(vector->private_key);
        struct bytes text = of_hex(vector->text);
        struct bytes signature = of_hex(vector->signature);
        uint32_t key = import(vector->source, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1),
                              alg, &private_key);

        assert_true(openssl_verifies(vector, key, &text, &signature));
        case_word(key);
        case_word(alg);
        case_record(1, text.data, text.size);
        (void)case_call(0x0110);
        check_record(vector->source, "signature", &signature);
        check_ecdsa_verify(vector, key, alg, &signature, PSA_SUCCESS);
        for (size_t k = 0; k < 2; k++) { // in r, in s
            signature.data[(k + 1) * signature.size / 2 - 1] ^= 1;
            check_ecdsa_verify(vector, key, alg, &signature, PSA_ERROR_INVALID_SIGNATURE);
            signature.data[(k + 1) * signature.size / 2 - 1] ^= 1;
        }
        assert_int_equal(case_destroy(key), PSA_SUCCESS);
    }
}

// RSAPublicKey of RFC 8017, A.1.1, of numbers that need no byte 0 in front or have it
static struct bytes rsa_public_key(const struct bytes *modulus, const struct bytes *exponent)
{
    struct bytes der = { 0 };
    size_t inner = 4 + modulus->size + 2 + exponent->size;
    const uint8_t head[8] = { 0x30, 0x82, (uint8_t)(inner >> 8),         (uint8_t)inner,
                              0x02, 0x82, (uint8_t)(modulus->size >> 8), (uint8_t)modulus->size };
    const uint8_t middle[2] = { 0x02, (uint8_t)exponent->size };

    memcpy(der.data, head, 8);
    memcpy(der.data + 8, modulus->data, modulus->size);
    memcpy(der.data + 8 + modulus->size, middle, 2);
    memcpy(der.data + 10 + modulus->size, exponent->data, exponent->size);
    der.size = 10 + modulus->size + exponent->size;
    return der;
}

static void rsa_signatures_of_the_standards_verify(void **state)
{
    (void)state;
    for (size_t i = 0; i < vectors_rsa_count; i++) {
        const struct vector_rsa *vector = &vectors_rsa[i];
        struct bytes modulus = of_hex(vector->modulus);
        struct bytes exponent = of_hex(vector->exponent);
        struct bytes der = rsa_public_key(&modulus, &exponent);
        struct bytes text = of_hex(vector->text);
        struct bytes signature = of_hex(vector->signature);
        uint32_t key = import(vector->source, PSA_KEY_TYPE_RSA_PUBLIC_KEY, vector->alg, &der);

        for (unsigned int k = 0; k < 2; k++) {
            signature.data[100] ^= (uint8_t)k;
            case_word(key);
            case_word(vector->alg);
            case_record(1, text.data, text.size);
            case_record(2, signature.data, signature.size);
            (void)case_call(0x0111);
            check_status(vector->source, "verify_message",
                         k == 0 ? PSA_SUCCESS : PSA_ERROR_INVALID_SIGNATURE);
        }
        assert_int_equal(case_destroy(key), PSA_SUCCESS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(derivations_are_those_of_the_standards, ops_start),
        cmocka_unit_test_setup(pbkdf2_with_cmac_is_its_definition, ops_start),
        cmocka_unit_test_setup(master_secrets_are_openssls, ops_start),
        cmocka_unit_test_setup(agreements_are_those_of_the_standards, ops_start),
        cmocka_unit_test_setup(agreements_go_into_derivations, ops_start),
        cmocka_unit_test_setup(ecdsa_signatures_are_those_of_the_standards, ops_start),
        cmocka_unit_test_setup(rsa_signatures_of_the_standards_verify, ops_start),
    };

    return cmocka_run_group_tests(tests, ops_start_service, NULL);
}
