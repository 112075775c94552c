// SPDX-License-Identifier: BSD-3-Clause
//
// Types of the PSA Crypto API (Arm IHI 0086, "Key types", "Algorithms", "Key lifetimes"): numbers whose bits mean
// something, see crypto_values.h. All of them travel to the crypto partition as they are.
#ifndef PSA_CRYPTO_TYPES_H
#define PSA_CRYPTO_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

typedef uint16_t psa_key_type_t;
typedef uint8_t psa_ecc_family_t;
typedef uint8_t psa_dh_family_t;
typedef uint32_t psa_algorithm_t;
typedef uint32_t psa_key_lifetime_t;
typedef uint8_t psa_key_persistence_t;
typedef uint32_t psa_key_location_t;
typedef uint32_t psa_key_id_t;
typedef uint32_t psa_key_usage_t;
typedef uint16_t psa_key_derivation_step_t;

#endif
