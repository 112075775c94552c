// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupts of devices to partitions (spmc/sp_device.c, and sp_interrupt.c, sp_timer.c below it): each state of a partition
// against its device, a level-triggered line masked until TESSERA_INTERRUPT_DONE, the source of a stopped partition silent for
// good, storms, and cores that come and go. Expected behaviour: DEN0077A "Secure interrupts" for S-EL0, docs/interrupts.md.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "regs.h"
#include "sp_device.h"
#include "sp_timer.h"
#include "spmc_fixture.h"
#include "spmc_irq.h"

#define WATCHDOG_MS 50
#define LEVEL (SP_INTERRUPT_SECURE | SP_INTERRUPT_SPI | SP_INTERRUPT_LEVEL | 0x50)
#define EDGE (SP_INTERRUPT_SECURE | SP_INTERRUPT_SPI | 0x60)

// ALPHA's: 0 level, 1 edge, 2 level; BETA's: 3 level
#define A_LEVEL 0
#define A_EDGE 1
#define A_OTHER 2
#define B_LEVEL 3

static void give(struct sp *sp, const char *name, uint32_t first, const uint32_t *attributes,
                 uint32_t count)
{
    struct sp_device_region *device = &sp->config.devices[sp->config.device_count++];

    *device = (struct sp_device_region){ .page_count = 1, .interrupt_count = count };
    strcpy(device->description, name);
    for (uint32_t i = 0; i < count; i++) {
        device->interrupts[i] =
            (struct sp_device_interrupt){ FIXTURE_SPI(first + i), attributes[i] };
    }
}

static int reset(void **state)
{
    static const uint32_t level_edge[] = { LEVEL, EDGE };
    static const uint32_t level[] = { LEVEL };

    (void)state;
    fixture_reset();
    give(ALPHA, "first", A_LEVEL, level_edge, 2);
    give(ALPHA, "second", A_OTHER, level, 1);
    give(BETA, "third", B_LEVEL, level, 1);
    fixture_attend(ALPHA, true, WATCHDOG_MS, false);
    fixture_attend(BETA, false, WATCHDOG_MS, false);
    return sp_device_init(&spmc_cores[0]);
}

static void raise_line(uint32_t n)
{
    fixture.spi[n].line = true;
    fixture.spi[n].latched = fixture.spi[n].edge;
}

static struct sp *call(uint32_t core, struct sp *sp, uint32_t fid, uint64_t x1)
{
    return fixture_from_sp(core, sp, (struct ffa_args){ .x = { fid, x1 } });
}

// TESSERA_INTERRUPT_DONE of a running partition.
static int32_t done(uint32_t core, struct sp *sp, uint32_t id)
{
    assert_ptr_equal(call(core, sp, TESSERA_INTERRUPT_DONE, id), sp);
    return (int32_t)sp->ctx.x[0];
}

// It serves the device and says so.
static void serve(uint32_t core, struct sp *sp, uint32_t n)
{
    fixture.spi[n].line = false;
    assert_int_equal(done(core, sp, FIXTURE_SPI(n)), 0);
}

static void assert_told(const struct sp *sp, uint32_t n)
{
    assert_int_equal(sp->state, SP_RUNNING);
    assert_int_equal(sp->model, SP_MODEL_INTERRUPT);
    assert_true(fixture_is(sp->ctx.x, FFA_INTERRUPT, 0, FIXTURE_SPI(n), 0));
    assert_false(fixture.spi[n].enabled);
}

static void assert_resumed_normal_world(uint32_t core)
{
    assert_null(fixture_running(core));
    assert_true(fixture_is(spmc_cores[core].args.x, FFA_NORMAL_WORLD_RESUME, 0, 0, 0));
}

// ---- Boot ------------------------------------------------------------------------------------------------------------

static void all_interrupts_of_manifests_are_taken_and_enabled(void **state)
{
    (void)state;
    for (uint32_t n = 0; n <= B_LEVEL; n++) {
        assert_true(fixture.spi[n].configured && fixture.spi[n].enabled);
        assert_int_equal(fixture.spi[n].core, 0);
        assert_int_equal(fixture.spi[n].edge, n == A_EDGE);
    }
    assert_false(fixture.spi[4].configured);
}

static void an_interrupt_that_is_not_there_is_named(void **state)
{
    (void)state;
    BETA->config.devices[0].interrupts[0].id = 1000;
    assert_int_equal(sp_device_init(&spmc_cores[0]), ERR_RANGE);
    assert_non_null(strstr(fixture.lines[0], "beta"));
    assert_non_null(strstr(fixture.lines[0], "third"));
    assert_non_null(strstr(fixture.lines[0], "1000"));
}

static void more_interrupts_than_there_is_room_for_are_refused(void **state)
{
    static const uint32_t four[] = { EDGE, EDGE, EDGE, EDGE };

    (void)state;
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        spmc_sps[i].config.device_count = 0;
        for (uint32_t k = 0; k < SP_MAX_DEVICES; k++) {
            give(&spmc_sps[i], "d", 0, four, SP_MAX_DEVICE_INTERRUPTS);
        }
    }
    assert_int_equal(sp_device_init(&spmc_cores[0]), ERR_NO_MEMORY);
    assert_non_null(strstr(fixture.lines[0], "gamma")); // 16 each, room for 32
}

// ---- Each state ------------------------------------------------------------------------------------------------------

static void waiting_partition_gets_the_core_from_the_normal_world(void **state)
{
    (void)state;
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0),
                     ALPHA); // and the line that is still up does not come again
    assert_told(ALPHA, A_LEVEL);
    assert_int_equal(ALPHA->pending, 0);
    serve(0, ALPHA, A_LEVEL);
    assert_true(fixture.spi[A_LEVEL].enabled);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_resumed_normal_world(0);
    assert_null(fixture_interrupts(0));
}

static void waiting_partition_gets_the_core_from_another_one(void **state)
{
    static const enum sp_model models[] = { SP_MODEL_RUN, SP_MODEL_DIRECT };

    for (unsigned int m = 0; m < 2; m++) {
        reset(state);
        fixture_enter(BETA, models[m]);
        raise_line(A_LEVEL);
        assert_ptr_equal(fixture_interrupts(0), ALPHA);
        assert_told(ALPHA, A_LEVEL);
        serve(0, ALPHA, A_LEVEL);
        assert_ptr_equal(SP(ALPHA, FFA_MSG_WAIT), BETA);
        assert_int_equal(BETA->model, models[m]);
    }
}

static void a_partition_that_lets_others_interrupts_wait_is_not_disturbed(void **state)
{
    (void)state;
    BETA->config.ns_interrupts_queued = true;
    fixture_attend(BETA, false, WATCHDOG_MS, true);
    fixture_enter(BETA, SP_MODEL_DIRECT);
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), BETA);
    assert_false(fixture.spi[A_LEVEL].enabled); // taken, masked, kept for later
    assert_ptr_equal(call(0, BETA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(BETA_ID, 0)), ALPHA);
    assert_told(ALPHA, A_LEVEL);
    serve(0, ALPHA, A_LEVEL);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_int_equal(NWD_X[0], FFA_MSG_SEND_DIRECT_RESP_32); // who asked BETA gets its answer
}

static void running_partition_is_told_at_the_end_of_its_turn(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_int_equal(ALPHA->model, SP_MODEL_DIRECT);
    assert_ptr_equal(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0), 0, 7), ALPHA);
    assert_told(ALPHA, A_LEVEL);
    serve(0, ALPHA, A_LEVEL);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_int_equal(NWD_X[0], FFA_MSG_SEND_DIRECT_RESP_32);
    assert_int_equal(NWD_X[3], 7);
}

static void partition_that_runs_on_another_core_is_told_there(void **state)
{
    (void)state;
    assert_ptr_equal(fixture_from_nwd(1, (struct ffa_args){ .x = { FFA_RUN, IDS(ALPHA_ID, 0) } }),
                     ALPHA);
    raise_line(A_LEVEL);
    assert_null(fixture_interrupts(0)); // core 0 takes it and goes on
    assert_resumed_normal_world(0);
    assert_ptr_equal(call(1, ALPHA, FFA_MSG_WAIT, 0), ALPHA);
    assert_told(ALPHA, A_LEVEL);
    serve(1, ALPHA, A_LEVEL);
    assert_int_equal(fixture.spi[A_LEVEL].core, 1); // it comes to where it was served last
    assert_null(call(1, ALPHA, FFA_MSG_WAIT, 0));
}

static void blocked_and_preempted_partitions_are_told_after_their_turn(void **state)
{
    for (unsigned int preempted = 0; preempted < 2; preempted++) {
        reset(state);
        fixture_enter(ALPHA, SP_MODEL_DIRECT);
        fixture.hw[0].normal = preempted != 0;
        assert_null(preempted != 0 ? fixture_interrupts(0) : call(0, ALPHA, FFA_YIELD, 0));
        fixture.hw[0].normal = false;
        raise_line(A_LEVEL);
        assert_null(fixture_interrupts(0));
        assert_resumed_normal_world(0);
        assert_int_equal(ALPHA->state, preempted != 0 ? SP_PREEMPTED : SP_BLOCKED);
        assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
        assert_int_equal(ALPHA->model, SP_MODEL_DIRECT);
        assert_ptr_equal(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0)), ALPHA);
        assert_told(ALPHA, A_LEVEL);
    }
}

static void partition_that_works_for_another_one_is_told_after_its_response(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(SP(ALPHA, FFA_MSG_SEND_DIRECT_REQ_32, IDS(ALPHA_ID, BETA_ID)), BETA);
    raise_line(B_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), BETA);
    assert_int_equal(BETA->model, SP_MODEL_DIRECT);
    assert_ptr_equal(SP(BETA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(BETA_ID, ALPHA_ID)), BETA);
    assert_told(BETA, B_LEVEL);
    serve(0, BETA, B_LEVEL);
    assert_ptr_equal(SP(BETA, FFA_MSG_WAIT), ALPHA);
    assert_int_equal(ALPHA->ctx.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
}

static void stopped_partition_s_sources_stay_masked(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_null(fixture_stop(0, ALPHA));
    for (uint32_t n = A_LEVEL; n <= A_OTHER; n++) {
        assert_false(fixture.spi[n].enabled);
        raise_line(n);
    }
    assert_null(fixture_interrupts(0));
    assert_true(fixture.spi[B_LEVEL].enabled); // nobody else's
    sp_timer_core_off(&spmc_cores[0], false);
    for (uint32_t n = A_LEVEL; n <= A_OTHER; n++) {
        assert_false(fixture.spi[n].enabled); // not by a move either
    }
}

static void partition_that_stops_in_its_handler_leaves_a_silent_source(void **state)
{
    (void)state;
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_null(fixture_stop(0, ALPHA));
    assert_resumed_normal_world(0);
    assert_false(fixture.spi[A_LEVEL].enabled);
    assert_null(fixture_interrupts(0));
}

// One that was acknowledged while its partition stopped on another core
static void interrupt_that_comes_as_its_partition_stops_goes_nowhere(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    sp_device_stopped(ALPHA);
    assert_true(sp_device_take(&spmc_cores[1], FIXTURE_SPI(A_LEVEL)));
    assert_false(fixture.spi[A_LEVEL].enabled);
    assert_int_equal(ALPHA->pending, 0);
}

// ---- Masked until it is done -----------------------------------------------------------------------------------------

static void level_interrupt_stays_masked_until_it_is_done(void **state)
{
    (void)state;
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_null(SP(ALPHA, FFA_MSG_WAIT)); // not done: the line is still up
    fixture.now += 1000000;
    assert_null(fixture_interrupts(0));
    assert_false(fixture.spi[A_LEVEL].enabled);
    fixture_enter(ALPHA, SP_MODEL_DIRECT); // done in a later turn
    serve(0, ALPHA, A_LEVEL);
    assert_true(fixture.spi[A_LEVEL].enabled);
    assert_null(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0)));
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_told(ALPHA, A_LEVEL);
}

static void edge_that_comes_while_masked_is_not_lost(void **state)
{
    (void)state;
    raise_line(A_EDGE);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_told(ALPHA, A_EDGE);
    raise_line(A_EDGE); // another one, the handler has not read it
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_int_equal(done(0, ALPHA, FIXTURE_SPI(A_EDGE)), 0);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    fixture.now += SPMC_TIMER_MIN_US;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_told(ALPHA, A_EDGE);
}

static void only_what_was_told_can_be_done(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_int_equal(done(0, ALPHA, FIXTURE_SPI(A_LEVEL)), FFA_DENIED);
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_int_equal(done(0, ALPHA, FIXTURE_SPI(A_LEVEL)), FFA_DENIED); // came, not told yet
    assert_int_equal(done(0, ALPHA, FIXTURE_SPI(B_LEVEL)), FFA_INVALID_PARAMETERS);
    assert_int_equal(done(0, ALPHA, FIXTURE_SPI(4)), FFA_INVALID_PARAMETERS);
    assert_int_equal(done(0, ALPHA, TESSERA_INTERRUPT_TIMER), FFA_INVALID_PARAMETERS);
    assert_int_equal(done(0, ALPHA, 0), FFA_INVALID_PARAMETERS);
    assert_int_equal(done(0, ALPHA, UINT32_MAX), FFA_INVALID_PARAMETERS);
    assert_ptr_equal(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0)), ALPHA);
    assert_told(ALPHA, A_LEVEL);
    serve(0, ALPHA, A_LEVEL);
    assert_int_equal(done(0, ALPHA, FIXTURE_SPI(A_LEVEL)), FFA_DENIED); // twice
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    fixture_enter(GAMMA, SP_MODEL_RUN);
    assert_int_equal(done(0, GAMMA, FIXTURE_SPI(A_LEVEL)), FFA_NOT_SUPPORTED);
}

// ---- Nobody is kept from the core ------------------------------------------------------------------------------------

static void device_whose_line_never_falls_leaves_others_their_time(void **state)
{
    (void)state;
    raise_line(A_LEVEL);
    for (unsigned int round = 0; round < 5; round++) {
        assert_ptr_equal(fixture_interrupts(0), ALPHA);
        assert_told(ALPHA, A_LEVEL);
        assert_int_equal(done(0, ALPHA, FIXTURE_SPI(A_LEVEL)), 0); // and it comes at once
        assert_ptr_equal(fixture_interrupts(0), ALPHA);
        assert_null(SP(ALPHA, FFA_MSG_WAIT));
        assert_resumed_normal_world(0);
        fixture.now += SPMC_TIMER_MIN_US - 1;
        assert_null(fixture_interrupts(0));
        fixture.now += 1;
    }
}

// The interrupt comes after the handler's turn but too soon after it
static void interrupt_soon_after_the_last_one_waits(void **state)
{
    (void)state;
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    serve(0, ALPHA, A_LEVEL);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    fixture.now += 10;
    raise_line(A_OTHER);
    assert_null(fixture_interrupts(0));
    assert_resumed_normal_world(0);
    assert_false(fixture.spi[A_OTHER].enabled);
    fixture.now += SPMC_TIMER_MIN_US - 11;
    assert_null(fixture_interrupts(0));
    fixture.now += 1;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_told(ALPHA, A_OTHER);
}

static void messages_reach_a_partition_whose_interrupt_waits(void **state)
{
    (void)state;
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_int_equal(done(0, ALPHA, FIXTURE_SPI(A_LEVEL)), 0);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_null(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0)));
    fixture.now += SPMC_TIMER_MIN_US;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_told(ALPHA, A_LEVEL);
}

static void all_interrupts_of_a_partition_have_their_turn(void **state)
{
    uint32_t told = 0;

    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(SP(ALPHA, TESSERA_TIMER_SET, 100), ALPHA);
    raise_line(A_LEVEL);
    raise_line(A_EDGE);
    raise_line(A_OTHER);
    fixture.now += 100;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    struct sp *next = SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0));

    // Timer and first device are ready again at once, each time
    for (unsigned int round = 0; round < 4; round++) {
        assert_ptr_equal(next, ALPHA);
        uint32_t id = (uint32_t)ALPHA->ctx.x[2];

        if (id == TESSERA_INTERRUPT_TIMER) {
            assert_ptr_equal(SP(ALPHA, TESSERA_TIMER_SET, 100), ALPHA);
            told |= 1;
        } else {
            assert_int_equal(done(0, ALPHA, id), 0);
            told |= 2u << (id - FIXTURE_SPI(0));
        }
        assert_ptr_equal(fixture_interrupts(0), ALPHA);
        assert_null(SP(ALPHA, FFA_MSG_WAIT));
        fixture.now += SPMC_TIMER_MIN_US;
        next = fixture_interrupts(0);
    }
    assert_int_equal(told, 0xf);
}

static void handler_that_hangs_is_ended_by_its_watchdog(void **state)
{
    (void)state;
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_ptr_equal(SP(ALPHA, TESSERA_WATCHDOG_KICK), ALPHA);
    assert_int_equal((int32_t)ALPHA->ctx.x[0], FFA_DENIED);
    fixture.now += WATCHDOG_MS * 1000 - 1;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    fixture.now += 1;
    assert_null(fixture_interrupts(0));
    assert_int_equal(ALPHA->state, SP_STOPPED);
    assert_resumed_normal_world(0);
    assert_false(fixture.spi[A_LEVEL].enabled);
}

static void normal_world_s_interrupts_wait_for_the_handler(void **state)
{
    (void)state;
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    fixture.hw[0].normal = true;
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    serve(0, ALPHA, A_LEVEL);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_resumed_normal_world(0); // where it takes its own
    assert_int_equal(ALPHA->ctx.spsr & spmc_irq_normal_mask, 0);
}

static void interrupt_of_nobody_is_reported(void **state)
{
    (void)state;
    fixture.spi[5].edge = true;
    fixture.spi[5].enabled = true;
    raise_line(5);
    assert_null(fixture_interrupts(0));
    assert_resumed_normal_world(0);
    assert_non_null(strstr(fixture.lines[0], "belongs to nobody"));
}

// ---- Cores come and go -----------------------------------------------------------------------------------------------

static void expect_core(uint32_t core)
{
    for (uint32_t n = A_LEVEL; n <= B_LEVEL; n++) {
        assert_int_equal(fixture.spi[n].core, core);
    }
}

static void interrupts_move_when_their_core_goes_off(void **state)
{
    (void)state;
    sp_timer_core_off(&spmc_cores[0], false);
    expect_core(1);
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(1), ALPHA);
    assert_told(ALPHA, A_LEVEL);
    serve(1, ALPHA, A_LEVEL);
    assert_null(call(1, ALPHA, FFA_MSG_WAIT, 0));
    assert_resumed_normal_world(1);
    sp_timer_core_on(&spmc_cores[0]);
    expect_core(1); // there is no need to move again
}

static void interrupt_that_is_pending_moves_too(void **state)
{
    (void)state;
    raise_line(A_LEVEL); // signalled to core 0, which leaves before it looks
    sp_timer_core_off(&spmc_cores[0], true);
    assert_ptr_equal(fixture_interrupts(1), ALPHA);
}

static void masked_interrupt_moves_and_stays_masked(void **state)
{
    (void)state;
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_null(SP(ALPHA, FFA_MSG_WAIT)); // not done
    sp_timer_core_off(&spmc_cores[0], false);
    assert_false(fixture.spi[A_LEVEL].enabled);
    assert_null(fixture_interrupts(1));
    assert_ptr_equal(fixture_from_nwd(1, (struct ffa_args){ .x = { FFA_RUN, IDS(ALPHA_ID, 0) } }),
                     ALPHA);
    serve(1, ALPHA, A_LEVEL);
    assert_int_equal(fixture.spi[A_LEVEL].core, 1);
    assert_true(fixture.spi[A_LEVEL].enabled);
}

// What was told too soon waits for a core that then goes: the other one gives it on
static void interrupt_that_waits_for_its_time_moves_too(void **state)
{
    (void)state;
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_int_equal(done(0, ALPHA, FIXTURE_SPI(A_LEVEL)), 0);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    sp_timer_core_off(&spmc_cores[0], false);
    assert_int_equal(fixture.hw[0].deadline, 0);
    assert_null(fixture_interrupts(1)); // the message that it has deadlines now
    fixture.now += SPMC_TIMER_MIN_US;
    assert_ptr_equal(fixture_interrupts(1), ALPHA);
    assert_told(ALPHA, A_LEVEL);
}

static void last_core_that_sleeps_keeps_them(void **state)
{
    (void)state;
    sp_timer_core_off(&spmc_cores[1], false);
    sp_timer_core_off(&spmc_cores[0], true);
    expect_core(0);
    assert_true(fixture.spi[A_LEVEL].enabled); // it wakes the machine
    sp_timer_core_on(&spmc_cores[0]);
    raise_line(A_LEVEL);
    assert_ptr_equal(fixture_interrupts(0), ALPHA);
}

static void core_that_goes_off_leaves_them_to_one_that_sleeps(void **state)
{
    (void)state;
    sp_timer_core_off(&spmc_cores[1], true);
    sp_timer_core_off(&spmc_cores[0], false);
    expect_core(1);
}

static void first_core_that_comes_back_takes_all(void **state)
{
    (void)state;
    sp_timer_core_off(&spmc_cores[1], false);
    sp_timer_core_off(&spmc_cores[0], true);
    sp_timer_core_on(&spmc_cores[1]);
    expect_core(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_interrupts_of_manifests_are_taken_and_enabled, reset),
        cmocka_unit_test_setup(an_interrupt_that_is_not_there_is_named, reset),
        cmocka_unit_test_setup(more_interrupts_than_there_is_room_for_are_refused, reset),
        cmocka_unit_test_setup(waiting_partition_gets_the_core_from_the_normal_world, reset),
        cmocka_unit_test_setup(waiting_partition_gets_the_core_from_another_one, reset),
        cmocka_unit_test_setup(a_partition_that_lets_others_interrupts_wait_is_not_disturbed,
                               reset),
        cmocka_unit_test_setup(running_partition_is_told_at_the_end_of_its_turn, reset),
        cmocka_unit_test_setup(partition_that_runs_on_another_core_is_told_there, reset),
        cmocka_unit_test_setup(blocked_and_preempted_partitions_are_told_after_their_turn, reset),
        cmocka_unit_test_setup(partition_that_works_for_another_one_is_told_after_its_response,
                               reset),
        cmocka_unit_test_setup(stopped_partition_s_sources_stay_masked, reset),
        cmocka_unit_test_setup(partition_that_stops_in_its_handler_leaves_a_silent_source, reset),
        cmocka_unit_test_setup(interrupt_that_comes_as_its_partition_stops_goes_nowhere, reset),
        cmocka_unit_test_setup(level_interrupt_stays_masked_until_it_is_done, reset),
        cmocka_unit_test_setup(edge_that_comes_while_masked_is_not_lost, reset),
        cmocka_unit_test_setup(only_what_was_told_can_be_done, reset),
        cmocka_unit_test_setup(device_whose_line_never_falls_leaves_others_their_time, reset),
        cmocka_unit_test_setup(interrupt_soon_after_the_last_one_waits, reset),
        cmocka_unit_test_setup(messages_reach_a_partition_whose_interrupt_waits, reset),
        cmocka_unit_test_setup(all_interrupts_of_a_partition_have_their_turn, reset),
        cmocka_unit_test_setup(handler_that_hangs_is_ended_by_its_watchdog, reset),
        cmocka_unit_test_setup(normal_world_s_interrupts_wait_for_the_handler, reset),
        cmocka_unit_test_setup(interrupt_of_nobody_is_reported, reset),
        cmocka_unit_test_setup(interrupts_move_when_their_core_goes_off, reset),
        cmocka_unit_test_setup(interrupt_that_is_pending_moves_too, reset),
        cmocka_unit_test_setup(masked_interrupt_moves_and_stays_masked, reset),
        cmocka_unit_test_setup(interrupt_that_waits_for_its_time_moves_too, reset),
        cmocka_unit_test_setup(last_core_that_sleeps_keeps_them, reset),
        cmocka_unit_test_setup(core_that_goes_off_leaves_them_to_one_that_sleeps, reset),
        cmocka_unit_test_setup(first_core_that_comes_back_takes_all, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
