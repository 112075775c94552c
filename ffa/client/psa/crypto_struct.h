// SPDX-License-Identifier: BSD-3-Clause
//
// Structures of the PSA Crypto API; their fields are this implementation's. The state of a multi-part operation is in the
// crypto partition, `id` is its handle there; 0 is "not active", all zero bytes are a fresh structure.
#ifndef PSA_CRYPTO_STRUCT_H
#define PSA_CRYPTO_STRUCT_H

#include "crypto_types.h"

// Attributes of a key; made and read with the functions in crypto.h.
typedef struct psa_key_attributes_s {
    psa_key_type_t type;
    uint16_t bits;
    psa_key_lifetime_t lifetime;
    psa_key_id_t id;
    psa_key_usage_t usage;
    psa_algorithm_t alg;
} psa_key_attributes_t;
// clang-format off
#define PSA_KEY_ATTRIBUTES_INIT { 0, 0, 0, 0, 0, 0 }
// clang-format on

typedef struct psa_hash_operation_s {
    uint32_t id;
} psa_hash_operation_t;

typedef struct psa_mac_operation_s {
    uint32_t id;
} psa_mac_operation_t;

typedef struct psa_cipher_operation_s {
    uint32_t id;
} psa_cipher_operation_t;

typedef struct psa_aead_operation_s {
    uint32_t id;
} psa_aead_operation_t;

typedef struct psa_key_derivation_operation_s {
    uint32_t id;
} psa_key_derivation_operation_t;

// clang-format off
#define PSA_HASH_OPERATION_INIT { 0 }
#define PSA_MAC_OPERATION_INIT { 0 }
#define PSA_CIPHER_OPERATION_INIT { 0 }
#define PSA_AEAD_OPERATION_INIT { 0 }
#define PSA_KEY_DERIVATION_OPERATION_INIT { 0 }
// clang-format on

#endif
