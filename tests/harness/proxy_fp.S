// SPDX-License-Identifier: BSD-3-Clause
//
// FP, SIMD and SVE registers of the proxy's core to and from mb_fp (mailbox.h). Nothing else in the proxy touches
// them, so what is loaded here stays until a call changes it.
    .arch armv8.2-a+sve
    .text

    .macro func name
    .global \name
    .type \name, %function
\name:
    .endm

    .macro each32 what:vararg
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    \what \n
    .endr
    .endm

    .macro each16 what:vararg
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    \what \n
    .endr
    .endm

    .macro load_v n
    ldr     q\n, [x0, #16 * \n]
    .endm
    .macro store_v n
    str     q\n, [x0, #16 * \n]
    .endm
    .macro load_z n
    ldr     z\n, [x0, #\n, mul vl]
    .endm
    .macro store_z n
    str     z\n, [x0, #\n, mul vl]
    .endm
    .macro load_p n
    ldr     p\n, [x1, #\n, mul vl]
    .endm
    .macro store_p n
    str     p\n, [x1, #\n, mul vl]
    .endm

// void proxy_fp_load_v(const uint8_t v[32][16], const uint64_t fpcr_fpsr[2])
func proxy_fp_load_v
    each32  load_v
    ldp     x2, x3, [x1]
    msr     fpcr, x2
    msr     fpsr, x3
    ret

// void proxy_fp_store_v(uint8_t v[32][16], uint64_t fpcr_fpsr[2])
func proxy_fp_store_v
    each32  store_v
    mrs     x2, fpcr
    mrs     x3, fpsr
    stp     x2, x3, [x1]
    ret

// uint64_t proxy_sve_init(void): longest vectors at the current level; bytes of one
func proxy_sve_init
    mov     x1, #0xf
    mrs     x0, currentel
    cmp     x0, #(2 << 2)
    b.eq    1f
    msr     s3_0_c1_c2_0, x1            // ZCR_EL1.LEN
    b       2f
1:  msr     s3_4_c1_c2_0, x1            // ZCR_EL2.LEN
2:  isb
    rdvl    x0, #1
    ret

// void proxy_sve_load(const uint8_t *z, const uint8_t *p): Z0 … Z31; P0 … P15 and FFR
func proxy_sve_load
    each32  load_z
    ldr     p0, [x1, #16, mul vl]
    wrffr   p0.b
    each16  load_p
    ret

// void proxy_sve_store(uint8_t *z, uint8_t *p)
func proxy_sve_store
    each32  store_z
    each16  store_p
    rdffr   p0.b
    str     p0, [x1, #16, mul vl]
    ldr     p0, [x1]
    ret

// uint64_t proxy_sme_init(void): longest streaming vectors at the current level; bytes of one
func proxy_sme_init
    mov     x1, #0xf
    mrs     x0, currentel
    cmp     x0, #(2 << 2)
    b.eq    1f
    msr     s3_0_c1_c2_6, x1            // SMCR_EL1.LEN
    b       2f
1:  msr     s3_4_c1_c2_6, x1            // SMCR_EL2.LEN
2:  isb
    mov     x1, #1
    msr     s3_3_c4_c2_2, x1            // SVCR.SM
    rdvl    x0, #1
    msr     s3_3_c4_c2_2, xzr
    ret

// void proxy_sme_load(const uint8_t *z, const uint8_t *p): streaming mode on, Z0 … Z31, P0 … P15
func proxy_sme_load
    mov     x2, #1
    msr     s3_3_c4_c2_2, x2
    each32  load_z
    each16  load_p
    ret

// uint64_t proxy_sme_store(uint8_t *z, uint8_t *p): SVCR; streaming mode off
func proxy_sme_store
    each32  store_z
    each16  store_p
    mrs     x0, s3_3_c4_c2_2
    msr     s3_3_c4_c2_2, xzr
    ret
