// SPDX-License-Identifier: BSD-3-Clause
//
// Random walks over timers, watchdogs, interrupts, call chains and cores that go and come, from fixed seeds. The fixture checks
// each step; here is what must hold at the end of a walk: everybody comes to the end of what he does, and then no
// interrupt is left that nobody delivered, and no deadline that nobody serves. Of notifications some may be: they wait for
// FFA_RUN.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sp_timer.h"
#include "spmc_fixture.h"
#include "spmc_irq.h"

#define WALKS 1000
#define STEPS 400

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u; // Knuth's MMIX
    return (uint32_t)(seed >> 33) % below;
}

static struct sp *sp_call(uint32_t core, struct sp *sp, uint64_t x0, uint64_t x1)
{
    return fixture_from_sp(core, sp, (struct ffa_args){ .x = { x0, x1 } });
}

// The running partition asks, runs or answers another one, or the normal world.
static void step_chain(uint32_t core, struct sp *sp)
{
    const struct sp *to = &spmc_sps[((uint32_t)(sp - spmc_sps) + 1 + draw(2)) % spmc_sp_count];

    switch (draw(6)) {
    default:
        sp_call(core, sp, FFA_MSG_SEND_DIRECT_REQ_32, IDS(sp->endpoint.id, to->endpoint.id));
        break;
    case 4:
        sp_call(core, sp, FFA_RUN, IDS(to->endpoint.id, 0));
        break;
    case 5:
        sp_call(core, sp, FFA_MSG_SEND_DIRECT_RESP_32, (uint32_t)sp->response_ids);
        break;
    }
}

// The running partition does something.
static void step_sp(uint32_t core, struct sp *sp)
{
    switch (draw(16)) {
    case 0:
        sp_call(core, sp, FFA_MSG_WAIT, 0);
        break;
    case 1:
        sp_call(core, sp, FFA_MSG_SEND_DIRECT_RESP_32, (uint32_t)sp->response_ids);
        break;
    case 2:
        sp_call(core, sp, FFA_YIELD, 0);
        break;
    case 3:
        sp_call(core, sp, TESSERA_TIMER_SET, SPMC_TIMER_MIN_US + draw(3000));
        break;
    case 4:
        sp_call(core, sp, TESSERA_TIMER_SET, 0);
        break;
    case 5:
        sp_call(core, sp, TESSERA_WATCHDOG_KICK, 0);
        break;
    case 6: // its first FP instruction of this entry, unless somebody else's registers are live
        spmc_cores[core].fp_owner = sp;
        break;
    case 7:
        if (draw(100) == 0) {
            fixture_stop(core, sp);
        }
        break;
    default:
        step_chain(core, sp);
        break;
    }
}

static void power(uint32_t core)
{
    struct ffa_args ask = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, IDS(FFA_ID_SPMD, FFA_ID_SPMC),
                                   FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_PSCI_REQ, PSCI_CPU_OFF } };

    fixture_from_nwd(core, ask);
    fixture.hw[core].deadline = 0; // what is on the core is lost
    fixture.hw[core].sgi = false;
}

static bool is_off(uint32_t core)
{
    return !spmc_cores[core].online;
}

static void step_nwd(uint32_t core)
{
    uint16_t id = spmc_sp_ids[draw(3)];

    switch (draw(4)) {
    case 0:
        fixture_from_nwd(core,
                         (struct ffa_args){ .x = { FFA_MSG_SEND_DIRECT_REQ_32, IDS(0, id) } });
        break;
    case 1:
    case 2:
        fixture_from_nwd(core, (struct ffa_args){ .x = { FFA_RUN, IDS(id, 0) } });
        break;
    default:
        if (draw(8) == 0) {
            power(core);
        }
        break;
    }
}

static void step(void)
{
    uint32_t core = draw(FIXTURE_CORES);

    fixture.now += draw(400);
    if (is_off(core)) {
        if (draw(4) == 0) {
            fixture.core = core;
            sp_timer_core_on(&spmc_cores[core]); // PSCI CPU_ON: spmc_core_start
        }
        return;
    }
    if (draw(6) == 0) {
        fixture.hw[core].normal = true;
    }
    if (draw(20) == 0) { // as FFA_NOTIFICATION_SET does
        sp_interrupt_pend(GAMMA, SP_PENDING_NOTIFICATION);
    }
    struct sp *sp = fixture_interrupts(core);
    if (sp == NULL) {
        fixture.hw[core].normal = false; // the normal world takes it
        step_nwd(core);
    } else {
        step_sp(core, sp);
    }
}

// Every partition comes to its end: until nobody runs, is blocked or preempted, and no timer is set.
static void settle(void)
{
    for (uint32_t i = 0; i < 10000; i++) {
        uint32_t core = i % FIXTURE_CORES;
        bool busy = false;

        if (is_off(core)) {
            fixture.core = core;
            sp_timer_core_on(&spmc_cores[core]);
        }
        fixture.now += 10;
        fixture.hw[core].normal = false;
        struct sp *sp = fixture_interrupts(core);
        if (sp != NULL) {
            (void)fixture_finish(core, sp);
        } else {
            busy = fixture_run_some(core);
        }
        for (uint32_t s = 0; s < spmc_sp_count; s++) {
            uint32_t now = spmc_sps[s].state;

            busy =
                busy || (now != SP_WAITING && now != SP_STOPPED) || spmc_sps[s].timer_deadline != 0;
        }
        if (!busy && fixture_running(0) == NULL && fixture_running(1) == NULL) {
            return;
        }
    }
    fail_msg("somebody never comes to an end");
}

// Two with timers, of which one has a watchdog and one is not always interrupted for others; one that gets notifications.
static void set_stage(uint32_t walk)
{
    fixture_reset();
    for (uint32_t s = 0; s < spmc_sp_count; s++) {
        fixture_properties(&spmc_sps[s], FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND);
    }
    fixture_properties(GAMMA, FFA_PROP_NOTIFICATION);
    fixture_attend(ALPHA, true, 20, false);
    fixture_attend(BETA, true, (walk & 8) != 0 ? 3 : 0, (walk & 1) != 0);
    fixture_attend(GAMMA, false, (walk & 2) != 0 ? 5 : 0, false);
    GAMMA->config.ns_interrupts_queued = (walk & 4) != 0;
    GAMMA->ctx.spsr = (walk & 4) != 0 ? spmc_irq_normal_mask : 0;
}

static struct {
    unsigned int handlers, chains, deep, below_handlers, interrupted_chains, orphans, notified;
} seen;

// What the walks come by
static void look(void)
{
    const struct sp *sp = fixture_running(0);
    const struct sp *interrupted = spmc_cores[0].interrupted;

    for (uint32_t s = 0; s < spmc_sp_count; s++) {
        const struct sp *orphan = &spmc_sps[s];
        seen.orphans += orphan->state == SP_BLOCKED &&
                        (orphan->response_ids & SP_RESPONSE_SP) != 0 &&
                        orphan->response_ids != SP_NO_RESPONSE;
    }
    seen.interrupted_chains += interrupted != NULL && interrupted->caller != NULL;
    if (sp == NULL) {
        return;
    }
    seen.handlers += sp->model == SP_MODEL_INTERRUPT;
    seen.notified +=
        sp->ctx.x[0] == FFA_INTERRUPT && sp->ctx.x[2] == TESSERA_INTERRUPT_NOTIFICATION;
    seen.chains += sp->caller != NULL;
    seen.deep += sp->caller != NULL && sp->caller->caller != NULL;
    seen.below_handlers += sp->caller != NULL && sp->caller->model == SP_MODEL_INTERRUPT;
}

static void no_interrupt_is_forgotten(void **state)
{
    unsigned int stopped = 0;

    (void)state;
    memset(&seen, 0, sizeof(seen));
    for (uint32_t walk = 0; walk < WALKS; walk++) {
        seed = walk;
        set_stage(walk);
        for (uint32_t i = 0; i < STEPS; i++) {
            step();
            look();
        }
        settle();
        for (uint32_t s = 0; s < spmc_sp_count; s++) {
            assert_int_equal(spmc_sps[s].pending & ~SP_PENDING_NOTIFICATION, 0);
            stopped += spmc_sps[s].state == SP_STOPPED;
        }
        for (uint32_t core = 0; core < FIXTURE_CORES; core++) {
            assert_null(spmc_cores[core].interrupted);
            assert_int_equal(spmc_cores[core].watchdog_deadline, 0);
            assert_int_equal(spmc_cores[core].handler_deadline, 0);
            fixture.now += 1000000;
            assert_null(fixture_interrupts(core)); // nothing comes any more
        }
    }
    // The walks go where they should
    assert_true(seen.handlers > WALKS && stopped > 0 && seen.chains > WALKS && seen.deep > WALKS);
    assert_true(seen.below_handlers > WALKS / 4 && seen.interrupted_chains > WALKS / 20);
    assert_true(seen.orphans > WALKS / 16 && seen.notified > WALKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_interrupt_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
