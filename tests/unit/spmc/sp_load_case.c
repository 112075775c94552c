// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of the loader share, see sp_load_case.h.
#include "sp_load_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "load_support.h"
#include "ns_pages.h"
#include "platform.h"
#include "regs.h"
#include "spmc_mm.h"

const struct board board = {
    .name = "load",
    .regions =
        {
            { "console", 0x09000000, 0x3000, REGION_SECURE_DEVICE },
            { "device", DEVICE_BASE, 0x3000, REGION_SP_DEVICE },
            { "other", 0x09020000, 0x3000, REGION_NS_DEVICE },
            { "readable", READABLE_BASE, 0x2000, REGION_SP_DEVICE_RO },
            { "DRAM", NS_DRAM_BASE, 0x20000000, REGION_NS_RAM },
            { "shared", NS_TPM_CRB_BASE, 0x2000, REGION_SP_NS_RAM },
        },
};

struct handoff case_handoff;

// A stand-in for spmc/ns_pages.c: what is marked now, and which call fails
struct case_mark case_marks[CASE_MARKS_MAX];
uint32_t case_mark_count;
uint32_t case_mark_fails; // as many calls succeed; UINT32_MAX: all

int ns_pages_take(uint64_t pa, uint32_t pages)
{
    if (case_mark_fails-- == 0) {
        return ERR_DENIED;
    }
    assert_true(case_mark_count < CASE_MARKS_MAX);
    case_marks[case_mark_count].pa = pa;
    case_marks[case_mark_count].pages = pages;
    case_mark_count++;
    return 0;
}

void ns_pages_give(uint64_t pa, uint32_t pages)
{
    assert_true(case_mark_count > 0); // last first
    case_mark_count--;
    assert_int_equal(case_marks[case_mark_count].pa, pa);
    assert_int_equal(case_marks[case_mark_count].pages, pages);
}

struct sp case_sps[3];
uint8_t *case_package; // at SP_PKG_BASE
struct handoff_package case_place = {
    .uuid = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd,
              0xee, 0xff },
    .base = SP_PKG_BASE,
    .size = PACKAGE_SIZE,
};

const struct package_change case_heap_of_three[] = {
    { "tessera,heap-pages", "\0\0\0\x03", 4 },
    { NULL, NULL, 0 },
};
const struct package_region case_two_regions[] = {
    { "rpc", "rpc", 32, 0xb, NS_REGION_BASE },
    { "scratch", "scratch", 2, 0x3, 0 },
    { NULL, NULL, 0, 0, 0 },
};

static void build_package_nodes(const struct package_change *changes,
                                const struct package_region *regions,
                                const struct package_node *nodes)
{
    size_t manifest_size;

    memset(case_package, 0, PACKAGE_SIZE);
    manifest_size =
        package_build_nodes(case_package + MANIFEST, IMAGE - MANIFEST, changes, regions, nodes);
    memcpy(case_package, "SPKG", 4);
    package_put32(case_package + 4, 2);
    package_put32(case_package + 8, MANIFEST);
    package_put32(case_package + 12, (uint32_t)manifest_size);
    package_put32(case_package + 16, IMAGE);
    package_put32(case_package + 20, ELF_TEST_SIZE);
    package_build_elf(case_package + IMAGE);
}

void case_build_package(const struct package_change *changes, const struct package_region *regions)
{
    build_package_nodes(changes, regions, NULL);
}

const struct package_change case_with_watchdog[] = {
    { "tessera,watchdog-ms", "\0\0\0\x32", 4 },
    { NULL, NULL, 0 },
};

// A package with one device: two pages at `base` (big-endian), attributes `attributes`. In normal-world memory it has no
// interrupt.
void case_build_device(const char *base, const char *attributes,
                       const struct package_region *regions)
{
    const bool ns = (attributes[3] & SP_REGION_NS) != 0;
    const struct package_change device[] = {
        { "description", "clock", 6 },
        { "pages-count", "\0\0\0\2", 4 },
        { "attributes", attributes, 4 },
        { "base-address", base, 8 },
        { ns ? NULL : "interrupts", "\0\0\0\x22\0\0\x0b\x50", 8 },
        { NULL, NULL, 0 },
    };
    const struct package_node nodes[] = { { "device-regions", "d", device }, { NULL, NULL, NULL } };

    build_package_nodes(case_with_watchdog, regions, nodes);
}

int case_setup(void **state)
{
    (void)state;
    support_map_secure_ram();
    case_package = spmc_mm_va(SP_PKG_BASE);
    return 0;
}

void case_put_entropy(uint32_t salt)
{
    uint32_t value = 0x12345 + salt;

    for (size_t i = 0; i < HANDOFF_ENTROPY_SIZE; i++) {
        value = value * 1664525 + 1013904223;
        case_handoff.entropy[i] = (uint8_t)(value >> 24);
    }
    case_handoff.entropy_used = 0;
}

int case_fresh(void **state)
{
    (void)state;
    support_reset();
    case_mark_count = 0;
    case_mark_fails = UINT32_MAX;
    memset(&case_handoff, 0, sizeof(case_handoff));
    case_handoff.board = (struct board_info){ NS_DRAM_BASE, 0x20000000, 1, 0 };
    case_put_entropy(0);
    memset(case_sps, 0, sizeof(case_sps));
    fake_reg_id_aa64pfr0_el1 = 0x2222;
    fake_reg_id_aa64isar0_el1 = 0x11120;
    memset(spmc_mm_va(PAGE_POOL_BASE), 0xa5, POOL_PAGES * PAGE_SIZE); // of whoever was there before
    case_build_package(case_heap_of_three, case_two_regions);
    return page_pool_init(spmc_mm_va(PAGE_POOL_BASE), POOL_PAGES * PAGE_SIZE);
}

void case_put_keys(uint8_t salt)
{
    for (uint8_t i = 0; i < BOOT_KEY_SIZE; i++) {
        case_place.sealing_key[i] = (uint8_t)(salt + i);
        case_place.identity[i] = (uint8_t)(salt + 0x40 + i);
    }
}

void case_load_ok(uint32_t index)
{
    case_put_keys((uint8_t)(0x11 + index));
    if (sp_load(&case_sps[index], &case_place, &case_handoff, case_sps, index) != 0) {
        fail_msg("refused: %s", support_log);
    }
}

// The partition's view of its memory from `va` to the end of that page.
uint8_t *case_look(const struct sp *sp, uint64_t va, uint64_t *attrs)
{
    uint64_t pa = 0;

    if (tables_query(&sp->space.tables, va, &pa, attrs) != 0) {
        fail_msg("0x%lx is not mapped", va);
    }
    return spmc_mm_va(pa);
}

bool case_is_mapped(const struct sp *sp, uint64_t va)
{
    return tables_query(&sp->space.tables, va, NULL, NULL) == 0;
}

void case_expect_bytes(const uint8_t *bytes, size_t size, uint8_t value)
{
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(bytes[i], value);
    }
}

uint64_t case_get64(const uint8_t *from)
{
    uint64_t value;

    memcpy(&value, from, 8);
    return value;
}

// Contents and size of the boot information descriptor `name`; its type is checked.
uint64_t case_boot_info(const struct sp *sp, const char *name, uint8_t type, uint32_t *size)
{
    const uint8_t *page = case_look(sp, sp->ctx.x[0], NULL);
    struct ffa_boot_info_header header;
    struct ffa_boot_info_desc desc;

    memcpy(&header, page, sizeof(header));
    for (uint32_t i = 0; i < header.desc_count; i++) {
        memcpy(&desc, page + header.desc_offset + i * sizeof(desc), sizeof(desc));
        if (strncmp(desc.name, name, sizeof(desc.name)) == 0) {
            assert_int_equal(desc.type, type);
            *size = desc.size;
            return desc.contents;
        }
    }
    fail_msg("no descriptor %s", name);
    return 0;
}

// The device's pages are where the boot information says, with those attributes.
void case_expect_device(const struct sp *sp, uint64_t base, uint64_t rights)
{
    uint32_t size = 0;
    uint64_t va = case_boot_info(sp, "clock", TESSERA_BOOT_REGION, &size);

    assert_int_equal(size, 2 * PAGE_SIZE);
    assert_false(case_is_mapped(sp, va - PAGE_SIZE));
    assert_false(case_is_mapped(sp, va + size));
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t pa = 0;
        uint64_t attrs = 0;

        assert_int_equal(tables_query(&sp->space.tables, va + i * PAGE_SIZE, &pa, &attrs), 0);
        assert_int_equal(pa, base + i * PAGE_SIZE);
        assert_int_equal(attrs, TABLES_DEVICE | TABLES_USER | TABLES_XN | TABLES_NG | rights);
    }
    (void)case_boot_info(sp, "scratch", TESSERA_BOOT_REGION,
                         &size); // the memory regions are there, too
}
