// SPDX-License-Identifier: BSD-3-Clause
//
// Answer to TS_RPC_OP_CAPABILITIES, which each service of Tessera's partitions has (Tessera's own, beside Trusted Services'
// operations): what it can do, so that a client need not try. A struct ts_caps, then `entry_count` entries in ascending order of
// id, then of value. Little-endian, any alignment. An id that a client does not know it skips.
#ifndef TS_CAPS_H
#define TS_CAPS_H

#include <stdint.h>

#define TS_CAPS_VERSION 1

struct ts_caps {
    uint32_t version;         // TS_CAPS_VERSION; fields are only ever added behind
    uint32_t service_version; // major << 16 | minor of the API: PSA Crypto 1.2: 0x00010002
    uint32_t request_max;     // bytes of the largest request and response
    uint32_t response_max;
    uint32_t entry_count;
};
_Static_assert(sizeof(struct ts_caps) == 20, "capabilities");

struct ts_caps_entry {
    uint32_t id;
    uint32_t value;
};
_Static_assert(sizeof(struct ts_caps_entry) == 8, "capability");

// crypto: numbers, then lists (an entry for each)
#define TS_CAPS_CRYPTO_KEYS 0x100            // volatile keys of one endpoint at once
#define TS_CAPS_CRYPTO_PERSISTENT_KEYS 0x101 // of one endpoint
#define TS_CAPS_CRYPTO_OPERATIONS 0x102      // multi-part operations of one endpoint at once
#define TS_CAPS_CRYPTO_ALGORITHM \
    0x180 // psa_algorithm_t; of a family with the wildcard PSA_ALG_ANY_HASH
#define TS_CAPS_CRYPTO_KEY_TYPE 0x181 // psa_key_type_t << 16 | bits; bits 0: any that the type has

// storage
#define TS_CAPS_STORAGE_ASSET_SIZE 0x200 // bytes of the largest asset
#define TS_CAPS_STORAGE_ASSETS 0x201     // assets of one endpoint
#define TS_CAPS_STORAGE_BYTES 0x202      // bytes of all assets of one endpoint
#define TS_CAPS_STORAGE_FREE_BYTES 0x203 // that this endpoint can still store
#define TS_CAPS_STORAGE_ROLLBACK 0x204   // 0: none; 1: counter in use; 2: counter used up
#define TS_CAPS_STORAGE_BLOCKS 0x210     // of flash
#define TS_CAPS_STORAGE_ERASES_MIN 0x211 // of the least and of the most worn block
#define TS_CAPS_STORAGE_ERASES_MAX 0x212
#define TS_CAPS_STORAGE_ASKED \
    0x213 // bytes that clients asked to write since the mount, modulo 2^32
#define TS_CAPS_STORAGE_WRITTEN 0x214 // bytes programmed since the mount, modulo 2^32
#define TS_CAPS_STORAGE_DAMAGED 0x215 // records that were lost to damage, found since the mount

// attest
#define TS_CAPS_ATTEST_CHALLENGE 0x300 // bytes that a challenge may have: one entry for each
#define TS_CAPS_ATTEST_PROFILE 0x301   // of the tokens: 1: PSA_IOT_PROFILE_1, 2: RFC 9783
#define TS_CAPS_ATTEST_COMPONENTS \
    0x302 // measured images that each token lists; 0: it refuses to attest

#endif
