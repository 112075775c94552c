// SPDX-License-Identifier: BSD-3-Clause
//
// The known attacks on TPM reference code (ftpm_threats.h) on the engine with the build machine's libtpms, each in a life of
// its own, and those that need a power cut. A finding is a broken rule, a TPM in failure mode, or one that crashes.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "ftpm_case.h"
#include "ftpm_threats.h"

#define INDEX 0x01800001u
#define PT_LOCKOUT_COUNTER 0x20eu
#define RC_RETRY 0x922u
#define RC_LOCKOUT 0x921u
#define PT_MAX_AUTH_FAIL 0x20fu
#define RC_AUTH_FAIL_1 0x98eu // in session 1

static void try_one(size_t which)
{
    char why[FTPM_THREATS_WHY];

    assert_int_equal(ftpm_engine_failure(), FTPM_FAILURE_NONE);
    if (!ftpm_threats_try(which, ftpm_engine.execute, why)) {
        fail_msg("%s: %s", ftpm_threats_name(which), why);
    }
    assert_int_equal(ftpm_engine_failure(), FTPM_FAILURE_NONE);
}

static size_t current;

static void scene(void)
{
    try_one(current);
}

static void no_known_attack_succeeds(void **state)
{
    (void)state;
    for (current = 0; current < ftpm_threats_count(); current++) {
        print_message("# %s\n", ftpm_threats_name(current));
        assert_true(life(scene));
    }
}

// All of them one after the other: none leaves what the next one stumbles over
static void all_scenes(void)
{
    for (size_t i = 0; i < ftpm_threats_count(); i++) {
        try_one(i);
    }
}

static void they_leave_nothing_behind(void **state)
{
    (void)state;
    assert_true(life(all_scenes));
}

// CVE-2020-26933: a wrong authorisation counts although the power goes before an orderly shutdown
static void define(void)
{
    const uint8_t bytes[4] = { 0 };
    uint32_t code;

    assert_int_equal(tpm_nv_define(INDEX, NV_PASSWORD, 4, "right"), 0);
    do { // a TPM that first notes that there will be guesses asks to be asked again
        code = tpm_nv_write(INDEX, 0, bytes, 4, "right");
    } while (code == RC_RETRY);
    assert_int_equal(code, 0);
    assert_int_equal(tpm_property(PT_LOCKOUT_COUNTER), 0);
    assert_int_equal(tpm_shutdown(TPM_SU_CLEAR), 0);
}

static void guess(void)
{
    uint32_t code;

    do {
        code = tpm_nv_read(INDEX, 0, 4, "wrong");
    } while (code == RC_RETRY);
    assert_true(code == RC_AUTH_FAIL_1 || code == RC_LOCKOUT);
}

static uint32_t guesses;

static void count(void)
{
    uint32_t most = tpm_property(PT_MAX_AUTH_FAIL);

    assert_true(most != 0);
    assert_true(tpm_property(PT_LOCKOUT_COUNTER) >= (guesses < most ? guesses : most));
}

static void a_power_cut_forgets_no_wrong_guess(void **state)
{
    (void)state;
    assert_true(life(define));
    for (guesses = 1; guesses <= 3; guesses++) {
        assert_true(life(guess));
        assert_true(life(count));
    }
}

// The same with the power cut at each call of storage, before it and after it: a guess that was answered counts
static void a_power_cut_at_any_point_forgets_none(void **state)
{
    bool was_answered;
    uint32_t cuts = 0;

    for (uint32_t at = 1;; at++) {
        for (unsigned int does_it = 0; does_it < 2; does_it++) {
            (void)case_clean(state);
            assert_true(life(define));
            case_arm(at, 0, does_it == 1, false);
            was_answered = life(guess);
            bool was_cut = mem->calls >= at;

            case_arm(0, 0, false, false);
            guesses = was_answered ? 1 : 0;
            assert_true(life(count));
            cuts += was_cut ? 1 : 0;
            if (!was_cut) {
                assert_true(was_answered && cuts >= 4); // reads of the start, writes of the guess
                return;
            }
            assert_false(was_answered);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup(name, case_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_known_attack_succeeds),
        TEST(they_leave_nothing_behind),
        TEST(a_power_cut_forgets_no_wrong_guess),
        TEST(a_power_cut_at_any_point_forgets_none),
    };

    return cmocka_run_group_tests(tests, case_setup, NULL);
}
