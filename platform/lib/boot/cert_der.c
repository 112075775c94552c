// SPDX-License-Identifier: BSD-3-Clause
//
// DER elements, see cert_der.h. Called by cert.c with bytes that nobody has checked: der.c reads them, here what is wrong gets
// its name and its place in the certificate.
#include "cert_der.h"

#include <string.h>

#include <mbedtls/asn1.h>

#include "platform/lib/crypto/der.h"

struct cert_der cert_der_begin(const uint8_t *data, size_t size, const char *field, uint32_t offset,
                               struct cert_fault *fault)
{
    return (struct cert_der){ data - offset, data, data + size, field, fault };
}

int cert_der_refuse(const struct cert_der *der, const uint8_t *at, int err, const char *text,
                    uint64_t found, uint64_t expected)
{
    *der->fault =
        (struct cert_fault){ der->field, text, (uint32_t)(at - der->base), found, expected };
    return err;
}

int cert_der_take(struct cert_der *der, int tag, const char *field, struct cert_der *inside)
{
    const struct cert_der here = { der->base, der->at, der->end, field, der->fault };
    struct der in = { der->at, der->end };
    struct der value;
    size_t length;
    int err = der_take_sized(&in, (uint8_t)tag, &value, &length);

    if (err == ERR_TRUNCATED) {
        return cert_der_refuse(&here, here.at, err, "must end before that which it is in",
                               der_size(&in), length);
    }
    if (err != ERR_NONE && here.at[0] != tag) {
        return cert_der_refuse(&here, here.at, err, "must be there, with its tag", here.at[0],
                               (uint64_t)tag);
    }
    if (err != ERR_NONE) { // found: the octet behind the tag
        return cert_der_refuse(&here, here.at, err,
                               "must have a definite length, in the shortest form", here.at[1],
                               length);
    }
    der->at = in.at;
    *inside = (struct cert_der){ der->base, value.at, value.end, field, der->fault };
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
    err = der_unsigned(&inside->at, inside->end);
    if (err != ERR_NONE) {
        err = cert_der_refuse(inside, inside->at, err,
                              "must not be negative, nor have needless zeros", inside->at[0], 0);
    }
    return err;
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
    return span.size == size && memcmp(span.data, bytes, size) == 0;
}
