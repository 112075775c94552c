// SPDX-License-Identifier: BSD-3-Clause
//
// Flash that is not what the store wrote: every bit of records, headers and snapshots turned, records and blocks swapped, older
// images and parts of them put back, cut off, of another key. What is read is the asset's value or an error, never anything else;
// one damaged record costs the asset it belongs to.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "storage_case.h"
#include "storage_seal.h"

#define BLOCK 0x2000
#define COUNT 10
#define SLOTS 6

static struct nor_model good;
static struct nor_model older;

static void do_set(uint32_t slot, uint32_t size, uint32_t seed)
{
    const struct case_step step = { .action = CASE_SET, .slot = slot, .size = size, .seed = seed };

    assert_int_equal(case_step(&step), 0);
}

static void do_write(uint32_t slot, uint32_t offset, uint32_t size, uint32_t seed)
{
    const struct case_step step = {
        .action = CASE_WRITE, .slot = slot, .offset = offset, .size = size, .seed = seed
    };

    assert_int_equal(case_step(&step), 0);
}

static void restart(void)
{
    nor_model_start(&case_chip);
    assert_int_equal(case_mount(), 0);
}

static int begin(void **state)
{
    (void)state;
    case_begin(BLOCK, COUNT);
    nor_model_create(&good, BLOCK, COUNT);
    nor_model_create(&older, BLOCK, COUNT);
    do_set(0, 32, 1);
    do_set(1, 2300, 2);
    do_set(2, 0, 3);
    do_set(3, 700, 4);
    do_write(1, 2100, 10, 5);
    do_set(0, 40, 6);
    do_set(4, 100, 7);
    return 0;
}

static int end(void **state)
{
    (void)state;
    nor_model_free(&good);
    nor_model_free(&older);
    case_end();
    return 0;
}

enum fate { WHOLE, DAMAGED, GONE, WRONG };

static enum fate fate_of(uint32_t slot)
{
    static uint8_t data[STORAGE_ASSET_MAX];
    struct storage_name name = case_name(slot);
    struct storage_info info;
    uint32_t done;
    int error;

    if (case_is(slot, &case_assets[slot])) {
        return WHOLE;
    }
    error = storage_log_info(&name, &info);
    if (error == ERR_NOT_FOUND) {
        return GONE;
    }
    if (error == ERR_CORRUPT) {
        return DAMAGED;
    }
    memset(data, 0xee, sizeof(data));
    error = storage_log_read(&name, 0, data, sizeof(data), &done);
    for (uint32_t i = 0; error != ERR_NONE && i < sizeof(data); i++) {
        if (data[i] != 0xee && data[i] != 0) {
            return WRONG; // something that was not authenticated came out
        }
    }
    return error == ERR_CORRUPT && done == 0 ? DAMAGED : WRONG;
}

// Everything but `victim` is whole; that is whole or damaged, and can be set anew or removed.
static enum fate check_damage(uint32_t victim)
{
    enum fate fate;

    nor_model_start(&case_chip);
    assert_int_equal(case_mount(), 0);
    assert_int_equal(case_differs(victim), CASE_SLOTS);
    fate = victim < CASE_SLOTS ? fate_of(victim) : WHOLE;
    assert_true(fate == WHOLE || fate == DAMAGED);
    return fate;
}

static void mend(uint32_t victim)
{
    const struct case_asset was = case_assets[victim];

    assert_int_equal(case_mount(), 0);
    assert_int_equal(fate_of(victim), DAMAGED);
    do_set(victim, 50, 99);
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    restart();
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    case_assets[victim] = was;
}

static void mend_by_removing(uint32_t victim)
{
    const struct case_asset was = case_assets[victim];
    const struct case_step step = { .action = CASE_REMOVE, .slot = victim };

    assert_int_equal(case_mount(), 0);
    assert_int_equal(case_step(&step), 0);
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    restart();
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    case_assets[victim] = was;
}

static uint32_t step_of_bits(void)
{
    return getenv("TESSERA_SOAK") != NULL
               ? 1
               : 3; // 3 and 8 have no common divisor: all positions in a byte
}

// Turns each bit of a record, header to tag.
static void turn_bits_of(uint32_t slot, uint32_t part)
{
    struct storage_name name = case_name(slot);
    const struct storage_asset *asset = storage_index_find(&name);
    const struct storage_chunk *chunk = storage_index_chunk(asset, part);
    uint32_t length = storage_index_length(asset->size, part);
    uint32_t at = chunk->offset;
    uint32_t sealed = (uint32_t)sizeof(struct storage_record) + length + STORAGE_TAG;
    uint32_t damaged = 0;

    nor_model_copy(&good, &case_chip);
    for (uint32_t bit = 0; bit < 8 * storage_record_size(length); bit += step_of_bits()) {
        enum fate fate;

        nor_model_copy(&case_chip, &good);
        case_chip.data[at + bit / 8] ^= (uint8_t)(1u << bit % 8);
        fate = check_damage(slot);
        // Padding and commit are not the asset's, and the record behind confirms it
        assert_int_equal(fate, bit / 8 < sealed ? DAMAGED : WHOLE);
        damaged += fate == DAMAGED;
        if (bit % (128 * step_of_bits()) == 0 && fate == DAMAGED) {
            nor_model_copy(&older, &case_chip);
            mend(slot);
            nor_model_copy(&case_chip, &older);
            mend_by_removing(slot);
        }
    }
    assert_int_not_equal(damaged, 0);
    nor_model_copy(&case_chip, &good);
    restart();
}

static void each_bit_of_a_record_behind_the_snapshot(void **state)
{
    (void)state;
    for (uint32_t slot = 0; slot < 4; slot++) {
        turn_bits_of(slot, 0);
    }
    turn_bits_of(1, 1);
    restart();
    turn_bits_of(4, 0); // the last one that was written, with an EPOCH behind it
}

// Writes until another block is the active one, and these assets lie in older ones.
static void age(void)
{
    uint16_t first = store.active;
    uint32_t seed = 1000;

    for (uint32_t opened = 0; opened < 3; opened += store.active != first, first = store.active) {
        do_set(5, 1500, seed++);
    }
}

static void each_bit_of_a_record_in_the_snapshot(void **state)
{
    (void)state;
    age();
    turn_bits_of(0, 0);
    turn_bits_of(1, 0);
    turn_bits_of(1, 1);
    turn_bits_of(3, 0); // not 2, without data: all that it has is in the snapshot
}

static void each_bit_of_header_and_snapshot(void **state)
{
    struct storage_record piece; // it is one
    uint32_t base;
    uint32_t size;

    (void)state;
    age();
    do_set(0, 33, 50); // something behind the snapshot
    base = store.active * BLOCK;
    memcpy(&piece, case_chip.data + base + STORAGE_FIRST, sizeof(piece));
    assert_int_equal(piece.part, STORAGE_PART_FIRST | STORAGE_PART_LAST);
    size = STORAGE_FIRST + storage_record_size(piece.length);
    nor_model_copy(&good, &case_chip);
    for (uint32_t bit = 0; bit < 8 * size; bit += step_of_bits()) {
        nor_model_copy(&case_chip, &good);
        case_chip.data[base + bit / 8] ^= (uint8_t)(1u << bit % 8);
        check_damage(CASE_SLOTS);
        if (bit % (64 * step_of_bits()) == 0) {
            do_set(3, 20, 8);
            restart();
            assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
            nor_model_copy(&case_chip, &good);
            restart();
            do_set(3, 700, 4);
        }
    }
}

static void each_bit_of_an_epoch(void **state)
{
    uint32_t base;
    uint32_t from;

    (void)state;
    do_set(3, 30, 60);
    base = store.active * BLOCK;
    from = store.end;
    restart();
    do_set(4, 30, 61);
    nor_model_copy(&good, &case_chip);
    for (uint32_t bit = 0; bit < 8 * (STORAGE_GAP + 2 * storage_record_size(16));
         bit += step_of_bits()) {
        nor_model_copy(&case_chip, &good);
        case_chip.data[base + from + bit / 8] ^= (uint8_t)(1u << bit % 8);
        check_damage(CASE_SLOTS);
    }
    nor_model_copy(&case_chip, &good);
}

// The last record of all has nobody behind it that confirms it: without its commit it looks like one that power failed on.
static void the_last_record(void **state)
{
    struct storage_name name = case_name(3);
    static struct case_asset was;
    struct storage_asset *asset;
    uint32_t at;
    uint32_t size = storage_record_size(60);

    (void)state;
    was = case_assets[3];
    do_set(3, 60, 70);
    asset = storage_index_find(&name);
    at = storage_index_chunk(asset, 0)->offset;
    nor_model_copy(&good, &case_chip);
    for (uint32_t bit = 0; bit < 8 * size; bit += step_of_bits()) {
        // STORAGE_COMMIT_BIT does not matter behind its own record
        bool in_commit = bit / 8 >= size - sizeof(struct storage_commit) && bit != 8 * size - 9;
        bool sealed = bit / 8 < sizeof(struct storage_record) + 60 + STORAGE_TAG;

        nor_model_copy(&case_chip, &good);
        case_chip.data[at + bit / 8] ^= (uint8_t)(1u << bit % 8);
        restart();
        assert_int_equal(case_differs(3), CASE_SLOTS);
        assert_true(in_commit ? case_is(3, &was) : fate_of(3) == (sealed ? DAMAGED : WHOLE));
        restart(); // and stays what it was found to be
        assert_int_equal(case_differs(3), CASE_SLOTS);
        assert_true(in_commit ? case_is(3, &was) : fate_of(3) == (sealed ? DAMAGED : WHOLE));
    }
}

// Two that are damaged, nothing behind them: which other assets lost a record, nobody can tell for certain.
static void the_last_two_records(void **state)
{
    uint32_t places[2];

    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        places[i] = store.active * BLOCK + store.end;
        do_set(3 + i, 60, 70 + i);
    }
    for (uint32_t i = 0; i < 2; i++) {
        case_chip.data[places[i] + 60] ^= 1;
    }
    nor_model_start(&case_chip);
    assert_int_equal(case_mount(), ERR_CORRUPT);
}

static void a_created_asset_is_not_forgotten(void **state)
{
    struct storage_name name = case_name(5);
    struct storage_info info;
    uint32_t at;

    (void)state;
    at = store.active * BLOCK + store.end;
    do_set(5, 64, 80);
    do_set(0, 12, 81);
    case_chip.data[at + 60] ^= 4;
    restart();
    assert_int_equal(case_differs(5), CASE_SLOTS);
    assert_int_equal(storage_log_info(&name, &info), ERR_CORRUPT);
    assert_int_equal(storage_log_create(&name, 10, 0), ERR_CORRUPT);
    assert_int_equal(storage_log_write(&name, 0, "x", 1), ERR_CORRUPT);
    // Still so when the index has gone through a snapshot
    for (uint32_t i = 0; i < 30; i++) {
        do_set(4, 1000, 82 + i);
    }
    restart();
    assert_int_equal(storage_log_info(&name, &info), ERR_CORRUPT);
    do_set(5, 10, 90);
    restart();
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
}

static void a_removed_asset_does_not_come_back(void **state)
{
    const struct case_step step = { .action = CASE_REMOVE, .slot = 3 };
    uint32_t at = store.active * BLOCK + store.end;

    (void)state;
    assert_int_equal(case_step(&step), 0);
    do_set(0, 12, 81);
    case_chip.data[at + 50] ^= 1; // the removal's tag
    restart();
    assert_int_equal(case_differs(3), CASE_SLOTS);
    assert_int_equal(fate_of(3), DAMAGED);
}

// ---- Older contents

// Whole, damaged, or the store refuses: nothing is old.
static void check_no_old_value(void)
{
    int error;

    nor_model_start(&case_chip);
    error = case_mount();
    assert_true(error == ERR_NONE || error == ERR_CORRUPT);
    for (uint32_t slot = 0; error == ERR_NONE && slot < CASE_SLOTS; slot++) {
        enum fate fate = fate_of(slot);

        assert_true(fate == WHOLE || fate == DAMAGED);
    }
}

// `older` is what was there two restarts with changes ago. What was there since the last one can be put back (FORMAT.md, "Replay").
static void become_newer(void)
{
    nor_model_copy(&older, &case_chip);
    restart();
    do_set(0, 32, 200);
    do_set(1, 2300, 201);
    do_write(1, 100, 5, 202);
    age();
    restart();
    do_set(0, 34, 203);
    nor_model_copy(&good, &case_chip);
}

static void an_older_image_is_refused(void **state)
{
    (void)state;
    become_newer();
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t counter = case_chip.counter;

        nor_model_copy(&case_chip, &older);
        case_chip.counter = counter;
        assert_int_equal(case_mount(), ERR_CORRUPT);
        assert_int_equal(memcmp(case_chip.data, older.data, BLOCK * COUNT), 0); // untouched
        assert_int_equal(case_mount(), ERR_CORRUPT);
        nor_model_copy(&case_chip, &good);
        restart();
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        do_set(2, 5, 204 + i);
        become_newer();
    }
}

static void a_counter_that_went_back_is_noticed(void **state)
{
    (void)state;
    become_newer();
    restart();
    do_set(0, 1, 1);
    assert_true(case_chip.counter >= 3);
    case_chip.counter -= 2;
    nor_model_start(&case_chip);
    assert_int_equal(case_mount(), ERR_CORRUPT);
}

static void older_blocks_are_noticed(void **state)
{
    (void)state;
    become_newer();
    for (uint32_t i = 0; i < COUNT; i++) {
        for (uint32_t k = 0; k < COUNT; k++) {
            nor_model_copy(&case_chip, &good);
            memcpy(case_chip.data + i * BLOCK, older.data + k * BLOCK, BLOCK);
            check_no_old_value();
        }
    }
}

static void swapped_blocks_are_noticed(void **state)
{
    (void)state;
    become_newer();
    for (uint32_t i = 0; i < COUNT; i++) {
        for (uint32_t k = 0; k < i; k++) {
            nor_model_copy(&case_chip, &good);
            memcpy(case_chip.data + i * BLOCK, good.data + k * BLOCK, BLOCK);
            memcpy(case_chip.data + k * BLOCK, good.data + i * BLOCK, BLOCK);
            check_no_old_value();
        }
    }
}

#define MANY 70 // assets: the snapshot has two pieces
#define WIDE 0x4000

static struct storage_name many_name(uint32_t i)
{
    return (struct storage_name){ .owner = 7, .uid = 1000 + i };
}

static void set_many(uint32_t i, uint8_t value)
{
    const uint8_t data[8] = { value, 1, 2, 3, 4, 5, 6, 7 };
    struct storage_name name = many_name(i);

    assert_int_equal(storage_log_set(&name, data, sizeof(data), 0), 0);
}

static void fill_block(void)
{
    uint16_t active = store.active;

    for (uint32_t i = 0; store.active == active; i++) {
        set_many(0, (uint8_t)i);
    }
}

// Two histories that open the same block with the same generation, in two epochs: a piece of the older index in the newer one.
static void pieces_of_two_snapshots_are_noticed(void **state)
{
    const uint32_t second = STORAGE_FIRST + STORAGE_RECORD_MAX;
    const struct storage_name name = many_name(MANY - 1);
    uint8_t data[8];
    uint32_t block;
    uint32_t generation;
    uint32_t done;

    (void)state;
    nor_model_free(&good);
    nor_model_free(&older);
    nor_model_create(&good, WIDE, COUNT);
    nor_model_create(&older, WIDE, COUNT);
    nor_model_free(&case_chip);
    case_begin(WIDE, COUNT);
    for (uint32_t i = 0; i < MANY; i++) {
        set_many(i, 1);
    }
    fill_block();
    nor_model_copy(&older, &case_chip);
    fill_block();
    block = store.active;
    generation = store.generation;
    nor_model_copy(&good, &case_chip);
    nor_model_copy(&case_chip, &older);
    restart();
    set_many(MANY - 1, 2);
    fill_block();
    assert_int_equal(store.active, block);
    assert_int_equal(store.generation, generation);
    assert_int_equal(case_chip.counter, good.counter + 1);
    memcpy(case_chip.data + block * WIDE + second, good.data + block * WIDE + second,
           STORAGE_RECORD_MAX);
    restart();
    assert_int_equal(storage_log_read(&name, 0, data, sizeof(data), &done), 0);
    assert_int_equal(data[0], 2);
}

static void records_of_others_are_noticed(void **state)
{
    uint32_t places[64];
    uint32_t count = 0;

    (void)state;
    for (uint32_t i = 0; i < 12; i++) { // equal in length, some obsolete, of several owners
        places[count++] = store.active * BLOCK + store.end;
        do_set(i % 6, 16, 300 + i);
    }
    nor_model_copy(&good, &case_chip);
    restart();
    nor_model_copy(&good, &case_chip);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < count; k++) {
            nor_model_copy(&case_chip, &good);
            memcpy(case_chip.data + places[i], good.data + places[k], storage_record_size(16));
            check_no_old_value();
        }
    }
}

// A record of which nothing is left, or another one is in its place: its asset is known by the record behind.
static void a_record_that_is_wiped(void **state)
{
    static const uint8_t fills[] = { 0xff, 0x00, 0x55 };
    uint32_t places[6];
    uint32_t size = storage_record_size(100);

    (void)state;
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < 6; i++) { // the second time all are there
            do_set(i, 100, 500 + 10 * pass + i);
            places[i] = store.active * BLOCK + store.end - size;
        }
    }
    nor_model_copy(&good, &case_chip);
    for (uint32_t restarted = 0; restarted < 2; restarted++) {
        for (uint32_t i = 0; i + 1 < 6; i++) {
            for (uint32_t fill = 0; fill <= ARRAY_COUNT(fills); fill++) {
                nor_model_copy(&case_chip, &good);
                if (fill < ARRAY_COUNT(fills)) {
                    memset(case_chip.data + places[i], fills[fill], size);
                } else {
                    memcpy(case_chip.data + places[i], case_chip.data + places[i] - 6 * size, size);
                }
                assert_int_equal(check_damage(i), DAMAGED);
            }
        }
        nor_model_copy(&case_chip, &good);
        restart();
        nor_model_copy(&good, &case_chip);
    }
}

// Flash that is put back where nothing counts: the same number is used again, and still no nonce for two messages.
static void no_nonce_is_used_twice(void **state)
{
    struct storage_record first;
    struct storage_record second;
    struct storage_record again;
    uint32_t at;

    (void)state;
    case_chip.no_counter = true;
    restart();
    at = store.active * BLOCK + store.end;
    nor_model_copy(&older, &case_chip);
    do_set(0, 100, 400);
    memcpy(&first, case_chip.data + at, sizeof(first));
    nor_model_copy(&good, &case_chip);
    store.end -= storage_record_size(100); // the same moment again
    store.number--;
    store.next_number--;
    store.name = first.previous;
    nor_model_copy(&case_chip, &older);
    do_set(0, 100, 401);
    memcpy(&second, case_chip.data + at, sizeof(second));
    assert_int_equal(first.epoch, second.epoch);
    assert_int_equal(first.number, second.number);
    assert_true(first.id != second.id);
    // And equal messages are equal records
    store.end -= storage_record_size(100);
    store.number--;
    store.next_number--;
    store.name = first.previous;
    nor_model_copy(&case_chip, &older);
    do_set(0, 100, 400);
    memcpy(&again, case_chip.data + at, sizeof(again));
    assert_memory_equal(&first, &again, sizeof(first));
    assert_memory_equal(case_chip.data + at, good.data + at, storage_record_size(100));
}

static void flash_that_is_cut_off_is_noticed(void **state)
{
    struct storage_flash flash = nor_model_flash(&case_chip);
    struct storage_counter counter = nor_model_counter(&case_chip);

    (void)state;
    age();
    flash.block_count--;
    assert_int_equal(storage_log_mount(&flash, &counter, case_key), ERR_CORRUPT);
    nor_model_copy(&good, &case_chip);
    for (uint32_t blocks = 0; blocks < COUNT; blocks++) {
        nor_model_copy(&case_chip, &good);
        memset(case_chip.data + blocks * BLOCK, 0xff, (COUNT - blocks) * BLOCK);
        if (blocks == 0) { // blank, and the counter knows better
            assert_int_equal(case_mount(), ERR_CORRUPT);
        }
        nor_model_copy(&case_chip, &good);
        memset(case_chip.data + blocks * BLOCK, 0, (COUNT - blocks) * BLOCK);
        if (blocks == 0) {
            assert_int_equal(case_mount(), ERR_CORRUPT);
        }
    }
}

static void another_key_and_version_are_refused(void **state)
{
    static const uint8_t key[STORAGE_KEY_SIZE] = "another sealing key, 32 bytes ..";
    struct storage_flash flash = nor_model_flash(&case_chip);
    struct storage_counter counter = nor_model_counter(&case_chip);
    struct storage_block_header header;

    (void)state;
    nor_model_copy(&good, &case_chip);
    assert_int_equal(storage_log_mount(&flash, &counter, key), ERR_CORRUPT);
    case_chip.counter = 0; // new fuses, old flash
    assert_int_equal(storage_log_mount(&flash, &counter, key), ERR_CORRUPT);
    assert_int_equal(memcmp(case_chip.data, good.data, BLOCK * COUNT), 0);
    memcpy(&header, case_chip.data, sizeof(header));
    header.version++;
    storage_seal_block(&header);
    memcpy(case_chip.data, &header, sizeof(header));
    assert_int_equal(case_mount(), ERR_VERSION);
}

static void nothing_works_on_a_refused_store(void **state)
{
    struct storage_name name = case_name(0);
    struct storage_info info;
    struct storage_stats stats;
    struct storage_usage usage;
    uint32_t done;
    uint8_t byte;

    (void)state;
    memset(case_chip.data, 0, BLOCK * COUNT);
    assert_int_equal(case_mount(), ERR_CORRUPT);
    assert_int_equal(storage_log_info(&name, &info), ERR_CORRUPT);
    assert_int_equal(storage_log_read(&name, 0, &byte, 1, &done), ERR_CORRUPT);
    assert_int_equal(storage_log_set(&name, "x", 1, 0), ERR_CORRUPT);
    assert_int_equal(storage_log_create(&name, 1, 0), ERR_CORRUPT);
    assert_int_equal(storage_log_write(&name, 0, "x", 1), ERR_CORRUPT);
    assert_int_equal(storage_log_remove(&name), ERR_CORRUPT);
    storage_log_stats(&stats);
    assert_int_equal(stats.blocks, 0);
    storage_log_usage(0, &usage);
    assert_int_equal(usage.assets, 0);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_bit_of_a_record_behind_the_snapshot),
        CASE(each_bit_of_a_record_in_the_snapshot),
        CASE(each_bit_of_header_and_snapshot),
        CASE(each_bit_of_an_epoch),
        CASE(the_last_record),
        CASE(the_last_two_records),
        CASE(a_created_asset_is_not_forgotten),
        CASE(a_removed_asset_does_not_come_back),
        CASE(an_older_image_is_refused),
        CASE(a_counter_that_went_back_is_noticed),
        CASE(older_blocks_are_noticed),
        CASE(swapped_blocks_are_noticed),
        CASE(pieces_of_two_snapshots_are_noticed),
        CASE(records_of_others_are_noticed),
        CASE(a_record_that_is_wiped),
        CASE(no_nonce_is_used_twice),
        CASE(flash_that_is_cut_off_is_noticed),
        CASE(another_key_and_version_are_refused),
        CASE(nothing_works_on_a_refused_store),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
