// SPDX-License-Identifier: BSD-3-Clause
//
// In place of platform/arch/cache.h for the loader's tests (forced in before everything else): what was cleaned and
// invalidated is recorded, so that a test can ask for the order that real caches need.
#ifndef CACHE_H
#define CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

extern unsigned int fake_tlb_drops;

// Bytes cleaned, instruction cache invalidations, and how the other counters stood at the last one of each.
struct support_cache {
    size_t cleaned;
    unsigned int invalidations;
    unsigned int drops_at_clean;
    size_t cleaned_at_invalidation;
};
extern struct support_cache support_cache;

// Asked first, if they are not NULL (as after support_reset()); true: done, for addresses that the host does not have.
extern bool (*support_on_zero)(uintptr_t base, size_t size);
extern void (*support_on_clean)(uintptr_t base, size_t size);

static inline void cache_clean_range(uintptr_t base, size_t size)
{
    if (support_on_clean != NULL) {
        support_on_clean(base, size);
    }
    support_cache.cleaned += size;
    support_cache.drops_at_clean = fake_tlb_drops;
}

static inline void cache_zero_range(void *base, size_t size)
{
    if (support_on_zero == NULL || !support_on_zero((uintptr_t)base, size)) {
        memset(base, 0, size);
    }
}

static inline void icache_inv_all(void)
{
    support_cache.invalidations++;
    support_cache.cleaned_at_invalidation = support_cache.cleaned;
}

#endif
