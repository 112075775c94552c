// SPDX-License-Identifier: BSD-3-Clause
//
// ChaCha20 (RFC 8439 2.4) for Mbed TLS in partitions, in place of chacha20.c: OpenSSL's assembly (chacha-armv8). The prototypes and what
// they promise are mbedtls/chacha20.h's. Neither branches nor addresses depend on key, stream or data. The assembly has no
// landing pads: it is called directly only.
#include <mbedtls/chacha20.h>
#include <mbedtls/platform_util.h>
#include <string.h>

#define BLOCK CHACHA20_ALT_BLOCK

// Bit 0: vector instructions of ARMv8-A, which partitions always have. Read by OpenSSL's assembly
extern unsigned int OPENSSL_armcap_P;
unsigned int OPENSSL_armcap_P = 1;

// out = in xor stream, of any size; arrays may be one. The counter is left unchanged.
void ChaCha20_ctr32(uint8_t *out, const uint8_t *in, size_t size, const uint32_t key[8],
                    const uint32_t counter[4]);

void mbedtls_chacha20_init(mbedtls_chacha20_context *ctx)
{
    memset(ctx, 0, sizeof(*ctx));
    ctx->used = BLOCK;
}

void mbedtls_chacha20_free(mbedtls_chacha20_context *ctx)
{
    if (ctx != NULL) {
        mbedtls_platform_zeroize(ctx, sizeof(*ctx));
    }
}

int mbedtls_chacha20_setkey(mbedtls_chacha20_context *ctx, const unsigned char key[32])
{
    memcpy(ctx->key, key, sizeof(ctx->key)); // little-endian, as the core is
    return 0;
}

int mbedtls_chacha20_starts(mbedtls_chacha20_context *ctx, const unsigned char nonce[12],
                            uint32_t counter)
{
    ctx->counter[0] = counter;
    memcpy(&ctx->counter[1], nonce, 12);
    mbedtls_platform_zeroize(ctx->stream, sizeof(ctx->stream));
    ctx->used = BLOCK;
    return 0;
}

// Bytes out of what the last block left
static size_t crypt_rest(mbedtls_chacha20_context *ctx, size_t size, const uint8_t *in,
                         uint8_t *out)
{
    size_t count = BLOCK - ctx->used < size ? BLOCK - ctx->used : size;

    for (size_t i = 0; i < count; i++) {
        out[i] = in[i] ^ ctx->stream[ctx->used + i];
    }
    ctx->used += count;
    return count;
}

// Whole blocks, as many as the counter counts without a carry: that goes nowhere, as in the library
static size_t crypt_blocks(mbedtls_chacha20_context *ctx, size_t blocks, const uint8_t *in,
                           uint8_t *out)
{
    uint64_t room = 0x100000000ull - ctx->counter[0];

    if (blocks > room) {
        blocks = (size_t)room;
    }
    ChaCha20_ctr32(out, in, blocks * BLOCK, ctx->key, ctx->counter);
    ctx->counter[0] += (uint32_t)blocks;
    return blocks * BLOCK;
}

int mbedtls_chacha20_update(mbedtls_chacha20_context *ctx, size_t size, const unsigned char *input,
                            unsigned char *output)
{
    static const uint8_t zero[BLOCK];

    for (size_t i = 0; i < size;) {
        if (ctx->used < BLOCK) {
            i += crypt_rest(ctx, size - i, input + i, output + i);
        } else if (size - i >= BLOCK) {
            i += crypt_blocks(ctx, (size - i) / BLOCK, input + i, output + i);
        } else {
            (void)crypt_blocks(ctx, 1, zero, ctx->stream);
            ctx->used = 0;
        }
    }
    return 0;
}

int mbedtls_chacha20_crypt(const unsigned char key[32], const unsigned char nonce[12],
                           uint32_t counter, size_t size, const unsigned char *input,
                           unsigned char *output)
{
    mbedtls_chacha20_context ctx;

    mbedtls_chacha20_init(&ctx);
    int error = mbedtls_chacha20_setkey(&ctx, key);

    if (error == 0) {
        error = mbedtls_chacha20_starts(&ctx, nonce, counter);
    }
    if (error == 0) {
        error = mbedtls_chacha20_update(&ctx, size, input, output);
    }
    mbedtls_chacha20_free(&ctx);
    return error;
}
