// SPDX-License-Identifier: BSD-3-Clause
//
// UUID text (platform/lib/uuid.c): the layout of RFC 9562 section 4, and what is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "uuid.h"

static const char text[] = "00112233-4455-6677-8899-aabbccddeeff";
static const uint8_t bytes[UUID_SIZE] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                          0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };

static void text_and_bytes_are_in_the_same_order(void **state)
{
    uint8_t uuid[UUID_SIZE];
    char back[UUID_TEXT_LENGTH + 1];

    (void)state;
    assert_int_equal(uuid_parse(text, UUID_TEXT_LENGTH, uuid), ERR_NONE);
    assert_memory_equal(uuid, bytes, UUID_SIZE);
    assert_int_equal(uuid_parse("00112233-4455-6677-8899-AABBCCDDEEFF!", UUID_TEXT_LENGTH, uuid),
                     ERR_NONE); // only the length given counts
    assert_memory_equal(uuid, bytes, UUID_SIZE);
    uuid_format(bytes, back);
    assert_string_equal(back, text);
}

static void a_wrong_character_anywhere_is_refused(void **state)
{
    uint8_t uuid[UUID_SIZE] = { 1 };
    char bad[UUID_TEXT_LENGTH + 1];

    (void)state;
    for (size_t i = 0; i < UUID_TEXT_LENGTH; i++) {
        static const char wrong[] = "g/:@G`\xff x";

        for (size_t j = 0; j < sizeof(wrong); j++) { // its NUL too
            memcpy(bad, text, sizeof(bad));
            bad[i] = wrong[j];
            assert_int_equal(uuid_parse(bad, UUID_TEXT_LENGTH, uuid), ERR_INVALID);
        }
        memcpy(bad, text, sizeof(bad));
        bad[i] = text[i] == '-' ? '0' : '-';
        assert_int_equal(uuid_parse(bad, UUID_TEXT_LENGTH, uuid), ERR_INVALID);
    }
    assert_int_equal(uuid_parse(text, UUID_TEXT_LENGTH - 1, uuid), ERR_INVALID);
    assert_int_equal(uuid_parse(text, UUID_TEXT_LENGTH + 1, uuid), ERR_INVALID);
    assert_int_equal(uuid_parse(text, 0, uuid), ERR_INVALID);
    assert_int_equal(uuid[0], 1); // untouched
}

static void words_have_the_first_byte_lowest(void **state)
{
    uint32_t words[4];

    (void)state;
    uuid_to_words(bytes, words);
    assert_int_equal(words[0], 0x33221100);
    assert_int_equal(words[1], 0x77665544);
    assert_int_equal(words[2], 0xbbaa9988);
    assert_int_equal(words[3], 0xffeeddcc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_bytes_are_in_the_same_order),
        cmocka_unit_test(a_wrong_character_anywhere_is_refused),
        cmocka_unit_test(words_have_the_first_byte_lowest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
