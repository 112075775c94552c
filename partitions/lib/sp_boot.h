// SPDX-License-Identifier: BSD-3-Clause
//
// Decoder of the FF-A boot information blob (DEN0077A "Boot information protocol") with Tessera's
// descriptors. Pure: runs in partitions (sp_start.c) and in unit tests. The blob comes from the
// SPMC and is still checked.
#ifndef SP_BOOT_H
#define SP_BOOT_H

#include "sp.h"

#define SP_BOOT_BLOB_MAX 4096  // the SPMC gives one page
#define SP_BOOT_MAX_REGIONS 12 // memory-regions and device-regions of one manifest

struct sp_boot {
    uintptr_t seed;        // address of TESSERA_BOOT_SEED_SIZE bytes
    uintptr_t sealing_key; // address of TESSERA_BOOT_KEY_SIZE bytes
    uintptr_t identity;    // address of TESSERA_BOOT_KEY_SIZE bytes
    uintptr_t heap_base;
    size_t heap_size; // 0: none
    uint64_t hwcap;
    uint64_t hwcap2;
    uint32_t options;              // TESSERA_OPTION_*
    struct sp_event_log event_log; // size 0: none
    uintptr_t facts;               // address of a struct tessera_boot_facts; 0: none
    uint32_t region_count;
    struct sp_region regions[SP_BOOT_MAX_REGIONS];
};

// Reads the blob at `blob` (8-byte aligned, SP_BOOT_BLOB_MAX bytes readable) into `boot`.
// Descriptors of unknown type are skipped. `boot` is written on success only; addresses in it are
// not followed here.
// ERR_INVALID: signature, alignment, reserved bits, name or size of a descriptor; ERR_VERSION: not
// 1.x or descriptors of another size; ERR_RANGE: outside of the blob; ERR_DUPLICATE; ERR_NO_MEMORY:
// too many regions; ERR_NOT_FOUND: no seed, no sealing key or no identity.
MUST_CHECK int sp_boot_decode(const void *blob, struct sp_boot *boot);

#endif
