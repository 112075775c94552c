// SPDX-License-Identifier: BSD-3-Clause
//
// Strict DER (X.690 section 10) on Mbed TLS's ASN.1 functions, which alone would also take longer forms
// of a length than needed. Of keys, signatures and, with names for what is wrong (cert_der.h), certificates.
// Pure; trusts no byte.
#ifndef DER_H
#define DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"

// Bytes not read yet: [at, end).
struct der {
    const uint8_t *at;
    const uint8_t *end;
};

// Reads one element whose identifier octet is `tag` and goes past it; `value` are its contents. `length`
// is what the header says of them, 0 if it does not: written in any case, for messages.
// ERR_TRUNCATED: it ends after `in` does; ERR_INVALID: another tag, or a length in another form than
// the shortest. On failure `in` and `value` are as they were.
MUST_CHECK int der_take_sized(struct der *in, uint8_t tag, struct der *value, size_t *length);

// The same for who does not care what the header says.
MUST_CHECK static inline int der_take(struct der *in, uint8_t tag, struct der *value)
{
    size_t length;

    return der_take_sized(in, tag, value, &length);
}

// The contents [*at, end) of an INTEGER (X.690 8.3.2): goes past the octet that holds the sign only, so that
// the magnitude is left; 0 is one zero octet. ERR_INVALID: empty, negative, or longer than needed.
MUST_CHECK int der_unsigned(const uint8_t **at, const uint8_t *end);

// Both: reads an INTEGER that is not negative; `value` is its magnitude. Results of der_take().
MUST_CHECK int der_take_unsigned(struct der *in, struct der *value);

// Bytes that are left; are they exactly those?
size_t der_size(const struct der *in);
bool der_is(const struct der *in, const uint8_t *bytes, size_t size);

#endif
