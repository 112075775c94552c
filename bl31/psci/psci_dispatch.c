// SPDX-License-Identifier: BSD-3-Clause
//
// THE table of PSCI calls: what is in it is there, what is not returns NOT_SUPPORTED, and PSCI_FEATURES reads the same
// table. Arguments come from the normal world.
#include <stddef.h>

#include "bits.h"
#include "bl31/psci/psci.h"
#include "smccc.h"

#define PSCI_RESULT_NOT_SUPPORTED ((uint64_t)(int64_t)PSCI_NOT_SUPPORTED)

// One PSCI function: identifier, what serves it, and what PSCI_FEATURES answers about it (DEN0022 5.15: feature flags).
struct psci_call {
    uint32_t fid;
    uint32_t features;
    uint64_t (*serve)(uint64_t x1);
};

static uint64_t psci_version(uint64_t x1)
{
    (void)x1;
    return PSCI_VERSION_1_1;
}

static uint64_t psci_features(uint64_t x1);

static const struct psci_call psci_calls[] = {
    { PSCI_VERSION, 0, psci_version },
    { PSCI_FEATURES, 0, psci_features },
    { PSCI_SYSTEM_OFF, 0, psci_system_off },
    { PSCI_SYSTEM_RESET, 0, psci_system_reset },
};

static const struct psci_call *psci_find(uint32_t fid)
{
    for (size_t i = 0; i < ARRAY_COUNT(psci_calls); i++) {
        if (psci_calls[i].fid == fid) {
            return &psci_calls[i];
        }
    }
    return NULL;
}

// SMC32: the function asked about is w1. SMCCC_VERSION may be asked for too (DEN0022 5.15.2: how an OS finds SMCCC 1.1).
static uint64_t psci_features(uint64_t x1)
{
    uint32_t fid = (uint32_t)x1;
    const struct psci_call *call = psci_find(fid);

    if (fid == SMCCC_VERSION) {
        return 0;
    }
    return call != NULL ? call->features : PSCI_RESULT_NOT_SUPPORTED;
}

uint64_t psci_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame)
{
    const struct psci_call *call = psci_find((uint32_t)fid);

    (void)x2;
    (void)x3;
    (void)frame;
    return call != NULL ? call->serve(x1) : PSCI_RESULT_NOT_SUPPORTED;
}
