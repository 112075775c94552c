// SPDX-License-Identifier: BSD-3-Clause
//
// Entry and system calls of the guest program caller.c. A Linux system call: number in x8, arguments from x0, SVC #0, result in
// x0; the kernel keeps every other register, FP/SIMD included.

    .text
    .globl  _start, caller_call, caller_pread_painted

// The kernel enters here: sp points to argc, argv[]
_start:
    mov     x29, #0
    mov     x30, #0
    mov     x0, sp
    b       caller_main

// long caller_call(long number, long a, const void *b, long c)
caller_call:
    mov     x8, x0
    mov     x0, x1
    mov     x1, x2
    mov     x2, x3
    mov     x3, #0
    svc     #0
    ret

// long caller_pread_painted(long file, void *buffer, long size, const struct painting *in, struct painting *out)
// Clobbers all FP/SIMD registers: nothing of caller.c lives there across the call (-mgeneral-regs-only)
caller_pread_painted:
    mov     x9, x3
    mov     x10, x4
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ldr     q\n, [x9], #16
    .endr
    ldr     x9, [x9]
    msr     tpidr_el0, x9
    mov     x3, #0 // offset
    mov     x8, #67 // pread64
    svc     #0
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    str     q\n, [x10], #16
    .endr
    mrs     x9, tpidr_el0
    str     x9, [x10]
    ret

    .section .note.GNU-stack, "", %progbits
