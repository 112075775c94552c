// SPDX-License-Identifier: BSD-3-Clause
//
// Tag-length-value records of the Trusted Services "packed-c" encoding: tag and length are 16 bits,
// big-endian; the value follows; no padding; records stand in ascending order of tag, equal tags
// make a list. Pure; used by partitions and clients, on both sides of a trust boundary: what is
// read is bounded, what is written is bounded.
#ifndef TS_TLV_H
#define TS_TLV_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"

#define TS_TLV_HEADER 4
#define TS_TLV_VALUE_MAX 65535

// Bytes that the next read starts at and that are left there.
struct ts_tlv_reader {
    const uint8_t *at;
    size_t left;
};

// One value, inside the reader's buffer. data is NULL when length is 0.
struct ts_tlv {
    const uint8_t *data;
    size_t length;
};

// Finds the next record with `tag`, skipping smaller tags, and moves behind it. A record that is
// not there (the next tag is larger, or the records end) is a value of length 0. ERR_TRUNCATED: a
// record is cut off; `value` is not written.
MUST_CHECK int ts_tlv_read(struct ts_tlv_reader *reader, uint16_t tag, struct ts_tlv *value);

// Where the next record is written; `used` ≤ `size` bytes of `buf` are taken.
struct ts_tlv_writer {
    uint8_t *buf;
    size_t size;
    size_t used;
};

// Writes the head of a record for a value of `len` ≤ TS_TLV_VALUE_MAX bytes, TS_TLV_HEADER bytes, at `to`.
void ts_tlv_put_head(uint8_t *to, uint16_t tag, size_t len);

// Appends the head of a record for a value of `len` bytes and returns where the value goes (inside
// the writer's buffer, to be filled by the caller), or NULL: it does not fit, and nothing was
// taken. Tags in ascending order.
MUST_CHECK uint8_t *ts_tlv_reserve(struct ts_tlv_writer *writer, uint16_t tag, size_t len);

// Appends a record with a copy of the `len` bytes at `data` (may be NULL when 0). ERR_NO_MEMORY: it
// does not fit.
MUST_CHECK int ts_tlv_write(struct ts_tlv_writer *writer, uint16_t tag, const void *data,
                            size_t len);

#endif
