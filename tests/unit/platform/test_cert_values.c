// SPDX-License-Identifier: BSD-3-Clause
//
// What is in the extensions of a certificate (platform/lib/boot/cert.c): counters, digests and keys, each rule broken alone.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/platform/cert_case.h"

// The value of extension 1 of a certificate that is good but for it.
static const struct cert_extension *with_value(const uint8_t *bytes, size_t size)
{
    case_value.size = 0;
    der_add(&case_value, bytes, size);
    case_spec.extensions.size = 0;
    der_arc_extension(&case_spec.extensions, 1, &case_value);
    assert_int_equal(case_decode_spec(), ERR_NONE);
    memset(&case_fault, 0, sizeof(case_fault));
    assert_non_null(cert_find(&case_cert, 1));
    return cert_find(&case_cert, 1);
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
        int err = cert_counter(with_value(cases[i].der, cases[i].size), &counter, &case_fault);

        assert_int_equal(err, cases[i].err);
        assert_int_equal(counter, err == ERR_NONE ? cases[i].value : 0x5555);
        if (err != ERR_NONE) {
            case_expect(cases[i].err, err, "extnValue", cases[i].text);
            assert_in_range(case_fault.offset, cert_find(&case_cert, 1)->offset,
                            cert_find(&case_cert, 1)->offset + cases[i].size);
        }
    }
}

static void digest_refused(const struct der_buf *der, int err, const char *text)
{
    enum boot_hash hash = BOOT_HASH_COUNT;
    const uint8_t *digest = NULL;
    int result = cert_digest(with_value(der->data, der->size), &hash, &digest, &case_fault);

    case_expect(err, result, "extnValue", text);
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
        assert_int_equal(cert_digest(with_value(info.data, info.size), &hash, &digest, &case_fault),
                         0);
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
    assert_int_equal(cert_key(with_value(key.data, key.size), &span, &case_fault), ERR_NONE);
    assert_int_equal(span.size, key.size);
    assert_memory_equal(span.data, key.data, key.size);
    span.data = NULL;
    case_expect(ERR_INVALID, cert_key(with_value(key.data, key.size + 1), &span, &case_fault),
                "extnValue", "must");
    case_expect(ERR_TRUNCATED, cert_key(with_value(key.data, key.size - 1), &span, &case_fault),
                "extnValue", "must");
    key.data[30] ^= 1;
    case_expect(ERR_INVALID, cert_key(with_value(key.data, key.size), &span, &case_fault),
                "extnValue", "must");
    assert_null(span.data);
}

#define TEST(name) cmocka_unit_test_setup(name, case_fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(counters_are_strict),
        TEST(digests_are_strict),
        TEST(keys_are_strict),
    };

    return cmocka_run_group_tests_name("cert_values", tests, NULL, NULL);
}
