// SPDX-License-Identifier: BSD-3-Clause
//
// Hashes of psa/crypto.h. What fits the shared memory is hashed in one call.
#include "psa_crypto_private.h"

static struct client_op op_of(psa_hash_operation_t *operation)
{
    return (struct client_op){ &operation->id, CRYPTO_HASH_ABORT };
}

psa_status_t psa_hash_setup(psa_hash_operation_t *operation, psa_algorithm_t alg)
{
    struct client_request request = client_word(alg);

    return client_op_setup(op_of(operation), &request, CRYPTO_HASH_SETUP);
}

psa_status_t psa_hash_update(psa_hash_operation_t *operation, const uint8_t *input,
                             size_t input_length)
{
    if (input_length == 0 && operation->id != 0) {
        return PSA_SUCCESS;
    }
    return client_op_feed(op_of(operation), CRYPTO_HASH_UPDATE,
                          (struct client_in){ input, input_length });
}

psa_status_t psa_hash_finish(psa_hash_operation_t *operation, uint8_t *hash, size_t hash_size,
                             size_t *hash_length)
{
    struct client_op op = op_of(operation);
    struct client_request request = client_op_request(op);

    return client_op_end(
        op, client_call_result(&request, CRYPTO_HASH_FINISH, hash, hash_size, hash_length));
}

psa_status_t psa_hash_verify(psa_hash_operation_t *operation, const uint8_t *hash,
                             size_t hash_length)
{
    struct client_op op = op_of(operation);
    struct client_request request = client_op_request(op);

    client_add_record(&request, CRYPTO_TAG_1, hash, hash_length);
    return client_op_end(op, client_call_fixed(&request, CRYPTO_HASH_VERIFY, NULL, 0));
}

psa_status_t psa_hash_abort(psa_hash_operation_t *operation)
{
    return client_op_abort(op_of(operation));
}

psa_status_t psa_hash_clone(const psa_hash_operation_t *source_operation,
                            psa_hash_operation_t *target_operation)
{
    if (source_operation->id == 0) {
        return PSA_ERROR_BAD_STATE;
    }
    struct client_request request = client_word(source_operation->id);

    return client_op_setup(op_of(target_operation), &request, CRYPTO_HASH_CLONE);
}

// One call with the whole input; false: it does not fit, or the partition has no such call (Trusted Services' own). `hash`:
// what it is compared with; NULL: none
static bool hash_at_once(psa_algorithm_t alg, struct client_in in, const struct client_in *hash,
                         struct client_out out, psa_status_t *status)
{
    size_t more = hash != NULL ? TS_TLV_HEADER + hash->size : 0;

    if (in.size > client_chunk(PSA_CLIENT_CRYPTO, sizeof(struct crypto_word) + more)) {
        return false;
    }
    struct client_request request = client_word(alg);

    client_add_record(&request, CRYPTO_TAG_1, in.data, in.size);
    if (hash != NULL) {
        client_add_record(&request, CRYPTO_TAG_2, hash->data, hash->size);
        *status = client_call_fixed(&request, CRYPTO_HASH_COMPARE, NULL, 0);
    } else {
        *status = client_call_result(&request, CRYPTO_HASH_COMPUTE, out.data, out.size, out.length);
    }
    return *status != PSA_ERROR_NOT_SUPPORTED;
}

psa_status_t psa_hash_compute(psa_algorithm_t alg, const uint8_t *input, size_t input_length,
                              uint8_t *hash, size_t hash_size, size_t *hash_length)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_status_t status;

    *hash_length = 0;
    if (hash_at_once(alg, (struct client_in){ input, input_length }, NULL,
                     (struct client_out){ hash, hash_size, hash_length }, &status)) {
        return status;
    }
    status = psa_hash_setup(&operation, alg);
    if (status == PSA_SUCCESS) {
        status = psa_hash_update(&operation, input, input_length);
    }
    if (status == PSA_SUCCESS) {
        status = psa_hash_finish(&operation, hash, hash_size, hash_length);
    }
    return status;
}

psa_status_t psa_hash_compare(psa_algorithm_t alg, const uint8_t *input, size_t input_length,
                              const uint8_t *hash, size_t hash_length)
{
    const struct client_in expected = { hash, hash_length };
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_status_t status;

    if (hash_at_once(alg, (struct client_in){ input, input_length }, &expected,
                     (struct client_out){ NULL, 0, NULL }, &status)) {
        return status;
    }
    status = psa_hash_setup(&operation, alg);
    if (status == PSA_SUCCESS) {
        status = psa_hash_update(&operation, input, input_length);
    }
    if (status == PSA_SUCCESS) {
        status = psa_hash_verify(&operation, hash, hash_length);
    }
    return status;
}
