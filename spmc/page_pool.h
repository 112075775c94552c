// SPDX-License-Identifier: BSD-3-Clause
//
// The pool of 4 KiB pages that partitions, their translation tables and the SPMC's boot live on. Every page has exactly
// one owner: PAGE_OWNER_SPMC, PAGE_OWNER_TRANSACTION or a partition's address space (its ASID), so that a page can never
// serve two partitions and all of one partition's pages can be found and wiped. Any core, MMU on, interrupts masked; takes
// the pool's lock, which is below every other lock. One page costs the same however many are in use.
#ifndef PAGE_POOL_H
#define PAGE_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "spmc_limits.h"

#define PAGE_OWNER_NONE 0        // free, or no page of the pool
#define PAGE_OWNER_ASID_MAX 0xfc // 1 … 0xfc: ASID of the address space it belongs to
#define PAGE_OWNER_TRANSACTION \
    0xfe // lists of a memory transaction, and memory in one whose owner is gone
#define PAGE_OWNER_SPMC 0xff

// Makes [base, base + size) the pool, all of it free. Its content is not looked at: pages are zeroed when they are given
// out. Boot only, once. ERR_INVALID: base or size no multiple of a page, or more than the board's PAGE_POOL_SIZE.
MUST_CHECK int page_pool_init(void *base, size_t size);

// One zeroed page for the SPMC itself; NULL when none is left.
void *page_pool_alloc(void);

// One zeroed page for `owner`; NULL when none is left.
void *page_pool_alloc_for(uint8_t owner);

// `count` zeroed pages that follow each other, for the SPMC itself; NULL: count is 0, or no such run is free.
void *page_pool_alloc_contiguous(uint32_t count);

// `count` pages that follow each other, for `owner`. NOT zeroed: they hold whatever was there before, and the caller
// writes or zeroes every byte before anybody else can read one. NULL: count is 0, or no such run is free.
void *page_pool_take(uint8_t owner, uint32_t count);

// Wipes one page, in memory too (cleaned to the point of coherency), and gives it back. NULL is ignored. It must be a page
// of the pool that has an owner.
void page_pool_free(void *page);

// The same for a page that is all zero already, as table pages are when nothing is mapped through them: it is not wiped.
void page_pool_free_clean(void *page);

// `count` pages from `first` on, which all have the same owner, belong to `owner` from now on (not PAGE_OWNER_NONE).
// Their content stays. Who could reach them as the old owner's cannot any more, or is the caller's business.
void page_pool_set_owner(void *first, uint32_t count, uint8_t owner);

// Wipes and gives back every page of `owner` (not PAGE_OWNER_NONE). Nobody may use them any more.
void page_pool_free_owner(uint8_t owner);

// Who owns the page that `address` lies in; PAGE_OWNER_NONE: nobody, or it is outside the pool.
uint8_t page_pool_owner(const void *address);

// Pages that the SPMC itself has now.
uint32_t page_pool_kept_count(void);

// Pages that are free now.
uint32_t page_pool_free_count(void);

#endif
