// SPDX-License-Identifier: BSD-3-Clause
//
// sign.json, which lies beside the bytes to be signed and tells whoever signs (a person, a script, an HSM's
// service) all that is needed for it. Written by sign emit; never read back: sign attach takes everything
// from the signed bytes themselves. Public facts only.
#include "signing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

struct kind_row {
    const char *algorithm;
    bool pss;
};

static const struct kind_row kinds[BOOT_PK_COUNT] = {
    [BOOT_PK_NONE] = { "none", false },           [BOOT_PK_P256] = { "ecdsa-p256", false },
    [BOOT_PK_P384] = { "ecdsa-p384", false },     [BOOT_PK_RSA3072] = { "rsa-pss-3072", true },
    [BOOT_PK_RSA4096] = { "rsa-pss-4096", true },
};

// As OpenSSL and the options spell them
static const char *const hashes[BOOT_HASH_COUNT] = {
    [BOOT_SHA256] = "sha256",
    [BOOT_SHA384] = "sha384",
    [BOOT_SHA512] = "sha512",
};

const char *sign_json_algorithm(enum boot_pk_kind kind, enum boot_hash hash, char *text)
{
    if (kinds[kind].pss) {
        snprintf(text, SIGN_JSON_ALGORITHM_SIZE, "%s-%s-salt%d", kinds[kind].algorithm,
                 hashes[hash], CERT_PSS_SALT);
    } else {
        snprintf(text, SIGN_JSON_ALGORITHM_SIZE, "%s-%s", kinds[kind].algorithm, hashes[hash]);
    }
    return text;
}

// "soc-fw-cert" and a suffix.
static void write_name(struct json *json, const char *key, const char *option, const char *suffix)
{
    char name[TOOL_LABEL_SIZE + 8];

    snprintf(name, sizeof(name), "%s%s", option, suffix);
    json_put_text(json, key, name);
}

static void write_command(struct json *json, const char *option, const char *key_name, bool pss,
                          enum boot_hash hash)
{
    char options[80] = "", command[320];

    if (pss) {
        snprintf(options, sizeof(options),
                 " -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:%d", CERT_PSS_SALT);
    }
    snprintf(command, sizeof(command), "openssl dgst -%s%s -sign %s.pem -out %s.sig %s.tbs",
             hashes[hash], options, key_name, option, option);
    json_put_text(json, "openssl", command);
}

static int write_item(struct json *json, const struct sign_json_item *item)
{
    const char *option = fip_names_get(cot_cert_row(item->cert)->id)->option;
    const char *key_name = keys_name(keys_signer(item->cert));
    const struct keys_key *signer = item->request->signer;
    enum boot_hash hash = item->request->hash;
    char algorithm[SIGN_JSON_ALGORITHM_SIZE];
    struct boot_digests key, tbs;

    if (boot_hash_make(signer->spki, signer->spki_size, BOOT_HASH_BIT(BOOT_SHA256), &key) != 0 ||
        boot_hash_make(item->tbs->data, item->tbs->size, BOOT_HASH_BIT(hash), &tbs) != 0) {
        return ERR_IO;
    }
    json_put_object(json, NULL);
    json_put_text(json, "certificate", option);
    json_put_text(json, "subject", item->request->subject);
    write_name(json, "file", option, ".tbs");
    json_put_integer(json, "size", item->tbs->size);
    write_name(json, "key", key_name, "");
    json_put_hex(json, "key_sha256", key.value[BOOT_SHA256], CHAIN_ROOT_HASH_SIZE);
    json_put_text(json, "algorithm", sign_json_algorithm(signer->kind, hash, algorithm));
    json_put_text(json, "hash", hashes[hash]);
    json_put_hex(json, "digest", tbs.value[hash], boot_hash_info(hash)->size);
    write_name(json, "signature_file", option, ".sig");
    json_put_text(json, "signature_format",
                  kinds[signer->kind].pss
                      ? "RSASSA-PSS (RFC 8017), MGF1 with the same hash, as long as the modulus"
                      : "DER, SEQUENCE of INTEGER r, INTEGER s (RFC 3279)");
    write_command(json, option, key_name, kinds[signer->kind].pss, hash);
    json_close(json);
    return 0;
}

static int write_document(FILE *stream, enum cot_chain chain, const struct sign_json_item *items,
                          uint32_t count)
{
    struct json json;
    int err = 0;

    json_begin(&json, stream);
    json_put_object(&json, NULL);
    json_put_integer(&json, "version", 1); // of this list's format
    json_put_text(&json, "chain", chain == COT_DUAL_ROOT ? "dual" : "single");
    json_put_array(&json, "certificates");
    for (uint32_t i = 0; err == 0 && i < count; i++) {
        err = write_item(&json, &items[i]);
    }
    if (err == 0) {
        json_close(&json);
        json_close(&json);
    }
    return err;
}

static int write_file(const char *path, const char *text, size_t size)
{
    struct tool_out out;
    int err = tool_out_open(&out, path);

    if (err != 0) {
        return err;
    }
    err = tool_out_write(&out, 0, text, size);
    if (err != 0) {
        tool_out_abandon(&out);
        return err;
    }
    return tool_out_commit(&out, size);
}

int sign_json_write(const char *path, enum cot_chain chain, const struct sign_json_item *items,
                    uint32_t count)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    int err;

    if (stream == NULL) {
        tool_error("%s: no memory", path);
        return ERR_NO_MEMORY;
    }
    err = write_document(stream, chain, items, count);
    if (fclose(stream) != 0) {
        err = ERR_NO_MEMORY;
    }
    if (err == 0) {
        err = write_file(path, text, size);
    } else {
        tool_error("%s: cannot be put together", path);
    }
    free(text);
    return err;
}
