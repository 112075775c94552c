// SPDX-License-Identifier: BSD-3-Clause
//
// Partition manifest (device tree, binding arm,ffa-manifest-1.0 with Tessera's own properties) → struct sp_config.
// Called by the SPMC at boot (spmc/sp_load.c), by fip-tool when it makes a package, by unit test and fuzzer. Pure: bytes in,
// struct or error out; trusts no byte of the device tree, whose structure is checked (dtb_check.h) before libfdt sees it.
// Properties and nodes that are not known are refused: a typo in a manifest must not be ignored. libfdt may use SIMD
// registers: on the target FP is enabled while this runs (boot only).
#ifndef SP_MANIFEST_H
#define SP_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "sp_config.h"

#define SP_MANIFEST_NAME_SIZE 40

// Physical memory [base, base + size).
struct sp_manifest_range {
    uint64_t base;
    uint64_t size;
};

// What a manifest is checked against.
struct sp_manifest_limits {
    uint32_t version;   // highest FF-A version that this SPMC speaks
    uint32_t messaging; // FFA_PROP_* bits that messaging-method may have
    struct sp_manifest_range ns_ram;
    struct sp_manifest_range secure_ram;
    const struct sp_manifest_range
        *reserved; // memory that the firmware uses: no region may touch it
    uint32_t reserved_count;
    const struct sp_manifest_range
        *devices; // that partitions may have: each device-region lies in one
    uint32_t device_count;
    const struct sp_manifest_range *readable; // the same, but without the right to write
    uint32_t readable_count;
    // Memory of the normal world that partitions may have together with it: each device-region with SP_REGION_NS lies in one
    const struct sp_manifest_range *ns_devices;
    uint32_t ns_device_count;
};

// Why a manifest was refused. Node and property are copies of text from the device tree, cut to the field's length: log
// them escaped. `rule` is a constant, "must …".
struct sp_manifest_error {
    char node[SP_MANIFEST_NAME_SIZE];     // "" for the root
    char property[SP_MANIFEST_NAME_SIZE]; // "" where the node itself is at fault
    const char *rule;
    int node_offset; // of the node, as libfdt counts; of use only where there is a property
    // The numbers that would have been right, where the rule is about a range; else max < min
    uint32_t min, max;
};

// Decodes the `len` bytes at `dtb` (8-byte aligned). `config` is all zero after a failure, `error` is written only then.
// ERR_TRUNCATED, ERR_INVALID (also: not a device tree), ERR_VERSION, ERR_NOT_FOUND (property missing), ERR_DUPLICATE,
// ERR_NOT_SUPPORTED (unknown property or node), ERR_RANGE, ERR_OVERLAP, ERR_NO_MEMORY (too many of something).
MUST_CHECK int sp_manifest_decode(const void *dtb, size_t len,
                                  const struct sp_manifest_limits *limits, struct sp_config *config,
                                  struct sp_manifest_error *error);

// Checks a decoded manifest against that of another partition: id and boot-order, where both name one, must differ, no
// memory or device may be in regions of both, no interrupt may be of devices of both, and one of them at most has the rollback
// counter. ERR_DUPLICATE, ERR_OVERLAP; fills `error` then.
MUST_CHECK int sp_manifest_check_other(const struct sp_config *config,
                                       const struct sp_config *other,
                                       struct sp_manifest_error *error);

#endif
