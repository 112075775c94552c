// SPDX-License-Identifier: BSD-3-Clause
//
// SPMD: FF-A (DEN0077A) between the normal world and the SPMC at S-EL1. Routes calls, answers the few that are EL3's own,
// holds the version the normal world negotiated. No state of a message is kept here: that is the SPMC's.
#ifndef SPMD_H
#define SPMD_H

#include "bl31/smc.h"
#include "handoff.h"

#define SPMD_FFA_VERSION 0x10002 // what EL3 itself speaks to the SPMC

// FF-A calls of the normal world: smc.h, smc_handler. A forwarded call does not return to the vector: context.S leaves EL3.
uint64_t spmd_from_normal(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                          struct smc_frame *frame);

// FF-A calls and completions of the SPMC: as above.
uint64_t spmd_from_spmc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                        struct smc_frame *frame);

// The normal world as it starts: FF-A 1.0 until it negotiates. Before the normal world's first call.
void spmd_reset_version(void);

// Enters the SPMC for its first run on this core (spmd_boot.c). `handoff` has been checked; it stays where it is. Does not
// return: the SPMC's FFA_MSG_WAIT ends in spmd_boot_done().
_Noreturn void spmd_boot(struct core *core, const struct handoff *handoff);

// The SPMC's first FFA_MSG_WAIT: keeps its registers as the constant set and starts the normal world.
uint64_t spmd_boot_done(struct smc_frame *frame);

// The SPMC's FFA_ERROR instead: reports `code` (signed, w2) and ends in plat_fatal().
_Noreturn void spmd_boot_failed(int32_t code);

#endif
