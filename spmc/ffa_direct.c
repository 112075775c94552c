// SPDX-License-Identifier: BSD-3-Clause
//
// Direct messages (DEN0077A "Direct messaging"): the normal world asks a partition, the partition answers. This is the
// path that every service call takes: each register is copied once, each check is made once.
#include "ffa_dispatch.h"

// Checks in the order of DEN0077A: reserved bits, sender, receiver, its properties. No effect.
static int32_t request_decode(const uint64_t *x, struct sp **sp)
{
    uint32_t ids = (uint32_t)x[1];

    if ((uint32_t)x[2] != 0 || (ids >> 16) != FFA_ID_NWD) {
        return FFA_INVALID_PARAMETERS; // a framework message, or the name of somebody else
    }
    if (ffa_is_wide(NULL, x) && !ffa_wide_is_zero(x)) {
        return FFA_INVALID_PARAMETERS;
    }
    *sp = sp_find(ids);
    if (*sp == NULL) {
        return FFA_INVALID_PARAMETERS;
    }
    return ((*sp)->config.properties & FFA_PROP_DIRECT_RECV) != 0 ? 0 : FFA_DENIED;
}

// The receiver is ours (SP_RUNNING): puts the message into its registers.
static void request_apply(struct sp *sp, const uint64_t *x)
{
    uint32_t fid = (uint32_t)x[0];
    bool smc64 = (fid & SMCCC_64) != 0;
    uint64_t *to = sp->ctx.x;

    sp->model = SP_MODEL_DIRECT;
    sp->response_ids = (uint32_t)x[1] << 16 | (uint32_t)x[1] >> 16;
    to[0] = fid;
    to[1] = (uint32_t)x[1];
    to[2] = 0;
    ffa_copy_payload(to, x, smc64);
    if (smc64 && sp->endpoint.version >= FFA_VERSION_1_2) {
        ffa_clear_wide(to);
    }
}

struct sp *ffa_direct_req(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct sp *receiver;
    int32_t code = request_decode(x, &receiver);

    (void)sp; // the row admits the normal world only
    if (code != 0) {
        return ffa_error(NULL, x, code);
    }
    if (!sp_claim(receiver, SP_WAITING, SP_RUNNING)) {
        return ffa_error(NULL, x, sp_state(receiver) == SP_STOPPED ? FFA_ABORTED : FFA_BUSY);
    }
    request_apply(receiver, x);
    if (__builtin_expect(receiver->attended, 0)) {
        return sp_interrupt_begin_turn(core, receiver, SP_WAITING);
    }
    return receiver;
}

// A response goes to who asked, from who was asked, and only while a request is being answered: response_ids says so.
static int32_t response_decode(struct sp *sp, const uint64_t *x)
{
    uint32_t ids = (uint32_t)x[1];

    if ((uint32_t)x[2] != 0 || (ffa_is_wide(sp, x) && !ffa_wide_is_zero(x))) {
        return FFA_INVALID_PARAMETERS;
    }
    if (ids == sp->response_ids) {
        return 0;
    }
    return (ids >> 16) != sp->endpoint.id || (ids & 0xffff) == sp->endpoint.id
               ? FFA_INVALID_PARAMETERS
               : FFA_DENIED;
}

struct sp *ffa_direct_resp(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    int32_t code = response_decode(sp, x);
    uint64_t *to = core->args.x;
    uint32_t fid = (uint32_t)x[0];

    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    to[0] = fid;
    to[1] = (uint32_t)x[1];
    to[2] = 0;
    ffa_copy_payload(to, x, (fid & SMCCC_64) != 0);
    ffa_clear_wide(to);
    return sp_end_turn(core, sp, SP_WAITING);
}
