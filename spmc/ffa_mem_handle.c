// SPDX-License-Identifier: BSD-3-Clause
//
// Table of memory transactions, see ffa_mem_handle.h. Called by the other ffa_mem_*.c with values that they have checked.
#include "ffa_mem_handle.h"

#include "assert.h"
#include "bits.h"
#include "ffa_dispatch.h"
#include "page_pool.h"

// A handle is a number that is never used again, above the number of its slot: a stale one finds a slot with another.
// Bit 63 is 0 (DEN0077A "memory region handle": allocated by the SPMC).
#define SLOT_BITS 6
_Static_assert(SPMC_MAX_TRANSACTIONS == 1 << SLOT_BITS, "a slot's number has that many bits");
#define SLOT_MASK ((1u << SLOT_BITS) - 1)

// The first slots are always there; the others lie in pages of the pool, as long as one of a page's is in use.
#define SLOTS_PER_PAGE 8
#define SLOT_PAGES (SPMC_MAX_TRANSACTIONS / SLOTS_PER_PAGE)
#define PAGE_SLOTS(used, page) ((used) >> (page)*SLOTS_PER_PAGE & ((1ull << SLOTS_PER_PAGE) - 1))
_Static_assert(sizeof(struct ffa_mem_slot) * SLOTS_PER_PAGE <= PAGE_SIZE, "they fit in a page");

struct quota {
    uint32_t handles;
    uint32_t pages;
};

struct spinlock ffa_mem_lock;

// Under the lock
static struct {
    uint64_t used; // bit n: slot n is not free
    uint64_t last_number;
    struct quota sent[SPMC_MAX_SPS + 1]; // by ffa_index_of
    struct quota held[SPMC_MAX_SPS + 1];
    struct ffa_mem_slot first[SLOTS_PER_PAGE];
    struct ffa_mem_slot *pages[SLOT_PAGES]; // of the slots from SLOTS_PER_PAGE on; [0] is not used
} mem;

// What the manifest allows a partition, and this SPMC the normal world (as sender only: it borrows nothing).
static struct quota quota_of(uint32_t index)
{
    if (index == 0) {
        return (struct quota){ SPMC_NWD_TRANSACTIONS, UINT32_MAX };
    }
    const struct sp_config *config = &spmc_sps[index - 1].config;
    return (struct quota){ config->memory_handles, config->memory_pages };
}

static __attribute__((noinline)) int charge_locked(struct quota *used, struct quota limit,
                                                   uint32_t pages)
{
    if (used->handles >= limit.handles || used->pages > limit.pages ||
        pages > limit.pages - used->pages) {
        return ERR_NO_MEMORY;
    }
    used->handles++;
    used->pages += pages;
    return 0;
}

static void discharge_locked(struct quota *used, uint32_t pages)
{
    assert(used->handles != 0 && used->pages >= pages);
    used->handles--;
    used->pages -= pages;
}

int ffa_mem_handle_charge_locked(const struct ffa_mem_slot *slot, uint32_t borrower)
{
    return charge_locked(&mem.held[borrower], quota_of(borrower), slot->page_count);
}

void ffa_mem_handle_discharge_locked(const struct ffa_mem_slot *slot, uint32_t borrower)
{
    discharge_locked(&mem.held[borrower], slot->page_count);
}

// Every field is set, here or by who opens it: the slot still has what its last transaction left.
static void fill(struct ffa_mem_slot *slot, uint32_t owner, const struct ffa_mem_desc *desc)
{
    slot->wipe = false;
    slot->wiping = false;
    slot->owner_gone = false;
    slot->holder_count = (uint8_t)desc->borrower_count;
    slot->zero = (desc->flags & FFA_MEM_FLAG_ZERO) != 0;
    slot->ns = owner == 0;
    slot->writable = owner == 0;
    slot->owner_id = desc->sender;
    slot->page_count = desc->page_count;
    slot->tag = desc->tag;
    slot->map_attrs = 0;
    slot->list.count = 0;
    slot->list.normal_world = owner == 0;
    slot->list.head = NULL;
    slot->list.tail = NULL;
    slot->received = 0;
    slot->pages_received = 0;
    for (uint32_t i = 0; i < desc->borrower_count; i++) {
        slot->holders[i].offer = desc->borrowers[i];
        slot->holders[i].hold = FFA_MEM_NOT_HELD;
        slot->holders[i].zero_after = false;
    }
}

struct ffa_mem_slot *ffa_mem_handle_at_locked(uint32_t n)
{
    if (n < SLOTS_PER_PAGE) {
        return &mem.first[n];
    }
    struct ffa_mem_slot *page = mem.pages[n / SLOTS_PER_PAGE];

    return page != NULL ? &page[n % SLOTS_PER_PAGE] : NULL;
}

// A free slot, with the page that it is in; NULL: there is none, or no page. *n: its number.
static struct ffa_mem_slot *free_slot_locked(uint32_t *n)
{
    if (~mem.used == 0) {
        return NULL;
    }
    *n = (uint32_t)__builtin_ctzll(~mem.used);
    if (*n >= SLOTS_PER_PAGE && mem.pages[*n / SLOTS_PER_PAGE] == NULL) {
        mem.pages[*n / SLOTS_PER_PAGE] = page_pool_alloc_for(PAGE_OWNER_TRANSACTION);
    }
    return ffa_mem_handle_at_locked(*n);
}

int ffa_mem_handle_open(uint32_t owner, const struct ffa_mem_desc *desc, struct ffa_mem_slot **slot)
{
    uint32_t n;

    spin_lock(&ffa_mem_lock);
    int err = charge_locked(&mem.sent[owner], quota_of(owner), desc->page_count);
    if (err == 0) {
        *slot = free_slot_locked(&n);
        if (*slot == NULL) {
            discharge_locked(&mem.sent[owner], desc->page_count);
            err = ERR_NO_MEMORY;
        }
    }
    if (err == 0) {
        mem.used |= 1ull << n;
        mem.last_number++;
        (*slot)->handle = mem.last_number << SLOT_BITS | n;
        (*slot)->owner = (uint8_t)owner; // others that guess the handle ask for it
        (*slot)->state = FFA_MEM_WORKING;
    }
    spin_unlock(&ffa_mem_lock);
    if (err == 0) {
        fill(*slot, owner, desc);
    }
    return err;
}

void ffa_mem_handle_close(struct ffa_mem_slot *slot)
{
    uint32_t n = (uint32_t)(slot->handle & SLOT_MASK);
    void *unused = NULL;

    assert(slot->state == FFA_MEM_WORKING);
    ffa_mem_list_free(&slot->list);
    spin_lock(&ffa_mem_lock);
    discharge_locked(&mem.sent[slot->owner], slot->page_count);
    slot->state = FFA_MEM_FREE;
    mem.used &= ~(1ull << n);
    if (n >= SLOTS_PER_PAGE && PAGE_SLOTS(mem.used, n / SLOTS_PER_PAGE) == 0) {
        unused = mem.pages[n / SLOTS_PER_PAGE];
        mem.pages[n / SLOTS_PER_PAGE] = NULL;
    }
    spin_unlock(&ffa_mem_lock);
    page_pool_free(unused); // NULL is ignored
}

struct ffa_mem_slot *ffa_mem_handle_find_locked(uint64_t handle)
{
    struct ffa_mem_slot *slot = ffa_mem_handle_at_locked(handle & SLOT_MASK);

    return slot != NULL && slot->state != FFA_MEM_FREE && slot->handle == handle ? slot : NULL;
}

void ffa_mem_handle_set(struct ffa_mem_slot *slot, enum ffa_mem_state state)
{
    spin_lock(&ffa_mem_lock);
    slot->state = state;
    spin_unlock(&ffa_mem_lock);
}

struct ffa_mem_holder *ffa_mem_handle_holder(struct ffa_mem_slot *slot, uint32_t index)
{
    for (uint32_t i = 0; i < slot->holder_count; i++) {
        if (slot->holders[i].offer.index == index) {
            return &slot->holders[i];
        }
    }
    return NULL;
}

bool ffa_mem_handle_is_held_locked(const struct ffa_mem_slot *slot,
                                   const struct ffa_mem_holder *except)
{
    for (uint32_t i = 0; i < slot->holder_count; i++) {
        if (&slot->holders[i] != except && slot->holders[i].hold != FFA_MEM_NOT_HELD) {
            return true;
        }
    }
    return false;
}

void ffa_mem_count(struct ffa_mem_counters *counters)
{
    *counters = (struct ffa_mem_counters){ .pool_pages = ffa_mem_list_pages() };
    spin_lock(&ffa_mem_lock);
    for (uint32_t i = 1; i < SLOT_PAGES; i++) {
        counters->pool_pages += mem.pages[i] != NULL ? 1 : 0;
    }
    for (uint32_t i = 0; i <= SPMC_MAX_SPS; i++) {
        counters->transactions += mem.sent[i].handles;
        counters->sent_pages += mem.sent[i].pages;
        counters->held += mem.held[i].handles;
        counters->held_pages += mem.held[i].pages;
    }
    spin_unlock(&ffa_mem_lock);
}
