// SPDX-License-Identifier: BSD-3-Clause
//
// Which pages of the normal world's DRAM are spoken for: in a memory transaction, or its RX or TX buffer. A page can be in
// one of them only, so what is lent is not lent again, and buffers are not shared. A bitmap whose pages come from the page
// pool when they are needed and go back when nothing is marked in them, but for two that stay for the next time. Called by
// ffa_mem_pages.c and ffa_setup.c with addresses from the normal world: checked here. Any core; own lock, above the page
// pool's.
#ifndef NS_PAGES_H
#define NS_PAGES_H

#include <stdint.h>

#include "errors.h"

// Most that can be spoken for: what lies beyond the first 32 GiB of DRAM cannot be offered.
#define NS_PAGES_LEAVES 256
#define NS_PAGES_LEAF_PAGES 32768u // normal-world pages per page of the bitmap: 128 MiB

// Marks `pages` pages from `pa` on, all or none. ERR_INVALID: pa not page aligned, pages 0; ERR_RANGE: not (all) DRAM of
// the normal world; ERR_DENIED: one is marked already; ERR_NO_MEMORY: no page for the bitmap.
MUST_CHECK int ns_pages_take(uint64_t pa, uint32_t pages);

// Takes the marks away: of pages that are all marked, in any pieces.
void ns_pages_give(uint64_t pa, uint32_t pages);

// How many pages are marked now.
uint32_t ns_pages_taken_count(void);

#endif
