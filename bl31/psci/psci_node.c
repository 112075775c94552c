// SPDX-License-Identifier: BSD-3-Clause
//
// What is asked about cores and the nodes above them: which core a caller means, AFFINITY_INFO (PSCI's view, by affinity level) and
// NODE_HW_STATE (the hardware's view, by power level). All arguments are the normal world's.
#include "bl31/psci/psci_private.h"

#include "core.h"
#include "regs.h"

#define LEVEL_CLUSTER 1
#define LEVEL_SYSTEM 2
#define AFFINITY_LEVELS 4

int psci_find_core(uint64_t target, uint32_t *index)
{
    for (uint32_t i = 0; i < psci_machine.core_count; i++) {
        if (board.core_mpidrs[i] == target) {
            *index = i;
            return ERR_NONE;
        }
    }
    return ERR_NOT_FOUND;
}

// A node is ON as soon as one core of it is, OFF when all are (DEN0022 5.7.1). Fields below the level are ignored.
uint64_t psci_affinity_info(uint64_t fid, uint64_t target, uint64_t level, uint64_t x3,
                            struct smc_frame *frame)
{
    (void)fid;
    int32_t result = PSCI_INVALID_PARAMETERS;

    (void)x3;
    (void)frame;
    level = (uint32_t)level;
    if (level >= AFFINITY_LEVELS || (target & ~MPIDR_AFFINITY) != 0) {
        return psci_result(PSCI_INVALID_PARAMETERS);
    }
    // Computed, not looked up: no speculation reads a table at the caller's number
    uint64_t fields = MPIDR_AFFINITY & (UINT64_MAX << (8 * level));

    for (uint32_t i = 0; i < psci_machine.core_count; i++) {
        enum psci_state state = psci_state_of(i);

        if (((board.core_mpidrs[i] ^ target) & fields) != 0) {
            continue;
        }
        if (state == PSCI_STATE_ON) {
            return PSCI_AFFINITY_ON;
        }
        if (result != PSCI_AFFINITY_ON_PENDING) {
            result = (int32_t)state;
        }
    }
    return psci_result(result);
}

static bool in_node(uint32_t index, uint32_t core, uint64_t level)
{
    return level == LEVEL_SYSTEM || index == core ||
           (level == LEVEL_CLUSTER && board.core_clusters[index] == board.core_clusters[core]);
}

uint64_t psci_node_hw_state(uint64_t fid, uint64_t target, uint64_t level, uint64_t x3,
                            struct smc_frame *frame)
{
    (void)fid;
    uint32_t core;
    uint32_t result = PSCI_HW_OFF;

    (void)x3;
    (void)frame;
    level = (uint32_t)level;
    if (level > LEVEL_SYSTEM || psci_find_core(target, &core) != ERR_NONE) {
        return psci_result(PSCI_INVALID_PARAMETERS);
    }
    for (uint32_t i = 0; i < psci_machine.core_count; i++) {
        if (!in_node(i, core, level) || plat_cpu_is_off(i)) {
            continue;
        }
        if (atomic_load_explicit(&psci_cores[i].standby, memory_order_relaxed) == 0) {
            return PSCI_HW_ON;
        }
        result = PSCI_HW_STANDBY;
    }
    return result;
}
