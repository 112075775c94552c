// SPDX-License-Identifier: BSD-3-Clause
//
// Collects the images of a new FIP and writes it, byte for byte as TF-A's fiptool does for the same
// input. Used by create, update, remove, certs and sign. The images' contents are not looked at; the reader is
// platform/lib/boot/fip.c.
#include "fip-tool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTRY_SIZE sizeof(struct fip_entry_wire)
#define TOC_SIZE_MAX (sizeof(struct fip_header_wire) + (FIP_MAX_ENTRIES + 1) * ENTRY_SIZE)

static struct fip_set_image *find_image(struct fip_set *set, const uint8_t *uuid)
{
    for (uint32_t i = 0; i < set->count; i++) {
        if (image_uuid_equal(set->images[i].uuid, uuid)) {
            return &set->images[i];
        }
    }
    return NULL;
}

// The set takes `data` over, also on failure.
static int add_image(struct fip_set *set, const uint8_t *uuid, uint64_t flags,
                     struct tool_file *data)
{
    struct fip_set_image *image = &set->images[set->count];

    if (set->count == FIP_MAX_ENTRIES) {
        tool_error("number of images: found %d, expected at most %d", FIP_MAX_ENTRIES + 1,
                   FIP_MAX_ENTRIES);
        tool_file_free(data);
        return ERR_NO_MEMORY;
    }
    memcpy(image->uuid, uuid, IMAGE_UUID_SIZE);
    image->flags = flags;
    image->data = *data;
    set->count++;
    return 0;
}

int fip_set_add(struct fip_set *set, const uint8_t *uuid, struct tool_file *data)
{
    return add_image(set, uuid, 0, data);
}

int fip_set_add_files(struct fip_set *set, const struct tool_args *args)
{
    int err = 0;

    for (uint32_t i = 0; err == 0 && i < args->image_count; i++) {
        const struct tool_image *image = &args->images[i];
        struct tool_file data;

        err = tool_file_read(image->file, false, &data);
        if (err == 0) {
            tool_verbose("adding %s: %zu bytes", image->file, data.size);
            err = add_image(set, image->uuid, 0, &data);
        }
    }
    return err;
}

int fip_set_add_fip(struct fip_set *set, const struct fip_file *fip_file)
{
    int err = 0;

    set->header_flags = fip_file->fip.flags;
    for (uint32_t i = 0; err == 0 && i < fip_file->fip.entry_count; i++) {
        const struct fip_entry *entry = &fip_file->fip.entries[i];
        struct tool_file data = { .size = entry->size };

        if (find_image(set, entry->uuid) != NULL) {
            continue;
        }
        data.data = malloc(data.size);
        if (data.data == NULL) {
            tool_error("no memory for %zu bytes", data.size);
            return ERR_NO_MEMORY;
        }
        memcpy(data.data, fip_file_data(fip_file, entry), data.size);
        err = add_image(set, entry->uuid, entry->flags, &data);
    }
    return err;
}

bool fip_set_remove(struct fip_set *set, const uint8_t *uuid)
{
    struct fip_set_image *image = find_image(set, uuid);

    if (image == NULL) {
        return false;
    }
    tool_file_free(&image->data);
    set->count--;
    memmove(image, image + 1, (size_t)(&set->images[set->count] - image) * sizeof(*image));
    return true;
}

void fip_set_plat_flags(struct fip_set *set, uint64_t flags)
{
    set->header_flags &= ~(FIP_PLAT_FLAGS_MASK << FIP_PLAT_FLAGS_SHIFT);
    set->header_flags |= (flags & FIP_PLAT_FLAGS_MASK) << FIP_PLAT_FLAGS_SHIFT;
}

void fip_set_free(struct fip_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        tool_file_free(&set->images[i].data);
    }
    set->count = 0;
}

// Sorts by rank; images of the same rank (those not well known) keep their order.
static void order_images(const struct fip_set *set, const struct fip_set_image **order)
{
    uint32_t count = 0;

    for (size_t rank = 0; rank <= IMAGE_COUNT; rank++) {
        for (uint32_t i = 0; i < set->count; i++) {
            if (fip_file_rank(set->images[i].uuid) == rank) {
                order[count++] = &set->images[i];
            }
        }
    }
}

// Moves `*offset` up to the alignment and then by `size`; gives the aligned start. Both stay ≤
// TOOL_FIP_SIZE_MAX.
static int place(uint64_t *offset, uint64_t align, uint64_t size, uint64_t *start)
{
    uint64_t gap = -*offset & (align - 1);

    if (gap > TOOL_FIP_SIZE_MAX - *offset || size > TOOL_FIP_SIZE_MAX - *offset - gap) {
        tool_error("size of the FIP: found more than %" PRIu64
                   ", expected at most that (alignment 0x%" PRIx64 ")",
                   TOOL_FIP_SIZE_MAX, align);
        return ERR_RANGE;
    }
    *start = *offset + gap;
    *offset = *start + size;
    return 0;
}

static void put_entry(uint8_t *toc, uint32_t slot, uint64_t offset,
                      const struct fip_set_image *image)
{
    uint8_t *entry = toc + sizeof(struct fip_header_wire) + slot * ENTRY_SIZE;

    if (image != NULL) { // the terminator has neither UUID nor size nor flags
        memcpy(entry, image->uuid, IMAGE_UUID_SIZE);
        image_put_le64(entry + offsetof(struct fip_entry_wire, size), image->data.size);
        image_put_le64(entry + offsetof(struct fip_entry_wire, flags), image->flags);
    }
    image_put_le64(entry + offsetof(struct fip_entry_wire, offset), offset);
}

// Writes images and then the ToC. As in fiptool an image without bytes has no entry, but its slot
// stays in the ToC.
static int write_fip(const struct fip_set *set, uint64_t align, struct tool_out *out, uint64_t *end)
{
    const struct fip_set_image *order[FIP_MAX_ENTRIES];
    uint64_t offset = sizeof(struct fip_header_wire) + (set->count + 1) * ENTRY_SIZE;
    uint8_t toc[TOC_SIZE_MAX] = { 0 };
    size_t toc_size = offset;
    uint32_t slot = 0;
    uint64_t start;
    int err = 0;

    order_images(set, order);
    for (uint32_t i = 0; err == 0 && i < set->count; i++) {
        if (order[i]->data.size == 0) {
            continue;
        }
        err = place(&offset, align, order[i]->data.size, &start);
        if (err == 0) {
            err = tool_out_write(out, start, order[i]->data.data, order[i]->data.size);
            put_entry(toc, slot++, start, order[i]);
        }
    }
    if (err == 0) {
        err = place(&offset, align, 0, end);
    }
    if (err == 0) {
        put_entry(toc, slot, *end, NULL);
        image_put_le32(toc + offsetof(struct fip_header_wire, name), FIP_NAME);
        image_put_le32(toc + offsetof(struct fip_header_wire, serial), FIP_SERIAL);
        image_put_le64(toc + offsetof(struct fip_header_wire, flags), set->header_flags);
        err = tool_out_write(out, 0, toc, toc_size);
    }
    return err;
}

// The finished temporary file through the reader and `check`.
static int check_written(const struct tool_out *out, uint64_t end, fip_set_check check, void *ctx)
{
    static struct fip_file fip_file;
    int err = ftruncate(out->fd, (off_t)end) == 0 ? 0 : ERR_IO;

    if (err != 0) {
        tool_error("%s: cannot write: %s", out->path, strerror(errno));
        return err;
    }
    err = fip_file_open(&fip_file, out->temp, false);
    if (err == 0) {
        err = check(&fip_file, ctx);
        fip_file_free(&fip_file);
    }
    return err;
}

int fip_set_write_checked(const struct fip_set *set, uint64_t align, const char *path,
                          fip_set_check check, void *ctx)
{
    struct tool_out out;
    uint64_t end = 0;
    int err = tool_out_open(&out, path);

    if (err != 0) {
        return err;
    }
    err = write_fip(set, align, &out, &end);
    if (err == 0 && check != NULL) {
        err = check_written(&out, end, check, ctx);
    }
    if (err != 0) {
        tool_out_abandon(&out);
        return err;
    }
    tool_verbose("writing %s: %" PRIu64 " bytes", path, end);
    return tool_out_commit(&out, end);
}

int fip_set_write(const struct fip_set *set, uint64_t align, const char *path)
{
    return fip_set_write_checked(set, align, path, NULL, NULL);
}
