// SPDX-License-Identifier: BSD-3-Clause
//
// The crypto service (partitions/crypto, all but its glue) with Mbed TLS as the partition has it,
// on the host: encoding, owners, quotas, refusals. Expected values are NIST's (hashes) or OpenSSL's
// (signatures).
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

#include "crypto_case.h"
#include "crypto_service.h"

#define P256_KEY_PAIR 0x7112
#define ECDSA_SHA256 0x06000609
#define SIGN_AND_VERIFY 0x3000

// The value of the response's only record, of `size` bytes
static const uint8_t *response_record(size_t size)
{
    size_t found;
    const uint8_t *value = case_answer_record(&found);

    assert_int_equal(found, size);
    return value;
}

static uint32_t hash_setup(uint32_t alg)
{
    case_word(alg);
    assert_int_equal(case_run(0x0201), 0);
    return kase.status == PSA_SUCCESS ? case_answer_word() : 0;
}

static int32_t hash_update(uint32_t operation, const void *data, size_t size)
{
    case_word(operation);
    case_record(1, data, size);
    assert_int_equal(case_run(0x0202), 0);
    assert_int_equal(kase.response_size, 0);
    return kase.status;
}

static int32_t hash_finish(uint32_t operation)
{
    case_word(operation);
    assert_int_equal(case_run(0x0203), 0);
    return kase.status;
}

static int32_t hash_abort(uint32_t operation)
{
    case_word(operation);
    assert_int_equal(case_run(0x0204), 0);
    return kase.status;
}

static int32_t generate_key(uint32_t type, uint32_t bits, uint32_t lifetime, uint32_t usage)
{
    const uint32_t attributes[6] = { type,  bits,        lifetime, lifetime != 0 ? 5 : 0,
                                     usage, ECDSA_SHA256 };

    case_put(attributes, sizeof(attributes));
    assert_int_equal(case_run(0x0101), 0);
    return kase.status;
}

static uint32_t good_key(void)
{
    assert_int_equal(generate_key(P256_KEY_PAIR, 256, 0, SIGN_AND_VERIFY), PSA_SUCCESS);
    return case_answer_word();
}

static int32_t destroy_key(uint32_t id)
{
    case_word(id);
    assert_int_equal(case_run(0x0102), 0);
    return kase.status;
}

static int32_t sign(uint32_t id, const uint8_t *hash, size_t size)
{
    case_word(id);
    case_word(ECDSA_SHA256);
    case_record(1, hash, size);
    assert_int_equal(case_run(0x0108), 0);
    return kase.status;
}

static int32_t verify(uint32_t id, const uint8_t *hash, const uint8_t *signature, size_t size)
{
    case_word(id);
    case_word(ECDSA_SHA256);
    case_record(1, hash, 32);
    case_record(2, signature, size);
    assert_int_equal(case_run(0x0109), 0);
    assert_int_equal(kase.response_size, 0);
    return kase.status;
}

static int entropy_fails(uint8_t *buf, size_t len)
{
    (void)buf;
    (void)len;
    return ERR_IO;
}

static unsigned int entropy_count;

static int entropy_counts(uint8_t *buf, size_t len)
{
    memset(buf, (int)++entropy_count, len);
    return 0;
}

static void start_rng(uint8_t seed_byte, crypto_entropy more)
{
    uint8_t seed[CRYPTO_SEED_SIZE];
    static const uint8_t zeros[CRYPTO_SEED_SIZE];

    memset(seed, seed_byte, sizeof(seed));
    assert_int_equal(crypto_rng_init(seed, more), 0);
    assert_memory_equal(seed, zeros, sizeof(seed));
}

static int start(void **state)
{
    (void)state;
    case_start();
    return 0;
}

static int start_service(void **state)
{
    uint8_t seed[CRYPTO_SEED_SIZE] = { 1 };

    (void)state;
    return crypto_service_init(seed, NULL);
}

static void random_64(uint8_t out[64])
{
    case_word(64);
    assert_int_equal(case_run(0x010c), 0);
    assert_int_equal(kase.status, PSA_SUCCESS);
    memcpy(out, response_record(64), 64);
}

// --- Random ---

static void random_bytes_differ_and_have_the_length_asked_for(void **state)
{
    uint8_t first[64];
    uint8_t second[64];

    (void)state;
    random_64(first);
    random_64(second);
    assert_memory_not_equal(first, second, sizeof(first));
    case_word(0);
    assert_int_equal(case_run(0x010c), 0);
    assert_int_equal(kase.status, PSA_SUCCESS);
    (void)response_record(0);
    case_word(65535);
    assert_int_equal(case_run(0x010c), 0);
    const uint8_t *bytes = response_record(65535);

    assert_memory_not_equal(bytes + 65535 - 32, bytes + 65535 - 64, 32); // filled to the end
}

static void random_bytes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    case_word(65536); // longer than a record
    assert_int_equal(case_run(0x010c), TS_RPC_INVALID_RESPONSE_BODY);
    case_word(0xffffffff);
    assert_int_equal(case_run(0x010c), TS_RPC_INVALID_RESPONSE_BODY);
    kase.response_max = 35;
    case_word(32);
    assert_int_equal(case_run(0x010c), TS_RPC_INVALID_RESPONSE_BODY);
    kase.response_max = 36;
    case_word(32);
    assert_int_equal(case_run(0x010c), 0);
    (void)response_record(32);
}

static void seed_and_further_entropy_both_count(void **state)
{
    uint8_t seed[CRYPTO_SEED_SIZE] = { 0 };
    uint8_t one[64];
    uint8_t other[64];

    (void)state;
    start_rng(1, NULL);
    random_64(one);
    start_rng(1, NULL);
    random_64(other);
    assert_memory_equal(one, other, 64); // nothing else is in it
    start_rng(2, NULL);
    random_64(other);
    assert_memory_not_equal(one, other, 64);
    entropy_count = 0;
    start_rng(1, entropy_counts);
    random_64(other);
    assert_memory_not_equal(one, other, 64);
    assert_int_equal(entropy_count, 1);
    for (unsigned int i = 0; i < 10001; i++) {
        random_64(other);
    }
    assert_int_equal(entropy_count, 2); // reseeded
    assert_int_equal(crypto_rng_init(seed, entropy_fails), ERR_IO);
    start_rng(1, NULL);
}

// --- Hash ---

// FIPS 180-4 examples: "abc" and the two-block message, each in two parts
static void hashes_are_those_of_nist(void **state)
{
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    static const struct {
        uint32_t alg;
        const char *text;
        size_t size;
        uint8_t head[8]; // of the hash
    } rows[] = {
        { 0x02000008, "abc", 28, { 0x23, 0x09, 0x7d, 0x22, 0x34, 0x05, 0xd8, 0x22 } },
        { 0x02000009, "abc", 32, { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea } },
        { 0x02000009, "", 32, { 0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14 } },
        { 0x02000009, two_blocks, 32, { 0x24, 0x8d, 0x6a, 0x61, 0xd2, 0x06, 0x38, 0xb8 } },
        { 0x0200000a, "abc", 48, { 0xcb, 0x00, 0x75, 0x3f, 0x45, 0xa3, 0x5e, 0x8b } },
        { 0x0200000b, "abc", 64, { 0xdd, 0xaf, 0x35, 0xa1, 0x93, 0x61, 0x7a, 0xba } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t operation = hash_setup(rows[i].alg);
        size_t length = strlen(rows[i].text);

        assert_int_not_equal(operation, 0);
        assert_int_equal(hash_update(operation, rows[i].text, length / 2), PSA_SUCCESS);
        assert_int_equal(hash_update(operation, rows[i].text + length / 2, length - length / 2),
                         PSA_SUCCESS);
        assert_int_equal(hash_finish(operation), PSA_SUCCESS);
        assert_memory_equal(response_record(rows[i].size), rows[i].head, sizeof(rows[i].head));
        assert_int_equal(hash_finish(operation), PSA_ERROR_BAD_STATE); // it is over
    }
}

static void a_hash_can_be_verified_and_cloned(void **state)
{
    uint8_t hash[32];
    uint32_t operation = hash_setup(0x02000009);

    (void)state;
    assert_int_equal(hash_update(operation, "ab", 2), PSA_SUCCESS);
    case_word(operation);
    assert_int_equal(case_run(0x0206), 0);
    uint32_t copy = case_answer_word();

    assert_int_not_equal(copy, operation);
    assert_int_equal(hash_update(copy, "c", 1), PSA_SUCCESS);
    assert_int_equal(hash_finish(copy), PSA_SUCCESS);
    memcpy(hash, response_record(32), 32);
    assert_int_equal(hash[0], 0xba); // SHA-256("abc")
    assert_int_equal(hash_update(operation, "c", 1), PSA_SUCCESS);
    case_word(operation);
    case_record(1, hash, 32);
    assert_int_equal(case_run(0x0205), 0);
    assert_int_equal(kase.status, PSA_SUCCESS);

    operation = hash_setup(0x02000009);
    case_word(operation);
    case_record(1, hash, 32);
    assert_int_equal(case_run(0x0205), 0);
    assert_int_equal(kase.status, PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(hash_abort(operation), PSA_SUCCESS);
}

static void a_handle_works_for_its_owner_only(void **state)
{
    uint32_t operation = hash_setup(0x02000009);

    (void)state;
    kase.source = SP1;
    assert_int_equal(hash_update(operation, "x", 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(hash_finish(operation), PSA_ERROR_BAD_STATE);
    assert_int_equal(hash_abort(operation), PSA_SUCCESS); // of nothing
    case_word(operation);
    assert_int_equal(case_run(0x0206), 0);
    assert_int_equal(kase.status, PSA_ERROR_BAD_STATE);
    kase.source = NWD;
    kase.client = 1;
    assert_int_equal(hash_update(operation, "x", 1), PSA_ERROR_BAD_STATE);
    kase.client = 0;
    assert_int_equal(hash_update(operation, "x", 1), PSA_SUCCESS);
    assert_int_equal(hash_abort(operation), PSA_SUCCESS);
    assert_int_equal(hash_update(operation, "x", 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(hash_update(0, "x", 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(hash_setup(0x06000609), 0); // not a hash
    assert_int_equal(kase.status, PSA_ERROR_INVALID_ARGUMENT);
}

// --- Keys ---

static EVP_PKEY *import_public_key(const uint8_t point[65])
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"P-256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point, 65),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;

    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
    EVP_PKEY_CTX_free(context);
    return key;
}

// OpenSSL's opinion of a signature r, s of 64 bytes
static bool openssl_verifies(EVP_PKEY *key, const uint8_t hash[32], const uint8_t signature[64])
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    unsigned char *der = NULL;

    assert_int_equal(
        ECDSA_SIG_set0(pair, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL)),
        1);
    int length = i2d_ECDSA_SIG(pair, &der);

    assert_true(length > 0);
    assert_int_equal(EVP_PKEY_verify_init(context), 1);
    bool good = EVP_PKEY_verify(context, der, (size_t)length, hash, 32) == 1;

    EVP_PKEY_CTX_free(context);
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    return good;
}

static void a_signature_is_good_for_openssl_too(void **state)
{
    uint8_t hash[32];
    uint8_t point[65];
    uint8_t signature[64];
    uint32_t id = good_key();

    (void)state;
    memset(hash, 0x5a, sizeof(hash));
    case_word(id);
    assert_int_equal(case_run(0x0106), 0);
    assert_int_equal(kase.status, PSA_SUCCESS);
    memcpy(point, response_record(65), 65);
    assert_int_equal(point[0], 4);
    assert_int_equal(sign(id, hash, 32), PSA_SUCCESS);
    memcpy(signature, response_record(64), 64);

    EVP_PKEY *key = import_public_key(point);

    assert_true(openssl_verifies(key, hash, signature));
    assert_int_equal(verify(id, hash, signature, 64), PSA_SUCCESS);
    hash[31] ^= 1;
    assert_false(openssl_verifies(key, hash, signature));
    assert_int_equal(verify(id, hash, signature, 64), PSA_ERROR_INVALID_SIGNATURE);
    hash[31] ^= 1;
    signature[63] ^= 1;
    assert_int_equal(verify(id, hash, signature, 64), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(verify(id, hash, signature, 63), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(verify(id, hash, NULL, 0), PSA_ERROR_INVALID_SIGNATURE);
    EVP_PKEY_free(key);
    assert_int_equal(destroy_key(id), PSA_SUCCESS);
}

static void attributes_come_back_as_they_were_given(void **state)
{
    uint32_t id = good_key();
    uint32_t attributes[6];

    (void)state;
    case_word(id);
    assert_int_equal(case_run(0x010f), 0);
    assert_int_equal(kase.status, PSA_SUCCESS);
    assert_int_equal(kase.response_size, sizeof(attributes));
    memcpy(attributes, kase.response, sizeof(attributes));
    assert_int_equal(attributes[0], P256_KEY_PAIR);
    assert_int_equal(attributes[1], 256);
    assert_int_equal(attributes[2], 0);
    assert_int_equal(attributes[3], id);
    assert_int_equal(attributes[4] & SIGN_AND_VERIFY, SIGN_AND_VERIFY);
    assert_int_equal(attributes[5], ECDSA_SHA256);
    assert_int_equal(destroy_key(id), PSA_SUCCESS);
}

static void a_key_is_there_for_its_owner_only(void **state)
{
    uint8_t hash[32] = { 0 };
    uint32_t id = good_key();

    (void)state;
    for (unsigned int i = 0; i < 2; i++) {
        kase.source = i == 0 ? SP1 : NWD;
        kase.client = i == 0 ? 0 : 1;
        assert_int_equal(sign(id, hash, 32), PSA_ERROR_INVALID_HANDLE);
        assert_int_equal(destroy_key(id), PSA_ERROR_INVALID_HANDLE);
        case_word(id);
        assert_int_equal(case_run(0x0106), 0);
        assert_int_equal(kase.status, PSA_ERROR_INVALID_HANDLE);
        case_word(id);
        assert_int_equal(case_run(0x010f), 0);
        assert_int_equal(kase.status, PSA_ERROR_INVALID_HANDLE);
    }
    start(state);
    assert_int_equal(sign(id, hash, 32), PSA_SUCCESS);
    assert_int_equal(destroy_key(id), PSA_SUCCESS);
    assert_int_equal(sign(id, hash, 32), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(destroy_key(id), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(destroy_key(0), PSA_SUCCESS);
}

static void keys_that_are_not_offered_are_refused(void **state)
{
    uint8_t hash[32] = { 0 };

    (void)state;
    assert_int_equal(generate_key(P256_KEY_PAIR, 192, 0, SIGN_AND_VERIFY), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(generate_key(0x7117, 256, 0, SIGN_AND_VERIFY),
                     PSA_ERROR_NOT_SUPPORTED); // secp256k1
    assert_int_equal(generate_key(0x7200, 2048, 0, SIGN_AND_VERIFY),
                     PSA_ERROR_NOT_SUPPORTED); // finite-field Diffie-Hellman
    assert_int_equal(generate_key(0x4112, 256, 0, SIGN_AND_VERIFY),
                     PSA_ERROR_INVALID_ARGUMENT); // a public key
    assert_int_equal(generate_key(0, 256, 0, SIGN_AND_VERIFY), PSA_ERROR_NOT_SUPPORTED); // no type
    assert_int_equal(generate_key(0x10000 | P256_KEY_PAIR, 256, 0, 0x3000),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(generate_key(P256_KEY_PAIR, 0x10100, 0, SIGN_AND_VERIFY),
                     PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(generate_key(P256_KEY_PAIR, 256, 0, 0x80000000), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(generate_key(P256_KEY_PAIR, 256, 0x100, 0x3000),
                     PSA_ERROR_INVALID_ARGUMENT); // secure element

    assert_int_equal(generate_key(P256_KEY_PAIR, 256, 0, 0x2000), PSA_SUCCESS); // may verify only
    uint32_t id = case_answer_word();

    assert_int_equal(sign(id, hash, 32), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(destroy_key(id), PSA_SUCCESS);
}

static void one_endpoint_cannot_take_all_keys(void **state)
{
    uint32_t ids[CRYPTO_KEYS_PER_SOURCE];

    (void)state;
    for (unsigned int i = 0; i < CRYPTO_KEYS_PER_SOURCE; i++) {
        kase.client = i; // different clients, one endpoint
        ids[i] = good_key();
    }
    assert_int_equal(generate_key(P256_KEY_PAIR, 256, 0, SIGN_AND_VERIFY),
                     PSA_ERROR_INSUFFICIENT_MEMORY);
    kase.source = SP1;
    kase.client = 0;
    assert_int_equal(destroy_key(good_key()), PSA_SUCCESS);
    kase.source = NWD;
    for (unsigned int i = 0; i < CRYPTO_KEYS_PER_SOURCE; i++) {
        kase.client = i;
        assert_int_equal(destroy_key(ids[i]), PSA_SUCCESS);
    }
    assert_int_equal(destroy_key(good_key()), PSA_SUCCESS); // the quota is free again
}

// --- Refusals of every operation ---

// Every operation, with the bytes of its fixed part and how many records follow
static const struct {
    uint16_t opcode;
    size_t fixed;
    unsigned int records;
} operations[] = {
    { 0x0101, 24, 0 }, { 0x0102, 4, 0 },  { 0x0105, 4, 0 },  { 0x0106, 4, 0 },  { 0x0107, 24, 1 },
    { 0x0108, 8, 1 },  { 0x0109, 8, 2 },  { 0x010a, 8, 2 },  { 0x010b, 8, 2 },  { 0x010c, 4, 0 },
    { 0x010d, 28, 0 }, { 0x010e, 4, 0 },  { 0x010f, 4, 0 },  { 0x0110, 8, 1 },  { 0x0111, 8, 2 },
    { 0x0201, 4, 0 },  { 0x0202, 4, 1 },  { 0x0203, 4, 0 },  { 0x0204, 4, 0 },  { 0x0205, 4, 1 },
    { 0x0206, 4, 0 },  { 0x0301, 8, 0 },  { 0x0302, 8, 0 },  { 0x0303, 4, 0 },  { 0x0304, 4, 1 },
    { 0x0305, 4, 1 },  { 0x0306, 4, 0 },  { 0x0307, 4, 0 },  { 0x0401, 4, 0 },  { 0x0402, 4, 0 },
    { 0x0403, 8, 0 },  { 0x0404, 8, 1 },  { 0x0405, 12, 0 }, { 0x0406, 8, 0 },  { 0x0407, 28, 0 },
    { 0x0408, 4, 0 },  { 0x0409, 12, 1 }, { 0x040a, 8, 1 },  { 0x0501, 8, 0 },  { 0x0502, 8, 0 },
    { 0x0503, 4, 1 },  { 0x0504, 4, 0 },  { 0x0505, 4, 1 },  { 0x0506, 4, 0 },  { 0x0601, 8, 0 },
    { 0x0602, 8, 0 },  { 0x0603, 4, 0 },  { 0x0604, 4, 1 },  { 0x0605, 12, 0 }, { 0x0606, 4, 1 },
    { 0x0607, 4, 1 },  { 0x0608, 4, 0 },  { 0x0609, 4, 1 },  { 0x060a, 4, 0 },  { 0x7f00, 0, 0 },
    { 0x7f01, 0, 0 },  { 0x7f10, 4, 1 },  { 0x7f11, 4, 2 },  { 0x7f20, 8, 1 },  { 0x7f21, 8, 1 },
    { 0x7f30, 8, 1 },  { 0x7f31, 8, 2 },  { 0x7f40, 16, 0 }, { 0x7f41, 4, 1 },  { 0x7f42, 8, 0 },
    { 0x7f50, 8, 3 },  { 0x7f51, 8, 3 },
};

static void every_operation_is_there_in_ascending_order(void **state)
{
    (void)state;
    assert_int_equal(sizeof(operations) / sizeof(operations[0]), crypto_service.row_count);
    for (size_t i = 0; i < crypto_service.row_count; i++) {
        assert_int_equal(crypto_service.rows[i].opcode, operations[i].opcode);
    }
}

static void truncated_requests_are_refused(void **state)
{
    static const uint8_t zeros[28];

    (void)state;
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        for (size_t size = 0; size < operations[i].fixed; size++) {
            case_put(zeros, size);
            assert_int_equal(case_run(operations[i].opcode), TS_RPC_INVALID_REQUEST_BODY);
        }
    }
}

static void only_client_gone_is_for_all_instances(void **state)
{
    static const uint8_t zeros[28];

    (void)state;
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        int32_t wanted = operations[i].opcode == 0x7f01 ? TS_RPC_SUCCESS : TS_RPC_INVALID_VALUE;

        kase.client = 0xffff0000;
        case_put(zeros, operations[i].fixed);
        assert_int_equal(case_run(operations[i].opcode), wanted);
        kase.client = 0xffffffff;
        case_put(zeros, operations[i].fixed);
        assert_int_equal(case_run(operations[i].opcode), wanted);
    }
}

// Each record cut off in each way: no length, a length of more than there is
static void cut_records_are_refused(void **state)
{
    static const uint8_t zeros[28];
    static const uint8_t record[] = { 0, 0, 0, 9, 'x' };
    static const uint8_t long_record[] = { 0, 0, 0xff, 0xff, 'x' };

    (void)state;
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        for (unsigned int cut = 1; cut <= operations[i].records; cut++) {
            for (size_t size = 1; size <= sizeof(record) + 1; size++) {
                const uint8_t *bytes = size > sizeof(record) ? long_record : record;
                size_t left = size > sizeof(record) ? sizeof(record) : size;

                case_put(zeros, operations[i].fixed);
                for (unsigned int tag = 1; tag < cut; tag++) {
                    case_record((uint16_t)tag, "abcd", 4);
                }
                case_put(bytes, left);
                if (left >= 2) {
                    kase.request[kase.request_size - left + 1] = (uint8_t)cut;
                }
                assert_int_equal(case_run(operations[i].opcode), TS_RPC_INVALID_REQUEST_BODY);
            }
        }
    }
}

// Behind CRYPTO_SOURCES - 1 partitions there is no quota left
static void no_request_of_a_ninth_partition_is_served(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < CRYPTO_SOURCES - 1; i++) {
        case_as((uint16_t)(SP1 + i), 0);
        assert_int_equal(destroy_key(good_key()), PSA_SUCCESS);
    }
    case_as(SP1 + CRYPTO_SOURCES - 1, 0);
    case_word(32);
    assert_int_equal(case_run(0x010c), TS_RPC_INVALID_VALUE);
    case_as(SP1, 0);
    assert_int_equal(destroy_key(good_key()), PSA_SUCCESS);
    case_as(1, 0); // the normal world is one, whatever its ids
    assert_int_equal(destroy_key(good_key()), PSA_SUCCESS);
}

static void responses_that_do_not_fit_are_refused(void **state)
{
    uint8_t hash[32] = { 0 };
    uint32_t id = good_key();

    (void)state;
    kase.response_max = 68;
    case_word(id);
    assert_int_equal(case_run(0x0106), TS_RPC_INVALID_RESPONSE_BODY);
    kase.response_max = 67;
    case_word(id);
    case_word(ECDSA_SHA256);
    case_record(1, hash, 32);
    assert_int_equal(case_run(0x0108), TS_RPC_INVALID_RESPONSE_BODY);
    kase.response_max = 23;
    case_word(id);
    assert_int_equal(case_run(0x010f), TS_RPC_INVALID_RESPONSE_BODY);
    kase.response_max = 3;
    case_word(0x02000009);
    assert_int_equal(case_run(0x0201), TS_RPC_INVALID_RESPONSE_BODY);
    kase.response_max = CASE_SIZE;
    assert_int_equal(destroy_key(id), PSA_SUCCESS);
}

// --- Capabilities ---

// Entry `at` behind the head of 20 bytes
static void read_entry(size_t at, uint32_t entry[2])
{
    memcpy(entry, kase.response + 20 + at * 8, 8);
}

static void capabilities_are_in_order_and_of_this_endpoint(void **state)
{
    static const struct {
        uint16_t source;
        uint32_t persistent;
        uint32_t operations;
    } rows[] = { { NWD, 64, 64 }, { SP1, 8, 16 } };
    uint32_t head[5];
    uint32_t last[2] = { 0, 0 };
    uint32_t entry[2];

    (void)state;
    for (size_t row = 0; row < 2; row++) {
        case_as(rows[row].source, 3);
        assert_int_equal(case_call(0x7f00), PSA_SUCCESS);
        memcpy(head, kase.response, sizeof(head));
        assert_int_equal(head[0], 1);
        assert_int_equal(head[1], 0x00010002); // PSA Crypto 1.2
        assert_int_equal(head[2], 0x10100);
        assert_int_equal(head[3], 0x10100);
        assert_int_equal(kase.response_size, 20 + head[4] * 8);
        read_entry(0, entry);
        assert_int_equal(entry[0], 0x100);
        assert_int_equal(entry[1], 32);
        read_entry(1, entry);
        assert_int_equal(entry[0], 0x101);
        assert_int_equal(entry[1], rows[row].persistent);
        read_entry(2, entry);
        assert_int_equal(entry[0], 0x102);
        assert_int_equal(entry[1], rows[row].operations);
        for (size_t i = 0; i < head[4]; i++) {
            read_entry(i, entry);
            assert_true(entry[0] > last[0] || (entry[0] == last[0] && entry[1] > last[1]));
            memcpy(last, entry, sizeof(last));
        }
        memset(last, 0, sizeof(last));
    }
    kase.response_max = 20 + head[4] * 8 - 1;
    assert_int_equal(case_run(0x7f00), TS_RPC_INVALID_RESPONSE_BODY);
    kase.response_max = 19;
    assert_int_equal(case_run(0x7f00), TS_RPC_INVALID_RESPONSE_BODY);
}

// A key type that is said to be there can be generated, or is public and can be exported from one that can; RSA takes too long here
static void key_types_that_are_told_can_be_made(void **state)
{
    uint8_t caps[2048];
    uint32_t count;
    unsigned int made = 0;

    (void)state;
    assert_int_equal(case_call(0x7f00), PSA_SUCCESS);
    assert_true(kase.response_size <= sizeof(caps));
    memcpy(caps, kase.response, kase.response_size);
    memcpy(&count, caps + 16, 4);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t entry[2];
        uint32_t id;

        memcpy(entry, caps + 20 + i * 8, 8);
        uint32_t type = entry[1] >> 16;

        if (entry[0] != 0x181 || (type & 0xff00) == 0x4100 || (type & 0xf0ff) == 0x4001 ||
            type == 0x7001) {
            continue;
        }
        struct case_key key = { .type = type, .bits = entry[1] & 0xffff, .usage = 1 };

        key.bits = key.bits != 0 ? key.bits : 128;
        assert_int_equal(case_generate(&key, &id), PSA_SUCCESS);
        assert_int_equal(case_destroy(id), PSA_SUCCESS);
        made++;
    }
    assert_int_equal(made, 13);
}

// A hash, a cipher, a MAC, an AEAD or a derivation that is said to be there can be set up; a signature or an encryption is permitted to
// a key: each kind, no other
static void algorithms_that_are_told_can_be_set_up(void **state)
{
    static const struct case_key aes = { .type = 0x2400, .bits = 128, .usage = 0x0f00 };
    static const struct case_key chacha = { .type = 0x2004, .bits = 256, .usage = 0x0f00 };
    static const struct case_key hmac = { .type = 0x1100, .bits = 128, .usage = 0x0f00 };
    static const uint16_t setups[16] = {
        [2] = 0x0201, [3] = 0x0501, [4] = 0x0301, [5] = 0x0601, [8] = 0x0401
    };
    static const uint16_t aborts[16] = {
        [2] = 0x0204, [3] = 0x0506, [4] = 0x0307, [5] = 0x060a, [8] = 0x0408
    };
    uint8_t caps[2048];
    uint32_t count;
    unsigned int tried = 0;

    (void)state;
    assert_int_equal(case_call(0x7f00), PSA_SUCCESS);
    memcpy(caps, kase.response, sizeof(caps));
    memcpy(&count, caps + 16, 4);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t entry[2];
        uint32_t id = 0;

        memcpy(entry, caps + 20 + i * 8, 8);
        uint32_t alg = (entry[1] & 0xff) == 0xff ? (entry[1] & ~0xffu) | 0x09 : entry[1];
        uint32_t kind = alg >> 24;

        if (entry[0] != 0x180 || setups[kind] == 0) {
            continue;
        }
        if (kind >= 3 && kind <= 5) {
            struct case_key key = alg == 0x04800100 || alg == 0x05100500 ? chacha
                                  : (alg & 0xffffff00) == 0x03800000     ? hmac
                                                                         : aes;

            key.alg = alg;
            assert_int_equal(case_generate(&key, &id), PSA_SUCCESS);
            case_word(id);
        }
        case_word(alg);
        assert_int_equal(case_call(setups[kind]), PSA_SUCCESS);
        case_word(case_answer_word());
        assert_int_equal(case_call(aborts[kind]), PSA_SUCCESS);
        assert_int_equal(case_destroy(id), PSA_SUCCESS);
        tried++;
    }
    assert_int_equal(tried, 28);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(random_bytes_differ_and_have_the_length_asked_for, start),
        cmocka_unit_test_setup(random_bytes_that_do_not_fit_are_refused, start),
        cmocka_unit_test_setup(seed_and_further_entropy_both_count, start),
        cmocka_unit_test_setup(hashes_are_those_of_nist, start),
        cmocka_unit_test_setup(a_hash_can_be_verified_and_cloned, start),
        cmocka_unit_test_setup(a_handle_works_for_its_owner_only, start),
        cmocka_unit_test_setup(a_signature_is_good_for_openssl_too, start),
        cmocka_unit_test_setup(attributes_come_back_as_they_were_given, start),
        cmocka_unit_test_setup(a_key_is_there_for_its_owner_only, start),
        cmocka_unit_test_setup(keys_that_are_not_offered_are_refused, start),
        cmocka_unit_test_setup(one_endpoint_cannot_take_all_keys, start),
        cmocka_unit_test_setup(every_operation_is_there_in_ascending_order, start),
        cmocka_unit_test_setup(truncated_requests_are_refused, start),
        cmocka_unit_test_setup(only_client_gone_is_for_all_instances, start),
        cmocka_unit_test_setup(cut_records_are_refused, start),
        cmocka_unit_test_setup(no_request_of_a_ninth_partition_is_served, start),
        cmocka_unit_test_setup(responses_that_do_not_fit_are_refused, start),
        cmocka_unit_test_setup(capabilities_are_in_order_and_of_this_endpoint, start),
        cmocka_unit_test_setup(key_types_that_are_told_can_be_made, start),
        cmocka_unit_test_setup(algorithms_that_are_told_can_be_set_up, start),
    };

    return cmocka_run_group_tests(tests, start_service, NULL);
}
