// SPDX-License-Identifier: BSD-3-Clause
//
// Which core this is, and its end; contracts in core.h.
#include "asm_macros.S"
#include "board.h"
#include "regs.h"

// int64_t core_index(void). Out: x0. Clobbers x1–x4, NZCV. No stack, MMU on or off, position
// independent.
FUNC core_index
    mrs x1, mpidr_el1
    mov_imm x2, MPIDR_AFFINITY
    and x1, x1, x2
    adr_l x2, board_core_mpidrs
    mov x0, xzr
1:  ldr x3, [x2, x0, lsl #3]
    cmp x3, x1
    b.eq 2f
    add x0, x0, #1
    cmp x0, #BOARD_CORE_MAX
    b.lo 1b
    mov x0, #-1
2:  ret
ENDFUNC core_index

// _Noreturn void core_trap(uintptr_t from). No stack; every register but x30 as it is.
FUNC core_trap
    mov x30, x0
    brk #0x7e55
    b . // no handler comes back
ENDFUNC core_trap
