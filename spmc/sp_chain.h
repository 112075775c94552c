// SPDX-License-Identifier: BSD-3-Clause
//
// Call chains: a partition works for another one (DEN0077A "Call chains"; ffa.md 4.2). What a chain is, who owns it and how
// the core moves in it; who may call whom is ffa_direct.c's and ffa_run.c's business. Used by the FF-A core only;
// hardware-free.
//
// The head of a chain is who was called by the normal world, or has the core for its boot or for an interrupt of its own:
// its state is RUNNING, or PREEMPTED or BLOCKED while nobody of the chain runs. Below it everybody is SP_CHAINED and names
// whom it works for (sp.caller). Who owns the head owns them all, also those that have yielded to their caller and wait
// for its FFA_RUN, and those whose caller waits for its next turn: nobody else can claim them.
#ifndef SP_CHAIN_H
#define SP_CHAIN_H

#include "spmc_private.h"

// Who is at the head of the chain of `sp`: itself, if it works for nobody.
struct sp *sp_chain_head(struct sp *sp);

// The core goes from the running partition `from` to `to`, which has been claimed as SP_CHAINED and has its message in its
// registers: from here on it works for `from`. Returns `to`.
struct sp *sp_chain_call(struct spmc_core *core, struct sp *from, struct sp *to);

// The same for one that works for `from` already, and goes on exactly where it was.
struct sp *sp_chain_resume(struct spmc_core *core, struct sp *from, struct sp *to);

// `sp` runs and works for another one. Its turn is over: the answer is in its caller's registers, it waits. Returns who runs
// next: its caller, or a partition with an interrupt before that.
struct sp *sp_chain_return(struct spmc_core *core, struct sp *sp);

// The same, but it has only yielded, or is SP_STOPPED: it is not released.
struct sp *sp_chain_yield(struct spmc_core *core, struct sp *sp, struct sp *caller);

// Everybody who works for `sp`, which is about to stop, works for nobody any more: BLOCKED, until the normal world runs
// them. `active`: who runs in the chain of `sp`, maybe itself.
void sp_chain_orphan(struct spmc_core *core, struct sp *sp, struct sp *active);

#endif
