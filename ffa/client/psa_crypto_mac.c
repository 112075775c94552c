// SPDX-License-Identifier: BSD-3-Clause
//
// MACs of psa/crypto.h. What fits the shared memory is done in one call.
#include "psa_crypto_private.h"

static struct client_op op_of(psa_mac_operation_t *operation)
{
    return (struct client_op){ &operation->id, CRYPTO_MAC_ABORT };
}

static psa_status_t setup(psa_mac_operation_t *operation, uint16_t opcode, psa_key_id_t key,
                          psa_algorithm_t alg)
{
    const struct crypto_key_alg fixed = { .id = key, .alg = alg };
    struct client_request request = client_start(PSA_CLIENT_CRYPTO, &fixed, sizeof(fixed));

    return client_op_setup(op_of(operation), &request, opcode);
}

psa_status_t psa_mac_sign_setup(psa_mac_operation_t *operation, psa_key_id_t key,
                                psa_algorithm_t alg)
{
    return setup(operation, CRYPTO_MAC_SIGN_SETUP, key, alg);
}

psa_status_t psa_mac_verify_setup(psa_mac_operation_t *operation, psa_key_id_t key,
                                  psa_algorithm_t alg)
{
    return setup(operation, CRYPTO_MAC_VERIFY_SETUP, key, alg);
}

psa_status_t psa_mac_update(psa_mac_operation_t *operation, const uint8_t *input,
                            size_t input_length)
{
    if (input_length == 0 && operation->id != 0) {
        return PSA_SUCCESS;
    }
    return client_op_feed(op_of(operation), CRYPTO_MAC_UPDATE,
                          (struct client_in){ input, input_length });
}

psa_status_t psa_mac_sign_finish(psa_mac_operation_t *operation, uint8_t *mac, size_t mac_size,
                                 size_t *mac_length)
{
    struct client_op op = op_of(operation);
    struct client_request request = client_op_request(op);

    return client_op_end(
        op, client_call_result(&request, CRYPTO_MAC_SIGN_FINISH, mac, mac_size, mac_length));
}

psa_status_t psa_mac_verify_finish(psa_mac_operation_t *operation, const uint8_t *mac,
                                   size_t mac_length)
{
    struct client_op op = op_of(operation);
    struct client_request request = client_op_request(op);

    client_add_record(&request, CRYPTO_TAG_1, mac, mac_length);
    return client_op_end(op, client_call_fixed(&request, CRYPTO_MAC_VERIFY_FINISH, NULL, 0));
}

psa_status_t psa_mac_abort(psa_mac_operation_t *operation)
{
    return client_op_abort(op_of(operation));
}

// A request with key, algorithm and the whole input; false: it and `more` bytes do not fit
static bool start_whole(const struct crypto_key_alg *key, struct client_in in, size_t more,
                        struct client_request *request)
{
    if (in.size > client_chunk(PSA_CLIENT_CRYPTO, sizeof(*key) + more)) {
        return false;
    }
    *request = client_start(PSA_CLIENT_CRYPTO, key, sizeof(*key));
    client_add_record(request, CRYPTO_TAG_1, in.data, in.size);
    return true;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_mac_compute(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                             size_t input_length, uint8_t *mac, size_t mac_size, size_t *mac_length)
{
    const struct crypto_key_alg key_alg = { .id = key, .alg = alg };
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    struct client_request request;
    psa_status_t status = PSA_ERROR_NOT_SUPPORTED;

    *mac_length = 0;
    if (start_whole(&key_alg, (struct client_in){ input, input_length }, 0, &request)) {
        status = client_call_result(&request, CRYPTO_MAC_COMPUTE, mac, mac_size, mac_length);
    }
    if (status != PSA_ERROR_NOT_SUPPORTED) { // else that call, or the algorithm
        return status;
    }
    status = psa_mac_sign_setup(&operation, key, alg);
    if (status == PSA_SUCCESS) {
        status = psa_mac_update(&operation, input, input_length);
    }
    if (status == PSA_SUCCESS) {
        status = psa_mac_sign_finish(&operation, mac, mac_size, mac_length);
    }
    return status;
}

psa_status_t psa_mac_verify(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                            size_t input_length, const uint8_t *mac, size_t mac_length)
{
    const struct crypto_key_alg key_alg = { .id = key, .alg = alg };
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    struct client_request request;
    psa_status_t status = PSA_ERROR_NOT_SUPPORTED;

    if (start_whole(&key_alg, (struct client_in){ input, input_length }, TS_TLV_HEADER + mac_length,
                    &request)) {
        client_add_record(&request, CRYPTO_TAG_2, mac, mac_length);
        status = client_call_fixed(&request, CRYPTO_MAC_VERIFY, NULL, 0);
    }
    if (status != PSA_ERROR_NOT_SUPPORTED) {
        return status;
    }
    status = psa_mac_verify_setup(&operation, key, alg);
    if (status == PSA_SUCCESS) {
        status = psa_mac_update(&operation, input, input_length);
    }
    if (status == PSA_SUCCESS) {
        status = psa_mac_verify_finish(&operation, mac, mac_length);
    }
    return status;
}
