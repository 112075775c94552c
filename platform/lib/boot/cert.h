// SPDX-License-Identifier: BSD-3-Clause
//
// Reader of the boot chain's certificates: X.509v3 (RFC 5280) in the shape that TF-A's cert_create
// makes (services: TBBR-CLIENT, DEN0006). Strict DER on Mbed TLS's ASN.1 functions; what it does not
// know it refuses. Pure, no heap, trusts no byte. It says what a certificate holds; whether to believe
// it is chain.c's affair.
#ifndef CERT_H
#define CERT_H

#include <stddef.h>
#include <stdint.h>

#include "boot_hash.h"
#include "boot_pk.h"
#include "errors.h"

#define CERT_MAX_SIZE 4096      // bytes of a certificate
#define CERT_MAX_EXTENSIONS 16  // of TF-A's arc
#define CERT_COUNTER_MAX 0xffff // NV counters: no larger value is believed
#define CERT_PSS_SALT 32        // bytes, whatever the hash: cert_create's

struct cert_span {
    const uint8_t *data; // into the certificate
    uint32_t size;
};

// An extension of the arc 1.3.6.1.4.1.4128.2100: `oid` is the last number (cot.h names them), `value`
// the contents of its OCTET STRING.
struct cert_extension {
    uint32_t oid;
    uint32_t offset; // of `value`, in the certificate
    struct cert_span value;
};

enum cert_signature {
    CERT_ECDSA = 1,
    CERT_RSA_PSS,
};

struct cert {
    struct cert_span tbs;               // what is signed, header included
    struct cert_span subject_name;      // text of the common name
    struct cert_span spki;              // SubjectPublicKeyInfo, header included
    struct boot_pk key;                 // what it holds
    struct cert_span signature;         // as boot_pk_verify() takes it
    enum cert_signature signature_kind; // fits the key
    enum boot_hash hash; // of the signature; PSS: MGF1's too, with a salt of CERT_PSS_SALT bytes
    uint32_t extension_count;
    struct cert_extension extensions[CERT_MAX_EXTENSIONS]; // each OID once
};

// Why a certificate was refused; constants.
struct cert_fault {
    const char *field; // X.509's name: "tbsCertificate.version", "extensions", …
    const char *text;  // the rule that was broken, "must …"
    uint32_t offset;   // in the certificate, of the element
    uint64_t found;    // tag, length, number: what `text` is about
    uint64_t expected;
};

// Decodes the `size` bytes at `der`. Rules: see cert.c. `cert` points into `der`; after a failure
// it is all zero. `fault` (not NULL) is written on failure only. ERR_TRUNCATED, ERR_INVALID, ERR_NOT_SUPPORTED
// (algorithm, key, extension), ERR_DUPLICATE (extension), ERR_NO_MEMORY (more extensions than fit),
// ERR_RANGE.
MUST_CHECK int cert_decode(const uint8_t *der, size_t size, struct cert *cert,
                           struct cert_fault *fault);

// The extension with that OID, NULL if there is none.
const struct cert_extension *cert_find(const struct cert *cert, uint32_t oid);

// The value of an extension, strictly: INTEGER 0 … CERT_COUNTER_MAX; DigestInfo (SEQUENCE of
// AlgorithmIdentifier with NULL, OCTET STRING) of a hash of boot_hash.h; SubjectPublicKeyInfo.
// Results and `fault` as above; the field is "extnValue".
MUST_CHECK int cert_counter(const struct cert_extension *extension, uint32_t *value,
                            struct cert_fault *fault);
MUST_CHECK int cert_digest(const struct cert_extension *extension, enum boot_hash *hash,
                           const uint8_t **digest, struct cert_fault *fault);
MUST_CHECK int cert_key(const struct cert_extension *extension, struct cert_span *spki,
                        struct cert_fault *fault);

#endif
