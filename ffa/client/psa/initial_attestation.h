// SPDX-License-Identifier: BSD-3-Clause
//
// PSA Initial Attestation 1.0 (Arm IHI 0085), over the attest partition and the transport given to psa_client_connect().
// A token says what this machine booted, to whoever gave the challenge: RFC 9783 claims in a COSE_Sign1. Not thread-safe: one
// call at a time.
#ifndef PSA_INITIAL_ATTESTATION_H
#define PSA_INITIAL_ATTESTATION_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define PSA_INITIAL_ATTEST_API_VERSION_MAJOR 1
#define PSA_INITIAL_ATTEST_API_VERSION_MINOR 0

#define PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE 4096 // bytes of the largest token

#define PSA_INITIAL_ATTEST_CHALLENGE_SIZE_32 32u
#define PSA_INITIAL_ATTEST_CHALLENGE_SIZE_48 48u
#define PSA_INITIAL_ATTEST_CHALLENGE_SIZE_64 64u

PSA_API_BEGIN

// All functions: PSA_ERROR_INVALID_ARGUMENT: NULL, or a challenge of another size than 32, 48 or 64 bytes;
// PSA_ERROR_SERVICE_FAILURE: the partition is not there, has died, or has nobody to sign; PSA_ERROR_GENERIC_ERROR: it refuses to
// attest, because what the boot left it contradicts itself; PSA_ERROR_BAD_STATE: before psa_client_connect();
// PSA_ERROR_INSUFFICIENT_MEMORY: less memory is shared with it than a token needs. Outputs are written on success only.

// A fresh token with the challenge in it goes to `token_buf`; *token_size: its bytes. PSA_ERROR_BUFFER_TOO_SMALL: it has more
// than `token_buf_size`.
psa_status_t psa_initial_attest_get_token(const uint8_t *auth_challenge, size_t challenge_size,
                                          uint8_t *token_buf, size_t token_buf_size,
                                          size_t *token_size);

// Exact size of the tokens that this client gets until the machine is reset, for challenges of that size.
psa_status_t psa_initial_attest_get_token_size(size_t challenge_size, size_t *token_size);

// Tessera's own.
#define TESSERA_ATTEST_PUBLIC_KEY_SIZE 65

// The public half of the key that signs this machine's tokens, ECDSA on P-256: 65 bytes, 4, x, y. Its SHA-256 behind a byte 1
// is the instance id of the tokens. PSA_ERROR_BUFFER_TOO_SMALL: `key_buf_size` is less than 65.
psa_status_t tessera_attest_get_public_key(uint8_t *key_buf, size_t key_buf_size, size_t *key_size);

PSA_API_END

#endif
