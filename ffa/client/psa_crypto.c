// SPDX-License-Identifier: BSD-3-Clause
//
// psa/crypto.h over the crypto partition: each function encodes its request into the shared memory,
// calls, and checks the response before anything of it reaches the caller. One connection, one call
// at a time.
#include "ffa/client/psa/crypto.h"

#include <stdbool.h>
#include <string.h>

#include "ffa/client/psa_client.h"
#include "ffa/client/ts_rpc.h"
#include "partitions/crypto/crypto_proto.h"
#include "ts_tlv.h"

static struct ts_rpc_session session;
static bool connected;

// A request on its way into the shared memory: the fixed part, then records. Overflow is remembered
// until the call.
struct request {
    struct ts_tlv_writer writer;
    bool overflow;
};

static psa_status_t map_error(int error)
{
    switch (error) {
    case ERR_RANGE:
    case ERR_NO_MEMORY:
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    default:
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
}

psa_status_t psa_client_connect(struct ffa_transport *transport)
{
    static const uint32_t uuid[4] = TS_CRYPTO_UUID;
    int error = ts_rpc_open(&session, transport, uuid);

    connected = error == 0;
    if (error == ERR_NOT_FOUND) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    return error != 0 ? map_error(error) : PSA_SUCCESS;
}

psa_status_t psa_client_disconnect(void)
{
    int error = connected ? ts_rpc_close(&session) : 0;

    connected = false;
    return error != 0 ? map_error(error) : PSA_SUCCESS;
}

static struct request request_start(const void *fixed, size_t size)
{
    struct request request = { 0 };

    if (!connected || size > session.transport->shared_size) {
        request.overflow = true;
        return request;
    }
    request.writer.buf = session.transport->shared;
    request.writer.size = session.transport->shared_size;
    request.writer.used = size;
    memcpy(request.writer.buf, fixed, size);
    return request;
}

static void request_add(struct request *request, uint16_t tag, const void *data, size_t size)
{
    if (!request->overflow && ts_tlv_write(&request->writer, tag, data, size) != 0) {
        request->overflow = true;
    }
}

// Makes the call. `response_size` bytes stand at the start of the shared memory.
static psa_status_t request_call(const struct request *request, uint16_t opcode,
                                 size_t *response_size)
{
    struct ts_rpc_call call = { .opcode = opcode, .request_size = (uint32_t)request->writer.used };

    *response_size = 0;
    if (!connected) {
        return PSA_ERROR_BAD_STATE;
    }
    if (request->overflow) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    int error = ts_rpc_invoke(&session, &call);

    if (error != 0) {
        return map_error(error);
    }
    if (call.rpc_status != TS_RPC_SUCCESS) {
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
    *response_size = call.response_size;
    return call.service_status;
}

// A call whose response is a fixed part of `size` bytes at least, or nothing (size 0).
static psa_status_t call_fixed(const struct request *request, uint16_t opcode, void *fixed,
                               size_t size)
{
    size_t response_size;
    psa_status_t status = request_call(request, opcode, &response_size);

    if (status != PSA_SUCCESS) {
        return status;
    }
    if (response_size < size) {
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (size != 0) {
        memcpy(fixed, session.transport->shared, size);
    }
    return PSA_SUCCESS;
}

// A call whose response is one record: its value goes to `data`, its length to `length`.
static psa_status_t call_value(const struct request *request, uint16_t opcode, uint8_t *data,
                               size_t size, size_t *length)
{
    struct ts_tlv value;
    size_t response_size;
    psa_status_t status = request_call(request, opcode, &response_size);

    if (status != PSA_SUCCESS) {
        return status;
    }
    struct ts_tlv_reader reader = { .at = session.transport->shared, .left = response_size };

    // No operation has an empty result: without a value the record is missing
    if (ts_tlv_read(&reader, CRYPTO_TAG_1, &value) != 0 || value.length == 0) {
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (value.length > size) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    memcpy(data, value.data, value.length);
    *length = value.length;
    return PSA_SUCCESS;
}

static struct request request_word(uint32_t word)
{
    struct crypto_word fixed = { word };

    return request_start(&fixed, sizeof(fixed));
}

// Most bytes of one record in a request with a fixed part of `fixed` bytes, or in a response; a
// multiple of 64 so that hashes take whole blocks.
static size_t chunk_max(size_t fixed)
{
    size_t size = connected ? session.transport->shared_size : 0;
    size_t head = fixed + TS_TLV_HEADER;
    size_t room = size > head ? size - head : 0;

    room = room < TS_TLV_VALUE_MAX ? room : TS_TLV_VALUE_MAX;
    return room >= 64 ? room / 64 * 64 : room;
}

psa_status_t psa_crypto_init(void)
{
    return connected ? PSA_SUCCESS : PSA_ERROR_BAD_STATE;
}

psa_status_t psa_generate_random(uint8_t *output, size_t output_size)
{
    size_t chunk = chunk_max(0);

    if (!connected) {
        return PSA_ERROR_BAD_STATE;
    }
    if (chunk == 0) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    while (output_size > 0) {
        size_t size = output_size < chunk ? output_size : chunk;
        size_t length;
        struct request request = request_word((uint32_t)size);
        psa_status_t status = call_value(&request, CRYPTO_GENERATE_RANDOM, output, size, &length);

        if (status == PSA_SUCCESS && length != size) {
            status = PSA_ERROR_COMMUNICATION_FAILURE;
        }
        if (status != PSA_SUCCESS) {
            return status;
        }
        output += size;
        output_size -= size;
    }
    return PSA_SUCCESS;
}

psa_status_t psa_generate_key(const psa_key_attributes_t *attributes, psa_key_id_t *key)
{
    struct crypto_attributes fixed = {
        .type = attributes->type,
        .key_bits = attributes->bits,
        .lifetime = attributes->lifetime,
        .id = attributes->id,
        .usage = attributes->usage,
        .alg = attributes->alg,
    };
    struct crypto_word id;
    struct request request = request_start(&fixed, sizeof(fixed));
    psa_status_t status = call_fixed(&request, CRYPTO_GENERATE_KEY, &id, sizeof(id));

    if (status == PSA_SUCCESS) {
        *key = id.value;
    }
    return status;
}

psa_status_t psa_destroy_key(psa_key_id_t key)
{
    struct request request = request_word(key);

    return key == PSA_KEY_ID_NULL ? PSA_SUCCESS : call_fixed(&request, CRYPTO_DESTROY_KEY, NULL, 0);
}

psa_status_t psa_get_key_attributes(psa_key_id_t key, psa_key_attributes_t *attributes)
{
    struct crypto_attributes fixed;
    struct request request = request_word(key);
    psa_status_t status = call_fixed(&request, CRYPTO_GET_KEY_ATTRIBUTES, &fixed, sizeof(fixed));

    if (status == PSA_SUCCESS && (fixed.type > UINT16_MAX || fixed.key_bits > UINT16_MAX)) {
        status = PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (status == PSA_SUCCESS) {
        attributes->type = (psa_key_type_t)fixed.type;
        attributes->bits = (uint16_t)fixed.key_bits;
        attributes->lifetime = fixed.lifetime;
        attributes->id = fixed.id;
        attributes->usage = fixed.usage;
        attributes->alg = fixed.alg;
    }
    return status;
}

void psa_reset_key_attributes(psa_key_attributes_t *attributes)
{
    *attributes = psa_key_attributes_init();
}

psa_status_t psa_export_public_key(psa_key_id_t key, uint8_t *data, size_t data_size,
                                   size_t *data_length)
{
    struct request request = request_word(key);

    return call_value(&request, CRYPTO_EXPORT_PUBLIC_KEY, data, data_size, data_length);
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_sign_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                           size_t hash_length, uint8_t *signature, size_t signature_size,
                           size_t *signature_length)
{
    struct crypto_key_alg fixed = { .id = key, .alg = alg };
    struct request request = request_start(&fixed, sizeof(fixed));

    request_add(&request, CRYPTO_TAG_1, hash, hash_length);
    return call_value(&request, CRYPTO_SIGN_HASH, signature, signature_size, signature_length);
}

psa_status_t psa_verify_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                             size_t hash_length, const uint8_t *signature, size_t signature_length)
{
    struct crypto_key_alg fixed = { .id = key, .alg = alg };
    struct request request = request_start(&fixed, sizeof(fixed));

    request_add(&request, CRYPTO_TAG_1, hash, hash_length);
    request_add(&request, CRYPTO_TAG_2, signature, signature_length);
    return call_fixed(&request, CRYPTO_VERIFY_HASH, NULL, 0);
}

psa_status_t psa_hash_setup(psa_hash_operation_t *operation, psa_algorithm_t alg)
{
    struct crypto_word handle;

    if (operation->handle != 0) {
        return PSA_ERROR_BAD_STATE;
    }
    struct request request = request_word(alg);
    psa_status_t status = call_fixed(&request, CRYPTO_HASH_SETUP, &handle, sizeof(handle));

    if (status == PSA_SUCCESS) {
        operation->handle = handle.value;
    }
    return status;
}

psa_status_t psa_hash_update(psa_hash_operation_t *operation, const uint8_t *input,
                             size_t input_length)
{
    size_t chunk = chunk_max(sizeof(struct crypto_word));

    if (operation->handle == 0 || !connected) {
        return PSA_ERROR_BAD_STATE;
    }
    if (chunk == 0) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    while (input_length > 0) {
        size_t size = input_length < chunk ? input_length : chunk;
        struct request request = request_word(operation->handle);

        request_add(&request, CRYPTO_TAG_1, input, size);
        psa_status_t status = call_fixed(&request, CRYPTO_HASH_UPDATE, NULL, 0);

        if (status != PSA_SUCCESS) {
            return status;
        }
        input += size;
        input_length -= size;
    }
    return PSA_SUCCESS;
}

psa_status_t psa_hash_finish(psa_hash_operation_t *operation, uint8_t *hash, size_t hash_size,
                             size_t *hash_length)
{
    if (operation->handle == 0) {
        return PSA_ERROR_BAD_STATE;
    }
    struct request request = request_word(operation->handle);
    psa_status_t status = call_value(&request, CRYPTO_HASH_FINISH, hash, hash_size, hash_length);

    if (status == PSA_SUCCESS) {
        operation->handle = 0;
    }
    return status;
}

psa_status_t psa_hash_verify(psa_hash_operation_t *operation, const uint8_t *hash,
                             size_t hash_length)
{
    if (operation->handle == 0) {
        return PSA_ERROR_BAD_STATE;
    }
    struct request request = request_word(operation->handle);

    request_add(&request, CRYPTO_TAG_1, hash, hash_length);
    psa_status_t status = call_fixed(&request, CRYPTO_HASH_VERIFY, NULL, 0);

    if (status == PSA_SUCCESS) {
        operation->handle = 0;
    }
    return status;
}

psa_status_t psa_hash_abort(psa_hash_operation_t *operation)
{
    if (operation->handle == 0) {
        return PSA_SUCCESS;
    }
    struct request request = request_word(operation->handle);

    operation->handle = 0;
    return call_fixed(&request, CRYPTO_HASH_ABORT, NULL, 0);
}

psa_status_t psa_hash_clone(const psa_hash_operation_t *source, psa_hash_operation_t *target)
{
    struct crypto_word handle;

    if (source->handle == 0 || target->handle != 0) {
        return PSA_ERROR_BAD_STATE;
    }
    struct request request = request_word(source->handle);
    psa_status_t status = call_fixed(&request, CRYPTO_HASH_CLONE, &handle, sizeof(handle));

    if (status == PSA_SUCCESS) {
        target->handle = handle.value;
    }
    return status;
}

psa_status_t psa_hash_compute(psa_algorithm_t alg, const uint8_t *input, size_t input_length,
                              uint8_t *hash, size_t hash_size, size_t *hash_length)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_status_t status = psa_hash_setup(&operation, alg);

    if (status == PSA_SUCCESS) {
        status = psa_hash_update(&operation, input, input_length);
    }
    if (status == PSA_SUCCESS) {
        status = psa_hash_finish(&operation, hash, hash_size, hash_length);
    }
    if (status != PSA_SUCCESS) {
        (void)psa_hash_abort(&operation); // the first error is the one to report
    }
    return status;
}
