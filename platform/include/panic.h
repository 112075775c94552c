// SPDX-License-Identifier: BSD-3-Clause
//
// What the compiler calls when a stack frame was overwritten (-fstack-protector-strong), and its
// canary.
#ifndef PANIC_H
#define PANIC_H

#include <stdint.h>

// The value that protected functions keep below their return address. Set once, by an image's early
// code, before the first protected function runs: by assembly, or with panic_set_canary in a
// function that never returns.
extern uintptr_t __stack_chk_guard;

// Sets the canary; the lowest byte becomes zero, so that no string function can write it. The
// caller must not return to a protected function that was entered before.
void panic_set_canary(uint64_t random);

// Reports the overwritten stack and ends as an exception of the image does (core_trap).
_Noreturn void __stack_chk_fail(void);

#endif
