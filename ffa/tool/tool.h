// SPDX-License-Identifier: BSD-3-Clause
//
// Everything the files of the command `tessera` share. It is a program like any other: it knows the PSA APIs and tessera.h, and
// nothing of FF-A. What comes from a service is printed in hexadecimal or as numbers, never as text.
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <psa/crypto.h>

// Exit codes of every command
enum tool_exit {
    TOOL_OK,
    TOOL_FAILED, // a service refused or is not there, a file cannot be used, a self-test failed
    TOOL_USAGE,  // the command line is wrong; nothing was done
    TOOL_DENIED, // a signature is not the key's
};

// Which options a command takes
enum tool_option {
    TOOL_OPT_OUT = 1 << 0,        // --out FILE
    TOOL_OPT_ID = 1 << 1,         // --id N, which it needs
    TOOL_OPT_RAW = 1 << 2,        // --raw
    TOOL_OPT_ITS = 1 << 3,        // --its
    TOOL_OPT_WRITE_ONCE = 1 << 4, // --write-once
    TOOL_OPT_CHALLENGE = 1 << 5,  // --challenge HEX
    TOOL_OPT_EXPORT = 1 << 6,     // --exportable
    TOOL_OPT_QUICK = 1 << 7,      // --quick
};

#define TOOL_OPERANDS 3
#define TOOL_CHALLENGE_MAX 64

// A decoded command line; strings belong to argv.
struct tool_args {
    bool json;
    const char *devices; // prefix of the TEE devices
    const char *operands[TOOL_OPERANDS];
    size_t operand_count;
    const char *out; // NULL: hexadecimal to standard output; "-": standard output as it is
    uint32_t id;
    bool has_id;
    bool raw;
    bool its;
    bool write_once;
    bool exportable;
    bool quick;
    uint8_t challenge[TOOL_CHALLENGE_MAX];
    size_t challenge_size; // 0: not given
};

// One command: a row of the table in tool_run.c.
struct tool_command {
    const char *name;
    const char *step;     // the word behind it; NULL: none
    const char *summary;  // one line
    const char *operands; // names of the operands, for the usage line
    size_t operand_count;
    uint32_t options;  // set of enum tool_option
    const char *notes; // text of the help, lines ending in \n; NULL: none
    bool alone;        // works without the services
    enum tool_exit (*run)(const struct tool_args *args);
};

// ---- tool_run.c ----

// The whole program but the process: argv[0] is its name. Returns its exit code.
int tool_run(int argc, char **argv);

// ---- tool_args.c ----

// Decodes the words behind the command. Returns true to go on; false to stop with *exit_code, after printing help (TOOL_OK)
// or what is wrong (TOOL_USAGE).
bool tool_args_parse(const struct tool_command *command, int argc, char **argv,
                     struct tool_args *args, enum tool_exit *exit_code);

// Prints the help of one command to standard output.
void tool_args_help(const struct tool_command *command);

// Reads an unsigned number, decimal or with 0x, that fills all of `text` and is at most `max`. Silent; false: it is not one.
bool tool_parse_number(const char *text, uint64_t max, uint64_t *value);

// Reads hexadecimal digits, two for each of at most `max` bytes; *size: how many. Silent; false: `text` is something else.
bool tool_parse_hex(const char *text, uint8_t *bytes, size_t max, size_t *size);

// ---- tool_output.c: results as lines "name: value", or with --json as one object ----

// Begins the output of a command.
void tool_output_begin(bool json);

// A member of the present object.
void tool_output_text(const char *name, const char *value);
void tool_output_number(const char *name, uint64_t value);
void tool_output_bool(const char *name, bool value);
void tool_output_hex(const char *name, const uint8_t *bytes, size_t size);

// An object inside the present one, and its end.
void tool_output_open(const char *name);
void tool_output_close(void);

// A line that only people need: nothing with --json.
void tool_output_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Prints "tessera: error: …" to stderr; with --json the output becomes {"error": …}. The format needs no newline.
void tool_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The same for what a PSA function of `what` returned: says its name, and what to do about it where that is known. Returns
// TOOL_FAILED.
enum tool_exit tool_psa_error(const char *what, psa_status_t status);

// Ends the output; false after an error line: it could not be written.
bool tool_output_end(void);

// ---- tool_file.c ----

// Opens `path` for reading, "-": standard input; -1 after an error line.
int tool_file_open(const char *path);

// Up to `size` bytes; -1 after an error line, 0 at the end.
long tool_file_read(int fd, const char *path, uint8_t *data, size_t size);

// Closes what tool_file_open() opened.
void tool_file_close(int fd);

// All of a file of at most `max` bytes into `data`. False after an error line.
bool tool_file_load(const char *path, uint8_t *data, size_t max, size_t *size);

// The result of a command: to args->out as it is (a file that is new or replaced as a whole, mode 600), else as the member
// `name` in hexadecimal. TOOL_OK, or TOOL_FAILED after an error line.
enum tool_exit tool_file_result(const struct tool_args *args, const char *name,
                                const uint8_t *bytes, size_t size);

// ---- tool_names.c: kinds of keys ----

struct tool_key_kind {
    const char *name;
    psa_key_type_t type;
    size_t bits;
    psa_algorithm_t alg; // that it signs with
    psa_algorithm_t hash;
};

// The kind of that name, or of those attributes; NULL: there is none.
const struct tool_key_kind *tool_key_kind_named(const char *name);
const struct tool_key_kind *tool_key_kind_of(const psa_key_attributes_t *attributes);

// All of them, for help: names with blanks between.
void tool_key_kind_list(char *text, size_t size);

// ---- tool_der.c: what other programs (OpenSSL) read ----

#define TOOL_PUBLIC_MAX 1024   // bytes of a SubjectPublicKeyInfo
#define TOOL_SIGNATURE_MAX 600 // bytes of a signature, DER or not

// SubjectPublicKeyInfo (RFC 5280, RFC 5480) of a public key as psa_export_public_key() gives it. Bytes written to `der`
// (TOOL_PUBLIC_MAX); 0: no such key.
size_t tool_der_public(const struct tool_key_kind *kind, const uint8_t *key, size_t size,
                       uint8_t *der);

// AlgorithmIdentifier of such a key, of *size bytes.
const uint8_t *tool_der_algorithm(const struct tool_key_kind *kind, size_t *size);

// Signature of PSA ↔ of X.509: Ecdsa-Sig-Value (RFC 3279); RSA's is the same. Bytes written (`to` holds TOOL_SIGNATURE_MAX);
// 0: `from` is none of this kind.
size_t tool_der_signature(const struct tool_key_kind *kind, const uint8_t *from, size_t size,
                          uint8_t *to);
size_t tool_der_raw_signature(const struct tool_key_kind *kind, const uint8_t *from, size_t size,
                              uint8_t *to);

// `der` as PEM with the label "PUBLIC KEY", NUL included; `text` holds 2 * TOOL_PUBLIC_MAX.
void tool_der_pem(const uint8_t *der, size_t size, char *text);

// ---- tool_private.c ----

// Takes the key out of what is PEM or DER (PKCS #8, SEC 1) in `bytes`, in place, as psa_import_key() takes it; leaves alone what is
// neither. False: PEM without a private key that can be read (an encrypted one, say); another curve's or algorithm's. Silent.
bool tool_private_key(const struct tool_key_kind *kind, uint8_t *bytes, size_t *size);

// ---- commands ----

enum tool_exit cmd_info(const struct tool_args *args);
enum tool_exit cmd_random(const struct tool_args *args);
enum tool_exit cmd_key_generate(const struct tool_args *args);
enum tool_exit cmd_key_import(const struct tool_args *args);
enum tool_exit cmd_key_show(const struct tool_args *args);
enum tool_exit cmd_key_public(const struct tool_args *args);
enum tool_exit cmd_key_rm(const struct tool_args *args);
enum tool_exit cmd_sign(const struct tool_args *args);
enum tool_exit cmd_verify(const struct tool_args *args);
enum tool_exit cmd_store_get(const struct tool_args *args);
enum tool_exit cmd_store_set(const struct tool_args *args);
enum tool_exit cmd_store_rm(const struct tool_args *args);
enum tool_exit cmd_store_show(const struct tool_args *args);
enum tool_exit cmd_attest_token(const struct tool_args *args);
enum tool_exit cmd_attest_key(const struct tool_args *args);
enum tool_exit cmd_selftest(const struct tool_args *args);

// cmd_key.c: a public key as --raw and --out want it.
enum tool_exit tool_public_result(const struct tool_args *args, const struct tool_key_kind *kind,
                                  const uint8_t *key, size_t size);

// A key's id as an operand; false after an error line.
bool tool_parse_id(const char *text, uint32_t *id);

#endif
