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

// Clears SCTLR_EL3 M and C. The caller has cleaned what is to be read afterwards, stack included
// (mmu.c: touches no memory itself); returns with the MMU off.
void mmu_disable_el3(void);

#endif
