// SPDX-License-Identifier: BSD-3-Clause
//
// Certificates for tests, see cert_support.h.
#include "tests/unit/platform/cert_support.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#define SEQUENCE 0x30
#define SALT 32

// Of platform/lib/string.h, which the host's C library does not have
void memory_wipe(void *to, size_t size);

void memory_wipe(void *to, size_t size)
{
    memset(to, 0, size);
}

static void must(int condition)
{
    if (!condition) {
        abort();
    }
}

void der_add(struct der_buf *der, const void *data, size_t size)
{
    must(size <= sizeof(der->data) - der->size);
    if (size != 0) {
        memcpy(der->data + der->size, data, size);
    }
    der->size += size;
}

void der_wrap(struct der_buf *der, size_t start, uint8_t tag)
{
    size_t size = der->size - start;
    uint8_t header[4] = { tag };
    size_t header_size = 2;

    if (size < 0x80) {
        header[1] = (uint8_t)size;
    } else if (size < 0x100) {
        header[1] = 0x81;
        header[2] = (uint8_t)size;
        header_size = 3;
    } else {
        header[1] = 0x82;
        header[2] = (uint8_t)(size >> 8);
        header[3] = (uint8_t)size;
        header_size = 4;
    }
    must(header_size <= sizeof(der->data) - der->size);
    memmove(der->data + start + header_size, der->data + start, size);
    memcpy(der->data + start, header, header_size);
    der->size += header_size;
}

void der_element(struct der_buf *der, uint8_t tag, const void *data, size_t size)
{
    size_t start = der->size;

    der_add(der, data, size);
    der_wrap(der, start, tag);
}

void der_integer(struct der_buf *der, uint32_t value)
{
    uint8_t bytes[5] = { 0, (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                         (uint8_t)value };
    size_t skip = 0;

    while (skip < 4 && bytes[skip] == 0 && bytes[skip + 1] < 0x80) {
        skip++;
    }
    der_element(der, 0x02, bytes + skip, 5 - skip);
}

void der_name(struct der_buf *der, const char *common_name)
{
    static const uint8_t oid[] = { 0x55, 0x04, 0x03 };
    size_t start = der->size;

    der_element(der, 0x06, oid, sizeof(oid));
    der_element(der, 0x0c, common_name, strlen(common_name));
    der_wrap(der, start, SEQUENCE);
    der_wrap(der, start, 0x31);
    der_wrap(der, start, SEQUENCE);
}

static void hash_algorithm(struct der_buf *der, enum boot_hash hash)
{
    static const uint8_t last[] = { 1, 2, 3 };
    uint8_t oid[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last[hash] };
    size_t start = der->size;

    der_element(der, 0x06, oid, sizeof(oid));
    der_element(der, 0x05, NULL, 0);
    der_wrap(der, start, SEQUENCE);
}

static void pss_algorithm(struct der_buf *der, enum boot_hash hash)
{
    static const uint8_t pss[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a };
    static const uint8_t mgf1[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08 };
    size_t start = der->size;
    size_t parameters, part;

    der_element(der, 0x06, pss, sizeof(pss));
    parameters = part = der->size;
    hash_algorithm(der, hash);
    der_wrap(der, part, 0xa0);
    part = der->size;
    der_element(der, 0x06, mgf1, sizeof(mgf1));
    hash_algorithm(der, hash);
    der_wrap(der, part, SEQUENCE);
    der_wrap(der, part, 0xa1);
    part = der->size;
    der_integer(der, SALT);
    der_wrap(der, part, 0xa2);
    der_wrap(der, parameters, SEQUENCE);
    der_wrap(der, start, SEQUENCE);
}

void der_algorithm(struct der_buf *der, enum boot_pk_kind kind, enum boot_hash hash)
{
    static const uint8_t last[] = { 2, 3, 4 };
    uint8_t oid[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, last[hash] };
    size_t start = der->size;

    if (kind == BOOT_PK_RSA3072 || kind == BOOT_PK_RSA4096) {
        pss_algorithm(der, hash);
        return;
    }
    der_element(der, 0x06, oid, sizeof(oid));
    der_wrap(der, start, SEQUENCE);
}

static size_t hash_size(enum boot_hash hash)
{
    static const size_t sizes[] = { 32, 48, 64 };

    return sizes[hash];
}

void der_digest_info(struct der_buf *der, enum boot_hash hash, const uint8_t *digest)
{
    size_t start = der->size;

    hash_algorithm(der, hash);
    der_element(der, 0x04, digest, hash_size(hash));
    der_wrap(der, start, SEQUENCE);
}

void der_spki(struct der_buf *der, EVP_PKEY *key)
{
    uint8_t *bytes = NULL;
    int size = i2d_PUBKEY(key, &bytes);

    must(size > 0);
    der_add(der, bytes, (size_t)size);
    OPENSSL_free(bytes);
}

void der_extension(struct der_buf *der, const uint8_t *oid, size_t oid_size, uint8_t critical,
                   const struct der_buf *value)
{
    size_t start = der->size;

    der_element(der, 0x06, oid, oid_size);
    if (critical != 0) {
        der_element(der, 0x01, &critical, 1);
    }
    der_element(der, 0x04, value->data, value->size);
    der_wrap(der, start, SEQUENCE);
}

void der_arc_extension(struct der_buf *der, uint32_t number, const struct der_buf *value)
{
    uint8_t oid[11] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x34 };
    size_t size = 9;

    if (number >= 0x80) {
        oid[size++] = (uint8_t)(0x80 | number >> 7);
    }
    oid[size++] = (uint8_t)(number & 0x7f);
    der_extension(der, oid, size, 0xff, value);
}

void der_standard_extensions(struct der_buf *der)
{
    static const uint8_t own[] = { 0x55, 0x1d, 0x0e };
    static const uint8_t authority[] = { 0x55, 0x1d, 0x23 };
    static const uint8_t constraints[] = { 0x55, 0x1d, 0x13 };
    static const uint8_t identifier[20] = { 0xf7, 0xe8, 0x5b, 1, 2, 3, 4, 5, 6, 7 };
    struct der_buf value = { .size = 0 };

    der_element(&value, 0x04, identifier, sizeof(identifier));
    der_extension(der, own, sizeof(own), 0, &value);
    value.size = 0;
    der_element(&value, 0x80, identifier, sizeof(identifier));
    der_wrap(&value, 0, SEQUENCE);
    der_extension(der, authority, sizeof(authority), 0, &value);
    value.size = 0;
    der_wrap(&value, 0, SEQUENCE);
    der_extension(der, constraints, sizeof(constraints), 0, &value);
}

EVP_PKEY *cert_support_key(enum boot_pk_kind kind, unsigned index)
{
    static EVP_PKEY *keys[BOOT_PK_COUNT][CERT_SUPPORT_KEYS];
    bool rsa = kind == BOOT_PK_RSA3072 || kind == BOOT_PK_RSA4096;
    EVP_PKEY **key = &keys[kind][rsa ? index % 2 : index];

    if (*key == NULL) {
        switch (kind) {
        case BOOT_PK_P256:
            *key = EVP_EC_gen("P-256");
            break;
        case BOOT_PK_P384:
            *key = EVP_EC_gen("P-384");
            break;
        case BOOT_PK_RSA3072:
            *key = EVP_RSA_gen(3072);
            break;
        case BOOT_PK_RSA4096:
            *key = EVP_RSA_gen(4096);
            break;
        case BOOT_PK_NONE:
        case BOOT_PK_COUNT:
        default:
            break;
        }
    }
    must(*key != NULL);
    return *key;
}

enum boot_pk_kind cert_support_kind(EVP_PKEY *key)
{
    int bits = EVP_PKEY_get_bits(key);

    return bits == 256    ? BOOT_PK_P256
           : bits == 384  ? BOOT_PK_P384
           : bits == 3072 ? BOOT_PK_RSA3072
                          : BOOT_PK_RSA4096;
}

static const EVP_MD *md_of(enum boot_hash hash)
{
    return hash == BOOT_SHA256 ? EVP_sha256() : hash == BOOT_SHA384 ? EVP_sha384() : EVP_sha512();
}

void cert_support_digest(enum boot_hash hash, const void *data, size_t size, uint8_t *digest)
{
    must(EVP_Digest(data, size, digest, NULL, md_of(hash), NULL) == 1);
}

// BIT STRING with the signature over `tbs`.
static void sign(const struct cert_spec *spec, const struct der_buf *tbs, struct der_buf *der)
{
    EVP_PKEY *key = spec->signer != NULL ? spec->signer : spec->key;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;
    uint8_t bytes[1 + 512] = { 0 };
    size_t size = sizeof(bytes) - 1;

    must(context != NULL);
    must(EVP_DigestSignInit(context, &parameters, md_of(spec->hash), NULL, key) == 1);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
        must(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
        must(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, SALT) == 1);
    }
    must(EVP_DigestSign(context, bytes + 1, &size, tbs->data, tbs->size) == 1);
    EVP_MD_CTX_free(context);
    der_element(der, 0x03, bytes, size + 1);
}

void cert_support_part(const struct cert_spec *spec, enum cert_part part, struct der_buf *der)
{
    static const char validity[] = "\x17\x0d"
                                   "240101000000Z"
                                   "\x17\x0d"
                                   "440101000000Z";
    static const uint8_t serial[] = { 0x00, 0xcb, 0x02, 0x9d, 0x05, 0xc5, 0xfb, 0xc7, 0x11 };
    size_t start = der->size;

    switch (part) {
    case PART_VERSION:
        der_integer(der, 2);
        der_wrap(der, start, 0xa0);
        break;
    case PART_SERIAL:
        der_element(der, 0x02, serial, sizeof(serial));
        break;
    case PART_ALGORITHM:
    case PART_OUTER_ALGORITHM:
        der_algorithm(der, cert_support_kind(spec->key), spec->hash);
        break;
    case PART_ISSUER:
    case PART_SUBJECT:
        der_name(der, spec->name);
        break;
    case PART_VALIDITY:
        der_element(der, SEQUENCE, validity, sizeof(validity) - 1);
        break;
    case PART_SPKI:
        der_spki(der, spec->key);
        break;
    case PART_EXTENSIONS:
        der_standard_extensions(der);
        der_add(der, spec->extensions.data, spec->extensions.size);
        der_wrap(der, start, SEQUENCE);
        der_wrap(der, start, 0xa3);
        break;
    case PART_BEHIND:
    case PART_OUTER_BEHIND:
    case PART_SIGNATURE: // made by cert_support_make()
    case PART_COUNT:
    default:
        break;
    }
}

static void add_part(const struct cert_spec *spec, enum cert_part part, struct der_buf *der)
{
    if (spec->parts[part] != NULL) {
        der_add(der, spec->parts[part]->data, spec->parts[part]->size);
    } else {
        cert_support_part(spec, part, der);
    }
}

void cert_support_make(const struct cert_spec *spec, struct der_buf *der)
{
    struct der_buf tbs = { .size = 0 };
    size_t start = der->size;

    for (int i = PART_VERSION; i <= PART_BEHIND; i++) {
        add_part(spec, (enum cert_part)i, &tbs);
    }
    der_wrap(&tbs, 0, SEQUENCE);
    der_add(der, tbs.data, tbs.size);
    add_part(spec, PART_OUTER_ALGORITHM, der);
    if (spec->parts[PART_SIGNATURE] != NULL) {
        add_part(spec, PART_SIGNATURE, der);
    } else {
        sign(spec, &tbs, der);
    }
    add_part(spec, PART_OUTER_BEHIND, der);
    der_wrap(der, start, SEQUENCE);
}
