// SPDX-License-Identifier: BSD-3-Clause
//
// Poly1305 (RFC 8439 2.5) for Mbed TLS in partitions, in place of poly1305.c: OpenSSL's assembly (poly1305-armv8), of which the functions
// for the general registers are called directly: it has no landing pads for the pointers to others that it hands out. The
// prototypes and what they promise are mbedtls/poly1305.h's. Neither branches nor addresses depend on key or data.
#include <mbedtls/platform_util.h>
#include <mbedtls/poly1305.h>
#include <string.h>

#define BLOCK POLY1305_ALT_BLOCK

// Takes the first half of the key. functions: filled with pointers, not used here. Returns 1
int poly1305_init(uint64_t state[24], const uint8_t key[16], void *functions[2]);

// Whole blocks; pad_bit: 1, or 0 for the last block that was filled up by the caller.
void poly1305_blocks(uint64_t state[24], const uint8_t *data, size_t size, uint32_t pad_bit);
void poly1305_emit(uint64_t state[24], uint8_t mac[16], const uint32_t pad[4]);

void mbedtls_poly1305_init(mbedtls_poly1305_context *ctx)
{
    memset(ctx, 0, sizeof(*ctx));
}

void mbedtls_poly1305_free(mbedtls_poly1305_context *ctx)
{
    if (ctx != NULL) {
        mbedtls_platform_zeroize(ctx, sizeof(*ctx));
    }
}

int mbedtls_poly1305_starts(mbedtls_poly1305_context *ctx, const unsigned char key[32])
{
    void *unused[2];

    (void)poly1305_init(ctx->state, key, unused);
    memcpy(ctx->pad, key + 16, sizeof(ctx->pad));
    ctx->size = 0;
    return 0;
}

int mbedtls_poly1305_update(mbedtls_poly1305_context *ctx, const unsigned char *input, size_t ilen)
{
    if (ilen == 0) {
        return 0; // there may be no pointer
    }
    if (ctx->size != 0) {
        size_t part = ilen < BLOCK - ctx->size ? ilen : BLOCK - ctx->size;

        memcpy(ctx->rest + ctx->size, input, part);
        ctx->size += part;
        input += part;
        ilen -= part;
        if (ctx->size < BLOCK) {
            return 0;
        }
        poly1305_blocks(ctx->state, ctx->rest, BLOCK, 1);
        ctx->size = 0;
    }
    size_t whole = ilen - ilen % BLOCK;

    poly1305_blocks(ctx->state, input, whole, 1);
    memcpy(ctx->rest, input + whole, ilen - whole);
    ctx->size = ilen - whole;
    return 0;
}

int mbedtls_poly1305_finish(mbedtls_poly1305_context *ctx, unsigned char mac[16])
{
    if (ctx->size != 0) {
        ctx->rest[ctx->size] = 1;
        memset(ctx->rest + ctx->size + 1, 0, BLOCK - ctx->size - 1);
        poly1305_blocks(ctx->state, ctx->rest, BLOCK, 0);
        ctx->size = 0;
    }
    poly1305_emit(ctx->state, mac, ctx->pad);
    return 0;
}

int mbedtls_poly1305_mac(const unsigned char key[32], const unsigned char *input, size_t ilen,
                         unsigned char mac[16])
{
    mbedtls_poly1305_context ctx;

    mbedtls_poly1305_init(&ctx);
    int error = mbedtls_poly1305_starts(&ctx, key);

    if (error == 0) {
        error = mbedtls_poly1305_update(&ctx, input, ilen);
    }
    if (error == 0) {
        error = mbedtls_poly1305_finish(&ctx, mac);
    }
    mbedtls_poly1305_free(&ctx);
    return error;
}
