// SPDX-License-Identifier: BSD-3-Clause
//
// The proxy: a normal-world payload that performs what a host program asks for in the mailbox (mailbox.h), one op at a
// time, and turns every exception into a result. It decides nothing itself. Runs as BL33 on the machine under test.
#include "board.h"
#include "proxy_private.h"

#define SPIN_ROUNDS 20000 // polls before an idle proxy sleeps
#define SLEEPS_PER_SECOND \
    5000 // how often core 0, asleep, looks at all slots and rings for the others …
#define NAPS_PER_SECOND 100 // … and how often these look themselves, in case it is off or busy
#define TIMER_TRIES 1000000 // polls that the timer's interrupt gets to arrive at start

// One table page: 1 GiB blocks of a 39-bit space, the same for all cores. What is not normal-world DRAM is device memory.
#define BLOCK_SHIFT 30
#define BLOCK 0x1ULL
#define BLOCK_AF (1ULL << 10)
#define BLOCK_INNER (3ULL << 8)
#define BLOCK_RES1_AP1 0 // EL1: privileged only. At EL2 AP[1] is RES1 and set below
#define BLOCK_AP1 (1ULL << 6)
#define BLOCK_NORMAL (1ULL << 2)
#define BLOCK_XN (3ULL << 53)
#define DRAM_BLOCKS 4
static uint64_t root[512] __attribute__((aligned(4096)));

struct core_state {
    uint64_t saved_sp; // the guard's way back
    struct mb_slot *slot;
    uint32_t
        asleep; // may be rung for; whoever sets it to 0 sends the doorbell, or is the core itself
} __attribute__((aligned(64)));
static struct core_state cores[MB_CORE_MAX];

void proxy_mmu_on(uint64_t core)
{
    uint64_t common = BLOCK | BLOCK_AF | (proxy_cpu_el() == 2 ? BLOCK_AP1 : BLOCK_RES1_AP1);

    (void)core;
    if (root[0] == 0) { // cold: the first core, alone
        root[0] = common | BLOCK_XN;
        for (uint64_t i = 1; i <= DRAM_BLOCKS; i++) {
            root[i] = i << BLOCK_SHIFT | common | BLOCK_NORMAL | BLOCK_INNER;
        }
    }
    proxy_cpu_mmu_on(root);
}

// An exception of the proxy: what it was goes into the slot, the op that caused it is given up.
uint64_t proxy_exception(uint64_t core, const uint64_t *frame)
{
    struct mb_slot *slot = cores[core].slot;

    slot->fault = (struct mb_fault){ frame[0], frame[2], frame[3], frame[4], frame[5] };
    return cores[core].saved_sp;
}

void proxy_wait_for_others(uint64_t count)
{
    struct mb_slot *first = (struct mb_slot *)MB_BASE;

    __atomic_fetch_add(&first->together, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&first->together, __ATOMIC_ACQUIRE) < count) {
        // bounded by the host, which gives a guest up that does not answer
    }
}

static void op_smc(struct mb_slot *slot)
{
    uint64_t flags = slot->arg[0];
    uint64_t gic = slot->boot.gic;

    if ((flags & MB_SMC_TOGETHER) != 0) {
        proxy_wait_for_others(slot->arg[3]);
    }
    if ((flags & MB_SMC_SGI) != 0) {
        proxy_gic_sgi(gic);
    }
    if ((flags & MB_SMC_TIMER) != 0) {
        proxy_timer_arm(slot->arg[1]);
    }
    if ((flags & MB_SMC_NOP) != 0) {
        proxy_smc_nop(slot->x, slot->t);
    } else if ((flags & MB_SMC_SPIN) != 0) {
        slot->x[16] = proxy_cpu_counter() + slot->arg[1];
        proxy_smc_spin(slot->x, slot->t);
    } else {
        proxy_smc(slot->x, slot->t);
    }
    if ((flags & (MB_SMC_SGI | MB_SMC_TIMER)) != 0) {
        slot->arg[2] = proxy_gic_take(gic);
        proxy_timer_off();
    }
}

static void op_loop(struct mb_slot *slot)
{
    if (slot->arg[1] == MB_LOOP_SMC) {
        slot->arg[2] = proxy_loop_smc(slot->x, slot->arg[0]);
    } else {
        slot->arg[2] = proxy_loop_nop(slot->x, slot->arg[0]);
    }
}

static void op_read(struct mb_slot *slot)
{
    uint64_t address = slot->arg[0];

    switch (slot->arg[1]) {
    case 1:
        slot->arg[2] = *(volatile uint8_t *)address;
        break;
    case 2:
        slot->arg[2] = *(volatile uint16_t *)address;
        break;
    case 4:
        slot->arg[2] = *(volatile uint32_t *)address;
        break;
    default:
        slot->arg[2] = *(volatile uint64_t *)address;
        break;
    }
}

static void op_write(struct mb_slot *slot)
{
    uint64_t address = slot->arg[0];

    switch (slot->arg[1]) {
    case 1:
        *(volatile uint8_t *)address = (uint8_t)slot->arg[2];
        break;
    case 2:
        *(volatile uint16_t *)address = (uint16_t)slot->arg[2];
        break;
    case 4:
        *(volatile uint32_t *)address = (uint32_t)slot->arg[2];
        break;
    default:
        *(volatile uint64_t *)address = slot->arg[2];
        break;
    }
}

static void op_exec(struct mb_slot *slot)
{
    proxy_cpu_branch(slot->arg[0]);
}

static void op_sysreg_read(struct mb_slot *slot)
{
    slot->arg[2] = proxy_sysreg_read((unsigned int)slot->arg[0]);
}

static void op_sysreg_write(struct mb_slot *slot)
{
    proxy_sysreg_write((unsigned int)slot->arg[0], slot->arg[2]);
}

static void op_fp_load(struct mb_slot *slot)
{
    proxy_fp_load_v(slot->fp.v, &slot->fp.fpcr); // writing V clears the rest of Z: V first
    if (slot->arg[0] == MB_FP_SVE && slot->fp.vl != 0) {
        proxy_sve_load(slot->fp.z, slot->fp.p);
    }
    if (slot->arg[0] == MB_FP_STREAMING && slot->fp.svl != 0) {
        proxy_sme_load(slot->fp.z, slot->fp.p);
    }
}

static void op_fp_store(struct mb_slot *slot)
{
    proxy_fp_store_v(slot->fp.v, &slot->fp.fpcr);
    if (slot->arg[0] == MB_FP_SVE && slot->fp.vl != 0) {
        proxy_sve_store(slot->fp.z, slot->fp.p);
    }
    if (slot->arg[0] == MB_FP_STREAMING && slot->fp.svl != 0) {
        slot->fp.svcr = proxy_sme_store(slot->fp.z, slot->fp.p);
    }
}

static void op_nop(struct mb_slot *slot)
{
    (void)slot;
}

static void op_hang(struct mb_slot *slot)
{
    volatile uint64_t *rounds = &slot->arg[3];

    for (;;) {
        (*rounds)++;
    }
}

static void op_sgi(struct mb_slot *slot)
{
    proxy_gic_sgi_to(slot->boot.gic, slot->arg[0], MB_SGI);
}

static void op_wait(struct mb_slot *slot)
{
    if (slot->arg[1] != 0) {
        proxy_timer_arm(slot->arg[1]);
    }
    do {
        proxy_cpu_wait();
        slot->arg[2] = proxy_gic_take(slot->boot.gic);
    } while (slot->arg[2] == MB_NO_INTERRUPT);
    proxy_timer_off();
}

static void op_smc_sleep(struct mb_slot *slot)
{
    proxy_timer_arm(slot->arg[1]);
    proxy_smc(slot->x, slot->t);
    proxy_cpu_wait();
    proxy_timer_off();
}

static void op_smc_loop(struct mb_slot *slot)
{
    static uint64_t none[8]; // loaded and stored, never changed

    proxy_smc(slot->x, slot->t);
    slot->arg[2] = proxy_loop_nop(none, slot->arg[1]);
}

static void op_sve_init(struct mb_slot *slot)
{
    slot->fp.vl = proxy_sve_init();
}

static void op_sme_init(struct mb_slot *slot)
{
    slot->fp.svl = proxy_sme_init();
}

static void (*const ops[])(struct mb_slot *) = {
    [MB_OP_NOP] = op_nop,
    [MB_OP_SMC] = op_smc,
    [MB_OP_LOOP] = op_loop,
    [MB_OP_READ] = op_read,
    [MB_OP_WRITE] = op_write,
    [MB_OP_EXEC] = op_exec,
    [MB_OP_SYSREG_READ] = op_sysreg_read,
    [MB_OP_SYSREG_WRITE] = op_sysreg_write,
    [MB_OP_FP_LOAD] = op_fp_load,
    [MB_OP_FP_STORE] = op_fp_store,
    [MB_OP_HANG] = op_hang,
    [MB_OP_SGI] = op_sgi,
    [MB_OP_WAIT] = op_wait,
    [MB_OP_CALLS] = proxy_calls,
    [MB_OP_SWEEP] = proxy_sweep,
    [MB_OP_SMC_SLEEP] = op_smc_sleep,
    [MB_OP_SMC_LOOP] = op_smc_loop,
    [MB_OP_CONTEXT] = proxy_context,
};

static void perform(struct core_state *core)
{
    struct mb_slot *slot = core->slot;

    if (slot->op >= sizeof(ops) / sizeof(ops[0]) || ops[slot->op] == 0) {
        slot->result = MB_BAD_OP;
        return;
    }
    slot->result = proxy_guard(ops[slot->op], slot, &core->saved_sp) == 0 ? MB_OK : MB_FAULT;
}

// Wakes the other cores that sleep and have something to do.
static void ring(void)
{
    for (uint64_t i = 0; i < MB_CORE_MAX; i++) {
        struct core_state *other = &cores[i];
        struct mb_slot *slot = __atomic_load_n(&other->slot, __ATOMIC_ACQUIRE);

        if (slot != 0 && __atomic_load_n(&other->asleep, __ATOMIC_ACQUIRE) != 0 &&
            __atomic_load_n(&slot->request, __ATOMIC_ACQUIRE) != slot->done &&
            __atomic_exchange_n(&other->asleep, 0, __ATOMIC_ACQ_REL) != 0) {
            proxy_gic_sgi_to(slot->boot.gic, i, MB_DOORBELL_SGI);
        }
    }
}

// It is on its way, however long the core that rang is kept from running. An SGI of the host's that came first is put back.
static void take_doorbell(uint64_t gic)
{
    bool sgi = false;
    uint64_t id = proxy_gic_take(gic);

    while (id != MB_DOORBELL_SGI) {
        sgi = sgi || id == MB_SGI;
        proxy_cpu_wait();
        id = proxy_gic_take(gic);
    }
    if (sgi) {
        proxy_gic_sgi(gic);
    }
}

// Nothing to do: after a while the core sleeps between looks, so that the emulator's host is free for the other side.
// Who was rung for takes the doorbell before it goes on: it must not meet what the host asks for.
static void idle(struct core_state *core, uint64_t index)
{
    struct mb_slot *slot = core->slot;

    proxy_timer_arm(slot->boot.cntfrq / (index == 0 ? SLEEPS_PER_SECOND : NAPS_PER_SECOND));
    __atomic_store_n(&core->asleep, 1, __ATOMIC_SEQ_CST);
    proxy_cpu_wait();
    proxy_timer_off();
    if (__atomic_exchange_n(&core->asleep, 0, __ATOMIC_ACQ_REL) == 0) {
        take_doorbell(slot->boot.gic);
    }
    ring();
}

static void boot_record(struct core_state *core, uint64_t index, uint64_t counter,
                        const uint64_t *boot_x)
{
    struct mb_slot *slot = core->slot;
    struct mb_boot *boot = &slot->boot;
    uint64_t *const ids[] = { &boot->midr,        &boot->mpidr,        &boot->id_aa64pfr0,
                              &boot->id_aa64pfr1, &boot->id_aa64isar0, &boot->id_aa64isar1,
                              &boot->cntfrq };

    boot->counter = counter;
    for (unsigned int i = 0; i < 8; i++) {
        boot->x[i] = boot_x[i];
    }
    boot->current_el = proxy_cpu_el();
    for (unsigned int i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        *ids[i] = proxy_cpu_id(i);
    }
    boot->daif = boot_x[8];
    boot->sctlr = boot_x[9];
    boot->gic = (boot->id_aa64pfr0 >> 24 & 0xf) != 0 ? 3 : 2;
    proxy_gic_init(index, boot->gic);
    boot->interrupt = proxy_gic_take(boot->gic);
    slot->fp.vl = 0;
    if ((boot->id_aa64pfr0 >> 32 & 0xf) != 0 &&
        proxy_guard(op_sve_init, slot, &core->saved_sp) != 0) {
        slot->fp.vl = 0; // trapped by the firmware; the tests see it
    }
    slot->fp.svl = 0;
    if ((boot->id_aa64pfr1 >> 24 & 0xf) != 0 &&
        proxy_guard(op_sme_init, slot, &core->saved_sp) != 0) {
        slot->fp.svl = 0;
    }
}

static uint64_t timer_wakes(void)
{
    unsigned int tries = TIMER_TRIES;

    proxy_timer_arm(1);
    while (proxy_cpu_pending() == 0 && tries > 0) {
        tries--;
    }
    proxy_timer_off();
    return tries > 0;
}

void proxy_main(uint64_t index, uint64_t counter, const uint64_t *boot_x)
{
    struct core_state *core = &cores[index];
    struct mb_slot *slot = (struct mb_slot *)(MB_BASE + index * MB_SLOT_SIZE);
    unsigned int spins = 0;

    core->asleep = 0;
    __atomic_store_n(&core->slot, slot, __ATOMIC_RELEASE);
    boot_record(core, index, counter, boot_x);
    slot->boot.timer_wakes = timer_wakes();
    slot->boot_count++;
    slot->done = slot->request;
    slot->version = MB_VERSION;
    __atomic_store_n(&slot->magic, MB_MAGIC, __ATOMIC_RELEASE);
    for (;;) {
        uint32_t request = __atomic_load_n(&slot->request, __ATOMIC_ACQUIRE);

        slot->heartbeat++;
        if (request != slot->done) {
            perform(core);
            // What several cores do together is counted: who is ready first sleeps at once
            spins = slot->op == MB_OP_CALLS && slot->calls.together != 0 ? SPIN_ROUNDS : 0;
            __atomic_store_n(&slot->done, request, __ATOMIC_RELEASE);
        } else if (++spins > SPIN_ROUNDS && slot->boot.timer_wakes != 0) {
            idle(core, index);
        }
    }
}
