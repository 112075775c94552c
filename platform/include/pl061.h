// SPDX-License-Identifier: BSD-3-Clause
//
// Arm PL061 GPIO, as far as a board uses it to switch itself off or reset: driving one pin high.
#ifndef PL061_H
#define PL061_H

#include <stdint.h>

// Makes `pin` (0 … 7) of the PL061 at physical address `base` an output and drives it high. Any EL,
// any MMU state that reaches the device. Returns after the write; what hangs on the pin acts when
// it wants.
void pl061_drive_high(uint64_t base, uint32_t pin);

#endif
