// SPDX-License-Identifier: BSD-3-Clause
//
// attest_service.c: Trusted Services' encoding of each operation, whose client id a token has, exact sizes, and every refusal.
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "attest_case.h"
#include "attest_fake.h"
#include "attest_key.h"
#include "attest_service.h"
#include "ts_caps.h"

#define GET_TOKEN 0x0101
#define GET_TOKEN_SIZE 0x0102
#define EXPORT_PUBLIC_KEY 0x0103
#define IMPORT_KEY 0x0104
#define KEY_EXISTS 0x0105

static const uint8_t private_key[32] = { 9, 8, 7 };
static uint8_t public_key[65];
static uint8_t request[5000];
static uint8_t response[ATTEST_BUFFER_SIZE + 16];
static struct sp_rpc_call call;

static int prepare(void **state)
{
    static struct attest_claims claims;
    const char *why;

    (void)state;
    fake_reset();
    fake_public_key(private_key, public_key);
    attest_key_init(private_key);
    boot_whole();
    memset(&claims, 0, sizeof(claims));
    assert_int_equal(attest_log_claims(&boot.boot, &claims, &why), 0);
    attest_service_init(&claims);
    return 0;
}

static void from(uint16_t source, uint32_t client)
{
    memset(response, 0x3c, sizeof(response));
    call = (struct sp_rpc_call){
        .source = source,
        .client = client,
        .request = request,
        .response = response,
        .response_max = ATTEST_BUFFER_SIZE,
    };
}

static int32_t run(uint16_t opcode)
{
    for (size_t i = 0; i < attest_service.row_count; i++) {
        if (attest_service.rows[i].opcode == opcode) {
            int32_t status = attest_service.rows[i].run(&call);

            assert_true(call.response_size <= call.response_max);
            assert_true(call.status == 0 || call.response_size == 0);
            for (size_t k = call.response_max; k < sizeof(response); k++) {
                assert_int_equal(response[k], 0x3c);
            }
            return status;
        }
    }
    fail_msg("no operation %#x", opcode);
    return 0;
}

// A record with tag 1: tag and length are big-endian
static void put_challenge(size_t size)
{
    request[0] = 0;
    request[1] = 1;
    request[2] = (uint8_t)(size >> 8);
    request[3] = (uint8_t)size;
    for (size_t i = 0; i < size; i++) {
        request[4 + i] = (uint8_t)(0xe0 - i);
    }
    call.request_size = 4 + size;
}

static void put_word(uint32_t word)
{
    memcpy(request, &word, 4);
    call.request_size = 4;
}

static const uint8_t *answer_record(size_t *size)
{
    assert_true(call.response_size >= 4);
    assert_int_equal(response[0], 0);
    assert_int_equal(response[1], 1);
    *size = (size_t)response[2] << 8 | response[3];
    assert_int_equal(call.response_size, 4 + *size);
    return response + 4;
}

static uint32_t token_size(uint16_t source, uint32_t client, size_t challenge)
{
    uint32_t size;

    from(source, client);
    put_word((uint32_t)challenge);
    assert_int_equal(run(GET_TOKEN_SIZE), TS_RPC_SUCCESS);
    assert_int_equal(call.status, 0);
    assert_int_equal(call.response_size, 4);
    memcpy(&size, response, 4);
    return size;
}

static const struct {
    uint16_t source;
    uint32_t client;
    int32_t id;
} clients[] = {
    { 0, 0, -1 },          // the normal world's kernel
    { 0, 1, -2 },          // two of its own clients
    { 0, 0xffff, -65536 }, //
    { 1, 0, -65537 },      // a virtual machine
    { 0x7fff, 0xffff, INT32_MIN },
    { 0x8001, 0, 0x8001 }, // partitions
    { 0x8003, 0, 0x8003 },
    { 0xfffe, 0, 0xfffe },
};
static const size_t challenges[] = { 32, 48, 64 };

static void a_token_names_its_client_and_has_the_size_that_was_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
        for (size_t c = 0; c < 3; c++) {
            uint32_t told = token_size(clients[i].source, clients[i].client, challenges[c]);
            size_t size;

            from(clients[i].source, clients[i].client);
            put_challenge(challenges[c]);
            assert_int_equal(run(GET_TOKEN), TS_RPC_SUCCESS);
            assert_int_equal(call.status, 0);
            const uint8_t *token = answer_record(&size);

            assert_int_equal(size, told);
            cbor_item_t *claims = token_open(token, size, public_key);

            token_is_int(claims, 2394, clients[i].id);
            token_is_bytes(claims, 10, request + 4, challenges[c]);
            cbor_decref(&claims);
        }
    }
}

static void a_token_says_what_was_booted(void **state)
{
    uint8_t ueid[33] = { 1 };
    uint8_t hash[32];
    size_t size;

    (void)state;
    from(0, 0);
    put_challenge(32);
    assert_int_equal(run(GET_TOKEN), TS_RPC_SUCCESS);
    const uint8_t *token = answer_record(&size);
    cbor_item_t *claims = token_open(token, size, public_key);
    const cbor_item_t *components = token_claim(claims, 2399);

    fake_sha256(public_key, 65, ueid + 1);
    token_is_bytes(claims, 256, ueid, 33);
    token_is_bytes(claims, 268, boot.facts.boot_seed, 32);
    token_is_bytes(claims, 2396, boot.facts.implementation_id, 32);
    token_is_int(claims, 2395, 0x1000);
    assert_int_equal(cbor_array_size(components), BOOT_WHOLE_IMAGES);
    boot_image_hash("BL_33", hash);
    token_is_text(cbor_array_handle(components)[4], 1, "BL_33");
    token_is_bytes(cbor_array_handle(components)[4], 2, hash, 32);
    token_is_text(cbor_array_handle(components)[4], 4, "9");
    cbor_decref(&claims);
}

static void other_challenges_are_invalid_arguments(void **state)
{
    static const size_t sizes[] = { 0, 1, 31, 33, 47, 49, 63, 65, 100, 4000 };
    static const uint32_t words[] = { 0, 31, 33, 65, 0x10020, 0x80000020, 0xffffffff };

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        from(0, 0);
        put_challenge(sizes[i]);
        assert_int_equal(run(GET_TOKEN), TS_RPC_SUCCESS);
        assert_int_equal(call.status, PSA_ERROR_INVALID_ARGUMENT);
    }
    from(0, 0);
    call.request_size = 0; // no record at all is a challenge of no bytes
    assert_int_equal(run(GET_TOKEN), TS_RPC_SUCCESS);
    assert_int_equal(call.status, PSA_ERROR_INVALID_ARGUMENT);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        from(0, 0);
        put_word(words[i]);
        assert_int_equal(run(GET_TOKEN_SIZE), TS_RPC_SUCCESS);
        assert_int_equal(call.status, PSA_ERROR_INVALID_ARGUMENT);
    }
    assert_int_equal(fake.signs, 0);
}

static void cut_requests_are_none(void **state)
{
    (void)state;
    for (size_t size = 1; size < 36; size++) {
        from(0, 0);
        put_challenge(32);
        call.request_size = size;
        assert_int_equal(run(GET_TOKEN), TS_RPC_INVALID_REQUEST_BODY);
    }
    for (size_t size = 0; size < 4; size++) {
        from(0, 0);
        put_word(32);
        call.request_size = size;
        assert_int_equal(run(GET_TOKEN_SIZE), TS_RPC_INVALID_REQUEST_BODY);
    }
    assert_int_equal(fake.signs, 0);
}

static void a_response_that_does_not_fit_is_none_and_signs_nothing(void **state)
{
    uint32_t size = token_size(0, 0, 32);

    (void)state;
    for (size_t room = 0; room < size + 4; room++) {
        from(0, 0);
        put_challenge(32);
        call.response_max = room;
        assert_int_equal(run(GET_TOKEN), TS_RPC_INVALID_RESPONSE_BODY);
        assert_int_equal(call.response_size, 0);
    }
    assert_int_equal(fake.signs, 0);
    from(0, 0);
    put_challenge(32);
    call.response_max = size + 4;
    assert_int_equal(run(GET_TOKEN), TS_RPC_SUCCESS);
    assert_int_equal(call.response_size, size + 4);
    for (size_t room = 0; room < 4; room++) {
        from(0, 0);
        put_word(32);
        call.response_max = room;
        assert_int_equal(run(GET_TOKEN_SIZE), TS_RPC_INVALID_RESPONSE_BODY);
    }
    for (size_t room = 0; room < 69; room++) {
        from(0, 0);
        call.response_max = room;
        assert_int_equal(run(EXPORT_PUBLIC_KEY), TS_RPC_INVALID_RESPONSE_BODY);
    }
    from(0, 0);
    call.response_max = 20;
    assert_int_equal(run(TS_RPC_OP_CAPABILITIES), TS_RPC_INVALID_RESPONSE_BODY);
}

static void who_asks_for_more_than_it_can_be_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < attest_service.row_count; i++) {
        uint16_t opcode = attest_service.rows[i].opcode;

        if (opcode == TS_RPC_OP_CAPABILITIES) {
            continue;
        }
        from(0, 0x10000);
        put_challenge(32);
        assert_int_equal(run(opcode), TS_RPC_INVALID_VALUE);
        from(0x8001, 1); // a partition has no clients of its own
        put_challenge(32);
        assert_int_equal(run(opcode), TS_RPC_INVALID_VALUE);
    }
}

static void the_public_key_is_cryptos(void **state)
{
    size_t size;

    (void)state;
    from(0, 0);
    assert_int_equal(run(EXPORT_PUBLIC_KEY), TS_RPC_SUCCESS);
    assert_int_equal(call.status, 0);
    const uint8_t *key = answer_record(&size);

    assert_int_equal(size, 65);
    assert_memory_equal(key, public_key, 65);
    from(0, 0);
    assert_int_equal(run(KEY_EXISTS), TS_RPC_SUCCESS);
    assert_int_equal(call.status, 0);
}

static void keys_do_not_come_from_outside(void **state)
{
    (void)state;
    from(0, 0);
    put_challenge(32);
    assert_int_equal(run(IMPORT_KEY), TS_RPC_SUCCESS);
    assert_int_equal(call.status, PSA_ERROR_NOT_PERMITTED);
    from(0x8002, 0);
    put_challenge(32);
    assert_int_equal(run(IMPORT_KEY), TS_RPC_SUCCESS);
    assert_int_equal(call.status, PSA_ERROR_NOT_PERMITTED);
    from(0, 0);
    put_challenge(32);
    call.request_size = 35;
    assert_int_equal(run(IMPORT_KEY), TS_RPC_INVALID_REQUEST_BODY);
    assert_int_equal(fake.imports, 0);
    the_public_key_is_cryptos(state);
}

static void without_crypto_nothing_is_signed_until_it_is_there(void **state)
{
    (void)state;
    fake.import_status = PSA_ERROR_COMMUNICATION_FAILURE;
    from(0, 0);
    put_challenge(32);
    assert_int_equal(run(GET_TOKEN), TS_RPC_SUCCESS);
    assert_int_equal(call.status, PSA_ERROR_SERVICE_FAILURE);
    from(0, 0);
    assert_int_equal(run(EXPORT_PUBLIC_KEY), TS_RPC_SUCCESS);
    assert_int_equal(call.status, PSA_ERROR_SERVICE_FAILURE);
    from(0, 0);
    assert_int_equal(run(KEY_EXISTS), TS_RPC_SUCCESS);
    assert_int_equal(call.status, PSA_ERROR_DOES_NOT_EXIST);
    assert_true(token_size(0, 0, 32) > 0); // which is known all the same
    fake.import_status = PSA_SUCCESS;
    the_public_key_is_cryptos(state);
}

static void a_token_that_was_not_signed_leaves_nothing(void **state)
{
    uint32_t size = token_size(0, 0, 64);

    (void)state;
    fake.sign_status = PSA_ERROR_INVALID_HANDLE;
    from(0, 0);
    put_challenge(64);
    assert_int_equal(run(GET_TOKEN), TS_RPC_SUCCESS);
    assert_int_equal(call.status, PSA_ERROR_SERVICE_FAILURE);
    for (size_t i = 0; i < size + 4; i++) {
        assert_int_equal(response[i], 0);
    }
}

static void without_claims_it_refuses_to_attest(void **state)
{
    (void)state;
    attest_service_init(NULL);
    from(0, 0);
    put_challenge(32);
    assert_int_equal(run(GET_TOKEN), TS_RPC_SUCCESS);
    assert_int_equal(call.status, PSA_ERROR_GENERIC_ERROR);
    from(0, 0);
    put_word(32);
    assert_int_equal(run(GET_TOKEN_SIZE), TS_RPC_SUCCESS);
    assert_int_equal(call.status, PSA_ERROR_GENERIC_ERROR);
    assert_int_equal(fake.signs, 0);
}

static void the_older_profile_is_told(void **state)
{
    static struct attest_claims claims = { .profile = ATTEST_PROFILE_IOT_1, .component_count = 1 };
    size_t size;

    (void)state;
    memcpy(claims.components[0].type, "BL_2", 5);
    attest_service_init(&claims);
    from(0x8001, 0);
    put_challenge(48);
    assert_int_equal(run(GET_TOKEN), TS_RPC_SUCCESS);
    const uint8_t *token = answer_record(&size);
    cbor_item_t *map = token_open(token, size, public_key);

    token_is_text(map, -75000, "PSA_IOT_PROFILE_1");
    token_is_int(map, -75001, 0x8001);
    cbor_decref(&map);
}

static void capabilities_say_what_it_can(void **state)
{
    struct ts_caps head;
    struct ts_caps_entry entries[5];
    static const struct ts_caps_entry expected[5] = {
        { 0x300, 32 }, { 0x300, 48 }, { 0x300, 64 }, { 0x301, 2 }, { 0x302, BOOT_WHOLE_IMAGES }
    };

    (void)state;
    from(0, 0);
    assert_int_equal(run(TS_RPC_OP_CAPABILITIES), TS_RPC_SUCCESS);
    assert_int_equal(call.response_size, sizeof(head) + sizeof(entries));
    memcpy(&head, response, sizeof(head));
    memcpy(entries, response + sizeof(head), sizeof(entries));
    assert_int_equal(head.version, TS_CAPS_VERSION);
    assert_int_equal(head.service_version, 0x00010000);
    assert_int_equal(head.entry_count, 5);
    assert_true(head.response_max >= 4 + 4096);
    assert_memory_equal(entries, expected, sizeof(expected));
    from(0, 5);
    assert_int_equal(run(TS_RPC_OP_CLIENT_GONE), TS_RPC_SUCCESS);
    assert_int_equal(call.status, 0);
}

static void operations_ascend(void **state)
{
    (void)state;
    for (size_t i = 1; i < attest_service.row_count; i++) {
        assert_true(attest_service.rows[i - 1].opcode < attest_service.rows[i].opcode);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_token_names_its_client_and_has_the_size_that_was_told, prepare),
        cmocka_unit_test_setup(a_token_says_what_was_booted, prepare),
        cmocka_unit_test_setup(other_challenges_are_invalid_arguments, prepare),
        cmocka_unit_test_setup(cut_requests_are_none, prepare),
        cmocka_unit_test_setup(a_response_that_does_not_fit_is_none_and_signs_nothing, prepare),
        cmocka_unit_test_setup(who_asks_for_more_than_it_can_be_is_refused, prepare),
        cmocka_unit_test_setup(the_public_key_is_cryptos, prepare),
        cmocka_unit_test_setup(keys_do_not_come_from_outside, prepare),
        cmocka_unit_test_setup(without_crypto_nothing_is_signed_until_it_is_there, prepare),
        cmocka_unit_test_setup(a_token_that_was_not_signed_leaves_nothing, prepare),
        cmocka_unit_test_setup(without_claims_it_refuses_to_attest, prepare),
        cmocka_unit_test_setup(the_older_profile_is_told, prepare),
        cmocka_unit_test_setup(capabilities_say_what_it_can, prepare),
        cmocka_unit_test_setup(operations_ascend, prepare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
