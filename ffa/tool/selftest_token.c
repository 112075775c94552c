// SPDX-License-Identifier: BSD-3-Clause
//
// Case of `tessera selftest`: the attestation token. It is signed by the key that the attest partition names, over a fresh
// challenge; whether this is the right machine, and what it booted, a verifier must judge (fip-tool token).
#include <string.h>

#include <psa/initial_attestation.h>

#include "selftest.h"

#define CHALLENGE 32
#define SIGNATURE 64

struct reader {
    const uint8_t *at;
    size_t left;
};

struct bytes {
    const uint8_t *at;
    size_t size;
};

// The head of the next CBOR item (RFC 8949, 3), of this major type; false: it is another, or cut off
static bool get_head(struct reader *from, unsigned int major, size_t *value)
{
    if (from->left == 0 || from->at[0] >> 5 != major || (from->at[0] & 0x1f) > 25) {
        return false;
    }
    size_t info = from->at[0] & 0x1fu;
    size_t more = info < 24 ? 0 : info - 23; // bytes behind

    if (from->left < 1 + more) {
        return false;
    }
    *value = more == 0 ? info : more == 1 ? from->at[1] : (size_t)from->at[1] << 8 | from->at[2];
    from->at += 1 + more;
    from->left -= 1 + more;
    return true;
}

static bool get_bytes(struct reader *from, struct bytes *bytes)
{
    if (!get_head(from, 2, &bytes->size) || bytes->size > from->left) {
        return false;
    }
    bytes->at = from->at;
    from->at += bytes->size;
    from->left -= bytes->size;
    return true;
}

struct token {
    struct bytes protected;
    struct bytes payload;
    struct bytes signature;
};

// COSE_Sign1 (RFC 9052, 4.2), tagged, without unprotected headers
static bool read_token(const uint8_t *data, size_t size, struct token *token)
{
    struct reader from = { data, size };
    size_t value;

    return get_head(&from, 6, &value) && value == 18 && get_head(&from, 4, &value) && value == 4 &&
           get_bytes(&from, &token->protected) && get_head(&from, 5, &value) && value == 0 &&
           get_bytes(&from, &token->payload) && get_bytes(&from, &token->signature) &&
           token->signature.size == SIGNATURE && from.left == 0;
}

static psa_status_t hash_bytes(psa_hash_operation_t *operation, struct bytes bytes)
{
    const uint8_t head[3] = { 0x59, (uint8_t)(bytes.size >> 8), (uint8_t)bytes.size };
    const uint8_t short_head[2] = { 0x58, (uint8_t)bytes.size };
    const uint8_t shortest = (uint8_t)(0x40 | bytes.size);
    psa_status_t status = bytes.size < 24    ? psa_hash_update(operation, &shortest, 1)
                          : bytes.size < 256 ? psa_hash_update(operation, short_head, 2)
                                             : psa_hash_update(operation, head, 3);

    return status == PSA_SUCCESS && bytes.size != 0
               ? psa_hash_update(operation, bytes.at, bytes.size)
               : status;
}

// SHA-256 of the Sig_structure (RFC 9052, 4.4)
static psa_status_t hash_token(const struct token *token, uint8_t hash[32])
{
    static const uint8_t begin[12] = "\x84\x6aSignature1";
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    size_t size;
    psa_status_t status = psa_hash_setup(&operation, PSA_ALG_SHA_256);

    if (status == PSA_SUCCESS) {
        status = psa_hash_update(&operation, begin, sizeof(begin));
    }
    if (status == PSA_SUCCESS) {
        status = hash_bytes(&operation, token->protected);
    }
    if (status == PSA_SUCCESS) {
        status = hash_bytes(&operation, (struct bytes){ NULL, 0 });
    }
    if (status == PSA_SUCCESS) {
        status = hash_bytes(&operation, token->payload);
    }
    return status == PSA_SUCCESS ? psa_hash_finish(&operation, hash, 32, &size) : status;
}

static void verify(struct selftest *test, const struct token *token, const uint8_t *public,
                   size_t size)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_algorithm_t alg = PSA_ALG_ECDSA(PSA_ALG_SHA_256);
    psa_key_id_t key = PSA_KEY_ID_NULL;
    uint8_t hash[32];

    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_algorithm(&attributes, alg);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
    (void)selftest_status(test, "psa_import_key", psa_import_key(&attributes, public, size, &key),
                          PSA_SUCCESS);
    (void)selftest_status(test, "hash of the token", hash_token(token, hash), PSA_SUCCESS);
    if (test->result == SELFTEST_PASSED) {
        psa_status_t status = psa_verify_hash(key, alg, hash, sizeof(hash), token->signature.at,
                                              token->signature.size);

        (void)selftest_status(test, "the token's signature", status, PSA_SUCCESS);
    }
    (void)selftest_status(test, "psa_destroy_key", psa_destroy_key(key), PSA_SUCCESS);
}

static void attestation(struct selftest *test)
{
    uint8_t challenge[CHALLENGE];
    uint8_t data[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];
    uint8_t public[TESSERA_ATTEST_PUBLIC_KEY_SIZE];
    struct token token;
    size_t size = 0;
    size_t told = 0;
    size_t public_size = 0;

    (void)selftest_status(test, "psa_generate_random",
                          psa_generate_random(challenge, sizeof(challenge)), PSA_SUCCESS);
    psa_status_t status = psa_initial_attest_get_token_size(sizeof(challenge), &told);

    (void)selftest_status(test, "psa_initial_attest_get_token_size", status, PSA_SUCCESS);
    status = psa_initial_attest_get_token(challenge, sizeof(challenge), data, sizeof(data), &size);
    (void)selftest_status(test, "psa_initial_attest_get_token", status, PSA_SUCCESS);
    status = tessera_attest_get_public_key(public, sizeof(public), &public_size);
    (void)selftest_status(test, "tessera_attest_get_public_key", status, PSA_SUCCESS);
    if (test->result != SELFTEST_PASSED) {
        return;
    }
    if (size != told) {
        (void)selftest_fail(test, "token of %zu bytes, %zu were announced", size, told);
    } else if (!read_token(data, size, &token)) {
        (void)selftest_fail(test, "the token is no COSE_Sign1");
    } else if (memmem(token.payload.at, token.payload.size, challenge, sizeof(challenge)) == NULL) {
        (void)selftest_fail(test, "the challenge is not in the token");
    } else {
        verify(test, &token, public, public_size);
    }
}

const struct selftest_case selftest_token_cases[] = {
    { "the attestation token answers the challenge, and is signed", false, attestation },
};
const size_t selftest_token_count = sizeof(selftest_token_cases) / sizeof(selftest_token_cases[0]);
