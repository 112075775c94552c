// SPDX-License-Identifier: BSD-3-Clause
//
// Reader and writer of ts_tlv.h. Trusts no byte it reads; checks lengths as `len <= limit -
// offset`.
#include <string.h>

#include "ts_tlv.h"

// Read once: a client reads responses in memory that the partition can still write, and what was checked must be what is used
static uint16_t get_be16(const volatile uint8_t *from)
{
    return (uint16_t)(from[0] << 8 | from[1]);
}

static void put_be16(uint8_t *to, size_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

int ts_tlv_read(struct ts_tlv_reader *reader, uint16_t tag, struct ts_tlv *value)
{
    while (reader->left > 0) {
        if (reader->left < TS_TLV_HEADER) {
            return ERR_TRUNCATED;
        }
        uint16_t found = get_be16(reader->at);
        size_t length = get_be16(reader->at + 2);

        if (found > tag) {
            break;
        }
        if (length > reader->left - TS_TLV_HEADER) {
            return ERR_TRUNCATED;
        }
        const uint8_t *data = reader->at + TS_TLV_HEADER;

        reader->at = data + length;
        reader->left -= TS_TLV_HEADER + length;
        if (found == tag) {
            value->data = length != 0 ? data : NULL;
            value->length = length;
            return 0;
        }
    }
    value->data = NULL;
    value->length = 0;
    return 0;
}

void ts_tlv_put_head(uint8_t *to, uint16_t tag, size_t len)
{
    put_be16(to, tag);
    put_be16(to + 2, len);
}

uint8_t *ts_tlv_reserve(struct ts_tlv_writer *writer, uint16_t tag, size_t len)
{
    size_t left = writer->size - writer->used;

    if (len > TS_TLV_VALUE_MAX || left < TS_TLV_HEADER || len > left - TS_TLV_HEADER) {
        return NULL;
    }
    uint8_t *to = writer->buf + writer->used;

    ts_tlv_put_head(to, tag, len);
    writer->used += TS_TLV_HEADER + len;
    return to + TS_TLV_HEADER;
}

int ts_tlv_write(struct ts_tlv_writer *writer, uint16_t tag, const void *data, size_t len)
{
    uint8_t *to = ts_tlv_reserve(writer, tag, len);

    if (to == NULL) {
        return ERR_NO_MEMORY;
    }
    if (len != 0) {
        memcpy(to, data, len);
    }
    return 0;
}
