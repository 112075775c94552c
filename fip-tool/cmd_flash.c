// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool flash: a flash image with BL1 at 0, a FIP and an OTP area at their offsets, sparse. The FIP
// must pass the firmware's reader within the room it gets, the OTP area its decoder, unless --force
// (tests flash broken ones on purpose). BL1 is not looked at.
#include "fip-tool.h"

#include "otp.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

// What goes into the flash; otp.size 0: no OTP area.
struct flash_parts {
    struct tool_file bl1;
    struct fip_file fip;
    struct tool_file otp;
};

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

// Behind the room of the FIP; what --fip-size leaves open ends where the OTP area starts.
static int check_otp_place(const struct tool_args *args, uint64_t fip_size)
{
    uint64_t fip_end = args->fip_offset + (args->fip_size != 0 ? args->fip_size : fip_size);

    if (args->otp_offset < fip_end) {
        return refuse(args->otp, "--otp-offset", args->otp_offset, "no overlap with the FIP, up to",
                      fip_end);
    }
    if (args->otp_offset > args->size || args->size - args->otp_offset < OTP_SIZE) {
        return refuse(args->otp, "--otp-offset", args->otp_offset, "4096 bytes of room before",
                      args->size);
    }
    return 0;
}

static int read_otp(const struct tool_args *args, struct tool_file *file)
{
    struct otp_fault fault;
    struct otp otp;
    int err = tool_file_read(args->otp, false, file);

    if (err != 0) {
        return err;
    }
    if (file->size != OTP_SIZE) {
        return refuse(args->otp, "size", file->size, "exactly", OTP_SIZE);
    }
    err = args->force ? 0 : otp_decode(file->data, &otp, &fault);
    if (err != 0) {
        tool_error("%s: %s (offset 0x%" PRIx32 ") %s: found 0x%" PRIx32 ", expected 0x%" PRIx32,
                   args->otp, fault.field, fault.offset, fault.text, fault.found, fault.expected);
    }
    explicit_bzero(&otp, sizeof(otp));
    return err;
}

static int read_parts(const struct tool_args *args, struct flash_parts *parts)
{
    int err = tool_file_read(args->bl1, false, &parts->bl1);

    if (err == 0) {
        err = args->force ? tool_file_read(args->fip, false, &parts->fip.file)
                          : fip_file_open(&parts->fip, args->fip, false);
    }
    if (err == 0) {
        err = check_places(args, parts->bl1.size, parts->fip.file.size);
    }
    if (err == 0 && args->otp != NULL) {
        err = check_otp_place(args, parts->fip.file.size);
        if (err == 0) {
            err = read_otp(args, &parts->otp);
        }
    }
    return err;
}

static int write_flash(const struct tool_args *args, const struct flash_parts *parts)
{
    struct tool_out out;
    int err = tool_out_open(&out, args->path);

    if (err != 0) {
        return err;
    }
    err = tool_out_write(&out, 0, parts->bl1.data, parts->bl1.size);
    if (err == 0) {
        err = tool_out_write(&out, args->fip_offset, parts->fip.file.data, parts->fip.file.size);
    }
    if (err == 0 && parts->otp.size != 0) {
        if (fchmod(out.fd, S_IRUSR | S_IWUSR) != 0) { // it holds the hardware unique key
            tool_error("%s: cannot be made readable by its owner alone", args->path);
            err = ERR_IO;
        } else {
            err = tool_out_write(&out, args->otp_offset, parts->otp.data, parts->otp.size);
        }
    }
    if (err != 0) {
        tool_out_abandon(&out);
        return err;
    }
    return tool_out_commit(&out, args->size);
}

static enum tool_exit run_flash(const struct tool_args *args)
{
    static struct flash_parts parts;
    int err;

    if (args->bl1 == NULL || args->fip == NULL || args->size == 0 || args->fip_offset == 0) {
        tool_error("flash: expected --bl1 FILE, --fip FILE, --size N and --fip-offset N, none of "
                   "them zero");
        return TOOL_USAGE;
    }
    if ((args->otp != NULL) != (args->otp_offset != 0)) {
        tool_error("flash: expected --otp FILE and --otp-offset N together, not zero");
        return TOOL_USAGE;
    }
    memset(&parts, 0, sizeof(parts));
    err = read_parts(args, &parts);
    if (err == 0) {
        err = write_flash(args, &parts);
    }
    if (parts.otp.data != NULL) {
        explicit_bzero(parts.otp.data, parts.otp.size);
    }
    tool_file_free(&parts.otp);
    fip_file_free(&parts.fip);
    tool_file_free(&parts.bl1);
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_flash = {
    .name = "flash",
    .summary = "make a flash image out of BL1, a FIP and an OTP area",
    .operands = "FLASH",
    .notes = "FLASH may be given with --out instead; it is replaced if it exists. It is\n"
             "--size bytes long and sparse: what holds nothing reads as 0x00 (an erased flash\n"
             "chip would read as 0xff). --otp adds the image that `fip-tool provision` makes; the\n"
             "file is then readable by its owner alone, as that image is. --force flashes a FIP\n"
             "or OTP area that the firmware refuses, for tests.\n",
    .example = "  fip-tool flash --bl1 bl1.bin --fip fip.bin --size 0x4000000 \\\n"
               "      --fip-offset 0x100000 --otp otp.bin --otp-offset 0x3f00000 flash.bin\n",
    .options = TOOL_OPT_FLASH | TOOL_OPT_OTP | TOOL_OPT_OUT | TOOL_OPT_FORCE | TOOL_OPT_NO_FILE,
    .run = run_flash,
};
