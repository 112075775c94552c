// SPDX-License-Identifier: BSD-3-Clause
//
// The hashes of the boot chain: what certificates name, what the event log records. BL1, BL2 and
// fip-tool. One pass over the bytes makes every digest that is wanted. Instructions for SHA-2 are used
// where the core has them (read from its ID registers once); else Mbed TLS's C. Pure: no state, no
// heap.
#ifndef BOOT_HASH_H
#define BOOT_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"

enum boot_hash { BOOT_SHA256, BOOT_SHA384, BOOT_SHA512, BOOT_HASH_COUNT };
#define BOOT_HASH_MAX 64 // bytes of the longest
#define BOOT_HASH_BIT(hash) (1u << (hash))
// The banks of the event log
#define BOOT_HASH_BANKS (BOOT_HASH_BIT(BOOT_SHA256) | BOOT_HASH_BIT(BOOT_SHA384))

// What is known about a hash; one row each.
struct boot_hash_info {
    const char *name; // "SHA-256"
    uint16_t tcg_id;  // TPM_ALG_ID: 0x000b, 0x000c, 0x000d
    uint8_t size;     // bytes of a digest
    uint8_t oid_size;
    uint8_t oid[9]; // contents of the DER OBJECT IDENTIFIER, 2.16.840.1.101.3.4.2.x
};

// The row of a hash < BOOT_HASH_COUNT. Constant data, never NULL.
const struct boot_hash_info *boot_hash_info(enum boot_hash hash);

// Digests of one piece of data.
struct boot_digests {
    uint32_t have; // BOOT_HASH_BITs
    uint8_t value[BOOT_HASH_COUNT][BOOT_HASH_MAX];
};

// Computes the digests in `want` (BOOT_HASH_BITs, not 0) of the `size` bytes at `data`, going through
// them once in pieces that stay in the cache for the second hash. `out` is complete on success and all
// zero on failure. ERR_INVALID: nothing or an unknown hash wanted; ERR_IO: the library failed.
MUST_CHECK int boot_hash_make(const void *data, size_t size, uint32_t want,
                              struct boot_digests *out);

// HMAC-SHA-256 (RFC 2104) of `size` bytes with a key of `key_size` (1 … 64) bytes. ERR_INVALID: key
// size; ERR_IO: the library failed. CT: no branch or address depends on key or data. What it needed is
// wiped.
MUST_CHECK int boot_hmac_sha256(const uint8_t *key, size_t key_size, const void *data, size_t size,
                                uint8_t out[32]);

#endif
