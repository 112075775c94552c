// SPDX-License-Identifier: BSD-3-Clause
//
// Between the files of the peer partition.
#ifndef PEER_PRIVATE_H
#define PEER_PRIVATE_H

// Layout of struct peer_look
#define LOOK_PATTERN 64
#define LOOK_SAVED 80
#define LOOK_WORD 96
#define LOOK_V (LOOK_WORD + 8 * WORD_V)

// Words of a look
#define WORD_SP 31
#define WORD_TPIDR 32
#define WORD_TPIDRRO 33
#define WORD_NZCV 34
#define WORD_FPCR 35
#define WORD_FPSR 36
#define WORD_PSTATE 37
#define WORD_V 38
#define WORD_COUNT (WORD_V + 64)

#ifndef __ASSEMBLER__

#include "sp.h"
#include "tests/target/sp_peer/peer_proto.h"

// One look at all registers (peer_asm.S). SP points to it meanwhile.
struct peer_look {
    uint64_t in[8];   // x0 … x7 of the call; after a spin x1 … x7
    uint64_t pattern; // upper half: PEER_OWN_TAG; see peer_look_expected()
    uint32_t spin;    // rounds instead of the call
    uint32_t has;     // PEER_HAS_*
    uint64_t saved[2];
    uint64_t word[WORD_COUNT]; // out: x0 … x30, then WORD_*
} __attribute__((aligned(16)));

_Static_assert(offsetof(struct peer_look, pattern) == LOOK_PATTERN, "peer_asm.S");
_Static_assert(offsetof(struct peer_look, saved) == LOOK_SAVED, "peer_asm.S");
_Static_assert(offsetof(struct peer_look, word) == LOOK_WORD, "peer_asm.S");

// One step: arguments and results in `x`, the partition's own copy. Returns 0, or what ends the script.
typedef int (*peer_step_fn)(struct peer_script *script, struct peer_step *step, uint64_t *x);

// ---- peer_sp.c ----

// The region "device" of the manifest, or 0.
uint64_t peer_device(void);

// ---- peer_steps.c ----

// Reads the arguments of steps first … end - 1; `again`: only of those that were not performed since the script was written.
void peer_take_arguments(struct peer_script *script, uint32_t first, uint32_t end, bool again);

// Performs steps first … end - 1 with the arguments taken; returns 0, or what PEER_FAIL asked for (the rest is not performed then). *performed: how many
// were, repeated ones each time.
int peer_run_steps(struct peer_script *script, uint32_t first, uint32_t end, uint32_t *performed);

// Puts PEER_SECRET + id into the data word of PEER_SYM_SECRET.
void peer_init_secret(void);

// Takes sealing key and identity, for PEER_KEYS. ERR_*: as sp_sealing_key_take().
MUST_CHECK int peer_take_keys(void);

// Counts an interrupt of the timer, and sets it again as PEER_TIMER said.
void peer_count_interrupt(struct peer_script *script);

// PEER_SIGHT
void peer_sight(struct peer_script *script, uint64_t *x);

// ---- peer_ffa.c: steps that use the runtime's FF-A functions ----

int peer_map_rxtx(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_copy_in(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_copy_out(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_fill(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_count(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_touch(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_ask(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_ask2(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_offer(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_retrieve(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_relinquish(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_reclaim(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_mail(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_mail_read(struct peer_script *script, struct peer_step *step, uint64_t *x);
int peer_notified(struct peer_script *script, struct peer_step *step, uint64_t *x);

// PEER_USE_MEMORY and PEER_FORWARD: x3 … x7 of the message, in and out.
void peer_use_memory(uint64_t arg[5]);
void peer_forward(uint64_t arg[5]);

// Addresses of RX and TX, 0 before they were mapped.
uint64_t peer_rx(void);
uint64_t peer_tx(void);

// ---- peer_asm.S ----
void peer_execute(uint64_t instruction);  // enum peer_instruction
_Noreturn void peer_overflow_stack(void); // pushes until it faults
void peer_fp_paint(uint64_t pattern);     // d-halves of V(n) := pattern + n, pattern ^ n
// `rounds` times: paint, FFA_YIELD, compare; registers that differed. Nothing else touches FP in between
uint64_t peer_fp_yield(uint64_t pattern, uint64_t rounds);
// Paints, spins until *stop or `rounds` have passed, checks; returns registers that differ, rounds left in *rounds.
uint64_t peer_fp_spin(uint64_t pattern, const volatile uint32_t *stop, uint64_t *rounds);
// SVC with x0 … x17 of `x`, in and out, while x18 … x30 hold canaries. Bit n of the result: xn came back with another value
uint64_t peer_registers(uint64_t x[18]);
// Fills x8 … x30, V, FPCR, FPSR, NZCV and TPIDR_EL0 with the pattern, calls the SPMC with look->in or spins, takes down all
// that S-EL0 can read.
void peer_look(struct peer_look *look);

#endif
#endif
