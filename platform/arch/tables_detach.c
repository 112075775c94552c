// SPDX-License-Identifier: BSD-3-Clause
//
// Whole parts of translation tables taken away at once; contracts in tables.h. What is detached is out of reach for walks
// that start later, but not for those on their way nor for what a core holds of earlier ones: the caller drops that before
// the pages are touched.
#include "tables_private.h"

void tables_clear(struct tables *tables)
{
    for (unsigned int i = 0; i < TABLES_ENTRIES; i++) {
        tables_entry_write(&tables->root[i], 0);
    }
}

int tables_detach(struct tables *tables, uint64_t va, uint64_t size,
                  struct tables_detached *detached)
{
    int result = tables_range_check(tables, va, size);
    unsigned int first = tables_index_of(va, LEVEL_FIRST);
    unsigned int count;

    if (result != ERR_NONE) {
        return result;
    }
    count = tables_index_of(va + size - 1, LEVEL_FIRST) - first + 1;
    if (count > TABLES_DETACH_MAX) {
        return ERR_RANGE;
    }
    *detached = (struct tables_detached){ .va = va, .size = size };
    for (unsigned int i = 0; i < count; i++) {
        uint64_t desc = tables->root[first + i];

        if ((desc & DESC_KIND) == DESC_TABLE) {
            detached->second[i] = tables_page_of(tables, desc);
        }
        tables_entry_write(&tables->root[first + i], 0);
    }
    return ERR_NONE;
}

// Clears a detached level 2 table, of which [va, va + size) is used, and gives back what is below it.
static void release_second(struct tables *tables, uint64_t *second, uint64_t va, uint64_t size)
{
    uint64_t left = size;

    while (left != 0) {
        uint64_t *entry = &second[tables_index_of(va, LEVEL_LAST - 1)];
        uint64_t span = 1ull << LEVEL_SHIFT(LEVEL_LAST - 1);
        uint64_t part = span - (va & (span - 1));

        part = part < left ? part : left;
        if ((*entry & DESC_KIND) == DESC_TABLE) {
            uint64_t *third = tables_page_of(tables, *entry);
            unsigned int first = tables_index_of(va, LEVEL_LAST);

            for (uint64_t i = 0; i < part >> PAGE_SHIFT; i++) {
                third[first + i] = 0;
            }
            tables->pool.free(tables->pool.ctx, third);
        }
        *entry = 0;
        va += part;
        left -= part;
    }
}

void tables_release(struct tables *tables, const struct tables_detached *detached)
{
    uint64_t va = detached->va;
    uint64_t left = detached->size;

    for (unsigned int i = 0; left != 0; i++) {
        uint64_t span = 1ull << LEVEL_SHIFT(LEVEL_FIRST);
        uint64_t part = span - (va & (span - 1));

        part = part < left ? part : left;
        if (detached->second[i] != NULL) {
            release_second(tables, detached->second[i], va, part);
            tables->pool.free(tables->pool.ctx, detached->second[i]);
        }
        va += part;
        left -= part;
    }
}
