// SPDX-License-Identifier: BSD-3-Clause
//
// Cores that sleep until an interrupt (DEN0022 5.4, 5.18, 5.20): CPU_SUSPEND to one of the board's states, CPU_DEFAULT_SUSPEND,
// SYSTEM_SUSPEND, the way back, and the statistics of it. Arguments come from the normal world.
#include "barrier.h"
#include "bl31/bl31_private.h"
#include "bl31/bl31_regs.h"
#include "bl31/psci/psci.h"
#include "bl31/psci/psci_private.h"
#include "bl31/spmd/spmd.h"
#include "gic.h"
#include "log.h"

#define NO_IDLE_STATE BOARD_MAX_IDLE_STATES
#define US_PER_SECOND 1000000

static bool is_idle_state(uint32_t i)
{
    return i < BOARD_MAX_IDLE_STATES && board.idle_states[i].name != NULL;
}

// Index in board.idle_states, or NO_IDLE_STATE: every bit of power_state counts, so reserved ones are refused too.
static uint32_t find_idle_state(uint64_t power_state)
{
    for (uint32_t i = 0; is_idle_state(i); i++) {
        if (board.idle_states[i].power_state == (uint32_t)power_state) {
            return i;
        }
    }
    return NO_IDLE_STATE;
}

static bool is_power_down(uint32_t i)
{
    return (board.idle_states[i].power_state & PSCI_POWER_DOWN) != 0;
}

static void account(uint32_t index, uint32_t idle_state, uint64_t since)
{
    struct psci_idle *idle = &psci_cores[index].idle[idle_state];

    // One writer: no read-modify-write needed
    atomic_store_explicit(&idle->ticks,
                          atomic_load_explicit(&idle->ticks, memory_order_relaxed) +
                              read_cntpct_el0() - since,
                          memory_order_relaxed);
    atomic_store_explicit(&idle->count,
                          atomic_load_explicit(&idle->count, memory_order_relaxed) + 1,
                          memory_order_relaxed);
}

// An interrupt ends a WFI at EL3 only if it would be taken there were it not masked (DDI0487 D1.6.2), hence the routing. It stays
// pending: whoever it belongs to gets it right after the ERET.
static uint64_t standby(uint32_t index, uint32_t idle_state)
{
    uint64_t scr = read_scr_el3();
    uint64_t since = read_cntpct_el0();

    atomic_store_explicit(&psci_cores[index].standby, 1, memory_order_relaxed);
    write_scr_el3(scr | SCR_IRQ | SCR_FIQ);
    isb();
    dsb_sy(); // all that it wrote is on its way before the core stands still
    wfi();
    write_scr_el3(scr);
    isb();
    atomic_store_explicit(&psci_cores[index].standby, 0, memory_order_relaxed);
    account(index, idle_state, since);
    return PSCI_SUCCESS;
}

// Notes what is to be done and asks the SPMC. No word of a caller's stack is passed on, so that all of it is tail calls: the normal
// world's x19–x28 are still in the registers (context.h).
static uint64_t ask(uint64_t fid, struct smc_frame *frame, enum psci_operation operation,
                    uint64_t entry, uint64_t context_id, uint32_t idle_state)
{
    struct psci_cpu *psci = &context_of_normal(frame)->psci;

    psci->operation = operation;
    psci->entry = entry;
    psci->context_id = context_id;
    psci->state = (uint16_t)idle_state;
    psci->big_endian = psci_caller_big_endian();
    return spmd_ask_power(frame, fid, frame->x[1], frame->x[2], frame->x[3]);
}

static uint64_t power_down(uint64_t fid, uint32_t idle_state, uint64_t entry, uint64_t context_id,
                           struct smc_frame *frame)
{
    if (!psci_is_entry(entry)) {
        return psci_result(PSCI_INVALID_ADDRESS);
    }
    return ask(fid, frame, PSCI_SUSPENDS, entry, context_id, idle_state);
}

uint64_t psci_cpu_suspend(uint64_t fid, uint64_t state, uint64_t entry, uint64_t context_id,
                          struct smc_frame *frame)
{
    uint32_t i = find_idle_state(state);

    if (i == NO_IDLE_STATE) {
        return psci_result(PSCI_INVALID_PARAMETERS);
    }
    if (!is_power_down(i)) {
        return standby(context_of_normal(frame)->index, i); // no entry: it goes on where it is
    }
    return power_down(fid, i, entry, context_id, frame);
}

// The deepest state of a core: the board's last power-down one.
uint64_t psci_cpu_default_suspend(uint64_t fid, uint64_t entry, uint64_t context_id, uint64_t x3,
                                  struct smc_frame *frame)
{
    uint32_t deepest = NO_IDLE_STATE;

    (void)x3;
    for (uint32_t i = 0; is_idle_state(i); i++) {
        deepest = is_power_down(i) ? i : deepest;
    }
    if (deepest == NO_IDLE_STATE) {
        return psci_result(PSCI_INTERNAL_FAILURE); // a board without one breaks platform.h
    }
    return power_down(fid, deepest, entry, context_id, frame);
}

// No race: the caller is the only core that could switch another one on.
static bool others_are_off(uint32_t index)
{
    for (uint32_t i = 0; i < psci_machine.core_count; i++) {
        if (i != index && psci_state_of(i) != PSCI_STATE_OFF) {
            return false;
        }
    }
    return true;
}

uint64_t psci_system_suspend(uint64_t fid, uint64_t entry, uint64_t context_id, uint64_t x3,
                             struct smc_frame *frame)
{
    (void)x3;
    if (!psci_is_offered(fid)) {
        return psci_result(PSCI_NOT_SUPPORTED);
    }
    if (!psci_is_entry(entry)) {
        return psci_result(PSCI_INVALID_ADDRESS);
    }
    if (!others_are_off(context_of_normal(frame)->index)) {
        return psci_result(PSCI_DENIED);
    }
    return ask(fid, frame, PSCI_SUSPENDS_SYSTEM, entry, context_id, NO_IDLE_STATE);
}

void psci_suspend(struct core *core)
{
    gic_core_sleep();
    core->psci.slept_at = read_cntpct_el0();
    psci_power_down(core, (uintptr_t)bl31_warm_entry);
}

void psci_resume(struct core *core)
{
    struct psci_cpu *psci = &core->psci;
    bool system = psci->operation == PSCI_SUSPENDS_SYSTEM;

    if (gic_core_wake() != ERR_NONE) {
        log_error("core %u: the interrupt controller does not come back", core->index);
        plat_fatal(); // the core has promised to come back, and cannot say otherwise
    }
    if (is_idle_state(psci->state)) {
        account(core->index, psci->state, psci->slept_at);
    }
    psci->operation = PSCI_NO_OPERATION;
    psci_set_normal(core, psci->entry, psci->context_id, psci->big_endian != 0);
    spmd_core_resumed(core, system);
}

// Statistics of a core in one of the board's states; NULL: no such core or state. Nothing is kept for clusters and the system, which
// have no state of their own here.
static const struct psci_idle *find_statistics(uint64_t target, uint64_t power_state)
{
    uint32_t index;
    uint32_t i = find_idle_state(power_state);

    if (i == NO_IDLE_STATE || psci_find_core(target, &index) != ERR_NONE) {
        return NULL;
    }
    return &psci_cores[index].idle[i];
}

// Microseconds. There is no error code: an unknown core or state has spent no time (DEN0022 5.21).
uint64_t psci_stat_residency(uint64_t fid, uint64_t target, uint64_t state, uint64_t x3,
                             struct smc_frame *frame)
{
    (void)fid;
    const struct psci_idle *idle = find_statistics(target, state);
    uint64_t hz = read_cntfrq_el0();
    uint64_t ticks;

    (void)x3;
    (void)frame;
    if (idle == NULL || hz == 0) {
        return 0;
    }
    ticks = atomic_load_explicit(&idle->ticks, memory_order_relaxed);
    return ticks / hz * US_PER_SECOND + ticks % hz * US_PER_SECOND / hz;
}

uint64_t psci_stat_count(uint64_t fid, uint64_t target, uint64_t state, uint64_t x3,
                         struct smc_frame *frame)
{
    (void)fid;
    const struct psci_idle *idle = find_statistics(target, state);

    (void)x3;
    (void)frame;
    return idle == NULL ? 0 : atomic_load_explicit(&idle->count, memory_order_relaxed);
}
