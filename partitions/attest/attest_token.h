// SPDX-License-Identifier: BSD-3-Clause
//
// PSA attestation tokens: claims (RFC 9783, and those of the older profile PSA_IOT_PROFILE_1), signed as COSE_Sign1 with
// ES256 (RFC 9052). Called by attest_service.c. Pure; who signs is the caller's business.
#ifndef ATTEST_TOKEN_H
#define ATTEST_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"

#define ATTEST_TOKEN_MAX 4096 // bytes, PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE
#define ATTEST_HASH_SIZE 32
#define ATTEST_SIGNATURE_SIZE 64 // r and s
#define ATTEST_UEID_SIZE 33      // 0x01 and 32 bytes
#define ATTEST_BOOT_SEED_SIZE 32
#define ATTEST_COMPONENTS_MAX 24
#define ATTEST_TEXT_MAX 32 // bytes of a component's texts, with the NUL

enum attest_profile { ATTEST_PROFILE_RFC9783, ATTEST_PROFILE_IOT_1 };

// One image that was measured (RFC 9783 4.4.1).
struct attest_component {
    char type[ATTEST_TEXT_MAX];            // measurement type
    char version[ATTEST_TEXT_MAX];         // empty: no such entry
    uint8_t measurement[ATTEST_HASH_SIZE]; // SHA-256
    uint8_t signer[ATTEST_HASH_SIZE];      // SHA-256 of the public key under which it was accepted
};

struct attest_claims {
    enum attest_profile profile;
    uint8_t ueid[ATTEST_UEID_SIZE];
    uint8_t boot_seed[ATTEST_BOOT_SEED_SIZE];
    uint8_t implementation_id[ATTEST_HASH_SIZE];
    uint16_t lifecycle;
    size_t component_count; // 1 … ATTEST_COMPONENTS_MAX
    struct attest_component components[ATTEST_COMPONENTS_MAX];
};

// What the caller of one call adds.
struct attest_request {
    const uint8_t *nonce;
    size_t nonce_size; // 32, 48 or 64
    int32_t client_id; // negative: the normal world, positive: a partition
};

// Signs a SHA-256 with ECDSA on P-256: r and s, 32 bytes each. 0 or ERR_*, which attest_token_build() hands on.
typedef int (*attest_sign_fn)(const uint8_t hash[ATTEST_HASH_SIZE],
                              uint8_t signature[ATTEST_SIGNATURE_SIZE]);

// Exact size of the token that attest_token_build() makes of these (the nonce's bytes and the signature do not change it).
// ERR_INVALID: the nonce has another size than 32, 48 or 64, the client id is 0, there are no components or too many, a text has
// no NUL, no such profile. *size is at most ATTEST_TOKEN_MAX, and written on success only.
MUST_CHECK int attest_token_size(const struct attest_claims *claims,
                                 const struct attest_request *request, size_t *size);

// Writes the token to `token` (at most `room` bytes) and its size. ERR_INVALID as above; ERR_NO_MEMORY: `room` is too small;
// ERR_IO: the hash failed; the signer's errors. After an error the `room` bytes are all zero.
MUST_CHECK int attest_token_build(const struct attest_claims *claims,
                                  const struct attest_request *request, attest_sign_fn sign,
                                  uint8_t *token, size_t room, size_t *size);

#endif
