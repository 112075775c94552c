// SPDX-License-Identifier: BSD-3-Clause
//
// See tpm_bytes.h.
#include "tests/harness/tpm_bytes.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(bool fits)
{
    if (!fits) {
        fprintf(stderr,
                "tpm_bytes: a command that is too large, or a response that is too small\n");
        abort();
    }
}

void tpm_put(struct tpm_bytes *b, unsigned int size, uint64_t value)
{
    check(size <= sizeof(b->bytes) - b->used);
    for (unsigned int i = 0; i < size; i++) {
        b->bytes[b->used++] = (uint8_t)(value >> 8 * (size - 1 - i));
    }
}

void tpm_put_bytes(struct tpm_bytes *b, const void *bytes, size_t size)
{
    check(size <= sizeof(b->bytes) - b->used);
    if (size != 0) {
        memcpy(b->bytes + b->used, bytes, size);
    }
    b->used += size;
}

void tpm_put_sized(struct tpm_bytes *b, const void *bytes, size_t size)
{
    tpm_put(b, 2, size);
    tpm_put_bytes(b, bytes, size);
}

void tpm_begin(struct tpm_bytes *b, uint16_t tag, uint32_t code)
{
    b->used = 0;
    b->at = 0;
    tpm_put(b, 2, tag);
    tpm_put(b, 4, 0); // tpm_finish()
    tpm_put(b, 4, code);
}

void tpm_put_password(struct tpm_bytes *b, const char *password)
{
    tpm_put(b, 4, 4 + 2 + 1 + 2 + strlen(password));
    tpm_put(b, 4, TPM_RS_PW);
    tpm_put(b, 2, 0);
    tpm_put(b, 1, 0);
    tpm_put_sized(b, password, strlen(password));
}

const uint8_t *tpm_take_bytes(struct tpm_bytes *b, size_t size)
{
    const uint8_t *from = b->bytes + b->at;

    check(size <= b->used - b->at);
    b->at += size;
    return from;
}

uint64_t tpm_take(struct tpm_bytes *b, unsigned int size)
{
    const uint8_t *from = tpm_take_bytes(b, size);
    uint64_t value = 0;

    for (unsigned int i = 0; i < size; i++) {
        value = value << 8 | from[i];
    }
    return value;
}

void tpm_finish(struct tpm_bytes *b)
{
    for (unsigned int i = 0; i < 4; i++) {
        b->bytes[2 + i] = (uint8_t)(b->used >> 8 * (3 - i));
    }
}
