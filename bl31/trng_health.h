// SPDX-License-Identifier: BSD-3-Clause
//
// Health tests of an entropy source (NIST SP 800-90B, 4.4) over its samples of 64 bits: the repetition count test on the
// samples, the adaptive proportion test on their bytes. The source is taken to have full entropy (it is conditioned before
// EL3 sees it), and a false alarm, which would be for good, to happen once in 2^64 samples or windows. Used by trng.c.
#ifndef TRNG_HEALTH_H
#define TRNG_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

// 4.4.1: cutoff 1 + ceil(64 / H), H = 64 bits a sample: the same one twice
// 4.4.2: cutoff 1 + critbinom(512, 2^-8, 1 - 2^-64): as many of the window's 512 bytes are its first one
#define TRNG_HEALTH_WINDOW 512
#define TRNG_HEALTH_CUTOFF 26

// 4.3, item 10: at least 1024 samples (bytes, the smaller of the two kinds) before the first output
#define TRNG_HEALTH_START_UP (1024 / sizeof(uint64_t))

// All zeros before the first sample. CT: the tests' outcome depends on the samples, which are not used if it is bad.
struct trng_health {
    uint64_t last;
    bool any; // `last` is a sample
    uint8_t reference;
    uint16_t seen;  // bytes of the window, the first one included
    uint16_t equal; // of these are `reference`
};

// Takes the next sample. Returns whether it passes; after a failure the source is not to be used any more, and this not
// to be called. Pure.
bool trng_health_passes(struct trng_health *health, uint64_t sample);

#endif
