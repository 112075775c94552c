// SPDX-License-Identifier: BSD-3-Clause
//
// Translation tables as data; contracts in tables.h. All walks are loops over at most three levels;
// every change is planned on the unchanged tables first, so that the part which writes cannot fail.
#include "tables.h"

#include "barrier.h"
#include "bits.h"

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

void *tables_fixed_alloc(void *ctx)
{
    struct tables_fixed *fixed = ctx;
    uint64_t *page;

    if (fixed->used == fixed->count) {
        return NULL;
    }
    page = fixed->pages[fixed->used++];
    for (unsigned int i = 0; i < TABLES_ENTRIES; i++) {
        page[i] = 0;
        compiler_barrier(); // not a call of memset: this runs with the MMU off
    }
    return page;
}

static uint64_t pa_of(const struct tables *tables, const uint64_t *page)
{
    return (uint64_t)(uintptr_t)page + (uint64_t)tables->va_to_pa;
}

static uint64_t *page_of(const struct tables *tables, uint64_t desc)
{
    return (uint64_t *)(uintptr_t)((desc & DESC_ADDRESS) - (uint64_t)tables->va_to_pa);
}

static unsigned int index_of(uint64_t va, unsigned int level)
{
    return (unsigned int)(va >> LEVEL_SHIFT(level)) & (TABLES_ENTRIES - 1);
}

// A walk on another core may read the entry at any time: one 64-bit store
static void entry_write(uint64_t *entry, uint64_t desc)
{
    *(volatile uint64_t *)entry = desc;
}

// Deepest existing entry for `va`, and its level.
static uint64_t *entry_find(const struct tables *tables, uint64_t va, unsigned int *level)
{
    uint64_t *table = tables->root;

    *level = LEVEL_FIRST;
    for (;;) {
        uint64_t *entry = &table[index_of(va, *level)];

        if (*level == LEVEL_LAST || (*entry & DESC_KIND) != DESC_TABLE) {
            return entry;
        }
        table = page_of(tables, *entry);
        (*level)++;
    }
}

int tables_init(struct tables *tables)
{
    uint64_t *root = tables->pool.alloc(tables->pool.ctx);

    if (root == NULL) {
        return ERR_NO_MEMORY;
    }
    tables->root = root;
    return ERR_NONE;
}

void tables_destroy(struct tables *tables)
{
    for (unsigned int i = 0; i < TABLES_ENTRIES; i++) {
        uint64_t *second;

        if ((tables->root[i] & DESC_KIND) != DESC_TABLE) {
            continue;
        }
        second = page_of(tables, tables->root[i]);
        for (unsigned int j = 0; j < TABLES_ENTRIES; j++) {
            if ((second[j] & DESC_KIND) == DESC_TABLE) {
                tables->pool.free(tables->pool.ctx, page_of(tables, second[j]));
            }
        }
        tables->pool.free(tables->pool.ctx, second);
    }
    tables->pool.free(tables->pool.ctx, tables->root);
    tables->root = NULL;
}

uint64_t tables_root_pa(const struct tables *tables)
{
    return pa_of(tables, tables->root);
}

// What all range functions ask of their range. The upper range ends at 2^64, where va + size is 0:
// never computed.
static int range_check(const struct tables *tables, uint64_t va, uint64_t size)
{
    uint64_t base = tables->upper ? ~0ull << TABLES_VA_BITS : 0;

    if (size == 0 || !IS_ALIGNED(va, PAGE_SIZE) || !IS_ALIGNED(size, PAGE_SIZE)) {
        return ERR_INVALID;
    }
    return range_inside(va, size, base, 1ull << TABLES_VA_BITS) ? ERR_NONE : ERR_RANGE;
}

// Only known bits, and never writable and executable. What EL0 can write, EL1 cannot execute in any
// case (DDI0487 D8.4.1), so there PXN may be missing: EL3 tables, where it is RES0, always have
// that bit set.
static bool attrs_valid(uint64_t attrs)
{
    bool executable =
        (attrs & TABLES_UXN) == 0 || ((attrs & TABLES_PXN) == 0 && (attrs & TABLES_USER) == 0);

    return (attrs & ~TABLES_ATTRS) == 0 && (attrs & TABLES_TYPE) <= TABLES_NC &&
           ((attrs & TABLES_RO) != 0 || !executable);
}

static uint64_t leaf_make(uint64_t pa, uint64_t attrs, unsigned int level)
{
    uint64_t shareability = (attrs & TABLES_TYPE) == TABLES_DEVICE ? 0 : DESC_SH_INNER;

    return pa | (attrs & TABLES_ATTRS) | DESC_AF | shareability |
           (level == LEVEL_LAST ? DESC_TABLE : DESC_BLOCK);
}

// First level from `level` on at which one entry may map what starts here.
static unsigned int leaf_level(unsigned int level, uint64_t addresses, uint64_t size,
                               uint64_t attrs)
{
    if ((attrs & TABLES_PAGES) != 0) {
        return LEVEL_LAST;
    }
    while (level < LEVEL_LAST && (!IS_ALIGNED(addresses, 1ull << LEVEL_SHIFT(level)) ||
                                  size >> LEVEL_SHIFT(level) == 0)) {
        level++;
    }
    return level;
}

// How many entries from `va` on lie in the same table of `level` and are needed for `size` bytes.
static size_t run_length(uint64_t va, uint64_t size, unsigned int level)
{
    uint64_t wanted = size >> LEVEL_SHIFT(level);
    size_t left = TABLES_ENTRIES - index_of(va, level);

    return wanted < left ? (size_t)wanted : left;
}

// How many of `count` entries are free, up to the first link to a lower table, which the caller
// walks down on its own. 0: there is a mapping among them.
static size_t free_length(const uint64_t *entry, size_t count, unsigned int level)
{
    for (size_t i = 0; i < count; i++) {
        if ((entry[i] & DESC_VALID) != 0) {
            return level != LEVEL_LAST && (entry[i] & DESC_KIND) == DESC_TABLE ? i : 0;
        }
    }
    return count;
}

// Counts the table pages that mapping needs. The last table counted at each level is remembered,
// because on the unchanged tables the next step does not find it.
static int map_plan(const struct tables *tables, uint64_t va, uint64_t pa, uint64_t size,
                    uint64_t attrs, size_t *page_count)
{
    uint64_t counted[LEVEL_LAST] = { ~0ull, ~0ull, ~0ull };

    *page_count = 0;
    while (size != 0) {
        unsigned int level;
        const uint64_t *entry = entry_find(tables, va, &level);
        unsigned int leaf = leaf_level(level, va | pa, size, attrs);
        size_t run = run_length(va, size, leaf);

        if ((*entry & DESC_VALID) != 0) {
            return ERR_DUPLICATE;
        }
        if (level == leaf) {
            run = free_length(entry, run, level);
        }
        if (run == 0) {
            return ERR_DUPLICATE;
        }
        for (; level < leaf; level++) { // tables that are not there yet are empty all through
            if (counted[level] != va >> LEVEL_SHIFT(level)) {
                counted[level] = va >> LEVEL_SHIFT(level);
                (*page_count)++;
            }
        }
        va += (uint64_t)run << LEVEL_SHIFT(leaf);
        pa += (uint64_t)run << LEVEL_SHIFT(leaf);
        size -= (uint64_t)run << LEVEL_SHIFT(leaf);
    }
    return ERR_NONE;
}

// Takes pages out of the pool, chained through their first word, NULL at the end. False: too few,
// all went back.
static bool pages_reserve(struct tables *tables, size_t count, uint64_t **chain)
{
    uint64_t *first = NULL;

    while (count-- != 0) {
        uint64_t *page = tables->pool.alloc(tables->pool.ctx);

        if (page == NULL) {
            break;
        }
        page[0] = (uint64_t)(uintptr_t)first;
        first = page;
    }
    *chain = first;
    if (count == SIZE_MAX) {
        return true;
    }
    while (first != NULL && tables->pool.free != NULL) {
        uint64_t *next = (uint64_t *)(uintptr_t)first[0];

        tables->pool.free(tables->pool.ctx, first);
        first = next;
    }
    return false;
}

static void map_commit(struct tables *tables, uint64_t va, uint64_t pa, uint64_t size,
                       uint64_t attrs, uint64_t *chain)
{
    while (size != 0) {
        unsigned int level;
        uint64_t *entry = entry_find(tables, va, &level);
        unsigned int leaf = leaf_level(level, va | pa, size, attrs);
        size_t run;

        for (; level < leaf; level++) {
            uint64_t *page = chain;

            chain = (uint64_t *)(uintptr_t)page[0];
            page[0] = 0;
            dsb_ishst(); // a walk that sees the link below must see the zeroes of the page
            entry_write(entry, pa_of(tables, page) | DESC_TABLE);
            entry = &page[index_of(va, level + 1)];
        }
        run = run_length(va, size, leaf);
        if (leaf != LEVEL_LAST) {
            run = free_length(entry, run, leaf);
        }
        for (size_t i = 0; i < run; i++) {
            entry_write(&entry[i], leaf_make(pa, attrs, leaf));
            pa += 1ull << LEVEL_SHIFT(leaf);
        }
        va += (uint64_t)run << LEVEL_SHIFT(leaf);
        size -= (uint64_t)run << LEVEL_SHIFT(leaf);
    }
    // Nothing invalid is ever held in a TLB, so making the stores visible to walks is enough
    // (DDI0487 D8.14)
    dsb_ishst();
    isb();
}

int tables_map(struct tables *tables, uint64_t va, uint64_t pa, uint64_t size, uint64_t attrs)
{
    size_t page_count;
    uint64_t *chain;
    int result = range_check(tables, va, size);

    if (result != ERR_NONE) {
        return result;
    }
    if (!IS_ALIGNED(pa, PAGE_SIZE) || !attrs_valid(attrs & ~TABLES_PAGES)) {
        return ERR_INVALID;
    }
    if (!range_inside(pa, size, 0, 1ull << TABLES_PA_BITS)) {
        return ERR_RANGE;
    }
    result = map_plan(tables, va, pa, size, attrs, &page_count);
    if (result != ERR_NONE) {
        return result;
    }
    if (!pages_reserve(tables, page_count, &chain)) {
        return ERR_NO_MEMORY;
    }
    map_commit(tables, va, pa, size, attrs, chain);
    return ERR_NONE;
}

// Whether all of the range is mapped by entries that lie fully inside it and have the same `fixed`
// bits as `attrs`.
static int mapped_check(const struct tables *tables, uint64_t va, uint64_t size, uint64_t attrs,
                        uint64_t fixed)
{
    while (size != 0) {
        unsigned int level;
        uint64_t desc = *entry_find(tables, va, &level);
        uint64_t span = 1ull << LEVEL_SHIFT(level);

        if ((desc & DESC_VALID) == 0) {
            return ERR_NOT_FOUND;
        }
        if (!IS_ALIGNED(va, span) || size < span) {
            return ERR_DENIED;
        }
        if (((desc ^ attrs) & fixed) != 0) {
            return ERR_INVALID;
        }
        va += span;
        size -= span;
    }
    return ERR_NONE;
}

int tables_unmap(struct tables *tables, uint64_t va, uint64_t size)
{
    int result = range_check(tables, va, size);

    if (result == ERR_NONE) {
        result = mapped_check(tables, va, size, 0, 0);
    }
    if (result != ERR_NONE) {
        return result;
    }
    while (size != 0) {
        unsigned int level;
        uint64_t *entry = entry_find(tables, va, &level);

        entry_write(entry, 0);
        va += 1ull << LEVEL_SHIFT(level);
        size -= 1ull << LEVEL_SHIFT(level);
    }
    return ERR_NONE;
}

int tables_set(struct tables *tables, uint64_t va, uint64_t size, uint64_t attrs)
{
    int result = range_check(tables, va, size);

    if (result == ERR_NONE) {
        result = attrs_valid(attrs) ? ERR_NONE : ERR_INVALID;
    }
    if (result == ERR_NONE) {
        result = mapped_check(tables, va, size, attrs, TABLES_ATTRS & ~TABLES_PERMISSIONS);
    }
    if (result != ERR_NONE) {
        return result;
    }
    while (size != 0) {
        unsigned int level;
        uint64_t *entry = entry_find(tables, va, &level);

        entry_write(entry, leaf_make(*entry & DESC_ADDRESS, attrs, level));
        va += 1ull << LEVEL_SHIFT(level);
        size -= 1ull << LEVEL_SHIFT(level);
    }
    return ERR_NONE;
}

int tables_query(const struct tables *tables, uint64_t va, uint64_t *pa, uint64_t *attrs)
{
    unsigned int level;
    uint64_t desc;
    int result = range_check(tables, ALIGN_DOWN(va, PAGE_SIZE), PAGE_SIZE);

    if (result != ERR_NONE) {
        return result;
    }
    desc = *entry_find(tables, va, &level);
    if ((desc & DESC_VALID) == 0) {
        return ERR_NOT_FOUND;
    }
    if (pa != NULL) {
        *pa = (desc & DESC_ADDRESS) | (va & ((1ull << LEVEL_SHIFT(level)) - 1));
    }
    if (attrs != NULL) {
        *attrs = desc & TABLES_ATTRS;
    }
    return ERR_NONE;
}
