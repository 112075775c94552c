// SPDX-License-Identifier: BSD-3-Clause
//
// What EL3 does with an exception that must not be: every register goes to the core's struct, one core reports
// (crash.c) on a stack of its own, and the machine ends in plat_fatal(). Nothing here needs a healthy SP.
//
// TPIDR_EL3 is taken down first, so that an exception in here finds 0 and says its last words on SP_EL0; one in those
// arrives in slots 0–3 of the vector table and halts. Nothing loops.
#include "asm_macros.S"
#include "asm_offsets.h"
#include "regs.h"

#define CRASH_STACK_SIZE 2048

.macro CRASH name, slot
FUNC crash_\name
    msr sp_el0, x0 // whose SP_EL0 that was is lost; nobody will run again
    mrs x0, tpidr_el3
    msr tpidr_el3, xzr
    cbz x0, crash_again
    add x0, x0, #CORE_CRASH_X
    stp x1, x2, [x0, #8]
    mov x1, #\slot
    b crash_common
ENDFUNC crash_\name
.endm

CRASH el3_sync, 4
CRASH el3_irq, 5
CRASH el3_fiq, 6
CRASH el3_serror, 7
CRASH lower_sync, 8
CRASH lower_irq, 9
CRASH lower_serror, 11
CRASH lower32_irq, 13
CRASH lower32_serror, 15

// In: x0 = crash_x of this core, x1 = slot, SP_EL0 = x0 of the time, x1 and x2 saved. Everything else as it was.
LOCALFUNC crash_common
    stp x3, x4, [x0, #24]
    stp x5, x6, [x0, #40]
    stp x7, x8, [x0, #56]
    stp x9, x10, [x0, #72]
    stp x11, x12, [x0, #88]
    stp x13, x14, [x0, #104]
    stp x15, x16, [x0, #120]
    stp x17, x18, [x0, #136]
    stp x19, x20, [x0, #152]
    stp x21, x22, [x0, #168]
    stp x23, x24, [x0, #184]
    stp x25, x26, [x0, #200]
    stp x27, x28, [x0, #216]
    stp x29, x30, [x0, #232]
    mrs x3, sp_el0
    str x3, [x0]
    mov x3, sp
    str x3, [x0, #248]
    // One report: exclusives need the MMU on; before that there is only one core
    mrs x3, sctlr_el3
    tbz x3, #0, 2f
    adr_l x4, crash_reporter
    mov w5, #1
1:  ldaxr w3, [x4]
    cbnz w3, crash_halt
    stxr w3, w5, [x4]
    cbnz w3, 1b
2:  adr_l x4, crash_stack_top
    mov sp, x4
    mov x29, #0
    mov x30, #0
    sub x4, x0, #CORE_CRASH_X
    mov x0, x1
    mov x1, x4
    bl crash_report
    b crash_halt
ENDFUNC crash_common

// An exception while a crash is reported: one line, without formatting, from the other stack pointer.
LOCALFUNC crash_again
    adr_l x0, crash_stack_top
    sub x0, x0, #(CRASH_STACK_SIZE / 2)
    msr spsel, #0
    mov sp, x0
    adr_l x0, crash_again_text
    bl log_raw
    bl plat_fatal
    b crash_halt
ENDFUNC crash_again

FUNC crash_halt
    msr daifset, #DAIF_ALL
1:  wfi
    b 1b
ENDFUNC crash_halt

    .section .rodata.crash_again_text, "a", %progbits
crash_again_text:
    .asciz "\r\nBL31: exception while reporting a crash\r\n"

    .section .bss.crash, "aw", %nobits
    .balign 16
    .space CRASH_STACK_SIZE
crash_stack_top:
    .global crash_reporter
crash_reporter:
    .space 16
