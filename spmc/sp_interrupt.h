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

// The same for its end, where there is more to do than to release it: `sp`, the head of its chain, goes to `to` (SP_WAITING,
// SP_BLOCKED), core->args is complete. Returns who runs next: itself with an interrupt of its own (to SP_WAITING only),
// another partition with one, whom this turn interrupted, or NULL.
struct sp *sp_interrupt_end_turn(struct spmc_core *core, struct sp *sp, enum sp_state to);

// The partition that ran was stopped; core->args is complete. As sp_interrupt_end_turn.
struct sp *sp_interrupt_after_stop(struct spmc_core *core);

// For sp_chain.c: `sp` has ended its turn in the chain of `caller`, who has the answer; it is still SP_CHAINED, its
// `caller` is NULL. Goes to SP_WAITING, or gets an interrupt of its own first. Returns who runs next.
struct sp *sp_interrupt_return(struct spmc_core *core, struct sp *sp, struct sp *caller);

// `sp` of a chain has the core again, which `from` had. Returns who runs next: it, or another partition with an interrupt
// before it.
struct sp *sp_interrupt_come_back(struct spmc_core *core, struct sp *from, struct sp *sp);

// `sp` was claimed by FFA_RUN as waiting: true if it is to be told of notifications by that (FFA_INTERRUPT); it counts as told.
bool sp_interrupt_at_run(struct sp *sp);

// Gives `sp` interrupts (SP_PENDING_*), to be delivered by whoever owns it next; takes them back and returns those that it
// had not been told of. Any core, any lock held: they only set and clear bits. SP_PENDING_NOTIFICATION never gives a waiting
// partition the core: it is told by the next FFA_RUN, or behind its next message if it has a watchdog.
void sp_interrupt_pend(struct sp *sp, uint32_t bits);
uint32_t sp_interrupt_unpend(struct sp *sp, uint32_t bits);

#endif
