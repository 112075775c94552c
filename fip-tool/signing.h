// SPDX-License-Identifier: BSD-3-Clause
//
// What certs and sign share: the keys of a chain of trust (keys), its certificates as bytes (cert_write),
// what a FIP's certificates say (cert_plan), and putting them into the FIP (cert_attach). Which
// certificates there are, what is in them and who signs them is read out of platform/lib/boot/cot.h. No
// file is trusted; private keys leave keys.c in key files only.
#ifndef SIGNING_H
#define SIGNING_H

#include "boot_pk.h"
#include "fip-tool.h"

// ---- keys.c: key files ----

// Who signs, and whose public key a certificate may hold. The file is DIR/<name>.pem; the names are those
// of TF-A's cert_create with _ for -.
enum keys_role {
    KEYS_ROT,
    KEYS_PROT, // the platform owner's root, dual root only
    KEYS_TRUSTED_WORLD,
    KEYS_NON_TRUSTED_WORLD,
    KEYS_SOC_FW,
    KEYS_TOS_FW,
    KEYS_NT_FW,
    KEYS_COUNT,
    KEYS_NONE = KEYS_COUNT
};

#define KEYS_SPKI_MAX 640 // RSA 4096 takes 550

struct keys_key {
    struct evp_pkey_st *pkey; // OpenSSL's; NULL: not loaded
    char *path;               // its file
    enum boot_pk_kind kind;
    size_t spki_size;
    uint8_t spki[KEYS_SPKI_MAX]; // SubjectPublicKeyInfo, DER
};

// The keys of one chain. Zero it to begin; keys_free() it.
struct keys {
    struct keys_key all[KEYS_COUNT];
};

// "rot_key" …; `role` < KEYS_COUNT.
const char *keys_name(enum keys_role role);

// Whose key is in the extension `oid`; KEYS_NONE: it is no key.
enum keys_role keys_of_oid(enum cot_oid oid);

// Who signs the certificate `cert` < COT_CERT_COUNT.
enum keys_role keys_signer(enum cot_cert cert);

// Makes each key of the chain that has no file in the folder `dir`, of a kind ≠ BOOT_PK_NONE; makes the
// folder too. New files have mode 0600. Two programs that do it at once end up with the same keys. ERR_IO.
MUST_CHECK int keys_make_missing(const char *dir, enum cot_chain chain, enum boot_pk_kind kind);

// Loads the keys of the chain from `dir`; `need_private`: a public key is not enough. Every unusable file
// is reported. ERR_NOT_FOUND, ERR_IO, ERR_INVALID (no key, encrypted), ERR_NOT_SUPPORTED (kind or size
// that the boot does not take), ERR_RANGE (no key file is that large).
MUST_CHECK int keys_load(const char *dir, enum cot_chain chain, bool need_private,
                         struct keys *keys);

// Signs `size` bytes at `data` as certificates are signed: ECDSA (DER), or RSASSA-PSS with a salt of
// CERT_PSS_SALT bytes. `key` is private. `*signature_size` is the room at `signature` before, the length
// behind. ERR_IO: OpenSSL failed.
#define KEYS_SIGNATURE_MAX 512
MUST_CHECK int keys_sign(const struct keys_key *key, enum boot_hash hash, const uint8_t *data,
                         size_t size, uint8_t *signature, size_t *signature_size);

// SHA-256 of the SubjectPublicKeyInfo of the key in a PEM file, private or public: what OTP holds. Prints
// what is wrong; results as keys_load().
MUST_CHECK int keys_spki_hash(const char *path, uint8_t hash[CHAIN_ROOT_HASH_SIZE]);

// Releases all keys.
void keys_free(struct keys *keys);

// ---- cert_write.c: certificates as bytes ----

// An extension of TF-A's arc.
struct cert_write_extension {
    enum cot_oid oid;
    enum cot_value value;
    uint32_t counter;
    uint8_t digest[BOOT_HASH_MAX]; // of cert_write_request.hash
    const struct keys_key *key;    // loaded
};

struct cert_write_request {
    const char *subject; // common name
    const struct keys_key *signer;
    enum boot_hash hash; // of the signature and the digests
    uint32_t extension_count;
    struct cert_write_extension extensions[COT_MAX_OIDS];
};

// A certificate or what is signed of it.
struct cert_write_der {
    size_t size;
    uint8_t data[CERT_MAX_SIZE];
};

// Writes the bytes to be signed (TBSCertificate) in the shape of TF-A's cert_create: same request, same
// bytes. The serial number is made of the rest, validity is constant: the boot knows no date.
// ERR_NO_MEMORY: they do not leave room for a signature in CERT_MAX_SIZE; ERR_IO: OpenSSL failed.
MUST_CHECK int cert_write_tbs(const struct cert_write_request *request, struct cert_write_der *tbs);

// Puts a certificate together. `tbs` may come from anywhere: its signature algorithm is taken over, the
// rest not looked at. ERR_INVALID: no algorithm where it must be; ERR_NO_MEMORY: larger than
// CERT_MAX_SIZE.
MUST_CHECK int cert_write_join(const struct cert_write_der *tbs, const uint8_t *signature,
                               size_t signature_size, struct cert_write_der *certificate);

// ---- cert_plan.c: what the certificates of a FIP say ----

// Options of a chain that are neither keys nor images.
struct cert_plan_options {
    enum cot_chain chain;
    bool has_hash; // else sha384 under a P-384 key, sha256 under others
    enum boot_hash hash;
    uint32_t counter[COT_COUNTER_COUNT];
};

// The images of a FIP by their place in the chain. Points into the FIP.
struct cert_plan {
    struct cert_plan_options options;
    const struct fip_file *fip_file;
    const struct fip_entry *images[COT_IMAGE_COUNT]; // NULL: a package number not in use
};

// The options in `args`.
void cert_plan_options(const struct tool_args *args, struct cert_plan_options *options);

// Finds the images in an opened FIP, package numbers by its TB_FW_CONFIG as BL2 does. `path` is for
// messages. ERR_NOT_FOUND: an image is missing; or what bl2_config.h returns.
MUST_CHECK int cert_plan_make(const char *path, const struct fip_file *fip_file,
                              const struct cert_plan_options *options, struct cert_plan *plan);

// What goes into a certificate of the chain. `request` points into `keys`. ERR_IO.
MUST_CHECK int cert_plan_request(const struct cert_plan *plan, const struct keys *keys,
                                 enum cot_cert cert, struct cert_write_request *request);

// ---- cert_attach.c: certificates into a FIP ----

// All certificates of a chain; those that it does not have: size 0.
struct cert_attach {
    enum cot_chain chain;
    struct cert_write_der certificates[COT_CERT_COUNT];
};

// Writes the FIP at args->path, which is opened, with these certificates instead of those it had, to
// args->out or its own place; before that, the boot's own code (walk.c) must have accepted all of it.
// ERR_DENIED: it would not boot, every reason is printed and nothing written; ERR_IO, ERR_NO_MEMORY.
MUST_CHECK int cert_attach_write(const struct tool_args *args, const struct fip_file *fip_file,
                                 const struct cert_attach *certificates);

// ---- sign_json.c: the list beside the bytes to be signed ----

struct sign_json_item {
    enum cot_cert cert;
    const struct cert_write_request *request;
    const struct cert_write_der *tbs;
};

// Writes sign.json: chain, and for each certificate file names, key, algorithm, digest, how to sign it.
// ERR_IO, ERR_NO_MEMORY.
MUST_CHECK int sign_json_write(const char *path, enum cot_chain chain,
                               const struct sign_json_item *items, uint32_t count);

// "ecdsa-p256-sha256", "rsa-pss-3072-sha256-salt32"; `text` holds SIGN_JSON_ALGORITHM_SIZE bytes. Returns
// `text`.
#define SIGN_JSON_ALGORITHM_SIZE 40
const char *sign_json_algorithm(enum boot_pk_kind kind, enum boot_hash hash, char *text);

#endif
