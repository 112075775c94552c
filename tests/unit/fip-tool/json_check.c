// SPDX-License-Identifier: BSD-3-Clause
//
// See json_check.h. Written after RFC 8259's grammar; the writer under test is fip-tool/json.c.
#include "json_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_NAMES 64
#define MAX_DEPTH 16
#define MAX_VALUE 16384

static const char *document;

static void broken(const char *at, const char *why)
{
    fail_msg("JSON, byte %zu: %s: %.60s", (size_t)(at - document), why, at);
}

static const char *blanks_skip(const char *at)
{
    return at + strspn(at, " \t\n\r");
}

// The bytes behind the first of a UTF-8 character: how many, and that it is one.
static const char *utf8_skip(const char *at)
{
    const uint8_t *byte = (const uint8_t *)at;
    uint32_t code, more;

    if (byte[0] < 0x80) {
        return at + 1;
    }
    more = (byte[0] & 0xe0) == 0xc0 ? 1 : (byte[0] & 0xf0) == 0xe0 ? 2 : 3;
    if (byte[0] < 0xc0 || byte[0] > 0xf7) {
        broken(at, "no UTF-8");
    }
    code = byte[0] & (0x3fu >> more);
    for (uint32_t i = 1; i <= more; i++) {
        if ((byte[i] & 0xc0) != 0x80) {
            broken(at, "no UTF-8");
        }
        code = code << 6 | (byte[i] & 0x3f);
    }
    if (code < (more == 1   ? 0x80u
                : more == 2 ? 0x800u
                            : 0x10000u) ||
        code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
        broken(at, "no UTF-8");
    }
    return at + 1 + more;
}

static const char *string_skip(const char *at)
{
    if (*at != '"') {
        broken(at, "expected a string");
    }
    at++;
    while (*at != '"') {
        if ((uint8_t)*at < ' ') {
            broken(at, "control character or end in a string");
        }
        if (*at == '\\' && at[1] == 'u') {
            if (strspn(at + 2, "0123456789abcdefABCDEF") < 4) {
                broken(at, "expected four digits");
            }
            at += 6;
        } else if (*at == '\\') {
            if (at[1] == '\0' || strchr("\"\\/bfnrt", at[1]) == NULL) {
                broken(at, "unknown escape");
            }
            at += 2;
        } else {
            at = utf8_skip(at);
        }
    }
    return at + 1;
}

// Integers without sign are all that fip-tool writes.
static const char *number_skip(const char *at)
{
    size_t digits = strspn(at, "0123456789");

    if (digits == 0 || (digits > 1 && *at == '0') || digits > 16 ||
        strtoull(at, NULL, 10) > UINT64_C(1) << 53) {
        broken(at, "expected a number below 2^53 without leading zero");
    }
    return at + digits;
}

// A word or a number.
static const char *scalar_skip(const char *at)
{
    static const char *const words[] = { "true", "false", "null" };

    for (size_t i = 0; i < 3; i++) {
        if (strncmp(at, words[i], strlen(words[i])) == 0) {
            return at + strlen(words[i]);
        }
    }
    return *at == '"' ? string_skip(at) : number_skip(at);
}

// An object or array that is open, and the names seen in it.
struct level {
    char close;
    size_t count;
    const char *names[MAX_NAMES];
};

// Goes past a name, its colon and the blanks behind it, in an object; nothing else stands before a value.
static const char *name_skip(const char *at, struct level *level)
{
    const char *end;

    if (level->close == ']') {
        return at;
    }
    end = string_skip(at);
    for (size_t i = 0; i < level->count; i++) {
        if (strncmp(level->names[i], at, (size_t)(end - at)) == 0) {
            broken(at, "name stands twice");
        }
    }
    assert_true(level->count < MAX_NAMES);
    level->names[level->count++] = at;
    end = blanks_skip(end);
    if (*end != ':') {
        broken(end, "expected a colon");
    }
    return blanks_skip(end + 1);
}

// Goes past one value.
static const char *value_skip(const char *at)
{
    static struct level levels[MAX_DEPTH];
    size_t depth = 0;

    for (;;) {
        bool opened = *at == '{' || *at == '[';

        if (opened) {
            assert_true(depth < MAX_DEPTH);
            levels[depth++] = (struct level){ .close = *at == '{' ? '}' : ']' };
            at++;
        } else {
            at = scalar_skip(at);
        }
        // What ends here, then what comes next inside of what is still open
        while (depth > 0 && *(at = blanks_skip(at)) == levels[depth - 1].close) {
            at++;
            depth--;
            opened = false;
        }
        if (depth == 0) {
            return at;
        }
        if (!opened) {
            if (*at != ',') {
                broken(at, "expected a comma or the end");
            }
            at = blanks_skip(at + 1);
        }
        at = name_skip(at, &levels[depth - 1]);
    }
}

void json_check(const char *text)
{
    const char *end;

    document = text;
    if (*text != '{') {
        broken(text, "expected an object");
    }
    end = value_skip(text);
    if (strcmp(end, "\n") != 0) {
        broken(end, "expected the end");
    }
}

// Value of a name in the object, or of an index in the array, at `at`; NULL: none.
static const char *step_into(const char *at, const char *name, size_t length)
{
    char close = *at == '{' ? '}' : ']';
    size_t index = strtoull(name, NULL, 10);

    if (*at != '{' && *at != '[') {
        return NULL;
    }
    at = blanks_skip(at + 1);
    for (size_t i = 0; *at != close; i++) {
        bool found = i == index;

        if (close == '}') {
            const char *end = string_skip(at);

            found = (size_t)(end - at) == length + 2 && strncmp(at + 1, name, length) == 0;
            at = blanks_skip(blanks_skip(end) + 1);
        }
        if (found) {
            return at;
        }
        at = blanks_skip(value_skip(at));
        at = *at == ',' ? blanks_skip(at + 1) : at;
    }
    return NULL;
}

static const char *find(const char *text, const char *path)
{
    document = text;
    while (text != NULL && *path != '\0') {
        size_t length = strcspn(path, ".");

        text = step_into(text, path, length);
        path += length + (path[length] == '.');
    }
    return text;
}

const char *json_get(const char *text, const char *path)
{
    static char values[8][MAX_VALUE];
    static size_t next;
    const char *at = find(text, path);
    char *value = values[next], *to = value;
    const char *end;

    if (at == NULL) {
        return NULL;
    }
    next = (next + 1) % 8;
    end = value_skip(at);
    assert_true(end - at < MAX_VALUE);
    if (*at != '"') {
        memcpy(value, at, (size_t)(end - at));
        value[end - at] = '\0';
        return value;
    }
    for (at++; at < end - 1; at++) {
        if (*at == '\\' && (at[1] == '"' || at[1] == '\\')) {
            at++; // others stay as they are written
        }
        *to++ = *at;
    }
    *to = '\0';
    return value;
}

void json_expect(const char *text, const char *path, const char *value)
{
    const char *found = json_get(text, path);

    if (found == NULL || strcmp(found, value) != 0) {
        fail_msg("JSON %s: found %s, expected %s, in %s", path, found == NULL ? "nothing" : found,
                 value, text);
    }
}

size_t json_count(const char *text, const char *path)
{
    const char *at = find(text, path);
    size_t count = 0;

    if (at == NULL || *at != '[') {
        fail_msg("JSON %s: no array in %s", path, text);
        return 0;
    }
    at = blanks_skip(at + 1);
    while (*at != ']') {
        count++;
        at = blanks_skip(value_skip(at));
        at = *at == ',' ? blanks_skip(at + 1) : at;
    }
    return count;
}
