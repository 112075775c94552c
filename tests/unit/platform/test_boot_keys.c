// SPDX-License-Identifier: BSD-3-Clause
//
// Key derivation (platform/lib/boot/boot_keys.c) against HKDF-Expand of OpenSSL; what must and what must not change a
// key; and nothing left when a step fails.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "boot_keys.h"
#include "tests/unit/platform/hash_double.h"

// Of platform/lib/string.h, which the host's C library does not have
void memory_wipe(void *to, size_t size);

void memory_wipe(void *to, size_t size)
{
    memset(to, 0, size);
}

static const uint8_t huk[32] = { 0xd0, 0xd1, 0xd2, 0xd3, [31] = 0xff };
static const uint8_t uuid[16] = { 0x2a, 0x7f, 0x7d, 0x4c, 0x8e, 0x15, 0x4b, 0x0a,
                                  0x9d, 0x36, 0x51, 0xd0, 0xe2, 0xf3, 0xa1, 0x01 };

static int fresh(void **state)
{
    (void)state;
    hash_double_reset();
    return 0;
}

static struct boot_digests digest(uint8_t fill)
{
    struct boot_digests made = { .have = BOOT_HASH_BANKS };

    memset(made.value[BOOT_SHA256], fill, 32);
    memset(made.value[BOOT_SHA384], ~fill, 48);
    return made;
}

// RFC 5869 expand with SHA-256
static void hkdf(const uint8_t *key, const void *info, size_t info_size, uint8_t out[32])
{
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA256", 0),
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, 32),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_size),
        OSSL_PARAM_construct_end(),
    };

    assert_int_equal(EVP_KDF_derive(ctx, out, 32, params), 1);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

static void every_key_is_hkdf_expand_of_its_label(void **state)
{
    const struct boot_digests bl2 = digest(0x21);
    const struct boot_digests package = digest(0x51);
    uint8_t info[128];
    uint8_t expected[32];
    uint8_t sealing[32];
    uint8_t identity[32];
    struct boot_secrets secrets;

    (void)state;
    assert_int_equal(boot_keys_begin(huk, &secrets), ERR_NONE);
    hkdf(huk, "tessera sealing", 16, expected); // with its NUL
    assert_memory_equal(secrets.sealing, expected, 32);
    hkdf(huk, "tessera identity", 17, expected);
    assert_memory_equal(secrets.identity, expected, 32);

    memcpy(info, "tessera measure", 16);
    memset(info + 16, 0x21, 32);
    hkdf(secrets.identity, info, 48, expected);
    assert_int_equal(boot_keys_measure(&secrets, &bl2), ERR_NONE);
    assert_memory_equal(secrets.identity, expected, 32);

    assert_int_equal(boot_keys_partition(&secrets, uuid, 1, &package, sealing, identity), ERR_NONE);
    memcpy(info, "tessera partition sealing", 26);
    memcpy(info + 26, uuid, 16);
    memcpy(info + 42, "\1\0\0\0", 4);
    hkdf(secrets.sealing, info, 46, expected);
    assert_memory_equal(sealing, expected, 32);
    memcpy(info, "tessera partition identity", 27);
    memcpy(info + 27, uuid, 16);
    memcpy(info + 43, "\1\0\0\0", 4);
    memset(info + 47, 0x51, 32);
    hkdf(secrets.identity, info, 79, expected);
    assert_memory_equal(identity, expected, 32);
}

struct inputs {
    uint8_t huk[32];
    uint8_t measured[3]; // digests before the package, in order
    uint8_t uuid[16];
    uint32_t owner;
    uint8_t package;
};

static struct inputs base_inputs(void)
{
    struct inputs in = { .measured = { 1, 2, 3 }, .owner = 0, .package = 9 };

    memcpy(in.huk, huk, 32);
    memcpy(in.uuid, uuid, 16);
    return in;
}

static void derive(const struct inputs *in, uint8_t sealing[32], uint8_t identity[32])
{
    const struct boot_digests package = digest(in->package);
    struct boot_secrets secrets;

    assert_int_equal(boot_keys_begin(in->huk, &secrets), ERR_NONE);
    for (size_t i = 0; i < 3; i++) {
        const struct boot_digests measured = digest(in->measured[i]);

        assert_int_equal(boot_keys_measure(&secrets, &measured), ERR_NONE);
    }
    assert_int_equal(
        boot_keys_partition(&secrets, in->uuid, in->owner, &package, sealing, identity), ERR_NONE);
}

static void expect(const struct inputs *in, int sealing_differs, int identity_differs)
{
    const struct inputs base = base_inputs();
    uint8_t keys[2][2][32];

    derive(&base, keys[0][0], keys[0][1]);
    derive(in, keys[1][0], keys[1][1]);
    assert_int_equal(memcmp(keys[0][0], keys[1][0], 32) != 0, sealing_differs);
    assert_int_equal(memcmp(keys[0][1], keys[1][1], 32) != 0, identity_differs);
    assert_memory_not_equal(keys[1][0], keys[1][1], 32);
}

static void the_same_inputs_give_the_same_keys(void **state)
{
    struct inputs in = base_inputs();

    (void)state;
    expect(&in, 0, 0);
}

static void another_device_uuid_or_owner_has_other_keys(void **state)
{
    struct inputs in = base_inputs();

    (void)state;
    for (size_t i = 0; i < 32; i++) {
        in = base_inputs();
        in.huk[i] ^= 1;
        expect(&in, 1, 1);
    }
    for (size_t i = 0; i < 16; i++) {
        in = base_inputs();
        in.uuid[i] ^= 0x80;
        expect(&in, 1, 1);
    }
    for (size_t i = 0; i < 4; i++) {
        in = base_inputs();
        in.owner = 1u << 8 * i;
        expect(&in, 1, 1);
    }
}

static void other_measurements_change_the_identity_alone(void **state)
{
    struct inputs in = base_inputs();

    (void)state;
    in.package = 10;
    expect(&in, 0, 1);
    for (size_t i = 0; i < 3; i++) {
        in = base_inputs();
        in.measured[i] = 77;
        expect(&in, 0, 1);
    }
    in = base_inputs();
    in.measured[0] = 2; // the same two the other way round
    in.measured[1] = 1;
    expect(&in, 0, 1);
}

static void digests_without_sha256_are_refused(void **state)
{
    struct boot_digests other = digest(1);
    struct boot_secrets secrets;
    struct boot_secrets before;
    uint8_t keys[2][32];

    (void)state;
    other.have = BOOT_HASH_BIT(BOOT_SHA384);
    assert_int_equal(boot_keys_begin(huk, &secrets), ERR_NONE);
    before = secrets;
    assert_int_equal(boot_keys_measure(&secrets, &other), ERR_INVALID);
    assert_int_equal(boot_keys_partition(&secrets, uuid, 0, &other, keys[0], keys[1]), ERR_INVALID);
    assert_memory_equal(&secrets, &before, sizeof(secrets));
}

static void a_failure_leaves_no_key(void **state)
{
    const struct boot_digests some = digest(1);
    const struct boot_secrets zero = { { 0 }, { 0 } };
    struct boot_secrets secrets;
    uint8_t keys[2][32];

    (void)state;
    for (size_t step = 1; step <= 2; step++) {
        hash_double_reset();
        hash_double_fail = step;
        assert_int_equal(boot_keys_begin(huk, &secrets), ERR_IO);
        assert_memory_equal(&secrets, &zero, sizeof(zero));

        hash_double_reset();
        assert_int_equal(boot_keys_begin(huk, &secrets), ERR_NONE);
        hash_double_fail = 2 + step;
        memset(keys, 0x55, sizeof(keys));
        assert_int_equal(boot_keys_partition(&secrets, uuid, 0, &some, keys[0], keys[1]), ERR_IO);
        assert_memory_equal(keys[0], zero.sealing, 32);
        assert_memory_equal(keys[1], zero.identity, 32);
    }
    hash_double_fail = hash_double_calls + 1;
    assert_int_equal(boot_keys_measure(&secrets, &some), ERR_IO);
    assert_memory_equal(secrets.identity, zero.identity, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_key_is_hkdf_expand_of_its_label, fresh),
        cmocka_unit_test_setup(the_same_inputs_give_the_same_keys, fresh),
        cmocka_unit_test_setup(another_device_uuid_or_owner_has_other_keys, fresh),
        cmocka_unit_test_setup(other_measurements_change_the_identity_alone, fresh),
        cmocka_unit_test_setup(digests_without_sha256_are_refused, fresh),
        cmocka_unit_test_setup(a_failure_leaves_no_key, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
