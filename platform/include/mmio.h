// SPDX-License-Identifier: BSD-3-Clause
//
// Device register access by physical address. An image that reaches devices at another virtual
// address sets IMAGE_VA_OFFSET in its list file (SPMC: SPMC_VA_OFFSET; the others map devices one
// to one and leave it at 0). The volatile access is one load or store of that size; order against
// normal memory needs a barrier of the caller.
#ifndef MMIO_H
#define MMIO_H

#include <stdint.h>

#ifndef IMAGE_VA_OFFSET
#define IMAGE_VA_OFFSET 0
#endif

// One load of the byte at `pa`, naturally aligned.
static inline uint8_t mmio_read8(uint64_t pa)
{
    return *(const volatile uint8_t *)(uintptr_t)(pa + IMAGE_VA_OFFSET);
}

// One store of the byte at `pa`, naturally aligned.
static inline void mmio_write8(uint64_t pa, uint8_t value)
{
    *(volatile uint8_t *)(uintptr_t)(pa + IMAGE_VA_OFFSET) = value;
}

// One load of the 32-bit word at `pa`, naturally aligned.
static inline uint32_t mmio_read32(uint64_t pa)
{
    return *(const volatile uint32_t *)(uintptr_t)(pa + IMAGE_VA_OFFSET);
}

// One store of the 32-bit word at `pa`, naturally aligned.
static inline void mmio_write32(uint64_t pa, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)(pa + IMAGE_VA_OFFSET) = value;
}

// One load of the 64-bit word at `pa`, naturally aligned.
static inline uint64_t mmio_read64(uint64_t pa)
{
    return *(const volatile uint64_t *)(uintptr_t)(pa + IMAGE_VA_OFFSET);
}

// One store of the 64-bit word at `pa`, naturally aligned.
static inline void mmio_write64(uint64_t pa, uint64_t value)
{
    *(volatile uint64_t *)(uintptr_t)(pa + IMAGE_VA_OFFSET) = value;
}

#endif
