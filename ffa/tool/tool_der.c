// SPDX-License-Identifier: BSD-3-Clause
//
// Between PSA's forms of public keys and signatures and those of X.509, which OpenSSL and others read. Distinguished encoding
// rules (ITU-T X.690): tag, length, value. Trusts no length.
#include <string.h>

#include "tool.h"

#define SEQUENCE 0x30
#define INTEGER 0x02
#define BIT_STRING 0x03

// AlgorithmIdentifier: RFC 3279, 2.3.1; RFC 5480, 2.1.1
static const uint8_t rsa[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                               0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
static const uint8_t p256[] = { 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
                                0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
static const uint8_t p384[] = { 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
                                0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 };
static const uint8_t p521[] = { 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
                                0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23 };

const uint8_t *tool_der_algorithm(const struct tool_key_kind *kind, size_t *size)
{
    const uint8_t *found = PSA_KEY_TYPE_IS_RSA(kind->type) ? rsa
                           : kind->bits == 256             ? p256
                           : kind->bits == 384             ? p384
                                                           : p521;

    *size = 2u + found[1];
    return found;
}

// Tag and length of a value of `size` ≤ 65,535 bytes; how many bytes that are
static size_t put_head(uint8_t *to, uint8_t tag, size_t size)
{
    to[0] = tag;
    if (size < 0x80) {
        to[1] = (uint8_t)size;
        return 2;
    }
    if (size < 0x100) {
        to[1] = 0x81;
        to[2] = (uint8_t)size;
        return 3;
    }
    to[1] = 0x82;
    to[2] = (uint8_t)(size >> 8);
    to[3] = (uint8_t)size;
    return 4;
}

size_t tool_der_public(const struct tool_key_kind *kind, const uint8_t *key, size_t size,
                       uint8_t *der)
{
    uint8_t head[4];
    uint8_t bits[4];
    size_t algorithm_size;
    const uint8_t *algorithm = tool_der_algorithm(kind, &algorithm_size);

    if (size == 0 || size > TOOL_PUBLIC_MAX - algorithm_size - sizeof(head) - sizeof(bits) - 1) {
        return 0;
    }
    size_t bits_size = put_head(bits, BIT_STRING, size + 1);
    size_t head_size = put_head(head, SEQUENCE, algorithm_size + bits_size + 1 + size);
    uint8_t *at = der;

    memcpy(at, head, head_size);
    at += head_size;
    memcpy(at, algorithm, algorithm_size);
    at += algorithm_size;
    memcpy(at, bits, bits_size);
    at += bits_size;
    *at++ = 0; // bits of the last byte that do not count
    memcpy(at, key, size);
    return (size_t)(at - der) + size;
}

static size_t field_size(const struct tool_key_kind *kind)
{
    return (kind->bits + 7) / 8;
}

// A number of `size` bytes as INTEGER: without leading zeros, but one before a set sign bit
static size_t put_integer(uint8_t *to, const uint8_t *number, size_t size)
{
    while (size > 1 && number[0] == 0) {
        number++;
        size--;
    }
    size_t zero = number[0] >> 7;
    size_t used = put_head(to, INTEGER, size + zero);

    if (zero != 0) {
        to[used++] = 0;
    }
    memcpy(to + used, number, size);
    return used + size;
}

size_t tool_der_signature(const struct tool_key_kind *kind, const uint8_t *from, size_t size,
                          uint8_t *to)
{
    uint8_t numbers[TOOL_SIGNATURE_MAX];
    size_t half = field_size(kind);

    if (PSA_KEY_TYPE_IS_RSA(kind->type)) {
        if (size == 0 || size > TOOL_SIGNATURE_MAX) {
            return 0;
        }
        memcpy(to, from, size);
        return size;
    }
    if (size != 2 * half) {
        return 0;
    }
    size_t used = put_integer(numbers, from, half);

    used += put_integer(numbers + used, from + half, half);
    size_t head = put_head(to, SEQUENCE, used);

    memcpy(to + head, numbers, used);
    return head + used;
}

struct reader {
    const uint8_t *at;
    size_t left;
};

// The value of the next element, which has this tag; NULL: there is none, or it is not encoded as it must be
static const uint8_t *get(struct reader *from, uint8_t tag, size_t *size)
{
    size_t head = 2;

    if (from->left < 2 || from->at[0] != tag) {
        return NULL;
    }
    *size = from->at[1];
    if (*size == 0x81) {
        head = 3;
        if (from->left < 3 || from->at[2] < 0x80) {
            return NULL;
        }
        *size = from->at[2];
    } else if (*size > 0x7f) {
        return NULL;
    }
    if (*size > from->left - head) {
        return NULL;
    }
    const uint8_t *value = from->at + head;

    from->at += head + *size;
    from->left -= head + *size;
    return value;
}

// The next INTEGER as a number of `size` bytes; false: it is negative, longer, or has needless zeros
static bool get_integer(struct reader *from, uint8_t *number, size_t size)
{
    size_t length;
    const uint8_t *value = get(from, INTEGER, &length);

    if (value == NULL || length == 0 || value[0] >= 0x80 ||
        (length > 1 && value[0] == 0 && value[1] < 0x80)) {
        return false;
    }
    if (value[0] == 0) {
        value++;
        length--;
    }
    if (length > size) {
        return false;
    }
    memset(number, 0, size - length);
    memcpy(number + size - length, value, length);
    return true;
}

size_t tool_der_raw_signature(const struct tool_key_kind *kind, const uint8_t *from, size_t size,
                              uint8_t *to)
{
    struct reader all = { from, size };
    size_t half = field_size(kind);
    size_t length = 0;

    if (PSA_KEY_TYPE_IS_RSA(kind->type)) {
        return tool_der_signature(kind, from, size, to); // the same
    }
    const uint8_t *numbers = get(&all, SEQUENCE, &length);
    struct reader inner = { numbers, length };

    if (numbers == NULL || all.left != 0 || !get_integer(&inner, to, half) ||
        !get_integer(&inner, to + half, half) || inner.left != 0) {
        return 0;
    }
    return 2 * half;
}

void tool_der_pem(const uint8_t *der, size_t size, char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *at = stpcpy(text, "-----BEGIN PUBLIC KEY-----\n");
    size_t column = 0;

    for (size_t i = 0; i < size; i += 3) {
        size_t count = size - i < 3 ? size - i : 3;
        uint32_t word = (uint32_t)der[i] << 16 | (count > 1 ? (uint32_t)der[i + 1] << 8 : 0) |
                        (count > 2 ? der[i + 2] : 0);

        for (size_t k = 0; k < 4; k++) {
            *at++ = k <= count ? digits[word >> (18 - 6 * k) & 63] : '=';
        }
        column += 4;
        if (column == 64 || i + 3 >= size) {
            *at++ = '\n';
            column = 0;
        }
    }
    strcpy(at, "-----END PUBLIC KEY-----\n");
}
