// SPDX-License-Identifier: BSD-3-Clause
//
// Translation tables as data; contracts in tables.h. All walks are loops over at most three levels;
// every change is planned on the unchanged tables first, so that the part which writes cannot fail.
#include "tables.h"

#include "barrier.h"
#include "tables_private.h"

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

int tables_init(struct tables *tables)
{
    uint64_t *root = tables->pool.alloc(tables->pool.ctx);

    if (root == NULL) {
        return ERR_NO_MEMORY;
    }
    tables->root = root;
    return ERR_NONE;
}

uint64_t tables_root_pa(const struct tables *tables)
{
    return tables_pa_of(tables, tables->root);
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
    size_t left = TABLES_ENTRIES - tables_index_of(va, level);

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

// Whether the entry maps memory itself.
static bool is_leaf(uint64_t desc, unsigned int level)
{
    return (desc & DESC_VALID) != 0 && (level == LEVEL_LAST || (desc & DESC_KIND) != DESC_TABLE);
}

// How many of `count` pages from `entry` on go on where the one before ended, with its attributes.
static uint32_t pages_alike(const uint64_t *entry, size_t count)
{
    uint64_t desc = entry[0];
    uint32_t i;

    for (i = 1; i < count; i++) {
        desc += PAGE_SIZE;
        if (entry[i] != desc) {
            break;
        }
    }
    return i;
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
        const uint64_t *entry = tables_entry_find(tables, va, &level);
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

        first[0] = 0;
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
        uint64_t *entry = tables_entry_find(tables, va, &level);
        unsigned int leaf = leaf_level(level, va | pa, size, attrs);
        size_t run;

        for (; level < leaf; level++) {
            uint64_t *page = chain;

            chain = (uint64_t *)(uintptr_t)page[0];
            page[0] = 0;
            dsb_ishst(); // a walk that sees the link below must see the zeroes of the page
            tables_entry_write(entry, tables_pa_of(tables, page) | DESC_TABLE);
            entry = &page[tables_index_of(va, level + 1)];
        }
        run = run_length(va, size, leaf);
        if (leaf != LEVEL_LAST) {
            run = free_length(entry, run, leaf);
        }
        for (size_t i = 0; i < run; i++) {
            tables_entry_write(&entry[i], leaf_make(pa, attrs, leaf));
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
    int result = tables_range_check(tables, va, size);

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
// bits as `attrs`. One walk per table, not per entry.
static int mapped_check(const struct tables *tables, uint64_t va, uint64_t size, uint64_t attrs,
                        uint64_t fixed)
{
    while (size != 0) {
        unsigned int level;
        const uint64_t *entry = tables_entry_find(tables, va, &level);
        uint64_t span = 1ull << LEVEL_SHIFT(level);
        size_t run = run_length(va, size, level);

        if ((*entry & DESC_VALID) == 0) {
            return ERR_NOT_FOUND;
        }
        if (!IS_ALIGNED(va, span) || size < span) {
            return ERR_DENIED;
        }
        for (size_t i = 0; i < run; i++) {
            if (!is_leaf(entry[i], level)) {
                break; // the next round says what it is
            }
            if (((entry[i] ^ attrs) & fixed) != 0) {
                return ERR_INVALID;
            }
            va += span;
            size -= span;
        }
    }
    return ERR_NONE;
}

// What entries of a checked range become: (entry & ~clear) | set.
static void mapped_change(struct tables *tables, uint64_t va, uint64_t size, uint64_t clear,
                          uint64_t set)
{
    while (size != 0) {
        unsigned int level;
        uint64_t *entry = tables_entry_find(tables, va, &level);
        uint64_t span = 1ull << LEVEL_SHIFT(level);
        size_t run = run_length(va, size, level);

        for (size_t i = 0; i < run && is_leaf(entry[i], level); i++) {
            tables_entry_write(&entry[i], (entry[i] & ~clear) | set);
            va += span;
            size -= span;
        }
    }
}

int tables_unmap(struct tables *tables, uint64_t va, uint64_t size)
{
    int result = tables_range_check(tables, va, size);

    if (result == ERR_NONE) {
        result = mapped_check(tables, va, size, 0, 0);
    }
    if (result == ERR_NONE) {
        mapped_change(tables, va, size, ~0ull, 0);
    }
    return result;
}

int tables_set(struct tables *tables, uint64_t va, uint64_t size, uint64_t attrs)
{
    const uint64_t fixed = TABLES_ATTRS & ~TABLES_PERMISSIONS & ~TABLES_SOFTWARE;
    int result = tables_range_check(tables, va, size);

    if (result == ERR_NONE) {
        result = attrs_valid(attrs) ? ERR_NONE : ERR_INVALID;
    }
    if (result == ERR_NONE) {
        result = mapped_check(tables, va, size, attrs, fixed);
    }
    if (result == ERR_NONE) {
        mapped_change(tables, va, size, TABLES_PERMISSIONS, attrs & TABLES_PERMISSIONS);
    }
    return result;
}

int tables_mark(struct tables *tables, uint64_t va, uint64_t size, uint64_t bits, bool on)
{
    int result = tables_range_check(tables, va, size);

    if (result == ERR_NONE) {
        result = (bits & ~TABLES_SOFTWARE) == 0 ? ERR_NONE : ERR_INVALID;
    }
    if (result == ERR_NONE) {
        result = mapped_check(tables, va, size, 0, 0);
    }
    if (result == ERR_NONE) {
        mapped_change(tables, va, size, bits, on ? bits : 0);
    }
    return result;
}

uint32_t tables_run(const struct tables *tables, uint64_t va, uint32_t max_pages, uint64_t *pa,
                    uint64_t *attrs)
{
    uint64_t expected = 0; // the descriptor of a page, if the run goes on
    uint32_t count = 0;

    while (count < max_pages && tables_range_check(tables, va, PAGE_SIZE) == ERR_NONE) {
        unsigned int level;
        const uint64_t *entry = tables_entry_find(tables, va, &level);
        uint64_t inside = va & ((1ull << LEVEL_SHIFT(level)) - 1);
        uint32_t pages = (uint32_t)(((1ull << LEVEL_SHIFT(level)) - inside) >> PAGE_SHIFT);
        uint64_t desc = (*entry | DESC_TABLE) + inside; // of a block: as if it was of pages

        if ((*entry & DESC_VALID) == 0 || (count != 0 && desc != expected)) {
            break;
        }
        if (count == 0) {
            *pa = desc & DESC_ADDRESS;
            *attrs = desc & TABLES_ATTRS;
        }
        pages = pages < max_pages - count ? pages : max_pages - count;
        if (level == LEVEL_LAST) {
            pages = pages_alike(
                entry, run_length(va, (uint64_t)(max_pages - count) << PAGE_SHIFT, LEVEL_LAST));
        }
        count += pages;
        va += (uint64_t)pages << PAGE_SHIFT;
        expected = desc + ((uint64_t)pages << PAGE_SHIFT);
    }
    return count;
}

int tables_query(const struct tables *tables, uint64_t va, uint64_t *pa, uint64_t *attrs)
{
    unsigned int level;
    uint64_t desc;
    int result = tables_range_check(tables, ALIGN_DOWN(va, PAGE_SIZE), PAGE_SIZE);

    if (result != ERR_NONE) {
        return result;
    }
    desc = *tables_entry_find(tables, va, &level);
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
