// SPDX-License-Identifier: BSD-3-Clause
//
// FIP reader, see fip.h. Called by BL1 (for BL2), BL2 (for everything else), fip-tool, the unit
// tests and fuzz_fip. Trusts nothing that comes out of the storage; the caller's read function and
// window size are trusted. Sums are never formed before their terms are known to fit: each check
// has the form `len <= limit - offset`.
#include "fip.h"

#define HEADER_SIZE sizeof(struct fip_header_wire)
#define ENTRY_SIZE sizeof(struct fip_entry_wire)

struct fip_rule_row {
    int err;
    const char *field;
    const char *text;
};

static const struct fip_rule_row fip_rules[FIP_RULE_COUNT] = {
    [FIP_RULE_NONE] = { ERR_NONE, "", "" },
    [FIP_RULE_WINDOW] = { ERR_TRUNCATED, "header", "must fit in the storage" },
    [FIP_RULE_STORAGE] = { ERR_IO, "storage", "must be readable" },
    [FIP_RULE_NAME] = { ERR_INVALID, "name", "must be that of a FIP" },
    [FIP_RULE_SERIAL] = { ERR_INVALID, "serial number", "must not be zero" },
    [FIP_RULE_TOC_COUNT] = { ERR_NO_MEMORY, "terminator",
                             "must follow within the most entries read" },
    [FIP_RULE_TOC_TRUNCATED] = { ERR_TRUNCATED, "terminator", "must come before the storage ends" },
    [FIP_RULE_END_SIZE] = { ERR_INVALID, "terminator size", "must be zero" },
    [FIP_RULE_END_TOC] = { ERR_OVERLAP, "end of FIP", "must not be inside the table of contents" },
    [FIP_RULE_END_WINDOW] = { ERR_TRUNCATED, "end of FIP",
                              "must not be behind the end of the storage" },
    [FIP_RULE_ENTRY_EMPTY] = { ERR_INVALID, "size", "must not be zero" },
    [FIP_RULE_ENTRY_TOC] = { ERR_OVERLAP, "offset", "must not be inside the table of contents" },
    [FIP_RULE_ENTRY_OFFSET] = { ERR_RANGE, "offset", "must not be behind the end of the FIP" },
    [FIP_RULE_ENTRY_SIZE] = { ERR_RANGE, "size", "must not reach behind the end of the FIP" },
    [FIP_RULE_ENTRY_DUPLICATE] = { ERR_DUPLICATE, "UUID", "must not stand in two entries" },
    [FIP_RULE_ENTRY_OVERLAP] = { ERR_OVERLAP, "offset", "must not share bytes with another image" },
    [FIP_RULE_NO_SUCH_IMAGE] = { ERR_NOT_FOUND, "UUID", "must be in the table of contents" },
};

// Fills `fault` for a broken rule and returns the rule's error code.
static int refuse(struct image_fault *fault, enum fip_rule rule, uint32_t entry, uint64_t found,
                  uint64_t expected)
{
    const struct fip_rule_row *row = &fip_rules[rule];

    fault->rule = (int)rule;
    fault->entry = entry;
    fault->field = row->field;
    fault->text = row->text;
    fault->found = found;
    fault->expected = expected;
    return row->err;
}

static int read_storage(const struct fip *fip, uint64_t offset, void *buf, size_t len,
                        struct image_fault *fault)
{
    int err = fip->io.read(fip->io.ctx, offset, buf, len);

    if (err != 0) {
        (void)refuse(fault, FIP_RULE_STORAGE, IMAGE_FAULT_NO_ENTRY, (uint64_t) - (int64_t)err, 0);
        return err < 0 ? err : ERR_IO;
    }
    return 0;
}

static int read_header(struct fip *fip, struct image_fault *fault)
{
    struct fip_header_wire wire;
    uint32_t name;
    int err;

    if (fip->io.size < HEADER_SIZE + ENTRY_SIZE) {
        return refuse(fault, FIP_RULE_WINDOW, IMAGE_FAULT_NO_ENTRY, fip->io.size,
                      HEADER_SIZE + ENTRY_SIZE);
    }
    err = read_storage(fip, 0, &wire, sizeof(wire), fault);
    if (err != 0) {
        return err;
    }
    name = image_get_le32(&wire.name);
    if (name != FIP_NAME) {
        return refuse(fault, FIP_RULE_NAME, IMAGE_FAULT_NO_ENTRY, name, FIP_NAME);
    }
    fip->serial = image_get_le32(&wire.serial);
    if (fip->serial == 0) {
        return refuse(fault, FIP_RULE_SERIAL, IMAGE_FAULT_NO_ENTRY, 0, FIP_SERIAL);
    }
    fip->flags = image_get_le64(&wire.flags);
    return 0;
}

// The terminator gives the end of the FIP; `toc_end` is the first byte behind the terminator.
static int decode_terminator(struct fip *fip, const struct fip_entry_wire *wire, uint64_t toc_end,
                             struct image_fault *fault)
{
    uint64_t size = image_get_le64(&wire->size);
    uint64_t end = image_get_le64(&wire->offset);

    if (size != 0) {
        return refuse(fault, FIP_RULE_END_SIZE, IMAGE_FAULT_NO_ENTRY, size, 0);
    }
    if (end < toc_end) {
        return refuse(fault, FIP_RULE_END_TOC, IMAGE_FAULT_NO_ENTRY, end, toc_end);
    }
    if (end > fip->io.size) {
        return refuse(fault, FIP_RULE_END_WINDOW, IMAGE_FAULT_NO_ENTRY, end, fip->io.size);
    }
    fip->size = end;
    return 0;
}

static void decode_entry(struct fip_entry *entry, const struct fip_entry_wire *wire)
{
    for (size_t i = 0; i < IMAGE_UUID_SIZE; i++) {
        entry->uuid[i] = wire->uuid[i];
    }
    entry->offset = image_get_le64(&wire->offset);
    entry->size = image_get_le64(&wire->size);
    entry->flags = image_get_le64(&wire->flags);
}

// Reads entries up to the terminator. Nothing is judged but the terminator: the limits are not
// known before it.
static int read_toc(struct fip *fip, struct image_fault *fault)
{
    uint64_t offset = HEADER_SIZE;
    struct fip_entry_wire wire;
    uint32_t count = 0;
    int err;

    for (;;) {
        if (ENTRY_SIZE > fip->io.size - offset) {
            return refuse(fault, FIP_RULE_TOC_TRUNCATED, IMAGE_FAULT_NO_ENTRY, offset + ENTRY_SIZE,
                          fip->io.size);
        }
        err = read_storage(fip, offset, &wire, sizeof(wire), fault);
        if (err != 0) {
            return err;
        }
        offset += ENTRY_SIZE;
        if (image_uuid_is_nil(wire.uuid)) {
            break;
        }
        if (count == FIP_MAX_ENTRIES) {
            return refuse(fault, FIP_RULE_TOC_COUNT, IMAGE_FAULT_NO_ENTRY, count + 1ull,
                          FIP_MAX_ENTRIES);
        }
        decode_entry(&fip->entries[count], &wire);
        count++;
    }
    err = decode_terminator(fip, &wire, offset, fault);
    if (err == 0) {
        fip->entry_count = count;
    }
    return err;
}

// Entry `index` alone: inside the FIP and behind the table of contents.
static int check_entry(const struct fip *fip, uint32_t index, struct image_fault *fault)
{
    const struct fip_entry *entry = &fip->entries[index];
    uint64_t toc_end = HEADER_SIZE + ENTRY_SIZE * (fip->entry_count + 1ull);

    if (entry->size == 0) {
        return refuse(fault, FIP_RULE_ENTRY_EMPTY, index, 0, 1);
    }
    if (entry->offset < toc_end) {
        return refuse(fault, FIP_RULE_ENTRY_TOC, index, entry->offset, toc_end);
    }
    if (entry->offset > fip->size) {
        return refuse(fault, FIP_RULE_ENTRY_OFFSET, index, entry->offset, fip->size);
    }
    if (entry->size > fip->size - entry->offset) {
        return refuse(fault, FIP_RULE_ENTRY_SIZE, index, entry->size, fip->size - entry->offset);
    }
    return 0;
}

// Entry `index` against those before it, all of which passed check_entry: so the sums cannot wrap.
static int check_against_earlier(const struct fip *fip, uint32_t index, struct image_fault *fault)
{
    const struct fip_entry *entry = &fip->entries[index];

    for (uint32_t i = 0; i < index; i++) {
        const struct fip_entry *other = &fip->entries[i];

        if (image_uuid_equal(entry->uuid, other->uuid)) {
            return refuse(fault, FIP_RULE_ENTRY_DUPLICATE, index, index, i);
        }
        if (entry->offset < other->offset + other->size &&
            other->offset < entry->offset + entry->size) {
            return refuse(fault, FIP_RULE_ENTRY_OVERLAP, index, entry->offset,
                          other->offset + other->size);
        }
    }
    return 0;
}

static int check_entries(const struct fip *fip, struct image_fault *fault)
{
    int err = 0;

    for (uint32_t i = 0; err == 0 && i < fip->entry_count; i++) {
        err = check_entry(fip, i, fault);
        if (err == 0) {
            err = check_against_earlier(fip, i, fault);
        }
    }
    return err;
}

int fip_open(struct fip *fip, const struct fip_io *io, struct image_fault *fault)
{
    int err;

    fip->io = *io;
    fip->size = 0;
    fip->entry_count = 0;
    err = read_header(fip, fault);
    if (err == 0) {
        err = read_toc(fip, fault);
    }
    if (err == 0) {
        err = check_entries(fip, fault);
    }
    if (err != 0) {
        fip->entry_count = 0;
    }
    return err;
}

int fip_find(const struct fip *fip, const uint8_t *uuid, struct fip_entry *entry,
             struct image_fault *fault)
{
    for (uint32_t i = 0; i < fip->entry_count; i++) {
        if (image_uuid_equal(fip->entries[i].uuid, uuid)) {
            *entry = fip->entries[i];
            return 0;
        }
    }
    return refuse(fault, FIP_RULE_NO_SUCH_IMAGE, IMAGE_FAULT_NO_ENTRY, 0, 0);
}

int fip_read(const struct fip *fip, const struct fip_entry *entry, uint64_t offset, void *buf,
             size_t len)
{
    int err;

    if (offset > entry->size || len > entry->size - offset) {
        return ERR_RANGE;
    }
    err = fip->io.read(fip->io.ctx, entry->offset + offset, buf, len);
    return err <= 0 ? err : ERR_IO;
}
