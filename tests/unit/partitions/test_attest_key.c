// SPDX-License-Identifier: BSD-3-Clause
//
// attest_key.c: the key is OpenSSL's HKDF of the sealing key, numbers that are no keys are passed over, crypto gets it once
// and nothing of it stays here, and every failure of crypto is told.
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "attest_fake.h"
#include "attest_key.h"
#include "boot_hash.h"

// The linker gives us the calls of boot_hmac_sha256()
int __wrap_boot_hmac_sha256(const uint8_t *key, size_t key_size, const void *data, size_t size,
                            uint8_t out[32]);
int __real_boot_hmac_sha256(const uint8_t *key, size_t key_size, const void *data, size_t size,
                            uint8_t out[32]);

static struct {
    unsigned int calls;
    unsigned int bad_from, bad_to; // calls with these numbers (from 1) give a number that is no key
    unsigned int fails;            // call with this number fails
} hmac;

int __wrap_boot_hmac_sha256(const uint8_t *key, size_t key_size, const void *data, size_t size,
                            uint8_t out[32])
{
    hmac.calls++;
    if (hmac.calls == hmac.fails) {
        return ERR_IO;
    }
    if (hmac.calls >= hmac.bad_from && hmac.calls <= hmac.bad_to) {
        memset(out, 0xff, 32);
        return 0;
    }
    return __real_boot_hmac_sha256(key, key_size, data, size, out);
}

static const uint8_t order[32] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

static int reset(void **state)
{
    (void)state;
    memset(&hmac, 0, sizeof(hmac));
    fake_reset();
    return 0;
}

static void without_a_key_there_is_none(void **state)
{
    uint8_t signature[64];
    const uint8_t hash[32] = { 0 };

    (void)state;
    assert_int_equal(attest_key_load(), ERR_NOT_FOUND);
    assert_int_equal(attest_key_sign(hash, signature), ERR_IO);
    assert_int_equal(fake.imports, 0);
}

static void keys_are_one_to_the_order_minus_one(void **state)
{
    uint8_t number[32] = { 0 };

    (void)state;
    assert_false(attest_key_is_private(number));
    number[31] = 1;
    assert_true(attest_key_is_private(number));
    for (unsigned int bit = 0; bit < 255; bit++) {
        memset(number, 0, sizeof(number));
        number[31 - bit / 8] = (uint8_t)(1u << bit % 8);
        assert_true(attest_key_is_private(number));
    }
    memcpy(number, order, 32);
    assert_false(attest_key_is_private(number));
    number[31]--;
    assert_true(attest_key_is_private(number));
    number[31] += 2;
    assert_false(attest_key_is_private(number));
    memset(number, 0xff, 32);
    assert_false(attest_key_is_private(number));
    // Each byte decides if all before it are equal: one less is a key, one more is none
    for (size_t i = 0; i < 32; i++) {
        memset(number, 0xff, 32);
        memcpy(number, order, i + 1);
        if (number[i] > 0) {
            number[i]--;
            assert_true(attest_key_is_private(number));
        }
        memset(number, 0, 32);
        memcpy(number, order, i + 1);
        if (number[i] < 0xff) {
            number[i]++;
            assert_false(attest_key_is_private(number));
        }
    }
}

static void hkdf(const uint8_t key[32], uint8_t attempt, uint8_t out[32])
{
    char salt[] = "Tessera attest";
    char info[] = "initial attestation key P-256?";
    char digest[] = "SHA256";
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)key, 32),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt, strlen(salt)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, sizeof(info) - 1),
        OSSL_PARAM_construct_end(),
    };

    info[sizeof(info) - 2] = (char)attempt;
    assert_int_equal(EVP_KDF_derive(context, out, 32, params), 1);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
}

static void the_key_is_openssls_hkdf_of_the_sealing_key(void **state)
{
    uint8_t sealing[32];
    uint8_t ours[32];
    uint8_t theirs[32];

    (void)state;
    for (unsigned int i = 0; i < 20; i++) {
        memset(sealing, (int)i * 11, sizeof(sealing));
        sealing[i] ^= 0x5a;
        assert_int_equal(attest_key_derive(sealing, ours), 0);
        hkdf(sealing, 0, theirs);
        assert_memory_equal(ours, theirs, 32);
    }
}

static void numbers_that_are_no_keys_are_passed_over(void **state)
{
    const uint8_t sealing[32] = { 1, 2, 3 };
    uint8_t ours[32];
    uint8_t theirs[32];

    (void)state;
    for (unsigned int bad = 1; bad < ATTEST_KEY_TRIES; bad++) {
        memset(&hmac, 0, sizeof(hmac));
        hmac.bad_from = 2; // the first call extracts
        hmac.bad_to = 1 + bad;
        assert_int_equal(attest_key_derive(sealing, ours), 0);
        hkdf(sealing, (uint8_t)bad, theirs);
        assert_memory_equal(ours, theirs, 32);
    }
}

static void without_a_key_in_all_tries_there_is_an_error(void **state)
{
    static const uint8_t zero[32];
    const uint8_t sealing[32] = { 1 };
    uint8_t key[32];

    (void)state;
    hmac.bad_from = 2;
    hmac.bad_to = 1000;
    memset(key, 0x77, sizeof(key));
    assert_int_equal(attest_key_derive(sealing, key), ERR_IO);
    assert_memory_equal(key, zero, 32);
    assert_int_equal(hmac.calls, 1 + ATTEST_KEY_TRIES);
}

static void a_hash_that_fails_is_an_error(void **state)
{
    static const uint8_t zero[32];
    const uint8_t sealing[32] = { 1 };
    uint8_t key[32];

    (void)state;
    for (unsigned int i = 1; i <= 2; i++) {
        memset(&hmac, 0, sizeof(hmac));
        hmac.fails = i;
        memset(key, 0x77, sizeof(key));
        assert_int_equal(attest_key_derive(sealing, key), ERR_IO);
        assert_memory_equal(key, zero, 32);
    }
}

// ---- In crypto -------------------------------------------------------------------------------------------------------

// A key that is nowhere in the program's data but where it was put
static void make_private(uint8_t key[32])
{
    for (unsigned int i = 0; i < 32; i++) {
        key[i] = (uint8_t)(0x51 + i * 37);
    }
}

static void crypto_gets_a_key_that_only_signs(void **state)
{
    uint8_t key[32];
    uint8_t public_key[65];
    uint8_t ueid[33] = { 1 };

    (void)state;
    make_private(key);
    attest_key_init(key);
    assert_int_equal(attest_key_load(), 0);
    assert_memory_equal(fake.key, key, 32);
    assert_int_equal(fake.attributes.type, 0x7112); // ECC key pair, secp r1
    assert_int_equal(fake.attributes.bits, 256);
    assert_int_equal(fake.attributes.lifetime, 0); // volatile
    assert_int_equal(fake.attributes.usage, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_SIGN_MESSAGE);
    assert_int_equal(fake.attributes.usage & (PSA_KEY_USAGE_EXPORT | PSA_KEY_USAGE_COPY), 0);
    assert_int_equal(fake.attributes.alg, 0x06000609); // ECDSA with SHA-256, randomised
    fake_public_key(key, public_key);
    assert_memory_equal(attest_key_public(), public_key, 65);
    fake_sha256(public_key, 65, ueid + 1);
    assert_memory_equal(attest_key_ueid(), ueid, 33);
}

static void crypto_gets_it_once(void **state)
{
    uint8_t key[32];

    (void)state;
    make_private(key);
    attest_key_init(key);
    for (unsigned int i = 0; i < 5; i++) {
        assert_int_equal(attest_key_load(), 0);
    }
    assert_int_equal(fake.imports, 1);
    assert_int_equal(fake.destroys, 0);
}

extern uint8_t __data_start[];
extern uint8_t _end[];

// Bytes of the private key, or half of them, anywhere in the program's data
__attribute__((no_sanitize("address"))) static bool data_has(const uint8_t *bytes, size_t size)
{
    for (const volatile uint8_t *at = __data_start; at + size <= _end; at++) {
        size_t same = 0;

        while (same < size && at[same] == bytes[same]) {
            same++;
        }
        if (same == size) {
            return true;
        }
    }
    return false;
}

static void nothing_of_it_stays_here(void **state)
{
    uint8_t key[32];

    (void)state;
    make_private(key);
    assert_false(data_has(key, 16) || data_has(key + 16, 16));
    attest_key_init(key);
    assert_true(data_has(key, 16) && data_has(key + 16, 16)); // or the search would find nothing
    assert_int_equal(attest_key_load(), 0);
    memset(fake.key, 0, sizeof(fake.key)); // crypto's own copy
    assert_false(data_has(key, 8) || data_has(key + 16, 8) || data_has(key + 24, 8));
}

static void its_signatures_are_openssls(void **state)
{
    uint8_t key[32];
    uint8_t hash[32];
    uint8_t signature[64];

    (void)state;
    make_private(key);
    attest_key_init(key);
    assert_int_equal(attest_key_load(), 0);
    fake_sha256("text", 4, hash);
    assert_int_equal(attest_key_sign(hash, signature), 0);
    assert_true(fake_verify(attest_key_public(), "text", 4, signature));
    assert_false(fake_verify(attest_key_public(), "tent", 4, signature));
}

static void while_crypto_is_not_there_it_is_tried_again(void **state)
{
    uint8_t key[32];
    uint8_t signature[64];
    const uint8_t hash[32] = { 0 };

    (void)state;
    make_private(key);
    attest_key_init(key);
    fake.import_status = PSA_ERROR_COMMUNICATION_FAILURE;
    assert_int_equal(attest_key_load(), ERR_IO);
    assert_int_equal(attest_key_load(), ERR_IO);
    assert_int_equal(attest_key_sign(hash, signature), ERR_IO);
    fake.import_status = PSA_SUCCESS;
    assert_int_equal(attest_key_load(), 0);
    assert_memory_equal(fake.key, key, 32);
}

static void a_public_key_that_is_none_is_refused_and_the_key_taken_back(void **state)
{
    uint8_t key[32];

    (void)state;
    make_private(key);
    attest_key_init(key);
    fake.export_status = PSA_ERROR_GENERIC_ERROR;
    assert_int_equal(attest_key_load(), ERR_IO);
    fake.export_status = PSA_SUCCESS;
    fake.export_length = 64;
    assert_int_equal(attest_key_load(), ERR_IO);
    fake.export_length = 0;
    fake.export_first = 3; // compressed
    assert_int_equal(attest_key_load(), ERR_IO);
    assert_int_equal(fake.destroys, 3);
    assert_false(fake.has_key);
    fake.export_first = 0;
    assert_int_equal(attest_key_load(), 0);
    assert_true(fake.has_key);
}

static void a_signature_that_fails_writes_nothing(void **state)
{
    static const psa_status_t statuses[] = { PSA_ERROR_COMMUNICATION_FAILURE,
                                             PSA_ERROR_INVALID_HANDLE, PSA_ERROR_NOT_PERMITTED };
    uint8_t key[32];
    uint8_t before[64];
    uint8_t signature[64];
    const uint8_t hash[32] = { 0 };

    (void)state;
    make_private(key);
    attest_key_init(key);
    assert_int_equal(attest_key_load(), 0);
    memset(before, 0x44, sizeof(before));
    memcpy(signature, before, sizeof(before));
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        fake.sign_status = statuses[i];
        assert_int_equal(attest_key_sign(hash, signature), ERR_IO);
        assert_memory_equal(signature, before, 64);
    }
    fake.sign_status = PSA_SUCCESS;
    fake.signature_length = 63;
    assert_int_equal(attest_key_sign(hash, signature), ERR_IO);
    assert_memory_equal(signature, before, 64);
    assert_int_equal(fake.imports, 1); // it has forgotten the key: crypto alone had it
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_a_key_there_is_none, reset),
        cmocka_unit_test_setup(keys_are_one_to_the_order_minus_one, reset),
        cmocka_unit_test_setup(the_key_is_openssls_hkdf_of_the_sealing_key, reset),
        cmocka_unit_test_setup(numbers_that_are_no_keys_are_passed_over, reset),
        cmocka_unit_test_setup(without_a_key_in_all_tries_there_is_an_error, reset),
        cmocka_unit_test_setup(a_hash_that_fails_is_an_error, reset),
        cmocka_unit_test_setup(nothing_of_it_stays_here, reset),
        cmocka_unit_test_setup(crypto_gets_a_key_that_only_signs, reset),
        cmocka_unit_test_setup(crypto_gets_it_once, reset),
        cmocka_unit_test_setup(its_signatures_are_openssls, reset),
        cmocka_unit_test_setup(while_crypto_is_not_there_it_is_tried_again, reset),
        cmocka_unit_test_setup(a_public_key_that_is_none_is_refused_and_the_key_taken_back, reset),
        cmocka_unit_test_setup(a_signature_that_fails_writes_nothing, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
