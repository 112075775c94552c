// SPDX-License-Identifier: BSD-3-Clause
//
// Time for partitions: the secure timer that a manifest gives them, and the watchdog that it puts on them. One hardware
// timer a core (CNTPS) serves both. Used by the FF-A core only; hardware-free, below it is spmc_irq.h.
#ifndef SP_TIMER_H
#define SP_TIMER_H

#include "spmc_private.h"

// The calls of a partition that are not FF-A (ffa_abi.h: TESSERA_TIMER_SET, TESSERA_WATCHDOG_KICK, TESSERA_INTERRUPT_DONE,
// TESSERA_CLOCK). True: x[0] was one, and holds its result now; x[2] and x[3] as well when it was the time.
bool sp_timer_call(struct spmc_core *core, struct sp *sp, uint64_t *x);

// This core's hardware timer fired, or another core left its deadlines to this one: makes every timer that is due an
// interrupt of its partition, and sets the hardware to what comes next.
void sp_timer_serve(struct spmc_core *core);

// The running partition ends the turn of an interrupt: its next one comes no sooner than SPMC_TIMER_MIN_US from now, whatever
// it set, whatever its devices do, and however long it took. So whom it interrupted has the core for that time.
void sp_timer_hold(struct spmc_core *core, struct sp *sp);

// Interrupts of devices (SP_PENDING_DEVICE) came to this core for `sp`: they are pended, at once or when that time is over.
void sp_timer_pend(struct spmc_core *core, struct sp *sp, uint32_t bits);

// The last first entry is over, the normal world is next: what fired meanwhile, while nobody could be told, fires again.
void sp_timer_boot_over(struct spmc_core *core);

// This core serves from now on: its start, or its return from a low-power state. Takes over the deadlines of cores that
// nobody could take over.
void sp_timer_core_on(struct spmc_core *core);

// This core is about to lose power: its deadlines go to another core. If it is the last one they stay, and its hardware
// timer keeps running as long as it has power. `sleeps`: until an interrupt comes, also ours; else it is off, and if all
// others sleep one of them is woken.
void sp_timer_core_off(struct spmc_core *core, bool sleeps);

// The running partition ended for good: no timer of it is left. Any core that owns it.
void sp_timer_forget(struct sp *sp);

// The watchdog counts while its partition has a core. Start: full time, a turn begins or the partition says that it is
// alive. Resume and pause: the turn goes on, or is interrupted. For partitions without watchdog none does anything.
void sp_timer_watchdog_start(struct spmc_core *core, struct sp *sp);
void sp_timer_watchdog_resume(struct spmc_core *core, struct sp *sp);
void sp_timer_watchdog_pause(struct spmc_core *core, struct sp *sp);

// The core goes from one partition to another one of its chain: pause and resume, or start, at once. `from` without a watchdog
// that counts is not touched.
void sp_timer_watchdog_call(struct spmc_core *core, struct sp *from, struct sp *to);
void sp_timer_watchdog_switch(struct spmc_core *core, struct sp *from, const struct sp *to);

// The watchdog of `sp` while it has the core for an interrupt of its own, instead of the above: it counts to the end of that
// turn, also while `sp` waits for a partition that it has called. So the normal world, which cannot take the core meanwhile,
// has it back when that time is over, whatever `sp` does.
void sp_timer_handler_start(struct spmc_core *core, const struct sp *sp);
void sp_timer_handler_end(struct spmc_core *core);

// Whether the partition that runs here has used up its time; whether who handles an interrupt here has. True once.
bool sp_timer_watchdog_bites(struct spmc_core *core);
bool sp_timer_handler_bites(struct spmc_core *core);

#endif
