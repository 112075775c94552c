// SPDX-License-Identifier: BSD-3-Clause
//
// Reader of certificates, see cert.h. Called by chain.c and fip-tool. Certificate, TBSCertificate and Extension are those
// of RFC 5280 4.1, each element in its place and nothing else: no unique identifiers, no second algorithm, no extension
// that TF-A's cert_create does not write, no byte that is not accounted for.
#include "cert.h"

#include <mbedtls/asn1.h>

#include "cert_fields.h"
#include "string.h"

#define TAG_SEQUENCE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)
#define TAG_EXPLICIT(n) (MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED | (n))
#define TAG_KEY_IDENTIFIER (MBEDTLS_ASN1_CONTEXT_SPECIFIC | 0)

#define VERSION_3 2    // RFC 5280 4.1.2.1
#define SERIAL_SIZE 20 // RFC 5280 4.1.2.2
#define COUNTER_SIZE 3 // of CERT_COUNTER_MAX, with the zero before it
#define KEY_IDENTIFIER_SIZE 20
#define BOOLEAN_TRUE 0xff // X.690 11.1

// 1.3.6.1.4.1.4128.2100; then the number, seven bits a byte
static const uint8_t oid_arc[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x34 };

// RFC 5280 4.2.1.1, 4.2.1.2, 4.2.1.9: each once, not critical
enum standard {
    AUTHORITY_KEY_IDENTIFIER,
    SUBJECT_KEY_IDENTIFIER,
    BASIC_CONSTRAINTS,
    STANDARD_COUNT
};
static const struct {
    const char *field;
    uint8_t oid[3];
} standards[STANDARD_COUNT] = {
    [AUTHORITY_KEY_IDENTIFIER] = { "authorityKeyIdentifier", { 0x55, 0x1d, 0x23 } },
    [SUBJECT_KEY_IDENTIFIER] = { "subjectKeyIdentifier", { 0x55, 0x1d, 0x0e } },
    [BASIC_CONSTRAINTS] = { "basicConstraints", { 0x55, 0x1d, 0x13 } },
};

// One Extension
struct extension {
    struct cert_der oid;
    struct cert_der value;
    bool critical;
};

static int public_key(struct cert_der *tbs, struct cert *cert)
{
    static const char field[] = "tbsCertificate.subjectPublicKeyInfo";
    const uint8_t *start = tbs->at;
    const char *why = "must be a public key";
    struct cert_der inside;
    bool ec;
    int err = cert_der_take(tbs, TAG_SEQUENCE, field, &inside);

    if (err != ERR_NONE) {
        return err;
    }
    cert->spki = cert_der_whole(start, &inside);
    err = boot_pk_decode(cert->spki.data, cert->spki.size, &cert->key, &why);
    if (err != ERR_NONE) {
        return cert_der_refuse(&inside, start, err, why, cert->spki.size, 0);
    }
    ec = cert->key.kind == BOOT_PK_P256 || cert->key.kind == BOOT_PK_P384;
    if (cert->signature_kind != (ec ? CERT_ECDSA : CERT_RSA_PSS)) {
        return cert_der_refuse(&inside, start, ERR_INVALID, "must fit the signature algorithm",
                               cert->key.kind, cert->signature_kind);
    }
    return ERR_NONE;
}

// Contents of version and serial number.
static int version_and_serial(struct cert_der *tbs)
{
    struct cert_der outer, number;
    int err = cert_der_take(tbs, TAG_EXPLICIT(0), "tbsCertificate.version", &outer);

    err = err != ERR_NONE ? err : cert_der_integer(&outer, 1, "tbsCertificate.version", &number);
    err = err != ERR_NONE ? err : cert_der_end(&outer);
    if (err == ERR_NONE && number.at[0] != VERSION_3) {
        err = cert_der_refuse(&number, number.at, ERR_INVALID, "must be 3", number.at[0] + 1u,
                              VERSION_3 + 1);
    }
    err = err != ERR_NONE
              ? err
              : cert_der_integer(tbs, SERIAL_SIZE, "tbsCertificate.serialNumber", &number);
    if (err == ERR_NONE && number.end - number.at == 1 && number.at[0] == 0) {
        err = cert_der_refuse(&number, number.at, ERR_INVALID, "must not be zero", 0, 1);
    }
    return err;
}

// The number of an OID of the arc; 0 if it is none of it.
static uint32_t arc_number(const struct cert_der *oid)
{
    struct cert_span name = cert_der_span(oid);
    const uint8_t *digits = name.data + sizeof(oid_arc);

    if (name.size <= sizeof(oid_arc) ||
        !cert_der_is((struct cert_span){ name.data, sizeof(oid_arc) }, oid_arc, sizeof(oid_arc))) {
        return 0;
    }
    if (name.size == sizeof(oid_arc) + 1 && digits[0] < 0x80) {
        return digits[0];
    }
    if (name.size == sizeof(oid_arc) + 2 && digits[0] > 0x80 && digits[1] < 0x80) {
        return (digits[0] & 0x7fu) << 7 | digits[1];
    }
    return 0;
}

static int custom_extension(const struct extension *extension, uint32_t number, struct cert *cert)
{
    const struct cert_der *oid = &extension->oid;

    if (!extension->critical) {
        return cert_der_refuse(oid, oid->at, ERR_INVALID, "must be critical", number, 0);
    }
    if (cert_find(cert, number) != NULL) {
        return cert_der_refuse(oid, oid->at, ERR_DUPLICATE, "must be there once", number, 0);
    }
    if (cert->extension_count == CERT_MAX_EXTENSIONS) {
        return cert_der_refuse(oid, oid->at, ERR_NO_MEMORY, "must be this many at most",
                               CERT_MAX_EXTENSIONS + 1, CERT_MAX_EXTENSIONS);
    }
    cert->extensions[cert->extension_count++] =
        (struct cert_extension){ number, (uint32_t)(extension->value.at - oid->base),
                                 cert_der_span(&extension->value) };
    return ERR_NONE;
}

// `found`: the values of those that were there, by enum standard.
static int sort_extension(const struct extension *extension, struct cert *cert,
                          struct cert_der found[STANDARD_COUNT])
{
    const struct cert_der *oid = &extension->oid;
    uint32_t number = arc_number(oid);

    if (number != 0) {
        return custom_extension(extension, number, cert);
    }
    for (int i = 0; i < STANDARD_COUNT; i++) {
        if (!cert_der_is(cert_der_span(oid), standards[i].oid, sizeof(standards[i].oid))) {
            continue;
        }
        if (extension->critical) {
            return cert_der_refuse(oid, oid->at, ERR_INVALID, "must not be critical", 1, 0);
        }
        if (found[i].at != NULL) {
            return cert_der_refuse(oid, oid->at, ERR_DUPLICATE, "must be there once", 2, 1);
        }
        found[i] = extension->value;
        found[i].field = standards[i].field;
        return ERR_NONE;
    }
    return cert_der_refuse(oid, oid->at, ERR_NOT_SUPPORTED,
                           "must be one of those that a boot chain has", 0, 0);
}

static int take_extension(struct cert_der *list, struct extension *extension)
{
    struct cert_der inside, critical;
    int err = cert_der_take(list, TAG_SEQUENCE, "extension", &inside);

    err = err != ERR_NONE
              ? err
              : cert_der_take(&inside, MBEDTLS_ASN1_OID, "extension.extnID", &extension->oid);
    extension->critical =
        err == ERR_NONE && inside.at < inside.end && *inside.at == MBEDTLS_ASN1_BOOLEAN;
    if (extension->critical) {
        err = cert_der_take(&inside, MBEDTLS_ASN1_BOOLEAN, "extension.critical", &critical);
        if (err == ERR_NONE &&
            (critical.end - critical.at != 1 || critical.at[0] != BOOLEAN_TRUE)) {
            err = cert_der_refuse(&critical, critical.at, ERR_INVALID, "must be TRUE in one byte",
                                  (uint64_t)(critical.end - critical.at), 1);
        }
    }
    err = err != ERR_NONE ? err
                          : cert_der_take(&inside, MBEDTLS_ASN1_OCTET_STRING, "extension.extnValue",
                                          &extension->value);
    return err != ERR_NONE ? err : cert_der_end(&inside);
}

// The key identifiers are there and the same, the certificate being its own issuer's; it is no CA, in the form in which
// that is the default (RFC 5280 4.2.1.9). The identifiers decide nothing.
static int check_standards(struct cert_der found[STANDARD_COUNT])
{
    struct cert_der *own = &found[SUBJECT_KEY_IDENTIFIER];
    struct cert_der *authority = &found[AUTHORITY_KEY_IDENTIFIER];
    struct cert_der *constraints = &found[BASIC_CONSTRAINTS];
    struct cert_der a, b, c;
    int err = cert_der_take(own, MBEDTLS_ASN1_OCTET_STRING, own->field, &a);

    err = err != ERR_NONE ? err : cert_der_end(own);
    if (err == ERR_NONE && a.end - a.at != KEY_IDENTIFIER_SIZE) {
        err = cert_der_refuse(&a, a.at, ERR_INVALID, "must be this long", (uint64_t)(a.end - a.at),
                              KEY_IDENTIFIER_SIZE);
    }
    err = err != ERR_NONE ? err : cert_der_take(authority, TAG_SEQUENCE, authority->field, &c);
    err = err != ERR_NONE ? err : cert_der_end(authority);
    err = err != ERR_NONE ? err : cert_der_take(&c, TAG_KEY_IDENTIFIER, authority->field, &b);
    err = err != ERR_NONE ? err : cert_der_end(&c);
    if (err == ERR_NONE && !cert_der_is(cert_der_span(&b), a.at, KEY_IDENTIFIER_SIZE)) {
        err = cert_der_refuse(&b, b.at, ERR_INVALID, "must be the subject's", 0, 0);
    }
    err = err != ERR_NONE ? err : cert_der_take(constraints, TAG_SEQUENCE, constraints->field, &c);
    err = err != ERR_NONE ? err : cert_der_end(constraints);
    return err != ERR_NONE ? err : cert_der_end(&c);
}

static int extensions(struct cert_der *tbs, struct cert *cert)
{
    struct cert_der found[STANDARD_COUNT] = { 0 };
    struct cert_der outer, list;
    struct extension extension;
    int err = cert_der_take(tbs, TAG_EXPLICIT(3), "tbsCertificate.extensions", &outer);

    err = err != ERR_NONE ? err
                          : cert_der_take(&outer, TAG_SEQUENCE, "tbsCertificate.extensions", &list);
    err = err != ERR_NONE ? err : cert_der_end(&outer);
    while (err == ERR_NONE && list.at < list.end) {
        err = take_extension(&list, &extension);
        err = err != ERR_NONE ? err : sort_extension(&extension, cert, found);
    }
    for (int i = 0; i < STANDARD_COUNT && err == ERR_NONE; i++) {
        if (found[i].at == NULL) {
            list.field = standards[i].field;
            err = cert_der_refuse(&list, outer.at, ERR_INVALID, "must be there", 0, 1);
        }
    }
    return err != ERR_NONE ? err : check_standards(found);
}

static int tbs_certificate(struct cert_der *tbs, struct cert_span outer_algorithm,
                           struct cert *cert)
{
    struct cert_span issuer, subject, issuer_text;
    struct cert_der algorithm;
    int err = version_and_serial(tbs);

    err = err != ERR_NONE
              ? err
              : cert_der_take(tbs, TAG_SEQUENCE, "tbsCertificate.signature", &algorithm);
    if (err == ERR_NONE &&
        !cert_der_is(cert_der_span(&algorithm), outer_algorithm.data, outer_algorithm.size)) {
        err = cert_der_refuse(&algorithm, algorithm.at, ERR_INVALID,
                              "must be the same as signatureAlgorithm",
                              cert_der_span(&algorithm).size, outer_algorithm.size);
    }
    err = err != ERR_NONE ? err
                          : cert_fields_algorithm(&algorithm, &cert->signature_kind, &cert->hash);
    err = err != ERR_NONE ? err
                          : cert_fields_name(tbs, "tbsCertificate.issuer", &issuer, &issuer_text);
    err = err != ERR_NONE ? err : cert_fields_validity(tbs);
    err = err != ERR_NONE
              ? err
              : cert_fields_name(tbs, "tbsCertificate.subject", &subject, &cert->subject_name);
    if (err == ERR_NONE && !cert_der_is(subject, issuer.data, issuer.size)) {
        struct cert_der at_subject = *tbs;

        at_subject.field = "tbsCertificate.subject";
        err = cert_der_refuse(&at_subject, subject.data, ERR_INVALID, "must be the issuer",
                              subject.size, issuer.size);
    }
    err = err != ERR_NONE ? err : public_key(tbs, cert);
    err = err != ERR_NONE ? err : extensions(tbs, cert);
    return err != ERR_NONE ? err : cert_der_end(tbs);
}

// The three parts of a Certificate; `tbs` and `algorithm` are the contents of the first two.
static int take_parts(struct cert_der *certificate, struct cert_der *tbs,
                      struct cert_der *algorithm, struct cert *cert)
{
    const uint8_t *start = certificate->at;
    struct cert_der signature;
    int err = cert_der_take(certificate, TAG_SEQUENCE, "tbsCertificate", tbs);

    err = err != ERR_NONE
              ? err
              : cert_der_take(certificate, TAG_SEQUENCE, "signatureAlgorithm", algorithm);
    err = err != ERR_NONE
              ? err
              : cert_der_take(certificate, MBEDTLS_ASN1_BIT_STRING, "signatureValue", &signature);
    err = err != ERR_NONE ? err : cert_der_end(certificate);
    if (err != ERR_NONE) {
        return err;
    }
    if (signature.end - signature.at < 2 || signature.at[0] != 0) {
        return cert_der_refuse(&signature, signature.at, ERR_INVALID,
                               "must be whole bytes, at least one",
                               (uint64_t)(signature.end - signature.at), 2);
    }
    signature.at++; // past the number of unused bits
    cert->tbs = cert_der_whole(start, tbs);
    cert->signature = cert_der_span(&signature);
    return ERR_NONE;
}

int cert_decode(const uint8_t *der, size_t size, struct cert *cert, struct cert_fault *fault)
{
    struct cert_der file = cert_der_begin(der, size, "certificate", 0, fault);
    struct cert_der certificate, tbs, algorithm;
    int err;

    memset(cert, 0, sizeof(*cert));
    if (size > CERT_MAX_SIZE) {
        return cert_der_refuse(&file, der, ERR_RANGE, "must have this many bytes at most", size,
                               CERT_MAX_SIZE);
    }
    err = cert_der_take(&file, TAG_SEQUENCE, "certificate", &certificate);
    err = err != ERR_NONE ? err : cert_der_end(&file);
    err = err != ERR_NONE ? err : take_parts(&certificate, &tbs, &algorithm, cert);
    err = err != ERR_NONE ? err : tbs_certificate(&tbs, cert_der_span(&algorithm), cert);
    if (err != ERR_NONE) {
        memset(cert, 0, sizeof(*cert));
    }
    return err;
}

const struct cert_extension *cert_find(const struct cert *cert, uint32_t oid)
{
    for (uint32_t i = 0; i < cert->extension_count; i++) {
        if (cert->extensions[i].oid == oid) {
            return &cert->extensions[i];
        }
    }
    return NULL;
}

static struct cert_der begin_value(const struct cert_extension *extension, struct cert_fault *fault)
{
    return cert_der_begin(extension->value.data, extension->value.size, "extnValue",
                          extension->offset, fault);
}

int cert_counter(const struct cert_extension *extension, uint32_t *value, struct cert_fault *fault)
{
    struct cert_der der = begin_value(extension, fault);
    struct cert_der number;
    uint32_t sum = 0;
    int err = cert_der_integer(&der, COUNTER_SIZE, "extnValue", &number);

    err = err != ERR_NONE ? err : cert_der_end(&der);
    if (err != ERR_NONE) {
        return err;
    }
    for (const uint8_t *at = number.at; at < number.end; at++) {
        sum = sum << 8 | *at;
    }
    if (sum > CERT_COUNTER_MAX) {
        return cert_der_refuse(&number, number.at, ERR_RANGE, "must be this much at most", sum,
                               CERT_COUNTER_MAX);
    }
    *value = sum;
    return ERR_NONE;
}

int cert_digest(const struct cert_extension *extension, enum boot_hash *hash,
                const uint8_t **digest, struct cert_fault *fault)
{
    struct cert_der der = begin_value(extension, fault);
    enum boot_hash which = BOOT_HASH_COUNT;
    struct cert_der info, value;
    int err = cert_der_take(&der, TAG_SEQUENCE, "extnValue", &info);

    err = err != ERR_NONE ? err : cert_der_end(&der);
    err = err != ERR_NONE ? err : cert_fields_hash(&info, "extnValue", &which);
    err = err != ERR_NONE ? err
                          : cert_der_take(&info, MBEDTLS_ASN1_OCTET_STRING, "extnValue", &value);
    err = err != ERR_NONE ? err : cert_der_end(&info);
    if (err != ERR_NONE) {
        return err;
    }
    if (value.end - value.at != boot_hash_info(which)->size) {
        return cert_der_refuse(&value, value.at, ERR_INVALID,
                               "must be as long as the hash's digest",
                               (uint64_t)(value.end - value.at), boot_hash_info(which)->size);
    }
    *hash = which;
    *digest = value.at;
    return ERR_NONE;
}

int cert_key(const struct cert_extension *extension, struct cert_span *spki,
             struct cert_fault *fault)
{
    struct cert_der der = begin_value(extension, fault);
    const char *why = "must be a public key";
    struct boot_pk key;
    int err = boot_pk_decode(extension->value.data, extension->value.size, &key, &why);

    if (err != ERR_NONE) {
        return cert_der_refuse(&der, der.at, err, why, extension->value.size, 0);
    }
    *spki = extension->value;
    return ERR_NONE;
}
