// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_MEM_RETRIEVE_REQ of a partition: checks the request against the transaction, maps the pages into the partition, and
// answers with FFA_MEM_RETRIEVE_RESP. The request is copied out of TX once; RX is reserved before anything changes, so a
// retrieval that is done can always be told.
#include "ffa_mem_private.h"

#include "bits.h"

// A request that was found to be legal
struct retrieval {
    struct ffa_mem_slot *slot;
    struct ffa_mem_holder *holder;
    uint8_t permissions; // that the partition gets
    bool zero_after;
};

void ffa_mem_describe(const struct ffa_mem_slot *slot, const struct ffa_endpoint *to,
                      uint32_t version, struct ffa_mem_desc *desc)
{
    bool ns_bit = slot->ns && (version >= FFA_VERSION_1_1 || to->ns_bit);

    desc->sender = slot->owner_id;
    desc->attributes = (uint16_t)(FFA_MEM_ATTR_NORMAL | (ns_bit ? FFA_MEM_ATTR_NS : 0));
    desc->flags = (uint32_t)slot->kind << FFA_MEM_KIND_SHIFT | (slot->zero ? FFA_MEM_FLAG_ZERO : 0);
    desc->handle = slot->handle;
    desc->tag = slot->tag;
    desc->page_count = slot->page_count;
}

// DEN0077A "memory management attributes": what a borrower asks for is exactly what it gets, or left open.
static int32_t check_attributes(uint16_t attributes)
{
    uint32_t type = attributes & FFA_MEM_ATTR_TYPE;

    if ((attributes & ~(uint32_t)(FFA_MEM_ATTR_NORMAL | FFA_MEM_ATTR_TYPE)) != 0 ||
        type == FFA_MEM_ATTR_TYPE) {
        return FFA_INVALID_PARAMETERS;
    }
    return type == 0 || attributes == FFA_MEM_ATTR_NORMAL ? 0 : FFA_DENIED;
}

// DEN0077A "memory access permissions". Data: what was offered, or less. Instructions: the borrower's to say where it is the
// only one with access; code that can be written, and code of the normal world, there is none.
static int32_t check_permissions(struct retrieval *retrieval, uint8_t asked)
{
    const struct ffa_mem_slot *slot = retrieval->slot;
    uint32_t offered = retrieval->holder->offer.permissions & FFA_MEM_DATA_MASK;
    uint32_t data = asked & FFA_MEM_DATA_MASK;
    uint32_t instruction = asked & FFA_MEM_INSTRUCTION_MASK;
    bool shared = slot->kind == FFA_MEM_KIND_SHARE || slot->holder_count > 1;

    if (slot->kind == FFA_MEM_KIND_DONATE) {
        offered = slot->writable ? FFA_MEM_DATA_RW : FFA_MEM_DATA_RO;
    }
    if ((asked & ~(uint32_t)(FFA_MEM_DATA_MASK | FFA_MEM_INSTRUCTION_MASK)) != 0 ||
        data == FFA_MEM_DATA_MASK || instruction == FFA_MEM_INSTRUCTION_MASK ||
        shared != (instruction == FFA_MEM_INSTRUCTION_UNSPECIFIED) ||
        (instruction == FFA_MEM_INSTRUCTION_X && slot->ns)) {
        return FFA_INVALID_PARAMETERS;
    }
    if (data == FFA_MEM_DATA_UNSPECIFIED) {
        data = offered;
    }
    if (data > offered || (data == FFA_MEM_DATA_RW && instruction == FFA_MEM_INSTRUCTION_X)) {
        return FFA_DENIED;
    }
    retrieval->permissions =
        (uint8_t)(data |
                  (instruction == FFA_MEM_INSTRUCTION_X ? instruction : FFA_MEM_INSTRUCTION_NX));
    return 0;
}

static int32_t check_flags(struct retrieval *retrieval, uint32_t flags, uint32_t version)
{
    const struct ffa_mem_slot *slot = retrieval->slot;
    uint32_t type = (flags & FFA_MEM_FLAG_TYPE) >> FFA_MEM_KIND_SHIFT;
    bool bypass = (flags & FFA_MEM_FLAG_BYPASS) != 0;
    bool read_only = (retrieval->permissions & FFA_MEM_DATA_MASK) == FFA_MEM_DATA_RO;

    // Also reserved: the alignment hint, which nobody here follows, and time slicing
    if ((flags & ~(uint32_t)(FFA_MEM_FLAG_ZERO | FFA_MEM_FLAG_ZERO_AFTER | FFA_MEM_FLAG_TYPE |
                             FFA_MEM_FLAG_BYPASS)) != 0 ||
        (type != 0 && type != slot->kind) ||
        (bypass && (version < FFA_VERSION_1_2 || slot->holder_count == 1)) ||
        ((flags & FFA_MEM_FLAG_ZERO) != 0 && slot->kind == FFA_MEM_KIND_SHARE) ||
        ((flags & FFA_MEM_FLAG_ZERO_AFTER) != 0 && slot->kind != FFA_MEM_KIND_LEND)) {
        return FFA_INVALID_PARAMETERS;
    }
    // Before: the sender had it done, or it is not
    if ((flags & FFA_MEM_FLAG_ZERO) != 0 && (!slot->zero || read_only)) {
        return FFA_DENIED;
    }
    retrieval->zero_after = (flags & FFA_MEM_FLAG_ZERO_AFTER) != 0;
    if (retrieval->zero_after && read_only) {
        return FFA_DENIED;
    }
    return retrieval->zero_after && slot->page_count > SPMC_MAX_ZERO_PAGES ? FFA_NO_MEMORY : 0;
}

static __attribute__((noinline)) const struct ffa_mem_borrower *
find_borrower(const struct ffa_mem_desc *request, uint16_t id)
{
    for (uint32_t i = 0; i < request->borrower_count; i++) {
        if (request->borrowers[i].id == id) {
            return &request->borrowers[i];
        }
    }
    return NULL;
}

// DEN0077A "Borrower's list": names who has been offered the memory, the others as the sender wrote them; or, with the
// bypass flag, the caller alone.
static int32_t check_borrowers(const struct retrieval *retrieval,
                               const struct ffa_mem_desc *request, uint32_t version)
{
    const struct ffa_mem_slot *slot = retrieval->slot;
    const struct ffa_mem_borrower *own = find_borrower(request, retrieval->holder->offer.id);
    bool bypass = (request->flags & FFA_MEM_FLAG_BYPASS) != 0;

    if (own == NULL || request->borrower_count != (bypass ? 1 : slot->holder_count)) {
        return FFA_INVALID_PARAMETERS;
    }
    if (version >= FFA_VERSION_1_2 && (own->impdef[0] != retrieval->holder->offer.impdef[0] ||
                                       own->impdef[1] != retrieval->holder->offer.impdef[1])) {
        return FFA_INVALID_PARAMETERS;
    }
    for (uint32_t i = 0; !bypass && i < slot->holder_count; i++) {
        const struct ffa_mem_borrower *offer = &slot->holders[i].offer;
        const struct ffa_mem_borrower *named = find_borrower(request, offer->id);

        if (named == NULL || (named != own && named->permissions != offer->permissions)) {
            return FFA_INVALID_PARAMETERS;
        }
    }
    return 0;
}

// A handle that is not the caller's says the same as one that does not exist.
static int32_t find_locked(const struct sp *sp, const struct ffa_mem_desc *request,
                           struct retrieval *retrieval)
{
    retrieval->slot = ffa_mem_handle_find_locked(request->handle);
    if (retrieval->slot == NULL || retrieval->slot->state != FFA_MEM_OFFERED ||
        retrieval->slot->owner_gone) {
        return FFA_INVALID_PARAMETERS;
    }
    retrieval->holder = ffa_mem_handle_holder(retrieval->slot, ffa_index_of(sp));
    if (retrieval->holder == NULL) {
        return FFA_INVALID_PARAMETERS;
    }
    return request->sender == retrieval->slot->owner_id ? 0 : FFA_DENIED;
}

// Everything about a request; afterwards the holder is the caller's.
static int32_t decode_locked(const struct sp *sp, const struct ffa_mem_desc *request,
                             uint32_t version, struct retrieval *retrieval)
{
    int32_t code = find_locked(sp, request, retrieval);

    if (code == 0 && request->tag != retrieval->slot->tag) {
        code = FFA_INVALID_PARAMETERS;
    }
    if (code == 0) {
        code = check_borrowers(retrieval, request, version);
    }
    if (code == 0) {
        code = check_permissions(retrieval,
                                 find_borrower(request, retrieval->holder->offer.id)->permissions);
    }
    if (code == 0) {
        code = check_flags(retrieval, request->flags, version);
    }
    if (code == 0) {
        code = check_attributes(request->attributes);
    }
    if (code == 0 && retrieval->holder->hold != FFA_MEM_NOT_HELD) {
        code = FFA_DENIED; // one retrieval at a time (FFA_FEATURES)
    }
    if (code == 0 && retrieval->slot->wiping) {
        code = FFA_BUSY; // for the last borrower; in a moment it is over
    }
    if (code == 0 && ffa_mem_handle_charge_locked(retrieval->slot, ffa_index_of(sp)) != 0) {
        code = FFA_NO_MEMORY;
    }
    if (code == 0) {
        retrieval->holder->hold = FFA_MEM_COMING;
    }
    return code;
}

static uint64_t attributes_of(const struct retrieval *retrieval)
{
    bool donated = retrieval->slot->kind == FFA_MEM_KIND_DONATE;
    uint64_t attrs = SP_SPACE_RO;

    if ((retrieval->permissions & FFA_MEM_INSTRUCTION_MASK) == FFA_MEM_INSTRUCTION_X) {
        attrs = SP_SPACE_RX;
    } else if ((retrieval->permissions & FFA_MEM_DATA_MASK) == FFA_MEM_DATA_RW) {
        attrs = SP_SPACE_RW;
    }
    // What the normal world donates is not the partition's to give on: it never becomes secure memory
    return attrs | (retrieval->slot->ns ? TABLES_NS : donated ? TABLES_OWNED : 0);
}

// The pages are mapped. A donation ends here: secure memory has a new owner and its transaction goes; the normal world's stays
// on record (without a handle) until the partition does. Returns whether the slot is to be closed.
static bool settle_locked(const struct retrieval *retrieval, const struct sp *sp)
{
    struct ffa_mem_slot *slot = retrieval->slot;
    struct ffa_mem_holder *holder = retrieval->holder;

    holder->hold = FFA_MEM_HELD;
    holder->writable = (retrieval->permissions & FFA_MEM_DATA_MASK) == FFA_MEM_DATA_RW;
    holder->zero_after = retrieval->zero_after;
    if (slot->kind != FFA_MEM_KIND_DONATE) {
        return false;
    }
    if (slot->ns) {
        slot->state = FFA_MEM_DONATED;
        return false;
    }
    ffa_mem_pages_hand_over_locked(slot, sp);
    ffa_mem_handle_discharge_locked(slot, holder->offer.index);
    holder->hold = FFA_MEM_NOT_HELD;
    slot->state = FFA_MEM_WORKING;
    return true;
}

// Does it all, but for RX; *desc and *va: what there is to tell.
static int32_t retrieve(struct sp *sp, const struct ffa_mem_desc *request, uint32_t version,
                        struct ffa_mem_desc *desc, uint64_t *va)
{
    struct retrieval retrieval = { 0 };

    spin_lock(&ffa_mem_lock);
    int32_t code = decode_locked(sp, request, version, &retrieval);
    spin_unlock(&ffa_mem_lock);
    if (code != 0) {
        return code;
    }
    code = ffa_mem_pages_map(retrieval.slot, sp, attributes_of(&retrieval), va);
    if (code != 0) {
        ffa_mem_leave(retrieval.slot, retrieval.holder);
        return code;
    }
    ffa_mem_describe(retrieval.slot, &sp->endpoint, version, desc);
    desc->borrower_count = 1;
    desc->borrowers[0] = retrieval.holder->offer;
    desc->borrowers[0].permissions = retrieval.permissions;
    desc->range_count = 1;
    retrieval.holder->va = *va;
    spin_lock(&ffa_mem_lock);
    bool over = settle_locked(&retrieval, sp);
    spin_unlock(&ffa_mem_lock);
    if (over) {
        ffa_mem_handle_close(retrieval.slot);
    }
    return 0;
}

static int32_t read_request_locked(const struct ffa_endpoint *endpoint, uint32_t length,
                                   uint32_t version, struct ffa_mem_desc *request)
{
    struct ffa_view view;
    int32_t code = ffa_mem_tx_locked(endpoint, length, &view);

    if (code != 0) {
        return code;
    }
    int err = ffa_mem_desc_decode_retrieve(&view, version, request);
    if (err != 0) {
        return err == ERR_NO_MEMORY ? FFA_NO_MEMORY : FFA_INVALID_PARAMETERS;
    }
    return endpoint->buffers.rx_full ? FFA_BUSY : 0;
}

// RX is the SPMC's (rx_full was set by this call), and the partition runs here: nobody else looks at it.
static struct sp *answer(struct sp *sp, uint64_t *x, uint32_t version,
                         const struct ffa_mem_desc *desc, uint64_t va)
{
    uint8_t *rx = sp->endpoint.buffers.rx;
    uint32_t size = ffa_mem_desc_encode(desc, version, rx);
    struct ffa_mem_range *range = (void *)(rx + size);

    range->address = va;
    range->page_count = desc->page_count;
    range->reserved = 0;
    size += (uint32_t)sizeof(*range);
    ffa_answer(sp, x, FFA_MEM_RETRIEVE_RESP, size, size, 0);
    return sp;
}

struct sp *ffa_mem_retrieve_req(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    uint32_t version = ffa_version_of(endpoint);
    struct ffa_mem_desc request;
    struct ffa_mem_desc desc;
    uint64_t va = 0;

    (void)core;
    if (!ffa_mbz(sp, x, 3) || (uint32_t)x[1] != (uint32_t)x[2]) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&endpoint->lock);
    int32_t code = read_request_locked(endpoint, (uint32_t)x[1], version, &request);
    if (code == 0 && sp != NULL) {
        endpoint->buffers.rx_full = true;
    }
    spin_unlock(&endpoint->lock);
    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    if (sp == NULL) {
        return ffa_mem_hypervisor_retrieve(x, version, &request);
    }
    code = retrieve(sp, &request, version, &desc, &va);
    if (code == 0) {
        return answer(sp, x, version, &desc, va);
    }
    spin_lock(&endpoint->lock);
    endpoint->buffers.rx_full = false;
    spin_unlock(&endpoint->lock);
    return ffa_error(sp, x, code);
}
