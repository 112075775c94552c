// SPDX-License-Identifier: BSD-3-Clause
//
// The P-256 entry points of PSA Crypto (platform/external/accel/p256_driver.c): whose keys they take, what they refuse and with which
// status, sizes of buffers, and what a generator of random numbers that fails or repeats makes of them. The arithmetic has its own
// test (test_p256).
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <psa/crypto.h>

#include <3rdparty/p256-m/p256-m_driver_entrypoints.h>

#define PAIR PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)
#define PUBLIC PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1)
#define ECDSA PSA_ALG_ECDSA(PSA_ALG_SHA_256)

static const uint8_t order[32] = { 0xff, 0xff, 0xff, 0xff, 0,    0,    0,    0,    0xff, 0xff, 0xff,
                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                                   0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 };

// The generator: `bad` draws are 0 or the order, then come numbers; or it fails
static struct {
    psa_status_t status;
    unsigned int bad;
    unsigned int calls;
} generator;

psa_status_t psa_generate_random(uint8_t *output, size_t output_size)
{
    generator.calls++;
    assert_int_equal(output_size, 32);
    if (generator.status != PSA_SUCCESS) {
        return generator.status;
    }
    memset(output, 0, output_size);
    if (generator.bad != 0) {
        generator.bad--;
        memcpy(output, order, generator.bad % 2 != 0 ? output_size : 0);
    } else {
        memset(output, (int)(0x10 + generator.calls), output_size);
    }
    return PSA_SUCCESS;
}

static int setup(void **state)
{
    (void)state;
    memset(&generator, 0, sizeof(generator));
    return 0;
}

static psa_key_attributes_t attributes_of(psa_key_type_t type, size_t bits)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_type(&attributes, type);
    psa_set_key_bits(&attributes, bits);
    return attributes;
}

static const uint8_t private_key[32] = { [0] = 0x12, [31] = 0x34 };

static void public_key(uint8_t key[65])
{
    psa_key_attributes_t pair = attributes_of(PAIR, 256);
    size_t size;

    assert_int_equal(p256_transparent_export_public_key(&pair, private_key, 32, key, 65, &size),
                     PSA_SUCCESS);
    assert_int_equal(size, 65);
    assert_int_equal(key[0], 4);
}

static psa_status_t import(psa_key_type_t type, size_t bits, const uint8_t *data, size_t size,
                           size_t room)
{
    psa_key_attributes_t attributes = attributes_of(type, bits);
    uint8_t buffer[80] = { 0 };
    size_t length = 0;
    psa_status_t status =
        p256_transparent_import_key(&attributes, data, size, buffer, room, &length, &bits);

    if (status == PSA_SUCCESS) {
        assert_int_equal(length, size);
        assert_int_equal(bits, 256);
        assert_memory_equal(buffer, data, size);
    }
    return status;
}

static void test_import(void **state)
{
    (void)state;
    uint8_t key[66] = { 0 };

    public_key(key);
    assert_int_equal(import(PAIR, 0, private_key, 32, 32), PSA_SUCCESS);
    assert_int_equal(import(PAIR, 256, private_key, 32, 80), PSA_SUCCESS);
    assert_int_equal(import(PAIR, 256, private_key, 32, 31), PSA_ERROR_BUFFER_TOO_SMALL);
    assert_int_equal(import(PUBLIC, 0, key, 65, 65), PSA_SUCCESS);
    assert_int_equal(import(PUBLIC, 256, key, 65, 64), PSA_ERROR_BUFFER_TOO_SMALL);
    // Other curves of the family, and other keys, are the core's
    assert_int_equal(import(PAIR, 384, private_key, 32, 80), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(import(PAIR, 0, key, 48, 80), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(import(PUBLIC, 0, key, 66, 80), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(
        import(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_K1), 0, private_key, 32, 80),
        PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(import(PSA_KEY_TYPE_AES, 256, private_key, 32, 80), PSA_ERROR_NOT_SUPPORTED);
    // Ours, and wrong
    assert_int_equal(import(PAIR, 256, order, 32, 80), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(import(PAIR, 256, (const uint8_t[32]){ 0 }, 32, 80),
                     PSA_ERROR_INVALID_ARGUMENT);
    key[0] = 2;
    assert_int_equal(import(PUBLIC, 256, key, 65, 80), PSA_ERROR_INVALID_ARGUMENT);
    key[0] = 4;
    key[64] ^= 1;
    assert_int_equal(import(PUBLIC, 256, key, 65, 80), PSA_ERROR_INVALID_ARGUMENT);
}

static void test_export(void **state)
{
    (void)state;
    psa_key_attributes_t pair = attributes_of(PAIR, 256), public = attributes_of(PUBLIC, 256);
    psa_key_attributes_t larger = attributes_of(PAIR, 384),
                         other = attributes_of(PSA_KEY_TYPE_AES, 256);
    uint8_t key[65], out[65];
    size_t size;

    public_key(key);
    assert_int_equal(p256_transparent_export_public_key(&public, key, 65, out, 65, &size),
                     PSA_SUCCESS);
    assert_memory_equal(out, key, 65);
    assert_int_equal(p256_transparent_export_public_key(&pair, private_key, 32, out, 64, &size),
                     PSA_ERROR_BUFFER_TOO_SMALL);
    assert_int_equal(p256_transparent_export_public_key(&pair, order, 32, out, 65, &size),
                     PSA_ERROR_CORRUPTION_DETECTED);
    assert_int_equal(p256_transparent_export_public_key(&pair, private_key, 31, out, 65, &size),
                     PSA_ERROR_CORRUPTION_DETECTED);
    assert_int_equal(p256_transparent_export_public_key(&larger, private_key, 32, out, 65, &size),
                     PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(p256_transparent_export_public_key(&other, private_key, 32, out, 65, &size),
                     PSA_ERROR_NOT_SUPPORTED);
}

static void test_generate(void **state)
{
    (void)state;
    psa_key_attributes_t pair = attributes_of(PAIR, 256), larger = attributes_of(PAIR, 521);
    uint8_t key[32], zero[32] = { 0 };
    size_t size = 0;

    generator.bad = 3; // drawn again, not used
    assert_int_equal(p256_transparent_generate_key(&pair, key, 32, &size), PSA_SUCCESS);
    assert_int_equal(size, 32);
    assert_int_equal(generator.calls, 4);
    assert_int_equal(key[0], 0x14);
    assert_int_equal(p256_transparent_generate_key(&pair, key, 31, &size),
                     PSA_ERROR_BUFFER_TOO_SMALL);
    assert_int_equal(p256_transparent_generate_key(&larger, key, 32, &size),
                     PSA_ERROR_NOT_SUPPORTED);
    generator.bad = 1000000;
    assert_int_equal(p256_transparent_generate_key(&pair, key, 32, &size),
                     PSA_ERROR_INSUFFICIENT_ENTROPY);
    assert_memory_equal(key, zero, 32);
    generator.status = PSA_ERROR_INSUFFICIENT_ENTROPY;
    assert_int_equal(p256_transparent_generate_key(&pair, key, 32, &size),
                     PSA_ERROR_INSUFFICIENT_ENTROPY);
}

static void test_sign_and_verify(void **state)
{
    (void)state;
    psa_key_attributes_t pair = attributes_of(PAIR, 256), public = attributes_of(PUBLIC, 256);
    uint8_t key[65], signature[64], again[64], hash[32] = { 7 };
    size_t size = 0;

    public_key(key);
    assert_int_equal(
        p256_transparent_sign_hash(&pair, private_key, 32, ECDSA, hash, 32, signature, 64, &size),
        PSA_SUCCESS);
    assert_int_equal(size, 64);
    assert_int_equal(
        p256_transparent_sign_hash(&pair, private_key, 32, ECDSA, hash, 32, again, 64, &size),
        PSA_SUCCESS);
    assert_memory_not_equal(signature, again, 32); // another nonce
    assert_int_equal(
        p256_transparent_verify_hash(&pair, private_key, 32, ECDSA, hash, 32, signature, 64),
        PSA_SUCCESS);
    assert_int_equal(p256_transparent_verify_hash(&public, key, 65, ECDSA, hash, 32, again, 64),
                     PSA_SUCCESS);

    assert_int_equal(p256_transparent_verify_hash(&public, key, 65, ECDSA, hash, 32, signature, 63),
                     PSA_ERROR_INVALID_SIGNATURE);
    hash[0]++;
    assert_int_equal(p256_transparent_verify_hash(&public, key, 65, ECDSA, hash, 32, signature, 64),
                     PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(
        p256_transparent_verify_hash(&pair, private_key, 32, ECDSA, hash, 32, signature, 64),
        PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(p256_transparent_verify_hash(&public, key, 64, ECDSA, hash, 32, signature, 64),
                     PSA_ERROR_CORRUPTION_DETECTED);
    assert_int_equal(p256_transparent_verify_hash(&pair, key, 65, ECDSA, hash, 32, signature, 64),
                     PSA_ERROR_CORRUPTION_DETECTED);

    assert_int_equal(
        p256_transparent_sign_hash(&pair, private_key, 32, ECDSA, hash, 32, signature, 63, &size),
        PSA_ERROR_BUFFER_TOO_SMALL);
    assert_int_equal(
        p256_transparent_sign_hash(&pair, order, 32, ECDSA, hash, 32, signature, 64, &size),
        PSA_ERROR_CORRUPTION_DETECTED);
    assert_int_equal(
        p256_transparent_sign_hash(&public, key, 65, ECDSA, hash, 32, signature, 64, &size),
        PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(p256_transparent_sign_hash(&pair, private_key, 32,
                                                PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256), hash,
                                                32, signature, 64, &size),
                     PSA_ERROR_NOT_SUPPORTED);
    // Without good random numbers there is no signature
    generator.bad = 1000000;
    assert_int_equal(
        p256_transparent_sign_hash(&pair, private_key, 32, ECDSA, hash, 32, signature, 64, &size),
        PSA_ERROR_INSUFFICIENT_ENTROPY);
    generator.status = PSA_ERROR_BAD_STATE;
    assert_int_equal(
        p256_transparent_sign_hash(&pair, private_key, 32, ECDSA, hash, 32, signature, 64, &size),
        PSA_ERROR_BAD_STATE);
}

static void test_agreement(void **state)
{
    (void)state;
    psa_key_attributes_t pair = attributes_of(PAIR, 256), public = attributes_of(PUBLIC, 256);
    uint8_t peer[65], secret[32];
    size_t size = 0;

    public_key(peer);
    assert_int_equal(p256_transparent_key_agreement(&pair, private_key, 32, PSA_ALG_ECDH, peer, 65,
                                                    secret, 32, &size),
                     PSA_SUCCESS);
    assert_int_equal(size, 32);
    assert_int_equal(p256_transparent_key_agreement(&pair, private_key, 32, PSA_ALG_ECDH, peer, 65,
                                                    secret, 31, &size),
                     PSA_ERROR_BUFFER_TOO_SMALL);
    assert_int_equal(p256_transparent_key_agreement(&pair, private_key, 31, PSA_ALG_ECDH, peer, 65,
                                                    secret, 32, &size),
                     PSA_ERROR_CORRUPTION_DETECTED);
    assert_int_equal(
        p256_transparent_key_agreement(&pair, order, 32, PSA_ALG_ECDH, peer, 65, secret, 32, &size),
        PSA_ERROR_CORRUPTION_DETECTED);
    assert_int_equal(p256_transparent_key_agreement(&public, peer, 65, PSA_ALG_ECDH, peer, 65,
                                                    secret, 32, &size),
                     PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(
        p256_transparent_key_agreement(&pair, private_key, 32, ECDSA, peer, 65, secret, 32, &size),
        PSA_ERROR_NOT_SUPPORTED);
    for (size_t length = 0; length < 65; length++) {
        assert_int_equal(p256_transparent_key_agreement(&pair, private_key, 32, PSA_ALG_ECDH, peer,
                                                        length, secret, 32, &size),
                         PSA_ERROR_INVALID_ARGUMENT);
    }
    for (unsigned int form = 0; form < 8; form++) { // compressed, hybrid, infinity
        peer[0] = (uint8_t)form;
        assert_int_equal(p256_transparent_key_agreement(&pair, private_key, 32, PSA_ALG_ECDH, peer,
                                                        65, secret, 32, &size),
                         form == 4 ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT);
    }
    peer[0] = 4;
    peer[40] ^= 0x10; // off the curve
    assert_int_equal(p256_transparent_key_agreement(&pair, private_key, 32, PSA_ALG_ECDH, peer, 65,
                                                    secret, 32, &size),
                     PSA_ERROR_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_import, setup),
        cmocka_unit_test_setup(test_export, setup),
        cmocka_unit_test_setup(test_generate, setup),
        cmocka_unit_test_setup(test_sign_and_verify, setup),
        cmocka_unit_test_setup(test_agreement, setup),
    };

    return cmocka_run_group_tests_name("p256_driver", tests, NULL, NULL);
}
