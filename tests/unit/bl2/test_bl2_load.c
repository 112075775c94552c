// SPDX-License-Identifier: BSD-3-Clause
//
// BL2's image table and packages (bl2/bl2_images.c, bl2/bl2_load.c) with QEMU virt's regions mapped
// at their real addresses: rows hold together, land in the right hand-off slot, packages fill their
// region and not more, strangers in the FIP are named.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "auth.h"
#include "bits.h"
#include "bl2/bl2_private.h"
#include "board.h"
#include "tests/unit/platform/boot_support.h"

static struct fip fip;
static struct handoff handoff;
static struct bl2_config config;
static uint8_t data[0x11000];

enum auth_verdict auth_image(const uint8_t *uuid, const void *base, size_t size)
{
    (void)uuid;
    (void)base;
    (void)size;
    return AUTH_NOT_VERIFIED;
}

static int map_secure_ram(void **state)
{
    void *at = (void *)(uintptr_t)SECURE_RAM_BASE;

    (void)state;
    return mmap(at, SECURE_RAM_SIZE, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) == at
               ? 0
               : -1;
}

static int fresh(void **state)
{
    (void)state;
    support_reset();
    memset(&handoff, 0, sizeof(handoff));
    memset(&config, 0, sizeof(config));
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i ^ i >> 8);
    }
    return 0;
}

static void open_fip(const struct support_image *images, size_t count)
{
    support_make_fip(images, count);
    assert_int_equal(load_open(&fip), ERR_NONE);
}

static void add_package(const char *name, uint8_t first_byte)
{
    struct bl2_config_package *package = &config.packages[config.package_count++];

    memcpy(package->name, name, strlen(name) + 1);
    package->uuid[0] = first_byte;
}

static void rows_of_the_table_do_not_meet(void **state)
{
    (void)state;
    assert_int_equal(bl2_images[0].id, IMAGE_TB_FW_CONFIG);
    for (size_t i = 0; i < bl2_image_count; i++) {
        const struct bl2_image *a = &bl2_images[i];

        assert_true(IS_ALIGNED(a->base, PAGE_SIZE) && a->limit != 0);
        assert_true(range_inside(a->base, a->limit, SECURE_RAM_BASE, SECURE_RAM_SIZE) !=
                    (a->id == IMAGE_NT_FW));
        assert_in_range(a->slot, 1, sizeof(struct handoff) - sizeof(struct handoff_image));
        assert_false(range_overlap(a->base, a->limit, BL2_BASE, BL2_SIZE + BL1_RW_SIZE));
        assert_false(range_overlap(a->base, a->limit, SP_PKG_BASE, SP_PKG_SIZE));
        assert_false(range_overlap(a->base, a->limit, HANDOFF_BASE, HANDOFF_SIZE + PARK_SIZE));
        for (size_t j = 0; j < i; j++) {
            const struct bl2_image *b = &bl2_images[j];

            assert_false(range_overlap(a->base, a->limit, b->base, b->limit));
            assert_true(a->slot != b->slot && a->id != b->id);
        }
    }
}

static void a_row_lands_in_its_region_and_its_slot(void **state)
{
    const struct support_image images[] = {
        { fip_names_get(IMAGE_SOC_FW)->uuid, data, 1000 },
        { fip_names_get(IMAGE_TB_FW_CONFIG)->uuid, data, TB_FW_CONFIG_SIZE },
    };

    (void)state;
    open_fip(images, 2);
    assert_int_equal(bl2_load_row(&fip, &bl2_images[0], &handoff), ERR_NONE);
    assert_int_equal(handoff.config.base, TB_FW_CONFIG_BASE);
    assert_int_equal(handoff.config.size, TB_FW_CONFIG_SIZE);
    assert_memory_equal((void *)(uintptr_t)TB_FW_CONFIG_BASE, data, TB_FW_CONFIG_SIZE);
    assert_int_equal(bl2_load_row(&fip, &bl2_images[1], &handoff), ERR_NONE);
    assert_int_equal(handoff.bl31.base, BL31_BASE);
    assert_int_equal(handoff.bl31.entry, BL31_BASE);
    assert_int_equal(handoff.bl31.size, 1000);
    assert_int_equal(bl2_load_row(&fip, &bl2_images[2], &handoff), ERR_NOT_FOUND);
    assert_int_equal(handoff.spmc.size, 0);
    assert_string_equal(support_last_line, "SPMC: not in the FIP");
}

static void a_row_too_large_is_refused_before_its_region_is_touched(void **state)
{
    const struct support_image images[] = {
        { fip_names_get(IMAGE_TB_FW_CONFIG)->uuid, data, TB_FW_CONFIG_SIZE + 1 },
    };

    (void)state;
    open_fip(images, 1);
    memset((void *)(uintptr_t)TB_FW_CONFIG_BASE, 0xee, 16);
    assert_int_equal(bl2_load_row(&fip, &bl2_images[0], &handoff), ERR_RANGE);
    assert_int_equal(handoff.config.size, 0);
    assert_int_equal(*(uint8_t *)(uintptr_t)TB_FW_CONFIG_BASE, 0xee);
    assert_non_null(strstr(support_last_line, "TB_FW_CONFIG: size 65537 must be at most 65536"));
}

static void packages_lie_behind_each_other_on_pages(void **state)
{
    const uint8_t uuids[3][16] = { { 1 }, { 2 }, { 3 } };
    const struct support_image images[] = { { uuids[0], data, 4097 },
                                            { uuids[1], data + 1, 4096 },
                                            { uuids[2], data + 2, 1 } };

    (void)state;
    open_fip(images, 3);
    add_package("c", 3);
    add_package("a", 1);
    add_package("b", 2);
    assert_int_equal(bl2_load_packages(&fip, &config, &handoff), ERR_NONE);
    assert_int_equal(handoff.package_count, 3);
    assert_int_equal(handoff.packages[0].base, SP_PKG_BASE);
    assert_int_equal(handoff.packages[0].size, 1);
    assert_int_equal(handoff.packages[0].uuid[0], 3);
    assert_int_equal(handoff.packages[1].base, SP_PKG_BASE + 0x1000);
    assert_int_equal(handoff.packages[2].base, SP_PKG_BASE + 0x3000);
    assert_memory_equal((void *)(uintptr_t)(SP_PKG_BASE + 0x1000), data, 4097);
    assert_memory_equal((void *)(uintptr_t)(SP_PKG_BASE + 0x3000), data + 1, 4096);
}

// The region takes 6 MiB; the flash of this test is smaller, so its size is claimed by an entry of
// the opened FIP.
static void packages_share_the_limit_of_their_region(void **state)
{
    const uint8_t uuids[2][16] = { { 1 }, { 2 } };
    const struct support_image images[] = { { uuids[0], data, 5 }, { uuids[1], data, 5 } };

    (void)state;
    open_fip(images, 2);
    add_package("a", 1);
    add_package("b", 2);
    fip.entries[1].size = SP_PKG_SIZE - PAGE_SIZE + 1;
    assert_int_equal(bl2_load_packages(&fip, &config, &handoff), ERR_RANGE);
    assert_int_equal(handoff.package_count, 1);
    assert_non_null(strstr(support_last_line, "b: size 6287361 must be at most 6287360"));
}

static void a_package_that_is_missing_is_named(void **state)
{
    const uint8_t uuid[16] = { 1 };
    const struct support_image images[] = { { uuid, data, 5 } };

    (void)state;
    open_fip(images, 1);
    add_package("echo", 9);
    assert_int_equal(bl2_load_packages(&fip, &config, &handoff), ERR_NOT_FOUND);
    assert_int_equal(handoff.package_count, 0);
    assert_string_equal(support_last_line, "echo: not in the FIP");
}

static void strangers_in_the_fip_are_named(void **state)
{
    const uint8_t uuid[16] = { 0xab };
    struct support_image images[] = {
        { fip_names_get(IMAGE_TB_FW)->uuid, data, 5 },
        { fip_names_get(IMAGE_NT_FW)->uuid, data, 5 },
        { uuid, data, 5 },
    };

    (void)state;
    open_fip(images, 3);
    assert_int_equal(bl2_load_check_known(&fip, &config), ERR_INVALID);
    assert_non_null(strstr(support_last_line, "entry 2: image ab000000-0000-0000"));
    add_package("echo", 0xab);
    assert_int_equal(bl2_load_check_known(&fip, &config), ERR_NONE);
    images[1].uuid = fip_names_get(IMAGE_HW_CONFIG)->uuid;
    open_fip(images, 3);
    assert_int_equal(bl2_load_check_known(&fip, &config), ERR_INVALID);
    assert_non_null(strstr(support_last_line, "(HW_CONFIG)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rows_of_the_table_do_not_meet, fresh),
        cmocka_unit_test_setup(a_row_lands_in_its_region_and_its_slot, fresh),
        cmocka_unit_test_setup(a_row_too_large_is_refused_before_its_region_is_touched, fresh),
        cmocka_unit_test_setup(packages_lie_behind_each_other_on_pages, fresh),
        cmocka_unit_test_setup(packages_share_the_limit_of_their_region, fresh),
        cmocka_unit_test_setup(a_package_that_is_missing_is_named, fresh),
        cmocka_unit_test_setup(strangers_in_the_fip_are_named, fresh),
    };

    return cmocka_run_group_tests(tests, map_secure_ram, NULL);
}
