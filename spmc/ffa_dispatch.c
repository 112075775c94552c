// SPDX-License-Identifier: BSD-3-Clause
//
// The table of FF-A functions and the gate in front of them. Called with the registers of a call from the normal world
// (by way of EL3) or from a partition; trusts neither.
#include "ffa_dispatch.h"

#include "sp_counter.h"
#include "sp_timer.h"

struct ffa_endpoint ffa_nwd = { .version = FFA_VERSION_1_0, .id = FFA_ID_NWD };

// Every index that a caller can make is inside of the table, under speculation too: a row has the address of what is called
#define ROW_MASK 0x3fu
#define ROW(fid, ...) [(fid - FFA_NUMBER_FIRST) & ROW_MASK] = { __VA_ARGS__ }

// DEN0077A: every function of this SPMC. A number without a row answers FFA_NOT_SUPPORTED.
static const struct ffa_row ffa_rows[ROW_MASK + 1] = {
    ROW(FFA_ERROR, ffa_init_error, FFA_SP_ONLY | FFA_REPORT_NWD | FFA_W32, 0, 0),
    ROW(FFA_SUCCESS_32, NULL, FFA_REPORT_NWD | FFA_REPORT_SP | FFA_W32 | FFA_W64, 0, 0),
    ROW(FFA_INTERRUPT, NULL, FFA_REPORT_NWD | FFA_REPORT_SP | FFA_W32, 0, 0),
    ROW(FFA_VERSION, ffa_version, FFA_BOTH | FFA_W32 | FFA_NO_LOCK, 0, 0),
    ROW(FFA_FEATURES, ffa_features, FFA_BOTH | FFA_W32, 0, 0),
    ROW(FFA_RX_RELEASE, ffa_rx_release, FFA_BOTH | FFA_W32, 0, 0),
    ROW(FFA_RXTX_MAP_32, ffa_rxtx_map, FFA_BOTH | FFA_W32 | FFA_W64, 0, SPMC_MAX_RXTX_PAGES),
    ROW(FFA_RXTX_UNMAP, ffa_rxtx_unmap, FFA_BOTH | FFA_W32, 0, 0),
    ROW(FFA_PARTITION_INFO_GET, ffa_partition_info_get, FFA_BOTH | FFA_W32, 0, 0),
    ROW(FFA_ID_GET, ffa_id_get, FFA_BOTH | FFA_W32, 0, 0),
    ROW(FFA_MSG_WAIT, ffa_msg_wait, FFA_SP_ONLY | FFA_W32, 0, 0),
    ROW(FFA_YIELD, ffa_yield, FFA_SP_ONLY | FFA_W32, 0, 0),
    ROW(FFA_RUN, ffa_run, FFA_BOTH | FFA_W32, 0, 0),
    ROW(FFA_MSG_SEND_DIRECT_REQ_32, ffa_direct_req, FFA_BOTH | FFA_W32 | FFA_W64 | FFA_RAW32, 0, 0),
    ROW(FFA_MSG_SEND_DIRECT_RESP_32, ffa_direct_resp,
        FFA_SP_ONLY | FFA_REPORT_NWD | FFA_W32 | FFA_W64 | FFA_RAW32, 0, 0),
    ROW(FFA_NOTIFICATION_BITMAP_CREATE, ffa_notification_bitmap_create, FFA_NWD_ONLY | FFA_W32, 1,
        0),
    ROW(FFA_NOTIFICATION_BITMAP_DESTROY, ffa_notification_bitmap_destroy, FFA_NWD_ONLY | FFA_W32, 1,
        0),
    ROW(FFA_NOTIFICATION_BIND, ffa_notification_bind, FFA_BOTH | FFA_W32, 1, 0),
    ROW(FFA_NOTIFICATION_UNBIND, ffa_notification_unbind, FFA_BOTH | FFA_W32, 1, 0),
    ROW(FFA_NOTIFICATION_SET, ffa_notification_set, FFA_BOTH | FFA_W32, 1, 0),
    ROW(FFA_NOTIFICATION_GET, ffa_notification_get, FFA_BOTH | FFA_W32, 1, 0),
    ROW(FFA_NOTIFICATION_INFO_GET_32, ffa_notification_info_get, FFA_NWD_ONLY | FFA_W32 | FFA_W64,
        1, 0),
    ROW(FFA_MEM_DONATE_32, ffa_mem_donate, FFA_BOTH | FFA_W32 | FFA_W64, 0, 0),
    ROW(FFA_MEM_LEND_32, ffa_mem_lend, FFA_BOTH | FFA_W32 | FFA_W64, 0, 0),
    ROW(FFA_MEM_SHARE_32, ffa_mem_share, FFA_BOTH | FFA_W32 | FFA_W64, 0, 0),
    ROW(FFA_MEM_RETRIEVE_REQ_32, ffa_mem_retrieve_req, FFA_BOTH | FFA_W32 | FFA_W64, 0, 0),
    ROW(FFA_MEM_RETRIEVE_RESP, NULL, FFA_REPORT_NWD | FFA_REPORT_SP | FFA_W32, 0, 0),
    ROW(FFA_MEM_RELINQUISH, ffa_mem_relinquish, FFA_SP_ONLY | FFA_W32, 0, 0),
    ROW(FFA_MEM_RECLAIM, ffa_mem_reclaim, FFA_BOTH | FFA_W32, 0, 0),
    ROW(FFA_MEM_FRAG_RX, ffa_mem_frag_rx, FFA_BOTH | FFA_W32, 0, 0),
    ROW(FFA_MEM_FRAG_TX, ffa_mem_frag_tx, FFA_BOTH | FFA_W32, 0, 0),
    ROW(FFA_SPM_ID_GET, ffa_spm_id_get, FFA_BOTH | FFA_W32, 1, 0),
    ROW(FFA_MSG_SEND2, ffa_msg_send2, FFA_BOTH | FFA_W32, 1, 0),
    ROW(FFA_MEM_PERM_GET_32, ffa_mem_perm_get, FFA_SP_ONLY | FFA_W32 | FFA_W64, 1, 0),
    ROW(FFA_MEM_PERM_SET_32, ffa_mem_perm_set, FFA_SP_ONLY | FFA_W32 | FFA_W64, 1, 0),
    ROW(FFA_CONSOLE_LOG_32, ffa_console_log, FFA_SP_ONLY | FFA_W32 | FFA_W64, 2, 0),
    ROW(FFA_PARTITION_INFO_GET_REGS, ffa_partition_info_get_regs, FFA_BOTH | FFA_W64, 2, 0),
    ROW(FFA_MSG_SEND_DIRECT_REQ2, ffa_direct_req2, FFA_BOTH | FFA_W64, 2, 0),
    ROW(FFA_MSG_SEND_DIRECT_RESP2, ffa_direct_resp2, FFA_SP_ONLY | FFA_REPORT_NWD | FFA_W64, 2, 0),
};

// The row of the function's number, whatever its width.
static const struct ffa_row *row_of(uint32_t fid)
{
    uint32_t index = fid - FFA_NUMBER_FIRST;

    return (index & ~(SMCCC_64 | ROW_MASK)) == FFA_ERROR - FFA_NUMBER_FIRST
               ? &ffa_rows[index & ROW_MASK]
               : NULL;
}

static uint8_t width_of(uint32_t fid)
{
    return (fid & SMCCC_64) != 0 ? FFA_W64 : FFA_W32;
}

const struct ffa_row *ffa_row_find(uint32_t fid)
{
    const struct ffa_row *row = row_of(fid);

    return row != NULL && (row->flags & width_of(fid)) != 0 ? row : NULL;
}

bool ffa_mbz(struct sp *sp, const uint64_t *x, unsigned int first)
{
    uint64_t any = 0;

    if (ffa_is_wide(sp, x) && !ffa_wide_is_zero(x)) {
        return false;
    }
    for (unsigned int i = first; i < 8; i++) {
        any |= x[i];
    }
    return any == 0;
}

void ffa_answer(struct sp *sp, uint64_t *x, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    if (ffa_is_wide(sp, x)) {
        ffa_clear_wide(x);
    }
    x[0] = x0;
    x[1] = x1;
    x[2] = x2;
    x[3] = x3;
    x[4] = 0;
    x[5] = 0;
    x[6] = 0;
    x[7] = 0;
}

struct sp *ffa_error(struct sp *sp, uint64_t *x, int32_t code)
{
    ffa_answer(sp, x, FFA_ERROR, 0, (uint32_t)code, 0);
    return sp;
}

struct sp *ffa_success(struct sp *sp, uint64_t *x, uint64_t w2, uint64_t w3)
{
    ffa_answer(sp, x, FFA_SUCCESS_32, 0, w2, w3);
    return sp;
}

struct sp *ffa_leave(struct spmc_core *core, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    core->args = (struct ffa_args){ .x = { x0, x1, x2, x3 } };
    return NULL;
}

// Why a call did not come through the gate. A response of the normal world answers nobody: no partition asks it
// (DEN0077A "FFA_MSG_SEND_DIRECT_RESP").
static int32_t refusal(const struct sp *sp, uint32_t fid)
{
    const struct ffa_row *row = ffa_row_find(fid);
    bool response =
        row != NULL && (row->handler == ffa_direct_resp || row->handler == ffa_direct_resp2);

    return sp == NULL && response && (ffa_version_of(&ffa_nwd) & 0xffff) >= row->since
               ? FFA_INVALID_PARAMETERS
               : FFA_NOT_SUPPORTED;
}

// Of the normal world any core may do it at any time; version_negotiate_locked looks at it under the endpoint's lock.
static void end_negotiation(struct ffa_endpoint *endpoint)
{
    *(volatile bool *)&endpoint->version_locked =
        true; // relaxed; gcc makes one instruction of it, not two
}

// What has no row for this caller: EL3's FFA_INTERRUPT (it lets the normal world make no such call; an interrupt ends no
// version negotiation), partitions' calls that are not FF-A, and what is refused.
static __attribute__((noinline, cold)) struct sp *dispatch_other(struct spmc_core *core,
                                                                 struct sp *sp, uint64_t *x)
{
    if (sp == NULL && (uint32_t)x[0] == FFA_INTERRUPT) {
        return sp_interrupt_episode(core);
    }
    if (sp != NULL && (sp_timer_call(core, sp, x) || sp_counter_call(sp, x))) {
        return sp;
    }
    // DEN0077A 13.2: any call but FFA_VERSION ends the negotiation, also one that is not there
    end_negotiation(ffa_endpoint_of(sp));
    return ffa_error(sp, x, refusal(sp, (uint32_t)x[0]));
}

struct sp *ffa_dispatch(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    uint32_t fid = (uint32_t)x[0];
    const struct ffa_row *row = row_of(fid);
    uint8_t need = (sp != NULL ? FFA_FROM_SP : FFA_FROM_NWD) | width_of(fid);

    if (row == NULL) {
        return dispatch_other(core, sp, x);
    }
    uint8_t flags = row->flags;
    if ((flags & need) != need || (ffa_version_of(endpoint) & 0xffff) < row->since) {
        return dispatch_other(core, sp, x);
    }
    if ((flags & FFA_NO_LOCK) == 0) {
        end_negotiation(endpoint);
    }
    if ((fid & SMCCC_64) == 0 && (flags & FFA_RAW32) == 0) {
        x[1] = (uint32_t)x[1]; // SMCCC: an SMC32 call's arguments are 32 bits
        x[2] = (uint32_t)x[2];
        x[3] = (uint32_t)x[3];
        x[4] = (uint32_t)x[4];
        x[5] = (uint32_t)x[5];
        x[6] = (uint32_t)x[6];
        x[7] = (uint32_t)x[7];
    }
    return row->handler(core, sp, x);
}

struct sp *ffa_from_nwd(struct spmc_core *core)
{
    const uint64_t *x = core->args.x;

    // The SPMD speaks as an endpoint of its own; EL3 lets nobody else use its id in a request
    if ((uint32_t)x[1] >> 16 == FFA_ID_SPMD &&
        ((uint32_t)x[0] & ~(uint32_t)SMCCC_64) == FFA_MSG_SEND_DIRECT_REQ_32) {
        return ffa_framework(core);
    }
    return ffa_dispatch(core, NULL, core->args.x);
}

struct sp *ffa_from_sp(struct spmc_core *core, struct sp *sp)
{
    sp->ctx.x[0] &= ~(uint64_t)SMCCC_SVE_HINT; // EL3 does it for the normal world
    return ffa_dispatch(core, sp, sp->ctx.x);
}
