// SPDX-License-Identifier: BSD-3-Clause
//
// Cores that are not used yet. BL1 parked them in its flash, where they would execute whatever the flash answers while
// somebody writes it (a partition may, while the system runs); BL31 calls them here before any other world runs. From here they go to the board's off
// state, where PSCI finds them like any core that was on before. Called by bl31_main.c and bl31_entry.S.
#include "barrier.h"
#include "bl31/bl31_private.h"
#include "cache.h"
#include "gic.h"
#include "log.h"
#include "platform.h"
#include "regs.h"

// A released core has about a hundred instructions to run. Under emulation the host may not give it time for a while,
// hence seconds rather than microseconds; a core that needs more is taken for dead.
#define ARRIVAL_SECONDS 5

static void park_await(uint32_t index, uint64_t deadline)
{
    while (!plat_cpu_is_off(index)) {
        if (read_cntpct_el0() > deadline) {
            log_error("core %u does not leave BL1's parking place", index);
            plat_fatal();
        }
        cpu_yield(); // an emulator that runs one core at a time gives the others their turn
    }
}

void bl31_park_all(uint32_t core_count)
{
    uint64_t deadline;

    // The others read these with their MMU off. Their own memory they write through their caches only, once it is on
    cache_clean_range((uintptr_t)&bl31_tables, sizeof(bl31_tables));
    for (uint32_t i = 1; i < core_count; i++) {
        if (plat_cpu_power_on(i, (uintptr_t)bl31_park_entry) != ERR_NONE) {
            log_error("the board cannot release core %u", i);
            plat_fatal();
        }
    }
    deadline = read_cntpct_el0() + ARRIVAL_SECONDS * read_cntfrq_el0();
    for (uint32_t i = 1; i < core_count; i++) {
        park_await(i, deadline);
    }
    if (core_count > 1) {
        log_info("cores 1 … %u parked in RAM", core_count - 1);
    }
}

void bl31_park(struct core *core, uint32_t index)
{
    core->index = index;
    if (gic_core_on() != ERR_NONE) { // open for EL3's SGI alone, which is what wakes it
        log_error("core %u: no interrupt controller", index);
        plat_fatal();
    }
    plat_cpu_power_down(index, 0);
}
