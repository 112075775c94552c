// SPDX-License-Identifier: BSD-3-Clause
//
// Memory and string functions (platform/lib/string.c) against the host's own, for all small sizes,
// alignments and overlaps. The functions under test are compiled in here under other names, because
// the host has its own.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define memcpy fw_memcpy
#define memmove fw_memmove
#define memset fw_memset
#define memcmp fw_memcmp
#define memchr fw_memchr
#define strlen fw_strlen
#define strnlen fw_strnlen
#define strcmp fw_strcmp
#define strncmp fw_strncmp
#define strchr fw_strchr
#define strrchr fw_strrchr
// NOLINTNEXTLINE(bugprone-suspicious-include): only so does it get other names than the host's
#include "platform/lib/string_copy.c"
// NOLINTNEXTLINE(bugprone-suspicious-include): likewise
#include "platform/lib/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr

#define SIZE 300
#define SIZES 200

static uint8_t ours[SIZE], theirs[SIZE], source[SIZE];

static int fresh(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE; i++) {
        source[i] = (uint8_t)(i * 7 + 3);
        ours[i] = theirs[i] = (uint8_t)(i * 5 + 1);
    }
    return 0;
}

static void memcpy_copies_just_that(void **state)
{
    for (size_t size = 0; size < SIZES; size++) {
        for (size_t to = 0; to < 9; to++) {
            for (size_t from = 0; from < 9; from++) {
                fresh(state);
                assert_ptr_equal(fw_memcpy(ours + to, source + from, size), ours + to);
                memcpy(theirs + to, source + from, size);
                assert_memory_equal(ours, theirs, SIZE);
            }
        }
    }
}

static void memmove_copies_over_itself(void **state)
{
    for (size_t size = 0; size < SIZES; size++) {
        for (size_t to = 0; to < SIZE - SIZES; to += to < 20 ? 1 : 13) {
            for (size_t from = 0; from < SIZE - SIZES; from += from < 20 ? 1 : 13) {
                fresh(state);
                assert_ptr_equal(fw_memmove(ours + to, ours + from, size), ours + to);
                memmove(theirs + to, theirs + from, size);
                assert_memory_equal(ours, theirs, SIZE);
            }
        }
    }
}

static void memset_sets_just_that(void **state)
{
    for (size_t size = 0; size < SIZES; size++) {
        for (size_t to = 0; to < 9; to++) {
            fresh(state);
            assert_ptr_equal(fw_memset(ours + to, 0x1a5, size), ours + to); // low byte counts
            memset(theirs + to, 0xa5, size);
            assert_memory_equal(ours, theirs, SIZE);
        }
    }
    memory_wipe(ours, SIZE);
    memset(theirs, 0, SIZE);
    assert_memory_equal(ours, theirs, SIZE);
}

static void memcmp_orders_unsigned_bytes(void **state)
{
    (void)state;
    assert_int_equal(fw_memcmp(ours, theirs, SIZE), 0);
    assert_int_equal(fw_memcmp("a", "b", 0), 0);
    assert_true(fw_memcmp("abc", "abd", 3) < 0);
    assert_int_equal(fw_memcmp("abc", "abd", 2), 0);
    assert_true(fw_memcmp("\xff", "\x01", 1) > 0);
    assert_ptr_equal(fw_memchr(source, source[40], SIZE), memchr(source, source[40], SIZE));
    assert_null(fw_memchr("abc", 'c', 2));
    assert_null(fw_memchr("abc", 'a', 0));
}

static void string_functions_agree_with_the_host(void **state)
{
    static const char *const words[] = { "", "a", "ab", "abc", "b", "arm,sp", "arm,spx", "\xff" };

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        assert_int_equal(fw_strlen(words[i]), strlen(words[i]));
        for (size_t max = 0; max < 9; max++) {
            assert_int_equal(fw_strnlen(words[i], max), strnlen(words[i], max));
        }
        for (int c = 0; c < 256; c++) {
            assert_ptr_equal(fw_strchr(words[i], c), strchr(words[i], c));
            assert_ptr_equal(fw_strrchr(words[i], c), strrchr(words[i], c));
        }
        for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++) {
            int host = strcmp(words[i], words[j]);
            int fw = fw_strcmp(words[i], words[j]);

            assert_int_equal((host > 0) - (host < 0), (fw > 0) - (fw < 0));
            for (size_t max = 0; max < 8; max++) {
                host = strncmp(words[i], words[j], max);
                fw = fw_strncmp(words[i], words[j], max);
                assert_int_equal((host > 0) - (host < 0), (fw > 0) - (fw < 0));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(memcpy_copies_just_that, fresh),
        cmocka_unit_test_setup(memmove_copies_over_itself, fresh),
        cmocka_unit_test_setup(memset_sets_just_that, fresh),
        cmocka_unit_test_setup(memcmp_orders_unsigned_bytes, fresh),
        cmocka_unit_test_setup(string_functions_agree_with_the_host, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
