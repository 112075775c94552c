// SPDX-License-Identifier: BSD-3-Clause
//
// The heap of the crypto service: Mbed TLS allocates here (keys, state of operations, numbers it works with). Each block is charged to
// the endpoint whose request is running and credited to it when it is freed, so that nobody uses up what the others were promised. Called
// by Mbed TLS and by whoever says which endpoint it is. Trusts the sizes it is told no further than they can be added.
#include <mbedtls/platform.h>
#include <stdalign.h>
#include <stdlib.h>

#include "crypto_private.h"

// Before each block; keeps malloc()'s alignment
struct head {
    alignas(16) size_t size; // of the block and its head
    size_t account;
};

// Bytes in use: of the endpoints, and of the service itself
static size_t used[CRYPTO_SOURCES + 1];
static size_t current = CRYPTO_SOURCES;

static size_t quota(size_t account)
{
    return account == CRYPTO_SOURCES ? SIZE_MAX
           : account == 0            ? CRYPTO_HEAP_NWD + CRYPTO_HEAP_WORK
                                     : CRYPTO_HEAP_SP + CRYPTO_HEAP_WORK;
}

static void *charge_calloc(size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes) ||
        __builtin_add_overflow(bytes, sizeof(struct head), &bytes) ||
        bytes > quota(current) - used[current]) {
        return NULL;
    }
    struct head *head = calloc(1, bytes);

    if (head == NULL) {
        return NULL;
    }
    head->size = bytes;
    head->account = current;
    used[current] += bytes;
    return head + 1;
}

static void credit_free(void *block)
{
    if (block != NULL) {
        struct head *head = (struct head *)block - 1;

        used[head->account] -= head->size;
        free(head);
    }
}

int crypto_heap_init(void)
{
    return mbedtls_platform_set_calloc_free(charge_calloc, credit_free) == 0 ? 0 : ERR_NO_MEMORY;
}

void crypto_heap_charge(size_t source)
{
    current = source < CRYPTO_SOURCES ? source : CRYPTO_SOURCES;
}

size_t crypto_heap_used(size_t source)
{
    return used[source];
}

bool crypto_heap_fits(size_t more)
{
    size_t keep = quota(current) - CRYPTO_HEAP_WORK;

    return used[current] <= keep && more <= keep - used[current];
}
