// SPDX-License-Identifier: BSD-3-Clause
//
// The store of persistent keys that sp_accel's Mbed TLS asks for: there is none.
#include <psa/internal_trusted_storage.h>

#include "accel_private.h"

// No key is persistent here. Named by crypto.mk in place of psa_its_*
psa_status_t crypto_its_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                            psa_storage_create_flags_t create_flags);
psa_status_t crypto_its_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size,
                            void *p_data, size_t *p_data_length);
psa_status_t crypto_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info);
psa_status_t crypto_its_remove(psa_storage_uid_t uid);

psa_status_t crypto_its_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                            psa_storage_create_flags_t create_flags)
{
    (void)uid;
    (void)data_length;
    (void)p_data;
    (void)create_flags;
    return PSA_ERROR_STORAGE_FAILURE;
}

psa_status_t crypto_its_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size,
                            void *p_data, size_t *p_data_length)
{
    (void)uid;
    (void)data_offset;
    (void)data_size;
    (void)p_data;
    (void)p_data_length;
    return PSA_ERROR_DOES_NOT_EXIST;
}

psa_status_t crypto_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info)
{
    (void)uid;
    (void)p_info;
    return PSA_ERROR_DOES_NOT_EXIST;
}

psa_status_t crypto_its_remove(psa_storage_uid_t uid)
{
    (void)uid;
    return PSA_ERROR_DOES_NOT_EXIST;
}
