// SPDX-License-Identifier: BSD-3-Clause
//
// Faults of the chip and of the rollback counter that are neither power cuts nor somebody's work, and what they meet in the store when it is
// full, fails, or begins: a full table, a number that a failed change took, reads that are wrong once or until the next start, chips that
// fail for good, fuses that never settle. Each case was seen failing without the code that it is about.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "storage_case.h"

#define BLOCK 0x2000
#define COUNT 10

static struct nor_model kept;
static struct storage_store kept_store;

static int begin(void **state)
{
    (void)state;
    case_begin(BLOCK, COUNT);
    nor_model_create(&kept, BLOCK, COUNT);
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_int_equal(case_chip.misuses, 0);
    nor_model_free(&kept);
    case_end();
    return 0;
}

static void do_set(uint32_t slot, uint32_t size, uint32_t seed)
{
    const struct case_step step = { .action = CASE_SET, .slot = slot, .size = size, .seed = seed };

    assert_int_equal(case_step(&step), 0);
}

static int try_set(uint32_t slot, uint32_t size, uint32_t seed)
{
    const struct case_step step = { .action = CASE_SET, .slot = slot, .size = size, .seed = seed };

    return case_do(&step);
}

static void restart(void)
{
    nor_model_start(&case_chip);
    assert_int_equal(case_mount(), 0);
}

static uint32_t log_end(void)
{
    return store.active * store.flash.block_size + store.end;
}

static void keep(void)
{
    nor_model_copy(&kept, &case_chip);
    kept_store = store;
}

static void go_back(void)
{
    nor_model_copy(&case_chip, &kept);
    store = kept_store;
}

static void fail_from_now_on(enum nor_model_operation kind)
{
    case_chip.fail_kind = kind;
    case_chip.fail_at = case_chip.count[kind] + 1;
    case_chip.fail_for_good = true;
}

static void cut_in_change(uint64_t number, enum nor_model_cut how)
{
    case_chip.cut_at = case_chip.changes + number;
    case_chip.cut = how;
}

// Of the record of its first chunk
static uint32_t place_of(uint32_t slot)
{
    struct storage_name name = case_name(slot);

    return storage_index_chunk(storage_index_find(&name), 0)->offset;
}

static bool is_damaged(uint32_t slot)
{
    struct storage_name name = case_name(slot);
    uint32_t done;
    uint8_t byte;

    return storage_log_read(&name, 0, &byte, 1, &done) == ERR_CORRUPT;
}

// ---- Epochs and the counter

// Power fails between the counter's step and the first change; then the second EPOCH is damaged: the next start has an epoch of its own
// nevertheless.
static void an_epoch_is_one_start_s_though_it_is_damaged(void **state)
{
    uint32_t second;

    (void)state;
    do_set(0, 32, 1);
    restart();
    second = log_end() - storage_record_size(sizeof(struct storage_epoch_body));
    cut_in_change(2, NOR_MODEL_BEFORE);
    assert_int_equal(try_set(0, 32, 2), ERR_IO);
    case_chip.data[second + 20] ^= 1;
    restart();
    assert_int_equal(store.epoch, case_chip.counter + 1);
    for (uint32_t i = 0; i < 3; i++) {
        do_set(1, 32, 3 + i);
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        restart();
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        assert_int_equal(store.epoch, case_chip.counter + 1);
    }
}

// A fuse that power failed in reads as programmed in one start and not in the next: neither refuses the store.
static void a_fuse_that_never_settles(void **state)
{
    static const enum nor_model_mood moods[] = { NOR_MODEL_PROGRAMMED, NOR_MODEL_OLD, NOR_MODEL_OLD,
                                                 NOR_MODEL_PROGRAMMED };

    (void)state;
    do_set(0, 32, 1);
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t old = case_chip.counter;

        restart();
        cut_in_change(1, NOR_MODEL_MIDDLE); // the counter's step
        assert_int_equal(try_set(0, 32, 100 + i), ERR_IO);
        assert_true(case_chip.fuse_weak);
        for (uint32_t k = 0; k < 4; k++) {
            case_chip.mood = moods[(i + k) % ARRAY_COUNT(moods)];
            restart();
            assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        }
        do_set(1 + i % 3, 32, 200 + i);
        assert_true(case_chip.counter > old);
    }
}

// Power fails in the first record of an epoch, without a trace, and the fuse of its epoch does not count at the next start, which so has no
// EPOCH to write: nothing goes over the cells that were touched.
static void a_touched_place_behind_an_epoch(void **state)
{
    (void)state;
    do_set(0, 32, 1);
    for (unsigned int how = NOR_MODEL_FIRST; how < NOR_MODEL_AFTER; how++) {
        restart();
        cut_in_change(2, (enum nor_model_cut)how); // behind the counter's step
        assert_int_equal(try_set(0, 32, 2 + how), ERR_IO);
        case_chip.fuse_weak = true;
        case_chip.fuse_steady = case_chip.counter - 1;
        case_chip.mood = NOR_MODEL_OLD;
        restart();
        do_set(1, 32, 3 + how);
        assert_int_equal(case_chip.misuses, 0);
        restart();
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    }
}

// A step that the counter says failed and that is done, or not, when it is tried again.
static void a_counter_that_fails_and_goes_on(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 16; i++) {
        restart();
        fail_from_now_on(NOR_MODEL_ADVANCE);
        assert_int_equal(try_set(0, 32, 300 + i), ERR_IO);
        case_chip.fail_at = 0;
        if (i % 2 == 0) {
            do_set(0, 32, 400 + i);
        }
        restart();
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    }
}

// ---- One record costs one record

#define WIDE 0x20000
#define WIDE_COUNT 8

static struct storage_name many_name(uint32_t i)
{
    return (struct storage_name){ .owner = 7, .uid = 1000 + i };
}

static void set_many(uint32_t i)
{
    struct storage_name name = many_name(i);

    assert_int_equal(storage_log_set(&name, &i, sizeof(i), 0), 0);
}

static bool is_many(uint32_t i)
{
    struct storage_name name = many_name(i);
    uint32_t value;
    uint32_t done;

    return storage_log_read(&name, 0, &value, sizeof(value), &done) == 0 && value == i;
}

// As many assets as there can be; one is removed and another one made; the removal is damaged.
static void a_damaged_removal_in_a_full_table(void **state)
{
    const uint32_t gone = 5;
    struct storage_name name = many_name(gone);
    struct storage_info info;
    uint32_t places[8];

    (void)state;
    nor_model_free(&case_chip);
    case_begin(WIDE, WIDE_COUNT);
    for (uint32_t i = 0; i < STORAGE_ASSETS_MAX; i++) {
        set_many(i);
    }
    for (uint32_t i = 0; i < ARRAY_COUNT(places); i++) { // one after another
        name = many_name(gone + i);
        places[i] = log_end();
        assert_int_equal(storage_log_remove(&name), 0);
        set_many(STORAGE_ASSETS_MAX + i);
    }
    for (uint32_t i = 0; i < ARRAY_COUNT(places); i++) {
        case_chip.data[places[i] + 50] ^= 1; // its tag
        restart();
        for (uint32_t k = gone + ARRAY_COUNT(places); k < STORAGE_ASSETS_MAX + ARRAY_COUNT(places);
             k++) {
            assert_true(is_many(k));
        }
        name = many_name(gone + i);
        assert_int_equal(storage_log_info(&name, &info), 0);
        assert_false(is_many(gone + i)); // removed or not, nobody knows: not as if it were there
    }
    name = many_name(STORAGE_ASSETS_MAX + 100);
    assert_int_equal(storage_log_set(&name, "x", 1, 0), ERR_NO_MEMORY);
    set_many(gone); // heals
    for (uint32_t i = 1; i < ARRAY_COUNT(places); i++) {
        name = many_name(gone + i);
        assert_int_equal(storage_log_remove(&name), 0);
    }
    restart();
    assert_true(is_many(gone));
    assert_true(is_many(STORAGE_ASSETS_MAX));
}

// The number of a failed change is not used; the record behind it is damaged.
static void a_damaged_record_behind_failed_changes(void **state)
{
    (void)state;
    for (uint32_t failures = 1; failures < 5; failures++) {
        uint32_t place;

        do_set(0, 32, 1);
        do_set(2, 32, 1);
        for (uint32_t i = 0; i < failures; i++) {
            fail_from_now_on(NOR_MODEL_PROGRAM);
            assert_int_equal(try_set(0, 32, 2), ERR_IO);
        }
        case_chip.fail_at = 0;
        do_set(1, 32, 3);
        place = place_of(1);
        do_set(2, 32, 4);
        nor_model_copy(&kept, &case_chip);
        case_chip.data[place + 20] ^= 1;
        restart();
        assert_int_equal(case_differs(1), CASE_SLOTS);
        assert_true(is_damaged(1));
        restart();
        assert_int_equal(case_differs(1), CASE_SLOTS);
        assert_true(is_damaged(1));
        // As the last one, too, and with its block's snapshot damaged instead
        nor_model_copy(&case_chip, &kept);
        case_chip.data[place / BLOCK * BLOCK + STORAGE_FIRST + 60] ^= 1;
        restart();
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        restart();
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    }
}

static void the_last_record_behind_failed_changes(void **state)
{
    uint32_t place;

    (void)state;
    do_set(0, 32, 1);
    do_set(1, 32, 1);
    for (uint32_t i = 0; i < 3; i++) {
        fail_from_now_on(NOR_MODEL_PROGRAM);
        assert_int_equal(try_set(0, 32, 2), ERR_IO);
    }
    case_chip.fail_at = 0;
    do_set(1, 32, 3);
    place = place_of(1);
    case_chip.data[place + 20] ^= 1;
    for (uint32_t i = 0; i < 3; i++) {
        restart();
        assert_int_equal(case_differs(1), CASE_SLOTS);
        assert_true(is_damaged(1));
    }
    do_set(1, 32, 4);
    restart();
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
}

// Clients choose uids. With these, and 100 bytes, the second unit of a record's header is what a commit would be without its bit: power fails
// behind the header, and nothing was damaged.
static void no_uid_is_a_commit(void **state)
{
    static const struct storage_name names[] = {
        { .owner = 1, .uid = 0x115e441be1 },
        { .owner = 2, .uid = 0x115f883d4a },
        { .owner = 3, .uid = 0x11e9e322ec },
        { .owner = 4, .uid = 0x115c10701c },
    };
    static const uint8_t data[100];

    (void)state;
    do_set(0, 32, 1);
    for (uint32_t i = 0; i < ARRAY_COUNT(names); i++) {
        struct storage_info info;

        restart();
        do_set(0, 32, 2 + i);
        cut_in_change(2, NOR_MODEL_MIDDLE);
        assert_int_equal(storage_log_set(&names[i], data, sizeof(data), 0), ERR_IO);
        case_chip.mood = NOR_MODEL_OLD;
        restart();
        assert_int_equal(store.damaged, 0);
        assert_int_equal(store.lost_count, 0);
        assert_int_equal(storage_log_info(&names[i], &info), ERR_NOT_FOUND);
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    }
}

// ---- Promised room

// A store that is as full as it may be; power fails in changes and mounts. Whatever is there can be overwritten with as much.
static void fill_and_cut(uint32_t size, uint32_t blocks, uint32_t rounds)
{
    uint32_t random = size;
    uint32_t count = 0;

    nor_model_free(&case_chip);
    case_begin(0x4000, blocks);
    while (count < CASE_SLOTS && try_set(count, size, count) == 0) {
        do_set(count, size, count);
        count++;
    }
    assert_true(count > 1 && count < CASE_SLOTS);
    for (uint32_t i = 0; i < rounds; i++) {
        uint32_t slot = i % count;

        random = random * 1664525 + 1013904223;
        case_chip.mood = (enum nor_model_mood)(random >> 20 & 3);
        cut_in_change(1 + (random >> 24) % 24,
                      (enum nor_model_cut)((random >> 12) % NOR_MODEL_CUTS));
        (void)!try_set(slot, size, 1000 + i);
        for (uint32_t k = random >> 30; k != 0; k--) {
            nor_model_start(&case_chip);
            cut_in_change(1 + i % 7, (enum nor_model_cut)(i % NOR_MODEL_CUTS));
            (void)!case_mount();
        }
        restart();
        for (uint32_t k = 0; k < count; k++) {
            do_set((slot + k) % count, size, 2000 + i + k);
        }
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    }
}

static void promised_room_is_there_after_a_cut(void **state)
{
    (void)state;
    fill_and_cut(2500, 9, 100);
    fill_and_cut(9000, 10, 200);
    fill_and_cut(2048, 7, 300);
    fill_and_cut(5000, 8, 200);
    fill_and_cut(20000, 12, 100);
}

// ---- The chip reads wrong, or fails

// Sets another asset until this one's record lies in another block. Leaves what was before the last step in `kept`.
static void until_it_is_copied(uint32_t slot)
{
    uint32_t block = place_of(slot) / BLOCK;

    for (uint32_t i = 0; place_of(slot) / BLOCK == block; i++) {
        assert_true(i < 2000);
        nor_model_copy(&kept, &case_chip);
        do_set(1, 1500, i);
    }
}

static void the_cleaner_reads_again(void **state)
{
    (void)state;
    do_set(3, 700, 1);
    case_chip.misread_offset = place_of(3) + 100;
    case_chip.misreads = 2;
    until_it_is_copied(3);
    assert_int_equal(case_chip.misreads, 0);
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
}

static void a_reader_reads_again(void **state)
{
    (void)state;
    do_set(3, 700, 1);
    case_chip.misread_offset = place_of(3) + 100;
    case_chip.misreads = 2;
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    assert_int_equal(case_chip.misreads, 0);
}

static void a_mount_reads_again(void **state)
{
    (void)state;
    for (uint32_t at = 0; at < storage_record_size(300); at += 7) {
        do_set(3, 300, 1 + at);
        nor_model_start(&case_chip);
        case_chip.misread_offset = place_of(3) + at;
        case_chip.misreads = 1;
        assert_int_equal(case_mount(), 0);
        assert_int_equal(case_chip.misreads, 0);
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    }
}

// What cannot be read in this start may be read in the next: its block stays as long as there is room without it.
static void the_cleaner_leaves_what_it_cannot_read(void **state)
{
    uint32_t place;

    (void)state;
    do_set(3, 700, 1);
    place = place_of(3) + 100;
    for (uint32_t i = 0; i < 5; i++) {
        case_chip.data[place] ^= 1;
        for (uint32_t k = 0; k < 200; k++) {
            do_set(1, 1500, 10 * i + k);
        }
        case_chip.data[place] ^= 1;
        restart();
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    }
    until_it_is_copied(3);
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
}

// Every change on a chip that fails for good costs a few erases at most.
static void a_dead_chip_is_not_erased_for_ever(void **state)
{
    static const enum nor_model_operation kinds[] = { NOR_MODEL_PROGRAM, NOR_MODEL_ERASE };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        uint64_t before = case_chip.count[NOR_MODEL_ERASE];
        uint32_t bursts = 0;

        do_set(0, 32, 1);
        fail_from_now_on(kinds[i]);
        for (uint32_t k = 0; k < 100; k++) {
            uint64_t was = case_chip.count[NOR_MODEL_ERASE];
            int error;

            error = try_set(0, 1500, 2); // a chip that does not erase takes what it has room for
            bursts += case_chip.count[NOR_MODEL_ERASE] > was + 2;
            if (error == ERR_NONE) {
                const struct case_step step = { .action = CASE_SET, .size = 1500, .seed = 2 };

                assert_true(case_predict(&case_assets[0], &step));
            }
        }
        assert_true(case_chip.count[NOR_MODEL_ERASE] <= before + COUNT + 110);
        assert_true(bursts <= 1); // where all are tried
        case_chip.fail_at = 0;
        do_set(0, 32, 3);
        restart();
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    }
}

// ---- Two cuts in a row, and errors, that auditors thought of

// Sets slot 1 until a change erases `block`, and stops power right behind that erase.
static void cut_behind_the_erase_of(uint32_t block)
{
    const uint32_t before = case_chip.erases[block];

    for (uint32_t i = 0; case_chip.erases[block] == before; i++) {
        assert_true(i < 400);
        keep();
        assert_int_equal(try_set(1, 1500, 500 + i), 0);
        if (case_chip.erases[block] != before) {
            break;
        }
    }
    for (uint64_t k = 1; case_chip.powered; k++) {
        go_back();
        cut_in_change(k, NOR_MODEL_AFTER);
        (void)!try_set(1, 1500, 600);
        if (case_chip.erases[block] == before) { // not yet
            nor_model_start(&case_chip);
        }
    }
}

static void start_reading(enum nor_model_mood mood)
{
    case_chip.mood = mood;
    restart();
}

// All blocks fail while they are opened; what fits into the active one does not go there: one of the failed snapshots may be whole.
static void a_failed_snapshot_that_is_there(void **state)
{
    static uint8_t snapshot[BLOCK];
    uint32_t block;
    uint32_t size;

    (void)state;
    do_set(0, 32, 1);
    while (storage_append_left() >= 1200) {
        do_set(1, 800, 1);
    }
    keep();
    assert_int_equal(try_set(1, 1500, 2), 0);
    block = store.active;
    size = place_of(1) - block * BLOCK;
    memcpy(snapshot, case_chip.data + block * BLOCK, size);
    go_back();
    fail_from_now_on(NOR_MODEL_PROGRAM);
    assert_int_equal(try_set(1, 1500, 2), ERR_IO);
    case_chip.fail_at = 0;
    store.blocks[block].erases += 10; // another one is opened next
    do_set(0, 32, 2);
    assert_true(store.active != block);
    memset(case_chip.data + block * BLOCK, 0xff, BLOCK);
    memcpy(case_chip.data + block * BLOCK, snapshot, size);
    restart();
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
}

// The commit of the cleaner's copy reads as whole in one start, in which the original's block is erased, and not in the next.
static void a_copy_that_fades(void **state)
{
    static struct nor_model chip;
    static struct storage_store at;
    uint32_t block;
    uint64_t changes;

    (void)state;
    nor_model_create(&chip, BLOCK, COUNT);
    do_set(3, 700, 1);
    do_set(1, 1500, 1);
    block = place_of(3) / BLOCK;
    for (uint32_t i = 0; place_of(3) / BLOCK == block; i++) {
        nor_model_copy(&chip, &case_chip);
        at = store;
        assert_int_equal(try_set(1, 1500, i), 0);
    }
    changes = case_chip.changes - chip.changes;
    for (uint64_t k = 1; k <= changes; k++) {
        nor_model_copy(&case_chip, &chip);
        store = at;
        cut_in_change(k, NOR_MODEL_LAST);
        assert_int_equal(try_set(1, 1500, 50), ERR_IO);
        start_reading(NOR_MODEL_PROGRAMMED);
        cut_behind_the_erase_of(block);
        start_reading(NOR_MODEL_OLD);
        assert_int_equal(case_differs(1), CASE_SLOTS);
    }
    nor_model_free(&chip);
}

// A snapshot reads as whole in one start, in which there is no other block to be had than the one before, and not in the next.
static void a_snapshot_that_fades(void **state)
{
    uint64_t changes;
    uint32_t first;

    (void)state;
    do_set(0, 32, 1);
    while (storage_append_left() >= 1600) {
        do_set(1, 1500, 1);
    }
    first = store.active;
    keep();
    assert_int_equal(try_set(1, 1500, 2), 0);
    assert_true(store.active != first);
    changes = case_chip.changes - kept.changes;
    assert_int_equal(changes, 1 + 3 + 3); // erase, header and snapshot, record
    go_back();
    cut_in_change(4, NOR_MODEL_LAST); // the snapshot's commit
    assert_int_equal(try_set(1, 1500, 2), ERR_IO);
    start_reading(NOR_MODEL_PROGRAMMED);
    do_set(0, 32, 3);
    do_set(1, 32, 3);
    store.keep |= ~(UINT64_C(1) << first); // no other one is free
    cut_in_change(1, NOR_MODEL_AFTER);
    assert_int_equal(storage_append_open(), ERR_IO);
    assert_int_equal(case_chip.erases[first], kept.erases[first] + 1);
    start_reading(NOR_MODEL_OLD);
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
}

// Power fails in formatting and then in the first change: the counter does not say that there is a store before there is one.
static void a_format_that_fades(void **state)
{
    uint64_t changes;

    (void)state;
    changes = case_chip.changes; // of formatting
    for (uint64_t first = 1; first <= changes; first++) {
        for (uint64_t second = 1; second < 12; second++) {
            for (unsigned int how = 0; how < NOR_MODEL_CUTS; how++) {
                nor_model_free(&case_chip);
                nor_model_create(&case_chip, BLOCK, COUNT);
                case_chip.random += (uint32_t)(first * 100 + second);
                cut_in_change(first, NOR_MODEL_LAST);
                assert_int_equal(case_mount(), ERR_IO);
                start_reading(NOR_MODEL_PROGRAMMED);
                cut_in_change(second, (enum nor_model_cut)how);
                (void)!try_set(0, 32, 1);
                start_reading(NOR_MODEL_OLD);
                start_reading(NOR_MODEL_PROGRAMMED);
                assert_int_equal(case_differs(0), CASE_SLOTS);
            }
        }
    }
}

// The record that tells of a damaged one was itself torn, and fades: the damaged one's asset does not become old.
static void a_witness_that_fades(void **state)
{
    uint32_t place;

    (void)state;
    do_set(0, 32, 1);
    do_set(0, 32, 2);
    place = place_of(0);
    cut_in_change(2, NOR_MODEL_LAST); // the body
    assert_int_equal(try_set(2, 32, 3), ERR_IO);
    case_chip.data[place + 60] ^= 1;
    start_reading(NOR_MODEL_PROGRAMMED);
    assert_true(is_damaged(0));
    start_reading(NOR_MODEL_OLD);
    assert_true(is_damaged(0));
    assert_int_equal(case_differs(0), CASE_SLOTS);
}

// A record failed, and there is no block to write it again: it may be there nevertheless, so the flash is not just full.
static void a_failure_is_not_a_full_flash(void **state)
{
    (void)state;
    do_set(0, 32, 1);
    store.keep = UINT64_MAX;
    fail_from_now_on(NOR_MODEL_PROGRAM);
    assert_int_equal(try_set(0, 32, 2), ERR_IO);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_epoch_is_one_start_s_though_it_is_damaged),
        CASE(a_fuse_that_never_settles),
        CASE(a_touched_place_behind_an_epoch),
        CASE(a_counter_that_fails_and_goes_on),
        CASE(a_damaged_removal_in_a_full_table),
        CASE(a_damaged_record_behind_failed_changes),
        CASE(the_last_record_behind_failed_changes),
        CASE(no_uid_is_a_commit),
        CASE(promised_room_is_there_after_a_cut),
        CASE(the_cleaner_reads_again),
        CASE(a_reader_reads_again),
        CASE(a_mount_reads_again),
        CASE(the_cleaner_leaves_what_it_cannot_read),
        CASE(a_dead_chip_is_not_erased_for_ever),
        CASE(a_failed_snapshot_that_is_there),
        CASE(a_copy_that_fades),
        CASE(a_snapshot_that_fades),
        CASE(a_format_that_fades),
        CASE(a_witness_that_fades),
        CASE(a_failure_is_not_a_full_flash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
