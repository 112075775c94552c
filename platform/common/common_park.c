// SPDX-License-Identifier: BSD-3-Clause
//
// Mailbox of parked cores; contracts in common_park.h. The parked core reads with its MMU and
// caches off, straight from memory, so every write is cleaned to the point of coherency before the
// core can look.
#include "common_park.h"

#include "bits.h"
#include "board.h"
#include "cache.h"
#include "gic.h"
#include "platform.h"

static volatile uint64_t *mailbox(uint32_t index)
{
    return (volatile uint64_t *)(uintptr_t)(PARK_BASE + (uint64_t)index * CACHE_LINE_MAX);
}

void common_park_clear(void)
{
    for (uint32_t i = 0; i < board.core_max; i++) {
        *mailbox(i) = 0;
    }
    cache_clean_range(PARK_BASE, board.core_max * CACHE_LINE_MAX);
}

int common_park_release(uint32_t index, uint64_t entry)
{
    if (index >= board.core_max || entry == 0) {
        return ERR_INVALID;
    }
    *mailbox(index) = entry;
    // Drop the line too: the core's own write of 0 goes past the caches, and a stale copy here must
    // not come back
    cache_clean_inv_range((uintptr_t)mailbox(index), CACHE_LINE_MAX);
    gic_send_sgi(index, PARK_SGI);
    return ERR_NONE;
}
