// SPDX-License-Identifier: BSD-3-Clause
//
// AES for Mbed TLS in partitions, in place of aes.c: OpenSSL's assembly, with the core's AES instructions where it has them
// (aesv8-armx), else with vector permutations (vpaes-armv8, after Hamburg 2009). Neither has a table that is read at a secret
// place, which Mbed TLS's own C has. The prototypes and what they promise are mbedtls/aes.h's. The assembly has no landing
// pads: it is called directly only.
#include <mbedtls/aes.h>
#include <mbedtls/platform_util.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>

#define HWCAP_AES (1ul << 3) // of Linux's arm64 ABI, as Mbed TLS asks
#define BLOCK 16

// All return 0; what they refuse, sizes of keys, was refused before.
int aes_v8_set_encrypt_key(const uint8_t *key, int bits, mbedtls_aes_context *aes);
int aes_v8_set_decrypt_key(const uint8_t *key, int bits, mbedtls_aes_context *aes);
int vpaes_set_encrypt_key(const uint8_t *key, int bits, mbedtls_aes_context *aes);
int vpaes_set_decrypt_key(const uint8_t *key, int bits, mbedtls_aes_context *aes);
void aes_v8_encrypt(const uint8_t in[BLOCK], uint8_t out[BLOCK], const mbedtls_aes_context *aes);
void aes_v8_decrypt(const uint8_t in[BLOCK], uint8_t out[BLOCK], const mbedtls_aes_context *aes);
void vpaes_encrypt(const uint8_t in[BLOCK], uint8_t out[BLOCK], const mbedtls_aes_context *aes);
void vpaes_decrypt(const uint8_t in[BLOCK], uint8_t out[BLOCK], const mbedtls_aes_context *aes);
void aes_v8_cbc_encrypt(const uint8_t *in, uint8_t *out, size_t size,
                        const mbedtls_aes_context *aes, uint8_t iv[BLOCK], int encrypt);
void vpaes_cbc_encrypt(const uint8_t *in, uint8_t *out, size_t size, const mbedtls_aes_context *aes,
                       uint8_t iv[BLOCK], int encrypt);
// Counts in the last 32 bits of the counter alone, and leaves it unchanged.
void aes_v8_ctr32_encrypt_blocks(const uint8_t *in, uint8_t *out, size_t blocks,
                                 const mbedtls_aes_context *aes, const uint8_t counter[BLOCK]);

void mbedtls_aes_init(mbedtls_aes_context *ctx)
{
    memset(ctx, 0, sizeof(*ctx));
}

void mbedtls_aes_free(mbedtls_aes_context *ctx)
{
    if (ctx != NULL) {
        mbedtls_platform_zeroize(ctx, sizeof(*ctx));
    }
}

// Notes whose form the round keys will have
static int begin_key(mbedtls_aes_context *ctx, unsigned int bits)
{
    if (bits != 128 && bits != 192 && bits != 256) {
        return MBEDTLS_ERR_AES_INVALID_KEY_LENGTH;
    }
    ctx->has_instructions = (getauxval(AT_HWCAP) & HWCAP_AES) != 0;
    return 0;
}

int mbedtls_aes_setkey_enc(mbedtls_aes_context *ctx, const unsigned char *key, unsigned int keybits)
{
    int error = begin_key(ctx, keybits);

    if (error != 0) {
        return error;
    }
    return ctx->has_instructions ? aes_v8_set_encrypt_key(key, (int)keybits, ctx)
                                 : vpaes_set_encrypt_key(key, (int)keybits, ctx);
}

int mbedtls_aes_setkey_dec(mbedtls_aes_context *ctx, const unsigned char *key, unsigned int keybits)
{
    int error = begin_key(ctx, keybits);

    if (error != 0) {
        return error;
    }
    return ctx->has_instructions ? aes_v8_set_decrypt_key(key, (int)keybits, ctx)
                                 : vpaes_set_decrypt_key(key, (int)keybits, ctx);
}

static void encrypt_block(const mbedtls_aes_context *ctx, const uint8_t in[BLOCK],
                          uint8_t out[BLOCK])
{
    if (ctx->has_instructions) {
        aes_v8_encrypt(in, out, ctx);
    } else {
        vpaes_encrypt(in, out, ctx);
    }
}

static bool is_mode(int mode)
{
    return mode == MBEDTLS_AES_ENCRYPT || mode == MBEDTLS_AES_DECRYPT;
}

int mbedtls_aes_crypt_ecb(mbedtls_aes_context *ctx, int mode, const unsigned char input[BLOCK],
                          unsigned char output[BLOCK])
{
    if (!is_mode(mode)) {
        return MBEDTLS_ERR_AES_BAD_INPUT_DATA;
    }
    if (mode == MBEDTLS_AES_ENCRYPT) {
        encrypt_block(ctx, input, output);
    } else if (ctx->has_instructions) {
        aes_v8_decrypt(input, output, ctx);
    } else {
        vpaes_decrypt(input, output, ctx);
    }
    return 0;
}

int mbedtls_aes_crypt_cbc(mbedtls_aes_context *ctx, int mode, size_t length,
                          unsigned char iv[BLOCK], const unsigned char *input,
                          unsigned char *output)
{
    if (!is_mode(mode)) {
        return MBEDTLS_ERR_AES_BAD_INPUT_DATA;
    }
    if (length % BLOCK != 0) {
        return MBEDTLS_ERR_AES_INVALID_INPUT_LENGTH;
    }
    if (length == 0) {
        return 0;
    }
    if (ctx->has_instructions) {
        aes_v8_cbc_encrypt(input, output, length, ctx, iv, mode);
    } else {
        vpaes_cbc_encrypt(input, output, length, ctx, iv, mode);
    }
    return 0;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are Mbed TLS's
int mbedtls_aes_crypt_cfb128(mbedtls_aes_context *ctx, int mode, size_t length, size_t *iv_off,
                             unsigned char iv[BLOCK], const unsigned char *input,
                             unsigned char *output)
{
    size_t at = *iv_off;

    if (!is_mode(mode) || at >= BLOCK) {
        return MBEDTLS_ERR_AES_BAD_INPUT_DATA;
    }
    for (size_t i = 0; i < length; i++) {
        if (at == 0) {
            encrypt_block(ctx, iv, iv);
        }
        uint8_t in = input[i];

        output[i] = in ^ iv[at];
        iv[at] = mode == MBEDTLS_AES_ENCRYPT ? output[i] : in;
        at = (at + 1) % BLOCK;
    }
    *iv_off = at;
    return 0;
}

int mbedtls_aes_crypt_cfb8(mbedtls_aes_context *ctx, int mode, size_t length,
                           unsigned char iv[BLOCK], const unsigned char *input,
                           unsigned char *output)
{
    uint8_t stream[BLOCK];

    if (!is_mode(mode)) {
        return MBEDTLS_ERR_AES_BAD_INPUT_DATA;
    }
    for (size_t i = 0; i < length; i++) {
        uint8_t in = input[i];

        encrypt_block(ctx, iv, stream);
        output[i] = in ^ stream[0];
        memmove(iv, iv + 1, BLOCK - 1);
        iv[BLOCK - 1] = mode == MBEDTLS_AES_ENCRYPT ? output[i] : in;
    }
    mbedtls_platform_zeroize(stream, sizeof(stream));
    return 0;
}

int mbedtls_aes_crypt_ofb(mbedtls_aes_context *ctx, size_t length, size_t *iv_off,
                          unsigned char iv[BLOCK], const unsigned char *input,
                          unsigned char *output)
{
    size_t at = *iv_off;

    if (at >= BLOCK) {
        return MBEDTLS_ERR_AES_BAD_INPUT_DATA;
    }
    for (size_t i = 0; i < length; i++) {
        if (at == 0) {
            encrypt_block(ctx, iv, iv);
        }
        output[i] = input[i] ^ iv[at];
        at = (at + 1) % BLOCK;
    }
    *iv_off = at;
    return 0;
}

// counter = counter + blocks, of 128 bits
static void count(uint8_t counter[BLOCK], size_t blocks)
{
    uint64_t low, high;

    memcpy(&high, counter, sizeof(high));
    memcpy(&low, counter + sizeof(high), sizeof(low));
    high = __builtin_bswap64(high);
    low = __builtin_bswap64(low) + blocks;
    high += low < blocks;
    high = __builtin_bswap64(high);
    low = __builtin_bswap64(low);
    memcpy(counter, &high, sizeof(high));
    memcpy(counter + sizeof(high), &low, sizeof(low));
}

// As many of the `blocks` as the last 32 bits of the counter can count at once
static size_t crypt_blocks(const mbedtls_aes_context *ctx, size_t blocks, uint8_t counter[BLOCK],
                           const uint8_t *input, uint8_t *output)
{
    uint32_t low;

    memcpy(&low, counter + BLOCK - sizeof(low), sizeof(low));
    uint64_t room = 0x100000000ull - __builtin_bswap32(low);

    if (blocks > room) {
        blocks = (size_t)room;
    }
    aes_v8_ctr32_encrypt_blocks(input, output, blocks, ctx, counter);
    count(counter, blocks);
    return blocks * BLOCK;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are Mbed TLS's
int mbedtls_aes_crypt_ctr(mbedtls_aes_context *ctx, size_t length, size_t *nc_off,
                          unsigned char nonce_counter[BLOCK], unsigned char stream_block[BLOCK],
                          const unsigned char *input, unsigned char *output)
{
    size_t at = *nc_off;

    if (at >= BLOCK) {
        return MBEDTLS_ERR_AES_BAD_INPUT_DATA;
    }
    for (size_t i = 0; i < length;) {
        if (at == 0 && ctx->has_instructions && length - i >= BLOCK) {
            i += crypt_blocks(ctx, (length - i) / BLOCK, nonce_counter, input + i, output + i);
            continue;
        }
        if (at == 0) {
            encrypt_block(ctx, nonce_counter, stream_block);
            count(nonce_counter, 1);
        }
        output[i] = input[i] ^ stream_block[at];
        i++;
        at = (at + 1) % BLOCK;
    }
    *nc_off = at;
    return 0;
}
