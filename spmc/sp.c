// SPDX-License-Identifier: BSD-3-Clause
//
// The table of partitions and the transitions of their state. Hardware-free.
#include "ffa_dispatch.h"

#include "sp_timer.h"

struct sp spmc_sps[SPMC_MAX_SPS];
uint32_t spmc_sp_count;

uint16_t spmc_sp_ids[SPMC_MAX_SPS];

struct sp *sp_stop(struct spmc_core *core, struct sp *sp)
{
    bool attended = sp->attended;
    enum sp_model model = sp->model;

    ffa_console_flush(sp);
    if (attended) {
        sp_timer_watchdog_pause(core, sp);
        sp_timer_forget(sp);
    }
    sp_release(core, sp, SP_STOPPED);
    if (model == SP_MODEL_INIT) {
        return spmc_boot_next(core, sp);
    }
    if (model != SP_MODEL_INTERRUPT) { // else core->args holds what its interrupt came between
        (void)ffa_leave(core, FFA_ERROR, 0, (uint32_t)FFA_ABORTED, 0);
    }
    return attended ? sp_interrupt_after_stop(core) : NULL;
}
