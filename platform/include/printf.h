// SPDX-License-Identifier: BSD-3-Clause
//
// Text formatting into a buffer: %% %c %d %i %u %x %X %p %s with flags '-' and '0', width (also *),
// precision for %s (also *), and the length modifiers l, ll, z, h, hh. General registers only, no
// state. Used by log.c and the tests.
#ifndef PRINTF_H
#define PRINTF_H

#include <stdarg.h>
#include <stddef.h>

// Writes at most size - 1 characters and a NUL to `out` (size ≥ 1). %s prints bytes outside 0x20 …
// 0x7e as \xNN and NULL as "(null)"; an unknown conversion is printed as it stands and ends the
// formatting (arguments would be misread). Returns the length that the whole text would have had,
// as snprintf does.
__attribute__((format(printf, 3, 0))) size_t printf_vformat(char *out, size_t size,
                                                            const char *format, va_list args);

// The same with variable arguments.
__attribute__((format(printf, 3, 4))) size_t printf_format(char *out, size_t size,
                                                           const char *format, ...);

#endif
