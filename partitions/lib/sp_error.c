// SPDX-License-Identifier: BSD-3-Clause
//
// What the SPMC answered → ERR_*: the one table of it for the whole runtime.
#include "sp_private.h"

int sp_error_of(const struct ffa_args *args, uint32_t expected)
{
    uint32_t function = (uint32_t)args->x[0];

    if (function == expected) {
        return 0;
    }
    if (function != FFA_ERROR) {
        return ERR_IO;
    }
    switch ((int32_t)(uint32_t)args->x[2]) {
    case FFA_NOT_SUPPORTED:
        return ERR_NOT_SUPPORTED;
    case FFA_INVALID_PARAMETERS:
        return ERR_INVALID;
    case FFA_NO_MEMORY:
        return ERR_NO_MEMORY;
    case FFA_BUSY:
    case FFA_RETRY:
    case FFA_NOT_READY:
        return ERR_BUSY;
    case FFA_DENIED:
        return ERR_DENIED;
    case FFA_ABORTED:
        return ERR_ABORTED;
    case FFA_NO_DATA:
        return ERR_NOT_FOUND;
    default:
        return ERR_IO;
    }
}
