// SPDX-License-Identifier: BSD-3-Clause
//
// Strict DER. See der.h.
#include "der.h"

#include <string.h>

#include <mbedtls/asn1.h>

// Octets of the length field in its only DER form (X.690 10.1)
static size_t length_octets(size_t length)
{
    size_t octets = 1;

    if (length >= 0x80) {
        for (; length != 0; length >>= 8) {
            octets++;
        }
    }
    return octets;
}

int der_take(struct der *in, uint8_t tag, struct der *value)
{
    unsigned char *at = (unsigned char *)in->at; // only read; Mbed TLS's prototype is not const
    size_t length;
    int err = mbedtls_asn1_get_tag(&at, in->end, &length, tag);

    if (err != 0) {
        return err == MBEDTLS_ERR_ASN1_OUT_OF_DATA ? ERR_TRUNCATED : ERR_INVALID;
    }
    if ((size_t)(at - in->at) != 1 + length_octets(length)) {
        return ERR_INVALID;
    }
    *value = (struct der){ at, at + length };
    in->at = at + length;
    return 0;
}

int der_take_unsigned(struct der *in, struct der *value)
{
    struct der rest = *in;
    struct der number;
    int err = der_take(&rest, MBEDTLS_ASN1_INTEGER, &number);

    if (err != 0) {
        return err;
    }
    if (der_size(&number) == 0 || (number.at[0] & 0x80) != 0) {
        return ERR_INVALID;
    }
    if (number.at[0] == 0 && der_size(&number) > 1) {
        number.at++;
        if ((number.at[0] & 0x80) == 0) {
            return ERR_INVALID;
        }
    }
    *in = rest;
    *value = number;
    return 0;
}

size_t der_size(const struct der *in)
{
    return (size_t)(in->end - in->at);
}

bool der_is(const struct der *in, const uint8_t *bytes, size_t size)
{
    return der_size(in) == size && memcmp(in->at, bytes, size) == 0;
}
