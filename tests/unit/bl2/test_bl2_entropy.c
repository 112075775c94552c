// SPDX-License-Identifier: BSD-3-Clause
//
// Stretching of entropy (bl2/bl2_entropy.c): block i = SHA-256(label with its NUL, i as 4 bytes
// big-endian, seed). The hash behind Mbed TLS's interface is OpenSSL's here; a failure of it stops
// everything.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/sha.h>

#include <mbedtls/sha256.h>

#include "bl2/bl2_private.h"

static uint8_t hashed[200]; // what the running hash was given
static size_t hashed_size;
static int calls;
static int failing_call; // 0: none

static int answer(void)
{
    return ++calls == failing_call ? -1 : 0;
}

void mbedtls_sha256_init(mbedtls_sha256_context *sha)
{
    memset(sha, 0, sizeof(*sha));
}

void mbedtls_sha256_free(mbedtls_sha256_context *sha)
{
    memset(sha, 0, sizeof(*sha));
}

int mbedtls_sha256_starts(mbedtls_sha256_context *sha, int is224)
{
    (void)sha;
    assert_int_equal(is224, 0);
    hashed_size = 0;
    return answer();
}

int mbedtls_sha256_update(mbedtls_sha256_context *sha, const unsigned char *input, size_t length)
{
    (void)sha;
    assert_in_range(hashed_size + length, 0, sizeof(hashed));
    memcpy(hashed + hashed_size, input, length);
    hashed_size += length;
    return answer();
}

int mbedtls_sha256_finish(mbedtls_sha256_context *sha, unsigned char *output)
{
    (void)sha;
    SHA256(hashed, hashed_size, output);
    return answer();
}

// Of platform/lib/string.h, which the host's C library does not have
void memory_wipe(void *to, size_t size);

void memory_wipe(void *to, size_t size)
{
    memset(to, 0, size);
}

static void blocks_are_hashes_of_counter_and_seed(void **state)
{
    static const char label[] = "Tessera hand-off";
    uint8_t seed[32];
    uint8_t out[1000];
    uint8_t text[sizeof(label) + 4 + sizeof(seed)];
    uint8_t hash[32];

    (void)state;
    for (size_t i = 0; i < sizeof(seed); i++) {
        seed[i] = (uint8_t)(200 - i);
    }
    assert_int_equal(bl2_entropy_expand(seed, sizeof(seed), out, sizeof(out)), ERR_NONE);
    memcpy(text, label, sizeof(label));
    memcpy(text + sizeof(label) + 4, seed, sizeof(seed));
    for (size_t i = 0; i * 32 < sizeof(out); i++) {
        const uint8_t counter[4] = { 0, 0, 0, (uint8_t)i };
        size_t part = sizeof(out) - i * 32 < 32 ? sizeof(out) - i * 32 : 32;

        memcpy(text + sizeof(label), counter, sizeof(counter));
        SHA256(text, sizeof(text), hash);
        assert_memory_equal(out + i * 32, hash, part);
    }
}

static void nothing_is_written_behind_the_end(void **state)
{
    uint8_t seed[1] = { 7 };
    uint8_t out[70];

    (void)state;
    for (size_t len = 0; len < 66; len++) {
        memset(out, 0xee, sizeof(out));
        assert_int_equal(bl2_entropy_expand(seed, sizeof(seed), out, len), ERR_NONE);
        for (size_t i = len; i < sizeof(out); i++) {
            assert_int_equal(out[i], 0xee);
        }
    }
}

static void a_failing_hash_is_an_error(void **state)
{
    uint8_t seed[32] = { 1 };
    uint8_t out[64];

    (void)state;
    for (failing_call = 1; failing_call <= 10; failing_call++) { // five for each of two blocks
        calls = 0;
        assert_int_equal(bl2_entropy_expand(seed, sizeof(seed), out, sizeof(out)), ERR_IO);
    }
    failing_call = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_hashes_of_counter_and_seed),
        cmocka_unit_test(nothing_is_written_behind_the_end),
        cmocka_unit_test(a_failing_hash_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
