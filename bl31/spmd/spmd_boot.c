// SPDX-License-Identifier: BSD-3-Clause
//
// The SPMC's first run on a core: entered at its image's entry point, ended by its FFA_MSG_WAIT (then the normal world
// starts) or FFA_ERROR (then the boot is over). Trusts the hand-off, which bl31_main has checked.
#include "bl31/bl31_private.h"
#include "bl31/spmd/spmd.h"
#include "board.h"
#include "log.h"
#include "platform.h"
#include "regs.h"

// Where the normal world starts; set before the SPMC runs.
static uint64_t spmd_bl33_entry;

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
    log_info("SPMC is up; entering BL33 at %llx, EL%u", (unsigned long long)spmd_bl33_entry,
             (core->normal.regs.spsr_el3 & SPSR_MODE_MASK) == SPSR_EL2H ? 2 : 1);
    for (unsigned int i = 0; i < 8; i++) {
        frame->x[i] = core->normal.frame.x[i];
    }
    return context_enter_normal(frame, &core->normal.frame.x[8]);
}

void spmd_boot_failed(int32_t code)
{
    log_error("SPMC failed to initialise: FFA_ERROR %d", (int)code);
    plat_fatal();
}
