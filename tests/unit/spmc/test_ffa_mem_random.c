// SPDX-License-Identifier: BSD-3-Clause
//
// Random sequences of FF-A memory management: four endpoints offer, retrieve, relinquish, reclaim and stop; a reference model
// says what each call must answer, and who reaches which page afterwards. Fixed seeds.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mem_fixture.h"

#include "ffa_mem.h"
#include "spmc_mm.h"

#define NS_COUNT 16
#define FIRST_OWN 5 // pages 5 … 12 of each partition
#define OWN_COUNT 8
#define PAGES (NS_COUNT + 3 * OWN_COUNT)
#define NOBODY (-2)
#define NORMAL_WORLD (-1)
#define QUOTA 4
#define MAX_OFFERS 24
#define MAX_PAGES 3
#define STEPS 6000

static const uint32_t kinds[] = { FFA_MEM_SHARE_32, FFA_MEM_LEND_32, FFA_MEM_DONATE_32 };

// ---- The model -------------------------------------------------------------------------------------------------------

struct page {
    int owner;     // NORMAL_WORLD, 0 … 2, NOBODY
    uint64_t home; // where its owner has it, or offers it from
    bool offered;  // in a transaction
};

struct borrower {
    int sp;
    bool read_only;
    bool held;
    uint64_t va;
};

struct offer {
    bool used;
    bool orphan;
    uint64_t handle;
    struct mem_desc desc;
    int owner;
    uint32_t kind;
    uint32_t count;
    uint32_t pages[MAX_PAGES];
    uint32_t borrower_count;
    struct borrower borrowers[2];
};

static struct page pages[PAGES];
static struct offer offers[MAX_OFFERS];
static bool stopped[3];
static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(seed >> 33) % below;
}

static struct sp *sp_of(int index)
{
    return index >= 0 ? &spmc_sps[index] : NULL;
}

static uint64_t pa_of(uint32_t page)
{
    if (page < NS_COUNT) {
        return NS_BASE + 0x200000 + page * 0x1000ull;
    }
    page -= NS_COUNT;
    return spmc_mm_pa(fixture_page(&spmc_sps[page / OWN_COUNT], FIRST_OWN + page % OWN_COUNT));
}

static void begin(uint64_t number)
{
    seed = number;
    mem_reset(number % 2 != 0 ? FFA_VERSION_1_1 : FFA_VERSION_1_2);
    memset(offers, 0, sizeof(offers));
    memset(stopped, 0, sizeof(stopped));
    for (uint32_t i = 0; i < PAGES; i++) {
        uint32_t own = i - NS_COUNT;

        pages[i] = i < NS_COUNT ? (struct page){ .owner = NORMAL_WORLD, .home = pa_of(i) }
                                : (struct page){ .owner = (int)(own / OWN_COUNT),
                                                 .home = SPACE_VA(FIRST_OWN + own % OWN_COUNT) };
    }
    for (uint32_t i = 0; i < 3; i++) {
        spmc_sps[i].config.memory_handles = QUOTA;
    }
}

static uint32_t sent_by(int owner)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < MAX_OFFERS; i++) {
        count += offers[i].used && offers[i].owner == owner ? 1 : 0;
    }
    return count;
}

static uint32_t held_by(int sp)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < MAX_OFFERS; i++) {
        for (uint32_t b = 0; offers[i].used && b < offers[i].borrower_count; b++) {
            count += offers[i].borrowers[b].sp == sp && offers[i].borrowers[b].held ? 1 : 0;
        }
    }
    return count;
}

static bool is_held(const struct offer *offer)
{
    return offer->borrowers[0].held || (offer->borrower_count > 1 && offer->borrowers[1].held);
}

// An offer is over: its pages are what they were, or nobody's.
static void end(struct offer *offer)
{
    for (uint32_t i = 0; i < offer->count; i++) {
        pages[offer->pages[i]].offered = false;
        if (offer->orphan) {
            pages[offer->pages[i]].owner = NOBODY;
        }
    }
    offer->used = false;
}

// Who reaches what, and nothing else.
static void check_access(void)
{
    for (uint32_t i = 0; i < PAGES; i++) {
        struct page *page = &pages[i];

        if (page->owner >= 0 && !stopped[page->owner] && !page->offered) {
            assert_int_equal(mem_model_pa(sp_of(page->owner), page->home), pa_of(i));
        }
        if (i < NS_COUNT) {
            assert_int_equal(mem_model_ns_taken(pa_of(i)), page->offered);
        }
    }
    for (uint32_t n = 0; n < MAX_OFFERS; n++) {
        const struct offer *offer = &offers[n];

        for (uint32_t i = 0; offer->used && i < offer->count; i++) {
            const struct page *page = &pages[offer->pages[i]];

            if (offer->owner >= 0 && !offer->orphan && offer->kind != FFA_MEM_DONATE_32) {
                assert_int_equal(mem_model_reads(sp_of(offer->owner), page->home),
                                 offer->kind == FFA_MEM_SHARE_32);
            }
            for (uint32_t b = 0; b < offer->borrower_count; b++) {
                const struct borrower *borrower = &offer->borrowers[b];
                uint64_t va = borrower->va + i * 4096ull;

                if (borrower->held) {
                    assert_int_equal(mem_model_pa(sp_of(borrower->sp), va), pa_of(offer->pages[i]));
                    assert_int_equal(mem_model_writes(sp_of(borrower->sp), va),
                                     !borrower->read_only);
                } else if (borrower->va != 0 && !stopped[borrower->sp]) {
                    assert_int_not_equal(mem_model_pa(sp_of(borrower->sp), va),
                                         pa_of(offer->pages[i]));
                }
            }
        }
    }
}

// ---- The calls -------------------------------------------------------------------------------------------------------

static void expect(const uint64_t *x, int32_t code)
{
    if (code == 0) {
        assert_int_not_equal(x[0], FFA_ERROR);
    } else {
        assert_true(fixture_is_error(x, code));
    }
}

// What offering the drawn pages must answer; either of two codes where two rules are broken.
static int32_t offer_code(const struct offer *offer, int32_t *other)
{
    bool denied = false;
    bool twice = false;

    for (uint32_t i = 0; i < offer->count; i++) {
        const struct page *page = &pages[offer->pages[i]];

        denied = denied || page->offered || page->owner != offer->owner;
        for (uint32_t k = 0; k < i; k++) {
            twice = twice || offer->pages[k] == offer->pages[i];
        }
    }
    *other = denied && twice ? FFA_INVALID_PARAMETERS : 0;
    return denied ? FFA_DENIED : twice ? FFA_INVALID_PARAMETERS : 0;
}

static void draw_offer(struct offer *offer)
{
    uint32_t kind = draw(3);
    int owner = (int)draw(4) - 1;
    int first = (int)draw(3);
    int second = (int)draw(3);

    memset(offer, 0, sizeof(*offer));
    offer->owner = owner;
    offer->kind = kinds[kind];
    offer->count = 1 + draw(MAX_PAGES);
    uint32_t base = owner < 0 ? 0 : NS_COUNT;
    uint32_t range = owner < 0 ? NS_COUNT : PAGES - NS_COUNT;
    first = first == owner ? (first + 1) % 3 : first;
    offer->desc = mem_desc(offer->kind, sp_of(owner), sp_of(first), 0, 0);
    offer->borrowers[0].sp = first;
    offer->borrower_count = 1;
    if (kind < 2 && second != first && second != owner) {
        mem_add_borrower(&offer->desc, sp_of(second), FFA_MEM_DATA_RO);
        offer->borrowers[1] = (struct borrower){ .sp = second, .read_only = true };
        offer->borrower_count = 2;
    }
    for (uint32_t i = 0; i < offer->count; i++) {
        // Mostly its own
        do {
            offer->pages[i] = base + draw(range);
        } while (pages[offer->pages[i]].owner != owner && draw(8) != 0);
        mem_add_range(&offer->desc, pages[offer->pages[i]].home, 1);
    }
    if (kind > 0 && draw(3) == 0) {
        offer->desc.flags = FFA_MEM_FLAG_ZERO;
    }
}

// A page of somebody else has, in the caller's space, no address of its own: what lies there is its own page or nothing.
static bool addresses_are_plain(const struct offer *offer)
{
    for (uint32_t i = 0; i < offer->count; i++) {
        if (pages[offer->pages[i]].owner != offer->owner) {
            for (uint32_t k = 0; k < PAGES; k++) {
                if (pages[k].owner == offer->owner &&
                    pages[k].home == pages[offer->pages[i]].home) {
                    return false;
                }
            }
        }
    }
    return true;
}

static void do_offer(void)
{
    struct offer offer;
    uint32_t slot = 0;
    int32_t other = 0;

    draw_offer(&offer);
    while (slot < MAX_OFFERS && offers[slot].used) {
        slot++;
    }
    if (slot == MAX_OFFERS || (offer.owner >= 0 && stopped[offer.owner]) ||
        !addresses_are_plain(&offer)) {
        return;
    }
    int32_t code = offer_code(&offer, &other);
    if (offer.owner >= 0 && sent_by(offer.owner) >= QUOTA) {
        code = FFA_NO_MEMORY;
        other = 0;
    }
    const uint64_t *x = mem_offer(sp_of(offer.owner), offer.kind, &offer.desc);
    if (other != 0 && (int32_t)x[2] == other) {
        code = other;
    }
    expect(x, code);
    if (code != 0) {
        return;
    }
    offer.used = true;
    offer.handle = x[2] | x[3] << 32;
    offers[slot] = offer;
    for (uint32_t i = 0; i < offer.count; i++) {
        pages[offer.pages[i]].offered = true;
    }
}

static uint64_t read_address(struct sp *sp)
{
    uint32_t version = sp->endpoint.version;
    uint64_t address;

    memcpy(&address, mem_rx(sp) + mem_head_size(version) + mem_access_size(version) + 16, 8);
    return address;
}

// A donation is complete: of partitions' memory the transaction is over; the normal world's stays taken.
static void settle_donation(struct offer *offer, struct borrower *borrower)
{
    if (offer->owner < 0) {
        return;
    }
    for (uint32_t i = 0; i < offer->count; i++) {
        pages[offer->pages[i]].owner = borrower->sp;
        pages[offer->pages[i]].home = borrower->va + i * 4096ull;
    }
    end(offer);
}

static void do_retrieve(struct offer *offer)
{
    struct borrower *borrower = &offer->borrowers[draw(offer->borrower_count)];
    struct sp *sp = sp_of(borrower->sp);
    struct mem_desc request = mem_request(offer->kind, &offer->desc, sp, offer->handle);
    bool dead = offer->orphan || (offer->kind == FFA_MEM_DONATE_32 && borrower->held);
    int32_t code = dead                             ? FFA_INVALID_PARAMETERS
                   : borrower->held                 ? FFA_DENIED
                   : held_by(borrower->sp) >= QUOTA ? FFA_NO_MEMORY
                                                    : 0;

    if (stopped[borrower->sp]) {
        return;
    }
    if (code == 0 && draw(8) == 0) { // in the middle of it memory runs out
        mem_model.maps_left = draw(2);
        uint32_t maps = mem_model.maps_left;
        const uint64_t *x = mem_retrieve(sp, &request);
        mem_model.maps_left = UINT32_MAX;
        if (x[0] == FFA_ERROR) {
            expect(x, FFA_NO_MEMORY);
            return;
        }
        assert_int_equal(maps, 1); // enough for one run
    } else {
        expect(mem_retrieve(sp, &request), code);
    }
    if (code != 0) {
        return;
    }
    borrower->held = true;
    borrower->va = read_address(sp);
    mem_rx_release(sp);
    if (offer->kind == FFA_MEM_DONATE_32) {
        settle_donation(offer, borrower);
    }
}

static void do_relinquish(struct offer *offer)
{
    struct borrower *borrower = &offer->borrowers[draw(offer->borrower_count)];
    bool zero = draw(4) == 0;
    bool alone = offer->borrower_count == 1 ||
                 !offer->borrowers[borrower == &offer->borrowers[0] ? 1 : 0].held;
    int32_t code = 0;

    if (stopped[borrower->sp]) {
        return;
    }
    if (offer->kind == FFA_MEM_DONATE_32 && borrower->held) {
        code = FFA_INVALID_PARAMETERS; // a dead handle
    } else if (zero && offer->kind == FFA_MEM_SHARE_32) {
        code = FFA_INVALID_PARAMETERS;
    } else if (!borrower->held || (zero && (borrower->read_only || !alone))) {
        code = FFA_DENIED;
    }
    expect(mem_relinquish(sp_of(borrower->sp), offer->handle, zero ? FFA_MEM_FLAG_ZERO : 0), code);
    if (code == 0) {
        borrower->held = false;
        if (offer->orphan && !is_held(offer)) {
            end(offer);
        }
    }
}

static void do_reclaim(struct offer *offer)
{
    bool gone = offer->owner >= 0 && stopped[offer->owner];
    bool donated = offer->kind == FFA_MEM_DONATE_32 && offer->borrowers[0].held;
    int32_t code = donated ? FFA_INVALID_PARAMETERS : is_held(offer) ? FFA_DENIED : 0;

    if (gone) {
        return;
    }
    expect(mem_reclaim(sp_of(offer->owner), offer->handle, draw(2)), code);
    if (code == 0) {
        end(offer);
    }
}

static void do_stop(void)
{
    int sp = (int)draw(3);

    if (stopped[sp] || stopped[(sp + 1) % 3] || stopped[(sp + 2) % 3]) {
        return; // two are left to go on
    }
    mem_stop(sp_of(sp));
    stopped[sp] = true;
    for (uint32_t i = 0; i < MAX_OFFERS; i++) {
        struct offer *offer = &offers[i];

        if (!offer->used) {
            continue;
        }
        for (uint32_t b = 0; b < offer->borrower_count; b++) {
            if (offer->borrowers[b].sp == sp && offer->borrowers[b].held) {
                offer->borrowers[b].held = false;
                if (offer->kind == FFA_MEM_DONATE_32 || (offer->orphan && !is_held(offer))) {
                    end(offer);
                }
            }
        }
        if (offer->used && offer->owner == sp) {
            offer->orphan = true;
            if (!is_held(offer)) {
                end(offer);
            }
        }
    }
    for (uint32_t i = 0; i < PAGES; i++) {
        if (pages[i].owner == sp) {
            pages[i].owner = NOBODY;
        }
    }
}

// A descriptor with some bits wrong: refused, or legal in another way; then it is undone at once.
static void do_damaged(void)
{
    struct offer offer;

    draw_offer(&offer);
    struct sp *sp = sp_of(offer.owner);
    if (offer.owner >= 0 && stopped[offer.owner]) {
        return;
    }
    uint32_t length = mem_write(sp, &offer.desc);
    for (uint32_t i = 1 + draw(3); i != 0; i--) {
        mem_tx(sp)[draw(length)] ^= (uint8_t)(1u << draw(8));
    }
    struct mem_state before = mem_state();
    const uint64_t *x = MEM(sp, offer.kind, length, length);
    if (x[0] == FFA_SUCCESS_32) {
        uint64_t handle = x[2] | x[3] << 32;

        assert_true(fixture_is_success(mem_reclaim(sp, handle, 0), 0, 0));
        before.model.wiped = mem_model.wiped;
    }
    assert_true(mem_unchanged(&before));
}

static void run(uint64_t number)
{
    struct ffa_mem_counters counters;

    begin(number);
    for (uint32_t step = 0; step < STEPS; step++) {
        struct offer *offer = &offers[draw(MAX_OFFERS)];
        uint32_t what = draw(100);

        if (what < 25) {
            do_offer();
        } else if (what < 30) {
            do_damaged();
        } else if (what == 30 && step > STEPS / 2) {
            do_stop();
        } else if (offer->used && what < 60) {
            do_retrieve(offer);
        } else if (offer->used && what < 82) {
            do_relinquish(offer);
        } else if (offer->used) {
            do_reclaim(offer);
        }
        check_access();
    }
    ffa_mem_count(&counters);
    uint32_t used = 0;
    for (uint32_t i = 0; i < MAX_OFFERS; i++) {
        used += offers[i].used ? 1 : 0;
    }
    assert_int_equal(counters.transactions, used);
    assert_int_equal(counters.held, held_by(0) + held_by(1) + held_by(2));
}

static void sequence_1(void **state)
{
    (void)state;
    run(1);
}

static void sequences_2_to_9(void **state)
{
    (void)state;
    for (uint64_t number = 2; number < 10; number++) {
        run(number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequence_1),
        cmocka_unit_test(sequences_2_to_9),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
