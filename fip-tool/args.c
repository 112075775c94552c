// SPDX-License-Identifier: BSD-3-Clause
//
// Command lines of all commands: one table of options, the image options from fip_names, help made
// of both. Called by main.c. Trusts no argument; a wrong one is refused before any file is touched.
#include "fip-tool.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "otp.h"

struct option_row {
    const char *name;
    const char *value; // NULL: takes none
    const char *help;
    uint32_t commands; // a command that has one of these bits takes it
    // Decodes `value` (NULL if the option takes none) into `args`; false after an error line. NULL: help
    bool (*set)(const struct option_row *row, char *value, struct tool_args *args);
    size_t which; // for `set`: FIELD() of struct tool_args, or what else tells two rows apart
};
#define FIELD(name) offsetof(struct tool_args, name)

static void *field_of(struct tool_args *args, const struct option_row *row)
{
    return (char *)args + row->which;
}

static bool set_text(const struct option_row *row, char *value, struct tool_args *args)
{
    *(const char **)field_of(args, row) = value;
    return true;
}

static bool set_on(const struct option_row *row, char *value, struct tool_args *args)
{
    (void)value;
    *(bool *)field_of(args, row) = true;
    return true;
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
static bool add_blob(const struct option_row *row, char *value, struct tool_args *args)
{
    bool needs_file = (row->commands & TOOL_OPT_IMAGE_FILE) != 0;
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

static bool set_size(const struct option_row *row, char *value, struct tool_args *args)
{
    return set_number(row->name, value, TOOL_FIP_SIZE_MAX, field_of(args, row));
}

static bool set_flags(const struct option_row *row, char *value, struct tool_args *args)
{
    args->has_flags = true;
    return set_number(row->name, value, FIP_PLAT_FLAGS_MASK, &args->flags);
}

static bool set_align(const struct option_row *row, char *value, struct tool_args *args)
{
    if (!tool_parse_number(value, UINT64_MAX, &args->align) || args->align == 0 ||
        (args->align & (args->align - 1)) != 0) {
        tool_error("--%s: found \"%s\", expected a power of two", row->name, value);
        return false;
    }
    return true;
}

// One more root key, `which` of enum cot_root; NULL if there is no room.
static struct tool_root *add_root(const struct option_row *row, struct tool_args *args)
{
    struct tool_root *root = &args->roots[args->root_count];

    if (args->root_count == TOOL_MAX_ROOTS) {
        tool_error("number of root keys: expected at most %d", TOOL_MAX_ROOTS);
        return NULL;
    }
    root->root = (enum cot_root)row->which;
    args->root_count++;
    return root;
}

static bool set_root_key(const struct option_row *row, char *value, struct tool_args *args)
{
    struct tool_root *root = add_root(row, args);

    if (root != NULL) {
        root->file = value;
    }
    return root != NULL;
}

static bool set_root_hash(const struct option_row *row, char *value, struct tool_args *args)
{
    struct tool_root *root = add_root(row, args);

    if (root != NULL && !tool_parse_hex(value, root->hash, sizeof(root->hash))) {
        tool_error("--%s: found \"%s\", expected %zu hexadecimal digits", row->name, value,
                   2 * sizeof(root->hash));
        return false;
    }
    return root != NULL;
}

// A word out of `words`, which NULL ends; the first one means `first`.
static bool set_word(const char *option, const char *text, const char *const *words, uint32_t first,
                     uint32_t *value)
{
    for (uint32_t i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0) {
            *value = first + i;
            return true;
        }
    }
    tool_error("--%s: found \"%s\", expected one of those that --help lists", option, text);
    return false;
}

static bool set_chain(const struct option_row *row, char *value, struct tool_args *args)
{
    static const char *const words[] = { "single", "dual", NULL };
    uint32_t index = 0;
    bool good = set_word(row->name, value, words, 0, &index);

    args->chain = index == 0 ? COT_SINGLE_ROOT : COT_DUAL_ROOT;
    return good;
}

static bool set_key_kind(const struct option_row *row, char *value, struct tool_args *args)
{
    static const char *const words[] = { "p256", "p384", "rsa3072", "rsa4096", NULL };
    uint32_t kind = 0;
    bool good = set_word(row->name, value, words, BOOT_PK_P256, &kind);

    args->key_kind = (enum boot_pk_kind)kind;
    return good;
}

static bool set_hash(const struct option_row *row, char *value, struct tool_args *args)
{
    static const char *const words[] = { "sha256", "sha384", "sha512", NULL };
    uint32_t hash = 0;

    args->has_hash = set_word(row->name, value, words, BOOT_SHA256, &hash);
    args->hash = (enum boot_hash)hash;
    return args->has_hash;
}

// `which` of enum cot_counter. Certificates could hold more than an OTP area, and no board could bar what is older.
static bool set_counter(const struct option_row *row, char *value, struct tool_args *args)
{
    if (!tool_parse_number(value, OTP_COUNTER_MAX, &args->counter[row->which])) {
        tool_error("--%s: found \"%s\", expected a number from 0 to %d: a board's NV counter ends "
                   "there, so beyond it older images would boot",
                   row->name, value, OTP_COUNTER_MAX);
        return false;
    }
    args->has_counter[row->which] = true;
    return true;
}

// One more slot of a root, `which` of enum cot_root
static bool set_revoke(const struct option_row *row, char *value, struct tool_args *args)
{
    uint64_t slot;

    if (!set_number(row->name, value, CHAIN_ROOT_KEYS - 1, &slot)) {
        return false;
    }
    args->revoke[row->which] |= UINT32_C(1) << slot;
    return true;
}

// Bytes as digits, 1 to TOOL_NONCE_MAX of them
static bool set_nonce(const struct option_row *row, char *value, struct tool_args *args)
{
    args->nonce_size = strlen(value) / 2;
    if (args->nonce_size == 0 || args->nonce_size > sizeof(args->nonce) ||
        !tool_parse_hex(value, args->nonce, args->nonce_size)) {
        tool_error("--%s: found \"%s\", expected 2 to %zu hexadecimal digits, two a byte",
                   row->name, value, 2 * sizeof(args->nonce));
        return false;
    }
    return true;
}

static bool set_soc_id(const struct option_row *row, char *value, struct tool_args *args)
{
    args->has_soc_id = true;
    return set_number(row->name, value, UINT32_MAX, &args->soc_id);
}

// A number of a client: not 0, with its sign, 32 bits
static bool set_client_id(const struct option_row *row, char *value, struct tool_args *args)
{
    bool negative = value[0] == '-';
    uint64_t number;

    args->has_client_id =
        tool_parse_number(value + negative, (uint64_t)INT32_MAX + negative, &number) && number != 0;
    if (!args->has_client_id) {
        tool_error("--%s: found \"%s\", expected a number of 32 bits that is not 0", row->name,
                   value);
        return false;
    }
    args->client_id = negative ? -(int64_t)number : (int64_t)number;
    return true;
}

static const struct option_row option_rows[] = {
    { "align", "N", "start of each image, a power of two (default 1)", TOOL_OPT_ALIGN, set_align,
      0 },
    { "plat-toc-flags", "N", "bits 47:32 of the FIP header, at most 0xffff", TOOL_OPT_FLAGS,
      set_flags, 0 },
    { "out", "PATH", "where to write instead", TOOL_OPT_OUT, set_text, FIELD(out) },
    { "force", NULL, "go on where a check would stop, see above", TOOL_OPT_FORCE, set_on,
      FIELD(force) },
    { "layout", NULL, "show where each byte of the file belongs", TOOL_OPT_LAYOUT, set_on,
      FIELD(layout) },
    { "image", "FILE", "partition image, AArch64 static-PIE", TOOL_OPT_SP, set_text, FIELD(image) },
    { "manifest", "FILE", "partition manifest, device tree blob", TOOL_OPT_SP, set_text,
      FIELD(manifest) },
    { "bl1", "FILE", "boot ROM image, goes to offset 0", TOOL_OPT_FLASH, set_text, FIELD(bl1) },
    { "fip", "FILE", "firmware image package", TOOL_OPT_FLASH, set_text, FIELD(fip) },
    { "size", "N", "bytes of the whole flash", TOOL_OPT_FLASH, set_size, FIELD(size) },
    { "fip-offset", "N", "where the FIP goes", TOOL_OPT_FLASH, set_size, FIELD(fip_offset) },
    { "fip-size", "N", "most that the FIP may take (default: up to the end)", TOOL_OPT_FLASH,
      set_size, FIELD(fip_size) },
    { "otp-offset", "N", "where the OTP area goes", TOOL_OPT_FLASH, set_size, FIELD(otp_offset) },
    { "storage-offset", "N", "where the partitions' storage is", TOOL_OPT_FLASH, set_size,
      FIELD(storage_offset) },
    { "storage-size", "N", "how long it is", TOOL_OPT_FLASH, set_size, FIELD(storage_size) },
    { "keep", "FILE", "flash image whose OTP area and storage come along", TOOL_OPT_FLASH, set_text,
      FIELD(keep) },
    { "json", NULL, "one JSON document on standard output", TOOL_OPT_JSON, set_on, FIELD(json) },
    { "otp", "FILE", "OTP area of the board", TOOL_OPT_OTP, set_text, FIELD(otp) },
    { "root-key", "FILE", "root key, PEM", TOOL_OPT_ROOTS, set_root_key, COT_ROOT },
    { "root-hash", "HEX", "SHA-256 of a root key (SubjectPublicKeyInfo)", TOOL_OPT_ROOTS,
      set_root_hash, COT_ROOT },
    { "platform-root-key", "FILE", "the platform owner's root key, PEM", TOOL_OPT_ROOTS,
      set_root_key, COT_PLATFORM_ROOT },
    { "platform-root-hash", "HEX", "SHA-256 of it", TOOL_OPT_ROOTS, set_root_hash,
      COT_PLATFORM_ROOT },
    { "chain", "single|dual", "one root key, or a second one for the platform", TOOL_OPT_CHAIN,
      set_chain, 0 },
    { "log", "FILE", "where to write the event log, binary", TOOL_OPT_LOG, set_text, FIELD(log) },
    { "keys", "DIR", "folder with the keys, see above", TOOL_OPT_KEYS, set_text, FIELD(keys) },
    { "new-keys", NULL, "make the keys that are missing", TOOL_OPT_NEW_KEYS, set_on,
      FIELD(new_keys) },
    { "key-alg", "ALG", "of new keys: p256 (default), p384, rsa3072, rsa4096", TOOL_OPT_NEW_KEYS,
      set_key_kind, 0 },
    { "hash", "ALG", "sha256, sha384, sha512 (default: sha384 with P-384, else sha256)",
      TOOL_OPT_HASH, set_hash, 0 },
    { "tfw-nvctr", "N", "trusted NV counter (default 0)", TOOL_OPT_COUNTERS, set_counter,
      COT_TRUSTED },
    { "ntfw-nvctr", "N", "non-trusted NV counter (default 0)", TOOL_OPT_COUNTERS, set_counter,
      COT_NON_TRUSTED },
    { "from", "PATH", "where to read, see above", TOOL_OPT_FROM, set_text, FIELD(from) },
    { "huk", "FILE", "hardware unique key, 32 random bytes", TOOL_OPT_PROVISION, set_text,
      FIELD(huk) },
    { "revoke", "N", "root key slot, 0 to 3, that is not accepted any more", TOOL_OPT_PROVISION,
      set_revoke, COT_ROOT },
    { "revoke-platform", "N", "the same for the platform owner's", TOOL_OPT_PROVISION, set_revoke,
      COT_PLATFORM_ROOT },
    { "show", NULL, "print what is in it, change nothing", TOOL_OPT_PROVISION, set_on,
      FIELD(show) },
    { "reference", "FILE", "reference values of a build, JSON", TOOL_OPT_REFERENCE, set_text,
      FIELD(reference) },
    { "board", "NAME", "the board's name, for the reference values", TOOL_OPT_BOARD, set_text,
      FIELD(board) },
    { "soc-id", "N", "and its SoC id", TOOL_OPT_BOARD, set_soc_id, 0 },
    { "key", "FILE", "public key of the device, PEM or the 65 bytes of a P-256 point",
      TOOL_OPT_ATTEST, set_text, FIELD(key) },
    { "nonce", "HEX", "what was asked with", TOOL_OPT_ATTEST, set_nonce, 0 },
    { "allow-lifecycle", "STATE", "accept this state besides secured, see above", TOOL_OPT_TOKEN,
      set_text, FIELD(allow_lifecycle) },
    { "client-id", "N", "who must have asked (default: anybody of the normal world, below 0)",
      TOOL_OPT_TOKEN, set_client_id, 0 },
    { "event-log", "FILE", "event log of the boot, to name what differs", TOOL_OPT_EVENT_LOG,
      set_text, FIELD(event_log) },
    { "blob", "uuid=UUID,file=FILE", "image with any UUID", TOOL_OPT_IMAGE_FILE, add_blob, 0 },
    { "blob", "uuid=UUID", "image with any UUID", TOOL_OPT_IMAGE, add_blob, 0 },
    { "help", NULL, "this text", UINT32_MAX, NULL, 0 },
};
#define OPTION_ROWS (sizeof(option_rows) / sizeof(option_rows[0]))

// What getopt_long() returns: behind every character, the row, then the well-known image
#define FIRST_ROW 1000
#define FIRST_NAME (FIRST_ROW + (int)OPTION_ROWS)

static void make_options(const struct tool_command *command, struct option *options)
{
    size_t count = 0;

    for (size_t i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_rows[i];

        if ((row->commands & command->options) != 0 || row->set == NULL) {
            options[count].name = row->name;
            options[count].has_arg = row->value != NULL ? required_argument : no_argument;
            options[count++].val = FIRST_ROW + (int)i;
        }
    }
    if ((command->options & (TOOL_OPT_IMAGE_FILE | TOOL_OPT_IMAGE)) != 0) {
        bool takes_file = (command->options & TOOL_OPT_IMAGE_FILE) != 0;

        for (int id = 0; id < IMAGE_COUNT; id++) {
            options[count].name = fip_names_get((enum fip_image_id)id)->option;
            options[count].has_arg = takes_file ? required_argument : no_argument;
            options[count++].val = FIRST_NAME + id;
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

        if ((row->commands & command->options) != 0 || row->set == NULL) {
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

// What is left behind the options: one path, or none where --out can name it; before it the step of a
// command that has steps.
static bool take_operand(const struct tool_command *command, int count, char **operands,
                         struct tool_args *args)
{
    bool by_out = (command->options & TOOL_OPT_NO_FILE) != 0;

    if ((command->options & TOOL_OPT_STEP) != 0) {
        bool third = (command->options & TOOL_OPT_SIGNATURE) != 0;

        if (count != 2 && !(third && count == 3)) {
            tool_error("%s: found %d operands, expected %s: %s", command->name, count,
                       third ? "two or three" : "two", command->operands);
            return false;
        }
        args->step = operands[0];
        args->path = operands[1];
        args->signature = count == 3 ? operands[2] : NULL;
        return true;
    }
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
        const struct option_row *row =
            code >= FIRST_ROW && code < FIRST_NAME ? &option_rows[code - FIRST_ROW] : NULL;

        if (code == 'h' || (row != NULL && row->set == NULL)) {
            tool_args_help(command);
            *exit_code = TOOL_OK;
            return false;
        }
        if (row != NULL) {
            good = row->set(row, optarg, args);
        } else {
            good = code != '?' &&
                   add_image(args, fip_names_get((enum fip_image_id)(code - FIRST_NAME))->uuid,
                             optarg);
        }
    }
    good = good && take_operand(command, argc - optind, argv + optind, args);
    if (!good) {
        fprintf(stderr, "see: fip-tool %s --help\n", command->name);
        *exit_code = TOOL_USAGE;
    }
    return good;
}
