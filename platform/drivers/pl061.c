// SPDX-License-Identifier: BSD-3-Clause
//
// Arm PL061 GPIO (DDI0190); contract in pl061.h.
#include "pl061.h"

#include "barrier.h"
#include "mmio.h"

#define GPIODATA(pins) \
    ((uint64_t)(pins) << 2) // address bits 9:2 choose the pins that an access reaches
#define GPIODIR 0x400

void pl061_drive_high(uint64_t base, uint32_t pin)
{
    uint32_t mask = 1u << pin;

    mmio_write32(base + GPIODATA(mask), 0); // no edge when the pin becomes an output
    mmio_write32(base + GPIODIR, mmio_read32(base + GPIODIR) | mask);
    mmio_write32(base + GPIODATA(mask), mask);
    dsb_sy();
}
