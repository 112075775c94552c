// SPDX-License-Identifier: BSD-3-Clause
//
// Boot of the SPMC: own map, page pool, every package loaded, every partition entered once in boot order, then the
// normal world. Trusts the hand-off of BL2 after checking it.
#include "ffa_dispatch.h"

#include "barrier.h"
#include "ffa_notify.h"
#include "log.h"
#include "page_pool.h"
#include "panic.h"
#include "platform.h"
#include "regs.h"
#include "sp_device.h"
#include "sp_policy.h"
#include "sp_timer.h"
#include "spmc_irq.h"
#include "spmc_mm.h"

struct spmc_core spmc_cores[BOARD_CORE_MAX];
uint32_t spmc_features;

static struct sp *boot_list[SPMC_MAX_SPS]; // in boot order
static uint32_t boot_next;

static void fatal(const char *what, int error)
{
    log_error("%s (error %d)", what, error);
    plat_fatal();
}

static void start_interrupts(struct spmc_core *core)
{
    int result = spmc_irq_init();

    if (result == 0) {
        result = spmc_irq_init_core(core->index);
    }
    if (result != 0) {
        fatal("no secure interrupts", result);
    }
    sp_timer_core_on(core);
}

static bool id_taken(uint16_t id)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (spmc_sps[i].endpoint.id == id || spmc_sps[i].config.id == id) {
            return true;
        }
    }
    return false;
}

// An id for a partition whose manifest names none. A table of at most SPMC_MAX_SPS always leaves one free.
static uint16_t id_allocate(void)
{
    uint16_t id = FFA_ID_SP_FIRST;

    while (id_taken(id)) {
        id++;
    }
    return id;
}

// Whether something can happen to a partition while it runs, or wait for the end of its turn.
static bool is_attended(const struct sp_config *config)
{
    return config->secure_timer || config->watchdog_ms != 0 || config->other_interrupts_queued ||
           config->device_count != 0 || (config->properties & FFA_PROP_NOTIFICATION) != 0;
}

static void load_partitions(struct handoff *handoff)
{
    for (uint32_t i = 0; i < handoff->package_count; i++) {
        struct sp *sp = &spmc_sps[spmc_sp_count];

        if (spmc_sp_count == SPMC_MAX_SPS) {
            fatal("more partition packages than the SPMC has room for", ERR_NO_MEMORY);
        }
        int result = sp_load(sp, &handoff->packages[i], handoff, spmc_sps, spmc_sp_count);
        if (result != 0) {
            fatal("a partition package was refused", result);
        }
        sp->endpoint.version = sp->config.version;
        sp->attended = is_attended(&sp->config);
        spmc_sp_count++;
    }
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        spmc_sps[i].endpoint.id =
            spmc_sps[i].config.id != 0 ? spmc_sps[i].config.id : id_allocate();
        spmc_sp_ids[i] = spmc_sps[i].endpoint.id;
    }
}

static void start_devices(struct spmc_core *core)
{
    int result = sp_device_init(core);

    if (result != 0) {
        fatal("a partition's interrupt was refused", result);
    }
}

// Insertion into boot order; equal orders (both absent) stay in package order.
static void sort_partitions(void)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        uint32_t place = i;

        while (place > 0 &&
               boot_list[place - 1]->config.boot_order > spmc_sps[i].config.boot_order) {
            boot_list[place] = boot_list[place - 1];
            place--;
        }
        boot_list[place] = &spmc_sps[i];
    }
}

// What EL3 will find in the registers at each entry from now on: no partition's address space.
static void boot_finish(void)
{
    spmc_mm_leave_space();
    log_info("%u partitions; of %u pages %u are free, %u kept by the SPMC", spmc_sp_count,
             (unsigned int)(PAGE_POOL_SIZE / 4096), page_pool_free_count(), page_pool_kept_count());
}

struct sp *spmc_boot_next(struct spmc_core *core, const struct sp *sp)
{
    if (sp != NULL) {
        // The normal world's interrupts stay masked during init; from its first message on the manifest decides
        boot_list[boot_next - 1]->ctx.spsr &= ~(SPSR_I | SPSR_F);
        if (sp->config.ns_interrupts_queued) {
            boot_list[boot_next - 1]->ctx.spsr |= spmc_irq_normal_mask;
        }
    }
    if (boot_next == spmc_sp_count) {
        boot_finish();
        sp_timer_boot_over(core);
        return ffa_leave(core, FFA_MSG_WAIT, 0, 0, 0);
    }
    struct sp *next = boot_list[boot_next++];
    // A stays masked for good: an SError that is pending here is the normal world's own (a write of it that failed late).
    // Taken here it would stop a partition that has nothing to do with it; masked, it waits for the normal world.
    next->ctx.spsr = SPSR_EL0T | SPSR_DAIF;
    if (next->config.watchdog_ms != 0) { // a first entry that hangs does not hang the boot
        next->ctx.spsr &= ~((SPSR_I | SPSR_F) & ~spmc_irq_normal_mask);
        sp_timer_watchdog_start(core, next);
    }
    next->model = SP_MODEL_INIT;
    next->response_ids = SP_NO_RESPONSE;
    next->state = SP_RUNNING;
    log_info("starting %s (0x%x)", next->config.description, next->endpoint.id);
    return next;
}

// Canary, and each core's own key. The canary changes while this function runs: it must not have one itself.
__attribute__((no_stack_protector)) static void draw_secrets(struct handoff *handoff)
{
    uint64_t canary;
    int result = handoff_take_entropy(handoff, &canary, sizeof(canary));

    for (uint32_t i = 0; i < handoff->board.core_count && result == 0; i++) {
        struct spmc_core *core = &spmc_cores[i];

        core->index = i;
        result = handoff_take_entropy(handoff, core->pac_key, sizeof(core->pac_key));
    }
    if (result != 0) {
        fatal("the hand-off holds no entropy", ERR_NO_MEMORY);
    }
    panic_set_canary(canary);
}

__attribute__((no_stack_protector)) struct sp *spmc_main(struct handoff *handoff,
                                                         struct spmc_core *core)
{
    spmc_features = spmc_read_features();
    int result = spmc_mm_init(handoff);
    if (result != 0) {
        fatal("the hand-off or the memory map was refused", result);
    }
    draw_secrets(handoff);
    result = page_pool_init((void *)(uintptr_t)(PAGE_POOL_BASE + SPMC_VA_OFFSET), PAGE_POOL_SIZE);
    if (result != 0) {
        fatal("no page pool", result);
    }
    start_interrupts(core);
    load_partitions(handoff);
    sp_policy_init();
    ffa_notify_init();
    start_devices(core);
    sort_partitions();
    fp_boot(handoff->board.core_count);
    spmc_secondary_register();
    spmc_mm_unmap_boot();
    return spmc_boot_next(core, NULL);
}
