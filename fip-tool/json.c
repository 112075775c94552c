// SPDX-License-Identifier: BSD-3-Clause
//
// Writer of JSON; contracts in json.h. Called by info, verify and measure. Trusts its callers' order of
// calls, no byte of the texts.
#include "json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

// Comma, new line, indentation and key of the next value.
static void begin_value(struct json *json, const char *key)
{
    if (json->depth == 0) {
        assert(key == NULL);
        return;
    }
    assert((key != NULL) == (json->close[json->depth - 1] == '}'));
    fprintf(json->stream, "%s\n%*s", json->filled[json->depth - 1] ? "," : "",
            (int)(2 * json->depth), "");
    json->filled[json->depth - 1] = true;
    if (key != NULL) {
        fprintf(json->stream, "\"%s\": ", key);
    }
}

static void open_level(struct json *json, const char *key, char open, char close)
{
    begin_value(json, key);
    assert(json->depth < JSON_MAX_DEPTH);
    fputc(open, json->stream);
    json->close[json->depth] = close;
    json->filled[json->depth++] = false;
}

void json_begin(struct json *json, FILE *stream)
{
    memset(json, 0, sizeof(*json));
    json->stream = stream;
}

void json_put_object(struct json *json, const char *key)
{
    open_level(json, key, '{', '}');
}

void json_put_array(struct json *json, const char *key)
{
    assert(json->depth > 0);
    open_level(json, key, '[', ']');
}

void json_close(struct json *json)
{
    assert(json->depth > 0);
    json->depth--;
    if (json->filled[json->depth]) {
        fprintf(json->stream, "\n%*s", (int)(2 * json->depth), "");
    }
    fputc(json->close[json->depth], json->stream);
    if (json->depth == 0) {
        fputc('\n', json->stream);
    }
}

// RFC 3629, section 4: no overlong form, no surrogate, nothing above U+10FFFF.
size_t json_utf8_length(const uint8_t *text, size_t size)
{
    uint8_t first = text[0], low = 0x80, high = 0xbf; // what the second byte may be
    size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    if (first > 0xf4 || length == 0 || length > size) {
        return 0;
    }
    low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : low;
    high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : high;
    if (length > 1 && (text[1] < low || text[1] > high)) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if (text[i] < 0x80 || text[i] > 0xbf) {
            return 0;
        }
    }
    return length;
}

void json_put_bytes(struct json *json, const char *key, const uint8_t *text, size_t size)
{
    begin_value(json, key);
    fputc('"', json->stream);
    for (size_t i = 0; i < size;) {
        size_t length = json_utf8_length(text + i, size - i);

        if (length == 0) {
            fputs("\\ufffd", json->stream);
        } else if (text[i] < ' ' || text[i] == 0x7f) {
            fprintf(json->stream, "\\u%04x", text[i]);
        } else {
            if (text[i] == '"' || text[i] == '\\') {
                fputc('\\', json->stream);
            }
            fwrite(text + i, 1, length, json->stream);
        }
        i += length == 0 ? 1 : length;
    }
    fputc('"', json->stream);
}

void json_put_text(struct json *json, const char *key, const char *text)
{
    if (text == NULL) {
        json_put_null(json, key);
    } else {
        json_put_bytes(json, key, (const uint8_t *)text, strlen(text));
    }
}

void json_put_integer(struct json *json, const char *key, uint64_t value)
{
    assert(value < JSON_MAX_INTEGER);
    begin_value(json, key);
    fprintf(json->stream, "%" PRIu64, value);
}

void json_put_word(struct json *json, const char *key, uint64_t value)
{
    begin_value(json, key);
    fprintf(json->stream, "\"0x%" PRIx64 "\"", value);
}

void json_put_hex(struct json *json, const char *key, const uint8_t *bytes, size_t size)
{
    begin_value(json, key);
    fputc('"', json->stream);
    for (size_t i = 0; i < size; i++) {
        fprintf(json->stream, "%02x", bytes[i]);
    }
    fputc('"', json->stream);
}

void json_put_bool(struct json *json, const char *key, bool value)
{
    begin_value(json, key);
    fputs(value ? "true" : "false", json->stream);
}

void json_put_null(struct json *json, const char *key)
{
    begin_value(json, key);
    fputs("null", json->stream);
}
