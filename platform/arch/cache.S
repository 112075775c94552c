// SPDX-License-Identifier: BSD-3-Clause
//
// Cache maintenance loops; contracts in cache.h. Line size from CTR_EL0, so right on every core;
// general registers only.
#include "asm_macros.S"

// In: x0 base, x1 size. Out: x0 first line, x1 end, x2 line size. Leaves with ret at size 0.
// Clobbers x3.
.macro LINES
    cbz x1, 2f
    mrs x3, ctr_el0
    ubfx x3, x3, #16, #4 // DminLine: log2 of the words of the smallest data cache line
    mov x2, #4
    lsl x2, x2, x3
    add x1, x0, x1
    sub x3, x2, #1
.endm

.macro RANGE_OP operation
    LINES
    bic x0, x0, x3
1:  dc \operation, x0
    add x0, x0, x2
    cmp x0, x1
    b.lo 1b
    dsb sy // complete for every observer, devices and cores with MMU off included
2:  ret
.endm

// void cache_clean_range(uintptr_t base, size_t size). In: x0, x1. Clobbers x0–x3, NZCV. No stack.
FUNC cache_clean_range
    RANGE_OP cvac
ENDFUNC cache_clean_range

// void cache_clean_inv_range(uintptr_t base, size_t size). As above.
FUNC cache_clean_inv_range
    RANGE_OP civac
ENDFUNC cache_clean_inv_range

// void cache_inv_range(uintptr_t base, size_t size). As above. A line covered in part is cleaned
// and dropped instead.
FUNC cache_inv_range
    LINES
    tst x0, x3
    bic x0, x0, x3
    b.eq 3f
    dc civac, x0
    add x0, x0, x2 // not dropped below: another core may have written its other part since
3:  tst x1, x3
    bic x1, x1, x3
    b.eq 1f
    dc civac, x1
1:  cmp x0, x1
    b.hs 4f
    dc ivac, x0
    add x0, x0, x2
    b 1b
4:  dsb sy
2:  ret
ENDFUNC cache_inv_range

// void icache_inv_all(void). Clobbers nothing.
FUNC icache_inv_all
    ic ialluis
    dsb ish // completed on all cores
    isb     // and what this core fetched ahead is dropped
    ret
ENDFUNC icache_inv_all

// void cache_zero_range(void *base, size_t size). In: x0, x1, multiples of 64. Clobbers x0–x2,
// NZCV. No stack.
FUNC cache_zero_range
    add x1, x0, x1
    mrs x2, dczid_el0
    cmp x2, #4 // DZP = 0 and 4 << 4 = 64 bytes a block
    b.ne 2f
1:  cmp x0, x1
    b.hs 3f
    dc zva, x0
    add x0, x0, #64
    b 1b
2:  cmp x0, x1
    b.hs 3f
    stp xzr, xzr, [x0]
    stp xzr, xzr, [x0, #16]
    stp xzr, xzr, [x0, #32]
    stp xzr, xzr, [x0, #48]
    add x0, x0, #64
    b 2b
3:  ret
ENDFUNC cache_zero_range
