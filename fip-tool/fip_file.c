// SPDX-License-Identifier: BSD-3-Clause
//
// Opens a FIP file with the firmware's reader (platform/lib/boot/fip.c), so that the tool accepts
// what a board accepts and refuses what a board refuses. Used by info, update, remove, unpack and
// flash. Trusts nothing in the file.
#include "fip-tool.h"

#include <string.h>

static int read_memory(void *ctx, uint64_t offset, void *buf, size_t len)
{
    const struct tool_file *file = ctx;

    if (offset > file->size || len > file->size - offset) {
        return ERR_RANGE;
    }
    memcpy(buf, file->data + offset, len);
    return 0;
}

int fip_file_load(struct fip_file *fip_file, const char *path, bool may_miss,
                  struct image_fault *fault)
{
    struct fip_io io = { .read = read_memory, .ctx = &fip_file->file };
    int err = tool_file_read(path, may_miss, &fip_file->file);

    memset(fault, 0, sizeof(*fault));
    if (err != 0) {
        return err;
    }
    io.size = fip_file->file.size;
    err = fip_open(&fip_file->fip, &io, fault);
    if (err != 0) {
        tool_file_free(&fip_file->file);
    }
    return err;
}

int fip_file_open(struct fip_file *fip_file, const char *path, bool may_miss)
{
    struct image_fault fault;
    int err = fip_file_load(fip_file, path, may_miss, &fault);

    if (err != 0 && fault.field != NULL) {
        (void)tool_fault(path, &fip_file->fip, &fault, err);
    }
    return err;
}

const uint8_t *fip_file_data(const struct fip_file *fip_file, const struct fip_entry *entry)
{
    return fip_file->file.data + entry->offset;
}

void fip_file_free(struct fip_file *fip_file)
{
    tool_file_free(&fip_file->file);
}

size_t fip_file_rank(const uint8_t *uuid)
{
    const struct fip_name *name = fip_names_find(uuid);

    return name == NULL ? IMAGE_COUNT : (size_t)(name - fip_names_get(0));
}
