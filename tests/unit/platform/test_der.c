// SPDX-License-Identifier: BSD-3-Clause
//
// The reader of DER (platform/lib/crypto/der.c): every form of a header of up to three length octets against the rules of X.690
// written down once more here, every INTEGER of up to two octets by its number, and what is left alone on a refusal.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platform/lib/crypto/der.h"

#define TAG 0x30
#define TAG_INTEGER 0x02

// X.690 8.1.3 and 10.1 for a header of which `room` octets are there: ERR_*; `length` of the contents
static int judge(const uint8_t *header, size_t room, size_t *size, size_t *length)
{
    size_t octets = room < 2 || header[1] < 0x80 ? 0 : header[1] & 0x7fu;

    if (room >= 1 && header[0] != TAG) {
        return ERR_INVALID;
    }
    if (room < 2) {
        return ERR_TRUNCATED;
    }
    if (header[1] == 0x80 || octets > 4) {
        return ERR_INVALID;
    }
    if (room - 2 < octets) {
        return ERR_TRUNCATED;
    }
    *length = header[1] & 0x7fu;
    *size = 2 + octets;
    if (octets != 0) {
        *length = 0;
        for (size_t i = 0; i < octets; i++) {
            *length = *length << 8 | header[2 + i];
        }
    }
    if (*length > room - *size) {
        return ERR_TRUNCATED;
    }
    return octets != 0 && (header[2] == 0 || *length < 0x80) ? ERR_INVALID : ERR_NONE;
}

// `bytes` at the end of the heap's block, so that the sanitizer sees one read too many
static void compare(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);
    struct der in = { copy, copy + size };
    struct der value = { NULL, NULL };
    size_t header = 0, length = 0;
    int expected = judge(bytes, size, &header, &length);

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    assert_int_equal(der_take(&in, TAG, &value), expected);
    if (expected == ERR_NONE) {
        assert_ptr_equal(value.at, copy + header);
        assert_int_equal(der_size(&value), length);
        assert_ptr_equal(in.at, copy + header + length);
    } else {
        assert_ptr_equal(in.at, copy);
        assert_null(value.at);
    }
    free(copy);
}

static void every_header_is_judged_by_the_rules(void **state)
{
    static const size_t behind[] = { 0, 1, 0x7e, 0x7f, 0x80, 0xff, 0x100 };
    static const uint8_t edges[] = { 0, 1, 0x7f, 0x80, 0xff };
    uint8_t bytes[0x120];

    (void)state;
    memset(bytes, 0x11, sizeof(bytes));
    compare(bytes, 0);
    for (unsigned int tag = 0; tag < 256; tag++) {
        bytes[0] = (uint8_t)tag;
        bytes[1] = 1;
        compare(bytes, 1);
        compare(bytes, 3);
    }
    bytes[0] = TAG;
    for (unsigned int first = 0; first < 256; first++) {
        for (unsigned int second = 0; second < 256; second++) {
            bytes[1] = (uint8_t)first;
            bytes[2] = (uint8_t)second;
            bytes[3] = edges[second % 5];
            bytes[4] = edges[first % 5];
            for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
                compare(bytes, 2 + behind[i]);
            }
        }
    }
    bytes[1] = 0x82;
    for (unsigned int length = 0; length < 0x120; length++) {
        bytes[2] = (uint8_t)(length >> 8);
        bytes[3] = (uint8_t)length;
        compare(bytes, sizeof(bytes));
        compare(bytes, 4 + length < sizeof(bytes) ? 4 + length : sizeof(bytes));
    }
}

// What a message can say of an element that is refused
static void the_length_is_told_as_far_as_it_is_known(void **state)
{
    static const struct {
        int err;
        uint8_t bytes[6];
        size_t size, length;
    } cases[] = {
        { ERR_NONE, { TAG, 2, 0, 0 }, 4, 2 },
        { ERR_TRUNCATED, { TAG, 5, 0, 0 }, 4, 5 },
        { ERR_TRUNCATED, { TAG, 0x82, 1, 0 }, 4, 256 },
        { ERR_INVALID, { TAG, 0x81, 2, 0, 0 }, 5, 2 },
        { ERR_INVALID, { TAG, 0x80, 0, 0 }, 4, 0 },
        { ERR_INVALID, { TAG + 1, 2, 0, 0 }, 4, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct der in = { cases[i].bytes, cases[i].bytes + cases[i].size };
        struct der value;
        size_t length = 99;

        assert_int_equal(der_take_sized(&in, TAG, &value, &length), cases[i].err);
        assert_int_equal(length, cases[i].length);
    }
}

// All contents of two octets: valid are those that one octet, as a two's complement number, could not say
static void integers_are_magnitudes_in_the_shortest_form(void **state)
{
    (void)state;
    for (unsigned int number = 0; number < 0x10000; number++) {
        uint8_t bytes[] = { TAG_INTEGER, 2, (uint8_t)(number >> 8), (uint8_t)number };
        struct der in = { bytes, bytes + sizeof(bytes) };
        struct der value = { NULL, NULL };
        int err = der_take_unsigned(&in, &value);

        if (number < 0x80 || number >= 0x8000) {
            assert_int_equal(err, ERR_INVALID);
            assert_ptr_equal(in.at, bytes);
            assert_null(value.at);
            continue;
        }
        assert_int_equal(err, ERR_NONE);
        assert_int_equal(der_size(&value), number < 0x100 ? 1 : 2);
        assert_int_equal(value.end[-1], number & 0xff);
        assert_ptr_equal(in.at, in.end);
    }
    for (unsigned int number = 0; number < 0x100; number++) {
        uint8_t bytes[] = { TAG_INTEGER, 1, (uint8_t)number };
        struct der in = { bytes, bytes + sizeof(bytes) };
        struct der value = { NULL, NULL };

        assert_int_equal(der_take_unsigned(&in, &value), number < 0x80 ? ERR_NONE : ERR_INVALID);
        assert_true(number >= 0x80 || der_is(&value, bytes + 2, 1));
    }
}

static void what_is_no_number_is_refused(void **state)
{
    static const uint8_t empty[] = { TAG_INTEGER, 0 };
    static const uint8_t bits[] = { 0x03, 1, 1 };
    static const uint8_t cut[] = { TAG_INTEGER, 2, 1 };
    struct der value = { NULL, NULL };

    (void)state;
    assert_int_equal(der_take_unsigned(&(struct der){ empty, empty + 2 }, &value), ERR_INVALID);
    assert_int_equal(der_take_unsigned(&(struct der){ bits, bits + 3 }, &value), ERR_INVALID);
    assert_int_equal(der_take_unsigned(&(struct der){ cut, cut + 3 }, &value), ERR_TRUNCATED);
    assert_null(value.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_header_is_judged_by_the_rules),
        cmocka_unit_test(the_length_is_told_as_far_as_it_is_known),
        cmocka_unit_test(integers_are_magnitudes_in_the_shortest_form),
        cmocka_unit_test(what_is_no_number_is_refused),
    };

    return cmocka_run_group_tests_name("der", tests, NULL, NULL);
}
