// SPDX-License-Identifier: BSD-3-Clause
//
// The crypto partition through the PSA client library: random, hashes and P-256 signatures (known answers, and OpenSSL on
// the host as the other side); and its RPC interface with requests that break the encoding. All other operations:
// test_crypto_client.c.
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "ffa/abi/ts_rpc_abi.h"
#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa_client.h"
#include "ffa/client/ts_rpc.h"
#include "partitions/crypto/crypto_proto.h"
#include "tests/harness/transport_harness.h"
#include "tests/target/target.h"

#define P256_ATTRIBUTES(use, algorithm)                                                         \
    {                                                                                           \
        .type = PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), .bits = 256, .usage = (use), \
        .alg = (algorithm)                                                                      \
    }
#define ECDSA PSA_ALG_ECDSA(PSA_ALG_SHA_256)
#define SIGN_VERIFY (PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH)

static struct harness_transport transport;

static int ready(void **state)
{
    (void)state;
    struct harness *before = machine;

    target_machine(NULL);
    if (machine != before) {
        target_version(FFA_VERSION_1_2);
        harness_transport_init(&transport, machine);
    }
    transport.transport.client = 0;
    assert_int_equal(psa_client_connect(&transport.transport), PSA_SUCCESS);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    return 0;
}

// ---- Random ----------------------------------------------------------------------------------------------------------

static void random_bytes_differ_from_call_to_call(void **state)
{
    uint8_t a[64];
    uint8_t b[64];

    (void)state;
    assert_int_equal(psa_generate_random(a, sizeof(a)), PSA_SUCCESS);
    assert_int_equal(psa_generate_random(b, sizeof(b)), PSA_SUCCESS);
    assert_memory_not_equal(a, b, sizeof(a));
}

static void random_bytes_differ_from_boot_to_boot(void **state)
{
    uint8_t a[32];
    uint8_t b[32];

    (void)state;
    assert_int_equal(psa_generate_random(a, sizeof(a)), PSA_SUCCESS);
    (void)target_stop(NULL);
    ready(NULL);
    assert_int_equal(psa_generate_random(b, sizeof(b)), PSA_SUCCESS);
    assert_memory_not_equal(a, b, sizeof(a));
}

// Every length arrives whole, and nothing beside it
static void random_of_every_length_is_exact(void **state)
{
    static const size_t lengths[] = { 0, 1, 2, 15, 16, 17, 63, 255, 1024, 4095, 65535, 100000 };
    static uint8_t bytes[100001];

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        memset(bytes, 0, sizeof(bytes));
        assert_int_equal(psa_generate_random(bytes, lengths[i]), PSA_SUCCESS);
        size_t used = 0;
        for (size_t k = 0; k < sizeof(bytes); k++) {
            used = bytes[k] != 0 ? k + 1 : used;
        }
        assert_true(used <= lengths[i]);
        assert_true(lengths[i] < 15 ||
                    used + 8 > lengths[i]); // eight zero bytes at the end: once in 2^64
    }
}

// ---- Hash ------------------------------------------------------------------------------------------------------------

static const struct {
    psa_algorithm_t alg;
    const char *name;
} hashes[] = { { PSA_ALG_SHA_224, "SHA224" },
               { PSA_ALG_SHA_256, "SHA256" },
               { PSA_ALG_SHA_384, "SHA384" },
               { PSA_ALG_SHA_512, "SHA512" } };

static void sha256_of_fips_180_examples(void **state)
{
    static const uint8_t abc[32] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                     0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                     0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                     0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
    uint8_t out[PSA_HASH_MAX_SIZE];
    size_t length;

    (void)state;
    assert_int_equal(
        psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)"abc", 3, out, sizeof(out), &length),
        PSA_SUCCESS);
    assert_int_equal(length, 32);
    assert_memory_equal(out, abc, 32);
}

static void hashes_of_all_sizes_are_openssls(void **state)
{
    static const size_t sizes[] = { 0,   1,   55,  56,   63,   64,    65,    111,   112,
                                    127, 128, 129, 1000, 4096, 65535, 65536, 200000 };
    static uint8_t data[200000];
    uint8_t ours[PSA_HASH_MAX_SIZE];
    uint8_t theirs[EVP_MAX_MD_SIZE];
    unsigned int their_length;
    size_t length;

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i * 131 + i / 251);
    }
    for (size_t h = 0; h < sizeof(hashes) / sizeof(hashes[0]); h++) {
        for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
            print_message("%s of %zu bytes\n", hashes[h].name, sizes[s]);
            assert_int_equal(
                psa_hash_compute(hashes[h].alg, data, sizes[s], ours, sizeof(ours), &length),
                PSA_SUCCESS);
            assert_int_equal(EVP_Digest(data, sizes[s], theirs, &their_length,
                                        EVP_get_digestbyname(hashes[h].name), NULL),
                             1);
            assert_int_equal(length, their_length);
            assert_memory_equal(ours, theirs, length);
        }
    }
}

static void hash_operations_keep_to_their_order(void **state)
{
    psa_hash_operation_t op = PSA_HASH_OPERATION_INIT;
    psa_hash_operation_t copy = PSA_HASH_OPERATION_INIT;
    uint8_t a[PSA_HASH_MAX_SIZE];
    uint8_t b[PSA_HASH_MAX_SIZE];
    size_t length;

    (void)state;
    assert_int_equal(psa_hash_setup(&op, 0x02000077), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(psa_hash_setup(&op, PSA_ALG_SHA_256), PSA_SUCCESS);
    assert_int_equal(psa_hash_update(&op, (const uint8_t *)"ab", 2), PSA_SUCCESS);
    assert_int_equal(psa_hash_clone(&op, &copy), PSA_SUCCESS);
    assert_int_equal(psa_hash_update(&op, (const uint8_t *)"c", 1), PSA_SUCCESS);
    assert_int_equal(psa_hash_update(&copy, (const uint8_t *)"c", 1), PSA_SUCCESS);
    assert_int_equal(psa_hash_finish(&op, a, sizeof(a), &length), PSA_SUCCESS);
    assert_int_equal(psa_hash_finish(&copy, b, sizeof(b), &length), PSA_SUCCESS);
    assert_memory_equal(a, b, 32);
    psa_hash_operation_t stale = { .id = 0x7fffffff };
    assert_int_equal(psa_hash_update(&stale, a, 1), PSA_ERROR_BAD_STATE);
    stale.id = 0x7fffffff;
    assert_int_equal(psa_hash_finish(&stale, b, sizeof(b), &length), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_setup(&op, PSA_ALG_SHA_256), PSA_SUCCESS);
    assert_int_equal(psa_hash_update(&op, (const uint8_t *)"abc", 3), PSA_SUCCESS);
    a[0] ^= 1;
    assert_int_equal(psa_hash_verify(&op, a, 32), PSA_ERROR_INVALID_SIGNATURE);
    (void)psa_hash_abort(&op);
}

// Operations left behind do not use up the partition for ever
static void abandoned_hash_operations_do_not_block_others(void **state)
{
    uint8_t out[PSA_HASH_MAX_SIZE];
    size_t length;

    (void)state;
    for (unsigned int i = 0; i < 100; i++) {
        psa_hash_operation_t op = PSA_HASH_OPERATION_INIT;
        psa_status_t status = psa_hash_setup(&op, PSA_ALG_SHA_512);
        assert_true(status == PSA_SUCCESS || status == PSA_ERROR_INSUFFICIENT_MEMORY);
        if (status != PSA_SUCCESS) {
            skip_because(
                "the partition refuses a further operation instead of dropping an old one");
        }
    }
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, out, 1, out, sizeof(out), &length),
                     PSA_SUCCESS);
}

// ---- Keys ------------------------------------------------------------------------------------------------------------

static EVP_PKEY *openssl_key(const uint8_t *point, size_t length)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;

    assert_int_equal(
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0), 1);
    assert_int_equal(
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, length), 1);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    return key;
}

// PSA's signature is r and s; OpenSSL wants them in DER
static int openssl_verify(EVP_PKEY *key, const uint8_t hash[32], const uint8_t signature[64])
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    unsigned char *der = NULL;

    assert_int_equal(
        ECDSA_SIG_set0(sig, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL)),
        1);
    int length = i2d_ECDSA_SIG(sig, &der);
    assert_true(length > 0);
    assert_int_equal(EVP_PKEY_verify_init(context), 1);
    int result = EVP_PKEY_verify(context, der, (size_t)length, hash, 32);
    OPENSSL_free(der);
    ECDSA_SIG_free(sig);
    EVP_PKEY_CTX_free(context);
    return result;
}

static psa_key_id_t new_key(psa_key_usage_t usage, psa_algorithm_t alg)
{
    psa_key_attributes_t attributes = P256_ATTRIBUTES(usage, alg);
    psa_key_id_t key = 0;

    assert_int_equal(psa_generate_key(&attributes, &key), PSA_SUCCESS);
    assert_int_not_equal(key, PSA_KEY_ID_NULL);
    return key;
}

static void signatures_are_good_for_openssl(void **state)
{
    uint8_t hash[32] = "the hash of something to sign";
    uint8_t point[PSA_EXPORT_PUBLIC_KEY_MAX_SIZE];
    uint8_t signature[PSA_SIGNATURE_MAX_SIZE];
    size_t length;

    (void)state;
    psa_key_id_t key = new_key(SIGN_VERIFY, ECDSA);
    assert_int_equal(psa_export_public_key(key, point, sizeof(point), &length), PSA_SUCCESS);
    assert_int_equal(length, 65);
    assert_int_equal(point[0], 4);
    EVP_PKEY *theirs = openssl_key(point, length);
    for (unsigned int i = 0; i < 10; i++) {
        hash[0] = (uint8_t)i;
        assert_int_equal(psa_sign_hash(key, ECDSA, hash, 32, signature, sizeof(signature), &length),
                         PSA_SUCCESS);
        assert_int_equal(length, 64);
        assert_int_equal(openssl_verify(theirs, hash, signature), 1);
        assert_int_equal(psa_verify_hash(key, ECDSA, hash, 32, signature, length), PSA_SUCCESS);
        signature[i * 6] ^= 0x10;
        assert_int_not_equal(openssl_verify(theirs, hash, signature), 1);
        assert_int_equal(psa_verify_hash(key, ECDSA, hash, 32, signature, length),
                         PSA_ERROR_INVALID_SIGNATURE);
    }
    EVP_PKEY_free(theirs);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
}

static void keys_differ_and_end(void **state)
{
    uint8_t a[65];
    uint8_t b[65];
    uint8_t hash[32] = { 0 };
    size_t length;

    (void)state;
    psa_key_id_t one = new_key(SIGN_VERIFY, ECDSA);
    psa_key_id_t two = new_key(SIGN_VERIFY, ECDSA);
    assert_int_not_equal(one, two);
    assert_int_equal(psa_export_public_key(one, a, sizeof(a), &length), PSA_SUCCESS);
    assert_int_equal(psa_export_public_key(two, b, sizeof(b), &length), PSA_SUCCESS);
    assert_memory_not_equal(a, b, 65);
    assert_int_equal(psa_destroy_key(one), PSA_SUCCESS);
    assert_int_equal(psa_export_public_key(one, a, sizeof(a), &length), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_sign_hash(one, ECDSA, hash, 32, a, 64, &length), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_destroy_key(one), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_export_public_key(two, b, sizeof(b), &length), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(two), PSA_SUCCESS);
}

static void a_key_does_only_what_it_is_for(void **state)
{
    uint8_t hash[32] = { 1 };
    uint8_t signature[64];
    size_t length;

    (void)state;
    psa_key_id_t key = new_key(PSA_KEY_USAGE_VERIFY_HASH, ECDSA);
    assert_int_equal(psa_sign_hash(key, ECDSA, hash, 32, signature, 64, &length),
                     PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    key = new_key(SIGN_VERIFY, ECDSA);
    assert_int_equal(
        psa_sign_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_384), hash, 32, signature, 64, &length),
        PSA_ERROR_NOT_PERMITTED);
    psa_key_attributes_t attributes;
    assert_int_equal(psa_get_key_attributes(key, &attributes), PSA_SUCCESS);
    assert_int_equal(attributes.bits, 256);
    assert_int_equal(attributes.usage & SIGN_VERIFY, SIGN_VERIFY);
    assert_int_equal(attributes.alg, ECDSA);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
}

static void key_attributes_that_cannot_be_are_refused(void **state)
{
    psa_key_attributes_t good = P256_ATTRIBUTES(SIGN_VERIFY, ECDSA);
    psa_key_attributes_t bad;
    psa_key_id_t key = 0;

    (void)state;
    bad = good;
    bad.type = 0;
    assert_int_not_equal(psa_generate_key(&bad, &key), PSA_SUCCESS);
    bad = good;
    bad.bits = 255;
    assert_int_not_equal(psa_generate_key(&bad, &key), PSA_SUCCESS);
    bad = good;
    bad.type = PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1);
    assert_int_not_equal(psa_generate_key(&bad, &key), PSA_SUCCESS);
    bad = good;
    bad.lifetime = PSA_KEY_LIFETIME_PERSISTENT; // without a name
    assert_int_not_equal(psa_generate_key(&bad, &key), PSA_SUCCESS);
    bad = good;
    psa_set_key_id(&bad, PSA_KEY_ID_VENDOR_MIN); // not a user's name
    assert_int_not_equal(psa_generate_key(&bad, &key), PSA_SUCCESS);
    bad = good;
    bad.lifetime = PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(
        PSA_KEY_PERSISTENCE_VOLATILE, PSA_KEY_LOCATION_PRIMARY_SECURE_ELEMENT);
    assert_int_not_equal(psa_generate_key(&bad, &key), PSA_SUCCESS);
    assert_int_equal(key, 0);
}

static void keys_run_out_without_harm(void **state)
{
    psa_key_attributes_t attributes = P256_ATTRIBUTES(SIGN_VERIFY, ECDSA);
    static psa_key_id_t keys[300];
    unsigned int count = 0;

    (void)state;
    while (count < 300 && psa_generate_key(&attributes, &keys[count]) == PSA_SUCCESS) {
        count++;
    }
    assert_true(count >= 4);
    for (unsigned int i = 0; i < count; i++) {
        assert_int_equal(psa_destroy_key(keys[i]), PSA_SUCCESS);
    }
    assert_int_equal(psa_destroy_key(new_key(SIGN_VERIFY, ECDSA)), PSA_SUCCESS);
}

// ---- RPC -------------------------------------------------------------------------------------------------------------

static uint16_t crypto_id(void)
{
    return transport.partition; // of ready()'s connection
}

// One raw RPC: control word, handle, length → w4 … w7
static struct ffa_args rpc(uint32_t control, uint64_t handle, uint32_t length)
{
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_32, crypto_id(), 0, control, (uint32_t)handle,
                             handle >> 32, length);

    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_32);
    assert_int_equal(a.x[3], control); // copied into the response
    return a;
}

static void rpc_of_unknown_interface_or_opcode_is_invalid(void **state)
{
    static const uint32_t controls[] = { 0x00010101, 0x00fe0101, 0x00000000,
                                         0x00000103, 0x0000ffff, 0x00000900 };

    (void)state;
    for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
        print_message("%#x\n", controls[i]);
        assert_int_equal((int32_t)rpc(controls[i], transport.handle, 4).x[4], TS_RPC_INVALID_VALUE);
    }
    assert_int_equal((int32_t)rpc(0x00ff0004, 0, 0).x[4], TS_RPC_INVALID_VALUE);
    assert_int_equal((int32_t)rpc(0x00ff0000, 0, 0).x[4], TS_RPC_VERSION);
}

static void rpc_lengths_and_handles_are_checked(void **state)
{
    const uint32_t random = CRYPTO_GENERATE_RANDOM;

    (void)state;
    assert_int_equal(
        (int32_t)rpc(random, transport.handle, (uint32_t)TRANSPORT_SHARED_SIZE + 1).x[4],
        TS_RPC_INVALID_VALUE);
    assert_int_equal((int32_t)rpc(random, transport.handle, 0xffffffff).x[4], TS_RPC_INVALID_VALUE);
    assert_int_equal((int32_t)rpc(random, 0x1234, 4).x[4], TS_RPC_NOT_FOUND);
    assert_int_equal((int32_t)rpc(random, transport.handle + 1, 4).x[4], TS_RPC_NOT_FOUND);
    assert_int_equal((int32_t)rpc(random, TS_RPC_NO_MEMORY, 4).x[4], TS_RPC_INVALID_VALUE);
    for (uint32_t length = 0; length < 4; length++) {
        assert_int_equal((int32_t)rpc(random, transport.handle, length).x[4],
                         TS_RPC_INVALID_REQUEST_BODY);
    }
}

static void rpc_random_larger_than_the_memory_is_refused(void **state)
{
    static const uint32_t sizes[] = { 0x00020000, 0x0001fffd, 0x10000, 0x80000000, 0xffffffff };

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        memcpy(transport.transport.shared, &sizes[i], 4);
        struct ffa_args a = rpc(CRYPTO_GENERATE_RANDOM, transport.handle, 4);
        assert_true((int32_t)a.x[4] != 0 || (int32_t)a.x[5] != 0);
    }
}

static void rpc_of_unknown_service_is_not_found(void **state)
{
    (void)state;
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_32, crypto_id(), 0, 0x00ff0003, 1, 2, 3, 4);
    assert_int_equal((int32_t)a.x[4], TS_RPC_NOT_FOUND);
}

static void rpc_in_64_bit_messages_is_invalid(void **state)
{
    (void)state;
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_64, crypto_id(), 0, 0x00ff0000);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal((int32_t)a.x[4], TS_RPC_INVALID_VALUE);
}

// Records that end behind the request, are out of order, or are noise: an answer, never a crash
static void rpc_garbage_is_answered(void **state)
{
    static const uint16_t opcodes[] = { CRYPTO_GENERATE_KEY,      CRYPTO_DESTROY_KEY,
                                        CRYPTO_EXPORT_PUBLIC_KEY, CRYPTO_SIGN_HASH,
                                        CRYPTO_VERIFY_HASH,       CRYPTO_GENERATE_RANDOM,
                                        CRYPTO_HASH_SETUP,        CRYPTO_HASH_UPDATE,
                                        CRYPTO_HASH_FINISH,       CRYPTO_HASH_VERIFY,
                                        CRYPTO_HASH_CLONE,        CRYPTO_GET_KEY_ATTRIBUTES };
    uint8_t *shared = transport.transport.shared;
    uint64_t seed = 42;

    (void)state;
    uint16_t id = crypto_id();
    for (unsigned int round = 0; round < 2000; round++) {
        for (unsigned int i = 0; i < 128; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            shared[i] = (round & 3) == 0 ? (uint8_t)(seed >> 33) : (uint8_t)(seed >> 33 & 3);
        }
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint32_t length = (uint32_t)(seed >> 40) % 128;
        struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_32, id, 0, opcodes[round % 12],
                                 (uint32_t)transport.handle, transport.handle >> 32, length);
        assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_32);
    }
    random_bytes_differ_from_call_to_call(state);
}

#define CASE(f) cmocka_unit_test_setup(f, ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(random_bytes_differ_from_call_to_call),
        CASE(random_bytes_differ_from_boot_to_boot),
        CASE(random_of_every_length_is_exact),
        CASE(sha256_of_fips_180_examples),
        CASE(hashes_of_all_sizes_are_openssls),
        CASE(hash_operations_keep_to_their_order),
        CASE(abandoned_hash_operations_do_not_block_others),
        CASE(signatures_are_good_for_openssl),
        CASE(keys_differ_and_end),
        CASE(a_key_does_only_what_it_is_for),
        CASE(key_attributes_that_cannot_be_are_refused),
        CASE(keys_run_out_without_harm),
        CASE(rpc_of_unknown_interface_or_opcode_is_invalid),
        CASE(rpc_lengths_and_handles_are_checked),
        CASE(rpc_random_larger_than_the_memory_is_refused),
        CASE(rpc_of_unknown_service_is_not_found),
        CASE(rpc_in_64_bit_messages_is_invalid),
        CASE(rpc_garbage_is_answered),
    };

    return cmocka_run_group_tests_name("crypto", tests, NULL, target_stop);
}
