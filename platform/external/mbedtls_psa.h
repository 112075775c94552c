// SPDX-License-Identifier: BSD-3-Clause
//
// Configuration of Mbed TLS 3.6 for partitions: PSA Crypto with owned keys, persistent ones through the storage partition; no files,
// no threads, no clock, no entropy collector. Used as MBEDTLS_CONFIG_FILE, and for the part that says what is wanted (PSA_WANT_…)
// as MBEDTLS_PSA_CRYPTO_CONFIG_FILE too. The unit tests compile with it on the host.
#ifndef MBEDTLS_PSA_H
#define MBEDTLS_PSA_H

// The core
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_STORAGE_C // through psa/internal_trusted_storage.h
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_CRYPTO_CONFIG_FILE "platform/external/mbedtls_psa.h"
#define MBEDTLS_PSA_CRYPTO_KEY_ID_ENCODES_OWNER // every key id carries its client
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG // mbedtls_psa_external_get_random() is in crypto_rng.c
#define MBEDTLS_PSA_KEY_SLOT_COUNT \
    320 // CRYPTO_KEYS_MAX and what persistent keys are cached in; checked in crypto_keys.c
#define MBEDTLS_PSA_ASSUME_EXCLUSIVE_BUFFERS // requests were copied out of shared memory
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY // calloc() and free() can be replaced: crypto_heap.c

// What is wanted
#define PSA_WANT_ALG_SHA_224 1
#define PSA_WANT_ALG_SHA_256 1
#define PSA_WANT_ALG_SHA_384 1
#define PSA_WANT_ALG_SHA_512 1
#define PSA_WANT_ALG_SHA3_224 1
#define PSA_WANT_ALG_SHA3_256 1
#define PSA_WANT_ALG_SHA3_384 1
#define PSA_WANT_ALG_SHA3_512 1
#define PSA_WANT_ALG_HMAC 1
#define PSA_WANT_ALG_CMAC 1
#define PSA_WANT_ALG_ECB_NO_PADDING 1
#define PSA_WANT_ALG_CBC_NO_PADDING 1
#define PSA_WANT_ALG_CBC_PKCS7 1
#define PSA_WANT_ALG_CFB 1
#define PSA_WANT_ALG_OFB 1
#define PSA_WANT_ALG_CTR 1
#define PSA_WANT_ALG_CCM 1
#define PSA_WANT_ALG_CCM_STAR_NO_TAG 1
#define PSA_WANT_ALG_GCM 1
#define PSA_WANT_ALG_CHACHA20_POLY1305 1
#define PSA_WANT_ALG_STREAM_CIPHER 1
#define PSA_WANT_ALG_ECDH 1
#define PSA_WANT_ALG_ECDSA 1
#define PSA_WANT_ALG_DETERMINISTIC_ECDSA 1
#define PSA_WANT_ALG_RSA_PKCS1V15_SIGN 1
#define PSA_WANT_ALG_RSA_PKCS1V15_CRYPT 1
#define PSA_WANT_ALG_RSA_PSS 1
#define PSA_WANT_ALG_RSA_OAEP 1
#define PSA_WANT_ALG_HKDF 1
#define PSA_WANT_ALG_HKDF_EXTRACT 1
#define PSA_WANT_ALG_HKDF_EXPAND 1
#define PSA_WANT_ALG_PBKDF2_HMAC 1
#define PSA_WANT_ALG_PBKDF2_AES_CMAC_PRF_128 1
#define PSA_WANT_ALG_TLS12_PRF 1
#define PSA_WANT_ALG_TLS12_PSK_TO_MS 1
#define PSA_WANT_ECC_SECP_R1_256 1
#define PSA_WANT_ECC_SECP_R1_384 1
#define PSA_WANT_ECC_SECP_R1_521 1
#define PSA_WANT_ECC_MONTGOMERY_255 1
#define PSA_WANT_KEY_TYPE_RAW_DATA 1
#define PSA_WANT_KEY_TYPE_DERIVE 1
#define PSA_WANT_KEY_TYPE_PASSWORD 1
#define PSA_WANT_KEY_TYPE_PASSWORD_HASH 1
#define PSA_WANT_KEY_TYPE_HMAC 1
#define PSA_WANT_KEY_TYPE_AES 1
#define PSA_WANT_KEY_TYPE_CHACHA20 1
#define PSA_WANT_KEY_TYPE_ECC_PUBLIC_KEY 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_BASIC 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_IMPORT 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_EXPORT 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_GENERATE 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_DERIVE 1
#define PSA_WANT_KEY_TYPE_RSA_PUBLIC_KEY 1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_BASIC 1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_IMPORT 1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_EXPORT 1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_GENERATE 1

// The generator of crypto_rng.c
#define MBEDTLS_AES_C
#define MBEDTLS_CTR_DRBG_C
#define MBEDTLS_CTR_DRBG_ENTROPY_LEN 48 // whole seed of AES-256 CTR_DRBG (SP 800-90A table 3)

// P-256 by platform/external/accel/p256_driver.c, behind the entry points of the library's p256-m
#define MBEDTLS_PSA_P256M_DRIVER_ENABLED

// Fast code where the core has it (arm64), chosen at run time by getauxval() of partitions/lib
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_GCM_ALT // platform/external/accel, here and below
#if defined(__aarch64__)
#define MBEDTLS_AES_ALT
#define MBEDTLS_CHACHA20_ALT
#define MBEDTLS_POLY1305_ALT
#define MBEDTLS_SHA256_USE_ARMV8_A_CRYPTO_IF_PRESENT
#define MBEDTLS_SHA512_USE_A64_CRYPTO_IF_PRESENT
#endif
#define MBEDTLS_ECP_NIST_OPTIM

#endif
