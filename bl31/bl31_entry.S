// SPDX-License-Identifier: BSD-3-Clause
//
// First instructions of BL31 on a core: at EL3, MMU and caches off, to C on the core's own stack with them on.
// Cold entry: the boot core, x0 = hand-off. Park entry: the others, from BL1's parking loop, x0 = index of the core. Warm entry: a
// core that PSCI switched on or that wakes from a suspend, x0 = index.
#include "asm_macros.S"
#include "asm_offsets.h"
#include "bl31/bl31_private.h"
#include "board.h"
#include "regs.h"

// SCTLR_EL3 before the MMU is on: RES1 bits (EIS and EOS among them: exceptions synchronise context), SP alignment check
// (SA). Little-endian (EE = 0), PSTATE.SSBS clear at EL3 (DSSBS = 0: no speculative store bypass in here), pointer
// authentication off (EnIA … = 0: registers.md), alignment check off (A = 0: string.h).
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

// TPIDR_EL3 and SP_EL3 for core \index (a register, kept) while its MMU is off. Clobbers x9, x10. SP is where it stays
// while the normal world runs: at the end of the stack, on struct core (context.h).
.macro core_stack index
    adr_l x9, bl31_core_pages
    mov x10, #CORE_MEMORY_SIZE
    madd x9, \index, x10, x9
    mov x10, #CORE_MEMORY_CORE
    add x9, x9, x10
    msr tpidr_el3, x9
    add sp, x9, #CORE_NORMAL
.endm

/*
 * In: x0 = physical address of the hand-off; EL3, MMU and caches off. Runs once, on the boot core.
 * Out: bl31_main(hand-off, core index), MMU on; does not return. The image is loaded where it is linked.
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
    mov x29, #0 // end of the frame chain
    bl bl31_map
    bl enter_map
    mov x0, x19
    mov x1, x20
    b bl31_main
3:  bl plat_fatal // a core that the board does not know: no stack, no console; the board's way to stop
ENDFUNC bl31_entry

/*
 * MMU and caches on, and this core's stack and struct core at their mapped addresses. In: x20 = index; bl31_map has run on the
 * boot core, which has written the tables and bl31_tables to memory. Uses no memory until the MMU is on: what is written past the caches
 * could be shadowed by a line that another core fetched on speculation. Out: SP empty, x29 = x30 = 0 for what runs
 * next. Clobbers x0, x1, x9, x10.
 */
LOCALFUNC enter_map
    mov x0, x30
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
    mov_imm x9, (BL31_ALIAS_BASE + CORE_ALIAS_GUARD + CORE_MEMORY_CORE)
    mov x10, #CORE_ALIAS_STRIDE
    madd x9, x20, x10, x9
    msr tpidr_el3, x9
    add sp, x9, #CORE_NORMAL
    mov x29, #0
    mov x30, #0
    ret x0
ENDFUNC enter_map

/*
 * In: x0 = index of this core; EL3, MMU and caches off (the contract of plat_cpu_power_on).
 * Out: bl31_park(struct core, index), which does not return.
 */
FUNC bl31_park_entry
    core_state
    cmp x0, #BOARD_CORE_MAX
    b.hs crash_halt // BL1 passed nonsense; without an index there is no stack to tell it from
    mov x20, x0
    core_stack x20
    bl enter_map
    mrs x0, tpidr_el3
    mov x1, x20
    b bl31_park
ENDFUNC bl31_park_entry

/*
 * In: as bl31_park_entry, on a core that has been there. Out: bl31_warm_main(struct core), which does not return.
 */
FUNC bl31_warm_entry
    core_state
    cmp x0, #BOARD_CORE_MAX
    b.hs crash_halt
    mov x20, x0
    core_stack x20
    bl enter_map
    mrs x0, tpidr_el3
    b bl31_warm_main
ENDFUNC bl31_warm_entry
