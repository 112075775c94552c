// SPDX-License-Identifier: BSD-3-Clause
//
// Stand-ins for context.S, crash.c, the board and the log; contracts in bl31_fakes.h.
#include "bl31_fakes.h"

#include "bl31/crash.h"
#include "log.h"
#include "platform.h"
#include "platform/include/assert.h"

enum left fake_left;
struct smc_frame *fake_frame;
const uint64_t *fake_x8;
jmp_buf fake_end;

#define LEFT_VALUE \
    0x1eafull // context.S never returns; whatever a handler makes of it is not looked at

uint64_t context_enter_secure(struct smc_frame *frame)
{
    fake_left = LEFT_TO_SECURE;
    fake_frame = frame;
    return LEFT_VALUE;
}

uint64_t context_enter_normal(struct smc_frame *frame, const uint64_t *x8_to_x17)
{
    fake_left = LEFT_TO_NORMAL;
    fake_frame = frame;
    fake_x8 = x8_to_x17;
    return LEFT_VALUE;
}

uint64_t context_ask_secure(struct smc_frame *frame, const uint64_t *x0_to_x17)
{
    fake_left = LEFT_BY_ASKING;
    fake_frame = frame;
    fake_x8 = x0_to_x17;
    return LEFT_VALUE;
}

uint64_t context_resume_normal(struct smc_frame *frame)
{
    fake_left = LEFT_BY_RESUMING;
    fake_frame = frame;
    return LEFT_VALUE;
}

// Its callers do not return.
uint64_t context_boot_secure(struct smc_frame *frame)
{
    fake_frame = frame;
    longjmp(fake_end, END_SPMC_FIRST);
}

void crash_boot_is_over(void)
{
}

void crash_of_spmc(const struct smc_frame *frame)
{
    (void)frame;
    longjmp(fake_end, END_SPMC_CRASH);
}

void panic_assert(const char *condition, const char *file, int line)
{
    (void)condition;
    (void)file;
    (void)line;
    longjmp(fake_end, END_ASSERT);
}

void plat_fatal(void)
{
    longjmp(fake_end, END_FATAL);
}

void plat_system_off(void)
{
    longjmp(fake_end, END_OFF);
}

void plat_system_reset(void)
{
    longjmp(fake_end, END_RESET);
}

void log_line(int level, const char *format, ...)
{
    (void)level;
    (void)format;
}
