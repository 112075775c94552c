// SPDX-License-Identifier: BSD-3-Clause
//
// Macros for every assembly file: functions, addresses, constants, exception return. Included,
// never assembled alone.
#ifndef ASM_MACROS_S
#define ASM_MACROS_S

/*
 * FUNC name … ENDFUNC name: a global function in a section of its own, with type, size, unwind
 * information and a landing pad for indirect calls. LOCALFUNC is the same but not visible outside
 * of the file (end it with ENDFUNC too).
 */
.macro FUNC name
    .global \name
    LOCALFUNC \name
.endm

.macro LOCALFUNC name
    .section .text.\name, "ax", %progbits
    .type \name, %function
    .balign 16
\name:
    .cfi_startproc
    hint #34 // bti c, a NOP on cores without BTI
.endm

.macro ENDFUNC name
    .cfi_endproc
    .size \name, . - \name
.endm

// reg = address of symbol, position independent, ± 4 GiB. Clobbers only reg.
.macro adr_l reg, symbol
    adrp \reg, \symbol
    add \reg, \reg, :lo12:\symbol
.endm

// reg = 64-bit constant; every one of the four instructions is written, so that constants of C
// headers with casts or suffixes that only the assembler can evaluate work too.
.macro mov_imm reg, value
    movz \reg, #((\value) & 0xffff)
    movk \reg, #(((\value) >> 16) & 0xffff), lsl #16
    movk \reg, #(((\value) >> 32) & 0xffff), lsl #32
    movk \reg, #(((\value) >> 48) & 0xffff), lsl #48
.endm

// Exception return. The barrier is never executed; it stops straight-line speculation past the
// eret.
.macro eret_b
    eret
    dsb nsh
    isb
.endm

/*
 * VECTOR_TABLE name … VECTOR label, 16 times … END_VECTOR_TABLE: one line a slot (DDI0487 D1.3.1: 4
 * groups of synchronous, IRQ, FIQ, SError, 128 bytes apart). Each slot is one branch to its
 * handler, which finds all registers as they were.
 */
.macro VECTOR_TABLE name
    .section .text.\name, "ax", %progbits
    .balign 2048
    .global \name
\name:
.endm

.macro VECTOR label
    .balign 128
    b \label
.endm

.macro END_VECTOR_TABLE name
    .balign 128
    .size \name, . - \name
.endm

#endif
