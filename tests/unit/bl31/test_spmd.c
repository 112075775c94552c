// SPDX-License-Identifier: BSD-3-Clause
//
// Routing decisions of the SPMD: what is forwarded, answered, refused, for both worlds and in every state. Expected
// values are DEN0077A's (register usage, status codes, framework messages 8 and 9).
#include "spmd_fakes.h"

// The whole exchange by which the normal world negotiates; `answer` is the SPMC's.
static uint64_t negotiate(uint32_t asked, uint64_t answer)
{
    (void)normal(0x84000063, asked);
    assert_int_equal(fake_left, LEFT_TO_SECURE);
    (void)spmc(0x84000070, 0x8000ffff, 0x80000009, answer);
    assert_int_equal(fake_left, LEFT_TO_NORMAL);
    return core.secure.x[0];
}

static void assert_x8_to_x17(const uint64_t *x8, uint64_t base)
{
    for (unsigned int i = 0; i < 10; i++) {
        assert_int_equal(x8[i], base + 8 + i);
    }
}

static void what_the_spmc_serves_is_forwarded_with_all_registers(void **state)
{
    static const uint32_t fids[] = {
        0x84000064, 0x84000065, 0x84000066, 0xc4000066, 0x84000067, 0x84000068, 0x8400006d,
        0x8400006f, 0xc400006f, 0x84000070, 0xc4000070, 0xc400008b, 0xc400008d, 0xc400008e,
        0x84000071, 0xc4000071, 0x84000072, 0xc4000072, 0x84000073, 0xc4000073, 0x84000074,
        0xc4000074, 0x84000077, 0x8400007a, 0x8400007b, 0x8400007d, 0x8400007e, 0x8400007f,
        0x84000080, 0x84000081, 0x84000082, 0x84000083, 0xc4000083, 0x84000084, 0x84000086,
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(fids) / sizeof(fids[0]); i++) {
        (void)normal(fids[i], 0x00018002);
        assert_int_equal(fake_left, LEFT_TO_SECURE);
        assert_ptr_equal(fake_frame, &core.normal.frame);
        assert_int_equal(fake_frame->x[0], fids[i]);
        assert_int_equal(fake_frame->x[1], 0x00018002);
        assert_x8_to_x17(&fake_frame->x[8], 0xa000);
        assert_int_equal(core.state, SPMD_READY);
    }
}

static void everything_else_is_not_supported_from_the_normal_world(void **state)
{
    static const uint32_t refused[] = {
        0x84000060, 0x84000061, 0xc4000061, 0x84000062, 0x8400006a, 0x8400006b, 0x8400006c,
        0x8400006e, 0x84000075, 0x84000076, 0x84000078, 0x84000079, 0x8400007c, 0x84000087,
        0xc4000077, 0xc400007a, 0xc400007d, 0xc4000086, 0x8400008f, 0xc400008f, 0xc4000087,
        0x84000088, 0xc4000088, 0x84000089, 0xc4000089, 0x8400008a, 0xc400008a, 0x8400008b,
        0x8400008c, 0x8400008d, 0x8400008e, 0x84000090, 0xc4000090, 0xc4000063, 0xc4000069,
        0xc4000085, 0x840000ff, 0xc40000ff,
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_int_equal(normal(refused[i], 0), ERROR);
        assert_int_equal(fake_left, LEFT_NOT);
        assert_result(&core.normal.frame, NOT_SUPPORTED);
        assert_x8_to_x17(&core.normal.frame.x[8], 0xa000);
    }
}

// DEN0077A 11.2: since 1.2 x8–x17 are results of an SMC64 call, errors included
static void refusals_of_smc64_calls_clear_x8_to_x17_since_1_2(void **state)
{
    static const uint64_t calls[][2] = { { 0xc4000087, 0 }, { 0xc400006f, 0x80018002 } };
    static const uint64_t zero[10];

    (void)state;
    (void)negotiate(0x10002, 0x10002);
    for (unsigned int i = 0; i < 2; i++) {
        assert_int_equal(normal(calls[i][0], calls[i][1]), ERROR);
        assert_memory_equal(&core.normal.frame.x[8], zero, sizeof(zero));
        assert_int_equal(normal(calls[i][0] & ~0x40000000ull, calls[i][1]), ERROR);
        assert_x8_to_x17(&core.normal.frame.x[8], 0xa000);
    }
}

static void requests_in_the_name_of_a_secure_endpoint_are_invalid(void **state)
{
    static const uint32_t fids[] = { 0x8400006f, 0xc400006f, 0xc400008d };
    static const uint32_t senders[] = { 0x8000, 0x8001, 0xffff };

    (void)state;
    for (unsigned int i = 0; i < 9; i++) {
        assert_int_equal(normal(fids[i / 3], (uint64_t)senders[i % 3] << 16 | 0x8002), ERROR);
        assert_int_equal(fake_left, LEFT_NOT);
        assert_result(&core.normal.frame, INVALID_PARAMETERS);
    }
    (void)normal(0x8400006f, 0x7fff8001);
    assert_int_equal(fake_left, LEFT_TO_SECURE);
}

static void ids_are_answered_here(void **state)
{
    (void)state;
    (void)negotiate(0x10001, 0x10002);
    assert_int_equal(normal(0x84000069, 0), SUCCESS);
    assert_result(&core.normal.frame, 0);
    assert_int_equal(normal(0x84000085, 0), SUCCESS);
    assert_result(&core.normal.frame, 0x8000);
    assert_int_equal(fake_left, LEFT_NOT);

    assert_int_equal(spmc(0x84000069, 0, 0, 0), SUCCESS);
    assert_result(&core.secure, 0x8000);
    assert_int_equal(spmc(0x84000085, 0, 0, 0), SUCCESS);
    assert_result(&core.secure, 0xffff);
}

static void spm_id_get_is_not_there_for_version_1_0(void **state)
{
    (void)state;
    assert_int_equal(normal(0x84000085, 0), ERROR);
    assert_result(&core.normal.frame, NOT_SUPPORTED);
}

// DEN0077A 13.2.2: whatever the normal world calls first but FFA_VERSION, the version then stays
static void calls_answered_here_end_the_negotiation(void **state)
{
    static const uint64_t calls[][2] = {
        { 0x84000069, 0 }, { 0x84000085, 0 },          { 0x8400006b, 0 },
        { 0x840000ff, 0 }, { 0x8400006f, 0x80018002 },
    };

    for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        (void)fake_ready(state);
        (void)negotiate(0x10002, 0x10002);
        (void)negotiate(0x10001, 0x10002); // until then it may change its mind
        (void)normal((uint32_t)calls[i][0], calls[i][1]);
        assert_int_equal(normal(0x84000063, 0x10002), MINUS_ONE);
        assert_int_equal(fake_left, LEFT_NOT);
        assert_int_equal(negotiate(0x10001, 0x10002), 0x10002); // the same one is no change
    }
}

static void version_travels_as_framework_message(void **state)
{
    (void)state;
    (void)normal(0x84000063, 0xdead000000010001);
    assert_int_equal(fake_left, LEFT_TO_SECURE);
    assert_int_equal(core.state, SPMD_VERSION);
    assert_int_equal(fake_frame->x[0], 0x8400006f);
    assert_int_equal(fake_frame->x[1], 0xffff8000);
    assert_int_equal(fake_frame->x[2], 0x80000008);
    assert_int_equal(fake_frame->x[3], 0x10001);
    for (unsigned int i = 4; i < 8; i++) {
        assert_int_equal(fake_frame->x[i], 0);
    }
    (void)spmc(0x84000070, 0x8000ffff, 0x80000009, 0x10002);
    assert_int_equal(fake_left, LEFT_TO_NORMAL);
    assert_int_equal(core.state, SPMD_READY);
    assert_int_equal(core.secure.x[0], 0x10002);
    assert_result(&core.secure, 0);
    assert_ptr_equal(fake_x8, &core.normal.frame.x[8]);
    assert_x8_to_x17(fake_x8, 0xa000);
}

// Two cores negotiate at once, and what the SPMC answered first comes here last: its number (w4) says so
static void the_last_version_in_the_spmc_is_the_last_here(void **state)
{
    static const struct {
        uint32_t number, version;
        bool is_1_2; // afterwards
    } answers[] = {
        { 2, 0x10002, true },          { 1, 0x10001, true },           { 3, 0x10001, false },
        { 0x80000002, 0x10002, true }, { 0xfffffff0, 0x10001, false }, { 1, 0x10002, true },
        { 0xffffffff, 0x10001, true }, // numbers wrap around
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        (void)normal(0x84000063, answers[i].version);
        core.secure.x[0] = 0x84000070;
        core.secure.x[1] = 0x8000ffff;
        core.secure.x[2] = 0x80000009;
        core.secure.x[3] = 0x10002;
        core.secure.x[4] = answers[i].number;
        (void)spmd_from_spmc(0x84000070, 0x8000ffff, 0x80000009, 0x10002, &core.secure);
        assert_int_equal(core.secure.x[0], 0x10002);
        (void)spmc(0xc4000061, 0, 0, 0); // x8 … x17 are results since 1.2
        assert_ptr_equal(fake_x8, answers[i].is_1_2 ? &core.secure.x[8] : &core.normal.frame.x[8]);
    }
}

static void version_with_bit_31_never_reaches_the_spmc(void **state)
{
    (void)state;
    assert_int_equal(normal(0x84000063, 0x80010001), MINUS_ONE);
    assert_int_equal(fake_left, LEFT_NOT);
    assert_result(&core.normal.frame, 0);
}

static void refused_version_is_minus_one_and_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(negotiate(0x10002, 0xffffffff), MINUS_ONE);
    (void)normal(0x84000063, 0x10002);
    (void)spmc(0x84000060, 0, NOT_SUPPORTED, 0); // an error instead of the message
    assert_int_equal(fake_left, LEFT_TO_NORMAL);
    assert_int_equal(core.secure.x[0], MINUS_ONE);
    assert_int_equal(core.state, SPMD_READY);
    assert_int_equal(normal(0x84000085, 0), ERROR); // still 1.0
}

static void only_the_right_message_ends_a_version_exchange(void **state)
{
    static const uint64_t wrong[][4] = {
        { 0x84000070, 0x8001ffff, 0x80000009, 0x10002 },
        { 0x84000070, 0x80000000, 0x80000009, 0x10002 },
        { 0x84000070, 0x8000ffff, 0x80000008, 0x10002 },
        { 0x84000070, 0x8000ffff, 0, 0x10002 },
        { 0xc4000070, 0x8000ffff, 0x80000009, 0x10002 },
        { 0x84000061, 0, 0x10002, 0 },
        { 0x8400006b, 0, 0, 0 },
        { 0x84000062, 0, 0, 0 },
    };

    (void)state;
    (void)normal(0x84000063, 0x10002);
    for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(spmc(wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3]), ERROR);
        assert_result(&core.secure, DENIED);
        assert_int_equal(fake_left, LEFT_NOT);
        assert_int_equal(core.state, SPMD_VERSION);
    }
    (void)spmc(0x84000070, 0x8000ffff, 0x80000009, 0x10002);
    assert_int_equal(fake_left, LEFT_TO_NORMAL);
}

static void completions_go_to_the_normal_world_as_they_are(void **state)
{
    static const uint32_t fids[] = {
        0x84000060, 0x84000061, 0xc4000061, 0x84000062, 0x8400006b, 0x8400006c,
        0x84000070, 0xc4000070, 0xc400008e, 0x84000075, 0x8400007a, 0x8400007b,
    };

    (void)state;
    (void)normal(0x8400006f, 0x8001);
    for (unsigned int i = 0; i < sizeof(fids) / sizeof(fids[0]); i++) {
        (void)spmc(fids[i], 0x80010000, 2, 3);
        assert_int_equal(fake_left, LEFT_TO_NORMAL);
        assert_ptr_equal(fake_frame, &core.secure);
        assert_int_equal(fake_frame->x[0], fids[i]);
        assert_int_equal(fake_frame->x[1], 0x80010000);
        assert_int_equal(fake_frame->x[7], 0xb007);
    }
}

static void x8_to_x17_are_the_callers_own_before_1_2(void **state)
{
    (void)state;
    (void)negotiate(0x10001, 0x10002);
    (void)normal(0xc400006f, 0x8001);
    (void)spmc(0xc4000070, 0x80010000, 0, 0);
    assert_x8_to_x17(fake_x8, 0xa000);
}

static void x8_to_x17_follow_the_width_since_1_2(void **state)
{
    (void)state;
    (void)negotiate(0x10002, 0x10002);
    (void)normal(0x8400006f, 0x8001);
    (void)spmc(0x84000070, 0x80010000, 0, 0);
    assert_x8_to_x17(fake_x8, 0xa000); // SMC32 both ways: kept
    (void)normal(0xc400006f, 0x8001);
    (void)spmc(0xc4000070, 0x80010000, 0, 0);
    assert_x8_to_x17(fake_x8, 0xb000); // SMC64: results
    (void)normal(0x8400006d, 0x80010000);
    (void)spmc(0xc4000070, 0x80010000, 0, 0);
    assert_x8_to_x17(fake_x8, 0xb000); // FFA_RUN that ends in a 64-bit response
    (void)normal(0xc400008d, 0x8001);
    assert_x8_to_x17(&fake_frame->x[8], 0xa000); // 14 registers of message go there
    (void)spmc(0xc400008e, 0x80010000, 0, 0);
    assert_x8_to_x17(fake_x8, 0xb000); // and back
    (void)normal(0xc4000074, 0);
    (void)spmc(0x84000075, 48, 48, 0);
    for (unsigned int i = 0; i < 10; i++) {
        assert_int_equal(fake_x8[i], 0); // the hypervisor's retrieval, SMC64, has a 32-bit result
    }
    (void)normal(0xc400006f, 0x8001);
    (void)spmc(0x84000060, 0, INVALID_PARAMETERS, 0);
    for (unsigned int i = 0; i < 10; i++) {
        assert_int_equal(fake_x8[i], 0); // 64-bit call, 32-bit result: unused ones are zero
    }
}

static void responses_to_secure_receivers_are_refused(void **state)
{
    (void)state;
    (void)normal(0x8400006f, 0x8001);
    assert_int_equal(spmc(0x84000070, 0x8001ffff, 0, 0), ERROR);
    assert_result(&core.secure, INVALID_PARAMETERS);
    assert_int_equal(spmc(0xc4000070, 0x80018002, 0, 0), ERROR);
    assert_int_equal(spmc(0xc400008e, 0x80018002, 0, 0), ERROR);
    assert_int_equal(fake_left, LEFT_NOT);
}

static void during_boot_only_wait_and_error_end_it(void **state)
{
    static const uint32_t others[] = { 0x84000061, 0xc4000061, 0x84000062, 0x8400006c, 0x84000070,
                                       0xc4000070, 0xc400008e, 0x84000075, 0x8400007a, 0x8400007b };

    (void)state;
    fake_boot();
    assert_int_equal(core.state, SPMD_BOOTING);
    for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(spmc(others[i], 0x8000ffff, 0x80000009, 0x10002), ERROR);
        assert_result(&core.secure, DENIED);
        assert_int_equal(fake_left, LEFT_NOT);
        assert_int_equal(core.state, SPMD_BOOTING);
    }
    ASSERT_ENDS(END_FATAL, spmc(0x84000060, 0, 0xfffffffd, 0));
    core.state = SPMD_BOOTING;
    (void)spmc(0x8400006b, 0, 0, 0);
    assert_int_equal(fake_left, LEFT_BY_RESUMING);
    assert_ptr_equal(fake_frame, &core.secure);
    assert_int_equal(core.state, SPMD_READY);
    assert_int_equal(fake_snapshots, 1);
    assert_int_equal(fake_raises, 1);
    assert_int_equal(core.normal.regs.elr_el3, FAKE_BL33);
}

static void abort_of_the_spmc_is_the_end_in_every_state(void **state)
{
    (void)state;
    for (volatile uint32_t i = SPMD_BOOTING; i <= SPMD_INTERRUPT; i++) { // volatile: setjmp
        core.state = i;
        ASSERT_ENDS(END_SPMC_CRASH, spmc(0x84000090, 0, 0, 0));
    }
}

static void calls_that_are_not_the_spmcs_fail(void **state)
{
    (void)state;
    assert_int_equal(spmc(0x8400006f, 0x80000000, 0, 0),
                     ERROR); // it cannot send requests to the normal world
    assert_result(&core.secure, DENIED);
    assert_int_equal(spmc(0xc400008d, 0x80000000, 0, 0), ERROR);
    assert_result(&core.secure, DENIED);
    static const uint32_t others[] = { 0x84000065, 0x84000073, 0xc4000075, 0xc400007a,
                                       0x84000081, 0x84000086, 0x8400008e };
    for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(spmc(others[i], 0, 0, 0), ERROR);
        assert_result(&core.secure, NOT_SUPPORTED);
    }
    assert_int_equal(spmc(0xc400008b, 0, 0, 0), ERROR);
    assert_result(&core.secure, NOT_SUPPORTED);
    assert_int_equal(fake_left, LEFT_NOT);
}

static void version_for_the_spmc_needs_the_same_major(void **state)
{
    (void)state;
    assert_int_equal(spmc(0x84000063, 0x10002, 0, 0), 0x10002);
    assert_int_equal(spmc(0x84000063, 0x10000, 0, 0), 0x10002);
    assert_int_equal(spmc(0x84000063, 0x20000, 0, 0), MINUS_ONE);
    assert_int_equal(spmc(0x84000063, 0x80010002, 0, 0), MINUS_ONE);
}

static void features_for_the_spmc_are_what_the_table_has(void **state)
{
    static const uint32_t there[] = { 0x84000060, 0x84000061, 0xc4000061, 0x84000063, 0x84000064,
                                      0x84000069, 0x8400006b, 0x84000070, 0xc4000070, 0x84000085,
                                      0x8400007c, 0xc4000087, 0x8400008c, 0xc400008e, 0x84000075,
                                      0x8400007a, 0x8400007b };
    static const uint32_t absent[] = { 0x84000065, 0x8400006f, 0xc400007c, 0xc4000060,
                                       0x8400008a, 0xc400008c, 0x84000087, 1,
                                       0x85000069, 0x84010069, 0x04000069 };

    (void)state;
    for (unsigned int i = 0; i < sizeof(there) / sizeof(there[0]); i++) {
        assert_int_equal(spmc(0x84000064, there[i], 0, 0), SUCCESS);
        assert_result(&core.secure, 0);
    }
    for (unsigned int i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        assert_int_equal(spmc(0x84000064, absent[i], 0, 0), ERROR);
        assert_result(&core.secure, NOT_SUPPORTED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_the_spmc_serves_is_forwarded_with_all_registers, fake_ready),
        cmocka_unit_test_setup(everything_else_is_not_supported_from_the_normal_world, fake_ready),
        cmocka_unit_test_setup(refusals_of_smc64_calls_clear_x8_to_x17_since_1_2, fake_ready),
        cmocka_unit_test_setup(requests_in_the_name_of_a_secure_endpoint_are_invalid, fake_ready),
        cmocka_unit_test_setup(ids_are_answered_here, fake_ready),
        cmocka_unit_test_setup(spm_id_get_is_not_there_for_version_1_0, fake_ready),
        cmocka_unit_test_setup(calls_answered_here_end_the_negotiation, fake_ready),
        cmocka_unit_test_setup(version_travels_as_framework_message, fake_ready),
        cmocka_unit_test_setup(the_last_version_in_the_spmc_is_the_last_here, fake_ready),
        cmocka_unit_test_setup(version_with_bit_31_never_reaches_the_spmc, fake_ready),
        cmocka_unit_test_setup(refused_version_is_minus_one_and_changes_nothing, fake_ready),
        cmocka_unit_test_setup(only_the_right_message_ends_a_version_exchange, fake_ready),
        cmocka_unit_test_setup(completions_go_to_the_normal_world_as_they_are, fake_ready),
        cmocka_unit_test_setup(x8_to_x17_are_the_callers_own_before_1_2, fake_ready),
        cmocka_unit_test_setup(x8_to_x17_follow_the_width_since_1_2, fake_ready),
        cmocka_unit_test_setup(responses_to_secure_receivers_are_refused, fake_ready),
        cmocka_unit_test_setup(during_boot_only_wait_and_error_end_it, fake_ready),
        cmocka_unit_test_setup(abort_of_the_spmc_is_the_end_in_every_state, fake_ready),
        cmocka_unit_test_setup(calls_that_are_not_the_spmcs_fail, fake_ready),
        cmocka_unit_test_setup(version_for_the_spmc_needs_the_same_major, fake_ready),
        cmocka_unit_test_setup(features_for_the_spmc_are_what_the_table_has, fake_ready),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
