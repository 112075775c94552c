// SPDX-License-Identifier: BSD-3-Clause
//
// Requests to the crypto service as a client makes them, byte by byte, for its unit tests. Values and layouts are those of Trusted Services'
// encoding, written out here and not taken from crypto_proto.h.
#ifndef CRYPTO_CASE_H
#define CRYPTO_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CASE_SIZE 70000

#define NWD 0x0000
#define SP1 0x8001
#define SP2 0x8002

// The request in the making, and after case_run() the response
struct crypto_case {
    uint16_t source;
    uint32_t client;
    size_t request_size;
    size_t response_max; // CASE_SIZE unless a test says otherwise
    size_t response_size;
    int32_t status; // of the service
    uint8_t request[CASE_SIZE];
    uint8_t response[CASE_SIZE];
};
extern struct crypto_case kase;

// Before each test: the normal world, client 0, an empty request.
void case_start(void);

// Whom the next requests come from.
void case_as(uint16_t source, uint32_t client);

// Appends to the request.
void case_put(const void *data, size_t size);
void case_word(uint32_t word);
void case_record(uint16_t tag, const void *data, size_t size);

// Runs operation `opcode` on the request, which is used up. Returns the RPC status; everything behind response_size must be untouched zeros.
int32_t case_run(uint16_t opcode);

// The same, where the RPC must succeed. Returns the service's status.
int32_t case_call(uint16_t opcode);

// The response, which must be one word.
uint32_t case_answer_word(void);

// The response, which must be one record 1: its value, and its size.
const uint8_t *case_answer_record(size_t *size);

// Attributes: the six words of the encoding.
struct case_key {
    uint32_t type;
    uint32_t bits;
    uint32_t lifetime;
    uint32_t id;
    uint32_t usage;
    uint32_t alg;
};

// generate_key and import_key; *id on success. Return the service's status.
int32_t case_generate(const struct case_key *key, uint32_t *id);
int32_t case_import(const struct case_key *key, const void *data, size_t size, uint32_t *id);
int32_t case_destroy(uint32_t id);

// generate_key that must succeed; its id.
uint32_t case_new(const struct case_key *key);

// export_key; export_public_key that must succeed with `size` bytes, to `key`.
int32_t case_export(uint32_t id);
void case_public(uint32_t id, uint8_t *key, size_t size);

struct case_bytes {
    const void *at;
    size_t size;
};
#define CASE_BYTES(at, size) (&(const struct case_bytes){ (at), (size) })

// sign_hash and sign_message, verify_…, asymmetric_encrypt and _decrypt by their opcode; raw_key_agreement. Return the service's status.
int32_t case_sign(uint16_t opcode, uint32_t id, uint32_t alg, const void *data, size_t size);
int32_t case_verify(uint16_t opcode, uint32_t id, uint32_t alg, const struct case_bytes *data,
                    const struct case_bytes *signature);
int32_t case_crypt(uint16_t opcode, uint32_t id, uint32_t alg, const void *data, size_t size,
                   const char *label);
int32_t case_agree(uint32_t id, const void *peer, size_t size);

// Group setup: starts the service, once for each program. Test setup: makes what clients 0 … 9 of every endpoint have go, then as
// case_start().
int case_start_service(void **state);
int case_clean(void **state);

#endif
