// SPDX-License-Identifier: BSD-3-Clause
//
// Manifest reader (platform/lib/boot/sp_manifest.c): unknown and doubled nodes, and broken device trees: every truncation and every
// flipped bit of a good one, headers and structures that lie. Properties and regions: test_sp_manifest.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "manifest_case.h"

static size_t build_nodes(const char *first, const char *inside, const char *second)
{
    size_t size = package_build_manifest(case_dtb, sizeof(case_dtb), NULL, NULL);
    int node;

    assert_int_equal(fdt_open_into(case_dtb, case_dtb, sizeof(case_dtb)), 0);
    node = fdt_add_subnode(case_dtb, 0, first);
    assert_true(node > 0);
    assert_int_equal(
        fdt_setprop_string(case_dtb, node, "compatible", "arm,ffa-manifest-memory-regions"), 0);
    if (inside != NULL) {
        node = fdt_add_subnode(case_dtb, node, inside);
        assert_int_equal(fdt_setprop_string(case_dtb, node, "description", "d"), 0);
        assert_int_equal(fdt_setprop_u32(case_dtb, node, "pages-count", 1), 0);
        assert_int_equal(fdt_setprop_u32(case_dtb, node, "attributes", 3), 0);
        assert_true(fdt_add_subnode(case_dtb, node, "deep") > 0);
    }
    if (second != NULL) {
        node = fdt_add_subnode(case_dtb, 0, second);
        assert_int_equal(
            fdt_setprop_string(case_dtb, node, "compatible", "arm,ffa-manifest-memory-regions"), 0);
    }
    size = fdt_totalsize(case_dtb);
    memset(&case_config, 0xee, sizeof(case_config));
    memset(&case_error, 0, sizeof(case_error));
    return size;
}

static void unknown_and_doubled_nodes_are_refused_by_name(void **state)
{
    size_t size = build_nodes("device-region", NULL, NULL);
    char *name;

    (void)state;
    assert_int_equal(sp_manifest_decode(case_dtb, size, &case_limits, &case_config, &case_error),
                     ERR_NOT_SUPPORTED);
    case_refused(ERR_NOT_SUPPORTED, "device-region", "");
    size = build_nodes("memory-regions", "r", NULL); // a node in a region
    assert_int_equal(sp_manifest_decode(case_dtb, size, &case_limits, &case_config, &case_error),
                     ERR_NOT_SUPPORTED);
    case_refused(ERR_NOT_SUPPORTED, "r", "");
    size = build_nodes("memory-regions", NULL, "memory-regionX");
    name = memmem(case_dtb, size, "memory-regionX", 15);
    assert_non_null(name);
    name[13] = 's'; // libfdt would not add it twice
    assert_int_equal(sp_manifest_decode(case_dtb, size, &case_limits, &case_config, &case_error),
                     ERR_DUPLICATE);
    case_refused(ERR_DUPLICATE, "memory-regions", "");
}

static void a_wrong_compatible_of_the_regions_is_refused(void **state)
{
    size_t size = build_nodes("memory-regions", NULL, NULL);

    (void)state;
    assert_int_equal(fdt_setprop_string(case_dtb, fdt_first_subnode(case_dtb, 0), "compatible",
                                        "arm,ffa-manifest-device-regions"),
                     0);
    assert_int_equal(sp_manifest_decode(case_dtb, size, &case_limits, &case_config, &case_error),
                     ERR_NOT_SUPPORTED);
    case_refused(ERR_NOT_SUPPORTED, "memory-regions", "compatible");
    assert_int_equal(fdt_delprop(case_dtb, fdt_first_subnode(case_dtb, 0), "compatible"), 0);
    memset(&case_error, 0, sizeof(case_error));
    assert_int_equal(sp_manifest_decode(case_dtb, size, &case_limits, &case_config, &case_error),
                     ERR_NOT_FOUND);
    case_refused(ERR_NOT_FOUND, "memory-regions", "compatible");
}

// A copy of exactly `len` bytes, so that ASan sees a read of ours behind it.
static int decode_copy(size_t len)
{
    void *copy = malloc(len == 0 ? 1 : len);
    int err;

    assert_non_null(copy);
    memcpy(copy, case_dtb, len);
    memset(&case_error, 0, sizeof(case_error));
    err = sp_manifest_decode(copy, len, &case_limits, &case_config, &case_error);
    assert_int_equal(err != 0, case_error.rule != NULL);
    free(copy);
    return err;
}

static void every_truncation_is_refused(void **state)
{
    const struct package_region regions[] = {
        { "rpc", "rpc", 32, 11, 0x40100000 },
        { NULL, NULL, 0, 0, 0 },
    };
    size_t size = package_build_manifest(case_dtb, sizeof(case_dtb), NULL, regions);

    (void)state;
    for (size_t len = 0; len < size; len++) {
        assert_int_not_equal(decode_copy(len), 0);
    }
    assert_int_equal(decode_copy(39), ERR_TRUNCATED);
    assert_int_equal(decode_copy(size - 1), ERR_TRUNCATED);
    assert_int_equal(decode_copy(size), 0);
}

static void every_flipped_bit_is_survived(void **state)
{
    const struct package_region regions[] = {
        { "rpc", "rpc", 32, 11, 0x40100000 },
        { NULL, NULL, 0, 0, 0 },
    };
    size_t size = package_build_manifest(case_dtb, sizeof(case_dtb), NULL, regions);

    (void)state;
    for (size_t bit = 0; bit < 8 * size; bit++) {
        case_dtb[bit / 8] ^= (uint8_t)(1u << bit % 8);
        (void)decode_copy(size);
        case_dtb[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void headers_that_lie_are_refused(void **state)
{
    static const struct {
        size_t offset; // of a header field
        uint32_t value;
        int err;
    } cases[] = {
        { 0, 0xd00dfeee, ERR_INVALID },   { 4, 8193, ERR_TRUNCATED },
        { 4, 0x7fffffff, ERR_TRUNCATED }, { 4, UINT32_MAX, ERR_INVALID },
        { 4, 39, ERR_INVALID },           { 4, 0, ERR_INVALID },
        { 8, UINT32_MAX, ERR_INVALID },   { 8, 0, ERR_INVALID },
        { 8, 0x82, ERR_INVALID },         { 12, UINT32_MAX, ERR_INVALID },
        { 16, UINT32_MAX, ERR_INVALID },  { 16, 0, ERR_INVALID },
        { 20, 16, ERR_VERSION },          { 20, 18, ERR_VERSION },
        { 24, 18, ERR_VERSION },          { 32, UINT32_MAX, ERR_INVALID },
        { 32, 0, ERR_INVALID },           { 36, UINT32_MAX, ERR_INVALID },
        { 36, 0, ERR_INVALID },           { 36, 4, ERR_INVALID },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t size = package_build_manifest(case_dtb, sizeof(case_dtb), NULL, NULL);

        memcpy(case_dtb + cases[i].offset, case_cell(cases[i].value), 4);
        if (decode_copy(size) != cases[i].err) {
            fail_msg("header field at %zu", cases[i].offset);
        }
    }
}

// Where the structure block has the first property: tag, length, name, value.
static uint8_t *first_property(void)
{
    return case_dtb + fdt_off_dt_struct(case_dtb) + 8; // behind the root's tag and its empty name
}

static void structures_that_lie_are_refused(void **state)
{
    static const struct {
        size_t offset; // from the first property's tag
        uint32_t value;
    } cases[] = {
        { 0, 0 },          { 0, 5 },          { 0, 9 },          { 0, 2 }, // ends, closes the root early
        { 4, 0xfffffff4 }, { 4, 0xfffffff8 }, { 4, UINT32_MAX }, // libfdt 1.6.1 walks in a circle
        { 4, 0x80000000 }, { 4, 0x7fffffff }, { 4, 0x7ffffff0 }, { 4, 4096 }, { 8, UINT32_MAX },
        { 8, 0x80000000 }, { 8, 8192 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t size = package_build_manifest(case_dtb, sizeof(case_dtb), NULL, NULL);

        memcpy(first_property() + cases[i].offset, case_cell(cases[i].value), 4);
        if (decode_copy(size) != ERR_INVALID) {
            fail_msg("case %zu: offset %zu, value 0x%x", i, cases[i].offset, cases[i].value);
        }
    }
}

static void an_unended_strings_block_is_refused(void **state)
{
    size_t size = package_build_manifest(case_dtb, sizeof(case_dtb), NULL, NULL);

    (void)state;
    assert_int_equal(case_dtb[fdt_off_dt_strings(case_dtb) + fdt_size_dt_strings(case_dtb) - 1], 0);
    memcpy(case_dtb + 32, case_cell(fdt_size_dt_strings(case_dtb) - 1), 4);
    assert_int_equal(decode_copy(size), ERR_INVALID);
}

// libfdt's loop over properties ends at the first node: what comes later would be ignored, typo or not.
static void properties_behind_nodes_are_refused(void **state)
{
    size_t size = build_nodes("memory-regions", NULL, NULL);
    uint8_t *end;

    (void)state;
    assert_int_equal(fdt_pack(case_dtb), 0);
    size = fdt_totalsize(case_dtb);
    end = case_dtb + fdt_off_dt_struct(case_dtb) + fdt_size_dt_struct(case_dtb) -
          12; // two END_NODE, END
    assert_int_equal(end[3], 2);
    memcpy(end, case_cell(2), 4);
    memmove(case_dtb + fdt_off_dt_strings(case_dtb) + 16, case_dtb + fdt_off_dt_strings(case_dtb),
            fdt_size_dt_strings(case_dtb)); // room for one more property, without a value
    memcpy(case_dtb + 12, case_cell(fdt_off_dt_strings(case_dtb) + 16), 4);
    memcpy(case_dtb + 36, case_cell(fdt_size_dt_struct(case_dtb) + 12), 4);
    memcpy(case_dtb + 4, case_cell((uint32_t)size + 16), 4);
    memcpy(end + 4, case_cell(3), 4);
    memcpy(end + 8, case_cell(0), 4);
    memcpy(end + 12, case_cell(0), 4);
    memcpy(end + 16, case_cell(2), 4);
    memcpy(end + 20, case_cell(9), 4);
    assert_int_equal(decode_copy(size + 16), ERR_INVALID);
    assert_string_equal(case_error.rule,
                        "must have the properties of a node before the nodes in it");
    memcpy(end + 4, case_cell(4), 4); // the same with NOPs is sound
    memcpy(end + 8, case_cell(4), 4);
    memcpy(end + 12, case_cell(4), 4);
    assert_int_equal(decode_copy(size + 16), 0);
}

static void nodes_too_deep_for_any_manifest_are_refused(void **state)
{
    int node = 0;

    (void)state;
    (void)build_nodes("memory-regions", NULL, NULL);
    for (int depth = 1; depth < 17; depth++) {
        node = fdt_add_subnode(case_dtb, node, "n");
        assert_true(node > 0);
    }
    assert_int_equal(decode_copy(fdt_totalsize(case_dtb)), ERR_INVALID);
    assert_string_equal(case_error.rule, "must not have nodes deeper than 16");
}

static void a_manifest_must_be_aligned_and_not_too_long(void **state)
{
    static uint8_t big[SP_MAX_MANIFEST_SIZE + 4096] __attribute__((aligned(8)));
    size_t size = package_build_manifest(case_dtb, sizeof(case_dtb), NULL, NULL);

    (void)state;
    memmove(case_dtb + 4, case_dtb, size);
    assert_int_equal(
        sp_manifest_decode(case_dtb + 4, size, &case_limits, &case_config, &case_error),
        ERR_INVALID);
    memcpy(big, case_dtb + 4, size);
    assert_int_equal(fdt_open_into(big, big, sizeof(big)), 0); // same content, longer
    assert_int_equal(sp_manifest_decode(big, sizeof(big), &case_limits, &case_config, &case_error),
                     ERR_TRUNCATED);
    assert_int_equal(fdt_pack(big), 0);
    assert_int_equal(sp_manifest_decode(big, sizeof(big), &case_limits, &case_config, &case_error),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_and_doubled_nodes_are_refused_by_name),
        cmocka_unit_test(a_wrong_compatible_of_the_regions_is_refused),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_flipped_bit_is_survived),
        cmocka_unit_test(headers_that_lie_are_refused),
        cmocka_unit_test(structures_that_lie_are_refused),
        cmocka_unit_test(an_unended_strings_block_is_refused),
        cmocka_unit_test(properties_behind_nodes_are_refused),
        cmocka_unit_test(nodes_too_deep_for_any_manifest_are_refused),
        cmocka_unit_test(a_manifest_must_be_aligned_and_not_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
