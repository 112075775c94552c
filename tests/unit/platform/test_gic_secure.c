// SPDX-License-Identifier: BSD-3-Clause
//
// The SPMC's part of the interrupt controller, both kinds, on the model of gic_model.h, after EL3 has set its own part
// up: what the SPMC can take, what it leaves to others, and what it is refused. Expected values: gic_policy.h,
// gic_secure.h.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gic.h"
#include "gic_model.h"
#include "gic_secure.h"

#define NORMAL_TIMER 30
#define SRI 8 // schedule-receiver interrupt
#define SPI 45

// Every test runs for both kinds.
#define BOTH(name)                              \
    { #name " (GICv2)", name, v2, NULL, NULL }, \
    {                                           \
#name " (GICv3)", name, v3, NULL, NULL  \
    }

static void start(void)
{
    assert_int_equal(gic_detect(), ERR_NONE);
    assert_int_equal(gic_init_distributor(), ERR_NONE);
    for (unsigned int c = 0; c < MODEL_CORES; c++) {
        model_be(c, MODEL_EL3);
        assert_int_equal(gic_core_on(), ERR_NONE);
        model_be(c, MODEL_EL1);
        assert_int_equal(gic_secure_init(), ERR_NONE);
        assert_int_equal(gic_secure_init_core(), ERR_NONE);
        for (uint32_t id = 0; id < 32; id++) { // the user's choice; nothing but EL3's before
            assert_int_equal(model_line(c, id)->enabled, id == 15);
        }
        for (uint32_t id = 9; id < 15; id++) {
            assert_int_equal(gic_secure_enable(id, c, true), ERR_NONE);
        }
        model_normal_open(c, 0xff);
    }
    model_be(0, MODEL_EL1);
}

static int v2(void **state)
{
    (void)state;
    model_reset(false);
    start();
    return 0;
}

static int v3(void **state)
{
    (void)state;
    model_reset(true);
    start();
    return 0;
}

static void el3_sends(unsigned int from, unsigned int to)
{
    model_be(from, MODEL_EL3);
    gic_send_sgi(to);
    model_be(to, MODEL_EL1);
}

static void normal_pends(unsigned int core)
{
    model_normal_enable(core, NORMAL_TIMER);
    model_line(core, NORMAL_TIMER)->pending = true;
}

// The timer of the calling core: level-triggered, so the model's pending bit follows the test.
static void timer_fires(unsigned int core)
{
    assert_int_equal(gic_secure_enable(29, core, true), ERR_NONE);
    model_line(core, 29)->pending = true;
}

static void a_board_without_the_addresses_is_refused(void **state)
{
    (void)state;
    assert_int_equal(gic_secure_is_v3(), model.v3);
    model_without_addresses();
    assert_int_equal(gic_secure_init(), ERR_NOT_SUPPORTED);
}

static void what_was_enabled_is_and_nothing_else(void **state)
{
    (void)state;
    for (unsigned int c = 0; c < MODEL_CORES; c++) {
        for (uint32_t id = 0; id < 32; id++) {
            assert_int_equal(model_line(c, id)->enabled, id >= 9 && id <= 15);
        }
    }
}

static void an_sgi_reaches_the_core_that_is_meant(void **state)
{
    (void)state;
    for (unsigned int from = 0; from < MODEL_CORES; from++) {
        for (unsigned int to = 0; to < MODEL_CORES; to++) {
            uint32_t id = 9 + (from + to) % 6;

            model_be(from, MODEL_EL1);
            assert_int_equal(gic_secure_send_sgi(to, id), ERR_NONE);
            for (unsigned int c = 0; c < MODEL_CORES; c++) {
                model_be(c, MODEL_EL1);
                assert_int_equal(gic_secure_owner(), c == to ? GIC_OWNER_SECURE : GIC_OWNER_NONE);
            }
            model_be(to, MODEL_EL1);
            uint32_t acknowledged = gic_secure_acknowledge();
            assert_int_equal(GIC_ID(acknowledged), id);
            assert_true(model_line(to, id)->active);
            gic_secure_end(acknowledged);
            assert_false(model_line(to, id)->active);
            assert_int_equal(gic_secure_owner(), GIC_OWNER_NONE);
        }
    }
}

static void only_its_own_sgis_are_sent(void **state)
{
    (void)state;
    for (uint32_t id = 0; id < 64; id++) {
        int expected = id >= 9 && id <= 14 ? ERR_NONE : ERR_DENIED;

        assert_int_equal(gic_secure_send_sgi(1, id), expected);
    }
    assert_int_equal(gic_secure_send_sgi(1, UINT32_MAX), ERR_DENIED);
    assert_int_equal(gic_secure_send_sgi(MODEL_CORES, 9), ERR_RANGE);
    assert_false(model_line(1, 15)->pending);
    assert_false(model_line(1, 3)->pending);
    assert_false(model_line(1, SRI)->pending);
}

// The schedule-receiver interrupt: pending for the normal world on that core alone, which sees it when it has enabled it.
static void the_normal_world_is_sent_its_sri(void **state)
{
    (void)state;
    for (unsigned int from = 0; from < MODEL_CORES; from++) {
        for (unsigned int to = 0; to < MODEL_CORES; to++) {
            model_be(from, MODEL_EL1);
            assert_int_equal(gic_secure_send_sri(to), ERR_NONE);
            for (unsigned int c = 0; c < MODEL_CORES; c++) {
                assert_int_equal(model_line(c, SRI)->pending, c == to);
                model_be(c, MODEL_EL1);
                assert_int_equal(gic_secure_owner(), GIC_OWNER_NONE); // it has not enabled it yet
            }
            model_normal_enable(to, SRI);
            assert_int_equal(model_signal(to, false), MODEL_IRQ);
            model_be(to, MODEL_EL1);
            assert_int_equal(gic_secure_owner(), GIC_OWNER_NORMAL);
            assert_true(GIC_ID(gic_secure_acknowledge()) >= GIC_SPURIOUS_FIRST);
            assert_true(model_line(to, SRI)->pending); // not the SPMC's to take
            model_line(to, SRI)->pending = false;
            model_line(to, SRI)->senders = 0;
            model_line(to, SRI)->enabled = false;
        }
    }
    model_be(0, MODEL_EL1);
    assert_int_equal(gic_secure_send_sri(MODEL_CORES), ERR_RANGE);
    assert_int_equal(gic_secure_send_sri(UINT32_MAX), ERR_RANGE);
}

// What is sent is for the normal world only: a line of another owner with that number stays quiet.
static void an_sri_never_becomes_a_secure_interrupt(void **state)
{
    (void)state;
    model_line(1, SRI)->group1 = false;
    model_line(1, SRI)->modifier = model.v3;
    model_line(1, SRI)->enabled = true;
    assert_int_equal(gic_secure_send_sri(1), ERR_NONE);
    assert_false(model_line(1, SRI)->pending);
    assert_int_equal(gic_secure_configure(SRI, true, GIC_PRIORITY_SECURE), ERR_DENIED);
    assert_int_equal(gic_secure_enable(SRI, 0, true), ERR_DENIED);
}

static void the_timer_is_taken_and_ended(void **state)
{
    (void)state;
    model_be(2, MODEL_EL1);
    timer_fires(2);
    assert_int_equal(model_signal(2, false), MODEL_FIQ); // to EL3, which brings it here
    assert_int_equal(gic_secure_owner(), GIC_OWNER_SECURE);
    uint32_t acknowledged = gic_secure_acknowledge();
    assert_int_equal(GIC_ID(acknowledged), 29);
    model_line(2, 29)->pending = false;
    gic_secure_end(acknowledged);
    assert_int_equal(gic_secure_owner(), GIC_OWNER_NONE);
}

// The normal world's and EL3's: told, never taken.
static void what_is_of_others_is_told_and_left(void **state)
{
    (void)state;
    model_be(1, MODEL_EL1);
    normal_pends(1);
    assert_int_equal(gic_secure_owner(), GIC_OWNER_NORMAL);
    assert_true(GIC_ID(gic_secure_acknowledge()) >= GIC_SPURIOUS_FIRST);
    assert_true(model_line(1, NORMAL_TIMER)->pending);
    timer_fires(1);
    assert_int_equal(gic_secure_owner(), GIC_OWNER_SECURE); // before the normal world's
    el3_sends(3, 1);
    assert_int_equal(gic_secure_owner(), GIC_OWNER_EL3);
    assert_true(model_line(1, 15)->pending);
}

// On a GICv2 both are of one group: EL3's may come between the look and the acknowledge.
static void el3s_is_given_back_if_it_comes_in_between(void **state)
{
    (void)state;
    model_be(1, MODEL_EL1);
    timer_fires(1);
    assert_int_equal(gic_secure_owner(), GIC_OWNER_SECURE);
    el3_sends(3, 1);
    assert_true(GIC_ID(gic_secure_acknowledge()) >= GIC_SPURIOUS_FIRST);
    assert_false(model_line(1, 15)->active);
    assert_true(model_line(1, 15)->pending);
    assert_int_equal(gic_secure_owner(), GIC_OWNER_EL3);

    model_be(1, MODEL_EL3); // FFA_EL3_INTR_HANDLE
    assert_int_equal(gic_fiq_owner(), GIC_OWNER_EL3);
    uint32_t acknowledged = gic_acknowledge();
    assert_int_equal(GIC_ID(acknowledged), 15);
    assert_int_equal(acknowledged >> 10, model.v3 ? 0 : 3); // still from the same sender
    gic_end(acknowledged);
    model_be(1, MODEL_EL1);
    assert_int_equal(gic_secure_owner(), GIC_OWNER_SECURE);
    assert_int_equal(GIC_ID(gic_secure_acknowledge()), 29);
}

static void while_one_is_taken_the_normal_worlds_wait(void **state)
{
    (void)state;
    timer_fires(0);
    uint32_t acknowledged = gic_secure_acknowledge();
    model_line(0, 29)->pending = false;
    normal_pends(0);
    assert_int_equal(gic_secure_owner(), GIC_OWNER_NONE);
    gic_secure_end(acknowledged);
    assert_int_equal(gic_secure_owner(), GIC_OWNER_NORMAL);
}

static void an_interrupt_that_is_gone_is_nobodys(void **state)
{
    (void)state;
    assert_int_equal(gic_secure_owner(), GIC_OWNER_NONE);
    assert_true(GIC_ID(gic_secure_acknowledge()) >= GIC_SPURIOUS_FIRST);
}

static void an_spi_becomes_its_own_and_goes_where_it_says(void **state)
{
    (void)state;
    model_line(0, SPI)->pending = true;
    assert_int_equal(gic_secure_configure(SPI, true, 0x50), ERR_NONE);
    assert_int_equal(model_group(model_line(0, SPI)),
                     model.v3 ? MODEL_GROUP1_SECURE : MODEL_GROUP0);
    assert_false(model_line(0, SPI)->enabled);
    assert_false(model_line(0, SPI)->pending);
    assert_true(model_line(0, SPI)->edge);
    assert_int_equal(model_line(0, SPI)->priority, 0x50);
    for (unsigned int to = 0; to < MODEL_CORES; to++) {
        assert_int_equal(gic_secure_enable(SPI, to, true), ERR_NONE);
        model_line(0, SPI)->pending = true;
        for (unsigned int c = 0; c < MODEL_CORES; c++) {
            assert_int_equal(model_signal(c, false), c == to ? MODEL_FIQ : MODEL_NOTHING);
        }
        model_be(to, MODEL_EL1);
        uint32_t acknowledged = gic_secure_acknowledge();
        assert_int_equal(GIC_ID(acknowledged), SPI);
        gic_secure_end(acknowledged);
        assert_int_equal(gic_secure_enable(SPI, to, false), ERR_NONE);
        model_line(0, SPI)->pending = true;
        assert_int_equal(model_signal(to, false), MODEL_NOTHING);
        model_line(0, SPI)->pending = false;
    }
    for (uint32_t id = 32; id < MODEL_LINES; id++) { // the neighbours in the same registers
        assert_true(id == SPI || (model_group(model_line(0, id)) == MODEL_GROUP1 &&
                                  !model_line(0, id)->edge && !model_line(0, id)->enabled));
    }
}

static void what_is_not_its_own_is_refused(void **state)
{
    (void)state;
    for (uint32_t id = 0; id < 32; id++) {
        bool own = (id >= 9 && id <= 14) || id == 29;

        assert_int_equal(gic_secure_enable(id, 0, true), own ? ERR_NONE : ERR_DENIED);
        assert_int_equal(gic_secure_enable(id, 1, true), ERR_DENIED); // of another core
        assert_int_equal(gic_secure_configure(id, true, 0x40), own ? ERR_NONE : ERR_DENIED);
        assert_int_equal(model_line(0, id)->enabled, own || id == 15);
        assert_false(model_line(1, 29)->enabled);
    }
    assert_int_equal(gic_secure_enable(SPI, 0, true),
                     ERR_DENIED); // not configured: the normal world's
    assert_false(model_line(0, SPI)->enabled);
    if (model.v3) { // group 0 is EL3's there
        model_line(0, SPI)->group1 = false;
        model_line(0, SPI)->modifier = false;
        assert_int_equal(gic_secure_enable(SPI, 0, true), ERR_DENIED);
    }
}

static void ranges_are_checked(void **state)
{
    (void)state;
    assert_int_equal(gic_secure_enable(MODEL_LINES, 0, true), ERR_RANGE);
    assert_int_equal(gic_secure_enable(UINT32_MAX, 0, true), ERR_RANGE);
    assert_int_equal(gic_secure_enable(29, MODEL_CORES, true), ERR_RANGE);
    assert_int_equal(gic_secure_configure(MODEL_LINES, true, 0x40), ERR_RANGE);
    assert_int_equal(gic_secure_configure(1023, true, 0x40), ERR_RANGE);
    assert_int_equal(gic_secure_configure(SPI, true, 0x3f), ERR_INVALID); // as urgent as EL3's
    assert_int_equal(gic_secure_configure(SPI, true, 0x80),
                     ERR_INVALID); // the normal world could mask it
    assert_int_equal(gic_secure_configure(9, false, 0x40), ERR_INVALID);
    assert_int_equal(model_group(model_line(0, SPI)), MODEL_GROUP1);
}

static void private_settings_are_the_calling_cores(void **state)
{
    (void)state;
    model_be(3, MODEL_EL1);
    assert_int_equal(gic_secure_configure(29, true, 0x60), ERR_NONE);
    assert_true(model_line(3, 29)->edge);
    assert_int_equal(model_line(3, 29)->priority, 0x60);
    assert_false(model_line(2, 29)->edge);
    assert_int_equal(model_line(2, 29)->priority, GIC_PRIORITY_SECURE);
    assert_int_equal(model_line(3, 28)->priority, GIC_PRIORITY_NORMAL);
    assert_int_equal(gic_secure_enable(29, 3, true), ERR_NONE);
    assert_int_equal(gic_secure_enable(29, 3, false), ERR_NONE);
    assert_false(model_line(3, 29)->enabled);
}

static void a_core_that_comes_again_is_set_up_again(void **state)
{
    (void)state;
    model_be(1, MODEL_EL1);
    timer_fires(1);
    model_be(1, MODEL_EL3);
    gic_core_off();
    assert_int_equal(model_signal(1, false), MODEL_NOTHING);
    assert_int_equal(gic_core_on(), ERR_NONE);
    model_be(1, MODEL_EL1);
    assert_int_equal(gic_secure_init_core(), ERR_NONE);
    assert_int_equal(gic_secure_owner(), GIC_OWNER_NONE); // the timer's was the life before
    timer_fires(1);
    assert_int_equal(gic_secure_owner(), GIC_OWNER_SECURE);
}

// After a suspend the SPMC does nothing: its interrupts arrive as before.
static void a_suspend_changes_nothing_for_it(void **state)
{
    (void)state;
    model_be(1, MODEL_EL1);
    assert_int_equal(gic_secure_enable(29, 1, true), ERR_NONE);
    model_be(1, MODEL_EL3);
    gic_core_sleep();
    model_line(1, 29)->pending = true;
    assert_int_equal(gic_core_wake(), ERR_NONE);
    assert_int_equal(gic_fiq_owner(), GIC_OWNER_SECURE);
    model_be(1, MODEL_EL1);
    assert_int_equal(GIC_ID(gic_secure_acknowledge()), 29);
}

// GICv3; nothing of a GICv2 takes time, and every core has its bank.
static void hardware_that_does_not_answer_is_an_error(void **state)
{
    (void)state;
    model.stuck = true;
    assert_int_equal(gic_secure_enable(29, 0, false), ERR_TIMEOUT);
    assert_int_equal(gic_secure_configure(SPI, true, 0x40), ERR_TIMEOUT);
    model.stuck = false;
    model_be_unknown();
    assert_int_equal(gic_secure_init_core(), ERR_NOT_FOUND);
    assert_int_equal(gic_secure_configure(29, true, 0x40), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_board_without_the_addresses_is_refused),
        BOTH(what_was_enabled_is_and_nothing_else),
        BOTH(an_sgi_reaches_the_core_that_is_meant),
        BOTH(only_its_own_sgis_are_sent),
        BOTH(the_normal_world_is_sent_its_sri),
        BOTH(an_sri_never_becomes_a_secure_interrupt),
        BOTH(the_timer_is_taken_and_ended),
        BOTH(what_is_of_others_is_told_and_left),
        BOTH(el3s_is_given_back_if_it_comes_in_between),
        BOTH(while_one_is_taken_the_normal_worlds_wait),
        BOTH(an_interrupt_that_is_gone_is_nobodys),
        BOTH(an_spi_becomes_its_own_and_goes_where_it_says),
        BOTH(what_is_not_its_own_is_refused),
        BOTH(ranges_are_checked),
        BOTH(private_settings_are_the_calling_cores),
        BOTH(a_core_that_comes_again_is_set_up_again),
        BOTH(a_suspend_changes_nothing_for_it),
        cmocka_unit_test_setup(hardware_that_does_not_answer_is_an_error, v3),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
