// SPDX-License-Identifier: BSD-3-Clause
//
// PSCI (DEN0022) as the SMC table sees it. Normal world only.
#ifndef PSCI_H
#define PSCI_H

#include "bl31/smc.h"

// Serves the numbers 0x00 … 0x1f of the standard service range: smc.h, smc_handler. What is not there returns
// NOT_SUPPORTED. SYSTEM_OFF and SYSTEM_RESET do not return.
uint64_t psci_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame);

// SYSTEM_OFF, SYSTEM_RESET (DEN0022 5.9, 5.10): say so on the console and leave it to the board. x1 is not used.
uint64_t psci_system_off(uint64_t x1);
uint64_t psci_system_reset(uint64_t x1);

#endif
