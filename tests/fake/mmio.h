// SPDX-License-Identifier: BSD-3-Clause
//
// Host stand-in for platform/include/mmio.h: device registers are functions of the test that links the
// code, which plays the device.
#ifndef FAKE_MMIO_H
#define FAKE_MMIO_H

#include <stdint.h>

uint32_t mmio_read32(uint64_t pa);
void mmio_write32(uint64_t pa, uint32_t value);
void mmio_write8(uint64_t pa, uint8_t value);
uint64_t mmio_read64(uint64_t pa);
void mmio_write64(uint64_t pa, uint64_t value);

#endif
