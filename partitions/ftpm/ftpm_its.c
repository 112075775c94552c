// SPDX-License-Identifier: BSD-3-Clause
//
// See ftpm_its.h.
#include "ftpm_its.h"

#include <stdbool.h>

#include "ffa/client/psa/internal_trusted_storage.h"
#include "ffa/client/psa_client.h"

static void (*call_once)(struct ffa_transport *transport, struct ffa_args *args);

static bool is_busy(const struct ffa_args *args)
{
    return (uint32_t)args->x[0] == FFA_ERROR && (int32_t)(uint32_t)args->x[2] == FFA_BUSY;
}

// A request is delivered once at most: who is busy has not got it
static void call_patiently(struct ffa_transport *transport, struct ffa_args *args)
{
    const struct ffa_args call = *args;
    bool is_request = (uint32_t)call.x[0] == FFA_MSG_SEND_DIRECT_REQ_32;

    do {
        *args = call;
        call_once(transport, args);
    } while (is_request && is_busy(args));
}

int ftpm_its_connect(struct ffa_transport *transport)
{
    if (psa_client_connect(transport) != PSA_SUCCESS) {
        return ERR_INVALID;
    }
    call_once = transport->call;
    transport->call = call_patiently;
    return 0;
}

// Nothing but DOES_NOT_EXIST is ERR_NOT_FOUND: that alone means a new TPM
static int error_of(psa_status_t status)
{
    switch (status) {
    case PSA_SUCCESS:
        return 0;
    case PSA_ERROR_DOES_NOT_EXIST:
        return ERR_NOT_FOUND;
    case PSA_ERROR_DATA_CORRUPT:
    case PSA_ERROR_INVALID_SIGNATURE:
        return ERR_CORRUPT;
    case PSA_ERROR_INSUFFICIENT_STORAGE:
        return ERR_NO_MEMORY;
    default:
        return ERR_IO;
    }
}

static int get(void *context, uint64_t uid, void *to, size_t room, size_t *size)
{
    struct psa_storage_info_t info;
    int error = error_of(psa_its_get_info(uid, &info));

    (void)context;
    if (error != 0) {
        return error;
    }
    if (info.size > room) {
        return ERR_RANGE;
    }
    error = error_of(psa_its_get(uid, 0, info.size, to, size));
    if (error == ERR_NOT_FOUND || (error == 0 && *size != info.size)) {
        error = ERR_IO; // it was there a moment ago, and nobody else may change it
    }
    return error;
}

static int set(void *context, uint64_t uid, const void *from, size_t size)
{
    (void)context;
    return error_of(psa_its_set(uid, size, from, PSA_STORAGE_FLAG_NONE));
}

const struct ftpm_nv_store ftpm_its = { .get = get, .set = set };
