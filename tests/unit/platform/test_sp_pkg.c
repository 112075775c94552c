// SPDX-License-Identifier: BSD-3-Clause
//
// Partition-package reader (platform/lib/boot/sp_pkg.c): both versions, every rule with its error
// code, field and numbers, every header length, every flipped bit. Headers are built here from the
// format's description.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sp_pkg.h"

#define PACKAGE_SIZE 0x6000

enum field {
    MAGIC,
    VERSION,
    PM_OFFSET,
    PM_SIZE,
    IMG_OFFSET,
    IMG_SIZE,
};

static uint8_t header[25]; // one more, so that a header at an odd address can be tried
static struct image_fault fault;
static struct sp_pkg pkg;

static void put(enum field field, uint32_t value)
{
    for (size_t i = 0; i < 4; i++) {
        header[4 * (size_t)field + i] = (uint8_t)(value >> 8 * i);
    }
}

static void put_good_v2(void)
{
    put(MAGIC, 0x474b5053); // the characters SPKG
    put(VERSION, 2);
    put(PM_OFFSET, 0x1000);
    put(PM_SIZE, 0x400);
    put(IMG_OFFSET, 0x4000);
    put(IMG_SIZE, 0x2000);
}

static void put_good_v1(void)
{
    put_good_v2();
    put(VERSION, 1);
    put(PM_OFFSET, 24);
    put(IMG_OFFSET, 0x1000);
}

static int decode(size_t len, size_t package_size)
{
    memset(&pkg, 0x77, sizeof(pkg));
    memset(&fault, 0xee, sizeof(fault));
    return sp_pkg_decode(header, len, package_size, &pkg, &fault);
}

static void decodes_version_2(void **state)
{
    (void)state;
    put_good_v2();
    assert_int_equal(decode(24, PACKAGE_SIZE), 0);
    assert_int_equal(pkg.version, 2);
    assert_int_equal(pkg.manifest_offset, 0x1000);
    assert_int_equal(pkg.manifest_size, 0x400);
    assert_int_equal(pkg.image_offset, 0x4000);
    assert_int_equal(pkg.image_size, 0x2000);
}

static void decodes_version_1(void **state)
{
    (void)state;
    put_good_v1();
    assert_int_equal(decode(24, PACKAGE_SIZE), 0);
    assert_int_equal(pkg.version, 1);
    assert_int_equal(pkg.manifest_offset, 24);
    assert_int_equal(pkg.image_offset, 0x1000);
}

static void decodes_from_any_address(void **state)
{
    (void)state;
    put_good_v2();
    memmove(header + 1, header, 24);
    assert_int_equal(sp_pkg_decode(header + 1, 24, PACKAGE_SIZE, &pkg, &fault), 0);
}

static void parts_may_touch_and_end_with_the_package(void **state)
{
    (void)state;
    put_good_v2();
    put(PM_SIZE, 0x3000); // up to the image
    assert_int_equal(decode(24, PACKAGE_SIZE), 0);
    assert_int_equal(decode(24, PACKAGE_SIZE + 1), 0); // bytes behind the image
}

// One change to a good header and what must come of it.
struct refusal {
    uint32_t version;
    enum field field;
    uint32_t value;
    size_t package_size;
    int err;
    enum sp_pkg_rule rule;
    uint64_t found;
    uint64_t expected;
    const char *name;
};

static const struct refusal refusals[] = {
    { 2, MAGIC, 0x534b5047, PACKAGE_SIZE, ERR_INVALID, SP_PKG_RULE_MAGIC, 0x534b5047, 0x474b5053,
      "magic" },
    { 2, MAGIC, 0, PACKAGE_SIZE, ERR_INVALID, SP_PKG_RULE_MAGIC, 0, 0x474b5053, "magic" },
    { 2, VERSION, 0, PACKAGE_SIZE, ERR_VERSION, SP_PKG_RULE_VERSION, 0, 2, "version" },
    { 2, VERSION, 3, PACKAGE_SIZE, ERR_VERSION, SP_PKG_RULE_VERSION, 3, 2, "version" },
    { 2, VERSION, 0x02000000, PACKAGE_SIZE, ERR_VERSION, SP_PKG_RULE_VERSION, 0x02000000, 2,
      "version" },
    { 1, PM_OFFSET, 0x1000, PACKAGE_SIZE, ERR_INVALID, SP_PKG_RULE_PM_OFFSET_V1, 0x1000, 24,
      "pm_offset" },
    { 1, PM_OFFSET, 23, PACKAGE_SIZE, ERR_INVALID, SP_PKG_RULE_PM_OFFSET_V1, 23, 24, "pm_offset" },
    { 2, PM_OFFSET, 0, PACKAGE_SIZE, ERR_INVALID, SP_PKG_RULE_PM_OFFSET_V2, 0, 0x1000,
      "pm_offset" },
    { 2, PM_OFFSET, 24, PACKAGE_SIZE, ERR_INVALID, SP_PKG_RULE_PM_OFFSET_V2, 24, 0x1000,
      "pm_offset" },
    { 2, PM_OFFSET, 0x1fff, PACKAGE_SIZE, ERR_INVALID, SP_PKG_RULE_PM_OFFSET_V2, 0x1fff, 0x1000,
      "pm_offset" },
    { 2, PM_SIZE, 0, PACKAGE_SIZE, ERR_INVALID, SP_PKG_RULE_PM_EMPTY, 0, 1, "pm_size" },
    { 2, PM_OFFSET, 0x7000, PACKAGE_SIZE, ERR_RANGE, SP_PKG_RULE_PM_RANGE, 0x7000, 0x6000,
      "pm_offset" },
    { 2, PM_OFFSET, 0xfffff000, PACKAGE_SIZE, ERR_RANGE, SP_PKG_RULE_PM_RANGE, 0xfffff000, 0x6000,
      "pm_offset" },
    { 2, PM_SIZE, 0x5001, PACKAGE_SIZE, ERR_RANGE, SP_PKG_RULE_PM_SIZE, 0x5001, 0x5000, "pm_size" },
    { 2, PM_SIZE, 0xffffffff, PACKAGE_SIZE, ERR_RANGE, SP_PKG_RULE_PM_SIZE, 0xffffffff, 0x5000,
      "pm_size" },
    { 2, PM_SIZE, 0x400, 0x1000, ERR_RANGE, SP_PKG_RULE_PM_SIZE, 0x400, 0, "pm_size" },
    { 2, IMG_OFFSET, 0x4001, PACKAGE_SIZE, ERR_INVALID, SP_PKG_RULE_IMG_ALIGN, 0x4001, 0x1000,
      "img_offset" },
    { 1, IMG_OFFSET, 0x1fff, PACKAGE_SIZE, ERR_INVALID, SP_PKG_RULE_IMG_ALIGN, 0x1fff, 0x1000,
      "img_offset" },
    { 2, IMG_OFFSET, 0, PACKAGE_SIZE, ERR_OVERLAP, SP_PKG_RULE_IMG_OVERLAP, 0, 0x1400,
      "img_offset" },
    { 1, IMG_OFFSET, 0, PACKAGE_SIZE, ERR_OVERLAP, SP_PKG_RULE_IMG_OVERLAP, 0, 0x418,
      "img_offset" },
    { 2, IMG_OFFSET, 0x1000, PACKAGE_SIZE, ERR_OVERLAP, SP_PKG_RULE_IMG_OVERLAP, 0x1000, 0x1400,
      "img_offset" },
    { 2, PM_SIZE, 0x3001, PACKAGE_SIZE, ERR_OVERLAP, SP_PKG_RULE_IMG_OVERLAP, 0x4000, 0x4001,
      "img_offset" },
    { 2, IMG_SIZE, 0, PACKAGE_SIZE, ERR_INVALID, SP_PKG_RULE_IMG_EMPTY, 0, 1, "img_size" },
    { 2, IMG_OFFSET, 0x7000, PACKAGE_SIZE, ERR_RANGE, SP_PKG_RULE_IMG_RANGE, 0x7000, 0x6000,
      "img_offset" },
    { 2, IMG_OFFSET, 0xfffff000, PACKAGE_SIZE, ERR_RANGE, SP_PKG_RULE_IMG_RANGE, 0xfffff000, 0x6000,
      "img_offset" },
    { 2, IMG_SIZE, 0x2001, PACKAGE_SIZE, ERR_RANGE, SP_PKG_RULE_IMG_SIZE, 0x2001, 0x2000,
      "img_size" },
    { 2, IMG_SIZE, 0xfffff000, PACKAGE_SIZE, ERR_RANGE, SP_PKG_RULE_IMG_SIZE, 0xfffff000, 0x2000,
      "img_size" },
    { 2, IMG_SIZE, 0x2000, PACKAGE_SIZE - 1, ERR_RANGE, SP_PKG_RULE_IMG_SIZE, 0x2000, 0x1fff,
      "img_size" },
};

static void refuses_each_broken_rule_with_its_field_and_numbers(void **state)
{
    uint32_t seen = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        const struct refusal *row = &refusals[i];

        if (row->version == 1) {
            put_good_v1();
        } else {
            put_good_v2();
        }
        put(row->field, row->value);
        assert_int_equal(decode(24, row->package_size), row->err);
        assert_int_equal(fault.rule, row->rule);
        assert_int_equal(fault.entry, IMAGE_FAULT_NO_ENTRY);
        assert_true(fault.found == row->found);
        assert_true(fault.expected == row->expected);
        assert_string_equal(fault.field, row->name);
        assert_int_equal(pkg.version, 0x77777777); // untouched
        seen |= 1u << row->rule;
    }
    // every rule but "none" and the header's, which has its own test
    assert_int_equal(seen, (1u << SP_PKG_RULE_COUNT) - 1 - (1u << SP_PKG_RULE_NONE) -
                               (1u << SP_PKG_RULE_HEADER));
}

static void refuses_every_shorter_header(void **state)
{
    (void)state;
    put_good_v2();
    for (size_t len = 0; len < 24; len++) {
        assert_int_equal(decode(len, PACKAGE_SIZE), ERR_TRUNCATED);
        assert_int_equal(fault.rule, SP_PKG_RULE_HEADER);
        assert_int_equal(fault.found, len);
        assert_int_equal(fault.expected, 24);
        assert_int_equal(decode(24, len), ERR_TRUNCATED); // a package shorter than what can be read
        assert_int_equal(fault.found, len);
    }
}

static void refuses_every_shorter_package(void **state)
{
    (void)state;
    put_good_v2();
    for (size_t size = 0; size < PACKAGE_SIZE; size++) {
        assert_true(decode(24, size) < 0);
    }
}

static void every_flipped_bit_is_refused_or_harmless(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < 192; bit++) {
        put_good_v2();
        header[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (decode(24, PACKAGE_SIZE) == 0) {
            assert_true(pkg.manifest_offset >= 24 && pkg.manifest_size > 0 && pkg.image_size > 0);
            assert_true((uint64_t)pkg.manifest_offset + pkg.manifest_size <= pkg.image_offset);
            assert_true((uint64_t)pkg.image_offset + pkg.image_size <= PACKAGE_SIZE);
            assert_int_equal(pkg.image_offset % 4096, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_version_2),
        cmocka_unit_test(decodes_version_1),
        cmocka_unit_test(decodes_from_any_address),
        cmocka_unit_test(parts_may_touch_and_end_with_the_package),
        cmocka_unit_test(refuses_each_broken_rule_with_its_field_and_numbers),
        cmocka_unit_test(refuses_every_shorter_header),
        cmocka_unit_test(refuses_every_shorter_package),
        cmocka_unit_test(every_flipped_bit_is_refused_or_harmless),
    };

    return cmocka_run_group_tests_name("sp_pkg", tests, NULL, NULL);
}
