// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/linux/tessera_call.c, the way of every call: one at a time, waiting and its ends, callers that are killed, the end of the
// machine. One thread: what others do they do while it waits (linux/model.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <linux/model.h>

#include "ffa/linux/tessera.h"
#include "ffa_abi.h"
#include "ts_rpc_abi.h"

#define MINUTE (60UL * HZ)

static struct task_struct process, other;
static struct tessera_partition partition = { .id = 0x8003 };
static struct {
    int error;         // of direct()
    unsigned int busy; // so often it is -EBUSY first
    unsigned int calls;
    unsigned int finished;
    unsigned int ended;
    u32 control; // echoed instead of the caller's
} world;

static int direct(struct tessera_partition *to, struct tessera_message *message, bool abandonable)
{
    assert_ptr_equal(to, &partition);
    assert_int_equal(to->lock->count, 0);
    assert_int_equal(fake.locked, 0);
    world.calls++;
    if (world.busy != 0) {
        world.busy--;
        return -EBUSY;
    }
    if (world.error == -EINTR) {
        assert_true(abandonable);
    }
    message->w[0] = world.control != 0 ? world.control : message->w[0];
    for (size_t i = 1; i < 5; i++) {
        message->w[i]++;
    }
    return world.error;
}

static void finish(struct tessera_partition *of)
{
    assert_ptr_equal(of, &partition);
    assert_int_equal(of->lock->count, 0); // nobody calls it before that
    world.finished++;
}

static void ended(struct tessera_partition *of)
{
    assert_int_equal(world.finished, 1);
    assert_int_equal(of->lock->count, 0);
    world.ended++;
}

static const struct tessera_transport transport = { .direct = direct, .finish = finish };

static int setup(void **state)
{
    (void)state;
    memset(&world, 0, sizeof(world));
    memset(&fake, 0, sizeof(fake));
    memset(&tessera_counters, 0, sizeof(tessera_counters));
    process.killed = false;
    fake.task = &process;
    jiffies = 0UL - 2 * MINUTE; // it wraps around
    assert_int_equal(tessera_call_init(), 0);
    tessera_call_open(&transport);
    tessera_call_prepare(&partition);
    partition.lock = &partition.own_lock;
    partition.gone = false;
    partition.ended = NULL;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_int_equal(partition.lock->count, 1);
    tessera_call_exit();
    return 0;
}

static int call(enum tessera_wait wait)
{
    struct tessera_message message = { .w = { 1, 2, 3, 4, 5 } };
    int error = tessera_call(&partition, &message, wait);

    assert_int_equal(message.w[4], error == 0 ? 6 : 5); // unchanged after an error
    return error;
}

static void a_call_is_answered(void **state)
{
    u32 w[4] = { 7, 8, 9, 10 };

    (void)state;
    assert_int_equal(call(TESSERA_INTERRUPTIBLE), 0);
    assert_int_equal(tessera_rpc(&partition, 0x10102, w, TESSERA_KILLABLE), 0);
    assert_int_equal(w[3], 11);
    world.control = 0x10103;
    assert_int_equal(tessera_rpc(&partition, 0x10102, w, TESSERA_KILLABLE), -EIO);
    assert_int_equal(w[3], 11);
    partition.gone = true;
    assert_int_equal(call(TESSERA_KILLABLE), -ENODEV);
    assert_int_equal(tessera_counters.calls.counter, 3);
}

static void a_management_call_has_a_status(void **state)
{
    u32 w[4] = { (u32)-1 }; // one more is success

    (void)state;
    assert_int_equal(tessera_manage(&partition, TS_RPC_OP_RETRIEVE, w, TESSERA_KILLABLE), 0);
    w[0] = (u32)TS_RPC_NOT_FOUND - 1;
    assert_int_equal(tessera_manage(&partition, TS_RPC_OP_RETRIEVE, w, TESSERA_KILLABLE),
                     -EREMOTEIO);
}

static void a_busy_partition_is_waited_for(void **state)
{
    (void)state;
    world.busy = 1000;
    assert_int_equal(call(TESSERA_INTERRUPTIBLE), 0);
    assert_int_equal(world.calls, 1001);
    assert_int_equal(tessera_counters.busy.counter, 1000);
}

static void kill_in_time(void)
{
    process.killed = jiffies > 500;
}

static void a_signal_ends_the_waiting(void **state)
{
    static const enum tessera_wait kinds[] = { TESSERA_INTERRUPTIBLE, TESSERA_KILLABLE,
                                               TESSERA_ABANDONABLE };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        jiffies = 0;
        process.killed = false;
        world.busy = 100000;
        fake.on_wait = kill_in_time;
        assert_int_equal(call(kinds[i]), -ERESTARTSYS);
        assert_int_equal(jiffies, 501);
        partition.lock->count = 0; // the same behind another caller
        jiffies = 0;
        process.killed = false;
        assert_int_equal(call(kinds[i]), -ERESTARTSYS);
        partition.lock->count = 1;
    }
}

// A reboot has to come to its end whatever a partition does
static void no_signal_but_a_minute_ends_the_others_waiting(void **state)
{
    unsigned long begin = jiffies;

    (void)state;
    process.killed = true;
    world.busy = 50000;
    assert_int_equal(call(TESSERA_UNINTERRUPTIBLE), 0);
    world.busy = 500000;
    begin = jiffies;
    assert_int_equal(call(TESSERA_UNINTERRUPTIBLE), -EBUSY);
    assert_in_range(jiffies - begin, MINUTE, MINUTE + 2);
}

static void free_it(void)
{
    fake.on_wait = NULL;
    up(partition.lock);
}

static void who_is_killed_leaves_the_call_to_a_worker(void **state)
{
    (void)state;
    partition.ended = ended;
    world.error = -EINTR;
    assert_int_equal(call(TESSERA_ABANDONABLE), -EINTR);
    assert_int_equal(partition.lock->count, 0);
    assert_int_equal(world.finished, 0);
    fake.on_wait = fake_run_all;
    tessera_flush(&partition);
    assert_int_equal(world.finished, 1);
    assert_int_equal(world.ended, 1);
    assert_int_equal(partition.lock->count, 1);
    world.error = 0;
    partition.lock->count = 0;
    fake.on_wait = free_it; // who waits for long gets it in the end
    assert_int_equal(call(TESSERA_UNINTERRUPTIBLE), 0);
}

// Nobody may be seen asleep for two minutes in a state that no signal ends
static void run_worker(void)
{
    if (jiffies > 5 * MINUTE) {
        fake.on_wait = NULL;
        fake_run_all();
    }
}

static void waiting_for_the_worker_is_no_hung_task(void **state)
{
    (void)state;
    jiffies = 0;
    world.error = -EINTR;
    assert_int_equal(call(TESSERA_ABANDONABLE), -EINTR);
    fake.on_wait = run_worker;
    tessera_flush(&partition); // sleeps idle, in short pieces
    assert_in_range(jiffies, 5 * MINUTE, 5 * MINUTE + HZ);
    assert_int_equal(world.finished, 1);
}

static void end_of_abandoned(void)
{
    struct task_struct *me = fake.task;

    if (world.finished == 0) {
        fake.task = &other; // who calls now is refused
        assert_int_equal(call(TESSERA_KILLABLE), -ESHUTDOWN);
        fake_run_all();
        fake.task = me;
    }
}

// Last: a machine that went down does not come back
static void the_end_of_the_machine(void **state)
{
    unsigned long begin;

    (void)state;
    world.error = -EINTR;
    assert_int_equal(call(TESSERA_ABANDONABLE), -EINTR);
    fake.on_wait = end_of_abandoned;
    assert_true(tessera_call_close());
    assert_int_equal(world.finished, 1);
    world.error = 0;
    assert_int_equal(call(TESSERA_UNINTERRUPTIBLE), 0); // this thread's go on
    fake.on_wait = NULL;
    begin = jiffies;
    for (int i = 0; i < 20; i++) { // a minute for all of them, not for each
        world.busy = 500000;
        assert_int_equal(call(TESSERA_UNINTERRUPTIBLE), -EBUSY);
    }
    assert_in_range(jiffies - begin, MINUTE / 2, 2 * MINUTE);
    world.busy = 0;
    fake.task = &other;
    assert_int_equal(call(TESSERA_UNINTERRUPTIBLE), -ESHUTDOWN);
    assert_int_equal(tessera_ffa_reclaim(&partition, 1), -ESHUTDOWN);
    assert_int_equal(tessera_ffa_share(&partition, &world, 4096, NULL), -ESHUTDOWN);
}

static void statuses_are_errno(void **state)
{
    static const struct {
        s32 status;
        int error;
    } rows[] = { { FFA_NOT_SUPPORTED, -EOPNOTSUPP },
                 { FFA_INVALID_PARAMETERS, -EINVAL },
                 { FFA_NO_MEMORY, -ENOMEM },
                 { FFA_BUSY, -EBUSY },
                 { FFA_INTERRUPTED, -EIO },
                 { FFA_DENIED, -EACCES },
                 { FFA_RETRY, -EAGAIN },
                 { FFA_ABORTED, -ECANCELED },
                 { FFA_NO_DATA, -ENODATA },
                 { 1, -EIO } };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(tessera_errno((u32)rows[i].status), rows[i].error);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_is_answered),
        TEST(a_management_call_has_a_status),
        TEST(a_busy_partition_is_waited_for),
        TEST(a_signal_ends_the_waiting),
        TEST(no_signal_but_a_minute_ends_the_others_waiting),
        TEST(who_is_killed_leaves_the_call_to_a_worker),
        TEST(waiting_for_the_worker_is_no_hung_task),
        TEST(statuses_are_errno),
        TEST(the_end_of_the_machine),
    };

    return cmocka_run_group_tests_name("tessera_call", tests, NULL, NULL);
}
