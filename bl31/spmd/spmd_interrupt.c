// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupts that the SPMD has to do with. One of the SPMC while the normal world runs: the SPMC gets the core as if
// the normal world had called it with FFA_INTERRUPT, and gives it back with FFA_NORMAL_WORLD_RESUME, no register of the
// normal world changed (DEN0077A 9.3). One of EL3 while the SPMC runs: it asks EL3 to take it. Called by irq.c and the
// routing table.
#include "assert.h"
#include "bl31/bl31_private.h"
#include "bl31/spmd/spmd_private.h"
#include "log.h"

static const uint64_t interrupt_call[18] = { FFA_INTERRUPT };

// It finds the normal world running, never in the middle of an exchange: FIQs come to EL3 only while SCR_EL3.FIQ is 1,
// which is while the normal world runs. In all other states the SPMC runs, and takes its interrupt itself; the version
// that the normal world negotiates, and whether it still may, is not looked at.
uint64_t spmd_secure_interrupt(struct smc_frame *frame)
{
    struct core *core = context_of_normal(frame);

    assert(core->state == SPMD_READY);
    core->state = SPMD_INTERRUPT;
    return context_ask_secure(frame, interrupt_call);
}

uint64_t spmd_interrupt_done(struct smc_frame *frame)
{
    struct core *core = context_of_secure(frame);

    if (core->state != SPMD_INTERRUPT) {
        log_warn("SPMD: SPMC resumes the normal world in state %u", core->state);
        return spmd_reply_error(frame, FFA_DENIED);
    }
    if (!spmd_no_arguments(frame, 1)) {
        return spmd_reply_error(frame, FFA_INVALID_PARAMETERS);
    }
    core->state = SPMD_READY;
    return context_resume_normal(frame);
}

// Succeeds also when the interrupt is gone again: then there was nothing to do.
uint64_t spmd_interrupt_handle(struct smc_frame *frame)
{
    if (!spmd_no_arguments(frame, 1)) {
        return spmd_reply_error(frame, FFA_INVALID_PARAMETERS);
    }
    irq_handle(context_of_secure(frame));
    return spmd_reply(frame, FFA_SUCCESS_32, 0);
}
