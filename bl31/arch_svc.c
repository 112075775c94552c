// SPDX-License-Identifier: BSD-3-Clause
//
// Architecture range of SMCs (DEN0028 chapter 7) for both worlds: version, feature query, the SoC's name, and what a core needs
// of firmware against speculation. Called by smc.c. EL3 has none of the mitigations behind SMCCC_ARCH_WORKAROUND_1, 2, 3, so it
// says "not needed" of a core that is known to be unaffected, and nothing of any other: bl31/README.md, Caveats.
#include "bits.h"
#include "bl31/bl31_private.h"
#include "bl31/smc.h"
#include "platform.h"
#include "regs.h"
#include "smccc.h"

#define IMPLEMENTER_ARM 0x41

// ID_AA64PFR0_EL1.CSV2, ID_AA64PFR1_EL1.SSBS, ID_AA64MMFR1_EL1.ECBHB (DDI0487 D19.2)
#define CSV2_BRANCHES 1 // branch targets of one context do not steer another's
#define CSV2_HISTORY 3  // nor does its branch history
#define SSBS_PSTATE 1   // the lower levels switch speculative store bypass themselves
#define ECBHB_HISTORY 1 // history of a lower level does not reach across an exception

// Cores without the speculation that the three vulnerabilities need: Arm's "Cache Speculation Side-channels", table of cores
static const uint16_t unaffected_parts[] = {
    0xd02, // Cortex-A34
    0xd03, // Cortex-A53
    0xd04, // Cortex-A35
    0xd05, // Cortex-A55
    0xd46, // Cortex-A510
    0xd80, // Cortex-A520
};

static bool part_unaffected(uint64_t midr)
{
    uint32_t part = midr >> MIDR_PART_SHIFT & 0xfff;

    for (unsigned int i = 0; i < ARRAY_COUNT(unaffected_parts); i++) {
        if (midr >> MIDR_IMPLEMENTER_SHIFT == IMPLEMENTER_ARM && part == unaffected_parts[i]) {
            return true;
        }
    }
    return false;
}

// Whether the calling core needs nothing of function `fid` (one of the workarounds), by what the core itself says.
static bool core_unaffected(uint32_t fid)
{
    uint64_t csv2 = ID_FIELD(read_id_aa64pfr0_el1(), ID_AA64PFR0_CSV2_SHIFT);

    if (part_unaffected(read_midr_el1())) {
        return true;
    }
    if (fid == SMCCC_ARCH_WORKAROUND_1) {
        return csv2 >= CSV2_BRANCHES;
    }
    if (fid == SMCCC_ARCH_WORKAROUND_2) {
        return ID_FIELD(read_id_aa64pfr1_el1(), ID_AA64PFR1_SSBS_SHIFT) >= SSBS_PSTATE;
    }
    return csv2 >= CSV2_HISTORY ||
           ID_FIELD(read_id_aa64mmfr1_el1(), ID_AA64MMFR1_ECBHB_SHIFT) >= ECBHB_HISTORY;
}

static bool is_workaround(uint32_t fid)
{
    return fid == SMCCC_ARCH_WORKAROUND_1 || fid == SMCCC_ARCH_WORKAROUND_2 ||
           fid == SMCCC_ARCH_WORKAROUND_3;
}

// DEN0028 7.3: functions of other services are asked of them (PSCI_FEATURES, FFA_FEATURES, TRNG_FEATURES), not here.
static uint64_t arch_features(uint32_t fid)
{
    if (fid == SMCCC_VERSION || fid == SMCCC_ARCH_FEATURES ||
        (fid == SMCCC_ARCH_SOC_ID && board.soc_id != 0)) {
        return 0;
    }
    return is_workaround(fid) && core_unaffected(fid) ? SMCCC_UNAFFECTED : SMC_RESULT_UNKNOWN;
}

// DEN0028 7.4
static uint64_t arch_soc_id(uint32_t type)
{
    if (board.soc_id == 0) {
        return SMC_RESULT_UNKNOWN;
    }
    if (type > 1) {
        return (uint64_t)(int64_t)SMCCC_INVALID_PARAMETER;
    }
    return type == 0 ? board.soc_id : board.soc_revision;
}

uint64_t arch_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame)
{
    (void)x2;
    (void)x3;
    (void)frame;
    if (fid == SMCCC_VERSION) {
        return SMCCC_VERSION_1_4;
    }
    if (fid == SMCCC_ARCH_FEATURES) {
        return arch_features((uint32_t)x1);
    }
    if (fid == SMCCC_ARCH_SOC_ID) {
        return arch_soc_id((uint32_t)x1);
    }
    // A core that needs none of it may call it all the same: it has no effect (DEN0028 7.5 ff.)
    if (is_workaround((uint32_t)fid) && core_unaffected((uint32_t)fid)) {
        return 0;
    }
    return SMC_RESULT_UNKNOWN;
}
