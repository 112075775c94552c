// SPDX-License-Identifier: BSD-3-Clause
//
// First instructions of the demo: entered as BL33 by BL31 at EL2 (if the core has it) or EL1 of the
// normal world, MMU off, interrupts masked, one core. Goes on at EL1.
#include "asm_macros.S"
#include "fatal_vectors.S"
#include "regs.h"

// _Noreturn void demo_entry(void)
FUNC demo_entry
    mrs x0, currentel
    cmp x0, #(1 << 2)
    b.eq 1f
    mov_imm x0, (HCR_RW | HCR_APK | HCR_API) // EL1 is AArch64 and may use pointer authentication
    msr hcr_el2, x0
    mov x0, #(CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN)
    msr cnthctl_el2, x0
    mov_imm x0, SCTLR_EL1_RES1 // MMU and caches off
    msr sctlr_el1, x0
    mov_imm x0, (SPSR_DAIF | SPSR_EL1H)
    msr spsr_el2, x0
    adr_l x0, 1f
    msr elr_el2, x0
    eret_b
1:  mov_imm x0, (SCTLR_EL1_RES1 | SCTLR_SA)
    msr sctlr_el1, x0
    adr_l x0, demo_vectors
    msr vbar_el1, x0
    isb
    adr_l x0, demo_stack_end
    mov sp, x0
    adr_l x0, demo_bss_start
    adr_l x1, demo_bss_end
2:  cmp x0, x1
    b.hs 3f
    stp xzr, xzr, [x0], #16
    b 2b
3:  mov x29, xzr
    mov x30, xzr
    bl demo_main
    b . // not reached
ENDFUNC demo_entry

// Nothing is expected to happen: every exception is reported with all registers, then the machine
// is switched off.
    .section .text.demo_vectors, "ax"
    .balign 2048
demo_vectors:
    FATAL_SLOT 0, 1 // this level with SP_EL0: synchronous
    FATAL_SLOT 1, 1 // IRQ
    FATAL_SLOT 2, 1 // FIQ
    FATAL_SLOT 3, 1 // SError
    FATAL_SLOT 4, 1 // this level: synchronous
    FATAL_SLOT 5, 1
    FATAL_SLOT 6, 1
    FATAL_SLOT 7, 1
    FATAL_SLOT 8, 1 // EL0, AArch64: there is none
    FATAL_SLOT 9, 1
    FATAL_SLOT 10, 1
    FATAL_SLOT 11, 1
    FATAL_SLOT 12, 1 // EL0, AArch32: there is none
    FATAL_SLOT 13, 1
    FATAL_SLOT 14, 1
    FATAL_SLOT 15, 1

    .section .bss.demo_stack, "aw", %nobits
    .balign 16
    .skip 0x4000
demo_stack_end:
