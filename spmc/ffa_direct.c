// SPDX-License-Identifier: BSD-3-Clause
//
// Direct messages (DEN0077A "Direct messaging"): the normal world or a partition asks a partition, the partition answers.
// FFA_MSG_SEND_DIRECT_REQ of the normal world and its response are the path that every service call takes: there each
// register is copied once, each check is made once. The other forms follow it.
#include "ffa_dispatch.h"

#include "sp_chain.h"

// ---- Requests --------------------------------------------------------------------------------------------------------

// The receiver is ours, `caller` asks it: puts the message into its registers.
static inline void request_apply(struct sp *sp, const uint64_t *x, uint64_t flags)
{
    uint32_t fid = (uint32_t)x[0];
    bool smc64 = (fid & SMCCC_64) != 0;
    uint64_t *to = sp->ctx.x;

    sp->model = SP_MODEL_DIRECT;
    sp->response_ids = flags | ((uint32_t)x[1] << 16 | (uint32_t)x[1] >> 16);
    to[0] = fid;
    to[1] = (uint32_t)x[1];
    to[2] = 0;
    ffa_copy_payload(to, x, smc64);
    if (smc64 && sp->endpoint.version >= FFA_VERSION_1_2) {
        ffa_clear_wide(to);
    }
}

// FFA_MSG_SEND_DIRECT_REQ2: x2 … x17 as they are.
static void request2_apply(struct sp *sp, const uint64_t *x, uint64_t flags)
{
    request_apply(sp, x, flags | SP_RESPONSE_2);
    for (unsigned int i = 2; i < 18; i++) {
        sp->ctx.x[i] = x[i];
    }
}

// Why `receiver` cannot be claimed: it is stopped, or busy with something else; also if it waits for `sp` itself to answer,
// so no chain closes to a circle (DEN0077A "Call chains").
static int32_t busy(const struct sp *receiver)
{
    return sp_state(receiver) == SP_STOPPED ? ffa_not_there(receiver) : FFA_BUSY;
}

// UUID of FFA_MSG_SEND_DIRECT_REQ2 in x2, x3: the receiver's service, or nil.
static bool uuid_is_of(const struct sp *sp, uint64_t low, uint64_t high)
{
    if ((low | high) == 0) {
        return true;
    }
    for (uint32_t i = 0; i < sp->config.uuid_count; i++) {
        const uint32_t *uuid = sp->config.uuid[i];

        if (low == ((uint64_t)uuid[1] << 32 | uuid[0]) &&
            high == ((uint64_t)uuid[3] << 32 | uuid[2])) {
            return true;
        }
    }
    return false;
}

// Checks in the order of DEN0077A: reserved bits, sender, receiver, its service, what manifests allow. No effect.
static int32_t request_decode(struct sp *sp, const uint64_t *x, bool two, struct sp **receiver)
{
    uint32_t ids = (uint32_t)x[1];

    if (!two && ((uint32_t)x[2] != 0 || (ffa_is_wide(sp, x) && !ffa_wide_is_zero(x)))) {
        return FFA_INVALID_PARAMETERS; // a framework message is EL3's to send
    }
    *receiver = sp_find((uint16_t)ids);
    if ((ids >> 16) != ffa_endpoint_of(sp)->id || *receiver == NULL || *receiver == sp) {
        return FFA_INVALID_PARAMETERS;
    }
    if (!two) {
        return sp_admits(*receiver, sp, SP_MSG_DIRECT) ? 0 : FFA_DENIED;
    }
    if (!uuid_is_of(*receiver, x[2], x[3])) {
        return FFA_INVALID_PARAMETERS;
    }
    return sp_admits(*receiver, sp, SP_MSG_DIRECT2) &&
                   (*receiver)->endpoint.version >= FFA_VERSION_1_2
               ? 0
               : FFA_DENIED;
}

// A partition asks another one.
static __attribute__((noinline)) struct sp *request_of_sp(struct spmc_core *core, struct sp *sp,
                                                          uint64_t *x, bool two)
{
    struct sp *receiver;
    int32_t code = request_decode(sp, x, two, &receiver);

    if (code == 0 && !sp_claim(receiver, SP_WAITING, SP_CHAINED)) {
        code = busy(receiver);
    }
    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    if (two) {
        request2_apply(receiver, x, SP_RESPONSE_SP);
    } else {
        request_apply(receiver, x, SP_RESPONSE_SP);
    }
    return sp_chain_call(core, sp, receiver);
}

// A turn of `receiver` begins for the normal world.
static inline struct sp *begin(struct spmc_core *core, struct sp *receiver)
{
    if (__builtin_expect(receiver->attended, 0)) {
        return sp_interrupt_begin_turn(core, receiver, SP_WAITING);
    }
    return receiver;
}

// request_decode for the normal world's plain request, in fewer steps.
static inline int32_t request_decode_nwd(const uint64_t *x, struct sp **receiver)
{
    uint32_t ids = (uint32_t)x[1];

    if ((uint32_t)x[2] != 0 || (ids >> 16) != FFA_ID_NWD) {
        return FFA_INVALID_PARAMETERS;
    }
    if (ffa_is_wide(NULL, x) && !ffa_wide_is_zero(x)) {
        return FFA_INVALID_PARAMETERS;
    }
    *receiver = sp_find(ids); // the sender's half is zero
    if (*receiver == NULL) {
        return FFA_INVALID_PARAMETERS;
    }
    return sp_admits(*receiver, NULL, SP_MSG_DIRECT) ? 0 : FFA_DENIED;
}

struct sp *ffa_direct_req(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct sp *receiver;

    if (sp != NULL) {
        return request_of_sp(core, sp, x, false);
    }
    int32_t code = request_decode_nwd(x, &receiver);
    if (code != 0) {
        return ffa_error(NULL, x, code);
    }
    if (!sp_claim(receiver, SP_WAITING, SP_RUNNING)) {
        return ffa_error(NULL, x, busy(receiver));
    }
    request_apply(receiver, x, 0);
    return begin(core, receiver);
}

struct sp *ffa_direct_req2(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct sp *receiver;

    if (sp != NULL) {
        return request_of_sp(core, sp, x, true);
    }
    int32_t code = request_decode(NULL, x, true, &receiver);
    if (code == 0 && !sp_claim(receiver, SP_WAITING, SP_RUNNING)) {
        code = busy(receiver);
    }
    if (code != 0) {
        return ffa_error(NULL, x, code);
    }
    request2_apply(receiver, x, 0);
    return begin(core, receiver);
}

// ---- Responses -------------------------------------------------------------------------------------------------------

// A response goes to who asked, from who was asked, in the form in which it was asked, and only while a request is being
// answered: response_ids says all of it.
static int32_t response_decode(struct sp *sp, const uint64_t *x, bool two)
{
    uint32_t ids = (uint32_t)x[1];
    uint64_t owed = sp->response_ids;
    bool reserved = two ? (x[2] | x[3]) != 0
                        : (uint32_t)x[2] != 0 || (ffa_is_wide(sp, x) && !ffa_wide_is_zero(x));

    if (reserved || (ids >> 16) != sp->endpoint.id || (ids & 0xffff) == sp->endpoint.id) {
        return FFA_INVALID_PARAMETERS;
    }
    return (uint32_t)owed == ids && ((owed & SP_RESPONSE_2) != 0) == two ? 0 : FFA_DENIED;
}

static inline void response_apply(uint64_t *to, const uint64_t *x)
{
    uint32_t fid = (uint32_t)x[0];

    to[0] = fid;
    to[1] = (uint32_t)x[1];
    to[2] = 0;
    ffa_copy_payload(to, x, (fid & SMCCC_64) != 0);
}

static void response2_apply(uint64_t *to, const uint64_t *x)
{
    to[0] = FFA_MSG_SEND_DIRECT_RESP2;
    to[1] = (uint32_t)x[1];
    to[2] = 0;
    to[3] = 0;
    for (unsigned int i = 4; i < 18; i++) {
        to[i] = x[i];
    }
}

// To a partition. What it asked with is still in its registers: x8 … x17 are results if either of the two calls is wide.
static struct sp *response_to_sp(struct spmc_core *core, struct sp *sp, const uint64_t *x, bool two)
{
    struct sp *caller = sp->caller;
    uint64_t *to = caller->ctx.x;

    if (two) {
        response2_apply(to, x);
        return sp_chain_return(core, sp);
    }
    if (ffa_is_wide(caller, to) || ffa_is_wide(caller, x)) {
        ffa_clear_wide(to);
    }
    response_apply(to, x);
    return sp_chain_return(core, sp);
}

// Every response but the normal world's plain one.
static __attribute__((noinline)) struct sp *response_other(struct spmc_core *core, struct sp *sp,
                                                           uint64_t *x, bool two)
{
    int32_t code = response_decode(sp, x, two);

    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    if (sp->caller != NULL) {
        return response_to_sp(core, sp, x, two);
    }
    if ((sp->response_ids & SP_RESPONSE_SP) !=
        0) { // who asked is stopped: the normal world only ran it
        (void)ffa_leave(core, FFA_MSG_WAIT, 0, 0, 0);
    } else {
        ffa_clear_wide(core->args.x);
        if (two) {
            response2_apply(core->args.x, x);
        } else {
            response_apply(core->args.x, x);
        }
    }
    return sp_end_turn(core, sp, SP_WAITING);
}

struct sp *ffa_direct_resp(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    bool plain = (uint32_t)x[1] == sp->response_ids && (uint32_t)x[2] == 0 &&
                 !(ffa_is_wide(sp, x) && !ffa_wide_is_zero(x));

    if (__builtin_expect(!plain, 0)) {
        return response_other(core, sp, x, false);
    }
    response_apply(core->args.x, x);
    ffa_clear_wide(core->args.x);
    return sp_end_turn(core, sp, SP_WAITING);
}

struct sp *ffa_direct_resp2(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    return response_other(core, sp, x, true);
}
