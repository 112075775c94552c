// SPDX-License-Identifier: BSD-3-Clause
//
// Lists of address ranges, see ffa_mem_list.h. Called by the other ffa_mem_*.c.
#include "ffa_mem_list.h"

#include <stddef.h>

#include "bits.h"
#include "page_pool.h"
#include "spmc_limits.h"

#define RUNS_PER_PAGE (PAGE_SIZE / sizeof(struct ffa_mem_run) - 1)

struct ffa_mem_list_page {
    struct ffa_mem_list_page *next;
    uint64_t count; // 1 or more
    struct ffa_mem_run runs[RUNS_PER_PAGE];
};
_Static_assert(sizeof(struct ffa_mem_list_page) == PAGE_SIZE, "one page of the pool");

// Any core, atomic: of the partitions, of the normal world
static uint32_t page_counts[2];

// A page with room for one run more than the list has.
static struct ffa_mem_run *add_page(struct ffa_mem_list *list)
{
    uint32_t *count = &page_counts[list->normal_world];
    struct ffa_mem_list_page *page = NULL;

    if (__atomic_fetch_add(count, 1, __ATOMIC_RELAXED) < SPMC_NWD_LIST_PAGES ||
        !list->normal_world) {
        page = page_pool_alloc_for(PAGE_OWNER_TRANSACTION);
    }
    if (page == NULL) {
        __atomic_fetch_sub(count, 1, __ATOMIC_RELAXED);
        return NULL;
    }
    *(list->tail != NULL ? &list->tail->next : &list->head) = page;
    list->tail = page;
    return page->runs;
}

int ffa_mem_list_add(struct ffa_mem_list *list, const struct ffa_mem_run *run)
{
    struct ffa_mem_list_page *page = list->tail;
    struct ffa_mem_run *next = page != NULL ? &page->runs[page->count] : &list->first[list->count];

    if (list->count != 0) {
        struct ffa_mem_run *last = next - 1;

        if (run->address == last->address + (uint64_t)last->pages * PAGE_SIZE &&
            (list->normal_world || run->va_page == last->va_page + last->pages)) {
            last->pages += run->pages;
            return 0;
        }
    }
    if (page != NULL ? page->count == RUNS_PER_PAGE : list->count == FFA_MEM_LIST_INLINE) {
        next = add_page(list);
        if (next == NULL) {
            return ERR_NO_MEMORY;
        }
    }
    *next = *run;
    list->count++;
    if (list->tail != NULL) {
        list->tail->count++;
    }
    return 0;
}

void ffa_mem_list_free(struct ffa_mem_list *list)
{
    struct ffa_mem_list_page *page = list->head;

    while (page != NULL) {
        struct ffa_mem_list_page *next = page->next;

        page_pool_free(page);
        __atomic_fetch_sub(&page_counts[list->normal_world], 1, __ATOMIC_RELAXED);
        page = next;
    }
    list->head = NULL;
    list->tail = NULL;
    list->count = 0;
}

uint32_t ffa_mem_list_pages(void)
{
    return __atomic_load_n(&page_counts[0], __ATOMIC_RELAXED) +
           __atomic_load_n(&page_counts[1], __ATOMIC_RELAXED);
}

const struct ffa_mem_run *ffa_mem_list_first(const struct ffa_mem_list *list)
{
    return list->count != 0 ? list->first : NULL;
}

// Where a run lies says what comes after it: in the list itself, or in a page, which is aligned.
const struct ffa_mem_run *ffa_mem_list_after(const struct ffa_mem_list *list,
                                             const struct ffa_mem_run *run)
{
    const struct ffa_mem_list_page *page = list->head;
    const struct ffa_mem_run *end =
        list->first + (page != NULL ? FFA_MEM_LIST_INLINE : list->count);

    if ((uintptr_t)run - (uintptr_t)list->first >= sizeof(list->first)) {
        const void *start = (const uint8_t *)run - (uintptr_t)run % PAGE_SIZE;

        page = start;
        end = page->runs + page->count;
        page = page->next;
    }
    if (run + 1 < end) {
        return run + 1;
    }
    return page != NULL ? page->runs : NULL;
}

const struct ffa_mem_run *ffa_mem_list_at(const struct ffa_mem_list *list, uint32_t n)
{
    const struct ffa_mem_list_page *page = list->head;

    if (n < FFA_MEM_LIST_INLINE) {
        return &list->first[n];
    }
    n -= FFA_MEM_LIST_INLINE; // they are full where there is a page, as all pages but the last are
    for (; n >= RUNS_PER_PAGE; n -= (uint32_t)RUNS_PER_PAGE) {
        page = page->next;
    }
    return &page->runs[n];
}
