// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_CONSOLE_LOG (spmc/ffa_console.c): counts per width, order of characters, lines, and that nothing unprintable gets
// to the console. Expected values: DEN0077A 1.2 "FFA_CONSOLE_LOG".
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spmc_fixture.h"

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    fixture_enter(ALPHA, SP_MODEL_RUN);
    return 0;
}

// Characters go from the low byte of w2 or x2 upwards, `each` in a register
static void log_text(const char *text, uint64_t count, uint32_t fid)
{
    struct ffa_args args = { .x = { fid, count } };
    unsigned int each = fid == FFA_CONSOLE_LOG_64 ? 8 : 4;

    for (unsigned int i = 0; i < count && i / each < 16 && text[i] != 0; i++) {
        args.x[2 + i / each] |= (uint64_t)(uint8_t)text[i] << 8 * (i % each);
    }
    assert_ptr_equal(fixture_from_sp(0, ALPHA, args), ALPHA);
}

static void text32(const char *text)
{
    log_text(text, strlen(text), FFA_CONSOLE_LOG_32);
    assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
}

static void text64(const char *text)
{
    log_text(text, strlen(text), FFA_CONSOLE_LOG_64);
    assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
}

static void assert_line(unsigned int index, const char *text)
{
    assert_true(index < fixture.line_count);
    assert_string_equal(fixture.lines[index], text);
}

static void line_from_32_bit_registers(void **state)
{
    (void)state;
    text32("abcdefghijklmnopqrstuvw\n");
    assert_int_equal(fixture.line_count, 1);
    assert_line(0, "alpha: abcdefghijklmnopqrstuvw");
}

static void line_from_64_bit_registers(void **state)
{
    char text[129];

    (void)state;
    for (unsigned int i = 0; i < 127; i++) {
        text[i] = (char)('!' + i % 90);
    }
    text[127] = '\n';
    text[128] = 0;
    text64(text);
    assert_int_equal(fixture.line_count, 1);
    assert_memory_equal(fixture.lines[0], "alpha: ", 7);
    assert_memory_equal(fixture.lines[0] + 7, text, 127);
    assert_int_equal(fixture.lines[0][134], 0);
}

static void counts(void **state)
{
    (void)state;
    for (uint64_t count = 0; count < 300; count++) {
        log_text("", count, FFA_CONSOLE_LOG_32);
        if (count == 0 || count > 24) {
            assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
        } else {
            assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
        }
        log_text("", count, FFA_CONSOLE_LOG_64);
        if (count == 0 || count > 128) {
            assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
        } else {
            assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
        }
    }
}

static void only_so_many_characters_as_the_count_says(void **state)
{
    (void)state;
    log_text("abc\ndef\n", 5, FFA_CONSOLE_LOG_64);
    assert_int_equal(fixture.line_count, 1);
    assert_line(0, "alpha: abc");
    text64("!\n");
    assert_line(1, "alpha: d!");
}

static void line_is_put_together_over_calls_and_turns(void **state)
{
    (void)state;
    text32("one ");
    SP(ALPHA, FFA_MSG_WAIT);
    fixture_enter(BETA, SP_MODEL_DIRECT);
    BETA->endpoint.version = FFA_VERSION_1_2;
    SP(BETA, FFA_CONSOLE_LOG_32, 2, 'x' | '\n' << 8); // another one's line in between
    SP(BETA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(BETA_ID, 0));
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    text64("two\nthree\nfour");
    assert_int_equal(fixture.line_count, 3);
    assert_line(0, "beta: x");
    assert_line(1, "alpha: one two");
    assert_line(2, "alpha: three");
}

static void long_lines_are_printed_in_parts_and_nothing_is_lost(void **state)
{
    unsigned int seen = 0;

    (void)state;
    for (unsigned int i = 0; i < 100; i++) {
        text32("0123456789");
    }
    text32("\n");
    for (unsigned int i = 0; i < fixture.line_count; i++) {
        const char *text = fixture.lines[i] + strlen("alpha: ");

        for (; *text != 0; text++) {
            assert_int_equal(*text, '0' + seen++ % 10);
        }
    }
    assert_int_equal(seen, 1000);
}

static void control_characters_do_not_reach_the_console(void **state)
{
    (void)state;
    for (unsigned int c = 1; c < 256; c++) {
        char text[] = { 'a', (char)c, 'b', '\n', 0 };

        if (c == '\n') {
            continue;
        }
        text64(text);
        const char *line = fixture.lines[(fixture.line_count - 1) % FIXTURE_LINES];
        assert_int_equal(strlen(line), strlen("alpha: a?b"));
        for (; *line != 0; line++) {
            assert_in_range(*line, ' ', '~');
        }
    }
    log_text("", 3, FFA_CONSOLE_LOG_64); // three NUL characters
    text64("\n");
    assert_int_equal(strlen(fixture.lines[(fixture.line_count - 1) % FIXTURE_LINES]),
                     strlen("alpha: 000"));
}

// The normal world's interrupts wait while a call prints, and each line has its own head: a call of line feeds would print
// fifty times what it brings
static void a_call_prints_few_lines(void **state)
{
    char text[129];

    (void)state;
    for (unsigned int i = 0; i < 128; i++) {
        text[i] = i % 2 != 0 ? '\n' : 'x';
    }
    text[128] = 0;
    text64(text);
    assert_int_equal(fixture.line_count, 8);
    assert_line(7, "alpha: x");
    text64("y\nz\n");
    assert_int_equal(fixture.line_count, 10);
    assert_int_equal(strlen(fixture.lines[8]), strlen("alpha: ") + 128 - 16 + 1); // nothing is lost
    assert_memory_equal(fixture.lines[8], "alpha: x x x x ", 15);
    assert_line(9, "alpha: z");
}

// A partition that stops in the middle of a line has said something worth reading
static void last_words_are_printed(void **state)
{
    (void)state;
    text32("no newline");
    assert_int_equal(fixture.line_count, 0);
    (void)fixture_stop(0, ALPHA);
    assert_int_equal(fixture.line_count, 1);
    assert_line(0, "alpha: no newline");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(line_from_32_bit_registers, reset),
        cmocka_unit_test_setup(line_from_64_bit_registers, reset),
        cmocka_unit_test_setup(counts, reset),
        cmocka_unit_test_setup(only_so_many_characters_as_the_count_says, reset),
        cmocka_unit_test_setup(line_is_put_together_over_calls_and_turns, reset),
        cmocka_unit_test_setup(long_lines_are_printed_in_parts_and_nothing_is_lost, reset),
        cmocka_unit_test_setup(control_characters_do_not_reach_the_console, reset),
        cmocka_unit_test_setup(a_call_prints_few_lines, reset),
        cmocka_unit_test_setup(last_words_are_printed, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
