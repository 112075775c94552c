// SPDX-License-Identifier: BSD-3-Clause
//
// psa/protected_storage.h over the storage partition.
#include "ffa/client/psa/protected_storage.h"

#include "client_private.h"
#include "partitions/storage/storage_proto.h"

psa_status_t psa_ps_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                        psa_storage_create_flags_t create_flags)
{
    return psa_storage_set(PSA_CLIENT_PS, uid, data_length, p_data, create_flags);
}

psa_status_t psa_ps_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size, void *p_data,
                        size_t *p_data_length)
{
    const struct psa_storage_part part = { uid, data_offset, data_size };

    return psa_storage_get(PSA_CLIENT_PS, &part, p_data, p_data_length);
}

psa_status_t psa_ps_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info)
{
    return psa_storage_get_info(PSA_CLIENT_PS, uid, p_info);
}

psa_status_t psa_ps_remove(psa_storage_uid_t uid)
{
    return psa_storage_remove(PSA_CLIENT_PS, uid);
}

psa_status_t psa_ps_create(psa_storage_uid_t uid, size_t capacity,
                           psa_storage_create_flags_t create_flags)
{
    const struct storage_create fixed = {
        .uid = uid,
        .capacity = capacity,
        .flags = create_flags,
    };
    struct client_request request = client_start(PSA_CLIENT_PS, &fixed, sizeof(fixed));

    return psa_storage_status(client_call_fixed(&request, STORAGE_CREATE, NULL, 0));
}

psa_status_t psa_ps_set_extended(psa_storage_uid_t uid, size_t data_offset, size_t data_length,
                                 const void *p_data)
{
    size_t room = client_room(PSA_CLIENT_PS);
    size_t most = room > sizeof(struct storage_get) ? room - sizeof(struct storage_get) : 1;
    const uint8_t *data = p_data;
    size_t done = 0;

    if (p_data == NULL && data_length != 0) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    do {
        size_t size = data_length - done < most ? data_length - done : most;
        const struct storage_get fixed = {
            .uid = uid,
            .offset = data_offset + done, // the service has taken what is before it
            .size = size,
        };
        struct client_request request = client_start(PSA_CLIENT_PS, &fixed, sizeof(fixed));

        client_add(&request, size != 0 ? data + done : NULL, size);
        psa_status_t status =
            psa_storage_status(client_call_fixed(&request, STORAGE_SET_EXTENDED, NULL, 0));

        if (status != PSA_SUCCESS) {
            return status;
        }
        done += size;
    } while (done < data_length);
    return PSA_SUCCESS;
}

uint32_t psa_ps_get_support(void)
{
    struct client_request request = client_start(PSA_CLIENT_PS, NULL, 0);
    uint32_t support = 0;

    return client_call_fixed(&request, STORAGE_GET_SUPPORT, &support, sizeof(support)) ==
                   PSA_SUCCESS
               ? support
               : 0;
}
