// SPDX-License-Identifier: BSD-3-Clause
//
// The interrupt controller at EL3, both kinds, on the model of gic_model.h: who gets which interrupt, in every state
// that a core can be in. What is expected is the table of gic_policy.h.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gic.h"
#include "gic_model.h"

#define TIMER 30 // private interrupts of the normal world: its timer, an SGI
#define SGI 3
#define SPI 40

// Every test runs for both kinds.
#define BOTH(name)                              \
    { #name " (GICv2)", name, v2, NULL, NULL }, \
    {                                           \
#name " (GICv3)", name, v3, NULL, NULL  \
    }

static int v2(void **state)
{
    (void)state;
    model_reset(false);
    return 0;
}

static int v3(void **state)
{
    (void)state;
    model_reset(true);
    return 0;
}

static const uint32_t secure_lines[] = { 9, 10, 11, 12, 13, 14, 29 };
#define SECURE_LINES 7

// BL31's boot, and all cores on.
static void start(void)
{
    assert_int_equal(gic_detect(), ERR_NONE);
    assert_int_equal(gic_is_v3(), model.v3);
    assert_int_equal(gic_init_distributor(), ERR_NONE);
    for (unsigned int c = 0; c < MODEL_CORES; c++) {
        model_be(c, MODEL_EL3);
        assert_int_equal(gic_core_on(), ERR_NONE);
    }
    model_be(0, MODEL_EL3);
}

// Makes an interrupt of the SPMC wanted, as if the SPMC had opened its side.
static void secure_pends(unsigned int core, uint32_t id)
{
    model_line(core, id)->enabled = true;
    model_line(core, id)->pending = true;
    model_line(core, id)->senders = 1;
    model.cores[core].group_open[MODEL_GROUP1_SECURE] = true;
}

static void normal_pends(unsigned int core, uint32_t id)
{
    model_normal_enable(core, id);
    model_line(core, id)->pending = true;
    model_line(core, id)->senders = 1;
}

static enum model_group secure_group(void)
{
    return model.v3 ? MODEL_GROUP1_SECURE : MODEL_GROUP0;
}

static void a_board_without_the_addresses_is_refused(void **state)
{
    (void)state;
    model_without_addresses();
    assert_int_equal(gic_detect(), ERR_NOT_SUPPORTED);
}

static void every_interrupt_has_the_owner_of_the_policy(void **state)
{
    (void)state;
    start();
    for (unsigned int c = 0; c < MODEL_CORES; c++) {
        for (uint32_t id = 0; id < MODEL_LINES; id++) {
            const struct model_line *line = model_line(c, id);
            bool secure = (id >= 9 && id <= 14) || id == 29;

            if (id == 15) {
                assert_int_equal(model_group(line), MODEL_GROUP0);
            } else {
                assert_int_equal(model_group(line), secure ? secure_group() : MODEL_GROUP1);
            }
            assert_int_equal(line->enabled, id == 15);
            assert_false(line->active);
            assert_false(line->pending);
            assert_true(secure || id == 15 ? line->priority < 0x80 : line->priority >= 0x80);
            assert_true(id < 16 || !line->edge);
        }
    }
    assert_int_equal(model.wrong_order, 0);
    assert_int_equal(model.control & 7, model.v3 ? 7 : 3); // all groups are forwarded
}

static void spis_go_to_the_boot_core(void **state)
{
    (void)state;
    start();
    for (unsigned int c = 0; c < MODEL_CORES; c++) {
        model_normal_open(c, 0xff);
    }
    normal_pends(0, SPI);
    assert_int_equal(model_signal(0, false), MODEL_IRQ);
    for (unsigned int c = 1; c < MODEL_CORES; c++) {
        assert_int_equal(model_signal(c, false), MODEL_NOTHING);
    }
}

static void an_interrupt_of_each_owner_arrives_as_what_the_worlds_expect(void **state)
{
    (void)state;
    start();
    model_normal_open(1, 0xff);
    normal_pends(1, TIMER);
    assert_int_equal(model_signal(1, false), MODEL_IRQ);
    assert_int_equal(model_signal(1, true), model.v3 ? MODEL_FIQ : MODEL_IRQ);
    secure_pends(1, 29); // comes before the normal world's
    assert_int_equal(model_signal(1, false), MODEL_FIQ);
    assert_int_equal(model_signal(1, true), model.v3 ? MODEL_IRQ : MODEL_FIQ);
    gic_send_sgi(1); // and EL3's before that
    assert_int_equal(model_signal(1, false), MODEL_FIQ);
    assert_int_equal(model_signal(1, true), MODEL_FIQ);
}

static void the_owner_of_an_fiq_is_told_without_taking_it(void **state)
{
    (void)state;
    start();
    model_normal_open(0, 0xff);
    assert_int_equal(gic_fiq_owner(), GIC_OWNER_NONE);
    normal_pends(0, TIMER);
    assert_int_equal(gic_fiq_owner(), GIC_OWNER_NONE);
    for (unsigned int i = 0; i < SECURE_LINES; i++) {
        secure_pends(0, secure_lines[i]);
        assert_int_equal(gic_fiq_owner(), GIC_OWNER_SECURE);
        assert_true(model_line(0, secure_lines[i])->pending);
        model_line(0, secure_lines[i])->enabled = false;
    }
    secure_pends(0, 29);
    gic_send_sgi(0);
    assert_int_equal(gic_fiq_owner(), GIC_OWNER_EL3);
    assert_true(model_line(0, 15)->pending);
}

// Whatever else is pending on the core, of whatever number.
static void el3_takes_and_ends_its_own_only(void **state)
{
    (void)state;
    start();
    model_normal_open(2, 0xff);
    normal_pends(2, SGI);
    for (unsigned int i = 0; i < SECURE_LINES; i++) {
        secure_pends(2, secure_lines[i]);
    }
    model_be(3, MODEL_EL3);
    gic_send_sgi(2);
    model_be(2, MODEL_EL3);
    uint32_t acknowledged = gic_acknowledge();
    assert_int_equal(GIC_ID(acknowledged), 15);
    assert_true(model_line(2, 15)->active);
    gic_end(acknowledged);
    assert_false(model_line(2, 15)->active);
    assert_int_equal(gic_fiq_owner(), GIC_OWNER_SECURE);
    for (unsigned int i = 0; i < SECURE_LINES; i++) {
        assert_true(model_line(2, secure_lines[i])->pending);
    }
}

static void el3s_sgi_reaches_the_core_that_is_meant(void **state)
{
    (void)state;
    start();
    for (unsigned int to = 0; to < MODEL_CORES; to++) {
        for (unsigned int c = 0; c < MODEL_CORES; c++) {
            model_line(c, 15)->pending = false;
            model_line(c, 15)->senders = 0;
        }
        gic_send_sgi(to);
        for (unsigned int c = 0; c < MODEL_CORES; c++) {
            assert_int_equal(model_signal(c, false), c == to ? MODEL_FIQ : MODEL_NOTHING);
        }
    }
}

static void nothing_is_left_to_take(void **state)
{
    (void)state;
    start();
    assert_true(GIC_ID(gic_acknowledge()) >= GIC_SPURIOUS_FIRST);
    model_normal_open(0, 0xff);
    normal_pends(0, TIMER);
    assert_true(GIC_ID(gic_acknowledge()) >= GIC_SPURIOUS_FIRST);
    assert_true(model_line(0, TIMER)->pending);
}

static void the_normal_world_masks_and_sends_none_of_the_secure_ones(void **state)
{
    (void)state;
    start();
    model_normal_open(0, 0);
    for (uint32_t id = 9; id < 16; id++) {
        model_line(0, id)->pending = false;
        model_normal_enable(0, id);
        assert_int_equal(model_line(0, id)->enabled, id == 15); // that EL3 did
        model_normal_sgi(1, 0, id);
        assert_false(model_line(0, id)->pending);
    }
    secure_pends(0, 29);
    assert_int_equal(model_signal(0, false), MODEL_FIQ);
}

static void a_core_that_is_off_hears_el3_and_nobody_else(void **state)
{
    (void)state;
    start();
    model_be(1, MODEL_EL3);
    model_normal_open(1, 0xff);
    normal_pends(1, TIMER);
    secure_pends(1, 29);
    secure_pends(1, 8);
    secure_pends(1, SPI); // one of the SPMC's SPIs that was sent here
    model_line(1, SPI)->group1 = false;
    model_line(1, SPI)->modifier = true;
    model_line(1, SPI)->priority = 0x40;
    model_line(1, SPI)->targets = 2;
    gic_core_off();
    model.cores[1].lines[29].enabled = true; // whatever is enabled
    assert_int_equal(model_signal(1, false), MODEL_NOTHING);
    assert_int_equal(model_signal(1, true), MODEL_NOTHING);
    assert_false(model.cores[1].group_open[MODEL_GROUP1]);
    assert_false(model.cores[1].group_open[MODEL_GROUP1_SECURE] && model.v3);
    assert_true(GIC_ID(gic_acknowledge()) >= GIC_SPURIOUS_FIRST);
    model_be(0, MODEL_EL3);
    gic_send_sgi(1);
    model_be(1, MODEL_EL3);
    assert_int_equal(model_signal(1, false), MODEL_FIQ);
    assert_int_equal(GIC_ID(gic_acknowledge()), 15);
}

static void what_wakes_a_core_may_come_before_it_is_off(void **state)
{
    (void)state;
    start();
    gic_send_sgi(1);
    model_be(1, MODEL_EL3);
    gic_core_off();
    assert_int_equal(model_signal(1, false), MODEL_FIQ);
}

// CPU_ON: nothing of the core's life before.
static void a_core_that_comes_on_starts_anew(void **state)
{
    (void)state;
    start();
    model_be(1, MODEL_EL3);
    model_normal_open(1, 0);
    normal_pends(1, TIMER);
    model_line(1, TIMER)->edge = true;
    secure_pends(1, 29);
    gic_core_off();
    assert_int_equal(gic_core_on(), ERR_NONE);
    assert_false(model_line(1, TIMER)->enabled);
    assert_false(model_line(1, TIMER)->pending);
    assert_false(model_line(1, TIMER)->edge);
    assert_false(model_line(1, 29)->enabled);
    assert_int_equal(model.cores[1].mask, 0xff);
    assert_false(model.cores[1].group_open[MODEL_GROUP1]);
    assert_true(!model.v3 || !model.cores[1].group_open[MODEL_GROUP1_SECURE]);
}

// CPU_OFF and CPU_SUSPEND out of an interrupt's handler (a crash kernel does that): its priority stays active in the CPU
// interface of a core that does not lose power.
static void an_interrupt_that_was_never_ended_keeps_no_other_out(void **state)
{
    (void)state;
    start();
    model_be(1, MODEL_EL3);
    model_normal_open(1, 0xff);
    model.cores[1].running = 0xa0;
    normal_pends(1, TIMER);
    assert_int_equal(model_signal(1, false), MODEL_NOTHING);
    gic_core_sleep();
    assert_int_not_equal(model_signal(1, false), MODEL_NOTHING);

    model.cores[1].running = 0xa0;
    gic_core_off();
    assert_int_equal(gic_core_on(), ERR_NONE);
    model_normal_open(1, 0xff);
    normal_pends(1, TIMER);
    assert_int_equal(model_signal(1, false), MODEL_IRQ);

    model.cores[1].running = 0x40; // the SPMC's is not the normal world's to drop
    gic_core_sleep();
    assert_int_equal(model.cores[1].running, 0x40);
}

// CPU_SUSPEND: the settings stay, and whatever is enabled wakes the core.
static void everything_enabled_wakes_a_core_from_a_suspend(void **state)
{
    static const uint32_t wakers[] = { SGI, TIMER, 29, 9, 15 };

    (void)state;
    for (unsigned int i = 0; i < sizeof(wakers) / sizeof(wakers[0]); i++) {
        model_reset(model.v3);
        start();
        model_be(1, MODEL_EL3);
        model_normal_open(1, 0); // a mask that lets nothing pass
        model.cores[1].group_open[MODEL_GROUP1] = false;
        model_normal_enable(1, SGI);
        model_normal_enable(1, TIMER);
        model_line(1, TIMER)->edge = true;
        model_line(1, 29)->enabled = true;
        model_line(1, 9)->enabled = true;
        gic_core_sleep();
        assert_int_equal(model_signal(1, false), MODEL_NOTHING);
        model_line(1, wakers[i])->pending = true;
        model_line(1, wakers[i])->senders = 1;
        assert_int_not_equal(model_signal(1, false), MODEL_NOTHING);

        model.cores[1].mask = 0; // what a real core lost meanwhile
        memset(model.cores[1].group_open, 0, sizeof(model.cores[1].group_open));
        memset(model.cores[1].sre, 0, sizeof(model.cores[1].sre));
        model.cores[1].asleep = model.v3;
        assert_int_equal(gic_core_wake(), ERR_NONE);
        assert_true(model_line(1, wakers[i])->pending);
        assert_true(model_line(1, TIMER)->enabled);
        assert_true(model_line(1, TIMER)->edge);
        assert_true(model_line(1, 29)->enabled);
        assert_int_equal(model.cores[1].mask, 0xff);
        assert_false(model.cores[1].group_open[MODEL_GROUP1]); // the normal world opens it again
        if (wakers[i] != SGI && wakers[i] != TIMER) {
            assert_int_equal(model_signal(1, false), MODEL_FIQ);
        }
    }
}

// GICv3; on a GICv2 they set themselves up (bl1_park.S).
static void parked_cores_can_be_woken_by_bl1(void **state)
{
    (void)state;
    assert_int_equal(gic_detect(), ERR_NONE);
    assert_int_equal(gic_init_parking(), ERR_NONE);
    for (unsigned int c = 0; c < MODEL_CORES; c++) {
        model.cores[c].sre[3] = 1; // what each does by itself
        model.cores[c].group_open[MODEL_GROUP0] = true;
        model.cores[c].mask = 0xff;
        assert_int_equal(model_signal(c, false), MODEL_NOTHING);
        gic_send_sgi(c);
        assert_int_equal(model_signal(c, false), MODEL_FIQ);
    }
    assert_int_equal(model.control & 7, 1);
    assert_int_equal(gic_init_distributor(), ERR_NONE); // BL31 after that
    assert_int_equal(model.wrong_order, 0);
}

// GICv3: all levels of both worlds by system registers, for good.
static void system_registers_are_enabled_for_all(void **state)
{
    (void)state;
    for (unsigned int c = 0; c < MODEL_CORES; c++) {
        model.cores[c].ich_hcr = UINT64_MAX; // unknown after a reset, or what a hypervisor left
    }
    start();
    for (unsigned int c = 0; c < MODEL_CORES; c++) {
        assert_int_equal(model.cores[c].ich_hcr, 0);
        assert_int_equal(model.cores[c].sre[3], 0xf);
        assert_int_equal(model.cores[c].sre[2], 0xf);
        assert_int_equal(model.cores[c].sre[1], 0x7);
        assert_int_equal(model.cores[c].sre[0], 0x7);
    }
    assert_int_equal(model.control & 0x30, 0x30);
}

// GICv3; nothing of a GICv2 takes time.
static void hardware_that_does_not_answer_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(gic_detect(), ERR_NONE);
    model.stuck = true;
    assert_int_equal(gic_init_distributor(), ERR_TIMEOUT);
    assert_int_equal(gic_core_on(), ERR_TIMEOUT);
    assert_int_equal(gic_core_wake(), ERR_TIMEOUT);
    assert_int_equal(gic_init_parking(), ERR_TIMEOUT);
}

static void a_core_without_a_redistributor_is_an_error(void **state)
{
    (void)state;
    start();
    model_be_unknown();
    assert_int_equal(gic_core_on(), ERR_NOT_FOUND);
    assert_int_equal(gic_core_wake(), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_board_without_the_addresses_is_refused),
        BOTH(every_interrupt_has_the_owner_of_the_policy),
        BOTH(spis_go_to_the_boot_core),
        BOTH(an_interrupt_of_each_owner_arrives_as_what_the_worlds_expect),
        BOTH(the_owner_of_an_fiq_is_told_without_taking_it),
        BOTH(el3_takes_and_ends_its_own_only),
        BOTH(el3s_sgi_reaches_the_core_that_is_meant),
        BOTH(nothing_is_left_to_take),
        BOTH(the_normal_world_masks_and_sends_none_of_the_secure_ones),
        BOTH(a_core_that_is_off_hears_el3_and_nobody_else),
        BOTH(what_wakes_a_core_may_come_before_it_is_off),
        BOTH(a_core_that_comes_on_starts_anew),
        BOTH(an_interrupt_that_was_never_ended_keeps_no_other_out),
        BOTH(everything_enabled_wakes_a_core_from_a_suspend),
        cmocka_unit_test_setup(parked_cores_can_be_woken_by_bl1, v3),
        cmocka_unit_test_setup(system_registers_are_enabled_for_all, v3),
        cmocka_unit_test_setup(hardware_that_does_not_answer_is_an_error, v3),
        cmocka_unit_test_setup(a_core_without_a_redistributor_is_an_error, v3),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
