// SPDX-License-Identifier: BSD-3-Clause
//
// Routing of FF-A calls, one row a function. Called from the SMC table for both worlds. The normal world's registers
// are untrusted; the SPMC's are checked where a mistake of it would reach the normal world, and where this file's own
// state depends on them.
#include "bl31/spmd/spmd.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "bl31/crash.h"
#include "bl31/spmd/spmd_private.h"
#include "ffa_abi.h"
#include "log.h"
#include "smccc.h"

// What happens to a call of the normal world. 0, for rows that are not there: FFA_ERROR(NOT_SUPPORTED).
enum from_normal {
    NORMAL_REFUSED,
    NORMAL_FORWARD, // to the SPMC as it is, which knows who may call what in which version
    NORMAL_REQUEST, // the same after a look at the sender (DEN0077A 7.1.1: not a secure endpoint)
    NORMAL_VERSION,
    NORMAL_ID,
    NORMAL_SPM_ID,
};

// What happens to a call of the SPMC. 0: FFA_ERROR(NOT_SUPPORTED).
enum from_spmc {
    SPMC_REFUSED,
    SPMC_COMPLETE, // completes what the normal world waits for
    SPMC_RESPONSE, // the same after a look at the receiver; or ends an exchange with EL3
    SPMC_WAIT,     // ends the boot, then completes
    SPMC_ERROR,    // fails the boot, then completes
    SPMC_DENIED,   // known, but never at a right time in this version
    SPMC_VERSION,
    SPMC_FEATURES,
    SPMC_ID,
    SPMC_SPM_ID,
    SPMC_REGISTER, // where other cores enter it, during its boot
    SPMC_RESUME,   // ends a secure interrupt
    SPMC_HANDLE,   // an interrupt of EL3 came while the SPMC ran
    SPMC_ABORT,
};

struct spmd_route {
    uint8_t normal[2]; // [0] SMC32, [1] SMC64
    uint8_t spmc[2];
};

// Every index that a caller can make is inside of the table, under speculation too
#define SPMD_INDEX_MASK 0xff
#define ROW(fid) [(fid)&SPMD_INDEX_MASK]

// THE routing table. Functions that neither world has at this boundary, or that nobody serves yet, have no row.
static const struct spmd_route spmd_routes[SPMD_INDEX_MASK + 1] = {
    // clang-format off
    // function                         normal world: SMC32, SMC64                 SPMC: SMC32, SMC64
    ROW(FFA_ERROR)                   = {{ NORMAL_REFUSED, NORMAL_REFUSED },      { SPMC_ERROR, SPMC_REFUSED }},
    ROW(FFA_SUCCESS_32)              = {{ NORMAL_REFUSED, NORMAL_REFUSED },      { SPMC_COMPLETE, SPMC_COMPLETE }},
    ROW(FFA_INTERRUPT)               = {{ NORMAL_REFUSED, NORMAL_REFUSED },      { SPMC_COMPLETE, SPMC_REFUSED }},
    ROW(FFA_VERSION)                 = {{ NORMAL_VERSION, NORMAL_REFUSED },      { SPMC_VERSION, SPMC_REFUSED }},
    ROW(FFA_FEATURES)                = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_FEATURES, SPMC_REFUSED }},
    ROW(FFA_RX_RELEASE)              = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_RXTX_MAP_32)             = {{ NORMAL_FORWARD, NORMAL_FORWARD },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_RXTX_UNMAP)              = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_PARTITION_INFO_GET)      = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_ID_GET)                  = {{ NORMAL_ID, NORMAL_REFUSED },           { SPMC_ID, SPMC_REFUSED }},
    ROW(FFA_MSG_WAIT)                = {{ NORMAL_REFUSED, NORMAL_REFUSED },      { SPMC_WAIT, SPMC_REFUSED }},
    ROW(FFA_YIELD)                   = {{ NORMAL_REFUSED, NORMAL_REFUSED },      { SPMC_COMPLETE, SPMC_REFUSED }},
    ROW(FFA_RUN)                     = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_MSG_SEND_DIRECT_REQ_32)  = {{ NORMAL_REQUEST, NORMAL_REQUEST },      { SPMC_DENIED, SPMC_DENIED }},
    ROW(FFA_MSG_SEND_DIRECT_RESP_32) = {{ NORMAL_FORWARD, NORMAL_FORWARD },      { SPMC_RESPONSE, SPMC_RESPONSE }},
    ROW(FFA_MEM_DONATE_32)           = {{ NORMAL_FORWARD, NORMAL_FORWARD },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_MEM_LEND_32)             = {{ NORMAL_FORWARD, NORMAL_FORWARD },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_MEM_SHARE_32)            = {{ NORMAL_FORWARD, NORMAL_FORWARD },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_MEM_RETRIEVE_REQ_32)     = {{ NORMAL_FORWARD, NORMAL_FORWARD },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_MEM_RETRIEVE_RESP)       = {{ NORMAL_REFUSED, NORMAL_REFUSED },      { SPMC_COMPLETE, SPMC_REFUSED }},
    ROW(FFA_MEM_RECLAIM)             = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_MEM_FRAG_RX)             = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_COMPLETE, SPMC_REFUSED }},
    ROW(FFA_MEM_FRAG_TX)             = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_COMPLETE, SPMC_REFUSED }},
    ROW(FFA_NORMAL_WORLD_RESUME)     = {{ NORMAL_REFUSED, NORMAL_REFUSED },      { SPMC_RESUME, SPMC_REFUSED }},
    ROW(FFA_NOTIFICATION_BITMAP_CREATE) = {{ NORMAL_FORWARD, NORMAL_REFUSED },   { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_NOTIFICATION_BITMAP_DESTROY) = {{ NORMAL_FORWARD, NORMAL_REFUSED },  { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_NOTIFICATION_BIND)       = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_NOTIFICATION_UNBIND)     = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_NOTIFICATION_SET)        = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_NOTIFICATION_GET)        = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_NOTIFICATION_INFO_GET_32) = {{ NORMAL_FORWARD, NORMAL_FORWARD },     { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_RX_ACQUIRE)              = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_SPM_ID_GET)              = {{ NORMAL_SPM_ID, NORMAL_REFUSED },       { SPMC_SPM_ID, SPMC_REFUSED }},
    ROW(FFA_MSG_SEND2)               = {{ NORMAL_FORWARD, NORMAL_REFUSED },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_SECONDARY_EP_REGISTER_64) = {{ NORMAL_REFUSED, NORMAL_REFUSED },     { SPMC_REFUSED, SPMC_REGISTER }},
    ROW(FFA_PARTITION_INFO_GET_REGS) = {{ NORMAL_REFUSED, NORMAL_FORWARD },      { SPMC_REFUSED, SPMC_REFUSED }},
    ROW(FFA_EL3_INTR_HANDLE)         = {{ NORMAL_REFUSED, NORMAL_REFUSED },      { SPMC_HANDLE, SPMC_REFUSED }},
    ROW(FFA_ABORT_32)                = {{ NORMAL_REFUSED, NORMAL_REFUSED },      { SPMC_ABORT, SPMC_REFUSED }},
    ROW(FFA_MSG_SEND_DIRECT_REQ2)    = {{ NORMAL_REFUSED, NORMAL_REQUEST },      { SPMC_REFUSED, SPMC_DENIED }},
    ROW(FFA_MSG_SEND_DIRECT_RESP2)   = {{ NORMAL_REFUSED, NORMAL_FORWARD },      { SPMC_REFUSED, SPMC_RESPONSE }},
    // clang-format on
};

// Direct messages carry sender (bits 31:16) and receiver (15:0) in w1; bit 15 of an id says secure
#define MESSAGE_SENDER_SECURE BIT(31)
#define MESSAGE_RECEIVER_SECURE BIT(15)

// The exchange that carries FFA_VERSION (DEN0077A, framework messages 8 and 9)
#define FRAMEWORK_VERSION_REQ (FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_VERSION_REQ)

// The version that the normal world negotiated, one for all of its cores (bits 31:0). Any core may write it, when its
// FFA_VERSION has been accepted; the SPMC orders such calls and numbers them (bits 63:32), so that here the same one is the
// last. Whoever reads it beside a write gets the old or the new one, and the only things that depend on it are which of
// two sets of normal-world values it gets back, and SPM_ID_GET.
static _Atomic uint64_t spmd_negotiated;

// The normal world has made a call that EL3 answered itself. Any call but FFA_VERSION ends the negotiation (DEN0077A
// 13.2.2); the SPMC sees to it for the calls that reach it, this for those that do not.
static _Atomic bool spmd_version_fixed;

static const uint64_t spmd_no_values[10];

static bool is_64(uint64_t fid)
{
    return (fid & SMCCC_64) != 0;
}

static uint32_t normal_version(void)
{
    return (uint32_t)atomic_load_explicit(&spmd_negotiated, memory_order_relaxed);
}

// Numbers wrap around: who is less than half of them behind is earlier.
static void record_version(uint32_t version, uint32_t number)
{
    uint64_t was = atomic_load_explicit(&spmd_negotiated, memory_order_relaxed);
    uint64_t now = (uint64_t)number << 32 | version;

    while (number - (uint32_t)(was >> 32) < BIT(31) &&
           !atomic_compare_exchange_weak_explicit(&spmd_negotiated, &was, now, memory_order_relaxed,
                                                  memory_order_relaxed)) {
    }
}

void spmd_reset_version(void)
{
    atomic_store_explicit(&spmd_negotiated, FFA_VERSION_1_0, memory_order_relaxed);
    atomic_store_explicit(&spmd_version_fixed, false, memory_order_relaxed);
}

// FFA_VERSION of the normal world: asked of the SPMC, which owns all endpoints' versions.
static uint64_t version_ask(struct smc_frame *frame, uint64_t x1)
{
    uint32_t version = (uint32_t)x1;

    if ((version & FFA_VERSION_MBZ) != 0) {
        (void)spmd_reply(frame, 0, 0);
        return (uint64_t)(int64_t)FFA_NOT_SUPPORTED;
    }
    // Asked for again, a version newer than ours comes to ours again, as it does in the SPMC
    uint32_t agreed = version < SPMD_FFA_VERSION ? version : SPMD_FFA_VERSION;
    if (atomic_load_explicit(&spmd_version_fixed, memory_order_relaxed) &&
        agreed != normal_version()) {
        (void)spmd_reply(frame, 0, 0);
        return (uint64_t)(int64_t)FFA_NOT_SUPPORTED;
    }
    frame->x[0] = FFA_MSG_SEND_DIRECT_REQ_32;
    (void)spmd_reply(frame, 0, FRAMEWORK_VERSION_REQ);
    frame->x[1] = SPMD_TO_SPMC;
    frame->x[3] = version;
    context_of_normal(frame)->state = SPMD_VERSION;
    return context_enter_secure(frame);
}

// The SPMC's answer to it, a version or -1: recorded, and given to the normal world as it is.
static uint64_t version_answered(struct smc_frame *frame, int32_t answer)
{
    struct core *core = context_of_secure(frame);
    uint32_t asked = (uint32_t)core->normal.frame.x[3]; // version_ask put it there

    if (answer >= 0) {
        record_version(asked < (uint32_t)answer ? asked : (uint32_t)answer, (uint32_t)frame->x[4]);
    }
    core->state = SPMD_READY;
    (void)spmd_reply(frame, 0, 0);
    frame->x[0] = (uint64_t)(int64_t)answer;
    return context_enter_normal(frame, &core->normal.frame.x[8]);
}

// An error of EL3 itself to the normal world; x8–x17 as in complete().
static uint64_t refuse_normal(uint64_t fid, struct smc_frame *frame, int32_t code)
{
    if (is_64(fid) && normal_version() >= FFA_VERSION_1_2) {
        for (unsigned int i = 8; i < 18; i++) {
            frame->x[i] = 0;
        }
    }
    return spmd_reply_error(frame, code);
}

// What EL3 itself answers to the normal world.
static uint64_t answer_normal(enum from_normal action, uint64_t fid, uint64_t x1,
                              struct smc_frame *frame)
{
    if (action != NORMAL_VERSION) {
        atomic_store_explicit(&spmd_version_fixed, true, memory_order_relaxed);
    }
    switch (action) {
    case NORMAL_ID:
        return spmd_reply(frame, FFA_SUCCESS_32, FFA_ID_NWD);
    case NORMAL_SPM_ID: // since 1.1
        if (normal_version() < FFA_VERSION_1_1) {
            return refuse_normal(fid, frame, FFA_NOT_SUPPORTED);
        }
        return spmd_reply(frame, FFA_SUCCESS_32, FFA_ID_SPMC);
    case NORMAL_VERSION:
        return version_ask(frame, x1);
    case NORMAL_REFUSED:
    case NORMAL_FORWARD:
    case NORMAL_REQUEST:
        break;
    }
    return refuse_normal(fid, frame, FFA_NOT_SUPPORTED);
}

uint64_t spmd_from_normal(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                          struct smc_frame *frame)
{
    const struct spmd_route *route = &spmd_routes[fid & SPMD_INDEX_MASK];
    enum from_normal action = route->normal[is_64(fid)];

    (void)x2;
    (void)x3;
    if (action == NORMAL_REQUEST) {
        if ((x1 & MESSAGE_SENDER_SECURE) != 0) {
            atomic_store_explicit(&spmd_version_fixed, true, memory_order_relaxed);
            return refuse_normal(fid, frame, FFA_INVALID_PARAMETERS);
        }
    } else if (action != NORMAL_FORWARD) {
        return answer_normal(action, fid, x1, frame);
    }
    frame->x[0] = fid; // without the SVE hint bit, upper half clear
    return context_enter_secure(frame);
}

RARE static uint64_t refuse_response(uint64_t x1, struct smc_frame *frame)
{
    log_warn("SPMD: SPMC responds to %x, which did not ask", (uint32_t)x1 & 0xffff);
    return spmd_reply_error(frame, FFA_INVALID_PARAMETERS);
}

// Gives the normal world what the SPMC's registers say. x8–x17 (DEN0077A 11.2): results of SMC64 functions since
// version 1.2, unused ones zero; in all other cases the caller's own, which it never gave up.
static uint64_t complete(uint64_t fid, struct smc_frame *frame, struct core *core)
{
    const uint64_t *x8_to_x17 = &core->normal.frame.x[8];

    if (is_64(fid | core->normal.frame.x[0]) && normal_version() >= FFA_VERSION_1_2) {
        x8_to_x17 = is_64(fid) ? &frame->x[8] : spmd_no_values;
    }
    frame->x[0] = fid;
    return context_enter_normal(frame, x8_to_x17);
}

// The end of the SPMC's first run on this core, with `error` (an FF-A code) or without.
RARE static uint64_t first_run_ends(struct core *core, bool failed, int32_t error)
{
    if (core->state == SPMD_BOOTING) {
        if (failed) {
            spmd_boot_failed(error);
        }
        return spmd_boot_done(&core->secure);
    }
    if (failed) {
        spmd_core_failed(core, error);
    }
    return spmd_core_started(&core->secure);
}

// What the SPMC says when EL3 has asked something itself: framework message `type` with an answer in w3, or FFA_ERROR,
// which stands for `on_error`. False: neither.
static bool take_answer(uint64_t fid, const struct smc_frame *frame, uint32_t type,
                        int32_t on_error, int32_t *answer)
{
    if (fid == FFA_ERROR) {
        *answer = on_error;
        return true;
    }
    *answer = (int32_t)frame->x[3];
    return fid == FFA_MSG_SEND_DIRECT_RESP_32 && (uint32_t)frame->x[1] == SPMD_FROM_SPMC &&
           (uint32_t)frame->x[2] == (FFA_MSG_FRAMEWORK | type);
}

// Completions while no plain call of the normal world waits: the SPMC starts, or owes an answer to EL3. While it serves
// a secure interrupt nothing is awaited that could come here (spmd_interrupt.c).
RARE static uint64_t complete_other(enum from_spmc action, uint64_t fid, struct smc_frame *frame)
{
    struct core *core = context_of_secure(frame);
    int32_t answer;

    switch ((enum spmd_state)core->state) {
    case SPMD_BOOTING:
    case SPMD_STARTING:
        if (action == SPMC_WAIT || action == SPMC_ERROR) {
            return first_run_ends(core, action == SPMC_ERROR, (int32_t)frame->x[2]);
        }
        break;
    case SPMD_VERSION:
        if (take_answer(fid, frame, FFA_FRAMEWORK_VERSION_RESP, FFA_NOT_SUPPORTED, &answer)) {
            return version_answered(frame, answer);
        }
        break;
    case SPMD_POWER:
    case SPMD_RESUMING:
        if (take_answer(fid, frame, FFA_FRAMEWORK_PM_RESP, PSCI_DENIED, &answer)) {
            return spmd_power_answered(frame, answer);
        }
        break;
    case SPMD_INTERRUPT:
    case SPMD_READY:
    case SPMD_OFF:
        break;
    }
    log_warn("SPMD: SPMC calls %x in state %u, nobody waits for that", (uint32_t)fid, core->state);
    return spmd_reply_error(frame, FFA_DENIED);
}

// FFA_SECONDARY_EP_REGISTER (DEN0077A 18.2.1): during the SPMC's boot only, an address in its image.
RARE static uint64_t register_secondary(struct smc_frame *frame)
{
    int error;

    if (context_of_secure(frame)->state != SPMD_BOOTING) {
        return spmd_reply_error(frame, FFA_DENIED);
    }
    if (!spmd_no_arguments(frame, 2)) {
        return spmd_reply_error(frame, FFA_INVALID_PARAMETERS);
    }
    error = spmd_register_secondary(frame->x[1]);
    if (error != ERR_NONE) {
        return spmd_reply_error(frame, error == ERR_RANGE ? FFA_INVALID_PARAMETERS : FFA_DENIED);
    }
    return spmd_reply(frame, FFA_SUCCESS_32, 0);
}

// What EL3 itself answers to the SPMC.
RARE static uint64_t answer_spmc(enum from_spmc action, uint64_t x1, struct smc_frame *frame)
{
    uint32_t asked = (uint32_t)x1;
    uint8_t known;

    switch (action) {
    case SPMC_ID:
        return spmd_reply(frame, FFA_SUCCESS_32, FFA_ID_SPMC);
    case SPMC_SPM_ID:
        return spmd_reply(frame, FFA_SUCCESS_32, FFA_ID_SPMD);
    case SPMC_VERSION: // same major: ours; the SPMC must cope with it or stop
        (void)spmd_reply(frame, 0, 0);
        return (asked >> 16) == (SPMD_FFA_VERSION >> 16) ? SPMD_FFA_VERSION
                                                         : (uint64_t)(int64_t)FFA_NOT_SUPPORTED;
    case SPMC_FEATURES: // a function that this table has for the SPMC; there are no other features here
        known = spmd_routes[asked & SPMD_INDEX_MASK].spmc[is_64(asked)];
        if ((asked & ~(uint32_t)(SMCCC_64 | SPMD_INDEX_MASK)) == (FFA_ERROR & ~SPMD_INDEX_MASK) &&
            known != SPMC_REFUSED && known != SPMC_DENIED) {
            return spmd_reply(frame, FFA_SUCCESS_32, 0);
        }
        return spmd_reply_error(frame, FFA_NOT_SUPPORTED);
    case SPMC_DENIED:
        return spmd_reply_error(frame, FFA_DENIED);
    case SPMC_REGISTER:
        return register_secondary(frame);
    case SPMC_RESUME:
        return spmd_interrupt_done(frame);
    case SPMC_HANDLE:
        return spmd_interrupt_handle(frame);
    case SPMC_ABORT:
        crash_of_spmc(frame); // does not return
    case SPMC_REFUSED:
    case SPMC_COMPLETE:
    case SPMC_RESPONSE:
    case SPMC_WAIT:
    case SPMC_ERROR:
        break;
    }
    return spmd_reply_error(frame, FFA_NOT_SUPPORTED);
}

uint64_t spmd_from_spmc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                        struct smc_frame *frame)
{
    const struct spmd_route *route = &spmd_routes[fid & SPMD_INDEX_MASK];
    enum from_spmc action = route->spmc[is_64(fid)];
    struct core *core = context_of_secure(frame);

    (void)x2;
    (void)x3;
    if (action < SPMC_COMPLETE || action > SPMC_ERROR) {
        return answer_spmc(action, x1, frame);
    }
    if (core->state != SPMD_READY) {
        return complete_other(action, fid, frame);
    }
    if (action == SPMC_RESPONSE && (x1 & MESSAGE_RECEIVER_SECURE) != 0) {
        return refuse_response(x1, frame);
    }
    return complete(fid, frame, core);
}
