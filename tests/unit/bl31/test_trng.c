// SPDX-License-Identifier: BSD-3-Clause
//
// The TRNG firmware interface (bl31/trng.c, trng_health.c) over a source that the test scripts: numbers, registers and codes of
// DEN0098, that no bit is handed out twice or before the start-up test, and the health tests of SP 800-90B, 4.4, at their
// cutoffs. The source of the interface is part of this file: it remembers a failure until reset, and each case begins with one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "bl31/trng.c" // NOLINT(bugprone-suspicious-include): its state is static

#define MINUS(n) ((uint64_t) - (int64_t)(n))
#define START_UP 128 // samples: 1024 bytes

// The source: sample i is a permutation of i, until a script says something else
static uint64_t reads;
static uint64_t stuck_from; // number of the read from which the source repeats itself
static uint64_t fail_at;    // number of the one read that fails, with fail_error
static int fail_error;
static int absent; // error of every read
static bool locked;
static unsigned int errors_logged;
static struct smc_frame frame;

static uint64_t sample(uint64_t number)
{
    uint64_t x = number + 1;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

int plat_trng_read(uint64_t *value)
{
    uint64_t number = reads;

    assert_true(locked);
    if (absent != ERR_NONE) {
        *value = 0;
        return absent;
    }
    reads++;
    if (number == fail_at) {
        *value = 0;
        return fail_error;
    }
    *value = sample(number < stuck_from ? number : stuck_from);
    return ERR_NONE;
}

void spin_lock(struct spinlock *lock)
{
    (void)lock;
    assert_false(locked);
    locked = true;
}

void spin_unlock(struct spinlock *lock)
{
    (void)lock;
    assert_true(locked);
    locked = false;
}

void log_line(int level, const char *format, ...)
{
    (void)format;
    errors_logged += level == LOG_ERROR;
}

void memory_wipe(void *to, size_t size)
{
    memset(to, 0, size);
}

static int fresh(void **unused)
{
    (void)unused;
    state = TRNG_UNTESTED;
    memset(&health, 0, sizeof(health));
    start_up_samples = 0;
    reads = 0;
    stuck_from = UINT64_MAX;
    fail_at = UINT64_MAX;
    absent = ERR_NONE;
    errors_logged = 0;
    return 0;
}

static uint64_t call(uint64_t fid, uint64_t x1)
{
    uint64_t x0;

    for (unsigned int i = 0; i < 18; i++) {
        frame.x[i] = 0x1000 + i;
    }
    x0 = trng_smc(fid, x1, 0x1002, 0x1003, &frame);
    assert_false(locked);
    for (unsigned int i = 4; i < 18; i++) {
        assert_int_equal(frame.x[i], 0x1000 + i);
    }
    return x0;
}

static void expect_no_bits(void)
{
    assert_int_equal(frame.x[1] | frame.x[2] | frame.x[3], 0);
}

static void version_features_and_functions_agree(void **unused)
{
    (void)unused;
    assert_int_equal(call(0x84000050, 0), 0x10000);
    for (uint32_t number = 0x50; number <= 0x5f; number++) {
        bool there = number <= 0x53;

        assert_int_equal(call(0x84000051, 0x84000000 | number), there ? 0 : MINUS(1));
        assert_int_equal(call(0x84000051, 0xc4000000 | number), number == 0x53 ? 0 : MINUS(1));
        if (!there) {
            assert_int_equal(call(0x84000000 | number, 1), MINUS(1));
        }
        if (number != 0x53) {
            assert_int_equal(call(0xc4000000 | number, 1), MINUS(1));
        }
    }
    assert_int_equal(call(0x84000051, 0xffffffff84000050), 0); // SMC32: w1 counts
    assert_int_equal(call(0x84000051, 0x84000000), MINUS(1));
}

static void the_uuid_is_in_four_words(void **unused)
{
    static const uint8_t bytes[16] = { 0x05, 0xd0, 0xe2, 0xcc, 0x52, 0x31, 0x4a, 0x0b,
                                       0x91, 0x1e, 0x2a, 0x74, 0xe6, 0x74, 0xd4, 0x8b };

    (void)unused;
    frame.x[0] = call(0x84000052, 0);
    assert_int_not_equal(frame.x[0], 0xffffffff); // DEN0098 2.3: that would be "not supported"
    for (unsigned int i = 0; i < 16; i++) {
        assert_int_equal((uint8_t)(frame.x[i / 4] >> 8 * (i % 4)), bytes[i]);
        assert_int_equal(frame.x[i / 4] >> 32, 0);
    }
}

// DEN0098 2.4.1: entropy bit i is bit i % 64 (32) of the register i / 64 (32) from the last one.
static void as_many_bits_as_asked_are_given(void **unused)
{
    (void)unused;
    for (unsigned int wide = 0; wide < 2; wide++) {
        unsigned int width = wide ? 64 : 32;

        for (uint64_t bits = 1; bits <= 3 * width; bits++) {
            uint64_t first;

            assert_int_equal(call(0x84000050, 0), 0x10000); // after the start-up test
            first = reads;
            assert_int_equal(call(wide ? 0xc4000053 : 0x84000053, bits), 0);
            assert_int_equal(reads - first, (bits + 63) / 64);
            for (unsigned int i = 0; i < 3 * width; i++) {
                uint64_t bit = frame.x[3 - i / width] >> i % width & 1;

                assert_int_equal(bit, i < bits ? sample(first + i / 64) >> i % 64 & 1 : 0);
            }
            if (!wide) {
                assert_int_equal((frame.x[1] | frame.x[2] | frame.x[3]) >> 32, 0);
            }
        }
    }
}

static void no_sample_of_the_start_up_test_is_given_out(void **unused)
{
    (void)unused;
    assert_int_equal(call(0xc4000053, 192), 0);
    assert_int_equal(reads, START_UP + 3);
    assert_int_equal(frame.x[3], sample(START_UP));
    assert_int_equal(frame.x[1], sample(START_UP + 2));
    assert_int_equal(call(0xc4000053, 64), 0);
    assert_int_equal(frame.x[3], sample(START_UP + 3)); // nothing left over, nothing twice
}

static void wrong_numbers_of_bits_are_refused(void **unused)
{
    static const uint64_t wrong[] = { 0, 193, 1ull << 32, UINT64_MAX, 1ull << 63 };

    (void)unused;
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        assert_int_equal(call(0xc4000053, wrong[i]), MINUS(2));
        expect_no_bits();
    }
    assert_int_equal(call(0x84000053, 0), MINUS(2));
    assert_int_equal(call(0x84000053, 97), MINUS(2));
    assert_int_equal(call(0x84000053, 0xffffffff), MINUS(2));
    assert_int_equal(call(0x84000053, 0x700000000), MINUS(2)); // w1 is 0
    expect_no_bits();
    assert_int_equal(call(0x84000053, 0x700000001), 0);
}

static void without_a_source_there_is_no_interface(void **unused)
{
    (void)unused;
    absent = ERR_NOT_SUPPORTED;
    for (uint32_t number = 0x50; number <= 0x53; number++) {
        assert_int_equal(call(0x84000000 | number, number == 0x51 ? 0x84000053 : 1), MINUS(1));
    }
    assert_int_equal(call(0xc4000053, 64), MINUS(1));
    expect_no_bits();
    assert_int_equal(call(0xc4000053, 0), MINUS(1)); // nor is anything wrong with its arguments
    assert_int_equal(call(0x84000053, 97), MINUS(1));
    expect_no_bits();
    assert_int_equal(errors_logged, 0);
}

// Another core has one: the interface is there, this core has nothing.
static void a_core_without_a_source_has_no_entropy(void **unused)
{
    (void)unused;
    assert_int_equal(call(0x84000050, 0), 0x10000);
    absent = ERR_NOT_SUPPORTED;
    assert_int_equal(call(0x84000050, 0), 0x10000);
    assert_int_equal(call(0xc4000053, 64), MINUS(3));
    expect_no_bits();
    absent = ERR_NONE;
    assert_int_equal(call(0xc4000053, 64), 0);
}

// Linux asks for the version once, at its boot: a source that is busy then must not be gone for ever.
static void a_source_that_is_busy_at_start_up_is_there(void **unused)
{
    (void)unused;
    for (unsigned int read = 0; read < START_UP; read += 40) {
        (void)fresh(NULL);
        fail_at = read;
        fail_error = ERR_TIMEOUT;
        assert_int_equal(call(0x84000050, 0), 0x10000);
        (void)fresh(NULL);
        fail_at = read;
        assert_int_equal(call(0xc4000053, 192), MINUS(3));
        expect_no_bits();
        assert_int_equal(call(0xc4000053, 64), 0); // the rest of the test, then a sample of its own
        assert_int_equal(reads, 1 + START_UP + 1);
        assert_int_equal(frame.x[3], sample(START_UP + 1));
    }
}

static void a_source_that_is_always_busy_has_no_entropy(void **unused)
{
    (void)unused;
    absent = ERR_TIMEOUT;
    for (unsigned int i = 0; i < 3; i++) {
        assert_int_equal(call(0x84000050, 0), 0x10000);
        assert_int_equal(call(0x84000051, 0x84000053), 0);
        assert_int_equal(call(0x84000051, 0x84000054), MINUS(1));
        assert_int_equal(call(0x84000053, 96), MINUS(3));
        expect_no_bits();
        assert_int_equal(call(0xc4000053, 0), MINUS(2));
    }
    absent = ERR_NONE;
    assert_int_equal(call(0xc4000053, 192), 0);
    assert_int_equal(errors_logged, 0);
}

// Busy, then broken: gone.
static void the_start_up_test_counts_after_a_pause(void **unused)
{
    (void)unused;
    fail_at = START_UP - 2;
    fail_error = ERR_TIMEOUT;
    assert_int_equal(call(0xc4000053, 64), MINUS(3));
    stuck_from = reads - 2; // the sample before the pause once more
    assert_int_equal(call(0xc4000053, 64), MINUS(1));
    expect_no_bits();
    assert_int_equal(errors_logged, 1);
    assert_int_equal(call(0x84000050, 0), MINUS(1));
}

static void a_busy_source_is_asked_again_later(void **unused)
{
    (void)unused;
    assert_int_equal(call(0x84000050, 0), 0x10000);
    fail_error = ERR_TIMEOUT;
    fail_at = reads + 2;
    assert_int_equal(call(0xc4000053, 192), MINUS(3)); // the third of three samples
    expect_no_bits();
    assert_int_equal(call(0xc4000053, 192), 0);
    assert_int_equal(errors_logged, 0);
}

static void expect_out_of_service(void)
{
    uint64_t before = reads;

    assert_int_equal(errors_logged, 1);
    stuck_from = UINT64_MAX; // it would be good again
    for (uint32_t number = 0x50; number <= 0x53; number++) {
        assert_int_equal(call(0x84000000 | number, number == 0x51 ? 0x84000053 : 1), MINUS(1));
    }
    assert_int_equal(call(0xc4000053, 192), MINUS(1));
    expect_no_bits();
    assert_int_equal(reads, before);
    assert_int_equal(errors_logged, 1);
}

static void a_source_that_repeats_itself_is_out_of_service(void **unused)
{
    (void)unused;
    assert_int_equal(call(0xc4000053, 64), 0);
    stuck_from = reads;
    assert_int_equal(call(0xc4000053, 64), 0); // one sample alone shows nothing
    assert_int_equal(call(0xc4000053, 192), MINUS(1));
    expect_no_bits();
    expect_out_of_service();
}

static void a_source_that_is_stuck_at_start_up_never_serves(void **unused)
{
    (void)unused;
    stuck_from = START_UP - 2;
    assert_int_equal(call(0x84000050, 0), MINUS(1));
    expect_out_of_service();
}

static void a_broken_device_is_out_of_service(void **unused)
{
    (void)unused;
    assert_int_equal(call(0x84000050, 0), 0x10000);
    fail_at = reads + 1;
    fail_error = ERR_IO;
    assert_int_equal(call(0xc4000053, 128), MINUS(1));
    expect_no_bits();
    expect_out_of_service();
}

// 4.4.2: the reference is the window's first byte; the 26th equal one of 512 is too many, the 25th is not.
static void the_proportion_test_has_its_cutoff(void **unused)
{
    (void)unused;
    for (unsigned int equal = 24; equal <= 26; equal++) {
        struct trng_health own = { 0 };
        bool passes = true;
        unsigned int left = equal;

        for (unsigned int word = 0; word < 64; word++) { // a window
            uint64_t value = 0;

            for (unsigned int byte = 0; byte < 8; byte++) {
                bool hit = left > 0 && (byte == 0 || word >= 60); // spread, the rest at the end
                left -= hit;
                value |= (hit ? 0x77ull : (uint64_t)(0x80 + (word + byte) % 64)) << 8 * byte;
            }
            passes = trng_health_passes(&own, value) && passes;
        }
        assert_int_equal(passes, equal < 26);
    }
}

static void windows_do_not_add_up(void **unused)
{
    struct trng_health own = { 0 };

    (void)unused;
    for (unsigned int word = 0; word < 64 * 40; word++) { // 25 equal bytes in each of 40 windows
        uint64_t value = 0x0101010101010101ull * (0x80 + word % 64);

        value = (value & ~0xffull) | (word % 64 < 25 ? 0x77 : 0x78);
        value ^= (uint64_t)(word % 7) << 32;
        assert_true(trng_health_passes(&own, value));
    }
}

static void the_repetition_test_has_its_cutoff(void **unused)
{
    struct trng_health own = { 0 };

    (void)unused;
    assert_true(trng_health_passes(&own, 0)); // no sample was before it
    assert_false(trng_health_passes(&own, 0));
    own = (struct trng_health){ 0 };
    assert_true(trng_health_passes(&own, 5));
    assert_true(trng_health_passes(&own, 6));
    assert_true(trng_health_passes(&own, 5));
    assert_false(trng_health_passes(&own, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(version_features_and_functions_agree, fresh),
        cmocka_unit_test_setup(the_uuid_is_in_four_words, fresh),
        cmocka_unit_test_setup(as_many_bits_as_asked_are_given, fresh),
        cmocka_unit_test_setup(no_sample_of_the_start_up_test_is_given_out, fresh),
        cmocka_unit_test_setup(wrong_numbers_of_bits_are_refused, fresh),
        cmocka_unit_test_setup(without_a_source_there_is_no_interface, fresh),
        cmocka_unit_test_setup(a_core_without_a_source_has_no_entropy, fresh),
        cmocka_unit_test_setup(a_source_that_is_busy_at_start_up_is_there, fresh),
        cmocka_unit_test_setup(a_source_that_is_always_busy_has_no_entropy, fresh),
        cmocka_unit_test_setup(the_start_up_test_counts_after_a_pause, fresh),
        cmocka_unit_test_setup(a_busy_source_is_asked_again_later, fresh),
        cmocka_unit_test_setup(a_source_that_repeats_itself_is_out_of_service, fresh),
        cmocka_unit_test_setup(a_source_that_is_stuck_at_start_up_never_serves, fresh),
        cmocka_unit_test_setup(a_broken_device_is_out_of_service, fresh),
        cmocka_unit_test_setup(the_proportion_test_has_its_cutoff, fresh),
        cmocka_unit_test_setup(windows_do_not_add_up, fresh),
        cmocka_unit_test_setup(the_repetition_test_has_its_cutoff, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
