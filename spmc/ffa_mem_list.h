// SPDX-License-Identifier: BSD-3-Clause
//
// Lists of address ranges of a memory transaction: a few in place, more in pages of the pool. No lock: a list belongs to
// who works on its transaction; many may read it while nobody does.
#ifndef FFA_MEM_LIST_H
#define FFA_MEM_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"

#define FFA_MEM_LIST_INLINE 2

// Pages that follow each other
struct ffa_mem_run {
    uint64_t address; // physical; while a partition's transaction is being received: virtual
    uint32_t va_page; // a partition's: number of the first page in its address space
    uint32_t pages;
};

struct ffa_mem_list_page;
struct ffa_mem_list {
    uint32_t count;
    bool normal_world; // its pages are counted for it: they are limited
    struct ffa_mem_run first[FFA_MEM_LIST_INLINE];
    struct ffa_mem_list_page *head;
    struct ffa_mem_list_page *tail;
};

// Appends a run; one that goes on where the last one ends (in both addresses) makes that longer. ERR_NO_MEMORY: the pool
// is empty, or the normal world has its share (SPMC_NWD_LIST_PAGES).
MUST_CHECK int ffa_mem_list_add(struct ffa_mem_list *list, const struct ffa_mem_run *run);

// Gives the pages back; the list is empty then.
void ffa_mem_list_free(struct ffa_mem_list *list);

// Pages that all lists have now.
uint32_t ffa_mem_list_pages(void);

// Walks a list: the first run, and the one after `run`, which is of that list; NULL at its end.
const struct ffa_mem_run *ffa_mem_list_first(const struct ffa_mem_list *list);
const struct ffa_mem_run *ffa_mem_list_after(const struct ffa_mem_list *list,
                                             const struct ffa_mem_run *run);

// Run number `n`, counted from 0; n < list->count. Looks at one page after the other, not at every run.
const struct ffa_mem_run *ffa_mem_list_at(const struct ffa_mem_list *list, uint32_t n);

#endif
