// SPDX-License-Identifier: BSD-3-Clause
//
// Hashes, MACs and ciphers of the crypto service against the known answers of crypto_vectors.h: in parts of several sizes
// and in one message; and OpenSSL's opinion of the same.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "crypto_ops_case.h"
#include "crypto_vectors.h"
#include "crypto_vectors_case.h"

// --- Hashes ---

static void check_hash(const struct vector_hash *vector, const uint8_t *text, size_t size,
                       size_t part)
{
    struct bytes hash = of_hex(vector->hash);
    uint32_t op = setup(vector->source, 0x0201, 0, vector->alg);

    for (size_t done = 0; done < size; done += part) {
        case_word(op);
        case_record(1, text + done, size - done < part ? size - done : part);
        (void)case_call(0x0202);
        check_status(vector->source, "update", PSA_SUCCESS);
    }
    case_word(op); // a copy, which is compared
    assert_int_equal(case_call(0x0206), PSA_SUCCESS);
    uint32_t copy = case_answer_word();

    case_word(op);
    (void)case_call(0x0203);
    check_record(vector->source, "hash", &hash);
    case_word(copy);
    case_record(1, hash.data, hash.size);
    (void)case_call(0x0205);
    check_status(vector->source, "hash_verify", PSA_SUCCESS);
}

static void check_hash_at_once(const struct vector_hash *vector, const uint8_t *text, size_t size)
{
    struct bytes hash = of_hex(vector->hash);

    case_word(vector->alg);
    case_record(1, text, size);
    (void)case_call(0x7f10);
    check_record(vector->source, "hash_compute", &hash);
    for (size_t i = 0; i <= hash.size; i++) {
        hash.data[i] ^= 1; // the last: behind the hash
        case_word(vector->alg);
        case_record(1, text, size);
        case_record(2, hash.data, hash.size);
        (void)case_call(0x7f11);
        hash.data[i] ^= 1;
        check_status(vector->source, "hash_compare",
                     i < hash.size ? PSA_ERROR_INVALID_SIGNATURE : PSA_SUCCESS);
    }
}

static void hashes_are_those_of_the_standards(void **state)
{
    (void)state;
    for (size_t i = 0; i < vectors_hash_count; i++) {
        const struct vector_hash *vector = &vectors_hash[i];
        struct bytes text = of_hex(vector->text);
        struct bytes hash = of_hex(vector->hash);
        size_t size = text.size * vector->times;
        uint8_t *message = malloc(size + 1);
        uint8_t found[EVP_MAX_MD_SIZE];
        size_t found_size;

        assert_non_null(message);
        for (unsigned int k = 0; k < vector->times; k++) {
            memcpy(message + k * text.size, text.data, text.size);
        }
        assert_int_equal(
            EVP_Q_digest(NULL, openssl_hash(vector->alg), NULL, message, size, found, &found_size),
            1);
        check(vector->source, "OpenSSL's hash", found, found_size, &hash);
        for (size_t k = 0; size <= 200 && k < PARTS; k++) {
            check_hash(vector, message, size, parts[k]);
        }
        if (size <= 65535) {
            check_hash_at_once(vector, message, size);
        }
        check_hash(vector, message, size, 65535);
        free(message);
    }
}

// --- MACs ---

static struct bytes openssl_mac(const struct vector_mac *vector, const struct bytes *key,
                                const struct bytes *text)
{
    struct bytes mac = { 0 };
    psa_algorithm_t hash = PSA_ALG_HMAC_GET_HASH(vector->alg);
    bool is_hmac = PSA_ALG_IS_HMAC(vector->alg);
    const char *name = is_hmac           ? openssl_hash(hash)
                       : key->size == 16 ? "AES-128-CBC"
                       : key->size == 24 ? "AES-192-CBC"
                                         : "AES-256-CBC";

    assert_non_null(EVP_Q_mac(NULL, is_hmac ? "HMAC" : "CMAC", NULL, name, NULL, key->data,
                              key->size, text->data, text->size, mac.data, sizeof(mac.data),
                              &mac.size));
    return mac;
}

static void check_mac(const struct vector_mac *vector, uint32_t key, const struct bytes *text,
                      const struct bytes *mac)
{
    for (size_t k = 0; k < PARTS; k++) {
        uint32_t op = setup(vector->source, 0x0501, key, vector->alg);

        update(vector->source, 0x0503, op, text, parts[k], NULL);
        case_word(op);
        (void)case_call(0x0504);
        check_record(vector->source, "MAC", mac);
        op = setup(vector->source, 0x0502, key, vector->alg);
        update(vector->source, 0x0503, op, text, parts[k], NULL);
        case_word(op);
        case_record(1, mac->data, mac->size);
        (void)case_call(0x0505);
        check_status(vector->source, "mac_verify_finish", PSA_SUCCESS);
    }
    case_word(key);
    case_word(vector->alg);
    case_record(1, text->data, text->size);
    (void)case_call(0x7f30);
    check_record(vector->source, "mac_compute", mac);
}

// A MAC with any one byte wrong, or one too short or too long
static void check_mac_refusals(const struct vector_mac *vector, uint32_t key,
                               const struct bytes *text, struct bytes mac)
{
    for (size_t i = 0; i < mac.size + 3; i++) {
        size_t size = i == mac.size ? mac.size - 1 : i == mac.size + 1 ? mac.size + 1 : mac.size;

        mac.data[i] ^= i < mac.size ? 0x80 : 0;
        case_word(key);
        case_word(vector->alg);
        case_record(1, text->data, text->size);
        case_record(2, mac.data, size);
        (void)case_call(0x7f31);
        mac.data[i] ^= i < mac.size ? 0x80 : 0;
        check_status(vector->source, "mac_verify",
                     i == mac.size + 2 ? PSA_SUCCESS : PSA_ERROR_INVALID_SIGNATURE);
    }
}

static void macs_are_those_of_the_standards(void **state)
{
    (void)state;
    for (size_t i = 0; i < vectors_mac_count; i++) {
        const struct vector_mac *vector = &vectors_mac[i];
        struct bytes key = of_hex(vector->key);
        struct bytes text = of_hex(vector->text);
        struct bytes mac = of_hex(vector->mac);
        struct bytes openssl = openssl_mac(vector, &key, &text);
        uint32_t id = import(vector->source, vector->type, vector->alg, &key);

        check(vector->source, "OpenSSL's MAC", openssl.data, mac.size, &mac);
        check_mac(vector, id, &text, &mac);
        check_mac_refusals(vector, id, &text, mac);
        assert_int_equal(case_destroy(id), PSA_SUCCESS);
    }
}

// --- Ciphers ---

static const EVP_CIPHER *openssl_cipher(psa_algorithm_t alg, size_t key_size)
{
    switch (alg) {
    case PSA_ALG_ECB_NO_PADDING:
        return key_size == 16   ? EVP_aes_128_ecb()
               : key_size == 24 ? EVP_aes_192_ecb()
                                : EVP_aes_256_ecb();
    case PSA_ALG_CBC_NO_PADDING:
    case PSA_ALG_CBC_PKCS7:
        return key_size == 16   ? EVP_aes_128_cbc()
               : key_size == 24 ? EVP_aes_192_cbc()
                                : EVP_aes_256_cbc();
    case PSA_ALG_CFB:
        return key_size == 16   ? EVP_aes_128_cfb128()
               : key_size == 24 ? EVP_aes_192_cfb128()
                                : EVP_aes_256_cfb128();
    case PSA_ALG_OFB:
        return key_size == 16   ? EVP_aes_128_ofb()
               : key_size == 24 ? EVP_aes_192_ofb()
                                : EVP_aes_256_ofb();
    case PSA_ALG_CTR:
        return key_size == 16   ? EVP_aes_128_ctr()
               : key_size == 24 ? EVP_aes_192_ctr()
                                : EVP_aes_256_ctr();
    default:
        return EVP_chacha20();
    }
}

static struct bytes openssl_encrypt(psa_algorithm_t alg, const struct bytes *key,
                                    const struct bytes *iv, const struct bytes *plain)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t long_iv[16] = { 0 }; // of ChaCha20: counter and nonce
    struct bytes out = { 0 };
    int size;

    memcpy(long_iv + (alg == PSA_ALG_STREAM_CIPHER ? 4 : 0), iv->data, iv->size);
    assert_int_equal(
        EVP_EncryptInit_ex2(context, openssl_cipher(alg, key->size), key->data, long_iv, NULL), 1);
    assert_int_equal(EVP_CIPHER_CTX_set_padding(context, alg == PSA_ALG_CBC_PKCS7), 1);
    assert_int_equal(EVP_EncryptUpdate(context, out.data, &size, plain->data, (int)plain->size), 1);
    out.size = (size_t)size;
    assert_int_equal(EVP_EncryptFinal_ex(context, out.data + out.size, &size), 1);
    out.size += (size_t)size;
    EVP_CIPHER_CTX_free(context);
    return out;
}

// Through a multi-part operation; the answer has to be `expected`.
static void check_cipher(const char *source, bool encrypts, uint32_t key, psa_algorithm_t alg,
                         const struct bytes *iv, const struct bytes *text,
                         const struct bytes *expected)
{
    for (size_t k = 0; k < PARTS; k++) {
        uint32_t op = setup(source, encrypts ? 0x0301 : 0x0302, key, alg);
        struct bytes out = { 0 };
        size_t size;

        if (iv->size != 0) {
            case_word(op);
            case_record(1, iv->data, iv->size);
            (void)case_call(0x0304);
            check_status(source, "set_iv", PSA_SUCCESS);
        }
        update(source, 0x0305, op, text, parts[k], &out);
        case_word(op);
        (void)case_call(0x0306);
        check_status(source, "finish", PSA_SUCCESS);
        const uint8_t *last = case_answer_record(&size);

        memcpy(out.data + out.size, last, size);
        check(source, "ciphered text", out.data, out.size + size, expected);
    }
}

// In one message: what is encrypted so, IV in front, is decrypted so, and by OpenSSL's key stream, too.
static void check_cipher_at_once(const struct vector_cipher *vector, uint32_t id,
                                 const struct bytes *key, const struct bytes *iv,
                                 const struct bytes *plain)
{
    struct bytes out = { 0 };
    struct bytes own_iv = { .size = iv->size };
    size_t size;

    case_word(id);
    case_word(vector->alg);
    case_record(1, plain->data, plain->size);
    (void)case_call(0x7f20);
    check_status(vector->source, "cipher_encrypt", PSA_SUCCESS);
    const uint8_t *answer = case_answer_record(&size);

    out.size = size;
    memcpy(out.data, answer, size);
    memcpy(own_iv.data, out.data, iv->size);
    struct bytes openssl = openssl_encrypt(vector->alg, key, &own_iv, plain);

    check(vector->source, "cipher_encrypt", out.data + iv->size, out.size - iv->size, &openssl);
    case_word(id);
    case_word(vector->alg);
    case_record(1, out.data, out.size);
    (void)case_call(0x7f21);
    check_record(vector->source, "cipher_decrypt", plain);
}

static void ciphers_are_those_of_the_standards(void **state)
{
    (void)state;
    for (size_t i = 0; i < vectors_cipher_count; i++) {
        const struct vector_cipher *vector = &vectors_cipher[i];
        struct bytes key = of_hex(vector->key);
        struct bytes iv = of_hex(vector->iv);
        struct bytes plain = of_hex(vector->plain);
        struct bytes cipher = of_hex(vector->cipher);
        struct bytes openssl = openssl_encrypt(vector->alg, &key, &iv, &plain);
        uint32_t id = import(vector->source, vector->type, vector->alg, &key);

        check(vector->source, "OpenSSL's answer", openssl.data, openssl.size, &cipher);
        check_cipher(vector->source, true, id, vector->alg, &iv, &plain, &cipher);
        check_cipher(vector->source, false, id, vector->alg, &iv, &cipher, &plain);
        check_cipher_at_once(vector, id, &key, &iv, &plain);
        assert_int_equal(case_destroy(id), PSA_SUCCESS);
    }
}

// No standard has vectors for it: every size around blocks, against OpenSSL
static void padded_cbc_is_openssls(void **state)
{
    struct bytes key = of_hex("2b7e151628aed2a6abf7158809cf4f3c");
    struct bytes iv = of_hex("000102030405060708090a0b0c0d0e0f");
    uint32_t id = import("CBC-PKCS7", PSA_KEY_TYPE_AES, PSA_ALG_CBC_PKCS7, &key);
    const struct vector_cipher vector = { "CBC-PKCS7", PSA_ALG_CBC_PKCS7, 0, "", "", "", "" };
    struct bytes plain = { 0 };

    (void)state;
    memset(plain.data, 0x5a, sizeof(plain.data));
    for (plain.size = 0; plain.size <= 65; plain.size++) {
        struct bytes cipher = openssl_encrypt(PSA_ALG_CBC_PKCS7, &key, &iv, &plain);

        check_cipher("CBC-PKCS7", true, id, PSA_ALG_CBC_PKCS7, &iv, &plain, &cipher);
        check_cipher("CBC-PKCS7", false, id, PSA_ALG_CBC_PKCS7, &iv, &cipher, &plain);
        check_cipher_at_once(&vector, id, &key, &iv, &plain);
    }
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
}

// --- AEADs ---

static const EVP_CIPHER *openssl_aead(psa_algorithm_t alg, size_t key_size)
{
    switch (PSA_ALG_AEAD_WITH_SHORTENED_TAG(alg, 0)) {
    case PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_GCM, 0):
        return key_size == 16   ? EVP_aes_128_gcm()
               : key_size == 24 ? EVP_aes_192_gcm()
                                : EVP_aes_256_gcm();
    case PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 0):
        return key_size == 16   ? EVP_aes_128_ccm()
               : key_size == 24 ? EVP_aes_192_ccm()
                                : EVP_aes_256_ccm();
    default:
        return EVP_chacha20_poly1305();
    }
}

struct aead {
    const char *source;
    psa_algorithm_t alg;
    struct bytes key, nonce, ad, plain, cipher;
    size_t tag_size;
    uint32_t id;
};

static struct bytes openssl_seal(const struct aead *aead)
{
    const EVP_CIPHER *cipher = openssl_aead(aead->alg, aead->key.size);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    struct bytes out = { 0 };
    int size;

    assert_int_equal(EVP_EncryptInit_ex2(context, cipher, NULL, NULL, NULL), 1);
    assert_int_equal(
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, (int)aead->nonce.size, NULL), 1);
    if (EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CCM_MODE) {
        assert_int_equal(
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, (int)aead->tag_size, NULL), 1);
    }
    assert_int_equal(EVP_EncryptInit_ex2(context, NULL, aead->key.data, aead->nonce.data, NULL), 1);
    if (EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CCM_MODE) {
        assert_int_equal(EVP_EncryptUpdate(context, NULL, &size, NULL, (int)aead->plain.size), 1);
    }
    if (aead->ad.size != 0) {
        assert_int_equal(EVP_EncryptUpdate(context, NULL, &size, aead->ad.data, (int)aead->ad.size),
                         1);
    }
    assert_int_equal(
        EVP_EncryptUpdate(context, out.data, &size, aead->plain.data, (int)aead->plain.size), 1);
    assert_int_equal(EVP_EncryptFinal_ex(context, out.data + aead->plain.size, &size), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, (int)aead->tag_size,
                                         out.data + aead->plain.size),
                     1);
    out.size = aead->plain.size + aead->tag_size;
    EVP_CIPHER_CTX_free(context);
    return out;
}

// Up to the text, which goes in and comes out in parts
static uint32_t start_aead(const struct aead *aead, bool encrypts, size_t part, struct bytes *out)
{
    uint32_t op = setup(aead->source, encrypts ? 0x0601 : 0x0602, aead->id, aead->alg);
    struct bytes text = encrypts ? aead->plain : aead->cipher;

    text.size = aead->plain.size;
    case_word(op);
    case_word((uint32_t)aead->ad.size);
    case_word((uint32_t)text.size);
    (void)case_call(0x0605);
    check_status(aead->source, "set_lengths", PSA_SUCCESS);
    case_word(op);
    case_record(1, aead->nonce.data, aead->nonce.size);
    (void)case_call(0x0604);
    check_status(aead->source, "set_nonce", PSA_SUCCESS);
    update(aead->source, 0x0606, op, &aead->ad, part, NULL);
    update(aead->source, 0x0607, op, &text, part, out);
    return op;
}

static void check_aead_in_parts(const struct aead *aead, size_t part)
{
    struct bytes out = { 0 };
    uint32_t op = start_aead(aead, true, part, &out);
    size_t tag_at;

    case_word(op);
    (void)case_call(0x0608);
    check_status(aead->source, "finish", PSA_SUCCESS);
    // Two records: the rest of the ciphertext, the tag
    const uint8_t *answer = kase.response;
    size_t rest = (size_t)answer[2] << 8 | answer[3];

    tag_at = 4 + rest + 4;
    assert_int_equal(answer[0] << 8 | answer[1], 1);
    assert_int_equal(answer[tag_at - 4] << 8 | answer[tag_at - 3], 2);
    assert_int_equal(answer[tag_at - 2] << 8 | answer[tag_at - 1], aead->tag_size);
    assert_int_equal(kase.response_size, tag_at + aead->tag_size);
    memcpy(out.data + out.size, answer + 4, rest);
    memcpy(out.data + out.size + rest, answer + tag_at, aead->tag_size);
    check(aead->source, "sealed text", out.data, out.size + rest + aead->tag_size, &aead->cipher);

    out.size = 0;
    op = start_aead(aead, false, part, &out);
    case_word(op);
    case_record(1, aead->cipher.data + aead->plain.size, aead->tag_size);
    (void)case_call(0x0609);
    check_status(aead->source, "verify", PSA_SUCCESS);
    const uint8_t *last = case_answer_record(&rest);

    memcpy(out.data + out.size, last, rest);
    check(aead->source, "opened text", out.data, out.size + rest, &aead->plain);
}

static int32_t open_at_once(const struct aead *aead, const struct bytes *cipher)
{
    case_word(aead->id);
    case_word(aead->alg);
    case_record(1, aead->nonce.data, aead->nonce.size);
    case_record(2, aead->ad.data, aead->ad.size);
    case_record(3, cipher->data, cipher->size);
    return case_call(0x7f51);
}

static void check_aead_at_once(const struct aead *aead)
{
    struct bytes damaged = aead->cipher;

    case_word(aead->id);
    case_word(aead->alg);
    case_record(1, aead->nonce.data, aead->nonce.size);
    case_record(2, aead->ad.data, aead->ad.size);
    case_record(3, aead->plain.data, aead->plain.size);
    (void)case_call(0x7f50);
    check_record(aead->source, "aead_encrypt", &aead->cipher);
    (void)open_at_once(aead, &aead->cipher);
    check_record(aead->source, "aead_decrypt", &aead->plain);
    // Each byte of ciphertext and tag on its own, then one byte less, all but the tag less
    for (size_t i = 0; i < damaged.size; i++) {
        damaged.data[i] ^= 1;
        (void)open_at_once(aead, &damaged);
        damaged.data[i] ^= 1;
        check_status(aead->source, "a damaged byte", PSA_ERROR_INVALID_SIGNATURE);
    }
    damaged.size--;
    assert_int_not_equal(open_at_once(aead, &damaged), PSA_SUCCESS);
    damaged.size = aead->tag_size - 1;
    assert_int_not_equal(open_at_once(aead, &damaged), PSA_SUCCESS);
}

static void aeads_are_those_of_the_standards(void **state)
{
    (void)state;
    for (size_t i = 0; i < vectors_aead_count; i++) {
        const struct vector_aead *vector = &vectors_aead[i];
        struct aead aead = {
            .source = vector->source,
            .alg = vector->alg,
            .key = of_hex(vector->key),
            .nonce = of_hex(vector->nonce),
            .ad = of_hex(vector->ad),
            .plain = of_hex(vector->plain),
            .cipher = of_hex(vector->cipher),
        };

        aead.tag_size = aead.cipher.size - aead.plain.size;
        aead.id = import(vector->source, vector->type, vector->alg, &aead.key);
        struct bytes openssl = openssl_seal(&aead);

        check(vector->source, "OpenSSL's sealed text", openssl.data, openssl.size, &aead.cipher);
        for (size_t k = 0; k < PARTS; k++) {
            check_aead_in_parts(&aead, parts[k]);
        }
        check_aead_at_once(&aead);
        assert_int_equal(case_destroy(aead.id), PSA_SUCCESS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(hashes_are_those_of_the_standards, ops_start),
        cmocka_unit_test_setup(macs_are_those_of_the_standards, ops_start),
        cmocka_unit_test_setup(ciphers_are_those_of_the_standards, ops_start),
        cmocka_unit_test_setup(padded_cbc_is_openssls, ops_start),
        cmocka_unit_test_setup(aeads_are_those_of_the_standards, ops_start),
    };

    return cmocka_run_group_tests(tests, ops_start_service, NULL);
}
