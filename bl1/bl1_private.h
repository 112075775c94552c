// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of BL1 share.
#ifndef BL1_PRIVATE_H
#define BL1_PRIVATE_H

#include <stdint.h>

// Called once by bl1_reset on the primary core: EL3, MMU off, stack and .bss ready, interrupts
// masked.
_Noreturn void bl1_main(void);

// bl1_trust.c, called once each in this order, MMU on. None returns after a failure: a line has said
// why, the secrets are wiped, and the boot has ended.
//
// Reads the OTP, derives the secrets out of the HUK (which is gone afterwards), begins the event log
// and tells the board's policy on the console.
void bl1_trust_begin(void);

// Opens the FIP, loads BL2, verified and measured, and completes the parameters for it.
void bl1_trust_load_bl2(void);

// Looks once more whether BL2 was proved, and enters it.
_Noreturn void bl1_trust_run_bl2(void);

// The end of a boot whose reason a line on the console has told, at any time after bl1_trust_begin():
// wipes the HUK and what BL1 made of it first.
_Noreturn void bl1_trust_refuse(void);

// Leaves to BL2 at `entry`: S-EL1, MMU off, all general registers zero. The next SMC arrives in
// bl1_vectors with an empty stack. (bl1_exit.S)
_Noreturn void bl1_enter_bl2(uint64_t entry);

// Leaves to BL31 at `entry`: EL3, MMU and D-cache off, TLB empty, x0 = `handoff`, x1–x7 zero.
// (bl1_exit.S)
_Noreturn void bl1_enter_bl31(uint64_t entry, uint64_t handoff);

// Answers BL1_SMC_RUN_BL31 (bl1_vectors.S calls it on the empty stack): checks the hand-off and
// enters BL31; returns −1 only when it refuses.
int64_t bl1_run_bl31(uint64_t handoff);

// The end of a BL2 that took an exception before it had vectors: reports the registers of EL1.
_Noreturn void bl1_lower_exception(void);

#endif
