// SPDX-License-Identifier: BSD-3-Clause
//
// Stand-ins around the SPMD; contracts in spmd_fakes.h.
#include "spmd_fakes.h"

#include "bl31/bl31_private.h"
#include "bl31/psci/psci.h"

struct core core;
unsigned int fake_snapshots;
unsigned int fake_raises;
unsigned int fake_ups;
uint64_t fake_secondary;
int32_t fake_answer;
enum gic_owner fake_owner;
uint32_t fake_acknowledge;
unsigned int fake_acknowledges;
uint32_t fake_ended;

int fake_ready(void **state)
{
    (void)state;
    memset(&core, 0, sizeof(core));
    core.index = 5;
    core.state = SPMD_READY;
    spmd_reset_version();
    fake_snapshots = 0;
    fake_raises = 0;
    fake_ups = 0;
    fake_secondary = 0;
    fake_answer = 0x7fffffff;
    fake_owner = GIC_OWNER_NONE;
    fake_acknowledge = 1023;
    fake_acknowledges = 0;
    fake_ended = 0;
    return 0;
}

void fake_boot(void)
{
    static struct handoff handoff;

    handoff.bl33.entry = FAKE_BL33;
    ASSERT_ENDS(END_SPMC_FIRST, (spmd_boot(&core, &handoff), 0));
}

static void fill(struct smc_frame *frame, uint64_t base)
{
    for (unsigned int i = 0; i < 18; i++) {
        frame->x[i] = base + i;
    }
}

uint64_t normal(uint64_t fid, uint64_t x1)
{
    fill(&core.normal.frame, 0xa000);
    core.normal.frame.x[0] = fid | 0xffffffff00000000; // the upper half means nothing
    core.normal.frame.x[1] = x1;
    fake_left = LEFT_NOT;
    return spmd_from_normal(fid, x1, 0xa002, 0xa003, &core.normal.frame);
}

static uint64_t spmc_call(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
    core.secure.x[0] = fid;
    core.secure.x[1] = x1;
    core.secure.x[2] = x2;
    core.secure.x[3] = x3;
    fake_left = LEFT_NOT;
    return spmd_from_spmc(fid, x1, x2, x3, &core.secure);
}

uint64_t spmc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
    fill(&core.secure, 0xb000);
    return spmc_call(fid, x1, x2, x3);
}

uint64_t spmc_exact(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
    memset(&core.secure, 0, sizeof(core.secure));
    return spmc_call(fid, x1, x2, x3);
}

void assert_result(const struct smc_frame *frame, uint64_t x2)
{
    assert_int_equal(frame->x[1], 0);
    assert_int_equal(frame->x[2], x2);
    for (unsigned int i = 3; i < 8; i++) {
        assert_int_equal(frame->x[i], 0);
    }
}

#define IN(state) (1u << (state))
#define FIRST_RUN (IN(SPMD_BOOTING) | IN(SPMD_STARTING))
#define POWER (IN(SPMD_POWER) | IN(SPMD_RESUMING))

void assert_no_wrong_completion(void)
{
    static const struct {
        uint64_t fid, x1, x2;
        uint32_t right; // states in which it is no mistake
    } calls[] = {
        { 0x84000060, 0, NOT_SUPPORTED, FIRST_RUN | IN(SPMD_VERSION) | POWER }, // FFA_ERROR
        { 0x84000061, 0, 0, 0 },                                                // FFA_SUCCESS
        { 0xc4000061, 0, 0, 0 },                                                //
        { 0x84000062, 0x80010000, 0, 0 },                                       // FFA_INTERRUPT
        { 0x8400006b, 0, 0, FIRST_RUN },                                        // FFA_MSG_WAIT
        { 0x8400006c, 0x80010000, 0, 0 },                                       // FFA_YIELD
        { 0x84000070, 0x80010000, 0, 0 },          // a response to the normal world
        { 0xc4000070, 0x80010000, 0, 0 },          //
        { 0x84000070, 0x8000ffff, 0x80000001, 0 }, // messages to EL3: no such answer,
        { 0xc4000070, 0x8000ffff, 0x80000002, 0 }, // an answer of the wrong width,
        { 0xc4000070, 0x8000ffff, 0x80000009, 0 }, //
        { 0x84000070, 0x8001ffff, 0x80000002, 0 }, // of a partition,
        { 0x84000070, 0x80000000, 0x80000002, 0 }, // to the normal world,
        { 0x84000070, 0x8000ffff, 0x00000002, 0 }, // not a framework message;
        { 0x84000070, 0x8000ffff, 0x80000009, IN(SPMD_VERSION) }, // at the wrong time
        { 0x84000070, 0x8000ffff, 0x80000002, POWER },
        { 0x8400007c, 0, 0, IN(SPMD_INTERRUPT) }, // FFA_NORMAL_WORLD_RESUME
    };
    uint32_t before = core.state;

    for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if ((calls[i].right & IN(before)) != 0) {
            continue;
        }
        assert_int_equal(spmc_exact(calls[i].fid, calls[i].x1, calls[i].x2, 0), ERROR);
        assert_result(&core.secure, DENIED);
        assert_int_equal(fake_left, LEFT_NOT);
        assert_int_equal(core.state, before);
    }
}

void context_init_spmc(struct core *of, uint64_t entry, uint64_t handoff)
{
    of->spmc.elr_el3 = entry;
    of->ask[0] = handoff;
}

void context_init_secondary(struct core *of, uint64_t entry)
{
    of->ask[0] = 0;
    of->ask[4] = of->index;
    fake_secondary = entry;
}

void context_snapshot_spmc(struct core *of)
{
    assert_ptr_equal(of, &core);
    fake_snapshots++;
}

void context_init_normal(struct core *of, uint64_t entry, uint64_t x0)
{
    of->normal.regs.elr_el3 = entry;
    of->normal.frame.x[0] = x0;
}

void bl31_counters_take(const struct handoff *handoff)
{
    (void)handoff;
}

void bl31_counters_raise(void)
{
    fake_raises++;
}

uint64_t psci_answered(struct smc_frame *secure_frame, int32_t status)
{
    assert_int_equal(core.state, SPMD_READY);
    fake_frame = secure_frame;
    fake_answer = status;
    return FAKE_ANSWERED;
}

void psci_core_up(struct core *of)
{
    assert_ptr_equal(of, &core);
    assert_int_equal(fake_left, LEFT_NOT);
    fake_ups++;
}

void psci_core_failed(struct core *of)
{
    assert_ptr_equal(of, &core);
    longjmp(fake_end, END_CORE_FAILED);
}

enum gic_owner gic_fiq_owner(void)
{
    return fake_owner;
}

uint32_t gic_acknowledge(void)
{
    fake_acknowledges++;
    return fake_acknowledge;
}

void gic_end(uint32_t acknowledged)
{
    fake_ended = acknowledged;
}
