// SPDX-License-Identifier: BSD-3-Clause
//
// Cores on and off (DEN0022 5.5, 5.6): CPU_ON, CPU_OFF, and what happens on the core itself between. The state of each core is one
// atomic word (psci_private.h says who may change it), so that nothing here waits for another core.
#include "bl31/bl31_private.h"
#include "bl31/bl31_regs.h"
#include "bl31/psci/psci.h"
#include "bl31/psci/psci_private.h"
#include "bl31/spmd/spmd.h"
#include "cache.h"
#include "gic.h"
#include "log.h"

struct psci_core psci_cores[BOARD_CORE_MAX];
struct psci_machine psci_machine;

// Cores that are ON and have not asked to go off: the last one may not (psci_cpu_off).
static _Atomic uint32_t psci_running;

void psci_init(const struct handoff *handoff, uint32_t index)
{
    psci_machine = (struct psci_machine){
        .ram_base = handoff->board.dram_base,
        .ram_size = handoff->board.dram_size,
        .core_count = handoff->board.core_count,
    };
    for (uint32_t i = 0; i < BOARD_CORE_MAX; i++) {
        atomic_store_explicit(&psci_cores[i].state, PSCI_STATE_OFF, memory_order_relaxed);
    }
    atomic_store_explicit(&psci_cores[index].state, PSCI_STATE_ON, memory_order_relaxed);
    atomic_store_explicit(&psci_running, 1, memory_order_relaxed);
}

bool psci_is_entry(uint64_t entry)
{
    return IS_ALIGNED(entry, 4) &&
           range_inside(entry, 4, psci_machine.ram_base, psci_machine.ram_size);
}

static bool starts_at_el2(void)
{
    return ID_FIELD(read_id_aa64pfr0_el1(), ID_AA64PFR0_EL2_SHIFT) != 0;
}

bool psci_caller_big_endian(void)
{
    return ((starts_at_el2() ? read_sctlr_el2() : read_sctlr_el1()) & SCTLR_EE) != 0;
}

void psci_set_normal(struct core *core, uint64_t entry, uint64_t context_id, bool big_endian)
{
    context_init_normal(core, entry, context_id);
    if (!big_endian) {
        return;
    }
    if (starts_at_el2()) {
        write_sctlr_el2(read_sctlr_el2() | SCTLR_EE);
    } else {
        core->normal.regs.sctlr_el1 |= SCTLR_EE;
    }
}

// Of several callers one gets the core; only it writes what the core reads. It is undone if the board cannot release the core.
static int32_t switch_on(uint32_t index, uint64_t entry, uint64_t context_id)
{
    struct psci_core *target = &psci_cores[index];
    uint32_t state = PSCI_STATE_OFF;

    if (!atomic_compare_exchange_strong_explicit(&target->state, &state, PSCI_STATE_ON_PENDING,
                                                 memory_order_acq_rel, memory_order_acquire)) {
        return state == PSCI_STATE_ON ? PSCI_ALREADY_ON : PSCI_ON_PENDING;
    }
    target->entry = entry;
    target->context_id = context_id;
    target->big_endian = psci_caller_big_endian();
    if (plat_cpu_power_on(index, (uintptr_t)bl31_warm_entry) != ERR_NONE) {
        log_error("PSCI: the board cannot release core %u", index);
        atomic_store_explicit(&target->state, PSCI_STATE_OFF, memory_order_release);
        return PSCI_INTERNAL_FAILURE;
    }
    return PSCI_SUCCESS;
}

uint64_t psci_cpu_on(uint64_t fid, uint64_t target, uint64_t entry, uint64_t context_id,
                     struct smc_frame *frame)
{
    (void)fid;
    uint32_t index;

    (void)frame;
    if (psci_find_core(target, &index) != ERR_NONE) {
        return psci_result(PSCI_INVALID_PARAMETERS);
    }
    if (!psci_is_entry(entry)) {
        return psci_result(PSCI_INVALID_ADDRESS);
    }
    if (!spmd_serves_secondaries()) {
        return psci_result(PSCI_INTERNAL_FAILURE);
    }
    return psci_result(switch_on(index, entry, context_id));
}

// False: this is the last core that runs.
static bool stop_running(void)
{
    uint32_t running = atomic_load_explicit(&psci_running, memory_order_relaxed);

    do {
        if (running <= 1) {
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(&psci_running, &running, running - 1,
                                                    memory_order_relaxed, memory_order_relaxed));
    return true;
}

// Refused to the last core that runs: nobody could switch one on again, the machine would be dead (it asks for SYSTEM_OFF).
uint64_t psci_cpu_off(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame)
{
    (void)fid;
    (void)x1;
    (void)x2;
    (void)x3;
    if (!stop_running()) {
        return psci_result(PSCI_DENIED);
    }
    context_of_normal(frame)->psci.operation = PSCI_GOES_OFF;
    return spmd_ask_power(frame, PSCI_CPU_OFF, 0, 0, 0);
}

// What this core needs when it comes back is its struct core; the caches it leaves may lose power. What is written to the
// stack from here on nobody needs.
void psci_power_down(struct core *core, uint64_t wake_entry)
{
    cache_clean_range((uintptr_t)bl31_core_memory(core->index), sizeof(struct core_memory));
    plat_cpu_power_down(core->index, wake_entry);
}

// From the store on another core may switch this one on again: the board keeps such an order (plat_cpu_power_on), and nothing here
// looks at shared state afterwards.
static _Noreturn void go_off(struct core *core)
{
    gic_core_off();
    core->psci.operation = PSCI_NO_OPERATION;
    atomic_store_explicit(&psci_cores[core->index].state, PSCI_STATE_OFF, memory_order_release);
    psci_power_down(core, 0);
}

uint64_t psci_answered(struct smc_frame *secure_frame, int32_t status)
{
    struct core *core = context_of_secure(secure_frame);
    uint32_t operation = core->psci.operation;

    if (status == PSCI_SUCCESS) {
        if (operation == PSCI_GOES_OFF) {
            go_off(core);
        }
        psci_suspend(core);
    }
    if (operation == PSCI_GOES_OFF) {
        atomic_fetch_add_explicit(&psci_running, 1, memory_order_relaxed);
    }
    core->psci.operation = PSCI_NO_OPERATION;
    secure_frame->x[0] = psci_result(PSCI_DENIED);
    for (unsigned int i = 1; i < 8; i++) {
        secure_frame->x[i] = core->normal.frame.x[i];
    }
    return context_enter_normal(secure_frame, &core->normal.frame.x[8]);
}

void psci_core_arrived(struct core *core)
{
    const struct psci_core *called = &psci_cores[core->index];

    if (core->psci.operation != PSCI_NO_OPERATION) {
        psci_resume(core);
    }
    if (gic_core_on() != ERR_NONE) {
        log_error("core %u: no interrupt controller", core->index);
        psci_core_failed(core);
    }
    // The board's release orders what the caller of CPU_ON wrote before it (platform.h)
    psci_set_normal(core, called->entry, called->context_id, called->big_endian != 0);
    spmd_core_on(core);
}

void psci_core_up(struct core *core)
{
    struct psci_core *self = &psci_cores[core->index];

    if (atomic_exchange_explicit(&self->state, PSCI_STATE_ON, memory_order_acq_rel) !=
        PSCI_STATE_ON) {
        atomic_fetch_add_explicit(&psci_running, 1, memory_order_relaxed);
    }
}

void psci_core_failed(struct core *core)
{
    log_error("PSCI: core %u does not start and is off again", core->index);
    go_off(core);
}
