// SPDX-License-Identifier: BSD-3-Clause
//
// Switching the MMU and the caches on and off for the images that map one to one (BL1, BL2, BL31).
// The SPMC, which moves to high addresses, does it in its own entry code with the same values of
// regs.h.
#ifndef MMU_H
#define MMU_H

#include "tables.h"

// Loads MAIR, TCR and TTBR0 of EL3 and sets SCTLR_EL3 M, C, I and WXN. MMU off before; the tables
// map the caller's code, stack and data one to one, and their memory holds no stale cache lines.
// Cannot fail.
void mmu_enable_el3(const struct tables *tables);

// The same for EL1 of the current security state; TTBR1 walks are off.
void mmu_enable_el1(const struct tables *tables);

// Leaves for `entry` at EL3 with MMU and data cache off, `x0` in x0. The code here is mapped one to one, the stack need not be.
// The caller has cleaned what the code at `entry` reads before its own MMU is on.
_Noreturn void mmu_leave_el3(uint64_t entry, uint64_t x0);

#endif
