// SPDX-License-Identifier: BSD-3-Clause
//
// Requests to the crypto service (crypto_case.h).
#include "crypto_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "crypto_fake.h"
#include "crypto_service.h"

struct crypto_case kase;

void case_start(void)
{
    memset(&kase, 0, sizeof(kase));
    kase.response_max = CASE_SIZE;
}

void case_as(uint16_t source, uint32_t client)
{
    kase.source = source;
    kase.client = client;
}

void case_put(const void *data, size_t size)
{
    if (size != 0) {
        memcpy(kase.request + kase.request_size, data, size);
    }
    kase.request_size += size;
}

void case_word(uint32_t word)
{
    const uint8_t bytes[4] = { (uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
                               (uint8_t)(word >> 24) };

    case_put(bytes, sizeof(bytes));
}

void case_record(uint16_t tag, const void *data, size_t size)
{
    const uint8_t head[4] = { (uint8_t)(tag >> 8), (uint8_t)tag, (uint8_t)(size >> 8),
                              (uint8_t)size };

    case_put(head, sizeof(head));
    case_put(data, size);
}

// As sp_rpc.c does: what is not part of the response must not have been written or must have been wiped
static void check_rest(size_t size)
{
    const uint8_t *rest = kase.response + size;

    if (rest[0] != 0 || memcmp(rest, rest + 1, CASE_SIZE - size - 1) != 0) {
        fail_msg("something is left over behind a response of %zu bytes", size);
    }
}

int32_t case_run(uint16_t opcode)
{
    struct sp_rpc_call call = {
        .source = kase.source,
        .client = kase.client,
        .request = kase.request,
        .request_size = kase.request_size,
        .response = kase.response,
        .response_max = kase.response_max,
    };
    int32_t rpc_status = 99;

    memset(kase.response, 0, sizeof(kase.response));
    for (size_t i = 0; i < crypto_service.row_count; i++) {
        if (crypto_service.rows[i].opcode == opcode) {
            rpc_status = crypto_service.rows[i].run(&call);
        }
    }
    assert_int_not_equal(rpc_status, 99);
    assert_true(call.response_size <= kase.response_max);
    check_rest(call.response_size);
    if (call.status != PSA_SUCCESS) {
        assert_int_equal(call.response_size, 0);
    }
    kase.request_size = 0;
    kase.status = call.status;
    kase.response_size = call.response_size;
    return rpc_status;
}

int32_t case_call(uint16_t opcode)
{
    assert_int_equal(case_run(opcode), TS_RPC_SUCCESS);
    return kase.status;
}

uint32_t case_answer_word(void)
{
    const uint8_t *bytes = kase.response;

    assert_int_equal(kase.response_size, 4);
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

const uint8_t *case_answer_record(size_t *size)
{
    assert_true(kase.response_size >= 4);
    *size = (size_t)kase.response[2] << 8 | kase.response[3];
    assert_int_equal(kase.response[0] << 8 | kase.response[1], 1);
    assert_int_equal(kase.response_size, *size + 4);
    return kase.response + 4;
}

static void put_key(const struct case_key *key)
{
    case_word(key->type);
    case_word(key->bits);
    case_word(key->lifetime);
    case_word(key->id);
    case_word(key->usage);
    case_word(key->alg);
}

static int32_t make(uint16_t opcode, uint32_t *id)
{
    int32_t status = case_call(opcode);

    if (status == PSA_SUCCESS) {
        *id = case_answer_word();
    }
    return status;
}

int32_t case_generate(const struct case_key *key, uint32_t *id)
{
    put_key(key);
    return make(0x0101, id);
}

int32_t case_import(const struct case_key *key, const void *data, size_t size, uint32_t *id)
{
    put_key(key);
    case_record(1, data, size);
    return make(0x0107, id);
}

int32_t case_destroy(uint32_t id)
{
    case_word(id);
    return case_call(0x0102);
}

int32_t case_export(uint32_t id)
{
    case_word(id);
    return case_call(0x0105);
}

uint32_t case_new(const struct case_key *key)
{
    uint32_t id = 0;

    assert_int_equal(case_generate(key, &id), PSA_SUCCESS);
    return id;
}

int32_t case_sign(uint16_t opcode, uint32_t id, uint32_t alg, const void *data, size_t size)
{
    case_word(id);
    case_word(alg);
    case_record(1, data, size);
    return case_call(opcode);
}

int32_t case_verify(uint16_t opcode, uint32_t id, uint32_t alg, const struct case_bytes *data,
                    const struct case_bytes *signature)
{
    case_word(id);
    case_word(alg);
    case_record(1, data->at, data->size);
    case_record(2, signature->at, signature->size);
    return case_call(opcode);
}

int32_t case_crypt(uint16_t opcode, uint32_t id, uint32_t alg, const void *data, size_t size,
                   const char *label)
{
    case_word(id);
    case_word(alg);
    case_record(1, data, size);
    case_record(2, label, strlen(label));
    return case_call(opcode);
}

int32_t case_agree(uint32_t id, const void *peer, size_t size)
{
    case_word(0x09020000); // ECDH
    case_word(id);
    case_record(1, peer, size);
    return case_call(0x040a);
}

void case_public(uint32_t id, uint8_t *key, size_t size)
{
    size_t found;

    case_word(id);
    assert_int_equal(case_call(0x0106), PSA_SUCCESS);
    memcpy(key, case_answer_record(&found), size);
    assert_int_equal(found, size);
}

int case_start_service(void **state)
{
    uint8_t seed[CRYPTO_SEED_SIZE] = { 1 };

    (void)state;
    crypto_fake_reset();
    return crypto_service_init(seed, NULL);
}

int case_clean(void **state)
{
    (void)state;
    crypto_fake_reset();
    for (uint32_t client = 0; client < 10; client++) {
        for (uint32_t i = 0; i < CRYPTO_SOURCES; i++) {
            case_start();
            case_as((uint16_t)(i == 0 ? NWD : SP1 + i - 1), client);
            if (case_run(0x7f01) != TS_RPC_SUCCESS) {
                return -1;
            }
        }
    }
    case_start();
    return 0;
}
