// SPDX-License-Identifier: BSD-3-Clause
//
// THE table of PSCI calls: what is in it is there, what is not returns NOT_SUPPORTED, and PSCI_FEATURES reads the same
// table. Arguments come from the normal world.
#include <stdbool.h>
#include <stddef.h>

#include "bl31/psci/psci.h"
#include "bl31/psci/psci_private.h"

// One PSCI function: what serves its SMC32 and its SMC64 form (as smc.h, but of an SMC32 call x1–x3 are the low halves), what
// PSCI_FEATURES answers about it (DEN0022 5.15.2), and what the board must be able to do for it (struct board, power_abilities).
struct psci_call {
    smc_handler serve_32, serve_64; // NULL: there is no such form
    uint32_t features;
    uint32_t abilities;
} __attribute__((aligned(32))); // the row of a number is a shift away

// FEATURES(CPU_SUSPEND): bit 1 = 0: power_state in the original format; bit 0 = 0: no OS-initiated mode, so SET_SUSPEND_MODE is not
// there either
#define FEATURES_SUSPEND 0

static uint64_t psci_version(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                             struct smc_frame *frame)
{
    (void)fid;
    (void)x1;
    (void)x2;
    (void)x3;
    (void)frame;
    return PSCI_VERSION_1_1;
}

// The trusted OS is here on every core: nothing to migrate, and so no MIGRATE and MIGRATE_INFO_UP_CPU (DEN0022 5.9).
static uint64_t psci_migrate_info_type(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                                       struct smc_frame *frame)
{
    (void)fid;
    (void)x1;
    (void)x2;
    (void)x3;
    (void)frame;
    return PSCI_MIGRATE_NOT_NEEDED;
}

static uint64_t psci_features(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                              struct smc_frame *frame);

#define ROW(fid) [(fid)&PSCI_NUMBER_LAST]

// Not there, whatever the board: MIGRATE*, CPU_FREEZE, SET_SUSPEND_MODE; MEM_PROTECT*, which no board here keeps over a reset
static const struct psci_call psci_calls[PSCI_NUMBER_LAST + 1] = {
    // clang-format off
    // function                         SMC32                     SMC64                     features          abilities
    ROW(PSCI_VERSION)                = { psci_version,             NULL,                     0, 0 },
    ROW(PSCI_CPU_SUSPEND_32)         = { psci_cpu_suspend,         psci_cpu_suspend,         FEATURES_SUSPEND, 0 },
    ROW(PSCI_CPU_OFF)                = { psci_cpu_off,             NULL,                     0, 0 },
    ROW(PSCI_CPU_ON_32)              = { psci_cpu_on,              psci_cpu_on,              0, 0 },
    ROW(PSCI_AFFINITY_INFO_32)       = { psci_affinity_info,       psci_affinity_info,       0, 0 },
    ROW(PSCI_MIGRATE_INFO_TYPE)      = { psci_migrate_info_type,   NULL,                     0, 0 },
    ROW(PSCI_SYSTEM_OFF)             = { psci_system_off,          NULL,                     0, 0 },
    ROW(PSCI_SYSTEM_RESET)           = { psci_system_reset,        NULL,                     0, 0 },
    ROW(PSCI_FEATURES)               = { psci_features,            NULL,                     0, 0 },
    ROW(PSCI_CPU_DEFAULT_SUSPEND_32) = { psci_cpu_default_suspend, psci_cpu_default_suspend, 0, 0 },
    ROW(PSCI_NODE_HW_STATE_32)       = { psci_node_hw_state,       psci_node_hw_state,       0, 0 },
    ROW(PSCI_SYSTEM_SUSPEND_32)      = { psci_system_suspend,      psci_system_suspend,      0, BOARD_SYSTEM_SUSPEND },
    ROW(PSCI_STAT_RESIDENCY_32)      = { psci_stat_residency,      psci_stat_residency,      0, 0 },
    ROW(PSCI_STAT_COUNT_32)          = { psci_stat_count,          psci_stat_count,          0, 0 },
    ROW(PSCI_SYSTEM_RESET2_32)       = { psci_system_reset2,       psci_system_reset2,       0, BOARD_WARM_RESET },
    // clang-format on
};

bool psci_is_offered(uint64_t fid)
{
    const struct psci_call *call = &psci_calls[fid & PSCI_NUMBER_LAST];

    return ((fid & SMCCC_64) != 0 ? call->serve_64 : call->serve_32) != NULL &&
           (call->abilities & ~board.power_abilities) == 0;
}

// `x1`: the function asked about. SMCCC_VERSION may be asked for too (DEN0022 5.15.2: how an OS finds SMCCC 1.1).
static uint64_t psci_features(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                              struct smc_frame *frame)
{
    uint32_t asked = (uint32_t)x1;

    (void)fid;
    (void)x2;
    (void)x3;
    (void)frame;
    if (asked == SMCCC_VERSION) {
        return 0;
    }
    if ((asked & ~(uint32_t)(SMCCC_64 | PSCI_NUMBER_LAST)) != PSCI_VERSION ||
        !psci_is_offered(asked)) {
        return psci_result(PSCI_NOT_SUPPORTED);
    }
    return psci_calls[asked & PSCI_NUMBER_LAST].features;
}

// A call that needs a board's ability asks psci_is_offered() itself: the others do not pay for it.
uint64_t psci_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame)
{
    const struct psci_call *call = &psci_calls[fid & PSCI_NUMBER_LAST];

    if ((fid & SMCCC_64) == 0) {
        if (call->serve_32 != NULL) {
            return call->serve_32(fid, (uint32_t)x1, (uint32_t)x2, (uint32_t)x3, frame);
        }
    } else if (call->serve_64 != NULL) {
        return call->serve_64(fid, x1, x2, x3, frame);
    }
    return psci_result(PSCI_NOT_SUPPORTED);
}
