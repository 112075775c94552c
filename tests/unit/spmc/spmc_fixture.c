// SPDX-License-Identifier: BSD-3-Clause
//
// State and per-call checks of the SPMC core's tests; see spmc_fixture.h.
#include "spmc_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ffa_notify.h"
#include "gic_secure.h"
#include "mem_model.h"
#include "regs.h"
#include "sp_device.h"
#include "sp_timer.h"
#include "spmc_irq.h"
#include "spmc_mm.h"

#define DIRT_HIGH 0xd1d2d3d400000000ull
#define DIRT_WIDE 0xe1e2e3e4e5e6e700ull
#define FAR_REGISTER 0xf1f2f3f4f5f6f700ull

struct fixture fixture;

static struct sp *running[FIXTURE_CORES];
static struct sp before[SPMC_MAX_SPS];
static struct ffa_args asked_by[SPMC_MAX_SPS]; // the last call of each partition

void fixture_broken(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
    abort();
}

struct sp *fixture_running(uint32_t core)
{
    return running[core];
}

static const struct sp_config configs[] = {
    { .description = "alpha",
      .version = FFA_VERSION_1_2,
      .uuid = { { UUID_ALPHA } },
      .uuid_count = 1,
      .properties = FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND | FFA_PROP_AARCH64 |
                    FFA_PROP_DIRECT2_RECV | FFA_PROP_DIRECT2_SEND },
    { .description = "beta",
      .version = FFA_VERSION_1_1,
      .uuid = { { UUID_BETA }, { UUID_SHARED } },
      .uuid_count = 2,
      .properties = FFA_PROP_DIRECT_RECV | FFA_PROP_AARCH64 },
    { .description = "gamma",
      .version = FFA_VERSION_1_0,
      .uuid = { { UUID_SHARED } },
      .uuid_count = 1,
      .properties = FFA_PROP_AARCH64 },
};

static void reset_space(uint32_t index)
{
    static const uint32_t layout[SPACE_PAGES] = {
        FFA_PERM_RX, FFA_PERM_RX, FFA_PERM_RO, FFA_PERM_RW,
        FFA_PERM_RW, FFA_PERM_RW, FFA_PERM_RW, FFA_PERM_RW,
        FFA_PERM_RW, FFA_PERM_RW, FFA_PERM_RW, FFA_PERM_RW,
        FFA_PERM_RW, FFA_PERM_RW, 0,           0
    };

    memcpy(fixture.perm[index], layout, sizeof(layout));
    for (uint32_t page = 0; page < SPACE_PAGES; page++) {
        memset(fixture_page(&spmc_sps[index], page), 0xee, 4096);
    }
}

static void reset_sp(uint32_t index, uint16_t id)
{
    struct sp *sp = &spmc_sps[index];

    sp->config = configs[index];
    sp->endpoint.version = sp->config.version;
    sp->endpoint.id = id;
    spmc_sp_ids[index] = id;
    sp->state = SP_WAITING;
    sp->initialised = true;
    sp->response_ids = SP_NO_RESPONSE;
    for (unsigned int i = 0; i < 31; i++) {
        sp->ctx.x[i] = FAR_REGISTER + i;
    }
    sp->ctx.sp_el0 = 0x7000 + id;
    sp->ctx.pc = 0x8000 + id;
    sp->ctx.tpidr_el0 = 0x9000 + id;
    memset(sp->ctx.pac_keys, (int)index + 1, sizeof(sp->ctx.pac_keys));
    memset(sp->ctx.v, (int)index + 1, sizeof(sp->ctx.v));
    sp->space.ttbr0 = id;
    sp->load_base = 0xa000 + id;
    reset_space(index);
}

// What the property of a receiver, and of a sender that is a partition, must be for a kind of message; 0: any
static const struct {
    uint32_t receives, sends;
} kinds[SP_MSG_KINDS] = {
    [SP_MSG_DIRECT] = { FFA_PROP_DIRECT_RECV, FFA_PROP_DIRECT_SEND },
    [SP_MSG_DIRECT2] = { FFA_PROP_DIRECT2_RECV, FFA_PROP_DIRECT2_SEND },
    [SP_MSG_INDIRECT] = { FFA_PROP_INDIRECT, FFA_PROP_INDIRECT },
    [SP_MSG_NOTIFY] = { FFA_PROP_NOTIFICATION, 0 },
    [SP_MSG_MEMORY] = { 0, 0 },
};

static bool can(const struct sp *receiver, const struct sp *sender, unsigned int kind)
{
    uint32_t receives = kinds[kind].receives;
    uint32_t sends = sender != NULL ? kinds[kind].sends : 0;

    return receiver != sender && (receiver->config.properties & receives) == receives &&
           (sender == NULL || (sender->config.properties & sends) == sends);
}

void fixture_admit_all(void)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        for (unsigned int kind = 0; kind < SP_MSG_KINDS; kind++) {
            uint16_t admits = can(&spmc_sps[i], NULL, kind) ? 1 : 0;

            for (uint32_t k = 0; k < spmc_sp_count; k++) {
                admits |= can(&spmc_sps[i], &spmc_sps[k], kind) ? (uint16_t)(2u << k) : 0;
            }
            spmc_sps[i].admits[kind] = admits;
        }
    }
}

void fixture_properties(struct sp *sp, uint32_t properties)
{
    sp->config.properties |= properties;
    fixture_admit_all();
}

void fixture_reset(void)
{
    static const uint16_t ids[] = { ALPHA_ID, BETA_ID, GAMMA_ID };

    mem_model_reset();
    mem_model_reset();
    if (ffa_nwd.buffers.page_count != 0) {
        spmc_mm_unmap_ns(ffa_nwd.buffers.tx, ffa_nwd.buffers.page_count);
        spmc_mm_unmap_ns(ffa_nwd.buffers.rx, ffa_nwd.buffers.page_count);
    }
    fixture = (struct fixture){ .maps_until_full = 8 };
    ffa_nwd = (struct ffa_endpoint){ .version = FFA_VERSION_1_0, .id = FFA_ID_NWD };
    memset(spmc_sps, 0, sizeof(spmc_sps));
    memset(spmc_cores, 0, sizeof(spmc_cores));
    memset(running, 0, sizeof(running));
    ffa_notify_init();
    spmc_sp_count = sizeof(ids) / sizeof(ids[0]);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        reset_sp(i, ids[i]);
    }
    fixture_admit_all();
    FIXTURE_CHECK(sp_device_init(&spmc_cores[0]) == 0); // none of them has any
    for (uint32_t i = 0; i < FIXTURE_CORES; i++) {
        spmc_cores[i].index = i;
        fixture.core = i;
        sp_timer_core_on(&spmc_cores[i]);
    }
    fixture.core = 0;
}

void fixture_attend(struct sp *sp, bool timer, uint32_t watchdog_ms, bool queued)
{
    sp->config.secure_timer = timer;
    sp->config.watchdog_ms = watchdog_ms;
    sp->config.other_interrupts_queued = queued;
    sp->attended = timer || watchdog_ms != 0 || queued || sp->config.device_count != 0 ||
                   (sp->config.properties & FFA_PROP_NOTIFICATION) != 0;
}

static bool is_smc64(const uint64_t *x)
{
    return ((uint32_t)x[0] & SMCCC_64) != 0;
}

// Whatever a caller of that version has in bits and registers that are no arguments
static void add_dirt(struct ffa_args *args, uint32_t version)
{
    for (unsigned int i = 0; i < 8 && !is_smc64(args->x); i++) {
        args->x[i] |= DIRT_HIGH;
    }
    if (is_smc64(args->x) && version >= FFA_VERSION_1_2) {
        return;
    }
    for (unsigned int i = 8; i < 18; i++) {
        args->x[i] = DIRT_WIDE + i;
    }
}

static bool is_response(uint64_t x0)
{
    return x0 == FFA_MSG_SEND_DIRECT_RESP_32 || x0 == FFA_MSG_SEND_DIRECT_RESP_64 ||
           x0 == FFA_MSG_SEND_DIRECT_RESP2;
}

// Upper halves are zero where a function has no 64-bit registers.
static void check_halves(const uint64_t *x)
{
    for (unsigned int i = 0; i < 8; i++) {
        FIXTURE_CHECK(is_smc64(x) || x[i] >> 32 == 0);
    }
}

// x8 … x17 of an answer to what `asked` says, for a caller of that version: its own, or results, all zero but for `used`.
static void check_wide(const uint64_t *x, const uint64_t *asked, uint32_t version, bool used)
{
    bool wide =
        (is_smc64(asked) || (is_response(x[0]) && is_smc64(x))) && version >= FFA_VERSION_1_2;

    for (unsigned int i = 8; i < 18; i++) {
        if (!wide) {
            FIXTURE_CHECK(x[i] == asked[i]);
        } else if (!used) {
            FIXTURE_CHECK(x[i] == 0);
        }
    }
}

// The registers of an answer that came at once, to the caller with that version.
static void check_answer(const uint64_t *x, const struct ffa_args *asked, uint32_t version)
{
    bool bare = (uint32_t)asked->x[0] == FFA_VERSION || x[0] == FFA_ERROR ||
                x[0] == FFA_SUCCESS_32 || x[0] == FFA_MEM_RETRIEVE_RESP ||
                x[0] == FFA_MEM_FRAG_RX || x[0] == FFA_MEM_FRAG_TX;

    FIXTURE_CHECK(bare || x[0] == FFA_SUCCESS_64);
    check_halves(x);
    check_wide(x, asked->x, version, !bare);
}

// What the normal world gets when a partition's turn ends: x8 … x17 only in one kind of response, x4 … x7 in all of them.
static void check_completion(const uint64_t *x)
{
    FIXTURE_CHECK(is_response(x[0]) || x[0] == FFA_MSG_WAIT || x[0] == FFA_YIELD ||
                  x[0] == FFA_INTERRUPT || x[0] == FFA_ERROR || x[0] == FFA_NORMAL_WORLD_RESUME);
    check_halves(x);
    for (unsigned int i = is_response(x[0]) ? 8 : 4; i < 18; i++) {
        FIXTURE_CHECK(x[i] == 0 || x[0] == FFA_MSG_SEND_DIRECT_RESP2);
    }
}

// What a partition gets when another one that works for it ends its turn, or pauses.
static void check_sp_completion(const struct sp *sp)
{
    const uint64_t *x = sp->ctx.x;

    FIXTURE_CHECK(is_response(x[0]) || x[0] == FFA_YIELD || x[0] == FFA_ERROR);
    check_halves(x);
    for (unsigned int i = 4; i < 8; i++) {
        FIXTURE_CHECK(x[i] == 0 || is_response(x[0]));
    }
    check_wide(x, asked_by[sp - spmc_sps].x, sp->endpoint.version,
               x[0] == FFA_MSG_SEND_DIRECT_RESP2);
}

// As memory, padding included: the second is a copy of the first
static bool same(const void *now, const void *was, size_t size)
{
    return memcmp(now, was, size) == 0;
}

#define INTERRUPT_MASKS ((uint64_t)(SPSR_I | SPSR_F))

// What no call may change in any partition.
static void check_constant(const struct sp *now, const struct sp *was)
{
    struct sp_ctx ctx = now->ctx;

    FIXTURE_CHECK(same(&now->config, &was->config, sizeof(now->config)));
    FIXTURE_CHECK(same(now->admits, was->admits, sizeof(now->admits)));
    FIXTURE_CHECK(now->load_base == was->load_base && now->endpoint.id == was->endpoint.id);
    FIXTURE_CHECK(now->initialised || !was->initialised);
    if (now->state == SP_STOPPED && was->state != SP_STOPPED) {
        return;
    }
    // An interrupt's turn, and a chain, mask the normal world's
    ctx.spsr ^= (now->ctx.spsr ^ was->ctx.spsr) & INTERRUPT_MASKS;
    FIXTURE_CHECK(same(&ctx.x[18], &was->ctx.x[18], sizeof(ctx) - offsetof(struct sp_ctx, x[18])));
    FIXTURE_CHECK(same(&now->space, &was->space, sizeof(now->space)));
    FIXTURE_CHECK(now->endpoint.version_locked || !was->endpoint.version_locked);
}

static void check_endpoint(const struct ffa_endpoint *endpoint)
{
    FIXTURE_CHECK(endpoint->lock.next == endpoint->lock.serving);
    FIXTURE_CHECK(endpoint->version >= FFA_VERSION_1_0 && endpoint->version <= FFA_VERSION_1_2);
    FIXTURE_CHECK(endpoint->buffers.page_count <= SPMC_MAX_RXTX_PAGES);
    FIXTURE_CHECK((endpoint->buffers.page_count != 0) == (endpoint->buffers.rx != NULL));
    FIXTURE_CHECK((endpoint->buffers.page_count != 0) == (endpoint->buffers.tx != NULL));
    FIXTURE_CHECK(!endpoint->buffers.rx_full || endpoint->buffers.page_count != 0);
}

// DEN0077A: the states a partition can go to. A stopped one never comes back; only one that runs, or works for another
// one, can stop, wait, block or be preempted.
static void check_transition(uint32_t from, uint32_t to)
{
    static const uint32_t next[] = {
        [SP_STOPPED] = 1u << SP_RUNNING, // the boot, once
        [SP_WAITING] = 1u << SP_RUNNING | 1u << SP_CHAINED,
        [SP_RUNNING] = 1u << SP_WAITING | 1u << SP_BLOCKED | 1u << SP_PREEMPTED | 1u << SP_STOPPED,
        [SP_BLOCKED] = 1u << SP_RUNNING,
        [SP_PREEMPTED] = 1u << SP_RUNNING,
        // An interrupt of its own behind its turn · who asked is gone
        [SP_CHAINED] = 1u << SP_WAITING | 1u << SP_RUNNING | 1u << SP_STOPPED | 1u << SP_BLOCKED,
    };

    FIXTURE_CHECK(to <= SP_CHAINED);
    FIXTURE_CHECK(from == to || (next[from] & 1u << to) != 0);
}

// ---- Chains ----------------------------------------------------------------------------------------------------------

static const struct sp *head_of(const struct sp *sp)
{
    unsigned int links = 0;

    while (sp->caller != NULL) {
        FIXTURE_CHECK(sp->state == SP_CHAINED);
        FIXTURE_CHECK(sp->caller->state != SP_STOPPED);
        FIXTURE_CHECK(++links < spmc_sp_count); // nobody is in it twice
        sp = sp->caller;
    }
    FIXTURE_CHECK(sp->state != SP_CHAINED);
    return sp;
}

// The same in what was before a call.
static const struct sp *head_before(const struct sp *sp)
{
    while (sp->caller != NULL) {
        sp = &before[sp->caller - spmc_sps];
    }
    return &spmc_sps[sp - before];
}

static uint64_t own_masks(const struct sp *sp)
{
    return sp->config.ns_interrupts_queued ? spmc_irq_normal_mask : 0;
}

// Who has the core, and whom it will answer: each wants at least what those above it want.
static void check_masks(const struct sp *active)
{
    for (const struct sp *sp = active; sp->caller != NULL; sp = sp->caller) {
        uint64_t masks = sp->caller->ctx.spsr & INTERRUPT_MASKS;

        if (sp->config.watchdog_ms != 0) { // it must bite also during a boot
            masks &= spmc_irq_normal_mask;
        }
        FIXTURE_CHECK((sp->ctx.spsr & INTERRUPT_MASKS) == (masks | own_masks(sp)));
    }
}

static bool has_core(const struct sp *head)
{
    for (uint32_t core = 0; core < FIXTURE_CORES; core++) {
        const struct sp *interrupted = spmc_cores[core].interrupted;

        if ((running[core] != NULL && head_of(running[core]) == head) ||
            (interrupted != NULL && head_of(interrupted) == head)) {
            return true;
        }
    }
    return false;
}

// Each partition is in one chain at most, and each chain has one owner, or none and can be claimed.
static void check_chains(void)
{
    const struct sp *heads[2 * FIXTURE_CORES];
    unsigned int count = 0;

    for (uint32_t core = 0; core < FIXTURE_CORES; core++) {
        const struct sp *there[] = { running[core], spmc_cores[core].interrupted };

        FIXTURE_CHECK(there[1] == NULL ||
                      (there[0] != NULL && head_of(there[0])->model == SP_MODEL_INTERRUPT));
        for (unsigned int i = 0; i < 2; i++) {
            if (there[i] == NULL) {
                continue;
            }
            heads[count] = head_of(there[i]);
            for (unsigned int k = 0; k < count; k++) {
                FIXTURE_CHECK(heads[k] != heads[count]);
            }
            count++;
            check_masks(there[i]);
        }
    }
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        const struct sp *sp = &spmc_sps[i];

        FIXTURE_CHECK((sp->state == SP_CHAINED) == (sp->caller != NULL));
        FIXTURE_CHECK((sp->state == SP_RUNNING) == (sp->caller == NULL && has_core(sp)));
        FIXTURE_CHECK(sp->inner == NULL || sp->state == SP_PREEMPTED || sp->state == SP_BLOCKED);
        FIXTURE_CHECK(sp->inner == NULL || (sp->inner != sp && head_of(sp->inner) == sp));
        FIXTURE_CHECK(sp->state != SP_CHAINED || sp->model == SP_MODEL_DIRECT);
        (void)head_of(sp);
    }
}

// ---- Partitions that have no part in it ------------------------------------------------------------------------------

// A partition that has no part in what happened on one core: its timer may have fired, or moved, its interrupts may be held
// back (sp_interrupt.c hold_handlers), and a message may have come into its RX buffer.
static void check_bystander(const struct sp *now, const struct sp *was)
{
    struct sp copy;

    memcpy(&copy, now, sizeof(copy)); // with its padding
    copy.pending = was->pending;
    copy.timer_deadline = was->timer_deadline;
    copy.timer_core = was->timer_core;
    copy.held = was->held;
    copy.held_until = was->held_until;
    copy.endpoint.lock = was->endpoint.lock; // it is free: check_endpoint
    copy.endpoint.buffers.rx_full &= was->endpoint.buffers.rx_full;
    FIXTURE_CHECK(same(&copy, was, sizeof(copy)));
}

// A partition of the same chain that neither called nor runs next: its place in the chain may have changed, not its registers.
static void check_link(const struct sp *now, const struct sp *was)
{
    struct sp copy;

    if (now->state == SP_STOPPED) {
        return;
    }
    memcpy(&copy, now, sizeof(copy));
    copy.state = was->state;
    copy.caller = was->caller;
    copy.inner = was->inner;
    copy.watchdog_left = was->watchdog_left;
    copy.ctx.spsr ^= (now->ctx.spsr ^ was->ctx.spsr) & INTERRUPT_MASKS;
    check_bystander(&copy, was);
}

static void check_stopped(const struct sp *sp)
{
    static const struct sp_ctx empty;

    FIXTURE_CHECK(same(&sp->ctx, &empty, sizeof(empty)));
    FIXTURE_CHECK(sp->stopped && sp->caller == NULL && sp->endpoint.buffers.page_count == 0);
    FIXTURE_CHECK(sp->timer_deadline == 0 && sp->held == 0);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        FIXTURE_CHECK(spmc_sps[i].caller != sp);
    }
}

static void check_sp(uint32_t core, const struct sp *caller, const struct sp *next, uint32_t i)
{
    const struct sp *sp = &spmc_sps[i];
    const struct sp *interrupted = spmc_cores[core].interrupted;
    bool link =
        (caller != NULL && head_before(&before[i]) == head_before(&before[caller - spmc_sps])) ||
        (next != NULL && head_before(&before[i]) == head_before(&before[next - spmc_sps])) ||
        (next != NULL && head_of(sp) == head_of(next));

    check_transition(before[i].state, sp->state);
    check_constant(sp, &before[i]);
    check_endpoint(&sp->endpoint);
    if (sp->state == SP_STOPPED && before[i].state != SP_STOPPED) {
        check_stopped(sp);
    }
    if (sp == caller || sp == next || sp == interrupted) {
        return;
    }
    if (link) {
        check_link(sp, &before[i]);
    } else {
        check_bystander(sp, &before[i]);
    }
}

static void check_all(uint32_t core, const struct sp *caller, struct sp *next)
{
    running[core] = next;
    check_chains();
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        check_sp(core, caller, next, i);
    }
    check_endpoint(&ffa_nwd);
    notify_check();
    mem_model_check();
    FIXTURE_CHECK(fixture.maps == (ffa_nwd.buffers.page_count != 0 ? 2 : 0));
    FIXTURE_CHECK(next != NULL || spmc_cores[core].fp_owner == NULL);
    FIXTURE_CHECK(spmc_cores[core].fp_owner == NULL || spmc_cores[core].fp_owner == next);
    FIXTURE_CHECK(next != NULL ||
                  (!spmc_cores[core].attention && spmc_cores[core].watchdog_deadline == 0 &&
                   spmc_cores[core].handler_deadline == 0 && spmc_cores[core].handled == 0));
    FIXTURE_CHECK(next == NULL || head_of(next)->model != SP_MODEL_INTERRUPT ||
                  (next->ctx.spsr & spmc_irq_normal_mask) != 0);
    // Whoever asked, and has the core again, or would have but for an interrupt
    const struct sp *asker = caller != NULL ? before[caller - spmc_sps].caller : NULL;
    if (asker != NULL && asker->state != SP_STOPPED && (asker != caller->caller || next == asker)) {
        check_sp_completion(asker);
    }
}

struct sp *fixture_from_nwd(uint32_t core, struct ffa_args args)
{
    FIXTURE_CHECK(running[core] == NULL);
    if ((uint32_t)args.x[0] == FFA_INTERRUPT) { // never reaches the SPMC from there: EL3 answers
        ffa_nwd.version_locked = true;
        spmc_cores[core].args =
            (struct ffa_args){ .x = { FFA_ERROR, 0, (uint32_t)FFA_NOT_SUPPORTED } };
        return NULL;
    }
    add_dirt(&args, ffa_nwd.version);
    spmc_cores[core].args = args;
    memcpy(before, spmc_sps, sizeof(before));
    fixture.core = core;
    uint32_t version = ffa_nwd.version;
    struct sp *next = ffa_from_nwd(&spmc_cores[core]);

    bool framework = (uint32_t)args.x[1] >> 16 == FFA_ID_SPMD;
    if (next == NULL && !framework) {
        check_answer(spmc_cores[core].args.x, &args, version);
    }
    check_all(core, NULL, next);
    return next;
}

// A turn leaves a complete answer behind, unless an interrupt started it: then there is one already.
static void dirty_args(uint32_t core, const struct sp *sp)
{
    if (head_of(sp)->model != SP_MODEL_INTERRUPT) {
        memset(&spmc_cores[core].args, 0xbb, sizeof(struct ffa_args));
    }
}

struct sp *fixture_from_sp(uint32_t core, struct sp *sp, struct ffa_args args)
{
    FIXTURE_CHECK(running[core] == sp);
    add_dirt(&args, sp->endpoint.version);
    memcpy(sp->ctx.x, args.x, sizeof(args.x));
    asked_by[sp - spmc_sps] = args;
    dirty_args(core, sp);
    memcpy(before, spmc_sps, sizeof(before));
    uint32_t version = sp->endpoint.version;
    fixture.core = core;
    struct sp *next = ffa_from_sp(&spmc_cores[core], sp);
    bool answered = next == sp && ((uint32_t)args.x[0] < TESSERA_TIMER_SET ||
                                   (uint32_t)args.x[0] > TESSERA_CLOCK);

    if (answered && sp->ctx.x[0] == FFA_INTERRUPT) {
        FIXTURE_CHECK(sp->model == SP_MODEL_INTERRUPT); // its turn ended, and another one began
    } else if (answered) {
        check_answer(sp->ctx.x, &args, version);
    } else if (next == NULL) {
        check_completion(spmc_cores[core].args.x);
    }
    check_all(core, sp, next);
    return next;
}

struct sp *fixture_interrupt(uint32_t core, struct sp *sp)
{
    FIXTURE_CHECK(running[core] == sp);
    dirty_args(core, sp);
    memcpy(before, spmc_sps, sizeof(before));
    fixture.core = core;
    fixture.hw[core].normal = true;
    struct sp *next = sp_interrupted(&spmc_cores[core], sp);
    fixture.hw[core].normal = false;

    FIXTURE_CHECK(next == NULL &&
                  memcmp(sp->ctx.x, before[sp - spmc_sps].ctx.x, sizeof(sp->ctx.x)) == 0);
    check_completion(spmc_cores[core].args.x);
    check_all(core, sp, next);
    return next;
}

static struct sp *one_interrupt(uint32_t core)
{
    struct sp *sp = running[core];

    memcpy(before, spmc_sps, sizeof(before));
    fixture.core = core;
    if (sp != NULL) {
        struct sp *next = sp_interrupted(&spmc_cores[core], sp);
        check_all(core, sp, next);
        return next;
    }
    spmc_cores[core].args = (struct ffa_args){ .x = { FFA_INTERRUPT } };
    struct sp *next = ffa_from_nwd(&spmc_cores[core]);
    if (next == NULL) {
        FIXTURE_CHECK(fixture_is(spmc_cores[core].args.x, FFA_NORMAL_WORLD_RESUME, 0, 0, 0));
    }
    check_all(core, NULL, next);
    return next;
}

struct sp *fixture_interrupts(uint32_t core)
{
    for (unsigned int i = 0; i < 16; i++) {
        const struct sp *sp = running[core];
        fixture.core = core;
        enum gic_owner owner = gic_secure_owner();
        uint64_t masks = sp != NULL ? sp->ctx.spsr & INTERRUPT_MASKS : 0;
        bool taken = owner == GIC_OWNER_SECURE ? (masks & ~spmc_irq_normal_mask) == 0
                                               : sp != NULL && owner != GIC_OWNER_NONE &&
                                                     (masks & spmc_irq_normal_mask) == 0;

        if (!taken) {
            return running[core];
        }
        (void)one_interrupt(core);
    }
    fixture_broken("interrupts never end", __FILE__, __LINE__);
}

struct sp *fixture_stop(uint32_t core, struct sp *sp)
{
    FIXTURE_CHECK(running[core] == sp);
    dirty_args(core, sp);
    memcpy(before, spmc_sps, sizeof(before));
    fixture.core = core;
    struct sp *next = sp_stop(&spmc_cores[core], sp);

    FIXTURE_CHECK(sp->state == SP_STOPPED);
    if (next == NULL) {
        check_completion(spmc_cores[core].args.x);
    }
    check_all(core, sp, next);
    return next;
}

void fixture_enter(struct sp *sp, enum sp_model model)
{
    if (model == SP_MODEL_INIT) {
        sp->initialised = false;
        fixture.core = 0;
        fixture_start(&spmc_cores[0], sp);
        running[0] = sp;
    } else if (model == SP_MODEL_RUN) {
        FIXTURE_CHECK(NWD(FFA_RUN, IDS(sp->endpoint.id, 0)) == sp);
    } else {
        FIXTURE_CHECK(NWD(FFA_MSG_SEND_DIRECT_REQ_32, IDS(FFA_ID_NWD, sp->endpoint.id), 0, 1, 2, 3,
                          4, 5) == sp);
    }
}

static const struct sp *works_for(const struct sp *sp)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (spmc_sps[i].caller == sp) {
            return &spmc_sps[i];
        }
    }
    return NULL;
}

struct sp *fixture_finish(uint32_t core, struct sp *sp)
{
    const struct sp *other = works_for(sp);
    struct ffa_args args = { .x = { FFA_MSG_WAIT } };

    if (other != NULL) {
        args = (struct ffa_args){ .x = { FFA_RUN, IDS(other->endpoint.id, 0) } };
    } else if (sp->model == SP_MODEL_DIRECT) {
        bool two = (sp->response_ids & SP_RESPONSE_2) != 0;

        args.x[0] = two ? FFA_MSG_SEND_DIRECT_RESP2 : FFA_MSG_SEND_DIRECT_RESP_32;
        args.x[1] = (uint32_t)sp->response_ids;
    }
    return fixture_from_sp(core, sp, args);
}

bool fixture_run_some(uint32_t core)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        const struct sp *sp = &spmc_sps[i];

        if (sp->state == SP_BLOCKED || sp->state == SP_PREEMPTED ||
            (sp->state == SP_WAITING && works_for(sp) != NULL)) {
            struct ffa_args args = { .x = { FFA_RUN, IDS(sp->endpoint.id, 0) } };

            FIXTURE_CHECK(fixture_from_nwd(core, args) != NULL);
            return true;
        }
    }
    return false;
}

void fixture_nwd_version(uint32_t version)
{
    FIXTURE_CHECK(NWD(FFA_MSG_SEND_DIRECT_REQ_32, IDS(FFA_ID_SPMD, FFA_ID_SPMC),
                      FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_VERSION_REQ, version) == NULL);
    FIXTURE_CHECK(ffa_nwd.version == version);
}

void fixture_map_buffers(struct sp *sp)
{
    if (sp == NULL) {
        NWD(FFA_RXTX_MAP_64, NS_BASE, NS_BASE + 0x1000, 1);
        FIXTURE_CHECK(fixture_is_success(NWD_X, 0, 0));
    } else {
        SP(sp, FFA_RXTX_MAP_64, SPACE_VA(3), SPACE_VA(4), 1);
        FIXTURE_CHECK(fixture_is_success(sp->ctx.x, 0, 0));
    }
}

bool fixture_is(const uint64_t *x, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    if (x[0] == x0 && x[1] == x1 && x[2] == x2 && x[3] == x3 && (x[4] | x[5] | x[6] | x[7]) == 0) {
        return true;
    }
    for (unsigned int i = 0; i < 8; i++) {
        fprintf(stderr, "x%u %#" PRIx64 "%s", i, x[i], i < 7 ? ", " : "\n");
    }
    return false;
}

bool fixture_is_error(const uint64_t *x, int32_t code)
{
    return fixture_is(x, FFA_ERROR, 0, (uint32_t)code, 0);
}

bool fixture_is_success(const uint64_t *x, uint64_t w2, uint64_t w3)
{
    return fixture_is(x, FFA_SUCCESS_32, 0, w2, w3);
}
