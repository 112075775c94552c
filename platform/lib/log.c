// SPDX-License-Identifier: BSD-3-Clause
//
// Lines on the secure console; contracts in log.h. No state but the lock of images with several
// cores: every image, core and level may use it at any time.
#include "log.h"

#include <stdarg.h>

#include "platform.h"
#include "printf.h"
#include "regs.h"
#include "uart.h"

#define LINE_SIZE 240

void log_raw(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            uart_put(&board.console, '\r');
        }
        uart_put(&board.console, *text);
    }
}

void log_line(int level, const char *format, ...)
{
    static const char *const marks[] = { "", "error: ", "warning: ", "", "" };
    char line[LINE_SIZE];
    va_list args;
    size_t length = printf_format(line, sizeof(line), "[%12llu] " IMAGE_NAME ": %s",
                                  (unsigned long long)read_cntpct_el0(), marks[level]);

    va_start(args, format);
    length += printf_vformat(line + length, sizeof(line) - length, format, args);
    va_end(args);
    if (length >= sizeof(line)) {
        printf_format(line + sizeof(line) - 4, 4, "...");
    }
    bool alone = log_begin();
    log_raw(line);
    log_raw("\n");
    log_end(alone);
}
