// SPDX-License-Identifier: BSD-3-Clause
//
// Direct requests of this partition to others. Called by the partition, in a message's handler too. Trusts the SPMC for who
// answers.
#include <string.h>

#include "sp_private.h"

// Makes the call in `args`, and lets the partition that was asked run on as often as it yields.
static int ask(struct ffa_args *args, uint32_t response)
{
    for (uint32_t i = 0; i < SP_REQUEST_RUNS; i++) {
        sp_call(args);
        if ((uint32_t)args->x[0] != FFA_YIELD) {
            return sp_error_of(args, response);
        }
        *args = (struct ffa_args){ .x = { FFA_RUN, (uint32_t)args->x[1] } };
    }
    return ERR_TIMEOUT;
}

static uint64_t endpoints(uint16_t partition)
{
    return (uint32_t)sp_id() << 16 | partition;
}

int sp_request(uint16_t partition, uint64_t arg[5])
{
    struct ffa_args args = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, endpoints(partition) } };

    memcpy(&args.x[3], arg, 5 * sizeof(arg[0]));
    int error = ask(&args, FFA_MSG_SEND_DIRECT_RESP_64);

    if (error == 0) {
        memcpy(arg, &args.x[3], 5 * sizeof(arg[0]));
    }
    return error;
}

int sp_request_32(uint16_t partition, uint32_t arg[5])
{
    struct ffa_args args = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, endpoints(partition), 0, arg[0],
                                    arg[1], arg[2], arg[3], arg[4] } };
    int error = ask(&args, FFA_MSG_SEND_DIRECT_RESP_32);

    for (size_t i = 0; error == 0 && i < 5; i++) {
        arg[i] = (uint32_t)args.x[3 + i];
    }
    return error;
}

int sp_request2(uint16_t partition, const uint64_t uuid[2], uint64_t arg[14])
{
    struct ffa_args args = { .x = { FFA_MSG_SEND_DIRECT_REQ2, endpoints(partition) } };

    if (uuid != NULL) {
        args.x[2] = uuid[0];
        args.x[3] = uuid[1];
    }
    memcpy(&args.x[4], arg, 14 * sizeof(arg[0]));
    int error = ask(&args, FFA_MSG_SEND_DIRECT_RESP2);

    if (error == 0) {
        memcpy(arg, &args.x[4], 14 * sizeof(arg[0]));
    }
    return error;
}
