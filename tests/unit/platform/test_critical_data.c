// SPDX-License-Identifier: BSD-3-Clause
//
// The record about what is in no image (platform/lib/boot/critical_data.c): its bytes by the layout in
// the header, its digest as OpenSSL makes it, its place in the log, and the failures that leave the log
// as it was.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/sha.h>

#include "critical_data.h"

static struct chain_policy policy;
static struct chain chain;
static uint8_t buffer[1024];
static struct event_log event_log;

static int fresh(void **state)
{
    (void)state;
    memset(&chain, 0, sizeof(chain));
    chain.policy = &policy;
    policy = (struct chain_policy){ .chain = COT_SINGLE_ROOT, .lifecycle = 0xfedcba98 };
    memset(chain.root_used[COT_ROOT], 0x11, CHAIN_ROOT_HASH_SIZE);
    assert_int_equal(event_log_begin(&event_log, buffer, sizeof(buffer)), ERR_NONE);
    return 0;
}

static void the_bytes_are_those_of_the_layout(void **state)
{
    static const uint8_t head[8] = { 0x98, 0xba, 0xdc, 0xfe, 0xca, 0x35, 0, 0 };
    uint8_t expected[72];
    uint8_t out[CRITICAL_DATA_SIZE];

    (void)state;
    memcpy(expected, head, 4);
    memcpy(expected + 4, (const uint8_t[]){ 0xca, 0x35, 0, 0 }, 4); // single root: 0x35ca
    memset(expected + 8, 0x11, 32);
    memset(expected + 40, 0, 32);
    critical_data_write(&chain, out);
    assert_memory_equal(out, expected, sizeof(expected));
    policy.chain = COT_DUAL_ROOT; // 0xca35
    memset(chain.root_used[COT_PLATFORM_ROOT], 0x22, CHAIN_ROOT_HASH_SIZE);
    memcpy(expected + 4, (const uint8_t[]){ 0x35, 0xca, 0, 0 }, 4);
    memset(expected + 40, 0x22, 32);
    critical_data_write(&chain, out);
    assert_memory_equal(out, expected, sizeof(expected));
}

static void the_record_is_the_last_of_the_log(void **state)
{
    struct event_log_record record = { 0 };
    uint8_t data[CRITICAL_DATA_SIZE], sha256[32], sha384[48];
    size_t offset = 0;
    uint32_t records = 0;

    (void)state;
    assert_int_equal(critical_data_measure(&chain, &event_log), ERR_NONE);
    while (event_log_next(&event_log, &offset, &record, NULL) == ERR_NONE) {
        records++;
    }
    assert_int_equal(records, 3); // two of the beginning, and this
    critical_data_write(&chain, data);
    SHA256(data, sizeof(data), sha256);
    SHA384(data, sizeof(data), sha384);
    assert_int_equal(record.pcr, 1);
    assert_int_equal(record.type, EV_POST_CODE);
    assert_int_equal(record.data_size, sizeof("CRITICAL_DATA"));
    assert_memory_equal(record.data, "CRITICAL_DATA", sizeof("CRITICAL_DATA"));
    assert_memory_equal(record.digest[0], sha256, sizeof(sha256));
    assert_memory_equal(record.digest[1], sha384, sizeof(sha384));
}

static void a_full_log_is_an_error(void **state)
{
    size_t used = event_log.used;

    (void)state;
    event_log.size = used + 113; // the record takes 100 + 14
    assert_int_equal(critical_data_measure(&chain, &event_log), ERR_NO_MEMORY);
    assert_int_equal(event_log.used, used);
    event_log.size = used + 114;
    assert_int_equal(critical_data_measure(&chain, &event_log), ERR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_bytes_are_those_of_the_layout, fresh),
        cmocka_unit_test_setup(the_record_is_the_last_of_the_log, fresh),
        cmocka_unit_test_setup(a_full_log_is_an_error, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
