// SPDX-License-Identifier: BSD-3-Clause
//
// The rollback counter of a partition at EL3 (bl31/rollback.c): every step to the end, what it refuses, power that fails, memory that
// fails, and that it touches no word but its own, with the OTP mapped and nobody else in it.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bl31/bl31_private.h"
#include "bl31/smc.h"
#include "ffa_abi.h"
#include "lock.h"
#include "otp.h"
#include "platform.h"

// otp_format.h
#define START 0x440u
#define END 0xc40u
#define STEPS 16384u

static uint8_t memory[OTP_SIZE];
static bool mapped, locked;
static int map_error, read_error, program_error;
static uint32_t reads, programs, maps;
static uint32_t fail_read, fail_program; // number of the one that fails; 0: none
static uint32_t cut_mask;                // bits that get through of the word that fails
static struct smc_frame frame;

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
    assert_false(mapped);
    locked = false;
}

int bl31_map_otp(void)
{
    assert_true(locked);
    assert_false(mapped);
    maps++;
    mapped = map_error == ERR_NONE;
    return map_error;
}

void bl31_unmap_otp(void)
{
    assert_true(mapped);
    mapped = false;
}

int plat_otp_read(uint32_t offset, void *buf, size_t len)
{
    assert_true(mapped);
    assert_in_range(len, 4, 64); // of a stack of less than a page
    assert_in_range(offset, START, END - len);
    reads++;
    if (reads == fail_read) {
        memset(buf, 0x5a, len);
        return read_error;
    }
    memcpy(buf, memory + offset, len);
    return ERR_NONE;
}

static void clear_bits(uint32_t offset, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++) {
        memory[offset + i] &= (uint8_t)(value >> (8 * i));
    }
}

int plat_otp_program(uint32_t offset, uint32_t value)
{
    assert_true(mapped);
    assert_in_range(offset, START, END - 4);
    assert_int_equal(offset % 4, 0);
    programs++;
    if (programs == fail_program) {
        clear_bits(offset, value | ~cut_mask);
        return program_error;
    }
    clear_bits(offset, value);
    return ERR_NONE;
}

static int fresh(void **state)
{
    (void)state;
    memset(memory, 0xff, sizeof(memory));
    memset(memory, 0, START); // what is not this counter must not matter
    memset(memory + END, 0, OTP_SIZE - END);
    mapped = locked = false;
    map_error = read_error = program_error = ERR_NONE;
    reads = programs = maps = fail_read = fail_program = cut_mask = 0;
    return 0;
}

static int64_t smc(uint64_t fid, uint64_t x1)
{
    int64_t result;

    for (unsigned int i = 0; i < 18; i++) {
        frame.x[i] = 0x1000 + i;
    }
    result = (int64_t)rollback_smc(fid, x1, 0x1002, 0x1003, &frame);
    assert_false(mapped);
    assert_false(locked);
    for (unsigned int i = 1; i < 18; i++) {
        bool is_result = result == 0 && fid == TESSERA_SMC_COUNTER_READ && (i == 2 || i == 3);

        assert_true(is_result || frame.x[i] == 0x1000 + i);
    }
    return result;
}

static uint32_t value_of(void)
{
    assert_int_equal(smc(TESSERA_SMC_COUNTER_READ, 0), 0);
    assert_int_equal(frame.x[3], STEPS);
    return (uint32_t)frame.x[2];
}

static int64_t advance(uint32_t value)
{
    return smc(TESSERA_SMC_COUNTER_ADVANCE, value);
}

static void it_counts_to_its_end_and_stays_there(void **state)
{
    (void)state;
    assert_int_equal(value_of(), 0);
    for (uint32_t value = 1; value <= STEPS; value++) {
        programs = 0;
        assert_int_equal(advance(value), 0);
        assert_int_equal(programs, 1); // one step is one word
        if (value % 97 == 0 || value + 40 > STEPS) {
            assert_int_equal(value_of(), value);
        }
    }
    programs = 0;
    assert_int_equal(advance(STEPS), 0);
    assert_int_equal(advance(STEPS + 1), FFA_NO_MEMORY);
    assert_int_equal(advance(STEPS + TESSERA_COUNTER_STEP), FFA_NO_MEMORY);
    assert_int_equal(programs, 0);
    for (uint32_t i = START; i < END; i++) {
        assert_int_equal(memory[i], 0);
    }
}

static void several_steps_at_once_are_two_words_at_most(void **state)
{
    uint32_t value = 0;

    (void)state;
    for (uint32_t step = 0; step <= TESSERA_COUNTER_STEP; step++) {
        for (uint32_t i = 0; i < 20; i++) {
            programs = 0;
            value += step;
            assert_int_equal(advance(value), 0);
            assert_in_range(programs, 0, 2);
            assert_int_equal(value_of(), value);
        }
    }
}

static void it_never_goes_back_nor_far(void **state)
{
    (void)state;
    assert_int_equal(advance(16), 0);
    programs = 0;
    assert_int_equal(advance(15), FFA_INVALID_PARAMETERS);
    assert_int_equal(advance(0), FFA_INVALID_PARAMETERS);
    assert_int_equal(advance(33), FFA_INVALID_PARAMETERS);
    assert_int_equal(advance(UINT32_MAX), FFA_INVALID_PARAMETERS);
    assert_int_equal(smc(TESSERA_SMC_COUNTER_ADVANCE, 0x100000010), 0); // SMC32: 32 bits, 16
    assert_int_equal(programs, 0);
    assert_int_equal(value_of(), 16);
}

// Of the word that was being programmed any of the bits may be there; asked again it gets to where it should
static void power_may_fail_in_every_word(void **state)
{
    static const uint32_t masks[] = {
        0, 0xffffffff, 0x55555555, 0xaaaaaaaa, 0x0000ffff, 0x80000001
    };

    for (uint32_t from = 0; from < 70; from += 5) {
        for (uint32_t failed = 1; failed <= 2; failed++) {
            for (unsigned int i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
                uint32_t now;

                fresh(state);
                for (uint32_t value = 0; value < from; value += 5) {
                    assert_int_equal(advance(value + 5), 0);
                }
                programs = 0;
                fail_program = failed;
                program_error = ERR_IO;
                cut_mask = masks[i];
                (void)advance(from + 16);
                fail_program = 0;
                now = value_of();
                assert_in_range(now, from, from + 16);
                assert_int_equal(advance(from + 16), 0);
                assert_int_equal(value_of(), from + 16);
            }
        }
    }
}

static void memory_that_fails_is_told(void **state)
{
    static const int errors[] = { ERR_IO, ERR_TIMEOUT, ERR_DENIED, ERR_RANGE };

    for (unsigned int i = 0; i < 4; i++) {
        fresh(state);
        map_error = errors[i];
        assert_int_equal(smc(TESSERA_SMC_COUNTER_READ, 0), FFA_ABORTED);
        assert_int_equal(advance(1), FFA_ABORTED);
        assert_int_equal(reads + programs, 0);
        map_error = ERR_NONE;
        read_error = program_error = errors[i];
        for (fail_read = 1; fail_read <= 64; fail_read++) {
            reads = 0;
            assert_int_equal(smc(TESSERA_SMC_COUNTER_READ, 0), FFA_ABORTED);
            assert_int_equal(reads, fail_read); // and nothing after it
        }
        reads = 0;
        fail_read = 65; // advancing reads its word once more
        assert_int_equal(advance(1), FFA_ABORTED);
        assert_int_equal(programs, 0);
        fail_read = 0;
        fail_program = 1;
        assert_int_equal(advance(1), FFA_ABORTED);
        assert_int_equal(programs, 1);
        assert_int_equal(value_of(), 0);
    }
}

static void a_board_that_cannot_program_says_so(void **state)
{
    (void)state;
    fail_program = 1;
    program_error = ERR_NOT_SUPPORTED;
    assert_int_equal(advance(1), FFA_NOT_SUPPORTED);
    map_error = ERR_NOT_SUPPORTED;
    assert_int_equal(smc(TESSERA_SMC_COUNTER_READ, 0), FFA_NOT_SUPPORTED);
}

static void other_numbers_are_nobodys(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < 0x10000; number++) {
        uint64_t fid = 0x82000000 | number;

        if (fid != TESSERA_SMC_COUNTER_READ && fid != TESSERA_SMC_COUNTER_ADVANCE) {
            assert_int_equal(smc(fid, 1), -1);
        }
        assert_int_equal(smc(fid | 0x40000000, 1), -1);
    }
    assert_int_equal(maps, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_counts_to_its_end_and_stays_there, fresh),
        cmocka_unit_test_setup(several_steps_at_once_are_two_words_at_most, fresh),
        cmocka_unit_test_setup(it_never_goes_back_nor_far, fresh),
        cmocka_unit_test_setup(power_may_fail_in_every_word, fresh),
        cmocka_unit_test_setup(memory_that_fails_is_told, fresh),
        cmocka_unit_test_setup(a_board_that_cannot_program_says_so, fresh),
        cmocka_unit_test_setup(other_numbers_are_nobodys, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
