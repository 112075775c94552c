// SPDX-License-Identifier: BSD-3-Clause
//
// The ends of asserts and of overwritten stack frames; contracts in assert.h and panic.h. Both end as any other
// exception of the image does, with its report and, in BL31 and the SPMC, in the crash record.
#include "panic.h"
#include "assert.h"
#include "core.h"
#include "log.h"

// Until an image sets its own. Not zero, so in .data: what sets it need not wait for .bss to be
// cleared
uintptr_t __stack_chk_guard = 0x5afe57ac0c0de500;

void panic_set_canary(uint64_t random)
{
    __stack_chk_guard = (uintptr_t)(random << 8);
}

void panic_assert(const char *condition, const char *file, int line)
{
    log_bypass();
    log_error("assertion failed: %s, %s:%d", condition, file, line);
    core_trap((uintptr_t)__builtin_return_address(0));
}

void __stack_chk_fail(void)
{
    log_bypass();
    log_error("stack frame overwritten, returning to %p", __builtin_return_address(0));
    core_trap((uintptr_t)__builtin_return_address(0));
}
