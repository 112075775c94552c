// SPDX-License-Identifier: BSD-3-Clause
//
// MACs: in parts by handle (crypto_ops.h), and in one message. Rows of crypto_service.c's table.
#include "crypto_ops.h"

typedef psa_status_t (*mac_setup)(psa_mac_operation_t *operation, mbedtls_svc_key_id_t key,
                                  psa_algorithm_t alg);

static int32_t run_setup(struct sp_rpc_call *call, mac_setup setup)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    struct crypto_key_alg fixed;
    struct crypto_request request;
    int32_t status = crypto_wire_decode(call, &fixed, sizeof(fixed), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    mbedtls_svc_key_id_t key = crypto_keys_name(request.owner, fixed.id);
    struct crypto_op *op = crypto_ops_open(request.owner, CRYPTO_OP_MAC);

    call->status = setup(&op->psa.mac, key, fixed.alg);
    if (call->status == PSA_SUCCESS) {
        call->status = psa_get_key_attributes(key, &attributes);
    }
    if (call->status == PSA_SUCCESS) {
        call->status = crypto_ops_add_key(op, fixed.id);
    }
    op->alg = fixed.alg;
    op->answer_size =
        PSA_MAC_LENGTH(psa_get_key_type(&attributes), psa_get_key_bits(&attributes), fixed.alg);
    psa_reset_key_attributes(&attributes);
    return crypto_ops_end_setup(call, op, NULL);
}

int32_t crypto_run_mac_sign_setup(struct sp_rpc_call *call)
{
    return run_setup(call, psa_mac_sign_setup);
}

int32_t crypto_run_mac_verify_setup(struct sp_rpc_call *call)
{
    return run_setup(call, psa_mac_verify_setup);
}

int32_t crypto_run_mac_update(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    struct ts_tlv data;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_MAC, &fixed, &op, &data);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = psa_mac_update(&op->psa.mac, data.data, data.length);
    return crypto_ops_end_call(call, op);
}

int32_t crypto_run_mac_sign_finish(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    uint8_t *mac;
    size_t size = 0;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_MAC, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    size_t room = op->answer_size;

    status = crypto_ops_reserve(call, room, &mac);
    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = psa_mac_sign_finish(&op->psa.mac, mac, room, &size);
    crypto_ops_release(op);
    return crypto_ops_end_record(call, room, size);
}

int32_t crypto_run_mac_verify_finish(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    struct ts_tlv mac;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_MAC, &fixed, &op, &mac);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = psa_mac_verify_finish(&op->psa.mac, mac.data, mac.length);
    crypto_ops_release(op);
    return TS_RPC_SUCCESS;
}

int32_t crypto_run_mac_abort(struct sp_rpc_call *call)
{
    return crypto_ops_run_abort(call, CRYPTO_OP_MAC);
}

int32_t crypto_run_mac_compute(struct sp_rpc_call *call)
{
    struct crypto_key_alg fixed;
    struct crypto_request request;
    struct ts_tlv data;
    size_t room = 0;
    size_t size = 0;
    int32_t status = crypto_wire_decode_record(call, &fixed, sizeof(fixed), &request, &data);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    uint8_t *mac = crypto_wire_reserve(call, PSA_MAC_MAX_SIZE, &room);

    if (mac == NULL) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = psa_mac_compute(crypto_keys_name(request.owner, fixed.id), fixed.alg, data.data,
                                   data.length, mac, room, &size);
    return crypto_ops_end_record(call, room, size);
}

int32_t crypto_run_mac_verify(struct sp_rpc_call *call)
{
    struct crypto_key_alg fixed;
    struct crypto_request request;
    struct ts_tlv data;
    struct ts_tlv mac;
    int32_t status = crypto_wire_decode_record(call, &fixed, sizeof(fixed), &request, &data);

    if (status == TS_RPC_SUCCESS) {
        status = crypto_wire_record(&request, CRYPTO_TAG_2, &mac);
    }
    if (status == TS_RPC_SUCCESS) {
        call->status = psa_mac_verify(crypto_keys_name(request.owner, fixed.id), fixed.alg,
                                      data.data, data.length, mac.data, mac.length);
    }
    return status;
}
