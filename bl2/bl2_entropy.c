// SPDX-License-Identifier: BSD-3-Clause
//
// Stretching the board's entropy for the hand-off; contract in bl2_private.h. SHA-256 in counter
// mode (the Hash_DRBG construction of SP 800-90A without its reseeding: this is done once a boot,
// the seed is wiped afterwards).
#include "bl2_private.h"

#include <mbedtls/sha256.h>

#include "string.h"

#define BLOCK_SIZE 32

static const uint8_t label[] =
    "Tessera hand-off"; // with counter and 32-byte seed one SHA-256 block: 17 + 4 + 32 ≤ 55

static int block_make(const uint8_t *seed, size_t seed_len, uint32_t number, uint8_t *block)
{
    const uint8_t counter[4] = { (uint8_t)(number >> 24), (uint8_t)(number >> 16),
                                 (uint8_t)(number >> 8), (uint8_t)number };
    mbedtls_sha256_context sha;
    int failed;

    mbedtls_sha256_init(&sha);
    failed = mbedtls_sha256_starts(&sha, 0) != 0 ||
             mbedtls_sha256_update(&sha, label, sizeof(label)) != 0 ||
             mbedtls_sha256_update(&sha, counter, sizeof(counter)) != 0 ||
             mbedtls_sha256_update(&sha, seed, seed_len) != 0 ||
             mbedtls_sha256_finish(&sha, block) != 0;
    mbedtls_sha256_free(&sha); // wipes it
    return failed ? ERR_IO : ERR_NONE;
}

int bl2_entropy_expand(const uint8_t *seed, size_t seed_len, uint8_t *out, size_t len)
{
    uint8_t block[BLOCK_SIZE];
    uint32_t number = 0;
    int result = ERR_NONE;

    while (len != 0 && result == ERR_NONE) {
        size_t part = len < BLOCK_SIZE ? len : BLOCK_SIZE;

        result = block_make(seed, seed_len, number++, block);
        memcpy(out, block, part);
        out += part;
        len -= part;
    }
    memory_wipe(block, sizeof(block));
    return result;
}
