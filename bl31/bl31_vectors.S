// SPDX-License-Identifier: BSD-3-Clause
//
// EL3's exception vectors. From a lower level come SMCs (the fast path, smc.c's table), instructions that EL3 traps
// (trap.c) and interrupts that are not the normal world's (irq.c); everything else is a crash (crash.S) that names its slot.
//
// At entry SP_EL3 points to the frame of the world that runs (context.h), interrupts and SErrors are masked, and
// nothing else of EL3 is in a register.
#include "asm_macros.S"
#include "asm_offsets.h"
#include "ffa_abi.h"
#include "regs.h"
#include "smccc.h"

#define ESR_SMC0 ((EC_SMC64 << ESR_EC_SHIFT) | (1 << 25)) // SMC #0 from AArch64, a 32-bit instruction: no other bit

// Caller's registers that C may change → frame at SP. x18 is not used by EL3's C, x19–x28 it preserves.
.macro save_frame
    stp x0, x1, [sp, #FRAME_X]
    stp x2, x3, [sp, #(FRAME_X + 16)]
    stp x4, x5, [sp, #(FRAME_X + 32)]
    stp x6, x7, [sp, #(FRAME_X + 48)]
    stp x8, x9, [sp, #(FRAME_X + 64)]
    stp x10, x11, [sp, #(FRAME_X + 80)]
    stp x12, x13, [sp, #(FRAME_X + 96)]
    stp x14, x15, [sp, #(FRAME_X + 112)]
    stp x16, x17, [sp, #(FRAME_X + 128)]
    stp x29, x30, [sp, #FRAME_X29]
.endm

// Everything but x0 from the frame; and back to the caller with it.
.macro load_frame
    ldr x1, [sp, #(FRAME_X + 8)]
    ldp x2, x3, [sp, #(FRAME_X + 16)]
    ldp x4, x5, [sp, #(FRAME_X + 32)]
    ldp x6, x7, [sp, #(FRAME_X + 48)]
    ldp x8, x9, [sp, #(FRAME_X + 64)]
    ldp x10, x11, [sp, #(FRAME_X + 80)]
    ldp x12, x13, [sp, #(FRAME_X + 96)]
    ldp x14, x15, [sp, #(FRAME_X + 112)]
    ldp x16, x17, [sp, #(FRAME_X + 128)]
    ldp x29, x30, [sp, #FRAME_X29]
.endm

.macro return_x0
    load_frame
    eret_b
.endm

// Where a slot of the table branches to: as LOCALFUNC, but without a landing pad, which a direct branch does not need.
.macro SLOT name
    .section .text.\name, "ax", %progbits
    .type \name, %function
    .balign 16
\name:
    .cfi_startproc
.endm

VECTOR_TABLE bl31_vectors
    VECTOR crash_halt                   // EL3 with SP_EL0: only the last words of a crash run so (crash.S)
    VECTOR crash_halt
    VECTOR crash_halt
    VECTOR crash_halt
    VECTOR crash_el3_sync               // EL3 itself: a bug, or a stack that ran into its guard page
    VECTOR crash_el3_irq
    VECTOR crash_el3_fiq
    VECTOR crash_el3_serror
    VECTOR lower_sync                   // AArch64 lower level: SMC, trapped instruction
    VECTOR crash_lower_irq              // IRQs are never routed here
    VECTOR lower_fiq                    // secure interrupts and EL3's own while the normal world runs
    VECTOR crash_lower_serror           // SErrors are never routed here
    VECTOR lower_sync                   // AArch32: traps; SMCs of a 32-bit guest, which nobody serves
    VECTOR crash_lower32_irq
    VECTOR lower_fiq
    VECTOR crash_lower32_serror
END_VECTOR_TABLE bl31_vectors

/*
 * SMC: one indexed load finds the handler of (world, owner) in smc_owners, which gets the function (w0, SVE hint bit
 * removed), x1–x3 as they came, x4 = the frame, and returns x0 (smc.h: smc_handler).
 */
SLOT lower_sync
    save_frame
    mrs x9, esr_el3
    mov x10, #ESR_SMC0
    cmp x9, x10
    b.ne lower_trap
    mrs x9, scr_el3
    and w0, w0, #(~SMCCC_SVE_HINT & 0xffffffff)
    tbz w0, #31, 1f // yielding calls: there are none
    ubfx w10, w0, #SMCCC_OWNER_SHIFT, #6
    bfi w10, w9, #6, #1 // SCR_EL3.NS: rows 0–63 for the SPMC, 64–127 for the normal world
    adr x11, smc_owners
    ldr x11, [x11, x10, lsl #3]
    mov x4, sp
    blr x11
    return_x0
1:  mov x0, #SMCCC_UNKNOWN
    return_x0
ENDFUNC lower_sync

// Not an SMC #0: trap_lower(frame) deals with it, or it is a crash and the registers go back to where they were.
SLOT lower_trap
    mov x0, sp
    bl trap_lower
    cbz w0, 1f
    ldr x0, [sp, #FRAME_X]
    return_x0
1:  ldr x0, [sp, #FRAME_X]
    load_frame
    b crash_lower_sync
ENDFUNC lower_trap

SLOT lower_fiq
    save_frame
    mov x0, sp
    bl irq_lower_fiq // group 0 comes back, with x0; a secure interrupt leaves by context.S
    return_x0
ENDFUNC lower_fiq

/*
 * VBAR_EL1 of the SPMC until it sets its own: an image that is not one (all zeros, say) would otherwise fault at its
 * first instruction for ever, in silence. Runs at S-EL1 with the MMU off.
 */
.macro spmc_early_slot
    .balign 128
    mov_imm x0, FFA_ABORT_32
    mrs x1, esr_el1
    mrs x2, elr_el1
    smc #0
1:  wfi
    b 1b
.endm

VECTOR_TABLE spmc_early_vectors
    .rept 16
    spmc_early_slot
    .endr
END_VECTOR_TABLE spmc_early_vectors
