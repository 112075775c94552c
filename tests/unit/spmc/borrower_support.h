// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of borrowers share (test_ffa_mem_retrieve.c, test_ffa_mem_relinquish.c): offers, and refusals that leave everything as
// it was.
#ifndef BORROWER_SUPPORT_H
#define BORROWER_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mem_fixture.h"

#include "ffa_mem.h"

#define MEM_BASE (NS_BASE + 0x200000)

static const uint32_t versions[]
    __attribute__((unused)) = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };
static const uint32_t kinds[]
    __attribute__((unused)) = { FFA_MEM_SHARE_32, FFA_MEM_LEND_32, FFA_MEM_DONATE_32 };

static inline int reset(void **state)
{
    (void)state;
    mem_reset(FFA_VERSION_1_1);
    return 0;
}

static inline void refused(struct sp *sp, const struct mem_desc *request, int32_t code)
{
    struct mem_state before = mem_state();

    assert_true(fixture_is_error(mem_retrieve(sp, request), code));
    assert_true(mem_unchanged(&before));
}

static inline void stays(const uint64_t *x, int32_t code, const struct mem_state *before)
{
    assert_true(fixture_is_error(x, code));
    assert_true(mem_unchanged(before));
}

// An offer of the normal world (its `page` says where) and the request that a borrower would make
struct offer {
    struct mem_desc desc;
    struct mem_desc request;
    uint64_t handle;
};

static inline struct offer offer_ns(uint32_t fid, struct sp *borrower, uint32_t page,
                                    uint32_t pages)
{
    struct offer offer = {
        .desc = mem_desc(fid, NULL, borrower, MEM_BASE + page * 0x1000ull, pages),
    };

    offer.handle = mem_send(NULL, fid, &offer.desc);
    offer.request = mem_request(fid, &offer.desc, borrower, offer.handle);
    return offer;
}

static inline struct offer offer_own(uint32_t fid, struct sp *sender, struct sp *borrower,
                                     uint32_t page, uint32_t pages)
{
    struct offer offer = { .desc = mem_desc(fid, sender, borrower, SPACE_VA(page), pages) };

    if (page < 3) { // code, or read-only
        offer.desc.borrowers[0].permissions &= FFA_MEM_DATA_RO;
        offer.desc.borrowers[0].permissions |= fid == FFA_MEM_DONATE_32 ? 0 : FFA_MEM_DATA_RO;
    }
    offer.handle = mem_send(sender, fid, &offer.desc);
    offer.request = mem_request(fid, &offer.desc, borrower, offer.handle);
    return offer;
}

#endif
