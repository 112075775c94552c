// SPDX-License-Identifier: BSD-3-Clause
//
// Lines on the secure console. Every line is "[counter] IMAGE: text" with CNTPCT_EL0 in decimal, 12
// columns wide (guest instructions so far, when QEMU runs with -icount and a 1 GHz counter). The
// level is chosen when building (make LOG=); a call above it costs nothing. Format: the subset in
// printf.h; %s and %.*s escape every byte that is not printable ASCII, so text from outside (names
// in images, device trees, partitions) cannot forge a line. Never log a secret, at any level.
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

#define LOG_ERROR 1
#define LOG_WARN 2
#define LOG_INFO 3
#define LOG_DEBUG 4

#ifndef LOG_LEVEL
#define LOG_LEVEL LOG_INFO
#endif

// One line; give no newline in `format`. Errors and warnings are marked as such. Any EL, any MMU
// state, any core. Lines of an image's cores do not mix, those of two images on two cores can.
#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)
#define log_at(level, ...)                \
    do {                                  \
        if ((level) <= LOG_LEVEL) {       \
            log_line(level, __VA_ARGS__); \
        }                                 \
    } while (0)

// Builds and sends one line; longer ones are cut at 239 characters and end in "...". Use the macros
// above.
__attribute__((format(printf, 2, 3))) void log_line(int level, const char *format, ...);

// Around what one core sends in one go: log_begin waits for the others, log_end takes what it
// returned. log_lock.c in images that run on several cores (with the MMU off nobody waits);
// log_alone.c, which does nothing, in the others.
bool log_begin(void);
void log_end(bool locked);

// This image crashes: from here on none of its lines waits, whoever was in the middle of one.
void log_bypass(void);

// Sends `text` as it is, without prefix and without newline; for crash reports that come from
// assembly too.
void log_raw(const char *text);

#endif
