// SPDX-License-Identifier: BSD-3-Clause
//
// Where Mbed TLS stores persistent keys: PSA Internal Trusted Storage of the client library (ffa/client), over its connection to the
// storage partition. Called by Mbed TLS's psa_crypto_storage.c in the place of psa_its_*() and by crypto_key_index.c. Remembers
// what storage answered, because Mbed TLS tells something else.
#include "crypto_private.h"

static psa_status_t failure;

static psa_status_t note(psa_status_t status)
{
    // Before crypto_sp.c has connected: to Mbed TLS and to clients storage that does not answer
    if (status == PSA_ERROR_BAD_STATE || status == PSA_ERROR_COMMUNICATION_FAILURE) {
        status = PSA_ERROR_STORAGE_FAILURE;
    }
    if (status != PSA_SUCCESS && status != PSA_ERROR_DOES_NOT_EXIST && failure == PSA_SUCCESS) {
        failure = status;
    }
    return status;
}

psa_status_t crypto_its_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                            psa_storage_create_flags_t flags)
{
    return note(crypto_key_index_fits(uid, data_length)
                    ? psa_its_set(uid, data_length, p_data, flags)
                    : PSA_ERROR_INSUFFICIENT_STORAGE);
}

psa_status_t crypto_its_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size,
                            void *p_data, size_t *p_data_length)
{
    psa_status_t status = note(psa_its_get(uid, data_offset, data_size, p_data, p_data_length));

    if (status != PSA_SUCCESS) {
        *p_data_length = data_size; // Mbed TLS looks at this first, and would find invalid data
    }
    return status;
}

psa_status_t crypto_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info)
{
    return note(psa_its_get_info(uid, p_info));
}

psa_status_t crypto_its_remove(psa_storage_uid_t uid)
{
    return note(psa_its_remove(uid));
}

void crypto_its_clear(void)
{
    failure = PSA_SUCCESS;
}

psa_status_t crypto_its_status(psa_status_t status)
{
    return status != PSA_SUCCESS && failure != PSA_SUCCESS ? failure : status;
}
