// SPDX-License-Identifier: BSD-3-Clause
//
// Host stand-in for platform/arch/barrier.h: one thread, no walks, so only the compiler is held
// back.
#ifndef BARRIER_H
#define BARRIER_H

static inline void compiler_barrier(void)
{
    __asm__ volatile("" : : : "memory");
}

static inline void isb(void)
{
    compiler_barrier();
}

static inline void dsb_sy(void)
{
    compiler_barrier();
}

static inline void dsb_ish(void)
{
    compiler_barrier();
}

static inline void dsb_ishst(void)
{
    compiler_barrier();
}

static inline void dsb_nsh(void)
{
    compiler_barrier();
}

static inline void dmb_ish(void)
{
    compiler_barrier();
}

static inline void dmb_sy(void)
{
    compiler_barrier();
}

// The test that links the code says what happens while the core sleeps.
void fake_wfi(void);

static inline void wfi(void)
{
    fake_wfi();
}

#endif
