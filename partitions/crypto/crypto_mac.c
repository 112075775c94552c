// SPDX-License-Identifier: BSD-3-Clause
//
// MACs: in parts by handle (crypto_ops.h), and in one message. Rows of crypto_service.c's table.
#include "crypto_ops.h"

static psa_status_t sign_setup(struct crypto_op *op, mbedtls_svc_key_id_t key)
{
    return psa_mac_sign_setup(&op->psa.mac, key, op->alg);
}

static psa_status_t verify_setup(struct crypto_op *op, mbedtls_svc_key_id_t key)
{
    return psa_mac_verify_setup(&op->psa.mac, key, op->alg);
}

static void note_sizes(struct crypto_op *op, const psa_key_attributes_t *attributes)
{
    op->answer_size =
        PSA_MAC_LENGTH(psa_get_key_type(attributes), psa_get_key_bits(attributes), op->alg);
}

int32_t crypto_run_mac_sign_setup(struct sp_rpc_call *call)
{
    return crypto_ops_setup(call, CRYPTO_OP_MAC, sign_setup, note_sizes);
}

int32_t crypto_run_mac_verify_setup(struct sp_rpc_call *call)
{
    return crypto_ops_setup(call, CRYPTO_OP_MAC, verify_setup, note_sizes);
}

static psa_status_t update(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_mac_update(&op->psa.mac, io->in.data, io->in.length);
}

int32_t crypto_run_mac_update(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_MAC, update, .takes_record = true };

    return crypto_ops_step(call, &step);
}

static psa_status_t sign_finish(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_mac_sign_finish(&op->psa.mac, io->out, io->room, &io->size);
}

int32_t crypto_run_mac_sign_finish(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_MAC, sign_finish,
                                                .room = crypto_ops_answer_room, .ends = true };

    return crypto_ops_step(call, &step);
}

static psa_status_t verify_finish(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_mac_verify_finish(&op->psa.mac, io->in.data, io->in.length);
}

int32_t crypto_run_mac_verify_finish(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_MAC, verify_finish, .takes_record = true,
                                                .ends = true };

    return crypto_ops_step(call, &step);
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
    return crypto_wire_end(call, room, size);
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
