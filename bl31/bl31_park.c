// SPDX-License-Identifier: BSD-3-Clause
//
// Cores that are not used yet. BL1 parked them in its flash, where they would execute whatever the flash answers while
// somebody writes it (threats T31); BL31 calls them here before any other world runs. They sleep in WFI: a core that
// polls, or waits with WFE, takes the emulator's time from the others.
#include <stdatomic.h>

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

// One flag for each core, set once by that core.
static _Atomic uint32_t park_arrived[BOARD_CORE_MAX];

static volatile uint64_t *park_mailbox(uint32_t index)
{
    return (volatile uint64_t *)(uintptr_t)(PARK_BASE + (uint64_t)index * CACHE_LINE_MAX);
}

// What core `index` reads before its MMU is on must be in memory, and no line of it dirty in a cache: it writes past them.
static void park_prepare(uint32_t index)
{
    bl31_cores[index].core.index = index;
    cache_clean_inv_range((uintptr_t)bl31_cores[index].stack,
                          sizeof(struct core_memory) - PAGE_SIZE);
}

static void park_await(uint32_t index, uint64_t deadline)
{
    while (atomic_load_explicit(&park_arrived[index], memory_order_acquire) == 0) {
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

    cache_clean_range((uintptr_t)&bl31_tables, sizeof(bl31_tables));
    for (uint32_t i = 1; i < core_count; i++) {
        park_prepare(i);
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

uint64_t bl31_park(struct core *core)
{
    volatile uint64_t *mailbox = park_mailbox(core->index);
    uint64_t entry;

    if (gic_init_core() != ERR_NONE) {
        log_error("core %u: no interrupt controller", core->index);
        plat_fatal();
    }
    // BL1's code emptied the mailbox past the caches: drop the line that another core may have fetched before that, or it
    // would show the old entry
    cache_clean_inv_range((uintptr_t)mailbox, CACHE_LINE_MAX);
    atomic_store_explicit(&park_arrived[core->index], 1, memory_order_release);
    do { // DAIF is masked: a pending interrupt wakes the core and is not taken
        uint32_t acknowledged;

        wfi();
        acknowledged = gic_acknowledge();
        if ((acknowledged & 0x3ff) < GIC_SPURIOUS_FIRST) {
            gic_end(acknowledged);
        }
        entry = *mailbox;
    } while (entry == 0);
    *mailbox = 0;
    cache_clean_inv_range((uintptr_t)mailbox, CACHE_LINE_MAX);
    return entry;
}
