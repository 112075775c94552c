// SPDX-License-Identifier: BSD-3-Clause
//
// Hashes of the boot chain on Mbed TLS's SHA-2. See boot_hash.h.
#include "boot_hash.h"

#include <stdbool.h>
#include <string.h>

#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

#include "platform/lib/crypto/sha_bulk.h"

#define PIECE 4096    // bytes; a first-level cache holds it with room to spare
#define HMAC_BLOCK 64 // of SHA-256, RFC 2104 section 2
#define HMAC_INNER 0x36
#define HMAC_OUTER 0x5c

// TCG Algorithm Registry table 3; RFC 5754 section 2
static const struct boot_hash_info infos[BOOT_HASH_COUNT] = {
    [BOOT_SHA256] = {
        "SHA-256", 0x000b, 32, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 },
    },
    [BOOT_SHA384] = {
        "SHA-384", 0x000c, 48, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02 },
    },
    [BOOT_SHA512] = {
        "SHA-512", 0x000d, 64, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03 },
    },
};

struct hashes {
    uint32_t want;
    mbedtls_sha256_context sha256;
    mbedtls_sha512_context sha384;
    mbedtls_sha512_context sha512;
};

const struct boot_hash_info *boot_hash_info(enum boot_hash hash)
{
    return &infos[hash];
}

static bool wants(const struct hashes *hashes, enum boot_hash hash)
{
    return (hashes->want & BOOT_HASH_BIT(hash)) != 0;
}

// The three below are 0 or an error of Mbed TLS
static int start(struct hashes *hashes, uint32_t want)
{
    hashes->want = want;
    mbedtls_sha256_init(&hashes->sha256);
    mbedtls_sha512_init(&hashes->sha384);
    mbedtls_sha512_init(&hashes->sha512);
    return mbedtls_sha256_starts(&hashes->sha256, 0) | mbedtls_sha512_starts(&hashes->sha384, 1) |
           mbedtls_sha512_starts(&hashes->sha512, 0);
}

static int update(struct hashes *hashes, const uint8_t *data, size_t size)
{
    int err = 0;

    if (wants(hashes, BOOT_SHA256)) {
        err |= sha_bulk_256(&hashes->sha256, data, size);
    }
    if (wants(hashes, BOOT_SHA384)) {
        err |= sha_bulk_512(&hashes->sha384, data, size);
    }
    if (wants(hashes, BOOT_SHA512)) {
        err |= sha_bulk_512(&hashes->sha512, data, size);
    }
    return err;
}

static int finish(struct hashes *hashes, struct boot_digests *out)
{
    int err = 0;

    if (wants(hashes, BOOT_SHA256)) {
        err |= mbedtls_sha256_finish(&hashes->sha256, out->value[BOOT_SHA256]);
    }
    if (wants(hashes, BOOT_SHA384)) {
        err |= mbedtls_sha512_finish(&hashes->sha384, out->value[BOOT_SHA384]);
    }
    if (wants(hashes, BOOT_SHA512)) {
        err |= mbedtls_sha512_finish(&hashes->sha512, out->value[BOOT_SHA512]);
    }
    mbedtls_sha256_free(&hashes->sha256);
    mbedtls_sha512_free(&hashes->sha384);
    mbedtls_sha512_free(&hashes->sha512);
    return err;
}

int boot_hash_make(const void *data, size_t size, uint32_t want, struct boot_digests *out)
{
    struct hashes hashes;
    const uint8_t *at = data;

    memset(out, 0, sizeof(*out));
    if (want == 0 || want >= BOOT_HASH_BIT(BOOT_HASH_COUNT)) {
        return ERR_INVALID;
    }

    int err = start(&hashes, want);

    while (size != 0) {
        size_t piece = size < PIECE ? size : PIECE;

        err |= update(&hashes, at, piece);
        at += piece;
        size -= piece;
    }
    err |= finish(&hashes, out);
    if (err != 0) {
        memset(out, 0, sizeof(*out));
        return ERR_IO;
    }
    out->have = want;
    return 0;
}

// out = SHA-256(pad || data), where `pad` is the key, zeros up to the block, XOR `mask`
static int hmac_pass(const uint8_t pad[HMAC_BLOCK], uint8_t mask, const void *data, size_t size,
                     uint8_t out[32])
{
    mbedtls_sha256_context sha;
    uint8_t block[HMAC_BLOCK];

    for (size_t i = 0; i < HMAC_BLOCK; i++) {
        block[i] = pad[i] ^ mask;
    }
    mbedtls_sha256_init(&sha);
    int err = mbedtls_sha256_starts(&sha, 0);

    err |= mbedtls_sha256_update(&sha, block, sizeof(block));
    err |= mbedtls_sha256_update(&sha, data, size);
    err |= mbedtls_sha256_finish(&sha, out);
    mbedtls_sha256_free(&sha);
    mbedtls_platform_zeroize(block, sizeof(block));
    return err;
}

int boot_hmac_sha256(const uint8_t *key, size_t key_size, const void *data, size_t size,
                     uint8_t out[32])
{
    uint8_t pad[HMAC_BLOCK] = { 0 };
    uint8_t inner[32];

    if (key_size == 0 || key_size > HMAC_BLOCK) {
        return ERR_INVALID;
    }
    memcpy(pad, key, key_size);
    int err = hmac_pass(pad, HMAC_INNER, data, size, inner);

    err |= hmac_pass(pad, HMAC_OUTER, inner, sizeof(inner), out);
    mbedtls_platform_zeroize(pad, sizeof(pad));
    mbedtls_platform_zeroize(inner, sizeof(inner));
    if (err != 0) {
        mbedtls_platform_zeroize(out, 32);
        return ERR_IO;
    }
    return 0;
}
