// SPDX-License-Identifier: BSD-3-Clause
//
// Certificates for tests, written and signed here with OpenSSL's libcrypto: in the shape of TF-A's cert_create, or with any
// part of them replaced. Shares no code with the reader.
#ifndef CERT_SUPPORT_H
#define CERT_SUPPORT_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#include "boot_pk.h"

#define DER_ROOM 6000

struct der_buf {
    size_t size;
    uint8_t data[DER_ROOM];
};

// Append bytes; make what was appended since `start` the contents of one element.
void der_add(struct der_buf *der, const void *data, size_t size);
void der_wrap(struct der_buf *der, size_t start, uint8_t tag);

// Append whole elements.
void der_element(struct der_buf *der, uint8_t tag, const void *data, size_t size);
void der_integer(struct der_buf *der, uint32_t value);
void der_name(struct der_buf *der, const char *common_name);
void der_algorithm(struct der_buf *der, enum boot_pk_kind kind, enum boot_hash hash);
void der_digest_info(struct der_buf *der, enum boot_hash hash, const uint8_t *digest);
void der_spki(struct der_buf *der, EVP_PKEY *key);
// Extension with the contents of its OID, `critical` as the byte of the BOOLEAN (0: none).
void der_extension(struct der_buf *der, const uint8_t *oid, size_t oid_size, uint8_t critical,
                   const struct der_buf *value);
void der_arc_extension(struct der_buf *der, uint32_t number, const struct der_buf *value);
void der_standard_extensions(struct der_buf *der);

// What is in a certificate, in this order; the last three behind the TBSCertificate
enum cert_part {
    PART_VERSION,
    PART_SERIAL,
    PART_ALGORITHM,
    PART_ISSUER,
    PART_VALIDITY,
    PART_SUBJECT,
    PART_SPKI,
    PART_EXTENSIONS,
    PART_BEHIND, // nothing
    PART_OUTER_ALGORITHM,
    PART_SIGNATURE,
    PART_OUTER_BEHIND, // nothing
    PART_COUNT
};

struct cert_spec {
    const char *name;
    EVP_PKEY *key;
    EVP_PKEY *signer; // NULL: `key`
    enum boot_hash hash;
    struct der_buf extensions;               // of the arc, whole Extensions
    const struct der_buf *parts[PART_COUNT]; // NULL: as cert_create has it
};

// Keys, made on first use and kept: `index` < CERT_SUPPORT_KEYS of each kind. RSA keys with an even and an odd index are
// two keys only, they take long to make.
#define CERT_SUPPORT_KEYS 8
EVP_PKEY *cert_support_key(enum boot_pk_kind kind, unsigned index);
enum boot_pk_kind cert_support_kind(EVP_PKEY *key);

// Appends the default of a part, the certificate. Signatures are made with a salt of 32 bytes.
void cert_support_part(const struct cert_spec *spec, enum cert_part part, struct der_buf *der);
void cert_support_make(const struct cert_spec *spec, struct der_buf *der);

void cert_support_digest(enum boot_hash hash, const void *data, size_t size, uint8_t *digest);

#endif
