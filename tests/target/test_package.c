// SPDX-License-Identifier: BSD-3-Clause
//
// Partition packages that the SPMC must refuse: header, ELF image, and manifests with a property missing, unknown, twice,
// or wrong. The console names the package and the property, and nothing boots: the image is to be mended.
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/boards/qemu_virt/board.h"
#include "platform/lib/boot/image_format.h"
#include "tests/target/target.h"

#define B TESSERA_IMAGES "/"
#define DTB_MAX 8192

static char folder[] = "/tmp/tessera-package-XXXXXX";
static uint8_t dtb[DTB_MAX];

__attribute__((format(printf, 1, 2))) static void shell(const char *format, ...)
{
    char command[2048];
    va_list ap;

    va_start(ap, format);
    int n = vsnprintf(command, sizeof(command), format, ap);
    va_end(ap);
    assert_true(n > 0 && (size_t)n < sizeof(command));
    assert_int_equal(system(command), 0);
}

// The first peer's manifest, with room to grow
static int ready(void **state)
{
    static uint8_t raw[DTB_MAX];
    FILE *f = fopen(B "sp/sp_peer.dtb", "rb");

    (void)state;
    assert_non_null(f);
    size_t size = fread(raw, 1, sizeof(raw), f);
    fclose(f);
    assert_true(size > 0 && size < sizeof(raw));
    assert_int_equal(fdt_open_into(raw, dtb, sizeof(dtb)), 0);
    return 0;
}

// Boots with the package in the folder in place of the first peer's. The image's maker has to mend it: the machine must
// end by itself, a console line must hold both words, the normal world must not run.
static void refused(const char *word1, const char *word2)
{
    static char flash[80];
    struct h_options o = target_options();

    shell("rm -f %s/fip.bin %s/flash.bin", folder, folder);
    shell("%s update --blob uuid=%s,file=%s/x.pkg --out %s/fip.bin %sproxy/fip.bin",
          TESSERA_FIP_TOOL, TESSERA_PEER_PACKAGE, folder, folder, B);
    shell("%s flash --bl1 %sbl1.bin --fip %s/fip.bin --size 0x%x --fip-offset 0x%x %s/flash.bin",
          TESSERA_FIP_TOOL, B, folder, FLASH_SIZE, FLASH_FIP_A_OFFSET, folder);
    snprintf(flash, sizeof(flash), "%s/flash.bin", folder);
    o.flash = flash;
    o.no_proxy = true;
    o.quiet = true;
    (void)target_stop(NULL);
    machine = h_start(&o);
    assert_non_null(machine);
    if (h_wait_off(machine) == H_HUNG) {
        h_console_tail(machine);
        fail_msg("the machine neither boots nor ends");
    }
    char *console = strdup(h_console(machine, H_CONSOLE_SECURE));
    bool said = false;
    for (char *save = NULL, *l = strtok_r(console, "\n", &save); l != NULL;
         l = strtok_r(NULL, "\n", &save)) {
        said = said || (strcasestr(l, word1) != NULL && strcasestr(l, word2) != NULL);
    }
    free(console);
    if (!said) {
        h_console_tail(machine);
        fail_msg("no line names \"%s\" and \"%s\"", word1, word2);
    }
    struct mb_slot *slot = h_memory(machine, MB_BASE, sizeof(*slot));
    assert_int_equal(slot->magic, 0);
    (void)target_stop(NULL);
}

// Packs the manifest in dtb[] with the first peer's image: byte by byte, since fip-tool refuses what is refused here
static void refused_manifest(const char *property)
{
    static uint8_t package[1 << 20];
    char path[80];
    struct sp_pkg_wire *header = (struct sp_pkg_wire *)(void *)package;

    FILE *f = fopen(B "sp/sp_peer.pkg", "rb");
    assert_non_null(f);
    size_t size = fread(package, 1, sizeof(package), f);
    fclose(f);
    assert_true(size > header->img_offset && size < sizeof(package));
    (void)fdt_pack(dtb);
    assert_true(fdt_totalsize(dtb) <= header->img_offset - header->pm_offset);
    memset(package + header->pm_offset, 0, header->img_offset - header->pm_offset);
    memcpy(package + header->pm_offset, dtb, fdt_totalsize(dtb));
    header->pm_size = fdt_totalsize(dtb);

    snprintf(path, sizeof(path), "%s/x.pkg", folder);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(package, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
    print_message("%s\n", property);
    refused("manifest", property);
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

static void a_garbled_package_is_refused(void **state)
{
    (void)state;
    shell("cp %ssp/sp_peer.pkg %s/x.pkg && printf XXXX | dd of=%s/x.pkg conv=notrunc status=none",
          B, folder, folder);
    refused("package", "magic");
    shell("cp %ssp/sp_peer.pkg %s/x.pkg && truncate -s 5000 %s/x.pkg", B, folder, folder);
    refused("package", "header");
    shell("cp %ssp/sp_peer.pkg %s/x.pkg && printf XXXX | dd of=%s/x.pkg bs=1 seek=16384 "
          "conv=notrunc status=none",
          B, folder, folder);
    refused("package", "ELF");
    shell("cp %ssp/sp_peer.pkg %s/x.pkg && printf XXXX | dd of=%s/x.pkg bs=1 seek=4096 "
          "conv=notrunc status=none",
          B, folder, folder);
    refused("package", "manifest");
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)target_stop(state);
    shell("rm -rf %s", folder);
    return 0;
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
        CASE(a_garbled_package_is_refused),
    };

    return cmocka_run_group_tests_name("package", tests, make_folder, remove_folder);
}
