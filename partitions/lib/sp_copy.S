// SPDX-License-Identifier: BSD-3-Clause
//
// memcpy() and memset() of partitions, string.h's contracts. Requests and answers of 64 KiB are copied and wiped, and that is most of
// what a service adds to its work: so 1 KiB a loop, by instructions that move 64 at once. Below 512 bytes no FP register is
// touched: a partition that uses none has none switched, which costs more than such a copy.
#include "sp_macros.S"

    .arch_extension fp
    .arch_extension simd

// 256 bytes from [x1] to [x3], both moved on
.macro copy_256
    ld1 {v0.16b - v3.16b}, [x1], #64
    ld1 {v4.16b - v7.16b}, [x1], #64
    ld1 {v16.16b - v19.16b}, [x1], #64
    ld1 {v20.16b - v23.16b}, [x1], #64
    st1 {v0.16b - v3.16b}, [x3], #64
    st1 {v4.16b - v7.16b}, [x3], #64
    st1 {v16.16b - v19.16b}, [x3], #64
    st1 {v20.16b - v23.16b}, [x3], #64
.endm

// 256 bytes of v0 … v3 to [x3], which is moved on
.macro fill_256
    st1 {v0.16b - v3.16b}, [x3], #64
    st1 {v0.16b - v3.16b}, [x3], #64
    st1 {v0.16b - v3.16b}, [x3], #64
    st1 {v0.16b - v3.16b}, [x3], #64
.endm

// void *memcpy(void *restrict to, const void *restrict from, size_t size)
// In: x0 = to, x1 = from, x2 = size. Out: x0 = to. Clobbers x1 … x6, from 512 bytes on v0 … v7 and v16 … v23.
FUNC memcpy
    mov x3, x0
    cmp x2, #512
    b.lo 13f
    subs x2, x2, #1024
    b.lo 2f
1:  copy_256
    copy_256
    copy_256
    copy_256
    subs x2, x2, #1024
    b.hs 1b
2:  tbz x2, #9, 3f // from here on each bit of the rest (what was subtracted has none of them) is a copy of that size
    copy_256
    copy_256
3:  tbz x2, #8, 4f
    copy_256
4:  tbz x2, #7, 5f
    ld1 {v0.16b - v3.16b}, [x1], #64
    ld1 {v4.16b - v7.16b}, [x1], #64
    st1 {v0.16b - v3.16b}, [x3], #64
    st1 {v4.16b - v7.16b}, [x3], #64
5:  tbz x2, #6, 6f
    ld1 {v0.16b - v3.16b}, [x1], #64
    st1 {v0.16b - v3.16b}, [x3], #64
6:  tbz x2, #5, 7f
    ldp x4, x5, [x1], #16
    stp x4, x5, [x3], #16
    ldp x4, x5, [x1], #16
    stp x4, x5, [x3], #16
7:  tbz x2, #4, 8f
    ldp x4, x5, [x1], #16
    stp x4, x5, [x3], #16
8:  tbz x2, #3, 9f
    ldr x4, [x1], #8
    str x4, [x3], #8
9:  tbz x2, #2, 10f
    ldr w4, [x1], #4
    str w4, [x3], #4
10: tbz x2, #1, 11f
    ldrh w4, [x1], #2
    strh w4, [x3], #2
11: tbz x2, #0, 12f
    ldrb w4, [x1]
    strb w4, [x3]
12: ret
13: lsr x6, x2, #6
    cbz x6, 6b
14: ldp x4, x5, [x1], #16
    stp x4, x5, [x3], #16
    ldp x4, x5, [x1], #16
    stp x4, x5, [x3], #16
    ldp x4, x5, [x1], #16
    stp x4, x5, [x3], #16
    ldp x4, x5, [x1], #16
    stp x4, x5, [x3], #16
    subs x6, x6, #1
    b.ne 14b
    b 6b
ENDFUNC memcpy

// void *memset(void *to, int value, size_t size)
// In: x0 = to, w1 = value, of which the lowest byte counts, x2 = size. Out: x0 = to. Clobbers x1 … x4, from 512 bytes on v0 … v3.
FUNC memset
    mov x3, x0
    and x1, x1, #0xff
    orr x1, x1, x1, lsl #8
    orr x1, x1, x1, lsl #16
    orr x1, x1, x1, lsl #32
    cmp x2, #512
    b.lo 13f
    dup v0.2d, x1
    mov v1.16b, v0.16b
    mov v2.16b, v0.16b
    mov v3.16b, v0.16b
    subs x2, x2, #1024
    b.lo 2f
1:  fill_256
    fill_256
    fill_256
    fill_256
    subs x2, x2, #1024
    b.hs 1b
2:  tbz x2, #9, 3f
    fill_256
    fill_256
3:  tbz x2, #8, 4f
    fill_256
4:  tbz x2, #7, 5f
    st1 {v0.16b - v3.16b}, [x3], #64
    st1 {v0.16b - v3.16b}, [x3], #64
5:  tbz x2, #6, 6f
    st1 {v0.16b - v3.16b}, [x3], #64
6:  tbz x2, #5, 7f
    stp x1, x1, [x3], #16
    stp x1, x1, [x3], #16
7:  tbz x2, #4, 8f
    stp x1, x1, [x3], #16
8:  tbz x2, #3, 9f
    str x1, [x3], #8
9:  tbz x2, #2, 10f
    str w1, [x3], #4
10: tbz x2, #1, 11f
    strh w1, [x3], #2
11: tbz x2, #0, 12f
    strb w1, [x3]
12: ret
13: lsr x4, x2, #6
    cbz x4, 6b
14: stp x1, x1, [x3], #16
    stp x1, x1, [x3], #16
    stp x1, x1, [x3], #16
    stp x1, x1, [x3], #16
    subs x4, x4, #1
    b.ne 14b
    b 6b
ENDFUNC memset
