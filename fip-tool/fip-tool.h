// SPDX-License-Identifier: BSD-3-Clause
//
// Everything the files of fip-tool share. Input files are never trusted: FIPs and packages go
// through the firmware's own readers (platform/lib/boot). Functions that return int give 0, or a
// negative ERR_* after they have printed one line to stderr that names the file, the entry, the
// field and what was found and expected.
#ifndef FIP_TOOL_H
#define FIP_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chain.h"
#include "errors.h"
#include "fip.h"
#include "fip_names.h"

// Exit codes of every command
enum tool_exit {
    TOOL_OK,
    TOOL_FAILED, // a file is missing, broken, too large, …
    TOOL_USAGE,  // the command line is wrong; nothing was read or written
    TOOL_DENIED, // a token or a quote could be read, and is not to be believed
};

// A UUID as text, with its NUL; every option name is shorter.
#define TOOL_LABEL_SIZE 37

// No FIP and no input file above 4 GiB: that is an alignment typed wrong, not a firmware.
#define TOOL_FIP_SIZE_MAX UINT64_C(0x100000000)

// ---- util.c: messages, numbers, names, files ----

// Set by the global option --verbose; tool_verbose() prints only then.
extern bool tool_verbose_enabled;

// Print one line, "fip-tool: error: …" or "fip-tool: warning: …" to stderr, "fip-tool: …" to
// stdout. The format needs no newline.
void tool_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tool_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tool_verbose(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Prints why a reader refused `path`; `fault->entry`, if it is one, is named after
// entries[fault->entry] of `fip`; `fip` is NULL where the file is no FIP. Returns `err`.
int tool_fault(const char *path, const struct fip *fip, const struct image_fault *fault, int err);

// Reads an unsigned number, decimal or with 0x or 0, that fills all of `text` and is ≤ `max`.
// Silent; false: it is not one.
bool tool_parse_number(const char *text, uint64_t max, uint64_t *value);

// Reads a UUID "8-4-4-4-12", any case, as raw bytes in the order of the text. Silent; false: it is
// not one.
bool tool_parse_uuid(const char *text, uint8_t uuid[IMAGE_UUID_SIZE]);

// Reads exactly 2 * `size` hexadecimal digits, any case. Silent; false: `text` is something else.
bool tool_parse_hex(const char *text, uint8_t *bytes, size_t size);

// Writes the UUID as text, upper case as fiptool does. `text` holds TOOL_LABEL_SIZE bytes. Returns
// `text`.
const char *tool_format_uuid(const uint8_t *uuid, char *text);

// The name of an image for messages and file names: option name of a well-known one, else UUID.
// `text` as above; the result may be `text` or a constant.
const char *tool_label(const uint8_t *uuid, char *text);

// A whole file in memory, owned by the holder of the struct; data is NULL when size is 0.
struct tool_file {
    uint8_t *data;
    size_t size;
};

// Reads a regular file of at most TOOL_FIP_SIZE_MAX bytes. `file` is written only on success;
// tool_file_free() it. ERR_NOT_FOUND (missing, silent if `may_miss`), ERR_INVALID (no regular
// file), ERR_RANGE (too large), ERR_IO.
MUST_CHECK int tool_file_read(const char *path, bool may_miss, struct tool_file *file);

// Releases the bytes; a zeroed struct is fine.
void tool_file_free(struct tool_file *file);

// A file being written: bytes go to a temporary file beside it, which takes the name only when all
// went well.
struct tool_out {
    char *path; // final name, symbolic links followed
    char *temp;
    int fd;
};

// Opens a temporary file for `path`, which may exist as a regular file. ERR_INVALID: it is
// something else; ERR_IO. After success exactly one of tool_out_commit() and tool_out_abandon()
// must follow.
MUST_CHECK int tool_out_open(struct tool_out *out, const char *path);

// Writes `len` bytes at `offset`; what is never written reads as 0x00 and takes no disk space.
// ERR_IO.
MUST_CHECK int tool_out_write(struct tool_out *out, uint64_t offset, const void *data, size_t len);

// Makes the file `size` bytes long and gives it its name. ERR_IO: the file of that name, if any, is
// as it was.
MUST_CHECK int tool_out_commit(struct tool_out *out, uint64_t size);

// Removes the temporary file; the file of that name, if any, is as it was.
void tool_out_abandon(struct tool_out *out);

// ---- args.c: commands and their options ----

// Which options a command takes, besides --help
enum tool_option {
    TOOL_OPT_ALIGN = 1 << 0,      // --align N
    TOOL_OPT_FLAGS = 1 << 1,      // --plat-toc-flags N
    TOOL_OPT_OUT = 1 << 2,        // --out PATH
    TOOL_OPT_FORCE = 1 << 3,      // --force
    TOOL_OPT_IMAGE_FILE = 1 << 4, // --tb-fw FILE …, --blob uuid=…,file=…
    TOOL_OPT_IMAGE = 1 << 5,      // --tb-fw …, --blob uuid=…
    TOOL_OPT_LAYOUT = 1 << 6,     // --layout
    TOOL_OPT_SP = 1 << 7,         // --image FILE --manifest FILE
    TOOL_OPT_FLASH = 1 << 8,      // --bl1 FILE --fip FILE --size N …: flash alone
    TOOL_OPT_NO_FILE = 1 << 9,    // the one operand may be left away if --out is there
    TOOL_OPT_JSON = 1 << 10,      // --json
    TOOL_OPT_OTP = 1 << 11,       // --otp FILE
    TOOL_OPT_ROOTS = 1 << 12,     // --root-key FILE, --root-hash HEX, --platform-root-key, …-hash
    TOOL_OPT_CHAIN = 1 << 13,     // --chain single|dual
    TOOL_OPT_LOG = 1 << 14,       // --log FILE
    TOOL_OPT_KEYS = 1 << 15,      // --keys DIR
    TOOL_OPT_NEW_KEYS = 1 << 16,  // --new-keys, --key-alg ALG
    TOOL_OPT_HASH = 1 << 17,      // --hash ALG
    TOOL_OPT_COUNTERS = 1 << 18,  // --tfw-nvctr N, --ntfw-nvctr N
    TOOL_OPT_FROM = 1 << 19,      // --from PATH
    TOOL_OPT_STEP = 1 << 20,      // an operand before the last one: what to do
    TOOL_OPT_PROVISION = 1 << 21, // --huk FILE --revoke N --revoke-platform N --show
    TOOL_OPT_REFERENCE = 1 << 22, // --reference FILE
    TOOL_OPT_ATTEST = 1 << 23,    // --key FILE --nonce HEX
    TOOL_OPT_TOKEN = 1 << 24,     // --allow-lifecycle STATE --client-id N
    TOOL_OPT_EVENT_LOG = 1 << 25, // --event-log FILE
    TOOL_OPT_BOARD = 1 << 26,     // --board NAME --soc-id N
    TOOL_OPT_SIGNATURE =
        1 << 27, // an operand after the file: its signature, for all steps but show
};

// An image named on the command line; file is NULL for commands that take none.
struct tool_image {
    uint8_t uuid[IMAGE_UUID_SIZE];
    const char *file;
};

// A root key named on the command line, by file or by hash.
struct tool_root {
    enum cot_root root;
    const char *file; // PEM; NULL: it is the hash
    uint8_t hash[CHAIN_ROOT_HASH_SIZE];
};
#define TOOL_NONCE_MAX 64 // bytes
#define TOOL_MAX_ROOTS (COT_ROOT_COUNT * CHAIN_ROOT_KEYS)

// A decoded command line; strings belong to argv. Numbers not given are 0 (align: 1).
struct tool_args {
    const char *path; // the operand: the FIP, or the file to write
    const char *out;
    uint64_t align; // power of two
    bool has_flags;
    uint64_t flags; // 16 bits
    bool force;
    bool layout;
    const char *image; // sp-pack
    const char *manifest;
    const char *bl1; // flash
    const char *fip;
    uint64_t size;
    uint64_t fip_offset;
    uint64_t fip_size;
    bool json;
    const char *otp;
    const char *log;
    enum cot_chain chain; // 0: not given
    const char *keys;     // folder with keys
    bool new_keys;
    enum boot_pk_kind key_kind; // BOOT_PK_NONE: not given
    bool has_hash;
    enum boot_hash hash;
    bool has_counter[COT_COUNTER_COUNT];
    uint64_t counter[COT_COUNTER_COUNT]; // ≤ OTP_COUNTER_MAX
    const char *from;
    const char *step;      // the first of two operands
    const char *signature; // the third; NULL: not given
    const char *reference; // measure, token, quote
    const char *key;       // token, quote
    size_t nonce_size;     // bytes, 0: not given
    uint8_t nonce[TOOL_NONCE_MAX];
    const char *allow_lifecycle;
    bool has_client_id;
    int64_t client_id;
    const char *event_log;
    const char *board; // measure
    bool has_soc_id;
    uint64_t soc_id;                 // 32 bits
    const char *huk;                 // provision
    uint32_t revoke[COT_ROOT_COUNT]; // bitmaps of slots
    bool show;
    uint64_t otp_offset; // flash
    uint64_t storage_offset;
    uint64_t storage_size;
    const char *keep;
    uint32_t root_count;
    struct tool_root roots[TOOL_MAX_ROOTS]; // in the order of the command line
    uint32_t image_count;
    struct tool_image images[FIP_MAX_ENTRIES]; // in the order of the command line, each UUID once
};

// One command: a row of the table in main.c, defined in the command's own file.
struct tool_command {
    const char *name;
    const char *summary;  // one line
    const char *operands; // what follows the options in the usage line
    const char *notes;    // text of the help, lines ending in \n
    const char *example;  // command lines without "fip-tool ", each ending in \n
    uint32_t options;     // set of enum tool_option
    enum tool_exit (*run)(const struct tool_args *args);
};

// Decodes `argv` (argv[0] is the command's name) into `args`. Returns true to go on; false to stop
// with `*exit_code`, after printing help (TOOL_OK) or what is wrong (TOOL_USAGE).
bool tool_args_parse(const struct tool_command *command, int argc, char **argv,
                     struct tool_args *args, enum tool_exit *exit_code);

// Prints the full help of one command to stdout.
void tool_args_help(const struct tool_command *command);

// ---- commands.c: the table of commands ----

// fip-tool itself: global options, then the command that argv[1] or a later word names. Returns its
// exit code.
enum tool_exit tool_run(int argc, char **argv);

extern const struct tool_command cmd_create, cmd_info, cmd_update, cmd_remove, cmd_unpack,
    cmd_sp_pack, cmd_flash, cmd_verify, cmd_measure, cmd_certs, cmd_sign, cmd_provision, cmd_token,
    cmd_quote;

// ---- fip_file.c: a FIP that exists ----

// An opened FIP and the file it came from. Not to be moved: fip points into it.
struct fip_file {
    struct tool_file file;
    struct fip fip;
};

// Reads `path` and opens it with the firmware's reader. fip_file_free() it after success.
// `may_miss` as in tool_file_read(). ERR_NOT_FOUND, ERR_IO, or the error of fip_open().
MUST_CHECK int fip_file_open(struct fip_file *fip_file, const char *path, bool may_miss);

// The same without a line about the FIP: what fip_open() refused goes to `fault`; fault->field is NULL
// where the file itself could not be read, which was printed.
MUST_CHECK int fip_file_load(struct fip_file *fip_file, const char *path, bool may_miss,
                             struct image_fault *fault);

// First byte of an entry in memory; entry->size bytes are there because the reader checked it.
const uint8_t *fip_file_data(const struct fip_file *fip_file, const struct fip_entry *entry);

// Releases the bytes of the file.
void fip_file_free(struct fip_file *fip_file);

// Index of the entry in fiptool's order: position in fip_names, IMAGE_COUNT for every other UUID.
size_t fip_file_rank(const uint8_t *uuid);

// ---- fip_write.c: a FIP to be made ----

// One image of a FIP to be written. data.size 0: it only takes a slot of the ToC (fiptool does the
// same).
struct fip_set_image {
    uint8_t uuid[IMAGE_UUID_SIZE];
    uint64_t flags;
    struct tool_file data; // owned
};

// The images of a FIP to be written. Zero it (count, header_flags) to begin; fip_set_free() it.
struct fip_set {
    uint64_t header_flags;
    uint32_t count;
    struct fip_set_image images[FIP_MAX_ENTRIES];
};

// Adds the images named on the command line, in that order. ERR_NO_MEMORY: more than
// FIP_MAX_ENTRIES.
MUST_CHECK int fip_set_add_files(struct fip_set *set, const struct tool_args *args);

// Adds an image that is not in the set; its bytes then belong to the set, also on failure.
// ERR_NO_MEMORY.
MUST_CHECK int fip_set_add(struct fip_set *set, const uint8_t *uuid, struct tool_file *data);

// Adds copies of the images of a FIP whose UUID is not in the set, and takes over its header flags.
// ERR_NO_MEMORY.
MUST_CHECK int fip_set_add_fip(struct fip_set *set, const struct fip_file *fip_file);

// Takes the image with `uuid` out; false: it is not in the set.
bool fip_set_remove(struct fip_set *set, const uint8_t *uuid);

// Replaces the platform flags (bits 47:32 of the header).
void fip_set_plat_flags(struct fip_set *set, uint64_t flags);

// Writes the FIP: well-known images in fiptool's order, then the others in the set's order, each at
// a multiple of `align` (power of two). ERR_RANGE: larger than TOOL_FIP_SIZE_MAX; ERR_IO. The file
// is complete or untouched.
MUST_CHECK int fip_set_write(const struct fip_set *set, uint64_t align, const char *path);

// Looks at a finished FIP before it gets its name; what it returns, if not 0, stops that. It has printed
// why.
typedef int (*fip_set_check)(const struct fip_file *fip_file, void *ctx);

// The same with a look at the result: `check` (NULL: none) gets `ctx`.
MUST_CHECK int fip_set_write_checked(const struct fip_set *set, uint64_t align, const char *path,
                                     fip_set_check check, void *ctx);

// Releases all images.
void fip_set_free(struct fip_set *set);

// ---- sp_pack.c: partition packages ----

// Checks the manifest with the SPMC's decoder, for a board of which nothing is known: regions may be
// anywhere. ERR_* as sp_manifest_decode(); ERR_INVALID: bytes behind the device tree.
MUST_CHECK int sp_pack_check_manifest(const char *path, const struct tool_file *file);

// Checks the image with the SPMC's decoder and cuts off what the SPMC never reads: section headers,
// symbols and debug information behind the last segment. ERR_* as elf_image_decode(); the image is
// of no use then.
MUST_CHECK int sp_pack_prepare_image(const char *path, struct tool_file *file);

// Writes an SPKG version 2 of a checked manifest and image, after the SPMC's own reader has
// accepted its header. ERR_RANGE: larger than 4 GiB; ERR_IO. The file is complete or untouched.
MUST_CHECK int sp_pack_write(const struct tool_file *manifest, const struct tool_file *image,
                             const char *path);

#endif
