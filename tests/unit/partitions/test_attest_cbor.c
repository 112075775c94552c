// SPDX-License-Identifier: BSD-3-Clause
//
// attest_cbor.c: examples of RFC 8949 Appendix A, limits read back by libcbor, and buffers that are too small.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cbor.h>
#include <cmocka.h>

#include "attest_cbor.h"

static uint8_t buffer[70000];

static struct attest_cbor begin(void)
{
    memset(buffer, 0x3c, sizeof(buffer));
    return (struct attest_cbor){ .buf = buffer, .size = sizeof(buffer) };
}

static void expect(const struct attest_cbor *out, const void *bytes, size_t size)
{
    assert_false(out->full);
    assert_int_equal(out->used, size);
    assert_memory_equal(buffer, bytes, size);
    assert_int_equal(buffer[size], 0x3c);
}
#define EXPECT(out, text) expect(&(out), text, sizeof(text) - 1)

static void integers_are_those_of_rfc_8949(void **state)
{
    static const struct {
        int64_t value;
        const char *bytes;
        size_t size;
    } examples[] = {
        { 0, "\x00", 1 },
        { 1, "\x01", 1 },
        { 10, "\x0a", 1 },
        { 23, "\x17", 1 },
        { 24, "\x18\x18", 2 },
        { 25, "\x18\x19", 2 },
        { 100, "\x18\x64", 2 },
        { 1000, "\x19\x03\xe8", 3 },
        { 1000000, "\x1a\x00\x0f\x42\x40", 5 },
        { 1000000000000, "\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00", 9 },
        { -1, "\x20", 1 },
        { -10, "\x29", 1 },
        { -100, "\x38\x63", 2 },
        { -1000, "\x39\x03\xe7", 3 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        struct attest_cbor out = begin();

        attest_cbor_int(&out, examples[i].value);
        expect(&out, examples[i].bytes, examples[i].size);
    }
}

static void strings_are_those_of_rfc_8949(void **state)
{
    struct attest_cbor out = begin();

    (void)state;
    attest_cbor_bytes(&out, NULL, 0);
    EXPECT(out, "\x40");
    out = begin();
    attest_cbor_bytes(&out, "\1\2\3\4", 4);
    EXPECT(out, "\x44\1\2\3\4");
    out = begin();
    attest_cbor_text(&out, "");
    EXPECT(out, "\x60");
    out = begin();
    attest_cbor_text(&out, "a");
    EXPECT(out, "\x61\x61");
    out = begin();
    attest_cbor_text(&out, "IETF");
    EXPECT(out, "\x64IETF");
    out = begin();
    attest_cbor_text(&out, "\"\\");
    EXPECT(out, "\x62\x22\x5c");
    out = begin();
    attest_cbor_text(&out, "\xe6\xb0\xb4");
    EXPECT(out, "\x63\xe6\xb0\xb4");
}

static void collections_are_those_of_rfc_8949(void **state)
{
    static const uint8_t twenty_five[] = { 0x98, 0x19, 1,  2,  3,  4,    5,    6,    7,   8,
                                           9,    10,   11, 12, 13, 14,   15,   16,   17,  18,
                                           19,   20,   21, 22, 23, 0x18, 0x18, 0x18, 0x19 };
    struct attest_cbor out = begin();

    (void)state;
    attest_cbor_array(&out, 0);
    EXPECT(out, "\x80");
    out = begin();
    attest_cbor_array(&out, 3);
    for (int i = 1; i <= 3; i++) {
        attest_cbor_int(&out, i);
    }
    EXPECT(out, "\x83\1\2\3");
    out = begin();
    attest_cbor_array(&out, 25);
    for (int i = 1; i <= 25; i++) {
        attest_cbor_int(&out, i);
    }
    expect(&out, twenty_five, sizeof(twenty_five));
    out = begin();
    attest_cbor_map(&out, 0);
    EXPECT(out, "\xa0");
    out = begin();
    attest_cbor_map(&out, 2);
    attest_cbor_pair_int(&out, 1, 2);
    attest_cbor_pair_int(&out, 3, 4);
    EXPECT(out, "\xa2\1\2\3\4");
}

static void tags_are_those_of_rfc_8949(void **state)
{
    struct attest_cbor out = begin();

    (void)state;
    attest_cbor_tag(&out, 1);
    attest_cbor_int(&out, 1363896240);
    EXPECT(out, "\xc1\x1a\x51\x4b\x67\xb0");
    out = begin();
    attest_cbor_tag(&out, 23);
    attest_cbor_bytes(&out, "\1\2\3\4", 4);
    EXPECT(out, "\xd7\x44\1\2\3\4");
    out = begin();
    attest_cbor_tag(&out, 32);
    attest_cbor_text(&out, "http://www.example.com");
    EXPECT(out, "\xd8\x20\x76http://www.example.com");
}

// What libcbor, which writes the shortest heads of strings too, makes of the same value
static void integers_of_all_lengths_are_libcbors(void **state)
{
    (void)state;
    for (unsigned int shift = 0; shift < 63; shift++) {
        for (int64_t add = -2; add <= 2; add++) {
            int64_t value = (int64_t)(UINT64_C(1) << shift) + add;
            int64_t values[] = { value, -value };

            for (size_t i = 0; i < 2; i++) {
                struct attest_cbor out = begin();
                struct cbor_load_result result;

                attest_cbor_int(&out, values[i]);
                cbor_item_t *item = cbor_load(buffer, out.used, &result);
                assert_non_null(item);
                assert_int_equal(result.read, out.used);
                assert_int_equal(cbor_isa_negint(item), values[i] < 0);
                assert_true(cbor_get_int(item) ==
                            (uint64_t)(values[i] < 0 ? -1 - values[i] : values[i]));
                uint64_t amount = cbor_get_int(item);
                size_t least = amount < 24            ? 1
                               : amount <= UINT8_MAX  ? 2
                               : amount <= UINT16_MAX ? 3
                               : amount <= UINT32_MAX ? 5
                                                      : 9;
                assert_int_equal(out.used, least);
                cbor_decref(&item);
            }
        }
    }
}

static void byte_strings_of_all_lengths_are_libcbors(void **state)
{
    static const size_t sizes[] = { 0, 1, 23, 24, 255, 256, 65535, 65536 };
    static uint8_t data[65536];
    unsigned char *theirs;
    size_t room;

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i * 7 + i / 256);
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct attest_cbor out = begin();
        cbor_item_t *item = cbor_build_bytestring(data, sizes[i]);
        size_t size = cbor_serialize_alloc(item, &theirs, &room);

        attest_cbor_bytes(&out, data, sizes[i]);
        expect(&out, theirs, size);
        free(theirs);
        cbor_decref(&item);
    }
}

static void write_some(struct attest_cbor *out)
{
    attest_cbor_tag(out, 300);
    attest_cbor_map(out, 3);
    attest_cbor_pair_int(out, 5, -70000);
    attest_cbor_pair_bytes(out, 6, "0123456789", 10);
    attest_cbor_pair_text(out, 7, "text");
}

static void without_a_buffer_it_counts(void **state)
{
    struct attest_cbor count = { 0 };
    struct attest_cbor out = begin();

    (void)state;
    write_some(&count);
    write_some(&out);
    assert_false(count.full);
    assert_int_equal(count.used, out.used);
}

static void without_room_it_is_full_and_writes_nothing_beyond(void **state)
{
    struct attest_cbor whole = begin();

    (void)state;
    write_some(&whole);
    for (size_t room = 0; room < whole.used; room++) {
        struct attest_cbor out = begin();

        out.size = room;
        write_some(&out);
        assert_true(out.full);
        assert_int_equal(buffer[room], 0x3c);
    }
    struct attest_cbor exact = begin();

    exact.size = whole.used;
    write_some(&exact);
    assert_false(exact.full);
}

static void what_is_reserved_is_the_string(void **state)
{
    struct attest_cbor out = begin();
    uint8_t *at = attest_cbor_reserve(&out, 3);

    (void)state;
    assert_non_null(at);
    memcpy(at, "abc", 3);
    EXPECT(out, "\x43"
                "abc");
    out.size = out.used + 3;
    assert_null(attest_cbor_reserve(&out, 3));
    assert_true(out.full);
    struct attest_cbor count = { 0 };

    assert_null(attest_cbor_reserve(&count, 100));
    assert_int_equal(count.used, 102);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_those_of_rfc_8949),
        cmocka_unit_test(strings_are_those_of_rfc_8949),
        cmocka_unit_test(collections_are_those_of_rfc_8949),
        cmocka_unit_test(tags_are_those_of_rfc_8949),
        cmocka_unit_test(integers_of_all_lengths_are_libcbors),
        cmocka_unit_test(byte_strings_of_all_lengths_are_libcbors),
        cmocka_unit_test(without_a_buffer_it_counts),
        cmocka_unit_test(without_room_it_is_full_and_writes_nothing_beyond),
        cmocka_unit_test(what_is_reserved_is_the_string),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
