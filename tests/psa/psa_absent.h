// SPDX-License-Identifier: BSD-3-Clause
//
// Parts of Mbed TLS's PSA Crypto API that the client library does not offer: types and names, so that the suites compile. The cases
// that use them are in skip.txt; a call that is made nevertheless fails the case.
#ifndef PSA_ABSENT_H
#define PSA_ABSENT_H

// Fails the case that runs, which ends here. psa_runner.c
_Noreturn psa_status_t psa_absent(const char *function);

// Password-authenticated key exchange
typedef struct psa_pake_operation_s {
    uint32_t id;
} psa_pake_operation_t;
typedef uint32_t psa_pake_primitive_t;
typedef uint8_t psa_pake_primitive_type_t;
typedef uint8_t psa_pake_family_t;
typedef uint8_t psa_pake_step_t;
typedef struct psa_pake_cipher_suite_s {
    psa_algorithm_t algorithm;
} psa_pake_cipher_suite_t;
#define PSA_ALG_JPAKE ((psa_algorithm_t)0x0a000100)
#define PSA_PAKE_OPERATION_INIT \
    {                           \
        0                       \
    }
#define PSA_PAKE_PRIMITIVE_TYPE_ECC ((psa_pake_primitive_type_t)1)
#define PSA_PAKE_STEP_KEY_SHARE ((psa_pake_step_t)1)
#define PSA_PAKE_STEP_ZK_PUBLIC ((psa_pake_step_t)2)
#define PSA_PAKE_STEP_ZK_PROOF ((psa_pake_step_t)3)
#define PSA_PAKE_OUTPUT_MAX_SIZE 65
#define PSA_PAKE_INPUT_MAX_SIZE 65
#define PSA_PAKE_OUTPUT_SIZE(...) 65
#define PSA_PAKE_INPUT_SIZE(...) 65
#define PSA_PAKE_PRIMITIVE(...) 0
#define psa_pake_cipher_suite_init() ((psa_pake_cipher_suite_t){ 0 })
#define psa_pake_output(...) psa_absent("psa_pake_output")
#define psa_pake_input(...) psa_absent("psa_pake_input")
#define psa_pake_setup(...) psa_absent("psa_pake_setup")
#define psa_pake_abort(...) psa_absent("psa_pake_abort")

#define PSA_ALG_IS_PAKE(alg) (((alg)&0x7f000000) == 0x0a000000)

// DSA: where the suite psa_crypto_metadata makes an algorithm of it for its hash, ECDSA does as well; nothing is DSA
#define PSA_ALG_DSA(hash_alg) PSA_ALG_ECDSA(hash_alg)
#define PSA_ALG_DETERMINISTIC_DSA(hash_alg) PSA_ALG_DETERMINISTIC_ECDSA(hash_alg)
#define PSA_ALG_IS_DSA(alg) 0
#define PSA_ALG_DSA_IS_DETERMINISTIC(alg) 0
#define PSA_ALG_IS_DETERMINISTIC_DSA(alg) 0
#define PSA_ALG_IS_RANDOMIZED_DSA(alg) 0
#define PSA_KEY_TYPE_IS_DSA(type) 0

// Interruptible signatures: what starts one does the whole in one call here, because suite psa_crypto_op_fail asks it what it asked the
// plain function, and expects the same answer. Everything else of them fails the case
typedef psa_pake_operation_t psa_sign_hash_interruptible_operation_t;
typedef psa_pake_operation_t psa_verify_hash_interruptible_operation_t;
#define PSA_SIGN_HASH_INTERRUPTIBLE_OPERATION_INIT \
    {                                              \
        0                                          \
    }
#define PSA_VERIFY_HASH_INTERRUPTIBLE_OPERATION_INIT \
    {                                                \
        0                                            \
    }
#define psa_sign_hash_interruptible_operation_init() ((psa_pake_operation_t){ 0 })
#define psa_verify_hash_interruptible_operation_init() ((psa_pake_operation_t){ 0 })
#define PSA_INTERRUPTIBLE_MAX_OPS_UNLIMITED UINT32_MAX
#define psa_interruptible_set_max_ops(...) ((void)psa_absent("psa_interruptible_set_max_ops"))
#define psa_interruptible_get_max_ops() ((uint32_t)psa_absent("psa_interruptible_get_max_ops"))
#define psa_sign_hash_complete(...) psa_absent("psa_sign_hash_complete")
#define psa_sign_hash_get_num_ops(...) ((uint32_t)psa_absent("psa_sign_hash_get_num_ops"))
#define psa_verify_hash_complete(...) psa_absent("psa_verify_hash_complete")
#define psa_verify_hash_get_num_ops(...) ((uint32_t)psa_absent("psa_verify_hash_get_num_ops"))

static inline psa_status_t psa_sign_hash_start(psa_pake_operation_t *operation, psa_key_id_t key,
                                               psa_algorithm_t alg, const uint8_t *hash,
                                               size_t size)
{
    static uint8_t signature[PSA_SIGNATURE_MAX_SIZE];
    size_t length;

    (void)operation;
    return psa_sign_hash(key, alg, hash, size, signature, sizeof(signature), &length);
}

static inline psa_status_t psa_verify_hash_start(psa_pake_operation_t *operation, psa_key_id_t key,
                                                 psa_algorithm_t alg, const uint8_t *hash,
                                                 size_t size, const uint8_t *signature,
                                                 size_t length)
{
    (void)operation;
    return psa_verify_hash(key, alg, hash, size, signature, length);
}
#define psa_sign_hash_abort(operation) ((void)(operation), PSA_SUCCESS)
#define psa_verify_hash_abort(operation) ((void)(operation), PSA_SUCCESS)

// Keys made with parameters of their own
typedef struct psa_custom_key_parameters_s {
    uint32_t flags;
} psa_custom_key_parameters_t;
typedef struct psa_key_production_parameters_s {
    uint32_t flags;
    uint8_t data[];
} psa_key_production_parameters_t;
#define PSA_CUSTOM_KEY_PARAMETERS_INIT \
    {                                  \
        0                              \
    }
#define PSA_KEY_PRODUCTION_PARAMETERS_INIT \
    {                                      \
        0                                  \
    }
#define psa_generate_key_custom(...) psa_absent("psa_generate_key_custom")
#define psa_generate_key_ext(...) psa_absent("psa_generate_key_ext")
#define psa_key_derivation_output_key_custom(...) psa_absent("psa_key_derivation_output_key_custom")
#define psa_key_derivation_output_key_ext(...) psa_absent("psa_key_derivation_output_key_ext")

// A second algorithm of a key
static inline void psa_set_key_enrollment_algorithm(psa_key_attributes_t *attributes,
                                                    psa_algorithm_t alg)
{
    (void)attributes;
    if (alg != 0) {
        (void)psa_absent("psa_set_key_enrollment_algorithm");
    }
}
#define psa_get_key_enrollment_algorithm(attributes) ((void)(attributes), (psa_algorithm_t)0)

// The library's inside
#define psa_can_do_hash(...) psa_absent("psa_can_do_hash")

#endif
