// SPDX-License-Identifier: BSD-3-Clause
//
// Algorithms of the PSA Crypto API 1.2 (Arm IHI 0086, appendix "Algorithm and key type encoding"): bits 30:24 category, 7:0
// the hash that it is made with, if it is. Those that the crypto partition has, and those that the predicates must tell
// from them. Included by crypto_values.h.
#ifndef PSA_CRYPTO_ALGORITHMS_H
#define PSA_CRYPTO_ALGORITHMS_H

#include "crypto_types.h"

#define PSA_ALG_NONE ((psa_algorithm_t)0)
#define PSA_ALG_VENDOR_FLAG ((psa_algorithm_t)0x80000000)
#define PSA_ALG_IS_VENDOR_DEFINED(alg) (((alg)&PSA_ALG_VENDOR_FLAG) != 0)

#define PSA_ALG_CATEGORY_MASK ((psa_algorithm_t)0x7f000000)
#define PSA_ALG_CATEGORY_HASH ((psa_algorithm_t)0x02000000)
#define PSA_ALG_CATEGORY_MAC ((psa_algorithm_t)0x03000000)
#define PSA_ALG_CATEGORY_CIPHER ((psa_algorithm_t)0x04000000)
#define PSA_ALG_CATEGORY_AEAD ((psa_algorithm_t)0x05000000)
#define PSA_ALG_CATEGORY_SIGN ((psa_algorithm_t)0x06000000)
#define PSA_ALG_CATEGORY_ASYMMETRIC_ENCRYPTION ((psa_algorithm_t)0x07000000)
#define PSA_ALG_CATEGORY_KEY_DERIVATION ((psa_algorithm_t)0x08000000)
#define PSA_ALG_CATEGORY_KEY_AGREEMENT ((psa_algorithm_t)0x09000000)

#define PSA_ALG_IS_CATEGORY(alg, category) (((alg)&PSA_ALG_CATEGORY_MASK) == (category))
#define PSA_ALG_IS_HASH(alg) PSA_ALG_IS_CATEGORY(alg, PSA_ALG_CATEGORY_HASH)
#define PSA_ALG_IS_MAC(alg) PSA_ALG_IS_CATEGORY(alg, PSA_ALG_CATEGORY_MAC)
#define PSA_ALG_IS_CIPHER(alg) PSA_ALG_IS_CATEGORY(alg, PSA_ALG_CATEGORY_CIPHER)
#define PSA_ALG_IS_AEAD(alg) PSA_ALG_IS_CATEGORY(alg, PSA_ALG_CATEGORY_AEAD)
#define PSA_ALG_IS_SIGN(alg) PSA_ALG_IS_CATEGORY(alg, PSA_ALG_CATEGORY_SIGN)
#define PSA_ALG_IS_ASYMMETRIC_ENCRYPTION(alg) \
    PSA_ALG_IS_CATEGORY(alg, PSA_ALG_CATEGORY_ASYMMETRIC_ENCRYPTION)
#define PSA_ALG_IS_KEY_DERIVATION(alg) PSA_ALG_IS_CATEGORY(alg, PSA_ALG_CATEGORY_KEY_DERIVATION)
#define PSA_ALG_IS_KEY_AGREEMENT(alg) PSA_ALG_IS_CATEGORY(alg, PSA_ALG_CATEGORY_KEY_AGREEMENT)

// ---- Hashes ----

#define PSA_ALG_HASH_MASK ((psa_algorithm_t)0x000000ff)
#define PSA_ALG_MD5 ((psa_algorithm_t)0x02000003)
#define PSA_ALG_RIPEMD160 ((psa_algorithm_t)0x02000004)
#define PSA_ALG_SHA_1 ((psa_algorithm_t)0x02000005)
#define PSA_ALG_SHA_224 ((psa_algorithm_t)0x02000008)
#define PSA_ALG_SHA_256 ((psa_algorithm_t)0x02000009)
#define PSA_ALG_SHA_384 ((psa_algorithm_t)0x0200000a)
#define PSA_ALG_SHA_512 ((psa_algorithm_t)0x0200000b)
#define PSA_ALG_SHA_512_224 ((psa_algorithm_t)0x0200000c)
#define PSA_ALG_SHA_512_256 ((psa_algorithm_t)0x0200000d)
#define PSA_ALG_SHA3_224 ((psa_algorithm_t)0x02000010)
#define PSA_ALG_SHA3_256 ((psa_algorithm_t)0x02000011)
#define PSA_ALG_SHA3_384 ((psa_algorithm_t)0x02000012)
#define PSA_ALG_SHA3_512 ((psa_algorithm_t)0x02000013)
#define PSA_ALG_SM3 ((psa_algorithm_t)0x02000014)
#define PSA_ALG_SHAKE256_512 ((psa_algorithm_t)0x02000015)
#define PSA_ALG_ANY_HASH ((psa_algorithm_t)0x020000ff) // in a key's policy only
// The hash inside an algorithm that is made with one
#define PSA_ALG_GET_HASH(alg)                      \
    (((alg)&PSA_ALG_HASH_MASK) == 0 ? PSA_ALG_NONE \
                                    : PSA_ALG_CATEGORY_HASH | ((alg)&PSA_ALG_HASH_MASK))

// ---- MACs: bits 21:16 length in bytes if it is not the full one ----

#define PSA_ALG_MAC_SUBCATEGORY_MASK ((psa_algorithm_t)0x00c00000)
#define PSA_ALG_HMAC_BASE ((psa_algorithm_t)0x03800000)
#define PSA_ALG_CIPHER_MAC_BASE ((psa_algorithm_t)0x03c00000)
#define PSA_ALG_MAC_TRUNCATION_MASK ((psa_algorithm_t)0x003f0000)
#define PSA_MAC_TRUNCATION_OFFSET 16
#define PSA_ALG_MAC_AT_LEAST_THIS_LENGTH_FLAG ((psa_algorithm_t)0x00008000)

#define PSA_ALG_HMAC(hash_alg) (PSA_ALG_HMAC_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))
#define PSA_ALG_CBC_MAC ((psa_algorithm_t)0x03c00100)
#define PSA_ALG_CMAC ((psa_algorithm_t)0x03c00200)

#define PSA_ALG_HMAC_GET_HASH(hmac_alg) PSA_ALG_GET_HASH(hmac_alg)
#define PSA_ALG_IS_HMAC(alg) \
    (((alg) & (PSA_ALG_CATEGORY_MASK | PSA_ALG_MAC_SUBCATEGORY_MASK)) == PSA_ALG_HMAC_BASE)
#define PSA_ALG_IS_BLOCK_CIPHER_MAC(alg) \
    (((alg) & (PSA_ALG_CATEGORY_MASK | PSA_ALG_MAC_SUBCATEGORY_MASK)) == PSA_ALG_CIPHER_MAC_BASE)
#define PSA_ALG_FULL_LENGTH_MAC(mac_alg) \
    ((mac_alg) & ~(PSA_ALG_MAC_TRUNCATION_MASK | PSA_ALG_MAC_AT_LEAST_THIS_LENGTH_FLAG))
#define PSA_ALG_TRUNCATED_MAC(mac_alg, length) \
    (PSA_ALG_FULL_LENGTH_MAC(mac_alg) |        \
     ((psa_algorithm_t)(length) << PSA_MAC_TRUNCATION_OFFSET & PSA_ALG_MAC_TRUNCATION_MASK))
#define PSA_ALG_AT_LEAST_THIS_LENGTH_MAC(mac_alg, min_length) \
    (PSA_ALG_TRUNCATED_MAC(mac_alg, min_length) | PSA_ALG_MAC_AT_LEAST_THIS_LENGTH_FLAG)
#define PSA_MAC_TRUNCATED_LENGTH(mac_alg) \
    (((mac_alg)&PSA_ALG_MAC_TRUNCATION_MASK) >> PSA_MAC_TRUNCATION_OFFSET)

// ---- Ciphers ----

#define PSA_ALG_CIPHER_STREAM_FLAG ((psa_algorithm_t)0x00800000)
#define PSA_ALG_CIPHER_FROM_BLOCK_FLAG ((psa_algorithm_t)0x00400000)
#define PSA_ALG_STREAM_CIPHER ((psa_algorithm_t)0x04800100)
#define PSA_ALG_CTR ((psa_algorithm_t)0x04c01000)
#define PSA_ALG_CFB ((psa_algorithm_t)0x04c01100)
#define PSA_ALG_OFB ((psa_algorithm_t)0x04c01200)
#define PSA_ALG_CCM_STAR_NO_TAG ((psa_algorithm_t)0x04c01300)
#define PSA_ALG_CCM_STAR_ANY_TAG ((psa_algorithm_t)0x04c09300) // in a key's policy only
#define PSA_ALG_XTS ((psa_algorithm_t)0x0440ff00)
#define PSA_ALG_ECB_NO_PADDING ((psa_algorithm_t)0x04404400)
#define PSA_ALG_CBC_NO_PADDING ((psa_algorithm_t)0x04404000)
#define PSA_ALG_CBC_PKCS7 ((psa_algorithm_t)0x04404100)
#define PSA_ALG_IS_STREAM_CIPHER(alg)                                  \
    (((alg) & (PSA_ALG_CATEGORY_MASK | PSA_ALG_CIPHER_STREAM_FLAG)) == \
     (PSA_ALG_CATEGORY_CIPHER | PSA_ALG_CIPHER_STREAM_FLAG))

// ---- AEADs: bits 21:16 length of the tag in bytes ----

#define PSA_ALG_AEAD_FROM_BLOCK_FLAG ((psa_algorithm_t)0x00400000)
#define PSA_ALG_AEAD_TAG_LENGTH_MASK ((psa_algorithm_t)0x003f0000)
#define PSA_AEAD_TAG_LENGTH_OFFSET 16
#define PSA_ALG_AEAD_AT_LEAST_THIS_LENGTH_FLAG ((psa_algorithm_t)0x00008000)
#define PSA_ALG_CCM ((psa_algorithm_t)0x05500100)
#define PSA_ALG_GCM ((psa_algorithm_t)0x05500200)
#define PSA_ALG_CHACHA20_POLY1305 ((psa_algorithm_t)0x05100500)
#define PSA_ALG_XCHACHA20_POLY1305 ((psa_algorithm_t)0x05100600)
#define PSA_ALG_IS_AEAD_ON_BLOCK_CIPHER(alg)                             \
    (((alg) & (PSA_ALG_CATEGORY_MASK | PSA_ALG_AEAD_FROM_BLOCK_FLAG)) == \
     (PSA_ALG_CATEGORY_AEAD | PSA_ALG_AEAD_FROM_BLOCK_FLAG))
#define PSA_ALG_AEAD_WITH_SHORTENED_TAG(aead_alg, length)                                      \
    (((aead_alg) & ~(PSA_ALG_AEAD_TAG_LENGTH_MASK | PSA_ALG_AEAD_AT_LEAST_THIS_LENGTH_FLAG)) | \
     ((psa_algorithm_t)(length) << PSA_AEAD_TAG_LENGTH_OFFSET & PSA_ALG_AEAD_TAG_LENGTH_MASK))
#define PSA_ALG_AEAD_WITH_DEFAULT_LENGTH_TAG(aead_alg) PSA_ALG_AEAD_WITH_SHORTENED_TAG(aead_alg, 16)
#define PSA_ALG_AEAD_WITH_AT_LEAST_THIS_LENGTH_TAG(aead_alg, min_length) \
    (PSA_ALG_AEAD_WITH_SHORTENED_TAG(aead_alg, min_length) | PSA_ALG_AEAD_AT_LEAST_THIS_LENGTH_FLAG)
#define PSA_ALG_AEAD_GET_TAG_LENGTH(aead_alg) \
    (((aead_alg)&PSA_ALG_AEAD_TAG_LENGTH_MASK) >> PSA_AEAD_TAG_LENGTH_OFFSET)

// ---- Signatures ----

#define PSA_ALG_RSA_PKCS1V15_SIGN_BASE ((psa_algorithm_t)0x06000200)
#define PSA_ALG_RSA_PKCS1V15_SIGN_RAW PSA_ALG_RSA_PKCS1V15_SIGN_BASE
#define PSA_ALG_RSA_PSS_BASE ((psa_algorithm_t)0x06000300)
#define PSA_ALG_RSA_PSS_ANY_SALT_BASE ((psa_algorithm_t)0x06001300)
#define PSA_ALG_ECDSA_BASE ((psa_algorithm_t)0x06000600)
#define PSA_ALG_ECDSA_ANY PSA_ALG_ECDSA_BASE // of a hash that is not named
#define PSA_ALG_DETERMINISTIC_ECDSA_BASE ((psa_algorithm_t)0x06000700)
#define PSA_ALG_ECDSA_DETERMINISTIC_FLAG ((psa_algorithm_t)0x00000100)
#define PSA_ALG_PURE_EDDSA ((psa_algorithm_t)0x06000800)
#define PSA_ALG_HASH_EDDSA_BASE ((psa_algorithm_t)0x06000900)
#define PSA_ALG_ED25519PH ((psa_algorithm_t)0x0600090b)
#define PSA_ALG_ED448PH ((psa_algorithm_t)0x06000915)

#define PSA_ALG_RSA_PKCS1V15_SIGN(hash_alg) \
    (PSA_ALG_RSA_PKCS1V15_SIGN_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))
#define PSA_ALG_RSA_PSS(hash_alg) (PSA_ALG_RSA_PSS_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))
#define PSA_ALG_RSA_PSS_ANY_SALT(hash_alg) \
    (PSA_ALG_RSA_PSS_ANY_SALT_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))
#define PSA_ALG_ECDSA(hash_alg) (PSA_ALG_ECDSA_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))
#define PSA_ALG_DETERMINISTIC_ECDSA(hash_alg) \
    (PSA_ALG_DETERMINISTIC_ECDSA_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))

#define PSA_ALG_IS_OF_BASE(alg, base) (((alg) & ~PSA_ALG_HASH_MASK) == (base))
#define PSA_ALG_IS_RSA_PKCS1V15_SIGN(alg) PSA_ALG_IS_OF_BASE(alg, PSA_ALG_RSA_PKCS1V15_SIGN_BASE)
#define PSA_ALG_IS_RSA_PSS_STANDARD_SALT(alg) PSA_ALG_IS_OF_BASE(alg, PSA_ALG_RSA_PSS_BASE)
#define PSA_ALG_IS_RSA_PSS_ANY_SALT(alg) PSA_ALG_IS_OF_BASE(alg, PSA_ALG_RSA_PSS_ANY_SALT_BASE)
#define PSA_ALG_IS_RSA_PSS(alg) \
    (PSA_ALG_IS_RSA_PSS_STANDARD_SALT(alg) || PSA_ALG_IS_RSA_PSS_ANY_SALT(alg))
#define PSA_ALG_IS_ECDSA(alg) \
    (((alg) & ~PSA_ALG_HASH_MASK & ~PSA_ALG_ECDSA_DETERMINISTIC_FLAG) == PSA_ALG_ECDSA_BASE)
#define PSA_ALG_ECDSA_IS_DETERMINISTIC(alg) (((alg)&PSA_ALG_ECDSA_DETERMINISTIC_FLAG) != 0)
#define PSA_ALG_IS_DETERMINISTIC_ECDSA(alg) \
    (PSA_ALG_IS_ECDSA(alg) && PSA_ALG_ECDSA_IS_DETERMINISTIC(alg))
#define PSA_ALG_IS_RANDOMIZED_ECDSA(alg) \
    (PSA_ALG_IS_ECDSA(alg) && !PSA_ALG_ECDSA_IS_DETERMINISTIC(alg))
#define PSA_ALG_IS_HASH_EDDSA(alg) PSA_ALG_IS_OF_BASE(alg, PSA_ALG_HASH_EDDSA_BASE)
// psa_sign_hash() with the message's hash is the same as psa_sign_message()
#define PSA_ALG_IS_HASH_AND_SIGN(alg)                                                           \
    ((PSA_ALG_IS_RSA_PSS(alg) || PSA_ALG_IS_RSA_PKCS1V15_SIGN(alg) || PSA_ALG_IS_ECDSA(alg)) && \
     ((alg)&PSA_ALG_HASH_MASK) != 0)
#define PSA_ALG_IS_SIGN_HASH(alg)                                                             \
    (PSA_ALG_IS_RSA_PSS(alg) || PSA_ALG_IS_RSA_PKCS1V15_SIGN(alg) || PSA_ALG_IS_ECDSA(alg) || \
     PSA_ALG_IS_HASH_EDDSA(alg))
#define PSA_ALG_IS_SIGN_MESSAGE(alg) \
    (PSA_ALG_IS_HASH_AND_SIGN(alg) || (alg) == PSA_ALG_PURE_EDDSA || PSA_ALG_IS_HASH_EDDSA(alg))
#define PSA_ALG_SIGN_GET_HASH(alg)                                                       \
    (PSA_ALG_IS_HASH_AND_SIGN(alg) || PSA_ALG_IS_HASH_EDDSA(alg) ? PSA_ALG_GET_HASH(alg) \
                                                                 : PSA_ALG_NONE)

// ---- Asymmetric encryption ----

#define PSA_ALG_RSA_PKCS1V15_CRYPT ((psa_algorithm_t)0x07000200)
#define PSA_ALG_RSA_OAEP_BASE ((psa_algorithm_t)0x07000300)
#define PSA_ALG_RSA_OAEP(hash_alg) (PSA_ALG_RSA_OAEP_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))
#define PSA_ALG_IS_RSA_OAEP(alg) PSA_ALG_IS_OF_BASE(alg, PSA_ALG_RSA_OAEP_BASE)
#define PSA_ALG_RSA_OAEP_GET_HASH(alg) \
    (PSA_ALG_IS_RSA_OAEP(alg) ? PSA_ALG_GET_HASH(alg) : PSA_ALG_NONE)

// ---- Key derivation and key agreement: bits 15:0 say which derivation, 23:16 which agreement ----

#define PSA_ALG_KEY_DERIVATION_STRETCHING_FLAG ((psa_algorithm_t)0x00800000)
#define PSA_ALG_HKDF_BASE ((psa_algorithm_t)0x08000100)
#define PSA_ALG_TLS12_PRF_BASE ((psa_algorithm_t)0x08000200)
#define PSA_ALG_TLS12_PSK_TO_MS_BASE ((psa_algorithm_t)0x08000300)
#define PSA_ALG_HKDF_EXTRACT_BASE ((psa_algorithm_t)0x08000400)
#define PSA_ALG_HKDF_EXPAND_BASE ((psa_algorithm_t)0x08000500)
#define PSA_ALG_TLS12_ECJPAKE_TO_PMS ((psa_algorithm_t)0x08000609)
#define PSA_ALG_PBKDF2_HMAC_BASE ((psa_algorithm_t)0x08800100)
#define PSA_ALG_PBKDF2_AES_CMAC_PRF_128 ((psa_algorithm_t)0x08800200)

#define PSA_ALG_HKDF(hash_alg) (PSA_ALG_HKDF_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))
#define PSA_ALG_HKDF_EXTRACT(hash_alg) (PSA_ALG_HKDF_EXTRACT_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))
#define PSA_ALG_HKDF_EXPAND(hash_alg) (PSA_ALG_HKDF_EXPAND_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))
#define PSA_ALG_TLS12_PRF(hash_alg) (PSA_ALG_TLS12_PRF_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))
#define PSA_ALG_TLS12_PSK_TO_MS(hash_alg) \
    (PSA_ALG_TLS12_PSK_TO_MS_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))
#define PSA_ALG_PBKDF2_HMAC(hash_alg) (PSA_ALG_PBKDF2_HMAC_BASE | ((hash_alg)&PSA_ALG_HASH_MASK))

#define PSA_ALG_IS_HKDF(alg) PSA_ALG_IS_OF_BASE(alg, PSA_ALG_HKDF_BASE)
#define PSA_ALG_IS_HKDF_EXTRACT(alg) PSA_ALG_IS_OF_BASE(alg, PSA_ALG_HKDF_EXTRACT_BASE)
#define PSA_ALG_IS_HKDF_EXPAND(alg) PSA_ALG_IS_OF_BASE(alg, PSA_ALG_HKDF_EXPAND_BASE)
#define PSA_ALG_IS_ANY_HKDF(alg) \
    (PSA_ALG_IS_HKDF(alg) || PSA_ALG_IS_HKDF_EXTRACT(alg) || PSA_ALG_IS_HKDF_EXPAND(alg))
#define PSA_ALG_IS_TLS12_PRF(alg) PSA_ALG_IS_OF_BASE(alg, PSA_ALG_TLS12_PRF_BASE)
#define PSA_ALG_IS_TLS12_PSK_TO_MS(alg) PSA_ALG_IS_OF_BASE(alg, PSA_ALG_TLS12_PSK_TO_MS_BASE)
#define PSA_ALG_IS_PBKDF2_HMAC(alg) PSA_ALG_IS_OF_BASE(alg, PSA_ALG_PBKDF2_HMAC_BASE)
#define PSA_ALG_HKDF_GET_HASH(alg) PSA_ALG_GET_HASH(alg)
#define PSA_ALG_TLS12_PRF_GET_HASH(alg) PSA_ALG_GET_HASH(alg)
#define PSA_ALG_TLS12_PSK_TO_MS_GET_HASH(alg) PSA_ALG_GET_HASH(alg)
#define PSA_ALG_PBKDF2_HMAC_GET_HASH(alg) PSA_ALG_GET_HASH(alg)
#define PSA_ALG_IS_KEY_DERIVATION_STRETCHING(alg) \
    (PSA_ALG_IS_KEY_DERIVATION(alg) && ((alg)&PSA_ALG_KEY_DERIVATION_STRETCHING_FLAG) != 0)

#define PSA_ALG_KEY_DERIVATION_MASK ((psa_algorithm_t)0xfe00ffff)
#define PSA_ALG_KEY_AGREEMENT_MASK ((psa_algorithm_t)0xffff0000)
#define PSA_ALG_FFDH ((psa_algorithm_t)0x09010000)
#define PSA_ALG_ECDH ((psa_algorithm_t)0x09020000)
#define PSA_ALG_KEY_AGREEMENT(ka_alg, kdf_alg) ((ka_alg) | (kdf_alg))
#define PSA_ALG_KEY_AGREEMENT_GET_KDF(alg) \
    (((alg)&PSA_ALG_KEY_DERIVATION_MASK) | PSA_ALG_CATEGORY_KEY_DERIVATION)
#define PSA_ALG_KEY_AGREEMENT_GET_BASE(alg) \
    (((alg)&PSA_ALG_KEY_AGREEMENT_MASK) | PSA_ALG_CATEGORY_KEY_AGREEMENT)
#define PSA_ALG_IS_RAW_KEY_AGREEMENT(alg) \
    (PSA_ALG_IS_KEY_AGREEMENT(alg) &&     \
     PSA_ALG_KEY_AGREEMENT_GET_KDF(alg) == PSA_ALG_CATEGORY_KEY_DERIVATION)
#define PSA_ALG_IS_FFDH(alg) (PSA_ALG_KEY_AGREEMENT_GET_BASE(alg) == PSA_ALG_FFDH)
#define PSA_ALG_IS_ECDH(alg) (PSA_ALG_KEY_AGREEMENT_GET_BASE(alg) == PSA_ALG_ECDH)

// Algorithms that stand for several, in a key's policy only
#define PSA_ALG_IS_WILDCARD(alg)                                                         \
    (PSA_ALG_IS_HASH_AND_SIGN(alg) ? PSA_ALG_SIGN_GET_HASH(alg) == PSA_ALG_ANY_HASH      \
     : PSA_ALG_IS_MAC(alg)         ? ((alg)&PSA_ALG_MAC_AT_LEAST_THIS_LENGTH_FLAG) != 0  \
     : PSA_ALG_IS_AEAD(alg)        ? ((alg)&PSA_ALG_AEAD_AT_LEAST_THIS_LENGTH_FLAG) != 0 \
                                   : (alg) == PSA_ALG_ANY_HASH || (alg) == PSA_ALG_CCM_STAR_ANY_TAG)

#endif
