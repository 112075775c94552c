// SPDX-License-Identifier: BSD-3-Clause
//
// Memory and string functions; contracts in string.h. memcpy() and memset() are string_copy.c's. The barriers in the loops keep the
// compiler from recognising them as one of these functions and calling it from inside itself.
#include "string.h"

#include <stdint.h>

#include "barrier.h"

typedef uint64_t __attribute__((aligned(1), may_alias)) word_t;

// Overlapping ranges: word by word, away from the side on which `to` lies. Each word is loaded
// before it is stored, and what it overwrites has been read.
static void move_up(unsigned char *out, const unsigned char *in, size_t size)
{
    for (; size >= sizeof(word_t); size -= sizeof(word_t)) {
        *(word_t *)(void *)out = *(const word_t *)(const void *)in;
        out += sizeof(word_t);
        in += sizeof(word_t);
        compiler_barrier();
    }
    for (; size != 0; size--) {
        *out++ = *in++;
        compiler_barrier();
    }
}

static void move_down(unsigned char *out, const unsigned char *in, size_t size)
{
    for (out += size, in += size; size >= sizeof(word_t); size -= sizeof(word_t)) {
        out -= sizeof(word_t);
        in -= sizeof(word_t);
        *(word_t *)(void *)out = *(const word_t *)(const void *)in;
        compiler_barrier();
    }
    for (; size != 0; size--) {
        *--out = *--in;
        compiler_barrier();
    }
}

void *memmove(void *to, const void *from, size_t size)
{
    uintptr_t distance = (uintptr_t)to - (uintptr_t)from;

    if (distance >= size && 0 - distance >= size) {
        return memcpy(to, from, size);
    }
    if (distance >= size) {
        move_up(to, from, size);
    } else {
        move_down(to, from, size);
    }
    return to;
}

void memory_wipe(void *to, size_t size)
{
    memset(to, 0, size);
    compiler_barrier();
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *left = a;
    const unsigned char *right = b;

    for (; size != 0; size--, left++, right++) {
        if (*left != *right) {
            return *left - *right;
        }
    }
    return 0;
}

void *memchr(const void *from, int value, size_t size)
{
    const unsigned char *byte = from;

    for (; size != 0; size--, byte++) {
        if (*byte == (unsigned char)value) {
            return (void *)(uintptr_t)byte;
        }
    }
    return NULL;
}

size_t strnlen(const char *text, size_t max)
{
    size_t length = 0;

    while (length < max && text[length] != '\0') {
        length++;
        compiler_barrier();
    }
    return length;
}

size_t strlen(const char *text)
{
    return strnlen(text, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t max)
{
    for (; max != 0; max--, a++, b++) {
        if (*a != *b || *a == '\0') {
            return (unsigned char)*a - (unsigned char)*b;
        }
    }
    return 0;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *text, int value)
{
    return memchr(text, value, strlen(text) + 1);
}

char *strrchr(const char *text, int value)
{
    size_t length = strlen(text) + 1;

    while (length-- != 0) {
        if (text[length] == (char)value) {
            return (char *)(uintptr_t)(text + length);
        }
    }
    return NULL;
}
