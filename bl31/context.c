// SPDX-License-Identifier: BSD-3-Clause
//
// Making the two worlds of a core: what is fixed at EL3 and EL2, and the registers each world starts with. Runs when a core
// comes up, from a reset or a sleep; the switch itself is context.S.
#include "bl31/context.h"

#include <stdbool.h>
#include <stddef.h>

#include "barrier.h"
#include "bits.h"
#include "bl31/bl31_regs.h"
#include "platform.h"
#include "string.h"

extern const char spmc_early_vectors[]; // bl31_vectors.S

// Identification registers that say what a core has.
enum id_register { PFR0, PFR1, PFR2, MMFR0, MMFR1, MMFR3, ISAR2 };

static uint64_t id_value(enum id_register which)
{
    switch (which) {
    case PFR0:
        return read_id_aa64pfr0_el1();
    case PFR1:
        return read_id_aa64pfr1_el1();
    case PFR2:
        return read_id_aa64pfr2_el1();
    case MMFR0:
        return read_id_aa64mmfr0_el1();
    case MMFR1:
        return read_id_aa64mmfr1_el1();
    case MMFR3:
        return read_id_aa64mmfr3_el1();
    case ISAR2:
        return read_id_aa64isar2_el1();
    }
    return 0;
}

static bool core_has(enum id_register which, unsigned int shift, uint64_t least)
{
    return ID_FIELD(id_value(which), shift) >= least;
}

static bool core_has_el2(void)
{
    return core_has(PFR0, ID_AA64PFR0_EL2_SHIFT, 1);
}

static bool core_has_sve(void)
{
    return core_has(PFR0, ID_AA64PFR0_SVE_SHIFT, 1);
}

static bool core_has_sme(void)
{
    return core_has(PFR1, ID_AA64PFR1_SME_SHIFT, 1);
}

static bool core_has_pac(void)
{
    uint64_t isar1 = read_id_aa64isar1_el1();

    return ID_FIELD(isar1, ID_AA64ISAR1_APA_SHIFT) != 0 ||
           ID_FIELD(isar1, ID_AA64ISAR1_API_SHIFT) != 0 ||
           core_has(ISAR2, ID_AA64ISAR2_APA3_SHIFT, 1);
}

static uint64_t pmu_version(void)
{
    return ID_FIELD(read_id_aa64dfr0_el1(), ID_AA64DFR0_PMUVER_SHIFT);
}

static bool core_has_pmu(void)
{
    return pmu_version() >= PMUVER_3 && pmu_version() != PMUVER_OTHER;
}

// What both worlds get: lower levels in AArch64 (RW), no fetch of the secure world from normal memory (SIF), pointer
// authentication where the core has it (APK, API). SMC enabled (SMD = 0), no Secure EL2 (EEL2 = 0), WFI, WFE, RNDR, error
// records not trapped (TWI, TWE, TRNDR, TERR = 0). External aborts and SErrors stay with the lower levels (EA = 0):
// README, Errors and crashes.
static uint64_t scr_common(void)
{
    return SCR_RES1 | SCR_RW | SCR_SIF | (core_has_pac() ? SCR_APK | SCR_API : 0);
}

// Features of the normal world alone. Clear in the secure world's SCR_EL3, each of these bits makes the registers trap
// there and their values count as 0 (DDI0487 D19.2 SCR_EL3), so that the normal world's stay where they are, without effect.
// `hcrx`: what a normal world at EL1 needs besides, where there is an EL2.
static const struct normal_feature {
    uint8_t id; // enum id_register
    uint8_t shift;
    uint8_t least;
    uint64_t scr;
    uint64_t hcrx;
} normal_features[] = {
    { PFR0, ID_AA64PFR0_EL2_SHIFT, 1, SCR_HCE, 0 },
    { PFR0, ID_AA64PFR0_CSV2_SHIFT, 2, SCR_ENSCXT, 0 },  // SCXTNUM_ELx
    { PFR0, ID_AA64PFR0_AMU_SHIFT, 2, SCR_AMVOFFEN, 0 }, // AMEVCNTVOFF…_EL2
    { PFR1, ID_AA64PFR1_MTE_SHIFT, 2, SCR_ATA, 0 },      // allocation tags, GCR, RGSR, TFSR*
    { PFR1, ID_AA64PFR1_SME_SHIFT, 1, SCR_ENTP2, 0 },    // TPIDR2_EL0
    { PFR1, ID_AA64PFR1_GCS_SHIFT, 1, SCR_GCSEN, HCRX_GCSEN },
    { PFR2, ID_AA64PFR2_FPMR_SHIFT, 1, SCR_ENFPM, HCRX_ENFPM },
    { MMFR0, ID_AA64MMFR0_FGT_SHIFT, 1, SCR_FGTEN, 0 }, // HFGRTR_EL2 …
    { MMFR0, ID_AA64MMFR0_FGT_SHIFT, 2, SCR_FGTEN2, 0 },
    { MMFR0, ID_AA64MMFR0_ECV_SHIFT, 2, SCR_ECVEN, 0 }, // CNTPOFF_EL2
    { MMFR1, ID_AA64MMFR1_HCX_SHIFT, 1, SCR_HXEN, 0 },  // HCRX_EL2
    { MMFR3, ID_AA64MMFR3_TCRX_SHIFT, 1, SCR_TCR2EN, HCRX_TCR2EN },
    { MMFR3, ID_AA64MMFR3_SCTLRX_SHIFT, 1, SCR_SCTLR2EN, HCRX_SCTLR2EN },
    { MMFR3, ID_AA64MMFR3_S1PIE_SHIFT, 1, SCR_PIEN, 0 },  // PIR*_ELx; without effect if TCR2 is
    { MMFR3, ID_AA64MMFR3_S1POE_SHIFT, 1, SCR_PIEN, 0 },  // POR_ELx
    { ISAR2, ID_AA64ISAR2_MOPS_SHIFT, 1, 0, HCRX_MSCEN }, // memory copy instructions: no state
};

// SCR_EL3 of the normal world; *hcrx: HCRX_EL2 for it.
static uint64_t scr_normal(uint64_t *hcrx)
{
    uint64_t scr =
        scr_common() | SCR_NS | SCR_FIQ; // interrupts of EL3 and the secure world come here

    *hcrx = 0;
    for (unsigned int i = 0; i < ARRAY_COUNT(normal_features); i++) {
        const struct normal_feature *f = &normal_features[i];

        if (core_has((enum id_register)f->id, f->shift, f->least)) {
            scr |= f->scr;
            *hcrx |= f->hcrx;
        }
    }
    return scr;
}

// FIQ, IRQ = 0: all interrupts are the SPMC's while it runs. ST: it has the secure timer.
static uint64_t scr_secure(void)
{
    return scr_common() | SCR_ST;
}

// No self-hosted debug of the secure world (SDD, SPD32: threats T2), no counting of secure events or cycles (SPME = 0,
// SCCD, MCCD where they exist: T5). Profiling and trace buffers are not given to the normal world (NSPB, NSTB = 0): they
// write through its translation regime, so each switch would have to drain them.
static uint64_t mdcr_normal(void)
{
    uint64_t mdcr = MDCR_SDD | MDCR_SPD32_OFF;

    if (core_has_pmu() && pmu_version() >= PMUVER_3P5) {
        mdcr |= MDCR_SCCD;
    }
    if (core_has_pmu() && pmu_version() >= PMUVER_3P7) {
        mdcr |= MDCR_MCCD;
    }
    if (core_has_pmu() && pmu_version() >= PMUVER_3P9) {
        mdcr |= MDCR_ENPM2; // PMUACR_EL1, PMICNTR_EL0 …; TPM closes them in the secure world
    }
    return mdcr;
}

// While the secure world runs its partitions must not touch the normal world's counters and debug registers, whatever
// PMUSERENR_EL0 and MDSCR_EL1 allow to EL0: all accesses trap to EL3 (TPM, TDA, TDOSA), which makes them undefined.
static uint64_t mdcr_secure(void)
{
    return mdcr_normal() | MDCR_TPM | MDCR_TDA | MDCR_TDOSA;
}

// EL2 as nobody may have set it up: nothing trapped, no offset, own identity. What starts at EL2 sets it up itself;
// this is for what it leaves at EL1.
static void init_el2(uint64_t hcrx)
{
    uint64_t cptr = CPTR_EL2_RES1;

    cptr |= core_has_sve() ? 0 : CPTR_EL2_TZ;
    cptr |= core_has_sme() ? 0 : CPTR_EL2_TSM;
    // EL1 is AArch64 (must be set before any ERET to EL1) and may use pointer authentication
    write_hcr_el2(HCR_RW | (core_has_pac() ? HCR_APK | HCR_API : 0));
    isb(); // E2H is clear from here on: the layout of the next ones
    write_cptr_el2(cptr);
    write_sctlr_el2(SCTLR_EL2_RES1);                       // MMU and caches off, little-endian
    write_cnthctl_el2(CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN); // EL1 has counter and timer
    write_cntvoff_el2(0);
    write_vpidr_el2(read_midr_el1());
    write_vmpidr_el2(read_mpidr_el1());
    write_vttbr_el2(0);
    write_hstr_el2(0);
    write_mdcr_el2(core_has_pmu() ? PMCR_N(read_pmcr_el0()) : 0); // HPMN: EL1 has all counters
    if (core_has(MMFR1, ID_AA64MMFR1_HCX_SHIFT, 1)) {
        write_hcrx_el2(hcrx);
    }
    if (core_has(MMFR0, ID_AA64MMFR0_FGT_SHIFT, 1)) {
        uint64_t open = core_has_sme() ? HFG_NTPIDR2 | HFG_NSMPRI : 0; // 1: not trapped

        write_hfgrtr_el2(open);
        write_hfgwtr_el2(open);
        write_hfgitr_el2(0);
        write_hdfgrtr_el2(0);
        write_hdfgwtr_el2(0);
    }
}

// What the last owner of the core left running, where switching it off does not reset the core: timers, counters, debug
// exceptions. A reset would have done no more (DDI0487: their enables reset to 0).
static void init_timers(void)
{
    write_cntp_ctl_el0(0);
    write_cntv_ctl_el0(0);
    write_cntps_ctl_el1(0);
    if (core_has_el2()) {
        write_cnthp_ctl_el2(0);
        if (core_has(MMFR1, ID_AA64MMFR1_VH_SHIFT, 1)) {
            write_cnthv_ctl_el2(0);
        }
    }
}

static void init_counters_and_debug(const struct core *core)
{
    write_mdscr_el1(0);
    if (core_has_pmu()) {
        write_pmcr_el0((core->features & CORE_HAS_PMCR) != 0 ? PMCR_DP
                                                             : 0); // as in the secure world
        write_pmcntenclr_el0(PMU_ALL);
        write_pmintenclr_el1(PMU_ALL);
        write_pmuserenr_el0(0);
    }
    if ((core->features & CORE_HAS_AMU) != 0) {
        write_amuserenr_el0(0);
    }
}

// FP, SVE and SME are open to both worlds at their full length, always: who uses them saves them (the SPMC, lazily).
static void init_vectors_unit(void)
{
    write_cptr_el3((core_has_sve() ? CPTR_EL3_EZ : 0) | (core_has_sme() ? CPTR_EL3_ESM : 0));
    isb(); // the next accesses trap to EL3 itself until this has taken effect
    if (core_has_sve()) {
        write_zcr_el3(ZCR_LEN_MAX);
        write_zcr_el1(ZCR_LEN_MAX); // the secure world's; the normal world starts with 0
    }
    if (core_has_sme()) {
        write_smcr_el3(ZCR_LEN_MAX |
                       ((read_id_aa64smfr0_el1() & ID_AA64SMFR0_FA64) != 0 ? SMCR_FA64 : 0));
        write_smcr_el1(ZCR_LEN_MAX);
    }
}

// Memory partitioning (MPAM) is the normal world's: its registers trap to EL3 until TRAPLOWER is cleared, which resets to
// 1 on some cores, and an operating system writes them before it has vectors.
static void init_mpam(void)
{
    if (core_has(PFR0, ID_AA64PFR0_MPAM_SHIFT, 1) ||
        core_has(PFR1, ID_AA64PFR1_MPAM_FRAC_SHIFT, 1)) {
        write_mpam3_el3(MPAM3_MPAMEN);
    }
}

static uint64_t find_features(void)
{
    uint64_t features = core_has_pac() ? CORE_HAS_PAC : 0;

    features |= core_has_pmu() && pmu_version() < PMUVER_3P5 ? CORE_HAS_PMCR : 0;
    features |= core_has_sve() ? CORE_HAS_SVE : 0;
    features |= core_has_sme() ? CORE_HAS_SME : 0;
    features |= core_has(PFR0, ID_AA64PFR0_AMU_SHIFT, 1) ? CORE_HAS_AMU : 0;
    return features;
}

void context_init_core(struct core *core)
{
    uint64_t hcrx;

    core->features = find_features();
    core->normal.regs.scr_el3 = scr_normal(&hcrx);
    core->normal.regs.mdcr_el3 = mdcr_normal();
    core->spmc.scr_el3 = scr_secure();
    core->spmc.mdcr_el3 = mdcr_secure();
    write_mdcr_el3(mdcr_secure());
    init_vectors_unit();
    init_mpam();
    if (core_has_el2()) {
        init_el2(hcrx);
    }
    init_counters_and_debug(core);
    // Who only slept has its timers on: the board's idle states keep them, and one may be what woke it
    if (core->psci.operation == PSCI_NO_OPERATION) {
        init_timers();
    }
    if (board.timer_hz != 0) {
        write_cntfrq_el0(board.timer_hz);
    }
    isb();
}

// A world's EL1 as it is after a reset: MMU and caches off; the rest 0 rather than unknown.
static void reset_world(struct world_regs *regs, uint64_t entry, uint64_t spsr)
{
    *regs = (struct world_regs){
        .elr_el3 = entry,
        .spsr_el3 = spsr | SPSR_DAIF,
        .scr_el3 = regs->scr_el3,
        .mdcr_el3 = regs->mdcr_el3,
        .sctlr_el1 = SCTLR_EL1_RES1,
    };
}

static void init_secure(struct core *core, uint64_t entry, uint64_t x0)
{
    reset_world(&core->spmc, entry, SPSR_EL1H);
    core->spmc.vbar_el1 = (uintptr_t)spmc_early_vectors; // until it sets its own
    memset(core->spmc_key_ia, 0, sizeof(core->spmc_key_ia));
    memset(core->ask, 0, sizeof(core->ask));
    core->ask[0] = x0;
    core->ask[4] = core->index;
}

void context_init_spmc(struct core *core, uint64_t entry, uint64_t handoff)
{
    init_secure(core, entry, handoff);
}

void context_init_secondary(struct core *core, uint64_t entry)
{
    init_secure(core, entry, 0);
}

void context_snapshot_spmc(struct core *core)
{
    struct world_regs *regs = &core->spmc;

    regs->elr_el3 = read_elr_el3();
    regs->spsr_el3 = (read_spsr_el3() & ~SPSR_NZCV) | SPSR_DAIF;
    regs->sctlr_el1 = read_sctlr_el1();
    regs->tcr_el1 = read_tcr_el1();
    regs->ttbr0_el1 = read_ttbr0_el1();
    regs->ttbr1_el1 = read_ttbr1_el1();
    regs->mair_el1 = read_mair_el1();
    regs->amair_el1 = read_amair_el1();
    regs->vbar_el1 = read_vbar_el1();
    regs->cpacr_el1 = read_cpacr_el1();
    regs->contextidr_el1 = read_contextidr_el1();
    regs->tpidr_el1 = read_tpidr_el1();
    regs->tpidr_el0 = read_tpidr_el0();
    regs->tpidrro_el0 = read_tpidrro_el0();
    regs->sp_el0 = read_sp_el0();
    regs->sp_el1 = read_sp_el1();
    regs->cntkctl_el1 = read_cntkctl_el1();
    if ((core->features & CORE_HAS_PAC) != 0) {
        core->spmc_key_ia[0] = read_apiakeylo_el1();
        core->spmc_key_ia[1] = read_apiakeyhi_el1();
    }
}

void context_init_normal(struct core *core, uint64_t entry, uint64_t x0)
{
    reset_world(&core->normal.regs, entry, core_has_el2() ? SPSR_EL2H : SPSR_EL1H);
    core->normal.frame = (struct smc_frame){ .x = { [0] = x0 } };
    memset(core->normal.x18_x28, 0, sizeof(core->normal.x18_x28));
    memset(&core->normal.keys, 0, sizeof(core->normal.keys));
    memset(&core->normal.only, 0, sizeof(core->normal.only));
}
