// SPDX-License-Identifier: BSD-3-Clause
//
// The rollback counter, for the one partition whose manifest has it (tessera,rollback-counter): EL3 keeps it. Used by the FF-A core;
// hardware-free, below it is spmc_smc().
#ifndef SP_COUNTER_H
#define SP_COUNTER_H

#include "spmc_private.h"

// The calls of a partition for it (ffa_abi.h: TESSERA_COUNTER_READ, TESSERA_COUNTER_ADVANCE). True: x[0] was one, and holds its
// result now; x[2] and x[3] as well when it was read.
bool sp_counter_call(const struct sp *sp, uint64_t *x);

#endif
