// SPDX-License-Identifier: BSD-3-Clause
//
// What EL3 keeps for each core: the normal world's registers while the secure world runs, the SPMC's constant set, and
// where the vectors put a caller's registers. Laid out for context.S and bl31_vectors.S (offsets: bl31_offsets.c).
//
// SP_EL3 is the whole trick: while a lower level runs it points to the frame of that very world, so that the vector
// stores without asking, and the C stack of the core ends right there:
//
//   low  … guard page │ stack ► ……… │ secure frame │ normal frame │ rest of struct core   high
//                                   ▲ SP_EL3 while ▲ SP_EL3 while the normal world runs (and during boot)
//                                     the SPMC runs
// The stack may grow over the secure frame while the normal world runs: nothing of the secure world is alive then.
#ifndef CONTEXT_H
#define CONTEXT_H

#include "bits.h"

// Core features that decide what a switch has to do.
#define CORE_HAS_PAC_BIT 0
#define CORE_HAS_PMCR_BIT 1
#define CORE_HAS_SVE_BIT 2
#define CORE_HAS_SME_BIT 3
#define CORE_HAS_AMU_BIT 4
#define CORE_HAS_PAC BIT(CORE_HAS_PAC_BIT) // keys are exchanged
#define CORE_HAS_PMCR \
    BIT(CORE_HAS_PMCR_BIT) // PMCR_EL0.DP keeps PMCCNTR_EL0 from counting in the secure world (PMUv3 before p5)

// Vector lengths are exchanged: a length that the normal world left short (ZCR_EL1 is 0 while its EL2 uses SVE) would cut
// off the upper parts of its own registers the moment the secure world's EL1 runs.
#define CORE_HAS_SVE BIT(CORE_HAS_SVE_BIT) // ZCR_EL1
#define CORE_HAS_SME BIT(CORE_HAS_SME_BIT) // SMCR_EL1
#define CORE_HAS_AMU \
    BIT(CORE_HAS_AMU_BIT) // AMUSERENR_EL0: partitions do not read activity counters

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "bl31/psci/psci_cpu.h"

// What the vectors save of a caller before C runs: C preserves x19–x28, and x18 is never used (-ffixed-x18).
struct smc_frame {
    uint64_t x[18];
    uint64_t x29, x30;
};

// Registers with one value for each world; loaded at every switch. Pairs as context.S moves them.
struct world_regs {
    uint64_t elr_el3, spsr_el3;
    uint64_t scr_el3, mdcr_el3; // chosen by EL3 at boot, constant
    uint64_t sctlr_el1, tcr_el1;
    uint64_t ttbr0_el1, ttbr1_el1;
    uint64_t mair_el1, amair_el1;
    uint64_t vbar_el1, cpacr_el1;
    uint64_t contextidr_el1, tpidr_el1;
    uint64_t tpidr_el0, tpidrro_el0;
    uint64_t sp_el0, sp_el1;
    uint64_t cntkctl_el1, reserved;
};

// Registers that the secure world leaves undefined: only the normal world's values are kept.
struct normal_regs {
    uint64_t elr_el1, spsr_el1;
    uint64_t esr_el1, far_el1;
    uint64_t afsr0_el1, afsr1_el1;
    uint64_t par_el1, pmcr_el0;
    uint64_t zcr_el1, smcr_el1;
    uint64_t amuserenr_el0, reserved;
};

// Pointer authentication keys, low and high halves (FEAT_PAuth): IA, IB, DA, DB, GA.
struct pac_keys {
    uint64_t half[10];
};

// Where the SPMC of a core is.
enum spmd_state {
    SPMD_OFF,       // not entered yet
    SPMD_BOOTING,   // its first run: ends with FFA_MSG_WAIT
    SPMD_READY,     // the normal world runs, or waits for the completion of what it asked
    SPMD_VERSION,   // the normal world waits for FFA_VERSION: a framework message is with the SPMC
    SPMD_STARTING,  // the SPMC's first run on a core that was switched on: as SPMD_BOOTING
    SPMD_POWER,     // the SPMC is asked whether the core, or the system, may go off (spmd_power.c)
    SPMD_RESUMING,  // the SPMC is told that the core is back from a suspend
    SPMD_INTERRUPT, // the SPMC serves a secure interrupt; the normal world does not know
};

// One core. Const from each start of the core to its end: spmc, spmc_key_ia, features, index, normal.regs.{scr,mdcr}_el3. The rest
// belongs to the core alone; nobody else reads or writes it, so there is no lock.
struct core {
    struct smc_frame secure; // of an SMC of the SPMC
    struct {
        struct smc_frame frame; // of an exception from the normal world
        uint64_t x18_x28[11];
        uint64_t reserved;
        struct world_regs regs;
        struct normal_regs only;
        struct pac_keys keys;
    } normal;
    struct world_regs spmc;
    uint64_t spmc_key_ia[2];
    uint64_t features; // CORE_HAS_*
    uint32_t index;    // in board.core_mpidrs
    uint32_t state;    // enum spmd_state
    uint64_t
        group0_count; // group 0 interrupts handled, spurious ones, trapped instructions given back
    uint64_t spurious_count;
    uint64_t trap_count;
    struct psci_cpu psci; // bl31/psci: the core's own power call
    uint64_t ask
        [18]; // x0–x17 for the SPMC that are not those of a call (context_ask_secure, context_boot_secure)
    uint64_t crash_x[32]; // crash.S: x0 … x30, SP
} __attribute__((aligned(CACHE_LINE_MAX)));

// The core that owns a normal-world or secure frame.
static inline struct core *context_of_normal(struct smc_frame *frame)
{
    return (struct core *)((uintptr_t)frame - __builtin_offsetof(struct core, normal.frame));
}

static inline struct core *context_of_secure(struct smc_frame *frame)
{
    return (struct core *)((uintptr_t)frame - __builtin_offsetof(struct core, secure));
}

// Reads what this core has (features) and fixes SCR_EL3 and MDCR_EL3 of both worlds, the level the normal world starts
// at, and everything of EL3 and EL2 that is written once and never switched. Each core, before it enters any world.
void context_init_core(struct core *core);

// Fills the SPMC's registers with their values at its first entry on the boot core: EL1h, MMU off, masked,
// x0 = handoff, x4 = core index (in core->ask, for context_boot_secure). The normal world's are not touched.
void context_init_spmc(struct core *core, uint64_t entry, uint64_t handoff);

// The same for a core that the normal world switches on, each time: `entry` is the SPMC's entry for such cores, x0 = 0.
void context_init_secondary(struct core *core, uint64_t entry);

// Takes the EL1 registers as they are now for the SPMC's constant set, and the return address of the SMC that is being
// served. Called in the SMC that ends the SPMC's first run on this core, each time; does not change anything else.
void context_snapshot_spmc(struct core *core);

// Fills the normal world's registers for its start at `entry`, in the highest level that the core has for it
// (EL2 or EL1), MMU off, masked, x0 = `x0`, everything else 0.
void context_init_normal(struct core *core, uint64_t entry, uint64_t x0);

// Leave EL3. None of them comes back to its caller: they return a value only so that a handler ends in a plain tail call.
// A tail call it must be where the normal world is saved: x18–x28 are still its own, in the registers. So a handler must
// not pass words of its own stack frame (the compiler would make a call of it): they are constants, or core->ask.
//
// context_enter_secure: the normal world made a call that the SPMC serves. Saves all of the normal world, loads the
//   SPMC's constant set and enters it with frame->x[0 … 17]. `frame`: the normal frame of this core.
// context_ask_secure: the same, but the SPMC gets the 18 words at `x0_to_x17` and frame->x[0 … 17] stay the normal
//   world's: for a secure interrupt, and for a call whose caller gets its own registers back.
// context_boot_secure: enters the SPMC with core->ask when there is nothing of the normal world in the registers: its
//   first run on this core, or the first after a suspend (its constant set is the one from before). Needs
//   context_init_core() since the reset. `frame`: the normal frame of this core, whose contents are not touched.
// context_enter_normal: the SPMC completed. Loads all of the normal world and returns to it with frame->x[0 … 7] and
//   x8 … x17 from `x8_to_x17` (ten words: the caller's own, or the SPMC's). `frame`: the secure frame of this core.
// context_resume_normal: the same with x0 … x17 of the normal frame: every register as it was when EL3 was entered.
uint64_t context_enter_secure(struct smc_frame *frame);
uint64_t context_ask_secure(struct smc_frame *frame, const uint64_t *x0_to_x17);
uint64_t context_boot_secure(struct smc_frame *frame);
uint64_t context_enter_normal(struct smc_frame *frame, const uint64_t *x8_to_x17);
uint64_t context_resume_normal(struct smc_frame *frame);

#endif
#endif
