// SPDX-License-Identifier: BSD-3-Clause
//
// Macros of the runtime's assembly files. Included, never assembled alone.
#ifndef SP_MACROS_S
#define SP_MACROS_S

#include "asm_macros.S"
#include "sp_private.h"

// x8 … x17 = 0: registers that a call of FF-A 1.2 may carry and this one does not use.
.macro zero_x8_x17
    mov x8, xzr
    mov x9, xzr
    mov x10, xzr
    mov x11, xzr
    mov x12, xzr
    mov x13, xzr
    mov x14, xzr
    mov x15, xzr
    mov x16, xzr
    mov x17, xzr
.endm

#endif
