// SPDX-License-Identifier: BSD-3-Clause
//
// Whether bytes are one item of deterministic CBOR; contract in attest.h. Called by token_read.c before the CBOR library sees a byte, so
// that the library only ever gets what is well-formed, shallow, and means one thing. Pure, no recursion; trusts nothing.
#include "attest.h"

#include <string.h>

// Major types (RFC 8949 3.1)
enum major { UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE };

#define INFO_MASK 0x1fu
#define INFO_ONE_BYTE 24u // the argument follows in 1, 2, 4, 8 bytes: 24 … 27
#define INFO_RESERVED 28u // to 30
#define INFO_INDEFINITE 31u

// Items (of a map: pairs) that are still to come
struct level {
    uint64_t left;
    bool is_map;
    bool at_value;          // of a pair
    struct attest_span key; // the last one
};

struct form {
    const uint8_t *bytes;
    size_t size;
    size_t offset;
    uint32_t depth;
    struct level levels[CBOR_FORM_DEPTH];
};

struct head {
    enum major major;
    uint64_t argument;
};

// Reads the head at the offset and moves behind it.
static enum attest_reason read_head(struct form *form, struct head *head)
{
    size_t left = form->size - form->offset, more;
    const uint8_t *at = form->bytes + form->offset;
    unsigned int info;

    if (left == 0) {
        return ATTEST_CBOR_TRUNCATED;
    }
    head->major = (enum major)(at[0] >> 5);
    info = at[0] & INFO_MASK;
    if (head->major == SIMPLE) {
        return ATTEST_CBOR_SIMPLE;
    }
    if (info >= INFO_RESERVED) {
        return info == INFO_INDEFINITE ? ATTEST_CBOR_INDEFINITE : ATTEST_CBOR_RESERVED;
    }
    more = info < INFO_ONE_BYTE ? 0 : (size_t)1 << (info - INFO_ONE_BYTE);
    if (more > left - 1) {
        return ATTEST_CBOR_TRUNCATED;
    }
    head->argument = more == 0 ? info : 0;
    for (size_t i = 0; i < more; i++) {
        head->argument = head->argument << 8 | at[1 + i];
    }
    // the shortest form: no smaller one could hold it
    if ((more == 1 && head->argument < INFO_ONE_BYTE) ||
        (more > 1 && head->argument >> (4 * more) == 0)) {
        return ATTEST_CBOR_HEAD;
    }
    form->offset += 1 + more;
    return ATTEST_OK;
}

static enum attest_reason skip_string(struct form *form, const struct head *head)
{
    const uint8_t *text = form->bytes + form->offset;

    if (head->argument > form->size - form->offset) {
        return ATTEST_CBOR_TRUNCATED;
    }
    for (size_t i = 0; head->major == TEXT && i < head->argument;) {
        size_t length = json_utf8_length(text + i, head->argument - i);

        if (length == 0) {
            return ATTEST_CBOR_UTF8;
        }
        i += length;
    }
    form->offset += head->argument;
    return ATTEST_OK;
}

static enum attest_reason open_level(struct form *form, const struct head *head)
{
    struct level *level = &form->levels[form->depth];

    if (form->depth == CBOR_FORM_DEPTH) {
        return ATTEST_CBOR_DEPTH;
    }
    memset(level, 0, sizeof(*level));
    level->left = head->argument;
    level->is_map = head->major == MAP;
    form->depth++;
    return ATTEST_OK;
}

// Compares with the key before, both as they stand: shorter ones are not a prefix of longer ones, so bytes decide
// (RFC 8949 4.2.1).
static enum attest_reason check_key(struct level *level, const uint8_t *key, size_t size)
{
    size_t common = size < level->key.size ? size : level->key.size;
    int order = level->key.data == NULL ? 1 : memcmp(key, level->key.data, common);

    if (order == 0) {
        return ATTEST_CBOR_DUPLICATE;
    }
    level->key.data = key;
    level->key.size = size;
    return order > 0 ? ATTEST_OK : ATTEST_CBOR_ORDER;
}

// One item of the innermost level: what it takes of it is counted first.
static enum attest_reason read_item(struct form *form)
{
    struct level *level = &form->levels[form->depth - 1];
    size_t start = form->offset;
    bool is_key = level->is_map && !level->at_value;
    enum attest_reason reason;
    struct head head;

    level->at_value = is_key;
    if (!is_key) {
        level->left--;
    }
    reason = read_head(form, &head);
    if (reason != ATTEST_OK) {
        return reason;
    }
    if (head.major == BYTES || head.major == TEXT) {
        reason = skip_string(form, &head);
    } else if (head.major >= ARRAY) {
        reason = is_key              ? ATTEST_CBOR_KEY
                 : head.major == TAG ? ATTEST_CBOR_TAG
                                     : open_level(form, &head);
    }
    if (reason == ATTEST_OK && is_key) {
        reason = check_key(level, form->bytes + start, form->offset - start);
    }
    return reason;
}

enum attest_reason cbor_form_check(const uint8_t *bytes, size_t size, size_t *offset)
{
    struct form form = { .bytes = bytes, .size = size, .depth = 1, .levels[0] = { .left = 1 } };
    enum attest_reason reason = ATTEST_OK;

    while (reason == ATTEST_OK && form.depth != 0) {
        *offset = form.offset;
        if (form.levels[form.depth - 1].left == 0) {
            form.depth--;
        } else {
            reason = read_item(&form);
        }
    }
    if (reason == ATTEST_OK && form.offset != size) {
        *offset = form.offset;
        reason = ATTEST_CBOR_TRAILING;
    }
    return reason;
}
