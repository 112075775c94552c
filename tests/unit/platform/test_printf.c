// SPDX-License-Identifier: BSD-3-Clause
//
// Text formatting (platform/lib/printf.c): the same text as the host's snprintf for everything that
// both know, escaping of untrusted strings, and bounds of the buffer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "printf.h"

#define SAME(...)                                                                \
    do {                                                                         \
        char ours[200], theirs[200];                                             \
        size_t length = printf_format(ours, sizeof(ours), __VA_ARGS__);          \
        assert_int_equal(length, snprintf(theirs, sizeof(theirs), __VA_ARGS__)); \
        assert_string_equal(ours, theirs);                                       \
    } while (0)

static void numbers_are_printed_as_in_c(void **state)
{
    (void)state;
    SAME("%d %i %u %x %X", 0, -1, 4294967295u, 0xbeefu, 0xbeefu);
    SAME("%d %d", INT32_MIN, INT32_MAX);
    SAME("%ld %ld %lld", INT64_MIN, INT64_MAX, -5ll);
    SAME("%lu %llu %lx %llX", UINT64_MAX, 0ull, UINT64_MAX, 0x123456789abcdefull);
    SAME("%zu %zx", (size_t)123, (size_t)0xabc);
    SAME("%hu %hd %hhu %hhd", (unsigned short)65535, (short)-3, (unsigned char)255,
         (signed char)-128);
    SAME("%5d|%-5d|%05d|%5d|%-5d|%05d", 42, 42, 42, -42, -42, -42);
    SAME("%12llu|%016llx|%-8x|%08x", 1234567890ull, 0xfeedull, 0x1fu, 0x1fu);
    SAME("%*d|%-*d|%*d", 6, 7, 6, 7, -6, 7);
    SAME("%1d %2x", 12345, 0x12345u);
    SAME("%p", (void *)(uintptr_t)0x1234);
}

static void strings_are_printed_as_in_c(void **state)
{
    (void)state;
    SAME("plain text, 100%%");
    SAME("%s|%10s|%-10s|%.3s|%.0s|%.9s", "abc", "abc", "abc", "abcdef", "abcdef", "abc");
    SAME("%.*s|%-*.*s|", 2, "abcdef", 6, 3, "abcdef");
    SAME("%c%c|%3c|%-3c|", 'a', 'b', 'c', 'd');
    SAME("%.*s", 4, (const char[]){ 'n', 'o', 'n', 'e' }); // no NUL behind it
}

static const char *volatile no_text; // volatile: the compiler would warn of NULL

static void what_is_not_printable_is_escaped(void **state)
{
    char text[100];

    (void)state;
    assert_int_equal(printf_format(text, sizeof(text), "%s|", "a\r\n\x1b[0m\x7f\xc3\xa9"), 29);
    assert_string_equal(text, "a\\x0d\\x0a\\x1b[0m\\x7f\\xc3\\xa9|");
    printf_format(text, sizeof(text), "%8s|%-8s|%c", "\n", "\n", '\t');
    assert_string_equal(text, "    \\x0a|\\x0a    |\\x09");
    printf_format(text, sizeof(text), "%s", no_text);
    assert_string_equal(text, "(null)");
}

static void text_is_cut_at_the_size(void **state)
{
    char text[8];

    (void)state;
    for (size_t size = 1; size <= sizeof(text); size++) {
        memset(text, '#', sizeof(text));
        assert_int_equal(printf_format(text, size, "%s-%d", "abcdef", 123456), 13);
        assert_int_equal(strlen(text), size - 1);
        assert_memory_equal(text, "abcdef-", size - 1);
        for (size_t i = size; i < sizeof(text); i++) {
            assert_int_equal(text[i], '#');
        }
    }
    assert_int_equal(printf_format(text, 0, "abc"), 3); // writes nothing
}

// A variable, so that the compiler does not judge it
static void an_unknown_conversion_ends_the_text(void **state)
{
    static const char *const formats[] = { "a %q %d", "a %f %d", "a %", "a %5", "a %-0l" };
    char text[40];

    (void)state;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        printf_format(text, sizeof(text), formats[i], 1, 2);
        assert_string_equal(text, formats[i]);
    }
#pragma GCC diagnostic pop
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_printed_as_in_c),
        cmocka_unit_test(strings_are_printed_as_in_c),
        cmocka_unit_test(what_is_not_printable_is_escaped),
        cmocka_unit_test(text_is_cut_at_the_size),
        cmocka_unit_test(an_unknown_conversion_ends_the_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
