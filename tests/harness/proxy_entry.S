// SPDX-License-Identifier: BSD-3-Clause
//
// The proxy's first instructions, its exception vectors and the guard that turns an exception into a result.
// Entered as BL33 at NS EL2 or EL1 with the MMU off; runs at the level it was entered at, interrupts masked for ever.
#include "board.h"
#include "tests/harness/mailbox.h"

#define STACK_SIZE 0x2000
#define CORES 8

    .arch armv8-a

// Entry: x0 … x7 from the firmware are kept for the mailbox; the counter is read before anything else. A core that PSCI starts
// or wakes comes in at proxy_entry + MB_WARM_OFFSET: .bss is in use then.
    .section .text.entry, "ax"
    .global proxy_entry
    .type proxy_entry, %function
proxy_entry:
    mrs     x19, cntpct_el0
    b       cold
    .if . - proxy_entry != MB_WARM_OFFSET
    .error "the warm entry is not where mailbox.h says"
    .endif
    mrs     x19, cntpct_el0
    mov     x24, #1
    b       1f
cold:
    mov     x24, #0
1:  mrs     x25, daif
    msr     daifset, #0xf
    msr     spsel, #1
    mrs     x20, mpidr_el1
    and     x20, x20, #(CORES - 1)      // cores of one cluster, Aff0 (the board has no more than eight)
    adrp    x21, proxy_stacks
    add     x21, x21, :lo12:proxy_stacks
    add     x22, x20, #1
    mov     x23, #STACK_SIZE
    madd    x21, x22, x23, x21
    mov     sp, x21
    cbnz    x24, 2f

    // Cold: .bss has no content in the image
    adrp    x9, proxy_bss_start
    add     x9, x9, :lo12:proxy_bss_start
    adrp    x10, proxy_bss_end
    add     x10, x10, :lo12:proxy_bss_end
1:  cmp     x9, x10
    b.hs    2f
    stp     xzr, xzr, [x9], #16
    b       1b

2:  // What the firmware gave us: x0 … x7, DAIF, SCTLR and the counter, on the stack
    mrs     x10, currentel
    cmp     x10, #(2 << 2)
    b.eq    5f
    mrs     x26, sctlr_el1
    b       6f
5:  mrs     x26, sctlr_el2
6:  stp     x25, x26, [sp, #-16]!
    stp     x6, x7, [sp, #-16]!
    stp     x4, x5, [sp, #-16]!
    stp     x2, x3, [sp, #-16]!
    stp     x0, x1, [sp, #-16]!
    stp     x19, x20, [sp, #-16]!
    adrp    x9, proxy_vectors
    add     x9, x9, :lo12:proxy_vectors
    mrs     x10, currentel
    cmp     x10, #(2 << 2)
    b.eq    3f
    msr     vbar_el1, x9
    b       4f
3:  msr     vbar_el2, x9
4:  isb
    mov     x0, x20
    bl      proxy_mmu_on
    ldp     x1, x0, [sp]                // counter, core
    add     x2, sp, #16                 // boot registers, DAIF, SCTLR
    bl      proxy_main
    b       .
    .size proxy_entry, . - proxy_entry

// Vectors. Any exception goes to proxy_exception(vector), which says where to go on; nothing of the state is needed
// again, because either the guarded op is given up or the machine is beyond help.
    .macro slot number
    .balign 0x80
    mov     x0, #\number
    b       proxy_trap
    .endm

    .section .text.vectors, "ax"
    .balign 0x800
proxy_vectors:
    slot    0   // current EL, SP_EL0: synchronous
    slot    1   // IRQ
    slot    2   // FIQ
    slot    3   // SError
    slot    4   // current EL, SP_ELx: synchronous
    slot    5   // IRQ
    slot    6   // FIQ
    slot    7   // SError
    slot    8   // lower EL, AArch64: never entered
    slot    9
    slot    10
    slot    11
    slot    12  // lower EL, AArch32: never entered
    slot    13
    slot    14
    slot    15
    .balign 0x80

    .text
// x0 = vector. The stack of the op may be what broke: start on the trap stack.
proxy_trap:
    mrs     x1, mpidr_el1
    and     x1, x1, #(CORES - 1)
    adrp    x2, proxy_trap_stacks
    add     x2, x2, :lo12:proxy_trap_stacks
    add     x3, x1, #1
    add     x2, x2, x3, lsl #10
    msr     spsel, #1
    mov     sp, x2
    mrs     x4, currentel
    cmp     x4, #(2 << 2)
    b.eq    1f
    mrs     x2, esr_el1
    mrs     x3, far_el1
    mrs     x4, elr_el1
    mrs     x5, spsr_el1
    b       2f
1:  mrs     x2, esr_el2
    mrs     x3, far_el2
    mrs     x4, elr_el2
    mrs     x5, spsr_el2
2:  stp     x4, x5, [sp, #-16]!
    stp     x2, x3, [sp, #-16]!
    str     x0, [sp, #-16]!
    mov     x0, x1
    mov     x1, sp
    bl      proxy_exception             // (core, {vector, -, esr, far, elr, spsr}) → stack pointer saved by the guard
    mov     sp, x0
    mov     w0, #1
    b       guard_return

// int proxy_guard(void (*op)(struct mb_slot *), struct mb_slot *slot, uint64_t *saved_sp)
// Calls op(slot). 0: it returned; 1: it took an exception. *saved_sp is where proxy_exception finds the way back.
    .global proxy_guard
    .type proxy_guard, %function
proxy_guard:
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    mov     x9, sp
    str     x9, [x2]
    mov     x9, x0
    mov     x0, x1
    blr     x9
    mov     w0, #0
guard_return:
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret
    .size proxy_guard, . - proxy_guard

    .section .noinit, "aw", %nobits
    .balign 16
proxy_stacks:
    .space  STACK_SIZE * CORES
proxy_trap_stacks:
    .space  1024 * CORES
