// SPDX-License-Identifier: BSD-3-Clause
//
// Host stand-in for platform/arch/tlb.h: there is no TLB; the calls are counted, so that a test can
// ask whether the code under test dropped what it changed.
#ifndef TLB_H
#define TLB_H

#include <stdint.h>

extern unsigned int fake_tlb_drops; // defined by the test that links the code

static inline void tlbi_all_el1(void)
{
    fake_tlb_drops++;
}

static inline void tlbi_all_el3(void)
{
    fake_tlb_drops++;
}

static inline void tlbi_asid(uint16_t asid)
{
    (void)asid;
    fake_tlb_drops++;
}

static inline void tlbi_va_asid(uint64_t va, uint16_t asid)
{
    (void)va;
    (void)asid;
    fake_tlb_drops++;
}

static inline void tlbi_va_all(uint64_t va)
{
    (void)va;
    fake_tlb_drops++;
}

#endif
