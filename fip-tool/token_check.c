// SPDX-License-Identifier: BSD-3-Clause
//
// Whether to believe a token: signature first, then everything it claims against the nonce, the key, and the reference values of the build;
// contract in attest.h. Called by cmd_token.c. The key, the nonce and the reference are the caller's; the token is anybody's until its
// signature is good, and so nothing else of it is judged before.
#include "attest.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define SIGNED_MAX (TOKEN_SIZE_MAX + 64)
#define UEID_RANDOM 0x01 // RFC 9783 4.2.1
#define UEID_SIZE 33
#define HALF_SIGNATURE 32 // r, and s
#define DESCRIPTION "sha-256"

static struct attest_span span_text(const char *text)
{
    return (struct attest_span){ (const uint8_t *)text, strlen(text) };
}

static bool signature_is_good(const struct token *token, const struct attest_key *key)
{
    static uint8_t room[SIGNED_MAX];
    size_t size = token_signed_bytes(token, room, sizeof(room));
    const struct attest_span signed_bytes = { room, size };
    const struct attest_span r = { token->signature.data, HALF_SIGNATURE };
    const struct attest_span s = { token->signature.data + HALF_SIGNATURE, HALF_SIGNATURE };
    uint8_t point[ATTEST_POINT_SIZE];

    return size != 0 && attest_key_p256(key, point) &&
           attest_key_verify(key, ATTEST_ECDSA, BOOT_SHA256, signed_bytes, r, s);
}

static void check_instance(const struct token *token, const struct attest_key *key,
                           struct attest_findings *findings)
{
    uint8_t ueid[UEID_SIZE] = { UEID_RANDOM }, point[ATTEST_POINT_SIZE];
    const struct attest_span expected = { ueid, sizeof(ueid) };

    if (!attest_key_p256(key, point) ||
        EVP_Digest(point, sizeof(point), ueid + 1, NULL, EVP_sha256(), NULL) != 1 ||
        !attest_span_equal(token->ueid, expected)) {
        attest_finding_bytes(findings, ATTEST_INSTANCE, "instance id", token->ueid, expected);
    }
}

static void check_lifecycle(const struct token *token, const struct attest_demand *demand,
                            struct attest_findings *findings)
{
    const char *state = token_lifecycle_name((uint64_t)token->lifecycle);
    const char *allowed = token_lifecycle_name(demand->lifecycle);

    if (state == NULL || (strcmp(state, "secured") != 0 && strcmp(state, allowed) != 0)) {
        attest_finding_text(findings, ATTEST_LIFECYCLE, "lifecycle",
                            span_text(state != NULL ? state : "no state of the profile"), allowed);
    }
    if (token->lifecycle != demand->reference->lifecycle) {
        attest_finding_number(findings, ATTEST_LIFECYCLE_REFERENCE, "lifecycle", token->lifecycle,
                              demand->reference->lifecycle);
    }
}

static void check_client(const struct token *token, const struct attest_demand *demand,
                         struct attest_findings *findings)
{
    if (demand->has_client_id && token->client_id != demand->client_id) {
        attest_finding_number(findings, ATTEST_CLIENT, "client id", token->client_id,
                              demand->client_id);
    } else if (!demand->has_client_id && token->client_id >= 0) {
        snprintf(attest_finding_add(findings, ATTEST_CLIENT, "client id")->expected,
                 ATTEST_TEXT_SIZE, "a negative one, of the normal world");
    }
}

static void check_claims(const struct token *token, const struct attest_demand *demand,
                         struct attest_findings *findings)
{
    const struct attest_span implementation = { demand->reference->implementation_id,
                                                REFERENCE_HASH_SIZE };
    const char *profile = token_profile_name(token->profile);

    if (!attest_span_equal(token->nonce, demand->nonce)) {
        attest_finding_bytes(findings, ATTEST_NONCE, "nonce", token->nonce, demand->nonce);
    }
    if (token->profile_name.data != NULL && // the older profile may be without
        !attest_span_equal(token->profile_name, span_text(profile))) {
        attest_finding_text(findings, ATTEST_PROFILE, "profile", token->profile_name, profile);
    }
    check_lifecycle(token, demand, findings);
    check_client(token, demand, findings);
    check_instance(token, demand->key, findings);
    if (!attest_span_equal(token->implementation_id, implementation)) {
        attest_finding_bytes(findings, ATTEST_IMPLEMENTATION, "implementation id",
                             token->implementation_id, implementation);
    }
}

static bool has_name(const struct token_component *component, const char *name)
{
    return attest_span_equal(component->type, span_text(name));
}

static void check_component(const struct token_component *component,
                            const struct reference_event *event, struct attest_findings *findings)
{
    const struct attest_span digest = { event->digest[0], REFERENCE_HASH_SIZE };
    const struct attest_span signer = { event->signer, REFERENCE_HASH_SIZE };
    char version[16];

    if (!attest_span_equal(component->measurement, digest)) {
        attest_finding_bytes(findings, ATTEST_MEASUREMENT, event->name, component->measurement,
                             digest);
    }
    if (component->description.data != NULL && // sha-256 if it says nothing
        !attest_span_equal(component->description, span_text(DESCRIPTION))) {
        attest_finding_text(findings, ATTEST_DESCRIPTION, event->name, component->description,
                            DESCRIPTION);
    }
    if (!attest_span_equal(component->signer, signer)) {
        attest_finding_bytes(findings, ATTEST_SIGNER, event->name, component->signer, signer);
    }
    snprintf(version, sizeof(version), "%" PRIu32, event->version);
    if (!attest_span_equal(component->version, span_text(version))) {
        attest_finding_text(findings, ATTEST_VERSION, event->name, component->version, version);
    }
}

// Every event that a token tells is in it once.
static void check_events(const struct token *token, const struct reference *reference,
                         struct attest_findings *findings)
{
    for (uint32_t i = 0; i < reference->count; i++) {
        const struct reference_event *event = &reference->events[i];
        size_t count = 0;

        for (size_t k = 0; event->in_token && k < token->component_count; k++) {
            if (has_name(&token->components[k], event->name)) {
                check_component(&token->components[k], event, findings);
                count++;
            }
        }
        if (event->in_token && count != 1) {
            attest_finding_add(findings,
                               count == 0 ? ATTEST_COMPONENT_MISSING : ATTEST_COMPONENT_TWICE,
                               event->name);
        }
    }
}

// And nothing else is.
static void check_extra(const struct token *token, const struct reference *reference,
                        struct attest_findings *findings)
{
    for (size_t k = 0; k < token->component_count; k++) {
        bool known = false;
        char name[ATTEST_TEXT_SIZE];

        for (uint32_t i = 0; i < reference->count; i++) {
            known = known || (reference->events[i].in_token &&
                              has_name(&token->components[k], reference->events[i].name));
        }
        if (!known) {
            attest_finding_add(findings, ATTEST_COMPONENT_EXTRA,
                               attest_printable(token->components[k].type, name));
        }
    }
}

void token_check(const struct token *token, const struct attest_demand *demand,
                 struct attest_findings *findings)
{
    if (token->signature.data == NULL || !signature_is_good(token, demand->key)) {
        attest_finding_add(findings, ATTEST_SIGNATURE, "token");
        return;
    }
    check_claims(token, demand, findings);
    check_events(token, demand->reference, findings);
    check_extra(token, demand->reference, findings);
}
