// SPDX-License-Identifier: BSD-3-Clause
//
// Authenticated encryption: in parts by handle (crypto_ops.h), and in one message. Rows of crypto_service.c's table. In parts,
// a client gets plaintext before its tag is verified, as PSA Crypto has it; in one message it does not.
#include "crypto_ops.h"

#include <mbedtls/platform_util.h>

// Bytes of text before the 32-bit block counter of ChaCha20-Poly1305 repeats (RFC 8439, 2.8); Mbed TLS counts GCM's and CCM's
#define CHACHAPOLY_BYTES_MAX ((1ull << 32 << 6) - 64)

typedef psa_status_t (*aead_setup)(psa_aead_operation_t *operation, mbedtls_svc_key_id_t key,
                                   psa_algorithm_t alg);

static int32_t run_setup(struct sp_rpc_call *call, aead_setup setup)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    struct crypto_key_alg fixed;
    struct crypto_request request;
    int32_t status = crypto_wire_decode(call, &fixed, sizeof(fixed), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    mbedtls_svc_key_id_t key = crypto_keys_name(request.owner, fixed.id);
    struct crypto_op *op = crypto_ops_open(request.owner, CRYPTO_OP_AEAD);

    call->status = setup(&op->psa.aead, key, fixed.alg);
    if (call->status == PSA_SUCCESS) {
        call->status = psa_get_key_attributes(key, &attributes);
    }
    if (call->status == PSA_SUCCESS) {
        call->status = crypto_ops_add_key(op, fixed.id);
    }
    psa_key_type_t type = psa_get_key_type(&attributes);

    op->alg = fixed.alg;
    op->answer_size = PSA_AEAD_TAG_LENGTH(type, psa_get_key_bits(&attributes), fixed.alg);
    op->iv_size = PSA_AEAD_NONCE_LENGTH(type, fixed.alg);
    psa_reset_key_attributes(&attributes);
    return crypto_ops_end_setup(call, op, NULL);
}

int32_t crypto_run_aead_encrypt_setup(struct sp_rpc_call *call)
{
    return run_setup(call, psa_aead_encrypt_setup);
}

int32_t crypto_run_aead_decrypt_setup(struct sp_rpc_call *call)
{
    return run_setup(call, psa_aead_decrypt_setup);
}

int32_t crypto_run_aead_generate_nonce(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    uint8_t *nonce;
    size_t size = 0;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_AEAD, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    size_t room = op->iv_size;

    status = crypto_ops_reserve(call, room, &nonce);
    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = psa_aead_generate_nonce(&op->psa.aead, nonce, room, &size);
    (void)crypto_ops_end_call(call, op);
    return crypto_ops_end_record(call, room, size);
}

int32_t crypto_run_aead_set_nonce(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    struct ts_tlv nonce;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_AEAD, &fixed, &op, &nonce);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = psa_aead_set_nonce(&op->psa.aead, nonce.data, nonce.length);
    return crypto_ops_end_call(call, op);
}

int32_t crypto_run_aead_set_lengths(struct sp_rpc_call *call)
{
    struct crypto_words3 words; // handle, additional data, plaintext
    struct crypto_fixed fixed = { &words, sizeof(words) };
    struct crypto_op *op;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_AEAD, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = psa_aead_set_lengths(&op->psa.aead, words.second, words.third);
    return crypto_ops_end_call(call, op);
}

int32_t crypto_run_aead_update_ad(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    struct ts_tlv data;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_AEAD, &fixed, &op, &data);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = psa_aead_update_ad(&op->psa.aead, data.data, data.length);
    return crypto_ops_end_call(call, op);
}

// Mbed TLS gives each byte back at once; PSA allows it to hold some back, but never to give more than came
int32_t crypto_run_aead_update(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    struct ts_tlv data;
    uint8_t *to;
    size_t size = 0;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_AEAD, &fixed, &op, &data);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    size_t room = data.length;

    status = crypto_ops_reserve(call, room, &to);
    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    if (PSA_ALG_AEAD_WITH_DEFAULT_LENGTH_TAG(op->alg) == PSA_ALG_CHACHA20_POLY1305 &&
        data.length > CHACHAPOLY_BYTES_MAX - op->count) {
        call->status = PSA_ERROR_INVALID_ARGUMENT;
    } else {
        call->status = psa_aead_update(&op->psa.aead, data.data, data.length, to, room, &size);
    }
    op->count += data.length;
    (void)crypto_ops_end_call(call, op);
    return crypto_ops_end_record(call, room, size);
}

// Whether the two records fit, whatever the size of the first
static bool has_room_for_finish(const struct sp_rpc_call *call, const struct crypto_op *op)
{
    return call->response_max >=
           2u * TS_TLV_HEADER + PSA_AEAD_FINISH_OUTPUT_MAX_SIZE + op->answer_size;
}

int32_t crypto_run_aead_finish(struct sp_rpc_call *call)
{
    uint8_t last[PSA_AEAD_FINISH_OUTPUT_MAX_SIZE];
    uint8_t tag[PSA_AEAD_TAG_MAX_SIZE];
    size_t last_size = 0;
    size_t tag_size = 0;
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_AEAD, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    if (!has_room_for_finish(call, op)) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = psa_aead_finish(&op->psa.aead, last, sizeof(last), &last_size, tag,
                                   op->answer_size, &tag_size);
    crypto_ops_release(op);
    if (call->status == PSA_SUCCESS) {
        status = crypto_wire_put_record(call, CRYPTO_TAG_1, last, last_size);
    }
    if (call->status == PSA_SUCCESS && status == TS_RPC_SUCCESS) {
        status = crypto_wire_put_record(call, CRYPTO_TAG_2, tag, tag_size);
    }
    mbedtls_platform_zeroize(last, sizeof(last));
    mbedtls_platform_zeroize(tag, sizeof(tag));
    return status;
}

int32_t crypto_run_aead_verify(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    struct ts_tlv tag;
    uint8_t *to;
    size_t size = 0;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_AEAD, &fixed, &op, &tag);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    size_t room = PSA_AEAD_VERIFY_OUTPUT_MAX_SIZE;

    status = crypto_ops_reserve(call, room, &to);
    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = psa_aead_verify(&op->psa.aead, to, room, &size, tag.data, tag.length);
    crypto_ops_release(op);
    return crypto_ops_end_record(call, room, size);
}

int32_t crypto_run_aead_abort(struct sp_rpc_call *call)
{
    return crypto_ops_run_abort(call, CRYPTO_OP_AEAD);
}

// The request of a whole operation, and the key's name
struct whole {
    struct crypto_key_alg fixed;
    mbedtls_svc_key_id_t key;
    struct ts_tlv nonce;
    struct ts_tlv ad;
    struct ts_tlv text;
};

static int32_t decode_whole(const struct sp_rpc_call *call, struct whole *whole)
{
    struct crypto_request request;
    int32_t status = crypto_wire_decode_record(call, &whole->fixed, sizeof(whole->fixed), &request,
                                               &whole->nonce);

    if (status == TS_RPC_SUCCESS) {
        status = crypto_wire_record(&request, CRYPTO_TAG_2, &whole->ad);
    }
    if (status == TS_RPC_SUCCESS) {
        status = crypto_wire_record(&request, CRYPTO_TAG_3, &whole->text);
    }
    if (status == TS_RPC_SUCCESS) {
        whole->key = crypto_keys_name(request.owner, whole->fixed.id);
    }
    return status;
}

int32_t crypto_run_aead_encrypt(struct sp_rpc_call *call)
{
    struct whole whole;
    size_t room = 0;
    size_t size = 0;
    int32_t status = decode_whole(call, &whole);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    uint8_t *to = crypto_wire_reserve(call, whole.text.length + PSA_AEAD_TAG_MAX_SIZE, &room);

    if (to == NULL) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = psa_aead_encrypt(whole.key, whole.fixed.alg, whole.nonce.data,
                                    whole.nonce.length, whole.ad.data, whole.ad.length,
                                    whole.text.data, whole.text.length, to, room, &size);
    return crypto_ops_end_record(call, room, size);
}

int32_t crypto_run_aead_decrypt(struct sp_rpc_call *call)
{
    struct whole whole;
    size_t room = 0;
    size_t size = 0;
    int32_t status = decode_whole(call, &whole);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    uint8_t *to = crypto_wire_reserve(call, whole.text.length, &room);

    if (to == NULL) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = psa_aead_decrypt(whole.key, whole.fixed.alg, whole.nonce.data,
                                    whole.nonce.length, whole.ad.data, whole.ad.length,
                                    whole.text.data, whole.text.length, to, room, &size);
    return crypto_ops_end_record(call, room, size);
}
