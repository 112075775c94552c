// SPDX-License-Identifier: BSD-3-Clause
//
// What token, quote and measure --reference share: why a token or a quote is refused (reasons, findings), the encoding and the
// claims of a token, what a quote says, the values that both are compared with (reference), and the keys that sign them. Tokens,
// quotes, signatures and event logs are whoever's; the reference file and the public key are what the caller trusts.
#ifndef ATTEST_H
#define ATTEST_H

#include "event_log.h"
#include "fip-tool.h"
#include "json.h"
#include "trust.h"

// ---- attest_reason.c: why ----

// One broken rule each; names, texts and a test for each: attest_reason.c and tests/unit/fip-tool/test_token.c, test_quote.c.
enum attest_reason {
    ATTEST_OK,
    // the encoding (cbor_form.c)
    ATTEST_CBOR_TRUNCATED,
    ATTEST_CBOR_TRAILING,
    ATTEST_CBOR_HEAD,
    ATTEST_CBOR_INDEFINITE,
    ATTEST_CBOR_RESERVED,
    ATTEST_CBOR_SIMPLE,
    ATTEST_CBOR_TAG,
    ATTEST_CBOR_KEY,
    ATTEST_CBOR_ORDER,
    ATTEST_CBOR_DUPLICATE,
    ATTEST_CBOR_UTF8,
    ATTEST_CBOR_DEPTH,
    ATTEST_CBOR_LIBRARY,
    // the envelope and the claims' form (token_read.c)
    ATTEST_COSE_TAG,
    ATTEST_COSE_ARRAY,
    ATTEST_COSE_PROTECTED,
    ATTEST_COSE_ALGORITHM,
    ATTEST_COSE_UNPROTECTED,
    ATTEST_COSE_PAYLOAD,
    ATTEST_COSE_SIGNATURE,
    ATTEST_CLAIM_UNKNOWN,
    ATTEST_CLAIM_MISSING,
    ATTEST_CLAIM_TYPE,
    ATTEST_CLAIM_SIZE,
    ATTEST_FIELD_UNKNOWN,
    ATTEST_FIELD_MISSING,
    ATTEST_FIELD_TYPE,
    ATTEST_FIELD_SIZE,
    ATTEST_COMPONENTS,
    // whether to believe (token_check.c, quote_check.c)
    ATTEST_SIGNATURE,
    ATTEST_NONCE,
    ATTEST_PROFILE,
    ATTEST_LIFECYCLE,
    ATTEST_LIFECYCLE_REFERENCE,
    ATTEST_CLIENT,
    ATTEST_INSTANCE,
    ATTEST_IMPLEMENTATION,
    ATTEST_COMPONENT_MISSING,
    ATTEST_COMPONENT_EXTRA,
    ATTEST_COMPONENT_TWICE,
    ATTEST_MEASUREMENT,
    ATTEST_DESCRIPTION,
    ATTEST_SIGNER,
    ATTEST_VERSION,
    // a quote's form (quote_read.c)
    ATTEST_QUOTE_TRUNCATED,
    ATTEST_QUOTE_TRAILING,
    ATTEST_QUOTE_MAGIC,
    ATTEST_QUOTE_TYPE,
    ATTEST_QUOTE_SIZE,
    ATTEST_QUOTE_SAFE,
    ATTEST_QUOTE_SELECTION,
    ATTEST_QUOTE_SCHEME,
    ATTEST_QUOTE_HASH,
    ATTEST_QUOTE_KEY,
    // and what it says
    ATTEST_QUOTE_BANK,
    ATTEST_QUOTE_PCR,
    ATTEST_QUOTE_PCR_MISSING,
    ATTEST_QUOTE_DIGEST,
    ATTEST_LOG_FORM,
    ATTEST_LOG_DIGEST,
    ATTEST_LOG_EVENT,
    ATTEST_LOG_MISSING,
    ATTEST_LOG_EXTRA,
    ATTEST_REASONS
};

// Its name for programs ("measurement"), constant; the rule for people ("must …"). `reason` < ATTEST_REASONS, not ATTEST_OK.
const char *attest_reason_name(enum attest_reason reason);
const char *attest_reason_text(enum attest_reason reason);

#define ATTEST_TEXT_SIZE 160 // bytes of each text, with the NUL: 64 bytes in digits and a word
struct attest_finding {
    enum attest_reason reason;
    char where[ATTEST_TEXT_SIZE]; // claim, component or field, printable; "": the whole
    char found[ATTEST_TEXT_SIZE]; // printable; "": nothing to say
    char expected[ATTEST_TEXT_SIZE];
};

// All of one token or quote. Zero it to begin.
#define ATTEST_FINDINGS_MAX 64
struct attest_findings {
    const char *file; // whose path; for messages
    uint32_t count;
    struct attest_finding all[ATTEST_FINDINGS_MAX];
};

// Bytes that belong to somebody else. data NULL: there are none.
struct attest_span {
    const uint8_t *data;
    size_t size;
};

// Adds a finding at `where` (any text; what is not printable becomes '?') and returns it; the last one again when the list
// is full. found and expected are empty.
struct attest_finding *attest_finding_add(struct attest_findings *findings,
                                          enum attest_reason reason, const char *where);

// Adds one with both values as digits, as text (bytes of anybody), or as numbers (`format` 'd' or 'x').
void attest_finding_bytes(struct attest_findings *findings, enum attest_reason reason,
                          const char *where, struct attest_span found, struct attest_span expected);
void attest_finding_text(struct attest_findings *findings, enum attest_reason reason,
                         const char *where, struct attest_span found, const char *expected);
void attest_finding_number(struct attest_findings *findings, enum attest_reason reason,
                           const char *where, int64_t found, int64_t expected);

// Writes `bytes` as printable text of at most ATTEST_TEXT_SIZE - 1 characters to `text`, '?' for what is not, "..." at the end of
// what is longer. Returns `text`. attest_hex(): as digits.
const char *attest_printable(struct attest_span bytes, char text[ATTEST_TEXT_SIZE]);
const char *attest_hex(struct attest_span bytes, char text[ATTEST_TEXT_SIZE]);

// Prints each as one error line to stderr; writes the array "faults".
void attest_findings_print(const struct attest_findings *findings);
void attest_findings_write(const struct attest_findings *findings, struct json *json);

// Whether both are there and have the same bytes.
bool attest_span_equal(struct attest_span a, struct attest_span b);

// ---- cbor_form.c: deterministic CBOR ----

#define CBOR_FORM_DEPTH 8 // arrays and maps inside one another

// Whether `bytes` are exactly one item in deterministic encoding (RFC 8949 4.2.1): shortest heads, definite lengths, map keys
// ascending and only once; besides: keys are integers or strings, text is UTF-8, no simple values, no floats, no tags, not
// deeper than CBOR_FORM_DEPTH. ATTEST_OK, or the first rule that is broken, and where (offset of the head).
enum attest_reason cbor_form_check(const uint8_t *bytes, size_t size, size_t *offset);

// ---- token_read.c: envelope and claims ----

#define TOKEN_SIZE_MAX 16384
#define TOKEN_COMPONENTS_MAX 64

enum token_profile { TOKEN_RFC9783, TOKEN_IOT_1, TOKEN_PROFILES };

struct token_component {
    struct attest_span type, measurement, version, signer, description;
};

// A token; spans point into memory of the library. token_free() it, also after an error.
struct token {
    struct cbor_item_t *envelope, *claims; // the library's
    struct attest_span protected_header, payload, signature;
    enum token_profile profile; // by the keys of its claims
    struct attest_span profile_name, nonce, ueid, boot_seed, implementation_id, certification,
        service;
    bool has_client_id, has_lifecycle;
    int64_t client_id;
    int64_t lifecycle;
    size_t component_count;
    struct token_component components[TOKEN_COMPONENTS_MAX];
};

// The `profile` claim's text.
const char *token_profile_name(enum token_profile profile);

// Reads a COSE_Sign1 with ES256 and the claims of a PSA token of either profile. Every fault of the form goes to `findings`; what
// could be read is in `token` (spans without data: not there). Says nothing about whether to believe it.
// 0; ERR_INVALID: at least one finding.
MUST_CHECK int token_read(const uint8_t *bytes, size_t size, struct token *token,
                          struct attest_findings *findings);
void token_free(struct token *token);

// ---- token_signed.c ----

// Writes what is signed (Sig_structure, RFC 9052 4.4) to `out`. Returns its size, 0: it does not fit.
size_t token_signed_bytes(const struct token *token, uint8_t *out, size_t room);

// ---- token_show.c ----

// PSA security lifecycle states (RFC 9783 4.3.1), the high byte. NULL: none.
const char *token_lifecycle_name(uint64_t lifecycle);
// The state with that name; false: there is none.
bool token_lifecycle_find(const char *name, uint16_t *lifecycle);

// Prints all that is in the token; writes the members "profile", "nonce", … of the open object.
void token_print(const struct token *token);
void token_write(const struct token *token, struct json *json);

// ---- attest_key.c: who signs ----

struct attest_key {
    struct evp_pkey_st *pkey; // OpenSSL's
};

// Reads a public key, the only one in its file: PEM, or the 65 bytes of a P-256 point (0x04, x, y). Prints what is wrong.
// attest_key_free() it after success. ERR_*: as tool_file_read(); ERR_INVALID: no such key.
MUST_CHECK int attest_key_load(const char *path, struct attest_key *key);
void attest_key_free(struct attest_key *key);

// Whether it is a key on P-256; then `point` gets its 65 bytes, 0x04, x, y.
#define ATTEST_POINT_SIZE 65
bool attest_key_p256(const struct attest_key *key, uint8_t point[ATTEST_POINT_SIZE]);

enum attest_scheme { ATTEST_ECDSA, ATTEST_RSASSA, ATTEST_RSAPSS };
// Whether the key is one for that scheme: an EC key of at least 256 bits for ECDSA, an RSA key of at least 2048 bits for the
// others.
bool attest_key_fits(const struct attest_key *key, enum attest_scheme scheme);

// Whether the signature over `signed_bytes` is by the key. ECDSA: `signature` is r, `second` is s, big-endian, of any length
// up to 66 bytes; else `second` is not used. RSAPSS: any salt, as the TPM's.
bool attest_key_verify(const struct attest_key *key, enum attest_scheme scheme, enum boot_hash hash,
                       struct attest_span signed_bytes, struct attest_span signature,
                       struct attest_span second);

// ---- reference.c, reference_read.c: what it should be ----

#define REFERENCE_FORMAT "tessera-reference"
#define REFERENCE_VERSION 1
#define REFERENCE_NAME_SIZE EVENT_LOG_NAME_MAX
#define REFERENCE_MAX 32 // records of a log
#define REFERENCE_HASH_SIZE 32

// One record of the boot's log.
struct reference_event {
    char name[REFERENCE_NAME_SIZE];
    uint32_t pcr;
    uint8_t digest[EVENT_LOG_BANKS][BOOT_HASH_MAX];
    bool in_token; // a software component of the token: version and signer are there
    uint32_t version;
    uint8_t signer[REFERENCE_HASH_SIZE];
};

struct reference {
    uint8_t implementation_id[REFERENCE_HASH_SIZE];
    uint16_t lifecycle;
    uint32_t count;
    struct reference_event events[REFERENCE_MAX]; // in the log's order
};

// The banks by their place in a record and in struct reference_event, and their keys in JSON.
extern const enum boot_hash reference_banks[EVENT_LOG_BANKS];
extern const char *const reference_bank_keys[EVENT_LOG_BANKS];

// The reference values of a proved boot and its log. ERR_INVALID, after an error line: a record is no image and not
// CRITICAL_DATA, or the lifecycle has no name in a token.
MUST_CHECK int reference_make(const struct walk *walk, const struct event_log *log,
                              const uint8_t implementation_id[REFERENCE_HASH_SIZE],
                              struct reference *reference);

// Writes them as JSON to a file; docs/attestation.md has the format. ERR_IO: the file is as it was.
MUST_CHECK int reference_save(const struct walk *walk, const struct reference *reference,
                              const char *path);

// Reads such a file and checks it: format, version, every member there and of its form, names only once, PCR values those
// that the events lead to. Prints what is wrong. ERR_*.
MUST_CHECK int reference_load(const char *path, struct reference *reference);

// The PCRs that the events extend, a bit for each.
uint32_t reference_pcrs(const struct reference *reference);

// PCR `pcr` of bank number `bank` after all events; false: the hash failed.
MUST_CHECK bool reference_pcr(const struct reference *reference, uint32_t pcr, size_t bank,
                              uint8_t value[BOOT_HASH_MAX]);

// ---- token_check.c, quote_check.c: whether to believe ----

#define ATTEST_NONCE_MAX 64

// What the caller wants of a token or a quote.
struct attest_demand {
    const struct attest_key *key;
    const struct reference *reference;
    struct attest_span nonce;
    uint16_t lifecycle; // besides secured
    bool has_client_id; // else: any of the normal world
    int64_t client_id;
};

// Adds a finding for each thing that is not as demanded. A token whose signature is not by the key is not looked at further.
void token_check(const struct token *token, const struct attest_demand *demand,
                 struct attest_findings *findings);

// ---- quote_read.c ----

#define QUOTE_SELECTIONS_MAX 16
#define QUOTE_SELECT_SIZE 4 // bytes of a bitmap of PCRs

struct quote_selection {
    uint16_t hash; // TPM_ALG_ID
    uint8_t size;
    uint8_t select[QUOTE_SELECT_SIZE];
};

// TPMS_ATTEST with a TPMS_QUOTE_INFO, and TPMT_SIGNATURE (TPM 2.0 Library part 2, 10.12 and 11.3). Spans point into the files.
struct quote {
    struct attest_span attest; // what is signed
    struct attest_span signer, nonce, digest;
    uint64_t clock;
    uint32_t reset_count, restart_count;
    bool safe;
    uint64_t firmware_version;
    uint32_t selection_count;
    struct quote_selection selections[QUOTE_SELECTIONS_MAX];
    enum attest_scheme scheme;
    enum boot_hash hash;
    struct attest_span signature[2]; // r and s, or the signature and nothing
};

// Read the two files' bytes. ATTEST_OK, or the rule that is broken and where: offset of the field.
enum attest_reason quote_read(const uint8_t *bytes, size_t size, struct quote *quote,
                              size_t *offset);
enum attest_reason quote_read_signature(const uint8_t *bytes, size_t size, struct quote *quote,
                                        size_t *offset);

// Whether a bank's selection has the PCR.
bool quote_selects(const struct quote_selection *selection, uint32_t pcr);

// ---- quote_check.c ----

// Adds a finding for each thing that is not as demanded. `log` (NULL: none) is the event log that came with the quote: it
// must lead to the quote's digest, and its events are those of the reference values; the one that is not is named.
void quote_check(const struct quote *quote, const struct attest_demand *demand,
                 struct attest_span log, struct attest_findings *findings);

// ---- quote_show.c ----

// Prints what is in it; writes the members of the open object.
void quote_print(const struct quote *quote);
void quote_write(const struct quote *quote, struct json *json);

#endif
