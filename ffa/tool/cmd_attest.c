// SPDX-License-Identifier: BSD-3-Clause
//
// tessera attest …: the token and its key as they come; `fip-tool token` judges them, on another machine.
#include <psa/initial_attestation.h>

#include "tool.h"

enum tool_exit cmd_attest_token(const struct tool_args *args)
{
    uint8_t token[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];
    uint8_t challenge[TOOL_CHALLENGE_MAX];
    size_t challenge_size = args->challenge_size;
    psa_status_t status = PSA_SUCCESS;
    size_t size;

    for (size_t i = 0; i < challenge_size; i++) {
        challenge[i] = args->challenge[i];
    }
    if (challenge_size == 0) {
        challenge_size = PSA_INITIAL_ATTEST_CHALLENGE_SIZE_32;
        status = psa_generate_random(challenge, challenge_size);
    }
    if (status == PSA_SUCCESS) {
        status =
            psa_initial_attest_get_token(challenge, challenge_size, token, sizeof(token), &size);
    }
    return status == PSA_SUCCESS ? tool_file_result(args, "token", token, size)
                                 : tool_psa_error("token", status);
}

enum tool_exit cmd_attest_key(const struct tool_args *args)
{
    uint8_t key[TESSERA_ATTEST_PUBLIC_KEY_SIZE];
    size_t size;
    psa_status_t status = tessera_attest_get_public_key(key, sizeof(key), &size);

    return status == PSA_SUCCESS ? tool_public_result(args, tool_key_kind_named("p256"), key, size)
                                 : tool_psa_error("key", status);
}
