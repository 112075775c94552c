// SPDX-License-Identifier: BSD-3-Clause
//
// Known answers for every algorithm of the crypto service, out of the standards that define them; the tests compare the service
// with them, and with OpenSSL. All bytes are in hexadecimal; "" is nothing. Data only: crypto_vectors_hash.c, _cipher.c, _key.c.
#ifndef CRYPTO_VECTORS_H
#define CRYPTO_VECTORS_H

#include <psa/crypto.h>
#include <stddef.h>

struct vector_hash {
    const char *source;
    psa_algorithm_t alg;
    const char *text;
    unsigned int times; // the text stands that often in the message
    const char *hash;
};
extern const struct vector_hash vectors_hash[];
extern const size_t vectors_hash_count;

struct vector_mac {
    const char *source;
    psa_algorithm_t alg;
    psa_key_type_t type;
    const char *key;
    const char *text;
    const char *mac;
};
extern const struct vector_mac vectors_mac[];
extern const size_t vectors_mac_count;

struct vector_cipher {
    const char *source;
    psa_algorithm_t alg;
    psa_key_type_t type;
    const char *key;
    const char *iv;
    const char *plain;
    const char *cipher;
};
extern const struct vector_cipher vectors_cipher[];
extern const size_t vectors_cipher_count;

struct vector_aead {
    const char *source;
    psa_algorithm_t alg;
    psa_key_type_t type;
    const char *key;
    const char *nonce;
    const char *ad;
    const char *plain;
    const char *cipher; // and tag
};
extern const struct vector_aead vectors_aead[];
extern const size_t vectors_aead_count;

struct vector_derive {
    const char *source;
    psa_algorithm_t alg;
    const char *secret; // or password
    const char *salt;   // or seed
    const char *info;   // or label
    unsigned int cost;
    const char *output;
};
extern const struct vector_derive vectors_derive[];
extern const size_t vectors_derive_count;

struct vector_ecdh {
    const char *source;
    psa_key_type_t type;
    unsigned int bits;
    const char *private_key;
    const char *peer;
    const char *secret;
};
extern const struct vector_ecdh vectors_ecdh[];
extern const size_t vectors_ecdh_count;

// Deterministic: the signature is the only one
struct vector_ecdsa {
    const char *source;
    unsigned int bits; // of the key, on the secp…r1 curve
    psa_algorithm_t hash;
    const char *private_key;
    const char *text;
    const char *signature;
};
extern const struct vector_ecdsa vectors_ecdsa[];
extern const size_t vectors_ecdsa_count;

struct vector_rsa {
    const char *source;
    psa_algorithm_t alg;
    const char *modulus;
    const char *exponent;
    const char *text;
    const char *signature;
};
extern const struct vector_rsa vectors_rsa[];
extern const size_t vectors_rsa_count;

#endif
