// SPDX-License-Identifier: BSD-3-Clause
//
// Manifest reader (platform/lib/boot/sp_manifest.c): what a good manifest gives, every property missing, doubled, of a wrong size and
// of a wrong value, unknown properties, and all interval relations of memory regions. Broken device trees: test_sp_manifest_tree.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "manifest_case.h"

static void refuse_root(int err, const char *property, const void *value, uint32_t size)
{
    const struct package_change changes[] = { { property, value, size }, { NULL, NULL, 0 } };
    int got = case_decode(changes, NULL);

    if (got != err) {
        fail_msg("property \"%s\" of %u bytes: %d, expected %d (%s)", property, size, got, err,
                 case_error.rule == NULL ? "accepted" : case_error.rule);
    }
    case_refused(err, "", property);
}

static void a_good_manifest_becomes_a_config(void **state)
{
    (void)state;
    assert_int_equal(case_decode(NULL, NULL), 0);
    assert_string_equal(case_config.description, "echo");
    assert_int_equal(case_config.version, FFA_VERSION_1_2);
    assert_int_equal(case_config.uuid_count, 1);
    assert_int_equal(case_config.uuid[0][0], 0x3ea8b1ef);
    assert_int_equal(case_config.uuid[0][3], 0x60cd31fc);
    assert_int_equal(case_config.id, 0);
    assert_int_equal(case_config.boot_order, 0xffff);
    assert_int_equal(case_config.properties, FFA_PROP_DIRECT_RECV | FFA_PROP_AARCH64);
    assert_false(case_config.ns_interrupts_queued);
    assert_false(case_config.other_interrupts_queued);
    assert_false(case_config.secure_timer);
    assert_int_equal(case_config.watchdog_ms, 0);
    assert_int_equal(case_config.stack_pages, 2);
    assert_int_equal(case_config.heap_pages, 0);
    assert_int_equal(case_config.region_count, 0);
    assert_int_equal(case_config.device_count, 0);
    assert_int_equal(case_config.caller_count, 0); // nobody may call it
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
        { "tessera,secure-timer", "", 0 },
        { "tessera,watchdog-ms", "\x00\x00\x03\xe8", 4 },
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
    assert_int_equal(case_decode(changes, regions), 0);
    assert_int_equal(case_config.uuid_count, 3);
    assert_int_equal(case_config.uuid[1][0], 2);
    assert_int_equal(case_config.uuid[2][3], 3);
    assert_int_equal(case_config.id, 0x8007);
    assert_int_equal(case_config.boot_order, 3);
    assert_int_equal(case_config.properties,
                     FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND | FFA_PROP_AARCH64);
    assert_true(case_config.ns_interrupts_queued);
    assert_true(case_config.other_interrupts_queued);
    assert_true(case_config.secure_timer);
    assert_int_equal(case_config.watchdog_ms, 1000);
    assert_int_equal(case_config.heap_pages, 64);
    assert_int_equal(case_config.version, FFA_VERSION_1_0);
    assert_int_equal(case_config.region_count, 3);
    assert_string_equal(case_config.regions[0].description, "rpc");
    assert_int_equal(case_config.regions[0].base, 0x40100000);
    assert_int_equal(case_config.regions[0].page_count, 32);
    assert_int_equal(case_config.regions[0].attributes,
                     SP_REGION_READ | SP_REGION_WRITE | SP_REGION_NS);
    assert_false(case_config.regions[0].allocate);
    assert_string_equal(case_config.regions[1].description, "scratch");
    assert_true(case_config.regions[1].allocate);
    assert_int_equal(case_config.regions[2].base, 0xe400000);
    assert_false(case_config.regions[2].allocate);
}

static void boot_order_may_have_sixteen_bits(void **state)
{
    const struct package_change changes[] = { { "boot-order", "\x12\x34", 2 }, { NULL, NULL, 0 } };

    (void)state;
    assert_int_equal(case_decode(changes, NULL), 0);
    assert_int_equal(case_config.boot_order, 0x1234);
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
        "boot-odrer", "load-address", "entrypoint-offset",  "managed-exit", "notification-suport",
        "phandle",    "Description",  "tessera,stack-page", "auxiliary-id", "ffa-versio",
        "callers",    "abort-action", "tessera,fault",      "messages",     "normal-world",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        refuse_root(ERR_NOT_SUPPORTED, unknown[i], case_cell(1), 4);
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
    assert_int_equal(case_decode(id, NULL), ERR_DUPLICATE);
    case_refused(ERR_DUPLICATE, "", "id");
}

static void numbers_must_be_one_cell(void **state)
{
    static const char *const numbers[] = {
        "ffa-version",          "execution-ctx-count",    "exception-level",
        "execution-state",      "xlat-granule",           "messaging-method",
        "ns-interrupts-action", "tessera,stack-pages",    "id",
        "gp-register-num",      "tessera,heap-pages",     "other-s-interrupts-action",
        "tessera,watchdog-ms",  "tessera,memory-handles", "tessera,memory-pages",
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
    refuse_root(ERR_INVALID, "tessera,secure-timer", bytes, 4); // there or not there
    refuse_root(ERR_INVALID, "tessera,rollback-counter", bytes, 4);
    refuse_root(ERR_INVALID, "tessera,boot-log", bytes, 4);
    refuse_root(ERR_INVALID, "tessera,clock", bytes, 1);
    refuse_root(ERR_INVALID, "tessera,psa-iot-profile-1", bytes, 4);
    refuse_root(ERR_INVALID, "notification-support", bytes, 4);
}

static void every_kind_of_message_can_be_asked_for(void **state)
{
    const struct package_change changes[] = {
        { "notification-support", "", 0 }, // in any order
        { "messaging-method", "\x00\x00\x06\x07", 4 },
        { NULL, NULL, 0 },
    };
    const struct package_change nothing[] = {
        { "messaging-method", "\x00\x00\x00\x00", 4 },
        { "notification-support", "", 0 },
        { NULL, NULL, 0 },
    };

    (void)state;
    assert_int_equal(case_decode(changes, NULL), 0);
    assert_int_equal(case_config.properties, FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND |
                                                 FFA_PROP_INDIRECT | FFA_PROP_NOTIFICATION |
                                                 FFA_PROP_AARCH64 | FFA_PROP_DIRECT2_RECV |
                                                 FFA_PROP_DIRECT2_SEND);
    assert_int_equal(case_decode(nothing, NULL), 0);
    assert_int_equal(case_config.properties, FFA_PROP_NOTIFICATION | FFA_PROP_AARCH64);
}

// DEN0077A: indirect messages and notifications since 1.1, FFA_MSG_SEND_DIRECT_REQ2 since 1.2
static void messages_need_their_version(void **state)
{
    static const struct {
        const char *version;
        const char *messages; // messaging-method
        bool notification;
        const char *refused; // the property; NULL: accepted
    } cases[] = {
        { "\0\1\0\0", "\0\0\0\3", false, NULL },
        { "\0\1\0\0", "\0\0\0\7", false, "messaging-method" },
        { "\0\1\0\0", "\0\0\0\3", true, "notification-support" },
        { "\0\1\0\1", "\0\0\0\7", true, NULL },
        { "\0\1\0\1", "\0\0\2\7", true, "messaging-method" },
        { "\0\1\0\1", "\0\0\4\7", true, "messaging-method" },
        { "\0\1\0\2", "\0\0\6\7", true, NULL },
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct package_change changes[] = {
            { "ffa-version", cases[i].version, 4 },
            { "messaging-method", cases[i].messages, 4 },
            { cases[i].notification ? "notification-support" : NULL, "", 0 },
            { NULL, NULL, 0 },
        };

        if (cases[i].refused == NULL) {
            assert_int_equal(case_decode(changes, NULL), 0);
        } else {
            assert_int_equal(case_decode(changes, NULL), ERR_VERSION);
            case_refused(ERR_VERSION, "", cases[i].refused);
        }
    }
}

static void memory_needs_handles_and_pages(void **state)
{
    const struct package_change handles[] = {
        { "tessera,memory-handles", "\0\0\0\1", 4 },
        { NULL, NULL, 0 },
    };
    const struct package_change pages[] = {
        { "tessera,memory-pages", "\0\0\0\1", 4 },
        { NULL, NULL, 0 },
    };
    const struct package_change both[] = {
        { "tessera,memory-handles", "\0\0\0\x40", 4 },
        { "tessera,memory-pages", "\0\4\0\0", 4 },
        { NULL, NULL, 0 },
    };

    (void)state;
    assert_int_equal(case_decode(handles, NULL), ERR_NOT_FOUND);
    case_refused(ERR_NOT_FOUND, "", "tessera,memory-pages");
    assert_int_equal(case_decode(pages, NULL), ERR_NOT_FOUND);
    case_refused(ERR_NOT_FOUND, "", "tessera,memory-handles");
    assert_int_equal(case_decode(both, NULL), 0);
    assert_int_equal(case_config.memory_handles, 64);
    assert_int_equal(case_config.memory_pages, 262144);
    assert_int_equal(case_decode(NULL, NULL), 0);
    assert_int_equal(case_config.memory_handles, 0); // none unless asked for
    assert_int_equal(case_config.memory_pages, 0);
}

static void the_fault_action_is_stop_or_reset(void **state)
{
    const struct package_change stop[] = { { "tessera,fault-action", "stop", 5 },
                                           { NULL, NULL, 0 } };
    const struct package_change reset[] = { { "tessera,fault-action", "reset", 6 },
                                            { NULL, NULL, 0 } };

    (void)state;
    assert_int_equal(case_decode(NULL, NULL), 0);
    assert_int_equal(case_config.fault_action, SP_FAULT_STOP);
    assert_int_equal(case_decode(stop, NULL), 0);
    assert_int_equal(case_config.fault_action, SP_FAULT_STOP);
    assert_int_equal(case_decode(reset, NULL), 0);
    assert_int_equal(case_config.fault_action, SP_FAULT_RESET);
    refuse_root(ERR_NOT_SUPPORTED, "tessera,fault-action", "restart", 8);
    refuse_root(ERR_NOT_SUPPORTED, "tessera,fault-action", "Reset", 6);
    refuse_root(ERR_INVALID, "tessera,fault-action", "reset", 5); // not terminated
    refuse_root(ERR_INVALID, "tessera,fault-action", "stop\0reset", 11);
    refuse_root(ERR_INVALID, "tessera,fault-action", "", 1);
    refuse_root(ERR_INVALID, "tessera,fault-action", "\0\0\0\1", 4);
}

static void a_timer_needs_a_watchdog(void **state)
{
    const struct package_change timer[] = {
        { "tessera,secure-timer", "", 0 },
        { NULL, NULL, 0 },
    };
    const struct package_change both[] = {
        { "tessera,secure-timer", "", 0 },
        { "tessera,watchdog-ms", "\x00\x00\x00\x01", 4 },
        { NULL, NULL, 0 },
    };

    (void)state;
    assert_int_equal(case_decode(timer, NULL), ERR_NOT_FOUND);
    case_refused(ERR_NOT_FOUND, "", "tessera,watchdog-ms");
    assert_int_equal(case_decode(both, NULL), 0);
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
        { "messaging-method", 0x8, ERR_NOT_SUPPORTED },   // that is notification-support
        { "messaging-method", 0x101, ERR_NOT_SUPPORTED }, // that is execution-state
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
        { "tessera,watchdog-ms", 0, ERR_RANGE },
        { "tessera,watchdog-ms", SP_MAX_WATCHDOG_MS + 1, ERR_RANGE },
        { "tessera,memory-handles", 0, ERR_RANGE },
        { "tessera,memory-handles", SP_MAX_MEMORY_HANDLES + 1, ERR_RANGE },
        { "tessera,memory-pages", 0, ERR_RANGE },
        { "tessera,memory-pages", SP_MAX_MEMORY_PAGES + 1, ERR_RANGE },
        { "tessera,memory-pages", UINT32_MAX, ERR_RANGE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        refuse_root(cases[i].err, cases[i].name, case_cell(cases[i].value), 4);
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
    int got = case_decode(NULL, regions);

    if (got != err) {
        fail_msg("region property \"%s\": %d, expected %d (%s)", property, got, err,
                 case_error.rule == NULL ? "accepted" : case_error.rule);
    }
    case_refused(err, region.node, property);
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
    assert_int_equal(case_decode(NULL, two), ERR_DUPLICATE);
    case_refused(ERR_DUPLICATE, "b", "description");
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
    assert_int_equal(case_decode(NULL, ends), 0);
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
        int err = case_decode(NULL, regions);

        if ((err == ERR_OVERLAP) != allen[i].overlap || (!allen[i].overlap && err != 0)) {
            fail_msg("b %s a: %d", allen[i].relation, err);
        }
        if (err != 0) {
            case_refused(ERR_OVERLAP, "b", "base-address");
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
        int err = case_decode(NULL, regions);

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
    assert_int_equal(case_decode(NULL, first), 0);
    other = case_config;
    for (size_t i = 0; i < 13; i++) {
        const struct package_region regions[] = {
            { "y", "y", 1, 3, 0 },
            { "b", "b", allen[i].pages, 9, NS_BASE + PAGE(allen[i].first) },
            { NULL, NULL, 0, 0, 0 },
        };
        int err;

        assert_int_equal(case_decode(NULL, regions), 0);
        err = sp_manifest_check_other(&case_config, &other, &case_error);
        if ((err == ERR_OVERLAP) != allen[i].overlap || (!allen[i].overlap && err != 0)) {
            fail_msg("b %s a: %d", allen[i].relation, err);
        }
        if (err != 0) {
            assert_string_equal(case_error.node, "b");
            assert_string_equal(case_error.property, "base-address");
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
    assert_int_equal(case_decode(changes, NULL), 0);
    assert_int_equal(sp_manifest_check_other(&case_config, &other, &case_error), 0);
    other.id = 0x8007;
    assert_int_equal(sp_manifest_check_other(&case_config, &other, &case_error), ERR_DUPLICATE);
    assert_string_equal(case_error.property, "id");
    other.id = 0x8008;
    other.boot_order = 3;
    assert_int_equal(sp_manifest_check_other(&case_config, &other, &case_error), ERR_DUPLICATE);
    assert_string_equal(case_error.property, "boot-order");
    assert_int_equal(case_decode(NULL, NULL), 0); // neither named: any number of those
    other = case_config;
    assert_int_equal(sp_manifest_check_other(&case_config, &other, &case_error), 0);
}

// Each alone, and all together
static void boot_log_clock_and_options_are_read(void **state)
{
    const struct package_change all[] = {
        { "tessera,boot-log", "", 0 },
        { "tessera,clock", "", 0 },
        { "tessera,psa-iot-profile-1", "", 0 },
        { NULL, NULL, 0 },
    };

    (void)state;
    assert_int_equal(case_decode(NULL, NULL), 0);
    assert_false(case_config.boot_log || case_config.clock);
    assert_int_equal(case_config.options, 0);
    for (unsigned int i = 0; i < 3; i++) {
        const struct package_change one[] = { all[i], { NULL, NULL, 0 } };

        assert_int_equal(case_decode(one, NULL), 0);
        assert_int_equal(case_config.boot_log, i == 0);
        assert_int_equal(case_config.clock, i == 1);
        assert_int_equal(case_config.options, i == 2 ? 1 : 0);
    }
    assert_int_equal(case_decode(all, NULL), 0);
    assert_true(case_config.boot_log && case_config.clock);
    assert_int_equal(case_config.options, TESSERA_OPTION_PSA_IOT_PROFILE_1);
}

static void one_partition_at_most_has_the_rollback_counter(void **state)
{
    const struct package_change counter[] = {
        { "tessera,rollback-counter", "", 0 },
        { NULL, NULL, 0 },
    };
    struct sp_config other = { .boot_order = 4, .rollback_counter = true };

    (void)state;
    assert_int_equal(case_decode(NULL, NULL), 0);
    assert_false(case_config.rollback_counter);
    assert_int_equal(sp_manifest_check_other(&case_config, &other, &case_error), 0);
    assert_int_equal(case_decode(counter, NULL), 0);
    assert_true(case_config.rollback_counter);
    assert_int_equal(sp_manifest_check_other(&case_config, &other, &case_error), ERR_DUPLICATE);
    assert_string_equal(case_error.property, "tessera,rollback-counter");
    other.rollback_counter = false;
    assert_int_equal(sp_manifest_check_other(&case_config, &other, &case_error), 0);
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
    assert_int_equal(case_decode(NULL, regions), ERR_NO_MEMORY);
    case_refused(ERR_NO_MEMORY, "i", "");
    regions[8].node = NULL;
    assert_int_equal(case_decode(NULL, regions), 0);
    assert_int_equal(case_config.region_count, 8);
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
        cmocka_unit_test(every_kind_of_message_can_be_asked_for),
        cmocka_unit_test(messages_need_their_version),
        cmocka_unit_test(memory_needs_handles_and_pages),
        cmocka_unit_test(the_fault_action_is_stop_or_reset),
        cmocka_unit_test(a_timer_needs_a_watchdog),
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
        cmocka_unit_test(boot_log_clock_and_options_are_read),
        cmocka_unit_test(one_partition_at_most_has_the_rollback_counter),
        cmocka_unit_test(a_ninth_region_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
