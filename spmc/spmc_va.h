// SPDX-License-Identifier: BSD-3-Clause
//
// Where the SPMC lives in virtual memory and how its translation regime is set up: the level-dependent constants
// (S-EL1 now) in one place. Read by assembly, the linker script and C.
#ifndef SPMC_VA_H
#define SPMC_VA_H

#include "regs.h"

// Linear map of physical memory in the high half: VA = PA + offset. 39-bit regions, both halves, 4 KiB granule.
#define SPMC_VA_OFFSET 0xffffff8000000000

// TCR_EL1 without the physical address size: both halves 39 bits; ASID from TTBR0, 16 bits where the core has them
#define SPMC_TCR (TCR_LOWER | TCR_UPPER | TCR_EL1_AS16)

// SCTLR_EL1. SA, SA0: stack pointers aligned. WXN: writable is never executable. DZE: partitions may use DC ZVA. SPAN is
// taken out of the RES1 bits: exceptions set PAN where there is PAN (elsewhere it is ORed in again). SED, ITD: RES1
// without AArch32. UCI, UCT, UMA, nTWE, nTWI = 0: cache maintenance, CTR_EL0, DAIF, WFE and WFI of partitions trap.
// EnIA … EnDB are ORed in where the core has pointer authentication.
#define SPMC_SCTLR                                                                \
    (SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA | SCTLR_SA0 | SCTLR_WXN | SCTLR_DZE | \
     (SCTLR_EL1_RES1 & ~SCTLR_SPAN) | BIT(8) | BIT(7))

#endif
