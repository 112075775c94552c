// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupts while a partition or the normal world runs, see sp_interrupt.h. Only EL3 and the interrupt controller say that
// there is one; both are trusted.
//
// What a partition's timer does to it depends on its state (ffa.md 4.6, S-EL0):
//   WAITING                       it gets the core now, with FFA_INTERRUPT, and when it waits again what was interrupted
//                                 goes on: a partition of this core, or the normal world
//   RUNNING, BLOCKED, PREEMPTED   it gets FFA_INTERRUPT when it would next be waiting, before it is
//   STOPPED                       nothing
// A turn that an interrupt started cannot be taken by the normal world's interrupts, and is not interrupted by another
// partition's: that one follows it. Nor is a first entry; what fires meanwhile is told after the boot. The watchdog ends
// either as any other turn. A partition's next interrupt comes 100 µs after its end at the earliest (sp_timer_hold): who was
// interrupted gets on, however often a partition sets its timer.
//
// Nobody is forgotten. `pending` is set by any core; a partition is claimed by one. Who sets it then tries to claim
// (go_on, nest), and who releases the partition then looks at it again (go_on), with a full barrier in between on both sides
// (claim_pending): at least one of the two sees what the other did.
#include "sp_interrupt.h"

#include "ffa_dispatch.h"
#include "gic_secure.h"
#include "log.h"
#include "regs.h"
#include "sp_timer.h"
#include "spmc_irq.h"

void sp_interrupt_pend(struct sp *sp)
{
    __atomic_store_n(&sp->pending, 1, __ATOMIC_SEQ_CST);
}

bool sp_interrupt_unpend(struct sp *sp)
{
    return __atomic_exchange_n(&sp->pending, 0, __ATOMIC_RELAXED) != 0;
}

static bool is_pending(const struct sp *sp)
{
    return __atomic_load_n(&sp->pending, __ATOMIC_RELAXED) != 0;
}

// `sp` is this core's and at the end of a turn, or was waiting: it gets its interrupt instead.
static struct sp *deliver(struct spmc_core *core, struct sp *sp)
{
    uint64_t *to = sp->ctx.x;

    __atomic_store_n(&sp->pending, 0, __ATOMIC_RELAXED);
    sp->model = SP_MODEL_INTERRUPT;
    sp->response_ids = SP_NO_RESPONSE;
    to[0] = FFA_INTERRUPT;
    to[1] = 0;
    to[2] = TESSERA_INTERRUPT_TIMER;
    for (unsigned int i = 3; i < 8; i++) {
        to[i] = 0;
    }
    sp->ctx.spsr |= spmc_irq_normal_mask;
    sp_timer_watchdog_start(core, sp);
    return sp;
}

// Claims `sp` if it waits and has an interrupt. Between the look and the claim another core may have told it already: then
// it goes back to waiting, with a look behind as after every release.
static bool claim_if_pending(struct sp *sp)
{
    while (is_pending(sp) && sp_claim(sp, SP_WAITING, SP_RUNNING)) {
        if (is_pending(sp)) {
            return true;
        }
        __atomic_store_n(&sp->state, SP_WAITING, __ATOMIC_RELEASE);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    }
    return false;
}

// A waiting partition that has an interrupt, claimed for this core; NULL: none.
static struct sp *claim_pending(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (claim_if_pending(&spmc_sps[i])) {
            return &spmc_sps[i];
        }
    }
    return NULL;
}

// Nothing of this core runs: the next interrupt, then whom the first one interrupted, then who asked (core->args).
static struct sp *go_on(struct spmc_core *core)
{
    struct sp *sp = claim_pending();

    if (sp != NULL) {
        return deliver(core, sp);
    }
    sp = core->interrupted;
    if (sp != NULL) {
        core->interrupted = NULL;
        sp_timer_watchdog_resume(core, sp);
    }
    return sp;
}

// One interrupt of the SPMC's; another one that is pending comes as an exception of its own.
static void take(struct spmc_core *core)
{
    uint32_t acknowledged = gic_secure_acknowledge();
    uint32_t id = GIC_ID(acknowledged);

    if (id >= GIC_SPURIOUS_FIRST) {
        return; // gone again
    }
    if (id == GIC_PPI_SECURE_TIMER || id == SPMC_SGI_TIMERS) {
        sp_timer_serve(core);
    } else {
        log_error("core %u: interrupt %u belongs to nobody", core->index, id);
    }
    gic_secure_end(acknowledged);
}

struct sp *sp_interrupt_episode(struct spmc_core *core)
{
    (void)ffa_leave(core, FFA_NORMAL_WORLD_RESUME, 0, 0, 0);
    if (gic_secure_owner() == GIC_OWNER_SECURE) {
        take(core);
    }
    return go_on(core);
}

struct sp *sp_interrupt_begin_turn(struct spmc_core *core, struct sp *sp, enum sp_state from)
{
    if (from == SP_WAITING) {
        sp_timer_watchdog_start(core, sp);
    } else {
        sp_timer_watchdog_resume(core, sp);
    }
    return sp;
}

// A partition whose timer fires as soon as it waits again must not keep the core for ever.
static void end_interrupt(struct spmc_core *core, struct sp *sp)
{
    if (!sp->config.ns_interrupts_queued) {
        sp->ctx.spsr &= ~spmc_irq_normal_mask;
    }
    sp_timer_hold(core, sp);
}

struct sp *sp_interrupt_end_turn(struct spmc_core *core, struct sp *sp, enum sp_state to)
{
    if (!sp->attended) {
        sp_release(core, sp, to);
        return NULL;
    }
    sp_timer_watchdog_pause(core, sp);
    if (sp->model == SP_MODEL_INTERRUPT) {
        end_interrupt(core, sp);
    }
    if (to == SP_WAITING && is_pending(sp)) {
        return deliver(core, sp);
    }
    sp_release(core, sp, to);
    return go_on(core); // which looks again, this partition included
}

struct sp *sp_interrupt_after_stop(struct spmc_core *core)
{
    return go_on(core);
}

// The normal world wants the core.
static struct sp *preempt(struct spmc_core *core, struct sp *sp)
{
    if ((sp->ctx.spsr & spmc_irq_normal_mask) != 0) {
        return sp; // it may not have it now: another interrupt brought us here, which is gone
    }
    (void)ffa_leave(core, FFA_INTERRUPT, (uint32_t)sp->endpoint.id << 16, 0, 0);
    return sp_interrupt_end_turn(core, sp, SP_PREEMPTED);
}

// Another partition's interrupt takes the core from `sp`, which stays this core's: nobody else can run it meanwhile.
static struct sp *nest(struct spmc_core *core, struct sp *sp)
{
    if (sp->model == SP_MODEL_INTERRUPT || sp->model == SP_MODEL_INIT ||
        sp->config.other_interrupts_queued) {
        return sp;
    }
    struct sp *other = claim_pending();
    if (other == NULL) {
        return sp;
    }
    sp_timer_watchdog_pause(core, sp);
    if (core->fp_owner != NULL) {
        fp_give_back(core);
    }
    core->interrupted = sp;
    return deliver(core, other);
}

struct sp *sp_interrupted(struct spmc_core *core, struct sp *sp)
{
    switch (gic_secure_owner()) {
    case GIC_OWNER_NORMAL:
        return preempt(core, sp);
    case GIC_OWNER_EL3:
        spmc_irq_to_el3();
        return sp;
    case GIC_OWNER_SECURE:
        take(core);
        break;
    case GIC_OWNER_NONE:
        return sp;
    }
    if (sp_timer_watchdog_bites(core)) {
        core->watchdog_bites = false;
        log_error("partition %s (0x%x) is stopped: its watchdog expired after %u ms; pc 0x%llx = "
                  "image + 0x%llx",
                  sp->config.description, sp->endpoint.id, sp->config.watchdog_ms,
                  (unsigned long long)sp->ctx.pc, (unsigned long long)(sp->ctx.pc - sp->load_base));
        return sp_stop(core, sp);
    }
    return nest(core, sp);
}
