// SPDX-License-Identifier: BSD-3-Clause
//
// Deadlines of partitions and the cores that serve them, see sp_timer.h. Arguments of the calls are a partition's and
// checked. An interrupt of a device that comes too soon after the last one has a deadline, too: when it is given on.
// A deadline belongs to the core on which it was set; it moves when that core goes. Nothing depends on that choice but which
// core is interrupted: the interrupt goes to the partition wherever it is (sp_interrupt.c).
#include "sp_timer.h"

#include "ffa_dispatch.h"
#include "sp_device.h"
#include "sp_interrupt.h"
#include "spmc_irq.h"

// Under it: timer_deadline, timer_core, held and held_until of every partition, `online` and `asleep` of every core. Taken
// last but for the one of sp_device.c; nothing is called that leaves.
static struct spinlock timers_lock;

// The earlier of two deadlines, 0 being never.
static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

// When a core has to do something for `sp`.
static uint64_t deadline_of(const struct sp *sp)
{
    return earlier(sp->timer_deadline, sp->held != 0 ? sp->held_until : 0);
}

// This core's hardware timer for the earliest of its deadlines. Only this core looks at these fields.
static void program(struct spmc_core *core)
{
    uint64_t next =
        earlier(earlier(core->watchdog_deadline, core->handler_deadline), core->timers_deadline);

    if (next != core->programmed) {
        core->programmed = next;
        spmc_irq_program(next);
    }
}

// The same after a deadline of a partition has changed. What other cores took away stays until it is served: nothing is due.
static void program_locked(struct spmc_core *core)
{
    core->timers_deadline = 0;
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (spmc_sps[i].timer_core == core->index) {
            core->timers_deadline = earlier(core->timers_deadline, deadline_of(&spmc_sps[i]));
        }
    }
    program(core);
}

static void serve_locked(struct sp *sp, uint64_t now)
{
    if (sp->timer_deadline != 0 && sp->timer_deadline <= now) {
        sp->timer_deadline = 0;
        sp_interrupt_pend(sp, SP_PENDING_TIMER);
    }
    if (sp->held != 0 && sp->held_until <= now) {
        sp_interrupt_pend(sp, sp->held);
        sp->held = 0;
    }
}

// Whether it has passed. Then it is none any more: the line must be quiet when the interrupt is ended.
static bool bites(uint64_t *deadline, uint64_t now)
{
    if (*deadline == 0 || *deadline > now) {
        return false;
    }
    *deadline = 0;
    return true;
}

void sp_timer_serve(struct spmc_core *core)
{
    uint64_t now = spmc_irq_now();

    spin_lock(&timers_lock);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (spmc_sps[i].timer_core == core->index) {
            serve_locked(&spmc_sps[i], now);
        }
    }
    core->watchdog_bites = bites(&core->watchdog_deadline, now);
    core->handler_bites = bites(&core->handler_deadline, now);
    program_locked(core);
    spin_unlock(&timers_lock);
}

// Its deadlines are this core's from now on. Another core that served them finds nothing due, once.
static void serve_here_locked(struct spmc_core *core, struct sp *sp)
{
    sp->timer_core = core->index;
    program_locked(core);
}

static void set_deadline_locked(struct spmc_core *core, struct sp *sp, uint32_t delay_us)
{
    sp->timer_deadline = delay_us != 0 ? spmc_irq_now() + spmc_irq_ticks(delay_us) : 0;
    serve_here_locked(core, sp);
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
    (void)sp_interrupt_unpend(sp, SP_PENDING_TIMER); // also what fired and was not given to it yet
    set_deadline_locked(core, sp, delay_us);
    spin_unlock(&timers_lock);
    return 0;
}

void sp_timer_hold(struct spmc_core *core, struct sp *sp)
{
    uint64_t earliest = spmc_irq_now() + spmc_irq_ticks(SPMC_TIMER_MIN_US);

    spin_lock(&timers_lock);
    if (sp_interrupt_unpend(sp, SP_PENDING_TIMER) != 0 ||
        (sp->timer_deadline != 0 && sp->timer_deadline < earliest)) {
        set_deadline_locked(core, sp, SPMC_TIMER_MIN_US);
    }
    sp->held_until = earliest;
    sp->held |= sp_interrupt_unpend(sp, SP_PENDING_DEVICES);
    if (sp->held != 0) {
        serve_here_locked(core, sp);
    }
    spin_unlock(&timers_lock);
}

void sp_timer_pend(struct spmc_core *core, struct sp *sp, uint32_t bits)
{
    spin_lock(&timers_lock);
    if (spmc_irq_now() < sp->held_until) {
        sp->held |= bits;
        serve_here_locked(core, sp);
    } else {
        sp_interrupt_pend(sp, bits);
    }
    spin_unlock(&timers_lock);
}

void sp_timer_boot_over(struct spmc_core *core)
{
    spin_lock(&timers_lock);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        struct sp *sp = &spmc_sps[i];

        sp->held |= sp_interrupt_unpend(sp, SP_PENDING_TIMER | SP_PENDING_DEVICES);
        if (sp->held != 0) {
            sp->held_until = spmc_irq_now();
            serve_here_locked(core, sp);
        }
    }
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

// Milliseconds that the counter has counted. Whole seconds first: 64 bits are enough for any counter, and its frequency
// need not be a multiple of 1,000.
static int32_t clock_read(const struct sp *sp, uint64_t *x)
{
    uint64_t hz = spmc_irq_ticks(1000000);
    uint64_t now = spmc_irq_now();
    uint64_t ms;

    if (!sp->config.clock) {
        return FFA_NOT_SUPPORTED;
    }
    ms = now / hz * 1000 + now % hz * 1000 / hz;
    x[2] = (uint32_t)ms;
    x[3] = ms >> 32;
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
    case TESSERA_INTERRUPT_DONE:
        result = sp_device_done(core, sp, (uint32_t)x[1]);
        break;
    case TESSERA_CLOCK:
        result = clock_read(sp, x);
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
    sp->held = 0;
    (void)sp_interrupt_unpend(sp, UINT32_MAX);
    spin_unlock(&timers_lock);
}

// ---- Cores come and go -----------------------------------------------------------------------------------------------

void sp_timer_core_on(struct spmc_core *core)
{
    spin_lock(&timers_lock);
    core->online = true;
    core->asleep = false;
    core->programmed = UINT64_MAX; // whatever the hardware has
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (!spmc_cores[spmc_sps[i].timer_core].online) {
            spmc_sps[i].timer_core = core->index;
        }
    }
    for (uint32_t i = 0; i < BOARD_CORE_MAX; i++) {
        if (!spmc_cores[i].online) {
            sp_device_move(i, core->index);
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
            moved = moved || deadline_of(sp) != 0;
        }
    }
    if (to != core) {
        sp_device_move(core->index, to->index);
    }
    program_locked(core);
    spin_unlock(&timers_lock);
    if (moved) {
        spmc_irq_tell(to->index);
    }
}

// ---- Watchdog --------------------------------------------------------------------------------------------------------

static uint64_t full_time(const struct sp *sp)
{
    return spmc_irq_ticks((uint64_t)sp->config.watchdog_ms * 1000);
}

// The turn of an interrupt has handler_deadline.
static void resume(struct spmc_core *core, const struct sp *sp)
{
    if (sp->config.watchdog_ms != 0 && sp->model != SP_MODEL_INTERRUPT) {
        core->watchdog_deadline = spmc_irq_now() + sp->watchdog_left;
    }
}

static void pause(struct spmc_core *core, struct sp *sp)
{
    if (core->watchdog_deadline == 0) {
        return; // it has none
    }
    uint64_t now = spmc_irq_now();

    sp->watchdog_left = now < core->watchdog_deadline ? core->watchdog_deadline - now : 1;
    core->watchdog_deadline = 0;
}

void sp_timer_watchdog_start(struct spmc_core *core, struct sp *sp)
{
    sp->watchdog_left = full_time(sp);
    sp_timer_watchdog_resume(core, sp);
}

void sp_timer_watchdog_resume(struct spmc_core *core, struct sp *sp)
{
    resume(core, sp);
    program(core);
}

void sp_timer_watchdog_pause(struct spmc_core *core, struct sp *sp)
{
    pause(core, sp);
    program(core);
}

void sp_timer_watchdog_call(struct spmc_core *core, struct sp *from, struct sp *to)
{
    to->watchdog_left = full_time(to);
    sp_timer_watchdog_switch(core, from, to);
}

void sp_timer_watchdog_switch(struct spmc_core *core, struct sp *from, const struct sp *to)
{
    pause(core, from);
    resume(core, to);
    program(core);
}

void sp_timer_handler_start(struct spmc_core *core, const struct sp *sp)
{
    if (sp->config.watchdog_ms != 0) {
        core->handler_deadline = spmc_irq_now() + full_time(sp);
        program(core);
    }
}

void sp_timer_handler_end(struct spmc_core *core)
{
    core->handler_deadline = 0;
    program(core);
}

bool sp_timer_watchdog_bites(struct spmc_core *core)
{
    bool result = core->watchdog_bites;

    core->watchdog_bites = false;
    return result;
}

bool sp_timer_handler_bites(struct spmc_core *core)
{
    bool result = core->handler_bites;

    core->handler_bites = false;
    return result;
}
