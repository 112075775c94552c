// SPDX-License-Identifier: BSD-3-Clause
//
// Builders of partition images and manifests, see package_support.h.
#include "package_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

// ---- ELF ----

void package_put16(uint8_t *to, uint32_t value)
{
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

void package_put32(uint8_t *to, uint32_t value)
{
    package_put16(to, value);
    package_put16(to + 2, value >> 16);
}

void package_put64(uint8_t *to, uint64_t value)
{
    package_put32(to, (uint32_t)value);
    package_put32(to + 4, (uint32_t)(value >> 32));
}

static void put_phdr(uint8_t *file, uint32_t index, uint32_t type, uint32_t flags,
                     const uint64_t fields[5])
{
    uint8_t *at = file + ELF_TEST_PHDR(index);

    package_put32(at, type);
    package_put32(at + 4, flags);
    package_put64(at + 8, fields[0]);  // p_offset
    package_put64(at + 16, fields[1]); // p_vaddr
    package_put64(at + 24, fields[1]); // p_paddr
    package_put64(at + 32, fields[2]); // p_filesz
    package_put64(at + 40, fields[3]); // p_memsz
    package_put64(at + 48, fields[4]); // p_align
}

void package_build_elf(uint8_t *file)
{
    static const uint8_t ident[16] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };
    static const uint64_t dynamic[][2] = {
        { 7, ELF_TEST_RELA }, { 8, 48 }, { 9, 24 }, { 30, 8 }, { 0, 0 },
    };

    memset(file, 0, ELF_TEST_SIZE);
    memcpy(file, ident, sizeof(ident));
    package_put16(file + 16, 3);   // e_type
    package_put16(file + 18, 183); // e_machine
    package_put32(file + 20, 1);   // e_version
    package_put64(file + 24, ELF_TEST_ENTRY);
    package_put64(file + 32, 64); // e_phoff
    package_put16(file + 52, 64); // e_ehsize
    package_put16(file + 54, 56); // e_phentsize
    package_put16(file + 56, 6);  // e_phnum
    put_phdr(file, 0, 1, 5, (uint64_t[]){ 0, 0, 0x1000, 0x1000, 0x1000 });
    put_phdr(file, 1, 1, 4, (uint64_t[]){ 0x1000, 0x1000, 0x200, 0x200, 0x1000 });
    put_phdr(file, 2, 1, 6, (uint64_t[]){ 0x2000, 0x2000, 0x180, 0x2000, 0x1000 });
    put_phdr(file, 3, 2, 4, (uint64_t[]){ ELF_TEST_DYNAMIC, 0x1000, 0x50, 0x50, 8 });
    put_phdr(file, 4, 0x6474e551, 6, (uint64_t[]){ 0, 0, 0, 0, 16 });
    for (uint32_t i = 0; i < 5; i++) {
        package_put64(file + ELF_TEST_DYNAMIC + 16 * i, dynamic[i][0]);
        package_put64(file + ELF_TEST_DYNAMIC + 16 * i + 8, dynamic[i][1]);
    }
    for (uint32_t i = 0; i < 2; i++) {
        package_put64(file + ELF_TEST_RELA + 24 * i, 0x2000 + 0x10 * i);
        package_put64(file + ELF_TEST_RELA + 24 * i + 8, 1027);
        package_put64(file + ELF_TEST_RELA + 24 * i + 16, 0x404 + i);
    }
    memset(file + ELF_TEST_ENTRY, 0x1f, 0x100); // "code"
    memset(file + 0x2000, 0xd5, 0x180);         // "data"
}

// ---- Manifests ----

#define CELL(value)                                                                     \
    (const uint8_t[]){ (value) >> 24 & 0xff, (value) >> 16 & 0xff, (value) >> 8 & 0xff, \
                       (value)&0xff },                                                  \
        4

static const struct package_change *find_change(const struct package_change *changes,
                                                const char *name)
{
    for (; changes != NULL && changes->name != NULL; changes++) {
        if (strcmp(changes->name, name) == 0) {
            return changes;
        }
    }
    return NULL;
}

static void put_region(void *dtb, const struct package_region *region)
{
    assert_int_equal(fdt_begin_node(dtb, region->node), 0);
    if (region->description != NULL) {
        assert_int_equal(fdt_property_string(dtb, "description", region->description), 0);
    }
    assert_int_equal(fdt_property_u32(dtb, "pages-count", region->pages), 0);
    assert_int_equal(fdt_property_u32(dtb, "attributes", region->attributes), 0);
    if (region->base != 0) {
        assert_int_equal(fdt_property_u64(dtb, "base-address", region->base), 0);
    }
    assert_int_equal(fdt_end_node(dtb), 0);
}

static void put_list_begin(void *dtb, const char *list)
{
    assert_int_equal(fdt_begin_node(dtb, list), 0);
    assert_int_equal(fdt_property_string(dtb, "compatible",
                                         strcmp(list, "device-regions") == 0
                                             ? "arm,ffa-manifest-device-regions"
                                             : list),
                     0);
}

static void put_nodes(void *dtb, const struct package_node *nodes)
{
    for (; nodes != NULL && nodes->list != NULL; nodes++) {
        const struct package_change *property = nodes->properties;

        put_list_begin(dtb, nodes->list);
        for (; nodes->node != NULL; nodes++, property = nodes->properties) {
            assert_int_equal(fdt_begin_node(dtb, nodes->node), 0);
            for (; property->name != NULL; property++) {
                assert_int_equal(
                    fdt_property(dtb, property->name, property->value, (int)property->size), 0);
            }
            assert_int_equal(fdt_end_node(dtb), 0);
            if (nodes[1].list == NULL || strcmp(nodes[1].list, nodes->list) != 0) {
                break;
            }
        }
        assert_int_equal(fdt_end_node(dtb), 0);
    }
}

size_t package_build_manifest(void *dtb, size_t size, const struct package_change *changes,
                              const struct package_region *regions)
{
    return package_build_nodes(dtb, size, changes, regions, NULL);
}

size_t package_build_nodes(void *dtb, size_t size, const struct package_change *changes,
                           const struct package_region *regions, const struct package_node *nodes)
{
    static const uint8_t uuid[16] =
        "\x3e\xa8\xb1\xef\xe9\x44\xfb\x32\x46\x3b\x7d\x8c\x60\xcd\x31\xfc";
    const struct package_change good[] = {
        { "compatible", "arm,ffa-manifest-1.0", 21 },
        { "ffa-version", CELL(0x10002) },
        { "description", "echo", 5 },
        { "uuid", uuid, 16 },
        { "execution-ctx-count", CELL(1) },
        { "exception-level", CELL(1) },
        { "execution-state", CELL(0) },
        { "xlat-granule", CELL(0) },
        { "messaging-method", CELL(1) },
        { "ns-interrupts-action", CELL(2) },
        { "tessera,stack-pages", CELL(2) },
        { NULL, NULL, 0 },
    };

    assert_int_equal(fdt_create(dtb, (int)size), 0);
    assert_int_equal(fdt_finish_reservemap(dtb), 0);
    assert_int_equal(fdt_begin_node(dtb, ""), 0);
    for (size_t i = 0; good[i].name != NULL; i++) {
        const struct package_change *property = find_change(changes, good[i].name);

        if (property == NULL) {
            property = &good[i];
        }
        if (property->value != NULL) {
            fdt_property(dtb, property->name, property->value, (int)property->size);
        }
    }
    for (; changes != NULL && changes->name != NULL; changes++) {
        if (find_change(good, changes->name) == NULL) {
            assert_int_equal(fdt_property(dtb, changes->name, changes->value, (int)changes->size),
                             0);
        }
    }
    if (regions != NULL) {
        assert_int_equal(fdt_begin_node(dtb, "memory-regions"), 0);
        assert_int_equal(fdt_property_string(dtb, "compatible", "arm,ffa-manifest-memory-regions"),
                         0);
        for (; regions->node != NULL; regions++) {
            put_region(dtb, regions);
        }
        assert_int_equal(fdt_end_node(dtb), 0);
    }
    put_nodes(dtb, nodes);
    assert_int_equal(fdt_end_node(dtb), 0);
    assert_int_equal(fdt_finish(dtb), 0);
    return fdt_totalsize(dtb);
}
