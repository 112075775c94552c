// SPDX-License-Identifier: BSD-3-Clause
//
// What the SPMC is told about power (DEN0077A 18.2.4, framework messages 0 to 2): it is asked before a core, or the
// system, goes off or to sleep, and may refuse; it is told when the core is back. Called by PSCI, and by the routing
// table with the SPMC's answers, which are checked.
#include "bl31/psci/psci.h"
#include "bl31/spmd/spmd_private.h"
#include "log.h"
#include "platform.h"
#include "smccc.h"
#include "string.h"

// w3 of the warm boot message
#define WARM_BOOT_FROM_SYSTEM_SUSPEND 0
#define WARM_BOOT_FROM_OTHER 1

// The call that the SPMC gets: in core->ask, as the switch wants it.
static void prepare(struct core *core, uint64_t fid, uint32_t type, uint64_t x3)
{
    memset(core->ask, 0, sizeof(core->ask));
    core->ask[0] = fid;
    core->ask[1] = SPMD_TO_SPMC;
    core->ask[2] = FFA_MSG_FRAMEWORK | type;
    core->ask[3] = x3;
}

// The message is as wide as the function, whose arguments it carries.
uint64_t spmd_ask_power(struct smc_frame *frame, uint64_t fid, uint64_t x1, uint64_t x2,
                        uint64_t x3)
{
    struct core *core = context_of_normal(frame);
    bool wide = (fid & SMCCC_64) != 0;

    prepare(core, wide ? FFA_MSG_SEND_DIRECT_REQ_64 : FFA_MSG_SEND_DIRECT_REQ_32,
            FFA_FRAMEWORK_PSCI_REQ, (uint32_t)fid);
    core->ask[4] = wide ? x1 : (uint32_t)x1;
    core->ask[5] = wide ? x2 : (uint32_t)x2;
    core->ask[6] = wide ? x3 : (uint32_t)x3;
    core->state = SPMD_POWER;
    return context_ask_secure(frame, core->ask);
}

void spmd_core_resumed(struct core *core, bool system)
{
    prepare(core, FFA_MSG_SEND_DIRECT_REQ_32, FFA_FRAMEWORK_WARM_BOOT,
            system ? WARM_BOOT_FROM_SYSTEM_SUSPEND : WARM_BOOT_FROM_OTHER);
    core->state = SPMD_RESUMING;
    (void)context_boot_secure(&core->normal.frame);
    plat_fatal(); // not reached: context_boot_secure leaves EL3
}

uint64_t spmd_power_answered(struct smc_frame *frame, int32_t status)
{
    struct core *core = context_of_secure(frame);
    uint32_t asked = core->state;

    core->state = SPMD_READY;
    if (status != PSCI_SUCCESS && (asked == SPMD_RESUMING || status != PSCI_DENIED)) {
        log_error("SPMC answers %d to framework message %u on core %u", (int)status,
                  asked == SPMD_RESUMING ? FFA_FRAMEWORK_WARM_BOOT : FFA_FRAMEWORK_PSCI_REQ,
                  core->index);
    }
    if (asked == SPMD_POWER) {
        return psci_answered(frame, status == PSCI_SUCCESS ? PSCI_SUCCESS : PSCI_DENIED);
    }
    if (status != PSCI_SUCCESS) {
        plat_fatal(); // it let the core sleep: there is no normal world to tell, and none without it
    }
    return context_resume_normal(frame);
}
