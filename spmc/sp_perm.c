// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_MEM_PERM_GET and FFA_MEM_PERM_SET (DEN0077A "Memory permission"): a partition may change the permissions of its
// own pages while it initialises, never afterwards.
#include "ffa_dispatch.h"

#include "spmc_mm.h"

struct sp *ffa_mem_perm_get(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    uint32_t perm;

    (void)core;
    if (sp->model != SP_MODEL_INIT) {
        return ffa_error(sp, x, FFA_DENIED);
    }
    if (!ffa_mbz(sp, x, 2) || sp_space_perm_get(&sp->space, x[1], &perm) != 0) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    return ffa_success(sp, x, perm, 0);
}

// DEN0077A "RX/TX buffers": as long as they are mapped the SPMC shares these pages. If their permissions could change, RX,
// which the SPMC writes, could become code.
static bool is_buffer(const struct sp *sp, uint64_t va)
{
    const struct ffa_buffers *buffers = &sp->endpoint.buffers;
    uintptr_t page = (uintptr_t)sp_space_to_spmc(&sp->space, va, 1, false);
    uint64_t bytes = (uint64_t)buffers->page_count * 4096;

    return page - (uintptr_t)buffers->tx < bytes || page - (uintptr_t)buffers->rx < bytes;
}

static bool any_is_buffer(const struct sp *sp, uint64_t va, uint64_t page_count)
{
    for (uint64_t i = 0; i < page_count; i++) {
        if (is_buffer(sp, va + i * 4096)) {
            return true;
        }
    }
    return false;
}

struct sp *ffa_mem_perm_set(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    (void)core;
    if (sp->model != SP_MODEL_INIT) {
        return ffa_error(sp, x, FFA_DENIED);
    }
    if (!ffa_mbz(sp, x, 4) || x[2] == 0 || x[2] > SPMC_MAX_PERM_PAGES || x[3] > UINT32_MAX ||
        any_is_buffer(sp, x[1], x[2])) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    int result = sp_space_perm_set(&sp->space, x[1], (uint32_t)x[2], (uint32_t)x[3]);
    if (result != 0) {
        return ffa_error(sp, x, result == ERR_NO_MEMORY ? FFA_NO_MEMORY : FFA_INVALID_PARAMETERS);
    }
    return ffa_success(sp, x, 0, 0);
}
