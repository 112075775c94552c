// SPDX-License-Identifier: BSD-3-Clause
//
// Host stand-in for platform/arch/cache.h: the host's caches are coherent, so only zeroing does
// something.
#ifndef CACHE_H
#define CACHE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline void cache_clean_range(uintptr_t base, size_t size)
{
    (void)base;
    (void)size;
}

static inline void cache_clean_inv_range(uintptr_t base, size_t size)
{
    (void)base;
    (void)size;
}

static inline void cache_inv_range(uintptr_t base, size_t size)
{
    (void)base;
    (void)size;
}

static inline void icache_inv_all(void)
{
}

static inline void cache_zero_range(void *base, size_t size)
{
    memset(base, 0, size);
}

#endif
