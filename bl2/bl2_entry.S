// SPDX-License-Identifier: BSD-3-Clause
//
// Entry from BL1 and the call back to it.
#include "asm_macros.S"
#include "bl1_smc.h"
#include "regs.h"

// SCTLR_EL1 until the MMU is on. I: fetches may be cached. SA: SP must stay 16-byte aligned. Left
// at 0: M, C (mmu.c sets them), A (the memory functions use unaligned access once the MMU is on),
// EE, and everything about EL0, which is not used.
#define BL2_SCTLR (SCTLR_EL1_RES1 | SCTLR_I | SCTLR_SA)

/*
 * bl2_entry. In: S-EL1, MMU and caches off, x0 = 0, interrupts masked, image at BL2_BASE. Out:
 * bl2_main.
 */
FUNC bl2_entry
    mov_imm x0, BL2_SCTLR
    msr sctlr_el1, x0
    adr_l x0, bl2_vectors
    msr vbar_el1, x0
    mov_imm x0, CPACR_FPEN(3) // FP/SIMD usable: memory functions, libfdt
    msr cpacr_el1, x0
    msr spsel, #1 // SP_EL0 is scratch of the fatal vectors
    isb
    msr daifclr, #DAIF_ABORT // an abort is taken and reported at once

    // BL1 had this memory mapped cacheable: drop lines that would hide what is written here with
    // the caches off. .data came with the image, which BL1 cleaned to memory
    adr_l x0, __bss_start
    adr_l x1, __stack_end
    sub x1, x1, x0
    bl cache_inv_range

    adr_l x0, __bss_start
    adr_l x1, __bss_end
1:  cmp x0, x1
    b.hs 2f
    stp xzr, xzr, [x0], #16
    b 1b

    // First canary: the counter, mixed over all bits (odd constant: 2^64 / golden ratio); bl2_main
    // sets one out of the board's entropy as soon as it has some
2:  mrs x0, cntpct_el0
    mov_imm x1, 0x9e3779b97f4a7c15
    mul x0, x0, x1
    lsl x0, x0, #8
    adr_l x1, __stack_chk_guard
    str x0, [x1]

    adr_l x0, __stack_end
    mov sp, x0
    mov x29, xzr
    mov x30, xzr
    b bl2_main
ENDFUNC bl2_entry

/*
 * _Noreturn void bl2_run_bl31(const struct handoff *handoff). In: x0. The stack is wiped, to memory: it
 * held what keys were made of, and its pages belong to others soon. If BL1 refuses: bl2_trust_bl1_refused
 * on an empty stack.
 */
FUNC bl2_run_bl31
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
    mov x1, x19
    mov_imm x0, BL1_SMC_RUN_BL31
    smc #0
    b bl2_trust_bl1_refused
ENDFUNC bl2_run_bl31
