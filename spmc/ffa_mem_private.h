// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of FF-A memory management share: the pages of a transaction (ffa_mem_pages.c), receiving a descriptor in
// pieces (ffa_mem_share.c), leaving what was retrieved (ffa_mem_reclaim.c). Functions that answer a caller return FFA_*.
#ifndef FFA_MEM_PRIVATE_H
#define FFA_MEM_PRIVATE_H

#include "ffa_dispatch.h"
#include "ffa_mem_handle.h"
#include "sp_space.h"

// The partition with an index of ffa_index_of; NULL for the normal world.
static inline struct sp *ffa_mem_sp(uint32_t index)
{
    return index != 0 ? &spmc_sps[index - 1] : NULL;
}

// ---- ffa_mem_pages.c: the owner's side of a transaction's pages. Each but ffa_mem_pages_hand_over_locked belongs to the call
// that works on the slot, without the lock.

// Takes the received ranges of a complete descriptor from their owner: checks all, then acts. Returns 0 or FFA_*, then
// nothing has changed (the list may be gone). After it nobody else can offer these pages, slot->list has physical runs, and
// the owner of lent or donated ones (a partition) no longer reaches them. Wiped if slot->zero says so.
MUST_CHECK int32_t ffa_mem_pages_offer(struct ffa_mem_slot *slot);

// Gives them back to the owner as they were. Cannot fail.
void ffa_mem_pages_return(struct ffa_mem_slot *slot);

// Wipes all of them, in memory too.
void ffa_mem_pages_wipe(const struct ffa_mem_slot *slot);

// A donation is complete: they belong to the address space of `to`. NULL: their owner is gone, they belong to the
// transaction. Under the lock.
void ffa_mem_pages_hand_over_locked(struct ffa_mem_slot *slot, const struct sp *to);

// … and in the end to nobody: they are wiped and go to the pool.
void ffa_mem_pages_drop(struct ffa_mem_slot *slot);

// Maps all of them in the space of a borrower with `attrs`; *va: where. Returns 0 or FFA_NO_MEMORY, then nothing is mapped.
MUST_CHECK int32_t ffa_mem_pages_map(const struct ffa_mem_slot *slot, struct sp *borrower,
                                     uint64_t attrs, uint64_t *va);

// ---- ffa_mem_share.c

// The TX buffer of an endpoint whose lock is held, as far as `length` bytes of it; FFA_INVALID_PARAMETERS: it has none, or
// a shorter one.
MUST_CHECK int32_t ffa_mem_tx_locked(const struct ffa_endpoint *endpoint, uint32_t length,
                                     struct ffa_view *view);

// Appends the ranges in [offset, view->size) to what was received. Returns 0 or FFA_*.
MUST_CHECK int32_t ffa_mem_take_ranges(struct ffa_mem_slot *slot, const struct ffa_view *view,
                                       uint32_t offset);

// A fragment is in, or not (`code`: why). Asks for the next one, or completes the transaction, or ends it: answers.
struct sp *ffa_mem_received(struct sp *sp, uint64_t *x, struct ffa_mem_slot *slot, int32_t code);

// Answers FFA_MEM_FRAG_RX or FFA_MEM_FRAG_TX: handle, and offset or length.
struct sp *ffa_mem_answer_fragment(struct sp *sp, uint64_t *x, uint32_t fid, uint64_t handle,
                                   uint32_t w3);

// ---- ffa_mem_hypervisor.c

// FFA_MEM_RETRIEVE_REQ of the normal world: only a hypervisor's, of what it sent itself.
struct sp *ffa_mem_hypervisor_retrieve(uint64_t *x, uint32_t version,
                                       const struct ffa_mem_desc *request);

// ---- ffa_mem_retrieve.c

// What RETRIEVE_RESP says of a transaction to an endpoint of `version`, but for borrowers and the number of ranges.
void ffa_mem_describe(const struct ffa_mem_slot *slot, const struct ffa_endpoint *to,
                      uint32_t version, struct ffa_mem_desc *desc);

// ---- ffa_mem_reclaim.c

// A holder that is COMING (and will not come) or GOING: nothing is mapped. Wipes the pages if they are to be wiped and it was
// the last one; ends a transaction whose owner is gone with its last holder. Takes the lock.
void ffa_mem_leave(struct ffa_mem_slot *slot, struct ffa_mem_holder *holder);

#endif
