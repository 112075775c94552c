// SPDX-License-Identifier: BSD-3-Clause
//
// Loading of images (platform/lib/boot/load.c): bounds before any byte is read, wiping after every
// refusal, one line each. The verdict of auth_image is this test's own.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth.h"
#include "load.h"
#include "tests/unit/platform/boot_support.h"

#define LIMIT 4096

static const uint8_t uuid_a[16] = { 0xaa, 1 };
static const uint8_t uuid_b[16] = { 0xbb, 2 };
static uint8_t data[LIMIT + 1];
static uint8_t region[LIMIT + 64];
static struct fip fip;
static enum auth_verdict verdict;
static const void *judged;
static size_t judged_size;

enum auth_verdict auth_image(const uint8_t *uuid, const void *base, size_t size)
{
    assert_memory_equal(uuid, uuid_a, sizeof(uuid_a));
    assert_memory_equal(base, data, size); // what is judged is the copy, complete
    judged = base;
    judged_size = size;
    return verdict;
}

static struct load_row row(void)
{
    return (struct load_row){ "BL31", uuid_a, (uintptr_t)region, LIMIT };
}

static int fresh(void **state)
{
    (void)state;
    support_reset();
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i + 1);
    }
    memset(region, 0xee, sizeof(region));
    verdict = AUTH_NOT_VERIFIED;
    judged = NULL;
    return 0;
}

static void make(uint64_t size)
{
    const struct support_image images[] = { { uuid_a, data, size } };

    support_make_fip(images, 1);
    assert_int_equal(load_open(&fip), ERR_NONE);
    support_reads = 0;
}

static void expect_region(uint8_t value, size_t from)
{
    for (size_t i = from; i < sizeof(region); i++) {
        assert_int_equal(region[i], value);
    }
}

static void an_image_that_fits_is_copied_and_reported(void **state)
{
    const struct load_row bl31 = row();
    uint64_t size = 1;

    (void)state;
    make(LIMIT);
    assert_int_equal(load_image(&fip, &bl31, &size), ERR_NONE);
    assert_int_equal(size, LIMIT);
    assert_memory_equal(region, data, LIMIT);
    expect_region(0xee, LIMIT);
    assert_ptr_equal(judged, region);
    assert_int_equal(judged_size, LIMIT);
    assert_int_equal(support_errors, 0);
    assert_non_null(strstr(support_last_line, "BL31: 0x"));
    assert_non_null(strstr(support_last_line, "4096 bytes"));
}

static void an_image_larger_than_its_region_is_not_even_read(void **state)
{
    const struct load_row bl31 = row();
    uint64_t size = 1;

    (void)state;
    make(LIMIT + 1);
    assert_int_equal(load_image(&fip, &bl31, &size), ERR_RANGE);
    assert_int_equal(size, 0);
    assert_int_equal(support_reads, 0);
    assert_null(judged);
    expect_region(0xee, 0);
    assert_int_equal(support_errors, 1);
    assert_non_null(strstr(support_last_line, "BL31: size 4097 must be at most 4096"));
}

static void a_missing_image_is_named(void **state)
{
    struct load_row bl31 = row();
    uint64_t size = 1;

    (void)state;
    make(16);
    bl31.uuid = uuid_b;
    assert_int_equal(load_image(&fip, &bl31, &size), ERR_NOT_FOUND);
    assert_int_equal(size, 0);
    assert_int_equal(support_errors, 1);
    assert_string_equal(support_last_line, "BL31: not in the FIP");
}

static void what_verification_refuses_is_wiped(void **state)
{
    static const enum auth_verdict refusals[] = { AUTH_REFUSED, (enum auth_verdict)1,
                                                  (enum auth_verdict)(AUTH_NOT_VERIFIED ^ 1),
                                                  (enum auth_verdict) ~AUTH_NOT_VERIFIED };

    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        const struct load_row bl31 = row();
        uint64_t size = 1;

        fresh(state);
        make(1000);
        verdict = refusals[i];
        assert_int_equal(load_image(&fip, &bl31, &size), ERR_DENIED);
        assert_int_equal(size, 0);
        for (size_t j = 0; j < 1000; j++) {
            assert_int_equal(region[j], 0);
        }
        expect_region(0xee, 1000);
        assert_int_equal(support_errors, 1);
    }
}

static void what_storage_breaks_off_is_wiped(void **state)
{
    const struct load_row bl31 = row();
    uint64_t size = 1;

    (void)state;
    make(1000);
    support_fail_read = 1;
    assert_int_equal(load_image(&fip, &bl31, &size), ERR_IO);
    assert_int_equal(size, 0);
    assert_null(judged);
    for (size_t j = 0; j < 1000; j++) {
        assert_int_equal(region[j], 0);
    }
    assert_non_null(strstr(support_last_line, "BL31: the boot storage cannot be read"));
}

static void a_broken_fip_is_reported_with_field_and_rule(void **state)
{
    (void)state;
    assert_int_equal(load_open(&fip), ERR_INVALID); // erased flash
    assert_int_equal(support_errors, 1);
    assert_non_null(strstr(support_last_line, "FIP: name must"));
    fresh(state);
    make(64);
    support_storage[SUPPORT_FIP_OFFSET + 16 + 24 + 7] = 0x80; // size of entry 0
    assert_int_equal(load_open(&fip), ERR_RANGE);
    assert_non_null(strstr(support_last_line, "FIP: entry 0 ("));
    assert_non_null(strstr(support_last_line, "size must"));
    fresh(state);
    support_fail_read = 1;
    assert_int_equal(load_open(&fip), ERR_IO);
    assert_int_equal(support_errors, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_image_that_fits_is_copied_and_reported, fresh),
        cmocka_unit_test_setup(an_image_larger_than_its_region_is_not_even_read, fresh),
        cmocka_unit_test_setup(a_missing_image_is_named, fresh),
        cmocka_unit_test_setup(what_verification_refuses_is_wiped, fresh),
        cmocka_unit_test_setup(what_storage_breaks_off_is_wiped, fresh),
        cmocka_unit_test_setup(a_broken_fip_is_reported_with_field_and_rule, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
