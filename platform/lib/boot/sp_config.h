// SPDX-License-Identifier: BSD-3-Clause
//
// What a partition's manifest says, once it is checked: filled by sp_manifest.c, for the SPMC (sp.h) and for fip-tool, which
// packs only what the SPMC of the same tree will take.
#ifndef SP_CONFIG_H
#define SP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "ffa_abi.h"
#include "sp_limits.h"

// What the SPMC of this tree offers, and so the most that a manifest may ask for
#define SP_CONFIG_VERSION FFA_VERSION_1_2 // of FF-A
#define SP_CONFIG_MESSAGING \
    (FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND) // bits of messaging-method

// Memory region of the manifest
#define SP_REGION_READ 1
#define SP_REGION_WRITE 2
#define SP_REGION_EXECUTE 4
#define SP_REGION_NS 8
struct sp_region {
    char description[SP_DESCRIPTION_SIZE];
    uint64_t base; // physical; 0 with allocate set: the SPMC gives pages
    uint32_t page_count;
    uint32_t attributes; // SP_REGION_*
    bool allocate;
};

// One partition's manifest. Const after boot.
struct sp_config {
    char description[SP_DESCRIPTION_SIZE];
    uint32_t version; // FFA_VERSION_1_x
    uint32_t uuid[SP_MAX_UUIDS][4];
    uint32_t uuid_count;
    uint16_t id; // 0: to be allocated
    uint16_t boot_order;
    uint32_t properties; // FFA_PROP_* of messaging-method (plus FFA_PROP_AARCH64)
    bool ns_interrupts_queued;
    bool other_interrupts_queued; // interrupts of other partitions wait for the end of its turn
    bool secure_timer;
    uint32_t watchdog_ms; // longest that one turn may take of a core without a kick; 0: no watchdog
    uint32_t stack_pages;
    uint32_t heap_pages;
    uint32_t region_count;
    struct sp_region regions[SP_MAX_REGIONS];
};

#endif
