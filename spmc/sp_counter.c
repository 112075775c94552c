// SPDX-License-Identifier: BSD-3-Clause
//
// The rollback counter, see sp_counter.h. The caller is a partition and trusted for nothing: whether it has the counter says its
// manifest, what it asks for EL3 judges.
#include "sp_counter.h"

bool sp_counter_call(const struct sp *sp, uint64_t *x)
{
    uint32_t call = (uint32_t)x[0];
    struct ffa_args args = { .x = { TESSERA_SMC_COUNTER_READ } };

    if (call != TESSERA_COUNTER_READ && call != TESSERA_COUNTER_ADVANCE) {
        return false;
    }
    if (!sp->config.rollback_counter) {
        x[0] = (uint64_t)(int64_t)FFA_NOT_SUPPORTED;
        return true;
    }
    if (call == TESSERA_COUNTER_ADVANCE) {
        args.x[0] = TESSERA_SMC_COUNTER_ADVANCE;
        args.x[1] = (uint32_t)x[1];
    }
    spmc_smc(&args);
    x[0] = (uint64_t)(int64_t)(int32_t)args.x[0];
    if (x[0] == 0 && call == TESSERA_COUNTER_READ) {
        x[2] = (uint32_t)args.x[2];
        x[3] = (uint32_t)args.x[3];
    }
    return true;
}
