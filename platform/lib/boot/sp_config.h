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
#define SP_CONFIG_MESSAGING                                                                    \
    (FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND | FFA_PROP_INDIRECT | FFA_PROP_DIRECT2_RECV | \
     FFA_PROP_DIRECT2_SEND) // bits of messaging-method

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

// Who may call the partition, and with what
#define SP_CALL_DIRECT 0x01
#define SP_CALL_DIRECT2 0x02
#define SP_CALL_INDIRECT 0x04
#define SP_CALL_NOTIFY 0x08
#define SP_CALL_MEMORY 0x10
struct sp_caller {
    bool normal_world; // else a partition with this UUID
    uint32_t uuid[4];
    uint32_t messages; // SP_CALL_*
};

// What follows when the partition faults
enum sp_fault_action {
    SP_FAULT_STOP = 0, // it is stopped, all else goes on
    SP_FAULT_RESET,    // the machine resets
};

// A device that the partition has; with SP_REGION_NS none, but memory that it has together with the normal world. Interrupts: secure SPIs; attributes as in DEN0077A, device-regions.
#define SP_INTERRUPT_PRIORITY 0x0ff
#define SP_INTERRUPT_SECURE 0x100
#define SP_INTERRUPT_LEVEL 0x200 // else edge-triggered
#define SP_INTERRUPT_SPI 0x800   // bits 11:10
#define SP_INTERRUPT_FIRST 32
#define SP_INTERRUPT_LAST 1019
#define SP_INTERRUPT_PRIORITY_FIRST 0x40 // the most urgent one
#define SP_INTERRUPT_PRIORITY_LAST 0x7f
struct sp_device_interrupt {
    uint32_t id;         // of the interrupt controller
    uint32_t attributes; // SP_INTERRUPT_*
};
struct sp_device_region {
    char description[SP_DESCRIPTION_SIZE];
    uint64_t base; // physical
    uint32_t page_count;
    uint32_t attributes; // SP_REGION_READ, SP_REGION_WRITE, SP_REGION_NS
    uint32_t interrupt_count;
    struct sp_device_interrupt interrupts[SP_MAX_DEVICE_INTERRUPTS];
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
    uint32_t device_count;
    struct sp_device_region devices[SP_MAX_DEVICES];
    uint32_t caller_count; // none: nobody may call it
    struct sp_caller callers[SP_MAX_CALLERS];
    uint32_t memory_handles; // most memory transactions at once, as sender, and as borrower
    uint32_t memory_pages;   // most pages in them, the same
    bool rollback_counter;   // has the machine's one counter for that (sp.h: sp_counter_read)
    bool boot_log;           // is told what the boot measured (sp.h: sp_event_log, sp_boot_facts)
    bool clock;              // may ask for the time (sp.h: sp_clock_ms)
    uint32_t options;        // TESSERA_OPTION_*, for itself
    enum sp_fault_action fault_action;
};

#endif
