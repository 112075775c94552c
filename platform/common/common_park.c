// SPDX-License-Identifier: BSD-3-Clause
//
// Mailbox of parked cores; contracts in common_park.h. BL1's parked cores read it with MMU and caches off, straight from
// memory, BL31's through their caches: so every write is cleaned to the point of coherency before the core can look.
#include "common_park.h"

#include <stdatomic.h>

#include "barrier.h"
#include "bits.h"
#include "board.h"
#include "cache.h"
#include "gic.h"
#include "mmu.h"
#include "platform.h"
#include "regs.h"

#define ISR_IRQ BIT(7)
#define ISR_FIQ BIT(6)

_Static_assert(PARK_SGI == GIC_SGI_EL3, "what wakes a parked core is EL3's (gic_policy.h)");

// Written by the core itself: it sleeps, or is about to.
static _Atomic bool park_sleeps[BOARD_CORE_MAX];

static volatile uint64_t *mailbox(uint32_t index)
{
    return (volatile uint64_t *)(uintptr_t)(PARK_BASE + (uint64_t)index * CACHE_LINE_MAX);
}

void common_park_clear(void)
{
    for (uint32_t i = 0; i < board.core_max; i++) {
        *mailbox(i) = 0;
    }
    cache_clean_range(PARK_BASE, board.core_max * CACHE_LINE_MAX);
}

int common_park_release(uint32_t index, uint64_t entry)
{
    if (index >= board.core_max || entry == 0) {
        return ERR_INVALID;
    }
    dmb_ish(); // what the caller wrote is there before the entry: the core may look before the SGI arrives
    *mailbox(index) = entry;
    // Drop the line too: BL1's write of 0 goes past the caches, and a stale copy here must not come back
    cache_clean_inv_range((uintptr_t)mailbox(index), CACHE_LINE_MAX);
    gic_send_sgi(index);
    return ERR_NONE;
}

bool common_park_sleeps(uint32_t index)
{
    return index < board.core_max &&
           atomic_load_explicit(&park_sleeps[index], memory_order_acquire);
}

// The entry that a core may leave to, or 0. What comes after it in the sleeper is ordered after what came before it in
// common_park_release().
static uint64_t take_entry(uint32_t index, uint64_t wake_entry)
{
    uint64_t entry = *mailbox(index);

    if (entry != 0) {
        dmb_ish();
        *mailbox(index) = 0;
        return entry;
    }
    return (read_isr_el1() & (ISR_IRQ | ISR_FIQ)) != 0 ? wake_entry : 0;
}

void common_park_sleep(uint32_t index, uint64_t wake_entry)
{
    uint64_t entry;

    // What is masked ends a WFI only if it would be taken at this level (DDI0487 D1.6.2)
    write_scr_el3(read_scr_el3() | SCR_IRQ | SCR_FIQ);
    isb();
    // BL1's code emptied the mailbox past the caches: drop a line that was fetched before that and shows the old entry
    cache_clean_inv_range((uintptr_t)mailbox(index), CACHE_LINE_MAX);
    atomic_store_explicit(&park_sleeps[index], true, memory_order_release);
    while ((entry = take_entry(index, wake_entry)) == 0) {
        dsb_sy();
        wfi();
        if (wake_entry == 0) { // else it is not ours, or it is left for who wakes up
            uint32_t acknowledged = gic_acknowledge();

            if (GIC_ID(acknowledged) < GIC_SPURIOUS_FIRST) {
                gic_end(acknowledged);
            }
        }
    }
    atomic_store_explicit(&park_sleeps[index], false, memory_order_release);
    mmu_leave_el3(entry, index);
}
