// SPDX-License-Identifier: BSD-3-Clause
//
// What tables.c and tables_detach.c share: descriptors, walks by software, the check of every range.
#ifndef TABLES_PRIVATE_H
#define TABLES_PRIVATE_H

#include "bits.h"
#include "tables.h"

#define LEVEL_FIRST 1
#define LEVEL_LAST 3
#define LEVEL_SHIFT(level) (39 - 9 * (level)) // 1: 1 GiB, 2: 2 MiB, 3: 4 KiB

#define DESC_VALID 1ull
#define DESC_BLOCK 1ull
#define DESC_TABLE 3ull // and a page at level 3
#define DESC_KIND 3ull
#define DESC_AF (1ull << 10)      // no access flag faults
#define DESC_SH_INNER (3ull << 8) // means nothing for Device memory
#define DESC_ADDRESS 0x0000fffffffff000ull

static inline uint64_t tables_pa_of(const struct tables *tables, const uint64_t *page)
{
    return (uint64_t)(uintptr_t)page + (uint64_t)tables->va_to_pa;
}

static inline uint64_t *tables_page_of(const struct tables *tables, uint64_t desc)
{
    return (uint64_t *)(uintptr_t)((desc & DESC_ADDRESS) - (uint64_t)tables->va_to_pa);
}

static inline unsigned int tables_index_of(uint64_t va, unsigned int level)
{
    return (unsigned int)(va >> LEVEL_SHIFT(level)) & (TABLES_ENTRIES - 1);
}

// A walk on another core may read the entry at any time: one 64-bit store
static inline void tables_entry_write(uint64_t *entry, uint64_t desc)
{
    *(volatile uint64_t *)entry = desc;
}

// Deepest existing entry for `va`, and its level.
static inline uint64_t *tables_entry_find(const struct tables *tables, uint64_t va,
                                          unsigned int *level)
{
    uint64_t *table = tables->root;

    *level = LEVEL_FIRST;
    for (;;) {
        uint64_t *entry = &table[tables_index_of(va, *level)];

        if (*level == LEVEL_LAST || (*entry & DESC_KIND) != DESC_TABLE) {
            return entry;
        }
        table = tables_page_of(tables, *entry);
        (*level)++;
    }
}

// What all range functions ask of their range. The upper range ends at 2^64, where va + size is 0:
// never computed.
static inline int tables_range_check(const struct tables *tables, uint64_t va, uint64_t size)
{
    uint64_t base = tables->upper ? ~0ull << TABLES_VA_BITS : 0;

    if (size == 0 || !IS_ALIGNED(va, PAGE_SIZE) || !IS_ALIGNED(size, PAGE_SIZE)) {
        return ERR_INVALID;
    }
    return range_inside(va, size, base, 1ull << TABLES_VA_BITS) ? ERR_NONE : ERR_RANGE;
}

#endif
