// SPDX-License-Identifier: BSD-3-Clause
//
// What the message loop does besides messages (partitions/lib/sp_run.c, sp_interrupt.c, sp_time.c): who hears of an event, what
// the partition answers it with.
#include "svc.h"

static sp_handler given;
static sp_handler2 given2;
static unsigned int timers;
static unsigned int notes;
static unsigned int cycles;
static uint32_t device;

// Stands for sp_loop.S, and comes back
void sp_loop(sp_handler handler, sp_handler2 handler2)
{
    given = handler;
    given2 = handler2;
    sp_die("the loop has no end here");
}

static void count_timer(void)
{
    timers++;
}

static void count_note(void)
{
    notes++;
}

static void count_cycles(void)
{
    cycles++;
}

static void see_device(uint32_t id)
{
    device = id;
}

static void handle(struct sp_message *message)
{
    message->arg[0]++;
}

static void handle2(struct sp_message2 *message)
{
    message->arg[13]++;
}

static int start(void **state)
{
    timers = 0;
    notes = 0;
    cycles = 0;
    device = 0;
    sp_timer_handler(NULL);
    sp_notify_handler(NULL);
    sp_device_handler(NULL);
    sp_cycles_handler(NULL);
    sp_message2_handler(NULL);
    return svc_start(state);
}

static struct ffa_args event(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    struct ffa_args args = { .x = { x0, x1, x2, x3, 4, 5, 6, 7 } };

    sp_run_event(&args);
    return args;
}

static void assert_waits(struct ffa_args args)
{
    static const uint64_t wait[8] = { FFA_MSG_WAIT, 0, 1 }; // RX stays as it is

    assert_memory_equal(args.x, wait, sizeof(wait));
}

static void interrupts_go_to_their_handlers(void **state)
{
    (void)state;
    sp_timer_handler(count_timer);
    sp_notify_handler(count_note);
    sp_device_handler(see_device);
    assert_waits(event(FFA_INTERRUPT, 0, TESSERA_INTERRUPT_TIMER, 0));
    assert_true(timers == 1 && notes == 0 && device == 0);
    assert_waits(event(FFA_INTERRUPT, 0, TESSERA_INTERRUPT_NOTIFICATION, 0));
    assert_true(timers == 1 && notes == 1 && device == 0);
    assert_waits(event(FFA_INTERRUPT, 0, 41, 0));
    assert_true(timers == 1 && notes == 1 && device == 41);
    assert_int_equal(svc.count, 0); // the handler ends a device's interrupt, when it has served it
}

static void nobody_need_listen(void **state)
{
    (void)state;
    assert_waits(event(FFA_INTERRUPT, 0, TESSERA_INTERRUPT_TIMER, 0));
    assert_waits(event(FFA_INTERRUPT, 0, TESSERA_INTERRUPT_NOTIFICATION, 0));
    assert_waits(event(FFA_INTERRUPT, 0, 41, 0));
    assert_waits(event(FFA_RUN, (uint64_t)SVC_OWN_ID << 16, 0, 0));
    assert_int_equal(svc.count, 0);
}

static void cycles_go_to_their_handler(void **state)
{
    (void)state;
    sp_cycles_handler(count_cycles);
    assert_waits(event(FFA_RUN, (uint64_t)SVC_OWN_ID << 16, 0, 0));
    assert_int_equal(cycles, 1);
}

static void a_device_s_interrupt_is_ended_by_a_call(void **state)
{
    (void)state;
    svc_answer(0, 0, 0, 0, 0);
    svc_answer((uint64_t)(int64_t)FFA_INVALID_PARAMETERS, 0, 0, 0, 0);
    svc_refuse(FFA_NOT_SUPPORTED);
    assert_int_equal(sp_interrupt_done(41), 0);
    svc_assert_call(0, TESSERA_INTERRUPT_DONE, 41, 0, 0, 0);
    assert_int_equal(sp_interrupt_done(42), ERR_INVALID);
    assert_int_equal(sp_interrupt_done(42), ERR_NOT_SUPPORTED);
}

static void framework_messages_are_answered(void **state)
{
    static const struct {
        uint32_t type, answer;
        int32_t status;
    } rows[] = {
        { 0, 2, 0 }, { 1, 2, 0 }, { 4, 5, 0 }, { 6, 7, 0 }, { 10, 11, FFA_NOT_SUPPORTED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ffa_args a = event(FFA_MSG_SEND_DIRECT_REQ_32, 0xffff8003,
                                  FFA_MSG_FRAMEWORK | rows[i].type, 0x84000002);
        const uint64_t expected[8] = { FFA_MSG_SEND_DIRECT_RESP_32, 0x8003ffff,
                                       FFA_MSG_FRAMEWORK | rows[i].answer,
                                       (uint32_t)rows[i].status };

        assert_memory_equal(a.x, expected, sizeof(expected));
    }
}

static void bad_event(void)
{
    (void)event(FFA_ERROR, 0, (uint32_t)FFA_DENIED, 0);
}

static void a_refused_wait_is_the_end(void **state)
{
    (void)state;
    assert_true(svc_dies(bad_event));
}

static void run(void)
{
    sp_run(handle);
}

static void the_loop_gets_both_handlers(void **state)
{
    struct sp_message2 message = { .uuid = { 1, 2 }, .endpoints = 3 };

    (void)state;
    for (size_t i = 0; i < 14; i++) {
        message.arg[i] = i + 1;
    }
    assert_true(svc_dies(run));
    assert_true(given == handle);
    given2(&message); // nobody's: refused, and nothing of it comes back
    assert_int_equal(message.arg[0], (uint32_t)FFA_NOT_SUPPORTED);
    for (size_t i = 1; i < 14; i++) {
        assert_int_equal(message.arg[i], 0);
    }
    assert_int_equal(message.endpoints, 3);
    sp_message2_handler(handle2);
    assert_true(svc_dies(run));
    assert_true(given2 == handle2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(interrupts_go_to_their_handlers, start),
        cmocka_unit_test_setup(nobody_need_listen, start),
        cmocka_unit_test_setup(cycles_go_to_their_handler, start),
        cmocka_unit_test_setup(a_device_s_interrupt_is_ended_by_a_call, start),
        cmocka_unit_test_setup(framework_messages_are_answered, start),
        cmocka_unit_test_setup(a_refused_wait_is_the_end, start),
        cmocka_unit_test_setup(the_loop_gets_both_handlers, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
