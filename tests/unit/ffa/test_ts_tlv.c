// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/abi/ts_tlv.c: records of the packed-c encoding, and every way in which they can be cut or
// crossed.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "ts_tlv.h"

static void a_record_is_tag_and_length_big_endian_then_the_value(void **state)
{
    uint8_t buf[16];
    struct ts_tlv_writer writer = { .buf = buf, .size = sizeof(buf) };
    static const uint8_t expected[] = { 0x01, 0x02, 0x00, 0x03, 'a', 'b', 'c' };

    (void)state;
    assert_int_equal(ts_tlv_write(&writer, 0x0102, "abc", 3), 0);
    assert_int_equal(writer.used, sizeof(expected));
    assert_memory_equal(buf, expected, sizeof(expected));
}

static void records_are_read_in_ascending_order_of_tag(void **state)
{
    static const uint8_t buf[] = { 0, 1, 0, 1, 'a', 0, 2, 0, 2, 'b', 'c',
                                   0, 2, 0, 1, 'd', 0, 4, 0, 1, 'e' };
    struct ts_tlv_reader reader = { .at = buf, .left = sizeof(buf) };
    struct ts_tlv value;

    (void)state;
    assert_int_equal(ts_tlv_read(&reader, 2, &value), 0); // skips tag 1
    assert_int_equal(value.length, 2);
    assert_memory_equal(value.data, "bc", 2);
    assert_int_equal(ts_tlv_read(&reader, 2, &value), 0); // a list: the same tag again
    assert_int_equal(value.length, 1);
    assert_memory_equal(value.data, "d", 1);
    assert_int_equal(ts_tlv_read(&reader, 3, &value), 0); // not there: stops at tag 4
    assert_int_equal(value.length, 0);
    assert_null(value.data);
    assert_int_equal(ts_tlv_read(&reader, 4, &value), 0);
    assert_memory_equal(value.data, "e", 1);
    assert_int_equal(reader.left, 0);
    assert_int_equal(ts_tlv_read(&reader, 5, &value), 0); // at the end
    assert_int_equal(value.length, 0);
}

static void a_record_of_no_bytes_reads_as_nothing(void **state)
{
    static const uint8_t buf[] = { 0, 1, 0, 0 };
    struct ts_tlv_reader reader = { .at = buf, .left = sizeof(buf) };
    struct ts_tlv value;

    (void)state;
    assert_int_equal(ts_tlv_read(&reader, 1, &value), 0);
    assert_int_equal(value.length, 0);
    assert_null(value.data);
    assert_int_equal(reader.left, 0);
}

static void a_record_cut_off_anywhere_is_refused(void **state)
{
    static const uint8_t buf[] = { 0, 1, 0, 3, 'a', 'b', 'c' };

    (void)state;
    for (size_t length = 1; length < sizeof(buf); length++) {
        struct ts_tlv_reader reader = { .at = buf, .left = length };
        struct ts_tlv value = { .length = 77 };

        assert_int_equal(ts_tlv_read(&reader, 1, &value), ERR_TRUNCATED);
        assert_int_equal(value.length, 77);
    }
}

static void a_length_past_the_end_is_refused_for_skipped_records_too(void **state)
{
    static const uint8_t buf[] = { 0, 1, 0xff, 0xff, 'a', 0, 2, 0, 0 };
    struct ts_tlv_reader reader = { .at = buf, .left = sizeof(buf) };
    struct ts_tlv value;

    (void)state;
    assert_int_equal(ts_tlv_read(&reader, 2, &value), ERR_TRUNCATED);
}

static void what_does_not_fit_is_not_written(void **state)
{
    uint8_t buf[8] = { 0 };
    struct ts_tlv_writer writer = { .buf = buf, .size = sizeof(buf) };

    (void)state;
    assert_int_equal(ts_tlv_write(&writer, 1, "abcde", 5), ERR_NO_MEMORY);
    assert_int_equal(writer.used, 0);
    assert_int_equal(buf[0] | buf[1] | buf[2] | buf[3], 0);
    assert_int_equal(ts_tlv_write(&writer, 1, "abcd", 4), 0); // exactly
    assert_int_equal(ts_tlv_write(&writer, 2, NULL, 0), ERR_NO_MEMORY);
    writer.size = 3; // not even a head fits
    writer.used = 0;
    assert_int_equal(ts_tlv_write(&writer, 2, NULL, 0), ERR_NO_MEMORY);
}

static void a_value_has_at_most_65535_bytes(void **state)
{
    static uint8_t buf[70000];
    struct ts_tlv_writer writer = { .buf = buf, .size = sizeof(buf) };

    (void)state;
    assert_null(ts_tlv_reserve(&writer, 1, 65536));
    assert_null(ts_tlv_reserve(&writer, 1, SIZE_MAX));
    assert_ptr_equal(ts_tlv_reserve(&writer, 1, 65535), buf + 4);
    assert_int_equal(buf[2], 0xff);
    assert_int_equal(buf[3], 0xff);
    assert_int_equal(writer.used, 65539);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_tag_and_length_big_endian_then_the_value),
        cmocka_unit_test(records_are_read_in_ascending_order_of_tag),
        cmocka_unit_test(a_record_of_no_bytes_reads_as_nothing),
        cmocka_unit_test(a_record_cut_off_anywhere_is_refused),
        cmocka_unit_test(a_length_past_the_end_is_refused_for_skipped_records_too),
        cmocka_unit_test(what_does_not_fit_is_not_written),
        cmocka_unit_test(a_value_has_at_most_65535_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
