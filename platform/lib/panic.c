// SPDX-License-Identifier: BSD-3-Clause
//
// The ends of asserts and of overwritten stack frames; contracts in assert.h and panic.h.
#include "panic.h"
#include "assert.h"
#include "log.h"
#include "platform.h"

// Until an image sets its own. Not zero, so in .data: what sets it need not wait for .bss to be
// cleared
uintptr_t __stack_chk_guard = 0x5afe57ac0c0de500;

void panic_set_canary(uint64_t random)
{
    __stack_chk_guard = (uintptr_t)(random << 8);
}

void panic_assert(const char *condition, const char *file, int line)
{
    log_error("assertion failed: %s, %s:%d", condition, file, line);
    plat_fatal();
}

void __stack_chk_fail(void)
{
    log_error("stack frame overwritten, returning to %p", __builtin_return_address(0));
    plat_fatal();
}
