// SPDX-License-Identifier: BSD-3-Clause
//
// The table of partitions, and the end of one: everything that it had is taken back, wiped and told to whom it concerns.
// Hardware-free.
#include "ffa_dispatch.h"

#include "ffa_mem.h"
#include "ffa_notify.h"
#include "log.h"
#include "sp_chain.h"
#include "sp_device.h"
#include "sp_timer.h"
#include "spmc_mm.h"
#include "string.h"

struct sp spmc_sps[SPMC_MAX_SPS];
uint32_t spmc_sp_count;

uint16_t spmc_sp_ids[SPMC_MAX_SPS];

// `sp` is still this core's, and nobody of its chain runs any more. Messages and memory first, then what they lie in.
static void take_back(struct sp *sp)
{
    sp_device_stopped(sp);
    sp_timer_forget(sp);
    spmc_mm_leave_space(); // it may be this core's address space
    ffa_rxtx_forget(sp);
    ffa_notify_stopped(sp);
    ffa_mem_stopped(sp);
    sp_space_destroy(&sp->space, true);
    memset(&sp->ctx, 0, sizeof(sp->ctx));
    memset(sp->log_line, 0, sizeof(sp->log_line));
    sp->log_length = 0;
}

// `sp` stops while `active`, itself or somebody who works for it, has the core.
static void stop(struct spmc_core *core, struct sp *sp, struct sp *active)
{
    ffa_console_flush(sp);
    if (sp->config.fault_action == SP_FAULT_RESET) {
        log_error("partition %s (0x%x) must not be missing: the machine resets",
                  sp->config.description, sp->endpoint.id);
        spmc_reset();
    }
    sp_chain_orphan(core, sp, active);
    if (sp->model == SP_MODEL_INTERRUPT) {
        sp_timer_handler_end(core);
    }
    take_back(sp);
    sp->stopped = true;
    sp->response_ids = SP_NO_RESPONSE;
    __atomic_store_n(&sp->caller, NULL, __ATOMIC_RELAXED);
    sp_release(core, sp, SP_STOPPED);
}

struct sp *sp_stop(struct spmc_core *core, struct sp *sp)
{
    struct sp *caller = sp->caller;
    enum sp_model model = sp->model;

    stop(core, sp, sp);
    if (caller != NULL) {
        (void)ffa_error(caller, caller->ctx.x, FFA_ABORTED);
        return sp_chain_yield(core, sp, caller);
    }
    if (model == SP_MODEL_INIT) {
        return spmc_boot_next(core, sp);
    }
    if (model != SP_MODEL_INTERRUPT) { // else core->args holds what its interrupt came between
        (void)ffa_leave(core, FFA_ERROR, 0, (uint32_t)FFA_ABORTED, 0);
    }
    return sp_interrupt_after_stop(core);
}

struct sp *sp_stop_handler(struct spmc_core *core, struct sp *active)
{
    stop(core, sp_chain_head(active), active);
    return sp_interrupt_after_stop(core);
}
