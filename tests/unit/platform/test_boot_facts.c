// SPDX-License-Identifier: BSD-3-Clause
//
// What partitions are told of a boot (platform/lib/boot/boot_facts.c): the facts agree with the event log's last record, as
// OpenSSL hashes them; the implementation id follows its recipe; refusals.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/sha.h>

#include "boot_facts.h"
#include "critical_data.h"

static struct chain_policy policy;
static struct chain chain;
static struct tessera_boot_facts facts;

static int fresh(void **state)
{
    (void)state;
    memset(&chain, 0, sizeof(chain));
    memset(&facts, 0xee, sizeof(facts));
    chain.policy = &policy;
    policy = (struct chain_policy){ .chain = COT_DUAL_ROOT, .lifecycle = 0xfedcba98 };
    memset(chain.root_used[COT_ROOT], 0x11, CHAIN_ROOT_HASH_SIZE);
    memset(chain.root_used[COT_PLATFORM_ROOT], 0x22, CHAIN_ROOT_HASH_SIZE);
    chain.lowest_counter[COT_TRUSTED] = 5;
    chain.lowest_counter[COT_NON_TRUSTED] = 9;
    return 0;
}

static void everything_the_chain_found_is_there(void **state)
{
    static const uint8_t zero[32];
    uint8_t hash[32];

    (void)state;
    memset(hash, 0x11, sizeof(hash));
    assert_int_equal(boot_facts_fill(&chain, "qemu_virt", 1, &facts), ERR_NONE);
    assert_int_equal(facts.version, 1);
    assert_int_equal(facts.flags, 0);
    assert_int_equal(facts.lifecycle, 0xfedcba98);
    assert_int_equal(facts.chain, COT_DUAL_ROOT);
    assert_memory_equal(facts.root_hash, hash, 32);
    memset(hash, 0x22, sizeof(hash));
    assert_memory_equal(facts.platform_root_hash, hash, 32);
    assert_int_equal(facts.counter[0], 5);
    assert_int_equal(facts.counter[1], 9);
    assert_memory_equal(facts.boot_seed, zero, 32); // BL2 draws it
}

static void they_agree_with_the_event_log(void **state)
{
    static uint8_t buffer[1024];
    struct event_log log;
    struct event_log_record record = { 0 };
    uint8_t hash[32];
    size_t offset = 0;

    (void)state;
    assert_int_equal(event_log_begin(&log, buffer, sizeof(buffer)), ERR_NONE);
    assert_int_equal(critical_data_measure(&chain, &log), ERR_NONE);
    assert_int_equal(boot_facts_fill(&chain, "qemu_virt", 1, &facts), ERR_NONE);
    while (event_log_next(&log, &offset, &record, NULL) == ERR_NONE) {
    }
    SHA256((const uint8_t *)&facts + TESSERA_CRITICAL_OFFSET, TESSERA_CRITICAL_SIZE, hash);
    assert_string_equal((const char *)record.data, CRITICAL_DATA_EVENT);
    assert_memory_equal(record.digest[BOOT_SHA256], hash, sizeof(hash));
}

static void the_id_follows_its_recipe(void **state)
{
    static const uint8_t input[] = "Tessera implementation id 1\0qemu_virt\0\x78\x56\x34\x12";
    uint8_t hash[32];
    uint8_t id[32];
    uint8_t other[32];

    (void)state;
    SHA256(input, sizeof(input) - 1, hash);
    assert_int_equal(boot_facts_implementation_id("qemu_virt", 0x12345678, id), ERR_NONE);
    assert_memory_equal(id, hash, 32);
    assert_int_equal(boot_facts_fill(&chain, "qemu_virt", 0x12345678, &facts), ERR_NONE);
    assert_memory_equal(facts.implementation_id, hash, 32);
    assert_int_equal(boot_facts_implementation_id("qemu_virt", 0x12345679, other), ERR_NONE);
    assert_memory_not_equal(id, other, 32);
    assert_int_equal(boot_facts_implementation_id("qemu_viru", 0x12345678, other), ERR_NONE);
    assert_memory_not_equal(id, other, 32);
}

static void a_name_without_end_or_none_is_refused(void **state)
{
    const struct tessera_boot_facts before = facts;
    char name[BOOT_FACTS_BOARD_MAX + 1] = { 0 };
    uint8_t id[32] = { 0 };
    uint8_t hash[32];
    uint8_t input[28 + 32 + 4] = "Tessera implementation id 1";

    (void)state;
    assert_int_equal(boot_facts_implementation_id("", 1, id), ERR_INVALID);
    memset(name, 'b', BOOT_FACTS_BOARD_MAX);
    assert_int_equal(boot_facts_implementation_id(name, 1, id), ERR_INVALID);
    assert_int_equal(boot_facts_fill(&chain, name, 1, &facts), ERR_INVALID);
    assert_memory_equal(&facts, &before, sizeof(facts));
    name[BOOT_FACTS_BOARD_MAX - 1] = '\0'; // the longest
    memcpy(input + 28, name, 32);
    input[60] = 1;
    SHA256(input, sizeof(input), hash);
    assert_int_equal(boot_facts_implementation_id(name, 1, id), ERR_NONE);
    assert_memory_equal(id, hash, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(everything_the_chain_found_is_there, fresh),
        cmocka_unit_test_setup(they_agree_with_the_event_log, fresh),
        cmocka_unit_test_setup(the_id_follows_its_recipe, fresh),
        cmocka_unit_test_setup(a_name_without_end_or_none_is_refused, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
