// SPDX-License-Identifier: BSD-3-Clause
//
// Bit and alignment helpers. The first part is also for assembly and linker scripts. Trusts its
// arguments: callers check ranges first, ALIGN_UP on a value close to the type's maximum wraps.
#ifndef BITS_H
#define BITS_H

#ifdef __ASSEMBLER__
#define UL(x) x
#else
#define UL(x) x##UL
#endif

#define BIT(n) (UL(1) << (n))
#define PAGE_SHIFT 12
#define PAGE_SIZE 4096
#define CACHE_LINE_MAX 64 // what structs shared between cores are aligned to

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

// `alignment` must be a power of two
#define ALIGN_DOWN(value, alignment) ((value) & ~((__typeof__(value))(alignment)-1))
#define ALIGN_UP(value, alignment) \
    ALIGN_DOWN((value) + ((__typeof__(value))(alignment)-1), alignment)
#define IS_ALIGNED(value, alignment) (((value) & ((__typeof__(value))(alignment)-1)) == 0)

// Whether [base, base + size) lies in [outer_base, outer_base + outer_size); never overflows. Size
// 0 at a place inside or at the end counts as inside.
static inline bool range_inside(uint64_t base, uint64_t size, uint64_t outer_base,
                                uint64_t outer_size)
{
    return base >= outer_base && base - outer_base <= outer_size &&
           size <= outer_size - (base - outer_base);
}

// Whether the two ranges share a byte; never overflows. A range of size 0 shares nothing.
static inline bool range_overlap(uint64_t a_base, uint64_t a_size, uint64_t b_base, uint64_t b_size)
{
    return a_size != 0 && b_size != 0 &&
           (a_base >= b_base ? a_base - b_base < b_size : b_base - a_base < a_size);
}

#endif // __ASSEMBLER__
#endif
