// SPDX-License-Identifier: BSD-3-Clause
//
// Messages from EL3 itself (DEN0077A "Framework messages"): FFA_VERSION of the normal world, and the coming and going of
// this core. Partitions at S-EL0 have one context that any core may run and hold nothing of a core: they hear nothing of it
// (DEN0077A "Power management": messages go to pinned contexts). Called with EL3's registers, which are trusted.
#include "ffa_dispatch.h"

#include "sp_timer.h"

#define EL3_TO_US (((uint32_t)FFA_ID_SPMD << 16) | FFA_ID_SPMC)
#define US_TO_EL3 (((uint32_t)FFA_ID_SPMC << 16) | FFA_ID_SPMD)

// The SPMC's answer to a PSCI function that is about to happen on this core. While EL3 asks, no partition runs here.
static int32_t power_leave(struct spmc_core *core, uint32_t function)
{
    switch (function) {
    case PSCI_CPU_OFF:
        sp_timer_core_off(core, false);
        return PSCI_SUCCESS;
    case PSCI_CPU_SUSPEND_32:
    case PSCI_CPU_SUSPEND_64:
    case PSCI_CPU_DEFAULT_SUSPEND_32:
    case PSCI_CPU_DEFAULT_SUSPEND_64:
    case PSCI_SYSTEM_SUSPEND_32:
    case PSCI_SYSTEM_SUSPEND_64:
    case PSCI_CPU_FREEZE:
        sp_timer_core_off(core, true);
        return PSCI_SUCCESS;
    case PSCI_SYSTEM_OFF:
    case PSCI_SYSTEM_RESET:
    case PSCI_SYSTEM_RESET2_32:
    case PSCI_SYSTEM_RESET2_64:
        return PSCI_SUCCESS; // partitions keep nothing that a power cut could not take as well
    default:
        return PSCI_NOT_SUPPORTED;
    }
}

static struct sp *power_answer(struct spmc_core *core, int32_t status)
{
    return ffa_leave(core, FFA_MSG_SEND_DIRECT_RESP_32, US_TO_EL3,
                     FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_PM_RESP, (uint32_t)status);
}

struct sp *ffa_framework(struct spmc_core *core)
{
    const uint64_t *x = core->args.x;

    if ((uint32_t)x[1] != EL3_TO_US) {
        return ffa_error(NULL, core->args.x, FFA_INVALID_PARAMETERS);
    }
    switch ((uint32_t)x[2]) {
    case FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_VERSION_REQ:
        return ffa_framework_version(core, (uint32_t)x[3]);
    case FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ:
        return power_answer(core, power_leave(core, (uint32_t)x[3]));
    case FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_WARM_BOOT:
        sp_timer_core_on(core);
        return power_answer(core, PSCI_SUCCESS);
    default: // DEN0077A: unknown message
        return ffa_error(NULL, core->args.x, FFA_INVALID_PARAMETERS);
    }
}
