// SPDX-License-Identifier: BSD-3-Clause
//
// ChaCha20 of Mbed TLS in partitions (MBEDTLS_CHACHA20_ALT): its context. Included by mbedtls/chacha20.h. The functions are in
// chacha20_alt.c.
#ifndef CHACHA20_ALT_H
#define CHACHA20_ALT_H

#include <stddef.h>
#include <stdint.h>

#define CHACHA20_ALT_BLOCK 64

typedef struct mbedtls_chacha20_context {
    uint32_t key[8];
    uint32_t counter[4];                // of the next block, then the nonce (RFC 8439 2.3)
    uint8_t stream[CHACHA20_ALT_BLOCK]; // of the last block that was not used up
    size_t used;                        // of it
} mbedtls_chacha20_context;

#endif
