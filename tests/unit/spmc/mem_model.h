// SPDX-License-Identifier: BSD-3-Clause
//
// Memory on the host, for the tests of the SPMC's core: who owns which page, who has it mapped, what is marked, what is
// free. Stands in for sp_space.h (the part about memory that is given to others), ns_pages.h, spmc_mm_zero and page_pool.h,
// keeps to their contracts, and stops the test if the core breaks its side of them.
// Secure memory is the partitions' pages of spmc_fixture.h (0 … 12 of each); the normal world's has no content.
#ifndef MEM_MODEL_H
#define MEM_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "spmc_fixture.h"

#define MEM_MODEL_PAGES 13 // a partition's own

struct mem_model {
    // What the model is told to do
    unsigned int pool_left;    // pages that page_pool_alloc_for still gives
    unsigned int regions_left; // sp_space_region_open that still work
    unsigned int maps_left;    // sp_space_region_map
    unsigned int takes_left;   // ns_pages_take, before it has no memory

    // What it saw
    uint64_t ns_taken;    // pages
    uint64_t wiped;       // pages, spmc_mm_zero
    unsigned int freed;   // pages of partitions that went back to the pool
    unsigned int live;    // pages of the pool in lists
    unsigned int regions; // that exist
};
extern struct mem_model mem_model;

// What another core does in the middle of a call: called, if it is set, when the core maps, unmaps, wipes or marks pages, which
// it does without a lock. It is not called again meanwhile.
enum mem_model_moment { MEM_MODEL_MAPS, MEM_MODEL_UNMAPS, MEM_MODEL_WIPES, MEM_MODEL_MARKS };
extern void (*mem_model_meanwhile)(enum mem_model_moment moment);

// Ends every transaction that a test has left, and makes everything as at the start: after it nothing is offered, taken,
// held. fixture_reset calls it.
void mem_model_reset(void);

// What sp_space_destroy does to a partition that has stopped.
void mem_model_destroy(const struct sp *sp);

// Checks, between two calls, that nothing is half done: stops the test if a page can be reached by who has no right to it.
void mem_model_check(void);

// Whether a partition can reach that byte, and may write it.
bool mem_model_reads(const struct sp *sp, uint64_t va);
bool mem_model_writes(const struct sp *sp, uint64_t va);
bool mem_model_executes(const struct sp *sp, uint64_t va);

// The physical address behind a partition's address; 0: none.
uint64_t mem_model_pa(const struct sp *sp, uint64_t va);

// Page `page` (0 … 12) of a partition as the model has it.
enum mem_model_page {
    MEM_MODEL_OWN,    // mapped, its owner may give it on
    MEM_MODEL_BUSY,   // mapped, shared or RX or TX
    MEM_MODEL_AWAY,   // lent, donated
    MEM_MODEL_ORPHAN, // its owner is gone, others have it
    MEM_MODEL_FREE,   // back in the pool
    MEM_MODEL_OTHER,  // somebody else owns it now
};
enum mem_model_page mem_model_page(const struct sp *sp, uint32_t page);

// Whether a page of the normal world is in a transaction or a buffer.
bool mem_model_ns_taken(uint64_t pa);

#endif
