// SPDX-License-Identifier: BSD-3-Clause
//
// Persistent keys of the crypto service: they outlive a boot, belong to their owners, are counted over boots, and share memory with what else
// an endpoint has. A boot is a child process (crypto_boot.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto_boot.h"
#include "crypto_case.h"
#include "crypto_fake.h"
#include "crypto_private.h"

#define EXPORT 0x0001
#define ENCRYPT 0x0100
#define SIGN_HASH 0x1000
#define VERIFY_HASH 0x2000
#define PERSISTENT 1
#define AES 0x2400
#define RAW_DATA 0x1001
#define P_PAIR 0x7112
#define CTR 0x04c01000
#define ECDSA_SHA256 0x06000609

// --- They stay ---

static void make_keys(void)
{
    const struct case_key pair = {
        P_PAIR, 256, PERSISTENT, 2, SIGN_HASH | VERIFY_HASH, ECDSA_SHA256
    };
    uint32_t id;

    assert_int_equal(boot_import(1), PSA_SUCCESS);
    assert_int_equal(case_generate(&pair, &id), PSA_SUCCESS);
    assert_int_equal(id, 2);
    assert_int_equal(boot_import(0x3fffffff), PSA_SUCCESS);
    assert_int_equal(boot_generate(1), PSA_ERROR_ALREADY_EXISTS);
    case_as(SP1, 5);
    assert_int_equal(boot_generate(1), PSA_SUCCESS); // another's name space
}

static void use_keys(void)
{
    uint32_t words[6];
    uint8_t hash[32] = { 7 };

    boot_assert(1);
    boot_assert(0x3fffffff);
    case_word(2);
    case_word(ECDSA_SHA256);
    case_record(1, hash, sizeof(hash));
    assert_int_equal(case_call(0x0108), PSA_SUCCESS);
    case_word(2);
    assert_int_equal(case_call(0x010f), PSA_SUCCESS);
    memcpy(words, kase.response, sizeof(words));
    assert_int_equal(words[0], P_PAIR);
    assert_int_equal(words[1], 256);
    assert_int_equal(words[2], PERSISTENT);
    assert_int_equal(words[3], 2);
    assert_int_equal(words[5], ECDSA_SHA256);
    assert_int_equal(boot_generate(1), PSA_ERROR_ALREADY_EXISTS);
    assert_int_equal(case_destroy(1), PSA_SUCCESS);
    assert_int_equal(boot_export(1), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(case_destroy(1), PSA_ERROR_INVALID_HANDLE);
    case_as(SP1, 5);
    assert_int_equal(boot_export(1), PSA_SUCCESS);
    assert_int_equal(boot_export(2), PSA_ERROR_INVALID_HANDLE);
}

static void find_what_was_left(void)
{
    assert_int_equal(boot_export(1), PSA_ERROR_INVALID_HANDLE);
    boot_assert(0x3fffffff);
    assert_int_equal(boot_generate(1), PSA_SUCCESS); // the name is free
}

static void keys_outlive_a_boot_until_they_are_destroyed(void **state)
{
    (void)state;
    assert_true(boot_run(make_keys));
    assert_true(boot_run(use_keys));
    assert_true(boot_run(find_what_was_left));
}

static void purge_and_read_again(void)
{
    assert_int_equal(boot_import(1), PSA_SUCCESS);
    crypto_fake_storage.calls = 0;
    boot_assert(1);
    assert_int_equal(crypto_fake_storage.calls, 0); // from memory
    assert_int_equal(boot_purge(1), PSA_SUCCESS);
    boot_assert(1);
    assert_true(crypto_fake_storage.calls > 0); // from storage
    assert_int_equal(boot_purge(2), PSA_ERROR_INVALID_HANDLE);
    case_as(NWD, 1);
    assert_int_equal(boot_purge(1), PSA_ERROR_INVALID_HANDLE);
}

static void purging_gives_up_the_copy_only(void **state)
{
    (void)state;
    assert_true(boot_run(purge_and_read_again));
}

static void use_more_than_are_kept(void)
{
    for (uint32_t id = 1; id <= 3 * CRYPTO_CACHED_PER_SOURCE; id++) {
        assert_int_equal(boot_import(id), PSA_SUCCESS);
    }
    size_t most = crypto_heap_used(0);

    for (uint32_t id = 1; id <= 3 * CRYPTO_CACHED_PER_SOURCE; id++) {
        boot_assert(id);
        assert_true(crypto_heap_used(0) <= most);
    }
    crypto_fake_storage.calls = 0;
    for (uint32_t i = 0; i < CRYPTO_CACHED_PER_SOURCE; i++) {
        boot_assert(3 * CRYPTO_CACHED_PER_SOURCE - i);
    }
    assert_int_equal(crypto_fake_storage.calls, 0);
}

static void copies_in_memory_are_bounded(void **state)
{
    (void)state;
    assert_true(boot_run(use_more_than_are_kept));
}

// --- Names and owners ---

static void try_every_id(void)
{
    static const uint32_t bad[] = { 0, 0x40000000, 0x7fff0000, 0x7fffffff, 0x80000000, 0xffffffff };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(boot_generate(bad[i]), PSA_ERROR_INVALID_ARGUMENT);
    }
    assert_int_equal(crypto_fake_count(), 0);
    for (uint32_t lifetime = 0xff; lifetime != 0x1ff; lifetime += 0x100) { // read-only; elsewhere
        struct case_key key = { AES, 128, lifetime, 1, ENCRYPT, CTR };
        uint32_t id;

        assert_int_equal(case_generate(&key, &id), PSA_ERROR_INVALID_ARGUMENT);
        key.lifetime = 0x101;
        assert_int_equal(case_generate(&key, &id), PSA_ERROR_INVALID_ARGUMENT);
    }
    assert_int_equal(crypto_fake_storage.writes, 0);
}

static void ids_and_lifetimes_that_cannot_be_are_refused(void **state)
{
    (void)state;
    assert_true(boot_run(try_every_id));
}

static const struct {
    uint16_t source;
    uint32_t client;
} clients[] = { { NWD, 0 }, { NWD, 1 }, { NWD, 0xffff },   { SP1, 0 },
                { SP1, 1 }, { SP2, 0 }, { 0x8008, 0xffff } };
#define CLIENTS (sizeof(clients) / sizeof(clients[0]))

static void make_one_each(void)
{
    for (size_t i = 0; i < CLIENTS; i++) {
        case_as(clients[i].source, clients[i].client);
        assert_int_equal(boot_generate((uint32_t)i + 1), PSA_SUCCESS);
    }
}

static void try_those_of_others(void)
{
    for (size_t i = 0; i < CLIENTS; i++) {
        case_as(clients[i].source, clients[i].client);
        for (uint32_t id = 1; id <= CLIENTS; id++) {
            assert_int_equal(boot_export(id), id == i + 1 ? PSA_SUCCESS : PSA_ERROR_INVALID_HANDLE);
            if (id != i + 1) {
                assert_int_equal(case_destroy(id), PSA_ERROR_INVALID_HANDLE);
            }
        }
        assert_int_equal(case_call(0x7f01), PSA_SUCCESS); // gone; its persistent keys are not
        assert_int_equal(boot_export((uint32_t)i + 1), PSA_SUCCESS);
        case_as(clients[i].source, 0x50000 | clients[i].client); // they are all of its instances'
        assert_int_equal(boot_export((uint32_t)i + 1), PSA_SUCCESS);
        assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
        assert_int_equal(boot_export((uint32_t)i + 1), PSA_SUCCESS);
    }
}

static void persistent_keys_are_their_owners_only(void **state)
{
    (void)state;
    assert_true(boot_run(make_one_each));
    assert_true(boot_run(try_those_of_others));
}

// --- Counting ---

static void fill_quotas(void)
{
    case_as(SP1, 0);
    for (uint32_t id = 1; id <= CRYPTO_PERSISTENT_SP; id++) {
        case_as(SP1, id % 2); // two clients, one endpoint
        assert_int_equal(boot_generate(id), PSA_SUCCESS);
    }
    assert_int_equal(boot_generate(100), PSA_ERROR_INSUFFICIENT_STORAGE);
    case_as(NWD, 0);
    for (uint32_t id = 1; id <= CRYPTO_PERSISTENT_NWD; id++) {
        assert_int_equal(boot_generate(id), PSA_SUCCESS);
    }
    assert_int_equal(boot_generate(100), PSA_ERROR_INSUFFICIENT_STORAGE);
}

static void find_quotas_full(void)
{
    case_as(SP1, 0);
    assert_int_equal(boot_generate(100), PSA_ERROR_INSUFFICIENT_STORAGE);
    case_as(NWD, 9);
    assert_int_equal(boot_generate(100), PSA_ERROR_INSUFFICIENT_STORAGE);
    case_as(SP2, 0);
    assert_int_equal(boot_generate(100), PSA_SUCCESS);
    case_as(SP1, 1);
    assert_int_equal(boot_generate(1), PSA_ERROR_ALREADY_EXISTS);
    assert_int_equal(case_destroy(1), PSA_SUCCESS);
    case_as(SP1, 0);
    assert_int_equal(boot_generate(100), PSA_SUCCESS); // in its place
    assert_int_equal(boot_generate(101), PSA_ERROR_INSUFFICIENT_STORAGE);
}

static void destroy_before_counting(void)
{
    case_as(SP1, 0);
    assert_int_equal(case_destroy(2), PSA_SUCCESS); // before the index was read in this boot
    assert_int_equal(boot_generate(2), PSA_SUCCESS);
    assert_int_equal(boot_generate(101), PSA_ERROR_INSUFFICIENT_STORAGE);
}

static void quotas_hold_over_boots(void **state)
{
    (void)state;
    assert_true(boot_run(fill_quotas));
    assert_true(boot_run(find_quotas_full));
    assert_true(boot_run(destroy_before_counting));
}

static void fail_often(void)
{
    const struct case_key bad = { AES, 129, PERSISTENT, 3, ENCRYPT, CTR };
    uint32_t id;

    case_as(SP1, 0);
    assert_int_equal(boot_generate(1), PSA_SUCCESS);
    for (uint32_t i = 0; i < 3 * CRYPTO_PERSISTENT_SP; i++) {
        assert_int_not_equal(case_generate(&bad, &id), PSA_SUCCESS);
        assert_int_equal(boot_generate(1), PSA_ERROR_ALREADY_EXISTS);
    }
    assert_int_equal(boot_count_room(), CRYPTO_PERSISTENT_SP - 1);
}

static void keys_that_were_not_made_do_not_count(void **state)
{
    (void)state;
    assert_true(boot_run(fail_often));
}

static void fail_in_places_of_old_keys(void)
{
    case_as(SP1, 0);
    for (uint32_t id = 1; id <= CRYPTO_PERSISTENT_SP; id++) {
        assert_int_equal(boot_generate(id), PSA_SUCCESS);
    }
    for (uint32_t id = 1; id <= CRYPTO_PERSISTENT_SP; id++) {
        assert_int_equal(case_destroy(id), PSA_SUCCESS);
    }
    for (uint32_t id = 1; id <= CRYPTO_PERSISTENT_SP; id++) {
        for (uint32_t n = 0; n < 2; n++) {
            crypto_fake_storage.fails = 1; // the index
            crypto_fake_storage.status = PSA_ERROR_STORAGE_FAILURE;
            assert_int_equal(boot_generate(100 + id), PSA_ERROR_STORAGE_FAILURE);
        }
        assert_int_equal(boot_generate(100 + id), PSA_SUCCESS);
    }
    assert_int_equal(boot_generate(99), PSA_ERROR_INSUFFICIENT_STORAGE);
}

static void find_all_places_taken(void)
{
    assert_int_equal(boot_count_room(), 0);
}

static void an_index_that_was_not_written_is_as_before(void **state)
{
    (void)state;
    assert_true(boot_run(fail_in_places_of_old_keys));
    assert_true(boot_run(find_all_places_taken));
}

// --- Memory ---

static void run_short_of_memory(void)
{
    case_as(SP1, 0);
    assert_int_equal(boot_import(2), PSA_SUCCESS);
    size_t used = crypto_heap_used(crypto_source_number(SP1));

    for (unsigned int step = 0; step < 2; step++) {
        int32_t status = PSA_ERROR_GENERIC_ERROR;

        for (unsigned int n = 1; status != PSA_SUCCESS; n++) {
            assert_true(n < 100);
            (void)boot_purge(2);
            crypto_fake_alloc_fails = n;
            status = step == 0 ? boot_import(1) : boot_export(2);
            crypto_fake_alloc_fails = 0;
            if (status != PSA_SUCCESS) {
                assert_int_equal(status, PSA_ERROR_INSUFFICIENT_MEMORY);
            }
        }
        assert_true(crypto_heap_used(crypto_source_number(SP1)) <= 2 * used);
    }
    boot_assert(1);
    boot_assert(2);
    assert_int_equal(boot_count_room(), CRYPTO_PERSISTENT_SP - 2);
}

static void memory_that_runs_out_leaves_keys_as_they_are(void **state)
{
    (void)state;
    assert_true(boot_run(run_short_of_memory));
}

// As many as there may be of the largest: copies go before anything is refused
static void fill_with_large_keys(void)
{
    static const uint8_t bytes[8191] = { 1 };
    uint32_t id;

    case_as(SP1, 0);
    for (uint32_t i = 1; i <= CRYPTO_PERSISTENT_SP; i++) {
        const struct case_key key = { RAW_DATA, 0, PERSISTENT, i, EXPORT, 0 };

        assert_int_equal(case_import(&key, bytes, sizeof(bytes), &id), PSA_SUCCESS);
    }
    for (uint32_t i = 0; i < 6; i++) {
        const struct case_key key = { RAW_DATA, 0, 0, 0, EXPORT, 0 };

        assert_int_equal(case_import(&key, bytes, sizeof(bytes), &id), PSA_SUCCESS);
    }
    for (uint32_t i = 1; i <= CRYPTO_PERSISTENT_SP; i++) {
        assert_int_equal(boot_export(i), PSA_SUCCESS);
        assert_true(crypto_heap_used(crypto_source_number(SP1)) <=
                    CRYPTO_HEAP_SP + CRYPTO_KEY_SIZE_MAX);
    }
}

static psa_status_t import_large(uint32_t id, size_t size)
{
    static const uint8_t bytes[8191] = { 1 };
    const struct case_key key = { RAW_DATA, 0, PERSISTENT, id, EXPORT, 0 };
    uint32_t made;

    return case_import(&key, bytes, size, &made);
}

// 18 of the largest, each with 36 bytes of Mbed TLS's, and 3,466 bytes
static void fill_bytes(void)
{
    case_as(NWD, 0);
    for (uint32_t id = 1; id <= 18; id++) {
        case_as(NWD, id % 2);
        assert_int_equal(import_large(id, 8191), PSA_SUCCESS);
    }
    assert_int_equal(import_large(19, 8191), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(import_large(19, 3466 - 36 + 1), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(import_large(19, 3466 - 36), PSA_SUCCESS);
    assert_int_equal(import_large(20, 1), PSA_ERROR_INSUFFICIENT_STORAGE);
}

static void find_bytes_full(void)
{
    case_as(NWD, 1);
    assert_int_equal(import_large(20, 1), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(case_destroy(17), PSA_SUCCESS);
    assert_int_equal(import_large(20, 8191), PSA_SUCCESS);
    assert_int_equal(import_large(21, 1), PSA_ERROR_INSUFFICIENT_STORAGE);
    case_as(SP1, 0);
    for (uint32_t id = 1; id <= CRYPTO_PERSISTENT_SP; id++) {
        assert_int_equal(import_large(id, 8191), PSA_SUCCESS);
    }
}

// Else one endpoint's keys could take the room that storage gives this partition, and so the others'
static void bytes_are_counted_over_boots(void **state)
{
    (void)state;
    assert_true(boot_run(fill_bytes));
    assert_true(boot_run(find_bytes_full));
}

static void copies_of_persistent_keys_make_room_for_volatile_ones(void **state)
{
    (void)state;
    assert_true(boot_run(fill_with_large_keys));
}

// More keys than Mbed TLS has slots: copies of others go, and nothing of that shows in anybody's memory
static void use_more_than_there_are_slots(void)
{
    const struct case_key volatile_key = { AES, 128, 0, 0, EXPORT, 0 };
    uint32_t id;

    for (unsigned int i = 0; i < CRYPTO_SOURCES; i++) {
        case_as((uint16_t)(i == 0 ? NWD : SP1 + i - 1), 0);
        for (uint32_t n = 1; n <= CRYPTO_CACHED_PER_SOURCE; n++) {
            assert_int_equal(boot_import(n), PSA_SUCCESS);
        }
    }
    for (unsigned int i = 0; i < CRYPTO_SOURCES; i++) {
        case_as((uint16_t)(i == 0 ? NWD : SP1 + i - 1), 0);
        for (uint32_t n = 0; n < CRYPTO_KEYS_PER_SOURCE; n++) {
            assert_int_equal(case_generate(&volatile_key, &id), PSA_SUCCESS);
        }
    }
    for (unsigned int i = 0; i < CRYPTO_SOURCES; i++) {
        case_as((uint16_t)(i == 0 ? NWD : SP1 + i - 1), 0);
        for (uint32_t n = 1; n <= CRYPTO_CACHED_PER_SOURCE; n++) {
            boot_assert(n);
        }
    }
    for (unsigned int i = 0; i < CRYPTO_SOURCES; i++) {
        case_as((uint16_t)(i == 0 ? NWD : SP1 + i - 1), 0);
        assert_int_equal(case_call(0x7f01), PSA_SUCCESS);
        assert_int_equal(crypto_heap_used(i), 0);
    }
}

static void copies_of_others_make_room_for_volatile_keys(void **state)
{
    (void)state;
    assert_true(boot_run(use_more_than_there_are_slots));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(keys_outlive_a_boot_until_they_are_destroyed, boot_clean),
        cmocka_unit_test_setup(purging_gives_up_the_copy_only, boot_clean),
        cmocka_unit_test_setup(copies_in_memory_are_bounded, boot_clean),
        cmocka_unit_test_setup(ids_and_lifetimes_that_cannot_be_are_refused, boot_clean),
        cmocka_unit_test_setup(persistent_keys_are_their_owners_only, boot_clean),
        cmocka_unit_test_setup(quotas_hold_over_boots, boot_clean),
        cmocka_unit_test_setup(bytes_are_counted_over_boots, boot_clean),
        cmocka_unit_test_setup(keys_that_were_not_made_do_not_count, boot_clean),
        cmocka_unit_test_setup(an_index_that_was_not_written_is_as_before, boot_clean),
        cmocka_unit_test_setup(memory_that_runs_out_leaves_keys_as_they_are, boot_clean),
        cmocka_unit_test_setup(copies_of_persistent_keys_make_room_for_volatile_ones, boot_clean),
        cmocka_unit_test_setup(copies_of_others_make_room_for_volatile_keys, boot_clean),
    };

    return cmocka_run_group_tests(tests, boot_setup, NULL);
}
