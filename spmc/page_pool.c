// SPDX-License-Identifier: BSD-3-Clause
//
// Page pool, see page_pool.h. One byte per page names its owner; a run of pages is found by one walk over those bytes.
// Called by sp_load.c, sp_space.c and the FF-A core; trusts its callers, no address of a partition gets here.
#include "page_pool.h"

#include <string.h>

#include "assert.h"
#include "bits.h"
#include "board.h"
#include "lock.h"

#define POOL_MAX_PAGES (PAGE_POOL_SIZE / PAGE_SIZE)

static struct {
    struct spinlock lock;
    // Const after page_pool_init
    uint8_t *base;
    uint32_t count;
    // Under lock
    uint32_t free_count;
    uint32_t kept_count; // of PAGE_OWNER_SPMC
    uint32_t first_free; // no page before this one is free
    uint8_t owner[POOL_MAX_PAGES];
} pool;

int page_pool_init(void *base, size_t size)
{
    if ((uintptr_t)base % PAGE_SIZE != 0 || size == 0 || size % PAGE_SIZE != 0 ||
        size > PAGE_POOL_SIZE) {
        return ERR_INVALID;
    }
    pool.base = base;
    pool.count = (uint32_t)(size / PAGE_SIZE);
    pool.free_count = pool.count;
    pool.kept_count = 0;
    pool.first_free = 0;
    memset(pool.owner, PAGE_OWNER_NONE, sizeof(pool.owner));
    return 0;
}

// First page of a free run of `count`; pool.count if there is none.
static uint32_t find_run_locked(uint32_t count)
{
    uint32_t length = 0;

    for (uint32_t i = pool.first_free; i < pool.count; i++) {
        length = pool.owner[i] == PAGE_OWNER_NONE ? length + 1 : 0;
        if (length == count) {
            return i + 1 - count;
        }
    }
    return pool.count;
}

void *page_pool_take(uint8_t owner, uint32_t count)
{
    void *run = NULL;
    uint32_t first;

    assert(owner != PAGE_OWNER_NONE);
    if (count == 0) {
        return NULL;
    }
    spin_lock(&pool.lock);
    if (count <= pool.free_count) {
        first = find_run_locked(count);
        if (first < pool.count) {
            memset(&pool.owner[first], owner, count);
            pool.free_count -= count;
            pool.kept_count += owner == PAGE_OWNER_SPMC ? count : 0;
            if (first == pool.first_free) {
                pool.first_free = first + count;
            }
            run = pool.base + (size_t)first * PAGE_SIZE;
        }
    }
    spin_unlock(&pool.lock);
    return run;
}

static void *take_zeroed(uint8_t owner, uint32_t count)
{
    void *run = page_pool_take(owner, count);

    if (run != NULL) {
        memset(run, 0, (size_t)count * PAGE_SIZE);
    }
    return run;
}

void *page_pool_alloc_for(uint8_t owner)
{
    return take_zeroed(owner, 1);
}

void *page_pool_alloc(void)
{
    return take_zeroed(PAGE_OWNER_SPMC, 1);
}

void *page_pool_alloc_contiguous(uint32_t count)
{
    return take_zeroed(PAGE_OWNER_SPMC, count);
}

// Number of the page that `address` lies in; pool.count if it lies in none.
static uint32_t page_index(const void *address)
{
    uintptr_t offset = (uintptr_t)address - (uintptr_t)pool.base;

    if ((uintptr_t)address < (uintptr_t)pool.base || offset / PAGE_SIZE >= pool.count) {
        return pool.count;
    }
    return (uint32_t)(offset / PAGE_SIZE);
}

// Wipes page `index` while it still has its owner: nobody is given it before it is clean.
static void release(uint32_t index)
{
    memset(pool.base + (size_t)index * PAGE_SIZE, 0, PAGE_SIZE);
    spin_lock(&pool.lock);
    pool.kept_count -= pool.owner[index] == PAGE_OWNER_SPMC ? 1 : 0;
    pool.owner[index] = PAGE_OWNER_NONE;
    pool.free_count++;
    if (index < pool.first_free) {
        pool.first_free = index;
    }
    spin_unlock(&pool.lock);
}

void page_pool_free(void *page)
{
    uint32_t index;

    if (page == NULL) {
        return;
    }
    index = page_index(page);
    assert(index < pool.count && (uintptr_t)page % PAGE_SIZE == 0);
    assert(pool.owner[index] != PAGE_OWNER_NONE);
    release(index);
}

void page_pool_free_owner(uint8_t owner)
{
    assert(owner != PAGE_OWNER_NONE);
    for (uint32_t i = 0; i < pool.count; i++) {
        if (pool.owner[i] == owner) {
            release(i);
        }
    }
}

uint8_t page_pool_owner(const void *address)
{
    uint32_t index = page_index(address);

    return index < pool.count ? pool.owner[index] : PAGE_OWNER_NONE;
}

uint32_t page_pool_free_count(void)
{
    return pool.free_count;
}

uint32_t page_pool_kept_count(void)
{
    uint32_t count;

    spin_lock(&pool.lock);
    count = pool.kept_count;
    spin_unlock(&pool.lock);
    return count;
}
