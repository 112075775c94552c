// SPDX-License-Identifier: BSD-3-Clause
//
// A strict reader of JSON (RFC 8259) for the tests, which shares nothing with the writer.
#ifndef JSON_CHECK_H
#define JSON_CHECK_H

#include <stddef.h>

// Fails the test unless `text` is exactly one JSON document: valid UTF-8, no name twice in an object, no
// number above 2^53, one newline behind it.
void json_check(const char *text);

// The value at `path` of a document that json_check() accepted, as text without quotes and escapes
// ("faults.0.field": names and indices between dots); NULL if there is none. Objects and arrays are given
// as they stand. Valid until the eighth next call.
const char *json_get(const char *text, const char *path);

// Fails the test unless the value at `path` is `value`.
void json_expect(const char *text, const char *path, const char *value);

// Number of values in the array at `path`; fails the test if it is none.
size_t json_count(const char *text, const char *path);

#endif
