// SPDX-License-Identifier: BSD-3-Clause
//
// The 2 MiB of the SPMC's high half that are no linear map: the last ones of the GiB in which the image lies, so that they
// share its tables of levels 1 and 2. One last-level table holds, from its beginning, the window for buffers and the pieces
// for wiping (spmc_mm.c), and at its end the stacks, each with an unmapped page below it that costs no memory. Read by
// assembly and C.
#ifndef SPMC_WINDOW_H
#define SPMC_WINDOW_H

#include "bits.h"
#include "board.h"
#include "spmc_va.h"

#define SPMC_WINDOW_SIZE 0x200000
#define SPMC_WINDOW_BASE (SPMC_VA_OFFSET + (((SPMC_BASE >> 30) + UL(1)) << 30) - SPMC_WINDOW_SIZE)

// Core i has the page that ends at SPMC_STACKS_BASE + (i + 1) * SPMC_STACK_STRIDE
#define SPMC_STACK_STRIDE 0x2000
#define SPMC_STACKS_BASE (SPMC_WINDOW_BASE + SPMC_WINDOW_SIZE - BOARD_CORE_MAX * SPMC_STACK_STRIDE)

#endif
