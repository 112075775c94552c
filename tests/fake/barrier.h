// SPDX-License-Identifier: BSD-3-Clause
//
// Host stand-in for platform/arch/barrier.h: no walks, and one thread but where a test says otherwise,
// so only the compiler is held back.
#ifndef BARRIER_H
#define BARRIER_H

#include <sched.h>
#include <stdint.h>

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

// Other threads are the other cores.
static inline void await_half(const uint16_t *at, uint16_t value)
{
    while (__atomic_load_n(at, __ATOMIC_ACQUIRE) != value) {
        (void)sched_yield();
    }
}

// The test that links the code says what happens while the core sleeps.
void fake_wfi(void);

static inline void wfi(void)
{
    fake_wfi();
}

#endif
