// SPDX-License-Identifier: BSD-3-Clause
//
// psa/initial_attestation.h over the attest partition, which checks the challenge too; here is checked what comes back.
#include "ffa/client/psa/initial_attestation.h"

#include <stdbool.h>

#include "client_private.h"
#include "partitions/attest/attest_proto.h"

// What an unreached partition or a broken answer is in this API
static psa_status_t attest_status(psa_status_t status)
{
    return status == PSA_ERROR_COMMUNICATION_FAILURE ? PSA_ERROR_SERVICE_FAILURE : status;
}

static bool is_challenge_size(size_t size)
{
    return size == PSA_INITIAL_ATTEST_CHALLENGE_SIZE_32 ||
           size == PSA_INITIAL_ATTEST_CHALLENGE_SIZE_48 ||
           size == PSA_INITIAL_ATTEST_CHALLENGE_SIZE_64;
}

// A response of one record into a caller's buffer; *size is the caller's until there is one
static psa_status_t get_record(struct client_request *request, uint16_t opcode, uint8_t *to,
                               size_t room, size_t *size)
{
    size_t length;
    psa_status_t status = client_call_result(request, opcode, to, room, &length);

    if (status == PSA_SUCCESS) {
        *size = length;
    }
    return attest_status(status);
}

psa_status_t psa_initial_attest_get_token(const uint8_t *auth_challenge, size_t challenge_size,
                                          uint8_t *token_buf, size_t token_buf_size,
                                          size_t *token_size)
{
    if (auth_challenge == NULL || token_buf == NULL || token_size == NULL ||
        !is_challenge_size(challenge_size)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    struct client_request request = client_start(PSA_CLIENT_ATTEST, NULL, 0);

    client_add_record(&request, ATTEST_TAG, auth_challenge, challenge_size);
    return get_record(&request, ATTEST_GET_TOKEN, token_buf, token_buf_size, token_size);
}

psa_status_t psa_initial_attest_get_token_size(size_t challenge_size, size_t *token_size)
{
    struct attest_word word = { (uint32_t)challenge_size };

    if (token_size == NULL || !is_challenge_size(challenge_size)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    struct client_request request = client_start(PSA_CLIENT_ATTEST, &word, sizeof(word));
    psa_status_t status = client_call_fixed(&request, ATTEST_GET_TOKEN_SIZE, &word, sizeof(word));

    if (status == PSA_SUCCESS && word.value > PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE) {
        status = PSA_ERROR_SERVICE_FAILURE;
    }
    if (status == PSA_SUCCESS) {
        *token_size = word.value;
    }
    return attest_status(status);
}

psa_status_t tessera_attest_get_public_key(uint8_t *key_buf, size_t key_buf_size, size_t *key_size)
{
    if (key_buf == NULL || key_size == NULL) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    struct client_request request = client_start(PSA_CLIENT_ATTEST, NULL, 0);
    size_t size = 0;
    psa_status_t status =
        get_record(&request, ATTEST_EXPORT_PUBLIC_KEY, key_buf, key_buf_size, &size);

    if (status == PSA_SUCCESS && (size != ATTEST_PUBLIC_KEY_SIZE || key_buf[0] != 4)) {
        client_wipe(key_buf, size);
        return PSA_ERROR_SERVICE_FAILURE;
    }
    if (status == PSA_SUCCESS) {
        *key_size = size;
    }
    return status;
}
