// SPDX-License-Identifier: BSD-3-Clause
//
// EL3 exceptions while BL1 and BL2 run. One is expected: the SMC of BL2. All others are reported
// with the registers and end in plat_fatal().
#include "asm_macros.S"
#include "bl1_smc.h"
#include "fatal_vectors.S"
#include "regs.h"

#define BL1_LOWER_EXCEPTION 0xffff // immediate of the SMC; BL2 itself uses 0

VECTOR_TABLE bl1_vectors
    FATAL_SLOT 0, 3 // this level with SP_EL0: synchronous
    FATAL_SLOT 1, 3 // IRQ
    FATAL_SLOT 2, 3 // FIQ
    FATAL_SLOT 3, 3 // SError
    FATAL_SLOT 4, 3 // this level: synchronous
    FATAL_SLOT 5, 3 // IRQ
    FATAL_SLOT 6, 3 // FIQ
    FATAL_SLOT 7, 3 // SError
    VECTOR bl1_lower_sync // S-EL1: SMC of BL2
    FATAL_SLOT 9, 3  // IRQ
    FATAL_SLOT 10, 3 // FIQ
    FATAL_SLOT 11, 3 // SError
    FATAL_SLOT 12, 3 // the lower level in AArch32: BL2 is AArch64
    FATAL_SLOT 13, 3
    FATAL_SLOT 14, 3
    FATAL_SLOT 15, 3
END_VECTOR_TABLE bl1_vectors

/*
 * A synchronous exception of S-EL1. In: BL2's registers, SP_EL3 = empty stack. An SMC #0 is
 * answered in x0 with x1–x30 kept (the refusal of BL1_SMC_RUN_BL31 keeps only x19–x30, as a
 * function call does); an SMC of bl1_lower_vectors and everything else is fatal.
 */
LOCALFUNC bl1_lower_sync
    msr tpidr_el3, x0
    msr sp_el0, x1
    mrs x0, esr_el3
    ubfx x1, x0, #ESR_EC_SHIFT, #6
    cmp x1, #EC_SMC64
    b.ne 2f
    ands x1, x0, #0xffff // the immediate of the SMC
    b.ne 3f
    mrs x0, tpidr_el3
    mov_imm x1, BL1_SMC_RUN_BL31
    cmp x0, x1
    mrs x1, sp_el0
    b.ne 1f
    stp x29, x30, [sp, #-16]!
    mov x0, x1
    bl bl1_run_bl31
    ldp x29, x30, [sp], #16
    eret_b
1:  mov x0, #-1
    eret_b
2:  mov x0, #8
    b fatal_enter
3:  bl bl1_lower_exception
ENDFUNC bl1_lower_sync

// VBAR_EL1 while what BL1 loaded has not set its own: a broken BL2 must not spin without a word.
// Runs at S-EL1 with the MMU off.
.macro LOWER_SLOT
    .balign 128
    smc #BL1_LOWER_EXCEPTION
.endm

VECTOR_TABLE bl1_lower_vectors
    .rept 16
    LOWER_SLOT
    .endr
END_VECTOR_TABLE bl1_lower_vectors
