// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/client/psa_attest.c against a recording partition: the bytes of each request as Trusted Services' attestation protocol has
// them, and what is done with answers that break it.
#include "tests/unit/ffa/client_fake.h"

#include <string.h>

#include "ffa/client/psa/initial_attestation.h"

static uint8_t challenge[64];
static uint8_t buffer[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];

static int start(void **state)
{
    for (size_t i = 0; i < sizeof(challenge); i++) {
        challenge[i] = (uint8_t)(0x80 + i);
    }
    memset(buffer, 0x3c, sizeof(buffer));
    return fake_start(state);
}

static void requests_are_encoded_as_specified(void **state)
{
    uint8_t record[4 + 48] = { 0, 1, 0, 48 };
    static const uint8_t word[] = { 64, 0, 0, 0 };
    uint8_t key[65] = { 4, 1, 2, 3 };
    size_t size;

    (void)state;
    memcpy(record + 4, challenge, 48);
    fake_answer_record("a token", 7);
    fake_answer("\x10\x02\0\0", 4);
    fake_answer_record(key, sizeof(key));
    assert_int_equal(psa_initial_attest_get_token(challenge, 48, buffer, sizeof(buffer), &size),
                     PSA_SUCCESS);
    ASSERT_CALL(0, 0x101, record);
    assert_int_equal(size, 7);
    assert_memory_equal(buffer, "a token\x3c", 8);
    assert_int_equal(psa_initial_attest_get_token_size(64, &size), PSA_SUCCESS);
    ASSERT_CALL(1, 0x102, word);
    assert_int_equal(size, 0x210);
    assert_int_equal(tessera_attest_get_public_key(buffer, 65, &size), PSA_SUCCESS);
    assert_int_equal(fake.calls[2].opcode, 0x103);
    assert_int_equal(fake.calls[2].size, 0);
    assert_int_equal(size, 65);
    assert_memory_equal(buffer, key, 65);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(fake.calls[i].interface, FAKE_ATTEST);
    }
}

static void wrong_arguments_are_refused_without_a_call(void **state)
{
    static const size_t sizes[] = { 0, 1, 31, 33, 47, 49, 63, 65, SIZE_MAX };
    size_t size = 77;

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(
            psa_initial_attest_get_token(challenge, sizes[i], buffer, sizeof(buffer), &size),
            PSA_ERROR_INVALID_ARGUMENT);
        assert_int_equal(psa_initial_attest_get_token_size(sizes[i], &size),
                         PSA_ERROR_INVALID_ARGUMENT);
    }
    assert_int_equal(psa_initial_attest_get_token(NULL, 32, buffer, sizeof(buffer), &size),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_initial_attest_get_token(challenge, 32, NULL, sizeof(buffer), &size),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_initial_attest_get_token(challenge, 32, buffer, sizeof(buffer), NULL),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_initial_attest_get_token_size(32, NULL), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(tessera_attest_get_public_key(NULL, 65, &size), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(tessera_attest_get_public_key(buffer, 65, NULL), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(size, 77);
    assert_int_equal(fake.call_count, 0);
}

static void a_buffer_that_is_too_small_stays_as_it_is(void **state)
{
    size_t size = 77;

    (void)state;
    fake_answer_record("0123456789", 10);
    for (size_t room = 0; room < 10; room++) {
        assert_int_equal(psa_initial_attest_get_token(challenge, 32, buffer, room, &size),
                         PSA_ERROR_BUFFER_TOO_SMALL);
        assert_int_equal(tessera_attest_get_public_key(buffer, room, &size),
                         PSA_ERROR_BUFFER_TOO_SMALL);
        fake.call_count = 0;
    }
    assert_int_equal(size, 77);
    assert_int_equal(buffer[0], 0x3c);
}

static void the_services_status_comes_through(void **state)
{
    static const psa_status_t statuses[] = { PSA_ERROR_GENERIC_ERROR, PSA_ERROR_SERVICE_FAILURE,
                                             PSA_ERROR_INVALID_ARGUMENT };
    size_t size = 77;

    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        fake_clear();
        fake_answer_status(statuses[i]);
        assert_int_equal(psa_initial_attest_get_token(challenge, 32, buffer, sizeof(buffer), &size),
                         statuses[i]);
        assert_int_equal(psa_initial_attest_get_token_size(32, &size), statuses[i]);
        assert_int_equal(tessera_attest_get_public_key(buffer, 65, &size), statuses[i]);
    }
    assert_int_equal(size, 77);
}

static void broken_answers_are_service_failures(void **state)
{
    uint8_t key[66] = { 4 };
    size_t size = 77;

    (void)state;
    fake_answer("", 0); // no record
    assert_int_equal(psa_initial_attest_get_token(challenge, 32, buffer, sizeof(buffer), &size),
                     PSA_ERROR_SERVICE_FAILURE);
    assert_int_equal(psa_initial_attest_get_token_size(32, &size), PSA_ERROR_SERVICE_FAILURE);
    fake_clear();
    fake_answer("\0\1\0\x20", 4); // a record that is cut off
    assert_int_equal(psa_initial_attest_get_token(challenge, 32, buffer, sizeof(buffer), &size),
                     PSA_ERROR_SERVICE_FAILURE);
    fake_clear();
    fake_answer("\x01\x10\0\0", 4); // larger than any token
    assert_int_equal(psa_initial_attest_get_token_size(32, &size), PSA_ERROR_SERVICE_FAILURE);
    fake_clear();
    fake_answer_record(key, 64);
    fake_answer_record(key, 66);
    key[0] = 3;
    fake_answer_record(key, 65);
    for (unsigned int i = 0; i < 3; i++) {
        assert_int_equal(tessera_attest_get_public_key(buffer, sizeof(buffer), &size),
                         PSA_ERROR_SERVICE_FAILURE);
        for (size_t k = 0; k < 65; k++) {
            assert_true(buffer[k] == 0 || buffer[k] == 0x3c);
        }
    }
    assert_int_equal(size, 77);
}

static void a_partition_that_is_not_reached_is_a_service_failure(void **state)
{
    size_t size = 77;

    (void)state;
    fake.has_storage = false;
    assert_int_equal(psa_initial_attest_get_token(challenge, 32, buffer, sizeof(buffer), &size),
                     PSA_ERROR_SERVICE_FAILURE);
    assert_int_equal(psa_initial_attest_get_token_size(32, &size), PSA_ERROR_SERVICE_FAILURE);
    fake.has_storage = true;
    fake.dead = true;
    assert_int_equal(tessera_attest_get_public_key(buffer, 65, &size), PSA_ERROR_SERVICE_FAILURE);
    assert_int_equal(size, 77);
}

static void before_a_connection_nothing_works(void **state)
{
    size_t size = 77;

    (void)state;
    assert_int_equal(psa_initial_attest_get_token(challenge, 32, buffer, sizeof(buffer), &size),
                     PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_initial_attest_get_token_size(32, &size), PSA_ERROR_BAD_STATE);
    assert_int_equal(tessera_attest_get_public_key(buffer, 65, &size), PSA_ERROR_BAD_STATE);
}

static void memory_that_is_too_small_is_told(void **state)
{
    size_t size = 77;

    (void)state;
    fake.memory_size = 67; // a challenge and its head: one byte more
    assert_int_equal(psa_initial_attest_get_token(challenge, 64, buffer, sizeof(buffer), &size),
                     PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(fake.call_count, 0);
    fake_answer("", 0);
    fake.replies[0].rpc_status = -7; // the response does not fit
    assert_int_equal(psa_initial_attest_get_token(challenge, 32, buffer, sizeof(buffer), &size),
                     PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(size, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(before_a_connection_nothing_works, fake_reset),
        cmocka_unit_test_setup(requests_are_encoded_as_specified, start),
        cmocka_unit_test_setup(wrong_arguments_are_refused_without_a_call, start),
        cmocka_unit_test_setup(a_buffer_that_is_too_small_stays_as_it_is, start),
        cmocka_unit_test_setup(the_services_status_comes_through, start),
        cmocka_unit_test_setup(broken_answers_are_service_failures, start),
        cmocka_unit_test_setup(a_partition_that_is_not_reached_is_a_service_failure, start),
        cmocka_unit_test_setup(memory_that_is_too_small_is_told, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
