// SPDX-License-Identifier: BSD-3-Clause
//
// The reader of certificates (platform/lib/boot/cert.c, cert_der.c): each rule of the frame, the version, the key and the
// extensions broken alone, in a certificate that is otherwise as cert_create makes it; what is accepted. Algorithms, names and
// times: test_cert_fields.c; what is in extensions: test_cert_values.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/platform/cert_case.h"

#define SEQUENCE 0x30

static void a_good_certificate_is_read(void **state)
{
    struct der_buf der = { .size = 0 };
    uint32_t counter = 0;
    enum boot_hash hash = BOOT_HASH_COUNT;
    const uint8_t *digest = NULL;

    (void)state;
    assert_int_equal(case_decode_spec(), ERR_NONE);
    assert_int_equal(case_cert.subject_name.size, strlen(case_spec.name));
    assert_memory_equal(case_cert.subject_name.data, case_spec.name, strlen(case_spec.name));
    assert_int_equal(case_cert.signature_kind, CERT_ECDSA);
    assert_int_equal(case_cert.hash, BOOT_SHA256);
    assert_int_equal(case_cert.key.kind, BOOT_PK_P256);
    der_spki(&der, case_spec.key);
    assert_int_equal(case_cert.spki.size, der.size);
    assert_memory_equal(case_cert.spki.data, der.data, der.size);
    assert_int_equal(case_cert.extension_count, 2);
    assert_null(cert_find(&case_cert, 2));
    assert_int_equal(cert_counter(cert_find(&case_cert, 1), &counter, &case_fault), ERR_NONE);
    assert_int_equal(counter, 3);
    assert_int_equal(cert_digest(cert_find(&case_cert, 201), &hash, &digest, &case_fault),
                     ERR_NONE);
    assert_int_equal(hash, BOOT_SHA256);
    assert_int_equal(digest[0] << 16 | digest[1] << 8 | digest[2], 0x010203);
    assert_ptr_equal(cert_find(&case_cert, 201)->value.data,
                     case_cert.tbs.data - 4 +
                         cert_find(&case_cert, 201)->offset); // 4: header around it
}

static void every_algorithm_and_hash_is_read(void **state)
{
    (void)state;
    for (int kind = BOOT_PK_P256; kind < BOOT_PK_COUNT; kind++) {
        for (int hash = 0; hash < BOOT_HASH_COUNT; hash++) {
            case_spec.key = cert_support_key((enum boot_pk_kind)kind, 0);
            case_spec.hash = (enum boot_hash)hash;
            assert_int_equal(case_decode_spec(), ERR_NONE);
            assert_int_equal(case_cert.key.kind, kind);
            assert_int_equal(case_cert.hash, hash);
            assert_int_equal(case_cert.signature_kind,
                             kind <= BOOT_PK_P384 ? CERT_ECDSA : CERT_RSA_PSS);
        }
    }
}

static void each_truncation_is_refused(void **state)
{
    struct der_buf der = { .size = 0 };

    (void)state;
    cert_support_make(&case_spec, &der);
    for (size_t size = 0; size < der.size; size++) {
        case_expect(ERR_TRUNCATED, case_decode(der.data, size), "certificate", "must");
    }
}

static void trailing_bytes_are_refused_everywhere(void **state)
{
    struct der_buf der = { .size = 0 };

    (void)state;
    cert_support_make(&case_spec, &der);
    der_add(&der, DER(0));
    case_expect(ERR_INVALID, case_decode(der.data, der.size), "certificate", "nothing more");
    case_raw(DER(0x05, 0x00));
    case_refused(PART_OUTER_BEHIND, ERR_INVALID, "certificate", "nothing more");
    case_raw(DER(0x05, 0x00));
    case_refused(PART_BEHIND, ERR_INVALID, "tbsCertificate", "nothing more");
    case_raw(DER(0xa0, 0x05, 0x02, 0x01, 0x02, 0x05, 0x00));
    case_refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "nothing more");
}

static void size_is_bounded(void **state)
{
    static uint8_t big[CERT_MAX_SIZE + 1];

    (void)state;
    case_expect(ERR_RANGE, case_decode(big, sizeof(big)), "certificate", "at most");
    assert_int_equal(case_fault.found, sizeof(big));
    assert_int_equal(case_fault.expected, CERT_MAX_SIZE);
}

static void lengths_have_their_shortest_form(void **state)
{
    struct der_buf der = { .size = 0 };

    (void)state;
    case_raw(DER(0xa0, 0x81, 0x03, 0x02, 0x01, 0x02));
    case_refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "shortest form");
    case_raw(DER(0xa0, 0x82, 0x00, 0x03, 0x02, 0x01, 0x02));
    case_refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "shortest form");
    case_raw(DER(0xa0, 0x04, 0x02, 0x81, 0x01, 0x02));
    case_refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "shortest form");
    case_raw(DER(0xa0, 0x80, 0x02, 0x01, 0x02, 0x00, 0x00));
    case_refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "definite length");
    case_raw(DER(0xa0, 0x85, 0, 0, 0, 0, 3, 0x02, 0x01, 0x02));
    case_refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "definite length");
    case_raw(DER(0xa0, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02, 0x01, 0x02));
    case_refused(PART_VERSION, ERR_TRUNCATED, "tbsCertificate.version", "must end before");
    cert_support_make(&case_spec, &der);
    memmove(der.data + 5, der.data + 4, der.size++ - 4); // 30 82 hh ll → 30 83 00 hh ll
    memmove(der.data + 3, der.data + 2, 2);
    der.data[1] = 0x83;
    der.data[2] = 0;
    case_expect(ERR_INVALID, case_decode(der.data, der.size), "certificate", "shortest form");
}

static void version_is_three(void **state)
{
    (void)state;
    case_raw(DER(0xa0, 0x03, 0x02, 0x01, 0x01));
    case_refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "must be 3");
    assert_int_equal(case_fault.found, 2);
    case_raw(DER(0xa0, 0x03, 0x02, 0x01, 0x00));
    case_refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "must be 3");
    case_raw(DER(0xa0, 0x03, 0x02, 0x01, 0x82));
    case_refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "negative");
    case_raw(DER(0xa0, 0x04, 0x02, 0x02, 0x00, 0x02));
    case_refused(PART_VERSION, ERR_RANGE, "tbsCertificate.version", "at most");
    case_raw(DER(0xa0, 0x02, 0x02, 0x00));
    case_refused(PART_VERSION, ERR_RANGE, "tbsCertificate.version", "at most");
    case_refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version",
                 "tag"); // version 1 leaves it out
    case_raw(DER(0x02, 0x01, 0x02));
    case_refused(PART_VERSION, ERR_INVALID, "tbsCertificate.version", "tag");
}

static void serial_number_is_positive_and_short(void **state)
{
    static const char field[] = "tbsCertificate.serialNumber";
    uint8_t bytes[21] = { 0x7f };

    (void)state;
    case_raw(DER(0x02, 0x01, 0x00));
    case_refused(PART_SERIAL, ERR_INVALID, field, "zero");
    case_raw(DER(0x02, 0x00));
    case_refused(PART_SERIAL, ERR_RANGE, field, "at most");
    case_raw(DER(0x02, 0x01, 0x80));
    case_refused(PART_SERIAL, ERR_INVALID, field, "negative");
    case_raw(DER(0x02, 0x02, 0x00, 0x7f));
    case_refused(PART_SERIAL, ERR_INVALID, field, "needless zeros");
    der_element(&case_part, 0x02, bytes, 21);
    case_refused(PART_SERIAL, ERR_RANGE, field, "at most");
    case_raw(DER(0x03, 0x01, 0x01));
    case_refused(PART_SERIAL, ERR_INVALID, field, "tag");
    der_element(&case_part, 0x02, bytes, 20);
    case_spec.parts[PART_SERIAL] = &case_part;
    assert_int_equal(case_decode_spec(), ERR_NONE);
}

static void public_key_is_one(void **state)
{
    static const char field[] = "tbsCertificate.subjectPublicKeyInfo";
    struct der_buf key = { .size = 0 };

    (void)state;
    der_spki(&key, case_spec.key);
    key.data[key.size - 1] ^= 1;
    case_raw(key.data, key.size);
    case_refused(PART_SPKI, ERR_INVALID, field, "must");
    case_raw(DER(0x30, 0x00));
    case_refused(PART_SPKI, ERR_TRUNCATED, field, "must");
    case_raw(DER(0x31, 0x00));
    case_refused(PART_SPKI, ERR_INVALID, field, "tag");
}

static void unique_identifiers_are_refused(void **state)
{
    (void)state;
    der_spki(&case_part, case_spec.key);
    case_raw(DER(0x81, 0x02, 0x00, 0x01));
    case_refused(PART_SPKI, ERR_INVALID, "tbsCertificate.extensions", "tag");
}

// Extensions are `case_part` with, if wanted, the standard ones in front.
static void extensions_refused(int standard, int err, const char *field, const char *text)
{
    struct der_buf own = case_part;

    case_part.size = 0;
    if (standard) {
        der_standard_extensions(&case_part);
    }
    case_raw(own.data, own.size);
    der_wrap(&case_part, 0, SEQUENCE);
    der_wrap(&case_part, 0, 0xa3);
    case_refused(PART_EXTENSIONS, err, field, text);
}

static void extensions_are_well_formed(void **state)
{
    static const char id[] = "extension.extnID";
    static const char critical[] = "extension.critical";
    static const uint8_t arc[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xa0, 0x20, 0x90, 0x34, 0x01 };

    (void)state;
    case_refused(PART_EXTENSIONS, ERR_TRUNCATED, "tbsCertificate.extensions", "must end before");
    case_raw(DER(0xa3, 0x02, 0x31, 0x00));
    case_refused(PART_EXTENSIONS, ERR_INVALID, "tbsCertificate.extensions", "tag");
    case_raw(DER(0xa3, 0x04, 0x30, 0x00, 0x05, 0x00));
    case_refused(PART_EXTENSIONS, ERR_INVALID, "tbsCertificate.extensions", "nothing more");
    der_integer(&case_value, 1);
    der_extension(&case_part, arc, sizeof(arc), 0, &case_value);
    extensions_refused(1, ERR_INVALID, id, "must be critical");
    der_extension(&case_part, arc, sizeof(arc), 1, &case_value);
    extensions_refused(1, ERR_INVALID, critical, "TRUE in one byte");
    case_raw(
        DER(0x30, 0x06, 0x06, 0x01, 0x55, 0x01, 0x01, 0x00)); // FALSE is the default: not written
    extensions_refused(1, ERR_INVALID, critical, "TRUE in one byte");
    case_raw(DER(0x30, 0x07, 0x06, 0x01, 0x55, 0x01, 0x02, 0xff, 0xff));
    extensions_refused(1, ERR_INVALID, critical, "TRUE in one byte");
    der_extension(&case_part, arc, sizeof(arc), 0xff, &case_value);
    case_raw(DER(0x05, 0x00));
    case_part.data[1] += 2;
    extensions_refused(1, ERR_INVALID, "extension", "nothing more");
    case_raw(DER(0x30, 0x03, 0x06, 0x01, 0x55));
    extensions_refused(1, ERR_TRUNCATED, "extension.extnValue", "must end before");
    der_arc_extension(&case_part, 1, &case_value);
    der_arc_extension(&case_part, 1, &case_value);
    extensions_refused(1, ERR_DUPLICATE, id, "once");
    for (uint32_t i = 0; i <= CERT_MAX_EXTENSIONS; i++) {
        der_arc_extension(&case_part, 1 + i, &case_value);
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
    der_integer(&case_value, 1);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        der_extension(&case_part, wrong[i].oid, wrong[i].size, 0xff, &case_value);
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
    case_raw(all.data + 31, 44);
    extensions_refused(0, ERR_INVALID, own, "must be there");
    case_raw(all.data, 31);
    case_raw(all.data + 64, 11);
    extensions_refused(0, ERR_INVALID, authority, "must be there");
    case_raw(all.data, 64);
    extensions_refused(0, ERR_INVALID, constraints, "must be there");
    for (i = 0; i < 3; i++) {
        static const size_t start[] = { 0, 31, 64, 75 };

        case_raw(all.data + start[i], start[i + 1] - start[i]);
        extensions_refused(1, ERR_DUPLICATE, "extension.extnID", "once");
    }
    case_raw(all.data, 75);
    case_part.data[30] ^= 1; // the last byte of the subject's
    extensions_refused(0, ERR_INVALID, authority, "the subject's");
    case_raw(all.data, 75);
    case_part.data[63] ^= 1;
    extensions_refused(0, ERR_INVALID, authority, "the subject's");
    case_raw(all.data, 75);
    case_part.data[9] = 0x03; // no OCTET STRING
    extensions_refused(0, ERR_INVALID, own, "tag");
    case_raw(all.data, 75);
    case_part.data[10] = 0x13; // one byte shorter
    extensions_refused(0, ERR_INVALID, own, "nothing more");
    case_raw(all.data, 75);
    case_part.data[42] = 0x81; // authorityCertIssuer, not keyIdentifier
    extensions_refused(0, ERR_INVALID, authority, "tag");
    case_raw(
        DER(0x30, 0x0c, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x04, 0x05, 0x30, 0x03, 0x01, 0x01, 0xff));
    case_raw(all.data, 64);
    extensions_refused(0, ERR_INVALID, constraints, "nothing more"); // cA TRUE
    case_raw(
        DER(0x30, 0x0c, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x04, 0x05, 0x30, 0x03, 0x02, 0x01, 0x00));
    case_raw(all.data, 64);
    extensions_refused(0, ERR_INVALID, constraints, "nothing more"); // pathLen without cA
    case_raw(DER(0x30, 0x07, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x04, 0x00));
    case_raw(all.data, 64);
    extensions_refused(0, ERR_TRUNCATED, constraints, "must end before");
    case_raw(
        DER(0x30, 0x0c, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x01, 0x01, 0xff, 0x04, 0x02, 0x30, 0x00));
    case_raw(all.data, 64);
    extensions_refused(0, ERR_INVALID, "extension.extnID", "must not be critical");
}

static void signature_value_is_whole_bytes(void **state)
{
    (void)state;
    case_raw(DER(0x03, 0x03, 0x01, 0x55, 0x54)); // one unused bit
    case_refused(PART_SIGNATURE, ERR_INVALID, "signatureValue", "whole bytes");
    case_raw(DER(0x03, 0x01, 0x00));
    case_refused(PART_SIGNATURE, ERR_INVALID, "signatureValue", "whole bytes");
    case_raw(DER(0x03, 0x00));
    case_refused(PART_SIGNATURE, ERR_INVALID, "signatureValue", "whole bytes");
    case_raw(DER(0x04, 0x02, 0x00, 0x55));
    case_refused(PART_SIGNATURE, ERR_INVALID, "signatureValue", "tag");
}

#define TEST(name) cmocka_unit_test_setup(name, case_fresh)

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
        TEST(public_key_is_one),
        TEST(unique_identifiers_are_refused),
        TEST(extensions_are_well_formed),
        TEST(unknown_oids_are_refused),
        TEST(standard_extensions_are_those_of_cert_create),
        TEST(signature_value_is_whole_bytes),
    };

    return cmocka_run_group_tests_name("cert", tests, NULL, NULL);
}
