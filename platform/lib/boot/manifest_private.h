// SPDX-License-Identifier: BSD-3-Clause
//
// What the parts of the manifest reader share: sp_manifest.c reads the root and compares manifests, manifest_nodes.c reads the
// nodes below it, manifest_values.c the values. For nobody else.
#ifndef MANIFEST_PRIVATE_H
#define MANIFEST_PRIVATE_H

#include <stdbool.h>

#include "sp_manifest.h"

#define MANIFEST_REGION_NAME_MAX 15 // characters: a boot information descriptor has 16 bytes for it

// What reading carries along.
struct manifest_reader {
    const void *dtb;
    const struct sp_manifest_limits *limits;
    struct sp_manifest_error *error;
    const char *node; // being read, for errors
    int node_offset;  // of it
    struct sp_config
        *config; // what was read so far; the caller's, who gets it all zero if this fails
};

// One property, as it stands in the device tree.
struct manifest_property {
    const char *name;
    const uint8_t *value;
    uint32_t size;
};

struct manifest_row;

// Checks the value of `p` and puts it at `to`, the field that the row names. 0 or what sp_manifest_refuse returned.
typedef int manifest_read_fn(struct manifest_reader *r, const struct manifest_property *p,
                             const struct manifest_row *row, void *to);

// One property that a node may have.
struct manifest_row {
    const char *name;
    bool required;
    manifest_read_fn *read;
    const char *text;  // manifest_read_constant_text: the value
    uint32_t min, max; // numbers
    size_t offset;     // of the field in struct sp_config, sp_region, sp_device_region or sp_caller
};

// Names node, property and rule in the error; returns `err`.
MUST_CHECK int sp_manifest_refuse(const struct manifest_reader *r, const char *property,
                                  const char *rule, int err);

// The same where the property's value is a number that is not row->min … row->max.
MUST_CHECK int sp_manifest_refuse_number(const struct manifest_reader *r,
                                         const struct manifest_row *row, const char *rule, int err);

// Reads all properties of `node` into the struct at `to`; *seen: bit i set where row i was there. Refuses what has no row, what
// is there twice, and required ones that are missing.
MUST_CHECK int manifest_read_properties(struct manifest_reader *r, int node,
                                        const struct manifest_row *rows, uint32_t count,
                                        uint8_t *to, uint32_t *seen);

// All nodes below the root; r->config has the root's properties. 0 or what sp_manifest_refuse returned.
MUST_CHECK int manifest_read_nodes(struct manifest_reader *r);

// Memory or device of a partition with an address of its own; size 0: it has none, the SPMC gives pages.
struct manifest_area {
    const char *name;
    uint64_t base;
    uint64_t size;
};

// The area of a memory-region (first ones) or device-region; index < config->region_count + config->device_count.
struct manifest_area manifest_area_of(const struct sp_config *config, uint32_t index);

// Whether some byte is in both.
bool manifest_areas_meet(const struct manifest_area *a, const struct manifest_area *b);

// Whether one of its devices has that interrupt.
bool manifest_has_interrupt(const struct sp_config *config, uint32_t id);

// Big-endian cell at any alignment.
static inline uint32_t manifest_be32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

// What each kind becomes
manifest_read_fn manifest_read_checked_u32;   // row->min … max; not kept
manifest_read_fn manifest_read_count;         // row->min … max → uint32_t
manifest_read_fn manifest_read_constant_text; // must be row->text; not kept
manifest_read_fn manifest_read_description;   // at most row->max characters → char array
manifest_read_fn manifest_read_version;       // → uint32_t
manifest_read_fn manifest_read_uuids;      // → uint32_t[SP_MAX_UUIDS][4], and config.uuid_count
manifest_read_fn manifest_read_id;         // → uint16_t
manifest_read_fn manifest_read_boot_order; // 16 or 32 bits → uint16_t
manifest_read_fn manifest_read_messaging;  // added to the uint32_t, with FFA_PROP_AARCH64
manifest_read_fn
    manifest_read_notification; // no value; FFA_PROP_NOTIFICATION added to the uint32_t
manifest_read_fn manifest_read_ns_interrupts;    // → bool: queued
manifest_read_fn manifest_read_other_interrupts; // → bool: queued
manifest_read_fn manifest_read_flag;             // → bool: true
manifest_read_fn manifest_read_option;           // no value; row->max added to the uint32_t
manifest_read_fn manifest_read_base_address;     // → uint64_t, page aligned
manifest_read_fn manifest_read_fault_action;     // → enum sp_fault_action
manifest_read_fn manifest_read_interrupts; // → struct sp_device_region, interrupts and their count
manifest_read_fn manifest_read_caller_uuid; // one UUID → uint32_t[4]
manifest_read_fn manifest_read_messages;    // words → uint32_t, SP_CALL_*

#endif
