// SPDX-License-Identifier: BSD-3-Clause
//
// Authenticated encryption: in parts by handle (crypto_ops.h), and in one message. Rows of crypto_service.c's table. In parts,
// a client gets plaintext before its tag is verified, as PSA Crypto has it; in one message it does not.
#include "crypto_ops.h"

#include <mbedtls/platform_util.h>

// Bytes of text before the 32-bit block counter of ChaCha20-Poly1305 repeats (RFC 8439, 2.8); Mbed TLS counts GCM's and CCM's
#define CHACHAPOLY_BYTES_MAX ((1ull << 32 << 6) - 64)

static psa_status_t encrypt_setup(struct crypto_op *op, mbedtls_svc_key_id_t key)
{
    return psa_aead_encrypt_setup(&op->psa.aead, key, op->alg);
}

static psa_status_t decrypt_setup(struct crypto_op *op, mbedtls_svc_key_id_t key)
{
    return psa_aead_decrypt_setup(&op->psa.aead, key, op->alg);
}

static void note_sizes(struct crypto_op *op, const psa_key_attributes_t *attributes)
{
    psa_key_type_t type = psa_get_key_type(attributes);

    op->answer_size = PSA_AEAD_TAG_LENGTH(type, psa_get_key_bits(attributes), op->alg);
    op->iv_size = PSA_AEAD_NONCE_LENGTH(type, op->alg);
}

int32_t crypto_run_aead_encrypt_setup(struct sp_rpc_call *call)
{
    return crypto_ops_setup(call, CRYPTO_OP_AEAD, encrypt_setup, note_sizes);
}

int32_t crypto_run_aead_decrypt_setup(struct sp_rpc_call *call)
{
    return crypto_ops_setup(call, CRYPTO_OP_AEAD, decrypt_setup, note_sizes);
}

static psa_status_t generate_nonce(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_aead_generate_nonce(&op->psa.aead, io->out, io->room, &io->size);
}

int32_t crypto_run_aead_generate_nonce(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_AEAD, generate_nonce,
                                                .room = crypto_ops_iv_room };

    return crypto_ops_step(call, &step);
}

static psa_status_t set_nonce(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_aead_set_nonce(&op->psa.aead, io->in.data, io->in.length);
}

int32_t crypto_run_aead_set_nonce(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_AEAD, set_nonce, .takes_record = true };

    return crypto_ops_step(call, &step);
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

static psa_status_t update_ad(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_aead_update_ad(&op->psa.aead, io->in.data, io->in.length);
}

int32_t crypto_run_aead_update_ad(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_AEAD, update_ad, .takes_record = true };

    return crypto_ops_step(call, &step);
}

// Mbed TLS gives each byte back at once; PSA allows it to hold some back, but never to give more than came
static size_t update_room(const struct crypto_op *op, size_t size)
{
    (void)op;
    return size;
}

static psa_status_t update(struct crypto_op *op, struct crypto_op_io *io)
{
    if (PSA_ALG_AEAD_WITH_DEFAULT_LENGTH_TAG(op->alg) == PSA_ALG_CHACHA20_POLY1305 &&
        io->in.length > CHACHAPOLY_BYTES_MAX - op->count) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    op->count += io->in.length;
    return psa_aead_update(&op->psa.aead, io->in.data, io->in.length, io->out, io->room, &io->size);
}

int32_t crypto_run_aead_update(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_AEAD, update, .takes_record = true,
                                                .room = update_room };

    return crypto_ops_step(call, &step);
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

static size_t verify_room(const struct crypto_op *op, size_t size)
{
    (void)op;
    (void)size;
    return PSA_AEAD_VERIFY_OUTPUT_MAX_SIZE;
}

static psa_status_t verify(struct crypto_op *op, struct crypto_op_io *io)
{
    return psa_aead_verify(&op->psa.aead, io->out, io->room, &io->size, io->in.data, io->in.length);
}

int32_t crypto_run_aead_verify(struct sp_rpc_call *call)
{
    static const struct crypto_op_step step = { CRYPTO_OP_AEAD, verify, .takes_record = true,
                                                .room = verify_room, .ends = true };

    return crypto_ops_step(call, &step);
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
    return crypto_wire_end(call, room, size);
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
    return crypto_wire_end(call, room, size);
}
