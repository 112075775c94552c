// SPDX-License-Identifier: BSD-3-Clause
//
// What the peer partition cannot say in C: privileged instructions, and FP registers filled and compared.
#include "asm_macros.S"
#include "ffa_abi.h"
#include "tests/target/sp_peer/peer_private.h"

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

.macro canary n
    movz x\n, #(0xca00 + \n), lsl #48
.endm

.macro differs n
    movz x1, #(0xca00 + \n), lsl #48
    cmp x\n, x1
    cset x2, ne
    orr x0, x0, x2, lsl #\n
.endm

#define CANARIES(what) \
    what 18; what 19; what 20; what 21; what 22; what 23; what 24; what 25; what 26; what 27; what 28; what 29; what 30

// uint64_t peer_registers(uint64_t x[18]): SVC with x0 … x17 of x[], which come back there, while x18 … x30 hold canaries.
// In: x0. Out: x0 = bit n for each xn of x18 … x30 that came back with another value. Clobbers x1 … x18. Stack: 128 bytes.
FUNC peer_registers
    stp x29, x30, [sp, #-128]!
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    str x0, [sp, #96]
    CANARIES(canary)
    ldp x16, x17, [x0, #8 * 16]
    ldp x14, x15, [x0, #8 * 14]
    ldp x12, x13, [x0, #8 * 12]
    ldp x10, x11, [x0, #8 * 10]
    ldp x8, x9, [x0, #8 * 8]
    ldp x6, x7, [x0, #8 * 6]
    ldp x4, x5, [x0, #8 * 4]
    ldp x2, x3, [x0, #8 * 2]
    ldp x0, x1, [x0]
    svc #0
    stp x0, x1, [sp, #112]
    ldr x0, [sp, #96]
    stp x2, x3, [x0, #8 * 2]
    stp x4, x5, [x0, #8 * 4]
    stp x6, x7, [x0, #8 * 6]
    stp x8, x9, [x0, #8 * 8]
    stp x10, x11, [x0, #8 * 10]
    stp x12, x13, [x0, #8 * 12]
    stp x14, x15, [x0, #8 * 14]
    stp x16, x17, [x0, #8 * 16]
    ldp x1, x2, [sp, #112]
    stp x1, x2, [x0]
    mov x0, xzr
    CANARIES(differs)
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp x29, x30, [sp], #128
    ret
ENDFUNC peer_registers

.macro paint_x n
    add x\n, x0, #\n
.endm

.macro store_v n
    str q\n, [sp, #(LOOK_V + 16 * \n)]
.endm

.macro store_x n
    str x\n, [sp, #(LOOK_WORD + 8 * \n)]
.endm

// One bit of PSTATE, if the core has it, into x2. w1 = PEER_HAS_*. Clobbers x3.
.macro look_at bit, register
    tbz w1, #\bit, 3f
    mrs x3, \register
    orr x2, x2, x3
3:
.endm

// void peer_look(struct peer_look *look): peer_private.h. Nothing but SP keeps the address meanwhile: every other register is
// painted. The spin changes x0 alone.
FUNC peer_look
    stp x19, x20, [sp, #-96]!
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    mov x1, sp
    mrs x2, tpidr_el0
    stp x1, x2, [x0, #LOOK_SAVED]
    mov sp, x0
    ldr x0, [sp, #LOOK_PATTERN]
    EACH32(paint)
    ubfiz x2, x0, #22, #2 // RMode
    msr fpcr, x2
    and x2, x0, #0x1f // cumulative exceptions
    msr fpsr, x2
    add x2, x0, #WORD_TPIDR
    msr tpidr_el0, x2
    ubfiz x2, x0, #28, #4
    msr nzcv, x2
    .irp n, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    paint_x \n
    .endr
    ldp x1, x2, [sp, #8]
    ldp x3, x4, [sp, #24]
    ldp x5, x6, [sp, #40]
    ldr x7, [sp, #56]
    ldr w0, [sp, #(LOOK_PATTERN + 8)]
    cbz x0, 2f
1:  sub x0, x0, #1
    cbnz x0, 1b
    b 3f
2:  ldr x0, [sp]
    svc #0
3:  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    store_x \n
    .endr
    mov x0, sp
    str x0, [sp, #(LOOK_WORD + 8 * WORD_SP)]
    mrs x0, nzcv
    mrs x1, fpcr
    stp x0, x1, [sp, #(LOOK_WORD + 8 * WORD_NZCV)]
    mrs x0, tpidr_el0
    mrs x1, tpidrro_el0
    stp x0, x1, [sp, #(LOOK_WORD + 8 * WORD_TPIDR)]
    mrs x0, fpsr
    ldr w1, [sp, #(LOOK_PATTERN + 12)]
    mov x2, xzr
    look_at 0, s3_3_c4_c2_5 // DIT
    look_at 1, s3_3_c4_c2_6 // SSBS
    look_at 2, s3_3_c4_c2_7 // TCO
    stp x0, x2, [sp, #(LOOK_WORD + 8 * WORD_FPSR)]
    EACH32(store_v)
    ldp x1, x2, [sp, #LOOK_SAVED]
    msr fpcr, xzr
    msr fpsr, xzr
    msr tpidr_el0, x2
    mov sp, x1
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp x19, x20, [sp], #96
    ret
ENDFUNC peer_look
