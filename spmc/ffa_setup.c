// SPDX-License-Identifier: BSD-3-Clause
//
// FF-A set-up calls (DEN0077A "Setup and discovery interfaces"): version, features, ids, RX/TX buffers.
#include "ffa_dispatch.h"

#include "ffa_notify.h"
#include "gic_policy.h"
#include "ns_pages.h"
#include "sp_space.h"
#include "spmc_mm.h"

#define PAGE 4096
#define OUR_VERSION FFA_VERSION_1_2
#define VERSION_FAILED 0xffffffff // FFA_VERSION answers NOT_SUPPORTED as a bare 32-bit value

// DEN0077A 13.2: same major and a minor we know: recorded; a newer minor: we answer ours and record it, the caller may
// downgrade; another major or bit 31: refused. Once another call was made the version stays.
static uint32_t version_negotiate_locked(struct ffa_endpoint *endpoint, uint32_t asked)
{
    uint32_t agreed = asked < OUR_VERSION ? asked : OUR_VERSION;

    if ((asked & FFA_VERSION_MBZ) != 0 || (asked >> 16) != (OUR_VERSION >> 16)) {
        return VERSION_FAILED;
    }
    if (__atomic_load_n(&endpoint->version_locked, __ATOMIC_RELAXED) &&
        agreed != endpoint->version) {
        return VERSION_FAILED;
    }
    __atomic_store_n(&endpoint->version, agreed, __ATOMIC_RELAXED);
    return OUR_VERSION;
}

struct sp *ffa_version(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);

    (void)core;
    spin_lock(&endpoint->lock);
    uint32_t answer = version_negotiate_locked(endpoint, (uint32_t)x[1]);
    spin_unlock(&endpoint->lock);
    for (unsigned int i = 1; i < 8; i++) {
        x[i] = 0;
    }
    x[0] = answer;
    return sp;
}

// Framework message of the SPMD (DEN0077A "Framework messages", type 8): the normal world's FFA_VERSION. w4, which the
// specification leaves: a number, so that EL3 knows which of two cores was the last.
struct sp *ffa_framework_version(struct spmc_core *core, uint32_t asked)
{
    static uint32_t count; // under the lock

    spin_lock(&ffa_nwd.lock);
    uint32_t answer = version_negotiate_locked(&ffa_nwd, asked);
    uint32_t number = ++count;
    spin_unlock(&ffa_nwd.lock);
    (void)ffa_leave(core, FFA_MSG_SEND_DIRECT_RESP_32, (uint32_t)FFA_ID_SPMC << 16 | FFA_ID_SPMD,
                    FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_VERSION_RESP, answer);
    core->args.x[4] = number;
    return NULL;
}

// FFA_FEATURES of a feature id (DEN0077A table "Feature IDs"): the schedule-receiver interrupt is the normal world's, there
// is no notification-pending or managed-exit interrupt for partitions at S-EL0 (theirs come with FFA_INTERRUPT).
static struct sp *features_of_id(struct sp *sp, uint64_t *x)
{
    if (sp != NULL || (uint32_t)x[1] != FFA_FEATURE_SRI ||
        ffa_version_of(&ffa_nwd) < FFA_VERSION_1_1) {
        return ffa_error(sp, x, FFA_NOT_SUPPORTED);
    }
    if (!ffa_mbz(sp, x, 2)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    ffa_notify_sri_known();
    return ffa_success(sp, x, GIC_SGI_SRI, 0);
}

// … of FFA_MEM_RETRIEVE_REQ, the only function with input properties: whether the caller knows the NS bit of the answer.
// From 1.1 on it must; one of 1.0 that says so gets the bit, any other not. w3 = 0: one retrieval of a region at a time.
static struct sp *features_of_retrieve(struct sp *sp, uint64_t *x, uint32_t version)
{
    bool ns_bit = (x[2] & FFA_FEATURE_RETRIEVE_NS_BIT) != 0;
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);

    if ((x[2] & ~(uint64_t)FFA_FEATURE_RETRIEVE_NS_BIT) != 0 || !ffa_mbz(sp, x, 3)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    if (version >= FFA_VERSION_1_1 && !ns_bit) {
        return ffa_error(sp, x, FFA_NOT_SUPPORTED);
    }
    if (version < FFA_VERSION_1_1) {
        __atomic_store_n(&endpoint->ns_bit, ns_bit, __ATOMIC_RELAXED);
    }
    return ffa_success(sp, x,
                       (ns_bit ? FFA_FEATURE_RETRIEVE_NS_BIT : 0) |
                           (sp == NULL ? FFA_FEATURE_RETRIEVE_HYPERVISOR : 0),
                       0);
}

static const struct ffa_row *features_row(struct sp *sp, uint32_t id, uint32_t version)
{
    uint8_t report = sp != NULL ? FFA_REPORT_SP : FFA_REPORT_NWD;
    const struct ffa_row *row = ffa_row_find(id);

    return row != NULL && (row->flags & report) != 0 && (version & 0xffff) >= row->since ? row
                                                                                         : NULL;
}

struct sp *ffa_features(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    uint32_t version = ffa_version_of(ffa_endpoint_of(sp));
    uint32_t id = (uint32_t)x[1];
    uint64_t w2 = 0;

    (void)core;
    if ((id & SMCCC_FAST) == 0) {
        return features_of_id(sp, x);
    }
    const struct ffa_row *row = features_row(sp, id, version);
    if (row == NULL) {
        return ffa_error(sp, x, FFA_NOT_SUPPORTED);
    }
    if ((id & SMCCC_NUMBER_MASK) == (FFA_MEM_RETRIEVE_REQ_32 & SMCCC_NUMBER_MASK)) {
        return features_of_retrieve(sp, x, version);
    }
    if (!ffa_mbz(sp, x, 2)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    if (version >= FFA_VERSION_1_2) {
        w2 = (uint64_t)row->max_pages << 16; // RXTX_MAP: limit of the page count, 1.2
    }
    return ffa_success(sp, x, w2, 0);
}

struct sp *ffa_id_get(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    (void)core;
    if (!ffa_mbz(sp, x, 1)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    return ffa_success(sp, x, ffa_endpoint_of(sp)->id, 0);
}

struct sp *ffa_spm_id_get(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    (void)core;
    if (!ffa_mbz(sp, x, 1)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    return ffa_success(sp, x, FFA_ID_SPMC, 0);
}

struct rxtx {
    uint64_t tx;
    uint64_t rx;
    uint32_t page_count;
};

static int32_t rxtx_decode(struct sp *sp, const uint64_t *x, struct rxtx *rxtx)
{
    uint64_t bytes = (x[3] & 0x3f) * PAGE;

    rxtx->tx = x[1];
    rxtx->rx = x[2];
    rxtx->page_count = x[3] & 0x3f;
    if ((uint32_t)x[3] >> 6 != 0 || !ffa_mbz(sp, x, 4) || rxtx->page_count == 0 ||
        rxtx->page_count > SPMC_MAX_RXTX_PAGES || ((rxtx->tx | rxtx->rx) & (PAGE - 1)) != 0) {
        return FFA_INVALID_PARAMETERS;
    }
    uint64_t distance = rxtx->tx > rxtx->rx ? rxtx->tx - rxtx->rx : rxtx->rx - rxtx->tx;
    if (distance < bytes) {
        return FFA_INVALID_PARAMETERS; // the same pages
    }
    return 0;
}

// Errors of marking pages of the normal world: not its memory, or not its alone.
static int32_t take_code(int result)
{
    return result == ERR_NO_MEMORY ? FFA_NO_MEMORY : FFA_INVALID_PARAMETERS;
}

// One buffer of the normal world: pages that are in no memory transaction and no other buffer, and that cannot be until
// rxtx_close_nwd. *result: an ERR_*; NULL if there is one.
static void *rxtx_open_nwd(uint64_t pa, uint32_t page_count, int *result)
{
    void *va = NULL;

    *result = ns_pages_take(pa, page_count);
    if (*result == 0) {
        va = spmc_mm_map_ns(pa, page_count);
        if (va == NULL) {
            ns_pages_give(pa, page_count);
            *result = ERR_NO_MEMORY;
        }
    }
    return va;
}

static void rxtx_close_nwd(void *va, uint64_t pa, uint32_t page_count)
{
    spmc_mm_unmap_ns(va, page_count);
    ns_pages_give(pa, page_count);
}

// Both buffers or none.
static int32_t rxtx_map_nwd(const struct rxtx *rxtx, struct ffa_buffers *buffers)
{
    int result;
    void *tx = rxtx_open_nwd(rxtx->tx, rxtx->page_count, &result);

    if (tx == NULL) {
        return take_code(result);
    }
    void *rx = rxtx_open_nwd(rxtx->rx, rxtx->page_count, &result);
    if (rx == NULL) {
        rxtx_close_nwd(tx, rxtx->tx, rxtx->page_count);
        return take_code(result);
    }
    *buffers = (struct ffa_buffers){
        .tx = tx,
        .rx = rx,
        .tx_base = rxtx->tx,
        .rx_base = rxtx->rx,
        .page_count = rxtx->page_count,
    };
    return 0;
}

static bool is_code(const struct sp *sp, uint64_t va)
{
    uint32_t perm;

    // One page stands for all: sp_space_to_spmc gives pages with the same permissions only
    return sp_space_perm_get(&sp->space, va, &perm) != 0 || perm == FFA_PERM_RX;
}

static int32_t rxtx_map_sp(struct sp *sp, const struct rxtx *rxtx, struct ffa_buffers *buffers)
{
    void *tx = sp_space_to_spmc(&sp->space, rxtx->tx, rxtx->page_count, true);
    void *rx = sp_space_to_spmc(&sp->space, rxtx->rx, rxtx->page_count, false);

    // Its own memory, which nobody else has, contiguous; TX read-write, RX at least readable, and no code, since the SPMC
    // writes it
    if (tx == NULL || rx == NULL || is_code(sp, rxtx->rx)) {
        return FFA_INVALID_PARAMETERS;
    }
    sp_space_set_busy(&sp->space, rxtx->tx, rxtx->page_count, true);
    sp_space_set_busy(&sp->space, rxtx->rx, rxtx->page_count, true);
    *buffers = (struct ffa_buffers){
        .tx = tx,
        .rx = rx,
        .tx_base = rxtx->tx,
        .rx_base = rxtx->rx,
        .page_count = rxtx->page_count,
    };
    return 0;
}

struct sp *ffa_rxtx_map(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    struct rxtx rxtx;
    int32_t code = rxtx_decode(sp, x, &rxtx);

    (void)core;
    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    spin_lock(&endpoint->lock);
    if (endpoint->buffers.page_count != 0) {
        code = FFA_DENIED;
    } else if (sp != NULL) {
        code = rxtx_map_sp(sp, &rxtx, &endpoint->buffers);
    } else {
        code = rxtx_map_nwd(&rxtx, &endpoint->buffers);
    }
    spin_unlock(&endpoint->lock);
    return code != 0 ? ffa_error(sp, x, code) : ffa_success(sp, x, 0, 0);
}

static void rxtx_unmap_locked(struct sp *sp, const struct ffa_buffers *buffers)
{
    if (sp != NULL) {
        sp_space_set_busy(&sp->space, buffers->tx_base, buffers->page_count, false);
        sp_space_set_busy(&sp->space, buffers->rx_base, buffers->page_count, false);
    } else {
        rxtx_close_nwd(buffers->tx, buffers->tx_base, buffers->page_count);
        rxtx_close_nwd(buffers->rx, buffers->rx_base, buffers->page_count);
    }
    ffa_notify_rx_forget(sp);
}

struct sp *ffa_rxtx_unmap(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    int32_t code = FFA_INVALID_PARAMETERS;

    (void)core;
    // w1[31:16] names a VM when a hypervisor forwards; the only endpoint id of the normal world here is 0
    if (!ffa_mbz(sp, x, 1)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&endpoint->lock);
    if (endpoint->buffers.page_count != 0) {
        rxtx_unmap_locked(sp, &endpoint->buffers);
        endpoint->buffers = (struct ffa_buffers){ 0 };
        code = 0;
    }
    spin_unlock(&endpoint->lock);
    return code != 0 ? ffa_error(sp, x, code) : ffa_success(sp, x, 0, 0);
}

void ffa_rxtx_forget(struct sp *sp)
{
    spin_lock(&sp->endpoint.lock);
    sp->endpoint.buffers = (struct ffa_buffers){ 0 };
    ffa_notify_rx_forget(sp);
    spin_unlock(&sp->endpoint.lock);
}

struct sp *ffa_rx_release(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    int32_t code =
        FFA_DENIED; // nothing there, no buffer at all, or a message that it has not been told of

    (void)core;
    if (!ffa_mbz(sp, x, 1)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&endpoint->lock);
    if (endpoint->buffers.rx_full && !ffa_notify_rx_pending(sp)) {
        endpoint->buffers.rx_full = false;
        code = 0;
    }
    spin_unlock(&endpoint->lock);
    return code != 0 ? ffa_error(sp, x, code) : ffa_success(sp, x, 0, 0);
}

void ffa_rx_give_back(struct sp *sp)
{
    spin_lock(&sp->endpoint.lock);
    if (sp->endpoint.buffers.rx_full && !ffa_notify_rx_pending(sp)) {
        sp->endpoint.buffers.rx_full = false;
    }
    spin_unlock(&sp->endpoint.lock);
}
