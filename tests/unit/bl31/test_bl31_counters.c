// SPDX-License-Identifier: BSD-3-Clause
//
// Raising the NV counters (bl31/bl31_counters.c): when, how far, and that nothing that goes wrong there
// stops the boot or goes by without a line. The words themselves: tests/unit/platform/test_otp.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bl31/bl31_private.h"
#include "log.h"
#include "otp.h"
#include "platform.h"

static uint8_t memory[OTP_SIZE];
static bool mapped;
static int map_error, read_error, program_error;
static uint32_t reads, programs, maps, fail_program; // number of the word that fails; 0: none
static char lines[4][160];
static int levels[4];
static uint32_t line_count;
static struct handoff handoff;

int bl31_map_otp(void)
{
    assert_false(mapped);
    maps++;
    mapped = map_error == ERR_NONE;
    return map_error;
}

void bl31_unmap_otp(void)
{
    assert_true(mapped);
    mapped = false;
}

int plat_otp_read(uint32_t offset, void *buf, size_t len)
{
    assert_true(mapped);
    assert_in_range(offset, 0x400, 0x440 - len); // the counters, nothing else: not the HUK
    reads++;
    memcpy(buf, memory + offset, len);
    return read_error;
}

int plat_otp_program(uint32_t offset, uint32_t value)
{
    assert_true(mapped);
    assert_in_range(offset, 0x400, 0x440 - 4);
    programs++;
    if (programs == fail_program) {
        return program_error;
    }
    for (uint32_t i = 0; i < 4; i++) {
        memory[offset + i] &= (uint8_t)(value >> (8 * i));
    }
    return ERR_NONE;
}

void log_line(int level, const char *format, ...)
{
    va_list args;

    assert_in_range(line_count, 0, 3);
    levels[line_count] = level;
    va_start(args, format);
    vsnprintf(lines[line_count++], sizeof(lines[0]), format, args);
    va_end(args);
}

static int fresh(void **state)
{
    (void)state;
    memset(memory, 0xff, sizeof(memory));
    memset(memory, 0, 0x400); // what is not a counter must not matter
    memset(&handoff, 0, sizeof(handoff));
    mapped = false;
    map_error = read_error = program_error = ERR_NONE;
    reads = programs = maps = fail_program = line_count = 0;
    return 0;
}

static uint32_t value_of(enum cot_counter counter)
{
    return otp_counter_value(memory + otp_counter_offset(counter));
}

static void raise_to(uint32_t trusted, uint32_t non_trusted)
{
    line_count = programs = 0;
    handoff.facts.counter[COT_TRUSTED] = trusted;
    handoff.facts.counter[COT_NON_TRUSTED] = non_trusted;
    bl31_counters_take(&handoff);
    memset(&handoff, 0xee, sizeof(handoff)); // the SPMC has run: nothing is read there any more
    bl31_counters_raise();
    assert_false(mapped);
}

static void expect_line(uint32_t index, int level, const char *text)
{
    assert_in_range(index, 0, line_count - 1);
    assert_int_equal(levels[index], level);
    assert_non_null(strstr(lines[index], text));
}

static void both_counters_are_raised_and_it_says_so(void **state)
{
    (void)state;
    raise_to(1, 40);
    assert_int_equal(value_of(COT_TRUSTED), 1);
    assert_int_equal(value_of(COT_NON_TRUSTED), 40);
    assert_int_equal(line_count, 2);
    expect_line(0, LOG_INFO, "trusted NV counter raised from 0 to 1");
    expect_line(1, LOG_INFO, "non-trusted NV counter raised from 0 to 40");
    raise_to(3, 256);
    assert_int_equal(value_of(COT_TRUSTED), 3);
    assert_int_equal(value_of(COT_NON_TRUSTED), 256);
    expect_line(0, LOG_INFO, "trusted NV counter raised from 1 to 3");
    expect_line(1, LOG_INFO, "non-trusted NV counter raised from 40 to 256");
}

static void what_is_high_enough_is_left_alone(void **state)
{
    (void)state;
    raise_to(7, 7);
    raise_to(7, 6);
    assert_int_equal(programs, 0);
    assert_int_equal(line_count, 0);
    assert_int_equal(value_of(COT_TRUSTED), 7);
    assert_int_equal(value_of(COT_NON_TRUSTED), 7);
}

static void a_counter_of_zero_is_left_alone(void **state)
{
    (void)state;
    raise_to(0, 0);
    assert_int_equal(reads, 0);
    assert_int_equal(programs, 0);
    assert_int_equal(line_count, 0);
    raise_to(0, 2);
    assert_int_equal(value_of(COT_TRUSTED), 0);
    assert_int_equal(value_of(COT_NON_TRUSTED), 2);
}

// What certificates may have and the OTP cannot: as far as it goes, and a line each time
static void a_value_beyond_the_otp_raises_to_its_end(void **state)
{
    static const uint32_t values[] = { 257, 300, 0xffff };

    for (uint32_t i = 0; i < 3; i++) {
        char text[80];

        fresh(state);
        snprintf(text, sizeof(text), "trusted NV counter is %u in the certificates", values[i]);
        raise_to(values[i], 2);
        assert_int_equal(value_of(COT_TRUSTED), 256);
        assert_int_equal(value_of(COT_NON_TRUSTED), 2);
        assert_int_equal(line_count, 3);
        expect_line(0, LOG_ERROR, text);
        expect_line(0, LOG_ERROR, "beyond the OTP's 256: images from 256 on still boot");
        expect_line(1, LOG_INFO, "trusted NV counter raised from 0 to 256");
        expect_line(2, LOG_INFO, "non-trusted NV counter raised from 0 to 2");
        raise_to(values[i], 2); // the next boot
        assert_int_equal(programs, 0);
        assert_int_equal(line_count, 1);
        expect_line(0, LOG_ERROR, text);
    }
}

static void memory_that_fails_is_an_error_line(void **state)
{
    (void)state;
    read_error = ERR_IO;
    raise_to(1, 2);
    assert_int_equal(programs, 0);
    assert_int_equal(line_count, 2);
    expect_line(0, LOG_ERROR, "trusted NV counter is not raised to 1");
    expect_line(1, LOG_ERROR, "non-trusted NV counter is not raised to 2");
    fresh(state);
    map_error = ERR_NO_MEMORY;
    raise_to(1, 0);
    assert_int_equal(reads + programs, 0);
    assert_int_equal(line_count, 1);
    expect_line(0, LOG_ERROR, "trusted NV counter is not raised to 1");
}

static void programming_stops_at_the_first_word_that_fails(void **state)
{
    (void)state;
    for (uint32_t failed = 1; failed <= 3; failed++) {
        fresh(state);
        fail_program = failed;
        program_error = ERR_DENIED;
        raise_to(96, 0); // three words
        assert_int_equal(programs, failed);
        assert_int_equal(value_of(COT_TRUSTED), 32 * (failed - 1));
        expect_line(0, LOG_ERROR, "trusted NV counter is not raised to 96");
        fail_program = 0;
        raise_to(96, 0); // the next boot
        assert_int_equal(value_of(COT_TRUSTED), 96);
    }
}

// The chip may still be busy: not a read, not a word more, and both lines
static void nothing_is_read_after_a_timeout(void **state)
{
    for (uint32_t failed = 1; failed <= 3; failed++) {
        fresh(state);
        fail_program = failed;
        program_error = ERR_TIMEOUT;
        raise_to(96, 5);
        assert_int_equal(programs, failed);
        assert_int_equal(reads, 1);
        assert_int_equal(value_of(COT_NON_TRUSTED), 0);
        assert_int_equal(line_count, 2);
        expect_line(0, LOG_ERROR, "trusted NV counter is not raised to 96 (-13)");
        expect_line(1, LOG_ERROR, "non-trusted NV counter is not raised to 5 (-13)");
    }
    fresh(state); // any other error is the word's alone
    fail_program = 1;
    program_error = ERR_IO;
    raise_to(1, 5);
    assert_int_equal(value_of(COT_TRUSTED), 0);
    assert_int_equal(value_of(COT_NON_TRUSTED), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(both_counters_are_raised_and_it_says_so, fresh),
        cmocka_unit_test_setup(what_is_high_enough_is_left_alone, fresh),
        cmocka_unit_test_setup(a_counter_of_zero_is_left_alone, fresh),
        cmocka_unit_test_setup(a_value_beyond_the_otp_raises_to_its_end, fresh),
        cmocka_unit_test_setup(memory_that_fails_is_an_error_line, fresh),
        cmocka_unit_test_setup(programming_stops_at_the_first_word_that_fails, fresh),
        cmocka_unit_test_setup(nothing_is_read_after_a_timeout, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
