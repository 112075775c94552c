// SPDX-License-Identifier: BSD-3-Clause
//
// Operations of the crypto service: decode the request, call PSA Crypto as the caller's owner,
// encode the response. The table at the end is the whole service. Trusts nothing of a request; it
// is the partition's own copy.
#include "crypto_service.h"

#include <string.h>

#include "crypto_proto.h"
#include "ts_tlv.h"

// A request taken apart: who asks, the fixed part (copied), and what follows it.
struct decoded {
    crypto_owner owner;
    struct ts_tlv_reader records;
};

int crypto_service_init(uint8_t seed[CRYPTO_SEED_SIZE], crypto_entropy more)
{
    int error = crypto_rng_init(seed, more);

    if (error == 0 && psa_crypto_init() != PSA_SUCCESS) {
        error = ERR_NO_MEMORY;
    }
    return error;
}

// Copies the first `size` bytes of the request to `fixed`. Longer requests are fine, shorter ones
// are not.
static int32_t decode(const struct sp_rpc_call *call, void *fixed, size_t size, struct decoded *to)
{
    if (call->client > UINT16_MAX) {
        return TS_RPC_INVALID_VALUE;
    }
    if (call->request_size < size) {
        return TS_RPC_INVALID_REQUEST_BODY;
    }
    memcpy(fixed, call->request, size);
    to->owner = (crypto_owner)((uint32_t)call->source << 16 | call->client);
    to->records.at = call->request + size;
    to->records.left = call->request_size - size;
    return TS_RPC_SUCCESS;
}

// The next record with `tag`, of length 0 if there is none.
static int32_t decode_record(struct decoded *from, uint16_t tag, struct ts_tlv *value)
{
    return ts_tlv_read(&from->records, tag, value) == 0 ? TS_RPC_SUCCESS
                                                        : TS_RPC_INVALID_REQUEST_BODY;
}

// Response of a fixed part only.
static int32_t encode_fixed(struct sp_rpc_call *call, const void *fixed, size_t size)
{
    if (size > call->response_max) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    memcpy(call->response, fixed, size);
    call->response_size = size;
    return TS_RPC_SUCCESS;
}

// Response of one record only.
static int32_t encode_record(struct sp_rpc_call *call, const void *data, size_t size)
{
    struct ts_tlv_writer writer = { .buf = call->response, .size = call->response_max };

    if (ts_tlv_write(&writer, CRYPTO_TAG_1, data, size) != 0) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->response_size = writer.used;
    return TS_RPC_SUCCESS;
}

static int32_t run_generate_random(struct sp_rpc_call *call)
{
    struct ts_tlv_writer writer = { .buf = call->response, .size = call->response_max };
    struct crypto_word wanted;
    struct decoded request;
    int32_t status = decode(call, &wanted, sizeof(wanted), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    uint8_t *bytes = ts_tlv_reserve(&writer, CRYPTO_TAG_1, wanted.value);

    if (bytes == NULL) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = psa_generate_random(bytes, wanted.value);
    call->response_size = call->status == PSA_SUCCESS ? writer.used : 0;
    return TS_RPC_SUCCESS;
}

static int32_t run_generate_key(struct sp_rpc_call *call)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    struct crypto_attributes wire;
    struct crypto_word id;
    struct decoded request;
    int32_t status = decode(call, &wire, sizeof(wire), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    if (wire.type > UINT16_MAX || wire.key_bits > PSA_MAX_KEY_BITS) {
        call->status = PSA_ERROR_INVALID_ARGUMENT;
        return TS_RPC_SUCCESS;
    }
    psa_set_key_type(&attributes, (psa_key_type_t)wire.type);
    psa_set_key_bits(&attributes, wire.key_bits);
    psa_set_key_usage_flags(&attributes, wire.usage);
    psa_set_key_algorithm(&attributes, wire.alg);
    if (!PSA_KEY_LIFETIME_IS_VOLATILE(wire.lifetime)) {
        psa_set_key_id(&attributes, mbedtls_svc_key_id_make(request.owner, wire.id));
    }
    psa_set_key_lifetime(&attributes, wire.lifetime);
    call->status = crypto_keys_generate(request.owner, &attributes, &id.value);
    psa_reset_key_attributes(&attributes);
    return call->status == PSA_SUCCESS ? encode_fixed(call, &id, sizeof(id)) : TS_RPC_SUCCESS;
}

static int32_t run_destroy_key(struct sp_rpc_call *call)
{
    struct crypto_word id;
    struct decoded request;
    int32_t status = decode(call, &id, sizeof(id), &request);

    if (status == TS_RPC_SUCCESS) {
        call->status = crypto_keys_destroy(request.owner, id.value);
    }
    return status;
}

static int32_t run_export_public_key(struct sp_rpc_call *call)
{
    uint8_t key[PSA_EXPORT_PUBLIC_KEY_MAX_SIZE];
    size_t size = 0;
    struct crypto_word id;
    struct decoded request;
    int32_t status = decode(call, &id, sizeof(id), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = psa_export_public_key(mbedtls_svc_key_id_make(request.owner, id.value), key,
                                         sizeof(key), &size);
    return call->status == PSA_SUCCESS ? encode_record(call, key, size) : TS_RPC_SUCCESS;
}

static int32_t run_get_key_attributes(struct sp_rpc_call *call)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    struct crypto_word id;
    struct decoded request;
    int32_t status = decode(call, &id, sizeof(id), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status =
        psa_get_key_attributes(mbedtls_svc_key_id_make(request.owner, id.value), &attributes);
    if (call->status != PSA_SUCCESS) {
        return TS_RPC_SUCCESS;
    }
    struct crypto_attributes wire = {
        .type = psa_get_key_type(&attributes),
        .key_bits = (uint32_t)psa_get_key_bits(&attributes),
        .lifetime = psa_get_key_lifetime(&attributes),
        .id = MBEDTLS_SVC_KEY_ID_GET_KEY_ID(psa_get_key_id(&attributes)),
        .usage = psa_get_key_usage_flags(&attributes),
        .alg = psa_get_key_algorithm(&attributes),
    };

    psa_reset_key_attributes(&attributes);
    return encode_fixed(call, &wire, sizeof(wire));
}

static int32_t run_sign_hash(struct sp_rpc_call *call)
{
    uint8_t signature[PSA_SIGNATURE_MAX_SIZE];
    size_t size = 0;
    struct crypto_key_alg fixed;
    struct decoded request;
    struct ts_tlv hash;
    int32_t status = decode(call, &fixed, sizeof(fixed), &request);

    if (status == TS_RPC_SUCCESS) {
        status = decode_record(&request, CRYPTO_TAG_1, &hash);
    }
    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = psa_sign_hash(mbedtls_svc_key_id_make(request.owner, fixed.id), fixed.alg,
                                 hash.data, hash.length, signature, sizeof(signature), &size);
    return call->status == PSA_SUCCESS ? encode_record(call, signature, size) : TS_RPC_SUCCESS;
}

static int32_t run_verify_hash(struct sp_rpc_call *call)
{
    struct crypto_key_alg fixed;
    struct decoded request;
    struct ts_tlv hash;
    struct ts_tlv signature;
    int32_t status = decode(call, &fixed, sizeof(fixed), &request);

    if (status == TS_RPC_SUCCESS) {
        status = decode_record(&request, CRYPTO_TAG_1, &hash);
    }
    if (status == TS_RPC_SUCCESS) {
        status = decode_record(&request, CRYPTO_TAG_2, &signature);
    }
    if (status == TS_RPC_SUCCESS) {
        call->status = psa_verify_hash(mbedtls_svc_key_id_make(request.owner, fixed.id), fixed.alg,
                                       hash.data, hash.length, signature.data, signature.length);
    }
    return status;
}

static int32_t run_hash_setup(struct sp_rpc_call *call)
{
    struct crypto_word alg;
    struct crypto_word handle;
    struct decoded request;
    int32_t status = decode(call, &alg, sizeof(alg), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = crypto_hash_setup(request.owner, alg.value, &handle.value);
    return call->status == PSA_SUCCESS ? encode_fixed(call, &handle, sizeof(handle))
                                       : TS_RPC_SUCCESS;
}

static int32_t run_hash_clone(struct sp_rpc_call *call)
{
    struct crypto_word source;
    struct crypto_word handle;
    struct decoded request;
    int32_t status = decode(call, &source, sizeof(source), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = crypto_hash_clone(request.owner, source.value, &handle.value);
    return call->status == PSA_SUCCESS ? encode_fixed(call, &handle, sizeof(handle))
                                       : TS_RPC_SUCCESS;
}

static int32_t run_hash_update(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct decoded request;
    struct ts_tlv data;
    int32_t status = decode(call, &handle, sizeof(handle), &request);

    if (status == TS_RPC_SUCCESS) {
        status = decode_record(&request, CRYPTO_TAG_1, &data);
    }
    if (status == TS_RPC_SUCCESS) {
        call->status = crypto_hash_update(request.owner, handle.value, data.data, data.length);
    }
    return status;
}

static int32_t run_hash_finish(struct sp_rpc_call *call)
{
    uint8_t hash[PSA_HASH_MAX_SIZE];
    size_t size = 0;
    struct crypto_word handle;
    struct decoded request;
    int32_t status = decode(call, &handle, sizeof(handle), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = crypto_hash_finish(request.owner, handle.value, hash, sizeof(hash), &size);
    return call->status == PSA_SUCCESS ? encode_record(call, hash, size) : TS_RPC_SUCCESS;
}

static int32_t run_hash_verify(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct decoded request;
    struct ts_tlv hash;
    int32_t status = decode(call, &handle, sizeof(handle), &request);

    if (status == TS_RPC_SUCCESS) {
        status = decode_record(&request, CRYPTO_TAG_1, &hash);
    }
    if (status == TS_RPC_SUCCESS) {
        call->status = crypto_hash_verify(request.owner, handle.value, hash.data, hash.length);
    }
    return status;
}

static int32_t run_hash_abort(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct decoded request;
    int32_t status = decode(call, &handle, sizeof(handle), &request);

    if (status == TS_RPC_SUCCESS) {
        call->status = crypto_hash_abort(request.owner, handle.value);
    }
    return status;
}

static const struct sp_rpc_row rows[] = {
    { CRYPTO_GENERATE_KEY, run_generate_key },
    { CRYPTO_DESTROY_KEY, run_destroy_key },
    { CRYPTO_EXPORT_PUBLIC_KEY, run_export_public_key },
    { CRYPTO_SIGN_HASH, run_sign_hash },
    { CRYPTO_VERIFY_HASH, run_verify_hash },
    { CRYPTO_GENERATE_RANDOM, run_generate_random },
    { CRYPTO_GET_KEY_ATTRIBUTES, run_get_key_attributes },
    { CRYPTO_HASH_SETUP, run_hash_setup },
    { CRYPTO_HASH_UPDATE, run_hash_update },
    { CRYPTO_HASH_FINISH, run_hash_finish },
    { CRYPTO_HASH_ABORT, run_hash_abort },
    { CRYPTO_HASH_VERIFY, run_hash_verify },
    { CRYPTO_HASH_CLONE, run_hash_clone },
};

const struct sp_rpc_service crypto_service = {
    .uuid = TS_CRYPTO_UUID,
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};
