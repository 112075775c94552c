// SPDX-License-Identifier: BSD-3-Clause
//
// The table of reasons for which a token or a quote is refused, and the list of those that were found; contracts in attest.h. Called by
// everything behind token and quote. Texts of a token are anybody's: only printable characters go out.
#include "attest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct reason_row {
    const char *name;
    const char *text;
};

static const struct reason_row rows[ATTEST_REASONS] = {
    [ATTEST_CBOR_TRUNCATED] = { "cbor-truncated", "CBOR must end inside the bytes" },
    [ATTEST_CBOR_TRAILING] = { "cbor-trailing", "nothing must follow the CBOR item" },
    [ATTEST_CBOR_HEAD] = { "cbor-head", "numbers and lengths must have their shortest form" },
    [ATTEST_CBOR_INDEFINITE] = { "cbor-indefinite", "lengths must be definite" },
    [ATTEST_CBOR_RESERVED] = { "cbor-reserved", "reserved values must not be used" },
    [ATTEST_CBOR_SIMPLE] = { "cbor-simple", "no claim may be a simple value or a float" },
    [ATTEST_CBOR_TAG] = { "cbor-tag", "no claim may be tagged" },
    [ATTEST_CBOR_KEY] = { "cbor-key", "keys must be integers or strings" },
    [ATTEST_CBOR_ORDER] = { "cbor-order", "keys must ascend by their encoding" },
    [ATTEST_CBOR_DUPLICATE] = { "cbor-duplicate", "a key must be in a map only once" },
    [ATTEST_CBOR_UTF8] = { "cbor-utf8", "text must be UTF-8" },
    [ATTEST_CBOR_DEPTH] = { "cbor-depth", "must not be nested that deep" },
    [ATTEST_CBOR_LIBRARY] = { "cbor-library", "the CBOR library must take it too" },
    [ATTEST_COSE_TAG] = { "cose-tag", "must be tagged as COSE_Sign1, 18" },
    [ATTEST_COSE_ARRAY] = { "cose-array", "COSE_Sign1 must be an array of four" },
    [ATTEST_COSE_PROTECTED] = { "cose-protected",
                                "protected header must be a byte string with a map in it" },
    [ATTEST_COSE_ALGORITHM] = { "cose-algorithm",
                                "protected header must say ES256 (-7) and nothing else" },
    [ATTEST_COSE_UNPROTECTED] = { "cose-unprotected", "unprotected header must be an empty map" },
    [ATTEST_COSE_PAYLOAD] = { "cose-payload", "payload must be a byte string with a map in it" },
    [ATTEST_COSE_SIGNATURE] = { "cose-signature", "signature must be a byte string of 64 bytes" },
    [ATTEST_CLAIM_UNKNOWN] = { "claim-unknown", "claim must be one of the profile" },
    [ATTEST_CLAIM_MISSING] = { "claim-missing", "claim must be there" },
    [ATTEST_CLAIM_TYPE] = { "claim-type", "claim must have the type that the profile gives it" },
    [ATTEST_CLAIM_SIZE] = { "claim-size", "claim must have a size that the profile allows" },
    [ATTEST_FIELD_UNKNOWN] = { "field-unknown", "entry of a component must be a known one" },
    [ATTEST_FIELD_MISSING] = { "field-missing", "entry of a component must be there" },
    [ATTEST_FIELD_TYPE] = { "field-type", "entry of a component must have the profile's type" },
    [ATTEST_FIELD_SIZE] = { "field-size",
                            "entry of a component must have a size that the profile allows" },
    [ATTEST_COMPONENTS] = { "components", "number of components must be 1 to 64" },
    [ATTEST_SIGNATURE] = { "signature", "signature must be by the key" },
    [ATTEST_NONCE] = { "nonce", "nonce must be the one that was asked with" },
    [ATTEST_PROFILE] = { "profile", "profile must be that of the claims' keys" },
    [ATTEST_LIFECYCLE] = { "lifecycle", "lifecycle must be secured, or one that is allowed" },
    [ATTEST_LIFECYCLE_REFERENCE] = { "lifecycle-reference",
                                     "lifecycle must be that of the reference values" },
    [ATTEST_CLIENT] = { "client", "client must be the one that is expected" },
    [ATTEST_INSTANCE] = { "instance", "instance id must be 0x01 and the SHA-256 of the key" },
    [ATTEST_IMPLEMENTATION] = { "implementation",
                                "implementation id must be that of the reference values" },
    [ATTEST_COMPONENT_MISSING] = { "component-missing", "component must be in the token" },
    [ATTEST_COMPONENT_EXTRA] = { "component-extra",
                                 "component must be one of the reference values" },
    [ATTEST_COMPONENT_TWICE] = { "component-twice", "component must be in the token only once" },
    [ATTEST_MEASUREMENT] = { "measurement", "measurement must be that of the reference values" },
    [ATTEST_DESCRIPTION] = { "description", "hash of the measurement must be sha-256" },
    [ATTEST_SIGNER] = { "signer", "signer must be that of the reference values" },
    [ATTEST_VERSION] = { "version", "security version must be that of the reference values" },
    [ATTEST_QUOTE_TRUNCATED] = { "quote-truncated", "structure must end inside the file" },
    [ATTEST_QUOTE_TRAILING] = { "quote-trailing", "nothing must follow the structure" },
    [ATTEST_QUOTE_MAGIC] = { "quote-magic", "must be made by a TPM (0xff544347)" },
    [ATTEST_QUOTE_TYPE] = { "quote-type", "must be a quote (0x8018)" },
    [ATTEST_QUOTE_SIZE] = { "quote-size", "size must be one that the field may have" },
    [ATTEST_QUOTE_SAFE] = { "quote-safe", "must be 0 or 1" },
    [ATTEST_QUOTE_SELECTION] = { "quote-selection",
                                 "selection must have 1 to 16 banks, each once, of 24 PCRs" },
    [ATTEST_QUOTE_SCHEME] = { "quote-scheme", "signature must be ECDSA, RSASSA or RSAPSS" },
    [ATTEST_QUOTE_HASH] = { "quote-hash", "hash must be SHA-256, SHA-384 or SHA-512" },
    [ATTEST_QUOTE_KEY] = { "quote-key", "key must be one for that signature" },
    [ATTEST_QUOTE_BANK] = { "quote-bank", "bank must be one of the reference values" },
    [ATTEST_QUOTE_PCR] = { "quote-pcr", "PCR must be one of the reference values" },
    [ATTEST_QUOTE_PCR_MISSING] = { "quote-pcr-missing",
                                   "PCR of the reference values must be quoted, in one bank" },
    [ATTEST_QUOTE_DIGEST] = { "quote-digest", "digest of the PCRs must be the predicted one" },
    [ATTEST_LOG_FORM] = { "log-form", "event log must be one that this firmware writes" },
    [ATTEST_LOG_DIGEST] = { "log-digest", "event log must lead to the quoted PCRs" },
    [ATTEST_LOG_EVENT] = { "log-event", "event must be that of the reference values" },
    [ATTEST_LOG_MISSING] = { "log-missing", "event must be in the log" },
    [ATTEST_LOG_EXTRA] = { "log-extra", "event must be one of the reference values" },
};

const char *attest_reason_name(enum attest_reason reason)
{
    return rows[reason].name;
}

const char *attest_reason_text(enum attest_reason reason)
{
    return rows[reason].text;
}

const char *attest_printable(struct attest_span bytes, char text[ATTEST_TEXT_SIZE])
{
    static const char more[] = "...";
    size_t size = bytes.size < ATTEST_TEXT_SIZE ? bytes.size : ATTEST_TEXT_SIZE - 1;

    for (size_t i = 0; i < size; i++) {
        bool printable = bytes.data[i] >= ' ' && bytes.data[i] < 0x7f;

        text[i] = '?';
        if (printable) {
            text[i] = (char)bytes.data[i];
        }
    }
    text[size] = '\0';
    if (size < bytes.size) {
        memcpy(text + size - strlen(more), more, sizeof(more));
    }
    return text;
}

const char *attest_hex(struct attest_span bytes, char text[ATTEST_TEXT_SIZE])
{
    static const char more[] = "...";
    size_t most = (ATTEST_TEXT_SIZE - sizeof(more)) / 2;
    size_t size = bytes.size < most ? bytes.size : most;

    for (size_t i = 0; i < size; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes.data[i]);
    }
    snprintf(text + 2 * size, sizeof(more), "%s", size < bytes.size ? more : "");
    return text;
}

bool attest_span_equal(struct attest_span a, struct attest_span b)
{
    return a.data != NULL && b.data != NULL && a.size == b.size &&
           memcmp(a.data, b.data, a.size) == 0;
}

struct attest_finding *attest_finding_add(struct attest_findings *findings,
                                          enum attest_reason reason, const char *where)
{
    const struct attest_span text = { (const uint8_t *)where, strlen(where) };
    struct attest_finding *finding;

    if (findings->count < ATTEST_FINDINGS_MAX) {
        findings->count++;
    }
    finding = &findings->all[findings->count - 1];
    memset(finding, 0, sizeof(*finding));
    finding->reason = reason;
    attest_printable(text, finding->where);
    return finding;
}

void attest_finding_bytes(struct attest_findings *findings, enum attest_reason reason,
                          const char *where, struct attest_span found, struct attest_span expected)
{
    struct attest_finding *finding = attest_finding_add(findings, reason, where);

    attest_hex(found, finding->found);
    attest_hex(expected, finding->expected);
}

void attest_finding_text(struct attest_findings *findings, enum attest_reason reason,
                         const char *where, struct attest_span found, const char *expected)
{
    struct attest_finding *finding = attest_finding_add(findings, reason, where);

    attest_printable(found, finding->found);
    snprintf(finding->expected, sizeof(finding->expected), "%s", expected);
}

void attest_finding_number(struct attest_findings *findings, enum attest_reason reason,
                           const char *where, int64_t found, int64_t expected)
{
    struct attest_finding *finding = attest_finding_add(findings, reason, where);

    snprintf(finding->found, sizeof(finding->found), "%" PRId64, found);
    snprintf(finding->expected, sizeof(finding->expected), "%" PRId64, expected);
}

void attest_findings_print(const struct attest_findings *findings)
{
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct attest_finding *finding = &findings->all[i];
        bool found = finding->found[0] != '\0', expected = finding->expected[0] != '\0';

        tool_error("%s: %s%s%s [%s]%s%s%s%s", findings->file, finding->where,
                   finding->where[0] != '\0' ? ": " : "", rows[finding->reason].text,
                   rows[finding->reason].name, found ? ": found " : "", finding->found,
                   expected ? (found ? ", expected " : ": expected ") : "", finding->expected);
    }
}

static void write_text(struct json *json, const char *key, const char *text)
{
    json_put_text(json, key, text[0] != '\0' ? text : NULL);
}

void attest_findings_write(const struct attest_findings *findings, struct json *json)
{
    json_put_array(json, "faults");
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct attest_finding *finding = &findings->all[i];

        json_put_object(json, NULL);
        json_put_text(json, "reason", rows[finding->reason].name);
        json_put_text(json, "rule", rows[finding->reason].text);
        write_text(json, "where", finding->where);
        write_text(json, "found", finding->found);
        write_text(json, "expected", finding->expected);
        json_close(json);
    }
    json_close(json);
}
