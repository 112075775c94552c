// SPDX-License-Identifier: BSD-3-Clause
//
// Fields of a certificate (platform/lib/boot/cert_fields.c): algorithms with their parameters, names, times, each rule broken
// alone in a certificate that is otherwise as cert_create makes it; what is accepted.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/platform/cert_case.h"

#define SEQUENCE 0x30

static void algorithms_agree(void **state)
{
    (void)state;
    der_algorithm(&case_part, BOOT_PK_P256, BOOT_SHA384);
    case_refused(PART_OUTER_ALGORITHM, ERR_INVALID, "tbsCertificate.signature", "same as");
    der_algorithm(&case_part, BOOT_PK_RSA3072, BOOT_SHA256);
    case_refused(PART_OUTER_ALGORITHM, ERR_INVALID, "tbsCertificate.signature", "same as");
    der_algorithm(&case_part, BOOT_PK_RSA3072, BOOT_SHA256);
    case_refused(PART_ALGORITHM, ERR_INVALID, "tbsCertificate.subjectPublicKeyInfo",
                 "fit the signature algorithm");
    case_spec.key = cert_support_key(BOOT_PK_RSA3072, 0);
    der_algorithm(&case_part, BOOT_PK_P256, BOOT_SHA256);
    case_refused(PART_ALGORITHM, ERR_INVALID, "tbsCertificate.subjectPublicKeyInfo",
                 "fit the signature algorithm");
}

static void unknown_algorithms_are_refused(void **state)
{
    static const char field[] = "tbsCertificate.signature";

    (void)state;
    // ecdsa-with-SHA1, ecdsa-with-SHA224
    case_raw(DER(0x30, 0x09, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01));
    case_refused(PART_ALGORITHM, ERR_NOT_SUPPORTED, field, "must be RSASSA-PSS or ecdsa");
    case_raw(DER(0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x01));
    case_refused(PART_ALGORITHM, ERR_NOT_SUPPORTED, field, "must be RSASSA-PSS or ecdsa");
    // Another arc with the same end
    case_raw(DER(0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x05, 0x03, 0x02));
    case_refused(PART_ALGORITHM, ERR_NOT_SUPPORTED, field, "must be RSASSA-PSS or ecdsa");
    // sha256WithRSAEncryption: PKCS #1 v1.5
    case_raw(DER(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05,
                 0x00));
    case_refused(PART_ALGORITHM, ERR_NOT_SUPPORTED, field, "must be RSASSA-PSS or ecdsa");
    case_raw(DER(0x30, 0x02, 0x06, 0x00));
    case_refused(PART_ALGORITHM, ERR_NOT_SUPPORTED, field, "must be RSASSA-PSS or ecdsa");
    // ECDSA has no parameters (RFC 5758 3.2)
    case_raw(
        DER(0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02, 0x05, 0x00));
    case_refused(PART_ALGORITHM, ERR_INVALID, field, "nothing more");
    case_raw(DER(0x30, 0x00));
    case_refused(PART_ALGORITHM, ERR_TRUNCATED, field, "must end before");
}

// The algorithm of RSASSA-PSS with the byte at `offset` changed. Its bytes: 0: 30 41 06 09 (9 bytes of OID), 13: 30 34,
// 15: a0 0f 30 0d 06 09 (9), 30: 05 00, 32: a1 1c 30 1a 06 09 (9), 47: 30 0d 06 09 (9), 60: 05 00, 62: a2 03 02 01 20
static void pss_changed(size_t offset, uint8_t to, int err, const char *field, const char *text)
{
    case_spec.key = cert_support_key(BOOT_PK_RSA3072, 0);
    der_algorithm(&case_part, BOOT_PK_RSA3072, BOOT_SHA256);
    assert_int_equal(case_part.size, 67);
    case_part.data[offset] = to;
    case_refused(PART_ALGORITHM, err, field, text);
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
    case_raw(DER(0x30, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a));
    case_refused(PART_ALGORITHM, ERR_TRUNCATED, all, "must end before");
    case_raw(
        DER(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x05, 0));
    case_refused(PART_ALGORITHM, ERR_INVALID, all, "tag");
    case_raw(
        DER(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30, 0));
    case_refused(PART_ALGORITHM, ERR_TRUNCATED, all, "must end before");
    der_algorithm(&case_part, BOOT_PK_RSA3072, BOOT_SHA256);
    case_raw(DER(0xa3, 0x03, 0x02, 0x01, 0x01));
    case_part.data[1] += 5;
    case_part.data[14] += 5;
    case_refused(PART_ALGORITHM, ERR_INVALID, all, "nothing more");
}

static void names_are_one_common_name(void **state)
{
    static const char field[] = "tbsCertificate.issuer";
    char longest[66];

    (void)state;
    memset(longest, 'n', 65);
    longest[65] = '\0';
    der_name(&case_part, longest);
    case_refused(PART_ISSUER, ERR_RANGE, field, "at most");
    der_name(&case_part, "");
    case_refused(PART_ISSUER, ERR_RANGE, field, "at most");
    der_name(&case_part, "a\x1b[2J");
    case_refused(PART_ISSUER, ERR_INVALID, field, "printable");
    der_name(&case_part, "a\xc3\xa4");
    case_refused(PART_ISSUER, ERR_INVALID, field, "printable");
    der_name(&case_part, "a\x7f");
    case_refused(PART_ISSUER, ERR_INVALID, field, "printable");
    der_name(&case_part, "a");
    case_part.data[10] = 0x0a; // the OID's last byte: organizationName
    case_refused(PART_ISSUER, ERR_INVALID, field, "common name");
    der_name(&case_part, "a");
    case_part.data[11] = 0x13; // PrintableString
    case_refused(PART_ISSUER, ERR_INVALID, field, "tag");
    case_raw(DER(0x30, 0x00));
    case_refused(PART_ISSUER, ERR_TRUNCATED, field, "must end before");
    case_raw(DER(0x30, 0x02, 0x31, 0x00));
    case_refused(PART_ISSUER, ERR_TRUNCATED, field, "must end before");
    // Two attributes in the set; two sets
    case_raw(DER(0x30, 0x16, 0x31, 0x14, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'a',
                 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'b'));
    case_refused(PART_ISSUER, ERR_INVALID, field, "nothing more");
    case_raw(DER(0x30, 0x18, 0x31, 0x0a, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'a',
                 0x31, 0x0a, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'b'));
    case_refused(PART_ISSUER, ERR_INVALID, field, "nothing more");
    longest[64] = '\0';
    case_spec.name = longest;
    assert_int_equal(case_decode_spec(), ERR_NONE);
}

static void issuer_is_the_subject(void **state)
{
    (void)state;
    der_name(&case_part, "Trusted Key Certificate");
    case_refused(PART_ISSUER, ERR_INVALID, "tbsCertificate.subject", "the issuer");
    der_name(&case_part, "Trusted Boot FW Certificatf");
    case_refused(PART_SUBJECT, ERR_INVALID, "tbsCertificate.subject", "the issuer");
}

static void times(const char *not_before, const char *not_after)
{
    const char *both[] = { not_before, not_after };

    for (int i = 0; i < 2; i++) {
        der_element(&case_part, strlen(both[i]) >= 15 ? 0x18 : 0x17, both[i], strlen(both[i]));
    }
    der_wrap(&case_part, 0, SEQUENCE);
}

static void accepted_times(const char *not_before, const char *not_after)
{
    times(not_before, not_after);
    case_spec.parts[PART_VALIDITY] = &case_part;
    assert_int_equal(case_decode_spec(), ERR_NONE);
    case_part.size = 0;
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
        case_refused(PART_VALIDITY, ERR_INVALID, before, "date and a time");
    }
    times("a40101000000Z", "440101000000Z");
    case_refused(PART_VALIDITY, ERR_INVALID, before, "year of its type");
    times("240101000000Z", "20490101000000Z"); // RFC 5280 4.1.2.5: UTCTime until 2049
    case_refused(PART_VALIDITY, ERR_INVALID, after, "year of its type");
    times("240101000000Z", "21000229000000Z");
    case_refused(PART_VALIDITY, ERR_INVALID, after, "date and a time");
    times("2401010000Z", "440101000000Z");
    case_refused(PART_VALIDITY, ERR_INVALID, before, "seconds and UTC");
    times("240101000000+", "440101000000Z");
    case_refused(PART_VALIDITY, ERR_INVALID, before, "seconds and UTC");
    times("240101000000+0100", "440101000000Z");
    case_refused(PART_VALIDITY, ERR_INVALID, before, "seconds and UTC");
    times("240101000000Z", "20500101000000.5Z");
    case_refused(PART_VALIDITY, ERR_INVALID, after, "seconds and UTC");
    times("", "440101000000Z");
    case_refused(PART_VALIDITY, ERR_INVALID, before, "seconds and UTC");
    times("240101000001Z", "240101000000Z");
    case_refused(PART_VALIDITY, ERR_INVALID, "tbsCertificate.validity", "end before it begins");
    case_raw(DER(0x30, 0x00));
    case_refused(PART_VALIDITY, ERR_TRUNCATED, before, "must end before");
    times("240101000000Z", "440101000000Z");
    case_raw(DER(0x05, 0x00));
    case_part.data[1] += 2;
    case_refused(PART_VALIDITY, ERR_INVALID, "tbsCertificate.validity", "nothing more");
}

#define TEST(name) cmocka_unit_test_setup(name, case_fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(algorithms_agree),
        TEST(unknown_algorithms_are_refused),
        TEST(parameters_of_pss_are_exact),
        TEST(names_are_one_common_name),
        TEST(issuer_is_the_subject),
        TEST(times_that_there_are_are_read),
        TEST(times_that_there_are_not_are_refused),
    };

    return cmocka_run_group_tests_name("cert_fields", tests, NULL, NULL);
}
