// SPDX-License-Identifier: BSD-3-Clause
//
// The blocks of GCM without instructions for them: AES block by block through mbedtls/aes.h, and GHASH (SP 800-38D 6.4) with integer
// multiplications, which take the same time for all operands on the cores of Arm's A profile. No table: what is usual, tables
// of multiples of H, is read at places that depend on ciphertext and key.
#include "gcm_blocks.h"

#include <mbedtls/platform_util.h>
#include <string.h>

#define EVERY_FOURTH 0x1111111111111111ull

// Product of polynomials over GF(2). Every fourth bit of each factor is taken at a time: at most eight ones meet in a sum, so its
// carries stay below the next bit that counts
static uint64_t multiply_32(uint32_t a, uint32_t b)
{
    uint64_t product = 0;

    for (int i = 0; i < 4; i++) {
        uint64_t sum = 0;

        for (int j = 0; j < 4; j++) {
            sum ^= (a & EVERY_FOURTH << j) * (b & EVERY_FOURTH << ((i - j) & 3));
        }
        product |= sum & EVERY_FOURTH << i;
    }
    return product;
}

// The same of 64 bits each, after Karatsuba
static void multiply_64(uint64_t *high, uint64_t *low, uint64_t a, uint64_t b)
{
    uint64_t h = multiply_32((uint32_t)(a >> 32), (uint32_t)(b >> 32));
    uint64_t l = multiply_32((uint32_t)a, (uint32_t)b);
    uint64_t m = multiply_32((uint32_t)(a >> 32) ^ (uint32_t)a, (uint32_t)(b >> 32) ^ (uint32_t)b);

    m ^= h ^ l;
    *high = h ^ m >> 32;
    *low = l ^ m << 32;
}

// x = x * y modulo x^128 + x^7 + x^2 + x + 1. The most significant bit of x[0] is the coefficient of x^0
static void multiply(uint64_t x[2], const uint64_t y[2])
{
    uint64_t z[4]; // z[0] has x^0 … x^63
    uint64_t high, low;

    multiply_64(&z[0], &z[1], x[0], y[0]);
    multiply_64(&z[2], &z[3], x[1], y[1]);
    multiply_64(&high, &low, x[0] ^ x[1], y[0] ^ y[1]);
    high ^= z[0] ^ z[2];
    low ^= z[1] ^ z[3];
    z[1] ^= high;
    z[2] ^= low;
    // Of 127 + 127 powers the highest coefficient is missing in this order of bits: x^0 comes one to the left
    for (int i = 0; i < 3; i++) {
        z[i] = z[i] << 1 | z[i + 1] >> 63;
    }
    z[3] <<= 1;
    // x^128 is x^7 + x^2 + x + 1; times x is to the right here
    z[2] ^= z[3] << 63 ^ z[3] << 62 ^ z[3] << 57;
    z[1] ^= z[3] ^ z[3] >> 1 ^ z[3] >> 2 ^ z[3] >> 7;
    z[1] ^= z[2] << 63 ^ z[2] << 62 ^ z[2] << 57;
    z[0] ^= z[2] ^ z[2] >> 1 ^ z[2] >> 2 ^ z[2] >> 7;
    x[0] = z[0];
    x[1] = z[1];
}

static uint64_t load(const uint8_t *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof(value));
    return __builtin_bswap64(value);
}

static void store(uint8_t *bytes, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(bytes, &value, sizeof(value));
}

void gcm_portable_hash(mbedtls_gcm_context *gcm, const uint8_t *data, size_t blocks)
{
    uint64_t sum[2] = { load(gcm->hash.sum), load(gcm->hash.sum + 8) };

    for (size_t i = 0; i < blocks; i++) {
        sum[0] ^= load(data + GCM_BLOCK * i);
        sum[1] ^= load(data + GCM_BLOCK * i + 8);
        multiply(sum, gcm->hash.key);
    }
    store(gcm->hash.sum, sum[0]);
    store(gcm->hash.sum + 8, sum[1]);
}

void gcm_portable_count(uint8_t counter[GCM_BLOCK])
{
    uint32_t low;

    memcpy(&low, counter + GCM_BLOCK - sizeof(low), sizeof(low));
    low = __builtin_bswap32(__builtin_bswap32(low) + 1);
    memcpy(counter + GCM_BLOCK - sizeof(low), &low, sizeof(low));
}

static void crypt_blocks(mbedtls_gcm_context *gcm, const uint8_t *in, uint8_t *out, size_t blocks)
{
    uint8_t stream[GCM_BLOCK];

    for (size_t i = 0; i < blocks; i++) {
        (void)mbedtls_aes_crypt_ecb(&gcm->aes, MBEDTLS_AES_ENCRYPT, gcm->counter, stream);
        gcm_portable_count(gcm->counter);
        for (int j = 0; j < GCM_BLOCK; j++) {
            out[GCM_BLOCK * i + j] = in[GCM_BLOCK * i + j] ^ stream[j];
        }
    }
    mbedtls_platform_zeroize(stream, sizeof(stream));
}

void gcm_portable_encrypt(mbedtls_gcm_context *gcm, const uint8_t *in, uint8_t *out, size_t blocks)
{
    crypt_blocks(gcm, in, out, blocks);
    gcm_portable_hash(gcm, out, blocks);
}

void gcm_portable_decrypt(mbedtls_gcm_context *gcm, const uint8_t *in, uint8_t *out, size_t blocks)
{
    gcm_portable_hash(gcm, in, blocks);
    crypt_blocks(gcm, in, out, blocks);
}
