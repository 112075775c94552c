// SPDX-License-Identifier: BSD-3-Clause
//
// The blocks of GCM, for gcm_alt.c. gcm_blocks_armv8.c (OpenSSL's assembly where the core has the instructions, else gcm_portable.c)
// or gcm_blocks_host.c (gcm_portable.c) is it, by the list of sources.
//
// CT: time depends on the numbers of blocks alone (on the host as far as Mbed TLS's AES allows).
#ifndef GCM_BLOCKS_H
#define GCM_BLOCKS_H

#include <mbedtls/gcm.h>
#include <stddef.h>

#define GCM_BLOCK 16

// Prepares `gcm`, whose AES key is set and whose hash key H is in hash.key.
void gcm_blocks_begin(mbedtls_gcm_context *gcm);

// Adds whole blocks to the sum: for each, sum = (sum + block) * H.
void gcm_blocks_hash(mbedtls_gcm_context *gcm, const uint8_t *data, size_t blocks);

// En- or decrypts whole blocks, moves the counter on, and adds the ciphertext to the sum. `out` is `in`, or does not begin
// inside it.
void gcm_blocks_encrypt(mbedtls_gcm_context *gcm, const uint8_t *in, uint8_t *out, size_t blocks);
void gcm_blocks_decrypt(mbedtls_gcm_context *gcm, const uint8_t *in, uint8_t *out, size_t blocks);

// Counter of 32 bits: the standard's inc32
void gcm_portable_count(uint8_t counter[GCM_BLOCK]);

// The same without instructions for them.
void gcm_portable_hash(mbedtls_gcm_context *gcm, const uint8_t *data, size_t blocks);
void gcm_portable_encrypt(mbedtls_gcm_context *gcm, const uint8_t *in, uint8_t *out, size_t blocks);
void gcm_portable_decrypt(mbedtls_gcm_context *gcm, const uint8_t *in, uint8_t *out, size_t blocks);

#endif
