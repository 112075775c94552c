// SPDX-License-Identifier: BSD-3-Clause
//
// Ciphers of psa/crypto.h. What fits the shared memory is done in one call.
#include <string.h>

#include "psa_crypto_private.h"

static struct client_op op_of(psa_cipher_operation_t *operation)
{
    return (struct client_op){ &operation->id, CRYPTO_CIPHER_ABORT };
}

static struct client_request start(psa_key_id_t key, psa_algorithm_t alg)
{
    const struct crypto_key_alg fixed = { .id = key, .alg = alg };

    return client_start(PSA_CLIENT_CRYPTO, &fixed, sizeof(fixed));
}

psa_status_t psa_cipher_encrypt_setup(psa_cipher_operation_t *operation, psa_key_id_t key,
                                      psa_algorithm_t alg)
{
    struct client_request request = start(key, alg);

    return client_op_setup(op_of(operation), &request, CRYPTO_CIPHER_ENCRYPT_SETUP);
}

psa_status_t psa_cipher_decrypt_setup(psa_cipher_operation_t *operation, psa_key_id_t key,
                                      psa_algorithm_t alg)
{
    struct client_request request = start(key, alg);

    return client_op_setup(op_of(operation), &request, CRYPTO_CIPHER_DECRYPT_SETUP);
}

psa_status_t psa_cipher_generate_iv(psa_cipher_operation_t *operation, uint8_t *iv, size_t iv_size,
                                    size_t *iv_length)
{
    return client_op_get(op_of(operation), CRYPTO_CIPHER_GENERATE_IV,
                         (struct client_out){ iv, iv_size, iv_length });
}

psa_status_t psa_cipher_set_iv(psa_cipher_operation_t *operation, const uint8_t *iv,
                               size_t iv_length)
{
    return client_op_put(op_of(operation), CRYPTO_CIPHER_SET_IV,
                         (struct client_in){ iv, iv_length });
}

psa_status_t psa_cipher_update(psa_cipher_operation_t *operation, const uint8_t *input,
                               size_t input_length, uint8_t *output, size_t output_size,
                               size_t *output_length)
{
    return client_op_transform(op_of(operation), CRYPTO_CIPHER_UPDATE,
                               (struct client_in){ input, input_length },
                               (struct client_out){ output, output_size, output_length });
}

psa_status_t psa_cipher_finish(psa_cipher_operation_t *operation, uint8_t *output,
                               size_t output_size, size_t *output_length)
{
    struct client_op op = op_of(operation);
    struct client_request request = client_op_request(op);

    return client_op_end(
        op, client_call_value(&request, CRYPTO_CIPHER_FINISH, output, output_size, output_length));
}

psa_status_t psa_cipher_abort(psa_cipher_operation_t *operation)
{
    return client_op_abort(op_of(operation));
}

// Length of the IV that a key's ciphertext begins with
static psa_status_t find_iv_length(psa_key_id_t key, psa_algorithm_t alg, size_t *length)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t status = psa_get_key_attributes(key, &attributes);

    *length = PSA_CIPHER_IV_LENGTH(attributes.type, alg);
    return status;
}

// What is left of `out` once `used` bytes of it are written
static struct client_out rest(struct client_out out, size_t used, size_t *length)
{
    return (struct client_out){ used != 0 ? out.data + used : out.data, out.size - used, length };
}

static psa_status_t update_and_finish(psa_cipher_operation_t *operation, struct client_in in,
                                      struct client_out out, size_t used)
{
    size_t updated = 0;
    size_t finished = 0;
    psa_status_t status =
        client_op_transform(op_of(operation), CRYPTO_CIPHER_UPDATE, in, rest(out, used, &updated));

    if (status == PSA_SUCCESS) {
        struct client_out last = rest(out, used + updated, &finished);

        status = psa_cipher_finish(operation, last.data, last.size, last.length);
    }
    if (status == PSA_SUCCESS) {
        *out.length = used + updated + finished;
    }
    return status;
}

// Moves the input of an encryption behind the IV, which is written first, where the caller has both in one place: from there
// on what is written follows what has been read.
static struct client_in move_input(struct client_in in, struct client_out out, size_t iv_length)
{
    uintptr_t from = (uintptr_t)in.data;
    uintptr_t to = (uintptr_t)out.data;

    if (in.size == 0 || from >= to + iv_length || from + in.size <= to || out.size < iv_length ||
        out.size - iv_length < in.size) {
        return in;
    }
    memmove(out.data + iv_length, in.data, in.size);
    return (struct client_in){ out.data + iv_length, in.size };
}

static psa_status_t encrypt_in_parts(struct crypto_key_alg key, struct client_in in,
                                     struct client_out out)
{
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    size_t iv_length;
    psa_status_t status = find_iv_length(key.id, key.alg, &iv_length);

    if (status == PSA_SUCCESS) {
        status = psa_cipher_encrypt_setup(&operation, key.id, key.alg);
    }
    if (status == PSA_SUCCESS && iv_length != 0) {
        in = move_input(in, out, iv_length);
        status = psa_cipher_generate_iv(&operation, out.data, out.size, &iv_length);
    }
    return status == PSA_SUCCESS ? update_and_finish(&operation, in, out, iv_length) : status;
}

static psa_status_t decrypt_in_parts(struct crypto_key_alg key, struct client_in in,
                                     struct client_out out)
{
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    size_t iv_length;
    psa_status_t status = find_iv_length(key.id, key.alg, &iv_length);

    if (status == PSA_SUCCESS && in.size < iv_length) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if (status == PSA_SUCCESS) {
        status = psa_cipher_decrypt_setup(&operation, key.id, key.alg);
    }
    if (status == PSA_SUCCESS && iv_length != 0) {
        status = psa_cipher_set_iv(&operation, in.data, iv_length);
        in.data += iv_length;
        in.size -= iv_length;
    }
    return status == PSA_SUCCESS ? update_and_finish(&operation, in, out, 0) : status;
}

// One call with the whole input. PSA_ERROR_NOT_SUPPORTED: it or the output does not fit, or the partition has no such call,
// or not this algorithm
static psa_status_t at_once(uint16_t opcode, struct crypto_key_alg key, struct client_in in,
                            struct client_out out)
{
    size_t more = PSA_CIPHER_IV_MAX_SIZE + PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE;

    *out.length = 0;
    if (in.size > client_chunk(PSA_CLIENT_CRYPTO, sizeof(key) + more)) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    struct client_request request = client_start(PSA_CLIENT_CRYPTO, &key, sizeof(key));

    client_add_record(&request, CRYPTO_TAG_1, in.data, in.size);
    return client_call_value(&request, opcode, out.data, out.size, out.length);
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_cipher_encrypt(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                size_t input_length, uint8_t *output, size_t output_size,
                                size_t *output_length)
{
    const struct crypto_key_alg key_alg = { .id = key, .alg = alg };
    const struct client_in in = { input, input_length };
    const struct client_out out = { output, output_size, output_length };
    psa_status_t status = at_once(CRYPTO_CIPHER_ENCRYPT, key_alg, in, out);

    return status == PSA_ERROR_NOT_SUPPORTED ? encrypt_in_parts(key_alg, in, out) : status;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_cipher_decrypt(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                size_t input_length, uint8_t *output, size_t output_size,
                                size_t *output_length)
{
    const struct crypto_key_alg key_alg = { .id = key, .alg = alg };
    const struct client_in in = { input, input_length };
    const struct client_out out = { output, output_size, output_length };
    psa_status_t status = at_once(CRYPTO_CIPHER_DECRYPT, key_alg, in, out);

    return status == PSA_ERROR_NOT_SUPPORTED ? decrypt_in_parts(key_alg, in, out) : status;
}
