// SPDX-License-Identifier: BSD-3-Clause
//
// Unauthenticated ciphers: in parts by handle (crypto_ops.h), and in one message. Rows of crypto_service.c's table.
#include "crypto_ops.h"

// Bytes of keystream of ChaCha20 before its 32-bit block counter repeats (RFC 8439, 2.3)
#define CHACHA20_BYTES_MAX (1ull << 32 << 6)
// The same of CCM*: a nonce of 13 bytes leaves 16 bits of the counter block, and the first is the tag's (SP 800-38C, A.3)
#define CCM_BYTES_MAX (0xffffull << 4)

typedef psa_status_t (*cipher_setup)(psa_cipher_operation_t *operation, mbedtls_svc_key_id_t key,
                                     psa_algorithm_t alg);

// Bytes that one operation may take
static uint64_t most_of(psa_algorithm_t alg)
{
    return alg == PSA_ALG_STREAM_CIPHER     ? CHACHA20_BYTES_MAX
           : alg == PSA_ALG_CCM_STAR_NO_TAG ? CCM_BYTES_MAX
                                            : UINT64_MAX;
}

// What the sizes of answers depend on
static void note_sizes(struct crypto_op *op, psa_algorithm_t alg, psa_key_type_t type)
{
    op->alg = alg;
    op->answer_size =
        PSA_ALG_IS_STREAM_CIPHER(alg) ? 1 : (uint32_t)PSA_BLOCK_CIPHER_BLOCK_LENGTH(type);
    op->iv_size = PSA_CIPHER_IV_LENGTH(type, alg);
}

static int32_t run_setup(struct sp_rpc_call *call, cipher_setup setup)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    struct crypto_key_alg fixed;
    struct crypto_request request;
    int32_t status = crypto_wire_decode(call, &fixed, sizeof(fixed), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    mbedtls_svc_key_id_t key = crypto_keys_name(request.owner, fixed.id);
    struct crypto_op *op = crypto_ops_open(request.owner, CRYPTO_OP_CIPHER);

    call->status = setup(&op->psa.cipher, key, fixed.alg);
    if (call->status == PSA_SUCCESS) {
        call->status = psa_get_key_attributes(key, &attributes);
    }
    if (call->status == PSA_SUCCESS) {
        call->status = crypto_ops_add_key(op, fixed.id);
    }
    note_sizes(op, fixed.alg, psa_get_key_type(&attributes));
    op->is_padded = fixed.alg == PSA_ALG_CBC_PKCS7 && setup == psa_cipher_decrypt_setup;
    psa_reset_key_attributes(&attributes);
    return crypto_ops_end_setup(call, op, NULL);
}

int32_t crypto_run_cipher_encrypt_setup(struct sp_rpc_call *call)
{
    return run_setup(call, psa_cipher_encrypt_setup);
}

int32_t crypto_run_cipher_decrypt_setup(struct sp_rpc_call *call)
{
    return run_setup(call, psa_cipher_decrypt_setup);
}

int32_t crypto_run_cipher_generate_iv(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    uint8_t *iv;
    size_t size = 0;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_CIPHER, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    size_t room = op->iv_size;

    status = crypto_ops_reserve(call, room, &iv);
    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = psa_cipher_generate_iv(&op->psa.cipher, iv, room, &size);
    (void)crypto_ops_end_call(call, op);
    return crypto_ops_end_record(call, room, size);
}

int32_t crypto_run_cipher_set_iv(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    struct ts_tlv iv;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_CIPHER, &fixed, &op, &iv);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = psa_cipher_set_iv(&op->psa.cipher, iv.data, iv.length);
    return crypto_ops_end_call(call, op);
}

// Bytes that an update with `size` bytes more can give: whole blocks of what is held back and what comes
static size_t update_size(const struct crypto_op *op, size_t size)
{
    size_t block = op->answer_size;
    size_t held = (size_t)(op->count % block);

    if (op->is_padded && op->count != 0 && held == 0) {
        held = block;
    }
    return (held + size) / block * block;
}

int32_t crypto_run_cipher_update(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    struct ts_tlv data;
    uint8_t *to;
    size_t size = 0;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_CIPHER, &fixed, &op, &data);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    size_t room = update_size(op, data.length);

    status = crypto_ops_reserve(call, room, &to);
    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    if (data.length > most_of(op->alg) - op->count) {
        call->status = PSA_ERROR_INVALID_ARGUMENT;
    } else {
        call->status = psa_cipher_update(&op->psa.cipher, data.data, data.length, to, room, &size);
    }
    op->count += data.length;
    (void)crypto_ops_end_call(call, op);
    return crypto_ops_end_record(call, room, size);
}

int32_t crypto_run_cipher_finish(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    uint8_t *to;
    size_t size = 0;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_CIPHER, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    size_t room = op->alg == PSA_ALG_CBC_PKCS7 ? op->answer_size : 0;

    status = crypto_ops_reserve(call, room, &to);
    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = psa_cipher_finish(&op->psa.cipher, to, room, &size);
    crypto_ops_release(op);
    return crypto_ops_end_record(call, room, size);
}

int32_t crypto_run_cipher_abort(struct sp_rpc_call *call)
{
    return crypto_ops_run_abort(call, CRYPTO_OP_CIPHER);
}

typedef psa_status_t (*cipher_whole)(mbedtls_svc_key_id_t key, psa_algorithm_t alg,
                                     const uint8_t *input, size_t input_length, uint8_t *output,
                                     size_t output_size, size_t *output_length);

// Encrypts or decrypts; the answer is at most `more` bytes longer than the request's record.
static int32_t run_whole(struct sp_rpc_call *call, cipher_whole whole, size_t more)
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
    uint8_t *to = crypto_wire_reserve(call, data.length + more, &room);

    if (to == NULL) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = whole(crypto_keys_name(request.owner, fixed.id), fixed.alg, data.data,
                         data.length, to, room, &size);
    return crypto_ops_end_record(call, room, size);
}

int32_t crypto_run_cipher_encrypt(struct sp_rpc_call *call)
{
    return run_whole(call, psa_cipher_encrypt,
                     PSA_CIPHER_IV_MAX_SIZE + PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE);
}

int32_t crypto_run_cipher_decrypt(struct sp_rpc_call *call)
{
    return run_whole(call, psa_cipher_decrypt, 0);
}
