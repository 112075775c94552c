// SPDX-License-Identifier: BSD-3-Clause
//
// Hashes and HMAC of the boot chain (platform/lib/crypto/boot_hash.c): published vectors, and OpenSSL as
// the oracle for every length around block and piece borders.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>

#include "bits.h"
#include "boot_hash.h"

#define ALL (BOOT_HASH_BIT(BOOT_HASH_COUNT) - 1)

static const EVP_MD *oracle(enum boot_hash hash)
{
    return hash == BOOT_SHA256 ? EVP_sha256() : hash == BOOT_SHA384 ? EVP_sha384() : EVP_sha512();
}

static size_t from_hex(const char *hex, uint8_t *out)
{
    size_t size = strlen(hex) / 2;

    for (size_t i = 0; i < size; i++) {
        char pair[3] = { hex[2 * i], hex[2 * i + 1] };

        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return size;
}

// FIPS 180-4's example messages (the values: NIST, "Examples with intermediate values"), the empty
// message, a million of 'a'
static void published_digests_are_made(void **state)
{
    static char million[1000000];
    static const struct {
        const char *text;
        size_t size;
        const char *digest[BOOT_HASH_COUNT];
    } rows[] = {
        { "abc",
          3,
          { "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" } },
        { "",
          0,
          { "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
            "274edebfe76f65fbd51ad2f14898b95b",
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
            "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" } },
        { million,
          sizeof(million),
          { "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
            "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b"
            "07b8b3dc38ecc4ebae97ddd87f3d8985",
            "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
            "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b" } },
    };
    struct boot_digests digests;
    uint8_t expected[BOOT_HASH_MAX];

    memset(million, 'a', sizeof(million));
    for (size_t row = 0; row < ARRAY_COUNT(rows); row++) {
        assert_int_equal(boot_hash_make(rows[row].text, rows[row].size, ALL, &digests), 0);
        assert_int_equal(digests.have, ALL);
        for (int hash = 0; hash < BOOT_HASH_COUNT; hash++) {
            size_t size = from_hex(rows[row].digest[hash], expected);

            assert_int_equal(size, boot_hash_info(hash)->size);
            assert_memory_equal(digests.value[hash], expected, size);
        }
    }
    (void)state;
}

static void every_length_gives_what_openssl_gives(void **state)
{
    static uint8_t data[3 * 4096];
    static const size_t borders[] = { 4096, 8192, 12288 - 17 };
    struct boot_digests digests;
    uint8_t expected[EVP_MAX_MD_SIZE];
    unsigned int seed = 1;

    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(rand_r(&seed) >> 7);
    }
    for (size_t i = 0; i < 300 + ARRAY_COUNT(borders) * 33; i++) {
        size_t size = i < 300 ? i : borders[(i - 300) / 33] + (i - 300) % 33 - 16;

        assert_int_equal(boot_hash_make(data + i % 8, size - i % 8 % (size + 1), ALL, &digests), 0);
        for (int hash = 0; hash < BOOT_HASH_COUNT; hash++) {
            assert_true(EVP_Digest(data + i % 8, size - i % 8 % (size + 1), expected, NULL,
                                   oracle(hash), NULL));
            assert_memory_equal(digests.value[hash], expected, boot_hash_info(hash)->size);
        }
    }
    (void)state;
}

static void only_what_is_wanted_is_made(void **state)
{
    static const uint8_t zeros[BOOT_HASH_MAX];
    struct boot_digests all;
    struct boot_digests some;

    assert_int_equal(boot_hash_make("abc", 3, ALL, &all), 0);
    for (uint32_t want = 1; want <= ALL; want++) {
        memset(&some, 0xa5, sizeof(some));
        assert_int_equal(boot_hash_make("abc", 3, want, &some), 0);
        assert_int_equal(some.have, want);
        for (int hash = 0; hash < BOOT_HASH_COUNT; hash++) {
            const uint8_t *expected = (want & BOOT_HASH_BIT(hash)) != 0 ? all.value[hash] : zeros;

            assert_memory_equal(some.value[hash], expected, BOOT_HASH_MAX);
        }
    }
    (void)state;
}

static void nothing_and_unknown_hashes_are_refused(void **state)
{
    static const struct boot_digests zeros;
    static const uint32_t bad[] = { 0, BOOT_HASH_BIT(BOOT_HASH_COUNT), ALL + 2, 0x80000001, ~0u };
    struct boot_digests digests;

    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        memset(&digests, 0xa5, sizeof(digests));
        assert_int_equal(boot_hash_make("abc", 3, bad[i], &digests), ERR_INVALID);
        assert_memory_equal(&digests, &zeros, sizeof(digests));
    }
    (void)state;
}

// TPM_ALG_ID: TCG Algorithm Registry, table 3
static void each_hash_has_its_name_size_and_numbers(void **state)
{
    static const uint16_t tcg[] = { 0x000b, 0x000c, 0x000d };
    static const char *const names[] = { "SHA-256", "SHA-384", "SHA-512" };

    for (int hash = 0; hash < BOOT_HASH_COUNT; hash++) {
        const struct boot_hash_info *info = boot_hash_info(hash);
        const ASN1_OBJECT *oid = OBJ_nid2obj(EVP_MD_type(oracle(hash)));

        assert_string_equal(info->name, names[hash]);
        assert_int_equal(info->tcg_id, tcg[hash]);
        assert_int_equal(info->size, EVP_MD_size(oracle(hash)));
        assert_int_equal(info->oid_size, OBJ_length(oid));
        assert_memory_equal(info->oid, OBJ_get0_data(oid), info->oid_size);
    }
    (void)state;
}

// RFC 4231, the cases whose key is not longer than a block
static void published_hmacs_are_made(void **state)
{
    static const struct {
        const char *key;
        const char *data;
        const char *mac;
    } rows[] = {
        { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
        { "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
        { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "dddddddddddddddddddddddddddddddddddddddddddddddddd"
          "dddddddddddddddddddddddddddddddddddddddddddddddddd",
          "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
        { "0102030405060708090a0b0c0d0e0f10111213141516171819",
          "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
          "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
          "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
    };
    uint8_t key[64];
    uint8_t data[64];
    uint8_t expected[32];
    uint8_t mac[32];

    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        size_t key_size = from_hex(rows[i].key, key);
        size_t size = from_hex(rows[i].data, data);

        from_hex(rows[i].mac, expected);
        assert_int_equal(boot_hmac_sha256(key, key_size, data, size, mac), 0);
        assert_memory_equal(mac, expected, sizeof(mac));
    }
    (void)state;
}

static void every_key_length_gives_what_openssl_gives(void **state)
{
    uint8_t bytes[200];
    uint8_t expected[32];
    uint8_t mac[32];

    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(i * 89 + 7);
    }
    for (size_t key_size = 1; key_size <= 64; key_size++) {
        for (size_t size = 0; size < 130; size += 13) {
            assert_non_null(
                HMAC(EVP_sha256(), bytes, (int)key_size, bytes + 64, size, expected, NULL));
            assert_int_equal(boot_hmac_sha256(bytes, key_size, bytes + 64, size, mac), 0);
            assert_memory_equal(mac, expected, sizeof(mac));
        }
    }
    (void)state;
}

static void a_key_of_no_or_too_many_bytes_is_refused(void **state)
{
    uint8_t key[65] = { 1 };
    uint8_t mac[32];

    assert_int_equal(boot_hmac_sha256(key, 0, "abc", 3, mac), ERR_INVALID);
    assert_int_equal(boot_hmac_sha256(key, 65, "abc", 3, mac), ERR_INVALID);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_digests_are_made),
        cmocka_unit_test(every_length_gives_what_openssl_gives),
        cmocka_unit_test(only_what_is_wanted_is_made),
        cmocka_unit_test(nothing_and_unknown_hashes_are_refused),
        cmocka_unit_test(each_hash_has_its_name_size_and_numbers),
        cmocka_unit_test(published_hmacs_are_made),
        cmocka_unit_test(every_key_length_gives_what_openssl_gives),
        cmocka_unit_test(a_key_of_no_or_too_many_bytes_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
