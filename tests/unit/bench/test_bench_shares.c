// SPDX-License-Identifier: BSD-3-Clause
//
// Whose instructions the benchmarks count, from made-up addresses: every place, the ways from one to another that a core can and
// cannot take, and that the parts are the whole.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/bench/bench_shares.h"

#define EL3 0x0e000000ull
#define SPMC 0xffffff800e020000ull
#define DRIVER 0xffff800001234000ull
#define KERNEL 0xffff800008010000ull
#define LOW 0x0000aaaaaaaa0000ull // EL0 of either world

static const struct bench_map map = {
    .el3 = { EL3, EL3 + 0x1000 },
    .spmc = { SPMC, SPMC + 0x1000 },
    .driver = { DRIVER, DRIVER + 0x1000 },
};

static const uint64_t address[BENCH_PLACES] = {
    [BENCH_USER] = LOW, [BENCH_KERNEL] = KERNEL, [BENCH_DRIVER] = DRIVER,
    [BENCH_EL3] = EL3,  [BENCH_SPMC] = SPMC,     [BENCH_PARTITION] = LOW,
};

// From the beginning along these places, `count` of them. What the last step came to
static int walk(struct bench_shares *shares, const enum bench_place *way, size_t count)
{
    int result = 0;

    *shares = bench_shares_begin();
    for (size_t i = 0; i < count && result == 0; i++) {
        result = bench_shares_add(shares, &map, address[way[i]]);
    }
    return result;
}

#define WALK(shares, ...)                                   \
    walk(shares, (const enum bench_place[]){ __VA_ARGS__ }, \
         sizeof((const enum bench_place[]){ __VA_ARGS__ }) / sizeof(enum bench_place))

static uint64_t sum(const struct bench_shares *shares)
{
    uint64_t all = 0;

    for (enum bench_place place = BENCH_USER; place < BENCH_PLACES; place++) {
        all += shares->in[place];
    }
    return all;
}

static void test_a_call_and_its_parts(void **state)
{
    static const uint64_t expected[BENCH_PLACES] = {
        [BENCH_USER] = 3, [BENCH_KERNEL] = 4, [BENCH_DRIVER] = 2,
        [BENCH_EL3] = 3,  [BENCH_SPMC] = 3,   [BENCH_PARTITION] = 2,
    };
    struct bench_shares s;

    (void)state;
    assert_int_equal(0, WALK(&s, BENCH_USER, BENCH_USER, BENCH_KERNEL, BENCH_DRIVER, BENCH_KERNEL,
                             BENCH_EL3, BENCH_EL3, BENCH_SPMC, BENCH_PARTITION, BENCH_SPMC,
                             BENCH_PARTITION, BENCH_SPMC, BENCH_EL3, BENCH_KERNEL, BENCH_DRIVER,
                             BENCH_KERNEL, BENCH_USER));
    for (enum bench_place place = BENCH_USER; place < BENCH_PLACES; place++) {
        assert_int_equal(expected[place], s.in[place]);
    }
    assert_int_equal(17, s.all);
    assert_int_equal(s.all, sum(&s));
    assert_int_equal(1, s.syscalls);
    assert_int_equal(1, s.smcs);
    assert_int_equal(2, s.worlds);
    assert_int_equal(2, s.returns);
}

static void test_what_el3_answers_itself_changes_no_world(void **state)
{
    struct bench_shares s;

    (void)state;
    assert_int_equal(0, WALK(&s, BENCH_USER, BENCH_DRIVER, BENCH_EL3, BENCH_DRIVER, BENCH_EL3,
                             BENCH_KERNEL, BENCH_USER, BENCH_KERNEL));
    assert_int_equal(2, s.syscalls);
    assert_int_equal(2, s.smcs);
    assert_int_equal(0, s.worlds);
    assert_int_equal(0, s.returns);
}

static void test_borders_of_ranges(void **state)
{
    static const struct {
        uint64_t pc;
        enum bench_place place;
    } cases[] = {
        { DRIVER, BENCH_DRIVER },
        { DRIVER + 0xffc, BENCH_DRIVER },
        { DRIVER - 4, BENCH_KERNEL },
        { DRIVER + 0x1000, BENCH_KERNEL },
        { EL3, BENCH_EL3 },
        { EL3 + 0xffc, BENCH_EL3 },
        { EL3 - 4, BENCH_USER },
        { EL3 + 0x1000, BENCH_USER },
        { SPMC - 4, BENCH_KERNEL },
        { SPMC + 0x1000, BENCH_KERNEL },
        { 0xffff000000000000ull, BENCH_KERNEL },
        { 0x0000fffffffffffcull, BENCH_USER },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench_shares s;

        assert_int_equal(0, WALK(&s, BENCH_KERNEL));
        assert_int_equal(0, bench_shares_add(&s, &map, cases[i].pc));
        assert_int_equal(cases[i].place, s.place);
    }
}

// How a core comes to each place from the process at the beginning
static int go_to(struct bench_shares *s, enum bench_place place)
{
    switch (place) {
    case BENCH_KERNEL:
    case BENCH_DRIVER:
        return WALK(s, place);
    case BENCH_EL3:
        return WALK(s, BENCH_KERNEL, BENCH_EL3);
    case BENCH_SPMC:
        return WALK(s, BENCH_KERNEL, BENCH_EL3, BENCH_SPMC);
    case BENCH_PARTITION:
        return WALK(s, BENCH_KERNEL, BENCH_EL3, BENCH_SPMC, BENCH_PARTITION);
    case BENCH_USER:
    case BENCH_PLACES:
    default:
        return WALK(s, BENCH_USER);
    }
}

// Exceptions go up, returns go down, worlds are changed in EL3 only. An address of EL0 is of the world that the core is in
static void test_ways_that_there_are_not(void **state)
{
    static const struct {
        enum bench_place from, to;
    } none[] = {
        { BENCH_USER, BENCH_EL3 },         { BENCH_USER, BENCH_SPMC },
        { BENCH_KERNEL, BENCH_SPMC },      { BENCH_DRIVER, BENCH_SPMC },
        { BENCH_EL3, BENCH_USER },         { BENCH_SPMC, BENCH_KERNEL },
        { BENCH_SPMC, BENCH_DRIVER },      { BENCH_PARTITION, BENCH_KERNEL },
        { BENCH_PARTITION, BENCH_DRIVER }, { BENCH_PARTITION, BENCH_EL3 },
    };
    struct bench_shares s;

    (void)state;
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        assert_int_equal(0, go_to(&s, none[i].from));
        assert_int_equal(none[i].from, s.place);
        assert_int_equal(-1, bench_shares_add(&s, &map, address[none[i].to]));
        assert_int_equal(s.all, sum(&s));
    }
    assert_int_equal(0, go_to(&s, BENCH_SPMC));
    assert_int_equal(0, bench_shares_add(&s, &map, EL3));
    assert_int_equal(-1, bench_shares_add(&s, &map, LOW)); // EL3 never returns to EL0
}

static void test_names_are_the_places(void **state)
{
    (void)state;
    for (enum bench_place a = BENCH_USER; a < BENCH_PLACES; a++) {
        assert_non_null(bench_shares_name(a));
        for (enum bench_place b = BENCH_USER; b < a; b++) {
            assert_string_not_equal(bench_shares_name(a), bench_shares_name(b));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_call_and_its_parts),
        cmocka_unit_test(test_what_el3_answers_itself_changes_no_world),
        cmocka_unit_test(test_borders_of_ranges),
        cmocka_unit_test(test_ways_that_there_are_not),
        cmocka_unit_test(test_names_are_the_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
