// SPDX-License-Identifier: BSD-3-Clause
//
// The machine's time, for partitions whose manifest has tessera,clock: one call to the SPMC. Called by the partition.
#include "sp_private.h"

uint64_t sp_clock_ms(void)
{
    struct ffa_args args = { .x = { TESSERA_CLOCK } };

    sp_call_short(&args);
    if (args.x[0] != 0) {
        sp_die("the clock needs tessera,clock in the manifest");
    }
    return (uint32_t)args.x[2] | (uint64_t)(uint32_t)args.x[3] << 32;
}
