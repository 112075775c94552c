// SPDX-License-Identifier: BSD-3-Clause
//
// Time for partitions: the secure timer that a manifest gives them, and the watchdog that it puts on them. One hardware
// timer a core (CNTPS) serves both. Used by the FF-A core only; hardware-free, below it is spmc_irq.h.
#ifndef SP_TIMER_H
#define SP_TIMER_H

#include "spmc_private.h"

// The calls of a partition that are not FF-A (ffa_abi.h: TESSERA_TIMER_SET, TESSERA_WATCHDOG_KICK). True: x[0] was one, and
// holds its result now.
bool sp_timer_call(struct spmc_core *core, struct sp *sp, uint64_t *x);

// This core's hardware timer fired, or another core left its deadlines to this one: makes every timer that is due an
// interrupt of its partition, and sets the hardware to what comes next.
void sp_timer_serve(struct spmc_core *core);

// The running partition ends the turn of an interrupt: its next one comes no sooner than SPMC_TIMER_MIN_US from now, whatever
// it set, and however long it took. So whom it interrupted has the core for that time.
void sp_timer_hold(struct spmc_core *core, struct sp *sp);

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

// Whether the partition that runs here has used up its time.
bool sp_timer_watchdog_bites(const struct spmc_core *core);

#endif
