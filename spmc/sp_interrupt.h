// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupts that are the SPMC's or a partition's (DEN0077A "Secure interrupts"; ffa.md 4.6): who gets the core, and how a
// partition hears of its own. Used by the FF-A core only; hardware-free, below it are gic_secure.h and spmc_irq.h.
#ifndef SP_INTERRUPT_H
#define SP_INTERRUPT_H

#include "spmc_private.h"

// EL3's FFA_INTERRUPT: a secure interrupt came while the normal world had this core. Whoever runs, at the end of it all
// core->args holds FFA_NORMAL_WORLD_RESUME. Returns who runs next.
struct sp *sp_interrupt_episode(struct spmc_core *core);

// A turn begins or goes on: `sp`, attended, has been claimed from state `from`. Starts or resumes its watchdog. Returns `sp`.
struct sp *sp_interrupt_begin_turn(struct spmc_core *core, struct sp *sp, enum sp_state from);

// The same for its end: `sp`, attended or with live FP registers, goes to `to` (SP_WAITING, SP_BLOCKED, SP_PREEMPTED), core->args
// is complete. Returns who runs next: itself with an interrupt of its own (to SP_WAITING only), another partition with one, whom this turn
// interrupted, or NULL.
struct sp *sp_interrupt_end_turn(struct spmc_core *core, struct sp *sp, enum sp_state to);

// `sp`, attended, was stopped and does not run any more; core->args is complete. As sp_interrupt_end_turn.
struct sp *sp_interrupt_after_stop(struct spmc_core *core);

// Gives `sp` an interrupt of its timer, to be delivered by whoever owns it next; takes it back, true: there was one. Called
// by sp_timer.c under its lock. Any core.
void sp_interrupt_pend(struct sp *sp);
bool sp_interrupt_unpend(struct sp *sp);

#endif
