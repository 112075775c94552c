// SPDX-License-Identifier: BSD-3-Clause
//
// See spmc_play.h. The rules here are those of a sequence (DEN0077A runtime models, states, RX ownership, version
// negotiation); those of a single call are in spmc_fixture.c, which checks each call that is made.
#include "spmc_play.h"

#include <string.h>

#include "ffa_notify.h"
#include "regs.h"
#include "spmc_fixture.h"
#include "spmc_irq.h"

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
    FFA_MSG_SEND_DIRECT_REQ2,
    FFA_MSG_SEND_DIRECT_RESP2,
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
    FFA_MEM_LEND_64,
    FFA_MEM_DONATE_32,
    FFA_MEM_RETRIEVE_REQ_32,
    FFA_MEM_RELINQUISH,
    FFA_MEM_RECLAIM,
    FFA_MEM_FRAG_RX,
    FFA_MEM_FRAG_TX,
    FFA_NOTIFICATION_BITMAP_CREATE,
    FFA_NOTIFICATION_BITMAP_DESTROY,
    FFA_NOTIFICATION_BIND,
    FFA_NOTIFICATION_UNBIND,
    FFA_NOTIFICATION_SET,
    FFA_NOTIFICATION_GET,
    FFA_NOTIFICATION_INFO_GET_32,
    FFA_NOTIFICATION_INFO_GET_64,
    FFA_RX_ACQUIRE,
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
    IDS(BETA_ID, ALPHA_ID),
    IDS(BETA_ID, GAMMA_ID),
    IDS(GAMMA_ID, ALPHA_ID),
    IDS(GAMMA_ID, BETA_ID),
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
static struct ffa_args likely_nwd(uint8_t choice)
{
    const struct sp *to = &spmc_sps[choice % 3];

    if ((choice & 0x40) != 0) {
        return (struct ffa_args){ .x = { FFA_RUN, IDS(to->endpoint.id, 0) } };
    }
    struct ffa_args args = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, IDS(0, to->endpoint.id) } };
    if ((choice & 0x30) == 0x30) {
        args.x[0] = FFA_MSG_SEND_DIRECT_REQ2;
        args.x[17] = choice;
    } else {
        args.x[0] |= (uint32_t)(choice & 0x20) << 25; // SMC64
        args.x[3] = choice;
    }
    return args;
}

static struct ffa_args likely_sp(uint8_t choice, const struct sp *sp)
{
    const struct sp *to = &spmc_sps[choice % 3];
    uint32_t ids = IDS(sp->endpoint.id, to->endpoint.id);

    switch (choice >> 5) {
    case 0:
        return (struct ffa_args){ .x = { FFA_MSG_WAIT } };
    case 1:
        return (struct ffa_args){ .x = { FFA_YIELD } };
    case 2:
        return (struct ffa_args){ .x = { FFA_RUN, IDS(to->endpoint.id, 0) } };
    case 3:
        return (struct ffa_args){ .x = { FFA_MSG_SEND_DIRECT_REQ_32, ids, 0, choice } };
    case 4:
        return (struct ffa_args){ .x = { FFA_MSG_SEND_DIRECT_REQ_64, ids, 0, choice } };
    case 5:
        return (struct ffa_args){ .x = { FFA_MSG_SEND_DIRECT_REQ2, ids, 0, 0, choice } };
    case 6:
        ids = (uint32_t)sp->response_ids;
        return (struct ffa_args){ .x = { (choice & 0x10) != 0 ? FFA_MSG_SEND_DIRECT_RESP_64
                                                              : FFA_MSG_SEND_DIRECT_RESP_32,
                                         ids, 0, choice } };
    default:
        ids = (uint32_t)sp->response_ids;
        return (struct ffa_args){ .x = { FFA_MSG_SEND_DIRECT_RESP2, ids, 0, 0, choice } };
    }
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

// What arrives of a message, in whose form and width it was sent
static void check_message(const uint64_t *x, const struct ffa_args *args)
{
    uint32_t fid = (uint32_t)args->x[0] & ~(uint32_t)SMCCC_SVE_HINT;

    FIXTURE_CHECK(x[0] == fid && x[1] == (uint32_t)args->x[1]);
    if (fid == FFA_MSG_SEND_DIRECT_REQ2 || fid == FFA_MSG_SEND_DIRECT_RESP2) {
        for (unsigned int i = 2; i < 18; i++) {
            FIXTURE_CHECK(x[i] == args->x[i]);
        }
        return;
    }
    FIXTURE_CHECK(x[2] == 0);
    for (unsigned int i = 3; i < 8; i++) {
        FIXTURE_CHECK(x[i] == ((fid & SMCCC_64) != 0 ? args->x[i] : (uint32_t)args->x[i]));
    }
}

// `sp` was entered by a request of `from` (NULL: the normal world).
static void check_request(const struct sp *sp, const struct sp *was, const struct sp *from,
                          const struct ffa_args *args)
{
    uint32_t fid = (uint32_t)args->x[0] & ~(uint32_t)SMCCC_SVE_HINT;
    uint16_t id = from != NULL ? from->endpoint.id : 0;
    bool two = fid == FFA_MSG_SEND_DIRECT_REQ2;

    FIXTURE_CHECK(is_request(fid) || two);
    FIXTURE_CHECK((uint32_t)args->x[1] == IDS(id, sp->endpoint.id));
    FIXTURE_CHECK(two || (uint32_t)args->x[2] == 0);
    FIXTURE_CHECK((sp->config.properties & (two ? FFA_PROP_DIRECT2_RECV : FFA_PROP_DIRECT_RECV)) !=
                  0);
    FIXTURE_CHECK(from == NULL || (from->config.properties &
                                   (two ? FFA_PROP_DIRECT2_SEND : FFA_PROP_DIRECT_SEND)) != 0);
    FIXTURE_CHECK(!two || sp->endpoint.version == FFA_VERSION_1_2);
    FIXTURE_CHECK(was->state == SP_WAITING && was->caller == NULL);
    FIXTURE_CHECK(sp->model == SP_MODEL_DIRECT && sp->caller == from);
    FIXTURE_CHECK((uint32_t)sp->response_ids == IDS(sp->endpoint.id, id));
    check_message(sp->ctx.x, args);
}

// `sp` goes on exactly where it was.
static void check_resumed(const struct sp *sp, const struct sp *was)
{
    FIXTURE_CHECK(sp->model == was->model && sp->response_ids == was->response_ids);
    FIXTURE_CHECK(memcmp(sp->ctx.x, was->ctx.x, sizeof(sp->ctx.x)) == 0);
}

// A partition was entered by the normal world's call: only by these, and only so
static void check_entry(const struct sp *sp, const struct sp *before, const struct ffa_args *args)
{
    const struct sp *was = &before[sp - spmc_sps];

    if ((uint32_t)args->x[0] != FFA_RUN) {
        check_request(sp, was, NULL, args);
        return;
    }
    const struct sp *target = sp_find((uint32_t)args->x[1] >> 16);
    FIXTURE_CHECK(target != NULL && (args->x[1] & 0xffff) == 0);
    const struct sp *head = &before[target - spmc_sps];
    if (head->state == SP_WAITING) {
        bool told = sp->ctx.x[0] == FFA_INTERRUPT && (was->pending & SP_PENDING_NOTIFICATION) != 0;

        FIXTURE_CHECK(sp == target && sp->model == SP_MODEL_RUN);
        FIXTURE_CHECK(sp->ctx.x[0] == FFA_RUN || told);
    } else {
        FIXTURE_CHECK(head->state == SP_BLOCKED || head->state == SP_PREEMPTED);
        FIXTURE_CHECK(sp == (head->inner != NULL ? head->inner : target));
        check_resumed(sp, was);
    }
}

// The core went from `sp` to another partition: it asked it, or runs it, or is done with what it asked or pauses.
static void check_switch(const struct sp *next, const struct sp *sp, const struct sp *before,
                         const struct ffa_args *args)
{
    uint32_t fid = (uint32_t)args->x[0] & ~(uint32_t)SMCCC_SVE_HINT;
    const struct sp *was = &before[sp - spmc_sps];
    const struct sp *next_was = &before[next - spmc_sps];

    if (next->caller == sp && next_was->caller == sp) {
        FIXTURE_CHECK(fid == FFA_RUN && (uint32_t)args->x[1] == IDS(next->endpoint.id, 0));
        FIXTURE_CHECK(was->model != SP_MODEL_INIT);
        check_resumed(next, next_was);
    } else if (next->caller == sp) {
        check_request(next, next_was, sp, args);
    } else {
        FIXTURE_CHECK(next == was->caller);
        if (fid == FFA_YIELD) {
            FIXTURE_CHECK(sp->caller == next && next->ctx.x[0] == FFA_YIELD);
            FIXTURE_CHECK(next->model != SP_MODEL_INIT);
        } else {
            FIXTURE_CHECK(is_response(fid) || fid == FFA_MSG_SEND_DIRECT_RESP2);
            FIXTURE_CHECK((uint32_t)args->x[1] == (uint32_t)was->response_ids);
            FIXTURE_CHECK((fid == FFA_MSG_SEND_DIRECT_RESP2) ==
                          ((was->response_ids & SP_RESPONSE_2) != 0));
            FIXTURE_CHECK(sp->state == SP_WAITING);
            check_message(next->ctx.x, args);
        }
    }
}

// A partition's own call ended its turn, and the normal world has the core
static void check_exit(const struct sp *sp, const struct sp *was, const struct ffa_args *args)
{
    uint32_t fid = (uint32_t)args->x[0] & ~(uint32_t)SMCCC_SVE_HINT;
    bool response = is_response(fid) || fid == FFA_MSG_SEND_DIRECT_RESP2;

    FIXTURE_CHECK(was->caller == NULL);
    switch (sp_state(sp)) {
    case SP_WAITING:
        FIXTURE_CHECK(was->model == SP_MODEL_DIRECT ? response : fid == FFA_MSG_WAIT);
        FIXTURE_CHECK(fid != FFA_MSG_WAIT || !sp->endpoint.buffers.rx_full || args->x[2] == 1 ||
                      ffa_notify_rx_pending(sp));
        break;
    case SP_BLOCKED:
        FIXTURE_CHECK(fid == FFA_YIELD && was->model != SP_MODEL_INIT);
        break;
    case SP_STOPPED:
        FIXTURE_CHECK(fid == FFA_ERROR && was->model == SP_MODEL_INIT && !sp->initialised);
        break;
    case SP_RUNNING:
    case SP_PREEMPTED:
    case SP_CHAINED:
        FIXTURE_CHECK(false);
    }
}

// What a call may do to its caller's endpoint
static void check_caller(const struct ffa_endpoint *now, const struct ffa_endpoint *was,
                         uint32_t fid)
{
    bool gives_back = fid == FFA_RX_RELEASE || fid == FFA_RXTX_UNMAP || fid == FFA_MSG_WAIT;
    bool maps = fid == FFA_RXTX_MAP_32 || fid == FFA_RXTX_MAP_64;
    bool fills = fid == FFA_PARTITION_INFO_GET || fid == FFA_MEM_RETRIEVE_REQ_32 ||
                 fid == FFA_MEM_RETRIEVE_REQ_64 || fid == FFA_MEM_FRAG_RX;

    FIXTURE_CHECK(now->version == was->version || !was->version_locked);
    FIXTURE_CHECK(now->buffers.rx_full == was->buffers.rx_full ||
                  (now->buffers.rx_full ? fills : gives_back));
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
    struct ffa_args args = (move & 0x0c) != 0 ? likely_nwd(next_byte(bytes)) : next_args(bytes);
    struct ffa_endpoint was = ffa_nwd;
    struct sp before[SPMC_MAX_SPS];

    memcpy(before, spmc_sps, sizeof(before));
    struct sp *next = fixture_from_nwd(core, args);
    bool framework = is_request((uint32_t)args.x[0]) && (uint32_t)args.x[1] >> 16 == FFA_ID_SPMD;
    if (next != NULL) {
        check_entry(next, before, &args);
    }
    FIXTURE_CHECK(ffa_nwd.version_locked || framework || (uint32_t)args.x[0] == FFA_VERSION);
    check_caller(&ffa_nwd, &was, (uint32_t)args.x[0]);
}

static void play_sp(struct bytes *bytes, uint32_t core, struct sp *sp, uint8_t move)
{
    struct ffa_args args = (move & 0x0c) != 0 ? likely_sp(next_byte(bytes), sp) : next_args(bytes);
    struct sp before[SPMC_MAX_SPS];
    const struct sp *was = &before[sp - spmc_sps];
    uint32_t perms[SPACE_PAGES];

    memcpy(before, spmc_sps, sizeof(before));
    memcpy(perms, fixture.perm[sp - spmc_sps], sizeof(perms));
    struct sp *next = fixture_from_sp(core, sp, args);
    if (next == NULL) {
        check_exit(sp, was, &args);
    } else if (next != sp) {
        check_switch(next, sp, before, &args);
    } else {
        FIXTURE_CHECK(sp->model == was->model);
    }
    if (sp->state != SP_STOPPED) {
        check_caller(&sp->endpoint, &was->endpoint,
                     (uint32_t)args.x[0] & ~(uint32_t)SMCCC_SVE_HINT);
    }
    check_memory(sp, was, perms);
}

static void play_running(struct bytes *bytes, uint32_t core, struct sp *sp, uint8_t move)
{
    if ((move & 0xf0) == 0xf0 && (move & 0x0e) == 0x0e) {
        fixture_stop(core, sp);
    } else if ((move & 0xf0) == 0xe0 && (sp->ctx.spsr & spmc_irq_normal_mask) == 0) {
        fixture_interrupt(core, sp);
    } else {
        if ((move & 0xf0) == 0xd0) {
            spmc_cores[core].fp_owner = sp; // its first FP instruction of this entry
        }
        play_sp(bytes, core, sp, move);
    }
}

// Everybody can come to an end: nobody is left who works for somebody, or runs.
static void settle(void)
{
    for (unsigned int i = 0; i < 200; i++) {
        uint32_t core = i % FIXTURE_CORES;
        struct sp *sp = fixture_running(core);

        if (sp != NULL) {
            (void)fixture_finish(core, sp);
        } else if (!fixture_run_some(core) && fixture_running(1 - core) == NULL) {
            for (uint32_t s = 0; s < spmc_sp_count; s++) {
                FIXTURE_CHECK(spmc_sps[s].state == SP_WAITING || spmc_sps[s].state == SP_STOPPED);
            }
            return;
        }
    }
    fixture_broken("somebody never comes to an end", __FILE__, __LINE__);
}

// What the partitions may do, and whether one of them is just starting
static void set_stage(uint8_t choice)
{
    static const uint32_t some = FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND;
    static const uint32_t more =
        FFA_PROP_DIRECT2_RECV | FFA_PROP_DIRECT2_SEND | FFA_PROP_INDIRECT | FFA_PROP_NOTIFICATION;

    fixture_reset();
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        struct sp *sp = &spmc_sps[i];

        if ((choice & 2) != 0) {
            fixture_properties(sp, (choice & 4) != 0 ? some | more : some);
        }
        if ((choice & 8) != 0) {
            sp->config.version = FFA_VERSION_1_2;
            sp->endpoint.version = FFA_VERSION_1_2;
        }
        sp->config.ns_interrupts_queued = (choice & 0x10u << i) != 0;
        sp->ctx.spsr = sp->config.ns_interrupts_queued ? spmc_irq_normal_mask : 0;
    }
    if ((choice & 8) != 0) {
        fixture_nwd_version(FFA_VERSION_1_2);
    }
    if ((choice & 1) != 0) {
        fixture_enter(ALPHA, SP_MODEL_INIT);
    }
}

unsigned int play(const uint8_t *data, size_t size)
{
    struct bytes bytes = { data, size };
    unsigned int switches = 0;

    set_stage(next_byte(&bytes));
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
    settle();
    return switches;
}
