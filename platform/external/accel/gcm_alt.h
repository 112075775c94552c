// SPDX-License-Identifier: BSD-3-Clause
//
// GCM of Mbed TLS in partitions (MBEDTLS_GCM_ALT): its context. Included by mbedtls/gcm.h. The functions are in gcm_alt.c, blocks are
// crypted and hashed by gcm_blocks.h.
#ifndef GCM_ALT_H
#define GCM_ALT_H

#include <mbedtls/aes.h>
#include <stdbool.h>
#include <stdint.h>

// OpenSSL's assembly reads this: sum, then what is made of the hash key, 32 bytes behind the sum.
struct gcm_hash {
    uint8_t sum
        [16]; // of the blocks so far; bytes of one that is not complete are in it, not multiplied yet
    uint64_t key[2]; // H, most significant half first
    uint64_t powers[16][2];
};

typedef struct mbedtls_gcm_context {
    struct gcm_hash hash;
    mbedtls_aes_context aes;
    uint8_t counter[16]; // of the next block
    uint8_t mask[16];    // of the tag
    uint8_t stream[16];  // of a block that is not complete
    uint64_t ad_size;
    uint64_t size;
    int mode;
    bool has_instructions; // AES and polynomial multiplication
} mbedtls_gcm_context;

#endif
