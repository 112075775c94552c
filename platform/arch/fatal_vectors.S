// SPDX-License-Identifier: BSD-3-Clause
//
// For images that expect no exceptions of their own (BL1, BL2): a vector slot that records all
// registers and ends in common_fatal. Included by fatal_el1.S, fatal_el3.S (the body) and by the
// images' vector tables (FATAL_SLOT).
#ifndef FATAL_VECTORS_S
#define FATAL_VECTORS_S

#include "asm_macros.S"

// A slot of a vector table that reports `number` (0 … 15, place in the table). TPIDR_ELx and SP_EL0
// are free for it in these images: they hold x0 and x1 until the frame has them.
.macro FATAL_SLOT number, el
    .balign 128
    msr tpidr_el\el, x0
    msr sp_el0, x1
    mov x0, #\number
    b fatal_enter
.endm

/*
 * fatal_enter: fills common_fatal_frame (struct common_fatal_frame, in its order) and calls
 * _Noreturn void common_fatal(const struct common_fatal_frame *frame) on a stack of its own,
 * because the stack may be what broke. A second exception in there goes straight to plat_fatal, a
 * third one waits for ever. In: x0 slot, TPIDR_ELx = x0, SP_EL0 = x1 of the broken code. Does not
 * return.
 */
.macro FATAL_BODY el
FUNC fatal_enter
    adr_l x1, common_fatal_depth
    str x2, [x1, #8]
    ldr x2, [x1]
    add x2, x2, #1
    str x2, [x1]
    cmp x2, #1
    b.ne 1f
    ldr x2, [x1, #8]
    adr_l x1, common_fatal_frame
    stp x2, x3, [x1, #16]
    mrs x2, tpidr_el\el
    mrs x3, sp_el0
    stp x2, x3, [x1], #32
    stp x4, x5, [x1], #16
    stp x6, x7, [x1], #16
    stp x8, x9, [x1], #16
    stp x10, x11, [x1], #16
    stp x12, x13, [x1], #16
    stp x14, x15, [x1], #16
    stp x16, x17, [x1], #16
    stp x18, x19, [x1], #16
    stp x20, x21, [x1], #16
    stp x22, x23, [x1], #16
    stp x24, x25, [x1], #16
    stp x26, x27, [x1], #16
    stp x28, x29, [x1], #16
    mov x2, sp
    stp x30, x2, [x1], #16
    mrs x2, elr_el\el
    mrs x3, spsr_el\el
    stp x2, x3, [x1], #16
    mrs x2, esr_el\el
    mrs x3, far_el\el
    stp x2, x3, [x1], #16
    str x0, [x1]
    adr_l x1, common_fatal_stack_end
    mov sp, x1
    adr_l x0, common_fatal_frame
    mov x29, xzr
    bl common_fatal
1:  cmp x2, #2
    b.ne 2f
    adr_l x1, common_fatal_stack_end
    mov sp, x1
    bl plat_fatal
2:  wfi
    b 2b
ENDFUNC fatal_enter

    .section .bss.common_fatal_stack, "aw", %nobits
    .balign 16
    .skip 2048
common_fatal_stack_end:
common_fatal_depth: // exceptions so far; x2 of the code that raised this one
    .skip 16
.endm

#endif
