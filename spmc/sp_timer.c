// SPDX-License-Identifier: BSD-3-Clause
//
// Deadlines of partitions and the cores that serve them, see sp_timer.h. Arguments of the calls are a partition's and
// checked. A deadline belongs to the core on which it was set; it moves when that core goes. Nothing depends on that choice
// but which core is interrupted: the interrupt goes to the partition wherever it is (sp_interrupt.c).
#include "sp_timer.h"

#include "ffa_dispatch.h"
#include "sp_interrupt.h"
#include "spmc_irq.h"

// Under it: timer_deadline and timer_core of every partition, `online` and `asleep` of every core. Taken last, nothing is called that
// takes another lock or leaves.
static struct spinlock timers_lock;

// The earlier of two deadlines, 0 being never.
static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

static void program_locked(const struct spmc_core *core)
{
    uint64_t next = core->watchdog_deadline;

    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (spmc_sps[i].timer_core == core->index) {
            next = earlier(next, spmc_sps[i].timer_deadline);
        }
    }
    spmc_irq_program(next);
}

static void program(const struct spmc_core *core)
{
    spin_lock(&timers_lock);
    program_locked(core);
    spin_unlock(&timers_lock);
}

void sp_timer_serve(struct spmc_core *core)
{
    uint64_t now = spmc_irq_now();

    spin_lock(&timers_lock);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        struct sp *sp = &spmc_sps[i];

        if (sp->timer_core == core->index && sp->timer_deadline != 0 && sp->timer_deadline <= now) {
            sp->timer_deadline = 0;
            sp_interrupt_pend(sp);
        }
    }
    core->watchdog_bites = core->watchdog_deadline != 0 && core->watchdog_deadline <= now;
    if (core->watchdog_bites) {
        core->watchdog_deadline = 0; // the line must be quiet when the interrupt is ended
    }
    program_locked(core);
    spin_unlock(&timers_lock);
}

static void set_deadline_locked(const struct spmc_core *core, struct sp *sp, uint32_t delay_us)
{
    sp->timer_deadline = delay_us != 0 ? spmc_irq_now() + spmc_irq_ticks(delay_us) : 0;
    sp->timer_core = core->index; // another core that served it finds nothing due, once
    program_locked(core);
}

static int32_t timer_set(struct spmc_core *core, struct sp *sp, uint32_t delay_us)
{
    if (!sp->config.secure_timer) {
        return FFA_NOT_SUPPORTED;
    }
    if (delay_us != 0 && delay_us < SPMC_TIMER_MIN_US) {
        return FFA_INVALID_PARAMETERS;
    }
    spin_lock(&timers_lock);
    (void)sp_interrupt_unpend(sp); // also what fired and was not given to it yet
    set_deadline_locked(core, sp, delay_us);
    spin_unlock(&timers_lock);
    return 0;
}

void sp_timer_hold(struct spmc_core *core, struct sp *sp)
{
    uint64_t earliest = spmc_irq_now() + spmc_irq_ticks(SPMC_TIMER_MIN_US);

    spin_lock(&timers_lock);
    if (sp_interrupt_unpend(sp) || (sp->timer_deadline != 0 && sp->timer_deadline < earliest)) {
        set_deadline_locked(core, sp, SPMC_TIMER_MIN_US);
    }
    spin_unlock(&timers_lock);
}

void sp_timer_boot_over(struct spmc_core *core)
{
    spin_lock(&timers_lock);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (sp_interrupt_unpend(&spmc_sps[i])) {
            spmc_sps[i].timer_deadline = spmc_irq_now();
            spmc_sps[i].timer_core = core->index;
        }
    }
    program_locked(core);
    spin_unlock(&timers_lock);
}

static int32_t watchdog_kick(struct spmc_core *core, struct sp *sp)
{
    if (sp->config.watchdog_ms == 0) {
        return FFA_NOT_SUPPORTED;
    }
    if (sp->model == SP_MODEL_INTERRUPT) {
        return FFA_DENIED; // nobody else can end that turn: it may not make its own limit
    }
    sp_timer_watchdog_start(core, sp);
    return 0;
}

bool sp_timer_call(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    int32_t result;

    switch ((uint32_t)x[0]) {
    case TESSERA_TIMER_SET:
        result = timer_set(core, sp, (uint32_t)x[1]);
        break;
    case TESSERA_WATCHDOG_KICK:
        result = watchdog_kick(core, sp);
        break;
    default:
        return false;
    }
    x[0] = (uint64_t)(int64_t)result;
    return true;
}

void sp_timer_forget(struct sp *sp)
{
    spin_lock(&timers_lock);
    sp->timer_deadline = 0;
    (void)sp_interrupt_unpend(sp);
    spin_unlock(&timers_lock);
}

// ---- Cores come and go -----------------------------------------------------------------------------------------------

void sp_timer_core_on(struct spmc_core *core)
{
    spin_lock(&timers_lock);
    core->online = true;
    core->asleep = false;
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (!spmc_cores[spmc_sps[i].timer_core].online) {
            spmc_sps[i].timer_core = core->index;
        }
    }
    program_locked(core);
    spin_unlock(&timers_lock);
}

// Some other core that serves. If there is none: a core that sleeps keeps its deadlines, its timer wakes it; one that goes
// off wakes one that sleeps (sp_timer_core_on), and keeps them only if all are off.
static const struct spmc_core *successor_locked(const struct spmc_core *core)
{
    const struct spmc_core *sleeper = core;

    for (uint32_t i = 0; i < BOARD_CORE_MAX; i++) {
        if (spmc_cores[i].online) {
            return &spmc_cores[i];
        }
        if (spmc_cores[i].asleep && !core->asleep) {
            sleeper = &spmc_cores[i];
        }
    }
    return sleeper;
}

void sp_timer_core_off(struct spmc_core *core, bool sleeps)
{
    bool moved = false;

    spin_lock(&timers_lock);
    core->online = false;
    core->asleep = sleeps;
    const struct spmc_core *to = successor_locked(core);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        struct sp *sp = &spmc_sps[i];

        if (sp->timer_core == core->index && to != core) {
            sp->timer_core = to->index;
            moved = moved || sp->timer_deadline != 0;
        }
    }
    program_locked(core);
    spin_unlock(&timers_lock);
    if (moved) {
        spmc_irq_tell(to->index);
    }
}

// ---- Watchdog --------------------------------------------------------------------------------------------------------

void sp_timer_watchdog_start(struct spmc_core *core, struct sp *sp)
{
    sp->watchdog_left = spmc_irq_ticks((uint64_t)sp->config.watchdog_ms * 1000);
    sp_timer_watchdog_resume(core, sp);
}

void sp_timer_watchdog_resume(struct spmc_core *core, struct sp *sp)
{
    if (sp->config.watchdog_ms == 0) {
        return;
    }
    core->watchdog_deadline = spmc_irq_now() + sp->watchdog_left;
    program(core);
}

void sp_timer_watchdog_pause(struct spmc_core *core, struct sp *sp)
{
    if (core->watchdog_deadline == 0) {
        return; // it has none
    }
    uint64_t now = spmc_irq_now();

    sp->watchdog_left = now < core->watchdog_deadline ? core->watchdog_deadline - now : 1;
    core->watchdog_deadline = 0;
    program(core);
}

bool sp_timer_watchdog_bites(const struct spmc_core *core)
{
    return core->watchdog_bites;
}
