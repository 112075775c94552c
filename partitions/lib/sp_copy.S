// SPDX-License-Identifier: BSD-3-Clause
//
// memcpy() and memset() of partitions, string.h's contracts. Requests and answers of 64 KiB are copied and wiped, and that is most of
// what a service adds to its work: so 1 KiB a loop, by instructions that move 64 at once. Most calls are of a few words: they
// are done from both ends, and may meet in the middle. Below 1 KiB no FP register is touched: a partition that uses none
// has none switched, which costs more than such a copy.
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

// 256 bytes of v0 … v3 to [x4], which is moved on
.macro fill_256
    st1 {v0.16b - v3.16b}, [x4], #64
    st1 {v0.16b - v3.16b}, [x4], #64
    st1 {v0.16b - v3.16b}, [x4], #64
    st1 {v0.16b - v3.16b}, [x4], #64
.endm

// void *memcpy(void *restrict to, const void *restrict from, size_t size)
// In: x0 = to, x1 = from, x2 = size. Out: x0 = to. Clobbers x1 … x3, x5 … x14, from 1,024 bytes on v0 … v7 and v16 … v23.
FUNC memcpy
    add x5, x1, x2 // ends
    add x6, x0, x2
    cmp x2, #16
    b.lo 10f
    cmp x2, #32
    b.hi 1f
    ldp x7, x8, [x1]
    ldp x9, x10, [x5, #-16]
    stp x7, x8, [x0]
    stp x9, x10, [x6, #-16]
    ret
1:  mov x3, x0
    subs x2, x2, #64
    b.ls 3f
    cmp x2, #1024 - 64
    b.hs 4f
2:  ldp x7, x8, [x1], #64 // x2 = bytes left but for the last 64
    ldp x9, x10, [x1, #-48]
    ldp x11, x12, [x1, #-32]
    ldp x13, x14, [x1, #-16]
    stp x7, x8, [x3], #64
    stp x9, x10, [x3, #-48]
    stp x11, x12, [x3, #-32]
    stp x13, x14, [x3, #-16]
    subs x2, x2, #64
    b.hi 2b
    sub x1, x5, #64
    sub x3, x6, #64
3:  ldp x7, x8, [x1] // 33 … 64 bytes, or the last 64
    ldp x9, x10, [x1, #16]
    ldp x11, x12, [x5, #-32]
    ldp x13, x14, [x5, #-16]
    stp x7, x8, [x3]
    stp x9, x10, [x3, #16]
    stp x11, x12, [x6, #-32]
    stp x13, x14, [x6, #-16]
    ret
4:  sub x2, x2, #1024 - 64
5:  copy_256
    copy_256
    copy_256
    copy_256
    subs x2, x2, #1024
    b.hs 5b
    tbz x2, #9, 6f // bits 9 … 6 of the rest (what was subtracted has none of them) are copies of that size
    copy_256
    copy_256
6:  tbz x2, #8, 7f
    copy_256
7:  tbz x2, #7, 8f
    ld1 {v0.16b - v3.16b}, [x1], #64
    ld1 {v4.16b - v7.16b}, [x1], #64
    st1 {v0.16b - v3.16b}, [x3], #64
    st1 {v4.16b - v7.16b}, [x3], #64
8:  tbz x2, #6, 9f
    ld1 {v0.16b - v3.16b}, [x1]
    st1 {v0.16b - v3.16b}, [x3]
9:  sub x1, x5, #64
    sub x3, x6, #64
    b 3b
10: tbz x2, #3, 11f
    ldr x7, [x1]
    ldr x8, [x5, #-8]
    str x7, [x0]
    str x8, [x6, #-8]
    ret
11: tbz x2, #2, 12f
    ldr w7, [x1]
    ldr w8, [x5, #-4]
    str w7, [x0]
    str w8, [x6, #-4]
    ret
12: cbz x2, 14f
    ldrb w7, [x1]
    tbz x2, #1, 13f
    ldrh w8, [x5, #-2]
    strh w8, [x6, #-2]
13: strb w7, [x0]
14: ret
ENDFUNC memcpy

// void *memset(void *to, int value, size_t size)
// In: x0 = to, w1 = value, of which the lowest byte counts, x2 = size. Out: x0 = to. Clobbers x1 … x4, from 1,024 bytes on v0 … v3.
FUNC memset
    add x3, x0, x2 // end
    and x1, x1, #0xff
    mov x4, #0x0101010101010101
    mul x1, x1, x4
    cmp x2, #16
    b.lo 10f
    cmp x2, #32
    b.hi 1f
    stp x1, x1, [x0]
    stp x1, x1, [x3, #-16]
    ret
1:  mov x4, x0
    subs x2, x2, #64
    b.ls 3f
    cmp x2, #1024 - 64
    b.hs 4f
2:  stp x1, x1, [x4], #64 // as in memcpy()
    stp x1, x1, [x4, #-48]
    stp x1, x1, [x4, #-32]
    stp x1, x1, [x4, #-16]
    subs x2, x2, #64
    b.hi 2b
    sub x4, x3, #64
3:  stp x1, x1, [x4]
    stp x1, x1, [x4, #16]
    stp x1, x1, [x3, #-32]
    stp x1, x1, [x3, #-16]
    ret
4:  sub x2, x2, #1024 - 64
    dup v0.2d, x1
    mov v1.16b, v0.16b
    mov v2.16b, v0.16b
    mov v3.16b, v0.16b
5:  fill_256
    fill_256
    fill_256
    fill_256
    subs x2, x2, #1024
    b.hs 5b
    tbz x2, #9, 6f
    fill_256
    fill_256
6:  tbz x2, #8, 7f
    fill_256
7:  tbz x2, #7, 8f
    st1 {v0.16b - v3.16b}, [x4], #64
    st1 {v0.16b - v3.16b}, [x4], #64
8:  tbz x2, #6, 9f
    st1 {v0.16b - v3.16b}, [x4]
9:  sub x4, x3, #64
    b 3b
10: tbz x2, #3, 11f
    str x1, [x0]
    str x1, [x3, #-8]
    ret
11: tbz x2, #2, 12f
    str w1, [x0]
    str w1, [x3, #-4]
    ret
12: cbz x2, 13f
    strb w1, [x0]
    tbz x2, #1, 13f
    strh w1, [x3, #-2]
13: ret
ENDFUNC memset
