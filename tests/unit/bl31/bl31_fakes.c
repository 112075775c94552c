// SPDX-License-Identifier: BSD-3-Clause
//
// Stand-ins for context.S, spmd_boot.c, the board and the log; contracts in bl31_fakes.h.
#include "bl31_fakes.h"

#include "bl31/spmd/spmd.h"
#include "log.h"
#include "platform.h"

enum left fake_left;
struct smc_frame *fake_frame;
const uint64_t *fake_x8;
jmp_buf fake_end;
int32_t fake_boot_code;

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

uint64_t spmd_boot_done(struct smc_frame *frame)
{
    fake_left = LEFT_BOOT_DONE;
    fake_frame = frame;
    return LEFT_VALUE;
}

void spmd_boot_failed(int32_t code)
{
    fake_boot_code = code;
    longjmp(fake_end, END_BOOT_FAILED);
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
