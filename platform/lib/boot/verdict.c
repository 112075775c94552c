// SPDX-License-Identifier: BSD-3-Clause
//
// Decisions as data, see verdict.h. Each is made by two passes that share no value: what is compared, counters and sums
// are volatile, so that the compiler can neither merge the passes nor conclude how one ends. A pass that finds nothing
// wrong gives half of what lies between VERDICT_REFUSE and VERDICT_ACCEPT; a fault that spoils one pass cannot give the
// other half.
#include "verdict.h"

#define HALF_FORWARD 0x5ac3396cu
#define HALF_BACKWARD (VERDICT_ACCEPT ^ VERDICT_REFUSE ^ HALF_FORWARD)

// All ones if `value` is 0, else 0.
static uint32_t mask_if_zero(uint32_t value)
{
    return ((value | (0u - value)) >> 31) - 1u;
}

// `forward`, `backward`: what each pass found wrong, 0 for nothing. Stays in registers: a store that is skipped would
// leave what the stack held, and that may be the answer to the question before.
static verdict_t sum_up(volatile const uint32_t *forward, volatile const uint32_t *backward)
{
    verdict_t verdict = VERDICT_REFUSE ^ (HALF_FORWARD & mask_if_zero(*forward));

    return verdict ^ (HALF_BACKWARD & mask_if_zero(*backward));
}

// Not 0 if the comparison could not fail: of nothing, or of something with itself, as when the move of an argument was
// skipped.
static uint32_t pointless(const void *a, const void *b, size_t len)
{
    uint64_t apart = (uint64_t)((uintptr_t)a ^ (uintptr_t)b);

    return mask_if_zero((uint32_t)len) | mask_if_zero((uint32_t)(apart | apart >> 32));
}

verdict_t verdict_equal(const void *a, const void *b, size_t len)
{
    const volatile uint8_t *x = a;
    const volatile uint8_t *y = b;
    volatile uint32_t forward = pointless(a, b, len);
    volatile uint32_t backward = pointless(a, b, len);
    volatile size_t done = 0;
    volatile size_t left = len;

    for (size_t i = 0; i < len; i++) {
        forward |= (uint32_t)x[i] ^ y[i];
        done++;
    }
    forward |= (uint32_t)(done ^ len);
    while (left != 0) {
        size_t i = left - 1;

        backward |= (uint32_t)x[i] ^ y[i];
        left = i;
    }
    backward |= (uint32_t)left;
    return sum_up(&forward, &backward);
}

// Each pass has copies of its own, for the same reason. Where this follows verdict_equal() in memory and that one's
// return is skipped, `value` is its verdict: as a number VERDICT_REFUSE must not be at least anything, and it is above the
// limit.
verdict_t verdict_at_least(uint32_t value, uint32_t floor)
{
    volatile uint64_t high = value;
    volatile uint64_t low = floor;
    volatile uint32_t forward = (uint32_t)((high - low) >> 63) | (uint32_t)(high >> 31);
    volatile uint32_t not_high = ~value;
    volatile uint32_t not_low = ~floor;
    volatile uint32_t backward =
        (uint32_t)(((uint64_t)not_low - not_high) >> 63) | (~not_high >> 31);

    return sum_up(&forward, &backward);
}

verdict_t verdict_either(verdict_t before, verdict_t next)
{
    uint32_t mask = mask_if_zero(next ^ VERDICT_ACCEPT);

    return (before & ~mask) | (next & mask);
}
