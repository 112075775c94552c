// SPDX-License-Identifier: BSD-3-Clause
//
// Device tree soundness, see dtb_check.h. One walk over the structure block; offsets and lengths are compared with what is left
// before they are used. Called by sp_manifest.c and BL2 before libfdt; trusts no byte of the tree.
#include "dtb_check.h"

#include <stdbool.h>
#include <stdint.h>

#include "bits.h"

// Device tree header, big-endian 32-bit words (Devicetree Specification 5.2)
enum {
    WORD_MAGIC,
    WORD_TOTALSIZE,
    WORD_OFF_STRUCT,
    WORD_OFF_STRINGS,
    WORD_OFF_RSVMAP,
    WORD_VERSION,
    WORD_LAST_COMPATIBLE,
    WORD_BOOT_CPU,
    WORD_SIZE_STRINGS,
    WORD_SIZE_STRUCT,
    HEADER_WORDS,
};

#define HEADER_SIZE (4u * HEADER_WORDS)
#define DTB_MAGIC 0xd00dfeedu
#define DTB_VERSION 17u
#define DTB_LAST_COMPATIBLE 16u
#define RSVMAP_ENTRY 16u

#define TAG_BEGIN_NODE 1u
#define TAG_END_NODE 2u
#define TAG_PROP 3u
#define TAG_NOP 4u
#define TAG_END 9u

struct walk {
    const uint8_t *at; // structure block from here on
    uint32_t left;     // bytes of it, a multiple of 4
    const uint8_t *strings;
    uint32_t strings_size;
    uint32_t depth;
    bool root_seen;
    bool node_closed; // the last node tag closed a node: its parent may have no more properties
    const char *why;
};

static uint32_t word(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static int refuse(struct walk *walk, const char *why)
{
    walk->why = why;
    return ERR_INVALID;
}

// Whether a NUL follows within `size` bytes; *length: characters before it.
static bool terminated(const uint8_t *text, uint32_t size, uint32_t *length)
{
    for (uint32_t i = 0; i < size; i++) {
        if (text[i] == 0) {
            *length = i;
            return true;
        }
    }
    return false;
}

// Goes on by `size` bytes and what is missing to the next word; the caller has seen that `size` bytes are left.
static void advance(struct walk *walk, uint32_t size)
{
    uint32_t step = ALIGN_UP(size, 4u); // left is a multiple of 4, so this is not more

    walk->at += step;
    walk->left -= step;
}

static int begin_node(struct walk *walk)
{
    uint32_t length = 0;

    if (walk->depth == 0 && walk->root_seen) {
        return refuse(walk, "must have one root node");
    }
    if (walk->depth == DTB_MAX_DEPTH) {
        return refuse(walk, "must not have nodes deeper than 16");
    }
    if (!terminated(walk->at, walk->left, &length)) {
        return refuse(walk, "must have node names that end");
    }
    walk->root_seen = true;
    walk->node_closed = false;
    walk->depth++;
    advance(walk, length + 1);
    return 0;
}

static int end_node(struct walk *walk)
{
    if (walk->depth == 0) {
        return refuse(walk, "must not close more nodes than it opens");
    }
    walk->depth--;
    walk->node_closed = true;
    return 0;
}

static int property(struct walk *walk)
{
    uint32_t size;
    uint32_t name;
    uint32_t length = 0;

    if (walk->depth == 0) {
        return refuse(walk, "must have properties in nodes only");
    }
    if (walk->node_closed) {
        return refuse(walk, "must have the properties of a node before the nodes in it");
    }
    if (walk->left < 8) {
        return refuse(walk, "must have whole property headers");
    }
    size = word(walk->at);
    name = word(walk->at + 4);
    advance(walk, 8);
    if (size > walk->left) {
        return refuse(walk, "must have property values inside the structure block");
    }
    if (name >= walk->strings_size ||
        !terminated(walk->strings + name, walk->strings_size - name, &length)) {
        return refuse(walk, "must have property names inside the strings block");
    }
    advance(walk, size);
    return 0;
}

static int check_structure(struct walk *walk)
{
    int err = 0;

    while (err == 0 && walk->left >= 4) {
        uint32_t tag = word(walk->at);

        advance(walk, 4);
        switch (tag) {
        case TAG_BEGIN_NODE:
            err = begin_node(walk);
            break;
        case TAG_END_NODE:
            err = end_node(walk);
            break;
        case TAG_PROP:
            err = property(walk);
            break;
        case TAG_NOP:
            break;
        case TAG_END:
            return walk->root_seen && walk->depth == 0
                       ? 0
                       : refuse(walk, "must close its nodes before it ends");
        default:
            err = refuse(walk, "must have known tags only");
            break;
        }
    }
    return err != 0 ? err : refuse(walk, "must have a structure block that ends");
}

// The list of [address, size] pairs that a pair of zeros ends.
static int check_reservations(struct walk *walk, const uint8_t *dtb, uint32_t offset,
                              uint32_t total)
{
    while (total - offset >= RSVMAP_ENTRY) {
        uint32_t any = 0;

        for (uint32_t i = 0; i < RSVMAP_ENTRY; i += 4) {
            any |= word(dtb + offset + i);
        }
        if (any == 0) {
            return 0;
        }
        offset += RSVMAP_ENTRY;
    }
    return refuse(walk, "must have a reservation list that ends");
}

static int check_blocks(struct walk *walk, const uint8_t *dtb, uint32_t total)
{
    uint32_t structure = word(dtb + 4 * WORD_OFF_STRUCT);
    uint32_t strings = word(dtb + 4 * WORD_OFF_STRINGS);
    uint32_t reservations = word(dtb + 4 * WORD_OFF_RSVMAP);

    walk->left = word(dtb + 4 * WORD_SIZE_STRUCT);
    walk->strings_size = word(dtb + 4 * WORD_SIZE_STRINGS);
    if (structure < HEADER_SIZE || structure % 4 != 0 || walk->left % 4 != 0 ||
        !range_inside(structure, walk->left, 0, total)) {
        return refuse(walk, "must have its structure block inside");
    }
    if (strings < HEADER_SIZE || !range_inside(strings, walk->strings_size, 0, total)) {
        return refuse(walk, "must have its strings block inside");
    }
    if (reservations < HEADER_SIZE || reservations % 8 != 0 || reservations > total) {
        return refuse(walk, "must have its reservation list inside");
    }
    walk->at = dtb + structure;
    walk->strings = dtb + strings;
    return check_reservations(walk, dtb, reservations, total);
}

static int check_header(struct walk *walk, const uint8_t *dtb, size_t len)
{
    uint32_t total;

    if ((uintptr_t)dtb % 8 != 0) {
        return refuse(walk, "must be on an 8-byte boundary");
    }
    if (len < HEADER_SIZE) {
        walk->why = "must have a whole device tree header";
        return ERR_TRUNCATED;
    }
    if (word(dtb) != DTB_MAGIC) {
        return refuse(walk, "must be a device tree");
    }
    total = word(dtb + 4 * WORD_TOTALSIZE);
    if (total < HEADER_SIZE || total > INT32_MAX) {
        return refuse(walk, "must have a sensible size in its header");
    }
    if (total > len) {
        walk->why = "must not be longer than its place";
        return ERR_TRUNCATED;
    }
    if (word(dtb + 4 * WORD_VERSION) != DTB_VERSION ||
        word(dtb + 4 * WORD_LAST_COMPATIBLE) != DTB_LAST_COMPATIBLE) {
        walk->why = "must be of version 17, compatible with 16";
        return ERR_VERSION;
    }
    return check_blocks(walk, dtb, total);
}

int dtb_check(const void *dtb, size_t len, const char **why)
{
    struct walk walk = { .depth = 0 };
    int err = check_header(&walk, dtb, len);

    if (err == 0) {
        err = check_structure(&walk);
    }
    if (err != 0) {
        *why = walk.why;
    }
    return err;
}
