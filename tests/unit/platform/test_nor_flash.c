// SPDX-License-Identifier: BSD-3-Clause
//
// Data in NOR flash (platform/drivers/nor_flash.c), against chips that are busy, fail, time out, lock their blocks, clear bits only and
// describe themselves wrongly (nor_chip.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mmio.h"
#include "nor_chip.h"
#include "nor_flash.h"

#define CHIP 0x40000000u
#define BLOCK NOR_CHIP_BLOCK
#define FIRST BLOCK // the region starts at the second block
#define BLOCKS (NOR_CHIP_BLOCKS - 1u)
#define SIZE (BLOCKS * BLOCK)
#define POLLS 1000

static struct nor_flash flash;
static uint8_t data[BLOCK];

static const struct nor_flash_place place = {
    .base = CHIP + FIRST, .size = SIZE, .query = CHIP, .polls_per_ms = POLLS
};

static void make_data(uint32_t seed)
{
    for (uint32_t i = 0; i < sizeof(data); i++) {
        seed = seed * 1664525 + 1013904223;
        data[i] = (uint8_t)(seed >> 24);
    }
}

static int fresh(void **state)
{
    (void)state;
    nor_chip_reset(CHIP);
    nor_chip.busy_reads = 5;
    make_data(1);
    return 0;
}

static int probed(void **state)
{
    fresh(state);
    return nor_flash_probe(&flash, &place);
}

static int probed_with_locks(void **state)
{
    fresh(state);
    nor_chip.locks = true;
    for (unsigned int i = 0; i < 2; i++) {
        nor_chip.table[i][NOR_CHIP_PRI + 5] = 0x20;
    }
    return nor_flash_probe(&flash, &place);
}

// Whatever happened but a timeout: no misuse, and reads give data again.
static int left_clean(void **state)
{
    (void)state;
    if (nor_chip.misuses != 0) {
        print_error("misuse: %s\n", nor_chip.misuse);
        return -1;
    }
    return nor_chip_is_idle() ? 0 : -1;
}

static void set_entry(uint32_t entry, uint8_t value)
{
    nor_chip.table[0][entry] = value;
    nor_chip.table[1][entry] = value;
}

// ---- The query table -------------------------------------------------------------------------------------------------

static void the_chips_say_what_they_are(void **state)
{
    (void)state;
    assert_int_equal(nor_flash_probe(&flash, &place), 0);
    assert_int_equal(flash.block_size, BLOCK);
    assert_int_equal(flash.block_count, BLOCKS);
    assert_int_equal(flash.buffer_size, NOR_CHIP_BUFFER);
    assert_false(flash.unlocks);
    // 8 µs · 4, 16 µs · 2, 2 ms · 4, in whole ms
    assert_int_equal(flash.word_polls, POLLS);
    assert_int_equal(flash.buffer_polls, POLLS);
    assert_int_equal(flash.erase_polls, 8 * POLLS);
}

static void a_table_that_is_everywhere_is_found_in_the_region(void **state)
{
    struct nor_flash_place here = place;

    (void)state;
    nor_chip.query_everywhere = true;
    here.query = here.base;
    assert_int_equal(nor_flash_probe(&flash, &here), 0);
    assert_int_equal(flash.block_size, BLOCK);
    nor_chip.query_everywhere = false;
    assert_int_equal(nor_flash_probe(&flash, &here), ERR_NOT_FOUND);
}

static void chips_in_any_mode_are_asked(void **state)
{
    static const uint32_t modes[] = { 0x00700070, 0x00980098, 0x00500050, 0x00ff00ff };

    for (unsigned int i = 0; i < 4; i++) {
        fresh(state);
        mmio_write32(CHIP, modes[i]);
        assert_int_equal(nor_flash_probe(&flash, &place), 0);
        assert_true(nor_chip_is_idle());
    }
}

static void blocks_of_several_sizes_count_by_the_largest(void **state)
{
    (void)state;
    set_entry(0x2c, 2); // 4 of 1 KiB, 3 of 4 KiB
    set_entry(0x2d, 3);
    set_entry(0x2f, 4);
    set_entry(0x31, 2);
    set_entry(0x33, 16);
    set_entry(0x15, 0x40);
    memcpy(&nor_chip.table[0][0x40], "PRI11", 5);
    memcpy(&nor_chip.table[1][0x40], "PRI11", 5);
    set_entry(0x32, 0);
    set_entry(0x34, 0);
    assert_int_equal(nor_flash_probe(&flash, &place), 0);
    assert_int_equal(flash.block_size, BLOCK);
}

static void what_the_chips_do_not_tell_is_assumed(void **state)
{
    (void)state;
    for (uint32_t i = 0x1f; i <= 0x26; i++) {
        set_entry(i, 0);
    }
    set_entry(0x15, 0); // no table of the command set's own
    set_entry(0x2a, 0); // no buffer
    assert_int_equal(nor_flash_probe(&flash, &place), 0);
    assert_int_equal(flash.word_polls, 3 * POLLS);
    assert_int_equal(flash.buffer_polls, 17 * POLLS);
    assert_int_equal(flash.erase_polls, 16384 * POLLS);
    assert_int_equal(flash.buffer_size, 4);
    assert_int_equal(nor_flash_program(&flash, 4, data, 12), 0);
    assert_int_equal(nor_chip.programs, 3);
    assert_int_equal(nor_chip.buffers, 0);
    assert_memory_equal(nor_chip.data + FIRST + 4, data, 12);
}

static void a_table_of_nonsense_is_refused(void **state)
{
    static const struct {
        uint32_t entry;
        uint8_t value;
        int error;
    } wrong[] = {
        { 0x10, 'R', ERR_NOT_FOUND },
        { 0x12, 0, ERR_NOT_FOUND },
        { 0x13, 2, ERR_NOT_SUPPORTED },
        { 0x14, 1, ERR_NOT_SUPPORTED },
        { 0x15, 0x30, ERR_INVALID },
        { 0x16, 4, ERR_INVALID }, // no table there
        { 0x16, 0xff, ERR_INVALID },
        { 0x27, 15, ERR_INVALID }, // not the sum of the blocks
        { 0x27, 13, ERR_INVALID },
        { 0x27, 200, ERR_INVALID },
        { 0x2a, 17, ERR_INVALID },
        { 0x2a, 13, ERR_INVALID }, // more than a block
        { 0x2b, 1, ERR_INVALID },
        { 0x2c, 0, ERR_NOT_SUPPORTED },
        { 0x2c, 5, ERR_NOT_SUPPORTED },
        { 0x2d, 4, ERR_INVALID },
        { 0x2e, 1, ERR_INVALID },
        { 0x2f, 15, ERR_INVALID },
        { 0x30, 1, ERR_INVALID },
        { NOR_CHIP_PRI, 'X', ERR_INVALID },
        { NOR_CHIP_PRI + 2, 0, ERR_INVALID },
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        fresh(state);
        set_entry(wrong[i].entry, wrong[i].value);
        assert_int_equal(nor_flash_probe(&flash, &place), wrong[i].error);
        assert_true(nor_chip_is_idle());
    }
    fresh(state); // blocks of 12 KiB: not a power of two, though they are all of the chip
    set_entry(0x2c, 2);
    set_entry(0x2d, 0);
    set_entry(0x2f, 48);
    set_entry(0x31, 3);
    set_entry(0x33, 4);
    assert_int_equal(nor_flash_probe(&flash, &place), ERR_INVALID);
}

// Wild exponents do not make waits that never end, nor shifts that mean nothing
static void wild_times_are_bounded(void **state)
{
    (void)state;
    for (uint32_t i = 0x1f; i <= 0x26; i++) {
        set_entry(i, 0xff);
    }
    assert_int_equal(nor_flash_probe(&flash, &place), 0);
    assert_true(flash.word_polls <= 1049ull * POLLS);
    assert_true(flash.buffer_polls <= 1049ull * POLLS);
    assert_true(flash.erase_polls <= 1048576ull * POLLS);
}

static void chips_that_differ_are_refused(void **state)
{
    static const uint32_t entries[] = { 0x10, 0x11, 0x13, 0x15, 0x27, 0x2a, 0x2c, 0x2d, 0x2f };

    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        fresh(state);
        nor_chip.table[1][entries[i]]++;
        assert_int_not_equal(nor_flash_probe(&flash, &place), 0);
        assert_true(nor_chip_is_idle());
    }
}

static void a_place_that_is_no_blocks_is_refused(void **state)
{
    static const struct nor_flash_place wrong[] = {
        { CHIP + FIRST, BLOCK / 2, CHIP, POLLS },
        { CHIP + FIRST, BLOCK + 4096, CHIP, POLLS },
        { CHIP + FIRST, 0, CHIP, POLLS },
        { CHIP + FIRST + 2, BLOCK, CHIP, POLLS },
        { CHIP + FIRST, BLOCK, CHIP + 1, POLLS },
        { CHIP + FIRST, BLOCK, CHIP, 0 },
        { CHIP + FIRST, 2 * BLOCK - 4096, CHIP, POLLS },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(nor_flash_probe(&flash, &wrong[i]), ERR_INVALID);
    }
}

// ---- Data ------------------------------------------------------------------------------------------------------------

static void buffers_are_filled_and_never_crossed(void **state)
{
    (void)state;
    assert_int_equal(nor_flash_program(&flash, 60, data, 4), 0);
    assert_int_equal(nor_chip.programs, 1); // a single word is no buffer
    assert_int_equal(nor_flash_program(&flash, 64 + 16, data + 4, 256), 0);
    assert_int_equal(nor_chip.buffers, 5);
    assert_memory_equal(nor_chip.data + FIRST + 60, data, 4);
    assert_memory_equal(nor_chip.data + FIRST + 80, data + 4, 256);
    assert_int_equal(nor_chip_word(FIRST + 64), 0xffffffff);
    assert_int_equal(nor_chip_word(FIRST + 80 + 256), 0xffffffff);
    assert_true(nor_chip_is_idle());
}

static void a_block_and_its_neighbour_are_programmed_and_read(void **state)
{
    uint8_t back[64];

    (void)state;
    assert_int_equal(nor_flash_program(&flash, BLOCK - 32, data, 64), 0);
    assert_int_equal(nor_flash_read(&flash, BLOCK - 32, back, 64), 0);
    assert_memory_equal(back, data, 64);
    assert_int_equal(nor_flash_program(&flash, BLOCK + 4096, data, 4096), 0);
    assert_memory_equal(nor_chip.data + FIRST + BLOCK + 4096, data, 4096);
}

static void any_bytes_are_read(void **state)
{
    uint8_t back[24];

    (void)state;
    assert_int_equal(nor_flash_program(&flash, 0, data, 64), 0);
    for (uint32_t offset = 0; offset < 9; offset++) {
        for (uint32_t size = 0; size < 12; size++) {
            memset(back, 0x5a, sizeof(back));
            assert_int_equal(nor_flash_read(&flash, offset, back + 1, size), 0);
            assert_memory_equal(back + 1, data + offset, size);
            assert_int_equal(back[0], 0x5a);
            assert_int_equal(back[1 + size], 0x5a);
        }
    }
    assert_int_equal(nor_flash_read(&flash, SIZE - 1, back, 1), 0);
    assert_int_equal(nor_flash_read(&flash, SIZE, back, 0), 0);
}

static void nothing_outside_of_the_region_is_touched(void **state)
{
    uint32_t commands = nor_chip.commands;
    uint8_t back[8];

    (void)state;
    assert_int_equal(nor_flash_read(&flash, SIZE - 4, back, 5), ERR_RANGE);
    assert_int_equal(nor_flash_read(&flash, SIZE + 1, back, 0), ERR_RANGE);
    assert_int_equal(nor_flash_read(&flash, UINT32_MAX, back, 8), ERR_RANGE);
    assert_int_equal(nor_flash_program(&flash, SIZE - 4, data, 8), ERR_RANGE);
    assert_int_equal(nor_flash_program(&flash, 8, data, UINT32_MAX - 3), ERR_RANGE);
    assert_int_equal(nor_flash_erase(&flash, BLOCKS), ERR_RANGE);
    assert_int_equal(nor_flash_erase(&flash, UINT32_MAX), ERR_RANGE);
    assert_int_equal(nor_flash_program(&flash, 2, data, 4), ERR_INVALID);
    assert_int_equal(nor_flash_program(&flash, 4, data, 6), ERR_INVALID);
    assert_int_equal(nor_flash_program(&flash, 4, data, 0), 0);
    assert_int_equal(nor_chip.commands, commands);
}

static void a_bit_is_never_asked_to_go_back_to_one(void **state)
{
    uint32_t commands;

    (void)state;
    memset(data, 0x0f, 256);
    assert_int_equal(nor_flash_program(&flash, 0, data, 256), 0);
    commands = nor_chip.commands;
    for (uint32_t bit = 4; bit < 8; bit++) { // only in the last byte of four buffers
        data[255] = (uint8_t)(0x0f | 1u << bit);
        assert_int_equal(nor_flash_program(&flash, 0, data, 256), ERR_INVALID);
    }
    assert_int_equal(nor_chip.commands, commands); // nothing was sent
    memset(data, 0x0c, 256);
    assert_int_equal(nor_flash_program(&flash, 0, data, 256), 0); // fewer bits: always
}

static void an_erase_is_of_one_block(void **state)
{
    (void)state;
    for (uint32_t block = 0; block < BLOCKS; block++) {
        assert_int_equal(nor_flash_program(&flash, block * BLOCK, data, BLOCK), 0);
    }
    memset(nor_chip.data, 0x33, FIRST);
    assert_int_equal(nor_flash_erase(&flash, 1), 0);
    assert_memory_equal(nor_chip.data + FIRST, data, BLOCK);
    assert_memory_equal(nor_chip.data + FIRST + 2 * BLOCK, data, BLOCK);
    for (uint32_t i = 0; i < BLOCK; i++) {
        assert_int_equal(nor_chip.data[FIRST + BLOCK + i], 0xff);
    }
    assert_int_equal(nor_chip.data[FIRST - 1], 0x33);
    assert_int_equal(nor_chip.erases, 1);
}

// ---- Locks -----------------------------------------------------------------------------------------------------------

static void locked_blocks_are_open_while_they_are_written(void **state)
{
    (void)state;
    assert_true(flash.unlocks);
    assert_int_equal(nor_flash_program(&flash, BLOCK - 128, data, 256), 0);
    assert_true(nor_chip_is_idle()); // locked again
    assert_int_equal(nor_flash_program(&flash, 0, data, 4), 0);
    assert_true(nor_chip_is_idle());
    assert_int_equal(nor_flash_erase(&flash, 1), 0);
    assert_true(nor_chip_is_idle());
    assert_memory_equal(nor_chip.data + FIRST + BLOCK - 128, data, 128);
    assert_int_equal(nor_chip_word(FIRST + BLOCK), 0xffffffff);
}

static void chips_that_hide_their_locks_are_denied(void **state)
{
    probed(state);
    nor_chip.locks = true;
    assert_int_equal(nor_flash_program(&flash, 0, data, 4), ERR_DENIED);
    assert_int_equal(nor_flash_program(&flash, 0, data, 64), ERR_DENIED);
    assert_int_equal(nor_flash_erase(&flash, 0), ERR_DENIED);
}

// ---- Failures --------------------------------------------------------------------------------------------------------

enum what { WORD, BUFFER, ERASE };

static int perform(enum what what)
{
    switch (what) {
    case WORD:
        return nor_flash_program(&flash, 0, data, 4);
    case BUFFER:
        return nor_flash_program(&flash, 0, data,
                                 192); // 3 buffers: the fault comes in the last one
    case ERASE:
        break;
    }
    return nor_flash_erase(&flash, 0);
}

static void expect_fault(enum nor_chip_fault fault, int error)
{
    for (uint32_t which = 1; which <= 3; which++) { // one chip, the other, both
        for (enum what what = WORD; what <= ERASE; what++) {
            for (int locks = 0; locks < 2; locks++) {
                assert_int_equal(locks != 0 ? probed_with_locks(NULL) : probed(NULL), 0);
                if (what == ERASE) {
                    memset(nor_chip.data + FIRST, 0, BLOCK);
                }
                nor_chip.fault = fault;
                nor_chip.fault_after = what == BUFFER ? 2 : 0;
                nor_chip.fault_lanes = which;
                assert_int_equal(perform(what), error);
                assert_true(nor_chip_is_idle());
                assert_int_equal(nor_chip.misuses, 0);
                nor_chip.fault = NOR_CHIP_GOOD; // the next command is not blamed for it
                assert_int_equal(nor_flash_erase(&flash, 0), 0);
                assert_int_equal(perform(what), 0);
            }
        }
    }
}

static void a_locked_block_is_denied(void **state)
{
    (void)state;
    expect_fault(NOR_CHIP_LOCKED, ERR_DENIED);
}

static void errors_of_either_chip_are_seen(void **state)
{
    (void)state;
    expect_fault(NOR_CHIP_WORN, ERR_IO);
    expect_fault(NOR_CHIP_VOLTAGE, ERR_IO);
    expect_fault(NOR_CHIP_CONFUSED, ERR_IO);
}

static void what_reads_back_counts_not_the_status(void **state)
{
    (void)state;
    expect_fault(NOR_CHIP_LIES, ERR_IO);
}

static void a_chip_that_is_never_ready_ends_the_wait_and_may_come_back(void **state)
{
    uint8_t back[4];

    for (uint32_t which = 1; which <= 3; which++) {
        for (enum what what = WORD; what <= ERASE; what++) {
            assert_int_equal(probed(state), 0);
            nor_chip.fault = NOR_CHIP_STUCK;
            nor_chip.fault_lanes = which;
            assert_int_equal(perform(what), ERR_TIMEOUT);
            // Its status is no data, and commands are lost on it
            assert_int_equal(nor_flash_read(&flash, 64, back, 4), ERR_TIMEOUT);
            assert_int_equal(nor_flash_program(&flash, 64, data, 64), ERR_TIMEOUT);
            assert_int_equal(nor_flash_erase(&flash, 1), ERR_TIMEOUT);
            assert_int_equal(nor_chip.misuses, 0);
            nor_chip.fault = NOR_CHIP_GOOD;
            nor_chip_unstick();
            assert_int_equal(nor_flash_read(&flash, BLOCK, back, 4), 0);
            assert_int_equal(back[0], 0xff);
            assert_true(nor_chip_is_idle());
            assert_int_equal(nor_flash_erase(&flash, 0), 0);
            assert_int_equal(nor_flash_program(&flash, 0, data, 192), 0);
        }
    }
}

static void a_slow_chip_is_waited_for_as_long_as_it_says(void **state)
{
    (void)state;
    nor_chip.busy_reads = POLLS - 2; // lane 1 takes one more
    assert_int_equal(nor_flash_program(&flash, 0, data, 4), 0);
    assert_int_equal(nor_flash_program(&flash, 4, data + 4, 8), 0);
    nor_chip.busy_reads = POLLS;
    assert_int_equal(nor_flash_program(&flash, 64, data, 4), ERR_TIMEOUT);
    nor_chip_unstick();
    nor_chip.busy_reads = 8 * POLLS - 2;
    assert_int_equal(nor_flash_erase(&flash, 0), 0);
    nor_chip.busy_reads = 8 * POLLS;
    assert_int_equal(nor_flash_erase(&flash, 0), ERR_TIMEOUT);
    assert_int_equal(nor_chip.misuses, 0);
}

static void chips_that_are_busy_at_first_are_waited_for(void **state)
{
    (void)state;
    nor_chip.busy_reads = 50 * POLLS;
    mmio_write32(CHIP, 0x00400040);
    mmio_write32(CHIP, 0);
    assert_int_equal(nor_flash_probe(&flash, &place), 0);
    mmio_write32(CHIP, 0x00400040);
    nor_chip.busy_reads = 101 * POLLS;
    mmio_write32(CHIP, 0);
    assert_int_equal(nor_flash_probe(&flash, &place), ERR_TIMEOUT);
    assert_int_equal(nor_chip.misuses, 0);
}

static void errors_left_by_another_are_cleared_first(void **state)
{
    (void)state;
    nor_chip.fault = NOR_CHIP_WORN;
    assert_int_equal(nor_flash_erase(&flash, 0), ERR_IO);
    mmio_write32(CHIP + FIRST, 0x00500050);
    mmio_write32(CHIP + FIRST, 0x00200020);
    mmio_write32(CHIP + FIRST, 0x00d000d0);
    while ((mmio_read32(CHIP) & 0x00800080) != 0x00800080) {
    }
    mmio_write32(CHIP + FIRST, 0x00ff00ff);
    nor_chip.fault = NOR_CHIP_GOOD;
    assert_int_equal(nor_flash_program(&flash, 0, data, 128), 0);
}

#define PROBE_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, left_clean)
#define NOR_TEST(name) cmocka_unit_test_setup_teardown(name, probed, left_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROBE_TEST(the_chips_say_what_they_are),
        PROBE_TEST(a_table_that_is_everywhere_is_found_in_the_region),
        PROBE_TEST(chips_in_any_mode_are_asked),
        PROBE_TEST(blocks_of_several_sizes_count_by_the_largest),
        PROBE_TEST(what_the_chips_do_not_tell_is_assumed),
        PROBE_TEST(a_table_of_nonsense_is_refused),
        PROBE_TEST(wild_times_are_bounded),
        PROBE_TEST(chips_that_differ_are_refused),
        PROBE_TEST(a_place_that_is_no_blocks_is_refused),
        NOR_TEST(buffers_are_filled_and_never_crossed),
        NOR_TEST(a_block_and_its_neighbour_are_programmed_and_read),
        NOR_TEST(any_bytes_are_read),
        NOR_TEST(nothing_outside_of_the_region_is_touched),
        NOR_TEST(a_bit_is_never_asked_to_go_back_to_one),
        NOR_TEST(an_erase_is_of_one_block),
        cmocka_unit_test_setup_teardown(locked_blocks_are_open_while_they_are_written,
                                        probed_with_locks, left_clean),
        PROBE_TEST(chips_that_hide_their_locks_are_denied),
        PROBE_TEST(a_locked_block_is_denied),
        PROBE_TEST(errors_of_either_chip_are_seen),
        PROBE_TEST(what_reads_back_counts_not_the_status),
        PROBE_TEST(a_chip_that_is_never_ready_ends_the_wait_and_may_come_back),
        cmocka_unit_test_setup(a_slow_chip_is_waited_for_as_long_as_it_says, probed),
        cmocka_unit_test_setup(chips_that_are_busy_at_first_are_waited_for, fresh),
        NOR_TEST(errors_left_by_another_are_cleared_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
