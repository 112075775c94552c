// SPDX-License-Identifier: BSD-3-Clause
//
// First instructions of every partition, entered by the SPMC at S-EL0 with MMU on, relocations
// applied, x0 = address of the boot information, SP_EL0 = top of the stack, all other registers 0.
#include "sp_macros.S"

// _Noreturn void _start(const void *boot_info) Sets the thread pointer (errno is thread-local in
// picolibc), ends the chain of frames and calls C.
FUNC _start
    adr_l x1, sp_thread_pointer
    msr tpidr_el0, x1
    mov x29, xzr
    mov x30, xzr
    bl sp_start
    brk #SP_BRK_DIED // not reached
ENDFUNC _start
