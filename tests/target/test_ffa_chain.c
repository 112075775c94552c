// SPDX-License-Identifier: BSD-3-Clause
//
// Partitions that ask partitions (DEN0077A "Direct messaging", "Partition runtime models"), and the larger messages of 1.2
// (DIRECT_REQ2): chains, circles, interrupts and faults in the middle of a chain. What each register carries is a unit test.
#include <string.h>

#include "tests/target/memory.h"

static int ready(void **state)
{
    (void)state;
    mem_ready(FFA_VERSION_1_2);
    return 0;
}

static int fresh(void **state)
{
    (void)state;
    target_fresh(NULL);
    return ready(NULL);
}

static void a_partition_asks_another_one(void **state)
{
    (void)state;
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *ask = peer_add(script, PEER_ASK, PEER2_ID, 10, 20, 30);
    ask->x[4] = 40;
    ask->x[5] = UINT64_MAX;
    struct peer_step *echo = peer_add(script, PEER_ASK, ECHO_ID, 1, 2, 3);
    peer_run_all(PEER1_ID);
    assert_int_equal(ask->x[0], 0);
    assert_int_equal(ask->x[1], 11); // peers count the first word up
    assert_int_equal(ask->x[2], 20);
    assert_int_equal(ask->x[3], 30);
    assert_int_equal(ask->x[4], 40);
    assert_true(ask->x[5] == UINT64_MAX);
    // Echo admits the normal world alone
    assert_int_equal((int32_t)echo->x[0], ERR_DENIED);
}

static void a_chain_goes_through_three_partitions(void **state)
{
    (void)state;
    struct peer_script *one = peer_begin(PEER1_ID);
    struct peer_step *first = peer_add(one, PEER_ASK, PEER2_ID, PEER_RUN_SCRIPT, 0, 0);
    struct peer_script *two = peer_begin(PEER2_ID);
    struct peer_step *second = peer_add(two, PEER_ASK, PEER3_ID, 100, 0, 0);
    peer_run_all(PEER1_ID);
    assert_int_equal(first->x[0], 0);
    assert_int_equal(second->x[0], 0);
    assert_int_equal(second->x[1], 101);
}

// 1 asks 2, 2 asks 3, and 3 asks each of them, itself and nobody
static void circles_are_refused(void **state)
{
    static const struct {
        uint16_t asked;
        int32_t result;
    } cases[] = { { PEER1_ID, ERR_BUSY },
                  { PEER2_ID, ERR_BUSY },
                  { PEER3_ID, ERR_INVALID },
                  { FFA_ID_NWD, ERR_INVALID },
                  { 0x8077, ERR_INVALID } };

    (void)state;
    for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct peer_script *one = peer_begin(PEER1_ID);
        struct peer_step *first = peer_add(one, PEER_ASK, PEER2_ID, PEER_RUN_SCRIPT, 0, 0);
        struct peer_script *two = peer_begin(PEER2_ID);
        struct peer_step *second = peer_add(two, PEER_ASK, PEER3_ID, PEER_RUN_SCRIPT, 0, 0);
        struct peer_script *three = peer_begin(PEER3_ID);
        struct peer_step *third = peer_add(three, PEER_ASK, cases[i].asked, 1, 0, 0);
        peer_run_all(PEER1_ID);
        assert_int_equal(first->x[0], 0);
        assert_int_equal(second->x[0], 0);
        assert_int_equal((int32_t)third->x[0], cases[i].result);
    }
}

// The normal world gets its interrupt wherever in the chain it comes, and continues with whom it asked
static void an_interrupt_in_the_middle_preempts_the_whole_chain(void **state)
{
    (void)state;
    struct peer_script *one = peer_begin(PEER1_ID);
    struct peer_step *first = peer_add(one, PEER_ASK, PEER2_ID, PEER_RUN_SCRIPT, 0, 0);
    struct peer_script *two = peer_begin(PEER2_ID);
    struct peer_step *spin = peer_add(two, PEER_SPIN, UINT64_MAX, 0, 0, 0);
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_RUN_SCRIPT },
                        .flags = MB_SMC_TIMER,
                        .timer_ticks = 100000 };

    assert_int_equal(h_call(machine, 0, &c), H_OK);
    assert_int_equal(c.x[0], FFA_INTERRUPT);
    assert_int_equal(c.x[1], (uint64_t)PEER1_ID << 16);
    // Nobody else gets in meanwhile, neither to the head nor into the chain
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, 1);
    assert_ffa_error(a, FFA_BUSY);
    a = call(FFA_MSG_SEND_DIRECT_REQ_64, PEER2_ID, 0, 1);
    assert_ffa_error(a, FFA_BUSY);
    a = call(FFA_RUN, (uint64_t)PEER2_ID << 16);
    assert_ffa_error(a, FFA_DENIED);
    two->stop = 1;
    do {
        a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    } while (a.x[0] == FFA_INTERRUPT);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(a.x[3], 1);
    assert_int_equal(first->x[0], 0);
    assert_int_equal(spin->done, 1);
}

// … and on another core than it began
static void a_preempted_chain_goes_on_on_another_core(void **state)
{
    struct h_options o = target_options();

    (void)state;
    o.cores = 2;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    assert_int_equal(h_cores_on(machine, 2), H_OK);
    struct peer_script *one = peer_begin(PEER1_ID);
    (void)peer_add(one, PEER_ASK, PEER2_ID, PEER_RUN_SCRIPT, 0, 0);
    struct peer_script *two = peer_begin(PEER2_ID);
    (void)peer_add(two, PEER_SPIN, UINT64_MAX, 0, 0, 0);
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_RUN_SCRIPT },
                        .flags = MB_SMC_TIMER,
                        .timer_ticks = 100000 };
    assert_int_equal(h_call(machine, 0, &c), H_OK);
    assert_int_equal(c.x[0], FFA_INTERRUPT);
    two->stop = 1;
    struct ffa_args a;
    do {
        a = (struct ffa_args){ { FFA_RUN, (uint64_t)PEER1_ID << 16 } };
        assert_int_equal(h_smc(machine, 1, &a), H_OK);
    } while (a.x[0] == FFA_INTERRUPT);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
}

// A callee that yields: its caller hears of it and runs it again (the runtime does)
static void a_callee_that_yields_is_run_on_by_its_caller(void **state)
{
    (void)state;
    struct peer_script *one = peer_begin(PEER1_ID);
    struct peer_step *first = peer_add(one, PEER_ASK, PEER2_ID, PEER_RUN_SCRIPT, 0, 0);
    struct peer_script *two = peer_begin(PEER2_ID);
    struct peer_step *yield = peer_add(two, PEER_CALL, FFA_YIELD, 0, 0, 0);
    struct peer_step *again = peer_add(two, PEER_CALL, FFA_YIELD, 0, 0, 0);
    peer_run_all(PEER1_ID);
    assert_int_equal(first->x[0], 0);
    assert_int_equal(first->x[1], 2); // steps that it performed
    assert_int_equal(yield->x[0], FFA_SUCCESS_32);
    assert_int_equal(again->x[0], FFA_SUCCESS_32);
}

static void a_callee_that_faults_is_reported_to_its_caller(void **state)
{
    (void)state;
    struct peer_script *one = peer_begin(PEER1_ID);
    struct peer_step *first = peer_add(one, PEER_ASK, PEER2_ID, PEER_RUN_SCRIPT, 0, 0);
    struct peer_step *again = peer_add(one, PEER_ASK, PEER2_ID, 1, 0, 0);
    struct peer_step *other = peer_add(one, PEER_ASK, PEER3_ID, 1, 0, 0);
    struct peer_script *two = peer_begin(PEER2_ID);
    (void)peer_add(two, PEER_READ, 0, 8, 0, 0); // NULL
    peer_run_all(PEER1_ID);
    assert_int_equal((int32_t)first->x[0], ERR_ABORTED);
    assert_int_equal((int32_t)again->x[0], ERR_ABORTED);
    assert_int_equal(other->x[0], 0);
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_64, PEER2_ID, 0, 1);
    assert_ffa_error(a, FFA_ABORTED);
    assert_echo_works();
}

// The one in the middle dies while its own request has been answered; who waits for it is told
static void a_caller_that_faults_takes_nobody_with_it(void **state)
{
    (void)state;
    struct peer_script *one = peer_begin(PEER1_ID);
    struct peer_step *first = peer_add(one, PEER_ASK, PEER2_ID, PEER_RUN_SCRIPT, 0, 0);
    struct peer_script *two = peer_begin(PEER2_ID);
    struct peer_step *second = peer_add(two, PEER_ASK, PEER3_ID, 5, 0, 0);
    (void)peer_add(two, PEER_DIE, 0, 0, 0, 0);
    peer_run_all(PEER1_ID);
    assert_int_equal((int32_t)first->x[0], ERR_ABORTED);
    assert_int_equal(second->x[1], 6);
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_64, PEER3_ID, 0, 1);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
}

static void larger_messages_carry_fourteen_registers(void **state)
{
    static const uint16_t partitions[] = { ECHO_ID, PEER1_ID };

    (void)state;
    for (unsigned int p = 0; p < 2; p++) {
        struct ffa_args a = { { FFA_MSG_SEND_DIRECT_REQ2, partitions[p] } };
        for (unsigned int i = 4; i < 18; i++) {
            a.x[i] = 0x1111111111111111u * (i - 3) + 0x8000000000000000u;
        }
        target_call_all(&a);
        assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP2);
        assert_int_equal(a.x[1], (uint64_t)partitions[p] << 16);
        assert_int_equal(a.x[2], 0);
        assert_int_equal(a.x[3], 0);
        for (unsigned int i = 4; i < 18; i++) {
            uint64_t up = partitions[p] == PEER1_ID && i == 4 ? 1 : 0;
            assert_true(a.x[i] == 0x1111111111111111u * (i - 3) + 0x8000000000000000u + up);
        }
    }
}

static void and_between_partitions_too(void **state)
{
    (void)state;
    struct peer_script *one = peer_begin(PEER1_ID);
    struct peer_step *ask = peer_add(one, PEER_ASK2, PEER2_ID, 1, 2, 3);
    ask->x[14] = 0x1234567890abcdef;
    peer_run_all(PEER1_ID);
    assert_int_equal(ask->x[0], 0);
    assert_int_equal(ask->x[1], 2);
    assert_int_equal(ask->x[2], 2);
    assert_true(ask->x[14] == 0x1234567890abcdef);
}

static void larger_messages_need_a_service_of_the_partition(void **state)
{
    (void)state;
    struct ffa_args a = { { FFA_MSG_SEND_DIRECT_REQ2, ECHO_ID, 0x1111, 0x2222 } };
    target_call_all(&a);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    // echo's own: efb1a83e-32fb-44e9-8c7d-3b46fc31cd60
    a = (struct ffa_args){ { FFA_MSG_SEND_DIRECT_REQ2, ECHO_ID, 0xe944fb323ea8b1ef,
                             0x60cd31fc463b7d8c, 7 } };
    target_call_all(&a);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP2);
    assert_int_equal(a.x[4], 7);
}

// The manifest of peer 4 says so (tests/target/sp_peer/manifest4.dts)
static void a_fault_resets_the_machine_where_the_manifest_says_so(void **state)
{
    struct h_options o = target_options();

    (void)state;
    o.reboot = true;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    struct peer_script *four = peer_begin(PEER4_ID);
    (void)peer_add(four, PEER_DIE, 0, 0, 0, 0);
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER4_ID, 0, PEER_RUN_SCRIPT } };
    assert_int_equal(h_call(machine, 0, &c), H_RESTARTED);
    target_version(FFA_VERSION_1_2);
    assert_echo_works();
}

#define CASE(f) cmocka_unit_test_setup(f, ready)
#define BREAKS(f) cmocka_unit_test_setup(f, fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_partition_asks_another_one),
        CASE(a_chain_goes_through_three_partitions),
        CASE(circles_are_refused),
        CASE(an_interrupt_in_the_middle_preempts_the_whole_chain),
        CASE(a_callee_that_yields_is_run_on_by_its_caller),
        CASE(larger_messages_carry_fourteen_registers),
        CASE(and_between_partitions_too),
        CASE(larger_messages_need_a_service_of_the_partition),
        BREAKS(a_callee_that_faults_is_reported_to_its_caller),
        BREAKS(a_caller_that_faults_takes_nobody_with_it),
        BREAKS(a_preempted_chain_goes_on_on_another_core),
        BREAKS(a_fault_resets_the_machine_where_the_manifest_says_so),
    };

    return cmocka_run_group_tests_name("ffa_chain", tests, NULL, target_stop);
}
