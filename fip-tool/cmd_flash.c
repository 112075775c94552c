// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool flash: a flash image with BL1 at 0, a FIP and an OTP area at their offsets, sparse, and the partitions' storage, erased; or both
// of these as another flash image of the board has them. The FIP must pass the firmware's reader within the room it gets, the OTP area
// its decoder, unless --force (tests flash broken ones on purpose). BL1 is not looked at.
#include "fip-tool.h"

#include "otp.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// What goes into the flash, with where it comes from. Size 0: there is none.
struct flash_parts {
    struct tool_file bl1;
    struct fip_file fip;
    struct tool_file otp;
    struct tool_file storage;
    struct tool_file kept; // all of --keep: parts of it are in otp and storage
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

// Whether a part of `size` bytes may be at `offset`: inside the flash, not before `before`, where another one ends.
static int check_part(const struct tool_args *args, const char *path, const char *option,
                      uint64_t offset, uint64_t size, uint64_t before)
{
    if (offset < before) {
        return refuse(path, option, offset, "no overlap with what is before it, up to", before);
    }
    if (offset > args->size || args->size - offset < size) {
        return refuse(path, option, offset, "room for all of it before", args->size);
    }
    return 0;
}

// Behind the FIP: first the storage, then the OTP area. What --fip-size leaves open ends where the next one starts.
static int check_places_behind(const struct tool_args *args, uint64_t fip_size)
{
    uint64_t end = args->fip_offset + (args->fip_size != 0 ? args->fip_size : fip_size);
    int err = 0;

    if (args->storage_size != 0) {
        err = check_part(args, args->path, "--storage-offset", args->storage_offset,
                         args->storage_size, end);
        end = args->storage_offset + args->storage_size;
    }
    if (err == 0 && args->otp_offset != 0) {
        err = check_part(args, args->otp != NULL ? args->otp : args->keep, "--otp-offset",
                         args->otp_offset, OTP_SIZE, end);
    }
    return err;
}

static int check_otp(const struct tool_args *args, const char *path, const struct tool_file *file)
{
    struct otp_fault fault;
    struct otp otp;
    int err;

    if (file->size != OTP_SIZE) {
        return refuse(path, "size", file->size, "exactly", OTP_SIZE);
    }
    err = args->force ? 0 : otp_decode(file->data, &otp, &fault);
    if (err != 0) {
        tool_error("%s: %s (offset 0x%" PRIx32 ") %s: found 0x%" PRIx32 ", expected 0x%" PRIx32,
                   path, fault.field, fault.offset, fault.text, fault.found, fault.expected);
    }
    explicit_bzero(&otp, sizeof(otp));
    return err;
}

static int read_kept(const struct tool_args *args, struct flash_parts *parts)
{
    int err = tool_file_read(args->keep, false, &parts->kept);

    if (err != 0) {
        return err;
    }
    if (parts->kept.size != args->size) {
        return refuse(args->keep, "size", parts->kept.size, "exactly", args->size);
    }
    parts->storage = (struct tool_file){ .data = parts->kept.data + args->storage_offset,
                                         .size = args->storage_size };
    parts->otp =
        (struct tool_file){ .data = parts->kept.data + args->otp_offset, .size = OTP_SIZE };
    return check_otp(args, args->keep, &parts->otp);
}

// The OTP area as it is in its file; the storage erased.
static int make_new(const struct tool_args *args, struct flash_parts *parts)
{
    int err = args->otp != NULL ? tool_file_read(args->otp, false, &parts->otp) : 0;

    if (err == 0 && args->otp != NULL) {
        err = check_otp(args, args->otp, &parts->otp);
    }
    if (err == 0 && args->storage_size != 0) {
        uint8_t *erased = malloc(args->storage_size);

        if (erased == NULL) {
            return refuse(args->path, "--storage-size", args->storage_size, "memory for",
                          args->storage_size);
        }
        memset(erased, 0xff, args->storage_size);
        parts->storage = (struct tool_file){ .data = erased, .size = args->storage_size };
    }
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
    if (err == 0) {
        err = check_places_behind(args, parts->fip.file.size);
    }
    if (err == 0) {
        err = args->keep != NULL ? read_kept(args, parts) : make_new(args, parts);
    }
    return err;
}

static void free_parts(const struct tool_args *args, struct flash_parts *parts)
{
    if (parts->otp.data != NULL) {
        explicit_bzero(parts->otp.data, parts->otp.size); // the hardware unique key
    }
    if (args->keep == NULL) {
        tool_file_free(&parts->otp);
        free(parts->storage.data);
    }
    tool_file_free(&parts->kept);
    fip_file_free(&parts->fip);
    tool_file_free(&parts->bl1);
}

static void print_part(uint64_t offset, uint64_t size, const char *name, const char *from)
{
    printf("0x%08" PRIx64 "  0x%08" PRIx64 "  %-7s  %s\n", offset, size, name, from);
}

static void print_map(const struct tool_args *args, const struct flash_parts *parts)
{
    print_part(0, parts->bl1.size, "BL1", args->bl1);
    print_part(args->fip_offset, parts->fip.file.size, "FIP", args->fip);
    if (parts->storage.size != 0) {
        print_part(args->storage_offset, parts->storage.size, "storage",
                   args->keep != NULL ? args->keep : "erased");
    }
    if (parts->otp.size != 0) {
        print_part(args->otp_offset, parts->otp.size, "OTP",
                   args->keep != NULL ? args->keep : args->otp);
    }
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
    if (err == 0 && parts->storage.size != 0) {
        err = tool_out_write(&out, args->storage_offset, parts->storage.data, parts->storage.size);
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
    if ((args->otp != NULL || args->keep != NULL) != (args->otp_offset != 0)) {
        tool_error("flash: expected --otp FILE, or --keep FILE, and --otp-offset N together, not "
                   "zero");
        return TOOL_USAGE;
    }
    if ((args->storage_offset != 0) != (args->storage_size != 0)) {
        tool_error("flash: expected --storage-offset N and --storage-size N together, not zero");
        return TOOL_USAGE;
    }
    if (args->keep != NULL && (args->otp != NULL || args->storage_size == 0)) {
        tool_error("flash: expected --keep FILE with --storage-offset N and --storage-size N, and "
                   "without --otp: that comes out of it");
        return TOOL_USAGE;
    }
    memset(&parts, 0, sizeof(parts));
    err = read_parts(args, &parts);
    if (err == 0) {
        err = write_flash(args, &parts);
    }
    if (err == 0 && args->layout) {
        print_map(args, &parts);
    }
    free_parts(args, &parts);
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_flash = {
    .name = "flash",
    .summary = "make a flash image out of BL1, a FIP and an OTP area",
    .operands = "FLASH",
    .notes =
        "FLASH may be given with --out instead; it is replaced if it exists. It is\n"
        "--size bytes long and sparse: what holds nothing reads as 0x00 (an erased flash\n"
        "chip would read as 0xff). --otp adds the image that `fip-tool provision` makes; the\n"
        "file is then readable by its owner alone, as that image is. What is at\n"
        "--storage-offset reads as erased, for partitions to write. --keep takes both out of\n"
        "an image that a machine has used, FLASH itself perhaps: new firmware, same secrets.\n"
        "--layout prints offset, size, name and origin of each part. --force flashes a FIP or\n"
        "OTP area that the firmware refuses, for tests.\n",
    .example = "  fip-tool flash --bl1 bl1.bin --fip fip.bin --size 0x4000000 \\\n"
               "      --fip-offset 0x100000 --storage-offset 0x2000000 --storage-size 0x400000 \\\n"
               "      --otp otp.bin --otp-offset 0x3f00000 flash.bin\n",
    .options = TOOL_OPT_LAYOUT | TOOL_OPT_FLASH | TOOL_OPT_OTP | TOOL_OPT_OUT | TOOL_OPT_FORCE |
               TOOL_OPT_NO_FILE,
    .run = run_flash,
};
