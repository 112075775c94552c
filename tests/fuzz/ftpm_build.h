// SPDX-License-Identifier: BSD-3-Clause
//
// A command of TPM 2.0 that a fuzzer puts together, big-endian, in a buffer that takes no more than it has room for. Who
// includes it defines ftpm_build.
#ifndef FTPM_BUILD_H
#define FTPM_BUILD_H

#include <string.h>

#include "partitions/ftpm/ftpm_library.h"
#include "tests/fuzz/fuzz_input.h"

struct ftpm_build {
    uint8_t bytes[FTPM_LIBRARY_BUFFER];
    size_t used;
};

extern struct ftpm_build ftpm_build;

static inline void add(const void *from, size_t size)
{
    size = size < sizeof(ftpm_build.bytes) - ftpm_build.used
               ? size
               : sizeof(ftpm_build.bytes) - ftpm_build.used;
    memcpy(ftpm_build.bytes + ftpm_build.used, from, size);
    ftpm_build.used += size;
}

static inline void add_8(uint8_t value)
{
    add(&value, 1);
}

static inline void add_16(uint32_t value)
{
    add_8((uint8_t)(value >> 8));
    add_8((uint8_t)value);
}

static inline void add_32(uint32_t value)
{
    add_16(value >> 16);
    add_16(value);
}

static inline void put_16(size_t at, size_t value)
{
    if (at + 2 <= ftpm_build.used) {
        ftpm_build.bytes[at] = (uint8_t)(value >> 8);
        ftpm_build.bytes[at + 1] = (uint8_t)value;
    }
}

static inline void add_noise(size_t size)
{
    uint8_t byte = next();

    for (size_t i = 0; i < size; i++) {
        add_8((uint8_t)(byte + i * 7));
    }
}

static inline void add_2b(size_t size)
{
    add_16((uint32_t)size);
    add_noise(size);
}

// What stands behind `at` gets the size before it; now and then another one
static inline void end_2b(size_t at)
{
    put_16(at, ftpm_build.used - at - 2 + (one_in(64) ? next() : 0));
}

static inline void begin(uint16_t tag, uint32_t code)
{
    ftpm_build.used = 0;
    add_16(tag);
    add_32(0);
    add_32(code);
}

#endif
