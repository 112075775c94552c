// SPDX-License-Identifier: BSD-3-Clause
//
// Template of a board, the part of BL31: power.
#include "barrier.h"
#include "board.h"
#include "common_park.h"
#include "log.h"
#include "platform.h"
#include "uart.h"

// All cores come out of reset at BL1 and wait there. If yours stay in reset until a power
// controller lets them out, program it here with `entry`, and keep the check of `index`.
int plat_cpu_power_on(uint32_t index, uint64_t entry)
{
    return common_park_release(index, entry);
}

static _Noreturn void stop(const char *what)
{
    log_error("%s: this board has no hardware for it, stopping", what);
    uart_flush(&board.console);
    for (;;) {
        wfi();
    }
}

// Through your watchdog, power controller or system controller. The template has none, and says so.
void plat_system_reset(void)
{
    stop("system reset");
}

void plat_system_off(void)
{
    stop("system off");
}
