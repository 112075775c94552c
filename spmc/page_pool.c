// SPDX-License-Identifier: BSD-3-Clause
//
// Page pool, see page_pool.h. One byte per page names its owner; a bitmap of the free ones, with a word on top that says
// where in it any are, finds a page in two steps however full the pool is. Called by sp_load.c, sp_space.c and the FF-A
// core; trusts its callers, no address of a partition gets here.
#include "page_pool.h"

#include "assert.h"
#include "bits.h"
#include "board.h"
#include "cache.h"
#include "lock.h"
#include "string.h"

#define POOL_MAX_PAGES (PAGE_POOL_SIZE / PAGE_SIZE)
#define WORD_BITS 64
#define POOL_WORDS ((POOL_MAX_PAGES + WORD_BITS - 1) / WORD_BITS)
_Static_assert(POOL_WORDS <= WORD_BITS, "one word says which words of the bitmap are not empty");

// Of a free page: its content is not known yet, all others are zero
#define OWNER_NONE_DIRTY 0xfd

static struct {
    struct spinlock lock;
    // Const after page_pool_init
    uint8_t *base;
    uint32_t count;
    // Under lock; `owner` is read without it too (owner_of)
    uint32_t free_count;
    uint32_t kept_count; // of PAGE_OWNER_SPMC
    uint64_t words;      // bit w: free[w] is not 0
    uint64_t free[POOL_WORDS];
    uint8_t owner[POOL_MAX_PAGES];
} pool;

// Marks page `index` free or not.
static void mark_locked(uint32_t index, bool is_free)
{
    uint64_t *word = &pool.free[index / WORD_BITS];

    if (is_free) {
        *word |= BIT(index % WORD_BITS);
        pool.words |= BIT(index / WORD_BITS);
        return;
    }
    *word &= ~BIT(index % WORD_BITS);
    if (*word == 0) {
        pool.words &= ~BIT(index / WORD_BITS);
    }
}

static bool is_free_locked(uint32_t index)
{
    return (pool.free[index / WORD_BITS] >> (index % WORD_BITS) & 1) != 0;
}

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
    pool.words = 0;
    memset(pool.free, 0, sizeof(pool.free));
    for (uint32_t i = 0; i < pool.count; i++) {
        mark_locked(i, true);
        pool.owner[i] = OWNER_NONE_DIRTY;
    }
    return 0;
}

static uint8_t *page_at(uint32_t index)
{
    return pool.base + (size_t)index * PAGE_SIZE;
}

// First page that is free; pool.count if none is.
static uint32_t find_page_locked(void)
{
    if (pool.words == 0) {
        return pool.count;
    }
    uint32_t word = (uint32_t)__builtin_ctzll(pool.words);

    return word * WORD_BITS + (uint32_t)__builtin_ctzll(pool.free[word]);
}

// First page of a free run of `count`; pool.count if there is none.
static uint32_t find_run_locked(uint32_t count)
{
    uint32_t length = 0;

    for (uint32_t i = find_page_locked(); i < pool.count; i++) {
        length = is_free_locked(i) ? length + 1 : 0;
        if (length == count) {
            return i + 1 - count;
        }
    }
    return pool.count;
}

// Read without the lock: what is the caller's own stays so, anything else may be another's in a moment.
static uint8_t owner_of(uint32_t index)
{
    return __atomic_load_n(&pool.owner[index], __ATOMIC_RELAXED);
}

static void set_owner_locked(uint32_t index, uint8_t owner)
{
    __atomic_store_n(&pool.owner[index], owner, __ATOMIC_RELAXED);
}

// Gives page `index` to `owner`. True: it may hold what was there before the boot, else it is zero.
static bool give_locked(uint32_t index, uint8_t owner)
{
    bool dirty = pool.owner[index] == OWNER_NONE_DIRTY;

    set_owner_locked(index, owner);
    mark_locked(index, false);
    pool.free_count--;
    pool.kept_count += owner == PAGE_OWNER_SPMC ? 1 : 0;
    return dirty;
}

static bool is_owner(uint8_t owner)
{
    return owner != PAGE_OWNER_NONE && owner != OWNER_NONE_DIRTY;
}

// `count` pages for `owner`; *dirty: some may hold what was there before the boot, else all are zero.
static uint8_t *take(uint8_t owner, uint32_t count, bool *dirty)
{
    uint8_t *run = NULL;
    uint32_t first;

    assert(is_owner(owner));
    *dirty = false;
    if (count == 0) {
        return NULL;
    }
    spin_lock(&pool.lock);
    first = count <= pool.free_count ? find_run_locked(count) : pool.count;
    if (first < pool.count) {
        for (uint32_t i = first; i < first + count; i++) {
            *dirty = give_locked(i, owner) || *dirty;
        }
        run = page_at(first);
    }
    spin_unlock(&pool.lock);
    return run;
}

void *page_pool_take(uint8_t owner, uint32_t count)
{
    bool dirty;

    return take(owner, count, &dirty);
}

void *page_pool_alloc_for(uint8_t owner)
{
    uint8_t *page = NULL;
    bool dirty = false;
    uint32_t index;

    assert(is_owner(owner));
    spin_lock(&pool.lock);
    index = find_page_locked();
    if (index < pool.count) {
        dirty = give_locked(index, owner);
        page = page_at(index);
    }
    spin_unlock(&pool.lock);
    if (dirty) {
        cache_zero_range(page, PAGE_SIZE);
    }
    return page;
}

void *page_pool_alloc(void)
{
    return page_pool_alloc_for(PAGE_OWNER_SPMC);
}

void *page_pool_alloc_contiguous(uint32_t count)
{
    bool dirty;
    uint8_t *run = take(PAGE_OWNER_SPMC, count, &dirty);

    if (run != NULL && dirty) {
        cache_zero_range(run, (size_t)count * PAGE_SIZE);
    }
    return run;
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

// Number of a page whose first byte is `page`, and which has an owner.
static uint32_t owned_index(const void *page)
{
    uint32_t index = page_index(page);

    assert(index < pool.count && (uintptr_t)page % PAGE_SIZE == 0);
    assert(is_owner(owner_of(index)));
    return index;
}

// Wipes page `index` while it still has its owner: nobody is given it before it is clean. Cleaned to memory: caches lose
// what they hold when the machine resets, and what lay below would come back.
static void wipe(uint32_t index)
{
    cache_zero_range(page_at(index), PAGE_SIZE);
    cache_clean_range((uintptr_t)page_at(index), PAGE_SIZE);
}

static void release(uint32_t index)
{
    spin_lock(&pool.lock);
    pool.kept_count -= pool.owner[index] == PAGE_OWNER_SPMC ? 1 : 0;
    set_owner_locked(index, PAGE_OWNER_NONE);
    pool.free_count++;
    mark_locked(index, true);
    spin_unlock(&pool.lock);
}

void page_pool_free(void *page)
{
    uint32_t index;

    if (page == NULL) {
        return;
    }
    index = owned_index(page);
    wipe(index);
    release(index);
}

void page_pool_free_clean(void *page)
{
    if (page != NULL) {
        release(owned_index(page));
    }
}

void page_pool_free_owner(uint8_t owner)
{
    assert(is_owner(owner));
    for (uint32_t i = 0; i < pool.count; i++) {
        if (owner_of(i) == owner) {
            wipe(i);
            release(i);
        }
    }
}

void page_pool_set_owner(void *first, uint32_t count, uint8_t owner)
{
    uint32_t index = owned_index(first);
    uint8_t former = owner_of(index);

    assert(is_owner(owner));
    assert(count <= pool.count - index);
    spin_lock(&pool.lock);
    for (uint32_t i = index; i < index + count; i++) {
        assert(pool.owner[i] == former);
        set_owner_locked(i, owner);
    }
    pool.kept_count -= former == PAGE_OWNER_SPMC ? count : 0;
    pool.kept_count += owner == PAGE_OWNER_SPMC ? count : 0;
    spin_unlock(&pool.lock);
}

uint8_t page_pool_owner(const void *address)
{
    uint32_t index = page_index(address);

    if (index >= pool.count) {
        return PAGE_OWNER_NONE;
    }
    uint8_t owner = owner_of(index);

    return is_owner(owner) ? owner : PAGE_OWNER_NONE;
}

uint32_t page_pool_free_count(void)
{
    return __atomic_load_n(&pool.free_count, __ATOMIC_RELAXED);
}

uint32_t page_pool_kept_count(void)
{
    uint32_t count;

    spin_lock(&pool.lock);
    count = pool.kept_count;
    spin_unlock(&pool.lock);
    return count;
}
