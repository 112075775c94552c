// SPDX-License-Identifier: BSD-3-Clause
//
// Sizes of buffers for the PSA Crypto API 1.2 (Arm IHI 0086, "Size macros"): exact lengths, sizes that are always enough
// for one key and algorithm, and maxima over all that the crypto partition has (RSA to 4096 bits, curves to 521). 0: what
// an argument names does not exist.
#ifndef PSA_CRYPTO_SIZES_H
#define PSA_CRYPTO_SIZES_H

#include "crypto_values.h"

#define PSA_BITS_TO_BYTES(bits) (((bits) + 7u) / 8u)
#define PSA_BYTES_TO_BITS(bytes) ((bytes)*8u)

#define PSA_MAX_KEY_BITS 0xfff8
#define PSA_VENDOR_RSA_MAX_KEY_BITS 4096u
#define PSA_VENDOR_ECC_MAX_CURVE_BITS 521u

// ---- Hashes ----

#define PSA_HASH_MAX_SIZE 64u
#define PSA_HASH_LENGTH_OF(hash)                                                                   \
    ((hash) == PSA_ALG_MD5                                    ? 16u                                \
     : (hash) == PSA_ALG_RIPEMD160 || (hash) == PSA_ALG_SHA_1 ? 20u                                \
     : (hash) == PSA_ALG_SHA_224 || (hash) == PSA_ALG_SHA_512_224 || (hash) == PSA_ALG_SHA3_224    \
         ? 28u                                                                                     \
     : (hash) == PSA_ALG_SHA_256 || (hash) == PSA_ALG_SHA_512_256 || (hash) == PSA_ALG_SHA3_256 || \
             (hash) == PSA_ALG_SM3                                                                 \
         ? 32u                                                                                     \
     : (hash) == PSA_ALG_SHA_384 || (hash) == PSA_ALG_SHA3_384 ? 48u                               \
     : (hash) == PSA_ALG_SHA_512 || (hash) == PSA_ALG_SHA3_512 || (hash) == PSA_ALG_SHAKE256_512   \
         ? 64u                                                                                     \
         : 0u)
// Of a hash, or of the hash inside an HMAC
#define PSA_HASH_LENGTH(alg) PSA_HASH_LENGTH_OF(PSA_ALG_CATEGORY_HASH | ((alg)&PSA_ALG_HASH_MASK))
#define PSA_HASH_BLOCK_LENGTH_OF(hash)                                                            \
    ((hash) == PSA_ALG_MD5 || (hash) == PSA_ALG_RIPEMD160 || (hash) == PSA_ALG_SHA_1 ||           \
             (hash) == PSA_ALG_SHA_224 || (hash) == PSA_ALG_SHA_256                               \
         ? 64u                                                                                    \
     : (hash) == PSA_ALG_SHA_384 || (hash) == PSA_ALG_SHA_512 || (hash) == PSA_ALG_SHA_512_224 || \
             (hash) == PSA_ALG_SHA_512_256                                                        \
         ? 128u                                                                                   \
     : (hash) == PSA_ALG_SHA3_224 ? 144u                                                          \
     : (hash) == PSA_ALG_SHA3_256 ? 136u                                                          \
     : (hash) == PSA_ALG_SHA3_384 ? 104u                                                          \
     : (hash) == PSA_ALG_SHA3_512 ? 72u                                                           \
                                  : 0u)
#define PSA_HASH_BLOCK_LENGTH(alg) \
    PSA_HASH_BLOCK_LENGTH_OF(PSA_ALG_CATEGORY_HASH | ((alg)&PSA_ALG_HASH_MASK))

// ---- MACs ----

#define PSA_MAC_MAX_SIZE PSA_HASH_MAX_SIZE
#define PSA_MAC_LENGTH(key_type, key_bits, alg)                                       \
    ((alg)&PSA_ALG_MAC_TRUNCATION_MASK  ? PSA_MAC_TRUNCATED_LENGTH(alg)               \
     : PSA_ALG_IS_HMAC(alg)             ? PSA_HASH_LENGTH(PSA_ALG_HMAC_GET_HASH(alg)) \
     : PSA_ALG_IS_BLOCK_CIPHER_MAC(alg) ? PSA_BLOCK_CIPHER_BLOCK_LENGTH(key_type)     \
                                        : ((void)(key_type), (void)(key_bits), 0u))

// ---- Ciphers ----

#define PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE 16u
#define PSA_CIPHER_IV_MAX_SIZE 16u
#define PSA_CIPHER_IV_LENGTH(key_type, alg)                                           \
    (PSA_BLOCK_CIPHER_BLOCK_LENGTH(key_type) > 1 &&                                   \
             ((alg) == PSA_ALG_CTR || (alg) == PSA_ALG_CFB || (alg) == PSA_ALG_OFB || \
              (alg) == PSA_ALG_XTS || (alg) == PSA_ALG_CBC_NO_PADDING ||              \
              (alg) == PSA_ALG_CBC_PKCS7)                                             \
         ? PSA_BLOCK_CIPHER_BLOCK_LENGTH(key_type)                                    \
     : (key_type) == PSA_KEY_TYPE_CHACHA20 && (alg) == PSA_ALG_STREAM_CIPHER ? 12u    \
     : (alg) == PSA_ALG_CCM_STAR_NO_TAG                                      ? 13u    \
                                                                             : 0u)
#define PSA_ROUND_UP(block, length) \
    (((length) / (block) + 1u) * (block)) // and one block more if it is round
#define PSA_CIPHER_FITS(key_type, alg) \
    (PSA_ALG_IS_CIPHER(alg) && PSA_BLOCK_CIPHER_BLOCK_LENGTH(key_type) != 0)
#define PSA_CIPHER_ENCRYPT_OUTPUT_SIZE(key_type, alg, input_length)                \
    (!PSA_CIPHER_FITS(key_type, alg) ? 0u                                          \
     : (alg) == PSA_ALG_CBC_PKCS7                                                  \
         ? PSA_CIPHER_IV_LENGTH(key_type, alg) +                                   \
               PSA_ROUND_UP(PSA_BLOCK_CIPHER_BLOCK_LENGTH(key_type), input_length) \
         : PSA_CIPHER_IV_LENGTH(key_type, alg) + (input_length))
#define PSA_CIPHER_ENCRYPT_OUTPUT_MAX_SIZE(input_length) \
    (PSA_ROUND_UP(PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE, input_length) + PSA_CIPHER_IV_MAX_SIZE)
#define PSA_CIPHER_DECRYPT_OUTPUT_SIZE(key_type, alg, input_length) \
    (PSA_CIPHER_FITS(key_type, alg) ? (input_length) : 0u)
#define PSA_CIPHER_DECRYPT_OUTPUT_MAX_SIZE(input_length) (input_length)
#define PSA_CIPHER_UPDATE_OUTPUT_SIZE(key_type, alg, input_length) \
    (!PSA_CIPHER_FITS(key_type, alg) ? 0u                          \
     : PSA_ALG_IS_STREAM_CIPHER(alg)                               \
         ? (input_length)                                          \
         : PSA_ROUND_UP(PSA_BLOCK_CIPHER_BLOCK_LENGTH(key_type), input_length))
#define PSA_CIPHER_UPDATE_OUTPUT_MAX_SIZE(input_length) \
    PSA_ROUND_UP(PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE, input_length)
#define PSA_CIPHER_FINISH_OUTPUT_SIZE(key_type, alg) \
    ((alg) == PSA_ALG_CBC_PKCS7 ? PSA_BLOCK_CIPHER_BLOCK_LENGTH(key_type) : 0u)
#define PSA_CIPHER_FINISH_OUTPUT_MAX_SIZE PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE

// ---- AEADs ----

#define PSA_AEAD_TAG_MAX_SIZE 16u
#define PSA_AEAD_NONCE_MAX_SIZE 13u
#define PSA_AEAD_TAG_LENGTH(key_type, key_bits, alg)         \
    (PSA_ALG_IS_AEAD(alg) ? PSA_ALG_AEAD_GET_TAG_LENGTH(alg) \
                          : ((void)(key_type), (void)(key_bits), 0u))
#define PSA_AEAD_NONCE_LENGTH(key_type, alg)                                        \
    (PSA_ALG_AEAD_WITH_DEFAULT_LENGTH_TAG(alg) == PSA_ALG_CCM &&                    \
             PSA_BLOCK_CIPHER_BLOCK_LENGTH(key_type) == 16                          \
         ? 13u                                                                      \
     : PSA_ALG_AEAD_WITH_DEFAULT_LENGTH_TAG(alg) == PSA_ALG_GCM &&                  \
             PSA_BLOCK_CIPHER_BLOCK_LENGTH(key_type) == 16                          \
         ? 12u                                                                      \
     : (key_type) == PSA_KEY_TYPE_CHACHA20 &&                                       \
             PSA_ALG_AEAD_WITH_DEFAULT_LENGTH_TAG(alg) == PSA_ALG_CHACHA20_POLY1305 \
         ? 12u                                                                      \
         : 0u)
#define PSA_AEAD_FITS(key_type, alg) (PSA_AEAD_NONCE_LENGTH(key_type, alg) != 0)
#define PSA_AEAD_ENCRYPT_OUTPUT_SIZE(key_type, alg, plaintext_length) \
    (PSA_AEAD_FITS(key_type, alg) ? (plaintext_length) + PSA_ALG_AEAD_GET_TAG_LENGTH(alg) : 0u)
#define PSA_AEAD_ENCRYPT_OUTPUT_MAX_SIZE(plaintext_length) \
    ((plaintext_length) + PSA_AEAD_TAG_MAX_SIZE)
#define PSA_AEAD_DECRYPT_OUTPUT_SIZE(key_type, alg, ciphertext_length)                      \
    (PSA_AEAD_FITS(key_type, alg) && (ciphertext_length) > PSA_ALG_AEAD_GET_TAG_LENGTH(alg) \
         ? (ciphertext_length)-PSA_ALG_AEAD_GET_TAG_LENGTH(alg)                             \
         : 0u)
#define PSA_AEAD_DECRYPT_OUTPUT_MAX_SIZE(ciphertext_length) (ciphertext_length)
#define PSA_AEAD_UPDATE_OUTPUT_SIZE(key_type, alg, input_length)               \
    (!PSA_AEAD_FITS(key_type, alg) ? 0u                                        \
     : PSA_ALG_IS_AEAD_ON_BLOCK_CIPHER(alg)                                    \
         ? PSA_ROUND_UP(PSA_BLOCK_CIPHER_BLOCK_LENGTH(key_type), input_length) \
         : (input_length))
#define PSA_AEAD_UPDATE_OUTPUT_MAX_SIZE(input_length) \
    PSA_ROUND_UP(PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE, input_length)
#define PSA_AEAD_FINISH_OUTPUT_SIZE(key_type, alg)                        \
    (PSA_AEAD_FITS(key_type, alg) && PSA_ALG_IS_AEAD_ON_BLOCK_CIPHER(alg) \
         ? PSA_BLOCK_CIPHER_BLOCK_LENGTH(key_type)                        \
         : 0u)
#define PSA_AEAD_FINISH_OUTPUT_MAX_SIZE PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE
#define PSA_AEAD_VERIFY_OUTPUT_SIZE(key_type, alg) PSA_AEAD_FINISH_OUTPUT_SIZE(key_type, alg)
#define PSA_AEAD_VERIFY_OUTPUT_MAX_SIZE PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE

// ---- Asymmetric keys ----

#define PSA_ECDSA_SIGNATURE_SIZE(curve_bits) (PSA_BITS_TO_BYTES(curve_bits) * 2u)
#define PSA_SIGN_OUTPUT_SIZE(key_type, key_bits, alg)                             \
    (PSA_KEY_TYPE_IS_RSA(key_type)   ? ((void)(alg), PSA_BITS_TO_BYTES(key_bits)) \
     : PSA_KEY_TYPE_IS_ECC(key_type) ? PSA_ECDSA_SIGNATURE_SIZE(key_bits)         \
                                     : ((void)(alg), 0u))
#define PSA_SIGNATURE_MAX_SIZE PSA_BITS_TO_BYTES(PSA_VENDOR_RSA_MAX_KEY_BITS)
#define PSA_RSA_MINIMUM_PADDING_SIZE(alg) \
    (PSA_ALG_IS_RSA_OAEP(alg) ? 2u * PSA_HASH_LENGTH(PSA_ALG_RSA_OAEP_GET_HASH(alg)) + 1u : 11u)
#define PSA_ASYMMETRIC_ENCRYPT_OUTPUT_SIZE(key_type, key_bits, alg) \
    (PSA_KEY_TYPE_IS_RSA(key_type) ? ((void)(alg), PSA_BITS_TO_BYTES(key_bits)) : 0u)
#define PSA_ASYMMETRIC_ENCRYPT_OUTPUT_MAX_SIZE PSA_BITS_TO_BYTES(PSA_VENDOR_RSA_MAX_KEY_BITS)
#define PSA_ASYMMETRIC_DECRYPT_OUTPUT_SIZE(key_type, key_bits, alg)        \
    (PSA_KEY_TYPE_IS_RSA(key_type)                                         \
         ? PSA_BITS_TO_BYTES(key_bits) - PSA_RSA_MINIMUM_PADDING_SIZE(alg) \
         : 0u)
#define PSA_ASYMMETRIC_DECRYPT_OUTPUT_MAX_SIZE PSA_BITS_TO_BYTES(PSA_VENDOR_RSA_MAX_KEY_BITS)
#define PSA_RAW_KEY_AGREEMENT_OUTPUT_SIZE(key_type, key_bits) \
    (PSA_KEY_TYPE_IS_ECC_KEY_PAIR(key_type) ? PSA_BITS_TO_BYTES(key_bits) : 0u)
#define PSA_RAW_KEY_AGREEMENT_OUTPUT_MAX_SIZE PSA_BITS_TO_BYTES(PSA_VENDOR_ECC_MAX_CURVE_BITS)

// RSA keys are DER: RSAPublicKey with an exponent of 32 bits at most, RSAPrivateKey with nine numbers
#define PSA_DER_INTEGER_MAX_SIZE(bits) ((bits) / 8u + 5u)
#define PSA_KEY_EXPORT_RSA_PUBLIC_KEY_MAX_SIZE(key_bits) (PSA_DER_INTEGER_MAX_SIZE(key_bits) + 11u)
#define PSA_KEY_EXPORT_RSA_KEY_PAIR_MAX_SIZE(key_bits) \
    (9u * PSA_DER_INTEGER_MAX_SIZE((key_bits) / 2u + 1u) + 14u)
#define PSA_KEY_EXPORT_ECC_PUBLIC_KEY_MAX_SIZE(key_bits) (2u * PSA_BITS_TO_BYTES(key_bits) + 1u)
#define PSA_KEY_EXPORT_ECC_KEY_PAIR_MAX_SIZE(key_bits) PSA_BITS_TO_BYTES(key_bits)
#define PSA_EXPORT_KEY_OUTPUT_SIZE(key_type, key_bits)                                             \
    (PSA_KEY_TYPE_IS_UNSTRUCTURED(key_type)    ? PSA_BITS_TO_BYTES(key_bits)                       \
     : (key_type) == PSA_KEY_TYPE_RSA_KEY_PAIR ? PSA_KEY_EXPORT_RSA_KEY_PAIR_MAX_SIZE(key_bits)    \
     : (key_type) == PSA_KEY_TYPE_RSA_PUBLIC_KEY                                                   \
         ? PSA_KEY_EXPORT_RSA_PUBLIC_KEY_MAX_SIZE(key_bits)                                        \
     : PSA_KEY_TYPE_IS_ECC_KEY_PAIR(key_type)   ? PSA_KEY_EXPORT_ECC_KEY_PAIR_MAX_SIZE(key_bits)   \
     : PSA_KEY_TYPE_IS_ECC_PUBLIC_KEY(key_type) ? PSA_KEY_EXPORT_ECC_PUBLIC_KEY_MAX_SIZE(key_bits) \
                                                : 0u)
#define PSA_EXPORT_PUBLIC_KEY_OUTPUT_SIZE(key_type, key_bits)                           \
    (PSA_KEY_TYPE_IS_RSA(key_type)   ? PSA_KEY_EXPORT_RSA_PUBLIC_KEY_MAX_SIZE(key_bits) \
     : PSA_KEY_TYPE_IS_ECC(key_type) ? PSA_KEY_EXPORT_ECC_PUBLIC_KEY_MAX_SIZE(key_bits) \
                                     : 0u)
#define PSA_EXPORT_KEY_PAIR_MAX_SIZE \
    PSA_KEY_EXPORT_RSA_KEY_PAIR_MAX_SIZE(PSA_VENDOR_RSA_MAX_KEY_BITS)
#define PSA_EXPORT_PUBLIC_KEY_MAX_SIZE \
    PSA_KEY_EXPORT_RSA_PUBLIC_KEY_MAX_SIZE(PSA_VENDOR_RSA_MAX_KEY_BITS)
#define PSA_EXPORT_ASYMMETRIC_KEY_MAX_SIZE PSA_EXPORT_KEY_PAIR_MAX_SIZE

#endif
