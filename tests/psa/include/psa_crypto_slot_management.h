// SPDX-License-Identifier: BSD-3-Clause
//
// For Mbed TLS's suites: what they use of the library's key store, as far as it means something to a client. Where its own ids lie
// is the implementation's choice within the range that the standard gives it.
#ifndef PSA_CRYPTO_SLOT_MANAGEMENT_H
#define PSA_CRYPTO_SLOT_MANAGEMENT_H

#include "psa/crypto.h"

#define PSA_KEY_ID_VOLATILE_MIN PSA_KEY_ID_VENDOR_MIN
#define PSA_KEY_ID_VOLATILE_MAX PSA_KEY_ID_VENDOR_MAX
#define psa_key_id_is_volatile(id) \
    ((id) >= PSA_KEY_ID_VOLATILE_MIN && (id) <= PSA_KEY_ID_VOLATILE_MAX)

// Handles of keys, Mbed TLS's older way to name them: opening a key looks whether it is there, closing it ends a volatile one and
// forgets the copy of a persistent one
#define PSA_KEY_HANDLE_INIT 0
#define psa_key_handle_is_null(handle) ((handle) == PSA_KEY_HANDLE_INIT)

static inline psa_status_t psa_open_key(psa_key_id_t id, psa_key_id_t *handle)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t status = psa_get_key_attributes(id, &attributes);

    *handle = status == PSA_SUCCESS ? id : PSA_KEY_ID_NULL;
    return status == PSA_ERROR_INVALID_HANDLE ? PSA_ERROR_DOES_NOT_EXIST : status;
}

static inline psa_status_t psa_close_key(psa_key_id_t handle)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t status =
        handle != PSA_KEY_ID_NULL ? psa_get_key_attributes(handle, &attributes) : PSA_SUCCESS;

    if (status != PSA_SUCCESS || handle == PSA_KEY_ID_NULL) {
        return status;
    }
    return PSA_KEY_LIFETIME_IS_VOLATILE(psa_get_key_lifetime(&attributes)) ? psa_destroy_key(handle)
                                                                           : psa_purge_key(handle);
}

// What only a look into the library tells
typedef struct mbedtls_psa_stats_s {
    size_t volatile_slots, persistent_slots, external_slots, half_filled_slots, locked_slots;
    size_t empty_slots;
    psa_key_id_t max_open_internal_key_id, max_open_external_key_id;
} mbedtls_psa_stats_t;
#define mbedtls_psa_get_stats(stats) ((void)(stats), (void)psa_absent("mbedtls_psa_get_stats"))
#define PSA_CRYPTO_ITS_RANDOM_SEED_UID 0xffffff52

#endif
