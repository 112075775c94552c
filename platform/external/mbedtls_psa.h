// SPDX-License-Identifier: BSD-3-Clause
//
// Configuration of Mbed TLS 3.6 for the crypto partition (partitions/crypto): PSA Crypto core with
// owned, volatile keys; no files, no storage, no threads, no clock, no entropy collector. Used as
// MBEDTLS_CONFIG_FILE, and for the part that says what is wanted (PSA_WANT_…) as
// MBEDTLS_PSA_CRYPTO_CONFIG_FILE too. The unit tests compile with it on the host.
#ifndef MBEDTLS_PSA_H
#define MBEDTLS_PSA_H

// The core
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_CRYPTO_CONFIG_FILE "platform/external/mbedtls_psa.h"
#define MBEDTLS_PSA_CRYPTO_KEY_ID_ENCODES_OWNER // every key id carries its client
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG      // mbedtls_psa_external_get_random() is in crypto_rng.c
#define MBEDTLS_PSA_KEY_SLOT_COUNT 288       // CRYPTO_KEYS_MAX; checked in crypto_keys.c
#define MBEDTLS_PSA_ASSUME_EXCLUSIVE_BUFFERS // requests were copied out of shared memory

// What is wanted
#define PSA_WANT_ALG_SHA_224 1
#define PSA_WANT_ALG_SHA_256 1
#define PSA_WANT_ALG_SHA_384 1
#define PSA_WANT_ALG_SHA_512 1
#define PSA_WANT_ALG_ECDSA 1
#define PSA_WANT_ECC_SECP_R1_256 1
#define PSA_WANT_KEY_TYPE_ECC_PUBLIC_KEY 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_BASIC 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_GENERATE 1

// The generator of crypto_rng.c
#define MBEDTLS_AES_C
#define MBEDTLS_CTR_DRBG_C
#define MBEDTLS_CTR_DRBG_ENTROPY_LEN 48 // whole seed of AES-256 CTR_DRBG (SP 800-90A table 3)

// Fast code where the core has it (arm64), chosen at run time by getauxval() of partitions/lib
#define MBEDTLS_HAVE_ASM
#if defined(__aarch64__)
#define MBEDTLS_AESCE_C
#define MBEDTLS_SHA256_USE_ARMV8_A_CRYPTO_IF_PRESENT
#define MBEDTLS_SHA512_USE_A64_CRYPTO_IF_PRESENT
#endif
#define MBEDTLS_ECP_NIST_OPTIM

#endif
