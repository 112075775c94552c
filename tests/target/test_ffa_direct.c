// SPDX-License-Identifier: BSD-3-Clause
//
// Direct messages and the scheduling calls from the normal world: payload and register rules, every refusal,
// FFA_RUN, FFA_YIELD, and partitions that a normal-world interrupt preempts.
#include <string.h>

#include "tests/target/target.h"

// Rounds that a partition spins if nobody stops it: then the case fails
#define SPIN_MAX 2000000000u
#define REQ32 FFA_MSG_SEND_DIRECT_REQ_32
#define REQ64 FFA_MSG_SEND_DIRECT_REQ_64
#define RESP32 FFA_MSG_SEND_DIRECT_RESP_32
#define RESP64 FFA_MSG_SEND_DIRECT_RESP_64

static int ready(void **state)
{
    (void)state;
    target_machine(NULL);
    target_version(FFA_VERSION_1_2);
    return 0;
}

static void a_32_bit_request_is_answered_in_kind(void **state)
{
    (void)state;
    struct ffa_args a =
        call(REQ32, ECHO_ID, 0, 0x11111111, 0x22222222, 0x33333333, 0x44444444, 0xffffffff);
    const uint64_t expected[8] = { RESP32,     (uint64_t)ECHO_ID << 16,
                                   0,          0x11111111,
                                   0x22222222, 0x33333333,
                                   0x44444444, 0xffffffff };

    assert_ffa_function(a, RESP32);
    assert_memory_equal(a.x, expected, sizeof(expected));
}

static void a_64_bit_request_is_answered_in_kind(void **state)
{
    (void)state;
    struct ffa_args a = call(REQ64, ECHO_ID, 0, 0x1111111122222222, 0x8000000000000000,
                             0xffffffffffffffff, 1, 0x123456789abcdef0);
    const uint64_t expected[8] = { RESP64,
                                   (uint64_t)ECHO_ID << 16,
                                   0,
                                   0x1111111122222222,
                                   0x8000000000000000,
                                   0xffffffffffffffff,
                                   1,
                                   0x123456789abcdef0 };

    assert_ffa_function(a, RESP64);
    assert_memory_equal(a.x, expected, sizeof(expected));
}

static void a_32_bit_request_carries_32_bits(void **state)
{
    (void)state;
    struct ffa_args a = call(0xabcd000000000000 | REQ32, 0x5a5a000000000000 | ECHO_ID,
                             0x1000000000000, 0xdeadbeef00000001, 0xdeadbeef00000002,
                             0xdeadbeef00000003, 0xdeadbeef00000004, 0xdeadbeef00000005);

    assert_ffa_function(a, RESP32);
    for (unsigned int i = 0; i < 5; i++) {
        assert_int_equal(a.x[3 + i], 1 + i);
    }
}

// SMCCC: x8 … x17 of a 32-bit call stay the caller's
static void x8_to_x17_are_kept_by_32_bit_calls(void **state)
{
    static const uint64_t calls[][2] = {
        { REQ32, ECHO_ID },
        { FFA_ID_GET, 0 },
        { FFA_FEATURES, FFA_VERSION },
        { FFA_VERSION, FFA_VERSION_1_2 },
        { REQ32, 0x9999 },
        { FFA_RX_RELEASE, 0 },
        { 0x840000a5, 0 },
        { FFA_SPM_ID_GET, 0 },
    };

    (void)state;
    for (size_t c = 0; c < sizeof(calls) / sizeof(calls[0]); c++) {
        struct ffa_args a = { .x = { calls[c][0], calls[c][1] } };
        for (unsigned int i = 8; i < 18; i++) {
            a.x[i] = 0xc0ffee0000000000 + i;
        }
        target_call_all(&a);
        for (unsigned int i = 8; i < 18; i++) {
            assert_int_equal(a.x[i], 0xc0ffee0000000000 + i);
        }
    }
}

static void x8_to_x17_of_64_bit_requests_are_reserved_since_1_2(void **state)
{
    (void)state;
    for (unsigned int i = 8; i < 18; i++) {
        struct ffa_args a = { .x = { REQ64, ECHO_ID } };
        a.x[i] = 1;
        target_call_all(&a);
        assert_ffa_error(a, FFA_INVALID_PARAMETERS);
        for (unsigned int k = 8; k < 18; k++) {
            assert_int_equal(a.x[k], 0); // results of a 64-bit call: unused ones are zero
        }
    }
    struct ffa_args a = call(REQ64, ECHO_ID);
    for (unsigned int k = 8; k < 18; k++) {
        assert_int_equal(a.x[k], 0);
    }
}

static void requests_with_wrong_ids_are_invalid(void **state)
{
    static const struct {
        uint16_t from, to;
        const char *why;
    } bad[] = {
        { FFA_ID_NWD, FFA_ID_NWD, "to oneself" },
        { FFA_ID_NWD, FFA_ID_SPMC, "to the SPMC" },
        { FFA_ID_NWD, FFA_ID_SPMD, "to the SPMD" },
        { FFA_ID_NWD, 0x9999, "to nobody" },
        { FFA_ID_NWD, 0x0001, "to a virtual machine" },
        { FFA_ID_NWD, 0x7fff, "to a virtual machine" },
        { FFA_ID_NWD, 0x8000 - 1, "to a virtual machine" },
        { ECHO_ID, ECHO_ID, "as the partition, to itself" },
        { PEER1_ID, ECHO_ID, "as another partition" },
        { 0x0001, ECHO_ID, "as a virtual machine" },
        { FFA_ID_SPMC, ECHO_ID, "as the SPMC" },
        { FFA_ID_SPMD, ECHO_ID, "as the SPMD" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        for (unsigned int wide = 0; wide < 2; wide++) {
            print_message("%s\n", bad[i].why);
            struct ffa_args a =
                call(wide != 0 ? REQ64 : REQ32, (uint64_t)bad[i].from << 16 | bad[i].to);
            assert_ffa_error(a, FFA_INVALID_PARAMETERS);
        }
    }
    assert_echo_works();
}

// Every endpoint id that is no partition's, over the whole space
static void no_other_id_answers(void **state)
{
    unsigned int answered = 0;

    (void)state;
    for (uint32_t id = 0; id < 0x10000; id++) {
        struct ffa_args a = call(REQ32, id);
        if ((uint32_t)a.x[0] == RESP32) {
            answered++;
        } else {
            assert_int_equal(a.x[2], (uint32_t)FFA_INVALID_PARAMETERS);
        }
    }
    assert_int_equal(answered, 7); // echo, storage, crypto, four peers
}

static void framework_and_reserved_flags_are_invalid(void **state)
{
    static const uint64_t flags[] = {
        FFA_MSG_FRAMEWORK, FFA_MSG_FRAMEWORK | 8, FFA_MSG_FRAMEWORK | 4, 1, 0xff, 0x100, 0x40000000
    };

    (void)state;
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        struct ffa_args a = call(REQ32, ECHO_ID, flags[i]);
        assert_ffa_error(a, FFA_INVALID_PARAMETERS);
        a = call(REQ64, ECHO_ID, flags[i]);
        assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    }
}

// ---- FFA_RUN, FFA_YIELD ----------------------------------------------------------------------------------------------

static void run_of_a_waiting_partition_comes_back(void **state)
{
    (void)state;
    struct ffa_args a = call(FFA_RUN, (uint64_t)ECHO_ID << 16);
    assert_ffa_function(a, FFA_MSG_WAIT);
    for (unsigned int i = 1; i < 8; i++) {
        assert_int_equal(a.x[i], 0);
    }
    assert_echo_works();
}

static void run_with_wrong_arguments_is_invalid(void **state)
{
    static const uint64_t bad[] = { 0x99990000,
                                    0x00010000,
                                    0,
                                    (uint64_t)FFA_ID_SPMC << 16,
                                    (uint64_t)FFA_ID_SPMD << 16,
                                    (uint64_t)ECHO_ID << 16 | 1,
                                    (uint64_t)ECHO_ID << 16 | 0xffff };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ffa_args a = call(FFA_RUN, bad[i]);
        assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    }
    for (unsigned int i = 2; i < 8; i++) {
        struct ffa_args a = { .x = { FFA_RUN, (uint64_t)ECHO_ID << 16 } };
        a.x[i] = 1;
        target_call_all(&a);
        assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    }
}

static void a_yield_comes_back_and_run_goes_on(void **state)
{
    (void)state;
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *yield1 = peer_add(script, PEER_CALL, FFA_YIELD, 0, 0, 0);
    struct peer_step *yield2 =
        peer_add(script, PEER_CALL, FFA_YIELD, 0, 0x12345678, 9); // a timeout, in ns

    struct ffa_args a = peer_run(PEER1_ID);
    assert_ffa_function(a, FFA_YIELD);
    assert_int_equal(a.x[1], (uint64_t)PEER1_ID << 16);
    assert_int_equal(yield1->done, 0);
    // It is blocked: nobody else's message reaches it, others run
    a = call(REQ64, PEER1_ID, 0, PEER_RUN_SCRIPT);
    assert_ffa_error(a, FFA_BUSY);
    assert_echo_works();
    a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    assert_ffa_function(a, FFA_YIELD);
    assert_int_equal(a.x[2], 0x12345678);
    assert_int_equal(a.x[3], 9);
    assert_int_equal(yield1->x[0], FFA_SUCCESS_32); // how the partition saw it
    for (unsigned int i = 1; i < 8; i++) {
        assert_int_equal(yield1->x[i], 0);
    }
    a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    assert_ffa_function(a, RESP64);
    assert_int_equal(a.x[1], (uint64_t)PEER1_ID << 16);
    assert_int_equal(a.x[3], 2);
    assert_int_equal(yield2->x[0], FFA_SUCCESS_32);
}

// ---- Preemption ------------------------------------------------------------------------------------------------------

static struct h_call spin_call(uint16_t id, uint32_t flags, uint64_t ticks)
{
    return (struct h_call){ .x = { REQ64, id, 0, PEER_RUN_SCRIPT },
                            .flags = flags,
                            .timer_ticks = ticks };
}

static void assert_preempted(const struct h_call *c, uint16_t id, uint64_t interrupt)
{
    struct ffa_args a;

    memcpy(a.x, c->x, sizeof(a.x));
    assert_ffa_function(a, FFA_INTERRUPT);
    assert_int_equal(a.x[1], (uint64_t)id << 16);
    for (unsigned int i = 2; i < 8; i++) {
        assert_int_equal(a.x[i], 0);
    }
    assert_int_equal(c->interrupt,
                     interrupt); // the normal world finds it pending and acknowledges it itself
}

static void a_timer_interrupt_preempts_a_spinning_partition(void **state)
{
    (void)state;
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *spin = peer_add(script, PEER_SPIN, SPIN_MAX, 0, 0, 0);
    struct h_call c = spin_call(PEER1_ID, MB_SMC_TIMER, 100000);

    assert_int_equal(h_call(machine, 0, &c), H_OK);
    assert_preempted(&c, PEER1_ID, MB_TIMER_PPI);
    assert_int_equal(spin->done, 0);
    // Preempted: busy for messages; others run; RUN of another vCPU is refused
    struct ffa_args a = call(REQ64, PEER1_ID);
    assert_ffa_error(a, FFA_BUSY);
    assert_echo_works();
    a = call(FFA_RUN, (uint64_t)PEER1_ID << 16 | 1);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    // Resumed, preempted again, then let go
    c = (struct h_call){ .x = { FFA_RUN, (uint64_t)PEER1_ID << 16 },
                         .flags = MB_SMC_TIMER,
                         .timer_ticks = 50000 };
    assert_int_equal(h_call(machine, 0, &c), H_OK);
    assert_preempted(&c, PEER1_ID, MB_TIMER_PPI);
    script->stop = 1;
    a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    assert_ffa_function(a, RESP64);
    assert_int_equal(a.x[1], (uint64_t)PEER1_ID << 16);
    assert_int_equal(a.x[3], 1);
    assert_true(spin->x[1] > 0 && spin->x[1] < SPIN_MAX);
}

static void an_interrupt_that_is_pending_already_preempts(void **state)
{
    (void)state;
    struct peer_script *script = peer_begin(PEER1_ID);
    peer_add(script, PEER_SPIN, SPIN_MAX, 0, 0, 0);
    struct h_call c = spin_call(PEER1_ID, MB_SMC_SGI, 0);

    assert_int_equal(h_call(machine, 0, &c), H_OK);
    assert_preempted(&c, PEER1_ID, MB_SGI);
    script->stop = 1;
    struct ffa_args a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    assert_ffa_function(a, RESP64);
}

static void two_partitions_can_be_preempted_at_once(void **state)
{
    (void)state;
    static const uint16_t ids[] = { PEER1_ID, PEER2_ID };

    for (unsigned int i = 0; i < 2; i++) {
        struct peer_script *script = peer_begin(ids[i]);
        peer_add(script, PEER_SPIN, SPIN_MAX, 0, 0, 0);
        struct h_call c = spin_call(ids[i], MB_SMC_SGI, 0);
        assert_int_equal(h_call(machine, 0, &c), H_OK);
        assert_preempted(&c, ids[i], MB_SGI);
    }
    for (unsigned int i = 0; i < 2; i++) {
        peer_script(ids[i])->stop = 1;
        struct ffa_args a = call(FFA_RUN, (uint64_t)ids[i] << 16);
        assert_ffa_function(a, RESP64);
        assert_int_equal(a.x[1], (uint64_t)ids[i] << 16);
    }
}

// The registers of a preempted partition come back, FP too, whatever ran in between
static void a_preempted_partition_keeps_its_fp_registers(void **state)
{
    static struct mb_fp paint;

    (void)state;
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *spin = peer_add(script, PEER_FP_SPIN, 0x1234567800000000, 0, SPIN_MAX, 0);
    struct h_call c = spin_call(PEER1_ID, MB_SMC_TIMER, 200000);

    assert_int_equal(h_call(machine, 0, &c), H_OK);
    assert_preempted(&c, PEER1_ID, MB_TIMER_PPI);
    memset(&paint, 0x77, sizeof(paint.v));
    paint.fpcr = 0;
    paint.fpsr = 0;
    assert_int_equal(h_fp_load(machine, 0, &paint, MB_FP_V), H_OK);
    struct peer_script *other = peer_begin(PEER2_ID);
    peer_add(other, PEER_FP_PAINT, 0x9999999900000000, 0, 0, 0);
    peer_run_all(PEER2_ID);
    script->stop = 1;
    struct ffa_args a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    assert_ffa_function(a, RESP64);
    assert_int_equal(spin->x[1], 0);
    static struct mb_fp after;
    assert_int_equal(h_fp_store(machine, 0, &after, MB_FP_V), H_OK);
    assert_memory_equal(after.v, paint.v, sizeof(after.v)); // and the normal world its own
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_32_bit_request_is_answered_in_kind, ready),
        cmocka_unit_test_setup(a_64_bit_request_is_answered_in_kind, ready),
        cmocka_unit_test_setup(a_32_bit_request_carries_32_bits, ready),
        cmocka_unit_test_setup(x8_to_x17_are_kept_by_32_bit_calls, ready),
        cmocka_unit_test_setup(x8_to_x17_of_64_bit_requests_are_reserved_since_1_2, ready),
        cmocka_unit_test_setup(requests_with_wrong_ids_are_invalid, ready),
        cmocka_unit_test_setup(no_other_id_answers, ready),
        cmocka_unit_test_setup(framework_and_reserved_flags_are_invalid, ready),
        cmocka_unit_test_setup(run_of_a_waiting_partition_comes_back, ready),
        cmocka_unit_test_setup(run_with_wrong_arguments_is_invalid, ready),
        cmocka_unit_test_setup(a_yield_comes_back_and_run_goes_on, ready),
        cmocka_unit_test_setup(a_timer_interrupt_preempts_a_spinning_partition, ready),
        cmocka_unit_test_setup(an_interrupt_that_is_pending_already_preempts, ready),
        cmocka_unit_test_setup(two_partitions_can_be_preempted_at_once, ready),
        cmocka_unit_test_setup(a_preempted_partition_keeps_its_fp_registers, ready),
    };

    return cmocka_run_group_tests_name("ffa_direct", tests, NULL, target_stop);
}
