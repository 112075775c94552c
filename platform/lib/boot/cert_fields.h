// SPDX-License-Identifier: BSD-3-Clause
//
// Fields of a certificate that stand alone: algorithms, names, times. cert.c's own. Each function takes one element out of
// `der`, which must have nothing but the shape that TF-A's cert_create writes; results are written on success only.
#ifndef CERT_FIELDS_H
#define CERT_FIELDS_H

#include "cert_der.h"

// AlgorithmIdentifier of a hash of boot_hash.h: its OID and NULL. ERR_INVALID, ERR_TRUNCATED, ERR_NOT_SUPPORTED.
MUST_CHECK int cert_fields_hash(struct cert_der *der, const char *field, enum boot_hash *hash);

// `algorithm`: the contents of the AlgorithmIdentifier of a signature, all of them. ecdsa-with-SHA256, 384, 512 (RFC 5758
// 3.2) or RSASSA-PSS with parameters (RFC 8017 A.2.3). ERR_INVALID, ERR_TRUNCATED, ERR_NOT_SUPPORTED.
MUST_CHECK int cert_fields_algorithm(struct cert_der *algorithm, enum cert_signature *kind,
                                     enum boot_hash *hash);

// Name of one common name, a UTF8String of 1 … 64 printable ASCII characters: `text`. `whole`: contents of the Name.
// ERR_INVALID, ERR_TRUNCATED, ERR_RANGE.
MUST_CHECK int cert_fields_name(struct cert_der *tbs, const char *field, struct cert_span *whole,
                                struct cert_span *text);

// Validity: two times that there can be, in their order. There is no clock to compare them with. ERR_INVALID, ERR_TRUNCATED.
MUST_CHECK int cert_fields_validity(struct cert_der *tbs);

#endif
