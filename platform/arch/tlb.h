// SPDX-License-Identifier: BSD-3-Clause
//
// TLB maintenance, inner shareable (all cores that run our tables). Order on real cores (DDI0487
// D8.14): the descriptor write is made visible (DSB ISHST), the entry is dropped (TLBI), the drop
// has completed everywhere (DSB ISH), and this core drops what it fetched with the old one (ISB).
// Each function does all four. On the host: tests/fake/tlb.h.
//
// On many cores (CVE-2025-10263; Cortex-A76 1286807, A55 2441007, A510 2441009) the broadcast TLBI
// and its DSB may complete before a store of another core, translated with the dropped entry, is
// seen by all: it would land in a page that has changed hands. Any further broadcast TLBI with its
// DSB waits for those stores. Done always, on every core: memory changes hands rarely, and a list
// of cores would never be complete. CVE-2026-0995 (C1-Pro: accesses of the SME unit outlive both)
// has no part in this: whose pages are taken here, partitions, never have SME.
#ifndef TLB_H
#define TLB_H

#include <stdint.h>

#include "barrier.h"

#define TLB_ASID_SHIFT 48
#define TLB_VA_MASK 0x00000fffffffffffull // VA[55:12]

// The second half of every function here for EL1&0, see above: completion of the TLBI before it, then
// one more. Which entry it drops (ASID 0, address 0: of no partition) does not matter.
static inline void tlb_complete_el1(void)
{
    dsb_ish();
    __asm__ volatile("tlbi vale1is, xzr" : : : "memory");
    dsb_ish();
    isb();
}

// Drops all translations of the current security state's EL1&0 regime (any ASID).
static inline void tlbi_all_el1(void)
{
    dsb_ishst();
    __asm__ volatile("tlbi vmalle1is" : : : "memory");
    tlb_complete_el1();
}

// Drops all translations of EL3.
static inline void tlbi_all_el3(void)
{
    dsb_ishst();
    __asm__ volatile("tlbi alle3is" : : : "memory");
    dsb_ish();
    __asm__ volatile("tlbi vale3is, xzr" : : : "memory"); // the second one, see above
    dsb_ish();
    isb();
}

// Drops every non-global translation of `asid` in the EL1&0 regime, with the steps of walks.
static inline void tlbi_asid(uint16_t asid)
{
    dsb_ishst();
    __asm__ volatile("tlbi aside1is, %0" : : "r"((uint64_t)asid << TLB_ASID_SHIFT) : "memory");
    tlb_complete_el1();
}

// Drops the translations (and walk steps) of `pages` pages from `va` on for `asid`, global ones
// included. One wait for all of them.
static inline void tlbi_pages_asid(uint64_t va, uint32_t pages, uint16_t asid)
{
    uint64_t operand = ((uint64_t)asid << TLB_ASID_SHIFT) | ((va >> 12) & TLB_VA_MASK);

    dsb_ishst();
    for (uint32_t i = 0; i < pages; i++) {
        __asm__ volatile("tlbi vae1is, %0" : : "r"(operand + i) : "memory");
    }
    tlb_complete_el1();
}

// Drops the last-level translations of `pages` pages from `va` on for every ASID: for global kernel
// pages whose tables stay.
static inline void tlbi_pages_all(uint64_t va, uint32_t pages)
{
    uint64_t operand = (va >> 12) & TLB_VA_MASK;

    dsb_ishst();
    for (uint32_t i = 0; i < pages; i++) {
        __asm__ volatile("tlbi vaale1is, %0" : : "r"(operand + i) : "memory");
    }
    tlb_complete_el1();
}

#endif
