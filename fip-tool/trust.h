// SPDX-License-Identifier: BSD-3-Clause
//
// What verify, measure and info share: the board that is asked (policy), a boot of a FIP played on the
// host with the firmware's own code (walk), what it refused (refusals), and certificates for people and
// for JSON (show). No file is trusted.
#ifndef TRUST_H
#define TRUST_H

#include "bl2/bl2_config.h"
#include "fip-tool.h"
#include "json.h"

// ---- refusal.c: what is wrong, where ----

#define REFUSAL_FIELD_SIZE 64

// One broken rule.
struct refusal {
    const char *file;               // whose path
    char name[TOOL_LABEL_SIZE];     // of the entry, as tool_label(); "": the file as a whole
    uint32_t entry;                 // in the table of contents; IMAGE_FAULT_NO_ENTRY: none
    char field[REFUSAL_FIELD_SIZE]; // printable
    const char *text;               // "must …", constant
    uint64_t offset; // of the field, in the entry or, without one, the file; or REFUSAL_NO_OFFSET
    uint64_t file_offset; // the same in the file, or REFUSAL_NO_OFFSET
    bool printed;         // there was an error line already, with the cause
    bool numbers;         // found and expected say something
    uint64_t found;
    uint64_t expected;
    uint32_t digest_size; // not 0: digests differ, these two
    uint8_t found_digest[BOOT_HASH_MAX];
    uint8_t expected_digest[BOOT_HASH_MAX];
};
#define REFUSAL_NO_OFFSET UINT64_MAX
#define REFUSAL_MAX (FIP_MAX_ENTRIES + COT_IMAGE_COUNT + 4)

struct refusals {
    uint32_t count;
    struct refusal all[REFUSAL_MAX];
};

// Adds a refusal of `file` with everything but field and text empty, and returns it; the last one again
// when the list is full, which no FIP can do. `field` may hold any bytes.
struct refusal *refusal_add(struct refusals *refusals, const char *file, const char *field,
                            const char *text);

// Names the entry with that UUID, if the FIP has one, else only the image.
void refusal_set_entry(struct refusal *refusal, const struct fip *fip, const uint8_t *uuid);

// Sets the offset in the named entry, and with it that in the file.
void refusal_set_offset(struct refusal *refusal, const struct fip *fip, uint64_t offset);

// Adds what fip_file_load() refused.
void refusal_add_fip(struct refusals *refusals, const char *file, const struct fip *fip,
                     const struct image_fault *fault);

// Prints each as one error line to stderr, unless there was one already.
void refusal_print(const struct refusals *refusals);

// Writes the array "faults" into the open object.
void refusal_write(const struct refusals *refusals, struct json *json);

// ---- policy.c: the board that is asked ----

enum policy_source {
    POLICY_OTP,  // an OTP area
    POLICY_KEYS, // root keys on the command line
    POLICY_FIP,  // none: the FIP's own root keys
};

struct policy {
    enum policy_source source;
    const char *otp; // its path, POLICY_OTP only
    struct chain_policy chain;
};

// Whether the options about the board fit together; false after an error line.
bool policy_check_args(const struct tool_args *args);

// The policy that `args` name, else that of the FIP itself. ERR_*: none, with a refusal that says why.
MUST_CHECK int policy_make(const struct tool_args *args, const struct fip_file *fip_file,
                           struct policy *policy, struct refusals *refusals);

// Prints what the policy is; writes the object "policy".
void policy_print(const struct policy *policy);
void policy_write(const struct policy *policy, struct json *json);

// ---- walk.c: a boot on the host ----

enum walk_state {
    WALK_REFUSED,
    WALK_PROVED,
};

struct walk_image {
    enum cot_image image;
    uint8_t uuid[IMAGE_UUID_SIZE];
    char label[TOOL_LABEL_SIZE];
    const struct fip_entry *entry; // NULL: not in the FIP
    enum walk_state state;
    uint32_t refusal;            // index of the refusal, WALK_REFUSED only
    enum cot_cert cert;          // that has its hash
    enum boot_hash hash;         // by which it was proved, WALK_PROVED only
    struct boot_digests digests; // banks and `hash`, WALK_PROVED only
};

// A boot of one FIP. Some 90 KiB: keep it in .bss. Points into the FIP.
struct walk {
    const char *path;
    const struct fip_file *fip_file;
    struct policy policy;
    struct chain chain;
    struct bl2_config config;
    bool config_known; // `config` is there: TB_FW_CONFIG was proved and decoded
    uint32_t image_count;
    struct walk_image images[COT_IMAGE_COUNT]; // in load order
    struct refusals refusals;
    bool begun;    // there is a policy, and the FIP was walked
    bool verified; // a boot gets to the normal world
};

// Plays the boot of an open FIP on the board that `args` name (policy_make()): BL2 as BL1 does, everything
// else as BL2 does, in their order, with their code. Does not stop at the first refusal, as they do, but
// goes on to find the others. `path` is for messages. Returns 0 if all is verified; else ERR_* with at
// least one refusal; prints none of them. `walk` points to `path`, `args` and `fip_file` after it.
MUST_CHECK int walk_fip(struct walk *walk, const char *path, const struct tool_args *args,
                        const struct fip_file *fip_file);

// Opens the FIP at args->path and plays its boot. `fip_file` is to be freed whatever the result. Refusals
// and result as walk_fip(), those of fip_open() among them.
MUST_CHECK int walk_boot(struct walk *walk, const struct tool_args *args,
                         struct fip_file *fip_file);

// Prints the warning that no board was asked, if none was.
void walk_warn(const struct walk *walk);

// ---- show.c: keys and certificates ----

#define SHOW_HEX_SIZE (2 * BOOT_HASH_MAX + 1)

// Writes `size` ≤ BOOT_HASH_MAX bytes as lower-case digits to `text`. Returns `text`.
const char *show_hex(const uint8_t *bytes, size_t size, char text[SHOW_HEX_SIZE]);

// A public key: its kind and the SHA-256 of its SubjectPublicKeyInfo.
struct show_key {
    const char *kind; // "ECDSA P-256"; "unknown" where boot_pk.h does not take it
    uint8_t hash[CHAIN_ROOT_HASH_SIZE];
};
void show_make_key(const struct cert_span *spki, struct show_key *key);

// Whether a FIP entry is a certificate by its UUID.
bool show_is_cert(const uint8_t *uuid);

// What a certificate says, not whether to believe it: lines of text indented by `indent`; the object
// "certificate".
void show_cert_print(const uint8_t *der, size_t size, int indent);
void show_cert_write(const uint8_t *der, size_t size, struct json *json);

// The object "key" or what `name` says.
void show_key_write(const struct cert_span *spki, struct json *json, const char *name);

#endif
