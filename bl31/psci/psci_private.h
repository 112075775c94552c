// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of PSCI share: the state of every core as all cores see it, and the handlers that psci_dispatch.c lists.
#ifndef PSCI_PRIVATE_H
#define PSCI_PRIVATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bits.h"
#include "bl31/smc.h"
#include "board.h"
#include "errors.h"
#include "platform.h"
#include "smccc.h"

// States of a core (DEN0022 6.6), by their numbers in AFFINITY_INFO. The only transitions, and who makes them:
//   OFF → ON_PENDING   any core, in CPU_ON, by compare-and-swap: one of several callers wins
//   ON_PENDING → ON    the core itself: psci_core_up()
//   ON_PENDING → OFF   the core itself: psci_core_failed(); or the winner, if the board cannot release it
//   ON → OFF           the core itself, with its last instructions before the board's off state
// A suspended core is ON.
enum psci_state {
    PSCI_STATE_ON = PSCI_AFFINITY_ON,
    PSCI_STATE_OFF = PSCI_AFFINITY_OFF,
    PSCI_STATE_ON_PENDING = PSCI_AFFINITY_ON_PENDING,
};

struct psci_idle {
    _Atomic uint64_t ticks; // of CNTPCT_EL0 spent there since the boot
    _Atomic uint64_t count;
};

// One line a core, so that no two cores write the same one.
struct psci_core {
    _Atomic uint32_t state; // enum psci_state
    // Written by the winner of OFF → ON_PENDING before it releases the core; read by the core when it arrives
    uint32_t big_endian;
    uint64_t entry;
    uint64_t context_id;
    // Written by the core alone, read by all
    _Atomic uint32_t standby; // it waits in a standby state
    struct psci_idle idle[BOARD_MAX_IDLE_STATES];
} __attribute__((aligned(CACHE_LINE_MAX)));

extern struct psci_core psci_cores[BOARD_CORE_MAX];

// Const after psci_init.
struct psci_machine {
    uint64_t ram_base, ram_size; // of the normal world
    uint32_t core_count;         // present: 1 … board.core_max
};

extern struct psci_machine psci_machine;

// A result as x0: sign-extended, right for both widths.
static inline uint64_t psci_result(int32_t code)
{
    return (uint64_t)(int64_t)code;
}

static inline enum psci_state psci_state_of(uint32_t index)
{
    return (enum psci_state)atomic_load_explicit(&psci_cores[index].state, memory_order_acquire);
}

// Finds the core whose MPIDR affinity is `target`, all other bits 0. ERR_NOT_FOUND: none that is present.
MUST_CHECK int psci_find_core(uint64_t target, uint32_t *index);

// Whether the normal world may name `entry` as an entry point: an A64 instruction in its RAM (DEN0022 5.2.2, INVALID_ADDRESS).
bool psci_is_entry(uint64_t entry);

// Whether data accesses of the calling normal world are big-endian at its highest level: so starts what it starts (DEN0022 6.4.3.3).
bool psci_caller_big_endian(void);

// Makes core's normal world start at `entry`, as context_init_normal(), in that byte order.
void psci_set_normal(struct core *core, uint64_t entry, uint64_t context_id, bool big_endian);

// Puts the calling core to sleep for good, or until it is woken at `wake_entry` (platform.h). GIC and state have been dealt with.
_Noreturn void psci_power_down(struct core *core, uint64_t wake_entry);

// The SPMC lets this core suspend; the core is back from it.
_Noreturn void psci_suspend(struct core *core);
_Noreturn void psci_resume(struct core *core);

// Whether `fid`, one of PSCI's numbers in either width, is there on this board: psci_dispatch.c's table.
bool psci_is_offered(uint64_t fid);

// Handlers of calls: smc.h, smc_handler, but x1–x3 of an SMC32 call are the low halves.
uint64_t psci_cpu_on(uint64_t fid, uint64_t target, uint64_t entry, uint64_t context_id,
                     struct smc_frame *frame);
uint64_t psci_cpu_off(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame);
uint64_t psci_cpu_suspend(uint64_t fid, uint64_t state, uint64_t entry, uint64_t context_id,
                          struct smc_frame *frame);
uint64_t psci_cpu_default_suspend(uint64_t fid, uint64_t entry, uint64_t context_id, uint64_t x3,
                                  struct smc_frame *frame);
uint64_t psci_system_suspend(uint64_t fid, uint64_t entry, uint64_t context_id, uint64_t x3,
                             struct smc_frame *frame);
uint64_t psci_stat_residency(uint64_t fid, uint64_t target, uint64_t state, uint64_t x3,
                             struct smc_frame *frame);
uint64_t psci_stat_count(uint64_t fid, uint64_t target, uint64_t state, uint64_t x3,
                         struct smc_frame *frame);
uint64_t psci_affinity_info(uint64_t fid, uint64_t target, uint64_t level, uint64_t x3,
                            struct smc_frame *frame);
uint64_t psci_node_hw_state(uint64_t fid, uint64_t target, uint64_t level, uint64_t x3,
                            struct smc_frame *frame);
uint64_t psci_system_off(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                         struct smc_frame *frame);
uint64_t psci_system_reset(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                           struct smc_frame *frame);
uint64_t psci_system_reset2(uint64_t fid, uint64_t type, uint64_t cookie, uint64_t x3,
                            struct smc_frame *frame);

#endif
