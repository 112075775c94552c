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

#include "crypto_proto.h"
#include "crypto_service.h"

#define RESPONSE_MAX 70000
#define NWD 0x0000
#define SP1 0x8001

#define P256_KEY_PAIR 0x7112
#define ECDSA_SHA256 0x06000609
#define SIGN_AND_VERIFY 0x3000

static uint8_t request[RESPONSE_MAX];
static size_t request_size;
static uint8_t response[RESPONSE_MAX];
static size_t response_size;
static size_t response_max = RESPONSE_MAX;
static uint16_t source;
static uint32_t client;
static int32_t status; // of the service

// --- Requests ---

static void put(const void *data, size_t size)
{
    if (size != 0) {
        memcpy(request + request_size, data, size);
    }
    request_size += size;
}

static void put_word(uint32_t word)
{
    put(&word, sizeof(word));
}

static void put_record(uint16_t tag, const void *data, size_t size)
{
    const uint8_t head[4] = { (uint8_t)(tag >> 8), (uint8_t)tag, (uint8_t)(size >> 8),
                              (uint8_t)size };

    put(head, sizeof(head));
    put(data, size);
}

// Runs operation `opcode` on the request made with put…(), which is used up. Returns the RPC
// status.
static int32_t run(uint16_t opcode)
{
    struct sp_rpc_call call = {
        .source = source,
        .client = client,
        .request = request,
        .request_size = request_size,
        .response = response,
        .response_max = response_max,
    };
    int32_t rpc_status = 99;

    for (size_t i = 0; i < crypto_service.row_count; i++) {
        if (crypto_service.rows[i].opcode == opcode) {
            rpc_status = crypto_service.rows[i].run(&call);
        }
    }
    assert_int_not_equal(rpc_status, 99);
    request_size = 0;
    status = call.status;
    response_size = call.response_size;
    return rpc_status;
}

static uint32_t response_word(void)
{
    uint32_t word;

    assert_int_equal(response_size, sizeof(word));
    memcpy(&word, response, sizeof(word));
    return word;
}

// The value of the response's only record
static const uint8_t *response_record(size_t size)
{
    assert_int_equal(response_size, size + 4);
    assert_int_equal(response[0] << 8 | response[1], 1);
    assert_int_equal(response[2] << 8 | response[3], size);
    return response + 4;
}

static uint32_t hash_setup(uint32_t alg)
{
    put_word(alg);
    assert_int_equal(run(0x0201), 0);
    return status == PSA_SUCCESS ? response_word() : 0;
}

static int32_t hash_update(uint32_t operation, const void *data, size_t size)
{
    put_word(operation);
    put_record(1, data, size);
    assert_int_equal(run(0x0202), 0);
    assert_int_equal(response_size, 0);
    return status;
}

static int32_t hash_finish(uint32_t operation)
{
    put_word(operation);
    assert_int_equal(run(0x0203), 0);
    return status;
}

static int32_t hash_abort(uint32_t operation)
{
    put_word(operation);
    assert_int_equal(run(0x0204), 0);
    return status;
}

static int32_t generate_key(uint32_t type, uint32_t bits, uint32_t lifetime, uint32_t usage)
{
    const uint32_t attributes[6] = { type,  bits,        lifetime, lifetime != 0 ? 5 : 0,
                                     usage, ECDSA_SHA256 };

    put(attributes, sizeof(attributes));
    assert_int_equal(run(0x0101), 0);
    return status;
}

static uint32_t good_key(void)
{
    assert_int_equal(generate_key(P256_KEY_PAIR, 256, 0, SIGN_AND_VERIFY), PSA_SUCCESS);
    return response_word();
}

static int32_t destroy_key(uint32_t id)
{
    put_word(id);
    assert_int_equal(run(0x0102), 0);
    return status;
}

static int32_t sign(uint32_t id, const uint8_t *hash, size_t size)
{
    put_word(id);
    put_word(ECDSA_SHA256);
    put_record(1, hash, size);
    assert_int_equal(run(0x0108), 0);
    return status;
}

static int32_t verify(uint32_t id, const uint8_t *hash, const uint8_t *signature, size_t size)
{
    put_word(id);
    put_word(ECDSA_SHA256);
    put_record(1, hash, 32);
    put_record(2, signature, size);
    assert_int_equal(run(0x0109), 0);
    assert_int_equal(response_size, 0);
    return status;
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
    request_size = 0;
    response_max = RESPONSE_MAX;
    source = NWD;
    client = 0;
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
    put_word(64);
    assert_int_equal(run(0x010c), 0);
    assert_int_equal(status, PSA_SUCCESS);
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
    put_word(0);
    assert_int_equal(run(0x010c), 0);
    assert_int_equal(status, PSA_SUCCESS);
    (void)response_record(0);
    put_word(65535);
    assert_int_equal(run(0x010c), 0);
    const uint8_t *bytes = response_record(65535);

    assert_memory_not_equal(bytes + 65535 - 32, bytes + 65535 - 64, 32); // filled to the end
}

static void random_bytes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    put_word(65536); // longer than a record
    assert_int_equal(run(0x010c), TS_RPC_INVALID_RESPONSE_BODY);
    put_word(0xffffffff);
    assert_int_equal(run(0x010c), TS_RPC_INVALID_RESPONSE_BODY);
    response_max = 35;
    put_word(32);
    assert_int_equal(run(0x010c), TS_RPC_INVALID_RESPONSE_BODY);
    response_max = 36;
    put_word(32);
    assert_int_equal(run(0x010c), 0);
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
    put_word(operation);
    assert_int_equal(run(0x0206), 0);
    uint32_t copy = response_word();

    assert_int_not_equal(copy, operation);
    assert_int_equal(hash_update(copy, "c", 1), PSA_SUCCESS);
    assert_int_equal(hash_finish(copy), PSA_SUCCESS);
    memcpy(hash, response_record(32), 32);
    assert_int_equal(hash[0], 0xba); // SHA-256("abc")
    assert_int_equal(hash_update(operation, "c", 1), PSA_SUCCESS);
    put_word(operation);
    put_record(1, hash, 32);
    assert_int_equal(run(0x0205), 0);
    assert_int_equal(status, PSA_SUCCESS);

    operation = hash_setup(0x02000009);
    put_word(operation);
    put_record(1, hash, 32);
    assert_int_equal(run(0x0205), 0);
    assert_int_equal(status, PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(hash_abort(operation), PSA_SUCCESS);
}

static void a_handle_works_for_its_owner_only(void **state)
{
    uint32_t operation = hash_setup(0x02000009);

    (void)state;
    source = SP1;
    assert_int_equal(hash_update(operation, "x", 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(hash_finish(operation), PSA_ERROR_BAD_STATE);
    assert_int_equal(hash_abort(operation), PSA_SUCCESS); // of nothing
    put_word(operation);
    assert_int_equal(run(0x0206), 0);
    assert_int_equal(status, PSA_ERROR_BAD_STATE);
    source = NWD;
    client = 1;
    assert_int_equal(hash_update(operation, "x", 1), PSA_ERROR_BAD_STATE);
    client = 0;
    assert_int_equal(hash_update(operation, "x", 1), PSA_SUCCESS);
    assert_int_equal(hash_abort(operation), PSA_SUCCESS);
    assert_int_equal(hash_update(operation, "x", 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(hash_update(0, "x", 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(hash_setup(0x06000609), 0); // not a hash
    assert_int_equal(status, PSA_ERROR_INVALID_ARGUMENT);
}

static void nobody_loses_a_hash_by_another_client(void **state)
{
    uint32_t own[CRYPTO_HASHES_PER_SOURCE + 1];
    uint32_t others[CRYPTO_SOURCES - 1];

    (void)state;
    for (unsigned int i = 0; i < CRYPTO_SOURCES - 1; i++) {
        source = (uint16_t)(SP1 + i);
        others[i] = hash_setup(0x02000009);
        assert_int_not_equal(others[i], 0);
    }
    source = NWD;
    for (unsigned int i = 0; i < CRYPTO_HASHES_PER_SOURCE; i++) {
        own[i] = hash_setup(0x02000009);
        assert_int_not_equal(own[i], 0);
    }
    assert_int_equal(hash_update(own[0], "x", 1),
                     PSA_SUCCESS); // now own[1] is the least recently used
    client = 1;                    // the endpoint's quota is full of client 0's
    assert_int_equal(hash_setup(0x02000009), 0);
    assert_int_equal(status, PSA_ERROR_INSUFFICIENT_MEMORY);
    client = 0;
    assert_int_equal(hash_setup(0x02000003), 0); // MD5 is not offered, and asking costs nothing
    assert_int_equal(status, PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(hash_update(own[1], "x", 1), PSA_SUCCESS); // now it is own[2]'s turn
    own[CRYPTO_HASHES_PER_SOURCE] = hash_setup(0x02000009);     // at the cost of its own oldest
    assert_int_not_equal(own[CRYPTO_HASHES_PER_SOURCE], 0);
    assert_int_equal(hash_update(own[2], "x", 1), PSA_ERROR_BAD_STATE);
    for (unsigned int i = 0; i <= CRYPTO_HASHES_PER_SOURCE; i++) {
        assert_int_equal(hash_update(own[i], "x", 1), i == 2 ? PSA_ERROR_BAD_STATE : PSA_SUCCESS);
        assert_int_equal(hash_abort(own[i]), PSA_SUCCESS);
    }
    for (unsigned int i = 0; i < CRYPTO_SOURCES - 1; i++) {
        source = (uint16_t)(SP1 + i);
        assert_int_equal(hash_update(others[i], "x", 1), PSA_SUCCESS);
        assert_int_equal(hash_abort(others[i]), PSA_SUCCESS);
    }
}

static void a_client_with_one_hash_cannot_clone_it_away(void **state)
{
    uint32_t of_client_1[CRYPTO_HASHES_PER_SOURCE - 1];
    uint32_t operation = hash_setup(0x02000009);

    (void)state;
    client = 1;
    for (unsigned int i = 0; i < CRYPTO_HASHES_PER_SOURCE - 1; i++) {
        of_client_1[i] = hash_setup(0x02000009);
    }
    client = 0;
    put_word(operation);
    assert_int_equal(run(0x0206), 0);
    assert_int_equal(status, PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(hash_update(operation, "x", 1), PSA_SUCCESS);
    assert_int_equal(hash_abort(operation), PSA_SUCCESS);
    client = 1;
    for (unsigned int i = 0; i < CRYPTO_HASHES_PER_SOURCE - 1; i++) {
        assert_int_equal(hash_abort(of_client_1[i]), PSA_SUCCESS);
    }
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
    put_word(id);
    assert_int_equal(run(0x0106), 0);
    assert_int_equal(status, PSA_SUCCESS);
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
    put_word(id);
    assert_int_equal(run(0x010f), 0);
    assert_int_equal(status, PSA_SUCCESS);
    assert_int_equal(response_size, sizeof(attributes));
    memcpy(attributes, response, sizeof(attributes));
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
        source = i == 0 ? SP1 : NWD;
        client = i == 0 ? 0 : 1;
        assert_int_equal(sign(id, hash, 32), PSA_ERROR_INVALID_HANDLE);
        assert_int_equal(destroy_key(id), PSA_ERROR_INVALID_HANDLE);
        put_word(id);
        assert_int_equal(run(0x0106), 0);
        assert_int_equal(status, PSA_ERROR_INVALID_HANDLE);
        put_word(id);
        assert_int_equal(run(0x010f), 0);
        assert_int_equal(status, PSA_ERROR_INVALID_HANDLE);
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
    assert_int_equal(generate_key(P256_KEY_PAIR, 384, 0, SIGN_AND_VERIFY), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(generate_key(0x4112, 256, 0, SIGN_AND_VERIFY),
                     PSA_ERROR_INVALID_ARGUMENT); // a public key
    assert_int_equal(generate_key(0x7001, 2048, 0, SIGN_AND_VERIFY),
                     PSA_ERROR_NOT_SUPPORTED);                                           // RSA
    assert_int_equal(generate_key(0, 256, 0, SIGN_AND_VERIFY), PSA_ERROR_NOT_SUPPORTED); // no type
    assert_int_equal(generate_key(0x10000 | P256_KEY_PAIR, 256, 0, 0x3000),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(generate_key(P256_KEY_PAIR, 0x10100, 0, SIGN_AND_VERIFY),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(generate_key(P256_KEY_PAIR, 256, 0, 0x80000000), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(generate_key(P256_KEY_PAIR, 256, 1, SIGN_AND_VERIFY),
                     PSA_ERROR_NOT_SUPPORTED); // persistent
    assert_int_equal(generate_key(P256_KEY_PAIR, 256, 0x100, 0x3000),
                     PSA_ERROR_INVALID_ARGUMENT); // secure element

    assert_int_equal(generate_key(P256_KEY_PAIR, 256, 0, 0x2000), PSA_SUCCESS); // may verify only
    uint32_t id = response_word();

    assert_int_equal(sign(id, hash, 32), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(destroy_key(id), PSA_SUCCESS);
}

static void one_endpoint_cannot_take_all_keys(void **state)
{
    uint32_t ids[CRYPTO_KEYS_PER_SOURCE];

    (void)state;
    for (unsigned int i = 0; i < CRYPTO_KEYS_PER_SOURCE; i++) {
        client = i; // different clients, one endpoint
        ids[i] = good_key();
    }
    assert_int_equal(generate_key(P256_KEY_PAIR, 256, 0, SIGN_AND_VERIFY),
                     PSA_ERROR_INSUFFICIENT_MEMORY);
    source = SP1;
    client = 0;
    assert_int_equal(destroy_key(good_key()), PSA_SUCCESS);
    source = NWD;
    for (unsigned int i = 0; i < CRYPTO_KEYS_PER_SOURCE; i++) {
        client = i;
        assert_int_equal(destroy_key(ids[i]), PSA_SUCCESS);
    }
    assert_int_equal(destroy_key(good_key()), PSA_SUCCESS); // the quota is free again
}

// --- Refusals of every operation ---

static void truncated_requests_are_refused(void **state)
{
    static const struct {
        uint16_t opcode;
        size_t fixed;
    } rows[] = {
        { 0x0101, 24 }, { 0x0102, 4 }, { 0x0106, 4 }, { 0x0108, 8 }, { 0x0109, 8 },
        { 0x010c, 4 },  { 0x010f, 4 }, { 0x0201, 4 }, { 0x0202, 4 }, { 0x0203, 4 },
        { 0x0204, 4 },  { 0x0205, 4 }, { 0x0206, 4 },
    };
    static const uint8_t cut_record[] = { 0, 1, 0, 9, 'x' };
    static const uint8_t zeros[24];

    (void)state;
    assert_int_equal(sizeof(rows) / sizeof(rows[0]), crypto_service.row_count);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool has_records = rows[i].opcode == 0x0108 || rows[i].opcode == 0x0109 ||
                           rows[i].opcode == 0x0202 || rows[i].opcode == 0x0205;

        assert_int_equal(crypto_service.rows[i].opcode,
                         rows[i].opcode); // ascending, as the search needs it
        put(zeros, rows[i].fixed - 1);
        assert_int_equal(run(rows[i].opcode), TS_RPC_INVALID_REQUEST_BODY);
        client = 0x10000;
        put(zeros, rows[i].fixed);
        assert_int_equal(run(rows[i].opcode), TS_RPC_INVALID_VALUE);
        client = 0;
        if (has_records) {
            put(zeros, rows[i].fixed);
            put(cut_record, sizeof(cut_record));
            assert_int_equal(run(rows[i].opcode), TS_RPC_INVALID_REQUEST_BODY);
        }
    }
    put_word(1);
    put_word(ECDSA_SHA256);
    put_record(1, zeros, 4);
    put(cut_record, 2); // the signature's record
    assert_int_equal(run(0x0109), TS_RPC_INVALID_REQUEST_BODY);
}

static void responses_that_do_not_fit_are_refused(void **state)
{
    uint8_t hash[32] = { 0 };
    uint32_t id = good_key();

    (void)state;
    response_max = 68;
    put_word(id);
    assert_int_equal(run(0x0106), TS_RPC_INVALID_RESPONSE_BODY);
    response_max = 67;
    put_word(id);
    put_word(ECDSA_SHA256);
    put_record(1, hash, 32);
    assert_int_equal(run(0x0108), TS_RPC_INVALID_RESPONSE_BODY);
    response_max = 23;
    put_word(id);
    assert_int_equal(run(0x010f), TS_RPC_INVALID_RESPONSE_BODY);
    response_max = 3;
    put_word(0x02000009);
    assert_int_equal(run(0x0201), TS_RPC_INVALID_RESPONSE_BODY);
    response_max = RESPONSE_MAX;
    assert_int_equal(destroy_key(id), PSA_SUCCESS);
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
        cmocka_unit_test_setup(nobody_loses_a_hash_by_another_client, start),
        cmocka_unit_test_setup(a_client_with_one_hash_cannot_clone_it_away, start),
        cmocka_unit_test_setup(a_signature_is_good_for_openssl_too, start),
        cmocka_unit_test_setup(attributes_come_back_as_they_were_given, start),
        cmocka_unit_test_setup(a_key_is_there_for_its_owner_only, start),
        cmocka_unit_test_setup(keys_that_are_not_offered_are_refused, start),
        cmocka_unit_test_setup(one_endpoint_cannot_take_all_keys, start),
        cmocka_unit_test_setup(truncated_requests_are_refused, start),
        cmocka_unit_test_setup(responses_that_do_not_fit_are_refused, start),
    };

    return cmocka_run_group_tests(tests, start_service, NULL);
}
