// SPDX-License-Identifier: BSD-3-Clause
//
// Report of an exception; contract in common_fatal.h.
#include "common_fatal.h"

#include "log.h"
#include "platform.h"
#include "regs.h"

struct common_fatal_frame common_fatal_frame;

void common_fatal(const struct common_fatal_frame *frame)
{
    static const char *const kinds[] = { "synchronous", "IRQ", "FIQ", "SError" };
    static const char *const sources[] = { "this level with SP_EL0", "this level",
                                           "the lower level, AArch64", "the lower level, AArch32" };

    log_error("unexpected %s exception from %s", kinds[frame->slot & 3],
              sources[(frame->slot >> 2) & 3]);
    log_error("class 0x%02llx esr 0x%08llx elr 0x%llx far 0x%llx spsr 0x%llx sp 0x%llx",
              (unsigned long long)ESR_EC(frame->esr), (unsigned long long)frame->esr,
              (unsigned long long)frame->elr, (unsigned long long)frame->far,
              (unsigned long long)frame->spsr, (unsigned long long)frame->sp);
    for (unsigned int i = 0; i < 30; i += 3) {
        log_error("x%-2u 0x%016llx  x%-2u 0x%016llx  x%-2u 0x%016llx", i,
                  (unsigned long long)frame->x[i], i + 1, (unsigned long long)frame->x[i + 1],
                  i + 2, (unsigned long long)frame->x[i + 2]);
    }
    log_error("x30 0x%016llx", (unsigned long long)frame->x[30]);
    plat_fatal();
}
