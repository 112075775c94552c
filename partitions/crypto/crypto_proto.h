// SPDX-License-Identifier: BSD-3-Clause
//
// Wire format of the crypto service (Trusted Services "packed-c" encoding): operations, fixed parts
// of requests and responses, tags of the records behind them. Little-endian, without padding, at
// any alignment (copy them); every value is a raw PSA Crypto one. Shared by the partition and
// ffa/client/psa_crypto.c. The service's UUID is TS_CRYPTO_UUID (ts_rpc_abi.h).
#ifndef CRYPTO_PROTO_H
#define CRYPTO_PROTO_H

#include <stdint.h>

// Operation and, behind the first //, the request: fixed part, records; behind the second, the
// response if it has a body
#define CRYPTO_GENERATE_KEY 0x0101       // attributes                         // id
#define CRYPTO_DESTROY_KEY 0x0102        // id
#define CRYPTO_EXPORT_PUBLIC_KEY 0x0106  // id                                 // 1: key
#define CRYPTO_SIGN_HASH 0x0108          // id and algorithm, 1: hash          // 1: signature
#define CRYPTO_VERIFY_HASH 0x0109        // id and algorithm, 1: hash, 2: signature
#define CRYPTO_GENERATE_RANDOM 0x010c    // word: bytes wanted                 // 1: bytes
#define CRYPTO_GET_KEY_ATTRIBUTES 0x010f // id                                 // attributes
#define CRYPTO_HASH_SETUP 0x0201         // word: algorithm                    // word: operation
#define CRYPTO_HASH_UPDATE 0x0202        // word: operation, 1: data
#define CRYPTO_HASH_FINISH 0x0203        // word: operation                    // 1: hash
#define CRYPTO_HASH_ABORT 0x0204         // word: operation
#define CRYPTO_HASH_VERIFY 0x0205        // word: operation, 1: hash
#define CRYPTO_HASH_CLONE 0x0206         // word: operation                    // word: operation

#define CRYPTO_TAG_1 1
#define CRYPTO_TAG_2 2

// Attributes of a key
struct crypto_attributes {
    uint32_t type;
    uint32_t key_bits;
    uint32_t lifetime;
    uint32_t id;
    uint32_t usage;
    uint32_t alg;
};
_Static_assert(sizeof(struct crypto_attributes) == 24, "packed-c key attributes");

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

#endif
