// SPDX-License-Identifier: BSD-3-Clause
//
// The answer of a security decision. Not a bool and not an ERR_*: a cleared register, one flipped bit
// or one skipped instruction must not turn a refusal into an acceptance. A decision is computed as
// data, twice, out of what is decided about (verdict.c), never chosen by one branch, and it is looked
// at twice by whoever acts on it.
#ifndef VERDICT_H
#define VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// 16 bits set, far from 0, ~0, small numbers and addresses; everything else is a refusal.
#define VERDICT_ACCEPT 0x6b9c35a2u
#define VERDICT_REFUSE 0x9463ca5du

typedef uint32_t verdict_t;

// VERDICT_ACCEPT if the `len` bytes at `a` and `b` are equal, VERDICT_REFUSE else, also for no bytes and if `a` is `b`. CT: time
// depends on `len` only. A loop that ends early is a refusal. To ask for several verdicts at once, compare an array or struct of
// them with one that holds VERDICT_ACCEPT only.
__attribute__((warn_unused_result)) verdict_t verdict_equal(const void *a, const void *b,
                                                            size_t len);

// VERDICT_ACCEPT if `value` ≥ `floor` and `value` ≤ INT32_MAX, VERDICT_REFUSE else: a verdict is not taken for a number.
__attribute__((warn_unused_result)) verdict_t verdict_at_least(uint32_t value, uint32_t floor);

// `next` if that is VERDICT_ACCEPT, else `before`: one of several is enough, none is skipped.
__attribute__((warn_unused_result)) verdict_t verdict_either(verdict_t before, verdict_t next);

// True only if the verdict at `verdict` reads VERDICT_ACCEPT twice, through two branches that cannot
// both be skipped by one fault. Always inlined into the one who acts on it.
static inline __attribute__((always_inline, warn_unused_result)) bool
verdict_accepts(const volatile verdict_t *verdict)
{
    uint32_t complement = VERDICT_REFUSE;

    if (*verdict != VERDICT_ACCEPT) {
        return false;
    }
    // From here on the compiler believes the first value to be VERDICT_ACCEPT and would compare the second one with it
    __asm__ volatile("" : "+r"(complement) : : "memory");
    return (*verdict ^ complement) == UINT32_MAX; // ACCEPT and REFUSE are complements
}

#endif
