// SPDX-License-Identifier: BSD-3-Clause
//
// GCM for Mbed TLS in partitions, in place of gcm.c (SP 800-38D): what is around the blocks. The prototypes and what they promise are
// mbedtls/gcm.h's. AES only.
#include <mbedtls/constant_time.h>
#include <mbedtls/gcm.h>
#include <mbedtls/platform_util.h>
#include <string.h>

#include "gcm_blocks.h"

#define IV_SIZE 12                    // of the usual nonce
#define SIZE_MAX_BYTES 0xfffffffe0ull // 2^39 - 256 bits (SP 800-38D 5.2.1.1)
#define TAG_MIN 4

static void put_64(uint8_t *bytes, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(bytes, &value, sizeof(value));
}

void mbedtls_gcm_init(mbedtls_gcm_context *ctx)
{
    memset(ctx, 0, sizeof(*ctx));
}

void mbedtls_gcm_free(mbedtls_gcm_context *ctx)
{
    if (ctx != NULL) {
        mbedtls_platform_zeroize(ctx, sizeof(*ctx));
    }
}

int mbedtls_gcm_setkey(mbedtls_gcm_context *ctx, mbedtls_cipher_id_t cipher,
                       const unsigned char *key, unsigned int keybits)
{
    uint8_t hash_key[GCM_BLOCK] = { 0 };

    if (cipher != MBEDTLS_CIPHER_ID_AES) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    mbedtls_aes_init(&ctx->aes);
    int error = mbedtls_aes_setkey_enc(&ctx->aes, key, keybits);

    if (error != 0) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    error = mbedtls_aes_crypt_ecb(&ctx->aes, MBEDTLS_AES_ENCRYPT, hash_key, hash_key);
    for (int i = 0; i < 2; i++) {
        memcpy(&ctx->hash.key[i], hash_key + 8 * i, sizeof(ctx->hash.key[i]));
        ctx->hash.key[i] = __builtin_bswap64(ctx->hash.key[i]);
    }
    mbedtls_platform_zeroize(hash_key, sizeof(hash_key));
    gcm_blocks_begin(ctx);
    return error;
}

// Adds bytes to the sum at `offset` of the block that they belong to; what completes it multiplies
static void add_bytes(mbedtls_gcm_context *ctx, size_t offset, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        ctx->hash.sum[offset + i] ^= bytes[i];
    }
}

// Multiplies a block whose bytes are in the sum already; those that are missing are zeros
static void close_block(mbedtls_gcm_context *ctx)
{
    static const uint8_t zero[GCM_BLOCK];

    gcm_blocks_hash(ctx, zero, 1);
}

// The first counter of any other nonce: its hash (SP 800-38D 7.1 step 2)
static void hash_iv(mbedtls_gcm_context *ctx, const uint8_t *iv, size_t size)
{
    uint8_t length[GCM_BLOCK] = { 0 };

    gcm_blocks_hash(ctx, iv, size / GCM_BLOCK);
    if (size % GCM_BLOCK != 0) {
        add_bytes(ctx, 0, iv + size - size % GCM_BLOCK, size % GCM_BLOCK);
        close_block(ctx);
    }
    put_64(length + 8, (uint64_t)size * 8);
    gcm_blocks_hash(ctx, length, 1);
    memcpy(ctx->counter, ctx->hash.sum, GCM_BLOCK);
    memset(ctx->hash.sum, 0, GCM_BLOCK);
}

int mbedtls_gcm_starts(mbedtls_gcm_context *ctx, int mode, const unsigned char *iv, size_t iv_len)
{
    if (iv_len == 0 || (uint64_t)iv_len >> 61 != 0 ||
        (mode != MBEDTLS_GCM_ENCRYPT && mode != MBEDTLS_GCM_DECRYPT)) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    ctx->mode = mode;
    ctx->size = 0;
    ctx->ad_size = 0;
    memset(ctx->hash.sum, 0, GCM_BLOCK);
    if (iv_len == IV_SIZE) {
        memset(ctx->counter, 0, GCM_BLOCK);
        memcpy(ctx->counter, iv, IV_SIZE);
        ctx->counter[GCM_BLOCK - 1] = 1;
    } else {
        hash_iv(ctx, iv, iv_len);
    }
    int error = mbedtls_aes_crypt_ecb(&ctx->aes, MBEDTLS_AES_ENCRYPT, ctx->counter, ctx->mask);

    gcm_portable_count(ctx->counter);
    return error;
}

int mbedtls_gcm_update_ad(mbedtls_gcm_context *ctx, const unsigned char *add, size_t add_len)
{
    size_t offset = ctx->ad_size % GCM_BLOCK;

    if (ctx->size != 0 || add_len > UINT64_MAX - ctx->ad_size ||
        (ctx->ad_size + add_len) >> 61 != 0) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    ctx->ad_size += add_len;
    if (offset != 0) {
        size_t part = add_len < GCM_BLOCK - offset ? add_len : GCM_BLOCK - offset;

        add_bytes(ctx, offset, add, part);
        if (offset + part != GCM_BLOCK) {
            return 0;
        }
        close_block(ctx);
        add += part;
        add_len -= part;
    }
    if (add_len == 0) {
        return 0; // there may be no pointer
    }
    gcm_blocks_hash(ctx, add, add_len / GCM_BLOCK);
    add_bytes(ctx, 0, add + add_len - add_len % GCM_BLOCK, add_len % GCM_BLOCK);
    return 0;
}

// Bytes of one block, from its byte `offset` on. `in` and `out` may be one
static int crypt_part(mbedtls_gcm_context *ctx, size_t offset, const uint8_t *in, uint8_t *out,
                      size_t size)
{
    if (offset == 0) {
        int error =
            mbedtls_aes_crypt_ecb(&ctx->aes, MBEDTLS_AES_ENCRYPT, ctx->counter, ctx->stream);

        if (error != 0) {
            return error;
        }
        gcm_portable_count(ctx->counter);
    }
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = in[i] ^ ctx->stream[offset + i];

        ctx->hash.sum[offset + i] ^= ctx->mode == MBEDTLS_GCM_ENCRYPT ? byte : in[i];
        out[i] = byte;
    }
    if (offset + size == GCM_BLOCK) {
        close_block(ctx);
    }
    return 0;
}

static int crypt_all(mbedtls_gcm_context *ctx, const uint8_t *in, uint8_t *out, size_t size)
{
    size_t offset = ctx->size % GCM_BLOCK;
    int error = 0;

    ctx->size += size;
    if (offset != 0) {
        size_t part = size < GCM_BLOCK - offset ? size : GCM_BLOCK - offset;

        error = crypt_part(ctx, offset, in, out, part);
        in += part;
        out += part;
        size -= part;
    }
    size_t whole = size - size % GCM_BLOCK;

    if (ctx->mode == MBEDTLS_GCM_ENCRYPT) {
        gcm_blocks_encrypt(ctx, in, out, whole / GCM_BLOCK);
    } else {
        gcm_blocks_decrypt(ctx, in, out, whole / GCM_BLOCK);
    }
    if (error == 0 && size != whole) {
        error = crypt_part(ctx, 0, in + whole, out + whole, size - whole);
    }
    return error;
}

int mbedtls_gcm_update(mbedtls_gcm_context *ctx, const unsigned char *input, size_t input_length,
                       unsigned char *output, size_t output_size, size_t *output_length)
{
    if (output_size < input_length) {
        return MBEDTLS_ERR_GCM_BUFFER_TOO_SMALL;
    }
    *output_length = input_length;
    if (input_length == 0) {
        return 0; // there may be no pointers
    }
    if ((output > input && (size_t)(output - input) < input_length) ||
        input_length > SIZE_MAX_BYTES || ctx->size > SIZE_MAX_BYTES - input_length) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    if (ctx->size == 0 && ctx->ad_size % GCM_BLOCK != 0) {
        close_block(ctx);
    }
    return crypt_all(ctx, input, output, input_length);
}

int mbedtls_gcm_finish(mbedtls_gcm_context *ctx, unsigned char *output, size_t output_size,
                       size_t *output_length, unsigned char *tag, size_t tag_len)
{
    uint8_t lengths[GCM_BLOCK];

    (void)output; // nothing is held back by update
    (void)output_size;
    *output_length = 0;
    if (tag_len > GCM_BLOCK || tag_len < TAG_MIN) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    if ((ctx->size != 0 ? ctx->size : ctx->ad_size) % GCM_BLOCK != 0) {
        close_block(ctx);
    }
    put_64(lengths, ctx->ad_size * 8);
    put_64(lengths + 8, ctx->size * 8);
    gcm_blocks_hash(ctx, lengths, 1);
    for (size_t i = 0; i < tag_len; i++) {
        tag[i] = ctx->hash.sum[i] ^ ctx->mask[i];
    }
    return 0;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are Mbed TLS's
int mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *ctx, int mode, size_t length,
                              const unsigned char *iv, size_t iv_len, const unsigned char *add,
                              size_t add_len, const unsigned char *input, unsigned char *output,
                              size_t tag_len, unsigned char *tag)
{
    size_t unused;
    int error = mbedtls_gcm_starts(ctx, mode, iv, iv_len);

    if (error == 0) {
        error = mbedtls_gcm_update_ad(ctx, add, add_len);
    }
    if (error == 0) {
        error = mbedtls_gcm_update(ctx, input, length, output, length, &unused);
    }
    if (error == 0) {
        error = mbedtls_gcm_finish(ctx, NULL, 0, &unused, tag, tag_len);
    }
    return error;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are Mbed TLS's
int mbedtls_gcm_auth_decrypt(mbedtls_gcm_context *ctx, size_t length, const unsigned char *iv,
                             size_t iv_len, const unsigned char *add, size_t add_len,
                             const unsigned char *tag, size_t tag_len, const unsigned char *input,
                             unsigned char *output)
{
    uint8_t expected[GCM_BLOCK];
    int error = mbedtls_gcm_crypt_and_tag(ctx, MBEDTLS_GCM_DECRYPT, length, iv, iv_len, add,
                                          add_len, input, output, tag_len, expected);

    if (error == 0 && mbedtls_ct_memcmp(tag, expected, tag_len) != 0) {
        error = MBEDTLS_ERR_GCM_AUTH_FAILED;
    }
    if (error != 0 && length != 0) {
        mbedtls_platform_zeroize(output, length);
    }
    mbedtls_platform_zeroize(expected, sizeof(expected));
    return error;
}
