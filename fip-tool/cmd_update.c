// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool update: replaces or adds images of a FIP. The old FIP is not trusted: the firmware's
// reader must accept it.
#include "fip-tool.h"

static enum tool_exit run_update(const struct tool_args *args)
{
    static struct fip_file fip_file;
    struct fip_set set = { 0 };
    int err = fip_set_add_files(&set, args);

    if (err == 0) {
        err = fip_file_open(&fip_file, args->path, true);
        if (err == 0) {
            err = fip_set_add_fip(&set, &fip_file);
            fip_file_free(&fip_file);
        } else if (err == ERR_NOT_FOUND) {
            err = 0; // as in fiptool: nothing to update is an empty FIP
        }
    }
    if (err == 0) {
        if (args->has_flags) {
            fip_set_plat_flags(&set, args->flags);
        }
        err = fip_set_write(&set, args->align, args->out != NULL ? args->out : args->path);
    }
    fip_set_free(&set);
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_update = {
    .name = "update",
    .summary = "replace or add images of a FIP",
    .operands = "FIP",
    .notes = "Images not named stay as they are; the whole FIP is laid out anew with --align\n"
             "(default 1). Without --plat-toc-flags the header keeps its flags. A FIP that\n"
             "does not exist is made. Without --out the FIP itself is replaced.\n",
    .example = "  fip-tool update --nt-fw u-boot.bin --out fip-new.bin fip.bin\n",
    .options = TOOL_OPT_ALIGN | TOOL_OPT_FLAGS | TOOL_OPT_OUT | TOOL_OPT_IMAGE_FILE,
    .run = run_update,
};
