// SPDX-License-Identifier: BSD-3-Clause
//
// Template of a board, the part of BL31: power.
#include "barrier.h"
#include "board.h"
#include "common_park.h"
#include "common_rndr.h"
#include "log.h"
#include "platform.h"
#include "uart.h"

// All cores come out of reset at BL1 and wait there. If yours stay in reset until a power
// controller lets them out, program it here with `entry`, and keep the check of `index`.
int plat_cpu_power_on(uint32_t index, uint64_t entry)
{
    return common_park_release(index, entry);
}

// With a power controller: caches off, leave coherency, program the wake-up, and WFI until the power goes.
void plat_cpu_power_down(uint32_t index, uint64_t wake_entry)
{
    common_park_sleep(index, wake_entry);
}

bool plat_cpu_is_off(uint32_t index)
{
    return common_park_sleeps(index);
}

// A live source or ERR_NOT_SUPPORTED, nothing in between. This is the core's RNDRRS; a board with a random
// number generator that only the secure world reaches reads that.
int plat_trng_read(uint64_t *value)
{
    return common_rndr_sample(value);
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
