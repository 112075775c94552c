// SPDX-License-Identifier: BSD-3-Clause
//
// Normal-world pages that are spoken for, see ns_pages.h. One page of pointers and counts, and below it one page of bits
// for every 128 MiB in which something is marked; all of them from the page pool. The page of pointers, once it is there, and
// one page of bits stay for the next transaction. Works word by word: 64 pages a step.
#include "ns_pages.h"

#include <stdbool.h>
#include <stddef.h>

#include "assert.h"
#include "bits.h"
#include "lock.h"
#include "page_pool.h"
#include "spmc_mm.h"

#define WORD_BITS 64u

// 128 MiB of the normal world's memory
struct leaf {
    uint64_t *words; // NULL: nothing is marked
    uint32_t taken;  // marks in it
};
_Static_assert(sizeof(struct leaf) * NS_PAGES_LEAVES == PAGE_SIZE, "the root is one page");
_Static_assert(NS_PAGES_LEAF_PAGES == PAGE_SIZE * 8, "a leaf is one page");

static struct {
    struct spinlock lock;
    // Under lock
    struct leaf *root; // NULL: nothing was ever marked
    uint64_t *spare;   // a page of bits that nobody needs now, all zero; or NULL
    uint32_t taken;
} marks;

// The part of [page, page + count) that lies in one leaf.
struct part {
    struct leaf *leaf;
    uint32_t first; // bit of the leaf
    uint32_t count;
};

// The number comes from the normal world: checked (page_number), and the index holds when a core guesses that it was.
static struct part part_at(uint32_t page, uint32_t count)
{
    uint32_t first = page % NS_PAGES_LEAF_PAGES;
    uint32_t room = NS_PAGES_LEAF_PAGES - first;

    return (struct part){
        .leaf = &marks.root[page / NS_PAGES_LEAF_PAGES % NS_PAGES_LEAVES],
        .first = first,
        .count = count < room ? count : room,
    };
}

// Bits of the word that holds bit `first`, for as many of `count` bits as lie in it.
static uint64_t word_mask(uint32_t first, uint32_t count)
{
    uint32_t shift = first % WORD_BITS;

    return (count < WORD_BITS - shift ? BIT(count) - 1 : ~0ull >> shift) << shift;
}

static uint32_t bits_in_word(uint32_t first, uint32_t count)
{
    uint32_t room = WORD_BITS - first % WORD_BITS;

    return count < room ? count : room;
}

static bool part_is_free(const struct part *part)
{
    uint32_t first = part->first;
    uint32_t left = part->count;

    while (part->leaf->words != NULL && left != 0) {
        uint32_t bits = bits_in_word(first, left);

        if ((part->leaf->words[first / WORD_BITS] & word_mask(first, left)) != 0) {
            return false;
        }
        first += bits;
        left -= bits;
    }
    return true;
}

// Turns over the part's bits, which are all `on` or all not.
static void part_toggle(const struct part *part, bool on)
{
    uint32_t first = part->first;
    uint32_t left = part->count;

    assert(part->leaf->words != NULL);
    while (left != 0) {
        uint32_t bits = bits_in_word(first, left);
        uint64_t mask = word_mask(first, left);
        uint64_t *word = &part->leaf->words[first / WORD_BITS];

        assert((*word & mask) == (on ? 0 : mask));
        *word ^= mask;
        first += bits;
        left -= bits;
    }
    part->leaf->taken += on ? part->count : -part->count;
    marks.taken += on ? part->count : -part->count;
}

// Gives back the pages of bits for [page, page + count) that have no mark; the last one is kept as the spare one.
static void trim_locked(uint32_t page, uint32_t count)
{
    while (count != 0) {
        struct part part = part_at(page, count);

        if (part.leaf->words != NULL && part.leaf->taken == 0) {
            page_pool_free_clean(marks.spare);
            marks.spare = part.leaf->words;
            part.leaf->words = NULL;
        }
        page += part.count;
        count -= part.count;
    }
}

static uint64_t *leaf_alloc_locked(void)
{
    uint64_t *words = marks.spare;

    marks.spare = NULL;
    return words != NULL ? words : page_pool_alloc_for(PAGE_OWNER_TRANSACTION);
}

static int prepare_locked(uint32_t page, uint32_t count)
{
    if (marks.root == NULL) {
        marks.root = page_pool_alloc_for(PAGE_OWNER_TRANSACTION);
        if (marks.root == NULL) {
            return ERR_NO_MEMORY;
        }
    }
    for (uint32_t at = page, left = count; left != 0;) {
        struct part part = part_at(at, left);

        if (!part_is_free(&part)) {
            return ERR_DENIED;
        }
        at += part.count;
        left -= part.count;
    }
    for (uint32_t at = page, left = count; left != 0;) {
        struct part part = part_at(at, left);

        if (part.leaf->words == NULL) {
            part.leaf->words = leaf_alloc_locked();
        }
        if (part.leaf->words == NULL) {
            return ERR_NO_MEMORY;
        }
        at += part.count;
        left -= part.count;
    }
    return 0;
}

static void toggle_locked(uint32_t page, uint32_t count, bool on)
{
    while (count != 0) {
        struct part part = part_at(page, count);

        part_toggle(&part, on);
        page += part.count;
        count -= part.count;
    }
}

// Number of the page at `pa` among those that the bitmap can hold.
static int page_number(uint64_t pa, uint32_t pages, uint32_t *number)
{
    const uint64_t most = (uint64_t)NS_PAGES_LEAVES * NS_PAGES_LEAF_PAGES * PAGE_SIZE;
    uint64_t size = (uint64_t)pages * PAGE_SIZE;

    if (pages == 0 || pa % PAGE_SIZE != 0) {
        return ERR_INVALID;
    }
    if (!spmc_mm_is_ns_ram(pa, size) || !range_inside(pa, size, spmc_mm_ns_ram_base(), most)) {
        return ERR_RANGE;
    }
    *number = (uint32_t)((pa - spmc_mm_ns_ram_base()) / PAGE_SIZE);
    return 0;
}

int ns_pages_take(uint64_t pa, uint32_t pages)
{
    uint32_t page = 0;
    int err = page_number(pa, pages, &page);

    if (err != 0) {
        return err;
    }
    spin_lock(&marks.lock);
    err = prepare_locked(page, pages);
    if (err == 0) {
        toggle_locked(page, pages, true);
    } else if (marks.root != NULL) {
        trim_locked(page, pages);
    }
    spin_unlock(&marks.lock);
    return err;
}

void ns_pages_give(uint64_t pa, uint32_t pages)
{
    uint32_t page = 0;
    int err = page_number(pa, pages, &page);

    assert(err == 0);
    spin_lock(&marks.lock);
    assert(marks.root != NULL);
    toggle_locked(page, pages, false);
    trim_locked(page, pages);
    spin_unlock(&marks.lock);
}

uint32_t ns_pages_taken_count(void)
{
    return __atomic_load_n(&marks.taken, __ATOMIC_RELAXED);
}
