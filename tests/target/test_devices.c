// SPDX-License-Identifier: BSD-3-Clause
//
// Devices of partitions (docs/interrupts.md): the first peer has the RTC and its interrupt, level-triggered. The RTC asks for
// service when its counter equals its match register, which the counter can be set to; on this machine the normal world
// reaches it, too, and so can raise the interrupt while anybody runs. On both interrupt controllers; the peer counts.
#include <string.h>

#include "platform/boards/qemu_virt/board.h"
#include "tests/target/target.h"

#define CORES 4
#define INTERRUPT 34
#define LOOKS 200 // after which nothing has come, so nothing will
#define PATIENCE 20000

// PL031
#define RTC_MR 0x04   // match
#define RTC_LR 0x08   // sets the counter
#define RTC_IMSC 0x10 // 1: the interrupt is let through
#define RTC_RIS 0x14
#define RTC_ICR 0x1c // 1: ends it

// A new machine for each case: where the interrupt goes, and what is masked, is nobody else's
static int ready(void **state)
{
    struct h_options o = target_gic_options(state, CORES);

    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    assert_int_equal(h_cores_on(machine, CORES), H_OK);
    return 0;
}

static void compute(void)
{
    struct h_call c = { .flags = MB_SMC_SPIN, .timer_ticks = h_boot(machine, 0)->cntfrq / 10000 };

    assert_int_equal(h_call(machine, 0, &c), H_OK);
}

static uint32_t devices(void)
{
    return __atomic_load_n(&peer_script(PEER1_ID)->devices, __ATOMIC_ACQUIRE);
}

// So many have come, and no more come
static void assert_devices(uint32_t count)
{
    for (unsigned int i = 0; i < PATIENCE && devices() < count; i++) {
        compute();
    }
    for (unsigned int i = 0; i < 10; i++) {
        compute();
    }
    assert_int_equal(devices(), count);
    assert_true(count == 0 || peer_script(PEER1_ID)->device_last == INTERRUPT);
}

static struct peer_step *add_write(struct peer_script *script, uint64_t offset, uint64_t value)
{
    return peer_add_at(script, PEER_WRITE, PEER_SYM_DEVICE, 0, offset, 4, value, 0);
}

// Lets the device ask for service. From then on the peer serves it at each interrupt, unless `events` (PEER_ON_DEVICE,
// PEER_KEEP_DEVICE) says something else.
static struct peer_script *begin(uint32_t events)
{
    struct peer_script *script = peer_begin(PEER1_ID);

    add_write(script, RTC_ICR, 1);
    add_write(script, RTC_IMSC, 1);
    script->event_first = 2;
    add_write(script, RTC_ICR, 1);
    script->on_event = events;
    return script;
}

static void prepare(uint32_t events)
{
    struct peer_script *script = begin(events);
    struct ffa_args a = peer_run(PEER1_ID);

    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(a.x[3], 2);
    assert_int_equal(script->devices, 0);
}

// The device asks for service now, whoever runs on core 0
static void raise_by(unsigned int core)
{
    static uint32_t value = 1000;

    value += 1000;
    assert_int_equal(h_write(machine, core, RTC_BASE + RTC_MR, 4, value, NULL), H_OK);
    assert_int_equal(h_write(machine, core, RTC_BASE + RTC_LR, 4, value, NULL), H_OK);
}

static void assert_line(unsigned int core, bool up)
{
    uint64_t value;

    assert_int_equal(h_read(machine, core, RTC_BASE + RTC_RIS, 4, &value, NULL), H_OK);
    assert_int_equal(value, up);
}

static void it_takes_the_core_from_the_normal_world(void **state)
{
    (void)state;
    prepare(PEER_ON_DEVICE);
    for (uint32_t i = 1; i <= 20; i++) {
        raise_by(0);
        assert_devices(i);
        assert_line(0, false);
    }
    assert_echo_works();
}

// The peer raises it itself: it is told at the end of that turn, and the answer is there
static void it_waits_for_the_end_of_its_partition_s_turn(void **state)
{
    struct peer_script *script = begin(PEER_ON_DEVICE);

    (void)state;
    script->count = 2;
    add_write(script, RTC_MR, 77);
    add_write(script, RTC_LR, 77);
    // What the interrupt's handler has done is not seen before the end of this turn
    peer_add_at(script, PEER_READ, PEER_SYM_DEVICE, 0, RTC_RIS, 4, 0, 0);
    script->event_first = script->count;
    add_write(script, RTC_ICR, 1);
    struct ffa_args a = peer_run(PEER1_ID);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(a.x[3], 5);
    assert_int_equal(script->steps[4].x[2], 1);
    assert_int_equal(script->devices, 1); // before the normal world had the answer
    assert_line(0, false);
}

// `id` spins on core 0 while core 1 raises the interrupt, until it has come (`meanwhile`) or for a while.
static void raise_while_spinning(uint16_t id, bool meanwhile)
{
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, id, 0, PEER_RUN_SCRIPT } };
    struct peer_script *script = peer_begin(id);
    int32_t state;

    peer_add(script, PEER_SYMBOL, 0, 0, 0, 0); // when this is performed, it runs
    peer_add(script, PEER_FP_SPIN, 0x5a, 0, 1u << 30, 0);
    peer_add(script, PEER_SPIN, UINT64_MAX, 0, 0, 0);
    assert_int_equal(h_call_begin(machine, 0, &c), H_OK);
    while (__atomic_load_n(&script->performed, __ATOMIC_ACQUIRE) < 1) {
    }
    raise_by(1);
    for (unsigned int i = 0; meanwhile ? i < PATIENCE && devices() == 0 : i < LOOKS; i++) {
        assert_int_equal(h_core_state(machine, 1, 0, &state), H_OK); // time passes
    }
    assert_int_equal(devices(), meanwhile ? 1 : 0);
    script->stop = 1;
    assert_int_equal(h_call_end(machine, 0, &c), H_OK);
    assert_int_equal(c.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(c.x[3], 3);
    assert_int_equal(script->steps[1].x[1], 0); // no FP register differed
    assert_devices(1);
}

static void it_preempts_a_partition_that_lets_it(void **state)
{
    (void)state;
    prepare(PEER_ON_DEVICE);
    raise_while_spinning(PEER2_ID, true);
}

static void it_waits_for_a_partition_that_does_not(void **state)
{
    (void)state;
    prepare(PEER_ON_DEVICE);
    raise_while_spinning(PEER3_ID, false);
}

// Not served and not done: the line stays up, and nobody hears of it until the partition is done
static void it_stays_masked_until_it_is_done(void **state)
{
    struct peer_script *script;

    (void)state;
    prepare(PEER_KEEP_DEVICE);
    raise_by(0);
    assert_devices(1);
    assert_line(0, true);
    assert_echo_works();
    script = peer_script(PEER1_ID);
    script->event_first = 0;
    script->count = 0;
    script->on_event = PEER_KEEP_DEVICE;
    peer_add(script, PEER_CALL, TESSERA_INTERRUPT_DONE, INTERRUPT + 1, 0, 0);
    peer_add(script, PEER_CALL, TESSERA_INTERRUPT_DONE, INTERRUPT, 0, 0);
    peer_add(script, PEER_CALL, TESSERA_INTERRUPT_DONE, INTERRUPT, 0, 0);
    peer_run_all(PEER1_ID); // it comes at once: the line is still up
    assert_int_equal((int32_t)script->steps[0].x[0], FFA_INVALID_PARAMETERS);
    assert_int_equal((int32_t)script->steps[1].x[0], 0);
    assert_int_equal((int32_t)script->steps[2].x[0], FFA_DENIED);
    assert_devices(2);
    assert_int_equal(h_write(machine, 0, RTC_BASE + RTC_ICR, 4, 1, NULL), H_OK);
}

static void nobody_else_can_be_done_with_it(void **state)
{
    struct peer_script *script = peer_begin(PEER2_ID);

    (void)state;
    peer_add(script, PEER_CALL, TESSERA_INTERRUPT_DONE, INTERRUPT, 0, 0);
    peer_run_all(PEER2_ID);
    assert_int_equal((int32_t)script->steps[0].x[0], FFA_NOT_SUPPORTED);
}

// Done, never served: it comes again and again, and all others get on
static void a_line_that_never_falls_starves_nobody(void **state)
{
    uint32_t before;

    (void)state;
    prepare(0);
    raise_by(0);
    for (unsigned int i = 0; i < PATIENCE && devices() < 50; i++) {
        compute();
        assert_echo_works();
    }
    assert_true(devices() >= 50);
    assert_line(0, true);
    assert_int_equal(h_write(machine, 0, RTC_BASE + RTC_ICR, 4, 1, NULL), H_OK);
    before = devices();
    for (unsigned int i = 0; i < LOOKS; i++) {
        compute();
    }
    assert_in_range(devices(), before, before + 1); // one may have been on its way
}

static void it_finds_another_core_when_its_own_goes(void **state)
{
    int32_t answer;

    (void)state;
    prepare(PEER_ON_DEVICE);
    raise_by(0);
    assert_devices(1); // served on core 0, where it comes from now on
    assert_int_equal(h_core_off(machine, 0, 1, &answer), H_OK);
    assert_int_equal(answer, PSCI_SUCCESS);
    for (uint32_t i = 2; i < 10; i++) {
        raise_by(2);
        for (unsigned int k = 0; k < PATIENCE && devices() < i; k++) {
            assert_int_equal(h_core_state(machine, 3, 0, &answer), H_OK); // time passes
        }
        assert_int_equal(devices(), i);
        assert_line(2, false);
    }
    assert_int_equal(h_core_on(machine, 1, 0, 0, &answer), H_OK);
    assert_int_equal(answer, PSCI_SUCCESS);
    raise_by(0);
    assert_devices(10);
}

static void it_wakes_the_last_core(void **state)
{
    struct h_options o = target_gic_options(state, CORES);

    o.cores = 1;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    struct h_call sleep = { .x = { PSCI_CPU_SUSPEND_64, 0x10000, h_entry() } };
    uint64_t now;

    prepare(PEER_ON_DEVICE);
    // In a second, or two: its counter goes on once a second
    assert_int_equal(h_read(machine, 0, RTC_BASE, 4, &now, NULL), H_OK);
    assert_int_equal(h_write(machine, 0, RTC_BASE + RTC_MR, 4, now + 2, NULL), H_OK);
    assert_int_equal(h_call(machine, 0, &sleep), H_RESTARTED);
    assert_devices(1);
    assert_echo_works();
}

// The peer has the device ask for service before it is initialised
static void raise_at_boot(uint8_t *dram)
{
    struct peer_script *script =
        (struct peer_script *)(void *)(dram + PEER1_SCRIPT_BASE - NS_DRAM_BASE);
    static const uint64_t writes[][2] = {
        { RTC_IMSC, 1 }, { RTC_MR, 42 }, { RTC_LR, 42 }, { RTC_ICR, 1 }
    };

    script->magic = PEER_SCRIPT_MAGIC;
    script->count = 4;
    script->event_first = 3;
    script->on_event = PEER_ON_DEVICE;
    for (unsigned int i = 0; i < 4; i++) {
        script->steps[i] = (struct peer_step){ .kind = PEER_WRITE,
                                               .add_symbol = PEER_SYM_DEVICE,
                                               .x = { writes[i][0], 4, writes[i][1] } };
    }
}

static void it_waits_for_the_end_of_the_boot(void **state)
{
    struct h_options o = target_gic_options(state, CORES);

    o.prepare = raise_at_boot;
    target_fresh(&o);
    assert_devices(1);
    assert_line(0, false);
    target_version(FFA_VERSION_1_2); // and this is still the normal world's first call
    assert_echo_works();
}

// What the normal world can do to the interrupt at the controller: nothing
static void the_normal_world_cannot_touch_it(void **state)
{
    static const uint64_t clear[] = { 0x180, 0x280, 0x380 }; // ICENABLER, ICPENDR, ICACTIVER
    const uint64_t word = INTERRUPT / 32 * 4;
    const uint32_t bit = 1u << (INTERRUPT % 32);
    uint64_t value;

    (void)state;
    prepare(PEER_ON_DEVICE);
    for (size_t i = 0; i < sizeof(clear) / sizeof(clear[0]); i++) {
        assert_int_equal(h_write(machine, 0, GICD_BASE + clear[i] + word, 4, bit, NULL), H_OK);
    }
    assert_int_equal(h_write(machine, 0, GICD_BASE + 0x080 + word, 4, UINT32_MAX, NULL), H_OK);
    assert_int_equal(h_write(machine, 0, GICD_BASE + 0x400 + INTERRUPT, 1, 0xff, NULL), H_OK);
    assert_int_equal(h_read(machine, 0, GICD_BASE + 0x100 + word, 4, &value, NULL), H_OK);
    assert_int_equal(value & bit, 0);
    raise_by(0);
    assert_devices(1);
}

static void the_source_of_a_stopped_partition_is_silent(void **state)
{
    struct peer_script *script;

    (void)state;
    prepare(PEER_ON_DEVICE);
    script = peer_begin(PEER1_ID);
    add_write(script, RTC_MR, 4711);
    add_write(script, RTC_LR, 4711); // pending when it dies
    peer_add(script, PEER_DIE, 0, 0, 0, 0);
    struct ffa_args a = peer_run(PEER1_ID);
    assert_ffa_error(a, FFA_ABORTED);
    assert_line(0, true);
    assert_devices(0);
    raise_by(0);
    assert_devices(0);
    assert_echo_works();
}

#define CASE(gic, f) TARGET_GIC_CASE(gic, f, ready)
#define OWN(gic, f) TARGET_GIC_CASE(gic, f, NULL) // starts machines itself
#define CASES(gic)                                                                               \
    CASE(gic, it_takes_the_core_from_the_normal_world),                                          \
        CASE(gic, it_waits_for_the_end_of_its_partition_s_turn),                                 \
        CASE(gic, it_preempts_a_partition_that_lets_it),                                         \
        CASE(gic, it_waits_for_a_partition_that_does_not),                                       \
        CASE(gic, it_stays_masked_until_it_is_done), CASE(gic, nobody_else_can_be_done_with_it), \
        CASE(gic, a_line_that_never_falls_starves_nobody),                                       \
        CASE(gic, it_finds_another_core_when_its_own_goes),                                      \
        CASE(gic, the_normal_world_cannot_touch_it),                                             \
        CASE(gic, the_source_of_a_stopped_partition_is_silent),                                  \
        OWN(gic, it_waits_for_the_end_of_the_boot), OWN(gic, it_wakes_the_last_core)

int main(void)
{
    const struct CMUnitTest tests[] = { CASES(3), CASES(2) };

    return cmocka_run_group_tests_name("devices", tests, NULL, target_stop);
}
