// SPDX-License-Identifier: BSD-3-Clause
//
// FF-A set-up calls (DEN0077A "Setup and discovery interfaces"): version, features, ids, RX/TX buffers.
#include "ffa_dispatch.h"

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

// Framework message of the SPMD (DEN0077A "Framework messages", type 8): the normal world's FFA_VERSION.
struct sp *ffa_framework_version(struct spmc_core *core, uint32_t asked)
{
    spin_lock(&ffa_nwd.lock);
    uint32_t answer = version_negotiate_locked(&ffa_nwd, asked);
    spin_unlock(&ffa_nwd.lock);
    return ffa_leave(core, FFA_MSG_SEND_DIRECT_RESP_32, (uint32_t)FFA_ID_SPMC << 16 | FFA_ID_SPMD,
                     FFA_MSG_FRAMEWORK | FFA_FRAMEWORK_VERSION_RESP, answer);
}

static int32_t features_decode(struct sp *sp, const uint64_t *x, const struct ffa_row **row)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    uint8_t report = sp != NULL ? FFA_REPORT_SP : FFA_REPORT_NWD;
    uint32_t id = (uint32_t)x[1];

    if ((id & SMCCC_FAST) == 0) {
        return FFA_NOT_SUPPORTED; // feature ids: no NPI, SRI or MEI in this version
    }
    *row = ffa_row_find(id);
    if (*row == NULL || ((*row)->flags & report) == 0 ||
        (ffa_version_of(endpoint) & 0xffff) < (*row)->since) {
        return FFA_NOT_SUPPORTED;
    }
    // No function here takes input properties; one that is not here may, and still is not here
    return ffa_mbz(sp, x, 2) ? 0 : FFA_INVALID_PARAMETERS;
}

struct sp *ffa_features(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    const struct ffa_row *row;
    int32_t code = features_decode(sp, x, &row);
    uint64_t w2 = 0;

    (void)core;
    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    if (ffa_version_of(ffa_endpoint_of(sp)) >= FFA_VERSION_1_2) {
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

// Prepares both mappings or none.
static int32_t rxtx_map_nwd(const struct rxtx *rxtx, struct ffa_buffers *buffers)
{
    uint64_t bytes = (uint64_t)rxtx->page_count * PAGE;

    if (!spmc_mm_is_ns_ram(rxtx->tx, bytes) || !spmc_mm_is_ns_ram(rxtx->rx, bytes)) {
        return FFA_INVALID_PARAMETERS; // secure memory, a device, nothing
    }
    void *tx = spmc_mm_map_ns(rxtx->tx, rxtx->page_count);
    if (tx == NULL) {
        return FFA_NO_MEMORY;
    }
    void *rx = spmc_mm_map_ns(rxtx->rx, rxtx->page_count);
    if (rx == NULL) {
        spmc_mm_unmap_ns(tx, rxtx->page_count);
        return FFA_NO_MEMORY;
    }
    *buffers = (struct ffa_buffers){ .tx = tx, .rx = rx, .page_count = rxtx->page_count };
    return 0;
}

static bool is_code(const struct sp *sp, uint64_t va, uint32_t page_count)
{
    for (uint32_t i = 0; i < page_count; i++) {
        uint32_t perm;

        if (sp_space_perm_get(&sp->space, va + (uint64_t)i * PAGE, &perm) != 0 ||
            perm == FFA_PERM_RX) {
            return true;
        }
    }
    return false;
}

static int32_t rxtx_map_sp(const struct sp *sp, const struct rxtx *rxtx,
                           struct ffa_buffers *buffers)
{
    void *tx = sp_space_to_spmc(&sp->space, rxtx->tx, rxtx->page_count, true);
    void *rx = sp_space_to_spmc(&sp->space, rxtx->rx, rxtx->page_count, false);

    // Its own memory, contiguous; TX read-write, RX at least readable, and no code, since the SPMC writes it
    if (tx == NULL || rx == NULL || is_code(sp, rxtx->rx, rxtx->page_count)) {
        return FFA_INVALID_PARAMETERS;
    }
    *buffers = (struct ffa_buffers){ .tx = tx, .rx = rx, .page_count = rxtx->page_count };
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

struct sp *ffa_rxtx_unmap(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    struct ffa_buffers buffers;

    (void)core;
    // w1[31:16] names a VM when a hypervisor forwards; the only endpoint id of the normal world here is 0
    if (!ffa_mbz(sp, x, 1)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&endpoint->lock);
    buffers = endpoint->buffers;
    endpoint->buffers = (struct ffa_buffers){ 0 };
    if (sp == NULL && buffers.page_count != 0) {
        spmc_mm_unmap_ns(buffers.tx, buffers.page_count);
        spmc_mm_unmap_ns(buffers.rx, buffers.page_count);
    }
    spin_unlock(&endpoint->lock);
    if (buffers.page_count == 0) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    return ffa_success(sp, x, 0, 0);
}

struct sp *ffa_rx_release(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    int32_t code = 0;

    (void)core;
    if (!ffa_mbz(sp, x, 1)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&endpoint->lock);
    if (!endpoint->buffers.rx_full) {
        code = FFA_DENIED; // nothing there, or no buffer at all
    }
    endpoint->buffers.rx_full = false;
    spin_unlock(&endpoint->lock);
    return code != 0 ? ffa_error(sp, x, code) : ffa_success(sp, x, 0, 0);
}
