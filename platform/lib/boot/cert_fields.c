// SPDX-License-Identifier: BSD-3-Clause
//
// Fields of a certificate that say what they say without the rest, see cert_fields.h: algorithms, names, times. Called by
// cert.c with bytes that nobody has checked.
#include "cert_fields.h"

#include <mbedtls/asn1.h>

#define TAG_SEQUENCE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)
#define TAG_SET (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SET)
#define TAG_EXPLICIT(n) (MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED | (n))

#define COMMON_NAME_SIZE 64 // RFC 5280 A.1, ub-common-name

// RFC 5758 3.2: ecdsa-with-SHA256, 384, 512 end with 2, 3, 4
static const uint8_t oid_ecdsa_with_sha[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03 };
// RFC 8017 A.2.3, A.2.1
static const uint8_t oid_rsassa_pss[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a };
static const uint8_t oid_mgf1[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08 };
static const uint8_t oid_common_name[] = { 0x55, 0x04, 0x03 }; // RFC 5280 A.1

int cert_fields_hash(struct cert_der *der, const char *field, enum boot_hash *hash)
{
    struct cert_der algorithm, oid, null;
    int err = cert_der_take(der, TAG_SEQUENCE, field, &algorithm);

    err = err != ERR_NONE ? err : cert_der_take(&algorithm, MBEDTLS_ASN1_OID, field, &oid);
    err = err != ERR_NONE ? err : cert_der_take(&algorithm, MBEDTLS_ASN1_NULL, field, &null);
    err = err != ERR_NONE ? err : cert_der_end(&null);
    err = err != ERR_NONE ? err : cert_der_end(&algorithm);
    if (err != ERR_NONE) {
        return err;
    }
    for (int i = 0; i < BOOT_HASH_COUNT; i++) {
        const struct boot_hash_info *info = boot_hash_info((enum boot_hash)i);

        if (cert_der_is(cert_der_span(&oid), info->oid, info->oid_size)) {
            *hash = (enum boot_hash)i;
            return ERR_NONE;
        }
    }
    return cert_der_refuse(&oid, oid.at, ERR_NOT_SUPPORTED, "must be SHA-256, SHA-384 or SHA-512",
                           oid.end[-1], 0);
}

// RSASSA-PSS-params (RFC 8017 A.2.3): hash, mask generation and salt length as cert_create writes them, the trailer field
// by default, so not written.
static int pss_parameters(struct cert_der *der, enum boot_hash *hash)
{
    static const char field[] = "RSASSA-PSS-params";
    struct cert_der parameters, part, mask, oid, salt;
    enum boot_hash mask_hash = BOOT_HASH_COUNT;
    int err = cert_der_take(der, TAG_SEQUENCE, field, &parameters);

    err = err != ERR_NONE ? err : cert_der_take(&parameters, TAG_EXPLICIT(0), field, &part);
    err = err != ERR_NONE ? err : cert_fields_hash(&part, "RSASSA-PSS-params.hashAlgorithm", hash);
    err = err != ERR_NONE ? err : cert_der_end(&part);
    err = err != ERR_NONE ? err : cert_der_take(&parameters, TAG_EXPLICIT(1), field, &part);
    err = err != ERR_NONE ? err : cert_der_take(&part, TAG_SEQUENCE, field, &mask);
    err = err != ERR_NONE ? err : cert_der_take(&mask, MBEDTLS_ASN1_OID, field, &oid);
    if (err == ERR_NONE && !cert_der_is(cert_der_span(&oid), oid_mgf1, sizeof(oid_mgf1))) {
        err = cert_der_refuse(&oid, oid.at, ERR_NOT_SUPPORTED, "must have MGF1", oid.end[-1],
                              oid_mgf1[sizeof(oid_mgf1) - 1]);
    }
    err = err != ERR_NONE
              ? err
              : cert_fields_hash(&mask, "RSASSA-PSS-params.maskGenAlgorithm", &mask_hash);
    err = err != ERR_NONE ? err : cert_der_end(&mask);
    err = err != ERR_NONE ? err : cert_der_end(&part);
    if (err == ERR_NONE && mask_hash != *hash) {
        err = cert_der_refuse(&mask, oid.at, ERR_NOT_SUPPORTED, "must have the same hash in MGF1",
                              mask_hash, *hash);
    }
    err = err != ERR_NONE ? err : cert_der_take(&parameters, TAG_EXPLICIT(2), field, &part);
    err = err != ERR_NONE ? err : cert_der_integer(&part, 1, "RSASSA-PSS-params.saltLength", &salt);
    err = err != ERR_NONE ? err : cert_der_end(&part);
    if (err == ERR_NONE && salt.at[0] != CERT_PSS_SALT) {
        err = cert_der_refuse(&salt, salt.at, ERR_NOT_SUPPORTED, "must be 32 bytes", salt.at[0],
                              CERT_PSS_SALT);
    }
    return err != ERR_NONE ? err : cert_der_end(&parameters);
}

int cert_fields_algorithm(struct cert_der *algorithm, enum cert_signature *kind,
                          enum boot_hash *hash)
{
    const size_t ecdsa_size = sizeof(oid_ecdsa_with_sha);
    struct cert_der oid;
    struct cert_span name;
    int err = cert_der_take(algorithm, MBEDTLS_ASN1_OID, algorithm->field, &oid);

    if (err != ERR_NONE) {
        return err;
    }
    name = cert_der_span(&oid);
    if (cert_der_is(name, oid_rsassa_pss, sizeof(oid_rsassa_pss))) {
        *kind = CERT_RSA_PSS;
        err = pss_parameters(algorithm, hash);
        return err != ERR_NONE ? err : cert_der_end(algorithm);
    }
    if (name.size == ecdsa_size + 1 && name.data[ecdsa_size] >= 2 && name.data[ecdsa_size] <= 4 &&
        cert_der_is((struct cert_span){ name.data, (uint32_t)ecdsa_size }, oid_ecdsa_with_sha,
                    ecdsa_size)) {
        static const enum boot_hash hashes[] = { BOOT_SHA256, BOOT_SHA384, BOOT_SHA512 };

        *kind = CERT_ECDSA;
        *hash = hashes[name.data[ecdsa_size] - 2];
        return cert_der_end(algorithm);
    }
    return cert_der_refuse(&oid, oid.at, ERR_NOT_SUPPORTED,
                           "must be RSASSA-PSS or ecdsa-with-SHA256, 384 or 512", oid.end[-1], 0);
}

int cert_fields_name(struct cert_der *tbs, const char *field, struct cert_span *whole,
                     struct cert_span *text)
{
    struct cert_der name, set, attribute, type, value;
    int err = cert_der_take(tbs, TAG_SEQUENCE, field, &name);

    *whole = err != ERR_NONE ? (struct cert_span){ NULL, 0 } : cert_der_span(&name);
    err = err != ERR_NONE ? err : cert_der_take(&name, TAG_SET, field, &set);
    err = err != ERR_NONE ? err : cert_der_end(&name);
    err = err != ERR_NONE ? err : cert_der_take(&set, TAG_SEQUENCE, field, &attribute);
    err = err != ERR_NONE ? err : cert_der_end(&set);
    err = err != ERR_NONE ? err : cert_der_take(&attribute, MBEDTLS_ASN1_OID, field, &type);
    if (err == ERR_NONE &&
        !cert_der_is(cert_der_span(&type), oid_common_name, sizeof(oid_common_name))) {
        err = cert_der_refuse(&type, type.at, ERR_INVALID, "must be a common name", type.end[-1],
                              oid_common_name[2]);
    }
    err =
        err != ERR_NONE ? err : cert_der_take(&attribute, MBEDTLS_ASN1_UTF8_STRING, field, &value);
    err = err != ERR_NONE ? err : cert_der_end(&attribute);
    if (err != ERR_NONE) {
        return err;
    }
    *text = cert_der_span(&value);
    if (text->size == 0 || text->size > COMMON_NAME_SIZE) {
        return cert_der_refuse(&value, value.at, ERR_RANGE, "must have this many bytes at most",
                               text->size, COMMON_NAME_SIZE);
    }
    for (uint32_t i = 0; i < text->size; i++) {
        if (text->data[i] < ' ' || text->data[i] > '~') {
            return cert_der_refuse(&value, value.at + i, ERR_INVALID,
                                   "must have printable characters only", text->data[i], 0);
        }
    }
    return ERR_NONE;
}

// Two digits, or more than 99.
static uint32_t two_digits(const uint8_t *at)
{
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9') {
        return 1000;
    }
    return (at[0] - '0') * 10u + (at[1] - '0');
}

static uint32_t days_of(uint32_t year, uint32_t month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month < 1 || month > 12 ? 0 : days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

// Time (RFC 5280 4.1.2.5): UTCTime YYMMDDHHMMSSZ for 1950 … 2049, else GeneralizedTime YYYYMMDDHHMMSSZ. There is no
// clock to compare it with; `when` grows with it.
static int time_of(struct cert_der *der, const char *field, uint64_t *when)
{
    bool general = der->at < der->end && *der->at == MBEDTLS_ASN1_GENERALIZED_TIME;
    uint32_t part[5]; // month, day, hour, minute, second
    struct cert_der inside;
    uint32_t year, high;
    const uint8_t *at;
    int err = cert_der_take(der, general ? MBEDTLS_ASN1_GENERALIZED_TIME : MBEDTLS_ASN1_UTC_TIME,
                            field, &inside);

    if (err != ERR_NONE) {
        return err;
    }
    at = inside.at;
    if (inside.end - at != (general ? 15 : 13) || inside.end[-1] != 'Z') {
        return cert_der_refuse(&inside, at, ERR_INVALID, "must be in seconds and UTC",
                               (uint64_t)(inside.end - at), general ? 15 : 13);
    }
    high = general ? two_digits(at) : 0;
    at += general ? 2 : 0;
    year = two_digits(at);
    for (int i = 0; i < 5; i++) {
        part[i] = two_digits(at + 2 + 2 * i);
    }
    if (!general) {
        high = year < 50 ? 20 : 19;
    }
    if (high > 99 || year > 99 || (general && high * 100 + year < 2050)) {
        return cert_der_refuse(&inside, inside.at, ERR_INVALID, "must have a year of its type",
                               year, 0);
    }
    year += high * 100;
    if (part[1] < 1 || part[1] > days_of(year, part[0]) || part[2] > 23 || part[3] > 59 ||
        part[4] > 59) {
        return cert_der_refuse(&inside, at + 2, ERR_INVALID, "must be a date and a time of day",
                               part[0] * 100 + part[1], 0);
    }
    *when = year;
    for (int i = 0; i < 5; i++) {
        *when = *when * 100 + part[i];
    }
    return ERR_NONE;
}

int cert_fields_validity(struct cert_der *tbs)
{
    uint64_t not_before = 0;
    uint64_t not_after = 0;
    struct cert_der inside;
    int err = cert_der_take(tbs, TAG_SEQUENCE, "tbsCertificate.validity", &inside);

    err =
        err != ERR_NONE ? err : time_of(&inside, "tbsCertificate.validity.notBefore", &not_before);
    err = err != ERR_NONE ? err : time_of(&inside, "tbsCertificate.validity.notAfter", &not_after);
    err = err != ERR_NONE ? err : cert_der_end(&inside);
    if (err == ERR_NONE && not_after < not_before) {
        return cert_der_refuse(&inside, inside.at, ERR_INVALID, "must not end before it begins",
                               not_after, not_before);
    }
    return err;
}
