// SPDX-License-Identifier: BSD-3-Clause
//
// The SPMC's calls to EL3 that are answered at once: EL3 serves them and comes back here, whoever waits for the core
// meanwhile. (Its other SMC, which leaves for the normal world, is in spmc_vectors.S.)
#include "asm_macros.S"
#include "ffa_call.S"

FFA_CALL spmc_smc, smc
