// SPDX-License-Identifier: BSD-3-Clause
//
// What common_fdt_fixup.c (reads a tree and decides) and common_fdt_write.c (writes the new one) share: the rewriting of one
// tree, in BL2's own memory.
#ifndef COMMON_FDT_PRIVATE_H
#define COMMON_FDT_PRIVATE_H

#include <libfdt.h>

#include "board.h"
#include "common_fdt.h"
#include "dtb_check.h"

#define FIXUP_STRUCTURE_MAX 0x10000 // bytes of the new structure block; QEMU's has 0x2400
#define FIXUP_STRINGS_MAX 0x2000
#define FIXUP_NAME_MAX 48 // of a reserved region's node
#define FIXUP_PATCHES_MAX (BOARD_MAX_IDLE_STATES * (BOARD_CORE_MAX + 1))

// What a node is to us.
enum fixup_place {
    PLACE_OTHER,
    PLACE_ROOT,
    PLACE_CPUS,
    PLACE_CPU, // any node in /cpus; struct fixup_level, cpu tells whether it is one
    PLACE_RESERVED,
};

// An open node.
struct fixup_level {
    enum fixup_place place;
    uint32_t begin;       // where it starts in the new structure
    bool properties_done; // a child was seen, or its end
    bool drop;            // not for the normal world: goes when it closes, with all that is in it
    bool disabled;        // status = "disabled"
    bool secure;          // secure-status = "okay"
    bool cpu;             // device_type = "cpu"
    bool ranges;
    uint32_t address_cells;
    uint32_t size_cells;
};

// The rewriting of one tree.
struct fixup {
    const struct common_fdt *fdt;
    const struct common_fdt_reserved *reserved;
    uint32_t reserved_count;
    const struct event_log_copy *log; // NULL: none
    int err;                          // of the first failure: writing stops there

    // The tree: its header, read once and written back when all is done; what is left of its structure block
    struct fdt_header header;
    const volatile fdt32_t *from;
    uint32_t words_left;

    // Where the walk is and what it has seen
    uint32_t depth; // open nodes
    struct fixup_level levels[DTB_MAX_DEPTH];
    bool cpus_seen;
    bool reserved_seen;
    uint32_t phandle_max;

    // The new blocks. Where `patches` point, the structure has the number of an idle state instead of its phandle
    uint32_t patch_count;
    uint32_t patches[FIXUP_PATCHES_MAX];
    uint32_t own_names; // end of the tree's own strings: those of new properties' names follow
    uint32_t strings_used;
    uint32_t used;
    char strings[FIXUP_STRINGS_MAX];
    uint8_t structure[FIXUP_STRUCTURE_MAX] __attribute__((aligned(4)));
};

// Logs "name: where: rule", keeps `err` if it is the first failure.
void fixup_refuse(struct fixup *fix, const char *where, const char *rule, int err);

// common_fdt_write.c. Nothing there happens after a failure; a block that is full is one (ERR_NO_MEMORY).
//
// Appends a word to the structure block.
void fixup_put_word(struct fixup *fix, uint32_t value);

// Appends the next `count` words of the tree, of which that many are left, each read once.
void fixup_copy_words(struct fixup *fix, uint32_t count);

// Puts the names of the properties that follow behind the tree's own strings.
void fixup_put_names(struct fixup *fix);

// New things where the structure block ends now: /psci; /tpm-event-log, if there is a log; what is reached through a region; the states of board.idle_states
// in /cpus; how a core is started and which of the states it has; the nodes of all regions; /reserved-memory with them.
// The cells are those of levels[0], the root.
void fixup_add_psci(struct fixup *fix);
void fixup_add_event_log(struct fixup *fix);
void fixup_add_devices(struct fixup *fix);
void fixup_add_idle_states(struct fixup *fix);
void fixup_add_to_cpu(struct fixup *fix);
void fixup_add_regions(struct fixup *fix);
void fixup_add_reserved_memory(struct fixup *fix);

// What /reserved-memory gets: the regions of `reserved`, then the memory of the event log, if there is one.
uint32_t fixup_region_count(const struct fixup *fix);
struct common_fdt_reserved fixup_region(const struct fixup *fix, uint32_t number);

// The name of a region's node.
void fixup_region_name(const struct common_fdt_reserved *region, char name[FIXUP_NAME_MAX]);

// All of the tree has been seen: the idle states get phandles behind its highest one. ERR_RANGE: none are left.
void fixup_patch_phandles(struct fixup *fix);

#endif
