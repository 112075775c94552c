// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/linux/tessera_mem.c, pages that partitions share, with a partition that takes its time, refuses, dies or keeps what it has, and
// with others that come in between: what is lost and found, who waits for whom, and that nothing is used after its end.
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

#include "module_fake.h"
#include "ts_rpc_abi.h"

#define SIZE 8192
#define PIECES 16

static struct {
    bool has[PIECES];       // shared by FF-A, by handle
    bool retrieved[PIECES]; // by the partition
    int refuses;            // what tessera_manage() says
    bool keeps;             // relinquishes nothing
    int share_error;
    bool is_closed; // calls are -ESHUTDOWN
    bool closing;   // by this thread: it may wait under the lock
    void (*before_reclaim)(void);
    uint8_t *base[PIECES];
    size_t size[PIECES];
} world;

int tessera_manage(struct tessera_partition *to, u32 opcode, u32 w[4], enum tessera_wait wait)
{
    assert_ptr_equal(to, &partition);
    assert_in_range(w[0], 0, PIECES - 1);
    assert_int_equal(w[1], 0);
    assert_true(fake.locked == 0 || world.closing); // it may take minutes
    if (world.is_closed && !world.closing) {
        return -ESHUTDOWN;
    }
    if (opcode == TS_RPC_OP_RETRIEVE) {
        assert_int_equal(wait, TESSERA_KILLABLE);
        world.retrieved[w[0]] = world.refuses == 0;
        return world.refuses;
    }
    assert_int_equal(opcode, TS_RPC_OP_RELINQUISH);
    assert_int_equal(wait, TESSERA_UNINTERRUPTIBLE);
    world.retrieved[w[0]] = world.retrieved[w[0]] && world.keeps;
    return world.refuses;
}

int tessera_ffa_share(struct tessera_partition *to, void *base, size_t size, u64 *handle)
{
    assert_ptr_equal(to, &partition);
    if (world.share_error != 0) {
        return world.share_error;
    }
    for (u64 i = 0; i < PIECES; i++) {
        if (!world.has[i]) {
            world.has[i] = true;
            world.base[i] = base;
            world.size[i] = size;
            *handle = i;
            return 0;
        }
    }
    return -ENOMEM;
}

int tessera_ffa_reclaim(struct tessera_partition *to, u64 handle)
{
    void (*others)(void) = world.before_reclaim;

    assert_ptr_equal(to, &partition);
    assert_true(fake.locked == 0 || world.closing);
    world.before_reclaim = NULL;
    if (others != NULL) {
        others();
    }
    if (world.is_closed && !world.closing) {
        return -ESHUTDOWN;
    }
    if (!world.has[handle] || world.retrieved[handle]) {
        return world.has[handle] ? -EACCES : -EINVAL;
    }
    world.has[handle] = false;
    return 0;
}

static int setup(void **state)
{
    (void)state;
    memset(&world, 0, sizeof(world));
    module_fake_start();
    return 0;
}

// Nothing may be left for the next test, or for the leak checker
static int teardown(void **state)
{
    (void)state;
    fake.on_unlock = NULL;
    world.keeps = world.is_closed = world.closing = false;
    memset(world.retrieved, 0, sizeof(world.retrieved));
    tessera_mem_exit();
    assert_int_equal(tessera_counters.shared_pages.counter, 0);
    assert_int_equal(tessera_counters.lost_pages.counter, 0);
    return 0;
}

static struct tessera_memory *share(size_t size)
{
    struct tessera_memory *memory = NULL;

    assert_int_equal(tessera_share(&partition, size, TESSERA_KILLABLE, &memory), 0);
    assert_non_null(memory);
    return memory;
}

static void shared_pages_are_zeroed_and_come_back(void **state)
{
    struct tessera_memory *memory = share(SIZE - 100);

    (void)state;
    assert_int_equal(memory->size, SIZE);
    for (size_t i = 0; i < SIZE; i++) {
        assert_int_equal(((uint8_t *)memory->base)[i], 0);
    }
    assert_true(world.retrieved[0]);
    assert_int_equal(tessera_counters.shared_pages.counter, 2);
    tessera_unshare(memory);
    assert_false(world.has[0]);
    assert_int_equal(fake.warnings, 0);
    tessera_unshare(NULL);
}

// They stay when the process that first needed them has gone
static void nobody_is_charged_for_them(void **state)
{
    (void)state;
    tessera_unshare(share(SIZE));
    assert_int_equal(fake.charged, 0);
}

static void what_is_refused_is_not_shared(void **state)
{
    struct tessera_memory *memory = NULL;

    (void)state;
    assert_int_equal(tessera_share(&partition, 0, TESSERA_KILLABLE, &memory), -EINVAL);
    assert_int_equal(tessera_share(&partition, 0x100001, TESSERA_KILLABLE, &memory), -ENOMEM);
    world.share_error = -EACCES;
    assert_int_equal(tessera_share(&partition, SIZE, TESSERA_KILLABLE, &memory), -EACCES);
    world.share_error = 0;
    world.refuses = -EREMOTEIO;
    assert_int_equal(tessera_share(&partition, SIZE, TESSERA_KILLABLE, &memory), -EREMOTEIO);
    assert_null(memory);
    assert_false(world.has[0]);
}

static void lost_pages_are_asked_for_again(void **state)
{
    struct tessera_memory *memory = share(SIZE);

    (void)state;
    world.keeps = true;
    tessera_unshare(memory);
    assert_int_equal(tessera_counters.lost_pages.counter, 2);
    assert_int_equal(fake.warnings, 1);
    fake_run_all();
    assert_int_equal(tessera_counters.lost_pages.counter, 2);
    world.keeps = false;
    fake_run_all(); // with no lock held: see tessera_manage()
    assert_int_equal(tessera_counters.lost_pages.counter, 0);
    assert_false(world.has[0]);
}

static void give_back_and_retry(void)
{
    memset(world.retrieved, 0, sizeof(world.retrieved));
    fake_run_all();
}

// The worker that asks again has a turn as soon as the lock is free: whose memory it has freed by then says nothing more of it
static void a_retry_comes_between(void **state)
{
    struct tessera_memory *first = share(SIZE);
    struct tessera_memory *second = share(3 * 4096);

    (void)state;
    world.keeps = true;
    tessera_unshare(first);
    fake.on_unlock = give_back_and_retry;
    tessera_unshare(second);
    assert_int_equal(tessera_counters.lost_pages.counter, 0);
}

static void shut_down(void)
{
    world.closing = true;
    tessera_mem_reclaim_all();
    world.closing = false;
}

static void shutdown_takes_all_back(void **state)
{
    struct tessera_memory *used = share(SIZE);
    struct tessera_memory *lost = share(SIZE);

    (void)state;
    world.keeps = true;
    tessera_unshare(lost);
    world.keeps = false;
    world.is_closed = true;
    memset(world.retrieved, 0, sizeof(world.retrieved));
    shut_down();
    assert_false(world.has[0] || world.has[1]);
    ((uint8_t *)used->base)[SIZE - 1] = 1; // a process may still write there
    tessera_unshare(used);                 // no call is made for it
    assert_int_equal(fake.warnings, 1);
}

// A process gives its memory back while the machine goes down: it is refused, but the shutdown has taken it
static void shutdown_comes_between(void **state)
{
    struct tessera_memory *memory = share(SIZE);

    (void)state;
    world.is_closed = true;
    memset(world.retrieved, 0, sizeof(world.retrieved));
    world.before_reclaim = shut_down;
    tessera_unshare(memory);
    assert_false(world.has[0]);
    assert_int_equal(tessera_counters.lost_pages.counter, 0);
    assert_int_equal(fake.warnings, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shared_pages_are_zeroed_and_come_back, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_is_charged_for_them, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_refused_is_not_shared, setup, teardown),
        cmocka_unit_test_setup_teardown(lost_pages_are_asked_for_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_retry_comes_between, setup, teardown),
        cmocka_unit_test_setup_teardown(shutdown_takes_all_back, setup, teardown),
        cmocka_unit_test_setup_teardown(shutdown_comes_between, setup, teardown),
    };

    return cmocka_run_group_tests_name("tessera_mem", tests, NULL, NULL);
}
