// SPDX-License-Identifier: BSD-3-Clause
//
// One test case of the reader of certificates: a certificate that is as cert_create makes it but for one part, and what the
// reader says about it. Used by test_cert*.c.
#ifndef CERT_CASE_H
#define CERT_CASE_H

#include <stddef.h>
#include <stdint.h>

#include "cert.h"
#include "tests/unit/platform/cert_support.h"

// Bytes, and how many
#define DER(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })

extern struct cert_spec case_spec; // of the certificate to make
extern struct der_buf case_part;   // what a test replaces
extern struct der_buf case_value;  // of an extension
extern struct cert case_cert;      // what the reader found
extern struct cert_fault case_fault;

// Case setup: a certificate of a P-256 key with a counter of 3 and a digest; `case_part` and `case_value` are empty.
int case_fresh(void **state);

// Reads a certificate; that specified. Fails the case if what the reader leaves behind is not what cert.h promises.
int case_decode(const uint8_t *bytes, size_t size);
int case_decode_spec(void);

// The reader's `result` must be `err`, and the fault this field and this rule.
void case_expect(int err, int result, const char *field, const char *text);

// The certificate with `case_part` instead of its own `which` must be refused for this reason; empties `case_part`.
void case_refused(enum cert_part which, int err, const char *field, const char *text);

// Appends to `case_part`.
void case_raw(const uint8_t *bytes, size_t size);

#endif
