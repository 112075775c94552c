// SPDX-License-Identifier: BSD-3-Clause
//
// Making the hardware device tree fit for the normal world; contract in common_fdt.h. One pass: the tree is read once,
// word by word, out of memory that devices may reach, and written anew into BL2's own memory, where everything is checked
// and decided; only when all of it is right it goes back. So nothing changes between a check and what it was for, and a
// tree that is refused stays as it was. Devicetree Specification v0.4: 5 (flattened format), 3.5 (/reserved-memory).
// Linux's binding of secure-status: arm/secure.txt.
#include "common_fdt_private.h"

#include "bits.h"
#include "cache.h"
#include "log.h"
#include "string.h"

#define RESERVATION_WORDS 4

static struct fixup fixup;

void fixup_refuse(struct fixup *fix, const char *where, const char *rule, int err)
{
    if (fix->err == ERR_NONE) {
        log_error("%s: %s: %s", fix->fdt->name, where, rule);
        fix->err = err;
    }
}

static void unreadable(struct fixup *fix)
{
    fixup_refuse(fix, "structure", "must be a readable device tree", ERR_INVALID);
}

// ---- Decisions -------------------------------------------------------------------------------------------------------

static bool fits(uint64_t value, uint32_t cells)
{
    return cells == 2 || value <= UINT32_MAX;
}

static void finish_root(struct fixup *fix, const struct fixup_level *root)
{
    if (root->drop) {
        fixup_refuse(fix, "/", "must not be of the secure world alone", ERR_INVALID);
    }
    if (root->address_cells < 1 || root->address_cells > 2 || root->size_cells < 1 ||
        root->size_cells > 2) {
        fixup_refuse(fix, "/", "#address-cells and #size-cells must be 1 or 2", ERR_INVALID);
    }
    for (uint32_t i = 0; i < fixup_region_count(fix); i++) {
        const struct common_fdt_reserved region = fixup_region(fix, i);

        if (region.size > UINT64_MAX - region.base ||
            !fits(region.base + region.size, root->address_cells) ||
            !fits(region.size, root->size_cells)) {
            fixup_refuse(fix, region.name, "address and size must fit the root's cells", ERR_RANGE);
        }
    }
}

// Linux reads a /reserved-memory only with the root's cells and with ranges.
static void finish_reserved(struct fixup *fix, const struct fixup_level *level)
{
    const struct fixup_level *root = &fix->levels[0];

    fix->reserved_seen = true;
    if (level->address_cells != root->address_cells || level->size_cells != root->size_cells) {
        fixup_refuse(fix, "/reserved-memory", "#address-cells and #size-cells must be the root's",
                     ERR_INVALID);
    }
    if (!level->ranges) {
        fixup_refuse(fix, "/reserved-memory", "ranges is missing", ERR_INVALID);
    }
    fixup_add_regions(fix);
}

// All properties of the innermost open node have been read: is it for the normal world, and what is added to it?
static void finish_properties(struct fixup *fix)
{
    struct fixup_level *level = &fix->levels[fix->depth - 1];

    if (level->properties_done) {
        return;
    }
    level->properties_done = true;
    level->drop = level->drop || (level->disabled && level->secure);
    if (level->place == PLACE_ROOT) {
        finish_root(fix, level);
    } else if (level->drop) {
        return;
    } else if (level->place == PLACE_CPUS) {
        fix->cpus_seen = true;
        fixup_add_idle_states(fix);
    } else if (level->place == PLACE_CPU && level->cpu) {
        fixup_add_to_cpu(fix);
    } else if (level->place == PLACE_RESERVED) {
        finish_reserved(fix, level);
    }
}

// A new node in `where`, the root or /reserved-memory, is none that will be added there.
static void check_new_name(struct fixup *fix, const char *where, const char *name)
{
    char ours[FIXUP_NAME_MAX];
    bool in_root = where[1] == '\0';

    for (uint32_t i = 0; i < fixup_region_count(fix); i++) {
        const struct common_fdt_reserved region = fixup_region(fix, i);

        fixup_region_name(&region, ours);
        if ((!in_root || region.compatible != NULL) && strcmp(name, ours) == 0) {
            fixup_refuse(fix, where, "must not have the firmware's nodes yet", ERR_DUPLICATE);
        }
    }
}

// A new node `name` in `parent`: what it is, and whether its name alone keeps it from the normal world. Of several with
// one name the first counts, as in libfdt's path lookup.
static void classify(struct fixup *fix, const struct fixup_level *parent, const char *name,
                     struct fixup_level *level)
{
    level->drop = parent->drop;
    if (parent->drop) {
        return;
    }
    if (parent->place == PLACE_ROOT) {
        level->drop = strcmp(name, "psci") == 0 || strcmp(name, "secure-chosen") == 0;
        if (fix->log != NULL && strcmp(name, "tpm-event-log") == 0) {
            fixup_refuse(fix, "/", "must not have a node tpm-event-log yet", ERR_DUPLICATE);
        }
        check_new_name(fix, "/", name);
        if (!fix->cpus_seen && strcmp(name, "cpus") == 0) {
            level->place = PLACE_CPUS;
        } else if (!fix->reserved_seen && strcmp(name, "reserved-memory") == 0) {
            level->place = PLACE_RESERVED;
        }
    } else if (parent->place == PLACE_CPUS) {
        level->drop = strcmp(name, "idle-states") == 0; // of another firmware
        level->place = PLACE_CPU;
    } else if (parent->place == PLACE_RESERVED) {
        check_new_name(fix, "/reserved-memory", name);
    }
}

static bool value_is(const void *value, uint32_t size, const char *text)
{
    return size == strlen(text) + 1 && memcmp(value, text, size) == 0;
}

// Learns from a property of the innermost open node. Returns whether the property stays.
static bool look_at(struct fixup *fix, const char *name, const void *value, uint32_t size)
{
    struct fixup_level *level = &fix->levels[fix->depth - 1];
    fdt32_t raw = 0;
    uint32_t cell;

    if (size == sizeof(raw)) {
        memcpy(&raw, value, sizeof(raw));
    }
    cell = fdt32_to_cpu(raw);
    if (strcmp(name, "status") == 0) {
        level->disabled = value_is(value, size, "disabled");
    } else if (strcmp(name, "secure-status") == 0) {
        level->secure = value_is(value, size, "okay") || value_is(value, size, "ok");
    } else if (strcmp(name, "phandle") == 0 || strcmp(name, "linux,phandle") == 0) {
        if (cell != UINT32_MAX && cell > fix->phandle_max) { // 0 and the highest are none
            fix->phandle_max = cell;
        }
    } else if (strcmp(name, "#address-cells") == 0) {
        level->address_cells = cell;
    } else if (strcmp(name, "#size-cells") == 0) {
        level->size_cells = cell;
    } else if (strcmp(name, "ranges") == 0) {
        level->ranges = true;
    } else if (strcmp(name, "device_type") == 0) {
        level->cpu = value_is(value, size, "cpu");
    } else if (level->place == PLACE_CPU) { // how another firmware starts it
        return strcmp(name, "enable-method") != 0 && strcmp(name, "cpu-release-addr") != 0 &&
               strcmp(name, "cpu-idle-states") != 0;
    }
    return true;
}

// ---- Reading ---------------------------------------------------------------------------------------------------------

// The next word of the tree, read once; the caller has seen that one is left.
static uint32_t next_word(struct fixup *fix)
{
    fix->words_left--;
    return fdt32_to_cpu(*fix->from++);
}

// Copies a node's name to the new structure. It ends in the first word that has a zero byte.
static void copy_name(struct fixup *fix)
{
    uint32_t word;

    do {
        if (fix->words_left == 0) {
            unreadable(fix);
            return;
        }
        word = next_word(fix);
        fixup_put_word(fix, word);
    } while ((word >> 24) != 0 && (word >> 16 & 0xff) != 0 && (word >> 8 & 0xff) != 0 &&
             (word & 0xff) != 0);
}

static void begin_node(struct fixup *fix)
{
    struct fixup_level level = { .address_cells = 2, .size_cells = 1 }; // if the node does not say

    if (fix->depth == DTB_MAX_DEPTH) {
        fixup_refuse(fix, "structure", "must not have nodes deeper than 16", ERR_INVALID);
        return;
    }
    if (fix->depth != 0) {
        finish_properties(fix);
    }
    level.begin = fix->used;
    fixup_put_word(fix, FDT_BEGIN_NODE);
    copy_name(fix);
    if (fix->err != ERR_NONE) {
        return; // what is in the new structure may have no name
    }
    if (fix->depth == 0) {
        level.place = PLACE_ROOT;
    } else {
        const uint8_t *name = fix->structure + level.begin + sizeof(fdt32_t);

        classify(fix, &fix->levels[fix->depth - 1], (const char *)name, &level);
    }
    fix->levels[fix->depth++] = level;
}

static void end_node(struct fixup *fix)
{
    const struct fixup_level *level = &fix->levels[fix->depth - 1];

    finish_properties(fix);
    if (level->place == PLACE_ROOT) {
        fixup_add_psci(fix);
        fixup_add_event_log(fix);
        fixup_add_devices(fix);
        if (!fix->reserved_seen && fixup_region_count(fix) != 0) {
            fixup_add_reserved_memory(fix);
        }
    }
    if (level->drop) {
        fix->used = level->begin;
    } else {
        fixup_put_word(fix, FDT_END_NODE);
    }
    fix->depth--;
}

static void property(struct fixup *fix)
{
    uint32_t begin = fix->used;
    uint32_t size;
    uint32_t name;

    if (fix->levels[fix->depth - 1].properties_done || fix->words_left < 2) {
        unreadable(fix);
        return;
    }
    size = next_word(fix);
    name = next_word(fix);
    if (size > fix->words_left * sizeof(fdt32_t) || name >= fix->own_names) {
        unreadable(fix);
        return;
    }
    fixup_put_word(fix, FDT_PROP);
    fixup_put_word(fix, size);
    fixup_put_word(fix, name);
    fixup_copy_words(fix, ALIGN_UP(size, 4u) / (uint32_t)sizeof(fdt32_t));
    if (fix->err == ERR_NONE &&
        !look_at(fix, fix->strings + name, fix->structure + begin + 3 * sizeof(fdt32_t), size)) {
        fix->used = begin;
    }
}

static void read_structure(struct fixup *fix)
{
    while (fix->err == ERR_NONE) {
        uint32_t tag = fix->words_left == 0 ? 0 : next_word(fix);

        if (tag == FDT_BEGIN_NODE && (fix->depth != 0 || fix->used == 0)) {
            begin_node(fix);
        } else if (tag == FDT_END_NODE && fix->depth != 0) {
            end_node(fix);
        } else if (tag == FDT_PROP && fix->depth != 0) {
            property(fix);
        } else if (tag == FDT_END && fix->depth == 0 && fix->used != 0) {
            fixup_put_word(fix, FDT_END);
            return;
        } else if (tag != FDT_NOP) { // what was erased before leaves the tree
            unreadable(fix);
        }
    }
}

// ---- The blocks ------------------------------------------------------------------------------------------------------

static void copy_header(struct fixup *fix)
{
    const volatile fdt32_t *from = (const volatile fdt32_t *)(uintptr_t)fix->fdt->base;
    fdt32_t words[sizeof(fix->header) / sizeof(fdt32_t)];

    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        words[i] = from[i];
    }
    memcpy(&fix->header, words, sizeof(words));
}

// Whether the list of reservations ends before the structure block begins.
static bool reservations_end(const struct fixup *fix)
{
    uint32_t end = fdt_off_dt_struct(&fix->header);
    uint32_t at = fdt_off_mem_rsvmap(&fix->header);
    const volatile fdt32_t *word = (const volatile fdt32_t *)(uintptr_t)(fix->fdt->base + at);

    for (; at <= end && end - at >= RESERVATION_WORDS * sizeof(fdt32_t);
         at += RESERVATION_WORDS * (uint32_t)sizeof(fdt32_t)) {
        fdt32_t any = 0;

        for (uint32_t i = 0; i < RESERVATION_WORDS; i++) {
            any |= *word++;
        }
        if (any == 0) {
            return true;
        }
    }
    return false;
}

// Reservations, structure, strings, room: in this order, and inside the tree's memory. dtb_check() has seen the tree, but
// not this copy of its header.
static void check_blocks(struct fixup *fix)
{
    const struct fdt_header *header = &fix->header;
    uint32_t total = fdt_totalsize(header);
    uint32_t structure = fdt_off_dt_struct(header);
    uint32_t strings = fdt_off_dt_strings(header);

    if (fdt_magic(header) != FDT_MAGIC || fdt_version(header) != FDT_LAST_SUPPORTED_VERSION) {
        fixup_refuse(fix, "header", "must be a device tree of version 17", ERR_INVALID);
    } else if (total > fix->fdt->size || strings > total ||
               fdt_size_dt_strings(header) > total - strings || strings < structure ||
               strings - structure < fdt_size_dt_struct(header)) {
        fixup_refuse(fix, "header", "must have structure and strings inside, in this order",
                     ERR_INVALID);
    } else if (fdt_off_mem_rsvmap(header) < sizeof(*header) ||
               ((fdt_off_mem_rsvmap(header) | structure) & 3) != 0 || !reservations_end(fix)) {
        fixup_refuse(fix, "header", "must have reservations that end before the structure",
                     ERR_INVALID);
    }
}

static void copy_strings(struct fixup *fix)
{
    const volatile char *from =
        (const volatile char *)(uintptr_t)(fix->fdt->base + fdt_off_dt_strings(&fix->header));
    uint32_t size = fdt_size_dt_strings(&fix->header);

    if (size > sizeof(fix->strings)) {
        fixup_refuse(fix, "strings", "must not be larger than BL2 can take", ERR_NO_MEMORY);
        return;
    }
    for (uint32_t i = 0; i < size; i++) {
        fix->strings[i] = from[i];
    }
    if (size == 0 || fix->strings[size - 1] != '\0') {
        fixup_refuse(fix, "strings", "must end with a zero", ERR_INVALID);
    }
    fix->strings_used = size;
}

// Everything that can be wrong, and the new blocks. The tree stays as it is.
static void prepare(struct fixup *fix)
{
    uint32_t structure;

    if (fix->log != NULL && fix->log->used > fix->log->size) {
        fixup_refuse(fix, "event-log", "must fit its memory", ERR_RANGE);
    }
    copy_header(fix);
    check_blocks(fix);
    if (fix->err == ERR_NONE) {
        copy_strings(fix);
    }
    if (fix->err != ERR_NONE) {
        return;
    }
    fixup_put_names(fix);
    structure = fdt_off_dt_struct(&fix->header);
    fix->from = (const volatile fdt32_t *)(uintptr_t)(fix->fdt->base + structure);
    fix->words_left = fdt_size_dt_struct(&fix->header) / (uint32_t)sizeof(fdt32_t);
    read_structure(fix);
    if (!fix->cpus_seen) {
        fixup_refuse(fix, "/cpus", "is missing", ERR_NOT_FOUND);
    }
    fixup_patch_phandles(fix);
    if (fix->used + fix->strings_used > fdt_totalsize(&fix->header) - structure) {
        fixup_refuse(fix, "header", "must have room for the firmware's nodes in totalsize",
                     ERR_NO_MEMORY);
    }
}

// The new blocks take the place of the old ones, of which nothing is left behind them.
static void apply(const struct fixup *fix)
{
    uint8_t *tree = (uint8_t *)(uintptr_t)fix->fdt->base;
    struct fdt_header header = fix->header;
    uint32_t structure = fdt_off_dt_struct(&header);
    uint32_t strings = structure + fix->used;
    uint32_t end = strings + fix->strings_used;
    uint32_t old_end = fdt_off_dt_strings(&header) + fdt_size_dt_strings(&header);

    memcpy(tree + structure, fix->structure, fix->used);
    memcpy(tree + strings, fix->strings, fix->strings_used);
    if (old_end > end) {
        memset(tree + end, 0, old_end - end);
        end = old_end;
    }
    fdt_set_size_dt_struct(&header, fix->used);
    fdt_set_off_dt_strings(&header, strings);
    fdt_set_size_dt_strings(&header, fix->strings_used);
    memcpy(tree, &header, sizeof(header));

    // The normal world reads the tree with its caches off at first
    cache_clean_range((uintptr_t)tree, sizeof(header));
    cache_clean_range((uintptr_t)tree + structure, end - structure);
}

int common_fdt_fixup(struct common_fdt *fdt, const struct common_fdt_reserved *reserved,
                     uint32_t count, const struct event_log_copy *log)
{
    struct fixup *fix = &fixup;

    memset(fix, 0, offsetof(struct fixup, strings)); // the blocks follow
    fix->fdt = fdt;
    fix->reserved = reserved;
    fix->reserved_count = count;
    fix->log = log;
    prepare(fix);
    if (fix->err == ERR_NONE) {
        apply(fix);
        fdt->secure_chosen = -1; // gone
    }
    return fix->err;
}
