// SPDX-License-Identifier: BSD-3-Clause
//
// Claims and envelope of a PSA attestation token. See attest_token.h. One function writes the claims, once without a buffer
// to learn their size and then into the token.
#include "attest_token.h"

#include <stdbool.h>
#include <string.h>

#include "attest_cbor.h"
#include "boot_hash.h"

#define COSE_SIGN1 18 // CBOR tag
#define COSE_ALG 1
#define COSE_ES256 (-7)
#define SIG_CONTEXT "Signature1"

// Keys of the claims, in the order of their encoding, for either profile
struct keys {
    const char *profile_name;
    int64_t nonce, ueid, profile, boot_seed, client_id, lifecycle, implementation_id, components;
};

static const struct keys profiles[] = {
    [ATTEST_PROFILE_RFC9783] = { "tag:psacertified.org,2023:psa#tfm", 10, 256, 265, 268, 2394, 2395,
                                 2396, 2399 },
    [ATTEST_PROFILE_IOT_1] = { "PSA_IOT_PROFILE_1", -75008, -75009, -75000, -75004, -75001, -75002,
                               -75003, -75006 },
};
#define CLAIMS 8

// Entries of a software component
#define COMPONENT_TYPE 1
#define COMPONENT_MEASUREMENT 2
#define COMPONENT_VERSION 4
#define COMPONENT_SIGNER 5
#define COMPONENT_DESCRIPTION 6
#define SHA_256_NAME "sha-256" // IANA's hash function textual name

// The largest token, and what is signed for it, fit: heads and integers take at most 9 bytes, mostly 1 to 5
#define COMPONENT_SIZE_MAX (2 * (ATTEST_TEXT_MAX + 3) + 2 * (ATTEST_HASH_SIZE + 3) + 12)
#define REST_SIZE_MAX \
    440 // a nonce of 64 bytes, UEID, seed, id, profile, integers, envelope, signature
_Static_assert(ATTEST_COMPONENTS_MAX *COMPONENT_SIZE_MAX + REST_SIZE_MAX <= ATTEST_TOKEN_MAX,
               "every token has room");

static bool is_text(const char text[ATTEST_TEXT_MAX])
{
    return memchr(text, '\0', ATTEST_TEXT_MAX) != NULL;
}

static int check(const struct attest_claims *claims, const struct attest_request *request)
{
    size_t nonce = request->nonce_size;

    if ((nonce != 32 && nonce != 48 && nonce != 64) || request->client_id == 0 ||
        claims->component_count == 0 || claims->component_count > ATTEST_COMPONENTS_MAX ||
        (claims->profile != ATTEST_PROFILE_RFC9783 && claims->profile != ATTEST_PROFILE_IOT_1)) {
        return ERR_INVALID;
    }
    for (size_t i = 0; i < claims->component_count; i++) {
        if (!is_text(claims->components[i].type) || !is_text(claims->components[i].version)) {
            return ERR_INVALID;
        }
    }
    return 0;
}

static void put_component(struct attest_cbor *out, const struct attest_component *component)
{
    bool has_version = component->version[0] != '\0';

    attest_cbor_map(out, has_version ? 5 : 4);
    attest_cbor_pair_text(out, COMPONENT_TYPE, component->type);
    attest_cbor_pair_bytes(out, COMPONENT_MEASUREMENT, component->measurement, ATTEST_HASH_SIZE);
    if (has_version) {
        attest_cbor_pair_text(out, COMPONENT_VERSION, component->version);
    }
    attest_cbor_pair_bytes(out, COMPONENT_SIGNER, component->signer, ATTEST_HASH_SIZE);
    attest_cbor_pair_text(out, COMPONENT_DESCRIPTION, SHA_256_NAME);
}

static void put_components(struct attest_cbor *out, const struct attest_claims *claims,
                           const struct keys *keys)
{
    attest_cbor_int(out, keys->components);
    attest_cbor_array(out, claims->component_count);
    for (size_t i = 0; i < claims->component_count; i++) {
        put_component(out, &claims->components[i]);
    }
}

static void put_nonce_and_ueid(struct attest_cbor *out, const struct attest_claims *claims,
                               const struct attest_request *request, const struct keys *keys)
{
    attest_cbor_pair_bytes(out, keys->nonce, request->nonce, request->nonce_size);
    attest_cbor_pair_bytes(out, keys->ueid, claims->ueid, ATTEST_UEID_SIZE);
}

// RFC 9783's keys ascend as they are written here; the older profile's, negative, in the order of their amounts
static void put_claims(struct attest_cbor *out, const struct attest_claims *claims,
                       const struct attest_request *request)
{
    const struct keys *keys = &profiles[claims->profile];
    bool old = claims->profile == ATTEST_PROFILE_IOT_1;

    attest_cbor_map(out, CLAIMS);
    if (!old) {
        put_nonce_and_ueid(out, claims, request, keys);
    }
    attest_cbor_pair_text(out, keys->profile, keys->profile_name);
    if (!old) {
        attest_cbor_pair_bytes(out, keys->boot_seed, claims->boot_seed, ATTEST_BOOT_SEED_SIZE);
    }
    attest_cbor_pair_int(out, keys->client_id, request->client_id);
    attest_cbor_pair_int(out, keys->lifecycle, claims->lifecycle);
    attest_cbor_pair_bytes(out, keys->implementation_id, claims->implementation_id,
                           ATTEST_HASH_SIZE);
    if (old) {
        attest_cbor_pair_bytes(out, keys->boot_seed, claims->boot_seed, ATTEST_BOOT_SEED_SIZE);
    }
    put_components(out, claims, keys);
    if (old) {
        put_nonce_and_ueid(out, claims, request, keys);
    }
}

// {1: -7}
static void put_protected(struct attest_cbor *out)
{
    attest_cbor_map(out, 1);
    attest_cbor_pair_int(out, COSE_ALG, COSE_ES256);
}

// Head of the protected header as a byte string, then its bytes
static void put_protected_string(struct attest_cbor *out)
{
    uint8_t bytes[8];
    struct attest_cbor header = { .buf = bytes, .size = sizeof(bytes) };

    put_protected(&header);
    attest_cbor_bytes(out, bytes, header.used);
}

// What comes before the claims' byte string in the token
static void put_token_head(struct attest_cbor *out)
{
    attest_cbor_tag(out, COSE_SIGN1);
    attest_cbor_array(out, 4);
    put_protected_string(out);
    attest_cbor_map(out, 0); // unprotected header
}

// and in what is signed (RFC 9052 4.4)
static void put_signed_head(struct attest_cbor *out)
{
    attest_cbor_array(out, 4);
    attest_cbor_text(out, SIG_CONTEXT);
    put_protected_string(out);
    attest_cbor_bytes(out, NULL, 0); // no external data
}

static size_t claims_size(const struct attest_claims *claims, const struct attest_request *request)
{
    struct attest_cbor count = { 0 };

    put_claims(&count, claims, request);
    return count.used;
}

int attest_token_size(const struct attest_claims *claims, const struct attest_request *request,
                      size_t *size)
{
    struct attest_cbor count = { 0 };
    int error = check(claims, request);

    if (error != 0) {
        return error;
    }
    put_token_head(&count);
    (void)attest_cbor_reserve(&count, claims_size(claims, request));
    (void)attest_cbor_reserve(&count, ATTEST_SIGNATURE_SIZE);
    *size = count.used;
    return 0;
}

// The claims as a byte string; where they are is returned
static const uint8_t *put_payload(struct attest_cbor *out, const struct attest_claims *claims,
                                  const struct attest_request *request, size_t size)
{
    uint8_t *at = attest_cbor_reserve(out, size);
    struct attest_cbor payload = { .buf = at, .size = size };

    if (at != NULL) {
        put_claims(&payload, claims, request);
    }
    return at;
}

// What is signed: written, hashed, signed. *payload: where the claims are in it, which only the next call changes
static int make_signature(const struct attest_claims *claims, const struct attest_request *request,
                          attest_sign_fn sign, const uint8_t **payload,
                          uint8_t signature[ATTEST_SIGNATURE_SIZE])
{
    static uint8_t to_be_signed[ATTEST_TOKEN_MAX];
    struct attest_cbor out = { .buf = to_be_signed, .size = sizeof(to_be_signed) };
    struct boot_digests digests;

    put_signed_head(&out);
    *payload = put_payload(&out, claims, request, claims_size(claims, request));
    if (out.full) {
        return ERR_NO_MEMORY;
    }
    int error = boot_hash_make(to_be_signed, out.used, BOOT_HASH_BIT(BOOT_SHA256), &digests);

    return error != 0 ? error : sign(digests.value[BOOT_SHA256], signature);
}

int attest_token_build(const struct attest_claims *claims, const struct attest_request *request,
                       attest_sign_fn sign, uint8_t *token, size_t room, size_t *size)
{
    struct attest_cbor out = { .buf = token, .size = room };
    uint8_t signature[ATTEST_SIGNATURE_SIZE];
    const uint8_t *payload;
    size_t whole;
    int error;

    memset(token, 0, room);
    error = attest_token_size(claims, request, &whole);
    if (error == 0 && whole > room) {
        error = ERR_NO_MEMORY;
    }
    if (error == 0) {
        error = make_signature(claims, request, sign, &payload, signature);
    }
    if (error != 0) {
        return error;
    }
    put_token_head(&out);
    attest_cbor_bytes(&out, payload, claims_size(claims, request));
    attest_cbor_bytes(&out, signature, sizeof(signature));
    *size = out.used;
    return 0;
}
