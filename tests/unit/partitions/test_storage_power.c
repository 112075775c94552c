// SPDX-License-Identifier: BSD-3-Clause
//
// Power cuts in the store: the chip stops before, inside (in four ways) and after every program, erase and advance of the counter,
// in every step of a workload and in the mount that follows. Then all that was acknowledged must be there, what was being done
// must be done or not, and must stay what it was found to be. `make test` takes a part of the points, `make soak-storage` all.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "storage_case.h"

#define BLOCK 0x2000
#define COUNT 10
#define SLOTS 14
#define MOST 2600

// Store and chip at one moment
struct moment {
    struct nor_model chip;
    struct storage_store store;
};

static struct moment base;
static struct moment cut;
static struct case_asset old;
static struct case_asset new;
static uint64_t points;
static uint32_t stride; // of the points, one in so many is tried
static uint32_t offset;

static void keep(struct moment *moment)
{
    nor_model_copy(&moment->chip, &case_chip);
    moment->store = store;
}

static void go_back(const struct moment *moment)
{
    nor_model_copy(&case_chip, &moment->chip);
    store = moment->store;
}

static int begin(void **state)
{
    stride = getenv("TESSERA_SOAK") != NULL ? 1 : *(const uint32_t *)*state;
    nor_model_create(&base.chip, BLOCK, COUNT);
    nor_model_create(&cut.chip, BLOCK, COUNT);
    case_begin(BLOCK, COUNT);
    points = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_int_equal(case_chip.misuses, 0);
    assert_true(points != 0);
    printf("# %llu power cuts%s\n", (unsigned long long)points,
           stride != 1 ? ", a part: make soak-storage tries all" : "");
    nor_model_free(&base.chip);
    nor_model_free(&cut.chip);
    case_end();
    return 0;
}

// Whether this point is among those that are tried.
static bool is_chosen(void)
{
    if (offset++ % stride != 0) {
        return false;
    }
    points++;
    return true;
}

static bool is_same(const struct case_asset *a, const struct case_asset *b)
{
    return a->there == b->there && a->size == b->size && a->capacity == b->capacity &&
           a->flags == b->flags && memcmp(a->data, b->data, sizeof(a->data)) == 0;
}

static void start(void)
{
    nor_model_start(&case_chip);
    assert_int_equal(case_mount(), 0);
}

// Everything is as it was, but the asset of the step, which is old or new: which one.
static bool look(uint32_t slot)
{
    bool is_new = case_is(slot, &new);

    assert_true(is_new || case_is(slot, &old));
    assert_int_equal(case_differs(slot), CASE_SLOTS);
    return is_new;
}

// The store goes on after a power cut: what was found stays, and what is written is there.
static void live_on(uint32_t slot)
{
    const struct case_step step = {
        .action = CASE_SET, .slot = CASE_SLOTS - 1, .size = 40, .seed = (uint32_t)points
    };
    bool same = is_same(&old, &new);
    bool is_new = look(slot);

    start();
    assert_true(look(slot) == is_new || same);
    assert_int_equal(case_step(&step), 0);
    assert_true(look(slot) == is_new || same);
    start();
    assert_true(look(slot) == is_new || same);
    case_assets[CASE_SLOTS - 1].there = false;
}

// What the bits that were on their way read as in the first start and in the next
static const enum nor_model_mood moods[][2] = {
    { NOR_MODEL_OLD, NOR_MODEL_PROGRAMMED },
    { NOR_MODEL_PROGRAMMED, NOR_MODEL_OLD },
    { NOR_MODEL_ANY, NOR_MODEL_ANY },
};

// Power fails in each change of the mount after a power cut, in which the bits on their way read as `mood` says, and in that mount's mount
static void cut_mounts(uint32_t slot, enum nor_model_mood mood)
{
    uint64_t changes;

    go_back(&cut);
    case_chip.mood = mood;
    start();
    changes = case_chip.changes - cut.chip.changes;
    for (uint64_t k = 1; k <= changes; k++) {
        for (unsigned int how = 0; how < NOR_MODEL_CUTS; how++) {
            if (!is_chosen()) {
                continue;
            }
            go_back(&cut);
            case_chip.mood = mood;
            nor_model_start(&case_chip);
            case_chip.random += (uint32_t)points;
            case_chip.cut_at = cut.chip.changes + k;
            case_chip.cut = (enum nor_model_cut)how;
            (void)!case_mount();
            assert_false(case_chip.powered);
            case_chip.mood = moods[points % ARRAY_COUNT(moods)][0];
            start();
            case_chip.mood = moods[points % ARRAY_COUNT(moods)][1];
            live_on(slot);
        }
    }
}

// Power fails in one change of the step.
static void cut_step(const struct case_step *step, uint64_t change, enum nor_model_cut how)
{
    uint32_t slot = step != NULL ? step->slot : 0;
    int error;

    go_back(&base);
    case_chip.random += (uint32_t)points;
    case_chip.cut_at = base.chip.changes + change;
    case_chip.cut = how;
    error = step != NULL ? case_do(step) : case_mount();
    assert_true(error != ERR_NONE || step == NULL); // a store that cannot be written mounts
    assert_false(case_chip.powered);
    keep(&cut);
    for (size_t i = 0; i < ARRAY_COUNT(moods); i++) {
        go_back(&cut);
        case_chip.mood = moods[i][0];
        start();
        case_chip.mood = moods[i][1];
        live_on(slot);
    }
    cut_mounts(slot, NOR_MODEL_OLD);
    cut_mounts(slot, NOR_MODEL_PROGRAMMED);
}

// Does a step, with a power cut at every point of it; NULL: a mount.
static void try_step(const struct case_step *step)
{
    const uint32_t usual = stride;
    uint32_t slot = step != NULL ? step->slot : 0;
    uint64_t changes;
    int error;

    old = case_assets[slot];
    new = case_assets[slot];
    keep(&base);
    error = step != NULL ? case_do(step) : case_mount();
    if (step != NULL && error == ERR_NO_MEMORY) { // more than is promised: nothing was changed
        assert_true(case_chip.changes == base.chip.changes);
        return;
    }
    assert_int_equal(error, 0);
    changes = case_chip.changes - base.chip.changes;
    if (step != NULL) {
        assert_true(case_predict(&new, step));
    }
    // Where a block is opened and others are cleaned most can go wrong
    if (case_chip.count[NOR_MODEL_ERASE] != base.chip.count[NOR_MODEL_ERASE] && stride > 5) {
        stride = 5; // without a common divisor with the kinds of cuts
    }
    for (uint64_t k = 1; k <= changes; k++) {
        for (unsigned int how = 0; how < NOR_MODEL_CUTS; how++) {
            if (is_chosen()) {
                cut_step(step, k, (enum nor_model_cut)how);
            }
        }
    }
    stride = usual;
    go_back(&base);
    assert_int_equal(step != NULL ? case_step(step) : case_mount(), 0);
    assert_int_equal(case_chip.misuses, 0);
}

static void formatting(void **state)
{
    (void)state;
    nor_model_free(&case_chip);
    nor_model_create(&case_chip, BLOCK, COUNT);
    try_step(NULL);
}

static void each_kind_of_step(void **state)
{
    static const struct case_step steps[] = {
        { .action = CASE_SET, .slot = 0, .size = 32, .seed = 1 },
        { .action = CASE_SET, .slot = 0, .size = 32, .seed = 2 },
        { .action = CASE_SET, .slot = 1, .size = 2500, .seed = 3 },
        { .action = CASE_SET, .slot = 1, .size = 2048, .seed = 4 },
        { .action = CASE_CREATE, .slot = 2, .size = 4000 },
        { .action = CASE_WRITE, .slot = 2, .offset = 0, .size = 2040, .seed = 5 },
        { .action = CASE_WRITE, .slot = 2, .offset = 2040, .size = 20, .seed = 6 },
        { .action = CASE_WRITE, .slot = 2, .offset = 7, .size = 1, .seed = 7 },
        { .action = CASE_REMOVE, .slot = 0 },
        { .action = CASE_REMOVE, .slot = 2 },
        { .action = CASE_SET, .slot = 1, .size = 0, .seed = 8 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
        try_step(&steps[i]);
    }
}

static void a_long_life(void **state)
{
    uint32_t random = 11;

    (void)state;
    for (uint32_t i = 0; i < 640; i++) {
        struct case_step step = case_random(&random, SLOTS, MOST);

        if (i % 4 == 0) {
            try_step(&step);
        } else {
            int error = case_step(&step);

            assert_true(error == ERR_NONE || error == ERR_NO_MEMORY);
        }
        if (i % 8 == 7) { // a mount that has something to write
            nor_model_start(&case_chip);
            try_step(NULL);
        }
    }
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    assert_true(case_chip.count[NOR_MODEL_ERASE] > 2 * COUNT);
}

static void set_slot(uint32_t slot, uint32_t seed)
{
    const struct case_step step = { .action = CASE_SET, .slot = slot, .size = 1500, .seed = seed };

    assert_int_equal(case_step(&step), 0);
}

// Power fails in a block's header; the next mount finds nothing there and gives the generation to another block; then the header is there.
static void a_header_that_comes_back(void **state)
{
    uint8_t header[STORAGE_FIRST];
    uint16_t first = store.active;
    uint16_t torn;

    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        set_slot(i, i);
    }
    // Until what is left holds EPOCH, and no more of these
    for (uint32_t i = 0; store.active == first || storage_append_left() % 1600 < 600; i++) {
        const struct case_step step = { .action = CASE_SET, .slot = 5, .size = 60, .seed = i };

        assert_int_equal(case_step(&step), 0);
    }
    first = store.active;
    for (uint32_t i = 0; store.active == first; i++) {
        memcpy(&old, &case_assets[0], sizeof(old));
        keep(&base);
        set_slot(0, 10 + i);
    }
    torn = store.active;
    memcpy(header, case_chip.data + torn * BLOCK, sizeof(header));
    go_back(&base);
    case_assets[0] = old;
    start();
    assert_true(store.active == first); // there was room for EPOCH
    store.blocks[torn].bad = true;      // another block is opened next
    for (uint32_t i = 0; store.active == first; i++) {
        set_slot(0, 50 + i);
    }
    set_slot(1, 60);
    assert_true(store.active != torn);
    memset(case_chip.data + torn * BLOCK, 0xff, BLOCK);
    memcpy(case_chip.data + torn * BLOCK, header, sizeof(header));
    for (uint32_t i = 0; i < 3; i++) {
        start();
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        set_slot(2, 70 + i);
    }
    points++;
}

// Of the record of its first chunk
static uint32_t place_of(uint32_t slot)
{
    struct storage_name name = case_name(slot);

    return storage_index_chunk(storage_index_find(&name), 0)->offset;
}

// A commit that power failed in and that reads as none again, when the cleaner copies its record: the copy counts nevertheless, once
// the record's block is no more.
static void a_commit_that_goes_is_copied(void **state)
{
    uint32_t victim;
    uint32_t commit;
    uint32_t place;

    (void)state;
    set_slot(3, 1);
    place = place_of(3);
    commit = place + storage_record_size(1500) - (uint32_t)sizeof(struct storage_commit);
    victim = place / BLOCK;
    start(); // EPOCH says that it counts
    case_chip.data[commit] ^= 1;
    for (uint32_t i = 0; place / BLOCK == victim; i++) {
        assert_true(i < 2000);
        keep(&base);
        set_slot(0, 100 + i);
        place = place_of(3);
    }
    // Power fails when the block that it was in is erased, before the snapshot with its new place is there
    memset(case_chip.data + victim * BLOCK, 0xff, BLOCK);
    start();
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    points++;
}

// A chip that fails many changes in a row, and then works again
static void many_changes_fail(void **state)
{
    const struct case_step step = { .action = CASE_SET, .slot = 0, .size = 32, .seed = 3 };

    (void)state;
    set_slot(0, 1);
    for (uint32_t i = 0; i < 600; i++) {
        case_chip.fail_kind = NOR_MODEL_PROGRAM;
        case_chip.fail_at = case_chip.count[NOR_MODEL_PROGRAM] + 1;
        case_chip.fail_for_good = true;
        assert_int_equal(case_do(&step), ERR_IO);
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    }
    case_chip.fail_at = 0;
    set_slot(0, 2);
    set_slot(1, 2);
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    for (uint32_t i = 0; i < 3; i++) {
        start();
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        set_slot(2, 3 + i);
    }
    points++;
}

int main(void)
{
    static uint32_t strides[] = { 1, 5, 17 }; // for seconds, not for minutes
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(formatting, begin, end, &strides[0]),
        cmocka_unit_test_prestate_setup_teardown(each_kind_of_step, begin, end, &strides[1]),
        cmocka_unit_test_prestate_setup_teardown(a_long_life, begin, end, &strides[2]),
        cmocka_unit_test_prestate_setup_teardown(a_header_that_comes_back, begin, end, &strides[0]),
        cmocka_unit_test_prestate_setup_teardown(many_changes_fail, begin, end, &strides[0]),
        cmocka_unit_test_prestate_setup_teardown(a_commit_that_goes_is_copied, begin, end,
                                                 &strides[0]),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
