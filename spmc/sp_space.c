// SPDX-License-Identifier: BSD-3-Clause
//
// Address spaces of partitions, see sp_space.h. Addresses and counts may come from a partition: checked here, before
// anything is changed. Page tables: platform/arch/tables.c.
#include "sp_space.h"

#include <string.h>

#include "assert.h"
#include "bits.h"
#include "cache.h"
#include "page_pool.h"
#include "spmc_mm.h"
#include "tlb.h"

#define TTBR_ASID_SHIFT 48
#define TLB_SINGLE_MAX \
    8 // more pages than this: drop the whole ASID, which costs less than one by one

#define PERM_ATTRS (TABLES_USER | TABLES_RO | TABLES_XN)

// FF-A's permission values and ours. NONE keeps the page mapped for nobody, so that it can be given back.
static const struct {
    uint32_t perm;
    uint64_t attrs;
} perms[] = {
    { FFA_PERM_NONE, TABLES_RO | TABLES_XN },
    { FFA_PERM_RX, SP_SPACE_RX &PERM_ATTRS },
    { FFA_PERM_RW, SP_SPACE_RW &PERM_ATTRS },
    { FFA_PERM_RO, SP_SPACE_RO &PERM_ATTRS },
};

uint8_t sp_space_asid(const struct sp_space *space)
{
    return (uint8_t)(space->ttbr0 >> TTBR_ASID_SHIFT);
}

// `ctx` is no pointer: it is the ASID, so that the struct can be moved.
static void *table_alloc(void *ctx)
{
    return page_pool_alloc_for((uint8_t)(uintptr_t)ctx);
}

static void table_free(void *ctx, void *page)
{
    (void)ctx;
    page_pool_free(page);
}

int sp_space_create(struct sp_space *space, uint8_t asid)
{
    int err;

    assert(asid != PAGE_OWNER_NONE && asid != PAGE_OWNER_SPMC);
    *space = (struct sp_space){
        .tables = {
            .va_to_pa = -(int64_t)SPMC_VA_OFFSET,
            .pool = {
                .alloc = table_alloc,
                .free = table_free,
                .ctx = (void *)(uintptr_t)asid, // NOLINT(performance-no-int-to-ptr): a number
            },
            .upper = false,
        },
    };
    err = tables_init(&space->tables);
    if (err != 0) {
        return err;
    }
    space->ttbr0 = tables_root_pa(&space->tables) | (uint64_t)asid << TTBR_ASID_SHIFT;
    tlbi_asid(asid); // a partition that failed to load may have used it before
    return 0;
}

void sp_space_destroy(struct sp_space *space)
{
    uint8_t asid = sp_space_asid(space);

    if (asid == PAGE_OWNER_NONE) {
        return;
    }
    tlbi_asid(asid); // first no core can reach the pages, then they go
    page_pool_free_owner(asid);
    *space = (struct sp_space){ .ttbr0 = 0 };
}

// Whether the page at `pa` is memory that this space alone has.
static bool owns(const struct sp_space *space, uint64_t pa)
{
    return page_pool_owner(spmc_mm_va(pa)) == sp_space_asid(space);
}

int sp_space_map(struct sp_space *space, uint64_t va, uint64_t pa, uint32_t pages, uint64_t attrs)
{
    uint64_t size = (uint64_t)pages * PAGE_SIZE;
    int err;

    for (uint32_t i = 0; (attrs & TABLES_NS) == 0 && i < pages; i++) {
        uint8_t owner = page_pool_owner(spmc_mm_va(pa + (uint64_t)i * PAGE_SIZE));

        if (owner != PAGE_OWNER_NONE && owner != sp_space_asid(space)) {
            return ERR_DENIED;
        }
    }
    err = tables_map(&space->tables, va, pa, size, attrs | TABLES_NG | TABLES_PAGES);
    if (err != 0) {
        return err;
    }
    if (space->va_end == 0 || va < space->va_low) {
        space->va_low = va;
    }
    if (va + size > space->va_end) {
        space->va_end = va + size;
    }
    return 0;
}

int sp_space_perm_get(const struct sp_space *space, uint64_t va, uint32_t *perm)
{
    uint64_t attrs = 0;
    int err;

    if (va % PAGE_SIZE != 0) {
        return ERR_INVALID;
    }
    err = tables_query(&space->tables, va, NULL, &attrs);
    if (err != 0) {
        return err;
    }
    for (size_t i = 0; i < ARRAY_COUNT(perms); i++) {
        if (perms[i].attrs == (attrs & PERM_ATTRS)) {
            *perm = perms[i].perm;
            return 0;
        }
    }
    return ERR_INVALID;
}

// Attributes of `perm` in *to; ERR_INVALID: no legal value.
static int attrs_of_perm(uint32_t perm, uint64_t *to)
{
    for (size_t i = 0; i < ARRAY_COUNT(perms); i++) {
        if (perms[i].perm == perm) {
            *to = perms[i].attrs;
            return 0;
        }
    }
    return ERR_INVALID;
}

// The checks of sp_space_perm_set that look at pages; changes nothing.
static int check_pages(const struct sp_space *space, uint64_t va, uint32_t pages)
{
    uint64_t pa = 0;

    for (uint32_t i = 0; i < pages; i++) {
        int err = tables_query(&space->tables, va + (uint64_t)i * PAGE_SIZE, &pa, NULL);

        if (err != 0) {
            return err;
        }
        if (!owns(space, pa)) {
            return ERR_DENIED;
        }
    }
    return 0;
}

static void drop_translations(const struct sp_space *space, uint64_t va, uint32_t pages)
{
    if (pages > TLB_SINGLE_MAX) {
        tlbi_asid(sp_space_asid(space));
        return;
    }
    for (uint32_t i = 0; i < pages; i++) {
        tlbi_va_asid(va + (uint64_t)i * PAGE_SIZE, sp_space_asid(space));
    }
}

// What the partition wrote to the pages goes from the data caches to where instructions are fetched from, and what the
// instruction caches hold of the pages' former content goes away. Needed wherever CTR_EL0.IDC/DIC are 0.
static void make_fetchable(const struct sp_space *space, uint64_t va, uint32_t pages)
{
    uint64_t pa = 0;

    for (uint32_t i = 0; i < pages; i++) {
        if (tables_query(&space->tables, va + (uint64_t)i * PAGE_SIZE, &pa, NULL) == 0) {
            cache_clean_range((uintptr_t)spmc_mm_va(pa), PAGE_SIZE);
        }
    }
    icache_inv_all();
}

int sp_space_perm_set(struct sp_space *space, uint64_t va, uint32_t pages, uint32_t perm)
{
    uint64_t size = (uint64_t)pages * PAGE_SIZE;
    uint64_t new_attrs = 0;
    int err = attrs_of_perm(perm, &new_attrs);

    if (err != 0 || va % PAGE_SIZE != 0 || pages == 0 || pages > SPMC_MAX_PERM_PAGES) {
        return ERR_INVALID;
    }
    if (!range_inside(va, size, 0, 1ull << TABLES_VA_BITS)) {
        return ERR_RANGE;
    }
    err = check_pages(space, va, pages);
    for (uint32_t i = 0; err == 0 && i < pages; i++) {
        uint64_t page = va + (uint64_t)i * PAGE_SIZE;
        uint64_t attrs = 0;

        err = tables_query(&space->tables, page, NULL, &attrs);
        if (err == 0) {
            err = tables_set(&space->tables, page, PAGE_SIZE, (attrs & ~PERM_ATTRS) | new_attrs);
        }
        assert(err == 0); // check_pages saw every page
    }
    if (err != 0) {
        return err;
    }
    // First nobody can write the pages any more, then they are cleaned: nothing can be written after the clean
    drop_translations(space, va, pages);
    if (perm == FFA_PERM_RX) {
        make_fetchable(space, va, pages);
    }
    return 0;
}

void *sp_space_to_spmc(const struct sp_space *space, uint64_t va, uint32_t pages, bool writable)
{
    uint64_t first = 0;

    if (va % PAGE_SIZE != 0 || pages == 0 ||
        !range_inside(va, (uint64_t)pages * PAGE_SIZE, 0, 1ull << TABLES_VA_BITS)) {
        return NULL;
    }
    for (uint32_t i = 0; i < pages; i++) {
        uint64_t pa = 0;
        uint64_t attrs = 0;

        if (tables_query(&space->tables, va + (uint64_t)i * PAGE_SIZE, &pa, &attrs) != 0 ||
            (attrs & TABLES_USER) == 0 || (writable && (attrs & TABLES_RO) != 0) ||
            !owns(space, pa)) {
            return NULL;
        }
        if (i == 0) {
            first = pa;
        }
        if (pa - first != (uint64_t)i * PAGE_SIZE) {
            return NULL;
        }
    }
    return spmc_mm_va(first);
}
