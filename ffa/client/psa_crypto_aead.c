// SPDX-License-Identifier: BSD-3-Clause
//
// AEADs of psa/crypto.h. What fits the shared memory is done in one call. Plaintext of a one-shot decryption is only there
// when its tag was right.
#include <string.h>

#include "psa_crypto_private.h"

static struct client_op op_of(psa_aead_operation_t *operation)
{
    return (struct client_op){ &operation->id, CRYPTO_AEAD_ABORT };
}

static psa_status_t setup(psa_aead_operation_t *operation, uint16_t opcode, psa_key_id_t key,
                          psa_algorithm_t alg)
{
    const struct crypto_key_alg fixed = { .id = key, .alg = alg };
    struct client_request request = client_start(PSA_CLIENT_CRYPTO, &fixed, sizeof(fixed));

    return client_op_setup(op_of(operation), &request, opcode);
}

psa_status_t psa_aead_encrypt_setup(psa_aead_operation_t *operation, psa_key_id_t key,
                                    psa_algorithm_t alg)
{
    return setup(operation, CRYPTO_AEAD_ENCRYPT_SETUP, key, alg);
}

psa_status_t psa_aead_decrypt_setup(psa_aead_operation_t *operation, psa_key_id_t key,
                                    psa_algorithm_t alg)
{
    return setup(operation, CRYPTO_AEAD_DECRYPT_SETUP, key, alg);
}

psa_status_t psa_aead_generate_nonce(psa_aead_operation_t *operation, uint8_t *nonce,
                                     size_t nonce_size, size_t *nonce_length)
{
    return client_op_get(op_of(operation), CRYPTO_AEAD_GENERATE_NONCE,
                         (struct client_out){ nonce, nonce_size, nonce_length });
}

psa_status_t psa_aead_set_nonce(psa_aead_operation_t *operation, const uint8_t *nonce,
                                size_t nonce_length)
{
    return client_op_put(op_of(operation), CRYPTO_AEAD_SET_NONCE,
                         (struct client_in){ nonce, nonce_length });
}

psa_status_t psa_aead_set_lengths(psa_aead_operation_t *operation, size_t ad_length,
                                  size_t plaintext_length)
{
    struct client_op op = op_of(operation);
    const struct crypto_words3 fixed = { operation->id, (uint32_t)ad_length,
                                         (uint32_t)plaintext_length };

    if (operation->id == 0) {
        return PSA_ERROR_BAD_STATE;
    }
    if (ad_length > UINT32_MAX || plaintext_length > UINT32_MAX) {
        return client_op_keep(op, PSA_ERROR_INVALID_ARGUMENT);
    }
    struct client_request request = client_start(PSA_CLIENT_CRYPTO, &fixed, sizeof(fixed));

    return client_op_keep(op, client_call_fixed(&request, CRYPTO_AEAD_SET_LENGTHS, NULL, 0));
}

psa_status_t psa_aead_update_ad(psa_aead_operation_t *operation, const uint8_t *input,
                                size_t input_length)
{
    return client_op_feed(op_of(operation), CRYPTO_AEAD_UPDATE_AD,
                          (struct client_in){ input, input_length });
}

psa_status_t psa_aead_update(psa_aead_operation_t *operation, const uint8_t *input,
                             size_t input_length, uint8_t *output, size_t output_size,
                             size_t *output_length)
{
    return client_op_transform(op_of(operation), CRYPTO_AEAD_UPDATE,
                               (struct client_in){ input, input_length },
                               (struct client_out){ output, output_size, output_length });
}

// Takes the answer of FINISH apart, rest of the ciphertext and tag; both fit, or nothing is written
static psa_status_t take_finish(const struct client_response *response, struct client_out text,
                                struct client_out tag)
{
    struct ts_tlv_reader reader = { .at = response->data, .left = response->size };
    struct ts_tlv first;
    struct ts_tlv second;

    if (ts_tlv_read(&reader, CRYPTO_TAG_1, &first) != 0 ||
        ts_tlv_read(&reader, CRYPTO_TAG_2, &second) != 0 || second.length == 0) {
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (first.length > text.size || second.length > tag.size) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    if (first.length != 0) {
        memcpy(text.data, first.data, first.length);
    }
    memcpy(tag.data, second.data, second.length);
    *text.length = first.length;
    *tag.length = second.length;
    return PSA_SUCCESS;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_aead_finish(psa_aead_operation_t *operation, uint8_t *ciphertext,
                             size_t ciphertext_size, size_t *ciphertext_length, uint8_t *tag,
                             size_t tag_size, size_t *tag_length)
{
    struct client_op op = op_of(operation);
    struct client_request request = client_op_request(op);
    struct client_response response;
    psa_status_t status = client_call(&request, CRYPTO_AEAD_FINISH, &response);

    *ciphertext_length = 0;
    *tag_length = 0;
    if (status == PSA_SUCCESS) {
        status = take_finish(&response,
                             (struct client_out){ ciphertext, ciphertext_size, ciphertext_length },
                             (struct client_out){ tag, tag_size, tag_length });
    }
    return client_op_end(op, status);
}

psa_status_t psa_aead_verify(psa_aead_operation_t *operation, uint8_t *plaintext,
                             size_t plaintext_size, size_t *plaintext_length, const uint8_t *tag,
                             size_t tag_length)
{
    struct client_op op = op_of(operation);
    struct client_request request = client_op_request(op);

    client_add_record(&request, CRYPTO_TAG_1, tag, tag_length);
    return client_op_end(op, client_call_value(&request, CRYPTO_AEAD_VERIFY, plaintext,
                                               plaintext_size, plaintext_length));
}

psa_status_t psa_aead_abort(psa_aead_operation_t *operation)
{
    return client_op_abort(op_of(operation));
}

// A whole encryption or decryption
struct whole {
    struct crypto_key_alg key;
    struct client_in nonce;
    struct client_in ad;
    struct client_in in;
    struct client_out out;
};

// One call with everything. PSA_ERROR_NOT_SUPPORTED: it or the output does not fit, or the partition has no such call, or
// not this algorithm
static psa_status_t at_once(const struct whole *all, uint16_t opcode)
{
    size_t room = client_chunk(PSA_CLIENT_CRYPTO, sizeof(all->key) + 2 * TS_TLV_HEADER);
    size_t tag = PSA_AEAD_TAG_MAX_SIZE; // which the output may be longer by

    *all->out.length = 0;
    if (all->nonce.size > room || all->ad.size > room - all->nonce.size ||
        tag > room - all->nonce.size - all->ad.size ||
        all->in.size > room - all->nonce.size - all->ad.size - tag) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    struct client_request request = client_start(PSA_CLIENT_CRYPTO, &all->key, sizeof(all->key));

    client_add_record(&request, CRYPTO_TAG_1, all->nonce.data, all->nonce.size);
    client_add_record(&request, CRYPTO_TAG_2, all->ad.data, all->ad.size);
    client_add_record(&request, CRYPTO_TAG_3, all->in.data, all->in.size);
    return client_call_value(&request, opcode, all->out.data, all->out.size, all->out.length);
}

static psa_status_t begin_parts(psa_aead_operation_t *operation, const struct whole *all,
                                uint16_t opcode, size_t plaintext)
{
    psa_status_t status = setup(operation, opcode, all->key.id, all->key.alg);

    if (status == PSA_SUCCESS) {
        status = psa_aead_set_lengths(operation, all->ad.size, plaintext);
    }
    if (status == PSA_SUCCESS) {
        status = psa_aead_set_nonce(operation, all->nonce.data, all->nonce.size);
    }
    if (status == PSA_SUCCESS) {
        status = psa_aead_update_ad(operation, all->ad.data, all->ad.size);
    }
    return status;
}

static uint8_t *behind(uint8_t *data, size_t size)
{
    return size != 0 ? data + size : data;
}

static psa_status_t encrypt_in_parts(const struct whole *all)
{
    psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
    const struct client_out *out = &all->out;
    uint8_t tag[PSA_AEAD_TAG_MAX_SIZE];
    size_t updated = 0;
    size_t finished = 0;
    size_t tag_length = 0;
    psa_status_t status = begin_parts(&operation, all, CRYPTO_AEAD_ENCRYPT_SETUP, all->in.size);

    if (status == PSA_SUCCESS) {
        status =
            psa_aead_update(&operation, all->in.data, all->in.size, out->data, out->size, &updated);
    }
    if (status == PSA_SUCCESS) {
        status = psa_aead_finish(&operation, behind(out->data, updated), out->size - updated,
                                 &finished, tag, sizeof(tag), &tag_length);
    }
    if (status == PSA_SUCCESS && tag_length > out->size - updated - finished) {
        status = PSA_ERROR_BUFFER_TOO_SMALL;
    }
    if (status == PSA_SUCCESS) {
        memcpy(out->data + updated + finished, tag, tag_length);
        *out->length = updated + finished + tag_length;
    }
    return status;
}

static psa_status_t decrypt_in_parts(const struct whole *all)
{
    psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
    const struct client_out *out = &all->out;
    size_t tag_length = PSA_ALG_AEAD_GET_TAG_LENGTH(all->key.alg);
    size_t updated = 0;
    size_t verified = 0;

    if (all->in.size < tag_length) {
        return PSA_ERROR_INVALID_SIGNATURE;
    }
    size_t size = all->in.size - tag_length;
    psa_status_t status = begin_parts(&operation, all, CRYPTO_AEAD_DECRYPT_SETUP, size);

    if (status == PSA_SUCCESS) {
        status = psa_aead_update(&operation, all->in.data, size, out->data, out->size, &updated);
    }
    if (status == PSA_SUCCESS) {
        status = psa_aead_verify(&operation, behind(out->data, updated), out->size - updated,
                                 &verified, all->in.data + size, tag_length);
    }
    if (status == PSA_SUCCESS) {
        *out->length = updated + verified;
    } else {
        client_wipe(out->data, out->size < size ? out->size : size);
    }
    return status;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_aead_encrypt(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *nonce,
                              size_t nonce_length, const uint8_t *additional_data,
                              size_t additional_data_length, const uint8_t *plaintext,
                              size_t plaintext_length, uint8_t *ciphertext, size_t ciphertext_size,
                              size_t *ciphertext_length)
{
    const struct whole all = {
        .key = { .id = key, .alg = alg },
        .nonce = { nonce, nonce_length },
        .ad = { additional_data, additional_data_length },
        .in = { plaintext, plaintext_length },
        .out = { ciphertext, ciphertext_size, ciphertext_length },
    };
    psa_status_t status = at_once(&all, CRYPTO_AEAD_ENCRYPT);

    return status == PSA_ERROR_NOT_SUPPORTED ? encrypt_in_parts(&all) : status;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_aead_decrypt(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *nonce,
                              size_t nonce_length, const uint8_t *additional_data,
                              size_t additional_data_length, const uint8_t *ciphertext,
                              size_t ciphertext_length, uint8_t *plaintext, size_t plaintext_size,
                              size_t *plaintext_length)
{
    const struct whole all = {
        .key = { .id = key, .alg = alg },
        .nonce = { nonce, nonce_length },
        .ad = { additional_data, additional_data_length },
        .in = { ciphertext, ciphertext_length },
        .out = { plaintext, plaintext_size, plaintext_length },
    };
    psa_status_t status = at_once(&all, CRYPTO_AEAD_DECRYPT);

    return status == PSA_ERROR_NOT_SUPPORTED ? decrypt_in_parts(&all) : status;
}
