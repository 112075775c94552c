// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool sp-pack: every kind of manifest that must not get into a package, each named with node,
// property, rule and value. The rules themselves are tested in test_sp_manifest.c; here it counts
// that they are asked and how their answers read.
#include "tool_support.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/platform/package_support.h"

// A device tree with room to change it
static uint8_t dtb[0x8000] __attribute__((aligned(8)));

static void make_manifest(const struct package_change *changes,
                          const struct package_region *regions)
{
    static uint8_t made[0x2000] __attribute__((aligned(8)));

    (void)package_build_manifest(made, sizeof(made), changes, regions);
    assert_int_equal(fdt_open_into(made, dtb, sizeof(dtb)), 0);
}

static void write_manifest(const char *path)
{
    assert_int_equal(fdt_pack(dtb), 0);
    support_write(path, dtb, fdt_totalsize(dtb));
}

static int enter(void **state)
{
    static uint8_t elf[ELF_TEST_SIZE];

    if (support_enter(state) != 0) {
        return -1;
    }
    package_build_elf(elf);
    support_write("sp.elf", elf, sizeof(elf));
    make_manifest(NULL, NULL);
    write_manifest("sp.dtb");
    return 0;
}

static void expect_manifest_refused(const char *message)
{
    write_manifest("bad.dtb");
    assert_int_equal(support_tool("sp-pack --image sp.elf --manifest bad.dtb sp.pkg"), 1);
    support_expect_message(message);
    assert_int_equal(support_count("."), 3); // sp.elf sp.dtb bad.dtb
}

static void expect_value_refused(const char *name, const void *value, uint32_t size,
                                 const char *message)
{
    const struct package_change changes[] = { { name, value, size }, { NULL, NULL, 0 } };

    make_manifest(changes, NULL);
    expect_manifest_refused(message);
}

static void a_missing_property_is_named(void **state)
{
    static const char *const required[] = {
        "compatible",       "description",         "ffa-version",          "uuid",
        "messaging-method", "execution-ctx-count", "exception-level",      "execution-state",
        "xlat-granule",     "tessera,stack-pages", "ns-interrupts-action",
    };
    char message[128];

    (void)state;
    for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
        snprintf(message, sizeof(message),
                 "bad.dtb: manifest: node \"/\", property \"%s\": must be there\n", required[i]);
        expect_value_refused(required[i], NULL, 0, message);
    }
}

static void a_property_twice_is_named(void **state)
{
    const struct package_change twice[] = { { "id", "\0\0\x80\1", 4 },
                                            { "id", "\0\0\x80\2", 4 },
                                            { NULL, NULL, 0 } };

    (void)state;
    make_manifest(twice, NULL);
    expect_manifest_refused("bad.dtb: manifest: node \"/\", property \"id\": must be there once");
}

static void unknown_properties_and_nodes_are_named(void **state)
{
    const struct package_region regions[] = { { "rpc", "rpc", 1, 11, 0x48000000 },
                                              { NULL, NULL, 0, 0, 0 } };

    (void)state;
    expect_value_refused("boot-odrer", "\0\0\0\1", 4,
                         "bad.dtb: manifest: node \"/\", property \"boot-odrer\": must be a "
                         "property that this SPMC knows: found 0x1\n");
    // a terminal must not obey a file
    expect_value_refused("\33[2Jx", "\33\33\33\33\33", 6,
                         "bad.dtb: manifest: node \"/\", property \"?[2Jx\": must be a property "
                         "that this SPMC knows: found \"?????\"\n");
    make_manifest(NULL, regions);
    assert_int_equal(
        fdt_setprop_u32(dtb, fdt_path_offset(dtb, "/memory-regions/rpc"), "page-count", 3), 0);
    expect_manifest_refused(
        "bad.dtb: manifest: node \"rpc\", property \"page-count\": must be a property");
    make_manifest(NULL, NULL);
    assert_true(fdt_add_subnode(dtb, 0, "memory-region") > 0);
    expect_manifest_refused(
        "bad.dtb: manifest: node \"memory-region\": must be a node that this SPMC knows\n");
}

static void wrong_values_are_named_with_what_was_found(void **state)
{
    static const uint8_t uuid[15];

    (void)state;
    expect_value_refused("exception-level", "\0\0\0\2", 4,
                         "property \"exception-level\": must be a value that this SPMC supports: "
                         "found 0x2, expected 0x1\n");
    expect_value_refused("tessera,stack-pages", "\0\0\0\x41", 4,
                         "property \"tessera,stack-pages\": must be inside its limits: found 0x41, "
                         "expected 0x1 to 0x40\n");
    expect_value_refused("ffa-version", "\0\1\0\3", 4,
                         "property \"ffa-version\": must be 1.0 up to the version of this SPMC: "
                         "found 0x10003\n");
    expect_value_refused("messaging-method", "\0\0\0\x8", 4, "property \"messaging-method\": must");
    expect_value_refused("compatible", "arm,ffa-core-manifest-1.0", 26,
                         "property \"compatible\": must be the string of its binding, version 1.0: "
                         "found \"arm,ffa-core-manifest-1.0\"\n");
    expect_value_refused("uuid", uuid, sizeof(uuid),
                         "property \"uuid\": must be groups of four 32-bit "
                         "cells: found 15 bytes\n");
}

static void regions_that_overlap_or_break_w_xor_x_are_refused(void **state)
{
    const struct package_region overlap[] = { { "a", "first", 2, 11, 0x48000000 },
                                              { "b", "second", 1, 11, 0x48001000 },
                                              { NULL, NULL, 0, 0, 0 } };
    const struct package_region writable_code[] = { { "a", "code", 1, 7, 0 },
                                                    { NULL, NULL, 0, 0, 0 } };
    const struct package_region wraps[] = { { "a", "end", 1, 11, 0xfffffffffffff000 },
                                            { NULL, NULL, 0, 0, 0 } };

    (void)state;
    make_manifest(NULL, overlap);
    expect_manifest_refused("bad.dtb: manifest: node \"b\", property \"base-address\": must not "
                            "overlap another region: found 0x48001000\n");
    make_manifest(NULL, writable_code);
    expect_manifest_refused("bad.dtb: manifest: node \"a\", property \"attributes\": must not make "
                            "writable or normal-world memory executable: found 0x7\n");
    make_manifest(NULL, wraps);
    expect_manifest_refused("bad.dtb: manifest: node \"a\", property \"base-address\": must");
}

// Where a board has its RAM and its firmware is not known when a package is made.
// A device tree with one node of that list, whose properties are `properties`.
static void make_node(const struct package_change *root, const char *list,
                      const struct package_change *properties)
{
    static uint8_t made[0x2000] __attribute__((aligned(8)));
    const struct package_node nodes[] = { { list, "n", properties }, { NULL, NULL, NULL } };

    (void)package_build_nodes(made, sizeof(made), root, NULL, nodes);
    assert_int_equal(fdt_open_into(made, dtb, sizeof(dtb)), 0);
}

static void callers_are_refused_with_what_was_found(void **state)
{
    const struct package_change unknown[] = { { "normal-world", "", 0 },
                                              { "messages", "direct\0all", 11 },
                                              { NULL, NULL, 0 } };
    const struct package_change more[] = { { "normal-world", "", 0 },
                                           { "messages", "direct2", 8 },
                                           { NULL, NULL, 0 } };
    const struct package_change nobody[] = { { "messages", "direct", 7 }, { NULL, NULL, 0 } };
    const struct package_change text[] = { { "uuid", "efb1a83e-32fb-44e9-8c7d-3b46fc31cd60", 37 },
                                           { "messages", "direct", 7 },
                                           { NULL, NULL, 0 } };

    (void)state;
    make_node(NULL, "tessera,callers", unknown);
    expect_manifest_refused("bad.dtb: manifest: node \"n\", property \"messages\": must be out of "
                            "direct, direct2, indirect, notification, memory: found \"direct\", "
                            "\"all\"\n");
    make_node(NULL, "tessera,callers", more);
    expect_manifest_refused("bad.dtb: manifest: node \"n\", property \"messages\": must be what "
                            "messaging-method, notification-support and tessera,memory-handles let "
                            "the partition receive: found \"direct2\"\n");
    make_node(NULL, "tessera,callers", nobody);
    expect_manifest_refused(
        "bad.dtb: manifest: node \"n\": must have either normal-world or uuid\n");
    make_node(NULL, "tessera,callers", text);
    expect_manifest_refused(
        "bad.dtb: manifest: node \"n\", property \"uuid\": must be four 32-bit cells: found "
        "\"efb1a83e-32fb-44e9-8c7d-3b46fc31cd60\"\n");
}

static const struct package_change with_watchdog[] = {
    { "tessera,watchdog-ms", "\0\0\0\x32", 4 },
    { NULL, NULL, 0 },
};

static void devices_are_refused_with_what_was_found(void **state)
{
    struct package_change device[] = {
        { "description", "clock", 6 },
        { "pages-count", "\0\0\0\1", 4 },
        { "attributes", "\0\0\0\3", 4 },
        { "base-address", "\0\0\0\0\x09\1\0\0", 8 },
        { "interrupts", "\0\0\0\x1d\0\0\x0b\x50", 8 }, // 29 is a PPI
        { NULL, NULL, 0 },
    };

    (void)state;
    make_node(with_watchdog, "device-regions", device);
    expect_manifest_refused("bad.dtb: manifest: node \"n\", property \"interrupts\": must be "
                            "interrupts 32 to 1019 (SPIs): found 0x1d00000b50\n");
    device[4].value = "\0\0\0\x22\0\0\x0b\x50";
    device[3].value = "\xff\xff\xff\xff\xff\xff\xf0\0";
    make_node(with_watchdog, "device-regions", device);
    expect_manifest_refused("bad.dtb: manifest: node \"n\", property \"base-address\": must be "
                            "inside a device that the board has for partitions");
    device[3].value = "\0\0\0\0\x09\1\0\0";
    make_node(NULL, "device-regions", device);
    expect_manifest_refused("bad.dtb: manifest: node \"/\", property \"tessera,watchdog-ms\": must "
                            "be there with interrupts of devices\n");
    device[2].value = "\0\0\0\7";
    make_node(with_watchdog, "device-regions", device);
    expect_manifest_refused("bad.dtb: manifest: node \"n\", property \"attributes\": must allow "
                            "reading and not execution: found 0x7\n");
    device[2].value = "\0\0\0\x0c";
    make_node(with_watchdog, "device-regions", device);
    expect_manifest_refused(
        "bad.dtb: manifest: node \"n\", property \"attributes\": must be inside "
        "its limits: found 0xc, expected 0x1 to 0xb\n");
}

// Which devices there are for partitions is the board's to say, at boot
static void callers_and_devices_anywhere_are_packed(void **state)
{
    const struct package_change device[] = {
        { "description", "clock", 6 },
        { "pages-count", "\0\0\0\1", 4 },
        { "attributes", "\0\0\0\3", 4 },
        { "base-address", "\0\0\0\x12\x34\x56\0\0", 8 },
        { "interrupts", "\0\0\0\x22\0\0\x0b\x50", 8 },
        { NULL, NULL, 0 },
    };
    const struct package_change caller[] = { { "normal-world", "", 0 },
                                             { "messages", "direct", 7 },
                                             { NULL, NULL, 0 } };

    (void)state;
    make_node(with_watchdog, "device-regions", device);
    write_manifest("good.dtb");
    assert_int_equal(support_tool("sp-pack --image sp.elf --manifest good.dtb sp.pkg"), 0);
    make_node(NULL, "tessera,callers", caller);
    write_manifest("good.dtb");
    assert_int_equal(support_tool("sp-pack --image sp.elf --manifest good.dtb sp.pkg"), 0);
}

static void new_properties_are_refused_with_what_was_found(void **state)
{
    (void)state;
    expect_value_refused("tessera,fault-action", "restart", 8,
                         "property \"tessera,fault-action\": must be \"stop\" or \"reset\": found "
                         "\"restart\"\n");
    expect_value_refused("tessera,memory-handles", "\0\0\0\x41", 4,
                         "property \"tessera,memory-handles\": must be inside its limits: found "
                         "0x41, expected 0x1 to 0x40\n");
    expect_value_refused("tessera,memory-pages", "\0\0\0\1", 4,
                         "property \"tessera,memory-handles\": must be there with the other");
    expect_value_refused("notification-support", "\0\0\0\1", 4,
                         "property \"notification-support\": must have no value: found 0x1\n");
}

static void regions_may_be_anywhere(void **state)
{
    static const uint64_t bases[] = { 0x1000, 0x0e000000, 0x40000000, 0x880000000,
                                      0xffffffffffffe000 };

    (void)state;
    for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        const struct package_region regions[] = { { "a", "a", 1, 11, bases[i] },
                                                  { NULL, NULL, 0, 0, 0 } };

        make_manifest(NULL, regions);
        write_manifest("far.dtb");
        assert_int_equal(support_tool("sp-pack --image sp.elf --manifest far.dtb sp.pkg"), 0);
    }
}

static void files_that_are_no_device_tree_are_refused(void **state)
{
    uint8_t *manifest;
    size_t size;

    (void)state;
    assert_int_equal(support_tool("sp-pack --image sp.elf --manifest sp.elf sp.pkg"), 1);
    support_expect_message("sp.elf: manifest: node \"/\": must ");
    manifest = support_read("sp.dtb", &size);
    support_write("bad.dtb", manifest, size + 1); // the terminating byte of support_read's buffer
    assert_int_equal(support_tool("sp-pack --image sp.elf --manifest bad.dtb sp.pkg"), 1);
    support_expect_message("bad.dtb: manifest: totalsize");
    for (size_t shorter = 0; shorter < size; shorter++) {
        support_write("bad.dtb", manifest, shorter);
        assert_int_equal(support_tool("sp-pack --image sp.elf --manifest bad.dtb sp.pkg"), 1);
        support_expect_message("bad.dtb: manifest: node \"/\": must ");
    }
    free(manifest);
    assert_int_equal(support_tool("sp-pack --image sp.elf --manifest absent sp.pkg"), 1);
    support_expect_message("absent: cannot open");
    assert_int_equal(support_tool("sp-pack --image absent --manifest sp.dtb sp.pkg"), 1);
    support_expect_message("absent: cannot open");
    assert_int_equal(support_count("."), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, support_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_missing_property_is_named),
        TEST(a_property_twice_is_named),
        TEST(unknown_properties_and_nodes_are_named),
        TEST(wrong_values_are_named_with_what_was_found),
        TEST(regions_that_overlap_or_break_w_xor_x_are_refused),
        TEST(callers_are_refused_with_what_was_found),
        TEST(devices_are_refused_with_what_was_found),
        TEST(callers_and_devices_anywhere_are_packed),
        TEST(new_properties_are_refused_with_what_was_found),
        TEST(regions_may_be_anywhere),
        TEST(files_that_are_no_device_tree_are_refused),
    };

    return cmocka_run_group_tests_name("fip-tool_sp-pack_manifest", tests, NULL, NULL);
}
