// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool info: lists the images of a FIP, line for line as fiptool does, or draws its layout. The
// FIP is not trusted: the firmware's reader must accept it first; partition packages in it are
// shown after the SPMC's reader saw them.
#include "fip-tool.h"
#include "sp_pkg.h"

#include <inttypes.h>
#include <stdio.h>

// fiptool's order: well-known images by rank, then the others as they stand in the file.
static void print_list(const struct fip *fip)
{
    char text[TOOL_LABEL_SIZE];

    for (size_t rank = 0; rank <= IMAGE_COUNT; rank++) {
        for (uint32_t i = 0; i < fip->entry_count; i++) {
            const struct fip_entry *entry = &fip->entries[i];
            const struct fip_name *name = fip_names_find(entry->uuid);

            if (fip_file_rank(entry->uuid) == rank) {
                printf("%s: offset=0x%" PRIX64 ", size=0x%" PRIX64 ", cmdline=\"--%s\"\n",
                       name != NULL ? name->title : tool_format_uuid(entry->uuid, text),
                       entry->offset, entry->size, name != NULL ? name->option : "blob");
            }
        }
    }
}

static void print_span(uint64_t start, uint64_t end, const char *what)
{
    printf("  0x%08" PRIx64 "  0x%08" PRIx64 "  %10" PRIu64 "  %s\n", start, end, end - start,
           what);
}

static void print_package(const struct fip_file *fip_file, const struct fip_entry *entry)
{
    struct image_fault fault;
    struct sp_pkg pkg;
    const uint8_t *data = fip_file_data(fip_file, entry);

    if (sp_pkg_decode(data, entry->size, entry->size, &pkg, &fault) == 0) {
        printf("%38spartition package v%" PRIu32 ": manifest at 0x%" PRIx32 ", %" PRIu32
               " bytes; image at 0x%" PRIx32 ", %" PRIu32 " bytes\n",
               "", pkg.version, pkg.manifest_offset, pkg.manifest_size, pkg.image_offset,
               pkg.image_size);
    } else if (fault.rule != SP_PKG_RULE_MAGIC && fault.rule != SP_PKG_RULE_HEADER) {
        printf("%38sbroken partition package: %s %s: found 0x%" PRIx64 ", expected 0x%" PRIx64 "\n",
               "", fault.field, fault.text, fault.found, fault.expected);
    }
}

// The entry that starts next at or behind `offset`; entries neither overlap nor are empty.
static const struct fip_entry *next_entry(const struct fip *fip, uint64_t offset)
{
    const struct fip_entry *next = NULL;

    for (uint32_t i = 0; i < fip->entry_count; i++) {
        const struct fip_entry *entry = &fip->entries[i];

        if (entry->offset >= offset && (next == NULL || entry->offset < next->offset)) {
            next = entry;
        }
    }
    return next;
}

static void print_layout(const char *path, const struct fip_file *fip_file)
{
    const struct fip *fip = &fip_file->fip;
    uint64_t offset =
        sizeof(struct fip_header_wire) + (fip->entry_count + 1ull) * sizeof(struct fip_entry_wire);
    const struct fip_entry *entry;
    char text[TOOL_LABEL_SIZE];

    printf("%s: FIP of %" PRIu64 " bytes, %" PRIu32 " images, serial number 0x%08" PRIx32
           ", platform flags 0x%04" PRIx64 "\n\n  start       end               bytes  what\n",
           path, fip->size, fip->entry_count, fip->serial,
           fip->flags >> FIP_PLAT_FLAGS_SHIFT & FIP_PLAT_FLAGS_MASK);
    print_span(0, offset, "table of contents");
    while ((entry = next_entry(fip, offset)) != NULL) {
        const struct fip_name *name = fip_names_find(entry->uuid);
        char what[128];

        if (entry->offset != offset) {
            print_span(offset, entry->offset, "(gap)");
        }
        snprintf(what, sizeof(what), "%s%s%s", tool_label(entry->uuid, text),
                 name != NULL ? ": " : "", name != NULL ? name->title : "");
        offset = entry->offset + entry->size;
        print_span(entry->offset, offset, what);
        print_package(fip_file, entry);
    }
    if (offset != fip->size) {
        print_span(offset, fip->size, "(gap)");
    }
    if (fip->size != fip_file->file.size) {
        print_span(fip->size, fip_file->file.size, "(behind the FIP)");
    }
}

static enum tool_exit run_info(const struct tool_args *args)
{
    static struct fip_file fip_file;

    if (fip_file_open(&fip_file, args->path, false) != 0) {
        return TOOL_FAILED;
    }
    if (args->layout) {
        print_layout(args->path, &fip_file);
    } else {
        print_list(&fip_file.fip);
    }
    fip_file_free(&fip_file);
    return TOOL_OK;
}

const struct tool_command cmd_info = {
    .name = "info",
    .summary = "list the images of a FIP",
    .operands = "FIP",
    .notes = "One line per image: title, offset and size in hexadecimal, option name. With\n"
             "--layout a table of the whole file by offset, with gaps, header fields and the\n"
             "inside of partition packages.\n",
    .example = "  fip-tool info fip.bin\n"
               "  fip-tool info --layout fip.bin\n",
    .options = TOOL_OPT_LAYOUT,
    .run = run_info,
};
