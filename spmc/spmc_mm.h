// SPDX-License-Identifier: BSD-3-Clause
//
// The SPMC's own address space (TTBR1): one linear map of what it uses of the secure RAM, and a window for buffers of the
// normal world. Called by spmc_main.c at boot and by ffa_setup.c. The address spaces of partitions are in sp_space.h.
#ifndef SPMC_MM_H
#define SPMC_MM_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"
#include "handoff.h"
#include "sp_space.h"
#include "spmc_va.h"

// Builds the final tables, switches TTBR1 to them and closes the identity map of the entry code (TTBR0 is an empty
// table afterwards). Then checks the hand-off at `handoff` (its address in the linear map; not touched before) and keeps
// its DRAM range. Boot core, once, on the entry code's tables, interrupts masked. What is mapped, all secure:
//   text RX · rodata RO · data RW (without the stacks) · hand-off RW · event log RO · packages RO · page pool RW ·
//   secure devices and interrupt controller RW · apart (spmc_window.h): stacks RW with guard pages
// ERR_NO_MEMORY: the static tables are too few for this board; ERR_DUPLICATE: it has something where the window is; errors
// of handoff_check; ERR_RANGE: more cores than the board has, or the log is elsewhere; ERR_OVERLAP: the DRAM range touches secure RAM.
MUST_CHECK int spmc_mm_init(const struct handoff *handoff);

// For a core that comes later, and has the final tables in both halves (spmc_entry.S): the empty one into TTBR0, and what
// the identity map left in its TLB goes. Interrupts masked, each time the core starts.
void spmc_mm_enter_core(void);

// Makes the empty table TTBR0 of this core: no partition's address space.
void spmc_mm_leave_space(void);

// Ends the boot: wipes the entropy that is left in the hand-off and unmaps its page, and the event log's. Packages stay mapped, read-only.
void spmc_mm_unmap_boot(void);

// Physical address as the linear map shows it, and back. Only for what spmc_mm_init maps.
static inline void *spmc_mm_va(uint64_t pa)
{
    return (void *)(uintptr_t)(pa + SPMC_VA_OFFSET);
}

static inline uint64_t spmc_mm_pa(const void *va)
{
    return (uintptr_t)va - SPMC_VA_OFFSET;
}

// Whether [pa, pa + size) is DRAM of the normal world; false for size 0. Any core.
bool spmc_mm_is_ns_ram(uint64_t pa, uint64_t size);

// Where that DRAM begins. Any core.
uint64_t spmc_mm_ns_ram_base(void);

// Maps `pages` pages of the normal world's DRAM at `pa` as normal-world memory, read-write, never executable. NULL: not
// page aligned, not spmc_mm_is_ns_ram, or the window is full. Any core; takes the window's lock.
void *spmc_mm_map_ns(uint64_t pa, uint32_t pages);

// Undoes spmc_mm_map_ns; the same `pages`. No core can reach the memory through the window when it returns.
void spmc_mm_unmap_ns(void *va, uint32_t pages);

#define SPMC_MM_ZERO_PIECE 32
// Wipes `pages` pages at `pa` and cleans them to the point of coherency, so that who looks past the caches sees zeros too.
// `ns`: the normal world's DRAM (spmc_mm_is_ns_ram), through a mapping of its own for at most SPMC_MM_ZERO_PIECE pages at
// a time, none of them when it returns; else pages of the page pool. Cannot fail, takes time: some 600 instructions a page,
// no lock held meanwhile. Any core.
void spmc_mm_zero(uint64_t pa, uint32_t pages, bool ns);

#endif
