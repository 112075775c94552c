// SPDX-License-Identifier: BSD-3-Clause
//
// What the crypto service does with keys: signatures, encryption, agreement, also with hostile peers; and hostile key material. OpenSSL has a
// second opinion on results.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto_case.h"
#include "crypto_fake.h"
#include "crypto_private.h"

#define EXPORT 0x0001
#define COPY 0x0002
#define ENCRYPT 0x0100
#define DECRYPT 0x0200
#define SIGN_MESSAGE 0x0400
#define VERIFY_MESSAGE 0x0800
#define SIGN_HASH 0x1000
#define VERIFY_HASH 0x2000
#define DERIVE 0x4000

#define RAW_DATA 0x1001
#define AES 0x2400
#define RSA_PAIR 0x7001
#define RSA_PUBLIC 0x4001
#define P_PAIR 0x7112
#define P_PUBLIC 0x4112
#define X_PAIR 0x7141

#define CTR 0x04c01000
#define ECDSA_SHA256 0x06000609
#define RSA_PKCS1_SHA256 0x06000209
#define RSA_PSS_SHA256 0x06000309
#define RSA_OAEP_SHA256 0x07000309
#define RSA_PKCS1_CRYPT 0x07000200
#define ECDH 0x09020000

static const struct case_key p256_pair = {
    P_PAIR, 256, 0, 0, EXPORT | COPY | SIGN_HASH | VERIFY_HASH, ECDSA_SHA256
};

static uint8_t rsa_pair_der[2048]; // PKCS#1, from OpenSSL
static size_t rsa_pair_size;
static EVP_PKEY *rsa;

static int start_service(void **state)
{
    unsigned char *to = rsa_pair_der;

    rsa = EVP_RSA_gen(2048);
    rsa_pair_size = (size_t)i2d_PrivateKey(rsa, &to);
    return case_start_service(state);
}

static int end_service(void **state)
{
    (void)state;
    EVP_PKEY_free(rsa);
    return 0;
}

static uint32_t new_rsa(uint32_t usage, uint32_t alg)
{
    const struct case_key key = { RSA_PAIR, 0, 0, 0, usage, alg };
    uint32_t id = 0;

    assert_int_equal(case_import(&key, rsa_pair_der, rsa_pair_size, &id), PSA_SUCCESS);
    return id;
}

// --- Signatures, encryption ---

// A message that is signed whole, of 60,000 bytes: OpenSSL agrees with what the service made of it
static void long_messages_are_signed(void **state)
{
    static const struct {
        uint32_t alg;
        int padding;
    } rows[] = { { RSA_PKCS1_SHA256, RSA_PKCS1_PADDING },
                 { RSA_PSS_SHA256, RSA_PKCS1_PSS_PADDING } };
    static uint8_t message[60000];
    uint8_t signature[256];
    size_t size;

    (void)state;
    memset(message, 0xa5, sizeof(message));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t id = new_rsa(SIGN_MESSAGE | VERIFY_MESSAGE, rows[i].alg);
        EVP_MD_CTX *md = EVP_MD_CTX_new();
        EVP_PKEY_CTX *context;

        assert_int_equal(case_sign(0x0110, id, rows[i].alg, message, sizeof(message)), PSA_SUCCESS);
        memcpy(signature, case_answer_record(&size), sizeof(signature));
        assert_int_equal(size, sizeof(signature));
        assert_int_equal(EVP_DigestVerifyInit(md, &context, EVP_sha256(), NULL, rsa), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, rows[i].padding), 1);
        assert_int_equal(EVP_DigestVerify(md, signature, size, message, sizeof(message)), 1);
        EVP_MD_CTX_free(md);
        assert_int_equal(case_verify(0x0111, id, rows[i].alg, CASE_BYTES(message, sizeof(message)),
                                     CASE_BYTES(signature, size)),
                         PSA_SUCCESS);
        message[59999] ^= 1;
        assert_int_equal(case_verify(0x0111, id, rows[i].alg, CASE_BYTES(message, sizeof(message)),
                                     CASE_BYTES(signature, size)),
                         PSA_ERROR_INVALID_SIGNATURE);
        message[59999] ^= 1;
        // The policy is for messages: nobody signs a hash of another's choice
        assert_int_equal(case_sign(0x0108, id, rows[i].alg, message, 32), PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(case_destroy(id), PSA_SUCCESS);
    }
}

static void a_signature_is_for_one_algorithm_and_one_length_of_hash(void **state)
{
    uint8_t hash[65] = { 0 };
    uint32_t id = new_rsa(SIGN_HASH, RSA_PKCS1_SHA256);

    (void)state;
    for (size_t size = 0; size <= sizeof(hash); size++) {
        assert_int_equal(case_sign(0x0108, id, RSA_PKCS1_SHA256, hash, size),
                         size == 32 ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT);
    }
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
    id = case_new(&p256_pair);
    assert_int_equal(case_sign(0x0108, id, 0x0600060a, hash, 48),
                     PSA_ERROR_NOT_PERMITTED); // SHA-384
    assert_int_equal(case_sign(0x0108, id, RSA_PKCS1_SHA256, hash, 32), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(case_sign(0x0108, id, 0, hash, 32), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(case_sign(0x0108, id, 0xffffffff, hash, 32), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
}

static void what_is_encrypted_for_a_key_pair_is_decrypted_with_it(void **state)
{
    static const uint32_t algs[] = { RSA_OAEP_SHA256, RSA_PKCS1_CRYPT };
    uint8_t sealed[256];
    size_t size;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const char *label = i == 0 ? "label" : "";
        uint32_t id = new_rsa(ENCRYPT | DECRYPT, algs[i]);

        assert_int_equal(case_crypt(0x010b, id, algs[i], "secret", 6, label), PSA_SUCCESS);
        memcpy(sealed, case_answer_record(&size), sizeof(sealed));
        assert_int_equal(size, sizeof(sealed));
        assert_int_equal(case_crypt(0x010a, id, algs[i], sealed, size, label), PSA_SUCCESS);
        assert_memory_equal(case_answer_record(&size), "secret", 6);
        assert_int_equal(size, 6);
        if (i == 0) {
            assert_int_equal(case_crypt(0x010a, id, algs[i], sealed, sizeof(sealed), "other"),
                             PSA_ERROR_INVALID_PADDING);
        } else { // a label where there is none
            assert_int_equal(case_crypt(0x010a, id, algs[i], sealed, sizeof(sealed), "x"),
                             PSA_ERROR_INVALID_ARGUMENT);
        }
        assert_int_equal(case_crypt(0x010a, id, algs[i], sealed, sizeof(sealed) - 1, label),
                         PSA_ERROR_INVALID_ARGUMENT);
        assert_int_equal(case_crypt(0x010a, id, algs[i], "", 0, label), PSA_ERROR_INVALID_ARGUMENT);
        assert_int_equal(case_crypt(0x010b, id, algs[i], sealed, sizeof(sealed), label),
                         PSA_ERROR_INVALID_ARGUMENT); // too long for the key
        assert_int_equal(case_destroy(id), PSA_SUCCESS);
    }
}

static void a_public_key_cannot_sign_or_decrypt(void **state)
{
    const struct case_key verifier = { RSA_PUBLIC,      0, 0, 0, SIGN_HASH | VERIFY_HASH,
                                       RSA_PKCS1_SHA256 };
    unsigned char der[1024];
    unsigned char *to = der;
    int length = i2d_PublicKey(rsa, &to);
    uint8_t hash[32] = { 0 };
    uint32_t id = 0;

    (void)state;
    assert_true(length > 0);
    assert_int_equal(case_import(&verifier, der, (size_t)length, &id), PSA_SUCCESS);
    assert_int_equal(case_sign(0x0108, id, RSA_PKCS1_SHA256, hash, 32), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
}

// --- Key agreement ---

static void two_sides_agree_on_one_secret(void **state)
{
    static const struct {
        struct case_key key;
        size_t public_size;
        size_t secret_size;
    } rows[] = {
        { { P_PAIR, 256, 0, 0, DERIVE, ECDH }, 65, 32 },
        { { P_PAIR, 384, 0, 0, DERIVE, ECDH }, 97, 48 },
        { { P_PAIR, 521, 0, 0, DERIVE, ECDH }, 133, 66 },
        { { X_PAIR, 255, 0, 0, DERIVE, ECDH }, 32, 32 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t one = case_new(&rows[i].key);
        uint32_t other = case_new(&rows[i].key);
        uint8_t key[133];
        uint8_t secret[66];
        size_t size;

        case_public(other, key, rows[i].public_size);
        assert_int_equal(case_agree(one, key, rows[i].public_size), PSA_SUCCESS);
        memcpy(secret, case_answer_record(&size), rows[i].secret_size);
        assert_int_equal(size, rows[i].secret_size);
        case_public(one, key, rows[i].public_size);
        assert_int_equal(case_agree(other, key, rows[i].public_size), PSA_SUCCESS);
        assert_memory_equal(case_answer_record(&size), secret, rows[i].secret_size);
        assert_int_equal(case_destroy(one), PSA_SUCCESS);
        assert_int_equal(case_destroy(other), PSA_SUCCESS);
    }
}

static void hostile_peers_of_weierstrass_curves_are_refused(void **state)
{
    static const struct case_key pairs[] = {
        { P_PAIR, 256, 0, 0, DERIVE, ECDH },
        { P_PAIR, 384, 0, 0, DERIVE, ECDH },
        { P_PAIR, 521, 0, 0, DERIVE, ECDH },
    };
    static const size_t sizes[] = { 65, 97, 133 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        uint32_t id = case_new(&pairs[i]);
        uint8_t good[134] = { 0 };
        uint8_t bad[134] = { 0 };

        case_public(id, good, sizes[i]);
        for (size_t size = 0; size <= sizes[i] + 1; size++) { // every wrong length, T87
            if (size != sizes[i]) {
                assert_int_equal(case_agree(id, good, size), PSA_ERROR_INVALID_ARGUMENT);
            }
        }
        assert_int_equal(case_agree(id, bad, 1), PSA_ERROR_INVALID_ARGUMENT); // infinity, SEC 1
        assert_int_equal(case_agree(id, bad, sizes[i]),
                         PSA_ERROR_INVALID_ARGUMENT); // no format at all
        bad[0] = 4;
        assert_int_equal(case_agree(id, bad, sizes[i]), PSA_ERROR_INVALID_ARGUMENT); // 0, 0
        memset(bad + 1, 0xff, sizes[i] - 1);
        assert_int_equal(case_agree(id, bad, sizes[i]), PSA_ERROR_INVALID_ARGUMENT); // above p
        memcpy(bad, good, sizes[i]);
        bad[sizes[i] - 1] ^= 1; // beside the curve
        assert_int_equal(case_agree(id, bad, sizes[i]), PSA_ERROR_INVALID_ARGUMENT);
        memcpy(bad, good, sizes[i]);
        bad[0] = 2; // compressed
        assert_int_equal(case_agree(id, bad, sizes[i] / 2 + 1), PSA_ERROR_INVALID_ARGUMENT);
        assert_int_equal(case_agree(id, good, sizes[i]), PSA_SUCCESS);
        assert_int_equal(case_destroy(id), PSA_SUCCESS);
    }
}

// RFC 7748 6.1: points of small order give a secret of zeros, which is refused
static void hostile_peers_of_x25519_are_refused(void **state)
{
    static const uint8_t order_8[32] = { 0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae,
                                         0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
                                         0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd,
                                         0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00 };
    const struct case_key pair = { X_PAIR, 255, 0, 0, DERIVE, ECDH };
    uint32_t id = case_new(&pair);
    uint8_t peer[33] = { 0 };

    (void)state;
    for (size_t size = 0; size <= 33; size++) {
        if (size != 32) {
            assert_int_equal(case_agree(id, order_8, size < 32 ? size : 0),
                             PSA_ERROR_INVALID_ARGUMENT);
        }
    }
    assert_int_not_equal(case_agree(id, peer, 32), PSA_SUCCESS); // 0
    peer[0] = 1;
    assert_int_not_equal(case_agree(id, peer, 32), PSA_SUCCESS); // 1
    assert_int_not_equal(case_agree(id, order_8, 32), PSA_SUCCESS);
    memset(peer, 0xff, 32); // p - 1
    peer[0] = 0xec;
    peer[31] = 0x7f;
    assert_int_not_equal(case_agree(id, peer, 32), PSA_SUCCESS);
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
}

static void agreement_needs_a_key_pair_for_it(void **state)
{
    const struct case_key pair = { P_PAIR, 256, 0, 0, DERIVE, ECDH };
    uint8_t point[65];
    uint32_t id = case_new(&pair);
    uint32_t signer = case_new(&p256_pair);

    (void)state;
    case_public(id, point, 65);
    assert_int_equal(case_agree(signer, point, 65), PSA_ERROR_NOT_PERMITTED);
    case_word(ECDSA_SHA256);
    case_word(id);
    case_record(1, point, 65);
    assert_int_equal(case_call(0x040a), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
    assert_int_equal(case_destroy(signer), PSA_SUCCESS);
}

// --- Memory of the caller that is one byte short ---

static uint32_t short_key;
static uint8_t short_point[65];
static uint8_t short_sealed[256];

static void put_export(void)
{
    case_word(short_key);
}

static void put_hash(void)
{
    static const uint8_t hash[32];

    case_word(short_key);
    case_word(RSA_PKCS1_SHA256);
    case_record(1, hash, sizeof(hash));
}

static void put_sealed(void)
{
    case_word(short_key);
    case_word(RSA_OAEP_SHA256);
    case_record(1, short_sealed, sizeof(short_sealed));
}

static void put_plain(void)
{
    case_word(short_key);
    case_word(RSA_OAEP_SHA256);
    case_record(1, "secret", 6);
}

static void put_peer(void)
{
    case_word(ECDH);
    case_word(short_key);
    case_record(1, short_point, sizeof(short_point));
}

// The answer has `size` bytes: it comes with just that much room, and without that nothing comes, and nothing breaks
static void assert_needs(uint16_t opcode, void (*put)(void), size_t size)
{
    for (size_t room = 0; room <= size; room += room < 8          ? 1
                                                : size - room > 1 ? size - room - 1
                                                                  : 1) {
        kase.response_max = room;
        put();
        if (case_run(opcode) != (room < size ? TS_RPC_INVALID_RESPONSE_BODY : TS_RPC_SUCCESS)) {
            fail_msg("operation %x in %zu bytes", opcode, room);
        }
        assert_int_equal(kase.status, PSA_SUCCESS);
    }
    assert_int_equal(kase.response_size, size);
    kase.response_max = CASE_SIZE;
}

static void answers_come_whole_or_not_at_all(void **state)
{
    const struct case_key pair = { P_PAIR, 256, 0, 0, DERIVE, ECDH };

    (void)state;
    short_key = new_rsa(EXPORT | SIGN_HASH, RSA_PKCS1_SHA256);
    assert_int_equal(case_export(short_key), PSA_SUCCESS);
    assert_needs(0x0105, put_export, kase.response_size);
    put_export();
    assert_int_equal(case_call(0x0106), PSA_SUCCESS);
    assert_needs(0x0106, put_export, kase.response_size);
    assert_needs(0x0108, put_hash, 4 + 256);
    assert_needs(0x010f, put_export, 24);
    assert_int_equal(case_destroy(short_key), PSA_SUCCESS);

    short_key = new_rsa(ENCRYPT | DECRYPT, RSA_OAEP_SHA256);
    assert_needs(0x010b, put_plain, 4 + 256);
    memcpy(short_sealed, kase.response + 4, sizeof(short_sealed));
    assert_needs(0x010a, put_sealed, 4 + 6);
    assert_int_equal(case_destroy(short_key), PSA_SUCCESS);

    short_key = case_new(&pair);
    case_public(short_key, short_point, sizeof(short_point));
    assert_needs(0x040a, put_peer, 4 + 32);
    assert_int_equal(case_destroy(short_key), PSA_SUCCESS);
}

// A key that cannot be named to its client is not made
static void no_key_is_made_whose_name_does_not_fit(void **state)
{
    size_t before = crypto_heap_used(0);

    (void)state;
    for (size_t room = 0; room < 4; room++) {
        kase.response_max = room;
        case_put(&p256_pair, sizeof(p256_pair));
        assert_int_equal(case_run(0x0101), TS_RPC_INVALID_RESPONSE_BODY);
        assert_int_equal(crypto_heap_used(0), before);
    }
}

// --- Hostile key material ---

static void cut_and_broken_rsa_keys_are_refused(void **state)
{
    const struct case_key key = { RSA_PAIR, 0, 0, 0, SIGN_HASH, RSA_PKCS1_SHA256 };
    size_t before = crypto_heap_used(0);
    uint8_t der[sizeof(rsa_pair_der)];
    uint32_t id;

    (void)state;
    for (size_t size = 0; size < rsa_pair_size; size += size < 40 ? 1 : 37) {
        assert_int_equal(case_import(&key, rsa_pair_der, size, &id), PSA_ERROR_INVALID_ARGUMENT);
    }
    for (size_t at = 0; at < rsa_pair_size; at += at < 40 ? 1 : 61) {
        memcpy(der, rsa_pair_der, rsa_pair_size);
        der[at] ^= 0xff;
        if (case_import(&key, der, rsa_pair_size, &id) == PSA_SUCCESS) {
            assert_int_equal(case_destroy(id), PSA_SUCCESS); // numbers are checked when used
        }
    }
    memcpy(der, rsa_pair_der, rsa_pair_size);
    assert_int_equal(case_import(&key, der, rsa_pair_size + 1, &id), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(crypto_heap_used(0), before);
}

static void hostile_ecc_keys_are_refused(void **state)
{
    const struct case_key pair = { P_PAIR, 256, 0, 0, SIGN_HASH, ECDSA_SHA256 };
    const struct case_key public = { P_PUBLIC, 256, 0, 0, VERIFY_HASH, ECDSA_SHA256 };
    static const uint8_t order[32] = { 0xff, 0xff, 0xff, 0xff, 0,    0,    0,    0,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
                                       0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 };
    uint8_t bytes[66] = { 0 };
    uint32_t id;

    (void)state;
    assert_int_equal(case_import(&pair, bytes, 32, &id), PSA_ERROR_INVALID_ARGUMENT); // 0
    assert_int_equal(case_import(&pair, order, 32, &id), PSA_ERROR_INVALID_ARGUMENT); // n
    memset(bytes, 0xff, 32);
    assert_int_equal(case_import(&pair, bytes, 32, &id), PSA_ERROR_INVALID_ARGUMENT);
    for (size_t size = 0; size <= 66; size++) {
        if (size != 32) {
            assert_int_not_equal(case_import(&pair, bytes, size, &id), PSA_SUCCESS);
        }
        assert_int_not_equal(case_import(&public, bytes, size, &id), PSA_SUCCESS);
    }
    bytes[0] = 4;
    assert_int_not_equal(case_import(&public, bytes, 65, &id), PSA_SUCCESS);
}

// Attributes with each bit pattern that PSA could mistake for something: never a key, never a crash
static void strange_attributes_are_refused(void **state)
{
    static const uint32_t words[] = { 0,       1,          0x7f,       0xff,      0xffff,
                                      0x10000, 0x7fffffff, 0x80000000, 0xffffffff };
    size_t before = crypto_heap_used(0);

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        for (unsigned int field = 0; field < 6; field++) {
            struct case_key key = p256_pair;
            uint32_t *fields[] = { &key.type, &key.bits,  &key.lifetime,
                                   &key.id,   &key.usage, &key.alg };
            uint32_t id;

            *fields[field] = words[i];
            if (case_generate(&key, &id) == PSA_SUCCESS) {
                // Without an effect: the id of a volatile key; no rights; an algorithm that it is never used with
                assert_true(field >= 3 || words[i] == 0);
                assert_int_equal(case_destroy(id), PSA_SUCCESS);
            }
        }
    }
    assert_int_equal(crypto_heap_used(0), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(long_messages_are_signed, case_clean),
        cmocka_unit_test_setup(a_signature_is_for_one_algorithm_and_one_length_of_hash, case_clean),
        cmocka_unit_test_setup(what_is_encrypted_for_a_key_pair_is_decrypted_with_it, case_clean),
        cmocka_unit_test_setup(a_public_key_cannot_sign_or_decrypt, case_clean),
        cmocka_unit_test_setup(two_sides_agree_on_one_secret, case_clean),
        cmocka_unit_test_setup(hostile_peers_of_weierstrass_curves_are_refused, case_clean),
        cmocka_unit_test_setup(hostile_peers_of_x25519_are_refused, case_clean),
        cmocka_unit_test_setup(agreement_needs_a_key_pair_for_it, case_clean),
        cmocka_unit_test_setup(answers_come_whole_or_not_at_all, case_clean),
        cmocka_unit_test_setup(no_key_is_made_whose_name_does_not_fit, case_clean),
        cmocka_unit_test_setup(cut_and_broken_rsa_keys_are_refused, case_clean),
        cmocka_unit_test_setup(hostile_ecc_keys_are_refused, case_clean),
        cmocka_unit_test_setup(strange_attributes_are_refused, case_clean),
    };

    return cmocka_run_group_tests(tests, start_service, end_service);
}
