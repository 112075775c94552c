// SPDX-License-Identifier: BSD-3-Clause
//
// Unauthenticated ciphers: in parts by handle (crypto_ops.h), and in one message. Rows of crypto_service.c's table.
#include "crypto_ops.h"

// Bytes of keystream of ChaCha20 before its 32-bit block counter repeats (RFC 8439, 2.3)
#define CHACHA20_BYTES_MAX (1ull << 32 << 6)
// The same of CCM*: a nonce of 13 bytes leaves 16 bits of the counter block, and the first is the tag's (SP 800-38C, A.3)
#define CCM_BYTES_MAX (0xffffull << 4)

// Bytes that one operation may take
static uint64_t most_of(psa_algorithm_t alg)
{
    return alg == PSA_ALG_STREAM_CIPHER     ? CHACHA20_BYTES_MAX
           : alg == PSA_ALG_CCM_STAR_NO_TAG ? CCM_BYTES_MAX
                                            : UINT64_MAX;
}

static psa_status_t encrypt_setup(struct crypto_op *op, mbedtls_svc_key_id_t key)
{
    return psa_cipher_encrypt_setup(&op->psa.cipher, key, op->alg);
}

static psa_status_t decrypt_setup(struct crypto_op *op, mbedtls_svc_key_id_t key)
{
    op->is_padded = op->alg == PSA_ALG_CBC_PKCS7;
    return psa_cipher_decrypt_setup(&op->psa.cipher, key, op->alg);
}

static void note_sizes(struct crypto_op *op, const psa_key_attributes_t *attributes)
{
    psa_key_type_t type = psa_get_key_type(attributes);

    op->answer_size =
        PSA_ALG_IS_STREAM_CIPHER(op->alg) ? 1 : (uint32_t)PSA_BLOCK_CIPHER_BLOCK_LENGTH(type);
    op->iv_size = PSA_CIPHER_IV_LENGTH(type, op->alg);
}

int32_t crypto_run_cipher_encrypt_setup(struct sp_rpc_call *call)
{
    return crypto_ops_setup(call, CRYPTO_OP_CIPHER, encrypt_setup, note_sizes);
}

int32_t crypto_run_cipher_decrypt_setup(struct sp_rpc_call *call)
{
    return crypto_ops_setup(call, CRYPTO_OP_CIPHER, decrypt_setup, note_sizes);
}

static psa_status_t generate_iv(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_cipher_generate_iv(&op->psa.cipher, io->out, io->room, &io->size);
}

int32_t crypto_run_cipher_generate_iv(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_CIPHER, generate_iv,
                                                .room = crypto_ops_iv_room };

    return crypto_ops_step(call, &step);
}

static psa_status_t set_iv(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_cipher_set_iv(&op->psa.cipher, io->in.data, io->in.length);
}

int32_t crypto_run_cipher_set_iv(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_CIPHER, set_iv, .takes_record = true };

    return crypto_ops_step(call, &step);
}

// Bytes that an update with `size` bytes more can give: whole blocks of what is held back and what comes
static size_t update_room(const struct crypto_op *op, size_t size)
{
    size_t block = op->answer_size;
    size_t held = (size_t)(op->count % block);

    if (op->is_padded && op->count != 0 && held == 0) {
        held = block;
    }
    return (held + size) / block * block;
}

static psa_status_t update(struct crypto_op *op, struct crypto_op_io *io)
{
    if (io->in.length > most_of(op->alg) - op->count) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    op->count += io->in.length;
    return psa_cipher_update(&op->psa.cipher, io->in.data, io->in.length, io->out, io->room,
                             &io->size);
}

int32_t crypto_run_cipher_update(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_CIPHER, update, .takes_record = true,
                                                .room = update_room };

    return crypto_ops_step(call, &step);
}

static size_t finish_room(const struct crypto_op *op, size_t size)
{
    (void)size;
    return op->alg == PSA_ALG_CBC_PKCS7 ? op->answer_size : 0;
}

static psa_status_t finish(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_cipher_finish(&op->psa.cipher, io->out, io->room, &io->size);
}

int32_t crypto_run_cipher_finish(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_CIPHER, finish, .room = finish_room,
                                                .ends = true };

    return crypto_ops_step(call, &step);
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
    return crypto_wire_end(call, room, size);
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
