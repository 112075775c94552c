// SPDX-License-Identifier: BSD-3-Clause
//
// What the peer partition cannot say in C: privileged instructions, and FP registers filled and compared.
#include "asm_macros.S"
#include "ffa_abi.h"

#define EACH32(what) \
    what 0; what 1; what 2; what 3; what 4; what 5; what 6; what 7; what 8; what 9; what 10; what 11; what 12; \
    what 13; what 14; what 15; what 16; what 17; what 18; what 19; what 20; what 21; what 22; what 23; what 24; \
    what 25; what 26; what 27; what 28; what 29; what 30; what 31

// Two instructions each: the instruction under test, and the way back
.macro try instruction:vararg
    \instruction
    ret
.endm

// void peer_execute(uint64_t instruction): enum peer_instruction. In: x0. Clobbers x1, x2.
FUNC peer_execute
    adr x2, 1f
    add x2, x2, x0, lsl #3
    mov x1, xzr
    ret x2 // not BR: guarded pages have no landing pad here
1:  try smc #0
    try hvc #0
    try eret
    try mrs x1, sctlr_el1
    try msr sctlr_el1, x1
    try mrs x1, ttbr0_el1
    try msr ttbr0_el1, x1
    try msr vbar_el1, x1
    try mrs x1, tpidr_el1
    try tlbi vmalle1
    try ic iallu
    try dc isw, x1
    try at s1e1r, x1
    try msr daifset, #0xf
    try mrs x1, scr_el3
    try msr cntps_ctl_el1, x1
    try msr daif, x1
    try mrs x1, s3_0_c12_c8_0   // ICC_IAR0_EL1
    try msr s3_0_c12_c11_7, x1  // ICC_SGI0R_EL1
    try msr cpacr_el1, x1
    try msr mdscr_el1, x1
    try msr pmcr_el0, x1
ENDFUNC peer_execute

// _Noreturn void peer_overflow_stack(void): pushes zeros until it faults
FUNC peer_overflow_stack
1:  stp xzr, xzr, [sp, #-16]!
    b 1b
ENDFUNC peer_overflow_stack

.macro paint n
    add x2, x0, #\n
    mov x3, #\n
    eor x3, x3, x0
    fmov d\n, x2
    mov v\n\().d[1], x3
.endm

.macro compare n
    add x2, x0, #\n
    mov x3, #\n
    eor x3, x3, x0
    mov x4, v\n\().d[0]
    mov x5, v\n\().d[1]
    cmp x4, x2
    ccmp x5, x3, #0, eq
    cinc x1, x1, ne
.endm

// void peer_fp_paint(uint64_t pattern): V(n) := pattern ^ n : pattern + n. In: x0. Clobbers x2, x3, all V.
FUNC peer_fp_paint
    EACH32(paint)
    ret
ENDFUNC peer_fp_paint

// uint64_t peer_fp_yield(uint64_t pattern, uint64_t rounds): paints, yields to the normal world, compares, `rounds` times.
// In: x0, x1. Out: x0 = registers that differed, of all rounds. Clobbers x1 … x17, all V.
FUNC peer_fp_yield
    stp x19, x20, [sp, #-32]!
    str x21, [sp, #16]
    mov x19, x0
    mov x20, x1
    mov x21, xzr
1:  cbz x20, 2f
    mov x0, x19
    EACH32(paint)
    movz x0, #(FFA_YIELD & 0xffff)
    movk x0, #(FFA_YIELD >> 16), lsl #16
    mov x1, xzr
    mov x2, xzr
    mov x3, xzr
    mov x4, xzr
    mov x5, xzr
    mov x6, xzr
    mov x7, xzr
    svc #0
    mov x0, x19
    mov x1, xzr
    EACH32(compare)
    add x21, x21, x1
    add x19, x19, #0x100
    sub x20, x20, #1
    b 1b
2:  mov x0, x21
    ldr x21, [sp, #16]
    ldp x19, x20, [sp], #32
    ret
ENDFUNC peer_fp_yield

// uint64_t peer_fp_spin(uint64_t pattern, const volatile uint32_t *stop, uint64_t *rounds)
// In: x0 … x2. Out: x0 = registers that differ, *rounds = rounds left. Clobbers x1 … x9, all V.
FUNC peer_fp_spin
    mov x6, x1
    mov x7, x2
    ldr x8, [x7]
    EACH32(paint)
1:  cbz x8, 2f
    ldr w9, [x6]
    cbnz w9, 2f
    sub x8, x8, #1
    b 1b
2:  str x8, [x7]
    mov x1, xzr
    EACH32(compare)
    mov x0, x1
    ret
ENDFUNC peer_fp_spin
