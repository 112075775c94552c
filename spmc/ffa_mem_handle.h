// SPDX-License-Identifier: BSD-3-Clause
//
// The table of memory transactions: handles, states, who holds what, quotas. One lock for all of it. Long work (mapping,
// wiping, reading a caller's buffer) is done without the lock, on what a state says nobody else may touch:
//   FFA_MEM_WORKING                the whole slot belongs to the call that made it so
//   FFA_MEM_OFFERED                fixed but for the holders
//   FFA_MEM_COMING, FFA_MEM_GOING  a holder belongs to the call of its partition; the slot stays until it has decided
// Lock order: endpoint's lock → this one → those of page_pool.h and ns_pages.h.
#ifndef FFA_MEM_HANDLE_H
#define FFA_MEM_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"
#include "ffa_mem.h"
#include "ffa_mem_desc.h"
#include "ffa_mem_list.h"
#include "lock.h"

// FFA_MEM_FLAG_TYPE, shifted
enum __attribute__((packed)) ffa_mem_kind {
    FFA_MEM_KIND_SHARE = 1,
    FFA_MEM_KIND_LEND = 2,
    FFA_MEM_KIND_DONATE = 3,
};
#define FFA_MEM_KIND_SHIFT 3

enum __attribute__((packed)) ffa_mem_state {
    FFA_MEM_FREE = 0,
    FFA_MEM_WORKING,    // a call on some core makes, goes on with, or ends it
    FFA_MEM_INCOMPLETE, // fragments are missing
    FFA_MEM_OFFERED,    // its borrowers can retrieve it
    FFA_MEM_DONATED, // memory of the normal world that a partition has for good: its handle is dead
};

enum __attribute__((packed)) ffa_mem_hold {
    FFA_MEM_NOT_HELD = 0,
    FFA_MEM_COMING, // is being mapped
    FFA_MEM_HELD,
    FFA_MEM_GOING, // is being unmapped, wiped
};

struct ffa_mem_holder {
    struct ffa_mem_borrower offer; // as the sender wrote it
    uint64_t va;                   // where it has it
    enum ffa_mem_hold hold;        // under the lock
    bool writable;                 // has it mapped so
    bool zero_after;               // wants it wiped when it goes
};

struct ffa_mem_slot {
    // Under the lock
    uint64_t handle;
    enum ffa_mem_state state;
    bool wipe;       // a borrower wants it wiped; the last one to go does it
    bool wiping;     // nobody may retrieve it
    bool owner_gone; // its pages belong to PAGE_OWNER_TRANSACTION

    // Fixed from FFA_MEM_OFFERED on; before, and after, of the call that works on it
    enum ffa_mem_kind kind;
    uint8_t owner; // ffa_index_of
    uint8_t holder_count;
    bool zero;     // wiped when it was sent
    bool ns;       // memory of the normal world
    bool writable; // its owner could write it
    uint16_t owner_id;
    uint32_t page_count;
    uint64_t tag;
    uint64_t map_attrs; // a partition's: how it had it mapped
    struct ffa_mem_holder holders[SPMC_MAX_BORROWERS];
    struct ffa_mem_list list;

    // While it is received
    uint32_t total;    // bytes of the descriptor
    uint32_t received; // … so far
    uint32_t pages_received;
};

extern struct spinlock ffa_mem_lock;

// A new transaction for `desc` (decoded, checked) of `owner` (ffa_index_of), in state FFA_MEM_WORKING. ERR_NO_MEMORY: no
// slot is free, or the owner's quota of handles or pages is used up. Takes the lock.
MUST_CHECK int ffa_mem_handle_open(uint32_t owner, const struct ffa_mem_desc *desc,
                                   struct ffa_mem_slot **slot);

// Ends a transaction in state FFA_MEM_WORKING: its list goes back to the pool, it no longer counts, `slot` may be gone.
// Takes the lock.
void ffa_mem_handle_close(struct ffa_mem_slot *slot);

// The transaction with that handle, in whatever state but FFA_MEM_FREE; NULL if there is none. Under the lock.
struct ffa_mem_slot *ffa_mem_handle_find_locked(uint64_t handle);

// The n-th slot, for who looks at all of them; n < SPMC_MAX_TRANSACTIONS. May be free; NULL: it is, as all around it are.
// Under the lock.
struct ffa_mem_slot *ffa_mem_handle_at_locked(uint32_t n);

// Moves a slot in state FFA_MEM_WORKING on. Takes the lock.
void ffa_mem_handle_set(struct ffa_mem_slot *slot, enum ffa_mem_state state);

// The borrower with that index (ffa_index_of) in a transaction, NULL if it is none.
struct ffa_mem_holder *ffa_mem_handle_holder(struct ffa_mem_slot *slot, uint32_t index);

// Whether anybody but `except` (may be NULL) holds it, or is about to. Under the lock.
bool ffa_mem_handle_is_held_locked(const struct ffa_mem_slot *slot,
                                   const struct ffa_mem_holder *except);

// Counts a retrieval against the borrower's quota. ERR_NO_MEMORY: it is used up. And undoes it. Under the lock.
MUST_CHECK int ffa_mem_handle_charge_locked(const struct ffa_mem_slot *slot, uint32_t borrower);
void ffa_mem_handle_discharge_locked(const struct ffa_mem_slot *slot, uint32_t borrower);

#endif
