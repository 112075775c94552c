// SPDX-License-Identifier: BSD-3-Clause
//
// Address space of one partition (TTBR0, one ASID): mapped by sp_load.c, asked and changed by the FF-A core. All its
// memory but memory-regions with an address is owned by the ASID in the page pool, so no page serves two partitions.
// Calls for one space are made by the core that owns the partition: no locks. MMU on, interrupts masked.
#ifndef SP_SPACE_H
#define SP_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"
#include "sp.h"

// Permissions of sp_space_map: what the partition may do. The SPMC can never execute any of it.
#define SP_SPACE_RO (TABLES_NORMAL | TABLES_USER | TABLES_RO | TABLES_XN)
#define SP_SPACE_RW (TABLES_NORMAL | TABLES_USER | TABLES_RW | TABLES_XN)
#define SP_SPACE_RX (TABLES_NORMAL | TABLES_USER | TABLES_RO | TABLES_PXN)

// Makes an empty space with `asid` (1 … 254, not in use). ERR_NO_MEMORY.
MUST_CHECK int sp_space_create(struct sp_space *space, uint8_t asid);

// Wipes and gives back all memory of the space, tables included, and drops its translations. No core has it in TTBR0.
// A space that is all zero is left alone.
void sp_space_destroy(struct sp_space *space);

// The ASID, which is also the owner of the space's pages in the pool.
uint8_t sp_space_asid(const struct sp_space *space);

// Maps `pages` pages at `va` to `pa`; `attrs`: one of SP_SPACE_*, possibly | TABLES_NS | TABLES_GUARDED. Pages of the
// pool must be owned by this space. Errors of tables_map; ERR_DENIED: a page of the pool has another owner.
MUST_CHECK int sp_space_map(struct sp_space *space, uint64_t va, uint64_t pa, uint32_t pages,
                            uint64_t attrs);

// FFA_PERM_* of the page at `va`. ERR_INVALID: not page aligned; ERR_RANGE, ERR_NOT_FOUND: not mapped.
MUST_CHECK int sp_space_perm_get(const struct sp_space *space, uint64_t va, uint32_t *perm);

// Gives `pages` (1 … SPMC_MAX_PERM_PAGES) pages at `va` the permission `perm` (FFA_PERM_*, nothing else), all or none;
// other attributes stay. When it returns every core sees the change, and where execution was allowed, instructions are
// fetched from what was written. ERR_INVALID, ERR_RANGE, ERR_NOT_FOUND: a page is not mapped; ERR_DENIED: a page is not
// the partition's own (a memory-region with an address: its manifest says what is allowed).
MUST_CHECK int sp_space_perm_set(struct sp_space *space, uint64_t va, uint32_t pages,
                                 uint32_t perm);

// The SPMC's address of `pages` pages at `va`, if every one is the partition's own memory, which it can read (and write,
// if `writable`), and they follow each other in physical memory; else NULL.
void *sp_space_to_spmc(const struct sp_space *space, uint64_t va, uint32_t pages, bool writable);

#endif
