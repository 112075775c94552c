// SPDX-License-Identifier: BSD-3-Clause
//
// Random walks through interrupts of devices: two cores that come and go, two partitions with devices and one without, turns
// that begin, end, yield and are preempted while lines rise. However it goes, an interrupt is enabled exactly while nobody owes
// it a TESSERA_INTERRUPT_DONE, it is sent to a core that is there, and in the end every device has been served: nobody is
// forgotten.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sp_device.h"
#include "sp_timer.h"
#include "spmc_fixture.h"

#define WALKS 400
#define STEPS 400
#define LINES 4
#define LEVEL (SP_INTERRUPT_SECURE | SP_INTERRUPT_SPI | SP_INTERRUPT_LEVEL | 0x50)
#define EDGE (SP_INTERRUPT_SECURE | SP_INTERRUPT_SPI | 0x60)

static uint32_t seed;
static bool asleep[FIXTURE_CORES]; // off, or in a suspend
static struct {
    uint32_t raised, served, unserved, moved, interrupt_turns, preempted;
} seen;

static uint32_t choose(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 16) % below;
}

static struct sp *owner_of(uint32_t line)
{
    return line < 3 ? ALPHA : BETA;
}

static void give(struct sp *sp, uint32_t first, uint32_t count)
{
    struct sp_device_region *device = &sp->config.devices[0];

    sp->config.device_count = 1;
    device->interrupt_count = count;
    for (uint32_t i = 0; i < count; i++) {
        device->interrupts[i] =
            (struct sp_device_interrupt){ FIXTURE_SPI(first + i), first + i == 1 ? EDGE : LEVEL };
    }
}

static void begin(uint32_t walk)
{
    seed = walk * 7919 + 1;
    fixture_reset();
    memset(asleep, 0, sizeof(asleep));
    give(ALPHA, 0, 3);
    give(BETA, 3, 1);
    fixture_attend(ALPHA, false, 600000, false);
    BETA->config.ns_interrupts_queued = walk % 3 == 0;
    fixture_attend(BETA, false, 600000, walk % 3 == 0);
    assert_int_equal(sp_device_init(&spmc_cores[0]), 0);
}

// What must hold between any two steps.
static void check(void)
{
    for (uint32_t n = 0; n < LINES; n++) {
        const struct sp *sp = owner_of(n);
        uint32_t bit = SP_PENDING_DEVICE(n < 3 ? n : 0);
        bool kept = ((sp->pending | sp->held) & bit) != 0;

        FIXTURE_CHECK(!kept || !fixture.spi[n].enabled); // masked while it is not told
        FIXTURE_CHECK(!fixture.spi[n].enabled || !asleep[fixture.spi[n].core] ||
                      (asleep[0] && asleep[1]));
    }
}

static struct sp *call(uint32_t core, struct sp *sp, uint32_t fid, uint64_t x1)
{
    return fixture_from_sp(core, sp, (struct ffa_args){ .x = { fid, x1 } });
}

// The running partition serves what it was told of; with `all` unset, some of it, or says so without having done it.
static void serve(uint32_t core, struct sp *sp, bool all)
{
    for (uint32_t n = 0; n < LINES; n++) {
        bool line = fixture.spi[n].line;

        if (owner_of(n) != sp || (!all && choose(3) == 0)) {
            continue;
        }
        // At times a line stays up: it comes again. An edge would not
        fixture.spi[n].line = line && !fixture.spi[n].edge && !all && choose(4) == 0;
        (void)call(core, sp, TESSERA_INTERRUPT_DONE, FIXTURE_SPI(n));
        if ((int32_t)sp->ctx.x[0] != 0) {
            FIXTURE_CHECK((int32_t)sp->ctx.x[0] == FFA_DENIED);
            fixture.spi[n].line = line; // it was not told: it cannot know
        } else {
            seen.served += fixture.spi[n].line ? 0 : 1;
            seen.unserved += fixture.spi[n].line ? 1 : 0;
        }
    }
}

static void end_turn(uint32_t core, struct sp *sp)
{
    seen.interrupt_turns += sp->model == SP_MODEL_INTERRUPT ? 1 : 0;
    if (sp->model == SP_MODEL_DIRECT) {
        (void)call(core, sp, FFA_MSG_SEND_DIRECT_RESP_32, IDS(sp->endpoint.id, 0));
    } else {
        (void)call(core, sp, FFA_MSG_WAIT, 0);
    }
}

static void from_nwd(uint32_t core)
{
    const struct sp *sp = &spmc_sps[choose(2)];
    struct ffa_args run = { .x = { FFA_RUN, IDS(sp->endpoint.id, 0) } };
    struct ffa_args request = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, IDS(0, sp->endpoint.id) } };

    (void)fixture_from_nwd(core, choose(2) == 0 ? run : request);
}

static void come_or_go(uint32_t core)
{
    if (asleep[core]) {
        asleep[core] = false;
        fixture.core = core;
        sp_timer_core_on(&spmc_cores[core]);
    } else if (fixture_running(core) == NULL) {
        asleep[core] = true;
        fixture.core = core;
        sp_timer_core_off(&spmc_cores[core], choose(2) == 0);
        seen.moved++;
    }
}

static void raise_line(uint32_t n)
{
    if (!fixture.spi[n].line) {
        fixture.spi[n].line = true;
        fixture.spi[n].latched = fixture.spi[n].edge;
        seen.raised++;
    }
}

static void step(void)
{
    uint32_t core = choose(FIXTURE_CORES);
    struct sp *sp = asleep[core] ? NULL : fixture_running(core);

    switch (choose(8)) {
    case 0:
    case 1:
        raise_line(choose(LINES));
        break;
    case 2:
        fixture.now += choose(150);
        break;
    case 3:
        come_or_go(core);
        break;
    case 4:
        fixture.hw[core].normal = sp != NULL && choose(2) == 0;
        seen.preempted += fixture.hw[core].normal ? 1 : 0;
        break;
    default:
        if (sp == NULL) {
            if (!asleep[core]) {
                from_nwd(core);
            }
        } else if (choose(3) == 0) {
            serve(core, sp, false);
        } else if (sp->model != SP_MODEL_INTERRUPT && choose(4) == 0) {
            (void)call(core, sp, FFA_YIELD, 0);
        } else {
            end_turn(core, sp);
        }
    }
    check();
    if (!asleep[core]) {
        (void)fixture_interrupts(core);
    }
    fixture.hw[core].normal = fixture.hw[core].normal && fixture_running(core) != NULL;
    check();
}

// All cores on, every turn ended, everything served that anybody is told of.
static void settle(uint32_t core)
{
    fixture.hw[core].normal = false;
    for (uint32_t i = 0; i < 20; i++) {
        struct sp *sp = fixture_interrupts(core);

        if (sp != NULL) {
            serve(core, sp, true);
            end_turn(core, sp);
        }
        for (uint32_t k = 0; k < spmc_sp_count; k++) {
            uint32_t state = spmc_sps[k].state;

            if (fixture_running(core) == NULL && (state == SP_BLOCKED || state == SP_PREEMPTED)) {
                (void)fixture_from_nwd(
                    core, (struct ffa_args){ .x = { FFA_RUN, IDS(spmc_sps[k].endpoint.id, 0) } });
            }
        }
        check();
    }
}

// What was told and not done stays masked: a turn in which the partition is done with all.
static void be_done(struct sp *sp)
{
    if (fixture_from_nwd(0, (struct ffa_args){ .x = { FFA_RUN, IDS(sp->endpoint.id, 0) } }) == sp) {
        serve(0, sp, true);
        end_turn(0, sp);
    }
}

static void finish(void)
{
    for (uint32_t core = 0; core < FIXTURE_CORES; core++) {
        if (asleep[core]) {
            come_or_go(core);
        }
    }
    for (uint32_t round = 0; round < 12; round++) {
        settle(0);
        settle(1);
        be_done(ALPHA);
        be_done(BETA);
        fixture.now += SPMC_TIMER_MIN_US;
    }
    for (uint32_t n = 0; n < LINES; n++) {
        FIXTURE_CHECK(!fixture.spi[n].latched);
        FIXTURE_CHECK(!fixture.spi[n].line);
        FIXTURE_CHECK(fixture.spi[n].enabled);
    }
    FIXTURE_CHECK(ALPHA->pending == 0 && ALPHA->held == 0);
    FIXTURE_CHECK(BETA->pending == 0 && BETA->held == 0);
}

static void no_device_is_forgotten(void **state)
{
    (void)state;
    for (uint32_t walk = 0; walk < WALKS; walk++) {
        begin(walk);
        for (uint32_t i = 0; i < STEPS; i++) {
            step();
        }
        finish();
    }
    // The walks got everywhere
    assert_true(seen.raised > 10 * WALKS && seen.served > 10 * WALKS && seen.unserved > WALKS &&
                seen.moved > 10 * WALKS && seen.interrupt_turns > 10 * WALKS &&
                seen.preempted > WALKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_device_is_forgotten) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
