// SPDX-License-Identifier: BSD-3-Clause
//
// The mailbox between a host program (qemu.c, harness.c) and the proxy, the normal-world payload in the guest: one slot
// per core in normal-world DRAM, which both sides map. The host fills a slot and counts `request` up; the proxy performs
// `op`, fills in what came of it and sets `done` to the same number. Native byte order, little-endian on both sides.
// Neither side trusts what it need not: the proxy serves whoever runs the machine, the host checks magic and version.
#ifndef MAILBOX_H
#define MAILBOX_H

// Normal-world DRAM of a machine under test (board.h has the rest of the map)
#define MB_BASE 0x44000000       // slots, one after the other
#define MB_SLOT_SIZE 0x4000      // bytes of one slot
#define MB_CORE_MAX 8            // slots
#define MB_PAGES_BASE 0x44100000 // free for tests, up to MB_PAGES_END
#define MB_PAGES_END 0x45000000

#define MB_MAGIC 0x59585250 // "PRXY", written last when the proxy of a core is ready
#define MB_VERSION 3

// Where a core that PSCI switches on, or wakes, enters the proxy: BL33_BASE + this
#define MB_WARM_OFFSET 8

// What the proxy can be asked for (mb_slot.op). arg[] on entry → result
#define MB_OP_NOP 0 // nothing
// x[0..30] loaded, SMC #0, x[0..30] stored; arg[0] = MB_SMC_* flags, arg[1] = timer ticks → t[]
#define MB_OP_SMC 1
// arg[0] = count, arg[1] = MB_LOOP_*: x[0..7] loaded before each → arg[2] = ticks, x[0..7] = last
#define MB_OP_LOOP 2
#define MB_OP_READ 3         // arg[0] = address, arg[1] = bytes (1, 2, 4, 8) → arg[2] = value
#define MB_OP_WRITE 4        // arg[0] = address, arg[1] = bytes, arg[2] = value
#define MB_OP_EXEC 5         // calls arg[0]
#define MB_OP_SYSREG_READ 6  // arg[0] = enum mb_sysreg → arg[2]
#define MB_OP_SYSREG_WRITE 7 // arg[0] = enum mb_sysreg, arg[2] = value
#define MB_OP_FP_LOAD 8      // registers := fp, those that arg[0] = MB_FP_* names
#define MB_OP_FP_STORE 9     // fp := registers; arg[0] as before; leaves streaming mode
#define MB_OP_HANG 10        // never answers (tests of the harness itself)
#define MB_OP_SGI 11         // SGI MB_SGI of the normal world to core arg[0]
// Sleeps until an interrupt of the normal world is pending; arg[1]: ticks after which the own timer fires, 0: it does not
// → arg[2] = its INTID
#define MB_OP_WAIT 12
// arg[0] times the SMC x[0..7], from the second on with x[3..7] counted up by one each time, as mb_calls says
// → mb_calls; x[0..30] = first answer that is none of those allowed, after which it stops
#define MB_OP_CALLS 13
// SMCs with random arguments, for each function ID of a table: mb_sweep
#define MB_OP_SWEEP 14
// The SMC x[0..7] (CPU_ON), then sleep for arg[1] ticks: what another core needs is not mixed with polls → t[], x[0]
#define MB_OP_SMC_SLEEP 15
// The SMC x[0..7], then at once the empty loop of MB_OP_LOOP, arg[1] times → arg[2] = ticks of the loop
#define MB_OP_SMC_LOOP 16

// Paints registers, makes SMCs, compares, over and over: mb_context, x[0..7] = the call
#define MB_OP_CONTEXT 20

#define MB_SMC_NOP 1 // a NOP in place of the SMC: what measuring costs
// The normal world's physical timer fires arg[1] ticks after the registers are loaded
#define MB_SMC_TIMER 2
#define MB_SMC_SGI 4 // normal-world SGI 1 is pending when the call is made
// No SMC: for arg[1] ticks a loop that changes x16, x17 and the flags only
#define MB_SMC_SPIN 8
#define MB_SMC_TOGETHER 16 // waits right before the call until arg[3] cores have come so far
// After either, arg[2] = INTID that was pending when the call came back, or 1023

#define MB_LOOP_NOP 0
#define MB_LOOP_SMC 1

// FP registers of MB_OP_FP_LOAD and _STORE
#define MB_FP_V 0         // V, FPCR, FPSR
#define MB_FP_SVE 1       // also Z, P, FFR
#define MB_FP_STREAMING 2 // Z and P of streaming mode (SME), which stays on until they are stored

// mb_slot.result
#define MB_OK 0
#define MB_FAULT 1 // the op took an exception: mb_slot.fault
#define MB_BAD_OP 2

#define MB_SGI 1
#define MB_DOORBELL_SGI 2 // wakes a core that sleeps between looks at its slot
#define MB_TIMER_PPI 30
#define MB_NO_INTERRUPT 1023

// System registers that tests paint and compare. One list for the names, the numbers and the accessors
// (proxy_sysreg.S). Encodings instead of names where the assembler's base architecture has no such register.
#define MB_SYSREGS(R)                 \
    R(SP_EL0, sp_el0)                 \
    R(TPIDR_EL0, tpidr_el0)           \
    R(TPIDRRO_EL0, tpidrro_el0)       \
    R(TPIDR_EL1, tpidr_el1)           \
    R(CONTEXTIDR_EL1, contextidr_el1) \
    R(AFSR0_EL1, afsr0_el1)           \
    R(AFSR1_EL1, afsr1_el1)           \
    R(AMAIR_EL1, amair_el1)           \
    R(CNTKCTL_EL1, cntkctl_el1)       \
    R(CSSELR_EL1, csselr_el1)         \
    R(ELR_EL1, elr_el1)               \
    R(SPSR_EL1, spsr_el1)             \
    R(ESR_EL1, esr_el1)               \
    R(FAR_EL1, far_el1)               \
    R(PAR_EL1, par_el1)               \
    R(APIAKEYLO_EL1, s3_0_c2_c1_0)    \
    R(APIAKEYHI_EL1, s3_0_c2_c1_1)    \
    R(APIBKEYLO_EL1, s3_0_c2_c1_2)    \
    R(APIBKEYHI_EL1, s3_0_c2_c1_3)    \
    R(APDAKEYLO_EL1, s3_0_c2_c2_0)    \
    R(APDAKEYHI_EL1, s3_0_c2_c2_1)    \
    R(APDBKEYLO_EL1, s3_0_c2_c2_2)    \
    R(APDBKEYHI_EL1, s3_0_c2_c2_3)    \
    R(APGAKEYLO_EL1, s3_0_c2_c3_0)    \
    R(APGAKEYHI_EL1, s3_0_c2_c3_1)    \
    R(CPACR_EL1, cpacr_el1)           \
    R(MAIR_EL1, mair_el1)             \
    R(TCR_EL1, tcr_el1)               \
    R(TTBR0_EL1, ttbr0_el1)           \
    R(TTBR1_EL1, ttbr1_el1)           \
    R(VBAR_EL1, vbar_el1)             \
    R(SCTLR_EL1, sctlr_el1)           \
    R(SP_EL1, sp_el1)                 \
    R(CNTP_CVAL_EL0, cntp_cval_el0)   \
    R(CNTV_CVAL_EL0, cntv_cval_el0)   \
    R(CNTV_CTL_EL0, cntv_ctl_el0)     \
    R(TPIDR_EL2, tpidr_el2)           \
    R(HCR_EL2, hcr_el2)               \
    R(VBAR_EL2, vbar_el2)             \
    R(SCTLR_EL2, sctlr_el2)           \
    R(PMCR_EL0, pmcr_el0)             \
    R(MDSCR_EL1, mdscr_el1)           \
    R(ZCR_EL1, s3_0_c1_c2_0)          \
    R(SMCR_EL1, s3_0_c1_c2_6)         \
    R(TPIDR2_EL0, s3_3_c13_c0_5)      \
    R(SCXTNUM_EL0, s3_3_c13_c0_7)     \
    R(SCXTNUM_EL1, s3_0_c13_c0_7)     \
    R(GCR_EL1, s3_0_c1_c0_6)          \
    R(RGSR_EL1, s3_0_c1_c0_5)         \
    R(TFSR_EL1, s3_0_c5_c6_0)         \
    R(TFSRE0_EL1, s3_0_c5_c6_1)       \
    R(AMUSERENR_EL0, s3_3_c13_c2_3)   \
    R(PMUSERENR_EL0, pmuserenr_el0)   \
    R(PMSELR_EL0, pmselr_el0)         \
    R(PMCCFILTR_EL0, pmccfiltr_el0)   \
    R(PMCCNTR_EL0, pmccntr_el0)       \
    R(PMEVCNTR0_EL0, pmevcntr0_el0)   \
    R(PMEVTYPER0_EL0, pmevtyper0_el0) \
    R(DBGBVR0_EL1, dbgbvr0_el1)       \
    R(DBGBCR0_EL1, dbgbcr0_el1)       \
    R(DBGWVR0_EL1, dbgwvr0_el1)       \
    R(DBGWCR0_EL1, dbgwcr0_el1)       \
    R(ICC_PMR_EL1, s3_0_c4_c6_0)      \
    R(SSBS, s3_3_c4_c2_6)             \
    R(DIT, s3_3_c4_c2_5)              \
    R(TCO, s3_3_c4_c2_7)              \
    R(PAN, s3_0_c4_c2_3)              \
    R(UAO, s3_0_c4_c2_4)              \
    R(ZCR_EL2, s3_4_c1_c2_0)          \
    R(VTTBR_EL2, vttbr_el2)           \
    R(VTCR_EL2, vtcr_el2)             \
    R(VPIDR_EL2, vpidr_el2)           \
    R(VMPIDR_EL2, vmpidr_el2)         \
    R(CNTVOFF_EL2, cntvoff_el2)       \
    R(CNTHCTL_EL2, cnthctl_el2)       \
    R(CNTHP_CVAL_EL2, cnthp_cval_el2) \
    R(MDCR_EL2, mdcr_el2)             \
    R(HSTR_EL2, hstr_el2)             \
    R(FAR_EL2, far_el2)               \
    R(ESR_EL2, esr_el2)               \
    R(HPFAR_EL2, hpfar_el2)           \
    R(AMAIR_EL2, amair_el2)           \
    R(CONTEXTIDR_EL2, s3_4_c13_c0_1)  \
    R(SCXTNUM_EL2, s3_4_c13_c0_7)     \
    R(HCRX_EL2, s3_4_c1_c2_2)         \
    R(HFGRTR_EL2, s3_4_c1_c1_4)

#ifndef __ASSEMBLER__

#include <stdint.h>

#define MB_SYSREG_ENUM(name, asm_name) MB_##name,
enum mb_sysreg {
    MB_SYSREGS(MB_SYSREG_ENUM) MB_SYSREG_COUNT,
};

// FP state. z[] holds `vl` bytes of each Z register, one after the other; p[] vl/8 bytes of P0…P15, then FFR.
struct mb_fp {
    uint8_t v[32][16];
    uint64_t fpcr;
    uint64_t fpsr;
    uint64_t vl;   // out: bytes of a Z register, 0 where the core has no SVE
    uint64_t svl;  // out: bytes of a Z register in streaming mode, 0 where the core has no SME
    uint64_t svcr; // out, streaming: SVCR when the registers were stored
    uint64_t reserved;
    uint8_t z[32 * 256] __attribute__((aligned(16)));
    uint8_t p[17 * 32] __attribute__((aligned(16)));
};

struct mb_fault {
    uint64_t vector; // 0 … 15, entry of the vector table
    uint64_t esr;
    uint64_t far;
    uint64_t elr;
    uint64_t spsr;
};

// What a core was like when the proxy got it; const once `magic` is there.
struct mb_boot {
    uint64_t counter;    // CNTPCT_EL0, read by BL33's first instruction
    uint64_t x[8];       // x0 … x7 at entry
    uint64_t current_el; // 1 or 2
    uint64_t cntfrq;
    uint64_t midr;
    uint64_t mpidr;
    uint64_t id_aa64pfr0;
    uint64_t id_aa64pfr1;
    uint64_t id_aa64isar0;
    uint64_t id_aa64isar1;
    uint64_t gic;         // 2 or 3
    uint64_t timer_wakes; // 1: the timer's interrupt arrives, so an idle proxy sleeps
    uint64_t daif;        // at entry
    uint64_t sctlr;       // of the level it is at, at entry
    uint64_t interrupt;   // INTID that was pending at entry, or MB_NO_INTERRUPT
};

// MB_OP_CALLS. What an answer counts as, in this order
struct mb_calls {
    uint32_t expected; // x0 of an answer (with echo != 0: and x[3..7] as sent)
    uint32_t echo;
    uint64_t together;     // cores that begin at the same moment (h_together() before); 0: at once
    uint64_t answered;     // out
    uint64_t busy;         // out: FFA_ERROR with BUSY
    uint64_t other;        // out: 0, or 1: neither, or x18 … x30 were changed
    uint64_t began, ended; // out: CNTPCT_EL0 before the first call and after the last
};

// MB_OP_SWEEP
struct mb_sweep {
    uint64_t table; // uint32_t function IDs, in normal-world memory
    uint64_t count; // of them
    uint64_t seed;
    uint64_t rounds;  // through the table
    uint64_t calls;   // out: SMCs made
    uint64_t unknown; // out: x0 was -1
    uint64_t errors;  // out: FFA_ERROR
    // out: registers that were changed though they must be kept (x18 … x30 always; x1 … x17 if nobody serves the call), or
    // that show an address of the secure world
    uint64_t bad;
    uint64_t bad_fid, bad_register, bad_value; // out: of the first one
};

// MB_OP_CONTEXT
struct mb_context {
    uint64_t rounds;
    uint64_t seed;  // of the values
    uint64_t flags; // MB_SMC_SGI, MB_SMC_TIMER in each round
    uint64_t ticks; // with MB_SMC_TIMER: most ticks after which it fires
    // If not 0: upper 16 bits of x8 … x30 and of whatever is painted there; upper 16 bits that no x0 … x17 may come back with
    uint64_t tag, foreign;
    // Bits of a register that are painted (the others are 0), or 0: it is not touched
    uint64_t paint[MB_SYSREG_COUNT];
    uint64_t switches; // out: SMCs made
    uint64_t
        interrupts; // out: those that FFA_INTERRUPT came back from; they were continued with FFA_RUN
    uint64_t last;  // out: x0 of the last answer that was no interrupt
    uint64_t
        bad; // out: 0, or 1 + number of the first register that changed; x0 … x30: 1 + MB_SYSREG_COUNT + 0 …
    uint64_t expected, found; // out: of that
};

struct mb_slot {
    uint32_t magic;
    uint32_t version;
    uint32_t boot_count; // starts of the proxy since the memory was made
    uint32_t together; // of core 0: cores that wait (MB_SMC_TOGETHER); the host sets it to 0 before
    uint32_t request;  // host
    uint32_t done;     // proxy
    uint64_t heartbeat; // rounds of the polling loop
    uint32_t op;
    uint32_t result;
    uint64_t arg[4];
    uint64_t x[31];
    uint64_t t[2]; // MB_OP_SMC: CNTPCT_EL0 before and after
    struct mb_fault fault;
    struct mb_boot boot;
    struct mb_calls calls;
    struct mb_sweep sweep;
    struct mb_context context;
    struct mb_fp fp __attribute__((aligned(4096)));
};
_Static_assert(sizeof(struct mb_slot) <= MB_SLOT_SIZE, "a slot holds its structure");

#endif
#endif
