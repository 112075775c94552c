// SPDX-License-Identifier: BSD-3-Clause
//
// What psa_crypto_*.c share: multi-part operations as seen from the client. Data of any size goes in as many calls as the
// shared memory asks for.
#ifndef PSA_CRYPTO_PRIVATE_H
#define PSA_CRYPTO_PRIVATE_H

#include <stdbool.h>

#include "client_private.h"
#include "ffa/client/psa/crypto.h"
#include "partitions/crypto/crypto_proto.h"

// An operation: where the PSA structure has its handle, and what ends it. Whatever function returns an error, the operation
// is ended: the partition's state may be behind or ahead of what the caller has seen.
struct client_op {
    uint32_t *id;
    uint16_t abort;
};

struct client_in {
    const uint8_t *data;
    size_t size;
};

struct client_out {
    uint8_t *data;
    size_t size;
    size_t *length; // out; 0 after an error
};

// Begins a request with one word, or about an operation: PSA_ERROR_BAD_STATE if it is not active.
struct client_request client_word(uint32_t word);
struct client_request client_op_request(struct client_op op);

// Makes the call that sets `op` up. PSA_ERROR_BAD_STATE: it is active.
psa_status_t client_op_setup(struct client_op op, struct client_request *request, uint16_t opcode);

// Returns `status` after a function that keeps the operation, or one that ends it.
psa_status_t client_op_keep(struct client_op op, psa_status_t status);
psa_status_t client_op_end(struct client_op op, psa_status_t status);

// psa_…_abort().
psa_status_t client_op_abort(struct client_op op);

// Sends `in` with `opcode`, at least one call; the second gathers what comes back.
psa_status_t client_op_feed(struct client_op op, uint16_t opcode, struct client_in in);
psa_status_t client_op_transform(struct client_op op, uint16_t opcode, struct client_in in,
                                 struct client_out out);

// One call with a record of `in` and no result, or with a result: of functions that keep the operation.
psa_status_t client_op_put(struct client_op op, uint16_t opcode, struct client_in in);
psa_status_t client_op_get(struct client_op op, uint16_t opcode, struct client_out out);

// Attributes as they travel.
struct crypto_attributes client_attributes(const psa_key_attributes_t *attributes);

// Makes the call, whose answer is a key's id. *key is PSA_KEY_ID_NULL after an error.
psa_status_t client_call_key(struct client_request *request, uint16_t opcode, psa_key_id_t *key);

#endif
