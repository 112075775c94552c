// SPDX-License-Identifier: BSD-3-Clause
//
// Manifest reader, see sp_manifest.h. Each node has a table of the properties it may have; a row names the function of
// manifest_values.c that reads and checks the value. Called by spmc/sp_load.c and fip-tool; trusts no byte of the device tree.
#include "sp_manifest.h"

#include <libfdt.h>
#include <string.h>

#include "bits.h"
#include "dtb_check.h"
#include "manifest_private.h"

#define BOOT_ORDER_LAST 0xffff // also what an absent boot-order means

static void copy_name(char to[SP_MANIFEST_NAME_SIZE], const char *from)
{
    size_t length = strnlen(from, SP_MANIFEST_NAME_SIZE - 1);

    memcpy(to, from, length);
    to[length] = '\0';
}

static int refuse_with(struct sp_manifest_error *error, const char *node, const char *property,
                       const char *rule, int err)
{
    copy_name(error->node, node);
    copy_name(error->property, property);
    error->rule = rule;
    error->node_offset = 0;
    error->min = 1;
    error->max = 0;
    return err;
}

int sp_manifest_refuse(const struct manifest_reader *r, const char *property, const char *rule,
                       int err)
{
    err = refuse_with(r->error, r->node, property, rule, err);
    r->error->node_offset = r->node_offset;
    return err;
}

int sp_manifest_refuse_number(const struct manifest_reader *r, const struct manifest_row *row,
                              const char *rule, int err)
{
    err = sp_manifest_refuse(r, row->name, rule, err);
    r->error->min = row->min;
    r->error->max = row->max;
    return err;
}

// ---- Nodes: which properties they have -------------------------------------------------------------------------------

#define CONFIG(field) offsetof(struct sp_config, field)
#define REGION(field) offsetof(struct sp_region, field)

static const struct manifest_row root_rows[] = {
    { "compatible", true, manifest_read_constant_text, "arm,ffa-manifest-1.0", 0, 0, 0 },
    { "description", true, manifest_read_description, NULL, 0, SP_DESCRIPTION_SIZE - 1,
      CONFIG(description) },
    { "ffa-version", true, manifest_read_version, NULL, 0, 0, CONFIG(version) },
    { "uuid", true, manifest_read_uuids, NULL, 0, 0, CONFIG(uuid) },
    { "id", false, manifest_read_id, NULL, 0, 0, CONFIG(id) },
    { "boot-order", false, manifest_read_boot_order, NULL, 0, 0, CONFIG(boot_order) },
    { "execution-ctx-count", true, manifest_read_checked_u32, NULL, 1, 1, 0 },
    { "exception-level", true, manifest_read_checked_u32, NULL, 1, 1, 0 }, // S-EL0
    { "execution-state", true, manifest_read_checked_u32, NULL, 0, 0, 0 }, // AArch64
    { "xlat-granule", true, manifest_read_checked_u32, NULL, 0, 0, 0 },    // 4 KiB
    { "messaging-method", true, manifest_read_messaging, NULL, 0, 0, CONFIG(properties) },
    { "ns-interrupts-action", true, manifest_read_ns_interrupts, NULL, 0, 0,
      CONFIG(ns_interrupts_queued) },
    { "other-s-interrupts-action", false, manifest_read_other_interrupts, NULL, 0, 0,
      CONFIG(other_interrupts_queued) },
    { "gp-register-num", false, manifest_read_checked_u32, NULL, 0, 0, 0 }, // x0
    { "tessera,stack-pages", true, manifest_read_count, NULL, 1, SP_MAX_STACK_PAGES,
      CONFIG(stack_pages) },
    { "tessera,heap-pages", false, manifest_read_count, NULL, 0, SP_MAX_HEAP_PAGES,
      CONFIG(heap_pages) },
    { "tessera,secure-timer", false, manifest_read_flag, NULL, 0, 0, CONFIG(secure_timer) },
    { "tessera,watchdog-ms", false, manifest_read_count, NULL, 1, SP_MAX_WATCHDOG_MS,
      CONFIG(watchdog_ms) },
};

static const struct manifest_row regions_rows[] = {
    { "compatible", true, manifest_read_constant_text, "arm,ffa-manifest-memory-regions", 0, 0, 0 },
};

static const struct manifest_row region_rows[] = {
    { "description", true, manifest_read_description, NULL, 0, MANIFEST_REGION_NAME_MAX,
      REGION(description) },
    { "pages-count", true, manifest_read_count, NULL, 1, SP_MAX_REGION_PAGES, REGION(page_count) },
    { "attributes", true, manifest_read_count, NULL, 1, 15, REGION(attributes) },
    { "base-address", false, manifest_read_base_address, NULL, 0, 0, REGION(base) },
};

_Static_assert(ARRAY_COUNT(root_rows) <= 32, "one bit of `seen` per row");

static const struct manifest_row *find_row(const struct manifest_row *rows, uint32_t count,
                                           const char *name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static int check_required(struct manifest_reader *r, const struct manifest_row *rows,
                          uint32_t count, uint32_t seen)
{
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].required && (seen & BIT(i)) == 0) {
            return sp_manifest_refuse(r, rows[i].name, "must be there", ERR_NOT_FOUND);
        }
    }
    return 0;
}

// Reads all properties of `node` into the struct at `to`; *seen: bit i set where row i was there.
static int read_node(struct manifest_reader *r, int node, const struct manifest_row *rows,
                     uint32_t count, uint8_t *to, uint32_t *seen)
{
    int offset;
    int err;

    *seen = 0;
    fdt_for_each_property_offset(offset, r->dtb, node)
    {
        struct manifest_property p;
        const struct manifest_row *row;
        int size = 0;

        p.value = fdt_getprop_by_offset(r->dtb, offset, &p.name, &size);
        if (p.value == NULL || p.name == NULL || size < 0) {
            return sp_manifest_refuse(r, "", "must be a sound list of properties", ERR_INVALID);
        }
        p.size = (uint32_t)size;
        row = find_row(rows, count, p.name);
        if (row == NULL) {
            return sp_manifest_refuse(r, p.name, "must be a property that this SPMC knows",
                                      ERR_NOT_SUPPORTED);
        }
        if ((*seen & BIT(row - rows)) != 0) {
            return sp_manifest_refuse(r, p.name, "must be there once", ERR_DUPLICATE);
        }
        *seen |= (uint32_t)BIT(row - rows);
        err = row->read(r, &p, row, to + row->offset);
        if (err != 0) {
            return err;
        }
    }
    return check_required(r, rows, count, *seen);
}

// ---- Memory regions --------------------------------------------------------------------------------------------------

static uint64_t region_size(const struct sp_region *region)
{
    return (uint64_t)region->page_count * PAGE_SIZE;
}

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
        return sp_manifest_refuse(r, "base-address", "must be there for normal-world memory",
                                  ERR_NOT_FOUND);
    }
    return 0;
}

static int check_place(struct manifest_reader *r, const struct sp_region *region)
{
    const struct sp_manifest_limits *limits = r->limits;
    const struct sp_manifest_range *ram =
        (region->attributes & SP_REGION_NS) != 0 ? &limits->ns_ram : &limits->secure_ram;

    if (region->allocate) {
        return 0;
    }
    if (!range_inside(region->base, region_size(region), ram->base, ram->size)) {
        return sp_manifest_refuse(r, "base-address", "must be inside the RAM of its world",
                                  ERR_RANGE);
    }
    for (uint32_t i = 0; i < limits->reserved_count; i++) {
        if (range_overlap(region->base, region_size(region), limits->reserved[i].base,
                          limits->reserved[i].size)) {
            return sp_manifest_refuse(r, "base-address", "must not overlap memory of the firmware",
                                      ERR_OVERLAP);
        }
    }
    return 0;
}

static int check_siblings(struct manifest_reader *r, const struct sp_region *region)
{
    for (uint32_t i = 0; i < r->config.region_count; i++) {
        const struct sp_region *other = &r->config.regions[i];

        if (strcmp(other->description, region->description) == 0) {
            return sp_manifest_refuse(r, "description",
                                      "must differ from that of the other regions", ERR_DUPLICATE);
        }
        if (!other->allocate && !region->allocate &&
            range_overlap(other->base, region_size(other), region->base, region_size(region))) {
            return sp_manifest_refuse(r, "base-address", "must not overlap another region",
                                      ERR_OVERLAP);
        }
    }
    return 0;
}

static int read_region(struct manifest_reader *r, int node)
{
    struct sp_region region = { .base = 0 };
    uint32_t seen;
    int err;

    if (r->config.region_count == SP_MAX_REGIONS) {
        return sp_manifest_refuse(r, "", "must be one of at most 8 regions", ERR_NO_MEMORY);
    }
    if (fdt_first_subnode(r->dtb, node) >= 0) {
        return sp_manifest_refuse(r, "", "must not have nodes inside", ERR_NOT_SUPPORTED);
    }
    err = read_node(r, node, region_rows, ARRAY_COUNT(region_rows), (uint8_t *)&region, &seen);
    if (err != 0) {
        return err;
    }
    region.allocate = (seen & BIT(ARRAY_COUNT(region_rows) - 1)) == 0; // no base-address
    err = check_attributes(r, &region);
    if (err == 0) {
        err = check_place(r, &region);
    }
    if (err == 0) {
        err = check_siblings(r, &region);
    }
    if (err == 0) {
        r->config.regions[r->config.region_count] = region;
        r->config.region_count++;
    }
    return err;
}

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

static int read_regions(struct manifest_reader *r, int node)
{
    uint32_t seen;
    int child;
    int err =
        read_node(r, node, regions_rows, ARRAY_COUNT(regions_rows), (uint8_t *)&r->config, &seen);

    if (err != 0) {
        return err;
    }
    fdt_for_each_subnode(child, r->dtb, node)
    {
        err = set_node(r, child);
        if (err == 0) {
            err = read_region(r, child);
        }
        if (err != 0) {
            return err;
        }
    }
    return 0;
}

static int read_nodes(struct manifest_reader *r)
{
    bool have_regions = false;
    int node;
    int err;

    fdt_for_each_subnode(node, r->dtb, 0)
    {
        err = set_node(r, node);
        if (err != 0) {
            return err;
        }
        if (strcmp(r->node, "memory-regions") != 0) {
            return sp_manifest_refuse(r, "", "must be a node that this SPMC knows",
                                      ERR_NOT_SUPPORTED);
        }
        if (have_regions) {
            return sp_manifest_refuse(r, "", "must be there once", ERR_DUPLICATE);
        }
        have_regions = true;
        err = read_regions(r, node);
        if (err != 0) {
            return err;
        }
    }
    return 0;
}

// ---- The whole -------------------------------------------------------------------------------------------------------

// All of the tree's structure, before libfdt follows any of its offsets.
static int check_container(struct manifest_reader *r, size_t len)
{
    const char *why = "";
    int err = dtb_check(r->dtb, len < SP_MAX_MANIFEST_SIZE ? len : SP_MAX_MANIFEST_SIZE, &why);

    return err != 0 ? sp_manifest_refuse(r, "", why, err) : 0;
}

// What the properties about interrupts say together. While a partition handles its timer the normal world's interrupts wait: only
// a watchdog ends a handler that hangs.
static int check_interrupts(struct manifest_reader *r)
{
    if (r->config.other_interrupts_queued && !r->config.ns_interrupts_queued) {
        return sp_manifest_refuse(r, "other-s-interrupts-action",
                                  "must not be 0 unless ns-interrupts-action is", ERR_INVALID);
    }
    if (r->config.secure_timer && r->config.watchdog_ms == 0) {
        return sp_manifest_refuse(r, "tessera,watchdog-ms",
                                  "must be there with tessera,secure-timer", ERR_NOT_FOUND);
    }
    return 0;
}

int sp_manifest_decode(const void *dtb, size_t len, const struct sp_manifest_limits *limits,
                       struct sp_config *config, struct sp_manifest_error *error)
{
    struct manifest_reader r = {
        .dtb = dtb,
        .limits = limits,
        .error = error,
        .node = "",
        .config = { .boot_order = BOOT_ORDER_LAST },
    };
    uint32_t seen;
    int err = check_container(&r, len);

    if (err == 0) {
        err = read_node(&r, 0, root_rows, ARRAY_COUNT(root_rows), (uint8_t *)&r.config, &seen);
    }
    if (err == 0) {
        err = check_interrupts(&r);
    }
    if (err == 0) {
        err = read_nodes(&r);
    }
    if (err == 0) {
        *config = r.config;
    }
    return err;
}

int sp_manifest_check_other(const struct sp_config *config, const struct sp_config *other,
                            struct sp_manifest_error *error)
{
    if (config->id != 0 && config->id == other->id) {
        return refuse_with(error, "", "id", "must differ from that of other partitions",
                           ERR_DUPLICATE);
    }
    if (config->boot_order != BOOT_ORDER_LAST && config->boot_order == other->boot_order) {
        return refuse_with(error, "", "boot-order", "must differ from that of other partitions",
                           ERR_DUPLICATE);
    }
    for (uint32_t i = 0; i < config->region_count; i++) {
        const struct sp_region *mine = &config->regions[i];

        for (uint32_t k = 0; k < other->region_count; k++) {
            const struct sp_region *theirs = &other->regions[k];

            if (!mine->allocate && !theirs->allocate &&
                range_overlap(mine->base, region_size(mine), theirs->base, region_size(theirs))) {
                return refuse_with(error, mine->description, "base-address",
                                   "must not overlap a region of another partition", ERR_OVERLAP);
            }
        }
    }
    return 0;
}
