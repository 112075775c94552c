// SPDX-License-Identifier: BSD-3-Clause
//
// The SPMC's first run on a core, ended by its FFA_MSG_WAIT (then the normal world starts there) or FFA_ERROR. On the
// boot core it is entered at its image's entry point, and an error ends the boot; on a core that the normal world
// switched on, at the entry that it registered meanwhile, each time, and an error switches that core off. Trusts the
// hand-off, which bl31_main has checked; of the SPMC only what is checked here.
#include "bl31/bl31_private.h"
#include "bl31/crash.h"
#include "bl31/psci/psci.h"
#include "bl31/spmd/spmd_private.h"
#include "board.h"
#include "log.h"
#include "platform.h"
#include "regs.h"

// Where the normal world starts; set before the SPMC runs.
static uint64_t spmd_bl33_entry;

// Where the SPMC wants other cores; 0: nowhere. Written by the boot core before any other core runs a world.
static uint64_t spmd_secondary_entry;

void spmd_boot(struct core *core, const struct handoff *handoff)
{
    spmd_bl33_entry = handoff->bl33.entry;
    bl31_counters_take(handoff);
    core->state = SPMD_BOOTING;
    spmd_reset_version();
    context_init_spmc(core, handoff->spmc.entry, (uintptr_t)handoff);
    log_info("entering SPMC at %llx", (unsigned long long)handoff->spmc.entry);
    (void)context_boot_secure(&core->normal.frame);
    plat_fatal(); // not reached: context_boot_secure leaves EL3
}

uint64_t spmd_boot_done(struct smc_frame *frame)
{
    struct core *core = context_of_secure(frame);

    context_snapshot_spmc(core);
    context_init_normal(core, spmd_bl33_entry, HW_DTB_BASE);
    core->state = SPMD_READY;
    bl31_counters_raise(); // all that runs from here on is the normal world's
    crash_boot_is_over();
    log_info("SPMC is up; entering BL33 at %llx, EL%u", (unsigned long long)spmd_bl33_entry,
             (core->normal.regs.spsr_el3 & SPSR_MODE_MASK) == SPSR_EL2H ? 2 : 1);
    return context_resume_normal(frame);
}

void spmd_boot_failed(int32_t code)
{
    log_error("SPMC failed to initialise: FFA_ERROR %d", (int)code);
    plat_fatal();
}

int spmd_register_secondary(uint64_t entry)
{
    if (!range_inside(entry, sizeof(uint32_t), SPMC_BASE, SPMC_SIZE) ||
        !IS_ALIGNED(entry, sizeof(uint32_t))) {
        return ERR_RANGE;
    }
    if (spmd_secondary_entry != 0) {
        return ERR_DENIED;
    }
    spmd_secondary_entry = entry;
    return ERR_NONE;
}

bool spmd_serves_secondaries(void)
{
    return spmd_secondary_entry != 0;
}

void spmd_core_on(struct core *core)
{
    if (!spmd_serves_secondaries()) {
        spmd_core_failed(core, FFA_NOT_SUPPORTED);
    }
    core->state = SPMD_STARTING;
    context_init_secondary(core, spmd_secondary_entry);
    (void)context_boot_secure(&core->normal.frame);
    plat_fatal(); // not reached, as above
}

uint64_t spmd_core_started(struct smc_frame *frame)
{
    struct core *core = context_of_secure(frame);

    context_snapshot_spmc(core);
    core->state = SPMD_READY;
    psci_core_up(core);
    return context_resume_normal(frame);
}

void spmd_core_failed(struct core *core, int32_t code)
{
    log_error("SPMC does not run on core %u: FFA_ERROR %d", core->index, (int)code);
    core->state = SPMD_OFF;
    psci_core_failed(core);
}
