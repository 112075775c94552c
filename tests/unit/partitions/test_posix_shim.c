// SPDX-License-Identifier: BSD-3-Clause
//
// posix_shim.c: what libraries ask of libc, compared with the host's libc. The names of the shim have `shim_` before them here (posix_shim_names.h), since
// the program has its own.
#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "posix_shim.h"
#include "sp.h"

#undef __ctype_b_loc // the host's own is looked at, too

struct shim_time {
    int64_t seconds;
    int64_t part;
};
const unsigned short **shim_ctype_b(void);
const int **shim_tolower(void);
int shim_clock_gettime(int clock_id, struct shim_time *time);
int shim_gettimeofday(struct shim_time *time, void *zone);
long shim_clock(void);
long shim_syscall(long number, void *buf, size_t len, unsigned int flags);
int shim_once(int *done, void (*run)(void));
int shim_key_create(unsigned int *key, void (*destroy)(void *));
int shim_key_delete(unsigned int key);
void *shim_getspecific(unsigned int key);
int shim_setspecific(unsigned int key, const void *value);
void *shim_memcpy_chk(void *to, const void *from, size_t len, size_t room);
void *shim_memset_chk(void *to, int value, size_t len, size_t room);
int shim_snprintf_chk(char *to, size_t len, int flag, size_t room, const char *format, ...);
long shim_fdelt(long fd);

static jmp_buf died;
static bool is_broken;

_Noreturn void sp_die(const char *reason)
{
    assert_non_null(reason);
    longjmp(died, 1);
}

void sp_log(const char *format, ...)
{
    (void)format;
}

uint16_t sp_id(void)
{
    return 0x8005;
}

static int entropy(uint8_t *buf, size_t len)
{
    memset(buf, 0x5a, len);
    return is_broken ? ERR_IO : 0;
}

static uint64_t nanoseconds(void)
{
    return 12345678901234;
}

static const struct posix_shim shim = { entropy, nanoseconds };

static int setup(void **state)
{
    (void)state;
    is_broken = false;
    posix_shim_init(&shim);
    return 0;
}

static void without_init_there_is_neither_time_nor_entropy(void **state)
{
    struct shim_time at = { 1, 1 };
    uint8_t byte;

    (void)state;
    assert_int_equal(shim_clock_gettime(1, &at), -1);
    assert_int_equal(shim_gettimeofday(&at, NULL), -1);
    assert_int_equal(at.part, 1);
    assert_int_equal(shim_clock(), -1);
    assert_int_equal(shim_syscall(278, &byte, 1, 0), -1);
}

// All ASCII characters have the properties that the host's libc gives them in the C locale, others have none
static void characters_have_their_properties(void **state)
{
    const unsigned short *ours = *shim_ctype_b();
    const unsigned short *theirs = *__ctype_b_loc();
    const int *lower = *shim_tolower();

    (void)state;
    for (int c = -128; c < 256; c++) {
        assert_int_equal(ours[c], c >= 0 && c < 128 ? theirs[c] : 0);
        assert_int_equal(lower[c], c >= 0 && c < 128 ? tolower(c) : c);
    }
}

static void time_is_cut_into_parts(void **state)
{
    struct shim_time at;

    (void)state;
    assert_int_equal(shim_clock_gettime(1, &at), 0);
    assert_int_equal(at.seconds, 12345);
    assert_int_equal(at.part, 678901234);
    assert_int_equal(shim_gettimeofday(&at, NULL), 0);
    assert_int_equal(at.part, 678901);
    assert_int_equal(shim_clock(), 12345678901);
}

static void entropy_comes_or_fails(void **state)
{
    uint8_t bytes[8] = { 0 };

    (void)state;
    assert_int_equal(shim_syscall(278, bytes, 8, 0), 8);
    assert_int_equal(bytes[7], 0x5a);
    assert_int_equal(shim_syscall(279, bytes, 8, 0), -1);
    assert_int_equal(errno, ENOSYS);
    is_broken = true;
    assert_int_equal(shim_syscall(278, bytes, 8, 0), -1);
    assert_int_equal(errno, EIO);
}

static unsigned int runs;

static void run(void)
{
    runs++;
}

static void once_is_once(void **state)
{
    int done = 0;

    (void)state;
    assert_int_equal(shim_once(&done, run), 0);
    assert_int_equal(shim_once(&done, run), 0);
    assert_int_equal(runs, 1);
}

static void keys_have_values_until_they_are_deleted(void **state)
{
    unsigned int keys[17];
    unsigned int again;
    int value;

    (void)state;
    for (unsigned int i = 0; i < 16; i++) {
        assert_int_equal(shim_key_create(&keys[i], NULL), 0);
        assert_null(shim_getspecific(keys[i]));
        assert_int_equal(shim_setspecific(keys[i], &keys[i]), 0);
    }
    assert_int_equal(shim_key_create(&keys[16], NULL), EAGAIN);
    for (unsigned int i = 0; i < 16; i++) {
        assert_ptr_equal(shim_getspecific(keys[i]), &keys[i]);
    }
    assert_int_equal(shim_key_delete(keys[3]), 0);
    assert_int_equal(shim_key_delete(keys[3]), EINVAL);
    assert_int_equal(shim_setspecific(keys[3], &value), EINVAL);
    assert_null(shim_getspecific(keys[3]));
    assert_int_equal(shim_key_create(&again, NULL), 0);
    assert_null(shim_getspecific(again));
    assert_int_equal(shim_key_delete(99), EINVAL);
}

static void checked_copies_end_the_partition_rather_than_overflow(void **state)
{
    char text[4] = "abc";
    volatile unsigned int deaths = 0;

    (void)state;
    assert_ptr_equal(shim_memcpy_chk(text, "xyz", 4, 4), text);
    assert_string_equal(text, "xyz");
    assert_ptr_equal(shim_memset_chk(text, 0, 4, 4), text);
    assert_int_equal(shim_snprintf_chk(text, 4, 1, 4, "%d", 12345), 5);
    assert_string_equal(text, "123");
    assert_int_equal(shim_fdelt(1023), 15);
    for (volatile int i = 0; i < 5; i++) {
        if (setjmp(died) != 0) {
            deaths = deaths + 1;
            continue;
        }
        switch (i) {
        case 0:
            (void)shim_memcpy_chk(text, "wxyz", 5, 4);
            break;
        case 1:
            (void)shim_memset_chk(text, 1, 5, 4);
            break;
        case 2:
            (void)shim_snprintf_chk(text, 5, 1, 4, "%d", 12345);
            break;
        case 3:
            (void)shim_fdelt(1024);
            break;
        default:
            (void)shim_fdelt(-1);
        }
        fail();
    }
    assert_int_equal(deaths, 5);
    assert_string_equal(text, "123");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_init_there_is_neither_time_nor_entropy),
        cmocka_unit_test_setup(characters_have_their_properties, setup),
        cmocka_unit_test_setup(time_is_cut_into_parts, setup),
        cmocka_unit_test_setup(entropy_comes_or_fails, setup),
        cmocka_unit_test_setup(once_is_once, setup),
        cmocka_unit_test_setup(keys_have_values_until_they_are_deleted, setup),
        cmocka_unit_test_setup(checked_copies_end_the_partition_rather_than_overflow, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
