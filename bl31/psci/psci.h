// SPDX-License-Identifier: BSD-3-Clause
//
// PSCI 1.1 (DEN0022): power of cores and of the machine, for the normal world only. Calls come from the SMC table; the other
// functions are steps of switching a core on and off, called by bl31_main.c and by the SPMD, which asks the SPMC.
#ifndef PSCI_H
#define PSCI_H

#include <stdint.h>

#include "bl31/smc.h"
#include "handoff.h"

// Boot core, before any other core or world runs: remembers which cores there are and where the normal world's RAM is.
// `handoff` has been checked; `index`: the boot core, which is on from now.
void psci_init(const struct handoff *handoff, uint32_t index);

// Serves the numbers 0x00 … 0x1f of the standard service range: smc.h, smc_handler. What is not there returns
// NOT_SUPPORTED. SYSTEM_OFF, SYSTEM_RESET and SYSTEM_RESET2 do not return; CPU_OFF and suspends leave by spmd_ask_power().
uint64_t psci_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame);

// The SPMC's answer to spmd_ask_power(), on the core that asked, in the SMC that carries it. `secure_frame`: of that SMC.
// `status` PSCI_SUCCESS: the core goes off or to sleep here and now and does not return; anything else: the caller in the
// normal world gets PSCI_DENIED, all other registers its own.
uint64_t psci_answered(struct smc_frame *secure_frame, int32_t status);

// A core that was off or asleep has come back (bl31_warm_main): its struct core is there, MMU on, context_init_core() done. Leads to
// the normal world by way of the SPMC.
_Noreturn void psci_core_arrived(struct core *core);

// The SPMC is up on a core that was switched on: right before the first entry of its normal world.
void psci_core_up(struct core *core);

// The SPMC cannot run on a core that was switched on: the core goes off again, with a line on the console. Its CPU_ON has been
// answered SUCCESS long ago (DEN0022 5.6: the caller asks AFFINITY_INFO).
_Noreturn void psci_core_failed(struct core *core);

#endif
