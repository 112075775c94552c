// SPDX-License-Identifier: BSD-3-Clause
//
// The one reader of DER, strict: keys and signatures (boot_pk.c, ecdsa.c), certificates (cert_der.c). See der.h.
#include "der.h"

#include <string.h>

#include <mbedtls/asn1.h>

int der_take_sized(struct der *in, uint8_t tag, struct der *value, size_t *length)
{
    unsigned char *at = (unsigned char *)in->at; // only read; Mbed TLS's prototype is not const
    int err;

    *length = 0;
    err = mbedtls_asn1_get_tag(&at, in->end, length, tag);
    if (err != 0) {
        return err == MBEDTLS_ERR_ASN1_OUT_OF_DATA ? ERR_TRUNCATED : ERR_INVALID;
    }
    // X.690 10.1: octets of the length of their own only from 0x80 on, and then without zeros in front
    if (at - in->at > 2 && (*length < 0x80 || in->at[2] == 0)) {
        return ERR_INVALID;
    }
    *value = (struct der){ at, at + *length };
    in->at = value->end;
    return ERR_NONE;
}

int der_unsigned(const uint8_t **at, const uint8_t *end)
{
    const uint8_t *first = *at;

    if (first == end || (first[0] & 0x80) != 0) {
        return ERR_INVALID;
    }
    if (first[0] == 0 && end - first > 1) {
        if ((first[1] & 0x80) == 0) {
            return ERR_INVALID;
        }
        *at = first + 1;
    }
    return ERR_NONE;
}

int der_take_unsigned(struct der *in, struct der *value)
{
    struct der rest = *in;
    struct der number;
    int err = der_take(&rest, MBEDTLS_ASN1_INTEGER, &number);

    if (err == ERR_NONE) {
        err = der_unsigned(&number.at, number.end);
    }
    if (err == ERR_NONE) {
        *in = rest;
        *value = number;
    }
    return err;
}

size_t der_size(const struct der *in)
{
    return (size_t)(in->end - in->at);
}

bool der_is(const struct der *in, const uint8_t *bytes, size_t size)
{
    return der_size(in) == size && memcmp(in->at, bytes, size) == 0;
}
