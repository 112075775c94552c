// SPDX-License-Identifier: BSD-3-Clause
//
// The harness on several cores: PSCI for the proxy's own cores, interrupts between them, requests that many cores work on at
// the same time. See harness.h.
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ffa/abi/smccc.h"
#include "platform/boards/qemu_virt/board.h"
#include "tests/harness/harness_private.h"

#define LOOK_NS 200000
#define LOOKS 20000 // at the state of a core that goes off; the machine itself is watched besides

static void look_again(void)
{
    const struct timespec pause = { .tv_nsec = LOOK_NS };

    nanosleep(&pause, NULL);
}

uint64_t h_mpidr(unsigned int core)
{
    return core; // QEMU numbers up to eight cores by Aff0
}

uint64_t h_entry(void)
{
    return BL33_BASE + MB_WARM_OFFSET;
}

static int psci(struct harness *h, unsigned int by, uint64_t fid, const uint64_t x[3],
                int32_t *answer)
{
    struct ffa_args a = { .x = { fid, x[0], x[1], x[2] } };
    int result = h_smc(h, by, &a);

    *answer = (int32_t)a.x[0];
    return result;
}

int h_core_on(struct harness *h, unsigned int by, unsigned int core, uint64_t context_id,
              int32_t *answer)
{
    const uint64_t x[3] = { h_mpidr(core), h_entry(), context_id };
    struct mb_slot *slot = harness_slot(h, core);
    int32_t state;
    int result = h_core_state(h, by, core, &state);

    if (result != H_OK) {
        return result;
    }
    if (state == PSCI_AFFINITY_OFF) {
        __atomic_store_n(&slot->magic, 0, __ATOMIC_RELEASE); // its proxy writes it when it is ready
    }
    result = psci(h, by, PSCI_CPU_ON_64, x, answer);
    if (result != H_OK || *answer != PSCI_SUCCESS) {
        return result;
    }
    h->doing = "CPU_ON: the core that was switched on";
    return harness_wait(h, &slot->magic, MB_MAGIC);
}

int h_core_state(struct harness *h, unsigned int by, unsigned int core, int32_t *state)
{
    const uint64_t x[3] = { h_mpidr(core), 0, 0 };

    return psci(h, by, PSCI_AFFINITY_INFO_64, x, state);
}

int h_core_off(struct harness *h, unsigned int core, unsigned int by, int32_t *answer)
{
    struct h_call off = { .x = { PSCI_CPU_OFF } };
    struct mb_slot *slot = harness_slot(h, core);
    int32_t state = PSCI_AFFINITY_ON;
    int result = h_call_begin(h, core, &off);

    for (unsigned int i = 0; result == H_OK && i < LOOKS; i++) {
        if (__atomic_load_n(&slot->done, __ATOMIC_ACQUIRE) == slot->request) {
            result = h_call_end(h, core, &off);
            *answer = (int32_t)off.x[0];
            return result;
        }
        result = h_core_state(h, by, core, &state);
        if (result == H_OK && state == PSCI_AFFINITY_OFF) {
            *answer = PSCI_SUCCESS;
            return H_OK;
        }
        look_again();
    }
    if (result == H_OK) {
        fprintf(stderr, "harness: core %u does not go off\n", core);
        result = H_HUNG;
    }
    return result;
}

int h_cores_on(struct harness *h, unsigned int count)
{
    int32_t answer;

    for (unsigned int core = 1; core < count; core++) {
        int result = h_core_on(h, 0, core, 0, &answer);

        if (result == H_OK && answer != PSCI_SUCCESS && answer != PSCI_ALREADY_ON) {
            fprintf(stderr, "harness: CPU_ON of core %u answered %d\n", core, (int)answer);
            return H_ERROR;
        }
        if (result != H_OK) {
            return result;
        }
    }
    return H_OK;
}

void h_together(struct harness *h)
{
    __atomic_store_n(&harness_slot(h, 0)->together, 0, __ATOMIC_SEQ_CST);
}

int h_sgi(struct harness *h, unsigned int from, unsigned int to)
{
    if (h->state != H_OK) {
        return h->state;
    }
    harness_slot(h, from)->arg[0] = to;
    h->doing = "sending an SGI";
    harness_post(h, from, MB_OP_SGI);
    return harness_finish(h, from);
}

int h_wait_begin(struct harness *h, unsigned int core, uint64_t ticks)
{
    if (h->state != H_OK) {
        return h->state;
    }
    harness_slot(h, core)->arg[1] = ticks;
    harness_post(h, core, MB_OP_WAIT);
    return H_OK;
}

int h_wait_end(struct harness *h, unsigned int core, uint64_t *interrupt)
{
    h->doing = "sleeping until an interrupt";
    int result = h->state != H_OK ? h->state : harness_finish(h, core);

    *interrupt = harness_slot(h, core)->arg[2];
    return result;
}

int h_calls_begin(struct harness *h, unsigned int core, const struct ffa_args *args,
                  const struct mb_calls *calls, uint64_t count)
{
    struct mb_slot *slot = harness_slot(h, core);

    if (h->state != H_OK) {
        return h->state;
    }
    memset(slot->x, 0, sizeof(slot->x));
    memcpy(slot->x, args->x, 8 * sizeof(uint64_t));
    slot->calls = *calls;
    slot->arg[0] = count;
    harness_post(h, core, MB_OP_CALLS);
    return H_OK;
}

int h_calls_end(struct harness *h, unsigned int core, struct ffa_args *args, struct mb_calls *calls)
{
    struct mb_slot *slot = harness_slot(h, core);

    h->doing = "many calls";
    int result = h->state != H_OK ? h->state : harness_finish(h, core);
    if (result == H_OK) {
        *calls = slot->calls;
        memcpy(args->x, slot->x, sizeof(args->x));
    }
    return result;
}

int h_sweep_begin(struct harness *h, unsigned int core, const struct mb_sweep *sweep)
{
    if (h->state != H_OK) {
        return h->state;
    }
    harness_slot(h, core)->sweep = *sweep;
    harness_post(h, core, MB_OP_SWEEP);
    return H_OK;
}

int h_sweep_end(struct harness *h, unsigned int core, struct mb_sweep *sweep)
{
    h->doing = "a sweep over function IDs";
    int result = h->state != H_OK ? h->state : harness_finish(h, core);

    if (result == H_OK) {
        *sweep = harness_slot(h, core)->sweep;
    }
    return result;
}

static int smc_and(struct harness *h, unsigned int core, struct ffa_args *args, uint32_t op,
                   uint64_t arg)
{
    struct mb_slot *slot = harness_slot(h, core);

    if (h->state != H_OK) {
        return h->state;
    }
    memset(slot->x, 0, sizeof(slot->x));
    memcpy(slot->x, args->x, 8 * sizeof(uint64_t));
    slot->arg[1] = arg;
    h->doing = op == MB_OP_SMC_LOOP ? "an SMC and a loop" : "an SMC and a sleep";
    harness_post(h, core, op);
    int result = harness_finish(h, core);
    if (result == H_OK) {
        memcpy(args->x, slot->x, sizeof(args->x));
    }
    return result;
}

int h_smc_sleep(struct harness *h, unsigned int core, struct ffa_args *args, uint64_t ticks,
                uint64_t *started)
{
    int result = smc_and(h, core, args, MB_OP_SMC_SLEEP, ticks);

    *started = harness_slot(h, core)->t[0];
    return result;
}

int h_smc_loop(struct harness *h, unsigned int core, struct ffa_args *args, uint64_t count,
               uint64_t *ticks)
{
    int result = smc_and(h, core, args, MB_OP_SMC_LOOP, count);

    *ticks = harness_slot(h, core)->arg[2];
    return result;
}
