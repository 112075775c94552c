// SPDX-License-Identifier: BSD-3-Clause
//
// How control enters and leaves the SPMC at S-EL1. Event-driven: every entry starts on an empty stack, calls one C
// function, and leaves to whom it returns: x0 = a partition, or 0 = the normal world.
//
// Registers while a partition runs: SP_EL1 = its struct sp (the context is its first member), so that an exception
// stores straight into it. While the SPMC runs: SP_EL1 = this core's stack. TPIDR_EL1 = struct spmc_core, always.
//
// Two copies of everything, chosen once at boot by VBAR_EL1: for cores with pointer authentication (the keys of the
// partition and of the SPMC are exchanged) and without.
#include "asm_macros.S"
#include "regs.h"
#include "asm_offsets.h"
#include "ffa_abi.h"

// Loads a pair of key registers; \low is the name of the low half.
.macro load_key low, high, base, offset
    ldp x2, x3, [\base, #\offset]
    msr \low, x2
    msr \high, x3
.endm

// Saves the partition's registers to its context at SP, then takes the core's stack.
// Out: x0 = core, x1 = partition, x2 = ESR_EL1. The rest is dead.
.macro save_partition pac
    stp x0, x1, [sp, #CTX_X]
    stp x2, x3, [sp, #(CTX_X + 16)]
    stp x4, x5, [sp, #(CTX_X + 32)]
    stp x6, x7, [sp, #(CTX_X + 48)]
    stp x8, x9, [sp, #(CTX_X + 64)]
    stp x10, x11, [sp, #(CTX_X + 80)]
    stp x12, x13, [sp, #(CTX_X + 96)]
    stp x14, x15, [sp, #(CTX_X + 112)]
    stp x16, x17, [sp, #(CTX_X + 128)]
    stp x18, x19, [sp, #(CTX_X + 144)]
    stp x20, x21, [sp, #(CTX_X + 160)]
    stp x22, x23, [sp, #(CTX_X + 176)]
    stp x24, x25, [sp, #(CTX_X + 192)]
    stp x26, x27, [sp, #(CTX_X + 208)]
    stp x28, x29, [sp, #(CTX_X + 224)]
    mrs x3, sp_el0
    stp x30, x3, [sp, #(CTX_X + 240)]
    mrs x4, elr_el1
    mrs x5, spsr_el1
    stp x4, x5, [sp, #CTX_PC]
    mrs x6, tpidr_el0
    str x6, [sp, #CTX_TPIDR_EL0]
    mov x1, sp
    mrs x0, tpidr_el1
    .if \pac
    // From here on the SPMC signs with its own key: a partition knows neither it nor what it signs
    load_key APIAKEYLO_EL1_ENC, APIAKEYHI_EL1_ENC, x0, CORE_PAC_KEY
    .endif
    ldr x7, [x0, #CORE_STACK_TOP]
    mov sp, x7
    mrs x2, esr_el1
    .if \pac
    isb // the key before the first signed return address
    .endif
.endm

// Leaves to whom x0 names. Never falls through.
.macro leave pac
    cbz x0, spmc_to_nwd_\pac
    // ---- enter partition x0 ----
    ldr x1, [x0, #SP_TTBR0]
    ldp x4, x5, [x0, #CTX_PC]
    ldr x6, [x0, #CTX_TPIDR_EL0]
    msr ttbr0_el1, x1 // with its ASID; nothing of another address space is global in the low half: no TLBI
    msr elr_el1, x4
    msr spsr_el1, x5
    msr tpidr_el0, x6
    .if \pac
    load_key APIAKEYLO_EL1_ENC, APIAKEYHI_EL1_ENC, x0, CTX_PAC_KEYS
    load_key APIBKEYLO_EL1_ENC, APIBKEYHI_EL1_ENC, x0, (CTX_PAC_KEYS + 16)
    load_key APDAKEYLO_EL1_ENC, APDAKEYHI_EL1_ENC, x0, (CTX_PAC_KEYS + 32)
    load_key APDBKEYLO_EL1_ENC, APDBKEYHI_EL1_ENC, x0, (CTX_PAC_KEYS + 48)
    load_key APGAKEYLO_EL1_ENC, APGAKEYHI_EL1_ENC, x0, (CTX_PAC_KEYS + 64)
    .endif
    mov sp, x0
    ldp x30, x1, [sp, #(CTX_X + 240)]
    msr sp_el0, x1
    ldp x28, x29, [sp, #(CTX_X + 224)]
    ldp x26, x27, [sp, #(CTX_X + 208)]
    ldp x24, x25, [sp, #(CTX_X + 192)]
    ldp x22, x23, [sp, #(CTX_X + 176)]
    ldp x20, x21, [sp, #(CTX_X + 160)]
    ldp x18, x19, [sp, #(CTX_X + 144)]
    ldp x16, x17, [sp, #(CTX_X + 128)]
    ldp x14, x15, [sp, #(CTX_X + 112)]
    ldp x12, x13, [sp, #(CTX_X + 96)]
    ldp x10, x11, [sp, #(CTX_X + 80)]
    ldp x8, x9, [sp, #(CTX_X + 64)]
    ldp x6, x7, [sp, #(CTX_X + 48)]
    ldp x4, x5, [sp, #(CTX_X + 32)]
    ldp x2, x3, [sp, #(CTX_X + 16)]
    ldp x0, x1, [sp, #CTX_X]
    eret_b
.endm

.macro bodies pac
/*
 * The SPMC's one SMC, and the place where EL3 always comes back to (EL3 keeps its address as a constant).
 * Reads core->args into x0 … x17; comes back with the next call of the normal world in x0 … x17, the EL1 system
 * registers as they were when the boot ended, and x18 … x30 undefined.
 */
LOCALFUNC spmc_to_nwd_\pac
    mrs x18, tpidr_el1
    ldp x0, x1, [x18, #CORE_ARGS]
    ldp x2, x3, [x18, #(CORE_ARGS + 16)]
    ldp x4, x5, [x18, #(CORE_ARGS + 32)]
    ldp x6, x7, [x18, #(CORE_ARGS + 48)]
    ldp x8, x9, [x18, #(CORE_ARGS + 64)]
    ldp x10, x11, [x18, #(CORE_ARGS + 80)]
    ldp x12, x13, [x18, #(CORE_ARGS + 96)]
    ldp x14, x15, [x18, #(CORE_ARGS + 112)]
    ldp x16, x17, [x18, #(CORE_ARGS + 128)]
    smc #0
    mrs x18, tpidr_el1
    stp x0, x1, [x18, #CORE_ARGS]
    stp x2, x3, [x18, #(CORE_ARGS + 16)]
    stp x4, x5, [x18, #(CORE_ARGS + 32)]
    stp x6, x7, [x18, #(CORE_ARGS + 48)]
    stp x8, x9, [x18, #(CORE_ARGS + 64)]
    stp x10, x11, [x18, #(CORE_ARGS + 80)]
    stp x12, x13, [x18, #(CORE_ARGS + 96)]
    stp x14, x15, [x18, #(CORE_ARGS + 112)]
    stp x16, x17, [x18, #(CORE_ARGS + 128)]
    mov x0, x18
    mov x29, #0 // ends the frame chain
    bl ffa_from_nwd
    leave \pac
ENDFUNC spmc_to_nwd_\pac

LOCALFUNC partition_sync_\pac
    save_partition \pac
    mov x29, #0
    lsr x3, x2, #ESR_EC_SHIFT
    cmp x3, #EC_SVC64
    b.ne 1f
    bl ffa_from_sp
    leave \pac
1:  bl sp_exception
    leave \pac
ENDFUNC partition_sync_\pac

// IRQ and FIQ alike: which of the two is the SPMC's and which the normal world's depends on the interrupt controller
// (gic_secure.h), and sp_interrupted asks it.
LOCALFUNC partition_interrupt_\pac
    save_partition \pac
    mov x29, #0
    bl sp_interrupted
    leave \pac
ENDFUNC partition_interrupt_\pac

// SErrors are masked while a partition runs (spmc_main.c); if one comes all the same, it is reported against the partition.
LOCALFUNC partition_serror_\pac
    save_partition \pac
    mov x29, #0
    bl sp_exception
    leave \pac
ENDFUNC partition_serror_\pac

VECTOR_TABLE spmc_vectors_\pac
    VECTOR crash_0                      // the SPMC itself, SP_EL0: never used
    VECTOR crash_1
    VECTOR crash_2
    VECTOR crash_3
    VECTOR crash_4                      // the SPMC itself
    VECTOR crash_5
    VECTOR crash_6
    VECTOR crash_7
    VECTOR partition_sync_\pac          // a partition, AArch64
    VECTOR partition_interrupt_\pac
    VECTOR partition_interrupt_\pac
    VECTOR partition_serror_\pac
    VECTOR crash_12                     // AArch32 is never entered
    VECTOR crash_13
    VECTOR crash_14
    VECTOR crash_15
END_VECTOR_TABLE spmc_vectors_\pac

// First departure after boot: x0 = who runs, a fresh stack. void spmc_leave_<pac>(struct sp *)
FUNC spmc_leave_\pac
    leave \pac
ENDFUNC spmc_leave_\pac
.endm

bodies 0
bodies 1

/*
 * Any exception that the SPMC itself takes. The stack may be what broke: registers go to a static frame of 32 words, then
 * to a static stack. There is one of each: the first core that comes reports, others wait for the end of the machine. A
 * crash while the MMU is off, or while a crash is being reported, cannot be told on the console: EL3 has the last word.
 */
.macro crash_slot n
LOCALFUNC crash_\n
    msr tpidrro_el0, x0 // free, as those below: no partition runs on this core any more
    mov x0, #\n
    b crash_common
ENDFUNC crash_\n
.endm

crash_slot 0
crash_slot 1
crash_slot 2
crash_slot 3
crash_slot 4
crash_slot 5
crash_slot 6
crash_slot 7
crash_slot 12
crash_slot 13
crash_slot 14
crash_slot 15

LOCALFUNC crash_common
    msr tpidr_el0, x1
    msr sp_el0, x2
    msr tpidr_el1, x3
    mrs x1, sctlr_el1
    tbz x1, #0, 5f // exclusive accesses need the MMU, too
    adr_l x1, crash_owner
    mrs x2, mpidr_el1 // bit 31 is 1: never zero
1:  ldxr x3, [x1]
    cbnz x3, 2f
    stxr w3, x2, [x1]
    cbnz w3, 1b
    b 4f
2:  cmp x3, x2
    b.eq 5f
3:  wfi // another core reports
    b 3b

4:  add x1, x1, #16
    stp x4, x5, [x1, #32]
    stp x6, x7, [x1, #48]
    stp x8, x9, [x1, #64]
    stp x10, x11, [x1, #80]
    stp x12, x13, [x1, #96]
    stp x14, x15, [x1, #112]
    stp x16, x17, [x1, #128]
    stp x18, x19, [x1, #144]
    stp x20, x21, [x1, #160]
    stp x22, x23, [x1, #176]
    stp x24, x25, [x1, #192]
    stp x26, x27, [x1, #208]
    stp x28, x29, [x1, #224]
    mov x2, sp
    stp x30, x2, [x1, #240]
    mrs x2, tpidrro_el0
    mrs x3, tpidr_el0
    stp x2, x3, [x1]
    mrs x2, sp_el0
    mrs x3, tpidr_el1
    stp x2, x3, [x1, #16]
    adr_l x2, crash_stack_top
    mov sp, x2
    mov x29, #0
    mov x2, x0
    mov x0, x1
    mov x1, x2
    b spmc_crash // (frame, vector)

5:  mov_imm x0, FFA_ABORT_32
    mrs x1, esr_el1
    mrs x2, elr_el1
    mrs x3, far_el1
    mov x4, sp
    mov x5, x30
    smc #0
6:  wfi
    b 6b
ENDFUNC crash_common

    .section .bss.crash, "aw", %nobits
    .balign 16
crash_owner:
    .space 16
    .space 32 * 8 // the frame
    .space 2048
crash_stack_top:
