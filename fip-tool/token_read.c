// SPDX-License-Identifier: BSD-3-Clause
//
// Reads a PSA attestation token: COSE_Sign1 (RFC 9052) around the claims of RFC 9783 or of the older PSA_IOT_PROFILE_1; contract in
// attest.h. Called by cmd_token.c and the fuzzer. Trusts no byte: cbor_form.c has looked at all of it before libcbor does. Tables say
// which claims there are; every fault of the form is listed.
#include "attest.h"

#include <cbor.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COSE_SIGN1_HEAD 0xd2 // tag 18 in its shortest form; libcbor before 0.9 does not know it
#define COSE_ALG 1
#define COSE_ES256 (-7)
#define COSE_SIGNATURE_SIZE 64

enum kind { KIND_BYTES, KIND_TEXT, KIND_INTEGER, KIND_UNSIGNED, KIND_COMPONENTS };

// What a claim or an entry of a component is. Size rules are bits: which size, in bytes.
#define SIZE_32 1u
#define SIZE_48 2u
#define SIZE_64 4u
#define SIZE_33 8u
#define SIZE_8_TO_32 16u
#define SIZE_ANY 32u // not empty
#define HASH_SIZES (SIZE_32 | SIZE_48 | SIZE_64)

struct claim_row {
    const char *name;
    int64_t key[TOKEN_PROFILES];
    bool optional[TOKEN_PROFILES];
    uint32_t sizes[TOKEN_PROFILES];
    enum kind kind;
    size_t field; // of struct token; KIND_COMPONENTS: none
};
#define TOKEN(field) offsetof(struct token, field)

// RFC 9783 section 4 and appendix A (the older profile)
static const struct claim_row claims[] = {
    { "nonce", { 10, -75008 }, { 0 }, { HASH_SIZES, HASH_SIZES }, KIND_BYTES, TOKEN(nonce) },
    { "instance id", { 256, -75009 }, { 0 }, { SIZE_33, SIZE_33 }, KIND_BYTES, TOKEN(ueid) },
    { "profile",
      { 265, -75000 },
      { false, true },
      { SIZE_ANY, SIZE_ANY },
      KIND_TEXT,
      TOKEN(profile_name) },
    { "boot seed",
      { 268, -75004 },
      { true, false },
      { SIZE_8_TO_32, SIZE_32 },
      KIND_BYTES,
      TOKEN(boot_seed) },
    { "client id", { 2394, -75001 }, { 0 }, { 0 }, KIND_INTEGER, TOKEN(client_id) },
    { "lifecycle", { 2395, -75002 }, { 0 }, { 0 }, KIND_UNSIGNED, TOKEN(lifecycle) },
    { "implementation id",
      { 2396, -75003 },
      { 0 },
      { SIZE_32, SIZE_32 },
      KIND_BYTES,
      TOKEN(implementation_id) },
    { "certification reference",
      { 2398, -75005 },
      { true, true },
      { SIZE_ANY, SIZE_ANY },
      KIND_TEXT,
      TOKEN(certification) },
    { "software components", { 2399, -75006 }, { 0 }, { 0 }, KIND_COMPONENTS, 0 },
    { "verification service",
      { 2400, -75010 },
      { true, true },
      { SIZE_ANY, SIZE_ANY },
      KIND_TEXT,
      TOKEN(service) },
};
#define CLAIM_COUNT (sizeof(claims) / sizeof(claims[0]))

#define COMPONENT(field) offsetof(struct token_component, field)
// RFC 9783 4.4.1. This firmware's tokens have all five; without type and version there is nothing to compare with. Both
// profiles have the same keys.
static const struct claim_row fields[] = {
    { "type", { 1, 1 }, { 0 }, { SIZE_ANY, SIZE_ANY }, KIND_TEXT, COMPONENT(type) },
    { "measurement",
      { 2, 2 },
      { 0 },
      { HASH_SIZES, HASH_SIZES },
      KIND_BYTES,
      COMPONENT(measurement) },
    { "version", { 4, 4 }, { 0 }, { SIZE_ANY, SIZE_ANY }, KIND_TEXT, COMPONENT(version) },
    { "signer", { 5, 5 }, { 0 }, { HASH_SIZES, HASH_SIZES }, KIND_BYTES, COMPONENT(signer) },
    { "description",
      { 6, 6 },
      { true, true },
      { SIZE_ANY, SIZE_ANY },
      KIND_TEXT,
      COMPONENT(description) },
};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static const char *const profile_names[TOKEN_PROFILES] = {
    [TOKEN_RFC9783] = "tag:psacertified.org,2023:psa#tfm",
    [TOKEN_IOT_1] = "PSA_IOT_PROFILE_1",
};

const char *token_profile_name(enum token_profile profile)
{
    return profile_names[profile];
}

static bool size_fits(uint32_t sizes, size_t size)
{
    return (size == 32 && (sizes & (SIZE_32 | SIZE_8_TO_32)) != 0) ||
           (size == 48 && (sizes & SIZE_48) != 0) || (size == 64 && (sizes & SIZE_64) != 0) ||
           (size == 33 && (sizes & SIZE_33) != 0) ||
           (size >= 8 && size <= 32 && (sizes & SIZE_8_TO_32) != 0) ||
           (size != 0 && (sizes & SIZE_ANY) != 0);
}

// An integer of the library's; false: it is none, or does not fit.
static bool get_integer(const cbor_item_t *item, int64_t *value)
{
    if (!cbor_is_int(item) || cbor_get_int(item) > INT64_MAX) {
        return false;
    }
    *value = cbor_isa_negint(item) ? -1 - (int64_t)cbor_get_int(item) : (int64_t)cbor_get_int(item);
    return true;
}

static struct attest_span span_of(const cbor_item_t *item)
{
    static const uint8_t empty[1];
    struct attest_span span;

    if (cbor_isa_bytestring(item)) {
        span.data = cbor_bytestring_handle(item);
        span.size = cbor_bytestring_length(item);
    } else {
        span.data = cbor_string_handle(item);
        span.size = cbor_string_length(item);
    }
    span.data = span.size == 0 ? empty : span.data;
    return span;
}

// ---- maps by table ----

// What a map is read into, and by which table.
struct reader {
    const struct claim_row *rows;
    size_t row_count;
    enum token_profile profile;
    void *into;
    const char *of; // "" or the component, for messages
    enum attest_reason unknown, missing, type, size;
    struct attest_findings *findings;
};

static struct attest_finding *complain(const struct reader *reader, enum attest_reason reason,
                                       const char *name)
{
    char where[ATTEST_TEXT_SIZE];

    snprintf(where, sizeof(where), "%s%s%s", reader->of, reader->of[0] != '\0' ? ": " : "", name);
    return attest_finding_add(reader->findings, reason, where);
}

static bool type_fits(enum kind kind, const cbor_item_t *item)
{
    int64_t integer;

    switch (kind) {
    case KIND_BYTES:
        return cbor_isa_bytestring(item);
    case KIND_TEXT:
        return cbor_isa_string(item);
    case KIND_INTEGER:
        return get_integer(item, &integer) && integer >= INT32_MIN && integer <= INT32_MAX &&
               integer != 0;
    case KIND_UNSIGNED:
        return cbor_isa_uint(item) && get_integer(item, &integer) && integer <= UINT16_MAX;
    case KIND_COMPONENTS:
        return cbor_isa_array(item);
    }
    return false;
}

static void read_value(const struct reader *reader, const struct claim_row *row,
                       const cbor_item_t *item)
{
    void *field = (char *)reader->into + row->field;
    struct attest_span span;

    if (!type_fits(row->kind, item)) {
        complain(reader, reader->type, row->name);
    } else if (row->kind == KIND_BYTES || row->kind == KIND_TEXT) {
        span = span_of(item);
        if (size_fits(row->sizes[reader->profile], span.size)) {
            *(struct attest_span *)field = span;
        } else {
            snprintf(complain(reader, reader->size, row->name)->found, ATTEST_TEXT_SIZE,
                     "%zu bytes", span.size);
        }
    } else if (row->kind != KIND_COMPONENTS) {
        (void)get_integer(item, field); // type_fits() had it
    }
}

// The value of a key of the map; NULL: it has none.
static const cbor_item_t *find(const cbor_item_t *map, int64_t wanted)
{
    const struct cbor_pair *pairs = cbor_map_handle(map);
    int64_t key;

    for (size_t i = 0; i < cbor_map_size(map); i++) {
        if (get_integer(pairs[i].key, &key) && key == wanted) {
            return pairs[i].value;
        }
    }
    return NULL;
}

static bool is_known(const struct reader *reader, const cbor_item_t *key)
{
    int64_t value;

    for (size_t i = 0; get_integer(key, &value) && i < reader->row_count; i++) {
        if (reader->rows[i].key[reader->profile] == value) {
            return true;
        }
    }
    return false;
}

static void complain_unknown(const struct reader *reader, const cbor_item_t *key)
{
    char name[32];
    int64_t value;

    if (get_integer(key, &value)) {
        snprintf(name, sizeof(name), "key %" PRId64, value);
    } else {
        snprintf(name, sizeof(name), "a key that is no number");
    }
    complain(reader, reader->unknown, name);
}

static void read_map(const struct reader *reader, const cbor_item_t *map)
{
    const struct cbor_pair *pairs = cbor_map_handle(map);

    for (size_t i = 0; i < cbor_map_size(map); i++) {
        if (!is_known(reader, pairs[i].key)) {
            complain_unknown(reader, pairs[i].key);
        }
    }
    for (size_t i = 0; i < reader->row_count; i++) {
        const struct claim_row *row = &reader->rows[i];
        const cbor_item_t *item = find(map, row->key[reader->profile]);

        if (item != NULL) {
            read_value(reader, row, item);
        } else if (!row->optional[reader->profile]) {
            complain(reader, reader->missing, row->name);
        }
    }
}

// ---- claims ----

static void read_component(struct token *token, const cbor_item_t *item, size_t index,
                           struct attest_findings *findings)
{
    char of[32];
    const struct reader reader = {
        .rows = fields,
        .row_count = FIELD_COUNT,
        .profile = token->profile,
        .into = &token->components[index],
        .of = of,
        .unknown = ATTEST_FIELD_UNKNOWN,
        .missing = ATTEST_FIELD_MISSING,
        .type = ATTEST_FIELD_TYPE,
        .size = ATTEST_FIELD_SIZE,
        .findings = findings,
    };

    snprintf(of, sizeof(of), "component %zu", index);
    if (cbor_isa_map(item)) {
        read_map(&reader, item);
    } else {
        complain(&reader, ATTEST_FIELD_TYPE, "map");
    }
}

static void read_components(struct token *token, const cbor_item_t *item,
                            struct attest_findings *findings)
{
    size_t count = cbor_array_size(item);

    if (count == 0 || count > TOKEN_COMPONENTS_MAX) {
        snprintf(attest_finding_add(findings, ATTEST_COMPONENTS, "software components")->found,
                 ATTEST_TEXT_SIZE, "%zu", count);
        return;
    }
    token->component_count = count;
    for (size_t i = 0; i < count; i++) {
        read_component(token, cbor_array_handle(item)[i], i, findings);
    }
}

// Which profile: that of most of its keys. The older one's are negative, all of the other's are not.
static enum token_profile guess_profile(const cbor_item_t *map)
{
    size_t old = 0;

    for (size_t i = 0; i < cbor_map_size(map); i++) {
        old += cbor_isa_negint(cbor_map_handle(map)[i].key);
    }
    return old > cbor_map_size(map) / 2 ? TOKEN_IOT_1 : TOKEN_RFC9783;
}

static void read_claims(struct token *token, struct attest_findings *findings)
{
    const cbor_item_t *map = token->claims, *components;
    const struct reader reader = {
        .rows = claims,
        .row_count = CLAIM_COUNT,
        .profile = guess_profile(map),
        .into = token,
        .of = "",
        .unknown = ATTEST_CLAIM_UNKNOWN,
        .missing = ATTEST_CLAIM_MISSING,
        .type = ATTEST_CLAIM_TYPE,
        .size = ATTEST_CLAIM_SIZE,
        .findings = findings,
    };

    token->profile = reader.profile;
    token->client_id = 0;
    token->lifecycle = -1;
    read_map(&reader, map);
    token->has_client_id = token->client_id != 0;
    token->has_lifecycle = token->lifecycle >= 0;
    for (size_t i = 0; i < CLAIM_COUNT; i++) {
        components =
            claims[i].kind == KIND_COMPONENTS ? find(map, claims[i].key[token->profile]) : NULL;
        if (components != NULL && cbor_isa_array(components)) {
            read_components(token, components, findings);
        }
    }
}

// ---- the envelope ----

// Reads bytes behind the first `skip` with the library after cbor_form.c; NULL: a finding.
static cbor_item_t *load(const char *where, const uint8_t *bytes, size_t size, size_t skip,
                         struct attest_findings *findings)
{
    struct cbor_load_result result;
    size_t offset = 0;
    enum attest_reason reason = cbor_form_check(bytes + skip, size - skip, &offset);
    cbor_item_t *item = reason == ATTEST_OK ? cbor_load(bytes + skip, size - skip, &result) : NULL;

    if (reason == ATTEST_OK && item == NULL) {
        offset = result.error.position;
        reason = ATTEST_CBOR_LIBRARY;
    }
    if (reason != ATTEST_OK) {
        snprintf(attest_finding_add(findings, reason, where)->found, ATTEST_TEXT_SIZE,
                 "offset 0x%zx", skip + offset);
    }
    return item;
}

// {1: -7}, and nothing else
static void check_protected(struct attest_span header, struct attest_findings *findings)
{
    cbor_item_t *map = load("protected header", header.data, header.size, 0, findings);
    const cbor_item_t *item;
    int64_t algorithm;

    if (map == NULL) {
        return;
    }
    if (!cbor_isa_map(map)) {
        attest_finding_add(findings, ATTEST_COSE_PROTECTED, "protected header");
    } else {
        item = find(map, COSE_ALG);
        if (cbor_map_size(map) != 1 || item == NULL || !get_integer(item, &algorithm) ||
            algorithm != COSE_ES256) {
            attest_finding_add(findings, ATTEST_COSE_ALGORITHM, "protected header");
        }
    }
    cbor_decref(&map);
}

static void read_payload(struct token *token, struct attest_findings *findings)
{
    token->claims = load("claims", token->payload.data, token->payload.size, 0, findings);
    if (token->claims == NULL) {
        return;
    }
    if (!cbor_isa_map(token->claims)) {
        attest_finding_add(findings, ATTEST_COSE_PAYLOAD, "claims");
        return;
    }
    read_claims(token, findings);
}

static void read_array(struct token *token, cbor_item_t *const *items,
                       struct attest_findings *findings)
{
    if (cbor_isa_bytestring(items[0])) {
        token->protected_header = span_of(items[0]);
        check_protected(token->protected_header, findings);
    } else {
        attest_finding_add(findings, ATTEST_COSE_PROTECTED, "protected header");
    }
    if (!cbor_isa_map(items[1]) || cbor_map_size(items[1]) != 0) {
        attest_finding_add(findings, ATTEST_COSE_UNPROTECTED, "unprotected header");
    }
    if (cbor_isa_bytestring(items[3]) && cbor_bytestring_length(items[3]) == COSE_SIGNATURE_SIZE) {
        token->signature = span_of(items[3]);
    } else {
        attest_finding_add(findings, ATTEST_COSE_SIGNATURE, "signature");
    }
    if (cbor_isa_bytestring(items[2])) {
        token->payload = span_of(items[2]);
        read_payload(token, findings);
    } else {
        attest_finding_add(findings, ATTEST_COSE_PAYLOAD, "claims");
    }
}

int token_read(const uint8_t *bytes, size_t size, struct token *token,
               struct attest_findings *findings)
{
    uint32_t before = findings->count;
    const cbor_item_t *array;
    size_t tagged;

    memset(token, 0, sizeof(*token));
    if (size != 0 && bytes[0] != COSE_SIGN1_HEAD) {
        attest_finding_add(findings, ATTEST_COSE_TAG, "token");
        return ERR_INVALID;
    }
    tagged = size != 0;
    token->envelope = load("token", bytes, size, tagged, findings);
    array = token->envelope;
    if (array == NULL) {
        return ERR_INVALID;
    }
    if (cbor_isa_array(array) && cbor_array_size(array) == 4) {
        read_array(token, cbor_array_handle(array), findings);
    } else {
        attest_finding_add(findings, ATTEST_COSE_ARRAY, "token");
    }
    return findings->count == before ? 0 : ERR_INVALID;
}

void token_free(struct token *token)
{
    if (token->claims != NULL) {
        cbor_decref(&token->claims);
    }
    if (token->envelope != NULL) {
        cbor_decref(&token->envelope);
    }
    memset(token, 0, sizeof(*token));
}
