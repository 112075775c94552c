// SPDX-License-Identifier: BSD-3-Clause
//
// Reads what tpm2_quote writes: TPMS_ATTEST with a quote in it, and TPMT_SIGNATURE (TPM 2.0 Library part 2, 10.12.12, 11.3.4), all numbers
// big-endian; contracts in attest.h. Called by cmd_quote.c and the fuzzer. Pure; trusts no byte: every length is checked against
// what is left before it is used.
#include "attest.h"

#include <string.h>

#define TPM_GENERATED 0xff544347u
#define TPM_ST_ATTEST_QUOTE 0x8018u
#define TPM_ALG_RSASSA 0x0014u
#define TPM_ALG_RSAPSS 0x0016u
#define TPM_ALG_ECDSA 0x0018u
#define NAME_MAX_SIZE 66       // TPM2B_NAME: algorithm and SHA-512
#define DATA_MAX_SIZE 66       // TPM2B_DATA: TPMT_HA of the largest hash
#define RSA_MAX_SIZE 512       // 4096 bits
#define COORDINATE_MAX_SIZE 66 // P-521

// What is left of a file, and the first rule that was broken; after that nothing is read any more.
struct cursor {
    const uint8_t *bytes;
    size_t size;
    size_t offset;
    enum attest_reason reason;
    size_t fault; // offset of the field with it
};

static void fail(struct cursor *cursor, enum attest_reason reason, size_t field)
{
    if (cursor->reason == ATTEST_OK) {
        cursor->reason = reason;
        cursor->fault = field;
    }
}

// The next `size` bytes; NULL: there are not that many.
static const uint8_t *take(struct cursor *cursor, size_t size)
{
    const uint8_t *at = cursor->bytes + cursor->offset;

    if (cursor->reason == ATTEST_OK && size > cursor->size - cursor->offset) {
        fail(cursor, ATTEST_QUOTE_TRUNCATED, cursor->offset);
    }
    if (cursor->reason != ATTEST_OK) {
        return NULL;
    }
    cursor->offset += size;
    return at;
}

static uint64_t take_number(struct cursor *cursor, size_t size)
{
    const uint8_t *at = take(cursor, size);
    uint64_t value = 0;

    for (size_t i = 0; at != NULL && i < size; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

// A TPM2B of at least `min` and at most `max` bytes
static struct attest_span take_sized(struct cursor *cursor, size_t min, size_t max)
{
    size_t field = cursor->offset;
    size_t size = take_number(cursor, sizeof(uint16_t));
    struct attest_span span = { NULL, 0 };

    if (size < min || size > max) {
        fail(cursor, ATTEST_QUOTE_SIZE, field);
    }
    span.data = take(cursor, size);
    span.size = span.data != NULL ? size : 0;
    return span;
}

static void take_selections(struct cursor *cursor, struct quote *quote)
{
    size_t field = cursor->offset;
    uint32_t count = (uint32_t)take_number(cursor, sizeof(uint32_t));

    if (count == 0 || count > QUOTE_SELECTIONS_MAX) {
        fail(cursor, ATTEST_QUOTE_SELECTION, field);
        return;
    }
    for (uint32_t i = 0; i < count && cursor->reason == ATTEST_OK; i++) {
        struct quote_selection *selection = &quote->selections[i];
        const uint8_t *select;

        field = cursor->offset;
        selection->hash = (uint16_t)take_number(cursor, sizeof(uint16_t));
        selection->size = (uint8_t)take_number(cursor, sizeof(uint8_t));
        if (selection->size == 0 || selection->size > QUOTE_SELECT_SIZE) {
            fail(cursor, ATTEST_QUOTE_SELECTION, field);
        }
        select = take(cursor, selection->size);
        if (select != NULL) {
            memcpy(selection->select, select, selection->size);
        }
        for (uint32_t k = 0; k < i; k++) {
            if (quote->selections[k].hash == selection->hash) {
                fail(cursor, ATTEST_QUOTE_SELECTION, field);
            }
        }
    }
    quote->selection_count = count;
}

// Nothing may follow.
static enum attest_reason finish(struct cursor *cursor, size_t *offset)
{
    if (cursor->offset != cursor->size) {
        fail(cursor, ATTEST_QUOTE_TRAILING, cursor->offset);
    }
    *offset = cursor->fault;
    return cursor->reason;
}

enum attest_reason quote_read(const uint8_t *bytes, size_t size, struct quote *quote,
                              size_t *offset)
{
    struct cursor cursor = { .bytes = bytes, .size = size };
    uint8_t safe;

    memset(quote, 0, sizeof(*quote));
    quote->attest = (struct attest_span){ bytes, size };
    if (take_number(&cursor, sizeof(uint32_t)) != TPM_GENERATED) {
        fail(&cursor, ATTEST_QUOTE_MAGIC, 0);
    }
    if (take_number(&cursor, sizeof(uint16_t)) != TPM_ST_ATTEST_QUOTE) {
        fail(&cursor, ATTEST_QUOTE_TYPE, sizeof(uint32_t));
    }
    quote->signer = take_sized(&cursor, 0, NAME_MAX_SIZE);
    quote->nonce = take_sized(&cursor, 0, DATA_MAX_SIZE);
    quote->clock = take_number(&cursor, sizeof(uint64_t));
    quote->reset_count = (uint32_t)take_number(&cursor, sizeof(uint32_t));
    quote->restart_count = (uint32_t)take_number(&cursor, sizeof(uint32_t));
    safe = (uint8_t)take_number(&cursor, sizeof(uint8_t));
    quote->safe = safe == 1;
    if (safe > 1) {
        fail(&cursor, ATTEST_QUOTE_SAFE, cursor.offset - 1);
    }
    quote->firmware_version = take_number(&cursor, sizeof(uint64_t));
    take_selections(&cursor, quote);
    quote->digest = take_sized(&cursor, 1, BOOT_HASH_MAX);
    return finish(&cursor, offset);
}

static void take_scheme(struct cursor *cursor, struct quote *quote)
{
    switch (take_number(cursor, sizeof(uint16_t))) {
    case TPM_ALG_ECDSA:
        quote->scheme = ATTEST_ECDSA;
        break;
    case TPM_ALG_RSASSA:
        quote->scheme = ATTEST_RSASSA;
        break;
    case TPM_ALG_RSAPSS:
        quote->scheme = ATTEST_RSAPSS;
        break;
    default:
        fail(cursor, ATTEST_QUOTE_SCHEME, 0);
        break;
    }
}

enum attest_reason quote_read_signature(const uint8_t *bytes, size_t size, struct quote *quote,
                                        size_t *offset)
{
    struct cursor cursor = { .bytes = bytes, .size = size };
    uint64_t hash;
    bool known = false;

    take_scheme(&cursor, quote);
    hash = take_number(&cursor, sizeof(uint16_t));
    for (uint32_t i = 0; i < BOOT_HASH_COUNT; i++) {
        if (boot_hash_info((enum boot_hash)i)->tcg_id == hash) {
            quote->hash = (enum boot_hash)i;
            known = true;
        }
    }
    if (!known) {
        fail(&cursor, ATTEST_QUOTE_HASH, sizeof(uint16_t));
    }
    if (quote->scheme == ATTEST_ECDSA) {
        quote->signature[0] = take_sized(&cursor, 1, COORDINATE_MAX_SIZE);
        quote->signature[1] = take_sized(&cursor, 1, COORDINATE_MAX_SIZE);
    } else {
        quote->signature[0] = take_sized(&cursor, 1, RSA_MAX_SIZE);
    }
    return finish(&cursor, offset);
}

bool quote_selects(const struct quote_selection *selection, uint32_t pcr)
{
    return pcr / 8 < selection->size && (selection->select[pcr / 8] >> pcr % 8 & 1) != 0;
}
