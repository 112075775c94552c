// SPDX-License-Identifier: BSD-3-Clause
//
// Who has the core (DEN0077A "CPU cycle management"): MSG_WAIT, YIELD and ERROR of partitions, RUN of the normal world and of
// partitions. Interrupts: sp_interrupt.c.
#include "ffa_dispatch.h"

#include "sp_chain.h"

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
    if (keep == 0 && sp->endpoint.buffers.page_count != 0) {
        ffa_rx_give_back(sp);
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
    struct sp *caller = sp->caller;

    if (caller != NULL && caller->model == SP_MODEL_INIT) {
        return ffa_success(sp, x, 0, 0); // the same: the boot goes on when it has answered
    }
    if (ffa_version_of(ffa_endpoint_of(caller)) < FFA_VERSION_1_2) {
        low = 0; // for this scheduler the registers are reserved
        high = 0;
    }
    (void)ffa_success(sp, x, 0, 0); // what it sees when FFA_RUN resumes it
    if (caller != NULL) {
        ffa_answer(caller, caller->ctx.x, FFA_YIELD, target_info(sp), low, high);
        return sp_chain_yield(core, sp, caller);
    }
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

static int32_t run_decode(struct sp *sp, const uint64_t *x, struct sp **target)
{
    uint32_t info = (uint32_t)x[1];

    if (!ffa_mbz(sp, x, 2)) {
        return FFA_INVALID_PARAMETERS;
    }
    *target = sp_find((uint16_t)(info >> 16));
    if (*target == NULL || (info & 0xffff) != 0) { // partitions have one context, number 0
        return FFA_INVALID_PARAMETERS;
    }
    return 0;
}

static bool is_predecessor(const struct sp *target, const struct sp *sp)
{
    while (sp != NULL && sp != target) {
        sp = sp->caller;
    }
    return sp != NULL;
}

// A partition runs one that has yielded to it, nobody else (ffa.md 1.5, 4.2). Who is SP_CHAINED and works for `sp`, while that
// one runs, has: else it, or whom it called, would have the core.
static int32_t run_of_sp(const struct sp *sp, const struct sp *target)
{
    if (sp->model == SP_MODEL_INIT) {
        return FFA_DENIED; // and nobody yields to it
    }
    switch (sp_state(target)) {
    case SP_CHAINED:
        if (__atomic_load_n(&target->caller, __ATOMIC_RELAXED) == sp) {
            return 0;
        }
        return is_predecessor(target, sp) ? FFA_DENIED : FFA_BUSY;
    case SP_RUNNING:
        return is_predecessor(target, sp) ? FFA_DENIED : FFA_BUSY;
    case SP_STOPPED:
        return ffa_not_there(target);
    case SP_WAITING:
    case SP_BLOCKED:
    case SP_PREEMPTED:
        break; // the normal world's to run
    }
    return FFA_DENIED;
}

// `target` was waiting and has been claimed: a turn begins.
static void run_apply(struct sp *target)
{
    uint64_t *to = target->ctx.x;
    bool told = sp_interrupt_at_run(target);

    target->model = SP_MODEL_RUN;
    target->response_ids = SP_NO_RESPONSE;
    to[0] = told ? FFA_INTERRUPT : FFA_RUN;
    to[1] = told ? 0 : target_info(target);
    to[2] = told ? TESSERA_INTERRUPT_NOTIFICATION : 0;
    for (unsigned int i = 3; i < 8; i++) {
        to[i] = 0;
    }
}

// `target`, the head of a chain, has been claimed. Returns who of it had the core: it goes on exactly where it was.
static struct sp *run_head(struct spmc_core *core, struct sp *target, enum sp_state from)
{
    struct sp *sp = target;

    if (from == SP_WAITING) {
        run_apply(target);
    } else if (target->inner != NULL) {
        sp = target->inner;
        target->inner = NULL;
    }
    return sp->attended ? sp_interrupt_begin_turn(core, sp, from) : sp;
}

struct sp *ffa_run(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    static const enum sp_state runnable[] = { SP_PREEMPTED, SP_BLOCKED, SP_WAITING };
    struct sp *target;
    int32_t code = run_decode(sp, x, &target);

    if (code == 0 && sp != NULL) {
        code = run_of_sp(sp, target);
    }
    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    if (sp != NULL) {
        return sp_chain_resume(core, sp, target);
    }
    for (unsigned int i = 0; i < sizeof(runnable) / sizeof(runnable[0]); i++) {
        if (sp_claim(target, runnable[i], SP_RUNNING)) {
            return run_head(core, target, runnable[i]);
        }
    }
    switch (sp_state(target)) {
    case SP_STOPPED:
        return ffa_error(NULL, x, FFA_ABORTED);
    case SP_CHAINED:
        return ffa_error(NULL, x, FFA_DENIED); // whoever it works for runs it
    case SP_WAITING:                           // lost a race
    case SP_RUNNING:
    case SP_BLOCKED:
    case SP_PREEMPTED:
        break;
    }
    return ffa_error(NULL, x, FFA_BUSY);
}
