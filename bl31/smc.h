// SPDX-License-Identifier: BSD-3-Clause
//
// Dispatch of SMCs: who serves which owning range (DEN0028 table 2-1) for which world. bl31_vectors.S indexes the table.
#ifndef SMC_H
#define SMC_H

#include <stdint.h>

#include "bl31/context.h"

// One handler of SMCs. `fid`: function identifier, 32 bits, a fast call, SVE hint bit removed. x1–x3 as the caller set
// them: an SMC32 function takes their low 32 bits. `frame`: x0–x17 as the caller set them (x0 with the hint bit).
// Returns the caller's x0; frame->x[1 … 17] become its x1–x17: they stay unless the function's definition says more.
// Runs at EL3 on the core's own stack, interrupts masked; must not block.
typedef uint64_t (*smc_handler)(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                                struct smc_frame *frame);

#define SMC_SECURE 0 // caller: SCR_EL3.NS
#define SMC_NORMAL 1
#define SMC_WORLDS 2
#define SMC_OWNERS 64
#define SMC_FUNCTION_MASK \
    0x00ffffff // number, and bits 23:17, which must be zero: a function that has them is unknown

// THE table: [world][owner], complete: no NULL.
extern const smc_handler smc_owners[SMC_WORLDS][SMC_OWNERS];

// Sign-extended: right for both widths (DEN0028 5.2).
#define SMC_RESULT_UNKNOWN ((uint64_t)(int64_t)SMCCC_UNKNOWN)

#endif
