// SPDX-License-Identifier: BSD-3-Clause
//
// First instructions of BL31 on a core: from BL1 at EL3, MMU and caches off, to C on the core's own stack with them on.
// Cold entry: the boot core, x0 = hand-off. Park entry: the others, from BL1's parking loop, x0 = index of the core.
#include "asm_macros.S"
#include "asm_offsets.h"
#include "board.h"
#include "regs.h"

// SCTLR_EL3 before the MMU is on: RES1 bits (EIS and EOS among them: exceptions synchronise context), SP alignment check
// (SA). Little-endian (EE = 0), PSTATE.SSBS clear at EL3 (DSSBS = 0: no speculative store bypass in here), pointer
// authentication off (EnIA … = 0: README), alignment check off (A = 0: string.h).
#define SCTLR_EARLY (SCTLR_EL3_RES1 | SCTLR_SA)

// State of EL3 that is the same on every core. Clobbers x9.
.macro core_state
    msr daifset, #DAIF_ALL
    mov_imm x9, SCTLR_EARLY
    msr sctlr_el3, x9
    adr_l x9, bl31_vectors
    msr vbar_el3, x9
    msr spsel, #1
    ic iallu // our code was written as data: drop what was fetched from here before
    dsb nsh
    isb // vectors and SCTLR count from here on
.endm

// TPIDR_EL3 and SP_EL3 for core \index (a register, kept). Clobbers x9, x10. SP is where it stays while the normal world
// runs: at the end of the stack, on struct core (context.h).
.macro core_stack index
    adr_l x9, bl31_cores
    mov x10, #CORE_MEMORY_SIZE
    madd x9, \index, x10, x9
    mov x10, #CORE_MEMORY_CORE
    add x9, x9, x10
    msr tpidr_el3, x9
    add sp, x9, #CORE_NORMAL
.endm

/*
 * In: x0 = physical address of the hand-off; EL3, MMU and caches off. Runs once, on the boot core.
 * Out: bl31_main(hand-off, core index), MMU off still; does not return. The image is loaded where it is linked.
 */
    .section .text.entry, "ax", %progbits
    .global bl31_entry
    .type bl31_entry, %function
bl31_entry:
    .cfi_startproc
    core_state
    mov x19, x0

    // Cached lines of what used this RAM before must not be written back over what we write with the caches off.
    // .data was loaded by BL2 and is clean (it cleaned it), so dropping its lines loses nothing.
    adr_l x0, __data_start
    adr_l x1, __image_end
    sub x1, x1, x0
    bl cache_inv_range
    adr_l x0, __bss_start
    adr_l x1, __bss_end
1:  cmp x0, x1
    b.hs 2f
    stp xzr, xzr, [x0], #16
    b 1b

2:  mrs x0, mpidr_el1
    bl core_index
    tbnz x0, #63, 3f
    mov x20, x0
    core_stack x20
    mov x0, x19
    mov x1, x20
    mov x29, #0 // end of the frame chain
    mov x30, #0
    b bl31_main
3:  bl plat_fatal // a core that the board does not know: no stack, no console; the board's way to stop
ENDFUNC bl31_entry

/*
 * In: x0 = index of this core; EL3, MMU and caches off (the contract of the parking mailbox). The boot core has made the
 * tables and written them, bl31_tables and this core's memory out of its caches.
 * Out: leaves to the address that the mailbox of this core names one day, in the same state.
 * The stack is not touched before the MMU is on: what is written past the caches could be shadowed by a line that the
 * boot core fetched on speculation.
 */
FUNC bl31_park_entry
    core_state
    cmp x0, #BOARD_CORE_MAX
    b.hs crash_halt // BL1 passed nonsense; without an index there is no stack to tell it from
    mov x20, x0
    core_stack x20
    mov_imm x1, MAIR_VALUE
    msr mair_el3, x1
    mov_imm x1, TCR_EL3_VALUE
    msr tcr_el3, x1
    adr_l x1, bl31_tables
    ldr x1, [x1, #TABLES_ROOT]
    msr ttbr0_el3, x1
    isb // the walk registers count before the TLB is emptied and walks begin
    tlbi alle3
    dsb nsh
    isb
    mov_imm x1, (SCTLR_EARLY | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_WXN) // as mmu_enable_el3
    msr sctlr_el3, x1
    isb
    mov x29, #0
    mov x30, #0
    mrs x0, tpidr_el3
    bl bl31_park
    mov x19, x0
    // Whatever this core wrote must be in memory before its caches are off: its own memory, nobody else's
    mrs x0, tpidr_el3
    mov x1, #(CORE_MEMORY_CORE - PAGE_SIZE) // the guard page is not mapped
    sub x0, x0, x1
    mov x1, #(CORE_MEMORY_SIZE - PAGE_SIZE)
    bl cache_clean_inv_range
    bl mmu_disable_el3
    mov x0, x20
    br x19
ENDFUNC bl31_park_entry
