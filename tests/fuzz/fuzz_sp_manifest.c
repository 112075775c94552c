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
static const struct sp_manifest_range devices[] = { { 0x09010000, 0x4000 },
                                                    { 0x0a000000, 0x1000 } };
static const struct sp_manifest_range ns_device = { 0x40121000, 0x5000 };
static const struct sp_manifest_range readable = { 0x0b000000, 0x1000 };
static const struct sp_manifest_limits limits = {
    .version = FFA_VERSION_1_2,
    .messaging = SP_CONFIG_MESSAGING,
    .ns_ram = { 0x40000000, 0x20000000 },
    .secure_ram = { 0x0e000000, 0x01000000 },
    .reserved = &reserved,
    .reserved_count = 1,
    .devices = devices,
    .device_count = 2,
    .readable = &readable,
    .readable_count = 1,
    .ns_devices = &ns_device,
    .ns_device_count = 1,
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

static void check_interrupt(const struct sp_config *config, uint32_t index, uint32_t number)
{
    const struct sp_device_interrupt *interrupt = &config->devices[index].interrupts[number];
    uint32_t priority = interrupt->attributes & 0xff;

    expect(interrupt->id >= 32 && interrupt->id < 1020);
    expect(priority >= 0x40 && priority < 0x80);
    expect((interrupt->attributes & ~0x2ffu) == 0x900);
    for (uint32_t i = 0; i <= index; i++) {
        uint32_t end = i < index ? config->devices[i].interrupt_count : number;

        for (uint32_t k = 0; k < end; k++) {
            expect(config->devices[i].interrupts[k].id != interrupt->id);
        }
    }
}

static void check_device(const struct sp_config *config, uint32_t index)
{
    const struct sp_device_region *device = &config->devices[index];
    uint64_t size = (uint64_t)device->page_count * PAGE_SIZE;
    bool ns = (device->attributes & SP_REGION_NS) != 0;

    expect(device->page_count >= 1 && device->base % PAGE_SIZE == 0);
    expect((device->attributes & ~(SP_REGION_WRITE | SP_REGION_NS)) == SP_REGION_READ);
    expect(strnlen(device->description, sizeof(device->description)) < 16);
    expect(ns ? range_inside(device->base, size, ns_device.base, ns_device.size) &&
                    device->interrupt_count == 0
              : range_inside(device->base, size, devices[0].base, devices[0].size) ||
                    range_inside(device->base, size, devices[1].base, devices[1].size) ||
                    (range_inside(device->base, size, readable.base, readable.size) &&
                     device->attributes == SP_REGION_READ));
    for (uint32_t i = 0; i < index; i++) {
        const struct sp_device_region *other = &config->devices[i];

        expect(!range_overlap(device->base, size, other->base,
                              (uint64_t)other->page_count * PAGE_SIZE));
        expect(strcmp(other->description, device->description) != 0);
    }
    for (uint32_t i = 0; i < config->region_count; i++) {
        expect(strcmp(config->regions[i].description, device->description) != 0);
    }
    expect(device->interrupt_count <= SP_MAX_DEVICE_INTERRUPTS);
    expect(device->interrupt_count == 0 || config->watchdog_ms != 0);
    for (uint32_t i = 0; i < device->interrupt_count; i++) {
        check_interrupt(config, index, i);
    }
}

static void check_caller(const struct sp_config *config, const struct sp_caller *caller)
{
    uint32_t uuid = caller->uuid[0] | caller->uuid[1] | caller->uuid[2] | caller->uuid[3];
    uint32_t properties = config->properties;

    expect(caller->normal_world == (uuid == 0));
    expect(caller->messages != 0 && caller->messages < 2 * SP_CALL_MEMORY);
    expect((caller->messages & SP_CALL_DIRECT) == 0 || (properties & FFA_PROP_DIRECT_RECV) != 0);
    expect((caller->messages & SP_CALL_DIRECT2) == 0 || (properties & FFA_PROP_DIRECT2_RECV) != 0);
    expect((caller->messages & SP_CALL_INDIRECT) == 0 || (properties & FFA_PROP_INDIRECT) != 0);
    expect((caller->messages & SP_CALL_NOTIFY) == 0 || (properties & FFA_PROP_NOTIFICATION) != 0);
    expect((caller->messages & SP_CALL_MEMORY) == 0 || config->memory_handles != 0);
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
    expect((config->properties & ~(limits.messaging | FFA_PROP_AARCH64 | FFA_PROP_NOTIFICATION)) ==
           0);
    expect((config->memory_handles != 0) == (config->memory_pages != 0));
    expect(config->memory_handles <= SP_MAX_MEMORY_HANDLES);
    expect(config->memory_pages <= SP_MAX_MEMORY_PAGES);
    expect((config->options & ~TESSERA_OPTION_PSA_IOT_PROFILE_1) == 0);
    expect(config->fault_action == SP_FAULT_STOP || config->fault_action == SP_FAULT_RESET);
    expect(config->region_count <= SP_MAX_REGIONS);
    for (uint32_t i = 0; i < config->region_count; i++) {
        check_region(config, i);
    }
    expect(config->device_count <= SP_MAX_DEVICES && config->caller_count <= SP_MAX_CALLERS);
    for (uint32_t i = 0; i < config->device_count; i++) {
        check_device(config, i);
    }
    for (uint32_t i = 0; i < config->caller_count; i++) {
        check_caller(config, &config->callers[i]);
    }
}

// A good manifest with two regions, three devices and two callers.
static size_t build_good(uint8_t *dtb)
{
    static const struct package_change root[] = {
        { "messaging-method", "\0\0\6\7", 4 },
        { "notification-support", "", 0 },
        { "tessera,watchdog-ms", "\0\0\0\x32", 4 },
        { "tessera,memory-handles", "\0\0\0\x10", 4 },
        { "tessera,memory-pages", "\0\0\1\0", 4 },
        { "tessera,fault-action", "reset", 6 },
        { "tessera,boot-log", "", 0 },
        { "tessera,clock", "", 0 },
        { "tessera,psa-iot-profile-1", "", 0 },
        { NULL, NULL, 0 },
    };
    static const struct package_change devices_of_it[3][6] = {
        { { "description", "clock", 6 },
          { "pages-count", "\0\0\0\2", 4 },
          { "attributes", "\0\0\0\3", 4 },
          { "base-address", "\0\0\0\0\x09\1\0\0", 8 },
          { "interrupts", "\0\0\0\x22\0\0\x0b\x50\0\0\0\x23\0\0\x09\x40", 16 },
          { NULL, NULL, 0 } },
        { { "description", "port", 5 },
          { "pages-count", "\0\0\0\1", 4 },
          { "attributes", "\0\0\0\1", 4 },
          { "base-address", "\0\0\0\0\x09\1\x30\0", 8 },
          { "interrupts", "\0\0\0\x24\0\0\x0b\x50", 8 },
          { NULL, NULL, 0 } },
        { { "description", "crb", 4 },
          { "pages-count", "\0\0\0\5", 4 },
          { "attributes", "\0\0\0\x0b", 4 },
          { "base-address", "\0\0\0\0\x40\x12\x10\0", 8 },
          { NULL, NULL, 0 } },
    };
    static const struct package_change callers[2][3] = {
        { { "normal-world", "", 0 },
          { "messages", "direct\0direct2\0indirect\0notification\0memory", 44 },
          { NULL, NULL, 0 } },
        { { "uuid", "0123456789abcdef", 16 },
          { "messages", "notification\0direct", 20 },
          { NULL, NULL, 0 } },
    };
    static const struct package_node nodes[] = {
        { "device-regions", "a", devices_of_it[0] }, { "device-regions", "b", devices_of_it[1] },
        { "device-regions", "c", devices_of_it[2] }, { "tessera,callers", "w", callers[0] },
        { "tessera,callers", "p", callers[1] },      { NULL, NULL, NULL },
    };
    static const struct package_region regions[] = {
        { "rpc", "rpc", 32, 11, 0x40100000 },
        { "own", "scratch", 2, 3, 0 },
        { NULL, NULL, 0, 0, 0 },
    };

    return package_build_nodes(dtb, 4096, root, regions, nodes);
}

// That one with the changes: 16-bit offset and what goes there, one byte or a cell.
static size_t build(uint8_t *dtb, const uint8_t *data, size_t size)
{
    size_t length = build_good(dtb);

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
    static uint8_t changed[4096] __attribute__((aligned(8)));
    struct sp_manifest_error error = { .rule = NULL };
    bool unchanged = size < 4; // of the good one
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
    expect(err == 0 || !unchanged);
    if (err == 0) {
        check_config(&config);
    } else {
        expect(error.rule != NULL && strnlen(error.node, sizeof(error.node)) < sizeof(error.node) &&
               strnlen(error.property, sizeof(error.property)) < sizeof(error.property));
    }
    return 0;
}
