// SPDX-License-Identifier: BSD-3-Clause
//
// The blocks of GCM in partitions: OpenSSL's assembly (aes-gcm-armv8_64, ghashv8-armx) where the core has the instructions for AES and
// for polynomial products of 64 bits, else the portable code. See gcm_blocks.h. The assembly has no landing pads: it is called
// directly only.
#include "gcm_blocks.h"

#include <sys/auxv.h>

#define HWCAP_PMULL (1ul << 4) // of Linux's arm64 ABI

// powers: of H, in the assembly's own form
void gcm_init_v8(uint64_t powers[16][2], const uint64_t key[2]);
void gcm_ghash_v8(uint8_t sum[GCM_BLOCK], const uint64_t powers[16][2], const uint8_t *data,
                  size_t size);

// Whole blocks, of which there is at least one: `bits` of them; each moves the counter on and adds the ciphertext to the sum.
// Returns the bytes done, which are all.
size_t aes_gcm_enc_128_kernel(const uint8_t *in, uint64_t bits, uint8_t *out, struct gcm_hash *hash,
                              uint8_t counter[GCM_BLOCK], const mbedtls_aes_context *aes);
size_t aes_gcm_enc_192_kernel(const uint8_t *in, uint64_t bits, uint8_t *out, struct gcm_hash *hash,
                              uint8_t counter[GCM_BLOCK], const mbedtls_aes_context *aes);
size_t aes_gcm_enc_256_kernel(const uint8_t *in, uint64_t bits, uint8_t *out, struct gcm_hash *hash,
                              uint8_t counter[GCM_BLOCK], const mbedtls_aes_context *aes);
size_t aes_gcm_dec_128_kernel(const uint8_t *in, uint64_t bits, uint8_t *out, struct gcm_hash *hash,
                              uint8_t counter[GCM_BLOCK], const mbedtls_aes_context *aes);
size_t aes_gcm_dec_192_kernel(const uint8_t *in, uint64_t bits, uint8_t *out, struct gcm_hash *hash,
                              uint8_t counter[GCM_BLOCK], const mbedtls_aes_context *aes);
size_t aes_gcm_dec_256_kernel(const uint8_t *in, uint64_t bits, uint8_t *out, struct gcm_hash *hash,
                              uint8_t counter[GCM_BLOCK], const mbedtls_aes_context *aes);

_Static_assert(offsetof(struct gcm_hash, powers) == 32 && sizeof(struct gcm_hash) == 32 + 256,
               "the kernels find the powers of H there");
_Static_assert(offsetof(mbedtls_aes_context, rounds) == 240, "OpenSSL's AES_KEY");

void gcm_blocks_begin(mbedtls_gcm_context *gcm)
{
    gcm->has_instructions =
        gcm->aes.has_instructions != 0 && (getauxval(AT_HWCAP) & HWCAP_PMULL) != 0;
    if (gcm->has_instructions) {
        gcm_init_v8(gcm->hash.powers, gcm->hash.key);
    }
}

void gcm_blocks_hash(mbedtls_gcm_context *gcm, const uint8_t *data, size_t blocks)
{
    if (!gcm->has_instructions) {
        gcm_portable_hash(gcm, data, blocks);
    } else if (blocks != 0) {
        gcm_ghash_v8(gcm->hash.sum, gcm->hash.powers, data, blocks * GCM_BLOCK);
    }
}

void gcm_blocks_encrypt(mbedtls_gcm_context *gcm, const uint8_t *in, uint8_t *out, size_t blocks)
{
    uint64_t bits = (uint64_t)blocks * GCM_BLOCK * 8;

    if (!gcm->has_instructions) {
        gcm_portable_encrypt(gcm, in, out, blocks);
    } else if (blocks == 0) {
        return;
    } else if (gcm->aes.rounds == 10) {
        (void)aes_gcm_enc_128_kernel(in, bits, out, &gcm->hash, gcm->counter, &gcm->aes);
    } else if (gcm->aes.rounds == 12) {
        (void)aes_gcm_enc_192_kernel(in, bits, out, &gcm->hash, gcm->counter, &gcm->aes);
    } else {
        (void)aes_gcm_enc_256_kernel(in, bits, out, &gcm->hash, gcm->counter, &gcm->aes);
    }
}

void gcm_blocks_decrypt(mbedtls_gcm_context *gcm, const uint8_t *in, uint8_t *out, size_t blocks)
{
    uint64_t bits = (uint64_t)blocks * GCM_BLOCK * 8;

    if (!gcm->has_instructions) {
        gcm_portable_decrypt(gcm, in, out, blocks);
    } else if (blocks == 0) {
        return;
    } else if (gcm->aes.rounds == 10) {
        (void)aes_gcm_dec_128_kernel(in, bits, out, &gcm->hash, gcm->counter, &gcm->aes);
    } else if (gcm->aes.rounds == 12) {
        (void)aes_gcm_dec_192_kernel(in, bits, out, &gcm->hash, gcm->counter, &gcm->aes);
    } else {
        (void)aes_gcm_dec_256_kernel(in, bits, out, &gcm->hash, gcm->counter, &gcm->aes);
    }
}
