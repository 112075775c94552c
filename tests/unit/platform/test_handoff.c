// SPDX-License-Identifier: BSD-3-Clause
//
// The hand-off (platform/lib/boot/handoff.c): a good one passes, each field broken alone is refused
// with the right code, entropy is given out once and wiped.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "handoff.h"

static struct handoff handoff;

static int fresh(void **state)
{
    (void)state;
    memset(&handoff, 0, sizeof(handoff));
    handoff.magic = HANDOFF_MAGIC;
    handoff.version = HANDOFF_VERSION;
    handoff.size = sizeof(handoff);
    handoff.board = (struct board_info){ 0x40000000, 0x20000000, 1, 0 };
    handoff.bl31 = (struct handoff_image){ 0xe000000, 0x5000, 0xe000000 };
    handoff.spmc = (struct handoff_image){ 0xe020000, 0x9000, 0xe020000 };
    handoff.bl33 = (struct handoff_image){ 0x48000000, 971304, 0x48000000 };
    handoff.config = (struct handoff_image){ 0xe070000, 300, 0 };
    handoff.log = (struct handoff_log){ 0xe063000, 0x1000, 700 };
    handoff.facts = (struct tessera_boot_facts){
        .version = 1, .root_hash = { 1 }, .implementation_id = { 2 }, .boot_seed = { 3 }
    };
    handoff.facts.counter[COT_TRUSTED] = 3;
    handoff.facts.counter[COT_NON_TRUSTED] = 0;
    handoff.package_count = 2;
    handoff.packages[0].base = 0xe080000;
    handoff.packages[0].size = 4096;
    handoff.packages[1].base = 0xe081000;
    handoff.packages[1].size = 1;
    for (size_t i = 0; i < HANDOFF_ENTROPY_SIZE; i++) {
        handoff.entropy[i] = (uint8_t)(i % 255 + 1);
    }
    return 0;
}

#define REFUSED(field, value, result)                        \
    do {                                                     \
        fresh(NULL);                                         \
        handoff.field = (value);                             \
        assert_int_equal(handoff_check(&handoff), (result)); \
    } while (0)

static void a_good_one_passes_unchanged(void **state)
{
    struct handoff before = handoff;

    (void)state;
    assert_int_equal(handoff_check(&handoff), ERR_NONE);
    assert_memory_equal(&before, &handoff, sizeof(before));
    handoff.package_count = 0;
    assert_int_equal(handoff_check(&handoff), ERR_NONE);
    handoff.entropy_used = HANDOFF_ENTROPY_SIZE;
    assert_int_equal(handoff_check(&handoff), ERR_NONE);
    handoff.bl33.entry = 0x48000000 + 971300;
    assert_int_equal(handoff_check(&handoff), ERR_NONE);
    handoff.log.used = handoff.log.size;
    handoff.facts.counter[COT_TRUSTED] = 0xffff; // the most that a certificate may hold
    assert_int_equal(handoff_check(&handoff), ERR_NONE);
}

static void every_broken_field_is_refused(void **state)
{
    (void)state;
    REFUSED(magic, 0, ERR_INVALID);
    REFUSED(version, 1, ERR_VERSION); // of a BL2 that measured nothing
    REFUSED(version, 2, ERR_VERSION); // that told partitions nothing
    REFUSED(version, 4, ERR_VERSION);
    REFUSED(version, 0, ERR_VERSION);
    REFUSED(size, sizeof(handoff) - 1, ERR_INVALID);
    REFUSED(size, sizeof(handoff) + 1, ERR_INVALID);
    REFUSED(package_count, HANDOFF_MAX_PACKAGES + 1, ERR_INVALID);
    REFUSED(package_count, UINT32_MAX, ERR_INVALID);
    REFUSED(entropy_used, HANDOFF_ENTROPY_SIZE + 1, ERR_INVALID);
    REFUSED(board.core_count, 0, ERR_INVALID);
    REFUSED(board.dram_size, 0, ERR_INVALID);
    REFUSED(board.dram_size, UINT64_MAX, ERR_RANGE);
}

static void every_broken_fact_is_refused(void **state)
{
    (void)state;
    REFUSED(facts.counter[COT_TRUSTED], 0x10000, ERR_INVALID);
    REFUSED(facts.counter[COT_NON_TRUSTED], UINT32_MAX, ERR_INVALID); // no certificate was read
    REFUSED(facts.version, 0, ERR_INVALID);
    REFUSED(facts.version, 2, ERR_INVALID);
    REFUSED(facts.flags, 1, ERR_INVALID);
    REFUSED(facts.root_hash[0], 0, ERR_INVALID);         // all of it is zero then
    REFUSED(facts.implementation_id[0], 0, ERR_INVALID); // as above
    REFUSED(facts.boot_seed[0], 0, ERR_INVALID);         // as above
}

static void every_broken_range_is_refused(void **state)
{
    (void)state;
    REFUSED(bl31.size, 0, ERR_RANGE);
    REFUSED(bl31.base, UINT64_MAX - 10, ERR_RANGE);
    REFUSED(spmc.entry, 0xe01ffff, ERR_RANGE);
    REFUSED(spmc.entry, 0xe020000 + 0x9000 - 3, ERR_RANGE); // half an instruction
    REFUSED(bl33.entry, 0, ERR_RANGE);
    REFUSED(bl33.size, UINT64_MAX, ERR_RANGE);
    REFUSED(config.size, 0, ERR_RANGE);
    REFUSED(config.base, UINT64_MAX, ERR_RANGE);
    REFUSED(log.used, 0, ERR_RANGE);
    REFUSED(log.used, 0x1001, ERR_RANGE);
    REFUSED(log.size, 699, ERR_RANGE);
    REFUSED(log.base, UINT64_MAX - 0xffe, ERR_RANGE);
    REFUSED(packages[1].size, 0, ERR_RANGE);
    REFUSED(packages[1].size, UINT64_MAX, ERR_RANGE);
    REFUSED(packages[1].base, 0xe081004, ERR_RANGE);
    REFUSED(packages[1].base, 0xe080000, ERR_RANGE); // over the first one
    REFUSED(packages[0].size, 4097, ERR_RANGE);      // into the second one
}

static void entropy_is_given_once_and_wiped(void **state)
{
    uint8_t first[16], second[HANDOFF_ENTROPY_SIZE];
    static const uint8_t zero[HANDOFF_ENTROPY_SIZE];

    (void)state;
    assert_int_equal(handoff_take_entropy(&handoff, first, sizeof(first)), ERR_NONE);
    for (size_t i = 0; i < sizeof(first); i++) {
        assert_int_equal(first[i], i + 1);
    }
    assert_memory_equal(handoff.entropy, zero, sizeof(first));
    assert_int_equal(handoff.entropy[16], 17);
    assert_int_equal(handoff_take_entropy(&handoff, second, HANDOFF_ENTROPY_SIZE - 15),
                     ERR_NO_MEMORY);
    assert_int_equal(handoff.entropy[16], 17); // nothing taken
    assert_int_equal(handoff_take_entropy(&handoff, second, 0), ERR_NONE);
    assert_int_equal(handoff_take_entropy(&handoff, second, HANDOFF_ENTROPY_SIZE - 16), ERR_NONE);
    assert_int_equal(second[0], 17);
    assert_memory_equal(handoff.entropy, zero, HANDOFF_ENTROPY_SIZE);
    assert_int_equal(handoff_take_entropy(&handoff, second, 1), ERR_NO_MEMORY);
    assert_int_equal(handoff_take_entropy(&handoff, second, SIZE_MAX), ERR_NO_MEMORY);
    handoff.entropy_used = HANDOFF_ENTROPY_SIZE + 1; // unchecked: still no underflow
    assert_int_equal(handoff_take_entropy(&handoff, second, 1), ERR_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_good_one_passes_unchanged, fresh),
        cmocka_unit_test_setup(every_broken_field_is_refused, fresh),
        cmocka_unit_test_setup(every_broken_fact_is_refused, fresh),
        cmocka_unit_test_setup(every_broken_range_is_refused, fresh),
        cmocka_unit_test_setup(entropy_is_given_once_and_wiped, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
