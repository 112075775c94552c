// SPDX-License-Identifier: BSD-3-Clause
//
// Poly1305 of Mbed TLS in partitions (MBEDTLS_POLY1305_ALT): its context. Included by mbedtls/poly1305.h. The functions are in
// poly1305_alt.c.
#ifndef POLY1305_ALT_H
#define POLY1305_ALT_H

#include <stddef.h>
#include <stdint.h>

#define POLY1305_ALT_BLOCK 16

typedef struct mbedtls_poly1305_context {
    uint64_t state[24];               // OpenSSL's assembly alone knows what is in it
    uint32_t pad[4];                  // second half of the key
    uint8_t rest[POLY1305_ALT_BLOCK]; // of a block that is not complete
    size_t size;                      // of it
} mbedtls_poly1305_context;

#endif
