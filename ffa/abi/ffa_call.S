// SPDX-License-Identifier: BSD-3-Clause
//
// One FF-A call from C, with SMC or SVC as the conduit. Included by the file that makes the function, after
// asm_macros.S; never assembled alone.
#ifndef FFA_CALL_S
#define FFA_CALL_S

/*
 * FFA_CALL name, instruction: void name(struct ffa_args *args)
 * In: x0 = args, x0 … x17 taken from it (SMCCC 1.2). Out: x0 … x17 stored to it. Clobbers x0 … x17. Stack: 16 bytes.
 */
.macro FFA_CALL name, instruction
FUNC \name
    str x19, [sp, #-16]!
    mov x19, x0
    ldp x16, x17, [x19, #8 * 16]
    ldp x14, x15, [x19, #8 * 14]
    ldp x12, x13, [x19, #8 * 12]
    ldp x10, x11, [x19, #8 * 10]
    ldp x8, x9, [x19, #8 * 8]
    ldp x6, x7, [x19, #8 * 6]
    ldp x4, x5, [x19, #8 * 4]
    ldp x2, x3, [x19, #8 * 2]
    ldp x0, x1, [x19]
    \instruction #0
    stp x0, x1, [x19]
    stp x2, x3, [x19, #8 * 2]
    stp x4, x5, [x19, #8 * 4]
    stp x6, x7, [x19, #8 * 6]
    stp x8, x9, [x19, #8 * 8]
    stp x10, x11, [x19, #8 * 10]
    stp x12, x13, [x19, #8 * 12]
    stp x14, x15, [x19, #8 * 14]
    stp x16, x17, [x19, #8 * 16]
    ldr x19, [sp], #16
    ret
ENDFUNC \name
.endm

#endif
