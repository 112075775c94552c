// SPDX-License-Identifier: BSD-3-Clause
//
// Cores that wait in WFI for EL3's SGI and then find their entry in a mailbox: for boards without a power controller. BL1
// has its own loop (bl1_park.S), BL31's is here. The mailbox is at PARK_BASE (board.h): one 64-byte line per core, its first
// 8 bytes are the entry or 0.
#ifndef COMMON_PARK_H
#define COMMON_PARK_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"

// Empties the mailboxes of all cores. BL1, before the distributor's group 0 is enabled. MMU on.
void common_park_clear(void);

// Writes `entry` into the mailbox of core `index` and wakes it with PARK_SGI. EL3, MMU on;
// gic_detect has run. Stores before it are visible to the core at its entry. ERR_INVALID: no such core, or entry 0.
MUST_CHECK int common_park_release(uint32_t index, uint64_t entry);

// plat_cpu_power_down() for such a board: the calling core, number `index`, sleeps until its mailbox has an entry, and leaves to it
// with MMU and data cache off, x0 = index. `wake_entry` not 0: a pending interrupt does the same with that entry, and is left pending.
// BL31, EL3, MMU on, interrupts masked; the core's GIC signals EL3's SGI, and for a suspend what may wake it.
_Noreturn void common_park_sleep(uint32_t index, uint64_t wake_entry);

// plat_cpu_is_off() for such a board: whether core `index` is in common_park_sleep(). BL31, MMU on.
bool common_park_sleeps(uint32_t index);

#endif
