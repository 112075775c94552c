// SPDX-License-Identifier: BSD-3-Clause
//
// Keys and certificates for people and for JSON; contracts in trust.h. Called by info, verify and
// measure. Reads with the firmware's own decoders, and says nothing about whether to believe.
#include "trust.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define OID_ARC "1.3.6.1.4.1.4128.2100"

const char *show_hex(const uint8_t *bytes, size_t size, char text[SHOW_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
    return text;
}

void show_make_key(const struct cert_span *spki, struct show_key *key)
{
    struct boot_digests digests;
    struct boot_pk pk;

    memset(key, 0, sizeof(*key));
    key->kind =
        boot_pk_decode(spki->data, spki->size, &pk, NULL) == 0 ? boot_pk_name(pk.kind) : "unknown";
    if (boot_hash_make(spki->data, spki->size, BOOT_HASH_BIT(BOOT_SHA256), &digests) == 0) {
        memcpy(key->hash, digests.value[BOOT_SHA256], sizeof(key->hash));
    }
}

void show_key_write(const struct cert_span *spki, struct json *json, const char *name)
{
    struct show_key key;

    show_make_key(spki, &key);
    json_put_object(json, name);
    json_put_text(json, "kind", key.kind);
    json_put_hex(json, "sha256", key.hash, sizeof(key.hash));
    json_close(json);
}

bool show_is_cert(const uint8_t *uuid)
{
    const struct fip_name *name = fip_names_find(uuid);
    const char *end = name == NULL ? NULL : strrchr(name->option, '-');

    return end != NULL && strcmp(end, "-cert") == 0;
}

// What an extension holds, told by its value alone, whatever its number.
enum kind {
    KIND_COUNTER,
    KIND_HASH,
    KIND_KEY,
    KIND_OTHER,
};

struct content {
    enum kind kind;
    uint32_t counter;
    enum boot_hash hash;
    const uint8_t *digest;
    struct cert_span spki;
};

static struct content read_content(const struct cert_extension *extension)
{
    struct content content = { .kind = KIND_OTHER };
    struct cert_fault fault;

    if (cert_counter(extension, &content.counter, &fault) == 0) {
        content.kind = KIND_COUNTER;
    } else if (cert_digest(extension, &content.hash, &content.digest, &fault) == 0) {
        content.kind = KIND_HASH;
    } else if (cert_key(extension, &content.spki, &fault) == 0) {
        content.kind = KIND_KEY;
    }
    return content;
}

static void print_extension(const struct cert_extension *extension, int indent)
{
    struct content content = read_content(extension);
    const char *name = cot_oid_name(extension->oid);
    char hex[SHOW_HEX_SIZE];
    struct show_key key;

    printf("%*s%s (.%" PRIu32 "): ", indent, "", name != NULL ? name : "extension", extension->oid);
    switch (content.kind) {
    case KIND_COUNTER:
        printf("%" PRIu32 "\n", content.counter);
        break;
    case KIND_HASH:
        printf("%s %s\n", boot_hash_info(content.hash)->name,
               show_hex(content.digest, boot_hash_info(content.hash)->size, hex));
        break;
    case KIND_KEY:
        show_make_key(&content.spki, &key);
        printf("%s, SHA-256 %s\n", key.kind, show_hex(key.hash, sizeof(key.hash), hex));
        break;
    case KIND_OTHER:
        printf("%" PRIu32 " bytes\n", extension->value.size);
        break;
    }
}

static const char *signature_name(const struct cert *cert)
{
    return cert->signature_kind == CERT_ECDSA ? "ECDSA" : "RSA-PSS";
}

void show_cert_print(const uint8_t *der, size_t size, int indent)
{
    struct cert_fault fault = { 0 };
    char hex[SHOW_HEX_SIZE];
    struct show_key key;
    struct cert cert;

    if (cert_decode(der, size, &cert, &fault) != 0) {
        printf("%*sbroken certificate: %s at 0x%" PRIx32 ": %s: found 0x%" PRIx64
               ", expected 0x%" PRIx64 "\n",
               indent, "", fault.field, fault.offset, fault.text, fault.found, fault.expected);
        return;
    }
    show_make_key(&cert.spki, &key);
    printf("%*scertificate \"%.*s\", signature %s with %s\n", indent, "",
           (int)cert.subject_name.size, (const char *)cert.subject_name.data, signature_name(&cert),
           boot_hash_info(cert.hash)->name);
    printf("%*skey: %s, SHA-256 %s\n", indent + 2, "", key.kind,
           show_hex(key.hash, sizeof(key.hash), hex));
    for (uint32_t i = 0; i < cert.extension_count; i++) {
        print_extension(&cert.extensions[i], indent + 2);
    }
}

static void write_extension(const struct cert_extension *extension, struct json *json)
{
    static const char *const kinds[] = { "counter", "hash", "key", "other" };
    struct content content = read_content(extension);
    char oid[sizeof(OID_ARC) + 12];

    snprintf(oid, sizeof(oid), OID_ARC ".%" PRIu32, extension->oid);
    json_put_object(json, NULL);
    json_put_text(json, "oid", oid);
    json_put_text(json, "name", cot_oid_name(extension->oid));
    json_put_text(json, "kind", kinds[content.kind]);
    switch (content.kind) {
    case KIND_COUNTER:
        json_put_integer(json, "value", content.counter);
        break;
    case KIND_HASH:
        json_put_text(json, "algorithm", boot_hash_info(content.hash)->name);
        json_put_hex(json, "digest", content.digest, boot_hash_info(content.hash)->size);
        break;
    case KIND_KEY:
        show_key_write(&content.spki, json, "key");
        break;
    case KIND_OTHER:
        json_put_hex(json, "bytes", extension->value.data, extension->value.size);
        break;
    }
    json_close(json);
}

static void write_fault(const struct cert_fault *fault, struct json *json)
{
    json_put_object(json, "fault");
    json_put_text(json, "field", fault->field);
    json_put_text(json, "rule", fault->text);
    json_put_integer(json, "offset", fault->offset);
    json_put_word(json, "found", fault->found);
    json_put_word(json, "expected", fault->expected);
    json_close(json);
}

void show_cert_write(const uint8_t *der, size_t size, struct json *json)
{
    struct cert_fault fault = { 0 };
    struct cert cert;
    bool decoded = cert_decode(der, size, &cert, &fault) == 0;

    json_put_object(json, "certificate");
    json_put_bool(json, "decoded", decoded);
    if (!decoded) {
        write_fault(&fault, json);
        json_close(json);
        return;
    }
    json_put_bytes(json, "subject", cert.subject_name.data, cert.subject_name.size);
    json_put_object(json, "signature");
    json_put_text(json, "algorithm", signature_name(&cert));
    json_put_text(json, "hash", boot_hash_info(cert.hash)->name);
    json_close(json);
    show_key_write(&cert.spki, json, "key");
    json_put_array(json, "extensions");
    for (uint32_t i = 0; i < cert.extension_count; i++) {
        write_extension(&cert.extensions[i], json);
    }
    json_close(json);
    json_close(json);
}
