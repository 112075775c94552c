// SPDX-License-Identifier: BSD-3-Clause
//
// One test case of the manifest reader: a good manifest with changes, and what the reader says about it. Used by
// test_sp_manifest*.c.
#ifndef MANIFEST_CASE_H
#define MANIFEST_CASE_H

#include <stddef.h>
#include <stdint.h>

#include "package_support.h"
#include "sp_manifest.h"

// What the cases' limits have
#define NS_BASE 0x40000000ull
#define NS_SIZE 0x20000000ull
#define SECURE_BASE 0x0e000000ull
#define SECURE_SIZE 0x01000000ull
#define RESERVED_BASE 0x40200000ull // in the middle, so that all relations to it are possible
#define RESERVED_SIZE 0x8000ull
#define DEVICE_BASE 0x09010000ull // devices for partitions: 32 pages, and one further up
#define DEVICE_SIZE 0x20000ull
#define DEVICE_2_BASE 0x0a000000ull
#define DEVICE_READ_BASE 0x0b000000ull // a page that partitions may read
#define DEVICE_NS_BASE \
    0x40121000ull // 5 pages of the normal world that partitions may have beside it
#define DEVICE_NS_SIZE 0x5000ull

#define CASE_DTB_SIZE 8192

extern const struct sp_manifest_limits case_limits;
extern uint8_t case_dtb[CASE_DTB_SIZE]; // the manifest
extern struct sp_config case_config;    // what the reader found
extern struct sp_manifest_error case_error;

// Makes the good manifest with these changes and regions (NULL: none) in `case_dtb`, and reads it into `case_config` and
// `case_error`. Returns what the reader does.
int case_decode(const struct package_change *changes, const struct package_region *regions);

// The same with nodes of other lists.
int case_decode_nodes(const struct package_change *changes, const struct package_region *regions,
                      const struct package_node *nodes);

// Before the reader is called: no error, and a config full of dirt.
void case_clear(void);

// The manifest was refused for this property of this node, and nothing of it is in `case_config`. `err` is for the message.
void case_refused(int err, const char *node, const char *property);

// A cell of a device tree; valid until the next call.
const uint8_t *case_cell(uint32_t value);

#endif
