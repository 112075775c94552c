// SPDX-License-Identifier: BSD-3-Clause
//
// The reader of certificates (platform/lib/boot/cert*.c): each rule broken alone, in a certificate that is otherwise as
// cert_create makes it; what is accepted; and certificates of Debian's cert_create, where it is installed.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cert.h"
#include "tests/unit/platform/cert_support.h"

#define SEQUENCE 0x30
#define DER(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })

static struct cert_spec spec;
static struct der_buf part;  // what a test replaces
static struct der_buf value; // of an extension
static struct cert cert;
static struct cert_fault fault;

static int fresh(void **state)
{
    static const uint8_t digest[BOOT_HASH_MAX] = { 1, 2, 3 };

    (void)state;
    memset(&spec, 0, sizeof(spec));
    spec.name = "Trusted Boot FW Certificate";
    spec.key = cert_support_key(BOOT_PK_P256, 0);
    part.size = value.size = 0;
    der_integer(&value, 3);
    der_arc_extension(&spec.extensions, 1, &value);
    value.size = 0;
    der_digest_info(&value, BOOT_SHA256, digest);
    der_arc_extension(&spec.extensions, 201, &value);
    value.size = 0;
    return 0;
}

// Bytes in memory of exactly their size, so that AddressSanitizer sees one read too many.
static int decode(const uint8_t *bytes, size_t size)
{
    static uint8_t *copy;
    struct cert_fault untouched;
    int err;

    free(copy);
    copy = malloc(size != 0 ? size : 1);
    assert_non_null(copy);
    if (size != 0) {
        memcpy(copy, bytes, size);
    }
    memset(&cert, 0xee, sizeof(cert));
    memset(&fault, 0xee, sizeof(fault));
    memset(&untouched, 0xee, sizeof(untouched));
    err = cert_decode(copy, size, &cert, &fault);
    if (err == ERR_NONE) {
        assert_memory_equal(&fault, &untouched, sizeof(fault));
    } else {
        static const struct cert empty;

        assert_memory_equal(&cert, &empty, sizeof(cert));
        assert_true(fault.offset <= size);
    }
    return err;
}

static int decode_spec(void)
{
    struct der_buf der = { .size = 0 };

    cert_support_make(&spec, &der);
    return decode(der.data, der.size);
}

static void expect(int err, int result, const char *field, const char *text)
{
    if (result != err || strcmp(fault.field, field) != 0 || strstr(fault.text, text) == NULL) {
        fail_msg("%d %s: %s; wanted %d %s: %s", result, result != 0 ? fault.field : "accepted",
                 result != 0 ? fault.text : "", err, field, text);
    }
}

// The certificate with `part` instead of its own `which` is refused for this reason.
static void refused(enum cert_part which, int err, const char *field, const char *text)
{
    int result;

    spec.parts[which] = &part;
    if (which == PART_ALGORITHM) {
        spec.parts[PART_OUTER_ALGORITHM] = &part;
    }
    result = decode_spec();
    spec.parts[which] = spec.parts[PART_OUTER_ALGORITHM] = NULL;
    part.size = 0;
    expect(err, result, field, text);
}

static void raw(const uint8_t *bytes, size_t size)
{
    der_add(&part, bytes, size);
}

static void a_good_certificate_is_read(void **state)
{
    struct der_buf der = { .size = 0 };
    uint32_t counter = 0;
    enum boot_hash hash = BOOT_HASH_COUNT;
    const uint8_t *digest = NULL;

    (void)state;
    assert_int_equal(decode_spec(), ERR_NONE);
    assert_int_equal(cert.subject_name.size, strlen(spec.name));
    assert_memory_equal(cert.subject_name.data, spec.name, strlen(spec.name));
    assert_int_equal(cert.signature_kind, CERT_ECDSA);
    assert_int_equal(cert.hash, BOOT_SHA256);
    assert_int_equal(cert.key.kind, BOOT_PK_P256);
    der_spki(&der, spec.key);
    assert_int_equal(cert.spki.size, der.size);
    assert_memory_equal(cert.spki.data, der.data, der.size);
    assert_int_equal(cert.extension_count, 2);
    assert_null(cert_find(&cert, 2));
    assert_int_equal(cert_counter(cert_find(&cert, 1), &counter, &fault), ERR_NONE);
    assert_int_equal(counter, 3);
    assert_int_equal(cert_digest(cert_find(&cert, 201), &hash, &digest, &fault), ERR_NONE);
    assert_int_equal(hash, BOOT_SHA256);
    assert_int_equal(digest[0] << 16 | digest[1] << 8 | digest[2], 0x010203);
    assert_ptr_equal(cert_find(&cert, 201)->value.data,
                     cert.tbs.data - 4 + cert_find(&cert, 201)->offset); // 4: header around it
}

static void every_algorithm_and_hash_is_read(void **state)
{
    (void)state;
    for (int kind = BOOT_PK_P256; kind < BOOT_PK_COUNT; kind++) {
        for (int hash = 0; hash < BOOT_HASH_COUNT; hash++) {
            spec.key = cert_support_key((enum boot_pk_kind)kind, 0);
            spec.hash = (enum boot_hash)hash;
            assert_int_equal(decode_spec(), ERR_NONE);
            assert_int_equal(cert.key.kind, kind);
            assert_int_equal(cert.hash, hash);
            assert_int_equal(cert.signature_kind, kind <= BOOT_PK_P384 ? CERT_ECDSA : CERT_RSA_PSS);
        }
    }
}

static void each_truncation_is_refused(void **state)
{
    struct der_buf der = { .size = 0 };

    (void)state;
    cert_support_make(&spec, &der);
    for (size_t size = 0; size < der.size; size++) {
        expect(ERR_TRUNCATED, decode(der.data, size), "certificate", "must");
    }
}

static void trailing_bytes_are_refused_everywhere(void **state)
{
    struct der_buf der = { .size = 0 };

    (void)state;
    cert_support_make(&spec, &der);
    der_add(&der, DER(0));
    expect(ERR_INVALID, decode(der.data, der.size), "certificate", "nothing more");
    raw(DER(0x05, 0x00));
    refused(PART_OUTER_BEHIND, ERR_INVALID, "certificate", "nothing more");
    raw(DER(0x05, 0x00));
    refused(PART_BEHIND, ERR_INVALID, "tbsCertificate", "nothing more");
    raw(DER(0xa0, 0x05, 0x02, 0x01, 0x02, 0x05, 0x00));
    refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "nothing more");
}

static void size_is_bounded(void **state)
{
    static uint8_t big[CERT_MAX_SIZE + 1];

    (void)state;
    expect(ERR_RANGE, decode(big, sizeof(big)), "certificate", "at most");
    assert_int_equal(fault.found, sizeof(big));
    assert_int_equal(fault.expected, CERT_MAX_SIZE);
}

static void lengths_have_their_shortest_form(void **state)
{
    struct der_buf der = { .size = 0 };

    (void)state;
    raw(DER(0xa0, 0x81, 0x03, 0x02, 0x01, 0x02));
    refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "shortest form");
    raw(DER(0xa0, 0x82, 0x00, 0x03, 0x02, 0x01, 0x02));
    refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "shortest form");
    raw(DER(0xa0, 0x04, 0x02, 0x81, 0x01, 0x02));
    refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "shortest form");
    raw(DER(0xa0, 0x80, 0x02, 0x01, 0x02, 0x00, 0x00));
    refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "definite length");
    raw(DER(0xa0, 0x85, 0, 0, 0, 0, 3, 0x02, 0x01, 0x02));
    refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "definite length");
    raw(DER(0xa0, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02, 0x01, 0x02));
    refused(PART_VERSION, ERR_TRUNCATED, "tbsCertificate.version", "must end before");
    cert_support_make(&spec, &der);
    memmove(der.data + 5, der.data + 4, der.size++ - 4); // 30 82 hh ll → 30 83 00 hh ll
    memmove(der.data + 3, der.data + 2, 2);
    der.data[1] = 0x83;
    der.data[2] = 0;
    expect(ERR_INVALID, decode(der.data, der.size), "certificate", "shortest form");
}

static void version_is_three(void **state)
{
    (void)state;
    raw(DER(0xa0, 0x03, 0x02, 0x01, 0x01));
    refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "must be 3");
    assert_int_equal(fault.found, 2);
    raw(DER(0xa0, 0x03, 0x02, 0x01, 0x00));
    refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "must be 3");
    raw(DER(0xa0, 0x03, 0x02, 0x01, 0x82));
    refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "negative");
    raw(DER(0xa0, 0x04, 0x02, 0x02, 0x00, 0x02));
    refused(PART_VERSION, ERR_RANGE, "tbsCertificate.version", "at most");
    raw(DER(0xa0, 0x02, 0x02, 0x00));
    refused(PART_VERSION, ERR_RANGE, "tbsCertificate.version", "at most");
    refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "tag"); // version 1 leaves it out
    raw(DER(0x02, 0x01, 0x02));
    refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "tag");
}

static void serial_number_is_positive_and_short(void **state)
{
    static const char field[] = "tbsCertificate.serialNumber";
    uint8_t bytes[21] = { 0x7f };

    (void)state;
    raw(DER(0x02, 0x01, 0x00));
    refused(PART_SERIAL, ERR_INVALID, field, "zero");
    raw(DER(0x02, 0x00));
    refused(PART_SERIAL, ERR_RANGE, field, "at most");
    raw(DER(0x02, 0x01, 0x80));
    refused(PART_SERIAL, ERR_INVALID, field, "negative");
    raw(DER(0x02, 0x02, 0x00, 0x7f));
    refused(PART_SERIAL, ERR_INVALID, field, "needless zeros");
    der_element(&part, 0x02, bytes, 21);
    refused(PART_SERIAL, ERR_RANGE, field, "at most");
    raw(DER(0x03, 0x01, 0x01));
    refused(PART_SERIAL, ERR_INVALID, field, "tag");
    der_element(&part, 0x02, bytes, 20);
    spec.parts[PART_SERIAL] = &part;
    assert_int_equal(decode_spec(), ERR_NONE);
}

static void algorithms_agree(void **state)
{
    (void)state;
    der_algorithm(&part, BOOT_PK_P256, BOOT_SHA384);
    refused(PART_OUTER_ALGORITHM, ERR_INVALID, "tbsCertificate.signature", "same as");
    der_algorithm(&part, BOOT_PK_RSA3072, BOOT_SHA256);
    refused(PART_OUTER_ALGORITHM, ERR_INVALID, "tbsCertificate.signature", "same as");
    der_algorithm(&part, BOOT_PK_RSA3072, BOOT_SHA256);
    refused(PART_ALGORITHM, ERR_INVALID, "tbsCertificate.subjectPublicKeyInfo",
            "fit the signature algorithm");
    spec.key = cert_support_key(BOOT_PK_RSA3072, 0);
    der_algorithm(&part, BOOT_PK_P256, BOOT_SHA256);
    refused(PART_ALGORITHM, ERR_INVALID, "tbsCertificate.subjectPublicKeyInfo",
            "fit the signature algorithm");
}

static void unknown_algorithms_are_refused(void **state)
{
    static const char field[] = "tbsCertificate.signature";

    (void)state;
    // ecdsa-with-SHA1, ecdsa-with-SHA224
    raw(DER(0x30, 0x09, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01));
    refused(PART_ALGORITHM, ERR_NOT_SUPPORTED, field, "must be RSASSA-PSS or ecdsa");
    raw(DER(0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x01));
    refused(PART_ALGORITHM, ERR_NOT_SUPPORTED, field, "must be RSASSA-PSS or ecdsa");
    // Another arc with the same end
    raw(DER(0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x05, 0x03, 0x02));
    refused(PART_ALGORITHM, ERR_NOT_SUPPORTED, field, "must be RSASSA-PSS or ecdsa");
    // sha256WithRSAEncryption: PKCS #1 v1.5
    raw(DER(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05,
            0x00));
    refused(PART_ALGORITHM, ERR_NOT_SUPPORTED, field, "must be RSASSA-PSS or ecdsa");
    raw(DER(0x30, 0x02, 0x06, 0x00));
    refused(PART_ALGORITHM, ERR_NOT_SUPPORTED, field, "must be RSASSA-PSS or ecdsa");
    // ECDSA has no parameters (RFC 5758 3.2)
    raw(DER(0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02, 0x05, 0x00));
    refused(PART_ALGORITHM, ERR_INVALID, field, "nothing more");
    raw(DER(0x30, 0x00));
    refused(PART_ALGORITHM, ERR_TRUNCATED, field, "must end before");
}

// The algorithm of RSASSA-PSS with the byte at `offset` changed. Its bytes: 0: 30 41 06 09 (9 bytes of OID), 13: 30 34,
// 15: a0 0f 30 0d 06 09 (9), 30: 05 00, 32: a1 1c 30 1a 06 09 (9), 47: 30 0d 06 09 (9), 60: 05 00, 62: a2 03 02 01 20
static void pss_changed(size_t offset, uint8_t to, int err, const char *field, const char *text)
{
    spec.key = cert_support_key(BOOT_PK_RSA3072, 0);
    der_algorithm(&part, BOOT_PK_RSA3072, BOOT_SHA256);
    assert_int_equal(part.size, 67);
    part.data[offset] = to;
    refused(PART_ALGORITHM, err, field, text);
}

static void parameters_of_pss_are_exact(void **state)
{
    static const char all[] = "RSASSA-PSS-params";
    static const char hash[] = "RSASSA-PSS-params.hashAlgorithm";
    static const char mask[] = "RSASSA-PSS-params.maskGenAlgorithm";
    static const char salt[] = "RSASSA-PSS-params.saltLength";

    (void)state;
    pss_changed(66, 31, ERR_NOT_SUPPORTED, salt, "32 bytes");
    pss_changed(66, 48, ERR_NOT_SUPPORTED, salt, "32 bytes");
    pss_changed(66, 0xa0, ERR_INVALID, salt, "negative");
    pss_changed(64, 0x0a, ERR_INVALID, salt, "tag");
    pss_changed(62, 0xa3, ERR_INVALID, all, "tag"); // a trailer, no salt
    pss_changed(29, 4, ERR_NOT_SUPPORTED, hash, "SHA-256, SHA-384 or SHA-512"); // SHA-224
    pss_changed(30, 4, ERR_INVALID, hash, "tag");
    pss_changed(29, 2, ERR_NOT_SUPPORTED, all, "same hash in MGF1");
    pss_changed(59, 3, ERR_NOT_SUPPORTED, all, "same hash in MGF1");
    pss_changed(59, 0, ERR_NOT_SUPPORTED, mask, "SHA-256, SHA-384 or SHA-512");
    pss_changed(46, 9, ERR_NOT_SUPPORTED, all, "MGF1");
    pss_changed(15, 0xa4, ERR_INVALID, all, "tag");
    pss_changed(32, 0xa2, ERR_INVALID, all, "tag");
    // Parameters left out (all default: SHA-1), NULL, a trailer field with the default value
    raw(DER(0x30, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a));
    refused(PART_ALGORITHM, ERR_TRUNCATED, all, "must end before");
    raw(DER(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x05, 0));
    refused(PART_ALGORITHM, ERR_INVALID, all, "tag");
    raw(DER(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30, 0));
    refused(PART_ALGORITHM, ERR_TRUNCATED, all, "must end before");
    der_algorithm(&part, BOOT_PK_RSA3072, BOOT_SHA256);
    raw(DER(0xa3, 0x03, 0x02, 0x01, 0x01));
    part.data[1] += 5;
    part.data[14] += 5;
    refused(PART_ALGORITHM, ERR_INVALID, all, "nothing more");
}

static void names_are_one_common_name(void **state)
{
    static const char field[] = "tbsCertificate.issuer";
    char longest[66];

    (void)state;
    memset(longest, 'n', 65);
    longest[65] = '\0';
    der_name(&part, longest);
    refused(PART_ISSUER, ERR_RANGE, field, "at most");
    der_name(&part, "");
    refused(PART_ISSUER, ERR_RANGE, field, "at most");
    der_name(&part, "a\x1b[2J");
    refused(PART_ISSUER, ERR_INVALID, field, "printable");
    der_name(&part, "a\xc3\xa4");
    refused(PART_ISSUER, ERR_INVALID, field, "printable");
    der_name(&part, "a\x7f");
    refused(PART_ISSUER, ERR_INVALID, field, "printable");
    der_name(&part, "a");
    part.data[10] = 0x0a; // the OID's last byte: organizationName
    refused(PART_ISSUER, ERR_INVALID, field, "common name");
    der_name(&part, "a");
    part.data[11] = 0x13; // PrintableString
    refused(PART_ISSUER, ERR_INVALID, field, "tag");
    raw(DER(0x30, 0x00));
    refused(PART_ISSUER, ERR_TRUNCATED, field, "must end before");
    raw(DER(0x30, 0x02, 0x31, 0x00));
    refused(PART_ISSUER, ERR_TRUNCATED, field, "must end before");
    // Two attributes in the set; two sets
    raw(DER(0x30, 0x16, 0x31, 0x14, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'a', 0x30,
            0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'b'));
    refused(PART_ISSUER, ERR_INVALID, field, "nothing more");
    raw(DER(0x30, 0x18, 0x31, 0x0a, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'a', 0x31,
            0x0a, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'b'));
    refused(PART_ISSUER, ERR_INVALID, field, "nothing more");
    longest[64] = '\0';
    spec.name = longest;
    assert_int_equal(decode_spec(), ERR_NONE);
}

static void issuer_is_the_subject(void **state)
{
    (void)state;
    der_name(&part, "Trusted Key Certificate");
    refused(PART_ISSUER, ERR_INVALID, "tbsCertificate.subject", "the issuer");
    der_name(&part, "Trusted Boot FW Certificatf");
    refused(PART_SUBJECT, ERR_INVALID, "tbsCertificate.subject", "the issuer");
}

static void times(const char *not_before, const char *not_after)
{
    const char *both[] = { not_before, not_after };

    for (int i = 0; i < 2; i++) {
        der_element(&part, strlen(both[i]) >= 15 ? 0x18 : 0x17, both[i], strlen(both[i]));
    }
    der_wrap(&part, 0, SEQUENCE);
}

static void accepted_times(const char *not_before, const char *not_after)
{
    times(not_before, not_after);
    spec.parts[PART_VALIDITY] = &part;
    assert_int_equal(decode_spec(), ERR_NONE);
    part.size = 0;
}

static void times_that_there_are_are_read(void **state)
{
    (void)state;
    accepted_times("240229235959Z", "20500101000000Z");
    accepted_times("491231235959Z", "99991231235959Z");
    accepted_times("500101000000Z", "991231000000Z"); // 1950, 1999
    accepted_times("990101000000Z", "000101000000Z"); // 1999, 2000
    accepted_times("240101000000Z", "240101000000Z");
    accepted_times("240101000000Z", "24000229000000Z");
}

static void times_that_there_are_not_are_refused(void **state)
{
    static const char *const wrong[] = {
        "240001000000Z", "241301000000Z", "240100000000Z", "240132000000Z",
        "230229000000Z", "240230000000Z", "240431000000Z", "240101240000Z",
        "240101006000Z", "240101000060Z", "24010100a000Z", "2401010000 0Z",
    };
    static const char before[] = "tbsCertificate.validity.notBefore";
    static const char after[] = "tbsCertificate.validity.notAfter";

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        times(wrong[i], "440101000000Z");
        refused(PART_VALIDITY, ERR_INVALID, before, "date and a time");
    }
    times("a40101000000Z", "440101000000Z");
    refused(PART_VALIDITY, ERR_INVALID, before, "year of its type");
    times("240101000000Z", "20490101000000Z"); // RFC 5280 4.1.2.5: UTCTime until 2049
    refused(PART_VALIDITY, ERR_INVALID, after, "year of its type");
    times("240101000000Z", "21000229000000Z");
    refused(PART_VALIDITY, ERR_INVALID, after, "date and a time");
    times("2401010000Z", "440101000000Z");
    refused(PART_VALIDITY, ERR_INVALID, before, "seconds and UTC");
    times("240101000000+", "440101000000Z");
    refused(PART_VALIDITY, ERR_INVALID, before, "seconds and UTC");
    times("240101000000+0100", "440101000000Z");
    refused(PART_VALIDITY, ERR_INVALID, before, "seconds and UTC");
    times("240101000000Z", "20500101000000.5Z");
    refused(PART_VALIDITY, ERR_INVALID, after, "seconds and UTC");
    times("", "440101000000Z");
    refused(PART_VALIDITY, ERR_INVALID, before, "seconds and UTC");
    times("240101000001Z", "240101000000Z");
    refused(PART_VALIDITY, ERR_INVALID, "tbsCertificate.validity", "end before it begins");
    raw(DER(0x30, 0x00));
    refused(PART_VALIDITY, ERR_TRUNCATED, before, "must end before");
    times("240101000000Z", "440101000000Z");
    raw(DER(0x05, 0x00));
    part.data[1] += 2;
    refused(PART_VALIDITY, ERR_INVALID, "tbsCertificate.validity", "nothing more");
}

static void public_key_is_one(void **state)
{
    static const char field[] = "tbsCertificate.subjectPublicKeyInfo";
    struct der_buf key = { .size = 0 };

    (void)state;
    der_spki(&key, spec.key);
    key.data[key.size - 1] ^= 1;
    raw(key.data, key.size);
    refused(PART_SPKI, ERR_INVALID, field, "must");
    raw(DER(0x30, 0x00));
    refused(PART_SPKI, ERR_TRUNCATED, field, "must");
    raw(DER(0x31, 0x00));
    refused(PART_SPKI, ERR_INVALID, field, "tag");
}

static void unique_identifiers_are_refused(void **state)
{
    (void)state;
    der_spki(&part, spec.key);
    raw(DER(0x81, 0x02, 0x00, 0x01));
    refused(PART_SPKI, ERR_INVALID, "tbsCertificate.extensions", "tag");
}

// Extensions are `part` with, if wanted, the standard ones in front.
static void extensions_refused(int standard, int err, const char *field, const char *text)
{
    struct der_buf own = part;

    part.size = 0;
    if (standard) {
        der_standard_extensions(&part);
    }
    raw(own.data, own.size);
    der_wrap(&part, 0, SEQUENCE);
    der_wrap(&part, 0, 0xa3);
    refused(PART_EXTENSIONS, err, field, text);
}

static void extensions_are_well_formed(void **state)
{
    static const char id[] = "extension.extnID";
    static const char critical[] = "extension.critical";
    static const uint8_t arc[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x34, 0x01 };

    (void)state;
    refused(PART_EXTENSIONS, ERR_TRUNCATED, "tbsCertificate.extensions", "must end before");
    raw(DER(0xa3, 0x02, 0x31, 0x00));
    refused(PART_EXTENSIONS, ERR_INVALID, "tbsCertificate.extensions", "tag");
    raw(DER(0xa3, 0x04, 0x30, 0x00, 0x05, 0x00));
    refused(PART_EXTENSIONS, ERR_INVALID, "tbsCertificate.extensions", "nothing more");
    der_integer(&value, 1);
    der_extension(&part, arc, sizeof(arc), 0, &value);
    extensions_refused(1, ERR_INVALID, id, "must be critical");
    der_extension(&part, arc, sizeof(arc), 1, &value);
    extensions_refused(1, ERR_INVALID, critical, "TRUE in one byte");
    raw(DER(0x30, 0x06, 0x06, 0x01, 0x55, 0x01, 0x01, 0x00)); // FALSE is the default: not written
    extensions_refused(1, ERR_INVALID, critical, "TRUE in one byte");
    raw(DER(0x30, 0x07, 0x06, 0x01, 0x55, 0x01, 0x02, 0xff, 0xff));
    extensions_refused(1, ERR_INVALID, critical, "TRUE in one byte");
    der_extension(&part, arc, sizeof(arc), 0xff, &value);
    raw(DER(0x05, 0x00));
    part.data[1] += 2;
    extensions_refused(1, ERR_INVALID, "extension", "nothing more");
    raw(DER(0x30, 0x03, 0x06, 0x01, 0x55));
    extensions_refused(1, ERR_TRUNCATED, "extension.extnValue", "must end before");
    der_arc_extension(&part, 1, &value);
    der_arc_extension(&part, 1, &value);
    extensions_refused(1, ERR_DUPLICATE, id, "once");
    for (uint32_t i = 0; i <= CERT_MAX_EXTENSIONS; i++) {
        der_arc_extension(&part, 1 + i, &value);
    }
    extensions_refused(1, ERR_NO_MEMORY, id, "at most");
}

static void unknown_oids_are_refused(void **state)
{
    static const struct {
        uint8_t size;
        uint8_t oid[13];
    } wrong[] = {
        { 3, { 0x55, 0x1d, 0x0f } },                                            // keyUsage
        { 3, { 0x55, 0x1d, 0x25 } },                                            // extKeyUsage
        { 9, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x34 } },        // the arc itself
        { 10, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x34, 0x00 } }, // number 0
        { 10, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x34, 0x81 } }, // cut off
        { 11,
          { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x34, 0x80, 0x01 } }, // leading zero
        { 11, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x34, 0x81, 0x81 } },
        { 11, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x34, 0x01, 0x01 } }, // one below
        { 12, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x34, 0x81, 0x80, 0x01 } },
        { 10, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x21, 0x90, 0x34, 0x01 } }, // another arc
        { 10, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x35, 0x01 } },
    };

    (void)state;
    der_integer(&value, 1);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        der_extension(&part, wrong[i].oid, wrong[i].size, 0xff, &value);
        extensions_refused(1, ERR_NOT_SUPPORTED, "extension.extnID", "boot chain has");
    }
}

static void standard_extensions_are_those_of_cert_create(void **state)
{
    static const char own[] = "subjectKeyIdentifier";
    static const char authority[] = "authorityKeyIdentifier";
    static const char constraints[] = "basicConstraints";
    // Extensions of der_standard_extensions(): 31 bytes from 0, 33 from 31, 11 from 64
    struct der_buf all = { .size = 0 };
    size_t i;

    (void)state;
    der_standard_extensions(&all);
    assert_int_equal(all.size, 75);
    raw(all.data + 31, 44);
    extensions_refused(0, ERR_INVALID, own, "must be there");
    raw(all.data, 31);
    raw(all.data + 64, 11);
    extensions_refused(0, ERR_INVALID, authority, "must be there");
    raw(all.data, 64);
    extensions_refused(0, ERR_INVALID, constraints, "must be there");
    for (i = 0; i < 3; i++) {
        static const size_t start[] = { 0, 31, 64, 75 };

        raw(all.data + start[i], start[i + 1] - start[i]);
        extensions_refused(1, ERR_DUPLICATE, "extension.extnID", "once");
    }
    raw(all.data, 75);
    part.data[30] ^= 1; // the last byte of the subject's
    extensions_refused(0, ERR_INVALID, authority, "the subject's");
    raw(all.data, 75);
    part.data[63] ^= 1;
    extensions_refused(0, ERR_INVALID, authority, "the subject's");
    raw(all.data, 75);
    part.data[9] = 0x03; // no OCTET STRING
    extensions_refused(0, ERR_INVALID, own, "tag");
    raw(all.data, 75);
    part.data[10] = 0x13; // one byte shorter
    extensions_refused(0, ERR_INVALID, own, "nothing more");
    raw(all.data, 75);
    part.data[42] = 0x81; // authorityCertIssuer, not keyIdentifier
    extensions_refused(0, ERR_INVALID, authority, "tag");
    raw(DER(0x30, 0x0c, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x04, 0x05, 0x30, 0x03, 0x01, 0x01, 0xff));
    raw(all.data, 64);
    extensions_refused(0, ERR_INVALID, constraints, "nothing more"); // cA TRUE
    raw(DER(0x30, 0x0c, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x04, 0x05, 0x30, 0x03, 0x02, 0x01, 0x00));
    raw(all.data, 64);
    extensions_refused(0, ERR_INVALID, constraints, "nothing more"); // pathLen without cA
    raw(DER(0x30, 0x07, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x04, 0x00));
    raw(all.data, 64);
    extensions_refused(0, ERR_TRUNCATED, constraints, "must end before");
    raw(DER(0x30, 0x0c, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x01, 0x01, 0xff, 0x04, 0x02, 0x30, 0x00));
    raw(all.data, 64);
    extensions_refused(0, ERR_INVALID, "extension.extnID", "must not be critical");
}

static void signature_value_is_whole_bytes(void **state)
{
    (void)state;
    raw(DER(0x03, 0x03, 0x01, 0x55, 0x54)); // one unused bit
    refused(PART_SIGNATURE, ERR_INVALID, "signatureValue", "whole bytes");
    raw(DER(0x03, 0x01, 0x00));
    refused(PART_SIGNATURE, ERR_INVALID, "signatureValue", "whole bytes");
    raw(DER(0x03, 0x00));
    refused(PART_SIGNATURE, ERR_INVALID, "signatureValue", "whole bytes");
    raw(DER(0x04, 0x02, 0x00, 0x55));
    refused(PART_SIGNATURE, ERR_INVALID, "signatureValue", "tag");
}

// The value of extension 1 of a certificate that is good but for it.
static const struct cert_extension *with_value(const uint8_t *bytes, size_t size)
{
    value.size = 0;
    der_add(&value, bytes, size);
    spec.extensions.size = 0;
    der_arc_extension(&spec.extensions, 1, &value);
    assert_int_equal(decode_spec(), ERR_NONE);
    memset(&fault, 0, sizeof(fault));
    assert_non_null(cert_find(&cert, 1));
    return cert_find(&cert, 1);
}

static void counters_are_strict(void **state)
{
    static const struct {
        int err;
        const char *text;
        uint32_t value;
        uint8_t size;
        uint8_t der[12];
    } cases[] = {
        { ERR_NONE, NULL, 0, 3, { 2, 1, 0 } },
        { ERR_NONE, NULL, 127, 3, { 2, 1, 0x7f } },
        { ERR_NONE, NULL, 128, 4, { 2, 2, 0, 0x80 } },
        { ERR_NONE, NULL, 0xffff, 5, { 2, 3, 0, 0xff, 0xff } },
        { ERR_RANGE, "this much", 0, 5, { 2, 3, 1, 0, 0 } },
        { ERR_RANGE, "bytes at most", 0, 2, { 2, 0 } },
        { ERR_RANGE, "bytes at most", 0, 6, { 2, 4, 1, 0, 0, 0 } },
        { ERR_RANGE, "bytes at most", 0, 10, { 2, 8, 1, 0, 0, 0, 0, 0, 0, 1 } },
        { ERR_INVALID, "negative", 0, 3, { 2, 1, 0x80 } },
        { ERR_INVALID, "negative", 0, 3, { 2, 1, 0xff } },
        { ERR_INVALID, "needless", 0, 4, { 2, 2, 0, 1 } },
        { ERR_INVALID, "nothing more", 0, 4, { 2, 1, 1, 0 } },
        { ERR_INVALID, "tag", 0, 3, { 10, 1, 1 } },
        { ERR_INVALID, "shortest", 0, 4, { 2, 0x81, 1, 1 } },
        { ERR_TRUNCATED, "must end", 0, 3, { 2, 2, 1 } },
        { ERR_TRUNCATED, "must end", 0, 1, { 2 } },
        { ERR_TRUNCATED, "must end", 0, 0, { 0 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t counter = 0x5555;
        int err = cert_counter(with_value(cases[i].der, cases[i].size), &counter, &fault);

        assert_int_equal(err, cases[i].err);
        assert_int_equal(counter, err == ERR_NONE ? cases[i].value : 0x5555);
        if (err != ERR_NONE) {
            expect(cases[i].err, err, "extnValue", cases[i].text);
            assert_in_range(fault.offset, cert_find(&cert, 1)->offset,
                            cert_find(&cert, 1)->offset + cases[i].size);
        }
    }
}

static void digest_refused(const struct der_buf *der, int err, const char *text)
{
    enum boot_hash hash = BOOT_HASH_COUNT;
    const uint8_t *digest = NULL;
    int result = cert_digest(with_value(der->data, der->size), &hash, &digest, &fault);

    expect(err, result, "extnValue", text);
    assert_int_equal(hash, BOOT_HASH_COUNT);
    assert_null(digest);
}

static void digests_are_strict(void **state)
{
    static const uint8_t bytes[64] = { 7, 8, 9 };
    struct der_buf info = { .size = 0 };
    const uint8_t *digest;
    enum boot_hash hash;

    (void)state;
    for (int i = 0; i < BOOT_HASH_COUNT; i++) {
        info.size = 0;
        der_digest_info(&info, (enum boot_hash)i, bytes);
        assert_int_equal(cert_digest(with_value(info.data, info.size), &hash, &digest, &fault), 0);
        assert_int_equal(hash, i);
        assert_memory_equal(digest, bytes, boot_hash_info(hash)->size);
    }
    info.size = 0;
    der_digest_info(&info, BOOT_SHA256, bytes);
    info.data[14] = 4; // 30 31 30 0d 06 09 … 05 00 04 20: SHA-224
    digest_refused(&info, ERR_NOT_SUPPORTED, "SHA-256");
    info.data[14] = 2; // SHA-384's OID with 32 bytes
    digest_refused(&info, ERR_INVALID, "as long as");
    info.data[14] = 1;
    info.data[15] = 4; // no NULL
    digest_refused(&info, ERR_INVALID, "tag");
    info.data[15] = 5;
    info.data[17] = 3; // BIT STRING
    digest_refused(&info, ERR_INVALID, "tag");
    info.data[17] = 4;
    info.data[18]--; // one byte that belongs to nothing
    digest_refused(&info, ERR_INVALID, "nothing more");
    info.data[18]++;
    info.data[18]++;
    digest_refused(&info, ERR_TRUNCATED, "must end");
    info.data[18]--;
    info.data[info.size++] = 0;
    digest_refused(&info, ERR_INVALID, "nothing more");
    info.size = 0;
    digest_refused(&info, ERR_TRUNCATED, "must end");
}

static void keys_are_strict(void **state)
{
    struct cert_span span = { NULL, 0 };
    struct der_buf key = { .size = 0 };

    (void)state;
    der_spki(&key, cert_support_key(BOOT_PK_P384, 0));
    assert_int_equal(cert_key(with_value(key.data, key.size), &span, &fault), ERR_NONE);
    assert_int_equal(span.size, key.size);
    assert_memory_equal(span.data, key.data, key.size);
    span.data = NULL;
    expect(ERR_INVALID, cert_key(with_value(key.data, key.size + 1), &span, &fault), "extnValue",
           "must");
    expect(ERR_TRUNCATED, cert_key(with_value(key.data, key.size - 1), &span, &fault), "extnValue",
           "must");
    key.data[30] ^= 1;
    expect(ERR_INVALID, cert_key(with_value(key.data, key.size), &span, &fault), "extnValue",
           "must");
    assert_null(span.data);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_certificate_is_read),
        TEST(every_algorithm_and_hash_is_read),
        TEST(each_truncation_is_refused),
        TEST(trailing_bytes_are_refused_everywhere),
        TEST(size_is_bounded),
        TEST(lengths_have_their_shortest_form),
        TEST(version_is_three),
        TEST(serial_number_is_positive_and_short),
        TEST(algorithms_agree),
        TEST(unknown_algorithms_are_refused),
        TEST(parameters_of_pss_are_exact),
        TEST(names_are_one_common_name),
        TEST(issuer_is_the_subject),
        TEST(times_that_there_are_are_read),
        TEST(times_that_there_are_not_are_refused),
        TEST(public_key_is_one),
        TEST(unique_identifiers_are_refused),
        TEST(extensions_are_well_formed),
        TEST(unknown_oids_are_refused),
        TEST(standard_extensions_are_those_of_cert_create),
        TEST(signature_value_is_whole_bytes),
        TEST(counters_are_strict),
        TEST(digests_are_strict),
        TEST(keys_are_strict),
    };

    return cmocka_run_group_tests_name("cert", tests, NULL, NULL);
}
