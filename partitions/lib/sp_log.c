// SPDX-License-Identifier: BSD-3-Clause
//
// Console output through FFA_CONSOLE_LOG: sp_log(), and picolibc's stdout and stderr, which
// libraries may print to. The SPMC collects characters up to the end of a line and puts the
// partition's name before it.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sp_private.h"

#define LINE_MAX 160
#define CHUNK_MAX 48 // x2 … x7 (DEN0077A "FFA_CONSOLE_LOG")

struct line {
    char text[LINE_MAX];
    size_t length;
};

void sp_log_raw(const char *text, size_t len)
{
    while (len > 0) {
        size_t count = len < CHUNK_MAX ? len : CHUNK_MAX;
        struct ffa_args args = { .x = { FFA_CONSOLE_LOG_64, count } };

        memcpy(&args.x[2], text, count);
        sp_call_short(&args); // a console that refuses loses the text: there is nowhere to say so
        text += count;
        len -= count;
    }
}

static void line_put(struct line *line, char c)
{
    line->text[line->length++] = c;
    if (c == '\n' || line->length == sizeof(line->text)) {
        sp_log_raw(line->text, line->length);
        line->length = 0;
    }
}

void sp_log(const char *format, ...)
{
    char text[LINE_MAX + 1];
    va_list args;

    va_start(args, format);
    int length = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (length < 0) {
        return;
    }
    size_t used = (size_t)length < LINE_MAX ? (size_t)length : LINE_MAX;

    text[used] = '\n';
    sp_log_raw(text, used + 1);
}

// What libraries print
static struct line stdout_line;

static int stdout_put(char c, FILE *file)
{
    (void)file;
    line_put(&stdout_line, c);
    return (unsigned char)c;
}

static FILE console = FDEV_SETUP_STREAM(stdout_put, NULL, NULL, _FDEV_SETUP_WRITE);
FILE *const stdout = &console;
FILE *const stderr = &console;
FILE *const stdin = NULL;
