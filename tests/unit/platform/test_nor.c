// SPDX-License-Identifier: BSD-3-Clause
//
// Word programming of NOR flash (platform/drivers/nor.c) and the OTP page on it (qemu_virt's
// board_otp.c), against chips that are busy, fail, time out and clear bits only (nor_chip.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "board.h"
#include "mmio.h"
#include "nor.h"
#include "nor_chip.h"
#include "otp.h"
#include "platform.h"

#define BASE (FLASH_BASE + FLASH_OTP_OFFSET)

static int fresh(void **state)
{
    (void)state;
    nor_chip_reset(BASE);
    nor_chip.busy_reads = 5;
    return 0;
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

static void a_word_is_programmed_and_waited_for(void **state)
{
    (void)state;
    assert_int_equal(nor_program_word(BASE + 8, 0x12345678), 0);
    assert_int_equal(nor_chip_word(8), 0x12345678);
    assert_int_equal(nor_chip_word(4), 0xffffffff);
    assert_int_equal(nor_chip_word(12), 0xffffffff);
    assert_int_equal(nor_chip.programs, 1);
    assert_true(nor_chip_is_idle());
}

static void bits_are_cleared_step_by_step(void **state)
{
    (void)state;
    assert_int_equal(nor_program_word(BASE, 0xfffffffe), 0);
    assert_int_equal(nor_program_word(BASE, 0x7ffffffe), 0);
    assert_int_equal(nor_program_word(BASE, 0x7ffffffe), 0); // again: makes weak bits firm
    assert_int_equal(nor_program_word(BASE, 0), 0);
    assert_int_equal(nor_chip_word(0), 0);
}

static void a_bit_is_never_asked_to_go_back_to_one(void **state)
{
    uint32_t commands;

    (void)state;
    assert_int_equal(nor_program_word(BASE, 0xffff0000), 0);
    commands = nor_chip.commands;
    for (unsigned int bit = 0; bit < 16; bit++) {
        assert_int_equal(nor_program_word(BASE, 0xffff0000 | 1u << bit), ERR_INVALID);
    }
    assert_int_equal(nor_program_word(BASE, 0xffffffff), ERR_INVALID);
    assert_int_equal(nor_chip.commands, commands); // nothing was sent
    assert_int_equal(nor_chip_word(0), 0xffff0000);
}

static void an_address_that_is_no_words_is_refused(void **state)
{
    (void)state;
    for (unsigned int i = 1; i < 4; i++) {
        assert_int_equal(nor_program_word(BASE + i, 0), ERR_INVALID);
    }
    assert_int_equal(nor_chip.commands, 0);
}

static void expect_fault(enum nor_chip_fault fault, int error)
{
    for (uint32_t which = 1; which <= 3; which++) { // one chip, the other, both
        fresh(NULL);
        nor_chip.fault = fault;
        nor_chip.fault_lanes = which;
        assert_int_equal(nor_program_word(BASE + 16, 0xfff0fff0), error);
        assert_true(nor_chip_is_idle());
        assert_int_equal(nor_chip.misuses, 0);
        nor_chip.fault = NOR_CHIP_GOOD; // the next command is not blamed for it
        assert_int_equal(nor_program_word(BASE + 20, 0xfff0fff0), 0);
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

static void a_chip_that_is_never_ready_ends_the_wait(void **state)
{
    (void)state;
    for (uint32_t which = 1; which <= 3; which++) {
        fresh(NULL);
        nor_chip.fault = NOR_CHIP_STUCK;
        nor_chip.fault_lanes = which;
        assert_int_equal(nor_program_word(BASE, 0), ERR_TIMEOUT);
        assert_int_equal(nor_chip.misuses, 0);  // a chip that is busy takes no command
        assert_int_equal(nor_chip.commands, 3); // clear status, program, the word
        assert_false(nor_chip_is_idle());       // so that it answers with its status:
        assert_int_not_equal(mmio_read32(BASE + 64), 0xffffffff); // this word is erased
    }
}

// Busy when the wait ends, ready later: the chip shows its status for ever after, there was no command
static void a_chip_that_is_ready_too_late_is_left_alone(void **state)
{
    (void)state;
    nor_chip.busy_reads = 11000;
    assert_int_equal(nor_program_word(BASE, 0), ERR_TIMEOUT);
    assert_int_equal(nor_chip.misuses, 0);
    assert_false(nor_chip_is_idle());
}

static void a_slow_chip_is_waited_for_and_a_core_held_up_does_not_matter(void **state)
{
    (void)state;
    nor_chip.busy_reads = 9000; // of 10,000 ticks: 10 ms at the fake's 1 MHz
    assert_int_equal(nor_program_word(BASE, 0), 0);
    fresh(state);
    nor_chip.read_ticks = 1000000; // a second passes between two reads, and the chip is ready
    nor_chip.busy_reads = 0;
    assert_int_equal(nor_program_word(BASE, 0xffff0000), 0);
}

static void errors_left_by_another_are_cleared_first(void **state)
{
    (void)state;
    nor_chip.fault = NOR_CHIP_WORN;
    mmio_write32(BASE, 0x00400040);
    mmio_write32(BASE, 0);
    while ((mmio_read32(BASE) & 0x00800080) != 0x00800080) {
    }
    mmio_write32(BASE, 0x00ff00ff);
    nor_chip.fault = NOR_CHIP_GOOD;
    assert_int_equal(nor_program_word(BASE, 0x5), 0);
}

static void chips_in_any_mode_come_back_to_array_mode(void **state)
{
    static const uint32_t modes[] = { 0x00700070, 0x00980098, 0x00500050, 0x00ff00ff };

    for (unsigned int i = 0; i < 4; i++) {
        fresh(state);
        nor_chip.data[0] = 0x12;
        mmio_write32(BASE, modes[i]);
        assert_int_equal(nor_read_array(BASE), 0);
        assert_true(nor_chip_is_idle());
        assert_int_equal(mmio_read32(BASE), 0xffffff12);
    }
    fresh(state); // in the middle of an erase that somebody began
    nor_chip.busy_reads = 9000;
    mmio_write32(BASE, 0x00200020);
    mmio_write32(BASE, 0x00d000d0);
    assert_int_equal(plat_otp_open(), 0);
    assert_true(nor_chip_is_idle());
}

static void chips_that_stay_busy_are_not_read(void **state)
{
    (void)state;
    nor_chip.busy_reads = 11000;
    mmio_write32(BASE, 0x00200020);
    mmio_write32(BASE, 0x00d000d0);
    assert_int_equal(plat_otp_open(), ERR_TIMEOUT);
    assert_int_equal(nor_chip.misuses, 0);
    assert_false(nor_chip_is_idle());
}

// ---- The OTP page of a board ----

static void the_otp_page_reads_whole_words_inside_itself(void **state)
{
    uint8_t bytes[FLASH_OTP_SIZE + 1];

    (void)state;
    nor_chip.data[4] = 0x11;
    nor_chip.data[4095] = 0x22;
    assert_int_equal(plat_otp_read(0, bytes + 1, FLASH_OTP_SIZE), 0); // `buf` at any address
    assert_memory_equal(bytes + 1, nor_chip.data, FLASH_OTP_SIZE);
    assert_int_equal(plat_otp_read(4092, bytes, 4), 0);
    assert_int_equal(bytes[3], 0x22);
    assert_int_equal(plat_otp_read(4096, bytes, 0), 0);
    assert_int_equal(plat_otp_read(4096, bytes, 4), ERR_RANGE);
    assert_int_equal(plat_otp_read(4, bytes, FLASH_OTP_SIZE), ERR_RANGE);
    assert_int_equal(plat_otp_read(0xfffffffc, bytes, 8), ERR_RANGE);
    assert_int_equal(plat_otp_read(2, bytes, 4), ERR_RANGE);
    assert_int_equal(plat_otp_read(0, bytes, 3), ERR_RANGE);
}

static void the_otp_page_only_clears_bits(void **state)
{
    (void)state;
    assert_int_equal(plat_otp_program(8, 0xfffffff0), 0);
    assert_int_equal(plat_otp_program(8, 0xfffff0ff), 0); // bits that are 1 stay as they are
    assert_int_equal(nor_chip_word(8), 0xfffff0f0);
    assert_int_equal(plat_otp_program(4096, 0), ERR_RANGE);
    assert_int_equal(plat_otp_program(6, 0), ERR_RANGE);
    nor_chip.fault = NOR_CHIP_LOCKED;
    assert_int_equal(plat_otp_program(8, 0), ERR_DENIED);
}

static void a_counter_is_raised_on_the_chips(void **state)
{
    struct otp_word words[OTP_MAX_WORDS];
    uint8_t bytes[OTP_COUNTER_BYTES];
    uint32_t count;

    (void)state;
    for (uint32_t value = 1; value <= OTP_COUNTER_MAX; value += 17) {
        assert_int_equal(plat_otp_read(otp_counter_offset(COT_TRUSTED), bytes, sizeof(bytes)), 0);
        assert_int_equal(otp_plan_counter(bytes, COT_TRUSTED, value, words, &count), 0);
        for (uint32_t i = 0; i < count; i++) {
            assert_int_equal(plat_otp_program(words[i].offset, words[i].value), 0);
        }
        assert_int_equal(otp_counter_value(nor_chip.data + otp_counter_offset(COT_TRUSTED)), value);
    }
}

#define NOR_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, left_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NOR_TEST(a_word_is_programmed_and_waited_for),
        NOR_TEST(bits_are_cleared_step_by_step),
        NOR_TEST(a_bit_is_never_asked_to_go_back_to_one),
        NOR_TEST(an_address_that_is_no_words_is_refused),
        NOR_TEST(a_locked_block_is_denied),
        NOR_TEST(errors_of_either_chip_are_seen),
        NOR_TEST(what_reads_back_counts_not_the_status),
        cmocka_unit_test_setup(a_chip_that_is_never_ready_ends_the_wait, fresh),
        cmocka_unit_test_setup(a_chip_that_is_ready_too_late_is_left_alone, fresh),
        NOR_TEST(a_slow_chip_is_waited_for_and_a_core_held_up_does_not_matter),
        NOR_TEST(errors_left_by_another_are_cleared_first),
        NOR_TEST(chips_in_any_mode_come_back_to_array_mode),
        cmocka_unit_test_setup(chips_that_stay_busy_are_not_read, fresh),
        NOR_TEST(the_otp_page_reads_whole_words_inside_itself),
        NOR_TEST(the_otp_page_only_clears_bits),
        NOR_TEST(a_counter_is_raised_on_the_chips),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
