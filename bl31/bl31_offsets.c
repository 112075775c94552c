// SPDX-License-Identifier: BSD-3-Clause
//
// Offsets of C structures that the assembly of BL31 uses; becomes asm_offsets.h at build time.
#include "bl31/bl31_private.h"
#include "bl31/context.h"
#include "offsets.h"
#include "tables.h"

// System registers are reached from the middle of struct core, so that every ldp/stp offset fits its 7 bits.
#define SYS_BASE offsetof(struct core, normal.only)
#define SYS(name, member) CONSTANT(name, (long)offsetof(struct core, member) - (long)SYS_BASE)

OFFSETS_BEGIN
OFFSET(CORE_NORMAL, struct core, normal)
CONSTANT(CORE_SIZE, sizeof(struct core))
CONSTANT(CORE_MEMORY_SIZE, sizeof(struct core_memory))
OFFSET(CORE_MEMORY_CORE, struct core_memory, core)
OFFSET(TABLES_ROOT, struct tables, root)
OFFSET(CORE_ASK, struct core, ask)
OFFSET(CORE_CRASH_X, struct core, crash_x)
OFFSET(FRAME_X, struct smc_frame, x)
OFFSET(FRAME_X29, struct smc_frame, x29)
CONSTANT(FRAME_X18, offsetof(struct core, normal.x18_x28) - offsetof(struct core, normal))
CONSTANT(NORMAL_TO_SYS, SYS_BASE - offsetof(struct core, normal))
SYS(NORMAL_REGS, normal.regs)
SYS(NORMAL_ONLY, normal.only)
SYS(NORMAL_KEYS, normal.keys)
SYS(SPMC_REGS, spmc)
SYS(SPMC_KEY_IA, spmc_key_ia)
SYS(CORE_FEATURES, features)
OFFSET(REGS_ELR_EL3, struct world_regs, elr_el3)
OFFSET(REGS_SCR_EL3, struct world_regs, scr_el3)
OFFSET(REGS_SCTLR, struct world_regs, sctlr_el1)
OFFSET(REGS_TTBR0, struct world_regs, ttbr0_el1)
OFFSET(REGS_MAIR, struct world_regs, mair_el1)
OFFSET(REGS_VBAR, struct world_regs, vbar_el1)
OFFSET(REGS_CONTEXTIDR, struct world_regs, contextidr_el1)
OFFSET(REGS_TPIDR_EL0, struct world_regs, tpidr_el0)
OFFSET(REGS_SP_EL0, struct world_regs, sp_el0)
OFFSET(REGS_CNTKCTL, struct world_regs, cntkctl_el1)
OFFSET(ONLY_ELR_EL1, struct normal_regs, elr_el1)
OFFSET(ONLY_ESR_EL1, struct normal_regs, esr_el1)
OFFSET(ONLY_AFSR0, struct normal_regs, afsr0_el1)
OFFSET(ONLY_PAR, struct normal_regs, par_el1)
OFFSET(ONLY_PMCR, struct normal_regs, pmcr_el0)
OFFSET(ONLY_ZCR, struct normal_regs, zcr_el1)
OFFSET(ONLY_AMUSERENR, struct normal_regs, amuserenr_el0)
OFFSET(ONLY_SMCR, struct normal_regs, smcr_el1)
OFFSETS_END

// What the assembly relies on and cannot check
#define PAIR(type, first, second) \
    _Static_assert(offsetof(type, second) == offsetof(type, first) + 8, #first " and " #second)
PAIR(struct smc_frame, x29, x30);
PAIR(struct world_regs, elr_el3, spsr_el3);
PAIR(struct world_regs, scr_el3, mdcr_el3);
PAIR(struct world_regs, sctlr_el1, tcr_el1);
PAIR(struct world_regs, ttbr0_el1, ttbr1_el1);
PAIR(struct world_regs, mair_el1, amair_el1);
PAIR(struct world_regs, vbar_el1, cpacr_el1);
PAIR(struct world_regs, contextidr_el1, tpidr_el1);
PAIR(struct world_regs, tpidr_el0, tpidrro_el0);
PAIR(struct world_regs, sp_el0, sp_el1);
PAIR(struct normal_regs, elr_el1, spsr_el1);
PAIR(struct normal_regs, esr_el1, far_el1);
PAIR(struct normal_regs, afsr0_el1, afsr1_el1);
_Static_assert(sizeof(struct smc_frame) % 16 == 0, "SP_EL3 stays 16-aligned in both worlds");
_Static_assert(offsetof(struct core, normal.frame) == sizeof(struct smc_frame),
               "the normal frame follows the secure one");
_Static_assert(offsetof(struct core, normal.frame) == offsetof(struct core, normal),
               "at its start");
_Static_assert(offsetof(struct core, features) - SYS_BASE < 504, "ldp and ldr reach all of it");
_Static_assert(sizeof(struct core_memory) == PAGE_SIZE, "stack and core: one page");
_Static_assert(sizeof(struct core) <= 2048, "half of the page stays for the stack");
