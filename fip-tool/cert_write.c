// SPDX-License-Identifier: BSD-3-Clause
//
// X.509v3 certificates (RFC 5280) in DER, byte by byte as TF-A's cert_create has OpenSSL write them: self-
// issued, subject and authority key identifier, BasicConstraints CA:FALSE, then the critical extensions of
// TF-A's arc. Used by certs and sign, which thereby sign the same bytes. Written from the end to the front,
// so that each length is known when its turn comes. What is read (bytes to be signed that come back) is
// not trusted.
#include "signing.h"

#include <openssl/evp.h>
#include <string.h>

// DER (X.690)
#define TAG_BOOLEAN 0x01
#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_OCTET_STRING 0x04
#define TAG_NULL 0x05
#define TAG_OID 0x06
#define TAG_UTF8_STRING 0x0c
#define TAG_UTC_TIME 0x17
#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31
#define TAG_CONTEXT(n) (0x80 | (n))
#define TAG_CONTEXT_CONSTRUCTED(n) (0xa0 | (n))

// A date says nothing to a boot that has no clock; these are the ends of what a UTCTime can say of this
// century (RFC 5280, 4.1.2.5.1).
#define NOT_BEFORE "000101000000Z"
#define NOT_AFTER "491231235959Z"

#define KEY_ID_SIZE 20 // SHA-1 (RFC 5280, 4.2.1.2, method 1): a name, no protection
#define SERIAL_SIZE 20 // the longest (RFC 5280, 4.1.2.2)

// Room for what join() adds: RSA 4096, algorithm, headers
#define SIGNATURE_ROOM (512 + 128)

#define TEXT(text) ((const uint8_t *)(text)), sizeof(text) - 1

// Bytes [at, end) of a buffer are written; overflow: it was too small.
struct der_out {
    uint8_t *start;
    uint8_t *at;
    bool overflow;
};

static void put(struct der_out *out, const uint8_t *data, size_t size)
{
    if (out->overflow || size > (size_t)(out->at - out->start)) {
        out->overflow = true;
    } else if (size != 0) {
        out->at -= size;
        memcpy(out->at, data, size);
    }
}

static void put_byte(struct der_out *out, uint8_t byte)
{
    put(out, &byte, 1);
}

// Tag and length before everything from out->at up to `end`.
static void put_header(struct der_out *out, uint8_t tag, const uint8_t *end)
{
    size_t size = (size_t)(end - out->at);
    uint8_t length_size = 0;

    for (size_t rest = size; size >= 0x80 && rest != 0; rest >>= 8) {
        put_byte(out, (uint8_t)rest);
        length_size++;
    }
    put_byte(out, (uint8_t)(length_size != 0 ? 0x80 | length_size : size));
    put_byte(out, tag);
}

static void put_element(struct der_out *out, uint8_t tag, const uint8_t *data, size_t size)
{
    const uint8_t *end = out->at;

    put(out, data, size);
    put_header(out, tag, end);
}

// The value is not negative: a byte 0 comes before a first byte with the top bit.
static void put_integer(struct der_out *out, uint32_t value)
{
    const uint8_t *end = out->at;
    uint8_t last;

    do {
        last = (uint8_t)value;
        put_byte(out, last);
        value >>= 8;
    } while (value != 0);
    if ((last & 0x80) != 0) {
        put_byte(out, 0);
    }
    put_header(out, TAG_INTEGER, end);
}

// AlgorithmIdentifier of a hash, with NULL.
static void put_hash_algorithm(struct der_out *out, enum boot_hash hash)
{
    const struct boot_hash_info *info = boot_hash_info(hash);
    const uint8_t *end = out->at;

    put_element(out, TAG_NULL, NULL, 0);
    put_element(out, TAG_OID, info->oid, info->oid_size);
    put_header(out, TAG_SEQUENCE, end);
}

// RFC 5758, 3.2: the last number is 2, 3 or 4 by hash; no parameters.
static void put_ecdsa_algorithm(struct der_out *out, enum boot_hash hash)
{
    static const uint8_t last[BOOT_HASH_COUNT] = {
        [BOOT_SHA256] = 2, [BOOT_SHA384] = 3, [BOOT_SHA512] = 4
    };
    const uint8_t oid[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, last[hash] };
    const uint8_t *end = out->at;

    put_element(out, TAG_OID, oid, sizeof(oid));
    put_header(out, TAG_SEQUENCE, end);
}

// RFC 4055, 3.1
static void put_pss_algorithm(struct der_out *out, enum boot_hash hash)
{
    static const uint8_t pss[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a };
    static const uint8_t mgf1[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08 };
    const uint8_t *end = out->at, *part = out->at;

    put_integer(out, CERT_PSS_SALT);
    put_header(out, TAG_CONTEXT_CONSTRUCTED(2), part);
    part = out->at;
    put_hash_algorithm(out, hash);
    put_element(out, TAG_OID, mgf1, sizeof(mgf1));
    put_header(out, TAG_SEQUENCE, part);
    put_header(out, TAG_CONTEXT_CONSTRUCTED(1), part);
    part = out->at;
    put_hash_algorithm(out, hash);
    put_header(out, TAG_CONTEXT_CONSTRUCTED(0), part);
    put_header(out, TAG_SEQUENCE, end);
    put_element(out, TAG_OID, pss, sizeof(pss));
    put_header(out, TAG_SEQUENCE, end);
}

static void put_signature_algorithm(struct der_out *out, const struct cert_write_request *request)
{
    if (request->signer->kind == BOOT_PK_RSA3072 || request->signer->kind == BOOT_PK_RSA4096) {
        put_pss_algorithm(out, request->hash);
    } else {
        put_ecdsa_algorithm(out, request->hash);
    }
}

// Name with nothing but a common name.
static void put_name(struct der_out *out, const char *name)
{
    static const uint8_t common_name[] = { 0x55, 0x04, 0x03 };
    const uint8_t *end = out->at;

    put_element(out, TAG_UTF8_STRING, (const uint8_t *)name, strlen(name));
    put_element(out, TAG_OID, common_name, sizeof(common_name));
    put_header(out, TAG_SEQUENCE, end);
    put_header(out, TAG_SET, end);
    put_header(out, TAG_SEQUENCE, end);
}

static void put_validity(struct der_out *out)
{
    const uint8_t *end = out->at;

    put_element(out, TAG_UTC_TIME, TEXT(NOT_AFTER));
    put_element(out, TAG_UTC_TIME, TEXT(NOT_BEFORE));
    put_header(out, TAG_SEQUENCE, end);
}

// Extension whose value is everything from out->at up to `end`.
static void put_extension(struct der_out *out, const uint8_t *oid, size_t oid_size, bool critical,
                          const uint8_t *end)
{
    static const uint8_t yes = 0xff;

    put_header(out, TAG_OCTET_STRING, end);
    if (critical) {
        put_element(out, TAG_BOOLEAN, &yes, sizeof(yes));
    }
    put_element(out, TAG_OID, oid, oid_size);
    put_header(out, TAG_SEQUENCE, end);
}

// 1.3.6.1.4.1.4128.2100.n, n < 2^14
static size_t arc_oid(enum cot_oid n, uint8_t oid[12])
{
    static const uint8_t arc[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x34 };
    size_t size = sizeof(arc);

    memcpy(oid, arc, size);
    if ((uint32_t)n >= 0x80) {
        oid[size++] = (uint8_t)(0x80 | (uint32_t)n >> 7);
    }
    oid[size++] = (uint8_t)((uint32_t)n & 0x7f);
    return size;
}

static void put_arc_extension(struct der_out *out, const struct cert_write_extension *extension,
                              enum boot_hash hash)
{
    const uint8_t *end = out->at;
    uint8_t oid[12];
    size_t oid_size = arc_oid(extension->oid, oid);

    switch (extension->value) {
    case COT_COUNTER:
        put_integer(out, extension->counter);
        break;
    case COT_HASH: // DigestInfo (RFC 8017, 9.2)
        put_element(out, TAG_OCTET_STRING, extension->digest, boot_hash_info(hash)->size);
        put_hash_algorithm(out, hash);
        put_header(out, TAG_SEQUENCE, end);
        break;
    case COT_KEY:
        put(out, extension->key->spki, extension->key->spki_size);
        break;
    }
    put_extension(out, oid, oid_size, true, end);
}

// RFC 5280, 4.2.1.9, 4.2.1.1, 4.2.1.2, in cert_create's order: subject key, authority key, constraints.
static void put_standard_extensions(struct der_out *out, const uint8_t key_id[KEY_ID_SIZE])
{
    static const uint8_t constraints[] = { 0x55, 0x1d, 0x13 };
    static const uint8_t authority[] = { 0x55, 0x1d, 0x23 };
    static const uint8_t subject[] = { 0x55, 0x1d, 0x0e };
    const uint8_t *end = out->at;

    put_element(out, TAG_SEQUENCE, NULL, 0); // CA:FALSE is the default
    put_extension(out, constraints, sizeof(constraints), false, end);
    end = out->at;
    put_element(out, TAG_CONTEXT(0), key_id, KEY_ID_SIZE);
    put_header(out, TAG_SEQUENCE, end);
    put_extension(out, authority, sizeof(authority), false, end);
    end = out->at;
    put_element(out, TAG_OCTET_STRING, key_id, KEY_ID_SIZE);
    put_extension(out, subject, sizeof(subject), false, end);
}

static void put_extensions(struct der_out *out, const struct cert_write_request *request,
                           const uint8_t key_id[KEY_ID_SIZE])
{
    const uint8_t *end = out->at;

    for (uint32_t i = request->extension_count; i > 0; i--) {
        put_arc_extension(out, &request->extensions[i - 1], request->hash);
    }
    put_standard_extensions(out, key_id);
    put_header(out, TAG_SEQUENCE, end);
    put_header(out, TAG_CONTEXT_CONSTRUCTED(3), end);
}

// Bytes of DER not read yet.
struct der_in {
    const uint8_t *at;
    const uint8_t *end;
};

// Enters the next element, which must have `tag`: `in` moves behind it, `inside` is its contents.
static bool take(struct der_in *in, uint8_t tag, struct der_in *inside)
{
    size_t left = (size_t)(in->end - in->at), size, header = 2;

    if (left < header || in->at[0] != tag) {
        return false;
    }
    size = in->at[1];
    if (size >= 0x80) {
        size_t length_size = size & 0x7f;

        header += length_size;
        if (length_size == 0 || length_size > 2 || left < header) {
            return false;
        }
        size = length_size == 1 ? in->at[2] : (size_t)in->at[2] << 8 | in->at[3];
    }
    if (size > left - header) {
        return false;
    }
    inside->at = in->at + header;
    inside->end = inside->at + size;
    in->at = inside->end;
    return true;
}

// SHA-1 of the key's BIT STRING without the byte that counts unused bits.
static int make_key_id(const struct keys_key *key, uint8_t key_id[KEY_ID_SIZE])
{
    struct der_in spki = { key->spki, key->spki + key->spki_size }, inside, algorithm, bits;
    unsigned int size = 0;

    if (!take(&spki, TAG_SEQUENCE, &inside) || !take(&inside, TAG_SEQUENCE, &algorithm) ||
        !take(&inside, TAG_BIT_STRING, &bits) || bits.at == bits.end) {
        return ERR_INVALID;
    }
    if (EVP_Digest(bits.at + 1, (size_t)(bits.end - bits.at) - 1, key_id, &size, EVP_sha1(),
                   NULL) != 1 ||
        size != KEY_ID_SIZE) {
        tool_error("%s: key identifier: OpenSSL has no SHA-1", key->path);
        return ERR_IO;
    }
    return 0;
}

// Serial number and version, before the rest, of which the number is made.
static int put_front(struct der_out *out, const uint8_t *end)
{
    struct boot_digests digests;
    const uint8_t *mark;
    uint8_t *serial;
    int err =
        boot_hash_make(out->at, (size_t)(end - out->at), BOOT_HASH_BIT(BOOT_SHA256), &digests);

    if (err != 0) {
        return err;
    }
    serial = digests.value[BOOT_SHA256];
    serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40); // positive, always SERIAL_SIZE bytes
    put_element(out, TAG_INTEGER, serial, SERIAL_SIZE);
    mark = out->at;
    put_integer(out, 2); // v3
    put_header(out, TAG_CONTEXT_CONSTRUCTED(0), mark);
    return 0;
}

int cert_write_tbs(const struct cert_write_request *request, struct cert_write_der *tbs)
{
    uint8_t *end = tbs->data + sizeof(tbs->data) - SIGNATURE_ROOM;
    struct der_out out = { tbs->data, end, false };
    uint8_t key_id[KEY_ID_SIZE];
    int err = make_key_id(request->signer, key_id);

    if (err != 0) {
        return err;
    }
    put_extensions(&out, request, key_id);
    put(&out, request->signer->spki, request->signer->spki_size);
    put_name(&out, request->subject);
    put_validity(&out);
    put_name(&out, request->subject);
    put_signature_algorithm(&out, request);
    err = put_front(&out, end);
    put_header(&out, TAG_SEQUENCE, end);
    if (err == 0 && out.overflow) {
        tool_error("%s: size: found more than %zu bytes to be signed, expected at most that",
                   request->subject, (size_t)(end - tbs->data));
        err = ERR_NO_MEMORY;
    }
    if (err == 0) {
        tbs->size = (size_t)(end - out.at);
        memmove(tbs->data, out.at, tbs->size);
    }
    return err;
}

int cert_write_join(const struct cert_write_der *tbs, const uint8_t *signature,
                    size_t signature_size, struct cert_write_der *certificate)
{
    struct der_in in = { tbs->data, tbs->data + tbs->size }, inside, part;
    uint8_t *end = certificate->data + sizeof(certificate->data);
    struct der_out out = { certificate->data, end, false };
    const uint8_t *algorithm;

    if (!take(&in, TAG_SEQUENCE, &inside) || in.at != in.end ||
        !take(&inside, TAG_CONTEXT_CONSTRUCTED(0), &part) || !take(&inside, TAG_INTEGER, &part)) {
        return ERR_INVALID;
    }
    algorithm = inside.at;
    if (!take(&inside, TAG_SEQUENCE, &part)) {
        return ERR_INVALID;
    }
    put(&out, signature, signature_size);
    put_byte(&out, 0); // unused bits
    put_header(&out, TAG_BIT_STRING, end);
    put(&out, algorithm, (size_t)(inside.at - algorithm));
    put(&out, tbs->data, tbs->size);
    put_header(&out, TAG_SEQUENCE, end);
    if (out.overflow) {
        return ERR_NO_MEMORY;
    }
    certificate->size = (size_t)(end - out.at);
    memmove(certificate->data, out.at, certificate->size);
    return 0;
}
