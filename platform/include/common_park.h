// SPDX-License-Identifier: BSD-3-Clause
//
// Cores that wait in WFI for a group 0 SGI and then find their entry in a mailbox: for boards
// without a power controller. The mailbox is at PARK_BASE (board.h): one 64-byte line per core, its
// first 8 bytes are the entry or 0.
#ifndef COMMON_PARK_H
#define COMMON_PARK_H

#include <stdint.h>

#include "errors.h"

// Empties the mailboxes of all cores. BL1, before the distributor's group 0 is enabled. MMU on.
void common_park_clear(void);

// Writes `entry` into the mailbox of core `index` and wakes it with PARK_SGI. EL3, MMU on;
// gic_detect has run. ERR_INVALID: no such core, or entry 0.
MUST_CHECK int common_park_release(uint32_t index, uint64_t entry);

#endif
