// SPDX-License-Identifier: BSD-3-Clause
//
// Registers and fields that only EL3 deals with, in addition to platform/arch/regs.h, and made in its way.
#ifndef BL31_REGS_H
#define BL31_REGS_H

#include "regs.h"

// ID_AA64DFR0_EL1.PMUVer: 0 none, 1 PMUv3, 6 PMUv3p5, 7 PMUv3p7, 9 PMUv3p9, 15 something else
#define ID_AA64DFR0_PMUVER_SHIFT 8
#define PMUVER_3 1
#define PMUVER_3P5 6
#define PMUVER_3P7 7
#define PMUVER_3P9 9
#define PMUVER_OTHER 15
#define PMCR_DP BIT(5)         // PMCCNTR_EL0 does not count where counting is prohibited
#define PMU_ALL UL(0xffffffff) // every counter, PMCCNTR_EL0 too
#define PMCR_N(pmcr) (((pmcr) >> 11) & 0x1f)

#define HCR_E2H BIT(34)
#define HCR_TGE BIT(27)

#define ZCR_LEN_MAX UL(0xf) // also SMCR: the largest vector length that the core has
#define SMCR_FA64 BIT(31)   // all instructions in streaming mode
#define ID_AA64SMFR0_FA64 BIT(63)

// CPTR_EL2 without VHE: RES1, and two fields that are RES1 where the core lacks the feature and traps where it has it
#define CPTR_EL2_RES1 UL(0x22ff)
#define CPTR_EL2_TZ BIT(8)
#define CPTR_EL2_TSM BIT(12)
#define SCTLR_EL2_RES1 SCTLR_EL3_RES1 // the same bits

// HCRX_EL2: 1 is not trapped, not undefined at EL1; the same of HFGRTR_EL2 and HFGWTR_EL2
#define HCRX_MSCEN BIT(11)
#define HCRX_TCR2EN BIT(14)
#define HCRX_SCTLR2EN BIT(15)
#define HCRX_GCSEN BIT(22)
#define HCRX_ENFPM BIT(23)
#define HFG_NSMPRI BIT(54)
#define HFG_NTPIDR2 BIT(55)

// Fields of identification registers that only EL3 asks for
#define ID_AA64PFR1_GCS_SHIFT 44
#define ID_AA64PFR2_FPMR_SHIFT 32
#define ID_AA64MMFR3_TCRX_SHIFT 0
#define ID_AA64MMFR3_SCTLRX_SHIFT 4
#define ID_AA64MMFR3_S1PIE_SHIFT 8
#define ID_AA64MMFR3_S1POE_SHIFT 16
#define ID_AA64ISAR2_MOPS_SHIFT 16

// Activity monitors
#define AMUSERENR_EL0_ENC S3_3_C13_C2_3

// SPSR_ELx
#define SPSR_NZCV (UL(0xf) << 28)
#define SPSR_TCO BIT(25)
#define SPSR_DIT BIT(24)
#define SPSR_UAO BIT(23)
#define SPSR_AARCH32 BIT(4)
#define SPSR_MODE32 UL(0xf) // of AArch32
#define SPSR_MODE32_USER UL(0)
#define SPSR_EL(spsr) (((spsr) >> 2) & 3)
#define SPSR_SPX BIT(0)

// ESR_ELx.EC of trapped AArch32 instructions
#define EC_CP15_32 0x03
#define EC_CP15_64 0x04
#define EC_CP14_32 0x05
#define EC_CP14_MEM 0x06
#define EC_CP10 0x08
#define EC_CP14_64 0x0c
#define EC_SMC32 0x13 // of a 32-bit guest of a hypervisor: the only AArch32 that can make one

// … and of AArch64 instructions of extensions that the worlds do not get (SCR_EL3.EnAS0, D128En, TME are 0)
#define EC_LS64 0x0a
#define EC_SYSREG128 0x14
#define EC_TSTART 0x1b

#define ESR_IL BIT(25)

// Memory partitioning (MPAM)
#define ID_AA64PFR0_MPAM_SHIFT 40
#define ID_AA64PFR1_MPAM_FRAC_SHIFT 16
#define MPAM3_MPAMEN \
    BIT(63) // partition ids are used; TRAPLOWER (bit 62) clear: lower levels set their own

// Vector offsets of the level that takes an exception (DDI0487 D1.3.1)
#define VECTOR_SAME_SP0 0x000
#define VECTOR_SAME_SPX 0x200
#define VECTOR_LOWER_64 0x400
#define VECTOR_LOWER_32 0x600

#ifndef __ASSEMBLER__

// clang-format off
REGS(vbar_el2)
REGS(elr_el2)
REGS(spsr_el2)
REGS(esr_el2)
REGS(hstr_el2)
REGS(mdscr_el1)
REGS_WRITE(pmcntenclr_el0, pmcntenclr_el0)
REGS_WRITE(pmintenclr_el1, pmintenclr_el1)
REGS_WRITE(pmuserenr_el0, pmuserenr_el0)
REGS_WRITE(amuserenr_el0, AMUSERENR_EL0_ENC)
REGS_WRITE(cnthp_ctl_el2, cnthp_ctl_el2)
REGS_WRITE(cnthv_ctl_el2, S3_4_C14_C3_1)
REGS_READ(id_aa64pfr2_el1, S3_0_C0_C4_2)
REGS_READ(id_aa64mmfr3_el1, S3_0_C0_C7_3)
REGS_WRITE(mpam3_el3, S3_6_C10_C5_0)
REGS_BOTH(hcrx_el2, S3_4_C1_C2_2)
REGS_BOTH(hfgrtr_el2, S3_4_C1_C1_4)
REGS_BOTH(hfgwtr_el2, S3_4_C1_C1_5)
REGS_BOTH(hfgitr_el2, S3_4_C1_C1_6)
REGS_BOTH(hdfgrtr_el2, S3_4_C3_C1_4)
REGS_BOTH(hdfgwtr_el2, S3_4_C3_C1_5)
// clang-format on

#endif
#endif
