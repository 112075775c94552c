// SPDX-License-Identifier: BSD-3-Clause
//
// Memory for libtpms and OpenSSL. Neither survives malloc() without memory everywhere: some of their code goes on with NULL. So they never see
// it: the TPM fails first. Linked with --wrap=malloc, calloc and realloc (ftpm.mk).
#include <stddef.h>

#include "ftpm_library.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static void *checked(void *block, size_t size)
{
    if (block == NULL && size != 0) {
        ftpm_library_out_of_memory();
    }
    return block;
}

void *__wrap_malloc(size_t size)
{
    return checked(__real_malloc(size), size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return checked(__real_calloc(count, size), count == 0 ? 0 : size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return checked(__real_realloc(old, size), size);
}
