// SPDX-License-Identifier: BSD-3-Clause
//
// State and per-call checks of the SPMC core's tests; see spmc_fixture.h.
#include "spmc_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gic_secure.h"
#include "sp_timer.h"
#include "spmc_irq.h"
#include "spmc_mm.h"

#define DIRT_HIGH 0xd1d2d3d400000000ull
#define DIRT_WIDE 0xe1e2e3e4e5e6e700ull
#define FAR_REGISTER 0xf1f2f3f4f5f6f700ull

struct fixture fixture;

static struct sp *running[FIXTURE_CORES];
static struct sp before[SPMC_MAX_SPS];

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

void fixture_reset(void)
{
    static const uint16_t ids[] = { ALPHA_ID, BETA_ID, GAMMA_ID };

    if (ffa_nwd.buffers.page_count != 0) {
        spmc_mm_unmap_ns(ffa_nwd.buffers.tx, ffa_nwd.buffers.page_count);
        spmc_mm_unmap_ns(ffa_nwd.buffers.rx, ffa_nwd.buffers.page_count);
    }
    fixture = (struct fixture){ .maps_until_full = 8 };
    ffa_nwd = (struct ffa_endpoint){ .version = FFA_VERSION_1_0, .id = FFA_ID_NWD };
    memset(spmc_sps, 0, sizeof(spmc_sps));
    memset(spmc_cores, 0, sizeof(spmc_cores));
    memset(running, 0, sizeof(running));
    spmc_sp_count = sizeof(ids) / sizeof(ids[0]);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        reset_sp(i, ids[i]);
    }
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
    sp->attended = timer || watchdog_ms != 0 || queued;
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

// The registers of an answer that came at once, to the caller with that version.
static void check_answer(const uint64_t *x, const struct ffa_args *asked, uint32_t version)
{
    bool wide = is_smc64(asked->x) && version >= FFA_VERSION_1_2;
    bool bare = (uint32_t)asked->x[0] == FFA_VERSION || x[0] == FFA_ERROR || x[0] == FFA_SUCCESS_32;

    FIXTURE_CHECK(bare || x[0] == FFA_SUCCESS_64);
    for (unsigned int i = 0; i < 8; i++) {
        FIXTURE_CHECK(x[0] == FFA_SUCCESS_64 || x[i] >> 32 == 0);
    }
    for (unsigned int i = 8; i < 18; i++) {
        if (!wide) {
            FIXTURE_CHECK(x[i] == asked->x[i]);
        } else if (bare) {
            FIXTURE_CHECK(x[i] == 0);
        }
    }
}

// What the normal world gets when a partition's turn ends: nothing beyond x7, and x4 … x7 only in a response.
static void check_completion(const uint64_t *x)
{
    bool response = x[0] == FFA_MSG_SEND_DIRECT_RESP_32 || x[0] == FFA_MSG_SEND_DIRECT_RESP_64;

    FIXTURE_CHECK(response || x[0] == FFA_MSG_WAIT || x[0] == FFA_YIELD || x[0] == FFA_INTERRUPT ||
                  x[0] == FFA_ERROR || x[0] == FFA_NORMAL_WORLD_RESUME);
    for (unsigned int i = 0; i < 8; i++) {
        FIXTURE_CHECK(x[0] == FFA_MSG_SEND_DIRECT_RESP_64 || x[i] >> 32 == 0);
    }
    for (unsigned int i = response ? 8 : 4; i < 18; i++) {
        FIXTURE_CHECK(x[i] == 0);
    }
}

// As memory, padding included: the second is a copy of the first
static bool same(const void *now, const void *was, size_t size)
{
    return memcmp(now, was, size) == 0;
}

// What no call may change in any partition.
static void check_constant(const struct sp *now, const struct sp *was)
{
    struct sp_ctx ctx = now->ctx;

    // An interrupt's turn masks the normal world's
    ctx.spsr ^= (now->ctx.spsr ^ was->ctx.spsr) & spmc_irq_normal_mask;
    FIXTURE_CHECK(same(&ctx.x[18], &was->ctx.x[18], sizeof(ctx) - offsetof(struct sp_ctx, x[18])));
    FIXTURE_CHECK(same(&now->config, &was->config, sizeof(now->config)));
    FIXTURE_CHECK(same(&now->space, &was->space, sizeof(now->space)));
    FIXTURE_CHECK(now->load_base == was->load_base && now->endpoint.id == was->endpoint.id);
    FIXTURE_CHECK(now->initialised || !was->initialised);
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

// DEN0077A: the states a partition can go to. A stopped one never comes back; only one that runs can stop, wait, block
// or be preempted.
static void check_transition(uint32_t from, uint32_t to)
{
    FIXTURE_CHECK(to <= SP_PREEMPTED);
    FIXTURE_CHECK(from == to || from != SP_STOPPED);
    FIXTURE_CHECK(from == to || from == SP_RUNNING || to == SP_RUNNING);
}

// A partition that has no part in what happened on one core: its timer may have fired, or moved.
static void check_bystander(const struct sp *now, const struct sp *was)
{
    struct sp copy;

    memcpy(&copy, now, sizeof(copy)); // with its padding
    copy.pending = was->pending;
    copy.timer_deadline = was->timer_deadline;
    copy.timer_core = was->timer_core;
    FIXTURE_CHECK(same(&copy, was, sizeof(copy)));
}

static void check_all(uint32_t core, const struct sp *caller, struct sp *next)
{
    running[core] = next;
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        struct sp *sp = &spmc_sps[i];
        bool runs = false;

        for (uint32_t c = 0; c < FIXTURE_CORES; c++) {
            bool here = running[c] == sp || spmc_cores[c].interrupted == sp;

            FIXTURE_CHECK(!here || !runs); // one owner
            runs = runs || here;
        }
        FIXTURE_CHECK(runs == (sp->state == SP_RUNNING));
        check_transition(before[i].state, sp->state);
        check_constant(sp, &before[i]);
        check_endpoint(&sp->endpoint);
        if (sp != caller && sp != next && spmc_cores[core].interrupted != sp) {
            check_bystander(sp, &before[i]);
        }
    }
    check_endpoint(&ffa_nwd);
    FIXTURE_CHECK(fixture.maps == (ffa_nwd.buffers.page_count != 0 ? 2 : 0));
    FIXTURE_CHECK(next != NULL || spmc_cores[core].fp_owner == NULL);
    FIXTURE_CHECK(spmc_cores[core].fp_owner == NULL || spmc_cores[core].fp_owner == next);
    FIXTURE_CHECK(spmc_cores[core].interrupted == NULL || next->model == SP_MODEL_INTERRUPT);
    FIXTURE_CHECK(next == NULL || next->model != SP_MODEL_INTERRUPT ||
                  (next->ctx.spsr & spmc_irq_normal_mask) != 0);
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
    if (sp->model != SP_MODEL_INTERRUPT) {
        memset(&spmc_cores[core].args, 0xbb, sizeof(struct ffa_args));
    }
}

struct sp *fixture_from_sp(uint32_t core, struct sp *sp, struct ffa_args args)
{
    FIXTURE_CHECK(running[core] == sp);
    add_dirt(&args, sp->endpoint.version);
    memcpy(sp->ctx.x, args.x, sizeof(args.x));
    dirty_args(core, sp);
    memcpy(before, spmc_sps, sizeof(before));
    uint32_t version = sp->endpoint.version;
    fixture.core = core;
    struct sp *next = ffa_from_sp(&spmc_cores[core], sp);
    bool answered = next == sp && (uint32_t)args.x[0] != TESSERA_TIMER_SET &&
                    (uint32_t)args.x[0] != TESSERA_WATCHDOG_KICK;

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
        bool taken = owner == GIC_OWNER_SECURE || (sp != NULL && owner != GIC_OWNER_NONE &&
                                                   (sp->ctx.spsr & spmc_irq_normal_mask) == 0);

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
        sp->model = SP_MODEL_INIT;
        sp->response_ids = SP_NO_RESPONSE;
        sp->initialised = false;
        sp->state = SP_RUNNING;
        running[0] = sp;
    } else if (model == SP_MODEL_RUN) {
        FIXTURE_CHECK(NWD(FFA_RUN, IDS(sp->endpoint.id, 0)) == sp);
    } else {
        FIXTURE_CHECK(NWD(FFA_MSG_SEND_DIRECT_REQ_32, IDS(FFA_ID_NWD, sp->endpoint.id), 0, 1, 2, 3,
                          4, 5) == sp);
    }
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
