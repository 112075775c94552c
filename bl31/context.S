// SPDX-License-Identifier: BSD-3-Clause
//
// The world switch. Straight-line code: what the secure world can change of the normal world's registers is saved on the
// way in and put back on the way out; of the secure world nothing is saved, its registers are constants (context.h).
// The only branches ask what the core has (pointer authentication, old PMU): constants that every predictor learns.
// No ISB: all of it takes effect with the ERET, which synchronises context (SCTLR_EL3.EOS is 1), and EL3's own
// execution depends on none of these registers. No TLBI: entries are tagged with the security state.
#include "asm_macros.S"
#include "asm_offsets.h"
#include "bl31/bl31_regs.h"
#include "bl31/context.h"

// Two system registers → a pair in memory at x8, and back. Clobbers x9, x10.
.macro save_pair first, second, offset
    mrs x9, \first
    mrs x10, \second
    stp x9, x10, [x8, #(\offset)]
.endm

.macro load_pair first, second, offset
    ldp x18, x19, [x8, #(\offset)]
    msr \first, x18
    msr \second, x19
.endm

// Everything that both worlds have, from the struct world_regs at x8 + \regs. Clobbers x18, x19.
.macro load_world regs
    load_pair elr_el3, spsr_el3, \regs + REGS_ELR_EL3
    load_pair scr_el3, mdcr_el3, \regs + REGS_SCR_EL3
    load_pair sctlr_el1, tcr_el1, \regs + REGS_SCTLR
    load_pair ttbr0_el1, ttbr1_el1, \regs + REGS_TTBR0
    load_pair mair_el1, amair_el1, \regs + REGS_MAIR
    load_pair vbar_el1, cpacr_el1, \regs + REGS_VBAR
    load_pair contextidr_el1, tpidr_el1, \regs + REGS_CONTEXTIDR
    load_pair tpidr_el0, tpidrro_el0, \regs + REGS_TPIDR_EL0
    load_pair sp_el0, sp_el1, \regs + REGS_SP_EL0
    ldr x18, [x8, #(\regs + REGS_CNTKCTL)]
    msr cntkctl_el1, x18
.endm

/*
 * uint64_t context_enter_secure(struct smc_frame *frame)
 * uint64_t context_ask_secure(struct smc_frame *frame, const uint64_t *x0_to_x17)
 * In: x0 = the normal frame of this core (x0–x17, x29, x30 are in it); x18–x28 still the normal world's; x1 = what the
 * SPMC gets in x0–x17 instead of the frame's. SP anywhere.
 * Out: at the SPMC, x0–x17, SP_EL3 = the secure frame; x18–x30 undefined. Never return to the caller.
 */
FUNC context_ask_secure
    mov sp, x0
    add x8, x0, #NORMAL_TO_SYS
    mov x0, x1
    b save_normal
ENDFUNC context_ask_secure

FUNC context_enter_secure
    mov sp, x0
    add x8, x0, #NORMAL_TO_SYS
save_normal: // SP = the normal frame, x0 = the words for x0–x17
    stp x18, x19, [sp, #(FRAME_X18)]
    stp x20, x21, [sp, #(FRAME_X18 + 16)]
    stp x22, x23, [sp, #(FRAME_X18 + 32)]
    stp x24, x25, [sp, #(FRAME_X18 + 48)]
    stp x26, x27, [sp, #(FRAME_X18 + 64)]
    str x28, [sp, #(FRAME_X18 + 80)]
    save_pair elr_el3, spsr_el3, NORMAL_REGS + REGS_ELR_EL3
    save_pair sctlr_el1, tcr_el1, NORMAL_REGS + REGS_SCTLR
    save_pair ttbr0_el1, ttbr1_el1, NORMAL_REGS + REGS_TTBR0
    save_pair mair_el1, amair_el1, NORMAL_REGS + REGS_MAIR
    save_pair vbar_el1, cpacr_el1, NORMAL_REGS + REGS_VBAR
    save_pair contextidr_el1, tpidr_el1, NORMAL_REGS + REGS_CONTEXTIDR
    save_pair tpidr_el0, tpidrro_el0, NORMAL_REGS + REGS_TPIDR_EL0
    save_pair sp_el0, sp_el1, NORMAL_REGS + REGS_SP_EL0
    mrs x9, cntkctl_el1
    str x9, [x8, #(NORMAL_REGS + REGS_CNTKCTL)]
    save_pair elr_el1, spsr_el1, NORMAL_ONLY + ONLY_ELR_EL1
    save_pair esr_el1, far_el1, NORMAL_ONLY + ONLY_ESR_EL1
    save_pair afsr0_el1, afsr1_el1, NORMAL_ONLY + ONLY_AFSR0
    mrs x9, par_el1
    str x9, [x8, #(NORMAL_ONLY + ONLY_PAR)]
    ldr x11, [x8, #CORE_FEATURES]
    tbz x11, #CORE_HAS_PAC_BIT, 1f
    save_pair APIAKEYLO_EL1_ENC, APIAKEYHI_EL1_ENC, NORMAL_KEYS
    save_pair APIBKEYLO_EL1_ENC, APIBKEYHI_EL1_ENC, NORMAL_KEYS + 16
    save_pair APDAKEYLO_EL1_ENC, APDAKEYHI_EL1_ENC, NORMAL_KEYS + 32
    save_pair APDBKEYLO_EL1_ENC, APDBKEYHI_EL1_ENC, NORMAL_KEYS + 48
    save_pair APGAKEYLO_EL1_ENC, APGAKEYHI_EL1_ENC, NORMAL_KEYS + 64
    load_pair APIAKEYLO_EL1_ENC, APIAKEYHI_EL1_ENC, SPMC_KEY_IA
1:  tbz x11, #CORE_HAS_PMCR_BIT, 2f
    mrs x9, pmcr_el0
    str x9, [x8, #(NORMAL_ONLY + ONLY_PMCR)]
    orr x9, x9, #PMCR_DP // the cycle counter stands still in Secure state
    msr pmcr_el0, x9
2:  mov x9, #ZCR_LEN_MAX // before the ERET: the registers keep their full length
    tbz x11, #CORE_HAS_SVE_BIT, 3f
    mrs x10, ZCR_EL1_ENC
    str x10, [x8, #(NORMAL_ONLY + ONLY_ZCR)]
    msr ZCR_EL1_ENC, x9
3:  tbz x11, #CORE_HAS_SME_BIT, 4f
    mrs x10, SMCR_EL1_ENC
    str x10, [x8, #(NORMAL_ONLY + ONLY_SMCR)]
    msr SMCR_EL1_ENC, x9
4:  tbz x11, #CORE_HAS_AMU_BIT, load_spmc
    mrs x10, AMUSERENR_EL0_ENC
    str x10, [x8, #(NORMAL_ONLY + ONLY_AMUSERENR)]
    msr AMUSERENR_EL0_ENC, xzr
ENDFUNC context_enter_secure // runs on into load_spmc, which must follow in this section

    .type load_spmc, %function
load_spmc:
    .cfi_startproc
    load_world SPMC_REGS
    ldp x2, x3, [x0, #(FRAME_X + 16)]
    ldp x4, x5, [x0, #(FRAME_X + 32)]
    ldp x6, x7, [x0, #(FRAME_X + 48)]
    ldp x8, x9, [x0, #(FRAME_X + 64)]
    ldp x10, x11, [x0, #(FRAME_X + 80)]
    ldp x12, x13, [x0, #(FRAME_X + 96)]
    ldp x14, x15, [x0, #(FRAME_X + 112)]
    ldp x16, x17, [x0, #(FRAME_X + 128)]
    ldp x0, x1, [x0, #FRAME_X]
    sub sp, sp, #CORE_NORMAL // the secure frame: the vector finds it there at the SPMC's next SMC
    eret_b
ENDFUNC load_spmc

/*
 * uint64_t context_boot_secure(struct smc_frame *frame)
 * In: x0 = the normal frame; the core's `ask` holds x0–x17 for the SPMC. Out: as context_enter_secure.
 */
    .global context_boot_secure
    .type context_boot_secure, %function
context_boot_secure:
    .cfi_startproc
    hint #34 // bti c
    mov sp, x0
    add x8, x0, #NORMAL_TO_SYS
    add x0, x0, #(CORE_ASK - CORE_NORMAL)
    ldr x11, [x8, #CORE_FEATURES]
    tbz x11, #CORE_HAS_PAC_BIT, load_spmc
    load_pair APIAKEYLO_EL1_ENC, APIAKEYHI_EL1_ENC, SPMC_KEY_IA
    b load_spmc
ENDFUNC context_boot_secure

/*
 * uint64_t context_enter_normal(struct smc_frame *frame, const uint64_t *x8_to_x17)
 * uint64_t context_resume_normal(struct smc_frame *frame)
 * In: x0 = the secure frame of this core, x1 = ten words for x8–x17 (in either frame). SP anywhere.
 * Out: in the normal world, x0–x7 from the secure frame (resume: x0–x17 from the normal one), all else as it was;
 * SP_EL3 = the normal frame. Every general register is written: nothing of the SPMC or EL3 is left in one. Never return
 * to the caller.
 */
FUNC context_resume_normal
    add sp, x0, #CORE_NORMAL
    add x8, x0, #(CORE_NORMAL + NORMAL_TO_SYS)
    mov x0, sp
    add x1, x0, #(FRAME_X + 64)
    b load_normal
ENDFUNC context_resume_normal

FUNC context_enter_normal
    add sp, x0, #CORE_NORMAL
    add x8, x0, #(CORE_NORMAL + NORMAL_TO_SYS)
load_normal: // SP = the normal frame, x0 = the words for x0–x7, x1 = those for x8–x17
    load_world NORMAL_REGS
    load_pair elr_el1, spsr_el1, NORMAL_ONLY + ONLY_ELR_EL1
    load_pair esr_el1, far_el1, NORMAL_ONLY + ONLY_ESR_EL1
    load_pair afsr0_el1, afsr1_el1, NORMAL_ONLY + ONLY_AFSR0
    ldr x18, [x8, #(NORMAL_ONLY + ONLY_PAR)]
    msr par_el1, x18
    ldr x11, [x8, #CORE_FEATURES]
    tbz x11, #CORE_HAS_PAC_BIT, 1f
    load_pair APIAKEYLO_EL1_ENC, APIAKEYHI_EL1_ENC, NORMAL_KEYS
    load_pair APIBKEYLO_EL1_ENC, APIBKEYHI_EL1_ENC, NORMAL_KEYS + 16
    load_pair APDAKEYLO_EL1_ENC, APDAKEYHI_EL1_ENC, NORMAL_KEYS + 32
    load_pair APDBKEYLO_EL1_ENC, APDBKEYHI_EL1_ENC, NORMAL_KEYS + 48
    load_pair APGAKEYLO_EL1_ENC, APGAKEYHI_EL1_ENC, NORMAL_KEYS + 64
1:  tbz x11, #CORE_HAS_PMCR_BIT, 2f
    ldr x18, [x8, #(NORMAL_ONLY + ONLY_PMCR)]
    msr pmcr_el0, x18
2:  tbz x11, #CORE_HAS_SVE_BIT, 3f
    ldr x18, [x8, #(NORMAL_ONLY + ONLY_ZCR)]
    msr ZCR_EL1_ENC, x18
3:  tbz x11, #CORE_HAS_SME_BIT, 4f
    ldr x18, [x8, #(NORMAL_ONLY + ONLY_SMCR)]
    msr SMCR_EL1_ENC, x18
4:  tbz x11, #CORE_HAS_AMU_BIT, 5f
    ldr x18, [x8, #(NORMAL_ONLY + ONLY_AMUSERENR)]
    msr AMUSERENR_EL0_ENC, x18
5:  ldp x8, x9, [x1]
    ldp x10, x11, [x1, #16]
    ldp x12, x13, [x1, #32]
    ldp x14, x15, [x1, #48]
    ldp x16, x17, [x1, #64]
    ldp x18, x19, [sp, #(FRAME_X18)]
    ldp x20, x21, [sp, #(FRAME_X18 + 16)]
    ldp x22, x23, [sp, #(FRAME_X18 + 32)]
    ldp x24, x25, [sp, #(FRAME_X18 + 48)]
    ldp x26, x27, [sp, #(FRAME_X18 + 64)]
    ldr x28, [sp, #(FRAME_X18 + 80)]
    ldp x29, x30, [sp, #FRAME_X29]
    ldp x2, x3, [x0, #(FRAME_X + 16)]
    ldp x4, x5, [x0, #(FRAME_X + 32)]
    ldp x6, x7, [x0, #(FRAME_X + 48)]
    ldp x0, x1, [x0, #FRAME_X]
    eret_b
ENDFUNC context_enter_normal
