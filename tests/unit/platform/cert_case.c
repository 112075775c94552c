// SPDX-License-Identifier: BSD-3-Clause
//
// See cert_case.h.
#include "tests/unit/platform/cert_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct cert_spec case_spec;
struct der_buf case_part;
struct der_buf case_value;
struct cert case_cert;
struct cert_fault case_fault;

int case_fresh(void **state)
{
    static const uint8_t digest[BOOT_HASH_MAX] = { 1, 2, 3 };

    (void)state;
    memset(&case_spec, 0, sizeof(case_spec));
    case_spec.name = "Trusted Boot FW Certificate";
    case_spec.key = cert_support_key(BOOT_PK_P256, 0);
    case_part.size = case_value.size = 0;
    der_integer(&case_value, 3);
    der_arc_extension(&case_spec.extensions, 1, &case_value);
    case_value.size = 0;
    der_digest_info(&case_value, BOOT_SHA256, digest);
    der_arc_extension(&case_spec.extensions, 201, &case_value);
    case_value.size = 0;
    return 0;
}

// Bytes in memory of exactly their size, so that AddressSanitizer sees one read too many.
int case_decode(const uint8_t *bytes, size_t size)
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
    memset(&case_cert, 0xee, sizeof(case_cert));
    memset(&case_fault, 0xee, sizeof(case_fault));
    memset(&untouched, 0xee, sizeof(untouched));
    err = cert_decode(copy, size, &case_cert, &case_fault);
    if (err == ERR_NONE) {
        assert_memory_equal(&case_fault, &untouched, sizeof(case_fault));
    } else {
        static const struct cert empty;

        assert_memory_equal(&case_cert, &empty, sizeof(case_cert));
        assert_true(case_fault.offset <= size);
    }
    return err;
}

int case_decode_spec(void)
{
    struct der_buf der = { .size = 0 };

    cert_support_make(&case_spec, &der);
    return case_decode(der.data, der.size);
}

void case_expect(int err, int result, const char *field, const char *text)
{
    if (result != err || strcmp(case_fault.field, field) != 0 ||
        strstr(case_fault.text, text) == NULL) {
        fail_msg("%d %s: %s; wanted %d %s: %s", result, result != 0 ? case_fault.field : "accepted",
                 result != 0 ? case_fault.text : "", err, field, text);
    }
}

void case_refused(enum cert_part which, int err, const char *field, const char *text)
{
    int result;

    case_spec.parts[which] = &case_part;
    if (which == PART_ALGORITHM) {
        case_spec.parts[PART_OUTER_ALGORITHM] = &case_part;
    }
    result = case_decode_spec();
    case_spec.parts[which] = case_spec.parts[PART_OUTER_ALGORITHM] = NULL;
    case_part.size = 0;
    case_expect(err, result, field, text);
}

void case_raw(const uint8_t *bytes, size_t size)
{
    der_add(&case_part, bytes, size);
}
