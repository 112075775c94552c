// SPDX-License-Identifier: BSD-3-Clause
//
// What PSCI keeps in struct core (context.h) about the core's own power call while the SPMC is asked about it, and while
// the core sleeps. This core only; written before it sleeps, read when it comes back.
#ifndef PSCI_CPU_H
#define PSCI_CPU_H

#include <stdint.h>

// Which call of this core is under way.
enum psci_operation {
    PSCI_NO_OPERATION,
    PSCI_GOES_OFF,        // CPU_OFF
    PSCI_SUSPENDS,        // CPU_SUSPEND, CPU_DEFAULT_SUSPEND to a power-down state
    PSCI_SUSPENDS_SYSTEM, // SYSTEM_SUSPEND
};

struct psci_cpu {
    uint64_t entry; // where the normal world goes on after a suspend, with context_id in x0
    uint64_t context_id;
    uint64_t slept_at;   // CNTPCT_EL0 when it went to sleep
    uint32_t operation;  // enum psci_operation
    uint16_t state;      // of a CPU_SUSPEND: index in board.idle_states
    uint16_t big_endian; // the caller's data accesses were (SCTLR_ELx.EE)
};

#endif
