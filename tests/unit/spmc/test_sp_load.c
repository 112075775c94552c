// SPDX-License-Identifier: BSD-3-Clause
//
// Loading a package (spmc/sp_load.c) on the real parsers, pool and tables: what the partition finds and may do, that
// nothing is shared or left over from others, and every way it can fail, with the line that names it and all pages back.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "board.h"
#include "load_cache.h"
#include "load_support.h"
#include "page_pool.h"
#include "platform.h"
#include "regs.h"
#include "sp.h"
#include "spmc_mm.h"
#include "tests/unit/platform/package_support.h"

#define NS_REGION_BASE (NS_DRAM_BASE + 0x100000) // of a memory region of the normal world
#define POOL_PAGES 256
#define MANIFEST 0x1000
#define IMAGE 0x4000
#define PACKAGE_SIZE (IMAGE + ELF_TEST_SIZE)
#define RX_VA 0 // of the test image, before relocation, like the next two
#define RODATA_VA 0x1000
#define DATA_VA 0x2000
#define SHARED_BASE 0x42000000 // normal-world memory of a region
#define UUID_TEXT "00112233-4455-6677-8899-aabbccddeeff"

#define DEVICE_BASE 0x09010000   // a device that manifests may name, between two that they may not
#define READABLE_BASE 0x0b000000 // that they may name, but not for writing
const struct board board = {
    .name = "load",
    .regions =
        {
            { "console", 0x09000000, 0x3000, REGION_SECURE_DEVICE },
            { "device", DEVICE_BASE, 0x3000, REGION_SP_DEVICE },
            { "other", 0x09020000, 0x3000, REGION_NS_DEVICE },
            { "readable", READABLE_BASE, 0x2000, REGION_SP_DEVICE_RO },
        },
};

static struct handoff handoff;
static struct sp sps[3];
static uint8_t *package; // at SP_PKG_BASE
static struct handoff_package place = {
    .uuid = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd,
              0xee, 0xff },
    .base = SP_PKG_BASE,
    .size = PACKAGE_SIZE,
};

static const struct package_change heap_of_three[] = {
    { "tessera,heap-pages", "\0\0\0\x03", 4 },
    { NULL, NULL, 0 },
};
static const struct package_region two_regions[] = {
    { "rpc", "rpc", 32, 0xb, NS_REGION_BASE },
    { "scratch", "scratch", 2, 0x3, 0 },
    { NULL, NULL, 0, 0, 0 },
};

static void build_package_nodes(const struct package_change *changes,
                                const struct package_region *regions,
                                const struct package_node *nodes)
{
    size_t manifest_size;

    memset(package, 0, PACKAGE_SIZE);
    manifest_size =
        package_build_nodes(package + MANIFEST, IMAGE - MANIFEST, changes, regions, nodes);
    memcpy(package, "SPKG", 4);
    package_put32(package + 4, 2);
    package_put32(package + 8, MANIFEST);
    package_put32(package + 12, (uint32_t)manifest_size);
    package_put32(package + 16, IMAGE);
    package_put32(package + 20, ELF_TEST_SIZE);
    package_build_elf(package + IMAGE);
}

static void build_package(const struct package_change *changes,
                          const struct package_region *regions)
{
    build_package_nodes(changes, regions, NULL);
}

static const struct package_change with_watchdog[] = {
    { "tessera,watchdog-ms", "\0\0\0\x32", 4 },
    { NULL, NULL, 0 },
};

// A package with one device: two pages at `base` (big-endian), attributes `attributes`.
static void build_device(const char *base, const char *attributes,
                         const struct package_region *regions)
{
    const struct package_change device[] = {
        { "description", "clock", 6 },
        { "pages-count", "\0\0\0\2", 4 },
        { "attributes", attributes, 4 },
        { "base-address", base, 8 },
        { "interrupts", "\0\0\0\x22\0\0\x0b\x50", 8 },
        { NULL, NULL, 0 },
    };
    const struct package_node nodes[] = { { "device-regions", "d", device }, { NULL, NULL, NULL } };

    build_package_nodes(with_watchdog, regions, nodes);
}

static int group_setup(void **state)
{
    (void)state;
    support_map_secure_ram();
    package = spmc_mm_va(SP_PKG_BASE);
    return 0;
}

static void put_entropy(uint32_t salt)
{
    uint32_t value = 0x12345 + salt;

    for (size_t i = 0; i < HANDOFF_ENTROPY_SIZE; i++) {
        value = value * 1664525 + 1013904223;
        handoff.entropy[i] = (uint8_t)(value >> 24);
    }
    handoff.entropy_used = 0;
}

static int fresh(void **state)
{
    (void)state;
    support_reset();
    memset(&handoff, 0, sizeof(handoff));
    handoff.board = (struct board_info){ NS_DRAM_BASE, 0x20000000, 1, 0 };
    put_entropy(0);
    memset(sps, 0, sizeof(sps));
    fake_reg_id_aa64pfr0_el1 = 0x2222;
    fake_reg_id_aa64isar0_el1 = 0x11120;
    memset(spmc_mm_va(PAGE_POOL_BASE), 0xa5, POOL_PAGES * PAGE_SIZE); // of whoever was there before
    build_package(heap_of_three, two_regions);
    return page_pool_init(spmc_mm_va(PAGE_POOL_BASE), POOL_PAGES * PAGE_SIZE);
}

static void put_keys(uint8_t salt)
{
    for (uint8_t i = 0; i < BOOT_KEY_SIZE; i++) {
        place.sealing_key[i] = (uint8_t)(salt + i);
        place.identity[i] = (uint8_t)(salt + 0x40 + i);
    }
}

static void load_ok(uint32_t index)
{
    put_keys((uint8_t)(0x11 + index));
    if (sp_load(&sps[index], &place, &handoff, sps, index) != 0) {
        fail_msg("refused: %s", support_log);
    }
}

// The partition's view of its memory from `va` to the end of that page.
static uint8_t *look(const struct sp *sp, uint64_t va, uint64_t *attrs)
{
    uint64_t pa = 0;

    if (tables_query(&sp->space.tables, va, &pa, attrs) != 0) {
        fail_msg("0x%lx is not mapped", va);
    }
    return spmc_mm_va(pa);
}

static bool is_mapped(const struct sp *sp, uint64_t va)
{
    return tables_query(&sp->space.tables, va, NULL, NULL) == 0;
}

static void expect_bytes(const uint8_t *bytes, size_t size, uint8_t value)
{
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(bytes[i], value);
    }
}

static uint64_t get64(const uint8_t *from)
{
    uint64_t value;

    memcpy(&value, from, 8);
    return value;
}

// Contents and size of the boot information descriptor `name`; its type is checked.
static uint64_t boot_info(const struct sp *sp, const char *name, uint8_t type, uint32_t *size)
{
    const uint8_t *page = look(sp, sp->ctx.x[0], NULL);
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

static void the_context_is_ready_for_the_first_entry(void **state)
{
    struct sp *sp = &sps[0];

    (void)state;
    load_ok(0);
    assert_int_equal(sp->ctx.pc, sp->load_base + ELF_TEST_ENTRY);
    assert_int_equal(sp->load_base % PAGE_SIZE, 0);
    assert_int_equal(sp->ctx.sp_el0 % 16, 0);
    assert_int_equal(sp->ctx.x[0] % PAGE_SIZE, 0);
    for (size_t i = 1; i < 31; i++) {
        assert_int_equal(sp->ctx.x[i], 0);
    }
    assert_int_equal(sp->ctx.fp_valid, 0);
    assert_int_equal(sp->ctx.tpidr_el0, 0);
    assert_string_equal(sp->config.description, "echo");
    assert_int_equal(sp->space.ttbr0 >> 48, 1);
    assert_string_equal(support_log, "");
}

static void segments_hold_the_file_then_zeros_with_their_rights(void **state)
{
    const uint64_t user = TABLES_NORMAL | TABLES_USER | TABLES_NG | TABLES_PXN | TABLES_OWNED;
    uint64_t attrs = 0;
    uint64_t base;
    uint8_t *page;

    (void)state;
    load_ok(0);
    base = sps[0].load_base;
    page = look(&sps[0], base + RX_VA, &attrs);
    assert_int_equal(attrs, user | TABLES_RO);
    assert_memory_equal(page, package + IMAGE, 0x1000);
    page = look(&sps[0], base + RODATA_VA, &attrs);
    assert_int_equal(attrs, user | TABLES_RO | TABLES_UXN);
    assert_memory_equal(page, package + IMAGE + 0x1000, 0x200);
    expect_bytes(page + 0x200, 0xe00,
                 0); // not the pool's former content, nor what follows in the file
    page = look(&sps[0], base + DATA_VA, &attrs);
    assert_int_equal(attrs, user | TABLES_RW | TABLES_UXN);
    assert_int_equal(get64(page), base + 0x404);
    assert_int_equal(get64(page + 0x10), base + 0x405);
    expect_bytes(page + 0x18, 0x168, 0xd5);
    expect_bytes(page + 0x180, 0xe80, 0);
    page = look(&sps[0], base + DATA_VA + PAGE_SIZE, &attrs);
    assert_int_equal(attrs, user | TABLES_RW | TABLES_UXN);
    expect_bytes(page, PAGE_SIZE, 0);
}

static void code_is_cleaned_before_the_instruction_cache_is_invalidated(void **state)
{
    (void)state;
    load_ok(0);
    assert_int_equal(support_cache.cleaned,
                     0x1000 + sizeof(struct handoff_package)); // the RX segment, wiped keys
    assert_true(support_cache.invalidations >= 1);
    assert_int_equal(support_cache.cleaned_at_invalidation, 0x1000);
}

static void a_guarded_segment_becomes_guarded_pages(void **state)
{
    uint64_t attrs = 0;

    (void)state;
    package_put32(package + IMAGE + ELF_TEST_PHDR(0) + 4, 5 | 0x00100000);
    load_ok(0);
    (void)look(&sps[0], sps[0].load_base, &attrs);
    assert_true((attrs & TABLES_GUARDED) != 0);
    (void)look(&sps[0], sps[0].load_base + DATA_VA, &attrs);
    assert_true((attrs & TABLES_GUARDED) == 0);
}

static void relro_is_read_only_after_its_relocation(void **state)
{
    uint8_t *header = package + IMAGE + ELF_TEST_PHDR(5);
    uint64_t attrs = 0;

    (void)state;
    package_put32(header, 0x6474e552);
    package_put64(header + 16, DATA_VA);
    package_put64(header + 40, PAGE_SIZE);
    load_ok(0);
    assert_int_equal(get64(look(&sps[0], sps[0].load_base + DATA_VA, &attrs)),
                     sps[0].load_base + 0x404);
    assert_true((attrs & TABLES_RO) != 0 && (attrs & TABLES_UXN) != 0);
    (void)look(&sps[0], sps[0].load_base + DATA_VA + PAGE_SIZE, &attrs);
    assert_true((attrs & TABLES_RO) == 0);
}

static void the_stack_has_guards_and_the_secrets_above_it(void **state)
{
    uint64_t top;
    uint64_t attrs = 0;
    uint32_t size = 0;
    uint8_t *page;

    (void)state;
    load_ok(0);
    top = ALIGN_UP(sps[0].ctx.sp_el0, PAGE_SIZE);
    assert_int_equal(top - sps[0].ctx.sp_el0, 64 + 32 + 32);
    assert_int_equal(boot_info(&sps[0], "seed", TESSERA_BOOT_SEED, &size), sps[0].ctx.sp_el0);
    assert_int_equal(size, 64);
    assert_int_equal(boot_info(&sps[0], "sealing-key", TESSERA_BOOT_SEALING_KEY, &size), top - 64);
    assert_int_equal(size, 32);
    assert_int_equal(boot_info(&sps[0], "identity", TESSERA_BOOT_IDENTITY, &size), top - 32);
    assert_int_equal(size, 32);
    assert_false(is_mapped(&sps[0], top));
    page = look(&sps[0], top - PAGE_SIZE, &attrs);
    assert_true((attrs & TABLES_RO) == 0 && (attrs & TABLES_UXN) != 0);
    expect_bytes(page, PAGE_SIZE - 128, 0);
    page = look(&sps[0], top - 2 * PAGE_SIZE, NULL); // stack-pages = 2
    expect_bytes(page, PAGE_SIZE, 0);
    assert_false(is_mapped(&sps[0], top - 3 * PAGE_SIZE));
}

static void secrets_are_taken_out_of_the_handoff(void **state)
{
    uint8_t before[HANDOFF_ENTROPY_SIZE];
    uint32_t size = 0;
    uint8_t *seed;

    (void)state;
    memcpy(before, handoff.entropy, sizeof(before));
    load_ok(0);
    seed = look(&sps[0], boot_info(&sps[0], "seed", TESSERA_BOOT_SEED, &size), NULL);
    assert_non_null(memmem(before, sizeof(before), seed, 64));
    assert_non_null(memmem(before, sizeof(before), sps[0].ctx.pac_keys, 80));
    assert_null(memmem(handoff.entropy, sizeof(before), seed, 16));
    assert_null(memmem(handoff.entropy, sizeof(before), sps[0].ctx.pac_keys, 8));
    expect_bytes(handoff.entropy, handoff.entropy_used, 0);
    assert_int_equal(handoff.entropy_used, 16 + 64 + 80);
}

static void the_keys_are_this_partitions_and_gone_from_the_handoff(void **state)
{
    const uint8_t *sealing_key;
    const uint8_t *identity;
    uint32_t size = 0;

    (void)state;
    load_ok(0);
    sealing_key =
        look(&sps[0], boot_info(&sps[0], "sealing-key", TESSERA_BOOT_SEALING_KEY, &size), NULL);
    identity = look(&sps[0], boot_info(&sps[0], "identity", TESSERA_BOOT_IDENTITY, &size), NULL);
    for (uint8_t i = 0; i < 32; i++) {
        assert_int_equal(sealing_key[i], 0x11 + i);
        assert_int_equal(identity[i], 0x51 + i);
    }
    expect_bytes(place.sealing_key, 32, 0);
    expect_bytes(place.identity, 32, 0);
    build_package(NULL, NULL);
    load_ok(1);
    assert_int_equal(sealing_key[0], 0x11);
    sealing_key =
        look(&sps[1], boot_info(&sps[1], "sealing-key", TESSERA_BOOT_SEALING_KEY, &size), NULL);
    assert_int_equal(sealing_key[0], 0x12);
}

static void heap_and_regions_are_where_the_boot_information_says(void **state)
{
    uint64_t va;
    uint64_t pa = 0;
    uint64_t attrs = 0;
    uint32_t size = 0;

    (void)state;
    load_ok(0);
    va = boot_info(&sps[0], "heap", TESSERA_BOOT_HEAP, &size);
    assert_int_equal(size, 3 * PAGE_SIZE);
    assert_false(is_mapped(&sps[0], va - PAGE_SIZE));
    assert_false(is_mapped(&sps[0], va + size));
    for (uint32_t i = 0; i < 3; i++) {
        expect_bytes(look(&sps[0], va + i * PAGE_SIZE, &attrs), PAGE_SIZE, 0);
        assert_true((attrs & TABLES_RO) == 0 && (attrs & TABLES_UXN) != 0);
    }
    va = boot_info(&sps[0], "rpc", TESSERA_BOOT_REGION, &size);
    assert_int_equal(size, 32 * PAGE_SIZE);
    for (uint32_t i = 0; i < 32; i++) {
        assert_int_equal(tables_query(&sps[0].space.tables, va + i * PAGE_SIZE, &pa, &attrs), 0);
        assert_int_equal(pa, NS_REGION_BASE + i * PAGE_SIZE);
        assert_int_equal(attrs & (TABLES_NS | TABLES_RO | TABLES_XN | TABLES_USER),
                         TABLES_NS | TABLES_XN | TABLES_USER);
    }
    va = boot_info(&sps[0], "scratch", TESSERA_BOOT_REGION, &size);
    assert_int_equal(size, 2 * PAGE_SIZE);
    expect_bytes(look(&sps[0], va, &attrs), PAGE_SIZE, 0);
    expect_bytes(look(&sps[0], va + PAGE_SIZE, NULL), PAGE_SIZE, 0);
    assert_true((attrs & TABLES_NS) == 0);
    assert_int_equal(boot_info(&sps[0], "hwcap", TESSERA_BOOT_HWCAP, &size), 0xfb);
    (void)look(&sps[0], sps[0].ctx.x[0], &attrs);
    assert_true((attrs & TABLES_RO) != 0 && (attrs & TABLES_UXN) != 0);
}

static void the_boot_information_page_holds_nothing_else(void **state)
{
    const uint8_t *page;
    struct ffa_boot_info_header header;

    (void)state;
    load_ok(0);
    page = look(&sps[0], sps[0].ctx.x[0], NULL);
    memcpy(&header, page, sizeof(header));
    expect_bytes(page + header.blob_size, PAGE_SIZE - header.blob_size, 0);
}

// The device's pages are where the boot information says, with those attributes.
static void expect_device(const struct sp *sp, uint64_t base, uint64_t rights)
{
    uint32_t size = 0;
    uint64_t va = boot_info(sp, "clock", TESSERA_BOOT_REGION, &size);

    assert_int_equal(size, 2 * PAGE_SIZE);
    assert_false(is_mapped(sp, va - PAGE_SIZE));
    assert_false(is_mapped(sp, va + size));
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t pa = 0;
        uint64_t attrs = 0;

        assert_int_equal(tables_query(&sp->space.tables, va + i * PAGE_SIZE, &pa, &attrs), 0);
        assert_int_equal(pa, base + i * PAGE_SIZE);
        assert_int_equal(attrs, TABLES_DEVICE | TABLES_USER | TABLES_XN | TABLES_NG | rights);
    }
    (void)boot_info(sp, "scratch", TESSERA_BOOT_REGION, &size); // the memory regions are there, too
}

static void devices_are_mapped_as_devices_and_never_as_its_own_memory(void **state)
{
    (void)state;
    build_device("\0\0\0\0\x09\1\0\0", "\0\0\0\3", two_regions);
    load_ok(0);
    expect_device(&sps[0], DEVICE_BASE, TABLES_RW);
    assert_int_equal(sps[0].config.devices[0].interrupts[0].id, 34);
    sp_space_destroy(&sps[0].space, false);
    memset(&sps[0], 0, sizeof(sps[0]));
    build_device("\0\0\0\0\x09\1\0\0", "\0\0\0\1", two_regions);
    load_ok(0);
    expect_device(&sps[0], DEVICE_BASE, TABLES_RO);
}

// Calls `see` for every mapped page of the partition.
static uint32_t walk(const struct sp *sp, void (*see)(uint64_t pa, uint64_t attrs))
{
    uint32_t count = 0;

    for (uint64_t va = sp->space.va_low; va < sp->space.va_end; va += PAGE_SIZE) {
        uint64_t pa = 0;
        uint64_t attrs = 0;

        if (tables_query(&sp->space.tables, va, &pa, &attrs) == 0) {
            see(pa, attrs);
            count++;
        }
    }
    return count;
}

static void see_rights(uint64_t pa, uint64_t attrs)
{
    assert_true((attrs & TABLES_PXN) != 0);
    assert_true((attrs & TABLES_NG) != 0);
    assert_true((attrs & TABLES_USER) != 0);
    assert_true((attrs & TABLES_RO) != 0 || (attrs & TABLES_UXN) != 0);
    assert_true((attrs & TABLES_NS) == 0 || (attrs & TABLES_UXN) != 0);
    assert_int_equal(attrs & TABLES_TYPE, TABLES_NORMAL);
    (void)pa;
}

static void no_page_is_writable_and_executable(void **state)
{
    (void)state;
    load_ok(0);
    // image 4, stack 2, heap 3, regions 32 + 2, boot information 1
    assert_int_equal(walk(&sps[0], see_rights), 44);
}

static uint8_t expected_owner;

static void see_owner(uint64_t pa, uint64_t attrs)
{
    if ((attrs & TABLES_NS) == 0) {
        assert_int_equal(page_pool_owner(spmc_mm_va(pa)), expected_owner);
    }
}

static void partitions_share_nothing(void **state)
{
    uint8_t seeds[2][64];
    uint32_t size = 0;

    (void)state;
    load_ok(0);
    build_package(NULL, NULL);
    load_ok(1);
    for (uint8_t i = 0; i < 2; i++) {
        expected_owner = i + 1; // every page has one owner: no page is in both
        assert_true(walk(&sps[i], see_owner) > 6);
        assert_int_equal(sps[i].space.ttbr0 >> 48, i + 1);
        memcpy(seeds[i], look(&sps[i], boot_info(&sps[i], "seed", TESSERA_BOOT_SEED, &size), NULL),
               64);
    }
    assert_int_not_equal(sps[0].load_base, sps[1].load_base);
    for (size_t key = 0; key < 10; key += 2) {
        for (size_t other = 0; other < 10; other += 2) {
            assert_memory_not_equal(&sps[0].ctx.pac_keys[key], &sps[1].ctx.pac_keys[other], 16);
        }
    }
    assert_memory_not_equal(seeds[0], seeds[1], 16);
}

static void the_base_is_random_over_the_loaders_part(void **state)
{
    uint64_t low = UINT64_MAX;
    uint64_t high = 0;

    (void)state;
    for (uint32_t i = 0; i < 64; i++) {
        put_entropy(i * 7919);
        memset(&sps[0], 0, sizeof(sps[0]));
        load_ok(0);
        assert_true(sps[0].space.va_low >= 1ull << 30);
        assert_true(sps[0].space.va_end <= 1ull << 38); // above: regions
        low = sps[0].load_base < low ? sps[0].load_base : low;
        high = sps[0].load_base > high ? sps[0].load_base : high;
        sp_space_destroy(&sps[0].space, false);
    }
    assert_true(high - low > 1ull << 37); // 64 draws out of 2^38: less than a half is no accident
}

// ---- Refusals --------------------------------------------------------------------------------------------------------

// No half of a key of put_keys(0x77) is in the pool.
static void expect_no_key(void)
{
    for (uint32_t half = 0; half < 2; half++) {
        uint8_t key[16];

        for (size_t i = 0; i < sizeof(key); i++) {
            key[i] = (uint8_t)(0x77 + 0x40 * half + i);
        }
        assert_null(memmem(spmc_mm_va(PAGE_POOL_BASE), POOL_PAGES * PAGE_SIZE, key, sizeof(key)));
    }
    expect_bytes(place.sealing_key, 32, 0);
    expect_bytes(place.identity, 32, 0);
}

static void refused(uint32_t index, int err, const char *part)
{
    const struct sp empty = { .state = 0 };
    uint32_t free_pages = page_pool_free_count();
    int got;

    put_keys(0x77);
    got = sp_load(&sps[index], &place, &handoff, sps, index);
    if (got != err) {
        fail_msg("%d instead of %d: %s", got, err, support_log);
    }
    if (strstr(support_log, part) == NULL || strstr(support_log, UUID_TEXT) == NULL ||
        support_log[0] != '1') {
        fail_msg("\"%s\" does not name \"%s\" and the package", support_log, part);
    }
    assert_int_equal(page_pool_free_count(), free_pages);
    assert_memory_equal(&sps[index], &empty, sizeof(empty));
    expect_no_key();
}

static void bad_headers_are_refused(void **state)
{
    struct handoff_package wrong = place;

    (void)state;
    package[0] ^= 1;
    refused(0, ERR_INVALID, "header: magic");
    build_package(NULL, NULL);
    package_put32(package + 20, PACKAGE_SIZE);
    refused(0, ERR_RANGE, "header: img_size");
    wrong.base = SP_PKG_BASE + SP_PKG_SIZE - PAGE_SIZE; // reaches into the page pool
    assert_int_equal(sp_load(&sps[0], &wrong, &handoff, sps, 0), ERR_RANGE);
    wrong.base = SP_PKG_BASE - PAGE_SIZE;
    assert_int_equal(sp_load(&sps[0], &wrong, &handoff, sps, 0), ERR_RANGE);
    wrong.base = SP_PKG_BASE + 8;
    assert_int_equal(sp_load(&sps[0], &wrong, &handoff, sps, 0), ERR_RANGE);
    wrong.base = SP_PKG_BASE;
    wrong.size = UINT64_MAX;
    assert_int_equal(sp_load(&sps[0], &wrong, &handoff, sps, 0), ERR_RANGE);
    assert_non_null(strstr(support_log, "place"));
}

static void a_device_that_the_board_has_for_reading_is_never_writable(void **state)
{
    (void)state;
    build_device("\0\0\0\0\x0b\0\0\0", "\0\0\0\1", two_regions);
    load_ok(0);
    expect_device(&sps[0], READABLE_BASE, TABLES_RO);
    sp_space_destroy(&sps[0].space, false);
    memset(&sps[0], 0, sizeof(sps[0]));
    build_device("\0\0\0\0\x0b\0\0\0", "\0\0\0\3", two_regions);
    refused(0, ERR_DENIED, "property \"attributes\": must not allow writing");
}

static void bad_manifests_are_refused_with_the_property(void **state)
{
    const struct package_change typo[] = { { "boot-odrer", "\0\0\0\1", 4 }, { NULL, NULL, 0 } };
    const struct package_change missing[] = { { "uuid", NULL, 0 }, { NULL, NULL, 0 } };
    const struct package_change method[] = { { "messaging-method", "\0\0\0\x8", 4 },
                                             { NULL, NULL, 0 } };

    (void)state;
    build_package(typo, NULL);
    refused(0, ERR_NOT_SUPPORTED, "property \"boot-odrer\"");
    build_package(missing, NULL);
    refused(0, ERR_NOT_FOUND, "property \"uuid\"");
    build_package(method, NULL);
    refused(0, ERR_NOT_SUPPORTED, "property \"messaging-method\"");
    memset(package + MANIFEST, 0, 16);
    refused(0, ERR_INVALID, "manifest");
}

static void regions_on_memory_of_the_firmware_are_refused(void **state)
{
    static const struct {
        uint64_t base;
        uint32_t attributes;
    } taken[] = {
        { BL31_BASE, 3 },          { SPMC_BASE + SPMC_SIZE - PAGE_SIZE, 3 },
        { HANDOFF_BASE, 3 },       { PARK_BASE, 3 },
        { TB_FW_CONFIG_BASE, 3 },  { SP_PKG_BASE, 3 },
        { PAGE_POOL_BASE, 3 },     { SECURE_RAM_BASE + SECURE_RAM_SIZE - PAGE_SIZE, 3 },
        { HW_DTB_BASE, 11 },       { BL33_BASE + 0x1000, 11 },
        { BOOT_PARAMS_BASE, 3 },   { EVENT_LOG_BASE, 3 },
        { NS_EVENT_LOG_BASE, 11 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        const struct package_region regions[] = {
            { "r", "r", 1, taken[i].attributes, taken[i].base },
            { NULL, NULL, 0, 0, 0 },
        };

        build_package(NULL, regions);
        refused(0, ERR_OVERLAP, "node \"r\", property \"base-address\"");
    }
}

// The console, one of the normal world, one page too many, in no region at all
static void devices_that_the_board_has_for_others_are_refused(void **state)
{
    static const char *const bases[] = { "\0\0\0\0\x09\0\0\0", "\0\0\0\0\x09\2\0\0",
                                         "\0\0\0\0\x09\1\x20\0", "\0\0\0\0\x08\0\0\0" };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        build_device(bases[i], "\0\0\0\3", two_regions);
        refused(0, ERR_RANGE, "node \"d\", property \"base-address\"");
    }
}

static void two_partitions_cannot_have_a_device(void **state)
{
    (void)state;
    build_device("\0\0\0\0\x09\1\0\0", "\0\0\0\3", two_regions);
    load_ok(0);
    build_device("\0\0\0\0\x09\1\x10\0", "\0\0\0\1", NULL); // overlaps by a page, read-only
    refused(1, ERR_OVERLAP, "node \"clock\", property \"base-address\"");
    build_package(NULL, NULL);
    load_ok(1);
}

static void bad_images_are_refused_with_the_field(void **state)
{
    package_put16(package + IMAGE + 16, 2); // ET_EXEC
    refused(0, ERR_INVALID, "ELF image: e_type");
    assert_int_equal(fresh(state), 0);
    package_put32(package + IMAGE + ELF_TEST_PHDR(0) + 4, 7); // RWX
    refused(0, ERR_INVALID, "ELF image: p_flags");
}

static void a_second_partition_must_not_claim_what_the_first_has(void **state)
{
    const struct package_change named[] = { { "id", "\0\0\x80\x07", 4 },
                                            { "boot-order", "\0\0\0\1", 4 },
                                            { NULL, NULL, 0 } };
    const struct package_change same_id[] = { named[0], named[2] };
    const struct package_region shared[] = { { "rpc", "rpc", 1, 11, NS_REGION_BASE + 0x1f000 },
                                             { NULL, NULL, 0, 0, 0 } };

    (void)state;
    build_package(named, two_regions);
    load_ok(0);
    build_package(same_id, NULL);
    refused(1, ERR_DUPLICATE, "\"id\"");
    build_package(named + 1, NULL); // the same order
    refused(1, ERR_DUPLICATE, "\"boot-order\"");
    build_package(NULL, shared);
    refused(1, ERR_OVERLAP, "\"base-address\"");
    build_package(NULL, NULL);
    load_ok(1);
}

static void running_out_of_pages_anywhere_gives_all_back(void **state)
{
    uint32_t needed = page_pool_free_count();

    load_ok(0);
    needed -= page_pool_free_count();
    for (uint32_t pages = 1; pages < needed; pages++) {
        assert_int_equal(fresh(state), 0);
        assert_int_equal(page_pool_init(spmc_mm_va(PAGE_POOL_BASE), pages * PAGE_SIZE), 0);
        refused(0, ERR_NO_MEMORY, "memory");
    }
    assert_int_equal(fresh(state), 0);
    assert_int_equal(page_pool_init(spmc_mm_va(PAGE_POOL_BASE), needed * PAGE_SIZE), 0);
    load_ok(0);
}

static void running_out_of_entropy_anywhere_is_refused(void **state)
{
    for (uint32_t left = 0; left < 160; left += 8) {
        assert_int_equal(fresh(state), 0);
        handoff.entropy_used = HANDOFF_ENTROPY_SIZE - left;
        refused(0, ERR_NO_MEMORY, "entropy");
    }
    assert_int_equal(fresh(state), 0);
    handoff.entropy_used = HANDOFF_ENTROPY_SIZE - 160;
    load_ok(0);
}

static void a_key_or_seed_of_zeros_is_refused(void **state)
{
    for (uint32_t at = 16; at < 160; at += 16) { // after the two words for addresses
        assert_int_equal(fresh(state), 0);
        memset(handoff.entropy + at, 0, 16);
        refused(0, ERR_INVALID, "entropy");
    }
}

static void a_package_without_keys_is_refused(void **state)
{
    (void)state;
    for (int without = 0; without < 2; without++) {
        put_keys(0x77);
        memset(without == 0 ? place.sealing_key : place.identity, 0, BOOT_KEY_SIZE);
        assert_int_equal(sp_load(&sps[0], &place, &handoff, sps, 0), ERR_INVALID);
        assert_non_null(strstr(support_log, "package " UUID_TEXT ": sealing key and identity"));
        expect_no_key();
    }
    put_keys(0x77);
    memset(place.sealing_key, 0, BOOT_KEY_SIZE - 1); // one byte that is not zero is a key
    memset(place.identity + 1, 0, BOOT_KEY_SIZE - 1);
    assert_int_equal(sp_load(&sps[0], &place, &handoff, sps, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_context_is_ready_for_the_first_entry, fresh),
        cmocka_unit_test_setup(segments_hold_the_file_then_zeros_with_their_rights, fresh),
        cmocka_unit_test_setup(code_is_cleaned_before_the_instruction_cache_is_invalidated, fresh),
        cmocka_unit_test_setup(a_guarded_segment_becomes_guarded_pages, fresh),
        cmocka_unit_test_setup(relro_is_read_only_after_its_relocation, fresh),
        cmocka_unit_test_setup(the_stack_has_guards_and_the_secrets_above_it, fresh),
        cmocka_unit_test_setup(the_keys_are_this_partitions_and_gone_from_the_handoff, fresh),
        cmocka_unit_test_setup(secrets_are_taken_out_of_the_handoff, fresh),
        cmocka_unit_test_setup(heap_and_regions_are_where_the_boot_information_says, fresh),
        cmocka_unit_test_setup(devices_are_mapped_as_devices_and_never_as_its_own_memory, fresh),
        cmocka_unit_test_setup(a_device_that_the_board_has_for_reading_is_never_writable, fresh),
        cmocka_unit_test_setup(the_boot_information_page_holds_nothing_else, fresh),
        cmocka_unit_test_setup(no_page_is_writable_and_executable, fresh),
        cmocka_unit_test_setup(partitions_share_nothing, fresh),
        cmocka_unit_test_setup(the_base_is_random_over_the_loaders_part, fresh),
        cmocka_unit_test_setup(bad_headers_are_refused, fresh),
        cmocka_unit_test_setup(bad_manifests_are_refused_with_the_property, fresh),
        cmocka_unit_test_setup(regions_on_memory_of_the_firmware_are_refused, fresh),
        cmocka_unit_test_setup(devices_that_the_board_has_for_others_are_refused, fresh),
        cmocka_unit_test_setup(two_partitions_cannot_have_a_device, fresh),
        cmocka_unit_test_setup(bad_images_are_refused_with_the_field, fresh),
        cmocka_unit_test_setup(a_second_partition_must_not_claim_what_the_first_has, fresh),
        cmocka_unit_test_setup(running_out_of_pages_anywhere_gives_all_back, fresh),
        cmocka_unit_test_setup(running_out_of_entropy_anywhere_is_refused, fresh),
        cmocka_unit_test_setup(a_key_or_seed_of_zeros_is_refused, fresh),
        cmocka_unit_test_setup(a_package_without_keys_is_refused, fresh),
    };

    return cmocka_run_group_tests(tests, group_setup, NULL);
}
