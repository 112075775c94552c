// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of the SPMD share: how EL3 answers, and where the routing table (spmd.c) sends calls of the SPMC that
// are steps of an exchange with EL3 (spmd.h lists the exchanges).
#ifndef SPMD_PRIVATE_H
#define SPMD_PRIVATE_H

#include "bl31/spmd/spmd.h"
#include "ffa_abi.h"

// w1 of direct messages between EL3 and the SPMC: sender in bits 31:16, receiver in 15:0
#define SPMD_TO_SPMC (((uint32_t)FFA_ID_SPMD << 16) | FFA_ID_SPMC)
#define SPMD_FROM_SPMC (((uint32_t)FFA_ID_SPMC << 16) | FFA_ID_SPMD)

// Kept out of the two entry functions, which thereby need no stack frame for what is always the case.
#define RARE __attribute__((noinline, cold))

// Puts a result into x1–x7 of a caller and returns its x0.
static inline uint64_t spmd_reply(struct smc_frame *frame, uint64_t fid, uint64_t x2)
{
    frame->x[1] = 0;
    frame->x[2] = x2;
    frame->x[3] = 0;
    frame->x[4] = 0;
    frame->x[5] = 0;
    frame->x[6] = 0;
    frame->x[7] = 0;
    return fid;
}

static inline uint64_t spmd_reply_error(struct smc_frame *frame, int32_t code)
{
    return spmd_reply(frame, FFA_ERROR, (uint32_t)code);
}

// Whether x[first] … x7 of a call are zero, as those that it does not use must be.
static inline bool spmd_no_arguments(const struct smc_frame *frame, unsigned int first)
{
    uint64_t any = 0;

    for (unsigned int i = first; i < 8; i++) {
        any |= frame->x[i];
    }
    return any == 0;
}

// spmd_boot.c. The SPMC's FFA_MSG_WAIT that ends its boot: keeps its registers as the constant set and starts the
// normal world.
uint64_t spmd_boot_done(struct smc_frame *frame);

// The SPMC's FFA_ERROR instead: reports `code` (signed, w2) and ends in plat_fatal().
_Noreturn void spmd_boot_failed(int32_t code);

// The same for a core that was switched on: the normal world starts there, or the core goes off again.
uint64_t spmd_core_started(struct smc_frame *frame);
_Noreturn void spmd_core_failed(struct core *core, int32_t code);

// FFA_SECONDARY_EP_REGISTER during the SPMC's boot: `entry` is where it wants other cores. ERR_RANGE: no place for an
// instruction in its image; ERR_DENIED: it has registered one before.
MUST_CHECK int spmd_register_secondary(uint64_t entry);

// spmd_power.c. The SPMC's answer in SPMD_POWER and SPMD_RESUMING. `frame`: secure. `status`: w3 of its message; an
// FFA_ERROR instead counts as PSCI_DENIED.
uint64_t spmd_power_answered(struct smc_frame *frame, int32_t status);

// spmd_interrupt.c. FFA_NORMAL_WORLD_RESUME and FFA_EL3_INTR_HANDLE of the SPMC, in any state. `frame`: secure; returns
// its x0.
uint64_t spmd_interrupt_done(struct smc_frame *frame);
uint64_t spmd_interrupt_handle(struct smc_frame *frame);

#endif
