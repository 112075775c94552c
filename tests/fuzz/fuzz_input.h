// SPDX-License-Identifier: BSD-3-Clause
//
// The bytes of a fuzzer's input, one after the other, for what it does to be made of; and how it says that it has found
// something. Each fuzzer that includes this defines fuzz_input, and begins with fuzz_input_begin().
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct fuzz_input {
    const uint8_t *at;
    size_t left;
    uint32_t noise; // what follows the input: short inputs make whole runs too
};

extern struct fuzz_input fuzz_input;

static inline void fuzz_input_begin(const uint8_t *data, size_t size)
{
    fuzz_input = (struct fuzz_input){ .at = data, .left = size, .noise = 2166136261u };
}

static inline uint8_t next(void)
{
    if (fuzz_input.left == 0) {
        fuzz_input.noise = fuzz_input.noise * 1664525u + 1013904223u;
        return (uint8_t)(fuzz_input.noise >> 24);
    }
    fuzz_input.left--;
    fuzz_input.noise = (fuzz_input.noise ^ *fuzz_input.at) * 16777619u;
    return *fuzz_input.at++;
}

static inline bool one_in(unsigned int n)
{
    return next() % n == 0;
}

// A finding, if it does not hold
static inline void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

#endif
