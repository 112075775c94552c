// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the manifest reader. An input that starts with the magic of a device tree is one; any other is a
// list of changes to a good one. It lies at the end of a mapped page, so that libfdt, which has no sanitizer in it,
// cannot read behind it unseen. Traps if a manifest is accepted that breaks what sp_manifest.h promises.
#include "sp_manifest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bits.h"
#include "tests/unit/platform/package_support.h"

#define MAX_INPUT (2 * SP_MAX_MANIFEST_SIZE)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct sp_manifest_range reserved = { 0x40200000, 0x8000 };
static const struct sp_manifest_limits limits = {
    .version = FFA_VERSION_1_2,
    .messaging = FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND,
    .ns_ram = { 0x40000000, 0x20000000 },
    .secure_ram = { 0x0e000000, 0x01000000 },
    .reserved = &reserved,
    .reserved_count = 1,
};

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

// Where an input of `size` bytes goes: 8-byte aligned, as near to the end of the pages as that allows.
static uint8_t *place(size_t size)
{
    static uint8_t *pages;

    if (pages == NULL) {
        pages = mmap(NULL, MAX_INPUT + PAGE_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        expect(pages != MAP_FAILED && mprotect(pages + MAX_INPUT, PAGE_SIZE, PROT_NONE) == 0);
    }
    return pages + MAX_INPUT - ALIGN_UP(size, 8);
}

static void check_region(const struct sp_config *config, uint32_t index)
{
    const struct sp_region *region = &config->regions[index];
    uint64_t size = (uint64_t)region->page_count * PAGE_SIZE;
    bool ns = (region->attributes & SP_REGION_NS) != 0;

    expect(region->page_count >= 1 && region->page_count <= SP_MAX_REGION_PAGES);
    expect((region->attributes & SP_REGION_READ) != 0);
    expect((region->attributes & SP_REGION_EXECUTE) == 0 ||
           (region->attributes & (SP_REGION_WRITE | SP_REGION_NS)) == 0);
    expect(strnlen(region->description, sizeof(region->description)) < 16);
    expect(!ns || !region->allocate);
    if (region->allocate) {
        return;
    }
    expect(range_inside(region->base, size, ns ? limits.ns_ram.base : limits.secure_ram.base,
                        ns ? limits.ns_ram.size : limits.secure_ram.size));
    expect(region->base % PAGE_SIZE == 0);
    expect(!range_overlap(region->base, size, reserved.base, reserved.size));
    for (uint32_t i = 0; i < index; i++) {
        const struct sp_region *other = &config->regions[i];

        expect(other->allocate || !range_overlap(region->base, size, other->base,
                                                 (uint64_t)other->page_count * PAGE_SIZE));
    }
}

static void check_config(const struct sp_config *config)
{
    expect(strnlen(config->description, sizeof(config->description)) < SP_DESCRIPTION_SIZE);
    expect(config->description[0] != '\0');
    expect(config->version >= FFA_VERSION_1_0 && config->version <= FFA_VERSION_1_2);
    expect(config->uuid_count >= 1 && config->uuid_count <= SP_MAX_UUIDS);
    expect(config->id == 0 || (config->id > 0x8000 && config->id < 0xffff));
    expect(config->stack_pages >= 1 && config->stack_pages <= SP_MAX_STACK_PAGES);
    expect(config->heap_pages <= SP_MAX_HEAP_PAGES);
    expect((config->properties & ~(limits.messaging | FFA_PROP_AARCH64)) == 0);
    expect(config->region_count <= SP_MAX_REGIONS);
    for (uint32_t i = 0; i < config->region_count; i++) {
        check_region(config, i);
    }
}

// A good manifest with two regions, and the changes: 16-bit offset and what goes there, one byte or a cell.
static size_t build(uint8_t *dtb, const uint8_t *data, size_t size)
{
    const struct package_region regions[] = {
        { "rpc", "rpc", 32, 11, 0x40100000 },
        { "own", "scratch", 2, 3, 0 },
        { NULL, NULL, 0, 0, 0 },
    };
    size_t length = package_build_manifest(dtb, 2048, NULL, regions);

    for (; size >= 4; data += 4, size -= 4) {
        size_t offset = (data[0] | (size_t)data[1] << 8) % length;

        if ((data[1] & 0x80) == 0 || offset + 4 > length) {
            dtb[offset] = data[2];
        } else {
            memset(dtb + offset / 4 * 4, (data[3] & 1) != 0 ? 0xff : 0, 4);
            dtb[offset / 4 * 4 + 3] = data[2];
        }
    }
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t magic[4] = { 0xd0, 0x0d, 0xfe, 0xed };
    static uint8_t changed[2048] __attribute__((aligned(8)));
    struct sp_manifest_error error = { .rule = NULL };
    struct sp_config config;
    uint8_t *dtb;
    int err;

    if (size > MAX_INPUT) {
        return 0;
    }
    if (size < 4 || memcmp(data, magic, 4) != 0) {
        size = build(changed, data, size);
        data = changed;
    }
    dtb = place(size);
    memcpy(dtb, data, size);
    err = sp_manifest_decode(dtb, size, &limits, &config, &error);
    if (err == 0) {
        check_config(&config);
    } else {
        expect(error.rule != NULL && strnlen(error.node, sizeof(error.node)) < sizeof(error.node) &&
               strnlen(error.property, sizeof(error.property)) < sizeof(error.property));
    }
    return 0;
}
