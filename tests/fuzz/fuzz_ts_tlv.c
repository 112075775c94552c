// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the reader and writer of Trusted Services records, each against a model that
// takes the whole buffer apart first (reader) or keeps what was written in a list (writer).
#include "ts_tlv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS_MAX 1100 // of an input of 4096 bytes

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

struct record {
    uint16_t tag;
    size_t offset; // of the value
    size_t length;
    bool whole_head;
    bool whole;
};

static struct record records[RECORDS_MAX];

// All records of `bytes`; the last one may be cut off. Returns how many.
static size_t take_apart(const uint8_t *bytes, size_t size)
{
    size_t count = 0;
    size_t at = 0;

    while (at < size) {
        struct record *record = &records[count++];

        expect(count <= RECORDS_MAX);
        *record = (struct record){ .offset = at + 4, .whole_head = at + 4 <= size };
        if (!record->whole_head) {
            break;
        }
        record->tag = (uint16_t)(bytes[at] * 256 + bytes[at + 1]);
        record->length = bytes[at + 2] * 256u + bytes[at + 3];
        at += 4 + record->length;
        record->whole = at <= size;
    }
    return count;
}

// Asks for tags in any order; `tags`: bytes that name them.
static void check_reader(const uint8_t *bytes, size_t size, const uint8_t *tags, size_t tag_count)
{
    uint8_t *buf = malloc(size); // of exactly that size: ASan sees the byte behind
    struct ts_tlv_reader reader = { buf, size };
    size_t count = take_apart(bytes, size);
    size_t at = 0;

    if (size != 0) {
        memcpy(buf, bytes, size);
    }
    for (size_t i = 0; i < tag_count; i++) {
        uint16_t tag = tags[i] == 0xff ? 0xffff : tags[i] % 8;
        struct ts_tlv value = { buf + 1, 77 };
        int result = ts_tlv_read(&reader, tag, &value);

        while (at < count && records[at].whole && records[at].tag < tag) {
            at++;
        }
        bool later = at == count || (records[at].whole_head && records[at].tag > tag);

        if (!later && !records[at].whole) {
            expect(result == ERR_TRUNCATED && value.data == buf + 1 && value.length == 77);
            continue;
        }
        expect(result == 0);
        if (later || records[at].length == 0) {
            expect(value.data == NULL && value.length == 0);
        } else {
            expect(value.data == buf + records[at].offset && value.length == records[at].length);
        }
        at += !later;
    }
    free(buf);
}

// Writes records of the lengths that the input names into `size` bytes, then reads them again.
static void check_writer(size_t size, const uint8_t *data, size_t count)
{
    static uint8_t source[TS_TLV_VALUE_MAX + 1];
    uint8_t *buf = malloc(size);
    struct ts_tlv_writer writer = { .buf = buf, .size = size };
    size_t used = 0;
    size_t made = 0;

    for (size_t i = 0; i < count; i++) {
        size_t length = data[i] >= 0xf8 ? TS_TLV_VALUE_MAX - 4 + data[i] % 8 : data[i] % 64u;
        bool fits = length <= TS_TLV_VALUE_MAX && used + 4 + length <= size;
        const void *from = length != 0 ? source : NULL;

        length = data[i] == 0xfe ? SIZE_MAX - 3 : length;
        fits = fits && data[i] != 0xfe;
        memset(source, (int)i, sizeof(source));
        if (data[i] == 0xfe) {
            expect(ts_tlv_reserve(&writer, 1, length) == NULL);
        } else {
            expect(ts_tlv_write(&writer, (uint16_t)(made * 300), from, length) ==
                   (fits ? 0 : ERR_NO_MEMORY));
        }
        if (fits) {
            records[made++] = (struct record){ .offset = i, .length = length };
            used += 4 + length;
        }
        expect(writer.used == used && made <= 200);
    }
    struct ts_tlv_reader reader = { buf, used };

    for (size_t i = 0; i < made; i++) {
        struct ts_tlv value;

        expect(ts_tlv_read(&reader, (uint16_t)(i * 300), &value) == 0);
        expect(value.length == records[i].length);
        for (size_t j = 0; j < value.length; j++) {
            expect(value.data[j] == (uint8_t)records[i].offset);
        }
    }
    expect(reader.left == 0);
    free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    if (data[0] % 4 == 0) {
        size_t count = size - 2 < 200 ? size - 2 : 200;

        check_writer(data[1] >= 0xc0 ? data[1] * 700u : data[1] * 4u + data[0] / 64, data + 2,
                     count);
    } else {
        size_t tags = data[1] % 16u;

        tags = tags < size - 2 ? tags : size - 2;
        check_reader(data + 2 + tags, size - 2 - tags, data + 2, tags);
    }
    return 0;
}
