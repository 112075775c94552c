// SPDX-License-Identifier: BSD-3-Clause
//
// Manifest reader, see sp_manifest.h: the root, and what holds between manifests. Each node has a table of the properties it may
// have; a row names the function of manifest_values.c that reads and checks the value. Called by spmc/sp_load.c and fip-tool;
// trusts no byte of the device tree.
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

// ---- Properties of a node --------------------------------------------------------------------------------------------

#define CONFIG(field) offsetof(struct sp_config, field)

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
    { "notification-support", false, manifest_read_notification, NULL, 0, 0, CONFIG(properties) },
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
    { "tessera,memory-handles", false, manifest_read_count, NULL, 1, SP_MAX_MEMORY_HANDLES,
      CONFIG(memory_handles) },
    { "tessera,memory-pages", false, manifest_read_count, NULL, 1, SP_MAX_MEMORY_PAGES,
      CONFIG(memory_pages) },
    { "tessera,rollback-counter", false, manifest_read_flag, NULL, 0, 0, CONFIG(rollback_counter) },
    { "tessera,boot-log", false, manifest_read_flag, NULL, 0, 0, CONFIG(boot_log) },
    { "tessera,clock", false, manifest_read_flag, NULL, 0, 0, CONFIG(clock) },
    { "tessera,psa-iot-profile-1", false, manifest_read_option, NULL, 0,
      TESSERA_OPTION_PSA_IOT_PROFILE_1, CONFIG(options) },
    { "tessera,fault-action", false, manifest_read_fault_action, NULL, 0, 0, CONFIG(fault_action) },
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

int manifest_read_properties(struct manifest_reader *r, int node, const struct manifest_row *rows,
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

// ---- The whole -------------------------------------------------------------------------------------------------------

// All of the tree's structure, before libfdt follows any of its offsets.
static int check_container(struct manifest_reader *r, size_t len)
{
    const char *why = "";
    int err = dtb_check(r->dtb, len < SP_MAX_MANIFEST_SIZE ? len : SP_MAX_MANIFEST_SIZE, &why);

    return err != 0 ? sp_manifest_refuse(r, "", why, err) : 0;
}

// DEN0077A: what came with later versions of FF-A than the one that the partition speaks.
static int check_version(struct manifest_reader *r)
{
    const struct sp_config *config = r->config;
    uint32_t later = 0;

    if (config->version < FFA_VERSION_1_2) {
        later |= FFA_PROP_DIRECT2_RECV | FFA_PROP_DIRECT2_SEND;
    }
    if (config->version < FFA_VERSION_1_1) {
        later |= FFA_PROP_INDIRECT | FFA_PROP_NOTIFICATION;
    }
    later &= config->properties;
    if (later == 0) {
        return 0;
    }
    return sp_manifest_refuse(
        r, later == FFA_PROP_NOTIFICATION ? "notification-support" : "messaging-method",
        "must only have what ffa-version has", ERR_VERSION);
}

// What properties of the root say together.
static int check_root(struct manifest_reader *r)
{
    const struct sp_config *config = r->config;

    if (config->other_interrupts_queued && !config->ns_interrupts_queued) {
        return sp_manifest_refuse(r, "other-s-interrupts-action",
                                  "must not be 0 unless ns-interrupts-action is", ERR_INVALID);
    }
    if (config->secure_timer && config->watchdog_ms == 0) {
        return sp_manifest_refuse(r, "tessera,watchdog-ms",
                                  "must be there with tessera,secure-timer", ERR_NOT_FOUND);
    }
    if ((config->memory_handles != 0) != (config->memory_pages != 0)) {
        return sp_manifest_refuse(
            r, config->memory_pages == 0 ? "tessera,memory-pages" : "tessera,memory-handles",
            "must be there with the other of tessera,memory-handles and tessera,memory-pages",
            ERR_NOT_FOUND);
    }
    return check_version(r);
}

// While a partition handles an interrupt the normal world's wait: only a watchdog ends a handler that hangs.
static int check_devices(struct manifest_reader *r)
{
    for (uint32_t i = 0; i < r->config->device_count; i++) {
        if (r->config->devices[i].interrupt_count != 0 && r->config->watchdog_ms == 0) {
            r->node = "";
            r->node_offset = 0;
            return sp_manifest_refuse(r, "tessera,watchdog-ms",
                                      "must be there with interrupts of devices", ERR_NOT_FOUND);
        }
    }
    return 0;
}

static int read_tree(struct manifest_reader *r, size_t len)
{
    uint32_t seen;
    int err = check_container(r, len);

    if (err == 0) {
        err = manifest_read_properties(r, 0, root_rows, ARRAY_COUNT(root_rows),
                                       (uint8_t *)r->config, &seen);
    }
    if (err == 0) {
        err = check_root(r);
    }
    if (err == 0) {
        err = manifest_read_nodes(r);
    }
    if (err == 0) {
        err = check_devices(r);
    }
    return err;
}

int sp_manifest_decode(const void *dtb, size_t len, const struct sp_manifest_limits *limits,
                       struct sp_config *config, struct sp_manifest_error *error)
{
    struct manifest_reader r = {
        .dtb = dtb,
        .limits = limits,
        .error = error,
        .node = "",
        .config = config,
    };
    int err;

    memset(config, 0, sizeof(*config));
    config->boot_order = BOOT_ORDER_LAST;
    err = read_tree(&r, len);
    if (err != 0) {
        memset(config, 0, sizeof(*config));
    }
    return err;
}

// ---- Between manifests -----------------------------------------------------------------------------------------------

struct manifest_area manifest_area_of(const struct sp_config *config, uint32_t index)
{
    if (index < config->region_count) {
        const struct sp_region *region = &config->regions[index];

        return (struct manifest_area){
            .name = region->description,
            .base = region->base,
            .size = region->allocate ? 0 : (uint64_t)region->page_count * PAGE_SIZE,
        };
    }
    const struct sp_device_region *device = &config->devices[index - config->region_count];

    return (struct manifest_area){
        .name = device->description,
        .base = device->base,
        .size = (uint64_t)device->page_count * PAGE_SIZE,
    };
}

bool manifest_areas_meet(const struct manifest_area *a, const struct manifest_area *b)
{
    return a->size != 0 && b->size != 0 && range_overlap(a->base, a->size, b->base, b->size);
}

static int check_areas(const struct sp_config *config, const struct sp_config *other,
                       struct sp_manifest_error *error)
{
    for (uint32_t i = 0; i < config->region_count + config->device_count; i++) {
        struct manifest_area mine = manifest_area_of(config, i);

        for (uint32_t k = 0; k < other->region_count + other->device_count; k++) {
            struct manifest_area theirs = manifest_area_of(other, k);

            if (manifest_areas_meet(&mine, &theirs)) {
                return refuse_with(error, mine.name, "base-address",
                                   "must not overlap a region of another partition", ERR_OVERLAP);
            }
        }
    }
    return 0;
}

bool manifest_has_interrupt(const struct sp_config *config, uint32_t id)
{
    for (uint32_t i = 0; i < config->device_count; i++) {
        for (uint32_t k = 0; k < config->devices[i].interrupt_count; k++) {
            if (config->devices[i].interrupts[k].id == id) {
                return true;
            }
        }
    }
    return false;
}

static int check_interrupts(const struct sp_config *config, const struct sp_config *other,
                            struct sp_manifest_error *error)
{
    for (uint32_t i = 0; i < config->device_count; i++) {
        const struct sp_device_region *device = &config->devices[i];

        for (uint32_t k = 0; k < device->interrupt_count; k++) {
            if (manifest_has_interrupt(other, device->interrupts[k].id)) {
                return refuse_with(error, device->description, "interrupts",
                                   "must not have one of another partition", ERR_DUPLICATE);
            }
        }
    }
    return 0;
}

int sp_manifest_check_other(const struct sp_config *config, const struct sp_config *other,
                            struct sp_manifest_error *error)
{
    int err;

    if (config->id != 0 && config->id == other->id) {
        return refuse_with(error, "", "id", "must differ from that of other partitions",
                           ERR_DUPLICATE);
    }
    if (config->boot_order != BOOT_ORDER_LAST && config->boot_order == other->boot_order) {
        return refuse_with(error, "", "boot-order", "must differ from that of other partitions",
                           ERR_DUPLICATE);
    }
    if (config->rollback_counter && other->rollback_counter) {
        return refuse_with(error, "", "tessera,rollback-counter",
                           "must be in one manifest: there is one counter", ERR_DUPLICATE);
    }
    err = check_areas(config, other, error);
    return err != 0 ? err : check_interrupts(config, other, error);
}
