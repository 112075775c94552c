// SPDX-License-Identifier: BSD-3-Clause
//
// Spinlock for data shared between cores at EL3 and in the SPMC. Never held while another world or
// a partition runs. Fair: first come, first served. Implemented in platform/arch/lock.c; most host
// tests have one thread and a stand-in of their own that fails where this would wait.
#ifndef LOCK_H
#define LOCK_H

#include <stdint.h>

// Numbers as at a counter: who comes gets the next one, who leaves calls the one after his. At most
// 65535 cores wait. Free, also at the start (zeros): both are equal.
struct spinlock {
    uint16_t next;
    uint16_t serving;
};

// Takes the lock; waits until all who came before have given it back. MMU and D-cache on, interrupts
// masked. Acquire order.
void spin_lock(struct spinlock *lock);

// Gives the lock back. Release order.
void spin_unlock(struct spinlock *lock);

#endif
