// SPDX-License-Identifier: BSD-3-Clause
//
// Deterministic CBOR. See attest_cbor.h.
#include "attest_cbor.h"

#include <string.h>

// Major types (RFC 8949 3.1)
#define CBOR_UNSIGNED 0
#define CBOR_NEGATIVE 1
#define CBOR_BYTES 2
#define CBOR_TEXT 3
#define CBOR_ARRAY 4
#define CBOR_MAP 5
#define CBOR_TAG 6

#define CBOR_MAJOR_SHIFT 5
#define CBOR_IN_HEAD \
    24 // arguments below stand in the head's first byte; 24 … 27: 1, 2, 4, 8 bytes follow

// Room for `size` bytes, or NULL
static uint8_t *take(struct attest_cbor *out, size_t size)
{
    uint8_t *at = NULL;

    if (out->buf != NULL) {
        out->full = out->full || size > out->size - out->used;
        at = out->full ? NULL : out->buf + out->used;
    }
    if (!out->full) {
        out->used += size;
    }
    return at;
}

static void put(struct attest_cbor *out, const void *bytes, size_t size)
{
    uint8_t *at = take(out, size);

    if (at != NULL && size != 0) {
        memcpy(at, bytes, size);
    }
}

static void put_head(struct attest_cbor *out, uint8_t major, uint64_t argument)
{
    uint8_t head[1 + sizeof(argument)];
    unsigned int power = 0; // 2^power bytes follow

    if (argument < CBOR_IN_HEAD) {
        head[0] = (uint8_t)(major << CBOR_MAJOR_SHIFT | argument);
        put(out, head, 1);
        return;
    }
    while (power < 3 && argument >> (8u << power) != 0) {
        power++;
    }
    head[0] = (uint8_t)(major << CBOR_MAJOR_SHIFT | (CBOR_IN_HEAD + power));
    for (unsigned int i = 0; i < 1u << power; i++) {
        head[1 + i] = (uint8_t)(argument >> 8 * ((1u << power) - 1 - i));
    }
    put(out, head, 1 + ((size_t)1 << power));
}

void attest_cbor_int(struct attest_cbor *out, int64_t value)
{
    if (value < 0) {
        put_head(out, CBOR_NEGATIVE, ~(uint64_t)value); // -1 - value
    } else {
        put_head(out, CBOR_UNSIGNED, (uint64_t)value);
    }
}

uint8_t *attest_cbor_reserve(struct attest_cbor *out, size_t size)
{
    put_head(out, CBOR_BYTES, size);
    return take(out, size);
}

void attest_cbor_bytes(struct attest_cbor *out, const void *bytes, size_t size)
{
    put_head(out, CBOR_BYTES, size);
    put(out, bytes, size);
}

void attest_cbor_text(struct attest_cbor *out, const char *text)
{
    size_t size = strlen(text);

    put_head(out, CBOR_TEXT, size);
    put(out, text, size);
}

void attest_cbor_array(struct attest_cbor *out, size_t count)
{
    put_head(out, CBOR_ARRAY, count);
}

void attest_cbor_map(struct attest_cbor *out, size_t count)
{
    put_head(out, CBOR_MAP, count);
}

void attest_cbor_tag(struct attest_cbor *out, uint64_t tag)
{
    put_head(out, CBOR_TAG, tag);
}

void attest_cbor_pair_int(struct attest_cbor *out, int64_t key, int64_t value)
{
    attest_cbor_int(out, key);
    attest_cbor_int(out, value);
}

void attest_cbor_pair_bytes(struct attest_cbor *out, int64_t key, const void *bytes, size_t size)
{
    attest_cbor_int(out, key);
    attest_cbor_bytes(out, bytes, size);
}

void attest_cbor_pair_text(struct attest_cbor *out, int64_t key, const char *text)
{
    attest_cbor_int(out, key);
    attest_cbor_text(out, text);
}
