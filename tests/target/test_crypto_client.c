// SPDX-License-Identifier: BSD-3-Clause
//
// The crypto partition as its clients use it, through the PSA client library over the harness: every kind of operation
// against OpenSSL on the host, in one call and in parts; keys that stay; two clients that see nothing of each other; a
// client that is gone.
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "ffa/abi/ts_caps.h"
#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa/internal_trusted_storage.h"
#include "ffa/client/psa/protected_storage.h"
#include "ffa/client/psa_client.h"
#include "tests/harness/transport_harness.h"
#include "tests/target/target.h"

#define DATA_MAX 200000 // more than the shared memory takes

static uint8_t data[DATA_MAX];
static uint8_t ours[DATA_MAX + 64];
static uint8_t theirs[DATA_MAX + 64];
static uint8_t back[DATA_MAX + 64];

// Sizes that end inside, at and behind blocks, a record, the shared memory
static const size_t sizes[] = { 0, 1, 15, 16, 17, 64, 4096, 65456, 65472, 65535, 65536, DATA_MAX };

// ---- The machine -----------------------------------------------------------------------------------------------------

static struct harness_transport transport;

static int ready(void **state)
{
    struct harness *before = machine;

    (void)state;
    target_machine(NULL);
    if (machine != before) {
        target_version(FFA_VERSION_1_2);
        harness_transport_init(&transport, machine);
        assert_int_equal(psa_client_connect(&transport.transport), PSA_SUCCESS);
    }
    transport.transport.client = 0;
    for (size_t i = 0; i < DATA_MAX; i++) {
        data[i] = (uint8_t)(i * 167 + i / 253);
    }
    return 0;
}

static psa_key_id_t import(psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg,
                           const uint8_t *bytes, size_t size)
{
    psa_key_attributes_t attributes = psa_key_attributes_init();
    psa_key_id_t key;

    psa_set_key_type(&attributes, type);
    psa_set_key_usage_flags(&attributes, usage);
    psa_set_key_algorithm(&attributes, alg);
    assert_int_equal(psa_import_key(&attributes, bytes, size, &key), PSA_SUCCESS);
    return key;
}

static const uint8_t key32[32] = "thirty-two bytes that make a key";

// ---- Hash, MAC -------------------------------------------------------------------------------------------------------

static void sha3_is_openssls(void **state)
{
    static const struct {
        psa_algorithm_t alg;
        const char *name;
    } rows[] = { { PSA_ALG_SHA3_224, "SHA3-224" },
                 { PSA_ALG_SHA3_256, "SHA3-256" },
                 { PSA_ALG_SHA3_384, "SHA3-384" },
                 { PSA_ALG_SHA3_512, "SHA3-512" } };

    (void)state;
    for (size_t r = 0; r < 4; r++) {
        for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
            size_t length;
            unsigned int expected;

            assert_int_equal(psa_hash_compute(rows[r].alg, data, sizes[s], ours, 64, &length),
                             PSA_SUCCESS);
            assert_int_equal(EVP_Digest(data, sizes[s], theirs, &expected,
                                        EVP_get_digestbyname(rows[r].name), NULL),
                             1);
            assert_int_equal(length, expected);
            assert_memory_equal(ours, theirs, length);
            assert_int_equal(psa_hash_compare(rows[r].alg, data, sizes[s], theirs, length),
                             PSA_SUCCESS);
            theirs[0] ^= 1;
            assert_int_equal(psa_hash_compare(rows[r].alg, data, sizes[s], theirs, length),
                             PSA_ERROR_INVALID_SIGNATURE);
        }
    }
}

static size_t openssl_mac(const char *name, const char *param, const char *value, size_t size)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, name, NULL);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    OSSL_PARAM params[2] = { OSSL_PARAM_construct_utf8_string(param, (char *)(uintptr_t)value, 0),
                             OSSL_PARAM_construct_end() };
    size_t length = 0;

    assert_int_equal(EVP_MAC_init(context, key32, 32, params), 1);
    assert_int_equal(EVP_MAC_update(context, data, size), 1);
    assert_int_equal(EVP_MAC_final(context, theirs, &length, 64), 1);
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
    return length;
}

static void macs_are_openssls(void **state)
{
    static const struct {
        psa_key_type_t type;
        psa_algorithm_t alg;
        const char *name;
        const char *param;
        const char *value;
    } rows[] = {
        { PSA_KEY_TYPE_HMAC, PSA_ALG_HMAC(PSA_ALG_SHA_256), "HMAC", "digest", "SHA256" },
        { PSA_KEY_TYPE_HMAC, PSA_ALG_HMAC(PSA_ALG_SHA3_384), "HMAC", "digest", "SHA3-384" },
        { PSA_KEY_TYPE_AES, PSA_ALG_CMAC, "CMAC", "cipher", "AES-256-CBC" },
    };

    (void)state;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        psa_key_id_t key =
            import(rows[r].type, PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE,
                   rows[r].alg, key32, 32);

        for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
            size_t expected = openssl_mac(rows[r].name, rows[r].param, rows[r].value, sizes[s]);
            size_t length;

            assert_int_equal(psa_mac_compute(key, rows[r].alg, data, sizes[s], ours, 64, &length),
                             PSA_SUCCESS);
            assert_int_equal(length, expected);
            assert_memory_equal(ours, theirs, length);
            assert_int_equal(psa_mac_verify(key, rows[r].alg, data, sizes[s], ours, length),
                             PSA_SUCCESS);
            ours[length - 1] ^= 0x80;
            assert_int_equal(psa_mac_verify(key, rows[r].alg, data, sizes[s], ours, length),
                             PSA_ERROR_INVALID_SIGNATURE);
        }
        assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    }
}

// ---- Ciphers, AEADs --------------------------------------------------------------------------------------------------

static size_t openssl_decrypt(const char *name, const uint8_t *in, size_t size, size_t iv_length)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t iv[16] = { 0 };
    int first;
    int last;

    memcpy(iv + 16 - (iv_length == 12 ? 12 : 16), in,
           iv_length); // ChaCha20: a counter of 0, then the nonce
    assert_int_equal(EVP_DecryptInit_ex2(context, cipher, key32, iv, NULL), 1);
    assert_int_equal(
        EVP_DecryptUpdate(context, theirs, &first, in + iv_length, (int)(size - iv_length)), 1);
    assert_int_equal(EVP_DecryptFinal_ex(context, theirs + first, &last), 1);
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
    return (size_t)first + (size_t)last;
}

static void ciphers_are_openssls(void **state)
{
    static const struct {
        psa_key_type_t type;
        psa_algorithm_t alg;
        const char *name;
        size_t iv;
        size_t block;
    } rows[] = {
        { PSA_KEY_TYPE_AES, PSA_ALG_CTR, "AES-256-CTR", 16, 1 },
        { PSA_KEY_TYPE_AES, PSA_ALG_CBC_PKCS7, "AES-256-CBC", 16, 1 },
        { PSA_KEY_TYPE_AES, PSA_ALG_CFB, "AES-256-CFB", 16, 1 },
        { PSA_KEY_TYPE_AES, PSA_ALG_OFB, "AES-256-OFB", 16, 1 },
        { PSA_KEY_TYPE_CHACHA20, PSA_ALG_STREAM_CIPHER, "ChaCha20", 12, 1 },
    };

    (void)state;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        psa_key_id_t key = import(rows[r].type, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT,
                                  rows[r].alg, key32, 32);

        for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
            size_t length;
            size_t again;

            print_message("%s of %zu bytes\n", rows[r].name, sizes[s]);
            assert_int_equal(
                psa_cipher_encrypt(key, rows[r].alg, data, sizes[s], ours, sizeof(ours), &length),
                PSA_SUCCESS);
            assert_int_equal(openssl_decrypt(rows[r].name, ours, length, rows[r].iv), sizes[s]);
            assert_memory_equal(theirs, data, sizes[s]);
            assert_int_equal(
                psa_cipher_decrypt(key, rows[r].alg, ours, length, back, sizeof(back), &again),
                PSA_SUCCESS);
            assert_int_equal(again, sizes[s]);
            assert_memory_equal(back, data, sizes[s]);
        }
        assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    }
}

struct aead {
    psa_key_type_t type;
    psa_algorithm_t alg;
    const char *name;
    size_t nonce;
};

// Ciphertext and tag in theirs[]
static void openssl_seal(const struct aead *aead, const uint8_t *ad, size_t ad_size, size_t size)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, aead->name, NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool ccm = PSA_ALG_AEAD_WITH_DEFAULT_LENGTH_TAG(aead->alg) == PSA_ALG_CCM;
    int done = 0;
    int last = 0;

    assert_int_equal(EVP_EncryptInit_ex2(context, cipher, NULL, NULL, NULL), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, (int)aead->nonce, NULL),
                     1);
    if (ccm) {
        assert_int_equal(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, NULL), 1);
    }
    assert_int_equal(EVP_EncryptInit_ex2(context, NULL, key32, data + 7, NULL), 1);
    if (ccm) {
        assert_int_equal(EVP_EncryptUpdate(context, NULL, &done, NULL, (int)size), 1);
    }
    if (ad_size != 0) {
        assert_int_equal(EVP_EncryptUpdate(context, NULL, &done, ad, (int)ad_size), 1);
    }
    done = 0;
    assert_int_equal(EVP_EncryptUpdate(context, theirs, &done, data, (int)size), 1);
    assert_int_equal(EVP_EncryptFinal_ex(context, theirs + done, &last), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, theirs + size), 1);
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
}

static void check_aead(const struct aead *aead, psa_key_id_t key, size_t ad_size, size_t size)
{
    static const uint8_t zeros[DATA_MAX];
    size_t length;

    openssl_seal(aead, data + 100, ad_size, size);
    assert_int_equal(psa_aead_encrypt(key, aead->alg, data + 7, aead->nonce, data + 100, ad_size,
                                      data, size, ours, sizeof(ours), &length),
                     PSA_SUCCESS);
    assert_int_equal(length, size + 16);
    assert_memory_equal(ours, theirs, length);
    assert_int_equal(psa_aead_decrypt(key, aead->alg, data + 7, aead->nonce, data + 100, ad_size,
                                      ours, length, back, sizeof(back), &length),
                     PSA_SUCCESS);
    assert_int_equal(length, size);
    assert_memory_equal(back, data, size);
    ours[size + 15] ^= 1;
    memset(back, 0, sizeof(back));
    assert_int_equal(psa_aead_decrypt(key, aead->alg, data + 7, aead->nonce, data + 100, ad_size,
                                      ours, size + 16, back, sizeof(back), &length),
                     PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(length, 0);
    assert_memory_equal(back, zeros, size); // no plaintext without its tag
}

static void aeads_are_openssls(void **state)
{
    static const struct aead rows[] = {
        { PSA_KEY_TYPE_AES, PSA_ALG_GCM, "AES-256-GCM", 12 },
        { PSA_KEY_TYPE_AES, PSA_ALG_CCM, "AES-256-CCM", 12 },
        { PSA_KEY_TYPE_CHACHA20, PSA_ALG_CHACHA20_POLY1305, "ChaCha20-Poly1305", 12 },
    };

    (void)state;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        psa_key_id_t key = import(rows[r].type, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT,
                                  rows[r].alg, key32, 32);

        for (size_t s = 1; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
            print_message("%s of %zu bytes\n", rows[r].name, sizes[s]);
            check_aead(&rows[r], key, s == 3 ? 0 : 3 * s, sizes[s]);
        }
        check_aead(&rows[r], key, 50000, 30000); // the additional data alone is no obstacle
        if (rows[r].alg != PSA_ALG_CCM) { // Mbed TLS takes less than 2^16 - 2^8 bytes of it there
            check_aead(&rows[r], key, 70000, 100); // … and this is
        }
        assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    }
}

// ---- Asymmetric keys -------------------------------------------------------------------------------------------------

static void rsa_is_openssls(void **state)
{
    EVP_PKEY *pair = EVP_RSA_gen(2048);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pair, NULL);
    const psa_algorithm_t pss = PSA_ALG_RSA_PSS(PSA_ALG_SHA_256);
    const psa_algorithm_t oaep = PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256);
    unsigned char *der = NULL;
    int der_length = i2d_PrivateKey(pair, &der);
    unsigned int hash_length;
    size_t length;
    size_t plain_length = sizeof(back);

    (void)state;
    assert_true(der_length > 0);
    psa_key_id_t key =
        import(PSA_KEY_TYPE_RSA_KEY_PAIR, PSA_KEY_USAGE_SIGN_MESSAGE, pss, der, (size_t)der_length);
    assert_int_equal(psa_sign_message(key, pss, data, 5000, ours, sizeof(ours), &length),
                     PSA_SUCCESS);
    assert_int_equal(length, 256);
    assert_int_equal(EVP_Digest(data, 5000, theirs, &hash_length, EVP_sha256(), NULL), 1);
    assert_int_equal(EVP_PKEY_verify_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()), 1);
    assert_int_equal(EVP_PKEY_verify(context, ours, length, theirs, 32), 1);
    assert_int_equal(psa_sign_hash(key, pss, theirs, 32, ours, 256, &length),
                     PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);

    key = import(PSA_KEY_TYPE_RSA_KEY_PAIR, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT, oaep,
                 der, (size_t)der_length);
    assert_int_equal(psa_asymmetric_encrypt(key, oaep, data, 190, NULL, 0, ours, 256, &length),
                     PSA_SUCCESS);
    assert_int_equal(EVP_PKEY_decrypt_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()), 1);
    assert_int_equal(EVP_PKEY_decrypt(context, back, &plain_length, ours, length), 1);
    assert_int_equal(plain_length, 190);
    assert_memory_equal(back, data, 190);
    assert_int_equal(psa_asymmetric_decrypt(key, oaep, ours, 256, NULL, 0, back, 256, &length),
                     PSA_SUCCESS);
    assert_int_equal(length, 190);
    assert_memory_equal(back, data, 190);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    OPENSSL_free(der);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(pair);
}

// Both sides come to the same secret
static void check_agreement(psa_key_type_t type, size_t bits, const char *group)
{
    EVP_PKEY *peer = group != NULL ? EVP_EC_gen(group) : EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    psa_key_attributes_t attributes = psa_key_attributes_init();
    psa_key_id_t key;
    uint8_t point[160];
    uint8_t secret[80];
    size_t point_length;
    size_t secret_length = sizeof(secret);
    size_t length;

    psa_set_key_type(&attributes, type);
    psa_set_key_bits(&attributes, bits);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_DERIVE);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDH);
    assert_int_equal(psa_generate_key(&attributes, &key), PSA_SUCCESS);
    assert_int_equal(EVP_PKEY_get_octet_string_param(peer, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
                                                     point, sizeof(point), &point_length),
                     1);
    assert_int_equal(
        psa_raw_key_agreement(PSA_ALG_ECDH, key, point, point_length, ours, 80, &length),
        PSA_SUCCESS);
    assert_int_equal(length, PSA_BITS_TO_BYTES(bits));

    // And the other way
    assert_int_equal(psa_export_public_key(key, point, sizeof(point), &point_length), PSA_SUCCESS);
    EVP_PKEY *mine = EVP_PKEY_new();
    assert_int_equal(EVP_PKEY_copy_parameters(mine, peer), 1);
    assert_int_equal(EVP_PKEY_set1_encoded_public_key(mine, point, point_length), 1);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(peer, NULL);
    assert_int_equal(EVP_PKEY_derive_init(context), 1);
    assert_int_equal(EVP_PKEY_derive_set_peer(context, mine), 1);
    assert_int_equal(EVP_PKEY_derive(context, secret, &secret_length), 1);
    assert_int_equal(secret_length, length);
    assert_memory_equal(ours, secret, length);

    // A point that is not on the curve
    if (group != NULL) {
        point[20] ^= 1;
        assert_int_not_equal(
            psa_raw_key_agreement(PSA_ALG_ECDH, key, point, point_length, ours, 80, &length),
            PSA_SUCCESS);
    }
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(mine);
    EVP_PKEY_free(peer);
}

static void agreements_are_openssls(void **state)
{
    (void)state;
    check_agreement(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, "P-256");
    check_agreement(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 384, "P-384");
    check_agreement(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY), 255, NULL);
}

// ---- Key derivation --------------------------------------------------------------------------------------------------

static void hkdf_is_openssls(void **state)
{
    psa_key_derivation_operation_t op = psa_key_derivation_operation_init();
    const psa_algorithm_t alg = PSA_ALG_HKDF(PSA_ALG_SHA_256);
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string("digest", (char *)(uintptr_t) "SHA256", 0),
        OSSL_PARAM_construct_octet_string("key", (void *)(uintptr_t)key32, 32),
        OSSL_PARAM_construct_octet_string("salt", data, 20),
        OSSL_PARAM_construct_octet_string("info", data + 20, 30),
        OSSL_PARAM_construct_end(),
    };
    size_t capacity;
    psa_key_id_t key = import(PSA_KEY_TYPE_DERIVE, PSA_KEY_USAGE_DERIVE, alg, key32, 32);

    (void)state;
    assert_int_equal(EVP_KDF_derive(context, theirs, 8160, params), 1);
    assert_int_equal(psa_key_derivation_setup(&op, alg), PSA_SUCCESS);
    assert_int_equal(psa_key_derivation_input_bytes(&op, PSA_KEY_DERIVATION_INPUT_SALT, data, 20),
                     PSA_SUCCESS);
    assert_int_equal(psa_key_derivation_input_key(&op, PSA_KEY_DERIVATION_INPUT_SECRET, key),
                     PSA_SUCCESS);
    assert_int_equal(
        psa_key_derivation_input_bytes(&op, PSA_KEY_DERIVATION_INPUT_INFO, data + 20, 30),
        PSA_SUCCESS);
    assert_int_equal(psa_key_derivation_get_capacity(&op, &capacity), PSA_SUCCESS);
    assert_int_equal(capacity, 8160);
    assert_int_equal(psa_key_derivation_output_bytes(&op, ours, 100), PSA_SUCCESS);
    assert_int_equal(psa_key_derivation_output_bytes(&op, ours + 100, 8060), PSA_SUCCESS);
    assert_memory_equal(ours, theirs, 8160);
    assert_int_equal(psa_key_derivation_output_bytes(&op, ours, 1), PSA_ERROR_INSUFFICIENT_DATA);
    assert_int_equal(psa_key_derivation_abort(&op), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
}

static void pbkdf2_is_openssls(void **state)
{
    psa_key_derivation_operation_t op = psa_key_derivation_operation_init();
    const psa_algorithm_t alg = PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_256);
    psa_key_id_t key = import(PSA_KEY_TYPE_PASSWORD, PSA_KEY_USAGE_DERIVE, alg, key32, 32);

    (void)state;
    assert_int_equal(
        PKCS5_PBKDF2_HMAC((const char *)key32, 32, data, 16, 100, EVP_sha256(), 40, theirs), 1);
    assert_int_equal(psa_key_derivation_setup(&op, alg), PSA_SUCCESS);
    assert_int_equal(psa_key_derivation_input_integer(&op, PSA_KEY_DERIVATION_INPUT_COST, 100),
                     PSA_SUCCESS);
    assert_int_equal(psa_key_derivation_input_bytes(&op, PSA_KEY_DERIVATION_INPUT_SALT, data, 16),
                     PSA_SUCCESS);
    assert_int_equal(psa_key_derivation_input_key(&op, PSA_KEY_DERIVATION_INPUT_PASSWORD, key),
                     PSA_SUCCESS);
    assert_int_equal(psa_key_derivation_output_bytes(&op, ours, 40), PSA_SUCCESS);
    assert_memory_equal(ours, theirs, 40);
    assert_int_equal(psa_key_derivation_abort(&op), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
}

// ---- Persistent keys (across boots: test_crypto_persist.c)
// --------------------------------------------------------------------------------------------------

static psa_status_t make_persistent(psa_key_id_t id, const uint8_t bytes[32])
{
    psa_key_attributes_t attributes = psa_key_attributes_init();
    psa_key_id_t key;

    psa_set_key_id(&attributes, id);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_EXPORT | PSA_KEY_USAGE_ENCRYPT);
    psa_set_key_algorithm(&attributes, PSA_ALG_CTR);
    psa_status_t status = psa_import_key(&attributes, bytes, 32, &key);

    if (status == PSA_SUCCESS) {
        assert_int_equal(key, id);
    }
    return status;
}

static void assert_key(psa_key_id_t id, const uint8_t bytes[32])
{
    psa_key_attributes_t attributes;
    size_t length;

    assert_int_equal(psa_export_key(id, ours, 32, &length), PSA_SUCCESS);
    assert_int_equal(length, 32);
    assert_memory_equal(ours, bytes, 32);
    assert_int_equal(psa_get_key_attributes(id, &attributes), PSA_SUCCESS);
    assert_int_equal(psa_get_key_id(&attributes), id);
    assert_int_equal(psa_get_key_lifetime(&attributes), PSA_KEY_LIFETIME_PERSISTENT);
}

static void persistent_keys_have_their_names_until_they_are_destroyed(void **state)
{
    size_t length;

    (void)state;
    assert_int_equal(make_persistent(0x1234, key32), PSA_SUCCESS);
    assert_int_equal(make_persistent(0x1234, key32), PSA_ERROR_ALREADY_EXISTS);
    assert_key(0x1234, key32);
    assert_int_equal(psa_purge_key(0x1234), PSA_SUCCESS);
    assert_key(0x1234, key32);
    assert_int_equal(psa_destroy_key(0x1234), PSA_SUCCESS);
    assert_int_equal(psa_export_key(0x1234, ours, 32, &length), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(length, 0);
}

// ---- Several clients -------------------------------------------------------------------------------------------------

static void be(uint16_t client)
{
    transport.transport.client = client;
}

static void clients_see_nothing_of_each_other(void **state)
{
    psa_hash_operation_t op = psa_hash_operation_init();
    psa_hash_operation_t copy = psa_hash_operation_init();
    psa_key_attributes_t attributes;
    size_t length;

    (void)state;
    be(1);
    psa_key_id_t mine = import(PSA_KEY_TYPE_AES, PSA_KEY_USAGE_EXPORT, 0, key32, 32);
    assert_int_equal(make_persistent(7, key32), PSA_SUCCESS);
    assert_int_equal(psa_hash_setup(&op, PSA_ALG_SHA_256), PSA_SUCCESS);
    psa_hash_operation_t stolen = op;
    be(2);
    assert_int_equal(psa_export_key(mine, ours, 32, &length), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_get_key_attributes(mine, &attributes), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_destroy_key(mine), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_export_key(7, ours, 32, &length), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_destroy_key(7), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_hash_clone(&stolen, &copy), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_update(&stolen, data, 1),
                     PSA_ERROR_BAD_STATE);                   // and aborts what is not its own
    assert_int_equal(make_persistent(7, data), PSA_SUCCESS); // the same name, another key
    assert_key(7, data);
    be(1);
    assert_key(7, key32);
    assert_int_equal(psa_hash_update(&op, (const uint8_t *)"abc", 3), PSA_SUCCESS);
    assert_int_equal(psa_hash_finish(&op, ours, 32, &length), PSA_SUCCESS);
    assert_int_equal(ours[0], 0xba); // FIPS 180: SHA-256 of "abc"
    assert_int_equal(psa_export_key(mine, ours, 32, &length), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(mine), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(7), PSA_SUCCESS);
    be(2);
    assert_key(7, data);
    assert_int_equal(psa_destroy_key(7), PSA_SUCCESS);
}

static void assets_are_their_clients(void **state)
{
    struct psa_storage_info_t info;
    char text[8];
    size_t length;

    (void)state;
    be(1);
    assert_int_equal(psa_its_set(5, 3, "one", 0), PSA_SUCCESS);
    assert_int_equal(psa_ps_set(5, 5, "three", 0), PSA_SUCCESS);
    be(2);
    assert_int_equal(psa_its_get_info(5, &info), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(psa_its_set(5, 3, "two", 0), PSA_SUCCESS);
    be(1);
    assert_int_equal(psa_its_get(5, 0, 8, text, &length), PSA_SUCCESS);
    assert_int_equal(length, 3);
    assert_memory_equal(text, "one", 3);
    assert_int_equal(psa_ps_get(5, 0, 8, text, &length), PSA_SUCCESS);
    assert_memory_equal(text, "three", 5);
    assert_int_equal(psa_its_remove(5), PSA_SUCCESS);
    assert_int_equal(psa_ps_remove(5), PSA_SUCCESS);
    be(2);
    assert_int_equal(psa_its_get(5, 1, 8, text, &length), PSA_SUCCESS);
    assert_memory_equal(text, "wo", 2);
    assert_int_equal(psa_its_remove(5), PSA_SUCCESS);
}

static uint32_t capability(uint32_t id)
{
    static struct ts_caps_entry entries[256];
    struct ts_caps caps;
    uint32_t value = 0;
    size_t count;

    assert_int_equal(psa_client_capabilities(PSA_CLIENT_CRYPTO, &caps, entries, 256, &count),
                     PSA_SUCCESS);
    assert_int_equal(count, caps.entry_count);
    assert_int_equal(caps.version, TS_CAPS_VERSION);
    for (size_t i = 0; i < count; i++) {
        value = entries[i].id == id ? entries[i].value : value;
        assert_true(
            i == 0 || entries[i - 1].id < entries[i].id ||
            (entries[i - 1].id == entries[i].id && entries[i - 1].value < entries[i].value));
    }
    return value;
}

// What a client leaves behind when it is killed comes back to the others, and only that
static void a_client_that_is_gone_leaves_its_keys_and_operations(void **state)
{
    static psa_key_id_t keys[300];
    uint32_t most = capability(TS_CAPS_CRYPTO_KEYS);
    psa_mac_operation_t op = psa_mac_operation_init();
    psa_key_attributes_t attributes = psa_key_attributes_init();
    psa_key_id_t extra;
    size_t length;

    (void)state;
    assert_true(most >= 4 && most < 300);
    be(2);
    psa_key_id_t other = import(PSA_KEY_TYPE_AES, PSA_KEY_USAGE_EXPORT, 0, key32, 32);
    be(3);
    assert_int_equal(make_persistent(9, key32), PSA_SUCCESS);
    for (uint32_t i = 0; i + 1 < most; i++) {
        keys[i] = import(PSA_KEY_TYPE_HMAC, PSA_KEY_USAGE_SIGN_MESSAGE,
                         PSA_ALG_HMAC(PSA_ALG_SHA_256), key32, 32);
    }
    assert_int_equal(psa_mac_sign_setup(&op, keys[0], PSA_ALG_HMAC(PSA_ALG_SHA_256)), PSA_SUCCESS);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    assert_int_equal(psa_import_key(&attributes, key32, 32, &extra), PSA_ERROR_INSUFFICIENT_MEMORY);
    be(0);
    assert_int_equal(psa_client_gone(3),
                     PSA_SUCCESS); // killed; whoever looks after clients says so
    be(3);
    for (uint32_t i = 0; i + 1 < most; i++) {
        assert_int_equal(psa_get_key_attributes(keys[i], &attributes), PSA_ERROR_INVALID_HANDLE);
    }
    assert_int_equal(psa_mac_update(&op, data, 1), PSA_ERROR_BAD_STATE);
    assert_key(9, key32);
    be(2);
    assert_int_equal(psa_export_key(other, ours, 32, &length), PSA_SUCCESS);
    for (uint32_t i = 0; i + 1 < most; i++) {
        keys[i] = import(PSA_KEY_TYPE_AES, PSA_KEY_USAGE_EXPORT, 0, key32, 32);
    }
    assert_int_equal(psa_client_gone(2), PSA_SUCCESS);
    be(3);
    assert_int_equal(psa_destroy_key(9), PSA_SUCCESS);
}

// One client's operations never end another's
static void operations_are_dropped_only_by_their_own_client(void **state)
{
    uint32_t most = capability(TS_CAPS_CRYPTO_OPERATIONS);
    psa_hash_operation_t first = psa_hash_operation_init();
    size_t length;

    (void)state;
    be(1);
    assert_int_equal(psa_hash_setup(&first, PSA_ALG_SHA_256), PSA_SUCCESS);
    be(2);
    for (uint32_t i = 0; i < 3 * most; i++) {
        psa_hash_operation_t op = psa_hash_operation_init();
        psa_status_t status = psa_hash_setup(&op, PSA_ALG_SHA_512);

        assert_true(status == PSA_SUCCESS || status == PSA_ERROR_INSUFFICIENT_MEMORY);
    }
    be(1);
    assert_int_equal(psa_hash_update(&first, (const uint8_t *)"abc", 3), PSA_SUCCESS);
    assert_int_equal(psa_hash_finish(&first, ours, 32, &length), PSA_SUCCESS);
    assert_int_equal(ours[0], 0xba);
    assert_int_equal(psa_client_gone(2), PSA_SUCCESS);
    assert_int_equal(psa_client_gone(1), PSA_SUCCESS);
}

#define CASE(f) cmocka_unit_test_setup(f, ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(sha3_is_openssls),
        CASE(macs_are_openssls),
        CASE(ciphers_are_openssls),
        CASE(aeads_are_openssls),
        CASE(rsa_is_openssls),
        CASE(agreements_are_openssls),
        CASE(hkdf_is_openssls),
        CASE(pbkdf2_is_openssls),
        CASE(persistent_keys_have_their_names_until_they_are_destroyed),
        CASE(clients_see_nothing_of_each_other),
        CASE(assets_are_their_clients),
        CASE(a_client_that_is_gone_leaves_its_keys_and_operations),
        CASE(operations_are_dropped_only_by_their_own_client),
    };

    return cmocka_run_group_tests_name("crypto client", tests, NULL, target_stop);
}
