// SPDX-License-Identifier: BSD-3-Clause
//
// What a hypervisor of the normal world asks about a transaction that the normal world sent: FFA_MEM_RETRIEVE_REQ with a
// handle and nothing else (DEN0077A "FFA_MEM_RETRIEVE_REQ, usage by a hypervisor"). The whole descriptor comes back, in
// pieces if it is longer than RX (FFA_MEM_FRAG_RX). No state changes but that of RX.
#include "ffa_mem_private.h"

#include "bits.h"

// The answer that is under way, under the normal world's lock; total 0: none.
static struct {
    uint64_t handle;
    uint32_t head;   // bytes in front of the ranges
    uint32_t total;  // bytes of the whole
    uint32_t offset; // bytes told
} reply;

// One that the normal world can ask about.
static struct ffa_mem_slot *find_locked(uint64_t handle)
{
    struct ffa_mem_slot *slot = ffa_mem_handle_find_locked(handle);

    return slot != NULL && slot->state == FFA_MEM_OFFERED && slot->owner == 0 ? slot : NULL;
}

// Writes `bytes` bytes of ranges to `to`, from range number `first` on.
static void write_ranges_locked(const struct ffa_mem_slot *slot, uint32_t first, uint8_t *to,
                                uint32_t bytes)
{
    struct ffa_mem_range *range = (void *)to;
    const struct ffa_mem_run *run = ffa_mem_list_at(&slot->list, first);

    for (; bytes != 0; bytes -= (uint32_t)sizeof(*range)) {
        range->address = run->address;
        range->page_count = run->pages;
        range->reserved = 0;
        range++;
        run = ffa_mem_list_after(&slot->list, run);
    }
}

// The next piece into RX; returns its length. It ends where a range does: all lengths are multiples of a range's.
static uint32_t write_piece_locked(const struct ffa_mem_slot *slot, uint32_t head_written)
{
    uint8_t *rx = ffa_nwd.buffers.rx;
    uint32_t room = ffa_nwd.buffers.page_count * PAGE_SIZE - head_written;
    uint32_t done = reply.offset + head_written;
    uint32_t bytes = reply.total - done < room ? reply.total - done : room;

    write_ranges_locked(slot, (done - reply.head) / (uint32_t)sizeof(struct ffa_mem_range),
                        rx + head_written, bytes);
    ffa_nwd.buffers.rx_full = true;
    reply.offset = done + bytes;
    if (reply.offset == reply.total) {
        reply.total = 0;
    }
    return head_written + bytes;
}

static int32_t rx_locked(void)
{
    return ffa_nwd.buffers.page_count == 0 || ffa_nwd.buffers.rx_full ? FFA_BUSY : 0;
}

static int32_t first_piece_locked(uint64_t handle, uint32_t version, uint32_t *total,
                                  uint32_t *length)
{
    const struct ffa_mem_slot *slot = find_locked(handle);
    struct ffa_mem_desc desc;

    if (slot == NULL) {
        return FFA_INVALID_PARAMETERS;
    }
    ffa_mem_describe(slot, &ffa_nwd, version, &desc);
    desc.borrower_count = slot->holder_count;
    for (uint32_t i = 0; i < slot->holder_count; i++) {
        desc.borrowers[i] = slot->holders[i].offer;
    }
    desc.range_count = slot->list.count;
    reply.handle = handle;
    reply.head = ffa_mem_desc_encode(&desc, version, ffa_nwd.buffers.rx);
    reply.total = reply.head + desc.range_count * (uint32_t)sizeof(struct ffa_mem_range);
    reply.offset = 0;
    *total = reply.total;
    *length = write_piece_locked(slot, reply.head);
    return 0;
}

static int32_t next_piece_locked(uint64_t handle, uint32_t offset, uint32_t *length)
{
    if (reply.total == 0 || handle != reply.handle || offset != reply.offset) {
        return FFA_INVALID_PARAMETERS;
    }
    const struct ffa_mem_slot *slot = find_locked(handle);
    if (slot == NULL) { // reclaimed meanwhile
        reply.total = 0;
        return FFA_INVALID_PARAMETERS;
    }
    *length = write_piece_locked(slot, 0);
    return 0;
}

struct sp *ffa_mem_hypervisor_retrieve(uint64_t *x, uint32_t version,
                                       const struct ffa_mem_desc *request)
{
    uint32_t total = 0;
    uint32_t length = 0;

    // With anything else in it, it is a borrower's request, and the normal world borrows nothing
    if (request->borrower_count != 0 || request->sender != 0 || request->attributes != 0 ||
        request->flags != 0 || request->tag != 0) {
        return ffa_error(NULL, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&ffa_nwd.lock);
    int32_t code = rx_locked();
    if (code == 0) {
        spin_lock(&ffa_mem_lock);
        code = first_piece_locked(request->handle, version, &total, &length);
        spin_unlock(&ffa_mem_lock);
    }
    spin_unlock(&ffa_nwd.lock);
    if (code != 0) {
        return ffa_error(NULL, x, code);
    }
    ffa_answer(NULL, x, FFA_MEM_RETRIEVE_RESP, total, length, 0);
    return NULL;
}

// A partition's answer is never longer than its RX: it has no next piece.
struct sp *ffa_mem_frag_rx(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    uint64_t handle = (uint32_t)x[1] | x[2] << 32;
    uint32_t length = 0;

    (void)core;
    // w4 names a VM that a hypervisor speaks for; there are none
    if (sp != NULL || !ffa_mbz(sp, x, 4)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&ffa_nwd.lock);
    int32_t code = rx_locked();
    if (code == 0) {
        spin_lock(&ffa_mem_lock);
        code = next_piece_locked(handle, (uint32_t)x[3], &length);
        spin_unlock(&ffa_mem_lock);
    }
    spin_unlock(&ffa_nwd.lock);
    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    return ffa_mem_answer_fragment(sp, x, FFA_MEM_FRAG_TX, handle, length);
}
