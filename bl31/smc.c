// SPDX-License-Identifier: BSD-3-Clause
//
// The table of SMC owners, and the standard service range, which PSCI and FF-A share. Called from bl31_vectors.S with
// whatever the lower worlds put into their registers: nothing of it is trusted.
#include "bl31/smc.h"

#include "bl31/bl31_private.h"
#include "bl31/psci/psci.h"
#include "bl31/spmd/spmd.h"
#include "ffa_abi.h"
#include "smccc.h"

// Everything that nobody serves.
static uint64_t smc_unknown(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                            struct smc_frame *frame)
{
    (void)fid;
    (void)x1;
    (void)x2;
    (void)x3;
    (void)frame;
    return SMC_RESULT_UNKNOWN;
}

// Standard service range from the normal world: FF-A, PSCI and TRNG by number.
static uint64_t smc_standard_normal(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                                    struct smc_frame *frame)
{
    uint32_t number = fid & SMC_FUNCTION_MASK;

    if (number - FFA_NUMBER_FIRST <= FFA_NUMBER_LAST - FFA_NUMBER_FIRST) {
        return spmd_from_normal(fid, x1, x2, x3, frame);
    }
    if (number <= PSCI_NUMBER_LAST) {
        return psci_smc(fid, x1, x2, x3, frame);
    }
    if (number - TRNG_NUMBER_FIRST <= TRNG_NUMBER_LAST - TRNG_NUMBER_FIRST) {
        return trng_smc(fid, x1, x2, x3, frame);
    }
    return SMC_RESULT_UNKNOWN;
}

// The same from the SPMC: FF-A, and the reset of the machine for a partition that must not be missing (its manifest:
// tessera,fault-action). All other power is the normal world's to ask for; partitions get their random numbers another way.
static uint64_t smc_standard_secure(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                                    struct smc_frame *frame)
{
    uint32_t number = fid & SMC_FUNCTION_MASK;

    if (number - FFA_NUMBER_FIRST <= FFA_NUMBER_LAST - FFA_NUMBER_FIRST) {
        return spmd_from_spmc(fid, x1, x2, x3, frame);
    }
    if (fid == PSCI_SYSTEM_RESET) {
        return psci_smc(fid, x1, x2, x3, frame);
    }
    return SMC_RESULT_UNKNOWN;
}

// DEN0028 table 2-1: 0 architecture, 1 CPU, 2 SiP, 3 OEM, 4 standard secure, 5 standard hypervisor, 6 vendor
// hypervisor, 48–49 trusted applications, 50–63 trusted OS
const smc_handler smc_owners[SMC_WORLDS][SMC_OWNERS] = {
    [SMC_SECURE] = { [SMCCC_OWNER_ARCH] = arch_smc,
                     [1] = smc_unknown,
                     [SMCCC_OWNER_SIP] = rollback_smc,
                     [3] = smc_unknown,
                     [SMCCC_OWNER_STD] = smc_standard_secure,
                     [5 ... 63] = smc_unknown },
    [SMC_NORMAL] = { [SMCCC_OWNER_ARCH] = arch_smc,
                     [1 ... 3] = smc_unknown,
                     [SMCCC_OWNER_STD] = smc_standard_normal,
                     [5 ... 63] = smc_unknown },
};
