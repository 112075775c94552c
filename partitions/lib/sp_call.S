// SPDX-License-Identifier: BSD-3-Clause
//
// The two ways into the SPMC (SVC with FF-A registers) and the deliberate fault. Documented in
// sp.h.
#include "sp_macros.S"
#include "ffa_call.S"

FFA_CALL sp_call, svc

// void sp_call_short(struct ffa_args *args)
// In: x0 = args, x0 … x7 taken from it, x8 … x17 = 0. Out: x0 … x7 stored to it. Clobbers x0 … x17.
FUNC sp_call_short
    str x19, [sp, #-16]!
    mov x19, x0
    ldp x6, x7, [x19, #8 * 6]
    ldp x4, x5, [x19, #8 * 4]
    ldp x2, x3, [x19, #8 * 2]
    ldp x0, x1, [x19]
    zero_x8_x17
    svc #0
    stp x0, x1, [x19]
    stp x2, x3, [x19, #8 * 2]
    stp x4, x5, [x19, #8 * 4]
    stp x6, x7, [x19, #8 * 6]
    ldr x19, [sp], #16
    ret
ENDFUNC sp_call_short

// _Noreturn void sp_fault(void) Stops the partition: the SPMC reports the breakpoint with all
// registers. In, out, clobbers: nothing.
FUNC sp_fault
    brk #SP_BRK_DIED
    b . // the SPMC never resumes here
ENDFUNC sp_fault

// bool sp_rndrrs(uint64_t *value)
// In: x0 = value. Out: w0 = 1 and *value set, or 0: the source had none in time. Only where
// HWCAP2_RNG is set.
FUNC sp_rndrrs
    mrs x1, s3_3_c2_c4_1 // RNDRRS; Z set when it failed (DDI0487 "RNDRRS")
    cset w2, ne
    str x1, [x0]
    mov w0, w2
    ret
ENDFUNC sp_rndrrs
