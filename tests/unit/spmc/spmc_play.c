// SPDX-License-Identifier: BSD-3-Clause
//
// See spmc_play.h. The rules here are those of a sequence (DEN0077A runtime models, states, RX ownership, version
// negotiation); those of a single call are in spmc_fixture.c, which checks each call that is made.
#include "spmc_play.h"

#include <string.h>

#include "spmc_fixture.h"

struct bytes {
    const uint8_t *data;
    size_t size;
};

static uint8_t next_byte(struct bytes *bytes)
{
    if (bytes->size == 0) {
        return 0;
    }
    bytes->size--;
    return *bytes->data++;
}

static const uint32_t fids[] = {
    FFA_MSG_SEND_DIRECT_REQ_32,
    FFA_MSG_SEND_DIRECT_REQ_64,
    FFA_MSG_SEND_DIRECT_RESP_32,
    FFA_MSG_SEND_DIRECT_RESP_64,
    FFA_RUN,
    FFA_MSG_WAIT,
    FFA_YIELD,
    FFA_ERROR,
    FFA_VERSION,
    FFA_FEATURES,
    FFA_RX_RELEASE,
    FFA_RXTX_MAP_32,
    FFA_RXTX_MAP_64,
    FFA_RXTX_UNMAP,
    FFA_PARTITION_INFO_GET,
    FFA_PARTITION_INFO_GET_REGS,
    FFA_ID_GET,
    FFA_SPM_ID_GET,
    FFA_MEM_PERM_GET_64,
    FFA_MEM_PERM_SET_64,
    FFA_CONSOLE_LOG_32,
    FFA_CONSOLE_LOG_64,
    FFA_INTERRUPT,
    FFA_SUCCESS_32,
    FFA_MSG_SEND2,
    FFA_MEM_SHARE_32,
    0x840000ff,
    0xc400006b,
};

static const uint64_t values[] = {
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    24,
    128,
    0xffff,
    0xffffffff,
    0x80000000,
    UINT64_MAX,
    IDS(0, ALPHA_ID),
    IDS(0, BETA_ID),
    IDS(0, GAMMA_ID),
    IDS(ALPHA_ID, 0),
    IDS(BETA_ID, 0),
    IDS(GAMMA_ID, 0),
    IDS(ALPHA_ID, BETA_ID),
    IDS(FFA_ID_SPMD, FFA_ID_SPMC),
    FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_VERSION_REQ,
    FFA_VERSION_1_0,
    FFA_VERSION_1_1,
    FFA_VERSION_1_2,
    FFA_VERSION_1_2 + 1,
    NS_BASE,
    NS_BASE + 0x1000,
    NS_END - 0x1000,
    SPACE_VA(2),
    SPACE_VA(3),
    SPACE_VA(5),
    SPACE_VA(8),
    SPACE_VA(13),
    0x2222222211111111,
    0x4444444433333333,
    FFA_RXTX_MAP_64,
    FFA_MEM_PERM_SET_64,
    0x6f6c6c6568,
    '\n',
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// Three bytes and more: the function, then per bit of two masks which registers are not zero, and with what.
static struct ffa_args next_args(struct bytes *bytes)
{
    struct ffa_args args = { .x = { fids[next_byte(bytes) % COUNT(fids)] } };
    uint32_t mask = next_byte(bytes);

    if (mask == 0xff) {
        args.x[0] = (uint64_t)next_byte(bytes) << 24 | 0x60u | next_byte(bytes);
        mask |= (uint32_t)next_byte(bytes) << 8;
    }
    for (unsigned int i = 1; i < 18; i++) {
        if ((mask & 1u << (i - 1)) != 0) {
            args.x[i] = values[next_byte(bytes) % COUNT(values)];
        }
    }
    return args;
}

// A call that has a good chance to be accepted, so that sequences get anywhere
static struct ffa_args likely_args(struct bytes *bytes, const struct sp *sp)
{
    uint8_t choice = next_byte(bytes);
    const struct sp *to = &spmc_sps[choice % 3];
    struct ffa_args args = { .x = { 0 } };

    if (sp == NULL) {
        args.x[0] = (choice & 0x40) != 0   ? FFA_RUN
                    : (choice & 0x20) != 0 ? FFA_MSG_SEND_DIRECT_REQ_64
                                           : FFA_MSG_SEND_DIRECT_REQ_32;
        args.x[1] = (choice & 0x40) != 0 ? IDS(to->endpoint.id, 0) : IDS(0, to->endpoint.id);
        args.x[3] = (choice & 0x40) != 0 ? 0 : choice;
    } else if ((choice & 0x40) != 0) {
        args.x[0] = (choice & 0x20) != 0 ? FFA_MSG_WAIT : FFA_YIELD;
    } else {
        args.x[0] = FFA_MSG_SEND_DIRECT_RESP_32 | (uint32_t)(choice & 0x20) << 25; // SMC64
        args.x[1] = IDS(sp->endpoint.id, 0);
        args.x[3] = choice;
    }
    return args;
}

// ---- Rules -----------------------------------------------------------------------------------------------------------

static bool is_request(uint32_t fid)
{
    return fid == FFA_MSG_SEND_DIRECT_REQ_32 || fid == FFA_MSG_SEND_DIRECT_REQ_64;
}

static bool is_response(uint32_t fid)
{
    return fid == FFA_MSG_SEND_DIRECT_RESP_32 || fid == FFA_MSG_SEND_DIRECT_RESP_64;
}

// A partition was entered by the normal world's call: only by these two, and only so
static void check_entry(const struct sp *sp, const struct sp *was, const struct ffa_args *args)
{
    uint32_t fid = (uint32_t)args->x[0];
    uint32_t ids = (uint32_t)args->x[1];

    if (is_request(fid)) {
        FIXTURE_CHECK(ids == IDS(0, sp->endpoint.id) && (uint32_t)args->x[2] == 0);
        FIXTURE_CHECK((sp->config.properties & FFA_PROP_DIRECT_RECV) != 0);
        FIXTURE_CHECK(was->state == SP_WAITING && sp->model == SP_MODEL_DIRECT);
        FIXTURE_CHECK(sp->response_ids == IDS(sp->endpoint.id, 0));
        FIXTURE_CHECK(sp->ctx.x[0] == fid && sp->ctx.x[1] == ids && sp->ctx.x[2] == 0);
        for (unsigned int i = 3; i < 8; i++) {
            uint64_t sent = fid == FFA_MSG_SEND_DIRECT_REQ_64 ? args->x[i] : (uint32_t)args->x[i];
            FIXTURE_CHECK(sp->ctx.x[i] == sent);
        }
    } else {
        FIXTURE_CHECK(fid == FFA_RUN && ids == IDS(sp->endpoint.id, 0));
        FIXTURE_CHECK(was->state != SP_RUNNING && was->state != SP_STOPPED);
        if (was->state == SP_WAITING) {
            FIXTURE_CHECK(sp->model == SP_MODEL_RUN && sp->ctx.x[0] == FFA_RUN);
        } else { // as it was
            FIXTURE_CHECK(sp->model == was->model && sp->response_ids == was->response_ids);
            FIXTURE_CHECK(memcmp(sp->ctx.x, was->ctx.x, sizeof(sp->ctx.x)) == 0);
        }
    }
}

// A partition's own call ended its turn
static void check_exit(const struct sp *sp, const struct sp *was, const struct ffa_args *args)
{
    uint32_t fid = (uint32_t)args->x[0] & ~(uint32_t)SMCCC_SVE_HINT;

    switch (sp_state(sp)) {
    case SP_WAITING:
        FIXTURE_CHECK(was->model == SP_MODEL_DIRECT ? is_response(fid) : fid == FFA_MSG_WAIT);
        FIXTURE_CHECK(fid != FFA_MSG_WAIT || !sp->endpoint.buffers.rx_full || args->x[2] == 1);
        break;
    case SP_BLOCKED:
        FIXTURE_CHECK(fid == FFA_YIELD && was->model != SP_MODEL_INIT);
        break;
    case SP_STOPPED:
        FIXTURE_CHECK(fid == FFA_ERROR && was->model == SP_MODEL_INIT && !sp->initialised);
        break;
    case SP_RUNNING:
    case SP_PREEMPTED:
        FIXTURE_CHECK(false);
    }
}

// What a call may do to its caller's endpoint
static void check_caller(const struct ffa_endpoint *now, const struct ffa_endpoint *was,
                         uint32_t fid)
{
    bool gives_back = fid == FFA_RX_RELEASE || fid == FFA_RXTX_UNMAP || fid == FFA_MSG_WAIT;
    bool maps = fid == FFA_RXTX_MAP_32 || fid == FFA_RXTX_MAP_64;

    FIXTURE_CHECK(now->version == was->version || !was->version_locked);
    FIXTURE_CHECK(now->buffers.rx_full == was->buffers.rx_full ||
                  (now->buffers.rx_full ? fid == FFA_PARTITION_INFO_GET : gives_back));
    FIXTURE_CHECK(now->buffers.page_count == was->buffers.page_count ||
                  (now->buffers.page_count != 0 ? maps && was->buffers.page_count == 0
                                                : fid == FFA_RXTX_UNMAP));
}

static bool overlaps(const struct sp *sp, uint32_t page, const void *buffer)
{
    const uint8_t *bytes = fixture_page(sp, page);
    const uint8_t *base = buffer;

    return bytes >= base && bytes < base + 4096 * (size_t)sp->endpoint.buffers.page_count;
}

static void check_memory(const struct sp *sp, const struct sp *was, uint32_t perms[SPACE_PAGES])
{
    uint32_t *now = fixture.perm[sp - spmc_sps];

    for (uint32_t page = 0; page < SPACE_PAGES; page++) {
        bool buffer =
            sp->endpoint.buffers.page_count != 0 && (overlaps(sp, page, sp->endpoint.buffers.tx) ||
                                                     overlaps(sp, page, sp->endpoint.buffers.rx));

        FIXTURE_CHECK(now[page] == perms[page] || (was->model == SP_MODEL_INIT && !buffer));
        FIXTURE_CHECK(!buffer || (now[page] != FFA_PERM_RX && now[page] != FFA_PERM_NONE));
    }
}

// ---- Moves -----------------------------------------------------------------------------------------------------------

static void play_nwd(struct bytes *bytes, uint32_t core, uint8_t move)
{
    struct ffa_args args = (move & 0x0c) != 0 ? likely_args(bytes, NULL) : next_args(bytes);
    struct ffa_endpoint was = ffa_nwd;
    struct sp before[SPMC_MAX_SPS];

    memcpy(before, spmc_sps, sizeof(before));
    struct sp *next = fixture_from_nwd(core, args);
    bool framework = is_request((uint32_t)args.x[0]) && (uint32_t)args.x[1] >> 16 == FFA_ID_SPMD;
    if (next != NULL) {
        check_entry(next, &before[next - spmc_sps], &args);
    }
    FIXTURE_CHECK(ffa_nwd.version_locked || framework || (uint32_t)args.x[0] == FFA_VERSION);
    check_caller(&ffa_nwd, &was, (uint32_t)args.x[0]);
}

static void play_sp(struct bytes *bytes, uint32_t core, struct sp *sp, uint8_t move)
{
    struct ffa_args args = (move & 0x0c) == 0 ? likely_args(bytes, sp) : next_args(bytes);
    struct sp was = *sp;
    uint32_t perms[SPACE_PAGES];

    memcpy(perms, fixture.perm[sp - spmc_sps], sizeof(perms));
    struct sp *next = fixture_from_sp(core, sp, args);
    if (next != sp) {
        check_exit(sp, &was, &args);
    } else {
        FIXTURE_CHECK(sp->model == was.model);
    }
    check_caller(&sp->endpoint, &was.endpoint, (uint32_t)args.x[0] & ~(uint32_t)SMCCC_SVE_HINT);
    check_memory(sp, &was, perms);
}

static void play_running(struct bytes *bytes, uint32_t core, struct sp *sp, uint8_t move)
{
    if ((move & 0xf0) == 0xf0 && (move & 0x0e) == 0x0e) {
        fixture_stop(core, sp);
    } else if ((move & 0xf0) == 0xe0 && sp->model != SP_MODEL_INIT) {
        fixture_interrupt(core, sp); // masked while a partition initialises
    } else {
        if ((move & 0xf0) == 0xd0) {
            spmc_cores[core].fp_owner = sp; // its first FP instruction of this entry
        }
        play_sp(bytes, core, sp, move);
    }
}

unsigned int play(const uint8_t *data, size_t size)
{
    struct bytes bytes = { data, size };
    unsigned int switches = 0;

    fixture_reset();
    if ((next_byte(&bytes) & 1) != 0) {
        fixture_enter(ALPHA, SP_MODEL_INIT);
    }
    while (bytes.size != 0) {
        uint8_t move = next_byte(&bytes);
        uint32_t core = move & 1;
        struct sp *sp = fixture_running(core);

        fixture.maps_until_full = move >> 6;
        if (sp == NULL) {
            play_nwd(&bytes, core, move);
        } else {
            play_running(&bytes, core, sp, move);
        }
        switches += fixture_running(core) != sp;
    }
    return switches;
}
