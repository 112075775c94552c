// SPDX-License-Identifier: BSD-3-Clause
//
// Architecture range of SMCs (DEN0028 chapter 7) for both worlds: version and feature query. The workaround calls of
// chapter 7.4 ff. are not there, and ARCH_FEATURES says so: bl31/README.md, Caveats.
#include "bl31/bl31_private.h"
#include "bl31/smc.h"
#include "smccc.h"

// Whether ARCH_FEATURES has something good to say about function `fid`. Functions of other services are asked of them
// (PSCI_FEATURES, FFA_FEATURES), not here (DEN0028 7.3).
static bool arch_has(uint32_t fid)
{
    return fid == SMCCC_VERSION || fid == SMCCC_ARCH_FEATURES;
}

uint64_t arch_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame)
{
    (void)x2;
    (void)x3;
    (void)frame;
    if (fid == SMCCC_VERSION) {
        return SMCCC_VERSION_1_4;
    }
    if (fid == SMCCC_ARCH_FEATURES && arch_has((uint32_t)x1)) {
        return 0;
    }
    return SMC_RESULT_UNKNOWN;
}
