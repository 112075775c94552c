// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool flash: a flash image with BL1 at 0 and a FIP at its offset, sparse. The FIP must pass
// the firmware's reader within the room it gets, unless --force (tests flash broken FIPs on
// purpose). BL1 is not looked at.
#include "fip-tool.h"

#include <inttypes.h>

static int refuse(const char *path, const char *field, uint64_t found, const char *rule,
                  uint64_t limit)
{
    tool_error("%s: %s: found 0x%" PRIx64 ", expected %s 0x%" PRIx64, path, field, found, rule,
               limit);
    return ERR_RANGE;
}

// BL1, then the FIP, inside the flash and apart from each other.
static int check_places(const struct tool_args *args, uint64_t bl1_size, uint64_t fip_size)
{
    if (args->fip_offset >= args->size) {
        return refuse(args->fip, "offset in the flash", args->fip_offset, "less than", args->size);
    }
    if (bl1_size == 0) {
        return refuse(args->bl1, "size", 0, "at least", 1);
    }
    if (bl1_size > args->fip_offset) {
        return refuse(args->bl1, "size", bl1_size, "no overlap with the FIP at", args->fip_offset);
    }
    if (args->fip_size > args->size - args->fip_offset) {
        return refuse(args->fip, "--fip-size", args->fip_size, "at most",
                      args->size - args->fip_offset);
    }
    if (fip_size > args->size - args->fip_offset) {
        return refuse(args->fip, "size", fip_size, "at most", args->size - args->fip_offset);
    }
    if (args->fip_size != 0 && fip_size > args->fip_size) {
        return refuse(args->fip, "size", fip_size, "at most", args->fip_size);
    }
    return 0;
}

static int write_flash(const struct tool_args *args, const struct tool_file *bl1,
                       const struct tool_file *fip)
{
    struct tool_out out;
    int err = tool_out_open(&out, args->path);

    if (err != 0) {
        return err;
    }
    err = tool_out_write(&out, 0, bl1->data, bl1->size);
    if (err == 0) {
        err = tool_out_write(&out, args->fip_offset, fip->data, fip->size);
    }
    if (err != 0) {
        tool_out_abandon(&out);
        return err;
    }
    return tool_out_commit(&out, args->size);
}

static enum tool_exit run_flash(const struct tool_args *args)
{
    static struct fip_file fip_file;
    struct tool_file bl1 = { 0 };
    int err;

    if (args->bl1 == NULL || args->fip == NULL || args->size == 0 || args->fip_offset == 0) {
        tool_error("flash: expected --bl1 FILE, --fip FILE, --size N and --fip-offset N, none of "
                   "them zero");
        return TOOL_USAGE;
    }
    err = tool_file_read(args->bl1, false, &bl1);
    if (err == 0) {
        err = args->force ? tool_file_read(args->fip, false, &fip_file.file)
                          : fip_file_open(&fip_file, args->fip, false);
    }
    if (err == 0) {
        err = check_places(args, bl1.size, fip_file.file.size);
        if (err == 0) {
            err = write_flash(args, &bl1, &fip_file.file);
        }
        fip_file_free(&fip_file);
    }
    tool_file_free(&bl1);
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_flash = {
    .name = "flash",
    .summary = "make a flash image out of BL1 and a FIP",
    .operands = "FLASH",
    .notes = "FLASH may be given with --out instead; it is replaced if it exists. It is\n"
             "--size bytes long and sparse: what holds neither BL1 nor FIP reads as 0x00 (an\n"
             "erased flash chip would read as 0xff). --force flashes a FIP that the reader\n"
             "refuses, for tests.\n",
    .example = "  fip-tool flash --bl1 bl1.bin --fip fip.bin --size 0x4000000 \\\n"
               "      --fip-offset 0x100000 flash.bin\n",
    .options = TOOL_OPT_FLASH | TOOL_OPT_OUT | TOOL_OPT_FORCE | TOOL_OPT_NO_FILE,
    .run = run_flash,
};
