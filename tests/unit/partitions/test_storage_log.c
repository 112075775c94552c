// SPDX-License-Identifier: BSD-3-Clause
//
// The store on a model of the chip: what each function does and refuses, against plain memory; room, wear, and what mounting costs.
// Power cuts are in test_storage_power.c, damaged flash in test_storage_tamper.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "storage_case.h"

#define SMALL_BLOCK 0x2000
#define SMALL_COUNT 10

static int begin_small(void **state)
{
    (void)state;
    case_begin(SMALL_BLOCK, SMALL_COUNT);
    return 0;
}

static int begin_real(void **state)
{
    (void)state;
    case_begin(0x40000, 16);
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_int_equal(case_chip.misuses, 0);
    case_end();
    return 0;
}

static void remount(void)
{
    nor_model_start(&case_chip);
    assert_int_equal(case_mount(), 0);
}

static void random_steps_are_what_memory_does(void **state)
{
    uint32_t random = 1;

    (void)state;
    for (uint32_t i = 0; i < 3000; i++) {
        struct case_step step = case_random(&random, CASE_SLOTS, 2500);
        int error = case_step(&step);

        assert_true(error == ERR_NONE || error == ERR_NO_MEMORY);
        if (i % 100 == 0) {
            assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        }
        if (i % 150 == 0) {
            remount();
            assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        }
    }
}

static void random_steps_with_the_largest_assets(void **state)
{
    uint32_t random = 7;

    (void)state;
    for (uint32_t i = 0; i < 400; i++) {
        struct case_step step = case_random(&random, CASE_SLOTS, STORAGE_ASSET_MAX);

        assert_int_equal(case_step(&step), 0);
        if (i % 100 == 99) {
            remount();
            assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        }
    }
}

// ---- What is refused

static void arguments_are_checked(void **state)
{
    static uint8_t data[STORAGE_ASSET_MAX + 1];
    struct storage_name name = { .owner = 0x10000, .space = 0, .uid = 5 };
    struct storage_name nowhere = { .owner = 0x10000, .space = 2, .uid = 5 };
    struct storage_info info;
    uint32_t done;

    (void)state;
    assert_int_equal(storage_log_info(&name, &info), ERR_NOT_FOUND);
    assert_int_equal(storage_log_read(&name, 0, data, 1, &done), ERR_NOT_FOUND);
    assert_int_equal(storage_log_write(&name, 0, data, 1), ERR_NOT_FOUND);
    assert_int_equal(storage_log_remove(&name), ERR_NOT_FOUND);
    assert_int_equal(storage_log_set(&name, data, STORAGE_ASSET_MAX + 1, 0), ERR_RANGE);
    assert_int_equal(storage_log_create(&name, STORAGE_ASSET_MAX + 1, 0), ERR_RANGE);
    assert_int_equal(storage_log_set(&name, data, 1, 0x80), ERR_INVALID);
    assert_int_equal(storage_log_create(&name, 1, 0x80), ERR_INVALID);
    assert_int_equal(storage_log_set(&nowhere, data, 1, 0), ERR_INVALID);
    assert_int_equal(storage_log_info(&name, &info), ERR_NOT_FOUND);

    assert_int_equal(storage_log_create(&name, 100, 7), 0);
    assert_int_equal(storage_log_create(&name, 100, 0), ERR_DUPLICATE);
    assert_int_equal(storage_log_write(&name, 1, data, 1), ERR_RANGE);
    assert_int_equal(storage_log_write(&name, 0, data, 101), ERR_RANGE);
    assert_int_equal(storage_log_write(&name, 0, data, UINT32_MAX), ERR_RANGE);
    assert_int_equal(storage_log_write(&name, UINT32_MAX, data, 2), ERR_RANGE);
    assert_int_equal(storage_log_write(&name, 0, data, 0), 0);
    assert_int_equal(storage_log_write(&name, 0, data, 60), 0);
    assert_int_equal(storage_log_write(&name, 60, data, 41), ERR_RANGE);
    assert_int_equal(storage_log_write(&name, 60, data, 40), 0);
    assert_int_equal(storage_log_read(&name, 101, data, 1, &done), ERR_RANGE);
    assert_int_equal(storage_log_read(&name, UINT32_MAX, data, 1, &done), ERR_RANGE);
    assert_int_equal(storage_log_read(&name, 100, data, 1, &done), 0);
    assert_int_equal(done, 0);
    assert_int_equal(storage_log_read(&name, 99, data, UINT32_MAX, &done), 0);
    assert_int_equal(done, 1);
    assert_int_equal(storage_log_info(&name, &info), 0);
    assert_int_equal(info.size, 100);
    assert_int_equal(info.capacity, 100);
    assert_int_equal(info.flags, 7);
}

static void names_are_apart(void **state)
{
    static const struct storage_name names[] = {
        { 0x00000001, 0, 1 }, { 0x00000001, 1, 1 }, { 0x00000002, 0, 1 },
        { 0x80010001, 0, 1 }, { 0x00000001, 0, 2 }, { 0x00000001, 0, UINT64_C(1) << 32 },
    };

    (void)state;
    for (uint32_t i = 0; i < ARRAY_COUNT(names); i++) {
        uint8_t value = (uint8_t)i;

        assert_int_equal(storage_log_set(&names[i], &value, 1, 0), 0);
    }
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < ARRAY_COUNT(names); i++) {
            uint8_t value = 0xee;
            uint32_t done;

            assert_int_equal(storage_log_read(&names[i], 0, &value, 1, &done), 0);
            assert_int_equal(value, i);
        }
        remount();
    }
}

static void usage_is_counted_for_an_endpoint(void **state)
{
    struct storage_name name = { .owner = 0x80010001, .uid = 1 };
    struct storage_usage usage;

    (void)state;
    assert_int_equal(storage_log_create(&name, 5000, 0), 0);
    name.owner = 0x80010002;
    assert_int_equal(storage_log_set(&name, "abc", 3, 0), 0);
    name.owner = 0x80020001;
    assert_int_equal(storage_log_set(&name, "abcd", 4, 0), 0);
    for (uint32_t pass = 0; pass < 2; pass++) {
        storage_log_usage(0x8001, &usage);
        assert_int_equal(usage.assets, 2);
        assert_int_equal(usage.bytes, 5003);
        storage_log_usage(0x8002, &usage);
        assert_int_equal(usage.assets, 1);
        assert_int_equal(usage.bytes, 4);
        storage_log_usage(0, &usage);
        assert_int_equal(usage.assets, 0);
        remount();
    }
}

static void geometry_is_checked(void **state)
{
    static const uint32_t bad[][2] = {
        { 0x2000, 6 }, { 0x2000, 65 }, { 0x3000, 16 }, { 0x800, 16 }, { 0, 16 }, { 0x2000000, 16 },
    };
    struct storage_flash flash = nor_model_flash(&case_chip);
    struct storage_counter counter = nor_model_counter(&case_chip);

    (void)state;
    for (uint32_t i = 0; i < ARRAY_COUNT(bad); i++) {
        flash.block_size = bad[i][0];
        flash.block_count = bad[i][1];
        assert_int_equal(storage_log_mount(&flash, &counter, case_key), ERR_INVALID);
    }
    assert_int_equal(case_mount(), 0);
}

// ---- Room

// Sets new assets of `size` bytes until the store refuses: how many there were, and that refusing changes nothing.
static uint32_t fill_up(uint32_t size)
{
    static uint8_t data[STORAGE_ASSET_MAX];
    struct storage_name name = { .owner = 7 << 16 };
    uint32_t count = 0;
    int error;

    memset(data, 0x5a, sizeof(data));
    for (;;) {
        struct storage_stats stats;
        uint64_t changes = case_chip.changes;

        storage_log_stats(&stats);
        name.uid = count + 1;
        error = storage_log_set(&name, data, size, 0);
        if (error != ERR_NONE) {
            assert_int_equal(error, ERR_NO_MEMORY);
            assert_true(stats.free_bytes < size || size == 0 || count == STORAGE_ASSETS_MAX);
            assert_true(case_chip.changes == changes);
            return count;
        }
        assert_true(stats.free_bytes >= size);
        count++;
    }
}

static void empty(uint32_t count)
{
    struct storage_name name = { .owner = 7 << 16 };

    for (uint32_t i = 0; i < count; i++) {
        name.uid = i + 1;
        assert_int_equal(storage_log_remove(&name), 0);
    }
}

static void full_is_full_at_the_same_place_each_time(void **state)
{
    static const uint32_t sizes[] = { 0, 32, 2047, 2048, 2049, 5000 };

    (void)state;
    for (uint32_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        uint32_t count = fill_up(sizes[i]);

        assert_int_not_equal(count, 0);
        empty(count);
        assert_int_equal(fill_up(sizes[i]), count);
        remount();
        empty(count);
    }
}

// What is there can be overwritten, and what was promised is written, however full it is.
static void a_full_store_keeps_its_promises(void **state)
{
    static uint8_t data[6000];
    struct storage_name promised = { .owner = 9 << 16, .uid = 1 };
    struct storage_name name = { .owner = 7 << 16 };
    uint32_t random = 5;
    uint32_t count;

    (void)state;
    assert_int_equal(storage_log_create(&promised, sizeof(data), 0), 0);
    count = fill_up(700);
    for (uint32_t i = 0; i < 2000; i++) {
        random = random * 1664525 + 1013904223;
        name.uid = (random >> 8) % count + 1;
        assert_int_equal(storage_log_set(&name, data, (random >> 20) % 701, 0), 0);
    }
    for (uint32_t at = 0; at < sizeof(data); at += 500) {
        assert_int_equal(storage_log_write(&promised, at, data, 500), 0);
    }
    for (uint32_t i = 0; i < 300; i++) {
        assert_int_equal(storage_log_write(&promised, i * 7, data, 1), 0);
    }
}

// STORAGE_DATA_CERTAIN in 640 assets: a mixture of the largest with many small ones, all equal, full chunks and a byte.
static void what_is_certain_fits(void **state)
{
    static uint8_t data[STORAGE_ASSET_MAX];
    static const uint32_t large[] = { STORAGE_ASSET_MAX, 3500, 2049, 6145 };
    const uint32_t certain = STORAGE_DATA_CERTAIN(0x40000u, 16u);

    (void)state;
    assert_true(certain >= 2 * 1024 * 1024);
    for (uint32_t i = 0; i < ARRAY_COUNT(large); i++) {
        struct storage_name name = { .owner = 7 << 16 };
        uint32_t left = certain;
        uint32_t count = 0;

        while (count < 640 && left != 0) {
            uint32_t size = left < large[i] ? left : large[i];
            uint32_t others = 640 - count - 1; // a byte each

            size = left - size < others && left > others ? left - others : size;
            name.uid = ++count;
            assert_int_equal(storage_log_create(&name, size, 0), 0);
            left -= size;
        }
        assert_true(left == 0 || count == 640);
        while (count != 0) { // and be overwritten
            struct storage_info info;

            name.uid = count--;
            assert_int_equal(storage_log_info(&name, &info), 0);
            assert_int_equal(storage_log_write(&name, 0, data, info.capacity), 0);
            assert_int_equal(storage_log_write(&name, 0, data, info.capacity), 0);
        }
        remount();
        for (uint32_t uid = 1; uid <= 640; uid++) {
            name.uid = uid;
            (void)!storage_log_remove(&name);
        }
    }
}

static void the_table_of_assets_has_an_end(void **state)
{
    struct storage_name name = { .owner = 7 << 16, .uid = 5 };

    (void)state;
    assert_int_equal(fill_up(1), STORAGE_ASSETS_MAX);
    assert_int_equal(storage_log_set(&name, "xy", 2, 0), 0); // those that are there go on
    assert_int_equal(storage_log_remove(&name), 0);
    name.uid = 100000;
    assert_int_equal(storage_log_set(&name, "x", 1, 0), 0);
    remount();
    assert_int_equal(storage_log_remove(&name), 0);
}

// What the cleaner copied is found by mount, though the blocks from which it came are no more.
static void what_was_cleaned_is_not_needed(void **state)
{
    uint64_t before = 0;

    (void)state;
    for (uint32_t i = 0; i < 60; i++) { // live and dead in each block
        const struct case_step step = {
            .action = CASE_SET, .slot = i % 5 == 0 ? i / 5 : 20, .size = 600, .seed = i
        };

        assert_int_equal(case_step(&step), 0);
    }
    for (uint32_t bytes = 1000; before == 0 || case_chip.changes == before; bytes += 1000) {
        before = case_chip.changes;
        assert_int_equal(storage_gc_make_room(bytes), 0);
    }
    for (uint32_t i = 0; i < SMALL_COUNT; i++) {
        bool needed = i == store.active || i == store.previous;

        for (uint32_t c = 0; c < STORAGE_CHUNKS_MAX; c++) {
            needed = needed ||
                     (store.chunks[c].offset != 0 && store.chunks[c].offset / SMALL_BLOCK == i);
        }
        if (!needed) {
            memset(case_chip.data + i * SMALL_BLOCK, 0, SMALL_BLOCK);
        }
    }
    remount();
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
}

// ---- Wear and cost

// The figures: at most four bytes written for one asked, erase counts within a factor of two.
static void small_overwrites_cost_four_times_at_most(void **state)
{
    struct storage_stats stats;

    (void)state;
    for (uint32_t i = 0; i < 10000; i++) {
        const struct case_step step = { .action = CASE_SET, .slot = 1, .size = 32, .seed = i };

        assert_int_equal(case_step(&step), 0);
    }
    storage_log_stats(&stats);
    assert_true(stats.asked == 320000);
    assert_true(stats.written == case_chip.bytes_programmed);
    assert_true(stats.written <= 4 * stats.asked);
    assert_true(stats.erases_max <= 2 * stats.erases_min);
    print_message("# 10,000 overwrites of 32 bytes: %.2f bytes written for one, erases %u to %u\n",
                  (double)stats.written / (double)stats.asked, stats.erases_min, stats.erases_max);
}

// A chip of many small blocks wears fast: data that nobody touches in half of it, one asset all the time.
static void blocks_wear_alike(void **state)
{
    struct storage_name still = { .owner = 7 << 16 };
    struct storage_stats stats;
    uint32_t count;

    (void)state;
    count = fill_up(1000);
    for (uint32_t i = count / 2; i < count; i++) {
        still.uid = i + 1;
        assert_int_equal(storage_log_remove(&still), 0);
    }
    for (uint32_t i = 0; i < 20000; i++) {
        const struct case_step step = { .action = CASE_SET, .slot = 1, .size = 32, .seed = i };

        assert_int_equal(case_step(&step), 0);
        storage_log_stats(&stats);
        assert_true(stats.erases_max <= 2 * stats.erases_min);
        if (i % 5000 == 0) {
            remount();
        }
    }
    assert_true(stats.erases_min > 10);
    for (uint32_t i = 0; i < SMALL_COUNT;
         i++) { // the chip has counted the same, but for the factory's
        assert_int_equal(case_chip.erases[i] + 1, store.blocks[i].erases);
    }
    print_message("# erases %u to %u\n", stats.erases_min, stats.erases_max);
}

// A write costs what it touches: chunks, not the asset.
static void a_byte_costs_a_chunk(void **state)
{
    static uint8_t data[STORAGE_ASSET_MAX];
    struct storage_name name = { .owner = 7 << 16, .uid = 1 };
    uint64_t before;

    (void)state;
    assert_int_equal(storage_log_set(&name, data, sizeof(data), 0), 0);
    before = case_chip.bytes_programmed;
    assert_int_equal(storage_log_write(&name, 40000, "x", 1), 0);
    assert_int_equal(case_chip.bytes_programmed - before, STORAGE_RECORD_MAX);
    before = case_chip.bytes_programmed;
    assert_int_equal(storage_log_write(&name, 4095, "xy", 2), 0);
    assert_int_equal(case_chip.bytes_programmed - before, 2 * STORAGE_RECORD_MAX);
}

struct cost {
    uint64_t reads;
    uint64_t bytes;
};

static struct cost cost_of_mount(void)
{
    remount(); // what the changes before make it write
    nor_model_reset(&case_chip);
    remount();
    return (struct cost){ case_chip.count[NOR_MODEL_READ], case_chip.bytes_read };
}

// One block's records and the blank rest of it, headers and a snapshot: that is all, however old and full it is.
static void mounting_does_not_cost_more_with_the_years(void **state)
{
    const uint64_t most = 2 * 0x40000 + 16 * 4096;
    static uint8_t data[4096];
    struct storage_name name = { .owner = 7 << 16 };
    static const uint32_t parts[] = { 0, 50, 95 };
    struct cost cost;
    uint32_t all;

    (void)state;
    all = fill_up(sizeof(data));
    empty(all);
    for (uint32_t i = 0; i < ARRAY_COUNT(parts); i++) {
        for (name.uid = 1; name.uid <= (uint64_t)all * parts[i] / 100; name.uid++) {
            assert_int_equal(storage_log_set(&name, data, sizeof(data), 0), 0);
        }
        cost = cost_of_mount();
        print_message("# mount, %u %% full: %llu reads, %llu bytes\n", parts[i],
                      (unsigned long long)cost.reads, (unsigned long long)cost.bytes);
        assert_true(cost.bytes <= most);
    }
    empty((uint32_t)((uint64_t)all * 95 / 100));
    for (uint32_t i = 0; i < 100000; i++) {
        name.uid = i % 20 + 1;
        assert_int_equal(storage_log_set(&name, data, 32, 0), 0);
    }
    cost = cost_of_mount();
    print_message("# mount after 100,000 writes: %llu reads, %llu bytes\n",
                  (unsigned long long)cost.reads, (unsigned long long)cost.bytes);
    assert_true(cost.bytes <= most);
}

// The worst write: on a store that is as full as it gets and in disorder.
static void the_worst_write_is_bounded(void **state)
{
    static uint8_t data[STORAGE_ASSET_MAX];
    struct storage_name name = { .owner = 7 << 16 };
    struct storage_name big = { .owner = 9 << 16, .uid = 1 };
    uint32_t random = 3;
    uint64_t worst = 0;
    uint64_t erases = 0;
    uint32_t count;

    (void)state;
    assert_int_equal(storage_log_create(&big, sizeof(data), 0), 0);
    count = fill_up(3000);
    for (uint32_t i = 0; i < 3000; i++) {
        random = random * 1664525 + 1013904223;
        name.uid = (random >> 8) % count + 1;
        nor_model_reset(&case_chip);
        if (i % 50 == 0) {
            assert_int_equal(storage_log_write(&big, 0, data, sizeof(data)), 0);
        } else {
            assert_int_equal(storage_log_set(&name, data, 3000, 0), 0);
        }
        worst = case_chip.bytes_programmed > worst ? case_chip.bytes_programmed : worst;
        erases =
            case_chip.count[NOR_MODEL_ERASE] > erases ? case_chip.count[NOR_MODEL_ERASE] : erases;
    }
    print_message("# worst write of a full store: %llu bytes, %llu erases\n",
                  (unsigned long long)worst, (unsigned long long)erases);
    assert_true(worst <= 8 * 0x40000 && erases <= 8);
}

// ---- The counter

static void the_counter_moves_once_for_a_mount_with_changes(void **state)
{
    struct storage_stats stats;
    const struct case_step step = { .action = CASE_SET, .slot = 1, .size = 3, .seed = 1 };

    (void)state;
    assert_int_equal(case_chip.counter, 0);
    for (uint32_t i = 1; i < 6; i++) {
        remount();
        remount();
        assert_int_equal(case_chip.counter, i - 1);
        assert_int_equal(case_step(&step), 0);
        assert_int_equal(case_step(&step), 0);
        assert_int_equal(case_chip.counter, i);
    }
    storage_log_stats(&stats);
    assert_int_equal(stats.rollback, STORAGE_ROLLBACK_COUNTED);
}

static void a_counter_that_is_used_up_stops_nothing(void **state)
{
    struct storage_stats stats;
    const struct case_step step = { .action = CASE_SET, .slot = 1, .size = 3, .seed = 1 };

    (void)state;
    case_chip.counter_limit = 3;
    for (uint32_t i = 0; i < 8; i++) {
        remount();
        storage_log_stats(&stats);
        assert_int_equal(stats.rollback,
                         i < 3 ? STORAGE_ROLLBACK_COUNTED : STORAGE_ROLLBACK_USED_UP);
        assert_int_equal(case_step(&step), 0);
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    }
    assert_int_equal(case_chip.counter, 3);
}

static void a_board_without_a_counter_has_a_store(void **state)
{
    struct storage_stats stats;
    const struct case_step step = { .action = CASE_SET, .slot = 1, .size = 3, .seed = 1 };

    (void)state;
    case_end();
    nor_model_create(&case_chip, SMALL_BLOCK, SMALL_COUNT);
    case_chip.no_counter = true;
    for (uint32_t i = 0; i < 8; i++) {
        remount();
        assert_int_equal(case_step(&step), 0);
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    }
    storage_log_stats(&stats);
    assert_int_equal(stats.rollback, STORAGE_ROLLBACK_NONE);
    assert_int_equal(case_chip.counter, 0);
}

// ---- Operations that fail

// The step with the n-th operation of a kind failing: done, or an error and nothing changed; then the store goes on.
static void fail_in_step(const struct case_step *step, enum nor_model_operation kind, uint64_t n,
                         bool for_good)
{
    const struct case_step next = { .action = CASE_SET, .slot = 20, .size = 9, .seed = 1 };
    int error;

    case_chip.fail_kind = kind;
    case_chip.fail_at = case_chip.count[kind] + n;
    case_chip.fail_for_good = for_good;
    case_chip.fail_with = n % 3 == 0 ? ERR_IO : n % 3 == 1 ? ERR_TIMEOUT : ERR_DENIED;
    error = case_step(step);
    assert_true(error == ERR_NONE || error == ERR_IO);
    if (kind != NOR_MODEL_READ) { // reading goes on
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    }
    case_chip.fail_at = 0;
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    assert_int_equal(case_step(&next), 0);
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    remount();
    assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
    assert_int_equal(case_chip.misuses, 0);
}

static void every_operation_fails_once(void **state)
{
    static struct nor_model before;
    static struct case_asset assets[CASE_SLOTS];
    uint32_t random = 21;
    uint32_t failures = 0;

    (void)state;
    nor_model_create(&before, SMALL_BLOCK, SMALL_COUNT);
    for (uint32_t i = 0; i < 200; i++) {
        struct case_step step = case_random(&random, 8, 3000);
        uint64_t counts[NOR_MODEL_OPERATIONS];

        remount();
        nor_model_copy(&before, &case_chip);
        memcpy(assets, case_assets, sizeof(assets));
        if (case_step(&step) != ERR_NONE) {
            continue;
        }
        memcpy(counts, case_chip.count, sizeof(counts));
        // Some of the steps: those that also clean or open blocks have the most operations
        for (int kind = 0;
             kind < NOR_MODEL_COUNTER_READ && (i % 16 == 0 || counts[2] != before.count[2]);
             kind++) {
            uint64_t all = counts[kind] - before.count[kind];

            for (uint64_t n = 1; n <= all; n += 1 + all / 20) {
                for (int for_good = 0; for_good < 2; for_good++) {
                    nor_model_copy(&case_chip, &before);
                    memcpy(case_assets, assets, sizeof(assets));
                    assert_int_equal(case_mount(), 0);
                    fail_in_step(&step, (enum nor_model_operation)kind, n, for_good);
                    failures++;
                }
            }
        }
        nor_model_copy(&case_chip, &before);
        memcpy(case_assets, assets, sizeof(assets));
        assert_int_equal(case_mount(), 0);
        assert_int_equal(case_step(&step), 0);
    }
    nor_model_free(&before);
    print_message("# %u failing operations\n", failures);
    assert_true(failures > 250);
}

// Mounting with a failing operation: an error, or a store that can be read; the next mount is as if nothing had been.
static void mounting_fails_in_every_operation(void **state)
{
    static struct nor_model before;
    const struct case_step step = { .action = CASE_SET, .slot = 3, .size = 900, .seed = 1 };
    uint64_t counts[NOR_MODEL_OPERATIONS];

    (void)state;
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(case_step(&step), 0);
    }
    nor_model_create(&before, SMALL_BLOCK, SMALL_COUNT);
    nor_model_reset(&case_chip);
    nor_model_copy(&before, &case_chip);
    assert_int_equal(case_mount(), 0);
    memcpy(counts, case_chip.count, sizeof(counts));
    for (int kind = 0; kind < NOR_MODEL_OPERATIONS; kind++) {
        for (uint64_t n = 1; n <= counts[kind]; n++) {
            int error;

            nor_model_copy(&case_chip, &before);
            case_chip.fail_kind = (enum nor_model_operation)kind;
            case_chip.fail_at = n;
            case_chip.fail_for_good = n % 2 == 0;
            error = case_mount();
            assert_int_equal(error,
                             kind == NOR_MODEL_READ || kind == NOR_MODEL_COUNTER_READ ? ERR_IO : 0);
            case_chip.fail_at = 0;
            if (error == ERR_NONE) {
                assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
                assert_int_equal(case_step(&step), 0);
            }
            remount();
            assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        }
    }
    nor_model_free(&before);
}

static void flash_that_cannot_be_written_can_be_read(void **state)
{
    const struct case_step step = { .action = CASE_SET, .slot = 3, .size = 900, .seed = 1 };

    (void)state;
    assert_int_equal(case_step(&step), 0);
    for (int kind = NOR_MODEL_PROGRAM; kind <= NOR_MODEL_ERASE; kind++) {
        case_chip.fail_kind = (enum nor_model_operation)kind;
        case_chip.fail_at = 1;
        case_chip.fail_for_good = true;
        assert_int_equal(case_mount(), 0);
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        if (kind == NOR_MODEL_PROGRAM) {
            assert_int_equal(case_do(&step), ERR_IO);
            assert_int_equal(case_do(&step), ERR_IO);
        }
        assert_int_equal(case_differs(CASE_SLOTS), CASE_SLOTS);
        remount();
    }
}

#define SMALL(function) cmocka_unit_test_setup_teardown(function, begin_small, end)
#define REAL(function) cmocka_unit_test_setup_teardown(function, begin_real, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SMALL(random_steps_are_what_memory_does),
        REAL(random_steps_with_the_largest_assets),
        SMALL(arguments_are_checked),
        SMALL(names_are_apart),
        SMALL(usage_is_counted_for_an_endpoint),
        SMALL(geometry_is_checked),
        SMALL(full_is_full_at_the_same_place_each_time),
        SMALL(a_full_store_keeps_its_promises),
        SMALL(what_was_cleaned_is_not_needed),
        REAL(what_is_certain_fits),
        REAL(the_table_of_assets_has_an_end),
        REAL(small_overwrites_cost_four_times_at_most),
        SMALL(blocks_wear_alike),
        REAL(a_byte_costs_a_chunk),
        REAL(mounting_does_not_cost_more_with_the_years),
        REAL(the_worst_write_is_bounded),
        SMALL(the_counter_moves_once_for_a_mount_with_changes),
        SMALL(a_counter_that_is_used_up_stops_nothing),
        SMALL(a_board_without_a_counter_has_a_store),
        SMALL(every_operation_fails_once),
        SMALL(mounting_fails_in_every_operation),
        SMALL(flash_that_cannot_be_written_can_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
