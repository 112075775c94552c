// SPDX-License-Identifier: BSD-3-Clause
//
// Address space of one partition (TTBR0, one ASID): mapped by sp_load.c, asked and changed by the FF-A core. All its
// memory but memory-regions with an address is owned by the ASID in the page pool, so no page serves two partitions.
// Calls for one space are made by the core that owns the partition: no locks (one exception: sp_space_gone). MMU on,
// interrupts masked.
//
// Below SP_SPACE_REGIONS_BASE is what the loader mapped, above it are 64 slots for memory that others gave: a region each.
// A mapping that is the partition's to give on carries TABLES_OWNED; while it may not (SHARE, RX/TX) TABLES_BUSY too.
#ifndef SP_SPACE_H
#define SP_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"
#include "sp.h"

// Attributes of a mapping: what the partition may do. The SPMC can never execute any of it.
#define SP_SPACE_RO (TABLES_NORMAL | TABLES_USER | TABLES_RO | TABLES_XN)
#define SP_SPACE_RW (TABLES_NORMAL | TABLES_USER | TABLES_RW | TABLES_XN)
#define SP_SPACE_RX (TABLES_NORMAL | TABLES_USER | TABLES_RO | TABLES_PXN)

#define SP_SPACE_DEVICE_RO (TABLES_DEVICE | TABLES_USER | TABLES_RO | TABLES_XN)
#define SP_SPACE_DEVICE_RW (TABLES_DEVICE | TABLES_USER | TABLES_RW | TABLES_XN)

// Where regions are: the upper half of the space. What the loader places ends below.
#define SP_SPACE_REGIONS 64
#define SP_SPACE_REGION_SIZE (1ull << 32)
#define SP_SPACE_REGIONS_BASE (1ull << (TABLES_VA_BITS - 1))
#define SP_SPACE_REGION_MAX_PAGES ((uint32_t)((SP_SPACE_REGION_SIZE - (1 << 21)) >> 12))

// Makes an empty space with `asid` (1 … PAGE_OWNER_ASID_MAX, not in use). ERR_NO_MEMORY.
MUST_CHECK int sp_space_create(struct sp_space *space, uint8_t asid);

// Wipes and gives back all memory of the space, tables included, and drops its translations. This core does not have it in
// TTBR0 (spmc_mm_leave_space). `entered`: the partition has run, so another core that had it may still be on its way out
// of the SPMC with it in TTBR0, and may walk it speculatively: the root, empty, then never becomes anything else (it is
// the SPMC's). A space that is all zero is left alone.
void sp_space_destroy(struct sp_space *space, bool entered);

// The ASID, which is also the owner of the space's pages in the pool.
uint8_t sp_space_asid(const struct sp_space *space);

// For the loader: maps `pages` pages at `va` to `pa`; `attrs`: one of SP_SPACE_*, possibly | TABLES_NS | TABLES_GUARDED.
// Pages of the pool must be owned by this space, and are marked TABLES_OWNED; anything else is not, so it can never be
// given on. Errors of tables_map; ERR_DENIED: a page of the pool has another owner, only some are of the pool, executable
// and TABLES_NS; ERR_RANGE also: not below SP_SPACE_REGIONS_BASE.
MUST_CHECK int sp_space_map(struct sp_space *space, uint64_t va, uint64_t pa, uint32_t pages,
                            uint64_t attrs);

// FFA_PERM_* of the page at `va`. ERR_INVALID: not page aligned; ERR_RANGE, ERR_NOT_FOUND: not mapped.
MUST_CHECK int sp_space_perm_get(const struct sp_space *space, uint64_t va, uint32_t *perm);

// Gives `pages` (1 … SPMC_MAX_PERM_PAGES) pages at `va` the permission `perm` (FFA_PERM_*, nothing else), all or none;
// other attributes stay. When it returns every core sees the change, and where execution was allowed, instructions are
// fetched from what was written. ERR_INVALID, ERR_RANGE, ERR_NOT_FOUND: a page is not mapped; ERR_DENIED: a page is not
// the partition's own (a memory-region with an address: its manifest says what is allowed), or is busy.
MUST_CHECK int sp_space_perm_set(struct sp_space *space, uint64_t va, uint32_t pages,
                                 uint32_t perm);

// The SPMC's address of `pages` pages at `va`, if every one is the partition's own memory of the pool, not busy, which it
// can read (and write, if `writable`), and they follow each other in physical memory with the same permissions; else NULL.
// Valid while the pages stay: the caller marks them busy.
void *sp_space_to_spmc(const struct sp_space *space, uint64_t va, uint32_t pages, bool writable);

// ---- Memory that the partition gives to others ----------------------------------------------------------------------

// Some of its pages that lie side by side in physical memory
struct sp_space_run {
    uint64_t pa;
    uint32_t pages;
    uint64_t
        attrs; // what the owner has: SP_SPACE_*, TABLES_NS, as sp_space_put takes them; none of TABLES_SOFTWARE
};

// The longest run of pages from `va` on, at most `max_pages` (1 or more): the partition's own, not busy, contiguous in
// physical memory, with the same attributes. What the owner may do is in attrs: readable (TABLES_USER), writable
// (TABLES_USER without TABLES_RO). Changes nothing. ERR_INVALID: va not page aligned, max_pages 0; ERR_NOT_FOUND: nothing
// is mapped at va (or no address of a partition); ERR_DENIED: the first page is not its own, or busy.
MUST_CHECK int sp_space_owned_run(const struct sp_space *space, uint64_t va, uint32_t max_pages,
                                  struct sp_space_run *run);

// Marks (`busy`) own pages, or takes the mark away: SHARE, RX and TX. Busy pages can be neither offered nor taken nor given
// permissions; the partition uses them as before. The caller has seen all of them in sp_space_owned_run (or marked them).
void sp_space_set_busy(struct sp_space *space, uint64_t va, uint32_t pages, bool busy);

// LEND, DONATE: takes own pages, seen in sp_space_owned_run, busy or not, away from the partition. When it returns no core
// can reach them at `va`, and what was written there is seen by all (TLBI done, the erratum's second one too). Table pages
// stay.
void sp_space_take(struct sp_space *space, uint64_t va, uint32_t pages);

// RECLAIM: maps again what sp_space_take took, as it was but not busy: pa and attrs of the run that was seen then. Cannot
// fail.
void sp_space_put(struct sp_space *space, uint64_t va, uint64_t pa, uint32_t pages, uint64_t attrs);

// DONATE is complete: pages that sp_space_take took will not come back. When nothing is left of a region its slot becomes
// free (at the next sp_space_region_open). Any core, while the partition cannot be stopped (mem's lock).
void sp_space_gone(struct sp_space *space, uint64_t va, uint32_t pages);

// ---- Memory that others give to the partition -----------------------------------------------------------------------

// Reserves a slot for `total_pages` pages, the first of which is at `first_pa`; *va is where they go, one behind the other,
// with *va ≡ first_pa modulo 2 MiB, so that blocks are used where physical memory has them. ERR_RANGE: total_pages is 0
// or more than SP_SPACE_REGION_MAX_PAGES; ERR_NO_MEMORY: no slot is free, or no page for their list (taken once for the
// space's life).
MUST_CHECK int sp_space_region_open(struct sp_space *space, uint32_t total_pages, uint64_t first_pa,
                                    uint64_t *va);

// Maps the next run of the region: `va` is where the one before ended, the first one's what sp_space_region_open gave.
// `attrs`: SP_SPACE_RO, SP_SPACE_RW or SP_SPACE_RX, possibly | TABLES_NS (never with SP_SPACE_RX) | TABLES_GUARDED;
// | TABLES_OWNED: donated, the partition may give it on. Visible to walks of all cores when it returns; executable memory
// is also made fetchable. All or nothing; after an error the caller closes the region. ERR_NO_MEMORY: no page for tables;
// ERR_INVALID: other attributes, not aligned; ERR_RANGE, ERR_DUPLICATE: not the next run of a region.
MUST_CHECK int sp_space_region_map(struct sp_space *space, uint64_t va, uint64_t pa, uint32_t pages,
                                   uint64_t attrs);

// RELINQUISH, or an error on the way: unmaps the region, whose first address is `va` and of which `pages_mapped` pages (0:
// none) are mapped. When it returns no core can reach them, its tables are in the pool again and the slot is free.
void sp_space_region_close(struct sp_space *space, uint64_t va, uint32_t pages_mapped);

#endif
