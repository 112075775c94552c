// SPDX-License-Identifier: BSD-3-Clause
//
// Memory on the host, see mem_model.h.
#include "mem_model.h"

#include <stdlib.h>
#include <string.h>

#include "assert.h"
#include "ffa_mem.h"
#include "ffa_mem_handle.h"
#include "ns_pages.h"
#include "page_pool.h"
#include "sp_space.h"
#include "spmc_mm.h"

#define PAGE 4096
#define NS_PAGES ((NS_END - NS_BASE) / PAGE)
#define POOL_MAX 4096

struct mem_model mem_model;
void (*mem_model_meanwhile)(enum mem_model_moment moment);

// A secure page: the partition that it was loaded for is its index, its owner may be another one later
struct page {
    uint8_t pool_owner; // ASID, PAGE_OWNER_TRANSACTION, PAGE_OWNER_NONE
    uint64_t home;      // where its owner has, or had it mapped
    uint64_t attrs;     // … how, if that is in a region
    uint32_t perm;      // fixture.perm while it is away
    bool busy;
    bool away;
};

struct run {
    uint64_t pa;
    uint32_t pages;
    uint64_t attrs;
};

struct region {
    bool used;
    uint64_t va;
    uint32_t total;
    uint32_t mapped;
    uint32_t run_count;
    struct run *runs;
};

static struct page pages[SPMC_MAX_SPS][MEM_MODEL_PAGES];
static struct region regions[SPMC_MAX_SPS][SP_SPACE_REGIONS];
static uint8_t ns[NS_PAGES]; // 1: marked
static void *pool[POOL_MAX];

void panic_assert(const char *condition, const char *file, int line)
{
    fixture_broken(condition, file, line);
}

static void meanwhile(enum mem_model_moment moment)
{
    void (*other)(enum mem_model_moment) = mem_model_meanwhile;

    mem_model_meanwhile = NULL;
    if (other != NULL) {
        FIXTURE_CHECK(ffa_mem_lock.next == ffa_mem_lock.serving); // it would wait
        other(moment);
        mem_model_meanwhile = other;
    }
}

uint8_t sp_space_asid(const struct sp_space *space)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (&spmc_sps[i].space == space) {
            return (uint8_t)(i + 1);
        }
    }
    fixture_broken("a space of no partition", __FILE__, __LINE__);
}

static uint32_t index_of(const struct sp_space *space)
{
    return (uint32_t)sp_space_asid(space) - 1;
}

static uint64_t pa_of(uint32_t sp, uint32_t page)
{
    return spmc_mm_pa(fixture_page(&spmc_sps[sp], page));
}

// The secure page at a physical address, NULL if it is none.
static struct page *page_at(uint64_t pa, uint32_t *sp, uint32_t *page)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        for (uint32_t k = 0; k < MEM_MODEL_PAGES; k++) {
            if (pa_of(i, k) == pa) {
                *sp = i;
                *page = k;
                return &pages[i][k];
            }
        }
    }
    return NULL;
}

static bool is_loaded_at(const struct page *page, uint32_t sp, uint32_t k)
{
    return page->home == SPACE_VA(k) && page->pool_owner == sp + 1;
}

static uint64_t attrs_of(uint32_t sp, uint32_t k)
{
    const struct page *page = &pages[sp][k];

    if (!is_loaded_at(page, sp, k)) {
        return page->attrs;
    }
    switch (fixture.perm[sp][k]) {
    case FFA_PERM_RX:
        return SP_SPACE_RX | TABLES_OWNED | TABLES_NG;
    case FFA_PERM_RO:
        return SP_SPACE_RO | TABLES_OWNED | TABLES_NG;
    case FFA_PERM_RW:
        return SP_SPACE_RW | TABLES_OWNED | TABLES_NG;
    default:
        return ((SP_SPACE_RO | TABLES_OWNED | TABLES_NG) & ~TABLES_USER) | TABLES_XN;
    }
}

// The page that a partition owns and has, or had, at `va`; NULL if there is none.
static struct page *owned_at(uint32_t index, uint64_t va, uint32_t *sp, uint32_t *k)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        for (uint32_t n = 0; n < MEM_MODEL_PAGES; n++) {
            if (pages[i][n].home == va && pages[i][n].pool_owner == index + 1) {
                *sp = i;
                *k = n;
                return &pages[i][n];
            }
        }
    }
    return NULL;
}

// ---- sp_space.h: memory that the partition gives to others ------------------------------------------------------------

int sp_space_owned_run(const struct sp_space *space, uint64_t va, uint32_t max_pages,
                       struct sp_space_run *run)
{
    uint32_t index = index_of(space);
    uint32_t sp;
    uint32_t k;

    if (va % PAGE != 0 || max_pages == 0) {
        return ERR_INVALID;
    }
    *run = (struct sp_space_run){ 0 };
    for (uint32_t i = 0; i < max_pages; i++) {
        struct page *page = owned_at(index, va + (uint64_t)i * PAGE, &sp, &k);

        if (page == NULL || page->away || page->busy) {
            break;
        }
        if (i == 0) {
            *run = (struct sp_space_run){ .pa = pa_of(sp, k), .attrs = attrs_of(sp, k) };
        } else if (pa_of(sp, k) != run->pa + (uint64_t)i * PAGE || attrs_of(sp, k) != run->attrs) {
            break;
        }
        run->pages++;
    }
    if (run->pages != 0) {
        return 0;
    }
    return mem_model_pa(&spmc_sps[index], va) != 0 ? ERR_DENIED : ERR_NOT_FOUND;
}

void sp_space_set_busy(struct sp_space *space, uint64_t va, uint32_t count, bool busy)
{
    uint32_t sp;
    uint32_t k;

    for (uint32_t i = 0; i < count; i++) {
        struct page *page = owned_at(index_of(space), va + (uint64_t)i * PAGE, &sp, &k);

        FIXTURE_CHECK(page != NULL && !page->away && page->busy != busy);
        page->busy = busy;
    }
}

void sp_space_take(struct sp_space *space, uint64_t va, uint32_t count)
{
    uint32_t sp;
    uint32_t k;

    for (uint32_t i = 0; i < count; i++) {
        struct page *page = owned_at(index_of(space), va + (uint64_t)i * PAGE, &sp, &k);

        FIXTURE_CHECK(page != NULL && !page->away && !page->busy);
        page->attrs = attrs_of(sp, k);
        page->away = true;
        if (is_loaded_at(page, sp, k)) {
            page->perm = fixture.perm[sp][k];
            fixture.perm[sp][k] = 0;
        }
    }
}

void sp_space_put(struct sp_space *space, uint64_t va, uint64_t pa, uint32_t count, uint64_t attrs)
{
    uint32_t sp;
    uint32_t k;

    for (uint32_t i = 0; i < count; i++) {
        struct page *page = owned_at(index_of(space), va + (uint64_t)i * PAGE, &sp, &k);

        FIXTURE_CHECK(page != NULL && page->away && page->attrs == attrs);
        FIXTURE_CHECK(pa_of(sp, k) == pa + (uint64_t)i * PAGE);
        page->away = false;
        if (is_loaded_at(page, sp, k)) {
            fixture.perm[sp][k] = page->perm;
        }
    }
}

// ---- sp_space.h: memory that others give to the partition -------------------------------------------------------------

static struct region *region_at(uint32_t index, uint64_t va)
{
    for (uint32_t i = 0; i < SP_SPACE_REGIONS; i++) {
        struct region *region = &regions[index][i];

        if (region->used && va >= region->va && va - region->va < (uint64_t)region->total * PAGE) {
            return region;
        }
    }
    return NULL;
}

int sp_space_region_open(struct sp_space *space, uint32_t total_pages, uint64_t first_pa,
                         uint64_t *va)
{
    uint32_t index = index_of(space);

    FIXTURE_CHECK(total_pages != 0 && first_pa % PAGE == 0);
    if (mem_model.regions_left == 0 || total_pages > SP_SPACE_REGION_MAX_PAGES) {
        return ERR_NO_MEMORY;
    }
    for (uint32_t i = 0; i < SP_SPACE_REGIONS; i++) {
        if (!regions[index][i].used) {
            *va = SP_SPACE_REGIONS_BASE + i * SP_SPACE_REGION_SIZE + first_pa % (1 << 21);
            regions[index][i] = (struct region){ .used = true, .va = *va, .total = total_pages };
            mem_model.regions_left--;
            mem_model.regions++;
            return 0;
        }
    }
    return ERR_NO_MEMORY;
}

static void check_attrs(uint64_t attrs)
{
    uint64_t rights = attrs & ~(TABLES_NS | TABLES_OWNED);

    FIXTURE_CHECK(rights == SP_SPACE_RO || rights == SP_SPACE_RW || rights == SP_SPACE_RX);
    FIXTURE_CHECK((attrs & TABLES_NS) == 0 || rights != SP_SPACE_RX);
    FIXTURE_CHECK((attrs & TABLES_NS) == 0 || (attrs & TABLES_OWNED) == 0);
}

int sp_space_region_map(struct sp_space *space, uint64_t va, uint64_t pa, uint32_t count,
                        uint64_t attrs)
{
    struct region *region = region_at(index_of(space), va);

    FIXTURE_CHECK(region != NULL && count != 0 && pa % PAGE == 0);
    FIXTURE_CHECK(va == region->va + (uint64_t)region->mapped * PAGE);
    FIXTURE_CHECK(count <= region->total - region->mapped);
    check_attrs(attrs);
    FIXTURE_CHECK(((attrs & TABLES_NS) != 0) == spmc_mm_is_ns_ram(pa, (uint64_t)count * PAGE));
    meanwhile(MEM_MODEL_MAPS);
    if (mem_model.maps_left == 0) {
        return ERR_NO_MEMORY;
    }
    mem_model.maps_left--;
    // Donated pages one by one: each can be given on
    uint32_t piece = (attrs & TABLES_OWNED) != 0 ? 1 : count;
    for (uint32_t i = 0; i < count; i += piece) {
        region->runs = realloc(region->runs, (region->run_count + 1) * sizeof(struct run));
        FIXTURE_CHECK(region->runs != NULL);
        region->runs[region->run_count++] =
            (struct run){ .pa = pa + (uint64_t)i * PAGE, .pages = piece, .attrs = attrs };
    }
    region->mapped += count;
    return 0;
}

void sp_space_region_close(struct sp_space *space, uint64_t va, uint32_t pages_mapped)
{
    struct region *region = region_at(index_of(space), va);

    FIXTURE_CHECK(region != NULL && region->va == va && region->mapped == pages_mapped);
    meanwhile(MEM_MODEL_UNMAPS);
    free(region->runs);
    *region = (struct region){ 0 };
    mem_model.regions--;
}

// Pages that were donated to it and that it has donated on: when all of a region are, its slot is free.
void sp_space_gone(struct sp_space *space, uint64_t va, uint32_t count)
{
    uint32_t index = index_of(space);
    uint32_t sp;
    uint32_t k;

    FIXTURE_CHECK(!spmc_sps[index].stopped);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t page = va + (uint64_t)i * PAGE;
        struct region *region = region_at(index, page);
        uint32_t left = 0;

        FIXTURE_CHECK(owned_at(index, page, &sp, &k) == NULL); // handed over before
        if (region == NULL) {
            continue;
        }
        region->runs[(page - region->va) / PAGE].pa = 0;
        for (uint32_t n = 0; n < region->run_count; n++) {
            left += region->runs[n].pa != 0 ? 1 : 0;
        }
        if (left == 0) {
            free(region->runs);
            *region = (struct region){ 0 };
            mem_model.regions--;
        }
    }
}

// What a partition's address leads to; false: nothing.
static bool walk(const struct sp *sp, uint64_t va, uint64_t *pa, uint64_t *attrs)
{
    uint32_t index = (uint32_t)(sp - spmc_sps);
    const struct region *region = region_at(index, va);
    uint32_t owner;
    uint32_t k;

    if (sp->stopped) {
        return false;
    }
    if (region == NULL) {
        const struct page *page = owned_at(index, va / PAGE * PAGE, &owner, &k);

        *pa = page != NULL ? pa_of(owner, k) : 0;
        *attrs = page != NULL ? attrs_of(owner, k) : 0;
        return page != NULL && !page->away && (*attrs & TABLES_USER) != 0;
    }
    uint64_t page = (va - region->va) / PAGE;
    for (uint32_t i = 0; i < region->run_count; i++) {
        if (page < region->runs[i].pages) {
            *pa = region->runs[i].pa + page * PAGE;
            *attrs = region->runs[i].attrs;
            if (region->runs[i].pa == 0) {
                return false;
            }
            const struct page *secure = page_at(*pa, &owner, &k);
            // By a donation: as long as it has not been given on
            return secure == NULL || (*attrs & TABLES_OWNED) == 0 ||
                   (!secure->away && secure->pool_owner == index + 1 &&
                    secure->home == va / PAGE * PAGE);
        }
        page -= region->runs[i].pages;
    }
    return false;
}

uint64_t mem_model_pa(const struct sp *sp, uint64_t va)
{
    uint64_t attrs;
    uint64_t pa;

    return walk(sp, va, &pa, &attrs) ? pa : 0;
}

bool mem_model_reads(const struct sp *sp, uint64_t va)
{
    return mem_model_pa(sp, va) != 0;
}

bool mem_model_writes(const struct sp *sp, uint64_t va)
{
    uint64_t attrs;
    uint64_t pa;

    return walk(sp, va, &pa, &attrs) && (attrs & TABLES_RO) == 0;
}

bool mem_model_executes(const struct sp *sp, uint64_t va)
{
    uint64_t attrs;
    uint64_t pa;

    return walk(sp, va, &pa, &attrs) && (attrs & TABLES_UXN) == 0;
}

// ---- ns_pages.h ------------------------------------------------------------------------------------------------------

int ns_pages_take(uint64_t pa, uint32_t count)
{
    FIXTURE_CHECK(pa % PAGE == 0 && count != 0);
    if (!spmc_mm_is_ns_ram(pa, (uint64_t)count * PAGE)) {
        return ERR_RANGE;
    }
    meanwhile(MEM_MODEL_MARKS);
    uint64_t first = (pa - NS_BASE) / PAGE;
    if (memchr(&ns[first], 1, count) != NULL) {
        return ERR_DENIED;
    }
    if (mem_model.takes_left == 0) {
        return ERR_NO_MEMORY;
    }
    mem_model.takes_left--;
    memset(&ns[first], 1, count);
    mem_model.ns_taken += count;
    return 0;
}

void ns_pages_give(uint64_t pa, uint32_t count)
{
    uint64_t first = (pa - NS_BASE) / PAGE;

    FIXTURE_CHECK(spmc_mm_is_ns_ram(pa, (uint64_t)count * PAGE));
    FIXTURE_CHECK(memchr(&ns[first], 0, count) == NULL);
    memset(&ns[first], 0, count);
    mem_model.ns_taken -= count;
}

bool mem_model_ns_taken(uint64_t pa)
{
    return ns[(pa - NS_BASE) / PAGE] != 0;
}

// ---- page_pool.h, spmc_mm_zero ----------------------------------------------------------------------------------------

void *page_pool_alloc_for(uint8_t owner)
{
    FIXTURE_CHECK(owner == PAGE_OWNER_TRANSACTION);
    if (mem_model.pool_left == 0) {
        return NULL;
    }
    for (uint32_t i = 0; i < POOL_MAX; i++) {
        if (pool[i] == NULL) {
            pool[i] = aligned_alloc(PAGE, PAGE);
            FIXTURE_CHECK(pool[i] != NULL);
            memset(pool[i], 0, PAGE);
            mem_model.pool_left--;
            mem_model.live++;
            return pool[i];
        }
    }
    return NULL;
}

void page_pool_free(void *page)
{
    uint32_t sp;
    uint32_t k;
    struct page *secure = page_at(spmc_mm_pa(page), &sp, &k);

    if (page == NULL) {
        return;
    }
    if (secure != NULL) {
        FIXTURE_CHECK(secure->pool_owner == PAGE_OWNER_TRANSACTION);
        secure->pool_owner = PAGE_OWNER_NONE;
        memset(page, 0, PAGE);
        mem_model.freed++;
        return;
    }
    for (uint32_t i = 0; i < POOL_MAX; i++) {
        if (pool[i] == page) {
            free(page);
            pool[i] = NULL;
            mem_model.pool_left++;
            mem_model.live--;
            return;
        }
    }
    fixture_broken("a page that is not of the pool", __FILE__, __LINE__);
}

// Where the partition with that ASID has a page that it is given: in a region, marked TABLES_OWNED.
static void settle(struct page *page, uint64_t pa, uint8_t asid)
{
    for (uint32_t i = 0; i < SP_SPACE_REGIONS; i++) {
        const struct region *region = &regions[asid - 1][i];
        uint64_t va = region->va;

        for (uint32_t r = 0; region->used && r < region->run_count; r++) {
            const struct run *run = &region->runs[r];

            if (pa >= run->pa && pa - run->pa < (uint64_t)run->pages * PAGE &&
                (run->attrs & TABLES_OWNED) != 0) {
                page->home = va + (pa - run->pa);
                page->attrs = run->attrs | TABLES_NG;
                page->away = false;
                return;
            }
            va += (uint64_t)run->pages * PAGE;
        }
    }
    fixture_broken("a page was handed over but is not mapped", __FILE__, __LINE__);
}

void page_pool_set_owner(void *first, uint32_t count, uint8_t owner)
{
    uint32_t sp;
    uint32_t k;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t pa = spmc_mm_pa(first) + (uint64_t)i * PAGE;
        struct page *page = page_at(pa, &sp, &k);

        FIXTURE_CHECK(page != NULL && page->pool_owner != PAGE_OWNER_NONE);
        page->pool_owner = owner;
        if (owner != PAGE_OWNER_TRANSACTION) {
            settle(page, pa, owner);
        }
    }
}

// Whether any partition reaches the page through a region that is not its own memory.
static bool is_borrowed(uint64_t pa)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        for (uint32_t n = 0; n < SP_SPACE_REGIONS; n++) {
            const struct region *region = &regions[i][n];

            for (uint32_t r = 0; region->used && r < region->run_count; r++) {
                const struct run *run = &region->runs[r];

                if (pa >= run->pa && pa - run->pa < (uint64_t)run->pages * PAGE &&
                    (run->attrs & TABLES_OWNED) == 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

void spmc_mm_zero(uint64_t pa, uint32_t count, bool normal_world)
{
    uint32_t sp;
    uint32_t k;

    FIXTURE_CHECK(normal_world == spmc_mm_is_ns_ram(pa, (uint64_t)count * PAGE));
    meanwhile(MEM_MODEL_WIPES);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t page = pa + (uint64_t)i * PAGE;

        FIXTURE_CHECK(!is_borrowed(page)); // nobody may see it happen
        if (normal_world) {
            FIXTURE_CHECK(mem_model_ns_taken(page));
        } else {
            FIXTURE_CHECK(page_at(page, &sp, &k) != NULL);
            memset(fixture_page(&spmc_sps[sp], k), 0, PAGE);
        }
    }
    mem_model.wiped += count;
}

// ---- Between two calls ------------------------------------------------------------------------------------------------

enum mem_model_page mem_model_page(const struct sp *sp, uint32_t k)
{
    uint32_t index = (uint32_t)(sp - spmc_sps);
    const struct page *page = &pages[index][k];

    if (page->pool_owner == PAGE_OWNER_TRANSACTION) {
        return MEM_MODEL_ORPHAN;
    }
    if (page->pool_owner == PAGE_OWNER_NONE) {
        return MEM_MODEL_FREE;
    }
    if (!is_loaded_at(page, index, k)) {
        return MEM_MODEL_OTHER;
    }
    return page->away ? MEM_MODEL_AWAY : page->busy ? MEM_MODEL_BUSY : MEM_MODEL_OWN;
}

// A secure page that a partition has in a region.
static void check_secure(uint32_t index, uint64_t pa, uint64_t attrs)
{
    uint32_t sp;
    uint32_t k;

    if ((attrs & TABLES_OWNED) != 0) {
        return; // donated: what follows is about memory that has another owner
    }
    const struct page *page = page_at(pa, &sp, &k);
    FIXTURE_CHECK(page != NULL);
    // Its owner has marked it, has lost it, or is gone. The memory of a stopped one nobody may have
    FIXTURE_CHECK(page->busy || page->away || page->pool_owner == PAGE_OWNER_TRANSACTION);
    FIXTURE_CHECK(page->pool_owner == PAGE_OWNER_TRANSACTION ||
                  (page->pool_owner != PAGE_OWNER_NONE && page->pool_owner != index + 1 &&
                   !spmc_sps[page->pool_owner - 1].stopped));
    // Code that somebody can write
    FIXTURE_CHECK((attrs & TABLES_UXN) != 0 || page->away ||
                  page->pool_owner == PAGE_OWNER_TRANSACTION);
}

static void check_region(uint32_t index, const struct region *region)
{
    FIXTURE_CHECK(!spmc_sps[index].stopped && region->mapped == region->total);
    for (uint32_t r = 0; r < region->run_count; r++) {
        const struct run *run = &region->runs[r];

        if ((run->attrs & TABLES_NS) != 0) {
            FIXTURE_CHECK(memchr(&ns[(run->pa - NS_BASE) / PAGE], 0, run->pages) == NULL);
        }
        for (uint32_t i = 0; (run->attrs & TABLES_NS) == 0 && i < run->pages; i++) {
            check_secure(index, run->pa + (uint64_t)i * PAGE, run->attrs);
        }
    }
}

void mem_model_check(void)
{
    struct ffa_mem_counters counters;
    uint32_t held = 0;
    uint64_t held_pages = 0;

    ffa_mem_count(&counters);
    FIXTURE_CHECK(ffa_mem_lock.next == ffa_mem_lock.serving);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        for (uint32_t n = 0; n < SP_SPACE_REGIONS; n++) {
            const struct region *region = &regions[i][n];

            if (region->used) {
                check_region(i, region);
            }
            if (region->used && (region->runs[0].attrs & TABLES_OWNED) == 0) {
                held++;
                held_pages += region->total;
            }
        }
        for (uint32_t k = 0; k < MEM_MODEL_PAGES; k++) {
            FIXTURE_CHECK(!pages[i][k].busy || !pages[i][k].away);
        }
    }
    FIXTURE_CHECK(counters.held == held && counters.held_pages == held_pages);
    FIXTURE_CHECK(counters.pool_pages == mem_model.live);
}

void mem_model_destroy(const struct sp *sp)
{
    uint32_t index = (uint32_t)(sp - spmc_sps);

    for (uint32_t n = 0; n < SP_SPACE_REGIONS; n++) {
        const struct region *region = &regions[index][n];

        // ffa_mem_stopped has closed all but what it owns
        FIXTURE_CHECK(!region->used || (region->runs[0].attrs & TABLES_OWNED) != 0);
        mem_model.regions -= region->used ? 1 : 0;
        free(region->runs);
        regions[index][n] = (struct region){ 0 };
    }
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        for (uint32_t k = 0; k < MEM_MODEL_PAGES; k++) {
            if (pages[i][k].pool_owner == index + 1) {
                memset(fixture_page(&spmc_sps[i], k), 0, PAGE);
                pages[i][k] = (struct page){ .pool_owner = PAGE_OWNER_NONE };
            }
        }
    }
}

// What tests left: of the partitions, then of the normal world, whose borrowers are gone by then.
static void end_transactions(void)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (!spmc_sps[i].stopped) {
            ffa_mem_stopped(&spmc_sps[i]);
        }
    }
    for (uint32_t n = 0; n < SPMC_MAX_TRANSACTIONS; n++) {
        const struct ffa_mem_slot *slot = ffa_mem_handle_at_locked(n);

        if (slot != NULL && slot->state != FFA_MEM_FREE) {
            uint64_t x[18] = { FFA_MEM_RECLAIM, (uint32_t)slot->handle, slot->handle >> 32 };

            FIXTURE_CHECK(slot->owner == 0);
            (void)ffa_mem_reclaim(&spmc_cores[0], NULL, x);
            FIXTURE_CHECK(x[0] == FFA_SUCCESS_32);
        }
    }
}

void mem_model_reset(void)
{
    struct ffa_mem_counters counters;

    mem_model_meanwhile = NULL;
    end_transactions();
    ffa_mem_count(&counters);
    FIXTURE_CHECK(counters.transactions == 0 && counters.pool_pages == 0 && counters.held == 0 &&
                  counters.sent_pages == 0 && counters.held_pages == 0 && mem_model.live == 0);
    for (uint32_t i = 0; i < SPMC_MAX_SPS; i++) {
        for (uint32_t n = 0; n < SP_SPACE_REGIONS; n++) {
            free(regions[i][n].runs);
        }
        for (uint32_t k = 0; k < MEM_MODEL_PAGES; k++) {
            pages[i][k] = (struct page){ .pool_owner = (uint8_t)(i + 1), .home = SPACE_VA(k) };
        }
    }
    memset(regions, 0, sizeof(regions));
    memset(ns, 0, sizeof(ns));
    mem_model = (struct mem_model){
        .pool_left = POOL_MAX,
        .regions_left = UINT32_MAX,
        .maps_left = UINT32_MAX,
        .takes_left = UINT32_MAX,
    };
}
