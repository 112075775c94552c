// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool info: lists the images of a FIP, line for line as fiptool does, draws its layout, or says
// all of it in JSON. The FIP is not trusted: the firmware's reader must accept it first; partition
// packages and certificates in it are shown after the firmware's readers saw them, and believed by
// nobody (that is verify's affair).
#include "sp_pkg.h"
#include "trust.h"

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
        if (show_is_cert(entry->uuid)) {
            show_cert_print(fip_file_data(fip_file, entry), entry->size, 38);
        }
    }
    if (offset != fip->size) {
        print_span(offset, fip->size, "(gap)");
    }
    if (fip->size != fip_file->file.size) {
        print_span(fip->size, fip_file->file.size, "(behind the FIP)");
    }
}

static void write_package_fault(const struct image_fault *fault, struct json *json)
{
    json_put_object(json, "fault");
    json_put_text(json, "field", fault->field);
    json_put_text(json, "rule", fault->text);
    json_put_word(json, "found", fault->found);
    json_put_word(json, "expected", fault->expected);
    json_close(json);
}

static void write_package(const uint8_t *data, size_t size, struct json *json)
{
    struct image_fault fault;
    struct sp_pkg pkg;
    bool decoded = sp_pkg_decode(data, size, size, &pkg, &fault) == 0;

    if (!decoded && (fault.rule == SP_PKG_RULE_MAGIC || fault.rule == SP_PKG_RULE_HEADER)) {
        return;
    }
    json_put_object(json, "package");
    json_put_bool(json, "decoded", decoded);
    if (decoded) {
        json_put_integer(json, "version", pkg.version);
        json_put_integer(json, "manifest_offset", pkg.manifest_offset);
        json_put_integer(json, "manifest_size", pkg.manifest_size);
        json_put_integer(json, "image_offset", pkg.image_offset);
        json_put_integer(json, "image_size", pkg.image_size);
    } else {
        write_package_fault(&fault, json);
    }
    json_close(json);
}

static void write_entry(const struct fip_file *fip_file, const struct fip_entry *entry,
                        struct json *json)
{
    const struct fip_name *name = fip_names_find(entry->uuid);
    const uint8_t *data = fip_file_data(fip_file, entry);
    char text[TOOL_LABEL_SIZE];

    json_put_object(json, NULL);
    json_put_text(json, "name", tool_label(entry->uuid, text));
    json_put_text(json, "title", name != NULL ? name->title : NULL);
    json_put_text(json, "uuid", tool_format_uuid(entry->uuid, text));
    json_put_integer(json, "offset", entry->offset);
    json_put_integer(json, "size", entry->size);
    json_put_word(json, "flags", entry->flags);
    if (show_is_cert(entry->uuid)) {
        show_cert_write(data, entry->size, json);
    } else {
        write_package(data, entry->size, json);
    }
    json_close(json);
}

static void write_fip(const struct fip_file *fip_file, struct json *json)
{
    const struct fip *fip = &fip_file->fip;

    json_put_object(json, "fip");
    json_put_integer(json, "file_size", fip_file->file.size);
    json_put_integer(json, "size", fip->size);
    json_put_word(json, "serial", fip->serial);
    json_put_word(json, "flags", fip->flags);
    json_put_array(json, "entries");
    for (uint32_t i = 0; i < fip->entry_count; i++) {
        write_entry(fip_file, &fip->entries[i], json);
    }
    json_close(json);
    json_close(json);
}

// One document, also for a FIP that is refused.
static enum tool_exit write_info(const char *path, struct fip_file *fip_file)
{
    static struct refusals refusals;
    struct image_fault fault;
    struct json json;

    refusals.count = 0;
    if (fip_file_load(fip_file, path, false, &fault) != 0) {
        refusal_add_fip(&refusals, path, &fip_file->fip, &fault);
        refusal_print(&refusals);
    }
    json_begin(&json, stdout);
    json_put_object(&json, NULL);
    json_put_text(&json, "command", "info");
    json_put_text(&json, "file", path);
    if (refusals.count == 0) {
        write_fip(fip_file, &json);
        fip_file_free(fip_file);
    }
    refusal_write(&refusals, &json);
    json_close(&json);
    return refusals.count == 0 ? TOOL_OK : TOOL_FAILED;
}

static enum tool_exit run_info(const struct tool_args *args)
{
    static struct fip_file fip_file;

    if (args->json) {
        return write_info(args->path, &fip_file);
    }
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
             "inside of partition packages and certificates. With --json all of this as one\n"
             "JSON document (fip-tool/README.md). What certificates say is not checked: that is\n"
             "verify's affair.\n",
    .example = "  fip-tool info fip.bin\n"
               "  fip-tool info --layout fip.bin\n"
               "  fip-tool info --json fip.bin\n",
    .options = TOOL_OPT_LAYOUT | TOOL_OPT_JSON,
    .run = run_info,
};
