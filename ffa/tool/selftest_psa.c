// SPDX-License-Identifier: BSD-3-Clause
//
// Cases of `tessera selftest`: PSA Crypto and Secure Storage. Known answers are those of the standards, with their number
// beside them.
#include <stdio.h>
#include <string.h>

#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>

#include "selftest.h"

#define KEY_ID 0x3fff7e57u // persistent key and asset of this program; nobody else's
#define ASSET_UID 0x7e557e557e557e57u

// FIPS 180-2, B.1
static const uint8_t sha256_abc[32] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                        0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                        0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                        0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };

static void random_bytes(struct selftest *test)
{
    uint8_t bytes[2][64] = { { 0 } };

    if (!selftest_status(test, "psa_crypto_init", psa_crypto_init(), PSA_SUCCESS)) {
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        (void)selftest_status(test, "psa_generate_random",
                              psa_generate_random(bytes[i], sizeof(bytes[i])), PSA_SUCCESS);
    }
    if (memcmp(bytes[0], bytes[1], sizeof(bytes[0])) == 0) {
        (void)selftest_fail(test, "twice the same bytes");
    }
}

static void hash(struct selftest *test)
{
    uint8_t result[PSA_HASH_MAX_SIZE];
    size_t size = 0;
    psa_status_t status =
        psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)"abc", 3, result, sizeof(result), &size);

    if (selftest_status(test, "psa_hash_compute", status, PSA_SUCCESS)) {
        (void)selftest_equal(test, "SHA-256", result, size, sha256_abc, sizeof(sha256_abc));
    }
}

// More than fits a request: a million times the letter a
static void large_hash(struct selftest *test)
{
    // FIPS 180-2, B.3
    static const uint8_t wanted[32] = { 0xcd, 0xc7, 0x6e, 0x5c, 0x99, 0x14, 0xfb, 0x92,
                                        0x81, 0xa1, 0xc7, 0xe2, 0x84, 0xd7, 0x3e, 0x67,
                                        0xf1, 0x80, 0x9a, 0x48, 0xa4, 0x97, 0x20, 0x0e,
                                        0x04, 0x6d, 0x39, 0xcc, 0xc7, 0x11, 0x2c, 0xd0 };
    static uint8_t data[200000];
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    uint8_t result[PSA_HASH_MAX_SIZE];
    size_t size = 0;
    psa_status_t status = psa_hash_setup(&operation, PSA_ALG_SHA_256);

    memset(data, 'a', sizeof(data));
    for (size_t i = 0; i < 1000000 / sizeof(data) && status == PSA_SUCCESS; i++) {
        status = psa_hash_update(&operation, data, sizeof(data));
    }
    if (status == PSA_SUCCESS) {
        status = psa_hash_finish(&operation, result, sizeof(result), &size);
    }
    if (selftest_status(test, "psa_hash_update", status, PSA_SUCCESS)) {
        (void)selftest_equal(test, "SHA-256", result, size, wanted, sizeof(wanted));
    }
}

static psa_key_id_t import(struct selftest *test, psa_key_type_t type, psa_algorithm_t alg,
                           psa_key_usage_t usage, const uint8_t *bytes, size_t size)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = PSA_KEY_ID_NULL;

    psa_set_key_type(&attributes, type);
    psa_set_key_algorithm(&attributes, alg);
    psa_set_key_usage_flags(&attributes, usage);
    (void)selftest_status(test, "psa_import_key", psa_import_key(&attributes, bytes, size, &key),
                          PSA_SUCCESS);
    return key;
}

static void hmac(struct selftest *test)
{
    // RFC 4231, 4.3
    static const uint8_t wanted[32] = { 0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e,
                                        0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7,
                                        0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83,
                                        0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43 };
    static const char text[] = "what do ya want for nothing?";
    psa_algorithm_t alg = PSA_ALG_HMAC(PSA_ALG_SHA_256);
    uint8_t mac[64];
    size_t size = 0;
    psa_key_id_t key = import(test, PSA_KEY_TYPE_HMAC, alg, PSA_KEY_USAGE_SIGN_MESSAGE,
                              (const uint8_t *)"Jefe", 4);
    psa_status_t status =
        psa_mac_compute(key, alg, (const uint8_t *)text, sizeof(text) - 1, mac, sizeof(mac), &size);

    if (selftest_status(test, "psa_mac_compute", status, PSA_SUCCESS)) {
        (void)selftest_equal(test, "HMAC-SHA-256", mac, size, wanted, sizeof(wanted));
    }
    (void)selftest_status(test, "psa_destroy_key", psa_destroy_key(key), PSA_SUCCESS);
}

// The GCM specification's test case 4 (McGrew and Viega): key, IV, additional data, plaintext; ciphertext and tag
static const uint8_t gcm_key[16] = { 0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c,
                                     0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08 };
static const uint8_t gcm_iv[12] = { 0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce,
                                    0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88 };
static const uint8_t gcm_aad[20] = { 0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed,
                                     0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2 };
static const uint8_t gcm_plain[60] = { 0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5, 0xa5, 0x59,
                                       0x09, 0xc5, 0xaf, 0xf5, 0x26, 0x9a, 0x86, 0xa7, 0xa9, 0x53,
                                       0x15, 0x34, 0xf7, 0xda, 0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31,
                                       0x8a, 0x72, 0x1c, 0x3c, 0x0c, 0x95, 0x95, 0x68, 0x09, 0x53,
                                       0x2f, 0xcf, 0x0e, 0x24, 0x49, 0xa6, 0xb5, 0x25, 0xb1, 0x6a,
                                       0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57, 0xba, 0x63, 0x7b, 0x39 };
static const uint8_t gcm_cipher[76] = {
    0x42, 0x83, 0x1e, 0xc2, 0x21, 0x77, 0x74, 0x24, 0x4b, 0x72, 0x21, 0xb7, 0x84, 0xd0, 0xd4, 0x9c,
    0xe3, 0xaa, 0x21, 0x2f, 0x2c, 0x02, 0xa4, 0xe0, 0x35, 0xc1, 0x7e, 0x23, 0x29, 0xac, 0xa1, 0x2e,
    0x21, 0xd5, 0x14, 0xb2, 0x54, 0x66, 0x93, 0x1c, 0x7d, 0x8f, 0x6a, 0x5a, 0xac, 0x84, 0xaa, 0x05,
    0x1b, 0xa3, 0x0b, 0x39, 0x6a, 0x0a, 0xac, 0x97, 0x3d, 0x58, 0xe0, 0x91, 0x5b, 0xc9, 0x4f, 0xbc,
    0x32, 0x21, 0xa5, 0xdb, 0x94, 0xfa, 0xe9, 0x5a, 0xe7, 0x12, 0x1a, 0x47
};

static void gcm(struct selftest *test)
{
    uint8_t result[80];
    uint8_t altered[sizeof(gcm_cipher)];
    size_t size = 0;
    psa_key_id_t key =
        import(test, PSA_KEY_TYPE_AES, PSA_ALG_GCM, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT,
               gcm_key, sizeof(gcm_key));
    psa_status_t status =
        psa_aead_encrypt(key, PSA_ALG_GCM, gcm_iv, sizeof(gcm_iv), gcm_aad, sizeof(gcm_aad),
                         gcm_plain, sizeof(gcm_plain), result, sizeof(result), &size);

    if (selftest_status(test, "psa_aead_encrypt", status, PSA_SUCCESS)) {
        (void)selftest_equal(test, "AES-GCM", result, size, gcm_cipher, sizeof(gcm_cipher));
    }
    status = psa_aead_decrypt(key, PSA_ALG_GCM, gcm_iv, sizeof(gcm_iv), gcm_aad, sizeof(gcm_aad),
                              gcm_cipher, sizeof(gcm_cipher), result, sizeof(result), &size);
    if (selftest_status(test, "psa_aead_decrypt", status, PSA_SUCCESS)) {
        (void)selftest_equal(test, "AES-GCM", result, size, gcm_plain, sizeof(gcm_plain));
    }
    memcpy(altered, gcm_cipher, sizeof(altered));
    altered[3] ^= 1;
    status = psa_aead_decrypt(key, PSA_ALG_GCM, gcm_iv, sizeof(gcm_iv), gcm_aad, sizeof(gcm_aad),
                              altered, sizeof(altered), result, sizeof(result), &size);
    (void)selftest_status(test, "altered ciphertext", status, PSA_ERROR_INVALID_SIGNATURE);
    (void)selftest_status(test, "psa_destroy_key", psa_destroy_key(key), PSA_SUCCESS);
}

static psa_status_t make_p256(psa_key_id_t id, psa_key_usage_t usage, psa_algorithm_t alg,
                              psa_key_id_t *key)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    if (id != PSA_KEY_ID_NULL) {
        psa_set_key_id(&attributes, id);
    }
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_algorithm(&attributes, alg);
    psa_set_key_usage_flags(&attributes, usage);
    return psa_generate_key(&attributes, key);
}

// Signs with `key`, verifies, and verifies that another hash has another signature
static void sign_with(struct selftest *test, psa_key_id_t key)
{
    psa_algorithm_t alg = PSA_ALG_ECDSA(PSA_ALG_SHA_256);
    uint8_t signature[64];
    uint8_t other[32];
    size_t size = 0;
    psa_status_t status = psa_sign_hash(key, alg, sha256_abc, sizeof(sha256_abc), signature,
                                        sizeof(signature), &size);

    (void)selftest_status(test, "psa_sign_hash", status, PSA_SUCCESS);
    status = psa_verify_hash(key, alg, sha256_abc, sizeof(sha256_abc), signature, size);
    (void)selftest_status(test, "psa_verify_hash", status, PSA_SUCCESS);
    memcpy(other, sha256_abc, sizeof(other));
    other[31] ^= 0x80;
    status = psa_verify_hash(key, alg, other, sizeof(other), signature, size);
    (void)selftest_status(test, "another hash", status, PSA_ERROR_INVALID_SIGNATURE);
}

static void ecdsa(struct selftest *test)
{
    psa_key_id_t key = PSA_KEY_ID_NULL;
    uint8_t bytes[32];
    size_t size;
    psa_status_t status =
        make_p256(PSA_KEY_ID_NULL, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH,
                  PSA_ALG_ECDSA(PSA_ALG_SHA_256), &key);

    if (!selftest_status(test, "psa_generate_key", status, PSA_SUCCESS)) {
        return;
    }
    sign_with(test, key);
    status = psa_export_key(key, bytes, sizeof(bytes), &size);
    (void)selftest_status(test, "export of what must stay", status, PSA_ERROR_NOT_PERMITTED);
    (void)selftest_status(test, "psa_destroy_key", psa_destroy_key(key), PSA_SUCCESS);
}

static void agreement(struct selftest *test)
{
    psa_key_id_t keys[2] = { PSA_KEY_ID_NULL, PSA_KEY_ID_NULL };
    uint8_t public[2][65];
    uint8_t secret[2][32];
    size_t size = 0;

    for (size_t i = 0; i < 2; i++) {
        psa_status_t status =
            make_p256(PSA_KEY_ID_NULL, PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH, &keys[i]);

        (void)selftest_status(test, "psa_generate_key", status, PSA_SUCCESS);
        status = psa_export_public_key(keys[i], public[i], sizeof(public[i]), &size);
        (void)selftest_status(test, "psa_export_public_key", status, PSA_SUCCESS);
    }
    for (size_t i = 0; i < 2 && test->result == SELFTEST_PASSED; i++) {
        psa_status_t status =
            psa_raw_key_agreement(PSA_ALG_ECDH, keys[i], public[1 - i], sizeof(public[0]),
                                  secret[i], sizeof(secret[i]), &size);

        (void)selftest_status(test, "psa_raw_key_agreement", status, PSA_SUCCESS);
    }
    if (test->result == SELFTEST_PASSED) {
        (void)selftest_equal(test, "the two secrets", secret[0], 32, secret[1], 32);
    }
    for (size_t i = 0; i < 2; i++) {
        (void)selftest_status(test, "psa_destroy_key", psa_destroy_key(keys[i]), PSA_SUCCESS);
    }
}

static void persistent_key(struct selftest *test)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = PSA_KEY_ID_NULL;
    psa_status_t status;

    if (psa_get_key_attributes(KEY_ID, &attributes) ==
        PSA_SUCCESS) { // of a self-test that was ended
        (void)selftest_status(test, "psa_destroy_key", psa_destroy_key(KEY_ID), PSA_SUCCESS);
    }
    status = make_p256(KEY_ID, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH,
                       PSA_ALG_ECDSA(PSA_ALG_SHA_256), &key);
    if (!selftest_status(test, "psa_generate_key", status, PSA_SUCCESS)) {
        return;
    }
    // From flash again
    (void)selftest_status(test, "psa_purge_key", psa_purge_key(key), PSA_SUCCESS);
    sign_with(test, KEY_ID);
    (void)selftest_status(test, "psa_destroy_key", psa_destroy_key(KEY_ID), PSA_SUCCESS);
    status = psa_get_key_attributes(KEY_ID, &attributes);
    (void)selftest_status(test, "a destroyed key", status, PSA_ERROR_INVALID_HANDLE);
}

struct storage {
    psa_status_t (*set)(psa_storage_uid_t, size_t, const void *, psa_storage_create_flags_t);
    psa_status_t (*get)(psa_storage_uid_t, size_t, size_t, void *, size_t *);
    psa_status_t (*get_info)(psa_storage_uid_t, struct psa_storage_info_t *);
    psa_status_t (*remove)(psa_storage_uid_t);
};

static void store(struct selftest *test, const struct storage *storage)
{
    struct psa_storage_info_t info;
    uint8_t bytes[32];
    size_t size = 0;
    psa_status_t status = storage->remove(ASSET_UID); // of a self-test that was ended

    if (status != PSA_SUCCESS &&
        !selftest_status(test, "remove", status, PSA_ERROR_DOES_NOT_EXIST)) {
        return;
    }
    status = storage->set(ASSET_UID, sizeof(sha256_abc), sha256_abc, PSA_STORAGE_FLAG_NONE);
    if (!selftest_status(test, "set", status, PSA_SUCCESS)) {
        return;
    }
    status = storage->get(ASSET_UID, 0, sizeof(bytes), bytes, &size);
    if (selftest_status(test, "get", status, PSA_SUCCESS)) {
        (void)selftest_equal(test, "asset", bytes, size, sha256_abc, sizeof(sha256_abc));
    }
    status = storage->get_info(ASSET_UID, &info);
    if (selftest_status(test, "get_info", status, PSA_SUCCESS) && info.size != sizeof(sha256_abc)) {
        (void)selftest_fail(test, "get_info: %zu bytes", info.size);
    }
    (void)selftest_status(test, "remove", storage->remove(ASSET_UID), PSA_SUCCESS);
    status = storage->get(ASSET_UID, 0, sizeof(bytes), bytes, &size);
    (void)selftest_status(test, "what was removed", status, PSA_ERROR_DOES_NOT_EXIST);
}

static void its(struct selftest *test)
{
    const struct storage storage = { psa_its_set, psa_its_get, psa_its_get_info, psa_its_remove };

    store(test, &storage);
}

static void ps(struct selftest *test)
{
    const struct storage storage = { psa_ps_set, psa_ps_get, psa_ps_get_info, psa_ps_remove };

    store(test, &storage);
}

const struct selftest_case selftest_psa_cases[] = {
    { "the secure world gives random bytes", false, random_bytes },
    { "SHA-256 is right", false, hash },
    { "SHA-256 of more than a request holds is right", false, large_hash },
    { "HMAC is right", false, hmac },
    { "AES-GCM is right, and refuses what was altered", false, gcm },
    { "a P-256 key signs, and does not leave the secure world", false, ecdsa },
    { "two P-256 keys agree on a secret", false, agreement },
    { "a persistent key is stored, used and destroyed", true, persistent_key },
    { "Internal Trusted Storage keeps an asset", true, its },
    { "Protected Storage keeps an asset", true, ps },
};
const size_t selftest_psa_count = sizeof(selftest_psa_cases) / sizeof(selftest_psa_cases[0]);
