// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests with known answers share (test_crypto_ops_vectors.c, test_crypto_ops_keys.c). Failures name the vector's source.
#ifndef CRYPTO_VECTORS_CASE_H
#define CRYPTO_VECTORS_CASE_H

#include <psa/crypto.h>
#include <stddef.h>
#include <stdint.h>

#define BYTES_MAX 512 // of anything in a vector

struct bytes {
    size_t size;
    uint8_t data[BYTES_MAX];
};

// Sizes of the parts that a message comes in
#define PARTS 7
extern const size_t parts[PARTS];

// The bytes of hexadecimal text.
struct bytes of_hex(const char *text);

// Fails unless the `size` bytes at `found` are those expected.
void check(const char *source, const char *what, const uint8_t *found, size_t size,
           const struct bytes *expected);

// Fails unless the last call's status is the expected one; and unless its answer is one record with the expected bytes.
void check_status(const char *source, const char *what, int32_t expected);
void check_record(const char *source, const char *what, const struct bytes *expected);

// A key that may do everything; must succeed.
uint32_t import(const char *source, uint32_t type, uint32_t alg, const struct bytes *key);

// A setup; must succeed.
uint32_t setup(const char *source, uint16_t opcode, uint32_t key, uint32_t alg);

// One update with each part; appends the answers to `out` (NULL: there are none).
void update(const char *source, uint16_t opcode, uint32_t op, const struct bytes *text, size_t part,
            struct bytes *out);

// OpenSSL's name for a hash.
const char *openssl_hash(psa_algorithm_t alg);

#endif
