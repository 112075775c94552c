// SPDX-License-Identifier: BSD-3-Clause
//
// ftpm_nv.c on a store in memory: what is saved is there after the next start, changes cost what they are large, nothing in the store is
// believed, and what is missing is missed.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "ftpm_nv.h"

#define HEAD 20 // of base and deltas, in ftpm_nv.c
#define ASSETS 5

static struct {
    uint8_t data[ASSETS][0x10000];
    size_t size[ASSETS]; // 0: none
    int get_error;
    int set_error;
    uint32_t sets;
    size_t written; // by the last set
} mem;

static int mem_get(void *context, uint64_t uid, void *to, size_t room, size_t *size)
{
    assert_ptr_equal(context, &mem);
    assert_in_range(uid, 1, ASSETS - 1);
    if (mem.get_error != 0) {
        return mem.get_error;
    }
    if (mem.size[uid] == 0) {
        return ERR_NOT_FOUND;
    }
    if (mem.size[uid] > room) {
        return ERR_RANGE;
    }
    memcpy(to, mem.data[uid], mem.size[uid]);
    *size = mem.size[uid];
    return 0;
}

static int mem_set(void *context, uint64_t uid, const void *from, size_t size)
{
    assert_ptr_equal(context, &mem);
    assert_in_range(uid, 1, ASSETS - 1);
    assert_in_range(size, 1, sizeof(mem.data[0]));
    if (mem.set_error != 0) {
        return mem.set_error;
    }
    memcpy(mem.data[uid], from, size);
    mem.size[uid] = size;
    if (uid != FTPM_NV_UID_MARK) {
        mem.sets++;
        mem.written = size;
    }
    return 0;
}

static const struct ftpm_nv_store store = { .context = &mem, .get = mem_get, .set = mem_set };
static uint8_t image[FTPM_NV_MAX + 1];

static int setup(void **state)
{
    (void)state;
    memset(&mem, 0, sizeof(mem));
    for (size_t i = 0; i < sizeof(image); i++) {
        image[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    assert_int_equal(ftpm_nv_begin(&store), ERR_NOT_FOUND);
    return 0;
}

static void expect_state(const uint8_t *wanted, uint32_t wanted_size)
{
    const uint8_t *data;
    uint32_t size;

    assert_int_equal(ftpm_nv_state(&data, &size), 0);
    assert_int_equal(size, wanted_size);
    assert_memory_equal(data, wanted, size);
}

static void expect_after_restart(const uint8_t *wanted, uint32_t wanted_size)
{
    assert_int_equal(ftpm_nv_begin(&store), 0);
    expect_state(wanted, wanted_size);
}

static void a_new_tpm_has_no_state(void **state)
{
    const uint8_t *data;
    uint32_t size;

    (void)state;
    assert_int_equal(ftpm_nv_state(&data, &size), ERR_NOT_FOUND);
}

static void what_is_saved_is_there_after_a_restart(void **state)
{
    static const uint32_t sizes[] = { 1, 1299, 0x4000, FTPM_NV_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        assert_int_equal(ftpm_nv_save(image, sizes[i]), 0);
        expect_state(image, sizes[i]);
        expect_after_restart(image, sizes[i]);
    }
}

static void sizes_have_limits(void **state)
{
    (void)state;
    assert_int_equal(ftpm_nv_save(image, 0), ERR_RANGE);
    assert_int_equal(ftpm_nv_save(image, FTPM_NV_MAX + 1), ERR_RANGE);
    assert_int_equal(mem.sets, 0);
}

static void what_has_not_changed_is_not_written(void **state)
{
    (void)state;
    assert_int_equal(ftpm_nv_save(image, 5000), 0);
    assert_int_equal(mem.sets, 1);
    assert_int_equal(ftpm_nv_save(image, 5000), 0);
    assert_int_equal(mem.sets, 1);
    assert_int_equal(ftpm_nv_begin(&store), 0);
    assert_int_equal(ftpm_nv_save(image, 5000), 0);
    assert_int_equal(mem.sets, 1);
}

// A counter of eight bytes: header, one entry's head and the bytes that changed
static void a_small_change_costs_little(void **state)
{
    (void)state;
    assert_int_equal(ftpm_nv_save(image, 5000), 0);
    for (uint64_t i = 1; i <= 1000; i++) {
        memcpy(image + 3000, &i, sizeof(i));
        assert_int_equal(ftpm_nv_save(image, 5000), 0);
        assert_in_range(mem.written, 1, HEAD + 8 + 8);
        if (i % 100 == 0) {
            expect_after_restart(image, 5000);
        }
    }
    assert_int_equal(mem.sets, 1001);
}

static void expect_locked(int error)
{
    const uint8_t *data;
    uint32_t size;

    assert_int_equal(ftpm_nv_begin(&store), error);
    assert_int_equal(ftpm_nv_state(&data, &size), ERR_DENIED);
    assert_int_equal(ftpm_nv_save(image, 100), ERR_DENIED);
}

// What does not fit the small delta goes into the large one, which makes the small one void; what does not fit that, into a new base
static void a_larger_change_takes_the_next_asset(void **state)
{
    uint8_t old[HEAD];

    (void)state;
    assert_int_equal(ftpm_nv_save(image, 9000), 0);
    image[17] ^= 1;
    assert_int_equal(ftpm_nv_save(image, 9000), 0);
    assert_int_equal(mem.written, HEAD + 8 + 1);
    memcpy(old, mem.data[FTPM_NV_UID_SMALL], HEAD);
    memset(image + 100, 0x5a, FTPM_NV_SMALL_MAX);
    assert_int_equal(ftpm_nv_save(image, 9000), 0);
    assert_in_range(mem.written, FTPM_NV_SMALL_MAX, FTPM_NV_SMALL_MAX + HEAD + 100);
    assert_memory_equal(mem.data[FTPM_NV_UID_SMALL], old, HEAD);
    expect_after_restart(image, 9000);
    image[8999] ^= 1;
    assert_int_equal(ftpm_nv_save(image, 9000), 0);
    assert_int_equal(mem.written, HEAD + 8 + 1);
    expect_after_restart(image, 9000);
    memset(image, 0x3c, FTPM_NV_LARGE_MAX);
    assert_int_equal(ftpm_nv_save(image, 9000), 0);
    assert_int_equal(mem.written, HEAD + 9000);
    expect_after_restart(image, 9000);
    image[8999] ^= 1;
    assert_int_equal(ftpm_nv_save(image, 9000), 0);
    assert_int_equal(mem.written, HEAD + 8 + 1);
    expect_after_restart(image, 9000);
}

// A thousand writes of 64 bytes all over a state that is nearly as large as it may be: at most 1.5 KiB each
static void changes_all_over_a_large_state_cost_little(void **state)
{
    const uint32_t size = FTPM_NV_MAX;
    uint64_t written = 0;

    (void)state;
    assert_int_equal(ftpm_nv_save(image, size), 0);
    srand(7);
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t offset = (uint32_t)rand() % (size - 64);

        for (uint32_t j = 0; j < 64; j++) {
            image[offset + j] = (uint8_t)rand();
        }
        assert_int_equal(ftpm_nv_save(image, size), 0);
        written += mem.written;
    }
    assert_in_range(written / 1000, 64, 1536);
    expect_after_restart(image, size);
}

// A new TPM in the place of one that was: never
static void a_base_that_is_missing_is_missed(void **state)
{
    static const uint64_t traces[] = { FTPM_NV_UID_LARGE, FTPM_NV_UID_SMALL, FTPM_NV_UID_MARK };

    (void)state;
    for (size_t i = 0; i < sizeof(traces) / sizeof(*traces); i++) {
        memset(&mem, 0, sizeof(mem));
        assert_int_equal(ftpm_nv_begin(&store), ERR_NOT_FOUND);
        mem.data[traces[i]][0] = 1;
        mem.size[traces[i]] = 1;
        expect_locked(ERR_CORRUPT);
        mem.size[traces[i]] = 0x8000; // larger than it can be
        expect_locked(ERR_CORRUPT);
    }
}

// The power went between the first base and the mark
static void a_mark_that_is_missing_is_made(void **state)
{
    (void)state;
    assert_int_equal(ftpm_nv_save(image, 100), 0);
    assert_int_equal(mem.size[FTPM_NV_UID_MARK], 1);
    mem.size[FTPM_NV_UID_MARK] = 0;
    expect_after_restart(image, 100);
    image[0] ^= 1;
    assert_int_equal(ftpm_nv_save(image, 100), 0);
    assert_int_equal(mem.size[FTPM_NV_UID_MARK], 1);
}

static void the_size_may_change_either_way(void **state)
{
    (void)state;
    assert_int_equal(ftpm_nv_save(image, 5000), 0);
    for (uint32_t size = 4000; size <= 5500; size += 125) {
        assert_int_equal(ftpm_nv_save(image, size), 0);
        expect_after_restart(image, size);
    }
}

// Nobody knows then what is stored: nothing more is written on top of it
static void after_a_store_that_fails_nothing_is_written(void **state)
{
    static const int errors[] = { ERR_IO, ERR_NO_MEMORY };
    static uint8_t before[5000];

    (void)state;
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        assert_int_equal(ftpm_nv_save(image, 5000), 0);
        memcpy(before, image, sizeof(before));
        image[3] ^= 1;
        mem.set_error = errors[i];
        assert_int_equal(ftpm_nv_save(image, 5000), errors[i]);
        mem.set_error = 0;
        assert_int_equal(ftpm_nv_save(image, 5000), ERR_DENIED);
        expect_after_restart(before, 5000);
        memset(image, (int)i, 5000);
    }
}

// What cannot be read must not be replaced: no new TPM in the place of the old one
static void an_unreadable_state_is_not_replaced(void **state)
{
    static const int errors[] = { ERR_IO, ERR_CORRUPT, ERR_BUSY };

    (void)state;
    assert_int_equal(ftpm_nv_save(image, 5000), 0);
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        mem.get_error = errors[i];
        expect_locked(errors[i]);
    }
    assert_int_equal(mem.sets, 1);
    mem.get_error = 0;
    expect_after_restart(image, 5000);
}

static void put32(uint64_t uid, size_t offset, uint32_t value)
{
    memcpy(mem.data[uid] + offset, &value, sizeof(value));
}

static void begin_new(void)
{
    memset(&mem, 0, sizeof(mem));
    assert_int_equal(ftpm_nv_begin(&store), ERR_NOT_FOUND);
}

static void a_base_that_breaks_a_rule_is_refused(void **state)
{
    static const struct {
        size_t offset;
        uint32_t value;
        int error;
    } rules[] = {
        { 0, 0x12345678, ERR_CORRUPT }, // magic
        { 4, 0x00010002, ERR_VERSION }, // version
        { 4, 0x00020001, ERR_CORRUPT }, // level
        { 8, 0, ERR_CORRUPT },          // number
        { 16, 0, ERR_CORRUPT },         // size
        { 16, 99, ERR_CORRUPT },        // not the asset's
        { 16, 101, ERR_CORRUPT },       //
        { 16, FTPM_NV_MAX + 1, ERR_CORRUPT },
        { 16, UINT32_MAX, ERR_CORRUPT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        begin_new();
        assert_int_equal(ftpm_nv_save(image, 100), 0);
        put32(FTPM_NV_UID_BASE, rules[i].offset, rules[i].value);
        expect_locked(rules[i].error);
    }
    for (size_t size = 1; size < HEAD; size++) {
        mem.size[FTPM_NV_UID_BASE] = size;
        expect_locked(ERR_CORRUPT);
    }
}

static void a_delta_that_breaks_a_rule_is_refused(void **state)
{
    static const struct {
        size_t offset;
        uint32_t value;
    } rules[] = {
        { 0, 1 },                          // magic
        { 4, 0x00020002 },                 // version
        { 4, 0x00010001 },                 // level
        { 8, 0 },                          // number of the base
        { 16, 0 },                         // size of the state
        { 16, FTPM_NV_MAX + 1 },           //
        { 16, 10 },                        // the first entry is behind it
        { HEAD, 101 },                     // offset
        { HEAD, UINT32_MAX },              //
        { HEAD + 4, 0 },                   // size of the entry
        { HEAD + 4, 100 },                 //
        { HEAD + 4, UINT32_MAX },          //
        { HEAD + 4, UINT32_MAX - 60 + 1 }, // offset + size wraps
        { HEAD + 8 + 1, 60 },              // not behind the first (one byte is changed there)
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        begin_new();
        assert_int_equal(ftpm_nv_save(image, 100), 0);
        image[60] ^= 1;
        image[90] ^= 1;
        assert_int_equal(ftpm_nv_save(image, 100), 0);
        assert_int_equal(mem.written, HEAD + 2 * (8 + 1));
        put32(FTPM_NV_UID_SMALL, rules[i].offset, rules[i].value);
        expect_locked(rules[i].offset == 4 && rules[i].value == 0x00020002 ? ERR_VERSION
                                                                           : ERR_CORRUPT);
    }
    for (size_t size = 1; size < HEAD + 2 * (8 + 1); size++) {
        if (size != HEAD && size != HEAD + 8 + 1) { // whole entries are a shorter delta
            mem.size[FTPM_NV_UID_SMALL] = size;
            memcpy(mem.data[FTPM_NV_UID_SMALL] + HEAD, (uint32_t[]){ 60, 1 }, 8);
            expect_locked(ERR_CORRUPT);
        }
    }
}

static void a_large_delta_without_a_number_is_refused(void **state)
{
    (void)state;
    assert_int_equal(ftpm_nv_save(image, 5000), 0);
    memset(image, 9, FTPM_NV_SMALL_MAX + 1);
    assert_int_equal(ftpm_nv_save(image, 5000), 0);
    assert_in_range(mem.size[FTPM_NV_UID_LARGE], FTPM_NV_SMALL_MAX, FTPM_NV_LARGE_MAX);
    expect_after_restart(image, 5000);
    put32(FTPM_NV_UID_LARGE, 12, 0);
    expect_locked(ERR_CORRUPT);
}

// Random changes against a copy, with restarts
static void random_changes_follow_the_model(void **state)
{
    static uint8_t model[FTPM_NV_MAX];
    uint32_t size = 3000;

    (void)state;
    srand(1);
    memcpy(model, image, sizeof(model));
    for (int round = 0; round < 3000; round++) {
        int changes = rand() % 4;

        for (int i = 0; i < changes; i++) {
            uint32_t length = (uint32_t)(rand() % (rand() % 8 == 0 ? 3000 : 40)) + 1;
            uint32_t offset = (uint32_t)rand() % (size > length ? size - length : 1);

            memset(model + offset, rand(), length);
        }
        if (rand() % 16 == 0) {
            size = (uint32_t)rand() % 12000 + 1;
        }
        mem.set_error = rand() % 10 == 0 ? ERR_IO : 0;
        int error = ftpm_nv_save(model, size);

        mem.set_error = 0;
        if (error != 0) {
            assert_int_equal(error, ERR_IO);
            assert_int_equal(ftpm_nv_begin(&store), mem.sets == 0 ? ERR_NOT_FOUND : 0);
            assert_int_equal(ftpm_nv_save(model, size), 0);
        }
        if (rand() % 4 == 0) {
            expect_after_restart(model, size);
        }
        expect_state(model, size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_new_tpm_has_no_state, setup),
        cmocka_unit_test_setup(what_is_saved_is_there_after_a_restart, setup),
        cmocka_unit_test_setup(sizes_have_limits, setup),
        cmocka_unit_test_setup(what_has_not_changed_is_not_written, setup),
        cmocka_unit_test_setup(a_small_change_costs_little, setup),
        cmocka_unit_test_setup(a_larger_change_takes_the_next_asset, setup),
        cmocka_unit_test_setup(changes_all_over_a_large_state_cost_little, setup),
        cmocka_unit_test_setup(a_base_that_is_missing_is_missed, setup),
        cmocka_unit_test_setup(a_mark_that_is_missing_is_made, setup),
        cmocka_unit_test_setup(the_size_may_change_either_way, setup),
        cmocka_unit_test_setup(after_a_store_that_fails_nothing_is_written, setup),
        cmocka_unit_test_setup(an_unreadable_state_is_not_replaced, setup),
        cmocka_unit_test_setup(a_base_that_breaks_a_rule_is_refused, setup),
        cmocka_unit_test_setup(a_delta_that_breaks_a_rule_is_refused, setup),
        cmocka_unit_test_setup(a_large_delta_without_a_number_is_refused, setup),
        cmocka_unit_test_setup(random_changes_follow_the_model, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
