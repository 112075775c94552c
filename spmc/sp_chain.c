// SPDX-License-Identifier: BSD-3-Clause
//
// Call chains, see sp_chain.h.
//
// Interrupts of the normal world are masked in a chain as soon as somebody in it wants them masked (DEN0077A "interrupts": the
// least permissive action of the chain): who is called gets its own mask and its caller's. So it is enough to look at who
// runs. A partition's own mask is restored when its turn in the chain is over.
//
// `caller` of a partition is read by other cores, too (orphans, FFA_RUN of somebody who does not own it): they compare it
// with a partition that they own. It becomes that one only by its owner, and is NULL before the partition is released:
// nobody takes somebody else's for his own.
#include "sp_chain.h"

#include "ffa_dispatch.h"
#include "regs.h"
#include "sp_interrupt.h"
#include "sp_timer.h"
#include "spmc_irq.h"

#define INTERRUPT_MASKS ((uint64_t)(SPSR_I | SPSR_F))

struct sp *sp_chain_head(struct sp *sp)
{
    while (sp->caller != NULL) { // ends: nobody is in a chain twice
        sp = sp->caller;
    }
    return sp;
}

static void set_caller(struct sp *sp, struct sp *caller)
{
    __atomic_store_n(&sp->caller, caller, __ATOMIC_RELAXED);
}

static uint64_t own_masks(const struct sp *sp)
{
    return sp->config.ns_interrupts_queued ? spmc_irq_normal_mask : 0;
}

// For `to`, which works for `from`. During a boot that keeps everything out, a watchdog of `to` bites all the same.
static uint64_t chain_masks(const struct sp *from, const struct sp *to)
{
    uint64_t masks = from->ctx.spsr & INTERRUPT_MASKS;

    return own_masks(to) | (to->config.watchdog_ms != 0 ? masks & spmc_irq_normal_mask : masks);
}

static void set_masks(struct sp *sp, uint64_t masks)
{
    sp->ctx.spsr = (sp->ctx.spsr & ~INTERRUPT_MASKS) | masks;
}

// Nobody else must see the FP registers of who runs.
static void put_fp_away(struct spmc_core *core)
{
    if (core->fp_owner != NULL) {
        fp_give_back(core);
    }
}

struct sp *sp_chain_call(struct spmc_core *core, struct sp *from, struct sp *to)
{
    put_fp_away(core);
    set_caller(to, from);
    set_masks(to, chain_masks(from, to));
    if (from->attended || to->attended) {
        sp_timer_watchdog_call(core, from, to);
    }
    return to;
}

struct sp *sp_chain_resume(struct spmc_core *core, struct sp *from, struct sp *to)
{
    put_fp_away(core);
    set_masks(to, chain_masks(from, to)); // its caller's may be others now
    if (from->attended || to->attended) {
        sp_timer_watchdog_switch(core, from, to);
    }
    return to;
}

struct sp *sp_chain_return(struct spmc_core *core, struct sp *sp)
{
    struct sp *caller = sp->caller;

    put_fp_away(core);
    set_masks(sp, own_masks(sp));
    set_caller(sp, NULL);
    if (sp->attended || caller->attended) {
        return sp_interrupt_return(core, sp, caller);
    }
    __atomic_store_n(&sp->state, SP_WAITING, __ATOMIC_RELEASE);
    return caller;
}

struct sp *sp_chain_yield(struct spmc_core *core, struct sp *sp, struct sp *caller)
{
    put_fp_away(core);
    return sp->attended || caller->attended ? sp_interrupt_come_back(core, sp, caller) : caller;
}

// ---- Orphans ---------------------------------------------------------------------------------------------------------

// Who of the chain between `top` and `active` wants interrupts masked; both included.
static uint64_t masks_between(const struct sp *top, const struct sp *active)
{
    uint64_t masks = own_masks(top);

    for (; active != top; active = active->caller) {
        masks |= own_masks(active);
    }
    return masks;
}

// Whom `sp` called on the way to `active`; NULL: nobody, it is `active`.
static struct sp *callee_towards(const struct sp *sp, struct sp *active)
{
    struct sp *callee = NULL;

    for (; active != sp; active = active->caller) {
        callee = active;
    }
    return callee;
}

void sp_chain_orphan(struct spmc_core *core, struct sp *sp, struct sp *active)
{
    struct sp *heir = callee_towards(sp, active);

    put_fp_away(core);
    sp_timer_watchdog_pause(core, active);
    if (heir != NULL) { // it was at work: FFA_RUN goes on there
        for (struct sp *p = active; p != heir; p = p->caller) {
            set_masks(p, masks_between(heir, p));
        }
        heir->inner = active != heir ? active : NULL;
    }
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        struct sp *orphan = &spmc_sps[i];

        if (__atomic_load_n(&orphan->caller, __ATOMIC_RELAXED) == sp) {
            set_masks(orphan, own_masks(orphan));
            set_caller(orphan, NULL);
            __atomic_store_n(&orphan->state, SP_BLOCKED, __ATOMIC_RELEASE);
        }
    }
}
