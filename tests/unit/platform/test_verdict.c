// SPDX-License-Identifier: BSD-3-Clause
//
// Decisions as data (platform/lib/boot/verdict.c): every single difference is seen, and only agreement is accepted.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "verdict.h"

static bool accepts(verdict_t verdict)
{
    return verdict_accepts(&verdict);
}

static void accept_and_refuse_are_complements(void **state)
{
    (void)state;
    assert_int_equal(VERDICT_ACCEPT ^ VERDICT_REFUSE, UINT32_MAX);
    assert_int_equal(__builtin_popcount(VERDICT_ACCEPT), 16);
}

static void only_one_value_accepts(void **state)
{
    (void)state;
    assert_true(accepts(VERDICT_ACCEPT));
    assert_false(accepts(VERDICT_REFUSE));
    assert_false(accepts(0));
    assert_false(accepts(1));
    assert_false(accepts(UINT32_MAX));
    for (int bit = 0; bit < 32; bit++) {
        assert_false(accepts(VERDICT_ACCEPT ^ 1u << bit));
    }
}

static void equal_bytes_are_accepted(void **state)
{
    uint8_t a[600], b[600];

    (void)state;
    for (size_t i = 0; i < sizeof(a); i++) {
        a[i] = b[i] = (uint8_t)(i * 3);
    }
    for (size_t len = 1; len <= sizeof(a); len += len < 70 ? 1 : 53) {
        assert_int_equal(verdict_equal(a, b, len), VERDICT_ACCEPT);
    }
}

static void every_single_bit_is_seen(void **state)
{
    uint8_t a[64], b[64];

    (void)state;
    memset(a, 0x5a, sizeof(a));
    memcpy(b, a, sizeof(a));
    for (size_t bit = 0; bit < sizeof(a) * 8; bit++) {
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(verdict_equal(a, b, sizeof(a)), VERDICT_REFUSE);
        assert_int_equal(verdict_equal(b, a, sizeof(a)), VERDICT_REFUSE);
        assert_int_equal(verdict_equal(a, b, bit / 8 + 1), VERDICT_REFUSE);
        if (bit >= 8) {
            assert_int_equal(verdict_equal(a, b, bit / 8), VERDICT_ACCEPT);
        }
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (unsigned x = 0; x < 256; x++) {
        for (unsigned y = 0; y < 256; y++) {
            a[0] = (uint8_t)x;
            b[0] = (uint8_t)y;
            assert_int_equal(verdict_equal(a, b, 1), x == y ? VERDICT_ACCEPT : VERDICT_REFUSE);
        }
    }
}

// What a skipped instruction before the call may make of it
static void comparisons_that_cannot_fail_are_refused(void **state)
{
    uint8_t a[4] = { 0 }, b[4] = { 0 };

    (void)state;
    assert_int_equal(verdict_equal(a, b, 0), VERDICT_REFUSE);
    assert_int_equal(verdict_equal(a, a, sizeof(a)), VERDICT_REFUSE);
}

static void numbers_are_compared_without_sign(void **state)
{
    static const uint32_t numbers[] = { 0,          1,          2,         0x7f,       0x80,
                                        0xff,       0xffff,     0x10000,   0x7fffffff, 0x80000000,
                                        0x80000001, 0xfffffffe, 0xffffffff };
    size_t count = sizeof(numbers) / sizeof(numbers[0]);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) { // the list is in order
            assert_int_equal(verdict_at_least(numbers[i], numbers[k]),
                             i >= k && numbers[i] <= INT32_MAX ? VERDICT_ACCEPT : VERDICT_REFUSE);
        }
    }
}

// verdict_equal() without its return goes on with what it found as the first argument
static void a_refusal_is_no_large_number(void **state)
{
    (void)state;
    assert_int_equal(verdict_at_least(VERDICT_REFUSE, 0), VERDICT_REFUSE);
}

static void one_of_several_is_enough(void **state)
{
    (void)state;
    assert_int_equal(verdict_either(VERDICT_REFUSE, VERDICT_REFUSE), VERDICT_REFUSE);
    assert_int_equal(verdict_either(VERDICT_REFUSE, VERDICT_ACCEPT), VERDICT_ACCEPT);
    assert_int_equal(verdict_either(VERDICT_ACCEPT, VERDICT_REFUSE), VERDICT_ACCEPT);
    assert_int_equal(verdict_either(VERDICT_ACCEPT, VERDICT_ACCEPT), VERDICT_ACCEPT);
    for (int bit = 0; bit < 32; bit++) {
        assert_int_equal(verdict_either(VERDICT_REFUSE, VERDICT_ACCEPT ^ 1u << bit),
                         VERDICT_REFUSE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accept_and_refuse_are_complements),
        cmocka_unit_test(only_one_value_accepts),
        cmocka_unit_test(equal_bytes_are_accepted),
        cmocka_unit_test(every_single_bit_is_seen),
        cmocka_unit_test(comparisons_that_cannot_fail_are_refused),
        cmocka_unit_test(numbers_are_compared_without_sign),
        cmocka_unit_test(a_refusal_is_no_large_number),
        cmocka_unit_test(one_of_several_is_enough),
    };

    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
