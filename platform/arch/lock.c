// SPDX-License-Identifier: BSD-3-Clause
//
// Ticket lock; contracts in lock.h. Drawing a number needs no order of its own: the load that sees it served is the acquire.
// Waiting cores sleep in WFE, and the holder's store wakes them (barrier.h: await_half), so no SEV is needed.
#include "lock.h"

#include "barrier.h"

void spin_lock(struct spinlock *lock)
{
    uint16_t mine = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

    await_half(&lock->serving, mine);
}

// Nobody else writes `serving` meanwhile.
void spin_unlock(struct spinlock *lock)
{
    uint16_t mine = __atomic_load_n(&lock->serving, __ATOMIC_RELAXED);

    __atomic_store_n(&lock->serving, (uint16_t)(mine + 1), __ATOMIC_RELEASE);
}
