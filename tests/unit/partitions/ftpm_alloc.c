// SPDX-License-Identifier: BSD-3-Clause
//
// See ftpm_alloc.h. libtpms comes here through ftpm_memory.c by --wrap, OpenSSL, which is a library of its own on the host, by its setting.
#include "ftpm_alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

size_t alloc_calls;
size_t alloc_failures;
static size_t fail_at;
static bool fails_for_ever;

void *__wrap_malloc(size_t size); // ftpm_memory.c
void *__wrap_realloc(void *old, size_t size);
void *alloc_malloc(size_t size);
void *alloc_calloc(size_t count, size_t size);
void *alloc_realloc(void *old, size_t size);

void alloc_fail(size_t at, bool for_ever)
{
    alloc_calls = 0;
    alloc_failures = 0;
    fail_at = at;
    fails_for_ever = for_ever;
}

static bool fails(void)
{
    alloc_calls++;
    bool does =
        fail_at != 0 && (alloc_calls == fail_at || (fails_for_ever && alloc_calls > fail_at));

    alloc_failures += does;
    return does;
}

// libc's, by a function that is not among those that ftpm_memory.c has
static void *libc_realloc(void *old, size_t size)
{
    return reallocarray(old, size == 0 ? 1 : size, 1);
}

void *alloc_malloc(size_t size)
{
    return fails() ? NULL : libc_realloc(NULL, size);
}

void *alloc_calloc(size_t count, size_t size)
{
    void *block = size != 0 && count > SIZE_MAX / size ? NULL : alloc_malloc(count * size);

    if (block != NULL) {
        memset(block, 0, count * size);
    }
    return block;
}

void *alloc_realloc(void *old, size_t size)
{
    return fails() ? NULL : libc_realloc(old, size);
}

static void *openssl_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return __wrap_malloc(size);
}

static void *openssl_realloc(void *old, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return __wrap_realloc(old, size);
}

static void openssl_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    free(block);
}

void alloc_begin(void)
{
    if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1) {
        abort();
    }
}
