// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the PSA Crypto API (Arm IHI 0086) that the client library offers, with the standard
// names, types and values: a program written for any PSA Crypto implementation compiles against it.
// Calls go to the crypto partition over the transport given to psa_client_connect()
// (ffa/client/psa_client.h). Not thread-safe: one call at a time.
#ifndef PSA_CRYPTO_H
#define PSA_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

typedef int32_t psa_status_t;
typedef uint32_t psa_key_id_t;
typedef uint16_t psa_key_type_t;
typedef uint32_t psa_algorithm_t;
typedef uint32_t psa_key_usage_t;
typedef uint32_t psa_key_lifetime_t;

#define PSA_SUCCESS ((psa_status_t)0)
#define PSA_ERROR_GENERIC_ERROR ((psa_status_t)-132)
#define PSA_ERROR_NOT_PERMITTED ((psa_status_t)-133)
#define PSA_ERROR_NOT_SUPPORTED ((psa_status_t)-134)
#define PSA_ERROR_INVALID_ARGUMENT ((psa_status_t)-135)
#define PSA_ERROR_INVALID_HANDLE ((psa_status_t)-136)
#define PSA_ERROR_BAD_STATE ((psa_status_t)-137)
#define PSA_ERROR_BUFFER_TOO_SMALL ((psa_status_t)-138)
#define PSA_ERROR_ALREADY_EXISTS ((psa_status_t)-139)
#define PSA_ERROR_DOES_NOT_EXIST ((psa_status_t)-140)
#define PSA_ERROR_INSUFFICIENT_MEMORY ((psa_status_t)-141)
#define PSA_ERROR_INSUFFICIENT_STORAGE ((psa_status_t)-142)
#define PSA_ERROR_SERVICE_FAILURE ((psa_status_t)-144)
#define PSA_ERROR_COMMUNICATION_FAILURE ((psa_status_t)-145)
#define PSA_ERROR_HARDWARE_FAILURE ((psa_status_t)-147)
#define PSA_ERROR_INSUFFICIENT_ENTROPY ((psa_status_t)-148)
#define PSA_ERROR_INVALID_SIGNATURE ((psa_status_t)-149)
#define PSA_ERROR_CORRUPTION_DETECTED ((psa_status_t)-151)

#define PSA_KEY_ID_NULL ((psa_key_id_t)0)
#define PSA_KEY_LIFETIME_VOLATILE ((psa_key_lifetime_t)0)
#define PSA_KEY_LIFETIME_PERSISTENT ((psa_key_lifetime_t)1)

#define PSA_KEY_TYPE_NONE ((psa_key_type_t)0)
#define PSA_KEY_TYPE_ECC_KEY_PAIR(family) ((psa_key_type_t)(0x7100 | (family)))
#define PSA_KEY_TYPE_ECC_PUBLIC_KEY(family) ((psa_key_type_t)(0x4100 | (family)))
#define PSA_ECC_FAMILY_SECP_R1 ((uint8_t)0x12)

#define PSA_KEY_USAGE_EXPORT ((psa_key_usage_t)0x0001)
#define PSA_KEY_USAGE_COPY ((psa_key_usage_t)0x0002)
#define PSA_KEY_USAGE_SIGN_MESSAGE ((psa_key_usage_t)0x0400)
#define PSA_KEY_USAGE_VERIFY_MESSAGE ((psa_key_usage_t)0x0800)
#define PSA_KEY_USAGE_SIGN_HASH ((psa_key_usage_t)0x1000)
#define PSA_KEY_USAGE_VERIFY_HASH ((psa_key_usage_t)0x2000)

#define PSA_ALG_NONE ((psa_algorithm_t)0)
#define PSA_ALG_SHA_224 ((psa_algorithm_t)0x02000008)
#define PSA_ALG_SHA_256 ((psa_algorithm_t)0x02000009)
#define PSA_ALG_SHA_384 ((psa_algorithm_t)0x0200000a)
#define PSA_ALG_SHA_512 ((psa_algorithm_t)0x0200000b)
#define PSA_ALG_HASH_MASK ((psa_algorithm_t)0x000000ff)
#define PSA_ALG_ECDSA(hash_alg) ((psa_algorithm_t)(0x06000600 | ((hash_alg)&PSA_ALG_HASH_MASK)))
#define PSA_ALG_DETERMINISTIC_ECDSA(hash_alg) \
    ((psa_algorithm_t)(0x06000700 | ((hash_alg)&PSA_ALG_HASH_MASK)))

#define PSA_HASH_MAX_SIZE 64
#define PSA_SIGNATURE_MAX_SIZE 64         // ECDSA on P-256, the largest signature there is
#define PSA_EXPORT_PUBLIC_KEY_MAX_SIZE 65 // uncompressed point on P-256

// Attributes of a key; made and read with the functions below.
typedef struct psa_key_attributes {
    psa_key_type_t type;
    uint16_t bits;
    psa_key_lifetime_t lifetime;
    psa_key_id_t id;
    psa_key_usage_t usage;
    psa_algorithm_t alg;
} psa_key_attributes_t;
#define PSA_KEY_ATTRIBUTES_INIT \
    {                           \
        0, 0, 0, 0, 0, 0        \
    }

// A multi-part hash; 0 is "not active". The state is in the partition, this is its handle.
typedef struct psa_hash_operation {
    uint32_t handle;
} psa_hash_operation_t;
#define PSA_HASH_OPERATION_INIT \
    {                           \
        0                       \
    }

// Attributes with nothing set.
static inline psa_key_attributes_t psa_key_attributes_init(void)
{
    return (psa_key_attributes_t)PSA_KEY_ATTRIBUTES_INIT;
}

// A hash operation that is not active.
static inline psa_hash_operation_t psa_hash_operation_init(void)
{
    return (psa_hash_operation_t)PSA_HASH_OPERATION_INIT;
}

// Sets the type, PSA_KEY_TYPE_…
static inline void psa_set_key_type(psa_key_attributes_t *attributes, psa_key_type_t type)
{
    attributes->type = type;
}

// The type; PSA_KEY_TYPE_NONE if none was set.
static inline psa_key_type_t psa_get_key_type(const psa_key_attributes_t *attributes)
{
    return attributes->type;
}

// Sets the size in bits; more than 65535 becomes 65535, which no key has.
static inline void psa_set_key_bits(psa_key_attributes_t *attributes, size_t bits)
{
    attributes->bits = bits <= UINT16_MAX ? (uint16_t)bits : UINT16_MAX;
}

// The size in bits.
static inline size_t psa_get_key_bits(const psa_key_attributes_t *attributes)
{
    return attributes->bits;
}

// Sets what the key may be used for, PSA_KEY_USAGE_… added up.
static inline void psa_set_key_usage_flags(psa_key_attributes_t *attributes, psa_key_usage_t usage)
{
    attributes->usage = usage;
}

// What the key may be used for.
static inline psa_key_usage_t psa_get_key_usage_flags(const psa_key_attributes_t *attributes)
{
    return attributes->usage;
}

// Sets the algorithm that the key may be used with.
static inline void psa_set_key_algorithm(psa_key_attributes_t *attributes, psa_algorithm_t alg)
{
    attributes->alg = alg;
}

// The algorithm that the key may be used with.
static inline psa_algorithm_t psa_get_key_algorithm(const psa_key_attributes_t *attributes)
{
    return attributes->alg;
}

// Sets the lifetime; only PSA_KEY_LIFETIME_VOLATILE is supported by the partition so far.
static inline void psa_set_key_lifetime(psa_key_attributes_t *attributes,
                                        psa_key_lifetime_t lifetime)
{
    attributes->lifetime = lifetime;
}

// The lifetime.
static inline psa_key_lifetime_t psa_get_key_lifetime(const psa_key_attributes_t *attributes)
{
    return attributes->lifetime;
}

// The id; PSA_KEY_ID_NULL for attributes that were not read from a key.
static inline psa_key_id_t psa_get_key_id(const psa_key_attributes_t *attributes)
{
    return attributes->id;
}

// All functions below return PSA_SUCCESS, what the partition answered, or one of the client's own:
// PSA_ERROR_BAD_STATE before psa_client_connect(); PSA_ERROR_COMMUNICATION_FAILURE when the
// partition cannot be reached or answers against the protocol; PSA_ERROR_INSUFFICIENT_MEMORY when a
// request does not fit the shared memory; PSA_ERROR_BUFFER_TOO_SMALL when a result does not fit the
// caller's buffer. Outputs are written on success only.

// Tells whether psa_client_connect() was done.
psa_status_t psa_crypto_init(void);

// Fills `output` with `output_size` random bytes.
psa_status_t psa_generate_random(uint8_t *output, size_t output_size);

// Makes a key with `attributes` in the partition; `key` is its id, for this client only.
psa_status_t psa_generate_key(const psa_key_attributes_t *attributes, psa_key_id_t *key);

// Destroys `key`. PSA_KEY_ID_NULL is no error.
psa_status_t psa_destroy_key(psa_key_id_t key);

// The attributes of `key`.
psa_status_t psa_get_key_attributes(psa_key_id_t key, psa_key_attributes_t *attributes);

// Sets `attributes` to PSA_KEY_ATTRIBUTES_INIT.
void psa_reset_key_attributes(psa_key_attributes_t *attributes);

// Writes the public part of `key` (for ECC: 0x04, X, Y) to `data`, its length to `data_length` (≤
// data_size).
psa_status_t psa_export_public_key(psa_key_id_t key, uint8_t *data, size_t data_size,
                                   size_t *data_length);

// Signs `hash` with `key`; the signature (for ECDSA: r, s) of `signature_length` bytes goes to
// `signature`.
psa_status_t psa_sign_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                           size_t hash_length, uint8_t *signature, size_t signature_size,
                           size_t *signature_length);

// Checks `signature` of `hash` with `key`. PSA_ERROR_INVALID_SIGNATURE when it does not match.
psa_status_t psa_verify_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                             size_t hash_length, const uint8_t *signature, size_t signature_length);

// Multi-part hash: setup, any number of updates, then finish, verify or abort. After an error only
// abort is allowed.
psa_status_t psa_hash_setup(psa_hash_operation_t *operation, psa_algorithm_t alg);
// Adds `input_length` bytes, in as many calls as the shared memory asks for.
psa_status_t psa_hash_update(psa_hash_operation_t *operation, const uint8_t *input,
                             size_t input_length);
// Ends the operation; the hash of `hash_length` bytes goes to `hash`.
psa_status_t psa_hash_finish(psa_hash_operation_t *operation, uint8_t *hash, size_t hash_size,
                             size_t *hash_length);
// Ends the operation. PSA_ERROR_INVALID_SIGNATURE when its hash is not `hash`.
psa_status_t psa_hash_verify(psa_hash_operation_t *operation, const uint8_t *hash,
                             size_t hash_length);
// Ends the operation without a result. No error for one that is not active.
psa_status_t psa_hash_abort(psa_hash_operation_t *operation);
// Makes `target`, not active, a copy of `source`.
psa_status_t psa_hash_clone(const psa_hash_operation_t *source, psa_hash_operation_t *target);

// The hash of `input_length` bytes at `input`.
psa_status_t psa_hash_compute(psa_algorithm_t alg, const uint8_t *input, size_t input_length,
                              uint8_t *hash, size_t hash_size, size_t *hash_length);

#endif
