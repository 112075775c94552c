// SPDX-License-Identifier: BSD-3-Clause
//
// DER elements of a certificate (X.690 10), one after the other, out of a buffer that nobody has checked: cert.c's own.
// Read by der.h's rules, the one reader of DER; here a refusal says which field, where and why.
#ifndef CERT_DER_H
#define CERT_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cert.h"

// What is left of the contents of one element
struct cert_der {
    const uint8_t *base; // of the certificate, for offsets
    const uint8_t *at;
    const uint8_t *end;
    const char *field; // whose contents they are
    struct cert_fault *fault;
};

// The whole of `size` bytes at `data`, which lie `offset` bytes into the certificate.
struct cert_der cert_der_begin(const uint8_t *data, size_t size, const char *field, uint32_t offset,
                               struct cert_fault *fault);

// Fills in the fault: the element at `at`, which breaks the rule `text`. Returns `err`.
MUST_CHECK int cert_der_refuse(const struct cert_der *der, const uint8_t *at, int err,
                               const char *text, uint64_t found, uint64_t expected);

// Goes past the next element, which must have `tag`, a definite length in its shortest form (X.690 10.1) and all of its
// contents inside `der`. `inside` are the contents. ERR_INVALID, ERR_TRUNCATED.
MUST_CHECK int cert_der_take(struct cert_der *der, int tag, const char *field,
                             struct cert_der *inside);

// ERR_INVALID unless nothing is left.
MUST_CHECK int cert_der_end(const struct cert_der *der);

// Like cert_der_take(): an INTEGER that is not negative, in its shortest form (X.690 8.3), of at most `most` bytes (ERR_RANGE)
// with the zero that holds the sign only; `inside` is without it.
MUST_CHECK int cert_der_integer(struct cert_der *der, size_t most, const char *field,
                                struct cert_der *inside);

// What is left, as a span; the same with the header before it if `start` is where that began.
struct cert_span cert_der_span(const struct cert_der *inside);
struct cert_span cert_der_whole(const uint8_t *start, const struct cert_der *inside);

// Whether the span holds exactly the `size` bytes at `bytes`.
bool cert_der_is(struct cert_span span, const void *bytes, size_t size);

#endif
