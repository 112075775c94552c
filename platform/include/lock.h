// SPDX-License-Identifier: BSD-3-Clause
//
// Spinlock for data shared between cores at EL3 and in the SPMC. Never held while another world or
// a partition runs. Implemented for the target in platform/arch/lock.c and as a host stand-in in
// tests/fake.
#ifndef LOCK_H
#define LOCK_H

#include <stdint.h>

struct spinlock {
    uint32_t held;
};

// Takes the lock; spins until the holder gives it back. MMU and D-cache on, interrupts masked.
// Acquire order.
void spin_lock(struct spinlock *lock);

// Gives the lock back. Release order.
void spin_unlock(struct spinlock *lock);

#endif
