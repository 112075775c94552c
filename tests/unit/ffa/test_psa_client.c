// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/client/psa_crypto.c against a recording partition: the bytes of each request as the packed-c
// encoding of Trusted Services has them, and what is done with answers that break it.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ffa/client/psa_client.h"
#include "ts_rpc_abi.h"

#define SHARED_SIZE 256
#define CALLS_MAX 8

static uint8_t shared[SHARED_SIZE];
static struct ffa_transport transport;

// What the partition was asked
static struct {
    uint16_t opcode;
    size_t size;
    uint8_t body[SHARED_SIZE];
} calls[CALLS_MAX];
static size_t call_count;

// What it answers to every service call
static int32_t rpc_status;
static int32_t service_status;
static uint8_t reply[SHARED_SIZE];
static size_t reply_size;

static void set_response(struct ffa_args *args, uint32_t w4, uint32_t w5, uint32_t w6)
{
    args->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
    args->x[4] = w4;
    args->x[5] = w5;
    args->x[6] = w6;
}

static void partition(struct ffa_transport *from, struct ffa_args *args)
{
    (void)from;
    if ((uint32_t)args->x[0] == FFA_PARTITION_INFO_GET_REGS) {
        *args = (struct ffa_args){ .x = { FFA_SUCCESS_64, 0, 24ULL << 48,
                                          0x8002 | 1 << 16 | 0x101ULL << 32 } };
        return;
    }
    assert_int_equal(args->x[0], FFA_MSG_SEND_DIRECT_REQ_32);
    if ((args->x[3] & 0xff0000) == 0xff0000) { // management: version 1, interface 0, memory known
        set_response(args, args->x[3] == 0xff0000 ? 1 : 0, 0, 0);
        return;
    }
    assert_true(call_count < CALLS_MAX && args->x[6] <= SHARED_SIZE);
    calls[call_count].opcode = (uint16_t)args->x[3];
    calls[call_count].size = args->x[6];
    memcpy(calls[call_count].body, shared, args->x[6]);
    call_count++;
    memcpy(shared, reply, sizeof(shared));
    set_response(args, (uint32_t)rpc_status, (uint32_t)service_status, (uint32_t)reply_size);
}

static int start(void **state)
{
    (void)state;
    memset(calls, 0, sizeof(calls));
    memset(reply, 0, sizeof(reply));
    call_count = 0;
    rpc_status = 0;
    service_status = 0;
    reply_size = 0;
    transport = (struct ffa_transport){
        .call = partition,
        .shared = shared,
        .shared_size = SHARED_SIZE,
        .shared_handle = 0x5678,
    };
    assert_int_equal(psa_client_connect(&transport), PSA_SUCCESS);
    return 0;
}

static void set_reply(const void *data, size_t size)
{
    memcpy(reply, data, size);
    reply_size = size;
}

#define ASSERT_CALL(index, op, bytes)                                 \
    do {                                                              \
        assert_int_equal(calls[index].opcode, op);                    \
        assert_int_equal(calls[index].size, sizeof(bytes));           \
        assert_memory_equal(calls[index].body, bytes, sizeof(bytes)); \
    } while (0)

static void nothing_works_before_it_is_connected(void **state)
{
    psa_hash_operation_t operation = { .handle = 1 };
    uint8_t bytes[4];

    (void)state;
    assert_int_equal(psa_crypto_init(), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_generate_random(bytes, sizeof(bytes)), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_update(&operation, bytes, 4), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_destroy_key(5), PSA_ERROR_BAD_STATE);
}

static void random_is_asked_for_in_what_fits(void **state)
{
    static const uint8_t first[] = { 192, 0, 0, 0 }; // whole blocks of what 256 bytes hold
    uint8_t bytes[192] = { 0 };

    (void)state;
    set_reply((const uint8_t[]){ 0, 1, 0, 192, 0xaa }, 5);
    reply_size = 196;
    assert_int_equal(psa_generate_random(bytes, 192), PSA_SUCCESS);
    ASSERT_CALL(0, 0x010c, first);
    assert_int_equal(bytes[0], 0xaa);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(psa_generate_random(bytes, 191), PSA_ERROR_BUFFER_TOO_SMALL); // got 192
    set_reply((const uint8_t[]){ 0, 1, 0, 1, 0xaa }, 5); // fewer than asked for are none at all
    assert_int_equal(psa_generate_random(bytes, 2), PSA_ERROR_COMMUNICATION_FAILURE);
}

static void a_key_is_asked_for_with_all_its_attributes(void **state)
{
    static const uint8_t expected[] = { 0x12, 0x71, 0, 0, 0, 1,    0, 0, 0,    0,    0, 0,
                                        0,    0,    0, 0, 0, 0x30, 0, 0, 0x09, 0x06, 0, 0x06 };
    psa_key_attributes_t attributes = psa_key_attributes_init();
    psa_key_id_t key = 0;

    (void)state;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    set_reply((const uint8_t[]){ 1, 2, 3, 4 }, 4);
    assert_int_equal(psa_generate_key(&attributes, &key), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0101, expected);
    assert_int_equal(key, 0x04030201);
    set_reply(expected, sizeof(expected));
    psa_reset_key_attributes(&attributes);
    assert_int_equal(psa_get_key_attributes(key, &attributes), PSA_SUCCESS);
    assert_int_equal(calls[1].opcode, 0x010f);
    assert_int_equal(psa_get_key_type(&attributes), 0x7112);
    assert_int_equal(psa_get_key_bits(&attributes), 256);
    assert_int_equal(psa_get_key_usage_flags(&attributes), 0x3000);
    assert_int_equal(psa_get_key_algorithm(&attributes), 0x06000609);
    reply[2] = 1; // a type that no type fits
    assert_int_equal(psa_get_key_attributes(key, &attributes), PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    ASSERT_CALL(3, 0x0102, ((const uint8_t[]){ 1, 2, 3, 4 }));
    assert_int_equal(psa_destroy_key(PSA_KEY_ID_NULL), PSA_SUCCESS);
    assert_int_equal(call_count, 4);
}

static void signing_and_verifying_send_records(void **state)
{
    static const uint8_t sign[] = { 7, 0, 0, 0, 0x09, 0x06, 0, 0x06, 0, 1, 0, 2, 'h', 'a' };
    static const uint8_t verify[] = { 7, 0,   0,   0, 0x09, 0x06, 0, 0x06, 0,   1,  0,
                                      2, 'h', 'a', 0, 2,    0,    3, 's',  'i', 'g' };
    const psa_algorithm_t alg = PSA_ALG_ECDSA(PSA_ALG_SHA_256);
    uint8_t signature[3];
    size_t length = 0;

    (void)state;
    set_reply((const uint8_t[]){ 0, 1, 0, 3, 's', 'i', 'g' }, 7);
    assert_int_equal(psa_sign_hash(7, alg, (const uint8_t *)"ha", 2, signature, 3, &length),
                     PSA_SUCCESS);
    ASSERT_CALL(0, 0x0108, sign);
    assert_int_equal(length, 3);
    assert_memory_equal(signature, "sig", 3);
    assert_int_equal(psa_sign_hash(7, alg, (const uint8_t *)"ha", 2, signature, 2, &length),
                     PSA_ERROR_BUFFER_TOO_SMALL);
    service_status = PSA_ERROR_INVALID_SIGNATURE;
    assert_int_equal(psa_verify_hash(7, alg, (const uint8_t *)"ha", 2, signature, 3),
                     PSA_ERROR_INVALID_SIGNATURE);
    ASSERT_CALL(2, 0x0109, verify);
}

static void a_hash_goes_in_pieces_and_is_aborted_after_an_error(void **state)
{
    uint8_t input[200] = { 1 };
    uint8_t hash[32];
    size_t length;

    (void)state;
    set_reply((const uint8_t[]){ 9, 0, 0, 0 }, 4); // handle 9; as a record it has no value
    psa_hash_operation_t operation = psa_hash_operation_init();

    assert_int_equal(psa_hash_setup(&operation, PSA_ALG_SHA_256), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0201, ((const uint8_t[]){ 9, 0, 0, 2 }));
    assert_int_equal(psa_hash_setup(&operation, PSA_ALG_SHA_256), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_update(&operation, input, sizeof(input)), PSA_SUCCESS);
    assert_int_equal(calls[1].size, 4 + 4 + 192);
    assert_int_equal(calls[1].body[0], 9);
    assert_int_equal(calls[2].size, 4 + 4 + 8);
    set_reply((const uint8_t[]){ 0, 1, 0, 2, 'o', 'k' }, 6);
    assert_int_equal(psa_hash_finish(&operation, hash, sizeof(hash), &length), PSA_SUCCESS);
    assert_int_equal(length, 2);
    assert_int_equal(psa_hash_finish(&operation, hash, sizeof(hash), &length), PSA_ERROR_BAD_STATE);

    // The answer to setup is no record: without a hash there is no success
    call_count = 0;
    set_reply((const uint8_t[]){ 9, 0, 0, 0 }, 4);
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, input, 1, hash, 32, &length),
                     PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(calls[3].opcode, 0x0204);
    call_count = 0;
    set_reply((const uint8_t[]){ 0, 1, 0, 9 }, 4); // a record that is cut off
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, input, 1, hash, 32, &length),
                     PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(calls[3].opcode, 0x0204);
}

static void a_broken_answer_is_never_a_success(void **state)
{
    psa_key_id_t key = 77;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint8_t data[8];
    size_t length = 99;

    (void)state;
    rpc_status = TS_RPC_INVALID_REQUEST_BODY;
    assert_int_equal(psa_destroy_key(1), PSA_ERROR_COMMUNICATION_FAILURE);
    rpc_status = 0;
    set_reply("abc", 3); // shorter than an id
    assert_int_equal(psa_generate_key(&attributes, &key), PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(key, 77);
    set_reply((const uint8_t[]){ 0, 1, 0xff, 0xff, 'x' }, 5); // longer than the answer
    assert_int_equal(psa_export_public_key(1, data, sizeof(data), &length),
                     PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(length, 99);
    service_status = PSA_ERROR_NOT_PERMITTED;
    assert_int_equal(psa_export_public_key(1, data, sizeof(data), &length),
                     PSA_ERROR_NOT_PERMITTED);
}

static void what_does_not_fit_the_shared_memory_is_not_sent(void **state)
{
    static const uint8_t hash[250];
    uint8_t out[64];
    size_t length;

    (void)state;
    assert_int_equal(psa_sign_hash(1, 1, hash, sizeof(hash), out, sizeof(out), &length),
                     PSA_ERROR_INSUFFICIENT_MEMORY);
    transport.shared_size = 3;
    assert_int_equal(psa_destroy_key(1), PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(psa_generate_random(out, 1), PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(call_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_works_before_it_is_connected), // first: there is no disconnecting
        cmocka_unit_test_setup(random_is_asked_for_in_what_fits, start),
        cmocka_unit_test_setup(a_key_is_asked_for_with_all_its_attributes, start),
        cmocka_unit_test_setup(signing_and_verifying_send_records, start),
        cmocka_unit_test_setup(a_hash_goes_in_pieces_and_is_aborted_after_an_error, start),
        cmocka_unit_test_setup(a_broken_answer_is_never_a_success, start),
        cmocka_unit_test_setup(what_does_not_fit_the_shared_memory_is_not_sent, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
