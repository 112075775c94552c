// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM's state over its lives: what outlives a power cut, the counters and the clock after orderly and other shutdowns (TPM 2.0 part 1, 36;
// part 3, 9.3 and 9.4), the dictionary-attack counter, and what each change costs in storage. Over the build machine's libtpms
// (ftpm_case.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ftpm_case.h"
#include "ftpm_state.h"

#define INDEX 0x01500001u
#define RC_BAD_AUTH 0x9a2u  // of session 1, no dictionary attack
#define RC_AUTH_FAIL 0x98eu // of session 1
#define RC_LOCKOUT 0x921u
#define RC_RETRY 0x922u
#define PT_LOCKOUT_COUNTER 0x20eu
#define PT_MAX_AUTH_FAIL 0x20fu
#define SU_STATE 1

static void works(void)
{
    assert_int_equal(ftpm_engine_failure(), FTPM_FAILURE_NONE);
}

// Between lives: part of storage that the engine does not use
struct notes {
    struct tpm_clock clock;
    uint64_t bound; // no value of the clock above it has been seen
    uint32_t failed_tries;
    uint32_t resets; // seen
};
static struct notes *notes;

static int clean(void **state)
{
    int error = case_clean(state);

    notes = (struct notes *)mem->data[0];
    return error;
}

// ---- Counters and the clock ----

static void note_clock(void)
{
    works();
    notes->clock = tpm_clock();
}

static void shut_down_clear(void)
{
    note_clock();
    case_sleep(5000);
    assert_int_equal(tpm_shutdown(TPM_SU_CLEAR), 0);
    notes->clock = tpm_clock();
}

static void shut_down_state(void)
{
    note_clock();
    case_sleep(5000);
    assert_int_equal(tpm_shutdown(SU_STATE), 0);
    notes->clock = tpm_clock();
}

static void after_orderly_reset(void)
{
    struct tpm_clock now = tpm_clock();

    works();
    assert_int_equal(now.resets, notes->clock.resets + 1);
    assert_int_equal(now.restarts, 0);
    assert_true(now.clock >= notes->clock.clock);
    assert_true(now.time < notes->clock.time + 1); // time is that since the power came
}

static void an_orderly_shutdown_keeps_the_clock(void **state)
{
    (void)state;
    assert_true(life(shut_down_clear));
    assert_true(life(after_orderly_reset));
}

static void safe_after_orderly_reset(void)
{
    after_orderly_reset();
    assert_true(tpm_clock().is_safe);
}

static void shut_down_while_safe(void)
{
    works();
    case_sleep(FTPM_CLOCK_INTERVAL_MS + 5000);
    notes->clock = tpm_clock();
    assert_true(notes->clock.is_safe);
    assert_int_equal(tpm_shutdown(TPM_SU_CLEAR), 0);
}

static void after_an_orderly_shutdown_the_clock_is_safe(void **state)
{
    (void)state;
    assert_true(life(shut_down_while_safe));
    assert_true(life(safe_after_orderly_reset));
    assert_true(life(shut_down_while_safe));
    assert_true(life(safe_after_orderly_reset));
}

static void after_restart(void)
{
    struct tpm_clock now = tpm_clock();

    works();
    assert_int_equal(now.resets, notes->clock.resets);
    assert_int_equal(now.restarts, notes->clock.restarts + 1);
}

static void a_shutdown_with_state_makes_the_next_start_a_restart(void **state)
{
    (void)state;
    assert_true(life(shut_down_state));
    assert_true(life(after_restart));
    assert_true(life(note_clock));
    assert_true(life(shut_down_state));
    assert_true(life(after_restart));
}

static void after_power_cut(void)
{
    struct tpm_clock now = tpm_clock();

    works();
    assert_int_equal(now.resets, notes->clock.resets + 1);
    assert_int_equal(now.restarts, 0);
    assert_false(now.is_safe);
    notes->clock = now;
}

static void after_a_power_cut_the_clock_is_not_safe(void **state)
{
    (void)state;
    assert_true(life(note_clock));
    for (int i = 0; i < 5; i++) {
        assert_true(life(after_power_cut));
    }
}

// The rule itself: a clock that is safe is above all values that were seen before
static void look_at_the_clock(void)
{
    works();
    for (int i = 0; i < 40; i++) {
        struct tpm_clock now = tpm_clock();

        if (now.is_safe) {
            assert_true(now.clock >= notes->bound);
        }
        notes->bound = now.clock > notes->bound ? now.clock : notes->bound;
        notes->resets++;
        case_sleep(7 + (uint64_t)i * i * 1000 + (i % 7 == 0 ? FTPM_CLOCK_INTERVAL_MS / 3 : 0));
    }
}

static void look_and_shut_down(void)
{
    look_at_the_clock();
    assert_int_equal(tpm_shutdown(TPM_SU_CLEAR), 0);
}

static void look_and_go_on_after_shutdown(void)
{
    look_at_the_clock();
    assert_int_equal(tpm_shutdown(TPM_SU_CLEAR), 0);
    look_at_the_clock();
}

static void a_safe_clock_is_above_all_that_was_seen(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_true(life(look_at_the_clock));
        assert_true(life(look_at_the_clock));
        assert_true(life(look_and_shut_down));
        assert_true(life(look_at_the_clock));
        assert_true(life(look_and_go_on_after_shutdown));
    }
    assert_int_equal(notes->resets, 4 * 6 * 40);
}

// In the end it is safe again: above the stored number, which is an interval away at most
static void wait_until_safe(void)
{
    works();
    assert_false(tpm_clock().is_safe);
    case_sleep(4097); // what libtpms itself would wait
    assert_false(tpm_clock().is_safe);
    case_sleep(FTPM_CLOCK_INTERVAL_MS);
    assert_true(tpm_clock().is_safe);
}

static void the_clock_becomes_safe_after_an_interval(void **state)
{
    (void)state;
    assert_true(life(look_at_the_clock));
    assert_true(life(wait_until_safe));
}

static uint32_t set_clock(uint64_t value)
{
    struct ftpm_command command;

    ftpm_command_begin(&command, TPM_ST_SESSIONS, 0x128); // TPM2_ClockSet
    ftpm_command_u32(&command, 0x40000001);
    ftpm_command_empty_auth(&command);
    ftpm_command_u32(&command, (uint32_t)(value >> 32));
    ftpm_command_u32(&command, (uint32_t)value);
    return tpm_run(&command);
}

static void set_the_clock(void)
{
    works();
    assert_int_equal(set_clock(0x123456789000), 0);
    notes->bound = tpm_clock().clock;
    assert_true(notes->bound >= 0x123456789000);
    assert_int_equal(set_clock(1000), 0x1c4 | 1 << 6); // not back
}

static void after_set_clock(void)
{
    struct tpm_clock now = tpm_clock();

    works();
    assert_true(now.clock >= 0x123456789000);
    assert_false(now.is_safe);
}

static void a_clock_that_was_set_is_stored(void **state)
{
    (void)state;
    assert_true(life(set_the_clock));
    assert_true(life(after_set_clock));
}

static void clear_the_clock(void)
{
    works();
    case_sleep(100000);
    assert_int_equal(tpm_clear(), 0);
    assert_true(tpm_clock().clock < 1000);
    assert_true(tpm_clock().is_safe);
    assert_int_equal(tpm_clock().resets, 0);
}

static void after_clear(void)
{
    works();
    assert_true(tpm_clock().clock < 10000);
    assert_int_equal(tpm_clock().resets, 1);
    assert_false(tpm_clock().is_safe);
}

static void clear_begins_another_clock(void **state)
{
    (void)state;
    assert_true(life(look_at_the_clock));
    assert_true(life(clear_the_clock));
    assert_true(life(after_clear));
}

// ---- What is stored outlives a power cut at once ----

static void write_index(void)
{
    works();
    assert_int_equal(tpm_nv_define(INDEX, NV_PASSWORD | NV_NO_DA, 64, "pw"), 0);
    assert_int_equal(tpm_nv_write(INDEX, 8, (const uint8_t *)"remember", 8, "pw"), 0);
}

static void read_index(void)
{
    works();
    assert_int_equal(tpm_nv_read(INDEX, 8, 8, "pw"), 0);
    assert_memory_equal(ftpm_answer_bytes(&tpm.answer, 8), "remember", 8);
    assert_int_equal(tpm_nv_read(INDEX, 8, 8, "wrong"), RC_BAD_AUTH);
}

static void an_index_outlives_a_power_cut(void **state)
{
    (void)state;
    assert_true(life(write_index));
    assert_true(life(read_index));
    assert_true(life(shut_down_clear));
    assert_true(life(read_index));
}

static uint64_t count_up(void)
{
    assert_int_equal(tpm_nv_increment(INDEX, "pw"), 0);
    assert_int_equal(tpm_nv_read(INDEX, 0, 8, "pw"), 0);
    return ftpm_answer_u64(&tpm.answer);
}

static void define_counter(void)
{
    works();
    assert_int_equal(tpm_nv_define(INDEX, NV_PASSWORD | NV_NO_DA | NV_COUNTER, 8, "pw"), 0);
    notes->bound = count_up();
}

static void define_orderly_counter(void)
{
    works();
    assert_int_equal(
        tpm_nv_define(INDEX, NV_PASSWORD | NV_NO_DA | NV_COUNTER | NV_ORDERLY, 8, "pw"), 0);
    notes->bound = count_up();
}

static void count_more(void)
{
    works();
    for (int i = 0; i < 50; i++) {
        uint64_t value = count_up();

        assert_true(value > notes->bound);
        notes->bound = value;
    }
}

static void counters_never_go_back(void **state)
{
    static void (*const defines[])(void) = { define_counter, define_orderly_counter };

    for (int i = 0; i < 2; i++) {
        assert_int_equal(clean(state), 0);
        assert_true(life(defines[i]));
        assert_true(life(count_more));
        assert_true(life(count_more));
        assert_true(life(shut_down_clear));
        assert_true(life(count_more));
    }
}

// ---- Dictionary attacks ----

// The first authorisation of a life that dictionary attacks could be made with is to be tried again: the TPM first stores that there is one
static uint32_t read_guarded(const char *password)
{
    uint32_t code = tpm_nv_read(INDEX, 0, 8, password);

    return code == RC_RETRY ? tpm_nv_read(INDEX, 0, 8, password) : code;
}

static void define_guarded(void)
{
    works();
    assert_int_equal(tpm_nv_define(INDEX, NV_PASSWORD, 8, "secret"), 0);
    assert_int_equal(tpm_nv_write(INDEX, 0, (const uint8_t *)"01234567", 8, "secret"), RC_RETRY);
    assert_int_equal(tpm_nv_write(INDEX, 0, (const uint8_t *)"01234567", 8, "secret"), 0);
    assert_int_equal(tpm_shutdown(TPM_SU_CLEAR), 0);
    notes->failed_tries = 0;
}

static void try_once(void)
{
    works();
    uint32_t before = tpm_property(PT_LOCKOUT_COUNTER);

    assert_true(before >= notes->failed_tries);
    if (before < tpm_property(PT_MAX_AUTH_FAIL)) {
        assert_int_equal(read_guarded("guess"), RC_AUTH_FAIL);
        notes->failed_tries = tpm_property(PT_LOCKOUT_COUNTER);
        assert_true(notes->failed_tries > before);
    } else {
        assert_int_equal(read_guarded("guess"), RC_LOCKOUT);
        assert_int_equal(read_guarded("secret"), RC_LOCKOUT);
    }
}

static void is_locked_out(void)
{
    works();
    assert_int_equal(tpm_property(PT_LOCKOUT_COUNTER), tpm_property(PT_MAX_AUTH_FAIL));
    assert_int_equal(read_guarded("secret"), RC_LOCKOUT);
}

// A power cut after each guess gives no guess back
static void power_cuts_give_no_guesses(void **state)
{
    (void)state;
    assert_true(life(define_guarded));
    for (int i = 0; i < 40; i++) {
        assert_true(life(try_once));
    }
    assert_true(life(is_locked_out));
}

// CVE-2020-26933: a guess that was right, then a power cut: the library counts it, since it does not know whether it was one
static void use_guarded(void)
{
    works();
    assert_int_equal(read_guarded("secret"), 0);
}

static void note_tries(void)
{
    works();
    notes->failed_tries = tpm_property(PT_LOCKOUT_COUNTER);
}

static void a_power_cut_after_an_authorisation_counts_as_a_guess(void **state)
{
    (void)state;
    assert_true(life(define_guarded));
    assert_true(life(note_tries));
    uint32_t before = notes->failed_tries;

    assert_true(life(use_guarded));
    assert_true(life(note_tries));
    assert_int_equal(notes->failed_tries, before + 1);
    assert_true(life(note_tries)); // a start without authorisation is none
    assert_int_equal(notes->failed_tries, before + 1);
}

// ---- What it costs ----

static uint32_t sets;

static void free_of_charge(void)
{
    works();
    sets = mem->sets;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(tpm_extend((uint32_t)i % 16, (uint8_t)i), 0);
        assert_int_equal(tpm_run16(TPM_CC_GET_RANDOM, 16), 0);
        (void)tpm_clock();
        case_sleep(500);
    }
    assert_int_equal(mem->sets, sets);
}

static void a_thousand_extends_write_nothing(void **state)
{
    (void)state;
    assert_true(life(free_of_charge));
    assert_true(life(shut_down_clear));
    assert_true(life(free_of_charge));
}

static void the_clock_alone(void)
{
    works();
    sets = mem->sets;
    for (int i = 0; i < 100; i++) {
        case_sleep(FTPM_CLOCK_INTERVAL_MS / 4);
        (void)tpm_clock();
    }
    assert_in_range(mem->sets - sets, 1, 27);
    case_sleep(FTPM_CLOCK_INTERVAL_MS * 10ull); // nobody asks: nothing
    assert_in_range(mem->sets - sets, 1, 27);
}

static void the_clock_writes_once_in_an_interval(void **state)
{
    (void)state;
    assert_true(life(the_clock_alone));
}

static void write_a_lot(void)
{
    uint8_t bytes[64];

    works();
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(tpm_nv_define(INDEX + i, NV_PASSWORD | NV_NO_DA, 1024, "pw"), 0);
    }
    uint64_t before = mem->written;

    for (uint32_t i = 0; i < 1000; i++) {
        memset(bytes, (int)(i * 37 + 1), sizeof(bytes));
        assert_int_equal(
            tpm_nv_write(INDEX + i % 8, (uint16_t)(i / 8 % 16 * 64), bytes, sizeof(bytes), "pw"),
            0);
    }
    assert_in_range((mem->written - before) / 1000, 64, 1536);
}

static void a_thousand_writes_cost_little(void **state)
{
    (void)state;
    assert_true(life(write_a_lot));
    assert_true(life(works));
}

static void start_costs(void)
{
    works();
    notes->resets = mem->sets - notes->resets;
}

static void a_start_writes_once(void **state)
{
    (void)state;
    assert_true(life(works));
    for (int i = 0; i < 3; i++) {
        notes->resets = mem->sets;
        assert_true(life(start_costs));
        assert_int_equal(notes->resets, 1);
    }
}

// A state that is as large as it may be is no reason to fail
static void fill(void)
{
    uint32_t made = 0;
    uint32_t code = 0;

    works();
    while (code == 0) {
        code = tpm_nv_define(INDEX + made, NV_PASSWORD | NV_NO_DA, made % 2 == 0 ? 2048 : 8, "pw");
        made += code == 0;
        assert_in_range(made, 0, 200);
    }
    assert_int_equal(code, TPM_RC_NV_SPACE);
    assert_in_range(made, 10, 200);
    for (uint32_t i = 0; i < made; i++) {
        assert_int_equal(tpm_nv_write(INDEX + i, 0, (const uint8_t *)"01234567", 8, "pw"), 0);
    }
    assert_int_equal(tpm_shutdown(SU_STATE), 0);
    works();
    assert_int_equal(tpm_extend(1, 1), 0);
}

static void read_filled(void)
{
    works();
    assert_int_equal(tpm_nv_read(INDEX, 0, 8, "pw"), 0);
    assert_int_equal(tpm_shutdown(SU_STATE), 0);
}

static void a_full_state_is_refused_not_failed(void **state)
{
    (void)state;
    assert_true(life(fill));
    assert_true(life(read_filled));
    assert_true(life(read_filled));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_orderly_shutdown_keeps_the_clock, clean),
        cmocka_unit_test_setup(after_an_orderly_shutdown_the_clock_is_safe, clean),
        cmocka_unit_test_setup(a_shutdown_with_state_makes_the_next_start_a_restart, clean),
        cmocka_unit_test_setup(after_a_power_cut_the_clock_is_not_safe, clean),
        cmocka_unit_test_setup(a_safe_clock_is_above_all_that_was_seen, clean),
        cmocka_unit_test_setup(the_clock_becomes_safe_after_an_interval, clean),
        cmocka_unit_test_setup(a_clock_that_was_set_is_stored, clean),
        cmocka_unit_test_setup(clear_begins_another_clock, clean),
        cmocka_unit_test_setup(an_index_outlives_a_power_cut, clean),
        cmocka_unit_test_setup(counters_never_go_back, clean),
        cmocka_unit_test_setup(power_cuts_give_no_guesses, clean),
        cmocka_unit_test_setup(a_power_cut_after_an_authorisation_counts_as_a_guess, clean),
        cmocka_unit_test_setup(a_thousand_extends_write_nothing, clean),
        cmocka_unit_test_setup(the_clock_writes_once_in_an_interval, clean),
        cmocka_unit_test_setup(a_thousand_writes_cost_little, clean),
        cmocka_unit_test_setup(a_start_writes_once, clean),
        cmocka_unit_test_setup(a_full_state_is_refused_not_failed, clean),
    };

    return cmocka_run_group_tests(tests, case_setup, NULL);
}
