// SPDX-License-Identifier: BSD-3-Clause
//
// The record about what is in no image; contract and layout in critical_data.h.
#include "critical_data.h"

#include "string.h"

#define OFFSET_LIFECYCLE 0
#define OFFSET_CHAIN 4
#define OFFSET_ROOTS 8

_Static_assert(OFFSET_ROOTS + COT_ROOT_COUNT * CHAIN_ROOT_HASH_SIZE == CRITICAL_DATA_SIZE,
               "layout of the critical data");

static void put_le32(uint8_t *out, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++) {
        out[i] = (uint8_t)(value >> 8 * i);
    }
}

void critical_data_write(const struct chain *chain, uint8_t out[CRITICAL_DATA_SIZE])
{
    put_le32(out + OFFSET_LIFECYCLE, chain->policy->lifecycle);
    put_le32(out + OFFSET_CHAIN, chain->policy->chain);
    for (uint32_t root = 0; root < COT_ROOT_COUNT; root++) {
        memcpy(out + OFFSET_ROOTS + root * CHAIN_ROOT_HASH_SIZE, chain->root_used[root],
               CHAIN_ROOT_HASH_SIZE);
    }
}

int critical_data_measure(const struct chain *chain, struct event_log *log)
{
    uint8_t data[CRITICAL_DATA_SIZE];
    struct boot_digests digests;
    int result;

    critical_data_write(chain, data);
    result = boot_hash_make(data, sizeof(data), BOOT_HASH_BANKS, &digests);
    if (result == ERR_NONE) {
        result = event_log_add(log, CRITICAL_DATA_PCR, CRITICAL_DATA_EVENT, &digests);
    }
    return result;
}
