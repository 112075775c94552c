// SPDX-License-Identifier: BSD-3-Clause
//
// Partition packages that the SPMC must refuse: header, ELF image, and manifests with a property missing, unknown, twice,
// or wrong. All are rightly signed. The console names the package and the property, and nothing boots: the image is to be
// mended.
#include <libfdt.h>
#include <string.h>

#include "tests/target/firmware.h"

#define DTB_MAX 8192
#define PACKAGE_MAX (1 << 20)

static uint8_t dtb[DTB_MAX];
static uint8_t package[PACKAGE_MAX];
static size_t package_size;

// The first peer's manifest, with room to grow
static int ready(void **state)
{
    static uint8_t raw[DTB_MAX];

    (void)firmware_read(FIRMWARE_IMAGES "sp/sp_peer.dtb", raw, sizeof(raw));
    package_size = firmware_read(FIRMWARE_IMAGES "sp/sp_peer.pkg", package, sizeof(package));
    assert_int_equal(fdt_open_into(raw, dtb, sizeof(dtb)), 0);
    return firmware_ready(state);
}

// Boots with package[] in place of the first peer's, rightly signed: its maker has to mend it.
static void refused(const char *word1, const char *word2)
{
    firmware_put(TESSERA_PEER_PACKAGE, package, package_size);
    firmware_sign("keys", "");
    firmware_refused(word1, word2);
}

// Packs the manifest in dtb[] with the first peer's image: byte by byte, since fip-tool refuses what is refused here
static void pack_manifest(void)
{
    struct sp_pkg_wire *header = (struct sp_pkg_wire *)(void *)package;

    assert_true(package_size > header->img_offset);
    (void)fdt_pack(dtb);
    assert_true(fdt_totalsize(dtb) <= header->img_offset - header->pm_offset);
    memset(package + header->pm_offset, 0, header->img_offset - header->pm_offset);
    memcpy(package + header->pm_offset, dtb, fdt_totalsize(dtb));
    header->pm_size = fdt_totalsize(dtb);
}

static void refused_manifest(const char *property)
{
    pack_manifest();
    print_message("%s\n", property);
    refused("manifest", property);
}

// … and boots it.
static void accepted_manifest(void)
{
    pack_manifest();
    firmware_put(TESSERA_PEER_PACKAGE, package, package_size);
    firmware_sign("keys", "");
    firmware_boots();
    target_version(FFA_VERSION_1_2);
}

static int region_node(void)
{
    int node = fdt_path_offset(dtb, "/memory-regions/script");

    assert_true(node > 0);
    return node;
}

static void a_required_property_is_missing(void **state)
{
    static const char *const required[] = { "ffa-version",      "uuid",
                                            "exception-level",  "execution-ctx-count",
                                            "messaging-method", "description" };

    for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
        ready(state);
        assert_int_equal(fdt_delprop(dtb, 0, required[i]), 0);
        refused_manifest(required[i]);
    }
}

static void an_unknown_property_is_refused(void **state)
{
    (void)state;
    assert_int_equal(fdt_setprop_u32(dtb, 0, "messaging-methods", 3), 0);
    refused_manifest("messaging-methods");
    ready(NULL);
    assert_int_equal(fdt_setprop_u32(dtb, region_node(), "page-count", 3), 0);
    refused_manifest("page-count");
}

static void an_unknown_node_is_refused(void **state)
{
    (void)state;
    assert_true(fdt_add_subnode(dtb, 0, "memory-region") > 0);
    refused_manifest("memory-region");
}

// libfdt does not write a property twice: give another one its name
static void a_property_that_stands_twice_is_refused(void **state)
{
    int len;

    (void)state;
    assert_int_equal(fdt_setprop_u32(dtb, 0, "zz-other", 0x10), 0);
    struct fdt_property *other =
        (struct fdt_property *)(uintptr_t)fdt_get_property(dtb, 0, "zz-other", &len);
    const struct fdt_property *order = fdt_get_property(dtb, 0, "boot-order", &len);
    assert_non_null(other);
    assert_non_null(order);
    other->nameoff = order->nameoff;
    refused_manifest("boot-order");
}

static void wrong_values_are_refused(void **state)
{
    static const struct {
        const char *name;
        uint32_t value;
    } bad[] = {
        { "ffa-version", 0x10003 },
        { "ffa-version", 0x20000 },
        { "execution-ctx-count", 2 },
        { "execution-ctx-count", 0 },
        { "exception-level", 2 },
        { "execution-state", 1 },
        { "xlat-granule", 1 },
        { "messaging-method", 0x800 },
        { "ns-interrupts-action", 1 },
        { "ns-interrupts-action", 3 },
        { "gp-register-num", 1 },
        { "id", 0x0010 },
        { "id", 0x8000 },
        { "id", 0xffff },
        { "id", 0x18010 },
        { "tessera,stack-pages", 0 },
        { "tessera,stack-pages", 100000 },
        { "tessera,heap-pages", 0xffffffff },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ready(state);
        assert_int_equal(fdt_setprop_u32(dtb, 0, bad[i].name, bad[i].value), 0);
        print_message("%s = %#x\n", bad[i].name, bad[i].value);
        refused_manifest(bad[i].name);
    }
}

static void properties_of_wrong_length_are_refused(void **state)
{
    static const uint8_t bytes[20] = { 0x12 };

    (void)state;
    assert_int_equal(fdt_setprop(dtb, 0, "uuid", bytes, 15), 0);
    refused_manifest("uuid");
    ready(NULL);
    assert_int_equal(fdt_setprop(dtb, 0, "uuid", bytes, 20), 0);
    refused_manifest("uuid");
    ready(NULL);
    assert_int_equal(fdt_setprop(dtb, 0, "uuid", NULL, 0), 0);
    refused_manifest("uuid");
    ready(NULL);
    assert_int_equal(fdt_setprop(dtb, 0, "messaging-method", bytes, 3), 0);
    refused_manifest("messaging-method");
}

static void regions_outside_the_normal_worlds_memory_are_refused(void **state)
{
    static const uint64_t bases[] = { 0x0e000000, 0x0e020000,   PAGE_POOL_BASE,    UART_SECURE_BASE,
                                      FLASH_BASE, UART_NS_BASE, 0x3ffff000,        0x7ffff000,
                                      0x80000000, 0x44200800,   0xfffffffffffff000 };

    for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        ready(state);
        assert_int_equal(fdt_setprop_u64(dtb, region_node(), "base-address", bases[i]), 0);
        refused_manifest("base-address");
    }
}

static void a_region_writable_and_executable_is_refused(void **state)
{
    (void)state;
    assert_int_equal(fdt_setprop_u32(dtb, region_node(), "attributes", 0xf), 0);
    refused_manifest("attributes");
    ready(NULL);
    assert_int_equal(fdt_setprop_u32(dtb, region_node(), "attributes", 0xd),
                     0); // executable normal-world memory
    refused_manifest("attributes");
}

static void overlapping_regions_are_refused(void **state)
{
    (void)state;
    int regions = fdt_path_offset(dtb, "/memory-regions");
    int node = fdt_add_subnode(dtb, regions, "second");
    assert_true(node > 0);
    assert_int_equal(fdt_setprop_string(dtb, node, "description", "second"), 0);
    assert_int_equal(fdt_setprop_u32(dtb, node, "pages-count", 1), 0);
    assert_int_equal(fdt_setprop_u32(dtb, node, "attributes", 0xb), 0);
    assert_int_equal(fdt_setprop_u64(dtb, node, "base-address", PEER1_SCRIPT_BASE + 0x1000), 0);
    refused_manifest("base-address");
}

static void a_second_partition_with_the_same_id_is_refused(void **state)
{
    (void)state;
    assert_int_equal(fdt_setprop_u32(dtb, 0, "id", PEER2_ID), 0);
    refused_manifest("\"id\"");
}

static int node_at(const char *path)
{
    int node = fdt_path_offset(dtb, path);

    assert_true(node > 0);
    return node;
}

static void devices_that_are_not_for_partitions_are_refused(void **state)
{
    static const uint64_t bases[] = { UART_SECURE_BASE, GPIO_SECURE_BASE,  UART_NS_BASE,
                                      GICD_BASE,        RTC_BASE + 0x1000, BL31_BASE,
                                      PAGE_POOL_BASE,   NS_DRAM_BASE };

    for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        ready(state);
        assert_int_equal(
            fdt_setprop_u64(dtb, node_at("/device-regions/device"), "base-address", bases[i]), 0);
        refused_manifest("base-address");
    }
    ready(state);
    assert_int_equal(fdt_setprop_u32(dtb, node_at("/device-regions/device"), "pages-count", 2), 0);
    refused_manifest("base-address");
}

// The normal world's attribute on what the board does not list for that, and what it lists without the attribute
static void normal_world_memory_is_shared_only_where_the_board_says_so(void **state)
{
    static const struct {
        uint64_t base;
        uint32_t pages, attributes;
    } bad[] = {
        { NS_TPM_CRB_BASE, 5, 0x3 },
        { NS_TPM_CRB_BASE, 6, 0xb },
        { NS_TPM_CRB_BASE - 0x1000, 1, 0xb },
        { NS_TPM_CRB_BASE + NS_TPM_CRB_SIZE, 1, 0xb },
        { RTC_BASE, 1, 0xb },
        { BL33_BASE, 1, 0xb },
        { PAGE_POOL_BASE, 1, 0xb },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ready(state);
        int node = node_at("/device-regions/device");

        assert_int_equal(fdt_setprop_u64(dtb, node, "base-address", bad[i].base), 0);
        assert_int_equal(fdt_setprop_u32(dtb, node, "pages-count", bad[i].pages), 0);
        assert_int_equal(fdt_setprop_u32(dtb, node, "attributes", bad[i].attributes), 0);
        assert_int_equal(fdt_delprop(dtb, node, "interrupts"), 0);
        refused_manifest("base-address");
    }
    ready(state);
    int node = node_at("/device-regions/device");
    assert_int_equal(fdt_setprop_u64(dtb, node, "base-address", NS_TPM_CRB_BASE), 0);
    assert_int_equal(fdt_setprop_u32(dtb, node, "attributes", 0xb), 0);
    refused_manifest("interrupts"); // which the peer has
    ready(state);
    node = node_at("/device-regions/device");
    assert_int_equal(fdt_setprop_u64(dtb, node, "base-address", NS_TPM_CRB_BASE), 0);
    assert_int_equal(fdt_setprop_u32(dtb, node, "attributes", 0xb), 0);
    assert_int_equal(fdt_delprop(dtb, node, "interrupts"), 0);
    refused_manifest("base-address"); // the fourth peer has it
    ready(state);
    node = region_node(); // as memory like any other
    assert_int_equal(fdt_setprop_u64(dtb, node, "base-address", NS_TPM_CRB_BASE), 0);
    refused_manifest("base-address");
}

static void interrupts_that_are_not_for_partitions_are_refused(void **state)
{
    static const uint32_t pairs[][2] = {
        { 29, 0xb50 }, { 34, 0xa50 }, { 34, 0xb20 }, { 34, 0xb80 }, { 34, 0x750 },
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        const fdt32_t cells[2] = { cpu_to_fdt32(pairs[i][0]), cpu_to_fdt32(pairs[i][1]) };

        ready(state);
        assert_int_equal(
            fdt_setprop(dtb, node_at("/device-regions/device"), "interrupts", cells, 8), 0);
        refused_manifest("interrupts");
    }
    ready(state);
    assert_int_equal(fdt_delprop(dtb, 0, "tessera,secure-timer"), 0);
    assert_int_equal(fdt_delprop(dtb, 0, "tessera,watchdog-ms"), 0);
    refused_manifest("tessera,watchdog-ms");
}

static void callers_that_make_no_sense_are_refused(void **state)
{
    static const char *const world = "/tessera,callers/normal-world";

    assert_int_equal(fdt_setprop(dtb, node_at(world), "messages", "direct\0all", 11), 0);
    refused_manifest("messages");
    ready(state);
    assert_int_equal(fdt_delprop(dtb, node_at(world), "messages"), 0);
    refused_manifest("messages");
    ready(state);
    assert_int_equal(fdt_delprop(dtb, node_at(world), "normal-world"), 0);
    refused_manifest("normal-world");
    ready(state);
    assert_int_equal(fdt_setprop_u32(dtb, 0, "messaging-method", 3),
                     0); // less than callers may send
    refused_manifest("messages");
    ready(state);
    assert_int_equal(fdt_setprop_string(dtb, 0, "tessera,fault-action", "restart"), 0);
    refused_manifest("tessera,fault-action");
}

// Default: nobody. Also the one who asks first, and about whom nothing is written
static void who_is_not_named_may_not_call(void **state)
{
    (void)state;
    assert_int_equal(fdt_del_node(dtb, node_at("/tessera,callers")), 0);
    accepted_manifest();
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_32, PEER1_ID, 0, 1);
    assert_ffa_error(a, FFA_DENIED);
    a = call(FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, 1);
    assert_ffa_error(a, FFA_DENIED);
    struct ffa_args all = { .x = { FFA_MSG_SEND_DIRECT_REQ2, PEER1_ID } };
    target_call_all(&all);
    assert_ffa_error(all, FFA_DENIED);
    assert_echo_works();
    firmware_stop();
    ready(NULL);
    assert_int_equal(
        fdt_setprop(dtb, node_at("/tessera,callers/normal-world"), "messages", "memory", 7), 0);
    accepted_manifest();
    a = call(FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, 1);
    assert_ffa_error(a, FFA_DENIED);
    firmware_stop();
}

static void a_garbled_package_is_refused(void **state)
{
    memcpy(package, "XXXX", 4);
    refused("package", "magic");
    ready(state);
    package_size = 5000;
    refused("package", "header");
    ready(state);
    memcpy(package + 16384, "XXXX", 4);
    refused("package", "ELF");
    ready(state);
    memcpy(package + 4096, "XXXX", 4);
    refused("package", "manifest");
}

#define CASE(f) cmocka_unit_test_setup(f, ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_required_property_is_missing),
        CASE(an_unknown_property_is_refused),
        CASE(an_unknown_node_is_refused),
        CASE(a_property_that_stands_twice_is_refused),
        CASE(wrong_values_are_refused),
        CASE(properties_of_wrong_length_are_refused),
        CASE(regions_outside_the_normal_worlds_memory_are_refused),
        CASE(a_region_writable_and_executable_is_refused),
        CASE(overlapping_regions_are_refused),
        CASE(a_second_partition_with_the_same_id_is_refused),
        CASE(devices_that_are_not_for_partitions_are_refused),
        CASE(normal_world_memory_is_shared_only_where_the_board_says_so),
        CASE(interrupts_that_are_not_for_partitions_are_refused),
        CASE(callers_that_make_no_sense_are_refused),
        CASE(who_is_not_named_may_not_call),
        CASE(a_garbled_package_is_refused),
    };

    return cmocka_run_group_tests_name("package", tests, firmware_setup, firmware_teardown);
}
