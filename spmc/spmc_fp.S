// SPDX-License-Identifier: BSD-3-Clause
//
// Saves and loads FP/SIMD, SVE and streaming-SVE registers: the only routines of the SPMC that touch them at run time.
// The SPMC itself never computes with them (-mgeneral-regs-only). See spmc_fp.c for when.
#include "asm_macros.S"
#include "asm_offsets.h"

    .arch_extension sve

#define SVCR s3_3_c4_c2_2
#define SVCR_SM 1
#define HAS_SVE 2
#define HAS_SME 4

// Area of fp_save_nwd: 64 bytes of FPCR, FPSR, SVCR and what was saved, then the vectors, predicates, FFR.
#define AREA_FPCR 0
#define AREA_SVCR 16
#define AREA_VECTORS 64

.macro each_v_pair op, base
    \op q0, q1, [\base, #0]
    \op q2, q3, [\base, #32]
    \op q4, q5, [\base, #64]
    \op q6, q7, [\base, #96]
    \op q8, q9, [\base, #128]
    \op q10, q11, [\base, #160]
    \op q12, q13, [\base, #192]
    \op q14, q15, [\base, #224]
    \op q16, q17, [\base, #256]
    \op q18, q19, [\base, #288]
    \op q20, q21, [\base, #320]
    \op q22, q23, [\base, #352]
    \op q24, q25, [\base, #384]
    \op q26, q27, [\base, #416]
    \op q28, q29, [\base, #448]
    \op q30, q31, [\base, #480]
.endm

.macro each_z op, base
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    \op z\n, [\base, #\n, mul vl]
    .endr
.endm

.macro each_p op, base
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    \op p\n, [\base, #\n, mul vl]
    .endr
.endm

// void fp_save_sp(struct sp_ctx *ctx) – leaf, clobbers x0, x1, x2
FUNC fp_save_sp
    mrs x1, fpcr
    mrs x2, fpsr
    stp x1, x2, [x0, #CTX_FPCR_FPSR]
    add x0, x0, #CTX_V
    each_v_pair stp, x0
    ret
ENDFUNC fp_save_sp

// void fp_load_sp(const struct sp_ctx *ctx) – leaf, clobbers x0, x1, x2
FUNC fp_load_sp
    ldp x1, x2, [x0, #CTX_FPCR_FPSR]
    msr fpcr, x1
    msr fpsr, x2
    add x0, x0, #CTX_V
    each_v_pair ldp, x0
    ret
ENDFUNC fp_load_sp

/*
 * void fp_save_nwd(void *area, uint32_t features)
 * All that the normal world has in these registers, at the longest vector length of the core: EL3 has set ZCR_EL1 and
 * SMCR_EL1 so before it entered the secure world, whatever length the normal world has chosen. ZA and ZT0 stay where
 * they are: the secure world does not touch them. If the normal
 * world called in streaming mode the streaming registers are saved and the mode is left, because FP instructions of a
 * partition would trap or be illegal in it. Leaf, clobbers x0 … x5.
 */
FUNC fp_save_nwd
    mrs x2, fpcr
    mrs x3, fpsr
    stp x2, x3, [x0, #AREA_FPCR]
    mov x4, #0
    tbz w1, #2, 1f // no SME
    mrs x4, SVCR
1:  str x4, [x0, #AREA_SVCR]
    add x0, x0, #AREA_VECTORS
    tbnz x4, #0, 2f // streaming mode: the registers are Z and P whether or not there is SVE
    tbz w1, #1, 5f  // no SVE
    each_z str, x0
    addvl x0, x0, #16
    addvl x0, x0, #16
    each_p str, x0
    rdffr p0.b
    str p0, [x0, #16, mul vl]
    ret
2:  each_z str, x0
    addvl x0, x0, #16
    addvl x0, x0, #16
    each_p str, x0
    bic x4, x4, #SVCR_SM
    msr SVCR, x4 // leave streaming mode: zeroes Z, P
    ret
5:  each_v_pair stp, x0
    ret
ENDFUNC fp_save_nwd

// void fp_load_nwd(const void *area, uint32_t features) – the exact reverse. Leaf, clobbers x0 … x5.
FUNC fp_load_nwd
    mov x5, x0
    ldr x4, [x0, #AREA_SVCR]
    add x0, x0, #AREA_VECTORS
    tbnz x4, #0, 2f
    tbz w1, #1, 5f
    each_z ldr, x0
    addvl x0, x0, #16
    addvl x0, x0, #16
    ldr p0, [x0, #16, mul vl]
    wrffr p0.b
    each_p ldr, x0
    b 6f
2:  msr SVCR, x4
    each_z ldr, x0
    addvl x0, x0, #16
    addvl x0, x0, #16
    each_p ldr, x0
    b 6f
5:  each_v_pair ldp, x0
6:  ldp x2, x3, [x5, #AREA_FPCR] // after SVCR: entering or leaving streaming mode changes FPSR
    msr fpcr, x2
    msr fpsr, x3
    ret
ENDFUNC fp_load_nwd

// void fp_zero(void) – every vector register and FPCR, FPSR. Leaf.
FUNC fp_zero
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    movi v\n\().2d, #0
    .endr
    msr fpcr, xzr
    msr fpsr, xzr
    ret
ENDFUNC fp_zero

// uint64_t fp_sve_bytes(void): the longest vector of the core, in bytes. Clobbers x0.
FUNC fp_sve_bytes
    rdvl x0, #1
    ret
ENDFUNC fp_sve_bytes
