// SPDX-License-Identifier: BSD-3-Clause
//
// QEMU virt, the part of BL31: power. Cores wait in BL1's ROM or in BL31's parking loop for a group
// 0 SGI: that is as off as a core of QEMU gets here; off and reset hang on pins of the secure PL061.
#include "barrier.h"
#include "board.h"
#include "common_park.h"
#include "common_rndr.h"
#include "pl061.h"
#include "platform.h"
#include "uart.h"

#define GPIO_PIN_OFF 0
#define GPIO_PIN_RESET 1

int plat_cpu_power_on(uint32_t index, uint64_t entry)
{
    return common_park_release(index, entry);
}

void plat_cpu_power_down(uint32_t index, uint64_t wake_entry)
{
    common_park_sleep(index, wake_entry);
}

bool plat_cpu_is_off(uint32_t index)
{
    return common_park_sleeps(index);
}

// RNDRRS of the core: QEMU asks the host for every one.
int plat_trng_read(uint64_t *value)
{
    return common_rndr_sample(value);
}

static _Noreturn void drive_and_wait(uint32_t pin)
{
    uart_flush(&board.console);
    pl061_drive_high(GPIO_SECURE_BASE, pin);
    for (;;) {
        wfi();
    }
}

void plat_system_reset(void)
{
    drive_and_wait(GPIO_PIN_RESET);
}

void plat_system_off(void)
{
    drive_and_wait(GPIO_PIN_OFF);
}
