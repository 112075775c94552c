// SPDX-License-Identifier: BSD-3-Clause
//
// The SPMC's first runs and the power messages: what it is told, which answers count, and what becomes of the core.
// Expected values are DEN0077A's (18.2: power management, framework messages 0 to 2) and DEN0022's status codes.
#include "board.h"
#include "spmd_fakes.h"

#define CPU_OFF 0x84000002ull
#define CPU_SUSPEND_64 0xc4000001ull
#define PSCI_DENIED 0xfffffffdull // as w3

// A normal world with its own value in every register that a caller must get back.
static void asks(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
    for (unsigned int i = 0; i < 18; i++) {
        core.normal.frame.x[i] = 0xa000 + i;
    }
    fake_left = LEFT_NOT;
    (void)spmd_ask_power(&core.normal.frame, fid, x1, x2, x3);
}

static void assert_words(const uint64_t *words, uint64_t fid, uint64_t x2, uint64_t x3)
{
    assert_int_equal(words[0], fid);
    assert_int_equal(words[1], 0xffff8000);
    assert_int_equal(words[2], x2);
    assert_int_equal(words[3], x3);
}

static void a_power_request_reaches_the_spmc_and_keeps_the_caller(void **state)
{
    (void)state;
    asks(CPU_OFF, 0xdead00000001, 2, 3);
    assert_int_equal(fake_left, LEFT_BY_ASKING);
    assert_ptr_equal(fake_frame, &core.normal.frame);
    assert_int_equal(core.state, SPMD_POWER);
    assert_words(fake_x8, 0x8400006f, 0x80000000, CPU_OFF);
    assert_int_equal(fake_x8[4], 1); // SMC32: the low half
    for (unsigned int i = 7; i < 18; i++) {
        assert_int_equal(fake_x8[i], 0);
    }
    for (unsigned int i = 0; i < 18; i++) {
        assert_int_equal(core.normal.frame.x[i], 0xa000 + i);
    }
}

static void an_smc64_request_goes_as_a_64_bit_message(void **state)
{
    (void)state;
    asks(CPU_SUSPEND_64, 0x10000, 0x123456789000, 0xfedcba9876543210);
    assert_words(fake_x8, 0xc400006f, 0x80000000, CPU_SUSPEND_64);
    assert_int_equal(fake_x8[4], 0x10000);
    assert_int_equal(fake_x8[5], 0x123456789000);
    assert_int_equal(fake_x8[6], 0xfedcba9876543210);
}

// The words of one exchange must not show up in the next one.
static void a_message_holds_nothing_of_the_one_before(void **state)
{
    (void)state;
    asks(CPU_SUSPEND_64, ~0ull, ~0ull, ~0ull);
    (void)spmc(0x84000070, 0x8000ffff, 0x80000002, PSCI_DENIED);
    ASSERT_ENDS(END_SPMC_FIRST, (spmd_core_resumed(&core, false), 0));
    for (unsigned int i = 4; i < 18; i++) {
        assert_int_equal(core.ask[i], 0);
    }
}

static void the_spmc_agrees(void **state)
{
    (void)state;
    asks(CPU_OFF, 0, 0, 0);
    assert_int_equal(spmc(0x84000070, 0x8000ffff, 0x80000002, 0xffffffff00000000), FAKE_ANSWERED);
    assert_int_equal(fake_answer, 0);
    assert_ptr_equal(fake_frame, &core.secure);
}

static void the_spmc_refuses(void **state)
{
    // DENIED, and what it must not say: other codes and successes that are none
    static const uint32_t refusals[] = { 0xfffffffd, 0xffffffff, 0xfffffffa, 1, 0x80000000 };

    (void)state;
    for (unsigned int i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        asks(CPU_OFF, 0, 0, 0);
        assert_int_equal(spmc(0x84000070, 0x8000ffff, 0x80000002, refusals[i]), FAKE_ANSWERED);
        assert_int_equal(fake_answer, -3);
    }
    asks(CPU_OFF, 0, 0, 0);
    assert_int_equal(spmc(0x84000060, 0, NOT_SUPPORTED, 0), FAKE_ANSWERED);
    assert_int_equal(fake_answer, -3);
}

static void nothing_but_its_answer_ends_a_power_request(void **state)
{
    (void)state;
    asks(CPU_OFF, 0, 0, 0);
    assert_no_wrong_completion();
    assert_int_equal(fake_answer, 0x7fffffff);
    (void)spmc(0x84000070, 0x8000ffff, 0x80000002, 0);
    assert_int_equal(fake_answer, 0);
}

static void a_core_that_wakes_tells_the_spmc_which_sleep_it_was(void **state)
{
    (void)state;
    for (volatile unsigned int system = 0; system < 2; system++) { // volatile: setjmp
        ASSERT_ENDS(END_SPMC_FIRST, (spmd_core_resumed(&core, system != 0), 0));
        assert_ptr_equal(fake_frame, &core.normal.frame);
        assert_int_equal(core.state, SPMD_RESUMING);
        assert_words(core.ask, 0x8400006f, 0x80000001, system != 0 ? 0 : 1);
        assert_no_wrong_completion();
        (void)spmc(0x84000070, 0x8000ffff, 0x80000002, 0);
        assert_int_equal(fake_left, LEFT_BY_RESUMING);
        assert_ptr_equal(fake_frame, &core.secure);
        assert_int_equal(core.state, SPMD_READY);
        assert_int_equal(fake_snapshots, 0); // its constant set is the one from before
    }
}

static void an_spmc_that_does_not_wake_is_the_end(void **state)
{
    (void)state;
    ASSERT_ENDS(END_SPMC_FIRST, (spmd_core_resumed(&core, false), 0));
    ASSERT_ENDS(END_FATAL, spmc(0x84000070, 0x8000ffff, 0x80000002, PSCI_DENIED));
    ASSERT_ENDS(END_SPMC_FIRST, (spmd_core_resumed(&core, false), 0));
    ASSERT_ENDS(END_FATAL, spmc(0x84000060, 0, NOT_SUPPORTED, 0));
}

// Before any test registers one: the order of tests below matters for the entry, which is for good.
static void without_a_registered_entry_no_core_comes_up(void **state)
{
    (void)state;
    assert_false(spmd_serves_secondaries());
    ASSERT_ENDS(END_CORE_FAILED, (spmd_core_on(&core), 0));
    assert_int_equal(core.state, SPMD_OFF);
}

static void an_entry_must_be_an_instruction_of_the_spmc(void **state)
{
    static const uint64_t wrong[] = {
        0,
        SPMC_BASE - 4,
        SPMC_BASE + 2,
        SPMC_BASE + SPMC_SIZE - 2,
        SPMC_BASE + SPMC_SIZE,
        0x100000000 | SPMC_BASE,
        UINT64_MAX - 3,
    };

    (void)state;
    fake_boot();
    for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(spmc_exact(0xc4000087, wrong[i], 0, 0), ERROR);
        assert_result(&core.secure, INVALID_PARAMETERS);
    }
    assert_int_equal(spmc_exact(0xc4000087, SPMC_BASE, 1, 0), ERROR); // unused: must be zero
    assert_result(&core.secure, INVALID_PARAMETERS);
    assert_false(spmd_serves_secondaries());
}

static void an_entry_is_registered_during_boot_and_once(void **state)
{
    static const uint32_t late[] = { SPMD_READY, SPMD_STARTING, SPMD_VERSION,
                                     SPMD_POWER, SPMD_RESUMING, SPMD_INTERRUPT };

    (void)state;
    for (unsigned int i = 0; i < sizeof(late) / sizeof(late[0]); i++) {
        core.state = late[i];
        assert_int_equal(spmc_exact(0xc4000087, SPMC_BASE + 8, 0, 0), ERROR);
        assert_result(&core.secure, DENIED);
    }
    assert_false(spmd_serves_secondaries());
    fake_boot();
    assert_int_equal(spmc_exact(0xc4000087, SPMC_BASE + SPMC_SIZE - 4, 0, 0), SUCCESS);
    assert_result(&core.secure, 0);
    assert_true(spmd_serves_secondaries());
    assert_int_equal(spmc_exact(0xc4000087, SPMC_BASE, 0, 0), ERROR);
    assert_result(&core.secure, DENIED);
}

static void a_core_starts_with_the_spmc_and_then_the_normal_world(void **state)
{
    (void)state;
    core.normal.frame.x[0] = 0xc0de; // context_init_normal was there before
    ASSERT_ENDS(END_SPMC_FIRST, (spmd_core_on(&core), 0));
    assert_ptr_equal(fake_frame, &core.normal.frame);
    assert_int_equal(core.state, SPMD_STARTING);
    assert_int_equal(fake_secondary, SPMC_BASE + SPMC_SIZE - 4);
    assert_no_wrong_completion();
    assert_int_equal(fake_snapshots + fake_ups, 0);
    (void)spmc(0x8400006b, 0, 0, 0);
    assert_int_equal(fake_left, LEFT_BY_RESUMING);
    assert_int_equal(core.state, SPMD_READY);
    assert_int_equal(fake_snapshots, 1);
    assert_int_equal(fake_ups, 1);
    assert_int_equal(core.normal.frame.x[0], 0xc0de);
    assert_int_equal(fake_raises, 0); // that is the boot core's
}

static void a_core_where_the_spmc_fails_goes_off_and_may_come_again(void **state)
{
    (void)state;
    ASSERT_ENDS(END_SPMC_FIRST, (spmd_core_on(&core), 0));
    ASSERT_ENDS(END_CORE_FAILED, spmc(0x84000060, 0, 0xfffffffd, 0));
    assert_int_equal(core.state, SPMD_OFF);
    assert_int_equal(fake_ups, 0);
    ASSERT_ENDS(END_SPMC_FIRST, (spmd_core_on(&core), 0));
    (void)spmc(0x8400006b, 0, 0, 0);
    assert_int_equal(fake_ups, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_power_request_reaches_the_spmc_and_keeps_the_caller, fake_ready),
        cmocka_unit_test_setup(an_smc64_request_goes_as_a_64_bit_message, fake_ready),
        cmocka_unit_test_setup(a_message_holds_nothing_of_the_one_before, fake_ready),
        cmocka_unit_test_setup(the_spmc_agrees, fake_ready),
        cmocka_unit_test_setup(the_spmc_refuses, fake_ready),
        cmocka_unit_test_setup(nothing_but_its_answer_ends_a_power_request, fake_ready),
        cmocka_unit_test_setup(a_core_that_wakes_tells_the_spmc_which_sleep_it_was, fake_ready),
        cmocka_unit_test_setup(an_spmc_that_does_not_wake_is_the_end, fake_ready),
        cmocka_unit_test_setup(without_a_registered_entry_no_core_comes_up, fake_ready),
        cmocka_unit_test_setup(an_entry_must_be_an_instruction_of_the_spmc, fake_ready),
        cmocka_unit_test_setup(an_entry_is_registered_during_boot_and_once, fake_ready),
        cmocka_unit_test_setup(a_core_starts_with_the_spmc_and_then_the_normal_world, fake_ready),
        cmocka_unit_test_setup(a_core_where_the_spmc_fails_goes_off_and_may_come_again, fake_ready),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
