// SPDX-License-Identifier: BSD-3-Clause
//
// Spinlock on the exclusive monitor; contracts in lock.h. Waiting cores sleep in WFE: the store of
// the holder clears their exclusive monitor, which is the wake-up event (DDI0487 D1.6.3), so no SEV
// is needed.
#include "lock.h"

void spin_lock(struct spinlock *lock)
{
    uint32_t taken;

    __asm__ volatile("    sevl\n"
                     "1:  wfe\n"
                     "2:  ldaxr %w0, [%1]\n"
                     "    cbnz %w0, 1b\n"
                     "    stxr %w0, %w2, [%1]\n"
                     "    cbnz %w0, 2b\n"
                     : "=&r"(taken)
                     : "r"(&lock->held), "r"(1)
                     : "memory");
}

void spin_unlock(struct spinlock *lock)
{
    __asm__ volatile("stlr wzr, [%0]" : : "r"(&lock->held) : "memory");
}
