// SPDX-License-Identifier: BSD-3-Clause
//
// Every way in which loading a package (spmc/sp_load.c, sp_load_check.c) can fail, with the line that names it, all pages back,
// no key left.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "load_cache.h"
#include "load_support.h"
#include "platform.h"
#include "regs.h"
#include "sp_load_case.h"
#include "spmc_mm.h"

// No half of a key of case_put_keys(0x77) is in the pool.
static void expect_no_key(void)
{
    for (uint32_t half = 0; half < 2; half++) {
        uint8_t key[16];

        for (size_t i = 0; i < sizeof(key); i++) {
            key[i] = (uint8_t)(0x77 + 0x40 * half + i);
        }
        assert_null(memmem(spmc_mm_va(PAGE_POOL_BASE), POOL_PAGES * PAGE_SIZE, key, sizeof(key)));
    }
    case_expect_bytes(case_place.sealing_key, 32, 0);
    case_expect_bytes(case_place.identity, 32, 0);
}

static void refused(uint32_t index, int err, const char *part)
{
    const struct sp empty = { .state = 0 };
    uint32_t free_pages = page_pool_free_count();
    int got;

    case_put_keys(0x77);
    got = sp_load(&case_sps[index], &case_place, &case_handoff, case_sps, index);
    if (got != err) {
        fail_msg("%d instead of %d: %s", got, err, support_log);
    }
    if (strstr(support_log, part) == NULL || strstr(support_log, UUID_TEXT) == NULL ||
        support_log[0] != '1') {
        fail_msg("\"%s\" does not name \"%s\" and the package", support_log, part);
    }
    assert_int_equal(page_pool_free_count(), free_pages);
    assert_memory_equal(&case_sps[index], &empty, sizeof(empty));
    expect_no_key();
}

static void bad_headers_are_refused(void **state)
{
    struct handoff_package wrong = case_place;

    (void)state;
    case_package[0] ^= 1;
    refused(0, ERR_INVALID, "header: magic");
    case_build_package(NULL, NULL);
    package_put32(case_package + 20, PACKAGE_SIZE);
    refused(0, ERR_RANGE, "header: img_size");
    wrong.base = SP_PKG_BASE + SP_PKG_SIZE - PAGE_SIZE; // reaches into the page pool
    assert_int_equal(sp_load(&case_sps[0], &wrong, &case_handoff, case_sps, 0), ERR_RANGE);
    wrong.base = SP_PKG_BASE - PAGE_SIZE;
    assert_int_equal(sp_load(&case_sps[0], &wrong, &case_handoff, case_sps, 0), ERR_RANGE);
    wrong.base = SP_PKG_BASE + 8;
    assert_int_equal(sp_load(&case_sps[0], &wrong, &case_handoff, case_sps, 0), ERR_RANGE);
    wrong.base = SP_PKG_BASE;
    wrong.size = UINT64_MAX;
    assert_int_equal(sp_load(&case_sps[0], &wrong, &case_handoff, case_sps, 0), ERR_RANGE);
    assert_non_null(strstr(support_log, "place"));
}

static void a_device_that_the_board_has_for_reading_is_never_writable(void **state)
{
    (void)state;
    case_build_device("\0\0\0\0\x0b\0\0\0", "\0\0\0\1", case_two_regions);
    case_load_ok(0);
    case_expect_device(&case_sps[0], READABLE_BASE, TABLES_RO);
    sp_space_destroy(&case_sps[0].space, false);
    memset(&case_sps[0], 0, sizeof(case_sps[0]));
    case_build_device("\0\0\0\0\x0b\0\0\0", "\0\0\0\3", case_two_regions);
    refused(0, ERR_DENIED, "property \"attributes\": must not allow writing");
}

static void bad_manifests_are_refused_with_the_property(void **state)
{
    const struct package_change typo[] = { { "boot-odrer", "\0\0\0\1", 4 }, { NULL, NULL, 0 } };
    const struct package_change missing[] = { { "uuid", NULL, 0 }, { NULL, NULL, 0 } };
    const struct package_change method[] = { { "messaging-method", "\0\0\0\x8", 4 },
                                             { NULL, NULL, 0 } };

    (void)state;
    case_build_package(typo, NULL);
    refused(0, ERR_NOT_SUPPORTED, "property \"boot-odrer\"");
    case_build_package(missing, NULL);
    refused(0, ERR_NOT_FOUND, "property \"uuid\"");
    case_build_package(method, NULL);
    refused(0, ERR_NOT_SUPPORTED, "property \"messaging-method\"");
    memset(case_package + MANIFEST, 0, 16);
    refused(0, ERR_INVALID, "manifest");
}

static void regions_on_memory_of_the_firmware_are_refused(void **state)
{
    static const struct {
        uint64_t base;
        uint32_t attributes;
    } taken[] = {
        { BL31_BASE, 3 },          { SPMC_BASE + SPMC_SIZE - PAGE_SIZE, 3 },
        { HANDOFF_BASE, 3 },       { PARK_BASE, 3 },
        { TB_FW_CONFIG_BASE, 3 },  { SP_PKG_BASE, 3 },
        { PAGE_POOL_BASE, 3 },     { SECURE_RAM_BASE + SECURE_RAM_SIZE - PAGE_SIZE, 3 },
        { HW_DTB_BASE, 11 },       { BL33_BASE + 0x1000, 11 },
        { BOOT_PARAMS_BASE, 3 },   { EVENT_LOG_BASE, 3 },
        { NS_EVENT_LOG_BASE, 11 }, { NS_TPM_CRB_BASE + NS_TPM_CRB_SIZE - PAGE_SIZE, 11 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        const struct package_region regions[] = {
            { "r", "r", 1, taken[i].attributes, taken[i].base },
            { NULL, NULL, 0, 0, 0 },
        };

        case_build_package(NULL, regions);
        refused(0, ERR_OVERLAP, "node \"r\", property \"base-address\"");
    }
}

static void memory_of_the_normal_world_that_the_board_does_not_list_is_no_device(void **state)
{
    static const char *const bases[] = { "\0\0\0\0\x40\x12\x20\0", "\0\0\0\0\x40\x12\0\0",
                                         "\0\0\0\0\x09\1\0\0", "\0\0\0\0\x0e\x10\0\0" };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        case_build_device(bases[i], "\0\0\0\x0b", NULL);
        refused(0, ERR_RANGE, "node \"d\", property \"base-address\"");
    }
    case_build_device(CASE_SHARED, "\0\0\0\x03", NULL); // not as the secure world's
    refused(0, ERR_RANGE, "node \"d\", property \"base-address\"");
    case_build_device(CASE_SHARED, "\0\0\0\x0b", NULL);
    case_load_ok(0);
    case_build_device(CASE_SHARED, "\0\0\0\x09", NULL); // nor by two
    refused(1, ERR_OVERLAP, "node \"clock\", property \"base-address\"");
}

static void normal_world_memory_that_cannot_be_marked_is_refused(void **state)
{
    for (uint32_t i = 0; i < 2; i++) {
        case_fresh(state);
        case_build_device(CASE_SHARED, "\0\0\0\x0b", case_two_regions);
        case_mark_fails = i;
        refused(0, ERR_DENIED, "normal-world memory of its manifest");
        assert_int_equal(case_mark_count, 0);
    }
}

// The console, one of the normal world, one page too many, in no region at all
static void devices_that_the_board_has_for_others_are_refused(void **state)
{
    static const char *const bases[] = { "\0\0\0\0\x09\0\0\0", "\0\0\0\0\x09\2\0\0",
                                         "\0\0\0\0\x09\1\x20\0", "\0\0\0\0\x08\0\0\0" };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        case_build_device(bases[i], "\0\0\0\3", case_two_regions);
        refused(0, ERR_RANGE, "node \"d\", property \"base-address\"");
    }
}

static void two_partitions_cannot_have_a_device(void **state)
{
    (void)state;
    case_build_device("\0\0\0\0\x09\1\0\0", "\0\0\0\3", case_two_regions);
    case_load_ok(0);
    case_build_device("\0\0\0\0\x09\1\x10\0", "\0\0\0\1", NULL); // overlaps by a page, read-only
    refused(1, ERR_OVERLAP, "node \"clock\", property \"base-address\"");
    case_build_package(NULL, NULL);
    case_load_ok(1);
}

static void bad_images_are_refused_with_the_field(void **state)
{
    package_put16(case_package + IMAGE + 16, 2); // ET_EXEC
    refused(0, ERR_INVALID, "ELF image: e_type");
    assert_int_equal(case_fresh(state), 0);
    package_put32(case_package + IMAGE + ELF_TEST_PHDR(0) + 4, 7); // RWX
    refused(0, ERR_INVALID, "ELF image: p_flags");
}

static void a_second_partition_must_not_claim_what_the_first_has(void **state)
{
    const struct package_change named[] = { { "id", "\0\0\x80\x07", 4 },
                                            { "boot-order", "\0\0\0\1", 4 },
                                            { NULL, NULL, 0 } };
    const struct package_change same_id[] = { named[0], named[2] };
    const struct package_region shared[] = { { "rpc", "rpc", 1, 11, NS_REGION_BASE + 0x1f000 },
                                             { NULL, NULL, 0, 0, 0 } };

    (void)state;
    case_build_package(named, case_two_regions);
    case_load_ok(0);
    case_build_package(same_id, NULL);
    refused(1, ERR_DUPLICATE, "\"id\"");
    case_build_package(named + 1, NULL); // the same order
    refused(1, ERR_DUPLICATE, "\"boot-order\"");
    case_build_package(NULL, shared);
    refused(1, ERR_OVERLAP, "\"base-address\"");
    case_build_package(NULL, NULL);
    case_load_ok(1);
}

static void running_out_of_pages_anywhere_gives_all_back(void **state)
{
    uint32_t needed = page_pool_free_count();

    case_load_ok(0);
    needed -= page_pool_free_count();
    for (uint32_t pages = 1; pages < needed; pages++) {
        assert_int_equal(case_fresh(state), 0);
        assert_int_equal(page_pool_init(spmc_mm_va(PAGE_POOL_BASE), pages * PAGE_SIZE), 0);
        refused(0, ERR_NO_MEMORY, "memory");
    }
    assert_int_equal(case_fresh(state), 0);
    assert_int_equal(page_pool_init(spmc_mm_va(PAGE_POOL_BASE), needed * PAGE_SIZE), 0);
    case_load_ok(0);
}

static void running_out_of_entropy_anywhere_is_refused(void **state)
{
    for (uint32_t left = 0; left < 160; left += 8) {
        assert_int_equal(case_fresh(state), 0);
        case_handoff.entropy_used = HANDOFF_ENTROPY_SIZE - left;
        refused(0, ERR_NO_MEMORY, "entropy");
    }
    assert_int_equal(case_fresh(state), 0);
    case_handoff.entropy_used = HANDOFF_ENTROPY_SIZE - 160;
    case_load_ok(0);
}

static void a_key_or_seed_of_zeros_is_refused(void **state)
{
    for (uint32_t at = 16; at < 160; at += 16) { // after the two words for addresses
        assert_int_equal(case_fresh(state), 0);
        memset(case_handoff.entropy + at, 0, 16);
        refused(0, ERR_INVALID, "entropy");
    }
}

static void a_package_without_keys_is_refused(void **state)
{
    (void)state;
    for (int without = 0; without < 2; without++) {
        case_put_keys(0x77);
        memset(without == 0 ? case_place.sealing_key : case_place.identity, 0, BOOT_KEY_SIZE);
        assert_int_equal(sp_load(&case_sps[0], &case_place, &case_handoff, case_sps, 0),
                         ERR_INVALID);
        assert_non_null(strstr(support_log, "package " UUID_TEXT ": sealing key and identity"));
        expect_no_key();
    }
    case_put_keys(0x77);
    memset(case_place.sealing_key, 0, BOOT_KEY_SIZE - 1); // one byte that is not zero is a key
    memset(case_place.identity + 1, 0, BOOT_KEY_SIZE - 1);
    assert_int_equal(sp_load(&case_sps[0], &case_place, &case_handoff, case_sps, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(memory_of_the_normal_world_that_the_board_does_not_list_is_no_device,
                               case_fresh),
        cmocka_unit_test_setup(normal_world_memory_that_cannot_be_marked_is_refused, case_fresh),
        cmocka_unit_test_setup(a_device_that_the_board_has_for_reading_is_never_writable,
                               case_fresh),
        cmocka_unit_test_setup(bad_headers_are_refused, case_fresh),
        cmocka_unit_test_setup(bad_manifests_are_refused_with_the_property, case_fresh),
        cmocka_unit_test_setup(regions_on_memory_of_the_firmware_are_refused, case_fresh),
        cmocka_unit_test_setup(devices_that_the_board_has_for_others_are_refused, case_fresh),
        cmocka_unit_test_setup(two_partitions_cannot_have_a_device, case_fresh),
        cmocka_unit_test_setup(bad_images_are_refused_with_the_field, case_fresh),
        cmocka_unit_test_setup(a_second_partition_must_not_claim_what_the_first_has, case_fresh),
        cmocka_unit_test_setup(running_out_of_pages_anywhere_gives_all_back, case_fresh),
        cmocka_unit_test_setup(running_out_of_entropy_anywhere_is_refused, case_fresh),
        cmocka_unit_test_setup(a_key_or_seed_of_zeros_is_refused, case_fresh),
        cmocka_unit_test_setup(a_package_without_keys_is_refused, case_fresh),
    };

    return cmocka_run_group_tests(tests, case_setup, NULL);
}
