// SPDX-License-Identifier: BSD-3-Clause
//
// Address spaces of partitions, see sp_space.h. Addresses and counts may come from a partition: checked here, before
// anything is changed. Page tables: platform/arch/tables.c.
//
// Whatever leaves a partition leaves in this order: entries cleared, TLB entries of all cores dropped (tlb.h), then the
// memory, or the table page, serves somebody else. A table page needs the TLBI as much as memory does: a core may hold the
// step of a walk that leads to it. Whatever comes needs no TLBI: nothing invalid is ever held in a TLB, and no live entry
// changes its address or type.
#include "sp_space.h"

#include "assert.h"
#include "bits.h"
#include "cache.h"
#include "page_pool.h"
#include "spmc_mm.h"
#include "tlb.h"

#define TTBR_ASID_SHIFT 48
#define TLB_SINGLE_MAX \
    8 // more pages than this: drop the whole ASID, which costs less than one by one
#define REGION_ALIGN (2ull << 20)

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

// The slots for regions: one page of the pool, taken with the first region, given back with the space
struct slot {
    uint64_t va;     // of the region's first page
    uint32_t mapped; // pages that were mapped
    uint32_t
        left; // of them, those that are still the partition's or may come back; atomic (sp_space_gone)
};
struct sp_space_slots {
    uint64_t used;
    uint64_t gone; // of `used`: nothing is left; atomic
    struct slot slot[SP_SPACE_REGIONS];
};
_Static_assert(sizeof(struct sp_space_slots) <= PAGE_SIZE, "it is one page");
_Static_assert(SP_SPACE_REGIONS == 64, "one bit each");
_Static_assert(SP_SPACE_REGIONS_BASE + SP_SPACE_REGIONS * SP_SPACE_REGION_SIZE ==
                   1ull << TABLES_VA_BITS,
               "the slots fill the upper half");

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
    page_pool_free_clean(page);
}

int sp_space_create(struct sp_space *space, uint8_t asid)
{
    int err;

    assert(asid != PAGE_OWNER_NONE && asid <= PAGE_OWNER_ASID_MAX);
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

void sp_space_destroy(struct sp_space *space, bool entered)
{
    uint8_t asid = sp_space_asid(space);

    if (asid == PAGE_OWNER_NONE) {
        return;
    }
    // First no walk finds anything any more, whoever has the root in TTBR0; then nothing found earlier is left; then all
    // of it can go
    tables_clear(&space->tables);
    tlbi_asid(asid);
    if (entered) {
        page_pool_set_owner(space->tables.root, 1, PAGE_OWNER_SPMC);
    }
    page_pool_free_owner(asid);
    *space = (struct sp_space){ .ttbr0 = 0 };
}

// ERR_DENIED: some pages of [pa, + pages) belong to others, or only a part of them to this space. *owned: all of them do.
static int check_owner(const struct sp_space *space, uint64_t pa, uint32_t pages, bool *owned)
{
    uint32_t own = 0;

    for (uint32_t i = 0; i < pages; i++) {
        uint8_t owner = page_pool_owner(spmc_mm_va(pa + (uint64_t)i * PAGE_SIZE));

        if (owner != PAGE_OWNER_NONE && owner != sp_space_asid(space)) {
            return ERR_DENIED;
        }
        own += owner != PAGE_OWNER_NONE ? 1 : 0;
    }
    *owned = own != 0;
    return own == 0 || own == pages ? 0 : ERR_DENIED;
}

int sp_space_map(struct sp_space *space, uint64_t va, uint64_t pa, uint32_t pages, uint64_t attrs)
{
    uint64_t size = (uint64_t)pages * PAGE_SIZE;
    bool owned = false;
    int err = 0;

    if ((attrs & TABLES_NS) == 0) {
        err = check_owner(space, pa, pages, &owned);
    } else if ((attrs & TABLES_UXN) == 0) {
        err = ERR_DENIED; // code that the normal world could rewrite
    }
    if (err == 0 && !range_inside(va, size, 0, SP_SPACE_REGIONS_BASE)) {
        err = ERR_RANGE;
    }
    if (err == 0) {
        err = tables_map(&space->tables, va, pa, size,
                         attrs | TABLES_NG | TABLES_PAGES | (owned ? TABLES_OWNED : 0));
    }
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

// Several pages at a time, or the whole ASID, but one wait for the other cores.
static void drop_translations(const struct sp_space *space, uint64_t va, uint32_t pages)
{
    if (pages > TLB_SINGLE_MAX) {
        tlbi_asid(sp_space_asid(space));
    } else {
        tlbi_pages_asid(va, pages, sp_space_asid(space));
    }
}

// What was written to secure pages as data goes to where instructions are fetched from; icache_inv_all() follows, for what
// the instruction caches hold of the pages' former content. Needed wherever CTR_EL0.IDC/DIC are 0.
static void clean_for_fetch(uint64_t pa, uint32_t pages)
{
    cache_clean_range((uintptr_t)spmc_mm_va(pa), (size_t)pages * PAGE_SIZE);
}

int sp_space_owned_run(const struct sp_space *space, uint64_t va, uint32_t max_pages,
                       struct sp_space_run *run)
{
    struct sp_space_run found = { .pages = 0 };

    if (va % PAGE_SIZE != 0 || max_pages == 0) {
        return ERR_INVALID;
    }
    found.pages = tables_run(&space->tables, va, max_pages, &found.pa, &found.attrs);
    if (found.pages == 0) {
        return ERR_NOT_FOUND;
    }
    if ((found.attrs & TABLES_SOFTWARE) != TABLES_OWNED) {
        return ERR_DENIED; // not its own, or busy
    }
    found.attrs &= ~TABLES_SOFTWARE;
    *run = found;
    return 0;
}

// The checks of sp_space_perm_set that look at pages; changes nothing.
static int check_pages(const struct sp_space *space, uint64_t va, uint32_t pages)
{
    while (pages != 0) {
        struct sp_space_run run;
        int err = sp_space_owned_run(space, va, pages, &run);

        if (err != 0) {
            return err;
        }
        if ((run.attrs & TABLES_NS) != 0) {
            return ERR_DENIED; // given by the normal world: never executable
        }
        va += (uint64_t)run.pages * PAGE_SIZE;
        pages -= run.pages;
    }
    return 0;
}

// Gives checked pages other permissions, or cleans them for execution, if `perm_attrs` is NULL.
static void for_each_run(struct sp_space *space, uint64_t va, uint32_t pages,
                         const uint64_t *perm_attrs)
{
    while (pages != 0) {
        struct sp_space_run run = { .pages = 0 };
        int err = sp_space_owned_run(space, va, pages, &run);
        uint64_t size = (uint64_t)run.pages * PAGE_SIZE;

        if (err == 0 && perm_attrs != NULL) {
            err = tables_set(&space->tables, va, size, (run.attrs & ~PERM_ATTRS) | *perm_attrs);
        } else if (err == 0) {
            clean_for_fetch(run.pa, run.pages);
        }
        assert(err == 0); // check_pages saw every page
        va += size;
        pages -= run.pages;
    }
}

int sp_space_perm_set(struct sp_space *space, uint64_t va, uint32_t pages, uint32_t perm)
{
    uint64_t new_attrs = 0;
    int err = attrs_of_perm(perm, &new_attrs);

    if (err != 0 || va % PAGE_SIZE != 0 || pages == 0 || pages > SPMC_MAX_PERM_PAGES) {
        return ERR_INVALID;
    }
    if (!range_inside(va, (uint64_t)pages * PAGE_SIZE, 0, 1ull << TABLES_VA_BITS)) {
        return ERR_RANGE;
    }
    err = check_pages(space, va, pages);
    if (err != 0) {
        return err;
    }
    for_each_run(space, va, pages, &new_attrs);
    // First nobody can write the pages any more, then they are cleaned: nothing can be written after the clean
    drop_translations(space, va, pages);
    if (perm == FFA_PERM_RX) {
        for_each_run(space, va, pages, NULL);
        icache_inv_all();
    }
    return 0;
}

void *sp_space_to_spmc(const struct sp_space *space, uint64_t va, uint32_t pages, bool writable)
{
    const uint64_t wanted = TABLES_USER | (writable ? TABLES_RO : 0) | TABLES_NS;
    uint64_t first = 0;
    uint32_t done = 0;

    while (done < pages) {
        struct sp_space_run run;

        if (sp_space_owned_run(space, va + (uint64_t)done * PAGE_SIZE, pages - done, &run) != 0 ||
            (run.attrs & wanted) != TABLES_USER) {
            return NULL;
        }
        if (done == 0) {
            first = run.pa;
        }
        if (run.pa - first != (uint64_t)done * PAGE_SIZE) {
            return NULL;
        }
        done += run.pages;
    }
    return pages != 0 ? spmc_mm_va(first) : NULL;
}

void sp_space_set_busy(struct sp_space *space, uint64_t va, uint32_t pages, bool busy)
{
    int err = tables_mark(&space->tables, va, (uint64_t)pages * PAGE_SIZE, TABLES_BUSY, busy);

    assert(err == 0);
}

void sp_space_take(struct sp_space *space, uint64_t va, uint32_t pages)
{
    int err = tables_unmap(&space->tables, va, (uint64_t)pages * PAGE_SIZE);

    assert(err == 0);
    drop_translations(space, va, pages);
}

void sp_space_put(struct sp_space *space, uint64_t va, uint64_t pa, uint32_t pages, uint64_t attrs)
{
    int err = tables_map(&space->tables, va, pa, (uint64_t)pages * PAGE_SIZE,
                         attrs | TABLES_OWNED | TABLES_NG | TABLES_PAGES);

    assert(err == 0); // the tables are there, and nothing else is ever mapped at these addresses
}

// ---- Regions ---------------------------------------------------------------------------------------------------------

// Written by the partition's owner alone, read by sp_space_gone too.
static void set_used(struct sp_space *space, uint64_t used)
{
    __atomic_store_n(&space->slots->used, used, __ATOMIC_RELAXED);
}

// Unmaps what is mapped of a slot's region, gives its tables back and the slot free.
static void slot_close(struct sp_space *space, uint32_t index)
{
    struct slot *slot = &space->slots->slot[index];
    struct tables_detached detached;
    int err;

    if (slot->mapped != 0) {
        err =
            tables_detach(&space->tables, slot->va, (uint64_t)slot->mapped * PAGE_SIZE, &detached);
        assert(err == 0);
        // Every table has a page of the region below it: dropping those with their walk steps drops the steps to it
        drop_translations(space, slot->va, slot->mapped);
        tables_release(&space->tables, &detached);
    }
    *slot = (struct slot){ .va = 0 };
    set_used(space, space->slots->used & ~BIT(index));
}

// Slots whose donated memory was all given on
static void close_gone(struct sp_space *space)
{
    uint64_t gone = __atomic_exchange_n(&space->slots->gone, 0, __ATOMIC_ACQUIRE);

    for (; gone != 0; gone &= gone - 1) {
        slot_close(space, (uint32_t)__builtin_ctzll(gone));
    }
}

// Number of the slot that `va` lies in; SP_SPACE_REGIONS: in none that is used.
static uint32_t slot_index(const struct sp_space *space, uint64_t va)
{
    uint64_t index = (va - SP_SPACE_REGIONS_BASE) / SP_SPACE_REGION_SIZE;

    if (va < SP_SPACE_REGIONS_BASE || index >= SP_SPACE_REGIONS || space->slots == NULL ||
        (__atomic_load_n(&space->slots->used, __ATOMIC_RELAXED) & BIT(index)) == 0) {
        return SP_SPACE_REGIONS;
    }
    return (uint32_t)index;
}

void sp_space_gone(struct sp_space *space, uint64_t va, uint32_t pages)
{
    uint32_t index = slot_index(space, va);
    uint32_t left;

    if (index == SP_SPACE_REGIONS) {
        return; // what the loader mapped: a hole remains
    }
    left = __atomic_sub_fetch(&space->slots->slot[index].left, pages, __ATOMIC_RELAXED);
    assert(left < space->slots->slot[index].mapped);
    if (left == 0) {
        __atomic_fetch_or(&space->slots->gone, BIT(index), __ATOMIC_RELEASE);
    }
}

int sp_space_region_open(struct sp_space *space, uint32_t total_pages, uint64_t first_pa,
                         uint64_t *va)
{
    uint32_t index;

    if (total_pages == 0 || total_pages > SP_SPACE_REGION_MAX_PAGES) {
        return ERR_RANGE;
    }
    if (space->slots == NULL) {
        space->slots = page_pool_alloc_for(sp_space_asid(space));
    }
    if (space->slots == NULL) {
        return ERR_NO_MEMORY;
    }
    if (__atomic_load_n(&space->slots->gone, __ATOMIC_RELAXED) != 0) {
        close_gone(space);
    }
    if (~space->slots->used == 0) {
        return ERR_NO_MEMORY;
    }
    index = (uint32_t)__builtin_ctzll(~space->slots->used);
    set_used(space, space->slots->used | BIT(index));
    space->slots->slot[index] = (struct slot){
        .va = SP_SPACE_REGIONS_BASE + index * SP_SPACE_REGION_SIZE + first_pa % REGION_ALIGN,
    };
    *va = space->slots->slot[index].va;
    return 0;
}

// Normal memory for EL0, never executable for the SPMC, nor for anybody if the normal world can write it (W^X: tables.c).
static bool region_attrs_valid(uint64_t attrs)
{
    const uint64_t must = TABLES_USER | TABLES_PXN;
    const uint64_t may =
        TABLES_TYPE | TABLES_NS | TABLES_RO | TABLES_GUARDED | TABLES_UXN | TABLES_OWNED | must;

    return (attrs & ~may) == 0 && (attrs & must) == must &&
           (attrs & TABLES_TYPE) == TABLES_NORMAL &&
           ((attrs & TABLES_NS) == 0 || (attrs & TABLES_UXN) != 0);
}

int sp_space_region_map(struct sp_space *space, uint64_t va, uint64_t pa, uint32_t pages,
                        uint64_t attrs)
{
    uint64_t how = attrs | TABLES_NG | ((attrs & TABLES_OWNED) != 0 ? TABLES_PAGES : 0);
    uint32_t index = slot_index(space, va);
    struct slot *slot;
    int err;

    if (!region_attrs_valid(attrs)) {
        return ERR_INVALID;
    }
    if (index == SP_SPACE_REGIONS) {
        return ERR_RANGE;
    }
    slot = &space->slots->slot[index];
    if (va != slot->va + (uint64_t)slot->mapped * PAGE_SIZE ||
        pages > SP_SPACE_REGION_MAX_PAGES - slot->mapped) {
        return ERR_RANGE;
    }
    if ((attrs & TABLES_UXN) == 0) { // before the first fetch can happen
        clean_for_fetch(pa, pages);
        icache_inv_all();
    }
    err = tables_map(&space->tables, va, pa, (uint64_t)pages * PAGE_SIZE, how);
    if (err == 0) {
        slot->mapped += pages;
        slot->left += pages;
    }
    return err;
}

void sp_space_region_close(struct sp_space *space, uint64_t va, uint32_t pages_mapped)
{
    uint32_t index = slot_index(space, va);

    assert(index != SP_SPACE_REGIONS && space->slots->slot[index].va == va &&
           space->slots->slot[index].mapped == pages_mapped);
    slot_close(space, index);
}
