// SPDX-License-Identifier: BSD-3-Clause
//
// See storage_quota.h. Counts nothing itself: storage_log.h knows who has what.
#include "storage_quota.h"

#include "ffa_abi.h"
#include "storage_log.h"

static bool is_sp(uint16_t endpoint)
{
    return endpoint >= FFA_ID_SP_FIRST && endpoint < FFA_ID_SP_FIRST + STORAGE_SPS_MAX;
}

static uint32_t beyond(uint32_t used, uint32_t own)
{
    return used > own ? used - own : 0;
}

// What partitions other than `endpoint` leave of the pool.
static struct storage_quota pool_left(uint16_t endpoint)
{
    struct storage_quota left = { STORAGE_ASSETS_POOL, STORAGE_BYTES_POOL };

    for (uint16_t i = 0; i < STORAGE_SPS_MAX; i++) {
        uint16_t other = (uint16_t)(FFA_ID_SP_FIRST + i);
        struct storage_usage usage = { 0 };

        if (other != endpoint) {
            storage_log_usage(other, &usage);
        }
        left.assets = beyond(left.assets, beyond(usage.assets, STORAGE_ASSETS_SP));
        left.bytes = beyond(left.bytes, beyond(usage.bytes, STORAGE_BYTES_SP));
    }
    return left;
}

struct storage_quota storage_quota_of(uint16_t endpoint)
{
    // Nothing for virtual machines: the SPMC lets none call
    struct storage_quota quota = { 0, 0 };

    if (endpoint == FFA_ID_NWD) {
        quota = (struct storage_quota){ STORAGE_ASSETS_NWD, STORAGE_BYTES_NWD };
    } else if (is_sp(endpoint)) {
        quota = pool_left(endpoint);
        quota.assets += STORAGE_ASSETS_SP;
        quota.bytes += STORAGE_BYTES_SP;
    }
    return quota;
}

static bool fits(const struct storage_quota *quota, uint32_t assets, uint32_t bytes,
                 uint64_t capacity)
{
    return capacity <= STORAGE_ASSET_MAX && assets < quota->assets && bytes <= quota->bytes &&
           capacity <= quota->bytes - bytes;
}

bool storage_quota_has_room(uint16_t endpoint, uint64_t capacity, bool exists, uint32_t old)
{
    const struct storage_quota own = { STORAGE_ASSETS_SP, STORAGE_BYTES_SP };
    struct storage_quota quota;
    struct storage_usage usage;

    storage_log_usage(endpoint, &usage);
    uint32_t assets = exists && usage.assets > 0 ? usage.assets - 1 : usage.assets;
    uint32_t bytes = beyond(usage.bytes, old);

    if (is_sp(endpoint) && fits(&own, assets, bytes, capacity)) {
        return true; // whatever others have: they need not be counted
    }
    quota = storage_quota_of(endpoint);
    return fits(&quota, assets, bytes, capacity);
}
