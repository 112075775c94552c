// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_MEM_PERM_GET and FFA_MEM_PERM_SET (DEN0077A "Memory permission"): a partition may change the permissions of its
// own pages while it initialises, never afterwards. What is mapped where and may be changed: sp_space.c.
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

struct sp *ffa_mem_perm_set(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    (void)core;
    if (sp->model != SP_MODEL_INIT) {
        return ffa_error(sp, x, FFA_DENIED);
    }
    if (!ffa_mbz(sp, x, 4) || x[2] == 0 || x[2] > SPMC_MAX_PERM_PAGES || x[3] > UINT32_MAX) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    // Pages that are busy (RX/TX buffers as long as they are mapped, memory that others share) are refused there: if their
    // permissions could change, RX, which the SPMC writes, could become code
    if (sp_space_perm_set(&sp->space, x[1], (uint32_t)x[2], (uint32_t)x[3]) != 0) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    return ffa_success(sp, x, 0, 0);
}
