// SPDX-License-Identifier: BSD-3-Clause
//
// Announcing the event log in the hardware device tree; contract in common_fdt.h. The new nodes are written into a small
// buffer first, so that everything that can fail has failed before the tree changes. They go right behind the properties
// of the node that they are put into, their properties' names behind the strings block. The tree lies in memory that
// devices may reach: every place that is written is computed with one copy of the header, which has been checked. Devicetree
// Specification v0.4: 5 (flattened format), 3.5 (/reserved-memory).
#include "common_fdt.h"

#include <libfdt.h>

#include "assert.h"
#include "bits.h"
#include "cache.h"
#include "log.h"
#include "printf.h"
#include "string.h"

#define NODES_MAX 256 // bytes of the new nodes of one place; see build_*
#define NODE_NAME_MAX 32

// Added to the strings block as it stands: looking for each name in the block would save a few bytes
static const struct {
    char address_cells[sizeof("#address-cells")];
    char size_cells[sizeof("#size-cells")];
    char ranges[sizeof("ranges")];
    char reg[sizeof("reg")];
    char compatible[sizeof("compatible")];
    char log_addr[sizeof("tpm_event_log_addr")];
    char log_size[sizeof("tpm_event_log_size")];
} names = {
    "#address-cells",     "#size-cells",        "ranges", "reg", "compatible",
    "tpm_event_log_addr", "tpm_event_log_size",
};
#define NAME(member) offsetof(__typeof__(names), member)

// Nodes that are put into one place of the structure block.
struct nodes {
    uint32_t at; // offset in the structure block
    uint32_t used;
    uint32_t strings; // where `names` will be in the strings block
    uint8_t bytes[NODES_MAX];
};

// All that is known about what to add.
struct addition {
    struct fdt_header header; // of the tree: read once, written back when all is done
    uint64_t base;
    uint64_t size;
    uint32_t used;
    uint32_t address_cells; // of the root
    uint32_t size_cells;
    char node_name[NODE_NAME_MAX]; // event-log@…
    uint32_t description;          // offset of tpm-event-log in `top`
    struct nodes top;              // into the root
    struct nodes reserved;         // into a /reserved-memory that is there; used = 0: none is
};

static int refuse(const struct common_fdt *fdt, const char *where, const char *rule, int result)
{
    log_error("%s: %s: %s", fdt->name, where, rule);
    return result;
}

// ---- New nodes -------------------------------------------------------------------------------------------------------

// Appends `size` bytes and zeros up to the next 32-bit word.
static void put(struct nodes *nodes, const void *bytes, uint32_t size)
{
    assert(ALIGN_UP(size, 4u) <= sizeof(nodes->bytes) - nodes->used);
    memset(nodes->bytes + nodes->used, 0, ALIGN_UP(size, 4u));
    memcpy(nodes->bytes + nodes->used, bytes, size);
    nodes->used += ALIGN_UP(size, 4u);
}

static void put_word(struct nodes *nodes, uint32_t value)
{
    fdt32_t cell = cpu_to_fdt32(value);

    put(nodes, &cell, sizeof(cell));
}

static void begin_node(struct nodes *nodes, const char *name)
{
    put_word(nodes, FDT_BEGIN_NODE);
    put(nodes, name, (uint32_t)strlen(name) + 1);
}

// `name`: NAME() of the property
static void begin_property(struct nodes *nodes, size_t name, uint32_t size)
{
    put_word(nodes, FDT_PROP);
    put_word(nodes, size);
    put_word(nodes, nodes->strings + (uint32_t)name);
}

static void put_cells(struct nodes *nodes, uint64_t value, uint32_t cells)
{
    if (cells == 2) {
        put_word(nodes, (uint32_t)(value >> 32));
    }
    put_word(nodes, (uint32_t)value);
}

static void property_cells(struct nodes *nodes, size_t name, uint64_t value, uint32_t cells)
{
    begin_property(nodes, name, cells * (uint32_t)sizeof(fdt32_t));
    put_cells(nodes, value, cells);
}

static void build_event_log(struct nodes *nodes, const struct addition *add)
{
    begin_node(nodes, add->node_name);
    begin_property(nodes, NAME(reg),
                   (add->address_cells + add->size_cells) * (uint32_t)sizeof(fdt32_t));
    put_cells(nodes, add->base, add->address_cells);
    put_cells(nodes, add->size, add->size_cells);
    put_word(nodes, FDT_END_NODE);
}

static void build_reserved_memory(struct nodes *nodes, const struct addition *add)
{
    begin_node(nodes, "reserved-memory");
    property_cells(nodes, NAME(address_cells), add->address_cells, 1);
    property_cells(nodes, NAME(size_cells), add->size_cells, 1);
    begin_property(nodes, NAME(ranges), 0); // empty: the same addresses as outside
    build_event_log(nodes, add);
    put_word(nodes, FDT_END_NODE);
}

static void build_description(struct nodes *nodes, const struct addition *add)
{
    static const char compatible[] = "arm,tpm_event_log";

    begin_node(nodes, "tpm-event-log");
    begin_property(nodes, NAME(compatible), sizeof(compatible));
    put(nodes, compatible, sizeof(compatible));
    property_cells(nodes, NAME(log_addr), add->base, 2);
    property_cells(nodes, NAME(log_size), add->used, 1);
    put_word(nodes, FDT_END_NODE);
}

// ---- Checks ----------------------------------------------------------------------------------------------------------

// Each word once, whatever the compiler thinks of it: nobody else's later change is in the copy.
static void copy_header(const struct common_fdt *fdt, struct fdt_header *header)
{
    const volatile fdt32_t *from = (const volatile fdt32_t *)(uintptr_t)fdt->base;
    fdt32_t words[sizeof(*header) / sizeof(fdt32_t)];

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        words[i] = from[i];
    }
    memcpy(header, words, sizeof(words));
}

// Structure and strings must follow each other, the room behind them: then a move changes one offset only. dtb_check()
// has seen the rest, but not this copy: it must lie inside the tree's memory once more.
static int check_blocks(const struct common_fdt *fdt, const struct fdt_header *header)
{
    int entries = fdt_num_mem_rsv((const void *)(uintptr_t)fdt->base);
    uint32_t rsvmap = fdt_off_mem_rsvmap(header);
    uint32_t structure = fdt_off_dt_struct(header);
    uint32_t strings = fdt_off_dt_strings(header);

    if (entries < 0 || structure < rsvmap ||
        (structure - rsvmap) / sizeof(struct fdt_reserve_entry) <= (uint32_t)entries ||
        strings < structure || strings - structure < fdt_size_dt_struct(header)) {
        return refuse(fdt, "header", "must have reservations, structure, strings in this order",
                      ERR_INVALID);
    }
    if (fdt_totalsize(header) > fdt->size || strings > fdt_totalsize(header) ||
        fdt_size_dt_strings(header) > fdt_totalsize(header) - strings) {
        return refuse(fdt, "header", "must have all blocks inside the tree", ERR_INVALID);
    }
    return ERR_NONE;
}

// Whether a number fits `cells` cells.
static bool fits(uint64_t value, uint32_t cells)
{
    return cells == 2 || value <= UINT32_MAX;
}

static int check_numbers(const struct common_fdt *fdt, struct addition *add)
{
    const void *tree = (const void *)(uintptr_t)fdt->base;
    int address_cells = fdt_address_cells(tree, 0);
    int size_cells = fdt_size_cells(tree, 0);

    if (address_cells < 1 || address_cells > 2 || size_cells < 1 || size_cells > 2) {
        return refuse(fdt, "/", "#address-cells and #size-cells must be 1 or 2", ERR_INVALID);
    }
    add->address_cells = (uint32_t)address_cells;
    add->size_cells = (uint32_t)size_cells;
    if (add->used > add->size || add->size > UINT64_MAX - add->base ||
        !fits(add->base + add->size, add->address_cells) || !fits(add->size, add->size_cells)) {
        return refuse(fdt, "event log", "address and size must fit the root's cells", ERR_RANGE);
    }
    return ERR_NONE;
}

// Offset behind the properties of a node: of its first child or its end. Negative: the tree is broken.
static int children_offset(const void *tree, int node)
{
    int next = node;
    int at;
    uint32_t tag = fdt_next_tag(tree, node, &next);

    do {
        at = next;
        tag = at < 0 ? FDT_END : fdt_next_tag(tree, at, &next);
    } while (tag == FDT_PROP || tag == FDT_NOP);
    return tag == FDT_BEGIN_NODE || tag == FDT_END_NODE ? at : -1;
}

// A /reserved-memory of the machine: Linux reads it only with the root's cells and with ranges.
static int check_reserved(const struct common_fdt *fdt, const struct addition *add)
{
    const void *tree = (const void *)(uintptr_t)fdt->base;
    int node = fdt->reserved_memory;

    if (fdt_address_cells(tree, node) != (int)add->address_cells ||
        fdt_size_cells(tree, node) != (int)add->size_cells) {
        return refuse(fdt, "/reserved-memory", "#address-cells and #size-cells must be the root's",
                      ERR_INVALID);
    }
    if (fdt_getprop(tree, node, "ranges", NULL) == NULL) {
        return refuse(fdt, "/reserved-memory", "ranges is missing", ERR_INVALID);
    }
    if (fdt_subnode_offset(tree, node, add->node_name) >= 0) {
        return refuse(fdt, "/reserved-memory", "must not have the event log's node yet",
                      ERR_DUPLICATE);
    }
    return ERR_NONE;
}

static int find_places(const struct common_fdt *fdt, struct addition *add)
{
    const void *tree = (const void *)(uintptr_t)fdt->base;
    int top = children_offset(tree, 0);
    int reserved = fdt->reserved_memory < 0 ? 0 : children_offset(tree, fdt->reserved_memory);

    if (top < 0 || reserved < 0 || (uint32_t)top > fdt_size_dt_struct(&add->header) ||
        (uint32_t)reserved > fdt_size_dt_struct(&add->header)) {
        return refuse(fdt, "structure", "must be a readable device tree", ERR_INVALID);
    }
    add->top = (struct nodes){ .at = (uint32_t)top, .strings = fdt_size_dt_strings(&add->header) };
    add->reserved = (struct nodes){ .at = (uint32_t)reserved, .strings = add->top.strings };
    return ERR_NONE;
}

// Everything that can be wrong, then the new nodes. The tree stays as it is.
static int prepare(const struct common_fdt *fdt, struct addition *add)
{
    const struct fdt_header *header = &add->header;
    uint32_t room;
    int err;

    copy_header(fdt, &add->header);
    err = check_blocks(fdt, header);

    if (err == ERR_NONE && fdt->event_log >= 0) {
        err = refuse(fdt, "/", "must not have a node tpm-event-log yet", ERR_DUPLICATE);
    }
    if (err == ERR_NONE) {
        err = check_numbers(fdt, add);
    }
    printf_format(add->node_name, sizeof(add->node_name), "event-log@%llx",
                  (unsigned long long)add->base);
    if (err == ERR_NONE && fdt->reserved_memory >= 0) {
        err = check_reserved(fdt, add);
    }
    if (err == ERR_NONE) {
        err = find_places(fdt, add);
    }
    if (err != ERR_NONE) {
        return err;
    }
    if (fdt->reserved_memory < 0) {
        build_reserved_memory(&add->top, add);
    } else {
        build_event_log(&add->reserved, add);
    }
    add->description = add->top.used;
    build_description(&add->top, add);
    room = fdt_totalsize(header) - fdt_off_dt_strings(header) - fdt_size_dt_strings(header);
    if (add->top.used + add->reserved.used + sizeof(names) > room) {
        return refuse(fdt, "header", "must have room for the event log's nodes in totalsize",
                      ERR_NO_MEMORY);
    }
    return ERR_NONE;
}

// ---- The change ------------------------------------------------------------------------------------------------------

// Moves everything from nodes->at to the end of the strings and fills the gap; the caller has seen that there is room.
static void insert(struct common_fdt *fdt, struct fdt_header *header, const struct nodes *nodes)
{
    uint8_t *tree = (uint8_t *)(uintptr_t)fdt->base;
    uint8_t *at = tree + fdt_off_dt_struct(header) + nodes->at;
    uint8_t *end = tree + fdt_off_dt_strings(header) + fdt_size_dt_strings(header);

    memmove(at + nodes->used, at, (size_t)(end - at));
    memcpy(at, nodes->bytes, nodes->used);
    fdt_set_size_dt_struct(header, fdt_size_dt_struct(header) + nodes->used);
    fdt_set_off_dt_strings(header, fdt_off_dt_strings(header) + nodes->used);
    if (fdt->secure_chosen >= (int)nodes->at) {
        fdt->secure_chosen += (int)nodes->used;
    }
    if (fdt->reserved_memory >= (int)nodes->at) {
        fdt->reserved_memory += (int)nodes->used;
    }
}

int common_fdt_add_event_log(struct common_fdt *fdt, uint64_t base, uint64_t size, uint32_t used)
{
    uint8_t *tree = (uint8_t *)(uintptr_t)fdt->base;
    struct addition add = { .base = base, .size = size, .used = used };
    struct fdt_header *header = &add.header;
    uint32_t strings_end;
    uint32_t from;
    int err = prepare(fdt, &add);

    if (err != ERR_NONE) {
        return err;
    }
    if (add.reserved.used != 0) {
        insert(fdt, header, &add.reserved); // first: it lies behind the root's first child
    }
    insert(fdt, header, &add.top);
    strings_end = fdt_off_dt_strings(header) + fdt_size_dt_strings(header);
    memcpy(tree + strings_end, &names, sizeof(names));
    fdt_set_size_dt_strings(header, fdt_size_dt_strings(header) + (uint32_t)sizeof(names));
    memcpy(tree, header, sizeof(*header));
    fdt->event_log = (int)(add.top.at + add.description);

    // The normal world reads the tree with its caches off at first
    from = fdt_off_dt_struct(header) + add.top.at;
    cache_clean_range((uintptr_t)tree, sizeof(*header));
    cache_clean_range((uintptr_t)tree + from, strings_end + sizeof(names) - from);
    return ERR_NONE;
}
