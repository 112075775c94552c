// SPDX-License-Identifier: BSD-3-Clause
//
// What a partition sees of the others, and what its runtime makes of each kind of event: registers over every way out of the
// partition, cycles that the normal world gives, requests from a timer's call, memory given away for good.
#include <string.h>

#include "partitions/lib/sp_mem.h"
#include "tests/target/memory.h"

#define POISON 0xbad0bad0bad0bad0ULL
#define OWN(id) ((uint64_t)(id) << 16)

static int ready(void **state)
{
    (void)state;
    mem_ready(FFA_VERSION_1_2);
    return 0;
}

static struct peer_step *add_registers(struct peer_script *script, uint64_t x0, uint64_t x1)
{
    struct peer_step *step = peer_add(script, PEER_REGISTERS, x0, x1, 0, 0);

    for (unsigned int i = 8; i < 18; i++) {
        step->x[i] = (x0 & SMCCC_64) == 0 ? 0x1000 + i : 0;
    }
    return step;
}

static void assert_own_registers(const struct peer_step *step, bool is_64)
{
    assert_int_equal(step->done, 1);
    assert_int_equal(step->changed, 0);
    for (unsigned int i = 8; i < 18; i++) {
        assert_int_equal(step->x[i], is_64 ? 0 : 0x1000 + i);
    }
}

static void a_partition_keeps_its_registers_over_every_call(void **state)
{
    struct peer_script *other = peer_begin(PEER2_ID);
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *id = add_registers(script, FFA_ID_GET, 0);
    struct peer_step *unknown = add_registers(script, 0x82000000, 0);
    struct peer_step *yield = add_registers(script, FFA_YIELD, 0);
    struct peer_step *ask =
        add_registers(script, FFA_MSG_SEND_DIRECT_REQ_64, OWN(PEER1_ID) | PEER2_ID);

    (void)state;
    ask->x[3] = PEER_RUN_SCRIPT;
    (void)add_registers(other, FFA_ID_GET, 0);
    (void)peer_add(other, PEER_FP_PAINT, POISON, 0, 0, 0);
    struct ffa_args a = peer_run(PEER1_ID);

    assert_ffa_function(a, FFA_YIELD);
    assert_echo_works(); // and whatever the harness does meanwhile
    a = call(FFA_RUN, a.x[1]);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(a.x[3], 4);
    assert_int_equal(id->x[2], PEER1_ID);
    assert_own_registers(id, false);
    assert_own_registers(unknown, false);
    assert_own_registers(yield, false);
    assert_int_equal(ask->x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(ask->x[3], 2);
    assert_own_registers(ask, true);
}

// The peer answers from inside of its script, so the next message comes to the script, with all its registers
static struct peer_step *wait_inside(void)
{
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *step =
        add_registers(script, FFA_MSG_SEND_DIRECT_RESP_64, OWN(PEER1_ID) | FFA_ID_NWD);

    step->x[3] = 0x111;
    struct ffa_args a = peer_run(PEER1_ID);

    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(a.x[3], 0x111);
    return step;
}

static void send_poisoned(uint32_t function, unsigned int first)
{
    struct ffa_args a = { .x = { function, PEER1_ID, 0, 0x222, 0x333 } };

    for (unsigned int i = first; i < 18; i++) {
        a.x[i] = POISON + i;
    }
    target_call_all(&a);
    assert_true(a.x[0] == FFA_MSG_SEND_DIRECT_RESP_32 || a.x[0] == FFA_MSG_SEND_DIRECT_RESP_64);
}

static void a_message_brings_its_own_registers_and_no_other(void **state)
{
    struct peer_step *step = wait_inside();

    (void)state;
    send_poisoned(FFA_MSG_SEND_DIRECT_REQ_32, 8);
    assert_int_equal(step->x[0], FFA_MSG_SEND_DIRECT_REQ_32);
    assert_int_equal(step->x[1], PEER1_ID);
    assert_int_equal(step->x[3], 0x222);
    assert_int_equal(step->x[4], 0x333);
    assert_int_equal(step->changed, 0);
    for (unsigned int i = 5; i < 18; i++) {
        assert_int_not_equal(step->x[i], POISON + i);
    }
    step = wait_inside();
    struct ffa_args run = call(FFA_RUN, OWN(PEER1_ID));

    assert_int_equal(step->x[0], FFA_RUN);
    assert_int_equal(step->changed, 0);
    for (unsigned int i = 2; i < 18; i++) {
        assert_int_equal(step->x[i], 0);
    }
    // The script's end answers a request that is answered: refused, and the peer dies of it
    assert_ffa_error(run, FFA_ABORTED);
    (void)target_stop(NULL);
}

static void cycles_of_the_normal_world_are_used(void **state)
{
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *ask = peer_add(script, PEER_ASK, PEER2_ID, 5, 6, 7);

    (void)state;
    script->on_event = PEER_ON_RUN;
    script->event_first = 0;
    struct ffa_args a = call(FFA_RUN, OWN(PEER1_ID));

    assert_ffa_function(a, FFA_MSG_WAIT);
    assert_int_equal(script->runs, 1);
    assert_int_equal(ask->done, 0); // no step is the event's
    script = peer_begin(PEER1_ID);
    (void)peer_add(script, PEER_CALL, FFA_ID_GET, 0, 0, 0);
    ask = peer_add(script, PEER_ASK, PEER2_ID, 5, 6, 7);
    script->on_event = PEER_ON_RUN;
    script->event_first = 1;
    for (unsigned int i = 1; i <= 3; i++) {
        a = call(FFA_RUN, OWN(PEER1_ID));
        assert_ffa_function(a, FFA_MSG_WAIT);
        assert_int_equal(script->runs, i);
        assert_int_equal(ask->done, i); // with the same arguments each time
        assert_int_equal(ask->x[0], 0);
        assert_int_equal(ask->x[1], 6);
        assert_int_equal(ask->x[2], 6);
    }
    assert_int_equal(script->steps[0].done, 0);
}

static void a_timer_call_may_ask_another_partition(void **state)
{
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *timer = peer_add(script, PEER_TIMER, 1000, 0, 0, 0);
    struct peer_step *ask = peer_add(script, PEER_ASK, PEER2_ID, 5, 6, 7);

    (void)state;
    script->on_event = PEER_ON_TIMER;
    script->event_first = 1;
    struct ffa_args a = peer_run(PEER1_ID);

    assert_int_equal(a.x[3], 1);
    assert_int_equal(timer->x[2], 0);
    for (unsigned int i = 0; i < 1000000 && script->interrupts == 0; i++) {
        assert_echo_works();
    }
    assert_int_equal(script->interrupts, 1);
    assert_int_equal(ask->done, 1);
    assert_int_equal(ask->x[0], 0);
    assert_int_equal(ask->x[1], 6);
    assert_echo_works();
}

static void scripts_repeat_and_copy(void **state)
{
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *touch;

    (void)state;
    memset(script->data, 0x5a, 4096);
    (void)peer_add_at(script, PEER_FILL, PEER_SYM_DATA, 0, 0, 4096, 0, 0);
    touch = peer_add_at(script, PEER_TOUCH, PEER_SYM_DATA, 0, 0, 4096, PEER_TOUCH_PAGES, 0);
    (void)peer_add(script, PEER_REPEAT, 1, 9, 0, 0);
    (void)peer_add_at(script, PEER_COPY_OUT, PEER_SYM_DATA, 0, 0, 4096, 4096, 0);
    (void)peer_add_at(script, PEER_COPY_IN, PEER_SYM_DATA, 0, 0, 0, 4096, 0);
    struct peer_step *count = peer_add_at(script, PEER_COUNT, PEER_SYM_DATA, 0, 0, 4096, 0x5a, 0);
    struct ffa_args a = peer_run(PEER1_ID);

    assert_int_equal(a.x[3], 1 + 2 * 10 + 3);
    assert_int_equal(touch->done, 10);
    assert_int_equal(touch->x[3], 9);
    assert_int_equal(script->data[4096], 10);
    assert_int_equal(script->data[4097], 0);
    assert_int_equal(count->x[3], 4096);
}

static void donated_memory_has_a_new_owner(void **state)
{
    const uint64_t page = (PEER_DATA_PAGES - 1) * 4096;
    struct peer_script *giver = peer_begin(PEER1_ID);
    struct peer_script *taker;

    (void)state;
    mem_peer_ready(PEER1_ID);
    mem_peer_ready(PEER2_ID);
    giver = peer_begin(PEER1_ID);
    (void)peer_add_at(giver, PEER_FILL, PEER_SYM_DATA, 0, page, 4096, 0x77, 0);
    struct peer_step *offer =
        peer_add_at(giver, PEER_OFFER, PEER_SYM_DATA, 1, SP_MEM_DONATED, page, 1, PEER2_ID);
    peer_run_all(PEER1_ID);
    assert_int_equal(offer->x[0], 0);
    uint64_t handle = offer->x[1];

    taker = peer_begin(PEER2_ID);
    struct peer_step *retrieve = mem_add_retrieve(PEER2_ID, handle, PEER1_ID, SP_MEM_DONATED, 0);
    struct peer_step *count =
        peer_add_at(taker, PEER_COUNT, PEER_SYM_RESULT(0, 1), 0, 0, 4096, 0x77, 0);
    struct peer_step *relinquish = peer_add(taker, PEER_RELINQUISH, handle, 0, 0, 0);
    struct peer_step *share =
        peer_add_at(taker, PEER_OFFER, PEER_SYM_RESULT(0, 1), 1, SP_MEM_SHARED, 0, 1, PEER3_ID);
    peer_run_all(PEER2_ID);
    assert_int_equal(retrieve->x[0], 0);
    assert_int_equal(count->x[3], 4096);
    assert_int_equal(relinquish->x[0], ERR_INVALID); // it is its own now
    assert_int_equal(share->x[0], 0);

    // Who gave it cannot take it back, or reach it
    giver = peer_begin(PEER1_ID);
    struct peer_step *reclaim = peer_add(giver, PEER_RECLAIM, handle, 0, 0, 0);
    peer_run_all(PEER1_ID);
    assert_int_equal(reclaim->x[0], ERR_INVALID);
    giver = peer_begin(PEER1_ID);
    (void)peer_add_at(giver, PEER_READ, PEER_SYM_DATA, 0, page, 8, 0, 0);
    struct ffa_args a = peer_run(PEER1_ID);
    assert_ffa_error(a, FFA_ABORTED);
    (void)target_stop(NULL);
}

#define CASE(f) cmocka_unit_test_setup(f, ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_partition_keeps_its_registers_over_every_call),
        CASE(cycles_of_the_normal_world_are_used),
        CASE(a_timer_call_may_ask_another_partition),
        CASE(scripts_repeat_and_copy),
        CASE(a_message_brings_its_own_registers_and_no_other),
        CASE(donated_memory_has_a_new_owner),
    };

    return cmocka_run_group_tests_name("sp_runtime", tests, NULL, target_stop);
}
