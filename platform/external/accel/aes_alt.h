// SPDX-License-Identifier: BSD-3-Clause
//
// AES of Mbed TLS in partitions (MBEDTLS_AES_ALT): its context. Included by mbedtls/aes.h. The functions are in aes_alt.c.
#ifndef AES_ALT_H
#define AES_ALT_H

#include <stdint.h>

#define AES_ALT_ROUND_KEYS 60 // words of AES-256's 15

// The first two fields are OpenSSL's AES_KEY: its assembly reads them.
typedef struct mbedtls_aes_context {
    uint32_t round_keys[AES_ALT_ROUND_KEYS]; // in the form of the code that made them
    uint32_t rounds;
    uint32_t has_instructions; // made by and for the AES instructions, else for vector permutations
} mbedtls_aes_context;

#endif
