// SPDX-License-Identifier: BSD-3-Clause
//
// A token for people and for JSON; contracts in attest.h. Called by cmd_token.c. Says what is written in it, not whether to believe it.
// Texts are anybody's: only printable characters go out.
#include "attest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STATE_SHIFT 8 // the low byte is the implementation's own

// RFC 9783 4.3.1: the state is the high byte.
static const struct {
    uint8_t state;
    const char *name;
} states[] = {
    { 0x00, "unknown" },
    { 0x10, "assembly-and-test" },
    { 0x20, "psa-rot-provisioning" },
    { 0x30, "secured" },
    { 0x40, "non-psa-rot-debug" },
    { 0x50, "recoverable-psa-rot-debug" },
    { 0x60, "decommissioned" },
};
#define STATE_COUNT (sizeof(states) / sizeof(states[0]))

const char *token_lifecycle_name(uint64_t lifecycle)
{
    for (size_t i = 0; i < STATE_COUNT; i++) {
        if (lifecycle >> STATE_SHIFT == states[i].state) {
            return states[i].name;
        }
    }
    return NULL;
}

bool token_lifecycle_find(const char *name, uint16_t *lifecycle)
{
    for (size_t i = 0; i < STATE_COUNT; i++) {
        if (strcmp(states[i].name, name) == 0) {
            *lifecycle = (uint16_t)(states[i].state << STATE_SHIFT);
            return true;
        }
    }
    return false;
}

static void print_bytes(const char *name, struct attest_span bytes)
{
    char text[ATTEST_TEXT_SIZE];

    if (bytes.data != NULL) {
        printf("%s: %s\n", name, attest_hex(bytes, text));
    }
}

static void print_text(const char *name, struct attest_span bytes)
{
    char text[ATTEST_TEXT_SIZE];

    if (bytes.data != NULL) {
        printf("%s: %s\n", name, attest_printable(bytes, text));
    }
}

static const char *state_of(const struct token *token)
{
    const char *name = token_lifecycle_name((uint64_t)token->lifecycle);

    return name != NULL ? name : "no state of the profile";
}

static void print_component(const struct token_component *component, size_t index)
{
    char text[ATTEST_TEXT_SIZE];

    printf("component %zu: %s\n", index,
           component->type.data != NULL ? attest_printable(component->type, text) : "(no type)");
    print_bytes("  measurement", component->measurement);
    print_text("  description", component->description);
    print_text("  version", component->version);
    print_bytes("  signer", component->signer);
}

void token_print(const struct token *token)
{
    print_text("profile", token->profile_name);
    print_bytes("nonce", token->nonce);
    print_bytes("instance id", token->ueid);
    print_bytes("implementation id", token->implementation_id);
    print_bytes("boot seed", token->boot_seed);
    if (token->has_client_id) {
        printf("client id: %" PRId64 " (%s)\n", token->client_id,
               token->client_id < 0 ? "normal world" : "partition");
    }
    if (token->has_lifecycle) {
        printf("lifecycle: 0x%04" PRIx64 " (%s)\n", (uint64_t)token->lifecycle, state_of(token));
    }
    print_text("certification reference", token->certification);
    print_text("verification service", token->service);
    for (size_t i = 0; i < token->component_count; i++) {
        print_component(&token->components[i], i);
    }
    print_bytes("signature (ES256)", token->signature);
}

static void write_bytes(struct json *json, const char *key, struct attest_span bytes)
{
    if (bytes.data != NULL) {
        json_put_hex(json, key, bytes.data, bytes.size);
    }
}

static void write_text(struct json *json, const char *key, struct attest_span text)
{
    if (text.data != NULL) {
        json_put_bytes(json, key, text.data, text.size);
    }
}

// JSON's integers here are never negative, so the number is a string.
static void write_client(struct json *json, int64_t client_id)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, client_id);
    json_put_text(json, "client_id", text);
}

void token_write(const struct token *token, struct json *json)
{
    write_text(json, "profile", token->profile_name);
    write_bytes(json, "nonce", token->nonce);
    write_bytes(json, "instance_id", token->ueid);
    write_bytes(json, "implementation_id", token->implementation_id);
    write_bytes(json, "boot_seed", token->boot_seed);
    if (token->has_client_id) {
        write_client(json, token->client_id);
    }
    if (token->has_lifecycle) {
        json_put_integer(json, "lifecycle", (uint64_t)token->lifecycle);
        json_put_text(json, "lifecycle_state", token_lifecycle_name((uint64_t)token->lifecycle));
    }
    write_text(json, "certification_reference", token->certification);
    write_text(json, "verification_service", token->service);
    json_put_array(json, "components");
    for (size_t i = 0; i < token->component_count; i++) {
        const struct token_component *component = &token->components[i];

        json_put_object(json, NULL);
        write_text(json, "type", component->type);
        write_bytes(json, "measurement", component->measurement);
        write_text(json, "description", component->description);
        write_text(json, "version", component->version);
        write_bytes(json, "signer", component->signer);
        json_close(json);
    }
    json_close(json);
    write_bytes(json, "signature", token->signature);
}
