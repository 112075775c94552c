// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_CONSOLE_LOG (DEN0077A 1.2): characters in registers, printed by the line with the partition's name before it.
// What a partition prints is untrusted: control characters never reach the console.
#include "ffa_dispatch.h"

#include "log.h"
#include "string.h"

#define LOG_MAX_32 24  // w2 … w7
#define LOG_MAX_64 128 // x2 … x17

// Lines that a call prints, each with time and name before it; a line feed behind them is a space. Interrupts wait meanwhile.
#define LOG_MAX_LINES 8

static void log_flush(struct sp *sp)
{
    log_info("%s: %.*s", sp->config.description, (int)sp->log_length, sp->log_line);
    sp->log_length = 0;
}

static void log_put(struct sp *sp, char c, uint32_t *lines)
{
    if (c == '\n' && *lines < LOG_MAX_LINES) {
        log_flush(sp);
        ++*lines;
        return;
    }
    if (c < ' ' || c > '~') {
        c = c == '\t' || c == '\n' ? ' ' : '.';
    }
    if (sp->log_length == sizeof(sp->log_line)) {
        log_flush(sp); // nothing is dropped: a long line is printed in parts
    }
    sp->log_line[sp->log_length++] = c;
}

void ffa_console_flush(struct sp *sp)
{
    if (sp->log_length != 0) {
        log_flush(sp);
    }
}

struct sp *ffa_console_log(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    bool smc64 = ((uint32_t)x[0] & SMCCC_64) != 0;
    uint64_t count = x[1];
    uint32_t lines = 0;
    char text[LOG_MAX_64];

    (void)core;
    if (count == 0 || count > (smc64 ? LOG_MAX_64 : LOG_MAX_32)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    if (smc64) {
        memcpy(text, &x[2], LOG_MAX_64);
    } else {
        for (unsigned int i = 0; i < 6; i++) {
            uint32_t word = (uint32_t)x[2 + i];
            memcpy(text + 4 * i, &word, sizeof(word));
        }
    }
    for (uint64_t i = 0; i < count; i++) {
        log_put(sp, text[i], &lines);
    }
    return ffa_success(sp, x, 0, 0);
}
