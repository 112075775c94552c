// SPDX-License-Identifier: BSD-3-Clause
//
// The blocks of GCM on the host: portable. See gcm_blocks.h.
#include "gcm_blocks.h"

void gcm_blocks_begin(mbedtls_gcm_context *gcm)
{
    gcm->has_instructions = false;
}

void gcm_blocks_hash(mbedtls_gcm_context *gcm, const uint8_t *data, size_t blocks)
{
    gcm_portable_hash(gcm, data, blocks);
}

void gcm_blocks_encrypt(mbedtls_gcm_context *gcm, const uint8_t *in, uint8_t *out, size_t blocks)
{
    gcm_portable_encrypt(gcm, in, out, blocks);
}

void gcm_blocks_decrypt(mbedtls_gcm_context *gcm, const uint8_t *in, uint8_t *out, size_t blocks)
{
    gcm_portable_decrypt(gcm, in, out, blocks);
}
