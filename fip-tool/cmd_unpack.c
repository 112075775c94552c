// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool unpack: writes images of a FIP to files. The FIP is not trusted: the firmware's reader
// must accept it, and file names are made of the command line, option names and UUIDs only. All
// names are checked before one is written.
#include "fip-tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What goes where; path is owned.
struct unpack_item {
    struct fip_entry entry;
    char *path;
};

struct unpack_plan {
    uint32_t count;
    struct unpack_item items[FIP_MAX_ENTRIES];
};

// A relative name is below --out, as in fiptool.
static int plan_item(struct unpack_plan *plan, const struct tool_args *args,
                     const struct fip_entry *entry, const char *file)
{
    struct unpack_item *item = &plan->items[plan->count];
    char label[TOOL_LABEL_SIZE], name[TOOL_LABEL_SIZE + sizeof(".bin")];
    bool below = args->out != NULL && (file == NULL || file[0] != '/');

    snprintf(name, sizeof(name), "%s.bin", tool_label(entry->uuid, label));
    if (asprintf(&item->path, "%s%s%s", below ? args->out : "", below ? "/" : "",
                 file != NULL ? file : name) < 0) {
        tool_error("no memory");
        return ERR_NO_MEMORY;
    }
    item->entry = *entry;
    plan->count++;
    return 0;
}

// The images named on the command line, or all; every missing one is reported.
static int plan_images(struct unpack_plan *plan, const struct tool_args *args,
                       const struct fip *fip)
{
    struct image_fault fault;
    char label[TOOL_LABEL_SIZE];
    struct fip_entry entry;
    int result = 0;

    for (uint32_t i = 0; i < args->image_count; i++) {
        int err = fip_find(fip, args->images[i].uuid, &entry, &fault);

        if (err != 0) {
            tool_error("%s: has no image %s", args->path, tool_label(args->images[i].uuid, label));
        } else {
            err = plan_item(plan, args, &entry, args->images[i].file);
        }
        result = err != 0 ? err : result;
    }
    for (uint32_t i = 0; args->image_count == 0 && result == 0 && i < fip->entry_count; i++) {
        result = plan_item(plan, args, &fip->entries[i], NULL);
    }
    return result;
}

static int check_paths(const struct unpack_plan *plan, bool force)
{
    int result = 0;

    for (uint32_t i = 0; i < plan->count; i++) {
        if (!force && access(plan->items[i].path, F_OK) == 0) {
            tool_error("%s: exists; --force replaces it", plan->items[i].path);
            result = ERR_DENIED;
        }
        for (uint32_t j = 0; j < i; j++) {
            if (strcmp(plan->items[i].path, plan->items[j].path) == 0) {
                tool_error("%s: named for two images", plan->items[i].path);
                result = ERR_DUPLICATE;
            }
        }
    }
    return result;
}

static int write_item(const struct unpack_item *item, const struct fip_file *fip_file)
{
    struct tool_out out;
    int err = tool_out_open(&out, item->path);

    if (err != 0) {
        return err;
    }
    err = tool_out_write(&out, 0, fip_file_data(fip_file, &item->entry), item->entry.size);
    if (err != 0) {
        tool_out_abandon(&out);
        return err;
    }
    tool_verbose("writing %s: %" PRIu64 " bytes", item->path, item->entry.size);
    return tool_out_commit(&out, item->entry.size);
}

static enum tool_exit run_unpack(const struct tool_args *args)
{
    static struct fip_file fip_file;
    struct unpack_plan plan = { 0 };
    int err;

    if (fip_file_open(&fip_file, args->path, false) != 0) {
        return TOOL_FAILED;
    }
    err = plan_images(&plan, args, &fip_file.fip);
    if (err == 0) {
        err = check_paths(&plan, args->force);
    }
    for (uint32_t i = 0; err == 0 && i < plan.count; i++) {
        err = write_item(&plan.items[i], &fip_file);
    }
    for (uint32_t i = 0; i < plan.count; i++) {
        free(plan.items[i].path);
    }
    fip_file_free(&fip_file);
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_unpack = {
    .name = "unpack",
    .summary = "write images of a FIP to files",
    .operands = "FIP",
    .notes = "Without an image option all images are written, as <option>.bin or <UUID>.bin.\n"
             "--out is a folder that exists; relative names are below it. If one image is\n"
             "missing, or one file exists and there is no --force, nothing is written.\n",
    .example = "  fip-tool unpack --out parts fip.bin\n"
               "  fip-tool unpack --force --nt-fw u-boot.bin fip.bin\n",
    .options = TOOL_OPT_OUT | TOOL_OPT_FORCE | TOOL_OPT_IMAGE_FILE,
    .run = run_unpack,
};
