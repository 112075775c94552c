// SPDX-License-Identifier: BSD-3-Clause
//
// What the PSCI tests share: a machine with four cores of which one or all run, calls on any of them, and what must be true of a
// core that the normal world gets.
#ifndef TARGET_PSCI_H
#define TARGET_PSCI_H

#include "tests/target/target.h"

#define CORES 4
#define CONTEXT_ID 0x5ca1ab1e0ddba115
#define STANDBY 0x00000000 // power states of struct board, as the device tree names them
#define POWER_DOWN 0x00010000

struct h_options psci_options(void);

// Setups of cases: core 0 runs and all others are off; all run.
int one_runs(void **state);
int all_run(void **state);

// A call on some core (psci(): core 0); the registers it must keep are kept, its answer is sign-extended in a 64-bit call.
int32_t psci_on(unsigned int core, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3);
int32_t psci(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3);

// Core `by` switches `core` on (with CONTEXT_ID + core), or waits until it went off; asks for its state.
void on(unsigned int by, unsigned int core);
void off(unsigned int core, unsigned int by);
int32_t state_of(unsigned int by, unsigned int core);

void assert_echo_on(unsigned int core);

// What DEN0022 6.4.3 promises of a core that the normal world gets.
void assert_entered(unsigned int core, uint64_t context_id);

#endif
