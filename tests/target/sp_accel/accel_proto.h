// SPDX-License-Identifier: BSD-3-Clause
//
// What sp_accel is asked, by FFA_MSG_SEND_DIRECT_REQ_64: x3 the command, x4 … x7 its arguments. The answer has 0 or an error in x3 and
// the result in x4 … x7. Both sides make the same input out of a number, so the result of many computations is one digest.
#ifndef ACCEL_PROTO_H
#define ACCEL_PROTO_H

#include <stddef.h>
#include <stdint.h>

#define ACCEL_ID 0x8020

enum accel_command {
    // x4: bits of AT_HWCAP that AES and GCM may see of those that the core has
    ACCEL_HWCAP = 1,
    // x4: the stream's number. Result: SHA-256 of all that was computed, least significant word first. What test_crypto_vectors.c says
    ACCEL_GCM,
    ACCEL_AES,
    ACCEL_P256,
    ACCEL_CHACHA,
    // memcpy() and memset() of every size and alignment. Result: none
    ACCEL_COPY,
    // x4: enum accel_op; x5: bytes of input; x6: rounds, of which all must succeed
    ACCEL_BENCH,
};

enum accel_op {
    ACCEL_OP_RANDOM,
    ACCEL_OP_SHA256,
    ACCEL_OP_SHA512,
    ACCEL_OP_SHA3,
    ACCEL_OP_HMAC,
    ACCEL_OP_CMAC,
    ACCEL_OP_GCM_ENCRYPT,
    ACCEL_OP_GCM_DECRYPT,
    ACCEL_OP_CHACHA_ENCRYPT,
    ACCEL_OP_CTR,
    ACCEL_OP_CBC,
    ACCEL_OP_P256_GENERATE,
    ACCEL_OP_P256_SIGN,
    ACCEL_OP_P256_VERIFY, // with the key pair
    ACCEL_OP_P256_VERIFY_PUBLIC,
    ACCEL_OP_P256_AGREE,
    ACCEL_OP_X25519_AGREE,
    ACCEL_OP_P384_SIGN,
    ACCEL_OP_P384_VERIFY,
    ACCEL_OP_RSA_SIGN,
    ACCEL_OP_RSA_VERIFY,
    ACCEL_OP_HKDF,
    ACCEL_OP_COUNT,
};

#define ACCEL_INPUT_MAX 65536

// Sizes of the cases
#define ACCEL_TEXT_MAX 2200
#define ACCEL_GCM_CASES 400
#define ACCEL_GCM_IV(i) ((i) % 4 == 3 ? 1 + (i) % 37 : 12)
#define ACCEL_GCM_AD(i) ((i)*5 % 53)
#define ACCEL_GCM_CUT(i) ((i)*7 % ((i) + 1))
#define ACCEL_CHACHA_CASES 800
#define ACCEL_AES_CASES 120
#define ACCEL_P256_CASES 24
#define ACCEL_KEY_BYTES(i) (16 + 8 * ((i) % 3))

// Numbers that look random (xorshift64, Marsaglia 2003); the same on both sides
struct accel_stream {
    uint64_t state; // not 0
};

static inline void accel_take(struct accel_stream *stream, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        stream->state ^= stream->state << 13;
        stream->state ^= stream->state >> 7;
        stream->state ^= stream->state << 17;
        bytes[i] = (uint8_t)(stream->state >> 32);
    }
}

#endif
