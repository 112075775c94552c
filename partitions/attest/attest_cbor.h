// SPDX-License-Identifier: BSD-3-Clause
//
// Writer of deterministic CBOR (RFC 8949 4.2.1): shortest heads, definite lengths. The caller gives map keys in ascending
// order of their encoding. Used by attest_token.c. Pure; also measures: without a buffer it only counts.
#ifndef ATTEST_CBOR_H
#define ATTEST_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct attest_cbor {
    uint8_t *buf; // NULL: count only
    size_t size;  // room; not looked at if `buf` is NULL
    size_t used;  // bytes that the item has so far
    bool full;    // there was no room for them: `buf` is of no use, `used` says nothing
};

// One data item each (RFC 8949 3.1), appended in its one deterministic form. Without room `full` becomes true, and stays so.
void attest_cbor_int(struct attest_cbor *out, int64_t value);
void attest_cbor_bytes(struct attest_cbor *out, const void *bytes, size_t size);
void attest_cbor_text(struct attest_cbor *out, const char *text); // UTF-8
void attest_cbor_array(struct attest_cbor *out, size_t count);    // `count` items follow
void attest_cbor_map(struct attest_cbor *out, size_t count);      // `count` pairs follow
void attest_cbor_tag(struct attest_cbor *out, uint64_t tag);      // of the item that follows

// The head of a byte string of `size` bytes, whose room is returned for the caller to fill; NULL if there is none or if
// it only counts.
uint8_t *attest_cbor_reserve(struct attest_cbor *out, size_t size);

// A pair of a map with an integer as its key.
void attest_cbor_pair_int(struct attest_cbor *out, int64_t key, int64_t value);
void attest_cbor_pair_bytes(struct attest_cbor *out, int64_t key, const void *bytes, size_t size);
void attest_cbor_pair_text(struct attest_cbor *out, int64_t key, const char *text);

#endif
