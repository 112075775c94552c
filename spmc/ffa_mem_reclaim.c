// SPDX-License-Identifier: BSD-3-Clause
//
// The ways out of a memory transaction: FFA_MEM_RELINQUISH, FFA_MEM_RECLAIM, the end of a partition. First nobody can reach the
// pages any more, then they are wiped (if they are to be), then somebody gets them.
#include "ffa_mem_private.h"

static uint64_t handle_of(uint64_t w_low, uint64_t w_high)
{
    return (uint32_t)w_low | w_high << 32;
}

void ffa_mem_leave(struct ffa_mem_slot *slot, struct ffa_mem_holder *holder)
{
    spin_lock(&ffa_mem_lock);
    slot->wipe = slot->wipe || holder->zero_after;
    if (slot->wipe && !ffa_mem_handle_is_held_locked(slot, holder)) {
        slot->wiping = true; // nobody comes meanwhile
        spin_unlock(&ffa_mem_lock);
        ffa_mem_pages_wipe(slot);
        spin_lock(&ffa_mem_lock);
        slot->wipe = false;
        slot->wiping = false;
    }
    holder->hold = FFA_MEM_NOT_HELD;
    holder->zero_after = false;
    ffa_mem_handle_discharge_locked(slot, holder->offer.index);
    bool over = slot->owner_gone && !ffa_mem_handle_is_held_locked(slot, NULL);
    if (over) {
        slot->state = FFA_MEM_WORKING;
    }
    spin_unlock(&ffa_mem_lock);
    if (over) {
        ffa_mem_pages_drop(slot);
        ffa_mem_handle_close(slot);
    }
}

// What a partition wants to give up; afterwards the holder is the caller's. A handle that is not its own says the same as one
// that does not exist.
static int32_t relinquish_decode_locked(const struct sp *sp, uint64_t handle, bool zero,
                                        struct ffa_mem_slot **slot, struct ffa_mem_holder **holder)
{
    *slot = ffa_mem_handle_find_locked(handle);
    if (*slot == NULL || (*slot)->state != FFA_MEM_OFFERED) {
        return FFA_INVALID_PARAMETERS;
    }
    *holder = ffa_mem_handle_holder(*slot, ffa_index_of(sp));
    if (*holder == NULL || (zero && (*slot)->kind == FFA_MEM_KIND_SHARE)) {
        return FFA_INVALID_PARAMETERS;
    }
    if ((*holder)->hold != FFA_MEM_HELD) {
        return FFA_DENIED;
    }
    if (zero && (!(*holder)->writable || ffa_mem_handle_is_held_locked(*slot, *holder))) {
        return FFA_DENIED;
    }
    if (zero && (*slot)->page_count > SPMC_MAX_ZERO_PAGES) {
        return FFA_NO_MEMORY;
    }
    (*holder)->hold = FFA_MEM_GOING;
    (*holder)->zero_after = (*holder)->zero_after || zero;
    return 0;
}

static int32_t relinquish_read(struct sp *sp, uint64_t *handle, bool *zero)
{
    struct ffa_endpoint *endpoint = &sp->endpoint;
    struct ffa_view view;
    uint32_t flags = 0;
    uint16_t id = 0;

    spin_lock(&endpoint->lock);
    int32_t code = ffa_mem_tx_locked(endpoint, FFA_MEM_PAGE, &view);
    if (code == 0 && ffa_mem_desc_decode_relinquish(&view, handle, &flags, &id) != 0) {
        code = FFA_INVALID_PARAMETERS;
    }
    spin_unlock(&endpoint->lock);
    *zero = flags == FFA_MEM_FLAG_ZERO;
    if (code == 0 && (id != endpoint->id || (flags & ~(uint32_t)FFA_MEM_FLAG_ZERO) != 0)) {
        code = FFA_INVALID_PARAMETERS;
    }
    return code;
}

struct sp *ffa_mem_relinquish(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct ffa_mem_holder *holder = NULL;
    struct ffa_mem_slot *slot = NULL;
    uint64_t handle = 0;
    bool zero = false;
    int32_t code = ffa_mbz(sp, x, 1) ? relinquish_read(sp, &handle, &zero) : FFA_INVALID_PARAMETERS;

    (void)core;
    if (code == 0) {
        spin_lock(&ffa_mem_lock);
        code = relinquish_decode_locked(sp, handle, zero, &slot, &holder);
        spin_unlock(&ffa_mem_lock);
    }
    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    sp_space_region_close(&sp->space, holder->va, slot->page_count);
    ffa_mem_leave(slot, holder);
    return ffa_success(sp, x, 0, 0);
}

// What an owner wants back; afterwards the slot is the caller's. *offered: its pages had been taken.
static int32_t reclaim_decode_locked(const struct sp *sp, uint64_t handle, bool zero,
                                     struct ffa_mem_slot **slot, bool *offered)
{
    *slot = ffa_mem_handle_find_locked(handle);
    if (*slot == NULL || (*slot)->owner != ffa_index_of(sp) || (*slot)->state == FFA_MEM_DONATED) {
        return FFA_INVALID_PARAMETERS;
    }
    *offered = (*slot)->state == FFA_MEM_OFFERED;
    if ((*slot)->state == FFA_MEM_WORKING || ffa_mem_handle_is_held_locked(*slot, NULL) ||
        (*offered && zero && !(*slot)->writable)) {
        return FFA_DENIED;
    }
    if (*offered && zero && (*slot)->page_count > SPMC_MAX_ZERO_PAGES) {
        return FFA_NO_MEMORY;
    }
    (*slot)->state = FFA_MEM_WORKING;
    return 0;
}

struct sp *ffa_mem_reclaim(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct ffa_mem_slot *slot = NULL;
    bool offered = false;
    bool zero = (x[3] & FFA_MEM_RECLAIM_ZERO) != 0;

    (void)core;
    if (!ffa_mbz(sp, x, 4) || (x[3] & ~(uint64_t)FFA_MEM_RECLAIM_ZERO) != 0) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&ffa_mem_lock);
    int32_t code = reclaim_decode_locked(sp, handle_of(x[1], x[2]), zero, &slot, &offered);
    spin_unlock(&ffa_mem_lock);
    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    if (offered) {
        if (zero) {
            ffa_mem_pages_wipe(slot);
        }
        ffa_mem_pages_return(slot);
    }
    ffa_mem_handle_close(slot); // an incomplete one has taken nothing yet
    return ffa_success(sp, x, 0, 0);
}

// The end of a partition as borrower.
static void stop_holding(struct sp *sp, uint32_t n)
{
    struct ffa_mem_holder *holder = NULL;
    bool donated = false;

    spin_lock(&ffa_mem_lock);
    struct ffa_mem_slot *slot = ffa_mem_handle_at_locked(n);
    if (slot != NULL && (slot->state == FFA_MEM_OFFERED || slot->state == FFA_MEM_DONATED)) {
        holder = ffa_mem_handle_holder(slot, ffa_index_of(sp));
    }
    if (holder != NULL && holder->hold != FFA_MEM_HELD) {
        holder = NULL;
    }
    if (holder != NULL) {
        donated = slot->state == FFA_MEM_DONATED;
        slot->state = donated ? FFA_MEM_WORKING : slot->state;
        holder->hold = FFA_MEM_GOING;
    }
    spin_unlock(&ffa_mem_lock);
    if (holder == NULL) {
        return;
    }
    sp_space_region_close(&sp->space, holder->va, slot->page_count);
    if (!donated) {
        ffa_mem_leave(slot, holder);
        return;
    }
    // What the normal world gave for good it may use again: nobody else has it
    ffa_mem_pages_return(slot);
    spin_lock(&ffa_mem_lock);
    holder->hold = FFA_MEM_NOT_HELD;
    ffa_mem_handle_discharge_locked(slot, holder->offer.index);
    spin_unlock(&ffa_mem_lock);
    ffa_mem_handle_close(slot);
}

// … and as owner. Pages that nobody has go with its address space: they are still of its ASID.
static void stop_owning(const struct sp *sp, uint32_t n)
{
    bool over = false;

    spin_lock(&ffa_mem_lock);
    struct ffa_mem_slot *slot = ffa_mem_handle_at_locked(n);
    if (slot != NULL && slot->owner == ffa_index_of(sp) && !slot->owner_gone &&
        (slot->state == FFA_MEM_INCOMPLETE || slot->state == FFA_MEM_OFFERED)) {
        over = !ffa_mem_handle_is_held_locked(slot, NULL);
        if (over) {
            slot->state = FFA_MEM_WORKING;
        } else {
            ffa_mem_pages_hand_over_locked(slot, NULL);
        }
    }
    spin_unlock(&ffa_mem_lock);
    if (over) {
        ffa_mem_handle_close(slot);
    }
}

void ffa_mem_stopped(struct sp *sp)
{
    for (uint32_t n = 0; n < SPMC_MAX_TRANSACTIONS; n++) {
        stop_holding(sp, n);
        stop_owning(sp, n);
    }
}
