// SPDX-License-Identifier: BSD-3-Clause
//
// Manifest reader (platform/lib/boot/sp_manifest.c): what a good manifest gives, every property missing, doubled, of a wrong size and
// of a wrong value, unknown properties and nodes, all interval relations of memory regions, and broken device trees.
// Manifests are built with libfdt from the binding's description.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "package_support.h"
#include "sp_manifest.h"

#define NS_BASE 0x40000000ull
#define NS_SIZE 0x20000000ull
#define SECURE_BASE 0x0e000000ull
#define SECURE_SIZE 0x01000000ull
#define RESERVED_BASE 0x40200000ull // in the middle, so that all relations to it are possible
#define RESERVED_SIZE 0x8000ull

static const struct sp_manifest_range reserved[] = {
    { 0x0e000000, 0x00400000 },
    { RESERVED_BASE, RESERVED_SIZE },
};
static const struct sp_manifest_limits limits = {
    .version = FFA_VERSION_1_2,
    .messaging = FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND,
    .ns_ram = { NS_BASE, NS_SIZE },
    .secure_ram = { SECURE_BASE, SECURE_SIZE },
    .reserved = reserved,
    .reserved_count = 2,
};

static uint8_t dtb[8192] __attribute__((aligned(8)));
static struct sp_config config;
static struct sp_manifest_error error;

static int decode(const struct package_change *changes, const struct package_region *regions)
{
    size_t size = package_build_manifest(dtb, sizeof(dtb), changes, regions);

    memset(&config, 0xee, sizeof(config));
    memset(&error, 0, sizeof(error));
    return sp_manifest_decode(dtb, size, &limits, &config, &error);
}

// The manifest with the changes is refused with `err`, for this property of this node.
static void refused(int err, const char *node, const char *property)
{
    static struct sp_config untouched;

    memset(&untouched, 0xee, sizeof(untouched));
    if (error.rule == NULL) {
        fail_msg("accepted: expected error %d for node \"%s\", property \"%s\"", err, node,
                 property);
    }
    assert_string_equal(error.node, node);
    assert_string_equal(error.property, property);
    assert_int_equal(strncmp(error.rule, "must ", 5), 0);
    assert_memory_equal(&config, &untouched, sizeof(config));
}

static void refuse_root(int err, const char *property, const void *value, uint32_t size)
{
    const struct package_change changes[] = { { property, value, size }, { NULL, NULL, 0 } };
    int got = decode(changes, NULL);

    if (got != err) {
        fail_msg("property \"%s\" of %u bytes: %d, expected %d (%s)", property, size, got, err,
                 error.rule == NULL ? "accepted" : error.rule);
    }
    refused(err, "", property);
}

static const uint8_t *cell(uint32_t value)
{
    static uint8_t bytes[4];

    for (uint32_t i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
    }
    return bytes;
}

static void a_good_manifest_becomes_a_config(void **state)
{
    (void)state;
    assert_int_equal(decode(NULL, NULL), 0);
    assert_string_equal(config.description, "echo");
    assert_int_equal(config.version, FFA_VERSION_1_2);
    assert_int_equal(config.uuid_count, 1);
    assert_int_equal(config.uuid[0][0], 0x3ea8b1ef);
    assert_int_equal(config.uuid[0][3], 0x60cd31fc);
    assert_int_equal(config.id, 0);
    assert_int_equal(config.boot_order, 0xffff);
    assert_int_equal(config.properties, FFA_PROP_DIRECT_RECV | FFA_PROP_AARCH64);
    assert_false(config.ns_interrupts_queued);
    assert_int_equal(config.stack_pages, 2);
    assert_int_equal(config.heap_pages, 0);
    assert_int_equal(config.region_count, 0);
}

static void all_optional_properties_are_read(void **state)
{
    static const uint8_t uuids[48] = { [3] = 1, [19] = 2, [47] = 3 };
    const struct package_change changes[] = {
        { "uuid", uuids, 48 },
        { "id", "\x00\x00\x80\x07", 4 },
        { "boot-order", "\x00\x00\x00\x03", 4 },
        { "messaging-method", "\x00\x00\x00\x03", 4 },
        { "ns-interrupts-action", "\x00\x00\x00\x00", 4 },
        { "other-s-interrupts-action", "\x00\x00\x00\x00", 4 },
        { "gp-register-num", "\x00\x00\x00\x00", 4 },
        { "tessera,heap-pages", "\x00\x00\x00\x40", 4 },
        { "ffa-version", "\x00\x01\x00\x00", 4 },
        { NULL, NULL, 0 },
    };
    const struct package_region regions[] = {
        { "rpc", "rpc", 32, 0xb, 0x40100000 },   // R, W, NS
        { "own", "scratch", 2, 0x3, 0 },         // given by the SPMC
        { "table", "table", 1, 0x1, 0xe400000 }, // secure, read-only
        { NULL, NULL, 0, 0, 0 },
    };

    (void)state;
    assert_int_equal(decode(changes, regions), 0);
    assert_int_equal(config.uuid_count, 3);
    assert_int_equal(config.uuid[1][0], 2);
    assert_int_equal(config.uuid[2][3], 3);
    assert_int_equal(config.id, 0x8007);
    assert_int_equal(config.boot_order, 3);
    assert_int_equal(config.properties,
                     FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND | FFA_PROP_AARCH64);
    assert_true(config.ns_interrupts_queued);
    assert_int_equal(config.heap_pages, 64);
    assert_int_equal(config.version, FFA_VERSION_1_0);
    assert_int_equal(config.region_count, 3);
    assert_string_equal(config.regions[0].description, "rpc");
    assert_int_equal(config.regions[0].base, 0x40100000);
    assert_int_equal(config.regions[0].page_count, 32);
    assert_int_equal(config.regions[0].attributes, SP_REGION_READ | SP_REGION_WRITE | SP_REGION_NS);
    assert_false(config.regions[0].allocate);
    assert_string_equal(config.regions[1].description, "scratch");
    assert_true(config.regions[1].allocate);
    assert_int_equal(config.regions[2].base, 0xe400000);
    assert_false(config.regions[2].allocate);
}

static void boot_order_may_have_sixteen_bits(void **state)
{
    const struct package_change changes[] = { { "boot-order", "\x12\x34", 2 }, { NULL, NULL, 0 } };

    (void)state;
    assert_int_equal(decode(changes, NULL), 0);
    assert_int_equal(config.boot_order, 0x1234);
}

static void every_mandatory_property_is_asked_for(void **state)
{
    static const char *const mandatory[] = {
        "compatible",          "ffa-version",          "description",         "uuid",
        "execution-ctx-count", "exception-level",      "execution-state",     "xlat-granule",
        "messaging-method",    "ns-interrupts-action", "tessera,stack-pages",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(mandatory) / sizeof(mandatory[0]); i++) {
        refuse_root(ERR_NOT_FOUND, mandatory[i], NULL, 0);
    }
}

static void unknown_properties_are_refused_by_name(void **state)
{
    static const char *const unknown[] = {
        "boot-odrer", "load-address", "entrypoint-offset",  "managed-exit", "notification-support",
        "phandle",    "Description",  "tessera,stack-page", "auxiliary-id", "ffa-versio",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        refuse_root(ERR_NOT_SUPPORTED, unknown[i], cell(1), 4);
    }
    refuse_root(ERR_NOT_SUPPORTED, "managed-exit-virq", "", 0);
}

static void a_doubled_property_is_refused(void **state)
{
    const struct package_change id[] = {
        { "id", "\x00\x00\x80\x01", 4 },
        { "id", "\x00\x00\x80\x02", 4 },
        { NULL, NULL, 0 },
    };

    (void)state;
    assert_int_equal(decode(id, NULL), ERR_DUPLICATE);
    refused(ERR_DUPLICATE, "", "id");
}

static void numbers_must_be_one_cell(void **state)
{
    static const char *const numbers[] = {
        "ffa-version",  "execution-ctx-count", "exception-level",      "execution-state",
        "xlat-granule", "messaging-method",    "ns-interrupts-action", "tessera,stack-pages",
        "id",           "gp-register-num",     "tessera,heap-pages",   "other-s-interrupts-action",
    };
    static const uint8_t bytes[8] = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        refuse_root(ERR_INVALID, numbers[i], bytes, 8);
        refuse_root(ERR_INVALID, numbers[i], bytes, 3);
        refuse_root(ERR_INVALID, numbers[i], bytes, 0);
    }
    refuse_root(ERR_INVALID, "boot-order", bytes, 3);
    refuse_root(ERR_INVALID, "boot-order", bytes, 8);
    refuse_root(ERR_INVALID, "boot-order", bytes, 0);
}

static void values_outside_what_is_supported_are_refused(void **state)
{
    static const struct {
        const char *name;
        uint32_t value;
        int err;
    } cases[] = {
        { "ffa-version", 0x10003, ERR_VERSION },
        { "ffa-version", 0x20000, ERR_VERSION },
        { "ffa-version", 0xffff, ERR_VERSION },
        { "ffa-version", 0x80010002, ERR_VERSION },
        { "execution-ctx-count", 0, ERR_NOT_SUPPORTED },
        { "execution-ctx-count", 4, ERR_NOT_SUPPORTED },
        { "exception-level", 0, ERR_NOT_SUPPORTED },
        { "exception-level", 2, ERR_NOT_SUPPORTED },
        { "execution-state", 1, ERR_NOT_SUPPORTED },
        { "xlat-granule", 1, ERR_NOT_SUPPORTED },
        { "messaging-method", 0x4, ERR_NOT_SUPPORTED },   // indirect
        { "messaging-method", 0x201, ERR_NOT_SUPPORTED }, // direct request 2
        { "messaging-method", 0x80000001, ERR_NOT_SUPPORTED },
        { "ns-interrupts-action", 1, ERR_NOT_SUPPORTED },
        { "ns-interrupts-action", 3, ERR_NOT_SUPPORTED },
        { "other-s-interrupts-action", 2, ERR_NOT_SUPPORTED },
        { "other-s-interrupts-action", 0, ERR_INVALID }, // with ns-interrupts-action 2
        { "gp-register-num", 1, ERR_NOT_SUPPORTED },
        { "id", 0, ERR_RANGE },
        { "id", 1, ERR_RANGE },
        { "id", 0x8000, ERR_RANGE }, // the SPMC
        { "id", 0xffff, ERR_RANGE }, // the SPMD
        { "id", 0x18001, ERR_RANGE },
        { "boot-order", 0x10000, ERR_RANGE },
        { "tessera,stack-pages", 0, ERR_RANGE },
        { "tessera,stack-pages", SP_MAX_STACK_PAGES + 1, ERR_RANGE },
        { "tessera,stack-pages", UINT32_MAX, ERR_RANGE },
        { "tessera,heap-pages", SP_MAX_HEAP_PAGES + 1, ERR_RANGE },
        { "tessera,heap-pages", 0x100001, ERR_RANGE }, // × 4096 wraps in 32 bits
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        refuse_root(cases[i].err, cases[i].name, cell(cases[i].value), 4);
    }
}

static void uuids_must_be_whole_different_and_not_nil(void **state)
{
    static const uint8_t nil[16] = { 0 };
    static const uint8_t twice[32] = { 1, [16] = 1 };
    static const uint8_t second_nil[32] = { 1 };
    static const uint8_t five[80] = { 1, [16] = 2, [32] = 3, [48] = 4, [64] = 5 };

    (void)state;
    refuse_root(ERR_INVALID, "uuid", five, 0);
    for (uint32_t size = 1; size < 64; size++) {
        if (size % 16 != 0) {
            refuse_root(ERR_INVALID, "uuid", five, size);
        }
    }
    refuse_root(ERR_NO_MEMORY, "uuid", five, 80);
    refuse_root(ERR_INVALID, "uuid", nil, 16);
    refuse_root(ERR_INVALID, "uuid", second_nil, 32);
    refuse_root(ERR_DUPLICATE, "uuid", twice, 32);
}

static void strings_must_be_one_printable_terminated_string(void **state)
{
    (void)state;
    refuse_root(ERR_INVALID, "description", "", 0);
    refuse_root(ERR_INVALID, "description", "", 1);
    refuse_root(ERR_INVALID, "description", "echo", 4);   // not terminated
    refuse_root(ERR_INVALID, "description", "ec\0ho", 6); // two strings
    refuse_root(ERR_INVALID, "description", "ec\nho", 6); // would forge a line
    refuse_root(ERR_INVALID, "description", "ec\x80ho", 6);
    refuse_root(ERR_RANGE, "description", "0123456789012345678901234567890X", 33);
    refuse_root(ERR_NOT_SUPPORTED, "compatible", "arm,ffa-manifest-1.1", 21);
    refuse_root(ERR_NOT_SUPPORTED, "compatible", "arm,ffa-manifest-1.", 20);
    refuse_root(ERR_INVALID, "compatible", "arm,ffa-manifest-1.0\0b", 23);
}

// ---- Memory regions ----

static void refuse_region(int err, const char *property, struct package_region region)
{
    const struct package_region regions[] = { region, { NULL, NULL, 0, 0, 0 } };
    int got = decode(NULL, regions);

    if (got != err) {
        fail_msg("region property \"%s\": %d, expected %d (%s)", property, got, err,
                 error.rule == NULL ? "accepted" : error.rule);
    }
    refused(err, region.node, property);
}

static void region_attributes_must_make_sense(void **state)
{
    (void)state;
    refuse_region(ERR_RANGE, "attributes", (struct package_region){ "r", "r", 1, 0, 0 });
    refuse_region(ERR_RANGE, "attributes", (struct package_region){ "r", "r", 1, 0x10, 0 });
    refuse_region(ERR_RANGE, "attributes", (struct package_region){ "r", "r", 1, 0x80000003, 0 });
    refuse_region(ERR_INVALID, "attributes", (struct package_region){ "r", "r", 1, 2, 0 }); // W
    refuse_region(ERR_INVALID, "attributes", (struct package_region){ "r", "r", 1, 4, 0 }); // X
    refuse_region(ERR_INVALID, "attributes", (struct package_region){ "r", "r", 1, 7, 0 }); // RWX
    refuse_region(ERR_INVALID, "attributes",
                  (struct package_region){ "r", "r", 1, 0xd, NS_BASE }); // normal world, X
    refuse_region(ERR_NOT_FOUND, "base-address", (struct package_region){ "r", "r", 1, 9, 0 });
}

static void region_sizes_must_be_inside_the_limits(void **state)
{
    (void)state;
    refuse_region(ERR_RANGE, "pages-count", (struct package_region){ "r", "r", 0, 3, 0 });
    refuse_region(ERR_RANGE, "pages-count",
                  (struct package_region){ "r", "r", SP_MAX_REGION_PAGES + 1, 3, 0 });
    refuse_region(ERR_RANGE, "pages-count",
                  (struct package_region){ "r", "r", 0x100001, 11, NS_BASE });
    refuse_region(ERR_RANGE, "pages-count",
                  (struct package_region){ "r", "r", UINT32_MAX, 11, NS_BASE });
}

static void region_names_must_fit_a_boot_information_descriptor(void **state)
{
    const struct package_region two[] = {
        { "a", "same", 1, 3, 0 },
        { "b", "same", 1, 3, 0 },
        { NULL, NULL, 0, 0, 0 },
    };

    (void)state;
    refuse_region(ERR_NOT_FOUND, "description", (struct package_region){ "r", NULL, 1, 3, 0 });
    refuse_region(ERR_RANGE, "description",
                  (struct package_region){ "r", "0123456789abcdef", 1, 3, 0 });
    assert_int_equal(decode(NULL, two), ERR_DUPLICATE);
    refused(ERR_DUPLICATE, "b", "description");
}

static void regions_must_be_inside_the_ram_of_their_world(void **state)
{
    static const struct {
        uint64_t base;
        uint32_t pages;
        uint32_t attributes;
        int err;
    } cases[] = {
        { NS_BASE - 0x1000, 1, 11, ERR_RANGE },
        { NS_BASE - 0x1000, 2, 11, ERR_RANGE },
        { NS_BASE + NS_SIZE - 0x1000, 2, 11, ERR_RANGE },
        { NS_BASE + NS_SIZE, 1, 11, ERR_RANGE },
        { 0xfffffffffffff000, 1, 11, ERR_RANGE },
        { 0xfffffffffffff000, 2, 11, ERR_RANGE }, // wraps
        { 0xe800000, 1, 11, ERR_RANGE },          // secure memory as normal-world
        { NS_BASE, 1, 3, ERR_RANGE },             // normal-world memory as secure
        { 0x9000000, 1, 3, ERR_RANGE },           // a device
        { SECURE_BASE + SECURE_SIZE - 0x1000, 2, 3, ERR_RANGE },
        { NS_BASE + 8, 1, 11, ERR_INVALID }, // not on a page
        { NS_BASE + 0x800, 1, 11, ERR_INVALID },
    };
    const struct package_region ends[] = {
        { "a", "first", 1, 11, NS_BASE },
        { "b", "last", 1, 11, NS_BASE + NS_SIZE - 0x1000 },
        { "c", "secure", 1, 3, SECURE_BASE + SECURE_SIZE - 0x1000 },
        { NULL, NULL, 0, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        refuse_region(cases[i].err, "base-address",
                      (struct package_region){ "r", "r", cases[i].pages, cases[i].attributes,
                                               cases[i].base });
    }
    assert_int_equal(decode(NULL, ends), 0);
}

// Allen's thirteen relations of a region to one of pages [8, 16): whether they share a page.
static const struct {
    const char *relation;
    uint32_t first;
    uint32_t pages;
    bool overlap;
} allen[] = {
    { "before", 2, 4, false },    { "after", 20, 4, false },
    { "meets", 4, 4, false },     { "is met by", 16, 4, false },
    { "overlaps", 4, 8, true },   { "is overlapped by", 12, 8, true },
    { "starts", 8, 4, true },     { "is started by", 8, 12, true },
    { "finishes", 12, 4, true },  { "is finished by", 4, 12, true },
    { "is during", 10, 4, true }, { "contains", 4, 16, true },
    { "equals", 8, 8, true },
};

#define PAGE(n) ((uint64_t)(n)*0x1000)

static void no_region_may_touch_another_one_in_any_relation(void **state)
{
    (void)state;
    for (size_t i = 0; i < 13; i++) {
        const struct package_region regions[] = {
            { "a", "a", 8, 11, NS_BASE + PAGE(8) },
            { "b", "b", allen[i].pages, 11, NS_BASE + PAGE(allen[i].first) },
            { NULL, NULL, 0, 0, 0 },
        };
        int err = decode(NULL, regions);

        if ((err == ERR_OVERLAP) != allen[i].overlap || (!allen[i].overlap && err != 0)) {
            fail_msg("b %s a: %d", allen[i].relation, err);
        }
        if (err != 0) {
            refused(ERR_OVERLAP, "b", "base-address");
        }
    }
}

static void no_region_may_touch_the_firmware_in_any_relation(void **state)
{
    (void)state;
    for (size_t i = 0; i < 13; i++) {
        const struct package_region regions[] = {
            { "b", "b", allen[i].pages, 11, RESERVED_BASE - PAGE(8) + PAGE(allen[i].first) },
            { NULL, NULL, 0, 0, 0 },
        };
        int err = decode(NULL, regions);

        if ((err == ERR_OVERLAP) != allen[i].overlap || (!allen[i].overlap && err != 0)) {
            fail_msg("b %s the reserved range: %d", allen[i].relation, err);
        }
    }
}

static void no_region_may_touch_one_of_another_partition_in_any_relation(void **state)
{
    const struct package_region first[] = {
        { "x", "x", 1, 3, 0 }, // no address: never overlaps
        { "a", "a", 8, 11, NS_BASE + PAGE(8) },
        { NULL, NULL, 0, 0, 0 },
    };
    struct sp_config other;

    (void)state;
    assert_int_equal(decode(NULL, first), 0);
    other = config;
    for (size_t i = 0; i < 13; i++) {
        const struct package_region regions[] = {
            { "y", "y", 1, 3, 0 },
            { "b", "b", allen[i].pages, 9, NS_BASE + PAGE(allen[i].first) },
            { NULL, NULL, 0, 0, 0 },
        };
        int err;

        assert_int_equal(decode(NULL, regions), 0);
        err = sp_manifest_check_other(&config, &other, &error);
        if ((err == ERR_OVERLAP) != allen[i].overlap || (!allen[i].overlap && err != 0)) {
            fail_msg("b %s a: %d", allen[i].relation, err);
        }
        if (err != 0) {
            assert_string_equal(error.node, "b");
            assert_string_equal(error.property, "base-address");
        }
    }
}

static void id_and_boot_order_must_differ_between_partitions(void **state)
{
    const struct package_change changes[] = {
        { "id", "\x00\x00\x80\x07", 4 },
        { "boot-order", "\x00\x00\x00\x03", 4 },
        { NULL, NULL, 0 },
    };
    struct sp_config other = { .boot_order = 4 };

    (void)state;
    assert_int_equal(decode(changes, NULL), 0);
    assert_int_equal(sp_manifest_check_other(&config, &other, &error), 0);
    other.id = 0x8007;
    assert_int_equal(sp_manifest_check_other(&config, &other, &error), ERR_DUPLICATE);
    assert_string_equal(error.property, "id");
    other.id = 0x8008;
    other.boot_order = 3;
    assert_int_equal(sp_manifest_check_other(&config, &other, &error), ERR_DUPLICATE);
    assert_string_equal(error.property, "boot-order");
    assert_int_equal(decode(NULL, NULL), 0); // neither named: any number of those
    other = config;
    assert_int_equal(sp_manifest_check_other(&config, &other, &error), 0);
}

static void a_ninth_region_is_refused(void **state)
{
    static char names[9][2];
    struct package_region regions[10] = { { NULL, NULL, 0, 0, 0 } };

    (void)state;
    for (uint32_t i = 0; i < 9; i++) {
        names[i][0] = (char)('a' + i);
        regions[i] = (struct package_region){ names[i], names[i], 1, 3, 0 };
    }
    assert_int_equal(decode(NULL, regions), ERR_NO_MEMORY);
    refused(ERR_NO_MEMORY, "i", "");
    regions[8].node = NULL;
    assert_int_equal(decode(NULL, regions), 0);
    assert_int_equal(config.region_count, 8);
}

// ---- Nodes and broken trees ----

static size_t build_nodes(const char *first, const char *inside, const char *second)
{
    size_t size = package_build_manifest(dtb, sizeof(dtb), NULL, NULL);
    int node;

    assert_int_equal(fdt_open_into(dtb, dtb, sizeof(dtb)), 0);
    node = fdt_add_subnode(dtb, 0, first);
    assert_true(node > 0);
    assert_int_equal(fdt_setprop_string(dtb, node, "compatible", "arm,ffa-manifest-memory-regions"),
                     0);
    if (inside != NULL) {
        node = fdt_add_subnode(dtb, node, inside);
        assert_int_equal(fdt_setprop_string(dtb, node, "description", "d"), 0);
        assert_int_equal(fdt_setprop_u32(dtb, node, "pages-count", 1), 0);
        assert_int_equal(fdt_setprop_u32(dtb, node, "attributes", 3), 0);
        assert_true(fdt_add_subnode(dtb, node, "deep") > 0);
    }
    if (second != NULL) {
        node = fdt_add_subnode(dtb, 0, second);
        assert_int_equal(
            fdt_setprop_string(dtb, node, "compatible", "arm,ffa-manifest-memory-regions"), 0);
    }
    size = fdt_totalsize(dtb);
    memset(&config, 0xee, sizeof(config));
    memset(&error, 0, sizeof(error));
    return size;
}

static void unknown_and_doubled_nodes_are_refused_by_name(void **state)
{
    size_t size = build_nodes("device-regions", NULL, NULL);
    char *name;

    (void)state;
    assert_int_equal(sp_manifest_decode(dtb, size, &limits, &config, &error), ERR_NOT_SUPPORTED);
    refused(ERR_NOT_SUPPORTED, "device-regions", "");
    size = build_nodes("memory-regions", "r", NULL); // a node in a region
    assert_int_equal(sp_manifest_decode(dtb, size, &limits, &config, &error), ERR_NOT_SUPPORTED);
    refused(ERR_NOT_SUPPORTED, "r", "");
    size = build_nodes("memory-regions", NULL, "memory-regionX");
    name = memmem(dtb, size, "memory-regionX", 15);
    assert_non_null(name);
    name[13] = 's'; // libfdt would not add it twice
    assert_int_equal(sp_manifest_decode(dtb, size, &limits, &config, &error), ERR_DUPLICATE);
    refused(ERR_DUPLICATE, "memory-regions", "");
}

static void a_wrong_compatible_of_the_regions_is_refused(void **state)
{
    size_t size = build_nodes("memory-regions", NULL, NULL);

    (void)state;
    assert_int_equal(fdt_setprop_string(dtb, fdt_first_subnode(dtb, 0), "compatible",
                                        "arm,ffa-manifest-device-regions"),
                     0);
    assert_int_equal(sp_manifest_decode(dtb, size, &limits, &config, &error), ERR_NOT_SUPPORTED);
    refused(ERR_NOT_SUPPORTED, "memory-regions", "compatible");
    assert_int_equal(fdt_delprop(dtb, fdt_first_subnode(dtb, 0), "compatible"), 0);
    memset(&error, 0, sizeof(error));
    assert_int_equal(sp_manifest_decode(dtb, size, &limits, &config, &error), ERR_NOT_FOUND);
    refused(ERR_NOT_FOUND, "memory-regions", "compatible");
}

// A copy of exactly `len` bytes, so that ASan sees a read of ours behind it.
static int decode_copy(size_t len)
{
    void *copy = malloc(len == 0 ? 1 : len);
    int err;

    assert_non_null(copy);
    memcpy(copy, dtb, len);
    memset(&error, 0, sizeof(error));
    err = sp_manifest_decode(copy, len, &limits, &config, &error);
    assert_int_equal(err != 0, error.rule != NULL);
    free(copy);
    return err;
}

static void every_truncation_is_refused(void **state)
{
    const struct package_region regions[] = {
        { "rpc", "rpc", 32, 11, 0x40100000 },
        { NULL, NULL, 0, 0, 0 },
    };
    size_t size = package_build_manifest(dtb, sizeof(dtb), NULL, regions);

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
    size_t size = package_build_manifest(dtb, sizeof(dtb), NULL, regions);

    (void)state;
    for (size_t bit = 0; bit < 8 * size; bit++) {
        dtb[bit / 8] ^= (uint8_t)(1u << bit % 8);
        (void)decode_copy(size);
        dtb[bit / 8] ^= (uint8_t)(1u << bit % 8);
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
        size_t size = package_build_manifest(dtb, sizeof(dtb), NULL, NULL);

        memcpy(dtb + cases[i].offset, cell(cases[i].value), 4);
        if (decode_copy(size) != cases[i].err) {
            fail_msg("header field at %zu", cases[i].offset);
        }
    }
}

// Where the structure block has the first property: tag, length, name, value.
static uint8_t *first_property(void)
{
    return dtb + fdt_off_dt_struct(dtb) + 8; // behind the root's tag and its empty name
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
        size_t size = package_build_manifest(dtb, sizeof(dtb), NULL, NULL);

        memcpy(first_property() + cases[i].offset, cell(cases[i].value), 4);
        if (decode_copy(size) != ERR_INVALID) {
            fail_msg("case %zu: offset %zu, value 0x%x", i, cases[i].offset, cases[i].value);
        }
    }
}

static void an_unended_strings_block_is_refused(void **state)
{
    size_t size = package_build_manifest(dtb, sizeof(dtb), NULL, NULL);

    (void)state;
    assert_int_equal(dtb[fdt_off_dt_strings(dtb) + fdt_size_dt_strings(dtb) - 1], 0);
    memcpy(dtb + 32, cell(fdt_size_dt_strings(dtb) - 1), 4);
    assert_int_equal(decode_copy(size), ERR_INVALID);
}

// libfdt's loop over properties ends at the first node: what comes later would be ignored, typo or not.
static void properties_behind_nodes_are_refused(void **state)
{
    size_t size = build_nodes("memory-regions", NULL, NULL);
    uint8_t *end;

    (void)state;
    assert_int_equal(fdt_pack(dtb), 0);
    size = fdt_totalsize(dtb);
    end = dtb + fdt_off_dt_struct(dtb) + fdt_size_dt_struct(dtb) - 12; // two END_NODE, END
    assert_int_equal(end[3], 2);
    memcpy(end, cell(2), 4);
    memmove(dtb + fdt_off_dt_strings(dtb) + 16, dtb + fdt_off_dt_strings(dtb),
            fdt_size_dt_strings(dtb)); // room for one more property, without a value
    memcpy(dtb + 12, cell(fdt_off_dt_strings(dtb) + 16), 4);
    memcpy(dtb + 36, cell(fdt_size_dt_struct(dtb) + 12), 4);
    memcpy(dtb + 4, cell((uint32_t)size + 16), 4);
    memcpy(end + 4, cell(3), 4);
    memcpy(end + 8, cell(0), 4);
    memcpy(end + 12, cell(0), 4);
    memcpy(end + 16, cell(2), 4);
    memcpy(end + 20, cell(9), 4);
    assert_int_equal(decode_copy(size + 16), ERR_INVALID);
    assert_string_equal(error.rule, "must have the properties of a node before the nodes in it");
    memcpy(end + 4, cell(4), 4); // the same with NOPs is sound
    memcpy(end + 8, cell(4), 4);
    memcpy(end + 12, cell(4), 4);
    assert_int_equal(decode_copy(size + 16), 0);
}

static void nodes_too_deep_for_any_manifest_are_refused(void **state)
{
    int node = 0;

    (void)state;
    (void)build_nodes("memory-regions", NULL, NULL);
    for (int depth = 1; depth < 17; depth++) {
        node = fdt_add_subnode(dtb, node, "n");
        assert_true(node > 0);
    }
    assert_int_equal(decode_copy(fdt_totalsize(dtb)), ERR_INVALID);
    assert_string_equal(error.rule, "must not have nodes deeper than 16");
}

static void a_manifest_must_be_aligned_and_not_too_long(void **state)
{
    static uint8_t big[SP_MAX_MANIFEST_SIZE + 4096] __attribute__((aligned(8)));
    size_t size = package_build_manifest(dtb, sizeof(dtb), NULL, NULL);

    (void)state;
    memmove(dtb + 4, dtb, size);
    assert_int_equal(sp_manifest_decode(dtb + 4, size, &limits, &config, &error), ERR_INVALID);
    memcpy(big, dtb + 4, size);
    assert_int_equal(fdt_open_into(big, big, sizeof(big)), 0); // same content, longer
    assert_int_equal(sp_manifest_decode(big, sizeof(big), &limits, &config, &error), ERR_TRUNCATED);
    assert_int_equal(fdt_pack(big), 0);
    assert_int_equal(sp_manifest_decode(big, sizeof(big), &limits, &config, &error), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_manifest_becomes_a_config),
        cmocka_unit_test(all_optional_properties_are_read),
        cmocka_unit_test(boot_order_may_have_sixteen_bits),
        cmocka_unit_test(every_mandatory_property_is_asked_for),
        cmocka_unit_test(unknown_properties_are_refused_by_name),
        cmocka_unit_test(a_doubled_property_is_refused),
        cmocka_unit_test(numbers_must_be_one_cell),
        cmocka_unit_test(values_outside_what_is_supported_are_refused),
        cmocka_unit_test(uuids_must_be_whole_different_and_not_nil),
        cmocka_unit_test(strings_must_be_one_printable_terminated_string),
        cmocka_unit_test(region_attributes_must_make_sense),
        cmocka_unit_test(region_sizes_must_be_inside_the_limits),
        cmocka_unit_test(region_names_must_fit_a_boot_information_descriptor),
        cmocka_unit_test(regions_must_be_inside_the_ram_of_their_world),
        cmocka_unit_test(no_region_may_touch_another_one_in_any_relation),
        cmocka_unit_test(no_region_may_touch_the_firmware_in_any_relation),
        cmocka_unit_test(no_region_may_touch_one_of_another_partition_in_any_relation),
        cmocka_unit_test(id_and_boot_order_must_differ_between_partitions),
        cmocka_unit_test(a_ninth_region_is_refused),
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
