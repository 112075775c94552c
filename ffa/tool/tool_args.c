// SPDX-License-Identifier: BSD-3-Clause
//
// Command lines: one table of options, help made of it. Called by tool_run.c. Trusts no argument; a wrong one is refused
// before anything is done.
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "tessera.h"
#include "tool.h"

struct option_row {
    const char *name;
    const char *value; // NULL: takes none
    const char *help;
    uint32_t commands; // a command that has one of these bits takes it; 0: all do
};

enum row { JSON, DEVICES, HELP, OUT, ID, RAW, ITS, WRITE_ONCE, CHALLENGE, EXPORTABLE, QUICK, ROWS };

static const struct option_row rows[ROWS] = {
    [JSON] = { "json", NULL, "one JSON object on standard output", 0 },
    [DEVICES] = { "devices", "PREFIX", "the kernel's devices (" TESSERA_DEVICES ")", 0 },
    [HELP] = { "help", NULL, "this text", 0 },
    [OUT] = { "out", "FILE", "where the result goes, as it is; - is standard output",
              TOOL_OPT_OUT },
    [ID] = { "id", "N", "the key's id, 1 to 0x3fffffff", TOOL_OPT_ID },
    [RAW] = { "raw", NULL, "as PSA has it, not as X.509 has it", TOOL_OPT_RAW },
    [ITS] = { "its", NULL, "Internal Trusted Storage instead of Protected Storage", TOOL_OPT_ITS },
    [WRITE_ONCE] = { "write-once", NULL, "it can never be changed or removed",
                     TOOL_OPT_WRITE_ONCE },
    [CHALLENGE] = { "challenge", "HEX", "32, 48 or 64 bytes from who wants to know",
                    TOOL_OPT_CHALLENGE },
    [EXPORTABLE] = { "exportable", NULL, "the key can leave the secure world", TOOL_OPT_EXPORT },
    [QUICK] = { "quick", NULL, "without the cases that write to flash", TOOL_OPT_QUICK },
};

static bool takes(const struct tool_command *command, enum row row)
{
    return rows[row].commands == 0 || (rows[row].commands & command->options) != 0;
}

void tool_args_help(const struct tool_command *command)
{
    printf("tessera %s%s%s: %s\n\nusage: tessera %s%s%s %s [options]\n\noptions:\n", command->name,
           command->step != NULL ? " " : "", command->step != NULL ? command->step : "",
           command->summary, command->name, command->step != NULL ? " " : "",
           command->step != NULL ? command->step : "", command->operands);
    for (size_t i = 0; i < ROWS; i++) {
        char text[40];

        if (takes(command, (enum row)i)) {
            (void)snprintf(text, sizeof(text), "--%s%s%s", rows[i].name,
                           rows[i].value != NULL ? " " : "",
                           rows[i].value != NULL ? rows[i].value : "");
            printf("  %-18s %s\n", text, rows[i].help);
        }
    }
    if (strstr(command->operands, "KIND") != NULL) {
        char kinds[128];

        tool_key_kind_list(kinds, sizeof(kinds));
        printf("\nKIND: %s\n", kinds);
    }
    if (command->notes != NULL) {
        printf("\n%s", command->notes);
    }
}

bool tool_parse_number(const char *text, uint64_t max, uint64_t *value)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? "0123456789abcdef" : "0123456789";
    uint64_t base = hex ? 16 : 10;
    uint64_t result = 0;

    text += hex ? 2 : 0;
    if (text[0] == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        char lower = *text >= 'A' && *text <= 'F' ? (char)(*text - 'A' + 'a') : *text;
        const char *digit = strchr(digits, lower);

        if (digit == NULL || result > (max - (uint64_t)(digit - digits)) / base ||
            (uint64_t)(digit - digits) > max) {
            return false;
        }
        result = result * base + (uint64_t)(digit - digits);
    }
    *value = result;
    return true;
}

static int nibble(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool tool_parse_hex(const char *text, uint8_t *bytes, size_t max, size_t *size)
{
    size_t length = strlen(text);

    if (length == 0 || length % 2 != 0 || length / 2 > max) {
        return false;
    }
    for (size_t i = 0; i < length / 2; i++) {
        int high = nibble(text[2 * i]);
        int low = nibble(text[2 * i + 1]);

        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    *size = length / 2;
    return true;
}

bool tool_parse_id(const char *text, uint32_t *id)
{
    uint64_t value;

    if (!tool_parse_number(text, PSA_KEY_ID_USER_MAX, &value) || value < PSA_KEY_ID_USER_MIN) {
        tool_error("key: found \"%s\", expected a number from 1 to 0x3fffffff", text);
        return false;
    }
    *id = (uint32_t)value;
    return true;
}

// One option; false after an error line
static bool set(enum row row, const char *value, struct tool_args *args)
{
    switch (row) {
    case JSON:
        args->json = true;
        return true;
    case DEVICES:
        args->devices = value;
        return true;
    case OUT:
        args->out = value;
        return true;
    case ID:
        args->has_id = true;
        return tool_parse_id(value, &args->id);
    case RAW:
        args->raw = true;
        return true;
    case ITS:
        args->its = true;
        return true;
    case WRITE_ONCE:
        args->write_once = true;
        return true;
    case EXPORTABLE:
        args->exportable = true;
        return true;
    case QUICK:
        args->quick = true;
        return true;
    case CHALLENGE:
        if (tool_parse_hex(value, args->challenge, sizeof(args->challenge),
                           &args->challenge_size) &&
            (args->challenge_size == 32 || args->challenge_size == 48 ||
             args->challenge_size == 64)) {
            return true;
        }
        tool_error("--challenge: found \"%s\", expected 64, 96 or 128 hexadecimal digits", value);
        return false;
    case HELP:
    case ROWS:
        break;
    }
    return false;
}

// What getopt_long() shall know: the command's options. `options` has a place more than there are rows
static void list_options(const struct tool_command *command, struct option *options)
{
    size_t count = 0;

    for (size_t i = 0; i < ROWS; i++) {
        if (takes(command, (enum row)i)) {
            options[count++] = (struct option){
                .name = rows[i].name,
                .has_arg = rows[i].value != NULL ? required_argument : no_argument,
                .val = (int)i + 1,
            };
        }
    }
    options[count] = (struct option){ .name = NULL };
}

static bool take_operands(const struct tool_command *command, int argc, char **argv,
                          struct tool_args *args)
{
    if ((size_t)argc != command->operand_count) {
        tool_error("%s: found %d operands, expected %zu: %s", command->name, argc,
                   command->operand_count, command->operands);
        return false;
    }
    for (size_t i = 0; i < command->operand_count; i++) {
        args->operands[i] = argv[i];
    }
    args->operand_count = command->operand_count;
    if (args->json && args->out != NULL && strcmp(args->out, "-") == 0) {
        tool_error("--out -: standard output has the JSON object");
        return false;
    }
    if ((command->options & TOOL_OPT_ID) != 0 && !args->has_id) {
        tool_error("--id: missing: a key without one ends with this command");
        return false;
    }
    return true;
}

bool tool_args_parse(const struct tool_command *command, int argc, char **argv,
                     struct tool_args *args, enum tool_exit *exit_code)
{
    struct option options[ROWS + 1];
    int option;

    *args = (struct tool_args){ .devices = TESSERA_DEVICES };
    *exit_code = TOOL_USAGE;
    list_options(command, options);
    optind = 0; // and again from the start: tests call this more than once
    opterr = 0;
    // The word before is the command, where getopt_long() expects a program's name
    while ((option = getopt_long(argc + 1, argv - 1, ":h", options, NULL)) != -1) {
        if (option == HELP + 1 || option == 'h') {
            tool_args_help(command);
            *exit_code = fflush(stdout) == 0 && ferror(stdout) == 0 ? TOOL_OK : TOOL_FAILED;
            return false;
        }
        if (option == '?' && optopt > ROWS) { // a letter, maybe one of several
            tool_error("-%c: no such option, see --help", optopt);
            return false;
        }
        if (option == ':' || option == '?') {
            tool_error("%s: %s, see --help", argv[optind - 2],
                       option == ':' ? "needs a value" : "no such option");
            return false;
        }
        if (!set((enum row)(option - 1), optarg, args)) {
            return false;
        }
    }
    return take_operands(command, argc + 1 - optind, argv - 1 + optind, args);
}
