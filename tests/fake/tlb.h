// SPDX-License-Identifier: BSD-3-Clause
//
// Host stand-in for platform/arch/tlb.h: there is no TLB; the test that links the code is told of
// every drop, so that it can ask what had been done by then and what had not.
#ifndef TLB_H
#define TLB_H

#include <stdint.h>

#define FAKE_TLB_ANY (-1)

// `pages` pages from `va` on (0: all addresses) of `asid` (FAKE_TLB_ANY: all of them) are dropped.
void fake_tlb_drop(uint64_t va, uint32_t pages, int32_t asid);

static inline void tlbi_all_el1(void)
{
    fake_tlb_drop(0, 0, FAKE_TLB_ANY);
}

static inline void tlbi_all_el3(void)
{
    fake_tlb_drop(0, 0, FAKE_TLB_ANY);
}

static inline void tlbi_asid(uint16_t asid)
{
    fake_tlb_drop(0, 0, asid);
}

static inline void tlbi_pages_asid(uint64_t va, uint32_t pages, uint16_t asid)
{
    fake_tlb_drop(va, pages, asid);
}

static inline void tlbi_pages_all(uint64_t va, uint32_t pages)
{
    fake_tlb_drop(va, pages, FAKE_TLB_ANY);
}

#endif
