// SPDX-License-Identifier: BSD-3-Clause
//
// Writer of one JSON document (RFC 8259) to a stream, two blanks a level. Always valid UTF-8, whatever
// bytes a text holds, and always well-formed: a call in the wrong place is a bug and asserts. Integers
// stay below 2^53, so that every reader gets them exactly (RFC 7493); what may be larger is written as a
// string with 0x. (jansson, which reads JSON here, has names like json_object() for itself.)
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_MAX_DEPTH 8 // objects and arrays inside one another
#define JSON_MAX_INTEGER (UINT64_C(1) << 53)

struct json {
    FILE *stream; // errors of the stream show when it is flushed
    uint32_t depth;
    char close[JSON_MAX_DEPTH];  // '}' or ']' of each open level
    bool filled[JSON_MAX_DEPTH]; // something is in it already
};

// In all of these `key` is a constant of ours, and NULL inside an array and for the outermost value.

// Starts a document on `stream`, which lives as long; the first value must be an object.
void json_begin(struct json *json, FILE *stream);

// Opens an object or an array; json_close() closes the innermost one. After the outermost the document
// is complete, with its newline.
void json_put_object(struct json *json, const char *key);
void json_put_array(struct json *json, const char *key);
void json_close(struct json *json);

// A string. json_put_text() takes bytes from anywhere, ended by NUL; json_put_bytes() `size` bytes, NUL among
// them allowed. What is not UTF-8 becomes U+FFFD. NULL: null.
void json_put_text(struct json *json, const char *key, const char *text);
void json_put_bytes(struct json *json, const char *key, const uint8_t *text, size_t size);

// A number < JSON_MAX_INTEGER; any number as a string "0x…"; bytes as a string of lower-case hexadecimal
// digits; true or false; null.
void json_put_integer(struct json *json, const char *key, uint64_t value);
void json_put_word(struct json *json, const char *key, uint64_t value);
void json_put_hex(struct json *json, const char *key, const uint8_t *bytes, size_t size);
void json_put_bool(struct json *json, const char *key, bool value);
void json_put_null(struct json *json, const char *key);

// Bytes of the UTF-8 character at `text` (`size` ≥ 1 bytes); 0: there is none.
size_t json_utf8_length(const uint8_t *text, size_t size);

#endif
