// SPDX-License-Identifier: BSD-3-Clause
//
// The rollback counter that one partition's manifest asks for: the calls to the SPMC. Called by the partition.
#include "sp_private.h"

static int error_of(const struct ffa_args *args)
{
    switch ((int32_t)args->x[0]) {
    case 0:
        return 0;
    case FFA_INVALID_PARAMETERS:
        return ERR_INVALID;
    case FFA_NO_MEMORY:
        return ERR_NO_MEMORY;
    case FFA_NOT_SUPPORTED:
    case (int32_t)FFA_ERROR: // of an SPMC that has no such calls
        return ERR_NOT_SUPPORTED;
    default: // also what is not known here: a counter that cannot be read is not a counter that is not there
        return ERR_IO;
    }
}

int sp_counter_read(uint32_t *value, uint32_t *limit)
{
    struct ffa_args args = { .x = { TESSERA_COUNTER_READ } };
    int err;

    sp_call_short(&args);
    err = error_of(&args);
    if (err == 0) {
        *value = (uint32_t)args.x[2];
        *limit = (uint32_t)args.x[3];
    }
    return err;
}

int sp_counter_advance(uint32_t value)
{
    struct ffa_args args = { .x = { TESSERA_COUNTER_ADVANCE, value } };

    sp_call_short(&args);
    return error_of(&args);
}
