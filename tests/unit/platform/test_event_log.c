// SPDX-License-Identifier: BSD-3-Clause
//
// Event log (platform/lib/boot/event_log.c): bytes as the TCG profile lays them out, written here by hand; every
// truncation and every value of every byte; a full log; replay against OpenSSL.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/sha.h>

#include "event_log.h"
#include "tests/unit/platform/hash_double.h"

#define ROOM 4096
#define X4(value) (value), (value), (value), (value)
#define X16(value) X4(value), X4(value), X4(value), X4(value)

// TCG PC Client Platform Firmware Profile 1.05: 10.4.5.1, 10.4.5.3, 10.2.2
static const uint8_t golden[] = {
    // TCG_PCR_EVENT: pcrIndex, eventType EV_NO_ACTION, SHA-1 digest, eventSize
    0, 0, 0, 0, 3, 0, 0, 0, X16(0), X4(0), 0x25, 0, 0, 0,
    // TCG_EfiSpecIdEvent: signature, platformClass, version 2.0 errata 2, uintnSize
    0x53, 0x70, 0x65, 0x63, 0x20, 0x49, 0x44, 0x20, 0x45, 0x76, 0x65, 0x6e, 0x74, 0x30, 0x33, 0x00,
    0, 0, 0, 0, 0, 2, 2, 1,
    // numberOfAlgorithms, SHA-256 of 32 bytes, SHA-384 of 48 bytes, vendorInfoSize
    2, 0, 0, 0, 0x0b, 0, 0x20, 0, 0x0c, 0, 0x30, 0, 0,
    // TCG_PCR_EVENT2: PCR 0, EV_NO_ACTION, two digests of zeros
    0, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 0x0b, 0, X16(0), X16(0), 0x0c, 0, X16(0), X16(0), X16(0),
    // eventSize, "StartupLocality", locality 0
    0x11, 0, 0, 0, 0x53, 0x74, 0x61, 0x72, 0x74, 0x75, 0x70, 0x4c, 0x6f, 0x63, 0x61, 0x6c, 0x69,
    0x74, 0x79, 0x00, 0,
    // PCR 0, EV_POST_CODE, digests, "BL_2"
    0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0x0b, 0, X16(0x11), X16(0x11), 0x0c, 0, X16(0x22),
    X16(0x22), X16(0x22), 5, 0, 0, 0, 0x42, 0x4c, 0x5f, 0x32, 0x00,
    // PCR 1, EV_POST_CODE, digests, "CRITICAL_DATA"
    1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0x0b, 0, X16(0x33), X16(0x33), 0x0c, 0, X16(0x44),
    X16(0x44), X16(0x44), 0x0e, 0, 0, 0, 0x43, 0x52, 0x49, 0x54, 0x49, 0x43, 0x41, 0x4c, 0x5f, 0x44,
    0x41, 0x54, 0x41, 0x00
};

#define SPEC_ID_SIZE 69
#define LOCALITY_SIZE 117
#define HEADERS_SIZE (SPEC_ID_SIZE + LOCALITY_SIZE)
#define BL2_END (HEADERS_SIZE + 100 + 5)
_Static_assert(sizeof(golden) == BL2_END + 100 + 14, "four records");

static uint8_t *room; // on the heap, so that the sanitizer sees its ends
static struct event_log events;

static int fresh(void **state)
{
    (void)state;
    hash_double_reset();
    room = malloc(ROOM);
    memset(room, 0xa5, ROOM);
    memset(&events, 0, sizeof(events));
    return 0;
}

static int release(void **state)
{
    (void)state;
    free(room);
    return 0;
}

static struct boot_digests digests(uint8_t sha256, uint8_t sha384)
{
    struct boot_digests made = { .have = BOOT_HASH_BANKS };

    memset(made.value[BOOT_SHA256], sha256, 32);
    memset(made.value[BOOT_SHA384], sha384, 48);
    return made;
}

static void add(uint32_t pcr, const char *name, uint8_t sha256, uint8_t sha384)
{
    const struct boot_digests made = digests(sha256, sha384);

    assert_int_equal(event_log_add(&events, pcr, name, &made), ERR_NONE);
}

static void the_bytes_are_those_of_the_profile(void **state)
{
    (void)state;
    assert_int_equal(event_log_begin(&events, room, ROOM), ERR_NONE);
    assert_int_equal(events.used, HEADERS_SIZE);
    add(0, "BL_2", 0x11, 0x22);
    add(1, "CRITICAL_DATA", 0x33, 0x44);
    assert_int_equal(events.used, sizeof(golden));
    assert_memory_equal(room, golden, sizeof(golden));
    for (size_t i = sizeof(golden); i < ROOM; i++) {
        assert_int_equal(room[i], 0);
    }
}

static void a_log_can_be_continued(void **state)
{
    (void)state;
    memcpy(room, golden, sizeof(golden));
    assert_int_equal(event_log_continue(&events, room, ROOM, BL2_END), ERR_NONE);
    add(1, "CRITICAL_DATA", 0x33, 0x44);
    assert_int_equal(events.used, sizeof(golden));
    assert_memory_equal(room, golden, sizeof(golden));
    assert_int_equal(event_log_continue(&events, room, ROOM, ROOM + 1), ERR_RANGE);
    assert_int_equal(event_log_continue(&events, room, BL2_END - 1, BL2_END), ERR_RANGE);
    assert_int_equal(events.used, sizeof(golden)); // as it was
}

static void room_for_less_than_the_headers_is_refused(void **state)
{
    (void)state;
    for (size_t size = 0; size < HEADERS_SIZE; size++) {
        uint8_t *small = malloc(size + 1);

        assert_int_equal(event_log_begin(&events, small, size), ERR_NO_MEMORY);
        free(small);
    }
    assert_int_equal(event_log_begin(&events, room, HEADERS_SIZE), ERR_NONE);
    assert_memory_equal(room, golden, HEADERS_SIZE);
    assert_int_equal(room[HEADERS_SIZE], 0xa5);
}

static void a_full_log_stays_as_it_is(void **state)
{
    const struct boot_digests made = digests(1, 2);
    const size_t record = 100 + sizeof("BL_33");
    size_t count = 0;
    uint8_t before[ROOM];

    (void)state;
    assert_int_equal(event_log_begin(&events, room, ROOM), ERR_NONE);
    while (events.size - events.used >= record) {
        assert_int_equal(event_log_add(&events, 0, "BL_33", &made), ERR_NONE);
        count++;
    }
    assert_int_equal(count, (ROOM - HEADERS_SIZE) / record);
    assert_int_equal(events.used, HEADERS_SIZE + count * record);
    memcpy(before, room, ROOM);
    assert_int_equal(event_log_add(&events, 0, "BL_33", &made), ERR_NO_MEMORY);
    assert_int_equal(events.used, HEADERS_SIZE + count * record);
    assert_memory_equal(room, before, ROOM);
    // To the last byte
    assert_int_equal(event_log_begin(&events, room, HEADERS_SIZE + record), ERR_NONE);
    assert_int_equal(event_log_add(&events, 0, "BL_333", &made), ERR_NO_MEMORY);
    assert_int_equal(event_log_add(&events, 0, "BL_33", &made), ERR_NONE);
    assert_int_equal(events.used, events.size);
}

static void what_cannot_be_read_back_is_not_written(void **state)
{
    struct boot_digests made = digests(1, 2);
    uint8_t before[ROOM];

    (void)state;
    assert_int_equal(event_log_begin(&events, room, ROOM), ERR_NONE);
    memcpy(before, room, ROOM);
    assert_int_equal(event_log_add(&events, 24, "BL_2", &made), ERR_INVALID);
    assert_int_equal(event_log_add(&events, UINT32_MAX, "BL_2", &made), ERR_INVALID);
    assert_int_equal(event_log_add(&events, 0, "", &made), ERR_INVALID);
    assert_int_equal(event_log_add(&events, 0, "BL 2", &made), ERR_INVALID);
    assert_int_equal(event_log_add(&events, 0, "BL\n2", &made), ERR_INVALID);
    assert_int_equal(event_log_add(&events, 0, "BL\xc3\xa4", &made), ERR_INVALID);
    assert_int_equal(event_log_add(&events, 0, "12345678901234567890123456789012", &made),
                     ERR_INVALID);
    made.have = BOOT_HASH_BIT(BOOT_SHA256);
    assert_int_equal(event_log_add(&events, 0, "BL_2", &made), ERR_INVALID);
    made.have = BOOT_HASH_BIT(BOOT_SHA384) | BOOT_HASH_BIT(BOOT_SHA512);
    assert_int_equal(event_log_add(&events, 0, "BL_2", &made), ERR_INVALID);
    assert_int_equal(events.used, HEADERS_SIZE);
    assert_memory_equal(room, before, ROOM);
    made.have = BOOT_HASH_BANKS | BOOT_HASH_BIT(BOOT_SHA512);
    assert_int_equal(event_log_add(&events, 23, "1234567890123456789012345678901", &made),
                     ERR_NONE);
    assert_int_equal(events.used, HEADERS_SIZE + 100 + 32);
}

// ---- Reader ----------------------------------------------------------------------------------------------------------

static void the_records_are_read_in_order(void **state)
{
    struct event_log_record record;
    size_t offset = 0;

    (void)state;
    memcpy(room, golden, sizeof(golden));
    events = (struct event_log){ room, ROOM, sizeof(golden) };
    assert_int_equal(event_log_next(&events, &offset, &record, NULL), ERR_NONE);
    assert_int_equal(offset, SPEC_ID_SIZE);
    assert_int_equal(record.type, 3);
    assert_null(record.digest[0]);
    assert_null(record.digest[1]);
    assert_ptr_equal(record.data, room + 32);
    assert_int_equal(record.data_size, 37);
    assert_int_equal(event_log_next(&events, &offset, &record, NULL), ERR_NONE);
    assert_int_equal(offset, HEADERS_SIZE);
    assert_int_equal(record.type, 3);
    assert_int_equal(record.data_size, 17);
    assert_int_equal(event_log_next(&events, &offset, &record, NULL), ERR_NONE);
    assert_int_equal(offset, BL2_END);
    assert_int_equal(record.pcr, 0);
    assert_int_equal(record.type, 1);
    assert_ptr_equal(record.digest[0], room + HEADERS_SIZE + 14);
    assert_ptr_equal(record.digest[1], room + HEADERS_SIZE + 14 + 32 + 2);
    assert_string_equal((const char *)record.data, "BL_2");
    assert_int_equal(event_log_next(&events, &offset, &record, NULL), ERR_NONE);
    assert_int_equal(record.pcr, 1);
    assert_string_equal((const char *)record.data, "CRITICAL_DATA");
    assert_int_equal(offset, sizeof(golden));
    assert_int_equal(event_log_next(&events, &offset, &record, NULL), ERR_NOT_FOUND);
    assert_int_equal(offset, sizeof(golden));
}

// Reads all of `size` bytes at `bytes`; `records` takes at most 8. Returns what ended it.
static int read_all(uint8_t *bytes, size_t size, struct event_log_record *records, size_t *count,
                    const char **why)
{
    struct event_log read = { bytes, size, size };
    size_t offset = 0;
    int err = ERR_NONE;

    *count = 0;
    while (err == ERR_NONE) {
        assert_in_range(*count, 0, 7);
        err = event_log_next(&read, &offset, &records[*count], why);
        *count += err == ERR_NONE;
    }
    return err;
}

static void every_truncation_is_seen(void **state)
{
    struct event_log_record records[8];

    (void)state;
    for (size_t size = 0; size <= sizeof(golden); size++) {
        bool whole = size == HEADERS_SIZE || size == BL2_END || size == sizeof(golden);
        uint8_t *cut = malloc(size + (size == 0));
        const char *why = NULL;
        size_t count;

        memcpy(cut, golden, size);
        assert_int_equal(read_all(cut, size, records, &count, &why),
                         whole ? ERR_NOT_FOUND : ERR_TRUNCATED);
        assert_int_equal(event_log_continue(&events, cut, size, size),
                         whole ? ERR_NONE : ERR_TRUNCATED);
        assert_int_equal(why == NULL, whole);
        free(cut);
    }
}

static void bytes_behind_the_last_record_are_refused(void **state)
{
    struct event_log_record records[8];
    const char *why;
    size_t count;

    (void)state;
    memset(room, 0, ROOM);
    memcpy(room, golden, sizeof(golden));
    for (size_t more = 1; more < 300; more++) {
        assert_int_equal(read_all(room, sizeof(golden) + more, records, &count, &why),
                         more < 100 ? ERR_TRUNCATED : ERR_INVALID);
        assert_int_equal(count, 4);
    }
}

// How many of PCR, digests and data differ; the rest must not.
static size_t differences(const struct event_log_record *a, const struct event_log_record *b)
{
    static const size_t sizes[] = { 32, 48 };
    size_t found = a->pcr != b->pcr;

    assert_int_equal(a->type, b->type);
    assert_int_equal(a->data_size, b->data_size);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(a->digest[i] == NULL, b->digest[i] == NULL);
        found += a->digest[i] != NULL && memcmp(a->digest[i], b->digest[i], sizes[i]) != 0;
    }
    return found + (memcmp(a->data, b->data, a->data_size) != 0);
}

static void every_value_of_every_byte_is_refused_or_changes_one_value(void **state)
{
    static uint8_t original[sizeof(golden)];
    struct event_log_record good[8];
    struct event_log_record records[8];
    uint8_t *altered = malloc(sizeof(golden));
    size_t accepted = 0;
    size_t count;

    (void)state;
    memcpy(original, golden, sizeof(golden));
    assert_int_equal(read_all(original, sizeof(golden), good, &count, NULL), ERR_NOT_FOUND);
    memcpy(altered, golden, sizeof(golden));
    for (size_t at = 0; at < sizeof(golden); at++) {
        for (unsigned int flip = 1; flip < 256; flip++) {
            const char *why = NULL;
            size_t changed = 0;

            altered[at] = (uint8_t)(golden[at] ^ flip);
            int err = read_all(altered, sizeof(golden), records, &count, &why);
            if (err != ERR_NOT_FOUND) {
                assert_true(err == ERR_INVALID || err == ERR_TRUNCATED);
                assert_non_null(why);
                assert_int_equal(
                    event_log_continue(&events, altered, sizeof(golden), sizeof(golden)), err);
                continue;
            }
            assert_true(at >= HEADERS_SIZE); // the header records have one form
            assert_int_equal(count, 4);
            for (size_t i = 0; i < count; i++) {
                changed += differences(&good[i], &records[i]);
            }
            assert_int_equal(changed, 1);
            accepted++;
        }
        altered[at] = golden[at];
    }
    // Digests may be anything; a PCR's low byte has 23 other values, a character 93 others
    assert_int_equal(accepted, 2 * 80 * 255 + 2 * 23 + (4 + 13) * 93);
    free(altered);
}

static void each_broken_rule_is_named(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
        const char *rule;
    } cases[] = {
        { 32, 's', "Spec ID" },
        { 60, 0x04, "Spec ID" }, // SHA-1
        { SPEC_ID_SIZE, 1, "StartupLocality" },
        { SPEC_ID_SIZE + 4, 1, "StartupLocality" },
        { SPEC_ID_SIZE + 20, 1, "StartupLocality" },
        { SPEC_ID_SIZE + LOCALITY_SIZE - 1, 3, "StartupLocality" },
        { HEADERS_SIZE, 24, "PCR numbers" },
        { HEADERS_SIZE + 4, 3, "EV_POST_CODE" },
        { HEADERS_SIZE + 8, 1, "two digests" },
        { HEADERS_SIZE + 12, 0x0c, "SHA-256" },
        { HEADERS_SIZE + 46, 0x0d, "SHA-384" },
        { HEADERS_SIZE + 99, 0xff, "inside" },
        { HEADERS_SIZE + 100, ' ', "names" },
        { HEADERS_SIZE + 104, 'x', "names" },
    };
    struct event_log_record records[8];
    size_t count;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *why = "";

        memcpy(room, golden, sizeof(golden));
        room[cases[i].at] = cases[i].value;
        assert_int_not_equal(read_all(room, sizeof(golden), records, &count, &why), ERR_NOT_FOUND);
        if (strstr(why, cases[i].rule) == NULL) {
            fail_msg("case %zu: '%s' is not in '%s'", i, cases[i].rule, why);
        }
    }
    events = (struct event_log){ room, 10, 11 };
    count = 0;
    assert_int_equal(event_log_next(&events, &count, &records[0], NULL), ERR_INVALID);
}

// ---- Replay ----------------------------------------------------------------------------------------------------------

static void replay_is_what_a_tpm_would_hold(void **state)
{
    uint8_t joined[96];
    uint8_t pcr[48] = { 0 };
    uint8_t value[48];

    (void)state;
    assert_int_equal(event_log_begin(&events, room, ROOM), ERR_NONE);
    add(0, "BL_2", 0x11, 0x22);
    add(1, "CRITICAL_DATA", 0x33, 0x44);
    add(0, "BL_33", 0x55, 0x66);

    memset(joined, 0, 32);
    memset(joined + 32, 0x11, 32);
    SHA256(joined, 64, pcr);
    memcpy(joined, pcr, 32);
    memset(joined + 32, 0x55, 32);
    SHA256(joined, 64, pcr);
    assert_int_equal(event_log_replay(&events, 0, BOOT_SHA256, value), ERR_NONE);
    assert_memory_equal(value, pcr, 32);

    memset(joined, 0, 48);
    memset(joined + 48, 0x22, 48);
    SHA384(joined, 96, pcr);
    memcpy(joined, pcr, 48);
    memset(joined + 48, 0x66, 48);
    SHA384(joined, 96, pcr);
    assert_int_equal(event_log_replay(&events, 0, BOOT_SHA384, value), ERR_NONE);
    assert_memory_equal(value, pcr, 48);

    memset(joined, 0, 48);
    memset(joined + 48, 0x44, 48);
    SHA384(joined, 96, pcr);
    assert_int_equal(event_log_replay(&events, 1, BOOT_SHA384, value), ERR_NONE);
    assert_memory_equal(value, pcr, 48);
    assert_int_equal(event_log_replay(&events, 23, BOOT_SHA256, value), ERR_NONE);
    assert_memory_equal(value, (uint8_t[32]){ 0 }, 32);
}

static void replay_refuses_what_it_cannot_know(void **state)
{
    uint8_t value[48];
    uint8_t before[48];

    (void)state;
    assert_int_equal(event_log_begin(&events, room, ROOM), ERR_NONE);
    add(0, "BL_2", 0x11, 0x22);
    memset(value, 0x77, sizeof(value));
    memset(before, 0x77, sizeof(before));
    assert_int_equal(event_log_replay(&events, 24, BOOT_SHA256, value), ERR_INVALID);
    assert_int_equal(event_log_replay(&events, 0, BOOT_SHA512, value), ERR_INVALID);
    assert_int_equal(event_log_replay(&events, 0, BOOT_HASH_COUNT, value), ERR_INVALID);
    events.used--;
    assert_int_equal(event_log_replay(&events, 0, BOOT_SHA256, value), ERR_INVALID);
    events.used++;
    hash_double_fail = hash_double_calls + 1;
    assert_int_equal(event_log_replay(&events, 0, BOOT_SHA256, value), ERR_IO);
    assert_memory_equal(value, before, sizeof(value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_bytes_are_those_of_the_profile, fresh, release),
        cmocka_unit_test_setup_teardown(a_log_can_be_continued, fresh, release),
        cmocka_unit_test_setup_teardown(room_for_less_than_the_headers_is_refused, fresh, release),
        cmocka_unit_test_setup_teardown(a_full_log_stays_as_it_is, fresh, release),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_back_is_not_written, fresh, release),
        cmocka_unit_test_setup_teardown(the_records_are_read_in_order, fresh, release),
        cmocka_unit_test_setup_teardown(every_truncation_is_seen, fresh, release),
        cmocka_unit_test_setup_teardown(bytes_behind_the_last_record_are_refused, fresh, release),
        cmocka_unit_test_setup_teardown(every_value_of_every_byte_is_refused_or_changes_one_value,
                                        fresh, release),
        cmocka_unit_test_setup_teardown(each_broken_rule_is_named, fresh, release),
        cmocka_unit_test_setup_teardown(replay_is_what_a_tpm_would_hold, fresh, release),
        cmocka_unit_test_setup_teardown(replay_refuses_what_it_cannot_know, fresh, release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
