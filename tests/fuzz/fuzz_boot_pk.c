// SPDX-License-Identifier: BSD-3-Clause
//
// Public keys and signatures (platform/lib/crypto). Byte 0 chooses where a key and a signature come from:
// 0 the input itself, else a good pair (RFC 6979 A.2.5, or an RSA key of 3072 bits) that the input
// alters: three bytes each, position and what to XOR there. Besides memory errors: what is decoded lies
// inside the input, a refusal names a rule, a verdict is one of the two, and nothing but the unaltered
// pair is accepted.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "boot_pk.h"

#define INPUT_MAX 2048

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// SHA-256 of "sample"
static const uint8_t digest[BOOT_HASH_MAX] = {
    0xaf, 0x2b, 0xdb, 0xe1, 0xaa, 0x9b, 0x6e, 0xc1, 0xe2, 0xad, 0xe1, 0xd6, 0x94, 0xf4, 0x1f, 0xc7,
    0x1a, 0x83, 0x1d, 0x02, 0x68, 0xe9, 0x89, 0x15, 0x62, 0x11, 0x3d, 0x8a, 0x62, 0xad, 0xd1, 0xbf,
};

static const uint8_t p256_spki[] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04, 0x60, 0xfe, 0xd4, 0xba, 0x25,
    0x5a, 0x9d, 0x31, 0xc9, 0x61, 0xeb, 0x74, 0xc6, 0x35, 0x6d, 0x68, 0xc0, 0x49, 0xb8, 0x92, 0x3b,
    0x61, 0xfa, 0x6c, 0xe6, 0x69, 0x62, 0x2e, 0x60, 0xf2, 0x9f, 0xb6, 0x79, 0x03, 0xfe, 0x10, 0x08,
    0xb8, 0xbc, 0x99, 0xa4, 0x1a, 0xe9, 0xe9, 0x56, 0x28, 0xbc, 0x64, 0xf2, 0xf1, 0xb2, 0x0c, 0x2d,
    0x7e, 0x9f, 0x51, 0x77, 0xa3, 0xc2, 0x94, 0xd4, 0x46, 0x22, 0x99,
};

static const uint8_t p256_signature[] = {
    0x30, 0x46, 0x02, 0x21, 0x00, 0xef, 0xd4, 0x8b, 0x2a, 0xac, 0xb6, 0xa8, 0xfd, 0x11, 0x40,
    0xdd, 0x9c, 0xd4, 0x5e, 0x81, 0xd6, 0x9d, 0x2c, 0x87, 0x7b, 0x56, 0xaa, 0xf9, 0x91, 0xc3,
    0x4d, 0x0e, 0xa8, 0x4e, 0xaf, 0x37, 0x16, 0x02, 0x21, 0x00, 0xf7, 0xcb, 0x1c, 0x94, 0x2d,
    0x65, 0x7c, 0x41, 0xd4, 0x36, 0xc7, 0xa1, 0xb6, 0xe2, 0x9f, 0x65, 0xf3, 0xe9, 0x00, 0xdb,
    0xb9, 0xaf, 0xf4, 0x06, 0x4d, 0xc4, 0xab, 0x2f, 0x84, 0x3a, 0xcd, 0xa8,
};

// In front of an RSA modulus of 3072 bits, and behind it
static const uint8_t rsa_head[] = {
    0x30, 0x82, 0x01, 0xa2, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
    0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01,
    0x8f, 0x00, 0x30, 0x82, 0x01, 0x8a, 0x02, 0x82, 0x01, 0x81, 0x00,
};
static const uint8_t rsa_tail[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };

struct pair {
    uint8_t bytes[INPUT_MAX];
    size_t spki_size;
    size_t size; // of key and signature together
    bool good;   // as published
};

static void must(bool rule)
{
    if (!rule) {
        abort();
    }
}

static void take_input(struct pair *pair, const uint8_t *data, size_t size)
{
    size_t spki_size = size < 2 ? 0 : data[0] | (size_t)data[1] << 8;

    size = size < 2 ? 0 : size - 2;
    pair->size = size < INPUT_MAX ? size : INPUT_MAX;
    pair->spki_size = spki_size < pair->size ? spki_size : pair->size;
    memcpy(pair->bytes, data + 2 * (size != 0), pair->size);
}

static void add(struct pair *pair, const uint8_t *bytes, size_t size)
{
    memcpy(pair->bytes + pair->size, bytes, size);
    pair->size += size;
}

static void take_p256(struct pair *pair)
{
    add(pair, p256_spki, sizeof(p256_spki));
    pair->spki_size = pair->size;
    add(pair, p256_signature, sizeof(p256_signature));
    pair->good = true;
}

static void take_rsa(struct pair *pair)
{
    uint8_t modulus[384];

    memset(modulus, 0xc5, sizeof(modulus));
    add(pair, rsa_head, sizeof(rsa_head));
    add(pair, modulus, sizeof(modulus));
    add(pair, rsa_tail, sizeof(rsa_tail));
    pair->spki_size = pair->size;
    modulus[0] = 0x3c;
    add(pair, modulus, sizeof(modulus));
}

static void alter(struct pair *pair, const uint8_t *data, size_t size)
{
    uint8_t before[INPUT_MAX];

    memcpy(before, pair->bytes, pair->size);
    for (; size >= 3; data += 3, size -= 3) {
        pair->bytes[(data[0] | (size_t)data[1] << 8) % pair->size] ^= data[2];
    }
    pair->good = pair->good && memcmp(before, pair->bytes, pair->size) == 0;
}

// One copy each, so that the sanitizer sees every byte that is read beyond the end
static uint8_t *copy_of(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size + (size == 0));

    must(copy != NULL);
    memcpy(copy, data, size);
    return copy;
}

// One input in 16 is verified, which takes a thousand times as long as decoding. The choice depends on
// all of it, so that a fuzzer cannot prefer the slow ones
static bool chosen(const uint8_t *data, size_t size)
{
    unsigned sum = 0;

    for (size_t i = 0; i < size; i++) {
        sum += data[i] ^ data[i] >> 4;
    }
    return sum % 16 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pair pair;
    struct boot_pk key = { BOOT_PK_NONE, NULL, 0 };
    const char *why = NULL;

    if (size == 0) {
        return 0;
    }
    pair = (struct pair){ .size = 0 };
    switch (data[0] % 4) {
    case 0:
        take_input(&pair, data + 1, size - 1);
        break;
    case 1:
        take_rsa(&pair);
        alter(&pair, data + 1, size - 1);
        break;
    default:
        take_p256(&pair);
        alter(&pair, data + 1, size - 1);
        break;
    }
    enum boot_hash hash = (enum boot_hash)(pair.good ? BOOT_SHA256 : data[0] / 4 % BOOT_HASH_COUNT);
    uint8_t *spki = copy_of(pair.bytes, pair.spki_size);
    uint8_t *signature = copy_of(pair.bytes + pair.spki_size, pair.size - pair.spki_size);

    if (boot_pk_decode(spki, pair.spki_size, &key, &why) == 0) {
        must(key.kind > BOOT_PK_NONE && key.kind < BOOT_PK_COUNT);
        must(key.bytes > spki && key.bytes + key.size <= spki + pair.spki_size);
        must(!chosen(data, size) ||
             boot_pk_verify(&key, hash, digest, signature, pair.size - pair.spki_size) ==
                 (pair.good ? VERDICT_ACCEPT : VERDICT_REFUSE));
    } else {
        must(!pair.good && key.kind == BOOT_PK_NONE && strncmp(why, "must ", 5) == 0);
    }
    free(spki);
    free(signature);
    return 0;
}
