// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_MEM_SHARE, FFA_MEM_LEND, FFA_MEM_DONATE, and the fragments after the first (FFA_MEM_FRAG_TX). The caller writes a
// descriptor into its TX buffer, which it may change while it is read: it is copied piece by piece, each once, into the
// transaction's slot, and everything is checked there. Nothing of the caller's memory changes before all of it is in and
// checked.
#include "ffa_mem_private.h"

#include "bits.h"

// DEN0077A "memory management attributes": what a sender may write, by kind and number of borrowers. Attributes have one
// legal value here; those of memory that only one borrower will have are not its sender's to choose.
static int32_t check_attributes(uint16_t attributes, bool specified)
{
    uint32_t type = attributes & FFA_MEM_ATTR_TYPE;
    uint32_t cache = attributes & FFA_MEM_ATTR_CACHE;
    uint32_t shareability = attributes & FFA_MEM_ATTR_SHAREABILITY;

    if (!specified) {
        return attributes == 0 ? 0 : FFA_INVALID_PARAMETERS;
    }
    if (attributes == FFA_MEM_ATTR_NORMAL) {
        return 0;
    }
    if ((attributes & ~(uint32_t)(FFA_MEM_ATTR_NORMAL | FFA_MEM_ATTR_TYPE)) != 0 ||
        (type != FFA_MEM_ATTR_NORMAL_TYPE && type != FFA_MEM_ATTR_DEVICE)) {
        return FFA_INVALID_PARAMETERS; // reserved bits, the NS bit, no type
    }
    if (type == FFA_MEM_ATTR_NORMAL_TYPE &&
        ((cache != FFA_MEM_ATTR_NC && cache != FFA_MEM_ATTR_WB) || shareability == 1)) {
        return FFA_INVALID_PARAMETERS; // reserved
    }
    return FFA_DENIED; // a device, or memory seen otherwise than its owner sees it
}

static int32_t check_flags(const struct ffa_mem_desc *desc, enum ffa_mem_kind kind)
{
    uint32_t allowed = kind == FFA_MEM_KIND_SHARE ? 0 : FFA_MEM_FLAG_ZERO;

    if (desc->handle != 0 || (desc->flags & ~allowed) != 0) {
        return FFA_INVALID_PARAMETERS;
    }
    if (desc->flags != 0 && desc->page_count > SPMC_MAX_ZERO_PAGES) {
        return FFA_NO_MEMORY; // would keep the core for too long
    }
    return check_attributes(desc->attributes,
                            kind == FFA_MEM_KIND_SHARE || desc->borrower_count > 1);
}

// DEN0077A "memory access permissions": data is the sender's to say, unless it gives up the memory; instruction never is.
static bool permissions_are_legal(uint32_t permissions, enum ffa_mem_kind kind)
{
    if (kind == FFA_MEM_KIND_DONATE) {
        return permissions == 0;
    }
    return permissions == FFA_MEM_DATA_RO || permissions == FFA_MEM_DATA_RW;
}

static int32_t check_borrower(const struct sp *sender, struct ffa_mem_desc *desc, uint32_t n,
                              enum ffa_mem_kind kind)
{
    struct ffa_mem_borrower *borrower = &desc->borrowers[n];
    const struct sp *receiver = sp_find(borrower->id);

    if (receiver == NULL) {
        // Memory of the secure world never goes to the normal world; anything else does not exist, or borrows nothing
        return sender != NULL && borrower->id == FFA_ID_NWD ? FFA_DENIED : FFA_INVALID_PARAMETERS;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (desc->borrowers[i].id == borrower->id) {
            return FFA_INVALID_PARAMETERS;
        }
    }
    if (receiver == sender || !permissions_are_legal(borrower->permissions, kind)) {
        return FFA_INVALID_PARAMETERS;
    }
    borrower->index = (uint8_t)ffa_index_of(receiver);
    return sp_admits(receiver, sender, SP_MSG_MEMORY) ? 0 : FFA_DENIED;
}

// Everything about a descriptor but its ranges.
static int32_t check_send(const struct sp *sender, struct ffa_mem_desc *desc,
                          enum ffa_mem_kind kind)
{
    int32_t code = 0;

    for (uint32_t i = 0; code == 0 && i < desc->borrower_count; i++) {
        code = check_borrower(sender, desc, i, kind);
    }
    if (code == 0 && kind == FFA_MEM_KIND_DONATE && desc->borrower_count != 1) {
        code = FFA_INVALID_PARAMETERS;
    }
    if (code == 0) {
        code = check_flags(desc, kind);
    }
    if (code == 0 && desc->sender != (sender != NULL ? sender->endpoint.id : FFA_ID_NWD)) {
        code = FFA_DENIED; // speaks for somebody else
    }
    return code;
}

int32_t ffa_mem_tx_locked(const struct ffa_endpoint *endpoint, uint32_t length,
                          struct ffa_view *view)
{
    *view = (struct ffa_view){ .bytes = endpoint->buffers.tx, .size = length };
    return length <= endpoint->buffers.page_count * PAGE_SIZE ? 0 : FFA_INVALID_PARAMETERS;
}

int32_t ffa_mem_take_ranges(struct ffa_mem_slot *slot, const struct ffa_view *view, uint32_t offset)
{
    // Physical of the normal world, virtual of a partition
    uint64_t limit = 1ull << (slot->owner == 0 ? TABLES_PA_BITS : TABLES_VA_BITS);

    slot->received += view->size;
    for (; offset < view->size; offset += (uint32_t)sizeof(struct ffa_mem_range)) {
        struct ffa_mem_range range;

        if (ffa_mem_desc_decode_range(view, offset, limit, &range) != 0 ||
            range.page_count > slot->page_count - slot->pages_received) {
            return FFA_INVALID_PARAMETERS;
        }
        struct ffa_mem_run run = {
            .address = range.address,
            .va_page = (uint32_t)(range.address / PAGE_SIZE),
            .pages = range.page_count,
        };
        if (ffa_mem_list_add(&slot->list, &run) != 0) {
            return FFA_NO_MEMORY;
        }
        slot->pages_received += range.page_count;
    }
    return 0;
}

// Copies the first fragment out of the buffer into a new slot.
static int32_t receive_first_locked(struct sp *sp, const uint64_t *x, enum ffa_mem_kind kind,
                                    struct ffa_mem_slot **slot)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    struct ffa_mem_desc desc;
    struct ffa_view view;
    uint32_t total = (uint32_t)x[1];
    int32_t code = ffa_mem_tx_locked(endpoint, (uint32_t)x[2], &view);

    if (code != 0) {
        return code;
    }
    int err = ffa_mem_desc_decode_send(&view, total, ffa_version_of(endpoint), &desc);
    if (err != 0) {
        return err == ERR_NO_MEMORY ? FFA_NO_MEMORY : FFA_INVALID_PARAMETERS;
    }
    code = check_send(sp, &desc, kind);
    if (code != 0) {
        return code;
    }
    if (ffa_mem_handle_open(ffa_index_of(sp), &desc, slot) != 0) {
        return FFA_NO_MEMORY;
    }
    (*slot)->kind = kind;
    (*slot)->total = total;
    return ffa_mem_take_ranges(*slot, &view, desc.ranges_offset);
}

struct sp *ffa_mem_answer_fragment(struct sp *sp, uint64_t *x, uint32_t fid, uint64_t handle,
                                   uint32_t w3)
{
    ffa_answer(sp, x, fid, (uint32_t)handle, handle >> 32, w3);
    return sp;
}

struct sp *ffa_mem_received(struct sp *sp, uint64_t *x, struct ffa_mem_slot *slot, int32_t code)
{
    uint64_t handle = slot->handle;
    uint32_t received = slot->received;

    if (code == 0 && received != slot->total) {
        ffa_mem_handle_set(slot, FFA_MEM_INCOMPLETE);
        return ffa_mem_answer_fragment(sp, x, FFA_MEM_FRAG_RX, handle, received);
    }
    if (code == 0 && slot->pages_received != slot->page_count) {
        code = FFA_INVALID_PARAMETERS;
    }
    if (code == 0) {
        code = ffa_mem_pages_offer(slot);
    }
    if (code != 0) {
        ffa_mem_handle_close(slot);
        return ffa_error(sp, x, code);
    }
    ffa_mem_handle_set(slot, FFA_MEM_OFFERED);
    return ffa_success(sp, x, (uint32_t)handle, handle >> 32);
}

static struct sp *send(struct sp *sp, uint64_t *x, enum ffa_mem_kind kind)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    struct ffa_mem_slot *slot = NULL;

    // x3, x4: a buffer of the caller's choice, which FFA_FEATURES does not offer
    if (!ffa_mbz(sp, x, 3) || (uint32_t)x[2] > (uint32_t)x[1]) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&endpoint->lock);
    int32_t code = receive_first_locked(sp, x, kind, &slot);
    spin_unlock(&endpoint->lock);
    if (slot == NULL) {
        return ffa_error(sp, x, code);
    }
    return ffa_mem_received(sp, x, slot, code);
}

struct sp *ffa_mem_share(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    (void)core;
    return send(sp, x, FFA_MEM_KIND_SHARE);
}

struct sp *ffa_mem_lend(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    (void)core;
    return send(sp, x, FFA_MEM_KIND_LEND);
}

struct sp *ffa_mem_donate(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    (void)core;
    return send(sp, x, FFA_MEM_KIND_DONATE);
}
