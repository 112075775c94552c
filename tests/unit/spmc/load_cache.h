// SPDX-License-Identifier: BSD-3-Clause
//
// In place of platform/arch/cache.h for the loader's tests (forced in before everything else): what was cleaned and
// invalidated is recorded, so that a test can ask for the order that real caches need.
#ifndef CACHE_H
#define CACHE_H

#include <stddef.h>
#include <stdint.h>

extern unsigned int fake_tlb_drops;

// Bytes cleaned, instruction cache invalidations, and how the other counters stood at the last one of each.
struct support_cache {
    size_t cleaned;
    unsigned int invalidations;
    unsigned int drops_at_clean;
    size_t cleaned_at_invalidation;
};
extern struct support_cache support_cache;

static inline void cache_clean_range(uintptr_t base, size_t size)
{
    (void)base;
    support_cache.cleaned += size;
    support_cache.drops_at_clean = fake_tlb_drops;
}

static inline void icache_inv_all(void)
{
    support_cache.invalidations++;
    support_cache.cleaned_at_invalidation = support_cache.cleaned;
}

#endif
