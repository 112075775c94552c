// SPDX-License-Identifier: BSD-3-Clause
//
// Wire format of the crypto service (Trusted Services "packed-c" encoding): operations, fixed parts
// of requests and responses, tags of the records behind them. Little-endian, without padding, at
// any alignment (copy them); every value is a raw PSA Crypto one. Shared by the partition and
// ffa/client/psa_crypto_*.c. The service's UUID is TS_CRYPTO_UUID (ts_rpc_abi.h).
#ifndef CRYPTO_PROTO_H
#define CRYPTO_PROTO_H

#include <stdint.h>

// Operation and, behind the first //, the request: fixed part, then records by tag; behind the
// second, the response if it has a body. "op" is the handle of a multi-part operation.

// Keys
#define CRYPTO_GENERATE_KEY 0x0101       // attributes                            // word: id
#define CRYPTO_DESTROY_KEY 0x0102        // word: id
#define CRYPTO_EXPORT_KEY 0x0105         // word: id                              // 1: key
#define CRYPTO_EXPORT_PUBLIC_KEY 0x0106  // word: id                              // 1: key
#define CRYPTO_IMPORT_KEY 0x0107         // attributes, 1: key                    // word: id
#define CRYPTO_SIGN_HASH 0x0108          // key_alg, 1: hash                      // 1: signature
#define CRYPTO_VERIFY_HASH 0x0109        // key_alg, 1: hash, 2: signature
#define CRYPTO_ASYMMETRIC_DECRYPT 0x010a // key_alg, 1: ciphertext, 2: label      // 1: plaintext
#define CRYPTO_ASYMMETRIC_ENCRYPT 0x010b // key_alg, 1: plaintext, 2: label       // 1: ciphertext
#define CRYPTO_GENERATE_RANDOM 0x010c    // word: bytes wanted                    // 1: bytes
#define CRYPTO_COPY_KEY 0x010d           // word_attributes: source key           // word: id
#define CRYPTO_PURGE_KEY 0x010e          // word: id
#define CRYPTO_GET_KEY_ATTRIBUTES 0x010f // word: id                              // attributes
#define CRYPTO_SIGN_MESSAGE 0x0110       // key_alg, 1: message                   // 1: signature
#define CRYPTO_VERIFY_MESSAGE 0x0111     // key_alg, 1: message, 2: signature

// Hash
#define CRYPTO_HASH_SETUP 0x0201  // word: algorithm  // word: op
#define CRYPTO_HASH_UPDATE 0x0202 // word: op, 1: data
#define CRYPTO_HASH_FINISH 0x0203 // word: op         // 1: hash
#define CRYPTO_HASH_ABORT 0x0204  // word: op
#define CRYPTO_HASH_VERIFY 0x0205 // word: op, 1: hash
#define CRYPTO_HASH_CLONE 0x0206  // word: op         // word: op

// Cipher
#define CRYPTO_CIPHER_ENCRYPT_SETUP 0x0301 // key_alg            // word: op
#define CRYPTO_CIPHER_DECRYPT_SETUP 0x0302 // key_alg            // word: op
#define CRYPTO_CIPHER_GENERATE_IV 0x0303   // word: op           // 1: iv
#define CRYPTO_CIPHER_SET_IV 0x0304        // word: op, 1: iv
#define CRYPTO_CIPHER_UPDATE 0x0305        // word: op, 1: data  // 1: data
#define CRYPTO_CIPHER_FINISH 0x0306        // word: op           // 1: data
#define CRYPTO_CIPHER_ABORT 0x0307         // word: op

// Key derivation and agreement
#define CRYPTO_DERIVE_SETUP 0x0401         // word: algorithm               // word: op
#define CRYPTO_DERIVE_GET_CAPACITY 0x0402  // word: op                      // word: bytes
#define CRYPTO_DERIVE_SET_CAPACITY 0x0403  // words2: op, bytes
#define CRYPTO_DERIVE_INPUT_BYTES 0x0404   // words2: op, step, 1: data
#define CRYPTO_DERIVE_INPUT_KEY 0x0405     // words3: op, step, key
#define CRYPTO_DERIVE_OUTPUT_BYTES 0x0406  // words2: op, bytes wanted      // 1: bytes
#define CRYPTO_DERIVE_OUTPUT_KEY 0x0407    // word_attributes: op           // word: id
#define CRYPTO_DERIVE_ABORT 0x0408         // word: op
#define CRYPTO_DERIVE_KEY_AGREEMENT 0x0409 // words3: op, step, private key, 1: peer's key
#define CRYPTO_RAW_KEY_AGREEMENT \
    0x040a // words2: algorithm, private key, 1: peer's key // 1: secret

// MAC
#define CRYPTO_MAC_SIGN_SETUP 0x0501    // key_alg  // word: op
#define CRYPTO_MAC_VERIFY_SETUP 0x0502  // key_alg  // word: op
#define CRYPTO_MAC_UPDATE 0x0503        // word: op, 1: data
#define CRYPTO_MAC_SIGN_FINISH 0x0504   // word: op // 1: MAC
#define CRYPTO_MAC_VERIFY_FINISH 0x0505 // word: op, 1: MAC
#define CRYPTO_MAC_ABORT 0x0506         // word: op

// AEAD
#define CRYPTO_AEAD_ENCRYPT_SETUP 0x0601  // key_alg            // word: op
#define CRYPTO_AEAD_DECRYPT_SETUP 0x0602  // key_alg            // word: op
#define CRYPTO_AEAD_GENERATE_NONCE 0x0603 // word: op           // 1: nonce
#define CRYPTO_AEAD_SET_NONCE 0x0604      // word: op, 1: nonce
#define CRYPTO_AEAD_SET_LENGTHS 0x0605    // words3: op, bytes of additional data, of plaintext
#define CRYPTO_AEAD_UPDATE_AD 0x0606      // word: op, 1: data
#define CRYPTO_AEAD_UPDATE 0x0607         // word: op, 1: data  // 1: data
#define CRYPTO_AEAD_FINISH 0x0608         // word: op           // 1: ciphertext, 2: tag
#define CRYPTO_AEAD_VERIFY 0x0609         // word: op, 1: tag   // 1: plaintext
#define CRYPTO_AEAD_ABORT 0x060a          // word: op

// Tessera's own, where Trusted Services has no operation: one call instead of several, and calls
// that PSA Crypto 1.2 has
#define CRYPTO_HASH_COMPUTE 0x7f10   // word: algorithm, 1: data          // 1: hash
#define CRYPTO_HASH_COMPARE 0x7f11   // word: algorithm, 1: data, 2: hash
#define CRYPTO_CIPHER_ENCRYPT 0x7f20 // key_alg, 1: plaintext             // 1: IV and ciphertext
#define CRYPTO_CIPHER_DECRYPT 0x7f21 // key_alg, 1: IV and ciphertext     // 1: plaintext
#define CRYPTO_MAC_COMPUTE 0x7f30    // key_alg, 1: data                  // 1: MAC
#define CRYPTO_MAC_VERIFY 0x7f31     // key_alg, 1: data, 2: MAC
#define CRYPTO_DERIVE_INPUT_INTEGER 0x7f40 // step_integer
#define CRYPTO_DERIVE_VERIFY_BYTES 0x7f41  // word: op, 1: expected bytes
#define CRYPTO_DERIVE_VERIFY_KEY 0x7f42    // words2: op, key with the expected bytes
#define CRYPTO_AEAD_ENCRYPT \
    0x7f50 // key_alg, 1: nonce, 2: additional data, 3: plaintext // 1: ciphertext and tag
#define CRYPTO_AEAD_DECRYPT \
    0x7f51 // key_alg, 1: nonce, 2: additional data, 3: ciphertext and tag // 1: plaintext

#define CRYPTO_TAG_1 1
#define CRYPTO_TAG_2 2
#define CRYPTO_TAG_3 3

// Attributes of a key. Requests: `id` counts for persistent lifetimes only.
struct crypto_attributes {
    uint32_t type;
    uint32_t key_bits;
    uint32_t lifetime;
    uint32_t id;
    uint32_t usage;
    uint32_t alg;
};
_Static_assert(sizeof(struct crypto_attributes) == 24, "packed-c key attributes");

// A source, and attributes of what is made of it
struct crypto_word_attributes {
    uint32_t value;
    struct crypto_attributes attributes;
};
_Static_assert(sizeof(struct crypto_word_attributes) == 28, "packed-c copy and output key");

// A key and what to do with it
struct crypto_key_alg {
    uint32_t id;
    uint32_t alg;
};
_Static_assert(sizeof(struct crypto_key_alg) == 8, "packed-c sign and verify");

// One number: a key id, an operation handle, an algorithm, a count
struct crypto_word {
    uint32_t value;
};
_Static_assert(sizeof(struct crypto_word) == 4, "packed-c single word");

struct crypto_words2 {
    uint32_t first;
    uint32_t second;
};
_Static_assert(sizeof(struct crypto_words2) == 8, "packed-c two words");

struct crypto_words3 {
    uint32_t first;
    uint32_t second;
    uint32_t third;
};
_Static_assert(sizeof(struct crypto_words3) == 12, "packed-c three words");

struct crypto_step_integer {
    uint32_t op;
    uint32_t step;
    uint64_t value;
};
_Static_assert(sizeof(struct crypto_step_integer) == 16, "step and number");

#endif
