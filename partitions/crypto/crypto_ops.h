// SPDX-License-Identifier: BSD-3-Clause
//
// The pool of multi-part operations of the crypto service, of all kinds: who owns which, by handle. Called by crypto_hash.c,
// crypto_cipher.c, crypto_mac.c, crypto_aead.c and crypto_derive.c, and by what destroys keys and forgets clients. Trusts the
// owner that it is told, never a handle. PSA Crypto checks the sequence of calls on each operation.
//
// A handle belongs to one owner, one instance of it and one kind; for everybody else it does not exist. The instance is that of
// the request that is worked on (crypto_wire_instance()). An operation that a call ended, with
// success or without, is gone at once: PSA wants an abort after a failure, and abort of what does not exist succeeds.
#ifndef CRYPTO_OPS_H
#define CRYPTO_OPS_H

#include "crypto_private.h"

// Operations at once of the normal world, all its endpoints together, and of each of 8 partitions: nobody takes another's place.
#define CRYPTO_OPS_NWD 64
#define CRYPTO_OPS_SP 16
#define CRYPTO_OPS_MAX (CRYPTO_OPS_NWD + 8 * CRYPTO_OPS_SP)

#define CRYPTO_OP_KEYS_MAX 4 // keys that go into one operation

// Fixed part of a request, and where it goes
struct crypto_fixed {
    void *to;
    size_t size;
};

enum crypto_op_kind {
    CRYPTO_OP_NONE,
    CRYPTO_OP_HASH,
    CRYPTO_OP_CIPHER,
    CRYPTO_OP_MAC,
    CRYPTO_OP_AEAD,
    CRYPTO_OP_DERIVE,
};

struct crypto_op {
    uint32_t handle; // 0: has none
    uint32_t generation;
    enum crypto_op_kind kind;
    crypto_owner owner;
    uint16_t instance; // of the owner
    uint64_t used_at;
    psa_key_id_t keys[CRYPTO_OP_KEYS_MAX]; // 0: none
    psa_algorithm_t alg;
    uint32_t answer_size; // bytes of the hash, MAC or tag; of a cipher's block (1: stream)
    uint32_t iv_size;     // bytes of an IV or nonce that is generated
    bool is_padded;       // a cipher that decrypts: it keeps the last whole block to itself
    uint64_t count;       // bytes that a cipher or AEAD got so far
    uint64_t cost;        // of a derivation: its iterations
    union {
        psa_hash_operation_t hash;
        psa_cipher_operation_t cipher;
        psa_mac_operation_t mac;
        psa_aead_operation_t aead;
        psa_key_derivation_operation_t derive;
    } psa;
};

// An empty pool, whose handles start at random places. Once, after psa_crypto_init().
psa_status_t crypto_ops_init(void);

// An inactive operation of `kind` for `owner`, to be set up (PSA functions on its member of `psa`), then given to
// crypto_ops_admit() or crypto_ops_release() before another is opened. Never NULL.
struct crypto_op *crypto_ops_open(crypto_owner owner, enum crypto_op_kind kind);

// Gives `op` of crypto_ops_open() a handle. An owner whose endpoint has used up its quota loses its own least recently used
// operation, but never `keep` (may be NULL): of the instance that has most, if that is more than this one would have, else of
// this one. If there is none, `op` is released: PSA_ERROR_INSUFFICIENT_MEMORY.
psa_status_t crypto_ops_admit(struct crypto_op *op, const struct crypto_op *keep);

// The operation of `kind` that `owner` has under `handle`, which is now its most recently used one. NULL: there is none.
struct crypto_op *crypto_ops_find(crypto_owner owner, enum crypto_op_kind kind, uint32_t handle);

// Notes that key `id` of the owner went into `op`. PSA_ERROR_INSUFFICIENT_MEMORY: more than CRYPTO_OP_KEYS_MAX.
psa_status_t crypto_ops_add_key(struct crypto_op *op, psa_key_id_t id);

// Aborts `op`, wipes it, and its handle is no more. Nothing happens to one that is not open.
void crypto_ops_release(struct crypto_op *op);

// Releases what the key went into: PSA lets operations with a key that is destroyed fail.
void crypto_ops_forget_key(crypto_owner owner, psa_key_id_t id);

// Operations that the endpoint of `owner` may have at once.
uint32_t crypto_ops_quota(crypto_owner owner);

// --- Common to the calls of all kinds. int32_t is an RPC status, to be returned if it is not TS_RPC_SUCCESS ---

// Takes the request of a call on an operation apart: a fixed part whose first word is the handle; then, unless `data` is NULL,
// record 1. *op NULL: the owner has no such operation, and call->status is PSA_ERROR_BAD_STATE.
MUST_CHECK int32_t crypto_ops_decode(struct sp_rpc_call *call, enum crypto_op_kind kind,
                                     const struct crypto_fixed *fixed, struct crypto_op **op,
                                     struct ts_tlv *data);

// Ends a setup: if call->status is PSA_SUCCESS, `op` is admitted (`keep` as there) and its handle is the response; else, or if
// the handle does not fit, or its endpoint keeps more memory than it may, it is released.
MUST_CHECK int32_t crypto_ops_end_setup(struct sp_rpc_call *call, struct crypto_op *op,
                                        const struct crypto_op *keep);

// How a setup with a key begins: psa_mac_sign_setup() and the like, with op->alg; and what of the key's attributes is noted in `op`.
typedef psa_status_t (*crypto_op_start)(struct crypto_op *op, mbedtls_svc_key_id_t key);
typedef void (*crypto_op_note)(struct crypto_op *op, const psa_key_attributes_t *attributes);

// A whole setup with key and algorithm: `start`, `note`, and the key is known to have gone into the operation.
MUST_CHECK int32_t crypto_ops_setup(struct sp_rpc_call *call, enum crypto_op_kind kind,
                                    crypto_op_start start, crypto_op_note note);

// After a call on `op` that a failure ends: releases it if call->status is one. A success becomes
// PSA_ERROR_INSUFFICIENT_MEMORY if the endpoint now keeps more memory than it may. Always TS_RPC_SUCCESS.
int32_t crypto_ops_end_call(struct sp_rpc_call *call, struct crypto_op *op);

// Where a record of `size` bytes that is known to come goes. TS_RPC_INVALID_RESPONSE_BODY: it does not fit, and the operation
// must stay as it is.
MUST_CHECK int32_t crypto_ops_reserve(const struct sp_rpc_call *call, size_t size, uint8_t **to);

// One call on an operation that the request names: its handle alone, perhaps record 1; the answer is nothing, or record 1.
struct crypto_op_io {
    struct ts_tlv in; // the request's record; length 0: there is none
    uint8_t *out;     // where the answer's goes, if there is one: `room` bytes
    size_t room;
    size_t size; // out: of these, how many are the answer
};

struct crypto_op_step {
    enum crypto_op_kind kind;
    psa_status_t (*run)(struct crypto_op *op, struct crypto_op_io *io);
    bool takes_record;
    bool ends; // the operation is over then; else only if run() fails
    // Bytes of the answer's record at most, for `size` in the request's. NULL: there is none
    size_t (*room)(const struct crypto_op *op, size_t size);
};

// Does it, in an order that all kinds share: takes the request apart, makes sure that the answer will fit while the operation is
// still as it was, runs, ends the operation if that is due, answers.
MUST_CHECK int32_t crypto_ops_step(struct sp_rpc_call *call, const struct crypto_op_step *step);

// For `room`: op->answer_size, and op->iv_size, whatever comes.
size_t crypto_ops_answer_room(const struct crypto_op *op, size_t size);
size_t crypto_ops_iv_room(const struct crypto_op *op, size_t size);

// Abort, the same for all kinds.
MUST_CHECK int32_t crypto_ops_run_abort(struct sp_rpc_call *call, enum crypto_op_kind kind);

#endif
