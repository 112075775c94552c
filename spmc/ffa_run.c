// SPDX-License-Identifier: BSD-3-Clause
//
// Who has the core (DEN0077A "CPU cycle management"): MSG_WAIT, YIELD and ERROR of partitions, RUN of the normal world.
// Interrupts: sp_interrupt.c.
#include "ffa_dispatch.h"

#include "sp_timer.h"

#define MSG_WAIT_KEEP_RX 1 // DEN0077A 1.2: FFA_MSG_WAIT w2 bit 0

// Partition and context in one register, as FFA_RUN takes and FFA_INTERRUPT, FFA_YIELD report it
static uint32_t target_info(const struct sp *sp)
{
    return (uint32_t)sp->endpoint.id << 16;
}

struct sp *ffa_msg_wait(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    uint64_t keep = sp->endpoint.version >= FFA_VERSION_1_2 ? x[2] : 0;

    if (x[1] != 0 || (x[2] & ~(uint64_t)MSG_WAIT_KEEP_RX) != 0 || keep != x[2] ||
        !ffa_mbz(sp, x, 3)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    if (sp->model == SP_MODEL_DIRECT) {
        return ffa_error(sp, x, FFA_DENIED); // it owes a response
    }
    if (keep == 0) {
        sp->endpoint.buffers.rx_full = false;
    }
    if (sp->model == SP_MODEL_INIT) {
        sp->initialised = true;
        sp_timer_watchdog_pause(core, sp);
        sp_release(core, sp, SP_WAITING);
        return spmc_boot_next(core, sp);
    }
    if (sp->model != SP_MODEL_INTERRUPT) { // else core->args holds what its interrupt came between
        (void)ffa_leave(core, FFA_MSG_WAIT, 0, 0, 0);
    }
    return sp_end_turn(core, sp, SP_WAITING);
}

struct sp *ffa_yield(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    bool timeout = sp->endpoint.version >= FFA_VERSION_1_2; // w2, w3: a hint in nanoseconds
    uint64_t low = x[2];
    uint64_t high = x[3];

    if (x[1] != 0 || (!timeout && (low | high) != 0) || !ffa_mbz(sp, x, 4)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    if (sp->model == SP_MODEL_INIT) {
        return ffa_error(sp, x, FFA_DENIED);
    }
    if (sp->model == SP_MODEL_INTERRUPT) {
        return ffa_success(sp, x, 0, 0); // nobody schedules it: there is nobody to yield to
    }
    if (ffa_version_of(&ffa_nwd) < FFA_VERSION_1_2) {
        low = 0; // for this scheduler the registers are reserved
        high = 0;
    }
    (void)ffa_success(sp, x, 0, 0); // what it sees when FFA_RUN resumes it
    (void)ffa_leave(core, FFA_YIELD, target_info(sp), low, high);
    return sp_end_turn(core, sp, SP_BLOCKED);
}

struct sp *ffa_init_error(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    if (sp->model != SP_MODEL_INIT) {
        return ffa_error(sp, x, FFA_DENIED); // an error is an answer only to the first entry
    }
    spmc_report_init_error(sp, (int32_t)x[2]);
    return sp_stop(core, sp);
}

static int32_t run_decode(const uint64_t *x, struct sp **sp)
{
    uint32_t target = (uint32_t)x[1];

    if (!ffa_mbz(NULL, x, 2)) {
        return FFA_INVALID_PARAMETERS;
    }
    *sp = sp_find((uint16_t)(target >> 16));
    if (*sp == NULL || (target & 0xffff) != 0) { // partitions have one context, number 0
        return FFA_INVALID_PARAMETERS;
    }
    return 0;
}

// `target` has been claimed.
static struct sp *run(struct spmc_core *core, struct sp *target, enum sp_state from)
{
    uint64_t *to = target->ctx.x;

    if (from == SP_WAITING) {
        target->model = SP_MODEL_RUN;
        target->response_ids = SP_NO_RESPONSE;
        to[0] = FFA_RUN;
        to[1] = target_info(target);
        for (unsigned int i = 2; i < 8; i++) {
            to[i] = 0;
        }
    } // else exactly where it was
    return target->attended ? sp_interrupt_begin_turn(core, target, from) : target;
}

struct sp *ffa_run(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct sp *target;
    int32_t code = run_decode(x, &target);

    (void)sp; // the row admits the normal world only
    if (code != 0) {
        return ffa_error(NULL, x, code);
    }
    static const enum sp_state runnable[] = { SP_PREEMPTED, SP_BLOCKED, SP_WAITING };

    for (unsigned int i = 0; i < sizeof(runnable) / sizeof(runnable[0]); i++) {
        if (sp_claim(target, runnable[i], SP_RUNNING)) {
            return run(core, target, runnable[i]);
        }
    }
    return ffa_error(NULL, x, sp_state(target) == SP_STOPPED ? FFA_ABORTED : FFA_BUSY);
}
