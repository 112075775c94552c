// SPDX-License-Identifier: BSD-3-Clause
//
// Barriers and hints (DDI0487 B2.3.12, D1.16). All are compiler barriers too. Host stand-in:
// tests/fake/barrier.h.
#ifndef BARRIER_H
#define BARRIER_H

#include <stdint.h>

// Following instructions are fetched anew, after all earlier context changes (system registers,
// TLB, tables).
static inline void isb(void)
{
    __asm__ volatile("isb" : : : "memory");
}

// Earlier memory accesses and maintenance have completed: for the whole system, for the inner
// shareable cores (all that run our tables), their stores alone (descriptor writes before a walk),
// this core alone.
static inline void dsb_sy(void)
{
    __asm__ volatile("dsb sy" : : : "memory");
}

static inline void dsb_ish(void)
{
    __asm__ volatile("dsb ish" : : : "memory");
}

static inline void dsb_ishst(void)
{
    __asm__ volatile("dsb ishst" : : : "memory");
}

static inline void dsb_nsh(void)
{
    __asm__ volatile("dsb nsh" : : : "memory");
}

// Order of memory accesses as other cores (ish) or devices (sy) see them.
static inline void dmb_ish(void)
{
    __asm__ volatile("dmb ish" : : : "memory");
}

static inline void dmb_sy(void)
{
    __asm__ volatile("dmb sy" : : : "memory");
}

// Sleep until an interrupt is pending (masked ones count) or for no reason at all: callers loop.
static inline void wfi(void)
{
    __asm__ volatile("wfi" : : : "memory");
}

static inline void wfe(void)
{
    __asm__ volatile("wfe" : : : "memory");
}

static inline void sev(void)
{
    __asm__ volatile("sev" : : : "memory");
}

// Waits until *at is `value`, acquire order; what the waiting costs is little. LDAXRH arms the exclusive monitor, so that
// another core's store there is the event that ends WFE (DDI0487 D1.6.3); a store between the two is not missed.
static inline void await_half(const uint16_t *at, uint16_t value)
{
    uint32_t found;

    __asm__ volatile("    b 2f\n"
                     "1:  wfe\n"
                     "2:  ldaxrh %w0, %1\n"
                     "    cmp %w0, %w2\n"
                     "    b.ne 1b\n"
                     : "=&r"(found)
                     : "Q"(*at), "r"((uint32_t)value)
                     : "cc", "memory");
}

// This core waits for another one: a hint to whoever shares the hardware with it (hardware threads, an emulator).
static inline void cpu_yield(void)
{
    __asm__ volatile("yield" : : : "memory");
}

// The compiler neither moves nor merges memory accesses across it; no instruction.
static inline void compiler_barrier(void)
{
    __asm__ volatile("" : : : "memory");
}

#endif
