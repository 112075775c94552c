// SPDX-License-Identifier: BSD-3-Clause
//
// Every fixed maximum of the SPMC in one place; those of a partition package, which fip-tool shares, are in sp_limits.h.
#ifndef SPMC_LIMITS_H
#define SPMC_LIMITS_H

#include "sp_limits.h"

#define SPMC_MAX_SPS 8                // partitions
#define SPMC_MAX_RXTX_PAGES 4         // pages of one RX or TX buffer (FFA_FEATURES reports it)
#define SPMC_MAX_PERM_PAGES 512       // pages of one FFA_MEM_PERM_SET
#define SPMC_TIMER_MIN_US 100         // of a partition's timer: its interrupts leave others time
#define SPMC_MAX_DEVICE_INTERRUPTS 32 // of all partitions
#define SPMC_MAX_NWD_VCPUS 8          // vCPUs of the normal world's notification bitmaps
#define SPMC_MAX_TRANSACTIONS 64      // memory transactions that exist at once
#define SPMC_NWD_TRANSACTIONS \
    48 // of these, of the normal world: it cannot keep partitions from theirs
#define SPMC_NWD_LIST_PAGES 128   // of the pool, for lists of the normal world's address ranges
#define SPMC_MAX_BORROWERS 4      // of one transaction
#define SPMC_MAX_RANGES 16384     // address ranges of one transaction
#define SPMC_MAX_MEM_PAGES 262144 // pages of one transaction: 1 GiB
#define SPMC_MAX_ZERO_PAGES 4096  // of one that is wiped on the way: no call takes longer than that

#endif
