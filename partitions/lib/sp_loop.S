// SPDX-License-Identifier: BSD-3-Clause
//
// The message loop: every answer is the wait for the next message (DEN0077A "Direct messaging": a
// response leaves the partition waiting). What is not a partition message goes to sp_run_event()
// (sp_run.c). The path of a request is kept this short on purpose: it is the partition's whole
// share of a call's cost.
#include "ffa_abi.h"
#include "sp_macros.S"

.macro movw reg, value
    movz \reg, #((\value) & 0xffff)
    movk \reg, #(((\value) >> 16) & 0xffff), lsl #16
.endm

// Message in x0 … x7 → handler(&message) → x1, x3 … x7 of the response. Clobbers x0 … x17.
.macro handle_message
    tbnz w2, #31, .Levent // FFA_MSG_FRAMEWORK
    stp x3, x4, [sp, #SP_MESSAGE_ARG]
    stp x5, x6, [sp, #SP_MESSAGE_ARG + 16]
    stp x7, x1, [sp, #SP_MESSAGE_ARG + 32]
    str x0, [sp, #SP_MESSAGE_FUNCTION]
    mov x0, sp
    blr x19
    ldp x3, x4, [sp, #SP_MESSAGE_ARG]
    ldp x5, x6, [sp, #SP_MESSAGE_ARG + 16]
    ldp x7, x1, [sp, #SP_MESSAGE_ARG + 32]
    ror w1, w1, #16 // from who was asked to who asked
    mov x2, xzr
.endm

// FFA_MSG_SEND_DIRECT_REQ2 in x1 … x17 → handler2(&message) → x1 … x17 of the response
.macro handle_message2
    stp x4, x5, [sp, #SP_MESSAGE2_ARG]
    stp x6, x7, [sp, #SP_MESSAGE2_ARG + 16]
    stp x8, x9, [sp, #SP_MESSAGE2_ARG + 32]
    stp x10, x11, [sp, #SP_MESSAGE2_ARG + 48]
    stp x12, x13, [sp, #SP_MESSAGE2_ARG + 64]
    stp x14, x15, [sp, #SP_MESSAGE2_ARG + 80]
    stp x16, x17, [sp, #SP_MESSAGE2_ARG + 96]
    stp x2, x3, [sp, #SP_MESSAGE2_UUID]
    str x1, [sp, #SP_MESSAGE2_ENDPOINTS]
    mov x0, sp
    blr x24
    ldp x4, x5, [sp, #SP_MESSAGE2_ARG]
    ldp x6, x7, [sp, #SP_MESSAGE2_ARG + 16]
    ldp x8, x9, [sp, #SP_MESSAGE2_ARG + 32]
    ldp x10, x11, [sp, #SP_MESSAGE2_ARG + 48]
    ldp x12, x13, [sp, #SP_MESSAGE2_ARG + 64]
    ldp x14, x15, [sp, #SP_MESSAGE2_ARG + 80]
    ldp x16, x17, [sp, #SP_MESSAGE2_ARG + 96]
    ldr x1, [sp, #SP_MESSAGE2_ENDPOINTS]
    ror w1, w1, #16
    mov x2, xzr
    mov x3, xzr
.endm

// _Noreturn void sp_loop(sp_handler handler, sp_handler2 handler2)
// In: x0 = handler, called with x0 = struct sp_message on this frame; x1 = handler2, with struct sp_message2. x19 = handler,
// x24 = handler2 and w20 … w23, w25, w26 = function identifiers for as long as the partition lives.
FUNC sp_loop
    sub sp, sp, #SP_LOOP_FRAME // struct ffa_args, sp_message or sp_message2, one at a time
    mov x19, x0
    mov x24, x1
    movw w25, FFA_MSG_SEND_DIRECT_REQ2
    movw w26, FFA_MSG_SEND_DIRECT_RESP2
    movw w20, FFA_MSG_SEND_DIRECT_REQ_32
    movw w21, FFA_MSG_SEND_DIRECT_RESP_32
    movw w22, FFA_MSG_SEND_DIRECT_REQ_64
    movw w23, FFA_MSG_SEND_DIRECT_RESP_64
    movw w0, FFA_MSG_WAIT
    mov x1, xzr
    mov x2, xzr
    mov x3, xzr
    mov x4, xzr
    mov x5, xzr
    mov x6, xzr
    mov x7, xzr

.Lnext:
    svc #0
    cmp w0, w20
    b.ne .Lnot_32
    handle_message
    mov w0, w21
    b .Lnext

.Lnot_32:
    cmp w0, w22
    b.ne .Lnot_64
    handle_message
    mov w0, w23
    zero_x8_x17 // part of a 64-bit response of version 1.2, and must be 0
    b .Lnext

.Lnot_64:
    cmp w0, w25
    b.ne .Levent
    handle_message2
    mov w0, w26
    b .Lnext

.Levent:
    stp x0, x1, [sp]
    stp x2, x3, [sp, #8 * 2]
    stp x4, x5, [sp, #8 * 4]
    stp x6, x7, [sp, #8 * 6]
    mov x0, sp
    bl sp_run_event
    ldp x0, x1, [sp]
    ldp x2, x3, [sp, #8 * 2]
    ldp x4, x5, [sp, #8 * 4]
    ldp x6, x7, [sp, #8 * 6]
    b .Lnext
ENDFUNC sp_loop
