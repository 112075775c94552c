// SPDX-License-Identifier: BSD-3-Clause
//
// The two ways out of BL1: down to BL2 at S-EL1, and to BL31 at EL3, which takes BL1's place.
#include "asm_macros.S"
#include "regs.h"

// x1–x15 and x17–x30 = 0: nothing of BL1 leaks, and what runs next depends on nothing by chance.
// x16 is left to the branch.
.macro CLEAR_REGISTERS
    .irp n,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    mov x\n, xzr
    .endr
.endm

// v0–v31 = 0: hashing leaves key material in them (boot_keys.h). CPTR_EL3.TFP is 0.
.macro CLEAR_VECTORS
    .irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    fmov d\n, xzr // and the upper half
    .endr
.endm

/*
 * _Noreturn void bl1_enter_bl2(uint64_t entry). In: x0. The stack is wiped, to memory (it held what keys
 * were made of, and its pages belong to others later), and empty afterwards: SMCs start at its top.
 */
FUNC bl1_enter_bl2
    mov x19, x0
    adr_l x0, __stack_start
    adr_l x1, __stack_end
    mov sp, x1
    sub x1, x1, x0
    mov x2, x0
1:  stp xzr, xzr, [x2], #16
    cmp sp, x2
    b.hi 1b
    bl cache_clean_inv_range
    mov x0, x19
    msr elr_el3, x0
    mov_imm x1, (SPSR_EL1H | SPSR_DAIF) // S-EL1 with its own stack pointer, everything masked
    msr spsr_el3, x1
    mov_imm x1, SCTLR_EL1_RES1 // MMU, caches and checks off: BL2 sets its own
    msr sctlr_el1, x1
    msr cpacr_el1, xzr
    adr_l x1, bl1_lower_vectors // until BL2 has its own
    msr vbar_el1, x1
    dsb sy // BL2's image has reached memory (load.c cleaned it),
    ic iallu // and no stale instruction of its place is left
    dsb nsh
    isb
    CLEAR_VECTORS
    mov x0, xzr
    mov x16, xzr
    CLEAR_REGISTERS
    eret_b
ENDFUNC bl1_enter_bl2

/*
 * _Noreturn void bl1_enter_bl31(uint64_t entry, uint64_t handoff). In: x0, x1. Uses no memory once
 * the D-cache is off.
 */
FUNC bl1_enter_bl31
    mov x16, x0
    mov x17, x1
    mrs x2, sctlr_el3
    mov_imm x3, (SCTLR_M | SCTLR_C | SCTLR_WXN)
    bic x2, x2, x3
    msr sctlr_el3, x2
    isb
    tlbi alle3
    ic iallu
    dsb sy
    isb
    CLEAR_VECTORS // BL2's
    mov x0, x17
    CLEAR_REGISTERS
    br x16
ENDFUNC bl1_enter_bl31
