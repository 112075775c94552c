// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool remove: takes images out of a FIP. The old FIP is not trusted: the firmware's reader
// must accept it.
#include "fip-tool.h"

#include <unistd.h>

static enum tool_exit run_remove(const struct tool_args *args)
{
    static struct fip_file fip_file;
    char label[TOOL_LABEL_SIZE];
    struct fip_set set = { 0 };
    int err;

    if (args->out != NULL && !args->force && access(args->out, F_OK) == 0) {
        tool_error("%s: exists; --force replaces it", args->out);
        return TOOL_FAILED;
    }
    if (fip_file_open(&fip_file, args->path, false) != 0) {
        return TOOL_FAILED;
    }
    err = fip_set_add_fip(&set, &fip_file);
    fip_file_free(&fip_file);
    if (err == 0) {
        for (uint32_t i = 0; i < args->image_count; i++) {
            if (!fip_set_remove(&set, args->images[i].uuid)) {
                tool_warning("%s: has no image %s to remove", args->path,
                             tool_label(args->images[i].uuid, label));
            }
        }
        err = fip_set_write(&set, args->align, args->out != NULL ? args->out : args->path);
    }
    fip_set_free(&set);
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_remove = {
    .name = "remove",
    .summary = "take images out of a FIP",
    .operands = "FIP",
    .notes = "An image that is not there is a warning. Without --out the FIP itself is\n"
             "replaced; with --out an existing file is replaced only with --force.\n",
    .example = "  fip-tool remove --tos-fw --blob \\\n"
               "      uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c10 fip.bin\n",
    .options = TOOL_OPT_ALIGN | TOOL_OPT_OUT | TOOL_OPT_FORCE | TOOL_OPT_IMAGE,
    .run = run_remove,
};
