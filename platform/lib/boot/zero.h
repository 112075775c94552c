// SPDX-License-Identifier: BSD-3-Clause
//
// Keys, hashes and seeds that are all zero are a step of the boot that was left out. For the checks of what one image hands
// to the next: boot_params.c, handoff.c, event_log.c, the SPMC's loader.
#ifndef ZERO_H
#define ZERO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether all `size` bytes are zero. CT: looks at each, whatever they are.
static inline bool zero_bytes(const uint8_t *bytes, size_t size)
{
    uint8_t bits = 0;

    for (size_t i = 0; i < size; i++) {
        bits |= bytes[i];
    }
    return bits == 0;
}

#endif
