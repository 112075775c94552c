// SPDX-License-Identifier: BSD-3-Clause
//
// Included before everything else in the generated suites and in Mbed TLS's helpers for them: what these use of Mbed TLS's own psa/
// headers and is not in the standard ones that ffa/client has, with the meaning that a client can give it.
#ifndef PSA_SUITE_H
#define PSA_SUITE_H

#include <stdint.h>
#include <string.h>

#include "mbedtls/build_info.h"
#include "psa/crypto.h"
#include "tests/psa/psa_absent.h"

// Key ids: Mbed TLS can put an owner into them, a client cannot
typedef psa_key_id_t mbedtls_svc_key_id_t;
typedef psa_key_id_t psa_key_handle_t;
#define MBEDTLS_SVC_KEY_ID_INIT ((psa_key_id_t)0)
#define MBEDTLS_SVC_KEY_ID_GET_KEY_ID(id) (id)
#define MBEDTLS_SVC_KEY_ID_GET_OWNER_ID(id) (0)

static inline mbedtls_svc_key_id_t mbedtls_svc_key_id_make(unsigned int unused, psa_key_id_t id)
{
    (void)unused;
    return id;
}

static inline int mbedtls_svc_key_id_equal(mbedtls_svc_key_id_t a, mbedtls_svc_key_id_t b)
{
    return a == b;
}

static inline int mbedtls_svc_key_id_is_null(mbedtls_svc_key_id_t id)
{
    return id == 0;
}

// Limits that Mbed TLS publishes; a key of any size has room in the partition
#define MBEDTLS_PSA_STATIC_KEY_SLOT_BUFFER_SIZE 65536
#define PSA_VENDOR_RSA_GENERATE_MIN_KEY_BITS 1024
#define PSA_VENDOR_PBKDF2_MAX_ITERATIONS 0xffffffffu
#define PSA_HMAC_MAX_HASH_BLOCK_SIZE 144u
#ifndef PSA_TLS12_PSK_TO_MS_PSK_MAX_SIZE
#define PSA_TLS12_PSK_TO_MS_PSK_MAX_SIZE 128
#endif

// Where keys are, as Mbed TLS asks for it: nothing is in drivers or secure elements of a client's own
#define psa_key_lifetime_is_external(lifetime) \
    (PSA_KEY_LIFETIME_GET_LOCATION(lifetime) != PSA_KEY_LOCATION_LOCAL_STORAGE)
#define PSA_ALG_IS_PBKDF2(alg) \
    (PSA_ALG_IS_PBKDF2_HMAC(alg) || (alg) == PSA_ALG_PBKDF2_AES_CMAC_PRF_128)

// Mbed TLS's structure of an AEAD operation tells the algorithm; the suites ask it which of their cases are for CCM or GCM
#define PSA_SUITE_AEAD_ALG(alg) PSA_ALG_AEAD_WITH_DEFAULT_LENGTH_TAG(alg)

// The end of PSA Crypto in a program: the client is gone, as far as the partition knows. psa_machine.c
void mbedtls_psa_crypto_free(void);

#endif
