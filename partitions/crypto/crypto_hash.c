// SPDX-License-Identifier: BSD-3-Clause
//
// Hashes: in parts by handle (crypto_ops.h), and in one message. Rows of crypto_service.c's table.
#include "crypto_ops.h"

int32_t crypto_run_hash_setup(struct sp_rpc_call *call)
{
    struct crypto_word alg;
    struct crypto_request request;
    int32_t status = crypto_wire_decode(call, &alg, sizeof(alg), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    struct crypto_op *op = crypto_ops_open(request.owner, CRYPTO_OP_HASH);

    op->alg = alg.value;
    op->answer_size = PSA_HASH_LENGTH(alg.value);
    call->status = psa_hash_setup(&op->psa.hash, alg.value);
    return crypto_ops_end_setup(call, op, NULL);
}

// A failure leaves the source as it was
int32_t crypto_run_hash_clone(struct sp_rpc_call *call)
{
    struct crypto_word source;
    struct crypto_fixed fixed = { &source, sizeof(source) };
    struct crypto_op *from;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_HASH, &fixed, &from, NULL);

    if (status != TS_RPC_SUCCESS || from == NULL) {
        return status;
    }
    struct crypto_op *op = crypto_ops_open(from->owner, CRYPTO_OP_HASH);

    op->alg = from->alg;
    op->answer_size = from->answer_size;
    call->status = psa_hash_clone(&from->psa.hash, &op->psa.hash);
    return crypto_ops_end_setup(call, op, from);
}

static psa_status_t update(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_hash_update(&op->psa.hash, io->in.data, io->in.length);
}

int32_t crypto_run_hash_update(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_HASH, update, .takes_record = true };

    return crypto_ops_step(call, &step);
}

static psa_status_t finish(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_hash_finish(&op->psa.hash, io->out, io->room, &io->size);
}

int32_t crypto_run_hash_finish(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_HASH, finish,
                                                .room = crypto_ops_answer_room, .ends = true };

    return crypto_ops_step(call, &step);
}

static psa_status_t verify(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_hash_verify(&op->psa.hash, io->in.data, io->in.length);
}

int32_t crypto_run_hash_verify(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_HASH, verify, .takes_record = true,
                                                .ends = true };

    return crypto_ops_step(call, &step);
}

int32_t crypto_run_hash_abort(struct sp_rpc_call *call)
{
    return crypto_ops_run_abort(call, CRYPTO_OP_HASH);
}

int32_t crypto_run_hash_compute(struct sp_rpc_call *call)
{
    struct crypto_word alg;
    struct crypto_request request;
    struct ts_tlv data;
    size_t room = 0;
    size_t size = 0;
    int32_t status = crypto_wire_decode_record(call, &alg, sizeof(alg), &request, &data);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    uint8_t *hash = crypto_wire_reserve(call, PSA_HASH_LENGTH(alg.value), &room);

    if (hash == NULL) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = psa_hash_compute(alg.value, data.data, data.length, hash, room, &size);
    return crypto_wire_end(call, room, size);
}

int32_t crypto_run_hash_compare(struct sp_rpc_call *call)
{
    struct crypto_word alg;
    struct crypto_request request;
    struct ts_tlv data;
    struct ts_tlv hash;
    int32_t status = crypto_wire_decode_record(call, &alg, sizeof(alg), &request, &data);

    if (status == TS_RPC_SUCCESS) {
        status = crypto_wire_record(&request, CRYPTO_TAG_2, &hash);
    }
    if (status == TS_RPC_SUCCESS) {
        call->status = psa_hash_compare(alg.value, data.data, data.length, hash.data, hash.length);
    }
    return status;
}
