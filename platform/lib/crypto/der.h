// SPDX-License-Identifier: BSD-3-Clause
//
// Strict DER (X.690 section 10) on Mbed TLS's ASN.1 functions, which alone would also take longer forms
// of a length than needed. Pure; trusts no byte.
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

// Reads one element whose identifier octet is `tag` and goes past it; `value` are its contents.
// ERR_TRUNCATED: it ends after `in` does; ERR_INVALID: another tag, or a length in another form than
// the shortest. On failure nothing is written.
MUST_CHECK int der_take(struct der *in, uint8_t tag, struct der *value);

// Reads an INTEGER that is not negative, strictly (X.690 8.3.2); `value` is its magnitude without the
// octet that holds the sign only; 0 is one zero octet. Results of der_take().
MUST_CHECK int der_take_unsigned(struct der *in, struct der *value);

// Bytes that are left; are they exactly those?
size_t der_size(const struct der *in);
bool der_is(const struct der *in, const uint8_t *bytes, size_t size);

#endif
