// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/client/psa_its.c and psa_ps.c against a recording partition: the bytes of each request as Trusted Services' secure
// storage protocol has them, and what is done with answers that break it.
#include "tests/unit/ffa/client_fake.h"

#include <string.h>

#include "ffa/client/psa/internal_trusted_storage.h"
#include "ffa/client/psa/protected_storage.h"

#define UID 0x1122334455667788

static void its_requests_are_encoded_as_specified(void **state)
{
    static const uint8_t set[] = { 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 3,   0,   0,  0,
                                   0,    0,    0,    0,    1,    0,    0,    0,    'a', 'b', 'c' };
    static const uint8_t get[] = { 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 5, 0, 0, 0,
                                   0,    0,    0,    0,    4,    0,    0,    0,    0, 0, 0, 0 };
    static const uint8_t uid[] = { 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11 };
    static const uint8_t info[] = { 9, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0 };
    struct psa_storage_info_t told;
    uint8_t bytes[4];
    size_t length;

    (void)state;
    fake_answer("", 0);
    fake_answer("xy", 2);
    fake_answer(info, sizeof(info));
    fake_answer("", 0);
    assert_int_equal(psa_its_set(UID, 3, "abc", PSA_STORAGE_FLAG_WRITE_ONCE), PSA_SUCCESS);
    ASSERT_CALL(0, 0x100, set);
    assert_int_equal(psa_its_get(UID, 5, sizeof(bytes), bytes, &length), PSA_SUCCESS);
    ASSERT_CALL(1, 0x101, get);
    assert_int_equal(length, 2);
    assert_memory_equal(bytes, "xy", 2);
    assert_int_equal(psa_its_get_info(UID, &told), PSA_SUCCESS);
    ASSERT_CALL(2, 0x102, uid);
    assert_int_equal(told.capacity, 9);
    assert_int_equal(told.size, 8);
    assert_int_equal(told.flags, 1);
    assert_int_equal(psa_its_remove(UID), PSA_SUCCESS);
    ASSERT_CALL(3, 0x103, uid);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(fake.calls[i].interface, FAKE_ITS);
    }
}

static void ps_requests_are_encoded_as_specified(void **state)
{
    static const uint8_t set[] = { 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0, 0,
                                   0,    0,    0,    0,    0,    0,    6,    0,    0, 0 };
    static const uint8_t create[] = { 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0, 1,
                                      0,    0,    0,    0,    0,    0,    2,    0,    0, 0 };
    static const uint8_t extend[] = { 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 3,
                                      0,    0,    0,    0,    0,    0,    0,    2,    0,
                                      0,    0,    0,    0,    0,    0,    'h',  'i' };

    (void)state;
    fake_answer("\1\0\0\0", 4);
    assert_int_equal(psa_ps_set(UID, 0, NULL, 6), PSA_SUCCESS);
    ASSERT_CALL(0, 0x100, set);
    assert_int_equal(psa_ps_create(UID, 256, PSA_STORAGE_FLAG_NO_CONFIDENTIALITY), PSA_SUCCESS);
    ASSERT_CALL(1, 0x104, create);
    assert_int_equal(psa_ps_set_extended(UID, 3, 2, "hi"), PSA_SUCCESS);
    ASSERT_CALL(2, 0x105, extend);
    assert_int_equal(psa_ps_get_support(), PSA_STORAGE_SUPPORT_SET_EXTENDED);
    assert_int_equal(fake.calls[3].opcode, 0x106);
    assert_int_equal(fake.calls[3].size, 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(fake.calls[i].interface, FAKE_PS);
    }
}

static uint64_t number(size_t call, size_t at)
{
    uint64_t value;

    memcpy(&value, fake.calls[call].body + at, sizeof(value));
    return value;
}

static void what_is_larger_than_the_memory_is_read_in_pieces(void **state)
{
    uint8_t piece[256];
    uint8_t bytes[700];
    size_t length;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        memset(piece, 0x60 + (int)i, sizeof(piece));
        fake_answer(piece, i < 2 ? 256 : 88); // as much as the memory takes, then the rest
    }
    assert_int_equal(psa_ps_get(UID, 4, sizeof(bytes), bytes, &length), PSA_SUCCESS);
    assert_int_equal(fake.call_count, 3);
    assert_int_equal(number(0, 8), 4);
    assert_int_equal(number(0, 16), 700);
    assert_int_equal(number(1, 8), 260);
    assert_int_equal(number(1, 16), 444);
    assert_int_equal(number(2, 8), 516);
    assert_int_equal(length, 600);
    for (size_t i = 0; i < 600; i++) {
        assert_int_equal(bytes[i], 0x60 + i / 256);
    }
}

static void a_piece_that_fails_leaves_nothing(void **state)
{
    static const uint8_t zeros[256];
    uint8_t piece[256];
    uint8_t bytes[700];
    size_t length = 44;

    (void)state;
    memset(piece, 0x77, sizeof(piece));
    fake_answer(piece, 256);
    fake_answer_status(PSA_ERROR_DATA_CORRUPT);
    assert_int_equal(psa_its_get(UID, 0, sizeof(bytes), bytes, &length), PSA_ERROR_DATA_CORRUPT);
    assert_int_equal(length, 44);
    assert_memory_equal(bytes, zeros, 256);
}

static void what_is_larger_than_the_memory_is_extended_in_pieces(void **state)
{
    uint8_t bytes[500];

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(i / 232);
    }
    assert_int_equal(psa_ps_set_extended(UID, 10, sizeof(bytes), bytes), PSA_SUCCESS);
    assert_int_equal(fake.call_count, 3);
    for (size_t i = 0; i < 3; i++) {
        size_t size = i < 2 ? 232 : 36;

        assert_int_equal(fake.calls[i].size, 24 + size);
        assert_int_equal(number(i, 8), 10 + 232 * i);
        assert_int_equal(number(i, 16), size);
        assert_int_equal(fake.calls[i].body[24], i);
        assert_int_equal(fake.calls[i].body[23 + size], i);
    }
    fake_clear();
    fake_answer_status(0);
    fake_answer_status(PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_ps_set_extended(UID, 0, sizeof(bytes), bytes), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(fake.call_count, 2);
}

static void what_cannot_be_written_at_once_is_not_written(void **state)
{
    static uint8_t bytes[0x10001];

    (void)state;
    assert_int_equal(psa_its_set(UID, 237, bytes, 0), PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(psa_ps_set(UID, 0x10001, bytes, 0), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(psa_ps_set(UID, SIZE_MAX, bytes, 0), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(fake.call_count, 0);
    assert_int_equal(psa_its_set(UID, 236, bytes, 0), PSA_SUCCESS);
    assert_int_equal(fake.calls[0].size, 256);
}

static void missing_buffers_are_refused(void **state)
{
    uint8_t byte;
    size_t length;

    (void)state;
    assert_int_equal(psa_its_set(UID, 1, NULL, 0), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_its_get(UID, 0, 1, NULL, &length), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_its_get(UID, 0, 1, &byte, NULL), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_its_get_info(UID, NULL), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_ps_set_extended(UID, 0, 1, NULL), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(fake.call_count, 0);
    assert_int_equal(psa_its_get(UID, 0, 0, NULL, &length), PSA_SUCCESS);
    assert_int_equal(length, 0);
}

static void broken_answers_are_storage_failures(void **state)
{
    uint8_t info[20] = { 8, 0, 0, 0, 0, 0, 0, 0, 9 }; // more in it than it can hold
    struct psa_storage_info_t told = { .size = 66 };
    uint8_t bytes[5] = { 0 };
    size_t length = 66;

    (void)state;
    fake_answer("longer", 6);
    assert_int_equal(psa_its_get(UID, 0, 5, bytes, &length), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(bytes[0] | bytes[4], 0);
    assert_int_equal(length, 66);
    assert_int_equal(psa_ps_get_support(), 0x676e6f6c); // what it says
    fake_clear();
    fake_answer(info, sizeof(info));
    assert_int_equal(psa_ps_get_info(UID, &told), PSA_ERROR_STORAGE_FAILURE);
    fake_clear();
    info[4] = 1; // 4 GiB
    fake_answer(info, sizeof(info));
    assert_int_equal(psa_ps_get_info(UID, &told), PSA_ERROR_STORAGE_FAILURE);
    fake_clear();
    fake_answer(info, 19);
    assert_int_equal(psa_ps_get_info(UID, &told), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(told.size, 66);
    fake_clear();
    fake_answer("abc", 3);
    assert_int_equal(psa_ps_get_support(), 0);
}

// A partition that gives a piece for ever gives no more than was asked for
static void endless_pieces_end(void **state)
{
    uint8_t piece[256];
    uint8_t bytes[600];
    size_t length = 0;

    (void)state;
    memset(piece, 1, sizeof(piece));
    fake_answer(piece, sizeof(piece));
    assert_int_equal(psa_its_get(UID, 0, sizeof(bytes), bytes, &length),
                     PSA_ERROR_STORAGE_FAILURE); // the third is larger than what is left
    assert_int_equal(fake.call_count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(its_requests_are_encoded_as_specified, fake_start),
        cmocka_unit_test_setup(ps_requests_are_encoded_as_specified, fake_start),
        cmocka_unit_test_setup(what_is_larger_than_the_memory_is_read_in_pieces, fake_start),
        cmocka_unit_test_setup(a_piece_that_fails_leaves_nothing, fake_start),
        cmocka_unit_test_setup(what_is_larger_than_the_memory_is_extended_in_pieces, fake_start),
        cmocka_unit_test_setup(what_cannot_be_written_at_once_is_not_written, fake_start),
        cmocka_unit_test_setup(missing_buffers_are_refused, fake_start),
        cmocka_unit_test_setup(broken_answers_are_storage_failures, fake_start),
        cmocka_unit_test_setup(endless_pieces_end, fake_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
