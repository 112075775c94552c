// SPDX-License-Identifier: BSD-3-Clause
//
// The nodes of a manifest below the root: memory-regions, device-regions, tessera,callers. Each is a list of nodes that are
// all of one kind. Called by sp_manifest.c; trusts no byte of the device tree but its structure (dtb_check.h).
#include <libfdt.h>
#include <string.h>

#include "bits.h"
#include "manifest_private.h"

#define REGION(field) offsetof(struct sp_region, field)
#define DEVICE(field) offsetof(struct sp_device_region, field)
#define CALLER(field) offsetof(struct sp_caller, field)

static int refuse_place(struct manifest_reader *r, const char *rule, int err)
{
    return sp_manifest_refuse(r, "base-address", rule, err);
}

// Names and places of all regions of a partition differ.
static int check_siblings(struct manifest_reader *r, const struct manifest_area *area)
{
    const struct sp_config *config = r->config;

    for (uint32_t i = 0; i < config->region_count + config->device_count; i++) {
        struct manifest_area other = manifest_area_of(config, i);

        if (strcmp(other.name, area->name) == 0) {
            return sp_manifest_refuse(r, "description",
                                      "must differ from that of the other regions", ERR_DUPLICATE);
        }
        if (manifest_areas_meet(&other, area)) {
            return refuse_place(r, "must not overlap another region", ERR_OVERLAP);
        }
    }
    return 0;
}

// ---- Memory regions --------------------------------------------------------------------------------------------------

static const struct manifest_row region_rows[] = {
    { "description", true, manifest_read_description, NULL, 0, MANIFEST_REGION_NAME_MAX,
      REGION(description) },
    { "pages-count", true, manifest_read_count, NULL, 1, SP_MAX_REGION_PAGES, REGION(page_count) },
    { "attributes", true, manifest_read_count, NULL, 1, 15, REGION(attributes) },
    { "base-address", false, manifest_read_base_address, NULL, 0, 0, REGION(base) },
};

static int check_attributes(struct manifest_reader *r, const struct sp_region *region)
{
    uint32_t attributes = region->attributes;

    if ((attributes & SP_REGION_READ) == 0) {
        return sp_manifest_refuse(r, "attributes", "must allow reading", ERR_INVALID);
    }
    if ((attributes & SP_REGION_EXECUTE) != 0 &&
        (attributes & (SP_REGION_WRITE | SP_REGION_NS)) != 0) {
        return sp_manifest_refuse(r, "attributes",
                                  "must not make writable or normal-world memory executable",
                                  ERR_INVALID);
    }
    if ((attributes & SP_REGION_NS) != 0 && region->allocate) {
        return refuse_place(r, "must be there for normal-world memory", ERR_NOT_FOUND);
    }
    return 0;
}

static int check_place(struct manifest_reader *r, const struct sp_region *region)
{
    const struct sp_manifest_limits *limits = r->limits;
    const struct sp_manifest_range *ram =
        (region->attributes & SP_REGION_NS) != 0 ? &limits->ns_ram : &limits->secure_ram;
    uint64_t size = (uint64_t)region->page_count * PAGE_SIZE;

    if (region->allocate) {
        return 0;
    }
    if (!range_inside(region->base, size, ram->base, ram->size)) {
        return refuse_place(r, "must be inside the RAM of its world", ERR_RANGE);
    }
    for (uint32_t i = 0; i < limits->reserved_count; i++) {
        if (range_overlap(region->base, size, limits->reserved[i].base, limits->reserved[i].size)) {
            return refuse_place(r, "must not overlap memory of the firmware", ERR_OVERLAP);
        }
    }
    return 0;
}

static int read_region(struct manifest_reader *r, int node)
{
    struct sp_region region = { .base = 0 };
    struct manifest_area area;
    uint32_t seen;
    int err;

    if (r->config->region_count == SP_MAX_REGIONS) {
        return sp_manifest_refuse(r, "", "must be one of at most 8 regions", ERR_NO_MEMORY);
    }
    err = manifest_read_properties(r, node, region_rows, ARRAY_COUNT(region_rows),
                                   (uint8_t *)&region, &seen);
    if (err != 0) {
        return err;
    }
    region.allocate = (seen & BIT(ARRAY_COUNT(region_rows) - 1)) == 0; // no base-address
    err = check_attributes(r, &region);
    if (err == 0) {
        err = check_place(r, &region);
    }
    area = (struct manifest_area){
        .name = region.description,
        .base = region.base,
        .size = region.allocate ? 0 : (uint64_t)region.page_count * PAGE_SIZE,
    };
    if (err == 0) {
        err = check_siblings(r, &area);
    }
    if (err == 0) {
        r->config->regions[r->config->region_count] = region;
        r->config->region_count++;
    }
    return err;
}

// ---- Device regions --------------------------------------------------------------------------------------------------

static const struct manifest_row device_rows[] = {
    { "description", true, manifest_read_description, NULL, 0, MANIFEST_REGION_NAME_MAX,
      DEVICE(description) },
    { "pages-count", true, manifest_read_count, NULL, 1, SP_MAX_DEVICE_PAGES, DEVICE(page_count) },
    { "attributes", true, manifest_read_count, NULL, 1,
      SP_REGION_READ | SP_REGION_WRITE | SP_REGION_NS, DEVICE(attributes) },
    { "base-address", true, manifest_read_base_address, NULL, 0, 0, DEVICE(base) },
    { "interrupts", false, manifest_read_interrupts, NULL, 0, 0, 0 },
};

static bool lies_in_one(const struct sp_device_region *device,
                        const struct sp_manifest_range *ranges, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (range_inside(device->base, (uint64_t)device->page_count * PAGE_SIZE, ranges[i].base,
                         ranges[i].size)) {
            return true;
        }
    }
    return false;
}

// Memory of both worlds: where the board has it for that, and nowhere else. An interrupt would be the normal world's to raise.
static int check_ns_device(struct manifest_reader *r, const struct sp_device_region *device)
{
    const struct sp_manifest_limits *limits = r->limits;

    if (!lies_in_one(device, limits->ns_devices, limits->ns_device_count)) {
        return refuse_place(
            r, "must be inside normal-world memory that the board has for partitions", ERR_RANGE);
    }
    if (device->interrupt_count != 0) {
        return sp_manifest_refuse(r, "interrupts", "must not be there for normal-world memory",
                                  ERR_INVALID);
    }
    return 0;
}

static int check_device_place(struct manifest_reader *r, const struct sp_device_region *device)
{
    const struct sp_manifest_limits *limits = r->limits;

    if ((device->attributes & SP_REGION_NS) != 0) {
        return check_ns_device(r, device);
    }
    if (lies_in_one(device, limits->devices, limits->device_count)) {
        return 0;
    }
    if (!lies_in_one(device, limits->readable, limits->readable_count)) {
        return refuse_place(r, "must be inside a device that the board has for partitions",
                            ERR_RANGE);
    }
    if ((device->attributes & SP_REGION_WRITE) != 0) {
        return sp_manifest_refuse(r, "attributes", "must not allow writing to this device",
                                  ERR_DENIED);
    }
    return 0;
}

// Neither twice in this device, nor in another one of the partition.
static int check_device_interrupts(struct manifest_reader *r, const struct sp_device_region *device)
{
    for (uint32_t i = 0; i < device->interrupt_count; i++) {
        bool twice = manifest_has_interrupt(r->config, device->interrupts[i].id);

        for (uint32_t k = 0; k < i; k++) {
            twice = twice || device->interrupts[k].id == device->interrupts[i].id;
        }
        if (twice) {
            return sp_manifest_refuse(r, "interrupts", "must not have an interrupt twice",
                                      ERR_DUPLICATE);
        }
    }
    return 0;
}

static int check_device(struct manifest_reader *r, const struct sp_device_region *device)
{
    const struct manifest_area area = {
        .name = device->description,
        .base = device->base,
        .size = (uint64_t)device->page_count * PAGE_SIZE,
    };
    int err;

    if ((device->attributes & SP_REGION_READ) == 0 ||
        (device->attributes & SP_REGION_EXECUTE) != 0) {
        return sp_manifest_refuse(r, "attributes", "must allow reading and not execution",
                                  ERR_INVALID);
    }
    err = check_device_place(r, device);
    if (err == 0) {
        err = check_siblings(r, &area);
    }
    if (err == 0) {
        err = check_device_interrupts(r, device);
    }
    return err;
}

static int read_device(struct manifest_reader *r, int node)
{
    struct sp_device_region device = { .base = 0 };
    uint32_t seen;
    int err;

    if (r->config->device_count == SP_MAX_DEVICES) {
        return sp_manifest_refuse(r, "", "must be one of at most 4 devices", ERR_NO_MEMORY);
    }
    err = manifest_read_properties(r, node, device_rows, ARRAY_COUNT(device_rows),
                                   (uint8_t *)&device, &seen);
    if (err == 0) {
        err = check_device(r, &device);
    }
    if (err == 0) {
        r->config->devices[r->config->device_count] = device;
        r->config->device_count++;
    }
    return err;
}

// ---- Callers ---------------------------------------------------------------------------------------------------------

static const struct manifest_row caller_rows[] = {
    { "normal-world", false, manifest_read_flag, NULL, 0, 0, CALLER(normal_world) },
    { "uuid", false, manifest_read_caller_uuid, NULL, 0, 0, CALLER(uuid) },
    { "messages", true, manifest_read_messages, NULL, 0, 0, CALLER(messages) },
};

// What the root's properties let anybody send to this partition.
static uint32_t receivable(const struct sp_config *config)
{
    uint32_t messages = 0;

    messages |= (config->properties & FFA_PROP_DIRECT_RECV) != 0 ? SP_CALL_DIRECT : 0;
    messages |= (config->properties & FFA_PROP_DIRECT2_RECV) != 0 ? SP_CALL_DIRECT2 : 0;
    messages |= (config->properties & FFA_PROP_INDIRECT) != 0 ? SP_CALL_INDIRECT : 0;
    messages |= (config->properties & FFA_PROP_NOTIFICATION) != 0 ? SP_CALL_NOTIFY : 0;
    messages |= config->memory_handles != 0 ? SP_CALL_MEMORY : 0;
    return messages;
}

static int check_caller(struct manifest_reader *r, const struct sp_caller *caller, bool has_uuid)
{
    if (caller->normal_world == has_uuid) {
        return sp_manifest_refuse(r, "", "must have either normal-world or uuid", ERR_INVALID);
    }
    if ((caller->messages & ~receivable(r->config)) != 0) {
        return sp_manifest_refuse(r, "messages",
                                  "must be what messaging-method, notification-support and "
                                  "tessera,memory-handles let the partition receive",
                                  ERR_INVALID);
    }
    for (uint32_t i = 0; i < r->config->caller_count; i++) {
        const struct sp_caller *other = &r->config->callers[i];

        if (other->normal_world == caller->normal_world &&
            memcmp(other->uuid, caller->uuid, sizeof(other->uuid)) == 0) {
            return sp_manifest_refuse(r, has_uuid ? "uuid" : "normal-world",
                                      "must differ from the other callers", ERR_DUPLICATE);
        }
    }
    return 0;
}

static int read_caller(struct manifest_reader *r, int node)
{
    struct sp_caller caller = { .messages = 0 };
    uint32_t seen;
    int err;

    if (r->config->caller_count == SP_MAX_CALLERS) {
        return sp_manifest_refuse(r, "", "must be one of at most 8 callers", ERR_NO_MEMORY);
    }
    err = manifest_read_properties(r, node, caller_rows, ARRAY_COUNT(caller_rows),
                                   (uint8_t *)&caller, &seen);
    if (err == 0) {
        err = check_caller(r, &caller, (seen & BIT(1)) != 0);
    }
    if (err == 0) {
        r->config->callers[r->config->caller_count] = caller;
        r->config->caller_count++;
    }
    return err;
}

// ---- Lists -----------------------------------------------------------------------------------------------------------

static const struct {
    const char *name;
    struct manifest_row compatible; // its only property
    int (*read)(struct manifest_reader *r, int node);
} lists[] = {
    { "memory-regions",
      { "compatible", true, manifest_read_constant_text, "arm,ffa-manifest-memory-regions", 0, 0,
        0 },
      read_region },
    { "device-regions",
      { "compatible", true, manifest_read_constant_text, "arm,ffa-manifest-device-regions", 0, 0,
        0 },
      read_device },
    { "tessera,callers",
      { "compatible", true, manifest_read_constant_text, "tessera,callers", 0, 0, 0 },
      read_caller },
};

static int set_node(struct manifest_reader *r, int node)
{
    r->node = fdt_get_name(r->dtb, node, NULL);
    r->node_offset = node;
    if (r->node == NULL) {
        r->node = "";
        return sp_manifest_refuse(r, "", "must have a name", ERR_INVALID);
    }
    return 0;
}

static int read_list(struct manifest_reader *r, int node, uint32_t kind)
{
    uint32_t seen;
    int child;
    int err =
        manifest_read_properties(r, node, &lists[kind].compatible, 1, (uint8_t *)r->config, &seen);

    if (err != 0) {
        return err;
    }
    fdt_for_each_subnode(child, r->dtb, node)
    {
        err = set_node(r, child);
        if (err == 0 && fdt_first_subnode(r->dtb, child) >= 0) {
            err = sp_manifest_refuse(r, "", "must not have nodes inside", ERR_NOT_SUPPORTED);
        }
        if (err == 0) {
            err = lists[kind].read(r, child);
        }
        if (err != 0) {
            return err;
        }
    }
    return 0;
}

static uint32_t find_list(const char *name)
{
    uint32_t kind = 0;

    while (kind < ARRAY_COUNT(lists) && strcmp(lists[kind].name, name) != 0) {
        kind++;
    }
    return kind;
}

int manifest_read_nodes(struct manifest_reader *r)
{
    uint32_t seen = 0;
    int node;

    fdt_for_each_subnode(node, r->dtb, 0)
    {
        int err = set_node(r, node);
        uint32_t kind;

        if (err != 0) {
            return err;
        }
        kind = find_list(r->node);
        if (kind == ARRAY_COUNT(lists)) {
            return sp_manifest_refuse(r, "", "must be a node that this SPMC knows",
                                      ERR_NOT_SUPPORTED);
        }
        if ((seen & BIT(kind)) != 0) {
            return sp_manifest_refuse(r, "", "must be there once", ERR_DUPLICATE);
        }
        seen |= (uint32_t)BIT(kind);
        err = read_list(r, node, kind);
        if (err != 0) {
            return err;
        }
    }
    return 0;
}
