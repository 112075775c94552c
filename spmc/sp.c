// SPDX-License-Identifier: BSD-3-Clause
//
// The table of partitions and the transitions of their state. Hardware-free.
#include "ffa_dispatch.h"

struct sp spmc_sps[SPMC_MAX_SPS];
uint32_t spmc_sp_count;

uint16_t spmc_sp_ids[SPMC_MAX_SPS];

struct sp *sp_stop(struct spmc_core *core, struct sp *sp)
{
    ffa_console_flush(sp);
    sp_release(core, sp, SP_STOPPED);
    if (sp->model == SP_MODEL_INIT) {
        return spmc_boot_next(core, sp);
    }
    return ffa_leave(core, FFA_ERROR, 0, (uint32_t)FFA_ABORTED, 0);
}
