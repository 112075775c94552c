// SPDX-License-Identifier: BSD-3-Clause
//
// Keys of the crypto service: whose they are, what may be done with them, what they take of memory, and memory that runs out at each
// point.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <mbedtls/platform.h>
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
#define SIGN_HASH 0x1000
#define VERIFY_HASH 0x2000
#define DERIVE 0x4000

#define RAW_DATA 0x1001
#define AES 0x2400
#define RSA_PAIR 0x7001
#define P_PAIR 0x7112

#define CTR 0x04c01000
#define ECDSA_SHA256 0x06000609
#define RSA_PKCS1_SHA256 0x06000209
#define RSA_PSS_SHA256 0x06000309
#define RSA_OAEP_SHA256 0x07000309
#define ECDH 0x09020000

static const struct case_key p256_pair = {
    P_PAIR, 256, 0, 0, EXPORT | COPY | SIGN_HASH | VERIFY_HASH, ECDSA_SHA256
};
static const struct case_key aes_key = { AES, 128, 0, 0, EXPORT | COPY | ENCRYPT | DECRYPT, CTR };
static const struct case_key raw_data = { RAW_DATA, 0, 0, 0, EXPORT | COPY, 0 };

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

// --- Import, export, copy ---

static void what_is_imported_comes_out_again_if_its_policy_says_so(void **state)
{
    static const uint8_t secret[16] = "0123456789abcdef";
    struct case_key kept = aes_key;
    uint32_t id = 0;
    size_t size;

    (void)state;
    assert_int_equal(case_import(&aes_key, secret, 16, &id), PSA_SUCCESS);
    assert_int_equal(case_export(id), PSA_SUCCESS);
    assert_memory_equal(case_answer_record(&size), secret, 16);
    assert_int_equal(size, 16);
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
    kept.usage = ENCRYPT;
    assert_int_equal(case_import(&kept, secret, 16, &id), PSA_SUCCESS);
    assert_int_equal(case_export(id), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
}

static void key_material_of_the_wrong_size_is_refused(void **state)
{
    static const uint8_t bytes[8300] = { 1 };
    uint32_t id = 0;

    (void)state;
    for (size_t size = 0; size < 40; size++) {
        struct case_key key = { AES, 0, 0, 0, EXPORT, 0 };
        int32_t status = case_import(&key, bytes, size, &id);

        if (size == 16 || size == 24 || size == 32) {
            assert_int_equal(status, PSA_SUCCESS);
            assert_int_equal(case_destroy(id), PSA_SUCCESS);
        } else {
            assert_int_equal(status, PSA_ERROR_INVALID_ARGUMENT);
        }
    }
    assert_int_equal(case_import(&aes_key, bytes, 32, &id), PSA_ERROR_INVALID_ARGUMENT); // 128
    assert_int_equal(case_import(&raw_data, bytes, 0, &id), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(case_import(&raw_data, bytes, 8191, &id), PSA_SUCCESS);
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
    assert_int_equal(case_import(&raw_data, bytes, 8192, &id), PSA_ERROR_NOT_SUPPORTED);
}

static void a_copy_has_no_more_rights_than_its_source(void **state)
{
    const struct case_key wider = { AES, 128, 0, 0, EXPORT | COPY | ENCRYPT | DERIVE, CTR };
    const struct case_key closed = { AES, 128, 0, 0, ENCRYPT, CTR };
    uint32_t source = case_new(&aes_key);
    uint32_t copy;
    uint32_t words[6];

    (void)state;
    case_word(source);
    case_put(&wider, sizeof(wider));
    assert_int_equal(case_call(0x010d), PSA_SUCCESS);
    copy = case_answer_word();
    assert_int_not_equal(copy, source);
    case_word(copy);
    assert_int_equal(case_call(0x010f), PSA_SUCCESS);
    assert_int_equal(kase.response_size, sizeof(words));
    memcpy(words, kase.response, sizeof(words));
    assert_int_equal(words[4], EXPORT | COPY | ENCRYPT);
    assert_int_equal(case_destroy(source), PSA_SUCCESS);
    assert_int_equal(case_export(copy), PSA_SUCCESS); // it lives on
    assert_int_equal(case_destroy(copy), PSA_SUCCESS);

    source = case_new(&closed);
    case_word(source);
    case_put(&closed, sizeof(closed));
    assert_int_equal(case_call(0x010d), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(case_destroy(source), PSA_SUCCESS);
    case_word(source);
    case_put(&closed, sizeof(closed));
    assert_int_equal(case_call(0x010d), PSA_ERROR_INVALID_HANDLE);
}

static void purging_a_volatile_key_leaves_it(void **state)
{
    uint32_t id = case_new(&aes_key);

    (void)state;
    case_word(id);
    assert_int_equal(case_call(0x010e), PSA_SUCCESS);
    assert_int_equal(case_export(id), PSA_SUCCESS);
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
    case_word(id);
    assert_int_equal(case_call(0x010e), PSA_ERROR_INVALID_HANDLE);
}

// --- Owners ---

static void names_tell_nothing_of_other_clients(void **state)
{
    uint32_t first;
    uint32_t others[5];

    (void)state;
    case_as(SP1, 7);
    first = case_new(&aes_key);
    assert_int_equal(case_destroy(first), PSA_SUCCESS);
    for (uint32_t i = 0; i < 5; i++) {
        case_as(i % 2 == 0 ? SP1 : NWD, i);
        others[i] = case_new(&aes_key);
    }
    case_as(SP1, 7);
    assert_int_equal(case_new(&aes_key), first); // whatever the others have
    assert_int_equal(case_destroy(first), PSA_SUCCESS);
    for (uint32_t i = 0; i < 5; i++) {
        case_as(i % 2 == 0 ? SP1 : NWD, i);
        assert_int_equal(case_destroy(others[i]), PSA_SUCCESS);
    }
}

// Every operation that names a key, with where the key stands in the fixed part. Operations that need a handle, too, have one of their own.
static const struct {
    uint16_t opcode;
    size_t fixed;
    size_t at;
    bool derives; // the first word is the handle of a derivation
} key_users[] = {
    { 0x0102, 4, 0, false }, { 0x0105, 4, 0, false },  { 0x0106, 4, 0, false },
    { 0x0108, 8, 0, false }, { 0x0109, 8, 0, false },  { 0x010a, 8, 0, false },
    { 0x010b, 8, 0, false }, { 0x010d, 28, 0, false }, { 0x010e, 4, 0, false },
    { 0x010f, 4, 0, false }, { 0x0110, 8, 0, false },  { 0x0111, 8, 0, false },
    { 0x0301, 8, 0, false }, { 0x0302, 8, 0, false },  { 0x0405, 12, 8, true },
    { 0x0409, 12, 8, true }, { 0x040a, 8, 4, false },  { 0x0501, 8, 0, false },
    { 0x0502, 8, 0, false }, { 0x0601, 8, 0, false },  { 0x0602, 8, 0, false },
    { 0x7f20, 8, 0, false }, { 0x7f21, 8, 0, false },  { 0x7f30, 8, 0, false },
    { 0x7f31, 8, 0, false }, { 0x7f42, 8, 4, true },   { 0x7f50, 8, 0, false },
    { 0x7f51, 8, 0, false },
};

// An algorithm that the operation takes, so that nothing but the key can be wrong
static uint32_t algorithm_for(uint16_t opcode)
{
    switch (opcode >> 8 == 0x7f ? opcode & 0xf0 : opcode >> 4) {
    case 0x30:
        return opcode >> 8 == 0x7f ? 0x038000c9 | 0x09 : CTR; // one-shot MAC, cipher setup
    case 0x20:
        return CTR;
    case 0x50:
        return opcode >> 8 == 0x7f ? 0x05500200 : 0x03c00200; // GCM, CMAC
    case 0x60:
        return 0x05500200;
    case 0x10:
        if (opcode == 0x010a || opcode == 0x010b) {
            return RSA_OAEP_SHA256;
        }
        return ECDSA_SHA256;
    default:
        return ECDSA_SHA256;
    }
}

static void no_operation_takes_a_key_of_somebody_else(void **state)
{
    uint32_t id = case_new(&p256_pair);
    static const struct {
        uint16_t source;
        uint32_t client;
    } others[] = { { NWD, 1 }, { NWD, 0xffff }, { SP1, 0 }, { SP2, 0 }, { 0x7fff, 0 } };
    uint8_t before[32];
    size_t size;

    (void)state;
    assert_int_equal(case_export(id), PSA_SUCCESS);
    memcpy(before, case_answer_record(&size), sizeof(before));
    for (size_t i = 0; i < sizeof(key_users) / sizeof(key_users[0]); i++) {
        for (size_t j = 0; j < sizeof(others) / sizeof(others[0]); j++) {
            uint8_t fixed[28] = { 0 };
            uint32_t alg = algorithm_for(key_users[i].opcode);

            case_as(others[j].source, others[j].client);
            if (key_users[i].derives) {
                case_word(key_users[i].opcode == 0x0409 ? 0x09020109
                                                        : 0x08000109); // HKDF, with ECDH
                assert_int_equal(case_call(0x0401), PSA_SUCCESS);
                uint32_t handle = case_answer_word();

                memcpy(fixed, &handle, 4);
                fixed[4] = 1; // step: secret
                fixed[5] = 1;
            } else if (key_users[i].at == 0 && key_users[i].fixed == 8) {
                memcpy(fixed + 4, &alg, 4);
            } else if (key_users[i].at == 4) {
                memcpy(fixed, &(uint32_t){ ECDH }, 4);
            }
            memcpy(fixed + key_users[i].at, &id, 4);
            case_put(fixed, key_users[i].fixed);
            case_record(1, "0123456789abcdef0123456789abcdef", 32);
            case_record(2, "0123456789abcdef", 16);
            if (case_call(key_users[i].opcode) != PSA_ERROR_INVALID_HANDLE) {
                fail_msg("operation %x of %x/%u: %d", key_users[i].opcode, others[j].source,
                         others[j].client, kase.status);
            }
            if (key_users[i].derives) {
                case_put(fixed, 4);
                assert_int_equal(case_call(0x0408), PSA_SUCCESS);
            }
        }
    }
    case_as(NWD, 0);
    assert_int_equal(case_export(id), PSA_SUCCESS);
    assert_memory_equal(case_answer_record(&size), before, sizeof(before));
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
}

// Ids that are nobody's: other ranges, the neighbours of a real one, Mbed TLS's own
static void ids_that_are_no_key_are_refused(void **state)
{
    uint32_t id = case_new(&aes_key);
    const uint32_t ids[] = {
        1,          0x3fffffff, 0x40000000, 0x7fffffff, 0x7ffffee0,
        0x80000000, 0xffffffff, id - 1,     id + 1,     id ^ 0x80000000,
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        assert_int_equal(case_export(ids[i]), PSA_ERROR_INVALID_HANDLE);
        assert_int_equal(case_destroy(ids[i]), PSA_ERROR_INVALID_HANDLE);
    }
    // Mbed TLS's names of its volatile slots
    for (uint32_t slot = 0; slot < MBEDTLS_PSA_KEY_SLOT_COUNT; slot++) {
        assert_int_equal(case_export(0x7fffffff - slot), PSA_ERROR_INVALID_HANDLE);
    }
    assert_int_equal(case_export(0), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(case_destroy(0), PSA_SUCCESS);
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
}

static void when_a_client_is_gone_its_keys_are_too(void **state)
{
    uint32_t ids[3];
    size_t before = crypto_heap_used(0);

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        case_as(NWD, i);
        ids[i] = case_new(&aes_key);
        if (i == 1) {
            (void)case_new(&p256_pair);
        }
    }
    case_as(SP1, 1); // whoever asks, it is about its own clients
    assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
    case_as(NWD, 1);
    assert_int_equal(case_export(ids[1]), PSA_SUCCESS);
    assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
    assert_int_equal(kase.response_size, 0);
    assert_int_equal(case_export(ids[1]), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(case_call(0x7f01), PSA_SUCCESS); // it has nothing
    for (uint32_t i = 0; i < 3; i += 2) {
        case_as(NWD, i);
        assert_int_equal(case_export(ids[i]), PSA_SUCCESS);
        assert_int_equal(case_destroy(ids[i]), PSA_SUCCESS);
    }
    assert_int_equal(crypto_heap_used(0), before);
}

// --- Instances of a client: w7 31:16 ---

static void an_instance_has_its_own_volatile_keys(void **state)
{
    uint32_t ids[3];
    size_t before = crypto_heap_used(0);

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        case_as(NWD, i << 16 | 7);
        ids[i] = case_new(&aes_key);
        assert_int_equal(ids[i], ids[0]); // names tell nothing of others
        assert_int_equal(case_export(ids[i]), PSA_SUCCESS);
    }
    case_as(NWD, 3 << 16 | 7);
    assert_int_equal(case_export(ids[0]), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(case_destroy(ids[0]), PSA_ERROR_INVALID_HANDLE);
    case_as(NWD, 1 << 16 | 7);
    assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
    assert_int_equal(case_export(ids[1]), PSA_ERROR_INVALID_HANDLE);
    case_as(NWD, 2 << 16 | 8); // another client
    assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
    case_as(NWD, 2 << 16 | 7);
    assert_int_equal(case_export(ids[2]), PSA_SUCCESS);
    case_as(NWD, 0xffff0000 | 8);
    assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
    assert_int_equal(case_run(0x7f00), TS_RPC_INVALID_VALUE);
    case_as(NWD, 7);
    assert_int_equal(case_export(ids[0]), PSA_SUCCESS);
    case_as(NWD, 0xffff0000 | 7);
    assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
    for (uint32_t i = 0; i < 3; i++) {
        case_as(NWD, i << 16 | 7);
        assert_int_equal(case_export(ids[i]), PSA_ERROR_INVALID_HANDLE);
    }
    assert_int_equal(crypto_heap_used(0), before);
}

static uint32_t new_hash(void)
{
    case_word(0x02000009); // SHA-256
    assert_int_equal(case_call(0x0201), PSA_SUCCESS);
    return case_answer_word();
}

static int32_t update_hash(uint32_t op)
{
    case_word(op);
    case_record(1, "abc", 3);
    return case_call(0x0202);
}

static void an_instance_has_its_own_operations(void **state)
{
    uint32_t ops[2];

    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        case_as(NWD, (i + 1) << 16);
        ops[i] = new_hash();
    }
    assert_int_equal(update_hash(ops[0]), PSA_ERROR_BAD_STATE); // of the first, asked by the second
    case_as(NWD, 1 << 16);
    assert_int_equal(update_hash(ops[0]), PSA_SUCCESS);
    assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
    assert_int_equal(update_hash(ops[0]), PSA_ERROR_BAD_STATE);
    case_as(NWD, 2 << 16);
    assert_int_equal(update_hash(ops[1]), PSA_SUCCESS);
    case_as(NWD, 0xffff0000);
    assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
    case_as(NWD, 2 << 16);
    assert_int_equal(update_hash(ops[1]), PSA_ERROR_BAD_STATE);
}

// --- Quotas ---

static void one_endpoint_cannot_take_all_keys(void **state)
{
    uint32_t ids[CRYPTO_KEYS_PER_SOURCE];
    uint32_t id;

    (void)state;
    for (uint32_t i = 0; i < CRYPTO_KEYS_PER_SOURCE; i++) {
        case_as(NWD, i % 3); // different clients, one endpoint
        ids[i] = case_new(&aes_key);
        for (uint32_t j = 0; j < i; j++) {
            assert_true(ids[i] != ids[j] || i % 3 != j % 3);
        }
    }
    case_as(NWD, 9);
    assert_int_equal(case_generate(&aes_key, &id), PSA_ERROR_INSUFFICIENT_MEMORY);
    for (uint32_t i = 0; i < CRYPTO_SOURCES - 1; i++) {
        case_as((uint16_t)(SP1 + i), 0);
        for (uint32_t j = 0; j < CRYPTO_KEYS_PER_SOURCE; j++) {
            (void)case_new(&aes_key);
        }
        assert_int_equal(case_generate(&aes_key, &id), PSA_ERROR_INSUFFICIENT_MEMORY);
    }
    for (uint32_t i = 0; i < CRYPTO_SOURCES - 1; i++) {
        case_as((uint16_t)(SP1 + i), 0);
        assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
    }
    for (uint32_t i = 0; i < CRYPTO_KEYS_PER_SOURCE; i++) {
        case_as(NWD, i % 3);
        assert_int_equal(case_destroy(ids[i]), PSA_SUCCESS);
    }
    case_as(NWD, 9);
    assert_int_equal(case_destroy(case_new(&aes_key)), PSA_SUCCESS); // the quota is free again
}

static void one_endpoint_cannot_take_all_memory(void **state)
{
    static const uint8_t bytes[8000] = { 1 };
    uint32_t ids[CRYPTO_KEYS_PER_SOURCE];
    uint32_t count = 0;

    (void)state;
    case_as(SP1, 0);
    while (case_import(&raw_data, bytes, sizeof(bytes), &ids[count]) == PSA_SUCCESS) {
        count++;
        assert_true(count < CRYPTO_KEYS_PER_SOURCE);
    }
    assert_int_equal(kase.status, PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(count, CRYPTO_HEAP_SP / sizeof(bytes)); // 8
    assert_true(crypto_heap_used(crypto_source_number(SP1)) <= CRYPTO_HEAP_SP);
    case_as(SP2, 0);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t id;

        assert_int_equal(case_import(&raw_data, bytes, sizeof(bytes), &id), PSA_SUCCESS);
    }
    assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
    case_as(SP1, 0);
    assert_int_equal(case_destroy(ids[3]), PSA_SUCCESS);
    assert_int_equal(case_import(&raw_data, bytes, sizeof(bytes), &ids[3]), PSA_SUCCESS);
    assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
    assert_int_equal(crypto_heap_used(crypto_source_number(SP1)), 0);
    assert_int_equal(crypto_heap_used(crypto_source_number(SP2)), 0);
}

// --- Memory that runs out ---

static void no_call_gets_more_than_its_share(void **state)
{
    size_t source = crypto_source_number(SP1);
    size_t most = CRYPTO_HEAP_SP + CRYPTO_HEAP_WORK - 16;

    (void)state;
    crypto_heap_charge(source);
    assert_null(mbedtls_calloc(1, most + 1));
    assert_null(mbedtls_calloc(SIZE_MAX, 2));
    assert_null(mbedtls_calloc(1, SIZE_MAX));
    assert_null(mbedtls_calloc(1, SIZE_MAX - 15));
    void *first = mbedtls_calloc(1, most / 2);
    void *second = mbedtls_calloc(most / 2 - 16, 1);

    assert_non_null(first);
    assert_non_null(second);
    assert_int_equal(crypto_heap_used(source), most + 16);
    assert_null(mbedtls_calloc(1, 1));
    crypto_heap_charge(CRYPTO_SOURCES); // freed in another's call
    mbedtls_free(first);
    mbedtls_free(second);
    mbedtls_free(NULL);
    assert_int_equal(crypto_heap_used(source), 0);
}

static uint32_t scene_key;
static uint8_t scene_point[65];

static int32_t scene_generate_aes(void)
{
    uint32_t id;
    int32_t status = case_generate(&aes_key, &id);

    return status == PSA_SUCCESS ? case_destroy(id) : status;
}

static int32_t scene_generate_p256(void)
{
    uint32_t id;
    int32_t status = case_generate(&p256_pair, &id);

    return status == PSA_SUCCESS ? case_destroy(id) : status;
}

static int32_t scene_import_rsa(void)
{
    const struct case_key key = { RSA_PAIR, 0, 0, 0, SIGN_HASH, RSA_PKCS1_SHA256 };
    uint32_t id;
    int32_t status = case_import(&key, rsa_pair_der, rsa_pair_size, &id);

    return status == PSA_SUCCESS ? case_destroy(id) : status;
}

static int32_t scene_copy(void)
{
    case_word(scene_key);
    case_put(&p256_pair, sizeof(p256_pair));
    int32_t status = case_call(0x010d);

    return status == PSA_SUCCESS ? case_destroy(case_answer_word()) : status;
}

static int32_t scene_sign(void)
{
    static const uint8_t hash[32];

    return case_sign(0x0108, scene_key, ECDSA_SHA256, hash, sizeof(hash));
}

static int32_t scene_sign_message(void)
{
    return case_sign(0x0110, scene_key, RSA_PSS_SHA256, "message", 7);
}

static int32_t scene_decrypt(void)
{
    int32_t status = case_crypt(0x010b, scene_key, RSA_OAEP_SHA256, "secret", 6, "");
    uint8_t sealed[256];
    size_t size;

    if (status != PSA_SUCCESS) {
        return status;
    }
    memcpy(sealed, case_answer_record(&size), sizeof(sealed));
    return case_crypt(0x010a, scene_key, RSA_OAEP_SHA256, sealed, sizeof(sealed), "");
}

static int32_t scene_agree(void)
{
    return case_agree(scene_key, scene_point, sizeof(scene_point));
}

static int32_t scene_export_public(void)
{
    case_word(scene_key);
    return case_call(0x0106);
}

// Fails each allocation in turn, alone and with all behind it: an error that says so, nothing kept, and then it works
static void run_short_of_memory(const char *name, int32_t (*scene)(void))
{
    size_t used = crypto_heap_used(0);

    for (int for_ever = 0; for_ever <= 1; for_ever++) {
        int32_t status = PSA_ERROR_GENERIC_ERROR;

        for (unsigned int n = 1; status != PSA_SUCCESS; n++) {
            assert_true(n < 100000);
            crypto_fake_alloc_failures = 0;
            crypto_fake_alloc_fails = n;
            crypto_fake_alloc_for_ever = for_ever;
            status = scene();
            crypto_fake_alloc_fails = 0;
            crypto_fake_alloc_for_ever = 0;
            if (status != PSA_SUCCESS && status != PSA_ERROR_INSUFFICIENT_MEMORY) {
                fail_msg("%s, allocation %u: %d", name, n, status);
            }
            if (crypto_heap_used(0) != used) {
                fail_msg("%s, allocation %u: %zu bytes kept", name, n, crypto_heap_used(0) - used);
            }
            if (status == PSA_SUCCESS && crypto_fake_alloc_failures != 0) {
                fail_msg("%s, allocation %u: it failed and nobody saw it", name, n);
            }
            if (n > 300 && n % 64 != 0 && status != PSA_SUCCESS) {
                n += 60; // big-number arithmetic allocates thousands of times alike
            }
        }
        assert_int_equal(scene(), PSA_SUCCESS);
        assert_int_equal(crypto_heap_used(0), used);
    }
}

static void memory_that_runs_out_costs_one_call_only(void **state)
{
    const struct case_key ecdh = { P_PAIR, 384, 0, 0, DERIVE, ECDH };
    static uint8_t point[97];

    (void)state;
    run_short_of_memory("generate AES", scene_generate_aes);
    run_short_of_memory("generate P-256", scene_generate_p256);
    run_short_of_memory("import RSA", scene_import_rsa);
    scene_key = case_new(&p256_pair);
    run_short_of_memory("copy", scene_copy);
    run_short_of_memory("sign", scene_sign);
    run_short_of_memory("export public key", scene_export_public);
    assert_int_equal(case_destroy(scene_key), PSA_SUCCESS);
    scene_key = new_rsa(SIGN_MESSAGE, RSA_PSS_SHA256);
    run_short_of_memory("sign message", scene_sign_message);
    assert_int_equal(case_destroy(scene_key), PSA_SUCCESS);
    scene_key = new_rsa(ENCRYPT | DECRYPT, RSA_OAEP_SHA256);
    run_short_of_memory("decrypt", scene_decrypt);
    assert_int_equal(case_destroy(scene_key), PSA_SUCCESS);
    scene_key = case_new(&ecdh);
    case_public(scene_key, point, sizeof(point));
    memcpy(scene_point, point, sizeof(scene_point));
    assert_int_equal(case_destroy(scene_key), PSA_SUCCESS);
    const struct case_key p256_ecdh = { P_PAIR, 256, 0, 0, DERIVE, ECDH };

    scene_key = case_new(&p256_ecdh);
    case_public(scene_key, scene_point, sizeof(scene_point));
    run_short_of_memory("agree", scene_agree);
    assert_int_equal(case_destroy(scene_key), PSA_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_imported_comes_out_again_if_its_policy_says_so, case_clean),
        cmocka_unit_test_setup(key_material_of_the_wrong_size_is_refused, case_clean),
        cmocka_unit_test_setup(a_copy_has_no_more_rights_than_its_source, case_clean),
        cmocka_unit_test_setup(purging_a_volatile_key_leaves_it, case_clean),
        cmocka_unit_test_setup(names_tell_nothing_of_other_clients, case_clean),
        cmocka_unit_test_setup(no_operation_takes_a_key_of_somebody_else, case_clean),
        cmocka_unit_test_setup(ids_that_are_no_key_are_refused, case_clean),
        cmocka_unit_test_setup(when_a_client_is_gone_its_keys_are_too, case_clean),
        cmocka_unit_test_setup(an_instance_has_its_own_volatile_keys, case_clean),
        cmocka_unit_test_setup(an_instance_has_its_own_operations, case_clean),
        cmocka_unit_test_setup(one_endpoint_cannot_take_all_keys, case_clean),
        cmocka_unit_test_setup(one_endpoint_cannot_take_all_memory, case_clean),
        cmocka_unit_test_setup(no_call_gets_more_than_its_share, case_clean),
        cmocka_unit_test_setup(memory_that_runs_out_costs_one_call_only, case_clean),
    };

    return cmocka_run_group_tests(tests, start_service, end_service);
}
