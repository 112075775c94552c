// SPDX-License-Identifier: BSD-3-Clause
//
// Private keys as other programs write them: PEM (RFC 7468), PrivateKeyInfo (RFC 5958), ECPrivateKey (RFC 5915), RSAPrivateKey
// (RFC 8017, A.1.2). Called by tessera key import. Trusts no length; what it takes out of a file stays in the caller's buffer.
#include <string.h>

#include "tool.h"

#define SEQUENCE 0x30
#define INTEGER 0x02
#define OCTET_STRING 0x04
#define EC_PARAMETERS 0xa0
#define EC_ALGORITHM \
    11 // bytes of an AlgorithmIdentifier before the curve: its head, id-ecPublicKey

#define PEM_BEGIN "-----BEGIN "
#define PEM_END "-----END "
#define PEM_DASHES "-----"
#define PEM_LABEL "PRIVATE KEY"

// Part of the caller's buffer
struct part {
    uint8_t *at;
    size_t size;
};

static int digit(uint8_t c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

static bool is_blank(uint8_t c)
{
    return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

// Base64 to the bytes, in place; false: it is something else
static bool decode_base64(struct part *text)
{
    uint32_t word = 0;
    size_t digits = 0;
    size_t used = 0;
    size_t padding = 0;

    for (size_t i = 0; i < text->size; i++) {
        uint8_t c = text->at[i];

        if (is_blank(c)) {
            continue;
        }
        padding += c == '=';
        if (c != '=' && (digit(c) < 0 || padding != 0)) {
            return false;
        }
        word = word << 6 | (c != '=' ? (uint32_t)digit(c) : 0);
        if (++digits % 4 == 0) {
            text->at[used++] = (uint8_t)(word >> 16);
            text->at[used++] = (uint8_t)(word >> 8);
            text->at[used++] = (uint8_t)word;
        }
    }
    if (digits % 4 != 0 || padding > 2) {
        return false;
    }
    text->size = used - padding;
    return true;
}

static struct part behind(struct part whole, const uint8_t *at)
{
    size_t skipped = (size_t)(at - whole.at);

    return (struct part){ whole.at + skipped, whole.size - skipped };
}

// The block of a private key, of all in a file of PEM; false: there is none, or it is encrypted
static bool find_pem(struct part *file)
{
    struct part rest = *file;
    const uint8_t *at;

    while ((at = memmem(rest.at, rest.size, PEM_BEGIN, strlen(PEM_BEGIN))) != NULL) {
        rest = behind(rest, at + strlen(PEM_BEGIN));
        const uint8_t *label_end = memmem(rest.at, rest.size, PEM_DASHES, strlen(PEM_DASHES));
        const uint8_t *end = memmem(rest.at, rest.size, PEM_END, strlen(PEM_END));

        if (label_end == NULL || end == NULL || label_end > end) {
            return false;
        }
        size_t label = (size_t)(label_end - rest.at);
        const size_t tail = strlen(PEM_LABEL);

        if (label >= tail && memcmp(label_end - tail, PEM_LABEL, tail) == 0) {
            *file = behind(rest, label_end + strlen(PEM_DASHES));
            file->size = (size_t)(end - file->at);
            return decode_base64(file);
        }
        rest = behind(rest, end + strlen(PEM_END));
    }
    return false;
}

// The value of the next element, which has this tag; false: it has another, or a wrong length
static bool get(struct part *from, uint8_t tag, struct part *value)
{
    size_t head = 2;

    if (from->size < 2 || from->at[0] != tag) {
        return false;
    }
    size_t size = from->at[1];

    if (size > 0x80) {
        head += size - 0x80;
        if (head > 4 || from->size < head) {
            return false;
        }
        size = head == 3 ? from->at[2] : (size_t)from->at[2] << 8 | from->at[3];
    }
    if (size > from->size - head) {
        return false;
    }
    *value = (struct part){ from->at + head, size };
    *from = (struct part){ from->at + head + size, from->size - head - size };
    return true;
}

static bool is_equal(struct part part, const uint8_t *bytes, size_t size)
{
    return part.size == size && memcmp(part.at, bytes, size) == 0;
}

// Out of PrivateKeyInfo, if it is one; false: of another algorithm or curve
static bool open_info(const struct tool_key_kind *kind, struct part *key)
{
    struct part all = *key;
    struct part info;
    struct part version;
    struct part algorithm;
    struct part inner;
    size_t size;
    const uint8_t *wanted = tool_der_algorithm(kind, &size);

    if (!get(&all, SEQUENCE, &info) || all.size != 0 || !get(&info, INTEGER, &version) ||
        !get(&info, SEQUENCE, &algorithm) || !get(&info, OCTET_STRING, &inner)) {
        return true;
    }
    *key = inner;
    return is_equal(algorithm, wanted + 2, size - 2);
}

// The number out of ECPrivateKey, if it is one: with leading zeros, as RFC 5915 has it. False: of another curve
static bool open_ec(const struct tool_key_kind *kind, struct part *key)
{
    struct part all = *key;
    struct part fields;
    struct part version;
    struct part number;
    struct part curve;
    size_t size;
    const uint8_t *wanted = tool_der_algorithm(kind, &size);

    if (!get(&all, SEQUENCE, &fields) || all.size != 0 || !get(&fields, INTEGER, &version) ||
        version.size != 1 || version.at[0] != 1 || !get(&fields, OCTET_STRING, &number)) {
        return true;
    }
    *key = number;
    return !get(&fields, EC_PARAMETERS, &curve) ||
           is_equal(curve, wanted + EC_ALGORITHM, size - EC_ALGORITHM);
}

bool tool_private_key(const struct tool_key_kind *kind, uint8_t *bytes, size_t *size)
{
    struct part key = { bytes, *size };
    bool is_ec = !PSA_KEY_TYPE_IS_RSA(kind->type);

    if (is_ec && *size == (kind->bits + 7) / 8) {
        return true; // the number itself
    }
    if (memmem(bytes, *size, PEM_BEGIN, strlen(PEM_BEGIN)) != NULL && !find_pem(&key)) {
        return false;
    }
    if (!open_info(kind, &key) || (is_ec && !open_ec(kind, &key))) {
        return false;
    }
    memmove(bytes, key.at, key.size);
    *size = key.size;
    return true;
}
