// SPDX-License-Identifier: BSD-3-Clause
//
// Key derivation of psa/crypto.h. An operation stays active after an error, as the specification wants it: until it is
// aborted.
#include "psa_crypto_private.h"

// A request with a fixed part that begins with the operation's handle
static struct client_request start(const psa_key_derivation_operation_t *operation,
                                   const void *fixed, size_t size)
{
    struct client_request request = client_start(PSA_CLIENT_CRYPTO, fixed, size);

    if (operation->id == 0) {
        request.status = PSA_ERROR_BAD_STATE;
    }
    return request;
}

psa_status_t psa_key_derivation_setup(psa_key_derivation_operation_t *operation,
                                      psa_algorithm_t alg)
{
    const struct client_op op = { &operation->id, CRYPTO_DERIVE_ABORT };
    struct client_request request = client_word(alg);

    if (operation->id != 0) {
        return PSA_ERROR_BAD_STATE;
    }
    return client_op_setup(op, &request, CRYPTO_DERIVE_SETUP);
}

psa_status_t psa_key_derivation_get_capacity(const psa_key_derivation_operation_t *operation,
                                             size_t *capacity)
{
    const struct crypto_word fixed = { operation->id };
    struct client_request request = start(operation, &fixed, sizeof(fixed));
    struct crypto_word got;
    psa_status_t status =
        client_call_fixed(&request, CRYPTO_DERIVE_GET_CAPACITY, &got, sizeof(got));

    *capacity = 0;
    if (status == PSA_SUCCESS) { // all that 32 bits do not hold is without a limit
        *capacity = got.value != UINT32_MAX ? got.value : PSA_KEY_DERIVATION_UNLIMITED_CAPACITY;
    }
    return status;
}

psa_status_t psa_key_derivation_set_capacity(psa_key_derivation_operation_t *operation,
                                             size_t capacity)
{
    const struct crypto_words2 fixed = { operation->id, (uint32_t)capacity };
    struct client_request request = start(operation, &fixed, sizeof(fixed));

    if (operation->id != 0 && capacity > UINT32_MAX) { // more than the protocol can say
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    return client_call_fixed(&request, CRYPTO_DERIVE_SET_CAPACITY, NULL, 0);
}

psa_status_t psa_key_derivation_input_bytes(psa_key_derivation_operation_t *operation,
                                            psa_key_derivation_step_t step, const uint8_t *data,
                                            size_t data_length)
{
    const struct crypto_words2 fixed = { operation->id, step };
    struct client_request request = start(operation, &fixed, sizeof(fixed));

    client_add_record(&request, CRYPTO_TAG_1, data, data_length);
    psa_status_t status = client_call_fixed(&request, CRYPTO_DERIVE_INPUT_BYTES, NULL, 0);

    client_forget(&request);
    return status;
}

psa_status_t psa_key_derivation_input_integer(psa_key_derivation_operation_t *operation,
                                              psa_key_derivation_step_t step, uint64_t value)
{
    const struct crypto_step_integer fixed = { operation->id, step, value };
    struct client_request request = start(operation, &fixed, sizeof(fixed));

    return client_call_fixed(&request, CRYPTO_DERIVE_INPUT_INTEGER, NULL, 0);
}

psa_status_t psa_key_derivation_input_key(psa_key_derivation_operation_t *operation,
                                          psa_key_derivation_step_t step, psa_key_id_t key)
{
    const struct crypto_words3 fixed = { operation->id, step, key };
    struct client_request request = start(operation, &fixed, sizeof(fixed));

    return client_call_fixed(&request, CRYPTO_DERIVE_INPUT_KEY, NULL, 0);
}

psa_status_t psa_key_derivation_key_agreement(psa_key_derivation_operation_t *operation,
                                              psa_key_derivation_step_t step,
                                              psa_key_id_t private_key, const uint8_t *peer_key,
                                              size_t peer_key_length)
{
    const struct crypto_words3 fixed = { operation->id, step, private_key };
    struct client_request request = start(operation, &fixed, sizeof(fixed));

    client_add_record(&request, CRYPTO_TAG_1, peer_key, peer_key_length);
    return client_call_fixed(&request, CRYPTO_DERIVE_KEY_AGREEMENT, NULL, 0);
}

psa_status_t psa_key_derivation_output_bytes(psa_key_derivation_operation_t *operation,
                                             uint8_t *output, size_t output_length)
{
    size_t chunk = client_chunk(PSA_CLIENT_CRYPTO, 0);
    uint8_t *at = output;

    while (output_length > 0) {
        size_t size = output_length < chunk ? output_length : chunk;
        const struct crypto_words2 fixed = { operation->id, (uint32_t)size };
        struct client_request request = start(operation, &fixed, sizeof(fixed));
        size_t got = 0;

        if (size == 0 && request.status == PSA_SUCCESS) {
            return PSA_ERROR_INSUFFICIENT_MEMORY;
        }
        psa_status_t status =
            client_call_value(&request, CRYPTO_DERIVE_OUTPUT_BYTES, at, size, &got);

        client_forget(&request);
        if (status == PSA_SUCCESS && got != size) {
            status = PSA_ERROR_COMMUNICATION_FAILURE;
        }
        if (status != PSA_SUCCESS) {
            client_wipe(output, (size_t)(at - output));
            return status;
        }
        at += size;
        output_length -= size;
    }
    return operation->id != 0 ? PSA_SUCCESS : PSA_ERROR_BAD_STATE;
}

psa_status_t psa_key_derivation_output_key(const psa_key_attributes_t *attributes,
                                           psa_key_derivation_operation_t *operation,
                                           psa_key_id_t *key)
{
    const struct crypto_word_attributes fixed = { operation->id, client_attributes(attributes) };
    struct client_request request = start(operation, &fixed, sizeof(fixed));

    return client_call_key(&request, CRYPTO_DERIVE_OUTPUT_KEY, key);
}

psa_status_t psa_key_derivation_verify_bytes(psa_key_derivation_operation_t *operation,
                                             const uint8_t *expected, size_t expected_length)
{
    const struct crypto_word fixed = { operation->id };
    struct client_request request = start(operation, &fixed, sizeof(fixed));

    client_add_record(&request, CRYPTO_TAG_1, expected, expected_length);
    return client_call_fixed(&request, CRYPTO_DERIVE_VERIFY_BYTES, NULL, 0);
}

psa_status_t psa_key_derivation_verify_key(psa_key_derivation_operation_t *operation,
                                           psa_key_id_t expected)
{
    const struct crypto_words2 fixed = { operation->id, expected };
    struct client_request request = start(operation, &fixed, sizeof(fixed));

    return client_call_fixed(&request, CRYPTO_DERIVE_VERIFY_KEY, NULL, 0);
}

psa_status_t psa_key_derivation_abort(psa_key_derivation_operation_t *operation)
{
    return client_op_abort((struct client_op){ &operation->id, CRYPTO_DERIVE_ABORT });
}
