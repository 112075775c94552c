// SPDX-License-Identifier: BSD-3-Clause
//
// The pages of a memory transaction: taken from their owner, mapped for borrowers, wiped, given back. Called by the other
// ffa_mem_*.c for a slot that is theirs; the addresses in its list are the sender's, aligned and without wrap, no more.
// Every change is prepared first: pages are marked (ns_pages.h, TABLES_BUSY), so that a refusal has only marks to undo.
#include "ffa_mem_private.h"

#include "assert.h"
#include "bits.h"
#include "ns_pages.h"
#include "page_pool.h"
#include "spmc_mm.h"

// Why a range was refused: DEN0077A has one code for ranges of one transaction that overlap, and another for memory that the
// caller may not offer. `list`: as it was received.
static int32_t refusal(const struct ffa_mem_list *list, const struct ffa_mem_run *refused)
{
    for (const struct ffa_mem_run *run = ffa_mem_list_first(list); run != refused;
         run = ffa_mem_list_after(list, run)) {
        if (range_overlap(run->address, (uint64_t)run->pages * PAGE_SIZE, refused->address,
                          (uint64_t)refused->pages * PAGE_SIZE)) {
            return FFA_INVALID_PARAMETERS;
        }
    }
    return FFA_DENIED;
}

static uint64_t va_of(const struct ffa_mem_run *run)
{
    return (uint64_t)run->va_page * PAGE_SIZE;
}

// ---- The normal world's ---------------------------------------------------------------------------------------------

static int32_t offer_normal_world(const struct ffa_mem_list *list)
{
    const struct ffa_mem_run *run = ffa_mem_list_first(list);
    int err = 0;

    for (; run != NULL; run = ffa_mem_list_after(list, run)) {
        err = ns_pages_take(run->address, run->pages);
        if (err != 0) {
            break;
        }
    }
    if (err == 0) {
        return 0;
    }
    for (const struct ffa_mem_run *undo = ffa_mem_list_first(list); undo != run;
         undo = ffa_mem_list_after(list, undo)) {
        ns_pages_give(undo->address, undo->pages);
    }
    return err == ERR_NO_MEMORY ? FFA_NO_MEMORY : refusal(list, run);
}

// ---- A partition's --------------------------------------------------------------------------------------------------

static void set_busy(struct sp *sp, const struct ffa_mem_list *list, bool busy)
{
    for (const struct ffa_mem_run *run = ffa_mem_list_first(list); run != NULL;
         run = ffa_mem_list_after(list, run)) {
        sp_space_set_busy(&sp->space, va_of(run), run->pages, busy);
    }
}

// What the sender may do with the memory bounds what it may offer.
static bool rights_suffice(const struct ffa_mem_slot *slot, uint64_t attrs)
{
    bool writable = (attrs & TABLES_RO) == 0;

    if ((attrs & TABLES_USER) == 0 || (attrs & TABLES_NS) != 0 || (slot->zero && !writable)) {
        return false;
    }
    for (uint32_t i = 0; i < slot->holder_count; i++) {
        uint32_t data = slot->holders[i].offer.permissions & FFA_MEM_DATA_MASK;

        if (data == FFA_MEM_DATA_RW && !writable) {
            return false;
        }
    }
    return true;
}

// Marks the pages of one received range and appends what they are physically to `runs`. All of a transaction have the same
// attributes: there is one answer to what its owner may do with it.
static int32_t mark_range(struct ffa_mem_slot *slot, struct sp *sp,
                          const struct ffa_mem_run *received, struct ffa_mem_list *runs)
{
    struct ffa_mem_run run = { .va_page = received->va_page };
    uint32_t left = received->pages;

    while (left != 0) {
        struct sp_space_run found;

        if (sp_space_owned_run(&sp->space, va_of(&run), left, &found) != 0) {
            return refusal(&slot->list, received);
        }
        if (!rights_suffice(slot, found.attrs) ||
            (runs->count != 0 && found.attrs != slot->map_attrs)) {
            return FFA_DENIED;
        }
        run.address = found.pa;
        run.pages = found.pages;
        if (ffa_mem_list_add(runs, &run) != 0) {
            return FFA_NO_MEMORY;
        }
        slot->map_attrs = found.attrs;
        sp_space_set_busy(&sp->space, va_of(&run), found.pages, true);
        run.va_page += found.pages;
        left -= found.pages;
    }
    return 0;
}

static int32_t offer_partition(struct ffa_mem_slot *slot, struct sp *sp)
{
    const struct ffa_mem_run *run = ffa_mem_list_first(&slot->list);
    struct ffa_mem_list runs = { 0 };
    int32_t code = 0;

    for (; code == 0 && run != NULL; run = ffa_mem_list_after(&slot->list, run)) {
        code = mark_range(slot, sp, run, &runs);
    }
    if (code != 0) {
        set_busy(sp, &runs, false);
        ffa_mem_list_free(&runs);
        return code;
    }
    // From here on nothing can fail
    ffa_mem_list_free(&slot->list);
    slot->list = runs;
    slot->writable = (slot->map_attrs & TABLES_RO) == 0;
    if (slot->kind != FFA_MEM_KIND_SHARE) {
        set_busy(sp, &slot->list, false);
        for (run = ffa_mem_list_first(&slot->list); run != NULL;
             run = ffa_mem_list_after(&slot->list, run)) {
            sp_space_take(&sp->space, va_of(run), run->pages);
        }
    }
    return 0;
}

// ---- Both -----------------------------------------------------------------------------------------------------------

int32_t ffa_mem_pages_offer(struct ffa_mem_slot *slot)
{
    struct sp *sp = ffa_mem_sp(slot->owner);
    int32_t code = sp != NULL ? offer_partition(slot, sp) : offer_normal_world(&slot->list);

    // DEN0077A "zero memory": before any borrower can see it, and after its owner has lost it
    if (code == 0 && slot->zero) {
        ffa_mem_pages_wipe(slot);
    }
    return code;
}

void ffa_mem_pages_return(struct ffa_mem_slot *slot)
{
    struct sp *sp = ffa_mem_sp(slot->owner);

    for (const struct ffa_mem_run *run = ffa_mem_list_first(&slot->list); run != NULL;
         run = ffa_mem_list_after(&slot->list, run)) {
        if (sp == NULL) {
            ns_pages_give(run->address, run->pages);
        } else if (slot->kind == FFA_MEM_KIND_SHARE) {
            sp_space_set_busy(&sp->space, va_of(run), run->pages, false);
        } else {
            sp_space_put(&sp->space, va_of(run), run->address, run->pages, slot->map_attrs);
        }
    }
}

void ffa_mem_pages_wipe(const struct ffa_mem_slot *slot)
{
    assert(slot->page_count <= SPMC_MAX_ZERO_PAGES);
    for (const struct ffa_mem_run *run = ffa_mem_list_first(&slot->list); run != NULL;
         run = ffa_mem_list_after(&slot->list, run)) {
        spmc_mm_zero(run->address, run->pages, slot->ns);
    }
}

void ffa_mem_pages_drop(struct ffa_mem_slot *slot)
{
    for (const struct ffa_mem_run *run = ffa_mem_list_first(&slot->list); run != NULL;
         run = ffa_mem_list_after(&slot->list, run)) {
        for (uint32_t i = 0; i < run->pages; i++) {
            page_pool_free(spmc_mm_va(run->address + (uint64_t)i * PAGE_SIZE));
        }
    }
}

void ffa_mem_pages_hand_over_locked(struct ffa_mem_slot *slot, const struct sp *to)
{
    struct sp *from = ffa_mem_sp(slot->owner);
    bool orphaned = slot->owner_gone;

    slot->owner_gone = to == NULL;
    for (const struct ffa_mem_run *run = ffa_mem_list_first(&slot->list); run != NULL;
         run = ffa_mem_list_after(&slot->list, run)) {
        page_pool_set_owner(spmc_mm_va(run->address), run->pages,
                            to != NULL ? sp_space_asid(&to->space) : PAGE_OWNER_TRANSACTION);
        if (to != NULL && !orphaned) {
            sp_space_gone(&from->space, va_of(run), run->pages);
        }
    }
}

int32_t ffa_mem_pages_map(const struct ffa_mem_slot *slot, struct sp *borrower, uint64_t attrs,
                          uint64_t *va)
{
    const struct ffa_mem_run *run = ffa_mem_list_first(&slot->list);
    uint32_t mapped = 0;

    if (sp_space_region_open(&borrower->space, slot->page_count, run->address, va) != 0) {
        return FFA_NO_MEMORY;
    }
    for (; run != NULL; run = ffa_mem_list_after(&slot->list, run)) {
        if (sp_space_region_map(&borrower->space, *va + (uint64_t)mapped * PAGE_SIZE, run->address,
                                run->pages, attrs) != 0) {
            sp_space_region_close(&borrower->space, *va, mapped);
            return FFA_NO_MEMORY;
        }
        mapped += run->pages;
    }
    return 0;
}
