// SPDX-License-Identifier: BSD-3-Clause
//
// Synchronous exceptions from lower levels that are no SMC #0. What EL3 traps (registers of features that a world does not
// have, MDCR_EL3 and SCR_EL3 in context.c) is given back to where it came from as an Undefined Instruction exception: a
// partition or an application that tries must not stop the machine. Called from bl31_vectors.S; trusts nothing.
#include <stdbool.h>

#include "bl31/bl31_private.h"
#include "bl31/bl31_regs.h"
#include "bl31/smc.h"
#include "log.h"
#include "smccc.h"

#define TRAPS_LOGGED 8 // for each core; then silence, or whoever traps on purpose owns the console

// Whether an exception class is that of an instruction which EL3's own controls trap (DDI0487 table D1-6).
static bool is_trapped_instruction(uint64_t ec)
{
    switch (ec) {
    case EC_UNKNOWN:
    case EC_CP15_32:
    case EC_CP15_64:
    case EC_CP14_32:
    case EC_CP14_MEM:
    case EC_FP_TRAP:
    case EC_CP10:
    case EC_PAC_TRAP:
    case EC_LS64:
    case EC_CP14_64:
    case EC_SYSREG128:
    case EC_SYSREG:
    case EC_SVE_TRAP:
    case EC_TSTART:
    case EC_SME_TRAP:
        return true;
    default:
        return false;
    }
}

// PSTATE at the handler of level `el` (1 or 2), for an exception taken from `spsr` (DDI0487 D1.3.6): interrupts masked,
// condition flags and DIT kept, PAN kept or set as SCTLR_ELx.SPAN says; BTYPE, IL, SS, UAO and SSBS clear.
static uint64_t handler_pstate(uint64_t spsr, uint64_t el, uint64_t sctlr)
{
    uint64_t pstate = (spsr & (SPSR_NZCV | SPSR_DIT | SPSR_PAN)) | SPSR_DAIF;

    if (ID_FIELD(read_id_aa64mmfr1_el1(), ID_AA64MMFR1_PAN_SHIFT) != 0 &&
        (sctlr & SCTLR_SPAN) == 0) {
        pstate |= SPSR_PAN;
    }
    if (ID_FIELD(read_id_aa64pfr1_el1(), ID_AA64PFR1_MTE_SHIFT) >= 2) {
        pstate |= SPSR_TCO;
    }
    if ((sctlr & SCTLR_DSSBS) != 0) {
        pstate |= SPSR_SSBS;
    }
    return pstate | (el == 2 ? SPSR_EL2H : SPSR_EL1H);
}

static uint64_t handler_offset(uint64_t spsr, uint64_t el)
{
    if ((spsr & SPSR_AARCH32) != 0) {
        return VECTOR_LOWER_32;
    }
    if (SPSR_EL(spsr) < el) {
        return VECTOR_LOWER_64;
    }
    return (spsr & SPSR_SPX) != 0 ? VECTOR_SAME_SPX : VECTOR_SAME_SP0;
}

// The level that `spsr` is of. AArch32's modes but User are those of a 32-bit guest: EL1, since EL2 is AArch64 (SCR_EL3.RW).
static uint64_t level_of(uint64_t spsr)
{
    if ((spsr & SPSR_AARCH32) != 0) {
        return (spsr & SPSR_MODE32) == SPSR_MODE32_USER ? 0 : 1;
    }
    return SPSR_EL(spsr);
}

// Makes the return to the lower level enter its handler, as if the instruction at ELR_EL3 were undefined.
static void inject_undefined(uint64_t spsr)
{
    uint64_t elr = read_elr_el3();
    bool normal = (read_scr_el3() & SCR_NS) != 0;
    uint64_t level = level_of(spsr);
    bool host = normal && level == 0 && (read_hcr_el2() & HCR_TGE) != 0;
    // A 32-bit guest has no AArch64 vectors: its hypervisor's
    bool guest32 = level == 1 && (spsr & SPSR_AARCH32) != 0;

    if (level == 2 || host || guest32) {
        write_esr_el2(ESR_IL); // class 0: unknown reason
        write_elr_el2(elr);
        write_spsr_el2(spsr);
        write_elr_el3(read_vbar_el2() + handler_offset(spsr, 2));
        write_spsr_el3(handler_pstate(spsr, 2, read_sctlr_el2()));
    } else {
        write_esr_el1(ESR_IL);
        write_elr_el1(elr);
        write_spsr_el1(spsr);
        write_elr_el3(read_vbar_el1() + handler_offset(spsr, 1));
        write_spsr_el3(handler_pstate(spsr, 1, read_sctlr_el1()));
    }
}

bool trap_lower(struct smc_frame *frame)
{
    struct core *core = (struct core *)read_tpidr_el3();
    uint64_t esr = read_esr_el3();
    uint64_t spsr = read_spsr_el3();

    // An immediate that is not 0 (DEN0028 2.8: reserved), or a 32-bit guest: nobody serves AArch32
    if (ESR_EC(esr) == EC_SMC64 || ESR_EC(esr) == EC_SMC32) {
        frame->x[0] = SMC_RESULT_UNKNOWN;
        return true;
    }
    if (!is_trapped_instruction(ESR_EC(esr))) {
        return false;
    }
    if (core->trap_count++ < TRAPS_LOGGED) {
        log_warn("core %u: %s EL%u at %llx: trapped instruction, ESR %llx: made undefined",
                 core->index, (read_scr_el3() & SCR_NS) != 0 ? "normal world" : "secure world",
                 (unsigned int)SPSR_EL(spsr), (unsigned long long)read_elr_el3(),
                 (unsigned long long)esr);
    }
    inject_undefined(spsr);
    return true;
}
