// SPDX-License-Identifier: BSD-3-Clause
//
// Cache maintenance by address range (cache.S). Addresses are virtual addresses of the caller's
// regime; any EL ≥ 1, MMU on or off. Each ends with a DSB, so that its effect is complete when it
// returns. On the host: tests/fake/cache.h.
#ifndef CACHE_H
#define CACHE_H

#include <stddef.h>
#include <stdint.h>

// Writes dirty lines of [base, base + size) back to memory (point of coherency): before somebody
// with caches off, or a device, reads what was written here.
void cache_clean_range(uintptr_t base, size_t size);

// Writes back and drops the lines: before memory changes hands or attributes.
void cache_clean_inv_range(uintptr_t base, size_t size);

// Drops the lines without writing them back: before reading what somebody wrote past the caches.
// Lines at the edges that the range covers only in part are cleaned too, so that neighbours lose
// nothing.
void cache_inv_range(uintptr_t base, size_t size);

// Drops all instruction cache lines of the inner shareable cores; then DSB, ISB. After code was
// written (and cleaned).
void icache_inv_all(void);

// Zeroes [base, base + size) with DC ZVA: the fastest way for whole pages. Base and size multiples
// of 64, MMU on and the range Normal memory (DC ZVA faults on Device memory). Falls back to stores
// where the core forbids DC ZVA or its block is larger than 64.
void cache_zero_range(void *base, size_t size);

#endif
