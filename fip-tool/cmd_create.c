// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool create: a new FIP out of image files. The images are packed as they are; nothing in them
// is looked at.
#include "fip-tool.h"

static enum tool_exit run_create(const struct tool_args *args)
{
    struct fip_set set = { 0 };
    int err = fip_set_add_files(&set, args);

    if (err == 0) {
        fip_set_plat_flags(&set, args->flags);
        err = fip_set_write(&set, args->align, args->path);
    }
    fip_set_free(&set);
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_create = {
    .name = "create",
    .summary = "make a new FIP out of image files",
    .operands = "FIP",
    .notes = "Replaces FIP if it exists. Well-known images come first, in the order listed\n"
             "below, then blobs in the order given. An empty file gets no entry. If the same\n"
             "image is named twice, the last one counts.\n",
    .example = "  fip-tool create --tb-fw bl2.bin --soc-fw bl31.bin --tos-fw spmc.bin \\\n"
               "      --nt-fw u-boot.bin --blob \\\n"
               "      uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c10,file=echo.pkg fip.bin\n",
    .options = TOOL_OPT_ALIGN | TOOL_OPT_FLAGS | TOOL_OPT_IMAGE_FILE,
    .run = run_create,
};
