// SPDX-License-Identifier: BSD-3-Clause
//
// Calls on multi-part operations, for the tests of the crypto service's (test_crypto_ops*.c). Each returns the service's
// status; the RPC must succeed. Operations are named by their opcodes, in hexadecimal, as Trusted Services has them.
#ifndef CRYPTO_OPS_CASE_H
#define CRYPTO_OPS_CASE_H

#include <psa/crypto.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto_case.h"

#define CLIENT_GONE 0x7f01
#define HKDF PSA_ALG_HKDF(PSA_ALG_SHA_256)
#define PBKDF2 PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_256)
#define HMAC PSA_ALG_HMAC(PSA_ALG_SHA_256)
#define ALL_USES                                                                  \
    (PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT | PSA_KEY_USAGE_SIGN_MESSAGE | \
     PSA_KEY_USAGE_VERIFY_MESSAGE | PSA_KEY_USAGE_DERIVE | PSA_KEY_USAGE_EXPORT | \
     PSA_KEY_USAGE_VERIFY_DERIVATION)

extern const uint8_t zeros[65535];

// Starts the service; a group's setup. Starts a test; a test's.
int ops_start_service(void **state);
int ops_start(void **state);

// Imports a key of zeros with all usages.
uint32_t ops_make_key(uint32_t type, uint32_t bits, uint32_t alg);

// Calls `opcode` with a handle, and with one or two words or record 1 behind it.
int32_t ops_call(uint16_t opcode, uint32_t op);
int32_t ops_call_data(uint16_t opcode, uint32_t op, const void *data, size_t size);
int32_t ops_call_words(uint16_t opcode, uint32_t op, uint32_t second);
int32_t ops_call_words3(uint16_t opcode, uint32_t op, uint32_t second, uint32_t third);

// Sets up an operation with `key` (0: it has none). 0: it failed, kase.status tells how.
uint32_t ops_setup(uint16_t opcode, uint32_t key, uint32_t alg);

// Derivations: inputs; one of HKDF that is ready for output, of key `secret` or (0) of bytes; a request for a key, in the making.
int32_t ops_input_bytes(uint32_t op, uint32_t step, const void *data, size_t size);
int32_t ops_input_cost(uint32_t op, uint64_t cost);
uint32_t ops_ready_hkdf(uint32_t secret);
void ops_put_output_key(uint32_t op, uint32_t type, uint32_t bits, uint32_t alg);

#endif
