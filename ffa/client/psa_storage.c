// SPDX-License-Identifier: BSD-3-Clause
//
// What psa_its.c and psa_ps.c share: the storage partition's protocol. It checks uids, flags and offsets; here is checked
// what comes back.
#include <string.h>

#include "client_private.h"
#include "partitions/storage/storage_proto.h"

psa_status_t psa_storage_status(psa_status_t status)
{
    return status == PSA_ERROR_COMMUNICATION_FAILURE ? PSA_ERROR_STORAGE_FAILURE : status;
}

psa_status_t psa_storage_set(enum psa_client_service service, psa_storage_uid_t uid, size_t size,
                             const void *data, psa_storage_create_flags_t flags)
{
    const struct storage_set fixed = { .uid = uid, .size = size, .flags = flags };

    if (data == NULL && size != 0) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    struct client_request request = client_start(service, &fixed, sizeof(fixed));

    client_add(&request, data, size);
    if (request.status == PSA_ERROR_INSUFFICIENT_MEMORY && size > STORAGE_DATA_MAX) {
        return PSA_ERROR_INSUFFICIENT_STORAGE; // more than any asset can have
    }
    return psa_storage_status(client_call_fixed(&request, STORAGE_SET, NULL, 0));
}

// One GET. The service clips to the shared memory what it gives, and checks the size that it was asked for, so that is the
// caller's. *got: how many bytes came, at most `part->size`
static psa_status_t get_piece(enum psa_client_service service, const struct psa_storage_part *part,
                              uint8_t *data, size_t *got)
{
    const struct storage_get fixed = {
        .uid = part->uid,
        .offset = part->offset,
        .size = part->size,
    };
    struct client_request request = client_start(service, &fixed, sizeof(fixed));
    struct client_response response;
    psa_status_t status = client_call(&request, STORAGE_GET, &response);

    if (status == PSA_SUCCESS && response.size > part->size) {
        status = PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (status == PSA_SUCCESS && response.size != 0) {
        memcpy(data, response.data, response.size);
    }
    *got = status == PSA_SUCCESS ? response.size : 0;
    return psa_storage_status(status);
}

psa_status_t psa_storage_get(enum psa_client_service service, const struct psa_storage_part *part,
                             void *data, size_t *length)
{
    size_t room = client_room(service);
    size_t most = room < STORAGE_DATA_MAX ? room : STORAGE_DATA_MAX;
    uint8_t *to = data;
    size_t done = 0;
    struct psa_storage_part piece;
    size_t got;

    if (length == NULL || (data == NULL && part->size != 0)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    do {
        piece = (struct psa_storage_part){
            .uid = part->uid,
            .offset = part->offset + done, // not behind the asset's end, unless `done` is 0
            .size = part->size - done,
        };
        psa_status_t status = get_piece(service, &piece, done != 0 ? to + done : to, &got);

        if (status != PSA_SUCCESS) {
            client_wipe(data, done);
            return status;
        }
        done += got;
    } while (done < part->size && got != 0 && got >= most);
    *length = done;
    return PSA_SUCCESS;
}

psa_status_t psa_storage_get_info(enum psa_client_service service, psa_storage_uid_t uid,
                                  struct psa_storage_info_t *info)
{
    const struct storage_uid fixed = { .uid = uid };
    struct storage_asset_info got;

    if (info == NULL) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    struct client_request request = client_start(service, &fixed, sizeof(fixed));
    psa_status_t status = client_call_fixed(&request, STORAGE_GET_INFO, &got, sizeof(got));

    if (status == PSA_SUCCESS && (got.size > got.capacity || got.capacity > UINT32_MAX)) {
        status = PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (status == PSA_SUCCESS) {
        info->capacity = (size_t)got.capacity;
        info->size = (size_t)got.size;
        info->flags = got.flags;
    }
    return psa_storage_status(status);
}

psa_status_t psa_storage_remove(enum psa_client_service service, psa_storage_uid_t uid)
{
    const struct storage_uid fixed = { .uid = uid };
    struct client_request request = client_start(service, &fixed, sizeof(fixed));

    return psa_storage_status(client_call_fixed(&request, STORAGE_REMOVE, NULL, 0));
}
