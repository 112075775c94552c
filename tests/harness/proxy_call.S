// SPDX-License-Identifier: BSD-3-Clause
//
// The calls that the proxy makes for the host: one SMC with all registers given and all registers recorded, and the
// loop that counts what an SMC costs. Used by proxy_main.c only.
    .arch armv8-a
    .text

// Everything that one measured call needs, once with the SMC and once with a NOP in its place, so that the
// difference of the two is the SMC's cost to the instruction.
//   x0 = x[31]: in and out, x1 = t[2]: CNTPCT_EL0 before and after
    .macro measured_call name, instruction
    .global \name
    .type \name, %function
\name:
    stp     x29, x30, [sp, #-128]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    stp     x0, x1, [sp, #96]
    mrs     x2, cntpct_el0
    str     x2, [x1]
    ldp     x29, x30, [x0, #232]
    ldp     x27, x28, [x0, #216]
    ldp     x25, x26, [x0, #200]
    ldp     x23, x24, [x0, #184]
    ldp     x21, x22, [x0, #168]
    ldp     x19, x20, [x0, #152]
    ldp     x17, x18, [x0, #136]
    ldp     x15, x16, [x0, #120]
    ldp     x13, x14, [x0, #104]
    ldp     x11, x12, [x0, #88]
    ldp     x9, x10, [x0, #72]
    ldp     x7, x8, [x0, #56]
    ldp     x5, x6, [x0, #40]
    ldp     x3, x4, [x0, #24]
    ldp     x1, x2, [x0, #8]
    ldr     x0, [x0]
    \instruction
    stp     x0, x1, [sp, #112]
    mrs     x0, cntpct_el0
    ldr     x1, [sp, #104]
    str     x0, [x1, #8]
    ldr     x0, [sp, #96]
    stp     x2, x3, [x0, #16]
    stp     x4, x5, [x0, #32]
    stp     x6, x7, [x0, #48]
    stp     x8, x9, [x0, #64]
    stp     x10, x11, [x0, #80]
    stp     x12, x13, [x0, #96]
    stp     x14, x15, [x0, #112]
    stp     x16, x17, [x0, #128]
    stp     x18, x19, [x0, #144]
    stp     x20, x21, [x0, #160]
    stp     x22, x23, [x0, #176]
    stp     x24, x25, [x0, #192]
    stp     x26, x27, [x0, #208]
    stp     x28, x29, [x0, #224]
    str     x30, [x0, #240]
    ldp     x1, x2, [sp, #112]
    stp     x1, x2, [x0]
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #128
    ret
    .size \name, . - \name
    .endm

// Until the counter reaches x16; changes x17 and the flags
    .macro spin
1:  mrs     x17, cntpct_el0
    cmp     x17, x16
    b.lo    1b
    .endm

    measured_call proxy_smc, "smc #0"
    measured_call proxy_smc_nop, "nop"
    measured_call proxy_smc_spin, spin

// uint64_t proxy_loop…(uint64_t x[8], uint64_t count): ticks of count rounds. x0 … x7 are loaded before each round,
// x8 … x17 are 0 before the first. x[] gets what the last round left in x0 … x7.
    .macro measured_loop name, instruction
    .global \name
    .type \name, %function
\name:
    stp     x29, x30, [sp, #-64]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    str     x0, [sp, #48]
    mov     x19, x0
    mov     x20, x1
    mov     x8, xzr
    mov     x9, xzr
    mov     x10, xzr
    mov     x11, xzr
    mov     x12, xzr
    mov     x13, xzr
    mov     x14, xzr
    mov     x15, xzr
    mov     x16, xzr
    mov     x17, xzr
    mrs     x21, cntpct_el0
1:  ldp     x0, x1, [x19]
    ldp     x2, x3, [x19, #16]
    ldp     x4, x5, [x19, #32]
    ldp     x6, x7, [x19, #48]
    \instruction
    subs    x20, x20, #1
    b.ne    1b
    mrs     x22, cntpct_el0
    ldr     x19, [sp, #48]
    stp     x0, x1, [x19]
    stp     x2, x3, [x19, #16]
    stp     x4, x5, [x19, #32]
    stp     x6, x7, [x19, #48]
    sub     x0, x22, x21
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x29, x30, [sp], #64
    ret
    .size \name, . - \name
    .endm

    measured_loop proxy_loop_smc, "smc #0"
    measured_loop proxy_loop_nop, "nop"
