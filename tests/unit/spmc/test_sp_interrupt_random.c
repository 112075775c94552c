// SPDX-License-Identifier: BSD-3-Clause
//
// Random walks over timers, watchdog, interrupts, calls and cores that go and come, from fixed seeds. The fixture checks
// each step; here is what must hold at the end of a walk: once everybody is waiting, no interrupt is left that nobody
// delivered, and no deadline that nobody serves.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sp_timer.h"
#include "spmc_fixture.h"
#include "spmc_irq.h"

#define WALKS 400
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

static uint64_t response(const struct sp *sp)
{
    return IDS(sp->endpoint.id, FFA_ID_NWD);
}

// The running partition does something.
static void step_sp(uint32_t core, struct sp *sp)
{
    switch (draw(8)) {
    case 0:
        sp_call(core, sp, FFA_MSG_WAIT, 0);
        break;
    case 1:
        sp_call(core, sp, FFA_MSG_SEND_DIRECT_RESP_32, response(sp));
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
    default:
        if (draw(100) == 0) {
            fixture_stop(core, sp);
        }
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
        if (sp != NULL && sp->model == SP_MODEL_DIRECT) {
            sp_call(core, sp, FFA_MSG_SEND_DIRECT_RESP_32, response(sp));
        } else if (sp != NULL) {
            sp_call(core, sp, FFA_MSG_WAIT, 0);
        }
        for (uint32_t s = 0; s < spmc_sp_count; s++) {
            uint32_t now = spmc_sps[s].state;

            busy =
                busy || (now != SP_WAITING && now != SP_STOPPED) || spmc_sps[s].timer_deadline != 0;
            if (fixture_running(core) == NULL && (now == SP_BLOCKED || now == SP_PREEMPTED)) {
                fixture_from_nwd(core,
                                 (struct ffa_args){ .x = { FFA_RUN, IDS(spmc_sp_ids[s], 0) } });
            }
        }
        if (!busy && fixture_running(0) == NULL && fixture_running(1) == NULL) {
            return;
        }
    }
    fail_msg("somebody never comes to an end");
}

static void no_interrupt_is_forgotten(void **state)
{
    unsigned int delivered = 0;
    unsigned int stopped = 0;

    (void)state;
    for (uint32_t walk = 0; walk < WALKS; walk++) {
        seed = walk;
        fixture_reset();
        fixture_attend(ALPHA, true, 20, false);
        fixture_attend(BETA, true, 0, (walk & 1) != 0);
        for (uint32_t i = 0; i < STEPS; i++) {
            step();
            delivered +=
                fixture_running(0) != NULL && fixture_running(0)->model == SP_MODEL_INTERRUPT;
        }
        settle();
        for (uint32_t s = 0; s < spmc_sp_count; s++) {
            assert_int_equal(spmc_sps[s].pending, 0);
            stopped += spmc_sps[s].state == SP_STOPPED;
        }
        for (uint32_t core = 0; core < FIXTURE_CORES; core++) {
            assert_null(spmc_cores[core].interrupted);
            assert_int_equal(spmc_cores[core].watchdog_deadline, 0);
            fixture.now += 1000000;
            assert_null(fixture_interrupts(core)); // nothing comes any more
        }
    }
    assert_true(delivered > WALKS && stopped > 0); // the walks go where they should
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_interrupt_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
