// SPDX-License-Identifier: BSD-3-Clause
//
// TLB maintenance, inner shareable (all cores that run our tables). Order on real cores (DDI0487
// D8.14): the descriptor write is made visible (DSB ISHST), the entry is dropped (TLBI), the drop
// has completed everywhere (DSB ISH), and this core drops what it fetched with the old one (ISB).
// Each function does all four. On the host: tests/fake/tlb.h.
#ifndef TLB_H
#define TLB_H

#include <stdint.h>

#include "barrier.h"

#define TLB_ASID_SHIFT 48
#define TLB_VA_MASK 0x00000fffffffffffull // VA[55:12]

// Drops all translations of the current security state's EL1&0 regime (any ASID).
static inline void tlbi_all_el1(void)
{
    dsb_ishst();
    __asm__ volatile("tlbi vmalle1is" : : : "memory");
    dsb_ish();
    isb();
}

// Drops all translations of EL3.
static inline void tlbi_all_el3(void)
{
    dsb_ishst();
    __asm__ volatile("tlbi alle3is" : : : "memory");
    dsb_ish();
    isb();
}

// Drops every non-global translation of `asid` in the EL1&0 regime.
static inline void tlbi_asid(uint16_t asid)
{
    dsb_ishst();
    __asm__ volatile("tlbi aside1is, %0" : : "r"((uint64_t)asid << TLB_ASID_SHIFT) : "memory");
    dsb_ish();
    isb();
}

// Drops the translation (and walk steps) of the page at `va` for `asid`, global ones included.
static inline void tlbi_va_asid(uint64_t va, uint16_t asid)
{
    dsb_ishst();
    __asm__ volatile("tlbi vae1is, %0"
                     :
                     : "r"(((uint64_t)asid << TLB_ASID_SHIFT) | ((va >> 12) & TLB_VA_MASK))
                     : "memory");
    dsb_ish();
    isb();
}

// Drops the last-level translation of the page at `va` for every ASID: for global kernel pages.
static inline void tlbi_va_all(uint64_t va)
{
    dsb_ishst();
    __asm__ volatile("tlbi vaale1is, %0" : : "r"((va >> 12) & TLB_VA_MASK) : "memory");
    dsb_ish();
    isb();
}

#endif
