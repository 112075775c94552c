// SPDX-License-Identifier: BSD-3-Clause
//
// Between the files of the peer partition.
#ifndef PEER_PRIVATE_H
#define PEER_PRIVATE_H

#include "sp.h"
#include "tests/target/sp_peer/peer_proto.h"

// Performs all steps; returns 0, or what PEER_FAIL asked for (the rest is not performed then).
int peer_run_script(struct peer_script *script);

// Puts PEER_SECRET + id into the data word of PEER_SYM_SECRET.
void peer_init_secret(void);

// Takes sealing key and identity, for PEER_KEYS. ERR_*: as sp_sealing_key_take().
MUST_CHECK int peer_take_keys(void);

// Counts an interrupt of the timer, and sets it again as PEER_TIMER said.
void peer_count_interrupt(struct peer_script *script);

// peer_asm.S
void peer_execute(uint64_t instruction);  // enum peer_instruction
_Noreturn void peer_overflow_stack(void); // pushes until it faults
void peer_fp_paint(uint64_t pattern);     // d-halves of V(n) := pattern + n, pattern ^ n
// `rounds` times: paint, FFA_YIELD, compare; registers that differed. Nothing else touches FP in between
uint64_t peer_fp_yield(uint64_t pattern, uint64_t rounds);
// Paints, spins until *stop or `rounds` have passed, checks; returns registers that differ, rounds left in *rounds.
uint64_t peer_fp_spin(uint64_t pattern, const volatile uint32_t *stop, uint64_t *rounds);

#endif
