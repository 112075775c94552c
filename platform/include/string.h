// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the C library's string.h that firmware uses; the compiler itself calls the first four.
// General registers only where the image is built so. MMU on: they use unaligned and paired access,
// which faults on what is Device memory without it.
#ifndef STRING_H
#define STRING_H

#include <stddef.h>

// Copies `size` bytes, ranges must not overlap. Returns `to`.
void *memcpy(void *restrict to, const void *restrict from, size_t size);

// Copies `size` bytes, ranges may overlap. Returns `to`.
void *memmove(void *to, const void *from, size_t size);

// Sets `size` bytes to `value`. Returns `to`.
void *memset(void *to, int value, size_t size);

// Compares as unsigned bytes: < 0, 0, > 0. Not for secrets: stops at the first difference.
int memcmp(const void *a, const void *b, size_t size);

// First byte equal to `value` in `size` bytes, or NULL.
void *memchr(const void *from, int value, size_t size);

// Length without the NUL; of strnlen at most `max`.
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t max);

// Compare as unsigned characters.
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);

// First or last place of `value` (the NUL counts), or NULL.
char *strchr(const char *text, int value);
char *strrchr(const char *text, int value);

// Wipes memory that held a secret; the compiler cannot leave it out. CT: time depends on `size`
// only.
void memory_wipe(void *to, size_t size);

#endif
