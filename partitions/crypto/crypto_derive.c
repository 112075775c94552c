// SPDX-License-Identifier: BSD-3-Clause
//
// Key derivation, by handle (crypto_ops.h). Rows of crypto_service.c's table. Beyond PSA's own rules it bounds what a client
// can make the partition work for it (iterations of PBKDF2).
#include "crypto_ops.h"

#include <mbedtls/constant_time.h>
#include <mbedtls/platform_util.h>
#include <psa_crypto_core.h>
#include <psa_crypto_slot_management.h>

// Iterations of PBKDF2: three times and more what is recommended for passwords today; and iterations times blocks of output
// in one request, which nothing interrupts but the normal world's interrupts
#define COST_MAX (1u << 22)
#define WORK_MAX (1u << 24)

#define CHUNK 64 // bytes compared at a time

int32_t crypto_run_derive_setup(struct sp_rpc_call *call)
{
    struct crypto_word alg;
    struct crypto_request request;
    int32_t status = crypto_wire_decode(call, &alg, sizeof(alg), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    struct crypto_op *op = crypto_ops_open(request.owner, CRYPTO_OP_DERIVE);

    op->alg = alg.value;
    call->status = psa_key_derivation_setup(&op->psa.derive, alg.value);
    return crypto_ops_end_setup(call, op, NULL);
}

// After a call that gives something out. Not every failure is the operation's end: one that asks for more bytes than there
// are, or for a key that cannot be, leaves it as it is.
static int32_t end_call(struct sp_rpc_call *call, struct crypto_op *op)
{
    size_t capacity;

    if (call->status == PSA_ERROR_BAD_STATE ||
        psa_key_derivation_get_capacity(&op->psa.derive, &capacity) != PSA_SUCCESS) {
        crypto_ops_release(op);
    }
    return TS_RPC_SUCCESS;
}

int32_t crypto_run_derive_get_capacity(struct sp_rpc_call *call)
{
    struct crypto_word word;
    struct crypto_fixed fixed = { &word, sizeof(word) };
    struct crypto_op *op;
    size_t capacity = 0;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_DERIVE, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = psa_key_derivation_get_capacity(&op->psa.derive, &capacity);
    word.value = capacity < UINT32_MAX ? (uint32_t)capacity : UINT32_MAX;
    return call->status == PSA_SUCCESS ? crypto_wire_put(call, &word, sizeof(word))
                                       : TS_RPC_SUCCESS;
}

int32_t crypto_run_derive_set_capacity(struct sp_rpc_call *call)
{
    struct crypto_words2 words; // handle, bytes
    struct crypto_fixed fixed = { &words, sizeof(words) };
    struct crypto_op *op;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_DERIVE, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = psa_key_derivation_set_capacity(&op->psa.derive, words.second);
    return end_call(call, op);
}

// Inputs: each failure ends the operation (PSA Crypto 1.2, 10.6.3).

int32_t crypto_run_derive_input_bytes(struct sp_rpc_call *call)
{
    struct crypto_words2 words; // handle, step
    struct crypto_fixed fixed = { &words, sizeof(words) };
    struct crypto_op *op;
    struct ts_tlv data;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_DERIVE, &fixed, &op, &data);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    // Mbed TLS 3.6 hands an empty input on to memcpy()
    const uint8_t *bytes = data.length != 0 ? data.data : call->request;

    call->status = words.second > UINT16_MAX
                       ? PSA_ERROR_INVALID_ARGUMENT
                       : psa_key_derivation_input_bytes(&op->psa.derive,
                                                        (psa_key_derivation_step_t)words.second,
                                                        bytes, data.length);
    return crypto_ops_end_call(call, op);
}

int32_t crypto_run_derive_input_key(struct sp_rpc_call *call)
{
    struct crypto_words3 words; // handle, step, key
    struct crypto_fixed fixed = { &words, sizeof(words) };
    struct crypto_op *op;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_DERIVE, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = words.second > UINT16_MAX ? PSA_ERROR_INVALID_ARGUMENT
                                             : crypto_ops_add_key(op, words.third);
    if (call->status == PSA_SUCCESS) {
        call->status =
            psa_key_derivation_input_key(&op->psa.derive, (psa_key_derivation_step_t)words.second,
                                         crypto_keys_name(op->owner, words.third));
    }
    return crypto_ops_end_call(call, op);
}

int32_t crypto_run_derive_input_integer(struct sp_rpc_call *call)
{
    struct crypto_step_integer input;
    struct crypto_fixed fixed = { &input, sizeof(input) };
    struct crypto_op *op;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_DERIVE, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    if (input.step > UINT16_MAX) {
        call->status = PSA_ERROR_INVALID_ARGUMENT;
    } else if (input.value > COST_MAX && PSA_ALG_IS_PBKDF2(op->alg)) {
        call->status = PSA_ERROR_NOT_SUPPORTED;
    } else {
        op->cost = input.value;
        call->status = psa_key_derivation_input_integer(
            &op->psa.derive, (psa_key_derivation_step_t)input.step, input.value);
    }
    return crypto_ops_end_call(call, op);
}

int32_t crypto_run_derive_key_agreement(struct sp_rpc_call *call)
{
    struct crypto_words3 words; // handle, step, private key
    struct crypto_fixed fixed = { &words, sizeof(words) };
    struct crypto_op *op;
    struct ts_tlv peer;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_DERIVE, &fixed, &op, &peer);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = words.second > UINT16_MAX ? PSA_ERROR_INVALID_ARGUMENT
                                             : crypto_ops_add_key(op, words.third);
    if (call->status == PSA_SUCCESS) {
        call->status = psa_key_derivation_key_agreement(
            &op->psa.derive, (psa_key_derivation_step_t)words.second,
            crypto_keys_name(op->owner, words.third), peer.data, peer.length);
    }
    return crypto_ops_end_call(call, op);
}

// Whether `size` bytes more of `op` are more work than one request may ask for
static bool is_too_costly(const struct crypto_op *op, uint64_t size)
{
    size_t block = PSA_ALG_IS_PBKDF2_HMAC(op->alg)
                       ? PSA_HASH_LENGTH(PSA_ALG_PBKDF2_HMAC_GET_HASH(op->alg))
                       : PSA_BLOCK_CIPHER_BLOCK_LENGTH(PSA_KEY_TYPE_AES);

    return block != 0 && op->cost * (size / block + 1) > WORK_MAX;
}

int32_t crypto_run_derive_output_bytes(struct sp_rpc_call *call)
{
    struct crypto_words2 words; // handle, bytes
    struct crypto_fixed fixed = { &words, sizeof(words) };
    struct crypto_op *op;
    uint8_t *to;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_DERIVE, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    status = crypto_ops_reserve(call, words.second, &to);
    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    call->status = is_too_costly(op, words.second)
                       ? PSA_ERROR_NOT_SUPPORTED
                       : psa_key_derivation_output_bytes(&op->psa.derive, to, words.second);
    (void)end_call(call, op);
    return crypto_wire_end(call, words.second, words.second);
}

// For crypto_keys_make(); `context` is the derivation.
static psa_status_t make_key(const psa_key_attributes_t *attributes, void *context,
                             mbedtls_svc_key_id_t *key)
{
    return psa_key_derivation_output_key(attributes, context, key);
}

int32_t crypto_run_derive_output_key(struct sp_rpc_call *call)
{
    struct crypto_word_attributes output; // handle, attributes
    struct crypto_fixed fixed = { &output, sizeof(output) };
    struct crypto_word id;
    struct crypto_op *op;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_DERIVE, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    if (call->response_max < sizeof(id)) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status =
        is_too_costly(op, output.attributes.key_bits / 8)
            ? PSA_ERROR_NOT_SUPPORTED
            : crypto_keys_make(op->owner, &output.attributes, make_key, &op->psa.derive, &id.value);
    (void)end_call(call, op);
    return call->status == PSA_SUCCESS ? crypto_wire_put(call, &id, sizeof(id)) : TS_RPC_SUCCESS;
}

// Whether the operation's next `size` bytes are those at `expected`. All of them are used up, equal or not. CT: in both.
static psa_status_t verify(struct crypto_op *op, const uint8_t *expected, size_t size)
{
    uint8_t chunk[CHUNK];
    size_t capacity = 0;
    int difference = 0;
    psa_status_t status = psa_key_derivation_get_capacity(&op->psa.derive, &capacity);

    if (status == PSA_SUCCESS && size > capacity) {
        (void)psa_key_derivation_set_capacity(&op->psa.derive, 0);
        status = PSA_ERROR_INSUFFICIENT_DATA;
    }
    if (status == PSA_SUCCESS && is_too_costly(op, size)) {
        status = PSA_ERROR_NOT_SUPPORTED;
    }
    for (size_t done = 0; status == PSA_SUCCESS && done < size;) {
        size_t count = size - done < CHUNK ? size - done : CHUNK;

        status = psa_key_derivation_output_bytes(&op->psa.derive, chunk, count);
        difference |= mbedtls_ct_memcmp(chunk, expected + done, count);
        done += count;
    }
    mbedtls_platform_zeroize(chunk, sizeof(chunk));
    return status == PSA_SUCCESS && difference != 0 ? PSA_ERROR_INVALID_SIGNATURE : status;
}

int32_t crypto_run_derive_verify_bytes(struct sp_rpc_call *call)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    struct ts_tlv expected;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_DERIVE, &fixed, &op, &expected);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = verify(op, expected.data, expected.length);
    return end_call(call, op);
}

// As psa_key_derivation_verify_key() of PSA Crypto 1.2, which Mbed TLS 3.6 does not have: the key's bytes do not leave it.
static psa_status_t verify_key(struct crypto_op *op, mbedtls_svc_key_id_t key)
{
    psa_key_slot_t *slot;
    psa_status_t status = psa_get_and_lock_key_slot(key, &slot);

    if (status != PSA_SUCCESS) {
        return status;
    }
    if (psa_get_key_type(&slot->attr) != PSA_KEY_TYPE_PASSWORD_HASH) {
        status = PSA_ERROR_INVALID_ARGUMENT;
    } else if ((psa_get_key_usage_flags(&slot->attr) & PSA_KEY_USAGE_VERIFY_DERIVATION) == 0 ||
               psa_get_key_algorithm(&slot->attr) != op->alg) {
        status = PSA_ERROR_NOT_PERMITTED;
    } else {
        status = verify(op, slot->key.data, slot->key.bytes);
    }
    psa_status_t unlocked = psa_unregister_read(slot);

    return status != PSA_SUCCESS ? status : unlocked;
}

int32_t crypto_run_derive_verify_key(struct sp_rpc_call *call)
{
    struct crypto_words2 words; // handle, key
    struct crypto_fixed fixed = { &words, sizeof(words) };
    struct crypto_op *op;
    int32_t status = crypto_ops_decode(call, CRYPTO_OP_DERIVE, &fixed, &op, NULL);

    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = verify_key(op, crypto_keys_name(op->owner, words.second));
    return end_call(call, op);
}

int32_t crypto_run_derive_abort(struct sp_rpc_call *call)
{
    return crypto_ops_run_abort(call, CRYPTO_OP_DERIVE);
}
