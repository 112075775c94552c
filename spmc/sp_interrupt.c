// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupts while a partition or the normal world runs, see sp_interrupt.h. Only EL3 and the interrupt controller say that
// there is one; both are trusted.
//
// What a partition's timer or device does to it depends on its state (ffa.md 4.6, S-EL0):
//   WAITING                       it gets the core now, with FFA_INTERRUPT, and when it waits again what was interrupted
//                                 goes on: a chain of this core, or the normal world
//   RUNNING, CHAINED, BLOCKED,    it gets FFA_INTERRUPT when it would next be waiting, before it is, and before who asked it
//   PREEMPTED                     goes on
//   STOPPED                       nothing
// A turn that an interrupt started, with all whom it calls, cannot be taken by the normal world's interrupts, and is not
// interrupted by another partition's: that one follows it. So it has a limit (handler_deadline) whomever it calls. Each partition
// has one such turn at most, then who was interrupted has the core for 100 µs (sp_timer_hold, hold_handlers): he gets on,
// however often partitions set their timers, and however long they take.
//
// Nobody is forgotten. `pending` is set by any core; a partition is claimed by one. Who sets it then tries to claim
// (go_on, nest), and who releases the partition then looks at it again (go_on), with a full barrier in between on both sides
// (claim_pending): at least one of the two sees what the other did.
#include "sp_interrupt.h"

#include "ffa_dispatch.h"
#include "ffa_notify.h"
#include "gic_secure.h"
#include "log.h"
#include "regs.h"
#include "sp_chain.h"
#include "sp_device.h"
#include "sp_timer.h"
#include "spmc_irq.h"

void sp_interrupt_pend(struct sp *sp, uint32_t bits)
{
    (void)__atomic_fetch_or(&sp->pending, bits, __ATOMIC_SEQ_CST);
}

uint32_t sp_interrupt_unpend(struct sp *sp, uint32_t bits)
{
    return __atomic_fetch_and(&sp->pending, ~bits, __ATOMIC_RELAXED) & bits;
}

// Whether a partition that waits gets the core for it.
static bool is_pending(const struct sp *sp)
{
    return (__atomic_load_n(&sp->pending, __ATOMIC_RELAXED) & ~SP_PENDING_NOTIFICATION) != 0;
}

// Whether one whose turn ends is told before it waits. Of notifications only behind the turn of a message, else who sets them
// from another core could keep it, and this core, busy for ever; and only one that has a watchdog: the turn cannot be
// preempted. All others hear of them by FFA_RUN.
static bool is_told(const struct sp *sp)
{
    return is_pending(sp) || (sp->model != SP_MODEL_INTERRUPT && sp->config.watchdog_ms != 0 &&
                              __atomic_load_n(&sp->pending, __ATOMIC_RELAXED) != 0);
}

// The next one that is pending behind the last that it was told of: all have their turn. The number that it is told.
static uint32_t next_number(struct sp *sp)
{
    uint32_t pending = __atomic_load_n(&sp->pending, __ATOMIC_RELAXED);
    uint32_t behind = pending & -(sp->told << 1);
    uint32_t bits = behind != 0 ? behind : pending;
    uint32_t bit = bits & -bits;

    sp->told = bit;
    (void)sp_interrupt_unpend(sp, bit);
    if (bit == SP_PENDING_TIMER) {
        return TESSERA_INTERRUPT_TIMER;
    }
    if (bit == SP_PENDING_NOTIFICATION) {
        return TESSERA_INTERRUPT_NOTIFICATION;
    }
    return sp_device_tell(sp, bit);
}

static uint32_t bit_of(const struct sp *sp)
{
    return 1u << (sp - spmc_sps);
}

// `sp` is this core's and at the end of a turn, or was waiting: it gets its interrupt instead.
static struct sp *deliver(struct spmc_core *core, struct sp *sp)
{
    uint64_t *to = sp->ctx.x;
    uint32_t number = next_number(sp);

    sp->model = SP_MODEL_INTERRUPT;
    sp->response_ids = SP_NO_RESPONSE;
    to[0] = FFA_INTERRUPT;
    to[1] = 0;
    to[2] = number;
    for (unsigned int i = 3; i < 8; i++) {
        to[i] = 0;
    }
    sp->ctx.spsr |= spmc_irq_normal_mask;
    core->handled |= bit_of(sp);
    sp_timer_handler_start(core, sp);
    return sp;
}

bool sp_interrupt_at_run(struct sp *sp)
{
    return sp_interrupt_unpend(sp, SP_PENDING_NOTIFICATION) != 0;
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

// A waiting partition that has an interrupt, claimed for this core; NULL: none. Who has handled one gets no second turn before
// somebody else has had the core: two whose turns are long enough would keep it between them for ever.
static struct sp *claim_pending(const struct spmc_core *core)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if ((core->handled >> i & 1) == 0 && claim_if_pending(&spmc_sps[i])) {
            return &spmc_sps[i];
        }
    }
    return NULL;
}

// Holds back what came for `sp` while others had their turns. Who owns it meanwhile sees to it himself.
static void hold(struct spmc_core *core, struct sp *sp)
{
    do {
        if (!sp_claim(sp, SP_WAITING, SP_RUNNING)) {
            return;
        }
        sp_timer_hold(core, sp);
        __atomic_store_n(&sp->state, SP_WAITING, __ATOMIC_RELEASE);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    } while (is_pending(sp)); // only if all of that time has passed already
}

// Whom they interrupted is next: they come again when he has had his time. A single one was held at the end of its turn.
static void hold_handlers(struct spmc_core *core)
{
    if ((core->handled & (core->handled - 1)) != 0) {
        for (uint32_t i = 0; i < spmc_sp_count; i++) {
            if ((core->handled >> i & 1) != 0) {
                hold(core, &spmc_sps[i]);
            }
        }
    }
    core->handled = 0;
}

static struct sp *go_to_nwd(struct spmc_core *core)
{
    if (core->attention) {
        ffa_notify_leaving(core);
    }
    return NULL;
}

// Nothing of this core runs: the next interrupt, then whom the first one interrupted, then who asked (core->args).
static struct sp *go_on(struct spmc_core *core)
{
    struct sp *sp = claim_pending(core);

    if (sp != NULL) {
        return deliver(core, sp);
    }
    hold_handlers(core);
    sp = core->interrupted;
    if (sp == NULL) {
        return go_to_nwd(core);
    }
    core->interrupted = NULL;
    sp_timer_watchdog_resume(core, sp);
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
    } else if (!sp_device_take(core, id)) {
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
    sp_timer_handler_end(core);
    sp_timer_hold(core, sp);
}

struct sp *sp_interrupt_end_turn(struct spmc_core *core, struct sp *sp, enum sp_state to)
{
    if (!sp->attended) {
        sp_release(core, sp, to);
        return go_to_nwd(core);
    }
    sp_timer_watchdog_pause(core, sp);
    if (sp->model == SP_MODEL_INTERRUPT) {
        end_interrupt(core, sp);
    }
    if (to == SP_WAITING && is_told(sp)) {
        return deliver(core, sp);
    }
    sp_release(core, sp, to);
    return go_on(core); // which looks again, this partition included
}

struct sp *sp_interrupt_after_stop(struct spmc_core *core)
{
    return go_on(core);
}

// The normal world wants the core: it gets it from the whole chain, whose head it resumes.
static struct sp *preempt(struct spmc_core *core, struct sp *sp)
{
    if ((sp->ctx.spsr & spmc_irq_normal_mask) != 0) {
        return sp; // it may not have it now: another interrupt brought us here, which is gone
    }
    struct sp *head = sp_chain_head(sp);

    (void)ffa_leave(core, FFA_INTERRUPT, (uint32_t)head->endpoint.id << 16, 0, 0);
    head->inner = head != sp ? sp : NULL;
    sp_timer_watchdog_pause(core, sp);
    sp_release(core, head, SP_PREEMPTED);
    return go_on(core);
}

// Whether the chain of `sp`, who runs, may be interrupted for another partition: everybody in it must allow it, and the turn
// of an interrupt, or a boot, is not interrupted.
static bool may_nest(const struct sp *sp)
{
    for (; sp != NULL; sp = sp->caller) {
        if (sp->config.other_interrupts_queued || sp->model == SP_MODEL_INTERRUPT ||
            sp->model == SP_MODEL_INIT) {
            return false;
        }
    }
    return true;
}

// Another partition's interrupt takes the core from `sp`, which stays this core's: nobody else can run it meanwhile.
static struct sp *nest(struct spmc_core *core, struct sp *sp)
{
    struct sp *other = may_nest(sp) ? claim_pending(core) : NULL;

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

struct sp *sp_interrupt_come_back(struct spmc_core *core, struct sp *from, struct sp *sp)
{
    sp_timer_watchdog_switch(core, from, sp);
    return nest(core, sp);
}

struct sp *sp_interrupt_return(struct spmc_core *core, struct sp *sp, struct sp *caller)
{
    if (is_told(sp) && may_nest(caller)) {
        sp_timer_watchdog_pause(core, sp);
        core->interrupted = caller;
        __atomic_store_n(&sp->state, SP_RUNNING, __ATOMIC_RELAXED); // it stays this core's
        return deliver(core, sp);
    }
    sp_timer_watchdog_switch(core, sp, caller);
    __atomic_store_n(&sp->state, SP_WAITING, __ATOMIC_RELEASE);
    return nest(core, caller); // which looks again, or whoever does not allow it now, later
}

static void report_watchdog(const struct sp *sp, const char *what)
{
    log_error("partition %s (0x%x) is stopped: its %s after %u ms; pc 0x%llx = image + 0x%llx",
              sp->config.description, sp->endpoint.id, what, sp->config.watchdog_ms,
              (unsigned long long)sp->ctx.pc, (unsigned long long)(sp->ctx.pc - sp->load_base));
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
    // Who handles an interrupt is the one to blame for all of its turn, although somebody whom it called may run
    bool handler = sp_timer_handler_bites(core);
    bool own = sp_timer_watchdog_bites(core);

    if (handler) {
        report_watchdog(sp_chain_head(sp), "watchdog expired in the turn of an interrupt");
        return sp_stop_handler(core, sp);
    }
    if (own) {
        report_watchdog(sp, "watchdog expired");
        return sp_stop(core, sp);
    }
    return nest(core, sp);
}
