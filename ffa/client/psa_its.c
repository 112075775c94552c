// SPDX-License-Identifier: BSD-3-Clause
//
// psa/internal_trusted_storage.h over the storage partition.
#include "ffa/client/psa/internal_trusted_storage.h"

#include "client_private.h"

psa_status_t psa_its_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                         psa_storage_create_flags_t create_flags)
{
    return psa_storage_set(PSA_CLIENT_ITS, uid, data_length, p_data, create_flags);
}

psa_status_t psa_its_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size, void *p_data,
                         size_t *p_data_length)
{
    const struct psa_storage_part part = { uid, data_offset, data_size };

    return psa_storage_get(PSA_CLIENT_ITS, &part, p_data, p_data_length);
}

psa_status_t psa_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info)
{
    return psa_storage_get_info(PSA_CLIENT_ITS, uid, p_info);
}

psa_status_t psa_its_remove(psa_storage_uid_t uid)
{
    return psa_storage_remove(PSA_CLIENT_ITS, uid);
}
