// SPDX-License-Identifier: BSD-3-Clause
//
// Manifest reader (platform/lib/boot/manifest_nodes.c): devices with their interrupts, and callers: what good ones give, and
// every way in which each property, and what they say together, is refused. The root and memory regions: test_sp_manifest.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "manifest_case.h"

#define TEXT(string) (string), sizeof(string)
#define CELLS(string) (string), sizeof(string) - 1
#define END           \
    {                 \
        NULL, NULL, 0 \
    }

static const struct package_change with_watchdog[] = {
    { "tessera,watchdog-ms", CELLS("\0\0\3\xe8") },
    END,
};

// ---- Devices ---------------------------------------------------------------------------------------------------------

// Room for a device node's properties and one more
struct device {
    struct package_change properties[8];
};

// A good one with another value for the property `name` (NULL value: without it; not among them: added).
static struct device device_with(const char *name, const void *value, uint32_t size)
{
    const struct package_change good[] = {
        { "description", TEXT("clock") },
        { "pages-count", CELLS("\0\0\0\1") },
        { "attributes", CELLS("\0\0\0\3") },
        { "base-address", CELLS("\0\0\0\0\x09\1\0\0") },
        { "interrupts", CELLS("\0\0\0\x22\0\0\x0b\x50") }, // 34: secure SPI, level, priority 0x50
    };
    struct device device = { .properties = { END } };
    uint32_t count = 0;
    bool replaced = false;

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        bool this_one = strcmp(good[i].name, name) == 0;

        replaced = replaced || this_one;
        if (!this_one) {
            device.properties[count++] = good[i];
        } else if (value != NULL) {
            device.properties[count++] = (struct package_change){ name, value, size };
        }
    }
    if (!replaced && value != NULL) {
        device.properties[count++] = (struct package_change){ name, value, size };
    }
    return device;
}

static int decode_device(const char *name, const void *value, uint32_t size)
{
    struct device device = device_with(name, value, size);
    const struct package_node nodes[] = {
        { "device-regions", "d", device.properties },
        { NULL, NULL, NULL },
    };

    return case_decode_nodes(with_watchdog, NULL, nodes);
}

static void refuse_device(int err, const char *name, const void *value, uint32_t size)
{
    int got = decode_device(name, value, size);

    if (got != err) {
        fail_msg("device property \"%s\" of %u bytes: %d, expected %d (%s)", name, size, got, err,
                 case_error.rule == NULL ? "accepted" : case_error.rule);
    }
    case_refused(err, "d", name);
}

static void a_good_device_is_read(void **state)
{
    const struct sp_device_region *device = &case_config.devices[0];

    (void)state;
    assert_int_equal(decode_device("", NULL, 0), 0);
    assert_int_equal(case_config.device_count, 1);
    assert_string_equal(device->description, "clock");
    assert_int_equal(device->base, DEVICE_BASE);
    assert_int_equal(device->page_count, 1);
    assert_int_equal(device->attributes, SP_REGION_READ | SP_REGION_WRITE);
    assert_int_equal(device->interrupt_count, 1);
    assert_int_equal(device->interrupts[0].id, 34);
    assert_int_equal(device->interrupts[0].attributes & SP_INTERRUPT_PRIORITY, 0x50);
    assert_true((device->interrupts[0].attributes & SP_INTERRUPT_LEVEL) != 0);
    assert_int_equal(case_config.region_count, 0);
}

static void a_device_may_have_no_interrupts_and_then_needs_no_watchdog(void **state)
{
    struct device device = device_with("interrupts", NULL, 0);
    const struct package_node nodes[] = {
        { "device-regions", "d", device.properties },
        { NULL, NULL, NULL },
    };

    (void)state;
    assert_int_equal(case_decode_nodes(NULL, NULL, nodes), 0);
    assert_int_equal(case_config.devices[0].interrupt_count, 0);
}

static void interrupts_need_a_watchdog(void **state)
{
    struct device device = device_with("", NULL, 0);
    const struct package_node nodes[] = {
        { "device-regions", "d", device.properties },
        { NULL, NULL, NULL },
    };

    (void)state;
    assert_int_equal(case_decode_nodes(NULL, NULL, nodes), ERR_NOT_FOUND);
    case_refused(ERR_NOT_FOUND, "", "tessera,watchdog-ms");
}

static void every_property_of_a_device_is_asked_for(void **state)
{
    static const char *const required[] = { "description", "pages-count", "attributes",
                                            "base-address" };

    (void)state;
    for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
        refuse_device(ERR_NOT_FOUND, required[i], NULL, 0);
    }
}

static void properties_that_no_device_has_are_refused(void **state)
{
    static const char *const unknown[] = { "smmu-id",          "stream-ids", "interrupts-target",
                                           "exclusive-access", "messages",   "uuid" };

    (void)state;
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        refuse_device(ERR_NOT_SUPPORTED, unknown[i], CELLS("\0\0\0\1"));
    }
}

static void values_of_a_device_must_be_inside_their_limits(void **state)
{
    (void)state;
    refuse_device(ERR_RANGE, "description", TEXT("0123456789abcdef"));
    refuse_device(ERR_INVALID, "description", TEXT(""));
    refuse_device(ERR_RANGE, "pages-count", CELLS("\0\0\0\0"));
    refuse_device(ERR_RANGE, "pages-count", CELLS("\0\0\x10\1")); // 4097
    refuse_device(ERR_RANGE, "pages-count", CELLS("\0\x10\0\1"));
    refuse_device(ERR_INVALID, "pages-count", CELLS("\0\0\0\0\0\0\0\1"));
    refuse_device(ERR_RANGE, "attributes", CELLS("\0\0\0\0"));
    refuse_device(ERR_RANGE, "attributes", CELLS("\0\0\0\x0f"));
    refuse_device(ERR_RANGE, "attributes", CELLS("\0\0\0\x13"));
    for (char attributes = 4; attributes < 8; attributes++) { // executable
        refuse_device(ERR_INVALID, "attributes", (const char[]){ 0, 0, 0, attributes }, 4);
    }
    refuse_device(ERR_INVALID, "attributes", CELLS("\0\0\0\x08")); // cannot be read
    refuse_device(ERR_INVALID, "attributes", CELLS("\0\0\0\x0a"));
    refuse_device(ERR_INVALID, "attributes", CELLS("\0\0\0\2")); // cannot be read
    assert_int_equal(decode_device("attributes", CELLS("\0\0\0\1")), 0);
    assert_int_equal(case_config.devices[0].attributes, SP_REGION_READ);
}

static void a_device_must_be_one_that_the_board_has_for_partitions(void **state)
{
    static const struct {
        uint8_t base[8];
        uint8_t pages;
        int err;
    } cases[] = {
        { "\0\0\0\0\x09\1\0\0", 1, 0 },
        { "\0\0\0\0\x09\1\0\0", 32, 0 },
        { "\0\0\0\0\x09\2\xf0\0", 1, 0 },
        { "\0\0\0\0\x0a\0\0\0", 1, 0 },
        { "\0\0\0\0\x09\0\xf0\0", 1, ERR_RANGE }, // before
        { "\0\0\0\0\x09\0\xf0\0", 2, ERR_RANGE }, // half in
        { "\0\0\0\0\x09\1\0\0", 33, ERR_RANGE },
        { "\0\0\0\0\x09\2\xf0\0", 2, ERR_RANGE },
        { "\0\0\0\0\x09\3\0\0", 1, ERR_RANGE },
        { "\0\0\0\0\x0a\0\0\0", 2, ERR_RANGE },
        { "\0\0\0\1\x09\1\0\0", 1, ERR_RANGE },   // same low half
        { "\0\0\0\0\x0e\x40\0\0", 1, ERR_RANGE }, // RAM of the secure world
        { "\0\0\0\0\x40\x80\0\0", 1, ERR_RANGE }, // … of the normal world
        { "\0\0\0\0\0\0\0\0", 1, ERR_RANGE },
        { "\xff\xff\xff\xff\xff\xff\xf0\0", 1, ERR_RANGE },
        { "\xff\xff\xff\xff\xff\xff\xf0\0", 2, ERR_RANGE }, // wraps
        { "\0\0\0\0\x09\1\0\4", 1, ERR_INVALID },           // not on a page
        { "\0\0\0\0\x09\1\x08\0", 1, ERR_INVALID },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct device device = device_with("base-address", cases[i].base, 8);
        const struct package_node nodes[] = {
            { "device-regions", "d", device.properties },
            { NULL, NULL, NULL },
        };
        const uint8_t pages[4] = { 0, 0, 0, cases[i].pages };

        device.properties[1].value = pages;
        if (case_decode_nodes(with_watchdog, NULL, nodes) != cases[i].err) {
            fail_msg("case %zu: not %d (%s)", i, cases[i].err,
                     case_error.rule == NULL ? "accepted" : case_error.rule);
        }
        if (cases[i].err != 0) {
            case_refused(cases[i].err, "d", "base-address");
        }
    }
    refuse_device(ERR_INVALID, "base-address", CELLS("\x09\1\0\0"));
}

// What the board lets be read alone: never written, whatever else is asked for
static void a_device_that_is_read_only_stays_so(void **state)
{
    static const uint8_t bases[][8] = { "\0\0\0\0\x0b\0\0\0", "\0\0\0\0\x0b\0\x10\0" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct device device = device_with("base-address", bases[i], 8);
        const struct package_node nodes[] = {
            { "device-regions", "d", device.properties },
            { NULL, NULL, NULL },
        };

        device.properties[2].value = "\0\0\0\1";
        assert_int_equal(case_decode_nodes(with_watchdog, NULL, nodes), i == 0 ? 0 : ERR_RANGE);
        device.properties[2].value = "\0\0\0\3";
        assert_int_equal(case_decode_nodes(with_watchdog, NULL, nodes),
                         i == 0 ? ERR_DENIED : ERR_RANGE);
        case_refused(i == 0 ? ERR_DENIED : ERR_RANGE, "d", i == 0 ? "attributes" : "base-address");
    }
}

// Pages that the board lists, with the normal world's attribute
static int decode_ns_device(const char *base, const char *pages, const char *attributes,
                            bool interrupt)
{
    struct device device = device_with("base-address", base, 8);
    const struct package_node nodes[] = {
        { "device-regions", "d", device.properties },
        { NULL, NULL, NULL },
    };

    device.properties[1].value = pages;
    device.properties[2].value = attributes;
    if (!interrupt) {
        device.properties[4] = (struct package_change)END;
    }
    return case_decode_nodes(with_watchdog, NULL, nodes);
}

static void memory_of_the_normal_world_is_a_device_where_the_board_says_so(void **state)
{
    static const char first[] = "\0\0\0\0\x40\x12\x10\0";
    static const struct {
        const char *base, *pages, *attributes, *property;
        int err;
    } cases[] = {
        { "\0\0\0\0\x40\x12\0\0", "\0\0\0\5", "\0\0\0\x0b", "base-address", ERR_RANGE },
        { "\0\0\0\0\x40\x12\x20\0", "\0\0\0\5", "\0\0\0\x0b", "base-address", ERR_RANGE },
        { first, "\0\0\0\6", "\0\0\0\x0b", "base-address", ERR_RANGE },
        { "\0\0\0\0\x40\0\0\0", "\0\0\0\1", "\0\0\0\x0b", "base-address", ERR_RANGE },
        { "\0\0\0\0\x40\x12\x60\0", "\0\0\0\1", "\0\0\0\x0b", "base-address", ERR_RANGE },
        { "\0\0\0\0\x0e\0\0\0", "\0\0\0\1", "\0\0\0\x0b", "base-address", ERR_RANGE },
        { "\0\0\0\1\x40\x12\x10\0", "\0\0\0\1", "\0\0\0\x0b", "base-address", ERR_RANGE },
        // A real device is not the normal world's, what it has is no device of the secure world
        { "\0\0\0\0\x09\1\0\0", "\0\0\0\1", "\0\0\0\x0b", "base-address", ERR_RANGE },
        { first, "\0\0\0\5", "\0\0\0\3", "base-address", ERR_RANGE },
        { first, "\0\0\0\5", "\0\0\0\1", "base-address", ERR_RANGE },
        { first, "\0\0\0\5", "\0\0\0\x0a", "attributes", ERR_INVALID },
    };

    (void)state;
    assert_int_equal(decode_ns_device(first, "\0\0\0\5", "\0\0\0\x0b", false), 0);
    assert_int_equal(case_config.devices[0].base, DEVICE_NS_BASE);
    assert_int_equal(case_config.devices[0].page_count, 5);
    assert_int_equal(case_config.devices[0].attributes, 11);
    assert_int_equal(decode_ns_device(first, "\0\0\0\1", "\0\0\0\x09", false), 0); // read only
    assert_int_equal(case_config.devices[0].attributes, SP_REGION_READ | SP_REGION_NS);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int got = decode_ns_device(cases[i].base, cases[i].pages, cases[i].attributes, false);

        if (got != cases[i].err) {
            fail_msg("case %zu: %d, expected %d", i, got, cases[i].err);
        }
        case_refused(got, "d", cases[i].property);
    }
    assert_int_equal(decode_ns_device(first, "\0\0\0\5", "\0\0\0\x0b", true), ERR_INVALID);
    case_refused(ERR_INVALID, "d", "interrupts");
}

static void interrupts_must_be_secure_spis_with_a_priority_of_the_spmc(void **state)
{
    (void)state;
    refuse_device(ERR_INVALID, "interrupts", CELLS(""));
    refuse_device(ERR_INVALID, "interrupts", CELLS("\0\0\0\x22"));
    refuse_device(ERR_INVALID, "interrupts", CELLS("\0\0\0\x22\0\0\x0b\x50\0\0\0\x23"));
    refuse_device(ERR_RANGE, "interrupts", CELLS("\0\0\0\x1f\0\0\x0b\x50")); // a PPI
    refuse_device(ERR_RANGE, "interrupts", CELLS("\0\0\0\0\0\0\x0b\x50"));
    refuse_device(ERR_RANGE, "interrupts", CELLS("\0\0\3\xfc\0\0\x0b\x50")); // 1020
    refuse_device(ERR_RANGE, "interrupts", CELLS("\xff\xff\xff\xff\0\0\x0b\x50"));
    refuse_device(ERR_NOT_SUPPORTED, "interrupts", CELLS("\0\0\0\x22\0\0\x0a\x50")); // not secure
    refuse_device(ERR_NOT_SUPPORTED, "interrupts", CELLS("\0\0\0\x22\0\0\x07\x50")); // says PPI
    refuse_device(ERR_NOT_SUPPORTED, "interrupts", CELLS("\0\0\0\x22\0\0\x03\x50")); // says SGI
    refuse_device(ERR_NOT_SUPPORTED, "interrupts", CELLS("\0\0\0\x22\0\0\x1b\x50"));
    refuse_device(ERR_NOT_SUPPORTED, "interrupts", CELLS("\0\0\0\x22\x80\0\x0b\x50"));
    refuse_device(ERR_RANGE, "interrupts", CELLS("\0\0\0\x22\0\0\x0b\x3f"));
    refuse_device(ERR_RANGE, "interrupts", CELLS("\0\0\0\x22\0\0\x0b\x80")); // not secure
    refuse_device(ERR_RANGE, "interrupts", CELLS("\0\0\0\x22\0\0\x0b\0"));
    refuse_device(ERR_DUPLICATE, "interrupts",
                  CELLS("\0\0\0\x22\0\0\x0b\x50\0\0\0\x22\0\0\x0b\x51"));
    refuse_device(ERR_NO_MEMORY, "interrupts",
                  CELLS("\0\0\0\x22\0\0\x0b\x50\0\0\0\x23\0\0\x0b\x50\0\0\0\x24\0\0\x0b\x50"
                        "\0\0\0\x25\0\0\x0b\x50\0\0\0\x26\0\0\x0b\x50"));
    assert_int_equal(
        decode_device("interrupts", CELLS("\0\0\0\x20\0\0\x0b\x40\0\0\3\xfb\0\0\x09\x7f")),
        0); // both ends; the second one edge-triggered
    assert_int_equal(case_config.devices[0].interrupt_count, 2);
    assert_int_equal(case_config.devices[0].interrupts[0].id, 32);
    assert_int_equal(case_config.devices[0].interrupts[1].id, 1019);
    assert_int_equal(case_config.devices[0].interrupts[1].attributes & SP_INTERRUPT_LEVEL, 0);
}

static void devices_of_a_partition_must_differ(void **state)
{
    struct device first = device_with("", NULL, 0);
    struct device second = device_with("base-address", CELLS("\0\0\0\0\x0a\0\0\0"));
    const struct package_node nodes[] = {
        { "device-regions", "a", first.properties },
        { "device-regions", "b", second.properties },
        { NULL, NULL, NULL },
    };

    (void)state;
    assert_int_equal(case_decode_nodes(with_watchdog, NULL, nodes), ERR_DUPLICATE);
    case_refused(ERR_DUPLICATE, "b", "description");
    second.properties[0] = (struct package_change){ "description", TEXT("other") };
    assert_int_equal(case_decode_nodes(with_watchdog, NULL, nodes), ERR_DUPLICATE);
    case_refused(ERR_DUPLICATE, "b", "interrupts");
    second.properties[4] = (struct package_change){ "interrupts", CELLS("\0\0\0\x30\0\0\x0b\x50") };
    assert_int_equal(case_decode_nodes(with_watchdog, NULL, nodes), 0);
    assert_int_equal(case_config.device_count, 2);
    second.properties[3] = (struct package_change){ "base-address", CELLS("\0\0\0\0\x09\1\0\0") };
    assert_int_equal(case_decode_nodes(with_watchdog, NULL, nodes), ERR_OVERLAP);
    case_refused(ERR_OVERLAP, "b", "base-address");
}

static void a_device_must_not_have_the_name_of_a_memory_region(void **state)
{
    const struct package_region regions[] = { { "r", "clock", 1, 3, 0 }, { NULL, NULL, 0, 0, 0 } };
    struct device device = device_with("", NULL, 0);
    const struct package_node nodes[] = {
        { "device-regions", "d", device.properties },
        { NULL, NULL, NULL },
    };

    (void)state;
    assert_int_equal(case_decode_nodes(with_watchdog, regions, nodes), ERR_DUPLICATE);
    case_refused(ERR_DUPLICATE, "d", "description");
}

// Where a board's device were RAM as well, as fip-tool, which knows no board, has to assume.
static void a_device_must_not_overlap_a_memory_region(void **state)
{
    const struct package_region regions[] = { { "r", "r", 1, 3, DEVICE_BASE },
                                              { NULL, NULL, 0, 0, 0 } };
    struct device device = device_with("", NULL, 0);
    const struct package_node nodes[] = {
        { "device-regions", "d", device.properties },
        { NULL, NULL, NULL },
    };
    struct sp_manifest_limits anywhere = case_limits;
    size_t size = package_build_nodes(case_dtb, sizeof(case_dtb), with_watchdog, regions, nodes);

    (void)state;
    anywhere.secure_ram = (struct sp_manifest_range){ 0, UINT64_MAX };
    anywhere.reserved_count = 0;
    case_clear();
    assert_int_equal(sp_manifest_decode(case_dtb, size, &anywhere, &case_config, &case_error),
                     ERR_OVERLAP);
    case_refused(ERR_OVERLAP, "d", "base-address");
}

static void a_fifth_device_is_refused(void **state)
{
    static const char *const names[5] = { "a", "b", "c", "d", "e" };
    static uint8_t bases[5][8];
    struct device devices[5];
    struct package_node nodes[6] = { { NULL, NULL, NULL } };

    (void)state;
    for (uint8_t i = 0; i < 5; i++) {
        memcpy(bases[i], "\0\0\0\0\x09\1\0\0", 8);
        bases[i][6] = (uint8_t)(i << 4); // a page each
        devices[i] = device_with("interrupts", NULL, 0);
        devices[i].properties[0] = (struct package_change){ "description", names[i], 2 };
        devices[i].properties[3] = (struct package_change){ "base-address", bases[i], 8 };
        nodes[i] = (struct package_node){ "device-regions", names[i], devices[i].properties };
    }
    assert_int_equal(case_decode_nodes(NULL, NULL, nodes), ERR_NO_MEMORY);
    case_refused(ERR_NO_MEMORY, "e", "");
    nodes[4].list = NULL;
    assert_int_equal(case_decode_nodes(NULL, NULL, nodes), 0);
    assert_int_equal(case_config.device_count, 4);
}

static void two_partitions_cannot_have_the_same_device_or_interrupt(void **state)
{
    static const uint8_t base_2[] = "\0\0\0\0\x0a\0\0\0";
    struct sp_config other;

    (void)state;
    assert_int_equal(decode_device("", NULL, 0), 0);
    other = case_config;
    assert_int_equal(sp_manifest_check_other(&case_config, &other, &case_error), ERR_OVERLAP);
    assert_string_equal(case_error.node, "clock");
    assert_string_equal(case_error.property, "base-address");
    assert_int_equal(decode_device("base-address", base_2, 8), 0);
    assert_int_equal(sp_manifest_check_other(&case_config, &other, &case_error), ERR_DUPLICATE);
    assert_string_equal(case_error.node, "clock");
    assert_string_equal(case_error.property, "interrupts");
    other.devices[0].interrupts[0].id = 35;
    assert_int_equal(sp_manifest_check_other(&case_config, &other, &case_error), 0);
    other.region_count = 1; // a memory region where the device is
    other.regions[0] = (struct sp_region){ .base = DEVICE_2_BASE, .page_count = 1 };
    assert_int_equal(sp_manifest_check_other(&case_config, &other, &case_error), ERR_OVERLAP);
    other.regions[0].allocate = true;
    assert_int_equal(sp_manifest_check_other(&case_config, &other, &case_error), 0);
}

// ---- Callers ---------------------------------------------------------------------------------------------------------

#define UUID_A CELLS("\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff\1")

// Root that can receive everything
static const struct package_change receives_all[] = {
    { "messaging-method", CELLS("\0\0\6\7") },
    { "notification-support", CELLS("") },
    { "tessera,memory-handles", CELLS("\0\0\0\1") },
    { "tessera,memory-pages", CELLS("\0\0\0\1") },
    END,
};

static int decode_caller(const struct package_change *root, const struct package_change *caller)
{
    const struct package_node nodes[] = {
        { "tessera,callers", "c", caller },
        { NULL, NULL, NULL },
    };

    return case_decode_nodes(root, NULL, nodes);
}

static void refuse_caller(int err, const char *property, const struct package_change *caller)
{
    int got = decode_caller(receives_all, caller);

    if (got != err) {
        fail_msg("caller's \"%s\": %d, expected %d (%s)", property, got, err,
                 case_error.rule == NULL ? "accepted" : case_error.rule);
    }
    case_refused(err, "c", property);
}

static void good_callers_are_read(void **state)
{
    const struct package_change world[] = {
        { "normal-world", CELLS("") },
        { "messages", TEXT("direct\0direct2\0indirect\0notification\0memory") },
        END,
    };
    const struct package_change partition[] = {
        { "messages", TEXT("memory\0direct") },
        { "uuid", UUID_A },
        END,
    };
    const struct package_node nodes[] = {
        { "tessera,callers", "world", world },
        { "tessera,callers", "other", partition },
        { NULL, NULL, NULL },
    };

    (void)state;
    assert_int_equal(case_decode_nodes(receives_all, NULL, nodes), 0);
    assert_int_equal(case_config.caller_count, 2);
    assert_true(case_config.callers[0].normal_world);
    assert_int_equal(case_config.callers[0].messages, SP_CALL_DIRECT | SP_CALL_DIRECT2 |
                                                          SP_CALL_INDIRECT | SP_CALL_NOTIFY |
                                                          SP_CALL_MEMORY);
    assert_false(case_config.callers[1].normal_world);
    assert_int_equal(case_config.callers[1].messages, SP_CALL_DIRECT | SP_CALL_MEMORY);
    assert_int_equal(case_config.callers[1].uuid[0], 0x11223344);
    assert_int_equal(case_config.callers[1].uuid[3], 0xddeeff01);
}

static void an_empty_list_of_callers_admits_nobody(void **state)
{
    const struct package_node nodes[] = {
        { "tessera,callers", NULL, NULL },
        { NULL, NULL, NULL },
    };

    (void)state;
    assert_int_equal(case_decode_nodes(receives_all, NULL, nodes), 0);
    assert_int_equal(case_config.caller_count, 0);
}

static void a_caller_is_either_the_normal_world_or_a_uuid(void **state)
{
    const struct package_change neither[] = { { "messages", TEXT("direct") }, END };
    const struct package_change both[] = {
        { "normal-world", CELLS("") }, { "uuid", UUID_A }, { "messages", TEXT("direct") }, END
    };

    (void)state;
    refuse_caller(ERR_INVALID, "", neither);
    refuse_caller(ERR_INVALID, "", both);
}

static void values_of_a_caller_must_be_right(void **state)
{
    const struct package_change value[] = { { "normal-world", CELLS("\0\0\0\1") },
                                            { "messages", TEXT("direct") },
                                            END };
    const struct package_change nil[] = { { "uuid", CELLS("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0") },
                                          { "messages", TEXT("direct") },
                                          END };
    const struct package_change two[] = { { "uuid", TEXT("0123456789abcdef0123456789abcde") },
                                          { "messages", TEXT("direct") },
                                          END };
    const struct package_change text[] = { { "uuid", TEXT("efb1a83e-32fb-44e9-8c7d-3b46fc31cd60") },
                                           { "messages", TEXT("direct") },
                                           END };
    const struct package_change silent[] = { { "uuid", UUID_A }, END };
    const struct package_change unknown[] = {
        { "uuid", UUID_A }, { "messages", TEXT("direct") }, { "id", CELLS("\0\0\x80\1") }, END
    };

    (void)state;
    refuse_caller(ERR_INVALID, "normal-world", value);
    refuse_caller(ERR_INVALID, "uuid", nil);
    refuse_caller(ERR_INVALID, "uuid", two);
    refuse_caller(ERR_INVALID, "uuid", text);
    refuse_caller(ERR_NOT_FOUND, "messages", silent);
    refuse_caller(ERR_NOT_SUPPORTED, "id", unknown);
}

static void refuse_messages(int err, const char *words, uint32_t size)
{
    const struct package_change caller[] = { { "normal-world", CELLS("") },
                                             { "messages", words, size },
                                             END };

    refuse_caller(err, "messages", caller);
}

static void messages_must_be_known_words(void **state)
{
    (void)state;
    refuse_messages(ERR_INVALID, CELLS(""));
    refuse_messages(ERR_INVALID, CELLS("direct")); // not terminated
    refuse_messages(ERR_INVALID, CELLS("direct\0memory"));
    refuse_messages(ERR_NOT_SUPPORTED, TEXT(""));
    refuse_messages(ERR_NOT_SUPPORTED, TEXT("Direct"));
    refuse_messages(ERR_NOT_SUPPORTED, TEXT("direct3"));
    refuse_messages(ERR_NOT_SUPPORTED, TEXT("direc"));
    refuse_messages(ERR_NOT_SUPPORTED, TEXT("direct,memory"));
    refuse_messages(ERR_NOT_SUPPORTED, TEXT("direct\0")); // and an empty word
    refuse_messages(ERR_NOT_SUPPORTED, TEXT("direct\0all"));
    refuse_messages(ERR_NOT_SUPPORTED, CELLS("\0\0\0\1\0"));
    refuse_messages(ERR_DUPLICATE, TEXT("direct\0memory\0direct"));
}

// Each word needs what the root's properties say about receiving it.
static void messages_must_be_what_the_partition_can_receive(void **state)
{
    static const char *const words[] = { "direct", "direct2", "indirect", "notification",
                                         "memory" };
    const struct package_change roots[][3] = {
        { { "messaging-method", CELLS("\0\0\0\1") }, END },
        { { "messaging-method", CELLS("\0\0\2\0") }, END },
        { { "messaging-method", CELLS("\0\0\0\4") }, END },
        { { "messaging-method", CELLS("\0\0\4\2") }, { "notification-support", CELLS("") }, END },
        { { "tessera,memory-handles", CELLS("\0\0\0\1") },
          { "tessera,memory-pages", CELLS("\0\0\0\1") },
          END },
    };

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        for (size_t k = 0; k < 5; k++) {
            const struct package_change caller[] = {
                { "normal-world", CELLS("") },
                { "messages", words[k], (uint32_t)strlen(words[k]) + 1 },
                END,
            };
            // the last root also has the good manifest's messaging-method 1
            bool good = i == k || (i == 4 && k == 0);
            int err = decode_caller(roots[i], caller);

            if (err != (good ? 0 : ERR_INVALID)) {
                fail_msg("root %zu, \"%s\": %d", i, words[k], err);
            }
            if (!good) {
                case_refused(ERR_INVALID, "c", "messages");
            }
        }
    }
}

static void a_caller_twice_is_refused(void **state)
{
    const struct package_change world[] = { { "normal-world", CELLS("") },
                                            { "messages", TEXT("direct") },
                                            END };
    const struct package_change world_2[] = { { "normal-world", CELLS("") },
                                              { "messages", TEXT("memory") },
                                              END };
    const struct package_change partition[] = { { "uuid", UUID_A },
                                                { "messages", TEXT("direct") },
                                                END };
    const struct package_node worlds[] = {
        { "tessera,callers", "a", world },
        { "tessera,callers", "b", world_2 },
        { NULL, NULL, NULL },
    };
    const struct package_node partitions[] = {
        { "tessera,callers", "a", partition },
        { "tessera,callers", "b", world },
        { "tessera,callers", "c", partition },
        { NULL, NULL, NULL },
    };

    (void)state;
    assert_int_equal(case_decode_nodes(receives_all, NULL, worlds), ERR_DUPLICATE);
    case_refused(ERR_DUPLICATE, "b", "normal-world");
    assert_int_equal(case_decode_nodes(receives_all, NULL, partitions), ERR_DUPLICATE);
    case_refused(ERR_DUPLICATE, "c", "uuid");
}

static void a_ninth_caller_is_refused(void **state)
{
    static const char *const names[9] = { "a", "b", "c", "d", "e", "f", "g", "h", "i" };
    static uint8_t uuids[9][16];
    struct package_change callers[9][3];
    struct package_node nodes[10] = { { NULL, NULL, NULL } };

    (void)state;
    for (uint8_t i = 0; i < 9; i++) {
        uuids[i][7] = (uint8_t)(i + 1);
        callers[i][0] = (struct package_change){ "uuid", uuids[i], 16 };
        callers[i][1] = (struct package_change){ "messages", TEXT("direct") };
        callers[i][2] = (struct package_change)END;
        nodes[i] = (struct package_node){ "tessera,callers", names[i], callers[i] };
    }
    assert_int_equal(case_decode_nodes(NULL, NULL, nodes), ERR_NO_MEMORY);
    case_refused(ERR_NO_MEMORY, "i", "");
    nodes[8].list = NULL;
    assert_int_equal(case_decode_nodes(NULL, NULL, nodes), 0);
    assert_int_equal(case_config.caller_count, 8);
}

// ---- Lists -----------------------------------------------------------------------------------------------------------

static void a_list_twice_is_refused(void **state)
{
    struct device device = device_with("interrupts", NULL, 0);
    const struct package_change world[] = { { "normal-world", CELLS("") },
                                            { "messages", TEXT("direct") },
                                            END };
    const struct package_node nodes[] = {
        { "tessera,callers", "w", world },
        { "device-regions", "d", device.properties },
        { "tessera,callers", NULL, NULL },
        { NULL, NULL, NULL },
    };

    (void)state;
    assert_int_equal(case_decode_nodes(NULL, NULL, nodes), ERR_DUPLICATE);
    case_refused(ERR_DUPLICATE, "tessera,callers", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_device_is_read),
        cmocka_unit_test(a_device_may_have_no_interrupts_and_then_needs_no_watchdog),
        cmocka_unit_test(interrupts_need_a_watchdog),
        cmocka_unit_test(every_property_of_a_device_is_asked_for),
        cmocka_unit_test(properties_that_no_device_has_are_refused),
        cmocka_unit_test(values_of_a_device_must_be_inside_their_limits),
        cmocka_unit_test(a_device_must_be_one_that_the_board_has_for_partitions),
        cmocka_unit_test(a_device_that_is_read_only_stays_so),
        cmocka_unit_test(memory_of_the_normal_world_is_a_device_where_the_board_says_so),
        cmocka_unit_test(interrupts_must_be_secure_spis_with_a_priority_of_the_spmc),
        cmocka_unit_test(devices_of_a_partition_must_differ),
        cmocka_unit_test(a_device_must_not_have_the_name_of_a_memory_region),
        cmocka_unit_test(a_device_must_not_overlap_a_memory_region),
        cmocka_unit_test(a_fifth_device_is_refused),
        cmocka_unit_test(two_partitions_cannot_have_the_same_device_or_interrupt),
        cmocka_unit_test(good_callers_are_read),
        cmocka_unit_test(an_empty_list_of_callers_admits_nobody),
        cmocka_unit_test(a_caller_is_either_the_normal_world_or_a_uuid),
        cmocka_unit_test(values_of_a_caller_must_be_right),
        cmocka_unit_test(messages_must_be_known_words),
        cmocka_unit_test(messages_must_be_what_the_partition_can_receive),
        cmocka_unit_test(a_caller_twice_is_refused),
        cmocka_unit_test(a_ninth_caller_is_refused),
        cmocka_unit_test(a_list_twice_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
