// SPDX-License-Identifier: BSD-3-Clause
//
// The FF-A boot information blob that a partition finds at its first entry, and the capability word in it. Called by
// sp_load.c and its unit test. Pure: struct in, bytes out.
#ifndef SP_BOOT_INFO_H
#define SP_BOOT_INFO_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "ffa_abi.h"
#include "spmc_limits.h"

#define SP_BOOT_INFO_REGIONS (SP_MAX_REGIONS + SP_MAX_DEVICES)

// Something with an address in the partition's space.
struct sp_boot_info_object {
    const char *name; // at most 15 characters
    uint64_t va;
    uint32_t size; // bytes
};

struct sp_boot_info {
    uint32_t version;        // FF-A version of the partition
    uint64_t seed_va;        // TESSERA_BOOT_SEED_SIZE bytes
    uint64_t sealing_key_va; // TESSERA_BOOT_KEY_SIZE bytes
    uint64_t identity_va;    // TESSERA_BOOT_KEY_SIZE bytes
    uint64_t hwcap[2];
    uint64_t heap_va; // heap_size 0: no heap, no descriptor
    uint32_t heap_size;
    uint64_t event_log_va; // event_log_size 0: no event log and no facts, no descriptors
    uint32_t event_log_size;
    uint64_t facts_va; // struct tessera_boot_facts
    uint32_t options;  // TESSERA_OPTION_*; 0: no descriptor
    uint32_t region_count;
    struct sp_boot_info_object regions[SP_BOOT_INFO_REGIONS]; // memory and devices
};

// Writes header and descriptors (DEN0077A "boot information protocol": seed, sealing key, identity, hwcap, hwcap2,
// heap, event log and facts, and options if there are any, the regions in the given order) to the `size` bytes at `blob`, 8-byte aligned. Bytes behind the
// blob stay as they are. Returns 0;
// ERR_RANGE: does not fit, more regions than SP_BOOT_INFO_REGIONS, or a name too long.
MUST_CHECK int sp_boot_info_build(void *blob, size_t size, const struct sp_boot_info *info);

// Identification registers of the core, as read.
struct sp_boot_info_cpu {
    uint64_t id_aa64pfr0;
    uint64_t id_aa64pfr1;
    uint64_t id_aa64isar0;
    uint64_t id_aa64isar1;
    uint64_t id_aa64isar2;
};

// hwcap[0], hwcap[1]: bits of Linux' AT_HWCAP and AT_HWCAP2 (arm64) for what a partition may use on this core. SVE and
// SME are never among them (they trap), nor are CPUID and EVTSTRM (system registers trap, no event stream).
void sp_boot_info_hwcap(const struct sp_boot_info_cpu *cpu, uint64_t hwcap[2]);

#endif
