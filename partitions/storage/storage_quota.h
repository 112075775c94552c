// SPDX-License-Identifier: BSD-3-Clause
//
// Who may store how much. The normal world has its room, each partition has its own, and beyond that partitions share a pool;
// all of that together is less than the flash holds. So nobody takes another's, and the normal world takes nothing of the
// partitions'. Called by storage_service.c.
#ifndef STORAGE_QUOTA_H
#define STORAGE_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

// Assets, and bytes (capacities, summed) of both services together
#define STORAGE_ASSETS_NWD 256
#define STORAGE_BYTES_NWD 0x120000
#define STORAGE_SPS_MAX 8 // partitions that there can be, this one included
#define STORAGE_ASSETS_SP 32
#define STORAGE_BYTES_SP 0x8000
#define STORAGE_ASSETS_POOL 160
#define STORAGE_BYTES_POOL 0xa0000
#define STORAGE_ASSETS_ALL \
    (STORAGE_ASSETS_NWD + (STORAGE_SPS_MAX - 1) * STORAGE_ASSETS_SP + STORAGE_ASSETS_POOL)
#define STORAGE_BYTES_ALL \
    (STORAGE_BYTES_NWD + (STORAGE_SPS_MAX - 1) * STORAGE_BYTES_SP + STORAGE_BYTES_POOL)

struct storage_quota {
    uint32_t assets;
    uint32_t bytes;
};

// What `endpoint` (FF-A id) may store altogether, as much of the pool as others leave included. Zeros: nothing.
struct storage_quota storage_quota_of(uint16_t endpoint);

// Whether `endpoint` may have an asset of `capacity` bytes in the place of one of `old` bytes (`exists`), or beside what it has.
bool storage_quota_has_room(uint16_t endpoint, uint64_t capacity, bool exists, uint32_t old);

#endif
