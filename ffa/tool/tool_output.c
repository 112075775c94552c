// SPDX-License-Identifier: BSD-3-Clause
//
// Results of a command, as lines or as one JSON object, and error lines. JSON is kept until the end, so that a command that
// fails after its first result prints an error and nothing else.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tessera.h"
#include "tool.h"

#define DEPTH_MAX 4
#define ERROR_SIZE 512

static struct {
    bool json;
    bool failed; // memory ran out, or a write failed
    char *text;  // of the object, without its end
    size_t size; // malloc()ed
    size_t used;
    unsigned int depth;
    bool first[DEPTH_MAX + 1]; // no member yet
    char error[ERROR_SIZE];    // the first one
} out;

static void append(const char *text, size_t length)
{
    if (length > out.size - out.used) {
        size_t size = 2 * out.size + length + 256;
        char *larger = realloc(out.text, size);

        if (larger == NULL) {
            out.failed = true;
            return;
        }
        out.text = larger;
        out.size = size;
    }
    memcpy(out.text + out.used, text, length);
    out.used += length;
}

static void append_text(const char *text)
{
    append(text, strlen(text));
}

// Bytes of the UTF-8 character at `text` (RFC 3629, 4); 0: it is none
static size_t character_size(const unsigned char *text)
{
    unsigned int first = text[0];
    size_t size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    for (size_t i = 1; i < size; i++) { // at most up to the terminating NUL
        if (text[i] >> 6 != 2) {
            return 0;
        }
    }
    bool is_long = (first == 0xe0 && text[1] < 0xa0) || (first == 0xf0 && text[1] < 0x90);
    bool is_surrogate = first == 0xed && text[1] >= 0xa0;
    bool is_large = first > 0xf4 || (first == 0xf4 && text[1] >= 0x90);

    return is_long || is_surrogate || is_large ? 0 : size;
}

// Names of files are of any bytes: what is no character becomes U+FFFD
static void append_string(const char *text)
{
    append_text("\"");
    while (*text != '\0') {
        size_t size = character_size((const unsigned char *)text);
        char escaped[8];

        if (size == 0) {
            append_text("\\ufffd");
        } else if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            (void)snprintf(escaped, sizeof(escaped), "\\u%04x", (unsigned char)*text);
            append_text(escaped);
        } else {
            append_text(*text == '"' || *text == '\\' ? "\\" : "");
            append(text, size);
        }
        text += size != 0 ? size : 1;
    }
    append_text("\"");
}

static void append_name(const char *name)
{
    if (!out.first[out.depth]) {
        append_text(", ");
    }
    out.first[out.depth] = false;
    append_string(name);
    append_text(": ");
}

void tool_output_begin(bool json)
{
    free(out.text);
    memset(&out, 0, sizeof(out));
    out.json = json;
    out.first[0] = true;
}

static void indent(void)
{
    printf("%*s", (int)(2 * out.depth), "");
}

void tool_output_text(const char *name, const char *value)
{
    if (out.json) {
        append_name(name);
        append_string(value);
    } else {
        indent();
        printf("%s: %s\n", name, value);
    }
}

static void put_plain(const char *name, const char *value)
{
    if (out.json) {
        append_name(name);
        append_text(value);
    } else {
        tool_output_text(name, value);
    }
}

void tool_output_number(const char *name, uint64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    put_plain(name, text);
}

void tool_output_bool(const char *name, bool value)
{
    put_plain(name, value ? "true" : "false");
}

void tool_output_hex(const char *name, const uint8_t *bytes, size_t size)
{
    if (out.json) {
        append_name(name);
        append_text("\"");
    }
    for (size_t i = 0; i < size; i++) {
        char digits[3];

        (void)snprintf(digits, sizeof(digits), "%02x", bytes[i]);
        if (out.json) {
            append_text(digits);
        } else {
            fputs(digits, stdout);
        }
    }
    if (out.json) {
        append_text("\"");
    } else {
        putchar('\n'); // alone, so that a script need not cut
    }
}

void tool_output_open(const char *name)
{
    if (out.json) {
        append_name(name);
        append_text("{");
    } else {
        indent();
        printf("%s:\n", name);
    }
    if (out.depth < DEPTH_MAX) {
        out.depth++;
    }
    out.first[out.depth] = true;
}

void tool_output_close(void)
{
    out.depth--;
    if (out.json) {
        append_text("}");
    }
}

void tool_output_line(const char *format, ...)
{
    va_list list;

    if (!out.json) {
        va_start(list, format);
        (void)vprintf(format, list);
        va_end(list);
    }
}

void tool_error(const char *format, ...)
{
    char text[ERROR_SIZE];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    (void)fflush(stdout);
    fprintf(stderr, "tessera: error: %s\n", text);
    if (out.error[0] == '\0') {
        memcpy(out.error, text, sizeof(text));
    }
}

enum tool_exit tool_psa_error(const char *what, psa_status_t status)
{
    const char *name = tessera_status_name(status);
    const char *hint = "";

    if (status == PSA_ERROR_COMMUNICATION_FAILURE || status == PSA_ERROR_STORAGE_FAILURE ||
        status == PSA_ERROR_SERVICE_FAILURE) {
        hint =
            ": the service is not there, or does not answer as it should; see tessera info and the "
            "kernel's log";
    } else if (status == PSA_ERROR_INSUFFICIENT_MEMORY ||
               status == PSA_ERROR_INSUFFICIENT_STORAGE) {
        hint = ": a limit is reached; tessera info shows them";
    }
    if (name != NULL) {
        tool_error("%s: %s%s", what, name, hint);
    } else {
        tool_error("%s: status %d", what, (int)status);
    }
    return TOOL_FAILED;
}

bool tool_output_end(void)
{
    if (out.json) {
        if (out.error[0] != '\0') {
            out.used = 0;
            out.depth = 0;
            out.first[0] = true;
            append_name("error");
            append_string(out.error);
        }
        printf("{%.*s}\n", (int)out.used, out.used != 0 ? out.text : "");
    }
    free(out.text);
    out.text = NULL;
    out.size = 0;
    if (fflush(stdout) != 0 || ferror(stdout) != 0 ||
        out.failed) { // a result that did not arrive is a failure
        fprintf(stderr, "tessera: error: standard output: cannot write\n");
        return false;
    }
    return true;
}
