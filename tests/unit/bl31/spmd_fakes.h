// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of the SPMD share: one core, calls of both worlds on it, and stand-ins for the parts around the SPMD
// (PSCI, the set-up of contexts, the counters, the GIC), which note what they were told.
#ifndef SPMD_FAKES_H
#define SPMD_FAKES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bl31/spmd/spmd.h"
#include "bl31_fakes.h"
#include "gic.h"

#define ERROR 0x84000060ull
#define SUCCESS 0x84000061ull
#define NOT_SUPPORTED 0xffffffffull
#define INVALID_PARAMETERS 0xfffffffeull
#define DENIED 0xfffffffaull
#define MINUS_ONE 0xffffffffffffffffull

#define FAKE_BL33 0x48000000ull // where the boot core's normal world starts

extern struct core core;

// Since the last fake_ready()
extern unsigned int fake_snapshots; // context_snapshot_spmc
extern unsigned int fake_raises;    // bl31_counters_raise
extern unsigned int fake_ups;       // psci_core_up
extern uint64_t fake_secondary;     // entry of context_init_secondary
extern int32_t fake_answer;         // status of psci_answered, whose frame is fake_frame
extern enum gic_owner fake_owner;   // what gic_fiq_owner answers
extern uint32_t fake_acknowledge;   // what gic_acknowledge answers
extern unsigned int fake_acknowledges;
extern uint32_t fake_ended; // argument of gic_end; 0: not called

#define FAKE_ANSWERED 0xa15e7edull // what psci_answered returns

// A core in state READY, version not negotiated. Test set-up function.
int fake_ready(void **state);

// The SPMC's boot as spmd_boot() begins it, on that core.
void fake_boot(void);

// A call of the normal world with x1 and otherwise 0xa000 + register.
uint64_t normal(uint64_t fid, uint64_t x1);

// A call of the SPMC with x1–x3, the other registers 0xb000 + number, or zero.
uint64_t spmc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3);
uint64_t spmc_exact(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3);

// x1 … x7 of a result: x2, and zeros.
void assert_result(const struct smc_frame *frame, uint64_t x2);

// Everything that completes a call of the normal world or ends an exchange, but not the one that core.state is about:
// each is refused with DENIED, nothing leaves EL3 and the state stays.
void assert_no_wrong_completion(void);

#endif
