// SPDX-License-Identifier: BSD-3-Clause
//
// For Mbed TLS's suites: what they ask the library's store of keys, as a client can find it out; types of its format, so that the cases
// about that compile. A client never has the key's bytes in storage before it.
#ifndef PSA_CRYPTO_STORAGE_H
#define PSA_CRYPTO_STORAGE_H

#include "psa/crypto.h"
#include "psa_crypto_its.h"

static inline int psa_is_key_present_in_storage(psa_key_id_t id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    return psa_get_key_attributes(id, &attributes) == PSA_SUCCESS &&
           !PSA_KEY_LIFETIME_IS_VOLATILE(psa_get_key_lifetime(&attributes));
}
#define psa_destroy_persistent_key(id) psa_destroy_key(id)

typedef uint16_t psa_key_bits_t;
typedef struct psa_key_policy_s {
    psa_key_usage_t usage;
    psa_algorithm_t alg, alg2;
} psa_key_policy_t;
#define PSA_CRYPTO_MAX_STORAGE_SIZE (PSA_MAX_KEY_BITS / 8)
#define psa_format_key_data_for_storage(...) ((void)psa_absent("psa_format_key_data_for_storage"))
#define psa_parse_key_data_from_storage(...) psa_absent("psa_parse_key_data_from_storage")
#define psa_free_persistent_key_data(data, size) ((void)(data), (void)(size))

#endif
