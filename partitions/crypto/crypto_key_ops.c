// SPDX-License-Identifier: BSD-3-Clause
//
// Operations on keys: make, copy, export, destroy; sign and verify, encrypt and decrypt with key pairs, agree on secrets. Each decodes its
// request, calls PSA Crypto with the caller's key, and encodes the response. Rows of crypto_service.c's table.
#include <psa/crypto.h>

#include "crypto_private.h"

// --- Keys ---

static psa_status_t generate(const psa_key_attributes_t *attributes, void *context,
                             mbedtls_svc_key_id_t *key)
{
    (void)context;
    return psa_generate_key(attributes, key);
}

static psa_status_t import(const psa_key_attributes_t *attributes, void *context,
                           mbedtls_svc_key_id_t *key)
{
    const struct ts_tlv *data = context;

    return psa_import_key(attributes, data->data, data->length, key);
}

static psa_status_t copy(const psa_key_attributes_t *attributes, void *context,
                         mbedtls_svc_key_id_t *key)
{
    const mbedtls_svc_key_id_t *source = context;

    return psa_copy_key(*source, attributes, key);
}

// Makes a key and answers its id
static int32_t make(struct sp_rpc_call *call, crypto_owner owner,
                    const struct crypto_attributes *wire, crypto_keys_maker maker, void *context)
{
    struct crypto_word id;

    if (call->response_max < sizeof(id)) {
        return TS_RPC_INVALID_RESPONSE_BODY; // before there is a key that nobody knows the name of
    }
    call->status = crypto_keys_make(owner, wire, maker, context, &id.value);
    return call->status == PSA_SUCCESS ? crypto_wire_put(call, &id, sizeof(id)) : TS_RPC_SUCCESS;
}

int32_t crypto_run_generate_key(struct sp_rpc_call *call)
{
    struct crypto_attributes wire;
    struct crypto_request request;
    int32_t status = crypto_wire_decode(call, &wire, sizeof(wire), &request);

    return status == TS_RPC_SUCCESS ? make(call, request.owner, &wire, generate, NULL) : status;
}

int32_t crypto_run_import_key(struct sp_rpc_call *call)
{
    struct crypto_attributes wire;
    struct crypto_request request;
    struct ts_tlv data;
    int32_t status = crypto_wire_decode_record(call, &wire, sizeof(wire), &request, &data);

    return status == TS_RPC_SUCCESS ? make(call, request.owner, &wire, import, &data) : status;
}

int32_t crypto_run_copy_key(struct sp_rpc_call *call)
{
    struct crypto_word_attributes fixed;
    struct crypto_request request;
    int32_t status = crypto_wire_decode(call, &fixed, sizeof(fixed), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    mbedtls_svc_key_id_t source = crypto_keys_name(request.owner, fixed.value);

    return make(call, request.owner, &fixed.attributes, copy, &source);
}

int32_t crypto_run_destroy_key(struct sp_rpc_call *call)
{
    struct crypto_word id;
    struct crypto_request request;
    int32_t status = crypto_wire_decode(call, &id, sizeof(id), &request);

    if (status == TS_RPC_SUCCESS) {
        call->status = crypto_keys_destroy(request.owner, id.value);
    }
    return status;
}

int32_t crypto_run_purge_key(struct sp_rpc_call *call)
{
    struct crypto_word id;
    struct crypto_request request;
    int32_t status = crypto_wire_decode(call, &id, sizeof(id), &request);

    if (status == TS_RPC_SUCCESS) {
        call->status = crypto_keys_purge(request.owner, id.value);
    }
    return status;
}

int32_t crypto_run_get_key_attributes(struct sp_rpc_call *call)
{
    struct crypto_attributes wire;
    struct crypto_word id;
    struct crypto_request request;
    int32_t status = crypto_wire_decode(call, &id, sizeof(id), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = crypto_keys_describe(request.owner, id.value, &wire);
    return call->status == PSA_SUCCESS ? crypto_wire_put(call, &wire, sizeof(wire))
                                       : TS_RPC_SUCCESS;
}

typedef psa_status_t (*export_fn)(mbedtls_svc_key_id_t key, uint8_t *data, size_t size,
                                  size_t *length);

static int32_t export(struct sp_rpc_call *call, export_fn psa_export, size_t most)
{
    struct crypto_word id;
    struct crypto_request request;
    size_t room = 0;
    size_t size = 0;
    int32_t status = crypto_wire_decode(call, &id, sizeof(id), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    uint8_t *key = crypto_wire_reserve(call, most, &room);

    if (key == NULL) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = psa_export(crypto_keys_name(request.owner, id.value), key, room, &size);
    return crypto_wire_end(call, room, size);
}

int32_t crypto_run_export_key(struct sp_rpc_call *call)
{
    return export(call, psa_export_key, PSA_BITS_TO_BYTES(PSA_MAX_KEY_BITS));
}

int32_t crypto_run_export_public_key(struct sp_rpc_call *call)
{
    return export(call, psa_export_public_key, PSA_EXPORT_PUBLIC_KEY_MAX_SIZE);
}

// --- Signatures ---

typedef psa_status_t (*sign_fn)(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                size_t input_length, uint8_t *signature, size_t signature_size,
                                size_t *signature_length);
typedef psa_status_t (*verify_fn)(mbedtls_svc_key_id_t key, psa_algorithm_t alg,
                                  const uint8_t *input, size_t input_length,
                                  const uint8_t *signature, size_t signature_length);

static int32_t sign(struct sp_rpc_call *call, sign_fn psa_sign)
{
    struct crypto_key_alg fixed;
    struct crypto_request request;
    struct ts_tlv input;
    size_t room = 0;
    size_t size = 0;
    int32_t status = crypto_wire_decode_record(call, &fixed, sizeof(fixed), &request, &input);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    uint8_t *signature = crypto_wire_reserve(call, PSA_SIGNATURE_MAX_SIZE, &room);

    if (signature == NULL) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = psa_sign(crypto_keys_name(request.owner, fixed.id), fixed.alg, input.data,
                            input.length, signature, room, &size);
    return crypto_wire_end(call, room, size);
}

int32_t crypto_run_sign_hash(struct sp_rpc_call *call)
{
    return sign(call, psa_sign_hash);
}

int32_t crypto_run_sign_message(struct sp_rpc_call *call)
{
    return sign(call, psa_sign_message);
}

static int32_t verify(struct sp_rpc_call *call, verify_fn psa_verify)
{
    struct crypto_key_alg fixed;
    struct crypto_request request;
    struct ts_tlv input;
    struct ts_tlv signature;
    int32_t status = crypto_wire_decode_record(call, &fixed, sizeof(fixed), &request, &input);

    if (status == TS_RPC_SUCCESS) {
        status = crypto_wire_record(&request, CRYPTO_TAG_2, &signature);
    }
    if (status == TS_RPC_SUCCESS) {
        call->status = psa_verify(crypto_keys_name(request.owner, fixed.id), fixed.alg, input.data,
                                  input.length, signature.data, signature.length);
    }
    return status;
}

int32_t crypto_run_verify_hash(struct sp_rpc_call *call)
{
    return verify(call, psa_verify_hash);
}

int32_t crypto_run_verify_message(struct sp_rpc_call *call)
{
    return verify(call, psa_verify_message);
}

// --- Asymmetric encryption: record 2 is the label ("salt") ---

typedef psa_status_t (*crypt_fn)(mbedtls_svc_key_id_t key, psa_algorithm_t alg,
                                 const uint8_t *input, size_t input_length, const uint8_t *label,
                                 size_t label_length, uint8_t *output, size_t output_size,
                                 size_t *output_length);

static int32_t transform(struct sp_rpc_call *call, crypt_fn psa_crypt, size_t most)
{
    struct crypto_key_alg fixed;
    struct crypto_request request;
    struct ts_tlv input;
    struct ts_tlv label;
    size_t room = 0;
    size_t size = 0;
    int32_t status = crypto_wire_decode_record(call, &fixed, sizeof(fixed), &request, &input);

    if (status == TS_RPC_SUCCESS) {
        status = crypto_wire_record(&request, CRYPTO_TAG_2, &label);
    }
    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    uint8_t *output = crypto_wire_reserve(call, most, &room);

    if (output == NULL) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = psa_crypt(crypto_keys_name(request.owner, fixed.id), fixed.alg, input.data,
                             input.length, label.data, label.length, output, room, &size);
    return crypto_wire_end(call, room, size);
}

int32_t crypto_run_asymmetric_encrypt(struct sp_rpc_call *call)
{
    return transform(call, psa_asymmetric_encrypt, PSA_ASYMMETRIC_ENCRYPT_OUTPUT_MAX_SIZE);
}

int32_t crypto_run_asymmetric_decrypt(struct sp_rpc_call *call)
{
    return transform(call, psa_asymmetric_decrypt, PSA_ASYMMETRIC_DECRYPT_OUTPUT_MAX_SIZE);
}

// --- Key agreement ---

int32_t crypto_run_raw_key_agreement(struct sp_rpc_call *call)
{
    struct crypto_words2 fixed; // algorithm, private key
    struct crypto_request request;
    struct ts_tlv peer;
    size_t room = 0;
    size_t size = 0;
    int32_t status = crypto_wire_decode_record(call, &fixed, sizeof(fixed), &request, &peer);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    uint8_t *secret = crypto_wire_reserve(call, PSA_RAW_KEY_AGREEMENT_OUTPUT_MAX_SIZE, &room);

    if (secret == NULL) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = psa_raw_key_agreement(fixed.first, crypto_keys_name(request.owner, fixed.second),
                                         peer.data, peer.length, secret, room, &size);
    return crypto_wire_end(call, room, size);
}
