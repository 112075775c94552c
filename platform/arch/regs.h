// SPDX-License-Identifier: BSD-3-Clause
//
// System register fields (names and meaning: DDI0487 chapter D19) and access functions read_<reg>()
// / write_<reg>(). The constants serve assembly and linker scripts too. Registers that the base
// architecture of the build does not name have their encoding beside them. Nothing here checks
// whether a core has the register: that is up to the caller.
#ifndef REGS_H
#define REGS_H

#include "bits.h"

// SCTLR_ELx
#define SCTLR_M BIT(0)     // MMU
#define SCTLR_A BIT(1)     // alignment check
#define SCTLR_C BIT(2)     // data cacheable
#define SCTLR_SA BIT(3)    // SP alignment check
#define SCTLR_SA0 BIT(4)   // the same at EL0
#define SCTLR_I BIT(12)    // instructions cacheable
#define SCTLR_DZE BIT(14)  // DC ZVA at EL0 (EL1 only)
#define SCTLR_UCT BIT(15)  // CTR_EL0 at EL0 (EL1 only)
#define SCTLR_NTWI BIT(16) // WFI at EL0 not trapped (EL1 only)
#define SCTLR_NTWE BIT(18) // WFE at EL0 not trapped (EL1 only)
#define SCTLR_WXN BIT(19)  // writable means not executable
#define SCTLR_IESB BIT(21) // error synchronisation at exceptions (RAS)
#define SCTLR_SPAN BIT(23) // PSTATE.PAN unchanged on exceptions to EL1; RES1 without PAN
#define SCTLR_EE BIT(25)   // big-endian data
#define SCTLR_UCI BIT(26)  // cache maintenance at EL0 (EL1 only)
#define SCTLR_ENDB BIT(13) // pointer authentication, key DB
#define SCTLR_ENDA BIT(27)
#define SCTLR_ENIB BIT(30)
#define SCTLR_ENIA BIT(31)
#define SCTLR_BT0 BIT(35)             // EL1: PACIxSP is no landing pad for BLR at EL0
#define SCTLR_BT BIT(36)              // EL3: the same at EL3; SCTLR_EL1.BT1: at EL1
#define SCTLR_DSSBS BIT(44)           // PSTATE.SSBS set on exceptions
#define SCTLR_EL3_RES1 UL(0x30c50830) // bits 29,28,23,22,18,16,11,5,4
// Bits 29, 28, 23, 22, 20, 11: RES1 in Armv8.0; later LSMAOE, nTLSMD, SPAN, EIS, TSCXT, EOS
#define SCTLR_EL1_RES1 UL(0x30d00800)

// SCR_EL3
#define SCR_NS BIT(0)  // EL2/EL1/EL0 are Non-secure
#define SCR_IRQ BIT(1) // physical IRQs go to EL3
#define SCR_FIQ BIT(2) // physical FIQs go to EL3
#define SCR_EA BIT(3)  // external aborts and SErrors go to EL3
#define SCR_RES1 UL(0x30)
#define SCR_SMD BIT(7)  // SMC disabled
#define SCR_HCE BIT(8)  // HVC enabled
#define SCR_SIF BIT(9)  // Secure state does not fetch from Non-secure memory
#define SCR_RW BIT(10)  // the next lower level is AArch64
#define SCR_ST BIT(11)  // Secure EL1 may use the secure timer
#define SCR_TWI BIT(12) // WFI of lower levels traps
#define SCR_TWE BIT(13) // WFE of lower levels traps
#define SCR_TERR BIT(15)
#define SCR_APK BIT(16)  // lower levels may use pointer authentication keys
#define SCR_API BIT(17)  // and instructions
#define SCR_EEL2 BIT(18) // Secure EL2 enabled
#define SCR_EASE BIT(19)
#define SCR_NMEA BIT(20)
#define SCR_FIEN BIT(21)
#define SCR_ENSCXT BIT(25) // SCXTNUM_ELx accesses not trapped
#define SCR_ATA BIT(26)    // allocation tags (MTE)
#define SCR_FGTEN BIT(27)  // fine-grained trap registers
#define SCR_ECVEN BIT(28)  // CNTPOFF_EL2
#define SCR_TWEDEN BIT(29)
#define SCR_AMVOFFEN BIT(35)
#define SCR_ENAS0 BIT(36)
#define SCR_ADEN BIT(37)
#define SCR_HXEN BIT(38)  // HCRX_EL2
#define SCR_GCSEN BIT(39) // guarded control stacks
#define SCR_TRNDR BIT(40) // RNDR traps to EL3
#define SCR_ENTP2 BIT(41) // TPIDR2_EL0 (SME)
#define SCR_TCR2EN BIT(43)
#define SCR_SCTLR2EN BIT(44)
#define SCR_PIEN BIT(45)   // permission indirection and overlay registers
#define SCR_ENFPM BIT(50)  // FPMR
#define SCR_FGTEN2 BIT(59) // fine-grained trap registers of FEAT_FGT2

// CPTR_EL3
#define CPTR_EL3_EZ BIT(8)   // SVE not trapped
#define CPTR_EL3_TFP BIT(10) // FP/SIMD trapped
#define CPTR_EL3_ESM BIT(12) // SME not trapped
#define CPTR_EL3_TTA BIT(20) // trace registers trapped
#define CPTR_EL3_TAM BIT(30) // activity monitors trapped
#define CPTR_EL3_TCPAC BIT(31)

// MDCR_EL3
#define MDCR_TPM BIT(6)    // performance monitors trapped
#define MDCR_ENPM2 BIT(7)  // those that came with PMUv3p9 not trapped
#define MDCR_TDA BIT(9)    // debug registers trapped
#define MDCR_TDOSA BIT(10) // OS debug registers trapped
#define MDCR_SPD32(x) (UL(x) << 14)
#define MDCR_SPD32_OFF MDCR_SPD32(2) // no AArch32 secure self-hosted debug
#define MDCR_SDD BIT(16)             // no AArch64 secure self-hosted debug
#define MDCR_SPME BIT(17)            // PMU counts in Secure state
#define MDCR_TTRF BIT(19)
#define MDCR_SCCD BIT(23) // PMCCNTR does not count in Secure state
#define MDCR_MCCD BIT(34) // PMCCNTR does not count at EL3
#define MDCR_NSPB(x) (UL(x) << 12)
#define MDCR_NSTB(x) (UL(x) << 24)

// CPACR_EL1
#define CPACR_ZEN(x) (UL(x) << 16)  // 3: SVE not trapped
#define CPACR_FPEN(x) (UL(x) << 20) // FP/SIMD: 3 not trapped; 1 trapped from EL0; 0 from both
#define CPACR_SMEN(x) (UL(x) << 24)

// HCR_EL2
#define HCR_SWIO BIT(1)
#define HCR_RW BIT(31) // EL1 is AArch64
#define HCR_APK BIT(40)
#define HCR_API BIT(41)
#define HCR_ATA BIT(56)

// CNTHCTL_EL2 without VHE
#define CNTHCTL_EL1PCTEN BIT(0) // physical counter readable at EL1/EL0
#define CNTHCTL_EL1PCEN BIT(1)  // physical timer usable at EL1/EL0

// MAIR: the three memory types of all our tables; the indices are tables.h TABLES_DEVICE …
#define MAIR_DEVICE_NGNRNE UL(0x00)
#define MAIR_NORMAL_WB UL(0xff) // inner and outer write-back, read and write allocate
#define MAIR_NORMAL_NC UL(0x44)
#define MAIR_VALUE (MAIR_DEVICE_NGNRNE | (MAIR_NORMAL_WB << 8) | (MAIR_NORMAL_NC << 16))

// TCR_ELx: 39-bit VA (walks start at level 1), 4 KiB granule, 40-bit PA, write-back inner shareable
// walks
#define VA_BITS 39
#define TCR_T0SZ(bits) (UL(64) - (bits))
#define TCR_IRGN0_WB (UL(1) << 8)
#define TCR_ORGN0_WB (UL(1) << 10)
#define TCR_SH0_INNER (UL(3) << 12)
#define TCR_TG0_4K (UL(0) << 14)
#define TCR_T1SZ(bits) ((UL(64) - (bits)) << 16)
#define TCR_A1 BIT(22)   // ASID from TTBR1_EL1
#define TCR_EPD0 BIT(7)  // no walks for TTBR0
#define TCR_EPD1 BIT(23) // no walks for TTBR1
#define TCR_IRGN1_WB (UL(1) << 24)
#define TCR_ORGN1_WB (UL(1) << 26)
#define TCR_SH1_INNER (UL(3) << 28)
#define TCR_TG1_4K (UL(2) << 30)
#define TCR_EL1_IPS_40 (UL(2) << 32)
#define TCR_EL1_AS16 BIT(36) // 16-bit ASIDs, where the core has them
#define TCR_EL1_HPD0 BIT(41)
#define TCR_EL1_HPD1 BIT(42)
#define TCR_EL3_RES1 (BIT(31) | BIT(23))
#define TCR_EL3_PS_40 (UL(2) << 16)
#define TCR_LOWER (TCR_T0SZ(VA_BITS) | TCR_IRGN0_WB | TCR_ORGN0_WB | TCR_SH0_INNER | TCR_TG0_4K)
#define TCR_UPPER (TCR_T1SZ(VA_BITS) | TCR_IRGN1_WB | TCR_ORGN1_WB | TCR_SH1_INNER | TCR_TG1_4K)
#define TCR_EL3_VALUE (TCR_EL3_RES1 | TCR_EL3_PS_40 | TCR_LOWER)
#define TCR_EL1_LOWER_ONLY (TCR_EL1_IPS_40 | TCR_LOWER | TCR_EPD1) // one map from 0: BL2
#define TCR_EL1_BOTH (TCR_EL1_IPS_40 | TCR_LOWER | TCR_UPPER)      // partition below, SPMC above

// SPSR_ELx / PSTATE
#define SPSR_EL0T UL(0x0)
#define SPSR_EL1H UL(0x5)
#define SPSR_EL2H UL(0x9)
#define SPSR_EL3H UL(0xd)
#define SPSR_MODE_MASK UL(0xf)
#define SPSR_F BIT(6)
#define SPSR_I BIT(7)
#define SPSR_A BIT(8)
#define SPSR_D BIT(9)
#define SPSR_DAIF (SPSR_D | SPSR_A | SPSR_I | SPSR_F)
#define SPSR_BTYPE(x) (UL(x) << 10)
#define SPSR_SSBS BIT(12)
#define SPSR_IL BIT(20)
#define SPSR_PAN BIT(22)
#define DAIF_ALL 0xf // immediate of msr daifset / daifclr
#define DAIF_ABORT 0x4

// ESR_ELx
#define ESR_EC_SHIFT 26
#define ESR_EC_MASK 0x3f
#define ESR_EC(esr) (((esr) >> ESR_EC_SHIFT) & ESR_EC_MASK)
#define ESR_ISS_MASK UL(0x1ffffff)
#define EC_UNKNOWN 0x00
#define EC_WFX 0x01
#define EC_FP_TRAP 0x07
#define EC_PAC_TRAP 0x09
#define EC_BTI 0x0d
#define EC_ILLEGAL_STATE 0x0e
#define EC_SVC64 0x15
#define EC_HVC64 0x16
#define EC_SMC64 0x17
#define EC_SYSREG 0x18
#define EC_SVE_TRAP 0x19
#define EC_PAC_FAIL 0x1c
#define EC_SME_TRAP 0x1d
#define EC_IABORT_LOWER 0x20
#define EC_IABORT_SAME 0x21
#define EC_PC_ALIGN 0x22
#define EC_DABORT_LOWER 0x24
#define EC_DABORT_SAME 0x25
#define EC_SP_ALIGN 0x26
#define EC_SERROR 0x2f
#define EC_BRK64 0x3c
#define ESR_DABORT_WNR BIT(6)
#define ESR_FSC_MASK 0x3f
#define ESR_FSC_EXTERNAL 0x10 // synchronous external abort, not on a walk

// MPIDR_EL1: affinity fields alone, as struct board names cores
#define MPIDR_AFFINITY UL(0xff00ffffff)

// Identification registers: fields that boot code asks for
#define ID_FIELD(value, shift) (((value) >> (shift)) & 0xf)
#define MIDR_PART_SHIFT 4
#define MIDR_IMPLEMENTER_SHIFT 24
#define ID_AA64PFR0_EL2_SHIFT 8
#define ID_AA64PFR0_FP_SHIFT 16
#define ID_AA64PFR0_GIC_SHIFT 24
#define ID_AA64PFR0_RAS_SHIFT 28
#define ID_AA64PFR0_SVE_SHIFT 32
#define ID_AA64PFR0_SEL2_SHIFT 36
#define ID_AA64PFR0_AMU_SHIFT 44
#define ID_AA64PFR0_DIT_SHIFT 48
#define ID_AA64PFR0_CSV2_SHIFT 56
#define ID_AA64PFR1_BT_SHIFT 0
#define ID_AA64PFR1_SSBS_SHIFT 4
#define ID_AA64PFR1_MTE_SHIFT 8
#define ID_AA64PFR1_SME_SHIFT 24
#define ID_AA64ISAR0_AES_SHIFT 4
#define ID_AA64ISAR0_SHA2_SHIFT 12
#define ID_AA64ISAR0_RNDR_SHIFT 60
#define ID_AA64ISAR1_APA_SHIFT 4
#define ID_AA64ISAR1_API_SHIFT 8
#define ID_AA64ISAR1_GPA_SHIFT 24
#define ID_AA64ISAR1_GPI_SHIFT 28
#define ID_AA64ISAR2_APA3_SHIFT 12
#define ID_AA64ISAR2_GPA3_SHIFT 8
#define ID_AA64MMFR0_PARANGE_SHIFT 0
#define ID_AA64MMFR0_ASID_SHIFT 4
#define ID_AA64MMFR0_ECV_SHIFT 60
#define ID_AA64MMFR0_FGT_SHIFT 56
#define ID_AA64MMFR1_PAN_SHIFT 20
#define ID_AA64MMFR1_ECBHB_SHIFT 60
#define ID_AA64MMFR1_VH_SHIFT 8
#define ID_AA64MMFR1_HCX_SHIFT 40
#define ID_AA64MMFR1_TWED_SHIFT 32
#define ID_AA64DFR0_TRACEFILT_SHIFT 40
#define ID_AA64DFR0_PMSVER_SHIFT 32

// ISR_EL1: what is pending for this level, masked or not
#define ISR_F BIT(6)
#define ISR_I BIT(7)

// ICC_SRE_ELx
#define ICC_SRE_SRE BIT(0)
#define ICC_SRE_DFB BIT(1)
#define ICC_SRE_DIB BIT(2)
#define ICC_SRE_ENABLE BIT(3)

// Encodings for assembly (msr/mrs), and below for C
#define ICC_SRE_EL3_ENC S3_6_C12_C12_5
#define ICC_PMR_EL1_ENC S3_0_C4_C6_0
#define ICC_IGRPEN0_EL1_ENC S3_0_C12_C12_6
#define ICC_IAR0_EL1_ENC S3_0_C12_C8_0
#define ICC_EOIR0_EL1_ENC S3_0_C12_C8_1
#define APIAKEYLO_EL1_ENC S3_0_C2_C1_0
#define APIAKEYHI_EL1_ENC S3_0_C2_C1_1
#define APIBKEYLO_EL1_ENC S3_0_C2_C1_2
#define APIBKEYHI_EL1_ENC S3_0_C2_C1_3
#define APDAKEYLO_EL1_ENC S3_0_C2_C2_0
#define APDAKEYHI_EL1_ENC S3_0_C2_C2_1
#define APDBKEYLO_EL1_ENC S3_0_C2_C2_2
#define APDBKEYHI_EL1_ENC S3_0_C2_C2_3
#define APGAKEYLO_EL1_ENC S3_0_C2_C3_0
#define APGAKEYHI_EL1_ENC S3_0_C2_C3_1
#define ZCR_EL3_ENC S3_6_C1_C2_0
#define ZCR_EL2_ENC S3_4_C1_C2_0
#define ZCR_EL1_ENC S3_0_C1_C2_0
#define SMCR_EL3_ENC S3_6_C1_C2_6
#define SMCR_EL1_ENC S3_0_C1_C2_6
#define RNDR_ENC S3_3_C2_C4_0
#define RNDRRS_ENC S3_3_C2_C4_1

#ifndef __ASSEMBLER__

#include <stdint.h>

#define REGS_STRING(x) #x
#define REGS_XSTRING(x) REGS_STRING(x)

// One read and one write function for register `name`, which assembly calls `encoding`. A write
// takes effect for following instructions after isb(). "memory": accesses are not moved across,
// because some registers change them.
#define REGS_READ(name, encoding)                                                       \
    static inline uint64_t read_##name(void)                                            \
    {                                                                                   \
        uint64_t value;                                                                 \
        __asm__ volatile("mrs %0, " REGS_XSTRING(encoding) : "=r"(value) : : "memory"); \
        return value;                                                                   \
    }
#define REGS_WRITE(name, encoding)                                                        \
    static inline void write_##name(uint64_t value)                                       \
    {                                                                                     \
        __asm__ volatile("msr " REGS_XSTRING(encoding) ", %0" : : "r"(value) : "memory"); \
    }
#define REGS_BOTH(name, encoding) REGS_READ(name, encoding) REGS_WRITE(name, encoding)
#define REGS(name) REGS_BOTH(name, name)

// A random number of the core (FEAT_RNG, ID_AA64ISAR0.RNDR ≥ 1). False: none ready just now, try
// again (bounded). The read itself sets the flags, hence one asm statement.
static inline _Bool read_rndr(uint64_t *value)
{
    uint64_t ok;

    __asm__ volatile("mrs %0, " REGS_XSTRING(RNDR_ENC) "\n\tcset %1, ne"
                     : "=r"(*value), "=r"(ok)
                     :
                     : "cc", "memory");
    return ok != 0;
}

// The same from a generator that is reseeded from the entropy source for this very read.
static inline _Bool read_rndrrs(uint64_t *value)
{
    uint64_t ok;

    __asm__ volatile("mrs %0, " REGS_XSTRING(RNDRRS_ENC) "\n\tcset %1, ne"
                     : "=r"(*value), "=r"(ok)
                     :
                     : "cc", "memory");
    return ok != 0;
}

// clang-format off
REGS(sctlr_el1) REGS(sctlr_el2) REGS(sctlr_el3) REGS(actlr_el1) REGS(cpacr_el1)
REGS(scr_el3) REGS(cptr_el3) REGS(cptr_el2) REGS(mdcr_el3) REGS(mdcr_el2) REGS(hcr_el2)
REGS(vbar_el1) REGS(vbar_el3) REGS(ttbr0_el1) REGS(ttbr1_el1) REGS(ttbr0_el3)
REGS(tcr_el1) REGS(tcr_el3) REGS(mair_el1) REGS(mair_el3) REGS(amair_el1) REGS(contextidr_el1)
REGS(tpidr_el0) REGS(tpidrro_el0) REGS(tpidr_el1) REGS(tpidr_el3) REGS(sp_el0) REGS(sp_el1)
REGS(elr_el1) REGS(elr_el3) REGS(spsr_el1) REGS(spsr_el3) REGS(esr_el1) REGS(esr_el3)
REGS(far_el1) REGS(far_el3) REGS(afsr0_el1) REGS(afsr1_el1) REGS(par_el1) REGS(csselr_el1)
REGS(vttbr_el2) REGS(vpidr_el2) REGS(vmpidr_el2)
REGS(cntfrq_el0) REGS(cntkctl_el1) REGS(cnthctl_el2) REGS(cntvoff_el2)
REGS(cntp_ctl_el0) REGS(cntps_ctl_el1) REGS(cntps_cval_el1) REGS(cntv_ctl_el0) REGS(pmcr_el0)
REGS(daif) REGS(nzcv) REGS(fpcr) REGS(fpsr)
REGS_READ(currentel, CurrentEL) REGS_READ(isr_el1, isr_el1)
REGS_READ(mpidr_el1, mpidr_el1) REGS_READ(midr_el1, midr_el1)
REGS_READ(ctr_el0, ctr_el0) REGS_READ(dczid_el0, dczid_el0) REGS_READ(cntpct_el0, cntpct_el0)
REGS_READ(id_aa64pfr0_el1, id_aa64pfr0_el1) REGS_READ(id_aa64pfr1_el1, id_aa64pfr1_el1)
REGS_READ(id_aa64isar0_el1, id_aa64isar0_el1) REGS_READ(id_aa64isar1_el1, id_aa64isar1_el1)
REGS_READ(id_aa64isar2_el1, S3_0_C0_C6_2)
REGS_READ(id_aa64mmfr0_el1, id_aa64mmfr0_el1) REGS_READ(id_aa64mmfr1_el1, id_aa64mmfr1_el1)
REGS_READ(id_aa64dfr0_el1, id_aa64dfr0_el1) REGS_READ(id_aa64smfr0_el1, S3_0_C0_C4_5)

REGS_BOTH(icc_sre_el1, S3_0_C12_C12_5) REGS_BOTH(icc_sre_el2, S3_4_C12_C9_5)
REGS_BOTH(icc_sre_el3, ICC_SRE_EL3_ENC) REGS_BOTH(icc_ctlr_el1, S3_0_C12_C12_4)
REGS_BOTH(icc_ctlr_el3, S3_6_C12_C12_4) REGS_BOTH(icc_pmr_el1, ICC_PMR_EL1_ENC)
REGS_BOTH(icc_igrpen0_el1, ICC_IGRPEN0_EL1_ENC) REGS_BOTH(icc_igrpen1_el1, S3_0_C12_C12_7)
REGS_BOTH(icc_igrpen1_el3, S3_6_C12_C12_7)
REGS_WRITE(icc_ap1r0_el1, S3_0_C12_C9_0) REGS_WRITE(icc_ap1r1_el1, S3_0_C12_C9_1)
REGS_WRITE(icc_ap1r2_el1, S3_0_C12_C9_2) REGS_WRITE(icc_ap1r3_el1, S3_0_C12_C9_3)
REGS_READ(icc_iar0_el1, ICC_IAR0_EL1_ENC) REGS_READ(icc_hppir0_el1, S3_0_C12_C8_2)
REGS_READ(icc_hppir1_el1, S3_0_C12_C12_2) REGS_WRITE(ich_hcr_el2, S3_4_C12_C11_0)
REGS_READ(icc_iar1_el1, S3_0_C12_C12_0) REGS_WRITE(icc_eoir1_el1, S3_0_C12_C12_1)
REGS_WRITE(icc_sgi1r_el1, S3_0_C12_C11_5) REGS_WRITE(icc_asgi1r_el1, S3_0_C12_C11_6)
REGS_WRITE(icc_eoir0_el1, ICC_EOIR0_EL1_ENC) REGS_WRITE(icc_sgi0r_el1, S3_0_C12_C11_7)
REGS_BOTH(zcr_el1, ZCR_EL1_ENC) REGS_BOTH(zcr_el2, ZCR_EL2_ENC) REGS_BOTH(zcr_el3, ZCR_EL3_ENC)
REGS_BOTH(smcr_el1, SMCR_EL1_ENC) REGS_BOTH(smcr_el3, SMCR_EL3_ENC)
REGS_BOTH(apiakeylo_el1, APIAKEYLO_EL1_ENC) REGS_BOTH(apiakeyhi_el1, APIAKEYHI_EL1_ENC)
// clang-format on

#endif // __ASSEMBLER__
#endif
