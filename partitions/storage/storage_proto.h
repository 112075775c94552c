// SPDX-License-Identifier: BSD-3-Clause
//
// Wire format of the storage services, PSA Internal Trusted Storage and PSA Protected Storage (Trusted Services' encoding, the same
// for both): operations, fixed parts of requests and responses. Little-endian, without padding, at any alignment (copy them).
// Shared by the partition and ffa/client. The services' UUIDs are TS_ITS_UUID and TS_PS_UUID (ts_rpc_abi.h).
#ifndef STORAGE_PROTO_H
#define STORAGE_PROTO_H

#include <stdint.h>

// Operation and, behind the first //, the request: fixed part, then bytes to its end; behind the second, the response if it has a
// body. Bytes of a request behind what its lengths say are ignored.
#define STORAGE_SET 0x100      // storage_set, data
#define STORAGE_GET 0x101      // storage_get            // data, at most as the shared memory takes
#define STORAGE_GET_INFO 0x102 // storage_uid            // storage_asset_info
#define STORAGE_REMOVE 0x103   // storage_uid
#define STORAGE_CREATE 0x104   // storage_create; PS only
#define STORAGE_SET_EXTENDED 0x105 // storage_get, data; PS only
#define STORAGE_GET_SUPPORT 0x106  //                        // u32: STORAGE_SUPPORT_*

#define STORAGE_SUPPORT_SET_EXTENDED 1

// Flags of an asset
#define STORAGE_FLAG_WRITE_ONCE 1 // never written nor removed again
#define STORAGE_FLAG_NO_CONFIDENTIALITY 2
#define STORAGE_FLAG_NO_REPLAY_PROTECTION 4

#define STORAGE_DATA_MAX 0x10000 // bytes of an asset

struct storage_set {
    uint64_t uid;
    uint64_t size; // of the data
    uint32_t flags;
} __attribute__((packed));
_Static_assert(sizeof(struct storage_set) == 20, "set");

// Also of SET_EXTENDED
struct storage_get {
    uint64_t uid;
    uint64_t offset;
    uint64_t size;
} __attribute__((packed));
_Static_assert(sizeof(struct storage_get) == 24, "get");

struct storage_uid {
    uint64_t uid;
} __attribute__((packed));
_Static_assert(sizeof(struct storage_uid) == 8, "uid");

struct storage_asset_info {
    uint64_t capacity;
    uint64_t size;
    uint32_t flags;
} __attribute__((packed));
_Static_assert(sizeof(struct storage_asset_info) == 20, "info");

struct storage_create {
    uint64_t uid;
    uint64_t capacity;
    uint32_t flags;
} __attribute__((packed));
_Static_assert(sizeof(struct storage_create) == 20, "create");

// Service status: psa_status_t. What each operation can give is in PSA Secure Storage 1.0; beside that
// STORAGE_ERROR_DATA_CORRUPT comes from ITS, too, which the specification gives no code for a damaged asset
#define STORAGE_SUCCESS 0
#define STORAGE_ERROR_GENERIC_ERROR (-132)
#define STORAGE_ERROR_NOT_PERMITTED (-133)    // the asset was written with WRITE_ONCE
#define STORAGE_ERROR_NOT_SUPPORTED (-134)    // a flag, or the operation
#define STORAGE_ERROR_INVALID_ARGUMENT (-135) // uid 0, offset or size
#define STORAGE_ERROR_ALREADY_EXISTS (-139)   // CREATE
#define STORAGE_ERROR_DOES_NOT_EXIST (-140)   // no such asset of this client
#define STORAGE_ERROR_INSUFFICIENT_STORAGE \
    (-142)                                   // larger than any asset, quota used up, or flash full
#define STORAGE_ERROR_STORAGE_FAILURE (-146) // the flash or the rollback counter fails
#define STORAGE_ERROR_INVALID_SIGNATURE \
    (-149) // PS: the whole store is not what was written last: replayed, replaced, destroyed
#define STORAGE_ERROR_DATA_CORRUPT \
    (-152) // the asset is damaged: set it anew or remove it. ITS: the store, too

#endif
