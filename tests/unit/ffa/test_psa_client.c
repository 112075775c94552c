// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/client/psa_client.c: which services are found when, whose memory they use, what the client library makes of answers
// that break the protocol, and the calls that no PSA API has.
#include "tests/unit/ffa/client_fake.h"

#include <string.h>

#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa/internal_trusted_storage.h"
#include "ffa/client/psa/protected_storage.h"
#include "ts_caps.h"
#include "ts_rpc_abi.h"

static void nothing_works_before_it_is_connected(void **state)
{
    psa_hash_operation_t operation = { .id = 1 };
    psa_hash_operation_t fresh = PSA_HASH_OPERATION_INIT;
    struct ts_caps caps;
    uint8_t bytes[4];
    size_t length = 77;

    (void)state;
    assert_int_equal(psa_crypto_init(), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_client_open(PSA_CLIENT_PS), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_generate_random(bytes, sizeof(bytes)), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_update(&operation, bytes, 4), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_setup(&fresh, PSA_ALG_SHA_256), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_destroy_key(5), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_its_get(1, 0, 4, bytes, &length), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_ps_set(1, 4, bytes, 0), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_ps_get_support(), 0);
    assert_int_equal(psa_client_capabilities(PSA_CLIENT_CRYPTO, &caps, NULL, 0, &length),
                     PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_client_gone(1), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_client_disconnect(), PSA_SUCCESS);
    assert_int_equal(psa_client_connect(NULL), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(length, 77);
    assert_int_equal(fake.call_count, 0);
}

static void services_are_found_when_they_are_used(void **state)
{
    (void)state;
    assert_int_equal(fake.shares, 0);
    assert_int_equal(psa_its_remove(1), PSA_SUCCESS);
    assert_int_equal(fake.calls[0].partition, FAKE_STORAGE);
    assert_int_equal(fake.calls[0].interface, FAKE_ITS);
    assert_int_equal(fake.shares, 1);
    assert_int_equal(psa_ps_remove(1), PSA_SUCCESS);
    assert_int_equal(fake.calls[1].partition, FAKE_STORAGE);
    assert_int_equal(fake.calls[1].interface, FAKE_PS);
    assert_int_equal(fake.shares, 1); // one partition, one memory
    assert_int_equal(psa_purge_key(1), PSA_SUCCESS);
    assert_int_equal(fake.calls[2].partition, FAKE_CRYPTO);
    assert_int_equal(fake.calls[2].interface, 0);
    assert_int_equal(fake.shares, 2);
    assert_int_equal(psa_its_remove(1), PSA_SUCCESS);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(fake.shares, 2);
    assert_int_equal(psa_client_disconnect(), PSA_SUCCESS);
    assert_int_equal(fake.reclaims, 2);
    assert_int_equal(psa_its_remove(1), PSA_ERROR_BAD_STATE);
}

static void the_end_leaves_no_secrets_in_the_shared_memory(void **state)
{
    static const uint8_t zeros[256];

    (void)state;
    assert_int_equal(psa_ps_set(1, 6, "secret", 0), PSA_SUCCESS);
    assert_memory_not_equal(fake.memory[1], zeros, 256);
    assert_int_equal(psa_client_disconnect(), PSA_SUCCESS);
    assert_memory_equal(fake.memory[1], zeros, 256);
    assert_int_equal(fake.reclaims, 1);
}

static void a_key_does_not_stay_in_the_shared_memory(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    static const uint8_t zeros[40];
    uint8_t key[32];
    psa_key_id_t id;
    size_t length;

    (void)state;
    fake_answer("\1\0\0\0", 4);
    fake_answer_record("the bytes of a key, thirty-two..", 32);
    assert_int_equal(psa_import_key(&attributes, (const uint8_t *)"key", 3, &id), PSA_SUCCESS);
    assert_memory_equal(fake.memory[0], zeros, 31);
    assert_int_equal(psa_export_key(1, key, sizeof(key), &length), PSA_SUCCESS);
    assert_memory_equal(fake.memory[0], zeros, 36);
    assert_memory_equal(key, "the bytes of a key, thirty-two..", 32);
}

// "No such partition" is no "no such asset"
static void a_service_that_is_not_there_is_no_missing_asset(void **state)
{
    uint8_t bytes[4];
    size_t length;

    (void)state;
    fake.has_storage = false;
    assert_int_equal(psa_client_open(PSA_CLIENT_ITS), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(psa_its_get(1, 0, 4, bytes, &length), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_its_set(1, 4, bytes, 0), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_its_remove(1), PSA_ERROR_STORAGE_FAILURE);
    fake.has_storage = true; // it is there now
    assert_int_equal(psa_its_remove(1), PSA_SUCCESS);
    fake.dead = true;
    assert_int_equal(psa_its_remove(1), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_crypto_init(), PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(psa_purge_key(1), PSA_ERROR_COMMUNICATION_FAILURE);
}

static void rpc_status_is_no_service_status(void **state)
{
    static const struct {
        int32_t rpc;
        psa_status_t status;
    } rows[] = {
        { TS_RPC_INTERNAL, PSA_ERROR_COMMUNICATION_FAILURE },
        { TS_RPC_INVALID_VALUE, PSA_ERROR_NOT_SUPPORTED },
        { TS_RPC_NOT_FOUND, PSA_ERROR_COMMUNICATION_FAILURE },
        { TS_RPC_INVALID_REQUEST_BODY, PSA_ERROR_COMMUNICATION_FAILURE },
        { TS_RPC_INVALID_RESPONSE_BODY, PSA_ERROR_INSUFFICIENT_MEMORY },
        { TS_RPC_RESOURCE_FAILURE, PSA_ERROR_INSUFFICIENT_MEMORY },
        { 5, PSA_ERROR_COMMUNICATION_FAILURE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fake_clear();
        fake_answer_status(0);
        fake.replies[0].rpc_status = rows[i].rpc;
        assert_int_equal(psa_destroy_key(1), rows[i].status);
    }
}

static void a_response_larger_than_the_memory_is_refused(void **state)
{
    uint8_t bytes[8];
    size_t length = 99;

    (void)state;
    fake_answer("", 0);
    fake.replies[0].size = 257;
    assert_int_equal(psa_its_get(1, 0, 8, bytes, &length), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_destroy_key(1), PSA_ERROR_COMMUNICATION_FAILURE);
    fake.replies[0].size = UINT32_MAX;
    assert_int_equal(psa_destroy_key(1), PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(length, 99);
}

static void capabilities_are_taken_as_far_as_they_go(void **state)
{
    const struct {
        struct ts_caps head;
        struct ts_caps_entry entries[3];
    } told = { { 1, 0x10002, 4096, 4096, 3 }, { { 0x100, 32 }, { 0x101, 64 }, { 0x180, 9 } } };
    struct ts_caps_entry entries[3] = { 0 };
    struct ts_caps caps;
    size_t count;

    (void)state;
    fake_answer(&told, sizeof(told));
    assert_int_equal(psa_client_capabilities(PSA_CLIENT_PS, &caps, entries, 3, &count),
                     PSA_SUCCESS);
    assert_int_equal(fake.calls[0].opcode, 0x7f00);
    assert_int_equal(fake.calls[0].interface, FAKE_PS);
    assert_int_equal(fake.calls[0].size, 0);
    assert_int_equal(caps.service_version, 0x10002);
    assert_int_equal(count, 3);
    assert_int_equal(entries[2].id, 0x180);
    assert_int_equal(entries[2].value, 9);
    assert_int_equal(psa_client_capabilities(PSA_CLIENT_PS, &caps, entries, 1, &count),
                     PSA_SUCCESS);
    assert_int_equal(count, 1);
    assert_int_equal(caps.entry_count, 3);
    assert_int_equal(psa_client_capabilities(PSA_CLIENT_PS, &caps, NULL, 0, &count), PSA_SUCCESS);
    assert_int_equal(count, 0);
}

static void capabilities_that_lie_are_refused(void **state)
{
    struct ts_caps told = { 1, 0x10002, 4096, 4096, 0 };
    struct ts_caps_entry entries[64];
    struct ts_caps caps = { .version = 55 };
    static const uint32_t counts[] = { 1, 30, 0x20000000, 0x1fffffff, UINT32_MAX };
    size_t count = 66;

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        fake_clear();
        told.entry_count = counts[i];
        fake_answer(&told, sizeof(told));
        assert_int_equal(psa_client_capabilities(PSA_CLIENT_ITS, &caps, entries, 64, &count),
                         PSA_ERROR_COMMUNICATION_FAILURE);
    }
    fake_clear();
    fake_answer(&told, sizeof(told) - 1);
    assert_int_equal(psa_client_capabilities(PSA_CLIENT_ITS, &caps, entries, 64, &count),
                     PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(caps.version, 55);
    assert_int_equal(count, 66);
    assert_int_equal(psa_client_capabilities((enum psa_client_service)PSA_CLIENT_SERVICES, &caps,
                                             entries, 1, &count),
                     PSA_ERROR_INVALID_ARGUMENT);
}

static void calls_are_made_for_the_transports_client(void **state)
{
    (void)state;
    fake.transport.client = 7;
    assert_int_equal(psa_purge_key(1), PSA_SUCCESS);
    assert_int_equal(fake.calls[0].client, 7);
    assert_int_equal(psa_client_gone(9), PSA_SUCCESS);
    assert_int_equal(fake.calls[1].opcode, 0x7f01);
    assert_int_equal(fake.calls[1].size, 0);
    assert_int_equal(fake.calls[1].client, 9);
    assert_int_equal(fake.calls[1].partition, FAKE_CRYPTO);
    assert_int_equal(fake.transport.client, 7);
}

static void without_memory_nothing_is_sent(void **state)
{
    uint8_t bytes[8];
    size_t length;

    (void)state;
    fake.memory_size = 3;
    assert_int_equal(psa_destroy_key(1), PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(psa_generate_random(bytes, 1), PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(psa_its_get(1, 0, 8, bytes, &length), PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(psa_ps_set_extended(1, 0, 8, bytes), PSA_ERROR_INSUFFICIENT_MEMORY);
    psa_hash_operation_t operation = { .id = 5 };
    assert_int_equal(psa_hash_update(&operation, bytes, 8), PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(fake.call_count, 0);
}

// The IV goes to the place of the first bytes to be encrypted
static void a_long_cipher_may_work_in_place(void **state)
{
    static const uint8_t aes[24] = { 0, 0x24 };
    static const uint8_t handle[4] = { 9 };
    uint8_t text[300];
    uint8_t buffer[400];
    size_t length;

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (uint8_t)i;
    }
    for (size_t shift = 0; shift <= 17; shift++) {
        memcpy(buffer + shift, text, sizeof(text));
        fake_clear();
        fake_answer(aes, 24);
        fake_answer(handle, sizeof(handle));
        fake_answer_record("fedcba9876543210", 16);
        fake_answer_record("first", 5);
        fake_answer_record("", 0);
        assert_int_equal(psa_cipher_encrypt(7, PSA_ALG_CTR, buffer + shift, sizeof(text), buffer,
                                            sizeof(buffer), &length),
                         PSA_SUCCESS);
        assert_int_equal(fake.call_count, 6);
        size_t first = fake.calls[3].size - 8;

        assert_memory_equal(fake.calls[3].body + 8, text, first);
        assert_memory_equal(fake.calls[4].body + 8, text + first, sizeof(text) - first);
        assert_memory_equal(buffer, "fedcba9876543210first", 21);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_works_before_it_is_connected, fake_reset),
        cmocka_unit_test_setup(services_are_found_when_they_are_used, fake_start),
        cmocka_unit_test_setup(the_end_leaves_no_secrets_in_the_shared_memory, fake_start),
        cmocka_unit_test_setup(a_key_does_not_stay_in_the_shared_memory, fake_start),
        cmocka_unit_test_setup(a_service_that_is_not_there_is_no_missing_asset, fake_start),
        cmocka_unit_test_setup(rpc_status_is_no_service_status, fake_start),
        cmocka_unit_test_setup(a_response_larger_than_the_memory_is_refused, fake_start),
        cmocka_unit_test_setup(capabilities_are_taken_as_far_as_they_go, fake_start),
        cmocka_unit_test_setup(capabilities_that_lie_are_refused, fake_start),
        cmocka_unit_test_setup(calls_are_made_for_the_transports_client, fake_start),
        cmocka_unit_test_setup(without_memory_nothing_is_sent, fake_start),
        cmocka_unit_test_setup(a_long_cipher_may_work_in_place, fake_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
