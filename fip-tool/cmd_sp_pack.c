// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool sp-pack: a partition package out of a partition's image and manifest. Neither file is
// trusted.
#include "fip-tool.h"

// Both are looked at, so that one run shows what is wrong with each.
static int check(const struct tool_args *args, struct tool_file *manifest, struct tool_file *image)
{
    int manifest_err = sp_pack_check_manifest(args->manifest, manifest);
    int image_err = sp_pack_prepare_image(args->image, image);

    return manifest_err != 0 ? manifest_err : image_err;
}

static int pack(const struct tool_args *args, struct tool_file *manifest, struct tool_file *image)
{
    int err = tool_file_read(args->manifest, false, manifest);

    if (err == 0) {
        err = tool_file_read(args->image, false, image);
    }
    if (err == 0) {
        err = check(args, manifest, image);
    }
    if (err == 0) {
        err = sp_pack_write(manifest, image, args->path);
    }
    return err;
}

static enum tool_exit run_sp_pack(const struct tool_args *args)
{
    struct tool_file manifest = { 0 }, image = { 0 };
    int err;

    if (args->image == NULL || args->manifest == NULL) {
        tool_error("sp-pack: expected both --image FILE and --manifest FILE");
        return TOOL_USAGE;
    }
    err = pack(args, &manifest, &image);
    tool_file_free(&manifest);
    tool_file_free(&image);
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_sp_pack = {
    .name = "sp-pack",
    .summary = "make a partition package out of a partition image and its manifest",
    .operands = "PACKAGE",
    .notes = "PACKAGE may be given with --out instead. Image and manifest are checked by the\n"
             "code with which the SPMC loads them: image an AArch64 static-PIE whose segments\n"
             "are R, RW or RX; manifest by the binding \"arm,ffa-manifest-1.0\", no property\n"
             "missing, doubled or unknown. Section headers, symbols and debug information\n"
             "behind the last segment are left out.\n\n"
             "What depends on the board is checked only at boot: whether the memory regions\n"
             "lie in RAM, free of the firmware, and the devices among those that the board has\n"
             "for partitions; whether other partitions want the same memory, device, interrupt,\n"
             "id or place in the boot order; whether all fits.\n",
    .example = "  fip-tool sp-pack --image echo.elf --manifest echo.dtb echo.pkg\n",
    .options = TOOL_OPT_SP | TOOL_OPT_OUT | TOOL_OPT_NO_FILE,
    .run = run_sp_pack,
};
