// SPDX-License-Identifier: BSD-3-Clause
//
// The SMC instruction for bare-metal clients: smc_call(), documented in transport_smc.h.
#include "asm_macros.S"
#include "ffa_call.S"

FFA_CALL smc_call, smc
