// SPDX-License-Identifier: BSD-3-Clause
//
// Health tests of an entropy source; contract and numbers in trng_health.h. Called by trng.c for every sample.
#include "bl31/trng_health.h"

static bool repetition_passes(struct trng_health *health, uint64_t sample)
{
    bool passes = !health->any || sample != health->last;

    health->last = sample;
    health->any = true;
    return passes;
}

// A window begins with the byte after the one before.
static bool proportion_passes(struct trng_health *health, uint8_t byte)
{
    if (health->seen == 0) {
        health->reference = byte;
        health->equal = 0;
    }
    health->seen = (uint16_t)((health->seen + 1) % TRNG_HEALTH_WINDOW);
    health->equal = (uint16_t)(health->equal + (byte == health->reference));
    return health->equal < TRNG_HEALTH_CUTOFF;
}

bool trng_health_passes(struct trng_health *health, uint64_t sample)
{
    bool passes = repetition_passes(health, sample);

    for (unsigned int shift = 0; shift < 64; shift += 8) {
        passes = proportion_passes(health, (uint8_t)(sample >> shift)) && passes;
    }
    return passes;
}
