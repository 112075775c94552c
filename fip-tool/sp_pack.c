// SPDX-License-Identifier: BSD-3-Clause
//
// Makes a partition package (SPKG version 2) of a manifest and an image. Used by sp-pack. Neither
// is trusted: the SPMC's own decoders (platform/lib/boot: sp_manifest.c, elf_image.c, sp_pkg.c)
// judge them, here as later at boot; this file only puts their verdict into words.
#include "elf_image.h"
#include "fip-tool.h"
#include "sp_manifest.h"
#include "sp_pkg.h"

#include <elf.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#define FOUND_SIZE 160 // text of a value found

// The board is not known here: a region may be anywhere, as long as its addresses do not wrap. The
// SPMC asks again at boot, with the board's memory.
static const struct sp_manifest_range anywhere = { 0, UINT64_MAX };
static const struct sp_manifest_limits any_board = {
    .version = SP_CONFIG_VERSION,
    .messaging = SP_CONFIG_MESSAGING,
    .ns_ram = { 0, UINT64_MAX },
    .secure_ram = { 0, UINT64_MAX },
    .devices = &anywhere,
    .device_count = 1,
    .ns_devices = &anywhere,
    .ns_device_count = 1,
};

// Text from a device tree may hold anything, also what a terminal would obey.
static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~') {
            *text = '?';
        }
    }
}

// Whether the value can only be meant as text: one or more words, each printable and ended by a NUL.
static bool is_text(const uint8_t *value, int size)
{
    for (int i = 0; i < size; i++) {
        bool ends_word = value[i] == '\0' && i > 0 && value[i - 1] != '\0';

        if (!ends_word && (value[i] < ' ' || value[i] > '~')) {
            return false;
        }
    }
    return size > 1 && value[size - 1] == '\0';
}

// `: found "one", "two"`; cut to what fits.
static void describe_words(const char *words, int size, char text[FOUND_SIZE])
{
    size_t length = (size_t)snprintf(text, FOUND_SIZE, ": found ");

    for (int i = 0; i < size && length < FOUND_SIZE; i += (int)strlen(words + i) + 1) {
        length += (size_t)snprintf(text + length, FOUND_SIZE - length, "%s\"%.100s\"",
                                   i == 0 ? "" : ", ", words + i);
    }
}

// ": found …" for the value of the property at fault; nothing where there is no value to show.
static void describe_found(const struct tool_file *file, const struct sp_manifest_error *error,
                           char text[FOUND_SIZE])
{
    const uint8_t *value = NULL;
    int size = 0;

    text[0] = '\0';
    if (error->property[0] != '\0') {
        value = fdt_getprop(file->data, error->node_offset, error->property, &size);
    }
    if (value == NULL) {
        return;
    }
    if (is_text(value, size)) {
        describe_words((const char *)value, size, text);
    } else if (size == 4) {
        snprintf(text, FOUND_SIZE, ": found 0x%" PRIx32, fdt32_ld((const fdt32_t *)value));
    } else if (size == 8) {
        snprintf(text, FOUND_SIZE, ": found 0x%" PRIx64, fdt64_ld((const fdt64_t *)value));
    } else if (size > 1 && memchr(value, '\0', (size_t)size) == value + size - 1) {
        snprintf(text, FOUND_SIZE, ": found \"%.100s\"", (const char *)value);
    } else {
        snprintf(text, FOUND_SIZE, ": found %d bytes", size);
    }
    make_printable(text);
}

static void describe_expected(const struct sp_manifest_error *error, char text[FOUND_SIZE])
{
    text[0] = '\0';
    if (error->min == error->max) {
        snprintf(text, FOUND_SIZE, ", expected 0x%" PRIx32, error->min);
    } else if (error->min < error->max) {
        snprintf(text, FOUND_SIZE, ", expected 0x%" PRIx32 " to 0x%" PRIx32, error->min,
                 error->max);
    }
}

static void report_manifest(const char *path, const struct tool_file *file,
                            const struct sp_manifest_error *error)
{
    char found[FOUND_SIZE], expected[FOUND_SIZE], place[2 * SP_MANIFEST_NAME_SIZE + 32];
    const char *slash = error->node[0] == '\0' ? "/" : "";

    describe_found(file, error, found);
    describe_expected(error, expected);
    if (error->property[0] != '\0') {
        snprintf(place, sizeof(place), "node \"%s%s\", property \"%s\"", slash, error->node,
                 error->property);
    } else {
        snprintf(place, sizeof(place), "node \"%s%s\"", slash, error->node);
    }
    make_printable(place);
    tool_error("%s: manifest: %s: %s%s%s", path, place, error->rule, found, expected);
}

int sp_pack_check_manifest(const char *path, const struct tool_file *file)
{
    struct sp_manifest_error error;
    struct sp_config config;
    int err = sp_manifest_decode(file->data, file->size, &any_board, &config, &error);

    if (err != 0) {
        report_manifest(path, file, &error);
        return err;
    }
    if (fdt_totalsize(file->data) != file->size) {
        tool_error("%s: manifest: totalsize: found 0x%" PRIx32 ", expected the file's size 0x%zx",
                   path, fdt_totalsize(file->data), file->size);
        return ERR_INVALID;
    }
    return 0;
}

// What the loader never reads of an image that it accepts is behind the program headers and the
// last PT_LOAD: section headers, symbols, debug information.
static void cut_off_unread(const char *path, struct tool_file *file, const struct elf_image *image)
{
    const size_t sections = offsetof(Elf64_Ehdr, e_shentsize);
    const uint8_t *count = file->data + offsetof(Elf64_Ehdr, e_phnum);
    uint64_t end = image_get_le64(file->data + offsetof(Elf64_Ehdr, e_phoff)) +
                   (uint64_t)(count[0] | count[1] << 8) * sizeof(Elf64_Phdr);

    end = end < sizeof(Elf64_Ehdr) ? sizeof(Elf64_Ehdr) : end;
    for (uint32_t i = 0; i < image->segment_count; i++) {
        uint64_t segment_end = image->segments[i].offset + image->segments[i].filesz;

        end = segment_end > end ? segment_end : end;
    }
    tool_verbose("%s: %zu bytes, %" PRIu64 " without symbols", path, file->size, end);
    image_put_le64(file->data + offsetof(Elf64_Ehdr, e_shoff), 0);
    memset(file->data + sections, 0, sizeof(Elf64_Ehdr) - sections);
    file->size = end;
}

int sp_pack_prepare_image(const char *path, struct tool_file *file)
{
    struct image_fault fault;
    struct elf_image image;
    int err = elf_image_decode(file->data, file->size, &image, &fault);

    if (err == 0) {
        cut_off_unread(path, file, &image);
        // A strange image may mean something else by the header's bytes about sections
        err = elf_image_decode(file->data, file->size, &image, &fault);
    }
    return err != 0 ? tool_fault(path, NULL, &fault, err) : 0;
}

// Where the image goes: at its usual place, or on the first page behind a larger manifest.
static uint64_t image_offset(const struct tool_file *manifest)
{
    uint64_t end = SP_PKG_MANIFEST_OFFSET + (uint64_t)manifest->size;

    if (end <= SP_PKG_IMAGE_OFFSET) {
        return SP_PKG_IMAGE_OFFSET;
    }
    return (end + SP_PKG_PAGE - 1) & ~(uint64_t)(SP_PKG_PAGE - 1);
}

int sp_pack_write(const struct tool_file *manifest, const struct tool_file *image, const char *path)
{
    uint64_t offset = image_offset(manifest), end = offset + image->size;
    uint8_t header[SP_PKG_HEADER_SIZE];
    struct image_fault fault;
    struct tool_out out;
    struct sp_pkg pkg;
    int err;

    if (end > UINT32_MAX) {
        tool_error("%s: package size: found 0x%" PRIx64 ", expected at most 0xffffffff", path, end);
        return ERR_RANGE;
    }
    image_put_le32(header + offsetof(struct sp_pkg_wire, magic), SP_PKG_MAGIC);
    image_put_le32(header + offsetof(struct sp_pkg_wire, version), SP_PKG_VERSION_2);
    image_put_le32(header + offsetof(struct sp_pkg_wire, pm_offset), SP_PKG_MANIFEST_OFFSET);
    image_put_le32(header + offsetof(struct sp_pkg_wire, pm_size), (uint32_t)manifest->size);
    image_put_le32(header + offsetof(struct sp_pkg_wire, img_offset), (uint32_t)offset);
    image_put_le32(header + offsetof(struct sp_pkg_wire, img_size), (uint32_t)image->size);
    err = sp_pkg_decode(header, sizeof(header), end, &pkg, &fault);
    if (err != 0) {
        return tool_fault(path, NULL, &fault, err);
    }
    err = tool_out_open(&out, path);
    if (err != 0) {
        return err;
    }
    err = tool_out_write(&out, 0, header, sizeof(header));
    if (err == 0) {
        err = tool_out_write(&out, SP_PKG_MANIFEST_OFFSET, manifest->data, manifest->size);
    }
    if (err == 0) {
        err = tool_out_write(&out, offset, image->data, image->size);
    }
    if (err != 0) {
        tool_out_abandon(&out);
        return err;
    }
    return tool_out_commit(&out, end);
}
