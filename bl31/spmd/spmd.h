// SPDX-License-Identifier: BSD-3-Clause
//
// SPMD: FF-A (DEN0077A) between the normal world and the SPMC at S-EL1. Routes calls, answers the few that are EL3's
// own, holds the version the normal world negotiated. No state of a message is kept here: that is the SPMC's.
//
// The exchanges that EL3 itself has with the SPMC (core->state says which), each on the core that it concerns:
//   SPMD_BOOTING    boot core, first run            │ ends with FFA_MSG_WAIT, or FFA_ERROR
//   SPMD_STARTING   other core, first run each time │ the same
//   SPMD_VERSION    FFA_VERSION of the normal world │ framework message 9
//   SPMD_POWER      a core or the system goes off   │ framework message 2
//   SPMD_RESUMING   a core is back from a suspend   │ framework message 2
//   SPMD_INTERRUPT  secure interrupt                │ FFA_NORMAL_WORLD_RESUME
// Nothing else that completes is accepted meanwhile. SPMD_READY: the normal world runs, or waits for what it asked.
#ifndef SPMD_H
#define SPMD_H

#include <stdbool.h>
#include <stdint.h>

#include "bl31/smc.h"
#include "errors.h"
#include "handoff.h"

#define SPMD_FFA_VERSION 0x10002 // what EL3 itself speaks to the SPMC

// FF-A calls of the normal world: smc.h, smc_handler. A forwarded call does not return to the vector: context.S leaves
// EL3.
uint64_t spmd_from_normal(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                          struct smc_frame *frame);

// FF-A calls and completions of the SPMC: as above.
uint64_t spmd_from_spmc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                        struct smc_frame *frame);

// The normal world as it starts: FF-A 1.0 until it negotiates. Before the normal world's first call.
void spmd_reset_version(void);

// Enters the SPMC for its first run on this core (spmd_boot.c). `handoff` has been checked; it stays where it is. Does
// not return: with the SPMC's FFA_MSG_WAIT the normal world starts, FFA_ERROR ends the boot.
_Noreturn void spmd_boot(struct core *core, const struct handoff *handoff);

// Whether the SPMC has registered an entry for other cores. If not, no core but the boot core can be switched on: PSCI
// asks before it promises one. After the boot.
bool spmd_serves_secondaries(void);

// A core that the normal world switched on: enters the SPMC at its secondary entry (x4 = core index) and, when that
// ends with FFA_MSG_WAIT, the normal world as context_init_normal() made it. The core's GIC is on, context_init_core()
// and context_init_normal() have run. FFA_ERROR of the SPMC, or no registered entry, ends in psci_core_failed().
// spmd_boot.c.
_Noreturn void spmd_core_on(struct core *core);

// A core that is back from a suspend with loss of its registers: tells the SPMC (framework message 1) and enters the
// normal world as context_init_normal() made it. `system`: from SYSTEM_SUSPEND, not from CPU_SUSPEND. The SPMC let it
// sleep, so an error of it now is fatal. As spmd_core_on() otherwise. spmd_power.c.
_Noreturn void spmd_core_resumed(struct core *core, bool system);

// PSCI function `fid` (CPU_OFF, CPU_SUSPEND with power-down, SYSTEM_SUSPEND, either width) with its arguments, valid
// and about to be done: asks the SPMC (framework message 0). `frame`: the caller's, normal world; it keeps x1–x17 of
// the call. The caller returns what this returns (it does not come back); the answer arrives in psci_answered(secure
// frame, 0 or PSCI_DENIED), on this core, with core->state SPMD_READY. spmd_power.c.
uint64_t spmd_ask_power(struct smc_frame *frame, uint64_t fid, uint64_t x1, uint64_t x2,
                        uint64_t x3);

// A secure interrupt while the normal world ran: the SPMC gets FFA_INTERRUPT, its FFA_NORMAL_WORLD_RESUME goes back to
// the very instruction, no register changed. `frame`: the normal frame. Called by irq.c; does not come back.
// spmd_interrupt.c.
uint64_t spmd_secure_interrupt(struct smc_frame *frame);

#endif
