// SPDX-License-Identifier: BSD-3-Clause
//
// The console of an image that runs on several cores, one line at a time; contracts in log.h. Never waits for a core that
// crashed in the middle of a line: crash reports go past the lock, and the machine ends with them.
#include "lock.h"
#include "log.h"
#include "regs.h"

static struct spinlock line_lock;
static bool bypassed;

// Exclusive accesses need it. Before it is on there is one core, or nothing that two cores would say at once.
static bool mmu_is_on(void)
{
    uint64_t sctlr = (read_currentel() >> 2) == 3 ? read_sctlr_el3() : read_sctlr_el1();

    return (sctlr & SCTLR_M) != 0;
}

bool log_begin(void)
{
    if (__atomic_load_n(&bypassed, __ATOMIC_RELAXED) || !mmu_is_on()) {
        return false;
    }
    spin_lock(&line_lock);
    return true;
}

void log_end(bool locked)
{
    if (locked) {
        spin_unlock(&line_lock);
    }
}

void log_bypass(void)
{
    __atomic_store_n(&bypassed, true, __ATOMIC_RELAXED);
}
