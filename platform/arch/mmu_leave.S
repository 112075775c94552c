// SPDX-License-Identifier: BSD-3-Clause
//
// The way out of a map at EL3; contract in mmu.h.
#include "asm_macros.S"
#include "regs.h"

/*
 * _Noreturn void mmu_leave_el3(uint64_t entry, uint64_t x0). In: x0, x1. Uses no memory: the stack may be mapped elsewhere than it
 * is. Clobbers x2, x3, x16.
 */
FUNC mmu_leave_el3
    mov x16, x0
    mrs x2, sctlr_el3
    mov_imm x3, (SCTLR_M | SCTLR_C | SCTLR_WXN)
    bic x2, x2, x3
    dsb sy // its own stores are in its caches before it goes past them
    msr sctlr_el3, x2
    isb
    mov x0, x1
    br x16
ENDFUNC mmu_leave_el3
