// SPDX-License-Identifier: BSD-3-Clause
//
// Many blocks of SHA-2 at once, for boot_hash.c: where the boot images bring their own block functions (sha_armv8.c) these get
// them in one call, which saves a third of SHA-256 and a tenth of SHA-512; elsewhere it is Mbed TLS's update.
#ifndef SHA_BULK_H
#define SHA_BULK_H

#include <stddef.h>
#include <stdint.h>

#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

#ifdef MBEDTLS_SHA256_PROCESS_ALT

// As mbedtls_sha256_update() and mbedtls_sha512_update(), which they leave to do what is not whole blocks. 0 or an error of
// Mbed TLS.
int sha_bulk_256(mbedtls_sha256_context *sha, const uint8_t *data, size_t size);
int sha_bulk_512(mbedtls_sha512_context *sha, const uint8_t *data, size_t size);

#else

static inline int sha_bulk_256(mbedtls_sha256_context *sha, const uint8_t *data, size_t size)
{
    return mbedtls_sha256_update(sha, data, size);
}

static inline int sha_bulk_512(mbedtls_sha512_context *sha, const uint8_t *data, size_t size)
{
    return mbedtls_sha512_update(sha, data, size);
}

#endif

#endif
