// SPDX-License-Identifier: BSD-3-Clause
//
// DER elements, see cert_der.h. Called by cert.c with bytes that nobody has checked: a length is compared with what is
// left before it is used (by Mbed TLS), and the form of it afterwards.
#include "cert_der.h"

#include <mbedtls/asn1.h>

struct cert_der cert_der_begin(const uint8_t *data, size_t size, const char *field, uint32_t offset,
                               struct cert_fault *fault)
{
    // Mbed TLS's functions write the pointer, never what it points to
    return (struct cert_der){ data - offset, (unsigned char *)(uintptr_t)data, data + size, field,
                              fault };
}

int cert_der_refuse(const struct cert_der *der, const uint8_t *at, int err, const char *text,
                    uint64_t found, uint64_t expected)
{
    *der->fault =
        (struct cert_fault){ der->field, text, (uint32_t)(at - der->base), found, expected };
    return err;
}

// Bytes of the tag and of the shortest length.
static size_t header_size(size_t length)
{
    size_t size = 2;

    if (length >= 0x80) {
        for (; length != 0; length >>= 8) {
            size++;
        }
    }
    return size;
}

int cert_der_take(struct cert_der *der, int tag, const char *field, struct cert_der *inside)
{
    const struct cert_der here = { der->base, der->at, der->end, field, der->fault };
    size_t length = 0;
    size_t header;
    int err = mbedtls_asn1_get_tag(&der->at, der->end, &length, tag);

    if (err == MBEDTLS_ERR_ASN1_UNEXPECTED_TAG) {
        return cert_der_refuse(&here, here.at, ERR_INVALID, "must be there, with its tag", *here.at,
                               (uint64_t)tag);
    }
    if (err == MBEDTLS_ERR_ASN1_OUT_OF_DATA) {
        return cert_der_refuse(&here, here.at, ERR_TRUNCATED, "must end before that which it is in",
                               (uint64_t)(der->end - here.at), length);
    }
    if (err != 0) {
        return cert_der_refuse(&here, here.at, ERR_INVALID, "must have a definite length",
                               here.at[1], 0);
    }
    header = (size_t)(der->at - here.at);
    if (header != header_size(length)) {
        return cert_der_refuse(&here, here.at, ERR_INVALID,
                               "must have its length in the shortest form", header,
                               header_size(length));
    }
    *inside = (struct cert_der){ der->base, der->at, der->at + length, field, der->fault };
    der->at += length;
    return ERR_NONE;
}

int cert_der_end(const struct cert_der *der)
{
    if (der->at != der->end) {
        return cert_der_refuse(der, der->at, ERR_INVALID, "must hold nothing more",
                               (uint64_t)(der->end - der->at), 0);
    }
    return ERR_NONE;
}

int cert_der_integer(struct cert_der *der, size_t most, const char *field, struct cert_der *inside)
{
    int err = cert_der_take(der, MBEDTLS_ASN1_INTEGER, field, inside);
    size_t size;

    if (err != ERR_NONE) {
        return err;
    }
    size = (size_t)(inside->end - inside->at);
    if (size == 0 || size > most) {
        return cert_der_refuse(inside, inside->at, ERR_RANGE, "must have this many bytes at most",
                               size, most);
    }
    if ((inside->at[0] & 0x80) != 0) {
        return cert_der_refuse(inside, inside->at, ERR_INVALID, "must not be negative",
                               inside->at[0], 0);
    }
    if (size > 1 && inside->at[0] == 0 && (inside->at[1] & 0x80) == 0) {
        return cert_der_refuse(inside, inside->at, ERR_INVALID, "must have no needless zeros",
                               inside->at[1], 0x80);
    }
    return ERR_NONE;
}

struct cert_span cert_der_span(const struct cert_der *inside)
{
    return (struct cert_span){ inside->at, (uint32_t)(inside->end - inside->at) };
}

struct cert_span cert_der_whole(const uint8_t *start, const struct cert_der *inside)
{
    return (struct cert_span){ start, (uint32_t)(inside->end - start) };
}

bool cert_der_is(struct cert_span span, const void *bytes, size_t size)
{
    const uint8_t *other = bytes;

    if (span.size != size) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if (span.data[i] != other[i]) {
            return false;
        }
    }
    return true;
}
