// SPDX-License-Identifier: BSD-3-Clause
//
// memcpy() and memset() of images; contracts in string.h. Partitions have partitions/lib/sp_copy.S instead. Large copies go 64 bytes a
// loop, which the compiler turns into load and store pairs of whatever registers the image may use. The barriers in the loops
// keep it from recognising them as memcpy or memset and calling the function from inside itself.
#include "string.h"

#include <stdint.h>

#include "barrier.h"

// Any address, any type: what the compiler must assume about memory it copies
struct __attribute__((packed, may_alias)) block {
    uint64_t words[8];
};

// What gcc copies in place at -Os too: for a whole block it would call memcpy, from inside of it
struct __attribute__((packed, may_alias)) half {
    uint64_t words[4];
};

typedef uint64_t __attribute__((aligned(1), may_alias)) word_t;

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    unsigned char *out = to;
    const unsigned char *in = from;

    for (; size >= sizeof(struct block); size -= sizeof(struct block)) {
        const struct half *half = (const void *)in;

        *(struct half *)(void *)out = half[0];
        *(struct half *)(void *)(out + sizeof(struct half)) = half[1];
        out += sizeof(struct block);
        in += sizeof(struct block);
        compiler_barrier();
    }
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
    return to;
}

void *memset(void *to, int value, size_t size)
{
    unsigned char *out = to;
    uint64_t word = (unsigned char)value * 0x0101010101010101ull;
    struct block block = { { word, word, word, word, word, word, word, word } };

    for (; size >= sizeof(struct block); size -= sizeof(struct block)) {
        *(struct block *)(void *)out = block;
        out += sizeof(struct block);
        compiler_barrier();
    }
    for (; size >= sizeof(word_t); size -= sizeof(word_t)) {
        *(word_t *)(void *)out = word;
        out += sizeof(word_t);
        compiler_barrier();
    }
    for (; size != 0; size--) {
        *out++ = (unsigned char)value;
        compiler_barrier();
    }
    return to;
}
