// SPDX-License-Identifier: BSD-3-Clause
//
// Keys of the chain of trust: PEM files through OpenSSL, loaded, made and signed with. Used by certs and
// sign; verify and provision take hashes of root keys from here. A file is not trusted to be what its name
// says. Private keys stay in OpenSSL's structures and in files of mode 0600; no message shows one, and no
// passphrase is ever asked for.
#include "signing.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_MAX 65536 // bytes

struct role_row {
    const char *name;
    enum cot_oid oid;   // of the extension that holds it
    enum cot_root root; // COT_ROOT_COUNT: no root
};

static const struct role_row roles[KEYS_COUNT] = {
    [KEYS_ROT] = { "rot_key", COT_OID_NONE, COT_ROOT },
    [KEYS_PROT] = { "prot_key", COT_OID_PLATFORM_ROOT_KEY, COT_PLATFORM_ROOT },
    [KEYS_TRUSTED_WORLD] = { "trusted_world_key", COT_OID_TRUSTED_WORLD_KEY, COT_ROOT_COUNT },
    [KEYS_NON_TRUSTED_WORLD] = { "non_trusted_world_key", COT_OID_NON_TRUSTED_WORLD_KEY,
                                 COT_ROOT_COUNT },
    [KEYS_SOC_FW] = { "soc_fw_key", COT_OID_SOC_FW_KEY, COT_ROOT_COUNT },
    [KEYS_TOS_FW] = { "tos_fw_key", COT_OID_TOS_FW_KEY, COT_ROOT_COUNT },
    [KEYS_NT_FW] = { "nt_fw_key", COT_OID_NT_FW_KEY, COT_ROOT_COUNT },
};

const char *keys_name(enum keys_role role)
{
    return roles[role].name;
}

enum keys_role keys_of_oid(enum cot_oid oid)
{
    for (uint32_t i = 0; i < KEYS_COUNT; i++) {
        if (oid != COT_OID_NONE && roles[i].oid == oid) {
            return (enum keys_role)i;
        }
    }
    return KEYS_NONE;
}

enum keys_role keys_signer(enum cot_cert cert)
{
    const struct cot_cert_row *row = cot_cert_row(cert);

    for (uint32_t i = 0; row->parent == COT_NO_CERT && i < KEYS_COUNT; i++) {
        if (roles[i].root == row->root) {
            return (enum keys_role)i;
        }
    }
    return keys_of_oid(row->key_oid);
}

static bool chain_needs(enum cot_chain chain, enum keys_role role)
{
    for (uint32_t i = 0; i < COT_CERT_COUNT; i++) {
        if (cot_in_chain((enum cot_cert)i, chain) && keys_signer((enum cot_cert)i) == role) {
            return true;
        }
    }
    return false;
}

static char *key_path(const char *dir, enum keys_role role)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s.pem", dir, keys_name(role)) < 0) {
        tool_error("no memory");
        return NULL;
    }
    return path;
}

// What OpenSSL said last, for the end of a message; its queue is empty then.
static const char *openssl_reason(void)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    ERR_clear_error();
    return reason != NULL ? reason : "no reason given";
}

// OpenSSL asks for a passphrase: there is none.
static int refuse_passphrase(char *text, int size, int writing, void *asked)
{
    (void)text;
    (void)size;
    (void)writing;
    *(bool *)asked = true;
    return -1;
}

static EVP_PKEY *parse_pem(const char *path, const struct tool_file *file, bool need_private)
{
    BIO *bio = BIO_new_mem_buf(file->data != NULL ? (const void *)file->data : "", (int)file->size);
    EVP_PKEY *private_key = NULL, *public_key = NULL;
    bool asked = false;

    if (bio == NULL) {
        tool_error("%s: no memory", path);
        return NULL;
    }
    private_key = PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, &asked);
    if (private_key == NULL && !asked && BIO_reset(bio) == 1) {
        public_key = PEM_read_bio_PUBKEY(bio, NULL, refuse_passphrase, &asked);
    }
    BIO_free(bio);
    ERR_clear_error();
    if (asked) {
        tool_error(
            "%s: key: found one under a passphrase, expected one without; where the key must stay "
            "locked, sign outside: fip-tool sign --help",
            path);
    } else if (private_key == NULL && public_key == NULL) {
        tool_error("%s: found no key, expected PEM with a private%s key", path,
                   need_private ? "" : " or public");
    } else if (private_key == NULL && need_private) {
        tool_error("%s: key: found a public one, expected the private one; to sign with a key that "
                   "is elsewhere: fip-tool sign --help",
                   path);
        EVP_PKEY_free(public_key);
        public_key = NULL;
    }
    return private_key != NULL ? private_key : public_key;
}

// SubjectPublicKeyInfo and kind; the boot's own decoder says whether it takes such a key.
static int describe_key(const char *path, struct keys_key *key)
{
    uint8_t *spki = NULL;
    const char *why = NULL;
    struct boot_pk decoded;
    int size = i2d_PUBKEY(key->pkey, &spki), err;

    if (size <= 0) {
        tool_error("%s: public key: cannot be written as DER: %s", path, openssl_reason());
        return ERR_IO;
    }
    err = boot_pk_decode(spki, (size_t)size, &decoded, &why);
    if (err == 0 && (size_t)size > sizeof(key->spki)) {
        why = "must not be so long";
        err = ERR_RANGE;
    }
    if (err != 0) {
        const char *type = EVP_PKEY_get0_type_name(key->pkey);

        tool_error(
            "%s: public key %s: found %s of %d bits, expected EC on P-256 or P-384, or RSA of "
            "3072 or 4096 bits",
            path, why, type != NULL ? type : "an unknown kind", EVP_PKEY_get_bits(key->pkey));
    } else {
        key->kind = decoded.kind;
        key->spki_size = (size_t)size;
        memcpy(key->spki, spki, key->spki_size);
    }
    OPENSSL_free(spki);
    return err;
}

static void free_key(struct keys_key *key)
{
    EVP_PKEY_free(key->pkey);
    free(key->path);
    *key = (struct keys_key){ 0 };
}

// Takes `path` over.
static int load_key(char *path, bool need_private, struct keys_key *key)
{
    struct tool_file file = { 0 };
    struct stat status;
    int err;

    *key = (struct keys_key){ .path = path };
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > KEY_FILE_MAX) {
        tool_error("%s: file size: found %lld, expected at most %d", path,
                   (long long)status.st_size, KEY_FILE_MAX);
        free_key(key);
        return ERR_RANGE;
    }
    err = tool_file_read(path, false, &file);
    if (err == 0) {
        key->pkey = parse_pem(path, &file, need_private);
        err = key->pkey == NULL ? ERR_INVALID : describe_key(path, key);
        if (file.data != NULL) {
            OPENSSL_cleanse(file.data, file.size);
        }
        tool_file_free(&file);
    }
    if (err != 0) {
        free_key(key);
    }
    return err;
}

int keys_load(const char *dir, enum cot_chain chain, bool need_private, struct keys *keys)
{
    int result = 0;

    for (uint32_t i = 0; i < KEYS_COUNT; i++) {
        if (chain_needs(chain, (enum keys_role)i)) {
            char *path = key_path(dir, (enum keys_role)i);
            int err = path == NULL ? ERR_NO_MEMORY : load_key(path, need_private, &keys->all[i]);

            result = err != 0 ? err : result;
        }
    }
    return result;
}

int keys_spki_hash(const char *path, uint8_t hash[CHAIN_ROOT_HASH_SIZE])
{
    struct boot_digests digests;
    struct keys_key key;
    char *copy = strdup(path);
    int err = copy == NULL ? ERR_NO_MEMORY : load_key(copy, false, &key);

    if (err != 0) {
        return err;
    }
    err = boot_hash_make(key.spki, key.spki_size, BOOT_HASH_BIT(BOOT_SHA256), &digests);
    if (err == 0) {
        memcpy(hash, digests.value[BOOT_SHA256], CHAIN_ROOT_HASH_SIZE);
    }
    free_key(&key);
    return err;
}

void keys_free(struct keys *keys)
{
    for (uint32_t i = 0; i < KEYS_COUNT; i++) {
        free_key(&keys->all[i]);
    }
}

static EVP_PKEY *generate(enum boot_pk_kind kind)
{
    switch (kind) {
    case BOOT_PK_P256:
        return EVP_EC_gen("P-256");
    case BOOT_PK_P384:
        return EVP_EC_gen("P-384");
    case BOOT_PK_RSA3072:
        return EVP_RSA_gen(3072u);
    case BOOT_PK_RSA4096:
        return EVP_RSA_gen(4096u);
    case BOOT_PK_NONE:
    case BOOT_PK_COUNT:
        break;
    }
    return NULL;
}

// Writes all and closes; mkstemp() gave the file mode 0600.
static bool write_private(int fd, const char *data, size_t size)
{
    bool good = true;

    while (good && size > 0) {
        ssize_t done = write(fd, data, size);

        if (done > 0) {
            data += done;
            size -= (size_t)done;
        } else if (done == 0 || errno != EINTR) {
            good = false;
        }
    }
    return close(fd) == 0 && good;
}

// The file gets its name complete, and only if there is none of that name yet: then somebody else just
// made the key, and that one counts.
static int store_key(const char *path, EVP_PKEY *pkey)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    char *pem = NULL, *temp = NULL;
    int err = ERR_IO, fd = -1;
    long size = 0;

    if (bio != NULL && PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1) {
        size = BIO_get_mem_data(bio, &pem);
    }
    if (size > 0 && asprintf(&temp, "%s.XXXXXX", path) > 0) {
        fd = mkstemp(temp);
        if (fd >= 0) {
            bool good = write_private(fd, pem, (size_t)size);

            err = good && (link(temp, path) == 0 || errno == EEXIST) ? 0 : ERR_IO;
            if (err != 0) {
                tool_error("%s: cannot write: %s", path, strerror(errno));
            }
            unlink(temp);
        } else {
            tool_error("%s: cannot write a file beside it: %s", path, strerror(errno));
        }
    } else {
        tool_error("%s: cannot write the key as PEM: %s", path, openssl_reason());
    }
    BIO_free(bio); // wipes it
    free(temp);
    return err;
}

static int make_key(const char *path, enum boot_pk_kind kind)
{
    EVP_PKEY *pkey = generate(kind);
    int err;

    if (pkey == NULL) {
        tool_error("%s: cannot make a key: %s", path, openssl_reason());
        return ERR_IO;
    }
    err = store_key(path, pkey);
    EVP_PKEY_free(pkey);
    if (err == 0) {
        tool_verbose("made %s, %s", path, boot_pk_name(kind));
    }
    return err;
}

int keys_make_missing(const char *dir, enum cot_chain chain, enum boot_pk_kind kind)
{
    int err = 0;

    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        tool_error("%s: cannot make the folder: %s", dir, strerror(errno));
        return ERR_IO;
    }
    for (uint32_t i = 0; err == 0 && i < KEYS_COUNT; i++) {
        if (chain_needs(chain, (enum keys_role)i)) {
            char *path = key_path(dir, (enum keys_role)i);

            if (path == NULL) {
                return ERR_NO_MEMORY;
            }
            if (access(path, F_OK) != 0 && errno == ENOENT) {
                err = make_key(path, kind);
            }
            free(path);
        }
    }
    return err;
}

static const EVP_MD *digest_of(enum boot_hash hash)
{
    switch (hash) {
    case BOOT_SHA256:
        return EVP_sha256();
    case BOOT_SHA384:
        return EVP_sha384();
    case BOOT_SHA512:
        return EVP_sha512();
    case BOOT_HASH_COUNT:
        break;
    }
    return NULL;
}

int keys_sign(const struct keys_key *key, enum boot_hash hash, const uint8_t *data, size_t size,
              uint8_t *signature, size_t *signature_size)
{
    bool pss = key->kind == BOOT_PK_RSA3072 || key->kind == BOOT_PK_RSA4096;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;
    bool good = context != NULL &&
                EVP_DigestSignInit(context, &key_context, digest_of(hash), NULL, key->pkey) == 1;

    if (good && pss) { // MGF1 takes the same hash by default
        good = EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, CERT_PSS_SALT) == 1;
    }
    good = good && EVP_DigestSign(context, signature, signature_size, data, size) == 1;
    EVP_MD_CTX_free(context);
    if (!good) {
        tool_error("%s: cannot sign: %s", key->path, openssl_reason());
        return ERR_IO;
    }
    return 0;
}
