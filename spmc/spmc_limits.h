// SPDX-License-Identifier: BSD-3-Clause
//
// Every fixed maximum of the SPMC in one place; those of a partition package, which fip-tool shares, are in sp_limits.h.
#ifndef SPMC_LIMITS_H
#define SPMC_LIMITS_H

#include "sp_limits.h"

#define SPMC_MAX_SPS 8          // partitions
#define SPMC_MAX_RXTX_PAGES 4   // pages of one RX or TX buffer (FFA_FEATURES reports it)
#define SPMC_MAX_PERM_PAGES 512 // pages of one FFA_MEM_PERM_SET
#define SPMC_TIMER_MIN_US 100   // of a partition's timer: its interrupts leave others time

#endif
