// SPDX-License-Identifier: BSD-3-Clause
//
// Command lines of all commands: one table of options, the image options from fip_names, help made
// of both. Called by main.c. Trusts no argument; a wrong one is refused before any file is touched.
#include "fip-tool.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum option_code {
    CODE_ALIGN = 1,
    CODE_FLAGS,
    CODE_OUT,
    CODE_FORCE,
    CODE_LAYOUT,
    CODE_IMAGE,
    CODE_MANIFEST,
    CODE_BL1,
    CODE_FIP,
    CODE_SIZE,
    CODE_FIP_OFFSET,
    CODE_FIP_SIZE,
    CODE_BLOB,
    CODE_HELP,
    CODE_FIRST_NAME = 1000, // + enum fip_image_id; beyond every character getopt returns
};

struct option_row {
    const char *name;
    const char *value; // NULL: takes none
    const char *help;
    uint32_t commands; // a command that has one of these bits takes it
    enum option_code code;
};

static const struct option_row option_rows[] = {
    { "align", "N", "start of each image, a power of two (default 1)", TOOL_OPT_ALIGN, CODE_ALIGN },
    { "plat-toc-flags", "N", "bits 47:32 of the FIP header, at most 0xffff", TOOL_OPT_FLAGS,
      CODE_FLAGS },
    { "out", "PATH", "where to write instead", TOOL_OPT_OUT, CODE_OUT },
    { "force", NULL, "go on where a check would stop, see above", TOOL_OPT_FORCE, CODE_FORCE },
    { "layout", NULL, "show where each byte of the file belongs", TOOL_OPT_LAYOUT, CODE_LAYOUT },
    { "image", "FILE", "partition image, AArch64 static-PIE", TOOL_OPT_SP, CODE_IMAGE },
    { "manifest", "FILE", "partition manifest, device tree blob", TOOL_OPT_SP, CODE_MANIFEST },
    { "bl1", "FILE", "boot ROM image, goes to offset 0", TOOL_OPT_FLASH, CODE_BL1 },
    { "fip", "FILE", "firmware image package", TOOL_OPT_FLASH, CODE_FIP },
    { "size", "N", "bytes of the whole flash", TOOL_OPT_FLASH, CODE_SIZE },
    { "fip-offset", "N", "where the FIP goes", TOOL_OPT_FLASH, CODE_FIP_OFFSET },
    { "fip-size", "N", "most that the FIP may take (default: up to the end)", TOOL_OPT_FLASH,
      CODE_FIP_SIZE },
    { "blob", "uuid=UUID,file=FILE", "image with any UUID", TOOL_OPT_IMAGE_FILE, CODE_BLOB },
    { "blob", "uuid=UUID", "image with any UUID", TOOL_OPT_IMAGE, CODE_BLOB },
    { "help", NULL, "this text", UINT32_MAX, CODE_HELP },
};
#define OPTION_ROWS (sizeof(option_rows) / sizeof(option_rows[0]))

static void make_options(const struct tool_command *command, struct option *options)
{
    size_t count = 0;

    for (size_t i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_rows[i];

        if ((row->commands & command->options) != 0 || row->code == CODE_HELP) {
            options[count].name = row->name;
            options[count].has_arg = row->value != NULL ? required_argument : no_argument;
            options[count++].val = (int)row->code;
        }
    }
    if ((command->options & (TOOL_OPT_IMAGE_FILE | TOOL_OPT_IMAGE)) != 0) {
        bool takes_file = (command->options & TOOL_OPT_IMAGE_FILE) != 0;

        for (int id = 0; id < IMAGE_COUNT; id++) {
            options[count].name = fip_names_get((enum fip_image_id)id)->option;
            options[count].has_arg = takes_file ? required_argument : no_argument;
            options[count++].val = CODE_FIRST_NAME + id;
        }
    }
}

void tool_args_help(const struct tool_command *command)
{
    bool takes_file = (command->options & TOOL_OPT_IMAGE_FILE) != 0;
    char left[64];

    printf("usage: fip-tool %s [options] %s\n%s\n\n%s\noptions:\n", command->name,
           command->operands, command->summary, command->notes);
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_rows[i];

        if ((row->commands & command->options) != 0 || row->code == CODE_HELP) {
            snprintf(left, sizeof(left), "--%s %s", row->name, row->value ? row->value : "");
            printf("  %-28s %s\n", left, row->help);
        }
    }
    if (takes_file || (command->options & TOOL_OPT_IMAGE) != 0) {
        printf("\nwell-known images:\n");
        for (int id = 0; id < IMAGE_COUNT; id++) {
            const struct fip_name *name = fip_names_get((enum fip_image_id)id);

            snprintf(left, sizeof(left), "--%s%s", name->option, takes_file ? " FILE" : "");
            printf("  %-28s %s\n", left, name->title);
        }
    }
    printf("\nexample:\n%s", command->example);
}

static bool add_image(struct tool_args *args, const uint8_t *uuid, const char *file)
{
    uint32_t i = 0;

    while (i < args->image_count && !image_uuid_equal(args->images[i].uuid, uuid)) {
        i++;
    }
    if (i == FIP_MAX_ENTRIES) {
        tool_error("number of images: expected at most %d", FIP_MAX_ENTRIES);
        return false;
    }
    if (i == args->image_count) {
        memcpy(args->images[i].uuid, uuid, IMAGE_UUID_SIZE);
        args->image_count++;
    }
    args->images[i].file = file; // as in fiptool the last one of the same image counts
    return true;
}

// --blob uuid=UUID[,file=FILE], the two in any order. Cuts `value` into pieces.
static bool add_blob(struct tool_args *args, char *value, bool needs_file)
{
    const char *uuid_text = NULL, *file = NULL;
    uint8_t uuid[IMAGE_UUID_SIZE];

    for (char *part = strtok(value, ","); part != NULL; part = strtok(NULL, ",")) {
        if (strncmp(part, "uuid=", 5) == 0) {
            uuid_text = part + 5;
        } else if (strncmp(part, "file=", 5) == 0) {
            file = part + 5;
        } else {
            tool_error("--blob: found \"%s\", expected uuid=UUID or file=FILE", part);
            return false;
        }
    }
    if (uuid_text == NULL || (needs_file && file == NULL)) {
        tool_error("--blob: expected uuid=UUID%s", needs_file ? ",file=FILE" : "");
        return false;
    }
    if (!tool_parse_uuid(uuid_text, uuid) || image_uuid_is_nil(uuid)) {
        tool_error(
            "--blob: uuid: found \"%s\", expected 8-4-4-4-12 hexadecimal digits, not all zero",
            uuid_text);
        return false;
    }
    return add_image(args, uuid, file);
}

static bool set_number(const char *option, const char *text, uint64_t max, uint64_t *value)
{
    if (!tool_parse_number(text, max, value)) {
        tool_error("--%s: found \"%s\", expected a number from 0 to 0x%llx", option, text,
                   (unsigned long long)max);
        return false;
    }
    return true;
}

static bool set_align(const char *text, uint64_t *align)
{
    if (!tool_parse_number(text, UINT64_MAX, align) || *align == 0 ||
        (*align & (*align - 1)) != 0) {
        tool_error("--align: found \"%s\", expected a power of two", text);
        return false;
    }
    return true;
}

// One option that is not a well-known image.
static bool apply_option(const struct tool_command *command, enum option_code code, char *value,
                         struct tool_args *args)
{
    switch (code) {
    case CODE_ALIGN:
        return set_align(value, &args->align);
    case CODE_FLAGS:
        args->has_flags = true;
        return set_number("plat-toc-flags", value, FIP_PLAT_FLAGS_MASK, &args->flags);
    case CODE_OUT:
        args->out = value;
        return true;
    case CODE_FORCE:
        args->force = true;
        return true;
    case CODE_LAYOUT:
        args->layout = true;
        return true;
    case CODE_IMAGE:
        args->image = value;
        return true;
    case CODE_MANIFEST:
        args->manifest = value;
        return true;
    case CODE_BL1:
        args->bl1 = value;
        return true;
    case CODE_FIP:
        args->fip = value;
        return true;
    case CODE_SIZE:
        return set_number("size", value, TOOL_FIP_SIZE_MAX, &args->size);
    case CODE_FIP_OFFSET:
        return set_number("fip-offset", value, TOOL_FIP_SIZE_MAX, &args->fip_offset);
    case CODE_FIP_SIZE:
        return set_number("fip-size", value, TOOL_FIP_SIZE_MAX, &args->fip_size);
    case CODE_BLOB:
        return add_blob(args, value, (command->options & TOOL_OPT_IMAGE_FILE) != 0);
    case CODE_HELP:
    case CODE_FIRST_NAME:
        break;
    }
    return false;
}

// What is left behind the options: one path, or none where --out can name it.
static bool take_operand(const struct tool_command *command, int count, char **operands,
                         struct tool_args *args)
{
    bool by_out = (command->options & TOOL_OPT_NO_FILE) != 0;

    if (count == 1 && !(by_out && args->out != NULL)) {
        args->path = operands[0];
        return true;
    }
    if (count == 0 && by_out && args->out != NULL) {
        args->path = args->out;
        return true;
    }
    tool_error("%s: found %d operands%s, expected one: %s", command->name, count,
               by_out && args->out != NULL ? " and --out" : "", command->operands);
    return false;
}

bool tool_args_parse(const struct tool_command *command, int argc, char **argv,
                     struct tool_args *args, enum tool_exit *exit_code)
{
    struct option options[OPTION_ROWS + IMAGE_COUNT + 1] = { 0 };
    bool good = true;
    int code;

    memset(args, 0, sizeof(*args));
    args->align = 1;
    make_options(command, options);
    optind = 0; // begin anew, also inside a long-lived caller (tests)
    while (good && (code = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (code == 'h' || code == CODE_HELP) {
            tool_args_help(command);
            *exit_code = TOOL_OK;
            return false;
        }
        if (code >= CODE_FIRST_NAME && code < CODE_FIRST_NAME + (int)IMAGE_COUNT) {
            good = add_image(args, fip_names_get((enum fip_image_id)(code - CODE_FIRST_NAME))->uuid,
                             optarg);
        } else {
            good = code != '?' && apply_option(command, (enum option_code)code, optarg, args);
        }
    }
    good = good && take_operand(command, argc - optind, argv + optind, args);
    if (!good) {
        fprintf(stderr, "see: fip-tool %s --help\n", command->name);
        *exit_code = TOOL_USAGE;
    }
    return good;
}
