// SPDX-License-Identifier: BSD-3-Clause
//
// Memory of one partition that another endpoint uses too (DEN0077A "Memory management"): offered by its owner, retrieved by
// the borrowers, given back, taken back. Needs sp_rxtx_map(); every function uses TX, and sp_mem_retrieve() needs RX to be
// free. The SPMC checks everything; what it answers is checked here before it is believed.
#ifndef SP_MEM_H
#define SP_MEM_H

#include "sp.h"

#define SP_MEM_PAGE 4096
#define SP_MEM_BORROWERS_MAX 4

// How memory is offered: the owner goes on using it, does without it until sp_mem_reclaim(), or gives it up for good.
// Values as in the flags of FFA_MEM_RETRIEVE_REQ.
enum sp_mem_kind {
    SP_MEM_SHARED = 1,
    SP_MEM_LENT = 2,
    SP_MEM_DONATED = 3,
};

// Whom memory is offered to. Donated memory has one of these, which gets what the owner had: `writable` is not looked at.
struct sp_mem_borrower {
    uint16_t id;
    bool writable;
};

// An offer of memory in one piece of this partition's own data, stack or heap, not of its regions or devices, and not RX or TX.
struct sp_mem_offer {
    void *base; // page-aligned
    uint32_t page_count;
    uint32_t borrower_count; // 1 … SP_MEM_BORROWERS_MAX
    struct sp_mem_borrower borrowers[SP_MEM_BORROWERS_MAX];
    uint64_t tag; // a number that the borrowers must know; 0 is fine
    bool zero;    // lent or donated: wiped before anybody else sees it
};

// Offers memory. *handle: its name, for the borrowers (who learn it by a message) and for sp_mem_reclaim(). Lent or donated
// memory is not accessible any more once this returns.
// ERR_INVALID: the offer breaks a rule, no RX and TX, or a borrower that is none; ERR_DENIED: not this partition's own memory, offered
// already, or a borrower's manifest does not admit it; ERR_NO_MEMORY: this partition's quota or the SPMC's tables are used up.
MUST_CHECK int sp_mem_share(const struct sp_mem_offer *offer, uint64_t *handle);
MUST_CHECK int sp_mem_lend(const struct sp_mem_offer *offer, uint64_t *handle);
MUST_CHECK int sp_mem_donate(const struct sp_mem_offer *offer, uint64_t *handle);

// Takes shared or lent memory back, wiped first if `zero`. ERR_INVALID: no such handle of this partition; ERR_DENIED: a borrower still has it.
MUST_CHECK int sp_mem_reclaim(uint64_t handle, bool zero);

// What a borrower knows of an offer, from its owner's message.
struct sp_mem_claim {
    uint64_t handle;
    uint64_t tag;
    uint16_t owner;     // who the message came from
    uint64_t impdef[2]; // what the owner put into this partition's access descriptor; 0 from most
    enum sp_mem_kind kind;
    bool writable;   // wanted; more than was granted is refused
    bool several;    // other borrowers were named, too
    bool zero_after; // lent: wiped when this partition relinquishes it
};

// Memory of somebody else in this partition's address space.
struct sp_mem_view {
    volatile uint8_t
        *base;   // page-aligned; others may write it at any moment: read once, then check
    size_t size; // bytes, a multiple of SP_MEM_PAGE
    enum sp_mem_kind kind;
    bool writable;
    bool normal_world; // it lies outside the secure world's memory
};

// Maps offered memory, never executable. It stays until sp_mem_relinquish(). `view` is written on success only.
// ERR_INVALID: no such offer, owner, tag or kind, or no RX and TX; ERR_DENIED: not offered to this partition, not with that right, or
// retrieved already; ERR_NO_MEMORY: this partition's quota or the SPMC's memory is used up; ERR_BUSY: RX is in use;
// ERR_IO: the SPMC's answer makes no sense, and the memory was given back.
MUST_CHECK int sp_mem_retrieve(const struct sp_mem_claim *claim, struct sp_mem_view *view);

// Gives retrieved memory back; it is not accessible any more. ERR_INVALID: none with that handle is here, or it was donated;
// ERR_DENIED: it cannot be wiped as asked, because others have it too.
MUST_CHECK int sp_mem_relinquish(uint64_t handle);

#endif
