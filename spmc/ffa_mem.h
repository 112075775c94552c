// SPDX-License-Identifier: BSD-3-Clause
//
// Memory management of FF-A (DEN0077A "Memory management"), what the rest of the SPMC sees of it; the handlers of the calls
// are declared in ffa_dispatch.h. Transactions: ffa_mem_handle.h. Called by sp.c and the unit tests.
#ifndef FFA_MEM_H
#define FFA_MEM_H

#include <stdint.h>

struct sp;

// Unwinds all transactions of a partition that stops. What it borrowed is unmapped and relinquished (wiped where it said so
// when it retrieved it), what it offered and nobody has goes with its address space, what others still have stays theirs
// until the last of them gives it up; then it is wiped and goes back to the pool. The caller owns the partition and has
// made sure that no core has its address space; it destroys that (sp_space_destroy) afterwards, not before. Takes the lock
// of the transactions.
void ffa_mem_stopped(struct sp *sp);

// What there is of everything; all 0 when no transaction exists.
struct ffa_mem_counters {
    uint32_t transactions; // incomplete and donated ones too
    uint32_t pool_pages;   // that hold address ranges, and transactions
    uint32_t held;         // retrievals
    uint32_t sent_pages;   // in transactions
    uint32_t held_pages;   // in retrievals
};

// Counts it, for tests. Any core; takes the lock of the transactions.
void ffa_mem_count(struct ffa_mem_counters *counters);

#endif
