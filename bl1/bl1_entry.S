// SPDX-License-Identifier: BSD-3-Clause
//
// Reset. All cores start here, at EL3 with the MMU off and most registers unknown. Every core gets
// a known EL3 state; core 0 of the board's list goes on to C, the others to their parking place.
#include "asm_macros.S"
#include "board.h"
#include "regs.h"

// SCTLR_EL3 until the MMU is on. I: fetches may be cached from the start. SA: SP must stay 16-byte
// aligned. Left at 0: M, C (mmu.c sets them), A (the memory functions use unaligned access once the
// MMU is on), EE (little-endian), EnIA… (no pointer authentication keys in BL1), BT (set with the
// guarded pages: a landing pad is asked for by default).
#define BL1_SCTLR (SCTLR_EL3_RES1 | SCTLR_I | SCTLR_SA)

// SCR_EL3 of BL1 and BL2. RW: S-EL1 is AArch64. SIF: the secure world does not execute from
// normal-world memory. FIQ: group 0 interrupts come to EL3 and wake parked cores. Left at 0: NS
// (BL2 is secure), IRQ, EA (BL2 reports its own aborts), SMD (BL2's SMC), HCE, ST, TWI, TWE,
// API/APK (BL2 has no keys), EEL2 (no secure EL2), all feature enables.
#define BL1_SCR (SCR_RES1 | SCR_RW | SCR_SIF | SCR_FIQ)

// MDCR_EL3. SDD, SPD32: no self-hosted debug in the secure world. Left at 0: SPME (no PMU counting
// in the secure world), TPM, TDA, TDOSA (nothing below is kept from these registers while BL2
// runs).
#define BL1_MDCR (MDCR_SDD | MDCR_SPD32_OFF)

// CPTR_EL3 = 0: FP/SIMD not trapped (SHA-2 instructions, BL2's memory functions); SVE (EZ) and SME (ESM) stay
// trapped.
#define BL1_CPTR 0

/*
 * bl1_reset. In: nothing is known but EL3 and the program counter. Out: bl1_main on core 0,
 * bl1_park elsewhere.
 */
FUNC bl1_reset
    msr daifset, #DAIF_ALL
    mov_imm x0, BL1_SCTLR
    msr sctlr_el3, x0
    isb
    mov_imm x0, BL1_SCR
    msr scr_el3, x0
    mov_imm x0, BL1_MDCR
    msr mdcr_el3, x0
    mov x0, #BL1_CPTR
    msr cptr_el3, x0
    adr_l x0, bl1_vectors
    msr vbar_el3, x0
    msr spsel, #1 // SP_EL3 from here on; SP_EL0 is scratch of the fatal vectors
    isb
    bl core_index
    cbnz x0, bl1_park
    b bl1_primary
ENDFUNC bl1_reset

// The primary's way to C. In: nothing. Clobbers everything.
LOCALFUNC bl1_primary
    // From now on an abort is taken at once: the vectors can report it
    msr daifclr, #DAIF_ABORT

    // The reset left unknown lines in caches that keep their content: drop what covers our RAM
    // before the first write
    adr_l x0, __data_start
    adr_l x1, __stack_end
    sub x1, x1, x0
    bl cache_inv_range

    adr_l x0, __data_start
    adr_l x1, __data_end
    adr_l x2, __data_rom
1:  cmp x0, x1
    b.hs 2f
    ldp x3, x4, [x2], #16
    stp x3, x4, [x0], #16
    b 1b
2:  adr_l x0, __bss_start
    adr_l x1, __bss_end
3:  cmp x0, x1
    b.hs 4f
    stp xzr, xzr, [x0], #16
    b 3b

    // Canary: the counter, mixed over all bits (odd constant: 2^64 / golden ratio), and the core's
    // random number where it has one; byte 0 is zero, so that no string function can write it
4:  mrs x0, cntpct_el0
    mov_imm x1, 0x9e3779b97f4a7c15
    mul x0, x0, x1
    mrs x1, id_aa64isar0_el1
    ubfx x1, x1, #ID_AA64ISAR0_RNDR_SHIFT, #4
    cbz x1, 5f
    mrs x1, RNDR_ENC
    eor x0, x0, x1
5:  lsl x0, x0, #8
    adr_l x1, __stack_chk_guard
    str x0, [x1]

    adr_l x0, __stack_end
    mov sp, x0
    mov x29, xzr
    mov x30, xzr
    b bl1_main
ENDFUNC bl1_primary
